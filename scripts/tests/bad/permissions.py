#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what: without CAP_NET_ADMIN in the user namespace that owns the
network namespace no command works, the readers included, and no event is
heard; the root of a namespace of its own rules there and nowhere else. And
keys go in and never come out."""
import errno
import os
import socket

from badlib import (A4, A6, B4, B6, CMD, IN, LIBC, POL, SA, Genl, Sa, Wire, add_policy, attrs, finish,
                    in_ns, number, policy_request, result, selector, sh,
                    transform, u32, uint)

NOBODY = 65534
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


def requests():
    """Each command with a request that would be a good one."""
    return {
        "sa_new": Sa("aes-gcm", 0xb001, A4, B4).request(),
        "sa_get": uint(SA["id"], 1), "sa_del": uint(SA["id"], 1),
        "sa_flush": b"", "policy_new": policy_request(IN, "discard"),
        "policy_get": uint(POL["id"], 0),
        "policy_set": uint(POL["id"], 0) + u32(POL["enabled"], 0),
        "policy_del": uint(POL["id"], 1), "policy_flush": b"",
        "stats_get": b"", "transaction_begin": b"",
        "transaction_commit": b"", "transaction_abort": b"",
    }


def in_child(function):
    """Run it in a process of its own; the faults that it finds come back."""
    end, far = os.pipe()
    child = os.fork()
    if not child:
        os.close(end)
        try:
            faults = function()
        except Exception as error:      # it must be told, whatever it is
            faults = [f"{type(error).__name__}: {error}"]
        os.write(far, "\n".join(faults).encode())
        os._exit(0)
    os.close(far)
    with os.fdopen(end) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text.split("\n") if text else []


def lose_root():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def unshare(flags):
    if LIBC.unshare(flags):
        raise OSError("unshare")


def all_refused():
    nl, faults = Genl(), []
    for cmd, data in requests().items():
        reply = nl.request(CMD[cmd], data)
        if reply.error != errno.EPERM:
            faults.append(f"{cmd}: {reply}")
    for cmd in ("sa_get", "policy_get"):
        reply = nl.dump(CMD[cmd])
        if reply.error != errno.EPERM:
            faults.append(f"dump {cmd}: {reply}")
    faults += events_refused(nl)
    return faults


def groups(nl):
    """Numbers of the multicast groups, by name."""
    nl_family, nl.family = nl.family, 16
    reply = nl.request(3, b"\x0c\x00\x02\x00sextant\x00")
    nl.family = nl_family
    out = {}
    for kind, value in attrs(reply.messages[0]):
        if kind == 7:
            for _, group in attrs(value):
                one = dict(attrs(group))
                out[one[1].rstrip(b"\0").decode()] = number(one[2])
    return out


def events_refused(nl):
    faults = []
    for name, group in groups(nl).items():
        try:
            nl.sock.setsockopt(270, 1, group)
            faults.append(f"may listen to the events of '{name}'")
        except PermissionError:
            pass
    return faults


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
    if nl.sas():
        faults.append("sees SAs of others")
    if len(nl.policies()) != 1:
        faults.append("sees policies of others")
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
    listener = in_ns(wire.b, Genl)
    for group in groups(listener).values():
        listener.sock.setsockopt(270, 1, group)
    listener.sock.settimeout(0.5)
    secrets, heard = [], b""
    for n, alg in enumerate(("aes-gcm", "chacha20-poly1305",
                             "aes-cbc-hmac-sha256", "null-hmac-sha256")):
        sa = Sa(alg, 0xb100 + n, A4, B4, name=f"k{n}").add(nl)
        heard += nl.raw
        secrets += [k for k in (sa.key, sa.auth) if k]
        nl.request(CMD["sa_get"], uint(SA["id"], sa.id))
        heard += nl.raw
        # A refused request comes back in the error message.
        reply = nl.request(CMD["sa_new"], sa.request())
        heard += nl.raw
        if not reply.error:
            faults.append("the same SA twice")
    nl.dump(CMD["sa_get"])
    heard += nl.raw
    loose = in_ns(wire.b, Genl)
    loose.sock.setsockopt(270, 10, 0)   # errors with all of the request
    bad = Sa("aes-gcm", 0xb0, A4, B4)
    secrets.append(bad.key)
    loose.request(CMD["sa_new"], bad.request())
    heard += loose.raw
    nl.request(CMD["sa_flush"])
    try:
        while True:
            heard += listener.sock.recv(1 << 16)
    except (socket.timeout, BlockingIOError):
        pass
    names = sum(f"k{n}\0".encode() in heard for n in range(4))
    if names != 4:
        faults.append("the answers have not been looked through")
    heard += sh("dmesg").stdout.encode()
    for secret in secrets:
        for at in range(len(secret) - 7):
            if secret[at:at + 8] in heard:
                faults.append(f"byte {at} of a key of {len(secret)} is out")
                break
        if secret.hex().encode()[:16] in heard:
            faults.append("a key is in the kernel's log")
    return faults


def main():
    wire = Wire()
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
    result("keys-never-come-out", keys(wire))
    wire.close()
    finish()


main()
