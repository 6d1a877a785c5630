#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 90; smp 2
#
# Namespaces go with their SAs, policies, an open transaction, and packets on the way, 3 times (60 with SXT_LONG=1); a
# new one of the same name is empty, and the modules can be taken out while one goes.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

rounds=3
[ "${SXT_LONG-}" != 1 ] || rounds=60
low='nice -n 19'
command -v nice > /dev/null || low=

put_in_all() {
	for module in key esp policy netlink; do
		insmod "$SXT_MODULES/sextant_$module.ko" || return
	done
}
take_out_all() {
	for module in netlink policy esp key; do
		rmmod "sextant_$module" || return
	done
}

flows() { [ "$(stat b in-packets)" -ge 20 ]; }

# with_traffic MODE OUTER INNER: protected packets go to and fro.
with_traffic() {
	net_two || return
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	$low udpload -k -m pingpong -n 100000000 -t 20 a "$from" b "$to" > /dev/null 2>&1 &
	echo $! > "$T/traffic.pid"
	wait_for 60 flows
}

stop_traffic() {
	kill "$(cat "$T/traffic.pid")" && rm "$T/traffic.pid"
}

one_round() {
	case $(($1 % 3)) in
	0) with_traffic transport 4 4 ;;
	1) with_traffic tunnel 6 4 ;;
	2) with_traffic tunnel 4 6 ;;
	esac || return
	# The last user of the namespaces is the traffic itself.
	ip netns del a && ip netns del b || return
	stop_traffic
}

empty() {
	net_two || return
	for ns in a b; do
		same "SAs in $ns" 0 "$(stat "$ns" sas)" && same "policies in $ns" 0 "$(stat "$ns" policies)" || return
	done
	no_drops a b
}

# The wire is taken away under traffic, then the namespaces.
device_goes() {
	with_traffic tunnel 6 6 || return
	ip -n a link del va || return
	ip netns del b || return
	stop_traffic
	ip netns del a
}

# A gateway goes while it forwards, and has to wait for its turn: b, which has no SA, gets nothing in clear.
forwards() { [ "$(stat a out-packets)" -ge 20 ]; }
gateway_goes() {
	net_three && gateway 4 4 && clear_all b || return
	udprecv b 4001 > "$T/got" 2>&1 &
	echo $! > "$T/udprecv.pid"
	wait_for 10 grep -q ready "$T/got" || return
	: > "$T/got"
	awk 'BEGIN { while (1) print "4500002000000000401100000a0a01020a1400010fa10fa1000c000001020304" }' 2> /dev/null |
		rawsend -m ip c > /dev/null 2>&1 &
	echo $! > "$T/traffic.pid"
	while ip link add busy type dummy && ip link del busy; do :; done &
	echo $! > "$T/busy.pid"
	wait_for 20 forwards && ip netns del a && wait_for 20 refuses ip -n b link show vb || return
	kill "$(cat "$T/busy.pid")" && rm "$T/busy.pid" && stop_traffic && kill "$(cat "$T/udprecv.pid")" && rm "$T/udprecv.pid" || return
	same "bytes in clear" 0 "$(wc -c < "$T/got")"
}

# Modules and namespaces go at once.
both_go() {
	with_traffic transport 6 6 || return
	ip netns del a && ip netns del b || return
	stop_traffic || return
	take_out_all && put_in_all
}

check "namespace-exit-$rounds-times" many_rounds "$rounds" one_round
check namespace-exit-leaves-nothing empty
check namespace-exit-device-first device_goes
check namespace-exit-never-in-clear gateway_goes
check namespace-exit-and-unload both_go
check namespace-exit-ends empty
t_end
