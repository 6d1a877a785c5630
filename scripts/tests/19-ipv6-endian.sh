#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain; limit 150; host
#
# Two guests on one wire, our own IPv6 in both, one x86-64 and one sparc64: what one byte order sends the other reads,
# of neighbour discovery, fragments, UDP, redirects, router advertisements and multicast listener discovery. The list is
# in peer/ipv6.sh. sparc64 neither advertises prefixes nor asks for groups, as its user land has neither radvd nor
# Python: it hears and answers them.
set -euo pipefail
# shellcheck source=peer/guests.sh
. "$(dirname "$0")/peer/guests.sh"
two_guests "sparc64 $2 ipv6-sextant" "x86_64 $2 ipv6-sextant"
