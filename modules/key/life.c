// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lifetimes of an SA: which limits make sense together, and the ones counted
 * in seconds, which a timer looks at and not every packet. Reads no clock.
 */
#include <sextant/life.h>

/* Contracts in ACSL begin with an @; scripts/proofs/run proves them. */

/*@
 * requires \valid(life);
 * assigns *life;
 * ensures life->soft.bytes == life->soft.packets == 0xffffffffffffffff;
 * ensures life->soft.add == life->soft.use == 0xffffffffffffffff;
 * ensures life->hard.bytes == life->hard.packets == 0xffffffffffffffff;
 * ensures life->hard.add == life->hard.use == 0xffffffffffffffff;
 */

/**
 * sxt_life_unlimited() - no limit of any kind
 * @life: limits to set
 */
void sxt_life_unlimited(struct sxt_life *life)
{
	const struct sxt_life_limits none = {
		.bytes = SXT_LIFE_NONE,
		.packets = SXT_LIFE_NONE,
		.add = SXT_LIFE_NONE,
		.use = SXT_LIFE_NONE,
	};

	life->soft = none;
	life->hard = none;
}

/*@
 * assigns \nothing;
 * ensures \result <==> sxt_life_sense(soft, hard);
 */
static bool pair_ok(u64 soft, u64 hard)
{
	return soft && hard && (soft <= hard || soft == SXT_LIFE_NONE);
}

/*@
 * requires \valid_read(life);
 * assigns \nothing;
 * ensures \result == 0 || \result == -EINVAL;
 * ensures \result == 0 <==>
 *	sxt_life_sense(life->soft.bytes, life->hard.bytes) &&
 *	sxt_life_sense(life->soft.packets, life->hard.packets) &&
 *	sxt_life_sense(life->soft.add, life->hard.add) &&
 *	sxt_life_sense(life->soft.use, life->hard.use);
 */

/**
 * sxt_life_validate() - do these limits make sense?
 * @life: limits
 *
 * A limit of 0 would end the SA before it begins, and a soft limit behind the
 * hard one would never be reached.
 *
 * Return: 0 or -EINVAL.
 */
int sxt_life_validate(const struct sxt_life *life)
{
	const struct sxt_life_limits *soft = &life->soft;
	const struct sxt_life_limits *hard = &life->hard;

	if (pair_ok(soft->bytes, hard->bytes) &&
	    pair_ok(soft->packets, hard->packets) &&
	    pair_ok(soft->add, hard->add) && pair_ok(soft->use, hard->use))
		return 0;
	return -EINVAL;
}

/*@
 * assigns \nothing;
 * ensures \result == sxt_life_due(start, limit);
 */
/*
 * When a limit that counts from @start is reached: never, if there is none, if
 * counting has not begun, or if that is past all time.
 */
static u64 due(u64 start, u64 limit)
{
	return limit < SXT_LIFE_NONE - start ? start + limit : SXT_LIFE_NONE;
}

/*@
 * requires \valid_read(limits) && \valid_read(times);
 * assigns \nothing;
 * ensures \result == sxt_life_first(limits, times);
 */
/* The first of the two limits in seconds to be reached. */
static u64 first_due(const struct sxt_life_limits *limits,
		     const struct sxt_life_times *times)
{
	u64 add = due(times->added, limits->add);
	u64 use = due(times->used, limits->use);

	return add < use ? add : use;
}

/*@
 * requires \valid_read(life) && \valid_read(times);
 * assigns \nothing;
 * ensures \result <==> now >= sxt_life_first(&life->soft, times);
 */

/**
 * sxt_life_soft_at() - is a soft limit in seconds reached?
 * @life: limits
 * @times: what they count from
 * @now: the time on the same clock; one that never goes back
 *
 * Return: true if it is, whether a hard one is reached, too, or not.
 */
bool sxt_life_soft_at(const struct sxt_life *life,
		      const struct sxt_life_times *times, u64 now)
{
	return now >= first_due(&life->soft, times);
}

/*@
 * requires \valid_read(life) && \valid_read(times);
 * assigns \nothing;
 * ensures \result == sxt_life_then(sxt_life_first(&life->soft, times),
 *	sxt_life_first(&life->hard, times), now);
 */

/**
 * sxt_life_at() - how far the limits in seconds are reached
 * @life: limits
 * @times: what they count from
 * @now: the time on the same clock; one that never goes back
 *
 * Return: the verdict.
 */
enum sxt_life_verdict sxt_life_at(const struct sxt_life *life,
				  const struct sxt_life_times *times, u64 now)
{
	if (now >= first_due(&life->hard, times))
		return SXT_LIFE_HARD;
	return sxt_life_soft_at(life, times, now) ? SXT_LIFE_SOFT : SXT_LIFE_OK;
}

/*@
 * requires \valid_read(life) && \valid_read(times);
 * assigns \nothing;
 * ensures later: \result > now || \result == 0xffffffffffffffff;
 * ensures until: \forall integer t; now <= t < \result ==>
 *	sxt_life_then(sxt_life_first(&life->soft, times),
 *	sxt_life_first(&life->hard, times), t) ==
 *	sxt_life_then(sxt_life_first(&life->soft, times),
 *	sxt_life_first(&life->hard, times), now);
 * ensures then: \result < 0xffffffffffffffff ==>
 *	sxt_life_then(sxt_life_first(&life->soft, times),
 *	sxt_life_first(&life->hard, times), \result) !=
 *	sxt_life_then(sxt_life_first(&life->soft, times),
 *	sxt_life_first(&life->hard, times), now);
 */

/**
 * sxt_life_next() - when to look again
 * @life: limits
 * @times: what they count from
 * @now: the time
 *
 * Return: the first time after @now at which sxt_life_at() answers something
 * else, SXT_LIFE_NONE if it never does. It may do so earlier once the SA is
 * first used.
 */
u64 sxt_life_next(const struct sxt_life *life,
		  const struct sxt_life_times *times, u64 now)
{
	u64 soft = first_due(&life->soft, times);
	u64 hard = first_due(&life->hard, times);

	if (now < soft && soft < hard)
		return soft;
	return now < hard ? hard : SXT_LIFE_NONE;
}
