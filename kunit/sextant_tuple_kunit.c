// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tuples: packets of each kind with what they show, chains of
 * IPv6 extension headers, limits, each truncation in front of a guard page,
 * each alignment, and the quick path against the full one.
 */
#include <kunit/test.h>

#include "../modules/policy/tuple.c"
#include "guard.h"

#define ROOM	4096

static const u8 ipv4_src[4] = { 192, 0, 2, 1 };
static const u8 ipv4_dst[4] = { 198, 51, 100, 254 };
static const u8 ipv6_src[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 ipv6_dst[16] = { 0x20, 0x01, 0x0d, 0xb8, 1, [15] = 0xfe };

/* Bytes of an upper layer: a port of 0x1234 or type 0x12, code 0x34, ... */
static void put_upper(u8 *p, u32 len)
{
	static const u8 upper[] = { 0x12, 0x34, 0xab, 0xcd };
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = i < sizeof(upper) ? upper[i] : (u8)i;
}

static u32 put_ipv4(u8 *p, u32 ihl, u8 proto, u16 frag, u32 payload)
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

static u8 letter_proto(char letter)
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

/*
 * A chain in letters: h hop-by-hop, r routing, d destination options, D the
 * same of 24 bytes, a atomic fragment, f first fragment, n third fragment.
 */
static u32 put_ipv6(u8 *p, const char *chain, u8 proto, u32 payload)
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

/* Reads by version; the tuple starts as rubbish, and must not stay so. */
static enum sxt_tuple_verdict read_packet(const u8 *p, u32 len, u32 total,
					  struct sxt_tuple *t,
					  struct sxt_hdr_info *info, bool ipv6)
{
	memset(t, 0xa5, sizeof(*t));
	memset(info, 0xa5, sizeof(*info));
	if (ipv6)
		return sxt_tuple_ipv6(p, len, total, t, info);
	return sxt_tuple_ipv4(p, len, total, t, info);
}

static void expect_tuple(struct kunit *test, const struct sxt_tuple *t,
			 u8 proto, u8 flags, u16 sport, u16 dport, bool ipv6)
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

#define P	SXT_TUPLE_PROTO
#define PP	(SXT_TUPLE_PROTO | SXT_TUPLE_PORTS)
#define PI	(SXT_TUPLE_PROTO | SXT_TUPLE_ICMP)

static const struct ipv4_param {
	const char *desc;
	u8 ihl;
	u8 proto;
	u16 frag;
	u16 payload;
	u8 flags;
	u16 sport;
	u16 dport;
} ipv4_params[] = {
	{ "udp", 5, 17, 0, 8, PP, 0x1234, 0xabcd },
	{ "tcp", 5, 6, 0, 20, PP, 0x1234, 0xabcd },
	{ "dccp", 5, 33, 0, 12, PP, 0x1234, 0xabcd },
	{ "sctp", 5, 132, 0, 12, PP, 0x1234, 0xabcd },
	{ "udplite", 5, 136, 0, 8, PP, 0x1234, 0xabcd },
	{ "icmp", 5, 1, 0, 8, PI, 0x1234, 0 },
	{ "icmpv6 over ipv4 has no type", 5, 58, 0, 8, P, 0, 0 },
	{ "esp has no ports", 5, 50, 0, 40, P, 0, 0 },
	{ "ah has no ports", 5, 51, 0, 40, P, 0, 0 },
	{ "protocol 0", 5, 0, 0, 8, P, 0, 0 },
	{ "protocol 44 is no extension header", 5, 44, 0, 8, P, 0, 0 },
	{ "protocol 60 is no extension header", 5, 60, 0, 8, P, 0, 0 },
	{ "protocol 255", 5, 255, 0, 8, P, 0, 0 },
	{ "udp behind 4 bytes of options", 6, 17, 0, 8, PP, 0x1234, 0xabcd },
	{ "udp behind 40 bytes of options", 15, 17, 0, 8, PP, 0x1234, 0xabcd },
	{ "don't fragment", 5, 17, 0x4000, 8, PP, 0x1234, 0xabcd },
	{ "reserved flag", 5, 17, 0x8000, 8, PP, 0x1234, 0xabcd },
	{ "first fragment", 5, 17, 0x2000, 8,
	  PP | SXT_TUPLE_FIRST, 0x1234, 0xabcd },
	{ "first fragment of icmp", 5, 1, 0x2000, 8,
	  PI | SXT_TUPLE_FIRST, 0x1234, 0 },
	{ "first fragment too short for ports", 5, 17, 0x2000, 3,
	  P | SXT_TUPLE_FIRST | SXT_TUPLE_STUB, 0, 0 },
	{ "second fragment", 5, 17, 0x2001, 8, P | SXT_TUPLE_FRAGMENT, 0, 0 },
	{ "last fragment", 5, 17, 0x0001, 8, P | SXT_TUPLE_FRAGMENT, 0, 0 },
	{ "fragment of greatest offset", 5, 6, 0x1fff, 8,
	  P | SXT_TUPLE_FRAGMENT, 0, 0 },
	{ "fragment of icmp", 5, 1, 0x0100, 8, P | SXT_TUPLE_FRAGMENT, 0, 0 },
	{ "udp without a byte", 5, 17, 0, 0, P | SXT_TUPLE_STUB, 0, 0 },
	{ "tcp of 3 bytes", 5, 6, 0, 3, P | SXT_TUPLE_STUB, 0, 0 },
	{ "tcp of 4 bytes", 5, 6, 0, 4, PP, 0x1234, 0xabcd },
	{ "icmp of 1 byte", 5, 1, 0, 1, P | SXT_TUPLE_STUB, 0, 0 },
	{ "icmp of 2 bytes", 5, 1, 0, 2, PI, 0x1234, 0 },
	{ "esp without a byte", 5, 50, 0, 0, P, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(ipv4, ipv4_params, desc);

static void ipv4_shows_what_it_has(struct kunit *test)
{
	const struct ipv4_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 size = p->ihl * 4 + p->payload;
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_EQ(test, size, put_ipv4(end - size, p->ihl, p->proto,
					     p->frag, p->payload));
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(end - size, size, size, &t, &info, false));
	expect_tuple(test, &t, p->proto, p->flags, p->sport, p->dport, false);
	KUNIT_EXPECT_EQ(test, info.upper, p->ihl * 4);
	KUNIT_EXPECT_EQ(test, info.insert, p->ihl * 4);
	KUNIT_EXPECT_EQ(test, info.next, 9);
	KUNIT_EXPECT_EQ(test, info.need, 0);
}

#define FIRST	SXT_TUPLE_FIRST
#define FRAG	SXT_TUPLE_FRAGMENT
#define CLAIM	(SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT | SXT_TUPLE_CLAIMED)

static const struct ipv6_param {
	const char *desc;
	const char *chain;
	u8 proto;
	u8 payload;
	u8 verdict;
	u8 shown;	/* protocol that the tuple has */
	u8 flags;
	u8 upper;
	u8 insert;
	u8 next;
} ipv6_params[] = {
	{ "udp", "", 17, 8, SXT_TUPLE_OK, 17, PP, 40, 40, 6 },
	{ "tcp", "", 6, 20, SXT_TUPLE_OK, 6, PP, 40, 40, 6 },
	{ "dccp", "", 33, 12, SXT_TUPLE_OK, 33, PP, 40, 40, 6 },
	{ "sctp", "", 132, 12, SXT_TUPLE_OK, 132, PP, 40, 40, 6 },
	{ "udplite", "", 136, 8, SXT_TUPLE_OK, 136, PP, 40, 40, 6 },
	{ "icmpv6", "", 58, 8, SXT_TUPLE_OK, 58, PI, 40, 40, 6 },
	{ "icmp over ipv6 has no type", "", 1, 8, SXT_TUPLE_OK, 1, P,
	  40, 40, 6 },
	{ "no next header", "", 59, 8, SXT_TUPLE_OK, 59, P, 40, 40, 6 },
	{ "no next header, no byte", "", 59, 0, SXT_TUPLE_OK, 59, P,
	  40, 40, 6 },
	{ "esp is the protocol", "", 50, 40, SXT_TUPLE_OK, 50, P, 40, 40, 6 },
	{ "ah is the protocol", "", 51, 40, SXT_TUPLE_OK, 51, P, 40, 40, 6 },
	{ "mobility is the protocol", "", 135, 8, SXT_TUPLE_OK, 135, P,
	  40, 40, 6 },
	{ "hip is the protocol", "", 139, 8, SXT_TUPLE_OK, 139, P, 40, 40, 6 },
	{ "shim6 is the protocol", "", 140, 8, SXT_TUPLE_OK, 140, P,
	  40, 40, 6 },
	{ "hop-by-hop", "h", 17, 8, SXT_TUPLE_OK, 17, PP, 48, 48, 40 },
	{ "routing", "r", 17, 8, SXT_TUPLE_OK, 17, PP, 48, 48, 40 },
	{ "destination options stay inside", "d", 17, 8, SXT_TUPLE_OK, 17, PP,
	  48, 40, 6 },
	{ "long destination options", "D", 17, 8, SXT_TUPLE_OK, 17, PP,
	  64, 40, 6 },
	{ "atomic fragment", "a", 17, 8, SXT_TUPLE_OK, 17, PP, 48, 48, 40 },
	{ "options before routing stay outside", "dr", 17, 8, SXT_TUPLE_OK, 17,
	  PP, 56, 56, 48 },
	{ "options on both sides of routing", "drd", 17, 8, SXT_TUPLE_OK, 17,
	  PP, 64, 56, 48 },
	{ "the order of RFC 8200", "hDrad", 6, 20, SXT_TUPLE_OK, 6, PP,
	  96, 88, 80 },
	{ "before esp", "hrd", 50, 8, SXT_TUPLE_OK, 50, P, 64, 56, 48 },
	{ "two options headers", "dd", 17, 8, SXT_TUPLE_OK, 17, PP,
	  56, 40, 6 },
	{ "eight headers", "hdrdrdrd", 17, 8, SXT_TUPLE_OK, 17, PP,
	  104, 96, 88 },
	{ "nine headers", "hdrdrdrdr", 17, 8, SXT_TUPLE_CHAIN, 0, 0, 0, 0, 0 },
	{ "hop-by-hop twice", "hh", 17, 8, SXT_TUPLE_CHAIN, 0, 0, 0, 0, 0 },
	{ "hop-by-hop not first", "dh", 17, 8, SXT_TUPLE_CHAIN, 0, 0, 0, 0, 0 },
	{ "hop-by-hop in a fragment", "ah", 17, 8, SXT_TUPLE_CHAIN, 0, 0,
	  0, 0, 0 },
	{ "first fragment", "f", 17, 8, SXT_TUPLE_OK, 17, PP | FIRST,
	  48, 48, 40 },
	{ "first fragment with options", "fd", 58, 8, SXT_TUPLE_OK, 58,
	  PI | FIRST, 56, 48, 40 },
	{ "first fragment too short for ports", "f", 17, 3, SXT_TUPLE_OK, 17,
	  P | FIRST | SXT_TUPLE_STUB, 48, 48, 40 },
	{ "first fragment ends in the chain", "f", 60, 0, SXT_TUPLE_CHAIN, 0,
	  0, 0, 0, 0 },
	{ "later fragment", "n", 17, 8, SXT_TUPLE_OK, 17, CLAIM, 48, 48, 40 },
	{ "later fragment behind headers", "hrn", 6, 8, SXT_TUPLE_OK, 6, CLAIM,
	  64, 64, 56 },
	{ "later fragment of esp", "n", 50, 8, SXT_TUPLE_OK, 50, CLAIM,
	  48, 48, 40 },
	{ "later fragment hides the protocol", "n", 60, 8, SXT_TUPLE_OK, 0,
	  FRAG, 48, 48, 40 },
	{ "later fragment hides it behind routing", "n", 43, 0, SXT_TUPLE_OK, 0,
	  FRAG, 48, 48, 40 },
	{ "chain stops at a later fragment", "nhhhh", 17, 8, SXT_TUPLE_OK, 0,
	  FRAG, 48, 48, 40 },
	{ "later fragment in an atomic one", "an", 17, 8, SXT_TUPLE_OK, 17,
	  CLAIM, 56, 56, 48 },
	{ "udp without a byte", "", 17, 0, SXT_TUPLE_OK, 17,
	  P | SXT_TUPLE_STUB, 40, 40, 6 },
	{ "udp of 3 bytes", "d", 17, 3, SXT_TUPLE_OK, 17,
	  P | SXT_TUPLE_STUB, 48, 40, 6 },
	{ "icmpv6 of 1 byte", "", 58, 1, SXT_TUPLE_OK, 58,
	  P | SXT_TUPLE_STUB, 40, 40, 6 },
	{ "icmpv6 of 2 bytes", "", 58, 2, SXT_TUPLE_OK, 58, PI, 40, 40, 6 },
	{ "extension header without a byte", "", 43, 0, SXT_TUPLE_CHAIN, 0, 0,
	  0, 0, 0 },
	{ "extension header of 7 bytes", "", 43, 7, SXT_TUPLE_CHAIN, 0, 0,
	  0, 0, 0 },
	{ "fragment header of 7 bytes", "", 44, 7, SXT_TUPLE_CHAIN, 0, 0,
	  0, 0, 0 },
	{ "extension header past the end", "", 60, 255, SXT_TUPLE_CHAIN, 0, 0,
	  0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(ipv6, ipv6_params, desc);

static void ipv6_shows_what_it_has(struct kunit *test)
{
	const struct ipv6_param *p = test->param_value;
	u8 *end = guard_page(test);
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u16 sport = 0, dport = 0;
	u32 size;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_ipv6(buf, p->chain, p->proto, p->payload);
	memcpy(end - size, buf, size);
	KUNIT_ASSERT_EQ(test, p->verdict,
			read_packet(end - size, size, size, &t, &info, true));
	if (p->verdict != SXT_TUPLE_OK)
		return;
	if (p->flags & (SXT_TUPLE_PORTS | SXT_TUPLE_ICMP))
		sport = 0x1234;
	if (p->flags & SXT_TUPLE_PORTS)
		dport = 0xabcd;
	expect_tuple(test, &t, p->shown, p->flags, sport, dport, true);
	KUNIT_EXPECT_EQ(test, info.upper, p->upper);
	KUNIT_EXPECT_EQ(test, info.insert, p->insert);
	KUNIT_EXPECT_EQ(test, info.next, p->next);
	KUNIT_EXPECT_EQ(test, info.need, 0);
}

static void every_version_but_its_own_is_refused(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 version, size;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (version = 0; version < 16; version++) {
		size = put_ipv4(buf, 5, 17, 0, 40);
		buf[0] = (u8)(version << 4 | 5);
		KUNIT_EXPECT_EQ(test, read_packet(buf, size, size, &t, &info,
						  false),
				version == 4 ? SXT_TUPLE_OK : SXT_TUPLE_HEADER);
		size = put_ipv6(buf, "", 17, 40);
		buf[0] = (u8)(version << 4 | 5);
		KUNIT_EXPECT_EQ(test, read_packet(buf, size, size, &t, &info,
						  true),
				version == 6 ? SXT_TUPLE_OK : SXT_TUPLE_HEADER);
	}
}

/* Every header length against every total length that the field can tell. */
static void ipv4_lengths_must_fit(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 ihl, claimed;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv4(buf, 15, 17, 0, 40);
	for (ihl = 0; ihl < 16; ihl++) {
		for (claimed = 0; claimed < 0x10000; claimed++) {
			int want = SXT_TUPLE_OK;

			buf[0] = (u8)(0x40 | ihl);
			put_unaligned_be16((u16)claimed, buf + 2);
			if (ihl < 5 || claimed < ihl * 4)
				want = SXT_TUPLE_HEADER;
			else if (claimed > 100)
				want = SXT_TUPLE_SHORT;
			if (read_packet(buf, 100, 100, &t, &info, false) ==
			    want)
				continue;
			KUNIT_FAIL(test, "ihl %u, length %u", ihl, claimed);
			return;
		}
	}
}

static void ipv6_payload_must_be_there(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 claimed;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv6(buf, "", 17, 60);
	for (claimed = 0; claimed < 0x10000; claimed++) {
		put_unaligned_be16((u16)claimed, buf + 4);
		if (read_packet(buf, 100, 100, &t, &info, true) ==
		    (claimed > 60 ? SXT_TUPLE_SHORT : SXT_TUPLE_OK))
			continue;
		KUNIT_FAIL(test, "payload length %u", claimed);
		return;
	}
}

/* What lies behind the packet, such as padding of a frame, is not read. */
static void bytes_behind_the_packet_are_not_ports(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv4(buf, 5, 17, 0, 26);
	put_unaligned_be16(22, buf + 2);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 46, 46, &t, &info, false));
	expect_tuple(test, &t, 17, P | SXT_TUPLE_STUB, 0, 0, false);
	put_ipv6(buf, "", 17, 26);
	put_unaligned_be16(2, buf + 4);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 66, 66, &t, &info, true));
	expect_tuple(test, &t, 17, P | SXT_TUPLE_STUB, 0, 0, true);
}

/* The length limit, from eight bytes below it to eight above. */
static void chain_is_limited_in_bytes(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 units;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	/* A header of 2048 bytes is as long as one can be. */
	put_ipv6(buf, "d", 17, 2200);
	buf[41] = 255;
	buf[40] = 17;
	put_upper(buf + 40 + 2048, 4);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 2248, 2248, &t, &info, true));
	expect_tuple(test, &t, 17, PP, 0x1234, 0xabcd, true);
	KUNIT_EXPECT_EQ(test, info.upper, 40 + 2048);

	for (units = 253; units <= 255; units++) {
		put_ipv6(buf, "rd", 17, 2200);
		buf[49] = (u8)units;
		KUNIT_EXPECT_EQ(test,
				read_packet(buf, 2256, 2256, &t, &info, true),
				units == 255 ? SXT_TUPLE_CHAIN : SXT_TUPLE_OK);
	}
}

/* Every value of the words that say which fragment it is. */
static void every_fragment_word_is_told(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 word, size;
	u8 want;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (word = 0; word < 0x10000; word++) {
		size = put_ipv4(buf, 5, 17, (u16)word, 8);
		want = PP;
		if (word % 0x2000)
			want = P | SXT_TUPLE_FRAGMENT;
		else if (word / 0x2000 % 2)
			want = PP | SXT_TUPLE_FIRST;
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
				read_packet(buf, size, size, &t, &info, false));
		KUNIT_ASSERT_EQ_MSG(test, t.flags, want, "ipv4, %#x", word);

		size = put_ipv6(buf, "a", 17, 8);
		put_unaligned_be16((u16)word, buf + 42);
		want = PP;
		if (word / 8)
			want = P | SXT_TUPLE_FRAGMENT | SXT_TUPLE_CLAIMED;
		else if (word % 2)
			want = PP | SXT_TUPLE_FIRST;
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
				read_packet(buf, size, size, &t, &info, true));
		KUNIT_ASSERT_EQ_MSG(test, t.flags, want, "ipv6, %#x", word);
	}
}

/* RFC 8200 4.5: that byte is reserved, and no length. */
static void fragment_headers_have_no_length(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 v, size;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_ipv6(buf, "a", 17, 8);
	for (v = 0; v < 256; v++) {
		buf[41] = (u8)v;
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
				read_packet(buf, size, size, &t, &info, true));
		KUNIT_ASSERT_EQ(test, info.upper, 48);
	}
}

static const struct offload_param {
	const char *desc;
	u32 total;
	bool ipv6;
	u8 verdict;
} offload_params[] = {
	{ "ipv4, 65535 bytes", 65535, false, SXT_TUPLE_HEADER },
	{ "ipv4, 65536 bytes", 65536, false, SXT_TUPLE_OK },
	{ "ipv4, 2^32 - 1 bytes", 0xffffffff, false, SXT_TUPLE_OK },
	{ "ipv6, 65576 bytes", 65576, true, SXT_TUPLE_OK },
	{ "ipv6, 2^32 - 1 bytes", 0xffffffff, true, SXT_TUPLE_OK },
};

KUNIT_ARRAY_PARAM_DESC(offload, offload_params, desc);

static void offload_packets_have_no_length(struct kunit *test)
{
	const struct offload_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	if (p->ipv6)
		put_ipv6(buf, "h", 6, 20);
	else
		put_ipv4(buf, 5, 6, 0, 20);
	put_unaligned_be16(0, buf + (p->ipv6 ? 4 : 2));
	KUNIT_ASSERT_EQ(test, p->verdict,
			read_packet(buf, 60, p->total, &t, &info, p->ipv6));
	if (p->verdict == SXT_TUPLE_OK)
		expect_tuple(test, &t, 6, PP, 0x1234, 0xabcd, p->ipv6);
}

static const struct sample_param {
	const char *desc;
	bool ipv6;
	u8 ihl;
	u16 frag;
	const char *chain;
	u8 proto;
	u16 payload;
} sample_params[] = {
	{ "ipv4 udp", false, 5, 0, "", 17, 8 },
	{ "ipv4 tcp with options", false, 15, 0, "", 6, 20 },
	{ "ipv4 icmp", false, 7, 0, "", 1, 8 },
	{ "ipv4 fragment", false, 5, 0x2003, "", 17, 8 },
	{ "ipv4 esp", false, 5, 0, "", 50, 24 },
	{ "ipv6 udp", true, 0, 0, "", 17, 8 },
	{ "ipv6 icmpv6", true, 0, 0, "", 58, 24 },
	{ "ipv6 all headers", true, 0, 0, "hDradd", 6, 20 },
	{ "ipv6 eight headers", true, 0, 0, "hdrDrdrd", 58, 8 },
	{ "ipv6 first fragment", true, 0, 0, "rfd", 17, 16 },
	{ "ipv6 later fragment", true, 0, 0, "hdn", 17, 16 },
	{ "ipv6 esp", true, 0, 0, "hd", 50, 16 },
};

KUNIT_ARRAY_PARAM_DESC(sample, sample_params, desc);

static u32 put_sample(u8 *buf, const struct sample_param *p)
{
	if (p->ipv6)
		return put_ipv6(buf, p->chain, p->proto, p->payload);
	return put_ipv4(buf, p->ihl, p->proto, p->frag, p->payload);
}

static void truncated_packets_are_short(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 size, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (len = 0; len < size; len++) {
		memcpy(end - len, buf, len);
		KUNIT_ASSERT_EQ_MSG(test, SXT_TUPLE_SHORT,
				    read_packet(end - len, len, len, &t, &info,
						p->ipv6),
				    "%u of %u bytes", len, size);
	}
}

/* The length fields tell of the truncation: not a byte is read too far. */
static void packets_of_every_length_are_read_within_bounds(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	u32 size, len, least = p->ipv6 ? 40 : 20;
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (len = least; len < size; len++) {
		enum sxt_tuple_verdict verdict;

		if (p->ipv6)
			put_unaligned_be16((u16)(len - 40), buf + 4);
		else
			put_unaligned_be16((u16)len, buf + 2);
		memcpy(end - len, buf, len);
		verdict = read_packet(end - len, len, len, &t, &info, p->ipv6);
		KUNIT_ASSERT_TRUE_MSG(test, verdict == SXT_TUPLE_OK ||
				      verdict == SXT_TUPLE_HEADER ||
				      verdict == SXT_TUPLE_CHAIN,
				      "%u of %u bytes", len, size);
		if (verdict == SXT_TUPLE_OK)
			KUNIT_ASSERT_LE(test, info.upper, len);
	}
}

/* As a caller does it: makes linear what is asked for, no more. */
static void linear_bytes_are_asked_for_as_needed(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	struct sxt_hdr_info info, whole_info;
	struct sxt_tuple t, whole;
	u32 size, start, pulls;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &whole, &whole_info,
				    p->ipv6));
	for (start = 0; start <= size; start++) {
		enum sxt_tuple_verdict verdict;
		u32 len = start;

		for (pulls = 0; pulls < 12; pulls++) {
			memcpy(end - len, buf, len);
			verdict = read_packet(end - len, len, size, &t, &info,
					      p->ipv6);
			if (verdict != SXT_TUPLE_PULL)
				break;
			KUNIT_ASSERT_TRUE(test, info.need > len);
			KUNIT_ASSERT_LE(test, info.need, size);
			len = info.need;
		}
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK, verdict);
		KUNIT_ASSERT_TRUE(test, sxt_tuple_equal(&t, &whole));
		KUNIT_EXPECT_MEMEQ(test, &info, &whole_info, sizeof(info));
	}
}

static void every_alignment_reads_alike(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *at = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info, whole_info;
	struct sxt_tuple t, whole;
	u32 size, shift;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, at);
	size = put_sample(buf, p);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &whole, &whole_info,
				    p->ipv6));
	for (shift = 1; shift < 8; shift++) {
		memcpy(at + shift, buf, size);
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
				read_packet(at + shift, size, size, &t, &info,
					    p->ipv6));
		KUNIT_EXPECT_TRUE(test, sxt_tuple_equal(&t, &whole));
		KUNIT_EXPECT_MEMEQ(test, &info, &whole_info, sizeof(info));
	}
}

/* One byte after another takes every value. */
static void quick_path_is_the_full_path(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info, full_info;
	struct sxt_tuple t, full;
	u32 size, i, v, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (i = 0; i < size; i++) {
		u8 was = buf[i];

		for (v = 0; v < 256; v++) {
			enum sxt_tuple_verdict quick, slow;

			buf[i] = (u8)v;
			len = (i * 256 + v) % (size + 1);
			if (v % 2)
				len = size;
			quick = read_packet(buf, len, size, &t, &info, p->ipv6);
			slow = p->ipv6 ?
			       sxt_tuple_ipv6_any(buf, len, size, &full,
						  &full_info) :
			       sxt_tuple_ipv4_any(buf, len, size, &full,
						  &full_info);
			if (quick == slow && sxt_tuple_equal(&t, &full) &&
			    !memcmp(&info, &full_info, sizeof(info)))
				continue;
			KUNIT_FAIL(test, "byte %u is %u, %u linear", i, v, len);
			return;
		}
		buf[i] = was;
	}
}

/* RFC 4301 7.4: what a clear fragment claims about its protocol is nothing. */
static void distrust_forgets_what_is_only_claimed(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 size;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_ipv6(buf, "n", 17, 8);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &t, &info, true));
	KUNIT_EXPECT_TRUE(test, sxt_tuple_opaque(&t));
	sxt_tuple_distrust(&t);
	expect_tuple(test, &t, 0, SXT_TUPLE_FRAGMENT, 0, 0, true);

	/* All IPv4 fragments of a datagram have one protocol (RFC 791 3.2). */
	size = put_ipv4(buf, 5, 17, 1, 8);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &t, &info, false));
	KUNIT_EXPECT_TRUE(test, sxt_tuple_opaque(&t));
	sxt_tuple_distrust(&t);
	expect_tuple(test, &t, 17, P | SXT_TUPLE_FRAGMENT, 0, 0, false);

	size = put_ipv6(buf, "", 17, 8);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &t, &info, true));
	KUNIT_EXPECT_FALSE(test, sxt_tuple_opaque(&t));
	sxt_tuple_distrust(&t);
	expect_tuple(test, &t, 17, PP, 0x1234, 0xabcd, true);
}

static void reverse_swaps_ports_but_no_icmp_type(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_tuple t, r, back;
	struct sxt_hdr_info info;
	u32 size;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_ipv4(buf, 5, 17, 0, 8);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &t, &info, false));
	t.ifindex = 7;
	sxt_tuple_reverse(&t, &r);
	KUNIT_EXPECT_MEMEQ(test, r.src.b, ipv4_dst, 4);
	KUNIT_EXPECT_MEMEQ(test, r.dst.b, ipv4_src, 4);
	KUNIT_EXPECT_EQ(test, r.sport, 0xabcd);
	KUNIT_EXPECT_EQ(test, r.dport, 0x1234);
	KUNIT_EXPECT_EQ(test, r.ifindex, 7);
	sxt_tuple_reverse(&r, &back);
	KUNIT_EXPECT_TRUE(test, sxt_tuple_equal(&t, &back));

	size = put_ipv6(buf, "", 58, 8);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &t, &info, true));
	sxt_tuple_reverse(&t, &r);
	KUNIT_EXPECT_MEMEQ(test, r.src.b, ipv6_dst, 16);
	KUNIT_EXPECT_EQ(test, r.icmp, SXT_ICMP(0x12, 0x34));
	KUNIT_EXPECT_EQ(test, r.dport, 0);
}

static void tuples_differ_in_each_bit(struct kunit *test)
{
	struct sxt_tuple a, b;
	u32 i;

	memset(&a, 0x5a, sizeof(a));
	for (i = 0; i < sizeof(a) * 8; i++) {
		b = a;
		KUNIT_EXPECT_TRUE(test, sxt_tuple_equal(&a, &b));
		b.w[i / 64] ^= (u64)1 << i % 64;
		KUNIT_ASSERT_TRUE(test, !sxt_tuple_equal(&a, &b));
	}
}

static struct kunit_case tuple_cases[] = {
	KUNIT_CASE_PARAM(ipv4_shows_what_it_has, ipv4_gen_params),
	KUNIT_CASE_PARAM(ipv6_shows_what_it_has, ipv6_gen_params),
	KUNIT_CASE(every_version_but_its_own_is_refused),
	KUNIT_CASE(ipv4_lengths_must_fit),
	KUNIT_CASE(ipv6_payload_must_be_there),
	KUNIT_CASE(bytes_behind_the_packet_are_not_ports),
	KUNIT_CASE(chain_is_limited_in_bytes),
	KUNIT_CASE(every_fragment_word_is_told),
	KUNIT_CASE(fragment_headers_have_no_length),
	KUNIT_CASE_PARAM(offload_packets_have_no_length, offload_gen_params),
	KUNIT_CASE_PARAM(truncated_packets_are_short, sample_gen_params),
	KUNIT_CASE_PARAM(packets_of_every_length_are_read_within_bounds,
			 sample_gen_params),
	KUNIT_CASE_PARAM(linear_bytes_are_asked_for_as_needed,
			 sample_gen_params),
	KUNIT_CASE_PARAM(every_alignment_reads_alike, sample_gen_params),
	KUNIT_CASE_PARAM(quick_path_is_the_full_path, sample_gen_params),
	KUNIT_CASE(distrust_forgets_what_is_only_claimed),
	KUNIT_CASE(reverse_swaps_ports_but_no_icmp_type),
	KUNIT_CASE(tuples_differ_in_each_bit),
	{}
};

static struct kunit_suite tuple_suite = {
	.name = "sextant_tuple",
	.test_cases = tuple_cases,
};

kunit_test_suite(tuple_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's tuples");
MODULE_LICENSE("GPL");
