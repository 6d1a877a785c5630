#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 60
#
# A gateway that forwards into a tunnel and out of it: a host c behind a. What c exchanges with b is ESP between a and b
# and clear between a and c; what should have come through the tunnel and did not is refused; c is told the MTU.
. "$(dirname "$0")/lib.sh"

net_three() {
	net_two && ns_add c && wire c vc a vac || return
	address a vac 10.10.1.1/24 fd00:10:1::1/64 && address c vc 10.10.1.2/24 fd00:10:1::2/64 || return
	ip -n c route add default via 10.10.1.1 && ip -n c -6 route add default via fd00:10:1::1 || return
	echo 1 | in_ns a tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	net_meet c 10.20.0.1 fd00:20::1
}

# gateway OUTER INNER FORWARD: a tunnel for what is between the networks behind a and b; FORWARD is a's word for what
# arrives for c, or empty.
gateway() {
	oa=$(outer "$1" a) ob=$(outer "$1" b)
	case $2 in
	4) na=10.10.0.0/16 nb=10.20.0.0/16 c=10.10.1.2 b=10.20.0.1 ;;
	6) na=fd00:10::/32 nb=fd00:20::/32 c=fd00:10:1::2 b=fd00:20::1 ;;
	esac
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 "$oa" "$ob" tunnel aes-gcm-128)
		$(sa_line in 0x1002 "$ob" "$oa" tunnel aes-gcm-128)
		policy add dir out prio 10 src $na dst $nb action protect esp tunnel $oa $ob
		${3:+policy add dir forward prio 10 src $nb dst $na action $3}
	END
	load b <<-END
		sa flush
		policy flush
		$(sa_line out 0x1002 "$ob" "$oa" tunnel aes-gcm-128)
		$(sa_line in 0x1001 "$oa" "$ob" tunnel aes-gcm-128)
		policy add dir out prio 10 src $nb dst $na action protect esp tunnel $ob $oa
		policy add dir in prio 10 src $na dst $nb action protect esp tunnel $oa $ob
	END
}

forwarding() {
	gateway "$1" "$2" "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" || return
	wire_start && cap_start inside c vc || return
	ping_ok c "$b" -s 500 && udpload -n 10 -s 1000 c "$c" b "$b" && tcpload -n 200000 c "$c" b "$b" && tcpload -r -n 200000 c "$c" b "$b"
	sent=$?
	wire_stop && cap_stop inside || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" || return
	same "ESP between c and a" '' "$(frames "$T/inside.cap" | grep '^[46] 50 ')"
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

# TCP of c sends full segments until a tells it, by ICMP, what fits; nothing is fragmented that must not be.
told_mtu() {
	gateway "$1" "$2" "protect esp tunnel $(outer "$1" b) $(outer "$1" a)" || return
	cap_start inside c vc -d in || return
	tcpload -n 500000 c "$c" b "$b" || { all_drops a; fail "TCP"; return; }
	cap_stop inside || return
	mtu=$(ip -n c route get "$b" | sed -n 's/.* mtu \([0-9]*\).*/\1/p')
	case $mtu in
	14[0-9][0-9]) ;;
	*) fail "c has learnt an MTU of '$mtu'"; return ;;
	esac
	[ "$(drops a too-big)" -ge 1 ] || fail "nothing was counted as too-big"
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
t_end
