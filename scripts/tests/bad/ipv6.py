#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What strangers may send to our own IPv6, byte by byte: each kind of bad
packet, what RFC 4443, 4861, 8200 and 8883 want said and counted; with what is
in ipv6_fragments.py, ipv6_paths.py and ipv6_floods.py. After every burst the
host must answer an echo request, so that nothing is judged before it was
looked at."""
import collections
import random
import socket
import struct
import time

import ipv6_floods as floods
import ipv6_fragments as fragments
import ipv6_paths as paths
from badlib import finish, in_full, ip_bytes, result, wait_for
from ipv6_headers import TAKEN, judge
from ipv6lib import (A6, B6, DEST, ECHO, FRAGMENT, GROUP, HOP, ICMP, LA, NA,
                     NONE, NS, PARAM, RA, REDIRECT, REPLY, ROUTING, RS, TIME,
                     TOO_BIG, UNREACH, Host, dest, echo, fragment, icmp,
                     in_pieces, option, prefix, quoted, sealed, sysctl)
from packets import ipv6

FIXED = {RS: 8, RA: 16, NS: 24, NA: 24, REDIRECT: 40}


def messages(mac_a):
    """One right message of each type: (src, dst, hop limit, bytes)."""
    slla, tlla = option(1, mac_a), option(2, mac_a)
    ra = struct.pack(">BBHII", 64, 0, 0, 0, 0)
    bodies = {
        UNREACH: bytes(4) + quoted(), TOO_BIG: struct.pack(">I", 1400) +
        quoted(), TIME: bytes(4) + quoted(), PARAM: bytes(4) + quoted(),
        100: bytes(4) + quoted(), 127: bytes(4) + quoted(),
        ECHO: bytes(40), REPLY: bytes(40),
        130: struct.pack(">HH", 1000, 0) + bytes(16) +
        struct.pack(">BBH", 2, 125, 0),
        131: bytes(4) + ip_bytes("ff05::77"),
        132: bytes(4) + ip_bytes("ff05::77"),
        RS: bytes(4) + slla, RA: ra + slla + option(
            5, struct.pack(">HI", 0, 65535)) + option(24, struct.pack(
                ">BBI", 0, 0, 0)) + prefix("fd55::", flags=0),
        NS: bytes(4) + ip_bytes(B6) + slla,
        NA: bytes((0x20, 0, 0, 0)) + ip_bytes("fd09::77") + tlla,
        REDIRECT: bytes(4) + ip_bytes("fd09::77") + ip_bytes("fd09::77") +
        tlla, 138: bytes(40), 139: bytes(40), 140: bytes(40), 141: bytes(40),
        143: struct.pack(">HH", 0, 1) + struct.pack(">BBH", 4, 0, 0) +
        ip_bytes("ff05::77"), 148: bytes(30), 151: bytes(12), 155: bytes(20),
        200: bytes(20), 255: bytes(20), 0: bytes(20),
    }
    for kind, body in bodies.items():
        src = LA if 130 <= kind <= 143 else A6
        hop = 255 if RS <= kind <= REDIRECT else 1 if 130 <= kind else 64
        yield kind, src, B6, hop, bytes((kind, 0, 0, 0)) + body


def nd_valid(data):
    """RFC 4861 6.1, 7.1, 8.1, as far as lengths decide."""
    at = FIXED[data[0]]
    if len(data) < at:
        return False
    while at < len(data):
        if at + 2 > len(data) or not data[at + 1] or \
                at + 8 * data[at + 1] > len(data):
            return False
        at += 8 * data[at + 1]
    return True


def cut_why(data):
    """The reason that a message of messages(), cut short, is refused for."""
    kind, size = data[0] if data else 0, len(data)
    if size < 8:
        return "icmp-cut"
    if kind in FIXED:
        if nd_valid(data):
            return None
        return "nd-short" if size < FIXED[kind] else "nd-option"
    if kind < 128:
        return "error-cut" if size < 8 + 40 + 8 else "error-nobodys"
    if kind == 131:
        return "mld-short" if size < 24 else None
    return {ECHO: None, REPLY: "echo-reply", 130: "mld-alert", 132: None,
            143: None}.get(kind, "icmp-type")


def counter_of(why):
    """Which counter of the MIB has this reason of the IPv6 header."""
    if why in ("source", "destination"):
        return "Ip6InAddrErrors"
    return {"unknown-protocol": "Ip6InUnknownProtos", "icmp-cut": None,
            "truncated": "Ip6InTruncatedPkts"}.get(why, why and
                                                   "Ip6InHdrErrors")


# --- tests -------------------------------------------------------------------


# --- tests -------------------------------------------------------------------


def truncated(host):
    """Every message, cut at every byte, by its length field and without."""
    for kind, src, dst, hop, data in messages(host.mac_a):
        faults, cut, bad = [], [], 0
        for length in range(len(data) + 1):
            cut.append(ipv6(src, dst, ICMP, sealed(src, dst, data[:length]),
                            hop=hop))
            if kind in FIXED:
                bad += length < 8 or not nd_valid(data[:length])
            elif kind in (130, 131):
                # All queries, as they have no router alert; short reports.
                bad += kind == 130 or length < 24
            else:
                # What the errors are about is nobody's: of no use either.
                bad += kind < 128 or length < 8
        moved, _ = host.counted(*cut)
        if moved["Icmp6InMsgs"] != len(cut):
            faults.append(f"{moved['Icmp6InMsgs']} of {len(cut)} counted")
        if moved["Icmp6InErrors"] != bad:
            faults.append(f"{moved['Icmp6InErrors']} errors of {bad}")
        why = collections.Counter(filter(None, (
            cut_why(data[:n]) for n in range(len(data) + 1))))
        if host.why != why:
            faults.append(f"refused for {host.why}, not {why}")
        full = ipv6(src, dst, ICMP, sealed(src, dst, data), hop=hop)
        moved, answers = host.counted(*(full[:n] for n in range(len(full))))
        if moved["Ip6InHdrErrors"] != 40 or \
                moved["Ip6InTruncatedPkts"] != len(data):
            faults.append(f"cut frames: {moved['Ip6InHdrErrors']} headers, "
                          f"{moved['Ip6InTruncatedPkts']} packets")
        if host.why != {"header-cut": 40, "truncated": len(data)}:
            faults.append(f"cut frames: refused for {host.why}")
        if len(answers):
            faults.append(f"a cut frame was answered: {answers.brief()}")
        result(f"truncated-{kind}", faults)


def nd_forms(host):
    """Options of length zero and past the end, hop limits, codes, sources."""
    faults = []

    def refused(what, why, *packets):
        moved, answers = host.counted(*packets)
        if host.why != {why: len(packets)}:
            faults.append(f"{what}: refused for {host.why}, not {why}")
        if moved["Icmp6InErrors"] != len(packets):
            faults.append(f"{what}: {moved['Icmp6InErrors']} errors of "
                          f"{len(packets)}")
        if len(answers):
            faults.append(f"{what}: answered {answers.brief()}")

    for kind, src, dst, hop, data in messages(host.mac_a):
        if kind not in FIXED:
            continue
        fixed = data[:FIXED[kind]]

        def make(body, hop=255, src=src, dst=dst):
            return ipv6(src, dst, ICMP, sealed(src, dst, body), hop=hop)

        refused(f"{kind}: length 0", "nd-option", *(make(
            fixed + option(o, bytes(6), 0)) for o in range(256)))
        refused(f"{kind}: past the end", "nd-option", *(make(
            fixed + option(o, bytes(6), n))
            for o in (1, 2, 3, 4, 5, 14, 24, 25, 31, 99)
            for n in (2, 3, 128, 255)))
        refused(f"{kind}: hop limit", "nd-hop-limit", *(
            make(data, hop=h) for h in (0, 1, 64, 254)))
        refused(f"{kind}: code", "nd-code", *(make(
            data[:1] + bytes((c,)) + data[2:]) for c in (1, 2, 128, 255)))
        wrong = bytearray(make(data))
        wrong[42] ^= 0x55
        moved, _ = host.counted(bytes(wrong))
        if moved["Icmp6InCsumErrors"] != 1 or host.why != {"icmp-checksum": 1}:
            faults.append(f"{kind}: wrong checksum not counted")
        for size in (1, 2, 7, 8):
            pieces = in_pieces(src, dst, sealed(src, dst, data), size * 8, 99)
            moved, _ = host.counted(*(p[:7] + b"\xff" + p[8:]
                                      for p in pieces))
            if len(pieces) > 1 and (moved["Icmp6InErrors"] != 1 or
                                    host.why != {"nd-fragment": 1}):
                faults.append(f"{kind}: fragments of {8 * size} were taken")
    result("nd-forms", faults)
    faults = []
    target = bytes(4) + ip_bytes(B6)
    slla = option(1, host.mac_a)
    for what, why, src, dst, kind, body in (
            ("RA of a global source", "nd-source", A6, GROUP, RA, bytes(12)),
            ("redirect of a global source", "nd-source", A6, B6, REDIRECT,
             bytes(4) + ip_bytes(LA) + ip_bytes("fd44::1")),
            ("NS for a group", "nd-target", LA, B6, NS, bytes(4) +
             ip_bytes(GROUP)),
            ("NA for a group", "nd-target", LA, B6, NA, bytes(4) +
             ip_bytes(GROUP)),
            ("NA to all, solicited", "nd-solicited", LA, GROUP, NA,
             b"\x40\0\0\0" + ip_bytes("fd09::77")),
            ("DAD with a link-layer address", "nd-option-source", "::",
             "ff02::1:ff00:2", NS, target + slla),
            ("DAD to one node", "nd-destination", "::", B6, NS, target),
            ("RS of nobody with a link-layer address", "nd-option-source",
             "::", "ff02::1", RS, bytes(4) + slla),
            ("redirect for a group", "nd-target", LA, B6, REDIRECT, bytes(4) +
             ip_bytes(LA) + ip_bytes("ff05::1")),
            ("redirect to a stranger's global address", "nd-target", LA, B6,
             REDIRECT, bytes(4) + ip_bytes("fd44::2") + ip_bytes("fd44::1"))):
        refused(what, why, ipv6(src, dst, ICMP, icmp(src, dst, kind, 0, body),
                                hop=255))
    result("nd-addresses", faults)


def chains(host):
    """Extension headers: (packet, answers, reason to refuse it)."""
    data = echo()
    good = [(REPLY, 0, None)]

    def to(number, payload, dst=B6):
        return ipv6(A6, dst, number, payload)

    def opt(kind, where=DEST, dst=B6):
        header = dest(ICMP, bytes((kind, 2, 0, 0)))
        return to(where, header + icmp(A6, dst, ECHO, 0, bytes(4)), dst)

    def param(code, pointer):
        return [(PARAM, code, pointer)]

    cases = [
        ("one options header", to(DEST, dest(ICMP) + data), good, None),
        ("eight", to(DEST, dest(DEST) * 7 + dest(ICMP) + data), good, None),
        ("nine", to(DEST, dest(DEST) * 8 + dest(ICMP) + data), param(8, 104),
         "headers-too-many"),
        ("200", to(DEST, dest(DEST) * 199 + dest(ICMP) + data),
         param(8, 104), "headers-too-many"),
        ("8000", to(DEST, dest(DEST) * 7999 + dest(ICMP) + data),
         param(8, 104), "headers-too-many"),
        ("hop-by-hop behind options", to(DEST, dest(HOP) + dest(ICMP) + data),
         param(1, 40), "unknown-protocol"),
        ("hop-by-hop twice", to(HOP, dest(HOP) + dest(ICMP) + data),
         param(1, 40), "unknown-protocol"),
        ("unknown upper layer", to(253, bytes(20)), param(1, 6),
         "unknown-protocol"),
        ("unknown behind options", to(DEST, dest(253) + bytes(20)),
         param(1, 40), "unknown-protocol"),
        ("no next header", to(NONE, bytes(20)), [], None),
        ("options past the end", to(DEST, bytes((17, 200)) + bytes(14)),
         param(0, 41), "ext-past-end"),
        ("hop-by-hop past the end", to(HOP, bytes((17, 200)) + bytes(14)),
         param(0, 41), "ext-past-end"),
        ("routing past the end", to(ROUTING, bytes((17, 50)) + bytes(6)),
         param(0, 41), "ext-past-end"),
        # What can't be read may be an error, which is not answered by one.
        ("ICMPv6 past the end", to(DEST, bytes((ICMP, 200)) + bytes(14)),
         [], "ext-past-end"),
        ("cut options", to(DEST, b"\x3a"), [], "ext-cut"),
        ("cut hop-by-hop", to(HOP, b"\x3a\0\0"), [], "ext-cut"),
        ("option past its header", to(DEST, dest(ICMP, b"\x1e\x09\0\0") +
                                      data), param(0, 43), "option-past-end"),
        ("padding too long", to(DEST, bytes((ICMP, 1)) + bytes(14) + data),
         param(10, 49), "padding-long"),
        ("padding with data", to(DEST, dest(ICMP, b"\x01\x04abcd") + data),
         param(0, 44), "padding-data"),
        ("nine options", to(DEST, dest(ICMP, b"\x1e\0" * 9) + data),
         param(9, 58), "options-too-many"),
        ("routing type 0 at its end", to(ROUTING, bytes((ICMP, 2, 0, 0)) +
                                         bytes(20) + data), good, None),
        ("routing type 4 at its end", to(ROUTING, bytes((ICMP, 2, 4, 0)) +
                                         bytes(20) + data), good, None),
        ("router alert", to(HOP, dest(ICMP, b"\x05\x02\0\0") + data), good,
         None),
        ("atomic fragment", to(FRAGMENT, fragment(ICMP, 0, 0, 7) + data), good,
         None),
        ("all of them", to(HOP, dest(DEST, b"\x05\x02\0\0") + dest(ROUTING) +
                           bytes((FRAGMENT, 2, 0, 0)) + bytes(20) +
                           fragment(DEST, 0, 0, 8) + dest(ICMP) + data), good,
         None),
        ("routing type 0", to(ROUTING, bytes((ICMP, 2, 0, 1)) + bytes(20) +
                              data), param(0, 42), "routing-segments"),
        ("routing type 4", to(ROUTING, bytes((ICMP, 2, 4, 1)) + bytes(20) +
                              data), param(0, 42), "routing-segments"),
        ("two router alerts", to(HOP, dest(ICMP, b"\x05\x02\0\0" * 2) + data),
         param(0, 46), "option-twice"),
        ("jumbogram", to(HOP, dest(ICMP, b"\xc2\x04\0\1\0\0") + data),
         param(2, 42), "option-unknown"),
        ("hop-by-hop without length", ipv6(A6, B6, HOP, dest(ICMP) + data,
                                           length=0), param(0, 4),
         "length-zero"),
        ("to a group, action 10", opt(0x9e, dst=GROUP), param(2, 42),
         "option-unknown"),
        ("to a group, action 11", opt(0xde, dst=GROUP), [],
         "option-unknown"),
    ]
    for where, name in ((DEST, "destination"), (HOP, "hop-by-hop")):
        for kind, want in ((0x1e, good), (0x5e, []), (0x9e, param(2, 42)),
                           (0xde, param(2, 42))):
            cases.append((f"{name} option {kind:#x}", opt(kind, where), want,
                          None if want == good else "option-unknown"))
    faults = []
    for what, packet, want, why in cases:
        moved, answers = host.counted(packet)
        counter = counter_of(why)
        if host.why != ({why: 1} if why else {}):
            faults.append(f"{what}: refused for {host.why}, not {why}")
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        wrong = {k: v for k, v in moved.items() if v and k in (
            "Ip6InHdrErrors", "Ip6InUnknownProtos", "Ip6InAddrErrors",
            "Ip6InDiscards", "Ip6InTruncatedPkts")}
        if wrong != ({counter: 1} if counter else {}):
            faults.append(f"{what}: wanted {counter}, counted {wrong}")
        for message in answers:
            if message[0] == PARAM and message[8:] != \
                    packet[:1280 - 48][:len(message) - 8]:
                faults.append(f"{what}: not the packet quoted")
            if message[0] == PARAM and len(message) - 8 < min(
                    len(packet), 1280 - 48):
                faults.append(f"{what}: only {len(message)} bytes quoted")
    result("header-chains", faults)


def lengths(host):
    """What the IPv6 header says of itself."""
    faults = []
    data = echo()
    for what, packet, want, why in (
            ("payload too long", ipv6(A6, B6, ICMP, data, length=1000), [],
             "truncated"),
            ("payload 65535", ipv6(A6, B6, ICMP, data, length=65535), [],
             "truncated"),
            ("padding behind", ipv6(A6, B6, ICMP, data + bytes(99),
                                    length=len(data)), [(REPLY, 0, None)],
             None),
            ("payload 0", ipv6(A6, B6, ICMP, data, length=0), [],
             "icmp-cut"),
            ("version 4", b"\x45" + ipv6(A6, B6, ICMP, data)[1:], [],
             "version"),
            ("version 15", b"\xf0" + ipv6(A6, B6, ICMP, data)[1:], [],
             "version"),
            ("source a group", ipv6(GROUP, B6, ICMP, data), [],
             "source"),
            ("source loopback", ipv6("::1", B6, ICMP, data), [],
             "source"),
            ("to loopback", ipv6(A6, "::1", ICMP, data), [],
             "destination"),
            ("to nobody", ipv6(A6, "::", ICMP, data), [],
             "destination"),
            ("source mapped", ipv6("::ffff:1.2.3.4", B6, ICMP, data), [],
             "source"),
            ("to ff00::1", ipv6(A6, "ff00::1", ICMP, data), [],
             "destination"),
            ("to ff01::1", ipv6(A6, "ff01::1", ICMP, data), [],
             "destination")):
        moved, answers = host.counted(packet)
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        counter = counter_of(why)
        if counter and moved.get(counter) != 1:
            faults.append(f"{what}: {counter} by {moved.get(counter)}")
        if host.why != ({why: 1} if why else {}):
            faults.append(f"{what}: refused for {host.why}, not {why}")
    result("header-fields", faults)


def anycast_answers(host):
    """RFC 4861 7.2.7: an anycast address is told after a random time of up to
    a second, without overriding; others at once."""
    faults = []
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    anycast = "fd09::"

    def solicit(target):
        return ipv6(LA, B6, ICMP, icmp(LA, B6, NS, 0, bytes(4) + ip_bytes(
            target) + option(1, host.mac_a)), hop=255)

    at_once = host.ask(solicit(B6))
    if [m[4] & 0x20 for m in at_once if m[0] == NA] != [0x20]:
        faults.append("the usual address is not told at once, overriding")
    start = time.monotonic()
    for _ in range(20):
        host.send(solicit(anycast))
    host.sock.settimeout(3)
    times = []
    try:
        while len(times) < 20:
            message = host.sock.recv(70000)[54:]
            if message[0] == NA and message[8:24] == ip_bytes(anycast):
                times.append(time.monotonic() - start)
                if message[4] & 0x20:
                    faults.append("an anycast address overrides")
    except socket.timeout:
        faults.append(f"only {len(times)} answers")
    if not times or not 0.2 < max(times) < 2.5:
        faults.append(f"answers after {times}")
    sysctl("badb", "net.ipv6.conf.all.forwarding=0")
    result("anycast-answers-wait", faults)


def errors_limited(host):
    """Not usable to amplify: errors are sent with measure."""
    faults = []
    sysctl("badb", "net.ipv6.icmp.ratelimit=1000")
    wait_for("a token", lambda: False, 2)
    answers = host.ask(*[ipv6(A6, B6, 253, bytes(20))] * 300)
    if not 1 <= len(answers) <= 12:
        faults.append(f"{len(answers)} errors for 300 packets")
    sysctl("badb", "net.ipv6.icmp.ratelimit=0")
    quiet = [
        ("about an error", ipv6(A6, B6, DEST, bytes((ICMP, 0, 0x9e, 0)) +
                                bytes(4) + icmp(A6, B6, UNREACH, 0, bytes(
                                    4) + quoted()))),
        ("from nobody", ipv6("::", B6, 253, bytes(20))),
        ("to a group", ipv6(A6, GROUP, 253, bytes(20)))]
    for what, packet in quiet:
        answers = host.ask(packet)
        if len(answers):
            faults.append(f"{what}: {answers.brief()}")
    result("errors-limited", faults)


def mutants(host):
    """Right messages with bytes changed, checksum right; seed fixed. What is
    in front of each is judged as elsewhere; of the message the type says what
    may be wrong with it."""
    rng = random.Random(8200)
    kinds = list(messages(host.mac_a))
    faults = []
    for burst in range(40):
        batch = [mutant(rng, kinds) for _ in range(100)]
        moved, _ = host.counted(*(packet for packet, _ in batch))
        faults += [f"burst {burst}: {fault}"
                   for fault in mutants_counted(moved, host.why, batch)]
    result("mutants", faults)


def mutant(rng, kinds):
    """The packet, and the message in it."""
    _, src, dst, hop, data = rng.choice(kinds)
    dst, data = rng.choice((dst, GROUP)), bytearray(data)
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    message = data = sealed(src, dst, bytes(data) + rng.randbytes(
        rng.choice((0, 0, 1, 8, 40))))
    number = ICMP
    for _ in range(rng.choice((0, 0, 1, 3))):
        head = bytearray(dest(number, rng.randbytes(6)))
        data, number = bytes(head) + data, rng.choice((DEST, HOP, ROUTING))
    return ipv6(src, dst, number, data, hop=hop), message


def mutant_why(message):
    """With what the reason to refuse it begins, and whether there must be
    one."""
    kind = message[0]
    if kind in FIXED:
        return "nd", not nd_valid(message)
    if kind < 128:
        return "error", True
    return {ECHO: (None, False), REPLY: ("echo", True), 130: ("mld", True),
            131: ("mld", False), 132: (None, False),
            143: (None, False)}.get(kind, ("icmp", True))


def mutants_counted(moved, why, batch):
    """Each is counted once, and for a reason that suits what it is."""
    heads, messages_in = collections.Counter(), []
    for packet, message in batch:
        counter, _, reason = judge(packet)
        if counter == TAKEN:
            messages_in.append(message)
        else:
            heads[counter, reason] += 1
    wanted = {"Ip6InReceives": len(batch), TAKEN: len(messages_in),
              "Icmp6InMsgs": len(messages_in)}
    for (counter, reason), number in heads.items():
        wanted[counter] = wanted.get(counter, 0) + number
    for name, number in wanted.items():
        if moved[name] != number:
            yield f"{name} {moved[name]}, not {number}"
    left = collections.Counter(why)
    for (_, reason), number in heads.items():
        if left.pop(reason, 0) != number:
            yield f"{reason} {why.get(reason)}, not {number}"
    least, most, got = (collections.Counter() for _ in range(3))
    for begin, must in map(mutant_why, messages_in):
        least[begin] += must
        most[begin] += begin is not None
    for reason, number in left.items():
        got[reason.split("-")[0]] += number
    for begin in least | most | got:
        if not least[begin] <= got[begin] <= most[begin]:
            yield (f"{begin}-… {got[begin]}, not {least[begin]} to "
                   f"{most[begin]}: {dict(left)}")


def memory():
    with open("/proc/meminfo", encoding="ascii") as file:
        return dict((x.split(":")[0], int(x.split()[1]))
                    for x in file)["SUnreclaim"]


def main():
    host = Host()
    truncated(host)
    nd_forms(host)
    chains(host)
    lengths(host)
    fragments.in_all_orders(host)
    errors_limited(host)
    anycast_answers(host)
    paths.redirects_not_believed(host)
    paths.redirects_of_a_route(host)
    paths.redirects_tell_neighbours(host)
    paths.redirects_of_several_ways(host)
    paths.nobody_there(host)
    paths.sizes_listed(host)
    paths.sizes(host)
    if in_full():
        paths.many_sizes(host)
    floods.hostile_advertisements(host)
    before = memory()
    floods.thousand_prefixes(host)
    floods.advertisement_flood(host)
    floods.neighbour_flood(host)
    fragments.flood(host)
    mutants(host)
    grown = memory() - before
    result("memory-bounded", [f"{grown} kB more"] if grown > 32768 else [])
    host.report_ends()
    host.close()
    finish()


main()
