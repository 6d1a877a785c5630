#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 90; smp 2
#
# SAs are replaced in one transaction under traffic, without a lost packet, and it is so while the tables grow; a file that
# fails changes nothing; SPIs that the kernel chooses are unique.
. "$(dirname "$0")/lib.sh"

# Rounds of each kind, of which one is like the other; and SAs that come at a time.
rounds='1 2 3' few=200
! in_full || rounds='1 2 3 4 5 6' few=500

# traffic_start MODE, traffic_end: datagrams from a to b for as long as the test likes. udpload ends at the first that is lost.
traffic_start() {
	between "$1" 4 4
	udpload -n 200000 -s 200 a "$from" b "$to" > "$T/udp" 2>&1 &
	echo $! > "$T/udpload.pid"
	in_packets=0
	wait_for 10 moved
}
moved() { [ "$(stat b in-packets)" -gt "$in_packets" ]; }
traffic_goes_on() {
	in_packets=$(stat b in-packets)
	wait_for 10 moved || { cat "$T/udp"; all_drops a; all_drops b; return 1; }
}
traffic_end() {
	read -r t_pid < "$T/udpload.pid"
	: > "$T/udpload.pid"
	kill "$t_pid" 2>/dev/null || { cat "$T/udp"; all_drops a; all_drops b; fail "the traffic had ended"; return; }
	wait "$t_pid"
	no_drops a b
}

# same_spi MODE: the receiver's SA is replaced by one with the same SPI, in one file.
same_spi() {
	protect_pair "$1" aes-gcm-128 4 4 || return
	traffic_start "$1" || return
	for _ in $rounds; do
		load b <<-END || return
			sa del dir in spi 0x1001 dst 10.1.0.2
			$(sa_line in 0x1001 10.1.0.1 10.1.0.2 "$1" aes-gcm-128)
		END
		traffic_goes_on || return
	done
	traffic_end
}

# A rekey as a key manager does it: the receiver has both SAs, the sender goes over in one transaction, the old one goes.
new_spi() {
	protect_pair transport aes-gcm-128 4 - || return
	traffic_start transport || return
	old=0x1001
	for round in $rounds; do
		new=0x300$round
		sa_line in "$new" 10.1.0.1 10.1.0.2 transport chacha20-poly1305 | load b || return
		load a <<-END || return
			sa del dir out spi $old dst 10.1.0.2
			$(sa_line out "$new" 10.1.0.1 10.1.0.2 transport chacha20-poly1305)
		END
		traffic_goes_on || return
		echo "sa del dir in spi $old dst 10.1.0.2" | load b || return
		old=$new
	done
	traffic_end
}

# What only tries, and what fails in the end, costs the traffic nothing for as long as it takes.
trying() {
	protect_pair transport aes-gcm-128 4 - || return
	{
		echo "sa del dir in spi 0x1001 dst 10.1.0.2"
		sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128
		awk 'BEGIN { for (i = 1; i <= 2000; i++) print "policy add dir in prio " i " src 10.99.0.0/16 action discard" }'
	} > "$T/try" && chmod 600 "$T/try" || return
	{ cat "$T/try"; echo "sa del dir in spi 0x9999 dst 10.1.0.2"; } > "$T/vain"
	traffic_start transport || return
	there=$(counts there)
	counted > "$T/counted" &
	t_counted=$!
	for _ in $rounds; do
		sextant -N b --dry-run load "$T/try" > "$T/load" 2>&1 || { cat "$T/load"; fail "the dry run was refused"; return; }
		refuses load b < "$T/vain" || return
		traffic_goes_on || return
	done
	: > "$T/enough"
	wait "$t_counted"
	same "numbers of SAs and policies" "$there" "$(sort -u "$T/counted")" && traffic_end
}
counts() {
	sextant -N b -j stats > "$T/$1" && read -r t_counts < "$T/$1"
	t_counts=${t_counts#*'"sas":'}
	t_sas=${t_counts%%,*}
	t_counts=${t_counts#*'"policies":'}
	echo "$t_sas ${t_counts%%[!0-9]*}"
}
# Nobody sees what is only tried.
counted() {
	while [ ! -e "$T/enough" ]; do
		counts seen
	done
}

# others DIR FROM TO: lines of SAs from a to b with these SPIs. Only the last is of the group that the policies ask for; the
# others have one each.
others() {
	sa_line "$1" 0x9000 10.1.0.1 10.1.0.2 transport aes-gcm-128 group 0 |
		awk -v n="$2" -v end="$3" '{ for (; n <= end; n++) { sub("spi [^ ]*", "spi " n); sub("group .*", "group " (n < end ? n : 0)); print } }'
}
# used SPI: packets to b use that SA.
used() { [ "$(sextant -N b -j sa get dir in spi "$1" dst 10.1.0.2 | sed 's/.*"packets":\([0-9]*\).*/\1/')" -gt 0 ]; }

# forget DIR FROM TO: lines that delete what others() has added.
forget() {
	awk -v n="$2" -v end="$3" -v dir="$1" 'BEGIN {
		for (; n <= end; n++)
			print "sa del dir", dir, "spi", n, "dst 10.1.0.2"
	}'
}

# The first policies, which ask for what comes anyway, and SAs with them; and all of it goes again.
first_and_last() {
	protect_pair tunnel aes-gcm-128 4 4 && echo "policy flush" | load b || return
	traffic_start tunnel || return
	for _ in $rounds; do
		{
			others in 10001 $((10000 + few))
			echo "policy add dir in prio 10 src $from dst $to action protect esp tunnel 10.1.0.1 10.1.0.2"
		} | load b && traffic_goes_on || return
		{ echo "policy flush"; forget in 10001 $((10000 + few)); } | load b && traffic_goes_on || return
	done
	traffic_end
}

# Many SAs come, and go, between packets: the tables grow and shrink, and no packet misses its SA.
many_come() {
	protect_pair transport aes-gcm-128 4 - || return
	traffic_start transport || return
	for round in 1 2 3; do
		first=$((10001 + few * (round - 1))) last=$((10000 + few * round))
		others in "$first" "$last" | load b && others out "$first" "$last" | load a && traffic_goes_on &&
			wait_for 10 used "$last" || return
	done
	same "SAs" "$((2 + 3 * few)) $((2 + 3 * few))" "$(stat a sas) $(stat b sas)" || return
	for round in 1 2; do
		for ns in a b; do
			[ "$ns" = a ] && dir=out || dir=in
			forget "$dir" $((10001 + few * (round - 1))) $((10000 + few * round)) | load "$ns" || return
		done
		traffic_goes_on || return
	done
	traffic_end
}

# The last line of the file is refused: the SA that it deletes is still there and works.
all_or_none() {
	protect_pair transport aes-gcm-128 4 - || return
	before=$(sextant -N a sa list | grep -v packets)
	generation=$(stat a generation)
	refuses load a <<-END || return
		sa del dir out spi 0x1001 dst 10.1.0.2
		$(sa_line out 0x4001 10.1.0.1 10.1.0.2 transport aes-gcm-128)
		policy add dir out prio 1 action discard
		sa del dir out spi 0x9999 dst 10.1.0.2
	END
	same "SAs" "$before" "$(sextant -N a sa list | grep -v packets)" || return
	same "generation" "$generation" "$(stat a generation)" || return
	udpload -n 10 a 10.1.0.1 b 10.1.0.2 && no_drops a b
}

auto_spi() {
	clear_all a b || return
	sa_line in auto 10.1.0.2 10.1.0.1 transport aes-gcm-128 | awk '{ for (i = 0; i < 300; i++) print }' | load a || return
	# RFC 4303 2.1: 1 to 255 are reserved, 0 is for local use.
	sextant -N a sa list > "$T/list" || return
	awk '
	$1 != "sa" { next }
	$8 != "spi" || length($9) < 5 || seen[$9]++ { print; bad = 1 }
	{ number++ }
	END {
		print number " SAs"
		exit bad || number != 300
	}' "$T/list" > "$T/spis" || { cat "$T/spis"; return 1; }
	clear_all a
}

must net_two
for mode in transport tunnel; do
	check "receiver's SA replaced under traffic, same SPI, $mode" same_spi "$mode"
done
check "rekey under traffic, new SPI" new_spi
check "a file that is only tried, or fails, under traffic" trying
check "the first policies come and the last go under traffic" first_and_last
check "many SAs come and go under traffic" many_come
check "a file that fails changes nothing" all_or_none
check "SPIs chosen by the kernel are unique" auto_spi
t_end
