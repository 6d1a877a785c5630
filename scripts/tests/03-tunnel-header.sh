#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 150
#
# What is in the outer header of a tunnel (RFC 4301 5.1.2.1, RFC 6040 4.1): DSCP and ECN of the inner one unless the SA says
# otherwise, a TTL of its own, DF after the SA. How ECN goes back at the far end is in 10-scapy.sh.
. "$(dirname "$0")/lib.sh"

# outer_is OUTER INNER FIELDS WORDS OPTION…: a datagram with these options, through SAs with these words, has an ESP header
# with these fields, as `frames` prints them from the third on.
outer_is() {
	t_fields=$3
	# The SAs of the check before will do if it had the same words.
	# shellcheck disable=SC2086 # words
	[ "$1 $2 $4" = "$loaded" ] || protect_pair tunnel aes-gcm-128 "$1" "$2" $4 || return
	loaded="$1 $2 $4"
	between tunnel "$1" "$2"
	shift 4
	cap_start out a va -d out -p 50 || return
	udpload "$@" a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; all_drops a; all_drops b; fail "not received"; return; }
	cap_stop out && frames "$T/out.cap" > "$T/frames" || return
	t_said=
	while read -r _ _ t_ttl t_tos t_df _; do
		t_said="$t_said$t_ttl $t_tos $t_df"
	done < "$T/frames"
	same 'TTL, ToS and DF' "$t_fields" "$t_said"
}

# default_ttl OUTER SYSCTL ROUTE…: an SA that has no TTL of its own takes what the namespace has when the packet leaves; a
# route that has one comes first.
default_ttl() {
	t_outer=$1 t_sysctl=$2
	shift 2
	outer_is "$t_outer" 4 '64 0 -' '' -M dont || return
	in_ns a sysctl -qw "$t_sysctl=77" || return
	outer_is "$t_outer" 4 '77 0 -' '' -M dont || return
	ip -n a "$@" hoplimit 99 || return
	outer_is "$t_outer" 4 '99 0 -' '' -M dont || return
	outer_is "$t_outer" 4 '33 0 -' 'ttl 33' -M dont
}

# RFC 6864: an IPv4 header that nobody may fragment has no identification; others have one each, and so has one with DF
# that is fragmented all the same, as its sender let the inner packet be.
identification() {
	outer_is 4 4 '64 0 df' '' -M 'do' && same "with DF" 0000 "$(ids)" || return
	outer_is 4 4 '64 0 -' '' -M dont || return
	first=$(ids)
	outer_is 4 4 '64 0 -' '' -M dont || return
	[ "$first" != "$(ids)" ] || { fail "twice $first"; return; }
	outer_is 4 4 '64 0 df' 'df set' -M dont && same "with DF of the SA's" 0000 "$(ids)" || return
	cap_start out a va -d out -p 50 || return
	udpload -s 1440 -M dont a 10.10.0.1 b 10.20.0.1 > "$T/udp" 2>&1 || { cat "$T/udp"; fail "not received"; return; }
	cap_stop out || return
	same fragments 2 "$(frames "$T/out.cap" | grep -c frag)" && same "numbers of two fragments" 1 "$(ids | wc -l)" || return
	[ "$(ids)" != 0000 ] || fail "fragments have no identification"
}
ids() { cut -c37-40 "$T/out.cap" | sort -u; }

# Without a cipher it is in sight that the flow label of the outer header is not the inner one: who copied it would show a
# part of what is inside.
flow_label() {
	loaded=
	protect_pair tunnel null-hmac-sha256 6 6 && cap_start out a va -d out -p 50 || return
	between tunnel 6 6
	udpload a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "not received"; return; }
	cap_stop out || return
	same "label outside" 00000 "$(cut -c32-36 "$T/out.cap")" && same "version inside" 6 "$(cut -c125 "$T/out.cap")" || return
	[ "$(cut -c128-132 "$T/out.cap")" != 00000 ] || fail "there is no label inside"
}

must net_two
loaded=''
for pair in $(pairs); do
	o=${pair%?} i=${pair#?}
	words="IPv$i in IPv$o"
	df=-
	dont=''
	# An IPv6 packet may not be fragmented on its way, so in IPv4 it counts as one with DF.
	[ "$o" = 6 ] || [ "$i" = 4 ] || df="df"
	[ "$i" = 6 ] || dont='-M dont'
	# shellcheck disable=SC2086 # two words or none
	{
		check "DSCP copied, $words" outer_is "$o" "$i" "64 184 $df" '' -Q 0xb8 $dont
		for ecn in 1 2 3; do
			check "ECN $ecn copied, $words" outer_is "$o" "$i" "64 $((40 + ecn)) $df" '' -Q $((40 + ecn)) $dont
		done
		check "TTL is not the inner one, $words" outer_is "$o" "$i" "64 0 $df" '' -T 5 $dont
		for ecn in 1 2 3; do
			check "ECN $ecn hidden in compatibility mode, $words" outer_is "$o" "$i" "64 40 $df" 'ecn off' -Q $((40 + ecn)) $dont
		done
		check "DSCP 0 if so asked, $words" outer_is "$o" "$i" "64 2 $df" 'dscp clear' -Q 0xba $dont
		check "TTL of the SA, $words" outer_is "$o" "$i" "33 0 $df" 'ttl 33' -T 5 $dont
	}
done
check "DF copied, IPv4 in IPv4" outer_is 4 4 '64 0 df' '' -M 'do'
check "DF set, IPv4 in IPv4" outer_is 4 4 '64 0 df' 'df set' -M dont
check "DF clear, IPv4 in IPv4" outer_is 4 4 '64 0 -' 'df clear' -M 'do'
check "DF clear, IPv6 in IPv4" outer_is 4 6 '64 0 -' 'df clear'
check "identification" identification
check "flow label" flow_label
check "TTL of the namespace, IPv4" default_ttl 4 net.ipv4.ip_default_ttl route replace 10.1.0.2/32 dev va
check "hop limit of the namespace, IPv6" default_ttl 6 net.ipv6.conf.va.hop_limit -6 route replace fd00:1::2/128 dev va
t_end
