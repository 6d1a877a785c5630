/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of the listener protocol (RFC 3810 5, RFC 2710 3), as bytes: what a
 * query says, and reports. Checksums and addresses of the IPv6 header are the
 * caller's. Pure.
 */
#ifndef SXT_MLD_MSG_H
#define SXT_MLD_MSG_H

#include <sextant/pure.h>
#include "why.h"

#define SXT_MLD_QUERY		130
#define SXT_MLD_V1_REPORT	131
#define SXT_MLD_V1_DONE		132
#define SXT_MLD_V2_REPORT	143

#define SXT_MLD_V1_LEN		24u
#define SXT_MLD_QUERY_LEN	28u	/* version 2, without sources */
#define SXT_MLD_REPORT_LEN	8u	/* version 2, without records */
#define SXT_MLD_RECORD_LEN	20u	/* without sources */

/* Types of records (RFC 3810 5.2.12) */
#define SXT_MLD_IS_INCLUDE	1
#define SXT_MLD_IS_EXCLUDE	2
#define SXT_MLD_TO_INCLUDE	3
#define SXT_MLD_TO_EXCLUDE	4
#define SXT_MLD_ALLOW		5
#define SXT_MLD_BLOCK		6

/**
 * struct sxt_mld_query - what a query says
 * @v1: it is one of version 1
 * @group: bytes of the message with the group; :: for all groups
 * @general: the group is ::
 * @delay: milliseconds within which to answer
 * @robustness: 0: not told
 * @interval: seconds between general queries, 0: not told
 * @sources: bytes with the sources that are asked about, 16 each
 * @source_count: of them
 */
struct sxt_mld_query {
	bool v1;
	const u8 *group;
	bool general;
	u32 delay;
	u8 robustness;
	u32 interval;
	const u8 *sources;
	u32 source_count;
};

/**
 * sxt_mld_query_parse() - reads a query
 * @msg: from its ICMPv6 header on
 * @len: of it
 * @query: is filled in; points into @msg
 *
 * The length tells the version (RFC 3810 8.1). Octets behind the last source
 * are ignored (5.1.12).
 *
 * Context: any.
 * Return: SXT_WHY_NOT, or why it is no query: SXT_WHY_MLD_SHORT: cut short, or
 * of another type; SXT_WHY_MLD_GROUP; SXT_WHY_MLD_SOURCES. @query is not to be
 * used then.
 */
enum sxt_why sxt_mld_query_parse(const u8 *msg, u32 len,
				 struct sxt_mld_query *query);

/**
 * sxt_mld_v1_parse() - the group of a Report or Done of version 1
 * @msg: from its ICMPv6 header on
 * @len: of it
 *
 * Context: any.
 * Return: the 16 bytes of the group in @msg; NULL: cut short, or no group.
 */
const u8 *sxt_mld_v1_parse(const u8 *msg, u32 len);

/**
 * sxt_mld_delay() - a Maximum Response Code as a time (RFC 3810 5.1.3)
 * @code: the code
 *
 * Context: any.
 * Return: milliseconds, at most 8387584.
 */
u32 sxt_mld_delay(u16 code);

/**
 * sxt_mld_interval() - a Querier's Query Interval Code as a time (5.1.9)
 * @code: the code
 *
 * Context: any.
 * Return: seconds, at most 31744.
 */
u32 sxt_mld_interval(u8 code);

/**
 * struct sxt_mld_report - a report of version 2 that is being built
 * @buf: where
 * @room: bytes that there are
 * @len: bytes that are filled
 * @records: number of records
 */
struct sxt_mld_report {
	u8 *buf;
	u32 room;
	u32 len;
	u32 records;
};

/**
 * sxt_mld_report_begin() - starts a report
 * @report: is filled in
 * @buf: where it is built
 * @room: bytes that there are, at least SXT_MLD_REPORT_LEN
 *
 * Context: any.
 */
void sxt_mld_report_begin(struct sxt_mld_report *report, u8 *buf, u32 room);

/**
 * sxt_mld_record_open() - starts a record, without sources yet
 * @report: the report
 * @type: SXT_MLD_IS_INCLUDE…
 * @group: 16 bytes
 * @sources: how many there will be: the record is not started where not even
 *	one of them fits
 *
 * Context: any.
 * Return: offset of the record, for sxt_mld_record_source(); 0: no room.
 */
u32 sxt_mld_record_open(struct sxt_mld_report *report, u8 type,
			const u8 *group, u32 sources);

/**
 * sxt_mld_record_source() - one source more in the last record
 * @report: the report
 * @record: what sxt_mld_record_open() returned
 * @source: 16 bytes
 *
 * Context: any.
 * Return: false: no room, nothing was done.
 */
bool sxt_mld_record_source(struct sxt_mld_report *report, u32 record,
			   const u8 *source);

/**
 * sxt_mld_may_split() - may sources of a record go on in another record?
 * @type: of the record
 *
 * RFC 3810 5.2.15: of one that excludes, a second record would take the first
 * one back; it has as many as fit.
 *
 * Context: any.
 * Return: true if so.
 */
bool sxt_mld_may_split(u8 type);

/**
 * sxt_mld_v1_build() - a Report or Done of version 1 (RFC 2710 3)
 * @buf: SXT_MLD_V1_LEN bytes
 * @type: SXT_MLD_V1_REPORT or SXT_MLD_V1_DONE
 * @group: 16 bytes
 *
 * Context: any.
 */
void sxt_mld_v1_build(u8 *buf, u8 type, const u8 *group);

#endif /* SXT_MLD_MSG_H */
