#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain; limit 90
#
# ESP as Wireshark understands it: tshark, given the SAs, finds each ICV good and the ping inside. Its version in Debian 12
# knows no ChaCha20-Poly1305; scapy does (10-scapy.sh).
. "$(dirname "$0")/lib.sh"

# Frames in hexadecimal become a file as tshark reads it.
to_pcap() {
	/usr/bin/python3 -c '
import struct, sys
out = sys.stdout.buffer
out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
for line in sys.stdin:
    frame = bytes.fromhex(line)
    out.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)'
}

# sa_table ALG FAMILY SRC DST SPI: a line for tshark's esp_sa; salt and key are one in it.
sa_table() {
	case $1 in
	aes-gcm-128) t_words='"AES-GCM with 16 octet ICV [RFC4106]"' t_key=$(hex 20 "$(($5))") t_auth='"NULL",""' ;;
	aes-gcm-256) t_words='"AES-GCM with 16 octet ICV [RFC4106]"' t_key=$(hex 36 "$(($5))") t_auth='"NULL",""' ;;
	aes-cbc-128-*) t_words='"AES-CBC [RFC3602]"' t_key=$(hex 16 "$(($5))") t_auth='' ;;
	aes-cbc-256-*) t_words='"AES-CBC [RFC3602]"' t_key=$(hex 32 "$(($5))") t_auth='' ;;
	null-*) t_words='"NULL"' t_key='' t_auth='' ;;
	esac
	: "${t_auth:="\"HMAC-SHA-256-128 [RFC4868]\",\"0x$(hex 32 "$(($5))")\""}"
	printf '"IPv%s","%s","%s","%s",%s,"%s",%s\n' "$2" "$3" "$4" "$(printf '0x%08x' "$(($5))")" "$t_words" \
		"${t_key:+0x$t_key}" "$t_auth"
}

# tshark_reads ALG MODE OUTER INNER: three pings and their answers, which are in $T/esp.pcap from then on.
tshark_reads() {
	oa=$(outer "$3" a) ob=$(outer "$3" b)
	ia=$oa ib=$ob
	[ "$2" = transport ] || { ia=$(inner "$4" a) ib=$(inner "$4" b); }
	protect_pair "$2" "$1" "$3" "$4" && wire_start || return
	in_ns a ping -c 3 -i 0.05 -W 3 -s 100 -I "$ia" "$ib" > "$T/ping" || { cat "$T/ping"; fail "ping"; return; }
	wire_stop && to_pcap < "$T/wire.cap" > "$T/esp.pcap" || return
	mkdir -p "$T/config/wireshark"
	{
		sa_table "$1" "$3" "$oa" "$ob" 0x1001
		sa_table "$1" "$3" "$ob" "$oa" 0x1002
	} > "$T/config/wireshark/esp_sa"
	tshark_finds 6 6
}

# tshark_finds ICVS PACKETS: so many good ICVs in $T/esp.pcap (a pattern), and so many packets with good contents, by the SAs
# that tshark has.
tshark_finds() {
	XDG_CONFIG_HOME=$T/config tshark -r "$T/esp.pcap" -o esp.enable_encryption_decode:TRUE \
		-o esp.enable_authentication_check:TRUE -Y esp -T fields -e esp.icv_good -e icmp.type -e icmpv6.type \
		-e icmp.checksum.status -e icmpv6.checksum.status > "$T/fields" 2> "$T/tshark.err" || { cat "$T/tshark.err"; fail tshark; return; }
	# An echo or its reply, and a good checksum (1) of it.
	found=$(awk -F'\t' '$1 == 1 { icvs++ }
		$1 == 1 && ($2 == "0" || $2 == 8 || $3 == 128 || $3 == 129) && ($4 == 1 || $5 == 1) { packets++ }
		END { print icvs + 0, packets + 0 }' "$T/fields")
	# shellcheck disable=SC2254 # a pattern
	case $found in
	$1' '"$2") ;;
	*) cat "$T/fields" "$T/tshark.err"; fail "good ICVs and packets: $found, not $1 $2" ;;
	esac
}

# wrong_key: what was read just now, once more with another key of the cipher, and that of the ICV as it is. What comes out
# is random, and tshark says nothing of the ICV where it takes that for a broken trailer.
wrong_key() {
	sed -i 's/0x[0-9a-f]\{30\}/0x000000000000000000000000000000/' "$T/config/wireshark/esp_sa" && tshark_finds '[1-6]' 0
}

must net_two
check "transport IPv4 aes-gcm-128" tshark_reads aes-gcm-128 transport 4 -
! in_full || check "transport IPv6 aes-gcm-256" tshark_reads aes-gcm-256 transport 6 -
check "tunnel IPv4 in IPv6 aes-gcm-128" tshark_reads aes-gcm-128 tunnel 6 4
check "tunnel IPv6 in IPv4 aes-cbc-128-hmac-sha256" tshark_reads aes-cbc-128-hmac-sha256 tunnel 4 6
check "the test sees a wrong key" wrong_key
! in_full || check "tunnel IPv6 in IPv6 aes-cbc-256-hmac-sha256" tshark_reads aes-cbc-256-hmac-sha256 tunnel 6 6
check "transport IPv4 null-hmac-sha256" tshark_reads null-hmac-sha256 transport 4 -
t_end
