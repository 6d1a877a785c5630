#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Transactions: all of one or none of it, whatever ends it; and one socket's
transaction is no other's. "requests" alone does what takes no more than
requests."""
import errno
import struct
import sys
import time

from badlib import (answers_begin, answers_end, finish, in_ns, ip_bytes,
                    result, sh)
from nllib import (NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, Genl, attr, attrs,
                   be32, flag, nest, number, pack, text, u32, uint)
from packets import ip, udp
from salib import (FORWARD, IN, OUT, Sa, add_policy, policy_request, selector,
                   transform)
from uapi import CMD, POL, SA, TXN
from wirelib import A4, A6, B4, B6, Receiver, Wire


class Bench:
    def __init__(self, wire):
        self.wire, self.nl, self.faults = wire, wire.nl, []

    def all(self):
        return self.nl.all()

    def expect(self, what, good):
        if not good:
            self.faults.append(what)

    def call(self, nl, cmd, data=b"", error=False, flags=0):
        reply = nl.request(CMD[cmd], data, flags)
        if bool(reply.error) != error:
            self.faults.append(f"{cmd}: {reply}")
        if error and not reply.sentence:
            self.faults.append(f"{cmd}: refused without a sentence")
        return reply

    def socket(self):
        return in_ns(self.wire.b, Genl)

    def report(self, name):
        result(name, self.faults)
        self.faults = []


def changes(bench, nl, there):
    """One change of each kind; there is an SA and a policy to delete."""
    bench.call(nl, "sa_new", Sa("aes-gcm", 0xa001, A4, B4).request())
    bench.call(nl, "sa_new", Sa("aes-cbc-hmac-sha256", 0xa002, A6, B6,
                                "tunnel", name="n").request())
    bench.call(nl, "policy_new", policy_request(
        OUT, "protect", selector=selector(B4, A4), transforms=[transform()]))
    bench.call(nl, "sa_del", uint(SA["id"], there[0]))
    bench.call(nl, "policy_del", uint(POL["id"], there[1]))
    bench.call(nl, "policy_set", uint(POL["id"], 0) + u32(POL["enabled"], 0))


def late(bench):
    """A commit that fails at its last step, as there is no place for hooks
    any more: the SA that was to be replaced is there and receives."""
    wire = bench.wire
    bench.call(bench.nl, "sa_flush")
    bench.call(bench.nl, "policy_flush")
    script = "table ip full {\n" + "".join(
        f"chain c{n} {{ type filter hook postrouting priority 0; }}\n"
        for n in range(1024)) + "}\n"
    in_ns(wire.b, lambda: sh("nft", "-f", "-", stdin=script))
    old = Sa("aes-gcm", 0xa400, A4, B4, name="old").add(bench.nl)
    new = Sa("chacha20-poly1305", 0xa400, A4, B4, name="new", soft_seconds=1)
    receiver = Receiver(wire, B4)
    one = bench.socket()
    before = bench.all()
    for turn in range(3):
        bench.call(one, "transaction_begin")
        bench.call(one, "sa_del", uint(SA["id"], old.id))
        bench.call(one, "sa_new", new.request())
        bench.call(one, "policy_new", policy_request(
            IN, "protect", selector=selector(A4, B4),
            transforms=[transform()]))
        reply = one.request(CMD["transaction_commit"])
        bench.expect(f"committed ({reply})", reply.error == errno.E2BIG)
        bench.expect("something has changed", bench.all() == before)
        wire.send(ip(A4, B4, 50, old.esp(udp(A4, B4, b"old"), 17)))
        bench.expect(f"turn {turn}: the SA receives no more",
                     receiver.wait() == b"old")
        before = bench.all()
    bench.report("transaction-refused-at-the-last-step")

    in_ns(wire.b, lambda: sh("nft", "delete", "table", "ip", "full"))
    bench.call(one, "transaction_begin")
    bench.call(one, "sa_del", uint(SA["id"], old.id))
    bench.call(one, "sa_new", new.request())
    bench.call(one, "policy_new", policy_request(
        IN, "protect", selector=selector(A4, B4), transforms=[transform()]))
    bench.call(one, "transaction_commit")
    wire.send(ip(A4, B4, 50, new.esp(udp(A4, B4, b"new"), 17)))
    bench.expect("the new SA receives nothing", receiver.wait() == b"new")
    bench.report("transaction-made-after-that")
    receiver.close()
    one.close()


def flushes(bench):
    """However many flushes a transaction has, its SAs are gone through once."""
    one = bench.socket()
    taken = []
    for many in (1, 1000):
        bench.call(bench.nl, "sa_flush")
        for at in range(0, many, 50):
            errors = one.batch([(CMD["sa_new"], Sa(
                "null-hmac-sha256", 0x20000 + at + n, A4, B4).request())
                for n in range(min(many, 50))])
            bench.expect(f"SAs: {errors}", not any(errors))
        bench.call(one, "transaction_begin")
        for _ in range(100):
            one.batch([(CMD["sa_flush"], b"")] * 100)
        start = time.monotonic()
        bench.call(one, "transaction_commit", flag(TXN["dry_run"]))
        taken.append(time.monotonic() - start)
    bench.expect("10000 flushes of 1 and of 1000 SAs took {:.3f} and {:.3f} s"
                 .format(*taken), taken[1] < 20 * taken[0])
    bench.call(bench.nl, "sa_flush")
    bench.report("transaction-of-many-flushes")
    one.close()


def of_one_direction(bench):
    """A flush of one direction takes what has that one, and leaves all else."""
    nl, names = bench.nl, (("sa", (IN, OUT)), ("policy", (IN, OUT, FORWARD)))

    def fill():
        for what, _ in names:
            bench.call(nl, f"{what}_flush")
        for n in (1, 2):
            for direction in (IN, OUT):
                Sa("aes-gcm", 0xa500 + n, A4, B4, direction=direction).add(nl)
            for direction in (IN, OUT, FORWARD):
                add_policy(nl, direction, "discard", priority=n)

    def others(objects, kind, direction):
        return [one for one in objects
                if dict(one).get(kind) != pack("I", direction)]

    for what, directions in names:
        for direction in directions:
            fill()
            sas, policies = nl.sas(), nl.policies()
            if what == "sa":
                sas = others(sas, SA["direction"], direction)
            else:
                policies = others(policies, POL["direction"], direction)
            bench.call(nl, f"{what}_flush", u32(
                (SA if what == "sa" else POL)["direction"], direction))
            bench.expect(f"{what}s: a flush of {direction} takes or leaves "
                         "what it should not",
                         (nl.sas(), nl.policies()) == (sas, policies))
    bench.expect("how many are left",
                 (len(nl.sas()), len(nl.policies())) == (4, 1 + 4))
    for what, _ in names:
        bench.call(nl, f"{what}_flush")
    bench.report("flush-of-one-direction")


def in_its_place(bench):
    """In a transaction a flush takes what stands in front of it, new SAs too,
    and nothing behind."""
    nl = bench.nl

    def add(spi, direction):
        bench.call(nl, "sa_new", Sa("aes-gcm", spi, A4, B4,
                                    direction=direction).request())

    for direction in (IN, OUT):
        add(0xa501, direction)
    bench.call(nl, "transaction_begin")
    for turn in range(3):
        add(0xa503, IN)
        add(0xa510 + turn, OUT)
        bench.call(nl, "sa_flush", u32(SA["direction"], IN))
    add(0xa501, IN)
    bench.call(nl, "transaction_commit")
    left = [(number(dict(sa)[SA["direction"]]),
             int.from_bytes(dict(sa)[SA["spi"]], "big")) for sa in nl.sas()]
    bench.expect(f"left are {left}", sorted(left) == [(IN, 0xa501)] + [
        (OUT, spi) for spi in (0xa501, 0xa510, 0xa511, 0xa512)])
    bench.call(nl, "transaction_begin")
    add(0xa504, OUT)
    bench.call(nl, "sa_flush")
    bench.call(nl, "transaction_commit")
    bench.expect("a flush leaves what was added before it", not nl.sas())
    bench.report("flush-in-its-place")


class List:
    """A list of policies by a small buffer, so that it has three parts: with
    the first one read the second is there, and the third is not."""

    def __init__(self, bench):
        self.nl = in_ns(bench.wire.b, lambda: Genl(1 << 13))

    def read(self, meanwhile=lambda: None):
        """(flags, direction, priority, id) of each policy but rule 0."""
        nl, out, at = self.nl, [], 0
        seq = nl.send(CMD["policy_get"], b"", NLM_F_DUMP)
        data = nl.sock.recv(1 << 13)
        meanwhile()
        nl.receive(seq, dump=True)
        data += nl.raw
        while at + 16 <= len(data):
            length, kind, flags = struct.unpack_from("=IHH", data, at)
            if kind == nl.family:
                one = dict(attrs(data[at + 20:at + length]))
                if number(one[POL["id"]]):
                    out.append((flags, *(number(one[POL[name]]) for name in (
                        "direction", "priority", "id"))))
            at += (length + 3) & ~3
        return out

    def places(self, meanwhile=lambda: None):
        return [one[1:] for one in self.read(meanwhile)]


def told_of_changes(bench):
    """A list of policies is in the order in which they are asked, each once,
    whatever goes while it is read; and if anything changes meanwhile it says
    so, at every generation."""
    nl, reader = bench.nl, List(bench)

    def gone():
        bench.call(nl, "transaction_begin")
        for _, _, one in whole[::3]:
            bench.call(nl, "policy_del", uint(POL["id"], one))
        bench.call(nl, "transaction_commit")

    bench.call(nl, "policy_flush")
    bench.call(nl, "transaction_begin")
    # Ten in a row have one direction and priority, so that few parts end
    # between two of these.
    for n in range(30):
        for _ in range(10):
            bench.call(nl, "policy_new", policy_request(
                (IN, OUT)[n % 2], "discard", priority=n * 5 % 7))
    bench.call(nl, "transaction_commit")
    for turn in range(2):
        told = reader.read(lambda: bench.call(
            nl, "policy_set", uint(POL["id"], 0) + u32(POL["enabled"], 1)))
        bench.expect(f"turn {turn}: a change goes untold",
                     any(flags & 0x10 for flags, *_ in told))  # _DUMP_INTR
    bench.report("list-changed-meanwhile")

    whole = reader.places()
    bench.expect(f"{len(set(whole))} of 300", len(set(whole)) == 300)
    bench.expect("not in order, or one twice", whole == sorted(set(whole)))
    there = reader.places(gone)
    bench.expect("not in order, or one twice, when some have gone",
                 there == sorted(set(there)))
    bench.expect("one that is there is missing when others have gone",
                 set(there) >= set(whole) - set(whole[::3]))
    bench.expect("nothing has gone", len(there) < 300)
    bench.call(nl, "policy_flush")
    bench.report("list-in-order")
    reader.nl.close()


EVENTS = {CMD[f"{what}_ntf"]: what for what in (
    "sa_new", "sa_del", "policy_new", "policy_del")}


class Listener:
    """What is heard of a transaction: (event, SPI or number of a policy)."""

    def __init__(self, bench):
        self.bench, self.nl = bench, bench.socket()
        self.one = bench.socket()
        self.nl.listen()

    def hears(self, what, requests, expected):
        bench = self.bench
        bench.call(self.one, "transaction_begin")
        for cmd, data in requests:
            bench.call(self.one, cmd, data)
        bench.call(self.one, "transaction_commit")
        # Rule 0 as it was: an event that says that no more will come.
        bench.call(bench.nl, "policy_set",
                   uint(POL["id"], 0) + u32(POL["enabled"], 1))
        heard = []
        for cmd, data in self.nl.events(
                lambda cmd, data: EVENTS[cmd] == "policy_new" and
                not number(data[POL["id"]])):
            name = EVENTS[cmd]
            heard.append((name, int.from_bytes(data[SA["spi"]], "big") if
                          name.startswith("sa") else number(data[POL["id"]])))
        bench.expect(f"{what}: heard {heard}", heard[:-1] == expected)

    def close(self):
        self.nl.close()
        self.one.close()


def events(bench):
    """What was added and deleted in one transaction is heard in this order,
    and is gone."""
    listener = Listener(bench)
    bench.call(bench.nl, "sa_flush")
    bench.call(bench.nl, "policy_flush")
    # Numbers are given in order, so the next one is known.
    policy = add_policy(bench.nl, IN, "discard")
    bench.call(bench.nl, "policy_flush")
    bench.call(bench.nl, "policy_set",
               uint(POL["id"], 0) + u32(POL["enabled"], 1))
    listener.nl.events(lambda cmd, data: EVENTS[cmd] == "policy_new" and
                       not number(data[POL["id"]]))
    before = bench.nl.sas(), bench.nl.policies()

    def add(spi):
        return "sa_new", Sa("aes-gcm", spi, A4, B4).request()

    def delete(spi):
        return "sa_del", (u32(SA["direction"], IN) + be32(SA["spi"], spi) +
                          attr(SA["dst"], ip_bytes(B4)))

    listener.hears("an SA added and deleted", [add(0xa300), delete(0xa300)],
                   [("sa_new", 0xa300), ("sa_del", 0xa300)])
    listener.hears("an SA added, deleted, added and deleted",
                   [add(0xa300), delete(0xa300)] * 2,
                   [("sa_new", 0xa300), ("sa_del", 0xa300)] * 2)
    listener.hears("an SA added and flushed", [add(0xa300), ("sa_flush", b"")],
                   [("sa_new", 0xa300), ("sa_del", 0xa300)])
    new = "policy_new", policy_request(IN, "discard", selector=selector(A6))
    listener.hears("a policy added and deleted", [
        new, ("policy_del", uint(POL["id"], policy + 1))],
        [("policy_new", policy + 1), ("policy_del", policy + 1)])
    listener.hears("a policy added and flushed", [new, ("policy_flush", b"")],
                   [("policy_new", policy + 2), ("policy_del", policy + 2)])
    bench.expect("something has stayed",
                 (bench.nl.sas(), bench.nl.policies()) == before)
    bench.report("transaction-events-of-what-came-and-went")

    for spi in (0xa301, 0xa302, 0xa303):
        listener.hears(f"SA {spi:x}", [add(spi)], [("sa_new", spi)])
    listener.hears("an SA in the place of another",
                   [delete(0xa301), add(0xa301)],
                   [("sa_del", 0xa301), ("sa_new", 0xa301)])
    listener.hears("another, then one less", [add(0xa304), delete(0xa303)],
                   [("sa_new", 0xa304), ("sa_del", 0xa303)])
    listener.hears("one deleted, the others flushed, one again",
                   [delete(0xa302), ("sa_flush", b""), add(0xa302)],
                   [("sa_del", 0xa302), ("sa_del", 0xa301),
                    ("sa_del", 0xa304), ("sa_new", 0xa302)])
    bench.expect("the SAs", [dict(sa)[SA["spi"]] for sa in bench.nl.sas()] ==
                 [b"\0\0\xa3\2"])
    bench.report("transaction-events-in-order")
    listener.close()


def requests(bench):
    nl = bench.nl
    there = Sa("aes-gcm", 0xa100, A4, B4).add(nl).id, add_policy(
        nl, IN, "protect", selector=selector(A4, B4),
        transforms=[transform()])
    before = bench.all()

    one = bench.socket()
    bench.call(one, "transaction_begin")
    changes(bench, one, there)
    bench.expect("set aside is not made", bench.all() == before)
    bench.call(one, "transaction_abort")
    bench.expect("aborted and changed", bench.all() == before)
    bench.call(one, "transaction_commit", error=True)
    bench.call(one, "transaction_abort", error=True)
    bench.report("transaction-abort")

    bench.call(one, "transaction_begin")
    changes(bench, one, there)
    one.close()
    bench.expect("closed and changed", bench.all() == before)
    bench.report("transaction-close")

    one = bench.socket()
    bench.call(one, "transaction_begin")
    changes(bench, one, there)
    bench.call(one, "transaction_commit", flag(TXN["dry_run"]))
    bench.expect("dry run and changed", bench.all() == before)
    bench.call(one, "transaction_abort", error=True)
    bench.report("transaction-dry-run")

    # A request that is refused at once fails all of it.
    for what, cmd, data, *flags in (
            ("a bad algorithm", "sa_new", Sa("aes-gcm", 0xa002, A4,
                                             B4).request() +
             text(SA["alg"], "rot13")),
            ("a bad selector", "policy_new", policy_request(
                IN, "discard", selector=selector(("10.0.0.2", "10.0.0.1")))),
            ("no attributes", "sa_new", b""),
            ("nothing named", "sa_del", b""),
            ("a range", "sa_new", Sa("aes-gcm", 0xa003, A4, B4,
                                     window=5000).request()),
            ("an unknown attribute", "policy_flush", attr(99, b"")),
            ("a nest cut short", "policy_new", policy_request(
                IN, "discard") + nest(POL["selector"], b"\xff" * 6)),
            ("flags of its header", "policy_new", policy_request(
                IN, "discard"), NLM_F_CREATE | NLM_F_EXCL)):
        bench.call(one, "transaction_begin")
        changes(bench, one, there)
        bench.call(one, cmd, data, True, *flags)
        bench.call(one, "sa_new", Sa("aes-gcm", 0xa004, A4, B4).request(),
                   error=True)
        reply = bench.call(one, "transaction_commit", error=True)
        bench.expect(f"{what}: committed ({reply})", bench.all() == before)
        if bench.all() != before:
            bench.faults.append(f"{what}: something has changed")
            before = bench.all()
        bench.report("transaction-fails-by-" + what.replace(" ", "-"))

    # What can only be known at the end: the last change of many is refused.
    for what, cmd, data in (
            ("an SPI that is taken", "sa_new",
             Sa("aes-gcm", 0xa100, A4, B4).request()),
            ("the same SPI twice", "sa_new",
             Sa("aes-gcm", 0xa001, A4, B4).request()),
            ("an SA that is not there", "sa_del", uint(SA["id"], 10**9)),
            ("a deletion that came twice", "sa_del",
             uint(SA["id"], there[0])),
            ("a policy that is not there", "policy_del",
             uint(POL["id"], 10**9))):
        if what == "an SPI that is taken":
            bench.call(one, "transaction_begin")
            bench.call(one, "policy_flush")
        else:
            bench.call(one, "transaction_begin")
            changes(bench, one, there)
        bench.call(one, cmd, data)
        bench.call(one, "transaction_commit", error=True)
        bench.expect(f"{what}: something has changed", bench.all() == before)
        before = bench.all()
        bench.report("transaction-refused-for-" + what.replace(" ", "-"))

    generation = before[2]["generation"]
    for wrong in (generation - 1, generation + 1, 2**63):
        bench.call(one, "transaction_begin", uint(TXN["generation"], wrong))
        bench.call(one, "sa_flush")
        bench.call(one, "transaction_commit", error=True)
        bench.expect(f"generation {wrong}: something has changed",
                     bench.all() == before)
    bench.call(one, "transaction_begin", uint(TXN["generation"], generation))
    bench.call(nl, "policy_set", uint(POL["id"], 0) + u32(POL["enabled"], 1))
    before = bench.all()
    bench.call(one, "sa_flush")
    bench.call(one, "transaction_commit", error=True)
    bench.expect("overtaken: something has changed", bench.all() == before)
    bench.report("transaction-generation")

    bench.call(one, "transaction_begin")
    bench.call(one, "transaction_begin", error=True)
    bench.call(one, "sa_flush")
    two = bench.socket()
    bench.call(two, "transaction_commit", error=True)
    bench.call(two, "transaction_abort", error=True)
    bench.expect("another socket ended it", bench.all() == before)
    bench.call(one, "transaction_abort")
    bench.report("transaction-of-another-socket")

    # Several requests in one buffer: none behind the bad one is carried out.
    bad = Sa("aes-gcm", 0xa200, A4, B4, window=5000).request()
    good = Sa("aes-gcm", 0xa201, A4, B4).request()
    errors = two.batch([
        (CMD[cmd], data) for cmd, data in (
            ("transaction_begin", b""), ("sa_new", good), ("sa_new", bad),
            ("sa_flush", b""), ("transaction_commit", b""))])
    bench.expect(f"errors {errors}", [bool(error) for error in errors] ==
                 [False, False, True, True, True])
    bench.expect("something has changed", bench.all() == before)
    bench.report("transaction-in-one-buffer")

    # And one that is whole: all of it at once.
    bench.call(one, "transaction_begin")
    changes(bench, one, there)
    bench.call(one, "transaction_commit")
    after = bench.all()
    bench.expect("the SAs", after[2]["sas"] == before[2]["sas"] + 1)
    bench.expect("the policies", after[2]["policies"] ==
                 before[2]["policies"])
    bench.expect("one generation", after[2]["generation"] ==
                 before[2]["generation"] + 1)
    bench.report("transaction-commit")
    for s in (one, two):
        s.close()


def main():
    wire = Wire()
    bench = Bench(wire)
    answers_begin()
    requests(bench)
    answers_end("transactions")
    if sys.argv[1:] != ["requests"]:
        told_of_changes(bench)
        late(bench)
        flushes(bench)
        of_one_direction(bench)
        in_its_place(bench)
        events(bench)
    wire.close()
    finish()


main()
