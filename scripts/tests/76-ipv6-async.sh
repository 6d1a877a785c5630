#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long sparc64-plain-long; limit 100; smp 2; host
#
# 14-async.sh over our own IPv6; and what is behind AH, which peer/sxt_ah.ko takes off, comes to whom it is for.
exec bash "$(dirname "$0")/14-async.sh" "$1" "$2" sextant "${4:-1}"
