#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Headers that are long, looped, cut or in pieces, and packets in clear
where a policy demands protection: none gets past the policy, each is counted
once. Neighbour discovery that is not valid is no exception."""
import struct

from badlib import finish, ip_bytes
from judgelib import Judge
from packets import icmpv6, ip, ipv4, ipv6, udp
from salib import FORWARD, IN, Sa, add_policy, flush, selector, transform
from wirelib import (A4, A6, B4, B6, BEYOND6, NET_A4, NET_A6, NET_B4, NET_B6,
                     Receiver, Wire)

HOP, UDP, ROUTING, FRAGMENT, ESP, ICMPV6, DEST = 0, 17, 43, 44, 50, 58, 60
ROUTER, SOLICIT, ADVERTISE = 134, 135, 136      # RFC 4861 4.2 to 4.4


def dest(next_header, octets=8):
    """A destination options header of that size, full of padding."""
    pad = b"\x01" + bytes((octets - 4,)) + bytes(octets - 4)
    return bytes((next_header, octets // 8 - 1)) + pad


def fragment(next_header, offset, more, ident):
    return struct.pack(">BBHI", next_header, 0, offset << 3 | more, ident)


def gone_in_clear(judge, receivers):
    """A policy demands ESP: nothing in clear gets in."""
    for src, dst, receiver in ((A4, B4, receivers[0]), (A6, B6, receivers[1])):
        family = 6 if ":" in src else 4
        datagram = udp(src, dst, b"clear")
        judge.drop("datagram", "policy-clear", ip(src, dst, 17, datagram))
        judge.drop("other protocol", "policy-clear",
                   ip(src, dst, 99, bytes(30)))
        judge.drop("TCP", "policy-clear", ip(src, dst, 6, struct.pack(
            ">HHIIBBHHH", 5000, 5001, 1, 0, 0x50, 2, 1000, 0, 0)))
        echo = struct.pack(">BBHHH", 8 if family == 4 else 128, 0, 0, 1, 1)
        judge.drop("echo request", "policy-clear",
                   ip(src, dst, 1 if family == 4 else 58, echo))
        judge.settle()
        if receiver.get() is not None:
            judge.faults.append("a clear datagram reached its socket")
        judge.report(f"clear-refused-ipv{family}")


def wrong_sa(judge, wire, receivers):
    """Protected, but not as the policy says."""
    for src, dst, receiver in ((A4, B4, receivers[0]), (A6, B6, receivers[1])):
        family = 6 if ":" in src else 4
        right = Sa("aes-gcm", 0x8001, src, dst).add(wire.nl)
        group = Sa("aes-gcm", 0x8002, src, dst, group=7).add(wire.nl)
        tunnel = Sa("aes-gcm", 0x8003, src, dst, "tunnel").add(wire.nl)
        other = Sa("aes-gcm", 0x8004, "10.9.0.77" if family == 4 else
                   "fd09::77", dst).add(wire.nl)
        twice = Sa("aes-gcm", 0x8005, src, dst).add(wire.nl)
        judge.restart()
        data = udp(src, dst, b"p")

        def send(what, reason, payload):
            judge.drop(what, reason, ip(src, dst, 50, payload))

        judge.accept("the right SA", ip(src, dst, 50, right.esp(data, 17)))
        if receiver.wait() != b"p":
            judge.faults.append("the right SA: not delivered")
        send("another group", "policy-mismatch", group.esp(data, 17))
        send("a tunnel", "policy-mismatch",
             tunnel.esp(ip(src, dst, 17, data), 41 if family == 6 else 4))
        send("an SA of another sender", "policy-mismatch",
             other.esp(data, 17))
        judge.counts("two layers",
                     {"in_packets": 1, "drop:policy-mismatch": 1},
                     ip(src, dst, 50, twice.esp(right.esp(data, 17), 50)))
        if receiver.get() is not None:
            judge.faults.append("a refused packet reached its socket")
        judge.report(f"wrong-sa-refused-ipv{family}")


def tunnel_policy(judge, wire, receivers):
    """A policy that demands a tunnel: neither clear nor transport will do,
    nor a tunnel between other ends."""
    for src, dst, ends, receiver in (
            (NET_A4, NET_B4, (A4, B4), receivers[2]),
            (NET_A6, NET_B6, (A6, B6), receivers[3])):
        family = 6 if ":" in src else 4
        right = Sa("aes-gcm", 0x8101, *ends, "tunnel").add(wire.nl)
        plain = Sa("aes-gcm", 0x8102, src, dst).add(wire.nl)
        wrong = Sa("aes-gcm", 0x8103, "10.9.0.77" if family == 4 else
                   "fd09::77", ends[1], "tunnel").add(wire.nl)
        judge.restart()
        data = udp(src, dst, b"t")
        inner = ip(src, dst, 17, data)
        number = 41 if family == 6 else 4
        judge.drop("clear", "policy-clear", inner)
        judge.drop("transport", "policy-mismatch",
                   ip(src, dst, 50, plain.esp(data, 17)))
        judge.drop("other ends", "policy-mismatch",
                   ip(*ends, 50, wrong.esp(inner, number)))
        judge.accept("the right tunnel", ip(*ends, 50,
                                            right.esp(inner, number)))
        if receiver.wait() != b"t":
            judge.faults.append("the right tunnel: not delivered")
        # What a tunnel carries must suit a policy, whatever it says it is.
        for what, a, b in (("inner source", ends[0], dst),
                           ("inner destination", src, ends[1])):
            judge.drop(what, "policy-mismatch", ip(*ends, 50, right.esp(
                ip(a, b, 17, udp(a, b, b"x")), number)))
        judge.settle()
        if receiver.get() is not None:
            judge.faults.append("a refused packet reached its socket")
        judge.report(f"tunnel-policy-ipv{family}")


def fragments(judge, wire, receivers):
    """Pieces of a datagram: the policy sees the whole, the ports of it are
    not to be guessed, and pieces that overlap give nothing."""
    data = udp(A4, B4, bytes(range(64)))
    first = ipv4(A4, B4, 17, data[:32], frag=0x2000, ident=7)
    last = ipv4(A4, B4, 17, data[32:], frag=4, ident=7)
    wire.send(first)
    judge.drop("clear in two pieces", "policy-clear", last)
    over = ipv4(A4, B4, 17, bytes(32), frag=0x2000 | 2, ident=8)
    wire.send(ipv4(A4, B4, 17, data[:32], frag=0x2000, ident=8))
    judge.drop("a piece over another", "fragment-bad", over)
    judge.counts("what is left", {},
                 ipv4(A4, B4, 17, data[32:], frag=4, ident=8))
    judge.report("fragments-clear-ipv4")
    data = udp(A6, B6, bytes(range(64)))
    wire.send(ipv6(A6, B6, FRAGMENT, fragment(17, 0, 1, 7) + data[:32]))
    judge.drop("clear in two pieces", "policy-clear",
               ipv6(A6, B6, FRAGMENT, fragment(17, 4, 0, 7) + data[32:]))
    judge.drop("atomic fragment", "policy-clear",
               ipv6(A6, B6, FRAGMENT, fragment(17, 0, 0, 9) + data))
    wire.send(ipv6(A6, B6, FRAGMENT, fragment(17, 0, 1, 8) + data[:32]))
    judge.drop("a piece over another", "fragment-bad",
               ipv6(A6, B6, FRAGMENT, fragment(17, 2, 1, 8) + bytes(32)))
    judge.counts("what is left", {}, ipv6(
        A6, B6, FRAGMENT, fragment(17, 4, 0, 8) + data[32:]))
    judge.report("fragments-clear-ipv6")
    # ESP in pieces is put together first (RFC 4303 3.4.1), then as ever.
    for src, dst, receiver in ((A4, B4, receivers[0]), (A6, B6, receivers[1])):
        family = 6 if ":" in src else 4
        sa = Sa("aes-gcm", 0x8201, src, dst).add(wire.nl)
        judge.restart()
        whole = sa.esp(udp(src, dst, bytes(range(100))), 17)
        if family == 4:
            pieces = [ipv4(src, dst, 50, whole[:64], frag=0x2000, ident=20),
                      ipv4(src, dst, 50, whole[64:], frag=8, ident=20)]
        else:
            pieces = [ipv6(src, dst, FRAGMENT,
                           fragment(50, 0, 1, 20) + whole[:64]),
                      ipv6(src, dst, FRAGMENT,
                           fragment(50, 8, 0, 20) + whole[64:])]
        wire.send(pieces[0])
        judge.accept("ESP in two pieces", pieces[1])
        if receiver.wait() != bytes(range(100)):
            judge.faults.append("ESP in two pieces: not delivered")
        judge.report(f"fragments-esp-ipv{family}")


def chains(judge, wire, receiver):
    """Extension headers before UDP and before ESP."""
    data = udp(A6, B6, b"chain")
    judge.drop("two destination options", "policy-clear",
               ipv6(A6, B6, DEST, dest(DEST) + dest(17) + data))
    judge.drop("a long one", "policy-clear",
               ipv6(A6, B6, DEST, dest(17, 256) + data))
    judge.report("chains-clear")
    sa = Sa("aes-gcm", 0x8301, A6, B6).add(wire.nl)
    judge.restart()
    judge.accept("ESP behind options",
                 ipv6(A6, B6, DEST, dest(50) + sa.esp(data, 17)))
    if receiver.wait() != b"chain":
        judge.faults.append("ESP behind options: not delivered")
    judge.accept("options in ESP",
                 ipv6(A6, B6, 50, sa.esp(dest(17) + data, DEST)))
    if receiver.wait() != b"chain":
        judge.faults.append("options in ESP: not delivered")
    judge.report("chains-esp")
    # Within ESP: a chain that runs past the end, and one without end.
    for what, payload, number, reason in (
            ("options past the end", bytes((17, 200)) + bytes(14), DEST,
             "header-chain"),
            ("cut options", b"\x11", DEST, "header-chain"),
            ("routing past the end", bytes((17, 50)) + bytes(6), ROUTING,
             "header-chain"),
            ("40 headers", dest(DEST) * 39 + dest(17) + data, DEST,
             "header-limit"),
            ("hop-by-hop behind options", dest(HOP) + dest(17) + data, DEST,
             "header-chain"),
            ("hop-by-hop", dest(17) + data, HOP, "mode-mismatch"),
            ("a fragment", fragment(17, 0, 1, 3) + data, FRAGMENT,
             "inner-fragment"),
            ("cut fragment header", b"\0\0\0", FRAGMENT, "inner-fragment"),
            ("a fragment behind options", dest(FRAGMENT) +
             fragment(17, 0, 1, 3) + data, DEST, "inner-fragment")):
        judge.drop(what, reason, ipv6(A6, B6, 50, sa.esp(payload, number)))
    judge.settle()
    if receiver.get() is not None:
        judge.faults.append("a refused packet reached its socket")
    judge.report("chains-within-esp")
    four = Sa("aes-gcm", 0x8302, A4, B4).add(wire.nl)
    judge.restart()
    judge.drop("protocol 0", "mode-mismatch",
               ipv4(A4, B4, 50, four.esp(data, 0)))
    judge.report("protocol-zero-within-esp")


def halves(ends, payload, ident):
    """A datagram in two fragments."""
    data = udp(*ends, payload)
    if ":" in ends[0]:
        return [ipv6(*ends, FRAGMENT, fragment(UDP, 0, 1, ident) + data[:32]),
                ipv6(*ends, FRAGMENT, fragment(UDP, 4, 0, ident) + data[32:])]
    return [ipv4(*ends, UDP, data[:32], frag=0x2000, ident=ident),
            ipv4(*ends, UDP, data[32:], frag=4, ident=ident)]


def through(way, packet):
    """What A sends for it to come this way: in clear, or through a tunnel,
    which another SA protects in turn."""
    if not way:
        return packet
    number = 41 if packet[0] >> 4 == 6 else 4
    for sa in way:
        packet, number = sa.esp(packet, number), ESP
    return ip(way[0].src, way[0].dst, ESP, packet)


def ways(judge, wire, receivers):
    """Fragments that came different ways never meet, and the half that did
    come the same way still finds its other one. The SAs have selectors, so
    that the policy itself lets pass whatever came any of these ways. Both
    datagrams have the same checksum, and one of half and half would as well:
    each half has the same words, in another order."""
    a, b = bytes(range(24)), bytes(range(24, 56))
    payload, other = a + b, a[12:] + a[:12] + b[16:] + b[:16]
    kinds = []
    for outer in ((A4, B4), (A6, B6)):
        around = Sa("aes-gcm", 0x8400, *outer).add(wire.nl)
        for inner, receiver in (((NET_A4, NET_B4), receivers[2]),
                                ((NET_A6, NET_B6), receivers[3])):
            one, two = (Sa("aes-gcm", 0x8401 + 2 * n + len(kinds) % 2, *outer,
                           "tunnel", selector=selector(*inner)).add(wire.nl)
                        for n in range(2))
            kinds.append((inner, receiver, {
                "clear": (), "an SA": (one,), "another": (two,),
                "a bundle": (one, around)}))
    judge.restart()
    ident = 100
    for name, name2 in (("clear", "an SA"), ("an SA", "clear"),
                        ("clear", "a bundle"), ("an SA", "another"),
                        ("an SA", "a bundle"), ("a bundle", "an SA")):
        for inner, receiver, named in kinds:
            way, way2 = named[name], named[name2]
            kind = f"{inner[0]} from {(way or way2)[0].src}"
            ident += 1
            first, last = halves(inner, payload, ident)
            first2, last2 = halves(inner, other, ident)
            wire.send(through(way, first))
            judge.counts(f"{kind}, half and half",
                         {"in_packets": len(way) + len(way2)},
                         through(way2, last2))
            judge.accept(f"{kind}, the last through {name}",
                         through(way, last), layers=len(way))
            if receiver.wait() != payload:
                judge.faults.append(f"{kind}: not what came by {name}")
            judge.accept(f"{kind}, the first through {name2}",
                         through(way2, first2), layers=len(way2))
            if receiver.wait() != other:
                judge.faults.append(f"{kind}: not what came by {name2}")
            if receiver.get() is not None:
                judge.faults.append(f"{kind}: more than was sent")
        judge.report(f"fragments-{name}-{name2}".replace(" ", "-"))


def discovery(judge, wire):
    """Rule 0 lets neighbour discovery pass in clear, if it is valid (RFC 4861
    6.1 and 7.1, RFC 6980 5) and for this host. What is not is the policy's."""
    target = bytes(4) + ip_bytes(B6)
    asks = icmpv6(A6, B6, SOLICIT, target)
    tells = icmpv6(A6, B6, ADVERTISE, bytes(4) + ip_bytes(A6))
    local = "fe80::9"

    def passes(what, packet, number=1):
        judge.counts(what, {"bypassed_nd": number}, packet)

    def refused(what, payload, next_header=ICMPV6, hop=255, dst=B6):
        judge.drop(what, "policy-discard",
                   ipv6(A6, dst, next_header, payload, hop=hop))

    passes("a solicitation, and what answers it",
           ipv6(A6, B6, ICMPV6, asks, hop=255), 2)
    passes("an advertisement", ipv6(A6, B6, ICMPV6, tells, hop=255))
    passes("a router's", ipv6(local, B6, ICMPV6, icmpv6(
        local, B6, ROUTER, bytes(12)), hop=255))
    judge.report("discovery-passes")
    for what, kind, message in (("solicitation", SOLICIT, asks),
                                ("advertisement", ADVERTISE, tells)):
        refused(f"{what} from afar", message, hop=254)
        for bit in (1, 0x8000):
            wrong = int.from_bytes(message[2:4], "big") ^ bit
            refused(f"{what}, a bit of the checksum wrong", message[:2] +
                    wrong.to_bytes(2, "big") + message[4:])
        refused(f"{what} behind options", dest(ICMPV6) + message, DEST)
        refused(f"{what} behind options of each hop", dest(ICMPV6) + message,
                HOP)
        refused(f"{what} without an end", icmpv6(A6, B6, kind, target[:-1]))
    refused("of code 1", icmpv6(A6, B6, SOLICIT, target, code=1))
    refused("about a group", icmpv6(A6, B6, SOLICIT, bytes(4) +
                                    ip_bytes("ff02::1")))
    refused("an option without length", icmpv6(A6, B6, SOLICIT, target +
                                               bytes(8)))
    refused("a router's from a global address",
            icmpv6(A6, B6, ROUTER, bytes(12)))
    judge.report("discovery-not-valid")
    refused("in one fragment", fragment(ICMPV6, 0, 0, 30) + asks, FRAGMENT)
    wire.send(ipv6(A6, B6, FRAGMENT, fragment(ICMPV6, 0, 1, 31) + asks[:16],
                   hop=255))
    refused("in two fragments", fragment(ICMPV6, 2, 0, 31) + asks[16:],
            FRAGMENT)
    judge.report("discovery-in-fragments")
    wire.forwards()
    for what, kind in (("solicitation", SOLICIT), ("advertisement",
                                                   ADVERTISE)):
        refused(f"{what} for another host", icmpv6(
            A6, BEYOND6, kind, bytes(4) + ip_bytes(BEYOND6)), dst=BEYOND6)
    judge.report("discovery-not-forwarded")


def main():
    wire = Wire()
    receivers = [Receiver(wire, a) for a in (B4, B6, NET_B4, NET_B6)]
    for src, dst in ((A4, B4), (A6, B6)):
        add_policy(wire.nl, IN, "protect", selector=selector(src, dst),
                   transforms=[transform()])
    judge = Judge(wire)
    gone_in_clear(judge, receivers)
    wrong_sa(judge, wire, receivers)
    chains(judge, wire, receivers[1])
    fragments(judge, wire, receivers)
    flush(wire.nl)
    for src, dst, ends in ((NET_A4, NET_B4, (A4, B4)),
                           (NET_A6, NET_B6, (A6, B6))):
        for direction in (IN, FORWARD):
            add_policy(wire.nl, direction, "protect",
                       selector=selector(src, dst),
                       transforms=[transform("tunnel", *ends)])
    judge.restart()
    tunnel_policy(judge, wire, receivers)
    flush(wire.nl)
    for ends in ((NET_A4, NET_B4), (NET_A6, NET_B6)):
        add_policy(wire.nl, IN, "bypass", selector=selector(*ends))
    ways(judge, wire, receivers)
    flush(wire.nl)
    for direction in (IN, FORWARD):
        add_policy(wire.nl, direction, "discard",
                   selector=selector(proto=ICMPV6))
    judge.restart()
    discovery(judge, wire)
    for receiver in receivers:
        receiver.close()
    wire.close()
    finish()


main()
