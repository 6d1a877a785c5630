# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Common to all scripts, to be sourced: where things are, what is said on stderr, the names of the architectures.
# Starts nothing and writes nothing.
# shellcheck disable=SC2034 # the names set here are used by those who source this

sxt_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export SXT_TOP=$sxt_top

# Everything that is slow to make and belongs to no checkout: kernels, the sparc64 user land, ccache.
sxt_cache=${SEXTANT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sextant}

# The Debian package that holds the kernel source, and the file in it.
sxt_kernel_package=linux-source-6.12
sxt_kernel_tarball=/usr/src/$sxt_kernel_package.tar.xz

# say TEXT...: a progress line.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die TEXT...: the reason, then exit 1.
die() { say "$@"; exit 1; }

# with_progress WHAT LOG COMMAND…: COMMAND, its output in LOG; and every two minutes a line, so that nobody takes what is slow
# for dead. Who prints it waits for the end of a pipe: that comes however this shell ends, and no sleep is left behind.
with_progress() {
	local what=$1 log=$2 alive status=0
	shift 2
	: > "$log"
	exec {alive}> >(progress_lines "$what" "$log" 8>&- 9>&-)
	"$@" > "$log" 2>&1 {alive}>&- || status=$?
	exec {alive}>&-
	return $status
}
# progress_lines WHAT LOG: those lines, until standard input ends. A test has no two minutes.
progress_lines() {
	local start=$SECONDS status
	while status=0; read -r -t "${SXT_PROGRESS:-120}" _ || status=$?; [ $status -gt 128 ]; do
		say "$1: $(((SECONDS - start) / 60)) minutes, $(wc -l < "$2") lines in its log"
	done
}

# usage STATUS: the caller's comment block under the SPDX line, as its help, then exit.
usage() {
	local out=2
	[ "$1" -ne 0 ] || out=1
	sed -n '3,/^[^#]/{/^#/{s/^# \{0,1\}//;p}}' "$0" >&$out
	exit "$1"
}

# check_arch NAME, check_flavor NAME: refuse what does not exist.
check_arch() {
	case $1 in x86_64|sparc64) ;; *) die "no architecture '$1': x86_64 or sparc64" ;; esac
}
check_flavor() {
	case $1 in plain|debug) ;; *) die "no flavor '$1': plain or debug" ;; esac
}

# kernel_make_args ARCH: the words that kbuild needs for it, one a line. A kernel's name has to tell all of them: those here
# follow from the architecture and the compiler, of which the one is in it and the other in its hash (scripts/kernel/build).
# What does not has to go into that hash.
kernel_make_args() {
	case $1 in
	x86_64) printf '%s\n' ARCH=x86_64 ;;
	sparc64) printf '%s\n' ARCH=sparc64 CROSS_COMPILE=sparc64-linux-gnu- ;;
	esac
}

# compiler ARCH: the C compiler for it.
compiler() {
	case $1 in x86_64) echo gcc ;; sparc64) echo sparc64-linux-gnu-gcc ;; esac
}

# use_ccache: for what is compiled against a test kernel; ccache finds a result by the content of all that went into it.
use_ccache() {
	export CCACHE_DIR=$sxt_cache/ccache CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=8G CCACHE_SLOPPINESS=time_macros
	mkdir -p "$CCACHE_DIR"
}

# objects_for DIR KDIR: what was compiled there for another kernel goes. A kernel that was kept, and is gone back to, is older
# than those objects, and make would take them for its own.
objects_for() {
	[ "$(cat "$1/.for" 2>/dev/null)" = "$2" ] || find "$1" \( -name '*.o' -o -name '.*.cmd' \) -delete
	echo "$2" > "$1/.for"
}

# test_modules NAME WORDS FILE…: modules of a test, made of these files for the test kernel $arch $flavor, with WORDS for make;
# sets $out, where they are.
# shellcheck disable=SC2154 # the caller's arch, flavor
test_modules() {
	local name=$1 words=$2 kdir args
	shift 2
	kdir=$("$sxt_top/scripts/kernel/build" "$arch" "$flavor")
	out=$sxt_top/build/$arch-$flavor-$name
	mkdir -p "$out"
	cp "$@" "$out/"
	objects_for "$out" "$kdir"
	mapfile -t args < <(kernel_make_args "$arch")
	# shellcheck disable=SC2086 # words or none
	make -C "$kdir" M="$out" "${args[@]}" $words modules > "$out/log" 2>&1 || { cat "$out/log"; exit 1; }
}

# one_name DIR: gives DIR, where modules are built, the name $mirror until this shell ends. It is the same in all checkouts,
# so that ccache knows in one what it has compiled in another; who has it keeps the others waiting.
one_name() {
	mkdir -p "$sxt_cache/modules"
	mirror=$sxt_cache/modules/$(basename "$(dirname "$1")")
	exec 8> "$mirror.lock"
	flock 8
	ln -sfn "$1" "$mirror"
}

# hash_of: a short name for what is on standard input.
hash_of() { sha256sum | cut -c1-16; }

# build_programs ARCH: the command, and the programs of the tests. Whoever comes meanwhile waits.
build_programs() {
	mkdir -p "$sxt_top/build"
	(
		flock 9
		make -s -C "$sxt_top/tools" ARCH="$1" all
		"$sxt_top/scripts/build-progs" "$1" > /dev/null
	) 9> "$sxt_top/build/programs.lock"
}
