// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of selectors: what matches and what could, field by field and
 * against a second telling of it.
 */
#include <kunit/test.h>

#include "../modules/policy/selector.c"
#include "selector_make.h"
#include "selector_random.h"

/* 10.0.0.1:9 to 10.0.0.2:53, udp, interface 3 */
static void make_tuple(struct sxt_tuple *t)
{
	memset(t, 0, sizeof(*t));
	set_ipv4(&t->src, 0x0a000001);
	set_ipv4(&t->dst, 0x0a000002);
	t->family = SXT_IPV4;
	t->proto = SXT_PROTO_UDP;
	t->sport = 9;
	t->dport = 53;
	t->flags = SXT_TUPLE_PROTO | SXT_TUPLE_PORTS;
	t->ifindex = 3;
}

static void narrow_all(struct sxt_selector *sel)
{
	make_udp(sel);
	set_ipv4(&sel->src_first, 0x0a000001);
	set_ipv4(&sel->src_last, 0x0a000001);
	set_ipv4(&sel->dst_first, 0x0a000001);
	set_ipv4(&sel->dst_last, 0x0a000003);
	sel->sport_first = 9;
	sel->sport_last = 9;
	sel->dport_first = 50;
	sel->dport_last = 60;
	sel->ifindex = 3;
}

static void each_field_has_its_miss(struct kunit *test)
{
	struct sxt_selector sel;
	struct sxt_tuple t;

	narrow_all(&sel);
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	make_tuple(&t);
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), 0);
	t.family = SXT_IPV6;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_FAMILY);
	make_tuple(&t);
	set_ipv4(&t.src, 0x0a000002);
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_SRC);
	make_tuple(&t);
	set_ipv4(&t.dst, 0x0a000004);
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_DST);
	make_tuple(&t);
	t.proto = SXT_PROTO_TCP;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_PROTO);
	make_tuple(&t);
	t.sport = 10;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_SPORT);
	make_tuple(&t);
	t.dport = 61;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_DPORT);
	make_tuple(&t);
	t.ifindex = 0;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t), SXT_MISS_IFINDEX);
	t.dst.b[0] = 11;
	t.dport = 49;
	KUNIT_EXPECT_EQ(test, sxt_selector_misses(&sel, &t),
			SXT_MISS_IFINDEX | SXT_MISS_DST | SXT_MISS_DPORT);
}

/* Both ends of each range belong to it, their neighbours don't. */
static void ranges_include_their_ends(struct kunit *test)
{
	struct sxt_selector sel;
	struct sxt_tuple t;
	u32 i;

	narrow_all(&sel);
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	for (i = 0; i < 6; i++) {
		make_tuple(&t);
		set_ipv4(&t.dst, 0x0a000000 + i);
		KUNIT_EXPECT_EQ(test, sxt_selector_match(&sel, &t),
				i >= 1 && i <= 3);
	}
	for (i = 48; i < 63; i++) {
		make_tuple(&t);
		t.dport = (u16)i;
		KUNIT_EXPECT_EQ(test, sxt_selector_match(&sel, &t),
				i >= 50 && i <= 60);
	}
}

/* A range over the border of the halves of an IPv6 address. */
static void ipv6_ranges_carry_into_the_upper_half(struct kunit *test)
{
	static const struct {
		u8 high;
		u8 low;
		bool in;
	} cases[] = {
		{ 0, 255, false }, { 1, 0, false }, { 1, 0x7f, false },
		{ 1, 0x80, true }, { 1, 0xff, true }, { 2, 0, true },
		{ 2, 0xff, true }, { 3, 0, true }, { 3, 0x10, true },
		{ 3, 0x11, false }, { 4, 0, false },
	};
	struct sxt_selector sel;
	struct sxt_tuple t;
	u32 i;

	sxt_selector_any_of(&sel, SXT_IPV6);
	memset(&sel.src_last, 0, sizeof(sel.src_last));
	sel.src_first.b[7] = 1;
	sel.src_first.b[8] = 0x80;
	sel.src_last.b[7] = 3;
	sel.src_last.b[8] = 0x10;
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	memset(&t, 0, sizeof(t));
	t.family = SXT_IPV6;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		t.src.b[7] = cases[i].high;
		t.src.b[8] = cases[i].low;
		KUNIT_EXPECT_EQ_MSG(test, sxt_selector_match(&sel, &t),
				    cases[i].in, "case %u", i);
	}
}

/* RFC 4301 4.4.1.1: one comparison of sixteen bits, not two of eight. */
static void icmp_ranges_are_compared_as_rfc4301_says(struct kunit *test)
{
	struct sxt_selector sel;
	struct sxt_tuple t;
	u32 type, code;

	sxt_selector_any_of(&sel, SXT_IPV4);
	sel.proto_set = 1;
	sel.proto = SXT_PROTO_ICMP;
	sel.icmp_first = SXT_ICMP(3, 200);
	sel.icmp_last = SXT_ICMP(5, 100);
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	make_tuple(&t);
	t.proto = SXT_PROTO_ICMP;
	t.dport = 0;
	t.flags = SXT_TUPLE_PROTO | SXT_TUPLE_ICMP;
	for (type = 0; type < 8; type++) {
		for (code = 0; code < 256; code++) {
			t.icmp = SXT_ICMP(type, code);
			KUNIT_ASSERT_EQ(test,
					sxt_selector_misses(&sel, &t),
					3 * 256 + 200 <= type * 256 + code &&
					type * 256 + code <= 5 * 256 + 100 ?
					0 : SXT_MISS_ICMP);
		}
	}
}

/* RFC 4301 4.4.1.1: a fragment without ports matches ANY, and nothing else. */
static const struct hidden_param {
	const char *desc;
	u8 proto_set;
	u8 proto;
	bool ports;
	u8 flags;	/* of the tuple, which is udp as far as known */
	bool match;
	bool may;
} hidden_params[] = {
	{ "any, fragment", 0, 0, false,
	  SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT, true, true },
	{ "any, fragment without protocol", 0, 0, false,
	  SXT_TUPLE_FRAGMENT, true, true },
	{ "udp, fragment", 1, 17, false,
	  SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT, true, true },
	{ "udp, fragment without protocol", 1, 17, false,
	  SXT_TUPLE_FRAGMENT, false, true },
	{ "udp port, fragment", 1, 17, true,
	  SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT, false, true },
	{ "udp port, stub", 1, 17, true,
	  SXT_TUPLE_PROTO | SXT_TUPLE_STUB, false, true },
	{ "udp port, fragment without protocol", 1, 17, true,
	  SXT_TUPLE_FRAGMENT, false, true },
	{ "tcp, fragment", 1, 6, false,
	  SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT, false, false },
	{ "tcp port, fragment", 1, 6, true,
	  SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT, false, false },
	{ "tcp port, fragment without protocol", 1, 6, true,
	  SXT_TUPLE_FRAGMENT, false, true },
	{ "udp port, whole packet", 1, 17, true,
	  SXT_TUPLE_PROTO | SXT_TUPLE_PORTS, true, true },
};

KUNIT_ARRAY_PARAM_DESC(hidden, hidden_params, desc);

static void hidden_fields_match_any_only(struct kunit *test)
{
	const struct hidden_param *p = test->param_value;
	struct sxt_selector sel;
	struct sxt_tuple t;

	sxt_selector_any_of(&sel, SXT_IPV4);
	sel.proto_set = p->proto_set;
	sel.proto = p->proto;
	if (p->ports)
		sel.dport_first = 53;
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	make_tuple(&t);
	t.flags = p->flags;
	if (!(t.flags & SXT_TUPLE_PORTS)) {
		t.sport = 0;
		t.dport = 0;
	}
	if (!(t.flags & SXT_TUPLE_PROTO))
		t.proto = 0;
	KUNIT_EXPECT_EQ(test, sxt_selector_match(&sel, &t), p->match);
	KUNIT_EXPECT_EQ(test, sxt_selector_may_match(&sel, &t), p->may);
	/* Another destination: neither does nor could. */
	set_ipv4(&sel.dst_first, 0x0b000000);
	KUNIT_EXPECT_FALSE(test, sxt_selector_match(&sel, &t));
	KUNIT_EXPECT_FALSE(test, sxt_selector_may_match(&sel, &t));
}

static void both_families_match_one_selector(struct kunit *test)
{
	struct sxt_selector sel;
	struct sxt_tuple t;

	sxt_selector_any(&sel);
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	make_tuple(&t);
	KUNIT_EXPECT_TRUE(test, sxt_selector_match(&sel, &t));
	t.family = SXT_IPV6;
	memset(&t.dst, 0xff, sizeof(t.dst));
	KUNIT_EXPECT_TRUE(test, sxt_selector_match(&sel, &t));
}

static void answers_match_in_reverse(struct kunit *test)
{
	struct sxt_selector sel;
	struct sxt_tuple t, answer;

	narrow_all(&sel);
	KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	make_tuple(&t);
	sxt_tuple_reverse(&t, &answer);
	KUNIT_EXPECT_FALSE(test, sxt_selector_match_reversed(&sel, &t));
	KUNIT_EXPECT_FALSE(test, sxt_selector_match(&sel, &answer));
	KUNIT_EXPECT_TRUE(test, sxt_selector_match_reversed(&sel, &answer));
}

static void random_selectors_match_as_told(struct kunit *test)
{
	u32 i, hits = 0, maybes = 0;
	u64 state = 1995;

	for (i = 0; i < 200000; i++) {
		struct sxt_selector sel;
		struct sxt_tuple t;
		bool match, may;

		random_selector(&state, &sel);
		random_tuple(&state, &t);
		KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
		match = oracle_match(&sel, &t, false);
		may = oracle_match(&sel, &t, true);
		KUNIT_ASSERT_EQ_MSG(test, sxt_selector_match(&sel, &t), match,
				    "round %u", i);
		KUNIT_ASSERT_EQ_MSG(test, sxt_selector_may_match(&sel, &t), may,
				    "round %u", i);
		hits += match;
		maybes += may && !match;
	}
	/* Else the world is too large to tell anything. */
	KUNIT_EXPECT_GT(test, hits, 2000);
	KUNIT_EXPECT_GT(test, maybes, 100);
}

static struct kunit_case selector_cases[] = {
	KUNIT_CASE(each_field_has_its_miss),
	KUNIT_CASE(ranges_include_their_ends),
	KUNIT_CASE(ipv6_ranges_carry_into_the_upper_half),
	KUNIT_CASE(icmp_ranges_are_compared_as_rfc4301_says),
	KUNIT_CASE_PARAM(hidden_fields_match_any_only, hidden_gen_params),
	KUNIT_CASE(both_families_match_one_selector),
	KUNIT_CASE(answers_match_in_reverse),
	KUNIT_CASE(random_selectors_match_as_told),
	{}
};

static struct kunit_suite selector_suite = {
	.name = "sextant_selector",
	.test_cases = selector_cases,
};

kunit_test_suite(selector_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's selectors");
MODULE_LICENSE("GPL");
