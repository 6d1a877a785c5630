#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Settings of net.ipv6 that no other test turns: each is read, written, seen
to have its effect, and put back. And the files are those of knobs.list."""
import errno
import fcntl
import os
import re
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(__file__))
# pylint: disable=wrong-import-position
import neighbours
from data import (A, A2, ADD_MEMBERSHIP_SOURCE, B, ICMP, IP6, MTU, OURS, WAIT,
                  by_name, differs, group_source, port, refused, run,
                  sock, too_big, unlike_list)
from knob import (Knob, LATE, SO_TIMESTAMPNS, events, listener, read,
                  write)
from where import Watch
from badlib import in_ns, ip_all, ip_bytes, sh, sysctl, wait_for
from packets import checksum, icmpv6, ipv6, udp

ROUTER = "fe80::aa"
AUTOFLOWLABEL = 70                      # IPV6_*


def route(ns, *words):
    """Words of `ip route get`, as a dictionary of those that have a value."""
    got = sh("ip", "-n", ns, "-6", "route", "get", *words).stdout.split()
    return dict(zip(got, got[1:]))


# --- sockets ------------------------------------------------------------------


def only(ns):
    return sock(ns).getsockopt(IP6, socket.IPV6_V6ONLY)


def bindv6only(_):
    with Knob("secb", "bindv6only", 1, 0):
        faults = differs("V6ONLY", 1, only("secb"))
    return faults + differs("V6ONLY then", 0, only("secb"))


def ip_nonlocal_bind(_):
    def bind():
        return sock("secb", bind=("fd09::77", 0))
    faults = refused("at first", errno.EADDRNOTAVAIL, bind)
    with Knob("secb", "ip_nonlocal_bind", 1, 0):
        there = sock("seca", bind=(A, 0))
        bind().sendto(b"x", (A, port(there)))
        faults += differs("from", "fd09::77", there.recvfrom(10)[1][0])
    return faults + refused("then", errno.EADDRNOTAVAIL, bind)


def mld_max_msf(net):
    """One for all namespaces, and the file is in the first."""
    path = "/proc/sys/net/ipv6/mld_max_msf"
    with open(path, encoding="ascii") as file:
        faults = differs("usual", "64", file.read().strip())

    def put(value):
        with open(path, "w", encoding="ascii") as file:
            file.write(str(value))
    made = sock("secb")
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A))
    put(1)
    faults += refused("a second source", errno.ENOBUFS, lambda: made.setsockopt(
        IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A2)))
    put(64)
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A2))
    return faults


# --- echoes -------------------------------------------------------------------


class Pinger:
    """A raw socket of seca, which asks in order."""

    def __init__(self, net):
        self.sock = sock("seca", socket.SOCK_RAW, ICMP, bind=(A, 0),
                         MULTICAST_IF=net.index["va"], MULTICAST_LOOP=0)
        self.sock.setsockopt(ICMP, 1, struct.pack(
            "=8I", *([0xffffffff] * 4 + [0xfffffffd] + [0xffffffff] * 3)))
        self.number = 0

    def answers(self, where):
        """Is there an answer from there, before that of B to a later one?"""
        self.number += 2
        for to, number in ((where, self.number), (B, self.number + 1)):
            self.sock.sendto(struct.pack(">BBHHH", 128, 0, 0, 7, number),
                             (to, 0))
        got = []
        while self.number + 1 not in got:
            got.append(struct.unpack(">H", self.sock.recv(100)[6:8])[0])
        return self.number in got


def echo_ignored(net, name, where, *others):
    pinger = Pinger(net)
    # An anycast address's neighbour advertisement may take its time.
    faults = [] if wait_for("answer", lambda: pinger.answers(where)) else \
        ["not answered at first"]
    with Knob("secb", "icmp/" + name, 1, 0):
        faults += differs("answered", False, pinger.answers(where))
        for other in others:
            faults += differs("another", True, pinger.answers(other))
    return faults + differs("answered then", True, pinger.answers(where))


def echo_ignore_all(net):
    pinger = sock("seca", socket.SOCK_RAW, ICMP, bind=(A, 0))
    there = sock("secb", socket.SOCK_RAW, ICMP)
    with Knob("secb", "icmp/echo_ignore_all", 1, 0):
        pinger.sendto(struct.pack(">BBHHH", 128, 0, 0, 8, 1), (B, 0))
        # It has been looked at, and what comes later is answered.
        while there.recv(100)[:1] != b"\x80":
            pass
    pinger.sendto(struct.pack(">BBHHH", 128, 0, 0, 8, 2), (B, 0))
    while True:
        got = pinger.recv(100)
        if got[0] == 129:
            return differs("the first answer is of number", 2, got[7]) + \
                differs("answered then", True, Pinger(net).answers(B))


def echo_ignore_multicast(net):
    return echo_ignored(net, "echo_ignore_multicast", "ff02::1", B)


def echo_ignore_anycast(net):
    write("secb", "conf/all/forwarding", 1)
    faults = echo_ignored(net, "echo_ignore_anycast", "fd09::", B, "ff02::1")
    write("secb", "conf/all/forwarding", 0)
    return faults


def fwmark_reflect(net):
    """A reply has the mark of what it answers, and goes by rules for that."""
    del net
    sh("ip", "netns", "exec", "secb", "nft", "-f", "-", stdin="""
        table ip6 t {
            chain c {
                type filter hook prerouting priority 0
                icmpv6 type echo-request meta mark set 5
            }
        }""")
    sh("ip", "-n", "secb", "-6", "rule", "add", "fwmark", "5", "table", "100")
    sh("ip", "-n", "secb", "-6", "route", "add", "fd09::/64", "dev", "wb",
       "table", "100")
    watch = in_ns("seca", lambda: socket.socket(
        socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd)))
    watch.settimeout(WAIT)
    pinger = sock("seca", socket.SOCK_RAW, ICMP, bind=(A, 0))
    # So that its reply needs nobody's answer there.
    sh("ip", "-n", "secb", "-6", "neigh", "replace", A, "lladdr",
       "02:00:00:00:00:09", "dev", "wb", "nud", "permanent")

    def comes_by():
        pinger.sendto(struct.pack(">BBHHH", 128, 0, 0, 9, 1), (B, 0))
        while True:
            packet, link = watch.recvfrom(2000)
            # Neither what seca has sent nor neighbours.
            if link[2] != socket.PACKET_OUTGOING and packet[40] == 129:
                return link[0]
    faults = differs("without it", "va", comes_by())
    with Knob("secb", "fwmark_reflect", 1, 0):
        faults += differs("with it", "wa", comes_by())
    sh("ip", "netns", "exec", "secb", "nft", "flush", "ruleset")
    sh("ip", "-n", "secb", "-6", "rule", "del", "fwmark", "5", "table", "100")
    return faults


# --- path MTUs ----------------------------------------------------------------


def learned(net, path=1400):
    """A connected socket of secb, which has heard of that MTU of its path."""
    made = sock("secb", bind=(B, 0))
    made.connect((A, 4000))
    net.send(too_big(A, port(made), 4000, path))
    if not wait_for("MTU", lambda: mtu(made) == path):
        raise RuntimeError(f"the MTU is {mtu(made)}, not {path}")
    return made


def mtu(made):
    return made.getsockopt(IP6, MTU)


def route_flush(net):
    made = learned(net)
    write("secb", "route/flush", 1)
    return differs("MTU", 1500, mtu(made)) + refused(
        "read", errno.EACCES, lambda: read("secb", "route/flush"))


def mtu_expires(net):
    with Knob("secb", "route/mtu_expires", 1, 600):
        made, there = learned(net), sock("seca", bind=(A, 4000))

        # The error itself is told first.
        faults = differs("error", errno.EMSGSIZE, made.getsockopt(
            socket.SOL_SOCKET, socket.SO_ERROR))

        def expired():
            made.send(b"x")
            there.recv(10)
            return mtu(made) == 1500
        return faults if wait_for("MTU", expired) else ["it does not expire"]


def bounds(_):
    """What makes no sense is refused, and changes nothing."""
    faults = []
    for name, usual, others, wrong in (
            ("idgen_delay", 1, (0, 3600), (-1, -3600)),
            ("route/mtu_expires", 600, (0, 3600), (-1, -3600)),
            ("conf/vb/router_solicitations", 0, (-1, 255), (-2, 256))):
        for value in others:
            with Knob("secb", name, value, usual):
                for bad in wrong:
                    faults += refused(f"{name} {bad}", errno.EINVAL,
                                      lambda n=name, b=bad: write(
                                          "secb", n, b))
                faults += differs(name, str(value), read("secb", name))
    return faults


# --- sources, routes ----------------------------------------------------------


def use_oif_addrs_only(_):
    """A source of the interface, though another would be nearer."""
    # What is sent by an interface has a source of that (RFC 6724 5 rule 5),
    # unless it has none that lives on.
    sh("ip", "-n", "seca", "addr", "change", "fd19::1/64", "dev", "wa",
       "preferred_lft", "0", "valid_lft", "forever", "nodad")
    sh("ip", "-n", "seca", "addr", "add", "fd77::1/128", "dev", "lo", "nodad")
    sh("ip", "-n", "seca", "-6", "route", "add", "fd77::/64", "via",
       "fd19::2")
    faults = differs("at first", "fd77::1", route("seca", "fd77::9")["src"])
    # With ipv6.ko, "all" is nobody's.
    for where in ("wa", "all") if OURS else ("wa",):
        with Knob("seca", f"conf/{where}/use_oif_addrs_only", 1, 0):
            faults += differs(f"by {where}", "fd19::1",
                              route("seca", "fd77::9")["src"])
    sh("ip", "-n", "seca", "-6", "route", "del", "fd77::/64")
    sh("ip", "-n", "seca", "addr", "del", "fd77::1/128", "dev", "lo")
    sh("ip", "-n", "seca", "addr", "change", "fd19::1/64", "dev", "wa",
       "preferred_lft", "forever", "valid_lft", "forever", "nodad")
    return faults


def strong_host(net):
    """An own address is heard on the interface that has it (RFC 1122)."""
    # Not the last byte of B: the routes of both are remembered.
    there, home = sock("secb", bind=("::", 0)), "fd19::3"
    sh("ip", "-n", "secb", "addr", "add", home + "/64", "dev", "wb", "nodad")
    to = port(there)

    def drops():
        return in_ns("secb", lambda: int(dict(map(str.split, open(
            "/proc/net/drops6", encoding="ascii")))["strong-host"]))

    def heard():
        """Is a packet to the other wire's address heard on this one?"""
        before = drops()
        for dest in (home, B):
            net.send(ipv6(A, dest, socket.IPPROTO_UDP, udp(
                A, dest, dest.encode(), 4000, to)))
        got = there.recv(100).decode()
        if got == home:
            there.recv(100)
        return (got == home, drops() - before)

    faults = differs("at first", (True, 0), heard())
    for where in ("vb", "all"):
        with Knob("secb", f"conf/{where}/strong_host", 1, 0):
            faults += differs(f"by {where}", (False, 1), heard())
            for ns, source in (("seca", "fd19::1"), ("secb", "::")):
                sock(ns, bind=(source, 0)).sendto(b"home", (home, to))
                faults += differs(f"from {ns}", b"home", there.recv(100))
        faults += differs(f"without {where}", (True, 0), heard())
    with Knob("secb", "conf/wb/strong_host", 1, 0):
        faults += differs("by the other wire", (True, 0), heard())
    with Knob("secb", "conf/default/strong_host", 1, 0):
        sh("ip", "-n", "secb", "link", "add", "later", "type", "dummy")
        faults += differs("default", "1", read("secb",
                                               "conf/later/strong_host"))
        sh("ip", "-n", "secb", "link", "del", "later")
    return faults


def ignore_routes_with_linkdown(_):
    for metric, via in (("100", "fd19::2"), ("200", B)):
        sh("ip", "-n", "seca", "-6", "route", "add", "fd77::/64", "via", via,
           "metric", metric)
    sh("ip", "-n", "secb", "link", "set", "wb", "down")
    faults = []
    if not wait_for("carrier", lambda: "NO-CARRIER" in sh(
            "ip", "-n", "seca", "link", "show", "dev", "wa").stdout):
        faults.append("wa has a carrier")
    faults += differs("at first", "wa", route("seca", "fd77::9")["dev"])
    with Knob("seca", "conf/wa/ignore_routes_with_linkdown", 1, 0):
        faults += differs("with it", "va", route("seca", "fd77::9")["dev"])
    faults += differs("then", "wa", route("seca", "fd77::9")["dev"])
    sh("ip", "-n", "secb", "link", "set", "wb", "up")
    return faults


def skip_notify_on_dev_down(_):
    """Listeners don't hear of routes that go with their interface."""
    heard = listener("seca", 0x400)     # RTMGRP_IPV6_ROUTE

    def goes(name):
        sh("ip", "-n", "seca", "link", "add", name, "type", "veth", "peer",
           "name", "other")
        for dev in (name, "other"):
            sh("ip", "-n", "seca", "link", "set", dev, "up")
        sh("ip", "-n", "seca", "addr", "add", "fd88::1/64", "dev", name,
           "nodad")
        sh("ip", "-n", "seca", "-6", "route", "add", "fd99::/64", "dev", name)
        events(heard)
        sh("ip", "-n", "seca", "link", "set", name, "down")
        got = events(heard).count(25)   # RTM_DELROUTE
        sh("ip", "-n", "seca", "link", "del", name)
        return got + events(heard).count(25), sh(
            "ip", "-n", "seca", "-6", "route", "show", "fd99::/64").stdout
    faults = differs("heard, there", (True, ""),
                     (lambda n, s: (n >= 3, s))(*goes("one")))
    with Knob("seca", "route/skip_notify_on_dev_down", 1, 0):
        faults += differs("heard with it, there", (0, ""), goes("two"))
        sh("ip", "-n", "seca", "-6", "route", "add", "fd99::/64", "dev", "va")
        events(heard)
        sh("ip", "-n", "seca", "-6", "route", "del", "fd99::/64")
        faults += differs("of a request", 1, events(heard).count(25))
    return faults


# --- neighbours, routers ------------------------------------------------------


def ndisc_tclass(_):
    watch = in_ns("secb", lambda: socket.socket(
        socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd)))
    watch.bind(("vb", 0x86dd))
    watch.settimeout(WAIT)

    def of_solicitation(where):
        """Traffic class of what asks for an address that nobody has."""
        sock("seca", bind=(A, 0)).sendto(b"x", (where, 9))
        while True:
            packet = watch.recv(2000)
            if packet[40] == 135 and packet[48:64] == ip_bytes(where):
                return struct.unpack(">I", packet[:4])[0] >> 20 & 255
    faults = differs("at first", 0, of_solicitation("fd09::1:1"))
    with Knob("seca", "conf/va/ndisc_tclass", 0xe0, 0):
        faults += differs("with it", 0xe0, of_solicitation("fd09::1:2"))
    return faults


def advertisement(router, hops, lifetime, prefixes):
    body = struct.pack(">BBHBBHII", 134, 0, 0, hops, 0, lifetime, 0, 0)
    for prefix, valid in prefixes:
        body += struct.pack(">BBBBIII16s", 3, 4, 64, 0xc0, valid, valid, 0,
                            ip_bytes(prefix))
    total = checksum(ip_bytes(router) + ip_bytes("ff02::1") +
                     struct.pack(">II", len(body), ICMP) + body)
    return ipv6(router, "ff02::1", ICMP, body[:2] + struct.pack(">H", total) +
                body[4:], hop=255)


def advertise(net, lifetime, *prefixes):
    """A router's advertisement. It has been looked at when this is over: so
    has one behind it, which says another hop limit and is no router's."""
    hops = int(read("secb", "conf/vb/hop_limit")) + 1
    for packet in (advertisement(ROUTER, 0, lifetime, prefixes),
                   advertisement("fe80::bb", hops, 0, ())):
        net.wire.send(b"\x33\x33\0\0\0\1" + net.mac_a + b"\x86\xdd" + packet)
    if not wait_for("RA", lambda: read("secb", "conf/vb/hop_limit") ==
                    str(hops)):
        raise RuntimeError("the advertisement is not looked at")


def of_prefix(prefix):
    return prefix in sh("ip", "-n", "secb", "-6", "addr", "show", "dev",
                        "vb").stdout


def max_addresses(net):
    # fe80::, fd09::2 and one more
    with Knob("secb", "conf/vb/max_addresses", 3, 16):
        advertise(net, 0, ("fd61::", 3600), ("fd62::", 3600))
        faults = differs("addresses", [True, False],
                         [of_prefix("fd61::"), of_prefix("fd62::")])
    advertise(net, 0, ("fd62::", 3600))
    return faults + differs("then", True, of_prefix("fd62::"))


def accept_ra_min_lft(net):
    def default():
        return sh("ip", "-n", "secb", "-6", "route", "show",
                  "default").stdout != ""
    with Knob("secb", "conf/vb/accept_ra_min_lft", 100, 0):
        advertise(net, 99, ("fd63::", 99))
        faults = differs("route, address", (False, False),
                         (default(), of_prefix("fd63::")))
        advertise(net, 100, ("fd64::", 100))
        faults += differs("long enough", (True, True),
                          (default(), of_prefix("fd64::")))
    advertise(net, 99, ("fd63::", 99))
    return faults + differs("then", True, of_prefix("fd63::"))


def accept_source_route(_):
    """There is nothing to be accepted; a file says so to who asks."""
    name = "conf/all/accept_source_route"
    faults = differs("usual", "0", read("secb", name))
    for value in (0, -1):
        write("secb", name, value)
        faults += differs("value", str(value), read("secb", name))
    write("secb", name, 0)
    if OURS:
        faults += refused("1", errno.EINVAL, lambda: write("secb", name, 1))
    return faults


# --- neighbours' messages -----------------------------------------------------


def looked_at(net):
    """All that was sent before has been looked at when this is over."""
    there = sock("secb", bind=(B, 0))
    net.send(ipv6(A, B, socket.IPPROTO_UDP, udp(A, B, b"x", 4000,
                                                port(there))))
    there.recv(10)


def lladdr(address, dev="vb"):
    """What secb has of a neighbour, or None."""
    words = sh("ip", "-n", "secb", "-6", "neigh", "show", address, "dev",
               dev).stdout.split()
    return words[words.index("lladdr") + 1] if "lladdr" in words else None


def na(net, address, last):
    """A neighbour says unasked that its link-layer address ends so."""
    net.send(ipv6(address, B, ICMP, icmpv6(
        address, B, 136, b"\x20\0\0\0" + ip_bytes(address) +
        b"\2\1\2\0\0\0\0" + bytes([last])), hop=255))
    looked_at(net)
    return lladdr(address)


def drop_unsolicited_na(net):
    faults = []
    sh("ip", "-n", "secb", "-6", "neigh", "replace", "fd09::71", "lladdr",
       "02:00:00:00:00:01", "dev", "vb", "nud", "stale")
    for where in ("vb", "all") if OURS else ("vb",):
        with Knob("secb", f"conf/{where}/drop_unsolicited_na", 1, 0):
            faults += differs(f"by {where}", "02:00:00:00:00:01",
                              na(net, "fd09::71", 2))
    return faults + differs("then", "02:00:00:00:00:03",
                            na(net, "fd09::71", 3))


def accept_untracked_na(net):
    """RFC 9131: a router's; 2 is for those of its subnets."""
    faults = differs("of a host", None, na(net, "fd09::75", 4))
    write("secb", "conf/vb/forwarding", 1)
    for value, address, want in ((0, "fd09::75", False), (1, "fd09::75", True),
                                 (1, "fd66::75", True), (2, "fd09::76", True),
                                 (2, "fd66::76", False)):
        write("secb", "conf/vb/accept_untracked_na", value)
        faults += differs(f"{value}, {address}", want,
                          na(net, address, 4) is not None)
    write("secb", "conf/vb/accept_untracked_na", 0)
    write("secb", "conf/vb/forwarding", 0)
    return faults


PLACE = "02:00:00:00:00:0"              # and a digit
ROUTER_FLAG, SOLICITED, OVERRIDE = 0x80, 0x40, 0x20


def neighbour(address):
    """What secb knows of it: where it is, the state, that it is a router."""
    words = sh("ip", "-n", "secb", "-6", "neigh", "show", address, "dev",
               "vb").stdout.split()
    place = words[words.index("lladdr") + 1] if "lladdr" in words else ""
    return place[-1:], words[-1] if words else "", "router" in words


def from_neighbour(net, address, kind, flags, place):
    """Its advertisement (136) or solicitation (135); place: what it says of
    where it is, or 0."""
    about = address if kind == 136 else B
    options = bytes((kind - 134, 1, 2, 0, 0, 0, 0, place)) if place else b""
    net.send(ipv6(address, B, ICMP, icmpv6(address, B, kind, bytes((
        flags, 0, 0, 0)) + ip_bytes(about) + options), hop=255))
    looked_at(net)


def neighbour_states(net):
    """RFC 4861 7.2.3, 7.2.5, appendix C: of a neighbour at place 1. A stale
    one that is sent to, what waited or an answer, becomes DELAY at once."""
    rfs, faults, made = 0xe0, [], sock("secb")
    same, other, none = 1, 2, 0
    for row, (before, kind, flags, place, after) in enumerate((
            ("reachable", 136, 0, other, ("1", "STALE", False)),
            ("reachable", 136, rfs & ~OVERRIDE, other, ("1", "STALE", False)),
            ("stale", 136, ROUTER_FLAG | SOLICITED, other,
             ("1", "STALE", False)),
            ("probe", 136, SOLICITED, other, ("1", "PROBE", False)),
            ("reachable", 136, OVERRIDE, other, ("2", "STALE", False)),
            ("reachable", 136, OVERRIDE, same, ("1", "REACHABLE", False)),
            ("stale", 136, rfs, other, ("2", "REACHABLE", True)),
            ("probe", 136, SOLICITED, same, ("1", "REACHABLE", False)),
            ("probe", 136, SOLICITED, none, ("1", "REACHABLE", False)),
            ("stale", 136, 0, none, ("1", "STALE", False)),
            ("stale router", 136, ROUTER_FLAG, same, ("1", "STALE", True)),
            ("stale router", 136, OVERRIDE, same, ("1", "STALE", False)),
            ("stale router", 136, 0, other, ("1", "STALE", True)),
            ("incomplete", 136, rfs, none, ("", "INCOMPLETE", False)),
            ("incomplete", 136, SOLICITED, other, ("2", "REACHABLE", False)),
            ("incomplete", 136, ROUTER_FLAG, other, ("2", "DELAY", True)),
            ("incomplete", 135, 0, other, ("2", "DELAY", False)),
            ("reachable", 135, 0, same, ("1", "REACHABLE", False)),
            ("reachable router", 135, 0, other, ("2", "DELAY", True)),
            ("reachable", 135, 0, none, ("1", "REACHABLE", False)),
            ("none", 136, OVERRIDE, other, ("", "", False)),
            ("none", 135, 0, other, ("2", "DELAY", False)))):
        address, (state, *router) = f"fd09::8:{row:x}", before.split()
        if state == "incomplete":
            made.sendto(b"x", (address, 9))
        elif state != "none":
            sh("ip", "-n", "secb", "-6", "neigh", "replace", address, "lladdr",
               PLACE + "1", "dev", "vb", "nud", state, *router)
        from_neighbour(net, address, kind, flags, place)
        faults += differs(f"{before}, {kind} {flags:#x} {place}", after,
                          neighbour(address))
    sh("ip", "-n", "secb", "-6", "neigh", "flush", "dev", "vb")
    return faults


def neighbour_silent(_):
    """RFC 4861 7.3.3: it is asked three times at the place that is known,
    and then no more."""
    watch, usual = Watch("seca", "va", how=socket.SOCK_RAW), 1000
    with Knob("secb", "neigh/vb/retrans_time_ms", 100, usual):
        sh("ip", "-n", "secb", "-6", "neigh", "replace", "fd09::73", "lladdr",
           PLACE + "1", "dev", "vb", "nud", "probe")
        if not wait_for("failure", lambda: neighbour("fd09::73") ==
                        ("", "FAILED", False)):
            return [f"it is {neighbour('fd09::73')}"]
        asked_at = []
        while True:
            frame = watch.now(lambda f: f[20] == ICMP and f[54] == 135 and
                              f[62:78] == ip_bytes("fd09::73"))
            if not frame:
                break
            asked_at.append((frame[:6].hex(":"), frame[38:54]))
    return differs("asked", [(PLACE + "1", ip_bytes("fd09::73"))] * 3, asked_at)


class Ndisc:
    """What secb's answers to one solicitation are, or that it has none."""

    def __init__(self, net):
        self.net, self.watch = net, Watch("seca", "va")
        # So that seca asks nothing by itself.
        sh("ip", "-n", "seca", "-6", "neigh", "replace", B, "lladdr",
           net.mac_b.hex(":"), "dev", "va", "nud", "permanent")

    def ask(self, fragment=b"", number=ICMP):
        message = icmpv6(A, B, 135, bytes(4) + ip_bytes(B))
        self.net.send(ipv6(A, B, number, fragment + message, hop=255))
        mark = sock("secb", bind=(B, 0))
        looked_at(self.net)
        mark.sendto(b"mark", (A, 9))
        got = []
        while not got or got[-1][48:] != b"mark":
            got.append(self.watch.packet(lambda p: p[6] == 17 or (
                p[6] == ICMP and p[40] == 136)))
        return [p[40:] for p in got[:-1] if p[6] == ICMP]


def force_tllao(net):
    """RFC 4861 4.4: who asks at the address that he knows need not be told it,
    but some want it."""
    ask = Ndisc(net).ask
    faults = differs("without", [24], [len(m) for m in ask()])
    with Knob("secb", "conf/vb/force_tllao", 1, 0):
        faults += differs("with it", [b"\2\1" + net.mac_b],
                          [m[24:] for m in ask()])
    return faults


def suppress_frag_ndisc(net):
    """RFC 6980 5: none in a fragment, were it the only one."""
    ask, single = Ndisc(net).ask, struct.pack(">BBHI", ICMP, 0, 0, 7)
    faults = differs("usual", [], ask(single, 44))
    with Knob("secb", "conf/vb/suppress_frag_ndisc", 0, 1):
        faults += differs("without it", 1, len(ask(single, 44)))
    return faults


def enhanced_dad(_):
    """RFC 7527 4.1: probes have a nonce (option 14)."""
    watch = Watch("seca", "va")
    new = [f"fd09::7{last}" for last in "789"]

    def probe(address):
        ip_all("secb", f"addr add {address}/64 dev vb")
        packet = watch.packet(lambda p: p[6] == ICMP and p[40] == 135 and
                              p[48:64] == ip_bytes(address))
        return packet[64:65]
    with Knob("secb", "conf/vb/accept_dad", 1, 0):
        faults = differs("usual", b"\x0e", probe(new[0]))
        with Knob("secb", "conf/all/enhanced_dad", 0, 1):
            faults += differs("all off", b"\x0e", probe(new[1]))
            with Knob("secb", "conf/vb/enhanced_dad", 0, 1):
                faults += differs("both off", b"", probe(new[2]))
    ip_all("secb", *(f"addr del {address}/64 dev vb" for address in new))
    return faults


def has_carrier(made, dev):
    """IFF_RUNNING, by a socket of the host."""
    flags = fcntl.ioctl(made, 0x8913, dev.encode().ljust(40, b"\0"))
    return struct.unpack_from("=H", flags, 16)[0] & 0x40


def ndisc_evict_nocarrier(_):
    made = sock("secb")

    def left():
        ip_all("secb", "neigh replace fd19::71 lladdr 02:00:00:00:00:01 "
               "dev wb nud stale")
        ip_all("seca", "link set wa down")
        if not wait_for("carrier", lambda: not has_carrier(made, "wb")):
            raise RuntimeError("wb has a carrier")
        ip_all("seca", "link set wa up", "addr replace fd19::1/64 dev wa nodad")
        return lladdr("fd19::71", "wb")
    faults = differs("usual", None, left())
    with Knob("secb", "conf/wb/ndisc_evict_nocarrier", 0, 1):
        faults += differs("without it", "02:00:00:00:00:01", left())
    return faults


def gc_thresh3(_):
    """One for all namespaces, in the first. Of those who are there only what
    has been idle makes room."""
    path = "/proc/sys/net/ipv6/neigh/default/gc_thresh3"

    def known(value, start):
        with open(path, "w", encoding="ascii") as file:
            file.write(value)
        peer = sock("secb")
        for last in range(20):
            try:
                peer.sendto(b"x", (f"{start}{last:x}", 9))
            except OSError:
                pass
        there = sh("ip", "-n", "secb", "-6", "neigh").stdout
        return sum(f"{start}{last:x} " in there for last in range(20))
    few = known("1", "fd09::a:")
    faults = [] if few < 20 else ["no bound"]
    return faults + differs("with room", 20, known("1024", "fd09::b:"))


# --- fragments, labels ------------------------------------------------


def ip6frag_high_thresh(net):
    there = sock("secb", bind=(B, 0))

    def send(ident, data):
        whole = udp(A, B, data, 4000, port(there))
        for offset, more in ((0, 1), (16, 0)):
            net.send(ipv6(A, B, 44, struct.pack(
                ">BBHI", socket.IPPROTO_UDP, 0, offset | more, ident) +
                whole[offset:16 if more else None]))
    usual = read("secb", "ip6frag_high_thresh")
    low = read("secb", "ip6frag_low_thresh")
    faults = refused("below the low one", errno.EINVAL, lambda: write(
        "secb", "ip6frag_high_thresh", int(low) - 1))
    with Knob("secb", "ip6frag_low_thresh", 1, low), \
            Knob("secb", "ip6frag_high_thresh", 1, usual):
        send(1, b"the first, without room")
    send(2, b"the second, with room")
    return faults + differs("heard", b"the second, with room",
                            there.recv(100))


def flowlabel_state_ranges(_):
    """RFC 6437: half of the labels is for those that are made without state."""
    def lease(label):
        sock("seca").setsockopt(IP6, 32, ip_bytes(B) + struct.pack(
            "=IBBHHHI", socket.htonl(label), 0, 255, 1, 6, 6, 0))
    lease(0xffff1)
    with Knob("seca", "flowlabel_state_ranges", 1, 0):
        faults = refused("with it", errno.ERANGE, lambda: lease(0xffff2))
        lease(0x7fff1)
    return faults


def labels(ns, watch, value):
    """Has what a socket sends a flow label, if it says nothing of that, no,
    yes (IPV6_AUTOFLOWLABEL)?"""
    got = []
    for wanted in (None, 0, 1):
        made = sock(ns, bind=(A, 0))
        if wanted is not None:
            made.setsockopt(IP6, AUTOFLOWLABEL, wanted)
        mark = f"{value} {wanted}".encode()
        made.sendto(mark, (B, 9))
        packet = watch.packet(lambda p, m=mark: p[48:] == m)
        got.append(packet[1] & 15 or packet[2] or packet[3])
    return [bool(x) for x in got]


def auto_flowlabels(_):
    """Never; unless the socket says no; if it says yes; always."""
    watch, usual = Watch("secb", "vb"), read("seca", "auto_flowlabels")
    faults = differs("usual", "1", usual)
    for value, want in ((0, [False, False, False]), (1, [True, False, True]),
                        (2, [False, False, True]), (3, [True, True, True])):
        write("seca", "auto_flowlabels", value)
        faults += differs(value, want, labels("seca", watch, value))
    write("seca", "auto_flowlabels", usual)
    return faults + refused("4", errno.EINVAL, lambda: write(
        "seca", "auto_flowlabels", 4))


def flowlabel_reflect(net):
    """Its third bit is that of echo replies; the others are TCP's."""
    watch, faults = Watch("seca", "va"), []
    for value in range(8):
        write("secb", "flowlabel_reflect", value)
        request = icmpv6(A, B, 128, struct.pack(">HH", 0xf1, value))
        packet = bytearray(ipv6(A, B, ICMP, request))
        packet[1:4] = b"\x05\x43\x21"
        net.send(bytes(packet))
        reply = watch.packet(lambda p, v=value: p[40] == 129 and
                             p[44:48] == struct.pack(">HH", 0xf1, v))
        faults += differs(value, value & 4 != 0,
                          reply[1:4] == b"\x05\x43\x21")
    write("secb", "flowlabel_reflect", 0)
    return faults


# --- asking for routers (RFC 7559) --------------------------------------------

# Both ends of a wire of its own ask beside the other tests: usual or least time
# to the next, most, how often.
ASKING = {"sa": (0, 1, 7), "sb": (1, 3600, 3)}


def ask_for_routers():
    """A socket for each, which hears it with its time."""
    sh("ip", "netns", "del", "secc", check=False)
    sh("ip", "netns", "add", "secc")
    sysctl("secc", "net.ipv6.conf.default.accept_dad=0")
    ip_all("secc", "link add sa type veth peer name sb")
    heard = {"sa": Watch("secc", "sb"), "sb": Watch("secc", "sa")}
    for dev, (first, most, number) in ASKING.items():
        heard[dev].sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        # That the link is down is an error, once.
        heard[dev].sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        for name, value in (("s", number), ("_delay", 0), ("_interval", first),
                            ("_max_interval", most)):
            write("secc", f"conf/{dev}/router_solicitation{name}", value)
    ip_all("secc", "link set sa up", "link set sb up")
    return heard


def solicits(packet):
    return packet[6] == ICMP and packet[40] == 133


def asked(watch, number):
    """When so many came, in seconds."""
    times = []
    while len(times) < number:
        packet, extra, _, link = watch.sock.recvmsg(2000, 100)
        if link[2] != socket.PACKET_OUTGOING and solicits(packet):
            seconds, nanoseconds = struct.unpack("=qq", extra[0][2])
            times.append(seconds + nanoseconds / 1e9)
    return times


def router_solicitation_intervals(heard):
    """Each time is twice the one before, a tenth more or less, up to the most;
    the least that can be is a tenth of a second."""
    faults = []
    for dev, (first, most, number) in ASKING.items():
        times = asked(heard[dev], number)
        low, high = 0.9 * (first or 0.1), 1.1 * (first or 0.1)
        for before, now in zip(times, times[1:]):
            # Its timer may be late, but not early.
            if not low - 0.02 <= now - before <= high + LATE:
                faults.append(f"{dev}: {now - before:.3f} s, not {low:.3f} to "
                              f"{high:.3f}")
            low, high = min(1.9 * low, 0.9 * most), min(2.1 * high, 1.1 * most)
        if heard[dev].now(solicits):
            faults.append(f"{dev}: one more")
    sh("ip", "netns", "del", "secc")
    return faults


# --- which there are ----------------------------------------------------------


def all_files(_):
    """Those of knobs.list, which 29 holds against ipv6.ko. An interface has
    what "all" and "default" have."""
    faults = []

    def files(top):
        return {os.path.relpath(os.path.join(where, name), top)
                for where, _, names in os.walk(top) for name in names}

    def there():
        top = "/proc/sys/net/ipv6"
        faults.extend(
            f"conf/{dev}, conf/lo: {sorted(x)}" for dev in ("all", "default")
            for x in [files(f"{top}/conf/{dev}") ^ files(f"{top}/conf/lo")]
            if x)
        return {re.sub("^(conf|neigh)/[^/]*", r"\1/NAME", name)
                for name in files(top)}
    # The first namespace has what is one for all.
    got = there()
    if not in_ns("secb", there) <= got:
        faults.append("a namespace of its own has more")
    return faults + unlike_list("knobs.list", got)


def main():
    tests = [all_files, bindv6only, ip_nonlocal_bind, mld_max_msf,
             echo_ignore_all, echo_ignore_multicast, echo_ignore_anycast,
             fwmark_reflect, mtu_expires, use_oif_addrs_only,
             ignore_routes_with_linkdown, skip_notify_on_dev_down, ndisc_tclass,
             max_addresses, accept_ra_min_lft, accept_source_route,
             neighbour_states, neighbour_silent, drop_unsolicited_na,
             accept_untracked_na, force_tllao,
             suppress_frag_ndisc, enhanced_dad, ndisc_evict_nocarrier,
             gc_thresh3, ip6frag_high_thresh, flowlabel_state_ranges,
             auto_flowlabels, flowlabel_reflect]
    more = []
    if OURS:
        # ipv6.ko waits for its garbage collector, and takes any number.
        tests += [route_flush, bounds]
        # While there are no rules: they know no remembered routes.
        tests.insert(0, strong_host)
        # For ipv6.ko 0 is at once.
        heard = ask_for_routers()
        more.append(("router-solicitation-intervals",
                     lambda _: router_solicitation_intervals(heard)))
    run(by_name(*tests) + neighbours.TESTS + more)


if __name__ == "__main__":
    main()
