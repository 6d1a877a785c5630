#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long; limit 90; host
#
# ip(8) asks our own IPv6 and the kernel's the same, each in a guest of its own, and can't tell them apart: the answers differ
# in what peer/iproute.expected lists, with a reason for each, and in nothing else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
top=${here%/scripts/tests}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# transcript STACK: one file for each command; its first line is the command.
transcript() {
	mkdir "$work/$1"
	# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
	"$top/scripts/guest" --arch "$arch" --flavor "$flavor" --ipv6 "$1" --no-modules --timeout 300 -- \
		sh -c 'sh "$SXT_TOP/scripts/tests/peer/iproute.sh"' > "$work/$1.log"
	awk -v dir="$work/$1" '/^\$ / { file = sprintf("%s/%04d", dir, ++n) } file { print > file }' "$work/$1.log"
}

# differs NUMBER: the lines that only one of the two printed.
differs() { diff "$work/kernel/$1" "$work/sextant/$1" | grep '^[<>]' || true; }

# expected COMMAND: what is said of it; a reason is no difference.
expected() { awk -v name="== $1" '/^==/ { mine = $0 == name; next } mine && /^[<>]/' "$here/peer/iproute.expected"; }

arch=$1 flavor=$2
transcript kernel
transcript sextant
[ ! -d "${SXT_KEEP-}" ] || cp "$work"/*.log "$SXT_KEEP"
count=0
declare -A times=()
for file in "$work"/kernel/*; do
	number=${file##*/}
	command=$(sed -n '1s/^\$ //p' "$file")
	count=$((count + 1)) times[$command]=$((${times[$command]-0} + 1))
	name=$command
	[ "${times[$command]}" = 1 ] || name="$command (${times[$command]})"
	if [ "$(head -n 1 "$work/sextant/$number" 2>&1)" != "\$ $command" ]; then
		echo "not ok $number $command: it was not asked"
	elif found=$(differs "$number"); [ "$found" = "$(expected "$name")" ]; then
		echo "ok $number $command"
	else
		echo "not ok $number $command: they differ"
		printf '# == %s\n' "$name"
		printf '%s\n' "$found" | awk '{ print "# " $0 }'
	fi
done
# Nothing is excused that isn't there any more, or without a reason.
count=$((count + 1))
unexplained=$(awk '/^==/ { if (name && !why) print name; name = $0; why = 0 } /^#/ { why = 1 } END { if (name && !why) print name }' \
	"$here/peer/iproute.expected")
stale=$(sed -n 's/^== //p' "$here/peer/iproute.expected" | while read -r command; do
	grep -aqxF "\$ ${command% (*)}" "$work/kernel.log" || echo "$command"
done)
if [ -z "$unexplained$stale" ] && [ "$(ls "$work/kernel")" = "$(ls "$work/sextant")" ]; then
	echo "ok list-of-differences"
else
	echo "not ok list-of-differences: $unexplained $stale"
fi
echo "1..$count"
