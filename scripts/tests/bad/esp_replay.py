#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Replayed, forged, cut and bent packets. RFC 4303 3.4.3: what fails the ICV
moves no window, so after each attack the true packet still passes. "attacks"
or "windows" alone does that part; names of algorithms, those."""
import itertools
import random
import sys

from badlib import finish, same, turn, wait_for
from judgelib import Judge
from packets import ip, udp
from salib import Sa
from wirelib import A4, A6, B4, B6, Receiver, Wire


def wrap(sa, esp):
    return ip(sa.src, sa.dst, 50, esp)


def name_of(sa):
    family = 6 if ":" in sa.src else 4
    return f"{sa.alg}{'-esn' if sa.esn else ''}-ipv{family}"


def replay(judge, sa, window):
    """The window after RFC 4303 3.4.3 and, with ESN, appendix A."""
    def packet(seq):
        return wrap(sa, sa.esp(udp(sa.src, sa.dst, b"r"), 17, seq=seq))

    judge.accept("first", packet(5))
    if not sa.esn:
        judge.drop("zero", "replay-zero", packet(0))
    for _ in range(3):
        judge.drop("again", "replay-duplicate", packet(5))
    top = 5 + window + 100
    judge.accept("far ahead", packet(top))
    judge.drop("again at the top", "replay-duplicate", packet(top))
    if not sa.esn:
        for behind in (window, window + 1, window + 99):
            judge.drop(f"{behind} behind", "replay-old", packet(top - behind))
    else:
        # Left of the window it is taken for the next 2^32, and fails there.
        for behind in (window, window + 1):
            judge.drop(f"{behind} behind", "icv-bad", packet(top - behind))
    for behind in (window - 1, 1, 17):
        judge.accept(f"{behind} behind, unseen", packet(top - behind))
        judge.drop(f"{behind} behind, seen", "replay-duplicate",
                   packet(top - behind))
    sa.seq = top + 1
    judge.report(f"replay-window-{window}-{name_of(sa)}")


def still_passes(judge, sa, packet, data):
    """And the bytes reach their socket."""
    judge.accept("the true one", wrap(sa, packet))
    if judge.receivers[sa.dst].wait() != data:
        judge.faults.append("the true one: not delivered")


def forged(judge, sa):
    """A forger without the key can't move the window, however far ahead."""
    true = sa.esp(udp(sa.src, sa.dst, b"true"), 17)
    judge.watch()
    for ahead in (1, 1000, 100000, 2**31 - 1, 2**31, 2**32 - 1 - sa.seq):
        seq = (sa.seq + ahead) & 0xffffffff
        bad = true[:4] + seq.to_bytes(4, "big") + true[8:]
        # RFC 4303 A2.2: it could only be one of the 2^32 before the first.
        below = sa.esn and seq > 2**32 - 1024
        judge.drop(f"sequence number moved by {ahead}",
                   "replay-wrap" if below else "icv-bad", wrap(sa, bad))
    judge.unchanged("forged sequence numbers")
    still_passes(judge, sa, true, b"true")
    judge.report(f"forged-sequence-{name_of(sa)}")


def bent(judge, sa):
    """Each bit of SPI, sequence number, IV, text and ICV, turned alone. In a
    short run the two families share them."""
    true = sa.esp(udp(sa.src, sa.dst, b"0123456789"), 17)
    seq = int.from_bytes(true[4:8], "big")
    judge.watch()
    for at in range(len(true)):
        for bit in range(8):
            if not turn(at + bit, ":" in sa.src):
                continue
            bad = bytearray(true)
            bad[at] ^= 1 << bit
            reason = "icv-bad"
            if at < 4:
                reason = "sa-unknown"
            elif at < 8:
                low = int.from_bytes(bad[4:8], "big")
                if low < seq and not sa.esn:
                    reason = "replay-zero" if not low else \
                        "replay-duplicate" if low in sa.seen else "icv-bad"
                elif low < seq and low in sa.seen:
                    reason = "replay-duplicate"
            judge.drop(f"byte {at} bit {bit}", reason, wrap(sa, bytes(bad)))
    judge.unchanged("bent bits")
    still_passes(judge, sa, true, b"0123456789")
    judge.report(f"bent-bits-{name_of(sa)}")


def cut(judge, sa):
    """Cut at every length, and longer by 1 to 40 bytes."""
    iv = {"aes-gcm": 8, "chacha20-poly1305": 8, "aes-cbc-hmac-sha256": 16,
          "null-hmac-sha256": 0}[sa.alg]
    align = 16 if sa.alg == "aes-cbc-hmac-sha256" else 4
    true = sa.esp(udp(sa.src, sa.dst, bytes(range(50))), 17)
    rng = random.Random(2)

    def reason_of(length):
        text = length - 8 - iv - 16
        if text < 2:
            return "esp-short"
        return "esp-length" if text % align else "icv-bad"
    judge.watch()
    # Those of one reason behind each other, as they are judged together.
    for length in sorted(itertools.chain(
            range(len(true)), range(len(true) + 1, len(true) + 41)),
                         key=reason_of):
        bad = true[:length] + rng.randbytes(max(0, length - len(true)))
        judge.drop(f"cut to {length}", reason_of(length), wrap(sa, bad))
    judge.unchanged("cut")
    still_passes(judge, sa, true, bytes(range(50)))
    judge.report(f"cut-{name_of(sa)}")


def other_key(judge, sa, other):
    """A packet of one SA under another's SPI, and to another address."""
    mine = sa.esp(udp(sa.src, sa.dst, b"mine"), 17)
    judge.watch()
    judge.drop("under the other's SPI", "icv-bad",
               wrap(sa, other.spi.to_bytes(4, "big") + mine[4:]))
    judge.unchanged("under the other's SPI")
    still_passes(judge, sa, mine, b"mine")
    judge.report(f"other-key-{name_of(sa)}")


def limits(judge, wire):
    """The hard limit ends the SA with the packet that would pass it."""
    for src, dst in ((A4, B4), (A6, B6)):
        sa = Sa("aes-gcm", 0x7100, src, dst, hard_packets=3).add(wire.nl)
        judge.restart()
        for n in range(3):
            judge.accept(f"packet {n}",
                         wrap(sa, sa.esp(udp(src, dst, b"l"), 17)))
        # The SA goes with it, a moment later.
        wire.send(wrap(sa, sa.esp(udp(src, dst, b"l"), 17)))
        want = {"drop:sa-expired": 1, "sas": -1, "generation": 1}
        if not wait_for("end", lambda: same(judge.now, judge.nl.stats()) ==
                        want):
            judge.faults.append("one more: got "
                                f"{same(judge.now, judge.nl.stats())}")
        family = 6 if ":" in src else 4
        judge.report(f"limit-packets-ipv{family}")


def windowless(judge, wire):
    """Window 0, asked for by name: the same packet twice is no fault."""
    sa = Sa("aes-gcm", 0x7200, A4, B4, window=0).add(wire.nl)
    judge.restart()
    packet = wrap(sa, sa.esp(udp(A4, B4, b"w"), 17))
    judge.accept("once", packet)
    judge.accept("twice", packet)
    judge.report("window-off")


def sas(algs, spis):
    """Algorithm, SPI, ends and whether with ESN, of each kind. No single bent
    bit turns one SPI into another."""
    for alg in algs:
        for src, dst in ((A4, B4), (A6, B6)):
            for esn in (False, True):
                yield alg, spis.getrandbits(31) | 0x1000, src, dst, esn


def windows(judge, wire, algs, spis):
    receivers = [Receiver(wire, B4), Receiver(wire, B6)]
    for n, window in enumerate((32, 1024, 4096)):
        for m, (alg, spi, src, dst, esn) in enumerate(sas(algs, spis)):
            # IPv4 without ESN and IPv6 with it, or the other way round.
            if not turn(n, (m + m // 2) % 2):
                continue
            sa = Sa(alg, spi, src, dst, esn=esn, window=window).add(wire.nl)
            judge.restart()
            replay(judge, sa, window)
    limits(judge, wire)
    windowless(judge, wire)
    for receiver in receivers:
        receiver.close()


def attacks(judge, wire, algs, spis):
    judge.receivers = {dst: Receiver(wire, dst) for dst in (B4, B6)}
    for alg, spi, src, dst, esn in sas(algs, spis):
        other = Sa(alg, spis.getrandbits(31) | 0x1000, src, dst,
                   esn=esn).add(wire.nl)
        sa = Sa(alg, spi, src, dst, esn=esn).add(wire.nl)
        sa.seq = 0x100
        sa.seen = set()
        judge.restart()
        forged(judge, sa)
        sa.seen.add(sa.seq)
        bent(judge, sa)
        cut(judge, sa)
        other_key(judge, sa, other)
    for receiver in judge.receivers.values():
        receiver.close()


def main():
    parts = {"windows": windows, "attacks": attacks}
    algs = [word for word in sys.argv[1:] if word not in parts] or \
        ["aes-gcm", "aes-cbc-hmac-sha256", "null-hmac-sha256"]
    wire = Wire()
    judge = Judge(wire)
    spis = random.Random(7)
    for name, part in parts.items():
        if name in sys.argv or not set(parts) & set(sys.argv):
            part(judge, wire, algs, spis)
    wire.close()
    finish()


main()
