#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug; limit 60
#
# IPv6 extension header chains, fragments and clear packets where a policy demands protection; fragments that came different
# ways; neighbour discovery that is not valid.
exec /usr/bin/python3 "$(dirname "$0")/bad/headers.py"
