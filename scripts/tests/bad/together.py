#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Many hands at once: processes that add, delete, flush, list and commit in
one namespace, under traffic in both directions. Each answer is one that the
request can have, and at the end, after a flush, nothing is left."""
import errno
import os
import random
import subprocess
import traceback

from badlib import finish, in_ns, result, wait_for
from nllib import Genl, attrs, number, u32, uint
from salib import (IN, OUT, Sa, add_policy, flush, policy_request, selector,
                   transform)
from uapi import CMD, POL, SA
from wirelib import A4, A6, B4, B6, Wire

TURNS = int(os.environ.get("SXT_TURNS", "60"))
GOOD = {0, errno.ENOENT, errno.EEXIST}


def some_sa(rng):
    alg = rng.choice(("aes-gcm", "chacha20-poly1305", "null-hmac-sha256"))
    src, dst = rng.choice(((A4, B4), (A6, B6), (B4, A4), (B6, A6)))
    return Sa(alg, 0xd000 + rng.randrange(30), src, dst,
              rng.choice(("transport", "tunnel")),
              direction=OUT if src in (B4, B6) else IN)


def add_and_delete(nl, rng):
    reply = nl.request(CMD["sa_new"], some_sa(rng).request())
    yield reply
    if not reply.error and rng.random() < 0.7:
        number_of = number(dict(attrs(reply.messages[0]))[SA["id"]])
        yield nl.request(CMD["sa_del"], uint(SA["id"], number_of))


def policies(nl, rng):
    ends = rng.choice(((A4, B4), (A6, B6)))
    reply = nl.request(CMD["policy_new"], policy_request(
        rng.choice((IN, OUT)), rng.choice(("bypass", "discard", "protect")),
        priority=rng.randrange(100, 200), selector=selector(*ends, proto=99)))
    if reply.error == errno.EINVAL:     # protect without a transform
        reply.error = 0
    elif not reply.error and rng.random() < 0.8:
        yield nl.request(CMD["policy_del"], uint(POL["id"], number(dict(
            attrs(reply.messages[0]))[POL["id"]])))
    yield reply


def flushes(nl, rng):
    if rng.random() < 0.2:
        yield nl.request(CMD[rng.choice(("sa_flush", "policy_flush"))],
                         u32(SA["direction"], rng.choice((IN, OUT))))


def lists(nl, rng):
    for cmd in ("sa_get", "policy_get"):
        yield nl.dump(CMD[cmd])
    yield nl.request(CMD["stats_get"])
    reply = nl.request(CMD["policy_set"], uint(POL["id"], 0) +
                       u32(POL["enabled"], rng.randrange(2)))
    yield reply


def transactions(nl, rng):
    yield nl.request(CMD["transaction_begin"])
    for _ in range(rng.randrange(1, 6)):
        yield nl.request(CMD["sa_new"], some_sa(rng).request())
        yield nl.request(CMD["policy_new"], policy_request(
            IN, "protect", priority=rng.randrange(100, 200),
            selector=selector(A4, B4, proto=98), transforms=[transform()]))
    if rng.random() < 0.3:
        yield nl.request(CMD["sa_flush"])
    yield nl.request(CMD[rng.choice(("transaction_commit",
                                     "transaction_commit",
                                     "transaction_abort"))])


def worker(job, seed, pipe):
    rng, nl, bad = random.Random(seed), Genl(), []
    try:
        for _ in range(TURNS):
            for reply in job(nl, rng):
                if reply.error not in GOOD:
                    bad.append(f"{job.__name__}: {reply}")
    except Exception:                   # it must be told, whatever it is
        bad.append(f"{job.__name__}: {traceback.format_exc(-1)}")
    os.write(pipe, "".join(b.replace("\n", " ") + "\n"
                           for b in bad[:5]).encode())
    os._exit(0)


def main():
    wire = Wire(mtu=1500)
    nl_a = in_ns(wire.a, Genl)
    # Traffic that the changes may not disturb: SAs and policies of its own.
    udpload = subprocess.Popen(
        ["nice", "-n", "19", "udpload", "-k", "-m", "pingpong", "-n",
         "100000000", "-t", "20", wire.a, A4, wire.b, B4],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for nl, out, back in ((nl_a, (A4, B4), (B4, A4)),
                              (wire.nl, (B4, A4), (A4, B4))):
            Sa("aes-gcm", 0xe001 if nl is nl_a else 0xe002, *out,
               direction=OUT).add(nl)
            Sa("aes-gcm", 0xe002 if nl is nl_a else 0xe001, *back,
               direction=IN).add(nl)
            add_policy(nl, OUT, "protect", selector=selector(*out, proto=17),
                       transforms=[transform()])
            add_policy(nl, IN, "protect", selector=selector(*back, proto=17),
                       transforms=[transform()])
        flows = wait_for("traffic", lambda: wire.nl.stats()["in_packets"] >
                         20, 60)
        result("together-traffic", [] if flows else ["nothing flows"])
        far, end = os.pipe()
        children = []
        for seed, job in enumerate((add_and_delete, add_and_delete, policies,
                                    flushes, lists, transactions,
                                    transactions)):
            child = in_ns(wire.b, os.fork)
            if not child:
                os.close(far)
                in_ns(wire.b, lambda j=job, s=seed: worker(j, s, end))
            children.append(child)
        os.close(end)
        with os.fdopen(far) as pipe:
            faults = pipe.read().splitlines()
        for child in children:
            os.waitpid(child, 0)
        result("together-answers", faults)
        flush(wire.nl)
        faults = []
        stats = wire.nl.stats()
        if stats["sas"] or stats["policies"]:
            faults.append(f"{stats['sas']} SAs, {stats['policies']} policies")
        if wire.nl.sas() or len(wire.nl.policies()) != 1:
            faults.append("the lists are not empty")
        result("together-nothing-left", faults)
    finally:
        udpload.terminate()
        udpload.wait()
    nl_a.close()
    wire.close()
    finish()


main()
