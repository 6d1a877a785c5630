# SPDX-License-Identifier: GPL-2.0
"""A network behind namespace B whose only host is this process: what B
forwards there is read, and what is written comes in, segmentation offload
packets too, as from a virtual machine."""
import fcntl
import os
import struct

from badlib import in_ns, ip_all, ip_bytes, sysctl, wait_for
from packets import ip

FAR4, FAR6 = "10.93.0.9", "fd93::9"
TUNSETIFF, IFF_TUN, IFF_NO_PI, IFF_VNET_HDR = 0x400454ca, 1, 0x1000, 0x4000
VNET_HDR = 10
NEEDS_CSUM, GSO_TCPV4, GSO_UDP, GSO_TCPV6, GSO_UDP_L4 = 1, 1, 3, 4, 5


class Tun:
    def __init__(self, ns, name="tunb"):
        self.fd = in_ns(ns, lambda: os.open("/dev/net/tun",
                                            os.O_RDWR | os.O_NONBLOCK))
        in_ns(ns, lambda: fcntl.ioctl(self.fd, TUNSETIFF, struct.pack(
            "16sH22x", name.encode(), IFF_TUN | IFF_NO_PI | IFF_VNET_HDR)))
        sysctl(ns, "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        ip_all(ns, f"link set {name} up", f"route add {FAR4}/32 dev {name}",
               f"route add {FAR6}/128 dev {name}")

    def packets(self):
        """The packets for the far host that lie here now."""
        out = []
        while True:
            try:
                packet = os.read(self.fd, 65536 + VNET_HDR)[VNET_HDR:]
            except BlockingIOError:
                return out
            if packet[16:20] == ip_bytes(FAR4) or \
                    packet[24:40] == ip_bytes(FAR6):
                out.append(packet)

    def wait(self, data):
        """Does a packet that ends so come?"""
        return wait_for("packet", lambda: any(p.endswith(data)
                                              for p in self.packets()))

    def offload(self, src, dst, words, data, size):
        """A TCP packet for B to segment, of so many words of header."""
        six = ":" in src
        head = 40 if six else 20
        tcp = struct.pack(">HHIIBBHHH", 5000, 5001, 1, 1, words << 4, 0x10,
                          1000, 0, 0)
        vnet = struct.pack("=BBHHHH", NEEDS_CSUM,
                           GSO_TCPV6 if six else GSO_TCPV4, head + len(tcp),
                           size, head, 16)
        os.write(self.fd, vnet + ip(src, dst, 6, tcp + data))

    def datagram(self, src, dst, data, size, fragments):
        """A UDP header and its data, for B to fragment, or to make several
        datagrams of."""
        head = 40 if ":" in src else 20
        vnet = struct.pack("=BBHHHH", NEEDS_CSUM,
                           GSO_UDP if fragments else GSO_UDP_L4,
                           head + 8, size, head, 6)
        os.write(self.fd, vnet + ip(src, dst, 17, data))

    def close(self):
        os.close(self.fd)
