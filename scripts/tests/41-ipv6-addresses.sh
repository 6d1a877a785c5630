#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 90; ipv6 sextant
#
# How an address of our own IPv6 comes into use: with and without a link, kept over it, after duplicates were looked
# for.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them; awk's dollars
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames.sh"
. "$(dirname "$0")/host.sh"

# b: the host; vb is its link, whose other end is the stranger a, without IPv6 of its own; d0 has another one, in b
# itself.
net_host() {
	ns_add a b && set_conf a conf/default/disable_ipv6 1 && wire a va b vb || return
	ip -n b link add d0 type veth peer name d1 && set_conf b conf/d1/disable_ipv6 1 || return
	set_conf b conf/vb/accept_dad 1 && set_conf b conf/vb/router_solicitation_delay 0 || return
	set_conf b icmp/ratelimit 0 || return
	mac_a=$(hex_mac a va) mac_b=$(hex_mac b vb)
}

# Nobody is asked for it, so it needs no link: it is there, told, and found.
without_link() {
	hear address || return
	ip -n b addr add fd00:30::1/64 dev d0 nodad || return
	wait_for 5 told_of '^[0-9]+: d0 .*fd00:30::1/64' || { told_not "it is there"; return; }
	route_is table local fd00:30::1 dev d0 || { seen "no local route"; return; }
	ping_ok b fd00:30::1 || return
	route_is_not fd00:30::/64 dev d0 || { seen "its prefix is routed"; return; }
	ip -n b link set d1 up && ip -n b link set d0 up && wait_for 5 route_is fd00:30::/64 dev d0 || { seen "no prefix"; return; }
	ip -n b link set d0 down && wait_for 5 told_of '^Deleted .*fd00:30::1/64' || { told_not "it went"; return; }
	route_is_not table local fd00:30::1 || seen "the local route is there"
	deaf
}

# keep_addr_on_down: the address stays with its interface, but is nobody's way and no source until that is up again.
kept() {
	set_conf b conf/d0/keep_addr_on_down 1 && ip -n b link set d0 up && ip -n b link set d1 up || return
	ip -n b addr add fd00:30::2/64 dev d0 nodad && ip -n b -6 route add fd00:77::/64 dev vb || return
	way_by fd00:77::1 'src fd00:30::2' || { seen "not even up"; return; }
	ip -n b link set d0 down && is d0 fd00:30::2 || { seen "it went"; return; }
	route_is_not table local fd00:30::2 || { seen "the local route is there"; return; }
	! way_by fd00:77::1 'src fd00:30::2' || { seen "it is a source"; return; }
	is_not d0 'inet6 fe80' || { seen "the link-local one stayed, too"; return; }
	ip -n b link set d0 up && wait_for 5 route_is table local fd00:30::2 && wait_for 5 route_is fd00:30::/64 dev d0 &&
		way_by fd00:77::1 'src fd00:30::2' || { seen "it is not back"; return; }
	# The interface's own word counts more than that of all.
	set_conf b conf/all/keep_addr_on_down 1 && set_conf b conf/d0/keep_addr_on_down -1 && ip -n b link set d0 down || return
	is_not d0 fd00:30::2 || seen "it stayed, against the interface's setting"
	set_conf b conf/all/keep_addr_on_down 0
}

# keep_addr_on_down is about links: where IPv6 is turned off nothing stays, whether it goes then or was kept until then.
turned_off() {
	set_conf b conf/d0/keep_addr_on_down 1 || return
	for t_link in up down; do
		ip -n b link set d0 up && ip -n b addr add fd00:30::3/64 dev d0 nodad && hear address || return
		ip -n b link set d0 "$t_link" && is d0 fd00:30::3 || { seen "not even $t_link"; return; }
		set_conf b conf/d0/disable_ipv6 1 && wait_for 5 told_of '^Deleted .*fd00:30::3/64' || { told_not "it went"; return; }
		deaf
		is_not d0 inet6 || { seen "$t_link: it stayed"; return; }
		set_conf b conf/d0/disable_ipv6 0
	done
	set_conf b conf/d0/keep_addr_on_down 0
}

# What a change says nothing of stays as it is.
metric_stays() {
	ip -n b link set d0 up && ip -n b addr add fd00:30::4/64 dev d0 nodad metric 100 || return
	ip -n b addr change fd00:30::4/64 dev d0 valid_lft 1000 preferred_lft 500 && is d0 'fd00:30::4/64 metric 100 .*dynamic' &&
		route_is fd00:30::/64 dev d0 metric 100 || { seen "another metric"; return; }
	ip -n b addr change fd00:30::4/64 dev d0 metric 200 && route_is fd00:30::/64 dev d0 metric 200 || { seen "not changed"; return; }
	ip -n b addr del fd00:30::4/64 dev d0 && ip -n b link set d0 down
}

# Whatever changes of an address, what is on the link is there all the time: the new route comes before the old one goes.
# changed NEW OLD WORD…: so the address is changed, and these are the routes; "-": none goes.
changed() {
	t_new=$1 t_old=$2
	shift 2
	hear address route && ip -n b addr change "$@" dev d0 && heard_out || return
	grep -E "^$t_new |^Deleted (fd00:3|$t_old )" "$T/told" > "$T/order"
	case $t_old in
	-) refuses grep '^Deleted' "$T/order" ;;
	*) head -n 1 "$T/order" | grep -q "^$t_new " && tail -n 1 "$T/order" | grep -q "^Deleted $t_old " ;;
	esac || { cat "$T/told"; seen "not $t_new, then $t_old"; }
}
never_off_link() {
	ip -n b link set d0 up && ip -n b addr add fd00:34::1/64 dev d0 nodad || return
	changed 'fd00:34::/64 .*metric 200' 'fd00:34::/64 .*metric 256' fd00:34::1/64 metric 200 &&
		changed fd00:34::/56 fd00:34::/64 fd00:34::1/56 metric 200 && changed fd00:34:: - fd00:34::1/56 metric 200 valid_lft 1000 preferred_lft 500 ||
		return
	ip -n b addr add fd00:35::1 peer fd00:35:1::2 dev d0 nodad && changed fd00:35:1::3 fd00:35:1::2 fd00:35::1 peer fd00:35:1::3 || return
	ip -n b addr add fd00:34::2/56 dev d0 nodad metric 200 && changed fd00:34::/64 - fd00:34::2/64 metric 200 || return
	ip -n b addr flush dev d0 scope global && ip -n b link set d0 down
}

# What a router tells of an address's prefix stands when the address goes: with the same route, or one that was there before.
# goes_from METRIC: an address with this metric goes; what is told of its prefix is in $T/order.
goes_from() {
	ip -n b addr add fd00:59::9/64 dev vb nodad metric "$1" && hear address route && ip -n b addr del fd00:59::9/64 dev vb && heard_out || return
	grep -E '^(Deleted )?fd00:59::/64 ' "$T/told" > "$T/order"
	route_is fd00:59::/64 dev vb && grep -q 'expires' "$T/routes" || { seen "the router's word does not count"; return; }
}
word_stands() {
	# It is on the link, and for no addresses.
	t_option=$(prefix fd00005900000000 600 | sed 's/^030440c0/03044080/')
	quick 100 && advertise 01 0 600 "$t_option" && wait_for 10 route_is fd00:59::/64 dev vb || { seen "no prefix"; return; }
	goes_from 256 && same 'told of the same route' '' "$(cat "$T/order")" || return
	goes_from 100 && same 'routes that went' 1 "$(grep -c '^Deleted .* metric 100 ' "$T/order")" && same 'told of both' 1 "$(grep -c . "$T/order")" || return
	# Nor does it matter that the address's own route went by hand.
	ip -n b addr add fd00:59::9/64 dev vb nodad metric 256 && ip -n b -6 route del fd00:59::/64 dev vb &&
		ip -n b addr change fd00:59::9/64 dev vb metric 100 || return
	route_is fd00:59::/64 dev vb metric 256 && route_is fd00:59::/64 dev vb metric 100 || { seen "not both"; return; }
	flush
}

# Another name: what is the interface's goes by that.
renamed() {
	ip -n b link set d1 up && ip -n b link set d0 up && ip -n b addr add fd00:31::1/64 dev d0 nodad && ip -n b link set d0 name d7 || return
	is d7 fd00:31::1 && route_is fd00:31::/64 dev d7 && ping_ok b fd00:31::1 || { seen "not its own any more"; return; }
	files_of d7 && ! file_of d0 && in_ns b grep -q ' d7$' /proc/net/if_inet6 || return
	ip -n b link set d7 name d0 && files_of d0 && ! file_of d7 && ip -n b link set d0 down
}
# files_of INTERFACE: all of them; file_of INTERFACE: any of them.
t_files='/proc/sys/net/ipv6/conf/%/mtu /proc/sys/net/ipv6/neigh/%/retrans_time_ms /proc/net/dev_snmp6/%'
files_of() {
	for t_file in $t_files; do
		in_ns b test -e "${t_file%\%*}$1${t_file#*\%}" || { fail "no ${t_file%\%*}$1"; return; }
	done
}
file_of() {
	for t_file in $t_files; do
		! in_ns b test -e "${t_file%\%*}$1${t_file#*\%}" || { echo "there is ${t_file%\%*}$1"; return 0; }
	done
	return 1
}

# RFC 8200 5: a link that takes less than 1280 bytes is none of IPv6's.
too_narrow() {
	ip -n b link set d0 up && ip -n b addr add fd00:32::1/64 dev d0 nodad || return
	ip -n b link set d0 mtu 1279 && is_not d0 inet6 && route_is_not dev d0 && route_is_not table local fd00:32::1 && ! file_of d0 || {
		seen "1279: something is left"
		return
	}
	ip -n b link set d0 mtu 1280 && wait_for 5 is d0 'inet6 fe80:' && files_of d0 && is_not d0 fd00:32::1 || { seen "1280: it is not back"; return; }
	ip -n b addr add fd00:32::1/64 dev d0 nodad && ping_ok b fd00:32::1 && route_is fd00:32::/64 dev d0 || { seen "1280: of no use"; return; }
	same 'its MTU' 1280 "$(in_ns b cat /proc/sys/net/ipv6/conf/d0/mtu)" || return
	ip -n b link set d0 mtu 1500 && ip -n b link set d0 down
}

# With the address of who is at the other end: that one is the neighbour, and of what prefix is on the link nothing is said.
with_peer() {
	ip -n b addr add fd00:33::1 peer fd00:33:1::2 dev vb nodad && is vb 'fd00:33::1 peer fd00:33:1::2/128' || { seen "not there"; return; }
	route_is fd00:33:1::2 dev vb && route_is table local fd00:33::1 && route_is_not table local fd00:33:1::2 &&
		way_by fd00:33:1::2 'dev vb .*src fd00:33::1' || { seen "other routes"; return; }
	cap_start other a va -d in -e 0x86dd && ip -n b -6 neigh replace fd00:33:1::2 lladdr "$(echo "$mac_a" | sed 's/../&:/g;s/:$//')" dev vb || return
	echo "$(printf 'fd0000330001%019d2 fd00003300000000%015d1' 0 0) 64 58 - 8000000000330001" | frames_of | send_frames &&
		wait_for 5 grep -q '8100....00330001' "$T/other.cap" || { cat "$T/other.cap"; fail "no answer"; return; }
	cap_stop other && ip -n b addr del fd00:33::1 peer fd00:33:1::2 dev vb || return
	route_is_not fd00:33:1::2 && route_is_not fd00:33::1 && route_is_not table local fd00:33::1 || seen "its routes are left"
}

# ::1 goes with its interface and comes back with it.
loopback() {
	ping_ok b ::1 && ip -n b link set lo down && is_not lo inet6 && route_is_not table local ::1 && ping_fails b ::1 || { seen "it is there"; return; }
	ip -n b link set lo up && is lo 'inet6 ::1/128 scope host' && route_is table local ::1 && ping_ok b ::1 || seen "it is not back"
}

# A router that is one no more leaves the groups that it has joined, and no others.
in_group() { in_ns b grep -q 'd0 *ff020000000000000000000000000002' /proc/net/igmp6; }
groups_of_others() {
	ip -n b link set d0 up multicast off && set_conf b conf/d0/forwarding 1 && ip -n b addr add ff02::2/128 dev d0 autojoin && in_group || return
	set_conf b conf/d0/forwarding 0 && in_group || { fail "left, and was not joined"; return; }
	ip -n b link set d0 multicast on && set_conf b conf/d0/forwarding 1 && ip -n b link set d0 multicast off || return
	set_conf b conf/d0/forwarding 0 && in_group || { fail "left twice"; return; }
	ip -n b addr del ff02::2/128 dev d0 && ! in_group || { fail "not left, and was joined"; return; }
	ip -n b link set d0 down multicast on
}

errors() { in_ns b awk '$1 == "Icmp6InErrors" { print $2 }' /proc/net/snmp6; }
own_probes() { refusal_count b nd-own-probe; }
# sought FILE TARGET: the probes for it, from a capture.
sought() {
	awk -v target="$2" 'substr($0, 45, 32) == "00000000000000000000000000000000" && substr($0, 109, 2) == "87" &&
		substr($0, 125, 32) == target' "$1"
}
sought_are() { [ "$(sought "$1" "$2" | grep -c .)" -eq "$3" ]; }

# RFC 7527 4.2 and 4.1: the first probe comes back when the second is out, and is known nonetheless; three more follow.
late_loop() {
	quick 2000 && set_conf b conf/vb/dad_transmits 2 && cap_start late a va -d in -e 0x86dd || return
	ip -n b addr add fd00:40::1/64 dev vb && wait_for 10 sought_are "$T/late.cap" "$looped" 2 || return
	sought "$T/late.cap" "$looped" | head -n 1 | send_frames && quick 100 || return
	wait_for 10 sure vb fd00:40::1 || { seen "it is not used"; return; }
	set_conf b conf/vb/dad_transmits 1
	cap_stop late && sought_are "$T/late.cap" "$looped" 5 || { sought "$T/late.cap" "$looped"; fail "not five probes"; return; }
	flush
}
looped=fd000040000000000000000000000001

# While probes come back the address is neither taken nor used; each has another nonce. It is told in the log, and
# counted.
looping() {
	t_errors=$(errors) t_probes=$(own_probes)
	quick 100 && reflect same && ip -n b addr add fd00:40::2/64 dev vb && wait_for 20 probes_from 8 || return
	is vb 'fd00:40::2/64 .*tentative' && is_not vb dadfailed || { seen "not in doubt"; return; }
	reflect_end
	wait_for 10 sure vb fd00:40::2 || { seen "it is not used"; return; }
	same 'one nonce each' "$(probes)" "$(awk 'NF > 1 { print $2 }' "$T/probes" | sort -u | grep -c .)" || return
	[ "$(errors)" -ge $((t_errors + 7)) ] || { fail "not counted"; return; }
	same 'own probes' $(($(errors) - t_errors)) $(($(own_probes) - t_probes)) || return
	dmesg | grep -q 'vb: the link loops, a probe for fd00:40::2 came back' || { fail "not in the log"; return; }
	flush
}
# Another node that probes is one, also while the link loops.
taken() {
	quick 1000 && reflect other 1 && ip -n b addr add fd00:40::3/64 dev vb && wait_for 10 is vb 'fd00:40::3/64 .*dadfailed' || {
		seen "it is not failed"
		return
	}
	reflect_end
	route_is_not table local fd00:40::3 || { seen "it has its route"; return; }
	flush
}

# RFC 4862 5.4.2: the group is told right before the first probe, after a random time, and is heard until then.
report_of() { awk -v group="ff0200000000000000000001ff$2" 'substr($0, 41, 2) == "00" && index(substr($0, 109), group)' "$1"; }
delayed() {
	quick 100 && set_conf b conf/vb/router_solicitation_delay 86400 && cap_start delayed a va -d in -e 0x86dd || return
	ip -n b addr add fd00:40::6/64 dev vb && in_ns b grep -q 'vb *ff0200000000000000000001ff000006' /proc/net/igmp6 || {
		in_ns b cat /proc/net/igmp6
		fail "not heard"
		return
	}
	echo "$nobody ff0200000000000000000001ff000006 255 58 - 8700000000000000fd000040000000000000000000000006" | frames_of | send_frames
	wait_for 5 is vb 'fd00:40::6/64 .*dadfailed' || { seen "it is not failed"; return; }
	set_conf b conf/vb/router_solicitation_delay 1 && ip -n b addr add fd00:40::7/64 dev vb && wait_for 10 sure vb fd00:40::7 || return
	set_conf b conf/vb/router_solicitation_delay 0
	cap_stop delayed && [ -z "$(report_of "$T/delayed.cap" 000006)" ] || { cat "$T/delayed.cap"; fail "told before its time"; return; }
	report_of "$T/delayed.cap" 000007 | head -n 1 > "$T/first"
	sought "$T/delayed.cap" fd000040000000000000000000000007 | head -n 1 >> "$T/first"
	grep -nFf "$T/first" "$T/delayed.cap" | head -n 1 | grep -qF "$(head -n 1 "$T/first")" || { cat "$T/delayed.cap"; fail "told after it"; return; }
	flush
}
nobody=00000000000000000000000000000000

# RFC 4862 5.4.5: with accept_dad 2 IPv6 is disabled where another node has the address by our hardware address.
disabled_is() { same disable_ipv6 "$1" "$(in_ns b cat /proc/sys/net/ipv6/conf/vb/disable_ipv6)"; }
again() { ip -n b link set vb down && ip -n b link set vb up; }
hardware_address() {
	quick 1000 && reflect other && again && wait_for 10 is vb 'fe80::.*dadfailed' && disabled_is 0 || { seen "with accept_dad 1"; return; }
	set_conf b conf/vb/accept_dad 2 && again && wait_for 10 disabled_is 1 && is_not vb inet6 || { seen "with accept_dad 2"; return; }
	reflect_end
	quick 100 && set_conf b conf/vb/accept_dad 1 && set_conf b conf/vb/disable_ipv6 0 && wait_for 10 sure vb fe80:
}

# ndisc_notify: neighbours are told of a new address; without it they are not.
notified() {
	quick 100 && cap_start notified a va -d in -e 0x86dd && ip -n b addr add fd00:40::4/64 dev vb && wait_for 10 sure vb fd00:40::4 || return
	set_conf b conf/vb/ndisc_notify 1 && ip -n b addr add fd00:40::5/64 dev vb && wait_for 10 sure vb fd00:40::5 || return
	wait_for 10 grep -q "${all_nodes}8800....20000000fd0000400000000000000000000000050201$mac_b" "$T/notified.cap" || {
		cat "$T/notified.cap"
		fail "nothing is said"
		return
	}
	cap_stop notified || return
	! grep "8800............fd000040000000000000000000000004" "$T/notified.cap" || { fail "nobody wanted that"; return; }
	set_conf b conf/vb/ndisc_notify 0 && flush
}

# RFC 4861 7.2.6: and of where an address is now, if it is elsewhere on the link.
moved_to() { ip -n b link set vb address "02:00:00:00:41:$1"; }
says_now() { grep -Eq "^333300000001020000004102.*${all_nodes}8800....20000000$1.*0201020000004102" "$T/moved.cap"; }
moved() {
	quick 100 && ip -n b addr add fd00:40::8/64 dev vb && wait_for 10 sure vb fd00:40::8 && cap_start moved a va -d in -e 0x86dd || return
	t_mac=$(ip -n b link show dev vb | awk '$1 == "link/ether" { print $2 }')
	moved_to 01 && set_conf b conf/vb/ndisc_notify 1 && moved_to 02 || return
	wait_for 10 says_now fd000040000000000000000000000008 && wait_for 10 says_now fe80 || { cat "$T/moved.cap"; fail "nothing is said"; return; }
	cap_stop moved || return
	! grep '8800.*0201020000004101' "$T/moved.cap" || { fail "nobody wanted that"; return; }
	set_conf b conf/vb/ndisc_notify 0 && ip -n b link set vb address "$t_mac" && flush
}

# optimist PREFIX: a router whose link-layer address is known tells it, and the host has an optimistic address of it. In
# $address and, in hexadecimal, in $ADDRESS.
optimist() {
	advertise 01 0 600 "$(prefix "fd00$(printf %04x "0x$1")00000000" 600)" && wait_for 5 is vb "inet6 fd00:$1:.* optimistic" || {
		seen "not optimistic"
		return
	}
	address=$(address_of "fd00:$1:") ADDRESS=fd00$(printf %04x "0x$1")00000000$(iid_of "$mac_b")
}
still() { is vb "inet6 $1.* optimistic" || seen "it took too long"; }

# It is of use at once, and who asks where it is learns that without losing what he knows (RFC 4429 3.3).
optimistic() {
	set_conf b conf/vb/optimistic_dad 1 && quick 20000 && cap_start first a va -d in -e 0x86dd && optimist 51 || return
	echo "fd000099000000000000000000000001 $ADDRESS 64 58 - 8000000000510001" | frames_of | send_frames &&
		wait_for 5 grep -q "${ADDRESS}fd0000990000000000000000000000018100....00510001" "$T/first.cap" || {
		seen "no answer"
		return
	}
	echo "$LA ff0200000000000000000001ff$(echo "$ADDRESS" | sed 's/.*\(......\)$/\1/') 255 58 - 8700000000000000${ADDRESS}0101$mac_a" |
		frames_of | send_frames && wait_for 5 grep -q "${ADDRESS}${LA}8800....40000000$ADDRESS" "$T/first.cap" || {
		cat "$T/first.cap"
		seen "not told where it is"
		return
	}
	still fd00:51: && cap_stop first
}
LA=fe80000000000000000000000000000a

# Nobody is asked for a neighbour: the router takes the packet (3.2).
by_router() {
	cap_start way a va -d in -e 0x86dd || return
	in_ns b ping -c 1 -W 1 -I "$address" fd00:51::77 > "$T/ping" 2>&1
	still fd00:51: && wait_for 5 grep -q "^$mac_a$mac_b.*${ADDRESS}fd0000510000000000000000000000778000" "$T/way.cap" || {
		cat "$T/way.cap"
		fail "not sent to the router"
		return
	}
	cap_stop way && ! asked_for fd000051000000000000000000000077 "$T/way.cap" || fail "a neighbour is asked for"
}
asked_for() { grep "8700............$1" "$2"; }

# It is chosen as a source only if use_optimistic says so.
as_source() {
	way_by fd00:99::1 'src fe80:' && set_conf b conf/vb/use_optimistic 1 && way_by fd00:99::1 "src $address" || {
		ip -n b -6 route get fd00:99::1
		fail "another source"
		return
	}
	set_conf b conf/vb/use_optimistic 0 && still fd00:51: && flush
}

# Without a router the packet waits, and the first that is sent for it is from the address that is in no doubt any more.
waits() {
	quick 8000 && optimist 52 && quick 100 && advertise 01 0 0 && wait_for 5 route_is_not default && still fd00:52: || return
	cap_start way a va -d in -e 0x86dd || return
	in_ns b ping -c 1 -W 20 -I "$address" fd00:52::77 > "$T/ping" 2>&1 &
	t_ping=$!
	wait_for 20 asked_for fd000052000000000000000000000077 "$T/way.cap" || { fail "it never went"; return; }
	kill "$t_ping"
	wait "$t_ping"
	cap_stop way && asked_for fd000052000000000000000000000077 "$T/way.cap" | head -n 1 | grep -q "3aff$ADDRESS" || {
		cat "$T/way.cap"
		fail "asked for from another address"
		return
	}
	flush
}

# 3.2, 3.3: not where the router's link-layer address is not known.
router_unknown() {
	quick 20000 && echo "fe800000000000000000000000000003 $all_nodes 255 58 - 8600000040000258$(zeros 8)$(prefix fd00005300000000 600)" |
		frames_of | send_frames && wait_for 5 is vb 'inet6 fd00:53:.* tentative' || { seen "none"; return; }
	route_is default via fe80::3 && is_not vb optimistic || { seen "it is optimistic"; return; }
	flush && advertise 03 0 0
}

# RFC 9131: routers are told at once, and nothing is overridden. Another node has it: it is of no use any more.
announced() {
	quick 20000 && set_conf b conf/vb/ndisc_notify 1 && cap_start first a va -d in -e 0x86dd && optimist 54 || return
	wait_for 5 grep -q "ff0200000000000000000000000000028800....00000000${ADDRESS}0201$mac_b" "$T/first.cap" || {
		cat "$T/first.cap"
		fail "not announced"
		return
	}
	cap_stop first && still fd00:54: && set_conf b conf/vb/ndisc_notify 0 && flush
}
optimistic_taken() {
	quick 2000 && reflect other 1 && optimist_or_not 55 && wait_for 10 is vb 'inet6 fd00:55:.*dadfailed' || { seen "it is not failed"; return; }
	reflect_end
	route_is_not table local root fd00:55::/64 && is_not vb optimistic || { seen "it is used"; return; }
	flush
}
optimist_or_not() { advertise 01 0 600 "$(prefix "fd00$(printf %04x "0x$1")00000000" 600)"; }

# RFC 4862 5.4: nobody hears a probe while the link is away, so what is probed for then, or was when it went, waits for it.
# d0 has its link, and shows how long a probe takes.
unheard() {
	quick 1500 && set_conf b neigh/d0/retrans_time_ms 1500 && set_conf b conf/d0/accept_dad 1 && ip -n b link set d0 up || return
	ip -n b addr add fd00:56::1/64 dev vb && ip -n a link set va down && wait_for 5 no_carrier || return
	ip -n b addr add fd00:57::1/64 dev vb && ip -n b addr add fd00:58::1/64 dev d0 && wait_for 10 sure d0 fd00:58::1 || return
	is vb 'fd00:56::1/64 .*tentative' || { seen "its probe was under way when the link went: it is used"; return; }
	is vb 'fd00:57::1/64 .*tentative' || { seen "it came while there was no link: it is used"; return; }
	ip -n a link set va up && wait_for 10 sure vb fd00:56::1 && wait_for 10 sure vb fd00:57::1 || { seen "not with the link again"; return; }
	quick 100 && flush && ip -n b link set d0 down
}
no_carrier() { ip -n b link show dev vb | grep -Eq 'state (LOWERLAYER)?DOWN'; }

# down_with NUMBER ROUNDS: as many addresses, each of a prefix of its own, go with their interface, in each of those rounds:
# sets $took, in hundredths of a second, the shortest time.
down_with() {
	awk -v n="$1" 'BEGIN { while (n--) printf "addr add fd00:100:0:%x::1/64 dev e0 nodad\n", n }' > "$T/many"
	took=1000000
	for _ in $2; do
		ip -n b link set e0 up && ip -n b -batch "$T/many" || return
		read -r t_from _ < /proc/uptime
		ip -n b link set e0 down || return
		read -r t_to _ < /proc/uptime
		t_took=$((${t_to%.*}${t_to#*.} - ${t_from%.*}${t_from#*.}))
		[ "$t_took" -ge "$took" ] || took=$t_took
	done
}
# Everybody waits while it goes: four times the addresses must not take 16 times as long, the first time or the second.
many() {
	ip -n b link add e0 type dummy && down_with 750 '1 2' && few=$took && down_with 3000 1 || return
	[ "$took" -le $((few * 4 + 5)) ] || down_with 3000 1 || return
	ip -n b link del e0
	[ "$took" -le $((few * 4 + 5)) ] || fail "750 addresses: $few hundredths of a second, 3000: $took"
}

must net_host
check usable-without-link without_link
check kept-while-down kept
check none-kept-where-ipv6-is-off turned_off
check metric-stays metric_stays
check never-off-the-link never_off_link
check name-that-changes renamed
check link-that-is-too-narrow too_narrow
check peer-at-the-other-end with_peer
check loopback-goes-and-comes-back loopback
check groups-of-others-stay groups_of_others
check probe-that-comes-back-late late_loop
check looping-link looping
check no-link-no-answer unheard
check another-node-probes taken
check group-told-with-the-first-probe delayed
check another-has-our-hardware-address hardware_address
check neighbours-are-told notified
check neighbours-are-told-of-another-place moved
check word-of-a-router-stands word_stands
check optimistic-at-once optimistic
check optimistic-by-the-router by_router
check optimistic-as-source as_source
check optimistic-packet-waits waits
check optimistic-needs-a-router router_unknown
check optimistic-announced announced
check optimistic-and-taken optimistic_taken
check many-go-quickly many
ns_del a b
t_end
