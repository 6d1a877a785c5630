#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-debug; limit 60
#
# The KUnit suites on the debug kernel, in the guest that the other tests have there: booting it takes longer than all of them.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

suites() {
	sh "$SXT_TOP/scripts/kunit-in-guest" > "$T/results" && bash "$SXT_TOP/scripts/kunit" --judge "$T/results"
}

check kunit-suites suites
t_end
