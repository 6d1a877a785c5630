# SPDX-License-Identifier: GPL-2.0
"""Sockets of AF_INET6 as programs see them, on two hosts with two wires and
without IPv4. What is said here holds of any IPv6 stack; where ours differs from
ipv6.ko on purpose (modules/ipv6/README.md), only ours is asked."""
import errno
import os
import resource
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bad"))
# pylint: disable=wrong-import-position
from badlib import (WAIT, finish, in_ns, ip_bytes, result, sh, sysctl,
                    wait_for)
from packets import checksum, ipv6, udp

A, B = "fd09::1", "fd09::2"
A2 = "fd09::11"                         # another address of the sender
GROUP = "ff15::1234"
HOP, ROUTING, FRAGMENT, ICMP, NONE, DEST = 0, 43, 44, 58, 59, 60
OURS = os.environ.get("SXT_IPV6") == "sextant"

IP6 = socket.IPPROTO_IPV6
# What Python's socket module has no name for.
ADD_MEMBERSHIP_SOURCE, LEAVE_SOURCE, BLOCK_SOURCE = 46, 47, 43
MULTICAST_ALL, CHECKSUM = 29, 7
ORIGDSTADDR, RECVFRAGSIZE = 74, 77
OLD_PKTINFO, OLD_HOPOPTS, OLD_DSTOPTS, OLD_RTHDR, OLD_HOPLIMIT = 2, 3, 4, 5, 8
FLOWINFO, RECVERR, RECVERR_RFC4884 = 11, 25, 31
MTU_DISCOVER, MTU = 23, 24
UDP_SEGMENT, UDP_GRO = 103, 104
SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
ORIGIN_ICMP6, ORIGIN_ZEROCOPY = 3, 5


class Net:
    """Hosts seca and secb, wires va-vb and wa-wb: NRL 5."""

    def __init__(self):
        for ns in ("seca", "secb"):
            sh("ip", "netns", "del", ns, check=False)
            sh("ip", "netns", "add", ns)
            sysctl(ns, "net.ipv6.conf.default.accept_dad=0",
                   "net.ipv6.conf.default.router_solicitations=0",
                   "net.ipv6.icmp.ratelimit=0",
                   "net.ipv4.ping_group_range=0 0")
            sh("ip", "-n", ns, "link", "set", "lo", "up")
            sh("ip", "-n", ns, "-4", "addr", "flush", "dev", "lo")
        for wire, net in (("v", "fd09"), ("w", "fd19")):
            sh("ip", "link", "add", wire + "a", "netns", "seca", "type", "veth",
               "peer", "name", wire + "b", "netns", "secb")
            for ns, end, number in (("seca", "a", 1), ("secb", "b", 2)):
                sh("ip", "-n", ns, "link", "set", wire + end, "up")
                sh("ip", "-n", ns, "addr", "add", f"{net}::{number}/64",
                   "dev", wire + end, "nodad")
        sh("ip", "-n", "seca", "addr", "add", f"{A2}/64", "dev", "va", "nodad")
        self.mac_a, self.mac_b = mac("seca", "va"), mac("secb", "vb")
        self.index = {name: in_ns(ns, lambda n=name: socket.if_nametoindex(n))
                      for ns, name in (("seca", "va"), ("secb", "vb"),
                                       ("seca", "wa"), ("secb", "wb"))}
        self.wire = in_ns("seca", lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.wire.bind(("va", 0))
        if not wait_for("ping", lambda: sh(
                "ip", "netns", "exec", "seca", "ping", "-c1", "-W1", B,
                check=False).returncode == 0):
            raise RuntimeError("no answer from secb")

    def send(self, packet):
        """A packet from A, as it is."""
        self.wire.send(self.mac_b + self.mac_a + b"\x86\xdd" + packet)


def mac(ns, dev):
    words = sh("ip", "-n", ns, "link", "show", "dev", dev).stdout.split()
    return bytes.fromhex(words[words.index("link/ether") + 1].replace(":", ""))


def sock(ns, kind=socket.SOCK_DGRAM, proto=0, bind=None, **options):
    """A socket of a host; options by their names in the socket module."""
    made = in_ns(ns, lambda: socket.socket(socket.AF_INET6, kind, proto))
    made.settimeout(WAIT)
    for name, value in options.items():
        made.setsockopt(IP6, getattr(socket, "IPV6_" + name), value)
    if bind:
        made.bind(bind)
    return made


def differs(what, expected, got):
    return [] if expected == got else \
        [f"{what}: expected {expected!r}, got {got!r}"]


def refused(what, error, call):
    try:
        call()
    except OSError as err:
        return differs(what, error, err.errno)
    return [f"{what}: it worked"]


def unlike_list(name, there):
    """What is there, and what the list of that name says should be. What only
    one stack has it says with a reason."""
    listed, faults = set(), []
    path = os.path.join(os.path.dirname(__file__), name)
    with open(path, encoding="ascii") as file:
        for line in file:
            if line[0] == "#":
                continue
            word, _, why = line[2:].partition("#")
            if line[0] != " " and len(why) < 10:
                faults.append(f"{word}: why?")
            if line[0] != ("<" if OURS else ">"):
                listed.add(word.strip())
    faults += [f"{word}: it is there" for word in sorted(there - listed)]
    return faults + [f"{word}: it is not there"
                     for word in sorted(listed - there)]


def info(net, address="::", dev=None):
    """struct in6_pktinfo"""
    return ip_bytes(address) + struct.pack("=I", net.index[dev] if dev else 0)


def port(made):
    return made.getsockname()[1]


def number(data):
    return struct.unpack("=i", data)[0]


# --- ancillary data -----------------------------------------------------------

# Behind the header in front: an option to be skipped, and padding.
def options(following):
    return bytes([following, 0, 0x1e, 4]) + b"abcd"


def routing(following):
    """Of a type that nobody has, and at its end."""
    return bytes([following, 0, 253, 0]) + b"rout"


def with_headers(dport):
    """A datagram with each extension header that an application may see."""
    data = udp(A, B, b"data", 4000, dport)
    return ipv6(A, B, HOP, options(DEST) + options(ROUTING) + routing(DEST) +
                options(socket.IPPROTO_UDP) + data, tos=0x54, hop=33)


def pktinfo(net, dest=B, dev="vb"):
    return info(net, dest, dev)


def received(made):
    """Data, and ancillary data of IPv6 in order."""
    data, extra, flags, _ = made.recvmsg(2000, 1000)
    faults = differs("flags", 0, flags)
    return data, [(t, d) for level, t, d in extra if level == IP6], faults


def ancillary(net):
    made = sock("secb", bind=(B, 0), RECVPKTINFO=1, RECVHOPLIMIT=1,
                RECVTCLASS=1, RECVHOPOPTS=1, RECVDSTOPTS=1, RECVRTHDR=1)
    net.send(with_headers(port(made)))
    data, extra, faults = received(made)
    faults += differs("data", b"data", data)
    faults += differs("numbers", {
        socket.IPV6_PKTINFO: pktinfo(net),
        socket.IPV6_HOPLIMIT: struct.pack("=i", 33),
        socket.IPV6_TCLASS: struct.pack("=i", 0x54)}, {
            t: d for t, d in extra if t in (
                socket.IPV6_PKTINFO, socket.IPV6_HOPLIMIT,
                socket.IPV6_TCLASS)})
    return faults + differs("headers", [
        (socket.IPV6_HOPOPTS, options(DEST)),
        (socket.IPV6_DSTOPTS, options(ROUTING)),
        (socket.IPV6_RTHDR, routing(DEST)),
        (socket.IPV6_DSTOPTS, options(socket.IPPROTO_UDP))],
        [(t, d) for t, d in extra if len(d) == 8])


def ancillary_old(net):
    """By the options of RFC 2292; nothing that was not asked for."""
    made = sock("secb", bind=(B, 0))
    for option in (OLD_PKTINFO, OLD_HOPLIMIT, OLD_HOPOPTS, OLD_DSTOPTS,
                   OLD_RTHDR):
        made.setsockopt(IP6, option, 1)
    net.send(with_headers(port(made)))
    _, extra, faults = received(made)
    faults += differs("all", sorted([
        (OLD_PKTINFO, pktinfo(net)), (OLD_HOPLIMIT, struct.pack("=i", 33)),
        (OLD_HOPOPTS, options(DEST)), (OLD_DSTOPTS, options(ROUTING)),
        (OLD_RTHDR, routing(DEST)),
        (OLD_DSTOPTS, options(socket.IPPROTO_UDP))]), sorted(extra))
    for option in (OLD_PKTINFO, OLD_HOPLIMIT, OLD_HOPOPTS, OLD_DSTOPTS,
                   OLD_RTHDR):
        made.setsockopt(IP6, option, 0)
    net.send(with_headers(port(made)))
    return faults + differs("none", [], received(made)[1])


def ancillary_raw(net):
    """A raw socket has them, too; and its data begins behind them."""
    made = sock("secb", socket.SOCK_RAW, 253, RECVHOPOPTS=1, RECVTCLASS=1)
    net.send(ipv6(A, B, HOP, options(253) + b"raw data", tos=0x10))
    data, extra, faults = received(made)
    return faults + differs("data", b"raw data", data) + differs(
        "extra", sorted([(socket.IPV6_HOPOPTS, options(253)),
                         (socket.IPV6_TCLASS, struct.pack("=i", 0x10))]),
        sorted(extra))


def original_destination(net):
    made = sock("secb", bind=("::", 0))
    made.setsockopt(IP6, ORIGDSTADDR, 1)
    net.send(with_headers(port(made)))
    _, extra, faults = received(made)
    want = struct.pack("=H", socket.AF_INET6) + struct.pack(
        ">HI", port(made), 0) + ip_bytes(B) + bytes(4)
    return faults + differs("address", [(ORIGDSTADDR, want)], extra)


def fragment_size(net):
    made = sock("secb", bind=(B, 0))
    made.setsockopt(IP6, RECVFRAGSIZE, 1)
    whole = udp(A, B, bytes(600), 4000, port(made))

    def piece(offset, end, more):
        head = struct.pack(">BBHI", socket.IPPROTO_UDP, 0, offset | more, 77)
        return ipv6(A, B, FRAGMENT, head + whole[offset:end])
    net.send(piece(0, 400, 1))
    net.send(piece(400, len(whole), 0))
    data, extra, faults = received(made)
    faults += differs("length", 600, len(data))
    faults += differs("size", [(RECVFRAGSIZE, struct.pack("=i", 448))], extra)
    net.send(ipv6(A, B, socket.IPPROTO_UDP, udp(A, B, b"x", 4000, port(made))))
    return faults + differs("of a whole one", [], received(made)[1])


def flow_information(net):
    made = sock("secb", bind=(B, 0))
    made.setsockopt(IP6, FLOWINFO, 1)
    packet = bytearray(ipv6(A, B, socket.IPPROTO_UDP,
                            udp(A, B, b"x", 4000, port(made)), tos=0x20))
    packet[1:4] = bytes([packet[1] & 0xf0 | 1, 0x23, 0x45])
    net.send(bytes(packet))
    _, extra, faults = received(made)
    return faults + differs("word", [(FLOWINFO, b"\x02\x01\x23\x45")], extra)


# --- path MTUs, errors --------------------------------------------------------


def packet_too_big(packet, mtu):
    """What a router says of a packet of B."""
    body = struct.pack(">BBHI", 2, 0, 0, mtu) + packet[:1000]
    total = checksum(ip_bytes(A) + ip_bytes(B) +
                     struct.pack(">II", len(body), ICMP) + body)
    return ipv6(A, B, ICMP, body[:2] + struct.pack(">H", total) + body[4:])


def too_big(dest, sport, dport, mtu):
    """The same of a datagram."""
    return packet_too_big(ipv6(B, dest, socket.IPPROTO_UDP, udp(
        B, dest, bytes(1400), sport, dport)), mtu)


def path_mtu(net):
    """IPV6_RECVPATHMTU, IPV6_PATHMTU, IPV6_DONTFRAG (RFC 3542 11)."""
    made = sock("secb", bind=(B, 0), RECVPATHMTU=1, DONTFRAG=1)
    made.connect((A, 4000))
    faults = differs("MTU", 1500, struct.unpack(
        "=28sI", made.getsockopt(IP6, socket.IPV6_PATHMTU, 32))[1])
    try:
        made.send(bytes(1453))
        faults.append("1453 bytes were sent")
    except OSError as err:
        faults += differs("error", errno.EMSGSIZE, err.errno)
    faults += hears_of_mtu(made, 1500)
    made.send(bytes(1452))
    if not OURS:
        return faults
    net.send(too_big(A, port(made), 4000, 1400))
    return faults + hears_of_mtu(made, 1400)


def hears_of_mtu(made, mtu):
    """No data comes with it, so that poll() need not say that there is some."""
    def look():
        try:
            return made.recvmsg(2000, 1000, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
    made.setblocking(False)
    heard = wait_for("MTU", look)
    made.settimeout(WAIT)
    if not heard:
        return [f"it does not hear of {mtu}"]
    data, extra, flags, _ = heard
    if data or len(extra) != 1:
        return [f"it got {data!r} {extra!r} {flags}"]
    level, kind, value = extra[0]
    faults = differs("kind", (IP6, socket.IPV6_PATHMTU), (level, kind))
    address, told = struct.unpack("=28sI", value)
    return faults + differs("MTU", mtu, told) + differs(
        "whose", ip_bytes(A), address[8:24])


def path_mtu_raw(net):
    """Also one that is not connected, whoever has sent the packet."""
    faults = []
    for mtu in (1396, 1392):
        made = sock("secb", socket.SOCK_RAW, 253, RECVPATHMTU=1)
        if mtu == 1392:
            made.connect((A, 0))
        net.send(packet_too_big(ipv6(B, A, 253, bytes(1400)), mtu))
        faults += hears_of_mtu(made, mtu)
    return faults


def path_mtu_behind_data(net):
    """What waits to be read comes first (RFC 3542 11.3)."""
    faults = []
    for proto, mtu in ((socket.IPPROTO_UDP, 1388), (253, 1384)):
        is_udp = proto == socket.IPPROTO_UDP
        made = sock("secb", socket.SOCK_DGRAM if is_udp else socket.SOCK_RAW,
                    proto, bind=(B, 0), RECVPATHMTU=1)
        # That it was too big is no error then.
        made.setsockopt(IP6, MTU_DISCOVER, 0)
        made.connect((A, 4000 if is_udp else 0))
        net.send(ipv6(A, B, proto, udp(A, B, b"waits", 4000, port(made))
                      if is_udp else b"waits"))
        net.send(too_big(A, port(made), 4000, mtu) if is_udp else
                 packet_too_big(ipv6(B, A, proto, bytes(1400)), mtu))
        wait_for("MTU", lambda m=made, n=mtu: m.getsockopt(IP6, MTU) == n)
        faults += differs(f"protocol {proto}", (b"waits", []),
                          received(made)[:2])
        faults += hears_of_mtu(made, mtu)
    sh("ip", "-n", "secb", "-6", "route", "flush", "cache")
    return faults


def errors_of(made):
    """What the error queue has: data and the structure of an error."""
    poll = select.poll()
    poll.register(made, select.POLLERR)
    if not poll.poll(WAIT * 1000):
        return b"", None
    data, extra, _, _ = made.recvmsg(2000, 1000, socket.MSG_ERRQUEUE)
    for level, kind, value in extra:
        if (level, kind) == (IP6, RECVERR):
            return data, struct.unpack("=IBBBBII", value[:16])
    return data, None


def error_extended(net):
    """RFC 4884: an error says where in it the extensions are."""
    made = sock("secb", bind=(B, 0))
    made.setsockopt(IP6, RECVERR, 1)
    made.setsockopt(IP6, RECVERR_RFC4884, 1)
    made.connect((A, 4000))
    quoted = ipv6(B, A, socket.IPPROTO_UDP,
                  udp(B, A, bytes(80), port(made), 4000))
    assert len(quoted) == 128
    # A version 2 header and one object, RFC 4884 7 and 8.
    extension = b"\x20\0\0\0" + struct.pack(">HBB", 8, 2, 1) + b"mpls"
    total = checksum(extension)
    extension = extension[:2] + struct.pack(">H", total) + extension[4:]
    body = struct.pack(">BBHB3x", 1, 0, 0, 128 // 8) + quoted + extension
    total = checksum(ip_bytes(A) + ip_bytes(B) +
                     struct.pack(">II", len(body), ICMP) + body)
    net.send(ipv6(A, B, ICMP,
                  body[:2] + struct.pack(">H", total) + body[4:]))
    data, error = errors_of(made)
    if not error:
        return ["no error came"]
    # The data begins behind the UDP header, and so does the count.
    return differs("error", (errno.ENETUNREACH, ORIGIN_ICMP6, 1, 0),
                   error[:4]) + differs("offset, flags", (80, 0), (
                       error[6] & 0xffff, error[6] >> 16)) + differs(
                           "extension", extension, data[80:])


# --- zero copy ----------------------------------------------------------------


def zerocopy(flags_of_parts):
    """Parts of one datagram: each with MSG_ZEROCOPY gets its number told."""
    peer = sock("secb", bind=(B, 0))
    made = sock("seca")
    made.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    made.connect((B, port(peer)))
    for flags in flags_of_parts:
        made.send(b"part", flags)
    got = peer.recv(100)
    faults = differs("data", b"part" * len(flags_of_parts), got)
    want = sum(1 for flags in flags_of_parts if flags & MSG_ZEROCOPY)
    _, error = errors_of(made)
    if not error:
        return faults + ["no completion came"]
    return faults + differs("completion", (0, ORIGIN_ZEROCOPY, 0, want - 1), (
        error[0], error[1], error[5], error[6]))


def zerocopy_whole(_):
    return zerocopy([MSG_ZEROCOPY])


def zerocopy_parts(_):
    return zerocopy([MSG_ZEROCOPY | socket.MSG_MORE, MSG_ZEROCOPY])


def zerocopy_last(_):
    return zerocopy([socket.MSG_MORE, socket.MSG_MORE, MSG_ZEROCOPY])


# --- raw sockets --------------------------------------------------------------


def sum_of(src, dest, data):
    return checksum(ip_bytes(src) + ip_bytes(dest) +
                    struct.pack(">II", len(data), 253) + data)


def raw_checksum(net):
    """IPV6_CHECKSUM: made on sending, required on receipt (RFC 3542 3.1)."""
    there = sock("secb", socket.SOCK_RAW, 253)
    plain = sock("secb", socket.SOCK_RAW, 253)
    made = sock("seca", socket.SOCK_RAW, 253, bind=(A, 0))
    made.setsockopt(IP6, CHECKSUM, 2)
    there.setsockopt(IP6, CHECKSUM, 4)
    faults = differs("offset", 2, made.getsockopt(IP6, CHECKSUM))
    for odd in (3,):
        try:
            made.setsockopt(IP6, CHECKSUM, odd)
            faults.append("an odd offset was taken")
        except OSError as err:
            faults += differs("error", errno.EINVAL, err.errno)
    made.sendto(b"ab\0\0cdef", (B, 0))
    got = plain.recv(100)
    faults += differs("sum of what was sent", 0, sum_of(A, B, got))
    faults += differs("the rest", b"abcdef", got[:2] + got[4:])
    # One that is wrong, and one that is right.
    body = b"good" + struct.pack(">H", sum_of(A, B, b"good\0\0!!")) + b"!!"
    net.send(ipv6(A, B, 253, b"badd\x12\x34!!"))
    net.send(ipv6(A, B, 253, body))
    faults += differs("without the option", [b"badd\x12\x34!!", body],
                      [plain.recv(100), plain.recv(100)])
    got = [there.recv(100)]
    # made's packet has a right sum: where it stands makes no difference.
    if got[0][:2] == b"ab":
        got = [there.recv(100)]
    return faults + differs("with it", [body], got)


def icmp_filter(net):
    """ICMP6_FILTER: types of a set bit are blocked (RFC 3542 3.2)."""
    del net
    made = sock("secb", socket.SOCK_RAW, ICMP)
    words = [0xffffffff] * 8
    words[201 >> 5] &= ~(1 << (201 & 31))
    made.setsockopt(ICMP, 1, struct.pack("=8I", *words))
    faults = differs("filter", struct.pack("=8I", *words),
                     made.getsockopt(ICMP, 1, 32))
    peer = sock("seca", socket.SOCK_RAW, ICMP)
    for kind in (200, 202, 128, 201):
        peer.sendto(bytes([kind, 0, 0, 0]) + b"data", (B, 0))
    got = made.recv(100)
    faults += differs("type that passes", 201, got[0])
    words = [0] * 8
    words[200 >> 5] |= 1 << (200 & 31)
    made.setsockopt(ICMP, 1, struct.pack("=8I", *words))
    for kind in (200, 202):
        peer.sendto(bytes([kind, 0, 0, 0]) + b"data", (B, 0))
    # Neighbours may talk meanwhile: their types are lower.
    while True:
        kind = made.recv(100)[0]
        if kind >= 200:
            return faults + differs("type that passes now", 202, kind)


# --- UDP GRO ------------------------------------------------------------------


def segments(made):
    """The lengths of what recvmsg() gives, and of segments, up to 4000."""
    got, total = [], 0
    while total < 4000:
        data, extra, _, _ = made.recvmsg(65535, 1000)
        size = [number(d) for level, t, d in extra
                if (level, t) == (socket.IPPROTO_UDP, UDP_GRO)]
        got.append((len(data), size))
        total += len(data)
    return got


def offload(**on):
    for name, value in on.items():
        dev, feature = name.split("_", 1)
        sh("ip", "netns", "exec", "secb" if dev[1] == "b" else "seca",
           "ethtool", "-K", dev, feature.replace("_", "-"), value)


def gro(net):
    """Segments of one call come as one, if the receiver says UDP_GRO: as they
    were sent where the wire takes them whole, put together again where not."""
    del net
    made = sock("secb", bind=(B, 0))
    peer = sock("seca")
    peer.connect((B, port(made)))
    peer.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
    faults = []
    for whole in ("on", "off"):
        offload(va_tx_udp_segmentation=whole, va_tso=whole, vb_gro="on")
        made.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
        peer.send(bytes(4000))
        faults += differs(f"with GRO, wire {whole}", [(4000, [1000])],
                          segments(made))
        made.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 0)
        peer.send(bytes(4000))
        faults += differs(f"without, wire {whole}", [(1000, [])] * 4,
                          segments(made))
    offload(va_tx_udp_segmentation="on", va_tso="on", vb_gro="off")
    return faults


# --- groups -------------------------------------------------------------------


def storage(address):
    """struct sockaddr_storage"""
    return (struct.pack("=HHI", socket.AF_INET6, 0, 0) +
            ip_bytes(address) + bytes(4)).ljust(128, b"\0")


def group_source(net, dev, source, group=GROUP):
    """struct group_source_req"""
    return struct.pack("=I4x", net.index[dev]) + storage(group) + \
        storage(source)


def mreq(net, dev, group=GROUP):
    return ip_bytes(group) + struct.pack("=I", net.index[dev] if dev else 0)


class Listeners:
    """Sockets that share a port; one of them gets all, in order."""

    def __init__(self, net, ns="secb", dev="vb"):
        self.ns = ns
        self.first = self.share(0)
        self.port = port(self.first)
        self.first.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, dev))

    def share(self, number_of_port):
        made = sock(self.ns)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("::", number_of_port))
        return made

    def more(self):
        return self.share(self.port)

    def heard(self, sockets):
        """What each got before the first one got b"end"."""
        while self.first.recv(100) != b"end":
            pass
        out = []
        for made in sockets:
            got = []
            made.setblocking(False)
            try:
                while True:
                    got.append(made.recv(100))
            except BlockingIOError:
                pass
            out.append([data for data in got if data != b"end"])
        return out


def talk(net, listeners, words, dev="va", **options_of_sender):
    """Each word from its source, to the group; then the end."""
    for source, data in words + [(A, b"end")]:
        made = sock("seca", bind=(source, 0), **options_of_sender)
        made.setsockopt(IP6, socket.IPV6_MULTICAST_IF, net.index[dev])
        made.sendto(data, (GROUP, listeners.port))
        made.close()


def group_delivery(net):
    """All sockets of the group have it, those of others do not (RFC 3678)."""
    listeners = Listeners(net)
    joined, only, blocks, idle, quiet = [listeners.more() for _ in range(5)]
    joined.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    only.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A2))
    blocks.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    blocks.setsockopt(IP6, BLOCK_SOURCE, group_source(net, "vb", A2))
    quiet.setsockopt(IP6, MULTICAST_ALL, 0)
    talk(net, listeners, [(A, b"one"), (A2, b"two")])
    return differs(
        "heard by joined, only A2, not A2, none, none and ALL off",
        [[b"one", b"two"], [b"two"], [b"one"], [b"one", b"two"], []],
        listeners.heard([joined, only, blocks, idle, quiet]))


def group_interface(net):
    """IPV6_MULTICAST_IF says by which wire; sin6_scope_id and IPV6_PKTINFO of a
    datagram say it before that."""
    made = sock("secb", bind=("::", 0), RECVPKTINFO=1)
    for dev in ("vb", "wb"):
        made.setsockopt(IP6, socket.IPV6_JOIN_GROUP,
                        mreq(net, dev, "ff12::7"))
    peer = sock("seca")
    faults = []

    def came_by(what, dev):
        _, extra, _ = received(made)
        return differs(what, [(socket.IPV6_PKTINFO,
                               pktinfo(net, "ff12::7", dev))], extra)
    for dev, there in (("va", "vb"), ("wa", "wb")):
        peer.setsockopt(IP6, socket.IPV6_MULTICAST_IF, net.index[dev])
        peer.sendto(b"x", ("ff12::7", port(made)))
        faults += came_by(f"by {dev}", there)
    peer.sendto(b"x", ("ff12::7", port(made), 0, net.index["va"]))
    faults += came_by("by the zone", "vb")
    peer.sendmsg([b"x"], [(IP6, socket.IPV6_PKTINFO, bytes(16) + struct.pack(
        "=I", net.index["va"]))], 0, ("ff12::7", port(made)))
    return faults + came_by("by ancillary data", "vb")


def group_loop(net):
    """IPV6_MULTICAST_LOOP: the sender's own host hears it, or does not."""
    listeners = Listeners(net, "seca", "va")
    made = listeners.more()
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "va"))
    talk(net, listeners, [(A, b"loop")])
    faults = differs("looped", [[b"loop"]], listeners.heard([made]))
    for value, data in ((0, b"silent"), (1, b"again")):
        peer = sock("seca", bind=(A, 0), MULTICAST_IF=net.index["va"],
                    MULTICAST_LOOP=value)
        peer.sendto(data, (GROUP, listeners.port))
    talk(net, listeners, [])
    return faults + differs("by the sender's wish", [[b"again"]],
                            listeners.heard([made]))


def group_hops(net):
    """IPV6_MULTICAST_HOPS is 1 unless said, and is not of other packets."""
    made = sock("secb", bind=("::", 0), RECVHOPLIMIT=1)
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    peer = sock("seca", bind=(A, 0), MULTICAST_IF=net.index["va"])
    faults = []
    for hops, want in ((None, 1), (9, 9), (-1, 1)):
        if hops is not None:
            peer.setsockopt(IP6, socket.IPV6_MULTICAST_HOPS, hops)
        peer.sendto(b"x", (GROUP, port(made)))
        faults += differs(f"hops {hops}", [number(d) for _, d in
                                           received(made)[1]], [want])
        peer.sendto(b"x", (B, port(made)))
        faults += differs("of a host", [number(d) for _, d in
                                        received(made)[1]], [64])
    return faults


def members(ns, dev):
    return GROUP in sh("ip", "-n", ns, "-6", "maddr", "show", "dev",
                       dev).stdout


def group_empties(net):
    """The last source that is left takes the membership with it (RFC 3678
    4.1.3), and so does the socket."""
    made = sock("secb")
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A))
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A2))
    faults = differs("member", True, members("secb", "vb"))
    made.setsockopt(IP6, LEAVE_SOURCE, group_source(net, "vb", A))
    faults += differs("member with one source", True, members("secb", "vb"))
    made.setsockopt(IP6, LEAVE_SOURCE, group_source(net, "vb", A2))
    faults += differs("member without a source", False, members("secb", "vb"))
    try:
        made.setsockopt(IP6, LEAVE_SOURCE, group_source(net, "vb", A2))
        faults.append("a source was left twice")
    except OSError as err:
        faults += differs("error", errno.EINVAL, err.errno)
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    faults += differs("member again", True, members("secb", "vb"))
    made.close()
    if not wait_for("end", lambda: not members("secb", "vb")):
        faults.append("the group is there without the socket")
    return faults


def group_without_interface(net):
    """Index 0: the interface that the route to the group leads by."""
    del net
    made = sock("secb")
    faults = []
    for dev, other in (("wb", "vb"), ("vb", "wb")):
        sh("ip", "-n", "secb", "-6", "route", "replace", "multicast",
           GROUP + "/128", "dev", dev, "table", "local")
        made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, ip_bytes(GROUP) + bytes(4))
        faults += differs(f"members by {dev}", (True, False), (
            members("secb", dev), members("secb", other)))
        made.setsockopt(IP6, socket.IPV6_LEAVE_GROUP,
                        ip_bytes(GROUP) + bytes(4))
        faults += differs(f"left {dev}", False, members("secb", dev))
    sh("ip", "-n", "secb", "-6", "route", "del", "multicast", GROUP + "/128",
       "dev", "vb", "table", "local")
    return faults


# --- strangers ----------------------------------------------------------------


def crowded_port(net):
    """What nobody wants costs the same at a port that many sockets have, of
    another address, as at one that none has."""
    def shared(number_of_port):
        made = sock("secb")
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("::1", number_of_port))
        return made
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    crowd = [shared(0)]
    crowd += [shared(port(crowd[0])) for _ in range(3000)]

    def cost(dport):
        packet = ipv6(A, B, socket.IPPROTO_UDP, udp(A, B, b"x", 4000, dport))
        took = []
        for _ in range(40):
            begin = time.perf_counter()
            for _ in range(5):
                net.send(packet)
            took.append(time.perf_counter() - begin)
        return min(took)
    many, none = cost(port(crowd[0])), cost(9)
    return [] if many < 3 * none else \
        [f"{many * 2e5:.0f} us at the crowded port, {none * 2e5:.0f} at another"]


# --- hosts --------------------------------------------------------------------


def only_ipv6(net):
    """Not one address of IPv4; sockets for both families work all the same."""
    del net
    faults = []
    for ns in ("seca", "secb"):
        faults += differs(ns, "", sh("ip", "-n", ns, "-4", "addr").stdout)
    made = sock("secb", bind=("::", 0), V6ONLY=0)
    peer = sock("seca", bind=(A, 0))
    peer.sendto(b"x", (B, port(made)))
    data, sender = made.recvfrom(100)
    faults += differs("data, sender", (b"x", A), (data, sender[0]))
    peer = sock("seca", V6ONLY=0)
    try:
        peer.sendto(b"x", ("::ffff:10.0.0.1", 7))
        faults.append("IPv4 was sent")
    except OSError as err:
        faults += differs("error", errno.ENETUNREACH, err.errno)
    return faults


def label_chooses(net):
    """RFC 6724 5 rule 6: of two sources the one of the destination's label."""
    del net

    def source():
        words = sh("ip", "-n", "seca", "-6", "route", "get",
                   "fd77::1").stdout.split()
        return words[words.index("src") + 1]
    sh("ip", "-n", "seca", "addr", "add", "2001:db8::1/64", "dev", "va",
       "nodad")
    sh("ip", "-n", "seca", "-6", "route", "add", "fd77::/64", "via", B)
    faults = differs("by the length of what matches", True,
                     source().startswith("fd09::"))
    for prefix in ("fd77::/64", "2001:db8::/64"):
        sh("ip", "-n", "seca", "addrlabel", "add", "prefix", prefix, "label",
           "77")
    faults += differs("by label", "2001:db8::1", source())
    for prefix in ("fd77::/64", "2001:db8::/64"):
        sh("ip", "-n", "seca", "addrlabel", "del", "prefix", prefix, "label",
           "77")
    sh("ip", "-n", "seca", "addr", "del", "2001:db8::1/64", "dev", "va")
    return faults


def nowhere_mapped(net):
    """To :: is to this node, by IPv4 from a socket with an IPv4 address."""
    del net
    sh("ip", "-n", "secb", "addr", "add", "127.0.0.1/8", "dev", "lo")
    try:
        made = sock("secb", bind=("::ffff:127.0.0.1", 0))
        peer = sock("secb", bind=("::ffff:127.0.0.1", 0))
        peer.sendto(b"x", ("::", port(made)))
        data, sender = made.recvfrom(100)
        faults = differs("data, sender", (b"x", "::ffff:127.0.0.1"),
                         (data, sender[0]))
    except OSError as err:
        faults = [str(err)]
    sh("ip", "-n", "secb", "addr", "del", "127.0.0.1/8", "dev", "lo")
    return faults


def by_name(*tests):
    """For run(): functions under their own names."""
    return [(test.__name__.replace("_", "-"), test) for test in tests]


def run(tests):
    """All of it: pairs of a name and a function, which is given the hosts and
    returns its faults."""
    net = Net()
    for name, test in tests:
        try:
            result(name, test(net))
        except (OSError, RuntimeError, LookupError, ValueError) as err:
            result(name, [repr(err)])
    for ns in ("seca", "secb"):
        sh("ip", "netns", "del", ns)
    finish()


TESTS = [
    ("ancillary-data", ancillary),
    ("ancillary-data-rfc2292", ancillary_old),
    ("ancillary-data-raw", ancillary_raw),
    ("original-destination", original_destination),
    ("size-of-fragments", fragment_size),
    ("flow-information", flow_information),
    ("path-mtu-is-told", path_mtu),
    ("extended-error", error_extended),
    ("zerocopy-whole", zerocopy_whole),
    ("zerocopy-in-parts", zerocopy_parts),
    ("zerocopy-of-the-last-part", zerocopy_last),
    ("raw-checksum", raw_checksum),
    ("icmp-filter", icmp_filter),
    ("udp-gro", gro),
    ("group-delivery", group_delivery),
    ("group-interface", group_interface),
    ("group-loop", group_loop),
    ("group-hops", group_hops),
    ("group-filter-empties", group_empties),
    ("group-without-interface", group_without_interface),
    ("host-without-ipv4", only_ipv6),
    ("address-label-chooses", label_chooses),
    ("to-nowhere-by-ipv4", nowhere_mapped)]
if OURS:
    # ipv6.ko tells raw sockets nothing, and others before what waits.
    TESTS += by_name(path_mtu_raw, path_mtu_behind_data, crowded_port)
