#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tunnels in tunnels in tunnels, with policies and without: as many as the
limit says, and the rest of a packet that has more is never looked at, however
many there are. Whoever holds the key of one tunnel can send such."""
from badlib import (A4, A6, B4, B6, IN, NET_A4, NET_A6, NET_B4, NET_B6, Judge,
                    Receiver, Sa, Wire, add_policy, finish, flush, ip,
                    selector, same, transform, udp, wait_for)

LIMIT = 4               # SXT_CHAIN_MAX
UDP, ESP = 17, 50


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
    finish()


main()
