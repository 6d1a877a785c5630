#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The reasons to drop a packet that no other test counts exactly, each
provoked from outside of the modules: by senders on this host, in clear, in
fragments, at a gateway. One reason once, and no other counter moves; a sender
on this host is told why."""
import errno
import os
import re
import socket
import struct

from badlib import TOP, family_of, finish, in_ns, sysctl
from elsewhere import elsewhere
from judgelib import Judge
from packets import ip, ipv4, ipv6, udp
from salib import FORWARD, IN, OUT, Sa, add_policy, flush, selector, transform
from tun import FAR4, FAR6, Tun
from uapi import DROP
from wirelib import (A4, A6, B4, B6, NET_A4, NET_A6, NET_B4, NET_B6, Receiver,
                     Wire)

HOP, UDP, FRAGMENT, DEST = 0, 17, 44, 60
BOTH = ((A4, B4), (A6, B6))
PORT = 4001

# What no test here or elsewhere can provoke, and why.
UNPROVOKED = {
    "none": "no packet is dropped for it",
    "checksum": "the stack checks where a checksum lies before it gets here",
    "family-missing": "the SA of a layer has that layer's family",
}


class Bench(Judge):
    def counts(self, what, want, act, error=0):
        """act() moves these counters and no others, and is told error."""
        self.told(what, act, error)
        self.compare(what, want, self.moved(want) if want else None)

    def arrives(self, what, want, packet):
        self.counts(what, want, lambda: self.wire.send(packet))

    def policies(self, *wanted):
        """These and no others: (direction, action, selector[, transform])."""
        flush(self.nl)
        for direction, action, chosen, *layers in wanted:
            add_policy(self.nl, direction, action, selector=chosen,
                       transforms=layers)
        self.restart()

    def sa(self, *args, **more):
        one = Sa("aes-gcm", *args, **more).add(self.nl)
        self.restart()
        return one


def sender(wire, source, *options):
    """A UDP socket in B."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    sock = in_ns(wire.b, lambda: socket.socket(family, socket.SOCK_DGRAM))
    for option in options:
        sock.setsockopt(*option)
    sock.bind((source, 0))
    return sock


def raw(wire, six):
    """A socket in B that sends IP headers as they are given."""
    return in_ns(wire.b, lambda: socket.socket(
        socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW,
        socket.IPPROTO_RAW))


def fragment(next_header, offset, more, ident):
    """offset in units of 8 bytes."""
    return struct.pack(">BBHI", next_header, 0, offset << 3 | more, ident)


# --- headers ---------------------------------------------------------------


def header_short(bench):
    """What goes out with a header that says other than the packet is."""
    bench.policies((OUT, "bypass", selector(B4, A4, 99)))
    with raw(bench.wire, False) as sock:
        good = ipv4(B4, A4, UDP, udp(B4, A4, b"short"))
        for version in (0, 3, 5, 6, 15):
            bad = bytes((version << 4 | 5,)) + good[1:]
            bench.counts(f"IPv4 that says version {version}",
                         {"drop:header-bad": 1},
                         lambda p=bad: sock.sendto(p, (A4, 0)), errno.EPERM)
        bench.counts("IPv4 as it should be", {},
                     lambda: sock.sendto(good, (A4, 0)))
    bench.report("header-bad-ipv4")
    with raw(bench.wire, True) as sock:
        data = udp(B6, A6, b"short")
        for longer in (1, 8, 1000, 65535 - len(data)):
            bad = ipv6(B6, A6, UDP, data, length=len(data) + longer)
            bench.counts(f"IPv6, {longer} bytes too few",
                         {"drop:header-short": 1},
                         lambda p=bad: sock.sendto(p, (A6, 0)), errno.EPERM)
        good = ipv6(B6, A6, UDP, data)
        for version in (0, 4, 7, 15):
            bad = bytes((version << 4,)) + good[1:]
            bench.counts(f"IPv6 that says version {version}",
                         {"drop:header-bad": 1},
                         lambda p=bad: sock.sendto(p, (A6, 0)), errno.EPERM)
        bench.counts("IPv6 as it should be", {},
                     lambda: sock.sendto(good, (A6, 0)))
    bench.report("header-short-and-bad-ipv6")


def options(next_header, octets=8):
    """Destination options, nothing but Pad1."""
    return bytes((next_header, octets // 8 - 1)) + bytes(octets - 2)


def header_chain(bench):
    """The limits of a chain in clear: the last that is followed belongs to
    the policy that refuses it, the first beyond is no chain any more."""
    bench.policies((IN, "protect", selector(A6, B6), transform()))
    data = udp(A6, B6, b"chain")
    clear, chain = {"drop:policy-clear": 1}, {"drop:header-chain": 1}
    limit = {"drop:header-limit": 1}
    for what, want, first, payload in (
            ("8 headers", clear, DEST, options(DEST) * 7 + options(UDP)),
            ("9 headers", limit, DEST, options(DEST) * 8 + options(UDP)),
            ("2048 bytes", clear, DEST, options(UDP, 2048)),
            ("2056 bytes", limit, DEST, options(DEST) + options(UDP, 2048)),
            ("options past the end", chain, DEST, bytes((UDP, 200)) +
             bytes(6)),
            ("hop-by-hop options behind others", chain, DEST, options(HOP) +
             options(UDP)),
            ("hop-by-hop options twice", chain, HOP, options(HOP) +
             options(UDP))):
        bench.arrives(what, want, ipv6(A6, B6, first, payload + data))
    for length in range(1, 8):
        bench.arrives(f"options of {length} bytes", chain,
                      ipv6(A6, B6, DEST, options(UDP)[:length]))
        bench.arrives(f"fragment header of {length} bytes", chain,
                      ipv6(A6, B6, FRAGMENT, fragment(UDP, 0, 1, 1)[:length]))
    # RFC 2675 3: a payload length of 0 is a jumbogram's, which says so. Our
    # own IPv6 refuses it before any hook.
    ours = os.environ.get("SXT_IPV6") == "sextant"
    bench.arrives("hop-by-hop options and no length", {} if ours else chain,
                  ipv6(A6, B6, HOP, options(UDP) + data, length=0))
    bench.report("header-chain-clear")


# --- fragments -------------------------------------------------------------


def fragment_clear(bench):
    """What could be the policy's and doesn't show its ports."""
    bench.policies(*((IN, "protect", selector(*ends, UDP, dport=PORT),
                      transform()) for ends in BOTH),
                   *((OUT, "protect", selector(*ends[::-1], UDP, dport=PORT),
                      transform()) for ends in BOTH))
    hidden = {"drop:fragment-clear": 1}
    for src, dst in BOTH:
        for length in range(4):
            bench.arrives(f"{length} bytes of UDP", hidden,
                          ip(src, dst, UDP, udp(src, dst, b"")[:length]))
        bench.arrives("4 bytes of UDP", {"drop:policy-clear": 1},
                      ip(src, dst, UDP, udp(src, dst, b"")[:4]))
        bench.report(f"fragment-clear-stub-ipv{family_of(src)}")
    # RFC 8200 4.5: all but the last are multiples of 8. The kernel puts such
    # a one into no queue, so it is judged as it is.
    data = udp(A6, B6, bytes(28))
    bench.arrives("no multiple of 8, not the first", hidden,
                  ipv6(A6, B6, FRAGMENT, fragment(UDP, 1, 1, 1) + data[:12]))
    bench.arrives("no multiple of 8, the first", {"drop:policy-clear": 1},
                  ipv6(A6, B6, FRAGMENT, fragment(UDP, 0, 1, 2) + data[:12]))
    bench.report("fragment-clear-odd-ipv6")
    for src, dst in ((B4, A4), (B6, A6)):
        six = ":" in src
        for what, offset, more, want, error in (
                ("not the first", 1, 1, hidden, errno.EPERM),
                ("the last", 100, 0, hidden, errno.EPERM),
                ("the first", 0, 1, {"drop:sa-missing": 1}, errno.ENOKEY)):
            piece = udp(src, dst, bytes(24))
            if six:
                packet = ipv6(src, dst, FRAGMENT,
                              fragment(UDP, offset, more, 7) + piece)
            else:
                packet = ipv4(src, dst, UDP, piece, ident=7,
                              frag=offset | more << 13)
            with raw(bench.wire, six) as sock:
                bench.counts(f"sent from here, {what}", want,
                             lambda p=packet: sock.sendto(p, (dst, 0)), error)
        bench.sa(0x9000, src, dst, direction=OUT)
        with raw(bench.wire, six) as sock:
            packet = ipv4(src, dst, UDP, udp(src, dst, bytes(24)), ident=8,
                          frag=1 << 13) if not six else \
                ipv6(src, dst, FRAGMENT, fragment(UDP, 0, 1, 8) +
                     udp(src, dst, bytes(24)))
            bench.counts("sent from here, the first, with an SA",
                         {"drop:inner-fragment": 1},
                         lambda: sock.sendto(packet, (dst, 0)), errno.EPERM)
        bench.report(f"fragment-clear-sent-ipv{family_of(src)}")


def pieces(src, dst, ident, *parts):
    """Fragments of a datagram of zeros: (first byte, length, more)."""
    for at, length, more in parts:
        if ":" in src:
            yield ipv6(src, dst, FRAGMENT, fragment(UDP, at // 8, more,
                                                    ident) + bytes(length))
        else:
            yield ipv4(src, dst, UDP, bytes(length), ident=ident,
                       frag=at // 8 | more << 13)


def fragment_bad(bench):
    """RFC 5722: what overlaps is lost with all that it belongs to. In clear,
    and inside of a tunnel, where the SA's count goes on."""
    bench.policies(*((IN, "protect", selector(*ends), transform())
                     for ends in BOTH),
                   (IN, "protect", selector(NET_A4, NET_B4),
                    transform("tunnel", A4, B4)),
                   (IN, "protect", selector(NET_A6, NET_B6),
                    transform("tunnel", A6, B6)))
    bad = {"drop:fragment-bad": 1}
    for n, (what, first, second) in enumerate((
            ("overlap at the end of another", (0, 32, 1), (16, 32, 1)),
            ("overlap at the begin of another", (32, 32, 1), (16, 32, 1)),
            ("around another", (16, 16, 1), (8, 32, 1)),
            ("by eight bytes", (0, 32, 1), (24, 16, 1)),
            ("a last one that ends before others", (32, 32, 1), (16, 8, 0)),
            ("two ends", (64, 8, 0), (32, 8, 0)),
            ("beyond the end", (32, 8, 0), (64, 8, 1)),
            ("past 65535", (0, 32, 1), (65528, 16, 1)))):
        for (src, dst), (far, near) in zip(BOTH, ((NET_A4, NET_B4),
                                                  (NET_A6, NET_B6))):
            if what == "past 65535" and family_of(src) == 4:
                continue        # seen when all of them are there
            kind = f"IPv{family_of(src)}, {what}"
            one, two = pieces(src, dst, 0x4000 + n, first, second)
            bench.arrives(f"{kind}: one alone", {}, one)
            bench.arrives(kind, bad, two)
            sa = bench.sa(0x9100 + n, src, dst, "tunnel")
            number = 41 if ":" in src else 4
            one, two = pieces(far, near, 0x4000 + n, first, second)
            bench.arrives(f"{kind}, tunnelled: one alone", {"in_packets": 1},
                          ip(src, dst, 50, sa.esp(one, number)))
            bench.arrives(f"{kind}, tunnelled", {"in_packets": 1, **bad},
                          ip(src, dst, 50, sa.esp(two, number)))
    bench.report("fragment-bad")


def fragment_memory(bench):
    """No room for fragments is no fault of theirs. A copy of one that is there
    already is told for IPv4 alone; the datagram comes together in spite of
    it, and in clear it is refused."""
    bench.policies(*((IN, "protect", selector(*ends), transform())
                     for ends in BOTH))
    knobs = "net.ipv4.ipfrag_", "net.netfilter.nf_conntrack_frag6_"
    for n, ((src, dst), knob) in enumerate(zip(BOTH, knobs)):
        family = family_of(src)
        one, two = pieces(src, dst, 0x4100 + n, (0, 32, 1), (32, 8, 0))
        sysctl(bench.wire.b, f"{knob}low_thresh=0", f"{knob}high_thresh=0")
        bench.arrives(f"IPv{family}, no room", {"drop:no-memory": 1}, one)
        sysctl(bench.wire.b, f"{knob}high_thresh=4194304",
               f"{knob}low_thresh=3145728")
        bench.arrives(f"IPv{family}, room", {}, one)
        bench.arrives(f"IPv{family}, a copy",
                      {"drop:fragment-bad": 1} if family == 4 else {}, one)
        bench.arrives(f"IPv{family}, the rest", {"drop:policy-clear": 1}, two)
    bench.report("fragment-memory")


# --- senders on this host --------------------------------------------------


def unsendable(bench):
    """No SA, no route, discarded: the sender is told which."""
    gone = {4: "10.99.0.1", 6: "fd99::1"}
    for src, dst in ((B4, A4), (B6, A6)):
        family = family_of(src)
        with sender(bench.wire, src) as sock:
            def send():
                sock.sendto(b"lost", (dst, PORT))
            bench.policies((OUT, "protect", selector(src, dst), transform()))
            bench.counts("no SA", {"drop:sa-missing": 1}, send, errno.ENOKEY)
            bench.sa(0x9200, src, dst, "tunnel", direction=OUT)
            bench.sa(0x9201, src, dst, direction=OUT, group=3)
            bench.counts("others' SAs alone", {"drop:sa-missing": 1}, send,
                         errno.ENOKEY)
            bench.sa(0x9202, src, dst, direction=OUT)
            bench.counts("the right SA", {"out_packets": 1}, send)
            bench.report(f"sa-missing-ipv{family}")
            bench.policies((OUT, "discard", selector(src, dst)))
            bench.counts("discard", {"drop:policy-discard": 1}, send,
                         errno.EPERM)
            bench.report(f"policy-discard-ipv{family}")
            for outer, end in ((4, B4), (6, B6)):
                bench.policies((OUT, "protect", selector(src, dst),
                                transform("tunnel", end, gone[outer])))
                bench.sa(0x9203, end, gone[outer], "tunnel", direction=OUT)
                bench.counts(f"tunnel over IPv{outer} to nowhere",
                             {"drop:no-route": 1}, send, errno.EHOSTUNREACH)
            bench.report(f"no-route-ipv{family}")


# RFC 791 3.1, RFC 8200 3: the longest packet; IPv6 counts without its header.
LONGEST = {4: 65535, 6: 65535 + 40}


def sealed(length):
    """Bytes that aes-gcm's ESP makes out of a payload."""
    return 8 + 8 + (length + 2 + 3) // 4 * 4 + 16


def longest_sent(outer, around, most):
    """The most data in a datagram such that all of it fits: around is what
    the SA protects besides the data; most is what UDP can."""
    head = 20 if outer == 4 else 40
    return max(n for n in range(most - 200, most + 1)
               if head + sealed(around + n) <= LONGEST[outer])


def too_big(bench):
    """Longer than the path and not to be fragmented; and longer than any IP
    packet once it is protected, which no fragmenting helps."""
    insist = {4: (socket.IPPROTO_IP, 10, 2), 6: (socket.IPPROTO_IPV6, 23, 2)}
    for src, dst in ((B4, A4), (B6, A6)):
        family = family_of(src)
        head = 20 if family == 4 else 40
        most = 65535 - 28 if family == 4 else 65535 - 8
        bench.policies((OUT, "protect", selector(src, dst), transform()))
        bench.sa(0x9300, src, dst, direction=OUT)
        with sender(bench.wire, src, insist[family]) as sock:
            fits = max(n for n in range(8000, 9000)
                       if head + sealed(8 + n) <= 9000)
            # Whatever padding it needs: the longest without may be refused.
            bench.counts(f"{fits - 3} bytes", {"out_packets": 1},
                         lambda: sock.sendto(bytes(fits - 3), (dst, PORT)))
            for length in (fits + 1, 9000 - head - 8):
                bench.counts(f"{length} bytes", {"drop:too-big": 1},
                             lambda n=length: sock.sendto(bytes(n),
                                                          (dst, PORT)),
                             errno.EMSGSIZE)
        bench.report(f"too-big-path-ipv{family}")
        layers = [("transport", 8, family, transform())]
        for outer, ends in ((4, (B4, A4)), (6, (B6, A6))):
            layers.append((f"tunnel over IPv{outer}", head + 8, outer,
                           transform("tunnel", *ends)))
        for what, around, outer, layer in layers:
            bench.policies((OUT, "protect", selector(src, dst), layer))
            ends = (B4, A4) if outer == 4 else (B6, A6)
            bench.sa(0x9301, *ends, what.split()[0], direction=OUT)
            fits = longest_sent(outer, around, most)
            with sender(bench.wire, src) as sock:
                bench.counts(f"{what}, {fits} bytes", {"out_packets": 1},
                             lambda: sock.sendto(bytes(fits), (dst, PORT)))
                for length in sorted({min(fits + n, most)
                                      for n in (1, 4, 5, 20, 21, 1000)}):
                    bench.counts(f"{what}, {length} bytes",
                                 {"drop:too-big": 1},
                                 lambda n=length: sock.sendto(
                                     bytes(n), (dst, PORT)), errno.EMSGSIZE)
        bench.report(f"too-big-at-all-ipv{family}")
    # Options lie in front of the ESP header and count as well.
    bench.policies((OUT, "protect", selector(B6, A6), transform()))
    bench.sa(0x9302, B6, A6, direction=OUT)
    hop = bytes((0, 0, 1, 4)) + bytes(4)
    with sender(bench.wire, B6, (socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS,
                                 hop)) as sock:
        fits = max(n for n in range(65000, 65520)
                   if 40 + 8 + sealed(8 + n) <= LONGEST[6])
        bench.counts(f"options and {fits} bytes", {"out_packets": 1},
                     lambda: sock.sendto(bytes(fits), (A6, PORT)))
        bench.counts(f"options and {fits + 1} bytes", {"drop:too-big": 1},
                     lambda: sock.sendto(bytes(fits + 1), (A6, PORT)),
                     errno.EMSGSIZE)
    bench.report("too-big-options-ipv6")


# --- what nobody asked for, and the gateway --------------------------------


def unasked(bench):
    """Came through an SA where no policy asks for one, or one says bypass: a
    transport SA proves who sent it; a tunnel's packet needs selectors."""
    far, near = (NET_A4, NET_A6), (NET_B4, NET_B6)
    for n, (src, dst) in enumerate(BOTH):
        inner = ip(far[n], near[n], UDP, udp(far[n], near[n], b"unasked"))
        number = 41 if n else 4
        mismatch = {"drop:policy-mismatch": 1}
        for what, chosen in (("no policy", selector(src, dst, 99)),
                             ("bypass", b"")):
            bench.policies((IN, "bypass", chosen))
            with_sel = bench.sa(0x9401, src, dst, "tunnel",
                                selector=selector(far[n], near[n]))
            without = bench.sa(0x9402, src, dst, "tunnel")
            plain = bench.sa(0x9403, src, dst)
            receivers = Receiver(bench.wire, near[n]), \
                Receiver(bench.wire, dst)
            bench.arrives(f"{what}, tunnel without selectors", mismatch,
                          ip(src, dst, 50, without.esp(inner, number)))
            bench.arrives(f"{what}, tunnel with selectors",
                          {"in_packets": 1},
                          ip(src, dst, 50, with_sel.esp(inner, number)))
            bench.arrives(f"{what}, transport", {"in_packets": 1},
                          ip(src, dst, 50, plain.esp(
                              udp(src, dst, b"unasked"), UDP)))
            for receiver in receivers:
                if receiver.wait() != b"unasked":
                    bench.faults.append(f"{what}: not delivered")
                if receiver.get() is not None:
                    bench.faults.append(f"{what}: delivered twice")
                receiver.close()
        bench.report(f"unasked-ipv{family_of(src)}")


def forwarded(bench, tun):
    """The same reasons at a gateway."""
    for n, (src, dst) in enumerate(BOTH):
        far = (FAR4, FAR6)[n]
        packet = ip(src, far, UDP, udp(src, far, b"forward"))
        number = 41 if n else 4
        bench.policies((FORWARD, "bypass", selector(src, far, UDP)))
        bench.arrives("bypass", {}, packet)
        if not tun.wait(b"forward"):
            bench.faults.append("bypass: not forwarded")
        bench.policies((FORWARD, "discard", selector(src, far, UDP)))
        bench.arrives("discard", {"drop:policy-discard": 1}, packet)
        bench.policies((FORWARD, "protect", selector(src, far),
                        transform("tunnel", src, dst)))
        right = bench.sa(0x9501, src, dst, "tunnel")
        other = bench.sa(0x9502, ("10.9.0.77", "fd09::77")[n], dst, "tunnel")
        bench.arrives("clear", {"drop:policy-clear": 1}, packet)
        bench.arrives("another tunnel", {"drop:policy-mismatch": 1},
                      ip(src, dst, 50, other.esp(packet, number)))
        bench.arrives("another tunnel's packet for here",
                      {"drop:policy-mismatch": 1},
                      ip(src, dst, 50, other.esp(
                          ip(src, dst, UDP, udp(src, dst, b"x")), number)))
        if tun.packets():
            bench.faults.append("a refused packet was forwarded")
        bench.arrives("the right tunnel", {"in_packets": 1},
                      ip(src, dst, 50, right.esp(packet, number)))
        if not tun.wait(b"forward"):
            bench.faults.append("the right tunnel: not forwarded")
        bench.report(f"forwarded-ipv{family_of(src)}")


def segments(bench, tun):
    """A segmentation offload packet, as a virtual machine hands it over, with
    a TCP header that can't be segmented."""
    for n, (src, dst) in enumerate(((FAR4, A4), (FAR6, A6))):
        ends = ((B4, A4), (B6, A6))[n]
        bench.policies((OUT, "protect", selector(src, dst),
                        transform("tunnel", *ends)))
        bench.sa(0x9600, *ends, "tunnel", direction=OUT)
        bench.counts("three segments", {"out_packets": 3},
                     lambda: tun.offload(src, dst, 5, bytes(3000), 1000))
        for words in range(5):
            bench.counts(f"header of {words * 4} bytes", {"drop:segment": 1},
                         lambda w=words: tun.offload(src, dst, w, bytes(3000),
                                                     1000))
        bench.report(f"segment-ipv{family_of(src)}")


def inner_fragments(sock):
    """The datagram that lies in fragments in a tunnel with the null cipher,
    and how many there are: what a packet socket has received."""
    parts = {}
    while True:
        try:
            frame = sock.recv(65536)
        except BlockingIOError:
            return b"".join(parts[at] for at in sorted(parts)), len(parts)
        # Behind the ESP header (RFC 4303 section 2), which is without an IV.
        inner = frame[28:] if frame[0] >> 4 == 4 else frame[48:]
        if inner[0] >> 4 == 4:
            length, where = struct.unpack_from(">H2xH", inner, 2)
            parts[(where & 0x1fff) << 3] = inner[20:length]
        else:
            length, where = struct.unpack_from(">H36xH", inner, 4)
            parts[where & 0xfff8] = inner[48:40 + length]


def late_fragments(bench, tun):
    """A datagram that a virtual machine leaves to others to fragment. In a
    tunnel each fragment is a packet of the SA; a transport SA has none (RFC
    4303 3.3.4). Left to others to make datagrams of, it is three for both."""
    data = bytes(range(250)) * 12
    for n, (src, dst) in enumerate(((FAR4, A4), (FAR6, A6))):
        ends = ((B4, A4), (B6, A6))[n]
        whole = udp(src, dst, data)

        def hand_over(fragments, s=src, d=dst, w=whole):
            return lambda: tun.datagram(s, d, w, 1000, fragments)
        bench.policies((OUT, "protect", selector(src, dst),
                        transform("tunnel", *ends)))
        Sa("null-hmac-sha256", 0x9700, *ends, "tunnel",
           direction=OUT).add(bench.nl)
        bench.restart()
        with in_ns(bench.wire.a, lambda: socket.socket(
                socket.AF_PACKET, socket.SOCK_DGRAM, 0)) as sock:
            sock.setblocking(False)
            sock.bind(("va", (0x0800, 0x86dd)[n]))
            bench.counts("tunnel, fragments", {"out_packets": 4},
                         hand_over(True))
            came, number = inner_fragments(sock)
            if came != whole or number != 4:
                bench.faults.append(f"{number} fragments of {len(came)} bytes"
                                    " came, and not what was sent")
        bench.counts("tunnel, datagrams", {"out_packets": 3},
                     hand_over(False))
        bench.policies((OUT, "protect", selector(src, dst), transform()))
        bench.sa(0x9701, src, dst, direction=OUT)
        bench.counts("transport, fragments", {"drop:inner-fragment": 4},
                     hand_over(True))
        bench.counts("transport, datagrams", {"out_packets": 3},
                     hand_over(False))
        bench.report(f"late-fragments-ipv{family_of(src)}")


# --- all of them -----------------------------------------------------------


def demanded():
    """The reasons that tests wait for. One that only a comment, or the name
    of a result, speaks of is not among them."""
    found = set()
    for where, _, names in os.walk(os.path.join(TOP, "scripts/tests")):
        for name in names:
            if not name.endswith((".py", ".sh")):
                continue
            with open(os.path.join(where, name), encoding="utf-8") as file:
                text = re.sub(r'#.*|report\(f?"[^"]*"', "", file.read())
            form = r'"(?:drop:)?([a-z-]+)"' if name.endswith(".py") else \
                r"\bdrop_of \S+ ([a-z-]+) "
            found |= set(re.findall(form, text))
    return found


def every_reason(bench):
    """Each reason of the list is named by a test; a new one needs one."""
    for reason in sorted(set(DROP) - set(UNPROVOKED) - demanded()):
        bench.faults.append(f"no test names {reason}")
    bench.report("every-reason-has-a-test")


def main():
    wire = Wire()
    bench = Bench(wire)
    header_short(bench)
    header_chain(bench)
    fragment_clear(bench)
    fragment_bad(bench)
    fragment_memory(bench)
    unsendable(bench)
    too_big(bench)
    unasked(bench)
    tun = Tun(wire.b)
    forwarded(bench, tun)
    segments(bench, tun)
    late_fragments(bench, tun)
    tun.close()
    every_reason(bench)
    wire.close()
    elsewhere(Bench)
    finish()


main()
