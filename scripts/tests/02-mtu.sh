#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 200
#
# Sizes around the path MTU: what is too long for one ESP packet goes in fragments of ESP and arrives whole; a sender that
# asked not to be fragmented gets EMSGSIZE; TCP takes smaller segments at once, so that nothing of it is fragmented, with
# segmentation offload too. Datagrams that a socket hands over in one get a packet of ESP each.
. "$(dirname "$0")/lib.sh"

# udp_two SIZE…: two datagrams of each size, from $from to $to; prints how many fragments were sent.
udp_two() {
	wire_start || return
	for size in "$@"; do
		udpload -n 2 -s "$size" a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; all_drops b; fail "$size bytes"; return; }
	done
	wire_stop && only_esp "$T/wire.cap" || return
	frames "$T/wire.cap" | grep -c ' frag ' || :
}

# udp_sizes MODE OUTER INNER: 1300 bytes of UDP fit in each of the kinds, 1500 in none.
udp_sizes() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	udp_two 1 1300 > "$T/n" || { cat "$T/n"; return 1; }
	same "fragments of 1 and 1300 bytes" 0 "$(cat "$T/n")" || return
	udp_two 1380 1392 1404 1416 1428 1440 1452 1464 1472 > "$T/n" || { cat "$T/n"; return 1; }
	udp_two 1500 > "$T/n" || { cat "$T/n"; return 1; }
	same "fragments of 1500 bytes, twice" 4 "$(cat "$T/n")" || return
	udp_two 60000 > "$T/n" || { cat "$T/n"; return 1; }
	[ "$(cat "$T/n")" -ge 80 ] || { fail "$(cat "$T/n") fragments of 60000 bytes, twice"; return; }
	no_drops a b
}

# batch SIZE PACKETS FRAGMENTS: twenty datagrams of that size in one call make so many packets on the wire, and fragments.
batch() {
	wire_start || return
	udpload -g 20 -s "$1" a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; all_drops b; fail "$1 bytes"; return; }
	wire_stop && only_esp "$T/wire.cap" || return
	same "packets of twenty times $1 bytes" "$2" "$(grep -c . "$T/frames")" &&
		same "fragments of twenty times $1 bytes" "$3" "$(grep -c ' frag ' "$T/frames")"
}

# udp_segments MODE OUTER INNER: what is segmented for 1000 bytes fits; for 1440 it doesn't, once it is ESP.
udp_segments() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	batch 1000 20 0 && batch 1440 40 40 || return
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
	what=$(dont_fragment "$from" "$to" "$longest")
	wire_stop && same "$longest bytes" arrived "$what" && only_esp "$T/wire.cap" || return
	frames "$T/wire.cap" > "$T/esp"
	same "fragments of the longest that fits" '' "$(grep ' frag ' "$T/esp")" || return
	# ESP pads to four bytes: at most three less than the link would take.
	awk '$7 > 1500 || $7 < 1497 { exit 1 }' "$T/esp" || { cat "$T/esp"; fail "$longest bytes fit, that is not the most"; return; }
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
		wire_start || return
		udpload -M "$how" -s "$size" a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; fail "$how"; return; }
		wire_stop && only_esp "$T/wire.cap" && same "fragments, $how" 2 "$(grep -c ' frag ' "$T/frames")" || return
	done
	no_drops a b || return
	[ "$1" = 4 ] || drop_of a too-big 1 udp_whole
}
udp_whole() {
	refuses udpload -M interface -s "$size" a "$from" b "$to" > "$T/udp" 2>&1
	grep -q ': send: Message too long$' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; }
}

bytes=500000
! in_full || bytes=2000000

# tcp_segments MODE OUTER INNER on|off
tcp_segments() {
	in_ns a ethtool -K va tso "$4" gso "$4" > "$T/ethtool" 2>&1 || { cat "$T/ethtool"; fail "ethtool"; return; }
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	wire_start || return
	tcpload -n "$bytes" a "$from" b "$to" > "$T/tcp" 2>&1 || { cat "$T/tcp"; all_drops a; all_drops b; fail "TCP"; return; }
	wire_stop && only_esp "$T/wire.cap" || return
	frames "$T/wire.cap" > "$T/f"
	same "fragments" 0 "$(grep -c ' frag ' "$T/f")" || return
	longest=$(awk '$7 > max { max = $7 } END { print max }' "$T/f")
	case $longest in
	14[89]?|1500) ;;
	*) fail "longest packet $longest"; return ;;
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
