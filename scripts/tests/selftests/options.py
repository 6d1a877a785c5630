#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tries every option of every kind of AF_INET6 socket with values of all sorts.

For each option of each kind there is a line "same KIND LEVEL.OPTION DIGEST", where the digest is of all that setsockopt()
and getsockopt() answered: two stacks that behave alike print the same. What they answered stands in the lines before it.
"""
import errno
import hashlib
import socket
import struct

KINDS = [
    ('udp', socket.SOCK_DGRAM, 0),
    ('udplite', socket.SOCK_DGRAM, 136),
    ('ping', socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6),
    ('icmp', socket.SOCK_RAW, socket.IPPROTO_ICMPV6),
    ('raw', socket.SOCK_RAW, 200),
    ('any', socket.SOCK_RAW, socket.IPPROTO_RAW),
]
LEVELS = [
    ('ip', 0, range(1, 53)),
    ('udp', 17, [1, 10, 11, 100, 101, 102, 103, 104]),
    ('ipv6', 41, range(0, 84)),
    ('icmpv6', 58, range(0, 4)),
    ('udplite', 136, [1, 10, 11, 100]),
    ('raw', 255, range(0, 10)),
]
NUMBERS = [-2, -1, 0, 1, 2, 3, 4, 7, 8, 9, 20, 64, 128, 255, 256, 1279, 1280, 65535, 65536, 0x7fffffff, 0x01000000]
LENGTHS = [1, 2, 3, 5, 8, 16, 20, 24, 28, 32, 136, 144, 264, 272]
LO = 1


def structures():
    """Values that some option takes for good."""
    group = socket.inet_pton(socket.AF_INET6, 'ff02::1234')
    source = socket.inet_pton(socket.AF_INET6, '2001:db8::1')

    def sockaddr(addr):
        return (struct.pack('=HHI', socket.AF_INET6, 0, 0) + addr + bytes(4)).ljust(128, b'\0')
    yield 'mreq', group + struct.pack('=I', LO)
    yield 'mreq-0', group + struct.pack('=I', 0)
    yield 'mreq-99', group + struct.pack('=I', 99)
    yield 'own', socket.inet_pton(socket.AF_INET6, '::1') + struct.pack('=I', LO)
    yield 'pktinfo', source + struct.pack('=I', 0)
    yield 'pktinfo-lo', bytes(16) + struct.pack('=I', LO)
    yield 'group', struct.pack('=I4x', LO) + sockaddr(group)
    yield 'source', struct.pack('=I4x', LO) + sockaddr(group) + sockaddr(source)
    yield 'filter', struct.pack('=I4x', LO) + sockaddr(group) + struct.pack('=II', 1, 1) + sockaddr(source)
    yield 'options', bytes([59, 0, 1, 4, 0, 0, 0, 0])
    yield 'options-long', bytes([59, 1]) + bytes([1, 12]) + bytes(12)
    yield 'options-wrong', bytes([59, 1, 1, 4, 0, 0, 0, 0])
    yield 'rthdr0', bytes([59, 2, 0, 1]) + bytes(4) + source
    yield 'rthdr2', bytes([59, 2, 2, 1]) + bytes(4) + source
    yield 'label', source + struct.pack('=IBBHHHI', socket.htonl(0x12345), 0, 255, 1, 6, 6, 0)


def values():
    yield 'none', b''
    for number in NUMBERS:
        yield str(number), struct.pack('=i', number)
    for length in LENGTHS:
        yield 'zeros%d' % length, bytes(length)
    yield 'ones1', b'\x01'
    yield 'ff1', b'\xff'
    yield from structures()


def answer(call, *args):
    try:
        result = call(*args)
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e.errno))
    return 'ok' if result is None else result.hex() if isinstance(result, bytes) else str(result)


def attempts(kind, level, option, connected):
    for name, value in values():
        with socket.socket(socket.AF_INET6, *kind) as s:
            if connected:
                s.connect(('::1', 9))
            done = answer(s.setsockopt, level, option, value)
            got = [answer(s.getsockopt, level, option, room) for room in (1, 4, 20, 300)]
            yield '%s: %s, %s' % (name, done, ' '.join(got))


def main():
    for kind, *how in KINDS:
        for level_name, level, options in LEVELS:
            for option in options:
                digest = hashlib.sha256()
                for connected in (False, True) if level == 41 else (False,):
                    for line in attempts(how, level, option, connected):
                        line = '%s %s.%d %s%s' % (kind, level_name, option, 'connected ' if connected else '', line)
                        print(line)
                        digest.update(line.encode())
                print('same %s %s.%d %s' % (kind, level_name, option, digest.hexdigest()[:12]))


main()
