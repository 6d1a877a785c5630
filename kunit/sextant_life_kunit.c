// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of SA lifetimes: each limit one before, at and one past it, both
 * kinds together, and the timer against a walk through every second.
 */
#include <kunit/test.h>

#include "../modules/key/life.c"

#define NONE	SXT_LIFE_NONE

static struct sxt_life unlimited(void)
{
	struct sxt_life life = { .soft.bytes = 1, .hard.use = 1 };

	sxt_life_unlimited(&life);
	return life;
}

static void unlimited_never_ends(struct kunit *test)
{
	const struct sxt_life_times times = { .added = 5, .used = 9 };
	struct sxt_life life = unlimited();

	KUNIT_EXPECT_EQ(test, sxt_life_validate(&life), 0);
	KUNIT_EXPECT_EQ(test, SXT_LIFE_OK, sxt_life_charge(&life, 0, 0, 0));
	KUNIT_EXPECT_EQ(test, SXT_LIFE_OK,
			sxt_life_charge(&life, 1ull << 63, 1ull << 63,
					65535));
	KUNIT_EXPECT_EQ(test, SXT_LIFE_OK,
			sxt_life_at(&life, &times, 1ull << 63));
	KUNIT_EXPECT_EQ(test, sxt_life_next(&life, &times, 0), NONE);
}

/* One limit of four and one kind of two, by its place in struct sxt_life. */
static u64 *limit(struct sxt_life *life, u32 which)
{
	struct sxt_life_limits *l = which < 4 ? &life->soft : &life->hard;
	u64 *const at[] = { &l->bytes, &l->packets, &l->add, &l->use };

	return at[which % 4];
}

static void validate_refuses_zero_and_soft_behind_hard(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 8; i++) {
		struct sxt_life life = unlimited();

		*limit(&life, i) = 1;
		/* A soft limit without a hard one is fine, and vice versa. */
		KUNIT_EXPECT_EQ(test, sxt_life_validate(&life), 0);
		*limit(&life, i) = 0;
		KUNIT_EXPECT_EQ(test, sxt_life_validate(&life), -EINVAL);
		if (i >= 4)
			continue;
		*limit(&life, i) = 100;
		*limit(&life, i + 4) = 100;
		KUNIT_EXPECT_EQ(test, sxt_life_validate(&life), 0);
		*limit(&life, i) = 101;
		KUNIT_EXPECT_EQ(test, sxt_life_validate(&life), -EINVAL);
	}
}

static const struct charge_param {
	const char *desc;
	struct sxt_life_limits soft;
	struct sxt_life_limits hard;
	u64 bytes;
	u64 packets;
	u32 len;
	enum sxt_life_verdict verdict;
	bool soft_due;
} charge_params[] = {
	{ "bytes below soft", { 1000, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 899, 7, 100, SXT_LIFE_OK, false },
	{ "bytes at soft", { 1000, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 900, 7, 100, SXT_LIFE_SOFT, true },
	{ "bytes up to hard", { 1000, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 1900, 7, 100, SXT_LIFE_SOFT, true },
	{ "bytes past hard by one", { 1000, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 1901, 7, 100, SXT_LIFE_HARD, true },
	{ "bytes used up", { NONE, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 2000, 7, 1, SXT_LIFE_HARD, false },
	{ "bytes more than hard", { NONE, NONE, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 2001, 7, 0, SXT_LIFE_HARD, false },
	{ "packet longer than hard", { NONE, NONE, NONE, NONE },
	  { 50, NONE, NONE, NONE }, 0, 0, 51, SXT_LIFE_HARD, false },
	{ "packets below soft", { NONE, 10, NONE, NONE },
	  { NONE, 20, NONE, NONE }, 900, 8, 100, SXT_LIFE_OK, false },
	{ "packets at soft", { NONE, 10, NONE, NONE },
	  { NONE, 20, NONE, NONE }, 900, 9, 100, SXT_LIFE_SOFT, true },
	{ "last packet", { NONE, 10, NONE, NONE },
	  { NONE, 20, NONE, NONE }, 900, 19, 100, SXT_LIFE_SOFT, true },
	{ "packets used up", { NONE, 10, NONE, NONE },
	  { NONE, 20, NONE, NONE }, 900, 20, 100, SXT_LIFE_HARD, true },
	{ "packets before bytes", { NONE, NONE, NONE, NONE },
	  { 2000, 20, NONE, NONE }, 0, 20, 100, SXT_LIFE_HARD, false },
	{ "bytes before packets", { NONE, NONE, NONE, NONE },
	  { 2000, 20, NONE, NONE }, 2000, 1, 100, SXT_LIFE_HARD, false },
	{ "huge limit, no wrap", { NONE, NONE, NONE, NONE },
	  { NONE - 1, NONE, NONE, NONE }, NONE - 50, 1, 100,
	  SXT_LIFE_HARD, false },
	{ "no soft limit at the end of counting", { NONE, NONE, NONE, NONE },
	  { NONE, NONE, NONE, NONE }, NONE - 50, NONE - 1, 100, SXT_LIFE_HARD,
	  false },
	{ "bytes past both", { 1000, NONE, NONE, NONE },
	  { 1050, NONE, NONE, NONE }, 960, 7, 100, SXT_LIFE_HARD, true },
	{ "bytes past hard alone", { 2000, NONE, NONE, NONE },
	  { 2000, 20, NONE, NONE }, 1899, 20, 100, SXT_LIFE_HARD, false },
	{ "packets at soft, bytes past hard", { NONE, 10, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 1901, 9, 100, SXT_LIFE_HARD, true },
	{ "packets below soft, bytes past hard", { NONE, 10, NONE, NONE },
	  { 2000, NONE, NONE, NONE }, 1901, 8, 100, SXT_LIFE_HARD, false },
	{ "bytes past both, huge", { NONE - 2, NONE, NONE, NONE },
	  { NONE - 1, NONE, NONE, NONE }, NONE - 50, 1, 100,
	  SXT_LIFE_HARD, true },
	{ "counter at its end", { NONE, NONE, NONE, NONE },
	  { NONE - 1, NONE, NONE, NONE }, NONE, 1, 0, SXT_LIFE_HARD, false },
};

KUNIT_ARRAY_PARAM_DESC(charge, charge_params, desc);

static void charge_stops_at_the_limit(struct kunit *test)
{
	const struct charge_param *p = test->param_value;
	struct sxt_life life = { .soft = p->soft, .hard = p->hard };

	KUNIT_EXPECT_EQ(test, p->verdict,
			sxt_life_charge(&life, p->bytes, p->packets, p->len));
	KUNIT_EXPECT_EQ(test, p->soft_due,
			sxt_life_soft_charge(&life, p->bytes, p->packets,
					     p->len));
}

static const struct time_param {
	const char *desc;
	struct sxt_life_limits soft;
	struct sxt_life_limits hard;
	struct sxt_life_times times;
	u64 soft_from;	/* first second of each verdict; NONE: never */
	u64 hard_from;
	u64 soft_due;	/* first second of a soft limit, whatever the verdict */
} time_params[] = {
	{ "since added", { NONE, NONE, 100, NONE }, { NONE, NONE, 200, NONE },
	  { 50, NONE }, 150, 250, 150 },
	{ "since used", { NONE, NONE, NONE, 30 }, { NONE, NONE, NONE, 60 },
	  { 50, 70 }, 100, 130, 100 },
	{ "since used, unused", { NONE, NONE, NONE, 30 },
	  { NONE, NONE, NONE, 60 }, { 50, NONE }, NONE, NONE, NONE },
	{ "both, added first", { NONE, NONE, 20, 30 },
	  { NONE, NONE, 40, 60 }, { 50, 70 }, 70, 90, 70 },
	{ "both, used first", { NONE, NONE, 200, 30 },
	  { NONE, NONE, 400, 60 }, { 50, 70 }, 100, 130, 100 },
	{ "hard of one before soft of the other", { NONE, NONE, 200, NONE },
	  { NONE, NONE, 400, 60 }, { 50, 70 }, 130, 130, 250 },
	{ "both at once", { NONE, NONE, 100, NONE }, { NONE, NONE, 100, NONE },
	  { 50, NONE }, 150, 150, 150 },
	{ "soft only", { NONE, NONE, 100, NONE }, { NONE, NONE, NONE, NONE },
	  { 50, 70 }, 150, NONE, 150 },
	{ "hard only", { NONE, NONE, NONE, NONE }, { NONE, NONE, 100, NONE },
	  { 50, 70 }, 150, 150, NONE },
	{ "past all time", { NONE, NONE, NONE - 5, NONE },
	  { NONE, NONE, NONE - 4, NONE }, { 50, 70 }, NONE, NONE, NONE },
};

KUNIT_ARRAY_PARAM_DESC(time, time_params, desc);

static void time_runs_out_on_the_second(struct kunit *test)
{
	const struct time_param *p = test->param_value;
	struct sxt_life life = { .soft = p->soft, .hard = p->hard };
	u64 now;

	for (now = 50; now < 600; now++) {
		enum sxt_life_verdict expected = SXT_LIFE_OK;
		u64 next = p->soft_from;

		if (now >= p->hard_from)
			expected = SXT_LIFE_HARD;
		else if (now >= p->soft_from)
			expected = SXT_LIFE_SOFT;
		if (next == NONE || now >= next)
			next = now < p->hard_from ? p->hard_from : NONE;
		KUNIT_ASSERT_EQ_MSG(test, expected,
				    sxt_life_at(&life, &p->times, now),
				    "now %llu", (unsigned long long)now);
		KUNIT_ASSERT_EQ_MSG(test, now >= p->soft_due,
				    sxt_life_soft_at(&life, &p->times, now),
				    "now %llu", (unsigned long long)now);
		KUNIT_ASSERT_EQ_MSG(test, next,
				    sxt_life_next(&life, &p->times, now),
				    "now %llu", (unsigned long long)now);
	}
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(unlimited_never_ends),
	KUNIT_CASE(validate_refuses_zero_and_soft_behind_hard),
	KUNIT_CASE_PARAM(charge_stops_at_the_limit, charge_gen_params),
	KUNIT_CASE_PARAM(time_runs_out_on_the_second, time_gen_params),
	{}
};

static struct kunit_suite life_suite = {
	.name = "sextant_life",
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's SA lifetimes");
MODULE_LICENSE("GPL");
