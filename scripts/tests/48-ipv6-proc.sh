#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# The files of /proc/net that are of IPv6 say what ip(8) says, and what sockets have asked for.
exec /usr/bin/python3 "$(dirname "$0")/sockets/proc.py"
