#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""BPF programs and sockets of AF_INET6: what bpf/cgroup.c, compiled into the
file that is named, changes, chooses and refuses. Each is attached, seen to do
what it says, and taken away again."""
import ctypes
import errno
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bad"))
# pylint: disable=wrong-import-position
from badlib import (LIBC, WAIT, finish, in_ns, ip_all, refusals, result, same,
                    sh, sysctl, wait_for)
from packets import ipv6

A, A2, B, TOLD = "fd09::1", "fd09::11", "fd09::2", "fd09::99"
ASKED, REAL, REFUSED = 7001, 7101, 7002
GROUP = "/sys/fs/cgroup/sextant"
IP6 = socket.IPPROTO_IPV6
SO_REUSEPORT, SO_ATTACH_REUSEPORT_EBPF = 15, 52

BPF, MAP_CREATE, MAP_UPDATE, MAP_DELETE, PROG_LOAD = 321, 0, 2, 3, 5
ATTACH, DETACH, TEST_RUN, LINK_CREATE = 8, 9, 10, 28
SOCKMAP, REUSEPORT_SOCKARRAY, TCX_INGRESS = 15, 20, 46
# What stands for the map of sockets in the programs.
SOCKETS = 0x5e7c0de5e7c0de
LOAD_64, MAP_FD = 0x18, 1
# Of each program: its type, and where it is attached.
CLS, SKB, SOCK, SOCK_ADDR, REUSEPORT, SK_LOOKUP = 3, 8, 9, 18, 21, 30
PROGRAMS = {
    "ingress": (SKB, 0), "egress": (SKB, 1), "sock_create": (SOCK, 2),
    "bind6": (SOCK_ADDR, 9), "connect6": (SOCK_ADDR, 11),
    "post_bind6": (SOCK, 13), "sendmsg6": (SOCK_ADDR, 15),
    "recvmsg6": (SOCK_ADDR, 20), "getpeername6": (SOCK_ADDR, 30),
    "getsockname6": (SOCK_ADDR, 32), "sk_lookup": (SK_LOOKUP, 36),
    "connect6_socket": (SOCK_ADDR, 11), "ingress_beside": (SKB, 0),
    "bind4": (SOCK_ADDR, 8), "bind6_mapped": (SOCK_ADDR, 9),
    "connect4": (SOCK_ADDR, 10), "connect6_mapped": (SOCK_ADDR, 11),
    "sendmsg4": (SOCK_ADDR, 14), "sendmsg6_mapped": (SOCK_ADDR, 15),
    "assign": (CLS, 0), "reuseport": (REUSEPORT, 0), "source": (CLS, 0),
}


# --- bpf(2) -------------------------------------------------------------------


def bpf_room(command, data):
    """What it returns, and its argument as it is then."""
    room = ctypes.create_string_buffer(data.ljust(160, b"\0"))
    got = LIBC.syscall(BPF, command, room, 160)
    if got < 0:
        err = ctypes.get_errno()
        raise OSError(err, f"bpf {command}: {os.strerror(err)}")
    return got, room.raw


def bpf(command, data):
    return bpf_room(command, data)[0]


def map_update(sockets, key, made):
    """From now on it is that socket; or none."""
    where = ctypes.c_uint32(key)
    value = ctypes.c_uint64(made.fileno() if made else 0)
    bpf(MAP_UPDATE if made else MAP_DELETE, struct.pack(
        "=IIQQQ", sockets, 0, ctypes.addressof(where),
        ctypes.addressof(value) if made else 0, 0))


class Sockets:
    """The map of sockets, which programs choose from."""

    def __init__(self):
        self.map = bpf(MAP_CREATE, struct.pack(
            "=5I", REUSEPORT_SOCKARRAY, 4, 8, 2, 0))


    def known_to(self, code):
        """A program's instructions, with the map."""
        code = bytearray(code)
        for at in range(0, len(code) - 8, 8):
            low, = struct.unpack_from("=I", code, at + 4)
            high, = struct.unpack_from("=I", code, at + 12)
            if code[at] == LOAD_64 and low | high << 32 == SOCKETS:
                code[at + 1] |= MAP_FD << 4
                struct.pack_into("=I", code, at + 4, self.map)
                struct.pack_into("=I", code, at + 12, 0)
        return bytes(code)


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
        self.sockets = Sockets()

    def load(self, name):
        if name in self.loaded:
            return self.loaded[name]
        code = self.sockets.known_to(self.sections["prog/" + name])
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


def sharing(address, port):
    made = sock("secb")
    made.setsockopt(socket.SOL_SOCKET, SO_REUSEPORT, 1)
    made.bind((address, port))
    return made


def assign(programs):
    """bpf_sk_assign(), of an interface: it chooses a socket, before any that
    has the port. Programs of a namespace would choose from a map of sockets
    that may have no port, which none of ours gets into."""
    chosen, own, made = (sock("secb", B, 7014), sock("secb", B, 7013),
                         sock("seca", A))
    index = in_ns("secb", lambda: socket.if_nametoindex("vb"))
    there = bpf(MAP_CREATE, struct.pack("=5I", SOCKMAP, 4, 8, 2, 0))
    faults = fails("map", errno.EOPNOTSUPP, lambda: map_update(there, 0, own))
    os.close(there)
    link = in_ns("secb", lambda: bpf(LINK_CREATE, struct.pack(
        "=4I", programs.load("assign"), index, TCX_INGRESS, 0)))
    made.connect((B, 7013))
    own.connect(made.getsockname())
    for what in (b"of two", b"of one"):
        made.send(what)
        faults += differs("chosen", what, chosen.recv(100))
        own.close()
    chosen.close()
    own, chosen = sock("secb", B, 7013), sock("secb", "::", 7014)
    made.send(b"wildcard")
    faults += differs("chosen", b"wildcard", chosen.recv(100))
    os.close(link)
    made.send(b"own")
    return faults + differs("without it", b"own", own.recv(100))


def reuseport(programs):
    """Of sockets that share a port: it chooses by what comes, or nobody."""
    group = [sharing(B, 7015) for _ in range(2)]
    group[0].setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF,
                        programs.load("reuseport"))
    for key, made in enumerate(group):
        map_update(programs.sockets.map, key, made)
    made = sock("seca", A)
    made.connect((B, 7015))
    faults = []
    for data in (b"1", b"0", b"1 too", b"0 too"):
        made.send(data)
        faults += differs("chosen", data, group[data[0] - 48].recv(100))
    made.send(b"2")
    faults += fails("nobody is chosen", errno.ECONNREFUSED,
                    lambda: made.recv(100))
    map_update(programs.sockets.map, 1, None)
    made.send(b"1")
    return faults + fails("who is there no more", errno.ECONNREFUSED,
                          lambda: made.recv(100))


def connect_binds(programs):
    """bpf_bind(): as if the program that connects had bound before."""
    faults = []
    with Attached(programs, "connect6_socket"):
        for port, own in ((7009, None), (7010, 7110)):
            there, made = sock("secb", B, port), sock("seca")
            made.connect((B, port))
            got = name(made.getsockname())
            faults += differs(f"{port}: bound to", (A2, own or got[1]), got)
            made.send(b"x")
            faults += differs("sender", (b"x", got), (
                lambda d, n: (d, name(n)))(*there.recvfrom(100)))
        faults += fails("nobody's address", errno.EPERM,
                        lambda: sock("seca").connect((B, 7016)))
    made = sock("seca")
    made.connect((B, 7009))
    return faults + differs("without it", A, made.getsockname()[0])


def connect_options(programs):
    """bpf_getsockopt() and bpf_setsockopt(): of the socket that connects."""
    there = sock("secb", B, 7017)
    there.setsockopt(IP6, socket.IPV6_RECVTCLASS, 1)
    made, other = sock("seca"), sock("seca")
    made.setsockopt(IP6, socket.IPV6_TCLASS, 0x20)
    with Attached(programs, "connect6_socket"):
        made.connect((B, 7017))
        faults = fails("of another class", errno.EPERM,
                       lambda: other.connect((B, 7017)))
    faults += differs("option", 0x48, made.getsockopt(IP6, socket.IPV6_TCLASS))
    made.send(b"x")
    return faults + differs("on the wire", [(IP6, socket.IPV6_TCLASS,
                                             struct.pack("=i", 0x48))],
                            there.recvmsg(100, 100)[1])


def lookup_beside(programs):
    """bpf_sk_lookup_udp(): a datagram is heard if there is a socket for its
    sender at another port."""
    there, made = sock("secb", B, 7011), sock("seca", A)
    faults = []

    def heard(what, arrives):
        before = refusals("secb")
        made.sendto(what, (B, 7011))
        if arrives:
            return differs("heard", what, there.recv(100))
        if not wait_for("drop", lambda: refused_since("secb", before)):
            return [f"{what} is not refused"]
        return differs(what, {"socket-filter": 1},
                       refused_since("secb", before))
    with Attached(programs, "ingress_beside"):
        faults += heard(b"nobody", False)
        beside = sock("secb", B, 7012)
        faults += heard(b"somebody", True)
        beside.connect(made.getsockname())
        faults += heard(b"for this one", True)
        beside.connect((A, 7))
        faults += heard(b"for another", False)
        beside.close()
        beside = sock("secb", "::", 7012)
        faults += heard(b"a wildcard", True)
        beside.close()
        faults += heard(b"nobody again", False)
    return faults + heard(b"without it", True)


def source(programs):
    """bpf_fib_lookup() with BPF_FIB_LOOKUP_SRC: the source is the one that the
    stack says for the same destination, or the route's own."""
    program, faults = programs.load("source"), []
    sysctl("seca", "net.ipv6.conf.va.forwarding=1")
    ip_all("seca", f"route add fd77::/64 via {B}",
           f"route add fd78::/64 via {B} src {A2}",
           "route add unreachable fd79::/64")
    index = in_ns("seca", lambda: socket.if_nametoindex("va"))

    def answer(dest):
        data = bytes(12) + b"\x86\xdd" + ipv6("::", dest, 17, bytes(8))
        given = ctypes.create_string_buffer(data, len(data))
        back = ctypes.create_string_buffer(len(data))
        about = ctypes.create_string_buffer(bytes(40) + struct.pack(
            "=I", index), 44)
        _, room = in_ns("seca", lambda: bpf_room(TEST_RUN, struct.pack(
            "=4IQQ4IQ", program, 0, len(data), len(data),
            ctypes.addressof(given), ctypes.addressof(back), 1, 0, 44, 0,
            ctypes.addressof(about))))
        return struct.unpack_from("=i", room, 4)[0], socket.inet_ntop(
            socket.AF_INET6, back.raw[22:38])
    for dest in (B, "fd77::1", "fd78::1"):
        words = sh("ip", "-n", "seca", "-6", "route", "get",
                   dest).stdout.split()
        faults += differs(dest, (0, words[words.index("src") + 1]),
                          answer(dest))
    faults += differs("by the route", A2, answer("fd78::1")[1])
    faults += differs("unreachable", 2, answer("fd79::1")[0])
    ip_all("seca", "route del fd77::/64", "route del fd78::/64",
           "route del unreachable fd79::/64")
    sysctl("seca", "net.ipv6.conf.va.forwarding=0")
    return faults + differs("of no router", 5, answer(B)[0])


# --- IPv4-mapped addresses ----------------------------------------------------

FOUR = "10.9.0.2"
MAPPED, MAPPED_TOLD = "::ffff:10.9.0.2", "::ffff:10.9.0.99"


def four(address, port):
    """struct sockaddr_in, which Python does not give to sockets of AF_INET6."""
    return struct.pack("=H", socket.AF_INET) + struct.pack(
        ">H", port) + socket.inet_aton(address) + bytes(8)


def call(function, made, *args):
    if function(made.fileno(), *args) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def mapped(programs):
    """To IPv4-mapped addresses: bind6 and connect6 are asked, sendmsg4, not the
    others; connect4 for who names an IPv4 address as such."""
    ip_all("seca", "addr add 10.9.0.1/24 dev va")
    ip_all("secb", f"addr add {FOUR}/24 dev vb")
    there = in_ns("secb", lambda: socket.socket(socket.AF_INET,
                                                socket.SOCK_DGRAM))
    there.settimeout(WAIT)
    there.bind((FOUR, REAL))
    told, refusing = four("10.9.0.99", ASKED), four(FOUR, REFUSED)
    made, faults = sock("seca"), []
    with Attached(programs, "sendmsg4"):
        made.sendto(b"mapped", (MAPPED_TOLD, ASKED))
        faults += differs("sendmsg4", b"mapped", there.recv(100))
        call(LIBC.sendto, made, b"named", 5, 0, told, 16)
        faults += differs("sendmsg4, named", b"named", there.recv(100))
        faults += fails("sendmsg4 refuses", errno.EPERM,
                        lambda: made.sendto(b"x", (MAPPED, REFUSED)))
    with Attached(programs, "sendmsg6_mapped"):
        made.sendto(b"x", (MAPPED, REFUSED))
    with Attached(programs, "connect6_mapped"):
        made = sock("seca")
        made.connect((MAPPED_TOLD, ASKED))
        faults += differs("connect6", (MAPPED, REAL), name(made.getpeername()))
        made.send(b"connected")
        faults += differs("data", b"connected", there.recv(100))
        faults += fails("connect6 refuses", errno.EPERM, lambda: sock(
            "seca").connect((MAPPED, REFUSED)))
        call(LIBC.connect, sock("seca"), refusing, 16)
    with Attached(programs, "connect4"):
        sock("seca").connect((MAPPED, REFUSED))
        made = sock("seca")
        call(LIBC.connect, made, told, 16)
        faults += differs("connect4, named", (MAPPED, REAL),
                          name(made.getpeername()))
        faults += fails("connect4 refuses", errno.EPERM, lambda: call(
            LIBC.connect, sock("seca"), refusing, 16))
    with Attached(programs, "bind6_mapped"):
        there.close()
        faults += differs("bind6", (MAPPED, REAL), name(sock(
            "secb", MAPPED_TOLD, ASKED).getsockname()))
        faults += fails("bind6 refuses", errno.EPERM,
                        lambda: sock("secb", MAPPED, REFUSED))
    with Attached(programs, "bind4"):
        sock("secb", MAPPED, REFUSED)
    return faults


def main():
    programs = Programs(sys.argv[1])
    net()
    os.mkdir(GROUP)
    with open(GROUP + "/cgroup.procs", "w", encoding="ascii") as file:
        file.write("0")
    for test in (bind6, post_bind6, connect6, sendmsg6, recvmsg6, names,
                 sock_create, packets, sk_lookup, assign, reuseport,
                 connect_binds, connect_options, lookup_beside, source,
                 mapped):
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
