#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# A gateway that forwards into a tunnel and out of it: a host c behind a. What c exchanges with b is ESP between a and b
# and clear between a and c; what should have come through the tunnel and did not is refused; c is told the MTU.
. "$(dirname "$0")/lib.sh"

forwarding() {
	gateway "$1" "$2" "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" || return
	wire_start && cap_start inside c vc || return
	# Both ways through the tunnel and a, which takes one from the TTL of what it forwards.
	ping_ok c "$b" -s 500 && grep -q 'ttl=63 ' "$T/ping" && ping_ok b "$c" -I "$b" && grep -q 'ttl=63 ' "$T/ping" && udpload -n 10 -s 1000 c "$c" b "$b" && tcp_between -n 200000 c "$c" b "$b" && tcp_between -r -n 200000 c "$c" b "$b"
	sent=$?
	wire_stop && cap_stop inside || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; cat "$T/ping"; fail "no traffic"; return; }
	only_esp "$T/wire.cap" || return
	same "ESP between c and a" '' "$(frames "$T/inside.cap" | grep '^[46] 50 ')" && in_one
}

# Twenty datagrams come in one, as a socket of c has them segmented late; each leaves a as a packet of its own.
in_one() {
	sent_before=$(sa_packets a 0x1001)
	cap_start inside c vc -d out || return
	udpload -g 20 -s 1000 c "$c" b "$b" || { all_drops a; all_drops b; fail "twenty in one"; return; }
	cap_stop inside || return
	frames "$T/inside.cap" | awk '$2 == 17 { udp++; one += $7 > 20000 } END { exit udp != 1 || one != 1 }' ||
		{ frames "$T/inside.cap"; fail "they did not come in one"; return; }
	same "packets of the SA" $((sent_before + 20)) "$(sa_packets a 0x1001)"
}

# With no policy for it, what comes out of the tunnel is not let through.
unasked() {
	gateway "$1" "$2" '' || return
	drop_of a policy-mismatch 1 ping_fails c "$b"
}

# b sends in clear to c.
clear_forward() {
	gateway "$1" "$2" "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" || return
	clear_all b || return
	drop_of a policy-clear 1 ping_fails b "$c" -I "$b"
}

# TCP of c sends full segments until a tells it, by ICMP, what fits; nothing is fragmented that must not be. Without TCP it is
# a long ping.
told_mtu() {
	gateway "$1" "$2" "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" || return
	cap_start inside c vc -d in || return
	if tcp_over "$c"; then
		tcpload -n 500000 c "$c" b "$b"
	else
		wait_for 10 in_ns c ping -c 1 -W 1 -s 1440 "$b"
	fi || { all_drops a; fail "nothing came through"; return; }
	cap_stop inside || return
	mtu=$(ip -n c route get "$b" | sed -n 's/.* mtu \([0-9]*\).*/\1/p')
	case $mtu in
	14[0-9][0-9]) ;;
	*) fail "c has learnt an MTU of '$mtu'"; return ;;
	esac
	[ "$(drops a too-big)" -ge 1 ] || { fail "nothing was counted as too-big"; return; }
	# Fragments of that size are put together on the way, and go on as one.
	udpload -n 2 -s 4000 c "$c" b "$b" || { all_drops a; fail "what was sent in fragments"; }
}

# between_gateways LINK PATH: MTUs of the link between a and b, and of a's route to b's end of the tunnel.
between_gateways() {
	ip -n a link set va mtu "$1" && ip -n b link set vb mtu "$1" && ip -n a route replace "$ob" dev va mtu "$2" &&
		ip -n c -6 route flush cache
}
too_big_of() { sed -n 's/^.\{24\}86dd.\{12\}3a.\{66\}0200....\(.\{8\}\).*/\1/p' "$T/told.cap" | sort -u; }

# Each IPv6 link takes 1280 bytes, and so does a tunnel, in fragments; nobody is told of less.
least_mtu() {
	gateway "$1" 6 "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" && between_gateways 1280 1280 || return
	wire_start || return
	ping_ok c "$b" -s 1232
	answered=$?
	wire_stop || return
	[ "$answered" = 0 ] || { all_drops a; cat "$T/ping"; fail "1280 bytes"; return; }
	only_esp "$T/wire.cap" || return
	same "fragments of 1280 bytes and the answer" 4 "$(grep -c ' frag ' "$T/frames")" || return
	between_gateways 1500 1280 || return
	told c vc '02 00 fd000010000100000000000000000001' wait_for 10 in_ns c ping -c 1 -W 1 -s 1400 "$b" || return
	same "MTU in the error" 00000500 "$(too_big_of)" || return
	ip -n a route del "$ob" dev va
}

must net_three
for o in 4 6; do
	for i in 4 6; do
		check "forwarding, IPv$i in IPv$o" forwarding $o $i
		check "nothing comes out of a tunnel unasked, IPv$i in IPv$o" unasked $o $i
		check "nothing is forwarded in clear, IPv$i in IPv$o" clear_forward $o $i
	done
done
check "MTU told to a sender behind the gateway, IPv4" told_mtu 4 4
check "MTU told to a sender behind the gateway, IPv6" told_mtu 6 6
check "the least MTU of IPv6, in a tunnel of IPv4" least_mtu 4
check "the least MTU of IPv6, in a tunnel of IPv6" least_mtu 6
t_end
