// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes messages of the listener protocol. A query of any bytes: nothing is
 * read past the end, what is told lies in the message, and a second telling
 * agrees. A report that is built as the input says, in a buffer that ends where
 * it does, is read back by a parser that is written here. Codes of times grow
 * with the times that they stand for.
 */
#include "../../modules/ipv6/mld_msg.c"
#include "fuzz.h"

static const u8 nowhere[16];

static bool query_valid(const u8 *p, u32 n)
{
	bool general;

	if (n < 24 || p[0] != 130 || (n > 24 && n < 28))
		return false;
	general = !memcmp(p + 8, nowhere, 16);
	if (p[8] != 255 && !general)
		return false;
	if (n == 24)
		return true;
	return 28 + 16 * (p[26] * 256u + p[27]) <= n &&
	       !(general && (p[26] || p[27]));
}

/* RFC 3810 5.1.3 and 5.1.9: a mantissa and an exponent of 3 bits. */
static u32 real_number(u32 code, u32 mantissa_bits)
{
	u32 top = 1u << (mantissa_bits + 3), value = code & ((top >> 3) - 1);
	u32 exp = code >> mantissa_bits & 7;

	if (code < top)
		return code;
	value += top >> 3;
	for (exp += 3; exp; exp--)
		value *= 2;
	return value;
}

static void query(struct fuzz_in *in)
{
	u8 choice = fuzz_u8(in);
	u32 n = (u32)in->left;
	u8 *p = fuzz_copy(in->p, n);
	struct sxt_mld_query q;
	const u8 *group;

	if (n > 8 && choice & 1)
		p[0] = 130;
	if (n > 8 && choice & 2)
		p[8] = 255;
	if (n > 28 && choice & 4) {
		p[26] = 0;
		p[27] %= 8;
	}
	if (sxt_mld_query_parse(p, n, &q)) {
		FUZZ_ASSERT(!query_valid(p, n));
	} else {
		FUZZ_ASSERT(query_valid(p, n) && q.group == p + 8);
		FUZZ_ASSERT(q.general == !memcmp(p + 8, nowhere, 16));
		FUZZ_ASSERT(q.v1 == (n == 24));
		if (q.source_count)
			FUZZ_ASSERT(q.sources >= p + 28 && q.source_count <=
				    (u32)(p + n - q.sources) / 16);
		FUZZ_ASSERT(q.delay ==
			    (q.v1 ? get_unaligned_be16(p + 4) :
			     real_number(get_unaligned_be16(p + 4), 12)));
		FUZZ_ASSERT(q.v1 ? !q.interval && !q.robustness :
			    q.interval == real_number(p[25], 4) &&
			    q.robustness == p[24] % 8);
	}
	group = sxt_mld_v1_parse(p, n);
	FUZZ_ASSERT(group ? group == p + 8 && n >= 24 && *group == 255 :
		    n < 24 || p[8] != 255);
	fuzz_free(p, n);
}

static void times(struct fuzz_in *in)
{
	u32 code = fuzz_u32(in) & 0xffff;

	FUZZ_ASSERT(sxt_mld_delay((u16)code) == real_number(code, 12));
	FUZZ_ASSERT(sxt_mld_delay((u16)code) <= 8387584);
	if (code < 0xffff)
		FUZZ_ASSERT(sxt_mld_delay((u16)code) <
			    sxt_mld_delay((u16)(code + 1)));
	code &= 0xff;
	FUZZ_ASSERT(sxt_mld_interval((u8)code) == real_number(code, 4));
	if (code < 0xff)
		FUZZ_ASSERT(sxt_mld_interval((u8)code) <
			    sxt_mld_interval((u8)(code + 1)));
}

#define RECORDS	32

/* What a record was made of: addresses are told by their first byte. */
struct record {
	u8 type;
	u8 group;
	u32 n;
	u8 sources[64];
};

static void addr_of(u8 v, u8 *addr)
{
	memset(addr, 0x33, 16);
	addr[0] = v;
}

static bool is_addr(const u8 *p, u8 v)
{
	u8 addr[16];

	addr_of(v, addr);
	return !memcmp(p, addr, 16);
}

/* The whole report, and nothing behind it. */
static void read_back(const u8 *p, u32 len, const struct record *r, u32 n)
{
	u32 at = 8, i, k;

	FUZZ_ASSERT(len >= 8 && p[0] == 143 && !p[1] && !p[2] && !p[3]);
	FUZZ_ASSERT(!p[4] && !p[5] && get_unaligned_be16(p + 6) == n);
	for (i = 0; i < n; i++) {
		FUZZ_ASSERT(len - at >= 20 && p[at] == r[i].type && !p[at + 1]);
		FUZZ_ASSERT(get_unaligned_be16(p + at + 2) == r[i].n);
		FUZZ_ASSERT(is_addr(p + at + 4, r[i].group));
		at += 20;
		FUZZ_ASSERT((len - at) / 16 >= r[i].n);
		for (k = 0; k < r[i].n; k++, at += 16)
			FUZZ_ASSERT(is_addr(p + at, r[i].sources[k]));
	}
	FUZZ_ASSERT(at == len);
}

static void report(struct fuzz_in *in)
{
	u32 room = 8 + fuzz_u8(in) * 2u, n = 0, at = 0, before;
	static struct record r[RECORDS];
	struct sxt_mld_report rep;
	u8 *buf = malloc(room), addr[16];

	FUZZ_ASSERT(buf);
	memset(buf, 0xa5, room);
	sxt_mld_report_begin(&rep, buf, room);
	while (in->left && n < RECORDS) {
		u8 op = fuzz_u8(in), v = fuzz_u8(in);

		addr_of(v, addr);
		before = rep.len;
		if (at && op & 1 && r[n - 1].n < 64) {
			bool taken = sxt_mld_record_source(&rep, at, addr);

			FUZZ_ASSERT(taken == (room - before >= 16));
			if (taken)
				r[n - 1].sources[r[n - 1].n++] = v;
		} else {
			at = sxt_mld_record_open(&rep, op, addr, op >> 7);
			FUZZ_ASSERT(!at == (room - before <
					    (op >> 7 ? 36 : 20)));
			if (!at)
				break;
			r[n++] = (struct record){ .type = op, .group = v };
		}
		FUZZ_ASSERT(rep.len >= before && rep.len <= room);
		FUZZ_ASSERT(rep.records == n);
	}
	read_back(buf, rep.len, r, n);
	free(buf);
}

static void version_one(struct fuzz_in *in)
{
	u8 type = fuzz_u8(in), addr[16], *buf = malloc(24);

	FUZZ_ASSERT(buf);
	addr_of(0xff, addr);
	addr[15] = fuzz_u8(in);
	sxt_mld_v1_build(buf, type, addr);
	FUZZ_ASSERT(buf[0] == type && sxt_mld_v1_parse(buf, 24) == buf + 8);
	FUZZ_ASSERT(!memcmp(buf + 8, addr, 16));
	FUZZ_ASSERT(!get_unaligned_be32(buf + 4) && !buf[1]);
	FUZZ_ASSERT(sxt_mld_may_split(type) == (type != 2 && type != 4));
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };

	switch (fuzz_u8(&in) % 8) {
	case 0:
		times(&in);
		break;
	case 1:
		version_one(&in);
		break;
	case 2:
	case 3:
	case 4:
		report(&in);
		break;
	default:
		query(&in);
	}
	return 0;
}
