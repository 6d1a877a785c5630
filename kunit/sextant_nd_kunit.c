// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the neighbour discovery exemption: a valid message of each
 * type, each rule of RFC 4861 broken alone, each truncation in front of a
 * guard page, each alignment.
 */
#include <kunit/test.h>

#include "../modules/policy/nd.c"
#include "guard.h"
#include "nd_types.h"

#define ROOM	256

static const u8 unspecified[16];
static const u8 loopback[16] = { [15] = 1 };
static const u8 global[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 link_local[16] = { 0xfe, 0x80, [15] = 1 };
static const u8 link_local_last[16] = { 0xfe, 0xbf, 0xff, [15] = 1 };
static const u8 below_link_local[16] = { 0xfe, 0x7f, [15] = 1 };
static const u8 site_local[16] = { 0xfe, 0xc0, [15] = 1 };
static const u8 all_nodes[16] = { 0xff, 0x02, [15] = 1 };
static const u8 all_nodes_here[16] = { 0xff, 0x01, [15] = 1 };
static const u8 all_routers_site[16] = { 0xff, 0x05, [15] = 2 };
static const u8 all_routers[16] = { 0xff, 0x02, [15] = 2 };
static const u8 transient[16] = { 0xff, 0x12, [15] = 9 };
static const u8 solicited_node[16] = { 0xff, 0x02, [11] = 1, [12] = 0xff,
				       [15] = 9 };
static const u8 not_solicited_node[16] = { 0xff, 0x02, [11] = 1, [12] = 0xfe,
					   [15] = 9 };

/* "ICMP length (derived from the IP length) is ... or more octets" */
static u32 least_len(u8 type)
{
	static const u8 len[] = { [RS - RS] = 8, [RA - RS] = 16, [NS - RS] = 24,
				  [NA - RS] = 24, [REDIRECT - RS] = 40 };

	return len[type - RS];
}

/*
 * A valid message of each type, with room behind the fixed part for options.
 * NS and NA: target 2001:db8::1. Redirect: target link-local.
 */
static u32 put_message(u8 *p, u8 type, u32 options)
{
	u32 len = least_len(type) + options;

	memset(p, 0, 40 + len);
	p[0] = 0x60;
	put_unaligned_be16((u16)len, p + 4);
	p[6] = 58;
	p[7] = 255;
	memcpy(p + 8, link_local, 16);
	memcpy(p + 24, type == RS ? all_routers : all_nodes, 16);
	p[40] = type;
	if (type == NS) {
		memcpy(p + 24, solicited_node, 16);
		memcpy(p + 48, global, 16);
	} else if (type == NA) {
		memcpy(p + 48, global, 16);
	} else if (type == REDIRECT) {
		memcpy(p + 24, global, 16);
		memcpy(p + 48, link_local, 16);
		memcpy(p + 64, global, 16);
	}
	if (options) {
		u8 *opt = p + 40 + least_len(type);

		opt[0] = type == NA || type == REDIRECT ? 2 : 1;
		opt[1] = (u8)(options / 8);
	}
	return 40 + len;
}

static void valid_messages_are_exempt(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 options, size, shift;
	u8 buf[ROOM];

	for (options = 0; options <= 32; options += 8) {
		size = put_message(buf, p->type, options);
		memcpy(end - size, buf, size);
		KUNIT_EXPECT_EQ(test, SXT_ND_OK,
				sxt_nd_check(end - size, size, true));
		for (shift = 1; shift < 8; shift++) {
			memcpy(end - size - shift, buf, size);
			KUNIT_EXPECT_EQ(test, SXT_ND_OK,
					sxt_nd_check(end - size - shift, size,
						     true));
		}
	}
}

static void quick_look_lets_discovery_through(struct kunit *test)
{
	u32 nh, limit;

	for (nh = 0; nh < 256; nh++) {
		for (limit = 0; limit < 256; limit++)
			KUNIT_ASSERT_EQ(test,
					sxt_nd_possible((u8)nh, (u8)limit),
					nh == 58 && limit == 255);
	}
}

/* RFC 4861: "The IP Hop Limit field has a value of 255". */
static void every_other_hop_limit_is_refused(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, p->type, 0);
	for (v = 0; v < 255; v++) {
		buf[7] = (u8)v;
		KUNIT_EXPECT_EQ(test, SXT_ND_HOP_LIMIT,
				sxt_nd_check(buf, size, true));
	}
}

static void every_other_code_is_refused(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, p->type, 0);
	for (v = 1; v < 256; v++) {
		buf[41] = (u8)v;
		KUNIT_EXPECT_EQ(test, SXT_ND_CODE,
				sxt_nd_check(buf, size, true));
	}
}

/* Echo, errors and multicast listener messages (130-132, 143) among them. */
static void no_other_type_is_exempt(struct kunit *test)
{
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, REDIRECT, 8);
	for (v = 0; v < 256; v++) {
		enum sxt_nd_verdict verdict;

		buf[40] = (u8)v;
		verdict = sxt_nd_check(buf, size, true);
		if (v < 133 || v > 137)
			KUNIT_EXPECT_EQ(test, verdict, SXT_ND_TYPE);
		else
			KUNIT_EXPECT_NE(test, verdict, SXT_ND_TYPE);
	}
}

static void nothing_else_follows_the_ipv6_header(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, p->type, 0);
	for (v = 0; v < 256; v++) {
		if (v == 58)
			continue;
		buf[6] = (u8)v;
		KUNIT_EXPECT_EQ(test, SXT_ND_HEADER,
				sxt_nd_check(buf, size, true));
	}
	buf[6] = 58;
	for (v = 0; v < 16; v++) {
		buf[0] = (u8)(v << 4);
		KUNIT_EXPECT_EQ(test, sxt_nd_check(buf, size, true),
				v == 6 ? SXT_ND_OK : SXT_ND_VERSION);
	}
}

static void a_wrong_checksum_is_refused(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 buf[ROOM];
	u32 size = put_message(buf, p->type, 8);

	KUNIT_EXPECT_EQ(test, SXT_ND_CHECKSUM, sxt_nd_check(buf, size, false));
}

/* The packet cut, with and without its length field telling so. */
static void truncated_messages_are_refused(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 len, size;
	u8 buf[ROOM];

	size = put_message(buf, p->type, 16);
	for (len = 0; len < size; len++) {
		memcpy(end - len, buf, len);
		KUNIT_EXPECT_EQ(test, SXT_ND_SHORT,
				sxt_nd_check(end - len, len, true));
	}
	for (len = 40; len < size; len++) {
		u32 fixed = 40 + least_len(p->type);
		int want = SXT_ND_OPTION;

		if (len < fixed)
			want = SXT_ND_SHORT;
		else if (len == fixed)
			want = SXT_ND_OK;
		put_unaligned_be16((u16)(len - 40), buf + 4);
		memcpy(end - len, buf, len);
		KUNIT_EXPECT_EQ_MSG(test, want,
				    sxt_nd_check(end - len, len, true),
				    "%u bytes", len);
	}
}

static void bytes_behind_the_message_are_ignored(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u8 buf[ROOM];
	u32 size = put_message(buf, p->type, 8);

	memset(buf + size, 0, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_OK, sxt_nd_check(buf, size + 16, true));
}

/* A second option of every length in a message with 24 bytes left for it. */
static void options_must_fit(struct kunit *test)
{
	const struct type_param *p = test->param_value;
	u32 opt = 40 + least_len(p->type);
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, p->type, 32);
	for (v = 0; v < 256; v++) {
		buf[opt] = 5;
		buf[opt + 1] = 1;
		buf[opt + 8] = 5;
		buf[opt + 9] = (u8)v;
		/* The rest, if any, is options of 8 bytes. */
		buf[opt + 17] = 1;
		buf[opt + 25] = 1;
		KUNIT_EXPECT_EQ_MSG(test, sxt_nd_check(buf, size, true),
				    v >= 1 && v <= 3 ? SXT_ND_OK :
				    SXT_ND_OPTION, "length %u", v);
	}
}

static const struct address_param {
	const char *desc;
	u8 type;
	u8 option;	/* type of an option of 8 bytes, 0 for none */
	const u8 *src;
	const u8 *dst;
	enum sxt_nd_verdict verdict;
} address_params[] = {
	{ "rs from global", RS, 1, global, all_routers, SXT_ND_OK },
	{ "rs from nowhere", RS, 0, unspecified, all_routers, SXT_ND_OK },
	{ "rs from nowhere with its link address", RS, 1, unspecified,
	  all_routers, SXT_ND_OPTION_SOURCE },
	{ "rs from nowhere with another option", RS, 14, unspecified,
	  all_routers, SXT_ND_OK },
	{ "rs from a group", RS, 0, all_nodes, all_routers, SXT_ND_SOURCE },
	{ "rs to the site", RS, 0, link_local, all_routers_site,
	  SXT_ND_DESTINATION },
	{ "rs to a router", RS, 0, link_local, global, SXT_ND_OK },
	{ "ra from global", RA, 0, global, all_nodes, SXT_ND_SOURCE },
	{ "ra from nowhere", RA, 0, unspecified, all_nodes, SXT_ND_SOURCE },
	{ "ra from a group", RA, 0, all_nodes, all_nodes, SXT_ND_SOURCE },
	{ "ra from the last link-local", RA, 0, link_local_last, all_nodes,
	  SXT_ND_OK },
	{ "ra from below link-local", RA, 0, below_link_local, all_nodes,
	  SXT_ND_SOURCE },
	{ "ra from site-local", RA, 0, site_local, all_nodes, SXT_ND_SOURCE },
	{ "ra to one host", RA, 1, link_local, link_local_last, SXT_ND_OK },
	{ "ra to this node only", RA, 0, link_local, all_nodes_here,
	  SXT_ND_DESTINATION },
	{ "ns from global", NS, 1, global, solicited_node, SXT_ND_OK },
	{ "ns to its target", NS, 1, global, global, SXT_ND_OK },
	{ "ns to nowhere", NS, 1, global, unspecified, SXT_ND_DESTINATION },
	{ "ns from a group", NS, 0, transient, solicited_node, SXT_ND_SOURCE },
	{ "ns for a duplicate", NS, 0, unspecified, solicited_node,
	  SXT_ND_OK },
	{ "ns for a duplicate with a nonce", NS, 14, unspecified,
	  solicited_node, SXT_ND_OK },
	{ "ns for a duplicate with its link address", NS, 1, unspecified,
	  solicited_node, SXT_ND_OPTION_SOURCE },
	{ "ns for a duplicate to all nodes", NS, 0, unspecified, all_nodes,
	  SXT_ND_DESTINATION },
	{ "ns for a duplicate to one node", NS, 0, unspecified, global,
	  SXT_ND_DESTINATION },
	{ "ns for a duplicate, group nearly right", NS, 0, unspecified,
	  not_solicited_node, SXT_ND_DESTINATION },
	{ "na from loopback", NA, 0, loopback, all_nodes, SXT_ND_OK },
	{ "na from nowhere", NA, 0, unspecified, all_nodes, SXT_ND_SOURCE },
	{ "na from a group", NA, 2, all_nodes, all_nodes, SXT_ND_SOURCE },
	{ "na to a transient group of the link", NA, 0, link_local, transient,
	  SXT_ND_OK },
	{ "redirect from global", REDIRECT, 0, global, global, SXT_ND_SOURCE },
	{ "redirect from nowhere", REDIRECT, 0, unspecified, global,
	  SXT_ND_SOURCE },
	{ "redirect to nowhere", REDIRECT, 0, link_local, unspecified,
	  SXT_ND_DESTINATION },
};

KUNIT_ARRAY_PARAM_DESC(address, address_params, desc);

static void addresses_follow_the_rules(struct kunit *test)
{
	const struct address_param *p = test->param_value;
	u8 buf[ROOM];
	u32 size;

	size = put_message(buf, p->type, p->option ? 8 : 0);
	if (p->option)
		buf[40 + least_len(p->type)] = p->option;
	memcpy(buf + 8, p->src, 16);
	memcpy(buf + 24, p->dst, 16);
	KUNIT_EXPECT_EQ(test, p->verdict, sxt_nd_check(buf, size, true));
}

/* 7.1.1, 7.1.2: any target but a group's; 8.1: link-local or as destined. */
static void targets_follow_the_rules(struct kunit *test)
{
	u8 buf[ROOM];
	u32 size, bit;

	size = put_message(buf, NS, 0);
	memcpy(buf + 48, transient, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_TARGET, sxt_nd_check(buf, size, true));
	size = put_message(buf, NA, 0);
	memcpy(buf + 48, transient, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_TARGET, sxt_nd_check(buf, size, true));

	size = put_message(buf, REDIRECT, 0);
	memcpy(buf + 64, transient, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_TARGET, sxt_nd_check(buf, size, true));
	/* Not even if it is the target as well. */
	memcpy(buf + 48, transient, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_TARGET, sxt_nd_check(buf, size, true));
	size = put_message(buf, REDIRECT, 0);
	memcpy(buf + 48, global, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_OK, sxt_nd_check(buf, size, true));
	for (bit = 0; bit < 128; bit++) {
		memcpy(buf + 48, global, 16);
		buf[48 + bit / 8] ^= (u8)(1 << bit % 8);
		KUNIT_EXPECT_EQ_MSG(test, SXT_ND_TARGET,
				    sxt_nd_check(buf, size, true),
				    "bit %u", bit);
	}
}

/* 7.1.2: nobody solicited what goes to a group. Other flags don't matter. */
static void solicited_answers_go_to_one_node(struct kunit *test)
{
	u8 buf[ROOM];
	u32 v, size;

	size = put_message(buf, NA, 8);
	for (v = 0; v < 256; v++) {
		buf[44] = (u8)v;
		memcpy(buf + 24, all_nodes, 16);
		KUNIT_EXPECT_EQ(test, sxt_nd_check(buf, size, true),
				v & 0x40 ? SXT_ND_SOLICITED : SXT_ND_OK);
		memcpy(buf + 24, global, 16);
		KUNIT_EXPECT_EQ(test, sxt_nd_check(buf, size, true),
				SXT_ND_OK);
	}
}

static struct kunit_case nd_cases[] = {
	KUNIT_CASE_PARAM(valid_messages_are_exempt, type_gen_params),
	KUNIT_CASE(quick_look_lets_discovery_through),
	KUNIT_CASE_PARAM(every_other_hop_limit_is_refused, type_gen_params),
	KUNIT_CASE_PARAM(every_other_code_is_refused, type_gen_params),
	KUNIT_CASE(no_other_type_is_exempt),
	KUNIT_CASE_PARAM(nothing_else_follows_the_ipv6_header, type_gen_params),
	KUNIT_CASE_PARAM(a_wrong_checksum_is_refused, type_gen_params),
	KUNIT_CASE_PARAM(truncated_messages_are_refused, type_gen_params),
	KUNIT_CASE_PARAM(bytes_behind_the_message_are_ignored, type_gen_params),
	KUNIT_CASE_PARAM(options_must_fit, type_gen_params),
	KUNIT_CASE_PARAM(addresses_follow_the_rules, address_gen_params),
	KUNIT_CASE(targets_follow_the_rules),
	KUNIT_CASE(solicited_answers_go_to_one_node),
	{}
};

static struct kunit_suite nd_suite = {
	.name = "sextant_nd",
	.test_cases = nd_cases,
};

kunit_test_suite(nd_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's neighbour discovery exemption");
MODULE_LICENSE("GPL");
