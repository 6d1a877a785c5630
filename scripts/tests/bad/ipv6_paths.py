# SPDX-License-Identifier: GPL-2.0
"""What strangers may say of the paths of a host of our own IPv6: redirects and
their believers, a next hop that is gone, sizes (RFC 4861 8, RFC 8201). For
ipv6.py."""
import itertools
import socket
import struct
import time

from badlib import in_ns, ip_bytes, many, result, sh, sysctl, wait_for
from ipv6lib import (A6, B6, ECHO, FRAGMENT, ICMP, LA, REDIRECT, REPLY, RS,
                     TOO_BIG, b_lines, icmp, option, quoted)
from packets import ipv6

FAR = "ff0e::5"                         # a group beyond the link


def way_to(dst, *words):
    return sh("ip", "-n", "badb", "-6", "route", "get", dst, *words).stdout


def via(*words):
    return way_to(*words).split(" via ")[1].split()[0]


def route(verb, dst, gateway):
    sh("ip", "-n", "badb", "-6", "route", verb, dst, "via", gateway, "dev",
       "vb")


def redirect(host, src, target, dst="fd77::1", options=b""):
    host.ask(ipv6(src, B6, ICMP, icmp(
        src, B6, REDIRECT, 0, bytes(4) + ip_bytes(target) + ip_bytes(dst) +
        options), hop=255))


def redirects_not_believed(host):
    """Redirects of who has no say."""
    faults = []
    route("replace", "fd77::/16", LA)
    before = way_to("fd77::1")
    for src, target in (("fe80::66", "fe80::66"), ("fe80::66", LA),
                        ("fe80::66", "fd77::1")):
        redirect(host, src, target)
        wait_for("work", lambda: False, 0.05)
        if way_to("fd77::1") != before:
            faults.append(f"redirect of {src} to {target} was believed")
    result("redirects-not-believed", faults)


def redirects_of_a_route(host):
    """They are beside the routes, and go with the one that they are of."""
    faults = []

    def expect(what, gateway):
        if not wait_for("work", lambda: via("fd77::1") == gateway, 10):
            faults.append(f"{what}: via {via('fd77::1')}, not {gateway}")

    tables = b_lines("route", "show", "table", "all")
    redirect(host, LA, "fe80::b0b")
    expect("by its router", "fe80::b0b")
    redirect(host, "fe80::b0b", "fe80::ccc")
    expect("by the next one", "fe80::ccc")
    # It does not come to light among them (NRL's "havoc").
    if b_lines("route", "show", "table", "all") != tables:
        faults.append("what was learned is among the routes")
    # It says nothing of another router's way.
    route("add", "fd77::1/128", "fe80::ddd")
    expect("another route", "fe80::ddd")
    route("del", "fd77::1/128", "fe80::ddd")
    expect("the route of before", "fe80::ccc")
    route("del", "fd77::/16", LA)
    route("add", "fd77::/16", LA)
    expect("the route made anew", LA)
    result("redirects-of-a-route", faults)
    # RFC 4861 8.2: a router hears none, nor who is told not to.
    faults = []
    for knob, on, off in (("accept_redirects", 0, 1), ("forwarding", 1, 0)):
        sysctl("badb", f"net.ipv6.conf.vb.{knob}={on}")
        redirect(host, LA, "fe80::e0e")
        sysctl("badb", f"net.ipv6.conf.vb.{knob}={off}")
        # Behind it, of another: then it has been looked at.
        redirect(host, LA, "fe80::e0e", f"fd77::{knob[0]}")
        if not wait_for("work", lambda k=knob: "fe80::e0e" in
                        way_to(f"fd77::{k[0]}"), 10):
            faults.append(f"{knob} {off}: not believed")
        expect(f"{knob} {on}", LA)
    result("redirects-not-heard", faults)


def redirects_tell_neighbours(host):
    """RFC 4861 8.3: where the better one is; it is a router, unless it may be
    the destination alone."""
    faults = []

    def known(who):
        return b_lines("neigh", "show", who, "dev", "vb")[-1:]
    for last, target, dst, is_router in (
            (1, "fe80::ee1", "fd77::e", True), (2, "fd77::e2", "fd77::e2",
                                                False)):
        redirect(host, LA, target, dst, option(2, bytes(5) + bytes([last])))
        want = [f"{target} lladdr 00:00:00:00:00:0{last} " +
                "router " * is_router + "STALE "]
        if not wait_for("work", lambda t=target, w=want: known(t) == w, 10):
            faults.append(f"{known(target)}, not {want}")
    if " via " in way_to("fd77::e2"):
        faults.append(f"not on the link: {way_to('fd77::e2')}")
    result("redirects-tell-neighbours", faults)


def redirects_of_several_ways(host):
    """Which of them a packet takes, its ports say: each may redirect."""
    faults = []
    sysctl("badb", "net.ipv6.fib_multipath_hash_policy=1")
    sh("ip", "-n", "badb", "-6", "route", "add", "fd78::/16", *(
        word for gateway in (LA, "fe80::aaa")
        for word in ("nexthop", "via", gateway, "dev", "vb")))

    def by_port(*ports):
        asked = "".join("route get fd78::1 ipproto udp dport 9 sport "
                        f"{port}\n" for port in ports)
        return sh("ip", "-n", "badb", "-6", "-batch", "-",
                  stdin=asked).stdout.split(" via ")[1:]
    ports = {words.split()[0]: 1 + n
             for n, words in enumerate(by_port(*range(1, 17)))}
    for gateway, port in ports.items():
        redirect(host, gateway, "fe80::b0b", "fd78::1")
        if not wait_for("work", lambda p=port: by_port(p)[0].startswith(
                "fe80::b0b "), 10):
            faults.append(f"{gateway} is not believed")
    if len(ports) != 2:
        faults.append(f"ways: {ports}")
    sh("ip", "-n", "badb", "-6", "route", "del", "fd78::/16")
    sysctl("badb", "net.ipv6.fib_multipath_hash_policy=0")
    result("redirects-of-several-ways", faults)


def nobody_there(host):
    """A next hop that does not answer takes with it the redirect that led
    there, but not what is known of the path."""
    faults, paths = [], Paths(host, "fd77::f")
    usual = "net.ipv6.neigh.vb.retrans_time_ms"
    sysctl("badb", f"{usual}=20")

    def expect(what, *words):
        def now():
            got = way_to(paths.dst(1)).split()
            return [got[got.index(word) + 1] if word in got else None
                    for word in ("via", "mtu")]
        if not wait_for("way", lambda: now() == list(words), 10):
            faults.append(f"{what}: {now()}, not {words}")

    def send():
        before = host.counters("drops6")["neighbour-failed"]
        paths.sock.sendto(b"x", (paths.dst(1), 9))
        if not wait_for("failure", lambda: host.counters("drops6")[
                "neighbour-failed"] > before, 10):
            faults.append("nothing failed")
    paths.learn(1)
    redirect(host, LA, "fe80::f1", paths.dst(1))
    expect("both", "fe80::f1", "1300")
    send()
    expect("redirected to nobody", LA, "1300")
    route("add", f"{paths.dst(1)}/128", "fe80::f2")
    paths.learn(1)
    expect("another router", "fe80::f2", "1300")
    send()
    expect("a router that is nobody", "fe80::f2", "1300")
    route("del", f"{paths.dst(1)}/128", "fe80::f2")
    paths.sock.close()
    sysctl("badb", f"{usual}=1000")
    result("nobody-where-a-redirect-leads", faults)


def first_to(host, dst):
    """The first packet to there that comes out of the host."""
    host.sock.settimeout(10)
    try:
        while True:
            packet = host.sock.recv(70000)[14:]
            if packet[24:40] == ip_bytes(dst):
                return packet
    except socket.timeout:
        return b""


def sizes(host):
    """Packet Too Big: believed of what somebody here has sent, RFC 8201 4."""
    faults = []
    far = itertools.count(1)

    def too_big(packet, mtu=1300):
        return ipv6(A6, B6, ICMP, icmp(A6, B6, TOO_BIG, 0, struct.pack(
            ">I", mtu) + packet))

    def way(*dsts):
        lines = "".join(f"route get {dst}\n" for dst in dsts)
        return sh("ip", "-n", "badb", "-6", "-batch", "-",
                  stdin=lines).stdout.splitlines()

    def told(what, make, believed, mtu=1300, dst=None, why="error-nobodys"):
        dst = dst or f"fd77::5:{next(far):x}"
        moved, _ = host.counted(too_big(make(dst), mtu))
        if any("mtu" in x for x in way(dst)) != believed:
            faults.append(f"{what}: {way(dst)}")
        if moved["Icmp6InErrors"] != (not believed):
            faults.append(f"{what}: {moved['Icmp6InErrors']} errors counted")
        if host.why != ({} if believed else {why: 1}):
            faults.append(f"{what}: refused for {host.why}")

    def about_udp(port, src=B6, number=17):
        return lambda dst: ipv6(src, dst, number, struct.pack(
            ">HHHH", port, 4242, 1400, 0) + bytes(1000))

    def about_icmp(kind, ident):
        return lambda dst: ipv6(B6, dst, ICMP, struct.pack(
            ">BBHHH", kind, 0, 0, ident, 1) + bytes(1400))

    def about_esp(dst):
        return ipv6(B6, dst, 50, bytes(100))

    def open_socket(kind, number, where):
        sock = in_ns("badb", lambda: socket.socket(
            socket.AF_INET6, kind, number))
        if kind == socket.SOCK_DGRAM:
            sock.bind(where)
        return sock

    told("port that nobody has", about_udp(7777), False)
    udp = open_socket(socket.SOCK_DGRAM, 17, ("::", 7777))
    told("port of a socket", about_udp(7777), True)
    told("another's packet", about_udp(7777, "fd09::55"), False,
         why="error-source")
    told("port beside it", about_udp(7778), False)
    for mtu in (0, 1279):
        told(f"MTU {mtu}", about_udp(7777), False, mtu, why="error-mtu")
    # RFC 8201 3: of all paths to a group the least counts.
    told("to a group, port that nobody has", about_udp(7778), False, dst=FAR)
    for mtu, want in ((1400, 1400), (1300, 1300), (1350, 1300)):
        told(f"to a group, {mtu}", about_udp(7777), True, mtu, FAR)
        if not any(f"mtu {want}" in x for x in way(FAR)):
            faults.append(f"not {want}: {way(FAR)}")
    udp.sendto(bytes(1400), (FAR, 9))
    sent = first_to(host, FAR)
    if len(sent) != 1300 - 4 or sent[6] != FRAGMENT:
        faults.append(f"{len(sent)} bytes to a group, {sent[6:7]}")
    udp.connect(("fd09::1", 4242))
    told("port of a socket with another peer", about_udp(7777), False)
    udp.close()
    told("port that nobody has any more", about_udp(7777), False)
    told("ESP without SA", about_esp, False)
    sh("sextant", "-N", "badb", "load", "-", stdin="".join(
        f"sa add dir out proto esp spi 0x1234 src {B6} dst fd77::{n} mode "
        f"transport alg aes-gcm key {'a5' * 20}\n" for n in (7, 8)))
    for spi, believed in ((0x4321, False), (0x1234, True)):
        moved, _ = host.counted(too_big(ipv6(B6, "fd77::7", 50, struct.pack(
            ">II", spi, 1) + bytes(1400))))
        if any("mtu" in x for x in way("fd77::7")) != believed or \
                moved["Icmp6InErrors"] != (not believed):
            faults.append(f"ESP of SPI {spi:#x}: {way('fd77::7')}")
    if any("mtu" in x for x in way("fd77::8")):
        faults.append("another SA's destination learned it")
    sh("sextant", "-N", "badb", "load", "-", stdin="sa flush\n")
    told("protocol of nobody", lambda dst: quoted(B6, dst), False)
    raw = open_socket(socket.SOCK_RAW, 254, ("::", 0))
    told("protocol of a raw socket", about_udp(1, number=254), True)
    raw.close()
    sysctl("badb", "net.ipv4.ping_group_range=0 2147483647")
    ping = open_socket(socket.SOCK_DGRAM, ICMP, ("::", 999))
    told("echo request of a socket", about_icmp(ECHO, 999), True)
    told("echo request of nobody", about_icmp(ECHO, 998), False)
    ping.close()
    # A daemon's socket, which reads router solicitations, sends none.
    raw = open_socket(socket.SOCK_RAW, ICMP, ("::", 0))
    told("echo request, a raw socket pings", about_icmp(ECHO, 5), True)
    only = bytearray(b"\xff" * 32)
    only[RS // 32 * 4:RS // 32 * 4 + 4] = struct.pack(
        "=I", ~(1 << RS % 32) & 0xffffffff)
    raw.setsockopt(ICMP, 1, bytes(only))
    told("echo request, a raw socket does not ping", about_icmp(ECHO, 5),
         False)
    told("RS, a raw socket is there", about_icmp(RS, 5), False)
    raw.close()
    told("echo reply that never was", about_icmp(REPLY, 5), False)
    sh("ip", "-n", "badb", "-6", "route", "replace", "fd99::/16", "via", LA,
       "dev", "vb")
    for peer, size, believed in (("fd99::1", 100, False),
                                 ("fd99::2", 1400, True)):
        host.ask(ipv6(peer, B6, ICMP, icmp(peer, B6, ECHO, 0, bytes(size))))
        moved, _ = host.counted(too_big(about_icmp(REPLY, 0)(peer)))
        if any("mtu" in x for x in way(peer)) != believed:
            faults.append(f"reply of {size} bytes: {way(peer)}")
    told("echo reply to another", about_icmp(REPLY, 0), False)
    result("sizes-of-whose-packets", faults)
    faults = []
    # A stranger who knows a port: 128 a second are news, 4096 are kept.
    udp = open_socket(socket.SOCK_DGRAM, 17, ("::", 7777))
    before = time.monotonic()
    dsts = [f"fd77::{n:x}" for n in range(many(4000, 1500))]
    for start in range(0, len(dsts), 500):
        host.ask(*(too_big(about_udp(7777)(x))
                   for x in dsts[start:start + 500]))
    bound = 128 * (time.monotonic() - before + 2)
    learned = sum("mtu" in x for x in way(*dsts))
    if not 0 < learned <= bound:
        faults.append(f"{learned} of {len(dsts)} were learned, not up to "
                      f"{bound}")
    udp.close()
    result("sizes-with-measure", faults)


class Paths:
    """A socket of the host that hears of the MTU of many paths."""

    def __init__(self, host, net):
        self.host, self.net = host, net
        self.sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                                        socket.SOCK_DGRAM))
        self.sock.bind(("::", 7777))

    def dst(self, number):
        return f"{self.net}:{number:x}"

    def learn(self, *numbers):
        about = struct.pack(">HHHH", 7777, 4242, 1400, 0) + bytes(1000)
        self.host.ask(*(ipv6(A6, B6, ICMP, icmp(
            A6, B6, TOO_BIG, 0, struct.pack(">I", 1300) + ipv6(
                B6, self.dst(n), 17, about))) for n in numbers))

    def known(self, number):
        """Are all of them listed, and no other of this net?"""
        listed = {line.split()[0] for line in b_lines("route", "show", "cache")
                  if "mtu 1300" in line and line.startswith(self.net)}
        want = set(map(self.dst, number))
        return [] if listed == want else [
            f"{len(want - listed)} of {len(want)} are missing, "
            f"{len(listed - want)} too many"]


def sizes_listed(host):
    """Who lists what is known of paths adds nothing to it: there the oldest
    would have to make room."""
    def kept():
        with open("/proc/thread-self/net/rt6_stats", encoding="ascii") as file:
            return file.read().split()[4]
    paths = Paths(host, "fd77::2")
    paths.learn(*range(9))
    before = in_ns("badb", kept)
    faults = paths.known(range(9))
    if in_ns("badb", kept) != before:
        faults.append(f"0x{before} became 0x{in_ns('badb', kept)}")
    paths.sock.close()
    result("sizes-are-listed", faults)


def many_sizes(host):
    """As long as each second has its news 4096 paths are known, and then the
    oldest makes room; however often they are listed."""
    paths, most = Paths(host, "fd77::1"), 4096
    wait_for("a second without any", lambda: False, 1.1)
    for start in range(0, most + 64, 64):
        paths.learn(*range(start, start + 64))
        wait_for("more news", lambda: False, 0.6)
    paths.sock.close()
    result("sizes-of-many-paths", paths.known(range(64, most + 64)) +
           paths.known(range(64, most + 64)))
