#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120; ipv6 sextant
#
# How addresses of our own IPv6 end, and what comes after them: lifetimes that are over, temporary addresses renewed in
# time, taken ones replaced by others, all of an interface that moves into another namespace.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them; awk's dollars
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames.sh"
. "$(dirname "$0")/host.sh"

# b: the host; vb is its link, whose other end is the stranger a, without IPv6 of its own.
net_host() {
	ns_add a b && set_conf a conf/default/disable_ipv6 1 && wire a va b vb || return
	set_conf b conf/vb/accept_dad 1 && set_conf b conf/vb/router_solicitation_delay 0 && quick 100 || return
	set_conf b conf/vb/accept_ra_rt_info_max_plen 64 || return
	mac_a=$(hex_mac a va) mac_b=$(hex_mac b vb)
}

# A lifetime ends without a word of a router: address, prefix, default route, route, each told.
told_ends() {
	hear address route || return
	advertise 01 0 3 "$(prefix fd00004200000000 3)" 1802400000000003fd00006600000000 || return
	wait_for 5 is vb 'inet6 fd00:42::.* dynamic' && wait_for 5 route_is default via fe80::1 &&
		route_is fd00:42::/64 dev vb || { seen "not even there"; return; }
	wait_for 10 is_not vb 'inet6 fd00:42::' || { seen "the address is there"; return; }
	wait_for 10 route_is_not default && wait_for 10 route_is_not fd00:42::/64 &&
		wait_for 10 route_is_not fd00:66::/64 || { seen "the routes are there"; return; }
	route_is_not table local dev vb root fd00:42::/64 || { seen "the local route is there"; return; }
	for t_end_of in 'vb .*inet6 fd00:42::' 'local fd00:42::' 'default via fe80::1' 'fd00:42::/64' 'fd00:66::/64'; do
		wait_for 5 told_of "^Deleted .*$t_end_of" || { told_not "$t_end_of"; return; }
	done
	deaf
}
# The same of one that was typed, with its prefix; its preferred lifetime ends before.
typed_ends() {
	hear address || return
	ip -n b addr add fd00:43::1/64 dev vb nodad valid_lft 4 preferred_lft 1 && is vb 'fd00:43::1/64 .*dynamic' || { seen "not even there"; return; }
	route_is fd00:43::/64 dev vb || { seen "no prefix"; return; }
	wait_for 5 is vb 'fd00:43::1/64 .*deprecated' || { seen "it is not deprecated"; return; }
	wait_for 10 told_of '^[0-9]+: vb .*fd00:43::1/64 .*deprecated' || { told_not deprecated; return; }
	wait_for 10 is_not vb fd00:43::1 || { seen "it is there"; return; }
	wait_for 5 told_of '^Deleted .*fd00:43::1/64' || { told_not "it went"; return; }
	route_is_not fd00:43::/64 || seen "its prefix is there"
	deaf
}

# IFA_PROTO is what user space says, 0 by such a change: routers are heard all the same.
changed_by_hand() {
	advertise 01 0 0 "$(prefix fd00004700000000 600)" && wait_for 5 is vb 'inet6 fd00:47::' || { seen "none"; return; }
	ip -n b addr change "$(address_of fd00:47:)/64" dev vb valid_lft 500 preferred_lft 400 || return
	advertise 01 0 0 "$(prefix fd00004700000000 9000)" && wait_for 5 valid_from fd00:47: 8900 || seen "the router is not heard"
}
# Whoever makes it permanent has it for himself: its prefix comes with it, no router changes it, and it takes its prefix along.
made_permanent() {
	advertise 01 0 0 "$(not_on_link fd00005100000000)" && wait_for 5 is vb 'inet6 fd00:51::' || { seen "none"; return; }
	route_is_not fd00:51::/64 dev vb && ip -n b addr replace "$(address_of fd00:51:)/64" dev vb || { seen "its prefix is routed"; return; }
	route_is fd00:51::/64 dev vb || { seen "no prefix"; return; }
	advertise 01 0 0 "$(not_on_link fd00005100000000)" "$(not_on_link fd00005200000000)" && wait_for 5 is vb 'inet6 fd00:52::' || return
	is vb 'inet6 fd00:51::' && is_not vb 'inet6 fd00:51::.*dynamic' || { seen "a router has a say in it"; return; }
	flush && route_is_not fd00:51::/64 || seen "its prefix is left"
}
# not_on_link PREFIX: as an option, for addresses alone.
not_on_link() { prefix "$1" 600 | sed 's/^030440c0/03044040/'; }
# kernel_ra by user space, which ip(8) of Debian 12 does not know; where there is no Python nobody says it.
said_kernel_ra() {
	in_ns b python3 - "$(index_of vb)" <<-'END' || return
		import socket, struct, sys
		addr = socket.inet_pton(socket.AF_INET6, "fd00:46::1")
		body = struct.pack("BBBBI", socket.AF_INET6, 64, 2, 0, int(sys.argv[1], 0))
		body += struct.pack("HH", 20, 2) + addr + struct.pack("HHB3x", 5, 11, 2)
		s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
		s.send(struct.pack("IHHII", 16 + len(body), 20, 0x605, 1, 0) + body)
		sys.exit(-struct.unpack_from("i", s.recv(4096), 16)[0])
	END
	route_is fd00:46::/64 dev vb || { seen "no prefix"; return; }
	ip -n b addr del fd00:46::1/64 dev vb && route_is_not fd00:46::/64 || seen "its prefix is left"
}
index_of() { in_ns b awk -v dev="$1" '$6 == dev { print "0x" $2; exit }' /proc/net/if_inet6; }

# Temporary addresses go with the one that they are for, and when it wants none any more.
temporary() { is vb "inet6 $1.* temporary"; }
temporary_not() { ! temporary "$1"; }
temporary_goes() {
	set_conf b conf/vb/use_tempaddr 1 && ip -n b addr add fd00:44::1/64 dev vb mngtmpaddr &&
		ip -n b addr add fd00:45::1/64 dev vb mngtmpaddr || return
	wait_for 5 temporary fd00:44: && wait_for 5 temporary fd00:45: || { seen "none"; return; }
	ip -n b addr del fd00:44::1/64 dev vb && temporary_not fd00:44: || { seen "it outlives its address"; return; }
	temporary fd00:45: || { seen "another's went along"; return; }
	ip -n b addr change fd00:45::1/64 dev vb && temporary_not fd00:45: || { seen "nobody wants it any more"; return; }
	is vb fd00:45::1 && ip -n b addr del fd00:45::1/64 dev vb
}
# Two of one prefix share it.
temporary_shared() {
	ip -n b addr add fd00:44::1/64 dev vb mngtmpaddr && ip -n b addr add fd00:44::2/64 dev vb mngtmpaddr &&
		wait_for 5 temporary fd00:44: && ip -n b addr del fd00:44::1/64 dev vb || return
	temporary fd00:44: || { seen "it went"; return; }
	ip -n b addr del fd00:44::2/64 dev vb && temporary_not fd00:44: || seen "it is left"
}

# They are not kept when the interface goes down, and made anew for one that was, however long that took: what looks after
# them comes by in less than four seconds.
temporary_again() {
	set_conf b conf/vb/keep_addr_on_down 1 && ip -n b addr add fd00:44::3/64 dev vb nodad mngtmpaddr && wait_for 5 temporary fd00:44: || return
	ip -n b link set vb down && temporary_not fd00:44: && is vb fd00:44::3 || { seen "another is kept"; return; }
	uptime
	t_since=$t_now
	wait_for 10 four_seconds && ip -n b link set vb up || return
	wait_for 5 temporary fd00:44: || { seen "none was made anew"; return; }
	set_conf b conf/vb/keep_addr_on_down 0 && carries && flush
}
four_seconds() { [ "$t_now" -gt $((t_since + 4)) ]; }

# RFC 8981 3.8: how much sooner one ends than it could is its own.
temporary_apart() {
	set_conf b conf/vb/max_desync_factor 0 && optioned fd00004600000000 200000 && wait_for 5 temporary fd00:46: || return
	preferred_from fd00:46: 86000 || { seen "the first"; return; }
	set_conf b conf/vb/max_desync_factor 80000 && optioned fd00004700000000 200000 && wait_for 5 temporary fd00:47: || return
	optioned fd00004600000000 300000 && wait_for 5 valid_from "fd00:46:.*dynamic mngtmpaddr" 299000 || { seen "the router was not heard"; return; }
	preferred_from fd00:46: 86000 || { seen "it ends sooner than it was to"; return; }
	flush
}
preferred_from() {
	t_preferred=$(ip -n b -6 addr show dev vb temporary | grep -A 1 "inet6 $1" | sed -n 's/.*preferred_lft \([0-9]*\)sec.*/\1/p')
	[ "${t_preferred:-0}" -ge "$2" ]
}

# RFC 8981 3.4: the next one is good REGEN_ADVANCE, here 2 s, before the last is deprecated; that ends when it has lived
# enough.
renewed() {
	quick 100 && set_conf b conf/vb/max_desync_factor 0 && set_conf b conf/vb/regen_min_advance 2 &&
		set_conf b conf/vb/temp_prefered_lft 5 && set_conf b conf/vb/temp_valid_lft 8 && hear address || return
	optioned fd00004800000000 600 && wait_for 20 told_of '^Deleted .*inet6 fd00:48:.* temporary' || { told_not "the end of one"; return; }
	deaf
	set_conf b conf/vb/temp_prefered_lft 86400 && set_conf b conf/vb/temp_valid_lft 172800 || return
	awk '
	!/inet6 fd00:48:.* temporary/ { next }
	{ deleted = $1 == "Deleted"; address = $(deleted ? 5 : 4) }
	first == "" { first = address }
	address == first && deleted { ended = NR }
	address == first && /deprecated/ && !old { old = NR }
	address != first && !/tentative/ && !next_is { next_is = NR }
	END { exit !(next_is && old && ended && next_is < old && old < ended) }' "$T/told" || { cat "$T/told"; fail "in another order"; return; }
	flush
}
optioned() { advertise 01 0 0 "$(prefix "$1" "$2")"; }

# Another node has it: another one is made (RFC 8981 3.4, step 7), and no more after regen_max_retry.
replaced() {
	quick 1000 && reflect other 1 && ip -n b addr add fd00:49::1/64 dev vb nodad mngtmpaddr || return
	wait_for 10 sure vb 'fd00:49:.* temporary' || { seen "no other"; return; }
	reflect_end
	same 'tried addresses' 2 "$(targets)" && flush
}
given_up() {
	set_conf b conf/vb/regen_max_retry 2 && reflect other && ip -n b addr add fd00:4a::1/64 dev vb nodad mngtmpaddr || return
	wait_for 20 no_more || { seen "tried on and on"; return; }
	reflect_end
	same 'tried addresses' 3 "$(targets)" && temporary_not fd00:4a: || { seen "there is one"; return; }
	set_conf b conf/vb/regen_max_retry 3 && set_conf b conf/vb/use_tempaddr 0 && flush
}
no_more() { same use_tempaddr -1 "$(in_ns b cat /proc/sys/net/ipv6/conf/vb/use_tempaddr)"; }

# RFC 7217 6: the next in the row, idgen_retries of them, and then no more, however often the router speaks.
next_in_row() {
	quick 1000 && set_conf b conf/vb/use_tempaddr 0 && set_conf b idgen_delay 0 || return
	set_conf b conf/vb/stable_secret 2001:db8::1 && set_conf b conf/vb/addr_gen_mode 2 || return
	reflect other 1 ^fd00004b && optioned fd00004b00000000 600 && wait_for 10 sure vb 'fd00:4b:.*stable-privacy' || { seen "none"; return; }
	reflect_end
	same 'tried addresses' 2 "$(targets)" || { cat "$T/probes"; seen "not the second"; return; }
	flush
}
# The link-local address is made of the secret, too: the same whenever the link comes, another with another secret. The prefix
# goes in (RFC 7217 5).
stable_link_local() {
	set_conf b conf/vb/accept_dad 0 && link_local && t_first=$link_local && link_local || return
	same 'address after the link was down' "$t_first" "$link_local" || return
	is_not vb 'inet6 fe80::.*ff:fe' || { seen "of the hardware address"; return; }
	wait_for 10 told_prefix fd00004b00000000 fd00:4b: && t_global=$(address_of fd00:4b:) || { seen "no address"; return; }
	[ "${t_first#*::}" != "${t_global#*::}" ] || { seen "of one identifier"; return; }
	set_conf b conf/vb/stable_secret 2001:db8::2 && link_local || return
	[ "$link_local" != "$t_first" ] || { seen "whatever the secret is"; return; }
	set_conf b conf/vb/accept_dad 1 && flush
}
# link_local: sets $link_local, of a link that comes anew.
link_local() {
	ip -n b link set vb down && ip -n b link set vb up && wait_for 5 is vb 'inet6 fe80:.* stable-privacy' || { seen "no link-local address"; return; }
	link_local=$(address_of fe80:)
}
# told_prefix HEX PREFIX: there may be no link yet.
told_prefix() { optioned "$1" 600 && is vb "inet6 $2"; }
row_ends() {
	set_conf b idgen_retries 2 && reflect other 0 ^fd00004c && optioned fd00004c00000000 600 || return
	wait_for 15 probes_from 3 && wait_for 5 is vb 'inet6 fd00:4c:.*dadfailed' || { seen "none that is failed"; return; }
	optioned fd00004c00000000 9000 && wait_for 5 valid_from fd00:4c: 8900 || { seen "the router was not heard"; return; }
	reflect_end
	same 'tried addresses' 3 "$(targets)" && same 'probes' 3 "$(probes)" || { cat "$T/probes"; return 1; }
	is_not vb 'fd00:4c:.*global *(dynamic|temporary)' || { seen "there is one"; return; }
	set_conf b conf/vb/addr_gen_mode 0 && flush
}

# An interface that moves takes nothing of it along and leaves nothing: addresses, one of them in doubt, a group with
# its socket, routes, what a router told. In each namespace it works anew. What leaks keeps the module in, when the
# guest ends.
moves() {
	ns_add c && quick 20000 && set_conf b conf/vb/use_tempaddr 1 || return
	ip -n b addr add fd00:4d::1/64 dev vb nodad && ip -n b addr add fd00:4d::2/64 dev vb &&
		ip -n b -6 route add fd00:78::/64 via fe80::9 dev vb && advertise 01 0 600 "$(prefix fd00004e00000000 600)" || return
	ip netns exec b socat -u 'UDP6-RECV:5001,ipv6-join-group=[ff02::77]:vb' OPEN:/dev/null > "$T/joined" 2>&1 &
	echo $! > "$T/joined.pid"
	wait_for 10 in_ns b grep -q 'vb *ff020000000000000000000000000077' /proc/net/igmp6 || { cat "$T/joined"; fail "not joined"; return; }
	wait_for 10 is vb 'inet6 fd00:4e:.* temporary' && wait_for 10 route_is default via fe80::1 || { seen "not even here"; return; }
	ip -n b link set vb netns c || return
	{
		ip -n b -6 addr
		ip -n b -6 route show table all
		ip -n b -6 neigh
		in_ns b cat /proc/net/igmp6 /proc/net/anycast6 /proc/net/if_inet6
	} > "$T/left"
	! grep -E 'vb|fd00:4[de]' "$T/left" || { cat "$T/left"; fail "that is left"; return; }
	in_ns b test ! -e /proc/sys/net/ipv6/conf/vb || { fail "its settings are left"; return; }
	{ ip -n c -6 addr show dev vb; ip -n c -6 route show table all; } > "$T/came"
	! grep 'fd00:' "$T/came" || { cat "$T/came"; fail "that came along"; return; }
	ip -n c link set vb up && carries && optioned fd00004f00000000 600 && wait_for 10 in_c || { ip -n c -6 addr; fail "not made there"; return; }
	ip -n c link set vb netns b && ip -n b link set vb up && carries && is_not vb 'fd00:4[def]' || { seen "something came back"; return; }
	set_conf b conf/vb/accept_dad 0 && advertise 01 0 600 "$(prefix fd00005000000000 600)" && wait_for 10 is vb 'inet6 fd00:50:' &&
		wait_for 10 route_is default via fe80::1 || { seen "not made here again"; return; }
	t_pid=$(cat "$T/joined.pid")
	rm "$T/joined.pid"
	kill "$t_pid"
	wait "$t_pid"
	ns_del c
}
# carries: the link has come, in both directions: the host says where its link-local address is.
carries() {
	cap_start link a va -d in -e 0x86dd && wait_for 10 answered "fe80000000000000$(iid_of "$mac_b")" && cap_stop link
}
answered() {
	echo "fe80000000000000000000000000000a $1 255 58 - 8700000000000000${1}0101$mac_a" | frames_of | send_frames
	grep -q "8800............$1" "$T/link.cap"
}
in_c() { ip -n c -6 addr show dev vb | grep 'inet6 fd00:4f:'; }

must net_host
check told-lifetimes-end told_ends
check typed-lifetimes-end typed_ends
check made-permanent-by-hand made_permanent
[ "$SXT_ARCH" != x86_64 ] || check said-to-be-a-routers said_kernel_ra
check changed-by-hand-and-told-again changed_by_hand
check temporary-goes-with-its-address temporary_goes
check temporary-of-two-addresses temporary_shared
check temporary-kept-addresses-again temporary_again
check temporary-ends-are-apart temporary_apart
check temporary-renewed-in-time renewed
check temporary-that-is-taken replaced
check temporary-given-up given_up
check stable-identifier-that-is-taken next_in_row
check stable-identifier-of-the-link stable_link_local
check stable-identifiers-all-taken row_ends
check interface-moves-and-comes-back moves
ns_del a b
t_end
