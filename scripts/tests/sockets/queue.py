#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A program that netfilter asks about packets: binds queue 0 ("bound"), takes
one packet ("waits"), lets it pass at the end of its input, and says what came
of that: "passed", or the name of the error."""
import errno
import os
import socket
import struct
import sys

NETLINK_NETFILTER = 12
VERDICT, CONFIG = 0x301, 0x302          # NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_*
BIND, COPY_META, NF_ACCEPT = 1, 1, 1
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


def say(text):
    print(text, flush=True)


def main():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    for data in (attr(1, struct.pack(">BxH", BIND, 0)),
                 attr(2, struct.pack(">IB", 0, COPY_META))):
        error = ask(sock, CONFIG, data)
        if error:
            sys.exit(os.strerror(error))
    say("bound")
    # NFQA_PACKET_HDR is the first, and its first word the packet's number.
    ident = sock.recv(65536)[HEAD.size + 4:HEAD.size + 8]
    say("waits")
    sys.stdin.read()
    error = ask(sock, VERDICT, attr(2, struct.pack(">I", NF_ACCEPT) + ident))
    say(errno.errorcode[error] if error else "passed")


main()
