# SPDX-License-Identifier: GPL-2.0
"""More than a host of our own IPv6 has room for, and values that it must not
believe: advertisements without measure, neighbours without end. For ipv6.py."""
import struct
import time

from badlib import in_ns, ip_bytes, many, result, same, sysctl, wait_for
from ipv6lib import (B6, GROUP, ICMP, LA, NA, NS, RA, REDIRECT, b_lines, icmp,
                     option, prefix)
from packets import ipv6


def thousand_prefixes(host):
    """Advertisements without measure."""
    faults, reasons = [], host.refused()
    for burst in range(10):
        options = b"".join(prefix(f"fd{burst:02x}:{n:x}::")
                           for n in range(1000))
        options += b"".join(option(24, struct.pack(">BBI", 64, 0, 1000) +
                                   ip_bytes(f"fc{burst:02x}:{n:x}::")[:8])
                            for n in range(1000))
        src = f"fe80::bad:{burst:x}"
        message = icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", 64, 0, 1800, 0, 0) + option(1, host.mac_a) + options)
        host.ask(ipv6(src, GROUP, ICMP, message, hop=255))
    for n in range(100):
        src = f"fe80::dead:{n:x}"
        host.ask(ipv6(src, GROUP, ICMP, icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", 64, 0, 1800, 0, 0)), hop=255))
    if not wait_for("addresses", lambda: len(b_lines(
            "addr", "show", "dev", "vb", "dynamic")) > 0):
        faults.append("no address at all")
    # The queue of what routers say is worked off: nothing moves any more.
    last = None
    while last != (last := len(b_lines("route"))):
        host.ask()
    addresses = sum("inet6" in x for x in b_lines(
        "addr", "show", "dev", "vb", "dynamic"))
    routes = b_lines("route")
    defaults = sum(x.startswith("default") or "nexthop" in x for x in routes)
    learned = sum(x.startswith(("fd", "fc")) for x in routes)
    if not 0 < addresses <= 16:
        faults.append(f"{addresses} addresses")
    if not 0 < defaults <= 16 + 1:
        faults.append(f"{defaults} default routers")
    if not 0 < learned <= 64 + 64 + 2:
        faults.append(f"{learned} routes")
    reasons = same(reasons, host.refused())
    if not {"nd-ra-rate"} <= set(reasons) <= {"nd-ra-rate", "nd-queue"} or \
            sum(reasons.values()) >= 10 + 100:
        faults.append(f"refused for {reasons}")
    result("a-thousand-prefixes", faults)


def advertisement_flood(host):
    """Advertisements of ever new routers: few are looked at, and the one that
    is known is heard among them."""
    faults = []
    known = "fe80::1:1"

    def advertise(src, lifetime=0, hop=0):
        return ipv6(src, GROUP, ICMP, icmp(src, GROUP, RA, 0, struct.pack(
            ">BBHII", hop, 8, lifetime, 0, 0)), hop=255)

    def hop_limit():
        with open("/proc/sys/net/ipv6/conf/vb/hop_limit",
                  encoding="ascii") as file:
            return int(file.read())

    def way_by_it():
        with open("/proc/thread-self/net/ipv6_route",
                  encoding="ascii") as file:
            ways = [line.split()[:5] for line in file]
        nowhere = "0" * 32
        return [nowhere, "00", nowhere, "00", ip_bytes(known).hex()] in ways

    def is_known():
        host.ask(advertise(known, lifetime=1800))
        return in_ns("badb", way_by_it)

    if not wait_for("a router", is_known):
        faults.append("the router is not taken")
    before, start = host.counters(), time.monotonic()
    reasons = host.refused()
    number = many(2000, 600)
    for n in range(number // 100):
        host.ask(*(advertise(f"fe80::f:{n:x}:{m:x}") for m in range(100)))
        if n == number // 200:
            host.ask(advertise(known, lifetime=1800, hop=77))
    moved = host.counters()["Icmp6InErrors"] - before["Icmp6InErrors"]
    reasons = same(reasons, host.refused())
    if sum(reasons.values()) != moved or \
            not {"nd-ra-rate"} <= set(reasons) <= {"nd-ra-rate", "nd-queue"}:
        faults.append(f"{moved} errors, refused for {reasons}")
    heard = number - moved
    most = 32 * ((time.monotonic() - start) // 4 + 2)
    if not 0 <= heard <= most:
        faults.append(f"{heard} of {number} were looked at, not {most}")
    if not wait_for("the hop limit", lambda: in_ns("badb", hop_limit) == 77):
        faults.append("the known router was not heard")
    if not wait_for("a stranger", lambda: host.ask(advertise(
            "fe80::5:5", hop=78)) and in_ns("badb", hop_limit) == 78):
        faults.append("strangers are not heard any more")
    before, start = host.counters(), time.monotonic()
    reasons = host.refused()
    number = many(2000, 1000)
    for burst in range(number // 250):
        host.ask(*(ipv6("fe80::66", B6, ICMP, icmp(
            "fe80::66", B6, REDIRECT, 0, bytes(4) + ip_bytes("fe80::66") +
            ip_bytes(f"fd78::{burst:x}:{n:x}")), hop=255)
            for n in range(250)))
    moved = host.counters()["Icmp6InErrors"] - before["Icmp6InErrors"]
    heard = number - moved
    reasons = same(reasons, host.refused())
    if sum(reasons.values()) != moved or not {"nd-redirect-rate"} <= \
            set(reasons) <= {"nd-redirect-rate", "nd-queue"}:
        faults.append(f"{moved} errors, refused for {reasons}")
    most = 256 * ((time.monotonic() - start) // 4 + 2)
    if not 0 < heard <= most:
        faults.append(f"{heard} of {number} redirects were looked at, not "
                      f"{most}")
    result("advertisements-with-measure", faults)


def hostile_advertisements(host):
    """Values that must not be believed."""
    faults = []
    sysctl("badb", "net.ipv6.conf.vb.accept_ra=1")

    def advertise(options):
        host.ask(ipv6(LA, GROUP, ICMP, icmp(LA, GROUP, RA, 0, bytes(12) +
                                            options), hop=255))

    def conf(name):
        def read():
            with open(f"/proc/sys/net/ipv6/conf/vb/{name}",
                      encoding="ascii") as file:
                return int(file.read())
        return in_ns("badb", read)

    mtu = conf("mtu")
    for size in (0, 1, 1279, 65536, 2**31, 2**32 - 1):
        advertise(option(5, struct.pack(">HI", 0, size)))
        if conf("mtu") != mtu:
            faults.append(f"MTU {size} was believed: {conf('mtu')}")
    before = b_lines("addr", "show", "dev", "vb")
    for what, data in (
            ("link-local", prefix("fe80::")), ("a group", prefix("ff05::")),
            ("too short for addresses", prefix("fd66::", plen=63)),
            ("too long", prefix("fd66::", plen=65)),
            ("129 bits", prefix("fd66::", plen=129)),
            ("255 bits", prefix("fd66::", plen=255)),
            ("preferred beyond valid", prefix("fd66::", valid=10,
                                              preferred=20)),
            ("valid 0", prefix("fd66::", valid=0, preferred=0))):
        advertise(data)
        now = [x.split()[1] for x in b_lines("addr", "show", "dev", "vb")
               if "inet6" in x]
        if [x for x in now if not any(x in y for y in before)]:
            faults.append(f"{what}: an address was made")
            break
    result("advertisements-not-believed", faults)


def neighbour_flood(host):
    """Thousands of neighbours: each is answered, or there is no room. In a
    slow guest there always is: those of 5 s ago go."""
    faults, reasons, answers = [], host.refused(), 0
    number = many(10000, 3000)
    for start in range(0, number, 500):
        said = host.ask(*(ipv6(f"fd09::5:{n:x}", B6, ICMP, icmp(
            f"fd09::5:{n:x}", B6, NS, 0, bytes(4) + ip_bytes(B6) + option(
                1, b"\x02\0\0\0" + struct.pack(">H", n))), hop=255)
            for n in range(start, start + 500)))
        answers += sum(m[0] == NA for m in said)
    reasons = same(reasons, host.refused())
    if reasons != ({"neighbour-none": number - answers} if answers < number
                   else {}):
        faults.append(f"{answers} answers to {number}, refused for {reasons}")
    count = len(b_lines("neigh"))
    if not 10 < count <= 1024 + 8:
        faults.append(f"{count} neighbours")
    result("neighbour-flood-bounded", faults)
