#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what: without CAP_NET_ADMIN in the user namespace that owns the
network namespace no command works, the readers included, and no event is
heard; the root of a namespace of its own rules there and nowhere else. And
keys go in and never come out. "requests" alone does what takes no more than
requests."""
import errno
import os
import socket
import struct
import sys

import yaml
from badlib import (CLONE_NEWNET, CLONE_NEWUSER, NOBODY, TOP, answers_begin,
                    answers_end, finish, in_child, in_ns, lose_root, result,
                    sh, unshare)
from nllib import NLM_F_DUMP, Genl, attr, attrs, be32, nest, pack, u32, uint
from salib import IN, LISTS, Sa, add_policy, every_request, selector, transform
from uapi import CMD, POL, SA
from wirelib import A4, A6, B4, B6, Wire


def all_known():
    """No command, list or group has been left out below: the specification of
    the interface has no others."""
    with open(os.path.join(TOP, "uapi/sextant.yaml"), encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    kinds = {kind: {one["name"].replace("-", "_")
                    for one in spec["operations"]["list"] if kind in one}
             for kind in ("do", "dump")}
    faults = []
    for what, there, here in (
            ("commands", kinds["do"], every_request()),
            ("lists", kinds["dump"], LISTS),
            ("groups", {one["name"] for one in spec["mcast-groups"]["list"]},
             GROUPS)):
        if set(there) != set(here):
            faults.append(f"{what}: {sorted(set(there) ^ set(here))}")
    result("permission-of-all-commands", faults)


GROUPS = ("sa", "policy")


def all_refused():
    nl, faults = Genl(), []
    for cmd, data in every_request().items():
        reply = nl.request(CMD[cmd], data)
        if reply.error != errno.EPERM:
            faults.append(f"{cmd}: {reply}")
    for cmd in LISTS:
        reply = nl.request(CMD[cmd], flags=NLM_F_DUMP)
        if reply.error != errno.EPERM:
            faults.append(f"dump {cmd}: {reply}")
    for name in GROUPS:
        if nl.join(name) != errno.EPERM:
            faults.append(f"may listen to the events of '{name}'")
    return faults


def joined_before():
    """Numbers of groups that no family has yet may be joined by anybody; the
    family that gets them later tells its events to those who may hear."""
    def early():
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        sock.bind((0, 0))
        for group in range(1, 65):
            try:
                sock.setsockopt(270, 1, group)
            except PermissionError:
                pass
        sock.setblocking(False)
        return sock

    def hears(sock, family):
        try:
            while True:
                if struct.unpack_from("=IH", sock.recv(1 << 16))[1] == family:
                    return True
        except BlockingIOError:
            return False

    sh("rmmod", "sextant_netlink")
    os.seteuid(NOBODY)
    nobodys = early()
    os.seteuid(0)
    roots = early()
    sh("insmod", f"{os.environ['SXT_MODULES']}/sextant_netlink.ko")
    nl, faults = Genl(), []
    Sa("aes-gcm", 0xb003, A4, B4).add(nl)
    # What has been sent lies in the queues when the request is answered.
    if not hears(roots, nl.family):
        faults.append("root hears nothing, so this shows nothing")
    if hears(nobodys, nl.family):
        faults.append("nobody hears of an SA")
    nl.request(CMD["sa_flush"])
    for one in (nobodys, roots, nl):
        one.close()
    result("permission-joined-before", faults)


def nobody():
    lose_root()
    return all_refused()


def nobody_with_old_socket():
    """A socket that root opened and handed over does not help."""
    nl = Genl()
    lose_root()
    reply = nl.request(CMD["sa_flush"])
    # The kernel asks for the capability of both, opener and sender.
    return [] if reply.error == errno.EPERM else [f"sa_flush: {reply}"]


def root_of_another_user_namespace():
    lose_root()
    unshare(CLONE_NEWUSER)
    return all_refused()


def root_of_its_own():
    """All commands work, and nothing of the namespaces outside is seen."""
    lose_root()
    unshare(CLONE_NEWUSER | CLONE_NEWNET)
    nl, faults = Genl(), []
    sas, policies, _ = nl.all()
    if sas or len(policies) != 1:
        faults.append("sees SAs or policies of others")
    sa = Sa("aes-gcm", 0xb002, A4, B4).add(nl)
    policy = add_policy(nl, IN, "protect", selector=selector(A4, B4),
                        transforms=[transform()])
    for cmd, data in (
            ("sa_get", uint(SA["id"], sa.id)),
            ("policy_get", uint(POL["id"], policy)), ("stats_get", b""),
            ("policy_set", uint(POL["id"], 0) + u32(POL["enabled"], 0)),
            ("transaction_begin", b""), ("transaction_abort", b""),
            ("transaction_begin", b""), ("transaction_commit", b""),
            ("sa_del", uint(SA["id"], sa.id)),
            ("policy_del", uint(POL["id"], policy)), ("sa_flush", b""),
            ("policy_flush", b"")):
        reply = nl.request(CMD[cmd], data)
        if reply.error:
            faults.append(f"{cmd}: {reply}")
    return faults


def keys(wire):
    """No byte string of a key's 8 comes back, by any way."""
    nl, faults = wire.nl, []
    Genl.heard = b""
    listener, loose = in_ns(wire.b, Genl), in_ns(wire.b, Genl)
    listener.listen()
    loose.uncapped()
    secrets, names = [], []
    for n, alg in enumerate(("aes-gcm", "chacha20-poly1305",
                             "aes-cbc-hmac-sha256", "null-hmac-sha256")):
        names.append(f"{n}" * 8)
        sa = Sa(alg, 0xb100 + n, A4, B4, name=names[-1]).add(nl)
        secrets += [k for k in (sa.key, sa.auth) if k]
        nl.request(CMD["sa_get"], uint(SA["id"], sa.id))
        if not nl.request(CMD["sa_new"], sa.request()).error:
            faults.append("the same SA twice")
    nl.request(CMD["sa_get"], flags=NLM_F_DUMP)
    # A refused request comes back in the error message.
    bad = Sa("aes-gcm", 0xb0, A4, B4)
    secrets.append(bad.key)
    loose.request(CMD["sa_new"], bad.request())
    nl.request(CMD["sa_flush"])
    listener.drain()
    for name in names:
        if not nl.hears(name.encode()):
            faults.append("the answers have not been looked through")
    for secret in secrets:
        if nl.hears(secret):
            faults.append(f"of a key of {len(secret)} some is out")
    for one in (listener, loose):
        one.close()
    Genl.heard = None
    return faults, secrets


def in_log(secrets):
    log = sh("dmesg").stdout
    return ["a key is in the kernel's log" for secret in secrets
            if secret.hex()[:16] in log or secret in log.encode()]


def malformed(wire):
    """A request that is refused for its form comes back without its keys."""
    nl, faults = in_ns(wire.b, Genl), []
    nl.uncapped()
    sa = Sa("aes-cbc-hmac-sha256", 0xb200, A4, B4)
    good = sa.request()
    lone = Sa("null-hmac-sha256", 0xb201, A4, B4)   # has no cipher key
    key = attr(SA["key"], sa.key)
    cases = [
        ("an unknown attribute", "sa_new", good + attr(200, b"")),
        ("a short window", "sa_new", good + attr(SA["window"], b"\1\1")),
        ("a window out of range", "sa_new", good + u32(SA["window"], 5000)),
        ("a name without an end", "sa_new", good + attr(SA["name"], b"x")),
        ("an attribute past the end", "sa_new", good + pack(
            "HH", 400, SA["group"]) + b"\1" * 4),
        ("an attribute of length 2", "sa_new", good + pack(
            "HH", 2, SA["group"]) + b"\1" * 4),
        ("leftover bytes", "sa_new", good + b"\1\1\1"),
        ("a key past the end", "sa_new", lone.request() + pack(
            "HH", 400, SA["key"]) + sa.key),
        ("a key of length 2", "sa_new", lone.request() + pack(
            "HH", 2, SA["key"]) + sa.key),
        ("a key behind what has no end", "sa_new", lone.request() +
         pack("HH", 1, SA["group"]) + key),
        ("a key in a nest", "sa_new", lone.request() +
         nest(SA["selector"], key)),
        ("a key marked as a nest", "sa_new", lone.request() +
         attr(SA["key"] | 0x8000, sa.key) + attr(200, b"")),
        ("a key in an unknown attribute", "sa_new", lone.request() +
         attr(200, sa.key)),
        ("a key longer than any", "sa_new", lone.request() +
         attr(SA["key"], sa.key * 20)),
        # This one is well-formed, and the last of them would count.
        ("a key twice", "sa_new", without_spi(good) + key +
         attr(SA["key"], b"\1" * 16) + be32(SA["spi"], 7)),
        ("a key to delete", "sa_del", key + uint(SA["id"], 1)),
        ("a key to flush", "sa_flush", key)]
    for what, cmd, data in cases:
        reply = nl.request(CMD[cmd], data)
        if not reply.error:
            faults.append(f"{what}: accepted")
        for secret in filter(None, (sa.key, sa.auth, lone.auth)):
            at = data.find(secret)
            if at >= 0 and not nl.wiped(reply, at, len(secret)):
                faults.append(f"{what}: a key comes back, or nothing does")
    nl.close()
    return faults


def without_spi(data):
    """A request without its SPI."""
    return b"".join(attr(kind, value) for kind, value in attrs(data)
                    if kind != SA["spi"])


def main():
    alone = sys.argv[1:] == ["requests"]
    if not alone:
        all_known()
        joined_before()
    wire = Wire()
    answers_begin()
    Sa("aes-gcm", 0xb000, A4, B4).add(wire.nl)
    add_policy(wire.nl, IN, "discard", selector=selector(A6, B6))
    before = wire.nl.all()
    for name, function in (
            ("permission-nobody", nobody),
            ("permission-socket-handed-over", nobody_with_old_socket),
            ("permission-other-user-namespace",
             root_of_another_user_namespace),
            ("permission-own-namespaces", root_of_its_own)):
        faults = in_ns(wire.b, lambda f=function: in_child(f))
        if wire.nl.all() != before:
            faults.append("something has changed")
            before = wire.nl.all()
        result(name, faults)
    faults, secrets = keys(wire)
    if not alone:
        faults += in_log(secrets)
    result("keys-never-come-out", faults)
    result("keys-of-malformed-requests", malformed(wire))
    answers_end("permissions")
    wire.close()
    finish()


main()
