#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Netfilter beside policies, on a gateway between a host c and b: connection tracking knows what goes into a tunnel,
# whichever of the two came first; flowtables, which send packets past all hooks, take over nothing that policies are for;
# nor do sockets that packets are handed to before a hook sees them; what a bridge carries is no business of policies. What
# the kernel makes of a packet around the hooks: one that is too long for IPv6 becomes segments of ESP, and one of a VRF,
# which passes them twice, is asked about once.
# shellcheck disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# ends FAMILY: who talk.
ends() { case $1 in 4) c=10.10.1.2 b=10.20.0.1 ;; 6) c=fd00:10:1::2 b=fd00:20::1 ;; esac; }

# rules FAMILY: only what c has begun is forwarded by a, and b sees a where c sends.
rules() {
	ends "$1"
	case $1 in 4) family=ip inner=10.10.0.1 ;; 6) family=ip6 inner=fd00:10::1 ;; esac
	in_ns a nft -f - <<-END
		table $family t {
			chain forward {
				type filter hook forward priority 0; policy drop;
				ct state established accept
				iifname "vac" accept
			}
			chain post {
				type nat hook postrouting priority 100;
				$family saddr $c snat to $inner
			}
		}
	END
}

# Each side, protected or not.
tunnel() { through_ends "$1" "$1"; }

works() {
	protected=$(stat a out-packets)
	if ! ping_ok c "$b" -c 2 || ! udpload -n 4 c "$c" b "$b"; then
		all_drops a
		in_ns a nft list ruleset
		fail "no answer came back"
		return
	fi
	same "packets protected" 6 "$(($(stat a out-packets) - protected))"
}

conntrack_first() {
	clear_all a b && in_ns a nft flush ruleset && rules "$1" && tunnel "$1" && works
}

policy_first() {
	clear_all a b && in_ns a nft flush ruleset && tunnel "$1" && rules "$1" && works
}

# A flowtable between both sides of a, and a counter of what is forwarded without it.
flowtable() {
	case $1 in 4) family=ip ;; 6) family=ip6 ;; esac
	clear_all a b && in_ns a nft flush ruleset || return
	in_ns a nft -f - <<-END
		table $family t {
			flowtable f { hook ingress priority 0; devices = { va, vac }; }
			chain forward {
				type filter hook forward priority 0;
				counter
				ct state established flow add @f
			}
		}
	END
}
forwarded() { in_ns a nft list chain "$family" t forward | sed -n 's/.*counter packets \([0-9]*\).*/\1/p'; }

# answers NUMBER: so many datagrams of c to b, each answered, always the same connection.
answers() { udpload -m pingpong -n "$1" -p 7000,7000 c "$c" b "$b" > "$T/udp" 2>&1 || { cat "$T/udp"; return 1; }; }

# Without policies the flowtable does take the connection over; the first policy ends that.
given_back() {
	ends "$1" && flowtable "$1" && answers 1 || return
	before=$(forwarded)
	answers 20 || { fail "no answers"; return; }
	same "datagrams that the flowtable left to the stack" 0 "$(($(forwarded) - before))" || return
	echo "policy add dir out prio 1 src $c dst $b action discard" | load a || return
	drop_of a policy-discard 1 no_answer
}
no_answer() { refuses answers 1; }

# Where there are policies it takes over nothing.
left_alone() {
	ends "$1" && flowtable "$1" && tunnel "$1" || return
	before=$(forwarded) protected=$(stat a out-packets)
	answers 20 || { all_drops a; fail "no answers"; return; }
	same "datagrams that passed the stack" 40 "$(($(forwarded) - before))" || return
	same "packets protected" 20 "$(($(stat a out-packets) - protected))"
}

# bridged: frames that a bridge r carries between a and b are no packets of r's, whatever br_netfilter shows to hooks.
bridged() {
	ns_add r && wire a ba r ra && wire b bb r rb && ip -n r link add br0 type bridge || return
	printf 'link set %s\n' 'ra master br0' 'rb master br0' 'br0 up' | ip_all r && modprobe br_netfilter || return
	address a ba 10.3.0.1/24 fd00:3::1/64 && address b bb 10.3.0.2/24 fd00:3::2/64 || return
	wait_for 10 ping_ok a 10.3.0.2 && wait_for 10 ping_ok a fd00:3::2 || return
	load r <<-END || return
		$(sa_line out 0x1001 10.3.0.1 10.3.0.2 transport aes-gcm-128)
		$(sa_line out 0x1002 fd00:3::1 fd00:3::2 transport aes-gcm-128)
		policy add dir out prio 10 src 10.3.0.1 dst 10.3.0.2 action protect esp transport
		policy add dir out prio 10 src fd00:3::1 dst fd00:3::2 action protect esp transport
		policy add dir forward prio 10 action discard
	END
	drops_from_here r
	cap_start sent a ba -d out && cap_start came b bb -d in || return
	if ! udp_passes -s 300 a 10.3.0.1 b 10.3.0.2 || ! udp_passes -s 300 a fd00:3::1 b fd00:3::2; then
		all_drops r
		fail "the bridge lost one"
		return
	fi
	cap_stop sent && cap_stop came || return
	for t_cap in sent came; do
		same "datagrams $t_cap" 2 "$(frames "$T/$t_cap.cap" | grep -c '^[46] 17 .* 328$\|^[46] 17 .* 348$')" || return
		# Their bytes, with the Ethernet header.
		awk 'length($0) > 600' "$T/$t_cap.cap" > "$T/$t_cap.udp"
	done
	cmp "$T/sent.udp" "$T/came.udp" && no_drops r && same "packets of SAs" '0 0' "$(sa_packets r 0x1001) $(sa_packets r 0x1002)"
}

# A socket of a that takes packets with a router alert, whoever they are for, and says what it got.
alert_socket() {
	cat > "$T/alert.py" <<-'END'
		import socket, sys
		if sys.argv[1] == "4":
		    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 46)
		    s.setsockopt(socket.IPPROTO_IP, 5, 1)
		else:
		    s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
		    s.setsockopt(socket.IPPROTO_IPV6, 22, 7)
		print("ready", flush=True)
		while True:
		    print(s.recv(2000)[-4:].hex(), flush=True)
	END
	in_ns a python3 "$T/alert.py" "$1" > "$T/alert" &
	echo $! > "$T/alert.pid"
	wait_for 10 grep -q ready "$T/alert"
}
alert_socket_end() { kill "$(cat "$T/alert.pid")" && rm "$T/alert.pid"; }

# alert 4|6 a|b DIGITS: a packet of protocol 46 with a router alert, from c, that ends with these eight digits.
alert() {
	case $1$2 in
	4a) to=0a0a0101 ;;
	4b) to=0a140001 ;;
	6a) to=fd000010000100000000000000000001 ;;
	6b) to=fd000020000000000000000000000001 ;;
	esac
	case $1 in
	4) echo "4600000000000000402e00000a0a0102${to}9404000000000000$3" ;;
	6) echo "6000000000100040fd000010000100000000000000000002${to}2e0005020007010000000000$3" ;;
	esac | rawsend -m ip c > "$T/rawsend" || { cat "$T/rawsend"; return 1; }
}
got() { wait_for 5 has_got "ready $*"; }
has_got() { same 'what the socket got' "$1" "$(xargs < "$T/alert")"; }
counted() { same 'counted by policies' "$1" "$(policy_counts a | awk '{ printf "%s %s %s ", $1, $2, $5 }')"; }

# The forward policies say whether a socket may have what is for others; what is for a meets the in policies, as ever.
alert_refused() {
	ends "$1" && clear_all a b && in_ns a nft flush ruleset && alert_socket "$1" || return
	alert "$1" b 11111111 && got 11111111 || return
	printf 'policy add dir %s prio 10 action discard\n' in forward | load a || return
	drop_of a policy-discard 1 alert "$1" b 22222222 && counted 'in 0  forward 1 1 ' || return
	printf 'policy flush\npolicy add dir forward prio 10 src %s dst %s action protect esp transport\n' "$c" "$b" | load a || return
	drop_of a policy-clear 1 alert "$1" b 33333333 && counted 'forward 1 1 ' || return
	printf 'policy %s\n' flush 'add dir in prio 10 action bypass' 'add dir forward prio 10 action discard' | load a || return
	drops_from_here a
	alert "$1" a 44444444 && wait_for 5 counted 'in 1  forward 0  ' && no_drops a || return
	printf 'policy flush\npolicy add dir forward prio 10 src %s action bypass\n' "$c" | load a || return
	alert "$1" b 55555555 || return
	case $1 in
	4) got 11111111 44444444 55555555 ;;
	6) got 11111111 55555555 ;;
	esac && alert_socket_end
}

# TCP hands over more than IPv6 has a length for, with an option in front that none of the segments has.
too_long_for_ipv6() {
	clear_all a b && in_ns a nft flush ruleset || return
	nft_rules a <<-END || return
		table ip6 t {
			counter long { }
			chain c {
				type filter hook output priority 0;
				meta length > 65576 counter name long
			}
		}
	END
	# As if the way were short, however slow this machine is.
	ip -n a link set va gso_max_size 185000 && echo 20 | in_ns a tee /proc/sys/net/ipv4/tcp_tso_rtt_log > /dev/null || return
	protect_pair transport aes-gcm-128 6 - && wire_start && wait_for 20 was_too_long && wire_stop || return
	only_esp "$T/wire.cap" && no_drops a b && ip -n a link set va gso_max_size 65536
}
was_too_long() {
	tcpload -n 2000000 a fd00:1::1 b fd00:1::2 || { all_drops a; all_drops b; fail TCP; return; }
	[ "$(nft_count a ip6 long)" -gt 0 ] || fail "TCP handed over no packet that was too long"
}

# What a host with a VRF sends passes POST_ROUTING with the VRF first, then with the interface behind it.
vrf() {
	clear_all a b && in_ns a nft flush ruleset || return
	ip_all a <<-END || return
		link add red up type vrf table 10
		link set va master red
	END
	wait_for 10 ping_ok a 10.1.0.2 -I red || return
	echo 'policy add dir out prio 10 dst 10.1.0.2 action bypass' | load a || return
	ping_ok a 10.1.0.2 -I red && ping_ok a 10.1.0.2 -I red && counted 'out 2  ' || return
	in_ns a tc qdisc add dev red root pfifo && protect_pair transport aes-gcm-128 4 - && wire_start || return
	ping_ok a 10.1.0.2 -I red
	answered=$?
	wire_stop || return
	[ "$answered" = 0 ] || { all_drops b; cat "$T/ping"; fail "no answer"; return; }
	only_esp "$T/wire.cap" || return
	same "packets of the SA" 1 "$(sa_packets a 0x1001)" && no_drops a b
}

must net_three
for f in 4 6; do
	check "connection tracking came before the tunnel's policy, IPv$f" conntrack_first $f
	check "connection tracking came after it, IPv$f" policy_first $f
	check "a flowtable gives back what it has when the first policy comes, IPv$f" given_back $f
	check "a flowtable takes over nothing where there are policies, IPv$f" left_alone $f
	check "a socket that takes packets with a router alert, IPv$f" alert_refused $f
done
check "frames that a bridge carries" bridged
[ ! -d /sys/module/br_netfilter ] || must modprobe -r br_netfilter
ns_del r
check "a packet that is too long for IPv6" too_long_for_ipv6
check "a VRF" vrf
t_end
