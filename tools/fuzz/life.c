// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes lifetimes. Input: limits and times, then packets. What must hold: the
 * limits that are found sensible are those that a second telling finds so; time
 * only makes things worse, changes at the times that are foretold and at no
 * other; no packet that may pass takes a counter over a hard limit.
 */
#include "../../modules/key/life.c"
#include "fuzz.h"

/* Small numbers meet each other more often than large ones. */
static u64 number(struct fuzz_in *in)
{
	u8 op = fuzz_u8(in);

	switch (op >> 6) {
	case 0:
		return op & 63;
	case 1:
		return (u64)(op & 63) << 8 | fuzz_u8(in);
	case 2:
		return SXT_LIFE_NONE - (op & 63);
	default:
		return fuzz_u64(in);
	}
}

static void limits_of(struct fuzz_in *in, struct sxt_life_limits *l)
{
	l->bytes = number(in);
	l->packets = number(in);
	l->add = number(in);
	l->use = number(in);
}

static bool sensible(const struct sxt_life *life)
{
	const u64 *soft = &life->soft.bytes, *hard = &life->hard.bytes;
	int i;

	for (i = 0; i < 4; i++) {
		if (!soft[i] || !hard[i])
			return false;
		if (soft[i] != SXT_LIFE_NONE && soft[i] > hard[i])
			return false;
	}
	return true;
}

static bool passed(u64 start, u64 limit, u64 now)
{
	return start != SXT_LIFE_NONE && limit != SXT_LIFE_NONE &&
	       now >= start && now - start >= limit;
}

/* Has a limit in seconds been reached? */
static bool reached(const struct sxt_life_limits *l,
		    const struct sxt_life_times *t, u64 now)
{
	return passed(t->added, l->add, now) || passed(t->used, l->use, now);
}

static enum sxt_life_verdict told(const struct sxt_life *life,
				  const struct sxt_life_times *t, u64 now)
{
	return reached(&life->hard, t, now) ? SXT_LIFE_HARD :
	       reached(&life->soft, t, now) ? SXT_LIFE_SOFT : SXT_LIFE_OK;
}

static void times(const struct sxt_life *life, struct fuzz_in *in)
{
	struct sxt_life_times t = { .added = number(in), .used = number(in) };
	u64 now = number(in), next;
	int changes = 0;

	while (now != SXT_LIFE_NONE) {
		enum sxt_life_verdict at = sxt_life_at(life, &t, now);

		FUZZ_ASSERT(at == told(life, &t, now));
		FUZZ_ASSERT(sxt_life_soft_at(life, &t, now) ==
			    reached(&life->soft, &t, now));
		next = sxt_life_next(life, &t, now);
		FUZZ_ASSERT(next > now);
		FUZZ_ASSERT(sxt_life_at(life, &t, next - 1) == at);
		FUZZ_ASSERT(next == SXT_LIFE_NONE ||
			    sxt_life_at(life, &t, next) > at);
		FUZZ_ASSERT(++changes <= 3);
		now = next;
	}
}

/* Would so many more take a counter to that limit? */
static bool hit(u64 limit, u64 counter, u64 more)
{
	u64 sum = counter + more;

	return limit != SXT_LIFE_NONE && (sum < counter || sum >= limit);
}

static void packets(const struct sxt_life *life, struct fuzz_in *in)
{
	u64 bytes = number(in), count = number(in);
	bool soft = false;

	if (bytes > life->hard.bytes || count > life->hard.packets)
		return;
	while (in->left) {
		u32 len = (u32)number(in);
		enum sxt_life_verdict v;
		u64 sum = bytes + len;
		bool due = hit(life->soft.bytes, bytes, len) ||
			   hit(life->soft.packets, count, 1);

		FUZZ_ASSERT(sxt_life_soft_charge(life, bytes, count, len) ==
			    due);
		v = sxt_life_charge(life, bytes, count, len);
		FUZZ_ASSERT((v == SXT_LIFE_HARD) ==
			    (sum < bytes || sum > life->hard.bytes ||
			     count >= life->hard.packets));
		if (v == SXT_LIFE_HARD)
			continue;
		bytes += len;
		count++;
		FUZZ_ASSERT((v == SXT_LIFE_SOFT) == due);
		/* Reached once, reached for good. */
		FUZZ_ASSERT(!soft || v == SXT_LIFE_SOFT);
		soft = v == SXT_LIFE_SOFT;
		FUZZ_ASSERT(bytes <= life->hard.bytes &&
			    count <= life->hard.packets);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	struct sxt_life life;

	limits_of(&in, &life.soft);
	limits_of(&in, &life.hard);
	FUZZ_ASSERT(!sxt_life_validate(&life) == sensible(&life));
	/* Times are told of any limits. */
	times(&life, &in);
	packets(&life, &in);
	sxt_life_unlimited(&life);
	FUZZ_ASSERT(!sxt_life_validate(&life));
	FUZZ_ASSERT(sxt_life_charge(&life, 0, 0, (u32)-1) == SXT_LIFE_OK);
	return 0;
}
