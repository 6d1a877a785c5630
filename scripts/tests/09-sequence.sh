#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120
#
# SAs that go on from a sequence number: the last numbers, 32 and 64 bits, the step over 2^32, the window of an SA that
# was taken over; and a receiver that missed 2^32 packets and more finds the number again (RFC 4303 appendix A3), and is
# not led astray by packets that are forged.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# sender ALG WORD…, receiver ALG WORD…: the SA from a to b at that end, with these words; nothing comes back.
sender() {
	t_alg=$1
	shift
	load a <<-END
		sa flush
		policy flush
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport "$t_alg" "$@")
		policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport
	END
}
receiver() {
	t_alg=$1
	shift
	load b <<-END
		sa flush
		policy flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport "$t_alg" "$@")
		policy add dir in prio 10 src 10.1.0.1 proto udp action protect esp transport
	END
}

# send NUMBER: datagrams, all of which arrive. lose NUMBER: nobody waits for them, and not one arrives.
send() { udpload -n "$1" -s 100 a 10.1.0.1 b 10.1.0.2 > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; all_drops b; return 1; }; }
lose() { udp_stops -k -t 1 -n "$1" -s 100 a 10.1.0.1 b 10.1.0.2; }

# sequence NS: sets $sequence, of its only SA. at NS NUMBER: it is that.
sequence() {
	sequence=
	sextant -N "$1" -j sa list > "$T/sa" && read -r sequence < "$T/sa" || return
	sequence=${sequence#*'"sequence":'}
	sequence=${sequence%%[!0-9]*}
}
at() { sequence "$1" && same "sequence number in $1" "$2" "$sequence"; }

# used NS: sets $used, what a packet that passes moves, and what it belongs to.
used() {
	used=
	sextant -N "$1" sa list > "$T/sa" && sextant -N "$1" stats all > "$T/stat" || return
	while read -r t_line; do
		case $t_line in
		*'packets '*' bytes '*' sequence '*)
			t_value=${t_line#* sequence } t_line=${t_line#*packets }
			used="packets ${t_line%% sequence *} sequence ${t_value%% *}" ;;
		esac
	done < "$T/sa"
	while read -r t_word t_value _; do
		case $t_word in out-packets|in-packets|sas|generation) used="$used $t_word $t_value" ;; esac
	done < "$T/stat"
}

# The groups of a netlink socket are in the fourth column.
listens() { in_ns a cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }'; }

# exhausted LAST WORD…: the SAs are one packet before their last number: that one leaves, and nothing after it. It is no
# event: the SA stays, and whoever looks at it sees what it refused.
exhausted() {
	last=$1 before=$2
	shift 2
	sender aes-gcm-128 "$@" sequence "$before" && receiver aes-gcm-128 "$@" sequence "$before" || return
	drops_from_here a b
	in_ns a sextant monitor sa count 1 > "$T/events" 2>&1 &
	echo $! > "$T/monitor.pid"
	wait_for 10 listens || return
	send 1 || { fail "the last number was not used"; return; }
	at a "$last" && at b "$last" && no_drops a b || return
	used a && used_a=$used && used b && used_b=$used || return
	drop_of a sequence-exhausted 3 lose 3 || return
	grep -qi 'key has expired' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; return; }
	used a && same "what a packet moves at the sender" "$used_a" "$used" || return
	used b && same "what a packet moves at the receiver" "$used_b" "$used" || return
	sextant -N a sa list | grep -q '^	drops sequence-exhausted 3$' || { sextant -N a sa list; fail "the SA doesn't tell"; return; }
	clear_all a || return
	wait "$(cat "$T/monitor.pid")" || return
	rm "$T/monitor.pid"
	same 'events' 'sa gone' "$(cut -d' ' -f1,2 "$T/events")"
}

over_the_border() {
	sender "$1" esn sequence 4294967290 && receiver "$1" esn sequence 4294967290 || return
	drops_from_here a b
	send 20 || return
	at a 4294967310 && at b 4294967310 && no_drops a b
}

# The window of an SA that was taken over: all up to its number count as received.
window() {
	sender aes-gcm-128 "$@" && receiver aes-gcm-128 "$@" window 64 sequence 100 || return
	drop_of b replay-old 36 lose 36 && drop_of b replay-duplicate 64 lose 64 || return
	at a 100 && at b 100 || return
	drops_from_here a b
	send 3 || return
	at a 103 && at b 103 && no_drops a b
}

# What `sa list` shows is what `sa add` takes: both ends go on in new SAs, and nothing of before passes again.
taken_over() {
	sender aes-gcm-128 "$@" && receiver aes-gcm-128 "$@" || return
	cap_start old a va -d out || return
	send 5 || return
	cap_stop old && esp_frames old 5 || return
	sequence a && sender aes-gcm-128 "$@" sequence "$sequence" && sequence b && receiver aes-gcm-128 "$@" sequence "$sequence" || return
	drop_of b replay-duplicate 5 replay old || return
	drops_from_here a b
	send 5 || return
	at a 10 && at b 10 && no_drops a b
}

# esp_frames CAPTURE NUMBER: of what was captured, the ESP frames, which are so many. replay CAPTURE: once more.
esp_frames() {
	awk 'substr($0, 25, 4) == "0800" && substr($0, 47, 2) == "32"' "$T/$1.cap" > "$T/$1.esp"
	same "ESP frames captured" "$2" "$(grep -c . "$T/$1.esp")"
}
replay() { rawsend -m eth -i va a < "$T/$1.esp" > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; return 1; }; }

# lost ALG WORD…: the sender is 3 * 2^32 packets ahead. 32 packets have to be bad before one is looked at; with the number of that
# one the receiver goes on. What was before the loss is no more, and what was lost since passes once, as any late packet.
lost() {
	start=12884901893
	sender "$1" esn && receiver "$@" esn || return
	cap_start old a va -d out || return
	send 5 || return
	cap_stop old && esp_frames old 5 || return
	sender "$1" esn sequence "$start" || return
	cap_start new a va -d out || return
	drop_of b icv-bad 32 lose 32 || return
	at b 5 || return
	drop_of b icv-bad 1 lose 1 || return
	wait_for 10 at b $((start + 33)) || return
	drops_from_here a b
	send 5 || return
	cap_stop new && esp_frames new 38 || return
	at a $((start + 38)) && at b $((start + 38)) && no_drops a b || return
	[ "${2-} ${3-}" != 'window off' ] || return 0
	drop_of b icv-bad 5 replay old || return
	before=$(stat b in-packets)
	drop_of b replay-duplicate 6 replay new || return
	same "late packets" $((before + 32)) "$(stat b in-packets)" || return
	drop_of b replay-duplicate 38 replay new || return
	same "packets passed" $((before + 32)) "$(stat b in-packets)" && at b $((start + 38)) || return
	drops_from_here a b
	send 5 && no_drops a b
}

# forge NUMBER SEED: a true frame with any sequence number and an ICV that is wrong, so many times, in $T/forged.esp.
forge() {
	awk -v n="$1" -v seed="$2" '
	function hex(digits,   s) {
		while (digits--)
			s = s substr("0123456789abcdef", 1 + int(rand() * 16), 1)
		return s
	}
	BEGIN { srand(seed) }
	NR == 1 {
		while (n--)
			print substr($0, 1, 76) hex(8) substr($0, 85, length($0) - 84 - 16) hex(16)
	}' "$T/true.esp" > "$T/forged.esp"
}

# true_frame: the SAs, with ESN, in the third 2^32, and a frame of theirs that has passed.
true_frame() {
	sender aes-gcm-128 esn sequence 9000000000 && receiver aes-gcm-128 esn sequence 9000000000 || return
	cap_start true a va -d out || return
	send 1 || return
	cap_stop true && esp_frames true 1
}

# drops_at_b: sets $drops_at_b, packets dropped, all reasons.
drops_at_b() {
	drops_at_b=0
	all_drops b > "$T/drops" || return
	while read -r _ t_value; do
		drops_at_b=$((drops_at_b + t_value))
	done < "$T/drops"
}
dropped() { drops_at_b && same "packets dropped" "$1" "$drops_at_b"; }

# A few attempts, with the pause of a second between them.
forged() {
	true_frame && used b && drops_at_b || return
	used_b=$used want=$drops_at_b
	for seed in 1 2 3 4; do
		forge 100 "$seed" && replay forged || return
		want=$((want + 100))
		wait_for 10 dropped "$want" || return
		hundredths
		wait_for 5 later_than $((t_hundredths + 110)) || return
	done
	used b && same "what a packet moves" "$used_b" "$used" || return
	drops_from_here a b
	send 5 && at b 9000000006 && no_drops a b
}
hundredths() {
	read -r t_now _ < /proc/uptime
	t_hundredths=${t_now%.*}${t_now#*.}
}
later_than() { hundredths; [ "$t_hundredths" -gt "$1" ]; }

# attempt: what it takes to have one, at once.
attempt() {
	receiver aes-gcm-128 esn sequence 9000000000 && drops_at_b || return
	want=$((drops_at_b + 40))
	replay forged && wait_for 10 dropped "$want"
}

attempts='1 2 3 4'
! in_full || attempts='1 2 3 4 5 6 7 8'
sa_goes() {
	true_frame && forge 40 7 || return
	for _ in $attempts; do
		attempt && load b <<-END || return
			sa flush
		END
	done
	receiver aes-gcm-128 esn sequence 9000000000 && send 3
}

module_goes() {
	true_frame && forge 40 8 || return
	attempt && rmmod sextant_esp || return
	same "SAs in b" 0 "$(stat b sas)" && rmmod sextant_netlink && rmmod sextant_policy && rmmod sextant_key || return
	for module in key esp policy netlink; do
		insmod "$SXT_MODULES/sextant_$module.ko" || return
	done
	true_frame
}

namespace_goes() {
	true_frame && forge 40 9 && attempt || return
	ip netns del b && net_two && true_frame
}

must net_two
check "last number of 32 bits" exhausted 4294967295 4294967294
check "last number of 64 bits" exhausted 18446744073709551615 18446744073709551614 esn
algs='aes-gcm-128 aes-cbc-128-hmac-sha256'
! in_full || algs="$algs chacha20-poly1305 null-hmac-sha256"
for alg in $algs; do
	check "over 2^32, $alg" over_the_border "$alg"
done
check "window taken over" window
check "SAs taken over" taken_over
check "SAs taken over, esn" taken_over esn
for alg in $algs; do
	check "lost number, $alg" lost "$alg"
done
check "lost number, window off" lost aes-gcm-128 window off
check "lost number, window 4096" lost chacha20-poly1305 window 4096
check "forged packets find no number" forged
check "an SA goes while a number is tried" sa_goes
check "a namespace goes while a number is tried" namespace_goes
check "the modules go while a number is tried" module_goes
t_end
