/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites of tuples: packets of both families, how they are read, and
 * what a tuple has to be.
 */
#ifndef SEXTANT_KUNIT_TUPLE_PACKET_H
#define SEXTANT_KUNIT_TUPLE_PACKET_H

#include <kunit/test.h>
#include <sextant/tuple.h>

#define ROOM	4096	/* for any packet that is built here */

/* What a tuple knows: the protocol; and ports; and type and code. */
#define P	SXT_TUPLE_PROTO
#define PP	(SXT_TUPLE_PROTO | SXT_TUPLE_PORTS)
#define PI	(SXT_TUPLE_PROTO | SXT_TUPLE_ICMP)

static const u8 ipv4_src[4] = { 192, 0, 2, 1 };
static const u8 ipv4_dst[4] = { 198, 51, 100, 254 };
static const u8 ipv6_src[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 ipv6_dst[16] = { 0x20, 0x01, 0x0d, 0xb8, 1, [15] = 0xfe };

/**
 * put_upper() - bytes of an upper layer: ports 0x1234 and 0xabcd, or type 0x12
 *	and code 0x34
 * @p: where to
 * @len: how many
 */
static inline void put_upper(u8 *p, u32 len)
{
	static const u8 upper[] = { 0x12, 0x34, 0xab, 0xcd };
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = i < sizeof(upper) ? upper[i] : (u8)i;
}

/**
 * put_ipv4() - an IPv4 packet
 * @p: where to
 * @ihl: length of its header in words, the options are "no operation"
 * @proto: protocol
 * @frag: flags and offset
 * @payload: bytes behind the header
 *
 * Return: its length.
 */
static inline u32 put_ipv4(u8 *p, u32 ihl, u8 proto, u16 frag, u32 payload)
{
	u32 total = ihl * 4 + payload;

	memset(p, 0, ihl * 4);
	p[0] = (u8)(0x40 | ihl);
	put_unaligned_be16((u16)total, p + 2);
	put_unaligned_be16(frag, p + 6);
	p[8] = 64;
	p[9] = proto;
	memcpy(p + 12, ipv4_src, 4);
	memcpy(p + 16, ipv4_dst, 4);
	memset(p + 20, 1, ihl * 4 - 20);
	put_upper(p + ihl * 4, payload);
	return total;
}

/**
 * letter_proto() - number of an extension header
 * @letter: as put_ipv6() has it
 *
 * Return: the number.
 */
static inline u8 letter_proto(char letter)
{
	switch (letter) {
	case 'h':
		return 0;
	case 'r':
		return 43;
	case 'd':
	case 'D':
		return 60;
	default:
		return 44;
	}
}

/**
 * put_ipv6() - an IPv6 packet
 * @p: where to
 * @chain: extension headers in letters: h hop-by-hop, r routing, d destination
 *	options, D the same of 24 bytes, a atomic fragment, f first fragment, n
 *	third fragment
 * @proto: what follows them
 * @payload: bytes of that
 *
 * Return: its length.
 */
static inline u32 put_ipv6(u8 *p, const char *chain, u8 proto, u32 payload)
{
	u32 next = 6, off = 40;

	memset(p, 0, 40);
	p[0] = 0x60;
	p[7] = 64;
	memcpy(p + 8, ipv6_src, 16);
	memcpy(p + 24, ipv6_dst, 16);
	for (; *chain; chain++) {
		u32 size = *chain == 'D' ? 24 : 8;

		p[next] = letter_proto(*chain);
		next = off;
		memset(p + off, 0, size);
		if (p[next] != 44)
			p[off + 1] = (u8)(size / 8 - 1);
		if (*chain == 'f')
			put_unaligned_be16(1, p + off + 2);
		if (*chain == 'n')
			put_unaligned_be16(2 << 3 | 1, p + off + 2);
		off += size;
	}
	p[next] = proto;
	put_upper(p + off, payload);
	put_unaligned_be16((u16)(off - 40 + payload), p + 4);
	return off + payload;
}

/**
 * read_packet() - read a packet of either version
 * @p: the packet
 * @len: bytes that are there
 * @total: its length
 * @t: the tuple, which starts as rubbish, and must not stay so
 * @info: where its headers are, likewise
 * @ipv6: by version 6, not 4
 *
 * Return: the verdict.
 */
static inline enum sxt_tuple_verdict
read_packet(const u8 *p, u32 len, u32 total, struct sxt_tuple *t,
	    struct sxt_hdr_info *info, bool ipv6)
{
	memset(t, 0xa5, sizeof(*t));
	memset(info, 0xa5, sizeof(*info));
	if (ipv6)
		return sxt_tuple_ipv6(p, len, total, t, info);
	return sxt_tuple_ipv4(p, len, total, t, info);
}

/**
 * expect_tuple() - it is this one to the last byte
 * @test: the test
 * @t: the tuple
 * @proto: protocol
 * @flags: SXT_TUPLE_*
 * @sport: source port, or type and code
 * @dport: destination port
 * @ipv6: of a packet of put_ipv6(), not put_ipv4()
 */
static inline void expect_tuple(struct kunit *test, const struct sxt_tuple *t,
				u8 proto, u8 flags, u16 sport, u16 dport,
				bool ipv6)
{
	struct sxt_tuple want;

	memset(&want, 0, sizeof(want));
	memcpy(want.src.b, ipv6 ? ipv6_src : ipv4_src, ipv6 ? 16 : 4);
	memcpy(want.dst.b, ipv6 ? ipv6_dst : ipv4_dst, ipv6 ? 16 : 4);
	want.family = ipv6 ? SXT_IPV6 : SXT_IPV4;
	want.proto = proto;
	want.flags = flags;
	want.sport = sport;
	want.dport = dport;
	KUNIT_EXPECT_EQ(test, t->proto, proto);
	KUNIT_EXPECT_EQ(test, t->flags, flags);
	KUNIT_EXPECT_EQ(test, t->sport, sport);
	KUNIT_EXPECT_EQ(test, t->dport, dport);
	KUNIT_EXPECT_MEMEQ(test, t, &want, sizeof(want));
	KUNIT_EXPECT_TRUE(test, sxt_tuple_equal(t, &want));
}

#endif /* SEXTANT_KUNIT_TUPLE_PACKET_H */
