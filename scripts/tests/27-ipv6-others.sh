#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 90; ipv6 sextant
#
# Modules of the kernel's tree that link to an IPv6 stack, beside ours: bridges, socket listings, nftables, connection
# tracking, defragmentation, flowtables, queues of user space. They load by modprobe, they see what packets and sockets there
# are, and they unload, and our module after them.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them; awk's dollars
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/frames.sh"
. "$(dirname "$0")/bridge.sh"

# background NAME NS COMMAND…: runs on until the file ends. The process by that number is COMMAND's own.
background() {
	t_pid_file=$T/$1.pid t_ns=$2
	shift 2
	ip netns exec "$t_ns" "$@" &
	echo $! > "$t_pid_file"
}

# ended NAME: what ran in the background is gone by itself.
ended() { ! kill -0 "$(cat "$T/$1.pid")" 2>/dev/null; }

bridge_alone() {
	net_bridge || return
	echo 1 | in_ns r tee /proc/sys/net/ipv6/conf/br0/disable_ipv6 > /dev/null || return
	same "addresses of the bridge" "" "$(ip -n r -6 addr show dev br0)" || return
	wait_for 10 ping_ok a fd00:1::2 && ping_ok b fd00:1::1 -s 3000
}

bridge_as_host() {
	echo 0 | in_ns r tee /proc/sys/net/ipv6/conf/br0/disable_ipv6 > /dev/null || return
	address r br0 fd00:1::3/64 && ping_ok a fd00:1::3 && ping_ok r fd00:1::2 && ping_ok a fd00:1::2
}

# A bridge that answers for hosts that it knows, so that solicitations don't flood the port rb: not for itself.
bridge_suppresses() {
	bridge -n r link set dev rb neigh_suppress on &&
		bridge -n r fdb replace 02:00:00:00:00:99 dev rb master static &&
		ip -n r -6 neigh replace fd00:1::99 lladdr 02:00:00:00:00:99 dev br0 nud permanent || return
	in_ns a ping -c 1 -W 1 fd00:1::99 > /dev/null 2>&1
	ip -n a -6 neigh show fd00:1::99 | grep -q 'lladdr 02:00:00:00:00:99' || { ip -n a -6 neigh; fail "not answered for"; return; }
	ip -n a -6 neigh flush dev va && ping_ok a fd00:1::3
}

udp_listed() {
	net_two || return
	background udp a socat -u "UDP6-RECV:5000,bind=[fd00:1::1]" OPEN:/dev/null
	background other a socat -u UDP6-RECV:5001 OPEN:/dev/null
	wait_for 10 in_ns a grep -q ':1389 ' /proc/net/udp6 && wait_for 10 in_ns a grep -q ':1388 ' /proc/net/udp6 || return
	same "UDP sockets" "*:5001 [fd00:1::1]:5000" "$(in_ns a ss -H -u6an | awk '{ print $4 }' | LC_ALL=C sort | xargs)" || return
	module_there udp_diag || { fail "not by udp_diag"; return; }
}

# One socket by its addresses, found as packets find theirs.
udp_ended_by_ss() {
	in_ns a ss -K -u6an 'sport = :5000' > /dev/null || return
	wait_for 10 ended udp && ! ended other && rm "$T/udp.pid"
}

# Sockets keep ways that are gone: by an interface, and to an own address of it. It leaves without waiting for them.
kept_ways() {
	ip_all a <<-END || return
		link add vz up type dummy
		addr add fd00:98::1/64 dev vz nodad
	END
	for t_to in 2 1; do
		mkfifo "$T/keep-$t_to" || return
		ip netns exec a socat -u - "UDP6:[fd00:98::$t_to]:9" < "$T/keep-$t_to" &
		echo $! > "$T/keep-$t_to.pid"
	done
	exec 4> "$T/keep-2" 5> "$T/keep-1"
	echo x >&4 && echo x >&5 && wait_for 10 connected 2 || return
	ip_all a <<-END || return
		route del fd00:98::/64 dev vz
		addr del fd00:98::1/64 dev vz
	END
	timeout 10 ip -n a link del vz || { fail "the interface does not leave"; return; }
	connected 2 && exec 4>&- 5>&- && wait_for 10 ended keep-1 && wait_for 10 ended keep-2 && rm "$T"/keep-[12].pid
}
connected() { same "connected sockets" "$1" "$(in_ns a awk '$3 ~ /:0009$/' /proc/net/udp6 | wc -l)"; }

raw_listed() {
	background raw a socat -u IP6-RECV:99 OPEN:/dev/null
	wait_for 10 in_ns a grep -q ':0063 ' /proc/net/raw6 || return
	same "raw sockets" "*:99" "$(in_ns a ss -H -w6an | awk '{ print $4 }')" || return
	module_there raw_diag || { fail "not by raw_diag"; return; }
	in_ns a ss -K -w6an 'sport = :99' > /dev/null || return
	wait_for 10 ended raw && rm "$T/raw.pid"
}

# a and b, and r routes.
net_routed() {
	ns_del a b r
	ns_add a b r && wire a va r ra && wire b vb r rb || return
	address a va fd00:1::1/64 && address r ra fd00:1::3/64 && address r rb fd00:2::3/64 && address b vb fd00:2::2/64 || return
	ip -n a -6 route add default via fd00:1::3 && ip -n b -6 route add fd00:1::/64 via fd00:2::3 || return
	echo 1 | in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	net_meet a fd00:2::2
}

nft_counts() {
	net_routed && nft_rules r <<-END || return
		table ip6 t {
			counter requests { }
			counter replies { }
			chain c {
				type filter hook forward priority 0
				ip6 saddr fd00:1::1 icmpv6 type echo-request counter name requests
				ip6 daddr fd00:1::1 icmpv6 type echo-reply counter name replies
			}
		}
		table inet t {
			counter both { }
			chain c {
				type filter hook forward priority 1
				meta nfproto ipv6 meta l4proto icmpv6 counter name both
			}
		}
	END
	in_ns a ping -c 5 -i 0.2 -W 3 fd00:2::2 | grep -q ' 5 received' || { fail "packets were lost"; return; }
	same requests 5 "$(nft_count r ip6 requests)" && same replies 5 "$(nft_count r ip6 replies)" &&
		same "both, in inet" 10 "$(nft_count r inet both)"
}

# Each packet meets each hook that is on its way, once: those that are for others, the node's own, those that are for it. What the
# node sends is cut behind the hooks, and what arrives is put together behind them.
nft_hooks() {
	{
		echo 'table ip6 t {'
		for t_hook in prerouting input forward output postrouting; do
			echo "counter $t_hook { }"
			echo "chain $t_hook {"
			echo "type filter hook $t_hook priority 0"
			echo "ip6 hoplimit != 255 ip6 saddr fd00::/16 counter name $t_hook"
			echo '}'
		done
		echo '}'
	} > "$T/hooks"
	net_routed && nft_rules r < "$T/hooks" || return
	for t_size in 100 3000; do
		t_n=1
		[ "$t_size" = 100 ] || t_n=3
		hooks_of "forwarded, $t_size" "forward $t_n postrouting $t_n prerouting $t_n" a fd00:1::1 b fd00:2::2 &&
			hooks_of "received, $t_size" "input $t_n prerouting $t_n" a fd00:1::1 r fd00:1::3 &&
			hooks_of "sent, $t_size" "output 1 postrouting 1" r fd00:2::3 b fd00:2::2 || return
	done
	hooks_of "to itself" "input 1 output 1 postrouting 1 prerouting 1" r fd00:2::3 r fd00:1::3
}
# hooks_of WHAT WANT NS ADDRESS NS ADDRESS: a datagram of $t_size bytes makes r's counters move so.
hooks_of() {
	t_what=$1 t_hooks=$2
	shift 2
	in_ns r nft reset counters table ip6 t > "$T/nft" && udp_passes -s "$t_size" "$@" && in_ns r nft reset counters table ip6 t > "$T/nft" || return
	same "$t_what" "$t_hooks" "$(awk '$1 == "counter" { name = $2 } $1 == "packets" && $2 { print name, $2 }' "$T/nft" | sort | xargs)"
}

nft_drops() {
	nft_rules r <<-END || return
		flush ruleset
		table ip6 t {
			counter dropped { }
			chain c {
				type filter hook prerouting priority 0
				icmpv6 type echo-request counter name dropped drop
			}
		}
	END
	ping_fails a fd00:2::2 && same dropped 1 "$(nft_count r ip6 dropped)" && nft_rules r <<-END && ping_ok a fd00:2::2
		flush ruleset
	END
}

# rejected HOOK DESTINATION: errors by their code, from the address that was asked or is nearest.
rejected() {
	# More errors to one host than the limit lets pass in that time.
	echo 0 | in_ns r tee /proc/sys/net/ipv6/icmp/ratelimit > /dev/null || return
	nft_rules r <<-END || return
		flush ruleset
		table inet t {
			chain c {
				type filter hook $1 priority 0
				icmpv6 sequence 1 icmpv6 type echo-request reject with icmpv6 no-route
				icmpv6 sequence 2 icmpv6 type echo-request reject with icmpv6 admin-prohibited
				icmpv6 sequence 3 icmpv6 type echo-request reject with icmpv6 addr-unreachable
				icmpv6 sequence 4 icmpv6 type echo-request reject with icmpv6 port-unreachable
				icmpv6 sequence 5 icmpv6 type echo-request reject with icmpv6 policy-fail
			}
		}
	END
	cap_start rejected a va -d in -e 0x86dd && ping_fails a "$2" -c 5 -i 0.2 && cap_stop rejected || return
	icmp6_errors "$T/rejected.cap" > "$T/errors"
	diff - "$T/errors" <<-'END' || return
		01 00 fd000001000000000000000000000003
		01 01 fd000001000000000000000000000003
		01 03 fd000001000000000000000000000003
		01 04 fd000001000000000000000000000003
		01 05 fd000001000000000000000000000003
	END
	printf 'flush ruleset\n' | nft_rules r
}

ct_states() {
	nft_rules r <<-END || return
		table ip6 t {
			counter new { }
			counter answered { }
			chain c {
				type filter hook forward priority 0
				policy drop
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				iifname ra ct state new counter name new accept
				ct state established ct direction reply counter name answered accept
				ct state established accept
			}
		}
	END
	in_ns a ping -c 3 -i 0.2 -W 3 fd00:2::2 | grep -q ' 3 received' || { fail "packets were lost"; return; }
	same "new flows" 1 "$(nft_count r ip6 new)" && same answers 3 "$(nft_count r ip6 answered)" || return
	# Nobody begins from the other side.
	ping_fails b fd00:1::1
}

# echoed NS WORD ADDRESS: what comes back; with that socat is done.
echoed() { echo "$2" | in_ns "$1" socat -t 3 - "UDP6:$3,readbytes=$((${#2} + 1))"; }

ct_table() {
	background echo b socat UDP6-RECVFROM:5000,fork EXEC:cat
	wait_for 10 in_ns b grep -q ':1388 ' /proc/net/udp6 || return
	same answer hello "$(echoed a hello "[fd00:2::2]:5000,sourceport=6000")" || return
	in_ns r conntrack -L -f ipv6 > "$T/ct" 2>&1 || { cat "$T/ct"; return 1; }
	cat "$T/ct"
	grep -q '^udp .*src=fd00:1::1 dst=fd00:2::2 sport=6000 dport=5000 src=fd00:2::2 dst=fd00:1::1 sport=5000 dport=6000' "$T/ct" &&
		grep -q '^icmpv6 .*src=fd00:1::1 dst=fd00:2::2 type=128 .*src=fd00:2::2 dst=fd00:1::1 type=129' "$T/ct"
}

# An error about a tracked packet belongs to its flow.
ct_related() {
	nft_rules r <<-END || return
		flush ruleset
		table ip6 t {
			counter related { }
			chain c {
				type filter hook forward priority 0
				ct state related icmpv6 type destination-unreachable counter name related
			}
		}
	END
	echo lost | in_ns a socat -t 0.2 - "UDP6:[fd00:2::2]:5999" > /dev/null 2>&1
	wait_for 10 related_is 1
}
related_is() { same "related errors" "$1" "$(nft_count r ip6 related)"; }

# Fragments meet the rules as one packet, and leave as they came.
defragments() {
	nft_rules r <<-END || return
		flush ruleset
		table ip6 t {
			counter whole { }
			counter pieces { }
			chain c {
				type filter hook forward priority 0
				ct state { new, established } icmpv6 type echo-request meta length 3048 counter name whole
				exthdr frag exists counter name pieces
			}
		}
	END
	cap_start frag r rb -d out -e 0x86dd || return
	ping_ok a fd00:2::2 -s 3000 || return
	cap_stop frag || return
	same "whole packets" 1 "$(nft_count r ip6 whole)" && same pieces 0 "$(nft_count r ip6 pieces)" || return
	same "fragments that left" 3 "$(frames "$T/frag.cap" | grep -c frag)"
}

# br_netfilter has conntrack put them together.
bridge_defragments() {
	net_bridge && modprobe br_netfilter && nft_rules r <<-END || return
		table ip6 t {
			counter whole { }
			counter pieces { }
			chain c {
				type filter hook forward priority 0
				ct state { new, established } icmpv6 type { echo-request, echo-reply } meta length { 1696, 3048 } counter name whole
				exthdr frag exists counter name pieces
			}
		}
	END
	bridge_cuts && same "whole packets" 7 "$(nft_count r ip6 whole)" && same pieces 0 "$(nft_count r ip6 pieces)" || return
	same out-too-big 1 "$(refusal_count r out-too-big)" && ns_del r && modules_gone br_netfilter
}

# A flow that a flowtable has taken over passes neither hooks nor the stack; it is the stack's again when another route comes,
# when the node is no router any more, and when the first policy of IPsec comes.
flowtable() {
	net_routed && nft_rules r <<-END || return
		table inet t {
			flowtable ft {
				hook ingress priority 0
				devices = { ra, rb }
			}
			counter slow { }
			chain c {
				type filter hook forward priority 0
				meta l4proto udp counter name slow
				meta l4proto udp ct state established flow add @ft
			}
		}
	END
	t_port=7000
	wait_for 10 new_flow 100 && ip -n r -6 route add blackhole fd00:2::2/128 && no_flow && ip -n r -6 route del blackhole fd00:2::2/128 || return
	wait_for 10 new_flow 10 && router_is 0 && no_flow && router_is 1 || return
	wait_for 10 new_flow 10 && echo 'policy add dir out prio 1 src fd00:1::1 dst fd00:2::2 action discard' | load r || return
	drop_of r policy-discard 1 no_flow && clear_all r
}
router_is() { echo "$1" | in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null; }
flow() { udp_passes -p "7000,$t_port" "$@" a fd00:1::1 b fd00:2::2; }
no_flow() { udp_stops -p "7000,$t_port" a fd00:1::1 b fd00:2::2; }
# new_flow NUMBER: it is taken over when both have been heard, unless a route changed a moment ago. One that is given back is
# in the way of its likes for a second.
new_flow() { t_port=$((t_port + 1)) && flow -m pingpong -n 2 && passes_by "$1"; }
# passes_by NUMBER: so many datagrams arrive, and pass the stack by.
passes_by() {
	t_slow=$(nft_count r inet slow) t_stack=$(forwarded)
	flow -n "$1" && same "packets that passed the hook" "$t_slow" "$(nft_count r inet slow)" &&
		same "packets that the stack forwarded" "$t_stack" "$(forwarded)"
}

# queued NS HOOK DESTINATION PORT: a program of user space gives the datagram another destination there, b's.
queued() {
	nft_rules "$1" <<-END || return
		flush ruleset
		table ip6 t {
			chain c {
				type filter hook $2 priority 0
				udp dport $4 queue num 0
			}
		}
	END
	ip netns exec "$1" /usr/bin/python3 "$(dirname "$0")/sockets/queue.py" fd00:2::2 < /dev/null > "$T/queue-$4" 2>&1 &
	echo $! > "$T/queue-$4.pid"
	background "queued-$4" b socat -u "UDP6-RECV:$4" "CREATE:$T/queued-$4"
	wait_for 10 grep -qx bound "$T/queue-$4" && wait_for 10 in_ns b grep -q ":$(printf %X "$4") " /proc/net/udp6 || return
	echo "at $2" | in_ns a socat -u - "UDP6-SENDTO:[$3]:$4" && wait_for 10 grep -qx "at $2" "$T/queued-$4" || {
		cat "$T/queue-$4"
		fail "it did not arrive"
		return
	}
	wait "$(cat "$T/queue-$4.pid")" && rm "$T/queue-$4.pid" || return
	printf 'flush ruleset\n' | nft_rules "$1"
}
# Of a packet of the node itself it is another way, by another interface, and from there on another neighbour.
queue_reroutes() {
	net_routed && ip_all a <<-END || return
		link add vz up type dummy
		route add fd00:98::/64 dev vz
	END
	queued a output fd00:98::1 5020
}

# on_its_way NS HOOK PORT: a datagram of 1400 bytes from a to b waits there for the word of a program while its route is another's,
# or gone for a moment. It goes on by the way that it was given, whole.
on_its_way() {
	t_where=$1 t_hook=$2 t_dport=$3
	net_routed && background "whole-$t_dport" b socat -u "UDP6-RECV:$t_dport" "CREATE:$T/whole-$t_dport" &&
		wait_for 10 in_ns b grep -q ":$(printf %X "$t_dport") " /proc/net/udp6 || return
	t_bytes=0
	refusal_of "$t_where" none 0 waits_while replace && refusal_of "$t_where" none 0 waits_while del add || return
	printf 'flush ruleset\n' | nft_rules "$t_where"
}
# waits_while WORD…: what ip does meanwhile with the route that the packet has in $t_where.
waits_while() {
	case $t_where in
	r) t_route='fd00:2::/64 dev rb' ;;
	a) t_route='default via fd00:1::3' ;;
	esac
	# A word of ip's for a route that a prefix made.
	case $t_where-$t_route in r-*) t_route="$t_route proto kernel metric 256" ;; esac
	nft_rules "$t_where" <<-END || return
		flush ruleset
		table ip6 t {
			chain c {
				type filter hook $t_hook priority 0
				udp dport $t_dport queue num 0
			}
		}
	END
	# What the one before said goes as well.
	rm -f "$T/word" "$T/queue" && mkfifo "$T/word" || return
	ip netns exec "$t_where" /usr/bin/python3 "$(dirname "$0")/sockets/queue.py" < "$T/word" > "$T/queue" 2>&1 &
	echo $! > "$T/queue.pid"
	exec 3> "$T/word"
	wait_for 10 grep -qx bound "$T/queue" || return
	awk 'BEGIN { for (i = 0; i < 1352; i++) printf "x" }' | in_ns a socat -u - "UDP6-SENDTO:[fd00:2::2]:$t_dport" &&
		wait_for 10 grep -qx waits "$T/queue" || return
	for t_word in "$@"; do
		echo "route $t_word $t_route"
	done > "$T/change"
	ip_all "$t_where" < "$T/change" || return
	exec 3>&-
	wait_for 10 grep -qx passed "$T/queue" && wait "$(cat "$T/queue.pid")" && rm "$T/queue.pid" || return
	t_bytes=$((t_bytes + 1352))
	wait_for 5 whole_is "$t_bytes"
}
whole_is() { same "bytes that came by $t_hook" "$1" "$(wc -c < "$T/whole-$t_dport")"; }

masquerades() {
	nft_rules r <<-END || return
		flush ruleset
		table ip6 t {
			chain c {
				type nat hook postrouting priority srcnat
				oifname rb masquerade
			}
		}
	END
	nft_rules b <<-END || return
		table ip6 t {
			counter router { }
			counter host { }
			chain c {
				type filter hook input priority 0
				ip6 saddr fd00:2::3 udp dport 5000 counter name router
				ip6 saddr fd00:1::1 counter name host
			}
		}
	END
	same answer again "$(echoed a again "[fd00:2::2]:5000,sourceport=6001")" &&
		ping_ok a fd00:2::2 || return
	same "from the router" 1 "$(nft_count b ip6 router)" && same "from the host itself" 0 "$(nft_count b ip6 host)" || return
	# The address goes, and with it the flows that had it, those alone.
	ping_ok a fd00:1::3 && answers_to fd00:2::3 && answers_to fd00:1::1 || { cat "$T/ct"; return 1; }
	address r rb fd00:2::33/64 && ip -n r addr del fd00:2::3/64 dev rb && wait_for 10 refuses answers_to fd00:2::3 || return
	answers_to fd00:1::1 || { cat "$T/ct"; fail "others went as well"; return; }
	same answer other "$(echoed a other "[fd00:2::2]:5000,sourceport=6001")" && answers_to fd00:2::33 || return
	address r rb fd00:2::3/64 && ip -n r addr del fd00:2::33/64 dev rb
}
# answers_to ADDRESS: r knows a flow whose answers are for it.
answers_to() { in_ns r conntrack -L -f ipv6 > "$T/ct" 2>&1 && sed 's/.* src=/src=/' "$T/ct" | grep " dst=$1 "; }

# To a port of the node itself: of what comes in, and of its own, which is for ::1 then.
to_own_port() {
	background own b socat 'UDP6-RECVFROM:5001,bind=[::1],fork' EXEC:cat
	nft_rules b <<-END || return
		flush ruleset
		table ip6 t {
			chain in {
				type nat hook prerouting priority dstnat
				udp dport 7001 redirect to :5000
			}
			chain out {
				type nat hook output priority -100
				udp dport 7002 redirect to :5001
			}
		}
	END
	wait_for 10 in_ns b grep -q ':1389 ' /proc/net/udp6 || return
	same answer in "$(echoed a in "[fd00:2::2]:7001")" &&
		same answer own "$(echoed b own "[fd00:1::77]:7002")" || return
	printf 'flush ruleset\n' | nft_rules b
}

# Destination NAT on the way out of the node itself: the packet is routed anew.
redirects() {
	nft_rules a <<-END || return
		table ip6 t {
			chain c {
				type nat hook output priority 0
				ip6 daddr fd00:99::1 udp dport 7000 dnat to [fd00:2::2]:5000
			}
		}
	END
	same answer there "$(echoed a there "[fd00:99::1]:7000")"
}

# A packet that a chain has marked goes by the rule for that mark and its port, past the table that it was routed by first.
mark_reroutes() {
	nft_rules a <<-END || return
		flush ruleset
		table ip6 t {
			chain c {
				type route hook output priority 0
				udp dport 5010-5011 meta mark set 5
			}
		}
	END
	ip -n a link add vz type veth peer name vzz && ip -n a link set vz up && ip -n a link set vzz up &&
		ip -n a -6 route add fd00:98::/64 dev vz && ip -n a -6 route add default via fd00:1::3 table 100 &&
		ip -n a -6 rule add fwmark 5 ipproto udp dport 5010 table 100 || return
	address b lo fd00:98::1/128 && ip -n r -6 route add fd00:98::/64 via fd00:2::2 || return
	background marked b socat -u UDP6-RECV:5010 "CREATE:$T/marked"
	background other-port b socat -u UDP6-RECV:5011 "CREATE:$T/other-port"
	wait_for 10 in_ns b grep -q ':1393 ' /proc/net/udp6 && wait_for 10 in_ns b grep -q ':1392 ' /proc/net/udp6 || return
	for t_port in 5011 5010; do
		echo "$t_port" | in_ns a socat -u - "UDP6-SENDTO:[fd00:98::1]:$t_port" || return
	done
	wait_for 10 grep -q 5010 "$T/marked" && same "at the other port" "" "$(cat "$T/other-port")" || return
	ip -n a -6 rule del fwmark 5 ipproto udp dport 5010 table 100 && ip -n a link del vz
	printf 'flush ruleset\n' | nft_rules a
}

# compiled: both programs are there; what takes the time is that clang starts.
compiled() {
	[ -e "$T/lwt.o" ] || (
		cd "$T" && clang -O2 -target bpf -I/usr/include/x86_64-linux-gnu -c "$SXT_TOP/scripts/tests/bpf/fib.c" "$SXT_TOP/scripts/tests/bpf/lwt.c"
	)
}

# Packets that a program forwards by itself, by the route that it asked for: the stack never sees them, and leaves their
# hop limit alone. What is too big it leaves to the stack, which says so.
bpf_routes() {
	compiled && net_routed && wait_for 10 ping_ok b fd00:1::1 || return
	for t_if in ra rb; do
		in_ns r tc qdisc add dev "$t_if" clsact &&
			in_ns r tc filter add dev "$t_if" ingress bpf direct-action object-file "$T/fib.o" section classifier || return
	done
	t_before=$(forwarded)
	in_ns a ping -c 3 -i 0.2 -W 3 fd00:2::2 > "$T/ping" || return
	same "answers with a whole hop limit" 3 "$(grep -c ttl=64 "$T/ping")" || return
	same "packets that the stack forwarded" "$t_before" "$(forwarded)" || return
	ip -n r link set rb mtu 1280 && ip -n b link set vb mtu 1280 || return
	told a va "02 00 fd000001000000000000000000000003" in_ns a ping -c 2 -i 0.2 -W 3 -s 1400 -M want fd00:2::2 || return
	# A route that the program has to obey.
	ip -n r -6 route add blackhole fd00:2::2/128 && ping_fails a fd00:2::2
}
forwarded() { in_ns r awk '$1 == "Ip6OutForwDatagrams" { print $2 }' /proc/net/snmp6; }

# A route's program puts packets into others, which leave by the route of those; or drops them, as they leave or come in.
bpf_encap() {
	compiled && net_two && modprobe ip6_tunnel && ip -n b link add t60 type ip6tnl mode ip6ip6 local fd00:1::2 remote fd00:1::1 || return
	ip -n b link set t60 up && ip -n a -6 route add fd00:20::1/128 dev va encap bpf xmit obj "$T/lwt.o" section lwt_xmit/wrap headroom 48 || return
	cap_start wrapped a va -d out && ping_ok a fd00:20::1 -s 100 && ping_ok a fd00:20::1 -s 1452 && cap_stop wrapped || return
	same "what was sent" 3 "$(frames "$T/wrapped.cap" | grep -c '^6 41 ')" || return
	ip -n a -6 route show fd00:20::1 | grep -q 'encap bpf xmit' || { ip -n a -6 route; fail "not shown"; return; }
	for t_way in xmit out; do
		ip -n a -6 route replace fd00:20::1/128 via fd00:1::2 encap bpf "$t_way" obj "$T/lwt.o" section "lwt_$t_way/pass" &&
			ping_ok a fd00:20::1 || return
		ip -n a -6 route replace fd00:20::1/128 via fd00:1::2 encap bpf "$t_way" obj "$T/lwt.o" section "lwt_$t_way/drop" &&
			ping_fails a fd00:20::1 && ping_ok a fd00:1::2 || return
	done
	ip -n a -6 route del fd00:20::1/128 && ping_ok a fd00:20::1 && ip -n b link del t60 && modules_gone ip6_tunnel tunnel6
}

nftables() {
	check nft-counts nft_counts
	check nft-hooks-once nft_hooks
	check nft-drops nft_drops
	check nft-rejects-forwarded rejected forward fd00:2::2
	check nft-rejects-input rejected input fd00:1::3
	check conntrack-states ct_states
	check conntrack-table ct_table
	check conntrack-related-errors ct_related
	check fragments-are-gathered defragments
	check masquerades masquerades
	check redirects-to-own-port to_own_port
	check destination-nat-reroutes redirects
	check mark-reroutes-by-port mark_reroutes
	check flowtable flowtable
	check queued-packet-is-rerouted queue_reroutes
	check queued-packet-is-forwarded queued r forward fd00:2::99 5021
	check route-goes-before-a-forwarded-packet on_its_way r forward 5022
	check route-goes-before-an-own-packet on_its_way a output 5023
	check route-goes-before-one-that-leaves on_its_way a postrouting 5024
	check bridge-sends-fragments-as-they-came bridge_defragments
}

all_unload() {
	cat "$T"/*.pid 2>/dev/null | while read -r t_pid; do
		kill "$t_pid"
	done
	rm -f "$T"/*.pid
	ns_del a b r
	same "who keeps names" "bridge nf_reject_ipv6 raw_diag udp_diag" "$(users | xargs)" || return
	refuses rmmod sextant_ipv6 2>/dev/null || return
	modules_gone nft_reject_inet nft_reject_ipv6 nft_reject_ipv4 nft_reject nf_reject_ipv6 nf_reject_ipv4 bridge raw_diag udp_diag &&
		wait_for 20 rmmod sextant_ipv6_names && wait_for 20 rmmod sextant_ipv6 || return
	insmod "$SXT_MODULES/sextant_ipv6.ko" && net_two
}
users() { sed -n 's/^sextant_ipv6_names [0-9]* [0-9]* \([^ ]*\) .*/\1/p' /proc/modules | tr , '\n' | sort; }

must modprobe -a bridge udp_diag raw_diag nft_reject_inet nft_masq nft_ct
check bridge-without-address bridge_alone
check bridge-with-address bridge_as_host
check bridge-answers-for-neighbours bridge_suppresses
check udp-sockets-listed udp_listed
check udp-socket-ended udp_ended_by_ss
check interface-leaves-sockets-that-keep-its-ways kept_ways
check raw-sockets-listed raw_listed
if command -v nft > /dev/null && command -v conntrack > /dev/null; then
	nftables
else
	skip nftables "no nft, no conntrack"
fi
if command -v tc > /dev/null && command -v clang > /dev/null; then
	check bpf-program-routes bpf_routes
	check bpf-program-encapsulates bpf_encap
else
	skip bpf-program-routes "no clang"
	skip bpf-program-encapsulates "no clang"
fi
check unload-and-then-ours all_unload
ns_del a b
t_end
