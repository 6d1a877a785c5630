// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of quoted ESP packets: every header length and every truncation
 * in front of a guard page, every protocol, version and fragment offset, chains
 * of extension headers with every offset that somebody may claim.
 */
#include <kunit/test.h>

#include "../modules/esp/esp_quote.c"
#include "guard.h"
#include "tuple_packet.h"

#define SPI	0x1234abcdu	/* as put_upper() begins */

static const struct sxt_esp_quote untouched = { NULL, NULL, 0x5a5a5a5a };

static bool is_untouched(const struct sxt_esp_quote *q)
{
	return !q->src && !q->dst && q->spi == untouched.spi;
}

/* Is the answer as it has to be, and all of it that of the packet at @p? */
static bool ipv4_is(const u8 *p, u32 len, bool want)
{
	struct sxt_esp_quote q = untouched;

	if (sxt_esp_quote_ipv4(p, len, &q) != want)
		return false;
	if (!want)
		return is_untouched(&q);
	return q.spi == SPI && !memcmp(q.src, ipv4_src, 4) &&
	       !memcmp(q.dst, ipv4_dst, 4);
}

static bool ipv6_is(const u8 *p, u32 len, u32 off, bool want)
{
	struct sxt_esp_quote q = untouched;

	if (sxt_esp_quote_ipv6(p, len, off, &q) != want)
		return false;
	if (!want)
		return is_untouched(&q);
	return q.spi == SPI && !memcmp(q.src, ipv6_src, 16) &&
	       !memcmp(q.dst, ipv6_dst, 16);
}

static void ipv4_is_read_at_every_header_length(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	u32 ihl, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (ihl = 0; ihl < 16; ihl++) {
		u32 size = put_ipv4(buf, ihl < 5 ? 5 : ihl, 50, 0, 24);

		buf[0] = (u8)(0x40 | ihl);
		for (len = 0; len <= size; len++) {
			memcpy(end - len, buf, len);
			KUNIT_ASSERT_TRUE_MSG(test,
					      ipv4_is(end - len, len, ihl >= 5 &&
						      len >= ihl * 4 + 8),
					      "ihl %u, %u bytes", ihl, len);
		}
	}
}

/* The first fragment shows the SPI, whatever its flags; no other one does. */
static void ipv4_fragment_must_be_the_first(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u32 frag;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (frag = 0; frag < 0x10000; frag++) {
		put_ipv4(buf, 5, 50, (u16)frag, 8);
		KUNIT_ASSERT_TRUE_MSG(test,
				      ipv4_is(buf, 28, !(frag & 0x1fff)),
				      "flags and offset %#x", frag);
	}
}

static void ipv4_must_be_ipv4_and_esp(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u32 v;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (v = 0; v < 256; v++) {
		put_ipv4(buf, 5, (u8)v, 0, 8);
		KUNIT_ASSERT_TRUE_MSG(test, ipv4_is(buf, 28, v == 50),
				      "protocol %u", v);
	}
	put_ipv4(buf, 15, 50, 0, 8);
	for (v = 0; v < 16; v++) {
		buf[0] = (u8)(v << 4 | 15);
		KUNIT_ASSERT_TRUE_MSG(test, ipv4_is(buf, 68, v == 4),
				      "version %u", v);
	}
}

static const struct chain_param {
	const char *desc;
	const char *chain;
	u32 off;	/* of ESP; 0 if it can't be found */
} chain_params[] = {
	{ "nothing before it", "", 40 },
	{ "hop-by-hop options", "h", 48 },
	{ "routing", "r", 48 },
	{ "destination options", "D", 64 },
	{ "all of them", "hDradd", 104 },
	{ "first fragment", "rf", 56 },
	{ "atomic fragment", "a", 48 },
	{ "third fragment", "n", 0 },
	{ "third fragment, more behind it", "hnd", 0 },
	{ "twenty headers", "dddddddddddddddddddd", 200 },
};

KUNIT_ARRAY_PARAM_DESC(chain, chain_params, desc);

/* Each truncation, and each place where the header is said to be. */
static void ipv6_headers_must_lead_there(struct kunit *test)
{
	const struct chain_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	u32 size, len, off;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_ipv6(buf, p->chain, 50, 24);
	for (len = 0; len <= size; len++) {
		memcpy(end - len, buf, len);
		for (off = 0; off <= size + 9; off++)
			KUNIT_ASSERT_TRUE_MSG(test,
					      ipv6_is(end - len, len, off,
						      p->off && off == p->off &&
						      len >= off + 8),
					      "offset %u in %u bytes", off,
					      len);
	}
}

static const struct kind_param {
	const char *desc;
	u8 kind;
	u8 unit;
} kind_params[] = {
	{ "hop-by-hop options", 0, 8 },
	{ "routing", 43, 8 },
	{ "destination options", 60, 8 },
	{ "AH", 51, 4 },
};

KUNIT_ARRAY_PARAM_DESC(kind, kind_params, desc);

/* Each length that a header can have; ESP ends the packet, then is cut. */
static void ipv6_header_of_every_length(struct kunit *test)
{
	const struct kind_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 v, off, len;

	for (v = 0; v < 256; v++) {
		u32 esp = 48 + v * p->unit;
		u8 *pkt = end - esp - 8;

		put_ipv6(pkt, "", p->kind, esp - 40);
		memset(pkt + 40, 0, esp - 40);
		pkt[40] = 50;
		pkt[41] = (u8)v;
		put_upper(pkt + esp, 8);
		for (off = 40; off <= esp + 8; off++)
			KUNIT_ASSERT_TRUE_MSG(test,
					      ipv6_is(pkt, esp + 8, off,
						      off == esp),
					      "length %u, offset %u", v, off);
		for (len = 1; len <= 16; len++) {
			memmove(end - esp - 8 + len, end - esp - 9 + len,
				esp + 8 - len);
			KUNIT_ASSERT_TRUE_MSG(test,
					      ipv6_is(end - esp - 8 + len,
						      esp + 8 - len, esp,
						      false),
					      "length %u, cut by %u", v, len);
		}
	}
}

static void ipv6_must_be_ipv6_and_esp(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u32 v;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (v = 0; v < 256; v++) {
		put_ipv6(buf, "", (u8)v, 8);
		KUNIT_ASSERT_TRUE_MSG(test, ipv6_is(buf, 48, 40, v == 50),
				      "next header %u", v);
		put_ipv6(buf, "d", (u8)v, 8);
		KUNIT_ASSERT_TRUE_MSG(test, ipv6_is(buf, 56, 48, v == 50),
				      "next header %u behind another", v);
		/* A header of that kind, of 8 bytes, if it is one of those. */
		put_ipv6(buf, "d", 50, 8);
		buf[6] = (u8)v;
		KUNIT_ASSERT_TRUE_MSG(test,
				      ipv6_is(buf, 56, 48, v == 0 || v == 43 ||
					      v == 44 || v == 51 || v == 60),
				      "header %u on the way", v);
	}
	put_ipv6(buf, "", 50, 8);
	for (v = 0; v < 16; v++) {
		buf[0] = (u8)(v << 4);
		KUNIT_ASSERT_TRUE_MSG(test, ipv6_is(buf, 48, 40, v == 6),
				      "version %u", v);
	}
}

/* RFC 8200 4.5: 13 bits of offset, two reserved, and M, which may be set. */
static void ipv6_fragment_must_be_the_first(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u32 frag;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv6(buf, "a", 50, 8);
	for (frag = 0; frag < 0x10000; frag++) {
		put_unaligned_be16((u16)frag, buf + 42);
		KUNIT_ASSERT_TRUE_MSG(test, ipv6_is(buf, 56, 48, frag < 8),
				      "offset and flags %#x", frag);
	}
}

/* No sum wraps: a length that is not true would be read by then. */
static void absurd_offsets_are_refused(struct kunit *test)
{
	static const u32 absurd[] = { 0x10000, 0x7fffffff, 0x80000000,
				      0xfffffff0, 0xfffffff7, 0xfffffff8,
				      0xffffffff };
	u8 *end = guard_page(test);
	size_t i;

	/* The next header would begin where the guard page does. */
	put_ipv6(end - 48, "d", 0, 0);
	for (i = 0; i < ARRAY_SIZE(absurd); i++) {
		KUNIT_EXPECT_TRUE(test, ipv6_is(end - 48, 48, absurd[i],
						false));
		KUNIT_EXPECT_TRUE(test, ipv6_is(end - 48, 0xffffffff,
						absurd[i], false));
	}
}

static void every_alignment_reads_alike(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u32 shift;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (shift = 0; shift < 8; shift++) {
		put_ipv4(buf + shift, 6, 50, 0x4000, 8);
		KUNIT_EXPECT_TRUE(test, ipv4_is(buf + shift, 32, true));
		put_ipv6(buf + shift, "hf", 50, 8);
		KUNIT_EXPECT_TRUE(test, ipv6_is(buf + shift, 64, 56, true));
	}
}

static struct kunit_case esp_quote_cases[] = {
	KUNIT_CASE(ipv4_is_read_at_every_header_length),
	KUNIT_CASE(ipv4_fragment_must_be_the_first),
	KUNIT_CASE(ipv4_must_be_ipv4_and_esp),
	KUNIT_CASE_PARAM(ipv6_headers_must_lead_there, chain_gen_params),
	KUNIT_CASE_PARAM(ipv6_header_of_every_length, kind_gen_params),
	KUNIT_CASE(ipv6_must_be_ipv6_and_esp),
	KUNIT_CASE(ipv6_fragment_must_be_the_first),
	KUNIT_CASE(absurd_offsets_are_refused),
	KUNIT_CASE(every_alignment_reads_alike),
	{}
};

static struct kunit_suite esp_quote_suite = {
	.name = "sextant_esp_quote",
	.test_cases = esp_quote_cases,
};

kunit_test_suite(esp_quote_suite);

MODULE_DESCRIPTION("KUnit suite of the ESP packets that ICMP errors quote");
MODULE_LICENSE("GPL");
