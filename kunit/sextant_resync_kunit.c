// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the way back after 2^32 lost packets: when an attempt is due,
 * with which packet, and which numbers are tried.
 */
#include <kunit/test.h>

#include "../modules/key/resync.c"
#include "../modules/key/replay.c"

#define SUBSPACE	((u64)1 << 32)

/* @n packets ahead fail at one time; how many of them make an attempt due. */
static u32 fail(struct sxt_resync *r, u32 n, u64 accepted, u64 now)
{
	u32 due = 0;

	while (n--)
		due += sxt_resync_fail(r, 1, accepted, now);
	return due;
}

static void attempt_is_due_at_the_trigger(struct kunit *test)
{
	struct sxt_resync r = {};

	KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER - 1, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, fail(&r, 1, 0, 0), 1);
	/* And stays due, while nobody makes it. */
	KUNIT_EXPECT_EQ(test, fail(&r, 3, 0, 0), 3);
	KUNIT_EXPECT_EQ(test, r.failures, SXT_RESYNC_TRIGGER);
}

static void valid_packet_starts_the_count_anew(struct kunit *test)
{
	struct sxt_resync r = {};
	u64 accepted;

	for (accepted = 5; accepted < 50; accepted++)
		KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER - 1,
					   accepted, 0), 0);
	KUNIT_EXPECT_EQ(test, fail(&r, 1, 49, 0), 1);
	KUNIT_EXPECT_EQ(test, fail(&r, 1, 50, 0), 0);
	KUNIT_EXPECT_EQ(test, r.failures, 1);
	/* Late packets see that a valid one came, too. */
	KUNIT_EXPECT_FALSE(test, sxt_resync_fail(&r, 0, 51, 0));
	KUNIT_EXPECT_EQ(test, r.failures, 0);
}

static void numbers_in_the_window_do_not_count(struct kunit *test)
{
	struct sxt_resync r = {};
	u32 i;

	for (i = 0; i < 3 * SXT_RESYNC_TRIGGER; i++)
		KUNIT_EXPECT_FALSE(test, sxt_resync_fail(&r, 0, 0, 0));
	KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER - 1, 0, 0), 0);
	/* Nor do they end the count, nor set an attempt off. */
	KUNIT_EXPECT_FALSE(test, sxt_resync_fail(&r, 0, 0, 0));
	KUNIT_EXPECT_TRUE(test, sxt_resync_fail(&r, (u64)-1, 0, 0));
	KUNIT_EXPECT_FALSE(test, sxt_resync_fail(&r, 0, 0, 0));
}

static void attempts_have_a_pause_between_them(struct kunit *test)
{
	struct sxt_resync r = {};
	const u64 over = 77 + SXT_RESYNC_PAUSE;

	KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER, 0, 5), 1);
	sxt_resync_end(&r, false, 77);
	KUNIT_EXPECT_EQ(test, fail(&r, 1000, 0, 77), 0);
	KUNIT_EXPECT_EQ(test, fail(&r, 1000, 0, over - 1), 0);
	KUNIT_EXPECT_EQ(test, fail(&r, 1, 0, over), 1);
}

static void success_starts_the_count_anew(struct kunit *test)
{
	struct sxt_resync r = {};
	const u64 over = 77 + SXT_RESYNC_PAUSE;

	KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER, 3, 5), 1);
	sxt_resync_end(&r, true, 77);
	KUNIT_EXPECT_EQ(test, fail(&r, SXT_RESYNC_TRIGGER - 1, 3, over), 0);
	KUNIT_EXPECT_EQ(test, fail(&r, 1, 3, over), 1);
	/* The pause holds after a success as well. */
	sxt_resync_end(&r, true, over);
	KUNIT_EXPECT_EQ(test, fail(&r, 1000, 3, over + SXT_RESYNC_PAUSE - 1),
			0);
}

static void packet_that_is_kept_is_ahead_and_short(struct kunit *test)
{
	const u64 top = 7 * SUBSPACE + 1000;

	KUNIT_EXPECT_TRUE(test, sxt_resync_suits(top + 1, top, 40));
	KUNIT_EXPECT_FALSE(test, sxt_resync_suits(top, top, 40));
	KUNIT_EXPECT_FALSE(test, sxt_resync_suits(top - 1, top, 40));
	KUNIT_EXPECT_FALSE(test, sxt_resync_suits(0, 0, 40));
	KUNIT_EXPECT_TRUE(test, sxt_resync_suits(top + 1, top,
						 SXT_RESYNC_LEN_MAX));
	KUNIT_EXPECT_FALSE(test, sxt_resync_suits(top + 1, top,
						  SXT_RESYNC_LEN_MAX + 1));
	/* In the last subspace there is no higher half. */
	KUNIT_EXPECT_TRUE(test, sxt_resync_suits((u64)-1 - SUBSPACE, top, 40));
	KUNIT_EXPECT_FALSE(test, sxt_resync_suits((u64)-SUBSPACE, top, 40));
}

static void tries_go_up_by_one_high_half(struct kunit *test)
{
	static const u64 from[] = { 1, 0xffffffffu, SUBSPACE, 77 * SUBSPACE + 5,
				    (u64)-1 - SXT_RESYNC_TRIES * SUBSPACE,
				    (u64)-1 - 65 * SUBSPACE };
	u64 candidate;
	size_t i;
	u32 n;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		u64 seq = from[i];

		for (n = 1; n <= SXT_RESYNC_TRIES; n++) {
			if (seq > (u64)-1 - n * SUBSPACE)
				break;
			KUNIT_EXPECT_TRUE(test, sxt_resync_try(seq, n,
							       &candidate));
			KUNIT_EXPECT_EQ(test, candidate, seq + n * SUBSPACE);
		}
		candidate = 99;
		KUNIT_EXPECT_FALSE(test, sxt_resync_try(seq, n, &candidate));
		KUNIT_EXPECT_EQ(test, candidate, 99);
	}
}

static void tries_end_with_the_64_bits(struct kunit *test)
{
	const u64 seq = (u64)-1 - 3 * SUBSPACE;
	u64 candidate = 0;

	KUNIT_EXPECT_TRUE(test, sxt_resync_try(seq, 3, &candidate));
	KUNIT_EXPECT_EQ(test, candidate, (u64)-1);
	KUNIT_EXPECT_FALSE(test, sxt_resync_try(seq, 4, &candidate));
	KUNIT_EXPECT_FALSE(test, sxt_resync_try(seq + 1, 3, &candidate));
	KUNIT_EXPECT_FALSE(test, sxt_resync_try((u64)-1, 1, &candidate));
	KUNIT_EXPECT_FALSE(test, sxt_resync_try(0, (u32)-1, &candidate));
	KUNIT_EXPECT_EQ(test, candidate, (u64)-1);
}

/* However far the sender jumps, within the limit its own number is tried. */
static const struct jump_param {
	const char *desc;
	u64 top;
	u64 jump;
	u32 found;	/* at which try; 0: never */
} jump_params[] = {
	{ "one subspace", 5000, SUBSPACE + 1, 1 },
	{ "three", 5000, 3 * SUBSPACE + 1, 3 },
	{ "three, over a border", 0xfffffff0u, 3 * SUBSPACE + 100, 3 },
	{ "as many as are tried", 12 * SUBSPACE + 9,
	  SXT_RESYNC_TRIES * SUBSPACE + 7, SXT_RESYNC_TRIES },
	{ "one more", 12 * SUBSPACE + 9,
	  (SXT_RESYNC_TRIES + 1) * SUBSPACE + 7, 0 },
	{ "none", 5000, 1, 0 },
	{ "to the end of all", (u64)-1 - 4 * SUBSPACE, 4 * SUBSPACE - 5000, 3 },
};

KUNIT_ARRAY_PARAM_DESC(jump, jump_params, desc);

static void lost_sender_is_found(struct kunit *test)
{
	const struct jump_param *p = test->param_value;
	struct sxt_replay r;
	u64 sent = p->top + p->jump;
	u64 seq, candidate = 0;
	u32 map[2], n;

	KUNIT_ASSERT_EQ(test, sxt_replay_init(&r, map, 64, true), 0);
	sxt_replay_resume(&r, p->top);
	KUNIT_EXPECT_EQ(test, sxt_replay_check(&r, (u32)sent, &seq),
			SXT_REPLAY_OK);
	for (n = 1; sxt_resync_try(seq, n, &candidate); n++) {
		/* No number is tried that could be a replay. */
		KUNIT_EXPECT_GT_MSG(test, candidate, p->top, "try %u", n);
		if (candidate == sent)
			break;
	}
	KUNIT_EXPECT_EQ(test, candidate == sent ? n : 0, p->found);
	if (!p->found)
		return;
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&r, candidate), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, r.top, sent);
	KUNIT_EXPECT_EQ(test, sxt_replay_check(&r, (u32)sent, &seq),
			SXT_REPLAY_DUP);
}

static struct kunit_case resync_cases[] = {
	KUNIT_CASE(attempt_is_due_at_the_trigger),
	KUNIT_CASE(valid_packet_starts_the_count_anew),
	KUNIT_CASE(numbers_in_the_window_do_not_count),
	KUNIT_CASE(attempts_have_a_pause_between_them),
	KUNIT_CASE(success_starts_the_count_anew),
	KUNIT_CASE(packet_that_is_kept_is_ahead_and_short),
	KUNIT_CASE(tries_go_up_by_one_high_half),
	KUNIT_CASE(tries_end_with_the_64_bits),
	KUNIT_CASE_PARAM(lost_sender_is_found, jump_gen_params),
	{}
};

static struct kunit_suite resync_suite = {
	.name = "sextant_resync",
	.test_cases = resync_cases,
};

kunit_test_suite(resync_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's recovery of extended numbers");
MODULE_LICENSE("GPL");
