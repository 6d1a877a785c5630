// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of selectors: every fault, what matches and what could, field by
 * field and against a second telling of it, order, prefixes.
 */
#include <kunit/test.h>

#include "../modules/policy/selector.c"
#include "selector_random.h"

static void set_ipv4(struct sxt_addr *a, u32 addr)
{
	memset(a, 0, sizeof(*a));
	put_unaligned_be32(addr, a->b);
}

/* fd00::HIGH:LOW */
static void set_ipv6(struct sxt_addr *a, u32 high, u32 low)
{
	memset(a, 0, sizeof(*a));
	a->b[0] = 0xfd;
	put_unaligned_be32(high, a->b + 8);
	put_unaligned_be32(low, a->b + 12);
}

static void make_udp(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV4);
	sel->proto_set = 1;
	sel->proto = SXT_PROTO_UDP;
}

static void break_nothing(struct sxt_selector *sel)
{
	sel->sport_first = 53;
}

static void break_family(struct sxt_selector *sel)
{
	sel->family = 4;
}

static void break_src_family(struct sxt_selector *sel)
{
	sel->src_last.b[15] = 1;
}

static void break_src_family_first(struct sxt_selector *sel)
{
	sel->src_first.b[4] = 1;
}

static void break_src_no_family(struct sxt_selector *sel)
{
	sxt_selector_any(sel);
	sel->src_first.b[15] = 1;
}

static void break_src_order(struct sxt_selector *sel)
{
	set_ipv4(&sel->src_first, 0x0a000002);
	set_ipv4(&sel->src_last, 0x0a000001);
}

static void break_dst_family(struct sxt_selector *sel)
{
	sel->dst_last.b[4] = 1;
}

static void break_dst_no_family(struct sxt_selector *sel)
{
	sxt_selector_any(sel);
	sel->dst_last.b[7] = 0xfe;
}

static void break_dst_order(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	set_ipv6(&sel->dst_first, 1, 2);
	set_ipv6(&sel->dst_last, 1, 1);
}

static void break_proto_hop(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	sel->proto_set = 1;
	sel->proto = 0;
}

static void break_proto_routing(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	sel->proto_set = 1;
	sel->proto = 43;
}

static void break_proto_fragment(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	sel->proto_set = 1;
	sel->proto = 44;
}

static void break_proto_options(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	sel->proto_set = 1;
	sel->proto = 60;
}

static void break_proto_options_ipv4(struct sxt_selector *sel)
{
	sel->proto = 60;
}

static void break_sport_order(struct sxt_selector *sel)
{
	sel->sport_first = 2;
	sel->sport_last = 1;
}

static void break_sport_proto(struct sxt_selector *sel)
{
	sel->sport_first = 1;
	sel->proto = SXT_PROTO_ESP;
}

static void break_sport_any_proto(struct sxt_selector *sel)
{
	sel->sport_last = 0xfffe;
	sel->proto_set = 0;
}

static void break_dport_order(struct sxt_selector *sel)
{
	sel->dport_first = 0xffff;
	sel->dport_last = 0xfffe;
}

static void break_dport_proto(struct sxt_selector *sel)
{
	sel->dport_last = 0;
	sel->proto = SXT_PROTO_ICMP;
}

static void break_dport_any_proto(struct sxt_selector *sel)
{
	sel->dport_first = 1;
	sel->proto_set = 0;
}

static void break_icmp_order(struct sxt_selector *sel)
{
	sel->proto = SXT_PROTO_ICMP;
	sel->icmp_first = SXT_ICMP(8, 1);
	sel->icmp_last = SXT_ICMP(8, 0);
}

static void break_icmp_proto(struct sxt_selector *sel)
{
	sel->icmp_first = SXT_ICMP(8, 0);
}

static void break_icmp_any_proto(struct sxt_selector *sel)
{
	sel->proto_set = 0;
	sel->proto = SXT_PROTO_ICMP;
	sel->icmp_first = SXT_ICMP(8, 0);
}

static void break_icmpv6_over_ipv4(struct sxt_selector *sel)
{
	sel->proto = SXT_PROTO_ICMPV6;
	sel->icmp_first = SXT_ICMP(128, 0);
}

static void break_icmp_over_ipv6(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV6);
	sel->proto_set = 1;
	sel->proto = SXT_PROTO_ICMP;
	sel->icmp_first = SXT_ICMP(8, 0);
}

static void break_icmp_code(struct sxt_selector *sel)
{
	sel->proto = SXT_PROTO_ICMP;
	sel->icmp_first = SXT_ICMP(0, 4);
	sel->icmp_last = SXT_ICMP(255, 4);
}

static void break_ifindex(struct sxt_selector *sel)
{
	sel->ifindex = 0x80000000;
}

static const struct fault_param {
	const char *desc;
	void (*spoil)(struct sxt_selector *sel);
	enum sxt_selector_fault fault;
} fault_params[] = {
	{ "ports with udp", break_nothing, SXT_SELECTOR_OK },
	{ "family", break_family, SXT_SELECTOR_FAMILY },
	{ "source too long", break_src_family, SXT_SELECTOR_SRC_FAMILY },
	{ "first source too long", break_src_family_first,
	  SXT_SELECTOR_SRC_FAMILY },
	{ "source without family", break_src_no_family,
	  SXT_SELECTOR_SRC_FAMILY },
	{ "source order", break_src_order, SXT_SELECTOR_SRC_ORDER },
	{ "destination too long", break_dst_family, SXT_SELECTOR_DST_FAMILY },
	{ "destination without family", break_dst_no_family,
	  SXT_SELECTOR_DST_FAMILY },
	{ "destination order", break_dst_order, SXT_SELECTOR_DST_ORDER },
	{ "hop-by-hop", break_proto_hop, SXT_SELECTOR_PROTO },
	{ "routing", break_proto_routing, SXT_SELECTOR_PROTO },
	{ "fragment", break_proto_fragment, SXT_SELECTOR_PROTO },
	{ "destination options", break_proto_options, SXT_SELECTOR_PROTO },
	{ "protocol 60 over ipv4", break_proto_options_ipv4, SXT_SELECTOR_OK },
	{ "source port order", break_sport_order, SXT_SELECTOR_SPORT_ORDER },
	{ "source port of esp", break_sport_proto, SXT_SELECTOR_SPORT_PROTO },
	{ "source port of any", break_sport_any_proto,
	  SXT_SELECTOR_SPORT_PROTO },
	{ "destination port order", break_dport_order,
	  SXT_SELECTOR_DPORT_ORDER },
	{ "destination port of icmp", break_dport_proto,
	  SXT_SELECTOR_DPORT_PROTO },
	{ "destination port of any", break_dport_any_proto,
	  SXT_SELECTOR_DPORT_PROTO },
	{ "icmp order", break_icmp_order, SXT_SELECTOR_ICMP_ORDER },
	{ "icmp type of udp", break_icmp_proto, SXT_SELECTOR_ICMP_PROTO },
	{ "icmp type of any", break_icmp_any_proto, SXT_SELECTOR_ICMP_PROTO },
	{ "icmpv6 type over ipv4", break_icmpv6_over_ipv4,
	  SXT_SELECTOR_ICMP_PROTO },
	{ "icmp type over ipv6", break_icmp_over_ipv6,
	  SXT_SELECTOR_ICMP_PROTO },
	{ "icmp code without type", break_icmp_code, SXT_SELECTOR_ICMP_CODE },
	{ "ifindex", break_ifindex, SXT_SELECTOR_IFINDEX },
};

KUNIT_ARRAY_PARAM_DESC(fault, fault_params, desc);

static void validation_names_the_fault(struct kunit *test)
{
	const struct fault_param *p = test->param_value;
	enum sxt_selector_fault fault = SXT_SELECTOR_IFINDEX;
	struct sxt_selector sel, before;

	make_udp(&sel);
	p->spoil(&sel);
	sel.need = 0xff;
	before = sel;
	KUNIT_EXPECT_EQ(test, sxt_selector_validate(&sel, &fault),
			p->fault == SXT_SELECTOR_OK ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, fault, p->fault);
	if (p->fault != SXT_SELECTOR_OK)
		KUNIT_EXPECT_MEMEQ(test, &sel, &before, sizeof(sel));
	KUNIT_EXPECT_EQ(test, sxt_selector_validate(&before, NULL),
			p->fault == SXT_SELECTOR_OK ? 0 : -EINVAL);
}

static void every_fault_has_a_sentence_of_its_own(struct kunit *test)
{
	int i, k;

	for (i = SXT_SELECTOR_OK; i <= SXT_SELECTOR_IFINDEX + 1; i++) {
		const char *text = sxt_selector_fault_text(i);

		KUNIT_ASSERT_NOT_NULL(test, text);
		KUNIT_EXPECT_TRUE(test, strlen(text) > 15);
		for (k = SXT_SELECTOR_OK; k < i; k++)
			KUNIT_EXPECT_NE(test, 0,
					strcmp(text,
					       sxt_selector_fault_text(k)));
	}
}

static void need_is_what_the_selector_asks(struct kunit *test)
{
	struct sxt_selector sel;

	sxt_selector_any(&sel);
	sel.proto = 17;
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	KUNIT_EXPECT_EQ(test, sel.need, 0);
	KUNIT_EXPECT_EQ(test, sel.proto, 0);
	make_udp(&sel);
	sel.proto_set = 9;
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	KUNIT_EXPECT_EQ(test, sel.need, SXT_TUPLE_PROTO);
	KUNIT_EXPECT_EQ(test, sel.proto_set, 1);
	sel.dport_last = 0xfffe;
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	KUNIT_EXPECT_EQ(test, sel.need, SXT_TUPLE_PROTO | SXT_TUPLE_PORTS);
	make_udp(&sel);
	sel.proto = SXT_PROTO_ICMP;
	sel.icmp_last = SXT_ICMP(7, 255);
	KUNIT_EXPECT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
	KUNIT_EXPECT_EQ(test, sel.need, SXT_TUPLE_PROTO | SXT_TUPLE_ICMP);
}

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

static struct kunit_case selector_cases[] = {
	KUNIT_CASE_PARAM(validation_names_the_fault, fault_gen_params),
	KUNIT_CASE(every_fault_has_a_sentence_of_its_own),
	KUNIT_CASE(need_is_what_the_selector_asks),
	KUNIT_CASE(each_field_has_its_miss),
	KUNIT_CASE(ranges_include_their_ends),
	KUNIT_CASE(ipv6_ranges_carry_into_the_upper_half),
	KUNIT_CASE(icmp_ranges_are_compared_as_rfc4301_says),
	KUNIT_CASE_PARAM(hidden_fields_match_any_only, hidden_gen_params),
	KUNIT_CASE(both_families_match_one_selector),
	KUNIT_CASE(answers_match_in_reverse),
	KUNIT_CASE(random_selectors_match_as_told),
	KUNIT_CASE(comparison_is_a_total_order),
	KUNIT_CASE(comparison_sees_each_field),
	KUNIT_CASE(prefixes_are_told_from_ranges),
	{}
};

static struct kunit_suite selector_suite = {
	.name = "sextant_selector",
	.test_cases = selector_cases,
};

kunit_test_suite(selector_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's selectors");
MODULE_LICENSE("GPL");
