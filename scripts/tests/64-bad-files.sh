#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# The first error of a file of 1,000 lines is shown with its line and leaves the kernel as it was, wherever it stands and
# whoever finds it; keys come only from files that nobody else can read or write.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

# thousand: 1,000 good lines.
thousand() {
	awk -v key="$(hex 20 7)" 'BEGIN {
		print "sa flush"
		print "policy flush"
		for (i = 3; i <= 1000; i++) {
			if (i % 2)
				printf "sa add dir in proto esp spi 0x%x src 10.1.0.1 dst 10.1.0.2 mode transport alg aes-gcm key %s\n", 4096 + i, key
			else
				printf "policy add dir in prio %d src 10.3.%d.%d action protect esp transport\n", i, i / 256, i % 256
		}
	}'
}

# What there is, but for clocks and what neighbour discovery counts.
state() {
	{
		sextant -N a -j sa list
		sextant -N a -j policy list
		sextant -N a -j stats
	} | sed 's/"\(age\|idle\|memory\|packets\|bytes\|bypassed-nd\)":[0-9]*,*//g'
}

# refused_at LINE WORDS TEXT: the file with TEXT in that line is refused, the line and the words are told, in one line of it.
# Nothing has changed since the state was in $T/before, so it is still that.
refused_at() {
	sed "$1s|.*|$3|" "$T/thousand" > "$T/file"
	if sextant -N a load "$T/file" > "$T/out" 2>&1; then
		fail "line $1 was accepted: $3"
		return
	fi
	said='' more=''
	{ read -r said && read -r more; } < "$T/out"
	[ -z "$more" ] || { fail "more than one line: $(cat "$T/out")"; return; }
	case " $said " in *[!0-9]"$1"[!0-9]*) ;; *) fail "line $1 is not told: $said"; return ;; esac
	case $said in *"$2"*) ;; *) fail "'$2' is not told: $said"; return ;; esac
	state > "$T/after"
	cmp "$T/before" "$T/after" || { diff "$T/before" "$T/after"; fail "something has changed"; }
}

sa='sa add dir in proto esp spi 0x9999 src 10.1.0.1 dst 10.1.0.2 mode transport'
good_key="key $(hex 20 9)"

everywhere() {
	for line in 3 500 501 999 1000; do
		refused_at "$line" spi "sa add dir in proto esp spi 77 src 10.1.0.1 dst 10.1.0.2 mode transport alg aes-gcm $good_key" ||
			return
	done
}

# kinds of errors, found by the command or by the kernel
words_wrong() {
	refused_at 700 bogus 'bogus' &&
		refused_at 700 bogus "$sa bogus" &&
		refused_at 700 alg "$sa alg rot13 $good_key" &&
		refused_at 700 DES "$sa alg des-cbc $good_key" &&
		refused_at 700 MD5 "$sa alg hmac-md5 $good_key" &&
		refused_at 700 NULL "$sa alg null $good_key" &&
		refused_at 700 key "$sa alg aes-gcm key $(hex 19 9)" &&
		refused_at 700 key "$sa alg aes-gcm key xyz" &&
		refused_at 700 key "$sa alg aes-gcm" &&
		refused_at 700 window "$sa alg aes-gcm $good_key window 0" &&
		refused_at 700 window "$sa alg aes-gcm $good_key window 4097" &&
		refused_at 700 src 'policy add dir in prio 5 src 10.0.0.1/8 action bypass' &&
		refused_at 700 action 'policy add dir in prio 5' &&
		refused_at 700 transform 'policy add dir in prio 5 action protect'
}

# Errors that only show when all of the file is known.
known_at_the_end() {
	refused_at 700 'no such' 'sa del id 999999' &&
		refused_at 700 'no such' 'policy del id 999999' &&
		refused_at 700 spi "sa add dir in proto esp spi 0x1003 src 10.1.0.1 dst 10.1.0.2 mode transport alg aes-gcm $good_key"
}

# Of two errors the first is told, whoever finds it; two lines of one batch, and the same with --dry-run.
two_errors() {
	bad_spi="sa add dir in proto esp spi 77 src 10.1.0.1 dst 10.1.0.2 mode transport alg aes-gcm $good_key"
	sed -e "400s|.*|$bad_spi|" -e '401s|.*|bogus|' "$T/thousand" > "$T/file"
	told :400: load "$T/file" && told :400: -n load "$T/file" || return
	sed -e '400s|.*|bogus|' -e "401s|.*|$bad_spi|" "$T/thousand" > "$T/file"
	told :400: load "$T/file"
}
# told WORDS OPTION…: sextant says them as it refuses, and nothing has changed.
told() {
	t_words=$1
	shift
	! sextant -N a "$@" > "$T/out" 2>&1 || { fail 'it was accepted'; return; }
	case $(cat "$T/out") in *"$t_words"*) ;; *) fail "'$t_words' is not told: $(cat "$T/out")"; return ;; esac
	state > "$T/after"
	cmp "$T/before" "$T/after" || fail 'something has changed'
}

dry() {
	state > "$T/before"
	sextant -N a -n load "$T/thousand" || return
	state > "$T/after"
	cmp "$T/before" "$T/after" || fail "a dry run has changed something"
}

whole() {
	sextant -N a load "$T/thousand" || return
	same SAs 499 "$(stat a sas)" && same policies 499 "$(stat a policies)"
}

# SPIs are their receivers' choice: many have chosen the same, and their addresses begin or end alike.
one_spi() {
	clear_all a || return
	{
		sa_line out 0x7001 10.1.0.1 10.9.0.N transport aes-gcm-128
		sa_line out 0x7001 fd00:1::1 fd00:N::1 transport aes-gcm-128
	} | awk '{ for (i = 1; i <= 60; i++) { line = $0; sub(/N/, i, line); print line } }' | load a || { fail "they don't load"; return; }
	same SAs 120 "$(stat a sas)" && clear_all a
}

# A window of 0 only by name.
window_off() {
	refuses sextant -N a load - <<-END || return
		$sa alg aes-gcm $good_key window 0
	END
	load a <<-END
		$sa alg aes-gcm $good_key window off
	END
}

# key_mode MODE: a key file with this mode is refused, and why is said.
key_file() {
	hex 20 3 > "$T/key"
	chmod 600 "$T/key"
	state > "$T/before"
	for mode in 640 604 660 606 620 602 644 666 777; do
		chmod "$mode" "$T/key"
		# shellcheck disable=SC2086 # words
		if sextant -N a $sa alg aes-gcm key-file "$T/key" > "$T/out" 2>&1; then
			fail "a key file of mode $mode was accepted"
			return
		fi
		grep -q "$T/key" "$T/out" || { fail "the file is not named: $(cat "$T/out")"; return; }
		hex 20 4 > "$T/file"
		printf '%s\n' "$sa alg aes-gcm $good_key" > "$T/file"
		chmod "$mode" "$T/file"
		if sextant -N a load "$T/file" > "$T/out" 2>&1; then
			fail "a file with keys of mode $mode was accepted"
			return
		fi
	done
	state > "$T/after"
	cmp "$T/before" "$T/after" || { fail "something has changed"; return; }
	chmod 600 "$T/key"
	# shellcheck disable=SC2086 # words
	sextant -N a $sa spi 0x9998 alg aes-gcm key-file "$T/key" > "$T/out" 2>&1 && { fail "spi twice was accepted"; return; }
	# shellcheck disable=SC2086 # words
	sextant -N a ${sa%src*} src 10.1.0.3 dst 10.1.0.4 mode transport alg aes-gcm key-file "$T/key"
}

# Neither the file that was refused nor what was said shows a key.
no_key_said() {
	sed "700s|.*|$sa alg aes-gcm $good_key window 0|" "$T/thousand" > "$T/again"
	refuses sextant -N a load "$T/again" > "$T/out" 2>&1 || return
	! grep -q "$(hex 20 9 | cut -c1-12)" "$T/out" || fail "a key was said"
}

must net_two
load a <<-END || exit
	$(sa_line in 0x1003 10.1.0.1 10.1.0.9 transport aes-gcm-128)
	$(sa_line out 0x1004 10.1.0.1 10.1.0.9 transport aes-cbc-128-hmac-sha256)
	policy add dir out prio 10 dst 10.99.0.0/16 action discard
END
thousand > "$T/thousand"
state > "$T/before"
check file-error-at-every-line everywhere
check file-error-of-every-kind words_wrong
check file-error-known-at-the-end known_at_the_end
check file-with-two-errors two_errors
check file-dry-run dry
check file-key-mode key_file
check file-window-off window_off
check file-error-shows-no-key no_key_said
check file-whole whole
check file-one-spi-for-many one_spi
t_end
