#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What programs get from sockets of our own IPv6 beside the data, and which sockets get it: ancillary data (RFC 3542), path
# MTUs, checksums, filters, UDP GRO, completions of MSG_ZEROCOPY, delivery of groups; what options do to what is sent; IPv4-mapped
# addresses, zones, interfaces that change. The hosts have no IPv4 address before those.
exec /usr/bin/python3 "$(dirname "$0")/sockets/effects.py"
