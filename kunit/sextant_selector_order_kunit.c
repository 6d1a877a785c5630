// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of selectors among themselves: their order, and which ranges are
 * prefixes.
 */
#include <kunit/test.h>

#include "../modules/policy/selector.c"
#include "selector_make.h"
#include "selector_random.h"

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

#define ORDERED	48

static void comparison_is_a_total_order(struct kunit *test)
{
	struct sxt_selector *sel = kunit_kzalloc(test, ORDERED * sizeof(*sel),
						 GFP_KERNEL);
	u64 state = 4301;
	u32 i, k, l;

	KUNIT_ASSERT_NOT_NULL(test, sel);
	for (i = 0; i < ORDERED; i++) {
		random_selector(&state, &sel[i]);
		KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel[i], NULL));
	}
	for (i = 0; i < ORDERED; i++) {
		for (k = 0; k < ORDERED; k++) {
			int ik = sign(sxt_selector_compare(&sel[i], &sel[k]));

			KUNIT_ASSERT_EQ(test, ik == 0,
					!memcmp(&sel[i], &sel[k],
						sizeof(*sel)));
			KUNIT_ASSERT_EQ(test, ik,
					-sign(sxt_selector_compare(&sel[k],
								   &sel[i])));
			for (l = 0; ik < 0 && l < ORDERED; l++) {
				if (sxt_selector_compare(&sel[k], &sel[l]) > 0)
					continue;
				KUNIT_ASSERT_TRUE(test,
						  sxt_selector_compare(&sel[i],
								       &sel[l])
						  < 0);
			}
		}
	}
}

static void comparison_sees_each_field(struct kunit *test)
{
	static const struct {
		u8 offset;
		u8 size;
	} fields[] = {
		{ offsetof(struct sxt_selector, src_first), 16 },
		{ offsetof(struct sxt_selector, src_last), 16 },
		{ offsetof(struct sxt_selector, dst_first), 16 },
		{ offsetof(struct sxt_selector, dst_last), 16 },
		{ offsetof(struct sxt_selector, sport_first), 2 },
		{ offsetof(struct sxt_selector, sport_last), 2 },
		{ offsetof(struct sxt_selector, dport_first), 2 },
		{ offsetof(struct sxt_selector, dport_last), 2 },
		{ offsetof(struct sxt_selector, icmp_first), 2 },
		{ offsetof(struct sxt_selector, icmp_last), 2 },
		{ offsetof(struct sxt_selector, family), 1 },
		{ offsetof(struct sxt_selector, proto), 1 },
		{ offsetof(struct sxt_selector, ifindex), 4 },
	};
	struct sxt_selector a, b;
	u32 i, bit;

	make_udp(&a);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		for (bit = 0; bit < fields[i].size * 8; bit++) {
			b = a;
			((u8 *)&b)[fields[i].offset + bit / 8] ^=
				(u8)(1 << bit % 8);
			KUNIT_EXPECT_TRUE_MSG(test,
					      sxt_selector_compare(&a, &b),
					      "field %u, bit %u", i, bit);
		}
	}
	b = a;
	b.proto_set = 0;
	KUNIT_EXPECT_NE(test, 0, sxt_selector_compare(&a, &b));
	/* Filled in by validation: no difference. */
	b = a;
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_validate(&b, NULL));
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_compare(&a, &b));
}

/* Each prefix, and each with a bit too few or too many at either end. */
static void prefixes_are_told_from_ranges(struct kunit *test)
{
	struct sxt_addr first, last;
	u32 family, len, i;

	for (family = SXT_IPV4; family <= SXT_IPV6;
	     family += SXT_IPV6 - SXT_IPV4) {
		u32 bits = family == SXT_IPV4 ? 32 : 128;

		for (len = 0; len <= bits; len++) {
			memset(&first, 0, sizeof(first));
			memset(&first, 0x5a, bits / 8);
			last = first;
			for (i = len; i < bits; i++) {
				first.b[i / 8] &= (u8)~(0x80 >> i % 8);
				last.b[i / 8] |= (u8)(0x80 >> i % 8);
			}
			KUNIT_EXPECT_EQ(test, len,
					sxt_selector_prefix(&first, &last,
							    (u8)family));
			if (len + 1 >= bits)
				continue;
			first.b[bits / 8 - 1] ^= 1;
			KUNIT_EXPECT_EQ(test, -1,
					sxt_selector_prefix(&first, &last,
							    (u8)family));
			first.b[bits / 8 - 1] ^= 1;
			last.b[bits / 8 - 1] ^= 1;
			KUNIT_EXPECT_EQ(test, -1,
					sxt_selector_prefix(&first, &last,
							    (u8)family));
		}
	}
	/* Two, but not a pair: the last bits differ the wrong way round. */
	set_ipv4(&first, 0x0a000001);
	set_ipv4(&last, 0x0a000002);
	KUNIT_EXPECT_EQ(test, -1, sxt_selector_prefix(&first, &last, SXT_IPV4));
	set_ipv6(&first, 0, 1);
	set_ipv6(&last, 0, 2);
	KUNIT_EXPECT_EQ(test, -1, sxt_selector_prefix(&first, &last, SXT_IPV6));
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(comparison_is_a_total_order),
	KUNIT_CASE(comparison_sees_each_field),
	KUNIT_CASE(prefixes_are_told_from_ranges),
	{}
};

static struct kunit_suite order_suite = {
	.name = "sextant_selector_order",
	.test_cases = order_cases,
};

kunit_test_suite(order_suite);

MODULE_DESCRIPTION("KUnit suite of the order of Sextant's selectors");
MODULE_LICENSE("GPL");
