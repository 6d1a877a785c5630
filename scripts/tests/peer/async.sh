#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/async.sh MODULE AH: the part of 14-async.sh that is inside the guest. MODULE makes ciphers asynchronous, AH
# takes AH headers off, which is asked of our own IPv6 alone.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../frames.sh"

# users DRIVER: how many there are of a cipher.
users() { awk -v d="$1" '$1 == "driver" { here = $3 == d } here && $1 == "refcnt" { print $3 }' /proc/crypto; }
asynchronous() { awk '$1 == "driver" { d = $3 } $1 == "async" && $3 == "yes" && d ~ /^cryptd\(/ { print d }' /proc/crypto; }

# combination MODE ALG OUTER INNER [WORD]
combination() {
	clear_all a b || return
	asynchronous > "$T/drivers"
	before=0
	while read -r driver; do
		before=$((before + $(users "$driver")))
	done < "$T/drivers"
	protect_pair "$@" || return
	after=0
	while read -r driver; do
		after=$((after + $(users "$driver")))
	done < "$T/drivers"
	[ "$after" -gt "$before" ] || { fail "the SAs' cipher is not asynchronous"; return; }
	from=$(outer "$3" a) to=$(outer "$3" b)
	[ "$1" = transport ] || { from=$(inner "$4" a) to=$(inner "$4" b); }
	wire_start || return
	ping_ok a "$to" -s 3000 -I "$from" && udpload -n "$packets" -s 1000 a "$from" b "$to" &&
		tcp_between -n "$bytes" a "$from" b "$to" &&
		tcp_between -r -n "$bytes" a "$from" b "$to"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	# The hook asks once more about what has waited for a cipher. (What leaves is segmented behind the policy.)
	same "packets of the in policy" "$(sa_packets b 0x1001)" "$(policy_counts b | awk '$1 == "in" { print $2 }')"
}

# A tunnel of ESP around transport ESP: the chain goes on in the callback.
nested() {
	for pair in 'a b 0x1 0x2' 'b a 0x2 0x1'; do
		# shellcheck disable=SC2086 # four words
		set -- $pair
		me=$(outer 4 "$1") you=$(outer 4 "$2") mine=$(inner 4 "$1") yours=$(inner 4 "$2")
		load "$1" <<-END || return
			sa flush
			policy flush
			$(sa_line out "${3}001" "$mine" "$yours" transport "$first")
			$(sa_line in "${4}001" "$yours" "$mine" transport "$first")
			$(sa_line out "${3}002" "$me" "$you" tunnel "$second")
			$(sa_line in "${4}002" "$you" "$me" tunnel "$second")
			policy add dir out prio 10 src $mine dst $yours action protect esp transport esp tunnel $me $you
			policy add dir in prio 10 src $yours dst $mine action protect esp transport esp tunnel $you $me
		END
	done
	drops_from_here a b
	wire_start || return
	ping_ok a 10.20.0.1 -I 10.10.0.1 && udpload -n "$packets" -s 1000 a 10.10.0.1 b 10.20.0.1 &&
		tcpload -n "$bytes" a 10.10.0.1 b 10.20.0.1
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b
}

# Another key at the far end: the callback refuses.
wrong_key() {
	protect_pair "$1" "$first" 4 4 || return
	oa=$(outer 4 a) ob=$(outer 4 b)
	{
		echo 'sa del dir in spi 0x1001 dst 10.1.0.2'
		sa_line in 0x1001 "$oa" "$ob" "$1" "$first" | sed 's/ key 2a/ key ff/'
	} | load b || return
	to=$ob from=$oa
	[ "$1" = transport ] || { from=$(inner 4 a) to=$(inner 4 b); }
	drop_of b icv-bad 1 ping_fails a "$to" -I "$from"
}

# The sender is 3 * 2^32 packets ahead: the callback keeps the packet that shows it.
lost_number() {
	protect_pair transport "$1" 4 - esn || return
	load a <<-END || return
		sa del dir out spi 0x1001 dst 10.1.0.2
		$(sa_line out 0x1001 10.1.0.1 10.1.0.2 transport "$1" esn sequence 12884901888)
	END
	for number in 32 1; do
		drop_of b icv-bad "$number" udp_stops -k -t 1 -n "$number" a 10.1.0.1 b 10.1.0.2 || return
	done
	wait_for 10 found || return
	drops_from_here a b
	udpload -n 20 a 10.1.0.1 b 10.1.0.2 && no_drops a b
}
found() { sextant -N b sa list | grep -q ' sequence 12884901921 '; }

# SAs and namespaces go while packets wait in ciphers.
gone_under_traffic() {
	protect_pair tunnel "$first" 4 4 || return
	for _ in 1 2 3 4 5; do
		in_packets=$(stat b in-packets)
		udpload -k -t 1 -n 2000 a 10.10.0.1 b 10.20.0.1 > "$T/udp" 2>&1 &
		echo $! > "$T/udpload.pid"
		wait_for 10 moved || return
		clear_all b a || return
		wait "$(cat "$T/udpload.pid")"
		protect_pair tunnel "$first" 4 4 || return
	done
	ping_ok a 10.20.0.1
}
moved() { [ "$(stat b in-packets)" -gt "$in_packets" ]; }

# A fragment header of a datagram that is whole stands before ESP; its reserved byte is nobody's (RFC 8200 4.5). b has no
# policies, so that the stack itself reads that header. What arrives for port 5001 looks like a datagram for 5002, eight
# bytes on.
fragment_header() {
	protect_pair transport "$first" 6 - && echo 'policy flush' | load b || return
	ip -n a neigh replace fd00:1::2 lladdr 02:00:00:00:00:99 nud permanent dev va || return
	for t_port in 5001 5002; do
		in_ns b socat -u "UDP6-RECV:$t_port" "CREATE:$T/$t_port" &
		echo $! > "$T/$t_port.pid"
	done
	wait_for 10 in_ns b grep -q ':1389 ' /proc/net/udp6 && wait_for 10 in_ns b grep -q ':138A ' /proc/net/udp6 || return
	cap_start sealed a va -d out -e 0x86dd || return
	printf '\033\131\023\212\000\016\225\253inside' | in_ns a socat -u - 'UDP6-SENDTO:[fd00:1::2]:5001' || return
	wait_for 10 sealed && cap_stop sealed || return
	t_frame=$(sealed)
	printf '%s%s%04x2c%s3201000000000077%s\n' "$(ip -n b link show dev vb | awk '$1 == "link/ether" { gsub(":", "", $2); print $2 }')" \
		"$(echo "$t_frame" | cut -c13-36)" $((0x$(echo "$t_frame" | cut -c37-40) + 8)) \
		"$(echo "$t_frame" | cut -c43-108)" "$(echo "$t_frame" | cut -c109-)" | rawsend -m eth -i va a || return
	wait_for 10 grep -q inside "$T/5001" || {
		cat "$T/5002"
		fail "it did not arrive"
		return
	}
	same "at the other port" "" "$(cat "$T/5002")" || return
	for t_port in 5001 5002; do
		kill "$(cat "$T/$t_port.pid")" && rm "$T/$t_port.pid" || return
	done
	ip -n a neigh del fd00:1::2 dev va
}
# sealed: the ESP packet
sealed() { grep -E '^.{24}86dd.{12}32' "$T/sealed.cap"; }

# Behind AH that a module takes off, however long it is, there may be anything: data, headers, nobody's protocol; and it may be in
# fragments. Where nobody takes it off it is nobody's protocol itself.
behind_ah() {
	mac_a=$(hex_mac a va) mac_b=$(hex_mac b vb)
	ends="$(zeros_at fd000001 1) $(zeros_at fd000001 2)"
	insmod "$1" || return
	{
		for len in 2 4 6 62 254; do
			echo "$ends 64 51 $(ah 3a "$len") 80000000$(printf %04x $((0xa000 + len)))0001"
		done
		echo "$ends 64 51 $(ah 3c 4)3a00010400000000 80000000a0010001 # options behind it"
		echo "$ends 64 60 3300010400000000$(ah 33 2)$(ah 3a 4) 80000000a0030001 # it is there twice, behind options"
		echo "$ends 64 51 $(ah fd 4)$(zeros 20) - # nobody's"
	} | frames_of > "$T/ah"
	echo "$ends 64 51 $(ah 3a 2) 80000000a0050001$(zeros 40)" | frames_of | cut_in_two >> "$T/ah"
	cap_start ah a va -d in -e 0x86dd && send_frames < "$T/ah" || return
	wait_for 10 grep -q 8100....a0050001 "$T/ah.cap"
	cap_stop ah || return
	same answers "a002 a004 a006 a03e a0fe a001 a003 04 01 00000028 a005" "$(answers)" || return
	rmmod sxt_ah && cap_start ah a va -d in -e 0x86dd || return
	echo "$ends 64 51 $(ah 3a 4) 80000000a0070001" | frames_of | send_frames && wait_for 10 grep -q '3a40.\{64\}04' "$T/ah.cap" && cap_stop ah || return
	same answers "04 01 00000006" "$(answers)"
}
# ah NEXT LENGTH: a header, with what its length field says; its ICV is the rest.
ah() { printf '%s%02x00000000010000000001%s' "$1" "$2" "$(zeros $((4 * $2 - 4)))"; }
zeros_at() { printf '%s%024x' "$1" "$2"; }
# cut_in_two: a frame as two fragments, the first with 32 bytes behind the IPv6 header.
cut_in_two() {
	read -r t_frame
	t_head=$(echo "$t_frame" | cut -c1-36) t_next=$(echo "$t_frame" | cut -c41-42) t_ends=$(echo "$t_frame" | cut -c43-108)
	t_data=$(echo "$t_frame" | cut -c109-)
	echo "${t_head}00282c$t_ends${t_next}000001000000aa$(echo "$t_data" | cut -c1-64)"
	echo "$t_head$(printf %04x $((${#t_data} / 2 - 24)))2c$t_ends${t_next}000020000000aa$(echo "$t_data" | cut -c65-)"
}
# answers: of requests their numbers, of errors type, code and pointer.
answers() {
	awk '
	substr($0, 41, 2) != "3a" { next }
	{ type = substr($0, 109, 2) }
	type == "81" { print substr($0, 117, 4) }
	type < "80" { print type, substr($0, 111, 2), substr($0, 117, 8) }' "$T/ah.cap" | xargs
}

must insmod "$1"
must net_two
# Two algorithms, and what goes with which: AES only where it can be made asynchronous, and there little else in a short run.
first=chacha20-poly1305 second=null-hmac-sha256 bytes=500000 packets=200
kinds='
transport chacha20-poly1305 4 -
tunnel chacha20-poly1305 6 6
tunnel chacha20-poly1305 4 6 esn
transport null-hmac-sha256 6 - esn
'
! in_full || kinds="$kinds
transport chacha20-poly1305 6 -
tunnel chacha20-poly1305 4 4
tunnel chacha20-poly1305 6 4 esn
transport null-hmac-sha256 4 - esn
tunnel null-hmac-sha256 4 6
"
if [ "$SXT_ARCH" = sparc64 ]; then
	first=aes-gcm-128 second=aes-cbc-256-hmac-sha256
	in_full || { kinds='' bytes=30000 packets=50; }
	kinds="$kinds
transport aes-gcm-128 4 -
tunnel aes-gcm-256 4 6 esn
transport aes-cbc-128-hmac-sha256 6 -
tunnel aes-cbc-256-hmac-sha256 6 4 esn
"
fi
echo "$kinds" | grep . > "$T/kinds"
while read -r kind; do
	# shellcheck disable=SC2086 # words
	check "asynchronous $kind" combination $kind < /dev/null
done < "$T/kinds"
check "asynchronous bundle" nested
check "wrong key, asynchronous transport" wrong_key transport
check "wrong key, asynchronous tunnel" wrong_key tunnel
check "lost number, asynchronous $first" lost_number "$first"
check "lost number, asynchronous $second" lost_number "$second"
check "SAs go while ciphers work" gone_under_traffic
check "a fragment header before ESP" fragment_header
clear_all a b
[ "${SXT_IPV6-}" != sextant ] || check "what is behind AH" behind_ah "$2"
ns_del a b
wait_for 20 rmmod sxt_async
t_end
