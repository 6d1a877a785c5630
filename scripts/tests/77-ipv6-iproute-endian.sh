#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: sparc64-plain-long; limit 90; host
#
# What 34 and 99 show of ip(8) on x86-64, in the other byte order: there the questions of peer/iproute.sh have the same
# answers. There is no Python there, so they are judged here.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
peer=$sxt_top/scripts/tests/peer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judged NAME RESULT: what of standard input is not as recorded.
judged() {
	if SXT_IPV6=sextant /usr/bin/python3 "$peer/iproute.py" "$1" > "$work/judged"; then
		echo "ok $2"
	else
		echo "not ok $2: $(tail -n 1 "$work/judged")"
		grep -v '^ok ' "$work/judged" | sed 's/^/# /'
	fi
}

# The VRF last: vrf.ko has no exit.
# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
"$sxt_top/scripts/guest" --arch "$1" --flavor "$2" --ipv6 sextant --no-modules -- \
	sh -c 'for part in main vrf; do sh "$SXT_TOP/scripts/tests/peer/iproute.sh" $part; done' > "$work/said"
sed '/^\$ end$/q' "$work/said" | judged iproute ip-as-recorded
sed '1,/^\$ end$/d' "$work/said" | judged iproute-vrf ip-of-a-vrf-as-recorded
echo 1..2
