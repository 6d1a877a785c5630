# SPDX-License-Identifier: GPL-2.0
"""A namespace C behind B: what vouches for a packet in B says nothing there.
Not for what B forwards to it, nor for what it takes from B's wire as a guest
(ipvlan l3s): that passes B's hooks instead of its own, nothing is taken off it
on the way, and C's SAs open the ESP in it."""
from badlib import family_of, in_ns, ip_all, namespace, sh, sysctl
from nllib import Genl
from packets import ip, udp
from salib import IN, Sa, add_policy, flush, selector, transform
from uapi import CMD
from wirelib import A4, A6, B4, B6, Receiver, Wire

UDP, ESP = 17, 50
ASKS_BOTH, ASKS_OWN = 4001, 4002        # ports of the guest
MAC = "02:00:00:00:09:03"
# Ends of the tunnel; C's address behind B; C's address on B's wire.
ENDS = ((A4, B4, "10.95.0.9", "10.9.0.3"), (A6, B6, "fd95::9", "fd09::3"))


class Behind:
    """C, for a judge and a receiver; what is sent goes through B."""

    def __init__(self, wire, ns="badc"):
        self.b, self.send = ns, wire.send
        namespace(ns)
        sh("modprobe", "ipvlan")
        sh("ip", "link", "add", "vc", "netns", wire.b, "type", "veth", "peer",
           "name", "vd", "netns", ns, "address", MAC)
        ip_all(wire.b, f"""link add guest link vb type ipvlan mode l3s
            link set guest netns {ns}
            link set vc up
            """)
        ip_all(ns, "link set vd up\nlink set guest up\n")
        for _, _, far, guest in ENDS:
            plen = "128 nodad" if ":" in far else "32"
            ip_all(ns, f"""addr add {far}/{plen} dev vd
                addr add {guest}/{plen} dev guest
                """)
            ip_all(wire.b, f"""route add {far} dev vc
                neigh replace {far} lladdr {MAC} dev vc
                """)
        sysctl(wire.b, "net.ipv4.ip_forward=1",
               "net.ipv6.conf.all.forwarding=1")
        self.nl = in_ns(ns, Genl)

    def close(self):
        self.nl.close()
        sh("ip", "netns", "del", self.b, check=False)


def twins(sockets, *ends):
    """The same SA in both namespaces, its id as well, which only goes up."""
    def one(nl):
        nl.request(CMD["sa_flush"])
        return Sa("aes-gcm", 0x9700, *ends, "tunnel").add(nl)
    sas = [one(nl) for nl in sockets]
    while sas[0].id != sas[1].id:
        behind = int(sas[0].id > sas[1].id)
        sas[behind] = one(sockets[behind])
    return sas[0]


def through_both(bench, tunnel, own, far, guest):
    """Each case once, through B's tunnel: what C makes of it."""
    src, dst = tunnel.src, tunnel.dst

    def arrives(what, want, packet):
        bench.arrives(what, want, ip(src, dst, ESP, tunnel.esp(
            packet, 41 if ":" in src else 4)))

    def to_guest(port):
        return ip(src, guest, ESP, own.esp(
            udp(src, guest, b"guest", dport=port), UDP))

    receivers = {to: Receiver(bench.wire, to[0], to[1]) for to in (
        (far, 4001), (guest, ASKS_BOTH), (guest, ASKS_OWN))}
    arrives("forwarded", {"drop:policy-clear": 1},
            ip(src, far, UDP, udp(src, far, b"far")))
    arrives("a guest's, where both are asked for",
            {"drop:policy-mismatch": 1}, to_guest(ASKS_BOTH))
    arrives("a guest's, where its own is asked for", {"in_packets": 1},
            to_guest(ASKS_OWN))
    if receivers[guest, ASKS_OWN].wait() != b"guest":
        bench.faults.append("a guest's: not delivered")
    for (address, port), receiver in receivers.items():
        if receiver.get() is not None:
            bench.faults.append(f"delivered to {address}, port {port}")
        receiver.close()


def elsewhere(judge):
    """With an SA in C that is B's twin, and without. B has no policy of its
    own; judge is the class of whoever counts in C."""
    wire = Wire()
    behind = Behind(wire)
    bench, nl = judge(behind), behind.nl
    for src, dst, far, guest in ENDS:
        tunnel = twins((wire.nl, nl), src, dst)
        for there in ("twin", "none"):
            for to, port, layers in (
                    (far, None, [transform("tunnel", src, dst)]),
                    (guest, ASKS_BOTH, [transform(),
                                        transform("tunnel", src, dst)]),
                    (guest, ASKS_OWN, [transform()])):
                add_policy(nl, IN, "protect", transforms=layers,
                           selector=selector(src, to, UDP, dport=port))
            own = Sa("aes-gcm", 0x9701, src, guest).add(nl)
            bench.restart()
            through_both(bench, tunnel, own, far, guest)
            bench.report(f"mark-elsewhere-{there}-ipv{family_of(src)}")
            flush(nl)
    came = wire.nl.stats()["in_packets"]
    if came != 12:
        bench.faults.append(f"{came} of 12 came out of B's tunnels")
    bench.report("mark-elsewhere-came-through-b")
    behind.close()
    wire.close()
