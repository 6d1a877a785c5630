// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the rules for ICMPv6 errors: RFC 4443 2.4 (e) case by case,
 * every inner type, the quote's length around its limit, and every code.
 */
#include <kunit/test.h>

#include "../modules/ipv6/icmp_rule.c"

static const u8 host_a[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 host_b[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };
static const u8 group[16] = { 0xff, 0x02, [15] = 1 };
static const u8 link_local[16] = { 0xfe, 0x80, [15] = 1 };
static const u8 nobody[16];
/* Looks unspecified up to its last byte */
static const u8 loopback[16] = { [15] = 1 };

/* A UDP packet from a to b */
static struct sxt_icmp_about plain(void)
{
	struct sxt_icmp_about about = {
		.src = host_a,
		.dst = host_b,
		.chain_known = true,
		.upper = 17,
	};

	return about;
}

static void unicast_is_answered(struct kunit *test)
{
	struct sxt_icmp_about about = plain();
	u32 type, code;

	for (type = 1; type <= 4; type++)
		for (code = 0; code < 256; code++)
			KUNIT_ASSERT_EQ(test, SXT_ICMP_MAY,
					sxt_icmp_may_answer(&about, (u8)type,
							    (u8)code));
	about.src = link_local;
	about.dst = link_local;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
	about.src = loopback;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
}

static void inner_types(struct kunit *test)
{
	struct sxt_icmp_about about = plain();
	u32 type;

	about.upper = SXT_ICMP_NEXTHDR;
	about.inner_known = true;
	for (type = 0; type < 256; type++) {
		enum sxt_icmp_may expected = SXT_ICMP_MAY;

		if (type < 128)
			expected = SXT_ICMP_NOT_ERROR;
		else if (type == 137)
			expected = SXT_ICMP_NOT_REDIRECT;
		about.inner_type = (u8)type;
		KUNIT_EXPECT_EQ_MSG(test, expected,
				    sxt_icmp_may_answer(&about,
							SXT_ICMP_UNREACH, 0),
				    "type %u", type);
		/* Another protocol's byte there means nothing. */
		about.upper = 17;
		KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
				sxt_icmp_may_answer(&about,
						    SXT_ICMP_UNREACH, 0));
		about.upper = SXT_ICMP_NEXTHDR;
	}
}

static void what_cannot_be_read_may_be_an_error(struct kunit *test)
{
	struct sxt_icmp_about about = plain();

	about.upper = SXT_ICMP_NEXTHDR;
	about.inner_type = 128;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_NOT_ERROR,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
	about.inner_known = true;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
	about.later_fragment = true;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_NOT_ERROR,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
	about.upper = 17;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
			sxt_icmp_may_answer(&about, SXT_ICMP_UNREACH, 0));
	/* Headers that end early: the fields say nothing. */
	about.upper = SXT_ICMP_NEXTHDR;
	about.chain_known = false;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_MAY,
			sxt_icmp_may_answer(&about, SXT_ICMP_PARAM, 0));
}

/* The two exceptions, for groups and for link-layer multicast alike. */
static void multicast_and_its_exceptions(struct kunit *test)
{
	u32 way, type, code;

	for (way = 0; way < 2; way++) {
		struct sxt_icmp_about about = plain();

		if (way)
			about.dst = group;
		else
			about.link_multicast = true;
		for (type = 1; type <= 4; type++)
			for (code = 0; code < 4; code++) {
				bool may = type == SXT_ICMP_TOO_BIG ||
					   (type == SXT_ICMP_PARAM &&
					    code == 2);

				KUNIT_EXPECT_EQ_MSG(test, may ? SXT_ICMP_MAY :
						    SXT_ICMP_NOT_MULTICAST,
						    sxt_icmp_may_answer
						    (&about, (u8)type,
						     (u8)code),
						    "type %u code %u", type,
						    code);
			}
	}
}

static void source_must_be_one_node(struct kunit *test)
{
	struct sxt_icmp_about about = plain();

	about.src = nobody;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_NOT_SOURCE,
			sxt_icmp_may_answer(&about, SXT_ICMP_TOO_BIG, 0));
	about.src = group;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_NOT_SOURCE,
			sxt_icmp_may_answer(&about, SXT_ICMP_TOO_BIG, 0));
	about.src = host_a;
	about.src_anycast = true;
	KUNIT_EXPECT_EQ(test, SXT_ICMP_NOT_SOURCE,
			sxt_icmp_may_answer(&about, SXT_ICMP_TOO_BIG, 0));
}

static void quote_stops_at_the_minimum_mtu(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(0), 0);
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(40), 40);
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(1231), 1231);
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(1232), 1232);
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(1233), 1232);
	KUNIT_EXPECT_EQ(test, sxt_icmp_quote_len(0xffffffff), 1232);
}

static const struct errno_param {
	const char *desc;
	u8 type;
	u8 code;
	int err;
	bool hard;
} errno_params[] = {
	{ "no route", 1, 0, ENETUNREACH, false },
	{ "prohibited", 1, 1, EACCES, true },
	{ "beyond scope", 1, 2, EHOSTUNREACH, false },
	{ "address unreachable", 1, 3, EHOSTUNREACH, false },
	{ "port unreachable", 1, 4, ECONNREFUSED, true },
	{ "source policy", 1, 5, EACCES, true },
	{ "reject route", 1, 6, EACCES, true },
	{ "unknown code", 1, 7, EPROTO, false },
	{ "last code", 1, 255, EPROTO, false },
	{ "too big", 2, 0, EMSGSIZE, false },
	{ "too big, odd code", 2, 255, EMSGSIZE, false },
	{ "hop limit", 3, 0, EHOSTUNREACH, false },
	{ "reassembly", 3, 1, EHOSTUNREACH, false },
	{ "parameter", 4, 0, EPROTO, true },
	{ "next header", 4, 1, EPROTO, true },
	{ "unknown type", 5, 0, EPROTO, false },
	{ "last error type", 127, 0, EPROTO, false },
	{ "type 0", 0, 0, EPROTO, false },
	{ "redirect", 137, 0, EPROTO, false },
};

KUNIT_ARRAY_PARAM_DESC(errno, errno_params, desc);

static void errors_to_programs(struct kunit *test)
{
	const struct errno_param *p = test->param_value;
	int err = 0;

	KUNIT_EXPECT_EQ(test, p->hard, sxt_icmp_errno(p->type, p->code, &err));
	KUNIT_EXPECT_EQ(test, p->err, err);
}

static struct kunit_case icmp_rule_cases[] = {
	KUNIT_CASE(unicast_is_answered),
	KUNIT_CASE(inner_types),
	KUNIT_CASE(what_cannot_be_read_may_be_an_error),
	KUNIT_CASE(multicast_and_its_exceptions),
	KUNIT_CASE(source_must_be_one_node),
	KUNIT_CASE(quote_stops_at_the_minimum_mtu),
	KUNIT_CASE_PARAM(errors_to_programs, errno_gen_params),
	{}
};

static struct kunit_suite icmp_rule_suite = {
	.name = "sextant_icmp_rule",
	.test_cases = icmp_rule_cases,
};

kunit_test_suite(icmp_rule_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's rules for ICMPv6 errors");
MODULE_LICENSE("GPL");
