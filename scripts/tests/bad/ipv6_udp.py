#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sweeps over UDP and UDP-Lite to our own IPv6: lengths, sums and coverage that
lie, datagrams that are cut. A socket gets what is right and nothing else, and
each datagram is counted once."""
import ctypes
import errno
import socket
import struct
import threading

from badlib import (LIBC, finish, in_ns, ip_all, ip_bytes, result, same,
                    sysctl, wait_for)
from ipv6lib import A6, B6, UNREACH, Host, to
from packets import checksum

UDP, LITE = 17, 136
LITE_RECV_CSCOV, IPV6_CHECKSUM = 11, 7
ATTACH_FILTER, DETACH_FILTER = 26, 27
SO_RCVBUFFORCE, SO_ZEROCOPY, MSG_ZEROCOPY = 33, 60, 0x4000000
UDP_MEM = "/proc/sys/net/ipv4/udp_mem"      # of all namespaces


def datagram(number, data, length=None, covered=None, flip=None, dport=4001):
    """length is what the field says. The sum is right for covered bytes, by
    that field if it is None; then a bit of the byte at flip changes."""
    total = 8 + len(data)
    length = total if length is None else length
    if covered is None:
        covered = length if 8 <= length <= total else total
    # UDP's length in the pseudo header is its own, UDP-Lite's IPv6's.
    over = covered if number == UDP else total
    head = struct.pack(">HHHH", 4000, dport, length, 0)
    value = checksum(ip_bytes(A6) + ip_bytes(B6) + struct.pack(
        ">IHBB", over, 0, 0, number) + (head + data)[:covered]) or 0xffff
    out = bytearray(head[:6] + struct.pack(">H", value) + data)
    if flip is not None:
        out[flip] ^= 0x10
    return bytes(out)


def no_sum(packet):
    return packet[:6] + b"\0\0" + packet[8:]


class Sockets:
    """One of each protocol, and what comes out of it."""

    def __init__(self, host):
        self.host, self.faults = host, []
        self.socks = {number: in_ns("badb", lambda n=number: socket.socket(
            socket.AF_INET6, socket.SOCK_DGRAM, n)) for number in (UDP, LITE)}
        for sock in self.socks.values():
            sock.bind((B6, 4001))
            sock.setblocking(False)

    def close(self):
        for sock in self.socks.values():
            sock.close()

    def drain(self, number):
        while True:
            try:
                yield self.socks[number].recv(70000)
            except BlockingIOError:
                return

    def check(self, what, number, packets, **want):
        """want: data, what the socket gets; answers; why, for which reasons
        they are refused; and counters, which are 0 if they aren't named."""
        data, answers = want.pop("data", []), want.pop("answers", [])
        why = want.pop("why", {})
        before, reasons = self.host.counters(), self.host.refused()
        said = self.host.ask(*(to(number, p) for p in packets)).brief()
        got = list(self.drain(number))
        after = self.host.counters()
        reasons = same(reasons, self.host.refused())
        if reasons != why:
            self.faults.append(f"{what}: refused for {reasons}, not {why}")
        if got != data:
            self.faults.append(f"{what}: {got}, not {data}")
        if said != answers:
            self.faults.append(f"{what}: answered {said}")
        for protocol in (UDP, LITE):
            name = "Udp6" if protocol == UDP else "UdpLite6"
            for field in ("InDatagrams", "InErrors", "InCsumErrors",
                          "NoPorts", "RcvbufErrors"):
                moved = after[name + field] - before[name + field]
                wanted = want.get(field, 0) if protocol == number else 0
                if field == "InDatagrams" and protocol == number:
                    wanted = len(data)
                if moved != wanted:
                    self.faults.append(f"{what}: {name}{field} {moved}, not "
                                       f"{wanted}")
        if after["Ip6InDelivers"] - before["Ip6InDelivers"] != \
                len(packets) + 1:
            self.faults.append(f"{what}: not all delivered")

    def report(self, name):
        result(name, self.faults)
        self.faults = []


def cut(number, data, sockets):
    full = datagram(number, data)
    sockets.check("no whole header", number, [full[:n] for n in range(8)],
                  InErrors=8, why={"udp-length": 8})
    wrong = [full[:n] for n in range(8, len(full))]
    sums = len(wrong) if number == LITE else 0
    sockets.check("cut", number, wrong, InErrors=len(wrong),
                  InCsumErrors=sums, why={"udp-coverage" if number == LITE
                                          else "udp-length": len(wrong)})
    sockets.check("whole", number, [full], data=[data])


def both(number, sockets):
    """What the two protocols have in common."""
    data = b"abcdefgh"
    cut(number, data, sockets)
    closed = datagram(number, data, dport=4999)
    sockets.check("nobody's port", number, [closed], NoPorts=1,
                  answers=[(UNREACH, 4, None)], why={"no-socket": 1})
    for what, why, packet in (
            ("no checksum", "udp-no-checksum",
             no_sum(datagram(number, data))),
            ("no checksum to nobody's port", "udp-no-checksum",
             no_sum(closed)),
            ("wrong checksum to nobody's port", "udp-checksum", datagram(
                number, data, flip=9, dport=4999))):
        sockets.check(what, number, [packet], InErrors=1, InCsumErrors=1,
                      why={why: 1})
    flipped = [datagram(number, data, flip=n) for n in range(16)
               if n not in (2, 3, 4, 5)]
    sockets.check("a bit is wrong", number, flipped, InErrors=len(flipped),
                  InCsumErrors=len(flipped),
                  why={"udp-checksum": len(flipped)})


def udp_lengths(sockets):
    """RFC 768, RFC 8200 8.1; RFC 2675 4: 0 is what IPv6 says."""
    data = b"abcdefgh"
    both(UDP, sockets)
    sockets.check("lengths 1 to 7", UDP, [datagram(UDP, data, length=n)
                                          for n in range(1, 8)], InErrors=7,
                  why={"udp-length": 7})
    sockets.check("length 0", UDP, [datagram(UDP, data, length=0)],
                  data=[data])
    sockets.check("shorter than the packet", UDP, [
        datagram(UDP, data, length=n) for n in range(8, 16)],
        data=[data[:n] for n in range(8)])
    longer = [17, 18, 24, 255, 256, 32768, 65535]
    sockets.check("longer than the packet", UDP, [
        datagram(UDP, data, length=n) for n in longer], InErrors=len(longer),
        why={"udp-length": len(longer)})
    sockets.report("udp-lengths-and-sums")


def lite_coverage(sockets):
    """RFC 3828 3.1: 0 is all, 1 to 7 is an error, so is more than all."""
    data = b"abcdefgh"
    both(LITE, sockets)

    def lite(coverage, covered=None, flip=None):
        return datagram(LITE, data, coverage, covered, flip)
    sockets.check("coverage 0", LITE, [lite(0, 16)], data=[data])
    sockets.check("coverage 0, a bit is wrong", LITE, [
        lite(0, 16, n) for n in (8, 15)], InErrors=2, InCsumErrors=2,
        why={"udp-checksum": 2})
    odd = list(range(1, 8)) + [17, 18, 255, 65535]
    sockets.check("coverage that can't be", LITE, [
        lite(n, c) for n in odd for c in (min(n, 16), 16)],
        InErrors=2 * len(odd), InCsumErrors=2 * len(odd),
        why={"udp-coverage": 2 * len(odd)})
    for coverage in range(8, 16):
        outside = list(range(coverage, 16))
        inside = list(range(8, coverage))
        want = []
        for n in outside:
            changed = bytearray(data)
            changed[n - 8] ^= 0x10
            want.append(bytes(changed))
        sockets.check(f"coverage {coverage}, outside", LITE, [
            lite(coverage, flip=n) for n in outside], data=want)
        sockets.check(f"coverage {coverage}, inside", LITE, [
            lite(coverage, flip=n) for n in inside], InErrors=len(inside),
            InCsumErrors=len(inside),
            why={"udp-checksum": len(inside)} if inside else {})
        sockets.check(f"coverage {coverage}, no sum", LITE, [
            no_sum(lite(coverage))], InErrors=1, InCsumErrors=1,
            why={"udp-no-checksum": 1})
    sockets.report("udp-lite-coverage")


def refused_by_sockets(host, sockets):
    """Right datagrams that the socket, or its program, can't take."""
    data = b"abcdefgh"
    udp, lite = sockets.socks[UDP], sockets.socks[LITE]
    lite.setsockopt(LITE, LITE_RECV_CSCOV, 12)
    sockets.check("little is covered", LITE, [datagram(LITE, data, 8)],
                  InErrors=1, why={"udp-little-covered": 1})
    code = (ctypes.c_uint64 * 1)(0x06)              # return 0
    udp.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, struct.pack(
        "HP", 1, ctypes.addressof(code)))
    sockets.check("a filter", UDP, [datagram(UDP, data)], InErrors=1,
                  why={"socket-filter": 1})
    udp.setsockopt(socket.SOL_SOCKET, DETACH_FILTER, 0)
    before, reasons = host.counters(), host.refused()
    host.ask(to(UDP, datagram(UDP, data)))
    if LIBC.recv(udp.fileno(), ctypes.c_void_p(1), 8, 0) != -1 or \
            host.counters()["Udp6InErrors"] - before["Udp6InErrors"] != 1 or \
            same(reasons, host.refused()) != {"read-fault": 1}:
        sockets.faults.append("a reader without memory: refused for "
                              f"{same(reasons, host.refused())}")
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    before, reasons = host.counters(), host.refused()
    host.ask(*[to(UDP, datagram(UDP, data))] * 30)
    lost = 30 - len(list(sockets.drain(UDP)))
    if same(reasons, host.refused()) != {"socket-buffer": lost} or \
            host.counters()["Udp6RcvbufErrors"] - \
            before["Udp6RcvbufErrors"] != lost:
        sockets.faults.append(f"{lost} of 30 are lost, refused for "
                              f"{same(reasons, host.refused())}")
    raw = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                              socket.SOCK_RAW, 253))
    raw.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 4)
    host.counted(to(253, bytes(20)))
    if host.why != {"raw-checksum": 1}:
        sockets.faults.append(f"a raw socket: refused for {host.why}")
    raw.close()
    without_memory(host, sockets)
    sockets.report("refused-by-sockets")


def without_memory(host, sockets):
    """All of UDP has used up its memory, though this socket has room. What a
    processor has at hand, 1 MB, does not count yet."""
    def limits(values):
        with open(UDP_MEM, "w", encoding="ascii") as file:
            file.write(values)
    with open(UDP_MEM, encoding="ascii") as file:
        usual = file.read()
    udp = sockets.socks[UDP]
    udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
    before = host.counters()
    limits("0 0 0")
    try:
        host.counted(*[to(UDP, datagram(UDP, bytes(60000)))] * 40)
    finally:
        limits(usual)
    lost = 40 - len(list(sockets.drain(UDP)))
    moved = host.counters()["Udp6MemErrors"] - before["Udp6MemErrors"]
    if not lost or host.why != {"socket-memory": lost} or moved != lost:
        sockets.faults.append(f"{lost} of 40 are lost, refused for "
                              f"{host.why}, {moved} counted")


def refused_to_send(host, sockets):
    """What programs do not get out."""
    sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                               socket.SOCK_DGRAM))
    sock.connect((A6, 9))
    raw = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                              socket.SOCK_RAW, 253))
    raw.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 4)

    def flush():
        sock.send(b"never finished", socket.MSG_MORE)
        sock.close()

    def told_of_completion():
        sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
        sysctl("badb", "net.core.optmem_max=0")
        try:
            sock.send(b"no room for that", MSG_ZEROCOPY)
        finally:
            sysctl("badb", "net.core.optmem_max=131072")

    def refused(act):
        try:
            act()
        except OSError:
            pass
    for what, why, act in (
            ("completion", "no-memory", told_of_completion),
            ("memory", "send-fault", lambda: LIBC.send(
                sock.fileno(), ctypes.c_void_p(1), 8, 0)),
            ("a sum behind the end", "send-invalid",
             lambda: raw.sendto(b"abc", (A6, 0))),
            ("a part", "send-flushed", flush)):
        reasons = host.refused()
        refused(act)
        reasons = same(reasons, host.refused())
        if reasons != {why: 1}:
            sockets.faults.append(f"{what}: refused for {reasons}, not {why}")
    raw.close()
    sockets.report("refused-to-send")


class Sender(threading.Thread):
    """Sends one datagram more than the socket's buffer has room for."""

    def __init__(self, sock):
        super().__init__()
        self.sock, self.error = sock, None
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        # Nothing waits for ever.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                        struct.pack("@ll", 60, 0))
        sock.setblocking(False)
        try:
            while True:
                sock.send(bytes(1000))
        except BlockingIOError:
            sock.setblocking(True)

    def run(self):
        try:
            self.sock.send(bytes(1000))
            self.error = 0
        except OSError as refusal:
            self.error = refusal.errno

    def waits(self):
        """It is in the kernel, for room."""
        with open(f"/proc/self/task/{self.native_id}/wchan",
                  encoding="ascii") as file:
            return file.read().startswith("sock_")


def routes_that_go(host, sockets):
    """The route goes while the sender waits for room: what it has sent waits
    for a neighbour."""
    lladdr = ":".join(f"{b:02x}" for b in host.mac_a)
    # So long, too, in a slow guest.
    sysctl("badb", "net.ipv6.neigh.vb.retrans_time_ms=30000")
    for n, (kind, why, error) in enumerate((
            (None, "out-no-route", errno.ENETUNREACH),
            ("unreachable", "out-unreachable", errno.EHOSTUNREACH),
            ("prohibit", "out-prohibited", errno.EACCES),
            ("blackhole", "out-blackhole", errno.EINVAL))):
        via, dst = f"fd09::7{n}", f"fdd{n}::1"
        ip_all("badb", f"route add {dst} via {via} dev vb")
        sock = in_ns("badb", lambda: socket.socket(socket.AF_INET6,
                                                   socket.SOCK_DGRAM))
        sock.connect((dst, 9))
        sender = Sender(sock)
        reasons = host.refused()
        sender.start()
        if not wait_for("sender", sender.waits):
            sockets.faults.append(f"{kind}: it does not wait")
        ip_all("badb", f"route del {dst}", *(
            [f"route add {kind} {dst}"] if kind else []),
            f"neigh replace {via} lladdr {lladdr} dev vb")
        sender.join()
        reasons = same(reasons, host.refused())
        if reasons != {why: 1} or sender.error != error:
            sockets.faults.append(f"{kind}: refused for {reasons}, told "
                                  f"{sender.error}")
        sock.close()
    sysctl("badb", "net.ipv6.neigh.vb.retrans_time_ms=1000")
    host.ask()
    sockets.report("routes-that-go")


def main():
    host = Host()
    sockets = Sockets(host)
    udp_lengths(sockets)
    lite_coverage(sockets)
    refused_by_sockets(host, sockets)
    refused_to_send(host, sockets)
    routes_that_go(host, sockets)
    sockets.close()
    host.report_ends()
    host.close()
    finish()


main()
