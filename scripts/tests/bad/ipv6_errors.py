#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What our own IPv6 answers, forwards and counts (RFC 4443, 7112, 8200): a
stranger sends right packets and odd ones, to the host and through it; the far
side of it is the stranger's, too."""
import errno
import fcntl
import os
import socket
import struct
import time

import ipv6_redirects as redirects
from badlib import (finish, in_ns, ip_all, ip_bytes, ipv6, result, same, sh,
                    udp, wait_for)
from ipv6lib import (A6, B6, DEST, ECHO, FRAGMENT, GROUP, HOP, ICMP, LA, LB,
                     NA, NONE, NS, PARAM, REPLY, ROUTING, TIME,
                     TOO_BIG, UNREACH, Host, Tracer, dest, echo, fragment,
                     icmp, in_pieces, mac, option, sealed, sysctl)
from tun import FAR6, GSO_TCPV6, NEEDS_CSUM, VNET_HDR, Tun

FAR_A, FAR_B = "fd0a::1", "fd0a::2"     # beyond the host: mtu 1280
BEYOND = "fdbb::1"                      # by the way of FAR_A
ANYCAST = "fd09::"
ALERT = b"\x05\x02\0\0"
TUNSETIFF, TUN, NO_PI, IFF_VNET_HDR = 0x400454ca, 1, 0x1000, 0x4000
MTU_DISCOVER, RECVERR, RTHDR, DSTOPTS = 23, 25, 57, 59
UDP, UDP_SEGMENT = 17, 103
NEIGHBOURS = "/proc/sys/net/ipv6/neigh/default/gc_thresh3"  # for all


class Far:
    """The host's other interface, and what comes out there."""

    def __init__(self):
        sh("ip", "link", "add", "vd", "netns", "bada", "type", "veth", "peer",
           "name", "vc", "mtu", "1280", "netns", "badb")
        for ns, dev in (("bada", "vd"), ("badb", "vc")):
            sh("ip", "-n", ns, "link", "set", dev, "up")
        sh("ip", "-n", "badb", "addr", "add", f"{FAR_B}/64", "dev", "vc",
           "nodad")
        lladdr = ":".join(f"{b:02x}" for b in mac("bada", "vd"))
        sh("ip", "-n", "badb", "-6", "neigh", "replace", FAR_A, "lladdr",
           lladdr, "dev", "vc")
        sh("ip", "-n", "badb", "-6", "route", "add", "fdbb::/16", "via",
           FAR_A, "dev", "vc")
        self.sock = in_ns("bada", lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86dd)))
        self.sock.bind(("vd", 0x86dd))
        self.sock.setblocking(False)

    def close(self):
        self.sock.close()

    def packets(self):
        out = []
        while True:
            try:
                out.append(self.sock.recv(70000)[14:])
            except BlockingIOError:
                return out

    def wait(self, is_it):
        """The first such packet, or None."""
        return wait_for("packet", lambda: next(
            filter(is_it, self.packets()), None)) or None

    def none(self, host, is_it):
        """None has come, though the host has looked at all that was sent."""
        host.send(ipv6(A6, BEYOND, 59, b"the last"))
        seen = []
        wait_for("packet", lambda: seen.extend(self.packets()) or any(
            p.endswith(b"the last") for p in seen))
        return not any(is_it(p) for p in seen)


def to_beyond(packet):
    return packet[24:40] == ip_bytes(BEYOND)


def source(packet):
    return packet[8:24]


def conf(**values):
    sysctl("badb", *(f"net.ipv6.{k.replace('__', '.')}={v}"
                     for k, v in values.items()))


class Expect:
    """Packets, what is answered to them, which counters move, and why they are
    refused. Errors quote the packet as it was sent."""
    WATCHED = ("Ip6InHdrErrors", "Ip6InUnknownProtos", "Ip6InAddrErrors",
               "Ip6InDiscards", "Ip6InTruncatedPkts", "Ip6InTooBigErrors",
               "Ip6InNoRoutes", "Icmp6InErrors", "Icmp6OutErrors")

    def __init__(self, host):
        self.host, self.faults = host, []

    def __call__(self, what, packet, answers, *counters, why=None):
        self.host.tracer.forget()
        moved, said = self.host.counted(packet)
        self.host.tracer.look(what, why)
        if self.host.why != ({why: 1} if why else {}):
            self.faults.append(f"{what}: refused for {self.host.why}, not "
                               f"{why}")
        got = [(m[0], m[1]) for m in said]
        if got != answers:
            self.faults.append(f"{what}: wanted {answers}, got {got}")
        for message in said:
            if message[0] != REPLY and message[8:] != packet[:1280 - 48]:
                self.faults.append(f"{what}: quoted {message[8:].hex()}")
            # RFC 4443 3.1 to 3.3: the MTU of the far link; else unused.
            if message[0] in (UNREACH, TOO_BIG, TIME) and message[4:8] != \
                    struct.pack(">I", 1280 * (message[0] == TOO_BIG)):
                self.faults.append(f"{what}: said {message[4:8].hex()}")
        count = {k: v for k, v in moved.items() if v and k in self.WATCHED}
        if count != {k: 1 for k in counters}:
            self.faults.append(f"{what}: counted {count}, not {counters}")

        return said

    def report(self, name):
        result(name, self.faults)
        self.faults = []


def echo_with_offload(host):
    """A guest's request that claims to be many segments: no reply may."""
    faults = []
    near, there = "fd0c::1", "fd0c::2"
    fd = in_ns("badb", lambda: os.open("/dev/net/tun",
                                       os.O_RDWR | os.O_NONBLOCK))
    in_ns("badb", lambda: fcntl.ioctl(fd, TUNSETIFF, struct.pack(
        "16sH22x", b"tunb", TUN | NO_PI | IFF_VNET_HDR)))
    sh("ip", "-n", "badb", "addr", "add", f"{near}/64", "dev", "tunb", "nodad")
    sh("ip", "-n", "badb", "link", "set", "tunb", "up")
    request = ipv6(there, near, ICMP, icmp(there, near, ECHO, 0, bytes(400)))
    for flags in (1, 0):                # NEEDS_CSUM, or the sum is right
        os.write(fd, struct.pack("=BBHHHH", flags, GSO_TCPV6, 60, 100, 40,
                                 16) + request)

        def reply():
            try:
                frame = os.read(fd, 70000)
            except BlockingIOError:
                return None
            return frame if frame[50:51] == bytes((REPLY,)) else None
        frame = wait_for("reply", reply)
        if not frame:
            faults.append(f"flags {flags}: no reply")
        elif frame[1] or frame[4:6] != b"\0\0":
            faults.append(f"flags {flags}: the reply is one of many segments")
        elif flags == 0 and sealed(near, there, frame[50:]) != frame[50:]:
            faults.append("the checksum is wrong")
    os.close(fd)
    host.ask()
    result("echo-of-many-segments", faults)


def long_options(length):
    """A header of so many bytes, for a socket to send."""
    options = bytes((0, length // 8 - 1))
    while len(options) < length:
        left = min(length - len(options), 252)
        options += bytes((0x1e, left - 2)) + bytes(left - 2)
    return options


def by_way_of(address):
    """The routing header of type 2."""
    return bytes((0, 2, 2, 1)) + bytes(4) + ip_bytes(address)


def own_first_fragments():
    """RFC 7112 5: what this node sends has all headers in the first fragment,
    or isn't sent."""
    faults = []
    sock = in_ns("badb", lambda: socket.socket(
        socket.AF_INET6, socket.SOCK_DGRAM))

    def send(size, length):
        sock.setsockopt(socket.IPPROTO_IPV6, DSTOPTS, long_options(length))
        try:
            sock.sendto(bytes(size), (BEYOND, 9))
            return 0
        except OSError as refusal:
            return refusal.errno

    # Behind a routing header options are cut. The link takes 1280: 40 of IPv6
    # header, 24 of routing header, 8 of fragment header, 1208 are left.
    sock.setsockopt(socket.IPPROTO_IPV6, RTHDR, by_way_of(FAR_A))
    for length, size, want in ((1024, 2000, 0), (1200, 2000, 0),
                               (1208, 2000, errno.EMSGSIZE),
                               (2048, 2000, errno.EMSGSIZE),
                               (2048, 1, errno.EMSGSIZE), (1200, 1, 0),
                               (8, 2000, 0)):
        got = send(size, length)
        if got != want:
            faults.append(f"{size} bytes behind options of {length}: "
                          f"{errno.errorcode.get(got, got)}")
    sock.close()
    result("own-first-fragments", faults)


def replies_to_many(host, far):
    """RFC 4443 4.2: a request to a group or an anycast address is answered
    from the interface that it came by, whichever way the reply goes."""
    faults = []
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    for what, dst, knob, want in (("a group", GROUP, 0, B6),
                                  ("an anycast address", ANYCAST, 0, B6),
                                  ("the same by knob", ANYCAST, 1, ANYCAST),
                                  ("one node", B6, 0, B6)):
        conf(anycast_src_echo_reply=knob)
        far.packets()
        host.send(ipv6(BEYOND, dst, ICMP, icmp(BEYOND, dst, ECHO, 0,
                                               bytes(8))))
        reply = far.wait(lambda p: to_beyond(p) and p[40] == REPLY)
        if not reply:
            faults.append(f"{what}: no reply")
        elif source(reply) != ip_bytes(want):
            faults.append(f"{what}: from {source(reply).hex()}")
        elif sealed(want, BEYOND, reply[40:]) != reply[40:]:
            faults.append(f"{what}: the checksum is wrong")
    conf(anycast_src_echo_reply=0)
    result("replies-to-many", faults)


def global_budget():
    """RFC 4443 2.4 (f): all errors together, Packet Too Big among them."""
    host, far = Host(errors=10), Far()
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    for what, packet in (
            ("too-big", ipv6(A6, BEYOND, 17, bytes(1400))),
            ("others", ipv6(A6, B6, 253, bytes(20)))):
        faults = []
        start = time.monotonic()
        moved, answers = host.counted(*[packet] * 300)
        # A message takes 0, 1 or 2 of the budget.
        most = 3 * 10 * (time.monotonic() - start + 2)
        if not len(answers) <= min(most, 200):
            faults.append(f"{len(answers)} of 300, not {most:.0f}")
        if what == "too-big" and moved["Ip6InTooBigErrors"] != 300:
            faults.append(f"counted {moved['Ip6InTooBigErrors']} of 300")
        if moved["Icmp6OutRateLimitHost"] + len(answers) != 300:
            faults.append(f"only {moved['Icmp6OutRateLimitHost']} are counted")
        if not wait_for("budget", lambda: len(host.ask(packet)) == 1):
            faults.append("none at all any more")
        faults += host.strays
        result(f"errors-in-all-{what}", faults)
    far.close()
    host.close()


def behind_conntrack(host):
    """Who defragments for conntrack hides no header before the fragment."""
    faults = []
    data = echo(88)
    sh("ip", "netns", "exec", "badb", "nft", "-f", "-", stdin="""
        table ip6 t {
            chain c {
                type filter hook prerouting priority 0;
                ct state new accept
            }
        }""")
    routing = bytes((0, 0, 0, 0)) + bytes(4)
    for ident, (what, first, *headers) in enumerate((
            ("none", FRAGMENT),
            ("hop-by-hop", HOP, dest(FRAGMENT, ALERT)),
            ("routing", ROUTING, bytes((FRAGMENT,)) + routing[1:]),
            ("options", DEST, dest(FRAGMENT)),
            ("long options", DEST, bytes((FRAGMENT, 1, 0x1e, 12)) +
             bytes(range(12))),
            ("hop-by-hop, options", HOP, dest(DEST), dest(FRAGMENT)),
            ("options, routing", DEST, dest(ROUTING), bytes((FRAGMENT,)) +
             routing[1:])), 700):
        before = b"".join(headers)
        pieces = [ipv6(A6, B6, first, before + p[40:])
                  for p in in_pieces(A6, B6, data, 48, ident)]
        for order in (pieces, pieces[::-1]):
            moved, answers = host.counted(*order)
            if answers.brief() != [(REPLY, 0, None)]:
                faults.append(f"{what}: {answers.brief()}")
            elif answers[0][8:] != data[8:]:
                faults.append(f"{what}: other bytes came back")
            if moved["Ip6ReasmReqds"]:
                faults.append(f"{what}: not conntrack's")
    sh("ip", "netns", "exec", "badb", "nft", "flush", "ruleset")
    result("headers-before-fragments-of-conntrack", faults)


def fragment_memory():
    def read():
        with open("/proc/thread-self/net/sockstat6", encoding="ascii") as file:
            line = [x for x in file if x.startswith("FRAG6")][0].split()
        return int(line[line.index("memory") + 1])
    return in_ns("badb", read)


def never_whole(host):
    """RFC 8200 4.5: what is not whole in time goes, and its sender hears of
    it if the first fragment was there; RFC 4443 2.4 (e)."""
    faults = []
    sysctl("badb", "net.ipv6.ip6frag_time=1")
    data = echo(88)
    first, later = in_pieces(A6, B6, data, 48, 900)
    for what, packets, told in (
            ("first", [first], True), ("later", [later], False),
            ("first twice", [first, first], True),
            ("first of ICMPv6 error", in_pieces(A6, B6, icmp(
                A6, B6, UNREACH, 0, bytes(92)), 48, 901)[:1], False),
            ("first to a group", in_pieces(A6, GROUP, data, 48, 902)[:1],
             False)):
        before = host.counters()
        seen = list(host.ask(*packets))
        if seen:
            faults.append(f"{what}: answered at once")
        if not fragment_memory():
            faults.append(f"{what}: nothing is kept")

        def is_over():
            seen.extend(host.ask())
            return host.counters()["Ip6ReasmTimeout"] > \
                before["Ip6ReasmTimeout"]
        if not wait_for("time", is_over):
            faults.append(f"{what}: no end")
        seen.extend(host.ask())
        got = [(m[0], m[1]) for m in seen]
        if got != [(TIME, 1)] * told:
            faults.append(f"{what}: told {got}")
        elif told and seen[0][8:] != first[:1232]:
            faults.append(f"{what}: not the fragment quoted")
        after = host.counters()
        if after["Ip6ReasmTimeout"] - before["Ip6ReasmTimeout"] != 1 or \
                after["Ip6ReasmFails"] - before["Ip6ReasmFails"] != 1:
            faults.append(f"{what}: not counted once")
        if not wait_for("memory", lambda: fragment_memory() == 0):
            faults.append(f"{what}: {fragment_memory()} bytes are left")
    sysctl("badb", "net.ipv6.ip6frag_time=60")
    result("datagrams-never-whole", faults)


def counters(host):
    """A reason for each packet that goes no further."""
    expect = Expect(host)
    request = ipv6(A6, B6, ICMP, echo())
    fwd = ipv6(A6, BEYOND, 17, bytes(20))
    expect("forwarded", fwd, [])
    frame = b"\x33\x33\0\0\0\1" + host.mac_a + b"\x86\xdd"
    plain = host.send
    host.send = lambda p: host.sock.send(frame + p) if p is fwd else plain(p)
    expect("a frame to many", fwd, [], "Ip6InDiscards", why="forward-frame")
    frame = b"\x02\0\0\0\0\x99" + host.mac_a + b"\x86\xdd"
    host.send = lambda p: host.sock.send(frame + p) if p is fwd else plain(p)
    expect("a frame of another", fwd, [], why="frame-otherhost")
    host.send = plain
    conf(conf__all__forwarding=0)
    expect("forwarding is off", fwd, [], "Ip6InAddrErrors",
           why="not-a-router")
    conf(conf__all__forwarding=1)
    expect("for another, from ::", ipv6("::", BEYOND, 17, bytes(20)), [],
           "Ip6InAddrErrors", why="forward-address")
    nowhere = "fdcc::1"
    expect("no way back", ipv6(nowhere, B6, ICMP, icmp(
        nowhere, B6, ECHO, 0, bytes(8))), [], "Icmp6OutErrors",
        why="echo-no-route")
    expect("from ::", ipv6("::", B6, ICMP, icmp("::", B6, ECHO, 0, bytes(8))),
           [], "Icmp6InErrors", why="echo-source")
    first, later = in_pieces(A6, B6, echo(88), 48, 950)
    expect("a fragment", first, [])
    expect("twice", first, [], "Ip6InDiscards", why="fragment-twice")
    expect("the other", later, [(REPLY, 0)])
    pieces = in_pieces(A6, B6, echo(88), 24, 951)
    wrong = ipv6(A6, B6, FRAGMENT, fragment(ICMP, 2, 1, 951) + bytes(24))
    moved, _ = host.counted(pieces[0], wrong)
    if moved.get("Ip6ReasmOverlaps") != 1 or moved["Ip6ReasmFails"] != 1 or \
            host.why != {"fragment-overlap": 1}:
        expect.faults.append("an overlap is not counted")
    # Answers to solicitations of an anycast address wait: so many at most.
    sysctl("badb", "net.ipv6.neigh.vb.proxy_qlen=0",
           "net.ipv6.neigh.vb.proxy_delay=100000")
    solicit = ipv6(LA, B6, ICMP, icmp(LA, B6, NS, 0, bytes(4) + ip_bytes(
        ANYCAST) + option(1, host.mac_a)), hop=255)
    expect("a solicitation that waits", solicit, [])
    expect("one for another node", ipv6(LA, B6, ICMP, icmp(
        LA, B6, NS, 0, bytes(4) + ip_bytes("fd09::1:2")), hop=255), [],
        why="nd-others")
    expect("one more", solicit, [], "Icmp6InErrors", why="nd-proxy-queue")
    expect("right", request, [(REPLY, 0)])
    expect.report("each-drop-counted")


def proxy_gone(host):
    """Solicitations that wait for their answer when their target is answered
    for no more: each is counted, but for those that were answered before."""
    faults, target, seen = [], "fd09::99", []
    sysctl("badb", "net.ipv6.neigh.vb.proxy_qlen=64",
           "net.ipv6.neigh.vb.proxy_delay=100",
           "net.ipv6.conf.vb.proxy_ndp=1")
    ip_all("badb", f"neigh add proxy {target} dev vb")
    solicit = ipv6(LA, "ff02::1:ff00:99", ICMP, icmp(
        LA, "ff02::1:ff00:99", NS, 0, bytes(4) + ip_bytes(target) +
        option(1, host.mac_a)), hop=255)
    before = host.refused()
    seen += host.ask(*[solicit] * 8)
    ip_all("badb", f"neigh del proxy {target} dev vb")

    def refused():
        return same(before, host.refused())

    def looked_at():
        seen.extend(host.ask())
        return len(seen) + sum(refused().values()) >= 8
    if not wait_for("the end", looked_at):
        faults.append("some came to no end")
    if refused() != {"nd-others": 8 - len(seen)} or len(seen) == 8:
        faults.append(f"{len(seen)} of 8 answered, counted {refused()}")
    sysctl("badb", "net.ipv6.conf.vb.proxy_ndp=0")
    result("answers-that-wait-too-long", faults)


def knobs(host):
    """net.ipv6.icmp.*, and frames that many get."""
    expect = Expect(host)
    request = {dst: ipv6(A6, dst, ICMP, icmp(A6, dst, ECHO, 0, bytes(8)))
               for dst in (B6, GROUP, ANYCAST)}
    for knob, silent in (("echo_ignore_multicast", GROUP),
                         ("echo_ignore_anycast", ANYCAST)):
        conf(**{f"icmp__{knob}": 1})
        for dst, packet in request.items():
            if dst == silent:
                expect(f"{knob}, {dst}", packet, [], "Ip6InDiscards",
                       why="echo-ignored")
            else:
                expect(f"{knob}, {dst}", packet, [(REPLY, 0)])
        conf(**{f"icmp__{knob}": 0})
    # The mark is an echo request, too: its answer comes when the knob is back.
    conf(icmp__echo_ignore_all=1)
    before = host.counters()
    for packet in request.values():
        host.send(packet)
    if not wait_for("count", lambda: host.counters()["Ip6InDiscards"] ==
                    before["Ip6InDiscards"] + 3):
        expect.faults.append("echo_ignore_all: not counted")
    conf(icmp__echo_ignore_all=0)
    if len(host.ask()):
        expect.faults.append("echo_ignore_all: answered")
    conf(conf__vb__drop_unsolicited_na=1)
    expect("an advertisement that nobody asked for", ipv6(LA, B6, ICMP, icmp(
        LA, B6, NA, 0, bytes(4) + ip_bytes("fd09::77")), hop=255), [],
        why="nd-unsolicited")
    conf(conf__vb__drop_unsolicited_na=0)
    # An error about a packet of an anycast address is not sent.
    odd = ipv6(ANYCAST, B6, 253, bytes(20))
    expect("from an anycast address", odd, [], "Ip6InUnknownProtos",
           why="unknown-protocol")
    # If it is, the host itself is who hears it.
    conf(icmp__error_anycast_as_unicast=1)
    moved, _ = host.counted(odd)
    if not moved["Icmp6OutParmProblems"] == moved["Icmp6InErrors"] == 1:
        expect.faults.append("error_anycast_as_unicast: no error is sent")
    conf(icmp__error_anycast_as_unicast=0)
    frame = b"\x33\x33\0\0\0\1" + host.mac_a + b"\x86\xdd"
    plain = host.send
    host.send = lambda p: host.sock.send(frame + p) if p is request[B6] \
        else plain(p)
    expect("one node in a frame to many", request[B6], [(REPLY, 0)])
    conf(conf__vb__drop_unicast_in_l2_multicast=1)
    expect("the same, not wanted", request[B6], [], "Ip6InDiscards",
           why="frame-to-many")
    expect("a group in a frame to many", request[GROUP], [(REPLY, 0)])
    conf(conf__vb__drop_unicast_in_l2_multicast=0)
    host.send = plain
    expect.report("icmp-knobs")
    faults = []
    packet = ipv6(A6, B6, 253, bytes(20))
    conf(icmp__ratelimit=1000)
    wait_for("a token", lambda: host.ask(packet))
    for mask, most in (("4", 12), ("0-1,3", 300)):
        # With type 4 in it, parameter problems are limited; else they are not.
        conf(icmp__ratemask=mask)
        answers = host.ask(*[packet] * 300)
        if mask == "4" and not len(answers) <= most or \
                mask != "4" and len(answers) != most:
            faults.append(f"mask {mask}: {len(answers)} of 300")
    # So can answers to echo requests be: then the marks get none, too.
    conf(icmp__ratemask="129")
    before, reasons = host.counters(), host.refused()

    def all_counted():
        sent = host.counters()["Icmp6OutEchoReplies"] - \
            before["Icmp6OutEchoReplies"]
        late = same(reasons, host.refused())
        return set(late) == {"echo-rate"} and sent + late["echo-rate"] == 20
    for _ in range(20):
        host.send(request[B6])
    if not wait_for("count", all_counted):
        faults.append(f"echoes: {same(reasons, host.refused())}")
    conf(icmp__ratemask="0-1,3-127", icmp__ratelimit=0)
    host.ask()
    result("icmp-ratemask", faults)


def option_knobs(host):
    """net.ipv6.max_{hbh,dst}_opts_*: RFC 8504 5.3, told by RFC 8883's codes."""
    faults = []
    unknown = b"\x1e\0"

    def ask(what, number, options, want):
        _, answers = host.counted(ipv6(A6, B6, number, dest(ICMP, options) +
                                       echo()))
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        why = {} if want == good else {
            9: "options-too-many", 6: "ext-long", 0: "option-unknown"}[
                want[0][1] if want else 0]
        if host.why != (why and {why: 1}):
            faults.append(f"{what}: refused for {host.why}, not {why}")

    good = [(REPLY, 0, None)]
    for kind, number in (("hbh", HOP), ("dst_opts", DEST)):
        ask(kind, number, unknown * 3, good)
        for most, count, want in ((3, 3, good), (2, 3, [(PARAM, 9, 46)]),
                                  (0, 1, [(PARAM, 9, 42)]), (0, 0, good),
                                  # Below 0: so many, all of them known.
                                  (-3, 1, []), (-3, 0, good)):
            sysctl("badb", 
                   f"net.ipv6.max_{kind[:3]}_opts_number={most}")
            ask(f"{kind}, {count} of {most}", number, unknown * count, want)
        sysctl("badb", f"net.ipv6.max_{kind[:3]}_opts_number=8")
        for most, want in ((16, good), (15, [(PARAM, 6, 40)]),
                           (8, [(PARAM, 6, 40)])):
            sysctl("badb", f"net.ipv6.max_{kind}_length={most}")
            ask(f"{kind}, 16 bytes of {most}", number, b"\x1e\x0c" + bytes(12),
                want)
        sysctl("badb", f"net.ipv6.max_{kind}_length=2147483647")
    result("option-knobs", faults)


def chain_knob(host, far):
    """net.ipv6.max_ext_chain_length: RFC 8883 2.4, with its place among the
    other errors (4.1); and it is for what this node reads, not a router."""
    faults = []

    def ask(what, most, *headers, last=ICMP, want=(REPLY, 0, None), dst=B6):
        sysctl("badb", f"net.ipv6.max_ext_chain_length={most}")
        chain, number = b"", last
        for kind, options in reversed(headers):
            chain, number = dest(number, options) + chain, kind
        packet = ipv6(A6, dst, number, chain + echo())
        got = host.ask(packet).brief()
        if got != ([want] if want else []):
            faults.append(f"{what}, of {most}: wanted {want}, got {got}")
        return packet

    hop, opts = (HOP, b"\x1e\x0c" + bytes(12)), (DEST, b"\x1e\x0c" + bytes(12))
    reasons = host.refused()
    for what, headers, length in (("one", [hop], 16), ("another", [opts], 16),
                                  ("two", [hop, opts], 32),
                                  ("three", [hop, opts, opts], 48)):
        ask(what, length, *headers)
        ask(what, length - 1, *headers, want=(PARAM, 7, 40 + length - 1))
    ask("none", 0)
    ask("three", 16, hop, opts, opts, want=(PARAM, 7, 56))
    ask("no protocol of ours behind it", 15, hop, last=253, want=(PARAM, 1, 40))
    nine = [(DEST, b"\x1e\0")] * 9
    ask("nine", 64, *nine, want=(PARAM, 8, 104))
    ask("nine", 63, *nine, want=(PARAM, 7, 103))
    ask("an option not to be ignored", 0, (DEST, b"\x80\0"),
        want=(PARAM, 2, 42))
    ask("to a group", 15, opts, dst=GROUP, want=None)
    if same(reasons, host.refused()) != {
            "headers-long": 7, "headers-too-many": 1, "option-unknown": 1,
            "unknown-protocol": 1}:
        faults.append(f"refused for {same(reasons, host.refused())}")
    packet = ask("for others", 0, hop, opts, last=59, dst=BEYOND, want=None)
    if not far.wait(lambda p: p[40:] == packet[40:]):
        faults.append("it was not forwarded")
    sysctl("badb", "net.ipv6.max_ext_chain_length=2147483647")
    result("chain-knob", faults)


def router_alert(host, far):
    """RFC 2711: a daemon takes what alerts routers of it, and only that."""
    faults = []

    def alerting(value, text):
        return ipv6(A6, BEYOND, HOP, dest(
            59, b"\x05\x02" + struct.pack(">H", value)) + text)

    def goes_on(value, text):
        host.send(alerting(value, text))
        return far.wait(lambda p: p.endswith(text))

    if not goes_on(1, b"nobody listens"):
        faults.append("not forwarded")
    daemon = in_ns("badb", lambda: socket.socket(
        socket.AF_INET6, socket.SOCK_RAW, 255))
    daemon.setsockopt(socket.IPPROTO_IPV6, 22, 1)
    daemon.setblocking(False)
    if not goes_on(2, b"for another"):
        faults.append("what alerts of another is not forwarded")


    def got():
        try:
            return daemon.recv(2000)
        except BlockingIOError:
            return None
    host.send(alerting(1, b"for the daemon"))
    message = wait_for("message", got)
    if not message or not message.endswith(b"for the daemon"):
        faults.append(f"the daemon got {message}")
    if not far.none(host, lambda p: p.endswith(b"for the daemon")):
        faults.append("it was forwarded as well")
    if got():
        faults.append("the daemon got more")
    daemon.close()
    if not goes_on(1, b"it is gone"):
        faults.append("not forwarded any more")
    result("router-alert", faults)


def router_errors(host, far):
    """Of packets for others (RFC 4443 3.1 to 3.3)."""
    expect = Expect(host)
    for n, kind in enumerate(("unreachable", "prohibit", "blackhole")):
        sh("ip", "-n", "badb", "-6", "route", "add", kind, f"fdcc:{n}::/32")
    for what, why, packet, answers, *count in (
            ("no way", "in-no-route", ipv6(A6, "fdcd::1", 17, bytes(20)),
             [(UNREACH, 0)], "Ip6InNoRoutes"),
            ("unreachable", "in-unreachable", ipv6(A6, "fdcc::1", 17,
                                                   bytes(20)),
             [(UNREACH, 0)], "Ip6InNoRoutes"),
            ("prohibited", "in-prohibited", ipv6(A6, "fdcc:1::1", 17,
                                                 bytes(20)),
             [(UNREACH, 1)], "Ip6InNoRoutes"),
            ("black hole", "in-blackhole", ipv6(A6, "fdcc:2::1", 17,
                                                bytes(20)),
             [], "Ip6InNoRoutes"),
            ("hop limit", "hop-limit", ipv6(A6, BEYOND, 17, bytes(20), hop=1),
             [(TIME, 0)], "Ip6InHdrErrors"),
            ("too big", "forward-too-big", ipv6(A6, BEYOND, 17, bytes(1241)),
             [(TOO_BIG, 0)], "Ip6InTooBigErrors"),
            ("just right", None, ipv6(A6, BEYOND, 17, bytes(1240)), []),
            ("beyond the scope of its source", "forward-source",
             ipv6(LA, BEYOND, 17, bytes(20)), [(UNREACH, 2)],
             "Ip6InAddrErrors"),
            ("to loopback", "destination", ipv6(A6, "::1", 17, bytes(20)), [],
             "Ip6InAddrErrors")):
        expect(what, packet, answers, *count, why=why)
    expect.report("errors-of-a-router")
    faults = []
    # Nobody answers: the sender hears of it when all has been tried. Of a
    # neighbour of another link, too, for whom it is looked on the sender's.
    for dev, dst in (("vc", "fd0a::77"), ("vb", "fe80::77")):
        sysctl("badb", f"net.ipv6.neigh.{dev}.retrans_time_ms=50")
        packet = ipv6(A6, dst, 17, bytes(20))
        before = host.counters("drops6")["neighbour-failed"]
        seen = list(host.ask(packet))
        if not wait_for("error", lambda: seen or seen.extend(host.ask())):
            faults.append(f"{dst}: nothing is said")
        elif [(m[0], m[1]) for m in seen] != [(UNREACH, 3)] or \
                seen[0][8:48] != packet[:7] + b"\x3f" + packet[8:40]:
            faults.append(f"{dst}: said {seen}")
        if host.counters("drops6")["neighbour-failed"] <= before:
            faults.append(f"{dst}: not counted")
    result("neighbour-of-a-router-not-there", faults)


def ends(host):
    """RFC 4443 2.2: who an error is from."""
    expect = Expect(host)
    asker, mine, own = "fd33::1", "fd33::2", "fd34::1"
    lladdr = ":".join(f"{b:02x}" for b in host.mac_a)
    ip_all("badb", f"addr add {mine}/64 dev vb nodad",
           f"neigh replace {asker} lladdr {lladdr} dev vb",
           f"addr add {own} dev lo nodad")
    # What was written to is the source.
    host.own |= {ip_bytes(x) for x in (FAR_B, mine, own)}
    for src, dst in ((A6, B6), (A6, LB), (LA, B6), (LA, LB), (A6, mine),
                     (A6, FAR_B), (A6, own), (asker, B6), (asker, mine)):
        expect(f"{src} to {dst}", ipv6(src, dst, 253, bytes(20)),
               [(PARAM, 1)], "Ip6InUnknownProtos", why="unknown-protocol")
    # It can't be.
    strays, host.strays = host.strays, []
    reported = dest(NONE, b"\x9e\0")
    for src, want in ((A6, B6), (LA, LB), (asker, mine)):
        for dst, packet, error, count, why in (
                (GROUP, (DEST, reported + bytes(20)), (PARAM, 2),
                 "Ip6InHdrErrors", "option-unknown"),
                (ANYCAST, (253, bytes(20)), (PARAM, 1), "Ip6InUnknownProtos",
                 "unknown-protocol"),
                ("fdcd::1", (17, bytes(20)), (UNREACH, 0), "Ip6InNoRoutes",
                 "in-no-route")):
            what = f"{src} to {dst}"
            for told in expect(what, ipv6(src, dst, *packet), [error], count,
                               why=why):
                if (told.src, told.dst) != (ip_bytes(want), ip_bytes(src)):
                    expect.faults.append(f"{what}: from {told.src.hex()} to "
                                         f"{told.dst.hex()}")
    host.strays = strays
    ip_all("badb", f"addr del {mine}/64 dev vb", f"addr del {own} dev lo")
    expect.report("who-an-error-is-from")


def transit(host, far):
    """RFC 7045 2.1: a router sends on what it need not understand; of all
    headers it reads the hop-by-hop options alone."""
    faults = []
    chain = b"".join(bytes((DEST, 0, 1, 4)) + bytes(4) for _ in range(11)) + \
        bytes((59, 0, 1, 4)) + bytes(4)
    before = host.counters()
    for what, number, body in (
            ("an option that discards", DEST, dest(59, b"\x9e\2ab")),
            ("a routing header", ROUTING, bytes((59, 0, 0, 1)) + bytes(4)),
            ("one of no known type", ROUTING, bytes((59, 0, 254, 9)) +
             bytes(4)),
            ("twelve headers", DEST, chain),
            ("a header that is cut", DEST, bytes((59, 200)) + bytes(6)),
            ("a fragment", FRAGMENT, fragment(17, 100, 1, 7) + bytes(8)),
            ("one that says too much", FRAGMENT, fragment(17, 8191, 1, 8)),
            ("AH", 51, bytes((17, 4)) + bytes(22)), ("ESP", 50, bytes(32)),
            ("mobility", 135, bytes((59, 0)) + bytes(6)),
            ("HIP", 139, bytes((59, 4)) + bytes(38)),
            ("shim6", 140, bytes((59, 0)) + bytes(6)),
            ("nobody's protocol", 253, b"data"), ("nothing behind", 59, b"")):
        packet = ipv6(A6, BEYOND, number, body, tos=0x2b, hop=17)
        far.packets()
        answers = host.ask(packet)
        if len(answers):
            faults.append(f"{what}: {answers.brief()}")
        got = far.wait(to_beyond)
        if got != packet[:7] + b"\x10" + packet[8:]:
            faults.append(f"{what}: {packet.hex()} became "
                          f"{got.hex() if got else got}")
    moved = {k: v - before[k] for k, v in host.counters().items()
             if k in Expect.WATCHED and v != before[k]}
    if moved:
        faults.append(f"counted {moved}")
    result("transit-whatever-is-inside", faults)


def own_errno(dst, src):
    """What a socket of the host hears that sends there; 0: it is sent."""
    sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                               socket.SOCK_DGRAM))
    try:
        sock.bind((src, 0))
        sock.sendto(b"own", (dst, 9))
    except OSError as err:
        return err.errno
    finally:
        sock.close()
    return 0


def dead_ends(host, far):
    """Routes that lead nowhere, for others and for the host's own; throw: as if
    this table had none; and routes for some sources only."""
    expect = Expect(host)
    other, own = "fd33::1", "fd34::1"
    ip_all("badb", "route add unreachable fdc1::/16",
           "route add prohibit fdc2::/16", "route add blackhole fdc3::/16",
           "route add throw fdc4::/16 table 77",
           f"route add fdc4::/16 via {FAR_A}",
           f"route add fdc4:4::/32 via {FAR_A} table 77",
           f"route add fdc5::/16 from fd09::/64 via {FAR_A}",
           f"route add {other} via {A6}", f"addr add {own} dev lo nodad")
    sh("ip", "-n", "badb", "-6", "rule", "add", "to", "fdc4::/16", "table",
       "77", "pref", "77")
    for dst, src, node, answers, error, why in (
            ("fdc1::1", A6, B6, [(UNREACH, 0)], errno.EHOSTUNREACH,
             "in-unreachable"),
            ("fdc2::1", A6, B6, [(UNREACH, 1)], errno.EACCES, "in-prohibited"),
            ("fdc3::1", A6, B6, [], errno.EINVAL, "in-blackhole"),
            ("fdc4::1", A6, B6, [], 0, None),
            ("fdc4:4::1", A6, B6, [], 0, None),
            ("fdc5::1", A6, B6, [], 0, None),
            ("fdc5::1", other, own, [(UNREACH, 0)], errno.ENETUNREACH,
             "in-no-route")):
        what = f"{dst} from {src}"
        expect(what, ipv6(src, dst, 17, bytes(20)), answers,
               *(["Ip6InNoRoutes"] if error else []), why=why)
        if far.none(host, lambda p, d=dst: p[24:40] == ip_bytes(d)) != \
                bool(error):
            expect.faults.append(f"{what}: forwarded, or not")
        if own_errno(dst, node) != error:
            expect.faults.append(f"{what}: own {own_errno(dst, node)}")
        far.packets()
    sh("ip", "-n", "badb", "-6", "rule", "del", "pref", "77")
    sh("ip", "-n", "badb", "-6", "route", "flush", "root", "fdc0::/12")
    expect.report("routes-that-lead-nowhere")


def refused_for(host, send, *args):
    """For which reasons what the host itself sends is refused, or what a
    program writes into it."""
    before = host.refused()
    try:
        send(*args)
    except OSError:
        pass
    return same(before, host.refused())


def own_socket(*options, port=0):
    sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                               socket.SOCK_DGRAM))
    for one in options:
        sock.setsockopt(*one)
    sock.bind(("::", port))
    return sock


def identifications(far):
    """RFC 7739 5: those of datagrams before say nothing of the next one's, to
    the same node or another."""
    sock, seen = own_socket(), []
    ways = (FAR_A, BEYOND) * 8
    for dst in ways:
        sock.sendto(bytes(2000), (dst, 9))
    sock.close()

    def all_here():
        seen.extend(struct.unpack_from(">I", p, 44)[0] for p in far.packets()
                    if p[6] == FRAGMENT and not p[42:44] > b"\0\7")
        return len(seen) >= len(ways)
    wait_for("fragments", all_here)
    faults = []
    for what, row in (("all", seen), ("of one", seen[::2]),
                      ("of the other", seen[1::2])):
        steps = [(b - a) % 2**32 for a, b in zip(row, row[1:])]
        if len(set(row)) < len(row) or len(set(steps)) < len(steps):
            faults.append(f"{what}: {row}")
    if len(seen) != len(ways):
        faults.append(f"{len(seen)} of {len(ways)} are seen")
    result("identifications-of-fragments", faults)


def of_unknown_type(host):
    """RFC 4443 2.4 (a): an error that nobody knows is for whose packet it is
    about; and raw sockets get any."""
    faults = []
    raw = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                              socket.SOCK_RAW, ICMP))
    raw.setblocking(False)
    mine = own_socket((socket.IPPROTO_IPV6, RECVERR, 1), port=5558)
    for kind in (100, 127):
        for sport, why in ((5558, {}), (5559, {"error-nobodys": 1})):
            message = icmp(A6, B6, kind, 7, bytes(4) + ipv6(
                B6, A6, UDP, udp(B6, A6, b"mine", sport=sport)))
            host.counted(ipv6(A6, B6, ICMP, message))
            got = []
            try:
                while True:
                    got.append(raw.recv(2000))
            except BlockingIOError:
                pass
            if message not in got:
                faults.append(f"{kind}: a raw socket got {got}")
            if host.why != why:
                faults.append(f"{kind}: refused for {host.why}, not {why}")
        try:
            data, extra, _, _ = mine.recvmsg(100, 500, socket.MSG_ERRQUEUE)
        except BlockingIOError:
            data, extra = None, []
        told = [struct.unpack_from("=IBBB", x[2]) for x in extra
                if x[:2] == (socket.IPPROTO_IPV6, RECVERR)]
        if data != b"mine" or told != [(errno.EPROTO, 3, kind, 7)]:
            faults.append(f"{kind}: who sent {data} is told {told}")
    mine.close()
    raw.close()
    result("errors-of-unknown-type", faults)


def rerouted(host):
    """Packets that are made for one link, and sent by a narrower one, or are
    changed when they are there already: rules do that."""
    six = socket.IPPROTO_IPV6
    faults = []
    sh("ip", "netns", "exec", "badb", "nft", "-f", "-", stdin="""
        table ip6 t {
            chain ways {
                type route hook output priority 0;
                udp dport 5555 meta mark set 78
            }
            chain changes {
                type filter hook postrouting priority 0;
                udp sport 5556 ip6 nexthdr set 253
            }
        }
        table netdev t {
            chain leaving {
                type filter hook egress device "vc" priority 0;
                ip6 nexthdr 44 drop
            }
        }""")
    sh("ip", "-n", "badb", "-6", "rule", "add", "fwmark", "78", "table", "78")
    ip_all("badb", f"route add default via {FAR_A} dev vc table 78")
    for what, why, dst, size, sock in (
            ("not to be cut", "out-too-big", (A6, 5555), 1300,
             own_socket((six, MTU_DISCOVER, 2))),
            ("long headers", "out-chain", (BEYOND, 5555), 1,
             own_socket((six, RTHDR, by_way_of(A6)),
                        (six, DSTOPTS, long_options(2048)))),
            ("a fragment that is lost", "fragment-refused", (BEYOND, 9), 2000,
             own_socket()),
            ("segments of no protocol", "segmentation", (A6, 5555), 3900,
             own_socket((UDP, UDP_SEGMENT, 1300), port=5556))):
        got = refused_for(host, sock.sendto, bytes(size), dst)
        if got != {why: 1}:
            faults.append(f"{what}: refused for {got}, not {why}")
        sh("ip", "-n", "badb", "-6", "route", "flush", "cache")
        sock.close()
    sh("ip", "netns", "exec", "badb", "nft", "flush", "ruleset")
    sh("ip", "-n", "badb", "-6", "rule", "del", "fwmark", "78")
    sh("ip", "-n", "badb", "-6", "route", "flush", "table", "78")
    host.ask()
    result("sent-another-way", faults)


def no_room_for_neighbours(host):
    """gc_thresh3: entries that may go make room for new ones first."""
    faults, got = [], {}
    sock = own_socket()

    def limit(value):
        with open(NEIGHBOURS, "w", encoding="ascii") as file:
            file.write(value)
    with open(NEIGHBOURS, encoding="ascii") as file:
        usual = file.read()
    limit("0")
    try:
        for n in range(100):
            got = got or refused_for(host, sock.sendto, b"x",
                                     (f"fd0a::7:{n:x}", 9))
    finally:
        limit(usual)
    # Nor has who may have asked meanwhile, and is to be answered.
    if list(got) != ["neighbour-none"]:
        faults.append(f"refused for {got}")
    # While there is a socket that errors are about.
    sh("ip", "-n", "badb", "-6", "neigh", "flush", "dev", "vc")
    host.ask()
    sock.close()
    result("no-room-for-neighbours", faults)


def by_a_tun(host):
    """What is for another host behind it goes back there; a fragment that
    receive offload has made of many packets; and what comes by an interface
    where IPv6 is off."""
    faults = []
    tun = Tun("badb", "tund")
    ip_all("badb", "addr add fd93::1/64 dev tund nodad")
    os.write(tun.fd, bytes(VNET_HDR) + ipv6("fd93::8", FAR6, NONE, b"hub"))
    if not tun.wait(b"hub"):
        faults.append("for another behind it: not sent there")
    for what, why, vnet, packet, off in (
            ("a fragment in a jumbogram", "fragment-jumbo",
             struct.pack("=BBHHHH", NEEDS_CSUM, GSO_TCPV6, 60, 100, 40, 16),
             ipv6(FAR6, B6, FRAGMENT, fragment(UDP, 0, 1, 960) + bytes(400),
                  length=0), 0),
            ("IPv6 is off", "disabled", bytes(VNET_HDR),
             ipv6(FAR6, B6, NONE, b""), 1)):
        conf(conf__tund__disable_ipv6=off)
        got = refused_for(host, os.write, tun.fd, vnet + packet)
        if got != {why: 1}:
            faults.append(f"{what}: refused for {got}, not {why}")
        told = [p[40:42] + p[44:48] for p in tun.packets() if p[6] == ICMP]
        # RFC 2675 3: code 0, at the fragment header.
        if told != ([] if off else [bytes((PARAM, 0, 0, 0, 0, 40))]):
            faults.append(f"{what}: told {told}")
    tun.close()
    host.ask()
    result("by-a-tun", faults)


def policies_of_xfrm(host):
    """What the kernel's own policies forbid to come in, and to go on."""
    expect = Expect(host)
    other = "fd09::55"                  # A6 pings, to see that the host lives
    ip_all("badb", *(f"xfrm policy add src {src}/128 dst {what} action block"
                     for src, what in (
                         (A6, "fdbb::/16 dir fwd"),
                         (A6, f"{B6}/128 proto 253 dir in"),
                         (A6, f"{B6}/128 proto udp dir in"),
                         (other, f"{B6}/128 proto ipv6-icmp dir in"))))
    sock = own_socket(port=5557)
    for what, packet, *count in (
            ("for another", ipv6(A6, BEYOND, 17, bytes(20)), "Ip6InDiscards"),
            ("of nobody's protocol", ipv6(A6, B6, 253, bytes(20)),
             "Ip6InDiscards"),
            ("an echo request", ipv6(other, B6, ICMP, icmp(
                other, B6, ECHO, 0, bytes(8))), "Ip6InDiscards"),
            ("to nobody's port", ipv6(A6, B6, 17, udp(A6, B6, b"x"))),
            ("to a socket", ipv6(A6, B6, 17, udp(A6, B6, b"x", dport=5557)))):
        expect(what, packet, [], *count, why="policy")
    sock.close()
    raw = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                              socket.SOCK_RAW, 253))
    raw.settimeout(10)
    expect("to a raw socket", ipv6(A6, B6, 253, b"bad"), [], why="policy")
    ip_all("badb", "xfrm policy flush")
    expect("none any more", ipv6(A6, BEYOND, 17, bytes(20)), [])
    expect("nor for a raw socket", ipv6(A6, B6, 253, b"good"), [])
    if raw.recv(100) != b"good":
        expect.faults.append("a raw socket got what is forbidden")
    raw.close()
    expect.report("policies-of-xfrm")


def main():
    global_budget()
    host, far = Host(), Far()
    host.tracer = Tracer()
    own_first_fragments()
    never_whole(host)
    replies_to_many(host, far)
    counters(host)
    proxy_gone(host)
    knobs(host)
    option_knobs(host)
    chain_knob(host, far)
    router_alert(host, far)
    router_errors(host, far)
    ends(host)
    transit(host, far)
    dead_ends(host, far)
    redirects.with_measure(host)
    redirects.sent(host)
    identifications(far)
    of_unknown_type(host)
    rerouted(host)
    no_room_for_neighbours(host)
    by_a_tun(host)
    policies_of_xfrm(host)
    host.tracer.report(
        "tracers-word", "DUP_FRAG", "IPV6_NDISC_NS_OTHERHOST",
        "IP_INADDRERRORS", "IP_INHDR", "IP_INNOROUTES", "IP_NOPROTO",
        "IP_OUTNOROUTES", "NEIGH_QUEUEFULL", "NOT_SPECIFIED", "OTHERHOST",
        "PKT_TOO_BIG", "UNICAST_IN_L2_MULTICAST", "XFRM_POLICY")
    echo_with_offload(host)
    # Conntrack stays, once it was there: the last.
    behind_conntrack(host)
    host.report_ends()
    host.close()
    finish()


main()
