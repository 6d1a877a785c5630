// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the anti-replay window: named edges, the literal pseudo-code
 * of RFC 4303 A2.3, and a model that remembers every number it accepted.
 */
#include <kunit/test.h>

#include "../modules/key/replay.c"
#include "guard.h"

#define MAP_MAX		(SXT_REPLAY_MAX / 32)
#define SUBSPACE	((u64)1 << 32)

struct window {
	struct sxt_replay r;
	u32 map[MAP_MAX];
};

static struct window *window_new(struct kunit *test, u32 size, bool esn)
{
	struct window *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	memset(w, 0xa5, sizeof(*w));
	KUNIT_EXPECT_EQ(test, 0, sxt_replay_init(&w->r, w->map, size, esn));
	return w;
}

static enum sxt_replay_verdict receive(struct window *w, u32 seq_lo, u64 *seq)
{
	enum sxt_replay_verdict verdict = sxt_replay_check(&w->r, seq_lo, seq);

	if (verdict == SXT_REPLAY_OK)
		verdict = sxt_replay_commit(&w->r, *seq);
	return verdict;
}

/* Sizes of all kinds: least, most, powers of two, their neighbours, odd. */
static const struct size_param {
	const char *desc;
	u32 window;
	size_t words;
} size_params[] = {
	{ "3", 3, 1 }, { "31", 31, 1 },
	{ "32", 32, 1 }, { "33", 33, 2 }, { "63", 63, 2 }, { "64", 64, 2 },
	{ "65", 65, 4 }, { "100", 100, 4 }, { "128", 128, 4 },
	{ "1000", 1000, 32 }, { "1024", 1024, 32 }, { "1025", 1025, 64 },
	{ "2048", 2048, 64 }, { "4095", 4095, 128 }, { "4096", 4096, 128 },
};

KUNIT_ARRAY_PARAM_DESC(size, size_params, desc);

static void map_words_is_the_power_of_two_that_fits(struct kunit *test)
{
	const struct size_param *p = test->param_value;

	KUNIT_EXPECT_EQ(test, sxt_replay_map_words(p->window), p->words);
}

static void init_refuses_sizes_out_of_range(struct kunit *test)
{
	static const u32 bad[] = { 4097, 8192, 0x80000000u, (u32)-1 };
	struct sxt_replay before;
	struct sxt_replay r;
	u32 map[1];
	size_t i;

	memset(&r, 0x5a, sizeof(r));
	memcpy(&before, &r, sizeof(r));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, sxt_replay_map_words(bad[i]), 0);
		KUNIT_EXPECT_EQ(test, sxt_replay_init(&r, map, bad[i], true),
				-EINVAL);
	}
	KUNIT_EXPECT_EQ(test, sxt_replay_init(&r, NULL, 64, true), -EINVAL);
	KUNIT_EXPECT_MEMEQ(test, &r, &before, sizeof(r));
}

static void window_accepts_its_bottom_and_refuses_below(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	u32 size = p->window;
	struct window *w = window_new(test, size, false);
	u64 seq;

	KUNIT_EXPECT_EQ(test, receive(w, 10000, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 10000, &seq), SXT_REPLAY_DUP);
	KUNIT_EXPECT_EQ(test, receive(w, 10000 - size, &seq), SXT_REPLAY_OLD);
	KUNIT_EXPECT_EQ(test, seq, 10000 - size);
	KUNIT_EXPECT_EQ(test, receive(w, 10001 - size, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 10001 - size, &seq), SXT_REPLAY_DUP);
	KUNIT_EXPECT_EQ(test, receive(w, 10001, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 10001 - size, &seq), SXT_REPLAY_OLD);
	KUNIT_EXPECT_EQ(test, w->r.top, 10001);
}

/* Each number once, in whatever order, and none a second time. */
static void window_takes_all_of_itself_once(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	u32 size = p->window;
	struct window *w = window_new(test, size, false);
	u32 i;
	u64 seq;

	KUNIT_EXPECT_EQ(test, receive(w, size, &seq), SXT_REPLAY_OK);
	for (i = 1; i < size; i++)
		KUNIT_EXPECT_EQ(test, receive(w, i, &seq), SXT_REPLAY_OK);
	for (i = 1; i <= size; i++)
		KUNIT_EXPECT_EQ(test, receive(w, i, &seq), SXT_REPLAY_DUP);
}

/* A jump forgets the numbers it leaves behind and none inside the window. */
static void jump_keeps_the_window_and_clears_the_rest(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	u32 size = p->window;
	u32 start;
	u32 jump;
	u64 seq;

	for (jump = 1; jump <= size + 70; jump += jump < 70 ? 1 : 29) {
		struct window w;
		u32 from = 9000 + jump % 32;
		u32 to = from + jump;

		KUNIT_ASSERT_EQ(test, 0, sxt_replay_init(&w.r, w.map, size,
							 false));
		for (start = from - size + 1; start <= from; start++)
			KUNIT_ASSERT_EQ(test, receive(&w, start, &seq),
					SXT_REPLAY_OK);
		KUNIT_ASSERT_EQ(test, receive(&w, to, &seq), SXT_REPLAY_OK);
		for (start = to - size + 1; start < to; start++)
			KUNIT_ASSERT_EQ(test,
					sxt_replay_check(&w.r, start, &seq),
					start > from ? SXT_REPLAY_OK :
					SXT_REPLAY_DUP);
	}
}

static void zero_is_refused_wherever_the_window_is(struct kunit *test)
{
	struct window *w = window_new(test, 64, false);
	struct window *e = window_new(test, 64, true);
	u64 seq;

	KUNIT_EXPECT_EQ(test, receive(w, 0, &seq), SXT_REPLAY_ZERO);
	KUNIT_EXPECT_EQ(test, receive(e, 0, &seq), SXT_REPLAY_ZERO);
	KUNIT_EXPECT_EQ(test, receive(w, 10, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(e, 10, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 0, &seq), SXT_REPLAY_ZERO);
	KUNIT_EXPECT_EQ(test, receive(e, 0, &seq), SXT_REPLAY_ZERO);
	KUNIT_EXPECT_EQ(test, seq, 0);
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&e->r, 0), SXT_REPLAY_ZERO);
	KUNIT_EXPECT_EQ(test, receive(w, 5000, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 0, &seq), SXT_REPLAY_ZERO);
	/* Far enough up, low half 0 is the first of the next subspace. */
	KUNIT_EXPECT_EQ(test, receive(e, 5000, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(e, 0, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, SUBSPACE);
}

/* The steps of one ESN case: low half, full number expected, verdict. */
struct esn_step {
	u32 seq_lo;
	u64 seq;
	enum sxt_replay_verdict verdict;
};

static const struct esn_param {
	const char *desc;
	u64 top;
	struct esn_step step[6];
} esn_params[] = {
	{ "start of all", 0, {
		{ 0xffffffc0u, 0x00000000ffffffc0ull, SXT_REPLAY_OK },
	} },
	{ "start, low half below zero", 0, {
		{ 0xffffffc1u, 0x00000000ffffffc1ull, SXT_REPLAY_BELOW },
		{ 0xffffffffu, 0x00000000ffffffffull, SXT_REPLAY_BELOW },
		{ 0, 0, SXT_REPLAY_ZERO },
		{ 1, 1, SXT_REPLAY_OK },
	} },
	{ "last top whose window reaches below 0", 62, {
		{ 0xffffffffu, 0x00000000ffffffffull, SXT_REPLAY_BELOW },
		{ 0xfffffffeu, 0x00000000fffffffeull, SXT_REPLAY_OK },
	} },
	{ "first top whose window does not", 63, {
		{ 0, 0, SXT_REPLAY_ZERO },
		{ 1, 1, SXT_REPLAY_OK },
		{ 0xffffffffu, 0x00000000ffffffffull, SXT_REPLAY_OK },
	} },
	{ "border of subspaces from below", 0xffffffffull, {
		{ 0xffffffc0u, 0x0ffffffc0ull, SXT_REPLAY_OK },
		{ 0xffffffffu, 0x0ffffffffull, SXT_REPLAY_DUP },
		{ 0xffffffbfu, 0x1ffffffbfull, SXT_REPLAY_OK },
	} },
	{ "step over the border and back", 0xffffffffull, {
		{ 0, 0x100000000ull, SXT_REPLAY_OK },
		{ 0, 0x100000000ull, SXT_REPLAY_DUP },
		{ 0xffffffffu, 0x0ffffffffull, SXT_REPLAY_DUP },
		{ 0xffffffc1u, 0x0ffffffc1ull, SXT_REPLAY_OK },
		{ 5, 0x100000005ull, SXT_REPLAY_OK },
		{ 0xffffffc5u, 0x1ffffffc5ull, SXT_REPLAY_OK },
	} },
	{ "bottom at a border", 0x10000003full, {
		{ 0, 0x100000000ull, SXT_REPLAY_OK },
		{ 0xffffffffu, 0x1ffffffffull, SXT_REPLAY_OK },
	} },
	{ "bottom one below a border", 0x10000003eull, {
		{ 0xffffffffu, 0x0ffffffffull, SXT_REPLAY_OK },
		{ 0xfffffffeu, 0x1fffffffeull, SXT_REPLAY_OK },
	} },
	{ "end of all", 0xffffffffffffffffull, {
		{ 0xffffffffu, 0xffffffffffffffffull, SXT_REPLAY_DUP },
		{ 0xffffffc0u, 0xffffffffffffffc0ull, SXT_REPLAY_OK },
		{ 0xffffffbfu, 0x00000000ffffffbfull, SXT_REPLAY_WRAP },
		{ 0, 0, SXT_REPLAY_WRAP },
		{ 1, 1, SXT_REPLAY_WRAP },
	} },
	{ "just before the end", 0xfffffffffffffff0ull, {
		{ 0xffffffffu, 0xffffffffffffffffull, SXT_REPLAY_OK },
		{ 0xfffffff0u, 0xfffffffffffffff0ull, SXT_REPLAY_DUP },
		{ 0, 0, SXT_REPLAY_WRAP },
	} },
};

KUNIT_ARRAY_PARAM_DESC(esn, esn_params, desc);

static void esn_infers_at_the_edges(struct kunit *test)
{
	const struct esn_param *p = test->param_value;
	struct window *w = window_new(test, 64, true);
	size_t i;
	u64 seq;

	if (p->top)
		KUNIT_EXPECT_EQ(test, sxt_replay_commit(&w->r, p->top),
				SXT_REPLAY_OK);
	for (i = 0; i < ARRAY_SIZE(p->step); i++) {
		const struct esn_step *s = &p->step[i];

		if (!s->seq_lo && !s->seq && !s->verdict)
			break;
		KUNIT_EXPECT_EQ(test, receive(w, s->seq_lo, &seq), s->verdict);
		KUNIT_EXPECT_EQ(test, seq, s->seq);
	}
}

/* RFC 4303 A2.3, word for word: the high half, in arithmetic mod 2^32. */
static u32 rfc_seqh(u32 th, u32 tl, u32 w, u32 seql)
{
	u32 seqh;

	if (tl >= w - 1) {			/* Case A */
		if (seql >= tl - w + 1)
			seqh = th;
		else
			seqh = th + 1;
	} else {				/* Case B */
		if (seql >= tl - w + 1)
			seqh = th - 1;
		else
			seqh = th;
	}
	return seqh;
}

static void esn_infers_as_the_rfc_says(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	struct window *w = window_new(test, p->window, true);
	static const u32 highs[] = { 0, 1, 2, 0x7fffffffu, 0xfffffffeu,
				     0xffffffffu };
	enum sxt_replay_verdict verdict;
	u64 rng = 4303;
	bool below;
	u32 seqh;
	int i;

	for (i = 0; i < 10000; i++) {
		u32 th = highs[guard_random(&rng) % ARRAY_SIZE(highs)];
		u32 tl = guard_random(&rng);
		u32 seql = guard_random(&rng);
		u32 near = guard_random(&rng) % (4 * p->window);
		u64 seq;

		/* Half of the tops, and half of the numbers, near an edge. */
		if (guard_random(&rng) & 1)
			tl = near - 2 * p->window;
		if (guard_random(&rng) & 1)
			seql = tl - p->window + guard_random(&rng) % 4;
		w->r.top = (u64)th << 32 | tl;
		verdict = sxt_replay_check(&w->r, seql, &seq);
		seqh = rfc_seqh(th, tl, p->window, seql);
		/* The RFC's Th - 1 and Th + 1 must not pass the ends. */
		below = th == 0 && seqh == 0xffffffffu;
		KUNIT_ASSERT_EQ(test, verdict == SXT_REPLAY_BELOW, below);
		KUNIT_ASSERT_EQ(test, verdict == SXT_REPLAY_WRAP,
				th == 0xffffffffu && seqh == 0);
		KUNIT_ASSERT_EQ_MSG(test, seq,
				    (below ? 0 : (u64)seqh << 32) | seql,
				    "top %#llx", (unsigned long long)w->r.top);
	}
}

/* The slow model: every number ever accepted, in an open hash. */
#define SEEN_SLOTS	32768u

struct model {
	u64 top;
	u64 seen[SEEN_SLOTS];
};

static u64 *model_slot(struct model *m, u64 seq)
{
	u32 i = (u32)(seq * 0x9e3779b97f4a7c15ull >> 49);

	while (m->seen[i] && m->seen[i] != seq)
		i = (i + 1) % SEEN_SLOTS;
	return &m->seen[i];
}

static enum sxt_replay_verdict model_receive(struct model *m, u32 window,
					     u64 seq)
{
	u64 *slot;

	if (!seq)
		return SXT_REPLAY_ZERO;
	if (window && m->top >= window && seq <= m->top - window)
		return SXT_REPLAY_OLD;
	slot = model_slot(m, seq);
	if (window && *slot == seq)
		return SXT_REPLAY_DUP;
	*slot = seq;
	if (seq > m->top)
		m->top = seq;
	return SXT_REPLAY_OK;
}

static const struct model_param {
	const char *desc;
	u64 start;
	u32 window;
	bool esn;
} model_params[] = {
	{ "32 from 1", 1, 32, false },
	{ "33 from 1", 1, 33, false },
	{ "64 from 1", 1, 64, false },
	{ "100 near the end", 0xffff0000u, 100, false },
	{ "1024 near the end", 0xfffe0000u, 1024, false },
	{ "4096 from 1", 1, 4096, false },
	{ "off", 0xffff0000u, SXT_REPLAY_OFF, false },
	{ "esn 32 from 1", 1, 32, true },
	{ "esn 33 over a border", 0xfffff000u, 33, true },
	{ "esn 64 over a border", 0xfffff000u, 64, true },
	{ "esn 1000 over a border", 0x1ffff8000ull, 1000, true },
	{ "esn 1024 over a border", 0x1ffff8000ull, 1024, true },
	{ "esn 4095 over a border", 0x7ffffffffff00000ull, 4095, true },
	{ "esn 4096 over a border", 0xfffe0000u, 4096, true },
	{ "esn 4096 near the end", 0xffffffffff000000ull, 4096, true },
	{ "esn off over a border", 0xfffff000u, SXT_REPLAY_OFF, true },
};

KUNIT_ARRAY_PARAM_DESC(model, model_params, desc);

/* The next number to try: mostly the next, some late, some far up. */
static u64 pick(const struct model_param *p, u64 top, u64 *rng)
{
	u32 dice = guard_random(rng) % 16;
	u32 span = p->window ? p->window : 500;
	u32 far = guard_random(rng) % (dice ? span + 3 : 3 * span);

	if (dice < 6)
		return top + 1;
	if (dice < 9)
		return top + guard_random(rng) % 40;
	if (dice == 9)
		return top + far;
	return far <= top ? top - far : top;
}

static void window_agrees_with_the_model(struct kunit *test)
{
	const struct model_param *p = test->param_value;
	struct window *w = window_new(test, p->window, p->esn);
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	enum sxt_replay_verdict verdict, expected;
	u64 limit = p->esn ? (u64)-1 : (u32)-1;
	u32 accepted = 0;
	u64 rng = 6479;
	u64 seq;
	int i;

	KUNIT_ASSERT_EQ(test, sxt_replay_commit(&w->r, p->start),
			SXT_REPLAY_OK);
	KUNIT_ASSERT_EQ(test, model_receive(m, p->window, p->start),
			SXT_REPLAY_OK);
	for (i = 0; i < 10000; i++) {
		u64 sent = pick(p, m->top, &rng);

		/* No sender goes past its last number, nor round to 0. */
		if (sent > limit || m->top - sent + SUBSPACE > 2 * SUBSPACE)
			continue;
		verdict = sxt_replay_check(&w->r, (u32)sent, &seq);
		if (p->esn && p->window && m->top >= p->window &&
		    sent <= m->top - p->window) {
			/* Too late: taken for one of the next subspace. */
			KUNIT_ASSERT_EQ(test, seq, sent + SUBSPACE);
			KUNIT_ASSERT_EQ(test, sxt_replay_commit(&w->r, sent),
					SXT_REPLAY_OLD);
			continue;
		}
		KUNIT_ASSERT_EQ(test, seq, sent);
		/* Every fifth packet fails its ICV: nothing may change. */
		if (guard_random(&rng) % 5 == 0)
			continue;
		expected = model_receive(m, p->window, sent);
		if (!p->window && !sent)
			expected = SXT_REPLAY_OK;
		KUNIT_ASSERT_EQ_MSG(test, verdict, expected,
				    "step %d number %#llx top %#llx", i,
				    (unsigned long long)sent,
				    (unsigned long long)m->top);
		KUNIT_ASSERT_EQ(test, sxt_replay_commit(&w->r, seq), expected);
		KUNIT_ASSERT_EQ(test, w->r.top, m->top);
		accepted += expected == SXT_REPLAY_OK;
	}
	KUNIT_EXPECT_GT_MSG(test, accepted, 1000, "the model saw too little");
}

/* A stale first look is put right by the second. */
static void second_of_two_equal_packets_is_refused(struct kunit *test)
{
	struct window *w = window_new(test, 64, true);
	u64 first, second;

	KUNIT_EXPECT_EQ(test, sxt_replay_check(&w->r, 7, &first),
			SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, sxt_replay_check(&w->r, 7, &second),
			SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&w->r, first), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&w->r, second),
			SXT_REPLAY_DUP);
	KUNIT_EXPECT_EQ(test, sxt_replay_check(&w->r, 8, &second),
			SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&w->r, 100), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, sxt_replay_commit(&w->r, second),
			SXT_REPLAY_OLD);
	KUNIT_EXPECT_EQ(test, w->r.top, 100);
}

static void check_changes_nothing(struct kunit *test)
{
	struct window *w = window_new(test, 1024, true);
	struct window *before = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	u64 rng = 1;
	u64 seq;
	int i;

	(void)receive(w, 5000, &seq);
	memcpy(before, w, sizeof(*w));
	for (i = 0; i < 1000; i++)
		(void)sxt_replay_check(&w->r, guard_random(&rng), &seq);
	KUNIT_EXPECT_MEMEQ(test, w, before, sizeof(*w));
}

/* The map may end at the last byte of what the caller has. */
static void map_is_not_overrun(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	u8 *end = guard_page(test);
	u32 *map = (u32 *)(void *)end - p->words;
	struct sxt_replay r;
	u64 rng = 7;
	u64 seq = 0;
	int i;

	KUNIT_ASSERT_EQ(test, 0, sxt_replay_init(&r, map, p->window, true));
	for (i = 0; i < 3000; i++) {
		seq += 1 + guard_random(&rng) % (1u << i % 14);
		KUNIT_EXPECT_EQ(test, sxt_replay_commit(&r, seq),
				SXT_REPLAY_OK);
	}
}

static void off_passes_all_and_follows_the_top(struct kunit *test)
{
	struct window *w = window_new(test, SXT_REPLAY_OFF, false);
	u64 seq;

	KUNIT_EXPECT_EQ(test, sxt_replay_init(&w->r, NULL, SXT_REPLAY_OFF,
					      false), 0);
	KUNIT_EXPECT_EQ(test, receive(w, 0, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 90000, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 90000, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, 1, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, 1);
	KUNIT_EXPECT_EQ(test, w->r.top, 90000);
}

static void off_with_esn_infers_the_nearest(struct kunit *test)
{
	struct window *w = window_new(test, SXT_REPLAY_OFF, true);
	u64 seq;

	/* A late joiner of a multicast SA: the first subspace. */
	KUNIT_EXPECT_EQ(test, receive(w, 0xfffffff0u, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, 0xfffffff0u);
	KUNIT_EXPECT_EQ(test, receive(w, 3, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, SUBSPACE + 3);
	KUNIT_EXPECT_EQ(test, receive(w, 0x80000004u, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, 0x80000004u);
	KUNIT_EXPECT_EQ(test, w->r.top, SUBSPACE + 3);
	KUNIT_EXPECT_EQ(test, receive(w, 0x80000003u, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, SUBSPACE + 0x80000003u);
	/* Past the end the sender's counter starts again; so does this. */
	w->r.top = (u64)-1;
	KUNIT_EXPECT_EQ(test, receive(w, 1, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, 1);
}

/* Taken over at @top: what is not above it has been seen, all above is new. */
static void check_resumed(struct kunit *test, u32 size, bool esn, u64 top)
{
	struct window *w = window_new(test, size, esn);
	u64 limit = esn ? (u64)-1 : (u32)-1;
	u64 seq;
	u32 i;

	sxt_replay_resume(&w->r, top);
	KUNIT_EXPECT_EQ(test, w->r.top, top);
	for (i = 0; i < size && i <= top; i++)
		KUNIT_ASSERT_EQ(test, sxt_replay_recheck(&w->r, top - i),
				top == i ? SXT_REPLAY_ZERO : SXT_REPLAY_DUP);
	for (; i < 2 * size + 70 && i <= top; i++)
		KUNIT_ASSERT_EQ(test, sxt_replay_recheck(&w->r, top - i),
				top == i ? SXT_REPLAY_ZERO : SXT_REPLAY_OLD);
	if (limit - top < 3)
		return;
	/* One number is left out, and passes late, once. */
	KUNIT_EXPECT_EQ(test, receive(w, (u32)(top + 1), &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, top + 1);
	KUNIT_EXPECT_EQ(test, receive(w, (u32)(top + 3), &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, (u32)(top + 2), &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, receive(w, (u32)(top + 2), &seq), SXT_REPLAY_DUP);
	KUNIT_EXPECT_EQ(test, receive(w, (u32)(top + 1), &seq), SXT_REPLAY_DUP);
	KUNIT_EXPECT_EQ(test, w->r.top, top + 3);
}

static void resume_counts_all_below_as_seen(struct kunit *test)
{
	const struct size_param *p = test->param_value;
	static const u64 tops[] = {
		0, 1, 30, 31, 32, 1000, 5000, 0xfffffffcu, 0xfffffffeu,
		0xffffffffu, 0x100000000ull, 0x300000005ull, (u64)-5, (u64)-1,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tops); i++) {
		check_resumed(test, p->window, true, tops[i]);
		if (sxt_seq_valid(tops[i], false))
			check_resumed(test, p->window, false, tops[i]);
	}
}

/* One of one knows only the top; one of two also the number below. */
static void smallest_windows(struct kunit *test)
{
	u32 size;

	for (size = 1; size <= 2; size++) {
		struct window *w = window_new(test, size, false);
		u64 seq;

		KUNIT_EXPECT_EQ(test, sxt_replay_map_words(size), 1);
		KUNIT_EXPECT_EQ(test, receive(w, 7, &seq), SXT_REPLAY_OK);
		KUNIT_EXPECT_EQ(test, receive(w, 7, &seq), SXT_REPLAY_DUP);
		KUNIT_EXPECT_EQ(test, receive(w, 6, &seq),
				size == 1 ? SXT_REPLAY_OLD : SXT_REPLAY_OK);
		KUNIT_EXPECT_EQ(test, receive(w, 5, &seq), SXT_REPLAY_OLD);
		KUNIT_EXPECT_EQ(test, receive(w, 40, &seq), SXT_REPLAY_OK);
		KUNIT_EXPECT_EQ(test, receive(w, 38, &seq), SXT_REPLAY_OLD);
		KUNIT_EXPECT_EQ(test, w->r.top, 40);
	}
}

static void resume_without_a_window_moves_the_top(struct kunit *test)
{
	struct window *w = window_new(test, SXT_REPLAY_OFF, true);
	struct window *before = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	u64 seq;

	memcpy(before, w, sizeof(*w));
	sxt_replay_resume(&w->r, 5 * SUBSPACE + 7);
	KUNIT_EXPECT_EQ(test, w->r.top, 5 * SUBSPACE + 7);
	KUNIT_EXPECT_MEMEQ(test, w->map, before->map, sizeof(w->map));
	KUNIT_EXPECT_EQ(test, receive(w, 8, &seq), SXT_REPLAY_OK);
	KUNIT_EXPECT_EQ(test, seq, 5 * SUBSPACE + 8);
}

static void valid_numbers_fit_the_counter(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, sxt_seq_valid(0, false));
	KUNIT_EXPECT_TRUE(test, sxt_seq_valid(0xffffffffu, false));
	KUNIT_EXPECT_FALSE(test, sxt_seq_valid(SUBSPACE, false));
	KUNIT_EXPECT_FALSE(test, sxt_seq_valid((u64)-1, false));
	KUNIT_EXPECT_TRUE(test, sxt_seq_valid(SUBSPACE, true));
	KUNIT_EXPECT_TRUE(test, sxt_seq_valid((u64)-1, true));
}

static void sender_starts_at_one_and_never_wraps(struct kunit *test)
{
	u64 seq = 0;
	u64 out = 99;

	KUNIT_EXPECT_EQ(test, sxt_seq_left(0, false), (u32)-1);
	KUNIT_EXPECT_EQ(test, sxt_seq_left(0, true), (u64)-1);
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, false, &out), 0);
	KUNIT_EXPECT_EQ(test, out, 1);
	KUNIT_EXPECT_EQ(test, seq, 1);
	seq = 0xfffffffeu;
	KUNIT_EXPECT_EQ(test, sxt_seq_left(seq, false), 1);
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, false, &out), 0);
	KUNIT_EXPECT_EQ(test, out, 0xffffffffu);
	KUNIT_EXPECT_EQ(test, sxt_seq_left(seq, false), 0);
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, false, &out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, out, 0xffffffffu);
	KUNIT_EXPECT_EQ(test, seq, 0xffffffffu);
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, true, &out), 0);
	KUNIT_EXPECT_EQ(test, out, SUBSPACE);
	KUNIT_EXPECT_EQ(test, sxt_seq_left(seq, false), 0);
	seq = (u64)-2;
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, true, &out), 0);
	KUNIT_EXPECT_EQ(test, out, (u64)-1);
	KUNIT_EXPECT_EQ(test, sxt_seq_next(&seq, true, &out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, seq, (u64)-1);
}

static struct kunit_case replay_cases[] = {
	KUNIT_CASE_PARAM(map_words_is_the_power_of_two_that_fits,
			 size_gen_params),
	KUNIT_CASE(init_refuses_sizes_out_of_range),
	KUNIT_CASE_PARAM(window_accepts_its_bottom_and_refuses_below,
			 size_gen_params),
	KUNIT_CASE_PARAM(window_takes_all_of_itself_once, size_gen_params),
	KUNIT_CASE_PARAM(jump_keeps_the_window_and_clears_the_rest,
			 size_gen_params),
	KUNIT_CASE(zero_is_refused_wherever_the_window_is),
	KUNIT_CASE_PARAM(esn_infers_at_the_edges, esn_gen_params),
	KUNIT_CASE_PARAM(esn_infers_as_the_rfc_says, size_gen_params),
	KUNIT_CASE_PARAM(window_agrees_with_the_model, model_gen_params),
	KUNIT_CASE(second_of_two_equal_packets_is_refused),
	KUNIT_CASE(check_changes_nothing),
	KUNIT_CASE_PARAM(map_is_not_overrun, size_gen_params),
	KUNIT_CASE(off_passes_all_and_follows_the_top),
	KUNIT_CASE(off_with_esn_infers_the_nearest),
	KUNIT_CASE_PARAM(resume_counts_all_below_as_seen, size_gen_params),
	KUNIT_CASE(smallest_windows),
	KUNIT_CASE(resume_without_a_window_moves_the_top),
	KUNIT_CASE(valid_numbers_fit_the_counter),
	KUNIT_CASE(sender_starts_at_one_and_never_wraps),
	{}
};

static struct kunit_suite replay_suite = {
	.name = "sextant_replay",
	.test_cases = replay_cases,
};

kunit_test_suite(replay_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's anti-replay window");
MODULE_LICENSE("GPL");
