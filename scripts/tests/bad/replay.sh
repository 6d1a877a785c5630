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
	address bada va "$A4/24" "$A6/64" && address bada lo "$NET_A4/32" "$NET_A6/128" || return
	address badb vb "$B4/24" "$B6/64" && address badb lo "$NET_B4/32" "$NET_B6/128" || return
	ip -n badb route add "$NET_A4/32" via "$A4" && ip -n badb route add "$NET_A6/128" via "$A6" || return
	# Nobody asks for an address while packets are counted.
	for a in "$A4" "$A6"; do
		ip -n badb neigh replace "$a" lladdr "$(mac_of bada va)" dev vb || return
	done
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
	{ cat "$1" && echo .; } >&4
	read -r sent <&5
	same rawsend "sent $2 refused 0" "$sent" || { tail -n 1 "$T/rawsend"; return 1; }
}

# moved N [NAME=NUMBER…]: since $before each of these counters has moved by N times the number, and no other; or
# prints what has. What they are now is in $after.
before=$T/counts.a after=$T/counts.b
moved() {
	n=$1
	shift
	sextant -N badb -j stats > "$T/stats" && awk -v n="$n" -v want="$*" -v before="$before" -v after="$after" '
	BEGIN {
		RS = ","
		while ((getline < before) > 0)
			if (split($0, f, "=") == 2)
				old[f[1]] = f[2]
		count = split(want, words, " ")
		for (i = 1; i <= count; i++) {
			split(words[i], f, "=")
			wanted[f[1]] = n * f[2]
		}
		printf "" > after
	}
	{
		gsub(/[][{}"\n]/, "")
		count = split($0, f, ":")
		if (f[count - 1] == "drop") {
			reason = "drop:" f[count]
			next
		}
		name = f[1] == "packets" ? reason : f[1]
		printf "%s=%s,", name, f[2] > after
		got = f[2] - old[name]
		if (got)
			said = said " " name "=" got
		wrong += got != wanted[name]
		delete wanted[name]
	}
	END {
		for (name in wanted)
			wrong++
		if (wrong)
			print "wanted" (want == "" ? " nothing" : n == 1 ? " " want : " " n " times " want) ", got" \
				(said == "" ? " nothing" : said)
		exit wrong != 0
	}' "$T/stats"
}

# counted N [NAME=NUMBER…]: likewise, once all has been counted; a count that came too much is never too late.
counted() {
	moved "$@" > "$T/moved" || wait_for 1 moved "$@" > /dev/null || moved "$@" > "$T/moved"
	set -- $?
	go_on
	return "$1"
}
go_on() {
	set -- "$before"
	before=$after after=$1
}
count_from_here() {
	moved 0 > /dev/null || [ -s "$after" ] || return
	go_on
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

# sas_in FILE WITH-DROPS: what SAs say, as bad/recorded.py has it.
sas_in() {
	sextant -N badb -j sa list | sed 's/{"id"/\n&/g' | awk -v drops="$2" '
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
			reason = drops ? value("drop") : 0
			if (!reason)
				break
			line = line " " reason "=" value("packets")
		}
		print line
	}' | sort > "$1"
}

# sas_are FILE WITH-DROPS
sas_are() {
	sas_in "$T/sas" "$2"
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
		sas) [ -e "$T/lost" ] || sas_are "$in/$what" 1 >> "$T/faults" ;;
		remember) sas_in "$T/remembered" 0 ;;
		unchanged) [ -e "$T/lost" ] || sas_are "$T/remembered" 0 >> "$T/faults" ;;
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
	start=$(cut -d. -f1 /proc/uptime)
	"$1" "$2"
	echo "# $2: $(($(cut -d. -f1 /proc/uptime) - start)) s"
}

printf 'sa flush\npolicy flush\n' > "$T/flush"
: > "$T/faults"
: > "$T/groups"
: > "$before"
must net_bad
must receive
must sender
for list in "$dir"/*/list; do
	test=${list%/list}
	timed replay "${test##*/}"
done
for lines in "$dir"/*/talk; do
	test=${lines%/talk}
	timed talk "${test##*/}"
done
t_end
