#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 300
#
# ESP in each mode, over each family, around each family, with each algorithm, with and without extended sequence
# numbers: ping, UDP and TCP arrive whole, and only ESP is on the wire, without a trace of what is in it.
. "$(dirname "$0")/lib.sh"

algs='aes-gcm-128 aes-gcm-256 chacha20-poly1305 aes-cbc-128-hmac-sha256 aes-cbc-256-hmac-sha256 null-hmac-sha256'

bytes=40000
! in_full || bytes=100000

# Two ways of one ping, 20 datagrams one way, and TCP both ways.
traffic() {
	ping_ok a "$2" -s 300 -p ab || return
	udpload -n 20 -s 700 a "$1" b "$2" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "UDP"; return; }
	tcp_between -n "$bytes" a "$1" b "$2" > "$T/tcp" 2>&1 || { cat "$T/tcp"; fail "TCP"; }
}

# combination MODE ALG OUTER INNER [WORD…]
combination() {
	protect_pair "$@" || return
	between "$1" "$3" "$4"
	wire_start || return
	traffic "$from" "$to"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" || return
	# Without a cipher the pattern must be in sight: that shows that the search finds it.
	case $2 in
	null-*) grep -q abababababababab "$T/wire.cap" || fail "the pattern is not on the wire" ;;
	*) ! grep -q abababababababab "$T/wire.cap" || fail "the pattern is on the wire" ;;
	esac || return
	no_drops a b
}

# in_words MODE ALG OUTER INNER [WORD…]: the name of a combination.
in_words() {
	case $1 in
	transport) echo "transport IPv$3 $2${5:+ $5}" ;;
	tunnel) echo "tunnel IPv$4 in IPv$3 $2${5:+ $5}" ;;
	esac
}

# all ALG, turn ALG NUMBER: MODE ALG OUTER INNER, a line each: every combination, and one of each mode, another one each time.
all() { printf '%s\n' "transport $1 4 -" "tunnel $1 4 4" "transport $1 6 -" "tunnel $1 4 6" "tunnel $1 6 4" "tunnel $1 6 6"; }
turn() {
	case $(($2 % 2)) in
	0) echo "transport $1 4 -" ;;
	1) echo "transport $1 6 -" ;;
	esac
	case $(($2 % 4)) in
	0) echo "tunnel $1 4 4" ;;
	1) echo "tunnel $1 4 6" ;;
	2) echo "tunnel $1 6 4" ;;
	3) echo "tunnel $1 6 6" ;;
	esac
}

# NRL 2: what a tunnel carries suits the in policies, IPv4 and IPv6 in either.
#
# The first algorithm in every combination; the others in one of each mode, another one each time. All with and without ESN;
# but where this is not a long run, every other one with it and the rest without, the other way round on the other
# architecture.
must net_two
other=0
[ "$SXT_ARCH" != sparc64 ] || other=1
number=0
for alg in $algs; do
	for esn in '' esn; do
		case $alg in
		aes-gcm-128) all "$alg" ;;
		*) turn "$alg" "$number" ;;
		esac > "$T/kinds"
		number=$((number + 1))
		while read -r words; do
			other=$((1 - other))
			in_full || [ "$other${esn:+esn}" = 0 ] || [ "$other${esn:+esn}" = 1esn ] || continue
			# shellcheck disable=SC2086 # these are words
			set -- $words $esn
			check "$(in_words "$@")" combination "$@" < /dev/null
		done < "$T/kinds"
	done
done
t_end
