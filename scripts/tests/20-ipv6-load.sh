#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120; ipv6 sextant; smp 2
#
# The IPv6 module comes and goes: loopback and link-local addresses are there with it and gone without it, an open socket
# keeps it, it goes 6 times (100 with SXT_LONG=1) while packets pass, and leaves nothing.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

rounds=6
[ "${SXT_LONG-}" != 1 ] || rounds=100
module=$SXT_MODULES/sextant_ipv6.ko

loaded() { grep -q '^sextant_ipv6 ' /proc/modules; }

# has NS WORDS…: an address that `ip addr` shows with these words.
has() { t_ns=$1; shift; ip -n "$t_ns" -6 addr show | grep -q "$*"; }

basics() {
	net_two || return
	has a 'inet6 ::1/128 scope host' || { ip -n a -6 addr; fail "no ::1"; return; }
	wait_for 10 has a 'inet6 fe80::.* scope link' || return
	has a 'inet6 fd00:1::1/64 scope global' || { ip -n a -6 addr; fail "no address of the user's"; }
}

busy() {
	ip netns exec a socat -u UDP6-RECV:5000 OPEN:/dev/null &
	echo $! > "$T/socat.pid"
	wait_for 10 in_ns a grep -q ':1388 ' /proc/net/udp6 || return
	refuses rmmod sextant_ipv6 || return
	kill "$(cat "$T/socat.pid")" && rm "$T/socat.pid"
	wait_for 10 no_sockets
}
no_sockets() { [ "$(awk 'NR > 1' /proc/net/udp6 | wc -l)" = 0 ] && ! in_ns a grep -q ':1388 ' /proc/net/udp6; }

# Pings from inside go out for as long as they may; the module goes under their packets.
one_round() {
	net_two || return
	ip netns exec a ping -6 -c 2000 -i 0.01 fd00:1::2 > "$T/ping" 2>&1 &
	t_ping=$!
	wait_for 10 grep -q 'bytes from' "$T/ping" || return
	# The end of a neighbour's packets in flight: what is queued may be answered or not.
	kill "$t_ping"
	wait "$t_ping"
	# A closed socket keeps the module until RCU lets go of it.
	wait_for 10 rmmod sextant_ipv6 || return
	! loaded || { fail "still there"; return; }
	! has a inet6 || { fail "addresses are left"; return; }
	for file in /proc/net/if_inet6 /proc/net/udp6 /proc/sys/net/ipv6/conf; do
		[ ! -e "$file" ] || { fail "$file is left"; return; }
	done
	ping_ok a 10.1.0.2 || return
	insmod "$module"
}

check addresses-are-there basics
check open-socket-keeps-it busy
check "comes-and-goes-$rounds-times" many_rounds "$rounds" one_round
check works-after-that basics
ns_del a b
t_end
