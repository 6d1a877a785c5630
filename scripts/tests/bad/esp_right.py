#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ESP packets of every length with a right ICV, from the shortest that the
algorithm allows to 200 bytes, with good and bad insides: each is delivered, or
dropped under the one reason that the RFCs name, and the window moves exactly
when the ICV was looked at and right. In a short run the two families share the
lengths of each algorithm and mode."""
from badlib import finish, turn
from packets import ip, udp
from rfc4303 import DUMMY, IPV4, IPV6, UDP, Exact, Forger
from salib import ALGS, ICV, algs_here
from wirelib import (A4, A6, B4, B6, NET_A4, NET_A6, NET_B4, NET_B6, Receiver,
                     Wire)

LONGEST = 200


def payload_of(sa, length):
    """As many bytes of payload, its next header, and what a socket gets."""
    six = ":" in sa.src
    if sa.mode == "transport":
        if length < 8:
            return bytes(length), UDP, None
        data = bytes(n & 0xff for n in range(length - 8))
        return udp(sa.src, sa.dst, data), UDP, data
    src, dst = (NET_A6, NET_B6) if six else (NET_A4, NET_B4)
    head = 48 if six else 28
    data = bytes(n & 0xff for n in range(max(0, length - head)))
    inner = ip(src, dst, UDP, udp(src, dst, data))
    return inner[:length], IPV6 if six else IPV4, data


def insides(sa, room):
    """Texts that have room bytes before the pad length: name, text, what is
    delivered of it if it is good."""
    pad = bytes(range(1, 1 + min(room, room // ALGS[sa.alg][3] % 5)))
    payload, number, data = payload_of(sa, room - len(pad))
    end = bytes((len(pad), number))
    yield "good", payload + pad + end, data
    yield "pad longer than all", payload + pad + \
        bytes((room + 1, number)), None
    yield "all is pad", bytes(range(1, 1 + room)) + \
        bytes((room, number)), None
    yield "dummy", payload + pad + bytes((len(pad), DUMMY)), None
    if room:
        long = bytearray(range(1, 1 + room))
        long[room * 7 // 11] ^= 1 << room % 8
        yield "one bit of the pad", bytes(long) + bytes((room, number)), None


def lengths(judge, sa, who):
    iv, align = ALGS[sa.alg][2:]
    for total in range(8 + iv + ICV, LONGEST + 1):
        size = total - 8 - iv - ICV
        if not turn(size // align, who):
            continue
        if size < 2 or size % align:
            judge.right(f"{total} bytes", bytes(size))
            continue
        for what, text, data in insides(sa, size - 2):
            judge.right(f"{total} bytes, {what}", text, data)
            if size % 48 == 0:
                judge.again(f"{total} bytes, {what}")


def main():
    algs = algs_here()
    wire = Wire()
    sas = []
    for n, alg in enumerate(algs):
        for src, dst in ((A4, B4), (A6, B6)):
            for m, mode in enumerate(("transport", "tunnel")):
                sas.append(Forger(alg, 0x2800 + 16 * n + m, src, dst, mode,
                                  esn=mode == "tunnel").add(wire.nl))
    for sa in sas:
        six = ":" in sa.dst
        at = sa.dst if sa.mode == "transport" else NET_B6 if six else NET_B4
        receiver = Receiver(wire, at)
        judge = Exact(wire, sa, receiver)
        lengths(judge, sa, six + (sa.mode == "tunnel"))
        judge.report(f"esp-right-{sa.alg}-{sa.mode}-ipv{6 if six else 4}")
        receiver.close()
    wire.close()
    finish()


main()
