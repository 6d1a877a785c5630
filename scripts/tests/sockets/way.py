# SPDX-License-Identifier: GPL-2.0
"""What a program says of the way of its datagrams beyond where they go: by
which neighbour (IPV6_NEXTHOP), by which rule (IPV6_TCLASS), in fragments of
which size (IPV6_USE_MIN_MTU); and whose router alerts it hears. For
effects.py."""
import errno
import os
import socket
import struct
import subprocess

from data import (A, A2, B, FRAGMENT, GROUP, HOP, ICMP, IP6, MTU_DISCOVER,
                  OURS, RECVFRAGSIZE, UDP_SEGMENT, WAIT, by_name, differs,
                  info, number, port, received, refused, sock)
from knobs import MTU, Knob, learned, mtu
from where import Watch
from badlib import ip_all, ip_bytes, sh
from packets import ipv6, udp

NEXTHOP, USE_MIN_MTU, DO = 9, 63, 2
ROUTER_ALERT, ALERT_ISOLATE, UNICAST_IF, UDPLITE = 22, 30, 76, 136
BEYOND = "fd77::1"                      # of secb, by the wire v
NOWHERE = ("2001:db8:bad::", 9)
NEAR = {"va": ("fd09::99", bytes([2, 0, 0, 0, 0, 0x99])),
        "wa": ("fd19::99", bytes([2, 0, 0, 0, 0, 0x88]))}
NEAR_LOCAL = "fe80::99"                 # both of them have it


# --- the next hop -------------------------------------------------------------


def near(verb):
    """A node on each wire that hears all and says nothing."""
    ip_all("seca", *(
        f"neigh {verb} {address} lladdr {link.hex(':')} dev {dev} "
        "nud permanent" for dev, (one, link) in NEAR.items()
        for address in (one, NEAR_LOCAL)))
    ip_all("seca", f"route {verb} {BEYOND} via {B}")


def via(net, address, dev=None):
    """struct sockaddr_in6"""
    return struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, ip_bytes(address),
                       net.index[dev] if dev else 0)


class Frames:
    """What comes to secb, by which wire and for whom."""

    def __init__(self, net):
        self.sock = Watch("secb", None, how=socket.SOCK_RAW).sock
        self.usual = net.mac_b

    def frame(self, text):
        """Of the one that ends so: interface, link-layer address, source."""
        while True:
            frame, link = self.sock.recvfrom(70000)
            if link[2] != socket.PACKET_OUTGOING and frame.endswith(text):
                return link[0], frame[:6], frame[22:24].hex()

    def goes(self, what, made, dev=None, extra=(), dest=(BEYOND, 9),
             text=None, source="fd09"):
        """To the node of that wire, or where the table says; from there."""
        text = text or what.encode()
        made.sendmsg([text], extra, 0, *([dest] if dest else []))
        want = (dev[0] + "b", NEAR[dev][1]) if dev else ("vb", self.usual)
        return differs(what, want + (source,), self.frame(text))


def next_hop(net):
    """RFC 3542 6.4: of a socket, of one datagram, whatever the table says."""
    near("replace")
    frames = Frames(net)
    faults = []
    by_v, by_w = via(net, "fd09::99"), via(net, "fd19::99")
    one = [(IP6, NEXTHOP, by_w)]
    plain = sock("seca")
    sticky = sock("seca")
    sticky.setsockopt(IP6, NEXTHOP, by_v)
    faults += differs("value", by_v, sticky.getsockopt(IP6, NEXTHOP, 100))
    faults += frames.goes("without", plain)
    faults += frames.goes("of one", plain, "wa", one, source="fd19")
    faults += frames.goes("and no more", plain)
    faults += frames.goes("of a socket", sticky, "va")
    faults += frames.goes("of another socket", plain)
    faults += frames.goes("of one before it", sticky, "wa", one,
                          source="fd19")
    # RFC 3542 4: a datagram that has none, whatever the socket has.
    none = [(IP6, NEXTHOP, b"")]
    faults += frames.goes("of one without", sticky, extra=none)
    faults += frames.goes("of a socket again", sticky, "va")
    for pair in (none + one, one + none, none + none):
        faults += refused("twice", errno.EINVAL, lambda p=pair: frames.goes(
            "never", sticky, "va", p))
    # A destination of which no table knows.
    faults += refused("no route", errno.ENETUNREACH,
                      lambda: frames.goes("never", plain, dest=("fd55::1", 9)))
    faults += frames.goes("no route but it", sticky, "va", dest=("fd55::1", 9))
    # The neighbour itself.
    faults += frames.goes("itself", sticky, "va", dest=("fd09::99", 9))
    plain.setsockopt(IP6, UNICAST_IF, struct.pack(">I", net.index["va"]))
    faults += frames.goes("before UNICAST_IF", plain, "wa", one,
                          source="fd19")
    sticky.setsockopt(IP6, NEXTHOP, b"")
    faults += differs("no value", b"", sticky.getsockopt(IP6, NEXTHOP, 100))
    faults += frames.goes("no longer", sticky)
    near("del")
    return faults


def next_hop_connected(net):
    """The route that a connected socket keeps is not the next hop's, nor the
    other way round."""
    near("replace")
    frames = Frames(net)
    faults = []
    by_w = via(net, "fd19::99")
    one = [(IP6, NEXTHOP, by_w)]
    made = sock("seca", bind=(A, 0))
    made.connect((BEYOND, 9))
    faults += frames.goes("usual", made, dest=None)
    for what in ("first", "second"):
        faults += frames.goes(f"{what} of one", made, "wa", one, dest=None)
        faults += frames.goes(f"{what} without", made, dest=None)
    for what in ("once", "again"):
        made.setsockopt(IP6, NEXTHOP, by_w)
        faults += frames.goes(f"{what} sticky", made, "wa", dest=None)
        faults += differs("MTU", 1500, mtu(made))
        made.setsockopt(IP6, NEXTHOP, b"")
        faults += frames.goes(f"{what} not sticky", made, dest=None)
    # The source that connect() chooses is the next hop's.
    early = sock("seca")
    early.setsockopt(IP6, NEXTHOP, by_w)
    early.connect((BEYOND, 9))
    faults += differs("name", "fd19::1", early.getsockname()[0])
    faults += differs("its MTU", 1500, mtu(early))
    faults += frames.goes("connected by it", early, "wa", dest=None,
                          source="fd19")
    early.setsockopt(IP6, NEXTHOP, b"")
    faults += frames.goes("connected, then without", early, dest=None,
                          source="fd19")
    near("del")
    return faults


def next_hop_kinds(net):
    """Datagrams in parts, raw sockets, ping, whole headers."""
    near("replace")
    frames = Frames(net)
    faults = []

    def kind(what, *args, text, dest=(BEYOND, 0)):
        made = sock("seca", *args)
        made.setsockopt(IP6, NEXTHOP, via(net, "fd09::99"))
        if args[0] == socket.SOCK_DGRAM and args[1] == 0:
            made.sendto(text[:4], socket.MSG_MORE, dest)
            return frames.goes(what, made, "va", dest=dest, text=text[4:])
        return frames.goes(what, made, "va", dest=dest, text=text)
    faults += kind("UDP in parts", socket.SOCK_DGRAM, 0, text=b"partparts",
                   dest=(BEYOND, 9))
    faults += kind("raw", socket.SOCK_RAW, 253, text=b"raw data")
    whole = ipv6(A, BEYOND, 253, b"whole")
    faults += kind("whole", socket.SOCK_RAW, socket.IPPROTO_RAW, text=whole)
    echo = sock("seca", socket.SOCK_DGRAM, ICMP)
    echo.setsockopt(IP6, NEXTHOP, via(net, "fd09::99"))
    echo.sendto(struct.pack(">BBHHH", 128, 0, 0, 7, 9) + b"pinged", (BEYOND, 0))
    faults += differs("ping", NEAR["va"][1], frames.frame(b"pinged")[1])
    faults += kind("UDP-Lite", socket.SOCK_DGRAM, UDPLITE, text=b"lite",
                   dest=(BEYOND, 9))
    # A group has none.
    group = sock("seca", bind=(A, 0), MULTICAST_IF=net.index["va"])
    group.setsockopt(IP6, NEXTHOP, via(net, "fd19::99"))
    group.sendto(b"to a group", (GROUP, 9))
    faults += differs("group", (
        "vb", b"\x33\x33" + ip_bytes(GROUP)[12:], "fd09"), frames.frame(
            b"to a group"))
    # Nor has the node itself, which is on no link; :: means that, too.
    here = sock("seca", bind=("::1", 0))
    made = sock("seca")
    made.setsockopt(IP6, NEXTHOP, via(net, "fd19::99"))
    for dest in ("::1", "::"):
        made.sendto(dest.encode(), (dest, here.getsockname()[1]))
        faults += differs(f"to {dest}", dest.encode(), here.recv(100))
    bound = sock("seca", bind=("::1", 0))
    bound.setsockopt(IP6, NEXTHOP, via(net, "fd19::99"))
    faults += refused("from ::1", errno.EINVAL, lambda: bound.sendto(
        b"never", (BEYOND, 9)))
    near("del")
    return faults


def next_hop_links(net):
    """A link-local one wants its link; it must be the interface that is said
    (RFC 3542 6.4, 6.7)."""
    near("replace")
    frames = Frames(net)
    faults = []
    made = sock("seca")

    def one(address, dev=None, out=None):
        extra = [(IP6, NEXTHOP, via(net, address, dev))]
        return extra + ([(IP6, socket.IPV6_PKTINFO, info(net, dev=out))]
                        if out else [])
    for dev, source in (("va", "fd09"), ("wa", "fd19")):
        other = "wa" if dev == "va" else "va"
        faults += frames.goes(f"zone {dev}", made, dev, one(NEAR_LOCAL, dev),
                              source=source)
        faults += frames.goes(f"interface {dev}", made, dev, one(
            NEAR_LOCAL, out=dev), source=source)
        faults += frames.goes(f"both {dev}", made, dev, one(
            NEAR_LOCAL, dev, dev), source=source)
        faults += frames.goes(f"by {dev}", made, dev, one(
            NEAR[dev][0], out=dev), source=source)
        tied = sock("seca")
        tied.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                        dev.encode())
        faults += frames.goes(f"tied to {dev}", tied, dev, one(NEAR_LOCAL),
                              source=source)
        for what, error, extra in (
                ("zone and interface", errno.EINVAL, one(
                    NEAR_LOCAL, dev, other)),
                ("not there", errno.EHOSTUNREACH, one(
                    NEAR[dev][0], out=other))):
            faults += refused(f"{what}, {dev}", error, lambda e=extra:
                              frames.goes("never", made, "va", e))
        faults += refused(f"tied to {other}", errno.EINVAL, lambda d=other:
                          frames.goes("never", tied, d, one(NEAR_LOCAL, d)))
    bad = via(net, NEAR_LOCAL)[:24] + struct.pack("=I", 9999)
    for what, error, value in (
            ("no zone", errno.EINVAL, via(net, NEAR_LOCAL)),
            ("no such zone", errno.ENODEV, bad),
            ("no neighbour", errno.EHOSTUNREACH, via(net, BEYOND)),
            ("of no route", errno.EHOSTUNREACH, via(net, "fd55::1")),
            ("own", errno.EHOSTUNREACH, via(net, A2)),
            ("group", errno.EINVAL, via(net, GROUP)),
            ("nobody", errno.EINVAL, via(net, "::")),
            ("loopback", errno.EINVAL, via(net, "::1")),
            ("IPv4", errno.EINVAL, via(net, "::ffff:10.9.0.2")),
            ("family", errno.EAFNOSUPPORT, struct.pack("=H26x", 2)),
            ("short", errno.EINVAL, via(net, "fd09::99")[:27])):
        faults += refused(f"{what}, of one", error, lambda v=value: frames.goes(
            "never", made, "va", [(IP6, NEXTHOP, v)]))
        if error in (errno.EAFNOSUPPORT, errno.EINVAL) and what != "no zone":
            faults += refused(f"{what}, of a socket", error, lambda v=value:
                              made.setsockopt(IP6, NEXTHOP, v))
    os.seteuid(65534)
    try:
        faults += refused("unprivileged", errno.EPERM, lambda: made.setsockopt(
            IP6, NEXTHOP, via(net, "fd09::99")))
        faults += refused("unprivileged, of one", errno.EPERM, lambda:
                          frames.goes("never", made, "va", one("fd09::99")))
    finally:
        os.seteuid(0)
    faults += frames.goes("after all that", made)
    near("del")
    return faults


def next_hop_link_goes(net):
    """What a connected socket keeps does not keep the interface."""
    sh("ip", "-n", "seca", "link", "add", "xa", "up", "type", "veth", "peer",
       "name", "xb")
    ip_all("seca", "addr add fd39::1/64 dev xa nodad", "link set xb up",
           f"route replace {BEYOND} via {B}")
    made = sock("seca", bind=(A, 0))
    made.setsockopt(IP6, NEXTHOP, via(net, "fd39::99"))
    made.connect((BEYOND, 9))
    faults = differs("MTU", 1500, mtu(made))
    with subprocess.Popen(["ip", "-n", "seca", "link", "del", "xa"]) as done:
        try:
            done.wait(WAIT)
        except subprocess.TimeoutExpired:
            faults.append("the interface does not go")
            made.close()
            return faults
    faults += refused("MTU", errno.ENOTCONN, lambda: mtu(made))
    faults += refused("it is gone", errno.EHOSTUNREACH,
                      lambda: made.send(b"never"))
    made.setsockopt(IP6, NEXTHOP, b"")
    faults += Frames(net).goes("without", made, dest=None)
    ip_all("seca", f"route del {BEYOND} via {B}")
    return faults


def next_hop_path(net):
    """The path MTU is the destination's, whichever way."""
    there = sock("seca", bind=(A, 0))
    there.setsockopt(IP6, RECVFRAGSIZE, 1)
    kept = learned(net, 1300)
    made = sock("secb", bind=(B, 0))
    made.setsockopt(IP6, NEXTHOP, via(net, A2))
    faults = []
    for what, to in (("not connected", (A, port(there))), ("connected", None)):
        if not to:
            made.connect((A, port(there)))
            faults += differs("MTU", 1300, mtu(made))
        made.sendmsg([bytes(1253)], [], 0, *([to] if to else []))
        faults += differs(what, [1296], [
            number(d) for _, d in received(there)[1]])
    made.setsockopt(IP6, socket.IPV6_DONTFRAG, 1)
    faults += refused("not to be cut", errno.EMSGSIZE,
                      lambda: made.send(bytes(1253)))
    made.send(bytes(1252))
    faults += differs("just right", [], received(there)[1])
    kept.close()
    sh("ip", "-n", "secb", "-6", "route", "flush", "cache")
    faults += differs("forgotten", 1500, mtu(made))
    made.send(bytes(1452))
    return faults + differs("as the link", 1452, len(received(there)[0]))


# --- dead ends ----------------------------------------------------------------


def dead_ends(net):
    """Who wishes for an interface does not get past a route that leads nowhere
    to one by that interface. Who is tied to it does, and whose source address
    is still to be chosen, and so do groups."""
    near("replace")
    ip_all("seca", "route add default via fd09::99 dev va")
    frames, watch = Frames(net), Watch("secb", None)
    faults = []
    wish = [(IP6, socket.IPV6_PKTINFO, info(net, A, "va"))]
    free = [(IP6, socket.IPV6_PKTINFO, info(net, dev="va"))]
    plain, tied = sock("seca"), sock("seca")
    tied.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"va")
    by_va = sock("seca")
    by_va.setsockopt(IP6, UNICAST_IF, struct.pack(">I", net.index["va"]))
    group = sock("seca", bind=(A, 0), MULTICAST_IF=net.index["va"])
    for kind, error in (("blackhole", errno.EINVAL),
                        ("unreachable", errno.EHOSTUNREACH),
                        ("prohibit", errno.EACCES)):
        faults += frames.goes(f"before {kind}", plain, "va", wish, NOWHERE)
        dead = [f"{kind} {NOWHERE[0]}/48", f"{kind} ff15::/16 table local"]
        ip_all("seca", *(f"route add {one}" for one in dead))
        faults += refused(kind, error, lambda: plain.sendmsg(
            [b"never"], wish, 0, NOWHERE))
        for what, made, extra in (("tied", tied, wish), ("free", plain, free),
                                  ("UNICAST_IF", by_va, ())):
            faults += frames.goes(f"{what}, {kind}", made, "va", extra,
                                  NOWHERE)
        group.sendto(kind.encode(), (GROUP, 9))
        faults += differs(f"group, {kind}", "vb", frames.frame(
            kind.encode())[0])
        ip_all("seca", *(f"route del {one}" for one in dead))
    if watch.now(lambda p: p.endswith(b"never")):
        faults.append("what is refused was sent")
    ip_all("seca", "route del default via fd09::99 dev va")
    near("del")
    return faults


def thrown(net):
    """The same of a route that ends its table: another table is asked."""
    near("replace")
    frames = Frames(net)
    routes = ["default via fd09::99 dev va",
              "default via fd19::99 dev wa table 77",
              f"throw {NOWHERE[0]}/48 table 77"]
    ip_all("seca", *(f"route add {one}" for one in routes))
    sh("ip", "-n", "seca", "-6", "rule", "add", "to", f"{NOWHERE[0]}/48",
       "table", "77", "pref", "77")
    wish = [(IP6, socket.IPV6_PKTINFO, info(net, "fd19::1", "wa"))]
    plain, tied = sock("seca"), sock("seca")
    tied.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"wa")
    faults = frames.goes("wished", plain, "va", wish, NOWHERE, source="fd19")
    faults += frames.goes("tied", tied, "wa", (), NOWHERE, source="fd19")
    sh("ip", "-n", "seca", "-6", "rule", "del", "pref", "77")
    ip_all("seca", *(f"route del {one}" for one in routes))
    near("del")
    return faults


# --- the minimum MTU ----------------------------------------------------------


def sizes(watch):
    """The lengths of the packets that a long datagram came in."""
    got = []
    while True:
        packet = watch.packet(lambda p: p[6] == FRAGMENT or len(p) > 1000)
        got.append(len(packet))
        if packet[6] != FRAGMENT or not packet[43] & 1:
            return got


def use_min_mtu(net):
    """IPV6_USE_MIN_MTU (RFC 3542 11.1) of a socket and of one datagram, to a
    host and to a group; without it both are as long as the link takes."""
    watch = Watch("secb", "vb")
    made = sock("seca", MULTICAST_IF=net.index["va"])
    faults = differs("default", 0, made.getsockopt(IP6, USE_MIN_MTU))
    for option in (None, -1, 1, 0):
        if option is not None:
            made.setsockopt(IP6, USE_MIN_MTU, option)
            faults += differs("value", option, number(
                made.getsockopt(IP6, USE_MIN_MTU, 4)))
        for said in (None, -1, 0, 1):
            extra = [] if said is None else [
                (IP6, USE_MIN_MTU, struct.pack("=i", said))]
            for dest in (B, GROUP):
                made.sendmsg([bytes(1400)], extra, 0, (dest, 9))
                value = option or 0 if said is None else said
                cut = value == 1 or value == -1 and dest == GROUP
                faults += differs(
                    f"option {option}, of one {said}, to {dest}",
                    [1280, 224] if cut else [1448], sizes(watch))
    for value in (-2, 2):
        faults += refused(f"option {value}", errno.EINVAL, lambda v=value: (
            made.setsockopt(IP6, USE_MIN_MTU, v)))
        faults += refused(f"of one {value}", errno.EINVAL, lambda v=value: (
            made.sendmsg([b"x"], [(IP6, USE_MIN_MTU, struct.pack("=i", v))],
                         0, (B, 9))))
    return faults


def use_min_mtu_kinds(net):
    """All that has datagrams; what else says how long they may be."""
    watch = Watch("secb", "vb")
    there = sock("secb", bind=(B, 0))
    faults = []

    def made_of(kind=socket.SOCK_DGRAM, proto=0, value=1):
        made = sock("seca", kind, proto)
        made.setsockopt(IP6, USE_MIN_MTU, value)
        return made
    echo = struct.pack(">BBHHH", 128, 0, 0, 7, 9)
    for what, args, text, want in (
            ("UDP-Lite", (socket.SOCK_DGRAM, UDPLITE), b"", [1280, 224]),
            ("raw", (socket.SOCK_RAW, 253), b"", [1280, 216]),
            ("ping", (socket.SOCK_DGRAM, ICMP), echo, [1280, 224])):
        made = made_of(*args)
        made.sendto(text + bytes(1400), (B, 9 if args[1] == UDPLITE else 0))
        faults += differs(what, want, sizes(watch))
    for args, want in (((socket.SOCK_DGRAM, 0), [1280, 224]),
                       ((socket.SOCK_RAW, 253), [1280, 216])):
        made, to = made_of(*args), (B, 0 if args[1] else 9)
        made.sendto(bytes(700), socket.MSG_MORE, to)
        made.sendto(bytes(700), to)
        faults += differs(f"{args} in parts", want, sizes(watch))
    made = made_of()
    made.connect((B, port(there)))
    made.send(bytes(1400))
    faults += differs("connected", ([1280, 224], 1400), (
        sizes(watch), len(there.recv(2000))))
    # Segments are packets of their own: none may be longer.
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1233)
    faults += refused("long segments", errno.EMSGSIZE,
                      lambda: made.send(bytes(2466)))
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1232)
    made.send(bytes(2464))
    faults += differs("segments", [1232, 1232], [
        len(there.recv(3000)) for _ in range(2)])
    made.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    made.setsockopt(IP6, MTU, 1400)
    watch = Watch("secb", "vb")
    made.send(bytes(1400))
    faults += differs("with IPV6_MTU", [1280, 224], sizes(watch))
    for option, value in ((MTU_DISCOVER, DO), (socket.IPV6_DONTFRAG, 1)):
        whole = made_of()
        whole.setsockopt(IP6, option, value)
        faults += refused(f"not to be cut: {option}", errno.EMSGSIZE,
                          lambda w=whole: w.sendto(bytes(1233), (B, 9)))
        whole.sendto(bytes(1232), (B, 9))
        faults += differs(f"as long as may be: {option}", [1280], sizes(watch))
    # RFC 7112 5: the first of them has all headers, those behind a routing
    # header (RFC 6275 6.4) as well.
    made = made_of()
    made.setsockopt(IP6, socket.IPV6_RTHDR, struct.pack(
        ">BBBB4x16s", 0, 2, 2, 1, ip_bytes(B)))
    made.setsockopt(IP6, socket.IPV6_DSTOPTS, bytes([0, 154, 0x1e, 255]) +
                    bytes(255) + (bytes([0x1e, 243]) + bytes(243)) * 4 + b"\0")
    faults += refused("headers", errno.EMSGSIZE,
                      lambda: made.sendto(bytes(150), ("fd77::77", 9)))
    made.setsockopt(IP6, USE_MIN_MTU, 0)
    made.sendto(bytes(150), ("fd77::77", 9))
    faults += differs("headers, as the link", [1462], sizes(watch))
    # To this node itself.
    own = sock("seca", bind=(A, 0))
    own.setsockopt(IP6, RECVFRAGSIZE, 1)
    made_of().sendto(bytes(1400), (A, port(own)))
    return faults + differs("own", [1280], [
        number(d) for _, d in received(own)[1]])


# --- rules --------------------------------------------------------------------


def rule_of_class(net):
    """`ip rule dsfield` holds for the datagrams that have it, also where the
    socket keeps a route."""
    ip_all("seca", f"route add {BEYOND} via {B}",
           f"route add {BEYOND} via fd19::2 table 100")
    sh("ip", "-n", "seca", "-6", "rule", "add", "dsfield", "0x10", "table",
       "100")
    frames = Frames(net)
    made = sock("seca", bind=(A, 0))
    made.connect((BEYOND, 9))
    faults = []
    for usual, ways in ((0, ((None, "vb"), (0x10, "wb"), (None, "vb"))),
                        (0x10, ((None, "wb"), (0, "vb"), (None, "wb")))):
        made.setsockopt(IP6, socket.IPV6_TCLASS, usual)
        for said, dev in ways:
            what = f"socket {usual}, datagram {said}"
            made.sendmsg([what.encode()], [] if said is None else [
                (IP6, socket.IPV6_TCLASS, struct.pack("=i", said))])
            faults += differs(what, dev, frames.frame(what.encode())[0])
    sh("ip", "-n", "seca", "-6", "rule", "del", "dsfield", "0x10", "table",
       "100")
    ip_all("seca", f"route del {BEYOND} via {B}",
           f"route del {BEYOND} via fd19::2 table 100")
    return faults


# --- router alerts ------------------------------------------------------------


def router_alert_isolate(net):
    """RFC 2711: who says IPV6_ROUTER_ALERT_ISOLATE hears and takes nothing
    that another namespace forwards. With ours nobody does."""
    watch = Watch("seca", "wa")
    faults = []

    def daemon(ns, isolate):
        made = sock(ns, socket.SOCK_RAW, socket.IPPROTO_RAW)
        made.setsockopt(IP6, ALERT_ISOLATE, isolate)
        faults.extend(differs("value", isolate, made.getsockopt(
            IP6, ALERT_ISOLATE)))
        made.setsockopt(IP6, ROUTER_ALERT, 7)
        return made

    def alert(text):
        """To a node on the wire w, by secb."""
        net.send(ipv6(A, "fd19::99", HOP, bytes(
            [socket.IPPROTO_UDP, 0, 5, 2, 0, 7, 1, 0]) + udp(
                A, "fd19::99", text)))

    def quiet(what, made):
        made.setblocking(False)
        return refused(f"{what} hears more", errno.EAGAIN,
                       lambda: made.recv(2000))
    sh("ip", "-n", "secb", "neigh", "replace", "fd19::99", "lladdr",
       net.mac_a.hex(":"), "dev", "wb", "nud", "permanent")
    with Knob("secb", "conf/all/forwarding", 1, 0):
        strangers = [daemon("seca", 1)] + ([daemon("seca", 0)] if OURS else [])
        alert(b"goes on")
        watch.packet(lambda p: p.endswith(b"goes on"))
        for isolate in (0, 1):
            own = daemon("secb", isolate)
            for text in (b"one", b"two"):
                alert(text)
                faults += differs(f"{isolate}: heard", text,
                                  own.recv(2000)[-3:])
            faults += quiet(f"{isolate}: it", own)
            own.close()
        alert(b"the last")
        watch.packet(lambda p: p.endswith(b"the last"))
        for made in strangers:
            faults += quiet("stranger", made)
    sh("ip", "-n", "secb", "neigh", "del", "fd19::99", "dev", "wb")
    return faults


TESTS = by_name(router_alert_isolate, dead_ends, thrown)
if OURS:
    # ipv6.ko has neither option, and sends by what the socket keeps.
    TESTS += by_name(next_hop, next_hop_connected, next_hop_kinds,
                     next_hop_links, next_hop_link_goes, next_hop_path,
                     use_min_mtu, use_min_mtu_kinds, rule_of_class)
