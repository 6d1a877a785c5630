#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain; limit 150
#
# ESP against an implementation that is not this one: scapy's IPsec layer decrypts and verifies what is on the wire, and
# what it makes is accepted, or refused under the right reason. At a tunnel's end ECN goes inside after RFC 6040 4.2.
. "$(dirname "$0")/lib.sh"
algs='aes-gcm-128 aes-gcm-256 chacha20-poly1305 aes-cbc-128-hmac-sha256 aes-cbc-256-hmac-sha256 null-hmac-sha256'

esp_start() {
	mkfifo "$T/requests" "$T/answers" || return
	/usr/bin/python3 "$(dirname "$0")/peer/esp.py" serve "$T/requests" "$T/answers" &
	echo $! > "$T/serve.pid"
}
# esp INPUT OUTPUT COMMAND…: see there.
esp() {
	t_output=$2
	echo "$@" > "$T/requests"
	read -r t_answer < "$T/answers"
	[ "$t_answer" = ok ] || { cat "$t_output"; return 1; }
}

# ends MODE OUTER INNER: sets $oa $ob, and $ia $ib, what talks.
ends() {
	oa=$(outer "$2" a) ob=$(outer "$2" b)
	ia=$oa ib=$ob
	[ "$1" = transport ] || { ia=$(inner "$3" a) ib=$(inner "$3" b); }
}

# kind N: mode and families, another one each time.
kind() {
	case $(($1 % 6)) in
	0) echo transport 4 - ;; 1) echo transport 6 - ;;
	2) echo tunnel 4 4 ;; 3) echo tunnel 4 6 ;; 4) echo tunnel 6 4 ;; 5) echo tunnel 6 6 ;;
	esac
}
name() {
	case $1 in
	transport) echo "transport IPv$2" ;;
	tunnel) echo "tunnel IPv$3 in IPv$2" ;;
	esac
}

# pings N ALG ESN MODE OUTER INNER: three, both ways, by SAs whose SPIs no others have. One capture has those of all kinds.
pings() {
	spis "$1"
	ends "$4" "$5" "$6"
	# shellcheck disable=SC2086 # a word or none
	protect_pair "$4" "$2" "$5" "$6" $3 && in_ns a ping -c 3 -i 0.05 -W 3 -s 100 -p ab -I "$ia" "$ib"
}
spis() { spi_ab=$((0x2000 + 2 * $1)) spi_ba=$((0x2001 + 2 * $1)); }

# esp_by_spi: the ESP frames of $T/wire.cap, each in a file that its SPI names.
esp_by_spi() {
	awk -v to="$T/esp." '
	substr($0, 25, 4) == "0800" && substr($0, 47, 2) == "32" { print > (to substr($0, 69, 8)) }
	substr($0, 25, 4) == "86dd" && substr($0, 41, 2) == "32" { print > (to substr($0, 109, 8)) }' "$T/wire.cap"
}

# scapy_reads N ALG ESN MODE OUTER INNER: what pings had there.
scapy_reads() {
	spis "$1"
	ends "$4" "$5" "$6"
	ab=$T/esp.$(printf %08x "$spi_ab") ba=$T/esp.$(printf %08x "$spi_ba")
	{ [ -s "$ab" ] && [ -s "$ba" ]; } || { cat "$T/pings.$1"; fail "no ESP"; return; }
	# shellcheck disable=SC2086
	{
		only_esp "$T/wire.cap" && esp "$ab" "$T/out" read "$4" "$2" "$spi_ab" "$oa" "$ob" $3 &&
		esp "$ba" "$T/back" read "$4" "$2" "$spi_ba" "$ob" "$oa" $3
	} || return
	same "packets from a" 3 "$(grep -c "^$ia $ib ICMP" "$T/out")" && same "packets from b" 3 "$(grep -c "^$ib $ia ICMP" "$T/back")"
}

# b has SAs and policies, a has none: its part is scapy's.
only_b() {
	spi_ab='' spi_ba=''
	protect_pair "$@" && clear_all a
}

send() { rawsend -m ip a > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; fail "rawsend"; }; }
# in_and_out: sets $now_in and $now_out, packets of b. counted IN OUT: they are so many more than $in and $out.
in_and_out() {
	sextant -N b stats all > "$T/counts" || return
	while read -r word value _; do
		case $word in in-packets) now_in=$value ;; out-packets) now_out=$value ;; esac
	done < "$T/counts"
}
counted() { in_and_out && same "in and out" "$1 $2" "$((now_in - in)) $((now_out - out))"; }

# scapy_makes ALG ESN MODE OUTER INNER: echo requests are accepted, and answered.
scapy_makes() {
	ends "$3" "$4" "$5"
	# shellcheck disable=SC2086
	only_b "$3" "$1" "$4" "$5" $2 || return
	in_and_out && in=$now_in out=$now_out || return
	esp /dev/null "$T/made" make "$3" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" count=5 ${2:+esn=0} || return
	send < "$T/made" || return
	wait_for 5 counted 5 5 || { all_drops b; return 1; }
}

# refused ALG MODE OUTER INNER: each fault under its reason, and in between good packets pass.
refused() {
	ends "$2" "$3" "$4"
	only_b "$2" "$1" "$3" "$4" || return
	for pair in icv=icv-bad iv=icv-bad spi=sa-unknown zero=replay-zero; do
		esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=10 break="${pair%=*}" || return
		drop_of b "${pair#*=}" 1 send < "$T/made" || { fail "${pair%=*}"; return; }
	done
	if [ "$2" = transport ] && [ "${1%-128}" = aes-gcm ]; then
		esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=9 break=pad || return
		drop_of b pad-content 1 send < "$T/made" || return
	fi
	# The forged 10 above has not moved the window.
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=10 || return
	in_and_out && in=$now_in out=$now_out || return
	send < "$T/made" && wait_for 5 counted 1 1 || return
	drop_of b replay-duplicate 1 send < "$T/made" || return
	# RFC 4303 3.4.3: left of the window of 1024.
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=2000 || return
	send < "$T/made" && wait_for 5 counted 2 2 || return
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=976 || return
	drop_of b replay-old 1 send < "$T/made" || return
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=977 || return
	send < "$T/made" && wait_for 5 counted 3 3
}

# esn_wraps MODE OUTER INNER: over the end of the low half (RFC 4303 appendix A).
esn_wraps() {
	ends "$1" "$2" "$3"
	only_b "$1" aes-gcm-128 "$2" "$3" esn || return
	in_and_out && in=$now_in out=$now_out || return
	# At the start, what is near the end of the low half would be below 0.
	for number in 'esn=0 seq=2147483648' 'esn=0 seq=4294967200' 'esn=1 seq=5' 'esn=0 seq=4294967295'; do
		# shellcheck disable=SC2086 # two words
		esp /dev/null "$T/made" make "$1" aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" $number || return
		send < "$T/made" || return
	done
	wait_for 5 counted 4 4 || return
	esp /dev/null "$T/made" make "$1" aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" esn=0 seq=6 || return
	drop_of b icv-bad 1 send < "$T/made"
}

# ecn OUTER INNER: all sixteen pairs, RFC 6040 figure 4: a row is the inner field, its columns the outer one: Not-ECT, ECT(1),
# ECT(0), CE. The one that is dropped is not among those that arrive.
ecn() {
	ends tunnel "$1" "$2"
	only_b tunnel aes-gcm-128 "$1" "$2" || return
	esp /dev/null "$T/made" make tunnel aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" inner-tos=88 tos=24 ecn=1 || return
	cap_start in b vb -d in && drop_of b inner-ecn 1 send < "$T/made" && wait_for 5 arrived 15 && cap_stop in || return
	want=
	for row in '0 0 0 drop' '1 1 1 3' '2 1 2 3' '3 3 3 3'; do
		for result in $row; do
			[ "$result" = drop ] || want="$want $((88 + result))"
		done
	done
	frames "$T/in.cap" > "$T/frames"
	got=
	while read -r _ number _ tos _; do
		[ "$number" = 50 ] || got="$got $tos"
	done < "$T/frames"
	same "fields inside" "$want" "$got"
}
# arrived N: so many packets that are not ESP.
arrived() { frames "$T/in.cap" > "$T/frames" && same packets "$1" "$(grep -vc '^[46] 50 ' "$T/frames")"; }

# each COMMAND…: with a number, an algorithm, ESN, mode and families. Over all of them each algorithm is seen in both modes,
# each kind with several.
each() {
	n=0
	for alg in $algs; do
		for esn in '' esn; do
			# shellcheck disable=SC2046 # words
			"$@" $n "$alg" "$esn" $(kind $n)
			# shellcheck disable=SC2046
			! in_full || "$@" $((n + 3)) "$alg" "$esn" $(kind $((n + 3)))
			n=$((n + 7))
		done
	done
}
record() { pings "$@" > "$T/pings.$1" 2>&1; }
read_all() { check "scapy reads $2${3:+ $3}, $(name "$4" "$5" "$6")" scapy_reads "$@"; }
make_all() {
	shift
	check "scapy makes $1${2:+ $2}, $(name "$3" "$4" "$5")" scapy_makes "$@"
}

must esp_start
must net_two
must wire_start
each record
must wire_stop
must esp_by_spi
each read_all
each make_all
check "faults are refused, transport IPv4 aes-gcm-128" refused aes-gcm-128 transport 4 -
check "faults are refused, tunnel IPv4 in IPv6 aes-cbc" refused aes-cbc-128-hmac-sha256 tunnel 6 4
check "faults are refused, transport IPv6 chacha20-poly1305" refused chacha20-poly1305 transport 6 -
check "ESN goes over the end of the low half" esn_wraps transport 4 -
check "ESN goes over the end of the low half, tunnel" esn_wraps tunnel 6 4
check "ECN at the far end, IPv4 in IPv4" ecn 4 4
check "ECN at the far end, IPv6 in IPv6" ecn 6 6
check "ECN at the far end, IPv6 in IPv4" ecn 4 6
check "ECN at the far end, IPv4 in IPv6" ecn 6 4
t_end
