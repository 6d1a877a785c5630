// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of source address selection: the examples of RFC 6724 10.1, each
 * rule alone and before those that follow it, and that the shortcut of
 * sxt_srcsel_unbeaten() never changes what is chosen.
 */
#include <kunit/test.h>

#include "../modules/ipv6/srcsel.c"
#include "guard.h"

#define A(...) { __VA_ARGS__ }

static const u8 doc1_1[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 1);
static const u8 doc1_2[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 2);
static const u8 doc2_1[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 2, [15] = 1);
static const u8 doc3_1[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 3, [15] = 1);
static const u8 doc3_2[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 3, [15] = 2);
static const u8 fe80_1[16] = A(0xfe, 0x80, [15] = 1);
static const u8 fe80_2[16] = A(0xfe, 0x80, [15] = 2);
static const u8 ff05_1[16] = A(0xff, 0x05, [15] = 1);
static const u8 six_1[16] = A(0x20, 0x02, 0xc6, 0x33, 0x64, 0x01, [15] = 1);
static const u8 six_tmp[16] = A(0x20, 0x02, 0xc6, 0x33, 0x64, 0x01, 0, 0,
				0xd5, 0xe3, 0x79, 0x53, 0x13, 0xeb, 0x22, 0xe8);
static const u8 doc1_d[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0,
			       0xd5, 0xe3, [15] = 1);
static const u8 doc1_tmp[16] = A(0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0,
				 0xd5, 0xe3, 0x79, 0x53, 0x13, 0xeb, 0x22, 0xe8);

/* RFC 6724 10.1: @first wins, whichever is asked about first. */
static const struct example {
	const char *desc;
	const u8 *to;
	u32 label;
	bool temporary;
	struct sxt_src_cand first;
	struct sxt_src_cand second;
} examples[] = {
	{ "appropriate scope", doc1_1, 1, false,
	  { .addr = doc3_1, .plen = 64, .label = 1 },
	  { .addr = fe80_1, .plen = 64, .label = 1 } },
	{ "appropriate scope, multicast", ff05_1, 1, false,
	  { .addr = doc3_1, .plen = 64, .label = 1 },
	  { .addr = fe80_1, .plen = 64, .label = 1 } },
	{ "same address", doc1_1, 1, false,
	  { .addr = doc1_1, .plen = 64, .label = 1, .deprecated = true },
	  { .addr = doc2_1, .plen = 64, .label = 1 } },
	{ "appropriate scope, deprecated", fe80_1, 1, false,
	  { .addr = fe80_2, .plen = 64, .label = 1, .deprecated = true },
	  { .addr = doc1_1, .plen = 64, .label = 1 } },
	{ "longest matching prefix", doc1_1, 1, false,
	  { .addr = doc1_2, .plen = 64, .label = 1 },
	  { .addr = doc3_2, .plen = 64, .label = 1 } },
	{ "home address", doc1_1, 1, false,
	  { .addr = doc3_2, .plen = 64, .label = 1, .home = true },
	  { .addr = doc1_2, .plen = 64, .label = 1 } },
	{ "matching label", six_1, 2, true,
	  { .addr = six_tmp, .plen = 64, .label = 2, .temporary = true },
	  { .addr = doc1_2, .plen = 64, .label = 1 } },
	{ "temporary address", doc1_d, 1, true,
	  { .addr = doc1_tmp, .plen = 64, .label = 1, .temporary = true },
	  { .addr = doc1_2, .plen = 64, .label = 1 } },
};

KUNIT_ARRAY_PARAM_DESC(example, examples, desc);

static struct sxt_src_want want_of(const u8 *to, u32 label)
{
	struct sxt_src_want want = {
		.addr = to,
		.scope = sxt_srcsel_scope(to),
		.label = label,
	};

	return want;
}

static struct sxt_src_cand scoped(struct sxt_src_cand cand)
{
	cand.scope = sxt_srcsel_scope(cand.addr);
	return cand;
}

static void examples_of_the_rfc(struct kunit *test)
{
	const struct example *e = test->param_value;
	struct sxt_src_want want = want_of(e->to, e->label);
	struct sxt_src_cand first = scoped(e->first);
	struct sxt_src_cand second = scoped(e->second);

	want.temporary = e->temporary;
	KUNIT_EXPECT_TRUE(test, sxt_srcsel_better(&want, &first, &second));
	KUNIT_EXPECT_FALSE(test, sxt_srcsel_better(&want, &second, &first));
	KUNIT_EXPECT_FALSE(test, sxt_srcsel_better(&want, &first, &first));
}

/* Gives a candidate what a rule prefers: rules 3 to 7, in their order. */
static void prefer(struct sxt_src_cand *cand, u32 rule)
{
	switch (rule) {
	case 0:
		cand->deprecated = false;
		break;
	case 1:
		cand->optimistic = false;
		break;
	case 2:
		cand->home = true;
		break;
	case 3:
		cand->outgoing = true;
		break;
	case 4:
		cand->next_hop = true;
		break;
	case 5:
		cand->label = 1;
		break;
	case 6:
		cand->temporary = true;
		break;
	case 7:
		cand->plen = 64;
		break;
	}
}

/* One that has a rule's favour beats one that has all that follow. */
static void rules_come_in_their_order(struct kunit *test)
{
	struct sxt_src_want want = want_of(doc1_1, 1);
	u32 rule, later;

	want.temporary = true;
	for (rule = 0; rule < 8; rule++) {
		struct sxt_src_cand a = scoped((struct sxt_src_cand){
			.addr = doc1_2, .plen = 8, .label = 9,
			.deprecated = true, .optimistic = true });
		struct sxt_src_cand b = a;

		prefer(&a, rule);
		for (later = rule + 1; later < 8; later++)
			prefer(&b, later);
		KUNIT_EXPECT_TRUE_MSG(test, sxt_srcsel_better(&want, &a, &b),
				      "rule %u", rule);
		KUNIT_EXPECT_TRUE_MSG(test, !sxt_srcsel_better(&want, &b, &a),
				      "rule %u", rule);
	}
}

static void preferences_are_reversed(struct kunit *test)
{
	struct sxt_src_want want = want_of(doc1_1, 1);
	struct sxt_src_cand home = scoped((struct sxt_src_cand){
		.addr = doc1_2, .plen = 64, .label = 1, .home = true });
	struct sxt_src_cand care_of = home;
	struct sxt_src_cand public = home, temporary = home;

	care_of.home = false;
	temporary.temporary = true;
	KUNIT_EXPECT_TRUE(test, sxt_srcsel_better(&want, &home, &care_of));
	KUNIT_EXPECT_TRUE(test, sxt_srcsel_better(&want, &public, &temporary));
	want.care_of = true;
	want.temporary = true;
	KUNIT_EXPECT_TRUE(test, sxt_srcsel_better(&want, &care_of, &home));
	KUNIT_EXPECT_TRUE(test, sxt_srcsel_better(&want, &temporary, &public));
}

/* RFC 6724 rule 2, all scopes against all, for all destinations. */
static void scopes(struct kunit *test)
{
	u32 d, a, b;

	for (d = 0; d < 16; d++)
		for (a = 0; a < 16; a++)
			for (b = 0; b < 16; b++) {
				struct sxt_src_want want = want_of(doc1_1, 1);
				struct sxt_src_cand ca = { .addr = doc2_1,
							   .scope = (u8)a };
				struct sxt_src_cand cb = { .addr = doc2_1,
							   .scope = (u8)b };
				bool first = a < b ? a >= d : b < a && b < d;

				want.scope = (u8)d;
				KUNIT_ASSERT_EQ_MSG(test, first,
						    sxt_srcsel_better(&want,
								      &ca,
								      &cb),
						    "%u: %u %u", d, a, b);
			}
}

static const struct scope_param {
	const char *desc;
	u8 addr[16];
	u8 scope;
} scope_params[] = {
	{ "::", A(0), 14 },
	{ "::1", A([15] = 1), 2 },
	{ "::2", A([15] = 2), 14 },
	{ "::101", A([14] = 1, [15] = 1), 14 },
	{ "1::1", A([1] = 1, [15] = 1), 14 },
	{ "fe7f::", A(0xfe, 0x7f), 14 },
	{ "fe80::", A(0xfe, 0x80), 2 },
	{ "febf::", A(0xfe, 0xbf), 2 },
	{ "fec0::", A(0xfe, 0xc0), 5 },
	{ "feff::", A(0xfe, 0xff), 5 },
	{ "fc00::", A(0xfc), 14 },
	{ "ff01::1", A(0xff, 0x01, [15] = 1), 1 },
	{ "ff32::1", A(0xff, 0x32, [15] = 1), 2 },
	{ "ff05::1", A(0xff, 0x05, [15] = 1), 5 },
	{ "ff0e::1", A(0xff, 0x0e, [15] = 1), 14 },
};

KUNIT_ARRAY_PARAM_DESC(scope, scope_params, desc);

static void scope_of_an_address(struct kunit *test)
{
	const struct scope_param *p = test->param_value;

	KUNIT_EXPECT_EQ(test, p->scope, sxt_srcsel_scope(p->addr));
}

static void common_prefix_bit_by_bit(struct kunit *test)
{
	u8 *b = guard_page(test) - 16;
	u32 bit, plen;
	u8 a[16];

	memset(a, 0x5a, sizeof(a));
	for (bit = 0; bit <= 128; bit++) {
		memcpy(b, a, sizeof(a));
		if (bit < 128)
			b[bit / 8] ^= (u8)(0x80 >> bit % 8);
		for (plen = 0; plen <= 128; plen++)
			KUNIT_ASSERT_EQ_MSG(test, bit < plen ? bit : plen,
					    sxt_srcsel_common(a, b, plen),
					    "bit %u of %u", bit, plen);
	}
	/* A length that no prefix has does not lead past the end. */
	memcpy(b, a, sizeof(a));
	KUNIT_EXPECT_EQ(test, sxt_srcsel_common(a, b, 255), 128);
}

static void random_cand(struct sxt_src_cand *c, u64 *seed)
{
	static const u8 *const pool[] = { doc1_1, doc1_2, doc2_1, doc3_1,
					  fe80_1, fe80_2, six_1, doc1_tmp };
	u32 bits = guard_random(seed);

	memset(c, 0, sizeof(*c));
	c->addr = pool[bits % 8];
	c->scope = sxt_srcsel_scope(c->addr);
	c->plen = bits >> 3 & 1 ? 64 : 48;
	c->label = bits >> 4 & 3;
	c->deprecated = bits >> 6 & 1;
	c->optimistic = bits >> 7 & 1;
	c->home = bits >> 8 & 1;
	c->temporary = bits >> 9 & 1;
}

/* Of two that are said to be better the one than the other, never both. */
static void order_is_an_order(struct kunit *test)
{
	struct sxt_src_want want = want_of(doc1_1, 1);
	u64 seed = 6724;
	u32 i;

	for (i = 0; i < 20000; i++) {
		struct sxt_src_cand a, b, c;

		random_cand(&a, &seed);
		random_cand(&b, &seed);
		random_cand(&c, &seed);
		KUNIT_ASSERT_TRUE(test, !sxt_srcsel_better(&want, &a, &b) ||
				  !sxt_srcsel_better(&want, &b, &a));
		if (sxt_srcsel_better(&want, &a, &b) &&
		    sxt_srcsel_better(&want, &b, &c))
			KUNIT_ASSERT_TRUE(test,
					  sxt_srcsel_better(&want, &a, &c));
	}
}

/* What is unbeaten is beaten by no address of another interface. */
static void unbeaten_is_never_beaten(struct kunit *test)
{
	struct sxt_src_want want = want_of(doc3_2, 1);
	u64 seed = 4291;
	u32 i, unbeaten = 0;

	for (i = 0; i < 20000; i++) {
		struct sxt_src_cand mine, other;

		random_cand(&mine, &seed);
		random_cand(&other, &seed);
		mine.outgoing = true;
		want.care_of = i & 1;
		if (!sxt_srcsel_unbeaten(&want, &mine))
			continue;
		unbeaten++;
		KUNIT_ASSERT_TRUE(test,
				  !sxt_srcsel_better(&want, &other, &mine));
	}
	KUNIT_EXPECT_GT(test, unbeaten, 100u);
}

static struct kunit_case srcsel_cases[] = {
	KUNIT_CASE_PARAM(examples_of_the_rfc, example_gen_params),
	KUNIT_CASE(rules_come_in_their_order),
	KUNIT_CASE(preferences_are_reversed),
	KUNIT_CASE(scopes),
	KUNIT_CASE_PARAM(scope_of_an_address, scope_gen_params),
	KUNIT_CASE(common_prefix_bit_by_bit),
	KUNIT_CASE(order_is_an_order),
	KUNIT_CASE(unbeaten_is_never_beaten),
	{}
};

static struct kunit_suite srcsel_suite = {
	.name = "sextant_srcsel",
	.test_cases = srcsel_cases,
};

kunit_test_suite(srcsel_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's source address selection");
MODULE_LICENSE("GPL");
