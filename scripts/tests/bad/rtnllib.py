# SPDX-License-Identifier: GPL-2.0
"""What the tests of rtnetlink share: a host and its peer on a wire, a socket
of rtnetlink, its messages, router advertisements of the peer."""
import collections
import os
import select
import socket
import struct

from badlib import in_ns, sh, sysctl, wait_for
from nllib import attrs
from packets import icmpv6, ipv6

NEWLINK, DELLINK, GETLINK, SETLINK = 16, 17, 18, 19
NEWADDR, DELADDR, GETADDR = 20, 21, 22
NEWROUTE, DELROUTE, GETROUTE = 24, 25, 26
GETNEIGH = 30
NEWRULE, DELRULE, GETRULE = 32, 33, 34
NEWPREFIX, GETMULTICAST, GETANYCAST = 52, 58, 62
NEWNDUSEROPT = 68
GETADDRLABEL = 74
NEWNETCONF, DELNETCONF, GETNETCONF = 80, 81, 82
GETNEXTHOP = 106
DST, IIF, OIF, GATEWAY, MULTIPATH, TABLE, ENCAP_TYPE, ENCAP, NH_ID = \
    1, 3, 4, 5, 9, 15, 21, 22, 30
REQUEST, MULTI, ACK, ECHO, INTR, FILTERED = 1, 2, 4, 8, 0x10, 0x20
DUMP, EXCL, CREATE = 0x300, 0x200, 0x400
CAPPED, TLVS = 0x100, 0x200             # of an error's flags
GROUPS = {"route": 11, "link": 12, "prefix": 18, "rule": 19, "nduseropt": 20,
          "netconf": 25}
EXT_ACK, STRICT = 11, 12                # NETLINK_EXT_ACK, _GET_STRICT_CHK
OURS = os.environ.get("SXT_IPV6") == "sextant"
PEER = "fe80::a"
NS, FAR, DEV = "rtnl", "rtnla", "v0"
MAC = b"\2\0\0\0\x0c\1"

Message = collections.namedtuple("Message", "kind seq port body flags")
Refusal = collections.namedtuple("Refusal", "errno sentence")


class Rtnl:
    """A socket of rtnetlink in the namespace of the host."""

    def __init__(self, *groups, strict=False):
        self.sock = in_ns(NS, lambda: socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE))
        self.sock.bind((0, 0))
        self.port = self.sock.getsockname()[0]
        self.sock.settimeout(5)
        for group in groups:
            self.sock.setsockopt(270, 1, GROUPS[group])
        self.sock.setsockopt(270, EXT_ACK, 1)
        if strict:
            self.sock.setsockopt(270, STRICT, 1)
        self.seq = 0x1000

    def send(self, kind, body, flags):
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   REQUEST | flags, self.seq, 0) + body)

    def messages(self, size=65536, wait=True):
        """What comes next; none in time, or none there: []"""
        if not wait and not select.select([self.sock], [], [], 0)[0]:
            return []
        try:
            data = self.sock.recv(size)
        except socket.timeout:
            return []
        out, at = [], 0
        while at + 16 <= len(data):
            length, kind, flags, seq, port = struct.unpack_from("=IHHII", data,
                                                                at)
            out.append(Message(kind, seq, port, data[at + 16:at + length],
                               flags))
            at += (length + 3) & ~3
        return out

    def request(self, kind, body, flags):
        """The errno of the answer, and what came with it."""
        self.send(kind, body, flags | ACK)
        before = []
        while True:
            got = self.messages()
            if not got:
                return None, before
            for one in got:
                if one[0] == 2 and one[1] == self.seq:
                    return -struct.unpack_from("=i", one[3])[0], before
                before.append(one)

    def parts(self, kind, body, size=65536):
        """A list, part by part; the last message is the one that ends it."""
        self.send(kind, body, DUMP)
        while True:
            got = self.messages(size)
            if not got:
                return
            yield got
            if got[-1].kind in (2, 3):
                return

    def dump(self, kind, body):
        """Errno and sentence of a list, and the messages of it."""
        got = [m for part in self.parts(kind, body) for m in part]
        if not got or got[-1].kind not in (2, 3):
            return Refusal(None, "no end"), got
        return refusal(got.pop(), len(body)), got

    def close(self):
        self.sock.close()


def refusal(end, asked):
    """What ends a list: NLMSG_DONE with an errno, or NLMSG_ERROR."""
    code = -struct.unpack_from("=i", end.body)[0] if len(end.body) >= 4 else 0
    behind = 4
    if end.kind == 2:
        behind = 20 + (0 if end.flags & CAPPED else asked)
    texts = [v for k, v in attrs(end.body[behind:]) if k == 1]
    sentence = texts[0].rstrip(b"\0").decode() if end.flags & TLVS and texts \
        else ""
    return Refusal(code, sentence)


def rtmsg(dst_len=0, table=0, proto=0, scope=0, kind=0, flags=0, src_len=0):
    return struct.pack("=BBBBBBBBI", 10, dst_len, src_len, 0, table, proto,
                       scope, kind, flags)


def index(dev=DEV):
    return in_ns(NS, lambda: socket.if_nametoindex(dev))


class Peer:
    """Who sends frames to the host."""

    def __init__(self):
        self.wire = in_ns(FAR, lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.wire.bind(("v1", 0))

    def send(self, packet, mac=b"\x33\x33\0\0\0\1"):
        self.wire.send(mac + b"\2\0\0\0\0\x0a" + b"\x86\xdd" + packet)

    def advertise(self, options, flags=0):
        """A router advertisement of a stranger that is no default router."""
        body = struct.pack(">BBHII", 0, flags, 0, 0, 0) + options
        self.send(ipv6(PEER, "ff02::1", 58,
                       icmpv6(PEER, "ff02::1", 134, body), hop=255))

    def close(self):
        self.wire.close()


def net_up():
    for ns in (NS, FAR):
        sh("ip", "netns", "del", ns, check=False)
        sh("ip", "netns", "add", ns)
        sysctl(ns, "net.ipv6.conf.default.accept_dad=0",
               "net.ipv6.conf.default.router_solicitations=0")
    sh("ip", "link", "add", DEV, "address", MAC.hex(":"), "netns", NS, "type",
       "veth", "peer", "name", "v1", "netns", FAR)
    sh("ip", "-n", FAR, "link", "set", "v1", "up")
    for dev in ("lo", DEV):
        sh("ip", "-n", NS, "link", "set", dev, "up")
    sh("ip", "-n", NS, "addr", "add", "fd00:1::1/64", "dev", DEV, "nodad")
    wait_for("carrier", lambda: "LOWER_UP" in sh(
        "ip", "-n", NS, "link", "show", "dev", DEV).stdout)


def net_down():
    for ns in (NS, FAR):
        sh("ip", "netns", "del", ns, check=False)
