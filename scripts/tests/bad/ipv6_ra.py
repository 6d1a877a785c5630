#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Router advertisements with values that nobody sane sends (RFC 4191, 4861,
4862, 8106, 8319): what our own IPv6 believes of them, seen by the routes,
addresses and settings that it then has."""
import collections
import json
import os
import socket
import struct
import time

from badlib import finish, in_ns, ip_bytes, result, same, sh, wait_for
from ipv6lib import (A6, B6, GROUP, ICMP, LA, LB, NA, NS, RA, REDIRECT, Host,
                     icmp, option, prefix, sealed, sysctl)
from packets import ipv6

FOREVER = 2**32 - 1
TWO_HOURS = 7200
MARK = "fdee:"
NETLINK_ROUTE, USEROPT_GROUP = 0, 20
HIGH, MEDIUM, RESERVED, LOW = 1, 0, 2, 3


class Router:
    """Speaks as LA, with measure, as the host hears only so many in a time;
    comes back when the host has done all that a message says."""

    def __init__(self, host):
        self.host, self.marks = host, 0
        self.times = collections.deque([-9e9] * 32, 32)

    def pace(self):
        """8 a second of a router that is known, 32 in 4 s of others."""
        for back, span in ((32, 4.2), (8, 1.1)):
            ready = self.times[-back] + span
            wait_for("turn", lambda at=ready: time.monotonic() > at)
        self.times.append(time.monotonic())

    def tell(self, options=b"", **fields):
        """The last option is a prefix that nobody else tells: when its route
        is there, all before it was looked at."""
        self.pace()
        old, self.marks = self.marks, self.marks + 1
        options += prefix(f"{MARK}{old:x}::", flags=0x80, valid=0, preferred=0)
        options += prefix(f"{MARK}{self.marks:x}::", flags=0x80)
        self.host.ask(advertisement(options, **fields))
        sign = ip_bytes(f"{MARK}{self.marks:x}::").hex()
        if not wait_for("mark", lambda: sign in proc_routes()):
            raise RuntimeError("an advertisement was not believed at all")
        self.host.ask()


def message(options=b"", lifetime=0, hop=0, flags=0, reach=0, retrans=0):
    return struct.pack(">BBHII", hop, flags, lifetime, reach, retrans) + \
        options


def advertisement(options=b"", src=LA, limit=255, code=0, **fields):
    return ipv6(src, GROUP, ICMP, icmp(src, GROUP, RA, code, message(
        options, **fields)), hop=limit)


def route_option(plen, data=b"", lifetime=1800, pref=MEDIUM):
    return option(24, struct.pack(">BBI", plen, pref << 3, lifetime) + data)


def mtu_option(size, more=b""):
    return option(5, struct.pack(">HI", 0, size) + more)


# --- what the host has -------------------------------------------------------


def proc(name):
    def read():
        with open(f"/proc/{name}", encoding="ascii") as file:
            return file.read()
    return in_ns("badb", read)


def proc_routes():
    return proc("thread-self/net/ipv6_route")


def setting(name):
    return int(proc(f"sys/net/ipv6/{name}"))


def hop_limit():
    return setting("conf/vb/hop_limit")


def mtu():
    return setting("conf/vb/mtu")


def reachable():
    return setting("neigh/vb/base_reachable_time_ms")


def retrans_time():
    return setting("neigh/vb/retrans_time_ms")


def b_json(*words):
    return json.loads(sh("ip", "-n", "badb", "-6", "-j", *words).stdout)


def routes():
    return [x for x in b_json("route", "show", "dev", "vb")
            if not x["dst"].startswith(MARK)]


def route(dst, gateway=None):
    """The one such route, or None."""
    found = [x for x in routes() if x["dst"] == dst and
             x.get("gateway") == gateway]
    if len(found) > 1:
        raise RuntimeError(f"{dst} is there {len(found)} times")
    return found[0] if found else None


def made(start):
    """The addresses that were made of a prefix."""
    infos = b_json("addr", "show", "dev", "vb")[0]["addr_info"]
    return [x for x in infos if x["local"].startswith(start)]


def about(seconds, wanted):
    """Some have gone by since it was told; of a time without end none do."""
    least = wanted if wanted == FOREVER else wanted - 20
    return seconds is not None and least <= seconds <= wanted


# --- tests -------------------------------------------------------------------


def lifetimes(router):
    """RFC 4861 4.2, RFC 8319 4: 0 to 65535 s."""
    faults = []

    def expect(what, left, pref="medium"):
        entry = route("default", LA)
        if left is None:
            if entry:
                faults.append(f"{what}: {entry}")
        elif not entry or not about(entry.get("expires"), left) or \
                entry.get("pref") != pref:
            faults.append(f"{what}: {entry}")

    router.tell()
    expect("0, unknown", None)
    router.tell(lifetime=65535)
    expect("65535", 65535)
    for pref, name in ((HIGH, "high"), (LOW, "low"), (RESERVED, "medium")):
        router.tell(lifetime=9001, flags=pref << 3)
        expect(f"preference {pref}", 9001, name)
    router.tell()
    expect("0", None)
    router.tell(lifetime=1)

    def is_over():
        return sh("ip", "-n", "badb", "-6", "route", "get", "2001:db8::1",
                  check=False).returncode
    if not wait_for("its end", is_over):
        faults.append("1: it is used longer")
    router.tell(lifetime=1800)
    expect("1800 after 1", 1800)
    router.tell(flags=HIGH << 3)
    expect("0 with a preference", None)
    result("router-lifetimes", faults)


def values(router):
    """What is "not said", the least, the most, and what is too much."""
    faults = []

    def expect(what, got, least, most):
        if not least <= got <= most:
            faults.append(f"{what}: {got}")

    for hop, want in ((64, 64), (0, 64), (1, 1), (255, 255), (0, 255)):
        router.tell(hop=hop)
        expect(f"hop limit {hop}", hop_limit(), want, want)
    router.tell(hop=64)
    for reach, least, most in (
            (30000, 29990, 30010), (0, 29990, 30010), (1, 90, 110),
            (3600000, 3599990, 3600010), (20000, 19990, 20010),
            (3600001, 19990, 20010), (FOREVER, 19990, 20010)):
        router.tell(reach=reach)
        expect(f"reachable {reach}", reachable(), least, most)
    for retrans, least, most in (
            (1000, 990, 1010), (0, 990, 1010), (1, 1, 20),
            (60000, 59990, 60010), (100, 90, 110), (60001, 90, 110),
            (FOREVER, 90, 110)):
        router.tell(retrans=retrans)
        expect(f"retransmission {retrans}", retrans_time(), least, most)
    result("router-values", faults)


def duplicate_detection(router):
    """A new address is good soon, whatever a router said of the time between
    two probes."""
    faults = []
    sysctl("badb", "net.ipv6.conf.vb.accept_dad=1",
           "net.ipv6.conf.vb.dad_transmits=1")
    for retrans in (FOREVER, 3600000, 600000):
        router.tell(retrans=50)
        router.tell(retrans=retrans)
        sh("ip", "-n", "badb", "addr", "add", "fd0d::1/128", "dev", "vb")
        if not wait_for("detection", lambda: not any(
                x.get("tentative") for x in made("fd0d::1")), 8):
            faults.append(f"{retrans} ms: tentative after 8 s")
        if not made("fd0d::1"):
            faults.append("the address is not there")
        sh("ip", "-n", "badb", "addr", "del", "fd0d::1/128", "dev", "vb")
    sysctl("badb", "net.ipv6.conf.vb.accept_dad=0",
           "net.ipv6.neigh.vb.retrans_time_ms=1000")
    result("detection-ends-whatever-routers-say", faults)


def prefix_lifetimes(router):
    """RFC 4862 5.5.3: e of an address that is there, d of a new one."""
    faults = []

    def expect(what, net, valid, preferred):
        found = made(net)
        if len(found) != 1:
            faults.append(f"{what}: {len(found)} addresses")
            return
        got = (found[0]["valid_life_time"], found[0]["preferred_life_time"])
        if not about(got[0], valid) or not about(got[1], preferred):
            faults.append(f"{what}: {got}")
        if bool(found[0].get("deprecated")) != (preferred == 0):
            faults.append(f"{what}: {found[0]}")

    def tell(net, valid, preferred):
        router.tell(prefix(net + ":", valid=valid, preferred=preferred))

    for valid, preferred, want, want_preferred in (
            (FOREVER, FOREVER, FOREVER, FOREVER),
            (10, 20, FOREVER, FOREVER),         # preferred > valid: ignored
            (10, FOREVER, FOREVER, FOREVER),
            (3600, 1800, TWO_HOURS, 1800),      # e.3: no less than two hours
            (10, 0, TWO_HOURS, 0),              # e.2: less is left
            (0, 0, TWO_HOURS, 0),
            (0, 1, TWO_HOURS, 0),
            (7201, 7201, 7201, 7201),           # e.1: more than two hours
            (20000, 0, 20000, 0),
            (30000, 9000, 30000, 9000),
            (FOREVER, 9000, FOREVER, 9000),
            (FOREVER, FOREVER, FOREVER, FOREVER),
            (0, 0, TWO_HOURS, 0)):
        tell("fd61:", valid, preferred)
        expect(f"{valid}, {preferred}", "fd61:", want, want_preferred)
    for valid, preferred, want, want_preferred in (
            (100, 50, 100, 50), (20, 20, 100, 20), (500, 0, 500, 0),
            (1, 1, 500, 0)):
        tell("fd62:", valid, preferred)
        if preferred == 1:
            wait_for("its end", lambda: made("fd62:")[0].get("deprecated"))
        expect(f"short: {valid}, {preferred}", "fd62:", want, want_preferred)
    tell("fd63:", 100, 0)
    expect("new and deprecated", "fd63:", 100, 0)
    for valid, preferred in ((0, 0), (0, 1), (99, 100), (99, FOREVER)):
        tell("fd64:", valid, preferred)
        if made("fd64:"):
            faults.append(f"{valid}, {preferred} made an address")
    result("prefix-lifetimes", faults)


def prefix_lengths(router):
    """RFC 4861 4.6.2: on the link is what is 0 to 128 bits long."""
    faults = []
    gone = b""
    names = {"default", "8000::/1", "fd65::/63", "fd65::2/127", "fd65::3"}
    for plen, net, dst in (
            (0, "fd65::", "default"), (1, "8000::", "8000::/1"),
            (63, "fd65::", "fd65::/63"), (1, "fd65::1", "8000::/1"),
            (127, "fd65::3", "fd65::2/127"), (128, "fd65::3", "fd65::3"),
            (129, "fd65::", None), (255, "fd65::", None)):
        router.tell(gone + prefix(net, plen, flags=0x80, valid=FOREVER,
                                  preferred=FOREVER))
        new = [x for x in routes() if x["dst"] in names or
               x["dst"].startswith("fd65:")]
        if [x["dst"] for x in new] != ([dst] if dst else []) or \
                any("gateway" in x or "expires" in x for x in new):
            faults.append(f"{net}/{plen}: {new}")
        gone = prefix(net, plen, flags=0x80, valid=0, preferred=0)
    if made("fd65:"):
        faults.append("an address was made of what is only on the link")
    result("prefix-lengths", faults)


def route_options(router):
    """RFC 4191 2.3: lengths, preferences, lifetimes."""
    faults = []
    sysctl("badb", "net.ipv6.conf.vb.accept_ra_rt_info_max_plen=128")
    whole = ip_bytes("fd66:1:2:3:4:5:6:7")

    gone = [b""]

    def check(what, data, dst, left=1800, pref="medium"):
        """The one before goes, and this one is there."""
        router.tell(gone[0] + data)
        gone[0] = data[:4] + bytes(4) + data[8:]
        new = [x for x in routes() if x.get("gateway") == LA]
        if dst is None:
            if new:
                faults.append(f"{what}: {new}")
            return
        got = [(x["dst"], x.get("pref")) for x in new]
        if got != [(dst, pref)] or (
                "expires" in new[0] if left == FOREVER else
                not about(new[0].get("expires"), left)):
            faults.append(f"{what}: {new}")

    for units, plen, dst in (
            (1, 0, "default"), (1, 1, None), (1, 8, None), (1, 64, None),
            (1, 128, None), (2, 0, "default"), (2, 1, "8000::/1"),
            (2, 64, "fd66:1:2:3::/64"), (2, 65, None), (2, 128, None),
            (3, 0, "default"), (3, 64, "fd66:1:2:3::/64"),
            (3, 127, "fd66:1:2:3:4:5:6:6/127"),
            (3, 128, "fd66:1:2:3:4:5:6:7"), (3, 129, None), (3, 255, None),
            (4, 64, None)):
        data = (whole + bytes(8))[:8 * (units - 1)]
        check(f"{units} units, {plen} bits", route_option(plen, data), dst)
    for pref, name in ((HIGH, "high"), (LOW, "low"), (RESERVED, None)):
        check(f"preference {pref}", route_option(64, whole[:8], pref=pref),
              "fd66:1:2:3::/64" if name else None, pref=name)
    check("for ever", route_option(64, whole[:8], FOREVER),
          "fd66:1:2:3::/64", FOREVER)
    check("long", route_option(48, whole[:8], 2**24), "fd66:1:2::/48", 2**24)
    for net in ("ff05::", "fe80::"):
        check(net, route_option(64, ip_bytes(net)[:8]), None)
    result("route-options", faults)


def several(router):
    """Options that come twice, in no order, and those that nobody knows."""
    faults = []
    most = mtu()
    for what, options, want in (
            ("two", mtu_option(1400) + mtu_option(1300), 1400),
            ("two of 16 bytes before", mtu_option(1500, bytes(8)) * 2 +
             mtu_option(1450), 1450),
            ("a bad one first", mtu_option(1279) + mtu_option(1300), 1450)):
        router.tell(options)
        if mtu() != want:
            faults.append(f"{what}: MTU {mtu()}, not {want}")
    router.tell(mtu_option(most))
    if mtu() != most:
        faults.append(f"MTU {mtu()}, not {most} again")
    unknown = b"".join(option(kind, bytes(8 * size - 2)) for kind in
                       (0, 6, 30, 99, 200, 253, 254, 255)
                       for size in (1, 2, 31, 255))
    router.tell(unknown + prefix("fd67::", valid=20000))
    if len(made("fd67:")) != 1:
        faults.append("unknown options hide what comes behind them")
    options = [option(1, router.host.mac_a), mtu_option(1400),
               prefix("fd68::", valid=20000),
               route_option(64, ip_bytes("fd69::")[:8]), option(
                   25, bytes(6) + ip_bytes("fd6a::")), option(14, bytes(6))]
    for order in (options + options, (options * 2)[::-1],
                  options[3:] + options[::-1] + options[:3]):
        router.tell(b"".join(order), lifetime=1800)
        if len(made("fd68:")) != 1 or not route("fd69::/64", LA) or \
                mtu() != 1400 or not route("default", LA):
            faults.append("not all of what is told twice is there once")
        router.tell(route_option(64, ip_bytes("fd69::")[:8], 0) +
                    mtu_option(most))
    result("options-twice", faults)


def servers(router):
    """RFC 8106 5.1: user space hears of RDNSS options that can be one."""
    sock = in_ns("badb", lambda: socket.socket(
        socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE))
    sock.bind((0, 1 << (USEROPT_GROUP - 1)))
    sock.setblocking(False)
    faults = []

    def heard():
        sizes = []
        while True:
            try:
                data = sock.recv(70000)
            except BlockingIOError:
                return sizes
            length = struct.unpack_from("=H", data, 18)[0]
            option_bytes = data[32:32 + length]
            if option_bytes[0] != 3:
                sizes.append((option_bytes[0], length // 8))

    units = (1, 2, 3, 4, 5, 6, 7, 128, 129, 254, 255)
    router.tell(b"".join(option(25, bytes(8 * n - 2)) for n in units))
    got = heard()
    want = [(25, n) for n in units if n >= 3 and n % 2]
    if got != want:
        faults.append(f"RDNSS: {got}")
    router.tell(option(31, bytes(6)) + option(31, bytes(14)))
    got = heard()
    if got != [(31, 2)]:
        faults.append(f"DNSSL: {got}")
    router.tell(option(25, bytes(22)) * 100)
    got = heard()
    if got != [(25, 3)] * 64:
        faults.append(f"{len(got)} options of 100, not 64")
    sock.close()
    result("servers-told-to-user-space", faults)


def flawed(router):
    """A message with one flaw changes nothing at all, and is counted."""
    host, faults = router.host, []
    evil = "fe80::bad"
    options = [option(1, b"\x02\0\0\0\0\x66"), mtu_option(1300),
               prefix("fd6b::"), route_option(48, ip_bytes("fd6c::")[:8]),
               option(25, bytes(6) + ip_bytes("fd6d::")),
               option(200, bytes(30))]
    fields = {"lifetime": 1700, "hop": 77, "flags": 0xc0, "reach": 12000,
              "retrans": 333}

    def evil_one(parts=options, src=evil, **more):
        return advertisement(b"".join(parts), src=src, **fields, **more)

    def state():
        """All that the message says something of; lifetimes run."""
        return (sorted((x["dst"], x.get("gateway", "")) for x in routes()),
                sorted(x["local"] for x in made("")),
                sorted(x["dst"] for x in b_json("neigh", "show", "dev", "vb")),
                hop_limit(), mtu(), reachable(), retrans_time())

    zero = [evil_one(options[:n] + [option(kind, bytes(6), 0)] + options[n:])
            for n in range(len(options) + 1)
            for kind in (0, 1, 3, 5, 24, 25, 200, 255)]
    past = [evil_one(options + [option(kind, bytes(6), units)])
            for kind in (1, 3, 24, 200) for units in (2, 4, 255)]
    data = message(b"", **fields)
    short = [ipv6(evil, GROUP, ICMP, sealed(evil, GROUP, (
        bytes((RA, 0, 0, 0)) + data)[:n]), hop=255) for n in range(8, 16)]
    wrong = bytearray(evil_one())
    wrong[42] ^= 0x55
    router.tell(hop=64)
    before = state()
    for what, why, packets, counters in (
            ("an option of length 0", "nd-option", zero, ("Icmp6InErrors",)),
            ("an option past the end", "nd-option", past,
             ("Icmp6InErrors",)),
            ("too short", "nd-short", short, ("Icmp6InErrors",)),
            ("a global source", "nd-source", [evil_one(src="fd09::bad")],
             ("Icmp6InErrors",)),
            ("a source of nobody", "nd-source", [evil_one(src="::")],
             ("Icmp6InErrors",)),
            ("a group as source", "source", [evil_one(src=GROUP)],
             ("Ip6InAddrErrors",)),
            ("the hop limit", "nd-hop-limit",
             [evil_one(limit=n) for n in (0, 1, 64, 254)],
             ("Icmp6InErrors",)),
            ("the code", "nd-code",
             [evil_one(code=n) for n in (1, 2, 128, 255)],
             ("Icmp6InErrors",)),
            ("the checksum", "icmp-checksum", [bytes(wrong)],
             ("Icmp6InErrors", "Icmp6InCsumErrors"))):
        moved, answers = host.counted(*packets)
        for name in ("Icmp6InErrors", "Icmp6InCsumErrors", "Ip6InAddrErrors",
                     "Ip6InHdrErrors", "Ip6InDiscards"):
            want = len(packets) if name in counters else 0
            if moved[name] != want:
                faults.append(f"{what}: {name} {moved[name]}, not {want}")
        if host.why != {why: len(packets)}:
            faults.append(f"{what}: refused for {host.why}, not {why}")
        if len(answers):
            faults.append(f"{what}: answered {answers.brief()}")
        router.tell()
        now = state()
        if now != before:
            faults.append(f"{what}: {before} became {now}")
            break
    result("flawed-advertisements", faults)
    # The same without a flaw changes all of that.
    router.pace()
    host.ask(evil_one())
    router.tell()
    now = state()
    same = [x for x, y in zip(before, now) if x == y]
    result("right-advertisement", [f"unchanged: {same}"] if same else [])


def conf(name, value):
    def write():
        with open(f"/proc/sys/net/ipv6/conf/vb/{name}", "w",
                  encoding="ascii") as file:
            file.write(str(value))
    in_ns("badb", write)


def way(dst):
    """The router that packets to there are given to, or None."""
    words = sh("ip", "-n", "badb", "-6", "route", "get", dst,
               check=False).stdout.split()
    return words[words.index("via") + 1] if "via" in words else None


# The same as route() and made(), without a process.
def has_route(dst, plen, gateway="::"):
    want = (ip_bytes(dst).hex(), f"{plen:02x}", ip_bytes(gateway).hex())
    return any((f[0], f[1], f[4]) == want for f in map(
        str.split, proc_routes().splitlines()))


def has_default():
    return has_route("::", 0, LA)


def addresses(net):
    """Of this /64."""
    return [line[:32] for line in proc("thread-self/net/if_inet6").splitlines()
            if line[:16] == ip_bytes(net).hex()[:16]]


def knobs(router):
    """Each setting of what to believe: with the one value it is not believed,
    though all around it is; with the other it is."""
    faults = []

    def preference():
        return route("default", LA)["pref"] == "high"

    def life():
        return about(made("fd82:")[0]["valid_life_time"], 100)

    a_route = route_option(64, ip_bytes("fd83::")[:8])
    router.tell(prefix("fd82::", valid=20000))
    before = mtu()
    for name, no, yes, options, fields, believed in (
            ("accept_ra_defrtr", 0, 1, b"", {"lifetime": 1800}, has_default),
            ("accept_ra_rtr_pref", 0, 1, b"",
             {"lifetime": 1800, "flags": HIGH << 3}, preference),
            ("accept_ra_rt_info_min_plen", 65, 0, a_route, {},
             lambda: has_route("fd83::", 64, LA)),
            ("accept_ra_rt_info_max_plen", 47, 48, route_option(
                48, ip_bytes("fd84::")[:8]), {},
             lambda: has_route("fd84::", 48, LA)),
            ("accept_ra_mtu", 0, 1, mtu_option(1400), {},
             lambda: mtu() == 1400),
            ("accept_ra_min_hop_limit", 50, 49, b"", {"hop": 49},
             lambda: hop_limit() == 49),
            ("autoconf", 0, 1, prefix("fd85::"), {},
             lambda: addresses("fd85::")),
            ("ra_honor_pio_pflag", 1, 0, prefix("fd86::", flags=0xd0), {},
             lambda: addresses("fd86::")),
            ("ra_honor_pio_life", 0, 1, prefix("fd82::", valid=100,
                                               preferred=50), {}, life)):
        usual = setting(f"conf/vb/{name}")
        for value in (no, yes):
            conf(name, value)
            router.tell(options, **fields)
            if bool(believed()) != (value == yes):
                faults.append(f"{name} {value}: {believed()}")
        conf(name, usual)
    router.tell(mtu_option(before) + a_route[:4] + bytes(4) + a_route[8:],
                hop=64)
    result("settings-of-what-to-believe", faults)


def knobs_of_all(router):
    """Settings by which not even the mark of a message would be believed."""
    host, faults = router.host, []

    def ask(options, **fields):
        router.pace()
        host.ask(advertisement(options, **fields))

    conf("accept_ra", 0)
    ask(prefix("fd87::"))
    conf("accept_ra", 1)
    router.tell()
    if addresses("fd87::"):
        faults.append("accept_ra 0: it is believed")
    router.tell(prefix("fd87::"))
    if not addresses("fd87::"):
        faults.append("accept_ra 1: it is not believed")
    for value, net in ((0, "fd88:1::"), (1, "fd88:2::")):
        conf("accept_ra_from_local", value)
        ask(prefix(net), src=LB)
        router.tell()
        if len(addresses(net)) != value:
            faults.append(f"accept_ra_from_local {value}: {addresses(net)}")
    conf("accept_ra_from_local", 0)
    conf("accept_ra_pinfo", 0)
    ask(prefix("fd89::"))
    ask(b"", hop=65)
    if not wait_for("hop limit", lambda: hop_limit() == 65):
        faults.append("accept_ra_pinfo 0: nothing is believed")
    if addresses("fd89::") or has_route("fd89::", 64):
        faults.append("accept_ra_pinfo 0: the prefix is believed")
    conf("accept_ra_pinfo", 1)
    router.tell(prefix("fd89::"), hop=64)
    if not addresses("fd89::") or not has_route("fd89::", 64):
        faults.append("accept_ra_pinfo 1: the prefix is not believed")
    result("settings-of-all-or-of-prefixes", faults)


def not_on_link(router):
    """RFC 5942 4: an address of a prefix, and neighbours of it by a router;
    RFC 4861 6.3.4: the L flag, where it is not set, says nothing."""
    faults = []

    def expect(what, on_link, flags, life=10000):
        router.tell(prefix("fd8a::", flags=flags, valid=life, preferred=0),
                    lifetime=1800)
        if has_route("fd8a::", 64) != on_link or len(addresses("fd8a::")) != 1:
            faults.append(f"{what}: {routes()}, {addresses('fd8a::')}")
    expect("A", False, 0x40)
    if not way("fd8a::99"):
        faults.append("A: neighbours are on the link")
    expect("L", True, 0x80)
    expect("A again", True, 0x40)
    expect("A, 0 s", True, 0x40, 0)
    expect("L, 0 s", False, 0x80, 0)
    router.tell()
    result("prefix-not-on-the-link", faults)


def becomes_router(router):
    """RFC 4861 6.2.2, 6.2.5: it forgets what others told, does not hear them
    unless it is told to (accept_ra 2), and says what it is."""
    host, faults = router.host, []

    def expect(what, *want):
        answers = host.ask(ipv6(A6, B6, ICMP, icmp(
            A6, B6, NS, 0, bytes(4) + ip_bytes(B6)), hop=255))
        flags = [m[4] & 0x80 for m in answers if m[0] == NA]
        got = (has_default(), bool(addresses("fd8c::")), flags)
        if got != want:
            faults.append(f"{what}: {got}, not {want}")
    router.tell(lifetime=1800)
    expect("host", True, False, [0])
    conf("forwarding", 1)
    expect("router", False, False, [0x80])
    router.pace()
    host.ask(advertisement(prefix("fd8c::"), lifetime=1800))
    conf("accept_ra", 2)
    router.tell()
    expect("accept_ra 1", False, False, [0x80])
    router.tell(prefix("fd8c::"), lifetime=1800)
    expect("accept_ra 2", True, True, [0x80])
    conf("forwarding", 0)
    conf("accept_ra", 1)
    expect("host again", True, True, [0])
    router.tell()
    result("router-forgets-routers", faults)


def token(router):
    """`ip token`: addresses end in it, and those of the one before go."""
    faults = []
    # Who has a token asks for routers.
    conf("router_solicitations", 1)
    for text, want in (("::77", "fd8b::77"), ("::1:78", "fd8b::1:78")):
        sh("ip", "-n", "badb", "token", "set", text, "dev", "vb")
        if addresses("fd8b::"):
            faults.append(f"{text}: {addresses('fd8b::')} is left")
        router.tell(prefix("fd8b::"))
        if addresses("fd8b::") != [ip_bytes(want).hex()]:
            faults.append(f"{text}: {addresses('fd8b::')}")
    sh("ip", "-n", "badb", "token", "del", "dev", "vb")
    router.tell(prefix("fd8b::"))
    if len(addresses("fd8b::")) != 1 or ip_bytes(want).hex() in addresses(
            "fd8b::"):
        faults.append(f"no token: {addresses('fd8b::')}")
    conf("router_solicitations", 0)
    result("address-by-token", faults)


def alone(function):
    """No work queue that is bound to no processor runs until function() is
    through: they have this one alone, and it is ours."""
    mask = "/sys/devices/virtual/workqueue/cpumask"
    processors = os.sched_getaffinity(0)
    with open(mask, encoding="ascii") as file:
        before = file.read()

    def write(text):
        with open(mask, "w", encoding="ascii") as file:
            file.write(text)

    os.sched_setaffinity(0, {0})
    write("1")
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        function()
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        write(before)
        os.sched_setaffinity(0, processors)


def full_queue(router):
    """RFC 4861 7.2.5: who says that he forwards no more is believed, even if
    it was lost once, as 64 messages waited."""
    host, faults = router.host, []
    evil, dest = "fe80::dead", "2001:db8::5"
    own = option(1, b"\x02\0\0\0\0\x67")

    def default():
        return route("default", evil)

    def no_router():
        return ipv6(evil, B6, ICMP, icmp(evil, B6, NA, 0, struct.pack(
            ">I", 0x20000000) + ip_bytes(evil)), hop=255)

    def burst():
        redirect = ipv6(evil, B6, ICMP, icmp(evil, B6, REDIRECT, 0, bytes(4) +
                        ip_bytes(dest) * 2), hop=255)
        for packet in [redirect] * 64 + [no_router()]:
            host.send(packet)

    router.tell()
    router.pace()
    host.ask(advertisement(own, src=evil, lifetime=1700))
    if not wait_for("default route", default):
        faults.append("it is no router")
    before = host.counters()["Icmp6InErrors"]
    reasons = host.refused()
    alone(burst)
    host.ask()
    lost = host.counters()["Icmp6InErrors"] - before
    reasons = same(reasons, host.refused())

    def room():
        router.pace()
        return not host.counted(advertisement())[0]["Icmp6InErrors"]
    # The mark of tell() would be lost as well, as long as they wait.
    wait_for("room", room)
    router.tell()
    if lost != 1 or reasons != {"nd-queue": 1} or not default():
        faults.append(f"{lost} messages were lost, {reasons}, {default()}")
    host.ask(no_router())
    router.tell()
    if default():
        faults.append(f"{default()} stays")
    result("router-no-more-with-a-full-queue", faults)


def redirects(router):
    """RFC 4861 8.1: of several routers only that by which packets go to a
    destination now may say that there is a better way to it."""
    host, faults = router.host, []
    other, better, evil = "fe80::dead", "fe80::b0b", "fe80::e71"

    def redirect(src, target, dst):
        host.ask(ipv6(src, B6, ICMP, icmp(src, B6, REDIRECT, 0, bytes(4) +
                      ip_bytes(target) + ip_bytes(dst) + option(
                          2, b"\x02\0\0\0\0\x68")), hop=255))
    router.tell(lifetime=1800)
    router.pace()
    host.ask(advertisement(option(1, b"\x02\0\0\0\0\x67"), src=other,
                           lifetime=1800))
    if not wait_for("route", lambda: has_route("::", 0, other)):
        faults.append("it is no router")
    # They share the destinations (RFC 4311).
    own = {way(dst): dst for dst in (f"2001:db8::{n:x}" for n in range(32))}
    if set(own) != {LA, other}:
        raise RuntimeError(f"ways: {own}")
    for right, wrong in ((LA, other), (other, LA)):
        dst = own[right]
        redirect(wrong, evil, dst)
        # Behind it one that is believed: then it has been looked at.
        redirect(right, better, dst)
        if not wait_for("way", lambda d=dst: way(d) == better):
            faults.append(f"{right}: {way(dst)}")
        redirect(wrong, evil, dst)
        redirect(better, "fe80::c0c", dst)
        if not wait_for("way", lambda d=dst: way(d) == "fe80::c0c"):
            faults.append(f"the better one for {right}: {way(dst)}")
    if b_json("neigh", "show", evil, "dev", "vb"):
        faults.append("what the other said of a neighbour was believed")
    host.ask(advertisement(src=other))
    router.tell()
    sh("ip", "-n", "badb", "-6", "route", "flush", "cache")
    result("redirects-of-the-way-alone", faults)


def main():
    host = Host()
    sysctl("badb", "net.ipv6.conf.vb.accept_ra=1",
           "net.ipv6.conf.vb.max_addresses=0")
    router = Router(host)
    lifetimes(router)
    values(router)
    duplicate_detection(router)
    prefix_lifetimes(router)
    prefix_lengths(router)
    route_options(router)
    several(router)
    servers(router)
    flawed(router)
    knobs(router)
    knobs_of_all(router)
    not_on_link(router)
    becomes_router(router)
    token(router)
    full_queue(router)
    redirects(router)
    host.close()
    finish()


main()
