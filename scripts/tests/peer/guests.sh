# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests that run on the host with two guests on one wire; to be sourced.

# ipsec_over IPV6: the stack that is this suite's IPsec over the kernel's own IPv6 or, if that is sextant, over the suite's.
ipsec_over() { [ "${1:-kernel}" = sextant ] && echo suite || echo sextant; }

# stack_options STACK: the options of scripts/guest for it, one a line, and the script of peer/ that speaks it last.
stack_options() {
	case $1 in
	xfrm) printf '%s\n' --no-modules interop.sh ;;
	suite) printf '%s\n' --ipv6 sextant interop.sh ;;
	ipv6-*) printf '%s\n' --ipv6 "${1#ipv6-}" --no-modules ipv6.sh ;;
	*) echo interop.sh ;;
	esac
}

# two_guests "ARCH FLAVOR STACK" "ARCH FLAVOR STACK": the first is side 1 of peer/interop.sh or, where the stacks are
# ipv6-sextant or ipv6-kernel, of peer/ipv6.sh, and prints the results; what the second says is shown if something failed.
# Exits with the status of the first, or of the second if that alone failed.
two_guests() {
	local top port log pid script status=0 peer_status=0
	local -a one two load_one load_two
	read -r -a one <<< "$1"
	read -r -a two <<< "$2"
	top=$(cd "$(dirname "$0")/../.." && pwd -P)
	log=$(mktemp)
	port=$((20000 + $$ % 20000))
	mapfile -t load_one < <(stack_options "${one[2]}")
	mapfile -t load_two < <(stack_options "${two[2]}")
	script=${load_one[-1]}
	unset 'load_one[-1]' 'load_two[-1]'
	# Built before either waits for the other.
	"$top/scripts/build-modules" "${one[0]}" "${one[1]}" > /dev/null
	case ${two[2]} in
	xfrm|ipv6-kernel) ;;
	*) "$top/scripts/build-modules" "${two[0]}" "${two[1]}" > /dev/null ;;
	esac
	# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
	"$top/scripts/guest" --arch "${two[0]}" --flavor "${two[1]}" "${load_two[@]}" --timeout 400 --nic "listen=$port" -- \
		env "SXT_LONG=${SXT_LONG:-0}" sh -c 'sh "$SXT_TOP/scripts/tests/peer/$0" "$@"' "$script" 2 "${two[2]}" "${one[0]} ${one[2]}" > "$log" 2>&1 &
	pid=$!
	# shellcheck disable=SC2016
	"$top/scripts/guest" --arch "${one[0]}" --flavor "${one[1]}" "${load_one[@]}" --timeout 400 --nic "connect=$port" -- \
		env "SXT_LONG=${SXT_LONG:-0}" sh -c 'sh "$SXT_TOP/scripts/tests/peer/$0" "$@"' "$script" 1 "${one[2]}" "${two[0]} ${two[2]}" || status=$?
	[ "$status" -eq 0 ] || sed 's/^/# side 2: /' "$log"
	wait "$pid" || peer_status=$?
	[ "$peer_status" -eq 0 ] || sed 's/^/# side 2: /' "$log"
	rm -f "$log"
	[ "$status" -ne 0 ] || status=$peer_status
	exit "$status"
}
