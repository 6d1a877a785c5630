# SPDX-License-Identifier: GPL-2.0
"""What our own IPv6 says as a router: alerts, errors of what it does not
forward, packets on their way (RFC 2711, 4443, 8200). For ipv6_errors.py."""
import socket
import struct

from badlib import in_ns, result, sh, wait_for
from ipv6_far import BEYOND, Expect, to_beyond
from ipv6lib import (A6, DEST, FRAGMENT, HOP, LA, ROUTING, TIME, TOO_BIG,
                     UNREACH, dest, fragment, sysctl)
from packets import ipv6


def alert(host, far):
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


def errors(host, far):
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
