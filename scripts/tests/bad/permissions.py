#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who may do what: without CAP_NET_ADMIN in the user namespace that owns the
network namespace no command works, the readers included, and no event is
heard; the root of a namespace of its own rules there and nowhere else. And
keys go in and never come out."""
import errno
import os
import socket
import struct

from badlib import (A4, A6, B4, B6, CMD, IN, LIBC, POL, SA, Genl, Sa, Wire,
                    add_policy, attr, attrs, be32, finish, in_ns, nest, number,
                    policy_request, result, selector, sh, transform, u32, uint)

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


def events_refused(nl):
    faults = []
    for name, group in nl.groups().items():
        try:
            nl.sock.setsockopt(270, 1, group)
            faults.append(f"may listen to the events of '{name}'")
        except PermissionError:
            pass
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
    listener.listen()
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


def echo_of(raw):
    """What an error message says the request was, its attributes."""
    at = 0
    while at + 16 <= len(raw):
        length, kind, flags = struct.unpack_from("=IHH", raw, at)
        if kind == 2 and not flags & 0x100:     # NLM_F_CAPPED
            inside, = struct.unpack_from("=I", raw, at + 20)
            return raw[at + 20:at + 20 + inside][20:]
        at += (length + 3) & ~3
    return None


def malformed(wire):
    """A request that is refused for its form comes back without its keys."""
    nl, faults = in_ns(wire.b, Genl), []
    nl.sock.setsockopt(270, 10, 0)      # errors with all of the request
    sa = Sa("aes-cbc-hmac-sha256", 0xb200, A4, B4)
    good = sa.request()
    lone = Sa("null-hmac-sha256", 0xb201, A4, B4)   # has no cipher key
    key = attr(SA["key"], sa.key)
    cases = [
        ("an unknown attribute", "sa_new", good + attr(200, b"")),
        ("a short window", "sa_new", good + attr(SA["window"], b"\1\1")),
        ("a window out of range", "sa_new", good + u32(SA["window"], 5000)),
        ("a name without an end", "sa_new", good + attr(SA["name"], b"x")),
        ("an attribute past the end", "sa_new", good + struct.pack(
            "=HH", 400, SA["group"]) + b"\1" * 4),
        ("an attribute of length 2", "sa_new", good + struct.pack(
            "=HH", 2, SA["group"]) + b"\1" * 4),
        ("leftover bytes", "sa_new", good + b"\1\1\1"),
        ("a key past the end", "sa_new", lone.request() + struct.pack(
            "=HH", 400, SA["key"]) + sa.key),
        ("a key of length 2", "sa_new", lone.request() + struct.pack(
            "=HH", 2, SA["key"]) + sa.key),
        ("a key behind what has no end", "sa_new", lone.request() +
         struct.pack("=HH", 1, SA["group"]) + key),
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
        echo = echo_of(nl.raw)
        if not reply.error:
            faults.append(f"{what}: accepted")
        elif echo is None or len(echo) < len(data):
            faults.append(f"{what}: no echo of all of it")
        else:
            for secret in filter(None, (sa.key, sa.auth, lone.auth)):
                at = data.find(secret)
                if at >= 0 and any(echo[at:at + len(secret)]):
                    faults.append(f"{what}: a key comes back")
    nl.close()
    return faults


def without_spi(data):
    """A request without its SPI."""
    return b"".join(attr(kind, value) for kind, value in attrs(data)
                    if kind != SA["spi"])


def main():
    joined_before()
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
    result("keys-of-malformed-requests", malformed(wire))
    wire.close()
    finish()


main()
