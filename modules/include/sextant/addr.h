/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An IPv4 or IPv6 address in one shape, so that both families share tables and
 * code: 16 bytes in network order; IPv4 uses the first four, the rest is zero.
 * The family stands beside it, never inside.
 */
#ifndef SEXTANT_ADDR_H
#define SEXTANT_ADDR_H

#include <sextant/pure.h>

#ifdef __KERNEL__
#include <linux/in.h>
#include <linux/in6.h>
#endif

/**
 * struct sxt_addr - an address of either family, network byte order
 * @b: as bytes
 * @v4: IPv4, the other bytes are zero
 * @v6: IPv6
 * @q: as words, for comparing
 */
struct sxt_addr {
	union {
		u8 b[16];
		u64 q[2];
#ifdef __KERNEL__
		__be32 v4;
		struct in6_addr v6;
#endif
	};
};

/**
 * sxt_addr_equal() - compare two addresses of one family
 * @a: one
 * @b: the other
 *
 * Context: any.
 * Return: true if they are the same address.
 */
static inline bool sxt_addr_equal(const struct sxt_addr *a,
				  const struct sxt_addr *b)
{
	return !((a->q[0] ^ b->q[0]) | (a->q[1] ^ b->q[1]));
}

/**
 * sxt_network64() - turn a word from host to network order, or back
 * @v: the word
 *
 * Context: any.
 * Return: the word in the other order.
 */
static inline u64 sxt_network64(u64 v)
{
#ifdef __KERNEL__
	return (__force u64)cpu_to_be64(v);
#else
	return get_unaligned_be64((const u8 *)&v);
#endif
}

/**
 * sxt_addr_half() - one half of an address as a number, for comparing ranges
 * @a: the address
 * @i: 0 for the first eight bytes, 1 for the others
 *
 * Context: any.
 * Return: the half in host order.
 */
static inline u64 sxt_addr_half(const struct sxt_addr *a, unsigned int i)
{
	return sxt_network64(a->q[i]);
}

/**
 * sxt_addr_zero() - tell whether an address is the unspecified one
 * @a: the address
 *
 * Context: any.
 * Return: true for 0.0.0.0 and ::.
 */
static inline bool sxt_addr_zero(const struct sxt_addr *a)
{
	return !(a->q[0] | a->q[1]);
}

#endif /* SEXTANT_ADDR_H */
