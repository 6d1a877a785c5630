#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# scripts/tests/bad/cipher.sh: what bad/cipher.py shows, as far as it can be shown without Python, by packets that a true
# sender makes. Sender and receiver have the same cipher, so a packet that is to fail on arrival is held on its way out, and
# let go when the cipher has been told what to do with the next. Needs bad/faulty/sxt_faulty.ko loaded.
. "$(dirname "$0")/../lib.sh"

alg=chacha20-poly1305
faulty=/sys/module/sxt_faulty/parameters
# Of asm-generic/errno.h; sparc has other numbers only for those above 34.
EIO=5 EINVAL=22 ENOSPC=28
pass=0 hold=1

mode() { echo "$1" > "$faulty/mode"; }
release() { echo "$1" > "$faulty/release"; }
held() { same "held packets" "$1" "$(cat "$faulty/held")"; }
users_are() { same "users of the cipher" "$1" "$(cat /sys/module/sxt_faulty/refcnt)"; }

# send NUMBER: datagrams from a to b, whatever becomes of them.
send() { udpload -k -t 1 -n "$1" a "$from" b "$to" > "$T/udp" 2>&1; true; }

# arrive NUMBER: so many do, and nothing is dropped.
arrive() { drops_from_here a b && udpload -n "$1" a "$from" b "$to" && no_drops a b; }

# hold_out NUMBER: so many are in the sender's cipher; hold_in NUMBER: in the receiver's.
hold_out() {
	mode "$hold"
	send "$1"
	mode "$pass"
	wait_for 5 held "$1"
}
hold_in() {
	hold_out "$1" || return
	mode "$hold"
	release 0
	mode "$pass"
	wait_for 5 held "$1"
}

# pair MODE FAMILY
pair() {
	clear_all a b && protect_pair "$1" "$alg" "$2" "$2" && between "$1" "$2" "$2"
}

# The cipher refuses at once: the packet is lost, and what comes after it passes.
refuses_out() {
	pair "$@" || return
	for word in "$EIO cipher-error" "$ENOSPC cipher-busy"; do
		mode "${word% *}"
		drop_of a "${word#* }" 2 send 2 || return
		mode "$pass"
		arrive 2 || return
	done
}
# fails_in ERROR REASON: on arrival.
fails_in() {
	hold_out 3 || return
	mode "$1"
	drop_of b "$2" 3 release 0 || return
	mode "$pass"
	arrive 2
}
refuses_in() {
	pair "$@" || return
	fails_in "$EIO" cipher-error && fails_in "$EINVAL" cipher-error && fails_in "$ENOSPC" cipher-busy
}

# It answers later, and not well; or well.
later() {
	pair "$@" || return
	hold_out 3 && drop_of a cipher-error 3 release "$EIO" && arrive 2 || return
	hold_in 3 && drop_of b cipher-error 3 release "$EIO" && arrive 2 || return
	hold_in 3 || return
	drops_from_here a b
	before=$(stat b in-packets)
	release 0
	wait_for 5 arrived 3 && no_drops a b
}
arrived() { same in-packets $((before + $1)) "$(stat b in-packets)"; }

# Its SA goes while packets are in it.
sa_goes() {
	pair "$@" || return
	hold_in 3 && sextant -N b sa flush || return
	same "SAs in b" '' "$(sextant -N b sa list)" || return
	drop_of b sa-gone 3 release 0 && pair "$@" && arrive 2
}

# sextant_esp waits for the packets in the cipher before it goes.
module_goes() {
	pair tunnel 4 && hold_in 3 || return
	rmmod sextant_esp &
	rmmod=$!
	wait_for 10 no_sas || return
	kill -0 "$rmmod" || { fail "rmmod did not wait for the cipher"; return; }
	drop_of b sa-gone 3 release 0 && wait "$rmmod" || return
	wait_for 10 users_are 0 && insmod "$SXT_MODULES/sextant_esp.ko" && pair tunnel 4 && arrive 2
}
no_sas() { same "SAs in b" '' "$(sextant -N b sa list)"; }

# The namespaces go, and their SAs with the last packet.
namespace_goes() {
	pair tunnel 4 && hold_in 3 || return
	ns_del a b
	held 3 && refuses users_are 0 || return
	release 0
	wait_for 20 users_are 0
}

must mode "$pass"
must net_two
for kind in 'transport 4' 'tunnel 6'; do
	# shellcheck disable=SC2086 # words
	{
		check "cipher refuses what leaves: $kind" refuses_out $kind
		check "cipher refuses what arrives: $kind" refuses_in $kind
		check "cipher fails later: $kind" later $kind
		check "SA goes: $kind" sa_goes $kind
	}
done
check "module goes" module_goes
check "namespaces go" namespace_goes
# Nothing that a failure has left there keeps the guest from its end.
release 0
t_end
