# SPDX-License-Identifier: GPL-2.0
"""Lists and single answers of rtnetlink for IPv6: what a strict request
(NETLINK_GET_STRICT_CHK) may say, and what it may not; what a list is filtered
by; a list that changes while it is read. And what of IPv6 on an interface can
be set. All of it is said by ipv6.ko as well, but for what asks for OURS."""
import errno
import socket
import struct

from badlib import in_ns, ip_all, ip_bytes, result, sh, sysctl, wait_for
from nllib import attr, attrs, nest, u32
from packets import icmpv6, ipv6
from rtnllib import (CREATE, DELADDR, DELROUTE, DEV, DST, EXCL, FILTERED,
                     GETADDR, GETADDRLABEL, GETANYCAST, GETLINK, GETMULTICAST,
                     GETNEIGH, GETNETCONF, GETNEXTHOP, GETROUTE, GETRULE, INTR,
                     MAC, NEWADDR, NEWROUTE, NS, OIF, OURS, PEER, SETLINK,
                     TABLE, Peer, Rtnl, index, rtmsg)

EINVAL, ENODEV, ERANGE = errno.EINVAL, errno.ENODEV, errno.ERANGE
CLONED = 0x200                          # RTM_F_CLONED
INFINITE = 0xffffffff
JOIN_ANYCAST = 27                       # IPV6_JOIN_ANYCAST
ADDRESS = "family prefixlen flags scope index"
LABEL = "family reserved prefixlen flags index seq"

# name, message, the header's format and fields, values of fields that are not
# 0, fields that filter, the last attribute, {attribute of zeros: errno that is
# not EINVAL}; what is not family must be 0 if it does not filter.
LISTS = (
    ("addresses", GETADDR, "=4Bi", ADDRESS, {}, "index", 11, {10: 0}),
    ("groups", GETMULTICAST, "=4Bi", ADDRESS, {}, "index", 11, {10: 0}),
    ("anycast-addresses", GETANYCAST, "=4Bi", ADDRESS, {}, "index", 11,
     {10: 0}),
    ("routes", GETROUTE, "=8BI",
     "family dst_len src_len tos table protocol scope type flags", {},
     "table protocol type", 30, {OIF: ENODEV, TABLE: 0}),
    ("rules", GETRULE, "=8BI",
     "family dst_len src_len tos table res1 res2 action flags", {}, "", 25,
     {}),
    ("labels", GETADDRLABEL, "=4B2I", LABEL, {}, "", 2, {}),
    ("interfaces", GETLINK, "=BBHiII", "family pad type index flags change",
     {}, "", 12, {}),
    ("settings", GETNETCONF, "=B3x", "family", {}, "", 6, {}),
    ("neighbours", GETNEIGH, "=BBHiHBB",
     "family pad1 pad2 index state flags type", {}, "", 17, {8: 0, 9: 0}),
    ("proxies", GETNEIGH, "=BBHiHBB",
     "family pad1 pad2 index state flags type", {"flags": 8}, "", 17,
     {8: 0, 9: 0}),
    ("nexthops", GETNEXTHOP, "=4BI", "family scope protocol resvd flags", {},
     "", 14, {9: ERANGE, 11: ERANGE}))

# The same of a single one: fields that the answer depends on, and the
# attribute that says of what it is.
SINGLES = (
    ("address", GETADDR, "=4Bi", ADDRESS, {}, "index", 11,
     attr(1, ip_bytes("fd00:1::1")), (1, 2)),
    ("label", GETADDRLABEL, "=4B2I", LABEL, {"prefixlen": 128},
     "prefixlen index", 2, attr(1, ip_bytes("fd00:1::1")), (1,)),
    ("setting", GETNETCONF, "=B3x", "family", {}, "", 6,
     struct.pack("=HHi", 8, 1, -1), (1,)))


def heads(form, fields, values):
    """The right header, and one for each field that is another."""
    names = fields.split()
    right = [values.get(name, 10 if name == "family" else 0) for name in names]
    yield "", struct.pack(form, *right)
    for at, name in enumerate(names[1:], 1):
        wrong = list(right)
        wrong[at] += 1
        yield name, struct.pack(form, *wrong)


def lists():
    """Each field of the header and each attribute: refused with a sentence if
    the request is strict, and of no effect if it is not."""
    strict, loose = Rtnl(strict=True), Rtnl()
    ip_all(NS, f"neigh add proxy fd00:1::77 dev {DEV}",
           f"nexthop add id 77 via fd00:1::7 dev {DEV}")
    anycast = in_ns(NS, lambda: socket.socket(socket.AF_INET6,
                                              socket.SOCK_DGRAM))
    anycast.setsockopt(socket.IPPROTO_IPV6, JOIN_ANYCAST, ip_bytes(
        "fd00:1::78") + struct.pack("=I", index()))
    for name, kind, form, fields, values, filters, last, other in LISTS:
        faults, all_heads = [], list(heads(form, fields, values))
        right = all_heads[0][1]
        _, whole = loose.dump(kind, right)
        if not whole:
            faults.append("nothing is listed")
        odd = [(what, body, EINVAL) for what, body in all_heads[1:]
               if what not in filters.split()]
        odd += [(f"attribute {n}", right + attr(n, bytes(16)),
                 other.get(n, EINVAL)) for n in range(last + 2)]
        odd += [("bytes behind it", right + b"\1\2\3\4", EINVAL)]
        if len(right) > 4:
            odd += [("a short header", right[:-4], EINVAL)]
        for what, body, want in odd:
            refused, got = strict.dump(kind, body)
            if refused.errno != want or (refused.errno and got):
                faults.append(f"{what}: {refused}, not {want}")
            elif want == EINVAL and not refused.sentence:
                faults.append(f"{what}: no sentence")
            # Always strict; and another question without its flags.
            if name == "nexthops" or (name == "proxies" and what in (
                    "flags", "a short header")):
                continue
            refused, got = loose.dump(kind, body)
            if refused.errno or len(got) != len(whole):
                faults.append(f"{what}, not strict: {refused}, {len(got)} of "
                              f"{len(whole)}")
        refused, got = strict.dump(kind, right)
        if refused.errno or len(got) != len(whole):
            faults.append(f"all: {refused}, {len(got)} of {len(whole)}")
        result(f"strict-list-of-{name}", faults)
    anycast.close()
    ip_all(NS, f"neigh del proxy fd00:1::77 dev {DEV}", "nexthop del id 77")
    strict.close()
    loose.close()


def singles():
    strict, loose = Rtnl(strict=True), Rtnl()
    for name, kind, form, fields, values, depends, last, of, known in SINGLES:
        faults, all_heads = [], list(heads(form, fields, values))
        right = all_heads[0][1]
        odd = [(what, body + of) for what, body in all_heads[1:]
               if what not in depends.split()]
        odd += [(f"attribute {n}", right + of + attr(n, bytes(16)))
                for n in range(last + 2)
                if n not in known and (name, n) != ("address", 10)]
        for what, body in odd:
            error, _ = strict.request(kind, body, 0)
            if error != EINVAL:
                faults.append(f"{what}: errno {error}")
            error, got = loose.request(kind, body, 0)
            if error or len(got) != 1:
                faults.append(f"{what}, not strict: errno {error}")
        for what, body, want in (("as it should be", right + of, 0),
                                 ("of nothing", right, EINVAL),
                                 ("short", right[:-4] or b"\x0a", EINVAL)):
            for sock in (strict, loose):
                error, _ = sock.request(kind, body, 0)
                if error != want:
                    faults.append(f"{what}: errno {error}")
        result(f"strict-question-for-one-{name}", faults)
    strict.close()
    loose.close()


def all_of(name, got, wanted):
    """Each of them is wanted and says that others may have been left out."""
    faults = [f"{name}: {m.body.hex()}" for m in got if not wanted(m.body)]
    if not got:
        faults.append(f"{name}: nothing")
    if any(not m.flags & FILTERED for m in got):
        faults.append(f"{name}: it does not say that it is filtered")
    return faults


def filters_of_addresses():
    faults = []
    strict, loose = Rtnl(strict=True), Rtnl()
    here = struct.pack("=4Bi", 10, 0, 0, 0, index())
    for what, kind in (("addresses", GETADDR), ("groups", GETMULTICAST)):
        _, got = strict.dump(kind, here)
        faults += all_of(what, got, lambda b: struct.unpack_from("=i", b, 4)[
            0] == index())
        if not any(struct.unpack_from("=i", m.body, 4)[0] != index()
                   for m in loose.dump(kind, here)[1]):
            faults.append(f"{what}: filtered without being strict")
        refused, _ = strict.dump(kind, struct.pack("=4Bi", 10, 0, 0, 0, 9999))
        if refused.errno != ENODEV:
            faults.append(f"{what} of no interface: {refused}")
        refused, got = strict.dump(kind, struct.pack(
            "=4Bi", 10, 0, 0, 0, 0) + u32(10, 0))
        # That of the wire's other end has this number.
        said = [dict(attrs(m.body[8:])) for m in got]
        if refused.errno or not said or any(
                a.get(10) != bytes(4) for a in said):
            faults.append(f"{what} of another namespace: {refused}, {said}")
    strict.close()
    loose.close()
    result("filters-of-addresses", faults)


def known(strict, dst):
    """What was learned of a destination, by the list of all."""
    return [m for m in strict.dump(GETROUTE, rtmsg(flags=CLONED))[1]
            if (DST, ip_bytes(dst)) in attrs(m.body[12:])]


def learned(strict, dst="fd00:1::77"):
    """The list of what was learned of destinations, by a Packet Too Big."""
    _, before = strict.dump(GETROUTE, rtmsg(flags=CLONED))
    sock = in_ns(NS, lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
    sock.connect((dst, 9, 0, index()))
    own = sock.getsockname()[0].split("%", maxsplit=1)[0]
    # The neighbour that it waits for is none that is asked.
    sock.send(b"x")
    quoted = ipv6(own, dst, 17, struct.pack(
        ">HHHH", sock.getsockname()[1], 9, 1300, 0) + bytes(1292))[:1232]
    peer = Peer()
    peer.send(ipv6(PEER, own, 58, icmpv6(
        PEER, own, 2, struct.pack(">I", 1290) + quoted)), MAC)
    wait_for("path MTU", lambda: known(strict, dst))
    _, after = strict.dump(GETROUTE, rtmsg(flags=CLONED))
    peer.close()
    sock.close()
    return before, after


def filters_of_routes():
    """Table, protocol, type, interface, and what was learned."""
    faults = []
    strict, loose = Rtnl(strict=True), Rtnl()
    ip_all(NS, f"""route add fd00:90::/64 dev {DEV} proto 77
        route add blackhole fd00:91::/64 proto 77
        route add fd00:92::/64 dev {DEV} table 77""")
    here = struct.pack("=I", index())
    for what, body, wanted, number in (
            ("table 254", rtmsg(table=254), lambda b: b[4] == 254, None),
            ("table 255", rtmsg() + u32(TABLE, 255), lambda b: b[4] == 255,
             None),
            ("table 77", rtmsg(table=77), lambda b: b[4] == 77, 1),
            ("protocol 77", rtmsg(proto=77), lambda b: b[5] == 77, 2),
            ("own addresses", rtmsg(kind=2), lambda b: b[7] == 2, None),
            ("a black hole of 77", rtmsg(kind=6, proto=77),
             lambda b: (b[7], b[5]) == (6, 77), 1),
            ("an interface", rtmsg() + attr(OIF, here),
             lambda b: dict(attrs(b[12:])).get(OIF) == here, None),
            ("an interface, 77", rtmsg(proto=77) + attr(OIF, here),
             lambda b: dict(attrs(b[12:])).get(OIF) == here, 1)):
        refused, got = strict.dump(GETROUTE, body)
        if refused.errno:
            faults.append(f"{what}: {refused}")
        faults += all_of(what, got, wanted)
        if number and len(got) != number:
            faults.append(f"{what}: {len(got)} of {number}")
        if len(loose.dump(GETROUTE, body)[1]) != len(
                loose.dump(GETROUTE, rtmsg())[1]):
            faults.append(f"{what}: filtered without being strict")
    # A table without routes is none; for ipv6.ko that is an error.
    refused, got = strict.dump(GETROUTE, rtmsg(table=78))
    if refused.errno != (0 if OURS else errno.ENOENT) or got:
        faults.append(f"no table: {refused}, {len(got)} routes")
    before, after = learned(strict)
    if before:
        faults.append(f"{len(before)} learned of no destination")
    faults += all_of("learned", after, lambda b: struct.unpack_from(
        "=I", b, 8)[0] & CLONED and (DST, ip_bytes("fd00:1::77")) in attrs(
            b[12:]))
    if any(struct.unpack_from("=I", m.body, 8)[0] & CLONED
           for m in strict.dump(GETROUTE, rtmsg(table=254))[1]):
        faults.append("what was learned is in a table")
    ip_all(NS, "route flush cache", "route del fd00:90::/64",
           "route del fd00:91::/64", "route del fd00:92::/64 table 77")
    strict.close()
    loose.close()
    result("filters-of-routes", faults)


def forgotten():
    """What was learned of a link-local destination goes by a request that
    names its interface, and by one that names none."""
    faults, dst = [], "fe80::77"
    strict = Rtnl(strict=True)
    body = rtmsg(128, flags=CLONED) + attr(DST, ip_bytes(dst))
    for what, more, want in (("lo", u32(OIF, index("lo")), errno.ESRCH),
                             ("its interface", u32(OIF, index()), 0),
                             ("no interface", b"", 0)):
        learned(strict, dst)
        if not known(strict, dst):
            faults.append(f"{what}: nothing was learned")
        error, _ = strict.request(DELROUTE, body + more, 0)
        left = len(known(strict, dst))
        if error != want or left != bool(want):
            faults.append(f"{what}: errno {error}, {left} are left")
    strict.close()
    result("learned-of-a-link-is-forgotten", faults)


def interrupted(kind, body, change):
    """Does a list say that it changed while it was read in small parts?"""
    reader, seen, parts = Rtnl(), [], 0
    for part in reader.parts(kind, body, 4096):
        parts += 1
        seen += part
        if parts == 1:
            change()
    reader.close()
    return parts > 2 and any(m.flags & INTR for m in seen), seen


def changes():
    """A list of several parts that changes between them says so; what was
    there all the time is in it, once."""
    faults = []
    asker = Rtnl()
    head = struct.pack("=4Bi", 10, 128, 2, 0, index())
    times = attr(6, struct.pack("=4I", INFINITE, INFINITE, 0, 0))
    routes = [f"fd00:80:{n:x}::" for n in range(150)]

    def ask(verb, body):
        flags = CREATE | EXCL if verb in (NEWADDR, NEWROUTE) else 0
        error, _ = asker.request(verb, body, flags)
        if error:
            faults.append(f"request {verb}: errno {error}")

    def address(verb, last):
        ask(verb, head + times + attr(1, ip_bytes(f"fd00:1::5:{last:x}")))

    def route(verb, dst):
        ask(verb, rtmsg(64, 254, 4, 0, 1) + attr(DST, ip_bytes(dst)) +
            u32(OIF, index()))
    for n, dst in enumerate(routes):
        address(NEWADDR, n)
        route(NEWROUTE, dst)
    want = struct.pack("=4Bi", 10, 0, 0, 0, 0)
    # What came may be counted by ipv6.ko only after it was asked for.
    if OURS and interrupted(GETADDR, want, lambda: None)[0]:
        faults.append("no address changed: it says so")
    if not interrupted(GETADDR, want, lambda: address(DELADDR, 9))[0]:
        faults.append("an address went: not said")

    # The one that the list has come to goes, and one that it has yet to reach.
    def some():
        for dst in (routes[20], routes[30], routes[140]):
            route(DELROUTE, dst)
        route(NEWROUTE, "fd00:81::")
    _, seen = interrupted(GETROUTE, rtmsg(), some)
    there = [dict(attrs(m.body[12:])).get(DST) for m in seen
             if m.kind == NEWROUTE]
    for n, dst in enumerate(routes):
        if n in (20, 30, 140):
            continue
        times_seen = there.count(ip_bytes(dst))
        if times_seen != 1:
            faults.append(f"{dst} is there {times_seen} times")
    if OURS:
        ip_all(NS, *(f"link add x{n} type dummy" for n in range(9)))
        for what, kind, body, change in (
                ("labels", GETADDRLABEL, b"\x0a" + bytes(11),
                 lambda: sh("ip", "-n", NS, "addrlabel", "add", "prefix",
                            "fd99:1::/64", "label", "9")),
                ("interfaces", GETLINK, b"\x0a" + bytes(15),
                 lambda: sh("ip", "-n", NS, "link", "del", "x8"))):
            if what == "labels":
                ip_all(NS, *(f"addrlabel add prefix fd99::{n:x}/128 label 9"
                             for n in range(200)))
            if not interrupted(kind, body, change)[0]:
                faults.append(f"{what} changed: not said")
        ip_all(NS, "addrlabel flush", *(f"link del x{n}" for n in range(8)))
    ip_all(NS, f"addr flush dev {DEV} to fd00:1::5:0/112")
    ip_all(NS, *(f"route del {d}/64" for n, d in enumerate(routes)
                 if n not in (20, 30, 140)), "route del fd00:81::/64")
    asker.close()
    result("lists-that-change", faults)


def link_settings():
    """Token and address generation mode can be set, by who may, to what there
    is; nothing else of IPv6 can."""
    faults = []
    asker = Rtnl()

    def setting(what, number, body, want):
        head = struct.pack("=BBHiII", 0, 0, 0, number, 0, 0)
        error, _ = asker.request(SETLINK, head + nest(26, nest(10, body)), 0)
        if error != want:
            faults.append(f"{what}: errno {error}, not {want}")
    five = attr(7, ip_bytes("::5"))
    sysctl(NS, f"net.ipv6.conf.{DEV}.router_solicitations=1")
    for n in range(11):
        if n not in (7, 8):
            setting(f"attribute {n}", index(), attr(n, bytes(16)), EINVAL)
    setting("nothing", index(), b"", EINVAL)
    setting("half a token", index(), attr(7, bytes(8)), ERANGE)
    setting("no mode", index(), attr(8, b""), ERANGE)
    setting("mode 4", index(), attr(8, b"\4"), EINVAL)
    setting("mode 2 without a secret", index(), attr(8, b"\2"), EINVAL)
    setting("a token of lo", index("lo"), five, EINVAL)
    setting("both", index(), attr(7, bytes(16)) + attr(8, b"\0"), 0)
    for knob, other in (("accept_ra", 1), ("router_solicitations", 0)):
        sysctl(NS, f"net.ipv6.conf.{DEV}.{knob}=0")
        setting(f"a token, and {knob} 0", index(), five, EINVAL)
        sysctl(NS, f"net.ipv6.conf.{DEV}.{knob}={other}")
    ip_all(NS, "link add d1 type dummy", "link set d1 mtu 1279")
    setting("without IPv6", index("d1"), attr(8, b"\0"), errno.EAFNOSUPPORT)
    ip_all(NS, "link del d1")
    asker.close()
    result("settings-of-a-link", faults)


def run():
    lists()
    singles()
    filters_of_addresses()
    filters_of_routes()
    forgotten()
    changes()
    link_settings()
