// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the validation of selectors: every fault, and what a selector
 * needs to know of a packet.
 */
#include <kunit/test.h>

#include "../modules/policy/selector.c"
#include "selector_make.h"

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

static struct kunit_case valid_cases[] = {
	KUNIT_CASE_PARAM(validation_names_the_fault, fault_gen_params),
	KUNIT_CASE(every_fault_has_a_sentence_of_its_own),
	KUNIT_CASE(need_is_what_the_selector_asks),
	{}
};

static struct kunit_suite valid_suite = {
	.name = "sextant_selector_valid",
	.test_cases = valid_cases,
};

kunit_test_suite(valid_suite);

MODULE_DESCRIPTION("KUnit suite of the validation of Sextant's selectors");
MODULE_LICENSE("GPL");
