#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A transaction that somebody has begun and left alone keeps nobody from
taking the modules out, sextant_netlink first. Only sextant_esp is busy as long
as there are new SAs in it, which are in no table that could be flushed."""
import os
import subprocess

from badlib import finish, in_ns, result, wait_for
from nllib import Genl
from salib import IN, Sa, flush, policy_request, selector, transform
from uapi import CMD
from wirelib import A4, B4, Wire

MODULES = os.environ.get("SXT_MODULES", "")
LIMIT = 30
# What kmod's rmmod says, and busybox's.
BUSY = ("in use", "temporarily unavailable")


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
        rmmod = subprocess.Popen(["rmmod", f"sextant_{module}"],
                                 stderr=subprocess.PIPE, text=True)
        try:
            _, words = rmmod.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            # It can't be killed; it ends when the transaction does.
            return [f"sextant_{module} waits for the transaction"]
        if rmmod.returncode:
            return [f"sextant_{module}: {words.strip()}"]
    return []


def put_in(*modules):
    for module in modules:
        subprocess.run(["insmod", f"{MODULES}/sextant_{module}.ko"],
                       check=True)


def users_of(module):
    with open(f"/sys/module/sextant_{module}/refcnt",
              encoding="ascii") as file:
        return int(file.read())


def esp_first(wire, nl, what, end):
    """sextant_esp stays, nothing is lost by trying, and goes once the
    transaction has come to its end."""
    faults = []
    before = wire.nl.all()
    refused = take_out("esp")
    if not refused or not any(words in refused[0] for words in BUSY):
        faults.append(f"rmmod of sextant_esp under it: {refused or 'done'}")
    elif wire.nl.all() != before:
        faults.append("trying has changed something")
    else:
        end(nl)
        # An SA that never was goes after a grace period.
        if not wait_for("users", lambda: users_of("esp") == 0):
            faults.append(f"{users_of('esp')} users are left")
        faults += take_out("esp")
        if not faults:
            if wire.nl.sas():
                faults.append("SAs are left")
            put_in("esp")
            # And it is all there again: an SA can be added, and goes.
            Sa("aes-gcm", 0xc101, A4, B4).add(wire.nl)
            flush(wire.nl)
    result(f"unload-esp-first-{what}", faults)
    return not faults


def end_by(cmd):
    def end(nl):
        reply = nl.request(CMD[cmd])
        if reply.error:
            raise RuntimeError(f"{cmd}: {reply}")
    return end


def main():
    wire = Wire()
    for what, end in (("abort", end_by("transaction_abort")),
                      ("commit", end_by("transaction_commit")),
                      ("close", Genl.close)):
        nl = left_alone(wire)
        done = esp_first(wire, nl, what, end)
        nl.close()
        if not done:
            wire.close()
            finish()
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
