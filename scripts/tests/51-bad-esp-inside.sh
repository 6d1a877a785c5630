#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug; limit 60
#
# ESP packets with a right ICV and a wrong inside: pad, next header, inner version, inner lengths, ECN, selectors,
# nesting.
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_inside.py"
