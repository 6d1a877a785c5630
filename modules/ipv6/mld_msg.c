// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the listener protocol, pure: see mld_msg.h.
 */
#include "mld_msg.h"

#define ADDR	16u

/* Offsets in messages of both versions, and in records */
#define AT_DELAY	4u
#define AT_RECORDS	6u
#define AT_GROUP	8u
#define AT_ROBUSTNESS	24u
#define AT_INTERVAL	25u
#define AT_SOURCES	26u
#define IN_SOURCES	2u
#define IN_GROUP	4u

static bool is_unspecified(const u8 *addr)
{
	u8 any = 0;
	u32 i;

	for (i = 0; i < ADDR; i++)
		any |= addr[i];
	return !any;
}

u32 sxt_mld_delay(u16 code)
{
	if (code < 0x8000)
		return code;
	return ((u32)(code & 0x0fff) | 0x1000) << ((code >> 12 & 7) + 3);
}

u32 sxt_mld_interval(u8 code)
{
	if (code < 0x80)
		return code;
	return ((u32)(code & 0x0f) | 0x10) << ((code >> 4 & 7) + 3);
}

static enum sxt_why parse_v2(const u8 *msg, u32 len,
			     struct sxt_mld_query *query)
{
	u32 count = get_unaligned_be16(msg + AT_SOURCES);

	if (count > (len - SXT_MLD_QUERY_LEN) / ADDR)
		return SXT_WHY_MLD_SOURCES;
	if (count && query->general)
		return SXT_WHY_MLD_SOURCES;
	query->delay = sxt_mld_delay(get_unaligned_be16(msg + AT_DELAY));
	query->robustness = msg[AT_ROBUSTNESS] & 7;
	query->interval = sxt_mld_interval(msg[AT_INTERVAL]);
	query->sources = msg + SXT_MLD_QUERY_LEN;
	query->source_count = count;
	return SXT_WHY_NOT;
}

enum sxt_why sxt_mld_query_parse(const u8 *msg, u32 len,
				 struct sxt_mld_query *query)
{
	if (len < SXT_MLD_V1_LEN || msg[0] != SXT_MLD_QUERY)
		return SXT_WHY_MLD_SHORT;
	query->group = msg + AT_GROUP;
	query->general = is_unspecified(query->group);
	if (!query->general && query->group[0] != 0xff)
		return SXT_WHY_MLD_GROUP;
	query->v1 = len == SXT_MLD_V1_LEN;
	if (!query->v1)
		return len < SXT_MLD_QUERY_LEN ? SXT_WHY_MLD_SHORT :
		       parse_v2(msg, len, query);
	query->delay = get_unaligned_be16(msg + AT_DELAY);
	query->robustness = 0;
	query->interval = 0;
	query->sources = NULL;
	query->source_count = 0;
	return SXT_WHY_NOT;
}

const u8 *sxt_mld_v1_parse(const u8 *msg, u32 len)
{
	if (len < SXT_MLD_V1_LEN || msg[AT_GROUP] != 0xff)
		return NULL;
	return msg + AT_GROUP;
}

void sxt_mld_report_begin(struct sxt_mld_report *report, u8 *buf, u32 room)
{
	memset(buf, 0, SXT_MLD_REPORT_LEN);
	buf[0] = SXT_MLD_V2_REPORT;
	report->buf = buf;
	report->room = room;
	report->len = SXT_MLD_REPORT_LEN;
	report->records = 0;
}

u32 sxt_mld_record_open(struct sxt_mld_report *report, u8 type,
			const u8 *group, u32 sources)
{
	u32 need = SXT_MLD_RECORD_LEN + (sources ? ADDR : 0);
	u32 at = report->len;
	u8 *p = report->buf + at;

	if (report->room - at < need || report->records == 0xffff)
		return 0;
	memset(p, 0, IN_GROUP);
	p[0] = type;
	memcpy(p + IN_GROUP, group, ADDR);
	report->len += SXT_MLD_RECORD_LEN;
	report->records++;
	put_unaligned_be16((u16)report->records, report->buf + AT_RECORDS);
	return at;
}

bool sxt_mld_record_source(struct sxt_mld_report *report, u32 record,
			   const u8 *source)
{
	u8 *count = report->buf + record + IN_SOURCES;
	u32 n = get_unaligned_be16(count);

	if (report->room - report->len < ADDR || n == 0xffff)
		return false;
	memcpy(report->buf + report->len, source, ADDR);
	report->len += ADDR;
	put_unaligned_be16((u16)(n + 1), count);
	return true;
}

bool sxt_mld_may_split(u8 type)
{
	return type != SXT_MLD_IS_EXCLUDE && type != SXT_MLD_TO_EXCLUDE;
}

void sxt_mld_v1_build(u8 *buf, u8 type, const u8 *group)
{
	memset(buf, 0, AT_GROUP);
	buf[0] = type;
	memcpy(buf + AT_GROUP, group, ADDR);
}
