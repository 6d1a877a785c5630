# SPDX-License-Identifier: GPL-2.0
"""Lists of rtnetlink for IPv6: what a list is filtered by."""
import errno
import struct

from badlib import attrs, result, u32
from rtnllib import FILTERED, GETADDR, GETMULTICAST, Rtnl, index

ENODEV = errno.ENODEV


def all_of(name, got, wanted):
    """Each of them is wanted and says that others may have been left out."""
    faults = [f"{name}: {m.body.hex()}" for m in got if not wanted(m.body)]
    if not got:
        faults.append(f"{name}: nothing")
    if any(not m.flags & FILTERED for m in got):
        faults.append(f"{name}: it does not say that it is filtered")
    return faults


def filters_of_addresses():
    faults = []
    strict, loose = Rtnl(strict=True), Rtnl()
    here = struct.pack("=4Bi", 10, 0, 0, 0, index())
    for what, kind in (("addresses", GETADDR), ("groups", GETMULTICAST)):
        _, got = strict.dump(kind, here)
        faults += all_of(what, got, lambda b: struct.unpack_from("=i", b, 4)[
            0] == index())
        if not any(struct.unpack_from("=i", m.body, 4)[0] != index()
                   for m in loose.dump(kind, here)[1]):
            faults.append(f"{what}: filtered without being strict")
        refused, _ = strict.dump(kind, struct.pack("=4Bi", 10, 0, 0, 0, 9999))
        if refused.errno != ENODEV:
            faults.append(f"{what} of no interface: {refused}")
        refused, got = strict.dump(kind, struct.pack(
            "=4Bi", 10, 0, 0, 0, 0) + u32(10, 0))
        # That of the wire's other end has this number.
        said = [dict(attrs(m.body[8:])) for m in got]
        if refused.errno or not said or any(
                a.get(10) != bytes(4) for a in said):
            faults.append(f"{what} of another namespace: {refused}, {said}")
    strict.close()
    loose.close()
    result("filters-of-addresses", faults)


def run():
    filters_of_addresses()
