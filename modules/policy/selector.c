// SPDX-License-Identifier: GPL-2.0-only
/*
 * One selector: what makes a valid one, whether a tuple matches, order.
 */
#include <sextant/selector.h>

/**
 * sxt_selector_any() - make a selector that every packet matches
 * @sel: the selector
 */
void sxt_selector_any(struct sxt_selector *sel)
{
	memset(sel, 0, sizeof(*sel));
	memset(&sel->src_last, 0xff, sizeof(sel->src_last));
	memset(&sel->dst_last, 0xff, sizeof(sel->dst_last));
	sel->sport_last = 0xffff;
	sel->dport_last = 0xffff;
	sel->icmp_last = 0xffff;
}

/**
 * sxt_selector_any_of() - make a selector that every packet of a family matches
 * @sel: the selector
 * @family: SXT_IPV4, SXT_IPV6, or 0 for both
 */
void sxt_selector_any_of(struct sxt_selector *sel, u8 family)
{
	sxt_selector_any(sel);
	sel->family = family;
	if (family == SXT_IPV4) {
		memset(sel->src_last.b + 4, 0, 12);
		memset(sel->dst_last.b + 4, 0, 12);
	}
}

/* 1 if @a is below @b. */
static u32 addr_below(const struct sxt_addr *a, const struct sxt_addr *b)
{
	u64 ah = sxt_addr_half(a, 0);
	u64 bh = sxt_addr_half(b, 0);
	u64 al = sxt_addr_half(a, 1);
	u64 bl = sxt_addr_half(b, 1);

	return (ah < bh) | ((ah == bh) & (al < bl));
}

static bool ipv4_shaped(const struct sxt_addr *a)
{
	return !(sxt_addr_half(a, 0) << 32 | a->q[1]);
}

static bool addr_all_ones(const struct sxt_addr *a)
{
	return (a->q[0] & a->q[1]) == (u64)-1;
}

/* Whether both ends of a range are addresses of the family; 0: ANY only. */
static bool addr_fits(const struct sxt_addr *first, const struct sxt_addr *last,
		      u8 family)
{
	switch (family) {
	case SXT_IPV4:
		return ipv4_shaped(first) && ipv4_shaped(last);
	case SXT_IPV6:
		return true;
	default:
		return sxt_addr_zero(first) && addr_all_ones(last);
	}
}

static bool proto_has_ports(const struct sxt_selector *sel)
{
	if (!sel->proto_set)
		return false;
	switch (sel->proto) {
	case SXT_PROTO_TCP:
	case SXT_PROTO_UDP:
	case SXT_PROTO_DCCP:
	case SXT_PROTO_SCTP:
	case SXT_PROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

static bool proto_is_icmp(const struct sxt_selector *sel)
{
	if (!sel->proto_set)
		return false;
	if (sel->proto == SXT_PROTO_ICMP)
		return sel->family != SXT_IPV6;
	return sel->proto == SXT_PROTO_ICMPV6 && sel->family != SXT_IPV4;
}

/* Lookups skip these (RFC 4301 4.4.1.1), so no packet would ever match. */
static bool proto_never_seen(const struct sxt_selector *sel)
{
	return sel->family == SXT_IPV6 && sel->proto_set &&
	       (sel->proto == SXT_PROTO_HOPOPT ||
		sel->proto == SXT_PROTO_ROUTING ||
		sel->proto == SXT_PROTO_FRAGMENT ||
		sel->proto == SXT_PROTO_DSTOPTS);
}

/* Any type, but not any code: not among what RFC 4301 4.4.1.1 lets one say. */
static bool icmp_code_alone(const struct sxt_selector *sel)
{
	return sel->icmp_first < 0x100 && sel->icmp_last >= 0xff00 &&
	       !sxt_any16(sel->icmp_first, sel->icmp_last);
}

static enum sxt_selector_fault address_fault(const struct sxt_selector *sel)
{
	if (sel->family && sel->family != SXT_IPV4 && sel->family != SXT_IPV6)
		return SXT_SELECTOR_FAMILY;
	if (!addr_fits(&sel->src_first, &sel->src_last, sel->family))
		return SXT_SELECTOR_SRC_FAMILY;
	if (addr_below(&sel->src_last, &sel->src_first))
		return SXT_SELECTOR_SRC_ORDER;
	if (!addr_fits(&sel->dst_first, &sel->dst_last, sel->family))
		return SXT_SELECTOR_DST_FAMILY;
	if (addr_below(&sel->dst_last, &sel->dst_first))
		return SXT_SELECTOR_DST_ORDER;
	return SXT_SELECTOR_OK;
}

static enum sxt_selector_fault port_fault(const struct sxt_selector *sel)
{
	bool ports = proto_has_ports(sel);

	if (sel->sport_last < sel->sport_first)
		return SXT_SELECTOR_SPORT_ORDER;
	if (!ports && !sxt_any16(sel->sport_first, sel->sport_last))
		return SXT_SELECTOR_SPORT_PROTO;
	if (sel->dport_last < sel->dport_first)
		return SXT_SELECTOR_DPORT_ORDER;
	if (!ports && !sxt_any16(sel->dport_first, sel->dport_last))
		return SXT_SELECTOR_DPORT_PROTO;
	return SXT_SELECTOR_OK;
}

static enum sxt_selector_fault icmp_fault(const struct sxt_selector *sel)
{
	if (sel->icmp_last < sel->icmp_first)
		return SXT_SELECTOR_ICMP_ORDER;
	if (!sxt_any16(sel->icmp_first, sel->icmp_last) && !proto_is_icmp(sel))
		return SXT_SELECTOR_ICMP_PROTO;
	if (icmp_code_alone(sel))
		return SXT_SELECTOR_ICMP_CODE;
	return SXT_SELECTOR_OK;
}

static enum sxt_selector_fault find_fault(const struct sxt_selector *sel)
{
	enum sxt_selector_fault fault = address_fault(sel);

	if (!fault && proto_never_seen(sel))
		fault = SXT_SELECTOR_PROTO;
	if (!fault)
		fault = port_fault(sel);
	if (!fault)
		fault = icmp_fault(sel);
	if (!fault && sel->ifindex > 0x7fffffff)
		fault = SXT_SELECTOR_IFINDEX;
	return fault;
}

/**
 * sxt_selector_validate() - check a selector and make it ready for matching
 * @sel: the selector; its @need, @proto_set and @pad are brought into form
 * @fault: what is wrong, SXT_SELECTOR_OK if nothing; NULL if not of interest
 *
 * Return: 0, or -EINVAL if no packet should be matched with it.
 */
int sxt_selector_validate(struct sxt_selector *sel,
			  enum sxt_selector_fault *fault)
{
	enum sxt_selector_fault f = find_fault(sel);

	if (fault)
		*fault = f;
	if (f)
		return -EINVAL;
	sel->proto_set = !!sel->proto_set;
	if (!sel->proto_set)
		sel->proto = 0;
	sel->pad = 0;
	sel->need = sel->proto_set ? SXT_TUPLE_PROTO : 0;
	if (!sxt_any16(sel->sport_first, sel->sport_last) ||
	    !sxt_any16(sel->dport_first, sel->dport_last))
		sel->need |= SXT_TUPLE_PORTS;
	if (!sxt_any16(sel->icmp_first, sel->icmp_last))
		sel->need |= SXT_TUPLE_ICMP;
	return 0;
}

/**
 * sxt_selector_fault_text() - say a fault in a sentence
 * @fault: the fault
 *
 * Return: the sentence, without a full stop, for whoever gave the selector.
 */
const char *sxt_selector_fault_text(enum sxt_selector_fault fault)
{
	switch (fault) {
	case SXT_SELECTOR_OK:
		return "the selector is valid";
	case SXT_SELECTOR_FAMILY:
		return "the address family is neither IPv4 nor IPv6";
	case SXT_SELECTOR_SRC_FAMILY:
		return "the source addresses are not of the selector's family";
	case SXT_SELECTOR_SRC_ORDER:
		return "the last source address lies before the first";
	case SXT_SELECTOR_DST_FAMILY:
		return "the destination addresses are not of the selector's family";
	case SXT_SELECTOR_DST_ORDER:
		return "the last destination address lies before the first";
	case SXT_SELECTOR_PROTO:
		return "an IPv6 extension header can't be the protocol: lookups skip it";
	case SXT_SELECTOR_SPORT_ORDER:
		return "the last source port lies before the first";
	case SXT_SELECTOR_SPORT_PROTO:
		return "source ports need a protocol that has ports";
	case SXT_SELECTOR_DPORT_ORDER:
		return "the last destination port lies before the first";
	case SXT_SELECTOR_DPORT_PROTO:
		return "destination ports need a protocol that has ports";
	case SXT_SELECTOR_ICMP_ORDER:
		return "the last ICMP type and code lie before the first";
	case SXT_SELECTOR_ICMP_PROTO:
		return "an ICMP type needs ICMP (IPv4) or ICMPv6 (IPv6) as the protocol";
	case SXT_SELECTOR_ICMP_CODE:
		return "an ICMP code needs an ICMP type";
	case SXT_SELECTOR_IFINDEX:
		return "no interface has this number";
	}
	return "the selector is not valid";
}

static u32 outside(u16 v, u16 first, u16 last)
{
	return (v < first) | (v > last);
}

/**
 * sxt_selector_misses() - tell why a packet is not a selector's
 * @sel: valid selector
 * @t: what the packet shows
 *
 * Context: any.
 * Return: enum sxt_selector_miss as bits; 0 if it matches.
 */
u32 sxt_selector_misses(const struct sxt_selector *sel,
			const struct sxt_tuple *t)
{
	u32 misses = 0;

	if (sel->family && sel->family != t->family)
		misses |= SXT_MISS_FAMILY;
	if (addr_below(&t->src, &sel->src_first) |
	    addr_below(&sel->src_last, &t->src))
		misses |= SXT_MISS_SRC;
	if (addr_below(&t->dst, &sel->dst_first) |
	    addr_below(&sel->dst_last, &t->dst))
		misses |= SXT_MISS_DST;
	if (sel->ifindex && sel->ifindex != t->ifindex)
		misses |= SXT_MISS_IFINDEX;
	if (sel->need & ~t->flags)
		misses |= SXT_MISS_HIDDEN;
	if ((sel->need & t->flags & SXT_TUPLE_PROTO) && sel->proto != t->proto)
		misses |= SXT_MISS_PROTO;
	if (sel->need & t->flags & SXT_TUPLE_PORTS) {
		if (outside(t->sport, sel->sport_first, sel->sport_last))
			misses |= SXT_MISS_SPORT;
		if (outside(t->dport, sel->dport_first, sel->dport_last))
			misses |= SXT_MISS_DPORT;
	}
	if ((sel->need & t->flags & SXT_TUPLE_ICMP) &&
	    outside(t->icmp, sel->icmp_first, sel->icmp_last))
		misses |= SXT_MISS_ICMP;
	return misses;
}

static int order_u64(u64 a, u64 b)
{
	return (a > b) - (a < b);
}

static int order_addr(const struct sxt_addr *a, const struct sxt_addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static u64 port_word(const struct sxt_selector *sel)
{
	return (u64)sel->sport_first << 48 | (u64)sel->sport_last << 32 |
	       (u32)sel->dport_first << 16 | sel->dport_last;
}

static u64 rest_word(const struct sxt_selector *sel)
{
	return (u64)sel->icmp_first << 48 | (u64)sel->icmp_last << 32 |
	       sel->ifindex;
}

static u32 kind_word(const struct sxt_selector *sel)
{
	return (u32)sel->family << 16 | (u32)!!sel->proto_set << 8 |
	       (sel->proto_set ? sel->proto : 0);
}

/**
 * sxt_selector_compare() - a total order of selectors
 * @a: one
 * @b: the other
 *
 * For finding duplicates and for listing. What validation fills in plays no
 * part, and the order is the same on all architectures.
 *
 * Return: 0 if they are the same, below 0 if @a comes first, else above.
 */
int sxt_selector_compare(const struct sxt_selector *a,
			 const struct sxt_selector *b)
{
	int order = order_u64(kind_word(a), kind_word(b));

	if (!order)
		order = order_addr(&a->src_first, &b->src_first);
	if (!order)
		order = order_addr(&a->src_last, &b->src_last);
	if (!order)
		order = order_addr(&a->dst_first, &b->dst_first);
	if (!order)
		order = order_addr(&a->dst_last, &b->dst_last);
	if (!order)
		order = order_u64(port_word(a), port_word(b));
	if (!order)
		order = order_u64(rest_word(a), rest_word(b));
	return order;
}

/* Leading bits that a and b share, if the rest is all 0 in a, all 1 in b. */
static int prefix64(u64 a, u64 b)
{
	u64 differ = a ^ b;
	int len = 64;

	if ((differ & (differ + 1)) || (a & differ))
		return -1;
	for (; differ; differ >>= 1)
		len--;
	return len;
}

/**
 * sxt_selector_prefix() - tell whether a range of addresses is a prefix
 * @first: first address
 * @last: last address, not below
 * @family: SXT_IPV4 or SXT_IPV6; 0 is taken for IPv6
 *
 * Return: length of the prefix: 0 is ANY, 32 or 128 one address; -1 if the
 * range is no prefix.
 */
int sxt_selector_prefix(const struct sxt_addr *first,
			const struct sxt_addr *last, u8 family)
{
	u64 first_low = sxt_addr_half(first, 1);
	u64 last_low = sxt_addr_half(last, 1);
	int high;

	if (family == SXT_IPV4) {
		high = prefix64(sxt_addr_half(first, 0) >> 32,
				sxt_addr_half(last, 0) >> 32);
		return high < 0 ? -1 : high - 32;
	}
	high = prefix64(sxt_addr_half(first, 0), sxt_addr_half(last, 0));
	if (high < 0)
		return -1;
	if (high < 64)
		return first_low || last_low != (u64)-1 ? -1 : high;
	high = prefix64(first_low, last_low);
	return high < 0 ? -1 : 64 + high;
}
