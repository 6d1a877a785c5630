# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# What the end-to-end tests share: results, namespaces and wires, SAs and policies, captures, counters. POSIX sh, as it
# also runs under busybox on sparc64. It is sourced by a test inside a guest and leaves nothing behind but namespaces.
#
# A test file says in its header where it runs (see scripts/tests/run), sources this, calls `check NAME FUNCTION…` for
# each thing that it shows, and ends with `t_end`. A function reports by its status; what it printed is shown if it fails.

set -u

# Where the programs are the host's, small tools are busybox's nonetheless: these are started by the thousand, as one static
# file in a fifth of the time; and they are what the tests have on sparc64.
if [ -x /run/sxt/busybox ] && [ "$SXT_ARCH" = x86_64 ]; then
	if [ ! -d /run/sxt/tools ]; then
		/run/sxt/busybox mkdir /run/sxt/tools
		for t_tool in awk basename cat chmod cmp cp cut diff dirname grep head ln ls mkdir mkfifo mktemp mv printf rm sed seq \
			sleep sort tail tee touch tr true uniq wc; do
			/run/sxt/busybox ln -s ../busybox "/run/sxt/tools/$t_tool"
		done
	fi
	PATH=/run/sxt/tools:$PATH
fi

# Nobody else reads what has keys, or the command would not.
umask 077
T=$(mktemp -d)
t_count=0 t_failed=0
t_names='
'
trap 't_leave' EXIT

t_leave() {
	t_status=$?
	cat "$T"/*.pid 2>/dev/null | while read -r t_pid; do
		kill "$t_pid" 2>/dev/null
	done
	rm -rf "$T"
	exit "$t_status"
}

# result WORD NAME [WHY]: the one place where results are printed; a name that comes twice is an error.
result() {
	t_count=$((t_count + 1))
	case $t_names in
	*"
$2
"*)
		echo "not ok $2: a result of that name was there before"
		t_failed=$((t_failed + 1))
		return ;;
	esac
	t_names="$t_names$2
"
	echo "$1 $2${3:+: $3}"
	[ "$1" != 'not ok' ] || t_failed=$((t_failed + 1))
}

ok() { result ok "$1"; }
not_ok() { result 'not ok' "$1" "$2"; }
skip() { result skip "$1" "$2"; }

# check NAME COMMAND…: ok if it succeeds; if not, its last line is the reason and all of its output follows.
check() {
	t_name=$1
	shift
	# Where a file's time goes, for who keeps what the guest says.
	read -r t_up _ < /proc/uptime
	echo "# at $t_up: $t_name"
	if "$@" > "$T/check" 2>&1; then
		ok "$t_name"
		return 0
	fi
	not_ok "$t_name" "$(tail -n 1 "$T/check")"
	sed 's/^/# /' "$T/check"
	return 1
}

# check_with PROGRAM NAME COMMAND…: a check, if PROGRAM is there.
check_with() {
	if command -v "$1" > /dev/null; then
		shift
		check "$@"
	else
		skip "$2" "no $1"
	fi
}

# must COMMAND…: what the test itself needs; without it there is no sense in going on.
must() {
	"$@" > "$T/must" 2>&1 && return
	cat "$T/must"
	echo "Bail out! $*"
	exit 1
}

# tcp_over FAMILY|ADDRESS: there is TCP over it. Our own IPv6 has none yet; what a test left out for that is one skip.
tcp_over() {
	case ${SXT_IPV6-}-$1 in
	sextant-6|sextant-*:*)
		: > "$T/no-tcp"
		return 1 ;;
	esac
}

# tcp_between [OPTION…] NS-A ADDRESS-A NS-B ADDRESS-B: tcpload, where there is TCP.
tcp_between() {
	for t_address in "$@"; do :; done
	! tcp_over "$t_address" || tcpload "$@"
}

# t_end: the plan, and the status of the file.
t_end() {
	[ ! -e "$T/no-tcp" ] || skip tcp-over-ipv6 "sextant_ipv6 has none yet"
	echo "1..$t_count"
	[ "$t_count" -gt 0 ] && [ "$t_failed" -eq 0 ]
	exit
}

# in_full: a long run, which shows all; others leave out what is much like what they show.
in_full() { [ "${SXT_LONG:-0}" = 1 ]; }

# kinds: MODE OUTER INNER, a line each: all six in a long run. Otherwise three, with each mode and each family in each place,
# and both architectures together have all.
kinds() {
	t_kinds=$(in_full && echo 'x86_64 sparc64' || echo "$SXT_ARCH")
	for t_kind in $t_kinds; do
		case $t_kind in
		x86_64) printf '%s\n' 'transport 6 -' 'tunnel 4 4' 'tunnel 6 4' ;;
		sparc64) printf '%s\n' 'transport 4 -' 'tunnel 4 6' 'tunnel 6 6' ;;
		esac
	done
}

# pairs: OUTER and INNER as two digits, a word each: all four in a long run. Otherwise two, with each family in each place,
# and both architectures together have all.
pairs() {
	if in_full; then
		echo 44 46 64 66
	else
		case $SXT_ARCH in x86_64) echo 44 66 ;; *) echo 46 64 ;; esac
	fi
}

# fail WHY…: for the end of a step: says why and fails.
fail() { echo "$*"; return 1; }

# same WHAT EXPECTED GOT
same() { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; }

# refuses COMMAND…: it must fail.
refuses() {
	if "$@"; then
		fail "it worked: $*"
	fi
}

# uptime: sets $t_now, in whole seconds. Like much else here it starts no program: in a guest that is what takes the time.
uptime() {
	read -r t_now _ < /proc/uptime
	t_now=${t_now%.*}
}

# wait_for SECONDS COMMAND…: until COMMAND succeeds; fails if it doesn't in that time, of which the debug kernel has five
# times as much. What takes its time is asked less often.
t_patience=1
[ "${SXT_FLAVOR-}" != debug ] || t_patience=5
wait_for() {
	uptime
	t_end_at=$((t_now + $1 * t_patience + 1)) t_asked=0
	shift
	until "$@" > "$T/wait" 2>&1; do
		uptime
		if [ "$t_now" -ge "$t_end_at" ]; then
			cat "$T/wait"
			fail "waited in vain for: $*"
			return
		fi
		t_asked=$((t_asked + 1))
		if [ "$t_asked" -le 10 ]; then
			sleep 0.05
		else
			sleep 0.2
		fi
	done
}

# many_rounds NUMBER COMMAND…: COMMAND so many times, each time with the number of the round behind it.
many_rounds() {
	t_rounds=$1 t_round=1
	shift
	while [ "$t_round" -le "$t_rounds" ]; do
		"$@" "$t_round" || { fail "round $t_round: $(cat "$T/wait" 2>/dev/null)"; return; }
		t_round=$((t_round + 1))
	done
}

# in_ns NS COMMAND…: there, but with this namespace's /sys, which `ip netns exec` mounts anew each time.
in_ns() { t_ns=$1; shift; netns-exec "$t_ns" "$@"; }

# ip_all NS: each line of standard input is what ip is to do there; it ends with the first that fails.
ip_all() { in_ns "$1" ip -batch -; }

ns_add() {
	for t_ns in "$@"; do
		ip netns add "$t_ns" || return
		in_ns "$t_ns" ip link set lo up || return
		[ -e /proc/sys/net/ipv6 ] || continue
		in_ns "$t_ns" tee /proc/sys/net/ipv6/conf/default/accept_dad \
			/proc/sys/net/ipv6/conf/default/router_solicitations > /dev/null <<-END || return
			0
		END
	done
}

ns_del() {
	for t_ns in "$@"; do
		[ ! -e "/run/netns/$t_ns" ] || ip netns del "$t_ns" 2>/dev/null
	done
	return 0
}

# wire NS-A IF-A NS-B IF-B: a veth pair, up.
wire() {
	ip link add "$2" netns "$1" up type veth peer name "$4" netns "$3" && in_ns "$3" ip link set "$4" up
}

# address NS IF ADDRESS…
address() {
	t_ns=$1 t_if=$2
	shift 2
	for t_address in "$@"; do
		case $t_address in
		*:*) echo "addr add $t_address dev $t_if nodad" ;;
		*) echo "addr add $t_address dev $t_if" ;;
		esac
	done > "$T/addresses"
	ip_all "$t_ns" < "$T/addresses"
}

# The usual two namespaces. The ends of the wire are what tunnels go between; a second pair of addresses behind them is
# what travels in tunnels:
#	  a: va 10.1.0.1 fd00:1::1, lo 10.10.0.1 fd00:10::1
#	  b: vb 10.1.0.2 fd00:1::2, lo 10.20.0.1 fd00:20::1
net_two() {
	ns_del a b c
	ns_add a b && wire a va b vb || return
	ip_all a <<-END || return
		addr add 10.1.0.1/24 dev va
		addr add 10.10.0.1/32 dev lo
		route add 10.20.0.0/16 via 10.1.0.2 src 10.10.0.1
	END
	ip_all b <<-END || return
		addr add 10.1.0.2/24 dev vb
		addr add 10.20.0.1/32 dev lo
		route add 10.10.0.0/16 via 10.1.0.1 src 10.20.0.1
	END
	net_two_ipv6 && net_meet a 10.1.0.2
}
# net_two_ipv6: the part that goes when IPv6 does.
net_two_ipv6() {
	ip_all a <<-END || return
		addr add fd00:1::1/64 dev va nodad
		addr add fd00:10::1/128 dev lo nodad
		route add fd00:20::/32 via fd00:1::2 src fd00:10::1
	END
	ip_all b <<-END || return
		addr add fd00:1::2/64 dev vb nodad
		addr add fd00:20::1/128 dev lo nodad
		route add fd00:10::/32 via fd00:1::1 src fd00:20::1
	END
	net_meet a fd00:1::2
}

# net_three: a host c behind a, which is its gateway: vc 10.10.1.2 fd00:10:1::2.
net_three() {
	net_two && ns_add c && wire c vc a vac || return
	address a vac 10.10.1.1/24 fd00:10:1::1/64 && address c vc 10.10.1.2/24 fd00:10:1::2/64 || return
	printf 'route add default via %s\n' 10.10.1.1 fd00:10:1::1 | ip_all c || return
	echo 1 | in_ns a tee /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding > /dev/null || return
	net_meet c 10.20.0.1 fd00:20::1
}

# gateway OUTER INNER FORWARD: in net_three, a tunnel for what is between the networks behind a and b; FORWARD is a's word
# for what arrives for c, or empty. Sets $b and $c, who talk, $oa and $ob, the tunnel's ends, and $na and $nb, the networks.
# shellcheck disable=SC2034 # they are for whoever calls it
gateway() {
	tunnel_ends "$1" -
	oa=$t_oa ob=$t_ob
	case $2 in
	4) na=10.10.0.0/16 nb=10.20.0.0/16 c=10.10.1.2 b=10.20.0.1 ;;
	6) na=fd00:10::/32 nb=fd00:20::/32 c=fd00:10:1::2 b=fd00:20::1 ;;
	esac
	{
		printf '%s flush\n' sa policy
		sa_line out 0x1001 "$oa" "$ob" tunnel aes-gcm-128
		sa_line in 0x1002 "$ob" "$oa" tunnel aes-gcm-128
		echo "policy add dir out prio 10 src $na dst $nb action protect esp tunnel $oa $ob"
		[ -z "${3-}" ] || echo "policy add dir forward prio 10 src $nb dst $na action $3"
	} > "$T/gateway"
	load a < "$T/gateway" || return
	{
		printf '%s flush\n' sa policy
		sa_line out 0x1002 "$ob" "$oa" tunnel aes-gcm-128
		sa_line in 0x1001 "$oa" "$ob" tunnel aes-gcm-128
		echo "policy add dir out prio 10 src $nb dst $na action protect esp tunnel $ob $oa"
		echo "policy add dir in prio 10 src $na dst $nb action protect esp tunnel $oa $ob"
	} > "$T/gateway"
	load b < "$T/gateway"
}

# through_ends OUTER INNER: the same, and what comes out of the tunnel is let through to c.
through_ends() {
	tunnel_ends "$1" -
	gateway "$1" "$2" "protect esp tunnel $t_ob $t_oa"
}

# net_meet NS ADDRESS…: neighbours know each other, so that no first packet has to wait.
net_meet() {
	t_ns=$1
	shift
	for t_address in "$@"; do
		wait_for 10 in_ns "$t_ns" ping -c 1 -W 1 "$t_address" || return
	done
}

# Where b is, for those who send to it over the wire; a test that has it elsewhere sets these.
b_4=10.1.0.2 b_6=fd00:1::2

# tunnel_ends OUTER INNER: sets $t_oa and $t_ob, $t_ia and $t_ib, those of net_two. An INNER that is no family is nothing.
tunnel_ends() {
	case $1 in
	4) t_oa=10.1.0.1 t_ob=$b_4 ;;
	6) t_oa=fd00:1::1 t_ob=$b_6 ;;
	esac
	case $2 in
	4) t_ia=10.10.0.1 t_ib=10.20.0.1 ;;
	6) t_ia=fd00:10::1 t_ib=fd00:20::1 ;;
	esac
}

# outer 4|6 a|b, inner 4|6 a|b: one of them.
outer() {
	tunnel_ends "$1" -
	case $2 in a) echo "$t_oa" ;; b) echo "$t_ob" ;; esac
}
inner() {
	tunnel_ends - "$1"
	case $2 in a) echo "$t_ia" ;; b) echo "$t_ib" ;; esac
}

# between MODE OUTER INNER: sets $from and $to, who talk where protect_pair protects.
# shellcheck disable=SC2034 # they are for whoever calls it
between() {
	tunnel_ends "$2" "${3-}"
	if [ "$1" = tunnel ]; then
		from=$t_ia to=$t_ib
	else
		from=$t_oa to=$t_ob
	fi
}

# dont_fragment FROM TO SIZE: one datagram; sets $fate, what became of it: it has arrived, or the error that it met.
dont_fragment() {
	fate=arrived
	! udpload -M 'do' -s "$3" a "$1" b "$2" > "$T/do" 2>&1 || return 0
	fate=
	while read -r t_line; do
		case $t_line in
		*': send: Message too long') fate=EMSGSIZE; return ;;
		esac
		fate="$fate$t_line "
	done < "$T/do"
}

# longest_fit LOW HIGH: LOW bytes from $from to $to fit, HIGH don't; sets $longest to the most that do, found by halving.
longest_fit() {
	longest=$1 t_high=$2
	while [ $((t_high - longest)) -gt 1 ]; do
		t_mid=$(((longest + t_high) / 2))
		dont_fragment "$from" "$to" "$t_mid"
		case $fate in
		arrived) longest=$t_mid ;;
		EMSGSIZE) t_high=$t_mid ;;
		*) fail "$t_mid bytes: $fate"; return ;;
		esac
	done
}

# key_digits LENGTH SEED: the bytes of a key, without the end of the line; the same seed gives the same. What was asked for
# once is kept, as a number for each byte.
key_digits() {
	eval "t_bytes=\${t_key_$1_$2-}"
	if [ -z "$t_bytes" ]; then
		t_i=0
		while [ "$t_i" -lt "$1" ]; do
			t_bytes="$t_bytes $((($2 * 37 + t_i * 11 + 5) % 256))"
			t_i=$((t_i + 1))
		done
		eval "t_key_$1_$2=\$t_bytes"
	fi
	# shellcheck disable=SC2086 # numbers
	printf %02x $t_bytes
}
# hex LENGTH SEED: the same as a line.
hex() { key_digits "$1" "$2"; echo; }

# alg_words ALG SEED: the words of `sa add` in a file, without the end of the line. ALG is the suite's name, with -128 or -256
# where a key has a size.
alg_words() {
	case $1 in
	aes-gcm-128) printf 'alg aes-gcm key '; key_digits 20 "$2" ;;
	aes-gcm-256) printf 'alg aes-gcm key '; key_digits 36 "$2" ;;
	chacha20-poly1305) printf 'alg %s key ' "$1"; key_digits 36 "$2" ;;
	aes-cbc-128-hmac-sha256) printf 'alg aes-cbc-hmac-sha256 key '; key_digits 16 "$2" ;;
	aes-cbc-256-hmac-sha256) printf 'alg aes-cbc-hmac-sha256 key '; key_digits 32 "$2" ;;
	null-hmac-sha256) printf 'alg %s' "$1" ;;
	*) printf 'alg-words: no %s' "$1" ;;
	esac
	case $1 in *-hmac-sha256) printf ' auth-key '; key_digits 32 "$2" ;; esac
}

# sa_line out|in SPI SRC DST MODE ALG [WORD…]: a line for `sextant load`; the key goes by the SPI, so that both ends
# have the same.
sa_line() {
	t_seed=$2
	[ "$2" != auto ] || t_seed=0
	printf 'sa add dir %s proto esp spi %s src %s dst %s mode %s ' "$1" "$2" "$3" "$4" "$5"
	alg_words "$6" "$((t_seed))"
	shift 6
	echo " $*"
}

# load NS: standard input as one transaction.
load() { sextant -N "$1" load - > "$T/load" 2>&1 || { cat "$T/load"; return 1; }; }

# load_ends FUNCTION [WORD…]: a and b each load what FUNCTION DIR-AB DIR-BA WORD… prints: the direction there of what goes from
# a to b, and of what goes back.
load_ends() {
	t_print=$1
	shift
	"$t_print" out in "$@" > "$T/end"
	load a < "$T/end" || return
	"$t_print" in out "$@" > "$T/end"
	load b < "$T/end"
}

# clear_all NS…: neither SA nor policy.
clear_all() {
	for t_ns in "$@"; do
		load "$t_ns" <<-END || return
			sa flush
			policy flush
		END
	done
}

# protect_pair MODE ALG OUTER INNER [WORD…]: net_two protects what goes between its addresses, both ways, with a pair of
# SAs. OUTER and INNER are 4 or 6; in transport mode the wire's addresses are the ones that talk, and INNER is not used.
# The words go to the SAs. SPI 0x1001 is from a to b, 0x1002 back; or what $spi_ab and $spi_ba say.
protect_pair() {
	t_mode=$1 t_alg=$2
	tunnel_ends "$3" "$4"
	if [ "$t_mode" = tunnel ]; then
		t_ab="tunnel $t_oa $t_ob" t_ba="tunnel $t_ob $t_oa"
	else
		t_ia=$t_oa t_ib=$t_ob t_ab=transport t_ba=transport
	fi
	shift 4
	drops_from_here a b
	load_ends pair_end "$@"
}
# pair_end DIR-AB DIR-BA [WORD…]: one end of it.
pair_end() {
	printf '%s flush\n' sa policy
	echo "policy add dir $1 prio 10 src $t_ia dst $t_ib action protect esp $t_ab"
	echo "policy add dir $2 prio 10 src $t_ib dst $t_ia action protect esp $t_ba"
	t_dir_ab=$1 t_dir_ba=$2
	shift 2
	sa_line "$t_dir_ab" "${spi_ab:-0x1001}" "$t_oa" "$t_ob" "$t_mode" "$t_alg" "$@"
	sa_line "$t_dir_ba" "${spi_ba:-0x1002}" "$t_ob" "$t_oa" "$t_mode" "$t_alg" "$@"
}

# cap_start NAME NS INTERFACE [OPTION…]: captures frames into $T/NAME.cap, one line of hexadecimal each.
cap_start() {
	t_cap=$1 t_ns=$2 t_if=$3
	shift 3
	cap_all "$t_cap" "$@" "$t_ns" "$t_if"
}
# cap_all NAME WORD…: the same with capture's own words, which may be about several interfaces. It says on a pipe when no
# frame can be missed any more; on one of its own, as the end of another's would be taken for its own.
cap_all() {
	t_cap=$1 t_word=
	shift
	[ -p "$T/$t_cap.ready" ] || mkfifo "$T/$t_cap.ready" || return
	capture -w "$T/$t_cap.cap" "$@" > "$T/$t_cap.ready" 2> "$T/$t_cap.err" &
	echo $! > "$T/$t_cap.pid"
	read -r t_word < "$T/$t_cap.ready"
	[ "$t_word" = ready ] || { cat "$T/$t_cap.err"; fail "no capture $t_cap"; }
}

# cap_stop NAME: the frames are in $T/NAME.cap then.
cap_stop() {
	read -r t_pid < "$T/$1.pid" || { fail "no capture $1"; return; }
	: > "$T/$1.pid"
	kill "$t_pid"
	wait "$t_pid" || { cat "$T/$1.err"; return 1; }
}

# wire_start, wire_stop: what net_two's wire carries, both ways, in $T/wire.cap. Sent frames alone: what comes out of a
# tunnel is seen as received once more.
wire_start() { cap_all wire -d out a va b vb; }
wire_stop() { cap_stop wire; }

# nft_rules NS: nft's standard input.
nft_rules() { in_ns "$1" nft -f - > "$T/nft" 2>&1 || { cat "$T/nft"; return 1; }; }
# nft_count NS FAMILY NAME: packets of a named counter of table t.
nft_count() {
	in_ns "$1" nft list counter "$2" t "$3" > "$T/nft" || return
	while read -r t_word t_value _; do
		[ "$t_word" != packets ] || echo "$t_value"
	done < "$T/nft"
}

# modules_gone MODULE…: each unloads, with what it loaded for itself; a namespace that went lets go of it in a while.
module_there() { grep -q "^$1 " /proc/modules; }
modules_gone() {
	for t_module in "$@"; do
		! module_there "$t_module" || wait_for 20 rmmod "$t_module" || return
		! module_there "$t_module" || { fail "$t_module is there"; return; }
	done
}

# icmp6_errors FILE: each ICMPv6 error that carries no extension header, as type, code and sender in hexadecimal digits.
icmp6_errors() {
	awk '
	substr($0, 25, 4) == "86dd" && substr($0, 41, 2) == "3a" && substr($0, 109, 2) < "80" {
		print substr($0, 109, 2), substr($0, 111, 2), substr($0, 45, 32)
	}' "$1"
}

# told NS INTERFACE ERROR COMMAND…: COMMAND works, and the interface meanwhile brings this line of icmp6_errors. It does
# not depend on which ping there is: busybox's says nothing of errors.
told() {
	t_error=$3
	cap_start told "$1" "$2" -d in -e 0x86dd || return
	shift 3
	"$@" || return
	cap_stop told || return
	icmp6_errors "$T/told.cap" | grep -qxF "$t_error" || { cat "$T/told.cap"; fail "no error $t_error"; }
}

# frames FILE [SUM]: each IP frame in words: family, protocol (behind IPv6 extension headers), TTL, ToS or traffic class, DF
# (IPv4) or -, frag for a fragment or whole, bytes of the IP packet. ARP and what is neighbour discovery or multicast
# listener discovery by form are left out. SUM is a file for how many they are, how many are not ESP, how many are fragments,
# and the bytes of the longest.
frames() {
	awk -v sum="${2-}" '
	function byte(at) { return hexval(substr($0, 2 * (at + 14) + 1, 2)) }
	function hexval(s,   i, v) {
		for (i = 1; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return v
	}
	function say(family, protocol, ttl, tos, df, frag, bytes) {
		print family, protocol, ttl, tos, df, frag, bytes
		number++
		clear += protocol != 50
		fragments += frag == "frag"
		if (bytes > longest)
			longest = bytes
	}
	substr($0, 25, 4) == "0800" {
		flags = byte(6)
		frag = (flags % 64) * 256 + byte(7) > 0 ? "frag" : "whole"
		say(4, byte(9), byte(8), byte(1), int(flags / 64) % 2 ? "df" : "-", frag, byte(2) * 256 + byte(3))
	}
	substr($0, 25, 4) == "86dd" {
		next_header = byte(6)
		at = 40
		frag = "whole"
		options = 0
		while (at + 8 <= length($0) / 2 - 14 &&
		       (next_header == 0 || next_header == 43 || next_header == 44 || next_header == 60)) {
			size = 8
			if (next_header == 44)
				frag = "frag"
			else
				size += 8 * byte(at + 1)
			options += next_header == 0
			next_header = byte(at)
			at += size
		}
		type = next_header == 58 ? byte(at) : 0
		if (byte(7) == 255 && type >= 133 && type <= 137 || options && (type == 143 || type >= 130 && type <= 132))
			next
		say(6, next_header, byte(7), byte(0) % 16 * 16 + int(byte(1) / 16), "-", frag, byte(4) * 256 + byte(5) + 40)
	}
	END {
		if (sum != "")
			print number + 0, clear + 0, fragments + 0, longest + 0 > sum
	}' "$1"
}

# only_esp FILE: at least one frame, and every one is ESP. They are in words in $T/frames; sets $esp_packets,
# $esp_fragments, and $esp_longest, the bytes of the longest.
# shellcheck disable=SC2034 # they are for whoever calls it
only_esp() {
	esp_packets='' t_clear='' esp_fragments='' esp_longest=''
	frames "$1" "$T/frames.sum" > "$T/frames" &&
		read -r esp_packets t_clear esp_fragments esp_longest < "$T/frames.sum"
	[ "${esp_packets:-0}" -gt 0 ] || { fail "nothing was on the wire"; return; }
	[ "$t_clear" = 0 ] || { grep -v '^[46] 50 ' "$T/frames"; fail "clear packets were on the wire"; }
}

# What the command says is read by the shell: any program that did so would take the guest longer than all of that.

# stat NS NAME: a counter of `sextant stats`, such as in-packets.
stat() {
	sextant -N "$1" stats all > "$T/stat" || return
	while read -r t_word t_value _; do
		[ "$t_word" != "$2" ] || echo "$t_value"
	done < "$T/stat"
}

# drops NS REASON: packets dropped for it.
drops() {
	sextant -N "$1" stats all > "$T/stat" || return
	while read -r t_word t_drop t_value; do
		[ "$t_word $t_drop" != "drops $2" ] || echo "$t_value"
	done < "$T/stat"
}

# all_drops NS: every reason that occurred, as "reason number" lines.
all_drops() {
	sextant -N "$1" stats > "$T/stat" || return
	while read -r t_word t_value; do
		[ "$t_word" != drops ] || echo "$t_value"
	done < "$T/stat"
}

# sa_packets NS SPI…: what the SAs with those SPIs have counted, without what they have dropped, in a line.
sa_packets() {
	sextant -N "$1" sa list > "$T/sas" || return
	shift
	t_spi='' t_counted=' '
	while read -r t_word _ t_key t_value _ _ _ _ t_number _; do
		case $t_word-$t_key in
		sa-*) t_spi=$((t_number)) ;;
		fingerprint-packets) t_counted="$t_counted$t_spi=$t_value " ;;
		esac
	done < "$T/sas"
	t_line=
	for t_spi in "$@"; do
		t_value=${t_counted#*" $((t_spi))="}
		[ "$t_value" = "$t_counted" ] || t_line="$t_line ${t_value%% *}"
	done
	echo "${t_line# }"
}

# policy_counts NS: a line for each policy but rule 0, in their order: direction, packets, bytes, and what it dropped, as
# "reason number".
policy_counts() {
	sextant -N "$1" policy list > "$T/policies" || return
	t_dir='' t_line=''
	while read -r t_word t_rest; do
		case $t_word-$t_rest in
		policy-*)
			[ -z "$t_line" ] || echo "$t_line"
			t_line='' t_dir=''
			case " $t_rest" in *' dir '*) t_dir=${t_rest#*dir } ;; esac
			t_dir=${t_dir%% *} ;;
		packets-*)
			t_rest=${t_rest%% generation *}
			[ -z "$t_dir" ] || t_line="$t_dir ${t_rest%% *} ${t_rest##* }" ;;
		drops-*)
			[ -z "$t_line" ] || t_line="$t_line $t_rest" ;;
		esac
	done < "$T/policies"
	[ -z "$t_line" ] || echo "$t_line"
}

# drops_from_here NS…, no_drops NS…: none since then. protect_pair starts anew for both of its ends.
drops_from_here() {
	for t_ns in "$@"; do
		all_drops "$t_ns" > "$T/base.$t_ns" || { rm "$T/base.$t_ns"; fail "no counters of $t_ns"; return; }
	done
}
no_drops() {
	for t_ns in "$@"; do
		if ! [ -e "$T/base.$t_ns" ] || ! all_drops "$t_ns" > "$T/drops"; then
			fail "no counters of $t_ns"
			return
		fi
		text "$T/base.$t_ns"
		t_base=$t_text
		text "$T/drops"
		same "drops in $t_ns" "$t_base" "$t_text" || return
	done
}
# text FILE: sets $t_text, its lines as one, and $t_lines, how many they were.
text() {
	t_text='' t_lines=0
	while read -r t_line; do
		t_text="$t_text${t_text:+, }$t_line" t_lines=$((t_lines + 1))
	done < "$1"
}

# drop_of NS REASON NUMBER COMMAND…: COMMAND makes NUMBER packets be dropped for that reason, and none for any other. It has
# to succeed: who sends what should be lost says so by ping_fails, udp_stops or refuses.
drop_of() { counted_by all_drops "$@"; }

# refusals NS, refusal_of NS REASON NUMBER COMMAND…: the same of our own IPv6, whose reasons are in /proc/net/drops6. That
# a neighbour does not answer comes when its timer says so, and so does a report of groups, to a group that no host is in:
# a second after an address came, its report comes again (RFC 3810 6.1).
# shellcheck disable=SC2016 # awk's own variables
refusals() { in_ns "$1" awk '$2 && $1 !~ /^(neighbour-failed|group-not-joined)$/ { print $1, $2 }' /proc/net/drops6; }
refusal_of() { counted_by refusals "$@"; }
# refusal_count NS REASON
# shellcheck disable=SC2016 # awk's own variables
refusal_count() { in_ns "$1" awk -v r="$2" '$1 == r { print $2 }' /proc/net/drops6; }

# counted_by LOOK NS REASON NUMBER COMMAND…: LOOK NS prints what was counted there, as "reason number" lines.
counted_by() {
	t_look=$1 t_where=$2 t_reason=$3 t_number=$4
	shift 4
	"$t_look" "$t_where" > "$T/before"
	"$@" || { "$t_look" "$t_where"; return 1; }
	t_want=
	[ "$t_number" = 0 ] || t_want=" $t_reason $t_number"
	wait_for 5 counts_are "$t_look" "$t_where" "$t_want"
}
# counts_are LOOK NS WANT: what LOOK prints, beyond what is in $T/before; that which is there no more is "gone".
counts_are() {
	"$1" "$2" > "$T/after" || return
	t_before='
' t_more=''
	while read -r t_word t_value; do
		t_before="$t_before$t_word $t_value
"
	done < "$T/before"
	while read -r t_word t_value; do
		case $t_before in
		*"
$t_word "*)
			t_was=${t_before#*"
$t_word "}
			t_before="${t_before%%"
$t_word "*}
${t_was#*"
"}"
			t_was=${t_was%%"
"*} ;;
		*) t_was=0 ;;
		esac
		[ "$t_value" = "$t_was" ] || t_more="$t_more $t_word $((t_value - t_was))"
	done < "$T/after"
	case $t_before in ?*[a-z]*) t_more="$t_more gone:$t_before" ;; esac
	same "counted in $2" "$3" "$t_more"
}

# udp_passes, udp_stops [OPTION…] NS ADDRESS NS ADDRESS: what becomes of a datagram; the options are udpload's.
udp_passes() { udpload -n 1 "$@" > "$T/udp" 2>&1 || { cat "$T/udp"; fail "UDP was lost"; }; }
udp_stops() { ! udpload -n 1 -t 300 "$@" > "$T/udp" 2>&1 || fail "UDP arrived"; }

# ping_ok NS ADDRESS [OPTION…], ping_fails NS ADDRESS [OPTION…]
ping_ok() { t_ns=$1 t_to=$2; shift 2; in_ns "$t_ns" ping -c 1 -W 3 "$@" "$t_to" > "$T/ping" 2>&1 || { cat "$T/ping"; fail "no answer from $t_to"; }; }
ping_fails() { t_ns=$1 t_to=$2; shift 2; ! in_ns "$t_ns" ping -c 1 -W 1 "$@" "$t_to" > "$T/ping" 2>&1 || fail "$t_to answered"; }
# ping_told NS ADDRESS SENTENCE: no answer, but why not. iputils' ping keeps the errno to itself.
ping_told() {
	in_ns "$1" busybox ping -c 1 -W 1 "$2" > "$T/ping" 2>&1 && { fail "$2 answered"; return; }
	grep -q "$3" "$T/ping" || { cat "$T/ping"; fail "ping was not told '$3'"; }
}
