#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long sparc64-plain-long; limit 60; host
#
# Connection tracking of bridges (nf_conntrack_bridge, which the test kernels don't have: it is built from their source) puts
# fragments together, and our own IPv6 cuts them again. What it tests in the guest is in peer/bridge.sh.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
arch=$1 flavor=$2
test_modules bridge "" "$sxt_top"/scripts/tests/peer/bridge/*
# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
"$sxt_top/scripts/guest" --arch "$arch" --flavor "$flavor" --ipv6 sextant --share "$out" -- \
	sh -c 'sh "$SXT_TOP/scripts/tests/peer/bridge.sh"'
