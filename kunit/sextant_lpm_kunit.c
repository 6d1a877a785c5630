// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the longest prefix match: the trie against a plain list of
 * prefixes, with keys that share many bits and keys that share few, and after
 * each change the trie's own promises.
 */
#include <kunit/test.h>

#include "guard.h"
#include "../modules/ipv6/lpm.c"

#define PREFIXES	160u
#define NODES		(2 * PREFIXES + 2)

struct model_prefix {
	struct sxt_lpm_key key;
	u32 len;
	bool used;
};

/* One test at a time runs; too large for a kernel stack. */
static struct world {
	struct sxt_lpm trie;
	struct sxt_lpm_node node[NODES];
	bool taken[NODES];
	struct model_prefix prefix[PREFIXES];
	u32 count;
	u64 random;
} world;

static void world_reset(u64 seed)
{
	memset(&world, 0, sizeof(world));
	world.random = seed;
}

static u32 nodes_taken(void)
{
	u32 i, n = 0;

	for (i = 0; i < NODES; i++)
		n += world.taken[i];
	return n;
}

static struct sxt_lpm_node *node_take(struct kunit *test)
{
	u32 i;

	for (i = 0; i < NODES && world.taken[i]; i++)
		;
	KUNIT_ASSERT_TRUE(test, i < NODES);
	world.taken[i] = true;
	memset(&world.node[i], 0xa5, sizeof(world.node[i]));
	return &world.node[i];
}

static void node_give(struct sxt_lpm_node *node)
{
	if (!node)
		return;
	world.taken[node - world.node] = false;
	memset(node, 0x5a, sizeof(*node));
}

/* @spread: bits in which keys differ at all, so that prefixes nest. */
static struct sxt_lpm_key random_key(u32 spread)
{
	struct sxt_lpm_key key = { .w = { 0x20010db800000000ull, 0 } };
	u32 i;

	for (i = 0; i < spread; i++) {
		u32 at = i * 128 / spread;

		if (guard_random(&world.random) & 1)
			key.w[at / 64] ^= 1ull << (63 - at % 64);
	}
	return key;
}

static bool has_prefix(const struct sxt_lpm_key *key,
		       const struct model_prefix *p)
{
	u32 i;

	for (i = 0; i < p->len; i++)
		if ((key->w[i / 64] ^ p->key.w[i / 64]) >> (63 - i % 64) & 1)
			return false;
	return true;
}

static struct model_prefix *model_match(const struct sxt_lpm_key *key,
					u32 shorter_than)
{
	struct model_prefix *best = NULL;
	u32 i;

	for (i = 0; i < PREFIXES; i++) {
		struct model_prefix *p = &world.prefix[i];

		if (p->used && p->len < shorter_than && has_prefix(key, p) &&
		    (!best || p->len > best->len))
			best = p;
	}
	return best;
}

/* Order of a walk. */
static int model_cmp(const struct sxt_lpm_key *a, u32 a_len,
		     const struct sxt_lpm_key *b, u32 b_len)
{
	u32 i;

	for (i = 0; i < 2; i++)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return a_len < b_len ? -1 : a_len > b_len;
}

static struct model_prefix *model_next(const struct sxt_lpm_key *key, u32 len)
{
	struct model_prefix *best = NULL;
	u32 i;

	for (i = 0; i < PREFIXES; i++) {
		struct model_prefix *p = &world.prefix[i];

		if (p->used && model_cmp(&p->key, p->len, key, len) > 0 &&
		    (!best || model_cmp(&p->key, p->len, &best->key,
					best->len) < 0))
			best = p;
	}
	return best;
}

static void add(struct kunit *test, struct sxt_lpm_key key, u32 len)
{
	struct sxt_lpm_node *spare[2], *node;
	struct model_prefix *p;
	u32 i;

	if (sxt_lpm_find(&world.trie, &key, (u8)len))
		return;
	for (i = 0; i < PREFIXES && world.prefix[i].used; i++)
		;
	KUNIT_ASSERT_TRUE(test, i < PREFIXES);
	p = &world.prefix[i];
	p->key = mask(&key, len);
	p->len = len;
	p->used = true;
	spare[0] = node_take(test);
	spare[1] = node_take(test);
	node = sxt_lpm_insert(&world.trie, &key, (u8)len, p, spare);
	node_give(spare[0]);
	node_give(spare[1]);
	KUNIT_ASSERT_TRUE(test, (void *)p == sxt_lpm_value(node));
	KUNIT_ASSERT_TRUE(test, node == sxt_lpm_find(&world.trie, &key, (u8)len));
	world.count++;
}

static void del(struct kunit *test, struct model_prefix *p)
{
	struct sxt_lpm_node *gone[2], *node;

	node = sxt_lpm_find(&world.trie, &p->key, (u8)p->len);
	KUNIT_ASSERT_NOT_NULL(test, node);
	sxt_lpm_remove(&world.trie, node, gone);
	node_give(gone[0]);
	node_give(gone[1]);
	p->used = false;
	world.count--;
	KUNIT_ASSERT_TRUE(test, !sxt_lpm_find(&world.trie, &p->key, (u8)p->len));
}

/* Parents, branchings with two children, keys without stray bits. */
static void check_node(struct kunit *test, struct sxt_lpm_node *node,
		       struct sxt_lpm_node *parent)
{
	struct sxt_lpm_key masked = mask(&node->key, node->len);
	u32 i;

	KUNIT_ASSERT_TRUE(test, world.taken[node - world.node]);
	KUNIT_ASSERT_TRUE(test, parent == node->parent);
	KUNIT_ASSERT_EQ(test, 0, memcmp(&masked, &node->key, sizeof(masked)));
	if (parent) {
		KUNIT_ASSERT_TRUE(test, node->len > parent->len);
		KUNIT_ASSERT_TRUE(test, parent->len <=
				  common(&node->key, &parent->key));
	}
	if (!node->value) {
		KUNIT_ASSERT_NOT_NULL(test, node->child[0]);
		KUNIT_ASSERT_NOT_NULL(test, node->child[1]);
	}
	for (i = 0; i < 2; i++)
		if (node->child[i])
			KUNIT_ASSERT_EQ(test, i, bit_of(&node->child[i]->key,
							node->len));
}

static void check_trie(struct kunit *test)
{
	struct sxt_lpm_node *node = world.trie.root, *up;
	u32 seen = 0;

	/* a walk by pointers: down first, then to the next sibling */
	for (up = NULL; node; ) {
		check_node(test, node, node->parent);
		seen++;
		if (node->child[0] || node->child[1]) {
			up = node;
			node = up->child[0] ? up->child[0] : up->child[1];
			KUNIT_ASSERT_TRUE(test, up == node->parent);
			continue;
		}
		for (up = node->parent; up && (up->child[1] == node ||
					       !up->child[1]); up = up->parent)
			node = up;
		node = up ? up->child[1] : NULL;
	}
	KUNIT_ASSERT_EQ(test, seen, nodes_taken());
	KUNIT_ASSERT_LE(test, seen, world.count ? 2 * world.count - 1 : 0);
}

static void check_lookup(struct kunit *test, const struct sxt_lpm_key *key)
{
	struct sxt_lpm_node *node = sxt_lpm_match(&world.trie, key);
	struct model_prefix *p = model_match(key, 129);

	while (p && node) {
		KUNIT_ASSERT_TRUE(test, (void *)p == sxt_lpm_value(node));
		p = model_match(key, p->len);
		node = sxt_lpm_shorter(node);
	}
	KUNIT_ASSERT_TRUE(test, !p && !node);
}

static bool in_order(const struct sxt_lpm_node *a,
		     const struct sxt_lpm_node *b)
{
	return model_cmp(&a->key, a->len, &b->key, b->len) < 0;
}

static void check_walk(struct kunit *test)
{
	struct sxt_lpm_node *node = sxt_lpm_first(&world.trie);
	struct sxt_lpm_node *last = NULL;
	u32 n = 0;

	for (; node; node = sxt_lpm_next(&world.trie, &node->key, node->len)) {
		KUNIT_ASSERT_LE(test, ++n, world.count);
		if (last)
			KUNIT_ASSERT_TRUE(test, in_order(last, node));
		last = node;
	}
	KUNIT_ASSERT_EQ(test, n, world.count);
}

/* From any place, also one where no prefix is. */
static void check_next(struct kunit *test, const struct sxt_lpm_key *key,
		       u32 len)
{
	struct sxt_lpm_key from = mask(key, len);
	struct model_prefix *p = model_next(&from, len);
	struct sxt_lpm_node *node = sxt_lpm_next(&world.trie, &from, (u8)len);

	KUNIT_ASSERT_EQ(test, !p, !node);
	if (p)
		KUNIT_ASSERT_TRUE(test, (void *)p == sxt_lpm_value(node));
}

static void empty_has_nothing(struct kunit *test)
{
	const struct sxt_lpm_key key = { .w = { 1, 2 } };

	world_reset(1);
	KUNIT_EXPECT_TRUE(test, !sxt_lpm_match(&world.trie, &key));
	KUNIT_EXPECT_TRUE(test, !sxt_lpm_find(&world.trie, &key, 0));
	KUNIT_EXPECT_TRUE(test, !sxt_lpm_first(&world.trie));
	KUNIT_EXPECT_TRUE(test, !sxt_lpm_next(&world.trie, &key, 128));
}

/* One key, all 129 lengths, in and out again in another order. */
static void all_lengths_nest(struct kunit *test)
{
	const struct sxt_lpm_key ones = { .w = { ~0ull, ~0ull } };
	struct sxt_lpm_key key;
	u32 i;

	world_reset(2);
	for (i = 0; i <= 128; i++)
		add(test, ones, i * 50 % 129);
	check_trie(test);
	check_walk(test);
	for (i = 0; i < 128; i++) {
		key = ones;
		key.w[i / 64] ^= 1ull << (63 - i % 64);
		check_lookup(test, &key);
		KUNIT_EXPECT_EQ(test, i,
				(u32)sxt_lpm_match(&world.trie, &key)->len);
	}
	check_lookup(test, &ones);
	for (i = 0; i <= 128; i++) {
		del(test, &world.prefix[i * 70 % 129]);
		check_trie(test);
		check_lookup(test, &ones);
	}
	KUNIT_EXPECT_TRUE(test, !world.trie.root);
	KUNIT_EXPECT_EQ(test, nodes_taken(), 0);
}

static void a_branching_becomes_a_prefix(struct kunit *test)
{
	const struct sxt_lpm_key a = { .w = { 0, 0 } };
	const struct sxt_lpm_key b = { .w = { 1ull << 63, 0 } };
	struct sxt_lpm_node *root;

	world_reset(3);
	add(test, a, 128);
	add(test, b, 128);
	root = world.trie.root;
	KUNIT_EXPECT_TRUE(test, !root->value);
	add(test, a, 0);
	KUNIT_EXPECT_TRUE(test, root == world.trie.root);
	KUNIT_EXPECT_EQ(test, nodes_taken(), 3);
	del(test, &world.prefix[2]);
	KUNIT_EXPECT_TRUE(test, root == world.trie.root);
	KUNIT_EXPECT_TRUE(test, !root->value);
	del(test, &world.prefix[0]);
	KUNIT_EXPECT_EQ(test, nodes_taken(), 1);
	check_trie(test);
}

static void value_changes_in_place(struct kunit *test)
{
	const struct sxt_lpm_key key = { .w = { 5, 6 } };
	struct sxt_lpm_node *node;
	u32 other;

	world_reset(4);
	add(test, key, 77);
	node = sxt_lpm_find(&world.trie, &key, 77);
	sxt_lpm_set(node, &other);
	node = sxt_lpm_match(&world.trie, &key);
	KUNIT_EXPECT_TRUE(test, (void *)&other == sxt_lpm_value(node));
}

static void bytes_become_a_key(struct kunit *test)
{
	u8 *p = guard_page(test) - 16;
	struct sxt_lpm_key key;
	u32 i;

	for (i = 0; i < 16; i++)
		p[i] = (u8)(0x10 + i);
	key = sxt_lpm_key(p);
	KUNIT_EXPECT_EQ(test, key.w[0], 0x1011121314151617ull);
	KUNIT_EXPECT_EQ(test, key.w[1], 0x18191a1b1c1d1e1full);
}

static const struct random_param {
	const char *desc;
	u32 spread;
	u64 seed;
} random_params[] = {
	{ "keys of 4 bits", 4, 11 },
	{ "keys of 7 bits", 7, 12 },
	{ "keys of 16 bits", 16, 13 },
	{ "keys of 40 bits", 40, 14 },
	{ "keys of 128 bits", 128, 15 },
};

KUNIT_ARRAY_PARAM_DESC(random, random_params, desc);

static void random_changes_match_a_list(struct kunit *test)
{
	const struct random_param *p = test->param_value;
	u32 round, i;

	world_reset(p->seed);
	for (round = 0; round < 1200; round++) {
		u32 dice = guard_random(&world.random);
		struct sxt_lpm_key key = random_key(p->spread);
		u32 len = guard_random(&world.random) % 129;

		/* fill for a while, then empty for a while */
		if (dice % 8 < (round / 200 % 2 ? 2 : 6)) {
			if (world.count < PREFIXES)
				add(test, key, len);
		} else {
			i = dice / 8 % PREFIXES;
			if (world.prefix[i].used)
				del(test, &world.prefix[i]);
		}
		check_trie(test);
		for (i = 0; i < 4; i++) {
			key = random_key(p->spread);
			check_lookup(test, &key);
			check_next(test, &key,
				   guard_random(&world.random) % 129);
		}
		if (round % 50 == 0)
			check_walk(test);
	}
}

static struct kunit_case lpm_cases[] = {
	KUNIT_CASE(empty_has_nothing),
	KUNIT_CASE(all_lengths_nest),
	KUNIT_CASE(a_branching_becomes_a_prefix),
	KUNIT_CASE(value_changes_in_place),
	KUNIT_CASE(bytes_become_a_key),
	KUNIT_CASE_PARAM(random_changes_match_a_list, random_gen_params),
	{}
};

static struct kunit_suite lpm_suite = {
	.name = "sextant_lpm",
	.test_cases = lpm_cases,
};

kunit_test_suite(lpm_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's longest prefix match");
MODULE_LICENSE("GPL");
