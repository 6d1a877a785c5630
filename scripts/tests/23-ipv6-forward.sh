#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain-long; limit 120; ipv6 sextant
#
# A router of our own IPv6 between two hosts: forwards, counts the hop limit down and says when it is over, says what is
# too big for the next link and the sender learns it, and that beside the routes; says where no route goes; forwards
# nothing once forwarding is off.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

forwarding() { echo "$1" | in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null; }

net_three() {
	ns_add a r b && wire a va r ra && wire r rb b vb || return
	forwarding 1
	address a va fd00:1::1/64 && address r ra fd00:1::f/64 || return
	address r rb fd00:2::f/64 && address b vb fd00:2::1/64 || return
	ip -n a -6 route add default via fd00:1::f && ip -n b -6 route add fd00:1::/64 via fd00:2::f || return
	net_meet a fd00:2::1
}

hop_limit() {
	ping_fails a fd00:2::1 -t 1 || return
	grep -qi 'time exceeded\|hop limit' "$T/ping" || { cat "$T/ping"; fail "not said"; return; }
	grep -q 'fd00:1::f' "$T/ping" || { cat "$T/ping"; fail "not by the router"; return; }
	ping_ok a fd00:2::1 -t 2
}

routes() { ip -n a -6 route list | sort; }

too_big() {
	routes > "$T/routes"
	ip -n r link set rb mtu 1400 && ip -n b link set vb mtu 1400 || return
	udpload -m pingpong -k -n 3 -s 1440 a fd00:1::1 b fd00:2::1 > "$T/udp" 2>&1
	grep -q 'received [1-9]' "$T/udp" || { cat "$T/udp"; fail "nothing came through"; return; }
	ip -n a -6 route get fd00:2::1 | grep -q 'mtu 1400' || { ip -n a -6 route get fd00:2::1; fail "not learned"; return; }
	routes > "$T/routes.after"
	cmp "$T/routes" "$T/routes.after" || { cat "$T/routes.after"; fail "what was learned is among the routes"; return; }
	# A change of routes does not lose it, nor does it come to light (NRL's "havoc").
	ip -n a -6 route add fd00:3::/64 via fd00:1::f && ip -n a -6 route del fd00:3::/64 via fd00:1::f || return
	ip -n a -6 route get fd00:2::1 | grep -q 'mtu 1400' || fail "a change of other routes lost it"
}

no_route() {
	ping_fails a fd00:9::1 || return
	grep -qi 'no route\|unreachable' "$T/ping" || { cat "$T/ping"; fail "not said"; }
}

prohibited() {
	ip -n r -6 route add prohibit fd00:8::/64 || return
	ping_fails a fd00:8::1 || return
	grep -qi 'administratively\|prohibited\|unreachable: adm' "$T/ping" || { cat "$T/ping"; fail "not said"; }
}

off() {
	forwarding 0
	ping_fails a fd00:2::1 || return
	forwarding 1
	ping_ok a fd00:2::1
}

must net_three
check forwards ping_ok a fd00:2::1
check hop-limit hop_limit
check too-big-is-learned-beside-the-routes too_big
check no-route-is-said no_route
check prohibit-is-said prohibited
check forwarding-off-and-on off
ns_del a r b
t_end
