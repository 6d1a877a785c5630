#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What options of AF_INET6 sockets do, seen on the wire and by who receives;
and all that data.py, way.py and where.py have, on the same two hosts. What
they answer to setsockopt() and getsockopt() is compared elsewhere (31)."""
import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
# pylint: disable=wrong-import-position
import data
import way
import where
from data import (A, A2, ADD_MEMBERSHIP_SOURCE, B, BLOCK_SOURCE, DEST,
                  FRAGMENT, GROUP, HOP, ICMP, IP6, LEAVE_SOURCE, MTU_DISCOVER,
                  OURS, RECVERR, RECVFRAGSIZE, ROUTING, Listeners, by_name,
                  differs, group_source, info, mreq, number, pktinfo, port,
                  received, refused, run, sock, storage, talk, too_big)
from knob import Knob
from knobs import MTU, learned, mtu
from proc import lines
from where import Told, Watch, told
from badlib import LIBC, ip_all, ip_bytes, sh, wait_for
from packets import checksum, ipv6, udp

UNBLOCK_SOURCE, MSFILTER, EXCLUDE, INCLUDE = 44, 48, 0, 1
PKTOPTIONS, HDRINCL = 6, 36
DONT, WANT, DO, PROBE, INTERFACE, OMIT = range(6)
PREFERENCES, TEMPORARY, PUBLIC, EITHER = 72, 1, 2, 0x100
TRANSPARENT, UNICAST_IF, FREEBIND = 75, 76, 78
SIOCSIFADDR, SIOCDIFADDR = 0x8916, 0x8936
UDPLITE, SEND_COVERAGE, RECV_COVERAGE = 136, 10, 11
BEYOND = "fd77::1"                      # of secb, by either wire


def beyond(verb):
    """BEYOND is secb's; by the wire v, and if told so by w."""
    ip_all("secb", f"addr {verb} {BEYOND} dev lo nodad")
    ip_all("seca", *(f"route {verb} {BEYOND} via {via} metric {metric}"
                     for via, metric in ((B, 100), ("fd19::2", 200))))


def sent_from(made, there, dest=None, extra=()):
    """The source of a datagram, as the receiver sees it."""
    made.sendmsg([b"x"], extra, 0, (dest or B, port(there)))
    return there.recvfrom(10)[1][0]


# --- filters of groups --------------------------------------------------------


def group_filter(net, mode, sources, said=None):
    """struct group_filter; said: the number that it names, if a lie"""
    return struct.pack("=I4x", net.index["vb"]) + storage(GROUP) + struct.pack(
        "=II", mode, len(sources) if said is None else said) + b"".join(
            map(storage, sources))


def filter_of(net, made, room=9):
    """Mode, number of sources, and those for which there is room."""
    value = group_filter(net, 0, ["::"] * room)
    there = ctypes.create_string_buffer(value, len(value))
    size = ctypes.c_uint(len(value))
    if LIBC.getsockopt(made.fileno(), IP6, MSFILTER, there,
                       ctypes.byref(size)):
        raise OSError(ctypes.get_errno(), "getsockopt")
    mode, count = struct.unpack_from("=II", there.raw, 136)
    return mode, count, sorted(
        socket.inet_ntop(socket.AF_INET6, there.raw[at + 8:at + 24])
        for at in range(144, size.value, 128))


def group_filter_whole(net):
    """MCAST_MSFILTER (RFC 3678 4.2): what is set holds, and can be read."""
    listeners = Listeners(net)
    made = listeners.more()

    def put(*args):
        made.setsockopt(IP6, MSFILTER, group_filter(net, *args))
    faults = refused("before it joins", errno.EINVAL,
                     lambda: put(INCLUDE, [A]))
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    faults += differs("by the join", (EXCLUDE, 0, []), filter_of(net, made))
    for mode, sources, want in (
            (INCLUDE, [A2], [b"two"]), (INCLUDE, [A, A2], [b"one", b"two"]),
            (EXCLUDE, [A2], [b"one"]), (EXCLUDE, [A2, A], []),
            (EXCLUDE, [], [b"one", b"two"]), (INCLUDE, [A], [b"one"])):
        put(mode, sources)
        what = f"{('EXCLUDE', 'INCLUDE')[mode]} {sources}"
        faults += differs(what, (mode, len(sources), sorted(sources)),
                          filter_of(net, made))
        talk(net, listeners, [(A, b"one"), (A2, b"two")])
        faults += differs(f"{what}: heard", [want], listeners.heard([made]))
    faults += refused("more than there are", errno.EINVAL,
                      lambda: put(INCLUDE, [A], 2))
    faults += refused("more than mld_max_msf", errno.ENOBUFS, lambda: put(
        EXCLUDE, [f"fd09::{n:x}" for n in range(1, 66)]))
    faults += refused("another mode", errno.EINVAL, lambda: put(2, [A]))
    faults += differs("after that", (INCLUDE, 1, [A]), filter_of(net, made))
    put(INCLUDE, [A, A2])
    faults += differs("room for one", (INCLUDE, 2, 1), (
        lambda m, n, s: (m, n, len(s)))(*filter_of(net, made, 1)))
    put(INCLUDE, [])
    return faults + refused("no source, so left", errno.EADDRNOTAVAIL,
                            lambda: filter_of(net, made))


def unblock_source(net):
    listeners = Listeners(net)
    made = listeners.more()
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    faults = []
    for option, want in ((BLOCK_SOURCE, [b"one"]),
                         (UNBLOCK_SOURCE, [b"one", b"two"])):
        made.setsockopt(IP6, option, group_source(net, "vb", A2))
        talk(net, listeners, [(A, b"one"), (A2, b"two")])
        faults += differs(f"option {option}", [want], listeners.heard([made]))
    faults += refused("twice", errno.EADDRNOTAVAIL, lambda: made.setsockopt(
        IP6, UNBLOCK_SOURCE, group_source(net, "vb", A2)))
    made.setsockopt(IP6, MSFILTER, group_filter(net, INCLUDE, [A2]))
    return faults + refused("what is included", errno.EINVAL,
                            lambda: made.setsockopt(
                                IP6, UNBLOCK_SOURCE,
                                group_source(net, "vb", A2)))


def single_sources_then(net):
    """Who has joined a group goes on to single sources of it; RFC 3678 4.1.3
    wants EINVAL. A source that is none of the list can't go."""
    listeners = Listeners(net)
    made = listeners.more()
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    faults = refused("leaves none", errno.EADDRNOTAVAIL, lambda:
                     made.setsockopt(IP6, LEAVE_SOURCE,
                                     group_source(net, "vb", A2)))
    # With ipv6.ko it hears nobody from then on.
    if OURS:
        faults += differs("still", (EXCLUDE, 0, []), filter_of(net, made))
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A2))
    faults += differs("one source", (INCLUDE, 1, [A2]), filter_of(net, made))
    talk(net, listeners, [(A, b"one"), (A2, b"two")])
    faults += differs("heard", [[b"two"]], listeners.heard([made]))
    faults += refused("blocked", errno.EINVAL, lambda: made.setsockopt(
        IP6, BLOCK_SOURCE, group_source(net, "vb", A)))
    made.setsockopt(IP6, MSFILTER, group_filter(net, EXCLUDE, [A]))
    faults += refused("behind one that is blocked", errno.EINVAL, lambda:
                      made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE,
                                      group_source(net, "vb", A2)))
    return faults


# --- sources, interfaces ------------------------------------------------------


def address_preferences(_):
    """RFC 5014, before what use_tempaddr says."""
    there = sock("secb", bind=(B, 0))
    with Knob("seca", "conf/va/use_tempaddr", 1, 0):
        sh("ip", "-n", "seca", "addr", "add", "fd29::1/64", "dev", "va",
           "nodad", "mngtmpaddr")

        def made():
            words = sh("ip", "-n", "seca", "addr", "show", "dev", "va",
                       "temporary").stdout.split()
            return "inet6" in words and \
                words[words.index("inet6") + 1].split("/")[0]
        temporary = wait_for("temporary address", made)
    faults = [] if temporary else ["no temporary address"]
    for usual, wish, want in (
            (1, None, False), (1, TEMPORARY, True), (1, PUBLIC, False),
            (1, EITHER, False), (2, None, True), (2, TEMPORARY, True),
            (2, PUBLIC, False), (2, EITHER, True)):
        with Knob("seca", "conf/va/use_tempaddr", usual, 0):
            peer = sock("seca")
            if wish:
                peer.setsockopt(IP6, PREFERENCES, wish)
            faults += differs(f"use_tempaddr {usual}, wish {wish}", want,
                              sent_from(peer, there) == temporary)
            faults += differs("wish", wish or EITHER, 0x103 & peer.getsockopt(
                IP6, PREFERENCES))
            peer.connect((B, port(there)))
            faults += differs("connected", want,
                              peer.getsockname()[0] == temporary)
    faults += refused("both", errno.EINVAL, lambda: peer.setsockopt(
        IP6, PREFERENCES, TEMPORARY | PUBLIC))
    sh("ip", "-n", "seca", "addr", "flush", "dev", "va", "to", "fd29::/64")
    return faults


def unicast_interface(net):
    """IPV6_UNICAST_IF: other than all else that names an interface it is of the
    socket's own packets to hosts; and the last to be asked."""
    beyond("add")
    there = sock("secb", bind=(BEYOND, 0), RECVPKTINFO=1)
    peer = sock("seca")
    faults = []

    def came_by(what, dev):
        _, extra, _ = received(there)
        return differs(what, [(socket.IPV6_PKTINFO,
                               pktinfo(net, BEYOND, dev))], extra)

    def ask(dev):
        peer.setsockopt(IP6, UNICAST_IF, struct.pack(
            ">I", net.index[dev] if dev else 0))
    for dev, wire in ((None, "vb"), ("wa", "wb"), (None, "vb"), ("wa", "wb")):
        ask(dev)
        peer.sendto(b"x", (BEYOND, port(there)))
        faults += came_by(f"by {dev}", wire)
        faults += differs("option", net.index[dev] if dev else 0, struct.unpack(
            ">I", peer.getsockopt(IP6, UNICAST_IF, 4))[0])
    peer.sendmsg([b"x"], [(IP6, socket.IPV6_PKTINFO, info(net, dev="va"))], 0,
                 (BEYOND, port(there)))
    faults += came_by("by ancillary data", "vb")
    peer.setsockopt(IP6, socket.IPV6_MULTICAST_IF, net.index["va"])
    peer.connect((BEYOND, port(there)))
    faults += differs("source", "fd19::1", peer.getsockname()[0])
    peer.send(b"x")
    faults += came_by("connected", "wb")
    faults += refused("none of this number", errno.EADDRNOTAVAIL,
                      lambda: peer.setsockopt(IP6, UNICAST_IF, struct.pack(
                          ">I", 9999)))
    beyond("del")
    return faults


def foreign_addresses(net):
    """IPV6_TRANSPARENT, IPV6_FREEBIND: an address that is not there, for the
    socket and for one datagram, and what comes to it."""
    there = sock("secb", bind=(B, 0))
    own, other = "fd88::5", "fd88::6"
    sh("ip", "-n", "secb", "-6", "route", "add", "fd88::/64", "via", A)
    sh("ip", "-n", "seca", "-6", "route", "add", "local", "fd88::/64", "dev",
       "lo")
    faults = refused("without", errno.EADDRNOTAVAIL,
                     lambda: sock("seca", bind=(own, 0)))
    extra = [(IP6, socket.IPV6_PKTINFO, info(net, other))]
    faults += refused("ancillary data without", errno.EINVAL,
                      lambda: sent_from(sock("seca"), there, extra=extra))
    for option in (TRANSPARENT, FREEBIND):
        peer, one = sock("seca"), sock("seca")
        for each in (peer, one):
            each.setsockopt(IP6, option, 1)
        peer.bind((own, 0))
        faults += differs(f"{option}: from", own, sent_from(peer, there))
        there.sendto(b"back", (own, port(peer)))
        faults += differs("came back", b"back", peer.recv(10))
        faults += differs(f"{option}: by ancillary data", other,
                          sent_from(one, there, extra=extra))
    unprivileged = sock("seca")
    os.seteuid(65534)
    try:
        unprivileged.setsockopt(IP6, FREEBIND, 1)
        faults += refused("unprivileged", errno.EPERM, lambda:
                          unprivileged.setsockopt(IP6, TRANSPARENT, 1))
    finally:
        os.seteuid(0)
    sh("ip", "-n", "secb", "-6", "route", "del", "fd88::/64")
    sh("ip", "-n", "seca", "-6", "route", "del", "local", "fd88::/64")
    return faults


def sticky_source(net):
    """IPV6_PKTINFO for all packets of a socket (RFC 3542 6.2, 6.7)."""
    there = sock("secb", bind=(B, 0))
    peer = sock("seca")
    usual = sent_from(peer, there)
    mine = A2 if usual == A else A
    peer.setsockopt(IP6, socket.IPV6_PKTINFO, info(net, mine))
    faults = differs("sticky", mine, sent_from(peer, there))
    faults += differs("value", info(net, mine), peer.getsockopt(
        IP6, socket.IPV6_PKTINFO, 20))
    faults += differs("that of a datagram", usual, sent_from(
        peer, there, extra=[(IP6, socket.IPV6_PKTINFO, info(net, usual))]))
    bound = sock("seca", bind=(usual, 0))
    bound.setsockopt(IP6, socket.IPV6_PKTINFO, info(net, mine))
    faults += differs("bound", usual, sent_from(bound, there))
    connected = sock("seca")
    connected.setsockopt(IP6, socket.IPV6_PKTINFO, info(net, mine))
    connected.connect((B, port(there)))
    faults += differs("connected", mine, connected.getsockname()[0])
    faults += refused("of nobody", errno.EINVAL, lambda: peer.setsockopt(
        IP6, socket.IPV6_PKTINFO, info(net, "fd09::77")))
    peer.setsockopt(IP6, socket.IPV6_PKTINFO, b"")
    faults += differs("no longer", usual, sent_from(peer, there))
    # The interface, before IPV6_UNICAST_IF is asked.
    beyond("add")
    peer.setsockopt(IP6, UNICAST_IF, struct.pack(">I", net.index["va"]))
    peer.setsockopt(IP6, socket.IPV6_PKTINFO, info(net, dev="wa"))
    far = sock("secb", bind=(BEYOND, 0), RECVPKTINFO=1)
    peer.sendto(b"x", (BEYOND, port(far)))
    faults += differs("by", [(socket.IPV6_PKTINFO, pktinfo(
        net, BEYOND, "wb"))], received(far)[1])
    beyond("del")
    return faults


def source_of_parts(net):
    """The first part says where a datagram is from, and its checksum is of
    that: it is answered there."""
    usual = sent_from(sock("seca"), sock("secb", bind=(B, 0)))
    mine = A2 if usual == A else A
    made = sock("seca", socket.SOCK_RAW, ICMP, RECVPKTINFO=1)
    made.sendmsg([struct.pack(">BBHHH", 128, 0, 0, 7, 9)], [
        (IP6, socket.IPV6_PKTINFO, info(net, mine))], socket.MSG_MORE, (B, 0))
    made.sendto(b"in parts", (B, 0))
    while True:
        got, extra, _ = received(made)
        if got[0] == 129:
            return differs("reply", (struct.pack(">HH", 7, 9) + b"in parts", [
                (socket.IPV6_PKTINFO, pktinfo(net, mine, "va"))]), (
                    got[4:], extra))


def addresses_by_ioctl(net):
    """As ifconfig of net-tools has them added and deleted. A router's anycast
    address is not the administrator's."""
    made = sock("secb")

    def ask(request, address, length):
        fcntl.ioctl(made, request, ip_bytes(address) + struct.pack(
            "=Ii", length, net.index["vb"]))

    def gone(address, length):
        return refused(f"{address}/{length}", errno.EADDRNOTAVAIL,
                       lambda: ask(SIOCDIFADDR, address, length))
    ask(SIOCSIFADDR, "fd83::1", 64)
    faults = gone("fd83::1", 128)
    faults += differs("added", True, "fd83::1/64" in where.addresses("vb"))
    ask(SIOCDIFADDR, "fd83::1", 64)
    faults += differs("deleted", False, "fd83::1/64" in where.addresses("vb"))
    with Knob("secb", "conf/all/forwarding", 1, 0):
        faults += gone("fd09::", 64) + gone("fd09::", 128)
    return faults


# --- headers ------------------------------------------------------------------


def header(following, letter):
    """An option that is skipped by who does not know it."""
    return bytes([following, 0, 0x1e, 4]) + letter * 4


def mobile(following, address):
    """RFC 6275 6.4: the one routing header that is sent."""
    return struct.pack(">BBBB4x16s", following, 2, 2, 1, ip_bytes(address))


def header_order(net):
    """RFC 8200 4.1, whatever order they were asked for in; those before a
    routing header are not there without one (RFC 3542 9.2)."""
    headers = [(socket.IPV6_DSTOPTS, header(0, b"d")),
               (socket.IPV6_RTHDR, mobile(0, B)),
               (socket.IPV6_RTHDRDSTOPTS, header(0, b"r")),
               (socket.IPV6_HOPOPTS, header(0, b"h"))]
    last = "fd77::77"
    sh("ip", "-n", "seca", "-6", "route", "add", last, "via", B)
    watch = Watch("secb", "vb")
    faults = []

    def on_wire(what, made, dest, extra, *want):
        """The whole packet behind the fixed header."""
        made.sendmsg([what.encode()], extra, 0, (dest, 9))
        packet = watch.packet(lambda p: p.endswith(what.encode()))
        whole = b"".join(want) + udp(A, dest, what.encode(), port(made), 9)
        return differs(what, (HOP, B, whole), (
            packet[6], socket.inet_ntop(socket.AF_INET6, packet[24:40]),
            packet[40:]))
    plain = sock("seca", bind=(A, 0))
    sticky = sock("seca", bind=(A, 0))
    for option, value in headers:
        sticky.setsockopt(IP6, option, value)
    for what, made, extra in (
            ("sticky", sticky, []),
            ("ancillary", plain, [(IP6, t, v) for t, v in headers]),
            ("another order", plain, [(IP6, t, v) for t, v in
                                      headers[2:] + headers[:2]])):
        faults += on_wire(what, made, last, extra, header(DEST, b"h"),
                          header(ROUTING, b"r"), mobile(DEST, last),
                          header(socket.IPPROTO_UDP, b"d"))
    sticky.setsockopt(IP6, socket.IPV6_RTHDR, b"")
    for what, made, extra in (
            ("sticky, no routing", sticky, []),
            ("ancillary, no routing", plain, [
                (IP6, t, v) for t, v in headers if t != socket.IPV6_RTHDR])):
        faults += on_wire(what, made, B, extra, header(DEST, b"h"),
                          header(socket.IPPROTO_UDP, b"d"))
    # What the message says takes the place of all that the socket has.
    faults += on_wire("another", sticky, B, [(
        IP6, socket.IPV6_HOPOPTS, header(0, b"m"))],
        header(socket.IPPROTO_UDP, b"m"))
    # RFC 2292: a list of ancillary data for the socket.
    old = struct.pack("=QII", 24, IP6, data.OLD_HOPOPTS) + header(0, b"o")
    plain.setsockopt(IP6, PKTOPTIONS, old)
    faults += on_wire("RFC 2292", plain, B, [],
                      header(socket.IPPROTO_UDP, b"o"))
    sh("ip", "-n", "seca", "-6", "route", "del", last)
    return faults


def header_included(net):
    """IPV6_HDRINCL: the packet goes as it is, or not at all."""
    del net
    watch = Watch("secb", "vb")
    any_protocol = sock("seca", socket.SOCK_RAW, socket.IPPROTO_RAW)
    faults = differs("of IPPROTO_RAW", 1, any_protocol.getsockopt(
        IP6, HDRINCL))
    one = sock("seca", socket.SOCK_RAW, 253)
    one.setsockopt(IP6, HDRINCL, 1)
    for made, text in ((any_protocol, b"any"), (one, b"one")):
        packet = bytearray(ipv6("fd66::77", B, 253, text, tos=0x2c, hop=7))
        packet[1:4] = bytes([packet[1] | 1, 0x23, 0x45])
        made.sendto(packet, (B, 0))
        faults += differs("packet", bytes(packet), watch.packet(
            lambda p, t=text: p.endswith(t)))
        faults += refused("no header", errno.EINVAL, lambda m=made, p=packet:
                          m.sendto(p[:39], (B, 0)))
        faults += refused("longer than the link", errno.EMSGSIZE,
                          lambda m=made: m.sendto(ipv6(
                              A, B, 253, bytes(1461)), (B, 0)))
        longest = ipv6(A, B, 253, text.ljust(1460, b"."))
        made.sendto(longest, (B, 0))
        faults += differs("as long as the link", longest, watch.packet(
            lambda p: len(p) > 1400))
    any_protocol.setsockopt(IP6, HDRINCL, 0)
    any_protocol.bind((A2, 0))
    any_protocol.sendto(b"payload", (B, 253))
    packet = watch.packet(lambda p: p.endswith(b"payload"))
    return faults + differs("made here", ipv6(A2, B, 253, b"payload")[4:],
                            packet[4:])


def refused_on_the_way(_):
    """What a filter keeps from leaving is counted, whoever made its header."""
    sh("ip", "netns", "exec", "seca", "nft", "-f", "-", stdin="""
        table ip6 t {
            chain c {
                type filter hook output priority 0
                ip6 nexthdr 253 drop
            }
        }""")

    def discards():
        return int(dict(lines("seca", "snmp6"))["Ip6OutDiscards"])
    faults = []
    for protocol, data_of in ((253, b"data"), (
            socket.IPPROTO_RAW, ipv6(A, B, 253, b"data"))):
        made, before = sock("seca", socket.SOCK_RAW, protocol), discards()
        faults += refused(protocol, errno.EPERM,
                          lambda m=made, d=data_of: m.sendto(d, (B, 0)))
        faults += differs(f"{protocol}: counted", 1, discards() - before)
    sh("ip", "netns", "exec", "seca", "nft", "flush", "ruleset")
    return faults


def udplite_coverage(net):
    """RFC 3828: the sum covers what the sender says, the receiver may want
    more."""
    del net
    watch = Watch("secb", "vb")
    there = sock("secb", proto=UDPLITE, bind=(B, 0))
    picky = sock("secb", proto=UDPLITE, bind=(B, 0))
    picky.setsockopt(UDPLITE, RECV_COVERAGE, 12)
    faults = []
    for said, want, covered in (
            (None, 16, 16), (8, 8, 8), (11, 11, 11), (12, 12, 12), (1, 8, 8),
            (99, 16, 16), (0, 0, 16)):
        made = sock("seca", proto=UDPLITE, bind=(A, 0))
        if said is not None:
            made.setsockopt(UDPLITE, SEND_COVERAGE, said)
        made.sendto(b"datagram", (B, port(there)))
        packet = watch.packet(lambda p: p[6] == UDPLITE)
        faults += differs(f"{said}: coverage", want, struct.unpack(
            ">H", packet[44:46])[0])
        faults += differs(f"{said}: sum", 0, checksum(
            packet[8:40] + struct.pack(">II", 16, UDPLITE) +
            packet[40:40 + covered]))
        faults += differs("data", b"datagram", there.recv(100))
        made.sendto(str(said).encode().ljust(8), (B, port(picky)))
        watch.packet(lambda p: p[6] == UDPLITE)
    # Those that came before it would be there, too.
    got = [picky.recv(100).strip() for _ in range(4)]
    return faults + differs("heard by who wants 12", [
        b"None", b"12", b"99", b"0"], got)


def fragments_ecn(net):
    """RFC 3168 5.3: one that met congestion says so for all; those that do not
    fit together are no datagram."""
    there = sock("secb", bind=(B, 0), RECVTCLASS=1)
    faults = []
    for first, second, want in (
            (0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 3, 3), (2, 3, 3), (3, 2, 3),
            (1, 3, 3), (0, 3, None), (3, 0, None), (0, 2, None)):
        what = f"{first} and {second}"
        for text, ecn in ((what, (first, second)), ("the next", (2, 2))):
            whole = udp(A, B, text.encode(), 4000, port(there))
            ident = 0x100 + first * 16 + second * 64 + (text != what)
            for at, more, bits in ((0, 1, ecn[0]), (8, 0, ecn[1])):
                net.send(ipv6(A, B, FRAGMENT, struct.pack(
                    ">BBHI", socket.IPPROTO_UDP, 0, at | more, ident) +
                    whole[at:8 if more else None], tos=0x50 | bits))
        got = []
        while not got or got[-1][0] != b"the next":
            got.append(received(there)[:2])
        faults += differs(what, [] if want is None else [0x50 | want], [
            number(d) for text, extra in got[:-1] for _, d in extra])
    return faults


# --- path MTUs, errors, neighbours --------------------------------------------


def mtu_discover(net):
    """IPV6_MTU_DISCOVER, where the path is known to take 1300 bytes and the
    link 1500: how long a datagram may be, and into what it is cut."""
    there = sock("seca", bind=(A, 0))
    there.setsockopt(IP6, RECVFRAGSIZE, 1)
    believes = learned(net, 1300)
    faults = []
    for how, longest, cut in (
            (DONT, None, 1296), (WANT, None, 1296), (DO, 1252, 0),
            (PROBE, 1452, 0), (INTERFACE, 1452, 0), (OMIT, None, 1496)):
        for connected in (False, True):
            peer = sock("secb", bind=(B, 0))
            peer.setsockopt(IP6, MTU_DISCOVER, how)
            what = f"{how}, {'connected' if connected else 'not'}"
            if connected:
                peer.connect((A, port(there)))
            to = () if connected else ([], 0, (A, port(there)))
            size = longest or 1453
            if longest:
                faults += refused(what, errno.EMSGSIZE, lambda p=peer, t=to, n=(
                    longest + 1): p.sendmsg([bytes(n)], *t))
            peer.sendmsg([bytes(size)], *to)
            got, extra, bad = received(there)
            faults += bad + differs(f"{what}: length", size, len(got))
            faults += differs(f"{what}: cut", [cut] if cut else [],
                              [number(d) for _, d in extra])
    # Two of them do not believe what is said of the path.
    for how in (INTERFACE, OMIT):
        deaf = sock("secb", bind=(B, 0))
        deaf.setsockopt(IP6, MTU_DISCOVER, how)
        deaf.connect((A, 4000))
        net.send(too_big(A, port(deaf), 4000, 1281))
        net.send(too_big(A, port(believes), 4000, 1300 - how))
        wait_for("MTU", lambda n=1300 - how: mtu(believes) <= n)
        faults += differs(f"MTU after {how}", 1300 - how, mtu(believes))
    sh("ip", "-n", "secb", "-6", "route", "flush", "cache")
    return faults


def own_mtu(_):
    """IPV6_MTU: what the socket bears, above 1280 and below the path's."""
    there = sock("secb", bind=(B, 0))
    there.setsockopt(IP6, RECVFRAGSIZE, 1)
    peer = sock("seca")
    faults = refused("1279", errno.EINVAL,
                     lambda: peer.setsockopt(IP6, MTU, 1279))
    for most, *cuts in ((1400, [1400], [1400]), (9000, [1496], []),
                        (1280, [1280], [1280]), (0, [1496], [])):
        peer.setsockopt(IP6, MTU, most)
        for size, cut in zip((1500, 1400), cuts):
            peer.sendto(bytes(size), (B, port(there)))
            faults += differs(f"{most}: {size} cut", cut, [
                number(d) for _, d in received(there)[1]])
    peer.setsockopt(IP6, MTU, 1400)
    peer.setsockopt(IP6, socket.IPV6_DONTFRAG, 1)
    faults += refused("not to be cut", errno.EMSGSIZE, lambda: peer.sendto(
        bytes(1353), (B, port(there))))
    peer.sendto(bytes(1352), (B, port(there)))
    got, extra, _ = received(there)
    return faults + differs("just right", (1352, []), (len(got), extra))


def class_and_hops(_):
    """Traffic class and hop limit: of the socket, of one datagram; -1 is what
    there would be without (RFC 3542 6.3, 6.5)."""
    there = sock("secb", bind=(B, 0), RECVTCLASS=1, RECVHOPLIMIT=1)
    peer = sock("seca")
    faults = []

    def arrive(what, want, **told_of_one):
        peer.sendmsg([b"x"], [(
            IP6, getattr(socket, "IPV6_" + name), struct.pack("=i", value))
            for name, value in told_of_one.items()], 0, (B, port(there)))
        return differs(what, want, tuple(number(d) for _, d in sorted(
            received(there)[1], reverse=True)))
    faults += arrive("usual", (0, 64))
    peer.setsockopt(IP6, socket.IPV6_TCLASS, 0x48)
    peer.setsockopt(IP6, socket.IPV6_UNICAST_HOPS, 33)
    for what, want, one in (
            ("socket", (0x48, 33), {}),
            ("datagram", (0x50, 7), {"TCLASS": 0x50, "HOPLIMIT": 7}),
            ("none of the datagram", (0x48, 33),
             {"TCLASS": -1, "HOPLIMIT": -1}),
            ("zero", (0, 255), {"TCLASS": 0, "HOPLIMIT": 255})):
        faults += arrive(what, want, **one)
    for name, value in (("TCLASS", 256), ("HOPLIMIT", 256), ("TCLASS", -2)):
        faults += refused(f"{name} {value}", errno.EINVAL,
                          lambda n=name, v=value: arrive("", (), **{n: v}))
    peer.setsockopt(IP6, socket.IPV6_TCLASS, -1)
    peer.setsockopt(IP6, socket.IPV6_UNICAST_HOPS, -1)
    return faults + arrive("none of the socket", (0, 64))


def errors_of_raw_and_ping(net):
    """The queue of errors (IPV6_RECVERR): what, by whom, about what."""
    del net
    sh("ip", "-n", "seca", "-6", "route", "add", "fd66::/64", "via", B)
    faults = []
    echo = struct.pack(">BBHHH", 128, 0, 0, 7, 9) + b"data"
    for what, kind, protocol, sent, want in (
            ("raw", socket.SOCK_RAW, 253, b"some data", b"some data"),
            ("ping", socket.SOCK_DGRAM, ICMP, echo, b"data")):
        made = sock("seca", kind, protocol)
        made.setsockopt(IP6, RECVERR, 1)
        with Knob("secb", "conf/all/forwarding", 1, 0):
            made.sendto(sent, ("fd66::9", 0))
            error = told(made)
        if error:
            # A ping socket has the header as well.
            error = error._replace(data=error.data[-len(want):])
        faults += differs(what, Told((
            errno.ENETUNREACH, data.ORIGIN_ICMP6, 1, 0, 0), B, 0, "fd66::9",
            want), error)
        faults += differs(f"{what}: no more", None, told(made, 0))
    sh("ip", "-n", "seca", "-6", "route", "del", "fd66::/64")
    return faults


def confirmed(net):
    """MSG_CONFIRM: the neighbour is alive, says the program; who does not say
    so makes the host ask."""
    del net
    watch = Watch("secb", "vb")
    peer = sock("seca", bind=(A, 0))
    # Nobody has them, so nobody else can confirm one.
    ip_all("seca", "ntable change name ndisc_cache dev va delay_probe 1000",
           *(f"neigh replace fd09::{last} lladdr 02:00:00:00:00:09 dev va "
             "nud stale" for last in (71, 72)))
    peer.sendto(b"x", ("fd09::72", 9))

    def asks():
        peer.sendto(b"x", socket.MSG_CONFIRM, ("fd09::71", 9))
        return watch.now(lambda p: p[6] == ICMP and p[40] == 135 and
                         p[48:64] in map(ip_bytes, ("fd09::71", "fd09::72")))
    # When the other one is asked for, this one's time is over as well.
    packet = wait_for("solicitation", asks)
    faults = differs("asked for", b"\x72", packet and packet[63:64])
    wait_for("the same for the first", asks)
    got = sh("ip", "-n", "seca", "-6", "neigh", "show",
             "fd09::71").stdout.split()[-1]
    faults += differs("confirmed", "REACHABLE", got)
    ip_all("seca", "neigh del fd09::71 dev va", "neigh del fd09::72 dev va",
           "ntable change name ndisc_cache dev va delay_probe 5000")
    return faults


TESTS = by_name(group_filter_whole, unblock_source, single_sources_then,
                address_preferences, unicast_interface, foreign_addresses,
                addresses_by_ioctl, header_included, refused_on_the_way,
                udplite_coverage, fragments_ecn, errors_of_raw_and_ping,
                confirmed)
if OURS:
    # ipv6.ko takes a sticky address for no packet, sends a routing header only
    # if built with Mobile IPv6, believes of paths what deaf sockets hear, lets
    # pass what is longer than IPV6_MTU and no longer than the link, takes the
    # class -1 of a datagram for 255, and sums up by the last part's source.
    TESTS += by_name(sticky_source, header_order, mtu_discover, own_mtu,
                     class_and_hops, source_of_parts)

if __name__ == "__main__":
    run(data.TESTS + TESTS + way.TESTS + where.TESTS)
