# SPDX-License-Identifier: GPL-2.0
"""Settings of neighbours (net.ipv6.neigh): how often and when they are asked
for, and by whom, what waits meanwhile, and who is forgotten. For knobs.py."""
import errno
import socket
import struct
import time

from data import A, ICMP, IP6, RECVERR, by_name, differs, sock
from knob import (Knob, LATE, SO_TIMESTAMPNS, events, listener, read,
                  write)
from where import ORIGIN_ICMP6, Watch, told
from badlib import in_full, ip_all, ip_bytes, sh, wait_for

OTHER = "02:00:00:00:00:09"             # of nobody
GETNEIGH, GROUP_NEIGH = 30, 4           # RTM_*, RTMGRP_*
QUICK = ("seca", "neigh/va/retrans_time_ms", 40, 1000)


class Asked:
    """The solicitations of seca for one neighbour that is not there: whether
    each went to the neighbour alone, and when."""

    def __init__(self, target):
        self.target, self.watch = ip_bytes(target), Watch("secb", "vb")
        self.watch.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.alone, self.times = [], []

    def look(self):
        """All until now."""
        self.watch.sock.setblocking(False)
        while True:
            try:
                packet, extra, _, link = self.watch.sock.recvmsg(2000, 100)
            except BlockingIOError:
                return self
            if link[2] != socket.PACKET_OUTGOING and packet[6] == ICMP and \
                    packet[40] == 135 and packet[48:64] == self.target:
                seconds, nanoseconds = struct.unpack("=qq", extra[0][2])
                self.times.append(seconds + nanoseconds / 1e9)
                self.alone.append(packet[24:40] == self.target)

    def number(self):
        return len(self.look().times)


def in_vain(target):
    """A datagram for nobody: the sender is told so in the end."""
    made = sock("seca")
    made.setsockopt(IP6, RECVERR, 1)
    made.sendto(b"x", (target, 9))
    got = told(made)
    return differs("error", (errno.EHOSTUNREACH, ORIGIN_ICMP6, 1, 3),
                   got and got.error[:4])


def neighbour(target, *lines):
    """What `ip neigh` says of its state."""
    ip_all("seca", *(f"neigh {line}" for line in lines))
    words = sh("ip", "-n", "seca", "-6", "neigh", "show", target).stdout.split()
    return words[-1] if words else None


def becomes(target, state):
    if wait_for(state, lambda: neighbour(target) == state):
        return []
    return [f"{target} is {neighbour(target)}, not {state}"]


def first(name, value):
    """The tables' own are in the first namespace."""
    with open("/proc/sys/net/ipv6/neigh/default/" + name, "w",
              encoding="ascii") as file:
        file.write(str(value))


# --- who is asked, how often --------------------------------------------------


def mcast_solicit(_):
    """That often; and as far apart as retrans_time_ms says."""
    faults = []
    for number, apart in ((1, 40), (3, 160), (5, 40)):
        asked = Asked(f"fd09::8{number}")
        with Knob("seca", "neigh/va/mcast_solicit", number, 3), \
                Knob("seca", "neigh/va/retrans_time_ms", apart, 1000):
            faults += in_vain(f"fd09::8{number}")
        faults += differs("to the neighbour alone", [False] * number,
                          asked.look().alone)
        for before, now in zip(asked.times, asked.times[1:]):
            if not apart / 1000 - 0.02 <= now - before <= apart / 1000 + LATE:
                faults.append(f"{now - before:.3f} s apart, not {apart} ms")
    first("mcast_solicit", 7)
    ip_all("seca", "link add later type dummy")
    faults += differs("of a new interface", "7", read(
        "seca", "neigh/later/mcast_solicit"))
    ip_all("seca", "link del later")
    first("mcast_solicit", 3)
    return faults


def app_solicit(net):
    """Programs that listen are asked before all are."""
    faults = []
    heard = listener("seca", GROUP_NEIGH)
    for programs, all_others in ((0, 1), (2, 0), (1, 2)):
        target = f"fd09::9{programs}"
        asked = Asked(target)
        events(heard)
        with Knob(*QUICK), \
                Knob("seca", "neigh/va/app_solicit", programs, 0), \
                Knob("seca", "neigh/va/mcast_solicit", all_others, 3):
            faults += in_vain(target)
        faults += differs(f"{programs}, {all_others}", (programs, all_others),
                          (events(heard).count(GETNEIGH), asked.number()))
    watch, target = Watch("secb", "vb"), "fd09::93"
    with Knob("seca", "neigh/va/app_solicit", 1, 0), \
            Knob("seca", "neigh/va/mcast_solicit", 0, 3):
        sock("seca").sendto(b"answered", (target, 9))
        if not wait_for("question", lambda: GETNEIGH in events(heard)):
            faults.append("no program is asked")
        ip_all("seca", f"neigh replace {target} lladdr {net.mac_b.hex(':')} "
               "dev va nud reachable")
    watch.packet(lambda p: p[48:] == b"answered")
    return faults


def ucast_solicit(_):
    """Who was known is asked that often itself, then, by mcast_resolicit, all
    are; the first time is delay_first_probe_time after what was sent."""
    faults = []
    with Knob(*QUICK), \
            Knob("seca", "neigh/va/delay_first_probe_time", 0, 5):
        for alone, many in ((1, 0), (3, 2)):
            target = f"fd09::a{alone}"
            asked = Asked(target)
            with Knob("seca", "neigh/va/ucast_solicit", alone, 3), \
                    Knob("seca", "neigh/va/mcast_resolicit", many, 0):
                neighbour(target, f"replace {target} lladdr {OTHER} dev va "
                          "nud stale")
                sock("seca").sendto(b"x", (target, 9))
                faults += becomes(target, "FAILED")
            faults += differs(f"{alone}, {many}",
                              [True] * alone + [False] * many,
                              asked.look().alone)
    return faults


def delay_first_probe_time(_):
    faults, target = [], "fd09::a7"
    with Knob("seca", "neigh/va/delay_first_probe_time", 2, 5):
        asked = Asked(target)
        neighbour(target, f"replace {target} lladdr {OTHER} dev va nud stale")
        sent = time.time()
        sock("seca").sendto(b"x", (target, 9))
        if not wait_for("solicitation", asked.number):
            return ["not asked for"]
    if not 2 - 0.02 <= asked.times[0] - sent <= 2 + LATE:
        faults.append(f"after {asked.times[0] - sent:.3f} s, not 2")
    return faults


def base_reachable_time_ms(_):
    """Who was confirmed is sure for half of that time or up to one and a half
    of it."""
    faults = []
    sure, unsure = "fd09::b1", "fd09::b2"
    state = f"lladdr {OTHER} dev va nud reachable"
    with Knob("seca", "neigh/va/delay_first_probe_time", 0, 5):
        faults += differs("usual", "REACHABLE", neighbour(
            sure, f"replace {sure} {state}"))
        with Knob("seca", "neigh/va/base_reachable_time_ms", 100, 30000):
            neighbour(unsure, f"replace {unsure} {state}")
            faults += becomes(unsure, "STALE")
    return faults + differs("the usual one still", "REACHABLE",
                            neighbour(sure))


def other_units(_):
    """The same settings in other units; one is in jiffies, 4 ms."""
    faults = []
    for name, value, same, want in (
            ("retrans_time", 20, "retrans_time_ms", "80"),
            ("base_reachable_time", 7, "base_reachable_time_ms", "7000"),
            ("base_reachable_time_ms", 9000, "base_reachable_time", "9"),
            ("retrans_time_ms", 400, "retrans_time", "100")):
        usual = read("seca", f"neigh/va/{name}")
        with Knob("seca", f"neigh/va/{name}", value, usual):
            faults += differs(same, want, read("seca", f"neigh/va/{same}"))
    return faults


# --- what waits ---------------------------------------------------------------


def unres_qlen(net):
    """How many datagrams wait for the neighbour: the last ones. One of them
    always does; by unres_qlen as many as that, or fewer that are large."""
    faults = []
    usual = read("seca", "neigh/va/unres_qlen_bytes")
    for turn, (name, value, least, most) in enumerate((
            ("unres_qlen_bytes", usual, 20, 20), ("unres_qlen_bytes", 0, 1, 1),
            ("unres_qlen", 1, 1, 1), ("unres_qlen", 10, 5, 10))):
        write("seca", f"neigh/va/{name}", value)
        got = waited(net, f"fd09::c{turn}")
        if not least <= len(got) <= most or got != list(range(
                20 - len(got), 20)):
            faults.append(f"{name} {value}: {got}")
        write("seca", "neigh/va/unres_qlen_bytes", usual)
    return faults


def waited(net, target):
    """Which of twenty datagrams arrive when the neighbour is known."""
    watch, made = Watch("secb", "vb"), sock("seca", bind=(A, 0))
    for number in range(20):
        made.sendto(bytes([number]) + bytes(1400), (target, 9))
    ip_all("seca", f"neigh replace {target} lladdr {net.mac_b.hex(':')} dev va "
           "nud reachable")
    got = []
    while not got or got[-1] != 19:
        got.append(watch.packet(lambda p: p[6] == socket.IPPROTO_UDP and
                                p[24:40] == ip_bytes(target))[48])
    return got


# --- who is forgotten ---------------------------------------------------------


def collections(name):
    """What /proc/net/stat/ndisc_cache counts under that name."""
    with open("/proc/net/stat/ndisc_cache", encoding="ascii") as file:
        names, *numbers = (line.split() for line in file)
    return sum(int(words[names.index(name)], 16) for words in numbers)


def gc_stale_time(_):
    """Who was of no use for that long goes, if there are gc_thresh1. The first
    look may be 15 s away; then they are half of base_reachable_time_ms apart,
    of the first namespace's."""
    goes, stays, few = "fd09::d1", "fd19::d1", "fd09::d2"
    stale = f"lladdr {OTHER} nud stale"
    first("base_reachable_time_ms", 400)
    first("gc_thresh1", 0)
    with Knob("seca", "neigh/va/gc_stale_time", 0, 60):
        ip_all("seca", f"neigh replace {goes} dev va {stale}",
               f"neigh replace {stays} dev wa {stale}")
        faults = [] if wait_for("collection", lambda: not neighbour(goes),
                                40) else ["it stays"]
        faults += differs("usual", "STALE", neighbour(stays))
        first("gc_thresh1", 1024)
        looks = collections("periodic_gc_runs")
        neighbour(few, f"replace {few} dev va {stale}")
        wait_for("looks", lambda: collections("periodic_gc_runs") > looks + 2)
        faults += differs("of few", "STALE", neighbour(few))
        first("gc_thresh1", 0)
        if not wait_for("collection", lambda: not neighbour(few)):
            faults.append("of enough: it stays")
    first("base_reachable_time_ms", 30000)
    first("gc_thresh1", 128)
    return faults


def gc_thresh2(_):
    """From that many on, a new one has those who failed go, but not within
    five seconds of the last time."""
    failed, news = "fd09::e1", iter(range(1, 1000))

    def another():
        try:
            sock("seca").sendto(b"x", (f"fd09::e:{next(news):x}", 9))
        except OSError:
            pass
        return neighbour(failed) is None
    neighbour(failed, f"replace {failed} lladdr {OTHER} dev va nud failed")
    faults = differs("few", False, any(another() for _ in range(5)))
    first("gc_thresh2", 1)
    if not wait_for("collection", another):
        faults.append("many: it stays")
    first("gc_thresh2", 512)
    return faults


def interval_probe_time_ms(_):
    """Who is managed is asked for without any packet, again and again."""
    asked = Asked("fd09::f1")
    first("interval_probe_time_ms", 100)
    with Knob(*QUICK), Knob("seca", "neigh/va/mcast_solicit", 1, 3):
        ip_all("seca", "neigh replace fd09::f1 dev va managed")
        faults = [] if wait_for("solicitations",
                                lambda: asked.number() >= 5) else ["it is not"]
        neighbour("fd09::f1", "del fd09::f1 dev va")
    first("interval_probe_time_ms", 5000)
    if asked.times and asked.times[4] - asked.times[1] > 3:
        faults.append(f"{asked.times} are too far apart")
    return faults


TESTS = by_name(mcast_solicit, app_solicit, ucast_solicit,
                base_reachable_time_ms, other_units, unres_qlen)
if in_full():
    TESTS += by_name(delay_first_probe_time, gc_stale_time, gc_thresh2,
                     interval_probe_time_ms)
