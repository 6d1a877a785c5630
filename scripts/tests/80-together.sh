#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; smp 2
#
# Many processes add, delete, flush, list and commit at once, under traffic: every answer is a possible one, and
# nothing is left.
exec /usr/bin/python3 "$(dirname "$0")/bad/together.py"
