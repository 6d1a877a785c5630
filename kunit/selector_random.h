/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites and fuzzers of selectors and sets of rules: random selectors
 * and tuples out of a small world, so that they meet often; and what matching
 * means, told a second time and in another way, byte by byte.
 */
#ifndef SEXTANT_KUNIT_SELECTOR_RANDOM_H
#define SEXTANT_KUNIT_SELECTOR_RANDOM_H

#include <sextant/selector.h>

/* Fuzzers give numbers of their own instead. */
#ifndef random_u32
/* Knuth's MMIX generator; the upper half, which is the random one. */
static inline u32 random_u32(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(*state >> 32);
}
#endif

/* Inside a small world few bits of an address vary, at both of its ends. */
static inline void random_addr(u64 *state, u8 family, struct sxt_addr *a)
{
	u32 r = random_u32(state);

	memset(a, 0, sizeof(*a));
	a->b[0] = family == SXT_IPV4 ? 10 : 0xfd;
	a->b[1] = (u8)(r & 3);
	a->b[3] = (u8)(r >> 8);
	if (family == SXT_IPV6) {
		a->b[7] = (u8)(r >> 16 & 3);
		a->b[15] = (u8)(r >> 24);
	}
}

static inline void random_range(u64 *state, u8 family, struct sxt_addr *first,
				struct sxt_addr *last)
{
	u32 bits = family == SXT_IPV4 ? 32 : 128;
	u32 r = random_u32(state);
	struct sxt_addr other;
	u32 i, len;

	random_addr(state, family, first);
	*last = *first;
	if (r % 8 < 3)
		return;
	if (r % 8 == 3) {
		random_addr(state, family, &other);
		if (memcmp(&other, first, sizeof(other)) < 0)
			*first = other;
		else
			*last = other;
		return;
	}
	len = r % 8 == 4 ? 0 : (r >> 8) % (bits + 1);
	for (i = len; i < bits; i++) {
		first->b[i / 8] &= (u8)~(0x80 >> i % 8);
		last->b[i / 8] |= (u8)(0x80 >> i % 8);
	}
}

static inline u8 random_proto(u64 *state, u8 family)
{
	static const u8 protos[] = { 6, 17, 17, 132, 1, 58, 50, 47 };
	u8 proto = protos[random_u32(state) % sizeof(protos)];

	if (proto == 1 && family == SXT_IPV6)
		return 58;
	if (proto == 58 && family == SXT_IPV4)
		return 1;
	return proto;
}

static inline bool random_has_ports(u8 proto)
{
	return proto == 6 || proto == 17 || proto == 132;
}

static inline bool random_has_type(u8 proto)
{
	return proto == 1 || proto == 58;
}

static inline void random_range16(u64 *state, u16 *first, u16 *last)
{
	u32 r = random_u32(state);

	switch (r % 4) {
	case 0:
		*first = (u16)(r >> 8 & 7);
		*last = *first;
		break;
	case 1:
		*first = (u16)(r >> 8 & 7);
		*last = (u16)(*first + (r >> 16 & 7));
		break;
	default:
		*first = 0;
		*last = 0xffff;
	}
}

static inline void random_selector(u64 *state, struct sxt_selector *sel)
{
	u32 r = random_u32(state);
	u8 family = r % 16 == 0 ? 0 : r % 2 ? SXT_IPV4 : SXT_IPV6;

	sxt_selector_any_of(sel, family);
	if (family) {
		random_range(state, family, &sel->src_first, &sel->src_last);
		random_range(state, family, &sel->dst_first, &sel->dst_last);
	}
	if (r & 0x100) {
		sel->proto_set = 1;
		sel->proto = random_proto(state, family);
		if (random_has_ports(sel->proto)) {
			random_range16(state, &sel->sport_first,
				       &sel->sport_last);
			random_range16(state, &sel->dport_first,
				       &sel->dport_last);
		} else if (random_has_type(sel->proto)) {
			random_range16(state, &sel->icmp_first,
				       &sel->icmp_last);
		}
	}
	if ((r & 0x1e00) == 0)
		sel->ifindex = 1 + (r >> 16 & 1);
}

/* Only what the parsers can make. */
static inline void random_tuple(u64 *state, struct sxt_tuple *t)
{
	u32 r = random_u32(state);

	memset(t, 0, sizeof(*t));
	t->family = r & 1 ? SXT_IPV4 : SXT_IPV6;
	random_addr(state, t->family, &t->src);
	random_addr(state, t->family, &t->dst);
	t->ifindex = r >> 1 & 3;
	t->proto = random_proto(state, t->family);
	t->flags = SXT_TUPLE_PROTO;
	if ((r & 0x700) == 0) {
		t->flags |= SXT_TUPLE_FRAGMENT;
		if (t->family == SXT_IPV6 && (r & 0x800)) {
			t->flags = SXT_TUPLE_FRAGMENT;
			t->proto = 0;
		}
	} else if (random_has_ports(t->proto)) {
		t->flags |= SXT_TUPLE_PORTS;
		t->sport = r >> 16 & 15;
		t->dport = r >> 20 & 15;
	} else if (random_has_type(t->proto)) {
		t->flags |= SXT_TUPLE_ICMP;
		t->icmp = r >> 16 & 15;
	}
}

/* What matching means. With @may, what the packet hides is what is wanted. */
static inline bool oracle_match(const struct sxt_selector *s,
				const struct sxt_tuple *t, bool may)
{
	bool knows_proto = t->flags & SXT_TUPLE_PROTO;
	bool asks_ports = s->sport_first != 0 || s->sport_last != 0xffff ||
			  s->dport_first != 0 || s->dport_last != 0xffff;
	bool asks_type = s->icmp_first != 0 || s->icmp_last != 0xffff;

	if (s->family != 0 && s->family != t->family)
		return false;
	if (memcmp(t->src.b, s->src_first.b, 16) < 0 ||
	    memcmp(t->src.b, s->src_last.b, 16) > 0 ||
	    memcmp(t->dst.b, s->dst_first.b, 16) < 0 ||
	    memcmp(t->dst.b, s->dst_last.b, 16) > 0)
		return false;
	if (s->ifindex != 0 && s->ifindex != t->ifindex)
		return false;
	if (s->proto_set && !knows_proto)
		return may;
	if (s->proto_set && s->proto != t->proto)
		return false;
	if (asks_ports) {
		if (!(t->flags & SXT_TUPLE_PORTS))
			return may;
		if (t->sport < s->sport_first || t->sport > s->sport_last ||
		    t->dport < s->dport_first || t->dport > s->dport_last)
			return false;
	}
	if (asks_type) {
		if (!(t->flags & SXT_TUPLE_ICMP))
			return may;
		if (t->icmp < s->icmp_first || t->icmp > s->icmp_last)
			return false;
	}
	return true;
}

#endif /* SEXTANT_KUNIT_SELECTOR_RANDOM_H */
