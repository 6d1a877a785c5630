#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/peer/attackers.sh
#
# What the programs of thc-ipv6 that judge a host say of one, test by test, and what comes back to those that only send. Runs
# in a guest with either stack: b is judged, and a has the programs.
. "$(dirname "$0")/../lib.sh"

# judged PROGRAM LAST ARGUMENT…: a question for each of its tests. LAST is in the line that it ends with.
judged() {
	t_program=$1 t_last=$2
	shift 2
	in_ns a timeout 400 "atk6-$t_program" "$@" > "$T/out" 2>&1 < /dev/null
	sed -n "s/^Test  *//; t found; d; :found; s/ *	[	 ]*/\n/; s/^/$ $t_program /p" "$T/out"
	grep -q "$t_last" "$T/out" || { cat "$T/out"; echo "$t_program did not end"; exit 1; }
}

# answered NAME COMMAND…: a question, and what b sends while the command runs, but for neighbour discovery: errors with
# their code and what they point to, echo replies and fragments with their lengths, and the data as bytes and how often each
# comes in a row.
answered() {
	echo "\$ $1"
	shift
	cap_start answers a va -d in -e 0x86dd && cap_start asked a va -d out -e 0x86dd || exit 1
	in_ns a timeout 60 "$@" > "$T/out" 2>&1 < /dev/null
	cap_stop answers && cap_stop asked || exit 1
	awk 'substr($0, 41, 2) != "3a" || substr($0, 109, 2) !~ /^8[5-9]/ { sent++ } END { exit !sent }' "$T/asked.cap" || { cat "$T/out"; echo "nothing was sent"; exit 1; }
	awk '
	function value(s,   i, v) {
		for (i = 1; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return v
	}
	function runs(s,   i, byte, last, n, out) {
		for (i = 1; i <= length(s); i += 2) {
			byte = substr(s, i, 2)
			if (byte != last && n) {
				out = out " " last "*" n
				n = 0
			}
			last = byte
			n++
		}
		return n ? out " " last "*" n : out
	}
	{
		next_header = substr($0, 41, 2)
		bytes = value(substr($0, 37, 4))
		body = substr($0, 109, 2 * bytes)
		where = 0
		if (next_header == "2c") {
			next_header = substr(body, 1, 2)
			where = value(substr(body, 5, 4))
			printf "fragment %d%s: ", where - where % 8, where % 2 ? "+" : ""
			body = substr(body, 17)
		}
		type = value(substr(body, 1, 2))
		if (next_header != "3a")
			print "protocol", next_header
		else if (where >= 8)
			print bytes "," runs(body)
		# That a datagram never became whole is said a minute later.
		else if (type == 3)
			next
		else if (type < 128)
			print "error", type, value(substr(body, 3, 2)), value(substr(body, 9, 8))
		else if (type < 133)
			print "type", type ", " bytes "," runs(substr(body, 17))
	}' "$T/answers.cap"
}

must ns_add a b
must ip link add va address 02:00:00:00:0a:01 netns a up type veth peer name vb address 02:00:00:00:0b:01 netns b
must ip -n b link set vb up
must address a va fd00:1::1/64
must address b vb fd00:1::2/64
must net_meet a fd00:1::2
# That an error is missing says nothing of how many came before it.
echo 0 | in_ns b tee /proc/sys/net/ipv6/icmp/ratelimit > /dev/null
host=fd00:1::2

judged implementation6 'still alive' va $host
# Nobody has that port: what gets so far is told so.
judged firewall6 'port 2049' -u va $host 9
for n in $(seq 33); do
	answered "fragmentation6 $n" atk6-fragmentation6 -p va $host "$n"
done
for n in 1 2 3 4; do
	answered "exploit6 $n" atk6-exploit6 va $host "$n"
done
