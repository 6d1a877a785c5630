# SPDX-License-Identifier: GPL-2.0
"""Netlink by hand: attributes, and a socket of the suite's family that asks,
lists and counts."""
import errno
import socket
import struct
import sys

from badlib import ERRNO, WAIT, note, note_state
from uapi import CMD, DROP_NAME, H, POL, SA, STATS, STATS_NAME

NLM_F_REQUEST, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP = 1, 4, 8, 0x300
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
NLA_F_NESTED = 0x8000
ORDER = "="             # of bytes in messages, as struct has it


def pack(form, *values):
    return struct.pack(ORDER + form, *values)


def attr(kind, data):
    return pack("HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


def u32(kind, value):
    return attr(kind, pack("I", value))


def be32(kind, value):
    return attr(kind, struct.pack(">I", value))


def uint(kind, value):
    return attr(kind, pack("I" if value < 2**32 else "Q", value))


def text(kind, value):
    return attr(kind, value.encode() + b"\0")


def flag(kind):
    return attr(kind, b"")


def nest(kind, data):
    return attr(kind | NLA_F_NESTED, data)


def places(data):
    """(type, where it begins, where the next one does) of each attribute."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from(ORDER + "HH", data, at)
        end = at + max((length + 3) & ~3, 4)
        yield kind & 0x3fff, at, end
        at = end


def attrs(data):
    """(type, payload) of each attribute."""
    out, at = [], 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from(ORDER + "HH", data, at)
        if length < 4:
            break
        out.append((kind & 0x3fff, data[at + 4:at + length]))
        at += (length + 3) & ~3
    return out


def number(data):
    return int.from_bytes(data, "big" if ORDER == ">" else sys.byteorder)


class Reply:
    """What the kernel said: errno (0 is good), sentence, attribute, data."""

    def __init__(self):
        self.error, self.sentence = 0, ""
        self.offset = self.missing = self.echo = None
        self.messages = []

    def __str__(self):
        return f"{errno.errorcode.get(self.error, self.error)} " \
               f"'{self.sentence}'"

    def note(self):
        """errno, where the attribute at fault is, which one is missing, the
        number of what is told of, the sentence."""
        told = [number(value) for kind, value in attrs(
            (self.messages or [b""])[0]) if kind == 1 and len(value) in (4, 8)]
        words = [ERRNO[self.error], self.offset, self.missing, (told or [None])[0]]
        note(" ".join("-" if word is None else str(word) for word in words) +
             f" {self.sentence}".rstrip())


class Genl:
    """A generic netlink socket, opened in the namespace of the caller. The
    kernel makes the parts of a list as large as the buffer was at most."""

    heard = None        # all bytes that came to any of them, if it is bytes

    def __init__(self, buffer=1 << 18):
        self.buffer = buffer
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        self.sock.settimeout(WAIT)
        for option in (10, 11):         # NETLINK_CAP_ACK, NETLINK_EXT_ACK
            self.sock.setsockopt(270, option, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.seq = 0
        self.raw = b""                  # all bytes of the last answers
        self.family = self._resolve()

    def close(self):
        self.sock.close()

    def _resolve(self):
        self.family = 16                # nlctrl
        reply = self._ask(3, text(2, "sextant"))
        if reply.error:
            raise RuntimeError(f"no family sextant: {reply}")
        return dict((k, number(v)) for k, v in attrs(
            reply.messages[0]) if k == 1)[1]

    def send(self, cmd, data=b"", flags=0, family=None, tail=b""):
        """tail is put behind the last attribute, unaligned or not."""
        self.sock.send(self._message(cmd, data + tail, flags, family))
        return self.seq

    def _message(self, cmd, data, flags, family=None):
        self.seq += 1
        family = self.family if family is None else family
        return struct.pack("=IHHIIBBH", 20 + len(data), family,
                           NLM_F_REQUEST | flags, self.seq, 0, cmd, 1, 0) + \
            data

    def receive(self, seq, dump=False):
        reply = Reply()
        self.raw = b""
        while True:
            data, at = self.sock.recv(self.buffer), 0
            self.raw += data
            if Genl.heard is not None:
                Genl.heard += data
            while at + 16 <= len(data):
                length, kind, flags, got, _ = struct.unpack_from(
                    "=IHHII", data, at)
                body = data[at + 16:at + length]
                at += (length + 3) & ~3
                if got != seq:
                    continue
                if kind == 2 or kind == 3:
                    reply.error = -struct.unpack_from("=i", body)[0]
                    skip = 20 if kind == 2 else 4
                    if kind == 2 and not flags & 0x100:     # NLM_F_CAPPED
                        length, = struct.unpack_from("=I", body, 4)
                        reply.echo = body[24:4 + length]
                        skip = 4 + (length + 3 & ~3)
                    if flags & 0x200:   # NLM_F_ACK_TLVS
                        self._extack(reply, body[skip:])
                    return reply
                reply.messages.append(body[4:])
                if not dump and not flags & 2 and kind != self.family \
                        and kind != 16:
                    return reply

    @staticmethod
    def _extack(reply, data):
        for kind, value in attrs(data):
            if kind == 1:
                reply.sentence = value.rstrip(b"\0").decode()
            elif kind == 2:
                reply.offset = number(value)
            elif kind == 5:
                reply.missing = number(value)

    def _ask(self, cmd, data=b"", flags=0, tail=b""):
        seq = self.send(cmd, data, flags | NLM_F_ACK, tail=tail)
        return self.receive(seq)

    def request(self, cmd, data=b"", flags=0, tail=b""):
        reply = self._ask(cmd, data, flags, tail)
        reply.note()
        return reply

    def batch(self, requests):
        """Several (command, attributes) in one buffer: errno of each."""
        messages = [self._message(cmd, data + b"\0" * (-len(data) % 4),
                                  NLM_F_ACK) for cmd, data in requests]
        self.sock.send(b"".join(messages))
        first = self.seq - len(messages) + 1
        errors = [self.receive(first + n).error for n in range(len(messages))]
        note("batch " + " ".join(ERRNO[error] for error in errors))
        return errors

    def uncapped(self):
        """From now on errors come with all of the request."""
        self.sock.setsockopt(270, 10, 0)

    def wiped(self, reply, at, length):
        """So many bytes of the request's attributes came back as zeroes; None:
        they did not come back."""
        there = reply.echo is not None and len(reply.echo) >= at + length
        wiped = not any(reply.echo[at:at + length]) if there else None
        note(f"wiped {wiped}")
        return wiped

    def hears(self, secret):
        """Eight bytes of it in a row have come, by any socket."""
        out = any(secret[at:at + 8] in Genl.heard
                  for at in range(len(secret) - 7))
        note(f"heard {out}")
        return out

    def drain(self):
        """All events that lie there."""
        self.sock.settimeout(0)
        try:
            while True:
                Genl.heard += self.sock.recv(self.buffer)
        except BlockingIOError:
            self.sock.settimeout(WAIT)

    def join(self, name):
        """Hear the events of a group; errno."""
        error = 0
        try:
            self.sock.setsockopt(270, 1, self.groups()[name])
        except OSError as refusal:
            error = refusal.errno
        note(f"join {name} {ERRNO[error]}")
        return error

    def groups(self):
        """Numbers of the multicast groups, by name."""
        seq = self.send(3, text(2, "sextant"), NLM_F_ACK, family=16)
        out = {}
        for kind, value in attrs(self.receive(seq).messages[0]):
            if kind == 7:
                for _, group in attrs(value):
                    one = dict(attrs(group))
                    out[one[1].rstrip(b"\0").decode()] = number(one[2])
        return out

    def listen(self):
        """Hear all events from now on."""
        for name in self.groups():
            if self.join(name):
                raise RuntimeError(f"can't hear of '{name}'")

    def events(self, last):
        """(command, attributes) of each, until last(them) is true."""
        out = []
        while True:
            data, at = self.sock.recv(1 << 18), 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == self.family:
                    out.append((data[at + 16],
                                dict(attrs(data[at + 20:at + length]))))
                    if last(*out[-1]):
                        return out
                at += (length + 3) & ~3

    def dump(self, cmd):
        seq = self.send(cmd, b"", NLM_F_DUMP)
        return self.receive(seq, dump=True)

    # -- what is compared ---------------------------------------------------

    def stats(self):
        """All counters by name; reasons as 'drop:NAME'."""
        reply = self._ask(CMD["stats_get"])
        if reply.error:
            raise RuntimeError(f"stats: {reply}")
        out = {}
        for kind, value in attrs(reply.messages[0]):
            if kind == STATS["drops"]:
                pair = dict(attrs(value))
                reason = number(pair[H["SEXTANT_A_COUNT_DROP"]])
                out[f"drop:{DROP_NAME.get(reason, reason)}"] = number(
                    pair[H["SEXTANT_A_COUNT_PACKETS"]])
            else:
                out[STATS_NAME[kind]] = number(value)
        return out

    def _list(self, cmd, volatile):
        reply = self.dump(cmd)
        if reply.error:
            raise RuntimeError(f"dump: {reply}")
        return [[(k, v) for k, v in attrs(m) if k not in volatile]
                for m in reply.messages]

    def sas(self, but=("age", "idle", "drops", "memory")):
        return self._list(CMD["sa_get"], {SA[n] for n in but})

    def policies(self, but=("packets", "bytes", "drops")):
        return self._list(CMD["policy_get"], {POL[n] for n in but})

    def all(self):
        """SAs, policies and the generation: what a refusal must not touch."""
        state = self.sas(but=("age", "idle", "memory")), \
            self.policies(but=()), self.stats()
        note_state(state)
        return state
