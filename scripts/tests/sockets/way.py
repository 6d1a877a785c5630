# SPDX-License-Identifier: GPL-2.0
"""What a program says of the way of its datagrams beyond where they go: in
fragments of which size (IPV6_USE_MIN_MTU). For effects.py."""
import errno
import socket
import struct

from data import (A, B, FRAGMENT, GROUP, ICMP, IP6, OURS, RECVFRAGSIZE,
                  UDP_SEGMENT, by_name, differs, number, port, received,
                  refused, sock)
from knobs import MTU
from where import Watch
from badlib import ip_bytes

USE_MIN_MTU, MTU_DISCOVER, DO, UDPLITE = 63, 23, 2, 136


# --- the minimum MTU ----------------------------------------------------------


def sizes(watch):
    """The lengths of the packets that a long datagram came in."""
    got = []
    while True:
        packet = watch.packet(lambda p: p[6] == FRAGMENT or len(p) > 1000)
        got.append(len(packet))
        if packet[6] != FRAGMENT or not packet[43] & 1:
            return got


def use_min_mtu(net):
    """IPV6_USE_MIN_MTU (RFC 3542 11.1) of a socket and of one datagram, to a
    host and to a group; without it both are as long as the link takes."""
    watch = Watch("secb", "vb")
    made = sock("seca", MULTICAST_IF=net.index["va"])
    faults = differs("default", 0, made.getsockopt(IP6, USE_MIN_MTU))
    for option in (None, -1, 1, 0):
        if option is not None:
            made.setsockopt(IP6, USE_MIN_MTU, option)
            faults += differs("value", option, number(
                made.getsockopt(IP6, USE_MIN_MTU, 4)))
        for said in (None, -1, 0, 1):
            extra = [] if said is None else [
                (IP6, USE_MIN_MTU, struct.pack("=i", said))]
            for dest in (B, GROUP):
                made.sendmsg([bytes(1400)], extra, 0, (dest, 9))
                value = option or 0 if said is None else said
                cut = value == 1 or value == -1 and dest == GROUP
                faults += differs(
                    f"option {option}, of one {said}, to {dest}",
                    [1280, 224] if cut else [1448], sizes(watch))
    for value in (-2, 2):
        faults += refused(f"option {value}", errno.EINVAL, lambda v=value: (
            made.setsockopt(IP6, USE_MIN_MTU, v)))
        faults += refused(f"of one {value}", errno.EINVAL, lambda v=value: (
            made.sendmsg([b"x"], [(IP6, USE_MIN_MTU, struct.pack("=i", v))],
                         0, (B, 9))))
    return faults


def use_min_mtu_kinds(net):
    """All that has datagrams; what else says how long they may be."""
    watch = Watch("secb", "vb")
    there = sock("secb", bind=(B, 0))
    faults = []

    def made_of(kind=socket.SOCK_DGRAM, proto=0, value=1):
        made = sock("seca", kind, proto)
        made.setsockopt(IP6, USE_MIN_MTU, value)
        return made
    echo = struct.pack(">BBHHH", 128, 0, 0, 7, 9)
    for what, args, text, want in (
            ("UDP-Lite", (socket.SOCK_DGRAM, UDPLITE), b"", [1280, 224]),
            ("raw", (socket.SOCK_RAW, 253), b"", [1280, 216]),
            ("ping", (socket.SOCK_DGRAM, ICMP), echo, [1280, 224])):
        made = made_of(*args)
        made.sendto(text + bytes(1400), (B, 9 if args[1] == UDPLITE else 0))
        faults += differs(what, want, sizes(watch))
    for args, want in (((socket.SOCK_DGRAM, 0), [1280, 224]),
                       ((socket.SOCK_RAW, 253), [1280, 216])):
        made, to = made_of(*args), (B, 0 if args[1] else 9)
        made.sendto(bytes(700), socket.MSG_MORE, to)
        made.sendto(bytes(700), to)
        faults += differs(f"{args} in parts", want, sizes(watch))
    made = made_of()
    made.connect((B, port(there)))
    made.send(bytes(1400))
    faults += differs("connected", ([1280, 224], 1400), (
        sizes(watch), len(there.recv(2000))))
    # Segments are packets of their own: none may be longer.
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1233)
    faults += refused("long segments", errno.EMSGSIZE,
                      lambda: made.send(bytes(2466)))
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1232)
    made.send(bytes(2464))
    faults += differs("segments", [1232, 1232], [
        len(there.recv(3000)) for _ in range(2)])
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    made.setsockopt(IP6, MTU, 1400)
    watch = Watch("secb", "vb")
    made.send(bytes(1400))
    faults += differs("with IPV6_MTU", [1280, 224], sizes(watch))
    for option, value in ((MTU_DISCOVER, DO), (socket.IPV6_DONTFRAG, 1)):
        whole = made_of()
        whole.setsockopt(IP6, option, value)
        faults += refused(f"not to be cut: {option}", errno.EMSGSIZE,
                          lambda w=whole: w.sendto(bytes(1233), (B, 9)))
        whole.sendto(bytes(1232), (B, 9))
        faults += differs(f"as long as may be: {option}", [1280], sizes(watch))
    # RFC 7112 5: the first of them has all headers, those behind a routing
    # header (RFC 6275 6.4) as well.
    made = made_of()
    made.setsockopt(IP6, socket.IPV6_RTHDR, struct.pack(
        ">BBBB4x16s", 0, 2, 2, 1, ip_bytes(B)))
    made.setsockopt(IP6, socket.IPV6_DSTOPTS, bytes([0, 154, 0x1e, 255]) +
                    bytes(255) + (bytes([0x1e, 243]) + bytes(243)) * 4 + b"\0")
    faults += refused("headers", errno.EMSGSIZE,
                      lambda: made.sendto(bytes(150), ("fd77::77", 9)))
    made.setsockopt(IP6, USE_MIN_MTU, 0)
    made.sendto(bytes(150), ("fd77::77", 9))
    faults += differs("headers, as the link", [1462], sizes(watch))
    # To this node itself.
    own = sock("seca", bind=(A, 0))
    own.setsockopt(IP6, RECVFRAGSIZE, 1)
    made_of().sendto(bytes(1400), (A, port(own)))
    return faults + differs("own", [1280], [
        number(d) for _, d in received(own)[1]])


TESTS = []
if OURS:
    # ipv6.ko has no such option.
    TESTS += by_name(use_min_mtu, use_min_mtu_kinds)
