#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long x86_64-debug-long; limit 900; host
#
# What the kernel's selftests say of routes, rules, neighbours and VRFs: what passes with ipv6.ko passes with ours.
exec "$(dirname "$0")/selftests/run" --flavor "$2" routes.list
