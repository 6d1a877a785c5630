#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A program that netfilter asks about packets: binds queue 0 ("bound"), takes
one packet ("waits"), lets it pass at the end of its input, and says what came
of that: "passed", or the name of the error. An argument is the address that a
UDP packet of IPv6 is for, from there on."""
import errno
import os
import socket
import struct
import sys

NETLINK_NETFILTER = 12
VERDICT, CONFIG = 0x301, 0x302          # NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_*
BIND, COPY_META, COPY_PACKET, NF_ACCEPT = 1, 1, 2, 1
PACKET_HDR, VERDICT_HDR, PAYLOAD = 1, 2, 10     # NFQA_*
HEAD = struct.Struct("=IHHIIBBH")       # struct nlmsghdr, struct nfgenmsg
REQUEST_ACK = 5


def attr(kind, data):
    return struct.pack("=HH", len(data) + 4, kind) + data + \
        bytes(-len(data) % 4)


def ask(sock, kind, data):
    """The error that a request comes to, or 0."""
    sock.send(HEAD.pack(HEAD.size + len(data), kind, REQUEST_ACK, 1, 0, 0, 0,
                        0) + data)
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


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    copy = (2000, COPY_PACKET) if sys.argv[1:] else (0, COPY_META)
    for data in (attr(1, struct.pack(">BxH", BIND, 0)),
                 attr(2, struct.pack(">IB", *copy))):
        error = ask(sock, CONFIG, data)
        if error:
            sys.exit(os.strerror(error))
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
