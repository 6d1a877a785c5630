#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A transaction that somebody has begun and left alone keeps nobody from
taking the modules out, sextant_netlink first."""
import os
import subprocess

from badlib import (A4, B4, CMD, IN, Genl, Sa, Wire, finish, in_ns,
                    policy_request, result, selector, transform)

MODULES = os.environ.get("SXT_MODULES", "")
LIMIT = 30


def left_alone(wire):
    nl = in_ns(wire.b, Genl)
    for cmd, data in (
            ("transaction_begin", b""),
            ("sa_new", Sa("aes-gcm", 0xc100, A4, B4).request()),
            ("policy_new", policy_request(IN, "protect",
                                          selector=selector(A4, B4),
                                          transforms=[transform()]))):
        reply = nl.request(CMD[cmd], data)
        if reply.error:
            raise RuntimeError(f"{cmd}: {reply}")
    return nl


def take_out(*modules):
    for module in modules:
        try:
            done = subprocess.run(["rmmod", f"sextant_{module}"],
                                  timeout=LIMIT, capture_output=True,
                                  text=True, check=False)
        except subprocess.TimeoutExpired:
            return [f"sextant_{module} waits for the transaction"]
        if done.returncode:
            return [f"sextant_{module}: {done.stderr.strip()}"]
    return []


def put_in(*modules):
    for module in modules:
        subprocess.run(["insmod", f"{MODULES}/sextant_{module}.ko"],
                       check=True)


def main():
    wire = Wire()
    for name, order in (
            ("netlink-first", ("netlink", "policy", "esp", "key")),
            ("netlink-then-esp", ("netlink", "esp", "policy", "key"))):
        nl = left_alone(wire)
        faults = take_out(*order)
        nl.close()
        result(f"unload-under-open-transaction-{name}", faults)
        if faults:
            break
        put_in("key", "esp", "policy", "netlink")
    wire.close()
    finish()


main()
