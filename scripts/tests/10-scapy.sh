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

# scapy_reads ALG ESN MODE OUTER INNER: three pings, both ways.
scapy_reads() {
	ends "$3" "$4" "$5"
	# shellcheck disable=SC2086 # a word or none
	protect_pair "$3" "$1" "$4" "$5" $2 && wire_start || return
	in_ns a ping -c 3 -i 0.05 -W 3 -s 100 -p ab -I "$ia" "$ib" > "$T/ping" || { cat "$T/ping"; fail "ping"; return; }
	wire_stop || return
	grep -v '^.\{24\}0806' "$T/wire.cap" > "$T/esp.cap"
	# shellcheck disable=SC2086
	{
		esp "$T/esp.cap" "$T/out" read "$3" "$1" 0x1001 "$oa" "$ob" $2 &&
		esp "$T/esp.cap" "$T/back" read "$3" "$1" 0x1002 "$ob" "$oa" $2
	} || return
	same "packets from a" 3 "$(grep -c "^$ia $ib ICMP" "$T/out")" && same "packets from b" 3 "$(grep -c "^$ib $ia ICMP" "$T/back")"
}

# b has SAs and policies, a has none: its part is scapy's.
only_b() {
	protect_pair "$@" && clear_all a
}

send() { rawsend -m ip a > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; fail "rawsend"; }; }
counted() { same in-packets "$1" "$(stat b in-packets)" && same out-packets "$2" "$(stat b out-packets)"; }

# scapy_makes ALG ESN MODE OUTER INNER: echo requests are accepted, and answered.
scapy_makes() {
	ends "$3" "$4" "$5"
	# shellcheck disable=SC2086
	only_b "$3" "$1" "$4" "$5" $2 || return
	in=$(stat b in-packets) out=$(stat b out-packets)
	esp /dev/null "$T/made" make "$3" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" count=5 ${2:+esn=0} || return
	send < "$T/made" || return
	wait_for 5 counted $((in + 5)) $((out + 5)) || { all_drops b; return 1; }
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
	in=$(stat b in-packets) out=$(stat b out-packets)
	send < "$T/made" && wait_for 5 counted $((in + 1)) $((out + 1)) || return
	drop_of b replay-duplicate 1 send < "$T/made" || return
	# RFC 4303 3.4.3: left of the window of 1024.
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=2000 || return
	send < "$T/made" && wait_for 5 counted $((in + 2)) $((out + 2)) || return
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=976 || return
	drop_of b replay-old 1 send < "$T/made" || return
	esp /dev/null "$T/made" make "$2" "$1" 0x1001 "$oa" "$ob" "$ia" "$ib" seq=977 || return
	send < "$T/made" && wait_for 5 counted $((in + 3)) $((out + 3))
}

# esn_wraps MODE OUTER INNER: over the end of the low half (RFC 4303 appendix A).
esn_wraps() {
	ends "$1" "$2" "$3"
	only_b "$1" aes-gcm-128 "$2" "$3" esn || return
	in=$(stat b in-packets) out=$(stat b out-packets)
	# At the start, what is near the end of the low half would be below 0.
	for number in 'esn=0 seq=2147483648' 'esn=0 seq=4294967200' 'esn=1 seq=5' 'esn=0 seq=4294967295'; do
		# shellcheck disable=SC2086 # two words
		esp /dev/null "$T/made" make "$1" aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" $number || return
		send < "$T/made" || return
	done
	wait_for 5 counted $((in + 4)) $((out + 4)) || return
	esp /dev/null "$T/made" make "$1" aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" esn=0 seq=6 || return
	drop_of b icv-bad 1 send < "$T/made"
}

# ecn OUTER INNER: all sixteen pairs, RFC 6040 figure 4; a row is the inner field, its columns the outer one.
ecn() {
	ends tunnel "$1" "$2"
	only_b tunnel aes-gcm-128 "$1" "$2" || return
	seq=0
	for row in '0 0 0 0 drop' '1 1 1 1 3' '2 2 1 2 3' '3 3 3 3 3'; do
		# shellcheck disable=SC2086 # five words
		set -- $row
		within=$1
		shift
		# The code points of the columns: Not-ECT, ECT(1), ECT(0), CE.
		without=0
		for result in "$@"; do
			seq=$((seq + 1))
			esp /dev/null "$T/made" make tunnel aes-gcm-128 0x1001 "$oa" "$ob" "$ia" "$ib" seq="$seq" inner-tos=$((88 + within)) \
				tos=$((24 + without)) || return
			if [ "$result" = drop ]; then
				drop_of b inner-ecn 1 send < "$T/made" || { fail "inner $within, outer $without"; return; }
			else
				cap_start in b vb -d in && send < "$T/made" && wait_for 5 arrived && cap_stop in || return
				same "inner $within, outer $without" $((88 + result)) "$(frames "$T/in.cap" | awk '$2 != 50 { print $4 }')" || return
			fi
			without=$((without + 1))
		done
	done
}
arrived() { frames "$T/in.cap" | grep -v '^[46] 50 ' | grep -q .; }

must esp_start
must net_two
n=0
for alg in $algs; do
	for esn in '' esn; do
		# shellcheck disable=SC2046,SC2086 # words
		{
			check "scapy reads $alg${esn:+ $esn}, $(name $(kind $n))" scapy_reads $alg "$esn" $(kind $n)
			check "scapy makes $alg${esn:+ $esn}, $(name $(kind $n))" scapy_makes $alg "$esn" $(kind $n)
			# Over all of them: each algorithm is seen in both modes, each kind with several.
			n=$((n + 3))
			! in_full || check "scapy reads $alg${esn:+ $esn}, $(name $(kind $n))" scapy_reads $alg "$esn" $(kind $n)
			! in_full || check "scapy makes $alg${esn:+ $esn}, $(name $(kind $n))" scapy_makes $alg "$esn" $(kind $n)
			n=$((n + 4))
		}
	done
done
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
