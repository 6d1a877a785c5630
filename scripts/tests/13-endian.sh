#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain; limit 150; host
#
# Two guests on one wire, both with this suite, one x86-64 and one sparc64: what one byte order sends the other reads. The
# list is in peer/interop.sh.
set -euo pipefail
# shellcheck source=peer/guests.sh
. "$(dirname "$0")/peer/guests.sh"
stack=$(ipsec_over "${3-}")
two_guests "x86_64 $2 $stack" "sparc64 $2 $stack"
