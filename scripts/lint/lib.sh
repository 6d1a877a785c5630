# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Common to scripts/lint, to be sourced: which files are the project's. Checks nothing.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# own_files FIND-EXPRESSION…: what is in the checkout and not made by a build, relative to it, one a line.
own_files() {
	(cd "$sxt_top" && find . -name .git -prune -o -path ./build -prune -o -type f ! -name '*.mod.c' "$@" -printf '%P\n') |
		LC_ALL=C sort
}

c_files() { own_files \( -name '*.c' -o -name '*.h' \); }

# hand_written: those of the files on standard input that no generator wrote.
hand_written() { (cd "$sxt_top" && xargs grep -L '^/\*.*Do not edit directly'); }

# Everything with the first line of a shell script, and what is sourced.
shell_files() {
	local f first
	while read -r f; do
		read -r first < "$sxt_top/$f" || true
		case $first in
		'#!'*sh|'# shellcheck shell='*) echo "$f" ;;
		esac
	done < <(own_files ! -name '*.c' ! -name '*.h' ! -name '*.ko' ! -name '*.o' -size -200k) 2> /dev/null
}

# kernel_source: the kernel source named by SXT_KERNEL_SOURCE, or found.
kernel_source() { echo "${SXT_KERNEL_SOURCE:-$("$sxt_top/scripts/lint/kernel-source")}"; }
