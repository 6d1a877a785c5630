#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Replayed, forged, cut and bent packets: dropped, the window where it was, and the true packet still passes.
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_replay.py"
