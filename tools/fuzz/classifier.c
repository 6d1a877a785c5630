// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes compiled sets of rules. The input stands in for the random numbers
 * that selectors and tuples are made from. What must hold: no byte outside of
 * the set's memory is touched; a lookup, of either kind and with any bound,
 * tells what a scan of all rules tells; a log changes nothing.
 */
#include "fuzz.h"

#define MOST	96u

static const u8 *input;
static size_t left;

/* Four bytes of the input, as long as there are any. */
static u32 random_u32(u64 *state)
{
	u32 v;

	if (left < 4) {
		*state = *state * 6364136223846793005ull + 1;
		return (u32)(*state >> 32);
	}
	v = get_unaligned_be32(input);
	input += 4;
	left -= 4;
	return v;
}

#define random_u32 random_u32

#include "../../modules/policy/classifier.c"
#include "../../modules/policy/selector.c"
#include "../../kunit/selector_random.h"

static const struct sxt_rule *scan(const struct sxt_rule *rules, u32 n,
				   const struct sxt_tuple *t, u64 below,
				   bool may)
{
	u32 i;

	for (i = 0; i < n && rules[i].rank < below; i++) {
		if (oracle_match(rules[i].sel, t, may) &&
		    !(may && rules[i].harmless))
			return &rules[i];
	}
	return NULL;
}

static void check(const struct sxt_classifier *c, const struct sxt_rule *rules,
		  u32 n, const struct sxt_tuple *t, u64 below)
{
	struct sxt_classifier_note notes[8];
	struct sxt_classifier_log log = { .notes = notes, .max = 8 };
	const struct sxt_rule *a, *b;

	a = scan(rules, n, t, below, false);
	b = sxt_classifier_lookup(c, t, below, NULL);
	FUZZ_ASSERT(!a == !b && (!a || a->owner == b->owner));
	FUZZ_ASSERT(b == sxt_classifier_lookup(c, t, below, &log));
	FUZZ_ASSERT(log.count <= n && log.spaces <= n / SXT_SPACE_MIN);

	a = scan(rules, n, t, below, true);
	b = sxt_classifier_may(c, t, below, NULL);
	FUZZ_ASSERT(!a == !b && (!a || a->owner == b->owner));
	log.count = 0;
	FUZZ_ASSERT(b == sxt_classifier_may(c, t, below, &log));
	FUZZ_ASSERT(log.count <= n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sxt_selector sel[MOST];
	struct sxt_rule rules[MOST];
	struct sxt_classifier *c;
	struct sxt_tuple t;
	u64 state = 1;
	size_t room;
	u32 n, i;

	if (size < 2)
		return 0;
	n = data[0] % (MOST + 1);
	input = data + 1;
	left = size - 1;
	for (i = 0; i < n; i++) {
		u32 r = random_u32(&state);

		if (i && r % 4 == 0)
			sel[i] = sel[r / 4 % i];
		else
			random_selector(&state, &sel[i]);
		FUZZ_ASSERT(!sxt_selector_validate(&sel[i], NULL));
		rules[i].sel = &sel[i];
		rules[i].rank = i ? rules[i - 1].rank + 1 + (r >> 30) : 0;
		rules[i].owner = &sel[i];
		rules[i].harmless = r >> 29 & 1;
	}
	room = sxt_classifier_size(n);
	c = malloc(room);
	FUZZ_ASSERT(c);
	FUZZ_ASSERT(!sxt_classifier_build(c, room, rules, n, random_u32(&state)));
	for (i = 0; i < 16; i++) {
		random_tuple(&state, &t);
		check(c, rules, n, &t, SXT_RANK_NONE);
		check(c, rules, n, &t, random_u32(&state) % 256);
	}
	free(c);
	return 0;
}
