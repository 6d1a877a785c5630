/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a pure file may use: fixed-size integers, endian types and loads and
 * stores that need no alignment. In the kernel these are the kernel's own; in
 * user space (KUnit has the kernel's, fuzzers and Frama-C do not) they are
 * given here under the same names, so a pure file compiles unchanged in all.
 *
 * A pure file includes this header and other pure headers, nothing else.
 */
#ifndef SEXTANT_PURE_H
#define SEXTANT_PURE_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <asm/barrier.h>

#else /* user space: fuzzers, sanitizers, proofs */

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#ifndef __must_check
#define __must_check __attribute__((warn_unused_result))
#endif

#ifndef noinline
#define noinline __attribute_noinline__
#endif

/* A proof has one thread; elsewhere the same promise as in the kernel. */
#ifdef __FRAMAC__
#define READ_ONCE(x)	(x)
#define WRITE_ONCE(x, v)	((x) = (v))
/* Orders nothing: one thread. */
#define smp_store_release(p, v)	(*(p) = (v))
#else
#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), v, __ATOMIC_RELAXED)
/* As the kernel's. */
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#endif

/*
 * Sums instead of shifts, and bytes instead of void: a prover reads these too.
 */

/*@
 * requires \valid_read(p + (0 .. 1));
 * assigns \nothing;
 * ensures \result == p[0] * 0x100 + p[1];
 */
static inline u16 get_unaligned_be16(const u8 *p)
{
	return (u16)(p[0] * 0x100u + p[1]);
}

/*@
 * requires \valid_read(p + (0 .. 3));
 * assigns \nothing;
 * ensures \result == p[0] * 0x1000000 + p[1] * 0x10000 + p[2] * 0x100 + p[3];
 */
static inline u32 get_unaligned_be32(const u8 *p)
{
	return p[0] * 0x1000000u + p[1] * 0x10000u + p[2] * 0x100u + p[3];
}

/*@
 * requires \valid_read(p + (0 .. 7));
 * assigns \nothing;
 */
static inline u64 get_unaligned_be64(const u8 *p)
{
	return get_unaligned_be32(p) * 0x100000000ull +
	       get_unaligned_be32(p + 4);
}

/*@
 * requires \valid(p + (0 .. 1));
 * assigns p[0 .. 1];
 * ensures v == p[0] * 0x100 + p[1];
 */
static inline void put_unaligned_be16(u16 v, u8 *p)
{
	p[0] = (u8)(v / 0x100);
	p[1] = (u8)(v % 0x100);
}

/*@
 * requires \valid(p + (0 .. 3));
 * assigns p[0 .. 3];
 * ensures v == p[0] * 0x1000000 + p[1] * 0x10000 + p[2] * 0x100 + p[3];
 */
static inline void put_unaligned_be32(u32 v, u8 *p)
{
	put_unaligned_be16((u16)(v / 0x10000), p);
	put_unaligned_be16((u16)(v % 0x10000), p + 2);
}

#endif /* __KERNEL__ */

#endif /* SEXTANT_PURE_H */
