#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 100
#
# Each attribute of each request broken in turn: refused with a sentence and the attribute, and nothing has changed.
exec /usr/bin/python3 "$(dirname "$0")/bad/netlink.py"
