#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""No page that anybody else holds is written to: a file that is sent with
sendfile through SAs keeps its bytes, the receiver gets them, and a tap on the
wire shows the same frames on both sides of the far end's decryption."""
import os
import socket
import struct
import tempfile
import threading

from badlib import finish, in_ns, result
from salib import IN, OUT, Sa, add_policy, flush, selector, transform
from wirelib import A4, A6, B4, B6, Wire

SIZE = 400000


def pattern(size):
    return b"".join(struct.pack(">I", i * 2654435761 & 0xffffffff)
                    for i in range(size // 4))


def protect(wire, nl_a, alg, src, dst):
    """Transport mode both ways, in both namespaces."""
    for nl, out, back in ((nl_a, (src, dst), (dst, src)),
                          (wire.nl, (dst, src), (src, dst))):
        flush(nl)
        Sa(alg, 0xc001 if out[0] == src else 0xc002, *out,
           direction=OUT).add(nl)
        Sa(alg, 0xc002 if out[0] == src else 0xc001, *back,
           direction=IN).add(nl)
        add_policy(nl, OUT, "protect", selector=selector(*out),
                   transforms=[transform()])
        add_policy(nl, IN, "protect", selector=selector(*back),
                   transforms=[transform()])


def tap(ns, dev):
    sock = in_ns(ns, lambda: socket.socket(socket.AF_PACKET,
                                           socket.SOCK_RAW, 0x0300))
    sock.bind((dev, 3))         # ETH_P_ALL
    sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)     # SO_RCVBUFFORCE
    sock.setblocking(False)
    return sock


def frames(sock, a_mac):
    """The ESP frames that went from A to B, as they lie there now."""
    out = []
    while True:
        try:
            frame = sock.recv(65536)
        except BlockingIOError:
            return out
        if frame[6:12] != a_mac:
            continue
        if frame[12:14] == b"\x08\x00" and frame[23] == 50 or \
                frame[12:14] == b"\x86\xdd" and frame[20] == 50:
            out.append(frame)


def tcp(wire, family, src, dst, path):
    """A file over TCP by sendfile; the bytes that arrive."""
    server = in_ns(wire.b, lambda: socket.socket(family,
                                                 socket.SOCK_STREAM))
    server.bind((dst, 5001))
    server.listen(1)
    client = in_ns(wire.a, lambda: socket.socket(family,
                                                 socket.SOCK_STREAM))
    client.bind((src, 0))
    client.settimeout(60)
    client.connect((dst, 5001))
    got, (conn, _) = bytearray(), server.accept()
    conn.settimeout(60)

    def read():
        while True:
            data = conn.recv(65536)
            if not data:
                return
            got.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    with open(path, "rb") as file:
        # Not os.sendfile: with a timeout the socket doesn't block, and a full
        # send buffer would be an error.
        client.sendfile(file)
    client.shutdown(socket.SHUT_WR)
    reader.join()
    for sock in (conn, client, server):
        sock.close()
    return bytes(got)


def udp(wire, family, src, dst, path):
    """Pieces of a file over UDP by sendfile."""
    server = in_ns(wire.b, lambda: socket.socket(family, socket.SOCK_DGRAM))
    server.bind((dst, 5002))
    server.settimeout(60)
    client = in_ns(wire.a, lambda: socket.socket(family, socket.SOCK_DGRAM))
    client.bind((src, 0))
    client.connect((dst, 5002))
    got = b""
    with open(path, "rb") as file:
        for at in range(0, 40000, 1000):
            os.sendfile(client.fileno(), file.fileno(), at, 1000)
            got += server.recv(65536)
    # Small ones, whose bytes lie in one piece that a tap holds as well.
    for n in range(50):
        client.send(bytes((n,)) * 100)
        if server.recv(65536) != bytes((n,)) * 100:
            return b""
    client.close()
    server.close()
    return got


def main():
    wire = Wire(mtu=1500)
    nl_a = in_ns(wire.a, type(wire.nl))
    whole = pattern(SIZE)
    a_mac = wire.head[6:12]
    with tempfile.TemporaryDirectory() as folder:
        for family, src, dst in ((socket.AF_INET, A4, B4),
                                 (socket.AF_INET6, A6, B6)):
            # Our own IPv6 has no TCP yet.
            has_tcp = (family == socket.AF_INET or
                       os.environ.get("SXT_IPV6") != "sextant")
            least = 300 if has_tcp else 90
            for alg in ("aes-gcm", "aes-cbc-hmac-sha256",
                        "null-hmac-sha256"):
                path = os.path.join(folder, "file")
                with open(path, "wb") as file:
                    file.write(whole)
                protect(wire, nl_a, alg, src, dst)
                taps = tap(wire.a, "va"), tap(wire.b, "vb")
                faults = []
                before = wire.nl.stats()["in_packets"]
                if has_tcp and tcp(wire, family, src, dst, path) != whole:
                    faults.append("TCP brought other bytes")
                if udp(wire, family, src, dst, path) != whole[:40000]:
                    faults.append("UDP brought other bytes")
                if wire.nl.stats()["in_packets"] - before < least:
                    faults.append("it was not protected")
                with open(path, "rb") as file:
                    if file.read() != whole:
                        faults.append("the file has changed")
                sent, came = frames(taps[0], a_mac), frames(taps[1], a_mac)
                if len(sent) < least or len(came) != len(sent):
                    faults.append(f"taps saw {len(sent)} and {len(came)}")
                elif sent != came:
                    faults.append("the taps differ: a packet was decrypted "
                                  "in what a tap holds")
                for sock in taps:
                    sock.close()
                number = 4 if family == socket.AF_INET else 6
                result(f"shared-pages-{alg}-ipv{number}", faults)
    nl_a.close()
    wire.close()
    finish()


main()
