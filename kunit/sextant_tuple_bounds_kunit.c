// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of tuples, where packets end: lengths that don't fit, limits, each
 * truncation in front of a guard page, each alignment, the quick path against
 * the full one, and extension headers of every length.
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
				units == 255 ? SXT_TUPLE_LIMIT : SXT_TUPLE_OK);
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

/* What is there beside a header of every length. */
static const struct layout_param {
	const char *desc;
	u8 front;	/* low byte of that fragment's offset and flags */
	u8 behind;	/* of that one's */
	bool fragment_in_front;
	u8 kind_behind;
} layout_params[] = {
	{ "udp behind it", 0, 0, false, 17 },
	{ "first fragment behind it", 0, 0x01, false, 44 },
	{ "later fragment behind it", 0, 0x11, false, 44 },
	{ "ah behind it", 0, 0, false, 51 },
	{ "esp behind it", 0, 0, false, 50 },
	{ "first fragment in front", 0x01, 0, true, 17 },
	{ "later fragment in front", 0x11, 0, true, 17 },
};

KUNIT_ARRAY_PARAM_DESC(layout, layout_params, desc);

/* Headers of a layout with @kind and its length field @field, in order. */
struct layout_header {
	u8 kind;
	u8 flags;	/* of a fragment */
	u32 off;
	u32 end;
};

struct layout {
	struct layout_header headers[2];
	u32 n;
	u8 upper;
	u32 whole;
};

static void layout_add(struct layout *l, u8 kind, u8 flags, u32 size)
{
	struct layout_header *h = &l->headers[l->n++];

	h->kind = kind;
	h->flags = flags;
	h->off = l->whole;
	h->end = l->whole + size;
	l->whole = h->end;
}

/* Lays it out, and writes the packet, with 8 bytes of upper layer. */
static void layout_make(struct layout *l, const struct layout_param *p,
			u8 kind, u8 field, u8 *buf)
{
	u32 i, next = 6;

	l->n = 0;
	l->whole = 40;
	l->upper = p->kind_behind == 44 ? 17 : p->kind_behind;
	if (p->fragment_in_front)
		layout_add(l, 44, p->front, 8);
	layout_add(l, kind, 0, field * 8u + 8);
	if (p->kind_behind == 44)
		layout_add(l, 44, p->behind, 8);
	put_ipv6(buf, "", 17, 0);
	for (i = 0; i < l->n; i++) {
		const struct layout_header *h = &l->headers[i];

		memset(buf + h->off, 0, h->end - h->off);
		/* In a fragment header, reserved. */
		buf[h->off + 1] = h->kind == 44 ? 0xff : field;
		buf[h->off + 3] = h->flags;
		buf[next] = h->kind;
		next = h->off;
	}
	buf[next] = l->upper;
	put_upper(buf + l->whole, 8);
	l->whole += 8;
}

/* What has to come of it: the verdict, and all that is written. */
static int layout_want(const struct layout *l, u32 len, u32 total,
		       struct sxt_tuple *t, struct sxt_hdr_info *info)
{
	u32 i, upper = l->whole - 8;

	memset(t, 0, sizeof(*t));
	memset(info, 0, sizeof(*info));
	memcpy(t->src.b, ipv6_src, 16);
	memcpy(t->dst.b, ipv6_dst, 16);
	t->family = SXT_IPV6;
	info->upper = 40;
	info->insert = 40;
	info->next = 6;
	for (i = 0; i < l->n; i++) {
		const struct layout_header *h = &l->headers[i];

		/* Of a later fragment nothing is read. */
		if (t->flags & SXT_TUPLE_FRAGMENT)
			return SXT_TUPLE_OK;
		if ((h->kind == 0 && h->off > 40) || total < h->off + 8)
			return SXT_TUPLE_CHAIN;
		info->need = (u16)(h->off + 8);
		if (len < info->need)
			return SXT_TUPLE_PULL;
		info->need = 0;
		if (total < h->end)
			return SXT_TUPLE_CHAIN;
		if (h->end > 40 + 2048)
			return SXT_TUPLE_LIMIT;
		if (h->flags)
			t->flags |= h->flags & 0xf0 ? SXT_TUPLE_FRAGMENT :
						      SXT_TUPLE_FIRST;
		info->upper = (u16)h->end;
		if (h->kind != 60) {
			info->insert = info->upper;
			info->next = (u16)h->off;
		}
	}
	t->proto = l->upper;
	t->flags |= P;
	if (t->flags & SXT_TUPLE_FRAGMENT) {
		t->flags |= SXT_TUPLE_CLAIMED;
		return SXT_TUPLE_OK;
	}
	if (l->upper != 17)
		return SXT_TUPLE_OK;
	if (total < upper + 4) {
		t->flags |= SXT_TUPLE_STUB;
		return SXT_TUPLE_OK;
	}
	info->need = (u16)(upper + 4);
	if (len < info->need)
		return SXT_TUPLE_PULL;
	info->need = 0;
	t->flags |= SXT_TUPLE_PORTS;
	t->sport = 0x1234;
	t->dport = 0xabcd;
	return SXT_TUPLE_OK;
}

/* The first @len bytes of a packet of @total, in front of the guard page. */
static bool layout_is_read(const struct layout *l, u8 *buf, u8 *end, u32 len,
			   u32 total)
{
	struct sxt_hdr_info info, want_info;
	struct sxt_tuple t, want;
	int verdict;

	put_unaligned_be16((u16)(total - 40), buf + 4);
	memcpy(end - len, buf, len);
	verdict = layout_want(l, len, total, &want, &want_info);
	if (read_packet(end - len, len, total, &t, &info, true) != verdict)
		return false;
	if (verdict == SXT_TUPLE_PULL)
		return info.need == want_info.need;
	return verdict != SXT_TUPLE_OK ||
	       (!memcmp(&t, &want, sizeof(t)) &&
		!memcmp(&info, &want_info, sizeof(info)));
}

/* At each place where something begins or ends, from 4 before to 4 behind. */
static u32 layout_check(const struct layout *l, u8 *buf, u8 *end)
{
	u32 i, at, n;

	for (i = 0; i <= 2 * l->n + 1; i++) {
		u32 edge = i == 2 * l->n + 1 ? l->whole : 44;

		if (i < 2 * l->n)
			edge = i % 2 ? l->headers[i / 2].end :
				       l->headers[i / 2].off + 8;
		for (n = 0; n < 9; n++) {
			at = edge + n - 4;
			if (at < 40 || at > l->whole)
				continue;
			if (!layout_is_read(l, buf, end, at, at) ||
			    !layout_is_read(l, buf, end, at, l->whole))
				return at;
		}
	}
	return 0;
}

static void header_of_every_length_is_read(struct kunit *test)
{
	static const u8 kinds[] = { 0, 43, 60 };
	u8 *buf = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	u8 *end = guard_page(test);
	struct layout l;
	u32 field, bad;
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (field = 0; field < 256; field++) {
			layout_make(&l, test->param_value, kinds[i], (u8)field,
				    buf);
			bad = layout_check(&l, buf, end);
			KUNIT_ASSERT_EQ_MSG(test, bad, 0,
					    "header %u of length %u, %u bytes",
					    kinds[i], field, bad);
		}
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
	KUNIT_CASE_PARAM(header_of_every_length_is_read, layout_gen_params),
	{}
};

static struct kunit_suite bounds_suite = {
	.name = "sextant_tuple_bounds",
	.test_cases = bounds_cases,
};

kunit_test_suite(bounds_suite);

MODULE_DESCRIPTION("KUnit suite of the bounds of Sextant's tuples");
MODULE_LICENSE("GPL");
