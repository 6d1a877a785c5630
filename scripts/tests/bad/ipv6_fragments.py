# SPDX-License-Identifier: GPL-2.0
"""Fragments that strangers may send: all orders, overlaps, doubles, odd ones,
and more than there is room for (RFC 5722, 6946, 7112, 8200 4.5). For
ipv6.py."""
import itertools

from badlib import in_ns, many, result, same, sysctl, turn
from ipv6lib import (A6, B6, DEST, FRAGMENT, ICMP, PARAM, REPLY, dest, echo,
                     fragment, in_pieces)
from packets import ipv6


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


def in_all_orders(host):
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


def flood(host):
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
