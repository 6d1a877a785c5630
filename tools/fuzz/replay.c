// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target of the anti-replay window: a stream of sequence numbers against
 * a model that keeps every accepted number in a list.
 */
#include "../../modules/key/replay.c"
#include "fuzz.h"

#define STEPS	2000

struct model {
	u64 top;
	u64 seen[STEPS];
	unsigned int n;
};

static bool model_has(const struct model *m, u64 seq)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->seen[i] == seq)
			return true;
	return false;
}

static enum sxt_replay_verdict model_judge(const struct model *m, u32 window,
					   u64 seq)
{
	if (!window)
		return SXT_REPLAY_OK;
	if (!seq)
		return SXT_REPLAY_ZERO;
	if (m->top >= window && seq <= m->top - window)
		return SXT_REPLAY_OLD;
	return model_has(m, seq) ? SXT_REPLAY_DUP : SXT_REPLAY_OK;
}

/* RFC 4303 A2.2 by search: the numbers with this low half, one by one. */
static bool model_infer(const struct model *m, u32 reach, u32 lo, u64 *seq)
{
	u64 high;
	int i;

	for (i = -1; i <= 1; i++) {
		high = (m->top >> 32) + (u64)(s64)i;
		if (high > 0xffffffffu)
			continue;
		*seq = high << 32 | lo;
		if (*seq > m->top ? *seq - m->top < 0x100000000ull - reach :
				    m->top - *seq <= reach)
			return true;
	}
	*seq = lo;
	return false;
}

/* The next low half to try, from two or more bytes: near, far, or any. */
static u32 next_lo(struct fuzz_in *in, u64 top)
{
	u8 op = fuzz_u8(in);

	switch (op >> 6) {
	case 0:
		return (u32)top + 1 + (op & 63);
	case 1:
		return (u32)top - (op & 63);
	case 2:
		return (u32)top - 4200 + ((u32)(op & 63) << 8 | fuzz_u8(in));
	default:
		return fuzz_u32(in);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	static struct model m;
	struct sxt_replay r;
	bool esn = fuzz_u8(&in) & 1;
	u32 window = fuzz_u32(&in) % 4200;
	size_t words = sxt_replay_map_words(window);
	u64 start = esn ? fuzz_u64(&in) : fuzz_u32(&in);
	u32 *map = NULL;
	int err;

	if (words)
		map = malloc(words * sizeof(*map));
	FUZZ_ASSERT(!words || (words * 32 >= window && words * 16 < window) ||
		    words == 1);
	err = sxt_replay_init(&r, map, window, esn);
	FUZZ_ASSERT(!err == (window <= 4096));
	if (err) {
		free(map);
		return 0;
	}
	m.top = 0;
	m.n = 0;
	if (start) {
		FUZZ_ASSERT(sxt_replay_commit(&r, start) == SXT_REPLAY_OK);
		m.top = start;
		m.seen[m.n++] = start;
	}
	while (in.left && m.n < STEPS) {
		u32 lo = next_lo(&in, m.top);
		enum sxt_replay_verdict got, want;
		bool exists = true;
		u64 expected = lo;
		u64 seq;

		got = sxt_replay_check(&r, lo, &seq);
		if (esn)
			exists = model_infer(&m, r.reach, lo, &expected);
		FUZZ_ASSERT(seq == expected);
		if (!exists && window) {
			FUZZ_ASSERT(got == SXT_REPLAY_BELOW ||
				    got == SXT_REPLAY_WRAP);
			continue;
		}
		want = model_judge(&m, window, expected);
		FUZZ_ASSERT(got == want);
		/* Every so often the ICV is wrong: nothing may change. */
		if (lo % 7 == 0)
			continue;
		FUZZ_ASSERT(sxt_replay_commit(&r, seq) == want);
		if (want == SXT_REPLAY_OK) {
			m.seen[m.n++] = seq;
			if (seq > m.top)
				m.top = seq;
		}
		FUZZ_ASSERT(r.top == m.top);
	}
	free(map);
	return 0;
}
