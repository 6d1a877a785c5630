#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What strangers may send to our own IPv6, byte by byte: each kind of bad
packet, what RFC 4443, 4861, 5722, 7112, 8200 and 8883 want said and counted,
and limits on what a flood may take. After every burst the host must answer an
echo request, so that nothing is judged before it was looked at."""
import collections
import itertools
import random
import socket
import struct
import time

from badlib import (finish, in_full, in_ns, ip_bytes, ipv6, result, same, sh,
                    turn, wait_for)
from ipv6_headers import TAKEN, judge
from ipv6lib import (A6, B6, DEST, ECHO, FRAGMENT, GROUP, HOP, ICMP, LA, NA,
                     NONE, NS, PARAM, RA, REDIRECT, REPLY, ROUTING, RS, TIME,
                     TOO_BIG, UNREACH, Host, b_lines, dest, echo, fragment,
                     icmp, in_pieces, option, prefix, quoted, sealed, sysctl)

FAR = "ff0e::5"                         # a group beyond the link
FIXED = {RS: 8, RA: 16, NS: 24, NA: 24, REDIRECT: 40}


def many(all_of_them, some):
    """Of what a flood is made: some are more than every limit takes."""
    return all_of_them if in_full() else some


def quoted_to(dst):
    return quoted(B6, dst)


def messages(mac_a):
    """One right message of each type: (src, dst, hop limit, bytes)."""
    slla, tlla = option(1, mac_a), option(2, mac_a)
    ra = struct.pack(">BBHII", 64, 0, 0, 0, 0)
    bodies = {
        UNREACH: bytes(4) + quoted(), TOO_BIG: struct.pack(">I", 1400) +
        quoted(), TIME: bytes(4) + quoted(), PARAM: bytes(4) + quoted(),
        100: bytes(4) + quoted(), 127: bytes(4) + quoted(),
        ECHO: bytes(40), REPLY: bytes(40),
        130: struct.pack(">HH", 1000, 0) + bytes(16) +
        struct.pack(">BBH", 2, 125, 0),
        131: bytes(4) + ip_bytes("ff05::77"),
        132: bytes(4) + ip_bytes("ff05::77"),
        RS: bytes(4) + slla, RA: ra + slla + option(
            5, struct.pack(">HI", 0, 65535)) + option(24, struct.pack(
                ">BBI", 0, 0, 0)) + prefix("fd55::", flags=0),
        NS: bytes(4) + ip_bytes(B6) + slla,
        NA: bytes((0x20, 0, 0, 0)) + ip_bytes("fd09::77") + tlla,
        REDIRECT: bytes(4) + ip_bytes("fd09::77") + ip_bytes("fd09::77") +
        tlla, 138: bytes(40), 139: bytes(40), 140: bytes(40), 141: bytes(40),
        143: struct.pack(">HH", 0, 1) + struct.pack(">BBH", 4, 0, 0) +
        ip_bytes("ff05::77"), 148: bytes(30), 151: bytes(12), 155: bytes(20),
        200: bytes(20), 255: bytes(20), 0: bytes(20),
    }
    for kind, body in bodies.items():
        src = LA if 130 <= kind <= 143 else A6
        hop = 255 if RS <= kind <= REDIRECT else 1 if 130 <= kind else 64
        yield kind, src, B6, hop, bytes((kind, 0, 0, 0)) + body


def nd_valid(data):
    """RFC 4861 6.1, 7.1, 8.1, as far as lengths decide."""
    at = FIXED[data[0]]
    if len(data) < at:
        return False
    while at < len(data):
        if at + 2 > len(data) or not data[at + 1] or \
                at + 8 * data[at + 1] > len(data):
            return False
        at += 8 * data[at + 1]
    return True


def cut_why(data):
    """The reason that a message of messages(), cut short, is refused for."""
    kind, size = data[0] if data else 0, len(data)
    if size < 8:
        return "icmp-cut"
    if kind in FIXED:
        if nd_valid(data):
            return None
        return "nd-short" if size < FIXED[kind] else "nd-option"
    if kind < 128:
        return "error-cut" if size < 8 + 40 + 8 else "error-nobodys"
    if kind == 131:
        return "mld-short" if size < 24 else None
    return {ECHO: None, REPLY: "echo-reply", 130: "mld-alert", 132: None,
            143: None}.get(kind, "icmp-type")


def counter_of(why):
    """Which counter of the MIB has this reason of the IPv6 header."""
    if why in ("source", "destination"):
        return "Ip6InAddrErrors"
    return {"unknown-protocol": "Ip6InUnknownProtos", "icmp-cut": None,
            "truncated": "Ip6InTruncatedPkts"}.get(why, why and
                                                   "Ip6InHdrErrors")


# --- tests -------------------------------------------------------------------


def truncated(host):
    """Every message, cut at every byte, by its length field and without."""
    for kind, src, dst, hop, data in messages(host.mac_a):
        faults, cut, bad = [], [], 0
        for length in range(len(data) + 1):
            cut.append(ipv6(src, dst, ICMP, sealed(src, dst, data[:length]),
                            hop=hop))
            if kind in FIXED:
                bad += length < 8 or not nd_valid(data[:length])
            elif kind in (130, 131):
                # All queries, as they have no router alert; short reports.
                bad += kind == 130 or length < 24
            else:
                # What the errors are about is nobody's: of no use either.
                bad += kind < 128 or length < 8
        moved, _ = host.counted(*cut)
        if moved["Icmp6InMsgs"] != len(cut):
            faults.append(f"{moved['Icmp6InMsgs']} of {len(cut)} counted")
        if moved["Icmp6InErrors"] != bad:
            faults.append(f"{moved['Icmp6InErrors']} errors of {bad}")
        why = collections.Counter(filter(None, (
            cut_why(data[:n]) for n in range(len(data) + 1))))
        if host.why != why:
            faults.append(f"refused for {host.why}, not {why}")
        full = ipv6(src, dst, ICMP, sealed(src, dst, data), hop=hop)
        moved, answers = host.counted(*(full[:n] for n in range(len(full))))
        if moved["Ip6InHdrErrors"] != 40 or \
                moved["Ip6InTruncatedPkts"] != len(data):
            faults.append(f"cut frames: {moved['Ip6InHdrErrors']} headers, "
                          f"{moved['Ip6InTruncatedPkts']} packets")
        if host.why != {"header-cut": 40, "truncated": len(data)}:
            faults.append(f"cut frames: refused for {host.why}")
        if len(answers):
            faults.append(f"a cut frame was answered: {answers.brief()}")
        result(f"truncated-{kind}", faults)


def nd_forms(host):
    """Options of length zero and past the end, hop limits, codes, sources."""
    faults = []

    def refused(what, why, *packets):
        moved, answers = host.counted(*packets)
        if host.why != {why: len(packets)}:
            faults.append(f"{what}: refused for {host.why}, not {why}")
        if moved["Icmp6InErrors"] != len(packets):
            faults.append(f"{what}: {moved['Icmp6InErrors']} errors of "
                          f"{len(packets)}")
        if len(answers):
            faults.append(f"{what}: answered {answers.brief()}")

    for kind, src, dst, hop, data in messages(host.mac_a):
        if kind not in FIXED:
            continue
        fixed = data[:FIXED[kind]]

        def make(body, hop=255, src=src, dst=dst):
            return ipv6(src, dst, ICMP, sealed(src, dst, body), hop=hop)

        refused(f"{kind}: length 0", "nd-option", *(make(
            fixed + option(o, bytes(6), 0)) for o in range(256)))
        refused(f"{kind}: past the end", "nd-option", *(make(
            fixed + option(o, bytes(6), n))
            for o in (1, 2, 3, 4, 5, 14, 24, 25, 31, 99)
            for n in (2, 3, 128, 255)))
        refused(f"{kind}: hop limit", "nd-hop-limit", *(
            make(data, hop=h) for h in (0, 1, 64, 254)))
        refused(f"{kind}: code", "nd-code", *(make(
            data[:1] + bytes((c,)) + data[2:]) for c in (1, 2, 128, 255)))
        wrong = bytearray(make(data))
        wrong[42] ^= 0x55
        moved, _ = host.counted(bytes(wrong))
        if moved["Icmp6InCsumErrors"] != 1 or host.why != {"icmp-checksum": 1}:
            faults.append(f"{kind}: wrong checksum not counted")
        for size in (1, 2, 7, 8):
            pieces = in_pieces(src, dst, sealed(src, dst, data), size * 8, 99)
            moved, _ = host.counted(*(p[:7] + b"\xff" + p[8:]
                                      for p in pieces))
            if len(pieces) > 1 and (moved["Icmp6InErrors"] != 1 or
                                    host.why != {"nd-fragment": 1}):
                faults.append(f"{kind}: fragments of {8 * size} were taken")
    result("nd-forms", faults)
    faults = []
    target = bytes(4) + ip_bytes(B6)
    slla = option(1, host.mac_a)
    for what, why, src, dst, kind, body in (
            ("RA of a global source", "nd-source", A6, GROUP, RA, bytes(12)),
            ("redirect of a global source", "nd-source", A6, B6, REDIRECT,
             bytes(4) + ip_bytes(LA) + ip_bytes("fd44::1")),
            ("NS for a group", "nd-target", LA, B6, NS, bytes(4) +
             ip_bytes(GROUP)),
            ("NA for a group", "nd-target", LA, B6, NA, bytes(4) +
             ip_bytes(GROUP)),
            ("NA to all, solicited", "nd-solicited", LA, GROUP, NA,
             b"\x40\0\0\0" + ip_bytes("fd09::77")),
            ("DAD with a link-layer address", "nd-option-source", "::",
             "ff02::1:ff00:2", NS, target + slla),
            ("DAD to one node", "nd-destination", "::", B6, NS, target),
            ("RS of nobody with a link-layer address", "nd-option-source",
             "::", "ff02::1", RS, bytes(4) + slla),
            ("redirect for a group", "nd-target", LA, B6, REDIRECT, bytes(4) +
             ip_bytes(LA) + ip_bytes("ff05::1")),
            ("redirect to a stranger's global address", "nd-target", LA, B6,
             REDIRECT, bytes(4) + ip_bytes("fd44::2") + ip_bytes("fd44::1"))):
        refused(what, why, ipv6(src, dst, ICMP, icmp(src, dst, kind, 0, body),
                                hop=255))
    result("nd-addresses", faults)


def chains(host):
    """Extension headers: (packet, answers, reason to refuse it)."""
    data = echo()
    good = [(REPLY, 0, None)]

    def to(number, payload, dst=B6):
        return ipv6(A6, dst, number, payload)

    def opt(kind, where=DEST, dst=B6):
        header = dest(ICMP, bytes((kind, 2, 0, 0)))
        return to(where, header + icmp(A6, dst, ECHO, 0, bytes(4)), dst)

    def param(code, pointer):
        return [(PARAM, code, pointer)]

    cases = [
        ("one options header", to(DEST, dest(ICMP) + data), good, None),
        ("eight", to(DEST, dest(DEST) * 7 + dest(ICMP) + data), good, None),
        ("nine", to(DEST, dest(DEST) * 8 + dest(ICMP) + data), param(8, 104),
         "headers-too-many"),
        ("200", to(DEST, dest(DEST) * 199 + dest(ICMP) + data),
         param(8, 104), "headers-too-many"),
        ("8000", to(DEST, dest(DEST) * 7999 + dest(ICMP) + data),
         param(8, 104), "headers-too-many"),
        ("hop-by-hop behind options", to(DEST, dest(HOP) + dest(ICMP) + data),
         param(1, 40), "unknown-protocol"),
        ("hop-by-hop twice", to(HOP, dest(HOP) + dest(ICMP) + data),
         param(1, 40), "unknown-protocol"),
        ("unknown upper layer", to(253, bytes(20)), param(1, 6),
         "unknown-protocol"),
        ("unknown behind options", to(DEST, dest(253) + bytes(20)),
         param(1, 40), "unknown-protocol"),
        ("no next header", to(NONE, bytes(20)), [], None),
        ("options past the end", to(DEST, bytes((17, 200)) + bytes(14)),
         param(0, 41), "ext-past-end"),
        ("hop-by-hop past the end", to(HOP, bytes((17, 200)) + bytes(14)),
         param(0, 41), "ext-past-end"),
        ("routing past the end", to(ROUTING, bytes((17, 50)) + bytes(6)),
         param(0, 41), "ext-past-end"),
        # What can't be read may be an error, which is not answered by one.
        ("ICMPv6 past the end", to(DEST, bytes((ICMP, 200)) + bytes(14)),
         [], "ext-past-end"),
        ("cut options", to(DEST, b"\x3a"), [], "ext-cut"),
        ("cut hop-by-hop", to(HOP, b"\x3a\0\0"), [], "ext-cut"),
        ("option past its header", to(DEST, dest(ICMP, b"\x1e\x09\0\0") +
                                      data), param(0, 43), "option-past-end"),
        ("padding too long", to(DEST, bytes((ICMP, 1)) + bytes(14) + data),
         param(10, 49), "padding-long"),
        ("padding with data", to(DEST, dest(ICMP, b"\x01\x04abcd") + data),
         param(0, 44), "padding-data"),
        ("nine options", to(DEST, dest(ICMP, b"\x1e\0" * 9) + data),
         param(9, 58), "options-too-many"),
        ("routing type 0 at its end", to(ROUTING, bytes((ICMP, 2, 0, 0)) +
                                         bytes(20) + data), good, None),
        ("routing type 4 at its end", to(ROUTING, bytes((ICMP, 2, 4, 0)) +
                                         bytes(20) + data), good, None),
        ("router alert", to(HOP, dest(ICMP, b"\x05\x02\0\0") + data), good,
         None),
        ("atomic fragment", to(FRAGMENT, fragment(ICMP, 0, 0, 7) + data), good,
         None),
        ("all of them", to(HOP, dest(DEST, b"\x05\x02\0\0") + dest(ROUTING) +
                           bytes((FRAGMENT, 2, 0, 0)) + bytes(20) +
                           fragment(DEST, 0, 0, 8) + dest(ICMP) + data), good,
         None),
        ("routing type 0", to(ROUTING, bytes((ICMP, 2, 0, 1)) + bytes(20) +
                              data), param(0, 42), "routing-segments"),
        ("routing type 4", to(ROUTING, bytes((ICMP, 2, 4, 1)) + bytes(20) +
                              data), param(0, 42), "routing-segments"),
        ("two router alerts", to(HOP, dest(ICMP, b"\x05\x02\0\0" * 2) + data),
         param(0, 46), "option-twice"),
        ("jumbogram", to(HOP, dest(ICMP, b"\xc2\x04\0\1\0\0") + data),
         param(2, 42), "option-unknown"),
        ("hop-by-hop without length", ipv6(A6, B6, HOP, dest(ICMP) + data,
                                           length=0), param(0, 4),
         "length-zero"),
        ("to a group, action 10", opt(0x9e, dst=GROUP), param(2, 42),
         "option-unknown"),
        ("to a group, action 11", opt(0xde, dst=GROUP), [],
         "option-unknown"),
    ]
    for where, name in ((DEST, "destination"), (HOP, "hop-by-hop")):
        for kind, want in ((0x1e, good), (0x5e, []), (0x9e, param(2, 42)),
                           (0xde, param(2, 42))):
            cases.append((f"{name} option {kind:#x}", opt(kind, where), want,
                          None if want == good else "option-unknown"))
    faults = []
    for what, packet, want, why in cases:
        moved, answers = host.counted(packet)
        counter = counter_of(why)
        if host.why != ({why: 1} if why else {}):
            faults.append(f"{what}: refused for {host.why}, not {why}")
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        wrong = {k: v for k, v in moved.items() if v and k in (
            "Ip6InHdrErrors", "Ip6InUnknownProtos", "Ip6InAddrErrors",
            "Ip6InDiscards", "Ip6InTruncatedPkts")}
        if wrong != ({counter: 1} if counter else {}):
            faults.append(f"{what}: wanted {counter}, counted {wrong}")
        for message in answers:
            if message[0] == PARAM and message[8:] != \
                    packet[:1280 - 48][:len(message) - 8]:
                faults.append(f"{what}: not the packet quoted")
            if message[0] == PARAM and len(message) - 8 < min(
                    len(packet), 1280 - 48):
                faults.append(f"{what}: only {len(message)} bytes quoted")
    result("header-chains", faults)


def lengths(host):
    """What the IPv6 header says of itself."""
    faults = []
    data = echo()
    for what, packet, want, why in (
            ("payload too long", ipv6(A6, B6, ICMP, data, length=1000), [],
             "truncated"),
            ("payload 65535", ipv6(A6, B6, ICMP, data, length=65535), [],
             "truncated"),
            ("padding behind", ipv6(A6, B6, ICMP, data + bytes(99),
                                    length=len(data)), [(REPLY, 0, None)],
             None),
            ("payload 0", ipv6(A6, B6, ICMP, data, length=0), [],
             "icmp-cut"),
            ("version 4", b"\x45" + ipv6(A6, B6, ICMP, data)[1:], [],
             "version"),
            ("version 15", b"\xf0" + ipv6(A6, B6, ICMP, data)[1:], [],
             "version"),
            ("source a group", ipv6(GROUP, B6, ICMP, data), [],
             "source"),
            ("source loopback", ipv6("::1", B6, ICMP, data), [],
             "source"),
            ("to loopback", ipv6(A6, "::1", ICMP, data), [],
             "destination"),
            ("to nobody", ipv6(A6, "::", ICMP, data), [],
             "destination"),
            ("source mapped", ipv6("::ffff:1.2.3.4", B6, ICMP, data), [],
             "source"),
            ("to ff00::1", ipv6(A6, "ff00::1", ICMP, data), [],
             "destination"),
            ("to ff01::1", ipv6(A6, "ff01::1", ICMP, data), [],
             "destination")):
        moved, answers = host.counted(packet)
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        counter = counter_of(why)
        if counter and moved.get(counter) != 1:
            faults.append(f"{what}: {counter} by {moved.get(counter)}")
        if host.why != ({why: 1} if why else {}):
            faults.append(f"{what}: refused for {host.why}, not {why}")
    result("header-fields", faults)


class Pings:
    """Echo requests in pieces, each with a number of its own, so that many can
    be sent at once and the answers still tell which of them arrived."""

    def __init__(self, host):
        self.host, self.idents = host, itertools.count(1000)
        self.packets, self.wanted = [], []

    def pieces(self):
        """The next one, 96 bytes in four; with its number and its data."""
        ident = next(self.idents)
        data = echo(88, ident)
        return ident, data, in_pieces(A6, B6, data, 24, ident)

    def add(self, packets, data=None):
        """They are to be sent; data: of the request that is to be answered."""
        self.packets += packets
        if data:
            self.wanted.append(bytes((REPLY, 0)) + data[4:])

    def send(self, faults, what, counts, why):
        """Those, and no others, are answered, in their order; the counters of
        fragments move so, and packets are refused for these reasons."""
        moved, answers = self.host.counted(*self.packets)
        got = [m[:2] + m[4:] for m in answers]
        if got != self.wanted:
            at = next((i for i, (a, b) in enumerate(zip(got, self.wanted))
                       if a != b), min(len(got), len(self.wanted)))
            faults.append(f"{what}: {len(got)} answers, not "
                          f"{len(self.wanted)}; they differ from the one at "
                          f"{at} on: {got[at:at + 1]}")
        moved = {k: moved[f"Ip6Reasm{k}"] for k in ("Reqds", "OKs", "Fails",
                                                   "Overlaps", "Timeout")}
        counts = {"Reqds": len(self.packets), "Overlaps": 0, "Fails": 0,
                  "Timeout": 0} | counts
        if moved != counts:
            faults.append(f"{what}: counted {moved}, not {counts}")
        if self.host.why != {k: v for k, v in why.items() if v}:
            faults.append(f"{what}: refused for {self.host.why}, not {why}")
        self.packets, self.wanted = [], []


def fragments(host):
    """All orders of right and of overlapping pieces, and odd ones."""
    # What is left of datagrams is not given up while others are counted.
    sysctl("badb", "net.ipv6.ip6frag_time=3600")
    faults, pings = [], Pings(host)
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        _, data, pieces = pings.pieces()
        pings.add([pieces[i] for i in order], data)
    pings.send(faults, "each order", {"OKs": len(orders)}, {})
    result("fragments-all-orders", faults)
    faults = []
    for order in orders:
        _, data, pieces = pings.pieces()
        again = [pieces[i] for i in order for _ in (0, 1)]
        pings.add(again[:-1], data)
    pings.send(faults, "each twice", {"OKs": len(orders)},
               {"fragment-twice": 3 * len(orders)})
    result("fragments-doubled", faults)
    faults = []
    for who, span in enumerate((
            (0, 16), (8, 32), (16, 32), (16, 40), (40, 56), (24, 40), (24, 48),
            (24, 72), (0, 88), (32, 96))):
        overlapping(pings, faults, span, [
            order for n, order in enumerate(itertools.permutations(range(5)))
            if turn(n + n // 2, who)])
    result("fragments-overlapping", faults)
    odd_fragments(host, pings.idents, echo(88))


def comes_of(spans):
    """RFC 8200 4.5: "overlap", or which of these make the datagram of 96
    bytes, in the order in which they come; and how many doubles are ignored
    before that."""
    taken, doubles = [], 0
    for i, (start, end) in enumerate(spans):
        if (start, end) in (spans[j] for j in taken):
            doubles += 1
            continue
        if any(start < spans[j][1] and spans[j][0] < end for j in taken):
            return "overlap", doubles
        taken.append(i)
        if sum(spans[j][1] - spans[j][0] for j in taken) == 96:
            return taken, doubles
    raise RuntimeError(f"{spans} come to nothing")


def overlapping(pings, faults, span, orders):
    """Four right pieces, and a fifth with other bytes over them."""
    start, end = span
    spans = [(at, at + 24) for at in range(0, 96, 24)] + [span]
    overlaps = wrong = twice = 0
    for order in orders:
        ident, data, pieces = pings.pieces()
        pieces.append(ipv6(A6, B6, FRAGMENT, fragment(
            ICMP, start // 8, end < 96, ident) + b"!" * (end - start)))
        want, doubles = comes_of([spans[i] for i in order])
        twice += doubles
        right = want != "overlap" and 4 not in (order[i] for i in want)
        overlaps += want == "overlap"
        wrong += want != "overlap" and not right    # its checksum
        pings.add([pieces[i] for i in order], data if right else None)
    pings.send(faults, f"{span}", {
        "OKs": len(orders) - overlaps, "Overlaps": overlaps,
        "Fails": overlaps}, {"fragment-overlap": overlaps,
                             "icmp-checksum": wrong, "fragment-twice": twice})


def odd_fragments(host, idents, data):
    """Fragments that are no part of any datagram."""
    faults = []
    small = echo()

    def piece(offset, more, body, number=ICMP):
        return ipv6(A6, B6, FRAGMENT, fragment(
            number, offset, more, next(idents)) + body)

    for what, packet, want, why in (
            ("atomic", piece(0, 0, small), [(REPLY, 0, None)], None),
            ("not by eight", piece(0, 1, small[:9]), [(PARAM, 0, 4)],
             "fragment-odd"),
            ("past 65535", piece(8191, 0, bytes(8), 17), [(PARAM, 0, 42)],
             "fragment-long"),
            ("past 65535, more", piece(8191, 1, bytes(8), 17),
             [(PARAM, 0, 42)], "fragment-long"),
            # A later fragment of ICMPv6 may be one of an error.
            ("past 65535, ICMPv6", piece(8191, 1, bytes(8)), [],
             "fragment-long"),
            ("no upper header", piece(0, 1, dest(DEST), DEST),
             [(PARAM, 3, 0)], "fragment-chain"),
            ("cut fragment header", ipv6(A6, B6, FRAGMENT, b"\x3a\0\0\1"),
             [], "fragment-cut"),
            ("empty", piece(0, 1, b""), None, "fragment-chain"),
            ("empty later", piece(4, 1, b""), [], "fragment-empty"),
            ("fragment in fragment", piece(0, 0, fragment(
                ICMP, 0, 0, 5) + small, FRAGMENT), [(PARAM, 0, 48)],
             "fragment-inside")):
        _, answers = host.counted(packet)
        if want is not None and answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        if host.why != ({why: 1} if why else {}):
            faults.append(f"{what}: refused for {host.why}, not {why}")
    # RFC 6946: an atomic one beside others of the same number.
    ident = next(idents)
    pieces = in_pieces(A6, B6, data, 48, ident)
    atomic = ipv6(A6, B6, FRAGMENT, fragment(ICMP, 0, 0, ident) + small)
    for what, packets in (("before", [pieces[0], atomic]),
                          ("then", [pieces[1]])):
        answers = host.ask(*packets)
        if answers.brief() != [(REPLY, 0, None)]:
            faults.append(f"atomic among others, {what}: {answers.brief()}")
    # Two ends of one datagram.
    ident = next(idents)
    _, answers = host.counted(*(ipv6(A6, B6, FRAGMENT, fragment(
        ICMP, at, more, ident) + data[at * 8:at * 8 + 24]) for at, more in
        ((9, 0), (6, 0), (0, 1), (3, 1))))
    if len(answers) or host.why != {"fragment-ends": 1}:
        faults.append(f"two ends: {answers.brief()}, {host.why}")
    # RFC 3168 5.3: one was marked, another of a flow that can't be.
    pieces = [p[:1] + bytes((p[1] | ecn << 4,)) + p[2:] for p, ecn in zip(
        in_pieces(A6, B6, data, 48, next(idents)), (0, 3))]
    _, answers = host.counted(*pieces)
    if len(answers) or host.why != {"fragment-ecn": 1}:
        faults.append(f"marks: {answers.brief()}, {host.why}")
    result("fragments-odd", faults)


def fragment_flood(host):
    """First fragments that nobody ends."""
    faults, reasons = [], host.refused()
    data = echo(504)
    for start in range(0, many(20000, 6000), 500):
        host.ask(*(ipv6(A6, B6, FRAGMENT, fragment(ICMP, 0, 1, 50000 + n) +
                        data) for n in range(start, start + 500)))

    def read():
        with open("/proc/thread-self/net/sockstat6", encoding="ascii") as file:
            line = [x for x in file if x.startswith("FRAG6")][0].split()
        return int(line[line.index("memory") + 1])
    memory = in_ns("badb", read)
    if not 0 < memory <= 4 * 2**20 + 65536:
        faults.append(f"{memory} bytes are in fragments")
    reasons = same(reasons, host.refused())
    if set(reasons) != {"fragment-memory"}:
        faults.append(f"refused for {reasons}")
    result("fragment-flood-bounded", faults)
    sysctl("badb", "net.ipv6.ip6frag_time=1")


def thousand_prefixes(host):
    """Advertisements without measure."""
    faults, reasons = [], host.refused()
    for burst in range(10):
        options = b"".join(prefix(f"fd{burst:02x}:{n:x}::")
                           for n in range(1000))
        options += b"".join(option(24, struct.pack(">BBI", 64, 0, 1000) +
                                   ip_bytes(f"fc{burst:02x}:{n:x}::")[:8])
                            for n in range(1000))
        src = f"fe80::bad:{burst:x}"
        message = icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", 64, 0, 1800, 0, 0) + option(1, host.mac_a) + options)
        host.ask(ipv6(src, GROUP, ICMP, message, hop=255))
    for n in range(100):
        src = f"fe80::dead:{n:x}"
        host.ask(ipv6(src, GROUP, ICMP, icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", 64, 0, 1800, 0, 0)), hop=255))
    if not wait_for("addresses", lambda: len(b_lines(
            "addr", "show", "dev", "vb", "dynamic")) > 0):
        faults.append("no address at all")
    # The queue of what routers say is worked off: nothing moves any more.
    last = None
    while last != (last := len(b_lines("route"))):
        host.ask()
    addresses = sum("inet6" in x for x in b_lines(
        "addr", "show", "dev", "vb", "dynamic"))
    routes = b_lines("route")
    defaults = sum(x.startswith("default") or "nexthop" in x for x in routes)
    learned = sum(x.startswith(("fd", "fc")) for x in routes)
    if not 0 < addresses <= 16:
        faults.append(f"{addresses} addresses")
    if not 0 < defaults <= 16 + 1:
        faults.append(f"{defaults} default routers")
    if not 0 < learned <= 64 + 64 + 2:
        faults.append(f"{learned} routes")
    reasons = same(reasons, host.refused())
    if not {"nd-ra-rate"} <= set(reasons) <= {"nd-ra-rate", "nd-queue"} or \
            sum(reasons.values()) >= 10 + 100:
        faults.append(f"refused for {reasons}")
    result("a-thousand-prefixes", faults)


def advertisement_flood(host):
    """Advertisements of ever new routers: few are looked at, and the one that
    is known is heard among them."""
    faults = []
    known = "fe80::1:1"

    def advertise(src, lifetime=0, hop=0):
        return ipv6(src, GROUP, ICMP, icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", hop, 8, lifetime, 0, 0)), hop=255)

    def hop_limit():
        with open("/proc/sys/net/ipv6/conf/vb/hop_limit",
                  encoding="ascii") as file:
            return int(file.read())

    def way_by_it():
        with open("/proc/thread-self/net/ipv6_route",
                  encoding="ascii") as file:
            ways = [line.split()[:5] for line in file]
        nowhere = "0" * 32
        return [nowhere, "00", nowhere, "00", ip_bytes(known).hex()] in ways

    def is_known():
        host.ask(advertise(known, lifetime=1800))
        return in_ns("badb", way_by_it)

    if not wait_for("a router", is_known):
        faults.append("the router is not taken")
    before, start = host.counters(), time.monotonic()
    reasons = host.refused()
    number = many(2000, 600)
    for n in range(number // 100):
        host.ask(*(advertise(f"fe80::f:{n:x}:{m:x}") for m in range(100)))
        if n == number // 200:
            host.ask(advertise(known, lifetime=1800, hop=77))
    moved = host.counters()["Icmp6InErrors"] - before["Icmp6InErrors"]
    reasons = same(reasons, host.refused())
    if sum(reasons.values()) != moved or \
            not {"nd-ra-rate"} <= set(reasons) <= {"nd-ra-rate", "nd-queue"}:
        faults.append(f"{moved} errors, refused for {reasons}")
    heard = number - moved
    most = 32 * ((time.monotonic() - start) // 4 + 2)
    if not 0 <= heard <= most:
        faults.append(f"{heard} of {number} were looked at, not {most}")
    if not wait_for("the hop limit", lambda: in_ns("badb", hop_limit) == 77):
        faults.append("the known router was not heard")
    if not wait_for("a stranger", lambda: host.ask(advertise(
            "fe80::5:5", hop=78)) and in_ns("badb", hop_limit) == 78):
        faults.append("strangers are not heard any more")
    before, start = host.counters(), time.monotonic()
    reasons = host.refused()
    number = many(2000, 1000)
    for burst in range(number // 250):
        host.ask(*(ipv6("fe80::66", B6, ICMP, icmp(
            "fe80::66", B6, REDIRECT, 0, bytes(4) + ip_bytes("fe80::66") +
            ip_bytes(f"fd78::{burst:x}:{n:x}")), hop=255)
            for n in range(250)))
    moved = host.counters()["Icmp6InErrors"] - before["Icmp6InErrors"]
    heard = number - moved
    reasons = same(reasons, host.refused())
    if sum(reasons.values()) != moved or not {"nd-redirect-rate"} <= \
            set(reasons) <= {"nd-redirect-rate", "nd-queue"}:
        faults.append(f"{moved} errors, refused for {reasons}")
    most = 256 * ((time.monotonic() - start) // 4 + 2)
    if not 0 < heard <= most:
        faults.append(f"{heard} of {number} redirects were looked at, not "
                      f"{most}")
    result("advertisements-with-measure", faults)


def hostile_advertisements(host):
    """Values that must not be believed."""
    faults = []
    sysctl("badb", "net.ipv6.conf.vb.accept_ra=1")

    def advertise(options):
        host.ask(ipv6(LA, GROUP, ICMP, icmp(LA, GROUP, RA, 0, bytes(12) +
                                            options), hop=255))

    def conf(name):
        def read():
            with open(f"/proc/sys/net/ipv6/conf/vb/{name}",
                      encoding="ascii") as file:
                return int(file.read())
        return in_ns("badb", read)

    mtu = conf("mtu")
    for size in (0, 1, 1279, 65536, 2**31, 2**32 - 1):
        advertise(option(5, struct.pack(">HI", 0, size)))
        if conf("mtu") != mtu:
            faults.append(f"MTU {size} was believed: {conf('mtu')}")
    before = b_lines("addr", "show", "dev", "vb")
    for what, data in (
            ("link-local", prefix("fe80::")), ("a group", prefix("ff05::")),
            ("too short for addresses", prefix("fd66::", plen=63)),
            ("too long", prefix("fd66::", plen=65)),
            ("129 bits", prefix("fd66::", plen=129)),
            ("255 bits", prefix("fd66::", plen=255)),
            ("preferred beyond valid", prefix("fd66::", valid=10,
                                              preferred=20)),
            ("valid 0", prefix("fd66::", valid=0, preferred=0))):
        advertise(data)
        now = [x.split()[1] for x in b_lines("addr", "show", "dev", "vb")
               if "inet6" in x]
        if [x for x in now if not any(x in y for y in before)]:
            faults.append(f"{what}: an address was made")
            break
    result("advertisements-not-believed", faults)


def way_to(dst, *words):
    return sh("ip", "-n", "badb", "-6", "route", "get", dst, *words).stdout


def via(*words):
    return way_to(*words).split(" via ")[1].split()[0]


def route(verb, dst, gateway):
    sh("ip", "-n", "badb", "-6", "route", verb, dst, "via", gateway, "dev",
       "vb")


def redirect(host, src, target, dst="fd77::1", options=b""):
    host.ask(ipv6(src, B6, ICMP, icmp(
        src, B6, REDIRECT, 0, bytes(4) + ip_bytes(target) + ip_bytes(dst) +
        options), hop=255))


def redirects_not_believed(host):
    """Redirects of who has no say."""
    faults = []
    route("replace", "fd77::/16", LA)
    before = way_to("fd77::1")
    for src, target in (("fe80::66", "fe80::66"), ("fe80::66", LA),
                        ("fe80::66", "fd77::1")):
        redirect(host, src, target)
        wait_for("work", lambda: False, 0.05)
        if way_to("fd77::1") != before:
            faults.append(f"redirect of {src} to {target} was believed")
    result("redirects-not-believed", faults)


def redirects_of_a_route(host):
    """They are beside the routes, and go with the one that they are of."""
    faults = []

    def expect(what, gateway):
        if not wait_for("work", lambda: via("fd77::1") == gateway, 10):
            faults.append(f"{what}: via {via('fd77::1')}, not {gateway}")

    tables = b_lines("route", "show", "table", "all")
    redirect(host, LA, "fe80::b0b")
    expect("by its router", "fe80::b0b")
    redirect(host, "fe80::b0b", "fe80::ccc")
    expect("by the next one", "fe80::ccc")
    # It does not come to light among them (NRL's "havoc").
    if b_lines("route", "show", "table", "all") != tables:
        faults.append("what was learned is among the routes")
    # It says nothing of another router's way.
    route("add", "fd77::1/128", "fe80::ddd")
    expect("another route", "fe80::ddd")
    route("del", "fd77::1/128", "fe80::ddd")
    expect("the route of before", "fe80::ccc")
    route("del", "fd77::/16", LA)
    route("add", "fd77::/16", LA)
    expect("the route made anew", LA)
    result("redirects-of-a-route", faults)
    # RFC 4861 8.2: a router hears none, nor who is told not to.
    faults = []
    for knob, on, off in (("accept_redirects", 0, 1), ("forwarding", 1, 0)):
        sysctl("badb", f"net.ipv6.conf.vb.{knob}={on}")
        redirect(host, LA, "fe80::e0e")
        sysctl("badb", f"net.ipv6.conf.vb.{knob}={off}")
        # Behind it, of another: then it has been looked at.
        redirect(host, LA, "fe80::e0e", f"fd77::{knob[0]}")
        if not wait_for("work", lambda k=knob: "fe80::e0e" in
                        way_to(f"fd77::{k[0]}"), 10):
            faults.append(f"{knob} {off}: not believed")
        expect(f"{knob} {on}", LA)
    result("redirects-not-heard", faults)


def redirects_tell_neighbours(host):
    """RFC 4861 8.3: where the better one is; it is a router, unless it may be
    the destination alone."""
    faults = []

    def known(who):
        return b_lines("neigh", "show", who, "dev", "vb")[-1:]
    for last, target, dst, is_router in (
            (1, "fe80::ee1", "fd77::e", True), (2, "fd77::e2", "fd77::e2",
                                                False)):
        redirect(host, LA, target, dst, option(2, bytes(5) + bytes([last])))
        want = [f"{target} lladdr 00:00:00:00:00:0{last} " +
                "router " * is_router + "STALE "]
        if not wait_for("work", lambda t=target, w=want: known(t) == w, 10):
            faults.append(f"{known(target)}, not {want}")
    if " via " in way_to("fd77::e2"):
        faults.append(f"not on the link: {way_to('fd77::e2')}")
    result("redirects-tell-neighbours", faults)


def redirects_of_several_ways(host):
    """Which of them a packet takes, its ports say: each may redirect."""
    faults = []
    sysctl("badb", "net.ipv6.fib_multipath_hash_policy=1")
    sh("ip", "-n", "badb", "-6", "route", "add", "fd78::/16", *(
        word for gateway in (LA, "fe80::aaa")
        for word in ("nexthop", "via", gateway, "dev", "vb")))

    def by_port(*ports):
        asked = "".join("route get fd78::1 ipproto udp dport 9 sport "
                        f"{port}\n" for port in ports)
        return sh("ip", "-n", "badb", "-6", "-batch", "-",
                  stdin=asked).stdout.split(" via ")[1:]
    ports = {words.split()[0]: 1 + n
             for n, words in enumerate(by_port(*range(1, 17)))}
    for gateway, port in ports.items():
        redirect(host, gateway, "fe80::b0b", "fd78::1")
        if not wait_for("work", lambda p=port: by_port(p)[0].startswith(
                "fe80::b0b "), 10):
            faults.append(f"{gateway} is not believed")
    if len(ports) != 2:
        faults.append(f"ways: {ports}")
    sh("ip", "-n", "badb", "-6", "route", "del", "fd78::/16")
    sysctl("badb", "net.ipv6.fib_multipath_hash_policy=0")
    result("redirects-of-several-ways", faults)


def nobody_there(host):
    """A next hop that does not answer takes with it the redirect that led
    there, but not what is known of the path."""
    faults, paths = [], Paths(host, "fd77::f")
    usual = "net.ipv6.neigh.vb.retrans_time_ms"
    sysctl("badb", f"{usual}=20")

    def expect(what, *words):
        def now():
            got = way_to(paths.dst(1)).split()
            return [got[got.index(word) + 1] if word in got else None
                    for word in ("via", "mtu")]
        if not wait_for("way", lambda: now() == list(words), 10):
            faults.append(f"{what}: {now()}, not {words}")

    def send():
        before = host.counters("drops6")["neighbour-failed"]
        paths.sock.sendto(b"x", (paths.dst(1), 9))
        if not wait_for("failure", lambda: host.counters("drops6")[
                "neighbour-failed"] > before, 10):
            faults.append("nothing failed")
    paths.learn(1)
    redirect(host, LA, "fe80::f1", paths.dst(1))
    expect("both", "fe80::f1", "1300")
    send()
    expect("redirected to nobody", LA, "1300")
    route("add", f"{paths.dst(1)}/128", "fe80::f2")
    paths.learn(1)
    expect("another router", "fe80::f2", "1300")
    send()
    expect("a router that is nobody", "fe80::f2", "1300")
    route("del", f"{paths.dst(1)}/128", "fe80::f2")
    paths.sock.close()
    sysctl("badb", f"{usual}=1000")
    result("nobody-where-a-redirect-leads", faults)


def first_to(host, dst):
    """The first packet to there that comes out of the host."""
    host.sock.settimeout(10)
    try:
        while True:
            packet = host.sock.recv(70000)[14:]
            if packet[24:40] == ip_bytes(dst):
                return packet
    except socket.timeout:
        return b""


def sizes(host):
    """Packet Too Big: believed of what somebody here has sent, RFC 8201 4."""
    faults = []
    far = itertools.count(1)

    def too_big(packet, mtu=1300):
        return ipv6(A6, B6, ICMP, icmp(A6, B6, TOO_BIG, 0, struct.pack(
            ">I", mtu) + packet))

    def way(*dsts):
        lines = "".join(f"route get {dst}\n" for dst in dsts)
        return sh("ip", "-n", "badb", "-6", "-batch", "-",
                  stdin=lines).stdout.splitlines()

    def told(what, make, believed, mtu=1300, dst=None, why="error-nobodys"):
        dst = dst or f"fd77::5:{next(far):x}"
        moved, _ = host.counted(too_big(make(dst), mtu))
        if any("mtu" in x for x in way(dst)) != believed:
            faults.append(f"{what}: {way(dst)}")
        if moved["Icmp6InErrors"] != (not believed):
            faults.append(f"{what}: {moved['Icmp6InErrors']} errors counted")
        if host.why != ({} if believed else {why: 1}):
            faults.append(f"{what}: refused for {host.why}")

    def about_udp(port, src=B6, number=17):
        return lambda dst: ipv6(src, dst, number, struct.pack(
            ">HHHH", port, 4242, 1400, 0) + bytes(1000))

    def about_icmp(kind, ident):
        return lambda dst: ipv6(B6, dst, ICMP, struct.pack(
            ">BBHHH", kind, 0, 0, ident, 1) + bytes(1400))

    def about_esp(dst):
        return ipv6(B6, dst, 50, bytes(100))

    def open_socket(kind, number, where):
        sock = in_ns("badb", lambda: socket.socket(
            socket.AF_INET6, kind, number))
        if kind == socket.SOCK_DGRAM:
            sock.bind(where)
        return sock

    told("port that nobody has", about_udp(7777), False)
    udp = open_socket(socket.SOCK_DGRAM, 17, ("::", 7777))
    told("port of a socket", about_udp(7777), True)
    told("another's packet", about_udp(7777, "fd09::55"), False,
         why="error-source")
    told("port beside it", about_udp(7778), False)
    for mtu in (0, 1279):
        told(f"MTU {mtu}", about_udp(7777), False, mtu, why="error-mtu")
    # RFC 8201 3: of all paths to a group the least counts.
    told("to a group, port that nobody has", about_udp(7778), False, dst=FAR)
    for mtu, want in ((1400, 1400), (1300, 1300), (1350, 1300)):
        told(f"to a group, {mtu}", about_udp(7777), True, mtu, FAR)
        if not any(f"mtu {want}" in x for x in way(FAR)):
            faults.append(f"not {want}: {way(FAR)}")
    udp.sendto(bytes(1400), (FAR, 9))
    sent = first_to(host, FAR)
    if len(sent) != 1300 - 4 or sent[6] != FRAGMENT:
        faults.append(f"{len(sent)} bytes to a group, {sent[6:7]}")
    udp.connect(("fd09::1", 4242))
    told("port of a socket with another peer", about_udp(7777), False)
    udp.close()
    told("port that nobody has any more", about_udp(7777), False)
    told("ESP without SA", about_esp, False)
    sh("sextant", "-N", "badb", "load", "-", stdin="".join(
        f"sa add dir out proto esp spi 0x1234 src {B6} dst fd77::{n} mode "
        f"transport alg aes-gcm key {'a5' * 20}\n" for n in (7, 8)))
    for spi, believed in ((0x4321, False), (0x1234, True)):
        moved, _ = host.counted(too_big(ipv6(B6, "fd77::7", 50, struct.pack(
            ">II", spi, 1) + bytes(1400))))
        if any("mtu" in x for x in way("fd77::7")) != believed or \
                moved["Icmp6InErrors"] != (not believed):
            faults.append(f"ESP of SPI {spi:#x}: {way('fd77::7')}")
    if any("mtu" in x for x in way("fd77::8")):
        faults.append("another SA's destination learned it")
    sh("sextant", "-N", "badb", "load", "-", stdin="sa flush\n")
    told("protocol of nobody", quoted_to, False)
    raw = open_socket(socket.SOCK_RAW, 254, ("::", 0))
    told("protocol of a raw socket", about_udp(1, number=254), True)
    raw.close()
    sysctl("badb", "net.ipv4.ping_group_range=0 2147483647")
    ping = open_socket(socket.SOCK_DGRAM, ICMP, ("::", 999))
    told("echo request of a socket", about_icmp(ECHO, 999), True)
    told("echo request of nobody", about_icmp(ECHO, 998), False)
    ping.close()
    # A daemon's socket, which reads router solicitations, sends none.
    raw = open_socket(socket.SOCK_RAW, ICMP, ("::", 0))
    told("echo request, a raw socket pings", about_icmp(ECHO, 5), True)
    only = bytearray(b"\xff" * 32)
    only[RS // 32 * 4:RS // 32 * 4 + 4] = struct.pack(
        "=I", ~(1 << RS % 32) & 0xffffffff)
    raw.setsockopt(ICMP, 1, bytes(only))
    told("echo request, a raw socket does not ping", about_icmp(ECHO, 5),
         False)
    told("RS, a raw socket is there", about_icmp(RS, 5), False)
    raw.close()
    told("echo reply that never was", about_icmp(REPLY, 5), False)
    sh("ip", "-n", "badb", "-6", "route", "replace", "fd99::/16", "via", LA,
       "dev", "vb")
    for peer, size, believed in (("fd99::1", 100, False),
                                 ("fd99::2", 1400, True)):
        host.ask(ipv6(peer, B6, ICMP, icmp(peer, B6, ECHO, 0, bytes(size))))
        moved, _ = host.counted(too_big(about_icmp(REPLY, 0)(peer)))
        if any("mtu" in x for x in way(peer)) != believed:
            faults.append(f"reply of {size} bytes: {way(peer)}")
    told("echo reply to another", about_icmp(REPLY, 0), False)
    result("sizes-of-whose-packets", faults)
    faults = []
    # A stranger who knows a port: 128 a second are news, 4096 are kept.
    udp = open_socket(socket.SOCK_DGRAM, 17, ("::", 7777))
    before = time.monotonic()
    dsts = [f"fd77::{n:x}" for n in range(many(4000, 1500))]
    for start in range(0, len(dsts), 500):
        host.ask(*(too_big(about_udp(7777)(x))
                   for x in dsts[start:start + 500]))
    bound = 128 * (time.monotonic() - before + 2)
    learned = sum("mtu" in x for x in way(*dsts))
    if not 0 < learned <= bound:
        faults.append(f"{learned} of {len(dsts)} were learned, not up to "
                      f"{bound}")
    udp.close()
    result("sizes-with-measure", faults)


class Paths:
    """A socket of the host that hears of the MTU of many paths."""

    def __init__(self, host, net):
        self.host, self.net = host, net
        self.sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                                        socket.SOCK_DGRAM))
        self.sock.bind(("::", 7777))

    def dst(self, number):
        return f"{self.net}:{number:x}"

    def learn(self, *numbers):
        about = struct.pack(">HHHH", 7777, 4242, 1400, 0) + bytes(1000)
        self.host.ask(*(ipv6(A6, B6, ICMP, icmp(
            A6, B6, TOO_BIG, 0, struct.pack(">I", 1300) + ipv6(
                B6, self.dst(n), 17, about))) for n in numbers))

    def known(self, number):
        """Are all of them listed, and no other of this net?"""
        listed = {line.split()[0] for line in b_lines("route", "show", "cache")
                  if "mtu 1300" in line and line.startswith(self.net)}
        want = set(map(self.dst, number))
        return [] if listed == want else [
            f"{len(want - listed)} of {len(want)} are missing, "
            f"{len(listed - want)} too many"]


def sizes_listed(host):
    """Who lists what is known of paths adds nothing to it: there the oldest
    would have to make room."""
    def kept():
        with open("/proc/thread-self/net/rt6_stats", encoding="ascii") as file:
            return file.read().split()[4]
    paths = Paths(host, "fd77::2")
    paths.learn(*range(9))
    before = in_ns("badb", kept)
    faults = paths.known(range(9))
    if in_ns("badb", kept) != before:
        faults.append(f"0x{before} became 0x{in_ns('badb', kept)}")
    paths.sock.close()
    result("sizes-are-listed", faults)


def many_sizes(host):
    """As long as each second has its news 4096 paths are known, and then the
    oldest makes room; however often they are listed."""
    paths, most = Paths(host, "fd77::1"), 4096
    wait_for("a second without any", lambda: False, 1.1)
    for start in range(0, most + 64, 64):
        paths.learn(*range(start, start + 64))
        wait_for("more news", lambda: False, 0.6)
    paths.sock.close()
    result("sizes-of-many-paths", paths.known(range(64, most + 64)) +
           paths.known(range(64, most + 64)))


def neighbour_flood(host):
    """Thousands of neighbours: each is answered, or there is no room."""
    faults, reasons, answers = [], host.refused(), 0
    number = many(10000, 3000)
    for start in range(0, number, 500):
        said = host.ask(*(ipv6(f"fd09::5:{n:x}", B6, ICMP, icmp(
            f"fd09::5:{n:x}", B6, NS, 0, bytes(4) + ip_bytes(B6) + option(
                1, b"\x02\0\0\0" + struct.pack(">H", n))), hop=255)
            for n in range(start, start + 500)))
        answers += sum(m[0] == NA for m in said)
    reasons = same(reasons, host.refused())
    if reasons != {"neighbour-none": number - answers}:
        faults.append(f"{answers} answers to {number}, refused for {reasons}")
    count = len(b_lines("neigh"))
    if not 10 < count <= 1024 + 8:
        faults.append(f"{count} neighbours")
    result("neighbour-flood-bounded", faults)


def anycast_answers(host):
    """RFC 4861 7.2.7: an anycast address is told after a random time of up to
    a second, without overriding; others at once."""
    faults = []
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    anycast = "fd09::"

    def solicit(target):
        return ipv6(LA, B6, ICMP, icmp(LA, B6, NS, 0, bytes(4) + ip_bytes(
            target) + option(1, host.mac_a)), hop=255)

    at_once = host.ask(solicit(B6))
    if [m[4] & 0x20 for m in at_once if m[0] == NA] != [0x20]:
        faults.append("the usual address is not told at once, overriding")
    start = time.monotonic()
    for _ in range(20):
        host.send(solicit(anycast))
    host.sock.settimeout(3)
    times = []
    try:
        while len(times) < 20:
            message = host.sock.recv(70000)[54:]
            if message[0] == NA and message[8:24] == ip_bytes(anycast):
                times.append(time.monotonic() - start)
                if message[4] & 0x20:
                    faults.append("an anycast address overrides")
    except socket.timeout:
        faults.append(f"only {len(times)} answers")
    if not times or not 0.2 < max(times) < 2.5:
        faults.append(f"answers after {times}")
    sysctl("badb", "net.ipv6.conf.all.forwarding=0")
    result("anycast-answers-wait", faults)


def errors_limited(host):
    """Not usable to amplify: errors are sent with measure."""
    faults = []
    sysctl("badb", "net.ipv6.icmp.ratelimit=1000")
    wait_for("a token", lambda: False, 2)
    answers = host.ask(*[ipv6(A6, B6, 253, bytes(20))] * 300)
    if not 1 <= len(answers) <= 12:
        faults.append(f"{len(answers)} errors for 300 packets")
    sysctl("badb", "net.ipv6.icmp.ratelimit=0")
    quiet = [
        ("about an error", ipv6(A6, B6, DEST, bytes((ICMP, 0, 0x9e, 0)) +
                                bytes(4) + icmp(A6, B6, UNREACH, 0, bytes(
                                    4) + quoted()))),
        ("from nobody", ipv6("::", B6, 253, bytes(20))),
        ("to a group", ipv6(A6, GROUP, 253, bytes(20)))]
    for what, packet in quiet:
        answers = host.ask(packet)
        if len(answers):
            faults.append(f"{what}: {answers.brief()}")
    result("errors-limited", faults)


def mutants(host):
    """Right messages with bytes changed, checksum right; seed fixed. What is
    in front of each is judged as elsewhere; of the message the type says what
    may be wrong with it."""
    rng = random.Random(8200)
    kinds = list(messages(host.mac_a))
    faults = []
    for burst in range(40):
        batch = [mutant(rng, kinds) for _ in range(100)]
        moved, _ = host.counted(*(packet for packet, _ in batch))
        faults += [f"burst {burst}: {fault}"
                   for fault in mutants_counted(moved, host.why, batch)]
    result("mutants", faults)


def mutant(rng, kinds):
    """The packet, and the message in it."""
    _, src, dst, hop, data = rng.choice(kinds)
    dst, data = rng.choice((dst, GROUP)), bytearray(data)
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    message = data = sealed(src, dst, bytes(data) + rng.randbytes(
        rng.choice((0, 0, 1, 8, 40))))
    number = ICMP
    for _ in range(rng.choice((0, 0, 1, 3))):
        head = bytearray(dest(number, rng.randbytes(6)))
        data, number = bytes(head) + data, rng.choice((DEST, HOP, ROUTING))
    return ipv6(src, dst, number, data, hop=hop), message


def mutant_why(message):
    """With what the reason to refuse it begins, and whether there must be
    one."""
    kind = message[0]
    if kind in FIXED:
        return "nd", not nd_valid(message)
    if kind < 128:
        return "error", True
    return {ECHO: (None, False), REPLY: ("echo", True), 130: ("mld", True),
            131: ("mld", False), 132: (None, False),
            143: (None, False)}.get(kind, ("icmp", True))


def mutants_counted(moved, why, batch):
    """Each is counted once, and for a reason that suits what it is."""
    heads, messages_in = collections.Counter(), []
    for packet, message in batch:
        counter, _, reason = judge(packet)
        if counter == TAKEN:
            messages_in.append(message)
        else:
            heads[counter, reason] += 1
    wanted = {"Ip6InReceives": len(batch), TAKEN: len(messages_in),
              "Icmp6InMsgs": len(messages_in)}
    for (counter, reason), number in heads.items():
        wanted[counter] = wanted.get(counter, 0) + number
    for name, number in wanted.items():
        if moved[name] != number:
            yield f"{name} {moved[name]}, not {number}"
    left = collections.Counter(why)
    for (_, reason), number in heads.items():
        if left.pop(reason, 0) != number:
            yield f"{reason} {why.get(reason)}, not {number}"
    least, most, got = (collections.Counter() for _ in range(3))
    for begin, must in map(mutant_why, messages_in):
        least[begin] += must
        most[begin] += begin is not None
    for reason, number in left.items():
        got[reason.split("-")[0]] += number
    for begin in least | most | got:
        if not least[begin] <= got[begin] <= most[begin]:
            yield (f"{begin}-… {got[begin]}, not {least[begin]} to "
                   f"{most[begin]}: {dict(left)}")


def memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        return dict((x.split(":")[0], int(x.split()[1]))
                    for x in file)["SUnreclaim"]


def main():
    host = Host()
    truncated(host)
    nd_forms(host)
    chains(host)
    lengths(host)
    fragments(host)
    errors_limited(host)
    anycast_answers(host)
    redirects_not_believed(host)
    redirects_of_a_route(host)
    redirects_tell_neighbours(host)
    redirects_of_several_ways(host)
    nobody_there(host)
    sizes_listed(host)
    sizes(host)
    if in_full():
        many_sizes(host)
    hostile_advertisements(host)
    before = memory()
    thousand_prefixes(host)
    advertisement_flood(host)
    neighbour_flood(host)
    fragment_flood(host)
    mutants(host)
    grown = memory() - before
    result("memory-bounded", [f"{grown} kB more"] if grown > 32768 else [])
    host.report_ends()
    host.close()
    finish()


main()
