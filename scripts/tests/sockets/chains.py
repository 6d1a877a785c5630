#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Chains of UDP sockets: `chains.py movers|group`, in the namespaces a, which
sends, and b, which hears. For 22-ipv6-udp.sh."""
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bad"))
# pylint: disable=wrong-import-position
from badlib import LIBC, in_ns, ip_bytes

HERE, GROUP, PORT = "fd00:1::2", "ff02::77", 5005
# Such a port has the same place as PORT in the kernel's tables, which are smaller.
SAME_PLACE = PORT ^ 0x4000
MOVERS, MEMBERS = 8, 40
# So many that the old walk strayed; the debug kernel looks for other faults.
PACKETS = 20000 if os.environ.get("SXT_FLAVOR") == "debug" else 300000


def made_in(name):
    return in_ns(name, lambda: socket.socket(socket.AF_INET6,
                                             socket.SOCK_DGRAM))


def bound(*address):
    made = made_in("b")
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(address)
    return made


def heard(by):
    """How many datagrams wait."""
    count = 0
    try:
        while by.recv(9, socket.MSG_DONTWAIT):
            count += 1
    except BlockingIOError:
        return count


def move(movers):
    """Connects and disconnects them, in a process of its own; gives its number."""
    peer = socket.AF_INET6.to_bytes(2, sys.byteorder) + bytes((0, 9)) + \
        bytes(4) + ip_bytes("fd00:1::1") + bytes(4)
    nobody = bytes(len(peer))
    moves = [(mover.fileno(), to) for to in (peer, nobody) for mover in movers]
    child = os.fork()
    while not child:
        for mover, to in moves:
            LIBC.connect(mover, to, len(to))
    return child


def beside_movers():
    """A socket by port and address hears what is for it, whatever comes to that
    chain and leaves it meanwhile."""
    ours, other = bound(HERE, PORT), bound("::", PORT)
    child = move([bound("::", SAME_PLACE) for _ in range(MOVERS)])
    sender = made_in("a")
    for _ in range(PACKETS):
        sender.sendto(b"x", (HERE, PORT))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    strayed = heard(other)
    return [f"{strayed} packets strayed"] if strayed or not heard(ours) else []


def many_members():
    """Each of many in a group hears it once, those of one address as well."""
    index = in_ns("b", lambda: socket.if_nametoindex("vb"))
    join = ip_bytes(GROUP) + index.to_bytes(4, sys.byteorder)
    members = [bound("::", PORT) if i % 2 else bound(GROUP, PORT, 0, index)
               for i in range(MEMBERS)]
    for member in members:
        member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, join)
    link = in_ns("a", lambda: socket.if_nametoindex("va"))
    made_in("a").sendto(b"x", (GROUP, PORT, 0, link))
    return [f"member {i} heard {count}"
            for i, count in enumerate(map(heard, members)) if count != 1]


def main():
    wrong = {"movers": beside_movers, "group": many_members}[sys.argv[1]]()
    print(*wrong, sep="\n")
    sys.exit(bool(wrong))


main()
