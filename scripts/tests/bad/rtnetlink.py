#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What rtnetlink says of IPv6 routes and of routers, message by message, where
ip(8) can't see it: who asked for a change, and the echo of it; strict requests
that are refused; a route that no buffer takes; what router advertisements tell
user space."""
import errno
import socket
import struct

from badlib import (attr, attrs, checksum, finish, in_ns, ip_bytes, ipv6,
                    result, sh, sysctl, u32, wait_for)

NEWROUTE, DELROUTE, GETROUTE = 24, 25, 26
NEWPREFIX, NEWNDUSEROPT = 52, 68
DST, OIF, GATEWAY, MULTIPATH, TABLE, ENCAP_TYPE, ENCAP = 1, 4, 5, 9, 15, 21, 22
REQUEST, ACK, ECHO, DUMP, EXCL, CREATE = 1, 4, 8, 0x300, 0x200, 0x400
GROUPS = {"route": 11, "prefix": 18, "nduseropt": 20}
STRICT = 12                             # NETLINK_GET_STRICT_CHK
PEER = "fe80::a"
NS, DEV = "rtnl", "v0"


class Rtnl:
    """A socket of rtnetlink in the namespace of the host."""

    def __init__(self, *groups, strict=False):
        self.sock = in_ns(NS, lambda: socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE))
        self.sock.bind((0, 0))
        self.port = self.sock.getsockname()[0]
        self.sock.settimeout(5)
        for group in groups:
            self.sock.setsockopt(270, 1, GROUPS[group])
        if strict:
            self.sock.setsockopt(270, STRICT, 1)
        self.seq = 0x1000

    def send(self, kind, body, flags):
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   REQUEST | flags, self.seq, 0) + body)

    def messages(self, size=65536):
        """(type, seq, portid, body) of what comes next; none in time: []"""
        try:
            data = self.sock.recv(size)
        except socket.timeout:
            return []
        out, at = [], 0
        while at + 16 <= len(data):
            length, kind, _, seq, port = struct.unpack_from("=IHHII", data, at)
            out.append((kind, seq, port, data[at + 16:at + length]))
            at += (length + 3) & ~3
        return out

    def request(self, kind, body, flags):
        """The errno of the answer, and what came with it."""
        self.send(kind, body, flags | ACK)
        before = []
        while True:
            got = self.messages()
            if not got:
                return None, before
            for one in got:
                if one[0] == 2 and one[1] == self.seq:
                    return -struct.unpack_from("=i", one[3])[0], before
                before.append(one)

    def close(self):
        self.sock.close()


def rtmsg(dst_len=0, table=0, proto=0, scope=0, kind=0, flags=0, src_len=0):
    return struct.pack("=BBBBBBBBI", 10, dst_len, src_len, 0, table, proto,
                       scope, kind, flags)


def index():
    return in_ns(NS, lambda: socket.if_nametoindex(DEV))


def route(dst):
    """A route to a prefix of 64 bits through the link."""
    return rtmsg(64, 254, 4, 0, 1) + attr(DST, ip_bytes(dst)) + \
        u32(OIF, index())


def who_asked():
    """Listeners hear whose request a change was; a change by itself is
    nobody's; he himself hears it if he wants the echo, without listening."""
    faults = []
    listener, asker = Rtnl("route"), Rtnl()
    for kind, flags in ((NEWROUTE, CREATE | EXCL), (DELROUTE, 0)):
        error, _ = asker.request(kind, route("fd00:40::"), flags)
        if error:
            faults.append(f"request {kind}: errno {error}")
        got = [m[:3] for m in listener.messages()]
        if got != [(kind, asker.seq, asker.port)]:
            faults.append(f"listeners of {kind} hear {got}")
    for kind, flags in ((NEWROUTE, CREATE | EXCL), (DELROUTE, 0)):
        error, came = asker.request(kind, route("fd00:41::"), flags | ECHO)
        if error or [m[0] for m in came] != [kind]:
            faults.append(f"echo of {kind}: errno {error}, {len(came)} came")
        listener.messages()
    error, came = asker.request(NEWROUTE, route("fd00:42::"), CREATE | EXCL)
    if error or came:
        faults.append("an echo that nobody wanted")
    listener.messages()
    sh("ip", "-n", NS, "link", "set", DEV, "down")
    gone = [m for m in listener.messages() if m[0] == DELROUTE]
    if not gone or gone[0][1:3] != (0, 0):
        faults.append(f"gone with its link: {[m[:3] for m in gone]}")
    sh("ip", "-n", NS, "link", "set", DEV, "up")
    listener.close()
    asker.close()
    result("who-asked-for-a-route", faults)


def strict_requests():
    """A question for one destination with what means nothing in it."""
    faults = []
    strict, loose = Rtnl(strict=True), Rtnl()
    to = attr(DST, ip_bytes("fd00:1::2"))
    good = rtmsg(128) + to
    for what, body in (("table", rtmsg(128, table=254) + to),
                       ("protocol", rtmsg(128, proto=3) + to),
                       ("scope", rtmsg(128, scope=1) + to),
                       ("type", rtmsg(128, kind=1) + to),
                       ("prefix length", rtmsg(64) + to),
                       ("no length", rtmsg(0) + to),
                       ("source length", rtmsg(128, src_len=1) + to),
                       ("flags", rtmsg(128, flags=0x200) + to),
                       ("gateway", good + attr(GATEWAY, ip_bytes(PEER))),
                       ("table attribute", good + u32(TABLE, 254)),
                       ("short header", good[:8])):
        error, _ = strict.request(GETROUTE, body, 0)
        if error != errno.EINVAL:
            faults.append(f"{what}: errno {error}")
    for who, sock in (("strict", strict), ("loose", loose)):
        sock.send(GETROUTE, good, 0)
        if [m[0] for m in sock.messages()] != [NEWROUTE]:
            faults.append(f"{who}: no answer to a right question")
    error, _ = loose.request(GETROUTE, rtmsg(64, table=254) + to, 0)
    if error:
        faults.append(f"old programs are refused: errno {error}")
    strict.close()
    loose.close()
    result("strict-question-for-a-route", faults)


def big_route():
    """64 ways that encapsulate, and a reader with a small buffer: an error, or
    all of them, but no list that ends before them as if that were all."""
    faults = []
    hops = b""
    for n in range(64):
        inner = attr(1, struct.pack(">Q", n)) + attr(
            2, ip_bytes(f"fd00:1::{n + 16:x}"))
        more = attr(GATEWAY, ip_bytes(f"fd00:1::{n + 16:x}")) + \
            struct.pack("=HHH", 6, ENCAP_TYPE, 4) + b"\0\0" + \
            attr(ENCAP | 0x8000, inner)
        hops += struct.pack("=HBBi", 8 + len(more), 0, 0, index()) + more
    asker = Rtnl()
    body = rtmsg(64, 254, 4, 0, 1) + attr(DST, ip_bytes("fd00:50::")) + \
        attr(MULTIPATH, hops)
    error, _ = asker.request(NEWROUTE, body, CREATE | EXCL)
    if error:
        faults.append(f"not added: errno {error}")
    last = rtmsg(64, 254, 4, 0, 1) + attr(DST, ip_bytes("fd00:60::")) + \
        u32(OIF, index())
    asker.request(NEWROUTE, last, CREATE | EXCL)
    # Buffers are as large as the largest that a reader ever had.
    reader = Rtnl()
    reader.send(GETROUTE, rtmsg(table=254), DUMP)
    seen, ended = [], None
    while ended is None:
        got = reader.messages(4096)
        if not got:
            ended = "silent"
        for kind, _, _, said in got:
            if kind == 3:
                ended = struct.unpack_from("=i", said)[0] if said else 0
            elif kind == NEWROUTE:
                seen += [v for k, v in attrs(said[12:]) if k == DST]
    if ended == 0 and ip_bytes("fd00:60::") not in seen:
        faults.append("the list ends without an error, and not all is in it")
    if ended == "silent":
        faults.append("the list has no end")
    asker.close()
    reader.close()
    result("no-list-ends-at-a-big-route", faults)


def advertise(sock, options):
    """A router advertisement of a stranger that is no default router."""
    body = struct.pack(">BBHBBHII", 134, 0, 0, 0, 0, 0, 0, 0) + options
    pseudo = ip_bytes(PEER) + ip_bytes("ff02::1") + struct.pack(
        ">IHBB", len(body), 0, 0, 58)
    body = body[:2] + struct.pack(">H", checksum(pseudo + body)) + body[4:]
    sock.send(b"\x33\x33\0\0\0\1" + b"\2\0\0\0\0\x0a" + b"\x86\xdd" +
              ipv6(PEER, "ff02::1", 58, body, hop=255))


def told():
    """RFC 8106's options as they came, and prefixes, for who listens."""
    faults = []
    wire = in_ns(NS + "a", lambda: socket.socket(
        socket.AF_PACKET, socket.SOCK_RAW, 0))
    wire.bind(("v1", 0))
    rdnss = struct.pack(">BBHI", 25, 5, 0, 600) + ip_bytes("fd00::53") + \
        ip_bytes("fd00::54")
    dnssl = struct.pack(">BBHI", 31, 3, 0, 600) + b"\4test\7example\0\0\0"
    prefix = struct.pack(">BBBBIII", 3, 4, 64, 0xc0, 600, 300, 0) + \
        ip_bytes("fd00:70::")
    listener = Rtnl("nduseropt")
    advertise(wire, rdnss + dnssl)
    got = []
    while len(got) < 2:
        came = listener.messages()
        if not came:
            break
        got += [m[3] for m in came if m[0] == NEWNDUSEROPT]
    for what, option, body in zip(("RDNSS", "DNSSL"), (rdnss, dnssl),
                                  got + [b"", b""]):
        if len(body) < 16:
            faults.append(f"{what} is not told")
            continue
        family, _, size, where, kind, code = struct.unpack_from("=BBHiBB",
                                                                body)
        if (family, size, where, kind, code) != (10, len(option), index(),
                                                 134, 0):
            faults.append(f"{what}: header {body[:16].hex()}")
        if body[16:16 + size] != option:
            faults.append(f"{what}: other bytes")
        if (1, ip_bytes(PEER)) not in attrs(body[16 + size:]):
            faults.append(f"{what}: not from whom")
    listener.close()
    listener = Rtnl("prefix")
    advertise(wire, prefix)
    got = [m[3] for m in listener.messages() if m[0] == NEWPREFIX]
    if not got:
        faults.append("a prefix is not told")
    elif (1, ip_bytes("fd00:70::")) not in attrs(got[0][12:]) or \
            struct.unpack_from("=i", got[0], 4)[0] != index():
        faults.append(f"prefix: {got[0].hex()}")
    listener.close()
    wire.close()
    result("what-routers-tell-user-space", faults)


def bounds():
    """1024 labels a namespace, 64 hops a route: the next one is refused, and
    nothing else."""
    faults = []

    def labels():
        return sh("ip", "-n", NS, "addrlabel", "list").stdout.count("prefix")

    def label(verb, *numbers):
        lines = "".join(f"addrlabel {verb} prefix fd99::{n:x}/128 label 9\n"
                        for n in numbers)
        return sh("ip", "-n", NS, "-batch", "-", check=False,
                  stdin=lines).returncode == 0

    def hops(number):
        words = [w for n in range(number) for w in (
            "nexthop", "via", f"fd00:1::1:{n:x}", "dev", DEV)]
        return sh("ip", "-n", NS, "-6", "route", "add", f"fd98:{number}::/64",
                  *words, check=False).returncode == 0
    room = 1024 - labels()
    for what, got, want in (
            ("1024 labels", label("add", *range(room)), True),
            ("one more", label("add", 9999), False),
            ("one less", label("del", 1), True),
            ("again", label("add", 9999), True),
            ("64 hops", hops(64), True), ("65 hops", hops(65), False)):
        if got != want:
            faults.append(f"{what}: {'taken' if got else 'refused'}")
    if labels() != 1024:
        faults.append(f"{labels()} labels")
    result("bounds-of-labels-and-hops", faults)


def main():
    for ns in (NS, NS + "a"):
        sh("ip", "netns", "del", ns, check=False)
        sh("ip", "netns", "add", ns)
    for ns in (NS, NS + "a"):
        sysctl(ns, "net.ipv6.conf.default.accept_dad=0",
               "net.ipv6.conf.default.router_solicitations=0")
    sh("ip", "link", "add", DEV, "netns", NS, "type", "veth", "peer", "name",
       "v1", "netns", NS + "a")
    sh("ip", "-n", NS + "a", "link", "set", "v1", "up")
    for dev in ("lo", DEV):
        sh("ip", "-n", NS, "link", "set", dev, "up")
    sh("ip", "-n", NS, "addr", "add", "fd00:1::1/64", "dev", DEV, "nodad")
    wait_for("carrier", lambda: "LOWER_UP" in sh(
        "ip", "-n", NS, "link", "show", "dev", DEV).stdout)
    who_asked()
    sh("ip", "-n", NS, "addr", "replace", "fd00:1::1/64", "dev", DEV, "nodad")
    strict_requests()
    big_route()
    told()
    bounds()
    for ns in (NS, NS + "a"):
        sh("ip", "netns", "del", ns, check=False)
    finish()


main()
