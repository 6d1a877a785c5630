#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 200; ipv6 sextant
#
# ipv6toolkit and thc-ipv6 attack our own IPv6 on its link: forged, flooded and malformed neighbour discovery, redirects,
# errors, listener reports, fragments, jumbograms, headers, queries. Whatever they send, the host goes on to answer on
# another link, its tables keep their limits, its memory stays; and on the link itself it is as before once they are gone.
# Half a minute of them always, all in the long run.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# a: the attacker; b: the host; c: who wants something from it.
net_three() {
	net_two && ns_add c && wire c vc b vx || return
	address c vc fd00:2::1/64 && address b vx fd00:2::2/64 && ping_ok c fd00:2::2 || return
	# A router that b has, and that can be taken over.
	ip -n b -6 route add 2001:db8::/32 via fd00:1::1
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/vb/use_tempaddr > /dev/null
}

# All of a table of b, and the kernel's memory, in kB.
lines() { wc -l < "$T/lines"; }
within() {
	ip -n b -6 "$1" show > "$T/lines" || return
	[ "$(lines)" -le "$2" ] || { head -20 "$T/lines"; fail "$1: $(lines) entries"; }
}
memory() { awk '/^(Slab|SUnreclaim|PageTables|Percpu|VmallocUsed):/ { n += $2 } END { print n }' /proc/meminfo; }
received() { ip netns exec b cat /sys/class/net/vb/statistics/rx_packets; }

# Addresses: 16 of an interface are made by advertisements, with a temporary one each, and some are b's own. Routes of
# advertisements are as many as modules/ipv6/README.md says. A thousand neighbours are gc_thresh3.
addresses() {
	ip -n b -6 -o addr show dev vb > "$T/lines" || return
	[ "$(lines)" -le 36 ] || fail "$(lines) addresses"
}

# attack NAME SECONDS COMMAND…: something arrives, and the host lives. The tools' own status says nothing: most end by SIGTERM.
attack() { t_attack=$1; shift; check "$t_attack" attacked "$@"; }
later() { [ "${SXT_LONG:-0}" = 0 ] || attack "$@"; }
attacked() {
	t_before=$(received) t_seconds=$1
	shift
	in_ns a timeout -k 2 "$t_seconds" "$@" > "$T/tool" 2>&1 < /dev/null
	t_sent=$(($(received) - t_before))
	[ "$t_sent" -gt 0 ] || { tail -5 "$T/tool"; fail "nothing arrived of $*"; return; }
	ping_ok c fd00:2::2 || return
	within neigh 1024 && addresses && within route 200 || return
	[ "$(memory)" -le $((memory_before + 32768)) ] || { grep -E 'Slab|SUn|Vmalloc|Percpu' /proc/meminfo; fail "memory grows"; }
}

must net_three
mac=$(ip -n b link show dev vb | awk '/link\/ether/ { print $2 }')
link=$(ip -n b -6 addr show dev vb | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p')
all=ff02::1 host=fd00:1::2 router=fd00:1::1
f=1
[ "${SXT_LONG:-0}" = 0 ] || f=3
memory_before=$(memory)

# ipv6toolkit: one forged packet each, or as many as it makes in the time.
attack ra6-prefixes $f ra6 -i va -d $all -f 10 -w 10 -W 5 -e -t 9000 -l -z 1
later ra6-sources $f ra6 -i va -d $all -F 200 -f 5 -e -t 9000 -P fd00:a::/64#LA#9000#8000 -l -z 1
attack ra6-values $f ra6 -i va -s fe80::bad -d $all -t 65535 -r 4294967295 -x 4294967295 -c 255 -M 4294967295 -P ::/0#LA#4294967295#4294967295 -R ::/0#1#4294967295
later ra6-small $f ra6 -i va -s fe80::bad -d $all -c 1 -M 1 -P fd00:b::/128#LA#1#1
later ra6-headers $f ra6 -i va -s fe80::bad -d $all -u 1000 -U 500 -H 500 -y 64 -t 100
attack na6-targets $f na6 -i va -d $all -T 200 -F 10 -c -o -e -l -z 1
later na6-takeover $f na6 -i va -s fd00:1::1 -d $all -t fd00:1::1 -E 02:bb:aa:dd:00:01 -c -o -r
attack ns6-sources $f ns6 -i va -d $host -t $host -F 500 -e -l -z 1
later ns6-multicast-link $f ns6 -i va -d $host -t $host -s fe80::77 -E 33:33:00:00:00:01
attack rs6-sources $f rs6 -i va -s fe80::/64 -d ff02::2 -F 200 -e -l -z 1
attack rd6-dests $f rd6 -i va -s "$router" -d $host -r 2001:db8::1 -R 200 -t fe80::bad -D "$mac" -l -z 1
later rd6-targets $f rd6 -i va -s "$router" -d $host -r 2001:db8::1 -T 200 -D "$mac" -l -z 1
attack icmp6-too-big $f icmp6 -i va -d $host -s "$router" -E -m 0 -r $host -x 2001:db8::2 -p udp -l -z 1
later icmp6-unreachable $f icmp6 -i va -d $host -s "$router" -e -r $host -x 2001:db8::2 -p tcp -l -z 1
later icmp6-parameter $f icmp6 -i va -d $host -s "$router" -R -O 4294967295 -r $host -x 2001:db8::2 -p icmp6
attack frag6-flood $f frag6 -i va -d $host -s fd00:1::/64 -F 500 -l -z 1
attack frag6-ping-of-death $f frag6 -i va -d $host -X
later frag6-atomic $f frag6 -i va -d $host -O atomic
later frag6-policy $((f + 3)) frag6 -i va -d $host -p
later frag6-ids $((f + 3)) frag6 -i va -d $host -W
later flow6-labels $((f + 3)) flow6 -i va -d $host -P UDP -p 9 -W
attack jumbo6-lengths $f jumbo6 -i va -d $host -q 0 -Q 70000 -P 100
later jumbo6-small $f jumbo6 -i va -d $host -q 100 -Q 100 -P 100
attack udp6-sources $f udp6 -i va -d $host -s fd00:1::/64 -F 200 -T 5 -a 9 -P 100 -l -z 1
later tcp6-syn $f tcp6 -i va -d $host -s fd00:1::/64 -F 200 -T 5 -a 80 -X S -l -z 1

# thc-ipv6
attack flood_router26 $f atk6-flood_router26 va
later flood_router26-hidden $f atk6-flood_router26 -F va
later flood_router26-privacy $f atk6-flood_router26 -A va
attack flood_advertise6 $f atk6-flood_advertise6 va $host
attack flood_solicitate6 $f atk6-flood_solicitate6 va $host $host
attack flood_redir6 $f atk6-flood_redir6 va $host "$router"
later flood_unreach6 $f atk6-flood_unreach6 -p -R va $host
later flood_rs6 $f atk6-flood_rs6 -S va
later flood_mld6 $f atk6-flood_mld6 va
attack flood_mld26 $f atk6-flood_mld26 va
later flood_mldrouter6 $f atk6-flood_mldrouter6 va
later fake_advertise6 $f atk6-fake_advertise6 -n 3 -w 0 va "$router" $host 02:bb:aa:dd:00:02
later fake_solicitate6 $f atk6-fake_solicitate6 va $host $host
attack fake_router26 $f atk6-fake_router26 -A fd00:c::/64 -R ::/1 -D fd00:c::1 -M 1280 -l 65535 va
later kill_router6 $f atk6-kill_router6 va "$link"
later fake_mld6 $f atk6-fake_mld6 va query
later fake_mld26 $f atk6-fake_mld26 va query
later redir6 $f atk6-redir6 va $host 2001:db8::3 "$router" fe80::bad
attack toobig6 $f atk6-toobig6 va $host $router 1
later smurf6 $f atk6-smurf6 va $host
later rsmurf6 $f atk6-rsmurf6 va $host
later thcsyn6 $f atk6-thcsyn6 -a -d -f -R va $host 80
later ndpexhaust26 $f atk6-ndpexhaust26 -R va fd00:1::/64
later node_query6 $f atk6-node_query6 va $host
later sendpees6 $f atk6-sendpees6 va 1024 fd00:1:: $host
later denial6 $f atk6-denial6 va $host 2
attack fuzz_ip6 $((f * 2)) atk6-fuzz_ip6 -n 1 -1 va $host
later fuzz_ip6-headers $((f * 3)) atk6-fuzz_ip6 -n 1 -IFSDHRJ -2 va $host

# The link itself: what the forged messages taught is forgotten as they would have it, or by hand.
as_before() {
	ip -n b link set vb down && ip -n b link set vb up && address b vb fd00:1::2/64 && ip -n a -6 neigh flush dev va || return
	wait_for 20 in_ns a ping -c 1 -W 1 fd00:1::2
}
check link-as-before as_before
ns_del a b c
t_end
