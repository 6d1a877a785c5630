#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 60; ipv6 sextant
#
# BPF programs of a cgroup change and refuse what sockets of our own IPv6 do: bind, connect, sendmsg, recvmsg, the names that
# are told, new sockets, packets, also of IPv4-mapped addresses; programs of a namespace, of an interface and of sockets that share
# a port hide sockets and choose them; programs bind sockets, turn their options, look for them, ask for sources.
object=$(mktemp) || exit
trap 'rm -f "$object"' EXIT
clang -O2 -target bpf -I/usr/include/x86_64-linux-gnu -c "$(dirname "$0")/bpf/cgroup.c" -o "$object" || exit
/usr/bin/python3 "$(dirname "$0")/sockets/cgroup.py" "$object"
