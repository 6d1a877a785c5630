#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 60
#
# What policies count: each packet once, under the policy that decided about it, in the direction that it took; as many
# packets as the SAs that carried them, the same bytes at both ends, and drops only of what was dropped.
. "$(dirname "$0")/lib.sh"

# counts NS LINE…: what policy_counts says, without bytes. What it said is in $T/counts.NS.
counts() {
	t_where=$1 t_counts=
	shift
	policy_counts "$t_where" > "$T/counts.$t_where" || return
	while read -r t_dir t_number _ t_rest; do
		t_counts="$t_counts, $t_dir $t_number${t_rest:+ $t_rest}"
	done < "$T/counts.$t_where"
	t_want=
	for t_line in "$@"; do
		t_want="$t_want, $t_line"
	done
	same "policies of $t_where" "$t_want" "$t_counts"
}
# bytes NS DIR: sets $bytes, of what counts has seen last.
bytes() {
	bytes=
	while read -r t_dir _ t_number _; do
		[ "$t_dir" != "$2" ] || bytes=$t_number
	done < "$T/counts.$1"
}
# carried NS SPI NUMBER [SPI NUMBER]
carried() { same "packets of SAs $2 ${4-} in $1" "$3${5+ $5}" "$(sa_packets "$1" "$2" ${4+"$4"})"; }

# host MODE OUTER INNER: 20 datagrams one way, 5 echoes both ways.
host() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	udpload -n 20 -s 300 a "$from" b "$to" && in_ns a ping -c 5 -i 0.05 -W 3 -I "$from" "$to" > "$T/ping" || return
	carried a 0x1001 25 0x1002 5 && carried b 0x1001 25 0x1002 5 || return
	counts a 'in 5' 'out 25' && counts b 'in 25' 'out 5' || return
	# Headers of the inner packets, 20 datagrams and 5 echoes of 56 bytes.
	header=20
	[ "$from" = "${from#*:}" ] || header=40
	bytes a out
	a_out=$bytes
	bytes a in
	a_in=$bytes
	same "bytes out of a" $((25 * (header + 8) + 20 * 300 + 5 * 56)) "$a_out" || return
	bytes b in
	same "bytes into b" "$a_out" "$bytes" || return
	bytes b out
	same "bytes into a" "$bytes" "$a_in"
}

# through OUTER INNER: through a gateway, whose in policy for these addresses has no part in it.
through() {
	through_ends "$1" "$2" && load a <<-END || return
		policy add dir in prio 10 src $nb dst $na action protect esp transport
	END
	in_ns c ping -c 5 -i 0.05 -W 3 "$b" > "$T/ping" && udpload -n 20 b "$b" c "$c" || return
	carried a 0x1001 5 0x1002 25 && counts a 'in 0' 'out 5' 'forward 25' && counts b 'in 5' 'out 25'
}

# refused OUTER INNER: out of a tunnel, what suits neither direction is counted under one of both.
refused() {
	gateway "$1" "$2" "protect esp transport" || return
	drop_of a policy-mismatch 1 udp_stops -t 1 b "$b" c "$c" && counts a 'out 0' 'forward 1 policy-mismatch 1' || return
	load a <<-END || return
		policy add dir in prio 10 src $nb dst $na action protect esp transport
	END
	drop_of a policy-mismatch 1 udp_stops -t 1 b "$b" c "$c" &&
		counts a 'in 1 policy-mismatch 1' 'out 0' 'forward 1 policy-mismatch 1'
}

# clear 4|6: what arrives, is to be forwarded or leaves in clear.
clear() {
	case $1 in 4) b=10.20.0.1 c=10.10.1.2 ;; 6) b=fd00:20::1 c=fd00:10:1::2 ;; esac
	tunnel_ends "$1" -
	a=$t_oa me=$t_ob
	clear_all a b && load a <<-END || return
		policy add dir in prio 10 src $me dst $a proto udp action protect esp transport
		policy add dir in prio 20 src $me dst $a action bypass
		policy add dir out prio 10 src $a dst $me proto udp dport 1000 action discard
		policy add dir out prio 20 src $a dst $me proto udp action protect esp transport
		policy add dir out prio 30 src $a dst $me action bypass
		policy add dir forward prio 10 src $b dst $c proto udp action discard
		policy add dir forward prio 20 src $b dst $c action bypass
	END
	in_ns b ping -c 3 -i 0.05 -W 3 -I "$me" "$a" > "$T/ping" && in_ns b ping -c 4 -i 0.05 -W 3 -I "$b" "$c" > "$T/ping" || return
	drop_of a policy-clear 2 udp_stops -k -t 1 -n 2 b "$me" a "$a" && drop_of a policy-discard 2 udp_stops -k -t 1 -n 2 b "$b" c "$c" &&
		drop_of a policy-discard 1 udp_stops -t 1 -p 2000,1000 a "$a" b "$me" && drop_of a sa-missing 1 udp_stops -t 1 a "$a" b "$me" || return
	counts a 'in 2 policy-clear 2' 'in 3' 'out 1 policy-discard 1' 'out 1 sa-missing 1' 'out 3' 'forward 2 policy-discard 2' 'forward 4'
}

must net_three
for kind in $(kinds | tr ' ' ,); do
	# shellcheck disable=SC2046 # words
	check "counted once, $kind" host $(echo "$kind" | tr , ' ')
done
for pair in $(pairs); do
	o=${pair%?} i=${pair#?}
	check "counted once at a gateway, IPv$i in IPv$o" through "$o" "$i"
	check "refused once at a gateway, IPv$i in IPv$o" refused "$o" "$i"
done
for o in 4 6; do
	check "in clear, IPv$o" clear $o
done
t_end
