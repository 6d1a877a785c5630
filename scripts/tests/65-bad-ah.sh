#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# AH, for which there is no module: no policy takes it for protection, and it passes through as any protocol does.
exec /usr/bin/python3 "$(dirname "$0")/bad/ah.py"
