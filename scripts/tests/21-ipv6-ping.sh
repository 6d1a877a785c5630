#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120; ipv6 sextant
#
# Two hosts of our own IPv6 find each other and answer: link-local, global and loopback, every size around the limits,
# fragments; neighbours are found, seen and forgotten; what isn't there is said to be so.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

link_local() { ip -n "$1" -6 addr show dev "$2" | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p'; }

ping_sizes() {
	for size in 0 1 7 8 1000 1231 1232 1233 1451 1452 1453 1500 3000 20000 60000; do
		ping_ok "$1" "$2" -s "$size" || { fail "size $size: $(cat "$T/ping")"; return; }
	done
}

neighbour_seen() { ip -n a -6 neigh show fd00:1::2 dev va | grep -Eq 'lladdr ([0-9a-f]{2}:){5}[0-9a-f]{2} .*(REACHABLE|DELAY|STALE|PROBE)'; }

neighbours() {
	ip -n a -6 neigh flush dev va || return
	ping_ok a fd00:1::2 || return
	neighbour_seen || { ip -n a -6 neigh; fail "not in the table"; return; }
	ip -n a -6 neigh flush dev va
	! ip -n a -6 neigh show fd00:1::2 dev va | grep -q lladdr || fail "flush left it"
}

# Nobody has the address: said by this host, about the address, and to the socket that sent.
nobody() {
	told a lo "01 03 fd000001000000000000000000000001" ping_fails a fd00:1::99 -W 5 || return
	echo x | in_ns a socat -t 5 - 'UDP6:[fd00:1::99]:9,ipv6-recverr=1' > "$T/nobody" 2>&1
	grep -qi 'no route to host' "$T/nobody" || { cat "$T/nobody"; fail "the socket was not told"; }
}

no_route() {
	! in_ns a ping -6 -c 1 -W 1 2001:db8::1 > "$T/ping" 2>&1 || { fail "it answered"; return; }
	grep -qi 'unreachable' "$T/ping" || { cat "$T/ping"; fail "nothing was said"; }
}

groups() { ping_ok a ff02::1%va && ping_ok a ff02::1 -I va; }

echoes() { in_ns b sed -n 's/^Icmp6InEchos[^0-9]*//p' /proc/net/snmp6; }

counted() {
	before=$(echoes)
	ping_ok a fd00:1::2 || return
	same 'echo requests counted' $((before + 1)) "$(echoes)"
}

# Two hosts want one address; the second must not have it.
duplicate() {
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/vb/accept_dad > /dev/null
	ip -n a -6 addr add fd00:1::77/64 dev va nodad || return
	ip -n b -6 addr add fd00:1::77/64 dev vb || return
	wait_for 10 dad_failed || { ip -n b -6 addr; return 1; }
	ip -n b -6 addr del fd00:1::77/64 dev vb && ip -n a -6 addr del fd00:1::77/64 dev va
}
dad_failed() { ip -n b -6 addr show dev vb | grep -q 'fd00:1::77/64.*dadfailed'; }

unique() {
	ip -n b -6 addr add fd00:1::78/64 dev vb || return
	wait_for 10 not_tentative || { ip -n b -6 addr; return; }
	ping_ok a fd00:1::78 && ip -n b -6 addr del fd00:1::78/64 dev vb
}
not_tentative() { ip -n b -6 addr show dev vb | grep 'fd00:1::78/64' | grep -qv tentative; }

# As long as nobody is at the other end there is no link, but routes can name a gateway on it.
link_to_come() {
	ip link add v0 netns a type veth peer name v1 netns b && address a v0 fd00:77::1/64 && ip -n a link set v0 up || return
	ip -n a -6 route show dev v0 > "$T/routes"
	grep -q '^fd00:77::/64 .*linkdown' "$T/routes" || { cat "$T/routes"; fail "no route to the prefix"; return; }
	ip -n a -6 route add fd00:78::/64 via fd00:77::2 && ip -n b link set v1 up && address b v1 fd00:77::2/64 || return
	wait_for 10 ping_ok a fd00:77::2
	came=$?
	ip -n a link del v0
	return "$came"
}

must net_two
check loopback ping_ok a ::1
check own-address ping_ok a fd00:1::1
check link-local ping_ok a "$(link_local b vb)%va"
check all-nodes groups
check sizes ping_sizes a fd00:1::2
check sizes-loopback ping_sizes a ::1
check neighbour-found-and-flushed neighbours
check nobody-there nobody
check no-route no_route
check echo-counted counted
check duplicate-address-detected duplicate
check unique-address-usable unique
check prefix-is-routed-before-the-link-comes link_to_come
ns_del a b
t_end
