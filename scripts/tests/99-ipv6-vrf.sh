#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 60; ipv6 sextant
#
# A host whose interfaces are in a VRF. The last file over our stack in its guest: vrf.ko has no exit, so nothing unloads any more.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015 # check calls them
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=frames.sh
. "$(dirname "$0")/frames.sh"

# The VRF has two links: to a, and to c. Each end of either has the same link-local address there, beside its own.
NEAR=fe800000000000000000000000000002 FAR=fe800000000000000000000000000001
two_links() {
	ns_add c && wire c vc b vd && ip -n b link set vd master red || return
	address a va fe80::1/64 && address c vc fe80::1/64 && address b vb fe80::2/64 && address b vd fe80::2/64
}

# link a|c: who sends on that link.
link() {
	case $1 in
	a) t_near=vb t_far=va ;;
	c) t_near=vd t_far=vc ;;
	esac
	stranger="$1 $t_far" mac_a=$(hex_mac "$1" "$t_far") mac_b=$(hex_mac b "$t_near")
}
send_on() { link "$1" && send_frames; }

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

# A querier hears of the groups of a slave (RFC 3810 6.2); what is reported unasked is a record of another type.
vrf_query() {
	for t_from in a c; do
		link "$t_from"
		cap_start "$t_from" "$t_from" "$t_far" -d in -e 0x86dd &&
			echo "$FAR ff020000000000000000000000000001 1 0 3a00050200000100 8200000000010000$(zeros 16)027d0000" |
			frames_of | send_on "$t_from" && wait_for 2 answered "$t_from" && cap_stop "$t_from" || return
	done
}
answered() { cut -c125-126,141-142 "$T/$1.cap" | grep -qx 8f02; }

# An answer to a link-local address goes onto the link that the question came by.
own_local() { ip -n b -6 addr show dev "$1" scope link | sed -n 's/.*inet6 \(fe80:.*ff:fe[^/]*\).*/\1/p'; }
vrf_link_local() {
	ping_ok a "$(own_local vb)%va" && ping_ok c "$(own_local vd)%vc" && ping_ok a fe80::2%va && ping_ok c fe80::2%vc
}

# fragment a|c BYTE 1|2: a half of an echo request of that link, full of that byte; both links have the same number for it.
fragment() {
	link "$1"
	t_whole=$(echo "$FAR $NEAR 64 58 - 8000000000010001$(zeros 12 | sed "s/0/$2/g")" | frames_of)
	case $3 in
	1) t_part=3a000001 t_data=$(echo "$t_whole" | cut -c109-140) ;;
	2) t_part=3a000010 t_data=$(echo "$t_whole" | cut -c141-) ;;
	esac
	echo "$(echo "$t_whole" | cut -c1-28)6000000000182c40$FAR$NEAR${t_part}00001234$t_data" | send_on "$1"
}
replied() { cut -c109-110,125- "$T/$1.cap" | grep -q "^81$2*\$"; }
vrf_fragments() {
	cap_start a a va -d in -e 0x86dd && cap_start c c vc -d in -e 0x86dd || return
	fragment a aa 1 && fragment c cc 1 && fragment a aa 2 && fragment c cc 2 || return
	wait_for 2 replied a aa && wait_for 2 replied c cc && cap_stop a && cap_stop c
}

# With strong_host an address is heard on the slave that has it, not on another of the VRF.
strong_host() { echo "$1" | in_ns b tee /proc/sys/net/ipv6/conf/all/strong_host > /dev/null; }
vrf_strong() {
	address c vc fd00:3::1/64 && address b vd fd00:3::2/64 && ip -n c route add fd00:1::2 via fd00:3::2 || return
	wait_for 10 ping_ok c fd00:1::2 || return
	strong_host 1 || return
	# Who asks first could be remembered for all.
	ping_ok c fd00:3::2 && ping_ok a fd00:1::2 && refusal_of b strong-host 1 ping_fails c fd00:1::2 &&
		ping_ok a fd00:1::2 || return
	strong_host 0 && ping_ok c fd00:1::2
}

# To the VRF what comes by a slave is from another link: nothing from elsewhere goes on to a link-local address.
vrf_scope() {
	link a && echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	refusal_of b forward-destination 1 elsewhere || return
	echo 0 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null
}
elsewhere() {
	echo "fd000001000000000000000000000001 fe800000000000000000000000000077 64 59 - 00" | frames_of | send_on a
}

# Who sends by this router what a neighbour would take is told so, on the slave's link (RFC 4861 8.2).
vrf_redirect() {
	ip_all b <<-END || return
		neigh add fe80::77 lladdr 02:00:00:00:00:77 dev vb
		route add fd00:8::/64 via fe80::77 dev vb table 10
	END
	link a && echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	cap_start better a va -d in -e 0x86dd &&
		echo "fd000001000000000000000000000001 fd000008000000000000000000000001 64 59 - 00" | frames_of | send_on a &&
		wait_for 2 redirected && cap_stop better || { cat "$T/better.cap"; fail "not told"; return; }
	echo 0 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null
	ip -n b -6 route del fd00:8::/64 table 10
}
# From a link-local address, with hop limit 255: the better one, for what, and where it is.
redirected() {
	t_better=fe800000000000000000000000000077 t_for=fd000008000000000000000000000001
	grep -E "^.{40}3afffe80.{28}fd0000010000000000000000000000018900.{12}$t_better${t_for}0201020000000077" "$T/better.cap"
}

# A nexthop object that moves to the interface of a VRF takes its routes along; the source that they have outside is none there.
vrf_nexthop() {
	ip_all b <<-END || return
		link add d0 up type dummy
		addr add fd00:5::1/64 dev d0 nodad
		nexthop add id 1 via fd00:5::2 dev d0
		route add fd00:7::/64 nhid 1 src fd00:5::1
		nexthop replace id 1 via fd00:1::1 dev vb
	END
	ip -n b -6 route get fd00:7::1 > "$T/get" || { ip -n b -6 route; fail "no packet takes it"; return; }
	grep 'dev vb' "$T/get" || { cat "$T/get"; fail "another way"; return; }
	! grep 'src fd00:5::1' "$T/get" || { fail "that source"; return; }
	ip -n b nexthop del id 1 && ip -n b link del d0
}

# Its addresses went, as the interface was down meanwhile.
vrf_left() {
	ip -n b link set vb nomaster && address b vb fd00:1::2/64 && wait_for 10 ping_ok b fd00:1::1 || return
	same "routes of the VRF" 0 "$(ip -n b -6 route show table 10 | grep -c 'dev vb')"
}

# ip(8) is told what ipv6.ko told it (69); that of sparc64, too (77).
vrf_iproute() {
	t_peer=$(dirname "$0")/peer
	sh "$t_peer/iproute.sh" vrf | /usr/bin/python3 "$t_peer/iproute.py" iproute-vrf
}

must modprobe vrf
must net_two
must ip -n b link add red type vrf table 10
must ip -n b link set red up
must ip -n b link set vb master red
check vrf-slave vrf_slave
check_with nft vrf-keeps-rerouted-packets vrf_reroute
must two_links
check vrf-answers-queriers vrf_query
check vrf-second-link vrf_link_local
check vrf-fragments-of-two-links vrf_fragments
check vrf-strong-host vrf_strong
check vrf-scope vrf_scope
check vrf-redirects vrf_redirect
check vrf-nexthop vrf_nexthop
check vrf-left vrf_left
ns_del a b c
[ "$SXT_ARCH" != x86_64 ] || check vrf-iproute vrf_iproute
t_end
