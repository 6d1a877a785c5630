// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of IPv6 extension headers and fragments: options of each kind and
 * at each limit, all truncations in front of a guard page, chains that are
 * whole and cut, fragments in all orders, and sizes to send.
 */
#include <kunit/test.h>

#include "../modules/ipv6/ext.c"
#include "guard.h"

#define OK	SXT_EXT_OK
#define DROP	SXT_EXT_DROP
#define TELL	SXT_EXT_TELL
#define UNI	SXT_EXT_TELL_UNICAST

#define MUTATIONS	20000

static const struct sxt_ext_limits usual = { .bytes = 2048, .options = 8 };

struct options_param {
	const char *desc;
	u8 hdr[24];
	u8 len;
	struct sxt_ext_limits limits;
	enum sxt_ext_verdict verdict;
	u8 code;
	u8 pos;
	enum sxt_why why;
};

#define HOP	{ .bytes = 2048, .options = 8, .hop = true }
#define DEST	{ .bytes = 2048, .options = 8 }

static const struct options_param options_params[] = {
	{ "pad1 only", { 59, 0 }, 8, DEST, OK, 0, 0, 0 },
	{ "padn", { 59, 0, 1, 4 }, 8, DEST, OK, 0, 0, 0 },
	{ "padn of no bytes", { 59, 0, 1, 0, 1, 2 }, 8, DEST, OK, 0, 0, 0 },
	{ "padding of 7 in a row",
	  { 59, 1, 0x1e, 5, 1, 1, 1, 1, 1, 1, 5 }, 16, DEST, OK, 0, 0, 0 },
	{ "padding of 8 in one option",
	  { 59, 1, 0x1e, 4, 1, 1, 1, 1, 1, 6 }, 16, DEST,
	  TELL, 10, 8, SXT_WHY_PADDING_LONG },
	{ "padding of 8 in several",
	  { 59, 1, 0x1e, 4, 1, 1, 1, 1, 0, 0, 0, 0, 1, 2 }, 16, DEST,
	  TELL, 10, 12, SXT_WHY_PADDING_LONG },
	{ "8 times pad1", { 59, 1, 0x1e, 4 }, 16, DEST,
	  TELL, 10, 15, SXT_WHY_PADDING_LONG },
	{ "padding around an option",
	  { 59, 1, 1, 4, 0, 0, 0, 0, 0x1e, 0, 1, 4 }, 16, DEST, OK, 0, 0, 0 },
	{ "last of padn is not zero", { 59, 0, 1, 4, 0, 0, 0, 9 }, 8, DEST,
	  TELL, 0, 7, SXT_WHY_PADDING_DATA },
	{ "padn is not zero", { 59, 0, 1, 4, 0, 0, 7, 0 }, 8, DEST,
	  TELL, 0, 6, SXT_WHY_PADDING_DATA },
	{ "option without length", { 59, 0, 1, 3, 0, 0, 0, 0x1e }, 8, DEST,
	  TELL, 0, 7, SXT_WHY_OPTION_PAST_END },
	{ "option longer than header", { 59, 0, 0x1e, 5 }, 8, DEST,
	  TELL, 0, 3, SXT_WHY_OPTION_PAST_END },
	{ "padn longer than header", { 59, 0, 1, 5 }, 8, DEST,
	  TELL, 0, 3, SXT_WHY_OPTION_PAST_END },
	{ "option of 255", { 59, 0, 0x1e, 255 }, 8, DEST,
	  TELL, 0, 3, SXT_WHY_OPTION_PAST_END },
	{ "unknown, skip", { 59, 0, 0x3e, 4 }, 8, DEST, OK, 0, 0, 0 },
	{ "unknown, drop", { 59, 0, 0x7e, 4 }, 8, DEST,
	  DROP, 0, 0, SXT_WHY_OPTION_UNKNOWN },
	{ "unknown, tell", { 59, 0, 0x9e, 4 }, 8, DEST,
	  TELL, 2, 2, SXT_WHY_OPTION_UNKNOWN },
	{ "unknown, tell if unicast", { 59, 0, 0xde, 4 }, 8, DEST,
	  UNI, 2, 2, SXT_WHY_OPTION_UNKNOWN },
	{ "unknown is behind others", { 59, 0, 0x1e, 0, 0xde, 2 }, 8, DEST,
	  UNI, 2, 4, SXT_WHY_OPTION_UNKNOWN },
	{ "unknown is not allowed", { 59, 0, 0x3e, 4 }, 8,
	  { .bytes = 2048, .options = 8, .known_only = true },
	  DROP, 0, 0, SXT_WHY_OPTION_UNKNOWN },
	{ "router alert is not for destinations", { 59, 0, 5, 2 }, 8, DEST,
	  OK, 0, 0, 0 },
	{ "router alert", { 59, 0, 5, 2, 0, 1, 1, 0 }, 8, HOP, OK, 0, 0, 0 },
	{ "router alert among known only", { 59, 0, 5, 2, 0, 1, 1, 0 }, 8,
	  { .bytes = 8, .options = 1, .hop = true, .known_only = true },
	  OK, 0, 0, 0 },
	{ "router alert too long", { 59, 0, 5, 3 }, 8, HOP,
	  TELL, 0, 3, SXT_WHY_OPTION_LENGTH },
	{ "router alert too short", { 59, 0, 5, 1 }, 8, HOP,
	  TELL, 0, 3, SXT_WHY_OPTION_LENGTH },
	{ "router alert twice",
	  { 59, 1, 5, 2, 0, 0, 1, 0, 5, 2, 0, 0, 1, 2 }, 16, HOP,
	  TELL, 0, 8, SXT_WHY_OPTION_TWICE },
	{ "jumbo is unknown", { 59, 0, 0xc2, 4 }, 8, HOP,
	  UNI, 2, 2, SXT_WHY_OPTION_UNKNOWN },
	{ "jumbo of an aggregate", { 59, 0, 0xc2, 4, 0, 1, 0, 0 }, 8,
	  { .bytes = 2048, .options = 8, .hop = true, .jumbo = true },
	  OK, 0, 0, 0 },
	{ "jumbo of another length", { 59, 0, 0xc2, 3 }, 8,
	  { .bytes = 2048, .options = 8, .hop = true, .jumbo = true },
	  TELL, 0, 3, SXT_WHY_OPTION_LENGTH },
	{ "jumbo is not for destinations", { 59, 0, 0xc2, 4 }, 8,
	  { .bytes = 2048, .options = 8, .jumbo = true },
	  UNI, 2, 2, SXT_WHY_OPTION_UNKNOWN },
	{ "as many options as allowed", { 59, 0, 0x1e, 0, 0x1e, 0, 1, 0 }, 8,
	  { .bytes = 8, .options = 2 }, OK, 0, 0, 0 },
	{ "one option too many", { 59, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0 }, 8,
	  { .bytes = 8, .options = 2 }, TELL, 9, 6, SXT_WHY_OPTIONS_TOO_MANY },
	{ "no option allowed, padding is none", { 59, 0, 1, 4 }, 8,
	  { .bytes = 8 }, OK, 0, 0, 0 },
	{ "header too big", { 59, 1, 0x1e, 12 }, 16,
	  { .bytes = 15, .options = 8 }, TELL, 6, 0, SXT_WHY_EXT_LONG },
	{ "header just right", { 59, 1, 0x1e, 12 }, 16,
	  { .bytes = 16, .options = 8 }, OK, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(options, options_params, desc);

static void options_get_their_verdict(struct kunit *test)
{
	const struct options_param *p = test->param_value;
	u8 *end = guard_page(test);
	struct sxt_ext_problem problem = { 0 };
	struct sxt_ext_found found;
	u32 shift;

	/* At each alignment; the first ends where nothing can be read. */
	for (shift = 0; shift < 8; shift++) {
		u8 *hdr = end - p->len - shift;

		memcpy(hdr, p->hdr, p->len);
		KUNIT_ASSERT_EQ(test, p->verdict,
				sxt_ext_options(hdr, p->len, &p->limits,
						&found, &problem));
		if (p->verdict != OK)
			KUNIT_ASSERT_EQ(test, p->why, problem.why);
		if (p->verdict != TELL && p->verdict != UNI)
			continue;
		KUNIT_ASSERT_EQ(test, p->code, problem.code);
		KUNIT_ASSERT_EQ(test, p->pos, problem.pos);
	}
}

static void options_say_what_they_found(struct kunit *test)
{
	static const u8 hdr[] = { 58, 1, 0x1e, 0, 5, 2, 0xab, 0xcd,
				  0xc2, 4, 0, 1, 2, 3, 1, 0 };
	const struct sxt_ext_limits limits = {
		.bytes = 16, .options = 3, .hop = true, .jumbo = true,
	};
	struct sxt_ext_problem problem;
	struct sxt_ext_found found;

	KUNIT_EXPECT_EQ(test, OK, sxt_ext_options(hdr, 16, &limits, &found,
						  &problem));
	KUNIT_EXPECT_EQ(test, found.alert, 4);
	KUNIT_EXPECT_EQ(test, found.alert_value, 0xabcd);
	KUNIT_EXPECT_EQ(test, found.jumbo, 8);
}

/* All values of all bits of the type, by the two highest. */
static void unknown_options_go_by_their_type(struct kunit *test)
{
	static const enum sxt_ext_verdict want[] = { OK, DROP, TELL, UNI };
	struct sxt_ext_problem problem;
	struct sxt_ext_found found;
	u32 type;

	for (type = 2; type < 256; type++) {
		const u8 hdr[8] = { 59, 0, (u8)type, 4 };

		KUNIT_ASSERT_EQ_MSG(test, want[type / 64],
				    sxt_ext_options(hdr, 8, &usual, &found,
						    &problem),
				    "type %u", type);
	}
}

/* Random headers of all lengths: a verdict, and problems within the header. */
static void options_stay_in_the_header(struct kunit *test)
{
	static const u8 likely_types[] = { 0, 1, 5, 0xc2, 0x1e, 0x3e };
	u8 *end = guard_page(test);
	u64 state = 1;
	u32 i, j;

	for (i = 0; i < MUTATIONS; i++) {
		u32 len = (1 + guard_random(&state) % 8) * 8;
		u32 bits = guard_random(&state);
		const struct sxt_ext_limits limits = {
			.bytes = 64, .options = bits % 9,
			.hop = bits & 0x100, .jumbo = bits & 0x200,
			.known_only = !(bits & 0x1c00),
		};
		struct sxt_ext_problem problem = { .pos = 0 };
		enum sxt_ext_verdict verdict;
		struct sxt_ext_found found;
		u8 *hdr = end - len;

		for (j = 0; j < len; j++) {
			u32 r = guard_random(&state);

			hdr[j] = r & 0x300 ? r % 6 : r % 256;
			if (!(r & 0x7000))
				hdr[j] = likely_types[r % 6];
		}
		verdict = sxt_ext_options(hdr, len, &limits, &found, &problem);
		KUNIT_ASSERT_LE(test, verdict, UNI);
		KUNIT_ASSERT_TRUE(test, problem.pos < len);
		KUNIT_ASSERT_TRUE(test, found.alert < len);
		KUNIT_ASSERT_TRUE(test, found.jumbo < len);
	}
}

static void lengths_of_headers(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_DEST, 0), 8);
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_HOP, 255), 2048);
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_ROUTING, 2), 24);
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_FRAGMENT, 255), 8);
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_AUTH, 4), 24);
	KUNIT_EXPECT_EQ(test, sxt_ext_len(SXT_NH_AUTH, 255), 1028);
}

/* RFC 5095, RFC 8200 4.4: every type alike. */
static void routing_needs_no_segment_left(struct kunit *test)
{
	u32 type, left;

	for (type = 0; type < 256; type++) {
		for (left = 0; left < 256; left++) {
			const u8 hdr[4] = { 59, 2, (u8)type, (u8)left };
			struct sxt_ext_problem problem = { .pos = 9,
							   .code = 9 };

			KUNIT_ASSERT_EQ(test, left ? TELL : OK,
					sxt_ext_routing(hdr, &problem));
			KUNIT_ASSERT_EQ(test, problem.pos, left ? 2 : 9);
			KUNIT_ASSERT_EQ(test, problem.code, left ? 0 : 9);
		}
	}
}

static void fragment_header_fields(struct kunit *test)
{
	static const u8 hdr[] = { 17, 0xff, 0xff, 0xfe, 1, 2, 3, 4 };
	static const u8 first[] = { 17, 0, 0, 1, 0xff, 0, 0, 0xff };
	struct sxt_frag frag;

	sxt_frag_read(hdr, &frag);
	KUNIT_EXPECT_EQ(test, frag.next, 17);
	KUNIT_EXPECT_EQ(test, frag.offset, 65528);
	KUNIT_EXPECT_FALSE(test, frag.more);
	KUNIT_EXPECT_EQ(test, frag.id, 0x01020304);
	sxt_frag_read(first, &frag);
	KUNIT_EXPECT_EQ(test, frag.offset, 0);
	KUNIT_EXPECT_TRUE(test, frag.more);
	KUNIT_EXPECT_EQ(test, frag.id, 0xff0000ffu);
}

#define WHOLE	SXT_CHAIN_WHOLE
#define CUT	SXT_CHAIN_CUT

/*
 * Bytes behind a fragment header; @len of them are there, and the chain is
 * whole with @whole or more.
 */
static const struct chain_param {
	const char *desc;
	u8 next;
	u8 bytes[32];
	u32 whole;
} chain_params[] = {
	{ "udp", SXT_NH_UDP, { 0 }, 8 },
	{ "tcp", SXT_NH_TCP, { 0 }, 20 },
	{ "icmp", SXT_NH_ICMP, { 0 }, 8 },
	{ "sctp", SXT_NH_SCTP, { 0 }, 12 },
	{ "dccp", SXT_NH_DCCP, { 0 }, 12 },
	{ "udplite", SXT_NH_UDPLITE, { 0 }, 8 },
	{ "esp", SXT_NH_ESP, { 0 }, 8 },
	{ "ipv6", SXT_NH_IPV6, { 0 }, 40 },
	{ "nothing", SXT_NH_NONE, { 0 }, 0 },
	{ "unknown", 253, { 0 }, 1 },
	{ "options, udp", SXT_NH_DEST, { 17, 0 }, 16 },
	{ "options of 16, udp", SXT_NH_DEST, { 17, 1 }, 24 },
	{ "options, nothing", SXT_NH_DEST, { 59, 0 }, 8 },
	{ "routing, options, tcp", SXT_NH_ROUTING,
	  { 60, 0, 0, 0, 0, 0, 0, 0, 6, 0 }, 36 },
	{ "authentication of 24, udp", SXT_NH_AUTH, { 17, 4 }, 32 },
	{ "first fragment, udp", SXT_NH_FRAGMENT, { 17, 0, 0, 1 }, 16 },
	{ "later fragment", SXT_NH_FRAGMENT, { 17, 0, 0, 9 }, 8 },
};

KUNIT_ARRAY_PARAM_DESC(chain, chain_params, desc);

static void chain_is_whole_from_there_on(struct kunit *test)
{
	const struct chain_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 total, linear, need;

	for (total = 0; total <= 64; total++) {
		u32 off = 8, len = off + total;
		u8 *pkt = end - len, copy[8 + 64];
		enum sxt_chain_verdict v;

		memset(pkt, 0, len);
		memcpy(pkt + off, p->bytes, total < 32 ? total : 32);
		v = sxt_ext_chain(pkt, len, len, off, p->next, &need);
		KUNIT_ASSERT_EQ_MSG(test, total < p->whole ? CUT : WHOLE, v,
				    "length %u", total);
		/* The same in parts: as much as asked for can be read. */
		memcpy(copy, pkt, len);
		for (linear = 0;;) {
			memcpy(end - linear, copy, linear);
			v = sxt_ext_chain(end - linear, linear, len, off,
					  p->next, &need);
			if (v != SXT_CHAIN_PULL)
				break;
			KUNIT_ASSERT_TRUE(test, need > linear);
			KUNIT_ASSERT_LE(test, need, len);
			linear = need;
		}
		KUNIT_ASSERT_EQ(test, total < p->whole ? CUT : WHOLE, v);
	}
}

static void chain_without_end_is_left_to_the_limit(struct kunit *test)
{
	u8 *end = guard_page(test);
	u8 *pkt = end - 8 * 64;
	u32 i, need;

	for (i = 0; i < 64; i++) {
		memset(pkt + 8 * i, 0, 8);
		pkt[8 * i] = SXT_NH_DEST;
	}
	KUNIT_EXPECT_EQ(test, WHOLE, sxt_ext_chain(pkt, 8 * 64, 8 * 64, 0,
						   SXT_NH_DEST, &need));
	KUNIT_EXPECT_EQ(test, CUT, sxt_ext_chain(pkt, 56, 56, 0,
						 SXT_NH_DEST, &need));
}

#define MORE	true
#define LAST	false
#define TAKE	SXT_FRAG_TAKE

static const struct place_param {
	const char *desc;
	struct sxt_frag_extent extent;
	u32 offset;
	u32 len;
	bool more;
	u32 before;
	enum sxt_frag_verdict verdict;
	struct sxt_frag_extent after;
} place_params[] = {
	{ "first", { 0, false }, 0, 8, MORE, 0, TAKE, { 8, false } },
	{ "hole", { 8, false }, 80, 8, MORE, 0, TAKE, { 88, false } },
	{ "into the hole", { 88, false }, 8, 8, MORE, 0, TAKE, { 88, false } },
	{ "last behind", { 8, false }, 8, 3, LAST, 0, TAKE, { 11, true } },
	{ "last alone", { 0, false }, 8, 3, LAST, 0, TAKE, { 11, true } },
	{ "last before what came", { 88, false }, 8, 8, LAST, 0,
	  SXT_FRAG_CLASH, { 88, false } },
	{ "last where others go on", { 88, false }, 80, 8, LAST, 0,
	  SXT_FRAG_CLASH, { 88, false } },
	{ "last twice", { 88, true }, 80, 8, LAST, 0, TAKE, { 88, true } },
	{ "last with another end", { 88, true }, 80, 9, LAST, 0,
	  SXT_FRAG_CLASH, { 88, true } },
	{ "last with an earlier end", { 88, true }, 80, 7, LAST, 0,
	  SXT_FRAG_CLASH, { 88, true } },
	{ "behind the last", { 88, true }, 88, 8, MORE, 0, SXT_FRAG_CLASH,
	  { 88, true } },
	{ "across the end", { 88, true }, 80, 16, MORE, 0, SXT_FRAG_CLASH,
	  { 88, true } },
	{ "up to the end, and more", { 88, true }, 80, 8, MORE, 0,
	  SXT_FRAG_CLASH, { 88, true } },
	{ "before the last", { 88, true }, 72, 8, MORE, 0, TAKE,
	  { 88, true } },
	{ "empty", { 8, false }, 8, 0, LAST, 0, SXT_FRAG_EMPTY, { 8, false } },
	{ "empty, more", { 8, false }, 8, 0, MORE, 0, SXT_FRAG_EMPTY,
	  { 8, false } },
	{ "odd length, more", { 0, false }, 0, 9, MORE, 0, SXT_FRAG_ODD,
	  { 0, false } },
	{ "odd length, last", { 0, false }, 8, 9, LAST, 0, TAKE,
	  { 17, true } },
	{ "as long as can be", { 0, false }, 65528, 7, LAST, 0, TAKE,
	  { 65535, true } },
	{ "one byte too long", { 0, false }, 65528, 8, LAST, 0, SXT_FRAG_LONG,
	  { 0, false } },
	{ "one too long for the headers", { 0, false }, 65528, 7, LAST, 1,
	  SXT_FRAG_LONG, { 0, false } },
	{ "just right with headers", { 0, false }, 65520, 7, LAST, 8, TAKE,
	  { 65527, true } },
	{ "no wrap", { 0, false }, 65528, 0xfffffff8u, MORE, 0, SXT_FRAG_LONG,
	  { 0, false } },
	{ "no wrap by headers", { 0, false }, 0, 8, MORE, 0xfffffff8u,
	  SXT_FRAG_LONG, { 0, false } },
};

KUNIT_ARRAY_PARAM_DESC(place, place_params, desc);

static void fragment_gets_its_place(struct kunit *test)
{
	const struct place_param *p = test->param_value;
	const struct sxt_frag frag = { .offset = p->offset, .more = p->more };
	struct sxt_frag_extent extent = p->extent;

	KUNIT_EXPECT_EQ(test, p->verdict,
			sxt_frag_place(&extent, &frag, p->before, p->len));
	KUNIT_EXPECT_EQ(test, extent.end, p->after.end);
	KUNIT_EXPECT_EQ(test, extent.last, p->after.last);
}

#define PIECES	5

/*
 * Of each fragment of a datagram of five: it alone is the same again. What lies
 * within one, over two, or over the gap between, is not.
 */
static void only_the_same_fragment_is_a_double(struct kunit *test)
{
	static const u32 at[] = { 0, 16, 24, 65504, 65520, 65527 };
	struct sxt_frag_bounds bounds = { };
	u32 offset, end, i;

	for (i = 0; i + 1 < ARRAY_SIZE(at); i++)
		if (at[i + 1] != 65504)		/* that one is missing */
			sxt_frag_note(&bounds, at[i], at[i + 1] - at[i]);
	for (offset = 0; offset < 24; offset += 8)
		for (end = offset + 8; end <= 24; end += 8)
			KUNIT_EXPECT_EQ(test, sxt_frag_same(&bounds, offset,
							    end - offset),
					(offset == 0 && end == 16) ||
					(offset == 16 && end == 24));
	KUNIT_EXPECT_FALSE(test, sxt_frag_same(&bounds, 32, 8));
	KUNIT_EXPECT_FALSE(test, sxt_frag_same(&bounds, 24, 16));
	KUNIT_EXPECT_TRUE(test, sxt_frag_same(&bounds, 65504, 16));
	KUNIT_EXPECT_TRUE(test, sxt_frag_same(&bounds, 65520, 7));
	KUNIT_EXPECT_FALSE(test, sxt_frag_same(&bounds, 65504, 23));
	KUNIT_EXPECT_FALSE(test, sxt_frag_same(&bounds, 65512, 8));
}

/* All orders of five fragments: each is taken, twice, and the end is known. */
static void fragments_come_in_any_order(struct kunit *test)
{
	u32 order, i;

	for (order = 0; order < 3125; order++) {
		struct sxt_frag_extent extent = { 0, false };
		u32 digits = order, seen = 0;

		for (i = 0; i < PIECES; i++, digits /= PIECES) {
			u32 piece = digits % PIECES;
			const struct sxt_frag frag = {
				.offset = piece * 16,
				.more = piece < PIECES - 1,
			};

			seen |= 1u << piece;
			KUNIT_ASSERT_EQ(test, TAKE,
					sxt_frag_place(&extent, &frag, 8,
						       frag.more ? 16 : 5));
		}
		KUNIT_ASSERT_EQ(test, extent.last, !!(seen & 0x10));
		if (extent.last)
			KUNIT_ASSERT_EQ(test, extent.end, 69);
	}
}

static void room_is_as_much_as_fits(struct kunit *test)
{
	u32 mtu, before;

	KUNIT_EXPECT_EQ(test, sxt_frag_room(1280, 40), 1232);
	KUNIT_EXPECT_EQ(test, sxt_frag_room(1500, 40), 1448);
	KUNIT_EXPECT_EQ(test, sxt_frag_room(56, 40), 8);
	KUNIT_EXPECT_EQ(test, sxt_frag_room(55, 40), 0);
	KUNIT_EXPECT_EQ(test, sxt_frag_room(0, 0xffffffff), 0);
	for (mtu = 0; mtu < 300; mtu++) {
		for (before = 0; before < 300; before++) {
			u32 room = sxt_frag_room(mtu, before);

			KUNIT_ASSERT_EQ(test, room % 8, 0);
			if (room)
				KUNIT_ASSERT_LE(test, before + 8 + room, mtu);
			/* Eight bytes more would not have fitted. */
			KUNIT_ASSERT_TRUE(test, before + 8 + room + 8 > mtu);
		}
	}
}

static struct kunit_case ext_cases[] = {
	KUNIT_CASE_PARAM(options_get_their_verdict, options_gen_params),
	KUNIT_CASE(options_say_what_they_found),
	KUNIT_CASE(unknown_options_go_by_their_type),
	KUNIT_CASE(options_stay_in_the_header),
	KUNIT_CASE(lengths_of_headers),
	KUNIT_CASE(routing_needs_no_segment_left),
	KUNIT_CASE(fragment_header_fields),
	KUNIT_CASE_PARAM(chain_is_whole_from_there_on, chain_gen_params),
	KUNIT_CASE(chain_without_end_is_left_to_the_limit),
	KUNIT_CASE_PARAM(fragment_gets_its_place, place_gen_params),
	KUNIT_CASE(only_the_same_fragment_is_a_double),
	KUNIT_CASE(fragments_come_in_any_order),
	KUNIT_CASE(room_is_as_much_as_fits),
	{}
};

static struct kunit_suite ext_suite = {
	.name = "sextant_ext",
	.test_cases = ext_cases,
};

kunit_test_suite(ext_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's IPv6 extension headers");
MODULE_LICENSE("GPL");
