#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What routers may say to our own IPv6, at the edge of what is allowed and beyond: lifetimes, hop limits, times,
# prefixes, routes, MTUs, options that are no options. Judged by what the host then has; a message with a flaw
# changes nothing.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6_ra.py"
