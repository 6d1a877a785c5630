#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 90; ipv6 sextant
#
# How an address of our own IPv6 comes into use: with and without a link, kept over it, after duplicates were looked for.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them; awk's dollars
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames.sh"
. "$(dirname "$0")/host.sh"

# b: the host; vb is its link, whose other end is the stranger a, without IPv6 of its own; d0 has another one, in b itself.
net_host() {
	ns_add a b && set_conf a conf/default/disable_ipv6 1 && wire a va b vb || return
	ip -n b link add d0 type veth peer name d1 && set_conf b conf/d1/disable_ipv6 1 || return
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

must net_host
check usable-without-link without_link
check kept-while-down kept
ns_del a b
t_end
