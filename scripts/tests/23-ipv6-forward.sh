#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120; ipv6 sextant
#
# A router of our own IPv6 between two hosts: forwards, counts the hop limit down and says when it is over, says what is
# too big for the next link and the sender learns it, and that beside the routes; says where no route goes; forwards
# nothing once forwarding is off.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

forwarding() {
	in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null <<-END
		$1
	END
}

net_three() {
	ns_add a r b && wire a va r ra && wire r rb b vb || return
	forwarding 1
	address a va fd00:1::1/64 && address r ra fd00:1::f/64 || return
	address r rb fd00:2::f/64 && address b vb fd00:2::1/64 || return
	ip -n a -6 route add default via fd00:1::f && ip -n b -6 route add fd00:1::/64 via fd00:2::f || return
	net_meet a fd00:2::1
}

# error TYPE CODE COMMAND…: COMMAND works, and the router tells host a so.
error() { t_says="$1 $2 fd00000100000000000000000000000f"; shift 2; told a va "$t_says" "$@"; }

# socket_told TEXT ADDRESS [OPTION]: what a socket that wants errors hears of a packet to that address.
socket_told() {
	echo x | in_ns a socat -t 5 - "UDP6:[$2]:9,ipv6-recverr=1${3:+,$3}" > "$T/socket" 2>&1
	grep -qi "$1" "$T/socket" || { cat "$T/socket"; fail "the socket was not told"; }
}

# By the socket, and by the route.
hop_limit() {
	error 03 00 socket_told 'no route to host' fd00:2::1 ipv6-unicast-hops=1 || return
	ip -n a -6 route add fd00:2::1 via fd00:1::f hoplimit 1 || return
	error 03 00 ping_fails a fd00:2::1 || return
	ip -n a -6 route replace fd00:2::1 via fd00:1::f hoplimit 2 || return
	ping_ok a fd00:2::1 && ip -n a -6 route del fd00:2::1
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
	# A change of routes does not lose it, nor does it come to light (NRL 7, its "havoc").
	ip -n a -6 route add fd00:3::/64 via fd00:1::f && ip -n a -6 route del fd00:3::/64 via fd00:1::f || return
	ip -n a -6 route get fd00:2::1 | grep -q 'mtu 1400' || { fail "a change of other routes lost it"; return; }
	# It is shown to those who ask for nothing else, and goes when they say so.
	ip -n a -6 route show cache > "$T/cache"
	grep -q '^fd00:2::1 .* expires .* mtu 1400' "$T/cache" || { cat "$T/cache"; fail "not shown"; return; }
	ip -n a -6 route flush cache || return
	if ip -n a -6 route get fd00:2::1 | grep -q 'mtu 1400'; then
		fail "it stays"
	fi
}

path_mtu() { ip -n a -6 route get fd00:2::1 > "$T/get"; same "path MTU, $1" "mtu $2" "$(grep -o 'mtu [0-9]*' "$T/get")"; }
big_mtu() { ip -n a link set va mtu "$1" && ip -n r link set ra mtu "$1"; }

# Another MTU of the own link bounds what was learned, and lets go of it; a narrower link behind the router stays known.
own_link() {
	ping_fails a fd00:2::1 -s 1440
	path_mtu learned 1400 || return
	big_mtu 1450 && path_mtu "own link 1450" 1400 || return
	big_mtu 1300 && path_mtu "own link 1300" 1300 || return
	big_mtu 1480 && path_mtu "own link 1480" 1480 || return
	ping_fails a fd00:2::1 -s 1430
	path_mtu "learned again" 1400 || return
	big_mtu 1500 && path_mtu "own link 1500" 1400 && ping_ok a fd00:2::1 -s 2000
}

# A route may say that its MTU is what counts, whatever is told of the path.
locked() {
	ip -n a -6 route flush cache && ip -n a -6 route add fd00:2::1 via fd00:1::f mtu lock 1450 || return
	for _ in 1 2; do
		error 02 00 ping_fails a fd00:2::1 -s 1440 || return
		ip -n a -6 route get fd00:2::1 | grep -q 'mtu lock 1450' || { ip -n a -6 route get fd00:2::1; fail "not locked"; return; }
	done
	ip -n a -6 route replace fd00:2::1 via fd00:1::f mtu 1450
	ping_fails a fd00:2::1 -s 1440
	path_mtu "not locked" 1400 && ping_ok a fd00:2::1 -s 1440 && ip -n a -6 route del fd00:2::1
}

no_route() {
	error 01 00 ping_fails a fd00:9::1 || return
	error 01 00 socket_told 'network is unreachable' fd00:9::1
}

prohibited() {
	ip -n r -6 route add prohibit fd00:8::/64 || return
	error 01 01 ping_fails a fd00:8::1 || return
	error 01 01 socket_told 'permission denied' fd00:8::1
}

# sends ADDRESS [SOURCE]: one datagram of host a; nobody waits for an answer.
sends() { echo x | in_ns a socat -u - "UDP6-SENDTO:[$1]:9${2:+,bind=[$2]}"; }

# Where a route leads nowhere the reason is counted, and said, but of a black hole.
dead_ends() {
	ip_all r <<-END || return
		route add unreachable fd00:a::/64
		route add blackhole fd00:b::/64
	END
	refusal_of r in-unreachable 1 error 01 00 socket_told 'network is unreachable' fd00:a::1 || return
	cap_start silent a va -d in -e 0x86dd && refusal_of r in-blackhole 1 sends fd00:b::1 && ping_ok a fd00:1::f && cap_stop silent || return
	same 'errors of a black hole' '' "$(icmp6_errors "$T/silent.cap")"
}

# A route for one source is none for others.
of_one_source() {
	address a va fd00:1::2/64 && address b lo fd00:5::1/128 && ip -n r -6 route add fd00:5::/64 from fd00:1::2 via fd00:2::1 || return
	ping_ok a fd00:5::1 -I fd00:1::2 && refusal_of r in-no-route 1 sends fd00:5::1 fd00:1::1 || return
	ip -n a addr del fd00:1::2/64 dev va && ip -n r -6 route del fd00:5::/64 from fd00:1::2
}

off() {
	forwarding 0
	ping_fails a fd00:2::1 || return
	forwarding 1
	ping_ok a fd00:2::1
}

# A route by a group of nexthop objects: one that goes leaves the group, the last takes the route with it.
nexthop_objects() {
	ip -n a nexthop add id 1 via fd00:1::f dev va && ip -n a nexthop add id 2 via fd00:1::e dev va &&
		ip -n a nexthop add id 3 group 1/2 && ip -n a -6 route add fd00:2::1/128 nhid 3 || return
	same "ways of the group" 2 "$(ip -n a -6 route show fd00:2::1 | grep -c 'via fd00:1::[ef]')" || return
	ip -n a nexthop del id 2 || return
	same "ways without one" 1 "$(ip -n a -6 route show fd00:2::1 | grep -c 'via fd00:1::[ef]')" || return
	ping_ok a fd00:2::1 || return
	ip -n a nexthop del id 1 || return
	same "the route" "" "$(ip -n a -6 route show fd00:2::1)"
}

# One that changes takes along the routes whose preferred source has gone.
nexthop_without_source() {
	ip -n a addr add fd00:1::50/64 dev va nodad && ip -n a nexthop add id 1 via fd00:1::dead dev va &&
		ip -n a -6 route add fd00:2::1/128 nhid 1 src fd00:1::50 metric 77 && ip -n a addr del fd00:1::50/64 dev va || return
	ip -n a nexthop replace id 1 via fd00:1::f dev va && ping_ok a fd00:2::1 || return
	ip -n a -6 route get fd00:2::1 | grep 'metric 77' || { ip -n a -6 route; fail "no packet takes it"; return; }
	ip -n a nexthop del id 1
}

# One that becomes a group of more than 64 ways is none for a route, nor is the way that the route had before.
nexthop_too_many() {
	for_each 'nexthop add id' 'via fd00:1::e dev va' && ip_all a <<-END || return
		link add d0 up type dummy
		addr add fd00:5::1/64 dev d0 nodad
		nexthop add id 1 via fd00:5::2 dev d0
		nexthop add id 3 group 1
		route add fd00:4::/64 nhid 3
	END
	same "the way" 'dev d0' "$(way_there)" && ip -n a nexthop replace id 3 group "$(seq -s / 101 165)" &&
		same "too many ways" 'dev va' "$(way_there)" || return
	ip -n a link set d0 carrier off && ip -n a link set d0 carrier on || return
	same "the way, once the carrier is back" 'dev va' "$(way_there)" || return
	ip -n a link del d0 && for_each 'nexthop del id' ''
}
# The default route leads to va.
way_there() { ip -n a -6 route get fd00:4::1 | grep -o 'dev [a-z0-9]*'; }
for_each() { seq 101 165 | sed "s/.*/$1 & $2/" | ip_all a; }

# gateways: those by which host a sends to 32 destinations.
gateways() {
	seq 16 47 | sed 's/^/route get fd00:4::/' | ip_all a > "$T/gateways" || return
	grep -o 'via fd00:1::[ef]' "$T/gateways" | sort -u | tr '\n' ' '
}
# idle: seconds since the bucket was used that was used last.
idle() { ip -n a nexthop bucket show id 3 | sed -n 's/.*idle_time \([0-9]*\).*/\1/p' | sort -n | head -n 1; }
idle_for() { [ "$(idle)" -ge "$1" ]; }

# A resilient group keeps the flows where they are while their buckets are busy.
resilient() {
	ip -n a nexthop add id 1 via fd00:1::f dev va && ip -n a nexthop add id 2 via fd00:1::e dev va || return
	ip -n a nexthop add id 3 group 1 type resilient buckets 8 idle_timer 1000 &&
		ip -n a -6 route add fd00:4::/64 nhid 3 || return
	wait_for 10 idle_for 3 || return
	same "one gateway" "via fd00:1::f " "$(gateways)" || return
	[ "$(idle)" -lt 3 ] || { ip -n a nexthop bucket show id 3; fail "no bucket was used"; return; }
	ip -n a nexthop replace id 3 group 1/2 type resilient buckets 8 idle_timer 1000 || return
	same "a second one" "via fd00:1::f " "$(gateways)" || return
	ip -n a nexthop replace id 3 group 1/2 type resilient buckets 8 idle_timer 0 || return
	wait_for 10 both_gateways || return
	ip -n a nexthop del id 3 && ip -n a nexthop del id 1 && ip -n a nexthop del id 2
}
both_gateways() { same "both" "via fd00:1::e via fd00:1::f " "$(gateways)"; }

# A gateway's encapsulation is the route's own: it comes and goes with it, and is there for the next.
encapsulation() {
	for t_round in 1 2 3 4 5; do
		ip -n r -6 route add fd00:77::/64 encap ip6 id "$t_round" dst fd00:1::1 dev ra || return
		ip -n r -6 route show fd00:77::/64 > "$T/encap"
		grep -q "encap ip6 id $t_round .*dst fd00:1::1" "$T/encap" || { cat "$T/encap"; fail "not shown"; return; }
		ip -n r -6 route del fd00:77::/64 || return
	done
}

# The router answers for a host behind it that has an address of this side's prefix; and says that it is still there to who asks
# it alone, as a neighbour does from time to time.
proxy() {
	address b vb fd00:1::b/128 && ip -n r -6 route add fd00:1::b dev rb || return
	ping_fails a fd00:1::b
	echo 1 | in_ns r tee /proc/sys/net/ipv6/conf/ra/proxy_ndp > /dev/null
	ip -n r -6 neigh add proxy fd00:1::b dev ra && wait_for 10 ping_ok a fd00:1::b || return
	t_mac=$(ip -n r link show dev ra | awk '$1 == "link/ether" { print $2 }')
	ip -n a -6 neigh show fd00:1::b | grep -q "lladdr $t_mac" || { ip -n a -6 neigh; fail "not the router's"; return; }
	ip -n a -6 neigh change fd00:1::b lladdr "$t_mac" dev va nud probe && wait_for 10 reachable || return
	ip -n r -6 neigh del proxy fd00:1::b dev ra
	ip -n a -6 neigh change fd00:1::b lladdr "$t_mac" dev va nud probe && wait_for 10 refuses reachable && wait_for 10 unknown
}
reachable() { ip -n a -6 neigh show fd00:1::b | grep -q REACHABLE; }
unknown() { ip -n a -6 neigh show fd00:1::b | grep -q FAILED || [ -z "$(ip -n a -6 neigh show fd00:1::b)" ]; }

# Only a rule for the own address leads on, and the socket has none yet.
by_rule() {
	ip -n a -6 route del default via fd00:1::f && ip -n a -6 route add default via fd00:1::f table 100 || return
	ping_fails a fd00:2::1 || return
	ip -n a -6 rule add from fd00:1::/64 table 100 pref 100 && ping_ok a fd00:2::1 && ping_ok a fd00:2::1 -I fd00:1::1 || return
	ip -n a -6 rule del pref 100 && ping_fails a fd00:2::1 || return
	ip -n a -6 route flush table 100 && ip -n a -6 route add default via fd00:1::f && ping_ok a fd00:2::1
}

must net_three
check route-by-the-rule-of-a-source by_rule
check forwards ping_ok a fd00:2::1
check hop-limit hop_limit
check too-big-is-learned-beside-the-routes too_big
check mtu-of-the-own-link own_link
check locked-mtu locked
check no-route-is-said no_route
check prohibit-is-said prohibited
check routes-that-lead-nowhere dead_ends
check route-of-one-source of_one_source
check forwarding-off-and-on off
check nexthop-objects nexthop_objects
check nexthop-object-and-a-source-that-went nexthop_without_source
check resilient-nexthops resilient
check nexthop-object-with-too-many-ways nexthop_too_many
check encapsulation-of-a-route encapsulation
check proxy-of-neighbours proxy
ns_del a r b
t_end
