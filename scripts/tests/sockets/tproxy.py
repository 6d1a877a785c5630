#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A proxy of UDP on the router a that nobody knows of, between the client c and
the server b: the hosts of lib.sh's net_three, and 49's rules of nftables. It
gets what is for others (IPV6_TRANSPARENT, IPV6_ORIGDSTADDR), and speaks to each
side with the other's address. Ends with status 1, and says why, if not so."""
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bad"))
# pylint: disable=wrong-import-position
from badlib import WAIT, in_ns, ip_bytes

CLIENT, SERVER, PROXY, PORT = "fd00:10:1::2", "fd00:20::1", "::1", 5000
IP6 = socket.IPPROTO_IPV6
TRANSPARENT, ORIGDSTADDR = 75, 74
faults = []


def sock(ns, address, number=0, transparent=0):
    made = in_ns(ns, lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    made.settimeout(WAIT)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(IP6, TRANSPARENT, transparent)
    made.bind((address, number))
    return made


def expect(what, want, got):
    if want != got:
        faults.append(f"{what}: expected {want!r}, got {got!r}")


def name(made):
    return made.getsockname()[:2]


def taken(what, listener, data, client, server):
    """The proxy has it, and knows from whom and for whom."""
    got, extra, _, sender = listener.recvmsg(10000, 1000)
    want = struct.pack("=H", socket.AF_INET6) + struct.pack(
        ">HI", server[1], 0) + ip_bytes(server[0]) + bytes(4)
    expect(what, (data, client, [(IP6, ORIGDSTADDR, want)]),
           (got, sender[:2], extra))


def from_whom(what, made, data, sender):
    got, whence = made.recvfrom(10000)
    expect(what, (data, sender), (got, whence[:2]))


def main():
    listener = sock("a", PROXY, PORT, 1)
    listener.setsockopt(IP6, ORIGDSTADDR, 1)
    server = sock("b", SERVER)
    clients = [sock("c", CLIENT) for _ in range(2)]
    for client in clients:
        client.connect(name(server))
    # One that is longer than the link comes in fragments.
    for text in (b"first", b"long ".ljust(4000, b".")):
        clients[0].send(text)
        taken("from the client", listener, text, name(clients[0]),
              name(server))
    # On to the server, as if it came from the client; and its answer.
    beyond = sock("a", *name(clients[0]), 1)
    for text in (b"asked", b"long ".ljust(4000, b"?")):
        beyond.sendto(text, name(server))
        from_whom("to the server", server, text, name(clients[0]))
        server.sendto(text[::-1], name(clients[0]))
        from_whom("from the server", beyond, text[::-1], name(server))
    # Back, as if it came from the server. From now on its socket hears them.
    back = sock("a", *name(server), 1)
    back.connect(name(clients[0]))
    for text in (b"answer", b"long ".ljust(4000, b"!")):
        back.send(text)
        from_whom("to the client", clients[0], text, name(server))
        clients[0].send(text[::-1])
        from_whom("once more", back, text[::-1], name(clients[0]))
    clients[1].send(b"another")
    taken("from another client", listener, b"another", name(clients[1]),
          name(server))
    # A proxy that does not say so gets nothing of others.
    listener.close()
    listener = sock("a", PROXY, PORT)
    clients[1].send(b"straight")
    from_whom("without a proxy", server, b"straight", name(clients[1]))
    clients[0].send(b"still")
    from_whom("still by the proxy", back, b"still", name(clients[0]))


try:
    main()
except OSError as err:
    faults.append(repr(err))
sys.exit("\n".join(faults) or 0)
