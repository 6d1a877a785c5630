# SPDX-License-Identifier: GPL-2.0
"""IPv4, IPv6, UDP and ICMPv6, byte by byte."""
import struct

from badlib import ip_bytes


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
