# SPDX-License-Identifier: GPL-2.0
"""What rtnetlink tells those who listen, of interfaces, settings and rules:
what it says, and that it says nothing where nothing changed."""
import struct

from badlib import ip_all, ip_bytes, result, sh, sysctl
from nllib import attr, attrs, u32
from rtnllib import (CREATE, DELNETCONF, DELRULE, ECHO, EXCL, NEWLINK,
                     NEWNETCONF, NEWRULE, NS, Peer, Rtnl, index)

FORWARDING, PROXY, LINKDOWN = 2, 5, 6   # NETCONFA_*
ALL, DEFAULT = -1, -2
READY, RA_MANAGED, RA_OTHER = 0x80000000, 0x40, 0x80
PROTINFO = 12
FLAGS, CONF, STATS, CACHEINFO, ICMP_STATS, TOKEN, MODE, RA_MTU = \
    1, 2, 3, 5, 6, 7, 8, 9


def settings(message):
    """(DEL or NEW, interface, {setting: value})"""
    said = {k: struct.unpack("=i", v)[0] for k, v in attrs(message.body[4:])}
    return (message.kind, said.pop(1), said)


class Listener:
    """Who hears of one group, and what should have been told."""

    def __init__(self, group, read, faults):
        self.sock, self.read, self.faults = Rtnl(group), read, faults

    def hears(self, what, *wanted, anyhow=(), wait=False):
        """All that was told since, in this order; `anyhow` before the last,
        in any. What a change of ours brings is told before it returns."""
        got = []
        while True:
            came = self.sock.messages(wait=wait and not got)
            if not came:
                break
            got += [self.read(m) for m in came]
        at = len(wanted) - 1
        want = list(wanted[:at]) + list(anyhow) + list(wanted[at:]) \
            if anyhow else list(wanted)
        if anyhow:
            middle = got[at:at + len(anyhow)]
            got[at:at + len(anyhow)] = sorted(middle, key=str)
            want[at:at + len(anyhow)] = sorted(anyhow, key=str)
        if got != want:
            self.faults.append(f"{what}: {got}, not {want}")

    def close(self):
        self.sock.close()


def knob(name, value, dev="e0"):
    sysctl(NS, f"net.ipv6.conf.{dev}.{name}={value}")


def events_of_settings():
    """RTM_NEWNETCONF: each change once, of whom it is; RTM_DELNETCONF."""
    faults = []
    listener = Listener("netconf", settings, faults)
    whole = {FORWARDING: 0, PROXY: 0, LINKDOWN: 0}
    ip_all(NS, "link add e0 type dummy")
    e0, lo, v0 = index("e0"), index("lo"), index()

    def new(who, what, value):
        return (NEWNETCONF, who, {what: value})
    listener.hears("a new interface", (NEWNETCONF, e0, whole))
    for name, what in (("forwarding", FORWARDING), ("proxy_ndp", PROXY),
                       ("ignore_routes_with_linkdown", LINKDOWN)):
        knob(name, 1)
        listener.hears(name, new(e0, what, 1))
        knob(name, 1)
        listener.hears(f"{name} again")
        knob(name, 1, "default")
        listener.hears(f"default {name}", new(DEFAULT, what, 1))
        knob(name, 1, "all")
        listener.hears(f"all {name}", new(ALL, what, 1), anyhow=[
            new(who, what, 1) for who in (lo, v0)] if what != PROXY else ())
        knob(name, 1, "all")
        listener.hears(f"all {name} again")
    knob("forwarding", 0, "all")
    listener.hears("hosts again", new(DEFAULT, FORWARDING, 0),
                   new(ALL, FORWARDING, 0),
                   anyhow=[new(who, FORWARDING, 0) for who in (lo, v0, e0)])
    # An interface that was made takes its own settings along.
    whole = {FORWARDING: 0, PROXY: 1, LINKDOWN: 1}
    ip_all(NS, "link set e0 mtu 1279")
    listener.hears("without IPv6", (DELNETCONF, e0, {}))
    ip_all(NS, "link set e0 mtu 1500")
    listener.hears("IPv6 again", (NEWNETCONF, e0, whole))
    ip_all(NS, "link set e0 name e2")
    listener.hears("another name", (DELNETCONF, e0, {}),
                   (NEWNETCONF, e0, whole))
    ip_all(NS, "link del e2")
    listener.hears("gone", (DELNETCONF, e0, {}))
    for name in ("proxy_ndp", "ignore_routes_with_linkdown"):
        knob(name, 0, "default")
        knob(name, 0, "all")
    listener.close()
    result("events-of-settings", faults)


def link(message):
    """(NEW, interface, what was told of IPv6 on it), its form checked."""
    family, kind, number, flags = struct.unpack_from("=BxHiI", message.body)
    top = dict(attrs(message.body[16:]))
    said = dict(attrs(top.get(PROTINFO, b"")))
    wrong = []
    if (family, kind) != (10, 1) or not flags & 1:
        wrong.append("header")
    # Address, name, MTU, the link's state; the settings are numbers, and
    # counters say first how many they are.
    if not {1, 3, 4, 16, PROTINFO} <= set(top):
        wrong.append(f"attributes {sorted(top)}")
    if not {FLAGS, CONF, STATS, CACHEINFO, ICMP_STATS, TOKEN, MODE} <= set(
            said):
        wrong.append(f"of IPv6 {sorted(said)}")
        return (message.kind, number, wrong)
    ra_mtu = struct.unpack("=I", said.get(RA_MTU, bytes(4)))[0]
    if len(said[CONF]) % 4 or struct.unpack_from("=i", said[CONF], 8)[0] != \
            (ra_mtu or struct.unpack("=I", top[4])[0]):
        wrong.append("mtu6 of the settings")
    for which in (STATS, ICMP_STATS):
        if struct.unpack_from("=Q", said[which])[0] * 8 != len(said[which]):
            wrong.append(f"counters {which}")
    flags = struct.unpack("=I", said[FLAGS])[0] & (READY | RA_MANAGED |
                                                   RA_OTHER)
    return (message.kind, number, wrong or (
        flags, said[TOKEN][8:], said[MODE][0], ra_mtu))


def events_of_links():
    """RTM_NEWLINK of AF_INET6: a link that comes, a token, what an
    advertisement says."""
    faults = []
    listener = Listener("link", link, faults)
    none, five = bytes(8), ip_bytes("::5")[8:]
    ip_all(NS, "link add e0 type dummy")
    listener.hears("a new interface")
    ip_all(NS, "link set e0 up")
    e0, v0 = index("e0"), index()
    # A dummy's link has neither neighbours nor a token (IFF_NOARP).
    listener.hears("up", (NEWLINK, e0, (READY, none, 0, 0)), wait=True)
    knob("disable_ipv6", 1)
    listener.hears("disabled")
    knob("disable_ipv6", 0)
    listener.hears("enabled", (NEWLINK, e0, (READY, none, 0, 0)))
    ip_all(NS, "link set e0 addrgenmode none")
    listener.hears("another mode")
    ip_all(NS, "link set e0 down", "link set e0 up")
    listener.hears("and up", (NEWLINK, e0, (READY, none, 1, 0)), wait=True)
    ip_all(NS, "link del e0")
    listener.hears("gone")
    knob("router_solicitations", 1, "v0")
    sh("ip", "-n", NS, "token", "set", "::5", "dev", "v0")
    listener.hears("a token", (NEWLINK, v0, (READY, five, 0, 0)))
    peer = Peer()
    for what, flags, options, want in (
            ("addresses by DHCP", 0x80, b"", (READY | RA_MANAGED, five, 0, 0)),
            ("the rest, too", 0xc0, b"",
             (READY | RA_MANAGED | RA_OTHER, five, 0, 0)),
            ("neither, but an MTU", 0, struct.pack(">BBHI", 5, 1, 0, 1400),
             (READY, five, 0, 1400))):
        peer.advertise(options, flags)
        listener.hears(what, (NEWLINK, v0, want), wait=True)
    peer.close()
    for value in (900, 1000):
        sysctl(NS, f"net.ipv6.neigh.v0.retrans_time_ms={value}")
        listener.hears("a time", (NEWLINK, v0, (READY, five, 0, 1400)))
    sh("ip", "-n", NS, "token", "del", "dev", "v0")
    listener.hears("no token", (NEWLINK, v0, (READY, none, 0, 1400)))
    knob("router_solicitations", 0, "v0")
    listener.close()
    result("events-of-links", faults)


def rule(message):
    return (message.kind, message.seq, message.port, message.body[:12],
            dict(attrs(message.body[12:])))


def events_of_rules():
    """RTM_NEWRULE, RTM_DELRULE: all of the rule, and whose request it was; the
    echo of it."""
    faults = []
    listener, asker = Listener("rule", rule, faults), Rtnl()
    source, to = ip_bytes("fd00:2::"), ip_bytes("fd00:3::")
    for what, head, body, said in (
            ("a source", (10, 0, 64, 0, 77, 0, 0, 1, 0), attr(2, source),
             {2: source}),
            ("a destination", (10, 48, 0, 0x10, 78, 0, 0, 1, 0), attr(1, to),
             {1: to}),
            ("a DSCP", (10, 0, 0, 0, 79, 0, 0, 1, 0), attr(25, b"\x08"),
             {25: b"\x08"}),
            ("a prohibition", (10, 64, 0, 0, 0, 0, 0, 8, 0),
             attr(1, to) + u32(10, 5), {1: to, 10: struct.pack("=I", 5)})):
        head = struct.pack("=8BI", *head)
        number = struct.pack("=I", 0x7000)
        for kind, flags in ((NEWRULE, CREATE | EXCL), (DELRULE, 0)):
            error, came = asker.request(kind, head + body + attr(6, number),
                                        flags | ECHO)
            if error or [m.kind for m in came] != [kind]:
                faults.append(f"{what}, {kind}: errno {error}, echo {came}")
            got = [rule(m) for m in listener.sock.messages(wait=False)]
            if [(g[:3], g[3]) for g in got] != [
                    ((kind, asker.seq, asker.port), head)]:
                faults.append(f"{what}, {kind}: {got}")
                continue
            told = got[0][4]
            if {k: told.get(k) for k in said} != said or \
                    told.get(6) != number or \
                    told.get(15) != struct.pack("=I", head[4]):
                faults.append(f"{what}, {kind}: {told}")
    listener.close()
    asker.close()
    result("events-of-rules", faults)


def run():
    events_of_settings()
    events_of_links()
    events_of_rules()
