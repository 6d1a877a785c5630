# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests that run on the host and ask our own IPv6 and the kernel's the same, each in a guest of its own; to be sourced.
#
# A script of peer/ asks. For each thing that it asks it prints a line "$ QUESTION", and behind that the answer. What only
# one of the two answers is listed in an .expected file, with a reason:
#
#	== QUESTION [(NUMBER)]		what is asked several times has the number of the time behind it
#	# why they differ
#	< a line that only the kernel's IPv6 answers
#	> a line that only our own answers

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# transcript STACK SCRIPT SECONDS: one file for each question; its first line is the question. The log is kept in $SXT_KEEP.
transcript() {
	mkdir "$work/$1"
	# shellcheck disable=SC2016,SC2154 # the guest's SXT_TOP, not this one; arch and flavor are the test's
	"${here%/tests/peer}/guest" --arch "$arch" --flavor "$flavor" --ipv6 "$1" --no-modules --timeout "$3" -- \
		sh -c 'sh "$SXT_TOP/scripts/tests/peer/$0"' "$2" > "$work/$1.log" ||
		{ tail -n 20 "$work/$1.log" | sed 's/^/# /'; return 1; }
	[ ! -d "${SXT_KEEP-}" ] || cp "$work/$1.log" "$SXT_KEEP"
	awk -v dir="$work/$1" '/^\$ / { file = sprintf("%s/%04d", dir, ++n) } file { print > file }' "$work/$1.log"
}

# differs NUMBER: the lines that only one of the two printed.
differs() { diff "$work/kernel/$1" "$work/sextant/$1" | grep '^[<>]' || true; }

# expected LIST QUESTION: what is said of it; a reason is no difference.
expected() { awk -v name="== $2" '/^==/ { mine = $0 == name; next } mine && /^[<>]/' "$1"; }

# compare LIST: a result for each question, one for the list, and the plan.
compare() {
	local file number question name found unexplained stale count=0
	local -A times=()
	for file in "$work"/kernel/*; do
		number=${file##*/}
		question=$(sed -n '1s/^\$ //p' "$file")
		count=$((count + 1)) times[$question]=$((${times[$question]-0} + 1))
		name=$question
		[ "${times[$question]}" = 1 ] || name="$question (${times[$question]})"
		if [ "$(head -n 1 "$work/sextant/$number" 2>&1)" != "\$ $question" ]; then
			echo "not ok $number $question: it was not asked"
		elif found=$(differs "$number"); [ "$found" = "$(expected "$1" "$name")" ]; then
			echo "ok $number $question"
		else
			echo "not ok $number $question: they differ"
			printf '# == %s\n' "$name"
			printf '%s\n' "$found" | awk '{ print "# " $0 }'
		fi
	done
	# Nothing is excused that isn't there any more, or without a reason.
	count=$((count + 1))
	unexplained=$(awk '/^==/ { if (name && !why) print name; name = $0; why = 0 } /^#/ { why = 1 }
		END { if (name && !why) print name }' "$1")
	stale=$(sed -n -E '/^== /{ s///; s/ \([0-9]+\)$//; p }' "$1" | while read -r question; do
		grep -aqxF "\$ $question" "$work/kernel.log" || echo "$question"
	done)
	if [ -z "$unexplained$stale" ] && [ "$(ls "$work/kernel")" = "$(ls "$work/sextant")" ]; then
		echo "ok list-of-differences"
	else
		echo "not ok list-of-differences: $unexplained $stale"
	fi
	echo "1..$count"
}
