#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/bridge.sh
#
# Connection tracking of a bridge, without br_netfilter, beside our own IPv6. Runs in a guest; its modules are in /share.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../frames.sh"
. "$(dirname "$0")/../bridge.sh"

# It is the bridge's own reason for which the one is refused that does not fit.
cuts() { net_bridge && bridge_cuts && same bridge-fragment 1 "$(refusal_count r bridge-fragment)"; }

unloads() {
	ns_del a b r
	modules_gone sxt_ct_bridges sxt_ct_bridge bridge
}

must modprobe -a bridge nf_conntrack
must insmod /share/sxt_ct_bridge.ko
must insmod /share/sxt_ct_bridges.ko
check fragments-leave-as-they-came cuts
check unloads unloads
t_end
