#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain; limit 120
#
# ICMP errors about ESP packets. Hosts a and b, a router r between them whose way to b takes 1400 bytes, a's and b's 1500.
# Fragmentation Needed and Packet Too Big that quote an ESP packet lower the path MTU of what goes through its SA; those that
# quote what a never sent, or not enough of it, change nothing; an MTU below the least is not taken as it is.
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # tunnel_ends takes them
b_4=10.2.0.2 b_6=fd00:2::2

# digits 4|6 a|b|r|inner|other: sets $digits, an address as in a packet: a's and b's outer ones, r's, another one of a's,
# nobody's.
digits() {
	case $1$2 in
	4a) digits=0a010001 ;; 4b) digits=0a020002 ;; 4r) digits=0a0100fe ;; 4inner) digits=0a0a0001 ;; 4other) digits=0a020063 ;;
	6a) digits=fd000001000000000000000000000001 ;; 6b) digits=fd000002000000000000000000000002 ;;
	6r) digits=fd0000010000000000000000000000fe ;; 6inner) digits=fd000010000000000000000000000001 ;;
	6other) digits=fd000002000000000000000000000063 ;;
	esac
}

# r says what it has to say as often as it is asked, and TCP keeps nothing of one connection for the next.
net_narrow() {
	ns_add a r b && wire a va r ra && wire r rb b vb || return
	ip_all r <<-END || return
		link set rb mtu 1400
		addr add 10.1.0.254/24 dev ra
		addr add fd00:1::fe/64 dev ra nodad
		addr add 10.2.0.254/24 dev rb
		addr add fd00:2::fe/64 dev rb nodad
	END
	in_ns r tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding > /dev/null <<-END || return
		1
	END
	in_ns r tee /proc/sys/net/ipv4/icmp_ratelimit > /dev/null <<-END || return
		0
	END
	ip_all a <<-END || return
		addr add 10.1.0.1/24 dev va
		addr add fd00:1::1/64 dev va nodad
		addr add 10.10.0.1/32 dev lo
		addr add fd00:10::1/128 dev lo nodad
		$(a_routes add)
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
	for t_ns in a b; do
		in_ns "$t_ns" tee /proc/sys/net/ipv4/tcp_no_metrics_save > /dev/null <<-END || return
			1
		END
	done
	net_meet a 10.2.0.2 fd00:2::2
}
a_routes() {
	echo "route $1 default via 10.1.0.254"
	echo "route $1 10.20.0.0/16 via 10.1.0.254 src 10.10.0.1"
	echo "route $1 default via fd00:1::fe"
	echo "route $1 fd00:20::/32 via fd00:1::fe src fd00:10::1"
}

# forget: nothing is known of any path: what a has learned was kept with its routes, and these are new ones.
forget() {
	{ a_routes del; a_routes add; } > "$T/routes"
	ip_all a < "$T/routes" && path_is '' "$far"
}

# narrow MODE OUTER INNER: all anew.
narrow() {
	protect_pair "$1" aes-gcm-128 "$2" "$3" || return
	between "$@"
	far=$t_ob
	forget
}

# path_is MTU [ADDRESS]: what a has learned of the way there, '' for nothing.
path_is() {
	ip -n a -o route get "${2-$far}" > "$T/route" && read -r t_learned < "$T/route" || return
	case $t_learned in
	*' mtu lock '*) t_learned=${t_learned#* mtu lock } ;;
	*' mtu '*) t_learned=${t_learned#* mtu } ;;
	*) t_learned='' ;;
	esac
	same "path MTU to ${2-$far}" "$1" "${t_learned%%[!0-9]*}"
}

# learns [SAS]: a datagram that is too long for the way is lost, once; from then on its sender is told, or it goes in
# fragments. The longest packet takes the way as it is: each SA pads to four bytes.
learns() {
	! udpload -t 200 -M 'do' -s 1360 a "$from" b "$to" > "$T/udp" 2>&1 || { fail "it arrived"; return; }
	! grep -q 'too long' "$T/udp" || { cat "$T/udp"; fail "it was not sent"; return; }
	wait_for 5 path_is 1400 && dont_fragment "$from" "$to" 1360 && same "the same again" EMSGSIZE "$fate" || return
	longest_fit 1100 1360 || return
	cap_start rb r rb -d out && dont_fragment "$from" "$to" "$longest" || return
	udpload -s 1360 a "$from" b "$to" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "nothing in fragments"; return; }
	cap_stop rb && same "$longest bytes" arrived "$fate" && only_esp "$T/rb.cap" || return
	same "fragments of one datagram, and packets with a whole one" '2 3' "$esp_fragments $esp_packets" || return
	read -r _ _ _ _ _ t_whole t_bytes < "$T/frames"
	if [ "$t_whole" != whole ] || [ "$t_bytes" -lt $((1400 - 3 * ${1-1})) ] || [ "$t_bytes" -gt 1400 ]; then
		cat "$T/frames"
		fail "not the most that the way takes"
	fi
}

udp_learns() { narrow "$@" && learns; }

# A transport SA around a tunnel: the way is the tunnel's.
nested_learns() {
	between tunnel 4 4
	oa=$t_oa far=$t_ob
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 "$oa" "$far" tunnel aes-gcm-128)
		$(sa_line out 0x2001 "$oa" "$far" transport aes-gcm-128)
		policy add dir out prio 10 src $from dst $to action protect esp tunnel $oa $far esp transport
	END
	load b <<-END || return
		sa flush
		policy flush
		$(sa_line in 0x1001 "$oa" "$far" tunnel aes-gcm-128)
		$(sa_line in 0x2001 "$oa" "$far" transport aes-gcm-128)
		policy add dir in prio 10 src $from dst $to action protect esp tunnel $oa $far esp transport
	END
	forget && learns 2
}

# The first segments are lost. What TCP had made when the error came goes in fragments, no more than it sends unasked; all that it
# makes after that goes whole.
tcp_learns() {
	narrow "$@" || return
	cap_start rb r rb -d out || return
	tcpload -n 300000 a "$from" b "$to" > "$T/tcp" 2>&1 || { cat "$T/tcp"; all_drops a; all_drops b; fail "TCP"; return; }
	cap_stop rb && path_is 1400 && only_esp "$T/rb.cap" || return
	awk '
	$6 == "frag" { NR > 60 ? late++ : early++ }
	NR > 60 && $7 > most { most = $7 }
	function bad(why) { if (why != "") print why; exit (why != "") }
	END {
		bad(early > 20 ? "more fragments than TCP sends unasked" : \
			NR < 210 ? "too few packets" : \
			late ? late " fragments later" : \
			most < 1397 || most > 1400 ? most " bytes, not the most that the way takes" : "")
	}' "$T/frames" > "$T/bad" || { cat "$T/frames" "$T/bad"; return 1; }
}

# quote 4|6 SRC DST SPI [HEADER [MORE]]: sets $quote, the beginning of an ESP packet as an error quotes it. HEADER is in the
# place of the first digits, MORE is what comes before the SPI.
quote() {
	digits "$1" "$2"
	quote=$digits
	digits "$1" "$3"
	quote=$quote$digits${6-}${4}000003e8
	case $1 in
	4) quote=${5-45000578000040004032}0000$quote ;;
	6) quote=${5-6000000005503240}$quote ;;
	esac
}

# errors 4|6: of each line TYPE CODE MTU QUOTE an error from r to a; if the word behind that is cut, one for each byte that
# the quote may end before, each with an MTU of one more. Sends them all, in this order.
errors() {
	digits "$1" r
	t_ends=$digits
	digits "$1" a
	awk -v v6="$(($1 / 6))" -v addresses="$t_ends$digits" '
	function hexval(s,   i, v) {
		for (i = 1; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return v
	}
	function sum(s,   i, v, word) {
		for (i = 1; i <= length(s); i += 4) {
			word = substr(s "00", i, 4)
			if (!(word in value))
				value[word] = hexval(word)
			v += value[word]
		}
		return v
	}
	function error(type, code, mtu, quote,   head, rest, len, v) {
		head = sprintf("%02x%02x", type, code)
		rest = sprintf("%08x", mtu) quote
		len = (length(rest) + 8) / 2
		v = sum(head rest) + (v6 ? ends + len + 58 : 0)
		while (v > 65535)
			v = v % 65536 + int(v / 65536)
		# rawsend has an IPv4 header completed.
		front = v6 ? sprintf("60000000%04x3aff", len) : "450000000000000040010000"
		print front addresses head sprintf("%04x", 65535 - v) rest
	}
	BEGIN { ends = sum(addresses) }
	$5 == "cut" {
		for (n = 0; n < length($4) / 2; n++)
			error($1, $2, $3 + n, substr($4, 1, 2 * n))
		next
	}
	{ error($1, $2, $3, $4) }' > "$T/packets" || return
	rawsend -m ip r < "$T/packets" > "$T/sent" 2>&1 || { cat "$T/sent"; fail rawsend; }
}

# nothing_but 4|6 MTU: the errors in $T/lines, each with an MTU of its own, change nothing, and the last one, of this MTU,
# does. They are taken one after the other, so that when the last one has done so, the others haven't.
nothing_but() {
	errors "$1" < "$T/lines" || return
	wait_for 5 path_is "$2" && return
	cat "$T/lines"
	path_is "$2"
}

# big 4|6: sets $big, the type and the code of what is too big.
big() { case $1 in 4) big='3 4' ;; 6) big='2 0' ;; esac; }

# about WHAT MTU SRC DST SPI [HEADER [MORE]]: a line for `errors` that says of such a packet that it is too big.
about() {
	t_what=$1 t_mtu=$2
	shift 2
	quote "$f" "$@"
	echo "$big $t_mtu $quote $t_what"
}

# forged MODE OUTER INNER
forged() {
	narrow "$@" || return
	f=$2
	big "$f"
	quote "$f" a b 00001001
	good=$quote
	{
		about "an SPI of no SA" 1301 a b 00001003
		about "the SPI of an SA of the other direction" 1302 a b 00001002
		about "a packet that came in" 1303 b a 00001002
		about "to somebody else" 1304 a other 00001001
		about "from somebody else" 1305 other b 00001001
		about "from another address of this host" 1306 inner b 00001001
		echo "$big 9000 $good an MTU that is larger than the link's"
		case $f in
		4)
			about "a fragment that is not the first" 1311 a b 00001001 45000578000020074032
			about "a header that is longer than it seems" 1312 a b 00001001 46000578000040004032
			about "a packet of another version" 1313 a b 00001001 65000578000040004032
			about "a packet of another protocol" 1314 a b 00001001 45000578000040004033
			echo "3 1 1315 $good a host that can't be reached"
			echo "3 2 1316 $good a protocol that can't be reached"
			echo "11 0 1317 $good a packet that was too long on its way" ;;
		6)
			about "a fragment that is not the first" 1311 a b 00001001 6000000005502c40 3200001900000001
			about "a header that is longer than it seems" 1312 a b 00001001 6000000005503c40 3201010400000000
			about "a packet of another version" 1313 a b 00001001 4000000005503240
			about "a packet of another protocol" 1314 a b 00001001 6000000005503340
			echo "1 1 1315 $good a host that can't be reached"
			echo "3 0 1316 $good a packet that was too long on its way" ;;
		esac
		echo "$big 1390 $good"
	} > "$T/lines"
	nothing_but "$f" 1390 || return
	case $f in 4) path_is '' 10.2.0.99 ;; 6) path_is '' fd00:2::63 ;; esac
}

# cut MODE OUTER INNER: the quote ends before it shows an ESP header, with and without something between the headers.
cut_quotes() {
	narrow "$@" || return
	f=$2 mtu=1390
	big "$f"
	quote "$f" a b 00001001
	whole=$quote
	case $f in
	4) quote 4 a b 00001001 47000578000040004032 0101010101010101 ;;
	6) quote 6 a b 00001001 6000000005503c40 3200010400000000 ;;
	esac
	for whole in "$whole" "$quote"; do
		{
			echo "$big 1300 $whole cut"
			echo "$big $mtu $whole"
		} > "$T/lines"
		nothing_but "$f" "$mtu" || return
		[ "$(grep -c . "$T/packets")" -ge 29 ] || { fail "that were not all"; return; }
		mtu=$((mtu - 10))
	done
}

# RFC 1191: no estimate below 68, and 0 is what an old router says; the kernel keeps 552 (sysctl min_pmtu). RFC 8201 4: less than
# 1280 is discarded.
least() {
	narrow "$@" || return
	f=$2
	quote "$f" a b 00001001
	case $f in
	4)
		for mtu in 0 1 67 68 551 552; do
			[ "$mtu" = 0 ] || forget || return
			echo "3 4 $mtu $quote" > "$T/lines"
			nothing_but 4 552 || { fail "an MTU of $mtu"; return; }
		done ;;
	6)
		for mtu in 0 1 68 576 1279; do
			echo "2 0 $mtu $quote"
		done > "$T/low"
		{ cat "$T/low"; echo "2 0 1281 $quote"; } > "$T/lines"
		nothing_but 6 1281 || return
		echo "2 0 1280 $quote" > "$T/lines"
		nothing_but 6 1280 && errors 6 < "$T/low" && in_ns r ping -c 1 -W 3 fd00:1::1 && path_is 1280 ;;
	esac
}

must net_narrow
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
