#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 30
#
# The ESP packets that documents print, with their keys: each comes to what the document says is in it.
exec /usr/bin/python3 "$(dirname "$0")/bad/documents.py"
