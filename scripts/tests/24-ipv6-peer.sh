#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain sparc64-plain; limit 150; host
#
# Two guests on one wire, our own IPv6 in one and the kernel's, on x86-64, in the other: each finds, answers, fragments
# for, redirects and refuses the other as it does its like. What they do is in peer/ipv6.sh. On sparc64 our side neither
# advertises prefixes nor asks for groups, as its user land has neither radvd nor Python: it hears and answers them.
set -euo pipefail
# shellcheck source=peer/guests.sh
. "$(dirname "$0")/peer/guests.sh"
two_guests "$1 $2 ipv6-sextant" "x86_64 $2 ipv6-kernel"
