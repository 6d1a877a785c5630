#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/iproute.sh
#
# What ip(8) can be asked of IPv6, and what it answers: each command, its output and its status. Runs in a guest with either
# stack. Left out is what nobody can rely on: numbers that only time and chance make, the order of tables, the metric of an own
# address's route; and of a refusal all but that it was one, since sentences differ.
. "$(dirname "$0")/../lib.sh"

# in_order COMMAND: the entries that it shows, each with its indented lines as one line, sorted. maddress shows an interface
# with all its groups as one entry; these are sorted by themselves.
in_order() {
	case $1 in
	*maddress*) sort ;;
	*' addr show'* | *'link show'* | *ntable* | *' -j '*) cat ;;
	*show* | *list*)
		awk '/^[ \t]/ { line = line $0; next } NR > 1 { print line } { line = $0 } END { if (NR) print line }' | sort ;;
	*) cat ;;
	esac
}

# t COMMAND…: in namespace a.
t() {
	echo "\$ $*"
	in_ns a "$@" > "$T/out" 2>&1
	status=$?
	sed -E -e 's/[0-9]+sec/Nsec/g; s/^[0-9]+: (v|l|d)/N: \1/; s/@if[0-9]+/@ifN/; s/link-netns(id)? [^ ]+//' \
		-e 's/age [0-9.]+sec/age N/; s/(used|expires|ifindex|iif|oif)":? ?[0-9]+/\1 N/g' \
		-e 's/"(ifindex|link_index|preferred_life_time|valid_life_time)":[0-9]+/"\1":N/g' \
		-e 's/^(Error|RTNETLINK answers):.*/refused/; s/ +$//' \
		-e '/^We have an error talking to the kernel/d; /^Command failed /d; /^Dump terminated$/d' \
		-e 's/reachable [0-9]+/reachable N/; s/^(local .* proto kernel .*metric) (0|1024)/\1 own/' "$T/out" | in_order "$*"
	echo "status $status"
}

# ready COMMAND…: what the next answer depends on has happened.
usable() { ! ip -n a -6 addr show dev "${1-va}" | grep -q tentative; }
ready() { wait_for 10 "$@" || echo "not ready: $*"; }

must ns_add a b
must ip link add va address 02:00:00:00:0a:01 netns a type veth peer name vb address 02:00:00:00:0b:01 netns b
must ip -n b link set vb up
must address b vb fd00:1::2/64
in_ns a ip -6 -o monitor all > "$T/monitor" 2>&1 &
echo $! > "$T/monitor.pid"
monitored() { grep -q 'fd00:fe::' "$T/monitor"; }
# Its sockets are open when it hears this.
hears() {
	ip -n a link add d9 type dummy && ip -n a link del d9
	grep -q 'd9' "$T/monitor"
}
ready hears

t ip -6 addr show dev lo
t ip -6 addr show dev va
must ip -n a link set va up
ready usable
t ip -6 addr show dev va
t ip -6 route show
t ip -6 route show table local
t ip -6 maddress show dev va
t ip -6 maddress show dev lo

# addresses
t ip -6 addr add fd00:1::1/64 dev va nodad
t ip -6 addr add fd00:1::1/64 dev va nodad
t ip -6 addr add fd00:2::1/64 dev va nodad valid_lft 1000 preferred_lft 500
t ip -6 addr add fd00:3::1 peer fd00:3::2 dev va nodad
t ip -6 addr add fd00:4::1/128 dev lo
t ip -6 addr add fd00:5::1/48 dev va nodad noprefixroute
t ip -6 addr add fd00:6::1/64 dev va nodad metric 77
t ip -6 addr add fd00:7::1/64 dev va nodad home
t ip -6 addr add fd00:8::1/64 dev va nodad mngtmpaddr
t ip -6 addr add fd00:9::1/64 dev va nodad proto 44
t ip -6 addr add fd00:a::1/64 dev va optimistic
ready usable
t ip -6 addr add ff02::1234/128 dev va
t ip -6 addr add ::1/128 dev va
t ip -6 addr add ::/128 dev va
t ip -6 addr add fd00:1::9/129 dev va
t ip -6 addr add fd00:1::9/64 dev va valid_lft 10 preferred_lft 20
t ip -6 addr add fd00:1::9/64 dev va valid_lft 0
t ip -6 addr add fd00:1::9/64 dev nothere
t ip -6 addr add 192.0.2.1/24 dev va
t ip -6 addr show dev va
t ip -6 -o addr show dev va scope global
t ip -6 addr show dev va scope link
t ip -6 addr show to fd00:2::/16 dev va
t ip -6 addr show dev va dynamic
t ip -6 addr show dev va permanent
t ip -6 addr show dev va deprecated
t ip -6 addr show dev va proto 44
t ip -j -6 addr show dev va
t ip -6 route show
t ip -6 route show table local
t ip -6 addr change fd00:2::1/64 dev va valid_lft 2000 preferred_lft 0
t ip -6 addr show dev va to fd00:2::1
t ip -6 addr replace fd00:2::1/64 dev va valid_lft forever preferred_lft forever
t ip -6 addr show dev va to fd00:2::1
t ip -6 addr replace fd00:b::1/64 dev va nodad
t ip -6 addr change fd00:c::1/64 dev va nodad
t ip -6 addr change fd00:6::1/64 dev va metric 88
t ip -6 route show fd00:6::/64
t ip -6 addr del fd00:3::1 peer fd00:3::2 dev va
t ip -6 addr del fd00:3::1 dev va
t ip -6 addr del fd00:5::1/64 dev va
t ip -6 addr flush dev va to fd00:7::/32
t ip -6 addr flush dev va to fd00:b::/32
t ip -6 addr show dev va
t ip -6 maddress show dev va
t ip -6 maddress add 33:33:00:00:12:34 dev va
t ip -6 maddress show dev va
t ip -6 maddress del 33:33:00:00:12:34 dev va

# routes
t ip -6 route add 2001:db8:1::/48 via fd00:1::2
t ip -6 route add 2001:db8:1::/48 via fd00:1::2
t ip -6 route append 2001:db8:1::/48 via fd00:1::3
t ip -6 route show 2001:db8:1::/48
t ip -6 route add 2001:db8:1::/48 via fd00:1::3 metric 10
t ip -6 route replace 2001:db8:1::/48 via fd00:1::4 metric 10
t ip -6 route change 2001:db8:1::/48 via fd00:1::5 metric 10
t ip -6 route change 2001:db8:99::/48 via fd00:1::5
t ip -6 route prepend 2001:db8:98::/48 via fd00:1::5
t ip -6 route add 2001:db8:2::/48 dev va
t ip -6 route add 2001:db8:3::/48 via fe80::ff:fe00:b01 dev va
t ip -6 route add 2001:db8:3::/48 via fe80::ff:fe00:b01
t ip -6 route add 2001:db8:4::/48 via 2001:db8:77::1
t ip -6 route add 2001:db8:4::/48 via fd00:1::1
t ip -6 route add 2001:db8:4::/48 via fd00:77::1 dev va
t ip -6 route add 2001:db8:4::/48 via fd00:77::1 dev va onlink
t ip -6 route add 2001:db8:5::/48 via fd00:1::2 mtu 1400 hoplimit 9 advmss 1000
t ip -6 route add 2001:db8:6::/48 via fd00:1::2 mtu lock 1300
t ip -6 route add 2001:db8:7::/48 via fd00:1::2 src fd00:2::1
t ip -6 route add 2001:db8:7::/48 via fd00:1::2 src fd00:77::1 metric 5
t ip -6 route add 2001:db8:8::/48 via fd00:1::2 pref high
t ip -6 route add 2001:db8:9::/48 via fd00:1::2 expires 1000
t ip -6 route add 2001:db8:a::/48 proto static via fd00:1::2
t ip -6 route add 2001:db8:b::/48 nexthop via fd00:1::2 weight 2 nexthop via fd00:1::3 dev va weight 5
t ip -6 route add blackhole 2001:db8:c::/48
t ip -6 route add unreachable 2001:db8:d::/48
t ip -6 route add prohibit 2001:db8:e::/48 metric 3
t ip -6 route add throw 2001:db8:f::/48
t ip -6 route add 2001:db8:10::/48 from fd00:2::/64 via fd00:1::2
t ip -6 route add 2001:db8:11::/48 via fd00:1::2 table 77
t ip -6 route add local 2001:db8:12::/48 dev lo
t ip -6 route add anycast 2001:db8:13::1 dev va
t ip -6 route add multicast ff05::/16 dev va table local
t ip -6 route add nat 2001:db8:14::/48 via fd00:1::2
t ip -6 route add 2001:db8:15::1/48 via fd00:1::2
t ip -6 route add 2001:db8:16::/48 via ff02::1 dev va
t ip -6 route add 2001:db8:17::/48 dev nothere
t ip -6 route add 2001:db8:18::/48 via inet 192.0.2.1 dev va
t ip -6 route add 2001:db8:19::/48 via fd00:1::2 quickack 1 initcwnd 20 rto_min 5ms
t ip -6 route add default via fd00:1::2
t ip -6 route show
t ip -6 -d route show 2001:db8:b::/48
t ip -6 -o route show 2001:db8:b::/48
t ip -j -6 route show 2001:db8:5::/48
t ip -6 route show table all
t ip -6 route show table 77
t ip -6 route show proto static
t ip -6 route show type blackhole
t ip -6 route show root 2001:db8:a::/48
t ip -6 route show match 2001:db8:a::1
t ip -6 route show exact 2001:db8:a::/48
t ip -6 route show via fd00:1::2
t ip -6 route show dev va
t ip -6 route show metric 10
t ip -6 route show from fd00:2::/64
t ip -6 route show cache
t ip -6 route show table 78
for to in ::1 fd00:1::1 fd00:1::2 fd00:99::1 2001:db8:1::1 2001:db8:3::1 2001:db8:5::1 2001:db8:7::1 2001:db8:c::1 \
	2001:db8:d::1 2001:db8:e::1 2001:db8:f::1 2001:db8:12::1 ff02::1 ff05::1 fe80::1; do
	t ip -6 route get $to
done
t ip -6 route get fe80::1 oif va
t ip -6 route get ff02::1 oif va
t ip -6 route get 2001:db8:10::1 from fd00:2::1
t ip -6 route get 2001:db8:10::1 from fd00:1::1
t ip -6 route get fibmatch 2001:db8:5::1
t ip -6 route get 2001:db8:1::1 mark 5
t ip -6 route get 2001:db8:1::1 ipproto udp sport 5 dport 6
t ip -6 route get fd00:1::1 from fd00:1::2 iif va
t ip -6 route get 2001:db8:1::1 from 2001:db8:ff::1 iif va
t ip -j -6 route get 2001:db8:5::1
in_ns a ip -6 route save > "$T/save" 2> /dev/null
t ip -6 route del 2001:db8:1::/48 metric 10
t ip -6 route del 2001:db8:1::/48 via fd00:1::3
t ip -6 route del 2001:db8:b::/48 via fd00:1::3
t ip -6 route del 2001:db8:77::/48
t ip -6 route del blackhole 2001:db8:c::/48
t ip -6 route del 2001:db8:10::/48 from fd00:2::/64
t ip -6 route flush 2001:db8:2::/48
t ip -6 route flush proto static
t ip -6 route flush table 77
t ip -6 route flush root 2001:db8::/32
t ip -6 route show
echo "\$ ip -6 route restore"
in_ns a ip -6 route restore < "$T/save" > /dev/null 2>&1
t ip -6 route show
t ip -6 route flush cache
t ip -6 route flush root 2001:db8::/32

# rules
t ip -6 rule show
t ip -6 rule add from fd00:2::/64 table 77
t ip -6 rule add to 2001:db8::/32 lookup 78 priority 100
t ip -6 rule add fwmark 0x10/0xf0 blackhole pref 101
t ip -6 rule add iif va prohibit pref 102
t ip -6 rule add oif lo unreachable pref 103
t ip -6 rule add ipproto udp sport 100-200 dport 53 table 79 pref 104
t ip -6 rule add not from fd00:5::/64 goto 200 pref 105
t ip -6 rule add pref 200 nop
t ip -6 rule add uidrange 100-200 table 80 pref 106
t ip -6 rule add tos 0x10 table 81 pref 107
t ip -6 rule add pref 108 suppress_prefixlength 0 table main
t ip -6 rule add pref 109 suppress_ifgroup 5 table main
t ip -6 rule add pref 110 l3mdev
t ip -6 rule add pref 111 protocol static table 82
t ip -6 rule add to 2001:db8::/32 lookup 78 priority 100
t ip -6 rule add from 192.0.2.0/24 table 77
t ip -6 rule show
t ip -j -6 rule show
t ip -6 rule show table 77
t ip -6 route add 2001:db8:aa::/48 via fd00:1::3 table 78
t ip -6 route get 2001:db8:aa::1
t ip -6 route get 2001:db8:aa::1 mark 0x10
t ip -6 rule del pref 100
t ip -6 rule del pref 999
t ip -6 rule del from fd00:2::/64 table 77
t ip -6 rule flush protocol static
t ip -6 rule flush
t ip -6 rule show
t ip -6 rule add pref 0 table local
t ip -6 rule add pref 32766 table main
t ip -6 route flush table 78

# neighbours
t ip -6 neigh show
t ip -6 neigh add fd00:1::77 lladdr 02:00:00:00:0b:77 dev va
t ip -6 neigh add fd00:1::77 lladdr 02:00:00:00:0b:78 dev va
t ip -6 neigh change fd00:1::77 lladdr 02:00:00:00:0b:79 dev va nud permanent
t ip -6 neigh replace fd00:1::78 lladdr 02:00:00:00:0b:78 dev va nud permanent router
t ip -6 neigh change fd00:1::79 lladdr 02:00:00:00:0b:78 dev va
t ip -6 neigh add fd00:1::7a dev va lladdr 02:00:00:00:0b:78 extern_learn
t ip -6 neigh add ff02::7a dev va lladdr 02:00:00:00:0b:78
t ip -6 neigh add fd00:1::1 dev va lladdr 02:00:00:00:0b:78
t ip -6 neigh add proxy fd00:1::80 dev va
t ip -6 neigh add proxy fd00:1::80 dev va
t ip -6 neigh show
t ip -6 neigh show nud permanent
t ip -6 neigh show proxy
t ip -j -6 neigh show dev va to fd00:1::78
t ip -6 neigh get fd00:1::78 dev va
t ip -6 neigh get fd00:1::99 dev va
t ip -6 neigh get proxy fd00:1::80 dev va
t ip -6 neigh del proxy fd00:1::80 dev va
t ip -6 neigh del proxy fd00:1::80 dev va
t ip -6 neigh del fd00:1::78 dev va
t ip -6 neigh del fd00:1::99 dev va
t ip -6 neigh flush dev va nud permanent
t ip -6 neigh flush all
t ip -6 neigh show
t ip -6 ntable show dev va
t ip -6 ntable change name ndisc_cache dev va queue 8
t ip -6 ntable change name ndisc_cache dev va retrans 500

# labels, tokens, settings, what there is not
t ip -6 addrlabel list
t ip -6 addrlabel add prefix 2001:db8::/32 label 99
t ip -6 addrlabel add prefix 2001:db8:1::/48 dev va label 98
t ip -6 addrlabel add prefix 2001:db8::/32 label 97
t ip -6 addrlabel list
t ip -6 addrlabel get 2001:db8::1
t ip -6 addrlabel get 2001:db9::1
t ip -6 addrlabel del prefix 2001:db8::/32 label 99
t ip -6 addrlabel del prefix 2001:db8::/32 label 99
t ip -6 addrlabel flush
t ip -6 addrlabel list
t ip token set ::1:2:3:4 dev va
t ip token get dev va
t ip token set ::1:2:3:4 dev lo
t ip token del dev va
t ip token get dev va
t ip -6 netconf show dev va
t ip -6 netconf show dev lo
t ip -6 netconf show dev all
t ip -6 netconf show dev default
t ip -6 mroute show
t ip -6 nexthop show
t ip -6 tunnel show
t ip -6 -d link show dev va
t ip -6 link show
for mode in none eui64 stable_secret random; do
	t ip link set va addrgenmode $mode
	must ip -n a link set va down
	must ip -n a link set va up
	ready usable
	if [ $mode = random ]; then
		echo "\$ a stable address"
		ip -n a -6 addr show dev va | grep -c stable-privacy
	else
		t ip -6 addr show dev va
	fi
done
t ip -6 route show
t ip link set va mtu 1279
t ip -6 addr show dev va
t ip link set va mtu 1280
must ip -n a link set va down
must ip -n a link set va addrgenmode eui64
must ip -n a link set va up
ready usable
t ip -6 addr show dev va
t ip link set va name vc
t ip -6 addr show dev vc
t ip -6 route add fd00:fe::/48 dev vc
ready monitored
t_end_of_monitor=$(cat "$T/monitor.pid")
kill "$t_end_of_monitor"
rm "$T/monitor.pid"
echo "\$ ip -6 -o monitor all"
sed -E -e '/fd00:fe::/q' -e 's/[0-9]+sec/Nsec/g' "$T/monitor" | grep -v '\[NEIGH\]\|d9\|\[LINK\]\|stable-privacy\|local fe80' |
	sed -E 's/[0-9]+: v/N: v/; s/@if[0-9]+/@ifN/; s/ +$//; s/(local .* proto kernel .*metric) (0|1024)/\1 own/' | sort -u
echo "\$ end"
ns_del a b
