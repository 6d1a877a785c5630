#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""No memory, at each allocation in turn: a request is refused and has changed
nothing, or is carried out whole. Then packets while allocations fail at
random: some are lost, none gets past in clear, and all is well afterwards.
Needs fault injection in the kernel."""
import errno
import os

from badlib import (A4, A6, B4, B6, CMD, IN, OUT, POL, SA, Genl, Judge,
                    Receiver, Sa, Wire, add_policy, finish,
                    in_ns, ip, number, policy_request, result, same,
                    selector, transform, udp, uint)

FAILSLAB = "/sys/kernel/debug/failslab/"
MOST = 400      # allocations that one request may make


def set_failslab(**values):
    for name, value in values.items():
        with open(FAILSLAB + name.replace("_", "-"), "w",
                  encoding="ascii") as file:
            file.write(str(value))


def with_failure(nth, function):
    """Let the nth allocation of this thread fail while function runs."""
    path = "/proc/thread-self/fail-nth"
    with open(path, "wb", buffering=0) as setter, \
            open(path, "rb", buffering=0) as getter:
        setter.write(str(nth).encode())
        try:
            answer = function()
        except OSError as error:        # the request did not even leave
            answer = error.errno
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
            # The answer itself may have got lost, after the deed was done.
            if answer not in (errno.ENOBUFS, errno.ENOMEM, errno.EMSGSIZE):
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
        error = ask("transaction_begin")
        for cmd, data in (
                ("sa_new", Sa("aes-gcm", 0xf001, A4, B4).request()),
                ("policy_new", policy_request(IN, "discard", name="mine",
                                              selector=selector(A6, B6))),
                ("sa_new", Sa("aes-gcm", 0xf002, A4, B4).request())):
            error = error or ask(cmd, data)
        if error:
            ask("transaction_abort")
            return error
        return ask("transaction_commit")

    every_allocation(nl, "transaction", transaction, lambda: forget(known))
    other.close()


def packets(wire):
    nl, faults = wire.nl, []
    receiver = Receiver(wire, B4)
    sas = [Sa(alg, 0xf100 + n, A4, B4).add(nl) for n, alg in enumerate((
        "aes-gcm", "aes-cbc-hmac-sha256"))]
    before = nl.stats()
    set_failslab(probability=20, interval=1, times=-1, space=0, verbose=0,
                 task_filter="N", ignore_gfp_wait="Y")
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
    Sa("aes-gcm", 0xf300, A4, B4, name="there").add(wire.nl)
    add_policy(wire.nl, IN, "protect", selector=selector(A4, B4),
               transforms=[transform()])
    requests(wire)
    packets(wire)
    wire.close()
    finish()


main()
