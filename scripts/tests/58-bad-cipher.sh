#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 100; smp 2; host
#
# A cipher that fails, is full, or has not answered yet when what it works for goes: bad/faulty/sxt_faulty.ko in the
# guest is such a one. What it tests there is in bad/cipher.py or, where there is no Python, in bad/cipher.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
arch=$1 flavor=$2
test_modules faulty "W=1" "$sxt_top"/scripts/tests/bad/faulty/*
# shellcheck disable=SC2016 # the guest's shell
"$sxt_top/scripts/guest" --arch "$arch" --flavor "$flavor" --ipv6 "${3:-kernel}" --smp "${4:-1}" --share "$out" -- \
	sh -c 'insmod /share/sxt_faulty.ko || exit
	case $SXT_ARCH in
	x86_64) exec /usr/bin/python3 "$SXT_TOP/scripts/tests/bad/cipher.py" ;;
	*) exec sh "$SXT_TOP/scripts/tests/bad/cipher.sh" ;;
	esac'
