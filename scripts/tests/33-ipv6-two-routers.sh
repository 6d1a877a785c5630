#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 120; ipv6 sextant
#
# A host of our own IPv6 with two routers on its link, each of which gives it addresses of another prefix (radvd): packets
# leave by the router that gave their source (RFC 8028), and a source is chosen that the router gave (RFC 6724, rule 5.5);
# routes of an administrator stand above that; when a router says another preference or the host wants another metric, there
# is a default route all the time; and routers between which nothing chooses share the destinations (RFC 4311).
# shellcheck source-path=SCRIPTDIR disable=SC2317,SC2015,SC2016 # check calls them
. "$(dirname "$0")/lib.sh"

set_conf() { echo "$3" | in_ns "$1" tee "/proc/sys/net/ipv6/conf/$2" > /dev/null; }
link_address() { ip -n "$1" -6 addr show dev "$2" | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p' | head -n 1 | grep .; }
# given PREFIX: the host's address of it.
given() { ip -n a -6 addr show dev va | sed -n "s/.*inet6 \($1[^/]*\).*/\1/p" | head -n 1 | grep .; }
# These stay as they are once they are there: the routers', and what the host has made of each one's prefix.
router_1='' router_2='' given_1='' given_2=''
# router NUMBER: sets $t_router, its address.
router() {
	case $1 in
	1) t_router=$router_1 ;;
	2) t_router=$router_2 ;;
	esac
}

# fd00:10::1 is behind both; its prefix has more in common with fd00:11:: than with fd00:22::.
net_two_routers() {
	ns_add a r1 r2 s && wire s cable s end || return
	for end in a:va r1:v1 r2:v2; do
		ip -n s link add "${end#*:}" link cable netns "${end%:*}" type macvlan mode bridge &&
			ip -n "${end%:*}" link set "${end#*:}" up || return
	done
	set_conf a va/router_solicitations 3 && set_conf a va/router_solicitation_delay 0 || return
	for r in 1 2; do
		set_conf "r$r" all/forwarding 1 && address "r$r" lo fd00:10::1/128 && address "r$r" "v$r" "fd00:$r$r::f/64" || return
		ip -n "r$r" -6 route add "fd00:$((3 - r))$((3 - r))::/64" dev "v$r" || return
		wait_for 10 link_address "r$r" "v$r" || return
		# Nor do they ask after the host by themselves, by which it would hear that they are there.
		set_conf "r$r" "../neigh/v$r/delay_first_probe_time" 600 || return
	done
	router_1=$(link_address r1 v1) router_2=$(link_address r2 v2)
}

# radvd_on ROUTER PREFERENCE
radvd_on() {
	cat > "$T/radvd$1.conf" <<-END
		interface v$1 {
			AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; MinDelayBetweenRAs 3;
			AdvDefaultLifetime 60; AdvDefaultPreference $2;
			prefix fd00:$1$1::/64 { AdvValidLifetime 600; AdvPreferredLifetime 300; };
		};
	END
	ip netns exec "r$1" radvd -n -C "$T/radvd$1.conf" -p "$T/radvd$1.own" -m stderr > "$T/radvd$1.log" 2>&1 &
	echo $! > "$T/radvd$1.pid"
}
# radvd_off ROUTER SIGNAL: KILL lets it say no farewell.
radvd_off() {
	kill "-$2" "$(cat "$T/radvd$1.pid")"
	wait "$(cat "$T/radvd$1.pid")"
	rm "$T/radvd$1.pid"
}

heard() { ip -n a -6 addr show dev va; ip -n a -6 route; ip -n a -6 neigh; fail "$*"; }
# default_is ROUTER PREFERENCE
default_is() {
	router "$1"
	ip -n a -6 route show default > "$T/default"
	while read -r t_line; do
		case $t_line in *"via $t_router dev va "*"pref $2"*) return 0 ;; esac
	done < "$T/default"
	return 1
}

# NRL 5: a host with addresses of two routers.
two_routers() {
	radvd_on 1 medium
	radvd_on 2 high
	wait_for 20 default_is 1 medium && wait_for 20 default_is 2 high || { heard "no default routes"; return; }
	wait_for 20 given fd00:11: && wait_for 20 given fd00:22: || { heard "no addresses"; return; }
	given_1=$(given fd00:11:) given_2=$(given fd00:22:)
}

echoes() { in_ns "r$1" awk '$1 == "Icmp6InEchos" { print $2 }' /proc/net/snmp6; }
# pings_by ROUTER [PING-OPTION…]: three pings, and this router alone is asked.
pings_by() {
	t_by=$1 t_not=$((3 - $1)) t_first=$(echoes "$1") t_second=$(echoes $((3 - $1)))
	shift
	in_ns a ping -c 3 -i 0.2 -W 3 "$@" fd00:10::1 > "$T/ping" 2>&1 || { cat "$T/ping"; heard "no answers"; return; }
	same "echoes at router $t_by" $((t_first + 3)) "$(echoes "$t_by")" &&
		same "echoes at router $t_not" "$t_second" "$(echoes "$t_not")" || { cat "$T/ping"; heard "by the wrong router"; }
}
# way_is ROUTER SOURCE: what a socket of that source is told by rtnetlink.
way_is() {
	router "$1"
	ip -n a -6 route get fd00:10::1 from "$2" > "$T/way" 2>&1
	read -r t_line < "$T/way"
	case $t_line in
	*"via $t_router "*) ;;
	*) cat "$T/way"; heard "not by router $1" ;;
	esac
}

by_source() {
	way_is 1 "$given_1" && pings_by 1 -I "$given_1" || return
	way_is 2 "$given_2" && pings_by 2 -I "$given_2"
}

# The preferred router is taken, and what it gave is the source, though rule 8 says otherwise.
source_by_router() {
	same source "$given_2" "$(ip -n a -6 route get fd00:10::1 | sed -n 's/.* src \([^ ]*\).*/\1/p')" || { heard "not it"; return; }
	pings_by 2
}

# connected_by ROUTER TYPE LEVEL DATA: a connected socket sends, then with this ancillary data, then without it once more.
# The datagram in the middle goes to this router, those around it to router 2.
connected_by() {
	t_first=$(datagrams 1) t_second=$(datagrams 2)
	in_ns a /usr/bin/python3 -S - "$@" <<-END || return
		import socket, sys
		data = socket.inet_pton(socket.AF_INET6, sys.argv[4]) + bytes(4) if ":" in sys.argv[4] else \
		    int(sys.argv[4]).to_bytes(4, sys.byteorder)
		made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		made.connect(("fd00:10::1", 7777))
		made.send(b"x")
		made.sendmsg([b"x"], [(int(sys.argv[2]), int(sys.argv[3]), data)])
		made.send(b"x")
	END
	wait_for 10 came $((t_first + t_second + 3)) || { heard "datagrams are lost"; return; }
	same "datagrams at router 2" "$((t_second + 3 - (2 - $1)))" "$(datagrams 2)"
}
came() { [ $(($(datagrams 1) + $(datagrams 2))) -ge "$1" ]; }

# What a connected socket keeps is no way for another source or another mark.
connected() {
	listeners || return
	ip -n a -6 rule add fwmark 5 table 100 && ip -n a -6 route add default via "$router_1" dev va table 100 || return
	# IPV6_PKTINFO, SO_MARK
	connected_by 1 41 50 "$given_1" && connected_by 2 41 50 "$given_2" && connected_by 1 1 36 5 || return
	ip -n a -6 rule del fwmark 5 table 100 && end_of r1 r2
}

# An address that nobody gave goes by the preferred one; source-specific routes go before all.
by_hand() {
	address a va fd00:33::1/128 && address r1 lo fd00:33::f/128 || return
	way_is 2 fd00:33::1 || return
	ip -n a -6 route add default from fd00:22::/64 via "$router_1" dev va || return
	way_is 1 "$given_2" || return
	ip -n a -6 route del default from fd00:22::/64 via "$router_1" dev va && way_is 2 "$given_2"
}

# changes_to PATTERN COMMAND…: what rtnetlink says of default routes until the pattern is among it is in $T/monitor.
changes_to() {
	t_want=$1
	shift
	ip -n a -6 monitor route > "$T/monitor" 2>&1 &
	echo $! > "$T/monitor.pid"
	wait_for 10 monitor_hears || return
	"$@" || return
	wait_for 20 grep -Eq "$t_want" "$T/monitor" || { cat "$T/monitor"; heard "it does not change"; return; }
	ip -n a -6 route del blackhole fd00:77::/64 && wait_for 10 grep -q '^Deleted blackhole fd00:77::' "$T/monitor" || return
	kill "$(cat "$T/monitor.pid")"
	rm "$T/monitor.pid"
}

monitor_hears() {
	ip -n a -6 route replace blackhole fd00:77::/64 && grep -q 'fd00:77::' "$T/monitor"
}

preference() {
	changes_to "^default via $router_2 .*pref low" prefers_low || return
	! grep '^Deleted default' "$T/monitor" || { cat "$T/monitor"; fail "there was none for a moment"; return; }
	default_is 2 low || { heard "not low"; return; }
	pings_by 1
}
prefers_low() { radvd_off 2 KILL; radvd_on 2 low; }

metric() {
	changes_to "^Deleted default via $router_2 " set_conf a va/ra_defrtr_metric 512 || return
	grep -E "default via $router_2 " "$T/monitor" > "$T/order"
	head -n 1 "$T/order" | grep -q '^default .*metric 512' || { cat "$T/monitor"; fail "the old one goes first"; }
}

# by ROUTER: an echo is answered by it.
by() { t_first=$(echoes "$1"); in_ns a ping -c 1 -W 1 fd00:10::1 > "$T/ping" 2>&1; [ "$(echoes "$1")" -gt "$t_first" ]; }
router_up() {
	ip -n r1 link set v1 up && wait_for 10 link_address r1 v1 && address r1 v1 fd00:11::f/64 &&
		ip -n r1 -6 route add fd00:22::/64 dev v1
}

datagrams() { in_ns "r$1" awk '$1 == "Udp6InDatagrams" { print $2 }' /proc/net/snmp6; }
more_datagrams() { [ "$(datagrams "$1")" -gt "$2" ]; }
# flows_by ROUTER: what the connected socket sends goes there.
flows_by() { wait_for 30 more_datagrams "$1" "$(datagrams "$1")" || heard "the socket does not send by router $1"; }
bound() { in_ns "$1" grep -q ':1E61 ' /proc/net/udp6; }
# Port 7777 behind the routers.
listeners() {
	for t_end in r1 r2; do
		ip netns exec "$t_end" socat -u UDP6-RECV:7777 OPEN:/dev/null 2> /dev/null &
		echo $! > "$T/$t_end.pid"
		wait_for 10 bound "$t_end" || return
	done
}
# A socket that is connected to that port, and sends now and then.
flow() {
	listeners || return
	ip netns exec a socat -u 'SYSTEM:while echo x; do sleep 0.2; done' 'UDP6:[fd00:10::1]:7777' 2> /dev/null &
	echo $! > "$T/flow.pid"
}
flow_end() { end_of flow r1 r2; }
end_of() {
	for t_end in "$@"; do
		kill "$(cat "$T/$t_end.pid")" && rm "$T/$t_end.pid" || return
	done
}

# The better one is gone without a word, and back without one: it is asked. A connected socket goes the same ways.
probed() {
	wait_for 20 default_moved || { heard "router 1 is of the old metric"; return; }
	radvd_off 1 KILL
	set_conf a va/router_probe_interval 1 && set_conf a ../neigh/va/base_reachable_time_ms 1000 &&
		set_conf a ../neigh/va/delay_first_probe_time 1 && ip -n a -6 neigh flush dev va || return
	wait_for 10 by 1 || { heard "not by router 1 at first"; return; }
	flow && flows_by 1 || return
	ip -n r1 link set v1 down && wait_for 30 by 2 || { heard "not by router 2"; return; }
	flows_by 2 || return
	router_up && wait_for 30 by 1 || { heard "not by router 1 again"; return; }
	flows_by 1 && flow_end
}

default_moved() { ip -n a -6 route show default | grep -q "via $router_1 .*metric 512"; }
# What the host has of it goes first: what is there then, radvd has said, which runs so far that it can say farewell.
default_back() {
	ip -n a -6 route del default via "$router_1" dev va && radvd_on 1 medium || return
	wait_for 20 default_is 1 medium || heard "no default route"
}

# It says farewell: what it gave goes by the other.
withdrawn() {
	radvd_off 1 TERM
	wait_for 10 one_default || { heard "the default route is there"; return; }
	way_is 2 "$given_1" && pings_by 2 -I "$given_1"
}
one_default() { ! ip -n a -6 route show default | grep -q "$router_1"; }

# ways SOURCE: which router 64 destinations have, in $T/ways.
ways() {
	awk -v from="$1" 'BEGIN { for (i = 1; i <= 64; i++) printf "route get fd00:10::%x from %s\n", i, from }' > "$T/batch" &&
		ip -n a -6 -batch "$T/batch" | grep -o '^fd00:10::[^ ]*\|via [^ ]*' > "$T/ways"
}
ways_by() { router "$1"; grep -c "via $t_router$" "$T/ways"; }
no_ports() { in_ns "r$1" awk '$1 == "Udp6NoPorts" { print $2 }' /proc/net/snmp6; }
arrived() { [ $(($(no_ports 1) + $(no_ports 2))) -ge "$1" ]; }

# Both are of one preference; nobody gave fd00:33::1. Packets go where rtnetlink says.
share() {
	radvd_off 2 KILL
	radvd_on 1 medium
	radvd_on 2 medium
	wait_for 20 default_is 1 medium && wait_for 20 default_is 2 medium || { heard "not of one preference"; return; }
	# From here on no router speaks up by itself.
	radvd_off 1 KILL
	radvd_off 2 KILL
	ways fd00:33::1 || return
	t_by1=$(ways_by 1) t_by2=$(ways_by 2)
	same ways 64 $((t_by1 + t_by2)) || return
	[ "$t_by1" -ge 8 ] && [ "$t_by2" -ge 8 ] || { fail "$t_by1 destinations by router 1, $t_by2 by router 2"; return; }
	for t_r in 1 2; do
		ip -n "r$t_r" -6 route add local fd00:10::/64 dev lo || return
	done
	t_first=$(no_ports 1) t_second=$(no_ports 2)
	in_ns a /usr/bin/python3 -S -c 'if True:
		import socket
		made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		made.bind(("fd00:33::1", 0))
		for number in list(range(1, 65)) * 2:
			made.sendto(b"x", (f"fd00:10::{number:x}", 9))' || return
	wait_for 10 arrived $((t_first + t_second + 128)) || { heard "datagrams are lost"; return; }
	same "datagrams at router 1" $((2 * t_by1)) $(($(no_ports 1) - t_first)) &&
		same "datagrams at router 2" $((2 * t_by2)) $(($(no_ports 2) - t_second)) || return
	# Whose prefix it is counts before.
	ways "$given_2" && same "ways of what router 2 gave" 64 "$(ways_by 2)"
}

# shared_by ROUTER: the first destination that is its own.
shared_by() { router "$1"; grep -B1 "via $t_router$" "$T/shared" | head -n 1; }
back_by() { router "$1"; ip -n a -6 route get "$2" from fd00:33::1 | grep -q "via $t_router "; }
# One that falls silent loses its own, and has the same again once it has been asked.
share_silent() {
	ways fd00:33::1 && cp "$T/ways" "$T/shared" || return
	for t_r in 1 2; do
		t_dst=$(shared_by "$t_r")
		router "$t_r"
		ip -n a -6 neigh replace "$t_router" nud failed dev va || return
		back_by $((3 - t_r)) "$t_dst" || { heard "$t_dst is not by the other router"; return; }
		wait_for 10 back_by "$t_r" "$t_dst" || { heard "$t_dst is not by router $t_r again"; return; }
	done
	ways fd00:33::1 && cmp "$T/ways" "$T/shared"
}

must net_two_routers
check two-default-routers two_routers
check each-source-by-its-router by_source
check source-of-the-router source_by_router
check connected-socket-other-source connected
check routes-by-hand-first by_hand
check preference-without-a-gap preference
check metric-without-a-gap metric
check silent-router-is-probed probed
check router-is-back default_back
check withdrawn-router withdrawn
check equal-routers-share share
check equal-router-falls-silent share_silent
ns_del a r1 r2 s
t_end
