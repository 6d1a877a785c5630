#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What rtnetlink says of IPv6 routes and routers where ip(8) doesn't look. It is said by either stack.
exec /usr/bin/python3 "$(dirname "$0")/bad/rtnetlink.py"
