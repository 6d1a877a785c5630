#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug; limit 60
#
# ESP packets of every length from 0 to 200 bytes: each dropped under the one reason that it has, no SA touched.
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_lengths.py"
