#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120; ipv6 sextant; smp 2
#
# UDP over our own IPv6: every byte of every size arrives, connected or not; an IPv4 wildcard listener lives beside an IPv6
# one, and an IPv6 one hears IPv4 where it may; a closed port is said to be closed; each socket hears what is for it, in a
# long chain and in one that changes.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

sizes() {
	for size in 0 1 64 1300 1452 1453 9000 65000; do
		udpload "$@" -m pingpong -n 5 -s "$size" a fd00:1::1 b fd00:1::2 > "$T/udp" 2>&1 ||
			{ cat "$T/udp"; fail "size $size"; return; }
	done
}

# listener ADDRESS NAME: what comes to port 5000 goes to $T/NAME.
listener() {
	ip netns exec b socat -u "$1" "OPEN:$T/$2,creat,append" &
	echo $! > "$T/$2.pid"
}
listening() { in_ns b grep -q ':1388 ' "/proc/net/$1"; }
heard() { grep -q "$2" "$T/$1"; }

# NRL 8: the second of the two could not bind.
both_wildcards() {
	listener UDP4-RECV:5000 four
	listener UDP6-RECV:5000,ipv6only=1 six
	wait_for 10 listening udp && wait_for 10 listening udp6 || return
	echo over4 | in_ns a socat -u - UDP4-SENDTO:10.1.0.2:5000 && wait_for 10 heard four over4 || return
	echo over6 | in_ns a socat -u - 'UDP6-SENDTO:[fd00:1::2]:5000' && wait_for 10 heard six over6 || return
	! heard four over6 || { fail "IPv4's hears IPv6"; return; }
	! heard six over4 || fail "IPv6's hears IPv4"
}
end_listeners() {
	for name in four six both group; do
		[ ! -e "$T/$name.pid" ] || { kill "$(cat "$T/$name.pid")"; rm "$T/$name.pid"; }
	done
	wait_for 10 nobody_listens
}
nobody_listens() { ! listening udp && ! listening udp6; }

mapped() {
	listener UDP6-RECV:5000,ipv6only=0 both
	wait_for 10 listening udp6 || return
	echo over4 | in_ns a socat -u - UDP4-SENDTO:10.1.0.2:5000 && wait_for 10 heard both over4 || return
	echo over6 | in_ns a socat -u - 'UDP6-SENDTO:[fd00:1::2]:5000' && wait_for 10 heard both over6
}

# Who has joined a group on its link hears it, and no other group.
in_group() {
	listener 'UDP6-RECV:5000,ipv6-join-group=[ff02::77]:vb' group
	wait_for 10 listening udp6 && wait_for 10 in_ns b grep -q 'vb *ff020000000000000000000000000077' /proc/net/igmp6 || return
	echo another | in_ns a socat -u - 'UDP6-SENDTO:[ff02::78%va]:5000' && echo joined | in_ns a socat -u - 'UDP6-SENDTO:[ff02::77%va]:5000' &&
		wait_for 10 heard group joined || return
	! heard group another || fail "it hears another group"
}

closed() {
	! udpload -c -n 1 -s 10 -t 3000 -p 40000,9 a fd00:1::1 a fd00:1::2 > "$T/udp" 2>&1 || { fail "sent"; return; }
	echo x | in_ns a socat -t 3 - 'UDP6:[fd00:1::2]:9' > "$T/closed" 2>&1
	grep -qi refused "$T/closed" || { cat "$T/closed"; fail "no refusal"; }
}

chains() { /usr/bin/python3 -S "$(dirname "$0")/sockets/chains.py" "$1"; }

must net_two
check sizes-unconnected sizes
check sizes-connected sizes -c
check wildcards-of-both-families both_wildcards
check wildcards-end end_listeners
check mapped-addresses mapped
check mapped-ends end_listeners
check group-that-is-joined in_group
check group-ends end_listeners
check closed-port-says-so closed
# sparc64 has no Python.
if [ "$SXT_ARCH" = x86_64 ]; then
	check many-members-of-a-group chains group
	check sockets-that-move-beside-it chains movers
fi
ns_del a b
t_end
