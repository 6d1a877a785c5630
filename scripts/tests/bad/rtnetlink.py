#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What rtnetlink says of IPv6 routes and of routers, message by message, where
ip(8) can't see it: who asked for a change, and the echo of it; strict requests
that are refused; a route that no buffer takes; what router advertisements tell
user space. rtnl_dumps.py has lists, rtnl_events.py what is told unasked."""
import errno
import struct

import rtnl_dumps
import rtnl_events
from badlib import finish, ip_bytes, result, sh
from nllib import attr, attrs, u32
from rtnllib import (ACK, CREATE, DELROUTE, DEV, DST, DUMP, ECHO, ENCAP,
                     ENCAP_TYPE, EXCL, GATEWAY, GETROUTE, MULTIPATH,
                     NEWNDUSEROPT, NEWPREFIX, NEWROUTE, NH_ID, NS, OIF, OURS,
                     PEER, TABLE, Peer, Refusal, Rtnl, index, net_down, net_up,
                     refusal, rtmsg)


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


def encapsulates(kind):
    """In IPv6 (4), or in what nobody knows"""
    return attr(ENCAP_TYPE, struct.pack("=H", kind)) + attr(
        ENCAP | 0x8000, attr(2, ip_bytes("fd00:1::8")))


def encapsulations():
    """Beside a nexthop object, which says all of the way; and by what there is
    not, in a route and in one of its hops."""
    faults = []
    asker = Rtnl()
    sh("ip", "-n", NS, "nexthop", "add", "id", "77", "via", "fd00:1::7", "dev",
       DEV)
    prefix = rtmsg(64, 254, 4, 0, 1) + attr(DST, ip_bytes("fd00:51::"))

    def added(more):
        asker.send(NEWROUTE, prefix + more, CREATE | EXCL | ACK)
        end, = asker.messages()
        return refusal(end, len(prefix + more))

    def hop(more):
        more = attr(GATEWAY, ip_bytes("fd00:1::7")) + more
        return struct.pack("=HBBi", 8 + len(more), 0, 0, index()) + more
    one = u32(OIF, index()) + encapsulates(200)
    unknown = "Unknown lwt encapsulation type"
    for what, want, got in (
            ("object", errno.EINVAL, added(u32(NH_ID, 77) +
                                           encapsulates(4)).errno),
            ("route", Refusal(errno.EINVAL, unknown), added(one)),
            ("hop", Refusal(errno.EOPNOTSUPP, unknown), added(attr(
                MULTIPATH, hop(b"") + hop(encapsulates(200))))),
            ("object alone", 0, added(u32(NH_ID, 77)).errno)):
        if got != want:
            faults.append(f"{what}: {got}, not {want}")
    sh("ip", "-n", NS, "nexthop", "del", "id", "77")
    asker.close()
    result("encapsulations-of-a-route", faults)


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
        for kind, _, _, said, _ in got:
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


def told():
    """RFC 8106's options as they came, and prefixes, for who listens."""
    faults = []
    peer = Peer()
    rdnss = struct.pack(">BBHI", 25, 5, 0, 600) + ip_bytes("fd00::53") + \
        ip_bytes("fd00::54")
    dnssl = struct.pack(">BBHI", 31, 3, 0, 600) + b"\4test\7example\0\0\0"
    prefix = struct.pack(">BBBBIII", 3, 4, 64, 0xc1, 600, 300, 0) + \
        ip_bytes("fd00:70::")
    listener = Rtnl("nduseropt")
    peer.advertise(rdnss + dnssl)
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
    peer.advertise(prefix)
    got = [m.body for m in listener.messages() if m.kind == NEWPREFIX]
    # Prefix information, 64 bits, its flags as they came; the preferred
    # lifetime, then the valid one.
    if not got:
        faults.append("a prefix is not told")
    elif struct.unpack_from("=BxxxiBBB", got[0]) != (
            10, index(), 3, 64, 0xc1) or attrs(got[0][12:]) != [
                (1, ip_bytes("fd00:70::")),
                (2, struct.pack("=II", 300, 600))]:
        faults.append(f"prefix: {got[0].hex()}")
    # It is a route of routers: a list can be of these alone.
    strict = Rtnl(strict=True)
    refused, got = strict.dump(GETROUTE, rtmsg(flags=0x800))
    got = [dict(attrs(m.body[12:])).get(DST) for m in got]
    if refused.errno or got != [ip_bytes("fd00:70::")]:
        faults.append(f"routes of prefixes: {refused}, {got}")
    strict.close()
    listener.close()
    peer.close()
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
    net_up()
    who_asked()
    sh("ip", "-n", NS, "addr", "replace", "fd00:1::1/64", "dev", DEV, "nodad")
    strict_requests()
    encapsulations()
    rtnl_dumps.run()
    told()
    if OURS:
        big_route()
        bounds()
    rtnl_events.run()
    net_down()
    finish()


main()
