/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Selectors (RFC 4301 4.4.1.1): which packets a policy or an SA is for. Each
 * field is a range; a range over all values is ANY. Knows tuples, not packets,
 * and one selector at a time: for many see classifier.h.
 */
#ifndef SEXTANT_SELECTOR_H
#define SEXTANT_SELECTOR_H

#include <sextant/tuple.h>

/**
 * struct sxt_selector - which packets a policy or an SA is for
 * @src_first: first source address, network order
 * @src_last: last source address
 * @dst_first: first destination address
 * @dst_last: last destination address
 * @sport_first: first source port, host order
 * @sport_last: last source port
 * @dport_first: first destination port
 * @dport_last: last destination port
 * @icmp_first: SXT_ICMP() of the first type and first code
 * @icmp_last: SXT_ICMP() of the last type and last code; a packet matches if
 *	its SXT_ICMP() lies between (RFC 4301 4.4.1.1)
 * @family: SXT_IPV4, SXT_IPV6, or 0 for both; addresses of IPv4 use the first
 *	four bytes, first and last alike, the rest is zero
 * @proto: next layer protocol, if @proto_set
 * @proto_set: 0 for any protocol, 1 for @proto
 * @need: enum sxt_tuple_flag: what a packet must show to match; filled in by
 *	sxt_selector_validate()
 * @ifindex: interface, 0 for any
 * @pad: zero
 *
 * To make one: sxt_selector_any(), set what is to be narrower, then
 * sxt_selector_validate(). No holes: equal selectors are equal as bytes.
 */
struct sxt_selector {
	struct sxt_addr src_first;
	struct sxt_addr src_last;
	struct sxt_addr dst_first;
	struct sxt_addr dst_last;
	u16 sport_first;
	u16 sport_last;
	u16 dport_first;
	u16 dport_last;
	u16 icmp_first;
	u16 icmp_last;
	u8 family;
	u8 proto;
	u8 proto_set;
	u8 need;
	u32 ifindex;
	u32 pad;
};

static_assert(sizeof(struct sxt_selector) == 11 * sizeof(u64),
	      "a selector has a hole");

/**
 * enum sxt_selector_fault - what is wrong with a selector
 * @SXT_SELECTOR_OK: nothing
 * @SXT_SELECTOR_FAMILY: not 0, SXT_IPV4 or SXT_IPV6
 * @SXT_SELECTOR_SRC_FAMILY: source addresses not of the family
 * @SXT_SELECTOR_SRC_ORDER: last source address below the first
 * @SXT_SELECTOR_DST_FAMILY: destination addresses not of the family
 * @SXT_SELECTOR_DST_ORDER: last destination address below the first
 * @SXT_SELECTOR_PROTO: an IPv6 extension header, which lookups skip
 * @SXT_SELECTOR_SPORT_ORDER: last source port below the first
 * @SXT_SELECTOR_SPORT_PROTO: source ports without a protocol that has ports
 * @SXT_SELECTOR_DPORT_ORDER: last destination port below the first
 * @SXT_SELECTOR_DPORT_PROTO: destination ports without such a protocol
 * @SXT_SELECTOR_ICMP_ORDER: last ICMP type and code below the first
 * @SXT_SELECTOR_ICMP_PROTO: ICMP type without ICMP or ICMPv6 as protocol, or
 *	with the one that is not of the family
 * @SXT_SELECTOR_ICMP_CODE: an ICMP code without a type
 * @SXT_SELECTOR_IFINDEX: no interface has this number
 */
enum sxt_selector_fault {
	SXT_SELECTOR_OK,
	SXT_SELECTOR_FAMILY,
	SXT_SELECTOR_SRC_FAMILY,
	SXT_SELECTOR_SRC_ORDER,
	SXT_SELECTOR_DST_FAMILY,
	SXT_SELECTOR_DST_ORDER,
	SXT_SELECTOR_PROTO,
	SXT_SELECTOR_SPORT_ORDER,
	SXT_SELECTOR_SPORT_PROTO,
	SXT_SELECTOR_DPORT_ORDER,
	SXT_SELECTOR_DPORT_PROTO,
	SXT_SELECTOR_ICMP_ORDER,
	SXT_SELECTOR_ICMP_PROTO,
	SXT_SELECTOR_ICMP_CODE,
	SXT_SELECTOR_IFINDEX,
};

/**
 * enum sxt_selector_miss - why a selector does not match a tuple, as bits
 * @SXT_MISS_FAMILY: family
 * @SXT_MISS_SRC: source address
 * @SXT_MISS_DST: destination address
 * @SXT_MISS_PROTO: protocol
 * @SXT_MISS_SPORT: source port
 * @SXT_MISS_DPORT: destination port
 * @SXT_MISS_ICMP: ICMP type or code
 * @SXT_MISS_IFINDEX: interface
 * @SXT_MISS_HIDDEN: it asks for something that the packet does not show
 *	(OPAQUE, RFC 4301 4.4.1); what is hidden sets no other bit
 */
enum sxt_selector_miss {
	SXT_MISS_FAMILY = 0x001,
	SXT_MISS_SRC = 0x002,
	SXT_MISS_DST = 0x004,
	SXT_MISS_PROTO = 0x008,
	SXT_MISS_SPORT = 0x010,
	SXT_MISS_DPORT = 0x020,
	SXT_MISS_ICMP = 0x040,
	SXT_MISS_IFINDEX = 0x080,
	SXT_MISS_HIDDEN = 0x100,
};

/**
 * sxt_any16() - tell whether a range of ports or ICMP types is ANY
 * @first: its first value
 * @last: its last value
 *
 * Return: true if it holds all values.
 */
static inline bool sxt_any16(u16 first, u16 last)
{
	return !first && last == 0xffff;
}

void sxt_selector_any(struct sxt_selector *sel);
void sxt_selector_any_of(struct sxt_selector *sel, u8 family);
int __must_check sxt_selector_validate(struct sxt_selector *sel,
				       enum sxt_selector_fault *fault);
const char *sxt_selector_fault_text(enum sxt_selector_fault fault);
u32 sxt_selector_misses(const struct sxt_selector *sel,
			const struct sxt_tuple *t);
int sxt_selector_compare(const struct sxt_selector *a,
			 const struct sxt_selector *b);
int sxt_selector_prefix(const struct sxt_addr *first,
			const struct sxt_addr *last, u8 family);

/**
 * sxt_selector_match() - tell whether a packet is a selector's
 * @sel: valid selector
 * @t: what the packet shows
 *
 * What the packet does not show matches ANY only (RFC 4301 4.4.1.1).
 *
 * Context: any.
 * Return: true if it matches.
 */
static inline bool sxt_selector_match(const struct sxt_selector *sel,
				      const struct sxt_tuple *t)
{
	return !sxt_selector_misses(sel, t);
}

/**
 * sxt_selector_may_match() - tell whether a packet could be a selector's
 * @sel: valid selector
 * @t: what the packet shows
 *
 * As if every hidden field had the value that the selector wants: for failing
 * closed on fragments (RFC 4301 7.4).
 *
 * Context: any.
 * Return: true if it matches or could.
 */
static inline bool sxt_selector_may_match(const struct sxt_selector *sel,
					  const struct sxt_tuple *t)
{
	return !(sxt_selector_misses(sel, t) & ~(u32)SXT_MISS_HIDDEN);
}

/**
 * sxt_selector_match_reversed() - match the answer to a selector's packets
 * @sel: valid selector
 * @t: what a packet of the other direction shows
 *
 * Context: any.
 * Return: true if @t with addresses and ports swapped matches.
 */
static inline bool sxt_selector_match_reversed(const struct sxt_selector *sel,
					       const struct sxt_tuple *t)
{
	struct sxt_tuple r;

	sxt_tuple_reverse(t, &r);
	return sxt_selector_match(sel, &r);
}

#endif /* SEXTANT_SELECTOR_H */
