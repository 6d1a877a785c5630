# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# For tests that run on the host with two guests on one wire; to be sourced.

# two_guests "ARCH FLAVOR STACK" "ARCH FLAVOR STACK": the first is side 1 of peer/interop.sh and prints the results; what the
# second says is shown if something failed. Exits with the status of the first, or of the second if that alone failed.
two_guests() {
	local top port log pid status=0 peer_status=0
	local -a one two load=()
	read -r -a one <<< "$1"
	read -r -a two <<< "$2"
	top=$(cd "$(dirname "$0")/../.." && pwd -P)
	log=$(mktemp)
	port=$((20000 + $$ % 20000))
	[ "${two[2]}" != xfrm ] || load=(--no-modules)
	# Built before either waits for the other.
	"$top/scripts/build-modules" "${one[0]}" "${one[1]}" > /dev/null
	[ ${#load[@]} -gt 0 ] || "$top/scripts/build-modules" "${two[0]}" "${two[1]}" > /dev/null
	# shellcheck disable=SC2016 # the guest's SXT_TOP, not this one
	"$top/scripts/guest" --arch "${two[0]}" --flavor "${two[1]}" "${load[@]}" --timeout 400 --nic "listen=$port" -- \
		sh -c 'sh "$SXT_TOP/scripts/tests/peer/interop.sh" "$@"' sh 2 "${two[2]}" > "$log" 2>&1 &
	pid=$!
	# shellcheck disable=SC2016
	"$top/scripts/guest" --arch "${one[0]}" --flavor "${one[1]}" --timeout 400 --nic "connect=$port" -- \
		sh -c 'sh "$SXT_TOP/scripts/tests/peer/interop.sh" "$@"' sh 1 "${one[2]}" "${two[0]} ${two[2]}" || status=$?
	[ "$status" -eq 0 ] || sed 's/^/# side 2: /' "$log"
	wait "$pid" || peer_status=$?
	[ "$peer_status" -eq 0 ] || sed 's/^/# side 2: /' "$log"
	rm -f "$log"
	[ "$status" -ne 0 ] || status=$peer_status
	exit "$status"
}
