#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 120
#
# ICMP errors about ESP packets. Hosts a and b, a router r between them whose way to b takes 1400 bytes, a's and b's 1500.
# Fragmentation Needed and Packet Too Big that quote an ESP packet lower the path MTU of what goes through its SA; those that
# quote what a never sent, or not enough of it, change nothing; an MTU below the least is not taken as it is.
. "$(dirname "$0")/lib.sh"

outer() {
	case $1$2 in 4a) echo 10.1.0.1 ;; 4b) echo 10.2.0.2 ;; 6a) echo fd00:1::1 ;; 6b) echo fd00:2::2 ;; esac
}

# digits 4|6 a|b|r|inner|other: an address as in a packet: a's and b's outer ones, r's, another one of a's, nobody's.
digits() {
	case $1$2 in
	4a) echo 0a010001 ;; 4b) echo 0a020002 ;; 4r) echo 0a0100fe ;; 4inner) echo 0a0a0001 ;; 4other) echo 0a020063 ;;
	6a) echo fd000001000000000000000000000001 ;; 6b) echo fd000002000000000000000000000002 ;;
	6r) echo fd0000010000000000000000000000fe ;; 6inner) echo fd000010000000000000000000000001 ;;
	6other) echo fd000002000000000000000000000063 ;;
	esac
}

net_narrow() {
	ns_del a r b
	ns_add a r b && wire a va r ra && wire r rb b vb || return
	ip_all r <<-END || return
		link set rb mtu 1400
		addr add 10.1.0.254/24 dev ra
		addr add fd00:1::fe/64 dev ra nodad
		addr add 10.2.0.254/24 dev rb
		addr add fd00:2::fe/64 dev rb nodad
	END
	echo 1 | in_ns r tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	ip_all a <<-END || return
		addr add 10.1.0.1/24 dev va
		addr add fd00:1::1/64 dev va nodad
		addr add 10.10.0.1/32 dev lo
		addr add fd00:10::1/128 dev lo nodad
		route add default via 10.1.0.254
		route add 10.20.0.0/16 via 10.1.0.254 src 10.10.0.1
		route add default via fd00:1::fe
		route add fd00:20::/32 via fd00:1::fe src fd00:10::1
	END
	ip_all b <<-END || return
		addr add 10.2.0.2/24 dev vb
		addr add fd00:2::2/64 dev vb nodad
		addr add 10.20.0.1/32 dev lo
		addr add fd00:20::1/128 dev lo nodad
		route add default via 10.2.0.254
		route add 10.10.0.0/16 via 10.2.0.254 src 10.20.0.1
		route add default via fd00:2::fe
		route add fd00:10::/32 via fd00:2::fe src fd00:20::1
	END
	net_meet a 10.2.0.2 fd00:2::2
}

# narrow MODE OUTER INNER: all anew, so that nothing is known of any path.
narrow() {
	net_narrow && protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	far=$(outer "$2" b)
	path_is '' "$far"
}

# path_is MTU [ADDRESS]: what a has learned of the way there, '' for nothing.
path_is() { same "path MTU to ${2-$far}" "$1" "$(ip -n a -o route get "${2-$far}" | sed -n 's/.* mtu \(lock \)\{0,1\}\([0-9]*\).*/\2/p')"; }

# fills_way FILE: there the longest packet takes the way as it is: an SA pads to four bytes. None is a fragment.
sas=1
fills_way() {
	same "fragments" '' "$(grep ' frag ' "$1")" || return
	awk -v least="$((1400 - 3 * sas))" '$7 > max { max = $7 } END { exit !(max >= least && max <= 1400) }' "$1" || { cat "$1"; fail "not the most that the way takes"; }
}

# learns: a datagram that is too long for the way is lost, once; from then on its sender is told, or it goes in fragments.
learns() {
	! udpload -t 200 -M 'do' -s 1360 a "$from" b "$to" > "$T/udp" 2>&1 || { fail "it arrived"; return; }
	! grep -q 'too long' "$T/udp" || { cat "$T/udp"; fail "it was not sent"; return; }
	wait_for 5 path_is 1400 && same "the same again" EMSGSIZE "$(dont_fragment "$from" "$to" 1360)" || return
	longest_fit 1100 1360 || return
	cap_start rb r rb -d out || return
	what=$(dont_fragment "$from" "$to" "$longest")
	cap_stop rb && same "$longest bytes" arrived "$what" && only_esp "$T/rb.cap" && fills_way "$T/frames" || return
	cap_start rb r rb -d out || return
	udpload -s 1360 a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "nothing in fragments"; return; }
	cap_stop rb || return
	only_esp "$T/rb.cap" && same "fragments of one datagram" 2 "$(grep -c ' frag ' "$T/frames")"
}

udp_learns() { narrow "$@" && learns; }

# A transport SA around a tunnel: the way is the tunnel's.
nested_learns() {
	net_narrow || return
	from=$(inner 4 a) to=$(inner 4 b) oa=$(outer 4 a) far=$(outer 4 b)
	load a <<-END || return
		$(sa_line out 0x1001 "$oa" "$far" tunnel aes-gcm-128)
		$(sa_line out 0x2001 "$oa" "$far" transport aes-gcm-128)
		policy add dir out prio 10 src $from dst $to action protect esp tunnel $oa $far esp transport
	END
	load b <<-END || return
		$(sa_line in 0x1001 "$oa" "$far" tunnel aes-gcm-128)
		$(sa_line in 0x2001 "$oa" "$far" transport aes-gcm-128)
		policy add dir in prio 10 src $from dst $to action protect esp tunnel $oa $far esp transport
	END
	path_is '' || return
	sas=2
	learns
}

# The first segments are lost. What TCP had made when the error came goes in fragments, no more than it sends unasked; all that it
# makes after that goes whole.
tcp_learns() {
	narrow "$@" || return
	cap_start rb r rb -d out || return
	tcpload -n 300000 a "$from" b "$to" > "$T/tcp" 2>&1 || { cat "$T/tcp"; all_drops a; all_drops b; fail "TCP"; return; }
	cap_stop rb && path_is 1400 && only_esp "$T/rb.cap" || return
	head -n 60 "$T/frames" > "$T/first" && tail -n +61 "$T/frames" > "$T/rest" || return
	[ "$(grep -c ' frag ' "$T/first")" -le 20 ] || { cat "$T/first"; fail "more fragments than TCP sends unasked"; return; }
	[ "$(grep -c . "$T/rest")" -ge 150 ] || { fail "too few packets"; return; }
	fills_way "$T/rest"
}

# quote 4|6 SRC DST SPI [HEADER [MORE]]: the beginning of an ESP packet as an error quotes it. HEADER is in the place of the
# first digits, MORE is what comes before the SPI.
quote() {
	case $1 in
	4) echo "${5-45000578000040004032}0000$(digits 4 "$2")$(digits 4 "$3")${6-}${4}000003e8" ;;
	6) echo "${5-6000000005503240}$(digits 6 "$2")$(digits 6 "$3")${6-}${4}000003e8" ;;
	esac
}

# errors 4|6: of each line TYPE CODE MTU QUOTE an error from r to a. Sends them all, in this order.
errors() {
	awk -v v6="$(($1 / 6))" -v addresses="$(digits "$1" r)$(digits "$1" a)" '
	function hexval(s,   i, v) {
		for (i = 1; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return v
	}
	function sum(s,   i, v) {
		for (i = 1; i <= length(s); i += 4)
			v += hexval(substr(s "00", i, 4))
		return v
	}
	{
		head = sprintf("%02x%02x", $1, $2)
		rest = sprintf("%08x", $3) ($4 == "-" ? "" : $4)
		len = (length(rest) + 8) / 2
		v = sum(head rest) + (v6 ? sum(addresses) + len + 58 : 0)
		while (v > 65535)
			v = v % 65536 + int(v / 65536)
		# rawsend has an IPv4 header completed.
		front = v6 ? sprintf("60000000%04x3aff", len) : "450000000000000040010000"
		print front addresses head sprintf("%04x", 65535 - v) rest
	}' > "$T/packets" || return
	rawsend -m ip r < "$T/packets" > "$T/sent" 2>&1 || { cat "$T/sent"; fail rawsend; }
}

# nothing_but 4|6 MTU: the errors of standard input, each with an MTU of its own, change nothing, and the last one, of this MTU,
# does. They are taken one after the other, so that when the last one has done so, the others haven't.
nothing_but() {
	tee "$T/lines" | errors "$1" || return
	wait_for 5 path_is "$2" && return
	cat "$T/lines"
	path_is "$2"
}

too_big() { case $1 in 4) echo 3 4 ;; 6) echo 2 0 ;; esac; }

# forged MODE OUTER INNER
forged() {
	narrow "$@" || return
	f=$2 big=$(too_big "$2")
	good=$(quote "$f" a b 00001001)
	{
		echo "$big 1301 $(quote "$f" a b 00001003) an SPI of no SA"
		echo "$big 1302 $(quote "$f" a b 00001002) the SPI of an SA of the other direction"
		echo "$big 1303 $(quote "$f" b a 00001002) a packet that came in"
		echo "$big 1304 $(quote "$f" a other 00001001) to somebody else"
		echo "$big 1305 $(quote "$f" other b 00001001) from somebody else"
		echo "$big 1306 $(quote "$f" inner b 00001001) from another address of this host"
		echo "$big 9000 $good an MTU that is larger than the link's"
		case $f in
		4)
			echo "$big 1311 $(quote 4 a b 00001001 45000578000020074032) a fragment that is not the first"
			echo "$big 1312 $(quote 4 a b 00001001 46000578000040004032) a header that is longer than it seems"
			echo "$big 1313 $(quote 4 a b 00001001 65000578000040004032) a packet of another version"
			echo "$big 1314 $(quote 4 a b 00001001 45000578000040004033) a packet of another protocol"
			echo "3 1 1315 $good a host that can't be reached"
			echo "3 2 1316 $good a protocol that can't be reached"
			echo "11 0 1317 $good a packet that was too long on its way" ;;
		6)
			echo "$big 1311 $(quote 6 a b 00001001 6000000005502c40 3200001900000001) a fragment that is not the first"
			echo "$big 1312 $(quote 6 a b 00001001 6000000005503c40 3201010400000000) a header that is longer than it seems"
			echo "$big 1313 $(quote 6 a b 00001001 4000000005503240) a packet of another version"
			echo "$big 1314 $(quote 6 a b 00001001 6000000005503340) a packet of another protocol"
			echo "1 1 1315 $good a host that can't be reached"
			echo "3 0 1316 $good a packet that was too long on its way" ;;
		esac
		echo "$big 1390 $good"
	} | nothing_but "$f" 1390 || return
	case $f in 4) path_is '' 10.2.0.99 ;; 6) path_is '' fd00:2::63 ;; esac
}

# cut MODE OUTER INNER: the quote ends before it shows an ESP header, with and without something between the headers.
cut_quotes() {
	narrow "$@" || return
	f=$2 big=$(too_big "$2") mtu=1390
	case $f in
	4) more=$(quote 4 a b 00001001 47000578000040004032 0101010101010101) ;;
	6) more=$(quote 6 a b 00001001 6000000005503c40 3200010400000000) ;;
	esac
	for whole in "$(quote "$f" a b 00001001)" "$more"; do
		{
			awk -v quote="$whole" -v big="$big" 'BEGIN {
				print big, 1300, "-"
				for (n = 1; n < length(quote) / 2; n++)
					print big, 1300 + n, substr(quote, 1, 2 * n)
			}'
			echo "$big $mtu $whole"
		} | nothing_but "$f" "$mtu" || return
		[ "$(grep -c . "$T/packets")" -ge 29 ] || { fail "that were not all"; return; }
		mtu=$((mtu - 10))
	done
}

# RFC 1191: no estimate below 68, and 0 is what an old router says; the kernel keeps 552 (sysctl min_pmtu). RFC 8201 4: less than
# 1280 is discarded.
least() {
	f=$2 good=$(quote "$2" a b 00001001)
	case $f in
	4)
		for mtu in 0 1 67 68 551 552; do
			narrow "$@" || return
			echo "3 4 $mtu $good" | nothing_but 4 552 || { fail "an MTU of $mtu"; return; }
		done ;;
	6)
		narrow "$@" || return
		for mtu in 0 1 68 576 1279; do
			echo "2 0 $mtu $good"
		done > "$T/low"
		echo "2 0 1281 $good" | cat "$T/low" - | nothing_but 6 1281 || return
		echo "2 0 1280 $good" | nothing_but 6 1280 && errors 6 < "$T/low" && in_ns r ping -c 1 -W 3 fd00:1::1 && path_is 1280 ;;
	esac
}

for kind in $(kinds | tr ' ' ,); do
	# shellcheck disable=SC2046 # three words
	set -- $(echo "$kind" | tr , ' ')
	words="$1 IPv$2"
	[ "$1" = transport ] || words="tunnel IPv$3 in IPv$2"
	check "UDP, $words" udp_learns "$@"
	[ "$1" = tunnel ] && inside=$3 || inside=$2
	! tcp_over "$inside" || check "TCP, $words" tcp_learns "$@"
	[ "$inside" = "$2" ] || continue
	check "forged, $words" forged "$@"
	check "cut short, $words" cut_quotes "$@"
	check "the least, $words" least "$@"
done
check "UDP, transport around a tunnel" nested_learns
t_end
