#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain; limit 150; host
#
# Two guests on one wire, this suite in one, of either architecture, and the kernel's own XFRM, on x86-64, in the other: all
# modes, families and algorithms, with and without extended sequence numbers, by ping and TCP. The list is in
# peer/interop.sh. NRL 1, with another implementation.
set -euo pipefail
# shellcheck source=peer/guests.sh
. "$(dirname "$0")/peer/guests.sh"
two_guests "$1 $2 $(ipsec_over "${3-}")" "x86_64 $2 xfrm"
