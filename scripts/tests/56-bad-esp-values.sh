#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Every pad length and every next header in ESP packets with a right ICV; in a short run of two algorithms, 59 has the others.
algs='aes-gcm null-hmac-sha256'
[ "${SXT_LONG-}" != 1 ] || algs=''
# shellcheck disable=SC2086 # words
exec /usr/bin/python3 "$(dirname "$0")/bad/esp_values.py" $algs
