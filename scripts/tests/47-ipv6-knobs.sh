#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# Settings of net.ipv6 that no other file turns: each is read, written, and seen to have its effect.
exec /usr/bin/python3 "$(dirname "$0")/sockets/knobs.py"
