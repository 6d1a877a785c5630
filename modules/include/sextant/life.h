/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifetimes of an SA (RFC 4301 4.4.2.1): soft and hard limits on bytes,
 * packets and seconds, the first to be reached taking precedence. Counters and
 * time are passed in; who counts, and what an expiry sets off, is elsewhere.
 */
#ifndef SEXTANT_LIFE_H
#define SEXTANT_LIFE_H

#include <sextant/pure.h>

#define SXT_LIFE_NONE	((u64)-1)	/* no limit; as a time: never */

/**
 * struct sxt_life_limits - one set of limits, SXT_LIFE_NONE where there is none
 * @bytes: bytes that the algorithm is applied to, padding included
 * @packets: packets
 * @add: seconds since the SA was added
 * @use: seconds since the SA was first used
 */
struct sxt_life_limits {
	u64 bytes;
	u64 packets;
	u64 add;
	u64 use;
};

/**
 * struct sxt_life - the limits of one SA
 * @soft: when to see to a replacement
 * @hard: when the SA ends
 */
struct sxt_life {
	struct sxt_life_limits soft;
	struct sxt_life_limits hard;
};

/**
 * struct sxt_life_times - the times that limits are counted from, in seconds
 * @added: when the SA was added
 * @used: when it was first used, SXT_LIFE_NONE before that
 */
struct sxt_life_times {
	u64 added;
	u64 used;
};

/**
 * enum sxt_life_verdict - how far an SA's life has gone
 * @SXT_LIFE_OK: no limit reached
 * @SXT_LIFE_SOFT: a soft limit is reached, no hard one
 * @SXT_LIFE_HARD: a hard limit is reached: the SA may protect nothing more
 */
enum sxt_life_verdict {
	SXT_LIFE_OK,
	SXT_LIFE_SOFT,
	SXT_LIFE_HARD,
};

/* Contracts in ACSL begin with an @; scripts/proofs/run proves them. */

/*@
 * predicate sxt_life_sense(integer soft, integer hard) =
 *	soft != 0 && hard != 0 && (soft <= hard || soft == 0xffffffffffffffff);
 * logic integer sxt_life_due(integer start, integer limit) =
 *	\min(start + limit, 0xffffffffffffffff);
 * logic integer sxt_life_first{L}(struct sxt_life_limits *limits,
 *	struct sxt_life_times *times) =
 *	\min(sxt_life_due(times->added, limits->add),
 *	sxt_life_due(times->used, limits->use));
 * logic integer sxt_life_then(integer soft, integer hard, integer now) =
 *	now >= hard ? 2 : now >= soft ? 1 : 0;
 */

void sxt_life_unlimited(struct sxt_life *life);
int __must_check sxt_life_validate(const struct sxt_life *life);
enum sxt_life_verdict __must_check
sxt_life_at(const struct sxt_life *life, const struct sxt_life_times *times,
	    u64 now);
bool __must_check sxt_life_soft_at(const struct sxt_life *life,
				   const struct sxt_life_times *times, u64 now);
u64 sxt_life_next(const struct sxt_life *life,
		  const struct sxt_life_times *times, u64 now);

/*@
 * assigns \nothing;
 * ensures \result <==> limit != 0xffffffffffffffff &&
 *	so_far + more >= limit;
 */
/* Do so many @more take a counter to its limit? Without wrapping. */
static inline bool sxt_life_reaches(u64 limit, u64 so_far, u64 more)
{
	return limit != SXT_LIFE_NONE &&
	       (so_far >= limit || more >= limit - so_far);
}

/*@
 * requires \valid_read(life);
 * assigns \nothing;
 * ensures \result <==> (life->soft.packets != 0xffffffffffffffff &&
 *	packets + 1 >= life->soft.packets) ||
 *	(life->soft.bytes != 0xffffffffffffffff &&
 *	bytes + len >= life->soft.bytes);
 */
/**
 * sxt_life_soft_charge() - does one more packet reach a soft limit?
 * @life: limits
 * @bytes: bytes processed so far
 * @packets: packets processed so far
 * @len: bytes of this packet
 *
 * Return: true if it uses up the last of one, or that was so before. Of a
 * packet that a hard limit stops this is as if it had passed: it may be the
 * first to come so far.
 */
static inline bool __must_check
sxt_life_soft_charge(const struct sxt_life *life, u64 bytes, u64 packets,
		     u32 len)
{
	return sxt_life_reaches(life->soft.packets, packets, 1) ||
	       sxt_life_reaches(life->soft.bytes, bytes, len);
}

/*@
 * requires \valid_read(life);
 * assigns \nothing;
 * ensures hard: \result == SXT_LIFE_HARD <==>
 *	packets + 1 > life->hard.packets || bytes + len > life->hard.bytes;
 * ensures soft: \result == SXT_LIFE_SOFT ==>
 *	(life->soft.packets != 0xffffffffffffffff &&
 *	packets + 1 >= life->soft.packets) ||
 *	(life->soft.bytes != 0xffffffffffffffff &&
 *	bytes + len >= life->soft.bytes);
 * ensures ok: \result == SXT_LIFE_OK ==>
 *	(life->soft.packets == 0xffffffffffffffff ||
 *	packets + 1 < life->soft.packets) &&
 *	(life->soft.bytes == 0xffffffffffffffff ||
 *	bytes + len < life->soft.bytes);
 */
/**
 * sxt_life_charge() - may one more packet be processed?
 * @life: limits
 * @bytes: bytes processed so far
 * @packets: packets processed so far
 * @len: bytes of this packet
 *
 * RFC 4301 4.4.2.1 (c): a packet that does not fit as a whole is discarded, so
 * a hard limit is never passed.
 *
 * Return: SXT_LIFE_HARD: drop it, count nothing. Else it may pass, and with
 * SXT_LIFE_SOFT a soft limit is reached: sxt_life_soft_charge().
 */
static inline enum sxt_life_verdict __must_check
sxt_life_charge(const struct sxt_life *life, u64 bytes, u64 packets, u32 len)
{
	if (packets >= life->hard.packets || bytes > life->hard.bytes ||
	    len > life->hard.bytes - bytes)
		return SXT_LIFE_HARD;
	return sxt_life_soft_charge(life, bytes, packets, len) ?
	       SXT_LIFE_SOFT : SXT_LIFE_OK;
}

#endif /* SEXTANT_LIFE_H */
