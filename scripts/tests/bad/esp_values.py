#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every value of the pad length and of the next header, with a right ICV: each
packet is delivered, or dropped under the one reason that the RFCs name. In a
short run the values of each function are shared by two SAs."""
from badlib import finish, turn
from packets import ip, udp
from rfc4303 import ESP, IPV4, IPV6, UDP, Exact, Forger
from salib import ALGS, algs_here
from wirelib import (A4, A6, B4, B6, NET_A4, NET_A6, NET_B4, NET_B6, Receiver,
                     Wire)


def carried(sa, inner6, data):
    """A payload with that data in it, and its next header."""
    if sa.mode == "transport":
        return udp(sa.src, sa.dst, data), UDP
    ends = (NET_A6, NET_B6) if inner6 else (NET_A4, NET_B4)
    return ip(*ends, UDP, udp(*ends, data)), IPV6 if inner6 else IPV4


def needed(sa, length):
    """Bytes of padding that this payload needs."""
    return -(length + 2) % ALGS[sa.alg][3]


def pad_lengths(judge, sa, inner6, values):
    """One text, padded as it should be, that says each of the lengths."""
    data = b"\xff" * 40
    payload, number = carried(sa, inner6, data)
    pad = bytes(range(1, 1 + needed(sa, len(payload))))
    for value in values:
        # Without padding, what lies there is the payload's: too long for
        # the datagram, which says itself where it ends.
        judge.right(f"pad length {value}, pad of {len(pad)}",
                    payload + pad + bytes((value, number)), data)


def pads(judge, sa, inner6, values):
    """RFC 4303 2.4: 0 to 255 bytes of padding, more than needed as well."""
    base = len(carried(sa, inner6, b"")[0])
    for value in values:
        data = bytes(needed(sa, base + value))
        payload, number = carried(sa, inner6, data)
        judge.right(f"pad of {value}", payload + bytes(range(1, 1 + value)) +
                    bytes((value, number)), data)


def next_headers(judge, sa, inner6, values):
    """RFC 4301 5.2: in tunnel mode nothing but the two IPs and the dummy; in
    transport mode the stack goes on with whatever it is."""
    data = b"next header?"
    payload, number = carried(sa, inner6, data)
    pad = bytes(range(1, 1 + needed(sa, len(payload))))
    for value in values:
        also = {}
        if value == ESP and sa.mode == "transport":
            also = {"drop:sa-unknown": 1}       # a bundle; of no SA of ours
        judge.right(f"next header {value}",
                    payload + pad + bytes((len(pad), value)),
                    data if value == number else None, also)


def run(wire, sa, inner6, who, *functions):
    outer6 = ":" in sa.dst
    at, kind = sa.dst, f"{sa.alg}-transport-ipv{6 if outer6 else 4}"
    if sa.mode == "tunnel":
        at = NET_B6 if inner6 else NET_B4
        kind = f"{sa.alg}-ipv{6 if inner6 else 4}-in-" \
            f"ipv{6 if outer6 else 4}"
    receiver = Receiver(wire, at)
    judge = Exact(wire, sa, receiver)
    for function in functions:
        function(judge, sa, inner6,
                 [value for value in range(256) if turn(value, who)])
        judge.report(f"esp-values-{function.__name__.replace('_', '-')}-"
                     f"{kind}")
    receiver.close()


def main():
    algs = algs_here()
    wire = Wire()
    spi = 0x2900
    for n, alg in enumerate(algs):
        for m, (ends, mode, inner6) in enumerate((
                ((A4, B4), "transport", False), ((A6, B6), "tunnel", n % 2),
                ((A6, B6), "transport", True), ((A4, B4), "tunnel", n % 2))):
            sa = Forger(alg, spi, *ends, mode).add(wire.nl)
            spi += 1
            functions = [pad_lengths if (n + spi) % 2 else pads]
            if alg == "aes-gcm":
                functions = [pad_lengths, pads, next_headers]
            run(wire, sa, bool(inner6), m // 2, *functions)
    # The families of the inner packets that were not among these.
    for m, ends in enumerate(((A6, B6), (A4, B4))):
        sa = Forger(algs[0], spi, *ends, "tunnel").add(wire.nl)
        spi += 1
        run(wire, sa, True, m, next_headers)
    wire.close()
    finish()


main()
