# SPDX-License-Identifier: GPL-2.0
"""Says what a packet has done: compares all counters before and after."""
import errno
import os

from badlib import WAIT, result, same, wait_for

# Packets that are judged together at most; with SXT_ONE=1 each is alone, to
# find the one that is to blame.
TOGETHER = 1 if os.environ.get("SXT_ONE") == "1" else 64


def together(names):
    if len(names) == 1:
        return names[0]
    return f"{len(names)} packets, from '{names[0]}' to '{names[-1]}'"


class Judge:
    """Sends packets at B and says which of them did not do exactly what was
    expected of them: one reason counted once and nothing else changed."""

    def __init__(self, wire):
        self.wire, self.nl = wire, wire.nl
        self.faults = []
        self.reason, self.dropped = None, []    # sent, and not judged yet
        self.now, self.sas = self.nl.stats(), None

    def drop(self, what, reason, packet, family=None):
        """The packet must be refused for this reason, and no other. Those for
        one reason that follow each other are judged together, when anything
        else is: each look at the counters takes longer than a packet."""
        if reason != self.reason:
            self.settle()
        self.reason = reason
        self.dropped.append(what)
        self.wire.send(packet, family)
        if len(self.dropped) >= TOGETHER:
            self.settle()

    def settle(self):
        """All that drop() has sent was refused, and nothing else happened.
        Whoever looks at what a packet has not done must know that it came."""
        dropped, self.dropped = self.dropped, []
        if dropped:
            self.judge(dropped, {f"drop:{self.reason}": len(dropped)})

    def judge(self, names, want):
        """What was sent under these names has moved these counters."""
        return self.compare(together(names), want, self.moved(want))

    def moved(self, want, timeout=WAIT):
        """All counters, once these have moved by as much, or any by more."""
        def look():
            nonlocal seen
            seen = self.nl.stats()
            other = same(self.now, seen)
            return other == want or any(
                by > want.get(name, 0) for name, by in other.items())
        seen = self.now
        wait_for("count", look, timeout)
        return seen

    def all_drop(self, what, reason, packets):
        """As drop(), for many at once, and as many as there are."""
        self.settle()
        want = {f"drop:{reason}": len(packets)}
        for packet in packets:
            self.wire.send(packet)
        return self.compare(what, want, self.moved(want, 5))

    def accept(self, what, packet, also=None, layers=1):
        """The packet must be verified and accepted, by so many SAs."""
        want = {"in_packets": layers} if layers else {}
        want.update(also or {})
        return self.counts(what, want, packet)

    def counts(self, what, want, packet):
        """The packet must move these counters, and no others; or none."""
        self.settle()
        self.wire.send(packet)
        return self.compare(what, want, self.moved(want, WAIT if want else 0))

    def compare(self, what, want, seen=None):
        """These counters have moved since the last look, and no others."""
        self.settle()
        seen = seen or self.nl.stats()
        moved, self.now = same(self.now, seen), seen
        if moved == want:
            return True
        self.faults.append(f"{what}: wanted {want or 'nothing'}, got "
                           f"{moved or 'nothing'}")
        return False

    def told(self, what, act, error=0):
        """act() ends with this errno; 0: as it should."""
        self.settle()
        number = 0
        try:
            act()
        except OSError as refusal:
            number = refusal.errno
        if number != error:
            self.faults.append(f"{what}: the sender was told "
                               f"{errno.errorcode.get(number, number)}")

    def unchanged(self, what):
        """No SA has moved since watch(), or the last look."""
        self.settle()
        sas = self.nl.sas()
        if sas != self.sas:
            self.faults.append(f"{what}: an SA has changed")
        self.sas = sas

    def restart(self):
        self.settle()
        self.now = self.nl.stats()

    def watch(self):
        """As restart(), for who asks for unchanged() later."""
        self.restart()
        self.sas = self.nl.sas()

    def report(self, name):
        self.settle()
        result(name, self.faults)
        self.faults = []
        self.restart()
