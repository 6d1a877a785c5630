#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long sparc64-plain; limit 90; host
#
# Malformed ESP and AH where there is no Python: the packets of 50, 51, 53, 55, 56 and 83, of 52 all but those that move
# windows, of 65 those that are for this host, are made here, by the same code, and replayed in a guest of the other byte
# order, where each must do what it does on x86-64; and the requests of 61, 62 and 63, in that byte order, where each must
# have the answer that it has on x86-64, which is in bad/*.answers. bad/recorded.py says what is left out. On x86-64, in a
# long run, it shows that what is recorded is what the tests themselves do.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
packets=$(mktemp -d)
trap 'rm -rf "$packets"' EXIT
mkdir "$packets/recorded" "$packets/share"
order=little
[ "$1" != sparc64 ] || order=big
/usr/bin/python3 "$sxt_top/scripts/tests/bad/recorded.py" "$packets/recorded" "$order"
# One file: a thousand of them are slow to read through QEMU. Some have keys, so they are root's alone there.
tar --owner=0 --group=0 --mode=go= -czf "$packets/share/recorded.tar.gz" -C "$packets/recorded" .
# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
"$sxt_top/scripts/guest" --arch "$1" --flavor "$2" --ipv6 "${3:-kernel}" --share "$packets/share" -- \
	sh -c 'sh "$SXT_TOP/scripts/tests/bad/replay.sh" /share/recorded.tar.gz'
