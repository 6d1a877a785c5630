/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites of selectors: addresses, and the selector that most of them
 * begin with.
 */
#ifndef SEXTANT_KUNIT_SELECTOR_MAKE_H
#define SEXTANT_KUNIT_SELECTOR_MAKE_H

#include <sextant/selector.h>

/**
 * set_ipv4() - an IPv4 address
 * @a: where to
 * @addr: the address
 */
static inline void set_ipv4(struct sxt_addr *a, u32 addr)
{
	memset(a, 0, sizeof(*a));
	put_unaligned_be32(addr, a->b);
}

/**
 * set_ipv6() - fd00::HIGH:LOW
 * @a: where to
 * @high: 32 bits
 * @low: the last 32 bits
 */
static inline void set_ipv6(struct sxt_addr *a, u32 high, u32 low)
{
	memset(a, 0, sizeof(*a));
	a->b[0] = 0xfd;
	put_unaligned_be32(high, a->b + 8);
	put_unaligned_be32(low, a->b + 12);
}

/**
 * make_udp() - a selector of all UDP over IPv4
 * @sel: the selector, not validated yet
 */
static inline void make_udp(struct sxt_selector *sel)
{
	sxt_selector_any_of(sel, SXT_IPV4);
	sel->proto_set = 1;
	sel->proto = SXT_PROTO_UDP;
}

#endif /* SEXTANT_KUNIT_SELECTOR_MAKE_H */
