#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long; limit 400; host
#
# thc-ipv6 judges our own IPv6 and the kernel's, each in a guest of its own: atk6-implementation6 and atk6-firewall6 test by
# test, and what comes back to each case of atk6-fragmentation6 and atk6-exploit6. What they say differs in what
# peer/attackers.expected lists, with a reason for each, and in nothing else.
set -euo pipefail
# shellcheck source=peer/transcripts.sh
. "$(dirname "$0")/peer/transcripts.sh"
# shellcheck disable=SC2034 # transcript's
arch=$1 flavor=$2
# Both at once: most of the time they wait for what does not come.
transcript kernel attackers.sh 900 &
other=$!
status=0
transcript sextant attackers.sh 900 || status=$?
wait "$other"
[ "$status" = 0 ] || exit "$status"
compare "$(dirname "$0")/peer/attackers.expected"
