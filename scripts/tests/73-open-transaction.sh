#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; smp 2
#
# A transaction that was begun and left alone does not keep the modules from being taken out; sextant_esp alone says that
# it is busy, as long as there are new SAs in it.
exec /usr/bin/python3 "$(dirname "$0")/bad/staged.py"
