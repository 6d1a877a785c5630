#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A program that netfilter asks about packets: binds queue 0 ("bound"), takes
one packet ("waits"), lets it pass at the end of its input, and says what came
of that: "passed", or the name of the error. An argument is the address that a
UDP packet of IPv6 is for, from there on; or "again": packets go round and
round in queues 0 to 2 ("goes"), and it says how many are left at the end of
its input."""
import errno
import os
import select
import socket
import struct
import sys

NETLINK_NETFILTER = 12
VERDICT, CONFIG = 0x301, 0x302          # NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_*
BIND, COPY_META, COPY_PACKET = 1, 1, 2
NF_DROP, NF_ACCEPT, NF_REPEAT = 0, 1, 4
PACKET_HDR, VERDICT_HDR, PAYLOAD = 1, 2, 10     # NFQA_*
HEAD = struct.Struct("=IHHIIBBH")       # struct nlmsghdr, struct nfgenmsg
REQUEST, REQUEST_ACK, ERROR = 1, 5, 2


def attr(kind, data):
    return struct.pack("=HH", len(data) + 4, kind) + data + \
        bytes(-len(data) % 4)


def ask(sock, kind, data, queue=0, flags=REQUEST_ACK):
    """The error that a request comes to, or 0."""
    sock.send(HEAD.pack(HEAD.size + len(data), kind, flags, 1, 0, 0, 0,
                        socket.htons(queue)) + data)
    if flags == REQUEST:
        return 0
    return -struct.unpack_from("=i", sock.recv(65536), 16)[0]


def attrs(data):
    """Payloads by type."""
    got = {}
    while data:
        length, kind = struct.unpack_from("=HH", data)
        got[kind] = data[4:length]
        data = data[(length + 3) & ~3:]
    return got


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff or 0xffff


def sent_to(packet, address):
    """The same UDP datagram for another."""
    to, data = socket.inet_pton(socket.AF_INET6, address), packet[40:]
    total = checksum(packet[8:24] + to + struct.pack(
        ">II", len(data), socket.IPPROTO_UDP) + data[:6] + data[8:])
    return packet[:24] + to + data[:6] + struct.pack(">H", total) + data[8:]


def say(text):
    print(text, flush=True)


def bind(sock, *copy, queue=0):
    for data in (attr(1, struct.pack(">BxH", BIND, 0)),
                 attr(2, struct.pack(">IB", *copy))):
        error = ask(sock, CONFIG, data, queue)
        if error:
            sys.exit(os.strerror(error))


def message(sock):
    """Queue and number of a packet, or None: an error came."""
    data = sock.recv(65536)
    kind, queue = struct.unpack_from("=4xH12xH", data)
    if kind == ERROR:
        return None
    return socket.ntohs(queue), attrs(data[HEAD.size:])[PACKET_HDR][:4]


def answer(sock, packet, verdict, flags=REQUEST):
    return ask(sock, VERDICT, attr(VERDICT_HDR, struct.pack(">I", verdict) +
                                   packet[1]), packet[0], flags)


def again(sock):
    """No packet gets out of the last queue, and few of those before it."""
    for queue in range(3):
        bind(sock, 0, COPY_META, queue=queue)
    say("bound")
    poll, count = select.poll(), 0
    for one in (sock, sys.stdin):
        poll.register(one, select.POLLIN)
    while sys.stdin.fileno() not in (fd for fd, _ in poll.poll()):
        packet = message(sock)
        if packet:
            count += 1
            on = packet[0] < 2 and not count % 100
            answer(sock, packet, NF_ACCEPT if on else NF_REPEAT)
        if count == 1000:
            say("goes")
    # What it was told of before, and has not answered; who is there still?
    sock.setblocking(False)
    packets = []
    try:
        while True:
            packets.append(message(sock))
    except BlockingIOError:
        sock.setblocking(True)
    left = [answer(sock, p, NF_DROP, REQUEST_ACK) for p in packets if p]
    say(f"{left.count(0)} left")


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    if sys.argv[1:] == ["again"]:
        again(sock)
        return
    bind(sock, *((2000, COPY_PACKET) if sys.argv[1:] else (0, COPY_META)))
    say("bound")
    got = attrs(sock.recv(65536)[HEAD.size:])
    say("waits")
    sys.stdin.read()
    # The first word of a header is the packet's number.
    verdict = attr(VERDICT_HDR, struct.pack(">I", NF_ACCEPT) +
                   got[PACKET_HDR][:4])
    for address in sys.argv[1:]:
        verdict += attr(PAYLOAD, sent_to(got[PAYLOAD], address))
    error = ask(sock, VERDICT, verdict)
    say(errno.errorcode[error] if error else "passed")


main()
