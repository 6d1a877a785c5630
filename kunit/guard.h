/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites of pure files: a buffer whose last byte lies just before a
 * page that can't be touched, so that reading or writing past the end stops
 * the test at once, with or without KASAN; and a repeatable number generator.
 */
#ifndef SEXTANT_KUNIT_GUARD_H
#define SEXTANT_KUNIT_GUARD_H

#include <kunit/test.h>
#include <sextant/pure.h>

#define GUARD_LEN	4096u	/* the most that fits; no page is smaller */

#ifdef __KERNEL__

#include <linux/mm.h>
#include <linux/vmalloc.h>

static void guard_free(void *page)
{
	vfree(page);
}

/* An area of vmalloc() is followed by a page that is not mapped. */
static u8 *guard_page(struct kunit *test)
{
	u8 *page = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, guard_free, page));
	return page + PAGE_SIZE;
}

#else

#include <sys/mman.h>
#include <unistd.h>

/* Lives until the program ends. */
static u8 *guard_page(struct kunit *test)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	u8 *page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)test;
	if (page == MAP_FAILED || mprotect(page + size, size, PROT_NONE))
		abort();
	return page + size;
}

#endif /* __KERNEL__ */

/* Knuth's MMIX generator; the upper half, which is the random one. */
static inline u32 guard_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(*state >> 32);
}

#endif /* SEXTANT_KUNIT_GUARD_H */
