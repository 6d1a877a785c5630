#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# What our own IPv6 says and counts: errors of a router, with measure, whoever asks; replies to those who asked many; datagrams
# that never become whole; settings that keep it silent; and first fragments of ours show all headers.
exec /usr/bin/python3 "$(dirname "$0")/bad/ipv6_errors.py"
