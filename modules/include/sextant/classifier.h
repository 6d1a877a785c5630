/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many selectors at once: an immutable set of rules that gives the lowest
 * ranked one that matches a tuple. Built in memory of the caller's, who also
 * replaces and frees it. Knows nothing of what a rule is for.
 *
 * Each selector becomes values and masks over the six words of a tuple. Rules
 * with the same masks form a space: one look into a hash table, keyed with the
 * caller's seed, finds those of them that can match. Spaces are asked in the
 * order of their best rank, and no further than the best match so far. Rules
 * whose masks are shared by fewer than SXT_SPACE_MIN rules are asked one by one
 * in order of rank. What no mask can say (ranges that are no prefix) is
 * compared in full at the end.
 *
 * Cost of a lookup, in instructions on x86-64: 40 for a lone rule that misses,
 * 55 for one that matches, 15 for each rule asked one by one, 60 to 100 for a
 * space, whatever it holds; 140 in all for one of 10,000 hosts. Worst case: each
 * rule is compared once, which takes rules of equal addresses with overlapping
 * port ranges, or fewer than SXT_SPACE_MIN rules to a combination of prefix
 * lengths. A fragment is also compared with each port rule of its addresses.
 *
 * Building takes 500 instructions a rule, and 170 bytes. To add single rules to
 * a large set, keep what was added lately in a small set of its own, built anew
 * each time, ask that first and pass the rank that it gave to the large one as
 * @below; merge when the small one has grown past the square root of twice the
 * large: at 10,000 rules an addition then costs 70,000 instructions.
 */
#ifndef SEXTANT_CLASSIFIER_H
#define SEXTANT_CLASSIFIER_H

#include <sextant/selector.h>

#define SXT_SPACE_MIN		8u
#define SXT_CLASSIFIER_MAX	1048576u	/* rules in one set */
#define SXT_RANK_NONE		((u64)-1)	/* below no rank */

/**
 * struct sxt_rule - one rule of a set
 * @sel: valid selector; must stay while the set is used
 * @rank: the lowest that matches wins; SXT_RANK_NONE is no rank
 * @owner: the caller's
 * @harmless: what could be this rule's need not be refused for that: it would
 *	pass in clear; sxt_classifier_may() passes over it
 * @pad: zero
 */
struct sxt_rule {
	const struct sxt_selector *sel;
	u64 rank;
	void *owner;
	u32 harmless;
	u32 pad;
};

/**
 * struct sxt_classifier_note - one rule that a lookup compared
 * @rule: the rule
 * @misses: enum sxt_selector_miss, 0 if it matched
 */
struct sxt_classifier_note {
	const struct sxt_rule *rule;
	u32 misses;
};

/**
 * struct sxt_classifier_log - what a lookup did, for explaining
 * @notes: memory for notes, the caller's
 * @max: how many of them
 * @count: how many rules were compared; notes past @max are not kept
 * @spaces: how many spaces were asked
 *
 * The caller sets the first two and zeroes the others; lookups add up.
 */
struct sxt_classifier_log {
	struct sxt_classifier_note *notes;
	u32 max;
	u32 count;
	u32 spaces;
};

struct sxt_classifier;

size_t sxt_classifier_size(u32 n);
int __must_check sxt_classifier_build(struct sxt_classifier *c, size_t size,
				      const struct sxt_rule *rules, u32 n,
				      u64 seed);
const struct sxt_rule *
sxt_classifier_lookup(const struct sxt_classifier *c,
		      const struct sxt_tuple *t, u64 below,
		      struct sxt_classifier_log *log);
const struct sxt_rule *
sxt_classifier_may(const struct sxt_classifier *c, const struct sxt_tuple *t,
		   u64 below, struct sxt_classifier_log *log);

#endif /* SEXTANT_CLASSIFIER_H */
