/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of KUnit as the suites of pure files use, for user space: the same
 * test sources then run under ASan and UBSan on the build machine. Prints KTAP;
 * main() comes with kunit_test_suite(). It is no substitute for the run in the
 * kernel, which has other word sizes, byte order and alignment rules.
 */
#ifndef SEXTANT_HOST_KUNIT_TEST_H
#define SEXTANT_HOST_KUNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KUNIT_PARAM_DESC_SIZE	128
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define GFP_KERNEL		0
#define MODULE_DESCRIPTION(s)	extern int host_unused
#define MODULE_LICENSE(s)	extern int host_unused
#define MODULE_AUTHOR(s)	extern int host_unused

struct kunit {
	const void *param_value;
	bool failed;
	jmp_buf env;
	void *allocs[64];
	unsigned int n_allocs;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char name[256];
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(f)		{ .run_case = f, .name = #f }
#define KUNIT_CASE_PARAM(f, g)	{ .run_case = f, .name = #f, \
				  .generate_params = g }
#define KUNIT_CASE_SLOW(f)	KUNIT_CASE(f)

#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__((array)[0]) *next = prev ?			\
			(__typeof__(next))prev + 1 : (array);		\
		void (*describe)(__typeof__(next), char *) = get_desc;	\
									\
		if ((size_t)(next - (array)) >= ARRAY_SIZE(array))	\
			return NULL;					\
		if (describe)						\
			describe(next, desc);				\
		return next;						\
	}

#define KUNIT_ARRAY_PARAM_DESC(name, array, member)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__((array)[0]) *next = prev ?			\
			(__typeof__(next))prev + 1 : (array);		\
									\
		if ((size_t)(next - (array)) >= ARRAY_SIZE(array))	\
			return NULL;					\
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", next->member); \
		return next;						\
	}

static inline void __attribute__((format(printf, 4, 5)))
host_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
{
	va_list args;

	test->failed = true;
	printf("    # %s:%d: ", file, line);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
}

#define HOST_CMP(test, a, op, b, stop, fmt, ...) do {			\
	__auto_type host_a = (a);					\
	__auto_type host_b = (b);					\
	if (!(host_a op host_b)) {					\
		host_fail(test, __FILE__, __LINE__,			\
			  "%s " #op " %s: %#llx, %#llx " fmt, #a, #b,	\
			  (unsigned long long)host_a,			\
			  (unsigned long long)host_b, ##__VA_ARGS__);	\
		if (stop)						\
			longjmp(test->env, 1);				\
	}								\
} while (0)

#define KUNIT_EXPECT_EQ(t, a, b)	HOST_CMP(t, a, ==, b, 0, "")
#define KUNIT_EXPECT_NE(t, a, b)	HOST_CMP(t, a, !=, b, 0, "")
#define KUNIT_EXPECT_LE(t, a, b)	HOST_CMP(t, a, <=, b, 0, "")
#define KUNIT_EXPECT_GE(t, a, b)	HOST_CMP(t, a, >=, b, 0, "")
#define KUNIT_EXPECT_LT(t, a, b)	HOST_CMP(t, a, <, b, 0, "")
#define KUNIT_EXPECT_GT(t, a, b)	HOST_CMP(t, a, >, b, 0, "")
#define KUNIT_EXPECT_TRUE(t, a)		HOST_CMP(t, !!(a), ==, true, 0, "")
#define KUNIT_EXPECT_FALSE(t, a)	HOST_CMP(t, !!(a), ==, false, 0, "")
#define KUNIT_EXPECT_EQ_MSG(t, a, b, ...) HOST_CMP(t, a, ==, b, 0, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(t, a, b, ...) HOST_CMP(t, a, <=, b, 0, __VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(t, a, b, ...) HOST_CMP(t, a, >, b, 0, __VA_ARGS__)
#define KUNIT_EXPECT_GE_MSG(t, a, b, ...) HOST_CMP(t, a, >=, b, 0, __VA_ARGS__)
#define KUNIT_ASSERT_EQ(t, a, b)	HOST_CMP(t, a, ==, b, 1, "")
#define KUNIT_ASSERT_LE(t, a, b)	HOST_CMP(t, a, <=, b, 1, "")
#define KUNIT_ASSERT_TRUE(t, a)		HOST_CMP(t, !!(a), ==, true, 1, "")
#define KUNIT_ASSERT_EQ_MSG(t, a, b, ...) HOST_CMP(t, a, ==, b, 1, __VA_ARGS__)
#define KUNIT_ASSERT_TRUE_MSG(t, a, ...) \
	HOST_CMP(t, !!(a), ==, true, 1, __VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(t, a, ...) \
	HOST_CMP(t, !!(a), ==, true, 0, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(t, p)	KUNIT_ASSERT_TRUE(t, (p) != NULL)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(t, p) KUNIT_ASSERT_NOT_NULL(t, p)
#define KUNIT_EXPECT_MEMEQ(t, a, b, n)	\
	KUNIT_EXPECT_EQ(t, memcmp(a, b, n), 0)
#define KUNIT_FAIL(t, ...) host_fail(t, __FILE__, __LINE__, __VA_ARGS__)

static inline void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	void *p = calloc(1, size);

	(void)gfp;
	if (!p || test->n_allocs == ARRAY_SIZE(test->allocs))
		abort();
	test->allocs[test->n_allocs++] = p;
	return p;
}

static inline void host_run_one(struct kunit *test, struct kunit_case *c)
{
	if (!setjmp(test->env))
		c->run_case(test);
	while (test->n_allocs)
		free(test->allocs[--test->n_allocs]);
}

static inline bool host_run_case(struct kunit_case *c)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	struct kunit test = { 0 };

	if (!c->generate_params) {
		host_run_one(&test, c);
		return !test.failed;
	}
	while ((test.param_value =
		c->generate_params(test.param_value, desc)) != NULL) {
		bool before = test.failed;

		test.failed = false;
		host_run_one(&test, c);
		printf("        %s %s\n", test.failed ? "not ok" : "ok", desc);
		test.failed |= before;
	}
	return !test.failed;
}

static inline int host_run_suite(const struct kunit_suite *suite)
{
	unsigned int failed = 0;
	unsigned int n = 0;
	struct kunit_case *c;

	printf("KTAP version 1\n    # Subtest: %s\n", suite->name);
	for (c = suite->test_cases; c->run_case; c++) {
		bool ok = host_run_case(c);

		printf("    %s %u %s\n", ok ? "ok" : "not ok", ++n, c->name);
		failed += !ok;
	}
	printf("    1..%u\n%s 1 %s\n", n, failed ? "not ok" : "ok",
	       suite->name);
	return failed || !n;
}

#define kunit_test_suite(suite) \
	int main(void) { return host_run_suite(&(suite)); } \
	extern int host_unused

#endif /* SEXTANT_HOST_KUNIT_TEST_H */
