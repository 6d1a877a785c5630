#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 90; ipv6 sextant
#
# The listener protocol and packets to groups: what queriers ask and other listeners say, right and wrong, and what the host
# tells of itself; sockets get what their filters let through.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6_mld.py"
