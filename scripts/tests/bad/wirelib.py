# SPDX-License-Identifier: GPL-2.0
"""Two namespaces and a wire between them, and sockets that tell what came
through."""
import socket

from badlib import in_ns, ip_all, namespace, sh, sysctl, wait_for
from nllib import Genl

A4, B4 = "10.9.0.1", "10.9.0.2"
A6, B6 = "fd09::1", "fd09::2"
NET_A4, NET_B4 = "10.91.0.1", "10.92.0.1"
NET_A6, NET_B6 = "fd91::1", "fd92::1"
BEYOND6 = "fd94::9"     # where B forwards to, once it does
MAC_A, MAC_B = "02:00:00:00:09:01", "02:00:00:00:09:02"


class Wire:
    """Namespaces A (who sends by hand) and B (who runs Sextant)."""

    def __init__(self, a="bada", b="badb", mtu=9000):
        self.a, self.b = a, b
        for ns in (a, b):
            namespace(ns)
        sh("ip", "link", "add", "va", "netns", a, "mtu", str(mtu), "address",
           MAC_A, "type", "veth", "peer", "name", "vb", "netns", b, "mtu",
           str(mtu), "address", MAC_B)
        ip_all(a, self.lines("va", (A4, A6, NET_A4, NET_A6),
                             (B4, B6, NET_B4, NET_B6), MAC_B))
        ip_all(b, self.lines("vb", (B4, B6, NET_B4, NET_B6),
                             (A4, A6, NET_A4, NET_A6), MAC_A))
        self.head = bytes.fromhex((MAC_B + MAC_A).replace(":", ""))
        self.sock = in_ns(a, lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.sock.bind(("va", 0))
        self.nl = in_ns(b, Genl)
        self.settle()

    @staticmethod
    def lines(dev, here, there, mac):
        """One end: addresses on the wire and behind, routes, neighbours."""
        four, six, in4, in6 = here
        return f"""addr add {four}/24 dev {dev}
            addr add {six}/64 dev {dev} nodad
            addr add {in4}/32 dev lo
            addr add {in6}/128 dev lo nodad
            link set lo up
            link set {dev} up
            route add {there[2]}/32 via {there[0]}
            route add {there[3]}/128 via {there[1]}
            neigh replace {there[0]} lladdr {mac} dev {dev}
            neigh replace {there[1]} lladdr {mac} dev {dev}
            """

    def settle(self):
        """Both carriers up, addresses usable."""
        for ns, dev in ((self.a, "va"), (self.b, "vb")):
            if not wait_for("carrier", lambda n=ns, d=dev: "LOWER_UP" in
                            sh("ip", "-n", n, "link", "show", "dev",
                               d).stdout):
                raise RuntimeError(f"{dev} does not come up")

    def send(self, packet, family=None):
        """One IP packet, as it is, on the wire from A to B."""
        if family is None:
            family = 6 if packet and packet[0] >> 4 == 6 else 4
        ethertype = b"\x86\xdd" if family == 6 else b"\x08\x00"
        self.sock.send(self.head + ethertype + packet)

    def receives(self, addresses):
        """B has these IPv4 addresses, too."""
        ip_all(self.b, "".join(f"addr add {one}/32 dev lo\n"
                               for one in addresses))

    def forwards(self):
        """B is a router from now on, into a network where nobody is."""
        ip_all(self.b, f"""link add beyond type dummy
            link set beyond up
            route add {BEYOND6}/128 dev beyond
            """)
        sysctl(self.b, "net.ipv6.conf.all.forwarding=1")

    def close(self):
        self.sock.close()
        self.nl.close()
        for ns in (self.a, self.b):
            sh("ip", "netns", "del", ns, check=False)


class Receiver:
    """A UDP socket in B: proves that something arrived, and what."""

    def __init__(self, wire, address, port=4001):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = in_ns(wire.b, lambda: socket.socket(
            family, socket.SOCK_DGRAM))
        self.sock.bind((address, port))
        self.sock.setblocking(False)

    def get(self):
        """What lies there now, or None."""
        try:
            return self.sock.recv(65536)
        except BlockingIOError:
            return None

    def wait(self):
        return wait_for("datagram", self.get) or None

    def close(self):
        self.sock.close()


class RawReceiver(Receiver):
    """A socket in B for all packets of a protocol that are for it."""

    def __init__(self, wire, protocol, six):
        self.sock = in_ns(wire.b, lambda: socket.socket(
            socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW,
            protocol))
        self.sock.setblocking(False)
