// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tuples, what is done with them: distrusted, turned round,
 * compared.
 */
#include <kunit/test.h>

#include "../modules/policy/tuple.c"
#include "tuple_packet.h"

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

static struct kunit_case use_cases[] = {
	KUNIT_CASE(distrust_forgets_what_is_only_claimed),
	KUNIT_CASE(reverse_swaps_ports_but_no_icmp_type),
	KUNIT_CASE(tuples_differ_in_each_bit),
	{}
};

static struct kunit_suite use_suite = {
	.name = "sextant_tuple_use",
	.test_cases = use_cases,
};

kunit_test_suite(use_suite);

MODULE_DESCRIPTION("KUnit suite of the use of Sextant's tuples");
MODULE_LICENSE("GPL");
