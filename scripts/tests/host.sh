# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# A host b of our own IPv6, for tests that source this behind lib.sh: its addresses and routes, and what rtnetlink tells of them.

set_conf() { echo "$3" | in_ns "$1" tee "/proc/sys/net/ipv6/$2" > /dev/null; }

# hear WHAT…, deaf: what rtnetlink tells of b is in $T/told, from then on.
hear() {
	ip -n b -6 monitor "$@" > "$T/told" 2>&1 &
	echo $! > "$T/monitor.pid"
	wait_for 10 monitor_hears
}
monitor_hears() { ip -n b -6 addr replace fd00:ffff::1/128 dev lo nodad && grep -q 'fd00:ffff::1' "$T/told"; }
deaf() {
	t_pid=$(cat "$T/monitor.pid")
	rm "$T/monitor.pid"
	kill "$t_pid"
	wait "$t_pid"
	true
}
told_of() { grep -Eq "$1" "$T/told"; }
told_not() { cat "$T/told"; seen "not told: $1"; }

# quick MILLISECONDS: between probes for duplicates on vb.
quick() { set_conf b neigh/vb/retrans_time_ms "$1"; }

# is INTERFACE PATTERN: in the line of an address. route_is WORD…: as `ip route show` takes them.
is() { ip -n b -6 addr show dev "$1" | grep -Eq "$2"; }
is_not() { ! is "$1" "$2"; }
route_is() { ip -n b -6 route show "$@" > "$T/routes" 2>&1 && grep -q . "$T/routes"; }
route_is_not() { ! route_is "$@"; }
way_by() { ip -n b -6 route get "$1" | grep -Eq "$2"; }
seen() { ip -n b -6 addr; ip -n b -6 route show table all; fail "$*"; }
