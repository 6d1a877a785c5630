#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 100; smp 2; host
#
# Asynchronous ciphers: with peer/sxt_async.ko in the guest each cipher of an SA is one that answers later, by callback.
# What it tests there is in peer/async.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
arch=$1 flavor=$2
test_modules async "W=1" "$sxt_top"/scripts/tests/peer/{sxt_ah.c,sxt_async.c,Kbuild}
# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
"$sxt_top/scripts/guest" --arch "$arch" --flavor "$flavor" --ipv6 "${3:-kernel}" --smp "${4:-1}" --share "$out" -- \
	sh -c 'sh "$SXT_TOP/scripts/tests/peer/async.sh" /share/sxt_async.ko /share/sxt_ah.ko'
