#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tunnels in tunnels in tunnels, with policies and without: as many as the
limit says, and the rest of a packet that has more is never looked at, however
many there are. Whoever holds the key of one tunnel can send such. And
fragments that come out of them: only those that came the same way meet."""
import itertools
import struct

from badlib import finish, same, wait_for
from judgelib import Judge
from packets import ip, ipv4, ipv6, udp
from salib import IN, Sa, add_policy, flush, selector, transform
from wirelib import (A4, A6, B4, B6, NET_A4, NET_A6, NET_B4, NET_B6, Receiver,
                     Wire)

LIMIT = 4               # SXT_CHAIN_MAX
BUNDLES = 64            # SXT_BUNDLES
UDP, FRAGMENT, ESP = 17, 44, 50


def onion(sas, depth, core):
    """The core in that many tunnels, by turns through these SAs."""
    packet = core
    for level in range(depth):
        sa = sas[level % len(sas)]
        packet = ip(sa.src, sa.dst, ESP, sa.esp(
            packet, 41 if packet[0] >> 4 == 6 else 4))
    return packet


def deep(judge, wire, sas, ends, name, allowed):
    """To each depth, of which the policies let so many pass; the deepest only
    if those before were as they should be."""
    core = ip(*ends, UDP, udp(*ends, b"core"))
    receiver = Receiver(wire, ends[1])
    judge.restart()
    layer = 76 if any(":" in sa.src for sa in sas) else 56
    for depth in list(range(1, LIMIT + 4)) + [20, (8900 - len(core)) // layer]:
        if depth > LIMIT:
            want = {"in_packets": LIMIT, "drop:nesting": 1}
        elif depth > allowed:
            want = {"in_packets": depth - 1, "drop:policy-mismatch": 1}
        else:
            want = {"in_packets": depth}
        wire.send(onion(sas, depth, core))
        # All but the first go through a queue of the device.
        wait_for("end", lambda w=want: same(judge.now, judge.nl.stats()) == w,
                 5)
        judge.compare(f"depth {depth}", want)
        if depth <= allowed:
            if receiver.wait() != b"core":
                judge.faults.append(f"depth {depth}: not delivered")
        elif receiver.get() is not None:
            judge.faults.append(f"depth {depth}: delivered")
        if judge.faults and depth > LIMIT:
            break               # another 100 of them could end the guest
    receiver.close()
    judge.report(name)


def two_pieces(ends):
    """A datagram in two fragments."""
    data = udp(*ends, bytes(56))
    if ":" in ends[0]:
        return [ipv6(*ends, FRAGMENT, struct.pack(
            ">BBHI", UDP, 0, at | more, 7) + data[at:at + 32])
                for at, more in ((0, 1), (32, 0))]
    return [ipv4(*ends, UDP, data[:32], frag=0x2000, ident=7),
            ipv4(*ends, UDP, data[32:], frag=4, ident=7)]


def ways(judge, wire, sas, ends):
    """Each bundle has fragments of the same datagram of its own."""
    receiver = Receiver(wire, ends[1])
    first, last = two_pieces(ends)

    def send(what, piece, bundles, arrive):
        """The piece through each of them makes so many datagrams."""
        arrived = []

        def all_there():
            data = receiver.get()
            if data is not None:
                arrived.append(data)
            return data is None and same(judge.now, judge.nl.stats()) == want
        want = {"in_packets": LIMIT * len(bundles)}
        for bundle in bundles:
            wire.send(onion([sas[n] for n in reversed(bundle)], LIMIT, piece))
        wait_for("end", all_there, 5)
        judge.compare(what, want)
        if len(arrived) != arrive:
            judge.faults.append(f"{what}: {len(arrived)} datagrams")

    # What the ids of these make by multiplication is alike in 31 bits.
    one, other = (125, 1, 47, 1), (1, 81, 1, 65)
    for what, piece, bundle, arrive in (
            ("the first through one", first, one, 0),
            ("the last through another", last, other, 0),
            ("the last through the one", last, one, 1),
            ("the first through the other", first, other, 1)):
        send(what, piece, [bundle], arrive)
    many = list(itertools.product((1, 2, 3), repeat=LIMIT))[:BUNDLES]
    some, others = many[:BUNDLES // 2], many[BUNDLES // 2:]
    send("firsts through some", first, some, 0)
    send("lasts through others", last, others, 0)
    send("lasts through some", last, some, len(some))
    send("firsts through others", first, others, len(others))
    receiver.close()
    judge.report(f"nesting-fragments-ipv{6 if ':' in ends[0] else 4}")


def fragments():
    wire = Wire()
    # By id; there is no SA 0.
    sas = [None] + [Sa("null-hmac-sha256", 0x6200 + n, A4, B4,
                       "tunnel").add(wire.nl) for n in range(1, 126)]
    inner = (NET_A4, NET_B4), (NET_A6, NET_B6)
    for ends in inner:
        add_policy(wire.nl, IN, "protect", selector=selector(*ends),
                   transforms=[transform("tunnel", A4, B4)] * LIMIT)
    judge = Judge(wire)
    for number, sa in enumerate(sas[1:], 1):
        if sa.id != number:
            judge.faults.append(f"SA {number} has the id {sa.id}")
    for ends in inner:
        ways(judge, wire, sas, ends)
    wire.close()


def main():
    wire = Wire()
    judge = Judge(wire)
    nl = wire.nl
    for policies in (False, True):
        for kind, ends, inner in (
                ("ipv4", ((A4, B4),), (NET_A4, NET_B4)),
                ("ipv6", ((A6, B6),), (NET_A6, NET_B6)),
                ("both", ((A4, B4), (A6, B6)), (NET_A4, NET_B4))):
            flush(nl)
            sas = [Sa("null-hmac-sha256", 0x6100 + n, *pair, "tunnel").add(nl)
                   for n, pair in enumerate(ends)]
            if policies:
                # One tunnel is what the core needs, and all that is right.
                outer = sas[0].src, sas[0].dst
                add_policy(nl, IN, "protect", selector=selector(*inner),
                           transforms=[transform("tunnel", *outer)])
            deep(judge, wire, sas, inner, f"nesting-tunnels-{kind}"
                 f"{'-policies' if policies else ''}", 1 if policies else LIMIT)
    wire.close()
    fragments()
    finish()


main()
