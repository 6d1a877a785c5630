#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60; ipv6 sextant; smp 2
#
# A router with two ways to one prefix: which packets stay together, and which part, under each policy
# (net.ipv6.fib_multipath_hash_policy); and errors go the way of what they are about, echo replies the way of the request. And
# what a lookup costs beside many routes of no use. There is a way at any time where another is made before the one is taken.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=frames.sh
. "$(dirname "$0")/frames.sh"

# In hexadecimal, as all packets are here: the sender, and the prefix behind both ways.
A=fd000001000000000000000000000001 P=fd00000900000000000000000000
mac() { ip -n "$1" link show dev "$2" | awk '$1 == "link/ether" { print $2 }'; }
set_conf() {
	in_ns r tee "/proc/sys/net/ipv6/$1" > "$T/conf" <<-END
		$2
	END
}

# a, who only sends; the router; b, who only listens, at both ways.
net_two_ways() {
	ns_add a r b && wire a va r ra && wire r rb b vb && wire r rc b vc || return
	for t_if in vb vc; do
		echo 1 | in_ns b tee "/proc/sys/net/ipv6/conf/$t_if/disable_ipv6" > /dev/null || return
	done
	echo 1 | in_ns a tee /proc/sys/net/ipv6/conf/va/disable_ipv6 > /dev/null
	set_conf conf/all/forwarding 1 && address r ra fd00:1::f/64 && address r rb fd00:2::f/64 && address r rc fd00:3::f/64 &&
		ip -n r -6 neigh add fd00:2::1 lladdr "$(mac b vb)" nud permanent dev rb &&
		ip -n r -6 neigh add fd00:3::1 lladdr "$(mac b vc)" nud permanent dev rc &&
		ip -n r -6 route add fd00:9::/64 nexthop via fd00:2::1 nexthop via fd00:3::1 || return
	ether=$(hex_mac r ra)$(hex_mac a va)86dd mac_vb=$(hex_mac b vb) mac_vc=$(hex_mac b vc)
}

# ip6 DST LABEL NEXT-HEADER PAYLOAD [SRC], ip4 SRC DST, udp SPORT DPORT: one digit group may be %04x, by which packets differ.
ip6() { printf '600%s%04x%s40%s%s%s' "$2" $((${#4} / 2)) "$3" "${5:-$A}" "$1" "$4"; }
ip4() { printf '4500001c0000000040110000%s%s%s' "$1" "$2" "$(udp 0001 0002)"; }
udp() { printf '%s%s00080000' "$1" "$2"; }

# ways_start, ways_stop: what comes to b, by both ways. way MAC: destinations of the packets that came to that end.
ways_start() { cap_all ways -d in -e 0x86dd b vb b vc; }
ways_stop() { cap_stop ways; }
way() { awk -v mac="$1" 'substr($0, 1, 12) == mac && substr($0, 77, 8) == "fd000009" { print substr($0, 77, 32) }' "$T/ways.cap"; }
# arrived NUMBER: so many by both ways; sets $at_b and $at_c, those of each.
arrived() {
	awk -v b="$mac_vb" -v c="$mac_vc" '
	substr($0, 77, 8) == "fd000009" { at[substr($0, 1, 12)]++ }
	END { print at[b] + 0, at[c] + 0 }' "$T/ways.cap" > "$T/tally"
	read -r at_b at_c < "$T/tally"
	[ $((at_b + at_c)) -eq "$1" ]
}

# pass NUMBER PACKET: that many of it pass the router.
sixty_four() { pass 64 "$1"; }
pass() {
	ways_start || return
	awk -v n="$1" -v packet="$ether$2" 'BEGIN { for (i = 1; i <= n; i++) printf packet "\n", i }' > "$T/pass"
	rawsend -m eth -i va a < "$T/pass" > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; return 1; }
	wait_for 10 arrived "$1"
	t_all=$?
	ways_stop && return "$t_all"
}
part() {
	sixty_four "$1" || return
	if [ "$at_b" -lt 8 ] || [ "$at_c" -lt 8 ]; then
		fail "$at_b and $at_c packets"
	fi
}
together() {
	sixty_four "$1" || return
	[ "$at_b" -eq 0 ] || [ "$at_c" -eq 0 ] || fail "$at_b and $at_c packets"
}

other_ports=$(ip6 "${P}0001" 00000 11 "$(udp %04x 0002)")
other_label=$(ip6 "${P}0001" 0%04x 11 "$(udp 0001 0002)")
other_host=$(ip6 "$P%04x" 00000 11 "$(udp 0001 0002)")
inner_host=$(ip6 "${P}0001" 00000 29 "$(ip6 "$P%04x" 00000 11 "$(udp 0001 0002)")")
inner_host4=$(ip6 "${P}0001" 00000 04 "$(ip4 0a000001 0a00%04x)")
inner_ports=$(ip6 "${P}0001" 00000 29 "$(ip6 "${P}0002" 00000 11 "$(udp 0001 %04x)")")

layer3() {
	set_conf fib_multipath_hash_policy 0 && part "$other_label" && part "$other_host" && together "$other_ports" &&
		together "$inner_host"
}
layer4() {
	set_conf fib_multipath_hash_policy 1 && part "$other_ports" && part "$other_host" && together "$other_label" &&
		together "$inner_ports"
}
inner_layer3() {
	set_conf fib_multipath_hash_policy 2 && part "$inner_host" && part "$inner_host4" && together "$inner_ports" &&
		part "$other_label" && together "$other_ports"
}
fields() {
	set_conf fib_multipath_hash_policy 3 && part "$other_host" && together "$other_ports" && together "$inner_host" || return
	set_conf fib_multipath_hash_fields 0x10 && part "$other_ports" && together "$other_host" || return
	set_conf fib_multipath_hash_fields 0x800 && part "$inner_ports" && together "$inner_host" && together "$other_host" || return
	set_conf fib_multipath_hash_fields 0x881 && part "$inner_ports" && part "$inner_host" && together "$other_host"
}
bad_settings() {
	for t_bad in 'policy 4' 'policy -1' 'fields 0' 'fields 4096'; do
		refuses set_conf "fib_multipath_hash_${t_bad% *}" "${t_bad#* }" || { fail "$t_bad"; return; }
	done
}

# To each host goes what is too big of what it sent.
errors() {
	set_conf fib_multipath_hash_policy "$1" && sixty_four "$other_host" && way "$mac_vb" | sort > "$T/packets" || return
	t_quoted=6000000000081140$P%04x$A$(udp 0002 0001)
	# The host is named twice.
	ways_start || return
	awk -v packet="$ether$(ip6 "$P%04x" 00000 3a "0200000000000500$t_quoted" fd000001000000000000000000000077)" 'BEGIN {
		for (i = 1; i <= 64; i++) printf packet "\n", i, i }' | rawsend -m eth -i va a > "$T/rawsend" 2>&1 || return
	wait_for 10 arrived 64
	t_all=$?
	ways_stop && way "$mac_vb" | sort > "$T/errors" && [ "$t_all" = 0 ] && cmp "$T/packets" "$T/errors"
}

# asked IF NEAR-IF ADDRESS: 32 hosts behind both ways ask the router by this one.
asked() {
	mac_a=$(hex_mac b "$1") mac_b=$(hex_mac r "$2")
	awk -v far="$P" -v near="$3" 'BEGIN { for (i = 1; i <= 32; i++) printf "%s%04x %s 64 58 - 8000000000010001\n", far, i, near }' |
		frames_of | rawsend -m eth -i "$1" b > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; return 1; }
}
# Each of the two ways may lead to a provider who lets no address pass that another one gave.
echo_replies() {
	set_conf fib_multipath_hash_policy 0 || return
	for t_by in "vb rb fd000002" "vc rc fd000003"; do
		# shellcheck disable=SC2086 # words
		set -- $t_by
		ways_start && asked "$1" "$2" "${3}00000000000000000000000f" && wait_for 10 arrived 32 && ways_stop || return
		case $1 in
		vb) same "replies by $1" 32 "$at_b" || return ;;
		vc) same "replies by $1" 32 "$at_c" || return ;;
		esac
	done
}

# A way takes what its weight says, within what 256 flows make of it by chance; and the ways that are left when one has lost
# its carrier share alike what that had.
within() {
	if [ "$1" -lt "$2" ] || [ "$1" -gt "$3" ]; then
		fail "$4: $1, not $2 to $3"
	fi
}
weights() {
	# The same chance each time.
	echo 1234 | in_ns r tee /proc/sys/net/ipv4/fib_multipath_hash_seed > "$T/seed" || return
	set_conf fib_multipath_hash_policy 0 || return
	for t_weight in 1:1:100:156 1:3:40:88 7:1:206:242; do
		# shellcheck disable=SC2046 # words
		set -- $(echo "$t_weight" | tr : ' ')
		ip -n r -6 route replace fd00:9::/64 nexthop via fd00:2::1 weight "$1" nexthop via fd00:3::1 weight "$2" &&
			pass 256 "$other_host" && within "$at_b" "$3" "$4" "weights $1:$2" || return
	done
}
carrier_lost() {
	wire r rd b vd && echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/vd/disable_ipv6 > /dev/null && address r rd fd00:4::f/64 &&
		ip -n r -6 neigh add fd00:4::1 lladdr "$(mac b vd)" nud permanent dev rd || return
	ip -n r -6 route replace fd00:9::/64 nexthop via fd00:2::1 nexthop via fd00:3::1 nexthop via fd00:4::1 || return
	set_conf conf/all/ignore_routes_with_linkdown 1 && ip -n b link set vd down && wait_for 10 linkdown || return
	pass 256 "$other_host" && within "$at_b" 100 156 "of two ways" || return
	ip -n r -6 route replace fd00:9::/64 nexthop via fd00:2::1 nexthop via fd00:3::1 && ip -n r link del rd
}
linkdown() { ip -n r -6 route show fd00:9::/64 | grep -q 'fd00:4::1 .*dead linkdown'; }

# A member that comes to a resilient group has buckets of it at once, and one route after the other hears of that: packets
# have a way all the time. The first route hears last.
member_comes() {
	awk -v packet="$ether$other_host" 'BEGIN { for (i = 1; i <= 64; i++) printf packet "\n", i }' > "$T/pass"
	ip -n r -6 route del fd00:9::/64 && {
		printf 'nexthop add id %s\n' '1 via fd00:2::1 dev rb' '2 via fd00:3::1 dev rc' '3 group 1 type resilient buckets 8'
		echo 'route add fd00:9::/64 nhid 3'
		awk 'BEGIN { for (i = 1; i <= 1000; i++) printf "route add fd00:a:%x::/64 nhid 3\n", i }'
	} | ip_all r && pass 64 "$other_host" && same "packets by the first" 64 "$at_b" || return
	yes "@$T/pass" | rawsend -m eth -i va a > "$T/rawsend" 2>&1 &
	echo $! > "$T/sender.pid"
	t_refused=$(refusal_count r in-no-route)
	for _ in 1 2 3 4 5; do
		wait_for 10 more_forwarded "$(forwarded)" && ip -n r nexthop replace id 3 group 1/2 type resilient idle_timer 0 &&
			wait_for 10 more_forwarded "$(forwarded)" && ip -n r nexthop replace id 3 group 1 type resilient idle_timer 0 || return
	done
	kill "$(cat "$T/sender.pid")"
	rm "$T/sender.pid"
	same "packets without a way" "$t_refused" "$(refusal_count r in-no-route)"
	t_all=$?
	ip_all r <<-END
		nexthop del id 3
		nexthop del id 2
		nexthop del id 1
		route add fd00:9::/64 nexthop via fd00:2::1 nexthop via fd00:3::1
	END
	return "$t_all"
}
# shellcheck disable=SC2016 # awk's own variables
forwarded() { in_ns r awk '$1 == "Ip6OutForwDatagrams" { print $2 }' /proc/net/snmp6; }
more_forwarded() { [ "$(forwarded)" -gt "$1" ]; }

# Routes of one prefix and metric, none of which leads where the flow has to go, are looked at once each: four times as many
# take four times as long, at most.
routes_to() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i <= to; i++) printf "route append multicast 2001:db8::/64 via fe80::%x dev rb\n", i
	}' | ip_all r
}
hundredths() {
	read -r t_up _ < /proc/uptime
	echo "${t_up%.*}${t_up#*.}"
}
# quickest: of some runs, in hundredths of a second.
quickest() {
	for _ in 1 2 3; do
		t_begin=$(hundredths)
		ip_all r < "$T/gets" > "$T/got" || return
		echo $(($(hundredths) - t_begin))
	done | sort -n | head -n 1
}
many_useless() {
	ip -n r -6 route add 2001:db8::/32 via fd00:3::1 dev rc || return
	awk 'BEGIN { for (i = 1; i <= 200; i++) print "route get 2001:db8::1 oif rc" }' > "$T/gets"
	routes_to 1 250 && t_few=$(quickest) && routes_to 251 1000 && t_many=$(quickest) || return
	echo "250 routes: $t_few, 1000: $t_many"
	[ "$(grep -c 'via fd00:3::1 dev rc' "$T/got")" = "$(grep -c . "$T/gets")" ] || { head -n 2 "$T/got"; fail "another way"; return; }
	[ "$t_many" -le $((9 * (t_few + 1))) ] || { fail "$t_few and $t_many hundredths of a second"; return; }
	ip -n r -6 route flush root 2001:db8::/32
}

# From c to d there is a host route or a default route at any time, and between the two so much of no use that they change places
# while a packet's route is looked for: with 4000 routes, for one packet in some hundreds.
net_crossed() {
	ns_add c d && wire c vc d vd && address c vc fd00:5::1/64 && address d vd fd00:5::2/64 && address d lo fd00:98::1/128 &&
		ip -n c link add vz up type veth peer name vzz &&
		echo 1 | in_ns c tee /proc/sys/net/ipv6/conf/vz/ignore_routes_with_linkdown > "$T/conf" &&
		ip -n c -6 route add default via fd00:5::2 || return
	awk 'BEGIN { for (i = 4000; i; i--) print "route add fd00:98::/64 dev vz metric", i }' | ip_all c && net_meet c fd00:5::2
}
# What comes between is there for the second look to be over before the next change.
crossing() {
	for t_line in 'add fd00:98::1 via fd00:5::2' 'del default via fd00:5::2' pause \
		'add default via fd00:5::2' 'del fd00:98::1 via fd00:5::2' pause; do
		case $t_line in
		pause) awk 'BEGIN { for (i = 0; i < 30; i++) print "route replace fd00:97::/64 via fd00:5::2" }' ;;
		*) echo "route $t_line" ;;
		esac
	done
}
made_before_broken() {
	net_crossed && crossing > "$T/crossing" || return
	while cat "$T/crossing"; do :; done 2> "$T/cat" | ip -6 -n c -batch - > "$T/batch" 2>&1 &
	echo $! > "$T/batch.pid"
	udpload -k -n 20000 c fd00:5::1 d fd00:98::1 || return
	kill "$(cat "$T/batch.pid")" || { cat "$T/batch"; fail "routes stood still"; return; }
	rm "$T/batch.pid"
	ns_del c d
}

must net_two_ways
check echo-replies echo_replies
check weights weights
check a-way-without-carrier carrier_lost
check member-that-comes member_comes
check layer-3 layer3
check layer-4 layer4
check inner-layer-3 inner_layer3
check fields fields
check bad-settings bad_settings
check many-routes-of-no-use many_useless
check made-before-broken made_before_broken
check errors-by-layer-3 errors 0
check errors-by-inner-layer-3 errors 2
ns_del a r b
t_end
