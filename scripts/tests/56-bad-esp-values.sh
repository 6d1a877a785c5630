#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Every pad length and every next header in ESP packets with a right ICV.
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_values.py"
