# SPDX-License-Identifier: GPL-2.0
"""Where datagrams of AF_INET6 sockets go, and where from they come: by IPv4, to
addresses that two links have, by interfaces that change. For effects.py."""
import collections
import ctypes
import errno
import os
import select
import socket
import struct

from data import (A, A2, B, IP6, OURS, RECVERR, UDP_SEGMENT, WAIT, by_name,
                  differs, info, mac, port, refused, sock)
from badlib import LIBC, in_ns, ip_all, ip_bytes, sh, wait_for
from packets import ipv6, udp

MA, MA2, MB = (f"::ffff:10.9.0.{n}" for n in (1, 11, 2))
IP_RECVERR, ORIGIN_ICMP, ORIGIN_ICMP6 = 11, 2, 3
UDP_CORK = 1
LOCAL = "fe80::1"

Told = collections.namedtuple("Told", "error offender zone about data")


class Watch:
    """What comes by a wire, as it is from the network header on; by any (None),
    or whole frames (SOCK_RAW)."""

    def __init__(self, ns, dev, kind=0x86dd, how=socket.SOCK_DGRAM):
        self.sock = in_ns(ns, lambda: socket.socket(
            socket.AF_PACKET, how, socket.htons(kind)))
        if dev:
            self.sock.bind((dev, kind))
        self.sock.settimeout(WAIT)

    def packet(self, is_it):
        while True:
            packet, link = self.sock.recvfrom(70000)
            if link[2] != socket.PACKET_OUTGOING and is_it(packet):
                return packet

    def now(self, is_it):
        """The same of what is there, or None."""
        self.sock.settimeout(0)
        try:
            return self.packet(is_it)
        except BlockingIOError:
            return None
        finally:
            self.sock.settimeout(WAIT)


def told(made, wait=WAIT):
    """The first of the error queue, or None: errno, origin, type, code and
    info; by whom; about what was sent to whom."""
    poll = select.poll()
    poll.register(made, select.POLLERR)
    if not poll.poll(wait * 1000):
        return None
    got, extra, _, name = made.recvmsg(2000, 1000, socket.MSG_ERRQUEUE)
    for level, kind, value in extra:
        if (level, kind) == (IP6, RECVERR):
            return Told(struct.unpack("=IBBBxI", value[:12]),
                        socket.inet_ntop(socket.AF_INET6, value[24:40]),
                        struct.unpack("=I", value[40:44])[0], name[0], got)
    return None


def disconnect(made):
    if LIBC.connect(made.fileno(), bytes(16), 16):
        raise OSError(ctypes.get_errno(), "connect to AF_UNSPEC")


# --- IPv4-mapped addresses (RFC 3493 3.7) -------------------------------------


def both(ns, bind=None):
    """A socket for both families."""
    return sock(ns, bind=bind, V6ONLY=0)


def mapped_datagrams(net):
    """Sent and answered without connect(), sources and destinations told. From
    here on the hosts have IPv4 addresses."""
    ip_all("seca", *(f"addr add 10.9.0.{end}/24 dev va" for end in (1, 11)))
    ip_all("secb", "addr add 10.9.0.2/24 dev vb")
    there = both("secb", ("::", 0))
    for option in (socket.IPV6_RECVPKTINFO, socket.IPV6_RECVHOPLIMIT):
        there.setsockopt(IP6, option, 1)
    four = in_ns("secb", lambda: socket.socket(socket.AF_INET,
                                               socket.SOCK_DGRAM))
    four.bind(("10.9.0.2", 0))
    four.settimeout(WAIT)
    peer = both("seca")
    peer.settimeout(WAIT)
    faults = []

    def arrives(what, source, extra=()):
        peer.sendmsg([b"there"], extra, 0, (MB, port(there)))
        got, cmsgs, _, name = there.recvmsg(100, 1000)
        return differs(what, (b"there", source, port(peer), [
            (IP6, socket.IPV6_PKTINFO, info(net, MB, "vb"))]), (
                got, name[0], name[1], cmsgs))
    faults += arrives("usual", MA)
    there.sendto(b"back", (MA, port(peer)))
    faults += differs("back", (b"back", MB, port(there)),
                      (lambda d, n: (d, n[0], n[1]))(*peer.recvfrom(100)))
    faults += arrives("source by ancillary data", MA2, [
        (IP6, socket.IPV6_PKTINFO, info(net, MA2))])
    faults += refused("a source of nobody", errno.ENETUNREACH, lambda: arrives(
        "never", MA, [(IP6, socket.IPV6_PKTINFO, info(net,
                                                     "::ffff:10.9.0.77"))]))
    peer.sendto(b"four", (MB, port(four)))
    faults += differs("to IPv4's socket", (b"four", ("10.9.0.1", port(peer))),
                      four.recvfrom(100))
    four.sendto(b"back", ("10.9.0.1", port(peer)))
    faults += differs("from it", (b"back", MB),
                      (lambda d, n: (d, n[0]))(*peer.recvfrom(100)))
    peer.sendto(b"first ", socket.MSG_MORE, (MB, port(four)))
    peer.sendto(b"second", (MB, port(four)))
    faults += differs("in parts", b"first second", four.recv(100))
    # The same socket, and IPv6 meanwhile.
    peer.sendto(b"six", (B, port(there)))
    faults += differs("by IPv6", (b"six", True), (
        lambda d, n: (d, n[0] in (A, A2)))(*there.recvfrom(100)))
    only = sock("seca", V6ONLY=1)
    faults += refused("sent by one for IPv6", errno.ENETUNREACH,
                      lambda: only.sendto(b"x", (MB, 9)))
    return faults + refused("connected", errno.ENETUNREACH,
                            lambda: only.connect((MB, 9)))


def mapped_connected(net):
    """The names of both ends; what others send is not for it."""
    del net
    there, other = both("secb", ("::", 0)), both("secb", ("::", 0))
    peer = both("seca")
    peer.connect((MB, port(there)))
    faults = differs("names", (MA, MB, port(there)), (
        peer.getsockname()[0], *peer.getpeername()[:2]))
    peer.send(b"there")
    got, name = there.recvfrom(100)
    faults += differs("there", (b"there", MA), (got, name[0]))
    other.sendto(b"other", name)
    there.sendto(b"back", name)
    faults += differs("back", b"back", peer.recv(100))
    peer.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
    peer.send(bytes(2500))
    faults += differs("segments", [1000, 1000, 500],
                      [len(there.recv(3000)) for _ in range(3)])
    peer.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 0)
    # With ipv6.ko it hears no more, once it was connected to another family.
    return faults + (family_changes(peer, there) if OURS else [])


def mapped_meanwhile(_):
    """What waits to be sent by IPv6 goes to whom it was for, though its socket
    is connected to another by IPv4."""
    there, other = sock("secb", bind=(B, 0)), both("secb", (MB, 0))
    peer = both("seca")
    peer.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 1)
    peer.sendto(b"waits", (B, port(there)))
    peer.connect((MB, port(other)))
    peer.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 0)
    got, name = there.recvfrom(100)
    faults = differs("by IPv6", (b"waits", True), (got, name[0] in (A, A2)))
    for text in (b"then", b"again"):
        peer.send(text)
        got, name = other.recvfrom(100)
        faults += differs("by IPv4", (text, MA), (got, name[0]))
    return faults


def family_changes(peer, there):
    """From one family to the other; what is refused leaves it as it was."""
    faults = refused("to IPv6 with its source", errno.EAFNOSUPPORT,
                     lambda: peer.connect((B, port(there))))
    faults += refused("to nowhere", errno.ENETUNREACH,
                      lambda: peer.connect(("::ffff:10.99.0.1", 9)))
    for text in (b"still", b"again"):
        peer.send(text)
        faults += differs("still", (text, MA),
                          (lambda d, n: (d, n[0]))(*there.recvfrom(100)))
    for where, sources in ((B, (A, A2)), (MB, (MA,)), (B, (A, A2))):
        disconnect(peer)
        peer.connect((where, port(there)))
        peer.send(b"again")
        got, name = there.recvfrom(100)
        faults += differs(f"to {where}", (b"again", True), (
            got, name[0] in sources))
        there.sendto(b"back", name)
        faults += differs("back", b"back", peer.recv(100))
    return faults


def mapped_errors(net):
    """ICMP tells a connected socket, and by IP_RECVERR the queue of any."""
    del net
    peer = both("seca")
    peer.connect((MB, 9))
    peer.send(b"x")
    faults = refused("connected", errno.ECONNREFUSED, lambda: peer.recv(10))
    for connected in (False, True):
        peer = both("seca")
        peer.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        if connected:
            peer.connect((MB, 9))
            peer.send(b"data")
        else:
            peer.sendto(b"data", (MB, 9))
        faults += differs(f"queue, connected {connected}", Told(
            (errno.ECONNREFUSED, ORIGIN_ICMP, 3, 3, 0), MB, 0, MB, b"data"),
            told(peer))
    return faults


def mapped_bound(net):
    """A mapped address is one of IPv4 alone."""
    del net
    there = both("secb", (MB, 0))
    peer = both("seca", (MA, 0))
    faults = refused("IPv6 from there", errno.EAFNOSUPPORT,
                     lambda: peer.sendto(b"x", (B, port(there))))
    other = sock("seca", bind=(A, 0))
    other.connect((B, port(there)))
    other.send(b"six")
    faults += refused("IPv6 to there", errno.ECONNREFUSED,
                      lambda: other.recv(10))
    peer.sendto(b"four", (MB, port(there)))
    faults += differs("IPv4", (b"four", MA), (
        lambda d, n: (d, n[0]))(*there.recvfrom(100)))
    # All of them, and still none of IPv6.
    wild = both("seca", ("::ffff:0.0.0.0", 0))
    faults += refused("IPv6 from the wildcard", errno.EAFNOSUPPORT,
                      lambda: wild.sendto(b"x", (B, 9)))
    faults += refused("connected", errno.EAFNOSUPPORT,
                      lambda: wild.connect((B, 9)))
    there.sendto(b"wild", (MA2, port(wild)))
    got, name = wild.recvfrom(100)
    wild.sendto(got, name)
    faults += differs("by the wildcard", (b"wild", MA), (
        lambda d, n: (d, n[0]))(*there.recvfrom(100)))
    faults += refused("one of nobody", errno.EADDRNOTAVAIL,
                      lambda: both("seca", ("::ffff:10.9.0.77", 0)))
    return faults + refused("for IPv6 only", errno.EINVAL, lambda: sock(
        "seca", bind=(MA, 0), V6ONLY=1))


# --- zones (RFC 4007) ---------------------------------------------------------


def neighbour(dev):
    """The link-layer address that seca has for LOCAL."""
    words = sh("ip", "-n", "seca", "-6", "neigh", "show", LOCAL, "dev",
               dev).stdout.split()
    return words[words.index("lladdr") + 1] if "lladdr" in words else None


def alike(verb):
    """Both hosts have the same address on both wires."""
    for ns, address in (("secb", LOCAL), ("seca", "fe80::2")):
        ip_all(ns, *(f"addr {verb} {address}/64 dev {wire}{ns[3]} nodad"
                     for wire in "vw"))


def zones(net):
    """One address on two links: it is the zone that says which."""
    alike("add")
    index = net.index
    first = sock("secb", bind=(LOCAL, 0, 0, index["vb"]))
    number = port(first)
    there = {"va": first, "wa": sock("secb", bind=(LOCAL, number, 0,
                                                   index["wb"]))}
    faults = []
    peers = {}
    for dev in ("va", "wa"):
        peer = peers[dev] = sock("seca", bind=(
            "fe80::2", port(peers["va"]) if peers else 0, 0, index[dev]))
        loose = sock("seca")
        loose.sendto(b"loose", (LOCAL, number, 0, index[dev]))
        faults += differs(f"loose by {dev}", b"loose", there[dev].recv(100))
        peer.connect((LOCAL, number, 0, index[dev]))
        peer.send(b"connected")
        got, name = there[dev].recvfrom(100)
        faults += differs(f"by {dev}", (
            b"connected", "fe80::2", index[dev[0] + "b"]),
            (got, name[0], name[3]))
        there[dev].sendto(b"back", name)
        got, name = peer.recvfrom(100)
        faults += differs("back", (b"back", LOCAL, index[dev]), (
            got, name[0], name[3]))
        tied = sock("seca")
        tied.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                        dev.encode())
        tied.sendto(b"tied", (LOCAL, number))
        faults += differs("tied", b"tied", there[dev].recv(100))
        faults += refused("tied to the other", errno.EINVAL, lambda t=tied: (
            t.connect((LOCAL, number, 0, index["va"] + index["wa"] -
                       t.getsockopt(socket.SOL_SOCKET, 62)))))
    for dev in ("va", "wa"):
        faults += differs("neighbour", ":".join(
            f"{x:02x}" for x in mac("secb", dev[0] + "b")), neighbour(dev))
    faults += zones_wanted(net)
    # An error is of the socket of its link, though both have one name.
    for peer in peers.values():
        peer.setsockopt(IP6, RECVERR, 1)
    for dev, peer in peers.items():
        there[dev].close()
        peer.send(b"nobody")
        faults += differs(f"error by {dev}", Told(
            (errno.ECONNREFUSED, ORIGIN_ICMP6, 1, 4, 0), LOCAL, index[dev],
            LOCAL, b"nobody"), told(peer))
        others = [p for p in peers.values() if p is not peer]
        faults += differs("the other", None, told(others[0], 0))
    alike("del")
    return faults


def zones_wanted(net):
    """An address of a link without the link is none."""
    faults = refused("bind", errno.EINVAL, lambda: sock(
        "secb", bind=(LOCAL, 0)))
    faults += refused("bind, no such link", errno.ENODEV, lambda: sock(
        "secb", bind=(LOCAL, 0, 0, 9999)))
    faults += refused("bind, of another link", errno.EADDRNOTAVAIL,
                      lambda: sock("secb", bind=("fe80::2", 0, 0,
                                                 net.index["vb"])))
    faults += refused("connect", errno.EINVAL, lambda: sock("seca").connect(
        (LOCAL, 9)))
    faults += refused("ping", errno.EINVAL, lambda: sock(
        "seca", socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6).sendto(
            b"\x80\0\0\0\0\0\0\0", (LOCAL, 0)))
    tied = sock("secb")
    tied.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"vb")
    tied.bind((LOCAL, 0))
    return faults + differs("tied", net.index["vb"], tied.getsockname()[3])


def zone_refused(_):
    """A connect() that fails ties the socket to no link, and leaves it
    connected as it was."""
    there, new, old = sock("secb", bind=(B, 0)), sock("seca"), sock("seca")
    old.connect((B, port(there)))
    faults = []
    for what, made in (("new", new), ("old", old)):
        faults += refused(what, errno.ENETUNREACH, lambda m=made: m.connect(
            (LOCAL, 9, 0, 9999)))
        faults += differs(f"{what}: tied to", b"", made.getsockopt(
            socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16))
    new.connect((B, port(there)))
    for made in (new, old):
        made.send(b"there")
        got, name = there.recvfrom(100)
        there.sendto(got, name)
        faults += differs("back", (b"there", port(made)), (
            made.recv(100), name[1]))
    return faults


# --- interfaces ---------------------------------------------------------------


def of_ipv6(name):
    """Is it an interface of IPv6?"""
    return in_ns("secb", lambda: os.path.exists(
        f"/proc/sys/net/ipv6/conf/{name}"))


def addresses(dev):
    words = sh("ip", "-n", "secb", "-6", "addr", "show", "dev",
               dev).stdout.split()
    return [w for w, before in zip(words[1:], words) if before == "inet6"]


def small_mtu(net):
    """RFC 8200 5: a link of less than 1280 bytes is none for IPv6; what comes
    by it, and what was to go, is lost, and no more."""
    there = sock("secb", bind=("::", 0))
    there.setsockopt(IP6, socket.IPV6_JOIN_GROUP, ip_bytes("ff02::77") +
                     struct.pack("=I", net.index["wb"]))
    before = sock("secb", bind=("fd19::2", 0))
    before.connect(("fd19::1", 9))
    wire = in_ns("seca", lambda: socket.socket(socket.AF_PACKET,
                                               socket.SOCK_DGRAM, 0))

    def arrives(dest):
        wire.sendto(ipv6("fd19::1", dest, socket.IPPROTO_UDP, udp(
            "fd19::1", dest, b"by w", 4000, port(there))), (
                "wa", 0x86dd, 0, 0, mac("secb", "wb")))
        sock("seca", bind=(A, 0)).sendto(b"by v", (B, port(there)))
        return there.recv(100) == b"by w" and there.recv(100) == b"by v"
    faults = [f"{dest} is not heard" for dest in ("ff02::77", "fd19::2")
              if not arrives(dest)]
    sh("ip", "-n", "secb", "link", "set", "wb", "mtu", "1279")
    faults += differs("below", (False, []), (of_ipv6("wb"), addresses("wb")))
    faults += [f"{dest} is heard" for dest in ("ff02::77", "fd19::2")
               if arrives(dest)]
    try:
        before.send(b"x")
        faults.append("it was sent")
    except OSError:
        pass
    faults += refused("bind", errno.EADDRNOTAVAIL,
                      lambda: sock("secb", bind=("fd19::2", 0)))
    sh("ip", "-n", "secb", "link", "set", "wb", "mtu", "1280")
    if not wait_for("address", lambda: addresses("wb")) or not of_ipv6("wb"):
        faults.append("1280 bytes do not bring IPv6 back")
    faults += differs("addresses", ["fe80:"], [a[:5] for a in addresses("wb")])
    ip_all("secb", "link set wb mtu 1500",
           "addr add fd19::2/64 dev wb nodad")
    peer = sock("seca", bind=("fd19::1", 0))
    peer.sendto(b"again", ("fd19::2", port(there)))
    return faults + differs("then", b"again", there.recv(100))


def renamed(net):
    """Settings and counters go by the new name; sockets don't care."""
    there = sock("secb")
    there.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"wb")
    there.bind(("fd19::2", 0))
    peer = sock("seca", bind=("fd19::1", 0))

    def setting(name, value=None):
        def use():
            with open(f"/proc/sys/net/ipv6/{name}/base_reachable_time_ms" if
                      name.startswith("neigh") else
                      f"/proc/sys/net/ipv6/{name}/hop_limit",
                      "w" if value else "r", encoding="ascii") as file:
                return file.write(value) if value else file.read().strip()
        return in_ns("secb", use)

    def talks():
        peer.sendto(b"there", ("fd19::2", port(there)))
        got, name = there.recvfrom(100)
        there.sendto(b"back", name)
        return got, peer.recv(100)
    setting("conf/wb", "77")
    setting("neigh/wb", "12000")
    sh("ip", "-n", "secb", "link", "set", "wb", "name", "wc")
    faults = differs("old, new", (False, True), (of_ipv6("wb"),
                                                 of_ipv6("wc")))
    faults += differs("settings", ("77", "12000"), (setting("conf/wc"),
                                                    setting("neigh/wc")))
    faults += differs("datagrams", (b"there", b"back"), talks())
    faults += differs("tied to", b"wc\0", there.getsockopt(
        socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16))
    setting("conf/wc", "64")
    sh("ip", "-n", "secb", "link", "set", "wc", "name", "wb")
    faults += differs("back", ("64", net.index["wb"]), (
        setting("conf/wb"), in_ns("secb", lambda: socket.if_nametoindex(
            "wb"))))
    return faults + differs("datagrams then", (b"there", b"back"), talks())


def peer_address(_):
    """An address here and another there: packets for that one go by the
    interface, from this one; and no longer, once it is deleted."""
    for ns, dev, own, peer in (("seca", "va", "fd81::1", "fd82::1"),
                               ("secb", "vb", "fd82::1", "fd81::1")):
        sh("ip", "-n", ns, "addr", "add", own, "peer", peer, "dev", dev,
           "nodad")
    there = sock("secb", bind=("fd82::1", 0))
    made = sock("seca")
    made.sendto(b"there", ("fd82::1", port(there)))
    got, name = there.recvfrom(100)
    faults = differs("there", (b"there", "fd81::1"), (got, name[0]))
    there.sendto(b"back", name)
    faults += differs("back", b"back", made.recv(100))
    sh("ip", "-n", "seca", "addr", "del", "fd81::1", "peer", "fd82::1", "dev",
       "va")
    faults += refused("then", errno.ENETUNREACH, lambda: made.sendto(
        b"x", ("fd82::1", port(there))))
    faults += refused("bind", errno.EADDRNOTAVAIL,
                      lambda: sock("seca", bind=("fd81::1", 0)))
    sh("ip", "-n", "secb", "addr", "del", "fd82::1", "peer", "fd81::1", "dev",
       "vb")
    return faults


TESTS = by_name(mapped_datagrams, mapped_connected, mapped_errors,
                mapped_bound, zones, small_mtu, renamed, peer_address)
if OURS:
    # ipv6.ko sends what waits to where IPv4 has written, and leaves the socket
    # tied to the link that is none.
    TESTS += by_name(mapped_meanwhile, zone_refused)
