#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""ESP as others understand it: scapy's IPsec layer reads what was captured and
makes packets to be sent. Frames and packets are lines of hexadecimal. Knows
nothing of the suite but how lib.sh makes its keys.

  esp.py read MODE ALG SPI SRC DST [esn]   frames on standard input; prints the
                                           packets inside, after verification
  esp.py make MODE ALG SPI SRC DST INNER-SRC INNER-DST [KEY=VALUE...]
       seq=N       sequence number (1)          count=N  so many, from seq on
       esn=N       high half, and extended sequence numbers
       tos=N       of the outer header          inner-tos=N
       break=icv|iv|spi|pad|zero                what is wrong with it
       ecn=1                                    sixteen, with each field of the
                                                outer header by turns for each
                                                of the inner one
  esp.py serve REQUESTS ANSWERS            does the above for whoever writes
       lines "INPUT OUTPUT COMMAND..." to the first named pipe, and says "ok"
       or "failed" in the second: starting scapy takes longer than its work
"""
import contextlib
import functools
import os
import struct
import sys

# All makers of network cards, two megabytes of names, are most of what scapy
# reads when it starts. Nobody asks for them here.
_exists = os.path.exists
os.path.exists = lambda path: not str(path).endswith("/manuf") and \
    _exists(path)

from scapy.config import conf                             # noqa: E402
conf.ipv6_enabled = True
from scapy.layers.inet import ICMP, IP                       # noqa: E402
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6       # noqa: E402
from scapy.layers.ipsec import (ESP, IPSecIntegrityError,   # noqa: E402
                                SecurityAssociation, _ESPPlain)
from scapy.layers.l2 import Ether                            # noqa: E402
from scapy.packet import raw                                 # noqa: E402

os.path.exists = _exists

# As alg_words in lib.sh: cipher and its key length, digest.
ALGS = {
    "aes-gcm-128": ("AES-GCM", 20, "NULL"),
    "aes-gcm-256": ("AES-GCM", 36, "NULL"),
    "chacha20-poly1305": ("CHACHA20-POLY1305", 36, "NULL"),
    "aes-cbc-128-hmac-sha256": ("AES-CBC", 16, "SHA2-256-128"),
    "aes-cbc-256-hmac-sha256": ("AES-CBC", 32, "SHA2-256-128"),
    "null-hmac-sha256": ("NULL", 0, "SHA2-256-128"),
}
PATTERN = b"\xab" * 64


def key(length, seed):
    return bytes((seed * 37 + i * 11 + 5) % 256 for i in range(length))


def ip(src, dst, **fields):
    if ":" in src:
        if "tos" in fields:
            fields["tc"] = fields.pop("tos")
        return IPv6(src=src, dst=dst, **fields)
    return IP(src=src, dst=dst, **fields)


class WithEsn:
    """RFC 4303 2.2.1: a digest of its own covers the high half of the number,
    which stands behind the packet then. Scapy does that for AH only."""
    def __init__(self, algo, esn):
        self.algo, self.high = algo, struct.pack("!L", esn)
        self.name, self.icv_size = algo.name, algo.icv_size

    def icv(self, data, secret):
        mac = self.algo.new_mac(secret)
        mac.update(data + self.high)
        return mac.finalize()[:self.icv_size]

    def sign(self, packet, secret):
        packet[ESP].data += self.icv(raw(packet[ESP]), secret)
        return packet

    def verify(self, packet, secret):
        data = raw(packet[ESP])
        if data[-self.icv_size:] != self.icv(data[:-self.icv_size], secret):
            raise IPSecIntegrityError("ICV with extended number")


@functools.lru_cache(maxsize=None)
def association(mode, alg, spi, src, dst, esn):
    cipher, length, digest = ALGS[alg]
    options = {}
    if mode == "tunnel":
        options["tunnel_header"] = ip(src, dst)
    if digest != "NULL":
        options["auth_key"] = key(32, spi)
    sa = SecurityAssociation(ESP, spi=spi, crypt_algo=cipher,
                             crypt_key=key(length, spi), auth_algo=digest,
                             esn_en=esn is not None, esn=esn or 0, **options)
    if esn is not None and digest != "NULL":
        sa.auth_algo = WithEsn(sa.auth_algo, esn)
    return sa


def read(mode, alg, spi, src, dst, esn=None):
    """Every frame must be ESP of that SA and prove good."""
    sa = association(mode, alg, int(spi, 0), src, dst, 0 if esn else None)
    numbers = []
    for line in sys.stdin:
        frame = Ether(bytes.fromhex(line))
        outer = frame[IPv6] if IPv6 in frame else frame[IP]
        if (outer.src, outer.dst) != (src, dst):
            continue
        assert ESP in outer, outer.summary()
        numbers.append(outer[ESP].seq)
        inner = sa.decrypt(outer.__class__(raw(outer)))
        if mode == "transport":
            assert (inner.src, inner.dst) == (src, dst)
        # Scapy parses it anew, checksums and all.
        whole = inner.__class__(raw(inner))
        again = whole.copy()
        for layer in (again, again.payload):
            for name in ("chksum", "cksum"):
                if name in layer.fields:
                    delattr(layer, name)
        assert raw(again) == raw(whole), "checksum inside"
        assert PATTERN[:16] in raw(whole), whole.summary()
        print(whole.src, whole.dst, whole.payload.name)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), \
        f"sequence numbers {numbers}"


def inner_packet(src, dst, seq, tos):
    if ":" in src:
        echo = ICMPv6EchoRequest(id=77, seq=seq & 0xffff, data=PATTERN)
    else:
        echo = ICMP(id=77, seq=seq & 0xffff) / PATTERN
    return ip(src, dst, tos=tos) / echo


def with_padding(sa, spi, seq, packet, padding):
    """Encrypts with a padding of one's own; scapy makes only right ones."""
    layer = packet.__class__(raw(packet))
    plain = _ESPPlain(spi=spi, seq=seq, data=raw(layer.payload),
                      padding=padding, padlen=len(padding),
                      nh=layer.nh if isinstance(layer, IPv6) else layer.proto)
    plain.iv = sa.crypt_algo.generate_iv()
    esp = sa.crypt_algo.encrypt(sa, plain, sa.crypt_key,
                                esn_en=sa.esn_en, esn=sa.esn)
    sa.auth_algo.sign(esp, sa.auth_key)
    layer.remove_payload()
    if isinstance(layer, IPv6):
        layer.nh, layer.plen = 50, None
    else:
        layer.proto, layer.len, layer.chksum = 50, None, None
    return layer / esp


def make(mode, alg, spi, src, dst, inner_src, inner_dst, *words):
    opt = dict(w.split("=", 1) for w in words)
    spi, seq = int(spi, 0), int(opt.get("seq", 1))
    esn = int(opt["esn"]) if "esn" in opt else None
    wrong = opt.get("break")
    sa = association(mode, alg, spi, src, dst, esn)
    ecn = "ecn" in opt
    for n in range(seq, seq + (16 if ecn else int(opt.get("count", 1)))):
        inner_ecn, outer_ecn = divmod(n - seq, 4) if ecn else (0, 0)
        inner = inner_packet(inner_src, inner_dst, n,
                             int(opt.get("inner-tos", 0)) + inner_ecn)
        if wrong == "pad":
            packet = with_padding(sa, spi, n, inner, b"\1\2\3\4\5\7")
        else:
            packet = sa.encrypt(inner, seq_num=n, esn_en=esn is not None,
                                esn=esn)
        packet = packet.__class__(raw(packet))
        if "tos" in opt and isinstance(packet, IPv6):
            packet.tc = int(opt["tos"]) + outer_ecn
        elif "tos" in opt:
            packet.tos, packet.chksum = int(opt["tos"]) + outer_ecn, None
        data = bytearray(raw(packet))
        esp = len(data) - len(raw(packet.payload))
        if wrong == "icv":
            data[-1] ^= 1
        elif wrong == "iv":
            data[esp + 8] ^= 0x80
        elif wrong == "spi":
            data[esp] ^= 0x40
        elif wrong == "zero":
            data[esp + 4:esp + 8] = bytes(4)
        print(data.hex())


def serve(requests, answers):
    while True:
        with open(requests, encoding="ascii") as pipe:
            name_in, name_out, command, *words = pipe.readline().split()
        answer = "ok"
        with open(name_in, encoding="ascii") as sys.stdin, \
                open(name_out, "w", encoding="utf-8") as out, \
                contextlib.redirect_stdout(out):
            try:
                COMMANDS[command](*words)
            except Exception as error:  # whatever scapy does not like
                print(f"{type(error).__name__}: {error}")
                answer = "failed"
        with open(answers, "w", encoding="ascii") as pipe:
            print(answer, file=pipe)


COMMANDS = {"read": read, "make": make, "serve": serve}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
