// SPDX-License-Identifier: GPL-2.0
/*
 * A KUnit suite in which every case does as it should: two pass, one of them
 * with parameters, and one is skipped.  It tests nothing but the harness.
 */
#include <kunit/test.h>
#include <linux/module.h>

static void good_passes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 1);
}

static const int good_numbers[] = { 1, 2, 3 };

KUNIT_ARRAY_PARAM(good, good_numbers, NULL);

static void good_passes_each(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, *(const int *)test->param_value, 0);
}

static void good_skips(struct kunit *test)
{
	kunit_skip(test, "skipped on purpose");
}

static struct kunit_case good_cases[] = {
	KUNIT_CASE(good_passes),
	KUNIT_CASE_PARAM(good_passes_each, good_gen_params),
	KUNIT_CASE(good_skips),
	{}
};

static struct kunit_suite good_suite = {
	.name = "sxt_good",
	.test_cases = good_cases,
};

kunit_test_suite(good_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suite that passes, for the self-test of the harness");
