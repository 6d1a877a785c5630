# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# A host b of our own IPv6, for tests that source this behind lib.sh: its addresses and routes, and what rtnetlink tells
# of them.

set_conf() {
	in_ns "$1" tee "/proc/sys/net/ipv6/$2" > /dev/null <<-END
		$3
	END
}

# hear WHAT…, deaf: what rtnetlink tells of b is in $T/told, from then on.
hear() {
	ip -n b -6 monitor "$@" > "$T/told" 2>&1 &
	echo $! > "$T/monitor.pid"
	wait_for 10 monitor_hears
}
monitor_hears() { ip -n b -6 addr replace fd00:ffff::1/128 dev lo nodad && grep -q 'fd00:ffff::1' "$T/told"; }
deaf() {
	read -r t_pid < "$T/monitor.pid"
	: > "$T/monitor.pid"
	kill "$t_pid"
	wait "$t_pid"
	ip -n b addr del fd00:ffff::1/128 dev lo
}
# heard_out: and that is all that was told until now.
heard_out() {
	ip -n b -6 route add blackhole fd00:fffe::/64 && wait_for 10 told_of '^blackhole fd00:fffe::/64' &&
		ip -n b -6 route del blackhole fd00:fffe::/64 && deaf
}
told_of() { grep -Eq "$1" "$T/told"; }
told_not() { cat "$T/told"; seen "not told: $1"; }

# sure INTERFACE ADDRESS: it is there, and in no doubt.
sure() { is "$1" "inet6 $2" && is_not "$1" "inet6 $2.* tentative"; }
# address_of PREFIX: the first on vb. valid_from PREFIX SECONDS: it is valid for so long at least.
address_of() { ip -n b -6 addr show dev vb | sed -n "s/.*inet6 \($1[^/]*\).*/\1/p" | head -n 1; }
valid_from() {
	t_valid=$(ip -n b -6 addr show dev vb | grep -A 1 "inet6 $1" | sed -n 's/.*valid_lft \([0-9]*\)sec.*/\1/p')
	[ "${t_valid:-0}" -ge "$2" ]
}
# flush: vb has no address but the link-local one.
flush() { ip -n b -6 addr flush dev vb scope global; }

# iid_of MAC: the interface identifier by EUI-64.
iid_of() { printf '%02x%s' $((0x${1%??????????} ^ 2)) "$(echo "$1" | sed 's/^..\(....\)\(......\)/\1fffe\2/')"; }

# quick MILLISECONDS: between probes for duplicates on vb.
quick() { set_conf b neigh/vb/retrans_time_ms "$1"; }

# is INTERFACE PATTERN: in the line of an address. route_is WORD…: as `ip route show` takes them.
is() { ip -n b -6 addr show dev "$1" | grep -Eq "$2"; }
is_not() { ! is "$1" "$2"; }
route_is() { ip -n b -6 route show "$@" > "$T/routes" 2>&1 && grep -q . "$T/routes"; }
route_is_not() { ! route_is "$@"; }
way_by() { ip -n b -6 route get "$1" | grep -Eq "$2"; }
seen() { ip -n b -6 addr; ip -n b -6 route show table all; fail "$*"; }

# reflect same|other [NUMBER [TARGET]]: what b probes for on vb comes back to it, as it is or as if another node did the
# same, with another nonce: its words in another order, which leaves the checksum right. That often, or with 0 always;
# only for targets of that pattern. reflect_end ends that. $T/probes has each probe: target and nonce.
reflect() {
	[ ! -e "$T/loop" ] || reflect_end
	mkfifo "$T/loop"
	: > "$T/probes"
	capture -d in -e 0x86dd a va > "$T/loop" 2> "$T/loop.err" &
	echo $! > "$T/loop.pid"
	awk -v how="$1" -v most="${2-0}" -v only="${3-.}" -v list="$T/probes" '
	/^ready/ { print > list; fflush(list); next }
	substr($0, 41, 4) substr($0, 45, 32) == "3aff00000000000000000000000000000000" && substr($0, 109, 4) == "8700" {
		target = substr($0, 125, 32)
		if (target !~ only)
			next
		print target, substr($0, 161, 12) > list
		fflush(list)
		if (most > 0 && ++sent > most)
			next
		if (how == "other")
			$0 = substr($0, 1, 160) substr($0, 165, 8) substr($0, 161, 4)
		print
		fflush()
	}' < "$T/loop" | rawsend -m eth -i va a > "$T/loop.sent" 2>&1 &
	t_reflected=$!
	wait_for 10 grep -q ready "$T/probes"
}
reflect_end() {
	read -r t_pid < "$T/loop.pid"
	rm "$T/loop.pid" "$T/loop"
	kill "$t_pid"
	wait "$t_pid" "$t_reflected"
	true
}
# probes: how many. targets: of how many addresses.
probes() { grep -c ' ' "$T/probes"; }
probes_from() { [ "$(probes)" -ge "$1" ]; }
targets() { awk 'NF > 1 && !seen[$1]++ { n++ } END { print n + 0 }' "$T/probes"; }
