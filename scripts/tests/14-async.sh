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
kdir=$("$sxt_top/scripts/kernel/build" "$arch" "$flavor")
out=$sxt_top/build/$arch-$flavor-async
mkdir -p "$out"
cp "$sxt_top"/scripts/tests/peer/sxt_async.c "$sxt_top"/scripts/tests/peer/Kbuild "$out/"
objects_for "$out" "$kdir"
mapfile -t args < <(kernel_make_args "$arch")
make -C "$kdir" M="$out" "${args[@]}" W=1 modules > "$out/log" 2>&1 || { cat "$out/log"; exit 1; }
# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
"$sxt_top/scripts/guest" --arch "$arch" --flavor "$flavor" --ipv6 "${3:-kernel}" --smp "${4:-1}" --share "$out" -- \
	sh -c 'sh "$SXT_TOP/scripts/tests/peer/async.sh" /share/sxt_async.ko'
