// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes IPv6 extension headers and fragments. What must hold: nothing is read
 * past the bytes that are there, and every position that is told lies within the
 * header; options and chains are what a second telling says, which first finds
 * where all of them are; a chain asks for bytes that the packet has, and with
 * them comes to the same end; fragments are judged as by a list of all that have
 * come.
 */
#include "../../modules/ipv6/ext.c"
#include "fuzz.h"

#define OPTIONS	2048

/**
 * struct option - one of a header's options
 * @at: where it begins
 * @size: bytes, type and length included
 */
struct option {
	u32 at;
	u32 size;
};

/**
 * struct told - a verdict as told here
 * @verdict: what is to be done
 * @code: of the problem
 * @pos: of the problem
 * @alert: where the router alert is
 * @jumbo: where the jumbo payload is
 */
struct told {
	enum sxt_ext_verdict verdict;
	u8 code;
	u32 pos;
	u32 alert;
	u32 jumbo;
};

static struct told problem_at(u8 code, u32 pos)
{
	return (struct told){ .verdict = SXT_EXT_TELL, .code = code,
			      .pos = pos };
}

/*
 * Where options are; the last may not fit: its @size is 0 then. Returns how
 * many there are.
 */
static u32 find_options(const u8 *p, u32 len, struct option *o)
{
	u32 at = 2, n = 0;

	while (at < len) {
		o[n].at = at;
		o[n].size = 0;
		if (!p[at])
			o[n].size = 1;
		else if (at + 1 < len && at + 2 + p[at + 1] <= len)
			o[n].size = 2u + p[at + 1];
		if (!o[n].size)
			return n + 1;
		at += o[n++].size;
	}
	return n;
}

/* Padding that goes on from @before bytes of it. */
static struct told tell_padding(const u8 *p, const struct option *o, u32 before)
{
	u32 i;

	if (before + o->size > 7)
		return problem_at(10, o->at);
	for (i = o->at + 2; i < o->at + o->size; i++)
		if (p[i])
			return problem_at(0, i);
	return (struct told){ .verdict = SXT_EXT_OK };
}

static struct told tell_option(const u8 *p, const struct option *o,
			       const struct sxt_ext_limits *l,
			       const struct told *so_far)
{
	static const u8 by_bits[] = { SXT_EXT_OK, SXT_EXT_DROP, SXT_EXT_TELL,
				      SXT_EXT_TELL_UNICAST };
	struct told t = { .verdict = SXT_EXT_OK };

	if (p[o->at] == 5 && l->hop) {
		if (o->size != 4)
			return problem_at(0, o->at + 1);
		if (so_far->alert)
			return problem_at(0, o->at);
		t.alert = o->at;
	} else if (p[o->at] == 0xc2 && l->hop && l->jumbo) {
		if (o->size != 6)
			return problem_at(0, o->at + 1);
		t.jumbo = o->at;
	} else if (l->known_only) {
		t.verdict = SXT_EXT_DROP;
	} else {
		t.verdict = by_bits[p[o->at] / 64];
		t.code = 2;
		t.pos = o->at;
	}
	return t;
}

static struct told tell_all(const u8 *p, u32 len, const struct sxt_ext_limits *l)
{
	static struct option o[OPTIONS];
	struct told all = { .verdict = SXT_EXT_OK }, t;
	u32 i, n, padding = 0, count = 0;

	if (len > l->bytes)
		return problem_at(6, 0);
	n = find_options(p, len, o);
	for (i = 0; i < n; i++) {
		if (!o[i].size)
			return problem_at(0, o[i].at + 1 < len ? o[i].at + 1 :
							     o[i].at);
		if (p[o[i].at] < 2) {
			t = tell_padding(p, &o[i], padding);
			padding += o[i].size;
		} else {
			padding = 0;
			if (++count > l->options)
				return problem_at(9, o[i].at);
			t = tell_option(p, &o[i], l, &all);
		}
		if (t.verdict != SXT_EXT_OK)
			return t;
		all.alert += t.alert;
		all.jumbo = t.jumbo ? t.jumbo : all.jumbo;
	}
	return all;
}

static void options(struct fuzz_in *in)
{
	u8 flags = fuzz_u8(in);
	struct sxt_ext_limits l = {
		.bytes = flags & 1 ? fuzz_u8(in) * 8u : 2048,
		.options = flags & 2 ? fuzz_u8(in) % 10 : 8,
		.known_only = flags & 4,
		.hop = flags & 8,
		.jumbo = flags & 16,
	};
	u32 len = in->left < 2048 ? (u32)in->left & ~7u : 2048;
	u8 *p = fuzz_copy(in->p, len);
	struct sxt_ext_problem problem = { 0xffff, 0xff, SXT_WHY_NOT };
	struct sxt_ext_found found;
	enum sxt_ext_verdict v;
	struct told want;

	if (!len) {
		fuzz_free(p, 0);
		return;
	}
	p[1] = (u8)(len / 8 - 1);
	FUZZ_ASSERT(sxt_ext_len(60, p[1]) == len);
	want = tell_all(p, len, &l);
	v = sxt_ext_options(p, len, &l, &found, &problem);
	FUZZ_ASSERT(v == want.verdict);
	FUZZ_ASSERT(v == SXT_EXT_OK || problem.why != SXT_WHY_NOT);
	if (v == SXT_EXT_TELL || v == SXT_EXT_TELL_UNICAST) {
		FUZZ_ASSERT(problem.pos < len);
		FUZZ_ASSERT(problem.pos == want.pos &&
			    problem.code == want.code);
	}
	if (v == SXT_EXT_OK) {
		FUZZ_ASSERT(found.alert == want.alert);
		FUZZ_ASSERT(found.jumbo == want.jumbo);
		FUZZ_ASSERT(!found.alert || found.alert + 4 <= len);
		FUZZ_ASSERT(!found.alert || found.alert_value ==
			    get_unaligned_be16(p + found.alert + 2));
		FUZZ_ASSERT(!found.jumbo || found.jumbo + 6 <= len);
	}
	FUZZ_ASSERT(sxt_ext_routing(p, &problem) ==
		    (p[3] ? SXT_EXT_TELL : SXT_EXT_OK));
	fuzz_free(p, len);
}

/* RFC 7112: what the first fragment has to have, all of it there. */
static bool shows_all(const u8 *p, u32 total, u32 off, u8 next)
{
	/* Of those that are not here, a byte; of "no next header", nothing. */
	static const u8 least[256] = {
		[6] = 20, [17] = 8, [33] = 12, [41] = 40, [50] = 8, [58] = 8,
		[132] = 12, [136] = 8,
	};
	u32 headers;

	for (headers = 0; headers < 8; headers++) {
		u32 size;

		switch (next) {
		case 0:
		case 43:
		case 60:
		case 44:
		case 51:
			break;
		default:
			return off + (least[next] ? least[next] : next != 59) <=
			       total;
		}
		if (off + 8 > total)
			return false;
		size = next == 44 ? 8 : next == 51 ? p[off + 1] * 4u + 8 :
				    p[off + 1] * 8u + 8;
		if (next == 44 && (p[off + 2] || p[off + 3] / 8))
			return true;
		next = p[off];
		off += size;
	}
	return true;
}

/* As a caller does it: makes readable what is asked for, no more. */
static void chain(struct fuzz_in *in)
{
	u32 off = fuzz_u8(in) % 64, linear = off + fuzz_u8(in) % 16, need = 0;
	static const u8 kinds[] = { 0, 43, 44, 51, 60, 60, 17, 58 };
	u8 next = fuzz_u8(in), *p;
	u32 total = (u32)in->left, pulls;
	enum sxt_chain_verdict v;

	if (next & 1)
		next = kinds[next / 2 % 8];
	if (linear > total)
		linear = total;
	for (pulls = 0; pulls < 10; pulls++) {
		p = fuzz_copy(in->p, linear);
		v = sxt_ext_chain(p, linear, total, off, next, &need);
		fuzz_free(p, linear);
		if (v != SXT_CHAIN_PULL)
			break;
		FUZZ_ASSERT(need > linear && need <= total);
		linear = need;
	}
	FUZZ_ASSERT(pulls <= 8 && need <= linear);
	FUZZ_ASSERT((v == SXT_CHAIN_WHOLE) ==
		    shows_all(in->p, total, off, next));
}

#define FRAGMENTS	100

struct piece {
	u32 off;
	u32 end;
	bool more;
};

/* RFC 8200 4.5, by all that have been taken before. */
static bool clashes(const struct piece *all, u32 n, const struct piece *p)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (!all[i].more && !p->more && all[i].end != p->end)
			return true;
		if (!all[i].more && p->more && p->end >= all[i].end)
			return true;
		if (all[i].more && !p->more && all[i].end >= p->end)
			return true;
	}
	return false;
}

static bool bound_of(const struct piece *all, u32 n, u32 at)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (all[i].off / 8 == at || (all[i].end + 7) / 8 == at)
			return true;
	return false;
}

static bool came_before(const struct piece *all, u32 n, const struct piece *p)
{
	u32 at = p->off / 8, last = (p->end + 7) / 8;

	if (!bound_of(all, n, at) || !bound_of(all, n, last))
		return false;
	for (at++; at < last; at++)
		if (bound_of(all, n, at))
			return false;
	return true;
}

static void fragments(struct fuzz_in *in)
{
	static struct sxt_frag_bounds bounds;
	static struct piece all[FRAGMENTS];
	struct sxt_frag_extent extent = { 0 };
	u32 n = 0;

	memset(&bounds, 0, sizeof(bounds));
	while (in->left && n < FRAGMENTS) {
		u8 op = fuzz_u8(in), hdr[8] = { 17 };
		u32 before = op & 2 ? fuzz_u8(in) * 8u : 0;
		u32 len = op & 4 ? fuzz_u32(in) & 0x1ffff : fuzz_u8(in);
		struct sxt_frag_extent was = extent;
		enum sxt_frag_verdict v;
		struct sxt_frag frag;
		struct piece p;

		hdr[2] = op & 8 ? fuzz_u8(in) : op >> 7;
		hdr[3] = fuzz_u8(in);
		if (op & 16)
			len &= ~7u;
		sxt_frag_read(hdr, &frag);
		FUZZ_ASSERT(frag.offset % 8 == 0 && frag.offset <= 65528);
		p = (struct piece){ frag.offset, frag.offset + len, frag.more };
		v = sxt_frag_place(&extent, &frag, before, len);
		if (!len)
			FUZZ_ASSERT(v == SXT_FRAG_EMPTY);
		else if (p.more && len % 8)
			FUZZ_ASSERT(v == SXT_FRAG_ODD);
		else if ((u64)before + p.end > 65535)
			FUZZ_ASSERT(v == SXT_FRAG_LONG);
		else
			FUZZ_ASSERT(v == (clashes(all, n, &p) ? SXT_FRAG_CLASH :
							     SXT_FRAG_TAKE));
		if (v != SXT_FRAG_TAKE) {
			FUZZ_ASSERT(was.end == extent.end &&
				    was.last == extent.last);
			continue;
		}
		FUZZ_ASSERT(sxt_frag_same(&bounds, p.off, len) ==
			    came_before(all, n, &p));
		sxt_frag_note(&bounds, p.off, len);
		all[n++] = p;
		FUZZ_ASSERT(sxt_frag_same(&bounds, p.off, len) ==
			    came_before(all, n, &p));
	}
}

static void room(struct fuzz_in *in)
{
	u32 mtu = fuzz_u32(in), before = fuzz_u32(in), got;

	if (fuzz_u8(in) & 1) {
		mtu %= 70000;
		before %= 2000;
	}
	got = sxt_frag_room(mtu, before);
	FUZZ_ASSERT(got % 8 == 0);
	FUZZ_ASSERT(!got || (u64)before + 8 + got <= mtu);
	FUZZ_ASSERT((u64)before + 8 + got + 8 > mtu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };

	switch (fuzz_u8(&in) % 8) {
	case 0:
		room(&in);
		break;
	case 1:
	case 2:
		fragments(&in);
		break;
	case 3:
	case 4:
		chain(&in);
		break;
	default:
		options(&in);
	}
	return 0;
}
