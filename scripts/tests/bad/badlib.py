# SPDX-License-Identifier: GPL-2.0
"""What the tests of bad input share: results, events that are waited for, what
netlink has answered, namespaces. Packets are made in packets.py, SAs in
salib.py, a wire in wirelib.py; what a packet did is judged in judgelib.py."""
import ctypes
import errno
import functools
import itertools
import json
import os
import socket
import subprocess
import sys
import time

TOP = os.environ.get("SXT_TOP") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.abspath(__file__)))))
LIBC = ctypes.CDLL(None, use_errno=True)
# Seconds that an event may take in a slow guest.
WAIT = 100.0 if os.environ.get("SXT_FLAVOR") == "debug" else 20.0
PATIENCE = 0.002        # pause between two looks, the first ones; later 0.016


def in_full():
    """A long run, which shows all."""
    return os.environ.get("SXT_LONG") == "1"


def many(all_of_them, some):
    """Of what a flood is made: some are more than every limit takes."""
    return all_of_them if in_full() else some


def turn(number, who):
    """Whether it is that one's: two of a kind take every other value each, and
    in a long run both take all."""
    return number % 2 == who % 2 or in_full()


def same(before, after):
    """Which counters differ between two looks at them, and by how much."""
    return {k: after.get(k, 0) - before.get(k, 0)
            for k in set(before) | set(after)
            if after.get(k, 0) != before.get(k, 0)}


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
