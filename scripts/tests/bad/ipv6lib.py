# SPDX-License-Identifier: GPL-2.0
"""What the generators of bad IPv6 share: a stranger on a wire, a host of our
own IPv6 behind it, that host's counters, and packets built byte by byte. After
every burst the host must answer an echo request, so that nothing is judged
before it was looked at. Which reason counted each packet is compared as well,
and that no other did."""
import os
import re
import socket
import struct

from badlib import (TOP, WAIT, in_ns, ip_all, ip_bytes, result, same, sh,
                    skip, sysctl, wait_for)
from packets import checksum, ipv6

os.environ["LC_ALL"] = "C"

A6, B6 = "fd09::1", "fd09::2"           # the stranger, the host
LA, LB = "fe80::a", "fe80::b"           # their link-local addresses
GROUP = "ff02::1"
HOP, ROUTING, FRAGMENT, ICMP, NONE, DEST = 0, 43, 44, 58, 59, 60
UNREACH, TOO_BIG, TIME, PARAM = 1, 2, 3, 4
ECHO, REPLY = 128, 129
RS, RA, NS, NA, REDIRECT = 133, 134, 135, 136, 137
MARK = 0xbad


class Host:
    """The stranger's socket on the wire, and the host's counters."""

    def __init__(self, errors=1000000):
        """errors: that it may send in a second, and in a burst."""
        self.marks = 0
        self.why = {}
        self.own = {ip_bytes(B6), ip_bytes(LB)}
        self.errors, self.strays = 0, []
        for ns in ("bada", "badb"):
            sh("ip", "netns", "del", ns, check=False)
            sh("ip", "netns", "add", ns)
        sysctl("bada", "net.ipv6.conf.default.disable_ipv6=1")
        sysctl("badb", "net.ipv6.conf.default.accept_dad=0",
               "net.ipv6.conf.default.router_solicitations=0",
               "net.ipv6.conf.default.addr_gen_mode=1",
               "net.ipv6.icmp.ratelimit=0",
               f"net.ipv4.icmp_msgs_per_sec={errors}",
               f"net.ipv4.icmp_msgs_burst={errors}")
        sh("ip", "link", "add", "va", "netns", "bada", "mtu", "65535", "type",
           "veth", "peer", "name", "vb", "netns", "badb", "mtu", "65535")
        self.mac_a, self.mac_b = mac("bada", "va"), mac("badb", "vb")
        lladdr = ":".join(f"{b:02x}" for b in self.mac_a)
        ip_all("bada", "link set va up")
        ip_all("badb", "link set lo up", "link set vb up",
               *(f"addr add {address}/64 dev vb nodad"
                 for address in (B6, LB)),
               *(f"neigh replace {address} lladdr {lladdr} dev vb"
                 for address in (A6, LA)))
        self.sock = in_ns("bada", lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86dd)))
        self.sock.bind(("va", 0x86dd))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)
        self.sock.settimeout(10)
        # Open all the time, as each look would enter the namespace anew.
        self.files = in_ns("badb", lambda: {
            name: os.open(f"/proc/thread-self/net/{name}", os.O_RDONLY)
            for name in ("snmp6", "drops6")})
        if not wait_for("echo", lambda: self.alive(0.5)):
            raise RuntimeError("no echo from the host at all")

    def send(self, packet, ethertype=b"\x86\xdd"):
        to = self.mac_b
        if len(packet) >= 40 and packet[24] == 0xff:
            to = b"\x33\x33" + packet[36:40]
        self.sock.send(to + self.mac_a + ethertype + packet)

    def alive(self, timeout=WAIT):
        """One echo; what else came until its answer, as ICMPv6 messages."""
        self.marks += 1
        want = struct.pack(">HH", MARK, self.marks & 0xffff)
        self.send(ipv6(A6, B6, ICMP, icmp(A6, B6, ECHO, 0, want)))
        self.sock.settimeout(timeout)
        seen = []
        try:
            while True:
                frame = self.sock.recv(70000)
                if frame[20] != ICMP:
                    continue
                message = Message(frame)
                if message[0] == REPLY and message[4:8] == want:
                    return Answers(seen)
                if message[0] in (UNREACH, TOO_BIG, TIME, PARAM):
                    self.judge_ends(message)
                if message[0] in (UNREACH, TOO_BIG, TIME, PARAM, REPLY, NA):
                    seen.append(message)
        except socket.timeout:
            return None

    def judge_ends(self, error):
        """RFC 4443 2.2: an error is from the address that was written to if it
        is one of the host's alone, else from the one that it would write to
        the asker from."""
        asker, dst = error[16:32], error[32:48]
        src = dst
        if dst not in self.own:
            src = ip_bytes(LB if asker[:2] == b"\xfe\x80" else B6)
        self.errors += 1
        if (error.src, error.dst) != (src, asker):
            self.strays.append(
                f"about {asker.hex()} to {dst.hex()}: from {error.src.hex()} "
                f"to {error.dst.hex()}")

    def report_ends(self):
        """Of all errors that were seen."""
        result("ends-of-all-errors", self.strays if self.errors else ["none"])

    def ask(self, *packets):
        """What the host says to these packets; it must live on."""
        for packet in packets:
            self.send(packet)
        answers = self.alive()
        if answers is None:
            raise RuntimeError("the host does not answer any more")
        return answers

    def counters(self, name="snmp6"):
        words = os.pread(self.files[name], 1 << 16, 0).decode().split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def refused(self):
        """How many packets for which reason. That a neighbour does not answer
        comes when its timer says so, and is none of the packets sent."""
        reasons = self.counters("drops6")
        del reasons["neighbour-failed"]
        return reasons

    def counted(self, *packets):
        """The counters that moved by these packets alone, and the answers;
        why is then for which reasons they were refused."""
        before, reasons = self.counters(), self.refused()
        answers = self.ask(*packets)
        after = self.counters()
        self.why = same(reasons, self.refused())
        moved = {k: v - before.get(k, 0) for k, v in after.items()}
        for name in ("Ip6InReceives", "Ip6InDelivers", "Icmp6InMsgs",
                     "Icmp6InEchos", "Icmp6OutEchoReplies"):
            moved[name] -= 1
        return moved, answers

    def close(self):
        self.sock.close()
        for fd in self.files.values():
            os.close(fd)
        for ns in ("bada", "badb"):
            sh("ip", "netns", "del", ns)


class Tracer:
    """What tracers of the kernel (skb:kfree_skb) are told of what our stack
    refuses: the word that drop.c has for each reason."""
    ROOT = "/sys/kernel/tracing"
    MINE = ROOT + "/instances/sextant"

    def __init__(self):
        if not os.path.exists(self.ROOT + "/events"):
            sh("mount", "-t", "tracefs", "none", self.ROOT, check=False)
        self.there = os.path.exists(self.ROOT + "/events/skb/kfree_skb")
        self.faults, self.seen = [], set()
        if not self.there:
            return
        with open(os.path.join(TOP, "modules/ipv6/drop.c"),
                  encoding="utf-8") as file:
            self.table = dict(re.findall(r'WHY\(\w+, "([a-z-]+)", (\w+)\)',
                                         file.read()))
        os.mkdir(self.MINE)
        with open(self.MINE + "/events/skb/kfree_skb/enable", "w",
                  encoding="ascii") as file:
            file.write("1")

    def forget(self):
        """What was told before is not looked at."""
        if self.there:
            with open(self.MINE + "/trace", "w", encoding="ascii"):
                pass

    def look(self, what, why):
        """One packet was refused for that reason since, or none. A neighbour
        that does not answer is none of the packets sent, and what the
        stranger gets is refused, too: it has IPv6 off."""
        if not self.there:
            return
        want = [self.table[why]] if why else []
        with open(self.MINE + "/trace", encoding="ascii") as file:
            got = [line.split()[-1] for line in file
                   if "[sextant_ipv6] reason: " in line]
        got = [word for word in got if word not in (
            "NEIGH_FAILED", "IPV6DISABLED")]
        if got != want:
            self.faults.append(f"{what}: told {got}, not {want}")
        self.seen.update(want)

    def report(self, name, *words):
        """These are all that were wanted."""
        if not self.there:
            skip(name, "this kernel has no tracepoints")
            return
        with open(self.MINE + "/events/skb/kfree_skb/enable", "w",
                  encoding="ascii") as file:
            file.write("0")
        os.rmdir(self.MINE)
        if self.seen != set(words):
            self.faults.append(f"told {self.seen}")
        result(name, self.faults)


class Message(bytes):
    """An ICMPv6 message of a frame, and the ends of its packet."""

    def __new__(cls, frame):
        self = super().__new__(cls, frame[54:])
        self.src, self.dst = frame[22:38], frame[38:54]
        return self


class Answers(list):
    """ICMPv6 messages that came back; true even if there are none."""

    def __bool__(self):
        return True

    def brief(self):
        """(type, code, pointer or None) of each."""
        return [(m[0], m[1], struct.unpack_from(">I", m, 4)[0]
                 if m[0] == PARAM else None) for m in self]


def mac(ns, dev):
    def read():
        words = sh("ip", "-n", ns, "link", "show", "dev", dev).stdout.split()
        return bytes.fromhex(words[words.index("link/ether") + 1]
                             .replace(":", ""))
    return read()


# --- packets -----------------------------------------------------------------


def to(number, payload, dst=B6, **more):
    """The stranger sends it to the host."""
    return ipv6(A6, dst, number, payload, **more)


def icmp(src, dst, kind, code, body):
    """A message with the right checksum, whatever its length."""
    return sealed(src, dst, bytes((kind, code, 0, 0)) + body)


def sealed(src, dst, data):
    if len(data) < 4:
        return data
    data = data[:2] + b"\0\0" + data[4:]
    value = checksum(ip_bytes(src) + ip_bytes(dst) + struct.pack(
        ">IHBB", len(data), 0, 0, ICMP) + data)
    return data[:2] + struct.pack(">H", value) + data[4:]


def option(kind, data, units=None):
    """A neighbour discovery option; units: its length field, if a lie."""
    size = (len(data) + 9) // 8 if units is None else units
    return bytes((kind, size)) + data + bytes(-(len(data) + 2) % 8)


def prefix(address, plen=64, flags=0xc0, valid=10000, preferred=5000):
    return option(3, struct.pack(">BBIII", plen, flags, valid, preferred, 0) +
                  ip_bytes(address))


def fragment(number, offset, more, ident):
    return struct.pack(">BBHI", number, 0, offset << 3 | more, ident)


def dest(number, options=b""):
    """An options header, padded with Pad1 (too much is an error)."""
    body = options + bytes(-(len(options) + 2) % 8)
    return bytes((number, (len(body) + 2) // 8 - 1)) + body


def echo(size=8, ident=1):
    return icmp(A6, B6, ECHO, 0, struct.pack(">HH", ident, 1) +
                bytes(range(256)) * (size // 256) + bytes(range(size % 256)))


def quoted(src=B6, dst="fd09::77"):
    """A packet that an error is about; nobody speaks its protocol."""
    return ipv6(src, dst, 253, bytes(40))


def in_pieces(src, dst, data, size, ident, number=ICMP):
    """Fragments of size bytes of data each."""
    return [ipv6(src, dst, FRAGMENT, fragment(
        number, at // 8, at + size < len(data), ident) + data[at:at + size])
        for at in range(0, len(data), size)]


def b_lines(*words):
    return sh("ip", "-n", "badb", "-6", *words).stdout.splitlines()
