#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 120
#
# Policies on clear packets: each kind of selector, the order of priorities, bypass and discard, both directions, the
# built-in rule for neighbour discovery, and what a local sender is told.
. "$(dirname "$0")/lib.sh"

rules() { # NS, then a line each
	t_ns=$1
	shift
	{
		echo 'policy flush'
		printf '%s\n' "$@"
	} > "$T/rules"
	load "$t_ns" < "$T/rules"
}

# stops and passes: what a set of policies does to one packet, and that the counters say the same.
stops() { drop_of a policy-discard 1 udp_stops "$@"; }

prefix() {
	rules a "policy add dir out prio 10 dst 10.1.0.2/32 action discard" || return
	stops a 10.1.0.1 b 10.1.0.2 && udp_passes a 10.1.0.1 b 10.1.0.12 && udp_passes a fd00:1::1 b fd00:1::2 || return
	rules a "policy add dir out prio 10 dst 10.1.0.0/29 action discard" || return
	stops a 10.1.0.1 b 10.1.0.2 && udp_passes a 10.1.0.1 b 10.1.0.12 || return
	rules a "policy add dir out prio 10 src fd00:1::/64 dst fd00:1::2 action discard" || return
	stops a fd00:1::1 b fd00:1::2 && udp_passes a 10.1.0.1 b 10.1.0.2
}

range() {
	rules a "policy add dir out prio 10 dst 10.1.0.2-10.1.0.11 action discard" || return
	stops a 10.1.0.1 b 10.1.0.2 && udp_passes a 10.1.0.1 b 10.1.0.12 || return
	rules a "policy add dir out prio 10 dst 10.1.0.3-10.1.0.12 action discard" || return
	stops a 10.1.0.1 b 10.1.0.12 && udp_passes a 10.1.0.1 b 10.1.0.2 || return
	rules a "policy add dir out prio 10 src fd00:1::-fd00:1::1 dst fd00:1::2-fd00:1::11 action discard" || return
	stops a fd00:1::1 b fd00:1::2 && udp_passes a fd00:1::1 b fd00:1::12 || return
	rules a "policy add dir out prio 10 dst fd00:1::3-fd00:1::12 action discard" || return
	stops a fd00:1::1 b fd00:1::12 && udp_passes a fd00:1::1 b fd00:1::2 || return
	# The ends differ in the first half alone, then in the second, and the other half would say something else.
	rules a "policy add dir out prio 10 dst fd00::ffff-fd00:2::1 action discard" || return
	stops a fd00:1::1 b fd00:1::2 && stops a fd00:1::1 b fd00:1::12 || return
	rules a "policy add dir out prio 10 src fd00:1::2-fd00:1::ffff action discard" || return
	udp_passes a fd00:1::1 b fd00:1::2
}

protocol() {
	rules a "policy add dir out prio 10 proto tcp action discard" || return
	udp_passes a 10.1.0.1 b 10.1.0.2 || return
	rules a "policy add dir out prio 10 proto udp action discard" || return
	stops a 10.1.0.1 b 10.1.0.2 && stops a fd00:1::1 b fd00:1::2 && ping_ok a 10.1.0.2 && ping_ok a fd00:1::2
}

ports() {
	rules a "policy add dir out prio 10 proto udp dport 41000-41009 action discard" || return
	stops -p 40000,41000 a 10.1.0.1 b 10.1.0.2 && stops -p 40000,41009 a fd00:1::1 b fd00:1::2 &&
		udp_passes -p 40000,40999 a 10.1.0.1 b 10.1.0.2 && udp_passes -p 40000,41010 a fd00:1::1 b fd00:1::2 || return
	rules a "policy add dir out prio 10 proto udp sport 40000 action discard" || return
	stops -p 40000,40001 a 10.1.0.1 b 10.1.0.2 && udp_passes -p 40001,40000 a 10.1.0.1 b 10.1.0.2
}

# Echo is type 8 and 0 in ICMP, 128 and 129 in ICMPv6.
icmp() {
	rules a "policy add dir out prio 10 proto icmp icmp-type 8-8 action discard" || return
	drop_of a policy-discard 1 ping_fails a 10.1.0.2 && ping_ok a fd00:1::2 && ping_ok b 10.1.0.1 || return
	rules a "policy add dir out prio 10 proto icmp icmp-type 8-8 icmp-code 1-255 action discard" || return
	ping_ok a 10.1.0.2 || return
	rules a "policy add dir out prio 10 proto icmp icmp-type 0-7 action discard" || return
	ping_ok a 10.1.0.2 && drop_of a policy-discard 1 ping_fails b 10.1.0.1 || return
	rules a "policy add dir out prio 10 proto icmpv6 icmp-type 128-128 icmp-code 0-0 action discard" || return
	drop_of a policy-discard 1 ping_fails a fd00:1::2 && ping_ok b fd00:1::1 || return
	rules a "policy add dir out prio 10 proto icmpv6 icmp-type 128-128 icmp-code 1-255 action discard" || return
	ping_ok a fd00:1::2
}

interface() {
	rules a "policy add dir out prio 10 dst 10.1.0.2 dev va action discard" || return
	stops a 10.1.0.1 b 10.1.0.2 || return
	rules a "policy add dir out prio 10 dst 10.1.0.2 dev lo action discard" || return
	udp_passes a 10.1.0.1 b 10.1.0.2 && rules a
}

# What arrives has the interface that it came by; what is forwarded, too, and not the one that it leaves through.
interface_in() {
	for dev in vb lo; do
		rules b "policy add dir in prio 10 dst 10.1.0.2 dev $dev action discard" \
			"policy add dir in prio 10 dst fd00:1::2 dev $dev action discard" || return
		for to in 10.1.0.2 fd00:1::2; do
			from=${to%2}1
			case $dev in
			vb) drop_of b policy-discard 1 udp_stops a "$from" b "$to" || return ;;
			lo) udp_passes a "$from" b "$to" || return ;;
			esac
		done
	done
	rules b
}
interface_forward() {
	for dev in vac va; do
		rules a "policy add dir forward prio 10 src 10.10.1.2 dev $dev action discard" \
			"policy add dir forward prio 10 src fd00:10:1::2 dev $dev action discard" || return
		for pair in '10.10.1.2 10.20.0.1' 'fd00:10:1::2 fd00:20::1'; do
			from=${pair% *} to=${pair#* }
			case $dev in
			vac) stops c "$from" b "$to" || return ;;
			va) udp_passes c "$from" b "$to" || return ;;
			esac
		done
	done
	rules a
}

priorities() {
	rules a "policy add dir out prio 10 dst 10.1.0.2 action discard" "policy add dir out prio 5 proto udp action bypass" || return
	udp_passes a 10.1.0.1 b 10.1.0.2 && drop_of a policy-discard 1 ping_fails a 10.1.0.2 || return
	rules a "policy add dir out prio 5 dst 10.1.0.2 action discard" "policy add dir out prio 10 proto udp action bypass" || return
	stops a 10.1.0.1 b 10.1.0.2 || return
	rules a "policy add dir out prio 7 proto udp action bypass" "policy add dir out prio 7 dst 10.1.0.2 action discard" || return
	udp_passes a 10.1.0.1 b 10.1.0.2 || return
	rules a "policy add dir out prio 7 dst 10.1.0.2 action discard" "policy add dir out prio 7 proto udp action bypass" || return
	stops a 10.1.0.1 b 10.1.0.2
}

inbound() {
	rules a || return
	rules b "policy add dir in prio 10 src 10.1.0.1 proto udp action discard" || return
	drop_of b policy-discard 1 udp_stops a 10.1.0.1 b 10.1.0.2 && ping_ok a 10.1.0.2 && udp_passes a fd00:1::1 b fd00:1::2 || return
	rules b "policy add dir in prio 10 src 10.1.0.1 proto udp action protect esp transport" || return
	drop_of b policy-clear 1 udp_stops a 10.1.0.1 b 10.1.0.2 && ping_ok a 10.1.0.2 || return
	rules b "policy add dir in prio 10 src fd00:1::1 proto udp action protect esp transport" || return
	drop_of b policy-clear 1 udp_stops a fd00:1::1 b fd00:1::2 && ping_ok a fd00:1::2 || return
	rules b
}

# lost NS OPTION…: a datagram that goes under a discard of that namespace, which counts it.
lost() {
	t_at=$1
	shift
	drop_of "$t_at" policy-discard 1 udp_stops -t 1 "$@"
}

# Ranges of addresses and ports, ICMP types and codes, where packets arrive.
ranges_in() {
	rules b "policy add dir in prio 10 dst 10.1.0.2-10.1.0.11 proto udp dport 41000-41009 action discard" \
		"policy add dir in prio 20 src fd00:1::-fd00:1::1 proto udp sport 40000-40001 action discard" || return
	lost b -p 40000,41000 a 10.1.0.1 b 10.1.0.2 && lost b -p 40000,41009 a 10.1.0.1 b 10.1.0.2 &&
		udp_passes -p 40000,40999 a 10.1.0.1 b 10.1.0.2 && udp_passes -p 40000,41010 a 10.1.0.1 b 10.1.0.2 &&
		udp_passes -p 40000,41000 a 10.1.0.1 b 10.1.0.12 || return
	lost b -p 40000,41000 a fd00:1::1 b fd00:1::2 && lost b -p 40001,41000 a fd00:1::1 b fd00:1::2 &&
		udp_passes -p 40002,41000 a fd00:1::1 b fd00:1::2 && udp_passes -p 39999,41000 a fd00:1::1 b fd00:1::2 || return
	rules b "policy add dir in prio 10 proto icmp icmp-type 8-8 icmp-code 1-255 action discard" \
		"policy add dir in prio 10 proto icmpv6 icmp-type 128-128 icmp-code 1-255 action discard" \
		"policy add dir in prio 20 proto icmp icmp-type 1-7 action discard" || return
	ping_ok a 10.1.0.2 && ping_ok a fd00:1::2 && ping_ok b 10.1.0.1 || return
	rules b "policy add dir in prio 10 proto icmp icmp-type 8-8 icmp-code 0-0 action discard" \
		"policy add dir in prio 10 proto icmpv6 icmp-type 127-128 action discard" || return
	drop_of b policy-discard 1 ping_fails a 10.1.0.2 && drop_of b policy-discard 1 ping_fails a fd00:1::2 &&
		ping_ok b 10.1.0.1 && ping_ok b fd00:1::1 && rules b
}

# The same on the way from c to b.
ranges_forward() {
	rules a "policy add dir forward prio 10 dst 10.20.0.0-10.20.0.1 proto udp dport 41000-41009 action discard" \
		"policy add dir forward prio 20 src fd00:10:1::2-fd00:10:1::3 proto udp sport 40000-40001 action discard" \
		"policy add dir forward prio 30 proto icmp icmp-type 8-8 icmp-code 1-255 action discard" \
		"policy add dir forward prio 40 proto icmpv6 icmp-type 128-128 action discard" || return
	lost a -p 40000,41009 c 10.10.1.2 b 10.20.0.1 && udp_passes -p 40000,41010 c 10.10.1.2 b 10.20.0.1 &&
		lost a -p 40001,41000 c fd00:10:1::2 b fd00:20::1 && udp_passes -p 40002,41000 c fd00:10:1::2 b fd00:20::1 &&
		ping_ok c 10.20.0.1 && drop_of a policy-discard 1 ping_fails c fd00:20::1 && rules a
}

# Everything discarded but echo: neighbours can be found by rule 0 alone.
rule_0() {
	for t_ns in a b; do
		rules "$t_ns" "policy add dir in prio 5 proto icmpv6 icmp-type 128-129 action bypass" \
			"policy add dir out prio 5 proto icmpv6 icmp-type 128-129 action bypass" \
			"policy add dir in prio 10 action discard" "policy add dir out prio 10 action discard" || return
	done
	ip -n a -6 neigh flush dev va
	ip -n b -6 neigh flush dev vb
	before=$(stat b bypassed-nd)
	ping_ok a fd00:1::2 || return
	[ "$(stat b bypassed-nd)" -gt "$before" ] || { fail "bypassed-nd stays at $before"; return; }
	sextant -N a policy set id 0 enabled off || return
	ip -n a -6 neigh flush dev va
	ping_fails a fd00:1::2 || return
	[ "$(drops a policy-discard)" -ge 1 ] || { fail "no solicitation was discarded"; return; }
	sextant -N a policy set id 0 enabled on || return
	ip -n a -6 neigh flush dev va
	wait_for 10 ping_ok a fd00:1::2 && rules a && rules b
}

errors() {
	rules a "policy add dir out prio 10 dst 10.1.0.2 action protect esp transport" \
		"policy add dir out prio 10 dst fd00:1::2 action protect esp transport" || return
	ping_told a 10.1.0.2 'Required key not available' && ping_told a fd00:1::2 'Required key not available' || return
	[ "$(drops a sa-missing)" -ge 2 ] || { fail "sa-missing is $(drops a sa-missing)"; return; }
	rules a "policy add dir out prio 10 dst 10.1.0.2 action discard" "policy add dir out prio 10 dst fd00:1::2 action discard" || return
	ping_told a 10.1.0.2 'Operation not permitted' && ping_told a fd00:1::2 'Operation not permitted' && rules a
}

# There is no module for AH: no SA can be made, and where a policy demands it nothing leaves and nothing gets in.
ah() {
	for pair in '10.1.0.1 10.1.0.2' 'fd00:1::1 fd00:1::2'; do
		src=${pair% *} dst=${pair#* }
		sa_line out 0x1001 "$src" "$dst" transport null-hmac-sha256 | sed 's/ proto esp / proto ah /' > "$T/line"
		refuses load a < "$T/line" || return
		grep -q 'sa add: proto.*: its module is not loaded$' "$T/load" || fail "an SA: another sentence" || return
		for layers in 'ah transport' 'ah transport esp transport' "ah tunnel $src $dst"; do
			rules a "policy add dir out prio 10 src $src dst $dst action protect $layers" \
				"policy add dir in prio 10 src $dst dst $src action protect $layers" || return
			drop_of a sa-missing 1 ping_told a "$dst" 'Required key not available' || return
			drop_of a policy-clear 1 udp_stops -t 1 b "$dst" a "$src" || return
		done
	done
	rules a
}

# Came protected, but not by the SAs that the policy wants. The sender has the SA of group 0 in each case.
mismatch() {
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
		policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport
	END
	for want in 'esp transport group 7' 'esp transport spi 0x2222' 'esp transport esp tunnel 10.1.0.1 10.1.0.2' \
		'esp tunnel 10.1.0.1 10.1.0.2'; do
		load b <<-END || return
			sa flush
			policy flush
			$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
			policy add dir in prio 10 src 10.1.0.1 action protect $want
		END
		drop_of b policy-mismatch 1 udp_stops a 10.1.0.1 b 10.1.0.2 || { fail "policy: $want"; return; }
	done
	load b <<-END || return
		policy flush
		policy add dir in prio 10 src 10.1.0.1 action protect esp transport spi 0x1001 group 0
	END
	udp_passes a 10.1.0.1 b 10.1.0.2 && clear_all a b
}

# An SA of a group is for the policies that say so: one without a group asks for group 0, as one with group 0 does.
grouped() {
	load b <<-END || return
		sa flush
		policy flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 group 3)
	END
	for want in '' 'group 0' 'group 8'; do
		load a <<-END || return
			sa flush
			policy flush
			$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 group 7)
			policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport $want
		END
		drop_of a sa-missing 1 udp_stops a 10.1.0.1 b 10.1.0.2 || { fail "policy: $want"; return; }
	done
	load a <<-END || return
		policy flush
		policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport group 7
	END
	udp_passes a 10.1.0.1 b 10.1.0.2 && clear_all a b
}

# The SA that an out policy names by its SPI is what the rest of the policy says, or it is missing.
named() {
	clear_all b || return
	for have in '10.1.0.1 10.1.0.2 tunnel' '10.1.0.11 10.1.0.2 transport' '10.1.0.1 10.1.0.2 transport group 7'; do
		# shellcheck disable=SC2086 # words
		set -- $have
		load a <<-END || return
			sa flush
			policy flush
			$(sa_line out 0x1001 "$1" "$2" "$3" aes-gcm-128 ${4+group 7})
			policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport spi 0x1001
		END
		drop_of a sa-missing 1 udp_stops a 10.1.0.1 b 10.1.0.2 || { fail "SA: $have"; return; }
	done
	clear_all a
}

# The SA's own selectors hold even where no policy asks.
selectors_of_sa() {
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
		policy add dir out prio 10 dst 10.1.0.2 proto udp action protect esp transport
	END
	load b <<-END || return
		sa flush
		policy flush
		$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128 sel proto udp dport 41000-41009)
	END
	udp_passes -p 40000,41000 a 10.1.0.1 b 10.1.0.2 && drop_of b inner-selector 1 udp_stops -p 40000,41010 a 10.1.0.1 b 10.1.0.2 &&
		clear_all a b
}

# What comes out of a tunnel and is no policy's passes if the SA has a selector, be it one that names all packets.
selector_of_all() {
	load a <<-END || return
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 tunnel aes-gcm-128)
		policy add dir out prio 10 src 10.10.0.1 dst 10.20.0.1 action protect esp tunnel 10.1.0.1 10.1.0.2
	END
	for sel in '' 'sel src any' 'sel proto any'; do
		load b <<-END || return
			sa flush
			policy flush
			$(sa_line in 0x1001 10.1.0.1 10.1.0.2 tunnel aes-gcm-128 "$sel")
			policy add dir in prio 10 src 10.1.0.99 action discard
		END
		if [ -z "$sel" ]; then
			drop_of b policy-mismatch 1 udp_stops a 10.10.0.1 b 10.20.0.1 || return
			continue
		fi
		udp_passes a 10.10.0.1 b 10.20.0.1 || return
		sextant -N b sa list > "$T/list" || return
		grep -q ' sel src any$' "$T/list" || { cat "$T/list"; fail "$sel is not shown"; return; }
	done
	same "selector in JSON" '"selector":{}' "$(sextant -N b -j sa list | grep -o '"selector":{}')" && clear_all a b
}

# What comes out of a tunnel is where it came in.
interface_of_sa() {
	load a <<-END || return
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 tunnel aes-gcm-128)
		policy add dir out prio 10 src 10.10.0.1 dst 10.20.0.1 action protect esp tunnel 10.1.0.1 10.1.0.2
	END
	sa_line in 0x1001 10.1.0.1 10.1.0.2 tunnel aes-gcm-128 sel dev vb | load b && udp_passes a 10.10.0.1 b 10.20.0.1 || return
	clear_all b && sa_line in 0x1001 10.1.0.1 10.1.0.2 tunnel aes-gcm-128 sel dev lo | load b &&
		drop_of b inner-selector 1 udp_stops a 10.10.0.1 b 10.20.0.1 && clear_all a b
}

must net_three
must address b vb 10.1.0.12/24 fd00:1::12/64
must net_meet a 10.1.0.12 fd00:1::12
check "addresses and prefixes" prefix
check "address ranges" range
check "protocol" protocol
check "port ranges" ports
check "ICMP types and codes" icmp
check "interface" interface
check "interface of what arrives" interface_in
check "interface of what is forwarded" interface_forward
check "priorities" priorities
check "inbound" inbound
check "ranges of what arrives" ranges_in
check "ranges of what is forwarded" ranges_forward
check "rule 0" rule_0
check "errors told to senders" errors
check "AH is demanded" ah
check "protected by other SAs than demanded" mismatch
check "an SA of a group, and policies of others" grouped
check "an SA that is named, and not what is asked for" named
check "selectors of an SA" selectors_of_sa
check "a selector of all packets" selector_of_all
check "interface in the selectors of an SA" interface_of_sa
t_end
