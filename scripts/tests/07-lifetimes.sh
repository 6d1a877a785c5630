#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# Soft and hard lifetimes in packets, bytes and seconds: the event at the soft limit, the event at the hard one, after which
# the SA passes nothing more and is gone. The anti-replay window off and at its largest.
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

# Listens for NUMBER events of a's SAs; is ready once its socket is in the group.
monitor_start() {
	in_ns a sextant monitor sa count "$1" > "$T/events" 2>&1 &
	monitor=$!
	echo "$monitor" > "$T/monitor.pid"
	wait_for 10 listens
}
listens() { in_ns a cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000" { found = 1 } END { exit !found }'; }

monitor_end() {
	rm "$T/monitor.pid"
	wait "$monitor" || { cat "$T/events"; fail "monitor"; }
}

send() { udpload -k -t 300 -n "$1" -s 100 a 10.1.0.1 b 10.1.0.2 > "$T/udp" 2>&1; }
gone() { [ "$(sextant -N a sa list)" = '' ]; }
events() { cut -d' ' -f1,2 "$T/events" | tr '\n' ' '; sed -n 's/^sa expired.* limit /limit /p' "$T/events" | tr '\n' ' '; }

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

# A UDP packet of 100 bytes is 108 bytes of payload to the SA.
bytes() {
	one_way soft-bytes 300 hard-bytes 1000 || return
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

seconds() {
	printf 'sa flush\npolicy flush\n' | load a || return
	monitor_start 4 || return
	one_way soft-time 1 hard-time 3 || return
	send 1 || { fail "the first packet was lost"; return; }
	wait_for 20 grep -q 'limit soft' "$T/events" || return
	wait_for 20 gone && monitor_end || return
	same events 'sa added sa expired sa expired sa gone limit soft limit hard ' "$(events)" || return
	refuses send 1
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
check "seconds" seconds
check "in order" in_order
for size in off 32 1024 4096; do
	check "window $size" window $size
done
t_end
