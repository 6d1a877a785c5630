# SPDX-License-Identifier: GPL-2.0
"""What the tests of bad input share: two namespaces and a wire, raw netlink,
packets built byte by byte, and the comparison of all counters before and
after. Judges nothing by itself beyond that comparison; the names of reasons,
attributes and commands come out of the generated user header."""
import ctypes
import errno
import functools
import hmac
import itertools
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import time

# cryptography, which takes longest of all to import, comes with the first
# packet that needs it: ciphers().

TOP = os.environ.get("SXT_TOP") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__)))))
LIBC = ctypes.CDLL(None, use_errno=True)
WAIT = 20.0             # seconds that an event may take in a slow guest
PATIENCE = 0.002        # pause between two looks, the first ones; later 0.016


def in_full():
    """A long run, which shows all."""
    return os.environ.get("SXT_LONG") == "1"


def many(all_of_them, some):
    """Of what a flood is made: some are more than every limit takes."""
    return all_of_them if in_full() else some


# --- results ---------------------------------------------------------------

_seen = {}


def result(name, faults):
    """One line for one named behaviour; faults is a list of sentences."""
    # Where a file's time goes, for who keeps what the guest says.
    print(f"# until {time.clock_gettime(time.CLOCK_BOOTTIME):.2f}: {name}")
    if name in _seen:
        faults = list(faults) + ["the name stands for two tests"]
    _seen[name] = not faults
    note(f"report {name}")
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        print(f"not ok {name}: {faults[0]}{more}", flush=True)
        for fault in faults[:20]:
            print(f"# {fault}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def skip(name, why):
    _seen[name] = True
    print(f"skip {name}: {why}", flush=True)


def finish():
    if not _seen:
        print("not ok no-tests: nothing was tested", flush=True)
        sys.exit(1)
    print(f"1..{len(_seen)}", flush=True)
    sys.exit(0 if all(_seen.values()) else 1)


def wait_for(what, look, timeout=WAIT):
    """Wait until look() is true; False when the time is over."""
    end, pause = time.monotonic() + timeout, PATIENCE
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > end:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 8 * PATIENCE)


# --- what netlink answers ---------------------------------------------------
#
# Between answers_begin() and answers_end() each answer is a line, and they must
# be those in bad/NAME.answers, which every architecture gives: recorded.py asks
# the same where there is no Python.

ERRNO = {**errno.errorcode, 0: "0", errno.EOPNOTSUPP: "EOPNOTSUPP"}
_answers = None
_states = []
_state = 0              # the last one told of


def note(line):
    if _answers is not None:
        _answers.append(line)


def note_state(state):
    """A line where SAs, policies and counters are not what they were at the
    last look: which of all states there have been, from 1."""
    global _state
    if _answers is None:
        return
    if state not in _states:
        _states.append(state)
    if _states.index(state) + 1 == _state:
        return
    _state = _states.index(state) + 1
    note(f"state {_state}" + "".join(
        f" {name} {state[2][name]}" for name in ("generation", "sas",
                                                 "policies")))


def answers_begin():
    global _answers
    _answers = []


def answers_path(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        f"{name}.answers")


def answers_read(name):
    """The lines of the file: of each its number, where several are the same,
    and the answer."""
    with open(answers_path(name), encoding="ascii") as file:
        return [line.rstrip("\n") for line in file
                if not line.startswith("#")]


def answers_end(name):
    """What the file should be is told as a patch of it, behind "#|"."""
    global _answers
    import difflib
    got, _answers = _answers, None
    got = [f"{len(list(same))} {line}"
           for line, same in itertools.groupby(got)]
    wanted = answers_read(name)
    difference = list(difflib.unified_diff(
        wanted, got, "wanted", "got", lineterm=""))
    result(f"answers-of-{name}", difference and [
        f"{len(difference)} lines unlike bad/{name}.answers"])
    for line in difference:
        print(f"#| {line}", flush=True)


# --- the generated header --------------------------------------------------


def _read_header():
    names, value = {}, 0
    path = os.path.join(TOP, "uapi/linux/sextant.h")
    with open(path, encoding="utf-8") as header:
        for line in header:
            if re.match(r"\s*enum\b.*\{", line):
                value = 0
            m = re.match(r"\s*(SEXTANT_\w+)(?:\s*=\s*(-?\d+))?,?$", line)
            if m:
                value = int(m[2]) if m[2] else value
                names[m[1]] = value
                value += 1
            m = re.match(r"#define\s+(SEXTANT_\w+)\s+(\d+)\s*$", line)
            if m:
                names[m[1]] = int(m[2])
    return names


H = _read_header()
DROP = {n[len("SEXTANT_DROP_"):].lower().replace("_", "-"): v
        for n, v in H.items() if n.startswith("SEXTANT_DROP_")}
DROP_NAME = {v: n for n, v in DROP.items()}
SA = {n[len("SEXTANT_A_SA_"):].lower(): v for n, v in H.items()
      if n.startswith("SEXTANT_A_SA_")}
POL = {n[len("SEXTANT_A_POLICY_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_POLICY_")}
SEL = {n[len("SEXTANT_A_SELECTOR_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_SELECTOR_")}
XF = {n[len("SEXTANT_A_TRANSFORM_"):].lower(): v for n, v in H.items()
      if n.startswith("SEXTANT_A_TRANSFORM_")}
STATS = {n[len("SEXTANT_A_STATS_"):].lower(): v for n, v in H.items()
         if n.startswith("SEXTANT_A_STATS_")}
STATS_NAME = {v: n for n, v in STATS.items()}
TXN = {n[len("SEXTANT_A_TRANSACTION_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_A_TRANSACTION_")}
CMD = {n[len("SEXTANT_CMD_"):].lower(): v for n, v in H.items()
       if n.startswith("SEXTANT_CMD_")}

# --- namespaces ------------------------------------------------------------

CLONE_NEWNET = 0x40000000


def sh(*words, check=True, stdin=None):
    done = subprocess.run(words, capture_output=True, text=True, check=False,
                          input=stdin)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done


def ip_all(ns, *lines):
    """ip does all of it in a namespace, in one process: starting one costs
    more than what it does. It ends with the first that fails."""
    sh("ip", "-n", ns, "-batch", "-", stdin="\n".join(lines) + "\n")


NOBODY = 65534
CLONE_NEWUSER = 0x10000000


def in_child(function):
    """Run it in a process of its own; the faults that it finds come back."""
    end, far = os.pipe()
    child = os.fork()
    if not child:
        os.close(end)
        before = len(_answers or [])
        try:
            faults = function()
        except Exception as error:      # it must be told, whatever it is
            faults = [f"{type(error).__name__}: {error}"]
        os.write(far, json.dumps(
            [faults, (_answers or [])[before:]]).encode())
        os._exit(0)
    os.close(far)
    with os.fdopen(end) as pipe:
        faults, answers = json.loads(pipe.read())
    os.waitpid(child, 0)
    for line in answers:
        note(line)
    return faults


def lose_root():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def unshare(flags):
    if LIBC.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def in_ns(name, function):
    """Call function() in a network namespace and come back."""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        if LIBC.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        return function()
    finally:
        if LIBC.setns(here, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns back")
        os.close(there)
        os.close(here)


A4, B4 = "10.9.0.1", "10.9.0.2"
A6, B6 = "fd09::1", "fd09::2"
NET_A4, NET_B4 = "10.91.0.1", "10.92.0.1"
NET_A6, NET_B6 = "fd91::1", "fd92::1"
BEYOND6 = "fd94::9"     # where B forwards to, once it does


@functools.lru_cache(maxsize=None)
def ip_bytes(text):
    """By the C library: Python's own ipaddress takes twenty times as long, and
    there are two in each packet."""
    return socket.inet_pton(
        socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def family_of(address):
    return 6 if ":" in address else 4


def namespace(ns):
    """A new one, where nothing is sent that would disturb the counts."""
    sh("ip", "netns", "del", ns, check=False)
    sh("ip", "netns", "add", ns)
    sysctl(ns, *(f"net.ipv6.conf.{dev}.{key}=0" for dev in ("all", "default")
                 for key in ("accept_dad", "router_solicitations",
                             "autoconf")),
           "net.ipv6.conf.default.addr_gen_mode=1",
           "net.ipv4.conf.all.rp_filter=0",
           "net.ipv4.conf.default.rp_filter=0")


def sysctl(ns, *words):
    """NAME=VALUE as sysctl(8) takes it, in a namespace, by no process."""
    def write():
        for word in words:
            name, value = word.split("=", 1)
            with open(f"/proc/sys/{name.replace('.', '/')}", "w",
                      encoding="ascii") as file:
                file.write(value)
    in_ns(ns, write)


def refusals(ns):
    """How many packets our own IPv6 has refused there, for which reasons."""
    def read():
        with open("/proc/thread-self/net/drops6", encoding="ascii") as file:
            return {k: int(v) for k, v in map(str.split, file)}
    return in_ns(ns, read)


MAC_A, MAC_B = "02:00:00:00:09:01", "02:00:00:00:09:02"


class Wire:
    """Namespaces A (who sends by hand) and B (who runs Sextant)."""

    def __init__(self, a="bada", b="badb", mtu=9000):
        self.a, self.b = a, b
        for ns in (a, b):
            namespace(ns)
        sh("ip", "link", "add", "va", "netns", a, "mtu", str(mtu), "address",
           MAC_A, "type", "veth", "peer", "name", "vb", "netns", b, "mtu",
           str(mtu), "address", MAC_B)
        ip_all(a, self.lines("va", (A4, A6, NET_A4, NET_A6),
                             (B4, B6, NET_B4, NET_B6), MAC_B))
        ip_all(b, self.lines("vb", (B4, B6, NET_B4, NET_B6),
                             (A4, A6, NET_A4, NET_A6), MAC_A))
        self.head = bytes.fromhex((MAC_B + MAC_A).replace(":", ""))
        self.sock = in_ns(a, lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, 0))
        self.sock.bind(("va", 0))
        self.nl = in_ns(b, Genl)
        self.settle()

    @staticmethod
    def lines(dev, here, there, mac):
        """One end: addresses on the wire and behind, routes, neighbours."""
        four, six, in4, in6 = here
        return f"""addr add {four}/24 dev {dev}
            addr add {six}/64 dev {dev} nodad
            addr add {in4}/32 dev lo
            addr add {in6}/128 dev lo nodad
            link set lo up
            link set {dev} up
            route add {there[2]}/32 via {there[0]}
            route add {there[3]}/128 via {there[1]}
            neigh replace {there[0]} lladdr {mac} dev {dev}
            neigh replace {there[1]} lladdr {mac} dev {dev}
            """

    def settle(self):
        """Both carriers up, addresses usable."""
        for ns, dev in ((self.a, "va"), (self.b, "vb")):
            if not wait_for("carrier", lambda n=ns, d=dev: "LOWER_UP" in
                            sh("ip", "-n", n, "link", "show", "dev",
                               d).stdout):
                raise RuntimeError(f"{dev} does not come up")

    def send(self, packet, family=None):
        """One IP packet, as it is, on the wire from A to B."""
        if family is None:
            family = 6 if packet and packet[0] >> 4 == 6 else 4
        ethertype = b"\x86\xdd" if family == 6 else b"\x08\x00"
        self.sock.send(self.head + ethertype + packet)

    def receives(self, addresses):
        """B has these IPv4 addresses, too."""
        ip_all(self.b, "".join(f"addr add {one}/32 dev lo\n"
                               for one in addresses))

    def forwards(self):
        """B is a router from now on, into a network where nobody is."""
        ip_all(self.b, f"""link add beyond type dummy
            link set beyond up
            route add {BEYOND6}/128 dev beyond
            """)
        sysctl(self.b, "net.ipv6.conf.all.forwarding=1")

    def close(self):
        self.sock.close()
        self.nl.close()
        for ns in (self.a, self.b):
            sh("ip", "netns", "del", ns, check=False)


# --- netlink ---------------------------------------------------------------

NLM_F_REQUEST, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP = 1, 4, 8, 0x300
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
NLA_F_NESTED = 0x8000
ORDER = "="             # of bytes in messages, as struct has it


def pack(form, *values):
    return struct.pack(ORDER + form, *values)


def attr(kind, data):
    return pack("HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


def u32(kind, value):
    return attr(kind, pack("I", value))


def be32(kind, value):
    return attr(kind, struct.pack(">I", value))


def uint(kind, value):
    return attr(kind, pack("I" if value < 2**32 else "Q", value))


def text(kind, value):
    return attr(kind, value.encode() + b"\0")


def flag(kind):
    return attr(kind, b"")


def nest(kind, data):
    return attr(kind | NLA_F_NESTED, data)


def places(data):
    """(type, where it begins, where the next one does) of each attribute."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from(ORDER + "HH", data, at)
        end = at + max((length + 3) & ~3, 4)
        yield kind & 0x3fff, at, end
        at = end


def attrs(data):
    """(type, payload) of each attribute."""
    out, at = [], 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from(ORDER + "HH", data, at)
        if length < 4:
            break
        out.append((kind & 0x3fff, data[at + 4:at + length]))
        at += (length + 3) & ~3
    return out


def number(data):
    return int.from_bytes(data, "big" if ORDER == ">" else sys.byteorder)


class Reply:
    """What the kernel said: errno (0 is good), sentence, attribute, data."""

    def __init__(self):
        self.error, self.sentence = 0, ""
        self.offset = self.missing = self.echo = None
        self.messages = []

    def __str__(self):
        return f"{errno.errorcode.get(self.error, self.error)} " \
               f"'{self.sentence}'"

    def note(self):
        """errno, where the attribute at fault is, which one is missing, the
        number of what is told of, the sentence."""
        told = [number(value) for kind, value in attrs(
            (self.messages or [b""])[0]) if kind == 1 and len(value) in (4, 8)]
        words = [ERRNO[self.error], self.offset, self.missing, (told or [None])[0]]
        note(" ".join("-" if word is None else str(word) for word in words) +
             f" {self.sentence}".rstrip())


class Genl:
    """A generic netlink socket, opened in the namespace of the caller. The
    kernel makes the parts of a list as large as the buffer was at most."""

    heard = None        # all bytes that came to any of them, if it is bytes

    def __init__(self, buffer=1 << 18):
        self.buffer = buffer
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        self.sock.settimeout(WAIT)
        for option in (10, 11):         # NETLINK_CAP_ACK, NETLINK_EXT_ACK
            self.sock.setsockopt(270, option, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.seq = 0
        self.raw = b""                  # all bytes of the last answers
        self.family = self._resolve()

    def close(self):
        self.sock.close()

    def _resolve(self):
        self.family = 16                # nlctrl
        reply = self._ask(3, text(2, "sextant"))
        if reply.error:
            raise RuntimeError(f"no family sextant: {reply}")
        return dict((k, number(v)) for k, v in attrs(
            reply.messages[0]) if k == 1)[1]

    def send(self, cmd, data=b"", flags=0, family=None, tail=b""):
        """tail is put behind the last attribute, unaligned or not."""
        self.sock.send(self._message(cmd, data + tail, flags, family))
        return self.seq

    def _message(self, cmd, data, flags, family=None):
        self.seq += 1
        family = self.family if family is None else family
        return struct.pack("=IHHIIBBH", 20 + len(data), family,
                           NLM_F_REQUEST | flags, self.seq, 0, cmd, 1, 0) + \
            data

    def receive(self, seq, dump=False):
        reply = Reply()
        self.raw = b""
        while True:
            data, at = self.sock.recv(self.buffer), 0
            self.raw += data
            if Genl.heard is not None:
                Genl.heard += data
            while at + 16 <= len(data):
                length, kind, flags, got, _ = struct.unpack_from(
                    "=IHHII", data, at)
                body = data[at + 16:at + length]
                at += (length + 3) & ~3
                if got != seq:
                    continue
                if kind == 2 or kind == 3:
                    reply.error = -struct.unpack_from("=i", body)[0]
                    skip = 20 if kind == 2 else 4
                    if kind == 2 and not flags & 0x100:     # NLM_F_CAPPED
                        length, = struct.unpack_from("=I", body, 4)
                        reply.echo = body[24:4 + length]
                        skip = 4 + (length + 3 & ~3)
                    if flags & 0x200:   # NLM_F_ACK_TLVS
                        self._extack(reply, body[skip:])
                    return reply
                reply.messages.append(body[4:])
                if not dump and not flags & 2 and kind != self.family \
                        and kind != 16:
                    return reply

    @staticmethod
    def _extack(reply, data):
        for kind, value in attrs(data):
            if kind == 1:
                reply.sentence = value.rstrip(b"\0").decode()
            elif kind == 2:
                reply.offset = number(value)
            elif kind == 5:
                reply.missing = number(value)

    def _ask(self, cmd, data=b"", flags=0, tail=b""):
        seq = self.send(cmd, data, flags | NLM_F_ACK, tail=tail)
        return self.receive(seq)

    def request(self, cmd, data=b"", flags=0, tail=b""):
        reply = self._ask(cmd, data, flags, tail)
        reply.note()
        return reply

    def batch(self, requests):
        """Several (command, attributes) in one buffer: errno of each."""
        messages = [self._message(cmd, data + b"\0" * (-len(data) % 4),
                                  NLM_F_ACK) for cmd, data in requests]
        self.sock.send(b"".join(messages))
        first = self.seq - len(messages) + 1
        errors = [self.receive(first + n).error for n in range(len(messages))]
        note("batch " + " ".join(ERRNO[error] for error in errors))
        return errors

    def uncapped(self):
        """From now on errors come with all of the request."""
        self.sock.setsockopt(270, 10, 0)

    def wiped(self, reply, at, length):
        """So many bytes of the request's attributes came back as zeroes; None:
        they did not come back."""
        there = reply.echo is not None and len(reply.echo) >= at + length
        wiped = not any(reply.echo[at:at + length]) if there else None
        note(f"wiped {wiped}")
        return wiped

    def hears(self, secret):
        """Eight bytes of it in a row have come, by any socket."""
        out = any(secret[at:at + 8] in Genl.heard
                  for at in range(len(secret) - 7))
        note(f"heard {out}")
        return out

    def drain(self):
        """All events that lie there."""
        self.sock.settimeout(0)
        try:
            while True:
                Genl.heard += self.sock.recv(self.buffer)
        except BlockingIOError:
            self.sock.settimeout(WAIT)

    def join(self, name):
        """Hear the events of a group; errno."""
        error = 0
        try:
            self.sock.setsockopt(270, 1, self.groups()[name])
        except OSError as refusal:
            error = refusal.errno
        note(f"join {name} {ERRNO[error]}")
        return error

    def groups(self):
        """Numbers of the multicast groups, by name."""
        seq = self.send(3, text(2, "sextant"), NLM_F_ACK, family=16)
        out = {}
        for kind, value in attrs(self.receive(seq).messages[0]):
            if kind == 7:
                for _, group in attrs(value):
                    one = dict(attrs(group))
                    out[one[1].rstrip(b"\0").decode()] = number(one[2])
        return out

    def listen(self):
        """Hear all events from now on."""
        for name in self.groups():
            if self.join(name):
                raise RuntimeError(f"can't hear of '{name}'")

    def events(self, last):
        """(command, attributes) of each, until last(them) is true."""
        out = []
        while True:
            data, at = self.sock.recv(1 << 18), 0
            while at + 16 <= len(data):
                length, kind = struct.unpack_from("=IH", data, at)
                if kind == self.family:
                    out.append((data[at + 16],
                                dict(attrs(data[at + 20:at + length]))))
                    if last(*out[-1]):
                        return out
                at += (length + 3) & ~3

    def dump(self, cmd):
        seq = self.send(cmd, b"", NLM_F_DUMP)
        return self.receive(seq, dump=True)

    # -- what is compared ---------------------------------------------------

    def stats(self):
        """All counters by name; reasons as 'drop:NAME'."""
        reply = self._ask(CMD["stats_get"])
        if reply.error:
            raise RuntimeError(f"stats: {reply}")
        out = {}
        for kind, value in attrs(reply.messages[0]):
            if kind == STATS["drops"]:
                pair = dict(attrs(value))
                reason = number(pair[H["SEXTANT_A_COUNT_DROP"]])
                out[f"drop:{DROP_NAME.get(reason, reason)}"] = number(
                    pair[H["SEXTANT_A_COUNT_PACKETS"]])
            else:
                out[STATS_NAME[kind]] = number(value)
        return out

    def _list(self, cmd, volatile):
        reply = self.dump(cmd)
        if reply.error:
            raise RuntimeError(f"dump: {reply}")
        return [[(k, v) for k, v in attrs(m) if k not in volatile]
                for m in reply.messages]

    def sas(self, but=("age", "idle", "drops", "memory")):
        return self._list(CMD["sa_get"], {SA[n] for n in but})

    def policies(self, but=("packets", "bytes", "drops")):
        return self._list(CMD["policy_get"], {POL[n] for n in but})

    def all(self):
        """SAs, policies and the generation: what a refusal must not touch."""
        state = self.sas(but=("age", "idle", "memory")), \
            self.policies(but=()), self.stats()
        note_state(state)
        return state


# --- adding SAs and policies -----------------------------------------------


@functools.lru_cache(maxsize=None)
def ciphers():
    from cryptography.hazmat.primitives import ciphers as base
    from cryptography.hazmat.primitives.ciphers import aead
    return base, aead


ALGS = {
    # name: key bytes, authentication key bytes, IV bytes, alignment
    "aes-gcm": (20, 0, 8, 4),
    "chacha20-poly1305": (36, 0, 8, 4),
    "aes-cbc-hmac-sha256": (16, 32, 16, 16),
    "null-hmac-sha256": (0, 32, 0, 4),
}
ICV = 16


def algs_here():
    """The algorithms of the command line, or all. The debug kernel is slow:
    it sees one with blocks and one without, and in a long run all."""
    if sys.argv[1:]:
        return sys.argv[1:]
    if os.environ.get("SXT_FLAVOR", "plain") == "plain" or in_full():
        return list(ALGS)
    return ["aes-gcm", "aes-cbc-hmac-sha256"]


def turn(number, who):
    """Whether it is that one's: two of a kind take every other value each, and
    in a long run both take all."""
    return number % 2 == who % 2 or in_full()


IN, OUT, FORWARD = 0, 1, 2


class Sa:
    """One SA of B and all that is needed to send through it by hand."""

    def __init__(self, alg, spi, src, dst, mode="transport", esn=False,
                 direction=IN, **more):
        self.alg, self.spi, self.mode, self.esn = alg, spi, mode, esn
        self.src, self.dst, self.direction = src, dst, direction
        self.more = more
        self.seq = 0
        self.rng = random.Random(f"{alg} {spi} {src} {dst}")
        self.key = self.rng.randbytes(ALGS[alg][0])
        self.auth = self.rng.randbytes(ALGS[alg][1])
        self.id = 0
        self.cipher = None

    def request(self):
        m = self.more
        data = u32(SA["direction"], self.direction)
        data += u32(SA["protocol"], m.get("proto", 50))
        data += be32(SA["spi"], self.spi)
        data += attr(SA["src"], ip_bytes(self.src))
        data += attr(SA["dst"], ip_bytes(self.dst))
        data += u32(SA["mode"], 1 if self.mode == "tunnel" else 0)
        data += text(SA["alg"], self.alg)
        if self.key:
            data += attr(SA["key"], self.key)
        if self.auth:
            data += attr(SA["auth_key"], self.auth)
        if self.esn:
            data += flag(SA["esn"])
        if m.get("window") == 0:
            m = {k: v for k, v in m.items() if k != "window"}
            data += flag(SA["window_off"])
        for name in ("window", "group", "soft_seconds"):
            if name in m:
                data += u32(SA[name], m[name])
        for name in ("sequence", "hard_packets", "soft_packets", "hard_bytes"):
            if name in m:
                data += uint(SA[name], m[name])
        if "selector" in m:
            data += nest(SA["selector"], m["selector"])
        if "name" in m:
            data += text(SA["name"], m["name"])
        return data

    def add(self, nl):
        reply = nl.request(CMD["sa_new"], self.request())
        if reply.error:
            raise RuntimeError(f"sa add {self.alg}: {reply}")
        self.id = number(dict(attrs(reply.messages[0]))[SA["id"]])
        return self

    # -- packets ------------------------------------------------------------

    def seal(self, seq, body, flip=None, iv=None):
        """ESP packet around body (payload, padding, trailer), ICV right."""
        _, _, iv_len, _ = ALGS[self.alg]
        low = struct.pack(">I", seq & 0xffffffff)
        high = struct.pack(">I", seq >> 32)
        spi = struct.pack(">I", self.spi)
        if iv is None:
            iv = self.rng.randbytes(iv_len)
        if self.alg in ("aes-gcm", "chacha20-poly1305"):
            if not self.cipher:
                aead = ciphers()[1]
                kind = aead.AESGCM if self.alg == "aes-gcm" else \
                    aead.ChaCha20Poly1305
                self.cipher = kind(self.key[:-4])
            aad = spi + (high if self.esn else b"") + low
            out = self.cipher.encrypt(self.key[-4:] + iv, body, aad)
            return spi + low + iv + out
        if self.alg == "aes-cbc-hmac-sha256":
            base = ciphers()[0]
            box = base.Cipher(base.algorithms.AES(self.key),
                              base.modes.CBC(iv)).encryptor()
            body = box.update(body) + box.finalize()
        head = spi + low + iv + body
        mac = hmac.new(self.auth, head + (high if self.esn else b""),
                       "sha256")
        return head + mac.digest()[:ICV]

    def body(self, payload, next_header, pad=None, pad_len=None):
        """Payload with padding and trailer; wrong ones if asked for."""
        align = ALGS[self.alg][3]
        if pad is None:
            pad = bytes(range(1, 1 + -(len(payload) + 2) % align))
        if pad_len is None:
            pad_len = len(pad)
        return payload + pad + bytes((pad_len, next_header))

    def esp(self, payload, next_header, seq=None, **wrong):
        if seq is None:
            self.seq += 1
            seq = self.seq
        return self.seal(seq, self.body(payload, next_header, **wrong))


def policy_request(direction, action, priority=10, selector=b"",
                   transforms=(), name=None):
    data = u32(POL["direction"], direction)
    data += u32(POL["priority"], priority)
    data += u32(POL["action"], H[f"SEXTANT_ACTION_{action.upper()}"])
    if selector:
        data += nest(POL["selector"], selector)
    for one in transforms:
        data += nest(POL["transform"], one)
    if name:
        data += text(POL["name"], name)
    return data


def add_policy(nl, direction, action, **more):
    reply = nl.request(CMD["policy_new"],
                       policy_request(direction, action, **more))
    if reply.error:
        raise RuntimeError(f"policy add: {reply}")
    return number(dict(attrs(reply.messages[0]))[POL["id"]])


def selector(src=None, dst=None, proto=None, dport=None, sport=None):
    """A selector's attributes; addresses are (first, last) or one address."""
    data = b""
    for name, value in (("src", src), ("dst", dst)):
        if value is None:
            continue
        first, last = value if isinstance(value, tuple) else (value, value)
        data += attr(SEL[f"{name}_first"], ip_bytes(first))
        data += attr(SEL[f"{name}_last"], ip_bytes(last))
    if proto is not None:
        data += u32(SEL["proto"], proto)
    for name, value in (("sport", sport), ("dport", dport)):
        if value is not None:
            data += u32(SEL[f"{name}_first"], value)
            data += u32(SEL[f"{name}_last"], value)
    return data


def transform(mode="transport", src=None, dst=None, group=None, spi=None):
    data = u32(XF["protocol"], 50)
    data += u32(XF["mode"], 1 if mode == "tunnel" else 0)
    if src:
        data += attr(XF["src"], ip_bytes(src)) + attr(XF["dst"], ip_bytes(dst))
    if group is not None:
        data += u32(XF["group"], group)
    if spi is not None:
        data += be32(XF["spi"], spi)
    return data


LISTS = ("sa_get", "policy_get")        # commands that are dumps, too


def every_request():
    """Each command with a request that is a good one where SA 1 and policy 1
    are there; of the end of a transaction, where one is under way."""
    return {
        "sa_new": Sa("aes-gcm", 0xb001, A4, B4).request(),
        "sa_get": uint(SA["id"], 1), "sa_del": uint(SA["id"], 1),
        "sa_flush": b"", "policy_new": policy_request(IN, "discard"),
        "policy_get": uint(POL["id"], 0),
        "policy_set": uint(POL["id"], 0) + u32(POL["enabled"], 0),
        "policy_del": uint(POL["id"], 1), "policy_flush": b"",
        "stats_get": b"", "transaction_begin": b"",
        "transaction_commit": b"", "transaction_abort": b"",
    }


def flush(nl):
    for cmd in ("policy_flush", "sa_flush"):
        reply = nl.request(CMD[cmd])
        if reply.error:
            raise RuntimeError(f"{cmd}: {reply}")


# --- packets ---------------------------------------------------------------


def checksum(data):
    """RFC 1071. The sum that carries around is what is left of the whole
    number by 0xffff, with 0xffff for 0 but where all bytes are 0."""
    if len(data) % 2:
        data += b"\0"
    value = int.from_bytes(data, "big")
    return 0xffff - (value % 0xffff or (0xffff if value else 0))


def ipv4(src, dst, proto, payload, tos=0, ttl=64, frag=0, ident=1, ihl=5,
         total=None, options=b""):
    if total is None:
        total = 20 + len(options) + len(payload)
    head = struct.pack(">BBHHHBBH4s4s", 0x40 | ihl, tos, total, ident, frag,
                       ttl, proto, 0, ip_bytes(src), ip_bytes(dst)) + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(src, dst, proto, payload, tos=0, hop=64, length=None):
    if length is None:
        length = len(payload)
    return struct.pack(">IHBB16s16s", 6 << 28 | tos << 20, length, proto, hop,
                       ip_bytes(src), ip_bytes(dst)) + payload


def ip(src, dst, proto, payload, **more):
    if ":" in src:
        return ipv6(src, dst, proto, payload, **more)
    return ipv4(src, dst, proto, payload, **more)


def udp(src, dst, payload, sport=4000, dport=4001):
    """A UDP datagram, checksum right."""
    length = 8 + len(payload)
    data = struct.pack(">HHHH", sport, dport, length, 0) + payload
    if ":" in src:
        pseudo = ip_bytes(src) + ip_bytes(dst) + struct.pack(
            ">IHBB", length, 0, 0, 17)
    else:
        pseudo = ip_bytes(src) + ip_bytes(dst) + struct.pack(
            ">BBH", 0, 17, length)
    value = checksum(pseudo + data) or 0xffff
    return data[:6] + struct.pack(">H", value) + data[8:]


def icmpv6(src, dst, kind, body, code=0):
    """An ICMPv6 message, checksum right."""
    data = struct.pack(">BBH", kind, code, 0) + body
    pseudo = ip_bytes(src) + ip_bytes(dst) + struct.pack(
        ">IHBB", len(data), 0, 0, 58)
    return data[:2] + struct.pack(">H", checksum(pseudo + data)) + data[4:]


class Receiver:
    """A UDP socket in B: proves that something arrived, and what."""

    def __init__(self, wire, address, port=4001):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = in_ns(wire.b, lambda: socket.socket(
            family, socket.SOCK_DGRAM))
        self.sock.bind((address, port))
        self.sock.setblocking(False)

    def get(self):
        """What lies there now, or None."""
        try:
            return self.sock.recv(65536)
        except BlockingIOError:
            return None

    def wait(self):
        return wait_for("datagram", self.get) or None

    def close(self):
        self.sock.close()


class RawReceiver(Receiver):
    """A socket in B for all packets of a protocol that are for it."""

    def __init__(self, wire, protocol, six):
        self.sock = in_ns(wire.b, lambda: socket.socket(
            socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW,
            protocol))
        self.sock.setblocking(False)


# --- the comparison --------------------------------------------------------


def same(before, after):
    """Which counters differ between two looks at them, and by how much."""
    return {k: after.get(k, 0) - before.get(k, 0)
            for k in set(before) | set(after)
            if after.get(k, 0) != before.get(k, 0)}


# Packets that are judged together at most; with SXT_ONE=1 each is alone, to
# find the one that is to blame.
TOGETHER = 1 if os.environ.get("SXT_ONE") == "1" else 64


def together(names):
    if len(names) == 1:
        return names[0]
    return f"{len(names)} packets, from '{names[0]}' to '{names[-1]}'"


class Judge:
    """Sends packets at B and says which of them did not do exactly what was
    expected of them: one reason counted once and nothing else changed."""

    def __init__(self, wire):
        self.wire, self.nl = wire, wire.nl
        self.faults = []
        self.reason, self.dropped = None, []    # sent, and not judged yet
        self.now, self.sas = self.nl.stats(), None

    def drop(self, what, reason, packet, family=None):
        """The packet must be refused for this reason, and no other. Those for
        one reason that follow each other are judged together, when anything
        else is: each look at the counters takes longer than a packet."""
        if reason != self.reason:
            self.settle()
        self.reason = reason
        self.dropped.append(what)
        self.wire.send(packet, family)
        if len(self.dropped) >= TOGETHER:
            self.settle()

    def settle(self):
        """All that drop() has sent was refused, and nothing else happened.
        Whoever looks at what a packet has not done must know that it came."""
        dropped, self.dropped = self.dropped, []
        if dropped:
            self.judge(dropped, {f"drop:{self.reason}": len(dropped)})

    def judge(self, names, want):
        """What was sent under these names has moved these counters."""
        return self.compare(together(names), want, self.moved(want))

    def moved(self, want, timeout=WAIT):
        """All counters, once these have moved by as much, or any by more."""
        def look():
            nonlocal seen
            seen = self.nl.stats()
            other = same(self.now, seen)
            return other == want or any(
                by > want.get(name, 0) for name, by in other.items())
        seen = self.now
        wait_for("count", look, timeout)
        return seen

    def all_drop(self, what, reason, packets):
        """As drop(), for many at once, and as many as there are."""
        self.settle()
        want = {f"drop:{reason}": len(packets)}
        for packet in packets:
            self.wire.send(packet)
        return self.compare(what, want, self.moved(want, 5))

    def accept(self, what, packet, also=None, layers=1):
        """The packet must be verified and accepted, by so many SAs."""
        want = {"in_packets": layers} if layers else {}
        want.update(also or {})
        return self.counts(what, want, packet)

    def counts(self, what, want, packet):
        """The packet must move these counters, and no others; or none."""
        self.settle()
        self.wire.send(packet)
        return self.compare(what, want, self.moved(want, WAIT if want else 0))

    def compare(self, what, want, seen=None):
        """These counters have moved since the last look, and no others."""
        self.settle()
        seen = seen or self.nl.stats()
        moved, self.now = same(self.now, seen), seen
        if moved == want:
            return True
        self.faults.append(f"{what}: wanted {want or 'nothing'}, got "
                           f"{moved or 'nothing'}")
        return False

    def told(self, what, act, error=0):
        """act() ends with this errno; 0: as it should."""
        self.settle()
        number = 0
        try:
            act()
        except OSError as refusal:
            number = refusal.errno
        if number != error:
            self.faults.append(f"{what}: the sender was told "
                               f"{errno.errorcode.get(number, number)}")

    def unchanged(self, what):
        """No SA has moved since watch(), or the last look."""
        self.settle()
        sas = self.nl.sas()
        if sas != self.sas:
            self.faults.append(f"{what}: an SA has changed")
        self.sas = sas

    def restart(self):
        self.settle()
        self.now = self.nl.stats()

    def watch(self):
        """As restart(), for who asks for unchanged() later."""
        self.restart()
        self.sas = self.nl.sas()

    def report(self, name):
        self.settle()
        result(name, self.faults)
        self.faults = []
        self.restart()
