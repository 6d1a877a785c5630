#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain; limit 90
#
# ESP as Wireshark understands it: tshark, given the SAs, finds each ICV good and the ping inside. Its version in Debian 12
# knows no ChaCha20-Poly1305; scapy does (10-scapy.sh). It takes ten seconds of a guest's to start: all goes into one
# capture, of which it says once what it finds.
. "$(dirname "$0")/lib.sh"
table=$T/config/wireshark/esp_sa

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

# pings N ALG MODE OUTER INNER: three pings and their answers, by SAs whose SPIs and keys no others have; N is a digit.
pings() {
	spi_ab=0x1${1}01 spi_ba=0x1${1}02
	oa=$(outer "$4" a) ob=$(outer "$4" b)
	ia=$oa ib=$ob
	[ "$3" = transport ] || { ia=$(inner "$5" a) ib=$(inner "$5" b); }
	sa_table "$2" "$4" "$oa" "$ob" "$spi_ab" >> "$table"
	sa_table "$2" "$4" "$ob" "$oa" "$spi_ba" >> "$table"
	protect_pair "$3" "$2" "$4" "$5" && in_ns a ping -c 3 -i 0.05 -W 3 -s 100 -I "$ia" "$ib"
}

# wrong_keys N ALG: what pings had there over IPv4, once more: between other addresses, whose SAs tshark is given with
# another key of the cipher, and that of the ICV as it is.
wrong_keys() {
	sa_table "$2" 4 10.1.0.17 10.1.0.18 "0x1${1}01" > "$T/wrong" && sa_table "$2" 4 10.1.0.18 10.1.0.17 "0x1${1}02" >> "$T/wrong" &&
		sed 's/0x[0-9a-f]\{30\}/0x000000000000000000000000000000/' "$T/wrong" >> "$table" &&
		sed -n "s/^\(.\{52\}\)0a01000\(.\)0a01000\(.\)\(00001${1}0[12]\)/\10a01001\20a01001\3\4/p" "$T/wire.cap" > "$T/again" &&
		cat "$T/again" >> "$T/wire.cap"
}

# tshark_says: what it says of each ESP packet of $T/wire.cap.
tshark_says() {
	to_pcap < "$T/wire.cap" > "$T/esp.pcap" && XDG_CONFIG_HOME=$T/config tshark -r "$T/esp.pcap" \
		-o esp.enable_encryption_decode:TRUE -o esp.enable_authentication_check:TRUE -Y esp -T fields -e esp.spi -e ip.src \
		-e esp.icv_good -e icmp.type -e icmpv6.type -e icmp.checksum.status -e icmpv6.checksum.status > "$T/fields"
}

# found N ICVS PACKETS [wrong]: so many good ICVs under these SPIs (a pattern), and so many packets with good contents; or of
# what wrong_keys sends.
found() {
	# An echo or its reply, and a good checksum (1) of it.
	t_found=$(awk -F'\t' -v spi="^0x00001${1}0[12]$" -v wrong="${4-}" '
		$1 !~ spi || ($2 ~ /^10[.]1[.]0[.]1[78]$/) != (wrong != "") { next }
		$3 == 1 { icvs++ }
		$3 == 1 && ($4 == "0" || $4 == 8 || $5 == 128 || $5 == 129) && ($6 == 1 || $7 == 1) { packets++ }
		END { print icvs + 0, packets + 0 }' "$T/fields")
	# shellcheck disable=SC2254 # a pattern
	case $t_found in
	$2' '"$3") ;;
	*) cat "$T/pings.$1" "$T/fields"; fail "good ICVs and packets: $t_found, not $2 $3" ;;
	esac
}

must net_two
must mkdir -p "${table%/*}"
must wire_start
pings 1 aes-gcm-128 transport 4 - > "$T/pings.1" 2>&1
! in_full || pings 2 aes-gcm-256 transport 6 - > "$T/pings.2" 2>&1
pings 3 aes-gcm-128 tunnel 6 4 > "$T/pings.3" 2>&1
pings 4 aes-cbc-128-hmac-sha256 tunnel 4 6 > "$T/pings.4" 2>&1
! in_full || pings 5 aes-cbc-256-hmac-sha256 tunnel 6 6 > "$T/pings.5" 2>&1
pings 6 null-hmac-sha256 transport 4 - > "$T/pings.6" 2>&1
must wire_stop
must wrong_keys 4 aes-cbc-128-hmac-sha256
must tshark_says
check "transport IPv4 aes-gcm-128" found 1 6 6
! in_full || check "transport IPv6 aes-gcm-256" found 2 6 6
check "tunnel IPv4 in IPv6 aes-gcm-128" found 3 6 6
check "tunnel IPv6 in IPv4 aes-cbc-128-hmac-sha256" found 4 6 6
# What comes out is random, and tshark says nothing of the ICV where it takes that for a broken trailer.
check "the test sees a wrong key" found 4 '[1-6]' 0 wrong
! in_full || check "tunnel IPv6 in IPv6 aes-cbc-256-hmac-sha256" found 5 6 6
check "transport IPv4 null-hmac-sha256" found 6 6 6
t_end
