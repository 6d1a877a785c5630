// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tuples: packets of each kind with what they show, chains of
 * IPv6 extension headers, fragments.
 */
#include <kunit/test.h>

#include "../modules/policy/tuple.c"
#include "guard.h"
#include "tuple_packet.h"

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
	{ "nine headers", "hdrdrdrdr", 17, 8, SXT_TUPLE_LIMIT, 0, 0, 0, 0, 0 },
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

static struct kunit_case tuple_cases[] = {
	KUNIT_CASE_PARAM(ipv4_shows_what_it_has, ipv4_gen_params),
	KUNIT_CASE_PARAM(ipv6_shows_what_it_has, ipv6_gen_params),
	KUNIT_CASE(every_version_but_its_own_is_refused),
	KUNIT_CASE(every_fragment_word_is_told),
	KUNIT_CASE(fragment_headers_have_no_length),
	{}
};

static struct kunit_suite tuple_suite = {
	.name = "sextant_tuple",
	.test_cases = tuple_cases,
};

kunit_test_suite(tuple_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's tuples");
MODULE_LICENSE("GPL");
