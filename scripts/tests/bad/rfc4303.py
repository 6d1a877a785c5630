# SPDX-License-Identifier: GPL-2.0
"""What RFC 4303 3.4.4 and RFC 4301 5.2 say of an ESP packet whose ICV is
right, step by step, and a judge that sends those of which it says the same and
compares: each counter of the namespace, each field of the SA, and what reached
the socket."""
import hmac
import struct

from badlib import wait_for
from judgelib import TOGETHER, Judge, together
from nllib import attrs, number, uint
from packets import ip
from salib import ALGS, ICV, Sa
from uapi import CMD, DROP_NAME, H, SA

IPV4, IPV6 = 4, 41              # next headers of tunnel mode
HOP_BY_HOP, UDP, FRAGMENT, ESP, AH, DUMMY = 0, 17, 44, 50, 51, 59


class Verdict:
    """reason: None if the packet is accepted. spent: its sequence number is
    verified, the window knows it, and it counts against the lifetimes.
    bytes: those that then count, of all of the text (RFC 4301 4.4.2.1)."""

    def __init__(self, reason, spent, count=0):
        self.reason, self.spent, self.bytes = reason, spent, count

    def counters(self, also):
        want = {f"drop:{self.reason}" if self.reason else "in_packets": 1}
        want.update(also)
        return want


def _inner(data, next_header):
    """RFC 4301 5.1.2, RFC 791 3.1, RFC 8200 3: what a tunnel carries."""
    if next_header not in (IPV4, IPV6):
        return "mode-mismatch"
    if not data:
        return "inner-short"
    if data[0] >> 4 != (4 if next_header == IPV4 else 6):
        return "inner-version"
    if next_header == IPV6:
        if len(data) < 40:
            return "inner-short"
        total = 40 + int.from_bytes(data[4:6], "big")
        return "inner-short" if total > len(data) else None
    if len(data) < 20:
        return "inner-short"
    header, total = (data[0] & 15) * 4, int.from_bytes(data[2:4], "big")
    good = 20 <= header <= total <= len(data)
    return None if good else "inner-short"


def judge_text(sa, text):
    """The verdict on a text: payload, padding, pad length, next header. It is
    only decrypted, and its ICV only looked at, if its length is possible."""
    if len(text) < 2:
        return Verdict("esp-short", False)
    if len(text) % ALGS[sa.alg][3]:     # RFC 4303 2.4
        return Verdict("esp-length", False)
    pad_len, next_header = text[-2], text[-1]
    room = len(text) - 2
    if pad_len > room:
        return Verdict("pad-length", True, len(text))
    payload, pad = text[:room - pad_len], text[room - pad_len:room]
    if list(pad) != list(range(1, pad_len + 1)):
        return Verdict("pad-content", True, len(text))
    reason = None
    if next_header == DUMMY:            # 3.4.4.1, step 4
        reason = "dummy"
    elif sa.mode == "tunnel":
        reason = _inner(payload, next_header)
    elif next_header == HOP_BY_HOP:     # RFC 8200 4.1: first or nowhere
        reason = "mode-mismatch"
    elif next_header == FRAGMENT and ":" in sa.dst:     # RFC 4303 3.3.4
        reason = "inner-fragment"
    elif next_header == AH:             # RFC 4301 5.2, 3a: there is no SA
        reason = "sa-unknown"
    return Verdict(reason, True, len(text))


class Forger(Sa):
    """Seals whatever text it is given, such that the ICV is right."""

    def packet(self, text):
        self.seq += 1
        if self.alg == "aes-cbc-hmac-sha256" and len(text) % 16:
            return self._cut_block(text)
        return self.seal(self.seq, text)

    def _cut_block(self, text):
        """What no sender can have encrypted, with an ICV over it."""
        head = struct.pack(">II", self.spi, self.seq) + \
            self.rng.randbytes(16 + len(text))
        high = struct.pack(">I", 0) if self.esn else b""
        return head + hmac.new(self.auth, head + high,
                               "sha256").digest()[:ICV]


WINDOW = 1000           # packets that wait for each other; an SA's has 1024


class Exact(Judge):
    """Judges packets of one SA."""

    def __init__(self, wire, sa, receiver):
        super().__init__(wire)
        self.sa, self.receiver = sa, receiver
        self.state = self._look()
        self.others = self._others()
        self.last = None
        self.kinds, self.waiting = {}, 0

    def _look(self):
        """All of the SA but what moves with the clock."""
        reply = self.nl.request(CMD["sa_get"], uint(SA["id"], self.sa.id))
        if reply.error:
            raise RuntimeError(f"sa_get: {reply}")
        state, rest = {}, []
        for kind, value in attrs(reply.messages[0]):
            if kind in (SA["packets"], SA["bytes"], SA["sequence"]):
                state[kind] = number(value)
            elif kind == SA["drops"]:
                pair = dict(attrs(value))
                reason = number(pair[H["SEXTANT_A_COUNT_DROP"]])
                state[DROP_NAME[reason]] = number(
                    pair[H["SEXTANT_A_COUNT_PACKETS"]])
            elif kind not in (SA["age"], SA["idle"], SA["memory"]):
                rest.append((kind, value))
        state["rest"] = rest
        return state

    def _others(self):
        return [sa for sa in self.nl.sas()
                if number(dict(sa)[SA["id"]]) != self.sa.id]

    def _wanted_state(self, group):
        state = dict(self.state)
        for _, _, verdict, seq, _ in group:
            if verdict.spent:
                state[SA["packets"]] += 1
                state[SA["bytes"]] += verdict.bytes
                state[SA["sequence"]] = max(seq, state[SA["sequence"]])
            if verdict.reason:
                state[verdict.reason] = state.get(verdict.reason, 0) + 1
        return state

    def _fault(self, what, text):
        self.faults.append(f"{what}: {text}")

    def _delivered(self, what, wanted):
        """These datagrams, in this order, and no other."""
        got = []

        def all_came():
            while (data := self.receiver.get()) is not None:
                got.append(data)
            return len(got) >= len(wanted)
        wait_for("datagrams", all_came)
        if got != wanted:
            at = next((n for n, (a, b) in enumerate(zip(got, wanted))
                       if a != b), min(len(got), len(wanted)))
            self._fault(what, f"{got[at:at + 1] or 'nothing'} came to the "
                        f"socket in place of {wanted[at:at + 1] or 'nothing'}"
                        f", behind {at} that were right")

    def _send(self, what, packet, verdict, seq, data=None, also=(),
              copy=False):
        """It waits for those that are to move the same counters; copies are
        sent last. The window takes the numbers in any order."""
        want = verdict.counters(dict(also))
        self.kinds.setdefault((copy, tuple(sorted(want.items()))), []).append(
            (what, ip(self.sa.src, self.sa.dst, ESP, packet), verdict, seq,
             data))
        self.waiting += 1
        if self.waiting == WINDOW:
            self.settle()

    def settle(self):
        super().settle()
        kinds, self.kinds, self.waiting = self.kinds, {}, 0
        for copy, want in sorted(kinds, key=lambda kind: kind[0]):
            all_of_it = kinds[copy, want]
            for at in range(0, len(all_of_it), TOGETHER):
                self._together(dict(want), all_of_it[at:at + TOGETHER])

    def _together(self, want, group):
        for _, packet, *_ in group:
            self.wire.send(packet)
        names = [what for what, *_ in group]
        self.judge(names, {name: len(group) * times
                           for name, times in want.items()})
        what = together(names)
        state, wanted = self._look(), self._wanted_state(group)
        if state != wanted:
            odd = {k: (wanted.get(k, 0), state.get(k, 0))
                   for k in set(state) | set(wanted)
                   if state.get(k, 0) != wanted.get(k, 0)}
            self._fault(what, f"the SA is not as it should be: {odd}")
        self.state = state
        self._delivered(what, [data for *_, data in group
                               if data is not None])

    def right(self, what, text, data=None, also=()):
        """A packet with this text and a right ICV; data is what is to reach
        the socket, also are counters that the payload sets off."""
        verdict = judge_text(self.sa, text)
        packet = self.sa.packet(text)
        self._send(what, packet, verdict, self.sa.seq,
                   data if not verdict.reason else None, also)
        self.last = packet, verdict, self.sa.seq

    def again(self, what):
        """The last packet once more: a number that is spent is known."""
        packet, verdict, seq = self.last
        if verdict.spent:
            verdict = Verdict("replay-duplicate", False)
        self._send(f"{what}, again", packet, verdict, seq, copy=True)

    def report(self, name):
        self.settle()
        others = self._others()
        if others != self.others:
            self._fault(name, "another SA has changed")
        self.others = others
        super().report(name)
        self.state = self._look()
