#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Each attribute of each request, broken in turn: refused with a sentence that
names it or with its offset, and nothing has changed."""
from badlib import answers_begin, answers_end, finish, ip_bytes, result
from nllib import (NLM_F_DUMP, attr, attrs, be32, flag, nest, pack, places,
                   text, u32, uint)
from salib import (IN, LISTS, OUT, Sa, add_policy, every_request, selector,
                   transform)
from uapi import CMD, H, POL, SA, SEL, TXN, XF
from wirelib import A4, A6, B4, B6, Wire

HEAD = 20       # netlink and generic netlink header


class Bench:
    """Sends what must be refused, and compares all there is each time."""

    def __init__(self, nl):
        self.nl, self.faults = nl, []
        self.before = nl.all()

    def refuse(self, what, cmd, data, about=None, tail=b"", sentence=True,
               flags=0):
        """about: number of the attribute at fault and words for it."""
        reply = self.nl.request(CMD[cmd], data, flags, tail)
        if not reply.error:
            self.faults.append(f"{what}: accepted")
            self.before = self.nl.all()
            return reply
        if sentence and not reply.sentence:
            self.faults.append(f"{what}: no sentence, only {reply}")
        if about:
            number, words = about
            at = self.attribute_at(data, reply.offset)
            named = any(w in reply.sentence for w in words)
            if at != number and reply.missing != number and not named:
                self.faults.append(f"{what}: '{reply.sentence}' at attribute "
                                   f"{at} doesn't name {words[0]} ({number})")
        after = self.nl.all()
        if after != self.before:
            self.faults.append(f"{what}: something has changed")
            self.before = after
        return reply

    def within(self, cmd, refusals):
        """What ends a transaction is refused while one is under way, and ends
        it not."""
        ends = cmd in ("transaction_commit", "transaction_abort")
        if ends and self.nl.request(CMD["transaction_begin"]).error:
            self.faults.append(f"{cmd}: nothing could begin")
        refusals()
        if ends and self.nl.request(CMD["transaction_abort"]).error:
            self.faults.append(f"{cmd}: refused, and the transaction is over")

    @staticmethod
    def attribute_at(data, offset):
        """The outermost attribute that lies at an offset of the message."""
        for kind, at, end in places(data) if offset is not None else ():
            if at <= offset - HEAD < end:
                return kind
        return None

    def report(self, name):
        result(name, self.faults)
        self.faults = []


def without(data, number):
    return b"".join(data[at:end] for kind, at, end in places(data)
                    if kind != number)


def replaced(data, number, new):
    """The attribute gives way to another, at its own place."""
    if number not in [kind for kind, _, _ in places(data)]:
        return data + new
    return b"".join(new if kind == number else data[at:end]
                    for kind, at, end in places(data))


def words(name):
    return (name.replace("_", "-"), name)


def sa_attributes(bench, good):
    for name in ("direction", "src", "dst", "mode", "alg", "key"):
        bench.refuse(f"no {name}", "sa_new", without(good, SA[name]),
                     (SA[name], words(name)))
    bench.report("netlink-sa-missing")

    numbers = ("direction", "protocol", "spi", "mode", "group", "window",
               "soft_seconds", "hard_seconds", "df", "ttl")
    for name in numbers:
        for length in (0, 1, 2, 3, 5, 7, 8, 16, 100):
            bench.refuse(f"{name} of {length} bytes", "sa_new", replaced(
                good, SA[name], attr(SA[name], bytes(length))),
                (SA[name], words(name)))
    for name in ("soft_bytes", "hard_bytes", "soft_packets", "hard_packets",
                 "sequence"):
        for length in (0, 1, 2, 3, 5, 7, 9, 16):
            bench.refuse(f"{name} of {length} bytes", "sa_new", replaced(
                good, SA[name], attr(SA[name], b"\1" * length)),
                (SA[name], words(name)))
    for name in ("esn", "dscp_clear", "ecn_off", "window_off"):
        for length in (1, 4, 100):
            bench.refuse(f"{name} with {length} bytes", "sa_new", replaced(
                good, SA[name], attr(SA[name], bytes(length))),
                (SA[name], words(name)))
    for name in ("src", "dst"):
        for length in list(range(0, 24)) + [32, 1000]:
            if length == 4:
                continue
            bench.refuse(f"{name} of {length} bytes", "sa_new", replaced(
                good, SA[name], attr(SA[name], b"\x0a" * length)),
                (SA[name], words(name) + ("address",)))
    bench.report("netlink-sa-length")

    for name, values in (
            ("direction", (2, 3, 255, 2**32 - 1)),
            ("protocol", (0, 1, 49, 52, 256 + 50, 2**32 - 1)),
            ("mode", (2, 3, 2**31, 2**32 - 1)),
            ("window", (0, 4097, 2**31, 2**32 - 1)),
            ("df", (3, 4, 2**32 - 1)), ("ttl", (0, 256, 2**32 - 1)),
            ("soft_seconds", (0,)), ("hard_seconds", (0,))):
        for value in values:
            bench.refuse(f"{name} {value}", "sa_new", replaced(
                good, SA[name], u32(SA[name], value)),
                (SA[name], words(name) + ("limits",)))
    for name in ("soft_bytes", "hard_bytes", "soft_packets", "hard_packets"):
        bench.refuse(f"{name} 0", "sa_new", good + uint(SA[name], 0),
                     (SA[name], ("limits", name)))
    for what in ("bytes", "packets"):
        bench.refuse(f"soft {what} above hard", "sa_new", good + uint(
            SA[f"soft_{what}"], 10) + uint(SA[f"hard_{what}"], 9),
            (SA[f"soft_{what}"], ("limits", what)))
    bench.refuse("soft seconds above hard", "sa_new",
                 good + u32(SA["soft_seconds"], 10) +
                 u32(SA["hard_seconds"], 9), (SA["soft_seconds"], ("limits",)))
    for value in (2**32, 2**63, 2**64 - 1):
        bench.refuse(f"sequence {value} without esn", "sa_new",
                     good + uint(SA["sequence"], value),
                     (SA["sequence"], ("sequence",)))
    for value in list(range(1, 256, 31)) + [255]:
        bench.refuse(f"reserved SPI {value}", "sa_new", replaced(
            good, SA["spi"], be32(SA["spi"], value)), (SA["spi"], ("spi",)))
    out = replaced(without(good, SA["window"]), SA["direction"],
                   u32(SA["direction"], OUT))
    bench.refuse("outbound SPI 0", "sa_new", replaced(
        out, SA["spi"], be32(SA["spi"], 0)), (SA["spi"], ("spi",)))
    bench.refuse("outbound without SPI", "sa_new", without(out, SA["spi"]),
                 (SA["spi"], ("spi",)))
    bench.refuse("outbound with a window", "sa_new",
                 out + u32(SA["window"], 64), (SA["window"], ("window",)))
    bench.refuse("outbound without a window", "sa_new",
                 out + flag(SA["window_off"]),
                 (SA["window_off"], ("window",)))
    bench.refuse("a window and none", "sa_new", replaced(
        good, SA["window"], u32(SA["window"], 64)) + flag(SA["window_off"]),
        (SA["window_off"], ("window",)))
    for name in ("dscp_clear", "ecn_off"):
        bench.refuse(f"{name} in transport mode", "sa_new",
                     good + flag(SA[name]), (SA[name], ("tunnel",)))
    for name in ("df", "ttl"):
        bench.refuse(f"{name} in transport mode", "sa_new",
                     good + u32(SA[name], 1), (SA[name], ("tunnel",)))
    for what, name, value in (
            ("no source", "src", "0.0.0.0"), ("multicast", "src", "224.0.0.1"),
            ("broadcast", "src", "255.255.255.255"),
            ("no destination", "dst", "0.0.0.0"), ("other family", "src", A6),
            ("other family", "dst", B6)):
        bench.refuse(f"{name}: {what}", "sa_new", replaced(
            good, SA[name], attr(SA[name], ip_bytes(value))),
            (SA[name], (name, "famil")))
    bench.report("netlink-sa-range")

    for name, longest in (("name", 63), ("alg", 31)):
        for value in (b"", b"\0", b"x" * (longest + 1) + b"\0",
                      b"x" * 1000 + b"\0", b"no end"):
            if name == "name" and value == b"\0":
                continue
            bench.refuse(f"{name} {value[:9]!r}", "sa_new", replaced(
                good, SA[name], attr(SA[name], value)),
                (SA[name], words(name)))
    bench.report("netlink-sa-string")

    for number in [0, 200, 1000, 0x3fff] + [SA[n] for n in (
            "id", "fingerprint", "packets", "bytes", "age", "idle", "memory",
            "drops", "limit", "generation")]:
        bench.refuse(f"attribute {number}", "sa_new",
                     good + attr(number, bytes(4)), (number, ("nknown",
                                                              "nsupported")))
    bench.report("netlink-sa-unknown-attribute")


def selectors(bench, cmd, bare, number, behaviour):
    """Of an SA or a policy that has none yet: the last attribute."""
    def refuse(what, inner, form=nest):
        bench.refuse(f"selector: {what}", cmd, bare + form(number, inner),
                     (number, ("selector", "famil", "address",
                               "bytes leftover")))

    whole = selector(A4, B4, proto=17, dport=9)
    for length in range(len(whole)):
        if length not in [at for _, at, _ in places(whole)]:
            refuse(f"cut to {length}", whole[:length])
    for name in SEL:
        if name == "max":
            continue
        for length in (0, 1, 2, 3, 5, 8, 15, 17):
            refuse(f"{name} of {length} bytes",
                   attr(SEL[name], b"\1" * length))
    for name, values in (
            ("family", (0, 1, 3, 9, 11, 2**32 - 1)),
            ("proto", (256, 2**32 - 1)), ("sport_first", (65536, 2**31)),
            ("sport_last", (65536,)), ("dport_first", (65536,)),
            ("dport_last", (65536,)), ("icmp_type_first", (256,)),
            ("icmp_type_last", (256,)), ("icmp_code_first", (256,)),
            ("icmp_code_last", (256,)), ("ifindex", (2**31, 2**32 - 1))):
        for value in values:
            refuse(f"{name} {value}", u32(SEL[name], value))
    ends = {n: attr(SEL[n], ip_bytes(A4)) for n in (
        "src_first", "src_last", "dst_first", "dst_last")}
    for name, value in ends.items():
        refuse(f"{name} alone", value)
    refuse("range upside down", selector(("10.0.0.2", "10.0.0.1")))
    refuse("two families", selector(A4, A6))
    refuse("family and address", u32(SEL["family"], 10) + selector(A4, B4))
    refuse("ports upside down", u32(SEL["proto"], 17) +
           u32(SEL["dport_first"], 9) + u32(SEL["dport_last"], 8))
    refuse("ports without protocol", selector(dport=9))
    refuse("ports of ICMP", selector(A4, B4, proto=1, dport=9))
    refuse("unknown attribute", attr(90, bytes(4)))
    refuse("attribute 0", attr(0, bytes(4)))
    refuse("garbage", bytes(range(1, 40)))
    refuse("an attribute past the end", pack("HH", 400, SEL["proto"]) +
           bytes(4))
    refuse("an attribute of length 2", pack("HH", 2, SEL["proto"]) + bytes(4))
    refuse("leftover bytes", u32(SEL["proto"], 17) + b"\1")
    refuse("not marked as a nest", u32(SEL["proto"], 17), attr)
    bench.report(behaviour)

def sa_weak(bench, good):
    """RFC 8221: what must not be used, and keys that no algorithm takes."""
    for name, must in (
            ("des", "DES"), ("des-cbc-hmac-sha256", "DES"), ("3des", "DES"),
            ("des3_ede-cbc", "DES"), ("aes-cbc-hmac-md5", "MD5"),
            ("hmac-md5", "MD5"), ("md5", "MD5"), ("null", "NULL"),
            ("null-null", "NULL"), ("blowfish", "lowfish"),
            ("rot13", "unknown"), ("AES-GCM", "unknown"),
            ("aes-gcm ", "unknown"), ("rfc4106(gcm(aes))", "unknown"),
            ("aes-cbc", "unknown"), ("aes-ctr", "unknown")):
        reply = bench.refuse(f"alg {name}", "sa_new", replaced(
            good, SA["alg"], text(SA["alg"], name)), (SA["alg"], ("alg",)))
        if must not in reply.sentence:
            bench.faults.append(f"alg {name}: '{reply.sentence}' doesn't "
                                f"say {must}")
    bench.report("netlink-weak-algorithm")

    bare = without(without(good, SA["key"]), SA["auth_key"])
    for alg, keys, auths in (
            ("aes-gcm", (20, 36), (0,)), ("chacha20-poly1305", (36,), (0,)),
            ("aes-cbc-hmac-sha256", (16, 32), (32,)),
            ("null-hmac-sha256", (0,), (32,))):
        base = replaced(bare, SA["alg"], text(SA["alg"], alg))
        for length in list(range(0, 70)) + [127, 128, 129, 1000]:
            if length not in keys:
                bench.refuse(f"{alg} key of {length}", "sa_new", base +
                             attr(SA["key"], b"k" * length) +
                             attr(SA["auth_key"], b"a" * auths[0]),
                             (SA["key"], ("key",)))
            if length not in auths:
                bench.refuse(f"{alg} authentication key of {length}",
                             "sa_new", base +
                             attr(SA["key"], b"k" * keys[0]) +
                             attr(SA["auth_key"], b"a" * length),
                             (SA["auth_key"], ("key",)))
    bench.report("netlink-key-length")


def truncated(bench, cmd, good, number, shortest=0):
    """An attribute that is needed stands last: no shorter request is a whole
    one. If none is needed, all of nothing is a whole one: shortest is 1."""
    last, = [good[at:end] for kind, at, end in places(good) if kind == number]
    whole = without(good, number) + last
    for length in range(shortest, len(whole)):
        bench.refuse(f"{cmd} cut to {length}", cmd, whole[:length],
                     sentence=False)
    for tail in (b"\1", b"\1\2\3", pack("H", 4), pack("HH", 3, 1),
                 pack("HH", 0xffff, 1)):
        bench.refuse(f"{cmd}, tail {tail!r}", cmd, whole, tail=tail)


def policy_attributes(bench, good):
    for name in ("direction", "priority", "action"):
        bench.refuse(f"no {name}", "policy_new", without(good, POL[name]),
                     (POL[name], words(name)))
        for length in (0, 1, 3, 5, 8):
            bench.refuse(f"{name} of {length} bytes", "policy_new", replaced(
                good, POL[name], attr(POL[name], bytes(length))),
                (POL[name], words(name)))
    for name, values in (("direction", (3, 2**32 - 1)),
                         ("action", (3, 2**32 - 1))):
        for value in values:
            bench.refuse(f"{name} {value}", "policy_new", replaced(
                good, POL[name], u32(POL[name], value)),
                (POL[name], words(name)))
    bench.refuse("long name", "policy_new", good +
                 text(POL["name"], "x" * 64), (POL["name"], ("name",)))
    for number in (0, 99, POL["id"], POL["packets"], POL["builtin"],
                   POL["enabled"], POL["generation"]):
        bench.refuse(f"attribute {number}", "policy_new",
                     good + attr(number, bytes(4)),
                     (number, ("nknown", "nsupported")))
    bench.report("netlink-policy-attributes")

    bare = without(good, POL["transform"])

    def refuse(what, *transforms):
        bench.refuse(f"transform: {what}", "policy_new", bare + b"".join(
            nest(POL["transform"], t) for t in transforms),
            (POL["transform"], ("transform", "address", "famil", "protect",
                                "tunnel", "spi", "bytes leftover")))

    refuse("none")
    refuse("empty", b"")
    refuse("five", *[transform()] * 5)
    refuse("no mode", u32(XF["protocol"], 50))
    refuse("protocol 49", u32(XF["protocol"], 49) + u32(XF["mode"], 0))
    refuse("mode 2", u32(XF["protocol"], 50) + u32(XF["mode"], 2))
    refuse("tunnel without ends", transform("tunnel"))
    refuse("tunnel without destination", transform("tunnel") +
           attr(XF["src"], ip_bytes(A4)))
    refuse("tunnel of two families", transform("tunnel", A4, B6))
    refuse("transport with ends", transform("transport", A4, B4))
    for length in (0, 3, 5, 15, 17):
        refuse(f"source of {length} bytes", transform("tunnel") +
               attr(XF["src"], b"\1" * length) +
               attr(XF["dst"], ip_bytes(B4)))
    for name in ("mode", "protocol", "group", "spi"):
        refuse(f"{name} of 3 bytes", transform() + attr(XF[name], bytes(3)))
    refuse("unknown attribute", transform() + attr(77, bytes(4)))
    refuse("garbage", b"\xff" * 20)
    for spi in (0, 1, 255):
        refuse(f"reserved SPI {spi}", transform(spi=spi))
    bench.report("netlink-policy-transform")
    for action in (0, 1):
        bench.refuse(f"action {action} with a transform", "policy_new",
                     replaced(good, POL["action"], u32(POL["action"],
                                                       action)),
                     (POL["transform"], ("transform", "protect")))
    bench.report("netlink-policy-needless-transform")


def by_spi(sa):
    """An SA that comes in, by all that says which one."""
    return u32(SA["direction"], IN) + u32(SA["protocol"], 50) + \
        be32(SA["spi"], sa.spi) + attr(SA["dst"], ip_bytes(sa.dst))


def others(bench, sa):
    """Requests that name what isn't there, or not enough of it."""
    which = by_spi(sa)
    for cmd in ("sa_get", "sa_del"):
        bench.refuse(f"{cmd} of nothing", cmd, b"")
        for name in ("direction", "spi", "dst"):
            bench.refuse(f"{cmd} without {name}", cmd,
                         without(which, SA[name]), (SA[name], words(name)))
        for spi in (sa.spi + 1, 0, 1, 255):
            bench.refuse(f"{cmd} SPI {spi}", cmd, replaced(
                which, SA["spi"], be32(SA["spi"], spi)))
        bench.refuse(f"{cmd} other direction", cmd, replaced(
            which, SA["direction"], u32(SA["direction"], OUT)))
        bench.refuse(f"{cmd} other protocol", cmd, replaced(
            which, SA["protocol"], u32(SA["protocol"], 51)))
        bench.refuse(f"{cmd} other destination", cmd, replaced(
            which, SA["dst"], attr(SA["dst"], ip_bytes(A4))))
        for number in (0, 10**6, 2**32, 2**64 - 1):
            bench.refuse(f"{cmd} number {number}", cmd,
                         uint(SA["id"], number))
        bench.refuse(f"{cmd} with a key", cmd, which +
                     attr(SA["key"], bytes(20)), (SA["key"], ("nknown",)))
    bench.refuse("sa_flush of direction 2", "sa_flush",
                 u32(SA["direction"], 2), (SA["direction"], ("direction",)))
    for number in (0, 10**6, 2**32, 2**64 - 1):
        bench.refuse(f"policy_del number {number}", "policy_del",
                     uint(POL["id"], number))
    for number in (10**6, 2**64 - 1):
        bench.refuse(f"policy_get number {number}", "policy_get",
                     uint(POL["id"], number))
    bench.refuse("policy_get of nothing", "policy_get", b"")
    bench.refuse("policy_del of nothing", "policy_del", b"")
    bench.refuse("policy_set of nothing", "policy_set", b"")
    bench.refuse("policy_set of rule 1", "policy_set", uint(POL["id"], 1) +
                 u32(POL["enabled"], 0))
    bench.refuse("policy_set to 2", "policy_set", uint(POL["id"], 0) +
                 u32(POL["enabled"], 2), (POL["enabled"], ("enabled",)))
    bench.refuse("policy_flush of direction 3", "policy_flush",
                 u32(POL["direction"], 3), (POL["direction"],
                                            ("direction",)))
    bench.refuse("the same SA again", "sa_new", sa.request(),
                 (SA["spi"], ("spi",)))
    bench.refuse("commit of nothing", "transaction_commit", b"")
    bench.refuse("abort of nothing", "transaction_abort", b"")
    bench.refuse("begin with a short generation", "transaction_begin",
                 attr(TXN["generation"], b"\1"))
    bench.report("netlink-others")
    for cmd in (0, max(CMD.values()) + 1, 99, 255):
        if not bench.nl.request(cmd).error:
            bench.faults.append(f"command {cmd}: accepted")
    if bench.nl.all() != bench.before:
        bench.faults.append("something has changed")
    bench.report("netlink-unknown-command")


def others_truncated(bench, sa):
    number, generation = uint(SA["id"], sa.id), bench.before[2]["generation"]
    for cmd in ("sa_get", "sa_del"):
        truncated(bench, cmd, number, SA["id"])
        truncated(bench, cmd, by_spi(sa), SA["dst"])
    for cmd in ("policy_get", "policy_del"):
        truncated(bench, cmd, uint(POL["id"], 1), POL["id"])
    truncated(bench, "policy_set", uint(POL["id"], 0) +
              u32(POL["enabled"], 0), POL["enabled"])
    truncated(bench, "sa_flush", u32(SA["direction"], IN), SA["direction"], 1)
    truncated(bench, "policy_flush", u32(POL["direction"], IN),
              POL["direction"], 1)
    truncated(bench, "transaction_begin", uint(TXN["generation"], generation),
              TXN["generation"], 1)
    bench.within("transaction_commit", lambda: truncated(
        bench, "transaction_commit", flag(TXN["dry_run"]), TXN["dry_run"], 1))
    bench.refuse("abort of what did not begin", "transaction_abort", b"")
    bench.report("netlink-others-truncated")


def others_strict(bench):
    """What no command knows is refused by each, and what another one knows by
    those that have no attributes at all."""
    def refuse(cmd, data, flags):
        what = f"dump of {cmd}" if flags else cmd
        bench.refuse(f"{what}, attribute 200", cmd, data + attr(
            200, bytes(4)), (200, ("nknown",)), flags=flags)
        if flags or not data and cmd != "transaction_commit":
            bench.refuse(f"{what}, attribute 1", cmd, data + attr(
                1, bytes(4)), (1, ("nknown",)), flags=flags)
        bench.refuse(f"{what}, tail", cmd, data, tail=b"\1\2\3",
                     flags=flags)

    for cmd, data in every_request().items():
        bench.within(cmd, lambda c=cmd, d=data: refuse(c, d, 0))
    for cmd in LISTS:
        refuse(cmd, b"", NLM_F_DUMP)
    bench.refuse("abort of what did not begin", "transaction_abort", b"")
    bench.report("netlink-others-strict")


def main():
    wire = Wire()
    nl = wire.nl
    answers_begin()
    # Something must be there that could change.
    sa = Sa("aes-gcm", 0x9001, A4, B4, name="there").add(nl)
    Sa("aes-cbc-hmac-sha256", 0x9002, A6, B6, "tunnel").add(nl)
    add_policy(nl, IN, "protect", selector=selector(A4, B4),
               transforms=[transform()])
    add_policy(nl, OUT, "discard", selector=selector(B4, "10.9.0.99"))
    bench = Bench(nl)
    good = Sa("aes-gcm", 0x9100, A4, B4, window=64).request()
    policy = u32(POL["direction"], IN) + u32(POL["priority"], 5) + \
        u32(POL["action"], H["SEXTANT_ACTION_PROTECT"]) + \
        nest(POL["selector"], selector(A4, B4)) + \
        nest(POL["transform"], transform())
    sa_attributes(bench, good)
    selectors(bench, "sa_new", good, SA["selector"], "netlink-selector")
    sa_weak(bench, good)
    truncated(bench, "sa_new", good, SA["key"])
    bench.report("netlink-truncated")
    policy_attributes(bench, policy)
    selectors(bench, "policy_new", without(policy, POL["selector"]),
              POL["selector"], "netlink-policy-selector")
    truncated(bench, "policy_new", policy, POL["action"])
    bench.report("netlink-policy-truncated")
    others(bench, sa)
    others_truncated(bench, sa)
    others_strict(bench)
    # The request that was broken so often is a good one.
    for cmd, data in (("sa_new", good), ("policy_new", policy)):
        reply = nl.request(CMD[cmd], data)
        if reply.error:
            bench.faults.append(f"the whole {cmd}: {reply}")
        elif not attrs(reply.messages[0]):
            bench.faults.append(f"{cmd}: an empty answer")
    bench.report("netlink-whole-request")
    answers_end("netlink")
    wire.close()
    finish()


main()
