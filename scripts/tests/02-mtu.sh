#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 200
#
# Sizes around the path MTU: what is too long for one ESP packet goes in fragments of ESP and arrives whole; a sender that
# asked not to be fragmented gets EMSGSIZE; TCP takes smaller segments at once, so that nothing of it is fragmented, with
# segmentation offload too. Datagrams that a socket hands over in one get a packet of ESP each.
. "$(dirname "$0")/lib.sh"

# sent OPTION…: udpload from $from to $to.
sent() { udpload "$@" a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; all_drops b; fail "udpload $*"; }; }
# on_wire PACKETS FRAGMENTS WHAT: so many were captured, ESP all of them.
on_wire() { wire_stop && only_esp "$T/wire.cap" && same "packets and fragments of $3" "$1 $2" "$esp_packets $esp_fragments"; }

# NRL 4: of what has to be cut every byte is the one that was sent (udpload looks), IPv4's as IPv6's.
#
# udp_sizes MODE OUTER INNER: 1300 bytes of UDP fit in each of the kinds, 1500 in none. Two datagrams of each size.
udp_sizes() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	wire_start && sent -n 2 -s 1,1300 && on_wire 4 0 "1 and 1300 bytes" || return
	wire_start && sent -n 2 -s 1500 && on_wire 4 4 "1500 bytes" || return
	wire_start && sent -n 2 -s 1380,1392,1404,1416,1428,1440,1452,1464,1472,60000 && wire_stop && only_esp "$T/wire.cap" || return
	awk -v n="$esp_packets" 'NR > n - 80 && $6 == "frag" { end++ } END { exit end != 80 }' "$T/frames" ||
		{ cat "$T/frames"; fail "60000 bytes, twice, are less than 80 fragments"; return; }
	no_drops a b
}

# udp_segments MODE OUTER INNER: of twenty datagrams in one call, what is segmented for 1000 bytes fits; for 1440 it doesn't, once it is ESP.
udp_segments() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	wire_start && sent -g 20 -s 1000 && on_wire 20 0 "twenty times 1000 bytes" || return
	wire_start && sent -g 20 -s 1440 && on_wire 40 40 "twenty times 1440 bytes" || return
	same "packets of the SA" 40 "$(sa_packets a 0x1001)" && no_drops a b || return
	drop_of a too-big 1 udp_too_long
}
udp_too_long() {
	refuses udpload -g 20 -M 'do' -s 1440 a "$from" b "$to" > "$T/udp" 2>&1
	grep -q ': send: Message too long$' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; }
}

# The longest that fits is found by halving; one byte more is refused, and what fits makes one packet of at most 1500.
emsgsize() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	longest_fit 1300 1500 || return
	wire_start || return
	dont_fragment "$from" "$to" "$longest"
	wire_stop && same "$longest bytes" arrived "$fate" && only_esp "$T/wire.cap" || return
	# ESP pads to four bytes: at most three less than the link would take.
	if [ "$esp_fragments" != 0 ] || [ "$esp_longest" -gt 1500 ] || [ "$esp_longest" -lt 1497 ]; then
		cat "$T/frames"
		fail "$longest bytes fit, that is not the most"
		return
	fi
	[ "$(drops a too-big)" -ge 1 ] || fail "nothing was counted as too-big"
}

# Senders that hear nothing of path MTUs don't ask for whole packets; but in IPv6 one of the two does.
no_word() {
	protect_pair transport aes-gcm-128 "$1" - || return
	between transport "$1"
	case $1 in
	4) size=1472 hows='omit interface' ;;
	6) size=1452 hows=omit ;;
	esac
	for how in $hows; do
		wire_start && sent -M "$how" -s "$size" && on_wire 2 2 "$how" || return
	done
	no_drops a b || return
	[ "$1" = 4 ] || drop_of a too-big 1 udp_whole
}
udp_whole() {
	refuses udpload -M interface -s "$size" a "$from" b "$to" > "$T/udp" 2>&1
	grep -q ': send: Message too long$' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; }
}

bytes=200000
! in_full || bytes=2000000

# tcp_segments MODE OUTER INNER on|off
tcp_segments() {
	in_ns a ethtool -K va tso "$4" gso "$4" > "$T/ethtool" 2>&1 || { cat "$T/ethtool"; fail "ethtool"; return; }
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	wire_start || return
	tcpload -n "$bytes" a "$from" b "$to" > "$T/tcp" 2>&1 || { cat "$T/tcp"; all_drops a; all_drops b; fail "TCP"; return; }
	wire_stop && only_esp "$T/wire.cap" || return
	same "fragments" 0 "$esp_fragments" || return
	case $esp_longest in
	14[89]?|1500) ;;
	*) fail "longest packet $esp_longest"; return ;;
	esac
	no_drops a b
}

must net_two
for kind in $(kinds | tr ' ' ,); do
	# shellcheck disable=SC2046 # three words
	set -- $(echo "$kind" | tr , ' ')
	words="$1 IPv$2"
	[ "$1" = transport ] || words="tunnel IPv$3 in IPv$2"
	check "UDP of many sizes, $words" udp_sizes "$@"
	check "UDP that a socket has segmented, $words" udp_segments "$@"
	check "EMSGSIZE, $words" emsgsize "$@"
	[ "$1" = tunnel ] && inside=$3 || inside=$2
	tcp_over "$inside" || continue
	for gso in on off; do
		check "TCP, segmentation offload $gso, $words" tcp_segments "$@" $gso
	done
done
check "senders that take no word of path MTUs, IPv4" no_word 4
check "senders that take no word of path MTUs, IPv6" no_word 6
t_end
