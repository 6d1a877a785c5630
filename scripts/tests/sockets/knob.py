# SPDX-License-Identifier: GPL-2.0
"""A setting of net.ipv6 that is turned for a while; and what else of the kernel
its tests look at."""
import socket
import struct

from badlib import in_ns

SO_TIMESTAMPNS = 35
LATE = 0.7                              # seconds that a timer may take longer


def read(ns, name):
    def look():
        with open("/proc/sys/net/ipv6/" + name, encoding="ascii") as file:
            return file.read().strip()
    return in_ns(ns, look)


def write(ns, name, value):
    def put():
        with open("/proc/sys/net/ipv6/" + name, "w", encoding="ascii") as file:
            file.write(str(value))
    in_ns(ns, put)


class Knob:
    """While it lasts, the setting has that value."""

    def __init__(self, ns, name, value, usual):
        self.ns, self.name, self.value = ns, name, value
        if read(ns, name) != str(usual):
            raise RuntimeError(f"{name} is {read(ns, name)}, not {usual}")
        self.usual = usual

    def __enter__(self):
        write(self.ns, self.name, self.value)
        if read(self.ns, self.name) != str(self.value):
            raise RuntimeError(f"{self.name} does not become {self.value}")

    def __exit__(self, *_):
        write(self.ns, self.name, self.usual)


def listener(ns, groups):
    """A socket that hears what rtnetlink tells these groups (RTMGRP_*)."""
    heard = in_ns(ns, lambda: socket.socket(socket.AF_NETLINK,
                                            socket.SOCK_RAW, 0))
    heard.bind((0, groups))
    return heard


def events(heard):
    """The types of all messages that are there."""
    got = []
    heard.setblocking(False)
    try:
        while True:
            data = heard.recv(65536)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                got.append(kind)
                data = data[(length + 3) & ~3:]
    except BlockingIOError:
        return got
