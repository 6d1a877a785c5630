#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sweeps over extension headers to our own IPv6. Here is a second reading of
RFC 4443, 5722, 7112, 8200 and 8883: judge() says of each packet how it is
counted, for what reason it is refused and what is answered, and all packets of
a burst must be counted and answered so, in their order, with the packet
quoted."""
import collections
import itertools
import struct

from badlib import finish, result, sysctl, turn
from ipv6lib import (A6, B6, DEST, ECHO, FRAGMENT, GROUP, HOP, ICMP, NONE,
                     PARAM, REPLY, ROUTING, Host, dest, echo, fragment,
                     sealed, to)

AH, ESP, UDP, LITE, NOBODY = 51, 50, 17, 136, 253
# Modules may be there that have these: tunnels, GRE, ESP.
OTHERS = (4, 41, 47, ESP)
BAD, TRUNCATED, UNKNOWN, TAKEN = (
    "Ip6InHdrErrors", "Ip6InTruncatedPkts", "Ip6InUnknownProtos",
    "Ip6InDelivers")
WAITS = "in a queue of fragments"
FIELD, NEXT, OPTION, CUT, HEADERS, OPTIONS, BIG = 0, 1, 2, 3, 8, 9, 10
MOST = 8                                # headers, and options of a header
PAD = 7                                 # bytes of padding in a row
SIZES = {NONE: 0, UDP: 8, LITE: 8, ESP: 8, ICMP: 8, 33: 12, 132: 12, 6: 20,
         41: 40}
IDENTS = itertools.count(1)


# --- what the RFCs want ------------------------------------------------------


def may_tell(packet, code):
    """RFC 4443 2.4 e: not about errors or redirects, nor what may be one; to
    a group only an option that says so."""
    if packet[24] == 0xff and code != OPTION:
        return False
    number, at = packet[6], 40
    while number in (HOP, ROUTING, FRAGMENT, AH, NONE, DEST):
        if number == NONE or at + 2 > len(packet):
            return True
        size = 8 * packet[at + 1] + 8
        if number == FRAGMENT:
            if at + 4 > len(packet):
                return True
            if packet[at + 2] or packet[at + 3] & 0xf8:
                return packet[at] != ICMP
            size = 8
        elif number == AH:
            size = 4 * packet[at + 1] + 8
        number, at = packet[at], at + size
    if number != ICMP:
        return True
    return at < len(packet) and packet[at] >= 128 and packet[at] != 137


def judge_options(header, hop):
    """None: go on; else (code, offset, reason), code None: silently."""
    at, run, count, alert = 2, 0, 0, False
    while at < len(header):
        kind, size = header[at], 1
        if kind:
            if at + 2 > len(header):
                return FIELD, at, "option-past-end"
            size = 2 + header[at + 1]
            if at + size > len(header):
                return FIELD, at + 1, "option-past-end"
        if kind <= 1:
            run += size
            if run > PAD:
                return BIG, at, "padding-long"
            for i in range(2, size):
                if header[at + i]:
                    return FIELD, at + i, "padding-data"
        else:
            run, count = 0, count + 1
            if count > MOST:
                return OPTIONS, at, "options-too-many"
            if kind == 5 and hop:
                if size != 4:
                    return FIELD, at + 1, "option-length"
                if alert:
                    return FIELD, at, "option-twice"
                alert = True
            elif kind >> 6 == 1:
                return None, at, "option-unknown"
            elif kind >> 6 == 2:
                return OPTION, at, "option-unknown"
            elif kind >> 6 == 3:
                return "one", at, "option-unknown"
        at += size
    return None


def shows_chain(packet, number, at):
    """RFC 7112 5: a first fragment has all headers."""
    for _ in range(MOST):
        if number not in (HOP, ROUTING, FRAGMENT, AH, DEST):
            return len(packet) - at >= SIZES.get(number, 1)
        if len(packet) - at < 8:
            return False
        if number == FRAGMENT:
            if packet[at + 2] or packet[at + 3] & 0xf8:
                return True
            size = 8
        else:
            size = (packet[at + 1] + 2) * 4 if number == AH else \
                8 * packet[at + 1] + 8
        number, at = packet[at], at + size
    return True


def judge_fragment(packet, at):
    """None: it is whole by itself; else as judge_options()."""
    offset, more = struct.unpack_from(">H", packet, at + 2)[0] & 0xfff8, \
        packet[at + 3] & 1
    size = len(packet) - at - 8
    if not offset and not more:
        return None
    if not offset and not shows_chain(packet, packet[at], at + 8):
        return CUT, 0, "fragment-chain"
    if not size:
        return None, 0, "fragment-empty"
    if more and size % 8:
        return FIELD, 4, "fragment-odd"
    if at - 40 + offset + size > 65535:
        return FIELD, at + 2, "fragment-long"
    return WAITS, 0, None


def judge_upper(packet, number, at):
    """What is behind all extension headers. No datagram of these sweeps has a
    right checksum."""
    data = packet[at:]
    if len(data) < 8:
        return TAKEN, None, "icmp-cut" if number == ICMP else "udp-length"
    if number == ICMP:
        if data[0] == ECHO and sealed(A6, B6, data) == data:
            return TAKEN, (REPLY, 0, None), None
        return TAKEN, None, "icmp-checksum"
    length, value = struct.unpack_from(">HH", data, 4)
    if number == UDP and length and not 8 <= length <= len(data):
        return TAKEN, None, "udp-length"
    if not value:
        return TAKEN, None, "udp-no-checksum"
    if length and not 8 <= length <= len(data):
        return TAKEN, None, "udp-coverage"
    return TAKEN, None, "udp-checksum"


def judge(packet):
    """How the packet is counted, what is answered, and why it is refused."""
    if len(packet) < 40:
        return BAD, None, "header-cut"
    length = struct.unpack_from(">H", packet, 4)[0]
    jumbo = not length and packet[6] == HOP
    if 40 + length > len(packet):
        return TRUNCATED, None, "truncated"
    if not jumbo:
        packet = packet[:40 + length]
    number, at, where, headers, whole = packet[6], 40, 6, 0, False

    def refuse(code, pointer, why, counter=BAD):
        if code == "one":
            code = None if packet[24] == 0xff else OPTION
        if code is None or not may_tell(packet, code):
            return counter, None, why
        return counter, (PARAM, code, pointer), why

    while number in (ROUTING, FRAGMENT, DEST, NONE) or \
            number == HOP and at == 40:
        headers += 1
        if headers > MOST:
            return refuse(HEADERS, at, "headers-too-many")
        if number == NONE:
            return TAKEN, None, None
        if number == FRAGMENT and whole:
            return refuse(FIELD, at, "fragment-inside")
        if len(packet) - at < 8:
            return BAD, None, "fragment-cut" if number == FRAGMENT else \
                "ext-cut"
        size = 8 if number == FRAGMENT else 8 * packet[at + 1] + 8
        if at + size > len(packet):
            return refuse(FIELD, at + 1, "ext-past-end")
        wrong = None
        if number == FRAGMENT:
            wrong, whole = judge_fragment(packet, at), True
            if wrong and wrong[0] == WAITS:
                return WAITS, None, None
        elif number == ROUTING:
            wrong = (FIELD, at + 2, "routing-segments") if packet[at + 3] \
                else None
        else:
            wrong = judge_options(packet[at:at + size], number == HOP)
            wrong = wrong and (wrong[0], at + wrong[1], wrong[2])
        if wrong:
            return refuse(*wrong)
        if jumbo:
            return refuse(FIELD, 4, "length-zero")
        where, number, at = at, packet[at], at + size
    if number in (ICMP, UDP, LITE):
        return judge_upper(packet, number, at)
    return refuse(NEXT, where, "unknown-protocol", UNKNOWN)


# --- bursts ------------------------------------------------------------------


class Bursts:
    """Sends, and compares with judge()."""
    COUNTED = (BAD, TRUNCATED, UNKNOWN, TAKEN, "Ip6InAddrErrors",
               "Ip6InDiscards", "Ip6InNoRoutes", "Ip6InTooBigErrors",
               "Ip6ReasmFails")

    def __init__(self, host):
        self.host, self.faults = host, []

    def burst(self, what, packets):
        wanted = [judge(p) for p in packets]
        moved, answers = self.host.counted(*packets)
        said = [w for _, w, _ in wanted if w]
        got = answers.brief()
        if got != said:
            at = next((i for i, (a, b) in enumerate(zip(got, said))
                       if a != b), min(len(got), len(said)))
            self.faults.append(
                f"{what}: {len(got)} answers, not {len(said)}; the first "
                f"difference: {got[at:at + 1]}, not {said[at:at + 1]}")
        count = collections.Counter(name for name, _, _ in wanted)
        why = collections.Counter(why for _, _, why in wanted if why)
        if self.host.why != why:
            self.faults.append(f"{what}: refused for {self.host.why}, not "
                               f"{dict(why)}")
        waiting = count.pop(WAITS, 0)
        if moved["Ip6InReceives"] != len(packets):
            self.faults.append(f"{what}: {moved['Ip6InReceives']} of "
                               f"{len(packets)} received")
        for name in self.COUNTED:
            if moved[name] != count[name]:
                self.faults.append(f"{what}: {name} {moved[name]}, not "
                                   f"{count[name]}")
        if waiting + sum(count.values()) != len(packets):
            self.faults.append(f"{what}: not all are judged")
        self.quotes(what, packets, wanted, answers)

    def quotes(self, what, packets, wanted, answers):
        """RFC 4443 3.4: as much of the packet as fits."""
        about = [p for p, (_, w, _) in zip(packets, wanted) if w]
        for packet, message in zip(about, answers):
            length = struct.unpack_from(">H", packet, 4)[0]
            if length or packet[6] != HOP:
                packet = packet[:40 + length]
            if message[0] == PARAM and message[8:] != packet[:1280 - 48]:
                self.faults.append(f"{what}: not the packet quoted")
                return

    def report(self, name):
        result(name, self.faults)
        self.faults = []


def upper(number, size=24):
    """Each echo has a number of its own, as it may be taken for a fragment."""
    return echo(size - 8, next(IDENTS) & 0xffff) if number == ICMP else \
        bytes(size)


def whole(number):
    """An atomic fragment's header."""
    return fragment(number, 0, 0, next(IDENTS))


def eights(number):
    """A right header of 8 bytes of each kind in front of number."""
    return [("hop-by-hop", HOP, dest(number, b"\x1e\x04abcd")),
            ("padded hop-by-hop", HOP, dest(number, b"\x01\x04\0\0\0\0")),
            ("alert", HOP, dest(number, b"\x05\x02\0\0\x01\0")),
            ("options", DEST, dest(number, b"\x3e\x01a\x1e\x01b")),
            ("routing", ROUTING, bytes((number, 0, 4, 0)) + bytes(4)),
            ("fragment", FRAGMENT, whole(number))]


def truncations(run):
    """Cut at each byte: told by the length, not told, and told too much."""
    for number in (NOBODY, ICMP, NONE):
        for what, first, header in eights(number):
            for more in (b"", dest(number) + dest(number, b"\x3e\x04abcd"),
                         whole(number))[:3 if number == NOBODY else 1]:
                if more:
                    inner = FRAGMENT if len(more) == 8 else DEST
                    data = bytes((inner,)) + header[1:]
                    if inner == DEST:
                        more = bytes((DEST,)) + more[1:]
                    data += more + upper(number)
                else:
                    data = header + upper(number)
                full = to(first, data)
                every = range(len(data) + 1)
                name = f"{what}, {len(more)} more, before {number}"
                run.burst(f"{name}, cut", [to(first, data[:n])
                                           for n in every])
                run.burst(f"{name}, length says less", [
                    to(first, data, length=n) for n in every])
                run.burst(f"{name}, the frame is cut", [
                    full[:n] for n in range(len(full) + 1)])
                run.burst(f"{name}, length says more", [
                    to(first, data[:n], length=n + 1) for n in every])
    run.report("headers-cut")


def bytes_of_headers(run):
    """Each byte of a header of 8 with each value."""
    for number in (NOBODY, ICMP):
        for what, first, header in eights(number):
            for at in range(8 if number == NOBODY else 2):
                packets = []
                for value in range(256):
                    if first == FRAGMENT and at < 4:
                        header = whole(number)
                    changed = header[:at] + bytes((value,)) + header[at + 1:]
                    packets.append(to(first, changed + upper(number)))
                if at == 0:
                    packets = [packets[n] for n in range(256)
                               if n not in OTHERS]
                run.burst(f"{what} before {number}, byte {at}", packets)
    numbers = [n for n in range(256) if n not in OTHERS]
    run.burst("next headers", [to(n, bytes(24)) for n in numbers])
    run.burst("next headers behind options", [
        to(DEST, dest(DEST) + dest(n) + bytes(24)) for n in numbers])
    run.report("headers-each-byte")


def option_lengths(run):
    """Each length of an option, in headers that are too short for most; where
    it is no router alert the two headers are of a kind."""
    for first in (HOP, DEST):
        for kind in (1, 5, 0x1e, 0x5e, 0x9e, 0xc2, 0xde):
            for units, at in ((1, 0), (1, 4), (5, 0)):
                room = 8 * units - 2
                run.burst(f"option {kind:#x} at {at} of {room} in {first}", [
                    to(first, bytes((NOBODY, units - 1)) + (
                        b"\x3e\0" * (at // 2) + bytes((kind, n)) +
                        bytes(room))[:room] + upper(NOBODY))
                    for n in range(256 if units == 1 else 48)
                    if turn(n, first == HOP) or (kind, first) == (5, HOP)])
            run.burst(f"option {kind:#x} at the end of {first}", [to(
                first, bytes((NOBODY, 0, 0x3e, 3, n, n, n, kind)) +
                upper(NOBODY)) for n in (0, 1, 255)])
        for dst in (B6, GROUP):
            run.burst(f"each option in {first} to {dst}", [to(
                first, dest(NOBODY, bytes((n, 2, 0, 0))) + upper(NOBODY),
                dst) for n in range(256)
                if turn(n + (dst == GROUP), first == HOP) or n == 5])
    run.report("option-lengths")


def routing_headers(run):
    """Types, segments left, lengths that lie."""
    for kind in (0, 1, 2, 3, 4, 253, 255):
        run.burst(f"routing type {kind}", [to(
            ROUTING, (bytes((number, units, kind, left)) + bytes(60))[
                :8 * real + 8] + upper(number))
            for number in (NOBODY, ICMP, NONE) for left in (0, 1, 2, 127, 255)
            for units in (0, 1, 2, 3, 6, 255) for real in (0, 2, 3, 6)])
    run.report("routing-headers")


def fragment_headers(run):
    """Offsets at both ends, with data of each length."""
    for number in (NOBODY, ICMP, DEST, NONE, UDP):
        inner = dest(NOBODY) + bytes(24) if number == DEST else bytes(32)
        run.burst(f"fragments of {number}", [to(
            FRAGMENT, fragment(number, offset, more, next(IDENTS)) +
            inner[:size])
            for offset in (0, 1, 2, 4096, 8187, 8190, 8191)
            for more in (0, 1) for size in range(26)])
    run.burst("fragments in fragments", [to(
        FRAGMENT, fragment(FRAGMENT, a, b, next(IDENTS)) +
        fragment(NOBODY, c, d, next(IDENTS)) + bytes(16))
        for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)])
    run.report("fragment-headers")


def main():
    host = Host()
    # On a slow machine, what waits of one sweep would be given up in another.
    sysctl("badb", "net.ipv6.ip6frag_time=3600")
    run = Bursts(host)
    truncations(run)
    bytes_of_headers(run)
    option_lengths(run)
    routing_headers(run)
    fragment_headers(run)
    host.report_ends()
    host.close()
    finish()


if __name__ == "__main__":
    main()
