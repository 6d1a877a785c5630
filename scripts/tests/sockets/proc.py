#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The files of /proc/net that are of IPv6: each is read, and compared with what
ip(8) hears by rtnetlink or with what a socket has asked for."""
import errno
import ipaddress
import json
import os
import re
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
# pylint: disable=wrong-import-position
from data import (A, A2, ADD_MEMBERSHIP_SOURCE, B, BLOCK_SOURCE, GROUP, ICMP,
                  IP6, by_name, differs, group_source, mreq, port, run, sock,
                  unlike_list)
from badlib import in_ns, ip_bytes, sh

UDPLITE = 136
MSFILTER = 48   # MCAST_MSFILTER


def lines(ns, name):
    """The words of each line."""
    def look():
        with open("/proc/thread-self/net/" + name, encoding="ascii") as file:
            return [line.split() for line in file]
    return in_ns(ns, look)


def ip(ns, *words):
    return json.loads(sh("ip", "-n", ns, "-6", "-j", "-d", *words).stdout)


def address(digits):
    return str(ipaddress.IPv6Address(bytes.fromhex(digits)))


def socket_address(text):
    """address:port of udp6 and its like: words in the host's order."""
    digits, number = text.split(":")
    raw = b"".join(struct.pack(">I", int.from_bytes(
        bytes.fromhex(digits[i:i + 8]), sys.byteorder))
        for i in range(0, 32, 8))
    return str(ipaddress.IPv6Address(raw)), int(number, 16)


def all_files(_):
    """Those of proc.list, which 29 holds against ipv6.ko."""
    def there():
        top = "/proc/thread-self/net"
        names = {os.path.relpath(os.path.join(where, name), top)
                 for where, _, files in os.walk(top) for name in files}
        return {re.sub("^dev_snmp6/.*", "dev_snmp6/NAME", name)
                for name in names
                if "6" in name and not name.startswith("ip6_tables_")}
    got = in_ns("seca", there)
    for name, shown in (("snmp6",) * 2, ("dev_snmp6/lo", "dev_snmp6/NAME")):
        got |= {f"{shown}/{words[0]}" for words in lines("seca", name)
                if "Type" not in words[0]}
    return unlike_list("proc.list", got)


def if_inet6(_):
    faults = []
    for ns in ("seca", "secb"):
        said = {(a["local"], link["ifindex"], a["prefixlen"], link["ifname"])
                for link in ip(ns, "addr") for a in link.get("addr_info", ())}
        file = lines(ns, "if_inet6")
        faults += differs(ns, said, {(address(a), int(i, 16), int(p, 16), dev)
                                     for a, i, p, _, _, dev in file})
        faults += differs("number", len(said), len(file))
        # IFA_F_PERMANENT, some by hand and IFA_F_NODAD.
        faults += differs("flags", {"80", "82"}, {f[4] for f in file})
        # Scopes by those of in6.h.
        faults += differs("scopes", {"10", "20", "00"}, {f[3] for f in file})
        faults += differs("scope of lo", {"10"}, {f[3] for f in file
                                                  if f[5] == "lo"})
    return faults


def ipv6_route(net):
    del net
    for words in (("add", "fd77::/64", "via", B, "metric", "77"),
                  ("add", "fd78::/64", "from", "fd79::/48", "dev", "va"),
                  ("add", "fd7a::1", "dev", "wa", "table", "100")):
        sh("ip", "-n", "seca", "-6", "route", *words)

    def prefix(text):
        if text == "default":
            return "::", 0
        where, _, length = text.partition("/")
        return where, int(length or 128)
    said = sorted((*prefix(r["dst"]), *prefix(r.get("from", "::/0")),
                   r.get("gateway", "::"), r["metric"], r["dev"])
                  for r in ip("seca", "route", "show", "table", "all"))
    file = sorted((address(w[0]), int(w[1], 16), address(w[2]), int(w[3], 16),
                   address(w[4]), int(w[5], 16), w[9])
                  for w in lines("seca", "ipv6_route")
                  if not int(w[8], 16) & 0x200)     # RTF_REJECT
    faults = differs("routes only of rtnetlink", [],
                     [r for r in said if r not in file])
    faults += differs("routes only of the file", [],
                      [r for r in file if r not in said])
    for words in (("del", "fd77::/64"), ("del", "fd78::/64", "from",
                                         "fd79::/48"),
                  ("del", "fd7a::1", "table", "100")):
        sh("ip", "-n", "seca", "-6", "route", *words)
    return faults + differs("then", 0, sum(
        address(w[0]).startswith("fd7") for w in lines("seca", "ipv6_route")))


def rt6_stats(_):
    def look():
        words, = lines("seca", "rt6_stats")
        return [int(word, 16) for word in words]
    before = look()
    for i in range(4):
        sh("ip", "-n", "seca", "-6", "route", "add", f"fd77:{i + 1}::/64",
           "dev", "va")
    faults = differs("numbers", 7, len(before)) + differs(
        "more routes", 4, look()[3] - before[3])
    for i in range(4):
        sh("ip", "-n", "seca", "-6", "route", "del", f"fd77:{i + 1}::/64",
           "dev", "va")
    return faults


def dev_snmp6(net):
    def counters(dev):
        return {w[0]: int(w[1]) for w in lines("secb", "dev_snmp6/" + dev)}
    before = counters("vb")
    faults = differs("ifIndex", net.index["vb"], before["ifIndex"])
    for _ in range(3):
        sh("ip", "netns", "exec", "seca", "ping", "-c1", "-W5", B)
    after = counters("vb")
    for name in ("Icmp6InEchos", "Icmp6OutEchoReplies", "Icmp6InType128",
                 "Icmp6OutType129"):
        faults += differs(name, 3, after.get(name, 0) - before.get(name, 0))
    if after["Ip6InReceives"] < before["Ip6InReceives"] + 3:
        faults.append("Ip6InReceives stands")
    faults += differs("names", {"lo", "vb", "wb"}, in_ns(
        "secb", lambda: set(os.listdir("/proc/thread-self/net/dev_snmp6"))))
    sh("ip", "-n", "secb", "link", "set", "wb", "down")
    sh("ip", "-n", "secb", "link", "set", "wb", "name", "other")
    faults += differs("names then", {"lo", "vb", "other"}, in_ns(
        "secb", lambda: set(os.listdir("/proc/thread-self/net/dev_snmp6"))))
    sh("ip", "-n", "secb", "link", "set", "other", "name", "wb")
    sh("ip", "-n", "secb", "link", "set", "wb", "up")
    return faults


def listed(ns, name):
    return [(socket_address(w[1]), socket_address(w[2]))
            for w in lines(ns, name)[1:]]


def sockets_of(name, kind, proto):
    """Nobody; one that is bound; the same when it is connected; nobody."""
    if proto == ICMP:
        in_ns("seca", ping_for_all)
    faults = differs("at first", [], listed("seca", name))
    made = sock("seca", kind, proto, bind=(A, 0))
    own = (A, port(made))
    faults += differs("bound", [(own, ("::", 0))], listed("seca", name))
    made.connect((B, 7))
    faults += differs("connected", [own], [one for one, _ in
                                           listed("seca", name)])
    faults += differs("to", [B], [two[0] for _, two in listed("seca", name)])
    made.close()
    return faults + differs("then", [], listed("seca", name))


def ping_for_all():
    with open("/proc/sys/net/ipv4/ping_group_range", "w",
              encoding="ascii") as file:
        file.write("0 2147483647")


def icmp6(_):
    return sockets_of("icmp6", socket.SOCK_DGRAM, ICMP)


def udplite6(_):
    return sockets_of("udplite6", socket.SOCK_DGRAM, UDPLITE)


def udp6(_):
    return sockets_of("udp6", socket.SOCK_DGRAM, 0)


def raw6(_):
    """In place of a port the protocol."""
    made = sock("seca", socket.SOCK_RAW, 253, bind=(A, 0))
    faults = differs("bound", [(A, 253)], [one for one, _ in
                                           listed("seca", "raw6")])
    made.close()
    return faults + differs("then", [], listed("seca", "raw6"))


def sockstat6(_):
    def used():
        return {w[0]: int(w[2]) for w in lines("seca", "sockstat6")}
    before = used()
    made = [sock("seca", bind=(A, 0)), sock("seca", bind=(A, 0)),
            sock("seca", proto=UDPLITE, bind=(A, 0)),
            sock("seca", socket.SOCK_RAW, 253)]
    after = used()
    faults = differs("more", {"UDP6:": 2, "UDPLITE6:": 1, "RAW6:": 1}, {
        name: after[name] - before[name]
        for name in ("UDP6:", "UDPLITE6:", "RAW6:")})
    for one in made:
        one.close()
    return faults


def igmp6(net):
    made = sock("secb")
    made.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    said = {(link["ifname"], m["address"]) for link in ip("secb", "maddr")
            for m in link["maddr"]}
    file = lines("secb", "igmp6")
    faults = differs("groups", said, {(w[1], address(w[2])) for w in file})
    return faults + differs("there", [("vb", str(net.index["vb"]), "1")], [
        (w[1], w[0], w[3]) for w in file if address(w[2]) == GROUP])


def mcfilter6(net):
    """Who wants and who refuses each source."""
    made, other = sock("secb"), sock("secb")
    made.setsockopt(IP6, ADD_MEMBERSHIP_SOURCE, group_source(net, "vb", A))

    def there():
        return [(w[1], address(w[2]), address(w[3]), w[4], w[5])
                for w in lines("secb", "mcfilter6")[1:]
                if address(w[2]) == GROUP]
    faults = differs("one source", [("vb", GROUP, A, "1", "0")], there())
    made.close()
    other.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
    other.setsockopt(IP6, BLOCK_SOURCE, group_source(net, "vb", A2))
    faults += differs("all but one", [("vb", GROUP, A2, "0", "1")], there())
    other.close()
    return faults + differs("then", [], there())


def mcfilter6_many(net):
    """It costs as much as it shows: four times the sources, not 16 times."""
    def storage(address):
        return struct.pack("=HHI16s104x", socket.AF_INET6, 0, 0,
                           socket.inet_pton(socket.AF_INET6, address))

    def member(number):
        one = sock("secb")
        one.setsockopt(IP6, socket.IPV6_JOIN_GROUP, mreq(net, "vb"))
        sources = b"".join(storage(f"fd0a:{number:x}::{n:x}")
                           for n in range(64))
        one.setsockopt(IP6, MSFILTER, struct.pack(
            "=I4x", net.index["vb"]) + storage(GROUP) +
            struct.pack("=II", 1, 64) + sources)
        return one

    def cost():
        begun = time.process_time()
        count = len(lines("secb", "mcfilter6")) - 1
        return time.process_time() - begun, count

    members, costs = [], []
    for many in (24, 96):
        members += [member(n) for n in range(len(members), many)]
        measured = [cost() for _ in range(3)]
        costs.append(min(measured))
        if costs[-1][1] != 64 * many:
            return [f"{costs[-1][1]} sources of {64 * many}"]
    for one in members:
        one.close()
    if costs[1][0] > 15 * costs[0][0]:
        return [f"{costs[0][0]:.3f} s, then {costs[1][0]:.3f} s"]
    print(f"# {costs[0][0]:.3f} s for 24 sockets, {costs[1][0]:.3f} for 96")
    return []


def anycast6(_):
    """A router has the anycast address of each prefix."""
    def put(value):
        with open("/proc/sys/net/ipv6/conf/all/forwarding", "w",
                  encoding="ascii") as file:
            file.write(value)
    faults = differs("of a host", [], lines("secb", "anycast6"))
    in_ns("secb", lambda: put("1"))
    faults += differs("of a router", {("vb", "fd09::"), ("wb", "fd19::"),
                                      ("vb", "fe80::"), ("wb", "fe80::")},
                      {(w[1], address(w[2]))
                       for w in lines("secb", "anycast6")})
    in_ns("secb", lambda: put("0"))
    return faults + differs("of a host again", [], lines("secb", "anycast6"))


def ip6_flowlabel(_):
    """struct in6_flowlabel_req: 0x12345, created, for this process."""
    made = sock("seca")
    request = ip_bytes(B) + struct.pack(">I", 0x12345) + struct.pack(
        "=BBHHHI", 0, 2, 1, 6, 6, 0)
    made.setsockopt(IP6, 32, request)

    def there():
        return [(w[0], w[1], address(w[6]))
                for w in lines("seca", "ip6_flowlabel")[1:]]
    faults = differs("leased", [("12345", "2", B)], there())
    made.setsockopt(IP6, 32, ip_bytes(B) + struct.pack(">I", 0x12345) +
                    struct.pack("=BBHHHI", 1, 0, 0, 0, 0, 0))
    return faults + differs("users then", ["0"], [
        w[3] for w in lines("seca", "ip6_flowlabel")[1:]])


def flow_labels_apart(_):
    """A namespace's leases are not in another's list, in its way, or counted
    there; a socket has up to 32, a namespace 4096."""
    def lease(made, label):
        # Created, for this socket alone.
        try:
            made.setsockopt(IP6, 32, ip_bytes(B) + struct.pack(">I", label) +
                            struct.pack("=BBHHHI", 0, 1, 3, 6, 6, 0))
        except OSError as err:
            return err.errno
        return 0

    def there(ns):
        return [w[0] for w in lines(ns, "ip6_flowlabel")[1:]]

    made = sock("seca")
    refused = [lease(made, 0x20000 + n) for n in range(33)]
    faults = differs("leases of a socket", [0] * 32 + [errno.ENOBUFS], refused)
    many = [made]
    for first in range(0x20020, 0x22000, 32):
        many.append(sock("seca"))
        refused = [lease(many[-1], first + n) for n in range(32)]
        if any(refused):
            break
    faults += differs("in all", 4096, len(there("seca")))
    faults += differs("one more", {0, errno.ENOBUFS}, {0, *refused})
    other = sock("secb")
    faults += differs("the same label elsewhere", 0, lease(other, 0x20000))
    faults += differs("listed there", ["20000"], there("secb")[:2])
    for one in (*many, other):
        one.close()
    return faults


def main():
    run(by_name(all_files, if_inet6, ipv6_route, rt6_stats, icmp6, udplite6,
                udp6, raw6, sockstat6, igmp6, mcfilter6, mcfilter6_many,
                anycast6, ip6_flowlabel, flow_labels_apart, dev_snmp6))


if __name__ == "__main__":
    main()
