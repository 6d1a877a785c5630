#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 900; host
#
# What the kernel's selftests and Python's tests say of sockets: what passes with ipv6.ko passes with ours.
exec "$(dirname "$0")/selftests/run" --flavor "$2" sockets.list
