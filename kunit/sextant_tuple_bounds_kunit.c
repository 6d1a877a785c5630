// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tuples, where packets end: lengths that don't fit, limits, each
 * truncation in front of a guard page, each alignment, and the quick path
 * against the full one.
 */
#include <kunit/test.h>

#include "../modules/policy/tuple.c"
#include "guard.h"
#include "tuple_packet.h"

/* Every header length against every total length that the field can tell. */
static void ipv4_lengths_must_fit(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 ihl, claimed;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv4(buf, 15, 17, 0, 40);
	for (ihl = 0; ihl < 16; ihl++) {
		for (claimed = 0; claimed < 0x10000; claimed++) {
			int want = SXT_TUPLE_OK;

			buf[0] = (u8)(0x40 | ihl);
			put_unaligned_be16((u16)claimed, buf + 2);
			if (ihl < 5 || claimed < ihl * 4)
				want = SXT_TUPLE_HEADER;
			else if (claimed > 100)
				want = SXT_TUPLE_SHORT;
			if (read_packet(buf, 100, 100, &t, &info, false) ==
			    want)
				continue;
			KUNIT_FAIL(test, "ihl %u, length %u", ihl, claimed);
			return;
		}
	}
}

static void ipv6_payload_must_be_there(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 claimed;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv6(buf, "", 17, 60);
	for (claimed = 0; claimed < 0x10000; claimed++) {
		put_unaligned_be16((u16)claimed, buf + 4);
		if (read_packet(buf, 100, 100, &t, &info, true) ==
		    (claimed > 60 ? SXT_TUPLE_SHORT : SXT_TUPLE_OK))
			continue;
		KUNIT_FAIL(test, "payload length %u", claimed);
		return;
	}
}

/* What lies behind the packet, such as padding of a frame, is not read. */
static void bytes_behind_the_packet_are_not_ports(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	put_ipv4(buf, 5, 17, 0, 26);
	put_unaligned_be16(22, buf + 2);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 46, 46, &t, &info, false));
	expect_tuple(test, &t, 17, P | SXT_TUPLE_STUB, 0, 0, false);
	put_ipv6(buf, "", 17, 26);
	put_unaligned_be16(2, buf + 4);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 66, 66, &t, &info, true));
	expect_tuple(test, &t, 17, P | SXT_TUPLE_STUB, 0, 0, true);
}

/* The length limit, from eight bytes below it to eight above. */
static void chain_is_limited_in_bytes(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 units;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	/* A header of 2048 bytes is as long as one can be. */
	put_ipv6(buf, "d", 17, 2200);
	buf[41] = 255;
	buf[40] = 17;
	put_upper(buf + 40 + 2048, 4);
	KUNIT_EXPECT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, 2248, 2248, &t, &info, true));
	expect_tuple(test, &t, 17, PP, 0x1234, 0xabcd, true);
	KUNIT_EXPECT_EQ(test, info.upper, 40 + 2048);

	for (units = 253; units <= 255; units++) {
		put_ipv6(buf, "rd", 17, 2200);
		buf[49] = (u8)units;
		KUNIT_EXPECT_EQ(test,
				read_packet(buf, 2256, 2256, &t, &info, true),
				units == 255 ? SXT_TUPLE_CHAIN : SXT_TUPLE_OK);
	}
}

static const struct offload_param {
	const char *desc;
	u32 total;
	bool ipv6;
	u8 verdict;
} offload_params[] = {
	{ "ipv4, 65535 bytes", 65535, false, SXT_TUPLE_HEADER },
	{ "ipv4, 65536 bytes", 65536, false, SXT_TUPLE_OK },
	{ "ipv4, 2^32 - 1 bytes", 0xffffffff, false, SXT_TUPLE_OK },
	{ "ipv6, 65576 bytes", 65576, true, SXT_TUPLE_OK },
	{ "ipv6, 2^32 - 1 bytes", 0xffffffff, true, SXT_TUPLE_OK },
};

KUNIT_ARRAY_PARAM_DESC(offload, offload_params, desc);

static void offload_packets_have_no_length(struct kunit *test)
{
	const struct offload_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	if (p->ipv6)
		put_ipv6(buf, "h", 6, 20);
	else
		put_ipv4(buf, 5, 6, 0, 20);
	put_unaligned_be16(0, buf + (p->ipv6 ? 4 : 2));
	KUNIT_ASSERT_EQ(test, p->verdict,
			read_packet(buf, 60, p->total, &t, &info, p->ipv6));
	if (p->verdict == SXT_TUPLE_OK)
		expect_tuple(test, &t, 6, PP, 0x1234, 0xabcd, p->ipv6);
}

static const struct sample_param {
	const char *desc;
	bool ipv6;
	u8 ihl;
	u16 frag;
	const char *chain;
	u8 proto;
	u16 payload;
} sample_params[] = {
	{ "ipv4 udp", false, 5, 0, "", 17, 8 },
	{ "ipv4 tcp with options", false, 15, 0, "", 6, 20 },
	{ "ipv4 icmp", false, 7, 0, "", 1, 8 },
	{ "ipv4 fragment", false, 5, 0x2003, "", 17, 8 },
	{ "ipv4 esp", false, 5, 0, "", 50, 24 },
	{ "ipv6 udp", true, 0, 0, "", 17, 8 },
	{ "ipv6 icmpv6", true, 0, 0, "", 58, 24 },
	{ "ipv6 all headers", true, 0, 0, "hDradd", 6, 20 },
	{ "ipv6 eight headers", true, 0, 0, "hdrDrdrd", 58, 8 },
	{ "ipv6 first fragment", true, 0, 0, "rfd", 17, 16 },
	{ "ipv6 later fragment", true, 0, 0, "hdn", 17, 16 },
	{ "ipv6 esp", true, 0, 0, "hd", 50, 16 },
};

KUNIT_ARRAY_PARAM_DESC(sample, sample_params, desc);

static u32 put_sample(u8 *buf, const struct sample_param *p)
{
	if (p->ipv6)
		return put_ipv6(buf, p->chain, p->proto, p->payload);
	return put_ipv4(buf, p->ihl, p->proto, p->frag, p->payload);
}

static void truncated_packets_are_short(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	struct sxt_hdr_info info;
	struct sxt_tuple t;
	u32 size, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (len = 0; len < size; len++) {
		memcpy(end - len, buf, len);
		KUNIT_ASSERT_EQ_MSG(test, SXT_TUPLE_SHORT,
				    read_packet(end - len, len, len, &t, &info,
						p->ipv6),
				    "%u of %u bytes", len, size);
	}
}

/* The length fields tell of the truncation: not a byte is read too far. */
static void packets_of_every_length_are_read_within_bounds(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	u32 size, len, least = p->ipv6 ? 40 : 20;
	struct sxt_hdr_info info;
	struct sxt_tuple t;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (len = least; len < size; len++) {
		enum sxt_tuple_verdict verdict;

		if (p->ipv6)
			put_unaligned_be16((u16)(len - 40), buf + 4);
		else
			put_unaligned_be16((u16)len, buf + 2);
		memcpy(end - len, buf, len);
		verdict = read_packet(end - len, len, len, &t, &info, p->ipv6);
		KUNIT_ASSERT_TRUE_MSG(test, verdict == SXT_TUPLE_OK ||
				      verdict == SXT_TUPLE_HEADER ||
				      verdict == SXT_TUPLE_CHAIN,
				      "%u of %u bytes", len, size);
		if (verdict == SXT_TUPLE_OK)
			KUNIT_ASSERT_LE(test, info.upper, len);
	}
}

/* As a caller does it: makes linear what is asked for, no more. */
static void linear_bytes_are_asked_for_as_needed(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	struct sxt_hdr_info info, whole_info;
	struct sxt_tuple t, whole;
	u32 size, start, pulls;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &whole, &whole_info,
				    p->ipv6));
	for (start = 0; start <= size; start++) {
		enum sxt_tuple_verdict verdict;
		u32 len = start;

		for (pulls = 0; pulls < 12; pulls++) {
			memcpy(end - len, buf, len);
			verdict = read_packet(end - len, len, size, &t, &info,
					      p->ipv6);
			if (verdict != SXT_TUPLE_PULL)
				break;
			KUNIT_ASSERT_TRUE(test, info.need > len);
			KUNIT_ASSERT_LE(test, info.need, size);
			len = info.need;
		}
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK, verdict);
		KUNIT_ASSERT_TRUE(test, sxt_tuple_equal(&t, &whole));
		KUNIT_EXPECT_MEMEQ(test, &info, &whole_info, sizeof(info));
	}
}

static void every_alignment_reads_alike(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *at = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info, whole_info;
	struct sxt_tuple t, whole;
	u32 size, shift;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	KUNIT_ASSERT_NOT_NULL(test, at);
	size = put_sample(buf, p);
	KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
			read_packet(buf, size, size, &whole, &whole_info,
				    p->ipv6));
	for (shift = 1; shift < 8; shift++) {
		memcpy(at + shift, buf, size);
		KUNIT_ASSERT_EQ(test, SXT_TUPLE_OK,
				read_packet(at + shift, size, size, &t, &info,
					    p->ipv6));
		KUNIT_EXPECT_TRUE(test, sxt_tuple_equal(&t, &whole));
		KUNIT_EXPECT_MEMEQ(test, &info, &whole_info, sizeof(info));
	}
}

/* One byte after another takes every value. */
static void quick_path_is_the_full_path(struct kunit *test)
{
	const struct sample_param *p = test->param_value;
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	struct sxt_hdr_info info, full_info;
	struct sxt_tuple t, full;
	u32 size, i, v, len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	size = put_sample(buf, p);
	for (i = 0; i < size; i++) {
		u8 was = buf[i];

		for (v = 0; v < 256; v++) {
			enum sxt_tuple_verdict quick, slow;

			buf[i] = (u8)v;
			len = (i * 256 + v) % (size + 1);
			if (v % 2)
				len = size;
			quick = read_packet(buf, len, size, &t, &info, p->ipv6);
			slow = p->ipv6 ?
			       sxt_tuple_ipv6_any(buf, len, size, &full,
						  &full_info) :
			       sxt_tuple_ipv4_any(buf, len, size, &full,
						  &full_info);
			if (quick == slow && sxt_tuple_equal(&t, &full) &&
			    !memcmp(&info, &full_info, sizeof(info)))
				continue;
			KUNIT_FAIL(test, "byte %u is %u, %u linear", i, v, len);
			return;
		}
		buf[i] = was;
	}
}

static struct kunit_case bounds_cases[] = {
	KUNIT_CASE(ipv4_lengths_must_fit),
	KUNIT_CASE(ipv6_payload_must_be_there),
	KUNIT_CASE(bytes_behind_the_packet_are_not_ports),
	KUNIT_CASE(chain_is_limited_in_bytes),
	KUNIT_CASE_PARAM(offload_packets_have_no_length, offload_gen_params),
	KUNIT_CASE_PARAM(truncated_packets_are_short, sample_gen_params),
	KUNIT_CASE_PARAM(packets_of_every_length_are_read_within_bounds,
			 sample_gen_params),
	KUNIT_CASE_PARAM(linear_bytes_are_asked_for_as_needed,
			 sample_gen_params),
	KUNIT_CASE_PARAM(every_alignment_reads_alike, sample_gen_params),
	KUNIT_CASE_PARAM(quick_path_is_the_full_path, sample_gen_params),
	{}
};

static struct kunit_suite bounds_suite = {
	.name = "sextant_tuple_bounds",
	.test_cases = bounds_cases,
};

kunit_test_suite(bounds_suite);

MODULE_DESCRIPTION("KUnit suite of the bounds of Sextant's tuples");
MODULE_LICENSE("GPL");
