#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# UDP and UDP-Lite of strangers to our own IPv6: cut at each byte, lengths, sums and coverage that lie. Sockets get what is
# right and nothing else, and each datagram is counted once.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6_udp.py"
