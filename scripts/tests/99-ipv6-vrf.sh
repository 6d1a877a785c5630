#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain; limit 60; ipv6 sextant
#
# A host whose interface is in a VRF. The last file over our stack in its guest: vrf.ko has no exit, so nothing unloads any more.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

vrf_slave() {
	address b vb fd00:1::2/64 || return
	wait_for 10 ping_ok a fd00:1::2 && ping_ok b fd00:1::1 -I red -s 3000 || return
	same "route of the VRF" 1 "$(ip -n b -6 route show table 10 | grep -c '^fd00:1::/64 dev vb')" || return
	ping_fails b fd00:1::1
}

# A reply, of no socket of the VRF, is marked on its way out: it stays in the VRF.
vrf_reroute() {
	ip netns exec b nft -f - <<-END || return
		table ip6 t {
			chain c {
				type route hook output priority 0
				icmpv6 type echo-reply meta mark set 5
			}
		}
	END
	ping_ok a fd00:1::2 && ip netns exec b nft flush ruleset
}

# Its addresses went, as the interface was down meanwhile.
vrf_left() {
	ip -n b link set vb nomaster && address b vb fd00:1::2/64 && wait_for 10 ping_ok b fd00:1::1 || return
	same "routes of the VRF" 0 "$(ip -n b -6 route show table 10 | grep -c 'dev vb')"
}

must modprobe vrf
must net_two
must ip -n b link add red type vrf table 10
must ip -n b link set red up
must ip -n b link set vb master red
check vrf-slave vrf_slave
if command -v nft > /dev/null; then
	check vrf-keeps-rerouted-packets vrf_reroute
else
	skip vrf-keeps-rerouted-packets "no nft"
fi
check vrf-left vrf_left
ns_del a b
t_end
