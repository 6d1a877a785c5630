#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# Extension headers of strangers to our own IPv6: cut at each byte, each byte with each value, lengths that lie. Each packet is
# answered as the RFCs have it, or not at all, and is counted once.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6_headers.py"
