#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug sparc64-plain sparc64-debug-long; limit 200; smp 2
#
# The modules are taken out under SAs, policies and traffic in both directions, in each order that their dependencies
# allow, 4 times (2 on the debug kernel, 100 with SXT_LONG=1), and nothing of them stays: no module, no hook, no protocol number.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

low='nice -n 19'
command -v nice > /dev/null || low=

# On the debug kernel a round takes a quarter of a minute. In a short run traffic leaves the processors time for all else.
rounds=4 pause=5
[ "$SXT_FLAVOR" = plain ] || rounds=2 pause=10
! in_full || rounds=100 pause=1

# Both families and both modes at once.
protect() {
	for side in a b; do
		if [ "$side" = a ]; then to=out from=in; else to=in from=out; fi
		load "$side" <<-END || return
			$(sa_line "$to" 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
			$(sa_line "$from" 0x1002 10.1.0.2 10.1.0.1 transport aes-gcm-128)
			$(sa_line "$to" 0x2001 fd00:1::1 fd00:1::2 transport aes-cbc-128-hmac-sha256)
			$(sa_line "$from" 0x2002 fd00:1::2 fd00:1::1 transport aes-cbc-128-hmac-sha256)
			$(sa_line "$to" 0x3001 fd00:1::1 fd00:1::2 tunnel chacha20-poly1305 esn)
			$(sa_line "$from" 0x3002 fd00:1::2 fd00:1::1 tunnel chacha20-poly1305 esn)
			policy add dir $to prio 10 src 10.1.0.1 dst 10.1.0.2 action protect esp transport
			policy add dir $from prio 10 src 10.1.0.2 dst 10.1.0.1 action protect esp transport
			policy add dir $to prio 10 src fd00:1::1 dst fd00:1::2 action protect esp transport
			policy add dir $from prio 10 src fd00:1::2 dst fd00:1::1 action protect esp transport
			policy add dir $to prio 10 src 10.10.0.1 dst 10.20.0.1 action protect esp tunnel fd00:1::1 fd00:1::2
			policy add dir $from prio 10 src 10.20.0.1 dst 10.10.0.1 action protect esp tunnel fd00:1::2 fd00:1::1
		END
	done
}

# traffic NUMBER ADDRESS-A ADDRESS-B: datagrams to and fro for as long as the test lasts, with pauses of milliseconds, as it
# would take all of a processor otherwise, and so half of the emulator.
traffic() {
	$low udpload -k -m pingpong -n 100000000 -t 20 -i "$pause" -p "$((41000 + $1)),$((42000 + $1))" a "$2" b "$3" \
		> "$T/traffic$1" 2>&1 &
	echo $! > "$T/traffic$1.pid"
}

# Also where the traffic has ended, which it never does by itself, it says so.
flows() {
	for flow in 1 2 3; do
		kill -0 "$(cat "$T/traffic$flow.pid")" || { fail "traffic $flow: $(cat "$T/traffic$flow")"; return; }
	done
	[ "$(stat "$1" in-packets)" -ge 30 ] && [ "$(stat "$1" out-packets)" -ge 30 ]
}

# IPv6 itself may be the suite's, too.
left() { grep '^sextant_' /proc/modules | grep -v '^sextant_ipv6'; }
loaded() { left > /dev/null; }

put_in() {
	for module in key esp policy netlink; do
		insmod "$SXT_MODULES/sextant_$module.ko" || return
	done
}

# take_out MODULE…: in this order.
take_out() {
	for module in "$@"; do
		rmmod "sextant_$module" || return
	done
	if loaded; then
		fail "still there: $(left)"
	fi
}

one_round() {
	loaded || put_in || return
	protect || return
	wait_for 60 flows a || return
	wait_for 60 flows b || return
	case $(($1 % 4)) in
	0) take_out netlink policy esp key ;;
	1) take_out esp netlink policy key ;;
	2) take_out netlink esp policy key ;;
	3) take_out esp policy netlink key || take_out netlink policy key ;;
	esac
}

# Protocol 50 is free for whoever wants it. Where it isn't, a refused esp4 stays in the kernel's list of handlers, and the
# next try is the guest's end: no result of this test would be seen.
protocol_free() {
	! loaded || { fail "the modules are still there"; return; }
	modprobe esp4 || return
	rmmod esp4
}

# With the policies gone the same hosts talk in clear.
clear_again() {
	ping_ok a 10.1.0.2 && ping_ok a fd00:1::2 && ping_ok a 10.20.0.1 -I 10.10.0.1
}

must net_two
traffic 1 10.1.0.1 10.1.0.2
traffic 2 fd00:1::1 fd00:1::2
traffic 3 10.10.0.1 10.20.0.1
check "unload-under-traffic-$rounds-times" many_rounds "$rounds" one_round
check unload-leaves-protocol-50-free protocol_free
check unload-leaves-clear-traffic clear_again
check load-again put_in
check load-again-works one_round 0
check load-once-more put_in
t_end
