#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# A gateway that forwards into a tunnel and out of it: a host c behind a. What c exchanges with b is ESP between a and b
# and clear between a and c; what should have come through the tunnel and did not is refused; c is told the MTU.
. "$(dirname "$0")/lib.sh"

# Bytes of TCP, each way.
bytes=50000
! in_full || bytes=200000

# Twenty datagrams come in one, as a socket of c has them segmented late; each leaves a as a packet of its own.
forwarding() {
	through_ends "$1" "$2" || return
	wire_start && cap_start inside c vc || return
	# Both ways through the tunnel and a, which takes one from the TTL of what it forwards.
	ping_ok c "$b" -s 500 && ttl_63 && ping_ok b "$c" -I "$b" && ttl_63 && udpload -n 10 -s 1000 c "$c" b "$b" &&
		tcp_between -n "$bytes" c "$c" b "$b" && tcp_between -r -n "$bytes" c "$c" b "$b"
	sent=$?
	sent_before=$(sa_packets a 0x1001)
	[ "$sent" != 0 ] || udpload -g 20 -s 1000 c "$c" b "$b"
	sent=$((sent + $?))
	wire_stop && cap_stop inside || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; cat "$T/ping"; fail "no traffic"; return; }
	only_esp "$T/wire.cap" || return
	same "packets of the SA for twenty in one" $((sent_before + 20)) "$(sa_packets a 0x1001)" || return
	frames "$T/inside.cap" > "$T/frames"
	awk '
	$2 == 50 { print; print "ESP between c and a"; bad = 1 }
	$2 == 17 { $7 > 20000 ? one++ : ten++ }
	END {
		if (one != 1 || ten != 10)
			print "they did not come in one: " ten + 0 " short, " one + 0 " long"
		exit bad || one != 1 || ten != 10
	}' "$T/frames" > "$T/bad" || { cat "$T/bad"; return 1; }
}
ttl_63() {
	while read -r t_line; do
		case "$t_line " in *' ttl=63 '*) return ;; esac
	done < "$T/ping"
	fail "another TTL"
}

# With no policy for it, what comes out of the tunnel is not let through.
unasked() {
	gateway "$1" "$2" '' || return
	drop_of a policy-mismatch 1 udp_stops -t 1 b "$b" c "$c"
}

# b sends in clear to c.
clear_forward() {
	through_ends "$1" "$2" && clear_all b || return
	drop_of a policy-clear 1 udp_stops -t 1 b "$b" c "$c"
}

# TCP of c sends full segments until a tells it, by ICMP, what fits; nothing is fragmented that must not be. Without TCP it is
# a long ping.
told_mtu() {
	through_ends "$1" "$2" || return
	if tcp_over "$c"; then
		tcpload -n 500000 c "$c" b "$b"
	else
		wait_for 10 in_ns c ping -c 1 -W 1 -s 1440 "$b"
	fi || { all_drops a; fail "nothing came through"; return; }
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
	through_ends "$1" 6 && between_gateways 1280 1280 || return
	wire_start || return
	ping_ok c "$b" -s 1232
	answered=$?
	wire_stop || return
	[ "$answered" = 0 ] || { all_drops a; cat "$T/ping"; fail "1280 bytes"; return; }
	only_esp "$T/wire.cap" || return
	same "fragments of 1280 bytes and the answer" 4 "$esp_fragments" || return
	between_gateways 1500 1280 || return
	told c vc '02 00 fd000010000100000000000000000001' wait_for 10 in_ns c ping -c 1 -W 1 -s 1400 "$b" || return
	same "MTU in the error" 00000500 "$(too_big_of)" || return
	ip -n a route del "$ob" dev va
}

must net_three
for pair in $(pairs); do
	o=${pair%?} i=${pair#?}
	check "forwarding, IPv$i in IPv$o" forwarding "$o" "$i"
	check "nothing comes out of a tunnel unasked, IPv$i in IPv$o" unasked "$o" "$i"
	check "nothing is forwarded in clear, IPv$i in IPv$o" clear_forward "$o" "$i"
done
check "MTU told to a sender behind the gateway, IPv4" told_mtu 4 4
check "MTU told to a sender behind the gateway, IPv6" told_mtu 6 6
check "the least MTU of IPv6, in a tunnel of IPv4" least_mtu 4
check "the least MTU of IPv6, in a tunnel of IPv6" least_mtu 6
t_end
