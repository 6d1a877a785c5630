#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Pages of a file that is sent through SAs, and frames that a tap holds, keep their bytes.
exec /usr/bin/python3 "$(dirname "$0")/bad/shared.py"
