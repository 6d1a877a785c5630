#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60; ipv6 sextant
#
# Frames made byte by byte, where there is no Python and no radvd: bad headers and fragments are answered as the RFCs want,
# bad neighbour discovery is counted and changes nothing, each message is cut at each byte; and routers are believed, one,
# two of them, and two on a link each. What 25, 26 and 33 do with more of it; here it is for strict alignment and the other
# byte order.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them; awk's dollars
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames.sh"

# a: the stranger, without IPv6 of its own; b: the host. In hexadecimal, as all is here: global and link-local.
A=fd000001000000000000000000000001 B=fd000001000000000000000000000002
LA=fe80000000000000000000000000000a
nobody=00000000000000000000000000000000

set_conf() {
	in_ns "$1" tee "/proc/sys/net/ipv6/$2" > /dev/null <<-END
		$3
	END
}

net_stranger() {
	ns_add a b && set_conf a conf/default/disable_ipv6 1 && wire a va b vb && address b vb fd00:1::2/64 || return
	set_conf b icmp/ratelimit 0 && set_conf b conf/vb/accept_ra_rt_info_max_plen 64 || return
	mac_a=$(hex_mac a va) mac_b=$(hex_mac b vb)
	lladdr=$(echo "$mac_a" | sed 's/../&:/g;s/:$//')
	for address in fd00:1::1 fe80::a fe80::1 fe80::2; do
		ip -n b -6 neigh replace "$address" lladdr "$lladdr" nud permanent dev vb || return
	done
	wait_for 10 alive
}

# alive: the host answers an echo request. What it was sent before has been looked at by then.
mark=0
alive() {
	mark=$((mark + 1))
	cap_start alive a va -d in -e 0x86dd || return
	echo "$A $B 64 58 - 800000000bad$(printf %04x "$mark")" | frames_of | send_frames
	wait_for 10 grep -q "8100....0bad$(printf %04x "$mark")" "$T/alive.cap"
	t_alive=$?
	cap_stop alive && [ "$t_alive" = 0 ]
}

# pads NEXT OPTIONS: an options header with these options and what fills it up, as short as may be.
pads() {
	awk -v next_header="$1" -v options="$2" 'BEGIN {
		n = (length(options) / 2 + 2) % 8
		if (n == 7)
			options = options "00"
		else if (n)
			options = options "01" sprintf("%02x", 6 - n) substr("000000000000", 1, 2 * (6 - n))
		print next_header sprintf("%02x", (length(options) / 2 + 2) / 8 - 1) options
	}'
}
echo_request=80000000000a0001000102030405060708090a0b0c0d0e0f
reply='81 00'

# The name of each case, the answer (type, code and pointer, or - for none), and the packet.
header_cases() {
	e=$echo_request
	cat <<-END
		one options header|$reply|$A $B 64 60 $(pads 3a '') $e
		two, the second of 16 bytes|$reply|$A $B 64 60 $(pads 3c '')$(pads 3a 1e061122334455661e00) $e
		nine|04 08 00000068|$A $B 64 60 $(for _ in 1 2 3 4 5 6 7 8; do pads 3c ''; done | tr -d '\n')$(pads 3a '') $e
		hop-by-hop behind options|04 01 00000028|$A $B 64 60 $(pads 00 '')$(pads 3a '') $e
		unknown upper layer|04 01 00000006|$A $B 64 253 $(zeros 21) -
		unknown behind options|04 01 00000028|$A $B 64 60 $(pads fd '')$(zeros 21) -
		no next header|-|$A $B 64 59 $(zeros 21) -
		options past the end|04 00 00000029|$A $B 64 60 11c8$(zeros 14) -
		cut options|-|$A $B 64 60 3a -
		option past its header|04 00 0000002b|$A $B 64 60 3a001e0900000000 $e
		padding too long|04 0a 00000031|$A $B 64 60 3a01$(zeros 14) $e
		padding with data|04 00 0000002c|$A $B 64 60 3a00010461626364 $e
		unknown option, skip|$reply|$A $B 64 0 $(pads 3a 1e020000) $e
		unknown option, discard|-|$A $B 64 0 $(pads 3a 5e020000) $e
		unknown option, say so|04 02 0000002a|$A $B 64 0 $(pads 3a 9e020000) $e
		unknown option, say so unless a group|04 02 0000002a|$A $B 64 60 $(pads 3a de020000) $e
		the same to a group|-|$A $all_nodes 64 60 $(pads 3a de020000) $e
		routing type 0|04 00 0000002a|$A $B 64 43 3a020001$(zeros 20) $e
		routing type 0 at its end|$reply|$A $B 64 43 3a020000$(zeros 20) $e
		jumbogram|04 02 0000002a|$A $B 64 0 $(pads 3a c20400010000) $e
		hop-by-hop without length|04 00 00000004|$A $B 64 0 $(pads 3a '') $e 0
		longer than it says|$reply|$A $B 64 58 - ${e}$(zeros 8) 24
		source a group|-|$all_nodes $B 64 58 - $e
		to loopback|-|$A 00000000000000000000000000000001 64 58 - $e
		atomic fragment|$reply|$A $B 64 44 3a00000000000001 $e
		fragment not by eight|04 00 00000004|$A $B 64 44 3a00000100000002${e}00 -
		fragment past 65535|04 00 0000002a|$A $B 64 44 1100fff800000003$(zeros 8) -
		no upper header|04 03 00000000|$A $B 64 44 3c00000100000004$(pads 3c '') -
		cut fragment header|-|$A $B 64 44 3a000000 -
		fragment in a fragment|04 00 00000030|$A $B 64 44 2c000000000000053a00000000000006 $e
		closed port|01 04|$A $B 64 17 00010009000b4165616263 -
	END
}
# answers_in FILE: what came back before each of the marks, a line for each: type, code and, in a parameter problem, pointer;
# and from where, if that isn't the host (RFC 4443 2.2).
answers_in() {
	awk -v host="$B" '
	substr($0, 41, 2) != "3a" { next }
	{ type = substr($0, 109, 2) }
	substr($0, 117, 4) == "0bad" {
		print answers == "" ? "-" : answers
		answers = ""
		next
	}
	type !~ /^8[3-9f]/ {
		answers = answers (answers == "" ? "" : ", ") type " " substr($0, 111, 2) (type == "04" ? " " substr($0, 117, 8) : "")
		if (substr($0, 45, 32) != host)
			answers = answers " from " substr($0, 45, 32)
	}' "$1"
}
headers() {
	header_cases > "$T/cases"
	awk -F'|' -v ends="$A $B" '{ print $3; printf "%s 64 58 - 800000000bad%04x\n", ends, NR }' "$T/cases" | frames_of > "$T/bad"
	last=$(printf %04x "$(grep -c . "$T/cases")")
	cap_start said a va -d in -e 0x86dd || return
	send_frames < "$T/bad" && wait_for 10 grep -q "8100....0bad$last" "$T/said.cap"
	sent=$?
	cap_stop said && [ "$sent" = 0 ] || { fail "the host does not answer any more"; return; }
	answers_in "$T/said.cap" > "$T/answers"
	awk -F'|' '
	FNR == NR { got[FNR] = $0; next }
	$2 != got[FNR] { print $1 ": wanted " $2 ", got " got[FNR]; wrong = 1 }
	END { exit wrong }' "$T/answers" "$T/cases"
}

# Errors are sent with measure: some of 40, and the host goes on answering. The first of all, as who was told without a limit has
# nothing left at first.
limited() {
	set_conf b icmp/ratelimit 1000 || return
	{
		for _ in 0 1 2 3 4 5 6 7 8 9; do
			for _ in 0 1 2 3; do
				echo "$A $B 64 253 $(zeros 21) -"
			done
		done
		echo "$A $B 64 58 - 800000000bad0040"
	} | frames_of > "$T/bad"
	cap_start limited a va -d in -e 0x86dd && send_frames < "$T/bad" && wait_for 10 grep -q '8100....0bad0040' "$T/limited.cap" &&
		cap_stop limited && set_conf b icmp/ratelimit 0 || return
	t_errors=$(icmp6_errors "$T/limited.cap" | grep -c "^04 01 $B")
	[ "$t_errors" -ge 1 ] && [ "$t_errors" -le 12 ] || fail "$t_errors errors"
}

# fragments_of IDENT: an echo request of 96 bytes, in four pieces of 24 in four lines.
fragments_of() {
	echo "$A $B 64 58 - 8000000000${1}0001$(awk 'BEGIN { for (i = 0; i < 88; i++) printf "%02x", i }')" | frames_of |
		awk -v ident="$1" '{
			data = substr($0, 109)
			for (i = 0; i < 4; i++)
				print substr($0, 1, 36) "0020" "2c" substr($0, 43, 66) "3a00" sprintf("%04x", i * 24 + (i < 3)) "000000" ident \
					substr(data, 1 + i * 48, 48)
		}'
}
snmp6() { in_ns b awk -v n="$1" '$1 == n { print $2 }' /proc/net/snmp6; }
fragments() {
	ident=16
	for order in '1 2 3 4' '4 3 2 1' '2 4 1 3' '3 3 1 2 2 4'; do
		ident=$((ident + 1))
		fragments_of "$(printf %02x "$ident")" > "$T/pieces"
		made=$(snmp6 Ip6ReasmOKs)
		cap_start whole a va -d in -e 0x86dd || return
		for n in $order; do
			sed -n "${n}p" "$T/pieces"
		done | send_frames && wait_for 10 grep -q "8100....00$(printf %02x "$ident")0001" "$T/whole.cap"
		sent=$?
		cap_stop whole && [ "$sent" = 0 ] || { fail "no answer to $order"; return; }
		same "put together, $order" $((made + 1)) "$(snmp6 Ip6ReasmOKs)" || return
	done
	# One with other bytes over two of them takes all along (RFC 5722).
	fragments_of 30 > "$T/pieces"
	failed=$(snmp6 Ip6ReasmFails)
	{
		sed -n 1,2p "$T/pieces"
		sed -n 2p "$T/pieces" | sed 's/3a000019/3a000011/'
		sed -n 3,4p "$T/pieces"
	} | send_frames && alive || return
	[ "$(snmp6 Ip6ReasmFails)" -gt "$failed" ] || { fail "the overlap was not seen"; return; }
	! grep -q '8100....00300001' "$T/alive.cap" || fail "an overlap was answered"
}

# One right message of each type: a name, source, destination, and the message with its options.
nd_messages() {
	source="0101$mac_a" target="0201$mac_a"
	cat <<-END
		solicitation $LA $B 8700000000000000$B$source
		advertisement $LA $B 8800000020000000fd000001000000000000000000000077$target
		router-solicitation $LA $B 8500000000000000$source
		router-advertisement $LA $all_nodes 8600000040000000$(zeros 8)$source
		redirect $LA $B 8900000000000000fd000001000000000000000000000077fd000001000000000000000000000077$target
	END
}
# What is known of others, and by which way packets go.
known() { ip -n b -6 route; ip -n b -6 neigh | sed 's/ \(REACHABLE\|STALE\|DELAY\|PROBE\)$//' | sort; ip -n b -6 addr show dev vb | grep inet6; }
# refused NUMBER: that many frames on standard input are each an error, and nothing is learned from them.
refused() {
	known > "$T/known"
	errors=$(snmp6 Icmp6InErrors)
	send_frames && alive || return
	same 'errors counted' $((errors + $1)) "$(snmp6 Icmp6InErrors)" || return
	known > "$T/known.after"
	cmp "$T/known" "$T/known.after" || { cat "$T/known.after"; fail "something was learned"; }
}
nd_forms() {
	nd_messages | awk -v group="ff020000000000000000000000000001" '{
		fixed = length($4) - 16
		print $2, $3, 254, 58, "-", $4, "# hop limit"
		print $2, $3, 255, 58, "-", substr($4, 1, 2) "01" substr($4, 5), "# code"
		print $2, $3, 255, 58, "-", substr($4, 1, fixed) "0100000000000000", "# length 0"
		print $2, $3, 255, 58, "-", substr($4, 1, fixed) "0103000000000000", "# past the end"
		print $2, $3, 255, 58, "-", substr($4, 1, fixed - 2), "# cut"
	}' | frames_of > "$T/bad"
	bad=$(grep -c . "$T/bad")
	refused "$bad" < "$T/bad" || return
	frames_of > "$T/bad" <<-END
		$A $all_nodes 255 58 - 8600000040000708$(zeros 8) # an advertisement of a global source
		$LA $B 255 58 - 8700000000000000$all_nodes # a solicitation for a group
		$LA $B 255 58 - 8800000000000000$all_nodes # an advertisement of a group
		$LA $all_nodes 255 58 - 8800000040000000fd000001000000000000000000000077 # to all, solicited
		$nobody ff0200000000000000000001ff000002 255 58 - 8700000000000000${B}0101$mac_a # nobody with an address
		$nobody $B 255 58 - 8700000000000000$B # duplicates are looked for by group
	END
	refused 6 < "$T/bad"
}
# Each message, cut at each byte, with a right checksum: those with half an option, or with less than is fixed.
nd_cut() {
	nd_messages | awk '{
		for (n = 8; n < length($4); n += 2)
			print $2, $3, 255, 58, "-", substr($4, 1, n)
	}' | frames_of > "$T/cut"
	messages=$(snmp6 Icmp6InMsgs) errors=$(snmp6 Icmp6InErrors)
	send_frames < "$T/cut" && alive || return
	cuts=$(grep -c . "$T/cut")
	same 'messages counted' $((messages + cuts + 1)) "$(snmp6 Icmp6InMsgs)" || return
	# Whole ones are those without their option; a router advertisement loses none that it needs.
	same 'errors counted' $((errors + cuts - 5)) "$(snmp6 Icmp6InErrors)"
}

is() { ip -n b -6 "$1" show dev vb | grep -Eq "$2"; }
is_not() { ! is "$1" "$2"; }
seen() { ip -n b -6 addr show dev vb; ip -n b -6 route; fail "$*"; }

# One router: addresses, on-link prefix, default route, RFC 4191 route, MTU, hop limit, and all of it withdrawn.
router() {
	advertise 01 8 600 "$(prefix fd00000c00000000 600)" 05010000000005c8 180240180000012cfd00006600000000 || return
	wait_for 10 is addr 'inet6 fd00:c::.*ff:fe.*/64 scope global dynamic' || { seen "no address"; return; }
	wait_for 10 is route '^default via fe80::1 proto ra .*pref high' || { seen "no default route"; return; }
	wait_for 10 is route '^fd00:66::/64 via fe80::1 proto ra .*pref low' || { seen "no route"; return; }
	is route '^fd00:c::/64 proto kernel .*expires' || { seen "no prefix"; return; }
	wait_for 10 conf_is mtu 1480 && conf_is hop_limit 77 && as_told || return
	advertise 01 0 0 1802401800000000fd00006600000000 || return
	wait_for 10 is_not route 'via fe80::1' || { seen "not withdrawn"; return; }
	is addr 'inet6 fd00:c::' || seen "the address went along"
}
# as_told: what is longer than that leaves in fragments of 1480 bytes, with a hop limit of 77.
as_told() {
	cap_start told a va -d in -e 0x86dd || return
	head -c 1600 /dev/zero | in_ns b socat -u -b 2000 - 'UDP6-SENDTO:[fd00:1::1]:9' && wait_for 10 long_one "$T/told.cap" || {
		cat "$T/told.cap"
		fail "not so long, or without that hop limit"
		return
	}
	cap_stop told
}
long_one() { grep -Eq '^.{24}86dd.{8}05a02c4d' "$1"; }
conf_is() { same "$1" "$2" "$(in_ns b cat "/proc/sys/net/ipv6/conf/vb/$1")"; }

# Two routers with a prefix each: by the source (RFC 8028); without one by preference, and the source of that router
# (RFC 6724, rule 5.5).
two_routers() {
	advertise 01 0 600 "$(prefix fd00001100000000 600)" && advertise 02 8 600 "$(prefix fd00002200000000 600)" || return
	wait_for 10 is addr 'inet6 fd00:11::' && wait_for 10 is addr 'inet6 fd00:22::' && wait_for 10 is route 'default via fe80::2' || {
		seen "not both"
		return
	}
	wait_for 10 way 'via fe80::1 ' from "$(given fd00:11:)" && wait_for 10 way 'via fe80::2 ' from "$(given fd00:22:)" || return
	way "via fe80::2 .*src $(given fd00:22:)" || return
	advertise 02 18 600 "$(prefix fd00002200000000 600)" || return
	wait_for 10 way "via fe80::1 .*src $(given fd00:11:)" || return
	way 'via fe80::2 ' from "$(given fd00:22:)"
}
# A prefix on the link that a router told and that an own address has: one route, which stands while either does.
both_owners() {
	advertise 01 0 0 "$(prefix fd00003300000000 600)" || return
	wait_for 10 is route '^fd00:33::/64 proto kernel .*expires' || { seen "no prefix"; return; }
	ip -n b addr add fd00:33::5/64 dev vb nodad && is_not route '^fd00:33::/64 .*expires' || { seen "not for ever"; return; }
	# Neither does the router end it now, nor give it an end.
	advertise 01 0 0 "$(prefix fd00003300000000 500)" && alive && is_not route '^fd00:33::/64 .*expires' || { seen "ends"; return; }
	advertise 01 0 0 "$(prefix fd00003300000000 0)" && alive && is route '^fd00:33::/64 ' || { seen "ended"; return; }
	# And what it said stands when the address is gone.
	advertise 01 0 0 "$(prefix fd00003300000000 600)" && alive && ip -n b addr del fd00:33::5/64 dev vb || return
	is route '^fd00:33::/64 proto kernel .*expires' || { seen "gone with the address"; return; }
	advertise 01 0 0 "$(prefix fd00003300000000 0)" && wait_for 10 is_not route '^fd00:33::/64 ' || seen "not withdrawn"
}

# As many prefixes as are kept, for ever; after the link was gone there is room for those of the next one.
next_link() {
	for t_n in 0 1 2 3; do
		# shellcheck disable=SC2046 # options
		advertise 01 0 0 $(for t_i in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do prefix "fd000044000000$t_i$t_n" 4294967295; done) || return
	done
	wait_for 10 is route '^fd00:44:0:.*/64' || { seen "no prefix"; return; }
	ip -n b link set vb down && ip -n b link set vb up && address b vb fd00:1::2/64 || return
	for address in fd00:1::1 fe80::a fe80::1 fe80::2; do
		ip -n b -6 neigh replace "$address" lladdr "$lladdr" nud permanent dev vb || return
	done
	wait_for 10 alive && is_not route '^fd00:44:' || { seen "of the other link"; return; }
	advertise 01 0 0 "$(prefix fd00005500000000 600)" || return
	wait_for 10 is route '^fd00:55::/64 ' || seen "no room"
}

# A second link, to c, and a router on it, of the same link-local address as one on the first.
second_link() {
	ns_add c && set_conf c conf/default/disable_ipv6 1 && wire c vc b vd && mac_c=$(hex_mac c vc) mac_d=$(hex_mac b vd) || return
	reachable vd "$mac_c" permanent
}
# reachable INTERFACE MAC STATE: what the host knows of fe80::1 there.
reachable() { ip -n b -6 neigh replace fe80::1 lladdr "$(echo "$2" | sed 's/../&:/g;s/:$//')" nud "$3" dev "$1"; }
# by_second COMMAND…: what is sent comes from c.
by_second() {
	t_first=$mac_a t_host=$mac_b
	stranger='c vc' mac_a=$mac_c mac_b=$mac_d
	"$@"
	t_done=$?
	stranger='a va' mac_a=$t_first mac_b=$t_host
	return "$t_done"
}
# leaves NUMBER [SOURCE]: a datagram to that port of a far host; where it comes out is looked at in the end.
leaves() { echo x | in_ns b socat -u - "UDP6-SENDTO:[fd00:10::1]:$1${2:+,bind=[$2]}" || fail "$1 is not sent"; }
# left_by NAMESPACE: what came out there: where, the number, the network of the source.
left_by() {
	awk -v where="$1" '
	substr($0, 41, 2) == "11" && substr($0, 77, 8) == "fd000010" { print where, substr($0, 113, 4), substr($0, 49, 4) }' "$T/up_$1.cap"
}
# RFC 8028 of a host with two uplinks, each with a router and a prefix: the source decides, and where nothing is bound the
# better router and a source of its; when one router falls silent or withdraws, or its link goes, the other has it all.
two_uplinks() {
	second_link && cap_start up_a a va -d in -e 0x86dd && cap_start up_c c vc -d in -e 0x86dd || return
	advertise 01 0 600 "$(prefix fd00006100000000 600)" && by_second advertise 01 8 600 "$(prefix fd00006200000000 600)" || return
	wait_for 10 given fd00:61: && wait_for 10 given fd00:62: vd && wait_for 10 way 'via fe80::1 dev vd' || { seen "not both"; return; }
	first=$(given fd00:61:) second=$(given fd00:62: vd)
	way 'via fe80::1 dev vb' from "$first" && way 'via fe80::1 dev vd' from "$second" && way "dev vd .*src $second" || return
	leaves 4097 "$first" && leaves 4098 "$second" && leaves 4099 || return
	# The better one is silent, and is there again.
	reachable vd "$mac_c" failed && leaves 4113 "$first" && leaves 4114 "$second" && leaves 4115 || return
	reachable vd "$mac_c" permanent && leaves 4129 "$first" && leaves 4130 "$second" && leaves 4131 || return
	# The other is none any more, and is one again.
	advertise 01 0 0 && wait_for 10 way 'via fe80::1 dev vd' from "$first" || return
	leaves 4145 "$first" && leaves 4146 "$second" && leaves 4147 || return
	advertise 01 0 600 && wait_for 10 way 'via fe80::1 dev vb' from "$first" && ip -n b link set vd down || return
	leaves 4161 "$first" && leaves 4163 || return
	cap_stop up_a && cap_stop up_c || return
	cat > "$T/left" <<-END
		a 1001 0061
		a 1011 0061
		a 1012 0062
		a 1013 0061
		a 1021 0061
		a 1041 0061
		a 1043 0061
		c 1002 0062
		c 1003 0062
		c 1022 0062
		c 1023 0062
		c 1031 0061
		c 1032 0062
		c 1033 0062
	END
	{ left_by a; left_by c; } | sort > "$T/left.now"
	diff "$T/left" "$T/left.now"
}
given() { ip -n b -6 addr show dev "${2-vb}" | sed -n "s/.*inet6 \($1[^/]*\).*/\1/p" | head -n 1 | grep .; }
way() {
	t_want=$1
	shift
	ip -n b -6 route get fd00:10::1 "$@" > "$T/way" 2>&1
	grep -q "$t_want" "$T/way" || { cat "$T/way"; fail "not $t_want"; }
}

must net_stranger
check errors-with-measure limited
check header-chains headers
check fragments-in-any-order fragments
check neighbour-discovery-of-bad-form nd_forms
check neighbour-discovery-cut-at-each-byte nd_cut
check one-router router
check two-routers two_routers
check prefix-of-a-router-and-an-address both_owners
check prefixes-of-the-next-link next_link
check two-uplinks two_uplinks
check alive-after-all alive
ns_del a b c
t_end
