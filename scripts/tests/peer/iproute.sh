#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/iproute.sh main|vrf
#
# What ip(8) can be asked of IPv6, and what it answers: each command, its output and its status, as they come; iproute.py makes
# of it what can be compared. Runs in a guest with either stack. `vrf` loads vrf.ko, which stays loaded.
. "$(dirname "$0")/../lib.sh"

# ip starts some five hundred times. It does so in half of the time if it and its libraries are not the host's files, but lie
# in memory. Where there is a sentence it shows that and no errno; so it gets none (errno_only.c). That of sparc64 lies in
# memory, and knows no sentences.
in_memory() {
	export ERRNO_ONLY=
	[ "$SXT_ARCH" = x86_64 ] || return 0
	mkdir "$T/lib" && cp "$(command -v ip)" "$(command -v errno_only.so)" "$T/lib" &&
		LD_TRACE_LOADED_OBJECTS=1 ip | sed -n 's/.* => \(.*\) (.*/\1/p' | xargs cp -t "$T/lib" || return
	export "LD_LIBRARY_PATH=$T/lib" "PATH=$T/lib:$PATH" "ERRNO_ONLY=$T/lib/errno_only.so"
}

# t COMMAND…: in this namespace.
t() {
	echo "\$ $*"
	LD_PRELOAD=$ERRNO_ONLY "$@" 2>&1
	echo "status $?"
}
# t_to FILE COMMAND…, t_from FILE COMMAND…: what it writes, or reads, is for ip alone.
t_to() {
	t_file=$T/$1
	shift
	echo "\$ $*"
	{ LD_PRELOAD=$ERRNO_ONLY "$@" > "$t_file"; } 2>&1
	echo "status $?"
}
t_from() {
	t_file=$T/$1
	shift
	t "$@" < "$t_file"
}

# ready COMMAND…: what the next answer depends on has happened.
usable() { ! ip -6 addr show dev "${1-va}" | grep -q tentative; }
ready() { wait_for 10 "$@" || echo "not ready: $*"; }

# fallback 0|2: a new namespace has what modules of tunnels make of their own in each, or not; they may be loaded already.
fallback() { echo "$1" > /proc/sys/net/core/fb_tunnels_only_for_init_net; }

monitored() { grep -q 'fd00:fe::' "$T/monitor"; }
# Its sockets are open when it hears this.
hears() {
	ip link add d9 type veth peer name d8 && ip link del d9
	grep -q 'd9' "$T/monitor"
}
monitor_starts() {
	ip -6 -o monitor all > "$T/monitor" 2>&1 &
	echo $! > "$T/monitor.pid"
	ready hears
}
monitor_ends() {
	ready monitored
	t_pid=$(cat "$T/monitor.pid")
	rm "$T/monitor.pid"
	kill "$t_pid"
	echo '$ ip -6 -o monitor all'
	cat "$T/monitor"
}

vrf() {
	t ip vrf show
	t ip link add red type vrf table 10
	t ip -6 rule show
	t ip link set red up
	t ip link set va master red
	t ip -6 addr show dev va scope global
	t ip -6 addr add fd00:1::1/64 dev va nodad
	t ip -6 addr add fd00:9::1/128 dev red
	t ip vrf show
	t ip -6 addr show vrf red scope global
	t ip -6 route show
	t ip -6 route show vrf red
	t ip -6 route show table 10 type local
	t ip -6 route add 2001:db8::/32 via fd00:1::2
	t ip -6 route add vrf red 2001:db8::/32 via fd00:1::2
	t ip -6 route add vrf red 2001:db8::/32 via fd00:1::2
	t ip -6 route add vrf red unreachable default metric 4278198272
	t ip -6 route show vrf red
	t ip -6 route get vrf red 2001:db8::1
	t ip -6 route get vrf red fd00:9::1
	t ip -6 route get vrf red 2001:db9::1
	t ip -6 route get 2001:db8::1
	t ip -6 neigh add fd00:1::7 lladdr 02:00:00:00:00:07 dev va
	t ip -6 neigh show vrf red nud permanent
	t ip -6 route del vrf red 2001:db8::/32
	t ip -6 route del vrf red 2001:db8::/32
	t ip -6 route flush vrf red proto static
	t ip link set va nomaster
	t ip -6 route show table 10
	t ip link del red
	t ip -6 route show table 10
	t ip -6 rule show
}

tunnels() {
	t ip -6 tunnel add t6 mode ip6ip6 remote fd00:1::2 local fd00:1::1 dev w0
	t ip -6 tunnel add t6 mode ip6ip6 remote fd00:1::2 local fd00:1::1 dev w0
	t ip -6 tunnel add t7 mode ip6ip6 remote fd00:1::2 local fd00:1::1 dev w0
	t ip -6 tunnel add t7 mode ip6ip6 remote fd00:1::3 local fd00:1::1 dev nothere
	t ip -6 tunnel show t6
	t ip -6 tunnel change t6 mode ip6ip6 remote fd00:1::2 local fd00:1::1 dev w0 hoplimit 9 encaplimit none tclass 0x10
	t ip -6 tunnel show t6
	t ip link set t6 up
	t ip -6 addr add fd00:9::1/64 dev t6
	t ip -6 addr show dev t6 to fd00:9::/64
	t ip -6 route show dev t6
	t ip -6 route add 2001:db8:1::/48 dev t6
	t ip -6 route get 2001:db8:1::1
	t ip tunnel add s6 mode sit remote 10.1.0.2 local 10.1.0.1 ttl 64
	t ip tunnel add s6 mode sit remote 10.1.0.2 local 10.1.0.1 ttl 64
	t ip tunnel show s6
	t ip tunnel change s6 mode sit remote 10.1.0.3 local 10.1.0.1 ttl 9
	t ip tunnel show s6
	t ip link set s6 up
	t ip -6 addr show dev s6
	t ip -6 tunnel del t6
	t ip -6 tunnel del t6
	t ip tunnel del s6
	t ip -6 route show
}

addresses() {
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
	t_to saved ip -6 addr save dev va
	t_from saved ip -6 addr showdump
	t ip -6 addr flush dev va to fd00:8::/32
	t ip -6 addr del fd00:a::1/64 dev va
	t_from saved ip -6 addr restore
	ready usable
	t ip -6 addr show dev va
}

routes() {
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
	t ip -6 route add 2001:db8:1a::/48 encap seg6 mode encap segs fd00:1::2 dev va
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
	t_to saved ip -6 route save
	t_from saved ip -6 route showdump
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
	t_from saved ip -6 route restore
	t ip -6 route show
	t ip -6 route flush cache
	t ip -6 route flush root 2001:db8::/32
}

nexthops() {
	t ip -6 nexthop add id 1 via fd00:1::2 dev va
	t ip -6 nexthop add id 1 via fd00:1::2 dev va
	t ip -6 nexthop add id 2 via fe80::ff:fe00:b01 dev va
	t ip -6 nexthop add id 3 blackhole
	t ip -6 nexthop add id 4 via 2001:db8:77::1 dev va
	t ip -6 nexthop add id 5 via fd00:77::1 dev va onlink
	t ip -6 nexthop add id 6 via fd00:1::1 dev va
	t ip -6 nexthop add id 6 via fd00:1::3 dev nothere
	t ip -6 nexthop add id 6 dev va
	t ip -6 nexthop replace id 5 via fd00:1::5 dev va protocol static
	t ip -6 nexthop replace id 7 via fd00:1::7 dev va
	t ip nexthop add id 10 group 1/2
	t ip nexthop add id 11 group 1,3/2,2
	t ip nexthop add id 11 group 1/3
	t ip nexthop add id 11 group 1/99
	t ip nexthop add id 12 group 1/2 type resilient buckets 4
	t ip -6 nexthop show
	t ip nexthop show group
	t ip -j nexthop show id 5
	t ip nexthop get id 10
	t ip nexthop get id 99
	t ip nexthop bucket show id 12
	t ip nexthop bucket get id 12 index 1
	t ip nexthop bucket get id 12 index 9
	t ip -6 route add 2001:db8:20::/48 nhid 1
	t ip -6 route add 2001:db8:21::/48 nhid 10
	t ip -6 route add 2001:db8:22::/48 nhid 3
	t ip -6 route add 2001:db8:23::/48 nhid 99
	t ip -6 route add 2001:db8:24::/48 nhid 1 via fd00:1::2
	t ip -6 route show
	t ip -6 route get 2001:db8:20::1
	t ip -6 route get 2001:db8:22::1
	t ip nexthop replace id 10 group 1,2/2,5
	t ip -6 route show 2001:db8:21::/48
	t ip nexthop replace id 1 via fd00:1::9 dev va
	t ip -6 route get 2001:db8:20::1
	t ip nexthop del id 2
	t ip nexthop del id 2
	t ip -6 route show 2001:db8:21::/48
	t ip nexthop del id 3
	t ip -6 nexthop flush protocol 4
	t ip -6 nexthop flush
	t ip -6 nexthop show
	t ip -6 route show
}

rules() {
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
}

neighbours() {
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
}

# Groups that are joined as long as they are there.
groups() {
	t ip -6 addr add ff02::77/128 dev va autojoin
	t ip -6 addr add ff02::77/128 dev va autojoin
	t ip -6 addr replace ff02::77/128 dev va autojoin valid_lft 1000 preferred_lft 500
	t ip -6 addr add ff05::78/64 dev va autojoin nodad
	t ip -6 addr add ff05::79/64 dev va
	t ip -6 addr add fd00:1::99/64 dev va autojoin
	ready usable
	t ip -6 addr show dev va to ff00::/8
	t ip -6 maddress show dev va
	t ip -6 route show table all root ff00::/8
	t ip -6 addr change ff05::78/64 dev va
	t ip -6 addr show dev va to ff00::/8
	t ip -6 addr del ff02::77/128 dev va
	t ip -6 addr del ff05::78/64 dev va
	t ip -6 addr del ff05::78/64 dev va
	t ip -6 maddress show dev va
}

# Labels, tokens, settings, what there is not, and what becomes of an interface.
others() {
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
	echo 1 > /proc/sys/net/ipv6/conf/va/router_solicitations
	t ip token set ::1:2:3:4 dev va
	t ip token get dev va
	t ip token list
	t ip token set fd00::5 dev va
	t ip token get dev va
	t ip token set ::1:2:3:4 dev lo
	t ip token del dev va
	echo 0 > /proc/sys/net/ipv6/conf/va/router_solicitations
	t ip token get dev va
	t ip -6 netconf show dev va
	t ip -6 netconf show dev lo
	t ip -6 netconf show dev all
	t ip -6 netconf show dev default
	t ip -6 mroute show
	t ip -6 mrule show
	t ip -6 mrule add from fd00:2::/64 table 77
	t ip sr tunsrc show
	t ip sr tunsrc set fd00:1::1
	t ip sr hmac show
	t ip ioam namespace show
	t ip ioam namespace add 5
	t ip ioam schema show
	t ip -6 -d link show dev va
	t ip -6 link show
	for mode in none eui64 stable_secret random; do
		t ip link set va addrgenmode $mode
		must ip link set va down
		must ip link set va up
		ready usable
		if [ $mode = random ]; then
			echo "\$ a stable address"
			ip -6 addr show dev va | grep -c stable-privacy
		else
			t ip -6 addr show dev va
		fi
	done
	t ip -6 route show
	t ip link set va mtu 1279
	t ip -6 addr show dev va
	t ip link set va mtu 1280
	must ip link set va down
	must ip link set va addrgenmode eui64
	must ip link set va up
	ready usable
	t ip -6 addr show dev va
	t ip link set va name vc
	t ip -6 addr show dev vc
	t ip -6 route add fd00:fe::/48 dev vc
}

# What knows IPv6 without being a part of it; what ipv6.ko has a part of, in XFRM; and what this kernel has not.
subsystems() {
	t ip -6 tcp_metrics show
	t ip tcp_metrics show 2001:db8::1
	t ip tcp_metrics delete 2001:db8::1
	t ip -6 tcp_metrics flush
	t ip -6 tuntap add dev tn0 mode tun
	t ip -6 tuntap add dev tn0 mode tun
	t ip link set tn0 up
	t ip -6 addr add fd00:30::1/64 dev tn0 nodad
	t ip -6 -o addr show dev tn0 to fd00:30::/64
	t ip -6 route show dev tn0 root fd00:30::/64
	t ip -6 tuntap del dev tn0 mode tun
	t ip -6 xfrm state add src fd00:31::1 dst fd00:31::2 proto ah spi 0x100 mode transport auth 'hmac(sha1)' "0x$(hex 20 1)"
	t ip -6 xfrm state show
	t ip -6 xfrm state delete src fd00:31::1 dst fd00:31::2 proto ah spi 0x100
	t ip -6 xfrm state allocspi src fd00:31::1 dst fd00:31::2 proto ah min 0x200 max 0x200
	t ip -6 xfrm state count
	t ip -6 xfrm state flush
	t ip -6 xfrm policy add src fd00:31::/64 dst fd00:32::/64 dir out action block
	t ip -6 xfrm policy add src fd00:31::/64 dst fd00:32::/64 dir out action block
	t ip -6 xfrm policy show
	t ip -6 xfrm policy flush
	t ip -6 xfrm policy count
	t ip l2tp show tunnel
	t ip macsec show
	t ip mptcp endpoint show
	t ip -6 fou show
	t ip ila list
}

# Before anything is there, and what comes with a link.
first() {
	t ip -6 addr show dev lo
	t ip -6 addr show dev va
	must ip link set va up
	ready usable
	t ip -6 addr show dev va
	t ip -6 route show
	t ip -6 route show table local
	t ip -6 maddress show dev va
	t ip -6 maddress show dev lo
}

# Hardware addresses are shown, and addresses are made of them.
link() {
	ip link add va address 02:00:00:00:0a:01 netns a type veth peer name vb address 02:00:00:00:0b:01 netns b &&
		ip -n b link set vb up
}

case $1 in
vrf)
	must in_memory
	must modprobe vrf
	must ns_add a b
	must link
	must ip -n a link set va up
	must address a va fd00:1::1/64
	in_ns a sh "$0" vrf-in-a
	ns_del a b
	echo '$ end' ;;
main)
	must in_memory
	fallback 2
	must ns_add a b
	must link
	must address b vb fd00:1::2/64
	in_ns a sh "$0" main-in-a
	ns_del a b
	must modules_gone ah6 xfrm_user xfrm_algo
	fallback 0
	must modprobe ip6_tunnel
	must modprobe sit
	must ns_add c
	must wire c w0 c w1
	must address c w0 fd00:1::1/64
	in_ns c sh "$0" tunnels-in-c
	ns_del c
	must modules_gone sit ip6_tunnel tunnel6 tunnel4 sextant_ipv6_names
	echo '$ end' ;;
vrf-in-a)
	vrf ;;
tunnels-in-c)
	tunnels ;;
main-in-a)
	monitor_starts
	first
	addresses
	routes
	nexthops
	rules
	neighbours
	groups
	others
	monitor_ends
	subsystems ;;
esac
