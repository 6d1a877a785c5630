#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""recorded.py DIR big|little: what the tests of malformed ESP would send to
Sextant here, with what is expected of it, goes into DIR for bad/replay.sh,
which needs no Python. The tests are the same, by other hands: a wire, a netlink
socket, a UDP socket and judges that write down. And what the tests of malformed
netlink requests would ask, in that order of bytes, with what is answered.

DIR/wire      the addresses, as variables of the shell
DIR/counters  a number, as progs/nltalk.c has it, and a name, of each counter
DIR/NAME/list what to do, one step a line:
    load FILE            lines for `sextant load`
    group FILE LINES N WANT…
                         N packets in as many lines of FILE, and their pieces;
                         each moves these counters by this: NUMBER=BY, by number
    sas FILE             each SA is as FILE says, a line each: destination,
                         SPI, packets, bytes, sequence, and its drops
    forwards             the receiver is a router from now on
    remember             what SAs say now
    unchanged            SAs say what is remembered, whatever they dropped
    report NAME          the end of what NAME stands for: nothing but what
                         FILE.data of its groups said has reached the socket
Of a group FILE.data has what is to reach the UDP socket, if anything is. A
line that ends with "# piece" counts only with the packet behind it.

DIR/NAME/talk    what progs/nltalk.c is to say
DIR/NAME/answers what it has to print: bad/NAME.answers

Not here is what looks at a live SA before it makes the next packet (bad/
reasons.py, nesting.py, cipher.py), what a host behind the guest gets, and what
comes to raw sockets."""
import ipaddress
import os
import runpy
import sys

import badlib
import judgelib
import nllib
import salib
import wirelib
from nllib import attrs, number
from packets import ip
from uapi import CMD, DROP, H, POL, SA, SEL, STATS, XF

HERE = os.path.dirname(os.path.abspath(__file__))
# With the words that they are given. What attacks do depends on no algorithm,
# and of algorithms a short run has those that the tests themselves leave out,
# if they do.
LONG = os.environ.get("SXT_LONG") == "1"
SOME = ("", "", "", "") if LONG else (
    "aes-gcm aes-cbc-hmac-sha256", "chacha20-poly1305 aes-cbc-hmac-sha256",
    "aes-gcm", "aes-gcm")
TESTS = ("esp_lengths", f"esp_right {SOME[0]}", f"esp_values {SOME[1]}",
         f"esp_inside {SOME[2]}", "headers", "ah here",
         f"esp_replay attacks {SOME[3]}", "documents")
WIRE = ("A4", "B4", "A6", "B6", "NET_A4", "NET_B4", "NET_A6", "NET_B6",
        "BEYOND6")
# Of netlink, all that takes no more than requests.
TALKS = ("netlink", "transactions requests", "permissions requests")
MTU = 1500
WINDOW = 1000           # numbers within a report, put into another order

# --- netlink requests as lines of a file ------------------------------------

ACTION = {v: n[len("SEXTANT_ACTION_"):].lower() for n, v in H.items()
          if n.startswith("SEXTANT_ACTION_")}
DIRECTION = {salib.IN: "in", salib.OUT: "out", salib.FORWARD: "forward"}
MODE = {0: "transport", 1: "tunnel"}
PROTOCOL = {50: "esp"}
FAMILY = {2: "ipv4", 10: "ipv6"}


def address(data):
    return str(ipaddress.ip_address(data))


def named(names, data):
    """The attributes in data by name; a nested one may come more than once."""
    return [(next(n for n, v in names.items() if v == kind), value)
            for kind, value in attrs(data)]


def big(data):
    return int.from_bytes(data, "big")


def selector_words(data):
    words, first = [], {}
    for name, value in named(SEL, data):
        word, _, end = name.rpartition("_")
        show = address if word in ("src", "dst") else number
        if end == "first":
            first[word] = show(value)
        elif end == "last":
            last = show(value)
            words += [word, str(last) if last == first[word]
                      else f"{first[word]}-{last}"]
        elif name == "family":
            words += [name, FAMILY[number(value)]]
        elif name == "proto":
            words += [name, str(number(value))]
        else:
            raise KeyError(f"no word for {name} of a selector")
    return words


SA_WORDS = {
    "direction": lambda v: ["dir", DIRECTION[number(v)]],
    "protocol": lambda v: ["proto", PROTOCOL[number(v)]],
    "spi": lambda v: ["spi", hex(big(v))],
    "src": lambda v: ["src", address(v)],
    "dst": lambda v: ["dst", address(v)],
    "mode": lambda v: ["mode", MODE[number(v)]],
    "alg": lambda v: ["alg", v.rstrip(b"\0").decode()],
    "key": lambda v: ["key", v.hex()],
    "auth_key": lambda v: ["auth-key", v.hex()],
    "esn": lambda v: ["esn"],
    "sequence": lambda v: ["sequence", str(number(v))],
    "group": lambda v: ["group", str(number(v))],
    "selector": lambda v: ["sel"] + selector_words(v),
}


def sa_line(data):
    words = [SA_WORDS[name](value) for name, value in named(SA, data)]
    words.sort(key=lambda word: word[0] == "sel")       # has all behind it
    return " ".join(["sa add"] + sum(words, []))


def transform_words(data):
    has = dict(named(XF, data))
    words = [PROTOCOL[number(has.pop("protocol"))],
             MODE[number(has.pop("mode"))]]
    if "src" in has:
        words += [address(has.pop("src")), address(has.pop("dst"))]
    if has:
        raise KeyError(f"no word for {list(has)} of a transform")
    return words


POLICY_WORDS = {
    "direction": lambda v: ["dir", DIRECTION[number(v)]],
    "priority": lambda v: ["prio", str(number(v))],
    "selector": selector_words,
    "action": lambda v: ["action", ACTION[number(v)]],
    "transform": transform_words,
}


def policy_line(data):
    """Transforms are behind the action, and the action behind all else."""
    words = [(("action", "transform").index(name) + 1
              if name in ("action", "transform") else 0,
              POLICY_WORDS[name](value)) for name, value in named(POL, data)]
    words.sort(key=lambda word: word[0])
    return " ".join(["policy add"] + sum((w for _, w in words), []))


LINES = {
    CMD["sa_new"]: sa_line,
    CMD["policy_new"]: policy_line,
    CMD["sa_flush"]: lambda data: "sa flush",
    CMD["policy_flush"]: lambda data: "policy flush",
}

# --- what is written down ---------------------------------------------------

# The reasons to drop are behind those that have an attribute.
COUNTERS = {**STATS, **{f"drop:{name}": max(STATS.values()) + value
                        for name, value in DROP.items()}}


class State:
    """An SA as it will be."""

    def __init__(self, data):
        has = dict(named(SA, data))
        self.dst, self.spi = address(has["dst"]), big(has["spi"])
        self.packets = self.bytes = self.sequence = 0
        self.drops = {}

    def __str__(self):
        drops = "".join(f" {n}={self.drops[n]}"
                        for n in sorted(self.drops, key=DROP.get))
        return f"{self.dst} {self.spi} {self.packets} {self.bytes} " \
               f"{self.sequence}{drops}"


class Record:
    """One packet, the pieces before it that count for nothing by themselves,
    which counters it moves, what of it reaches a socket (None: unknown)."""

    def __init__(self, what, packets, want, data):
        self.what, self.packets, self.want, self.data = \
            what, packets, want, data
        self.copy = False       # of the packet before it
        self.spent = None       # state of the SA, verdict, sequence number

    def key(self):
        """What goes into one group; copies come last."""
        return self.copy, tuple(sorted(self.want.items()))

    def lines(self):
        for packet in self.packets:
            if len(packet) > MTU:
                raise RuntimeError(f"{self.what}: {len(packet)} bytes")
            piece = packet is not self.packets[-1]
            yield f"{packet.hex()} # {'piece' if piece else self.what}\n"

    def settle(self):
        """The SA, once this packet was there."""
        if self.spent is None:
            return
        state, verdict, sequence = self.spent
        if verdict.spent:
            state.packets += 1
            state.bytes += verdict.bytes
            state.sequence = max(state.sequence, sequence)
        if verdict.reason:
            state.drops[verdict.reason] = \
                state.drops.get(verdict.reason, 0) + 1


class Recording:
    """What one test does."""

    def __init__(self, top, name):
        self.top, self.name = top, name
        os.mkdir(os.path.join(top, name))
        self.list = self.open("list")
        self.load = []          # lines not loaded yet
        self.pieces = []        # packets sent past the judge
        self.records = []       # of this report
        self.states = {}        # by the id of the SA
        self.known = True       # the states can be told
        self.files = 0

    def open(self, name):
        return open(os.path.join(self.top, self.name, name), "w",
                    encoding="ascii")

    def file(self, lines, suffix=""):
        """A file of these lines; its name."""
        self.files += not suffix
        name = f"{self.files:04}{suffix}"
        with self.open(name) as out:
            out.writelines(lines)
        return name

    def step(self, *words):
        print(*words, file=self.list)

    def request(self, cmd, data):
        self.load.append(LINES[cmd](data) + "\n")
        if cmd == CMD["sa_new"]:
            self.states[len(self.states) + 1] = State(data)
        elif cmd == CMD["sa_flush"]:
            self.known = False

    def packet(self, what, packet, want, data=None):
        if self.load:
            if self.records:
                raise RuntimeError(f"{what}: load within a report")
            self.step("load", self.file(self.load))
            self.load = []
        record = Record(what, self.pieces + [packet], want, data)
        self.pieces = []
        self.records.append(record)
        return record

    def group(self, records):
        want = [f"{COUNTERS[name]}={value}" for name, value in
                sorted(records[0].want.items(),
                       key=lambda item: COUNTERS[item[0]])]
        lines = [line for record in records for line in record.lines()]
        self.step("group", self.file(lines), len(lines), len(records), *want)
        data = [one.hex() + "\n" for record in records for one in record.data]
        if data:
            self.file(data, ".data")

    def settle(self, name):
        """All that was sent so far; each expectation is a group."""
        if self.pieces or len(self.records) > WINDOW:
            raise RuntimeError(f"{name}: can't be recorded so")
        groups = {}
        for record in self.records:
            if record.data is None:
                raise RuntimeError(f"{name}, {record.what}: nobody says what "
                                   "becomes of it")
            record.settle()
            groups.setdefault(record.key(), []).append(record)
        for key in sorted(groups, key=lambda key: key[0]):
            self.group(groups[key])
        self.records = []

    def unchanged(self, what):
        self.step("remember")
        self.settle(what)
        self.step("unchanged")

    def report(self, name, sas=False):
        """sas: it says what they are."""
        self.settle(name)
        if sas:
            if not self.known:
                raise RuntimeError(f"{name}: the SAs can't be told")
            self.step("sas", self.file(sorted(
                f"{state}\n" for state in self.states.values())))
        self.step("report", name)


# --- who stands in ----------------------------------------------------------


class Genl:
    def __init__(self, recording):
        self.recording = recording

    def request(self, cmd, data=b""):
        self.recording.request(cmd, data)
        reply = nllib.Reply()
        if cmd == CMD["sa_new"]:
            reply.messages = [nllib.u32(SA["id"],
                                        len(self.recording.states))]
        elif cmd == CMD["policy_new"]:
            reply.messages = [nllib.u32(POL["id"], 1)]
        return reply

    @staticmethod
    def stats():
        return {}

    @staticmethod
    def sas():
        return []


class Wire:
    recording = None            # of the test that is under way

    def __init__(self):
        self.nl = Genl(self.recording)

    def send(self, packet):
        self.recording.pieces.append(packet)

    def receives(self, addresses):
        """Nobody listens, so nobody needs them."""

    def forwards(self):
        if self.recording.records:
            raise RuntimeError("another way within a report")
        self.recording.step("forwards")

    def close(self):
        pass


class Came:
    """Equals all, and what it is compared with is what must have come."""

    def __init__(self, record):
        self.record = record

    def __eq__(self, data):
        if self.record.data is not None:
            raise RuntimeError(f"{self.record.what}: more than one datagram")
        self.record.data = [data]
        return True


class Receiver:
    def __init__(self, wire, address, port=4001):
        self.recording = wire.recording

    @staticmethod
    def get():
        return None

    def wait(self):
        return Came(self.recording.records[-1])

    def close(self):
        pass


class RawReceiver:
    """Nobody listens in the guest: all that a test asks for came."""

    def __init__(self, wire, protocol, six):
        pass

    @staticmethod
    def get():
        return None

    @staticmethod
    def wait():
        return b""

    def close(self):
        pass


class Judge(judgelib.Judge):
    def __init__(self, wire):
        super().__init__(wire)
        self.recording = wire.recording
        self.tell_sas = False

    def drop(self, what, reason, packet, family=None):
        self.recording.packet(what, packet, {f"drop:{reason}": 1}, [])

    def all_drop(self, what, reason, packets):
        for packet in packets:
            self.drop(f"{what}, {len(packet)} bytes", reason, packet)

    def accept(self, what, packet, also=None, layers=1):
        want = {"in_packets": layers} if layers else {}
        want.update(also or {})
        self.recording.packet(what, packet, want)
        self.recording.known = False

    def counts(self, what, want, packet):
        self.recording.packet(what, packet, want, [])
        self.recording.known = False

    def compare(self, what, want, seen=None):
        raise RuntimeError(f"{what}: can't be recorded")

    def told(self, what, act, error=0):
        raise RuntimeError(f"{what}: can't be recorded")

    def unchanged(self, what):
        self.recording.unchanged(what)

    def report(self, name):
        if self.faults:
            raise RuntimeError(f"{name}: {self.faults[0]}")
        self.recording.report(name, self.tell_sas)
        self.tell_sas = False


def stand_in():
    """Whoever imports these from now on gets them from here."""
    wirelib.Wire, judgelib.Judge = Wire, Judge
    wirelib.Receiver, wirelib.RawReceiver = Receiver, RawReceiver
    badlib.finish = lambda: None
    import rfc4303      # builds upon the judge above

    class Exact(rfc4303.Exact):
        def _look(self):
            return {}

        def _others(self):
            return []

        def _send(self, what, packet, verdict, seq, data=None, also=(),
                  copy=False):
            packet = ip(self.sa.src, self.sa.dst, rfc4303.ESP, packet)
            record = self.recording.packet(
                what, packet, verdict.counters(dict(also)),
                [] if data is None else [data])
            record.spent = self.recording.states[self.sa.id], verdict, seq
            record.copy = copy

        def report(self, name):
            self.tell_sas = True
            super().report(name)

    rfc4303.Exact = Exact


# --- netlink ----------------------------------------------------------------

NUMBER = {name: number for number, name in badlib.ERRNO.items()}


class Talk:
    """What one test of netlink says, and the answers that it gets."""

    def __init__(self, top, name):
        os.mkdir(os.path.join(top, name))
        self.name, self.sockets, self.state = name, 0, None
        self.lines = open(os.path.join(top, name, "talk"), "w",
                          encoding="ascii")
        self.answers = [answer for line in badlib.answers_read(name)
                        for times, answer in (line.split(" ", 1),)
                        for _ in range(int(times))]
        with open(os.path.join(top, name, "answers"), "w",
                  encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in self.answers)

    def say(self, *words):
        print(*words, file=self.lines)

    def next_is(self, kind):
        return self.answers[:1] and self.answers[0].startswith(kind)

    def hear(self, kind=""):
        """The next answer, without the word that it begins with."""
        if not self.next_is(kind):
            raise RuntimeError(
                f"bad/{self.name}.answers has {self.answers[:1]} in the place "
                f"of '{kind}': it must be made anew on x86-64")
        return self.answers.pop(0)[len(kind):]

    def result(self, name, _):
        self.say("report", name)
        if self.hear("report ") != name:
            raise RuntimeError(f"{name} is not the next in the answers")

    def in_child(self, function):
        state = self.state
        self.say("child")
        function()
        self.say("end")
        self.state = state
        return []

    def end(self, name):
        if self.answers or name != self.name:
            raise RuntimeError(f"{len(self.answers)} answers are left over")
        self.lines.close()


class TalkGenl:
    """A netlink socket as the tests know it."""

    talk = None                 # of the test that is under way
    heard = None

    def __init__(self):
        self.talk.sockets += 1
        self.number = self.talk.sockets
        self.say("open")

    def say(self, what, *words):
        self.talk.say(what, self.number, *words)

    def request(self, cmd, data=b"", flags=0, tail=b""):
        self.say("request", cmd, flags, (data + tail).hex() or "-")
        error, offset, _, told, *_ = self.talk.hear().split(" ", 4)
        reply = nllib.Reply()
        reply.error = NUMBER[error]
        reply.offset = None if offset == "-" else int(offset)
        if told != "-":
            reply.messages.append(nllib.uint(SA["id"], int(told)))
        return reply

    def batch(self, requests):
        self.say("batch", *(word for cmd, data in requests
                            for word in (cmd, data.hex() or "-")))
        return [NUMBER[word] for word in self.talk.hear("batch ").split()]

    def all(self):
        self.say("state")
        if self.talk.next_is("state "):
            number_of, *words = self.talk.hear("state ").split()
            self.talk.state = (number_of,), (number_of,), dict(
                zip(words[::2], map(int, words[1::2])))
        return self.talk.state

    def join(self, name):
        self.say("join", name)
        return NUMBER[self.talk.hear(f"join {name} ")]

    def listen(self):
        while self.talk.next_is("join "):
            self.join(self.talk.answers[0].split()[1])

    def hears(self, secret):
        self.talk.say("hears", secret.hex())
        return self.talk.hear("heard ") == "True"

    def wiped(self, _, at, length):
        self.talk.say("wiped", at, length)
        return self.talk.hear("wiped ") == "True"

    def drain(self):
        self.say("drain")

    def uncapped(self):
        self.say("uncapped")

    def close(self):
        self.say("close")


class TalkWire:
    """Has no other end."""

    a = b = None

    def __init__(self):
        self.nl = TalkGenl()

    def close(self):
        pass


def record_talks(top):
    wirelib.Wire, nllib.Genl = TalkWire, TalkGenl
    badlib.in_ns = lambda name, function: function()
    badlib.answers_begin = lambda: None
    for test in TALKS:
        name, *words = test.split()
        TalkGenl.talk = talk = Talk(top, name)
        badlib.answers_end, badlib.result = talk.end, talk.result
        badlib.in_child = talk.in_child
        badlib.lose_root = lambda talk=talk: talk.say("nobody")
        badlib.unshare = lambda flags, talk=talk: talk.say("unshare", flags)
        run(name, words)


def run(name, words):
    path = os.path.join(HERE, f"{name}.py")
    sys.argv = [path] + words
    runpy.run_path(path)


def main():
    top, order = sys.argv[1:]
    nllib.ORDER = {"big": ">", "little": "<"}[order]
    with open(os.path.join(top, "wire"), "w", encoding="ascii") as out:
        for name in WIRE:
            print(f"{name}={getattr(wirelib, name)}", file=out)
    with open(os.path.join(top, "counters"), "w", encoding="ascii") as out:
        for name, value in COUNTERS.items():
            print(value, name.replace("_", "-"), file=out)
    stand_in()
    for test in TESTS:
        name, *words = test.split()
        Wire.recording = Recording(top, name)
        run(name, words)
        Wire.recording.list.close()
    record_talks(top)


main()
