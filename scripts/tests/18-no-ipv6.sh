#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 30; ipv6 none
#
# A kernel without IPv6: IPv4 is protected as ever, nobody brings IPv6 in, a tunnel between IPv6 addresses has no route; and
# IPv6 that comes later is protected, too.
. "$(dirname "$0")/lib.sh"

net_four() {
	ns_del a b
	ns_add a b && wire a va b vb || return
	address a va 10.1.0.1/24 && address a lo 10.10.0.1/32 && address b vb 10.1.0.2/24 && address b lo 10.20.0.1/32 || return
	echo 'route add 10.20.0.0/16 via 10.1.0.2 src 10.10.0.1' | ip_all a &&
		echo 'route add 10.10.0.0/16 via 10.1.0.1 src 10.20.0.1' | ip_all b && net_meet a 10.1.0.2
}
no_ipv6() { [ ! -e /proc/sys/net/ipv6 ] || fail "IPv6 is there: $(grep -E '^(sextant_)?ipv6 ' /proc/modules)"; }

# works MODE FAMILY: ESP goes both ways, whole and in fragments.
works() {
	protect_pair "$1" aes-gcm-128 "$2" "$2" && between "$1" "$2" "$2" || return
	wire_start || return
	ping_ok a "$to" && udpload -n 10 -s 4000 a "$from" b "$to"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b
}

# refused_tunnel: for want of a route, and the sender is told.
refused_tunnel() {
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 fd00:1::1 fd00:1::2 tunnel aes-gcm-128)
		policy add dir out prio 10 src 10.10.0.1 dst 10.20.0.1 action protect esp tunnel fd00:1::1 fd00:1::2
	END
	drop_of a no-route 1 no_route
}
no_route() {
	refuses udpload -t 200 a 10.10.0.1 b 10.20.0.1 > "$T/udp" 2>&1
	grep -q ': send: No route to host$' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; }
}

comes_later() {
	modprobe ipv6 && clear_all a b || return
	for ns in a b; do
		echo 0 | in_ns "$ns" tee /proc/sys/net/ipv6/conf/*/accept_dad > /dev/null || return
	done
	net_two_ipv6 && works transport 6 && works tunnel 6
}

check "IPv6 is not there" no_ipv6
must net_four
check "transport, IPv4" works transport 4
check "tunnel, IPv4 in IPv4" works tunnel 4
check "a tunnel between IPv6 addresses has no route" refused_tunnel
check "IPv6 is still not there" no_ipv6
check "IPv6 that comes later" comes_later
t_end
