#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/ipv6.sh 1|2 ipv6-sextant|ipv6-kernel [PEER], or 2 answer
#
# One of two guests on the wire eth0, with our own IPv6 in one or in both. Side 2 does what side 1 tells it over IPv4:
# each step is a function of this file, run here or there (`on`), so that the two swap their parts.
# shellcheck source-path=SCRIPTDIR/.. disable=SC2317 # called through on
. "$(dirname "$0")/../lib.sh"
side=$1 peer=${3-}
other=$((3 - side))
me=fd00:1::$side you=fd00:1::$other
got=/tmp/got

# on SIDE FUNCTION [WORD…]: there, with its output and its status here.
on() {
	t_side=$1
	shift
	case $t_side in 1|2) ;; *) fail "there is no side $t_side"; return ;; esac
	[ "$t_side" != "$side" ] || { "$@"; return; }
	echo "$*" | socat -t 90 - TCP4:10.0.0.2:7998 > "$T/on" || { fail "no word from side 2"; return; }
	sed '$d' "$T/on"
	[ "$(tail -n 1 "$T/on")" = 'status 0' ]
}

# What `on` talks to: reads a line, a function and its words, and runs it.
answer() {
	read -r words
	# shellcheck disable=SC2086 # it is words
	( $words ) 2>&1
	echo "status $?"
}

# few WORD… -- WORD…: the first ones always, the others in the long run as well.
few() {
	for t_word; do
		case $t_word in
		--) [ "${SXT_LONG:-0}" = 1 ] || return 0 ;;
		*) echo "$t_word" ;;
		esac
	done
}

pings() {
	for size in $(few 0 1232 1452 1453 60000 -- 1 8 1000 1231 1233 1451 1500 3000 20000); do
		ping -c 1 -W 5 -s "$size" "$you" > "$T/ping" 2>&1 || { cat "$T/ping"; fail "size $size"; return; }
	done
}

# A neighbour is reachable once it has said that it was asked. Side 2 listens, its MAC ends in 1.
finds() {
	ip -6 neigh flush to "$you" dev eth0 && ping -c 1 -W 5 "$you" && wait_for 10 found
}
found() {
	ip -6 neigh show to "$you" dev eth0
	ip -6 neigh show to "$you" dev eth0 | grep "lladdr 02:00:00:00:00:0$side " | grep -q REACHABLE
}

# As above: its MAC ends in the number of the other.
solicits() {
	ndisc6 -1 "$you" eth0 > "$T/ndisc" 2>&1 || { cat "$T/ndisc"; fail "ndisc6"; return; }
	grep -qi "address: 02:00:00:00:00:0$side" "$T/ndisc" || { cat "$T/ndisc"; fail "another MAC"; }
}

link_local() { ip -6 addr show dev eth0 | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p'; }
pings_link() { ping -c 1 -W 5 "$1%eth0"; }
pings_group() { ping -c 1 -W 5 ff02::1%eth0; }

# Each defends its address, and lets the other have a free one.
has_flag() { ip -6 addr show dev eth0 | grep "$1/64" | grep -q "$2"; }
no_flag() { ip -6 addr show dev eth0 | grep "$1/64" | grep -qv "$2"; }
takes() {
	ip -6 addr add "$1/64" dev eth0 || return
	wait_for 15 has_flag "$1" dadfailed || { ip -6 addr; return 1; }
	ip -6 addr del "$1/64" dev eth0
}
takes_free() {
	ip -6 addr add "$1/64" dev eth0 || return
	wait_for 15 no_flag "$1" tentative || { ip -6 addr; return 1; }
	! has_flag "$1" dadfailed || fail "it is no duplicate"
}

# Datagrams: what comes to port 7000 is put behind each other; sender and receiver make the same bytes.
listens() {
	rm -f "$got"
	socat -u -b 70000 "UDP6-RECV:$1" OPEN:"$got",creat,append > /dev/null 2>&1 < /dev/null &
	echo $! > /tmp/listens
	wait_for 10 grep -q ":$(printf %04X "$1") " /proc/net/udp6
}
listens_no_more() { kill "$(cat /tmp/listens)"; }
# They repeat after 90; awk on sparc64 takes seconds to make tens of thousands of them one by one.
bytes() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < 90; i++)
			s = s sprintf("%c", 33 + (i * 7 + n) % 90)
		while (length(s) < n)
			s = s s
		printf "%s", substr(s, 1, n)
	}'
}
sends() {
	bytes "$1" > "$T/data"
	socat -u -b 70000 OPEN:"$T/data" "UDP6-SENDTO:[$you]:$2"
}
came() {
	bytes "$1" > "$T/data"
	wait_for 10 came_all "$1" || return
	cmp "$got" "$T/data" || return
	: > "$got"
}
came_all() { [ "$(wc -c < "$got")" -ge "$1" ]; }

datagrams() {
	port=700$1
	on "$((3 - $1))" listens "$port" || return
	for length in $(few 1 1452 1453 65000 -- 8 64 1231 1300 9000); do
		on "$1" sends "$length" "$port" || return
		on "$((3 - $1))" came "$length" || { fail "$length bytes"; return; }
	done
	on "$((3 - $1))" listens_no_more
}

closed() {
	echo x | socat -t 3 - "UDP6:[$you]:9" > "$T/closed" 2>&1
	grep -qi refused "$T/closed" || { cat "$T/closed"; fail "no refusal"; }
}

# Hosts with interfaces of their own on the wire, and on the other side a router between their prefixes.
host() {
	ns_add "h$1" && ip link add link eth0 name "m$1" netns "h$1" type macvlan mode bridge || return
	ip -n "h$1" link set "m$1" up && address "h$1" "m$1" "$2/64" || return
	for prefix in fd00:8::/64 fd00:9::/64 fd00:a::/64; do
		ip -n "h$1" -6 route add "$prefix" via "$3" dev "m$1" metric 2048 || return
	done
}
hosts_up() { host 1 fd00:8::1 "$1" && host 2 fd00:9::1 "$1"; }

router_up() {
	ns_add r far && ip link add link eth0 name mr netns r type macvlan mode bridge || return
	ip -n r link set mr up && wire r rf far fr || return
	echo 1 > "$T/one"
	in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding < "$T/one" > /dev/null || return
	address r mr fd00:8::f/64 fd00:9::f/64 && address r rf fd00:a::f/64 && address far fr fd00:a::1/64 || return
	ip -n far -6 route add default via fd00:a::f && ip -n r link set rf mtu 1400 && ip -n far link set fr mtu 1400 || return
	wait_for 10 router_address
}
router_address() { ip -n r -6 addr show dev mr | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p' | grep .; }
ns_end() { ns_del h1 h2 h3 r far s; }

counter() { in_ns "$1" sed -n "s/^$2[^0-9]*//p" /proc/net/snmp6; }
host_pings() { ping_ok h1 "$@"; }
host_redirected() { [ "$(counter h1 Icmp6InRedirects)" -gt 0 ]; }
host_learns() {
	wait_for 10 in_ns h1 ping -c 1 -W 1 -s 1440 "$1" || return
	ip -n h1 -6 route get "$1" | grep -q "mtu $2" || { ip -n h1 -6 route get "$1"; fail "not learned"; }
}

# routed SIDE: the router is there, the hosts are on the other side.
routed() {
	on "$1" router_up || return
	router=$(on "$1" router_address) || return
	on "$((3 - $1))" hosts_up "$router" || return
	on "$((3 - $1))" host_pings fd00:9::1 || return
	on "$((3 - $1))" host_pings fd00:a::1
}

redirected() {
	on "$((3 - $1))" wait_for 10 host_redirected || return
	# It goes there straight from now on.
	before=$(on "$1" counter r Ip6OutForwDatagrams)
	on "$((3 - $1))" host_pings fd00:9::1 || return
	same 'forwarded by the router' "$before" "$(on "$1" counter r Ip6OutForwDatagrams)"
}
learns() { on "$((3 - $1))" host_learns fd00:a::1 1400; }

# A host hears what radvd says through the router's stack: an address of its own by EUI-64 that it has asked about, default
# router, a route behind it, the MTU. What is withdrawn goes.
radvd_up() {
	cat > /tmp/radvd.conf <<-END
		interface mr {
			AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; MinDelayBetweenRAs 3;
			AdvDefaultLifetime 60; AdvDefaultPreference high; AdvLinkMTU 1480; AdvCurHopLimit 77;
			prefix fd00:c::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };
			route fd00:66::/48 { AdvRoutePreference low; AdvRouteLifetime 120; RemoveRoute off; };
			RDNSS fd00:c::53 { };
		};
	END
	address r mr fd00:c::f/64 || return
	ip netns exec r radvd -n -C /tmp/radvd.conf -p /tmp/radvd.own -m logfile -l /tmp/radvd.log < /dev/null > /dev/null 2>&1 &
	echo $! > /tmp/radvd.pid
}
radvd_down() { kill "$(cat /tmp/radvd.pid)"; }
hearer_up() {
	ns_add h3 && ip link add link eth0 name m3 netns h3 type macvlan mode bridge || return
	hearer_conf accept_dad 1 && hearer_conf router_solicitations 3 && hearer_conf router_solicitation_delay 0 &&
		hearer_conf accept_ra_rt_info_max_plen 64 || return
	ip -n h3 link set m3 up
}
hearer_conf() { echo "$2" | in_ns h3 tee "/proc/sys/net/ipv6/conf/m3/$1" > /dev/null; }
hearer_asks() {
	in_ns h3 rdisc6 -1 m3 > "$T/rdisc" 2>&1 || { cat "$T/rdisc"; fail "rdisc6"; return; }
	grep -q 'Prefix *: fd00:c::/64' "$T/rdisc" || { cat "$T/rdisc"; fail "no prefix"; }
}
hearer_heard() {
	wait_for 20 hearer_is "inet6 fd00:c::.*ff:fe.*/64 scope global dynamic.*" || return
	hearer_is "^default via $1 dev m3 proto ra .*pref high" || { fail "no default router"; return; }
	hearer_is "^fd00:66::/48 via $1 dev m3 proto ra .*pref low" || { fail "no route behind it"; return; }
	same 'MTU' 1480 "$(in_ns h3 cat /proc/sys/net/ipv6/conf/m3/mtu)" || return
	same 'hop limit' 77 "$(in_ns h3 cat /proc/sys/net/ipv6/conf/m3/hop_limit)" || return
	wait_for 10 hearer_usable || return
	ping_ok h3 fd00:a::1
}
hearer_is() { { ip -n h3 -6 addr show dev m3; ip -n h3 -6 route show; } > "$T/heard" && grep -Eq "$1" "$T/heard"; }
hearer_seen() { ip -n h3 -6 addr show dev m3; ip -n h3 -6 route show; fail "that is all it has"; }
hearer_usable() { ! hearer_is 'inet6 fd00:c::.*tentative'; }
hearer_alone() { wait_for 10 hearer_no_router && hearer_is 'inet6 fd00:c::'; }
hearer_no_router() { ! hearer_is '^default'; }

# advertises SIDE: its router of `routed` does, a host on the other side hears it, and in a long run rdisc6 there.
advertises() {
	on "$1" radvd_up && on "$((3 - $1))" hearer_up || return
	on "$((3 - $1))" hearer_heard "$router" || { on "$((3 - $1))" hearer_seen; return 1; }
	# It may have to wait for the next one, seconds later.
	! in_full || on "$((3 - $1))" hearer_asks || return
	on "$1" radvd_down || return
	on "$((3 - $1))" hearer_alone
}

# Multicast listeners: what one says is what the other end reads; what that asks, it answers in the version it is asked in.
group=ff050000000000000000000000001234
mld_form() {
	case $1 in
	v2_report) echo "^333300000016.{12}86dd6.{11}0001fe80.{28}ff02.{24}00163a000502000001008f00.*$group" ;;
	v1_report) echo "^333300001234.{12}86dd6.{11}0001fe80.{28}${group}3a000502000001008300.*$group" ;;
	v1_done) echo "^333300000002.{12}86dd6.{11}0001fe80.{28}ff02.{24}00023a000502000001008400.*$group" ;;
	esac
}
joins() {
	socat -u UDP6-RECV:7100,ipv6-join-group='[ff05::1234]:eth0' OPEN:/dev/null > /dev/null 2>&1 < /dev/null &
	echo $! > /tmp/joined
}
leaves() { kill "$(cat /tmp/joined)"; }
# The card of the wire lets through only groups that its host is in.
mld_watch() {
	ip link set eth0 promisc on
	capture -e 0x86dd - eth0 > "$got" 2> /dev/null < /dev/null &
	echo $! > /tmp/watch
	wait_for 10 grep -q ready "$got"
}
mld_end() { kill "$(cat /tmp/watch)"; }
mld_saw() {
	wait_for 15 grep -Eq "$(mld_form "$1")" "$got" || { grep 86dd6 "$got" | grep -v '^.\{40\}11'; fail "no $1"; }
}
# mld_query 1|2: for all groups, as a router on the link asks.
mld_query() {
	/usr/bin/python3 - "$1" <<-'END'
		import socket, struct, sys
		s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58)
		s.setsockopt(41, socket.IPV6_MULTICAST_HOPS, 1)
		s.setsockopt(41, socket.IPV6_MULTICAST_LOOP, 0)
		s.setsockopt(41, socket.IPV6_HOPOPTS, bytes((0, 0, 5, 2, 0, 0, 1, 0)))
		query = struct.pack(">BBHHH16s", 130, 0, 0, 500, 0, bytes(16))
		if sys.argv[1] == "2":
		    query += struct.pack(">BBH", 2, 125, 0)
		s.sendto(query, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
	END
}
# says SIDE FORM COMMAND…: COMMAND works, whereupon SIDE says it, as the other side sees.
says() {
	t_there=$((3 - $1)) t_form=$2
	on "$t_there" mld_watch || return
	shift 2
	"$@" && on "$t_there" mld_saw "$t_form"
	t_saw=$?
	on "$t_there" mld_end
	return "$t_saw"
}
reports() { says "$1" v2_report on "$1" joins; }
answers() { says "$1" "v$2_report" on "$((3 - $1))" mld_query "$2"; }
# After a querier of version 1, which is remembered for a while.
done_with() { says "$1" v1_done on "$1" leaves; }

# The kernel's own reader of reports is a bridge that snoops; it is a querier as well.
snoop_up() {
	modprobe bridge && ns_add s && ip link add link eth0 name ms netns s type macvlan mode bridge || return
	ip_all s <<-END || return
		link add br0 type bridge mcast_snooping 1 mcast_mld_version 2 mcast_query_response_interval 50 mcast_last_member_interval 10
		link set ms master br0 up
		link set br0 up
	END
	wait_for 10 snoop_ready
}
# It asks from an address of its own, and looks at what comes once its port forwards.
snoop_ready() { ip -n s -6 addr show dev br0 -tentative | grep -q 'inet6 fe80:' && ip -n s -d link show dev ms | grep -q 'state forwarding'; }
# snoop_lists WORDS…: what it has of a group; as words, since it prints its times as well.
snoop_lists() { wait_for 10 snoop_has "$*"; }
snoop_has() { bridge -n s -d mdb show dev br0 > "$T/mdb" && { grep -Eq "port ms $1" "$T/mdb" || { cat "$T/mdb"; return 1; }; }; }
snoop_lists_none() { wait_for 10 refuses snoop_has 'grp ff05::500[12]'; }
snoop_forgets() {
	bridge -n s mdb del dev br0 port ms grp ff05::5001 && bridge -n s mdb del dev br0 port ms grp ff05::5002 && snoop_lists_none
}
snoop_asks() { ip -n s link set br0 type bridge mcast_querier 1; }
snoop_down() { ns_del s; }
# One group of all, and one of fd00:1::9. A change is told twice without a pause, so that what comes later is an answer.
snooped_joins() {
	echo 1 > /proc/sys/net/ipv6/conf/eth0/mldv2_unsolicited_report_interval
	udprecv - 7102 eth0 ff05::5001 > /dev/null 2>&1 < /dev/null &
	echo $! > /tmp/snooped
	udprecv - 7103 eth0 ff05::5002 fd00:1::9 > /dev/null 2>&1 < /dev/null &
	echo $! >> /tmp/snooped
}
snooped_leaves() { while read -r t_pid; do kill "$t_pid"; done < /tmp/snooped; }
snoop_lists_both() {
	snoop_lists 'grp ff05::5001 .*filter_mode exclude' && snoop_lists 'grp ff05::5002 .*filter_mode include source_list fd00:1::9' &&
		snoop_lists 'grp ff05::5002 src fd00:1::9 '
}
# snooped SIDE: a bridge on the other one hears what that side joins, hears it again when it asks, and when it is left.
snooped() {
	on $((3 - $1)) snoop_up && on "$1" snooped_joins && on $((3 - $1)) snoop_lists_both || return
	on $((3 - $1)) snoop_forgets && on $((3 - $1)) snoop_asks && on $((3 - $1)) snoop_lists_both || return
	on "$1" snooped_leaves && on $((3 - $1)) snoop_lists_none && on $((3 - $1)) snoop_down
}

[ "${2-}" != answer ] || { answer; exit; }

must ip link set eth0 up mtu 1500
must ip addr add "10.0.0.$side/24" dev eth0
must takes_free "$me"

if [ "$side" = 2 ]; then
	# nofork: a socat between the two waits out its time now and then when the step leaves a process behind.
	socat TCP4-LISTEN:7998,fork,reuseaddr EXEC:"sh $0 2 answer",nofork &
	server=$!
	# Until side 1 says that it is done.
	socat -u TCP4-LISTEN:7999,reuseaddr OPEN:/dev/null
	kill $server
	exit 0
fi

side_2_ends() { socat -u OPEN:/dev/null TCP4:10.0.0.2:7999,connect-timeout=2; }
reached() { ping -c 1 -W 1 10.0.0.2 && on 2 true; }
must wait_for 120 reached
for n in 1 2; do
	is=$([ $n = 1 ] && echo "$SXT_ARCH $2 with $peer:" || echo "$peer with $SXT_ARCH $2:")
	check "$is finds its neighbour" on $n finds
	check "$is is solicited by ndisc6" on $((3 - n)) solicits
	check "$is pings link-local" on $n pings_link "$(on $((3 - n)) link_local)"
	check "$is pings all nodes" on $n pings_group
	check "$is pings all sizes" on $n pings
	check "$is gives way to a duplicate" on $n takes "fd00:1::$((3 - n))"
	check "$is has a unique address" on $n takes_free "fd00:1::7$n"
	check "$is sends datagrams of all sizes" datagrams $n
	check "$is hears of a closed port" on $n closed
	check "$is routes" routed $n
	check "$is redirects" redirected $n
	check "$is says what is too big" learns $n
	check "$is reports groups" reports $n
	check "$is is heard by a snooping bridge" snooped $n
	# The user land of sparc64 has no radvd, and no Python to ask with.
	if [ $n = 2 ] || [ "$SXT_ARCH" != sparc64 ]; then
		check "$is advertises" advertises $n
	fi
	if [ $n = 1 ] || [ "$SXT_ARCH" != sparc64 ]; then
		check "$is answers queries" answers $n 2
		check "$is answers queries of version 1" answers $n 1
		check "$is says that it is done" done_with $n
	fi
	must on $((3 - n)) ns_end
	must on $n ns_end
done
must wait_for 60 side_2_ends
t_end
