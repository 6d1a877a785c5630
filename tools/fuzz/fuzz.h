/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets share: a reader over the fuzzer's bytes, an assertion
 * that stays in optimized builds, and copies that end where the heap block
 * ends, so that ASan sees the first byte read past them.
 */
#ifndef SEXTANT_FUZZ_H
#define SEXTANT_FUZZ_H

#include <sextant/pure.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_ASSERT(x) do {						\
	if (!(x)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);	\
		abort();						\
	}								\
} while (0)

struct fuzz_in {
	const u8 *p;
	size_t left;
};

/* Past the end there are only zeros. */
static inline u8 fuzz_u8(struct fuzz_in *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

static inline u32 fuzz_u32(struct fuzz_in *in)
{
	u32 v = fuzz_u8(in);

	v = v << 8 | fuzz_u8(in);
	v = v << 8 | fuzz_u8(in);
	return v << 8 | fuzz_u8(in);
}

static inline u64 fuzz_u64(struct fuzz_in *in)
{
	u64 v = fuzz_u32(in);

	return v << 32 | fuzz_u32(in);
}

static inline u8 *fuzz_copy(const u8 *p, size_t len)
{
	u8 *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	/* Without a byte, a pointer to behind the block. */
	if (!len)
		return copy + 1;
	return memcpy(copy, p, len);
}

static inline void fuzz_free(u8 *copy, size_t len)
{
	free(len ? copy : copy - 1);
}

#endif /* SEXTANT_FUZZ_H */
