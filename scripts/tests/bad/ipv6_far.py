# SPDX-License-Identifier: GPL-2.0
"""The far side of a host of our own IPv6 that forwards, what comes out there,
and what is expected of each packet. For ipv6_errors.py and its parts."""
import socket
import struct

from badlib import in_ns, ip_bytes, result, sh, wait_for
from ipv6lib import A6, REPLY, TIME, TOO_BIG, UNREACH, mac, sysctl
from packets import ipv6

FAR_A, FAR_B = "fd0a::1", "fd0a::2"     # beyond the host: mtu 1280
BEYOND = "fdbb::1"                      # by the way of FAR_A
ANYCAST = "fd09::"


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
