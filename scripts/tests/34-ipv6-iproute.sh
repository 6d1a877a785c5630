#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# ip(8) can't tell our own IPv6 from the kernel's: it is asked what ipv6.ko was asked once (peer/iproute.kernel), and the
# answers, errno by errno, differ in what peer/iproute.expected lists, with a reason for each, and in nothing else. That
# ipv6.ko still answers so is for 69 to show.
peer=$(dirname "$0")/peer
sh "$peer/iproute.sh" main | /usr/bin/python3 "$peer/iproute.py" iproute
