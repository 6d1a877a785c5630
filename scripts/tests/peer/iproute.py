#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""iproute.py record|iproute|iproute-vrf < TRANSCRIPT

What iproute.sh printed, without what only time and chance make: numbers, the
order of tables, the metric of an own address's route. `record` prints it, for
NAME.kernel: what ip(8) is told by ipv6.ko. NAME compares it with that, command
by command: our own IPv6 may tell ip what NAME.expected lists, with a reason
for each, and nothing else; ipv6.ko has to say again what it said."""
import difflib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MONITOR = "ip -6 -o monitor all"
CHANCE = [(re.compile(pattern, re.M), to) for pattern, to in (
    (r"\b\d+sec", "Nsec"),
    (r"^(\[\w+\](?:Deleted )?)?\d+: ", r"\1N: "),
    (r"^if\d+:", "ifN:"),
    (r"@if\d+", "@ifN"),
    (r"link-netns(id)? \S+", ""),
    (r"(age|idle_time) [\d.]+(sec)?", r"\1 N"),
    (r'"(ifindex|link_index|preferred_life_time|valid_life_time)":\d+',
     r'"\1":N'),
    (r"\b(used|expires|ifindex|iif|oif|reachable) -?\d+", r"\1 N"),
    (r"\b(num[tr]xqueues) \d+", r"\1 N"),
    (r"((?:^|\])(?:Deleted )?local .* proto kernel .*metric) (0|1024)\b",
     r"\1 own"),
    (r"[ \t]+$", ""))]
SAID_ANYWAY = ("We have an error talking to the kernel", "Command failed ",
               "Dump terminated")
# Neighbours and interfaces change by themselves, and each change is told; of an
# interface that was there before, only its end.
NAMELESS = re.compile(r"\[NETCONF\].*\bif[0-9]+ ")
BY_ITSELF = re.compile(
    r"d[89]\b|\bif\d+$|stable-privacy|local fe80|"
    r"\[LINK\].*(NO-CARRIER|LOWERLAYERDOWN)|"
    r"\[NEIGH\](?!(Deleted )?fd00:1::7|(Deleted )?fd00:1::80)")


def in_order(command, lines):
    """The entries of what is shown, each with its indented lines as one."""
    if "maddress" in command:
        return sorted(lines)
    if re.search(r" addr show|link show|ntable| -j ", command) or \
            not re.search("show|list", command):
        return lines
    entries = []
    for line in lines:
        if line[:1] in " \t" and entries:
            entries[-1] += line
        else:
            entries.append(line)
    return sorted(entries)


def monitored(lines):
    """What was told at least once, up to the last route."""
    seen = set()
    for line in lines:
        # An interface that had gone when ip looked for its name is "if4".
        if not BY_ITSELF.search(line) and not NAMELESS.search(line):
            seen.add(line)
        if "[ROUTE]fd00:fe::" in line:
            break
    return sorted(seen)


def blocks(text):
    """{number and name of a command: lines}; a name that comes again has the
    number of the time behind it."""
    out, times, name, lines = {}, {}, None, []

    def end():
        if name is None:
            return
        status = [lines.pop()] if lines and lines[-1].startswith("status ") \
            else []
        body = monitored(lines) if name == MONITOR else in_order(name, lines)
        times[name] = times.get(name, 0) + 1
        more = f" ({times[name]})" if times[name] > 1 else ""
        out[name + more] = body + status
    for line in text.splitlines():
        if line.startswith("$ "):
            end()
            name, lines = line[2:], []
        elif name is None or line.startswith("Bail out!"):
            print(line)
        elif not line.startswith(SAID_ANYWAY):
            lines.append(line)
    end()
    return out


def clean(text):
    for pattern, to in CHANCE:
        text = pattern.sub(to, text)
    return text


def read_expected(name):
    """{command: differing lines}, and commands without a reason."""
    expected, unexplained, command = {}, [], None
    try:
        with open(os.path.join(HERE, name + ".expected"),
                  encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        lines = []
    for line in lines:
        if line.startswith("== "):
            command = line[3:]
            expected[command] = []
            unexplained.append(command)
        elif line.startswith("#") and command in unexplained:
            unexplained.remove(command)
        elif line[:2] in ("< ", "> "):
            expected[command].append(line)
    return expected, unexplained


def differs(before, now):
    """The lines that only one of the two printed: < ipv6.ko, > this stack."""
    out = []
    match = difflib.SequenceMatcher(None, before, now, autojunk=False)
    for what, i, j, k, m in match.get_opcodes():
        if what != "equal":
            out += ["< " + line for line in before[i:j]]
            out += ["> " + line for line in now[k:m]]
    return out


def compare(name, said, ours):
    with open(os.path.join(HERE, name + ".kernel"), encoding="utf-8") as file:
        recorded = {}
        for block in re.split(r"^\$ ", file.read(), flags=re.M)[1:]:
            command, _, body = block.partition("\n")
            recorded[command] = body.splitlines()
    expected, unexplained = read_expected(name) if ours else ({}, [])
    failed = []
    print(f"1..{len(recorded) + 1}")
    for number, (command, lines) in enumerate(recorded.items(), 1):
        if command not in said:
            found, why = ["it was not asked"], "it was not asked"
        else:
            found, why = differs(lines, said[command]), "they differ"
        if found == expected.get(command, []):
            print(f"ok {number:03} {command}")
            continue
        failed.append(command)
        print(f"not ok {number:03} {command}: {why}")
        for line in [f"== {command}"] + found:
            print(f"# {line}")
    # Nothing is excused that isn't there any more, or without a reason.
    faults = [f"{c}: no reason" for c in unexplained] + \
        [f"{c}: not asked any more" for c in expected if c not in recorded] + \
        [f"{c}: not recorded" for c in said if c not in recorded]
    if faults:
        failed.append("list-of-differences")
        print(f"not ok list-of-differences: {'; '.join(faults)}")
    else:
        print("ok list-of-differences")
    if failed:
        print(f"# {len(failed)} differ: {', '.join(failed)}")
    return bool(failed)


def main():
    said = blocks(clean(sys.stdin.read()))
    if sys.argv[1] != "record":
        sys.exit(compare(sys.argv[1], said,
                         os.environ.get("SXT_IPV6") == "sextant"))
    for command, lines in said.items():
        print("\n".join(["$ " + command] + lines))


main()
