#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# Soft and hard lifetimes in packets, bytes and seconds: the event at the soft limit, the event at the hard one, after which
# the SA passes nothing more and is gone; both in this order where they fall due at once. Age, idle time and memory. The
# anti-replay window off and at its largest.
. "$(dirname "$0")/lib.sh"

# one_way WORDS: a has the SA with these words to b; nothing comes back.
one_way() {
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 "$@")
		policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport
	END
	load b <<-END
		sa flush
		policy flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
	END
}

# monitor_start NUMBER: listens for so many events of a's SAs; is ready once its socket is in the group.
monitor_start() {
	t_events=$1
	sextant -N a monitor sa count "$t_events" > "$T/events" 2>&1 &
	monitor=$!
	echo "$monitor" > "$T/monitor.pid"
	wait_for 10 listens
}
listens() { in_ns a cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }'; }

# monitor_end: they came.
monitor_end() {
	: > "$T/monitor.pid"
	wait_for 20 heard || { cat "$T/events"; kill "$monitor"; fail "not all events came"; return; }
	wait "$monitor" || { cat "$T/events"; fail "monitor"; }
}
heard() { [ "$(grep -c . "$T/events")" -ge "$t_events" ]; }

send() { udpload -k -t 300 -n "$1" -s 100 a 10.1.0.1 b 10.1.0.2 > "$T/udp" 2>&1; }
gone() { [ "$(sextant -N a sa list)" = '' ]; }
events() { cut -d' ' -f1,2 "$T/events" | tr '\n' ' '; sed -n 's/^sa expired.* limit /limit /p' "$T/events" | tr '\n' ' '; }

# NRL 9: SAs expire, by what they have carried and by time.
#
# The fourth packet meets the soft limit, the eighth is the last.
packets() {
	one_way soft-packets 4 hard-packets 8 || return
	monitor_start 3 || return
	send 3
	same "events after three packets" '' "$(cat "$T/events")" || return
	send 1 || { fail "the fourth packet was lost"; return; }
	wait_for 5 grep -q 'limit soft' "$T/events" || return
	send 4 || { fail "one of eight packets was lost"; return; }
	refuses send 1 || return
	wait_for 5 gone && monitor_end || return
	same events 'sa expired sa expired sa gone limit soft limit hard ' "$(events)" || return
	[ "$(drops a sa-expired)" -ge 1 ] || [ "$(drops a sa-missing)" -ge 1 ] || fail "the ninth packet was not counted"
}

# A UDP packet of 100 bytes is 108 bytes of payload to the SA, and 112 with the padding and what names both: all that the
# cipher is applied to.
bytes() {
	one_way soft-bytes 336 hard-bytes 1008 || return
	monitor_start 3 || return
	send 2
	same "events after two packets" '' "$(cat "$T/events")" || return
	send 1 || { fail "the third packet was lost"; return; }
	wait_for 5 grep -q 'limit soft' "$T/events" || return
	send 6 || { fail "one of nine packets was lost"; return; }
	refuses send 1 || return
	wait_for 5 gone && monitor_end || return
	same events 'sa expired sa expired sa gone limit soft limit hard ' "$(events)"
}

# Datagrams without any payload are four bytes to the SA, and twenty-five of them are a hundred.
empty_payloads() {
	one_way hard-bytes 100 || return
	echo 'policy add dir out prio 20 dst 10.1.0.2 action protect esp transport' | load a || return
	empty 25 || { cat "$T/rawsend"; fail "one of 25 was refused"; return; }
	wait_for 5 at_least b packets 25 || return
	same "bytes at both ends" '100 100' "$(field a bytes) $(field b bytes)" || return
	drop_of a sa-expired 1 refuses empty 1 && wait_for 5 gone
}
empty() {
	awk -v n="$1" 'BEGIN { while (n--) print "450000140000400040fd00000a0100010a010002" }' | rawsend -m ip a > "$T/rawsend" 2>&1
}

seconds() {
	clear_all a && monitor_start 4 || return
	one_way soft-time 1 hard-time 3 || return
	send 1 || { fail "the first packet was lost"; return; }
	wait_for 20 grep -q 'limit soft' "$T/events" || return
	wait_for 20 gone && monitor_end || return
	same events 'sa added sa expired sa expired sa gone limit soft limit hard ' "$(events)" || return
	refuses send 1
}

# at_once PACKETS WORDS: so many packets pass, the next one is too much for both limits; or, behind none, the seconds are.
at_once() {
	t_pass=$1
	shift
	clear_all a && monitor_start 4 && one_way "$@" || return
	if [ "$t_pass" -gt 0 ]; then
		send "$t_pass" || { fail "one of $t_pass packets was lost"; return; }
		refuses send 1 || return
	fi
	monitor_end && same events 'sa added sa expired sa expired sa gone limit soft limit hard ' "$(events)"
}

# Packets wait for the last SA of many, and it is told of before what they make of it.
in_order() {
	load b <<-END || return
		sa flush
		policy flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
	END
	printf 'sa flush\npolicy flush\npolicy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport\n' |
		load a || return
	monitor_start 1002 || return
	udpload -k -t 1 -n 100000000 a 10.1.0.1 b 10.1.0.2 > "$T/udp" 2>&1 &
	echo $! > "$T/udp.pid"
	{
		sa_line out 0x10000 10.1.0.1 10.1.0.3 transport aes-gcm-128 |
			awk '{ for (n = 1; n <= 1000; n++) { sub("spi [^ ]*", "spi " 65535 + n); print } }'
		sa_line out 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 soft-packets 1
	} | load a || return
	monitor_end
	t_monitored=$?
	kill "$(cat "$T/udp.pid")" && rm "$T/udp.pid"
	[ "$t_monitored" = 0 ] || return
	same "the last two events" 'sa added sa expired ' "$(tail -n 2 "$T/events" | cut -d' ' -f1,2 | tr '\n' ' ')"
}

# field NS NAME: of its only SA, or nothing. at_least NS NAME NUMBER: it has come to that.
field() {
	sextant -N "$1" -j sa list > "$T/field" && read -r t_json < "$T/field" || return
	case $t_json in
	*"\"$2\":"*) t_json=${t_json#*"\"$2\":"}; echo "${t_json%%[!0-9]*}" ;;
	esac
}
at_least() { t_field=$(field "$1" "$2") && [ "${t_field:-0}" -ge "$3" ]; }

# Seconds since it was added, and since a packet used it.
ages() {
	uptime
	before=$t_now
	one_way || return
	wait_for 10 at_least a age 2 || return
	same "idle before the first packet" '' "$(field a idle)" || return
	uptime
	unused=$t_now
	send 1 || { fail "the packet was lost"; return; }
	idle=$(field a idle) || return
	uptime
	[ "${idle:-9}" -le $((t_now - unused + 1)) ] || { fail "idle '$idle' just after a packet"; return; }
	wait_for 10 at_least a idle 1 || return
	idle=$(field a idle) age=$(field a age)
	uptime
	[ "$idle" -le $((t_now - unused + 1)) ] || { fail "idle $idle within $((t_now - unused)) s"; return; }
	[ "$age" -le $((t_now - before + 1)) ] || fail "age $age within $((t_now - before)) s"
}

# window_memory SIZE: what an SA with that window takes.
window_memory() {
	load b <<-END && field b memory
		sa flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 window "$1")
	END
}
# The bits of a window are part of it, and nothing of it is as long as a page.
memory() {
	without=$(window_memory off) && small=$(window_memory 32) && large=$(window_memory 4096) || return
	if [ "$without" -lt 300 ] || [ "$without" -gt "$small" ] || [ "$large" -gt 4096 ] || [ $((large - small)) -lt 256 ]; then
		fail "without a window $without bytes, of 32 bits $small, of 4096 bits $large"
	fi
}

# window SIZE: all arrive under load.
window() {
	one_way || return
	load b <<-END || return
		sa flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 window "$1")
	END
	drops_from_here a b
	udpload -n 1000 a 10.1.0.1 b 10.1.0.2 && no_drops a b
}

must net_two
check "packets" packets
check "bytes" bytes
check "bytes of nothing" empty_payloads
check "seconds" seconds
check "seconds, both at once" at_once 0 soft-time 1 hard-time 1
check "bytes, both at once" at_once 2 soft-bytes 300 hard-bytes 310
check "packets and bytes, both at once" at_once 2 soft-packets 3 hard-bytes 310
check "in order" in_order
check "age and idle" ages
check "memory" memory
for size in off 1 32 1024 4096; do
	check "window $size" window $size
done
t_end
