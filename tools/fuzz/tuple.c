// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the reading of packets into tuples. Input: one byte of choices, one
 * for how much is linear, then the packet. What must hold: not a byte is read
 * past what is linear; the quick path tells what the full one tells; a caller
 * who makes linear what is asked for ends where one ends who has it all; and a
 * second, plainer reading of the headers comes to the same.
 */
#include "fuzz.h"

#include "../../modules/policy/tuple.c"

struct told {
	int verdict;
	u32 upper;
	u32 insert;
	u32 next;
	u8 proto;
	u8 flags;
	u16 sport;
	u16 dport;
};

static u32 be16(const u8 *p)
{
	return p[0] * 256u + p[1];
}

static bool among(u8 v, const char *set, size_t n)
{
	return memchr(set, v, n);
}

static void tell_upper(const u8 *p, u32 end, bool ipv6, struct told *r)
{
	u32 left = end - r->upper;

	if (among(r->proto, "\x06\x11\x21\x84\x88", 5)) {
		if (left < 4) {
			r->flags |= SXT_TUPLE_STUB;
			return;
		}
		r->flags |= SXT_TUPLE_PORTS;
		r->sport = (u16)be16(p + r->upper);
		r->dport = (u16)be16(p + r->upper + 2);
	} else if (r->proto == (ipv6 ? 58 : 1)) {
		if (left < 2) {
			r->flags |= SXT_TUPLE_STUB;
			return;
		}
		r->flags |= SXT_TUPLE_ICMP;
		r->sport = (u16)be16(p + r->upper);
	}
}

/* @n bytes, all there. */
static struct told tell_ipv4(const u8 *p, u32 n)
{
	struct told r = { .verdict = SXT_TUPLE_SHORT };
	u32 header, end;

	if (n < 20)
		return r;
	header = p[0] % 16 * 4;
	end = be16(p + 2);
	if (end == 0 && n >= 65536)
		end = n;
	r.verdict = SXT_TUPLE_HEADER;
	if (p[0] / 16 != 4 || header < 20 || header > end)
		return r;
	r.verdict = end > n ? SXT_TUPLE_SHORT : SXT_TUPLE_OK;
	r.upper = header;
	r.insert = header;
	r.next = 9;
	r.proto = p[9];
	r.flags = SXT_TUPLE_PROTO;
	if (be16(p + 6) % 8192)
		r.flags |= SXT_TUPLE_FRAGMENT;
	else if (p[6] & 0x20)
		r.flags |= SXT_TUPLE_FIRST;
	if (r.verdict == SXT_TUPLE_OK && !(r.flags & SXT_TUPLE_FRAGMENT))
		tell_upper(p, end, false, &r);
	return r;
}

static struct told tell_ipv6(const u8 *p, u32 n)
{
	struct told r = { .verdict = SXT_TUPLE_SHORT };
	u32 end, count = 0, at = 40, from = 6;
	bool fragment = false;
	u8 kind;

	if (n < 40)
		return r;
	r.verdict = SXT_TUPLE_HEADER;
	if (p[0] / 16 != 6)
		return r;
	end = 40 + be16(p + 4);
	if (end == 40 && n > 65575)
		end = n;
	r.verdict = SXT_TUPLE_SHORT;
	if (end > n)
		return r;
	r.verdict = SXT_TUPLE_CHAIN;
	r.insert = 40;
	r.next = 6;
	for (kind = p[6]; among(kind, "\0\x2b\x2c\x3c", 4); kind = p[from]) {
		u32 length;

		if (fragment)
			break;
		if (++count > 8) {
			r.verdict = SXT_TUPLE_LIMIT;
			return r;
		}
		if (end - at < 8 || (kind == 0 && count > 1))
			return r;
		length = kind == 44 ? 8 : 8 + 8 * p[at + 1];
		if (length > end - at)
			return r;
		if (at + length > 2088) {
			r.verdict = SXT_TUPLE_LIMIT;
			return r;
		}
		if (kind == 44) {
			fragment = be16(p + at + 2) >= 8;
			if (!fragment && p[at + 3] % 2)
				r.flags |= SXT_TUPLE_FIRST;
		}
		from = at;
		at += length;
		if (kind != 60) {
			r.insert = at;
			r.next = from;
		}
	}
	r.verdict = SXT_TUPLE_OK;
	r.upper = at;
	if (fragment) {
		r.flags |= SXT_TUPLE_FRAGMENT;
		if (!among(kind, "\0\x2b\x2c\x3c", 4)) {
			r.flags |= SXT_TUPLE_PROTO | SXT_TUPLE_CLAIMED;
			r.proto = kind;
		}
		return r;
	}
	r.flags |= SXT_TUPLE_PROTO;
	r.proto = kind;
	tell_upper(p, end, true, &r);
	return r;
}

static enum sxt_tuple_verdict read_at(const u8 *pkt, u32 len, u32 total,
				      u32 shift, bool ipv6,
				      struct sxt_tuple *t,
				      struct sxt_hdr_info *info)
{
	struct sxt_hdr_info full_info;
	enum sxt_tuple_verdict quick, full;
	struct sxt_tuple full_t;
	u8 *copy = malloc(shift + len + !len);

	FUZZ_ASSERT(copy);
	memcpy(copy + shift, pkt, len);
	memset(t, 0xa5, sizeof(*t));
	memset(info, 0xa5, sizeof(*info));
	if (ipv6) {
		quick = sxt_tuple_ipv6(copy + shift, len, total, t, info);
		full = sxt_tuple_ipv6_any(copy + shift, len, total, &full_t,
					  &full_info);
	} else {
		quick = sxt_tuple_ipv4(copy + shift, len, total, t, info);
		full = sxt_tuple_ipv4_any(copy + shift, len, total, &full_t,
					  &full_info);
	}
	FUZZ_ASSERT(quick == full);
	FUZZ_ASSERT(sxt_tuple_equal(t, &full_t));
	FUZZ_ASSERT(!memcmp(info, &full_info, sizeof(full_info)));
	free(copy);
	return quick;
}

static void compare(const u8 *pkt, u32 total, bool ipv6, int verdict,
		    const struct sxt_tuple *t, const struct sxt_hdr_info *info)
{
	struct told r = ipv6 ? tell_ipv6(pkt, total) : tell_ipv4(pkt, total);

	FUZZ_ASSERT(verdict == r.verdict);
	if (verdict != SXT_TUPLE_OK)
		return;
	FUZZ_ASSERT(t->family == (ipv6 ? SXT_IPV6 : SXT_IPV4));
	FUZZ_ASSERT(!memcmp(t->src.b, pkt + (ipv6 ? 8 : 12), ipv6 ? 16 : 4));
	FUZZ_ASSERT(!memcmp(t->dst.b, pkt + (ipv6 ? 24 : 16), ipv6 ? 16 : 4));
	FUZZ_ASSERT(t->proto == r.proto && t->flags == r.flags);
	FUZZ_ASSERT(t->sport == r.sport && t->dport == r.dport);
	FUZZ_ASSERT(!t->pad && !t->where);
	FUZZ_ASSERT(info->upper == r.upper && info->insert == r.insert);
	FUZZ_ASSERT(info->next == r.next && !info->need);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sxt_hdr_info info, whole_info;
	enum sxt_tuple_verdict verdict;
	struct sxt_tuple t, whole;
	u32 len, total, shift, pulls;
	bool ipv6;

	if (size < 2 || size > 100000)
		return 0;
	ipv6 = data[0] & 1;
	shift = data[0] >> 1 & 7;
	total = (u32)size - 2;
	len = data[1] < total ? data[1] : total;
	data += 2;

	verdict = read_at(data, total, total, shift, ipv6, &whole, &whole_info);
	FUZZ_ASSERT(verdict != SXT_TUPLE_PULL);
	compare(data, total, ipv6, verdict, &whole, &whole_info);

	for (pulls = 0; ; pulls++) {
		int v = read_at(data, len, total, shift, ipv6, &t, &info);

		if (v != SXT_TUPLE_PULL) {
			FUZZ_ASSERT(v == (int)verdict);
			break;
		}
		FUZZ_ASSERT(pulls < SXT_CHAIN_HEADERS + 3);
		FUZZ_ASSERT(info.need > len && info.need <= total);
		len = info.need;
	}
	if (verdict == SXT_TUPLE_OK) {
		FUZZ_ASSERT(sxt_tuple_equal(&t, &whole));
		FUZZ_ASSERT(!memcmp(&info, &whole_info, sizeof(info)));
	}
	return 0;
}
