# SPDX-License-Identifier: GPL-2.0
"""What our own IPv6 sends itself, and what it refuses to send: dead ends, first
fragments, ways that change, sockets' errors. For ipv6_errors.py."""
import errno
import os
import socket
import struct

from badlib import in_ns, ip_all, ip_bytes, result, same, sh, wait_for
from ipv6_far import BEYOND, FAR_A, Expect, conf
from ipv6lib import (A6, B6, ECHO, FRAGMENT, ICMP, NONE, PARAM, UNREACH,
                     fragment, icmp)
from packets import ipv6, udp
from tun import FAR6, GSO_TCPV6, NEEDS_CSUM, VNET_HDR, Tun

MTU_DISCOVER, RECVERR, RTHDR, DSTOPTS = 23, 25, 57, 59
UDP, UDP_SEGMENT = 17, 103
NEIGHBOURS = "/proc/sys/net/ipv6/neigh/default/gc_thresh3"  # for all


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
