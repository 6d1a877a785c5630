#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 300
#
# ESP in each mode, over each family, around each family, with each algorithm, with and without extended sequence
# numbers: ping, UDP and TCP arrive whole, and only ESP is on the wire, without a trace of what is in it.
. "$(dirname "$0")/lib.sh"

algs='aes-gcm-128 aes-gcm-256 chacha20-poly1305 aes-cbc-128-hmac-sha256 aes-cbc-256-hmac-sha256 null-hmac-sha256'

# Two ways of one ping, 20 datagrams one way, and TCP both ways.
traffic() {
	ping_ok a "$2" -s 300 -p ab || return
	udpload -n 20 -s 700 a "$1" b "$2" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "UDP"; return; }
	tcp_between -n 100000 a "$1" b "$2" > "$T/tcp" 2>&1 || { cat "$T/tcp"; fail "TCP"; }
}

# combination MODE ALG OUTER INNER [WORD…]
combination() {
	protect_pair "$@" || return
	wire_start || return
	if [ "$1" = tunnel ]; then
		traffic "$(inner "$4" a)" "$(inner "$4" b)"
	else
		traffic "$(outer "$3" a)" "$(outer "$3" b)"
	fi
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

# Transport mode over IPv4 and IPv6, tunnels of the four kinds; no end, so that a rotation may go on for ever.
kind() {
	case $(($1 % 2)) in
	0) echo "transport $2 4 -" ;;
	1) echo "transport $2 6 -" ;;
	esac
	case $(($1 % 4)) in
	0) echo "tunnel $2 4 4" ;;
	1) echo "tunnel $2 4 6" ;;
	2) echo "tunnel $2 6 4" ;;
	3) echo "tunnel $2 6 6" ;;
	esac
}

# in_words MODE ALG OUTER INNER [WORD…]: the name of a combination.
in_words() {
	case $1 in
	transport) echo "transport IPv$3 $2${5:+ $5}" ;;
	tunnel) echo "tunnel IPv$4 in IPv$3 $2${5:+ $5}" ;;
	esac
}

# The first algorithm in every combination; the others in one of each mode, another one each time.
must net_two
turn=0
for alg in $algs; do
	for esn in '' esn; do
		for n in 0 1 2 3; do
			if [ "$alg" != aes-gcm-128 ]; then
				[ $n = 0 ] || break
				n=$turn
			fi
			kind $n "$alg" > "$T/kinds"
			while read -r words; do
				# shellcheck disable=SC2086 # these are words
				set -- $words $esn
				# Each transport turns up twice in the four.
				[ "$1$n" != transport2 ] && [ "$1$n" != transport3 ] || [ "$alg" != aes-gcm-128 ] || continue
				check "$(in_words "$@")" combination "$@" < /dev/null
			done < "$T/kinds"
		done
		turn=$((turn + 1))
	done
done
t_end
