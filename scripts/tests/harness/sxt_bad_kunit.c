// SPDX-License-Identifier: GPL-2.0
/*
 * A KUnit suite with one case that fails and one that passes, to show that the
 * harness sees the first.  It tests nothing but the harness.
 */
#include <kunit/test.h>
#include <linux/module.h>

static void bad_fails(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
}

static void bad_passes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 1);
}

static struct kunit_case bad_cases[] = {
	KUNIT_CASE(bad_fails),
	KUNIT_CASE(bad_passes),
	{}
};

static struct kunit_suite bad_suite = {
	.name = "sxt_bad",
	.test_cases = bad_cases,
};

kunit_test_suite(bad_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suite that fails, for the self-test of the harness");
