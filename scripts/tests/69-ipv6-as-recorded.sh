#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain-long; limit 120; ipv6 kernel
#
# What other files hold our own IPv6 against is what ipv6.ko says: the answers to ip(8) that are recorded, and those of
# rtnetlink that are written down.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")

# recorded PART NAME
recorded() { sh "$here/peer/iproute.sh" "$1" | /usr/bin/python3 "$here/peer/iproute.py" "$2"; }

check ip-of-ipv6.ko recorded main iproute
check ip-of-a-vrf-of-ipv6.ko recorded vrf iproute-vrf
check rtnetlink-of-ipv6.ko /usr/bin/python3 "$here/bad/rtnetlink.py"
t_end
