#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: sparc64-plain-long; limit 400; host
#
# What the kernel's selftests say of sockets on a big-endian host: what passes with ipv6.ko passes with ours.
exec "$(dirname "$0")/selftests/run" --arch "$1" big-endian.list
