#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60; ipv6 sextant
#
# Anycast addresses of sockets (IPV6_JOIN_ANYCAST): packets to one are delivered while a socket wants it and its interface
# is up; who may ask for which; nothing is left of a socket that ends, nor of one whose interface goes first.
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015 # check calls them
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/host.sh"

any=fd00:1::77

has() { in_ns b grep -q "$1" /proc/net/anycast6; }
has_not() { ! has "$1"; }
# The address as /proc/net/anycast6 has it.
in_proc=fd000001000000000000000000000077

# hold NAME [WORD…]: a socket in b that holds an anycast address until release NAME.
hold() {
	t_hold=$1
	shift
	mkfifo "$T/$t_hold.in"
	# Not the other's end as well, which would never end then.
	anycast b "$@" < "$T/$t_hold.in" > "$T/$t_hold.out" 2>&1 8>&- 9>&- &
	echo $! > "$T/$t_hold.pid"
	case $t_hold in first) exec 8> "$T/$t_hold.in" ;; *) exec 9> "$T/$t_hold.in" ;; esac
	wait_for 10 grep -q joined "$T/$t_hold.out" || { cat "$T/$t_hold.out"; return 1; }
}
release() {
	case $1 in first) exec 8>&- ;; *) exec 9>&- ;; esac
	wait "$(cat "$T/$1.pid")" || { cat "$T/$1.out"; fail "$1 did not end well"; return; }
	rm "$T/$1.pid" "$T/$1.in"
}

# refused ERROR INTERFACE ADDRESS
refused() {
	anycast b "$2" "$3" < /dev/null > "$T/refused" 2>&1
	same "$3 on $2" "$1" "$(cat "$T/refused")"
}
unprivileged() {
	netns-exec -u b anycast - vb "$any" < /dev/null > "$T/refused" 2>&1
	same "without CAP_NET_ADMIN" EPERM "$(cat "$T/refused")"
}

# A datagram to the address is heard.
heard() {
	rm -f "$T/heard"
	ip netns exec b socat -u UDP6-RECV:5000 "OPEN:$T/heard,creat,append" 8>&- 9>&- &
	echo $! > "$T/listener.pid"
	wait_for 10 in_ns b grep -q ':1388 ' /proc/net/udp6 &&
		echo hello | in_ns a socat -u - "UDP6-SENDTO:[$1]:5000" &&
		wait_for 10 grep -q hello "$T/heard"
	t_heard=$?
	kill "$(cat "$T/listener.pid")"
	rm "$T/listener.pid"
	return "$t_heard"
}
unheard() { ping_fails a "$any"; }

joined() { hold first vb "$any" && has "$in_proc" && heard "$any"; }
second() { hold second - "$any" && release first && has "$in_proc" && heard "$any"; }
both_gone() { release second && has_not "$in_proc" && unheard; }
leaves() { hold first vb "$any" leave && wait_for 10 grep -q left "$T/first.out" && has_not "$in_proc" && release first; }
never_source() {
	hold first vb "$any" || return
	refuses in_ns b ping -c 1 -W 1 -I "$any" fd00:1::1
}
down_and_up() {
	ip -n b link set vb down && has "$in_proc" && ip -n b link set vb up && ip -n b addr add fd00:1::2/64 dev vb nodad &&
		net_meet a fd00:1::2 && heard "$any" && release first && has_not "$in_proc"
}
forwarding() { in_ns b sysctl -qw "net.ipv6.conf.all.forwarding=$1"; }
# A router may have any; as a host again it keeps what sockets have, and gives up the subnet.
router() {
	forwarding 1 && hold first vb fd00:99::1 &&
		has fd000001000000000000000000000000 && has fd000099000000000000000000000001 &&
		forwarding 0 &&
		has_not fd000001000000000000000000000000 && has fd000099000000000000000000000001 && release first &&
		has_not fd000099000000000000000000000001
}
subnet_too() {
	forwarding 1 && hold first vb fd00:1:: && release first &&
		has fd000001000000000000000000000000 && forwarding 0
}
# stays_there ADDRESS COMMAND…: there is a route to it all the time.
stays_there() {
	t_there=$1
	shift
	hear address route && "$@" && heard_out || return
	refuses grep -E "^Deleted (local|anycast) $t_there " "$T/told"
}
# The subnet's address follows the prefix length; the subnets of two addresses may have one address.
another_length() {
	forwarding 1 && ip -n b addr add fd00:5:0:1::1/64 dev vb nodad &&
		has fd000005000000010000000000000000 || return
	ip -n b addr change fd00:5:0:1::1/48 dev vb && has_not fd000005000000010000000000000000 &&
		has fd000005000000000000000000000000 || return
	ip -n b addr add fd00:5::2/64 dev vb nodad && ip -n b addr del fd00:5::2/64 dev vb || return
	has fd000005000000000000000000000000 || { fail "another length took it away"; return; }
	ip -n b addr del fd00:5:0:1::1/48 dev vb && has_not fd000005000000000000000000000000 || return
	# One address is that of both subnets, and there all the time.
	ip -n b addr add fd00:6::1/64 dev vb nodad && stays_there fd00:6:: ip -n b addr change fd00:6::1/48 dev vb &&
		has fd000006000000000000000000000000 && ip -n b addr del fd00:6::1/48 dev vb || return
	forwarding 0
}
# Own addresses of both kinds may have the same bits. One has the route, and the other as soon as the first is gone.
kind_is() { ip -n b -6 route show table local dev vb | grep -q "^$1 fd00:1:: "; }
both_kinds() {
	forwarding 1 && kind_is anycast && ip -n b addr add fd00:1::/64 dev vb nodad || return
	stays_there fd00:1:: forwarding 0 && kind_is local && heard fd00:1:: || { routes; fail "its own is not heard"; return; }
	forwarding 1 && kind_is local && stays_there fd00:1:: ip -n b addr del fd00:1::/64 dev vb || return
	kind_is anycast && heard fd00:1:: || { routes; fail "its subnet's is not heard"; return; }
	forwarding 0 && ! kind_is anycast || { routes; fail "it is left"; return; }
}
routes() { ip -n b -6 route show table local; }
interface_first() {
	hold first vb "$any" && ip -n b link del vb && has_not "$in_proc" && release first
}

must net_two
check joined-is-heard joined
check one-of-two-goes second
check last-one-goes both_gone
check left-by-option leaves
check refused-group refused EINVAL vb ff02::77
check refused-own-address refused EINVAL vb fd00:1::2
check refused-of-another-link refused EADDRNOTAVAIL vb fd00:99::1
check refused-nowhere refused EADDRNOTAVAIL - fd00:99::1
check refused-unprivileged unprivileged
check is-no-source never_source
check link-down-and-up down_and_up
check router-has-any router
check subnet-stays-with-the-router subnet_too
check subnet-of-another-length another_length
check same-bits-of-both-kinds both_kinds
check interface-goes-first interface_first
ns_del a b
t_end
