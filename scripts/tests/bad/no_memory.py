#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""No memory, at each allocation in turn: a request is refused and has changed
nothing, or is carried out whole; SAs that were to be replaced go on
working. Then packets while allocations fail at
random: some are lost, none gets past in clear, and all is well afterwards.
Needs fault injection in the kernel."""
import errno
import os
import socket
import threading

from badlib import finish, in_ns, result, same
from judgelib import Judge
from nllib import Genl, flag, number, u32, uint
from packets import ip, udp
from salib import (IN, OUT, Sa, add_policy, flush, policy_request, selector,
                   transform)
from uapi import CMD, POL, SA, TXN
from wirelib import A4, A6, B4, B6, Receiver, Wire

FAILSLAB = "/sys/kernel/debug/failslab/"
MOST = 400      # allocations that one request may make


def set_failslab(**values):
    for name, value in values.items():
        with open(FAILSLAB + name.replace("_", "-"), "w",
                  encoding="ascii") as file:
            file.write(str(value))


def with_failure(nth, function):
    """Let the nth allocation of this thread fail while function runs. Below
    zero: the request did not even leave, or its answer was lost."""
    path = "/proc/thread-self/fail-nth"
    with open(path, "wb", buffering=0) as setter, \
            open(path, "rb", buffering=0) as getter:
        setter.write(str(nth).encode())
        try:
            answer = function()
        except OSError as error:
            answer = -error.errno
        left = int(getter.read(20) or b"0")
        setter.write(b"0")
    return answer, left == 0


def every_allocation(nl, what, request, undo):
    """request() answers with an errno; undo() takes a success back."""
    faults, failures = [], 0
    before = (nl.sas(), nl.policies())
    for nth in range(1, MOST):
        answer, failed = with_failure(nth, request)
        after = (nl.sas(), nl.policies())
        if not failed:
            if answer:
                faults.append(f"without a failure: errno {answer}")
            undo()
            break
        failures += 1
        if answer and after != before:
            # An answer may get lost after the deed was done; none may lie.
            if answer > 0:
                faults.append(f"allocation {nth}: errno {answer} and changed")
            undo()
        elif not answer:
            undo()
        if (nl.sas(), nl.policies()) != before:
            faults.append(f"allocation {nth}: something is left behind")
            before = (nl.sas(), nl.policies())
    else:
        faults.append(f"more than {MOST} allocations")
    if failures < 3:
        faults.append(f"only {failures} allocations failed")
    result(f"no-memory-{what}", faults)


def requests(wire):
    nl = wire.nl
    other = in_ns(wire.b, Genl)

    def ask(cmd, data=b""):
        seq = other.send(CMD[cmd], data, 4)
        return other.receive(seq).error

    def forget(known):
        for sa in nl.sas():
            one = dict(sa)
            if number(one[SA["id"]]) not in known:
                nl.request(CMD["sa_del"], uint(SA["id"],
                                               number(one[SA["id"]])))
        for policy in nl.policies():
            one = dict(policy)
            if number(one[POL["id"]]) and POL["name"] in one and \
                    one[POL["name"]] == b"mine\0":
                nl.request(CMD["policy_del"], uint(POL["id"],
                                                   number(one[POL["id"]])))

    known = {number(dict(s)[SA["id"]]) for s in nl.sas()}
    for alg in ("aes-gcm", "aes-cbc-hmac-sha256", "chacha20-poly1305"):
        sa = Sa(alg, 0xf000, A6, B6, "tunnel", name="mine", esn=True,
                hard_packets=9, selector=selector(A4, B4))
        every_allocation(nl, f"sa-new-{alg}",
                         lambda s=sa: ask("sa_new", s.request()),
                         lambda: forget(known))
    every_allocation(nl, "policy-new", lambda: ask("policy_new",
                     policy_request(OUT, "protect", name="mine",
                                    selector=selector(B4, A4),
                                    transforms=[transform()])),
                     lambda: forget(known))

    def transaction():
        try:
            error = ask("transaction_begin")
            for cmd, data in (
                    ("sa_new", Sa("aes-gcm", 0xf001, A4, B4).request()),
                    ("policy_new", policy_request(IN, "discard", name="mine",
                                                  selector=selector(A6, B6))),
                    ("sa_new", Sa("aes-gcm", 0xf002, A4, B4).request())):
                error = error or ask(cmd, data)
            error = error or ask("transaction_commit")
        except OSError:         # a request that did not leave
            ask("transaction_abort")
            raise
        if error:
            ask("transaction_abort")
        return error

    every_allocation(nl, "transaction", transaction, lambda: forget(known))
    for cmd, data in (("sa_del", uint(SA["id"], min(known))),
                      ("sa_flush", b""), ("policy_flush", b""),
                      ("policy_del", uint(POL["id"], number(dict(
                          nl.policies()[-1])[POL["id"]]))),
                      ("policy_set", uint(POL["id"], 0) +
                       u32(POL["enabled"], 0))):
        refused_and_committed(nl, ask, cmd, data)
    dry_run(nl, ask)
    other.close()


def refused_and_committed(nl, ask, cmd, data):
    """A transaction that was refused a change is not made without it."""
    faults, refused = [], 0
    before = (nl.sas(), nl.policies())
    for nth in range(1, MOST):
        faults += [f"begin: errno {e}" for e in [ask("transaction_begin")]
                   if e]
        answer, failed = with_failure(nth, lambda: ask(cmd, data))
        if answer > 0:
            refused += 1
            if not ask("transaction_commit"):
                faults.append(f"allocation {nth}: errno {answer}, committed")
        else:
            ask("transaction_abort")
        if not failed:
            break
    if not refused:
        faults.append("nothing was refused")
    if (nl.sas(), nl.policies()) != before:
        faults.append("something has changed")
    result(f"no-memory-in-transaction-{cmd.replace('_', '-')}", faults)


def dry_run(nl, ask):
    """It tries to make what packets would see: for each direction the SPD,
    its classifier, and the rules that this is made of."""
    faults, refused = [], 0
    before = (nl.sas(), nl.policies())
    policy = policy_request(OUT, "bypass", selector=selector(B4, A4))
    for nth in range(1, MOST):
        faults += [f"{cmd}: errno {e}" for cmd, data in (
            ("transaction_begin", b""), ("policy_new", policy))
            for e in [ask(cmd, data)] if e]
        answer, failed = with_failure(nth, lambda: ask(
            "transaction_commit", flag(TXN["dry_run"])))
        refused += answer > 0
        ask("transaction_abort")        # it may not have come to the commit
        if not failed:
            break
    if answer:
        faults.append(f"without a failure: errno {answer}")
    if refused < 9:
        faults.append(f"only {refused} allocations were tried")
    if (nl.sas(), nl.policies()) != before:
        faults.append("something has changed")
    result("no-memory-dry-run", faults)


def events(wire):
    """Who listens is told of an SA that came, or that not all is told."""
    nl, faults, lost = wire.nl, [], 0
    asker, listener = in_ns(wire.b, Genl), in_ns(wire.b, Genl)
    listener.listen()
    request = Sa("aes-gcm", 0xf003, A4, B4, name="mine").request()

    def heard(cmd):
        try:
            return bool(listener.events(lambda got, _: got == CMD[cmd]))
        except OSError as error:
            return error.errno

    for nth in range(1, MOST):
        _, failed = with_failure(nth, lambda: asker.request(
            CMD["sa_new"], request).error)
        for sa in map(dict, nl.sas()):
            if sa.get(SA["name"]) != b"mine\0":
                continue
            told = heard("sa_new_ntf")
            lost += told == errno.ENOBUFS
            if told not in (True, errno.ENOBUFS):
                faults.append(f"allocation {nth}: neither told nor warned")
            nl.request(CMD["sa_del"], uint(SA["id"], number(sa[SA["id"]])))
            heard("sa_del_ntf")
        if not failed:
            break
    if not lost:
        faults.append("no event was lost")
    result("no-memory-event", faults)
    asker.close()
    listener.close()


MOVING = ("age", "idle", "drops", "memory", "packets", "bytes", "sequence")


class Replaced:
    """A pair of SAs that one transaction is to replace by a pair with time
    limits, under the same SPIs, with a new policy."""

    def __init__(self, wire, name, covered):
        self.wire, self.name, self.nl = wire, name, wire.nl
        self.faults, self.refused = [], 0
        self.receiver = Receiver(wire, B4)
        self.sender = in_ns(wire.b, lambda: socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM))
        self.sender.bind((B4, 0))
        self.asker = in_ns(wire.b, Genl)
        self.listener = in_ns(wire.b, Genl)
        self.listener.listen()
        # NETLINK_NO_ENOBUFS: an event that found no memory is no news.
        self.listener.sock.setsockopt(270, 5, 1)
        if covered:
            add_policy(self.nl, IN, "protect", selector=selector(A4, B4),
                       transforms=[transform()])
            add_policy(self.nl, OUT, "protect", selector=selector(B4, A4),
                       transforms=[transform()])
        self.pairs = [[Sa(alg, 0xf400, A4, B4, **more),
                       Sa(alg, 0xf401, B4, A4, direction=OUT, **more)]
                      for alg, more in (("aes-gcm", {}), (
                          "chacha20-poly1305", {"soft_seconds": 1}))]
        self.timed = set()
        for sa in self.pairs[0]:
            sa.add(self.nl)

    def state(self):
        return self.nl.sas(but=MOVING), self.nl.policies()

    def change(self, old, new, policy, commit):
        """The pairs in each other's place, in one transaction."""
        nl = self.asker
        requests = [("transaction_begin", b"")]
        requests += [("sa_del", uint(SA["id"], sa.id)) for sa in old]
        requests += [("sa_new", sa.request()) for sa in new]
        requests.append(policy)
        for cmd, data in requests:
            reply = nl.request(CMD[cmd], data)
            if reply.error:
                raise RuntimeError(f"{cmd}: {reply}")
        return commit(lambda: nl.request(CMD["transaction_commit"]).error)

    def find(self, pair):
        """Fill in their numbers; False if they are not there."""
        there = {(one[SA["spi"]], one[SA["alg"]]): number(one[SA["id"]])
                 for one in map(dict, self.nl.sas())}
        for sa in pair:
            sa.id = there.get((sa.spi.to_bytes(4, "big"),
                               sa.alg.encode() + b"\0"))
        return all(sa.id for sa in pair)

    def works(self, what, pair):
        """Packets pass both ways; out in clear where no policy asks."""
        self.wire.send(ip(A4, B4, 50, pair[0].esp(udp(A4, B4, b"x"), 17)))
        if self.receiver.wait() != b"x":
            self.faults.append(f"{what}: nothing comes in")
        try:
            self.sender.sendto(b"y", (A4, 9))
        except OSError as error:
            self.faults.append(f"{what}: nothing leaves: {error}")
        while self.receiver.get() is not None:
            self.faults.append(f"{what}: too much comes in")

    def run(self):
        stop = threading.Event()

        def traffic():
            while not stop.is_set():
                try:
                    self.sender.sendto(b"z", (A4, 9))
                except OSError:
                    pass        # no SA, or no memory

        thread = threading.Thread(target=traffic)
        thread.start()
        try:
            self.each_allocation(*self.pairs)
        finally:
            stop.set()
            thread.join()
        self.times_run_out()
        result(self.name, self.faults)

    def each_allocation(self, old, new):
        add = "policy_new", policy_request(IN, "discard", name="mine",
                                           selector=selector(A6, B6))
        for nth in range(1, MOST):
            before = self.state()
            answer, failed = self.change(
                old, new, add, lambda ask, n=nth: with_failure(n, ask))
            if self.find(new):
                if answer > 0:
                    self.faults.append(f"allocation {nth}: made, errno "
                                       f"{answer}")
                self.timed |= {sa.id for sa in new}
                self.works(f"allocation {nth}, made", new)
                self.back(old, new)
            elif self.state() != before:
                self.faults.append(f"allocation {nth}: half of it is made")
                return
            else:
                self.refused += 1
                if not answer:
                    self.faults.append(f"allocation {nth}: not made, errno 0")
                self.works(f"allocation {nth}, refused", old)
                # The request itself may not have left.
                self.asker.request(CMD["transaction_abort"])
            if not failed:
                break
        if answer:
            self.faults.append(f"without a failure: errno {answer}")
        if self.refused < 5:
            self.faults.append(f"only {self.refused} commits were refused")

    def back(self, old, new):
        mine = [number(dict(p)[POL["id"]]) for p in self.nl.policies()
                if dict(p).get(POL["name"]) == b"mine\0"]
        error = self.change(new, old, ("policy_del",
                                       uint(POL["id"], mine[0])),
                            lambda ask: ask())
        if error or not self.find(old):
            self.faults.append(f"not taken back: errno {error}")

    def times_run_out(self):
        """Timers end in order: one that starts now is the last."""
        last = Sa("aes-gcm", 0xf402, A4, B4, soft_seconds=1).add(self.nl)
        expire = CMD["sa_expire_ntf"]
        told = [number(data[SA["id"]]) for cmd, data in self.listener.events(
            lambda cmd, data: cmd == expire and
            number(data[SA["id"]]) == last.id) if cmd == expire]
        if set(told) - self.timed - {last.id}:
            self.faults.append("a time limit of an SA that never was ran out")

    def close(self):
        flush(self.nl)
        for one in (self.receiver, self.sender, self.asker, self.listener):
            one.close()


def replacements(wire):
    for name, covered in (("no-memory-sa-replaced", True),
                          ("no-memory-first-policy", False)):
        bench = Replaced(wire, name, covered)
        bench.run()
        bench.close()


def packets(wire):
    nl, faults = wire.nl, []
    receiver = Receiver(wire, B4)
    sas = [Sa(alg, 0xf100 + n, A4, B4).add(nl) for n, alg in enumerate((
        "aes-gcm", "aes-cbc-hmac-sha256"))]
    before = nl.stats()
    # The probability is last: from then on writing this may fail, too.
    set_failslab(interval=1, times=-1, space=0, verbose=0, task_filter="N",
                 ignore_gfp_wait="Y", probability=20)
    try:
        for n in range(300):
            sa = sas[n % 2]
            try:
                wire.send(ip(A4, B4, 50, sa.esp(udp(A4, B4, b"m"), 17)))
                wire.send(ip(A4, B4, 17, udp(A4, B4, b"clear")))
            except OSError:
                pass            # the sender had no memory
            if receiver.get() == b"clear":
                faults.append("a clear packet got in")
    finally:
        set_failslab(probability=0)
    while True:
        data = receiver.get()
        if data is None:
            break
        if data == b"clear":
            faults.append("a clear packet got in")
    moved = same(before, nl.stats())
    if set(moved) - {"in_packets", "drop:no-memory", "drop:policy-clear"}:
        faults.append(f"counted {moved}")
    judge = Judge(wire)
    judge.accept("afterwards", ip(A4, B4, 50, sas[0].esp(
        udp(A4, B4, b"after"), 17)))
    if receiver.wait() != b"after":
        faults.append("nothing passes afterwards")
    result("no-memory-packets", faults + judge.faults)
    receiver.close()


def main():
    if not os.path.exists(FAILSLAB + "probability"):
        print("skip no-memory: this kernel has no fault injection")
        print("1..1")
        return
    set_failslab(probability=0, verbose=0, ignore_gfp_wait="N",
                 task_filter="N")
    wire = Wire()
    replacements(wire)
    Sa("aes-gcm", 0xf300, A4, B4, name="there").add(wire.nl)
    add_policy(wire.nl, IN, "protect", selector=selector(A4, B4),
               transforms=[transform()])
    requests(wire)
    events(wire)
    packets(wire)
    wire.close()
    finish()


main()
