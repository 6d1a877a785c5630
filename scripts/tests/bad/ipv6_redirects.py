# SPDX-License-Identifier: GPL-2.0
"""Redirects that our own IPv6 sends as a router (RFC 4861 4.5, 8.2): of what,
to whom, how often. For ipv6_errors.py."""
import socket

from badlib import in_ns, ip_all, ip_bytes, result
from ipv6lib import GROUP, ICMP, LB, REDIRECT, icmp, option
from packets import ipv6


def with_measure(host):
    """RFC 4861 8.2: who sends by a router what a neighbour would take is told
    so, but not for each packet."""
    faults = []
    ip_all("badb", *(f"neigh replace {who} lladdr 02:00:00:00:00:0c dev vb"
                     for who in ("fe80::c", "fd09::55")),
           "route add fd55::/16 via fe80::c dev vb")
    # Not A6: errors that were told without a limit leave a host no measure.
    moved, _ = host.counted(*[ipv6("fd09::55", "fd55::1", 17, bytes(20))] * 20)
    if not 1 <= moved["Icmp6OutRedirects"] <= 7:
        faults.append(f"{moved['Icmp6OutRedirects']} for 20")
    if moved["Ip6OutForwDatagrams"] != 20:
        faults.append(f"{moved['Ip6OutForwDatagrams']} of 20 went on")
    ip_all("badb", "route del fd55::/16")
    result("redirects-with-measure", faults)


class Redirects:
    """Those of the host that come by the stranger's wire."""

    def __init__(self, host):
        self.host = host
        self.sock = in_ns("bada", lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x86dd)))
        self.sock.bind(("va", 0x86dd))
        self.sock.setblocking(False)

    def about(self, packet):
        """What the host says to this one."""
        self.host.ask(packet)
        got = []
        while True:
            try:
                heard = self.sock.recv(70000)
            except BlockingIOError:
                return got
            if heard[6] == ICMP and heard[40] == REDIRECT:
                got.append(heard)


def redirect_of(packet, target, lladdr=b""):
    """RFC 4861 4.5, 4.6.1, 4.6.3: as it has to be."""
    who, dst = packet[8:24], packet[24:40]
    body = bytes(4) + ip_bytes(target) + dst
    if lladdr:
        body += option(2, lladdr)
    quote = min(1280 - 40 - 4 - len(body) - 8, len(packet)) // 8 * 8
    body += bytes((4, quote // 8 + 1)) + bytes(6) + packet[:quote]
    who = socket.inet_ntop(socket.AF_INET6, who)
    return ipv6(LB, who, ICMP, icmp(LB, who, REDIRECT, 0, body), hop=255)


def sent(host):
    """RFC 4861 8.2: what they say; and nothing to who is no neighbour, nor of
    a group."""
    faults, redirects = [], Redirects(host)
    lladdr = b"\x02\0\0\0\0\x0c"
    ip_all("badb", *(f"neigh replace {who} lladdr {lladdr.hex(':')} dev vb"
                     for who in ("fe80::c", "fd09::56", "fd09::57")),
           *(f"route add {net}::/16 via fe80::c dev vb"
             for net in ("fd55", "fd66")),
           "route add fd56::/16 via fe80::d dev vb")
    for what, dst, size, target, where in (
            ("a better router", "fd55::1", 20, "fe80::c", lladdr),
            ("a neighbour", "fd09::57", 1, "fd09::57", lladdr),
            ("of a long packet", "fd55::1", 1399, "fe80::c", lladdr),
            ("not known where", "fd56::1", 1400, "fe80::d", b"")):
        packet = ipv6("fd09::56", dst, 17, (bytes(range(250)) * 6)[:size])
        got = redirects.about(packet)
        if got != [redirect_of(packet, target, where)]:
            faults.append(f"{what}: {[x.hex() for x in got]}, not "
                          f"{redirect_of(packet, target, where).hex()}")
    ip_all("badb", "neigh del fe80::d dev vb")
    host.ask()                          # That there is none has been said.
    for what, src, dst in (("to who is behind another", "fd66::1", "fd55::1"),
                           ("of a group", "fd09::56", "ff0e::5"),
                           ("for all nodes", "fd09::56", GROUP)):
        got = redirects.about(ipv6(src, dst, 17, bytes(20)))
        if got:
            faults.append(f"{what}: {[x.hex() for x in got]}")
    redirects.sock.close()
    ip_all("badb", *(f"route del {net}::/16"
                     for net in ("fd55", "fd56", "fd66")))
    result("redirects-sent", faults)
