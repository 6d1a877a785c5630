#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What rtnetlink says of IPv6 where ip(8) doesn't look: who asked, what strict requests are refused for and with which errno,
# what lists are filtered by, what is told unasked. ipv6.ko says the same (69), but for a few limits that it has not.
exec /usr/bin/python3 "$(dirname "$0")/bad/rtnetlink.py"
