#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/bad/replay.sh TAR: inside a guest, sends what bad/recorded.py wrote, and judges it: each group of packets
# moves the counters that it should, by as much, and no others; the SAs are as they should be; the UDP socket got what it
# should, byte by byte. If a group does not, it is sent once more, packet by packet, to name the one. And asks by netlink
# what it wrote, in a namespace of its own for each test: the answers must be those that it has.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
dir=$T/recorded
mkdir "$dir"
must tar -xzf "$1" -C "$dir"
# shellcheck source=/dev/null
. "$dir/wire"

net_bad() {
	ns_add bada badb && wire bada va badb vb || return
	ip_all bada <<-END || return
		addr add $A4/24 dev va
		addr add $A6/64 dev va nodad
		addr add $NET_A4/32 dev lo
		addr add $NET_A6/128 dev lo nodad
	END
	# Nobody asks for an address while packets are counted.
	mac=$(mac_of bada va)
	ip_all badb <<-END
		addr add $B4/24 dev vb
		addr add $B6/64 dev vb nodad
		addr add $NET_B4/32 dev lo
		addr add $NET_B6/128 dev lo nodad
		route add $NET_A4/32 via $A4
		route add $NET_A6/128 via $A6
		neigh replace $A4 lladdr $mac dev vb
		neigh replace $A6 lladdr $mac dev vb
	END
}
net_forwards() {
	ip -n badb link add beyond type dummy && ip -n badb link set beyond up && ip -n badb route add "$BEYOND6/128" dev beyond &&
		echo 1 | in_ns badb tee /proc/sys/net/ipv6/conf/all/forwarding > /dev/null
}
mac_of() { ip netns exec "$1" cat "/sys/class/net/$2/address"; }

# What reaches port 4001, a line each, in $T/got; what should have is in $T/wanted.
receive() {
	: > "$T/got"
	: > "$T/wanted"
	udprecv badb 4001 >> "$T/got" 2>&1 &
	echo $! > "$T/udprecv.pid"
	wait_for 10 grep -q ready "$T/got" || return
	: > "$T/got"
}
receive_anew() {
	kill "$(cat "$T/udprecv.pid")"
	receive
}

# One program sends all, as the end of its socket takes longer than the packets. send FILE LINES: a packet a line.
sender() {
	mkfifo "$T/to" "$T/from" || return
	rawsend -m link -i va -d "$(mac_of badb vb)" bada < "$T/to" > "$T/from" 2> "$T/rawsend" &
	echo $! > "$T/rawsend.pid"
	exec 4> "$T/to" 5< "$T/from"
}
send() {
	printf '@%s\n.\n' "$1" >&4
	read -r sent <&5
	same rawsend "sent $2 refused 0" "$sent" || { tail -n 1 "$T/rawsend"; return 1; }
}

# One program knows counters and SAs: here anything that starts takes longer than all that it is to say. ask WORD…: sets $said.
asker() {
	mkfifo "$T/asked" "$T/said" || return
	nltalk -i badb < "$T/asked" > "$T/said" 2> "$T/nltalk" &
	echo $! > "$T/nltalk.pid"
	exec 6> "$T/asked" 7< "$T/said"
	tell open
}
tell() { echo "$1 0" >&6; }
ask() {
	tell "$1"
	read -r said <&7 || { cat "$T/nltalk"; echo "Bail out! nltalk has ended"; exit 1; }
}

# moved N [COUNTER=NUMBER…]: since count_from_here each of these counters has moved by N times the number, and no other. What
# was wanted is in $want, and what has moved in $said.
moved() {
	n=$1 want=moved
	shift
	for word in "$@"; do
		want="$want ${word%=*}=$((${word#*=} * n))"
	done
	ask moved
	[ "$said" = "$want" ]
}
count_from_here() {
	ask moved
	tell from
}

# named moved [COUNTER=NUMBER…]: the counters by name.
named() {
	names=
	shift
	for word in "$@"; do
		while read -r counter name; do
			[ "$counter" != "${word%=*}" ] || names="$names $name=${word#*=}"
		done < "$dir/counters"
	done
	echo "${names:- nothing}"
}

# counted N [COUNTER=NUMBER…]: likewise, once all has been counted, and from here on anew; a count that came too much is never
# too late. What is wrong is in $T/moved.
counted() {
	if moved "$@" || wait_for 1 moved "$@" > /dev/null; then
		tell from
		return
	fi
	tell from
	# shellcheck disable=SC2086 # words
	echo "wanted$(named $want), got$(named $said)" > "$T/moved"
	return 1
}

# load_all: the SAs and policies anew, as if none of their packets had come yet.
load_all() { cat "$T/flush" "$T/loaded" | load badb; }

# hunt FILE [NAME=NUMBER…]: names the first packet of a group that does not do what it should, behind the groups that
# were before it in this report.
hunt() {
	file=$1
	shift
	load_all && count_from_here || return
	sed '$d' "$T/groups" > "$T/earlier"
	while read -r earlier lines number want; do
		# shellcheck disable=SC2086 # words
		send "$in/$earlier" "$lines" && counted "$number" $want
	done < "$T/earlier"
	while read -r packet; do
		echo "$packet" > "$T/packet"
		send "$T/packet" 1 || return
		if [ "${packet#*# }" = piece ]; then
			counted 1
		else
			counted 1 "$@"
		fi || {
			echo "${packet#*# }: $(cat "$T/moved")"
			return
		}
	done < "$in/$file"
	echo "one by one each packet is right"
}

# group FILE LINES N [NAME=NUMBER…]
group() {
	file=$1 lines=$2 number=$3
	shift 3
	echo "$file $lines $number $*" >> "$T/groups"
	if ! send "$in/$file" "$lines" > "$T/send" 2>&1; then
		cat "$T/send" >> "$T/faults"
	elif ! counted "$number" "$@"; then
		echo "$number packets: $(cat "$T/moved")" >> "$T/faults"
		if [ "$hunts" -gt 0 ]; then
			hunts=$((hunts - 1))
			hunt "$file" "$@" >> "$T/faults" 2>&1
			# The windows are as if all of it had come; other than that, what SAs and socket hold now says nothing.
			send "$in/$file" "$lines" > /dev/null
			must count_from_here
			: > "$T/lost"
		fi
	fi
	[ ! -e "$in/$file.data" ] || cat "$in/$file.data" >> "$T/wanted"
}

# sas_in FILE: what SAs say, as bad/recorded.py has it.
sas_in() {
	sextant -N badb -j sa list | sed 's/{"id"/\n&/g' | awk '
	function value(key,   s) {
		if (!match($0, "\"" key "\":[^],}]*"))
			return 0
		s = substr($0, RSTART, RLENGTH)
		$0 = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
		sub(/^"[^"]*":/, "", s)
		gsub(/"/, "", s)
		return s
	}
	/"id"/ {
		line = value("dst") " " value("spi") " " value("packets") " " value("bytes") " " value("sequence")
		for (;;) {
			reason = value("drop")
			if (!reason)
				break
			line = line " " reason "=" value("packets")
		}
		print line
	}' | sort > "$1"
}

# sas_are FILE
sas_are() {
	sas_in "$T/sas"
	cmp -s "$1" "$T/sas" || fail "an SA is not as it should be: $(differ "$1" "$T/sas")"
}

# differ FILE FILE: the first lines that the first has alone (-) and that the second has alone (+).
differ() { diff -U 0 "$1" "$2" | grep '^[-+][^-+]' | cut -c1-80 | head -n 4 | tr '\n' ' '; }

came() { cmp -s "$T/wanted" "$T/got"; }

# report NAME
report() {
	if [ ! -e "$T/lost" ] && { [ -s "$T/wanted" ] || [ -s "$T/got" ]; }; then
		if ! came && ! wait_for 5 came > /dev/null; then
			echo "what came to the socket is not what should: $(differ "$T/wanted" "$T/got")" >> "$T/faults"
		fi
		: > "$T/got"
		: > "$T/wanted"
	fi
	if [ -s "$T/faults" ]; then
		not_ok "$1" "$(head -n 1 "$T/faults")"
		sed 's/^/# /' "$T/faults"
		: > "$T/faults"
		[ "$t_failed" -lt 20 ] || { echo "Bail out! 20 have failed"; exit 1; }
	else
		ok "$1"
	fi
	: > "$T/groups"
}

# replay TEST: its list.
replay() {
	in=$dir/$1 hunts=3
	: > "$T/loaded"
	if [ -e "$T/lost" ]; then
		must receive_anew
		rm "$T/lost"
	fi
	must load badb < "$T/flush"
	while read -r word what rest <&3; do
		case $word in
		load)
			cat "$in/$what" >> "$T/loaded"
			must load badb < "$in/$what"
			must count_from_here ;;
		group)
			# shellcheck disable=SC2086 # words
			group "$what" $rest ;;
		sas) [ -e "$T/lost" ] || sas_are "$in/$what" >> "$T/faults" ;;
		remember) ask remember ;;
		unchanged)
			ask unchanged
			[ -e "$T/lost" ] || [ "$said" = unchanged ] || echo "an SA has changed" >> "$T/faults" ;;
		forwards) must net_forwards ;;
		report) report "$what" ;;
		*) echo "Bail out! $in/list: $word"; exit 1 ;;
		esac
	done 3< "$in/list"
}

# talk TEST: each of its results is ok if all answers before it are as they should be.
talk() {
	must ns_add "$1"
	must talk_through "$1"
	awk '
	FNR == 1 { file++ }
	file == 1 { got[FNR] = $0; lines = FNR; next }
	$0 != got[FNR] && fault == "" {
		fault = "answer " FNR - before ", for \047" $0 "\047 \047" got[FNR] "\047"
	}
	$1 == "report" { print $2, fault; fault = ""; before = FNR }
	END {
		if (before != lines)
			print "answers-to-the-end", "the last result is at " before " of " lines
	}' \
		"$T/talked" "$dir/$1/answers" > "$T/results"
	while read -r name fault; do
		if [ -z "$fault" ]; then ok "$name"; else not_ok "$name" "$fault"; fi
	done < "$T/results"
	must ns_del "$1"
}
talk_through() { nltalk "$1" < "$dir/$1/talk" > "$T/talked"; }

# timed COMMAND TEST
timed() {
	uptime
	start=$t_now
	"$1" "$2"
	uptime
	echo "# $2: $((t_now - start)) s"
}

printf 'sa flush\npolicy flush\n' > "$T/flush"
: > "$T/faults"
: > "$T/groups"
must net_bad
must receive
must sender
must asker
for list in "$dir"/*/list; do
	test=${list%/list}
	timed replay "${test##*/}"
done
for lines in "$dir"/*/talk; do
	test=${lines%/talk}
	timed talk "${test##*/}"
done
t_end
