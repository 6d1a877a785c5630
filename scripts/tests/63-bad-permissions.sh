#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Without CAP_NET_ADMIN in the owner of the namespace nothing works and nothing is heard; keys never come out.
exec /usr/bin/python3 "$(dirname "$0")/bad/permissions.py"
