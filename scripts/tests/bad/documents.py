#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Whole ESP packets of documents: draft-mcgrew-gcm-test-01, RFC 3602 section
4 (cases 5 to 8), RFC 7634 appendix A. Each must come out as the text that its
document gives. RFC 3602's have no ICV, which nobody takes: they get one, of a
key of ours. The addresses outside, which ESP does not look at, are ours, too.
"""
import hmac
import json
import os

from badlib import finish
from judgelib import Judge
from packets import ip
from salib import ICV, Sa, flush
from wirelib import A4, B4, RawReceiver, Wire

ESP, ICMP, IPV4 = 50, 1, 4
AUTH = bytes(range(32))
# With an SPI of 0, and a key of 192 bits: 61 shows that there is no such SA.
REFUSED = "gcm-esp-4", "gcm-esp-7"
# Who the packets in tunnel mode are for.
INSIDE = "192.168.123.200", "192.0.2.5"


def read():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "documents.json")
    with open(path, encoding="ascii") as file:
        for one in json.load(file):
            if one["name"] in REFUSED:
                continue
            yield {name: bytes.fromhex(value)
                   if name in ("key", "seq", "packet", "text") else value
                   for name, value in one.items()}


def sa_of(one):
    seq = int.from_bytes(one["seq"], "big")
    more = {"sequence": seq - 1} if one["esn"] and seq > 1 else {}
    sa = Sa(one["alg"], int.from_bytes(one["packet"][:4], "big"), A4, B4,
            "tunnel" if one["text"][-1] == IPV4 else "transport", one["esn"],
            **more)
    sa.key = one["key"]
    sa.auth = AUTH if one["alg"] == "aes-cbc-hmac-sha256" else b""
    return sa


def packet_of(one, sa):
    if not sa.auth:
        return one["packet"]
    return one["packet"] + \
        hmac.new(AUTH, one["packet"], "sha256").digest()[:ICV]


def inside(one):
    """The text without padding and trailer."""
    return one["text"][:-2 - one["text"][-2]]


def arrives(judge, raw, one, sa):
    judge.counts(one["name"], {"in_packets": 1},
                 ip(A4, B4, ESP, packet_of(one, sa)))
    if not inside(one):
        return          # no socket gets an ICMP message without a byte
    came = raw.wait()
    # In transport mode the socket gets the header, which is ours, as well.
    # Where the test is recorded nobody listens, and nothing comes.
    if came is None or came and \
            came[0 if sa.mode == "tunnel" else 20:] != inside(one):
        judge.faults.append(f"{one['name']}: {came and came.hex()} came")


def main():
    wire = Wire()
    wire.receives(INSIDE)
    judge, raw = Judge(wire), RawReceiver(wire, ICMP, False)
    for one in read():
        sa = sa_of(one)
        flush(wire.nl)
        sa.add(wire.nl)
        judge.restart()
        arrives(judge, raw, one, sa)
        judge.report(f"document-{one['name']}")
    wire.close()
    finish()


main()
