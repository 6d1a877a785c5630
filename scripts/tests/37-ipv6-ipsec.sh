#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 90; ipv6 sextant
#
# IPsec over our own IPv6, the suite's two halves together: ESP in both modes around and inside it, on hosts and on a
# gateway; fragments and path MTUs; what goes in clear and what does not; and either half can be unloaded under the other.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them
. "$(dirname "$0")/lib.sh"

# family_of MODE OUTER INNER: of the packets that are protected.
family_of() { [ "$1" = tunnel ] && echo "$3" || echo "$2"; }

# ip6_counter NS NAME: of /proc/net/snmp6.
ip6_counter() { in_ns "$1" awk -v n="$2" '$1 == n { print $2 }' /proc/net/snmp6; }

# whole MODE ALG OUTER INNER: what is short and what is long arrives as it was sent, in ESP alone; both ends count alike.
whole() {
	protect_pair "$@" || return
	between "$1" "$3" "$4"
	made=$(ip6_counter a Ip6FragCreates)
	wire_start || return
	ping_ok a "$to" -I "$from" -s 300 && ping_ok b "$from" -I "$to" -s 4000 && udpload -n 10 -s 700 a "$from" b "$to" &&
		udpload -n 2 -s 20000 a "$from" b "$to"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	sent=$(sa_packets a 0x1001 0x1002)
	same "packets of the SAs" "$sent" "$(sa_packets b 0x1001 0x1002)" || return
	[ "${sent%% *}" -ge 14 ] || { fail "${sent%% *} packets in the SA"; return; }
	[ "$3" = 6 ] || return 0
	# 20000 bytes, twice, and an answer of 4000: the ESP packets of them are in fragments.
	[ "$(ip6_counter a Ip6FragCreates)" -ge $((made + 30)) ] || fail "a made no fragments"
}

# no_sa MODE OUTER INNER: the sender hears why, a reason is counted, and nothing is on the wire.
no_sa() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	echo 'sa flush' | load a || return
	cap_start none a va -d out || return
	drop_of a sa-missing 1 udp_stops a "$from" b "$to" || return
	cap_stop none || return
	same 'what was sent' '' "$(frames "$T/none.cap")" || return
	grep -q 'Required key not available' "$T/udp" || { cat "$T/udp"; fail "the sender was not told"; }
}

# What should have been protected is refused, on its own and in fragments.
clear_in() {
	protect_pair transport aes-gcm-128 6 - || return
	echo 'policy flush' | load a || return
	drop_of b policy-clear 1 udp_stops a fd00:1::1 b fd00:1::2 || return
	drop_of b policy-clear 1 udp_stops -s 4000 a fd00:1::1 b fd00:1::2
}

# All of the link is protected or discarded: neighbours and duplicates are found by rule 0 alone.
everything() {
	clear_all a b || return
	for pair in 'a 0x1001 0x1002 b' 'b 0x1002 0x1001 a'; do
		# shellcheck disable=SC2086 # four words
		set -- $pair
		me=$(outer 6 "$1") you=$(outer 6 "$4")
		load "$1" <<-END || return
			$(sa_line out "$2" "$me" "$you" transport aes-gcm-128)
			$(sa_line in "$3" "$you" "$me" transport aes-gcm-128)
			policy add dir out prio 10 src $me dst $you action protect esp transport
			policy add dir in prio 10 src $you dst $me action protect esp transport
			policy add dir out prio 20 family ipv6 action discard
			policy add dir in prio 20 family ipv6 action discard
		END
	done
}
neighbours_clear() {
	everything || return
	ip -n a -6 neigh flush dev va && ip -n b -6 neigh flush dev vb || return
	before=$(stat b bypassed-nd)
	wire_start || return
	ping_ok a fd00:1::2
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] && only_esp "$T/wire.cap" || return
	[ "$(stat b bypassed-nd)" -ge $((before + 1)) ] || { fail "bypassed-nd stays at $before"; return; }
	# Hop limit 255, ICMPv6, solicitation and advertisement.
	for type in 87 88; do
		grep -Eq "^.{24}86dd.{12}3aff.{64}$type" "$T/wire.cap" || { fail "type 0x$type is not on the wire"; return; }
	done
}
duplicates_found() {
	in_ns a tee /proc/sys/net/ipv6/conf/va/accept_dad > /dev/null <<-END || return
		1
	END
	ip -n a addr add fd00:1::2/64 dev va && ip -n a addr add fd00:1::7/64 dev va || return
	wait_for 10 shows fd00:1::2/64 dadfailed && wait_for 10 shows_not fd00:1::7/64 tentative && shows_not fd00:1::7/64 dadfailed || return
	ip -n a addr del fd00:1::2/64 dev va && ip -n a addr del fd00:1::7/64 dev va
}
shows() { ip -n a -6 addr show dev va | grep -F " $1 " | grep -q "$2"; }
shows_not() { ip -n a -6 addr show dev va | grep -F " $1 " | grep -qv "$2"; }
rule_0_off() {
	sextant -N a policy set id 0 enabled off && ip -n a -6 neigh flush dev va || return
	before=$(drops a policy-discard)
	ping_fails a fd00:1::2 || return
	[ "$(drops a policy-discard)" -gt "$before" ] || { fail "no solicitation was discarded"; return; }
	clear_all a b && sextant -N a policy set id 0 enabled on && wait_for 10 ping_ok a fd00:1::2
}

# between_nets OUTER INNER: what c, behind a, and b exchange is ESP between a and b, whole or in fragments.
between_nets() {
	through_ends "$1" "$2" || return
	# The first long one is too big for the tunnel, and c is told.
	wait_for 10 in_ns c ping -c 1 -W 1 -s 1440 "$b" || return
	drops_from_here a b
	wire_start && cap_start inside c vc || return
	ping_ok c "$b" -s 500 && udpload -n 10 -s 1000 c "$c" b "$b" && udpload -n 3 -s 4000 c "$c" b "$b"
	sent=$?
	wire_stop && cap_stop inside || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" || return
	same 'ESP between c and a' '' "$(frames "$T/inside.cap" | grep '^[46] 50 ')" || return
	no_drops a b
}

# b sends in clear to c; a lets nothing out of the tunnel that no policy wants.
gateway_refuses() {
	through_ends "$1" "$2" && clear_all b || return
	drop_of a policy-clear 1 udp_stops b "$b" c "$c" || return
	gateway "$1" "$2" '' || return
	drop_of a policy-mismatch 1 udp_stops b "$b" c "$c"
}

# A sender behind the gateway hears of the size that fits the tunnel; its fragments of that size pass.
told_by_gateway() {
	through_ends "$1" 6 || return
	ip -n c -6 route flush cache
	told c vc '02 00 fd000010000100000000000000000001' wait_for 10 in_ns c ping -c 1 -W 1 -s 1440 "$b" || return
	learned c "$b" '14[0-9][0-9]' || return
	ip -n c -6 route show cache > "$T/cache"
	grep -q "^$b .*mtu 14[0-9][0-9]" "$T/cache" || { cat "$T/cache"; fail "not shown"; return; }
	ping_ok c "$b" -s 1440 && udpload -n 2 -s 5000 c "$c" b "$b"
}
learned() { ip -n "$1" -6 route get "$2" | grep -q " mtu $3 " || { ip -n "$1" -6 route get "$2"; fail "not learned"; }; }

# insists NS-A FROM NS-B TO SIZE: a datagram that must not be fragmented.
insists() {
	udpload -M 'do' -s "$5" "$1" "$2" "$3" "$4" > "$T/do" 2>&1 && { echo arrived; return; }
	grep -q ': send: Message too long$' "$T/do" && echo EMSGSIZE || cat "$T/do"
}
told_here() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	same '1440 bytes' EMSGSIZE "$(insists a "$from" b "$to" 1440)" && same '1300 bytes' arrived "$(insists a "$from" b "$to" 1300)"
}

# Between b and c, with a in the middle and a narrow link behind it: a's ICMPv6 is about an ESP packet; b believes it, since
# it has that SA, and whoever sends through the SA fits from then on.
told_on_the_way() {
	clear_all a b c || return
	b=fd00:20::1 c=fd00:10:1::2
	for pair in "b $b $c 0x3001 0x3002" "c $c $b 0x3002 0x3001"; do
		# shellcheck disable=SC2086 # five words
		set -- $pair
		load "$1" <<-END || return
			$(sa_line out "$4" "$2" "$3" transport aes-gcm-128)
			$(sa_line in "$5" "$3" "$2" transport aes-gcm-128)
			policy add dir out prio 10 src $2 dst $3 action protect esp transport
			policy add dir in prio 10 src $3 dst $2 action protect esp transport
		END
	done
	ip -n a link set vac mtu 1400 && ip -n c link set vc mtu 1400 || return
	told b vb '02 00 fd000010000000000000000000000001' wait_for 10 in_ns b ping -c 1 -W 1 -s 1390 -I "$b" "$c" || return
	learned b "$c" 1400 || return
	same '1340 bytes' EMSGSIZE "$(insists b "$b" c "$c" 1340)" && same '1300 bytes' arrived "$(insists b "$b" c "$c" 1300)" || return
	# Of an SA that it hasn't, b believes nothing.
	ip -n b -6 route flush cache
	load b <<-END || return
		sa flush
		$(sa_line out 0x3003 "$b" "$c" transport aes-gcm-128)
	END
	sed -n 's/^\(.\{108\}0200.*\)/\1/p' "$T/told.cap" | head -1 > "$T/old"
	[ -s "$T/old" ] || { fail "no ICMPv6 was captured"; return; }
	before=$(ip6_counter b Icmp6InErrors)
	rawsend -m eth -i va a < "$T/old" > "$T/rawsend" || { cat "$T/rawsend"; return 1; }
	wait_for 5 errors_are $((before + 1)) || return
	! ip -n b -6 route get "$c" | grep -q ' mtu 1400 ' || fail "it was believed"
}
errors_are() { same Icmp6InErrors "$1" "$(ip6_counter b Icmp6InErrors)"; }

# a is a hub whose tunnels lead over one link. What came out of one is not told on the link, as what comes in clear is: b, the
# source by its outer address, could reach fd00:9::1 itself.
no_redirect() {
	clear_all a b c && ip -n a -6 route add fd00:9::/64 dev va && ip -n b -6 route add fd00:9::/64 via fd00:1::1 || return
	load a <<-END || return
		$(sa_line in 0x1002 fd00:1::2 fd00:1::1 tunnel aes-gcm-128)
		$(sa_line out 0x1003 fd00:1::1 fd00:1::2 tunnel aes-gcm-128)
		policy add dir forward prio 10 src fd00:1::2 dst fd00:9::/64 action protect esp tunnel fd00:1::2 fd00:1::1
		policy add dir out prio 10 src fd00:1::2 dst fd00:9::/64 action protect esp tunnel fd00:1::1 fd00:1::2
	END
	load b <<-END || return
		$(sa_line out 0x1002 fd00:1::2 fd00:1::1 tunnel aes-gcm-128)
		policy add dir out prio 10 src fd00:1::2 dst fd00:9::/64 action protect esp tunnel fd00:1::2 fd00:1::1
	END
	cap_start hub a va -d out && to_hub && wait_for 10 same 'packets on' 1 "$(sa_packets a 0x1003)" && cap_stop hub || return
	! redirected || { fail "what came out of a tunnel is told on the link"; return; }
	clear_all a b && cap_start hub a va -d out && to_hub && wait_for 10 redirected && cap_stop hub || return
	ip -n a -6 route del fd00:9::/64 dev va && ip -n b -6 route del fd00:9::/64 via fd00:1::1
}
to_hub() { echo secret | in_ns b socat -u - 'UDP6-SENDTO:[fd00:9::1]:9,bind=[fd00:1::2]'; }
# Hop limit 255, ICMPv6, redirect.
redirected() { grep -E '^.{24}86dd.{12}3aff.{64}89' "$T/hub.cap"; }

loaded() { grep -q "^sextant_$1 " /proc/modules; }
put_in() {
	for module in "$@"; do
		insmod "$SXT_MODULES/sextant_$module.ko" || return
	done
}
take_out() {
	for module in "$@"; do
		rmmod "sextant_$module" || return
	done
}
# goes MODULE: within a while; it is in use until RCU lets go of the last closed socket. A rmmod that hangs does not take this
# shell along.
goes() {
	until rmmod "sextant_$1"; do
		sleep 0.1
	done > "$T/rmmod" 2>&1 &
	echo $! > "$T/rmmod.pid"
	wait_for 30 gone "$1" && rm "$T/rmmod.pid"
}
gone() { ! loaded "$1" || { cat "$T/rmmod"; fail "sextant_$1 is still there"; }; }

# flow FAMILY FROM TO: datagrams to and fro until it is stopped. The socket of IPv6 keeps the module, IPv4's doesn't.
flow() {
	udpload -k -m pingpong -n 100000000 -t 20 -p "4100$1,4200$1" a "$2" b "$3" > "$T/flow$1" 2>&1 &
	echo $! > "$T/flow$1.pid"
}
flow_ends() {
	read -r t_pid < "$T/flow$1.pid"
	: > "$T/flow$1.pid"
	kill "$t_pid"
	wait "$t_pid" || :
}
moved() { [ "$(stat b in-packets)" -ge $(($1 + 20)) ]; }

# IPv4 in IPv6 goes on while our IPv6 leaves; it has no route from then on. The SAs keep nothing of it: it comes back, and
# they work.
ipv6_goes() {
	clear_all c && protect_pair tunnel aes-gcm-128 6 4 || return
	flow 4 10.10.0.1 10.20.0.1
	wait_for 10 moved "$(stat b in-packets)" || return
	ip netns exec a socat -u UDP6-RECV:5000 OPEN:/dev/null &
	echo $! > "$T/socat.pid"
	wait_for 10 in_ns a grep -q ':1388 ' /proc/net/udp6 || return
	refuses rmmod sextant_ipv6 || return
	kill "$(cat "$T/socat.pid")" && rm "$T/socat.pid"
	goes ipv6 || return
	before=$(drops a no-route)
	wait_for 10 more_drops a no-route "$before" || return
	ping_ok a 10.1.0.2 || return
	put_in ipv6 && net_two_ipv6 || return
	wait_for 10 moved "$(stat b in-packets)" || return
	flow_ends 4
}
more_drops() { [ "$(drops "$1" "$2")" -gt "$3" ]; }

# An SA that has sent through a tunnel, and sends no more, does not keep IPv6 from going.
ipv6_goes_idle() {
	protect_pair tunnel aes-gcm-128 6 6 && ping_ok a fd00:20::1 -I fd00:10::1 || return
	goes ipv6 && put_in ipv6 && net_two_ipv6 && ping_ok a fd00:20::1 -I fd00:10::1
}

# IPsec leaves under packets of IPv6, which are clear from then on; then it comes back.
ipsec_goes() {
	protect_pair tunnel aes-gcm-128 6 6 || return
	flow 6 fd00:10::1 fd00:20::1
	wait_for 10 moved "$(stat b in-packets)" || return
	take_out netlink policy esp key || return
	ping_ok a fd00:20::1 -I fd00:10::1 && put_in key esp policy netlink || return
	protect_pair tunnel aes-gcm-128 6 6 && wait_for 10 moved "$(stat b in-packets)" || return
	flow_ends 6
}

# Namespaces go with SAs that keep routes. While one is going no module can go that has something in namespaces.
namespaces_go() {
	net_two && protect_pair tunnel aes-gcm-128 6 6 && ping_ok a fd00:20::1 -I fd00:10::1 || return
	ns_del a b
	goes ipv6 && put_in ipv6
}
# Who was loaded last leaves a namespace first.
ipv6_last() { goes ipv6 && put_in ipv6 && namespaces_go; }
ipsec_last() { take_out netlink policy esp key && put_in key esp policy netlink && namespaces_go; }

must net_three
# Where this is not a long run, each architecture shows what the other does not.
kinds='transport,aes-gcm-128,6,- tunnel,null-hmac-sha256,4,6 tunnel,aes-gcm-128,6,6 tunnel,chacha20-poly1305,6,4'
gateways='6,6 6,4 4,6'
case $SXT_ARCH-$(in_full && echo long) in
x86_64-) kinds=${kinds% tunnel,aes*} gateways='6,6' ;;
sparc64-) kinds=${kinds#*4,6 } gateways='6,4 4,6' ;;
esac
for kind in $kinds; do
	# shellcheck disable=SC2046 # words
	set -- $(echo "$kind" | tr , ' ')
	words="$1 IPv$3"
	[ "$1" = transport ] || words="tunnel IPv$4 in IPv$3"
	check "$words" whole "$@"
	check "refused without an SA, $words" no_sa "$1" "$3" "$4"
	[ "$(family_of "$1" "$3" "$4")" = 4 ] || check "EMSGSIZE, $words" told_here "$1" "$3" "$4"
done
check "clear packets are refused" clear_in
check "neighbours are found in clear" neighbours_clear
check "duplicates are found in clear" duplicates_found
check "without rule 0 they are not" rule_0_off
for kind in $gateways; do
	set -- "${kind%,*}" "${kind#*,}"
	check "gateway, IPv$2 in IPv$1" between_nets "$@"
	check "gateway refuses, IPv$2 in IPv$1" gateway_refuses "$@"
done
for outer in 6 4; do
	check "MTU told by the gateway, IPv6 in IPv$outer" told_by_gateway $outer
done
check "MTU told on the way of ESP" told_on_the_way
check "what came out of a tunnel is not redirected" no_redirect
check "IPv6 goes under IPsec" ipv6_goes
check "IPv6 goes under an idle tunnel" ipv6_goes_idle
check "IPsec goes under IPv6" ipsec_goes
ns_del a b c
check "a namespace goes, IPsec loaded last" ipsec_last
check "a namespace goes, IPv6 loaded last" ipv6_last
t_end
