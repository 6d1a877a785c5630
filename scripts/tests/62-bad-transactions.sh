#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60
#
# Transactions that are aborted, left alone, refused or overtaken change nothing; one that is whole changes all at
# once.
exec /usr/bin/python3 "$(dirname "$0")/bad/transactions.py"
