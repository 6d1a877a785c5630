#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The listener protocol of our own IPv6 (RFC 3810, RFC 2710): a stranger asks,
rightly and wrongly, and hears what the host reports; sockets of the host join
groups, with sources and without, and get what they asked for."""
import collections
import ipaddress
import itertools
import socket
import struct
import time

from badlib import finish, in_ns, ip_bytes, result, same, sh, wait_for
from ipv6lib import (A6, DEST, ECHO, GROUP, HOP, ICMP, LA, REPLY, Host,
                     b_lines, dest, icmp, sealed, sysctl)
from packets import ipv6, udp

QUERY, V1_REPORT, V1_DONE, V2_REPORT = 130, 131, 132, 143
IS_IN, IS_EX, TO_IN, TO_EX, ALLOW, BLOCK = range(1, 7)
V2_ROUTERS, ROUTERS = "ff02::16", "ff02::2"
ALERT = b"\x05\x02\0\0"
JOIN, LEAVE, JOIN_SOURCE, LEAVE_SOURCE, BLOCK_SOURCE = 42, 45, 46, 47, 43
MULTICAST_IF, MULTICAST_LOOP, MULTICAST_ALL = 17, 19, 29
MSFILTER, EXCLUDE, INCLUDE = 48, 0, 1
PORT = 4001

Report = collections.namedtuple(
    "Report", "when size kind src dst right records")


class Ear:
    """What the host says of its groups, as the stranger hears it."""

    def __init__(self):
        self.sock = in_ns("bada", lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86dd)))
        self.sock.bind(("va", 0x86dd))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)
        self.sock.setblocking(False)
        self.heard = []

    def listen(self):
        while True:
            try:
                frame = self.sock.recv(70000)
            except BlockingIOError:
                return self.heard
            if frame[20] == HOP and frame[54] == ICMP and \
                    V1_REPORT <= frame[62] <= V2_REPORT:
                self.heard.append(self.read(frame[14:]))

    @staticmethod
    def read(packet):
        """A report; right: as RFC 3810 5 wants its headers."""
        src, dst = (ipaddress.ip_address(packet[at:at + 16]).compressed
                    for at in (8, 24))
        message = packet[48:]
        right = packet[7] == 1 and packet[42:46] == ALERT and \
            src.startswith("fe80:") and \
            sealed(src, dst, message) == message
        records = []
        if message[0] != V2_REPORT:
            records = [(message[0], name(message[8:24]), [])]
        at = 8
        for _ in range(struct.unpack_from(">H", message, 6)[0]
                       if message[0] == V2_REPORT else 0):
            kind, words, count = struct.unpack_from(">BBH", message, at)
            records.append((kind, name(message[at + 4:at + 20]), sorted(
                name(message[n:n + 16]) for n in range(
                    at + 20, at + 20 + 16 * count, 16))))
            at += 20 + 16 * count + 4 * words
        return Report(time.monotonic(), len(packet), message[0], src, dst,
                      right, records)

    def clear(self):
        self.listen()
        self.heard = []

    def of(self, *groups):
        """(type, sources) of each record about these groups."""
        return [(r[0], r[2]) for report in self.listen()
                for r in report.records if r[1] in groups]

    def count(self, number, *groups):
        """So many records about them, or all that there are in time."""
        wait_for("report", lambda: len(self.of(*groups)) >= number)
        return self.of(*groups)


def name(address):
    return ipaddress.ip_address(address).compressed


def query_bytes(group="::", delay=0, version=2, sources=(), qrv=2, qqic=125,
                count=None):
    data = struct.pack(">BBHHH", QUERY, 0, 0, delay, 0) + ip_bytes(group)
    if version == 2:
        count = len(sources) if count is None else count
        data += struct.pack(">BBH", qrv, qqic, count)
    return data + b"".join(map(ip_bytes, sources))


def packet(data, dst=GROUP, src=LA, hop=1, options=ALERT):
    return ipv6(src, dst, HOP, dest(ICMP, options) + sealed(src, dst, data),
                hop=hop)


def query(group="::", **more):
    return packet(query_bytes(group, **more),
                  GROUP if group == "::" else group)


def v1_report(group, **more):
    data = struct.pack(">BBHHH", V1_REPORT, 0, 0, 0, 0) + ip_bytes(group)
    return packet(data, group, **more)


def fault(data):
    """RFC 3810 6.2 and 8.1, RFC 2710 4: why it is none, by bytes alone."""
    if len(data) < 24:
        return "icmp-cut" if len(data) < 8 else "mld-short"
    group = data[8:24]
    if data[0] == V1_REPORT:
        return None if group[0] == 0xff else "mld-group"
    if any(group) and group[0] != 0xff:
        return "mld-group"
    if len(data) == 24:
        return None
    if len(data) < 28:
        return "mld-short"
    count = struct.unpack_from(">H", data, 26)[0]
    if count > (len(data) - 28) // 16 or (count and not any(group)):
        return "mld-sources"
    return None


def ask(host, *packets):
    """Each is looked at, however many came just before."""
    for one in packets:
        wait_for("measure", lambda p=one: not host.counted(
            p)[0]["Ip6InDiscards"])


class Member:
    """A socket of the host."""

    def __init__(self, address="::", multicast_all=True):
        self.sock = in_ns("badb", lambda: socket.socket(
            socket.AF_INET6, socket.SOCK_DGRAM))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.index = in_ns("badb", lambda: socket.if_nametoindex("vb"))
        if not multicast_all:
            self.set(MULTICAST_ALL, struct.pack("=i", 0))
        self.sock.bind((address, PORT))
        self.sock.setblocking(False)

    def set(self, option, value):
        self.sock.setsockopt(socket.IPPROTO_IPV6, option, value)
        return self

    @staticmethod
    def address(text):
        return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, ip_bytes(text),
                           0) + bytes(100)

    def group(self, option, group, *sources):
        """One request, or one for each source."""
        head = struct.pack("=II", self.index, 0) + self.address(group)
        for tail in [self.address(s) for s in sources] or [b""]:
            self.set(option, head + tail)
        return self

    def filter(self, group, mode, *sources):
        """MCAST_MSFILTER"""
        return self.set(MSFILTER, struct.pack("=II", self.index, 0) +
                        self.address(group) + struct.pack(
                            "=II", mode, len(sources)) + b"".join(
                                map(self.address, sources)))

    def got(self):
        """What lies there."""
        data = []
        while True:
            try:
                data.append(self.sock.recv(100).decode())
            except BlockingIOError:
                return data

    def close(self):
        self.sock.close()


def set_conf(**values):
    sysctl("badb", *(f"net.ipv6.conf.vb.{k}={v}" for k, v in values.items()))


# --- wrong messages ----------------------------------------------------------


def truncated(host):
    """Each message with its router alert, cut at every byte, whichever version
    is spoken: what is too short is an error, and counted as such."""
    some = ["fd09::51", "fd09::52", "fd09::53"]
    member = Member().group(JOIN, "ff05::77")
    for version in (2, 1):
        set_conf(force_mld_version=version)
        for what, data in (
                ("v1", query_bytes(version=1)),
                ("v1-group", query_bytes("ff05::77", version=1)),
                ("v2", query_bytes()),
                ("v2-group", query_bytes("ff05::77")),
                ("v2-sources", query_bytes("ff05::77", sources=some)),
                ("v2-long", query_bytes("ff05::77") + bytes(20)),
                ("report", struct.pack(">BBHHH", V1_REPORT, 0, 0, 0, 0) +
                 ip_bytes("ff05::77"))):
            cut = [data[:n] for n in range(len(data) + 1)]
            why = collections.Counter(filter(None, map(fault, cut)))
            bad = sum(why.values())
            moved, _ = host.counted(*map(packet, cut))
            # There is a measure for the right ones.
            got = {k: v for k, v in host.why.items()
                   if k not in ("mld-rate", "mld-queue")}
            faults = []
            if moved["Icmp6InMsgs"] != len(cut):
                faults.append(f"{moved['Icmp6InMsgs']} of {len(cut)} counted")
            if moved["Icmp6InErrors"] != bad:
                faults.append(f"{moved['Icmp6InErrors']} errors of {bad}")
            if got != why:
                faults.append(f"refused for {got}, not {why}")
            result(f"mld-{version}-cut-{what}", faults)
    set_conf(force_mld_version=0)
    member.close()


def forms(host, ear):
    """Queries that are none: each an error, and none of them is answered."""
    faults = []
    lies = [("general, sources", query_bytes(sources=["fd09::51"]))]
    for sources in range(3):
        for count in range(sources + 1, 6):
            lies.append((f"{count} sources of {sources}", query_bytes(
                "ff05::77", sources=["fd09::51"] * sources, count=count)))
        lies.append((f"65535 sources of {sources}", query_bytes(
            "ff05::77", sources=["fd09::51"] * sources, count=65535)))
    lies += [(f"group {g}", query_bytes(g, version=v)) for v in (1, 2)
             for g in ("fe80::1", "fd09::2", "::1")]
    right = query_bytes()
    cases = [(what, fault(data), packet(data)) for what, data in lies]
    cases += [(f"hop limit {h}", "mld-hop-limit", packet(right, hop=h))
              for h in (0, 2, 64, 255)]
    cases += [(f"source {s}", "mld-source", packet(right, src=s))
              for s in (A6, "::", "::1:2")]
    cases += [("no router alert", "mld-alert", packet(right, options=b"")),
              ("alert for RSVP", "mld-alert",
               packet(right, options=b"\x05\x02\0\1")),
              ("no options", "mld-alert",
               ipv6(LA, GROUP, ICMP, sealed(LA, GROUP, right), hop=1)),
              ("report of a global address", "mld-source",
               v1_report("ff05::77", src=A6)),
              ("report of no group", "mld-group", packet(struct.pack(
                  ">BBHHH", V1_REPORT, 0, 0, 0, 0) + ip_bytes("fd09::77")))]
    ear.clear()
    member = Member().group(JOIN, "ff05::77")
    if len(ear.count(2, "ff05::77")) != 2:
        faults.append("the group is not told twice")
    ear.clear()
    for what, why, bad in cases:
        moved, _ = host.counted(bad)
        if moved["Icmp6InErrors"] != 1 or host.why != {why: 1}:
            faults.append(f"{what}: {moved['Icmp6InErrors']} errors, refused "
                          f"for {host.why}, not {why}")
    # The answer to the right one comes behind those to the others.
    ask(host, query("ff05::77"))
    if ear.count(1, "ff05::77") != [(IS_EX, [])]:
        faults.append(f"answered {ear.of('ff05::77')}")
    # RFC 3590 4: a listener without an address yet is none of the wrong ones.
    moved, _ = host.counted(v1_report("ff05::77", src="::"))
    if moved["Icmp6InErrors"]:
        faults.append("a report from :: is an error")
    member.close()
    result("mld-forms", faults)


def flood(host, ear):
    """Right queries without measure: few of them cost the host anything."""
    faults = []
    start = time.monotonic()
    before, reasons = host.counters()["Ip6InDiscards"], host.refused()
    ear.clear()
    for _ in range(125):
        host.ask(*[query()] * 8)
    heard = 1000 - host.counters()["Ip6InDiscards"] + before
    reasons = same(reasons, host.refused())
    if sum(reasons.values()) != 1000 - heard or \
            not {"mld-rate"} <= set(reasons) <= {"mld-rate", "mld-queue"}:
        faults.append(f"{1000 - heard} discards, refused for {reasons}")
    most = 32 * (time.monotonic() - start + 2)
    if not 0 < heard <= most:
        faults.append(f"{heard} of 1000 were looked at, not {most:.0f}")
    if not 0 < len(ear.listen()) <= most:
        faults.append(f"{len(ear.heard)} reports")
    if not wait_for("measure", lambda: host.counted(
            query())[0]["Ip6InDiscards"] == 0):
        faults.append("queriers are not heard any more")
    result("mld-queries-with-measure", faults)


# --- version 2 ---------------------------------------------------------------


def answers(host, ear):
    """RFC 3810 6.3: to each kind of query what it asks about."""
    faults = []
    s1, s2, s3, s4 = (f"fd09::5{n}" for n in range(1, 5))
    every, some, but = "ff05::a1", "ff05::a2", "ff05::a3"
    ask_all(host, ear, qrv=1)           # changes are told once
    members = [Member().group(JOIN, every),
               Member().group(JOIN_SOURCE, some, s2, s4),
               Member().group(JOIN, but).group(BLOCK_SOURCE, but, s1)]
    ear.count(1, every)
    wait_for("changes", lambda: any(s4 in r[1] for r in ear.of(some)) and
             any(s1 in r[1] for r in ear.of(but)))

    def expect(what, wanted, *packets):
        ear.clear()
        ask(host, *packets)
        for group, want in wanted.items():
            ear.count(len(want), group)
        for group in (every, some, but):
            want, got = wanted.get(group, []), ear.of(group)
            if got != want:
                faults.append(f"{what}, {group}: wanted {want}, got {got}")
        for report in ear.heard:
            if not report.right or report.kind != V2_REPORT or \
                    report.dst != V2_ROUTERS:
                faults.append(f"{what}: not as it should be: {report}")

    expect("general", {every: [(IS_EX, [])], some: [(IS_IN, [s2, s4])],
                       but: [(IS_EX, [s1])]}, query())
    told = {r[1] for report in ear.heard for r in report.records}
    if GROUP in told or "ff01::1" in told or "ff02::1:ff00:2" not in told:
        faults.append(f"told of {told}")
    expect("of all sources", {every: [(IS_EX, [])]}, query(every))
    expect("of some sources", {some: [(IS_IN, [s2, s4])]}, query(some))
    expect("of all but one", {but: [(IS_EX, [s1])]}, query(but))
    expect("one source", {every: [(IS_IN, [s1])]}, query(every, sources=[s1]))
    expect("sources, some wanted", {some: [(IS_IN, [s2])]},
           query(some, sources=[s1, s2, s3]))
    expect("sources, one not wanted", {but: [(IS_IN, [s2])]},
           query(but, sources=[s1, s2]))
    # The first two are of one answer (rule 5), or one of all (rule 4).
    expect("sources in two queries", {every: [(IS_IN, [s1, s2])]},
           query(every, sources=[s1], delay=30000),
           query(every, sources=[s2], delay=100))
    expect("sources and all", {some: [(IS_IN, [s2, s4])]},
           query(some, sources=[s2], delay=30000), query(some, delay=100))
    expect("source that is not wanted, then one that is",
           {every: [(IS_IN, [s4])]}, query(but, sources=[s1]),
           query(some, sources=[s1]), query(every, sources=[s4]))
    expect("a group of nobody", {every: [(IS_EX, [])]}, query("ff05::a9"),
           query(every))
    for member in members:
        member.close()
    result("mld-answers", faults)


def long_answer(host, ear):
    """RFC 3810 5.2.15: to what does not fit one packet: each group is told of
    once; sources that are wanted go into as many records as they need, those
    that are not into one, which is cut."""
    def answer(group):
        """What was changed before may be told again meanwhile."""
        return [r for r in ear.of(group) if r[0] in (IS_IN, IS_EX)]

    faults = []
    limit = "/proc/sys/net/ipv6/mld_max_msf"
    some, but = "ff05::a1", "ff05::a2"
    sources = [f"fd09::5:{n:x}" for n in range(200)]
    set_conf(mtu=1280)
    with open(limit, "w", encoding="ascii") as file:
        file.write("200")
    ask_all(host, ear, qrv=1)
    members = [Member().group(JOIN, some).filter(some, INCLUDE, *sources),
               Member().group(JOIN, but).filter(but, EXCLUDE, *sources),
               Member()]
    groups = [f"ff05::b:{n:x}" for n in range(100)]
    for group in groups:
        members[2].group(JOIN, group)
    ear.count(len(groups), *groups)
    ear.clear()
    ask(host, query())
    if not wait_for("all", lambda: not {some, but, *groups} - {
            r[1] for report in ear.listen() for r in report.records
            if r[0] in (IS_IN, IS_EX)} and
            sum(len(r[1]) for r in answer(some)) >= len(sources)):
        faults.append("something is not told")
    for report in ear.heard:
        if not report.right or report.kind != V2_REPORT or \
                report.dst != V2_ROUTERS or report.size > 1280:
            faults.append(f"not as it should be: {report}")
        told = [r[1] for r in report.records]
        if len(told) != len(set(told)):
            faults.append(f"a group is there twice: {report}")
    got = [r for report in ear.heard for r in report.records]
    for group in {r[1] for r in got if r[0] in (IS_IN, IS_EX)} - {some, but}:
        if answer(group) != [(IS_EX, [])]:
            faults.append(f"{group}: {answer(group)}")
    wanted = answer(some)
    if len(wanted) < 2 or {r[0] for r in wanted} != {IS_IN} or \
            sorted(itertools.chain(*(r[1] for r in wanted))) != \
            sorted(sources):
        faults.append(f"INCLUDE: {wanted}")
    # All that fit behind the headers, of 40 and 8 bytes, the report's and the
    # record's own, of 8 and 20.
    room = (1280 - 40 - 8 - 8 - 20) // 16
    unwanted = answer(but)
    if [(r[0], len(r[1]), len(set(r[1]))) for r in unwanted] != [
            (IS_EX, room, room)] or set(unwanted[0][1]) - set(sources):
        faults.append(f"EXCLUDE: {unwanted}")
    with open(limit, "w", encoding="ascii") as file:
        file.write("64")
    set_conf(mtu=65535)
    for member in members:
        member.close()
    result("mld-answer-in-many-packets", faults)


def ask_all(host, ear, **more):
    """A general query, and all of the answer."""
    ear.clear()
    ask(host, query(**more))
    ear.count(1, "ff02::1:ff00:2")


def changes(host, ear):
    """RFC 3810 6.1: each change at once, and again as often as the querier
    says; another group's change does not use that up."""
    faults = []
    group, s1, s2, s3 = "ff05::b1", "fd09::51", "fd09::52", "fd09::53"

    def expect(what, want, act):
        ear.clear()
        act()
        got = sorted(ear.count(len(want), group))
        if got != want:
            faults.append(f"{what}: wanted {want}, got {got}")

    for qrv in (2, 3, 1):
        ask_all(host, ear, qrv=qrv)
        member = Member()
        for what, record, option, sources in (
                ("join", (TO_EX, []), JOIN, ()),
                ("block", (BLOCK, [s1]), BLOCK_SOURCE, (s1,)),
                ("leave", (TO_IN, []), LEAVE, ()),
                ("join sources", (ALLOW, [s1]), JOIN_SOURCE, (s1,)),
                ("one more", (ALLOW, [s2]), JOIN_SOURCE, (s2,)),
                ("one less", (BLOCK, [s1]), LEAVE_SOURCE, (s1,)),
                ("none any more", (BLOCK, [s2]), LEAVE_SOURCE, (s2,))):
            expect(f"{what}, {qrv} times", [record] * qrv,
                   lambda o=option, s=sources: member.group(o, group, *s))
        member.close()
    # Whole filters, each told once.
    ear.clear()
    member = Member().group(JOIN, group)
    ear.count(1, group)
    for what, records, mode, sources in (
            ("to INCLUDE", [(TO_IN, [s1])], INCLUDE, (s1,)),
            ("one more", [(ALLOW, [s2])], INCLUDE, (s2, s1)),
            ("another", [(ALLOW, [s3]), (BLOCK, [s1])], INCLUDE, (s2, s3)),
            ("to EXCLUDE", [(TO_EX, [s2])], EXCLUDE, (s2,)),
            ("all but another", [(ALLOW, [s2]), (BLOCK, [s1])], EXCLUDE,
             (s1,)),
            ("none", [(TO_IN, [])], INCLUDE, ())):
        expect(what, records, lambda m=mode, s=sources: member.filter(
            group, m, *s))
    member.close()
    ask_all(host, ear, qrv=2)
    result("mld-changes", faults)
    faults = []
    set_conf(mldv2_unsolicited_report_interval=60000)
    first = Member().group(JOIN, "ff05::b2")
    ear.count(1, "ff05::b2")
    second = Member().group(JOIN, "ff05::b3")
    ear.count(1, "ff05::b3")
    if ear.of("ff05::b2") != [(TO_EX, [])]:
        faults.append(f"the other's repeat went along: {ear.of('ff05::b2')}")
    set_conf(mldv2_unsolicited_report_interval=1000)
    first.close()
    second.close()
    if ear.count(3, "ff05::b2")[1:3] != [(TO_IN, [])] * 2:
        faults.append(f"left: {ear.of('ff05::b2')}")
    result("mld-repeats-apart", faults)


# --- version 1 ---------------------------------------------------------------


def flagged(flag, *groups):
    """Those of the groups that have it."""
    def look():
        with open("/proc/thread-self/net/igmp6", encoding="ascii") as file:
            words = [line.split() for line in file]
        there = {name(bytes.fromhex(w[2])): int(w[4], 16) for w in words}
        return [g for g in groups if there.get(g, 0) & flag]
    return in_ns("badb", look)


def waits(*groups):
    """Those of the groups whose answer waits."""
    return flagged(1, *groups)


def silenced(host, ear):
    """Another's report spares ours, without any querier of version 1, too."""
    faults = []
    group, other = "ff05::c1", "ff05::c2"
    members = [Member().group(JOIN, g) for g in (group, other)]
    ear.count(4, group, other)
    set_conf(force_mld_version=1)
    another_reports(host, group, other, faults, 2)
    set_conf(force_mld_version=0)
    for member in members:
        member.close()
    result("mld-silenced-by-knob", faults)


def paged_report(group, size):
    """A report behind an options header of that size, which has few options
    that nobody knows. Of so long a frame all but its first bytes is in pages,
    and the host moves it out of them header by header."""
    options, left = b"", size - 2
    while left:
        part = min(left, 128 if left > 130 else left)
        options += bytes((0x1e, part - 2)) + bytes(part - 2)
        left -= part
    data = struct.pack(">BBHHH", V1_REPORT, 0, 0, 0, 0) + ip_bytes(group)
    return ipv6("fe80::c", group, DEST, dest(ICMP, options) + sealed(
        "fe80::c", group, data + bytes(4200)))


def reports_in_pages(host, ear):
    """For some sizes it is the report that needs new memory for the headers.
    KASAN sees who looks at the old one."""
    faults = []
    group = "ff05::c1"
    member = Member().group(JOIN, group)
    ear.count(2, group)
    set_conf(force_mld_version=1)
    ask(host, query(group, delay=30000))
    wait_for("the query", lambda: waits(group))
    host.counted(*(paged_report(group, size) for size in range(8, 704, 8)))
    if host.why:
        faults.append(f"refused for {host.why}")
    if not wait_for("silence", lambda: not waits(group), 5):
        faults.append("not heard")
    set_conf(force_mld_version=0)
    member.close()
    result("mld-reports-in-pages", faults)


def another_reports(host, group, other, faults, version):
    ask(host, query(group, version=version, delay=30000),
        query(other, version=version, delay=30000))
    wait_for("both", lambda: len(waits(group, other)) == 2)
    host.ask(v1_report(group, src="fe80::c"))
    if not wait_for("silence", lambda: waits(group, other) == [other], 5):
        faults.append(f"{waits(group, other)} wait")


def version_one(host, ear):
    """RFC 2710: reports to the group itself, a Done by who reported last, and
    silence where another has spoken."""
    faults = []
    group, other = "ff05::c1", "ff05::c2"
    members = [Member().group(JOIN, g) for g in (group, other)]
    ear.count(4, group, other)

    def by_query():
        ear.clear()
        ask(host, query(version=1))
        ear.count(2, group, other)

    for what, act in (
            ("by a query", by_query),
            ("by the knob", lambda: set_conf(force_mld_version=1))):
        act()
        ear.clear()
        ask(host, query(group, version=1))
        if ear.count(1, group) != [(V1_REPORT, [])]:
            faults.append(f"{what}: {ear.of(group)}")
        for report in ear.heard:
            if not report.right or report.dst != report.records[0][1]:
                faults.append(f"{what}: not as it should be: {report}")
        another_reports(host, group, other, faults, 1)
        # Back to version 2: a querier that is gone in a second.
        ask(host, query(qrv=1, qqic=1))
        ask(host, query(version=1))
        version_is(faults, what, ear, 1)
        set_conf(force_mld_version=0)
        version_is(faults, what, ear, 2)
    # RFC 3810 8.2.1: also a query about a group that nobody here is in.
    ask(host, query(qrv=1, qqic=1))
    ask(host, packet(query_bytes("ff05::c9", version=1)))
    version_is(faults, "by a query about another group", ear, 1)
    version_is(faults, "after that", ear, 2)
    ask(host, query(qrv=2))
    set_conf(force_mld_version=1)
    ear.clear()
    ask(host, query(group, version=1))
    ear.count(1, group)
    ear.clear()
    members[0].close()
    if ear.count(1, group) != [(V1_DONE, [])] or ROUTERS not in (
            report.dst for report in ear.heard):
        faults.append(f"left: {ear.heard}")
    members[1].close()
    set_conf(force_mld_version=0)
    result("mld-version-1", faults)


def version_is(faults, what, ear, version):
    """A group that is joined is told in this version, in a while."""
    want = V1_REPORT if version == 1 else TO_EX
    number = itertools.count()

    def told():
        group = f"ff05::d:{next(number):x}"
        # The last one who asked had the same groups.
        ear.clear()
        member = Member().group(JOIN, group)
        # Joined at the moment of the change it is told in neither.
        wait_for("report", lambda: ear.of(group), 2)
        got = ear.of(group)
        member.close()
        return got[:1] == [(want, [])]

    if not wait_for("version", told):
        faults.append(f"{what}: not version {version}")


def version_changes(host, ear):
    """RFC 3810 8.2.1: what was pending in one version is not told in another,
    whatever brought that about; what comes after is."""
    faults = []
    groups = [f"ff05::e:{n:x}" for n in range(1, 11)]
    members = [Member().group(JOIN, g) for g in groups]
    ear.count(20, *groups)
    # By time: the older querier is present for a second.
    ask(host, query(qrv=1, qqic=1))
    ask(host, *(query(g, version=1, delay=3000) for g in groups))
    if not wait_for("answers", lambda: len(waits(*groups)) >= 5):
        faults.append("nothing waits for version 1")
    wait_for("the time", lambda: not waits(*groups), 5)
    late = [r for report in ear.listen() for r in report.records
            if r[1] in groups and r[0] in (IS_IN, IS_EX)]
    if late:
        faults.append(f"answered in version 2: {late}")
    version_is(faults, "by time", ear, 2)
    # By the knob
    ask_all(host, ear, qrv=2)
    ear.clear()
    ask(host, *(query(g, delay=3000) for g in groups))
    if not wait_for("answers", lambda: len(waits(*groups)) >= 5):
        faults.append("nothing waits for version 2")
    set_conf(force_mld_version=1)
    wait_for("the time", lambda: not waits(*groups), 5)
    late = [r for report in ear.listen() for r in report.records
            if r[1] in groups and r[0] == V1_REPORT]
    if late:
        faults.append(f"answered in version 1: {late}")
    late = Member().group(JOIN, "ff05::e1")
    if (V1_REPORT, []) not in ear.count(1, "ff05::e1"):
        faults.append("what is joined after the change is not told")
    set_conf(force_mld_version=0)
    for member in [*members, late]:
        member.close()
    result("mld-version-changes", faults)


# --- delivery ----------------------------------------------------------------


def delivery(host):
    """Who gets a packet to a group (RFC 3493 5.2, RFC 3678)."""
    faults = []
    group, s1, s2 = "ff05::f1", "fd09::51", "fd09::52"
    sockets = {
        "joined": Member().group(JOIN, group),
        "one source": Member().group(JOIN_SOURCE, group, s1),
        "all but one": Member().group(JOIN, group).group(
            BLOCK_SOURCE, group, s1),
        "not joined": Member(),
        "not joined, only its own": Member(multicast_all=False),
        "bound to it": Member(group).group(JOIN, group),
        "bound to another": Member("ff05::f2")}

    def expect(what, *names):
        for who, sock in sockets.items():
            got = sock.got()
            if got != ([what] if who in names else []):
                faults.append(f"{what}: {who} got {got}")

    def send(src, dst, what):
        host.ask(ipv6(src, dst, 17, udp(src, dst, what.encode(),
                                        dport=PORT), hop=1))
    both = ("joined", "not joined", "bound to it")
    send(s1, group, "from one")
    expect("from one", "one source", *both)
    send(s2, group, "from two")
    expect("from two", "all but one", *both)
    moved, _ = host.counted(ipv6(s1, "ff05::f9", 17, udp(
        s1, "ff05::f9", b"x", dport=PORT), hop=1))
    if moved["Ip6InAddrErrors"] != 1 or host.why != {"group-not-joined": 1}:
        faults.append(f"what is for another group is not counted: {host.why}")
    expect("another group")
    sender = Member()
    sender.set(MULTICAST_IF, struct.pack("=i", sender.index))
    sockets["sender"] = sender
    for loop in (1, 0):
        sender.set(MULTICAST_LOOP, struct.pack("=i", loop))
        sender.sock.sendto(b"own", (group, PORT))
        if loop:
            wait_for("own", lambda: peek(sockets["joined"]))
            expect("own", "joined", "all but one", "not joined",
                   "bound to it", "sender")
        else:
            host.ask()
            expect("own, not looped")
    # Two sockets that want it from nobody else: the interface has no say.
    for who in ("joined", "all but one", "bound to it"):
        sockets.pop(who).close()
    moved, _ = host.counted(ipv6(s2, group, 17, udp(
        s2, group, b"x", dport=PORT), hop=1))
    if moved["Ip6InAddrErrors"] != 1 or host.why != {"group-source": 1}:
        faults.append(f"a source that nobody wants is not counted: {host.why}")
    send(s1, group, "the last")
    expect("the last", "one source", "not joined", "sender")
    for sock in sockets.values():
        sock.close()
    result("multicast-delivery", faults)


def peek(member):
    try:
        return member.sock.recv(100, socket.MSG_PEEK)
    except BlockingIOError:
        return None


def autojoin(host, ear):
    """A group that comes like an address: listened to and told as long as it
    is there, and none of what an address is: no source, no route."""
    faults = []
    group, knock = "ff05::e1", struct.pack(">HH", 0xa0, 1)

    def change(verb, want, answers):
        ear.clear()
        done = sh("ip", "-n", "badb", "addr", verb, f"{group}/64", "dev", "vb",
                  *["autojoin"] * (verb == "add"), check=False)
        if done.returncode:
            faults.append(f"{verb}: {done.stderr.strip()}")
        if ear.count(1, group)[:1] != [(want, [])]:
            faults.append(f"{verb}: {ear.of(group)} is told")
        got = host.ask(ipv6(A6, group, ICMP, icmp(A6, group, ECHO, 0, knock)))
        if [m[4:] for m in got if m[0] == REPLY] != [knock] * answers:
            faults.append(f"{verb}: {len(got)} answers")
    change("add", TO_EX, 1)
    # Told once more: not to be taken for what is told of its end.
    if ear.count(2, group) != [(TO_EX, [])] * 2:
        faults.append(f"again: {ear.of(group)} is told")
    for lines in (b_lines(*"route show table all root ff05::/16".split()),
                  b_lines("maddress", "show", "dev", "vb")):
        if any(word in line for line in lines
               for word in ("ff05::/64", f"local {group}", "ff02::1:ff00:e1")):
            faults.append(f"as if it were an address: {lines}")
    sender = Member()
    sender.sock.connect(("ff05::e2", PORT, 0, sender.index))
    if sender.sock.getsockname()[0] == group:
        faults.append("it is a source")
    sender.close()
    change("del", TO_IN, 0)
    result("group-like-an-address", faults)


def robustness_knob(host, ear):
    """net.ipv6.mld_qrv counts where the querier says nothing."""
    faults = []
    path = "/proc/sys/net/ipv6/mld_qrv"
    with open(path, "w", encoding="ascii") as file:
        file.write("4")
    ask_all(host, ear, qrv=0)
    ear.clear()
    member = Member().group(JOIN, "ff05::a8")
    if len(ear.count(4, "ff05::a8")) != 4:
        faults.append(f"told {len(ear.heard)} times")
    with open(path, "w", encoding="ascii") as file:
        file.write("2")
    ask(host, query(qrv=2))
    member.close()
    result("mld-robustness-knob", faults)


def intervals(host, ear):
    """When a join of version 1 is told again; and of too many that wait to be
    told again the oldest is told early, and goes."""
    faults = []
    set_conf(force_mld_version=1, mldv1_unsolicited_report_interval=3600000,
             mldv2_unsolicited_report_interval=3600000)
    first = Member().group(JOIN, "ff05::c5")
    ear.count(1, "ff05::c5")
    set_conf(mldv1_unsolicited_report_interval=20)
    second = Member().group(JOIN, "ff05::c6")
    for group, times in (("ff05::c6", 2), ("ff05::c5", 1)):
        if ear.count(times, group) != [(V1_REPORT, [])] * times:
            faults.append(f"{group}: {ear.of(group)}")
    set_conf(force_mld_version=0, mldv1_unsolicited_report_interval=10000)
    groups = [f"ff05::f:{n:x}" for n in range(257)]
    many = Member().group(JOIN, groups[0])
    ear.count(1, groups[0])
    for group in groups[1:]:
        many.group(JOIN, group)
    for group, times in ((groups[0], 2), (groups[256], 1), (groups[1], 1)):
        if ear.count(times, group) != [(TO_EX, [])] * times:
            faults.append(f"{group}: {ear.of(group)}")
    set_conf(mldv2_unsolicited_report_interval=1000)
    for member in (first, second, many):
        member.close()
    result("mld-told-again", faults)


def link_goes(faults, *sockets):
    """It went and came; to sockets of the stranger that is an error, once."""
    sh("ip", "-n", "bada", "link", "set", "va", "down")
    if not wait_for("link", lambda: "NO-CARRIER" in
                    sh("ip", "-n", "badb", "link", "show", "vb").stdout):
        faults.append("the link is there")
    for one in sockets:
        one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    sh("ip", "-n", "bada", "link", "set", "va", "up")


def repeats_spared(host, ear):
    """RFC 2710 5: another's report stops the repeats of our own, of a group
    that is joined and of all groups of a link that returns. Who was silenced
    sends no Done."""
    faults = []
    group, other = "ff05::c3", "ff05::c4"
    ask_all(host, ear, qrv=7)
    set_conf(force_mld_version=1, mldv1_unsolicited_report_interval=200)

    def spared(what):
        ear.count(1, group)
        host.ask(v1_report(group, src="fe80::c"))
        if not wait_for("silence", lambda: not flagged(2, group), 5):
            faults.append(f"{what}: not spared")
        told = len(ear.of(group))
        if len(ear.count(7, other)) != 7 or len(ear.of(group)) != told:
            faults.append(f"{what}: told {told} times, then "
                          f"{len(ear.of(group))}, the other one "
                          f"{len(ear.of(other))} times")
        ear.clear()
    ear.clear()
    members = [Member().group(JOIN, g) for g in (group, other)]
    spared("joined")
    link_goes(faults, ear.sock, host.sock)
    spared("returned")
    for member in members:
        member.close()
    if ear.count(1, other) != [(V1_DONE, [])] or ear.of(group):
        faults.append(f"left: {ear.of(group)}, {ear.of(other)}")
    set_conf(force_mld_version=0, mldv1_unsolicited_report_interval=10000)
    ask(host, query(qrv=2))
    result("mld-repeats-spared", faults)


def without_multicast():
    """Nothing is told without IFF_MULTICAST; to take it away later changes
    nothing until the interface goes down."""
    faults = []

    def reports():
        with open("/proc/thread-self/net/dev_snmp6/d0",
                  encoding="ascii") as file:
            return int(dict(map(str.split, file))["Icmp6OutMLDv2Reports"])

    def told(number):
        return in_ns("badb", lambda: wait_for(
            "report", lambda: reports() >= number))

    def ip(*words):
        sh("ip", "-n", "badb", "link", *words)
    ip("add", "d0", "type", "dummy")
    ip("set", "d0", "multicast", "off", "up")
    made = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                               socket.SOCK_DGRAM))
    index = in_ns("badb", lambda: socket.if_nametoindex("d0"))

    def join(group):
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                        ip_bytes(group) + struct.pack("=I", index))
    join("ff05::d2")
    ip("set", "d0", "alias", "later")
    if in_ns("badb", reports):
        faults.append("told, though it came up without")
    ip("set", "d0", "multicast", "on")
    if not told(2):
        faults.append("not told, though it has it")
    ip("set", "d0", "multicast", "off")
    before = in_ns("badb", reports)
    join("ff05::d4")
    if not told(before + 2):
        faults.append("not told after it was taken away")
    made.close()
    ip("del", "d0")
    result("mld-without-multicast", faults)


def link_returns(host):
    """A link that went and came may be another, though the interface was never
    taken down: its switches are told of all groups, its routers asked for."""
    faults = []
    group = "ff05::d1"
    sysctl("badb", "net.ipv6.conf.vb.router_solicitations=1",
           "net.ipv6.conf.vb.router_solicitation_delay=0")
    ear = Ear()
    member = Member().group(JOIN, group)
    ear.count(2, group)
    asked = host.counters()["Icmp6OutRouterSolicits"]
    link_goes(faults)
    ear = Ear()
    if not ear.count(1, group):
        faults.append("its group was not reported")
    if not wait_for("routers", lambda: host.counters()[
            "Icmp6OutRouterSolicits"] > asked):
        faults.append("routers were not asked for")
    member.close()
    result("mld-link-returns", faults)


def main():
    host, ear = Host(), Ear()
    silenced(host, ear)
    reports_in_pages(host, ear)
    truncated(host)
    # Nobody of version 1 is there any more, after that.
    ask(host, query(qrv=1, qqic=1))
    ask(host, query(version=1))
    faults = []
    version_is(faults, "start", ear, 2)
    ask(host, query(qrv=2))
    result("mld-version-by-time", faults)
    forms(host, ear)
    answers(host, ear)
    long_answer(host, ear)
    changes(host, ear)
    version_one(host, ear)
    version_changes(host, ear)
    robustness_knob(host, ear)
    delivery(host)
    autojoin(host, ear)
    flood(host, ear)
    intervals(host, ear)
    without_multicast()
    repeats_spared(host, ear)
    link_returns(host)
    host.close()
    finish()


main()
