#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every length of ESP packet from 0 to 200 bytes, for each algorithm, family
and mode, and for an SPI that nobody has: dropped, under the one reason that
follows from RFC 4303, with no SA touched. In a short run the two modes share
the lengths of each algorithm and family, by blocks of the algorithm, and the
two families those for the SPI that nobody has."""
import random

from badlib import finish, turn
from judgelib import Judge
from packets import ip
from salib import ALGS, ICV, Sa, algs_here
from wirelib import A4, A6, B4, B6, Wire

LONGEST = 200


def expected(alg, length):
    """What RFC 4303 says of a packet of that length with a wrong ICV."""
    _, _, iv, align = ALGS[alg]
    text = length - 8 - iv - ICV
    if text < 2:
        return "esp-short"
    return "esp-length" if text % align else "icv-bad"


def main():
    algs = algs_here()
    wire = Wire()
    rng = random.Random(1)
    sas = []
    for n, alg in enumerate(algs):
        for src, dst in ((A4, B4), (A6, B6)):
            for m, mode in enumerate(("transport", "tunnel")):
                sas.append(Sa(alg, 0x2000 + 16 * n + m, src, dst,
                              mode).add(wire.nl))
    judge = Judge(wire)
    judge.watch()
    for src, dst in ((A4, B4), (A6, B6)):
        family = 6 if ":" in src else 4
        for length in range(LONGEST + 1):
            if not turn(length, family == 6):
                continue
            reason = "esp-short" if length < 8 else "sa-unknown"
            judge.drop(f"{length} bytes", reason,
                       ip(src, dst, 50, b"\0\0\x77\x77" [:length] +
                          rng.randbytes(max(0, length - 4))))
        judge.unchanged("unknown SPI")
        judge.report(f"esp-lengths-unknown-spi-ipv{family}")
    for sa in sas:
        family = 6 if ":" in sa.src else 4
        # Those of one reason behind each other, as they are judged together.
        for length in sorted(range(LONGEST + 1),
                             key=lambda n, alg=sa.alg: expected(alg, n)):
            if not turn(length // ALGS[sa.alg][3], sa.mode == "tunnel"):
                continue
            head = sa.spi.to_bytes(4, "big") + (length + 1).to_bytes(4, "big")
            packet = head[:length] + rng.randbytes(max(0, length - 8))
            judge.drop(f"{length} bytes", expected(sa.alg, length),
                       ip(sa.src, sa.dst, 50, packet))
        judge.unchanged("wrong ICV")
        judge.report(f"esp-lengths-{sa.alg}-{sa.mode}-ipv{family}")
    wire.close()
    finish()


main()
