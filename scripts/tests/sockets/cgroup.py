#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""BPF programs of a cgroup and sockets of AF_INET6: what bpf/cgroup.c, compiled
into the file that is named, changes and refuses. Each is attached, seen to do
what it says, and taken away again."""
import ctypes
import errno
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bad"))
# pylint: disable=wrong-import-position
from badlib import (LIBC, finish, in_ns, refusals, result, same, sh,
                    wait_for)

A, A2, B, TOLD = "fd09::1", "fd09::11", "fd09::2", "fd09::99"
ASKED, REAL, REFUSED = 7001, 7101, 7002
GROUP = "/sys/fs/cgroup/sextant"
WAIT = 20

BPF, PROG_LOAD, ATTACH, DETACH, LINK_CREATE = 321, 5, 8, 9, 28
# Of each program: its type, and where it is attached.
SKB, SOCK, SOCK_ADDR, SK_LOOKUP = 8, 9, 18, 30
PROGRAMS = {
    "ingress": (SKB, 0), "egress": (SKB, 1), "sock_create": (SOCK, 2),
    "bind6": (SOCK_ADDR, 9), "connect6": (SOCK_ADDR, 11),
    "post_bind6": (SOCK, 13), "sendmsg6": (SOCK_ADDR, 15),
    "recvmsg6": (SOCK_ADDR, 20), "getpeername6": (SOCK_ADDR, 30),
    "getsockname6": (SOCK_ADDR, 32), "sk_lookup": (SK_LOOKUP, 36),
}


# --- bpf(2) -------------------------------------------------------------------


def bpf(command, data):
    room = ctypes.create_string_buffer(data.ljust(160, b"\0"))
    got = LIBC.syscall(BPF, command, room, 160)
    if got < 0:
        err = ctypes.get_errno()
        raise OSError(err, f"bpf {command}: {os.strerror(err)}")
    return got


def sections(path):
    """Name and content of each section of an object file."""
    with open(path, "rb") as file:
        data = file.read()
    start, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    heads = [struct.unpack_from("<IIQQQQ", data, start + i * size)
             for i in range(count)]

    def content(head):
        return data[head[4]:head[4] + head[5]]
    strings = content(heads[names])
    return {strings[head[0]:strings.index(b"\0", head[0])].decode():
            content(head) for head in heads}


class Programs:
    """The programs of an object file; they need no relocation."""

    def __init__(self, path):
        self.sections = sections(path)
        self.loaded = {}

    def load(self, name):
        if name in self.loaded:
            return self.loaded[name]
        code = self.sections["prog/" + name]
        kind, place = PROGRAMS[name]
        text = ctypes.create_string_buffer(code, len(code))
        licence = ctypes.create_string_buffer(b"GPL")
        log = ctypes.create_string_buffer(1 << 16)
        try:
            self.loaded[name] = bpf(PROG_LOAD, struct.pack(
                "=IIQQIIQII16sII", kind, len(code) // 8,
                ctypes.addressof(text), ctypes.addressof(licence), 1,
                len(log), ctypes.addressof(log), 0, 0, name.encode(), 0,
                place))
        except OSError as err:
            raise RuntimeError(f"{name}: {err} {log.value.decode()}") from err
        return self.loaded[name]


class Attached:
    """While it lasts, the program runs for the sockets of the cgroup."""

    def __init__(self, programs, name):
        self.program, self.place = programs.load(name), PROGRAMS[name][1]
        self.group = -1

    def __enter__(self):
        self.group = os.open(GROUP, os.O_RDONLY)
        bpf(ATTACH, struct.pack("=4I", self.group, self.program, self.place,
                                0))

    def __exit__(self, *_):
        bpf(DETACH, struct.pack("=4I", self.group, self.program, self.place,
                                0))
        os.close(self.group)


# --- hosts --------------------------------------------------------------------


def net():
    for ns in ("seca", "secb"):
        sh("ip", "netns", "del", ns, check=False)
        sh("ip", "netns", "add", ns)
        sh("ip", "-n", ns, "link", "set", "lo", "up")
    sh("ip", "link", "add", "va", "netns", "seca", "type", "veth", "peer",
       "name", "vb", "netns", "secb")
    for ns, dev, addresses in (("seca", "va", (A2, A)), ("secb", "vb", (B,))):
        sh("ip", "-n", ns, "link", "set", dev, "up")
        for address in addresses:
            sh("ip", "-n", ns, "addr", "add", address + "/64", "dev", dev,
               "nodad")
    if not wait_for("ping", lambda: sh(
            "ip", "netns", "exec", "seca", "ping", "-c1", "-W1", B,
            check=False).returncode == 0):
        raise RuntimeError("no answer from secb")


def sock(ns, address=None, port=0, kind=socket.SOCK_DGRAM, proto=0):
    made = in_ns(ns, lambda: socket.socket(socket.AF_INET6, kind, proto))
    made.settimeout(WAIT)
    if address:
        made.bind((address, port))
    return made


def differs(what, expected, got):
    return [] if expected == got else \
        [f"{what}: expected {expected!r}, got {got!r}"]


def fails(what, error, call):
    try:
        call()
    except OSError as err:
        return differs(what, errno.errorcode.get(error, error),
                       errno.errorcode.get(err.errno, err.errno))
    return [f"{what}: it worked"]


def name(address):
    return address[:2]


# --- programs -----------------------------------------------------------------


def bind6(programs):
    with Attached(programs, "bind6"):
        made = sock("secb", "::", ASKED)
        faults = differs("bound to", (B, REAL), name(made.getsockname()))
        faults += fails("refused", errno.EPERM,
                        lambda: sock("secb", "::", REFUSED))
    peer = sock("seca")
    peer.sendto(b"x", (B, REAL))
    faults += differs("data", b"x", made.recv(100))
    made.close()
    return faults + differs("without it", ("::", ASKED), name(
        sock("secb", "::", ASKED).getsockname()))


def post_bind6(programs):
    with Attached(programs, "post_bind6"):
        faults = fails("refused", errno.EPERM, lambda: sock("secb", "::", 7003))
    # What was refused did not keep the port.
    return faults + differs("without it", ("::", 7003), name(
        sock("secb", "::", 7003).getsockname()))


def connect6(programs):
    there = sock("secb", B, REAL)
    with Attached(programs, "connect6"):
        made = sock("seca")
        made.connect((TOLD, ASKED))
        faults = differs("peer", (B, REAL), name(made.getpeername()))
        made.send(b"x")
        faults += differs("data", b"x", there.recv(100))
        faults += fails("refused", errno.EPERM,
                        lambda: sock("seca").connect((B, REFUSED)))
    sock("seca").connect((B, REFUSED))
    return faults


def sendmsg6(programs):
    there = sock("secb", B, REAL)
    made, bound = sock("seca"), sock("seca", A2)
    with Attached(programs, "sendmsg6"):
        made.sendto(b"moved", (TOLD, ASKED))
        faults = differs("data", b"moved", there.recv(100))
        faults += fails("refused", errno.EPERM,
                        lambda: made.sendto(b"x", (B, REFUSED)))
        # The program sees the address that the socket is bound to.
        bound.sendto(b"bound", (B, 7006))
        data, sender = there.recvfrom(100)
        faults += differs("of the bound socket", (b"bound", A2),
                          (data, sender[0]))
        # It chooses another source.
        for one in (made, sock("seca", A)):
            one.sendto(b"source", (B, 7007))
            data, sender = there.recvfrom(100)
            faults += differs("with a source", (b"source", A2),
                              (data, sender[0]))
        # A connected socket's own datagrams are none of its business.
        made.connect((B, ASKED))
        made.send(b"connected")
    refused = fails("at the port itself", errno.ECONNREFUSED,
                    lambda: made.recv(100))
    return faults + refused


def recvmsg6(programs):
    peer = sock("secb", B, REAL)
    made = sock("seca", A)
    with Attached(programs, "recvmsg6"):
        peer.sendto(b"x", made.getsockname())
        faults = differs("sender", (TOLD, ASKED), name(made.recvfrom(100)[1]))
    peer.sendto(b"x", made.getsockname())
    return faults + differs("without it", (B, REAL),
                            name(made.recvfrom(100)[1]))


def names(programs):
    there = sock("secb", B, REAL)
    made = sock("seca")
    made.connect((B, REAL))
    faults = []
    for program, ask in (("getpeername6", made.getpeername),
                         ("getsockname6", there.getsockname)):
        with Attached(programs, program):
            faults += differs(program, (TOLD, ASKED), name(ask()))
        faults += differs("without it", (B, REAL), name(ask()))
    return faults


def sock_create(programs):
    with Attached(programs, "sock_create"):
        faults = fails("refused", errno.EPERM, lambda: sock(
            "seca", kind=socket.SOCK_RAW, proto=253))
        made = sock("seca")
        faults += differs("mark", 77, made.getsockopt(
            socket.SOL_SOCKET, socket.SO_MARK))
    sock("seca", kind=socket.SOCK_RAW, proto=253)
    return faults


def refused_since(ns, before):
    """For which reasons, but for one: a neighbour's own reports and questions
    go to groups that this host has not joined, whenever they are due."""
    now = same(before, refusals(ns))
    now.pop("group-not-joined", None)
    return now


def packets(programs):
    there = {port: sock("secb", B, port) for port in (7004, 7005, REAL)}
    made = sock("seca", A)
    faults = []
    with Attached(programs, "egress"):
        before = refusals("seca")
        faults += fails("refused", errno.EPERM,
                        lambda: made.sendto(b"x", (B, 7004)))
        faults += differs("refused for", {"cgroup-egress": 1},
                          refused_since("seca", before))
        made.sendto(b"passes", (B, 7005))
        faults += differs("passes", b"passes", there[7005].recv(100))
    with Attached(programs, "ingress"):
        before = refusals("secb")
        made.sendto(b"lost", (B, 7005))
        made.sendto(b"passes", (B, REAL))
        faults += differs("passes", b"passes", there[REAL].recv(100))
        faults += differs("refused for", {"socket-filter": 1},
                          refused_since("secb", before))
    for port in (7004, 7005):
        made.sendto(b"again", (B, port))
        faults += differs(f"at {port}", b"again", there[port].recv(100))
    return faults


def sk_lookup(programs):
    """Of a namespace: it hides a socket, unless that is connected."""
    hidden, made = sock("secb", B, 7008), sock("seca", A)
    there = os.open("/run/netns/secb", os.O_RDONLY)
    link = bpf(LINK_CREATE, struct.pack("=4I", programs.load("sk_lookup"),
                                        there, PROGRAMS["sk_lookup"][1], 0))
    os.close(there)
    made.connect((B, 7008))
    made.send(b"lost")
    faults = fails("hidden", errno.ECONNREFUSED, lambda: made.recv(100))
    hidden.connect(made.getsockname())
    made.send(b"connected")
    faults += differs("connected", b"connected", hidden.recv(100))
    hidden.close()
    hidden = sock("secb", B, 7008)
    os.close(link)
    made.send(b"again")
    return faults + differs("without it", b"again", hidden.recv(100))


def main():
    programs = Programs(sys.argv[1])
    net()
    os.mkdir(GROUP)
    with open(GROUP + "/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")
    for test in (bind6, post_bind6, connect6, sendmsg6, recvmsg6, names,
                 sock_create, packets, sk_lookup):
        try:
            result("bpf-" + test.__name__.replace("_", "-"), test(programs))
        except (OSError, RuntimeError) as err:
            result("bpf-" + test.__name__.replace("_", "-"), [repr(err)])
    with open("/sys/fs/cgroup/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")
    os.rmdir(GROUP)
    for ns in ("seca", "secb"):
        sh("ip", "netns", "del", ns)
    finish()


if __name__ == "__main__":
    main()
