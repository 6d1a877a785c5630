#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 300
#
# The command and the modules together: what was added is shown by the words that add it again, what is refused is
# refused with a sentence and changes nothing, a file takes effect as a whole or not at all, events are seen.
. "$(dirname "$0")/lib.sh"

cd "$T" || exit 1
hex 20 1 > gcm.key
hex 32 2 > hmac.key
sa='dir in proto esp src fd00:1::1 dst fd00:1::2 mode transport alg aes-gcm key-file gcm.key'

# state NS: all SAs and policies by their words; what moves by itself is left out.
state() {
	sextant -N "$1" sa list > listed && sextant -N "$1" policy list >> listed || return
	while IFS= read -r t_line; do
		case $t_line in 'sa '*|'policy '*) printf '%s\n' "$t_line" ;; esac
	done < listed
}

# shown NS WORDS…: the words of all SAs and policies, without ids and the built-in policy, to compare with what was added.
shown() {
	state "$1" | sed -e '/^policy id 0 /d' -e 's/^\(sa\|policy\) id [0-9]* /\1 add /'
}

# refused STATUS SENTENCE COMMAND…: it ends with that status and sentence, and nothing has changed: since now, or with $known
# since the last state in "before", as then only what is refused comes.
known=''
refused() {
	t_want_status=$1 t_want=$2
	shift 2
	[ -n "$known" ] || state a > before
	"$@" > out 2> err
	t_got=$?
	t_said='' t_more=''
	{ read -r t_said && read -r t_more; } < err
	same 'status' "$t_want_status" "$t_got" || return
	same 'sentence' "sextant: $t_want" "$t_said${t_more:+, $t_more}" || return
	[ ! -s out ] || { fail "standard output: $(cat out)"; return; }
	state a > after
	cmp before after || fail "something changed"
}

no_add() {
	t_sentence=$1
	shift
	# shellcheck disable=SC2086 # words
	refused 2 "sa add: $t_sentence" sextant -N a sa add "$@"
}

# What goes in comes out, in the words that put it in.
same_words() {
	clear_all a || return
	cat > words <<-END
		sa add name "a b" dir in proto esp spi 0x00001001 src fd00:1::1 dst fd00:1::2 mode transport group 3 alg aes-gcm window 64 esn soft-bytes 5 hard-bytes 5000000000 soft-packets 6 hard-packets 7 soft-time 1000 hard-time 2000 sel family ipv6 src fd00::/16 dst fd00:1::2-fd00:1::9 proto udp sport 1-99 dport 53 dev lo
		sa add dir in proto esp spi 0x00001002 src 10.1.0.1 dst 10.1.0.2 mode transport group 0 alg aes-gcm window off
		sa add dir out proto esp spi 0x00001003 src 10.1.0.1 dst 10.1.0.2 mode tunnel group 0 alg aes-gcm dscp clear ecn off df set ttl 9 sel family ipv4 proto icmp icmp-type 8 icmp-code 0-3
		policy add name p dir out prio 5 family ipv4 src 10.0.0.0/8 dst 10.1.1.1-10.1.1.9 proto tcp sport 1024-65535 dport 443 dev lo action discard
		policy add dir out prio 10 family ipv6 src fd00::/16 action protect esp transport group 3 esp tunnel 10.1.0.1 10.1.0.2 group 0 spi 0x00001003
		policy add dir forward prio 10 action bypass
		policy add dir in prio 4294967295 proto icmpv6 icmp-type 128-129 action discard
	END
	sed 's/ alg aes-gcm/& key-file gcm.key/' words | load a || return
	shown a | sort > got
	sort words > want
	diff want got
}

ids_are_told() {
	clear_all a || return
	# shellcheck disable=SC2046,SC2086 # words
	set -- $(sextant -N a sa add spi auto $sa)
	[ "$1 $3" = 'id spi' ] || { fail "got: $*"; return; }
	[ $(($4)) -gt 255 ] || { fail "SPI $4"; return; }
	sextant -N a sa get id "$2" > got && grep '^sa' got > by-id || return
	sextant -N a sa get dir in spi "$4" dst fd00:1::2 > got && grep '^sa' got > by-spi || return
	cmp by-id by-spi || return
	sextant -N a sa del id "$2" || return
	refused 2 'sa get: no such SA' sextant -N a sa get id "$2"
}

no_key_shown() {
	clear_all a || return
	# shellcheck disable=SC2086
	sextant -N a sa add spi 0x1001 $sa > out && sextant -N a sa list >> out && sextant -N a -j sa list >> out || return
	grep -q '"fingerprint":"[0-9a-f]\{16\}"' out || { fail "no fingerprint"; return; }
	! grep -qi "$(cut -c1-16 gcm.key)" out || fail "the key was shown"
}

# many N: lines of N SAs.
many() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "sa add dir out proto esp spi %d src fd00:1::1 dst fd00:1::2 mode transport alg aes-gcm key %040x\n", 4096 + i, i + 1 }'
}

whole_file() {
	clear_all a || return
	many 1000 | load a || return
	same 'SAs' 1000 "$(stat a sas)" || return
	# More than one buffer of a dump, each once.
	sextant -N a sa list | sed -n 's/.* spi \([^ ]*\) .*/\1/p' | sort -u | wc -l | tr -d ' ' > got
	same 'SAs listed' 1000 "$(cat got)"
}

dry_run() {
	clear_all a || return
	state a > before
	many 300 | sextant -N a -n load - > out || return
	state a > after
	cmp before after || return
	same 'said' 'checked 300 changes' "$(cut -d, -f1 out)"
}

# bad_line LINE SENTENCE: as line 501 of 1000.
bad_line() {
	[ -e good.conf ] || many 1000 > good.conf
	sed "501s|.*|$1|" good.conf > bad.conf
	refused "$3" "load: bad.conf:501: $2" sextant -N a load bad.conf
}

other_namespace() {
	clear_all a b || return
	# shellcheck disable=SC2086
	sextant -N a sa add spi 0x1001 $sa > out && sextant -N a policy add dir in prio 1 action bypass > out || return
	same 'SAs in b' 0 "$(stat b sas)" && same 'policies in b' '' "$(shown b)"
}

# The groups of a netlink socket are in the last but four columns of /proc/net/netlink.
# shellcheck disable=SC2016 # awk's
listens() { in_ns a awk -v pid="$1" '$3 == pid && $4 != "00000000" { seen = 1 } END { exit !seen }' /proc/net/netlink; }

# all_heard NUMBER: so many events come, and the monitor ends.
all_heard() {
	wait_for 30 heard "$1" || { cat seen; return 1; }
	wait "$(cat monitor.pid)"
}
heard() { [ "$(grep -c . seen)" -ge "$1" ]; }

events() {
	clear_all a || return
	sextant -N a monitor count 5 > seen &
	echo $! > monitor.pid
	wait_for 10 listens $! || return
	# shellcheck disable=SC2086
	sextant -N a sa add spi 0x1001 $sa > ids && sextant -N a policy add dir out prio 7 action discard >> ids &&
		sextant -N a policy flush && sextant -N a policy set id 0 enabled off && sextant -N a sa flush || return
	all_heard 5 || return
	rm monitor.pid
	sextant -N a policy set id 0 enabled on
	sed 's/ id [0-9]*.*//' seen | tr '\n' ' ' > got
	same 'events' 'sa added policy added policy gone policy added sa gone ' "$(cat got)"
}

expiry() {
	clear_all a || return
	sextant -N a monitor sa count 4 > seen &
	echo $! > monitor.pid
	wait_for 10 listens $! || return
	# shellcheck disable=SC2086
	sextant -N a sa add spi 0x1001 soft-time 1 hard-time 2 $sa > out || return
	all_heard 4 || return
	rm monitor.pid
	sed -e 's/ id [0-9]*.* \(limit .*\)/ \1/' -e 's/ id .*//' seen | tr '\n' ',' > got
	same 'events' 'sa added,sa expired limit soft,sa expired limit hard,sa gone,' "$(cat got)"
}

# without_cap WORDS…: a command of root without CAP_NET_ADMIN.
without_cap() {
	# shellcheck disable=SC2086 # words
	refused 3 "$1: no permission: needs CAP_NET_ADMIN in the namespace" netns-exec -u a timeout 10 sextant $1
}

# What the words of a file say comes first: it is told to who may not load it, too.
load_without_cap() {
	echo 'sa flush' > file.conf
	refused 3 'load: file.conf: start of the transaction: no permission: needs CAP_NET_ADMIN in the namespace' \
		netns-exec -u a timeout 10 sextant load file.conf || return
	echo 'sa add dir up' >> file.conf
	refused 1 "load: file.conf:2: sa add: dir: 'up' is not in or out" netns-exec -u a timeout 10 sextant -n load file.conf
}

builtin_policy() {
	sextant -N a policy set id 0 enabled off || return
	sextant -N a policy get id 0 | grep -q 'enabled off' || { fail "still on"; return; }
	sextant -N a policy flush && sextant -N a policy set id 0 enabled on || return
	sextant -N a policy get id 0 | grep -q 'enabled on' || fail "still off"
}

# fingerprint SPI: of the key of that SA.
fingerprint() { sextant -N a sa get dir in proto esp dst fd00:1::2 spi "$1" | sed -n 's/.*fingerprint \([0-9a-f]*\) .*/\1/p'; }

# A key is the same by its bytes in a file of SAs, in its own file, and from standard input.
keys_from_everywhere() {
	clear_all a || return
	gcm=${sa% key-file *} hmac='dir in proto esp src fd00:1::1 dst fd00:1::2 mode transport alg null-hmac-sha256'
	# shellcheck disable=SC2086 # words
	{
		sextant -N a sa add spi 0x1001 $gcm key-file gcm.key && sextant -N a sa add spi 0x1002 $gcm key-file - < gcm.key &&
			sextant -N a sa add spi 0x2001 $hmac auth-key-file hmac.key &&
			sextant -N a sa add spi 0x2002 $hmac auth-key-file - < hmac.key
	} > out || return
	load a <<-END || return
		sa add spi 0x1003 $gcm key $(cat gcm.key)
		sa add spi 0x2003 $hmac auth-key $(cat hmac.key)
	END
	for spi in 0x1001 0x2001; do
		key=$(fingerprint "$spi")
		[ "${#key}" = 16 ] || { fail "fingerprint '$key' of $spi"; return; }
		same "fingerprints of the same key" "$key $key" "$(fingerprint "${spi%1}2") $(fingerprint "${spi%1}3")" || return
	done
	[ "$key" != "$(fingerprint 0x1001)" ] || fail "two keys have one fingerprint"
}

# A policy goes by its number, and no other with it.
policy_by_id() {
	clear_all a || return
	for prio in 1 2 3; do
		sextant -N a policy add dir in prio "$prio" action bypass || return
	done > ids
	sextant -N a policy del id "$(sed -n '2s/^id //p' ids)" || return
	same 'policies' '1 3' "$(shown a | sed -n 's/.* prio \([0-9]*\) .*/\1/p' | tr '\n' ' ' | sed 's/ $//')" || return
	refused 2 'policy del: no such policy' sextant -N a policy del id "$(sed -n '2s/^id //p' ids)"
}

# A flush of one direction takes what has that one, and leaves all others.
both_ways() {
	for t_spi in 0x1001 0x1002; do
		for t_dir in in out; do
			sa_line "$t_dir" "$t_spi" 10.1.0.1 10.1.0.2 transport aes-gcm-128
		done
	done
	for t_dir in in out forward; do
		printf "policy add dir $t_dir prio %d action bypass\n" 1 2
	done
}
one_direction() {
	clear_all a && both_ways | load a && shown a | sort > got || return
	t_left=10
	for t_what in 'sa in' 'policy forward' 'policy in' 'sa out'; do
		t_object=${t_what% *} t_dir=${t_what#* } t_left=$((t_left - 2))
		sed "/^$t_object add dir $t_dir /d" got > want
		sextant -N a "$t_object" flush dir "$t_dir" && shown a | sort > got || return
		diff want got && same "number that $t_what leaves" "$t_left" "$(grep -c . got)" || return
	done
}

# By its path a namespace is the same as by its name, and another one is not.
by_path() {
	clear_all a b || return
	sextant -N /run/netns/a policy add dir in prio 7 action discard > out || return
	same 'policies of a' 'policy add dir in prio 7 action discard' "$(shown a)" && same 'policies of b' '' "$(shown b)" || return
	ln -sf /run/netns/b here && same 'policies of b by a link' "$(state b)" "$(state "$T/here")"
}

json_events() {
	clear_all a || return
	sextant -N a -j monitor count 3 > seen &
	echo $! > monitor.pid
	wait_for 10 listens $! || return
	# shellcheck disable=SC2086 # words
	sextant -N a sa add spi 0x1001 $sa > ids && sextant -N a policy add dir out prio 7 action discard >> ids &&
		sextant -N a sa flush || return
	all_heard 3 || return
	rm monitor.pid
	sed -e 's/"id":[0-9]*/"id":N/; s/"generation":[0-9]*/"generation":N/; s/"\(memory\|age\)":[0-9]*/"\1":N/g' \
		-e 's/"fingerprint":"[0-9a-f]\{16\}"/"fingerprint":"F"/' seen > got
	one='{"id":N,"direction":"in","protocol":"esp","spi":4097,"src":"fd00:1::1","dst":"fd00:1::2","mode":"transport","group":0,"alg":"aes-gcm","fingerprint":"F","window":1024,"packets":0,"bytes":0,"sequence":0,"age":N,"memory":N,"generation":N}'
	cat > want <<-END
		{"event":"sa-new-ntf","sa":$one}
		{"event":"policy-new-ntf","policy":{"id":N,"direction":"out","priority":7,"action":"discard","selector":{},"packets":0,"bytes":0,"generation":N}}
		{"event":"sa-del-ntf","sa":$one}
	END
	diff want got
}

json_builtin() {
	clear_all a || return
	for word in off on; do
		sextant -N a policy set id 0 enabled "$word" || return
		[ "$word" = on ] && number=1 || number=0
		same 'policies' '[{"id":0,"name":"neighbour-discovery","priority":0,"action":"bypass","packets":0,"builtin":true,"enabled":'"$number"'}]' \
			"$(sextant -N a -j policy list)" || return
	done
}

must ns_add a b
check 'what is added is shown by the words that add it' same_words
check 'id and SPI of a new SA are told' ids_are_told
check 'no key is shown' no_key_shown
check '1,000 SAs from a file, each listed once' whole_file
check 'a dry run changes nothing' dry_run
check 'a namespace sees its own only' other_namespace
check 'events' events
check 'lifetimes run out' expiry
check 'policy 0 can be turned off and on' builtin_policy
check 'keys from a file, from standard input and in a file of SAs' keys_from_everywhere
check 'a policy goes by its number' policy_by_id
check 'a flush of one direction' one_direction
check 'a namespace by its path' by_path
check 'events in JSON' json_events
check 'policy 0 in JSON' json_builtin

must clear_all a
must sextant -N a sa add spi 0x1001 dir in proto esp src fd00:1::1 dst fd00:1::2 mode transport alg aes-gcm key-file gcm.key
must sextant -N a policy add dir in prio 1 action bypass
state a > before
known=1
v6='src fd00:1::1 dst fd00:1::2'
while IFS='|' read -r words sentence; do
	# shellcheck disable=SC2086
	check "refused: $words" no_add "$sentence" $words
done <<END
dir in proto esp spi 0 $v6 mode transport alg aes-gcm key-file gcm.key|spi: 0 is never sent (RFC 4303 section 2.1)
dir in proto esp spi 255 $v6 mode transport alg aes-gcm key-file gcm.key|spi: 1 to 255 are reserved (RFC 4303 section 2.1)
dir out proto esp spi auto $v6 mode transport alg aes-gcm key-file gcm.key|spi: an outbound SA needs the SPI that its receiver chose
dir in proto esp spi 0x2000 src fd00:1::1 dst 10.1.0.2 mode transport alg aes-gcm key-file gcm.key|src: addresses of two families
dir in proto esp spi 0x2000 $v6 mode transport alg aes-gcm key-file gcm.key window 4097|window: integer out of range
dir in proto esp spi 0x2000 $v6 mode transport alg aes-gcm key-file gcm.key ttl 9|ttl: only tunnel mode has an outer header
dir out proto esp spi 0x2000 $v6 mode transport alg aes-gcm key-file gcm.key window 64|window: only inbound SAs have one
dir out proto esp spi 0x2000 $v6 mode transport alg aes-gcm key-file gcm.key sequence 4294967296|sequence: without esn at most 4294967295
dir in proto esp spi 0x2000 $v6 mode transport alg aes-gcm key-file gcm.key sequence 18446744073709551615|sequence: without esn at most 4294967295
END
for mode in transport 'tunnel fd00:1::1 fd00:1::2'; do
	# shellcheck disable=SC2086 # words
	check "refused: a policy with spi 0, $mode" refused 2 'policy add: spi: 0 is never sent (RFC 4303 section 2.1)' \
		sextant -N a policy add dir out prio 1 action protect esp transport esp $mode spi 0
done
check 'refused: an unknown policy' refused 2 'policy del: no such policy' sextant -N a policy del id 99
check 'refused: deleting policy 0' refused 2 "policy del: rule 0 can't be deleted, only turned off" \
	sextant -N a policy del id 0
check 'a bad word in a file changes nothing' bad_line 'sa add dir up' "sa add: dir: 'up' is not in or out" 1
check 'a bad value in a file changes nothing' bad_line \
	"sa add dir in proto esp spi 7 $v6 mode transport alg aes-gcm key $(hex 20 9)" \
	'sa add: spi: 1 to 255 are reserved (RFC 4303 section 2.1)' 2
check 'what only the end can show changes nothing' bad_line 'policy del id 99' 'policy del: no such policy' 2
check 'no permission to list' without_cap 'sa list'
check 'no permission to see counters' without_cap 'stats'
check 'no permission to flush' without_cap 'policy flush'
check 'no permission to see events' without_cap 'monitor'
check 'no permission to load' load_without_cap

# What README.md shows, on two hosts: protected, and refused without the SAs.
five_minutes() {
	clear_all a b && wire a va b vb || return
	address a va 192.0.2.1/24
	address b vb 192.0.2.2/24
	net_meet a 192.0.2.2 || return
	"$SXT_TOP/tools/tests/readme-example" > ipsec.conf
	sed 's/dir out/dir OUT/; s/dir in/dir out/; s/dir OUT/dir in/' ipsec.conf > other.conf
	sextant -N a --dry-run load ipsec.conf && sextant -N a load ipsec.conf && sextant -N b load other.conf || return
	wire_start || return
	ping_ok a 192.0.2.2
	t_pinged=$?
	wire_stop && [ "$t_pinged" = 0 ] && only_esp "$T/wire.cap" || return
	sextant -N a sa flush || return
	drop_of a sa-missing 1 ping_told a 192.0.2.2 'Required key not available'
}
[ "$SXT_ARCH" = sparc64 ] || check 'what README.md shows' five_minutes
ns_del a b
t_end
