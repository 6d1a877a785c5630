#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""AH, for which there is no module: none is taken for protection, on its way
to somebody else it is a protocol like others. Cut at each length, with each
kind of length field. "here" or "forwarded" alone does that part."""
import struct
import sys

from badlib import finish, same, wait_for
from judgelib import Judge
from packets import ip, ipv6
from salib import FORWARD, IN, Sa, add_policy, flush, selector, transform
from tun import FAR4, FAR6, Tun
from wirelib import A4, A6, B4, B6, RawReceiver, Wire

DEST, AH = 60, 51
PADDING = bytes((AH, 0, 1, 4, 0, 0, 0, 0))

# What the length field of an AH header of that many bytes says (RFC 4302 2.2:
# in words of four bytes, less two).
AH_FIELDS = {
    "right": lambda length: max(length // 4 - 2, 0),
    "one too many": lambda length: max(length // 4 - 2, 0) + 1,
    "none": lambda length: 0,
    "most": lambda length: 255,
}
AH_LENGTHS = range(201)


def ah_packets(src, dst, field):
    """Cut at each length."""
    for length in AH_LENGTHS:
        head = struct.pack(">BBHII", 17, field(length), 0, 0x8401, 1)
        yield ip(src, dst, AH, (head + bytes(AH_LENGTHS[-1]))[:length])


def every_length_field(src, dst):
    for value in range(256):
        head = struct.pack(">BBHII", 17, value, 0, 0x8401, 1)
        yield ip(src, dst, AH, head + bytes(AH_LENGTHS[-1] - len(head)))


def ah_for_this_host(judge, wire, src, dst):
    """There is no module for AH: no SA is for it (RFC 4301 5.2, step 3a),
    whatever the policies say, and nobody is given what it carries."""
    family = 6 if ":" in src else 4
    packet = list(ah_packets(src, dst, AH_FIELDS["right"]))[24]
    with_raw = RawReceiver(wire, AH, family == 6)
    flush(wire.nl)
    judge.restart()
    judge.counts("without policies", {}, packet)
    if with_raw.wait() is None:
        judge.faults.append("without policies: not delivered as on any host")
    judge.report(f"ah-without-policies-ipv{family}")
    for action, layers in (("bypass", []), ("discard", []),
                           ("protect", [transform()])):
        flush(wire.nl)
        add_policy(wire.nl, IN, action, selector=selector(src, dst),
                   transforms=layers)
        judge.restart()
        for what, field in AH_FIELDS.items():
            judge.all_drop(f"length field {what}", "sa-unknown",
                           list(ah_packets(src, dst, field)))
        if family == 6:
            judge.drop("behind options", "sa-unknown",
                       ipv6(src, dst, DEST, PADDING + packet[40:]))
        judge.report(f"ah-for-this-host-{action}-ipv{family}")
    judge.all_drop("each length field", "sa-unknown",
                   list(every_length_field(src, dst)))
    judge.report(f"ah-every-length-field-ipv{family}")
    # The policy demands ESP; here it has AH inside.
    plain = Sa("aes-gcm", 0x8401, src, dst).add(wire.nl)
    tunnel = Sa("aes-gcm", 0x8402, src, dst, "tunnel").add(wire.nl)
    chosen = Sa("aes-gcm", 0x8403, src, dst, "tunnel",
                selector=selector(src, dst)).add(wire.nl)
    judge.restart()
    number = 41 if family == 6 else 4
    payload = packet[40 if family == 6 else 20:]
    judge.drop("in ESP", "sa-unknown",
               ip(src, dst, 50, plain.esp(payload, AH)))
    judge.drop("in a tunnel", "sa-unknown",
               ip(src, dst, 50, tunnel.esp(packet, number)))
    # This one could be to be forwarded, so it meets the hook.
    judge.counts("in a tunnel for it", {"in_packets": 1, "drop:sa-unknown": 1},
                 ip(src, dst, 50, chosen.esp(packet, number)))
    if with_raw.get() is not None:
        judge.faults.append("a raw socket got a refused packet")
    with_raw.close()
    judge.report(f"ah-inside-ipv{family}")


def ah_forwarded(judge, wire, tun, src, dst):
    """On its way to somebody else AH is a protocol like others."""
    family = 6 if ":" in src else 4
    header = 40 if family == 6 else 20
    for action, layers, reason in (("bypass", [], None),
                                   ("discard", [], "policy-discard"),
                                   ("protect", [transform()], "policy-clear")):
        flush(wire.nl)
        add_policy(wire.nl, FORWARD, action,
                   selector=selector(src, dst, AH), transforms=layers)
        judge.restart()
        for what, field in AH_FIELDS.items():
            sent = list(ah_packets(src, dst, field))
            arrived = []
            for one in sent:
                wire.send(one)

            def all_there():
                arrived.extend(p[header:] for p in tun.packets())
                return len(arrived) >= len(sent)
            want = {f"drop:{reason}": len(sent)} if reason else {}
            if reason:
                wait_for("count", lambda w=want: same(
                    judge.now, judge.nl.stats()) == w, 5)
                all_there()
            else:
                wait_for("packets", all_there, 5)
            judge.compare(f"{action}, length field {what}", want)
            if arrived != ([] if reason else [p[header:] for p in sent]):
                judge.faults.append(f"{action}, length field {what}: "
                                    f"{len(arrived)} were forwarded")
    judge.report(f"ah-forwarded-ipv{family}")


def main():
    wire = Wire()
    judge = Judge(wire)
    parts = sys.argv[1:] or ["here", "forwarded"]
    if "here" in parts:
        for src, dst in ((A4, B4), (A6, B6)):
            ah_for_this_host(judge, wire, src, dst)
    if "forwarded" in parts:
        tun = Tun(wire.b)
        for src, far in ((A4, FAR4), (A6, FAR6)):
            ah_forwarded(judge, wire, tun, src, far)
        tun.close()
    wire.close()
    finish()


main()
