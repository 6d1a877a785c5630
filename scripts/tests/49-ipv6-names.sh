#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain-long; limit 60; ipv6 sextant
#
# More modules of the kernel's tree beside our own IPv6, each for a name that it alone links to: reverse path filters of nftables,
# bridges that snoop, bonds that watch their neighbours, ipvlan in mode l3s; and proxies that nobody sees. sparc64 has no
# nft.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/bridge.sh"

# What firewalld has: a source whose route leads elsewhere is refused.
reverse_path() {
	modprobe nft_fib_inet && net_three && nft_rules a <<-END || return
		table inet t {
			counter bad { }
			counter good { }
			counter local { }
			chain c {
				type filter hook prerouting priority 0
				icmpv6 type echo-request fib saddr . iif oif missing counter name bad drop
				icmpv6 type echo-request counter name good
				icmpv6 type echo-request fib daddr type local counter name local
			}
		}
	END
	ping_ok c fd00:10:1::1 && ping_ok c fd00:1::2 && address c lo fd00:1::77/128 && ping_fails c fd00:10:1::1 -I fd00:1::77 || return
	same bad 1 "$(nft_count a inet bad)" && same good 2 "$(nft_count a inet good)" && same local 1 "$(nft_count a inet local)"
}

# ipv6_dev_mc_inc(): who snoops hears who else snoops (RFC 4286).
snoops() {
	net_bridge && wait_for 10 ping_ok a fd00:1::2 || return
	ip -n r -6 maddr show dev br0 | grep -q ff02::6a || { ip -n r -6 maddr; fail "not in the group"; return; }
	ip -n r link set br0 down && ! ip -n r -6 maddr show dev br0 | grep -q ff02::6a
}

# A bond asks for its target, and is up while that answers.
bond() {
	modprobe bonding && net_two && ns_add d && wire d vd b vbd && address b vbd fd00:5::2/64 && ip -n d link set vd down || return
	ip -n d link add bond0 type bond mode active-backup arp_interval 200 arp_validate all ns_ip6_target fd00:5::2 &&
		ip -n d link set vd master bond0 && ip -n d link set bond0 up && address d bond0 fd00:5::1/64 || return
	cap_start asked b vbd -d in -e 0x86dd && wait_for 10 ping_ok d fd00:5::2 && wait_for 10 solicits 3 && cap_stop asked || return
	wait_for 10 bond_by vd && ip -n b addr del fd00:5::2/64 dev vbd && wait_for 10 bond_by None || return
	address b vbd fd00:5::2/64 && wait_for 10 bond_by vd && wait_for 10 ping_ok d fd00:5::2
}
solicits() { [ "$(awk 'substr($0, 109, 2) == "87" && index($0, "fd000005000000000000000000000002")' "$T/asked.cap" | wc -l)" -ge "$1" ]; }
bond_by() { in_ns d grep -q "^Currently Active Slave: $1" /proc/net/bonding/bond0 || { in_ns d cat /proc/net/bonding/bond0; return 1; }; }

# A host on another's interface, whose packets pass the hooks of the first.
l3s() {
	modprobe ipvlan && net_two && ns_add c && ip -n a link add iv link va type ipvlan mode l3s && ip -n a link set iv netns c &&
		ip -n c link set iv up && address c iv fd00:1::55/64 || return
	ip -n b -6 neigh replace fd00:1::55 lladdr "$(ip netns exec a cat /sys/class/net/va/address)" dev vb nud permanent || return
	ping_ok b fd00:1::55 && ping_ok c fd00:1::2 && ping_ok a fd00:1::2
}

# nft_socket finds whom a datagram is for, before it gets there: a socket that is bound to that address, and no other.
sockets() {
	modprobe nft_socket && modprobe nft_tproxy && net_two && nft_rules b <<-END || return
		table inet t {
			counter bound { }
			counter seen { }
			chain c {
				type filter hook prerouting priority 0
				meta nfproto ipv6 udp dport { 9, 40001 } counter name seen
				meta nfproto ipv6 udp dport { 9, 40001 } socket wildcard 0 counter name bound
			}
		}
	END
	udpload -n 3 a fd00:1::1 b fd00:1::2 > "$T/udp" 2>&1 || { cat "$T/udp"; return 1; }
	# Nobody has that port.
	echo x | in_ns a socat -t 3 - 'UDP6:[fd00:1::2]:9' > "$T/closed" 2>&1
	same seen 4 "$(nft_count b inet seen)" && same bound 3 "$(nft_count b inet bound)"
}

# Linux' Documentation/networking/tproxy.rst, for UDP: what tproxy takes, and what sockets with addresses of others get.
proxied() {
	modprobe nft_socket && modprobe nft_tproxy && net_three && nft_rules a <<-END || return
		table inet t {
			counter taken { }
			counter back { }
			chain c {
				type filter hook prerouting priority mangle
				meta nfproto ipv6 meta l4proto udp socket transparent 1 counter name back meta mark set 1 accept
				iif vac meta nfproto ipv6 meta l4proto udp tproxy ip6 to [::1]:5000 counter name taken meta mark set 1 accept
			}
		}
	END
	printf '%s\n' 'rule add fwmark 1 lookup 100' 'route add local default dev lo table 100' | ip -6 -n a -batch - || return
	/usr/bin/python3 "$(dirname "$0")/sockets/tproxy.py" && same taken 3 "$(nft_count a inet taken)" && same back 5 "$(nft_count a inet back)"
}

# A proxy's rule gives what is for another node to a socket of this one, and no route leads it here: nobody gets it.
proxy() {
	modprobe nft_tproxy && net_two || return
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null && ip -n b -6 route add fd00:9::/64 via fd00:1::1 &&
		ip -n a -6 route add fd00:9::/64 via fd00:1::2 && nft_rules b <<-END || return
		table ip6 t {
			chain c {
				type filter hook prerouting priority 0
				udp dport 7 tproxy to :5000
			}
		}
	END
	ip netns exec b /usr/bin/python3 -S -c 'import signal, socket
made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
made.setsockopt(41, 75, 1)  # IPV6_TRANSPARENT
made.bind(("::", 5000))
signal.pause()' &
	echo $! > "$T/proxy.pid"
	wait_for 10 in_ns b grep -q ':1388 ' /proc/net/udp6 || return
	echo x > "$T/x"
	refusal_of b forward-socket 1 in_ns a socat -u "OPEN:$T/x" 'UDP6-SENDTO:[fd00:9::1]:7' || return
	kill "$(cat "$T/proxy.pid")" && rm "$T/proxy.pid"
}

all_unload() {
	ns_del a b c d r
	modules_gone nft_fib_inet nft_fib_ipv6 nft_fib_ipv4 nft_fib nft_socket nf_socket_ipv6 nft_tproxy nf_tproxy_ipv6 bridge bonding ipvlan &&
		wait_for 20 rmmod sextant_ipv6_names && wait_for 20 rmmod sextant_ipv6 || return
	insmod "$SXT_MODULES/sextant_ipv6.ko"
}

check_with nft reverse-path-filter reverse_path
check bridge-snoops snoops
check bond-watches-neighbours bond
check ipvlan-l3s l3s
check_with nft socket-lookups sockets
check_with nft proxy-without-a-route proxy
check_with nft proxy-that-nobody-sees proxied
check unload-and-then-ours all_unload
t_end
