#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 240; ipv6 sextant; smp 2
#
# The IPv6 module comes and goes: loopback and link-local addresses are there with it and gone without it, an open socket
# keeps it, ipv6.ko is refused beside it, it goes 3 times (100 with SXT_LONG=1) while packets arrive, are forwarded and
# gathered from fragments and while nexthop objects come and go, and leaves nothing, not even packets that user space has in
# netfilter's queues.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

rounds=3
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

# kept_by TYPE PROTOCOL FILE: a socket of it in a, which FILE lists under port 5000, keeps the module. TYPE is 2, datagrams, or
# 3, raw, whose "port" is its protocol.
kept_by() {
	ip netns exec a socat -u "SOCKET-RECV:10:$1:$2:x138800000000$(printf %040d 0)" OPEN:/dev/null 2> "$T/socat" &
	echo $! > "$T/socat.pid"
	t_port=1388
	[ "$1" = 2 ] || t_port=$(printf %04X "$2")
	wait_for 10 in_ns a grep -q ":$t_port " "/proc/net/$3" || { cat "$T/socat"; return 1; }
	refuses rmmod sextant_ipv6 > "$T/rmmod" 2>&1 || { fail "$3 does not keep it"; return; }
	# kmod's, busybox's
	grep -Eq 'Module sextant_ipv6 is in use|Resource temporarily unavailable' "$T/rmmod" || { cat "$T/rmmod"; return 1; }
	kill "$(cat "$T/socat.pid")" && rm "$T/socat.pid"
	wait_for 10 refuses in_ns a grep -q ":$t_port " "/proc/net/$3"
}
busy() {
	echo '0 0' | in_ns a tee /proc/sys/net/ipv4/ping_group_range > /dev/null || return
	kept_by 2 17 udp6 && kept_by 2 136 udplite6 && kept_by 2 58 icmp6 && kept_by 3 200 raw6
}

what_is_there() { sh "$(dirname "$0")/what-is-there"; }
# As before it was there for the first time.
nothing_left() {
	what_is_there > "$T/now"
	diff /sxt/without-ipv6 "$T/now" || fail "it leaves something"
}

# The kernel's own finds the family taken, and takes back what it did before that. Of slabs of one name, the kernel shows one,
# and after that none.
other_refused() {
	t_other=/lib/modules/$(uname -r)/kernel/net/ipv6/ipv6.ko
	[ -e "$t_other" ] || { fail "no ipv6.ko"; return; }
	what_is_there | grep -v '^slab ' > "$T/with"
	refuses insmod "$t_other" > "$T/insmod" 2>&1 || { fail "it loads"; return; }
	grep -q 'File exists' "$T/insmod" || { cat "$T/insmod"; fail "not for that"; return; }
	! grep '^ipv6 ' /proc/modules || return
	what_is_there | grep -v '^slab ' > "$T/now"
	diff "$T/with" "$T/now" || { fail "it leaves something"; return; }
	ping_ok a fd00:1::2 -s 3000 && udp_passes a fd00:1::1 b fd00:1::2
}

# What c sends without end, by a socket that is not of IPv6.
packets() {
	cat <<-END
		# to b, by way of a: a datagram, and an echo request in two fragments
		6000000000101140 fd000010000100000000000000000002 fd000001000000000000000000000002 00090009001023c37878787878787878
		6000000000102c40 fd000010000100000000000000000002 fd000001000000000000000000000002 3a00000100000001 80009fb500010001
		6000000000102c40 fd000010000100000000000000000002 fd000001000000000000000000000002 3a00000800000001 7979797979797979
		# to a: an echo request, and beginnings of datagrams that have no end
		6000000000083a40 fd000010000100000000000000000002 fd000010000100000000000000000001 8000859400010001
	END
	for t_id in 11 12 13 14 15 16 17 18; do
		echo "6000000000102c40 fd000010000100000000000000000002 fd000010000100000000000000000001 3a000001000000$t_id 80009ba200010001"
	done
}
# Nexthop objects, of both kinds: one of them holds the module.
nexthops() {
	cat <<-END
		nexthop add id 7 via fd00::1 fdb
		nexthop del id 7
		nexthop add id 8 dev vc via fd00:10:1::1
		nexthop del id 8
	END
}
# endless FILE PID-FILE COMMAND…: gets the file again and again.
endless() {
	t_file=$1 t_pid_file=$2
	shift 2
	while cat "$t_file"; do :; done 2> /dev/null | "$@" > /dev/null 2>&1 &
	echo $! > "$t_pid_file"
}
endless_end() {
	kill "$(cat "$1")" || { fail "it has ended before"; return; }
	wait "$(cat "$1")"
	rm "$1"
}
# Packets that came by an interface, whoever takes them.
arrived() {
	in_ns "$1" cat /proc/net/dev > "$T/dev" || return
	while read -r t_word _ t_value _; do
		[ "$t_word" != "$2:" ] || echo "$t_value"
	done < "$T/dev"
}
more_arrived() { [ "$(arrived "$1" "$2")" -gt "$3" ]; }
traffic() {
	packets > "$T/packets" && nexthops > "$T/nexthops" || return
	t_mac=$(ip netns exec a cat /sys/class/net/vac/address)
	endless "$T/packets" "$T/packets.pid" rawsend -m link -i vc -d "$t_mac" c
	wait_for 10 more_arrived b vb $(($(arrived b vb) + 100)) || return
	endless "$T/nexthops" "$T/nexthops.pid" ip -6 -n c -force -batch -
}

# The module goes under all this: no pause, and nobody asks it to let go but rmmod.
one_round() {
	net_three && traffic || return
	# A nexthop object that is there just now keeps the module.
	wait_for 30 rmmod sextant_ipv6 || return
	! loaded || { fail "still there"; return; }
	wait_for 10 more_arrived a vac "$(arrived a vac)" || return
	endless_end "$T/packets.pid" && endless_end "$T/nexthops.pid" || return
	same "nexthop objects without IPv6" "" "$(ip -n c nexthop)" || return
	! has a inet6 || { fail "addresses are left"; return; }
	wait_for 5 nothing_left && ping_ok a 10.1.0.2 || return
	insmod "$module"
}

# asks [again]: starts a program that netfilter asks; its input ends with `exec 3>&-`, and it has said this then.
asks() {
	rm -f "$T/queue" && mkfifo "$T/word" || return
	ip netns exec b /usr/bin/python3 "$(dirname "$0")/sockets/queue.py" "$@" < "$T/word" > "$T/queue" 2>&1 &
	echo $! > "$T/queue.pid"
	exec 3> "$T/word" && rm "$T/word" && wait_for 10 queue_says bound
}
has_said() {
	wait_for 10 queue_says "$1" && wait "$(cat "$T/queue.pid")" && rm "$T/queue.pid" || return
	ns_del a b
	modules_gone nft_queue nfnetlink_queue && insmod "$module"
}

# waits_in HOOK: a packet of IPv6 waits there for the word of a program when the module goes, and with it the packet.
waits_in() {
	net_two && ip netns exec b nft -f - <<-END || return
		table ip6 t {
			chain c {
				type filter hook $1 priority 0
				udp dport 9 queue num 0
			}
		}
	END
	asks || return
	echo x | in_ns a socat -u - 'UDP6-SENDTO:[fd00:1::2]:9' && wait_for 10 queue_says waits || return
	unload || return
	exec 3>&-
	has_said ENOENT
}
# Many packets, and the program answers without end: once more, or on to the next queue.
goes_round() {
	net_two && for t_queue in 0 1 2; do
		echo "add chain ip6 t c$t_queue { type filter hook prerouting priority $t_queue; }
			add rule ip6 t c$t_queue udp dport 9 queue num $t_queue"
	done | sed '1i add table ip6 t' | ip netns exec b nft -f - || return
	asks again || return
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		echo '6000000000091140 fd000001000000000000000000000001 fd000001000000000000000000000002 000900090009000078'
	done > "$T/datagrams"
	rawsend -m link -i va -d "$(ip netns exec b cat /sys/class/net/vb/address)" a < "$T/datagrams" || return
	wait_for 10 queue_says goes || return
	unload || return
	exec 3>&-
	has_said '0 left'
}
queue_says() { grep -qx "$1" "$T/queue" || { cat "$T/queue"; return 1; }; }
# A rmmod that hangs does not take this shell along.
unload() {
	until rmmod sextant_ipv6; do
		sleep 0.1
	done > "$T/rmmod" 2>&1 &
	echo $! > "$T/rmmod.pid"
	wait_for 20 refuses loaded && rm "$T/rmmod.pid"
}

# What others than sockets keep of routes, by the suite of KUnit that is about this module; the guest for the suites has another.
cookies() {
	modprobe kunit enable=1 && ip link set lo up && wait_for 10 grep -q '^0*1 ' /proc/net/if_inet6 || return
	insmod "$SXT_MODULES/sextant_cookie_kunit.ko" || return
	cat /sys/kernel/debug/kunit/sextant_cookie/results > "$T/suite" && cat "$T/suite" && rmmod sextant_cookie_kunit || return
	[ "$(grep -c '^    ok' "$T/suite")" = 2 ] && ! grep -q -e 'not ok' -e SKIP "$T/suite"
}

check addresses-are-there basics
check open-socket-keeps-it busy
check ipv6.ko-is-refused-beside-it other_refused
check "comes-and-goes-$rounds-times" many_rounds "$rounds" one_round
if command -v nft > /dev/null; then
	check goes-with-a-packet-queued-before-its-route waits_in prerouting
	check goes-with-a-packet-queued-on-its-way-in waits_in input
	check goes-while-packets-go-round-in-queues goes_round
else
	skip packets-in-queues-of-user-space "no nft"
fi
check works-after-that basics
check cookies-of-routes cookies
ns_del a b c
t_end
