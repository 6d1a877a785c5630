#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A cipher that fails, that is busy, or that has not answered yet when the SA,
the namespace or the module goes: what its packets are counted as, and that
nothing stays behind. Needs bad/faulty/sxt_faulty.ko loaded."""
import errno
import os
import socket
import subprocess

from badlib import WAIT, family_of, finish, in_ns, result, same, sh, wait_for
from judgelib import Judge
from nllib import uint
from packets import ip, udp
from salib import OUT, Sa, add_policy, flush, selector, transform
from uapi import CMD, SA
from wirelib import A4, A6, B4, B6, Receiver, Wire

PARAMETERS = "/sys/module/sxt_faulty/parameters/"
MODULES = os.environ.get("SXT_MODULES", "")
PASS, HOLD = 0, 1
MOST = 4096             # OP_PENDING_MAX of modules/esp/op.c
ALG = "chacha20-poly1305"
BOTH = ((A4, B4), (A6, B6))


def tell(name, value):
    with open(PARAMETERS + name, "w", encoding="ascii") as file:
        file.write(str(value))


def held():
    with open(PARAMETERS + "held", encoding="ascii") as file:
        return int(file.read())


class Bench(Judge):
    def inbound(self, src, dst, spi=0x7300, mode="transport"):
        flush(self.nl)
        sa = Sa(ALG, spi, src, dst, mode).add(self.nl)
        self.restart()
        return sa

    def packet(self, sa, data=b"faulty"):
        return ip(sa.src, sa.dst, 50, sa.esp(udp(sa.src, sa.dst, data), 17))

    def moves(self, what, want, act, error=0):
        """act() moves these counters, and its sender is told error."""
        self.told(what, act, error)
        wait_for("count", lambda: same(self.now, self.nl.stats()) == want)
        self.compare(what, want)

    def hold(self, packets):
        """They are in the cipher, and counted nowhere."""
        before = held()
        tell("mode", HOLD)
        for packet in packets:
            self.wire.send(packet)
        if not wait_for("held", lambda: held() == before + len(packets)):
            self.faults.append(f"{held()} packets are held")
        tell("mode", PASS)
        seen = self.nl.stats()
        if seen != self.now:
            self.faults.append(f"held, and {same(self.now, seen)}")


def refused(bench):
    """The cipher refuses at once: the packet is lost, the number is not."""
    for src, dst in BOTH:
        sa = bench.inbound(src, dst)
        for number, reason in ((errno.EIO, "cipher-error"),
                               (errno.EINVAL, "cipher-error"),
                               (errno.ENOSPC, "cipher-busy"),
                               (errno.EBADMSG, "icv-bad")):
            tell("mode", number)
            packet = bench.packet(sa)
            bench.drop(f"in, {errno.errorcode[number]}", reason, packet)
            bench.settle()
            tell("mode", PASS)
            bench.accept(f"in, after {errno.errorcode[number]}", packet)
        bench.report(f"cipher-refuses-in-ipv{family_of(src)}")
        flush(bench.nl)
        Sa(ALG, 0x7301, dst, src, direction=OUT).add(bench.nl)
        add_policy(bench.nl, OUT, "protect", selector=selector(dst, src),
                   transforms=[transform()])
        bench.restart()
        family = socket.AF_INET6 if ":" in dst else socket.AF_INET
        with in_ns(bench.wire.b, lambda f=family: socket.socket(
                f, socket.SOCK_DGRAM)) as sock:
            # IP_RECVERR, IPV6_RECVERR: without it UDP keeps ENOBUFS to itself.
            sock.setsockopt(*((41, 25) if ":" in dst else (0, 11)), 1)
            sock.bind((dst, 0))
            for number, reason, told in (
                    (errno.EIO, "cipher-error", errno.EPERM),
                    (errno.ENOSPC, "cipher-busy", errno.ENOBUFS)):
                tell("mode", number)
                bench.moves(f"out, {errno.errorcode[number]}",
                            {f"drop:{reason}": 1},
                            lambda: sock.sendto(b"faulty", (src, 4001)), told)
            tell("mode", PASS)
            bench.moves("out, afterwards", {"out_packets": 1},
                        lambda: sock.sendto(b"faulty", (src, 4001)))
            tell("mode", HOLD)
            bench.moves("out, held", {},
                        lambda: sock.sendto(b"faulty", (src, 4001)))
            tell("mode", PASS)
            bench.moves("out, fails later", {"drop:cipher-error": 1},
                        lambda: tell("release", errno.EIO))
        bench.report(f"cipher-refuses-out-ipv{family_of(src)}")


def later(bench):
    """It answers later: well, or not."""
    for src, dst in BOTH:
        sa = bench.inbound(src, dst)
        receiver = Receiver(bench.wire, dst)
        for number, reason in ((errno.EIO, "cipher-error"),
                               (errno.EBADMSG, "icv-bad")):
            packets = [bench.packet(sa) for _ in range(3)]
            bench.hold(packets)
            bench.moves(f"{errno.errorcode[number]} later",
                        {f"drop:{reason}": 3}, lambda: tell("release", number))
            # Their numbers are not spent.
            bench.hold(packets)
            bench.moves("well at last", {"in_packets": 3},
                        lambda: tell("release", 0))
            for _ in range(3):
                if receiver.wait() != b"faulty":
                    bench.faults.append("not delivered")
        twice = bench.packet(sa)
        bench.hold([twice, twice])
        # RFC 4303 3.4.3: the second look finds what the first could not.
        bench.moves("the same packet twice",
                    {"in_packets": 1, "drop:replay-duplicate": 1},
                    lambda: tell("release", 0))
        receiver.close()
        bench.report(f"cipher-later-ipv{family_of(src)}")


def busy(bench):
    """As many packets as may wait; one more is refused, and when they are
    through all is as before."""
    sa = bench.inbound(A4, B4)
    more = bench.packet(sa)
    bench.hold([bench.packet(sa, b"") for _ in range(MOST)])
    bench.drop("one more", "cipher-busy", more)
    bench.drop("and again", "cipher-busy", more)
    bench.moves("all of them", {"in_packets": MOST},
                lambda: tell("release", 0))
    bench.accept("afterwards", bench.packet(sa))
    bench.report("cipher-busy")


def gone(bench):
    """The SA goes while its packets are in the cipher."""
    for src, dst in BOTH:
        for how, request in (("sa_del", lambda sa: uint(SA["id"], sa.id)),
                             ("sa_flush", lambda sa: b"")):
            for mode in ("transport", "tunnel"):
                sa = bench.inbound(src, dst, mode=mode)
                bench.hold([bench.packet(sa) for _ in range(3)])
                reply = bench.nl.request(CMD[how], request(sa))
                if reply.error:
                    bench.faults.append(f"{how}: {reply}")
                if bench.nl.sas():
                    bench.faults.append(f"{how}: the SA is still there")
                bench.now = bench.nl.stats()
                bench.moves(f"{how}, {mode}", {"drop:sa-gone": 3},
                            lambda: tell("release", 0))
        bench.report(f"cipher-sa-goes-ipv{family_of(src)}")


def users():
    with open("/sys/module/sxt_faulty/refcnt", encoding="ascii") as file:
        return int(file.read())


def unloaded(bench):
    """sextant_esp waits for the packets in the cipher, and then it goes."""
    sa = bench.inbound(A4, B4)
    bench.hold([bench.packet(sa) for _ in range(3)])
    with subprocess.Popen(["rmmod", "sextant_esp"]) as rmmod:
        if not wait_for("flush", lambda: not bench.nl.sas()):
            bench.faults.append("the SAs stay")
        if rmmod.poll() is not None:
            bench.faults.append("rmmod did not wait for the cipher")
        bench.now = bench.nl.stats()
        bench.moves("rmmod", {"drop:sa-gone": 3},
                    lambda: tell("release", 0))
        try:
            if rmmod.wait(WAIT):
                bench.faults.append(f"rmmod: status {rmmod.returncode}")
        except subprocess.TimeoutExpired:
            bench.faults.append("rmmod does not end")
            rmmod.kill()
    if not bench.faults:
        sh("insmod", f"{MODULES}/sextant_esp.ko")
    if not wait_for("users", lambda: not users()):
        bench.faults.append(f"the cipher has {users()} users")
    bench.report("cipher-module-goes")


def namespace(wire):
    """The namespace goes: its last SA goes with the last packet."""
    bench = Bench(wire)
    for n, (src, dst) in enumerate(BOTH):
        sa = Sa(ALG, 0x7400 + n, src, dst, "tunnel").add(wire.nl)
        bench.restart()
        bench.hold([bench.packet(sa) for _ in range(3)])
    wire.close()
    faults = bench.faults
    if users() < len(BOTH):
        faults.append("the SAs have gone while their packets are held")
    tell("release", 0)
    if not wait_for("users", lambda: not users(), 60):
        faults.append(f"the cipher has {users()} users")
    return faults


def main():
    tell("mode", PASS)
    wire = Wire()
    bench = Bench(wire)
    refused(bench)
    later(bench)
    busy(bench)
    gone(bench)
    unloaded(bench)
    flush(wire.nl)
    result("cipher-namespace-goes", namespace(wire))
    finish()


main()
