# SPDX-License-Identifier: GPL-2.0
"""Settings of our own IPv6 that limit what a stranger may ask of it: echo,
errors, options, chains of headers (RFC 4443 2.4, 8883). For ipv6_errors.py."""
from badlib import ip_bytes, result, same, wait_for
from ipv6_far import ANYCAST, BEYOND, Expect, conf
from ipv6lib import (A6, B6, DEST, ECHO, GROUP, HOP, ICMP, LA, NA, PARAM,
                     REPLY, dest, echo, icmp, sysctl)
from packets import ipv6


def knobs(host):
    """net.ipv6.icmp.*, and frames that many get."""
    expect = Expect(host)
    request = {dst: ipv6(A6, dst, ICMP, icmp(A6, dst, ECHO, 0, bytes(8)))
               for dst in (B6, GROUP, ANYCAST)}
    for knob, silent in (("echo_ignore_multicast", GROUP),
                         ("echo_ignore_anycast", ANYCAST)):
        conf(**{f"icmp__{knob}": 1})
        for dst, packet in request.items():
            if dst == silent:
                expect(f"{knob}, {dst}", packet, [], "Ip6InDiscards",
                       why="echo-ignored")
            else:
                expect(f"{knob}, {dst}", packet, [(REPLY, 0)])
        conf(**{f"icmp__{knob}": 0})
    # The mark is an echo request, too: its answer comes when the knob is back.
    conf(icmp__echo_ignore_all=1)
    before = host.counters()
    for packet in request.values():
        host.send(packet)
    if not wait_for("count", lambda: host.counters()["Ip6InDiscards"] ==
                    before["Ip6InDiscards"] + 3):
        expect.faults.append("echo_ignore_all: not counted")
    conf(icmp__echo_ignore_all=0)
    if len(host.ask()):
        expect.faults.append("echo_ignore_all: answered")
    conf(conf__vb__drop_unsolicited_na=1)
    expect("an advertisement that nobody asked for", ipv6(LA, B6, ICMP, icmp(
        LA, B6, NA, 0, bytes(4) + ip_bytes("fd09::77")), hop=255), [],
        why="nd-unsolicited")
    conf(conf__vb__drop_unsolicited_na=0)
    # An error about a packet of an anycast address is not sent.
    odd = ipv6(ANYCAST, B6, 253, bytes(20))
    expect("from an anycast address", odd, [], "Ip6InUnknownProtos",
           why="unknown-protocol")
    # If it is, the host itself is who hears it.
    conf(icmp__error_anycast_as_unicast=1)
    moved, _ = host.counted(odd)
    if not moved["Icmp6OutParmProblems"] == moved["Icmp6InErrors"] == 1:
        expect.faults.append("error_anycast_as_unicast: no error is sent")
    conf(icmp__error_anycast_as_unicast=0)
    frame = b"\x33\x33\0\0\0\1" + host.mac_a + b"\x86\xdd"
    plain = host.send
    host.send = lambda p: host.sock.send(frame + p) if p is request[B6] \
        else plain(p)
    expect("one node in a frame to many", request[B6], [(REPLY, 0)])
    conf(conf__vb__drop_unicast_in_l2_multicast=1)
    expect("the same, not wanted", request[B6], [], "Ip6InDiscards",
           why="frame-to-many")
    expect("a group in a frame to many", request[GROUP], [(REPLY, 0)])
    conf(conf__vb__drop_unicast_in_l2_multicast=0)
    host.send = plain
    expect.report("icmp-knobs")
    faults = []
    packet = ipv6(A6, B6, 253, bytes(20))
    conf(icmp__ratelimit=1000)
    wait_for("a token", lambda: host.ask(packet))
    for mask, most in (("4", 12), ("0-1,3", 300)):
        # With type 4 in it, parameter problems are limited; else they are not.
        conf(icmp__ratemask=mask)
        answers = host.ask(*[packet] * 300)
        if mask == "4" and not len(answers) <= most or \
                mask != "4" and len(answers) != most:
            faults.append(f"mask {mask}: {len(answers)} of 300")
    # So can answers to echo requests be: then the marks get none, too.
    conf(icmp__ratemask="129")
    before, reasons = host.counters(), host.refused()

    def all_counted():
        sent = host.counters()["Icmp6OutEchoReplies"] - \
            before["Icmp6OutEchoReplies"]
        late = same(reasons, host.refused())
        return set(late) == {"echo-rate"} and sent + late["echo-rate"] == 20
    for _ in range(20):
        host.send(request[B6])
    if not wait_for("count", all_counted):
        faults.append(f"echoes: {same(reasons, host.refused())}")
    conf(icmp__ratemask="0-1,3-127", icmp__ratelimit=0)
    host.ask()
    result("icmp-ratemask", faults)


def option_knobs(host):
    """net.ipv6.max_{hbh,dst}_opts_*: RFC 8504 5.3, told by RFC 8883's codes."""
    faults = []
    unknown = b"\x1e\0"

    def ask(what, number, options, want):
        _, answers = host.counted(ipv6(A6, B6, number, dest(ICMP, options) +
                                       echo()))
        if answers.brief() != want:
            faults.append(f"{what}: wanted {want}, got {answers.brief()}")
        why = {} if want == good else {
            9: "options-too-many", 6: "ext-long", 0: "option-unknown"}[
                want[0][1] if want else 0]
        if host.why != (why and {why: 1}):
            faults.append(f"{what}: refused for {host.why}, not {why}")

    good = [(REPLY, 0, None)]
    for kind, number in (("hbh", HOP), ("dst_opts", DEST)):
        ask(kind, number, unknown * 3, good)
        for most, count, want in ((3, 3, good), (2, 3, [(PARAM, 9, 46)]),
                                  (0, 1, [(PARAM, 9, 42)]), (0, 0, good),
                                  # Below 0: so many, all of them known.
                                  (-3, 1, []), (-3, 0, good)):
            sysctl("badb", 
                   f"net.ipv6.max_{kind[:3]}_opts_number={most}")
            ask(f"{kind}, {count} of {most}", number, unknown * count, want)
        sysctl("badb", f"net.ipv6.max_{kind[:3]}_opts_number=8")
        for most, want in ((16, good), (15, [(PARAM, 6, 40)]),
                           (8, [(PARAM, 6, 40)])):
            sysctl("badb", f"net.ipv6.max_{kind}_length={most}")
            ask(f"{kind}, 16 bytes of {most}", number, b"\x1e\x0c" + bytes(12),
                want)
        sysctl("badb", f"net.ipv6.max_{kind}_length=2147483647")
    result("option-knobs", faults)


def chain_knob(host, far):
    """net.ipv6.max_ext_chain_length: RFC 8883 2.4, with its place among the
    other errors (4.1); and it is for what this node reads, not a router."""
    faults = []

    def ask(what, most, *headers, last=ICMP, want=(REPLY, 0, None), dst=B6):
        sysctl("badb", f"net.ipv6.max_ext_chain_length={most}")
        chain, number = b"", last
        for kind, options in reversed(headers):
            chain, number = dest(number, options) + chain, kind
        packet = ipv6(A6, dst, number, chain + echo())
        got = host.ask(packet).brief()
        if got != ([want] if want else []):
            faults.append(f"{what}, of {most}: wanted {want}, got {got}")
        return packet

    hop, opts = (HOP, b"\x1e\x0c" + bytes(12)), (DEST, b"\x1e\x0c" + bytes(12))
    reasons = host.refused()
    for what, headers, length in (("one", [hop], 16), ("another", [opts], 16),
                                  ("two", [hop, opts], 32),
                                  ("three", [hop, opts, opts], 48)):
        ask(what, length, *headers)
        ask(what, length - 1, *headers, want=(PARAM, 7, 40 + length - 1))
    ask("none", 0)
    ask("three", 16, hop, opts, opts, want=(PARAM, 7, 56))
    ask("no protocol of ours behind it", 15, hop, last=253, want=(PARAM, 1, 40))
    nine = [(DEST, b"\x1e\0")] * 9
    ask("nine", 64, *nine, want=(PARAM, 8, 104))
    ask("nine", 63, *nine, want=(PARAM, 7, 103))
    ask("an option not to be ignored", 0, (DEST, b"\x80\0"),
        want=(PARAM, 2, 42))
    ask("to a group", 15, opts, dst=GROUP, want=None)
    if same(reasons, host.refused()) != {
            "headers-long": 7, "headers-too-many": 1, "option-unknown": 1,
            "unknown-protocol": 1}:
        faults.append(f"refused for {same(reasons, host.refused())}")
    packet = ask("for others", 0, hop, opts, last=59, dst=BEYOND, want=None)
    if not far.wait(lambda p: p[40:] == packet[40:]):
        faults.append("it was not forwarded")
    sysctl("badb", "net.ipv6.max_ext_chain_length=2147483647")
    result("chain-knob", faults)
