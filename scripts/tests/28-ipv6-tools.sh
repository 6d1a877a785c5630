#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain-long; limit 60; ipv6 sextant
#
# Programs that others wrote, over our own IPv6: iputils' ping and tracepath, traceroute, rltraceroute6, mtr, tcpdump, scapy,
# iperf, iperf3, socat, unbound, drill and dig. The TCP connection that iperf3 has for control goes over IPv4 (progs/preload/tcp4.c), and so would one of
# dig's, which only tries whether there is TCP. On sparc64, what there is of them, and busybox' ping.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# a - r - b: a router between, so that there is something to trace.
net_line() {
	ns_add a r b && wire a va r ra && wire r rb b vb || return
	echo 1 | in_ns r tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null
	address a va fd00:1::1/64 && address r ra fd00:1::f/64 && address r rb fd00:2::f/64 && address b vb fd00:2::2/64 || return
	ip -n a -6 route add default via fd00:1::f && ip -n b -6 route add default via fd00:2::f && net_meet a fd00:2::2 || return
	# For what stands in for TCP over IPv6.
	echo 1 | in_ns r tee /proc/sys/net/ipv4/ip_forward > /dev/null
	address a va 10.1.0.1/16 && address r ra 10.1.0.15/16 && address r rb 10.2.0.15/16 && address b vb 10.2.0.2/16 || return
	ip -n a route add default via 10.1.0.15 && ip -n b route add default via 10.2.0.15 && net_meet a 10.2.0.2
}
tcp4=LD_PRELOAD=$(command -v tcp4.so)

# says PATTERN COMMAND…: in namespace a it works, and prints this.
says() {
	t_pattern=$1
	shift
	in_ns a "$@" > "$T/says" 2>&1 < /dev/null || { cat "$T/says"; fail "status $? of $*"; return; }
	grep -Eq "$t_pattern" "$T/says" || { cat "$T/says"; fail "it doesn't say '$t_pattern'"; }
}

both() {
	for t_pattern; do
		grep -Eq "$t_pattern" "$T/says" || { cat "$T/says"; fail "it doesn't say '$t_pattern'"; return; }
	done
}

# Options that iputils' has.
pings() {
	says ' 0% packet loss' ping -6 -c 2 -i 0.2 -Q 0x2e fd00:2::2 &&
		says ' 0% packet loss' ping -6 -c 1 -F 0x12345 fd00:2::2 &&
		says ' 0% packet loss' ping -6 -c 1 -M 'do' -s 1452 fd00:2::2
}
# Those that busybox' has, too.
pings_from() {
	says ' 0% packet loss' ping -6 -c 1 -I va fd00:2::2 &&
		says ' 0% packet loss' ping -6 -c 1 -I fd00:1::1 -t 7 -s 5000 fd00:2::2 &&
		says 'bytes from fe80:' ping -6 -c 1 -I va ff02::2 &&
		says 'bytes from fe80:' ping -6 -c 1 ff02::1%va
}

# Who may open no raw socket pings by a ping socket, or not at all.
as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all'
# nobody_pings GROUPS PING-OPTION…: where these groups may have ping sockets.
nobody_pings() {
	echo "$1" | in_ns a tee /proc/sys/net/ipv4/ping_group_range > /dev/null || return
	shift
	# shellcheck disable=SC2086 # words
	in_ns a $as_nobody ping -6 "$@" fd00:2::2 > "$T/says" 2>&1
}
pings_unprivileged() {
	! nobody_pings '1 0' -c 1 || { cat "$T/says"; fail "by a raw socket"; return; }
	both 'Operation not permitted' || return
	nobody_pings '0 2147483647' -c 2 -i 0.2 -s 3000 || { cat "$T/says"; fail "no answer"; return; }
	both '2 packets transmitted, 2 received' 'bytes from fd00:2::2: icmp_seq=2 ttl=63' || return
	# What its error queue has.
	! nobody_pings '65534 65534' -c 1 -t 1 && both 'From fd00:1::f icmp_seq=1 Time exceeded: Hop limit' || return
	# Its user is listed there, and has no raw one.
	# shellcheck disable=SC2086
	ip netns exec a $as_nobody ping -6 -q -i 0.2 fd00:2::2 > /dev/null 2>&1 &
	echo $! > "$T/ping.pid"
	wait_for 10 in_ns a grep -q ' 65534 ' /proc/net/icmp6 && refuses in_ns a grep ' 65534 ' /proc/net/raw6 || return
	kill "$(cat "$T/ping.pid")" && rm "$T/ping.pid" && echo '1 0' | in_ns a tee /proc/sys/net/ipv4/ping_group_range > /dev/null
}
flood() { says '1000 packets transmitted, 1000 received, 0% packet loss' ping -6 -q -f -c 1000 -W 5 fd00:2::2; }
# Replies of all sizes of one page.
sweep() {
	for size in 0 1 7 56 1231 1232 1233 1452 1453 2904 2905 4000; do
		says ' 0% packet loss' ping -6 -q -c 1 -W 5 -s "$size" fd00:2::2 || return
	done
}

# A link behind the router that is narrower.
path_mtu() {
	ip -n r link set rb mtu 1400 && ip -n b link set vb mtu 1400 || return
	says 'pmtu 1400' tracepath -6 -n -m 4 fd00:2::2 || return
	both 'reached' 'fd00:1::f' || return
	ip -n r link set rb mtu 1500 && ip -n b link set vb mtu 1500
}
traced() { says '1 +fd00:1::f .*' "$@" && both '1 +fd00:1::f' '2 +fd00:2::2 '; }
# It has many probes under way, and sends on while what came of the first ones waits in its raw socket.
traced_icmp() {
	echo 0 | in_ns r tee /proc/sys/net/ipv6/icmp/ratelimit > /dev/null || return
	traced traceroute -6 -n -I -w 3 fd00:2::2 || return
	! grep -F '*' "$T/says" || fail "a probe was lost"
}
# Two ways to ask: UDP, and echoes.
traced_rl() {
	# The ways before this one have used up what errors one host may have in that time.
	echo 0 | in_ns b tee /proc/sys/net/ipv6/icmp/ratelimit > /dev/null && traced rltraceroute6 -n -q 1 "$@" fd00:2::2
}

# What it prints of an echo and its answer, of a solicitation, and of a datagram in fragments.
tcpdump_reads() {
	ip netns exec a tcpdump -l -n -i va -p ip6 > "$T/tcpdump" 2> "$T/tcpdump.err" &
	echo $! > "$T/tcpdump.pid"
	wait_for 10 grep -q '^listening on va' "$T/tcpdump.err" || { cat "$T/tcpdump.err"; return 1; }
	ip -n a -6 neigh flush dev va && ping_ok a fd00:2::2 -s 2000 || return
	for t_pattern in 'IP6 fd00:1::1 > fd00:2::2: frag \(0\|[0-9]+\) ICMP6, echo request' 'IP6 fd00:2::2 > fd00:1::1: frag \(1448\|560\)' \
		'IP6 [^ ]* > ff02::1:ff00:f: ICMP6, neighbor solicitation, who has fd00:1::f' 'ICMP6, neighbor advertisement, tgt is fd00:1::f'; do
		wait_for 10 grep -Eq "$t_pattern" "$T/tcpdump" || { cat "$T/tcpdump"; return 1; }
	done
	kill "$(cat "$T/tcpdump.pid")" && rm "$T/tcpdump.pid"
}

# It has a table of routes of its own, out of /proc/net, and sends by it: echoes, also with options and in fragments; it solicits.
scapy_asks() {
	in_ns a /usr/bin/python3 - > "$T/scapy" 2>&1 <<-END || { cat "$T/scapy"; return 1; }
		import os, threading
		# It is spared most of what it reads to begin with: all protocols (scapy.all), all makers of network cards.
		exists = os.path.exists
		os.path.exists = lambda path: not str(path).endswith("/manuf") and exists(path)
		from scapy.config import conf
		from scapy.layers.inet6 import (ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6TimeExceeded, IPv6,
		                                IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, PadN, fragment6, neighsol)
		from scapy.sendrecv import AsyncSniffer, send, sr1
		conf.verb = 0
		assert conf.route6.route("fd00:2::2") == ("va", "fd00:1::1", "fd00:1::f"), conf.route6
		to = IPv6(dst="fd00:2::2")
		assert sr1(to / ICMPv6EchoRequest(id=7, data=b"x" * 8), timeout=20)[ICMPv6EchoReply].data == b"x" * 8
		answer = sr1(IPv6(dst="fd00:2::2", hlim=1) / ICMPv6EchoRequest(id=7), timeout=20)
		assert answer[ICMPv6TimeExceeded] and answer.src == "fd00:1::f"
		assert neighsol("fd00:1::f", "fd00:1::1", "va", timeout=20)[ICMPv6ND_NA].tgt == "fd00:1::f"
		ready = threading.Event()
		sniffer = AsyncSniffer(iface="va", count=2, timeout=20, started_callback=ready.set,
		                       lfilter=lambda packet: ICMPv6EchoReply in packet and packet[ICMPv6EchoReply].id in (8, 9))
		sniffer.start()
		ready.wait()
		send(to / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]) / ICMPv6EchoRequest(id=8))
		send(fragment6(to / IPv6ExtHdrFragment(id=5) / ICMPv6EchoRequest(id=9, data=b"y" * 300), 200))
		sniffer.join()
		assert {packet[ICMPv6EchoReply].id for packet in sniffer.results} == {8, 9}, sniffer.results
	END
}

mtr_hops() { says '2\.\|-- fd00:2::2 +0.0%' mtr -6 -n -r -c 2 -i 0.2 "$@" fd00:2::2 && grep -q 'fd00:1::f' "$T/says"; }

iperf_udp() {
	ip netns exec b iperf -s -u -V -B fd00:2::2 > "$T/iperf" 2>&1 &
	echo $! > "$T/iperf.pid"
	wait_for 10 in_ns b grep -q ':1389 ' /proc/net/udp6 || return
	says 'Server Report' iperf -c fd00:2::2 -u -V -b 2m -t 1 -l 1200 || return
	kill "$(cat "$T/iperf.pid")" && rm "$T/iperf.pid"
	grep -Eq '/ *[1-9][0-9]+ \(0%\)' "$T/says" || { cat "$T/says"; fail "datagrams were lost"; }
}

# Both ways, datagrams that fit a packet and such that go in fragments; the server's socket is bound, then connected, then
# another takes its place.
iperf3_udp() {
	ip netns exec b env "$tcp4" iperf3 -6 -s -B fd00:2::2 --forceflush > "$T/iperf3" 2>&1 < /dev/null &
	echo $! > "$T/iperf3.pid"
	wait_for 20 grep -q listening "$T/iperf3" || return
	for t_args in '-l 1200' '-l 1200 -R' '-l 8000' '-l 64 -P 3 -b 200k'; do
		# shellcheck disable=SC2086 # words
		says 'iperf Done' env "$tcp4" iperf3 -6 -c fd00:2::2 -u -b 1m -t 1 $t_args && iperf3_all || return
		wait_for 20 iperf3_ready || return
	done
	kill "$(cat "$T/iperf3.pid")" && rm "$T/iperf3.pid"
}
iperf3_all() { grep -Eq ' 0/[1-9][0-9]* \(0%\) +receiver' "$T/says" || { cat "$T/says"; fail "datagrams were lost"; }; }
iperf3_ready() { tail -n 2 "$T/iperf3" | grep -q 'Server listening'; }

# A name server and who asks it: short answers, long ones in fragments, and what does not fit is said not to.
dns() {
	{
		printf 'server:\n interface: fd00:2::2\n access-control: ::/0 allow\n do-tcp: no\n do-daemonize: no\n use-syslog: no\n'
		printf ' chroot: ""\n username: ""\n pidfile: ""\n directory: "%s"\n max-udp-size: 4096\n edns-buffer-size: 4096\n' "$T"
		printf ' do-ip4: no\n module-config: "iterator"\n local-zone: "test." static\n local-data: "host.test. AAAA fd00::77"\n'
		for t_i in 1 2 3 4 5 6 7 8 9; do
			printf ' local-data: '"'long.test. TXT \"%s%0240d\"'"'\n' "$t_i" 0
		done
		printf 'remote-control:\n control-enable: no\n'
	} > "$T/unbound.conf"
	ip netns exec b unbound -c "$T/unbound.conf" > "$T/unbound" 2>&1 &
	echo $! > "$T/unbound.pid"
	wait_for 10 in_ns b grep -q ':0035 ' /proc/net/udp6 || { cat "$T/unbound"; return 1; }
	says 'fd00::77' drill -6 @fd00:2::2 host.test AAAA && says 'rcode: NXDOMAIN' drill -6 @fd00:2::2 none.test AAAA || return
	says ' tc ' drill -6 -b 1232 @fd00:2::2 long.test TXT || return
	cap_start dns a va -d in && says '"90000' drill -6 -b 4096 @fd00:2::2 long.test TXT && cap_stop dns || return
	[ "$(cut -c41-42 "$T/dns.cap" | grep -c '^2c')" -ge 2 ] || { fail "the answer came in one piece"; return; }
	says 'fd00::77' env "$tcp4" dig -6 +notcp @fd00:2::2 host.test AAAA && both 'status: NOERROR' 'SERVER: fd00:2::2#53.*UDP' || return
	says 'status: NXDOMAIN' env "$tcp4" dig -6 @fd00:2::2 none.test AAAA || return
	says 'flags: qr aa tc' env "$tcp4" dig -6 +ignore +bufsize=1232 @fd00:2::2 long.test TXT || return
	says '"90000' env "$tcp4" dig -6 +ignore +bufsize=4096 @fd00:2::2 long.test TXT || return
	kill "$(cat "$T/unbound.pid")" && rm "$T/unbound.pid"
}

raw_socket() {
	ip netns exec b socat -u IP6-RECV:200 OPEN:"$T/raw",creat 2> /dev/null &
	echo $! > "$T/raw.pid"
	wait_for 10 in_ns b grep -q ':00C8 ' /proc/net/raw6 || return
	printf 'some bytes' | in_ns a socat -u - 'IP6-SENDTO:[fd00:2::2]:200' || return
	wait_for 10 grep -q 'some bytes' "$T/raw" || return
	kill "$(cat "$T/raw.pid")"
	rm "$T/raw.pid"
}

# tracepath comes with the ping that has all options.
must net_line
check_with tracepath ping-options pings
check_with tracepath ping-unprivileged pings_unprivileged
check ping-from pings_from
check_with tracepath ping-flood flood
check ping-sizes sweep
check_with tracepath tracepath-mtu path_mtu
check traceroute-udp traced traceroute -6 -n -q 1 -w 3 fd00:2::2
check traceroute-icmp traced_icmp
check rltraceroute6-udp traced_rl
check rltraceroute6-icmp traced_rl -I
check tcpdump tcpdump_reads
check_with python3 scapy scapy_asks
check_with mtr mtr-icmp mtr_hops
check_with mtr mtr-udp mtr_hops -u
check_with iperf iperf-udp iperf_udp
check_with iperf3 iperf3-udp iperf3_udp
check_with unbound dns dns
check socat-raw raw_socket
ns_del a r b
t_end
