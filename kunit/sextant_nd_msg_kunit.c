// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the stack's reading of neighbour discovery messages: each
 * check of RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1 broken alone, what is in a
 * valid message, every option at every length, all in front of a guard page.
 */
#include <kunit/test.h>

#include "../modules/ipv6/nd_msg.c"
#include "guard.h"
#include "nd_types.h"

#define ROOM	512u

static const u8 nowhere[16];
static const u8 global[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 link_local[16] = { 0xfe, 0x80, [15] = 1 };
static const u8 other_link_local[16] = { 0xfe, 0x80, [15] = 2 };
static const u8 all_nodes[16] = { 0xff, 0x02, [15] = 1 };
static const u8 all_routers[16] = { 0xff, 0x02, [15] = 2 };
static const u8 site_group[16] = { 0xff, 0x05, [15] = 2 };
static const u8 solicited_node[16] = { 0xff, 0x02, [11] = 1, [12] = 0xff,
				       [15] = 1 };

static u32 fixed_of(u8 type)
{
	static const u8 len[] = { 8, 16, 24, 24, 40 };

	return len[type - RS];
}

/* A valid message of each type on Ethernet, without options. */
static void put_valid(struct sxt_nd_packet *p, u8 *msg, u8 type)
{
	memset(msg, 0, ROOM);
	msg[0] = type;
	*p = (struct sxt_nd_packet) {
		.src = link_local,
		.dst = all_nodes,
		.msg = msg,
		.len = fixed_of(type),
		.hop_limit = 255,
		.link_len = 6,
	};
	if (type == RS)
		p->dst = all_routers;
	if (type == NS)
		p->dst = solicited_node;
	if (type == NS || type == NA)
		memcpy(msg + 8, global, 16);
	if (type == REDIRECT) {
		p->dst = global;
		memcpy(msg + 8, other_link_local, 16);
		memcpy(msg + 24, global, 16);
	}
}

/* Returns where the option's content begins; all of it is 0. */
static u8 *put_option(struct sxt_nd_packet *p, u8 *msg, u8 type, u32 units)
{
	u8 *opt = msg + p->len;

	memset(opt, 0, units * 8);
	opt[0] = type;
	opt[1] = (u8)units;
	p->len += units * 8;
	return opt + 2;
}

/* Read at the end of a page, so that nothing behind it is touched. */
static enum sxt_nd_verdict read_guarded(const struct sxt_nd_packet *p,
					u8 *end, struct sxt_nd_msg *m)
{
	struct sxt_nd_packet q = *p;

	memcpy(end - p->len, p->msg, p->len);
	q.msg = end - p->len;
	return sxt_nd_msg_read(&q, m);
}

static const struct check_param {
	const char *desc;
	u8 type;
	const u8 *src;		/* these where not NULL */
	const u8 *dst;
	const u8 *target;
	u8 option;		/* one of 8 bytes, 0: none */
	u8 flags;		/* NA */
	enum sxt_nd_verdict verdict;
} check_params[] = {
	/* 6.1.1: router solicitations */
	{ .desc = "6.1.1 rs", .type = RS },
	{ .desc = "6.1.1 rs from nowhere", .type = RS, .src = nowhere },
	{ .desc = "6.1.1 rs from nowhere with a source address",
	  .type = RS, .src = nowhere, .option = SXT_ND_OPT_SLLA,
	  .verdict = SXT_ND_OPTION_SOURCE },
	{ .desc = "6.1.1 rs with a source address", .type = RS,
	  .option = SXT_ND_OPT_SLLA },
	{ .desc = "rs from a group", .type = RS, .src = all_nodes,
	  .verdict = SXT_ND_SOURCE },
	/* 6.1.2: router advertisements */
	{ .desc = "6.1.2 ra", .type = RA, .option = SXT_ND_OPT_SLLA },
	{ .desc = "6.1.2 ra from a global address", .type = RA, .src = global,
	  .verdict = SXT_ND_SOURCE },
	{ .desc = "6.1.2 ra from nowhere", .type = RA, .src = nowhere,
	  .verdict = SXT_ND_SOURCE },
	{ .desc = "6.1.2 ra from a group", .type = RA, .src = all_nodes,
	  .verdict = SXT_ND_SOURCE },
	{ .desc = "ra to a group of the site", .type = RA, .dst = site_group,
	  .verdict = SXT_ND_DESTINATION },
	{ .desc = "6.1.2 ra to one node", .type = RA, .dst = link_local },
	/* 7.1.1: neighbour solicitations */
	{ .desc = "7.1.1 ns", .type = NS, .option = SXT_ND_OPT_SLLA },
	{ .desc = "7.1.1 ns to a node", .type = NS, .dst = global },
	{ .desc = "7.1.1 ns for a group", .type = NS, .target = all_nodes,
	  .verdict = SXT_ND_TARGET },
	{ .desc = "7.1.1 ns for a duplicate", .type = NS, .src = nowhere },
	{ .desc = "7.1.1 ns for a duplicate, not to the group", .type = NS,
	  .src = nowhere, .dst = global, .verdict = SXT_ND_DESTINATION },
	{ .desc = "7.1.1 ns for a duplicate, to another group", .type = NS,
	  .src = nowhere, .dst = all_nodes, .verdict = SXT_ND_DESTINATION },
	{ .desc = "7.1.1 ns for a duplicate with a source address",
	  .type = NS, .src = nowhere, .option = SXT_ND_OPT_SLLA,
	  .verdict = SXT_ND_OPTION_SOURCE },
	{ .desc = "rfc 7527 ns for a duplicate with a nonce", .type = NS,
	  .src = nowhere, .option = SXT_ND_OPT_NONCE },
	/* 7.1.2: neighbour advertisements */
	{ .desc = "7.1.2 na", .type = NA, .option = SXT_ND_OPT_TLLA },
	{ .desc = "7.1.2 na for a group", .type = NA, .target = all_nodes,
	  .verdict = SXT_ND_TARGET },
	{ .desc = "7.1.2 na to a group, solicited", .type = NA,
	  .flags = NA_SOLICITED, .verdict = SXT_ND_SOLICITED },
	{ .desc = "7.1.2 na to a node, solicited", .type = NA,
	  .dst = link_local, .flags = NA_SOLICITED },
	{ .desc = "na from nowhere", .type = NA, .src = nowhere,
	  .verdict = SXT_ND_SOURCE },
	/* 8.1: redirects */
	{ .desc = "8.1 redirect", .type = REDIRECT,
	  .option = SXT_ND_OPT_TLLA },
	{ .desc = "8.1 redirect from a global address", .type = REDIRECT,
	  .src = global, .verdict = SXT_ND_SOURCE },
	{ .desc = "8.1 redirect to the destination", .type = REDIRECT,
	  .target = global },
	{ .desc = "8.1 redirect to somewhere", .type = REDIRECT,
	  .target = nowhere, .verdict = SXT_ND_TARGET },
	{ .desc = "8.1 redirect to a group", .type = REDIRECT,
	  .target = all_nodes, .verdict = SXT_ND_TARGET },
};

KUNIT_ARRAY_PARAM_DESC(check, check_params, desc);

static void checks_of_rfc_4861(struct kunit *test)
{
	const struct check_param *c = test->param_value;
	u8 *end = guard_page(test);
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];

	put_valid(&p, msg, c->type);
	if (c->src)
		p.src = c->src;
	if (c->dst)
		p.dst = c->dst;
	if (c->target)
		memcpy(msg + 8, c->target, 16);
	if (c->option)
		put_option(&p, msg, c->option, 1);
	if (c->flags)
		msg[4] = c->flags;
	KUNIT_EXPECT_EQ(test, c->verdict, read_guarded(&p, end, &m));
}

static void redirects_are_about_one_destination(struct kunit *test)
{
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];

	put_valid(&p, msg, REDIRECT);
	memcpy(msg + 24, all_nodes, 16);
	KUNIT_EXPECT_EQ(test, SXT_ND_TARGET, sxt_nd_msg_read(&p, &m));
	memcpy(msg + 24, global, 16);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_MEMEQ(test, m.dest, global, 16);
	KUNIT_EXPECT_MEMEQ(test, m.target, other_link_local, 16);
}

static void hop_limit_code_and_fragment(struct kunit *test)
{
	const struct type_param *t = test->param_value;
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u32 v;

	put_valid(&p, msg, t->type);
	KUNIT_EXPECT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_EQ(test, m.type, t->type);
	for (v = 0; v < 255; v++) {
		p.hop_limit = (u8)v;
		KUNIT_EXPECT_EQ(test, SXT_ND_HOP_LIMIT,
				sxt_nd_msg_read(&p, &m));
	}
	p.hop_limit = 255;
	for (v = 1; v < 256; v++) {
		msg[1] = (u8)v;
		KUNIT_EXPECT_EQ(test, SXT_ND_CODE, sxt_nd_msg_read(&p, &m));
	}
	msg[1] = 0;
	p.fragment = true;
	KUNIT_EXPECT_EQ(test, SXT_ND_HEADER, sxt_nd_msg_read(&p, &m));
}

static void no_other_type(struct kunit *test)
{
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u32 v;

	put_valid(&p, msg, REDIRECT);
	for (v = 0; v < 256; v++) {
		msg[0] = (u8)v;
		if (v < RS || v > REDIRECT)
			KUNIT_EXPECT_EQ(test, SXT_ND_TYPE,
					sxt_nd_msg_read(&p, &m));
	}
}

/* Two options of 8 bytes: what ends between them is valid, nothing else. */
static void all_truncations(struct kunit *test)
{
	const struct type_param *t = test->param_value;
	u32 len, size, fixed = fixed_of(t->type);
	u8 *end = guard_page(test);
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];

	put_valid(&p, msg, t->type);
	put_option(&p, msg, SXT_ND_OPT_NONCE, 1);
	put_option(&p, msg, 99, 1);
	size = p.len;
	for (len = 0; len <= size; len++) {
		int want = SXT_ND_OPTION;

		if (len < fixed)
			want = SXT_ND_SHORT;
		else if (len == fixed || len == fixed + 8 || len == size)
			want = SXT_ND_OK;
		p.len = len;
		KUNIT_EXPECT_EQ_MSG(test, want, read_guarded(&p, end, &m),
				    "%u bytes", len);
	}
}

/* Each option type at each length in a message of 48 bytes of options. */
static void all_option_lengths(struct kunit *test)
{
	const struct type_param *t = test->param_value;
	u8 *end = guard_page(test);
	u32 type, units, i;
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];

	for (type = 0; type < 256; type++) {
		for (units = 0; units < 256; units++) {
			bool link = type == SXT_ND_OPT_SLLA ||
				    type == SXT_ND_OPT_TLLA;
			enum sxt_nd_verdict verdict;

			put_valid(&p, msg, t->type);
			for (i = 0; i < 6; i++)
				put_option(&p, msg, 99, 1);
			msg[p.len - 48] = (u8)type;
			msg[p.len - 47] = (u8)units;
			verdict = read_guarded(&p, end, &m);
			if (!units || units > 6)
				KUNIT_EXPECT_EQ(test, verdict, SXT_ND_OPTION);
			else if (units == 1 || !link)
				KUNIT_EXPECT_EQ(test, verdict, SXT_ND_OK);
		}
	}
}

/* On Ethernet, InfiniBand (RFC 4391) and a link without addresses. */
static void link_addresses_are_of_the_links_size(struct kunit *test)
{
	static const struct {
		u8 len;
		u8 pad;
		u32 units;
	} links[] = { { 6, 0, 1 }, { 8, 0, 2 }, { 20, 2, 3 }, { 0, 0, 0 } };
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u32 i, units;
	u8 msg[ROOM];

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		for (units = 1; units < 5; units++) {
			bool ok = !links[i].len || units == links[i].units;
			u8 *addr;

			put_valid(&p, msg, NS);
			p.link_len = links[i].len;
			p.link_pad = links[i].pad;
			addr = put_option(&p, msg, SXT_ND_OPT_SLLA, units) +
				links[i].pad;
			KUNIT_ASSERT_EQ(test, sxt_nd_msg_read(&p, &m),
					ok ? SXT_ND_OK : SXT_ND_OPTION);
			if (ok)
				KUNIT_EXPECT_TRUE(test, m.slla ==
						  (links[i].len ? addr : NULL));
		}
	}
	KUNIT_EXPECT_EQ(test, sxt_nd_link_option_len(6, 0), 8);
	KUNIT_EXPECT_EQ(test, sxt_nd_link_option_len(7, 0), 16);
	KUNIT_EXPECT_EQ(test, sxt_nd_link_option_len(20, 2), 24);
	KUNIT_EXPECT_EQ(test, sxt_nd_link_option_len(255, 0), 264);
}

/* 4.1 to 4.5 name the messages of each option; elsewhere it is ignored. */
static void link_addresses_where_they_belong(struct kunit *test)
{
	const struct type_param *t = test->param_value;
	bool target = t->type == NA || t->type == REDIRECT;
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u8 *first;

	put_valid(&p, msg, t->type);
	first = put_option(&p, msg, SXT_ND_OPT_TLLA, 1);
	put_option(&p, msg, SXT_ND_OPT_TLLA, 1);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_TRUE(test, m.tlla == (target ? first : NULL));
	KUNIT_EXPECT_TRUE(test, !m.slla);

	put_valid(&p, msg, t->type);
	first = put_option(&p, msg, SXT_ND_OPT_SLLA, 1);
	put_option(&p, msg, SXT_ND_OPT_SLLA, 1);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_TRUE(test, m.slla == (target ? NULL : first));
	KUNIT_EXPECT_TRUE(test, !m.tlla);
}

static void flags_of_advertisements(struct kunit *test)
{
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u32 v;

	for (v = 0; v < 256; v++) {
		u8 pref = v >> 3 & 3;

		put_valid(&p, msg, NA);
		p.dst = link_local;
		msg[4] = (u8)v;
		KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
		KUNIT_EXPECT_EQ(test, m.router, !!(v & 0x80));
		KUNIT_EXPECT_EQ(test, m.solicited, !!(v & 0x40));
		KUNIT_EXPECT_EQ(test, m.override, !!(v & 0x20));

		put_valid(&p, msg, RA);
		msg[5] = (u8)v;
		KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
		KUNIT_EXPECT_EQ(test, m.managed, !!(v & 0x80));
		KUNIT_EXPECT_EQ(test, m.other, !!(v & 0x40));
		KUNIT_EXPECT_EQ(test, m.pref, 0);	/* lifetime 0 */
		msg[7] = 1;
		KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
		KUNIT_EXPECT_EQ(test, m.pref, pref == 2 ? 0 : pref);
	}
}

static void fields_of_a_router_advertisement(struct kunit *test)
{
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u8 *opt;

	put_valid(&p, msg, RA);
	msg[4] = 64;
	put_unaligned_be16(1800, msg + 6);
	put_unaligned_be32(0x89abcdef, msg + 8);
	put_unaligned_be32(0xfedcba98, msg + 12);
	/* An MTU option of another size is none; of two the first counts. */
	opt = put_option(&p, msg, SXT_ND_OPT_MTU, 2);
	put_unaligned_be32(9000, opt + 2);
	opt = put_option(&p, msg, SXT_ND_OPT_MTU, 1);
	put_unaligned_be32(1400, opt + 2);
	opt = put_option(&p, msg, SXT_ND_OPT_MTU, 1);
	put_unaligned_be32(1300, opt + 2);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_EQ(test, m.hop_limit, 64);
	KUNIT_EXPECT_EQ(test, m.lifetime, 1800);
	KUNIT_EXPECT_EQ(test, m.reachable, 0x89abcdef);
	KUNIT_EXPECT_EQ(test, m.retrans, 0xfedcba98);
	KUNIT_EXPECT_EQ(test, m.mtu, 1400);
}

static void nonce(struct kunit *test)
{
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u8 *opt;

	put_valid(&p, msg, NS);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_TRUE(test, !m.nonce && !m.nonce_len);
	opt = put_option(&p, msg, SXT_ND_OPT_NONCE, 1);
	put_option(&p, msg, SXT_ND_OPT_NONCE, 2);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_TRUE(test, m.nonce == opt);
	KUNIT_EXPECT_EQ(test, m.nonce_len, SXT_ND_NONCE_LEN);
}

/* The walk gives each option once, and what it gives can be read. */
static void options_in_order(struct kunit *test)
{
	struct sxt_nd_packet p;
	const u8 *opt = NULL;
	struct sxt_nd_msg m;
	u8 msg[ROOM];
	u32 i;

	put_valid(&p, msg, RA);
	for (i = 1; i < 6; i++)
		put_option(&p, msg, (u8)(100 + i), i);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	for (i = 1; i < 6; i++) {
		opt = sxt_nd_option_next(&m, opt);
		KUNIT_ASSERT_NOT_NULL(test, opt);
		KUNIT_EXPECT_EQ(test, opt[0], 100 + i);
		KUNIT_EXPECT_EQ(test, sxt_nd_option_len(opt), i * 8);
	}
	KUNIT_EXPECT_TRUE(test, !sxt_nd_option_next(&m, opt));
	put_valid(&p, msg, RA);
	KUNIT_ASSERT_EQ(test, SXT_ND_OK, sxt_nd_msg_read(&p, &m));
	KUNIT_EXPECT_TRUE(test, !sxt_nd_option_next(&m, NULL));
}

/* Does @got have the first @plen bits of 0xff…, and 0 behind? */
static bool prefix_is(const u8 *got, u32 plen)
{
	u32 bit;

	for (bit = 0; bit < 128; bit++)
		if (!!(got[bit / 8] & (0x80 >> bit % 8)) !=
		    !!(bit < plen))
			return false;
	return true;
}

static void prefix_information(struct kunit *test)
{
	struct sxt_nd_prefix p;
	u8 *end = guard_page(test);
	u8 *opt = end - 32;
	u32 len, plen;

	memset(opt, 0xff, 32);
	opt[0] = SXT_ND_OPT_PREFIX;
	opt[1] = 4;
	put_unaligned_be32(0x80000001, opt + 4);
	put_unaligned_be32(0x7fffffff, opt + 8);
	for (plen = 0; plen < 256; plen++) {
		opt[2] = (u8)plen;
		KUNIT_ASSERT_EQ(test, sxt_nd_prefix_read(opt, 32, &p),
				plen <= 128);
		if (plen > 128)
			continue;
		KUNIT_EXPECT_EQ(test, p.plen, plen);
		KUNIT_EXPECT_TRUE_MSG(test, prefix_is(p.prefix, plen), "/%u",
				      plen);
		KUNIT_EXPECT_EQ(test, p.valid, 0x80000001);
		KUNIT_EXPECT_EQ(test, p.preferred, 0x7fffffff);
	}
	opt[2] = 64;
	for (len = 0; len < 256; len++) {
		opt[3] = (u8)len;
		KUNIT_ASSERT_EQ(test, sxt_nd_prefix_read(opt, len * 8, &p),
				len == 4);
		KUNIT_ASSERT_TRUE(test, sxt_nd_prefix_read(opt, 32, &p));
		KUNIT_EXPECT_EQ(test, p.on_link, !!(len & 0x80));
		KUNIT_EXPECT_EQ(test, p.autoconf, !!(len & 0x40));
		KUNIT_EXPECT_EQ(test, p.delegate, !!(len & 0x10));
		KUNIT_EXPECT_EQ(test, p.flags, len);
	}
}

/* RFC 4191 2.3: 8 bytes: /0; 16: up to /64; 24: all. */
static void route_information(struct kunit *test)
{
	u8 *end = guard_page(test);
	struct sxt_nd_route r;
	u32 units, plen, pref;

	for (units = 0; units < 6; units++) {
		u8 *opt = end - units * 8;
		u32 most = units == 1 ? 0 : units == 2 ? 64 : 128;

		if (units)
			memset(opt, 0xff, units * 8);
		for (plen = 0; plen < 256; plen++) {
			bool ok = units >= 1 && units <= 3 && plen <= most;

			if (units) {
				opt[2] = (u8)plen;
				opt[3] = 0xe7 | 1 << 3;
			}
			KUNIT_ASSERT_EQ_MSG(test, ok,
					    sxt_nd_route_read(opt, units * 8,
							      &r),
					    "/%u in %u units", plen, units);
			if (!ok)
				continue;
			KUNIT_EXPECT_EQ(test, r.plen, plen);
			KUNIT_EXPECT_EQ(test, r.pref, 1);
			KUNIT_EXPECT_EQ(test, r.lifetime, 0xffffffff);
			KUNIT_EXPECT_TRUE(test, prefix_is(r.prefix, plen));
		}
	}
	for (pref = 0; pref < 4; pref++) {
		u8 *opt = end - 8;

		opt[2] = 0;
		opt[3] = (u8)(pref << 3);
		KUNIT_EXPECT_EQ(test, sxt_nd_route_read(opt, 8, &r),
				pref != 2);
	}
}

static void options_for_user_space(struct kunit *test)
{
	static const struct {
		u8 type;
		u8 least;
		u8 most;
		bool odd;
	} known[] = {
		{ SXT_ND_OPT_PREFIX, 4, 4, false },
		{ SXT_ND_OPT_RDNSS, 3, 255, true },
		{ SXT_ND_OPT_DNSSL, 2, 255, false },
		{ SXT_ND_OPT_6CO, 2, 3, false },
		{ SXT_ND_OPT_PORTAL, 1, 255, false },
		{ SXT_ND_OPT_PREF64, 2, 255, false },
	};
	u32 type, units, i;

	for (type = 0; type < 256; type++) {
		for (units = 1; units < 256; units++) {
			const u8 opt[2] = { (u8)type, (u8)units };
			bool want = false;

			for (i = 0; i < ARRAY_SIZE(known); i++)
				if (known[i].type == type)
					want = units >= known[i].least &&
					       units <= known[i].most &&
					       (!known[i].odd || units % 2);
			KUNIT_EXPECT_EQ_MSG(test, want,
					    sxt_nd_option_for_user(opt),
					    "type %u, %u units", type, units);
		}
	}
}

/* What is called valid can be read to its end, whatever it is. */
static void random_messages(struct kunit *test)
{
	u8 *end = guard_page(test);
	u64 state = 4861;
	u32 i, k, round;
	u8 msg[ROOM];

	for (round = 0; round < 20000; round++) {
		struct sxt_nd_prefix prefix;
		struct sxt_nd_packet p;
		struct sxt_nd_route route;
		const u8 *opt = NULL;
		struct sxt_nd_msg m;

		put_valid(&p, msg, (u8)(RS + round % 5));
		for (i = guard_random(&state) % 8; i; i--)
			put_option(&p, msg, (u8)(guard_random(&state) % 40),
				   1 + guard_random(&state) % 4);
		for (k = guard_random(&state) % 4; k; k--)
			msg[1 + guard_random(&state) % (p.len - 1)] =
				(u8)guard_random(&state);
		p.len -= guard_random(&state) % 2 * (guard_random(&state) % 8);
		if (read_guarded(&p, end, &m) != SXT_ND_OK)
			continue;
		while ((opt = sxt_nd_option_next(&m, opt))) {
			u32 len = sxt_nd_option_len(opt);

			KUNIT_ASSERT_TRUE(test, len && opt + len <= end);
			if (sxt_nd_prefix_read(opt, len, &prefix))
				KUNIT_ASSERT_LE(test, prefix.plen, 128);
			if (sxt_nd_route_read(opt, len, &route))
				KUNIT_ASSERT_LE(test, route.plen, 128);
		}
		if (m.slla)
			KUNIT_ASSERT_TRUE(test, m.slla + 6 <= end);
		if (m.nonce)
			KUNIT_ASSERT_TRUE(test, m.nonce + m.nonce_len <= end);
	}
}

static struct kunit_case nd_msg_cases[] = {
	KUNIT_CASE_PARAM(checks_of_rfc_4861, check_gen_params),
	KUNIT_CASE(redirects_are_about_one_destination),
	KUNIT_CASE_PARAM(hop_limit_code_and_fragment, type_gen_params),
	KUNIT_CASE(no_other_type),
	KUNIT_CASE_PARAM(all_truncations, type_gen_params),
	KUNIT_CASE_PARAM(all_option_lengths, type_gen_params),
	KUNIT_CASE(link_addresses_are_of_the_links_size),
	KUNIT_CASE_PARAM(link_addresses_where_they_belong, type_gen_params),
	KUNIT_CASE(flags_of_advertisements),
	KUNIT_CASE(fields_of_a_router_advertisement),
	KUNIT_CASE(nonce),
	KUNIT_CASE(options_in_order),
	KUNIT_CASE(prefix_information),
	KUNIT_CASE(route_information),
	KUNIT_CASE(options_for_user_space),
	KUNIT_CASE(random_messages),
	{}
};

static struct kunit_suite nd_msg_suite = {
	.name = "sextant_nd_msg",
	.test_cases = nd_msg_cases,
};

kunit_test_suite(nd_msg_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's neighbour discovery messages");
MODULE_LICENSE("GPL");
