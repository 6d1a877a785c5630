// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the listener protocol's messages: queries of all lengths at
 * the end of a page, times at the borders of their codes, and reports that
 * fill their room to the last byte.
 */
#include <kunit/test.h>

#include "../modules/ipv6/mld_msg.c"
#include "guard.h"

static const u8 group[16] = { 0xff, 0x0e, [15] = 7 };
static const u8 host[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 };

/* A query at the end of the page, of @len bytes, that claims @sources. */
static u8 *query(u8 *end, u32 len, const u8 *about, u32 sources)
{
	u8 full[SXT_MLD_QUERY_LEN] = { SXT_MLD_QUERY };
	u8 *msg = end - len;

	put_unaligned_be16(0x9234, full + 4);
	memcpy(full + 8, about, 16);
	full[24] = 0xfa;	/* all but the robustness set, which is 2 */
	full[25] = 0x95;
	put_unaligned_be16((u16)sources, full + 26);
	memset(msg, 0xcc, len);
	memcpy(msg, full, len < sizeof(full) ? len : sizeof(full));
	return msg;
}

static void length_tells_the_version(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len;

	for (len = 0; len < 64; len++) {
		u8 *msg = query(end, len, group, 0);
		struct sxt_mld_query q = {};
		bool ok = len == 24 || len >= 28;

		KUNIT_ASSERT_EQ_MSG(test, sxt_mld_query_parse(msg, len, &q),
				    ok ? SXT_WHY_NOT : SXT_WHY_MLD_SHORT,
				    "len %u", len);
		if (!ok)
			continue;
		KUNIT_EXPECT_EQ(test, q.v1, len == 24);
		KUNIT_EXPECT_FALSE(test, q.general);
		KUNIT_EXPECT_MEMEQ(test, q.group, group, 16);
		KUNIT_EXPECT_EQ(test, q.delay, len == 24 ? 0x9234 :
				0x1234 << 4);
		KUNIT_EXPECT_EQ(test, q.robustness, len == 24 ? 0 : 2);
		KUNIT_EXPECT_EQ(test, q.interval, len == 24 ? 0 : 0x15 << 4);
		KUNIT_EXPECT_EQ(test, q.source_count, 0);
	}
}

static void sources_must_be_there(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len, count;

	for (len = 28; len < 28 + 5 * 16; len++)
		for (count = 0; count < 7; count++) {
			u8 *msg = query(end, len, group, count);
			struct sxt_mld_query q = {};
			bool ok = 28 + 16 * count <= len;

			KUNIT_ASSERT_EQ_MSG(test, ok ? SXT_WHY_NOT :
					    SXT_WHY_MLD_SOURCES,
					    sxt_mld_query_parse(msg, len, &q),
					    "%u in %u", count, len);
			if (!ok)
				continue;
			KUNIT_EXPECT_EQ(test, q.source_count, count);
			KUNIT_EXPECT_TRUE(test, q.sources == msg + 28);
		}
	KUNIT_EXPECT_EQ(test, SXT_WHY_MLD_SOURCES,
			sxt_mld_query_parse(query(end, 100, group, 0xffff),
					    100, &(struct sxt_mld_query){}));
}

static void group_of_a_query(struct kunit *test)
{
	static const u8 any[16];
	static const u8 last[16] = { [15] = 1 };
	u8 *end = guard_page(test);
	struct sxt_mld_query q = {};

	KUNIT_EXPECT_EQ(test, SXT_WHY_NOT,
			sxt_mld_query_parse(query(end, 28, any, 0), 28, &q));
	KUNIT_EXPECT_TRUE(test, q.general);
	KUNIT_EXPECT_EQ(test, SXT_WHY_NOT,
			sxt_mld_query_parse(query(end, 24, any, 0), 24, &q));
	KUNIT_EXPECT_TRUE(test, q.general);
	/* Sources of no group */
	KUNIT_EXPECT_EQ(test, SXT_WHY_MLD_SOURCES,
			sxt_mld_query_parse(query(end, 44, any, 1), 44, &q));
	KUNIT_EXPECT_EQ(test, SXT_WHY_MLD_GROUP,
			sxt_mld_query_parse(query(end, 28, host, 0), 28, &q));
	KUNIT_EXPECT_EQ(test, SXT_WHY_MLD_GROUP,
			sxt_mld_query_parse(query(end, 24, last, 0), 24, &q));
}

static void only_queries(struct kunit *test)
{
	u8 *end = guard_page(test);
	struct sxt_mld_query q = {};
	u32 type;

	for (type = 0; type < 256; type++) {
		u8 *msg = query(end, 28, group, 0);

		msg[0] = (u8)type;
		KUNIT_EXPECT_EQ(test, sxt_mld_query_parse(msg, 28, &q),
				type == 130 ? SXT_WHY_NOT : SXT_WHY_MLD_SHORT);
	}
}

static void v1_reports(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len;

	for (len = 0; len < 40; len++) {
		u8 *msg = query(end, len, group, 0);
		const u8 *found = sxt_mld_v1_parse(msg, len);

		KUNIT_ASSERT_TRUE(test, found == (len < 24 ? NULL : msg + 8));
	}
	KUNIT_EXPECT_TRUE(test, !sxt_mld_v1_parse(query(end, 24, host, 0),
						  24));
	sxt_mld_v1_build(end - 24, SXT_MLD_V1_DONE, group);
	KUNIT_EXPECT_EQ(test, end[-24], 132);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(end - 20), 0);
	KUNIT_EXPECT_MEMEQ(test, sxt_mld_v1_parse(end - 24, 24), group, 16);
}

static void times(struct kunit *test)
{
	u32 code, before = 0;

	KUNIT_EXPECT_EQ(test, sxt_mld_delay(0), 0);
	KUNIT_EXPECT_EQ(test, sxt_mld_delay(0x7fff), 32767);
	KUNIT_EXPECT_EQ(test, sxt_mld_delay(0x8000), 32768);
	KUNIT_EXPECT_EQ(test, sxt_mld_delay(0x8001), 32776);
	KUNIT_EXPECT_EQ(test, sxt_mld_delay(0xffff), 8387584);
	for (code = 1; code < 0x10000; code++) {
		u32 delay = sxt_mld_delay((u16)code);

		KUNIT_ASSERT_TRUE(test, delay > before);
		before = delay;
	}
	KUNIT_EXPECT_EQ(test, sxt_mld_interval(0), 0);
	KUNIT_EXPECT_EQ(test, sxt_mld_interval(127), 127);
	KUNIT_EXPECT_EQ(test, sxt_mld_interval(128), 128);
	KUNIT_EXPECT_EQ(test, sxt_mld_interval(129), 136);
	KUNIT_EXPECT_EQ(test, sxt_mld_interval(255), 31744);
}

static void report_of_two_records(struct kunit *test)
{
	static const u8 expected[] = {
		143, 0, 0, 0, 0, 0, 0, 2,
		4, 0, 0, 0, 0xff, 0x0e, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 7,
		5, 0, 0, 1, 0xff, 0x0e, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 7,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 2,
	};
	u8 *buf = guard_page(test) - sizeof(expected);
	struct sxt_mld_report r;
	u32 record;

	memset(buf, 0xcc, sizeof(expected));
	sxt_mld_report_begin(&r, buf, sizeof(expected));
	KUNIT_EXPECT_TRUE(test, sxt_mld_record_open(&r, SXT_MLD_TO_EXCLUDE,
						    group, 0));
	record = sxt_mld_record_open(&r, SXT_MLD_ALLOW, group, 1);
	KUNIT_ASSERT_TRUE(test, record);
	KUNIT_EXPECT_TRUE(test, sxt_mld_record_source(&r, record, host));
	KUNIT_EXPECT_EQ(test, r.len, sizeof(expected));
	KUNIT_EXPECT_MEMEQ(test, buf, expected, sizeof(expected));
	/* Full: nothing more goes in, and nothing changes. */
	KUNIT_EXPECT_FALSE(test, sxt_mld_record_source(&r, record, host));
	KUNIT_EXPECT_FALSE(test, sxt_mld_record_open(&r, SXT_MLD_ALLOW, group,
						     0));
	KUNIT_EXPECT_MEMEQ(test, buf, expected, sizeof(expected));
}

/* Whatever the room, what goes in fits, and a record has room for a source. */
static void reports_stay_in_their_room(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 room;

	for (room = SXT_MLD_REPORT_LEN; room < 160; room++) {
		struct sxt_mld_report r;
		u32 record, sources = 0;

		sxt_mld_report_begin(&r, end - room, room);
		record = sxt_mld_record_open(&r, SXT_MLD_BLOCK, group, 3);
		KUNIT_ASSERT_EQ_MSG(test, !!record, room >= 8 + 20 + 16,
				    "room %u", room);
		if (!record)
			continue;
		while (sxt_mld_record_source(&r, record, host))
			sources++;
		KUNIT_EXPECT_EQ(test, sources, (room - 28) / 16);
		KUNIT_EXPECT_EQ(test, r.len, 28 + 16 * sources);
		KUNIT_EXPECT_LE(test, r.len, room);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(r.buf + record + 2),
				sources);
	}
}

static void which_records_may_be_split(struct kunit *test)
{
	u32 type;

	for (type = 1; type <= 6; type++)
		KUNIT_EXPECT_EQ(test, sxt_mld_may_split((u8)type),
				type != 2 && type != 4);
}

static struct kunit_case mld_msg_cases[] = {
	KUNIT_CASE(length_tells_the_version),
	KUNIT_CASE(sources_must_be_there),
	KUNIT_CASE(group_of_a_query),
	KUNIT_CASE(only_queries),
	KUNIT_CASE(v1_reports),
	KUNIT_CASE(times),
	KUNIT_CASE(report_of_two_records),
	KUNIT_CASE(reports_stay_in_their_room),
	KUNIT_CASE(which_records_may_be_split),
	{}
};

static struct kunit_suite mld_msg_suite = {
	.name = "sextant_mld_msg",
	.test_cases = mld_msg_cases,
};

kunit_test_suite(mld_msg_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's listener protocol messages");
MODULE_LICENSE("GPL");
