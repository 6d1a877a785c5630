// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of compiled sets of rules: against a scan of all rules, in memory
 * that ends at a guard page, and how much a lookup compares at the worst.
 */
#include <kunit/test.h>

#include "../modules/policy/classifier.c"
#include "../modules/policy/selector.c"
#include "selector_random.h"

#ifdef __KERNEL__
#include <linux/mm.h>
#include <linux/vmalloc.h>

static void free_area(void *area)
{
	vfree(area);
}

/* Ends where a page begins that is not mapped. */
static void *get_area(struct kunit *test, size_t size)
{
	u8 *area = vzalloc(PAGE_ALIGN(size));

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_area, area));
	return area + (PAGE_ALIGN(size) - size);
}

#else

static void *get_area(struct kunit *test, size_t size)
{
	return kunit_kzalloc(test, size, GFP_KERNEL);
}

#endif

struct world {
	u32 n;
	struct sxt_selector *sel;
	struct sxt_rule *rules;
	struct sxt_classifier *c;
	size_t size;
};

static void make_world(struct kunit *test, struct world *w, u32 n)
{
	u32 i;

	w->n = n;
	w->sel = get_area(test, (n + 1) * sizeof(*w->sel));
	w->rules = get_area(test, (n + 1) * sizeof(*w->rules));
	w->size = sxt_classifier_size(n);
	KUNIT_ASSERT_TRUE(test, w->size && w->size % sizeof(u64) == 0);
	w->c = get_area(test, w->size);
	for (i = 0; i < n; i++) {
		w->rules[i].sel = &w->sel[i];
		w->rules[i].rank = i * 3 + 1;
		w->rules[i].owner = &w->sel[i];
		w->rules[i].harmless = i % 3 == 1;
		sxt_selector_any(&w->sel[i]);
	}
}

static void build_world(struct kunit *test, struct world *w, u64 seed)
{
	u32 i;

	for (i = 0; i < w->n; i++) {
		KUNIT_ASSERT_EQ(test, 0,
				sxt_selector_validate(&w->sel[i], NULL));
	}
	KUNIT_ASSERT_EQ(test, 0, sxt_classifier_build(w->c, w->size, w->rules,
						      w->n, seed));
}

static const struct sxt_rule *scan(const struct world *w,
				   const struct sxt_tuple *t, u64 below,
				   bool may)
{
	u32 i;

	for (i = 0; i < w->n && w->rules[i].rank < below; i++) {
		if (oracle_match(&w->sel[i], t, may) &&
		    !(may && w->rules[i].harmless))
			return &w->rules[i];
	}
	return NULL;
}

static bool same_rule(const struct sxt_rule *a, const struct sxt_rule *b)
{
	if (!a || !b)
		return !a && !b;
	return a->rank == b->rank && a->owner == b->owner && a->sel == b->sel;
}

/* A lookup tells the same as a scan of all rules. */
static bool agrees(const struct world *w, const struct sxt_tuple *t, u64 below)
{
	return same_rule(scan(w, t, below, false),
			 sxt_classifier_lookup(w->c, t, below, NULL));
}

static bool may_agrees(const struct world *w, const struct sxt_tuple *t,
		       u64 below)
{
	return same_rule(scan(w, t, below, true),
			 sxt_classifier_may(w->c, t, below, NULL));
}

static void host_rule(struct sxt_selector *sel, u32 host)
{
	sxt_selector_any_of(sel, SXT_IPV4);
	put_unaligned_be32(0x0a000000 + host, sel->dst_first.b);
	sel->dst_last = sel->dst_first;
}

static void host_tuple(struct sxt_tuple *t, u32 host)
{
	memset(t, 0, sizeof(*t));
	t->family = SXT_IPV4;
	t->proto = SXT_PROTO_UDP;
	t->flags = SXT_TUPLE_PROTO | SXT_TUPLE_PORTS;
	t->sport = 1;
	t->dport = 2;
	put_unaligned_be32(0xc0000201, t->src.b);
	put_unaligned_be32(0x0a000000 + host, t->dst.b);
}

static void empty_set_matches_nothing(struct kunit *test)
{
	struct sxt_tuple t;
	struct world w;

	make_world(test, &w, 0);
	build_world(test, &w, 1);
	host_tuple(&t, 1);
	KUNIT_EXPECT_TRUE(test, !sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE,
						       NULL));
	KUNIT_EXPECT_TRUE(test, !sxt_classifier_may(w.c, &t, SXT_RANK_NONE,
						    NULL));
}

static void bad_sets_are_refused(struct kunit *test)
{
	struct world w;

	KUNIT_EXPECT_EQ(test, sxt_classifier_size(SXT_CLASSIFIER_MAX + 1), 0);
	KUNIT_EXPECT_TRUE(test, sxt_classifier_size(SXT_CLASSIFIER_MAX) > 0);
	make_world(test, &w, 3);
	build_world(test, &w, 1);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sxt_classifier_build(w.c, w.size - 1, w.rules, 3, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sxt_classifier_build(w.c, (size_t)-1, NULL,
					     SXT_CLASSIFIER_MAX + 1, 1));
	w.rules[2].rank = w.rules[1].rank;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sxt_classifier_build(w.c, w.size, w.rules, 3, 1));
	w.rules[2].rank = w.rules[1].rank - 1;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sxt_classifier_build(w.c, w.size, w.rules, 3, 1));
	w.rules[2].rank = SXT_RANK_NONE;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sxt_classifier_build(w.c, w.size, w.rules, 3, 1));
	w.rules[2].rank = SXT_RANK_NONE - 1;
	KUNIT_EXPECT_EQ(test, 0,
			sxt_classifier_build(w.c, w.size, w.rules, 3, 1));
}

static void lowest_rank_wins(struct kunit *test)
{
	const struct sxt_rule *rule;
	struct sxt_tuple t;
	struct world w;
	u32 i;

	/* Hosts, a prefix over them, a range, and all: each of them twice. */
	make_world(test, &w, 40);
	for (i = 0; i < 32; i++)
		host_rule(&w.sel[i + 2], i / 2);
	sxt_selector_any_of(&w.sel[0], SXT_IPV4);
	host_rule(&w.sel[0], 5);
	put_unaligned_be32(0x0a000006, w.sel[0].dst_last.b);
	host_rule(&w.sel[1], 7);
	for (i = 34; i < 40; i++)
		sxt_selector_any(&w.sel[i]);
	build_world(test, &w, 7);
	for (i = 0; i < 20; i++) {
		u32 want = 34;

		if (i < 16)
			want = 2 + 2 * i;
		if (i == 5 || i == 6)
			want = 0;
		if (i == 7)
			want = 1;
		host_tuple(&t, i);
		rule = sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE, NULL);
		KUNIT_ASSERT_NOT_NULL(test, rule);
		KUNIT_EXPECT_EQ(test, rule->rank, w.rules[want].rank);
		/* No rule at or above the bound. */
		KUNIT_EXPECT_TRUE(test,
				  !sxt_classifier_lookup(w.c, &t, rule->rank,
							 NULL));
		rule = sxt_classifier_lookup(w.c, &t, rule->rank + 1, NULL);
		KUNIT_ASSERT_NOT_NULL(test, rule);
		KUNIT_EXPECT_EQ(test, rule->rank, w.rules[want].rank);
	}
}

/* The masks of a range are its common prefix, wherever its ends part. */
static void masks_are_the_common_prefix(struct kunit *test)
{
	u64 state = 64;
	u32 i, bit;

	KUNIT_EXPECT_EQ(test, common_mask(5, 5), (u64)-1);
	for (i = 0; i < 64 * 50; i++) {
		u64 first = (u64)random_u32(&state) << 32 | random_u32(&state);
		u64 last = first ^ ((u64)random_u32(&state) << 32 |
				    random_u32(&state));

		bit = i % 64;
		/* They part at this bit, and some do so nowhere else. */
		last = first ^ (((first ^ last) & (((u64)1 << bit) - 1)) |
				(u64)1 << bit);
		if (i % 3 == 0)
			last = first ^ (u64)1 << bit;
		KUNIT_ASSERT_EQ_MSG(test, common_mask(first, last),
				    ~(((u64)1 << bit) | (((u64)1 << bit) - 1)),
				    "bit %u", bit);
	}
}

/* What a mask can say is not compared a second time. */
static void only_ranges_are_compared_in_full(struct kunit *test)
{
	struct sxt_rule rule = { .rank = 1 };
	struct sxt_selector sel;
	struct entry e;
	u32 bits;

	rule.sel = &sel;
	for (bits = 0; bits <= 32; bits++) {
		u32 host = (u32)((1ull << (32 - bits)) - 1);

		sxt_selector_any_of(&sel, SXT_IPV4);
		put_unaligned_be32(0xaaaaaaaa & ~host, sel.src_first.b);
		put_unaligned_be32(0xaaaaaaaa | host, sel.src_last.b);
		sel.dst_first = sel.src_first;
		sel.dst_last = sel.src_last;
		sel.proto_set = 1;
		sel.proto = SXT_PROTO_UDP;
		sel.sport_first = 5;
		sel.sport_last = 5;
		KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
		compile(&e, &rule);
		KUNIT_EXPECT_EQ(test, e.full, 0);
		sel.dport_last = 1023;
		KUNIT_ASSERT_EQ(test, 0, sxt_selector_validate(&sel, NULL));
		compile(&e, &rule);
		KUNIT_EXPECT_EQ(test, e.full, 1);
	}
	sxt_selector_any_of(&sel, SXT_IPV6);
	memset(&sel.dst_last, 0, 16);
	sel.dst_last.b[8] = 0xfe;
	compile(&e, &rule);
	KUNIT_EXPECT_EQ(test, e.full, 1);
	memset(sel.dst_last.b + 8, 0xff, 8);
	compile(&e, &rule);
	KUNIT_EXPECT_EQ(test, e.full, 0);
	sel.dst_first.b[15] = 1;
	compile(&e, &rule);
	KUNIT_EXPECT_EQ(test, e.full, 1);
}

static const struct random_param {
	const char *desc;
	u32 rules;
	u32 sets;
	u32 tuples;
} random_params[] = {
	{ "1 rule", 1, 200, 20 },
	{ "2 rules", 2, 100, 20 },
	{ "8 rules", 8, 50, 40 },
	{ "50 rules", 50, 20, 200 },
	{ "500 rules", 500, 4, 1000 },
	{ "4000 rules", 4000, 1, 3000 },
};

KUNIT_ARRAY_PARAM_DESC(random, random_params, desc);

static void random_sets_answer_like_a_scan(struct kunit *test)
{
	const struct random_param *p = test->param_value;
	u64 state = p->rules;
	u32 set, i, k, hits = 0;
	struct world w;

	make_world(test, &w, p->rules);
	for (set = 0; set < p->sets; set++) {
		for (i = 0; i < p->rules; i++)
			random_selector(&state, &w.sel[i]);
		/* Copies make long chains; pairs of hosts make spaces. */
		for (i = 0; i + 1 < p->rules; i += 5) {
			k = random_u32(&state) % p->rules;
			w.sel[i] = w.sel[k];
			random_addr(&state, SXT_IPV6, &w.sel[i + 1].dst_first);
			random_addr(&state, SXT_IPV6, &w.sel[i + 1].src_first);
			w.sel[i + 1].dst_last = w.sel[i + 1].dst_first;
			w.sel[i + 1].src_last = w.sel[i + 1].src_first;
			w.sel[i + 1].family = SXT_IPV6;
			if (w.sel[i + 1].proto == SXT_PROTO_ICMP)
				w.sel[i + 1].proto = SXT_PROTO_ICMPV6;
		}
		build_world(test, &w, state);
		for (i = 0; i < p->tuples; i++) {
			struct sxt_tuple t;
			u64 below = SXT_RANK_NONE;

			random_tuple(&state, &t);
			if (i % 4 == 0)
				below = random_u32(&state) %
					(3 * p->rules + 3);
			KUNIT_ASSERT_TRUE_MSG(test, agrees(&w, &t, below),
					      "set %u, tuple %u", set, i);
			KUNIT_ASSERT_TRUE_MSG(test, may_agrees(&w, &t, below),
					      "set %u, tuple %u", set, i);
			hits += !!scan(&w, &t, below, false);
		}
	}
	KUNIT_EXPECT_GT(test, hits, 20);
}

/* A lookup with a log is the same lookup, and the log tells the truth. */
static void log_changes_nothing_and_is_true(struct kunit *test)
{
	struct sxt_classifier_note notes[64];
	const struct sxt_rule *rule;
	struct sxt_tuple t;
	struct world w;
	u64 state = 42;
	u32 i, k;

	make_world(test, &w, 300);
	for (i = 0; i < w.n; i++)
		random_selector(&state, &w.sel[i]);
	build_world(test, &w, 42);
	for (i = 0; i < 2000; i++) {
		struct sxt_classifier_log log = { .notes = notes, .max = 64 };
		struct sxt_classifier_log none = { .max = 0 };
		u32 matched = 0;

		random_tuple(&state, &t);
		rule = sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE, &log);
		KUNIT_ASSERT_TRUE(test, rule ==
				  sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE,
							NULL));
		KUNIT_ASSERT_TRUE(test, rule ==
				  sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE,
							&none));
		KUNIT_ASSERT_EQ(test, log.count, none.count);
		KUNIT_ASSERT_EQ(test, log.spaces, none.spaces);
		for (k = 0; k < log.count && k < 64; k++) {
			KUNIT_ASSERT_EQ(test, notes[k].misses,
					sxt_selector_misses(notes[k].rule->sel,
							    &t));
			matched += notes[k].rule == rule;
			if (!notes[k].misses)
				KUNIT_ASSERT_TRUE(test, rule &&
						  rule->rank <=
						  notes[k].rule->rank);
		}
		if (log.count <= 64)
			KUNIT_ASSERT_EQ(test, matched, !!rule);
	}
}

/* RFC 4301 7.4: a fragment of what is to be protected does not get past. */
static void harmless_rules_hide_no_others(struct kunit *test)
{
	const struct sxt_rule *rule;
	struct sxt_tuple t;
	struct world w;
	u32 i;

	make_world(test, &w, 3);
	for (i = 0; i < 3; i++) {
		host_rule(&w.sel[i], 1);
		w.rules[i].harmless = i != 1;
	}
	for (i = 0; i < 2; i++) {
		w.sel[i].proto_set = 1;
		w.sel[i].proto = SXT_PROTO_UDP;
		w.sel[i].dport_first = (u16)(100 + i);
		w.sel[i].dport_last = (u16)(100 + i);
	}
	build_world(test, &w, 1);
	host_tuple(&t, 1);
	t.flags = SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT;
	t.sport = 0;
	t.dport = 0;
	rule = sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE, NULL);
	KUNIT_ASSERT_NOT_NULL(test, rule);
	KUNIT_EXPECT_EQ(test, rule->rank, w.rules[2].rank);
	rule = sxt_classifier_may(w.c, &t, rule->rank, NULL);
	KUNIT_ASSERT_NOT_NULL(test, rule);
	KUNIT_EXPECT_EQ(test, rule->rank, w.rules[1].rank);
	/* Another protocol is neither's. */
	t.proto = SXT_PROTO_TCP;
	KUNIT_EXPECT_TRUE(test, !sxt_classifier_may(w.c, &t, SXT_RANK_NONE,
						    NULL));
}

static void log_stops_at_its_end(struct kunit *test)
{
	struct sxt_classifier_note notes[4];
	struct sxt_classifier_log log = { .notes = notes, .max = 3 };
	struct sxt_tuple t;
	struct world w;
	u32 i;

	make_world(test, &w, 6);
	for (i = 0; i < 6; i++) {
		host_rule(&w.sel[i], 1);
		w.sel[i].proto_set = 1;
		w.sel[i].proto = (u8)(100 + i);
	}
	build_world(test, &w, 3);
	memset(notes, 0x5a, sizeof(notes));
	host_tuple(&t, 1);
	KUNIT_EXPECT_TRUE(test, !sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE,
						       &log));
	KUNIT_EXPECT_EQ(test, log.count, 6);
	KUNIT_EXPECT_EQ(test, notes[2].misses, SXT_MISS_PROTO);
	KUNIT_EXPECT_EQ(test, ((u8 *)&notes[3])[0], 0x5a);
}

enum shape {
	HOSTS,		/* 10.x.y.z each */
	PREFIXES,	/* of 24 to 32 bits */
	PAIRS,		/* of hosts, with a port */
	OVERLAPPING,	/* same addresses, ranges of ports */
	SCATTERED,	/* few rules to a combination of prefix lengths */
};

static const struct shape_param {
	const char *desc;
	enum shape shape;
	u32 rules;
	u32 most;	/* comparisons in any lookup */
	u32 spaces;	/* asked in any lookup */
	u32 most_may;	/* comparisons for a fragment */
} shape_params[] = {
	{ "1 host", HOSTS, 1, 1, 0, 1 },
	{ "1,000 hosts", HOSTS, 1000, 12, 1, 12 },
	{ "10,000 hosts", HOSTS, 10000, 12, 1, 12 },
	{ "10,000 prefixes", PREFIXES, 10000, 30, 9, 30 },
	{ "10,000 pairs with ports", PAIRS, 10000, 12, 1, 12 },
	{ "1,000 overlapping port ranges", OVERLAPPING, 1000, 1000, 1, 1000 },
	{ "1,000 scattered", SCATTERED, 1000, 1000, 0, 1000 },
};

KUNIT_ARRAY_PARAM_DESC(shape, shape_params, desc);

static void shape_rule(struct sxt_selector *sel, enum shape shape, u32 i)
{
	u32 bits = 24 + i % 9;

	host_rule(sel, i);
	switch (shape) {
	case HOSTS:
		break;
	case PREFIXES:
		host_rule(sel, i << 8);
		put_unaligned_be32(0x0a000000 + (i << 8) +
				   (u32)((1ull << (32 - bits)) - 1),
				   sel->dst_last.b);
		break;
	case PAIRS:
		put_unaligned_be32(0xc0000200 + i % 7, sel->src_first.b);
		sel->src_last = sel->src_first;
		sel->proto_set = 1;
		sel->proto = SXT_PROTO_UDP;
		sel->dport_first = (u16)(i % 3);
		sel->dport_last = sel->dport_first;
		break;
	case OVERLAPPING:
		host_rule(sel, 0);
		sel->proto_set = 1;
		sel->proto = SXT_PROTO_UDP;
		sel->dport_first = (u16)(10 + i);
		sel->dport_last = (u16)(11 + i);
		break;
	case SCATTERED:
		host_rule(sel, 0);
		sxt_selector_any_of(sel, SXT_IPV6);
		memset(sel->src_first.b, 0, 16);
		memset(sel->dst_first.b, 0, 16);
		sel->src_first.b[i % 100 / 8] |= (u8)(0x80 >> i % 100 % 8);
		sel->src_last = sel->src_first;
		for (bits = i % 100 + 1; bits < 128; bits++)
			sel->src_last.b[bits / 8] |= (u8)(0x80 >> bits % 8);
		for (bits = i / 100 * 8; bits < 128; bits++)
			sel->dst_last.b[bits / 8] |= (u8)(0x80 >> bits % 8);
		for (bits = 0; bits < i / 100 * 8; bits++)
			sel->dst_last.b[bits / 8] &= (u8)~(0x80 >> bits % 8);
		break;
	}
}

static void lookups_compare_no_more_than_stated(struct kunit *test)
{
	const struct shape_param *p = test->param_value;
	u64 state = 10000, compared = 0;
	struct sxt_tuple t;
	struct world w;
	u32 i;

	make_world(test, &w, p->rules);
	for (i = 0; i < p->rules; i++)
		shape_rule(&w.sel[i], p->shape, i);
	build_world(test, &w, 0x5eed);
	for (i = 0; i < 4000; i++) {
		struct sxt_classifier_log log = { .max = 0 };
		struct sxt_classifier_log may_log = { .max = 0 };
		u32 host = random_u32(&state) % (p->rules + 100);

		host_tuple(&t, p->shape == PREFIXES ? host << 8 : host);
		put_unaligned_be32(0xc0000200 + host % 7, t.src.b);
		t.dport = (u16)(host % 3);
		sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE, &log);
		KUNIT_ASSERT_LE(test, log.count, p->most);
		KUNIT_ASSERT_LE(test, log.spaces, p->spaces);
		compared += log.count;
		/* Not for all: on emulated machines it takes its time. */
		if (i % 16 == 0)
			KUNIT_ASSERT_TRUE(test, agrees(&w, &t, SXT_RANK_NONE));
		t.flags = SXT_TUPLE_PROTO | SXT_TUPLE_FRAGMENT;
		t.sport = 0;
		t.dport = 0;
		sxt_classifier_may(w.c, &t, SXT_RANK_NONE, &may_log);
		KUNIT_ASSERT_LE(test, may_log.count, p->most_may);
		KUNIT_ASSERT_LE(test, may_log.spaces, p->spaces);
		if (i % 16 == 0)
			KUNIT_ASSERT_TRUE(test,
					  may_agrees(&w, &t, SXT_RANK_NONE));
	}
	/* A table: one comparison for the match, one and a bit for chance. */
	if (p->most <= 12)
		KUNIT_EXPECT_LE(test, compared, 4000 * 5 / 2);
}

/* Who does not know the seed can't tell which rules share a chain. */
static void seed_moves_the_chains(struct kunit *test)
{
	struct sxt_classifier_log a = { .max = 0 }, b = { .max = 0 };
	u32 i, differ = 0;
	struct sxt_tuple t;
	struct world w, v;

	make_world(test, &w, 1000);
	make_world(test, &v, 1000);
	for (i = 0; i < 1000; i++) {
		host_rule(&w.sel[i], i);
		host_rule(&v.sel[i], i);
	}
	build_world(test, &w, 1);
	build_world(test, &v, 2);
	for (i = 0; i < 1000; i++) {
		u32 before_a = a.count, before_b = b.count;

		host_tuple(&t, i);
		sxt_classifier_lookup(w.c, &t, SXT_RANK_NONE, &a);
		sxt_classifier_lookup(v.c, &t, SXT_RANK_NONE, &b);
		differ += a.count - before_a != b.count - before_b;
	}
	KUNIT_EXPECT_GT(test, differ, 100);
}

static void every_size_fits_its_memory(struct kunit *test)
{
	struct sxt_tuple t;
	struct world w;
	u64 state = 3;
	u32 n, i;

	for (n = 0; n <= 20; n++) {
		make_world(test, &w, n);
		for (i = 0; i < n; i++)
			host_rule(&w.sel[i], i % 12);
		build_world(test, &w, n);
		for (i = 0; i < 50; i++) {
			host_tuple(&t, random_u32(&state) % 14);
			KUNIT_ASSERT_TRUE(test, agrees(&w, &t, SXT_RANK_NONE));
		}
	}
}

static struct kunit_case classifier_cases[] = {
	KUNIT_CASE(empty_set_matches_nothing),
	KUNIT_CASE(bad_sets_are_refused),
	KUNIT_CASE(lowest_rank_wins),
	KUNIT_CASE(masks_are_the_common_prefix),
	KUNIT_CASE(only_ranges_are_compared_in_full),
	KUNIT_CASE_PARAM(random_sets_answer_like_a_scan, random_gen_params),
	KUNIT_CASE(log_changes_nothing_and_is_true),
	KUNIT_CASE(harmless_rules_hide_no_others),
	KUNIT_CASE(log_stops_at_its_end),
	KUNIT_CASE_PARAM(lookups_compare_no_more_than_stated, shape_gen_params),
	KUNIT_CASE(seed_moves_the_chains),
	KUNIT_CASE(every_size_fits_its_memory),
	{}
};

static struct kunit_suite classifier_suite = {
	.name = "sextant_classifier",
	.test_cases = classifier_cases,
};

kunit_test_suite(classifier_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's sets of rules");
MODULE_LICENSE("GPL");
