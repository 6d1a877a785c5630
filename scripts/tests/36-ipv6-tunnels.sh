#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain-long; limit 90; ipv6 sextant
#
# The kernel's own tunnels over our stack, between two hosts and through a router with a smaller MTU: VXLAN, GENEVE,
# WireGuard, TUN, IP in IP, GRE, SIT; IPv4 and IPv6 inside. And vlan interfaces. sparc64 has no wg,
# and no tunnels of Ethernet frames whose drivers care for alignment.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# background NAME NS COMMAND…: runs on until the file ends.
background() {
	t_pid_file=$T/$1.pid t_ns=$2
	shift 2
	ip netns exec "$t_ns" "$@" > /dev/null 2>&1 &
	echo $! > "$t_pid_file"
}
background_end() { kill "$(cat "$T/$1.pid")" && rm "$T/$1.pid"; }

# inside NUMBER IF: addresses of both ends, 10.N.0.1, fd00:N::1 at a, and so on at b; the links are up, and no other tunnel's.
inside() { inside_one a "$2" "$1" 1 && inside_one b "$2" "$1" 2; }
inside_one() {
	in_ns "$1" cat /proc/net/dev > "$T/links" || return
	{
		# What an earlier check left there goes, as it sends of its own accord: probes of neighbours, keepalives.
		while read -r t_link _; do
			t_link=${t_link%%:*}
			case $t_link in
			Inter-*|face|lo|va|vb|"$2") ;;
			# Those that a module makes for itself the kernel keeps.
			tunl0|gre0|gretap0|erspan0|sit0|ip6tnl0|ip6gre0) ;;
			*) echo "link del $t_link" ;;
			esac
		done < "$T/links"
		echo "link set $2 up"
		echo "addr add 10.$3.0.$4/24 dev $2"
		echo "addr add fd00:$3::$4/64 dev $2 nodad"
	} > "$T/inside"
	ip_all "$1" < "$T/inside"
}

# talks NUMBER: both families, both ways, whole and in fragments.
talks() {
	wait_for 10 ping_ok a "fd00:$1::2" && wait_for 10 ping_ok a "10.$1.0.2" || return
	ping_ok b "fd00:$1::1" -s 3000 && ping_ok b "10.$1.0.1" -s 3000
}

# only_wrapped COMMAND…: it works, and all that va sends meanwhile is of protocol $P, over IPv6.
only_wrapped() {
	cap_start wrapped a va -d out && "$@" && cap_stop wrapped || return
	frames "$T/wrapped.cap" > "$T/frames"
	[ -s "$T/frames" ] || { fail "nothing was on the wire"; return; }
	! grep -v "^6 $P " "$T/frames" || fail "other packets were on the wire"
}

# both COMMAND-WORD…: for a and b, with their own address, the other's and the interface: `L`, `R` and `D` in the words.
both() { with a fd00:1::1 fd00:1::2 va "$@" && with b fd00:1::2 fd00:1::1 vb "$@"; }
# with NS LOCAL REMOTE DEVICE COMMAND-WORD…
with() {
	t_ns=$1 t_local=$2 t_remote=$3 t_dev=$4 t_words=
	shift 4
	for t_word in "$@"; do
		case $t_word in
		L) t_word=$t_local ;;
		R) t_word=$t_remote ;;
		D) t_word=$t_dev ;;
		esac
		t_words="$t_words $t_word"
	done
	# shellcheck disable=SC2086 # words
	ip -n "$t_ns" $t_words
}

vxlan_unicast() {
	both link add vx0 type vxlan id 7 local L remote R dstport 4789 dev D && inside 31 vx0 || return
	P=17 only_wrapped talks 31
}

# sums FILE: checksums of the UDP packets to port 4789.
sums() { awk 'substr($0, 41, 2) == "11" && substr($0, 113, 4) == "12b5" { print substr($0, 121, 4) }' "$1"; }

# UDP over IPv6 has a checksum, unless both ends have agreed (RFC 6935, RFC 6936).
vxlan_checksums() {
	cap_start sum a va -d out && ping_ok a fd00:31::2 && cap_stop sum || return
	sums "$T/sum.cap" | grep -q . || { fail "no packets"; return; }
	! sums "$T/sum.cap" | grep -qx 0000 || { fail "no checksums"; return; }
	ip -n a link del vx0 &&
		ip -n a link add vx0 address 02:00:00:00:31:01 type vxlan id 7 local fd00:1::1 remote fd00:1::2 dstport 4789 dev va udp6zerocsumtx &&
		ip -n a link set vx0 up && address a vx0 10.31.0.1/24 fd00:31::1/64 || return
	cap_start sum a va -d out && ping_fails a fd00:31::2 && cap_stop sum || return
	sums "$T/sum.cap" | grep -qx 0000 || { fail "checksums where none should be"; return; }
	ip -n b link del vx0 &&
		ip -n b link add vx0 type vxlan id 7 local fd00:1::2 remote fd00:1::1 dstport 4789 dev vb udp6zerocsumrx &&
		ip -n b link set vx0 up && address b vx0 10.31.0.2/24 fd00:31::2/64 || return
	wait_for 10 ping_ok a fd00:31::2 && ip -n a link del vx0 && ip -n b link del vx0
}

listens() { ip -n "$1" -6 maddr show dev "$2" | grep -q "inet6 $3"; }

# Hosts find each other through a group of the underlay; it is joined as the device comes up, and left with it.
vxlan_group() {
	both link add vx1 type vxlan id 8 group ff05::8 dev D dstport 4790 && inside 32 vx1 || return
	if ! listens a va ff05::8 || ! listens b vb ff05::8; then
		fail "the group was not joined"
		return
	fi
	talks 32 && ip -n b link del vx1 && ip -n a link set vx1 down || return
	if listens b vb ff05::8 || listens a va ff05::8; then
		fail "the group was not left"
		return
	fi
	ip -n a link del vx1
}

# The way is a route's: its encapsulation names the other end.
vxlan_by_route() {
	for t_ns in a b; do
		ip -n "$t_ns" link add vx2 mtu 1430 type vxlan external dstport 4791 && ip -n "$t_ns" link set vx2 up || return
	done
	address a vx2 fd00:33::1/128 && address b vx2 fd00:33::2/128 || return
	ip -n b link show vx2 > "$T/link" || return
	t_mac=$(sed -n 's/.*link\/ether \([^ ]*\).*/\1/p' "$T/link")
	ip -n a link set vx2 address 02:00:00:00:33:01 && ip -n b -6 neigh add fd00:33::1 lladdr 02:00:00:00:33:01 dev vx2 &&
		ip -n a -6 neigh add fd00:33::2 lladdr "$t_mac" dev vx2 || return
	ip -n a -6 route add fd00:33::2/128 encap ip6 id 42 csum src fd00:1::1 dst fd00:1::2 dev vx2 &&
		ip -n b -6 route add fd00:33::1/128 encap ip6 id 42 csum src fd00:1::2 dst fd00:1::1 dev vx2 || return
	P=17 only_wrapped ping_ok a fd00:33::2 && ping_ok b fd00:33::1 -s 3000
}

# What came out of a tunnel is known to rules by its number there: who knows it by that has one more address.
rule_by_number() {
	ip -n a -6 neigh add fd00:33::3 lladdr "$t_mac" dev vx2 &&
		ip -n a -6 route add fd00:33::3/128 encap ip6 id 42 csum src fd00:1::1 dst fd00:1::2 dev vx2 &&
		ip -n b -6 route add local fd00:33::3 dev lo table 77 || return
	ip -n b -6 rule add tun_id 43 lookup 77 && ping_fails a fd00:33::3 && ip -n b -6 rule add tun_id 42 lookup 77 &&
		ping_ok a fd00:33::3
}

geneve_unicast() {
	both link add gn0 type geneve id 9 remote R && inside 34 gn0 || return
	# The driver sets it without telling.
	same "MTU" 1430 "$(in_ns a cat /proc/sys/net/ipv6/conf/gn0/mtu)" && P=17 only_wrapped talks 34
}

# wg_peer NS PRIVATE PORT PUBLIC ENDPOINT IPS
wg_peer() {
	ip -n "$1" link add wg0 type wireguard && echo "$2" > "$T/key" &&
		in_ns "$1" wg set wg0 private-key "$T/key" listen-port "$3" peer "$4" allowed-ips "$6" endpoint "$5"
}

wireguard_both() {
	t_a=$(wg genkey) t_b=$(wg genkey)
	t_pa=$(echo "$t_a" | wg pubkey) t_pb=$(echo "$t_b" | wg pubkey)
	wg_peer a "$t_a" 5001 "$t_pb" "[fd00:1::2]:5002" 10.35.0.2/32,fd00:35::2/128 &&
		wg_peer b "$t_b" 5002 "$t_pa" "[fd00:1::1]:5001" 10.35.0.1/32,fd00:35::1/128 && inside 35 wg0 || return
	P=17 only_wrapped talks 35
}

# A peer that moves is answered where it is now.
wireguard_roams() {
	address a va fd00:1::11/64 && ip -n a -6 route add fd00:1::2/128 dev va src fd00:1::11 || return
	ip -n a link set wg0 down && ip -n a link set wg0 up && address a wg0 fd00:35::1/64 2>/dev/null
	in_ns a wg set wg0 listen-port 5011 && wait_for 10 ping_ok a fd00:35::2 || return
	same endpoint "[fd00:1::11]:5011" "$(in_ns b wg show wg0 endpoints | awk '{ print $2 }')" || return
	ip -n a -6 route del fd00:1::2/128 && ip -n a addr del fd00:1::11/64 dev va
}

# Through programs: socat reads packets from its interface, and writes what it got.
tun_both() {
	# The interface comes after the socket: once both are there, none can be refused.
	background tun-b b socat "UDP6:[fd00:1::1]:5101,bind=[fd00:1::2]:5102" TUN,tun-name=tn0,tun-type=tun,iff-no-pi
	background tun-a a socat "UDP6:[fd00:1::2]:5102,bind=[fd00:1::1]:5101" TUN,tun-name=tn0,tun-type=tun,iff-no-pi
	wait_for 10 ip -n a link show tn0 && wait_for 10 ip -n b link show tn0 && inside 36 tn0 || return
	P=17 only_wrapped talks 36 || return
	# A link-local address of its own, though there is no hardware address to make it of.
	t_local=$(ip -n b -6 addr show dev tn0 scope link | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p')
	ping_ok a "$t_local%tn0" && background_end tun-a && background_end tun-b || return
	wait_for 10 refuses ip -n a link show tn0
}

# not_back NUMBER: what b gets of a for none of the two ends does not go back to a (RFC 4443 3.1), who is told.
not_back() {
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	refusal_of b forward-back 1 nobody_there "$1" || return
	echo 0 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null
}
nobody_there() {
	in_ns a ping -c 1 -W 3 "fd00:$1::77" > "$T/ping" 2>&1
	grep -q "^From fd00:$1::2 .*Address unreachable" "$T/ping" || { cat "$T/ping"; fail "a is not told"; }
}

ip6_in_ip6() {
	both link add t60 type ip6tnl mode any local L remote R && inside 37 t60 || return
	# Its packets carry the limit of encapsulations as destination option (RFC 2473 4.1.1).
	talks 37 && cap_start opt a va -d out && ping_ok a fd00:37::2 && cap_stop opt || return
	cut -c41-42,109-124 "$T/opt.cap" | grep -q '^3c2900040104010100' || { cat "$T/opt.cap"; fail "no limit"; return; }
	not_back 37
}

ip6_gre() {
	both link add g60 type ip6gre local L remote R encaplimit none && inside 38 g60 && P=47 only_wrapped talks 38 && not_back 38
}

ip6_gre_frames() {
	both link add g61 type ip6gretap local L remote R encaplimit none key 5 && inside 39 g61 && P=47 only_wrapped talks 39
}

# over4 WORD…: `L` and `R` are IPv4 addresses.
over4() { with a 10.1.0.1 10.1.0.2 va "$@" && with b 10.1.0.2 10.1.0.1 vb "$@"; }

gre_over_ip4() { over4 link add g40 type gre local L remote R ttl 64 && inside 41 g40 && talks 41 && not_back 41; }

sit_over_ip4() {
	over4 link add s40 type sit mode any local L remote R ttl 64 && inside 42 s40 && talks 42 || return
	# RFC 4213 3.7
	ping_ok a fe80::a01:2%s40 && not_back 42
}

vlan_both() { both link add link D name vl0 type vlan id 5 && inside 43 vl0 && talks 43; }

# A router between them, behind whose second wire packets must not exceed 1400 bytes.
net_narrow() {
	ns_del a b r
	ns_add a b r && wire a va r ra && wire b vb r rb || return
	address a va fd00:1::1/64 10.1.0.1/24 && address r ra fd00:1::3/64 10.1.0.3/24 && address r rb fd00:2::3/64 10.2.0.3/24 &&
		address b vb fd00:2::2/64 10.2.0.2/24 || return
	ip -n r link set rb mtu 1400 && ip -n b link set vb mtu 1400 || return
	ip -n a -6 route add default via fd00:1::3 && ip -n b -6 route add default via fd00:2::3 &&
		ip -n a route add default via 10.1.0.3 && ip -n b route add default via 10.2.0.3 || return
	echo 1 | in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv4/ip_forward > /dev/null || return
	net_meet a fd00:2::2 10.2.0.2
}

# Why nothing arrives, if it doesn't.
way_seen() {
	ip -n a -6 route show cache
	ip -n a -6 neigh
	in_ns a cat /proc/net/snmp6
	in_ns r cat /proc/net/snmp6
	fail "the narrow way"
}

# narrow NUMBER IF SIZE: what is inside fits the device, but not the way. The first packet is lost, the tunnel learns
# and cuts its packets, or tells who sent it.
narrow() {
	inside "$1" "$2" && wait_for 10 ping_ok a "fd00:$1::2" || return
	ip -n a -6 route flush cache
	wait_for 10 ping_ok a "fd00:$1::2" -s "$3" -W 1 || { way_seen; return 1; }
	ip -n a -6 route show cache | grep -q 'fd00:2::2 .*mtu 1400' || { ip -n a -6 route show cache; fail "no path MTU was learned"; return; }
	wait_for 10 ping_ok a "10.$1.0.2" -s "$3" -W 1
}

# ends WORD…: as `both`, but with the far addresses.
ends() { with a fd00:1::1 fd00:2::2 va "$@" && with b fd00:2::2 fd00:1::1 vb "$@"; }

narrow_vxlan() { ends link add vx0 type vxlan id 7 local L remote R dstport 4789 && narrow 51 vx0 1350; }
narrow_geneve() { ends link add gn0 type geneve id 9 remote R && narrow 52 gn0 1350; }
narrow_ip6tnl() { ends link add t60 type ip6tnl mode any local L remote R && narrow 53 t60 1380; }
narrow_ip6gre() { ends link add g60 type ip6gre local L remote R && narrow 54 g60 1380; }
narrow_wireguard() {
	wg_peer a "$t_a" 5001 "$t_pb" "[fd00:2::2]:5002" 10.55.0.2/32,fd00:55::2/128 &&
		wg_peer b "$t_b" 5002 "$t_pa" "[fd00:1::1]:5001" 10.55.0.1/32,fd00:55::1/128 && narrow 55 wg0 1350
}

# A socket of c's sends through a tunnel of d's and keeps what it sent, with its time: nothing in that holds d, which can
# end, and after it any other.
other_namespace_ends() {
	ns_add c d e && wire d vd e ve && address d vd fd00:61::1/64 && address e ve fd00:61::2/64 || return
	ip -n d link add vx6 type vxlan id 6 remote fd00:61::2 dstport 4796 dev vd && ip -n d link set vx6 netns c &&
		ip -n c addr add 10.61.0.1/24 dev vx6 && ip -n c link set vx6 up || return
	ip -n c neigh add 10.61.0.2 lladdr 02:00:00:00:61:02 dev vx6 nud permanent || return
	net_meet d fd00:61::2 || return
	in_ns c /usr/bin/python3 -S - <<-'END' > "$T/stamped" &
		import select, socket, time
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.SOL_SOCKET, 37, 1 << 8 | 1 << 4)
		s.sendto(b"x", ("10.61.0.2", 9))
		poll = select.poll()
		poll.register(s, 0)
		print("kept" if poll.poll(5000) else "nothing", flush=True)
		time.sleep(1000)
	END
	t_keeper=$!
	# Without that it would prove nothing.
	wait_for 10 grep -q kept "$T/stamped" || return
	ns_add f && wire f v0 e ve2 && ns_del d f || return
	wait_for 20 is_gone e ve2 || return
	kill "$t_keeper"
	wait "$t_keeper"
	ns_del c e
}
is_gone() { ! ip -n "$1" link show "$2" 2> /dev/null; }

# Nothing is left that holds the stack.
all_unload() {
	ns_del a b r
	modules_gone vxlan geneve wireguard ip6_gre ip_gre gre sit ip6_tunnel tunnel6 tunnel4 8021q && wait_for 20 rmmod sextant_ipv6_names &&
		wait_for 20 rmmod sextant_ipv6 && insmod "$SXT_MODULES/sextant_ipv6.ko" && net_two
}

# framed NAME COMMAND…: a check, where words need not be aligned: the drivers put theirs right before an Ethernet header.
framed() {
	if [ "$SXT_ARCH" = sparc64 ]; then
		skip "$1" "its driver writes words that are not aligned"
	else
		check "$@"
	fi
}

must modprobe -a vxlan geneve wireguard ip6_tunnel ip6_gre ip_gre sit 8021q
must net_two
framed vxlan vxlan_unicast
framed vxlan-checksums vxlan_checksums
framed vxlan-by-group vxlan_group
framed vxlan-by-route vxlan_by_route
framed rule-by-number rule_by_number
framed geneve geneve_unicast
check_with wg wireguard wireguard_both
check_with wg wireguard-moves wireguard_roams
check tun tun_both
check ip6-in-ip6 ip6_in_ip6
check gre-over-ip6 ip6_gre
framed gre-frames-over-ip6 ip6_gre_frames
check gre-over-ip4 gre_over_ip4
check sit-over-ip4 sit_over_ip4
check vlan vlan_both
must net_narrow
framed vxlan-path-mtu narrow_vxlan
framed geneve-path-mtu narrow_geneve
check ip6-in-ip6-path-mtu narrow_ip6tnl
check gre-path-mtu narrow_ip6gre
check_with wg wireguard-path-mtu narrow_wireguard
check_with python3 keeper-of-what-it-sent other_namespace_ends
check unload-and-then-ours all_unload
ns_del a b
t_end
