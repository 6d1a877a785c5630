#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# The reasons to drop that no other test counts exactly: headers that lie, fragments that hide or overlap, senders on this
# host, what nobody asked for, the gateway. And that what vouches for a packet does so in its own namespace alone.
exec /usr/bin/python3 "$(dirname "$0")/bad/reasons.py"
