#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Tunnels in tunnels, as deep as a packet has room for, and fragments that come out of several.
exec /usr/bin/python3 "$(dirname "$0")/bad/nesting.py"
