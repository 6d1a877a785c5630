#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What strangers may send to our own IPv6: cut, looped, overlapping, oversized, too much. The host answers after each, says
# what the RFCs want said, counts it, and does not grow.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6.py"
