# SPDX-License-Identifier: GPL-2.0
"""SAs and policies by the tests' own hands: what they send of them to
Sextant, and packets that such an SA protects."""
import functools
import hmac
import os
import random
import struct
import sys

from badlib import in_full, ip_bytes
from nllib import attr, attrs, be32, flag, nest, number, text, u32, uint
from uapi import CMD, H, POL, SA, SEL, XF
from wirelib import A4, B4


@functools.lru_cache(maxsize=None)
def ciphers():
    """Of all modules it takes longest to import: with the first packet that
    needs it."""
    from cryptography.hazmat.primitives import ciphers as base
    from cryptography.hazmat.primitives.ciphers import aead
    return base, aead


ALGS = {
    # name: key bytes, authentication key bytes, IV bytes, alignment
    "aes-gcm": (20, 0, 8, 4),
    "chacha20-poly1305": (36, 0, 8, 4),
    "aes-cbc-hmac-sha256": (16, 32, 16, 16),
    "null-hmac-sha256": (0, 32, 0, 4),
}
ICV = 16


def algs_here():
    """The algorithms of the command line, or all. The debug kernel is slow:
    it sees one with blocks and one without, and in a long run all."""
    if sys.argv[1:]:
        return sys.argv[1:]
    if os.environ.get("SXT_FLAVOR", "plain") == "plain" or in_full():
        return list(ALGS)
    return ["aes-gcm", "aes-cbc-hmac-sha256"]


IN, OUT, FORWARD = 0, 1, 2


class Sa:
    """One SA of B and all that is needed to send through it by hand."""

    def __init__(self, alg, spi, src, dst, mode="transport", esn=False,
                 direction=IN, **more):
        self.alg, self.spi, self.mode, self.esn = alg, spi, mode, esn
        self.src, self.dst, self.direction = src, dst, direction
        self.more = more
        self.seq = 0
        self.rng = random.Random(f"{alg} {spi} {src} {dst}")
        self.key = self.rng.randbytes(ALGS[alg][0])
        self.auth = self.rng.randbytes(ALGS[alg][1])
        self.id = 0
        self.cipher = None

    def request(self):
        m = self.more
        data = u32(SA["direction"], self.direction)
        data += u32(SA["protocol"], m.get("proto", 50))
        data += be32(SA["spi"], self.spi)
        data += attr(SA["src"], ip_bytes(self.src))
        data += attr(SA["dst"], ip_bytes(self.dst))
        data += u32(SA["mode"], 1 if self.mode == "tunnel" else 0)
        data += text(SA["alg"], self.alg)
        if self.key:
            data += attr(SA["key"], self.key)
        if self.auth:
            data += attr(SA["auth_key"], self.auth)
        if self.esn:
            data += flag(SA["esn"])
        if m.get("window") == 0:
            m = {k: v for k, v in m.items() if k != "window"}
            data += flag(SA["window_off"])
        for name in ("window", "group", "soft_seconds"):
            if name in m:
                data += u32(SA[name], m[name])
        for name in ("sequence", "hard_packets", "soft_packets", "hard_bytes"):
            if name in m:
                data += uint(SA[name], m[name])
        if "selector" in m:
            data += nest(SA["selector"], m["selector"])
        if "name" in m:
            data += text(SA["name"], m["name"])
        return data

    def add(self, nl):
        reply = nl.request(CMD["sa_new"], self.request())
        if reply.error:
            raise RuntimeError(f"sa add {self.alg}: {reply}")
        self.id = number(dict(attrs(reply.messages[0]))[SA["id"]])
        return self

    # -- packets ------------------------------------------------------------

    def seal(self, seq, body, flip=None, iv=None):
        """ESP packet around body (payload, padding, trailer), ICV right."""
        _, _, iv_len, _ = ALGS[self.alg]
        low = struct.pack(">I", seq & 0xffffffff)
        high = struct.pack(">I", seq >> 32)
        spi = struct.pack(">I", self.spi)
        if iv is None:
            iv = self.rng.randbytes(iv_len)
        if self.alg in ("aes-gcm", "chacha20-poly1305"):
            if not self.cipher:
                aead = ciphers()[1]
                kind = aead.AESGCM if self.alg == "aes-gcm" else \
                    aead.ChaCha20Poly1305
                self.cipher = kind(self.key[:-4])
            aad = spi + (high if self.esn else b"") + low
            out = self.cipher.encrypt(self.key[-4:] + iv, body, aad)
            return spi + low + iv + out
        if self.alg == "aes-cbc-hmac-sha256":
            base = ciphers()[0]
            box = base.Cipher(base.algorithms.AES(self.key),
                              base.modes.CBC(iv)).encryptor()
            body = box.update(body) + box.finalize()
        head = spi + low + iv + body
        mac = hmac.new(self.auth, head + (high if self.esn else b""),
                       "sha256")
        return head + mac.digest()[:ICV]

    def body(self, payload, next_header, pad=None, pad_len=None):
        """Payload with padding and trailer; wrong ones if asked for."""
        align = ALGS[self.alg][3]
        if pad is None:
            pad = bytes(range(1, 1 + -(len(payload) + 2) % align))
        if pad_len is None:
            pad_len = len(pad)
        return payload + pad + bytes((pad_len, next_header))

    def esp(self, payload, next_header, seq=None, **wrong):
        if seq is None:
            self.seq += 1
            seq = self.seq
        return self.seal(seq, self.body(payload, next_header, **wrong))


def policy_request(direction, action, priority=10, selector=b"",
                   transforms=(), name=None):
    data = u32(POL["direction"], direction)
    data += u32(POL["priority"], priority)
    data += u32(POL["action"], H[f"SEXTANT_ACTION_{action.upper()}"])
    if selector:
        data += nest(POL["selector"], selector)
    for one in transforms:
        data += nest(POL["transform"], one)
    if name:
        data += text(POL["name"], name)
    return data


def add_policy(nl, direction, action, **more):
    reply = nl.request(CMD["policy_new"],
                       policy_request(direction, action, **more))
    if reply.error:
        raise RuntimeError(f"policy add: {reply}")
    return number(dict(attrs(reply.messages[0]))[POL["id"]])


def selector(src=None, dst=None, proto=None, dport=None, sport=None):
    """A selector's attributes; addresses are (first, last) or one address."""
    data = b""
    for name, value in (("src", src), ("dst", dst)):
        if value is None:
            continue
        first, last = value if isinstance(value, tuple) else (value, value)
        data += attr(SEL[f"{name}_first"], ip_bytes(first))
        data += attr(SEL[f"{name}_last"], ip_bytes(last))
    if proto is not None:
        data += u32(SEL["proto"], proto)
    for name, value in (("sport", sport), ("dport", dport)):
        if value is not None:
            data += u32(SEL[f"{name}_first"], value)
            data += u32(SEL[f"{name}_last"], value)
    return data


def transform(mode="transport", src=None, dst=None, group=None, spi=None):
    data = u32(XF["protocol"], 50)
    data += u32(XF["mode"], 1 if mode == "tunnel" else 0)
    if src:
        data += attr(XF["src"], ip_bytes(src)) + attr(XF["dst"], ip_bytes(dst))
    if group is not None:
        data += u32(XF["group"], group)
    if spi is not None:
        data += be32(XF["spi"], spi)
    return data


LISTS = ("sa_get", "policy_get")        # commands that are dumps, too


def every_request():
    """Each command with a request that is a good one where SA 1 and policy 1
    are there; of the end of a transaction, where one is under way."""
    return {
        "sa_new": Sa("aes-gcm", 0xb001, A4, B4).request(),
        "sa_get": uint(SA["id"], 1), "sa_del": uint(SA["id"], 1),
        "sa_flush": b"", "policy_new": policy_request(IN, "discard"),
        "policy_get": uint(POL["id"], 0),
        "policy_set": uint(POL["id"], 0) + u32(POL["enabled"], 0),
        "policy_del": uint(POL["id"], 1), "policy_flush": b"",
        "stats_get": b"", "transaction_begin": b"",
        "transaction_commit": b"", "transaction_abort": b"",
    }


def flush(nl):
    for cmd in ("policy_flush", "sa_flush"):
        reply = nl.request(CMD[cmd])
        if reply.error:
            raise RuntimeError(f"{cmd}: {reply}")
