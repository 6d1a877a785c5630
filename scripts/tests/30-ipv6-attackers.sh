#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 600; ipv6 sextant
#
# ipv6toolkit and thc-ipv6 attack our own IPv6 on its link: forged, flooded and malformed neighbour discovery, redirects,
# errors, listener reports, fragments, jumbograms, headers, queries. Whatever they send, the host goes on to answer on
# another link, its tables keep their limits, its memory stays, and what it refused it counted under the reasons that
# belong to that attack; and on the link itself it is as before once they are gone.
# Some of them always, all in the long run. What atk6-implementation6 and its like say of the host is in
# 75-ipv6-implementation.sh.
#
# Each program of both packages is here, but for these:
#	addr6: converts addresses, sends nothing
#	blackhole6: path6, for names of the DNS
#	script6: asks the DNS and whois
#	rs6: falls over in libpcap now and then, and the kernel tells of that; atk6-flood_rs6 does the same
#	atk6-address6: converts addresses, sends nothing
#	atk6-connect6: an ordinary TCP connection
#	atk6-connsplit6: rewrites its own host's TCP connections
#	atk6-covert_send6d: only listens
#	atk6-detect-new-ip6: only listens
#	atk6-dnsdict6: asks the DNS
#	atk6-dnsrevenum6: asks the DNS
#	atk6-dnssecwalk: asks the DNS
#	atk6-extract_hosts6: reads a file, sends nothing
#	atk6-extract_networks6: reads a file, sends nothing
#	atk6-fake_dhcps6: answers DHCPv6 clients, of which the stack has none
#	atk6-fake_dns6d: answers those who ask the DNS
#	atk6-fake_dnsupdate6: writes to the DNS
#	atk6-fragrouter6: its own host's packets in odd fragments; those are atk6-fragmentation6's and frag6's
#	atk6-implementation6d: only listens
#	atk6-inject_alive6: answers on PPPoE and 6in4 links alone
#	atk6-passive_discovery6: only listens
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2317 # awk and sh have variables of their own; check calls functions
. "$(dirname "$0")/lib.sh"

# a: the attacker; b: the host; c: who wants something from it.
net_three() {
	net_two && ns_add c && wire c vc b vx || return
	address c vc fd00:2::1/64 && address b vx fd00:2::2/64 && ping_ok c fd00:2::2 || return
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/vb/use_tempaddr > /dev/null || return
	mac=$(ip -n b link show dev vb | awk '/link\/ether/ { print $2 }')
	router=$(link_local a va)
	# A router that b has, and that can be taken over: a itself.
	ip -n b -6 route add 2001:db8::/32 via "$router" dev vb
}
link_local() { ip -n "$1" -6 addr show dev "$2" | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p'; }

# seen FILE: what b has received and refused, a number behind each word.
seen() { in_ns b cat /proc/net/dev /proc/net/drops6 > "$1"; }

# limits: sets $memory, the kernel's in kB, and fails if a table of b is too large. Addresses: 16 of an interface are made by
# advertisements, with a temporary one each, and some are b's own. Routes of advertisements are as many as modules/ipv6/README.md
# says. A thousand neighbours are gc_thresh3.
limits() {
	ip -n b -6 -batch - > "$T/tables" <<-END || return
		neigh show
		addr show dev vb
		route show
	END
	awk -v most_neigh=1024 -v most_addr=36 -v most_route=200 '
	/^(Slab|SUnreclaim|PageTables|Percpu|VmallocUsed):/ { memory += $2; next }
	FILENAME == "/proc/meminfo" { next }
	/^ *inet6 / { addr++; next }
	/ metric |^[ \t]+nexthop / { route++; next }
	/^[0-9a-f:]+ dev / { neigh++ }
	END {
		if (!memory || !addr || !route) {
			print "what is there was not to be read"
			exit 1
		}
		print memory
		if (neigh > most_neigh || addr > most_addr || route > most_route) {
			print neigh + 0, "neighbours,", addr, "addresses,", route, "routes"
			exit 1
		}
	}' /proc/meminfo "$T/tables" > "$T/limits" || { head -20 "$T/tables"; cat "$T/limits"; return 1; }
	read -r memory < "$T/limits"
}

# refused_for REASONS: something has arrived since $T/seen, and what b has refused since then it has counted under these, each
# of them but those with a ?, which chance or the machine's speed may leave out. Always among it may be what its neighbour sends
# to groups of its own and says of answers, being a node, and answers to those who were forged by this attack or one before.
refused_for() {
	seen "$T/seen-now" || return
	awk -v want="$1 group-not-joined? error-nobodys? neighbour-failed? neighbour-none?" '
	BEGIN {
		n = split(want, words, " ")
		for (i = 1; i <= n; i++) {
			sure = !sub(/\?$/, "", words[i])
			if (!(words[i] in must) || sure)
				must[words[i]] = sure
		}
	}
	# Packets of an interface are the number behind that of bytes.
	/:/ {
		if ($1 == "vb:")
			received[FNR == NR] = $3
		next
	}
	/\|/ { next }
	FNR == NR { before[$1] = $2; next }
	$2 > before[$1] {
		now = now " " $1 "*" ($2 - before[$1])
		if (!($1 in must))
			odd = odd " " $1
		delete must[$1]
	}
	END {
		if (!(received[0] > received[1])) {
			print "nothing has arrived"
			exit 1
		}
		for (reason in must)
			if (must[reason])
				odd = odd " not:" reason
		if (odd == "")
			exit
		print "refused for" now "; unexpected:" odd
		exit 1
	}' "$T/seen" "$T/seen-now"
}

# attack NAME SECONDS REASONS COMMAND…: something arrives, the host lives, and refuses for these reasons. The tools' own
# status says nothing: most end by SIGTERM.
attack() { t_attack=$1; shift; check "$t_attack" attacked "$@"; }
later() { ! in_full || attack "$@"; }
attacked() {
	t_seconds=$1 t_reasons=$2
	shift 2
	seen "$T/seen" || return
	# On a busy machine the time may be over before what is to come of it has.
	comes_of "$t_seconds" "$@" > "$T/comes" || comes_of 2 "$@" > "$T/comes" ||
		comes_of $((20 + 5 * w)) "$@" || return
	ping_ok c fd00:2::2 && limits || return
	[ "$memory" -le $((memory_before + 32768)) ] || { grep -E 'Slab|SUn|Vmalloc|Percpu' /proc/meminfo; fail "memory grows"; }
}
comes_of() {
	t_seconds=$1
	shift
	in_ns a timeout -k 2 "$t_seconds" "$@" > "$T/tool" 2>&1 < /dev/null
	refused_for "$t_reasons" > "$T/refused" || { tail -5 "$T/tool"; echo "$*"; cat "$T/refused"; return 1; }
}

must net_three
all=ff02::1 host=fd00:1::2
# For how long who floods does so, and more for who has to wait meanwhile.
f=0.3 w=0
case $SXT_LONG-$SXT_FLAVOR in
1-plain) f=2 w=2 ;;
1-debug) f=5 w=8 ;;
esac
must limits
memory_before=$memory

# ipv6toolkit: one forged packet each, or as many as it makes in the time.
attack ra6-prefixes $f 'nd-ra-rate?' ra6 -i va -d $all -f 10 -w 10 -W 5 -e -t 9000 -l -z 1
later ra6-sources $f 'nd-ra-rate?' ra6 -i va -d $all -F 200 -f 5 -e -t 9000 -P fd00:a::/64#LA#9000#8000 -l -z 1
attack ra6-values $f 'nd-ra-rate?' ra6 -i va -s fe80::bad -d $all -t 65535 -r 4294967295 -x 4294967295 -c 255 -M 4294967295 -P ::/0#LA#4294967295#4294967295 -R ::/0#1#4294967295
later ra6-small $f 'nd-ra-rate?' ra6 -i va -s fe80::bad -d $all -c 1 -M 1 -P fd00:b::/128#LA#1#1
attack ra6-headers $f 'padding-long nd-ra-rate?' ra6 -i va -s fe80::bad -d $all -u 1000 -U 500 -H 500 -y 64 -t 100
attack na6-targets $f '' na6 -i va -d $all -T 200 -F 10 -o -e -l -z 1
later na6-solicited $f 'nd-solicited' na6 -i va -d $all -T 200 -F 10 -c -o -e -l -z 1
attack na6-takeover $f '' na6 -i va -s fd00:1::1 -d $all -t fd00:1::1 -E 02:bb:aa:dd:00:01 -o -r
attack ns6-sources $f '' ns6 -i va -d $host -t $host -F 500 -e -l -z 1
later ns6-multicast-link $f '' ns6 -i va -d $host -t $host -s fe80::77 -E 33:33:00:00:00:01
attack rd6-dests $f 'nd-target? nd-queue? nd-redirect-rate?' rd6 -i va -s "$router" -d $host -r 2001:db8::1 -R 200 -t fe80::bad -D "$mac" -l -z 1
later rd6-targets $f 'nd-redirect-rate?' rd6 -i va -s "$router" -d $host -r 2001:db8::1 -T 200 -D "$mac" -l -z 1
attack icmp6-too-small $f 'error-mtu' icmp6 -i va -d $host -s "$router" -E -m 0 -r $host -x 2001:db8::2 -p udp -l -z 1
later icmp6-too-big $f 'error-nobodys' icmp6 -i va -d $host -s "$router" -E -m 1280 -r $host -x 2001:db8::2 -p udp -l -z 1
later icmp6-unreachable $f 'error-nobodys' icmp6 -i va -d $host -s "$router" -e -r $host -x 2001:db8::2 -p tcp -l -z 1
later icmp6-parameter $f 'error-nobodys' icmp6 -i va -d $host -s "$router" -R -O 4294967295 -r $host -x 2001:db8::2 -p icmp6
attack frag6-flood $f 'fragment-odd fragment-memory?' frag6 -i va -d $host -s fd00:1::/64 -F 500 -l -z 1
later frag6-ping-of-death $((w + 8)) 'fragment-long fragment-empty?' frag6 -i va -d $host -X
attack frag6-atomic $f '' frag6 -i va -d $host -O atomic
later frag6-policy $((w + 3)) 'fragment-overlap' frag6 -i va -d $host -p
later frag6-ids $((w + 3)) '' frag6 -i va -d $host -W
later flow6-labels $((w + 3)) 'udp-checksum' flow6 -i va -d $host -P UDP -p 9 -W
attack jumbo6-lengths $f 'option-unknown' jumbo6 -i va -d $host -q 0 -Q 70000 -P 100
later jumbo6-small $f 'option-unknown' jumbo6 -i va -d $host -q 100 -Q 100 -P 100
attack udp6-sources $f 'no-socket udp-no-checksum?' udp6 -i va -d $host -s fd00:1::/64 -F 200 -T 5 -a 9 -P 100 -l -z 1
later tcp6-syn $f 'unknown-protocol' tcp6 -i va -d $host -s fd00:1::/64 -F 200 -T 5 -a 80 -X S -l -z 1

later ni6-name $f 'icmp-type' ni6 -i va -d $host -n aa.example -l -z 1
later ni6-cut-name $f 'icmp-type' ni6 -i va -d $host -x 255 -l -z 1
later ni6-address $f 'icmp-type' ni6 -i va -d $host -6 $host -l -z 1
later path6-udp $((w + 2)) 'no-socket' path6 -i va -d $host -p udp -a 9
later path6-headers $((w + 2)) 'padding-long' path6 -i va -d $host -u 500 -H 500 -p esp
later scan6-link $((w + 3)) 'option-unknown' scan6 -i va -L -p all
later scan6-ports $((w + 3)) 'no-socket' scan6 -i va -d $host -j udp:1-500

# thc-ipv6
attack flood_router26 $f 'icmp-checksum? nd-ra-rate?' atk6-flood_router26 va
later flood_router26-hidden $f 'fragment-chain fragment-memory? nd-ra-rate?' atk6-flood_router26 -F va
later flood_router26-privacy $f 'nd-ra-rate?' atk6-flood_router26 -A va
attack flood_advertise6 $f 'icmp-checksum?' atk6-flood_advertise6 va $host
attack flood_solicitate6 $f 'icmp-checksum?' atk6-flood_solicitate6 va $host $host
attack flood_redir6 $f 'icmp-checksum? nd-queue? nd-redirect-rate?' atk6-flood_redir6 va $host "$router"
later flood_unreach6 $f 'icmp-checksum? error-nobodys' atk6-flood_unreach6 -p -R va $host
later flood_rs6 $f 'icmp-checksum?' atk6-flood_rs6 -S va
later flood_mld6 $f '' atk6-flood_mld6 va
attack flood_mld26 $f '' atk6-flood_mld26 va
later flood_mldrouter6 $f '' atk6-flood_mldrouter6 va
later fake_advertise6 $f '' atk6-fake_advertise6 -n 3 -w 0 va "$router" $host 02:bb:aa:dd:00:02
later fake_solicitate6 $f '' atk6-fake_solicitate6 va $host $host
attack fake_router26 $f 'nd-ra-rate?' atk6-fake_router26 -A fd00:c::/64 -R ::/1 -D fd00:c::1 -M 1280 -l 65535 va
later kill_router6 $f '' atk6-kill_router6 va "$router"
later fake_mld6 $f '' atk6-fake_mld6 va query
later fake_mld26 $f '' atk6-fake_mld26 va query
later redir6 $f '' atk6-redir6 va $host 2001:db8::3 "$router" fe80::bad
later toobig6-small $f 'error-mtu' atk6-toobig6 va $host fd00:1::1 1
attack toobig6 $f '' atk6-toobig6 va $host fd00:1::1 1280
later smurf6 $f 'echo-reply' atk6-smurf6 va $host
attack rsmurf6 $f 'source' atk6-rsmurf6 va $host
later thcsyn6 $f 'unknown-protocol' atk6-thcsyn6 -a -d -f -R va $host 80
later ndpexhaust26 $f '' atk6-ndpexhaust26 -R va fd00:1::/64
attack node_query6 $f 'icmp-type' atk6-node_query6 va $host
later sendpees6 $f 'nd-code?' atk6-sendpees6 va 1024 fd00:1:: $host
later sendpeesmp6 $f '' atk6-sendpeesmp6 va 1024 fd00:1:: $host
later ndpexhaust6 $f '' atk6-ndpexhaust6 va fd00:1::/64
later flood_router6 $f 'fragment-chain fragment-memory? nd-ra-rate?' atk6-flood_router6 -HFD va
later fake_router6 $f 'fragment-chain fragment-memory? nd-ra-rate?' atk6-fake_router6 -HFD va fd00:e::/64
later fake_router26-headers $f 'nd-ra-rate?' atk6-fake_router26 -E H111 -A fd00:f::/64 va
# The ID of fragments is the second that they are sent in: what one leaves there another may complete, to much padding.
attack fake_router26-large $f 'fragment-chain padding-long? nd-ra-rate?' atk6-fake_router26 -E D -A fd00:f::/64 va
later fake_router26-overlap-first $f 'fragment-overlap padding-long? nd-ra-rate?' atk6-fake_router26 -E O -A fd00:f::/64 va
attack fake_router26-overlap-last $f 'fragment-overlap padding-long? nd-ra-rate?' atk6-fake_router26 -E o -A fd00:f::/64 va
later fake_advertise6-hidden $f 'fragment-chain fragment-twice' atk6-fake_advertise6 -F -n 3 -w 0 va "$router" $host 02:bb:aa:dd:00:02
later fake_mldrouter6 $f '' atk6-fake_mldrouter6 va advertise
later fake_mldrouter6-terminates $f '' atk6-fake_mldrouter6 va terminate
later fake_pim6-hello $f '' atk6-fake_pim6 -f va hello
later fake_pim6-join $f '' atk6-fake_pim6 va join $host ff0e::1 fd00:1::5
attack fake_mipv6 $f 'option-unknown' atk6-fake_mipv6 va fd00:1::99 $host fd00:1::66
attack four2six $f 'unknown-protocol' atk6-four2six va $host 10.1.0.1 10.1.0.2 9
later four2six-headers $f 'option-past-end' atk6-four2six -F -H va $host 10.1.0.1 10.1.0.2 9
seq 2000 > "$T/covert"
attack covert_send6 $f 'unknown-protocol' atk6-covert_send6 va $host "$T/covert" 9
later inverse_lookup6 $f 'icmp-type' atk6-inverse_lookup6 va "$mac"
later detect_sniffer6 $((w + 3)) 'option-unknown' atk6-detect_sniffer6 va
later dump_router6 $f '' atk6-dump_router6 va
later dump_dhcp6 $f '' atk6-dump_dhcp6 va
later flood_dhcpc6 $f '' atk6-flood_dhcpc6 -1 va
later fuzz_dhcps6 $f '' atk6-fuzz_dhcps6 -1 -m va
later fuzz_dhcpc6 $f 'no-socket? udp-checksum?' atk6-fuzz_dhcpc6 -2 -m -v $host -x 0 -c 0 va
later alive6 $((w + 3)) 'unknown-protocol option-unknown' atk6-alive6 -p -e dst,hop -u 9,53 -s 80 va
later trace6 $((w + 3)) 'option-unknown fragment-inside' atk6-trace6 -a -D -E -F -F va $host
later thcping6-headers $f 'fragment-chain fragment-twice' atk6-thcping6 -a -q -f -D xxx -n 3 -w 1 va x $host
attack thcping6-route $f 'routing-segments' atk6-thcping6 -F fd00:2::1 -n 3 -w 1 va x $host
attack thcping6-version $f 'version' atk6-thcping6 -V 5 -n 3 -w 1 va x $host
later thcping6-length $f 'truncated' atk6-thcping6 -L 65535 -n 3 -w 1 va x $host
later thcping6-flood $f '' atk6-thcping6 -x va x $host
attack randicmp6 $((w + 20)) 'icmp-type echo-reply error-cut nd-short nd-code nd-source nd-option mld-source' atk6-randicmp6 -p va $host
later firewall6 120 'version unknown-protocol headers-too-many option-past-end padding-long fragment-inside fragment-chain fragment-odd fragment-ends fragment-overlap fragment-twice icmp-checksum no-socket' atk6-firewall6 -u va $host 9
attack exploit6 $((w + 20)) 'unknown-protocol fragment-long fragment-twice icmp-checksum error-mtu nd-source' atk6-exploit6 va $host
# Its cases side by side: each sends for an instant, and waits for a second.
attack fragmentation6 $((w + 20)) 'unknown-protocol fragment-inside fragment-odd fragment-long fragment-ends fragment-overlap fragment-twice icmp-cut icmp-checksum' sh -c 'for n in $(seq 33); do atk6-fragmentation6 -p va "$0" "$n" & done; wait' $host
later implementation6 300 'source truncated unknown-protocol headers-too-many option-unknown options-too-many padding-long routing-segments fragment-chain fragment-overlap icmp-cut icmp-checksum icmp-type nd-hop-limit' atk6-implementation6 va $host
later denial6-1 $((w + 4)) 'options-too-many' atk6-denial6 va $host 1
later denial6-2 $((w + 4)) 'padding-long' atk6-denial6 va $host 2
later denial6-3 $((w + 4)) 'headers-too-many' atk6-denial6 va $host 3
later denial6-4 $((w + 4)) 'headers-too-many' atk6-denial6 va $host 4
later denial6-5 $((w + 4)) 'unknown-protocol' atk6-denial6 va $host 5
later denial6-6 $((w + 4)) 'fragment-odd fragment-memory?' atk6-denial6 va $host 6
later denial6-7 $((w + 4)) 'options-too-many' atk6-denial6 va $host 7
attack fuzz_ip6 $((w + 5)) 'icmp-type echo-reply error-cut? nd-short? nd-source? nd-option? nd-others? mld-source?' atk6-fuzz_ip6 -n 1 -1 va $host
later fuzz_ip6-headers $((w + 5)) 'version source destination? truncated? unknown-protocol option-unknown ext-cut? ext-past-end? option-past-end? option-length? fragment-cut? icmp-cut? udp-length?' atk6-fuzz_ip6 -n 1 -IFSDHRJ -1 va $host
# Each byte with each value, of the IPv6 header too, so that what follows may be taken for any header.
fuzzed='version source? destination? truncated length-zero? group-not-joined? not-a-router? unknown-protocol ext-cut?
	ext-past-end? option-past-end? option-length? option-unknown? padding-long? padding-data? routing-segments?
	fragment-odd? fragment-long? fragment-empty? fragment-chain? icmp-checksum?
	icmp-cut? icmp-type? echo-reply? error-cut? error-mtu? error-source? error-nobodys?
	nd-short? nd-hop-limit? nd-code? nd-source? nd-target? nd-solicited? nd-option? nd-others? nd-ra-rate?
	mld-hop-limit? mld-alert? mld-group? mld-source? no-socket? udp-length? udp-coverage? udp-no-checksum? udp-checksum?'
for n in 2 3 4 5 6 7 8 9 0; do
	later fuzz_ip6-$n $((w + 5)) "$fuzzed" atk6-fuzz_ip6 -a -x -n 1 -I -$n va $host
done
later fuzz_ip6-pim $f '' atk6-fuzz_ip6 -a -x -n 1 -P hello va ff02::d

# Those who answer what they hear b ask for: who has an address that nobody has, and the way by its router.
b_talks() {
	for t_to in fd00:1::77 2001:db8::9; do
		in_ns b ping -i 0.1 "$t_to" > /dev/null 2>&1 &
		echo $! > "$T/talk-$t_to.pid"
	done
}
b_is_silent() {
	cat "$T"/talk-*.pid | xargs kill
	rm "$T"/talk-*.pid
}
# An address that b probes for is another's, as soon as somebody is there who says so of each.
denied() {
	ip -n b -6 addr del fd00:1::d/64 dev vb 2> /dev/null
	ip -n b -6 addr add fd00:1::d/64 dev vb && wait_for 5 not_tentative && ip -n b -6 addr show dev vb to fd00:1::d | grep dadfailed
}
not_tentative() { ! ip -n b -6 addr show dev vb to fd00:1::d | grep 'tentative' | grep -v dadfailed; }
takes_no_address() {
	echo 1 | in_ns b tee /proc/sys/net/ipv6/conf/vb/accept_dad > /dev/null
	in_ns a "$@" > /dev/null 2>&1 &
	echo $! > "$T/dos.pid"
	wait_for 20 denied
	t_status=$?
	kill "$(cat "$T/dos.pid")" && rm "$T/dos.pid"
	ip -n b -6 addr del fd00:1::d/64 dev vb
	echo 0 | in_ns b tee /proc/sys/net/ipv6/conf/vb/accept_dad > /dev/null
	[ "$t_status" = 0 ] && ping_ok c fd00:2::2
}
if in_full; then
	b_talks
	attack parasite6-hidden $((w + 2)) 'fragment-chain? fragment-twice? nd-fragment?' atk6-parasite6 -FHD va 02:bb:aa:dd:00:03
	attack parasite6 $((w + 2)) 'frame-otherhost?' atk6-parasite6 -lR va
	attack toobigsniff6 $((w + 2)) 'error-nobodys?' atk6-toobigsniff6 -c va $host 1280
	attack redirsniff6 $((w + 2)) 'nd-redirect-rate?' atk6-redirsniff6 va $host '*' "$router" fe80::bad
	b_is_silent
	check dos-new-ip6 takes_no_address atk6-dos-new-ip6 va
	check dos-new-ip6-asks takes_no_address atk6-dos-new-ip6 -S va
fi

# Each program that the packages have attacks above, or the top of this says why not.
all_named() {
	sed -n 's|^/usr/s*bin/||p' /var/lib/dpkg/info/thc-ipv6.list /var/lib/dpkg/info/ipv6toolkit.list > "$T/programs"
	grep -c '^atk6-' "$T/programs" && grep -cv '^atk6-' "$T/programs" || return
	awk '
	FNR == NR { there[$1] = 1; next }
	/^#\t[^ ]*: / { sub(/:$/, "", $2); left_out[$2] = 1; next }
	/^\t*(attack|later|check) / { gsub(/\047/, " "); for (i = 2; i <= NF; i++) attacks[$i] = 1 }
	END {
		for (program in there)
			if (!(program in attacks) && !(program in left_out))
				print program ": it does not attack, and nothing says why"
		for (program in left_out)
			if (program in attacks || !(program in there))
				print program ": it attacks or is not there, and the top of this file says why it does not"
	}' "$T/programs" "$0" > "$T/unnamed"
	[ ! -s "$T/unnamed" ] || fail "$(cat "$T/unnamed")"
}
check each-program-is-named all_named

# The link itself: what the forged messages taught is forgotten as they would have it, or by hand.
as_before() {
	ip -n b link set vb down && ip -n b link set vb up && address b vb fd00:1::2/64 && ip -n a -6 neigh flush dev va || return
	wait_for 20 in_ns a ping -c 1 -W 1 fd00:1::2
}
check link-as-before as_before
ns_del a b c
t_end
