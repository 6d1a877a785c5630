#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-debug-long; limit 60
#
# Memory runs out at each allocation of a request in turn, and at random under packets: no harm is done.
exec /usr/bin/python3 "$(dirname "$0")/bad/no_memory.py"
