#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/interop.sh 1|2 sextant|suite|xfrm PEER
#
# One of two guests that talk ESP over the wire eth0. Both set up the same list of pairs of SAs, each between addresses of
# its own, either through this suite or through the kernel's XFRM; side 1 then sends through each of them and prints
# results, side 2 answers until it is told to stop. "suite" is IPsec and IPv6 of ours, which has no TCP yet: datagrams there.
# PEER is the other one's architecture and stack.
. "$(dirname "$0")/../lib.sh"
side=$1 stack=$2 peer=$3
# Who asks, and who answers.
asks="$SXT_ARCH $stack with $peer"
[ "$side" = 1 ] || asks="$peer with $SXT_ARCH $stack"
other=$((3 - side))

# Number, mode, outer and inner family, algorithm, extended sequence numbers.
pairs='
1 transport 4 4 aes-gcm-128 -
2 transport 6 6 aes-gcm-128 -
3 tunnel 4 4 aes-gcm-128 -
4 tunnel 6 6 aes-gcm-128 -
5 tunnel 4 6 aes-gcm-128 esn
6 tunnel 6 4 aes-gcm-256 esn
7 transport 4 4 aes-gcm-256 esn
8 transport 6 6 chacha20-poly1305 esn
9 tunnel 4 4 chacha20-poly1305 -
10 transport 4 4 aes-cbc-128-hmac-sha256 -
11 tunnel 6 6 aes-cbc-256-hmac-sha256 esn
12 transport 6 6 aes-cbc-256-hmac-sha256 esn
13 tunnel 4 6 aes-cbc-128-hmac-sha256 esn
14 transport 4 4 null-hmac-sha256 esn
15 tunnel 6 4 null-hmac-sha256 -
'

# What extended sequence numbers go on from: after two packets the low half begins anew, and the high one, which is never
# on the wire, is not 0 at any time.
from_high=1 from_low=$((0xfffffffe))

# on_wire FAMILY PAIR SIDE, behind FAMILY PAIR SIDE: addresses of a pair.
on_wire() {
	case $1 in 4) echo "10.1.$2.$3" ;; 6) echo "fd00:1:$2::$3" ;; esac
}
behind() {
	case $1 in 4) echo "10.2.$2.$3" ;; 6) echo "fd00:2:$2::$3" ;; esac
}

# ends PAIR MODE OUTER INNER: sets $me and $you on the wire, $mine and $yours for who talks, spi_out and spi_in.
ends() {
	me=$(on_wire "$3" "$1" "$side") you=$(on_wire "$3" "$1" "$other")
	mine=$me yours=$you
	[ "$2" = transport ] || { mine=$(behind "$4" "$1" "$side") yours=$(behind "$4" "$1" "$other"); }
	spi_out=$((0x1000 * side + $1)) spi_in=$((0x1000 * other + $1))
}

set_up_addresses() {
	address - eth0 "$(on_wire 4 "$1" "$side")/24" "$(on_wire 6 "$1" "$side")/64" || return
	# A neighbour must be known before anything can be protected on the way to it. Side 2 listens, its MAC ends in 1.
	ip neigh replace "$(on_wire 6 "$1" "$other")" lladdr "02:00:00:00:00:0$side" dev eth0 || return
	[ "$2" = tunnel ] || return 0
	via=$(on_wire "$4" "$1" "$other")
	address - lo "$(behind "$4" "$1" "$side")/$([ "$4" = 4 ] && echo 32 || echo 128)" || return
	ip route add "$yours" via "$via" src "$mine" dev eth0
}

sextant_pair() {
	esn=''
	[ "$6" = - ] || esn="esn sequence $((from_high << 32 | from_low))"
	out=transport in=transport
	[ "$2" = transport ] || { out="tunnel $me $you" in="tunnel $you $me"; }
	# shellcheck disable=SC2086 # words or none
	{
		sa_line out "$spi_out" "$me" "$you" "$2" "$5" $esn
		sa_line in "$spi_in" "$you" "$me" "$2" "$5" $esn
	}
	echo "policy add dir out prio 10 src $mine dst $yours action protect esp $out"
	echo "policy add dir in prio 10 src $yours dst $mine action protect esp $in"
}

# xfrm_alg ALG SEED: the words of `ip xfrm state add`, each on a line.
xfrm_alg() {
	case $1 in
	aes-gcm-128) printf '%s\n' aead 'rfc4106(gcm(aes))' "0x$(hex 20 "$2")" 128 ;;
	aes-gcm-256) printf '%s\n' aead 'rfc4106(gcm(aes))' "0x$(hex 36 "$2")" 128 ;;
	chacha20-poly1305) printf '%s\n' aead 'rfc7539esp(chacha20,poly1305)' "0x$(hex 36 "$2")" 128 ;;
	aes-cbc-128-*) printf '%s\n' enc 'cbc(aes)' "0x$(hex 16 "$2")" auth-trunc 'hmac(sha256)' "0x$(hex 32 "$2")" 128 ;;
	aes-cbc-256-*) printf '%s\n' enc 'cbc(aes)' "0x$(hex 32 "$2")" auth-trunc 'hmac(sha256)' "0x$(hex 32 "$2")" 128 ;;
	null-*) printf '%s\n' enc 'ecb(cipher_null)' '' auth-trunc 'hmac(sha256)' "0x$(hex 32 "$2")" 128 ;;
	esac
}

# xfrm_state SRC DST SPI MODE ALG ESN
xfrm_state() {
	t_src=$1 t_dst=$2 t_spi=$3 t_mode=$4 t_alg=$5 t_esn=$6
	set -- ip xfrm state add src "$t_src" dst "$t_dst" proto esp spi "$t_spi" mode "$t_mode"
	case $t_esn in
	esn)
		set -- "$@" replay-window 64 replay-seq "$from_low" replay-seq-hi "$from_high" replay-oseq "$from_low" \
			replay-oseq-hi "$from_high" ;;
	*) set -- "$@" replay-window 32 ;;
	esac
	# Without af-unspec XFRM takes no other family inside than outside.
	case $t_mode-$t_esn in
	tunnel-esn) set -- "$@" flag esn af-unspec ;;
	tunnel-*) set -- "$@" flag af-unspec ;;
	*-esn) set -- "$@" flag esn ;;
	esac
	xfrm_alg "$t_alg" "$t_spi" > "$T/words"
	while IFS= read -r word; do
		set -- "$@" "$word"
	done < "$T/words"
	"$@"
}

xfrm_pair() {
	xfrm_state "$me" "$you" "$spi_out" "$2" "$5" "$6" && xfrm_state "$you" "$me" "$spi_in" "$2" "$5" "$6" || return
	ip xfrm policy add src "$mine" dst "$yours" dir out tmpl src "$me" dst "$you" proto esp mode "$2" &&
		ip xfrm policy add src "$yours" dst "$mine" dir in tmpl src "$you" dst "$me" proto esp mode "$2"
}

# In the long run all pairs are wanted. Otherwise, where our own IPv6 is asked about, each kind of SA that has to do with it;
# against XFRM each architecture asks for a part, with each algorithm in either and all pairs in both together; between two of
# this suite each algorithm, mode, pair of families, and sequence numbers of both kinds.
wanted() {
	! in_full || return 0
	case $asks in
	*' suite with '*) asked='2 4 5 6 8 11' ;;
	'sparc64 '*xfrm) asked='2 3 6 9 10 11 13 14' ;;
	*xfrm) asked='1 4 5 7 8 12 15' ;;
	*) asked='2 5 6 8 9 10 11 14' ;;
	esac
	case " $asked " in *" $1 "*) ;; *) return 1 ;; esac
}

# each FUNCTION: for all pairs that are wanted.
each() {
	echo "$pairs" | grep . > "$T/pairs"
	while read -r pair mode outer inner alg esn; do
		wanted "$pair" || continue
		ends "$pair" "$mode" "$outer" "$inner"
		"$1" "$pair" "$mode" "$outer" "$inner" "$alg" "$esn" || return
	done < "$T/pairs"
}

# echo_through ADDRESS: 200 kB of TCP there and back, the same bytes. If nothing moves for half a minute, or not all came:
# what both ends of the wire have counted.
echo_through() {
	case $1 in *:*) t_to="TCP6:[$1]:7000" ;; *) t_to=TCP4:$1:7000 ;; esac
	socat -t 20 -T 30 - "$t_to,connect-timeout=30" < "$T/data" > "$T/back" && cmp "$T/data" "$T/back" && return
	ss -nti
	seen
	fail "TCP: $(wc -c < "$T/back") bytes came back"
}

# datagrams_through ADDRESS: of each size one, there and back, and many more that are echoed.
datagrams_through() {
	for size in 1 1400 30000; do
		head -c "$size" "$T/data" > "$T/datagram"
		socat -t 5 -b 70000 - "UDP6:[$1]:7001" < "$T/datagram" > "$T/back" || { fail "UDP of $size bytes"; return; }
		cmp "$T/datagram" "$T/back" || return
	done
	in_ns - ping -c 50 -i 0.01 -W 5 -s 1300 -I "$mine" "$1" > "$T/ping" 2>&1 || { cat "$T/ping"; return 1; }
	grep -q ' 50 received' "$T/ping" || { cat "$T/ping"; fail "pings were lost"; }
}

seen() {
	ip neigh show dev eth0
	ip -s link show dev eth0
	cat /proc/net/netstat /proc/net/snmp /proc/interrupts
}

# Four pings. If one has no answer: what was on the wire by then, and whom this side knows there.
pings() {
	cap_start pings - eth0 || return
	for size in 1 1000 1450 4000; do
		ping_ok - "$yours" -s "$size" -I "$mine" || { pings_seen "$size"; return 1; }
	done
	cap_stop pings
}
pings_seen() {
	cap_stop pings
	cut -c1-200 "$T/pings.cap"
	seen
	fail "no answer to $1 bytes"
}

talk() {
	pings || return
	through=echo_through
	tcp_over "$yours" || through=datagrams_through
	cap_all esp -p 50 - eth0 && "$through" "$yours"
	talked=$?
	cap_stop esp && [ "$talked" = 0 ] || return
	# Far more than what is not the payload's: it did go through ESP.
	[ "$(grep -c . "$T/esp.cap")" -ge 100 ] || fail "only $(grep -c . "$T/esp.cap") ESP packets"
}

ask() {
	words="IPv$4 in IPv$3"
	[ "$2" = tunnel ] || words="IPv$3"
	check "$SXT_ARCH with $peer: $2 $words $5$([ "$6" = - ] || echo " $6")" talk < /dev/null || sextant stats | sed 's/^/# /'
}

# The default namespace is meant by - in this file.
ip() {
	case $1-${2-} in
	-n--) shift 2 ;;
	netns-exec) shift 3; "$@"; return ;;
	esac
	command ip "$@"
}

must ip link set eth0 up mtu 1500
must address - eth0 "10.0.0.$side/24"
must each set_up_addresses
case $stack in
sextant|suite)
	each sextant_pair > "$T/conf"
	must sextant load - < "$T/conf"
	;;
xfrm)
	for module in xfrm_user esp4 esp6; do
		must modprobe $module
	done
	must each xfrm_pair
	;;
esac
head -c 200000 /dev/urandom > "$T/data"

if [ "$side" = 2 ]; then
	socat TCP4-LISTEN:7000,fork,reuseaddr EXEC:cat &
	servers=$!
	! tcp_over 6 || {
		socat TCP6-LISTEN:7000,fork,reuseaddr,ipv6only=1 EXEC:cat &
		servers="$servers $!"
	}
	socat -b 70000 UDP6-RECVFROM:7001,fork,reuseaddr,ipv6only=1 EXEC:cat &
	servers="$servers $!"
	# Until side 1 says that it is done.
	socat -u TCP4-LISTEN:7999,reuseaddr OPEN:/dev/null
	# shellcheck disable=SC2086 # numbers
	kill $servers
	case $stack in
	xfrm) grep -v ' 0$\|	0$' /proc/net/xfrm_stat ;;
	*) sextant stats ;;
	esac
	exit 0
fi

side_2_ends() { socat -u OPEN:/dev/null TCP4:10.0.0.2:7999,connect-timeout=2 > /dev/null 2>&1; }
reached() { ping -c 1 -W 1 10.0.0.2 && echo_through 10.0.0.2; }
must wait_for 120 reached
each ask
must wait_for 60 side_2_ends
t_end
