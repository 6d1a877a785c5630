# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# A bridge between two hosts, and what becomes of fragments on it, for tests that source this behind lib.sh and frames.sh.
# shellcheck disable=SC2016,SC2034 # awk's dollars; mac_a, mac_b are for frames_of

# A bridge r between a and b.
net_bridge() {
	ns_del a b r
	ns_add a b r && wire a va r ra && wire b vb r rb || return
	ip -n r link add br0 type bridge && ip -n r link set ra master br0 && ip -n r link set rb master br0 &&
		ip -n r link set br0 up || return
	address a va fd00:1::1/64 && address b vb fd00:1::2/64
}

# in_pieces SIZE…: an echo request of a to b, in fragments of so many bytes of data, as frames.
in_pieces() {
	t_whole=0
	for t_size in "$@"; do
		t_whole=$((t_whole + t_size))
	done
	t_ends='fd000001000000000000000000000001 fd000001000000000000000000000002'
	t_data=$(echo "$t_ends 64 58 - 8000000000270001$(zeros $((t_whole - 8)))" | frames_of | cut -c109-)
	t_at=0
	for t_size in "$@"; do
		# The offset is in units of 8 bytes, and three bits further up: the same number.
		t_next=$((t_at + t_size))
		echo "$t_ends 64 44 3a00$(printf %04x $((t_at | (t_next < t_whole))))00000027$(echo "$t_data" |
			cut -c$((2 * t_at + 1))-$((2 * t_next))) -"
		t_at=$t_next
	done | frames_of
}

# pieces_are NAME SIZES: the fragments of a capture.
pieces_are() { same "fragments $1" "$2" "$(frames "$T/$1.cap" | awk '$6 == "frag" { print $7 }' | xargs)"; }
# bridge_says NAME: a counter of r.
bridge_says() { in_ns r awk -v n="$1" '$1 == n { print $2 }' /proc/net/snmp6; }

# Fragments that r puts together leave by the port that they are for, with the sizes that they came with, and it is not the
# bridge's own device that sends them. Seven datagrams of more than 1280 bytes pass it, and of one it sends nothing on.
bridge_cuts() {
	wait_for 10 ping_ok a fd00:1::2 || return
	mac_a=$(hex_mac a va) mac_b=$(hex_mac b vb)
	cap_start there b vb -d in -e 0x86dd && cap_start back a va -d in -e 0x86dd && cap_start sent r br0 -d out -e 0x86dd || return
	ping_ok a fd00:1::2 -s 3000 && in_pieces 400 1232 24 | send_frames || return
	wait_for 10 pieces_are back '1496 1496 160 1496 256' && cap_stop there && cap_stop back || return
	pieces_are there '1496 1496 160 448 1280 72' || return
	# They don't grow.
	echo 1300 | in_ns a tee /proc/sys/net/ipv6/conf/va/mtu > /dev/null && cap_start there b vb -d in -e 0x86dd || return
	ping_ok a fd00:1::2 -s 3000 && wait_for 10 pieces_are there '1296 1296 560' && cap_stop there || return
	echo 1500 | in_ns a tee /proc/sys/net/ipv6/conf/va/mtu > /dev/null || return
	same "cut again" 6 "$(bridge_says Ip6FragOKs)" || return
	# Those of the bridge itself would have been seen.
	address r br0 fd00:1::3/64 && wait_for 10 ping_ok r fd00:1::1 && ping_ok r fd00:1::1 -s 3000 && cap_stop sent &&
		pieces_are sent '1496 1496 160' || return
	# What does not fit goes no further: a bridge makes no other fragments than came.
	ip -n r link set rb mtu 1280 && ping_fails a fd00:1::2 -s 3000 && same "not cut" 1 "$(bridge_says Ip6FragFails)"
}
