#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain-long; limit 150; host
#
# Two guests on one wire, both with this suite, one x86-64 and one sparc64: what one byte order sends the other reads. The
# list is in peer/interop.sh (NRL 1). In a long run sparc64 talks with its like, too.
set -euo pipefail
# shellcheck source=peer/guests.sh
. "$(dirname "$0")/peer/guests.sh"
stack=$(ipsec_over "${3-}")
two_guests "$1 $2 $stack" "sparc64 $2 $stack"
