// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tunnel mode: the tables of RFC 6040 row by row, the outer
 * header's fields for each combination of options, and the inner header read
 * at every length in front of a guard page.
 */
#include <kunit/test.h>

#include "../modules/key/tunnel.c"
#include "guard.h"

#define NOT_ECT	0	/* the codepoints as RFC 3168 5 gives them */
#define ECT1	1
#define ECT0	2
#define CE	3
#define DROP	4

static const struct sxt_tunnel_opts defaults = {
	.dscp_from = SXT_TUNNEL_COPY,
	.df = SXT_TUNNEL_DF_COPY,
	.flow_from = SXT_TUNNEL_SET,
	.ttl = 64,
};

/* RFC 6040 4.1, figure 3. */
static const struct encap_param {
	const char *desc;
	u8 inner;
	u8 compat;
	u8 normal;
} encap_params[] = {
	{ "Not-ECT", NOT_ECT, NOT_ECT, NOT_ECT },
	{ "ECT(0)", ECT0, NOT_ECT, ECT0 },
	{ "ECT(1)", ECT1, NOT_ECT, ECT1 },
	{ "CE", CE, NOT_ECT, CE },
};

KUNIT_ARRAY_PARAM_DESC(encap, encap_params, desc);

static void encap_ecn_is_figure_3_of_rfc6040(struct kunit *test)
{
	const struct encap_param *p = test->param_value;
	struct sxt_tunnel_inner in = { .version = 4 };
	struct sxt_tunnel_opts o = defaults;
	struct sxt_tunnel_outer out;
	u32 dscp;

	for (dscp = 0; dscp < 64; dscp++) {
		in.tos = (u8)(dscp << 2 | p->inner);
		o.ecn_compat = false;
		sxt_tunnel_encap(&o, &in, &out);
		KUNIT_EXPECT_EQ(test, out.tos, dscp << 2 | p->normal);
		o.ecn_compat = true;
		sxt_tunnel_encap(&o, &in, &out);
		KUNIT_EXPECT_EQ(test, out.tos, dscp << 2 | p->compat);
	}
}

/*
 * RFC 6040 4.2, figure 4, in its own order of rows and columns; '!' marks
 * "(!)" and '#' marks "(!!!)".
 */
static const struct decap_param {
	const char *desc;
	u8 inner;
	struct {
		u8 out;
		char mark;
	} column[4];	/* outer Not-ECT, ECT(0), ECT(1), CE */
} decap_params[] = {
	{ "Not-ECT", NOT_ECT,
	  { { NOT_ECT, ' ' }, { NOT_ECT, '#' }, { NOT_ECT, '#' },
	    { DROP, '#' } } },
	{ "ECT(0)", ECT0,
	  { { ECT0, ' ' }, { ECT0, ' ' }, { ECT1, ' ' }, { CE, ' ' } } },
	{ "ECT(1)", ECT1,
	  { { ECT1, ' ' }, { ECT1, '!' }, { ECT1, ' ' }, { CE, ' ' } } },
	{ "CE", CE,
	  { { CE, ' ' }, { CE, ' ' }, { CE, '#' }, { CE, ' ' } } },
};

KUNIT_ARRAY_PARAM_DESC(decap, decap_params, desc);

static enum sxt_ecn_alarm alarm_of(char mark)
{
	if (mark == '#')
		return SXT_ECN_DANGER;
	return mark == '!' ? SXT_ECN_SUSPECT : SXT_ECN_USED;
}

static void decap_ecn_is_figure_4_of_rfc6040(struct kunit *test)
{
	static const u8 columns[] = { NOT_ECT, ECT0, ECT1, CE };
	const struct decap_param *p = test->param_value;
	u32 i, dscp;

	for (i = 0; i < 4 * 64; i++) {
		u32 c = i % 4;
		struct sxt_tunnel_tos res = { 0 };
		u8 outer, inner;

		dscp = i / 4;
		inner = (u8)(dscp << 2 | p->inner);
		outer = (u8)((63 - dscp) << 2 | columns[c]);
		if (p->column[c].out == DROP) {
			KUNIT_EXPECT_EQ(test, SXT_TUNNEL_ECN,
					sxt_tunnel_decap_tos(&defaults, inner,
							     outer, &res));
			KUNIT_EXPECT_EQ(test, res.tos, inner);
		} else {
			KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK,
					sxt_tunnel_decap_tos(&defaults, inner,
							     outer, &res));
			KUNIT_EXPECT_EQ(test, res.tos,
					dscp << 2 | p->column[c].out);
		}
		KUNIT_EXPECT_EQ(test, res.alarm, alarm_of(p->column[c].mark));
	}
}

/* RFC 4301 5.1.2.2 (9): the outer DSCP comes in only when asked for. */
static void decap_takes_the_outer_dscp_only_when_asked(struct kunit *test)
{
	struct sxt_tunnel_opts o = defaults;
	struct sxt_tunnel_tos res;

	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK,
			sxt_tunnel_decap_tos(&o, 46 << 2 | ECT0, 10 << 2 | CE,
					     &res));
	KUNIT_EXPECT_EQ(test, res.tos, 46 << 2 | CE);
	o.dscp_back = true;
	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK,
			sxt_tunnel_decap_tos(&o, 46 << 2 | ECT0, 10 << 2 | CE,
					     &res));
	KUNIT_EXPECT_EQ(test, res.tos, 10 << 2 | CE);
	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_ECN,
			sxt_tunnel_decap_tos(&o, 46 << 2, 10 << 2 | CE, &res));
	KUNIT_EXPECT_EQ(test, res.tos, 46 << 2);
}

static void encap_sets_the_dscp_it_is_told(struct kunit *test)
{
	struct sxt_tunnel_inner in = { .version = 6, .tos = 46 << 2 | CE };
	struct sxt_tunnel_opts o = defaults;
	struct sxt_tunnel_outer out;

	o.dscp = 63;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.tos, 46 << 2 | CE);
	o.dscp_from = SXT_TUNNEL_SET;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.tos, 63 << 2 | CE);
	o.dscp = 0;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.tos, CE);
}

/* RFC 4301 5.1.2.1 (4). */
static const struct df_param {
	const char *desc;
	u8 df;
	u8 version;
	bool inner;
	bool outer;
} df_params[] = {
	{ "copy, v4 without", SXT_TUNNEL_DF_COPY, 4, false, false },
	{ "copy, v4 with", SXT_TUNNEL_DF_COPY, 4, true, true },
	{ "copy, v6", SXT_TUNNEL_DF_COPY, 6, false, true },
	{ "clear, v4 without", SXT_TUNNEL_DF_CLEAR, 4, false, false },
	{ "clear, v4 with", SXT_TUNNEL_DF_CLEAR, 4, true, false },
	{ "clear, v6", SXT_TUNNEL_DF_CLEAR, 6, true, false },
	{ "set, v4 without", SXT_TUNNEL_DF_SET, 4, false, true },
	{ "set, v4 with", SXT_TUNNEL_DF_SET, 4, true, true },
	{ "set, v6", SXT_TUNNEL_DF_SET, 6, false, true },
};

KUNIT_ARRAY_PARAM_DESC(df, df_params, desc);

static void encap_copies_sets_or_clears_df(struct kunit *test)
{
	const struct df_param *p = test->param_value;
	struct sxt_tunnel_inner in = { .version = p->version,
				       .df = p->inner };
	struct sxt_tunnel_opts o = defaults;
	struct sxt_tunnel_outer out;

	o.df = p->df;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.df, p->outer);
}

static void encap_constructs_ttl_and_flow_label(struct kunit *test)
{
	struct sxt_tunnel_inner in = { .version = 6, .tos = 0xb9, .ttl = 3,
				       .flow = 0xabcde };
	struct sxt_tunnel_opts o = defaults;
	struct sxt_tunnel_outer out;

	o.ttl = 255;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.ttl, 255);
	KUNIT_EXPECT_EQ(test, out.flow, 0);
	KUNIT_EXPECT_EQ(test, sxt_tunnel_v6_word(&out), 0x6b900000u);
	o.ttl = 1;
	o.flow = 0x12345;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.ttl, 1);
	KUNIT_EXPECT_EQ(test, out.flow, 0x12345);
	KUNIT_EXPECT_EQ(test, sxt_tunnel_v6_word(&out), 0x6b912345u);
	o.flow_from = SXT_TUNNEL_COPY;
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.flow, 0xabcde);
	KUNIT_EXPECT_EQ(test, sxt_tunnel_v6_word(&out), 0x6b9abcdeu);
	/* Left to the route. */
	o.ttl = 0;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), 0);
	sxt_tunnel_encap(&o, &in, &out);
	KUNIT_EXPECT_EQ(test, out.ttl, 0);
}

static void opts_out_of_range_are_refused(struct kunit *test)
{
	struct sxt_tunnel_opts o = defaults;

	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), 0);
	o.dscp_from = 2;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), -EINVAL);
	o = defaults;
	o.dscp = 63;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), 0);
	o.dscp = 64;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), -EINVAL);
	o = defaults;
	o.df = SXT_TUNNEL_DF_SET;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), 0);
	o.df = SXT_TUNNEL_DF_SET + 1;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), -EINVAL);
	o = defaults;
	o.flow_from = 2;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), -EINVAL);
	o = defaults;
	o.flow = 0xfffff;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), 0);
	o.flow = 0x100000;
	KUNIT_EXPECT_EQ(test, sxt_tunnel_opts_check(&o), -EINVAL);
}

/* An IPv4 header of @words words at @p that claims @total bytes. */
static void make_v4(u8 *p, u32 words, u32 total, u32 room)
{
	static const u8 header[20] = {
		0x40, 0xb9, 0, 0, 0x12, 0x34, 0x40, 0, 63, 17, 0, 0,
		192, 0, 2, 1, 198, 51, 100, 1,
	};

	memset(p, 0, room);
	memcpy(p, header, room < 20 ? room : 20);
	if (room > 0)
		p[0] = (u8)(0x40 | words);
	if (room > 3)
		put_unaligned_be16((u16)total, p + 2);
}

static void read_v4_judges_every_length(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len, words;

	for (len = 0; len <= 200; len++) {
		for (words = 0; words < 16; words++) {
			struct sxt_tunnel_inner in = { .version = 99 };
			enum sxt_tunnel_verdict expected = SXT_TUNNEL_OK;

			make_v4(end - len, words, len, len);
			if (len < 20)
				expected = SXT_TUNNEL_SHORT;
			else if (words < 5)
				expected = SXT_TUNNEL_HDR_LEN;
			else if (4 * words > len)
				expected = SXT_TUNNEL_SHORT;
			KUNIT_ASSERT_EQ_MSG(test, expected,
					    sxt_tunnel_read(end - len, len, 4,
							    &in),
					    "length %u words %u", len, words);
			KUNIT_ASSERT_EQ(test, in.version, expected ? 99 : 4);
			if (!expected)
				KUNIT_ASSERT_EQ(test, in.header_len,
						4 * words);
		}
	}
}

static void read_v4_judges_every_total(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 words, total;

	for (words = 5; words < 16; words++) {
		for (total = 0; total <= 200; total++) {
			struct sxt_tunnel_inner in = { 0 };
			bool ok = total >= 4 * words && total <= 100;

			make_v4(end - 100, words, total, 100);
			KUNIT_ASSERT_EQ(test, ok ? SXT_TUNNEL_OK :
					SXT_TUNNEL_TOTAL,
					sxt_tunnel_read(end - 100, 100, 4,
							&in));
			KUNIT_ASSERT_EQ(test, in.total_len, ok ? total : 0);
		}
	}
}

static void read_v4_tells_the_fields(struct kunit *test)
{
	struct sxt_tunnel_inner in = { .flow = 1 };
	u8 p[24];

	make_v4(p, 6, 24, 24);
	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK, sxt_tunnel_read(p, 24, 4, &in));
	KUNIT_EXPECT_EQ(test, in.version, 4);
	KUNIT_EXPECT_EQ(test, in.tos, 0xb9);
	KUNIT_EXPECT_EQ(test, in.ttl, 63);
	KUNIT_EXPECT_TRUE(test, in.df);
	KUNIT_EXPECT_EQ(test, in.flow, 0);
	KUNIT_EXPECT_EQ(test, in.header_len, 24);
	KUNIT_EXPECT_EQ(test, in.total_len, 24);
	p[6] = 0xbf;	/* all but DF */
	p[7] = 0xff;
	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK, sxt_tunnel_read(p, 24, 4, &in));
	KUNIT_EXPECT_FALSE(test, in.df);
}

static void read_v6_judges_every_length(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len, claim;

	for (len = 0; len <= 200; len++) {
		for (claim = 0; claim <= 210; claim++) {
			struct sxt_tunnel_inner in = { .version = 99 };
			enum sxt_tunnel_verdict expected = SXT_TUNNEL_OK;
			u8 *p = end - len;

			memset(p, 0, len);
			if (len > 0)
				p[0] = 0x60;
			if (len > 5)
				put_unaligned_be16((u16)claim, p + 4);
			if (len < 40)
				expected = SXT_TUNNEL_SHORT;
			else if (40 + claim > len)
				expected = SXT_TUNNEL_TOTAL;
			KUNIT_ASSERT_EQ_MSG(test, expected,
					    sxt_tunnel_read(p, len, 41, &in),
					    "length %u claim %u", len, claim);
			KUNIT_ASSERT_EQ(test, in.version, expected ? 99 : 6);
			if (!expected)
				KUNIT_ASSERT_EQ(test, in.total_len,
						40 + claim);
		}
	}
}

static void read_v6_tells_the_fields(struct kunit *test)
{
	struct sxt_tunnel_inner in = { 0 };
	u8 p[41] = { 0 };

	/* At an odd address: no field may be read as a word. */
	put_unaligned_be32(0x6b9abcdeu, p + 1);
	p[1 + 7] = 3;
	KUNIT_EXPECT_EQ(test, SXT_TUNNEL_OK,
			sxt_tunnel_read(p + 1, 40, 41, &in));
	KUNIT_EXPECT_EQ(test, in.version, 6);
	KUNIT_EXPECT_EQ(test, in.tos, 0xb9);
	KUNIT_EXPECT_EQ(test, in.ttl, 3);
	KUNIT_EXPECT_TRUE(test, in.df);
	KUNIT_EXPECT_EQ(test, in.flow, 0xabcde);
	KUNIT_EXPECT_EQ(test, in.header_len, 40);
	KUNIT_EXPECT_EQ(test, in.total_len, 40);
}

static void read_wants_the_version_announced(struct kunit *test)
{
	struct sxt_tunnel_inner in;
	u8 p[60] = { 0 };
	u32 nh, version;

	for (nh = 0; nh < 256; nh++) {
		for (version = 0; version < 16; version++) {
			enum sxt_tunnel_verdict expected = SXT_TUNNEL_VERSION;

			p[0] = (u8)(version << 4 | 5);
			p[3] = 60;
			if (nh != 4 && nh != 41)
				expected = SXT_TUNNEL_PROTO;
			else if (version == (nh == 4 ? 4 : 6))
				expected = SXT_TUNNEL_OK;
			KUNIT_ASSERT_EQ(test, expected,
					sxt_tunnel_read(p, 60, (u8)nh, &in));
		}
	}
}

static u16 v4_sum(const u8 *p, u32 len)
{
	u32 sum = 0;
	u32 i;

	for (i = 0; i < len; i += 2)
		sum += get_unaligned_be16(p + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)sum;
}

/* RFC 1624: right stays right, wrong stays wrong; nothing else changes. */
static void put_tos_v4_keeps_the_checksum(struct kunit *test)
{
	u64 rng = 1624;
	u32 i, tos;

	for (i = 0; i < 2000; i++) {
		u8 p[24], before[24];
		u32 at;

		for (at = 0; at < 24; at++)
			p[at] = (u8)guard_random(&rng);
		p[0] = 0x46;
		if (i % 2) {
			put_unaligned_be16(0, p + 10);
			put_unaligned_be16((u16)~v4_sum(p, 24), p + 10);
			KUNIT_ASSERT_EQ(test, v4_sum(p, 24), 0xffff);
		}
		memcpy(before, p, 24);
		tos = guard_random(&rng) & 0xff;
		sxt_tunnel_put_tos(p, (u8)tos);
		KUNIT_ASSERT_EQ(test, p[1], tos);
		KUNIT_ASSERT_EQ_MSG(test, v4_sum(p, 24) == 0xffff,
				    v4_sum(before, 24) == 0xffff, "step %u",
				    i);
		before[1] = p[1];
		before[10] = p[10];
		before[11] = p[11];
		KUNIT_ASSERT_EQ(test, memcmp(p, before, 24), 0);
	}
}

static void put_tos_v6_changes_the_class_only(struct kunit *test)
{
	u64 rng = 6040;
	u32 tos;

	for (tos = 0; tos < 256; tos++) {
		u8 p[40], before[40];
		u32 at, word;

		for (at = 0; at < 40; at++)
			p[at] = (u8)guard_random(&rng);
		p[0] = (u8)(0x60 | (p[0] & 15));
		memcpy(before, p, 40);
		sxt_tunnel_put_tos(p, (u8)tos);
		word = get_unaligned_be32(before) & 0xf00fffffu;
		KUNIT_ASSERT_EQ(test, get_unaligned_be32(p),
				word | tos << 20);
		KUNIT_ASSERT_EQ(test, memcmp(p + 4, before + 4, 36), 0);
	}
}

static struct kunit_case tunnel_cases[] = {
	KUNIT_CASE_PARAM(encap_ecn_is_figure_3_of_rfc6040, encap_gen_params),
	KUNIT_CASE_PARAM(decap_ecn_is_figure_4_of_rfc6040, decap_gen_params),
	KUNIT_CASE(decap_takes_the_outer_dscp_only_when_asked),
	KUNIT_CASE(encap_sets_the_dscp_it_is_told),
	KUNIT_CASE_PARAM(encap_copies_sets_or_clears_df, df_gen_params),
	KUNIT_CASE(encap_constructs_ttl_and_flow_label),
	KUNIT_CASE(opts_out_of_range_are_refused),
	KUNIT_CASE(read_v4_judges_every_length),
	KUNIT_CASE(read_v4_judges_every_total),
	KUNIT_CASE(read_v4_tells_the_fields),
	KUNIT_CASE(read_v6_judges_every_length),
	KUNIT_CASE(read_v6_tells_the_fields),
	KUNIT_CASE(read_wants_the_version_announced),
	KUNIT_CASE(put_tos_v4_keeps_the_checksum),
	KUNIT_CASE(put_tos_v6_changes_the_class_only),
	{}
};

static struct kunit_suite tunnel_suite = {
	.name = "sextant_tunnel",
	.test_cases = tunnel_cases,
};

kunit_test_suite(tunnel_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's tunnel headers");
MODULE_LICENSE("GPL");
