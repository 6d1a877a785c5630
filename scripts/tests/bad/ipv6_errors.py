#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What our own IPv6 answers, forwards and counts (RFC 4443, 7112, 8200): a
stranger sends right packets and odd ones, to the host and through it; the far
side of it is the stranger's, too."""
import fcntl
import os
import struct
import time

import ipv6_limits as limits
import ipv6_redirects as redirects
import ipv6_router as router
import ipv6_sent as sent
from badlib import finish, in_ns, ip_all, ip_bytes, result, same, sh, wait_for
from ipv6_far import (ANYCAST, BEYOND, FAR_B, Expect, Far, conf, source,
                      to_beyond)
from ipv6lib import (A6, B6, DEST, ECHO, FRAGMENT, GROUP, HOP, ICMP, LA, LB,
                     NONE, NS, PARAM, REPLY, ROUTING, TIME, UNREACH, Host,
                     Tracer, dest, echo, fragment, icmp, in_pieces, option,
                     sealed, sysctl)
from packets import ipv6
from tun import GSO_TCPV6, NEEDS_CSUM

ALERT = b"\x05\x02\0\0"
TUNSETIFF, TUN, NO_PI, IFF_VNET_HDR = 0x400454ca, 1, 0x1000, 0x4000


def echo_with_offload(host):
    """A guest's request that claims to be many segments: no reply may."""
    faults = []
    near, there = "fd0c::1", "fd0c::2"
    fd = in_ns("badb", lambda: os.open("/dev/net/tun",
                                       os.O_RDWR | os.O_NONBLOCK))
    in_ns("badb", lambda: fcntl.ioctl(fd, TUNSETIFF, struct.pack(
        "16sH22x", b"tunb", TUN | NO_PI | IFF_VNET_HDR)))
    sh("ip", "-n", "badb", "addr", "add", f"{near}/64", "dev", "tunb", "nodad")
    sh("ip", "-n", "badb", "link", "set", "tunb", "up")
    request = ipv6(there, near, ICMP, icmp(there, near, ECHO, 0, bytes(400)))
    for flags in (NEEDS_CSUM, 0):       # 0: the sum is right
        os.write(fd, struct.pack("=BBHHHH", flags, GSO_TCPV6, 60, 100, 40,
                                 16) + request)

        def reply():
            try:
                frame = os.read(fd, 70000)
            except BlockingIOError:
                return None
            return frame if frame[50:51] == bytes((REPLY,)) else None
        frame = wait_for("reply", reply)
        if not frame:
            faults.append(f"flags {flags}: no reply")
        elif frame[1] or frame[4:6] != b"\0\0":
            faults.append(f"flags {flags}: the reply is one of many segments")
        elif flags == 0 and sealed(near, there, frame[50:]) != frame[50:]:
            faults.append("the checksum is wrong")
    os.close(fd)
    host.ask()
    result("echo-of-many-segments", faults)


def replies_to_many(host, far):
    """RFC 4443 4.2: a request to a group or an anycast address is answered
    from the interface that it came by, whichever way the reply goes."""
    faults = []
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    for what, dst, knob, want in (("a group", GROUP, 0, B6),
                                  ("an anycast address", ANYCAST, 0, B6),
                                  ("the same by knob", ANYCAST, 1, ANYCAST),
                                  ("one node", B6, 0, B6)):
        conf(anycast_src_echo_reply=knob)
        far.packets()
        host.send(ipv6(BEYOND, dst, ICMP, icmp(BEYOND, dst, ECHO, 0,
                                               bytes(8))))
        reply = far.wait(lambda p: to_beyond(p) and p[40] == REPLY)
        if not reply:
            faults.append(f"{what}: no reply")
        elif source(reply) != ip_bytes(want):
            faults.append(f"{what}: from {source(reply).hex()}")
        elif sealed(want, BEYOND, reply[40:]) != reply[40:]:
            faults.append(f"{what}: the checksum is wrong")
    conf(anycast_src_echo_reply=0)
    result("replies-to-many", faults)


def global_budget():
    """RFC 4443 2.4 (f): all errors together, Packet Too Big among them."""
    host, far = Host(errors=10), Far()
    sysctl("badb", "net.ipv6.conf.all.forwarding=1")
    for what, packet in (
            ("too-big", ipv6(A6, BEYOND, 17, bytes(1400))),
            ("others", ipv6(A6, B6, 253, bytes(20)))):
        faults = []
        start = time.monotonic()
        moved, answers = host.counted(*[packet] * 300)
        # A message takes 0, 1 or 2 of the budget.
        most = 3 * 10 * (time.monotonic() - start + 2)
        if not len(answers) <= min(most, 200):
            faults.append(f"{len(answers)} of 300, not {most:.0f}")
        if what == "too-big" and moved["Ip6InTooBigErrors"] != 300:
            faults.append(f"counted {moved['Ip6InTooBigErrors']} of 300")
        if moved["Icmp6OutRateLimitHost"] + len(answers) != 300:
            faults.append(f"only {moved['Icmp6OutRateLimitHost']} are counted")
        if not wait_for("budget", lambda: len(host.ask(packet)) == 1):
            faults.append("none at all any more")
        faults += host.strays
        result(f"errors-in-all-{what}", faults)
    far.close()
    host.close()


def behind_conntrack(host):
    """Who defragments for conntrack hides no header before the fragment."""
    faults = []
    data = echo(88)
    sh("ip", "netns", "exec", "badb", "nft", "-f", "-", stdin="""
        table ip6 t {
            chain c {
                type filter hook prerouting priority 0;
                ct state new accept
            }
        }""")
    routing = bytes((0, 0, 0, 0)) + bytes(4)
    for ident, (what, first, *headers) in enumerate((
            ("none", FRAGMENT),
            ("hop-by-hop", HOP, dest(FRAGMENT, ALERT)),
            ("routing", ROUTING, bytes((FRAGMENT,)) + routing[1:]),
            ("options", DEST, dest(FRAGMENT)),
            ("long options", DEST, bytes((FRAGMENT, 1, 0x1e, 12)) +
             bytes(range(12))),
            ("hop-by-hop, options", HOP, dest(DEST), dest(FRAGMENT)),
            ("options, routing", DEST, dest(ROUTING), bytes((FRAGMENT,)) +
             routing[1:])), 700):
        before = b"".join(headers)
        pieces = [ipv6(A6, B6, first, before + p[40:])
                  for p in in_pieces(A6, B6, data, 48, ident)]
        for order in (pieces, pieces[::-1]):
            moved, answers = host.counted(*order)
            if answers.brief() != [(REPLY, 0, None)]:
                faults.append(f"{what}: {answers.brief()}")
            elif answers[0][8:] != data[8:]:
                faults.append(f"{what}: other bytes came back")
            if moved["Ip6ReasmReqds"]:
                faults.append(f"{what}: not conntrack's")
    sh("ip", "netns", "exec", "badb", "nft", "flush", "ruleset")
    result("headers-before-fragments-of-conntrack", faults)


def fragment_memory():
    def read():
        with open("/proc/thread-self/net/sockstat6", encoding="ascii") as file:
            line = [x for x in file if x.startswith("FRAG6")][0].split()
        return int(line[line.index("memory") + 1])
    return in_ns("badb", read)


def never_whole(host):
    """RFC 8200 4.5: what is not whole in time goes, and its sender hears of
    it if the first fragment was there; RFC 4443 2.4 (e)."""
    faults = []
    sysctl("badb", "net.ipv6.ip6frag_time=1")
    data = echo(88)
    first, later = in_pieces(A6, B6, data, 48, 900)
    for what, packets, told in (
            ("first", [first], True), ("later", [later], False),
            ("first twice", [first, first], True),
            ("first of ICMPv6 error", in_pieces(A6, B6, icmp(
                A6, B6, UNREACH, 0, bytes(92)), 48, 901)[:1], False),
            ("first to a group", in_pieces(A6, GROUP, data, 48, 902)[:1],
             False)):
        before = host.counters()
        seen = list(host.ask(*packets))
        if seen:
            faults.append(f"{what}: answered at once")
        if not fragment_memory():
            faults.append(f"{what}: nothing is kept")

        def is_over():
            seen.extend(host.ask())
            return host.counters()["Ip6ReasmTimeout"] > \
                before["Ip6ReasmTimeout"]
        if not wait_for("time", is_over):
            faults.append(f"{what}: no end")
        seen.extend(host.ask())
        got = [(m[0], m[1]) for m in seen]
        if got != [(TIME, 1)] * told:
            faults.append(f"{what}: told {got}")
        elif told and seen[0][8:] != first[:1232]:
            faults.append(f"{what}: not the fragment quoted")
        after = host.counters()
        if after["Ip6ReasmTimeout"] - before["Ip6ReasmTimeout"] != 1 or \
                after["Ip6ReasmFails"] - before["Ip6ReasmFails"] != 1:
            faults.append(f"{what}: not counted once")
        if not wait_for("memory", lambda: fragment_memory() == 0):
            faults.append(f"{what}: {fragment_memory()} bytes are left")
    sysctl("badb", "net.ipv6.ip6frag_time=60")
    result("datagrams-never-whole", faults)


def counters(host):
    """A reason for each packet that goes no further."""
    expect = Expect(host)
    request = ipv6(A6, B6, ICMP, echo())
    fwd = ipv6(A6, BEYOND, 17, bytes(20))
    expect("forwarded", fwd, [])
    frame = b"\x33\x33\0\0\0\1" + host.mac_a + b"\x86\xdd"
    plain = host.send
    host.send = lambda p: host.sock.send(frame + p) if p is fwd else plain(p)
    expect("a frame to many", fwd, [], "Ip6InDiscards", why="forward-frame")
    frame = b"\x02\0\0\0\0\x99" + host.mac_a + b"\x86\xdd"
    host.send = lambda p: host.sock.send(frame + p) if p is fwd else plain(p)
    expect("a frame of another", fwd, [], why="frame-otherhost")
    host.send = plain
    conf(conf__all__forwarding=0)
    expect("forwarding is off", fwd, [], "Ip6InAddrErrors",
           why="not-a-router")
    conf(conf__all__forwarding=1)
    expect("for another, from ::", ipv6("::", BEYOND, 17, bytes(20)), [],
           "Ip6InAddrErrors", why="forward-address")
    nowhere = "fdcc::1"
    expect("no way back", ipv6(nowhere, B6, ICMP, icmp(
        nowhere, B6, ECHO, 0, bytes(8))), [], "Icmp6OutErrors",
        why="echo-no-route")
    expect("from ::", ipv6("::", B6, ICMP, icmp("::", B6, ECHO, 0, bytes(8))),
           [], "Icmp6InErrors", why="echo-source")
    first, later = in_pieces(A6, B6, echo(88), 48, 950)
    expect("a fragment", first, [])
    expect("twice", first, [], "Ip6InDiscards", why="fragment-twice")
    expect("the other", later, [(REPLY, 0)])
    pieces = in_pieces(A6, B6, echo(88), 24, 951)
    wrong = ipv6(A6, B6, FRAGMENT, fragment(ICMP, 2, 1, 951) + bytes(24))
    moved, _ = host.counted(pieces[0], wrong)
    if moved.get("Ip6ReasmOverlaps") != 1 or moved["Ip6ReasmFails"] != 1 or \
            host.why != {"fragment-overlap": 1}:
        expect.faults.append("an overlap is not counted")
    # Answers to solicitations of an anycast address wait: so many at most.
    sysctl("badb", "net.ipv6.neigh.vb.proxy_qlen=0",
           "net.ipv6.neigh.vb.proxy_delay=100000")
    solicit = ipv6(LA, B6, ICMP, icmp(LA, B6, NS, 0, bytes(4) + ip_bytes(
        ANYCAST) + option(1, host.mac_a)), hop=255)
    expect("a solicitation that waits", solicit, [])
    expect("one for another node", ipv6(LA, B6, ICMP, icmp(
        LA, B6, NS, 0, bytes(4) + ip_bytes("fd09::1:2")), hop=255), [],
        why="nd-others")
    expect("one more", solicit, [], "Icmp6InErrors", why="nd-proxy-queue")
    expect("right", request, [(REPLY, 0)])
    expect.report("each-drop-counted")


def proxy_gone(host):
    """Solicitations that wait for their answer when their target is answered
    for no more: each is counted, but for those that were answered before."""
    faults, target, seen = [], "fd09::99", []
    sysctl("badb", "net.ipv6.neigh.vb.proxy_qlen=64",
           "net.ipv6.neigh.vb.proxy_delay=100",
           "net.ipv6.conf.vb.proxy_ndp=1")
    ip_all("badb", f"neigh add proxy {target} dev vb")
    solicit = ipv6(LA, "ff02::1:ff00:99", ICMP, icmp(
        LA, "ff02::1:ff00:99", NS, 0, bytes(4) + ip_bytes(target) +
        option(1, host.mac_a)), hop=255)
    before = host.refused()
    seen += host.ask(*[solicit] * 8)
    ip_all("badb", f"neigh del proxy {target} dev vb")

    def refused():
        return same(before, host.refused())

    def looked_at():
        seen.extend(host.ask())
        return len(seen) + sum(refused().values()) >= 8
    if not wait_for("the end", looked_at):
        faults.append("some came to no end")
    if refused() != {"nd-others": 8 - len(seen)} or len(seen) == 8:
        faults.append(f"{len(seen)} of 8 answered, counted {refused()}")
    sysctl("badb", "net.ipv6.conf.vb.proxy_ndp=0")
    result("answers-that-wait-too-long", faults)


def ends(host):
    """RFC 4443 2.2: who an error is from."""
    expect = Expect(host)
    asker, mine, own = "fd33::1", "fd33::2", "fd34::1"
    lladdr = ":".join(f"{b:02x}" for b in host.mac_a)
    ip_all("badb", f"addr add {mine}/64 dev vb nodad",
           f"neigh replace {asker} lladdr {lladdr} dev vb",
           f"addr add {own} dev lo nodad")
    # What was written to is the source.
    host.own |= {ip_bytes(x) for x in (FAR_B, mine, own)}
    for src, dst in ((A6, B6), (A6, LB), (LA, B6), (LA, LB), (A6, mine),
                     (A6, FAR_B), (A6, own), (asker, B6), (asker, mine)):
        expect(f"{src} to {dst}", ipv6(src, dst, 253, bytes(20)),
               [(PARAM, 1)], "Ip6InUnknownProtos", why="unknown-protocol")
    # It can't be.
    strays, host.strays = host.strays, []
    reported = dest(NONE, b"\x9e\0")
    for src, want in ((A6, B6), (LA, LB), (asker, mine)):
        for dst, packet, error, count, why in (
                (GROUP, (DEST, reported + bytes(20)), (PARAM, 2),
                 "Ip6InHdrErrors", "option-unknown"),
                (ANYCAST, (253, bytes(20)), (PARAM, 1), "Ip6InUnknownProtos",
                 "unknown-protocol"),
                ("fdcd::1", (17, bytes(20)), (UNREACH, 0), "Ip6InNoRoutes",
                 "in-no-route")):
            what = f"{src} to {dst}"
            for told in expect(what, ipv6(src, dst, *packet), [error], count,
                               why=why):
                if (told.src, told.dst) != (ip_bytes(want), ip_bytes(src)):
                    expect.faults.append(f"{what}: from {told.src.hex()} to "
                                         f"{told.dst.hex()}")
    host.strays = strays
    ip_all("badb", f"addr del {mine}/64 dev vb", f"addr del {own} dev lo")
    expect.report("who-an-error-is-from")


def main():
    global_budget()
    host, far = Host(), Far()
    host.tracer = Tracer()
    sent.own_first_fragments()
    never_whole(host)
    replies_to_many(host, far)
    counters(host)
    proxy_gone(host)
    limits.knobs(host)
    limits.option_knobs(host)
    limits.chain_knob(host, far)
    router.alert(host, far)
    router.errors(host, far)
    ends(host)
    router.transit(host, far)
    sent.dead_ends(host, far)
    redirects.with_measure(host)
    redirects.sent(host)
    sent.identifications(far)
    sent.of_unknown_type(host)
    sent.rerouted(host)
    sent.no_room_for_neighbours(host)
    sent.by_a_tun(host)
    sent.policies_of_xfrm(host)
    host.tracer.report(
        "tracers-word", "DUP_FRAG", "IPV6_BAD_EXTHDR", "IPV6_NDISC_NS_OTHERHOST",
        "IP_INADDRERRORS", "IP_INHDR", "IP_INNOROUTES", "IP_NOPROTO",
        "IP_OUTNOROUTES", "NEIGH_QUEUEFULL", "NOT_SPECIFIED", "OTHERHOST",
        "PKT_TOO_BIG", "UNICAST_IN_L2_MULTICAST", "XFRM_POLICY")
    echo_with_offload(host)
    # Conntrack stays, once it was there: the last.
    behind_conntrack(host)
    host.report_ends()
    host.close()
    finish()


main()
