#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Packets whose ICV is right and whose inside is wrong: each is dropped under
its own reason, and what comes after it still passes. The sender of these holds
the key, so the sequence number is spent; nothing else is. In a short run the
outer families share the values of what is tried one by one."""
import sys

from badlib import finish, turn
from judgelib import Judge
from nllib import u32
from packets import ip, ipv4, ipv6, udp
from salib import ALGS, Sa, selector
from uapi import SEL
from wirelib import (A4, A6, B4, B6, NET_A4, NET_A6, NET_B4, NET_B6, Receiver,
                     Wire)


def pads(judge, sa, receiver, out):
    """RFC 4303 2.4 and 2.5: the padding says 1, 2, 3 and is not longer than
    what there is."""
    inner = out(b"x" * 20)
    align = ALGS[sa.alg][3]
    room = -(len(inner) + 2) % align
    good = bytes(range(1, 1 + room))
    for value in range(len(inner) + room + 1, 256, 37):
        judge.drop(f"pad length {value} of {len(inner) + room}", "pad-length",
                   wrap(sa, sa.esp(inner, nh(sa), pad=good, pad_len=value)))
    judge.drop("pad length 255", "pad-length",
               wrap(sa, sa.esp(inner, nh(sa), pad=good, pad_len=255)))
    long_pad = bytes(range(1, 1 + room + 2 * align))
    for at in range(len(long_pad)):
        if not turn(at, ":" in sa.src):
            continue
        bad = bytearray(long_pad)
        bad[at] ^= 0x80
        judge.drop(f"pad byte {at}", "pad-content",
                   wrap(sa, sa.esp(inner, nh(sa), pad=bytes(bad))))
    judge.drop("pad of zeros", "pad-content",
               wrap(sa, sa.esp(inner, nh(sa), pad=bytes(len(long_pad)))))
    judge.accept("longer pad than needed",
                 wrap(sa, sa.esp(inner, nh(sa), pad=long_pad)))
    if receiver.wait() != b"x" * 20:
        judge.faults.append("longer pad than needed: not delivered")


def nh(sa):
    if sa.mode == "transport":
        return 17
    return 41 if sa.inner6 else 4


def wrap(sa, esp, **more):
    return ip(sa.src, sa.dst, 50, esp, **more)


def transport(judge, sa, receiver):
    family = 6 if ":" in sa.src else 4
    kind = f"{sa.alg}-transport-ipv{family}"

    def out(data):
        return udp(sa.src, sa.dst, data)

    judge.accept("a good one", wrap(sa, sa.esp(out(b"first"), 17)))
    if receiver.wait() != b"first":
        judge.faults.append("a good one did not reach its socket")
    pads(judge, sa, receiver, out)
    judge.report(f"inside-pad-{kind}")
    for payload in (b"", b"x", out(b"dummy"), bytes(range(100))):
        judge.drop(f"dummy of {len(payload)}", "dummy",
                   wrap(sa, sa.esp(payload, 59)))
    judge.report(f"inside-dummy-{kind}")
    if receiver.get() is not None:
        judge.faults.append("a refused packet reached a socket")
    judge.report(f"inside-nothing-came-{kind}")


def tunnel(judge, sa, receiver, inner6):
    sa.inner6 = inner6
    outer = 6 if ":" in sa.src else 4
    kind = f"{sa.alg}-ipv{6 if inner6 else 4}-in-ipv{outer}"
    src, dst = (NET_A6, NET_B6) if inner6 else (NET_A4, NET_B4)
    make = ipv6 if inner6 else ipv4
    good = make(src, dst, 17, udp(src, dst, b"good"))

    judge.accept("a good one", wrap(sa, sa.esp(good, nh(sa))))
    if receiver.wait() != b"good":
        judge.faults.append("a good one did not reach its socket")
    pads(judge, sa, receiver,
         lambda data: make(src, dst, 17, udp(src, dst, data)))
    judge.report(f"inside-pad-{kind}")

    for proto in list(range(0, 64)) + [89, 97, 132, 255]:
        if proto in (4, 41, 59) or not turn(proto, outer == 6):
            continue
        judge.drop(f"next header {proto}", "mode-mismatch",
                   wrap(sa, sa.esp(good, proto)), None)
    judge.report(f"inside-next-header-{kind}")

    for version in range(16):
        if version == (6 if inner6 else 4) or not turn(version, outer == 6):
            continue
        judge.drop(f"version {version}", "inner-version",
                   wrap(sa, sa.esp(bytes((version << 4 | good[0] & 15,)) +
                                   good[1:], nh(sa))))
    judge.drop("the other family's next header", "inner-version",
               wrap(sa, sa.esp(good, 4 if inner6 else 41)))
    judge.report(f"inside-version-{kind}")

    for length in range(len(good)):
        if not turn(length, outer == 6):
            continue
        judge.drop(f"cut to {length}", "inner-short",
                   wrap(sa, sa.esp(good[:length], nh(sa))))
    judge.report(f"inside-cut-{kind}")

    if not inner6:
        for ihl in range(5):
            judge.drop(f"header length {ihl}", "inner-short",
                       wrap(sa, sa.esp(bytes((0x40 | ihl,)) + good[1:], 4)))
        for total in (0, 1, 19, len(good) + 1, 65535):
            bad = ipv4(src, dst, 17, udp(src, dst, b"good"), total=total)
            judge.drop(f"total length {total}", "inner-short",
                       wrap(sa, sa.esp(bad, 4)))
        judge.drop("header longer than the packet", "inner-short",
                   wrap(sa, sa.esp(bytes((0x4f,)) + good[1:32], 4)))
    else:
        for length in (len(good) - 40 + 1, 1000, 65535):
            bad = ipv6(src, dst, 17, udp(src, dst, b"good"), length=length)
            judge.drop(f"payload length {length}", "inner-short",
                       wrap(sa, sa.esp(bad, 41)))
    judge.report(f"inside-length-{kind}")

    # RFC 6040 4.2: CE outside on a packet that can't say so inside.
    judge.drop("CE over not-ECT", "inner-ecn",
               wrap(sa, sa.esp(good, nh(sa)), tos=3))
    for tos in (0, 1, 2):
        judge.accept(f"outer ECN {tos} over not-ECT",
                     wrap(sa, sa.esp(good, nh(sa)), tos=tos))
        if receiver.wait() != b"good":
            judge.faults.append(f"outer ECN {tos}: not delivered")
    ect = make(src, dst, 17, udp(src, dst, b"ect"), tos=2)
    judge.accept("CE over ECT", wrap(sa, sa.esp(ect, nh(sa)), tos=3))
    if receiver.wait() != b"ect":
        judge.faults.append("CE over ECT: not delivered")
    judge.report(f"inside-ecn-{kind}")

    # RFC 4303 2.7: what lies behind the inner packet is padding.
    judge.accept("traffic flow padding",
                 wrap(sa, sa.esp(good + bytes(range(77)), nh(sa))))
    if receiver.wait() != b"good":
        judge.faults.append("traffic flow padding: not delivered")
    judge.drop("dummy", "dummy", wrap(sa, sa.esp(good, 59)))
    judge.settle()
    if receiver.get() is not None:
        judge.faults.append("a refused packet reached a socket")
    judge.report(f"inside-padding-{kind}")


def selectors(judge, wire):
    """RFC 4301 5.2 step 4: an SA carries what its selectors let pass."""
    for src, dst, proto, wrong in (
            (A4, B4, 17, 6), (A6, B6, 17, 6)):
        family = 6 if ":" in src else 4
        sa = Sa("aes-gcm", 0x5000, src, dst,
                selector=selector(src, dst, proto, dport=4001)).add(wire.nl)
        judge.restart()
        receiver = Receiver(wire, dst)
        good = udp(src, dst, b"s")
        judge.accept("as selected", wrap(sa, sa.esp(good, 17)))
        if receiver.wait() != b"s":
            judge.faults.append("as selected: not delivered")
        judge.drop("other port", "inner-selector",
                   wrap(sa, sa.esp(udp(src, dst, b"s", dport=4002), 17)))
        judge.drop("other protocol", "inner-selector",
                   wrap(sa, sa.esp(good, wrong)))
        judge.report(f"inside-selector-transport-ipv{family}")
        receiver.close()
        inner = (NET_A6, NET_B6) if family == 6 else (NET_A4, NET_B4)
        tun = Sa("aes-gcm", 0x5001, src, dst, "tunnel",
                 selector=u32(SEL["family"], 10 if family == 6 else 2) +
                 selector(*inner)).add(wire.nl)
        judge.restart()
        receiver = Receiver(wire, inner[1])
        make = ipv6 if family == 6 else ipv4
        number = 41 if family == 6 else 4
        for what, ends, reason in (
                ("other source", (src, inner[1]), "inner-selector"),
                ("other destination", (inner[0], dst), "inner-selector"),
                ("both other", (src, dst), "inner-selector")):
            judge.drop(what, reason, wrap(tun, tun.esp(
                make(*ends, 17, udp(*ends, b"s")), number)))
        judge.accept("as selected", wrap(tun, tun.esp(
            make(*inner, 17, udp(*inner, b"s")), number)))
        if receiver.wait() != b"s":
            judge.faults.append("as selected: not delivered")
        other = ipv4 if family == 6 else ipv6
        ends = (NET_A4, NET_B4) if family == 6 else (NET_A6, NET_B6)
        judge.drop("other family", "inner-selector", wrap(tun, tun.esp(
            other(*ends, 17, udp(*ends, b"s")), 4 if family == 6 else 41)))
        judge.report(f"inside-selector-tunnel-ipv{family}")
        receiver.close()


def nested(judge, wire):
    """More security headers than the limit: dropped, not followed."""
    for src, dst in ((A4, B4), (A6, B6)):
        family = 6 if ":" in src else 4
        sas = [Sa("null-hmac-sha256", 0x6000 + i, src, dst).add(wire.nl)
               for i in range(6)]
        judge.restart()
        receiver = Receiver(wire, dst)
        for depth in (4, 5, 6):
            packet, number = udp(src, dst, b"deep"), 17
            for sa in sas[:depth]:
                packet, number = sa.esp(packet, number), 50
            if depth > 4:
                judge.counts(f"depth {depth}",
                             {"in_packets": 4, "drop:nesting": 1},
                             ip(src, dst, 50, packet))
                continue
            judge.accept(f"depth {depth}", ip(src, dst, 50, packet),
                         {"in_packets": depth})
            if receiver.wait() != b"deep":
                judge.faults.append(f"depth {depth}: not delivered")
        judge.report(f"inside-nesting-ipv{family}")
        receiver.close()


def main():
    algs = sys.argv[1:] or ["aes-gcm", "aes-cbc-hmac-sha256"]
    wire = Wire()
    judge = Judge(wire)
    for n, alg in enumerate(algs):
        for src, dst in ((A4, B4), (A6, B6)):
            sa = Sa(alg, 0x3000 + 16 * n, src, dst).add(wire.nl)
            judge.restart()
            receiver = Receiver(wire, dst)
            transport(judge, sa, receiver)
            receiver.close()
            for inner6 in (False, True):
                sa = Sa(alg, 0x3001 + 16 * n + inner6, src, dst,
                        "tunnel").add(wire.nl)
                judge.restart()
                receiver = Receiver(wire, NET_B6 if inner6 else NET_B4)
                tunnel(judge, sa, receiver, inner6)
                receiver.close()
    selectors(judge, wire)
    nested(judge, wire)
    wire.close()
    finish()


main()
