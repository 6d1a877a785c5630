#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# ESP packets of every length with a right ICV and good and bad insides: delivered, or dropped under the one reason that
# RFC 4303 names.
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_right.py"
