// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes longest prefix match: insertions, removals, changes and lookups of all
 * kinds against a list that is searched from end to end. Keys have few bits
 * that differ, so that prefixes lie within each other. After each change the
 * trie is what lpm.h says it is, and nodes that are out of it are freed at
 * once: no reader is there.
 */
#include "../../modules/ipv6/lpm.c"
#include "fuzz.h"

#define PREFIXES	64

/**
 * struct entry - a prefix in the list
 * @key: bits from @len on are 0
 * @node: in the trie
 * @value: what is kept there
 * @len: its length
 */
struct entry {
	struct sxt_lpm_key key;
	struct sxt_lpm_node *node;
	u8 *value;
	u8 len;
};

/**
 * struct model - the list
 * @entries: in no order
 * @n: how many
 * @nodes: nodes that the trie has
 */
struct model {
	struct entry entries[PREFIXES];
	u32 n;
	u32 nodes;
};

static u32 bit(const struct sxt_lpm_key *key, u32 i)
{
	return key->w[i / 64] >> (63 - i % 64) & 1;
}

static bool inside(const struct sxt_lpm_key *key, const struct entry *e)
{
	u32 i;

	for (i = 0; i < e->len; i++)
		if (bit(key, i) != bit(&e->key, i))
			return false;
	return true;
}

/* By bits, a prefix before what is inside it. */
static bool before(const struct sxt_lpm_key *a, u8 a_len,
		   const struct sxt_lpm_key *b, u8 b_len)
{
	u32 i;

	for (i = 0; i < a_len && i < b_len; i++)
		if (bit(a, i) != bit(b, i))
			return bit(a, i) < bit(b, i);
	return a_len < b_len;
}

/* The longest of at most @max bits. */
static struct entry *list_match(struct model *m, const struct sxt_lpm_key *key,
				int max)
{
	struct entry *best = NULL;
	u32 i;

	for (i = 0; i < m->n; i++) {
		struct entry *e = &m->entries[i];

		if (e->len <= max && inside(key, e) &&
		    (!best || e->len > best->len))
			best = e;
	}
	return best;
}

static struct entry *list_find(struct model *m, const struct sxt_lpm_key *key,
			       u8 len)
{
	struct entry *e = list_match(m, key, len);

	return e && e->len == len ? e : NULL;
}

static struct entry *list_next(struct model *m, const struct sxt_lpm_key *key,
			       int len)
{
	struct entry *best = NULL;
	u32 i;

	for (i = 0; i < m->n; i++) {
		struct entry *e = &m->entries[i];

		if (len >= 0 && !before(key, (u8)len, &e->key, e->len))
			continue;
		if (!best || before(&e->key, e->len, &best->key, best->len))
			best = e;
	}
	return best;
}

/* A few bits at the beginning, in the middle and at the end. */
static void get_key(struct fuzz_in *in, struct sxt_lpm_key *key, u8 *len)
{
	static const u8 lens[] = { 0, 1, 2, 3, 31, 32, 62, 63, 64, 65, 66, 67,
				   126, 127, 128, 48 };
	u8 a = fuzz_u8(in), b = fuzz_u8(in);

	key->w[0] = (u64)(a & 7) << 61 | (a >> 3 & 7);
	key->w[1] = (u64)(b & 7) << 61 | (b >> 3 & 3);
	*len = lens[(a >> 6) << 2 | b >> 6];
	if (b & 0x20)
		*len = fuzz_u8(in) % 129;
}

static struct sxt_lpm_key cut(const struct sxt_lpm_key *key, u8 len)
{
	struct sxt_lpm_key out = *key;
	u32 i;

	for (i = len; i < 128; i++)
		out.w[i / 64] &= ~(1ull << (63 - i % 64));
	return out;
}

/* Counts the nodes of a subtree, and looks at each. */
static u32 check_node(const struct sxt_lpm_node *node,
		      const struct sxt_lpm_node *parent)
{
	struct sxt_lpm_key key;
	u32 i, n = 1;

	if (!node)
		return 0;
	FUZZ_ASSERT(node->parent == parent && node->len <= 128);
	FUZZ_ASSERT(node->value || (node->child[0] && node->child[1]));
	key = cut(&node->key, node->len);
	FUZZ_ASSERT(!memcmp(&key, &node->key, sizeof(key)));
	for (i = 0; i < 2; i++) {
		const struct sxt_lpm_node *child = node->child[i];
		struct entry self = { .key = node->key, .len = node->len };

		if (!child)
			continue;
		FUZZ_ASSERT(child->len > node->len);
		FUZZ_ASSERT(inside(&child->key, &self));
		FUZZ_ASSERT(bit(&child->key, node->len) == i);
		n += check_node(child, node);
	}
	return n;
}

static void check_trie(const struct sxt_lpm *t, const struct model *m)
{
	FUZZ_ASSERT(check_node(t->root, NULL) == m->nodes);
	FUZZ_ASSERT(m->nodes <= 2 * m->n);
}

static struct sxt_lpm_node *node_of(const struct entry *e)
{
	return e ? e->node : NULL;
}

static void insert(struct sxt_lpm *t, struct model *m,
		   const struct sxt_lpm_key *key, u8 len)
{
	struct entry *e = &m->entries[m->n];
	struct sxt_lpm_node *spare[2];
	u32 i;

	if (m->n == PREFIXES || list_find(m, key, len))
		return;
	for (i = 0; i < 2; i++) {
		spare[i] = malloc(sizeof(*spare[i]));
		FUZZ_ASSERT(spare[i]);
		memset(spare[i], 0xa5, sizeof(*spare[i]));
	}
	e->key = cut(key, len);
	e->len = len;
	e->value = malloc(1);
	e->node = sxt_lpm_insert(t, key, len, e->value, spare);
	for (i = 0; i < 2; i++) {
		m->nodes += !spare[i];
		free(spare[i]);
	}
	m->n++;
	FUZZ_ASSERT(e->node->len == len);
	FUZZ_ASSERT(!memcmp(&e->node->key, &e->key, sizeof(e->key)));
	FUZZ_ASSERT(sxt_lpm_value(e->node) == e->value);
	check_trie(t, m);
}

static void remove_entry(struct sxt_lpm *t, struct model *m, struct entry *e)
{
	struct sxt_lpm_node *gone[2];
	u32 i;

	sxt_lpm_remove(t, e->node, gone);
	for (i = 0; i < 2; i++) {
		m->nodes -= !!gone[i];
		free(gone[i]);
	}
	free(e->value);
	*e = m->entries[--m->n];
	check_trie(t, m);
}

static void lookup(const struct sxt_lpm *t, struct model *m,
		   const struct sxt_lpm_key *key, u8 len)
{
	struct sxt_lpm_key prefix = cut(key, len);
	struct sxt_lpm_node *node = sxt_lpm_match(t, key);
	int max = 128;

	FUZZ_ASSERT(node == node_of(list_match(m, key, 128)));
	while (node) {
		FUZZ_ASSERT(node == node_of(list_match(m, key, max)));
		max = node->len - 1;
		node = sxt_lpm_shorter(node);
	}
	FUZZ_ASSERT(!list_match(m, key, max) || max == 128);
	FUZZ_ASSERT(sxt_lpm_find(t, key, len) ==
		    node_of(list_find(m, key, len)));
	FUZZ_ASSERT(sxt_lpm_next(t, &prefix, len) ==
		    node_of(list_next(m, &prefix, len)));
}

/* All of them, each once, in order. */
static void walk(const struct sxt_lpm *t, struct model *m)
{
	struct sxt_lpm_node *node = sxt_lpm_first(t);
	u32 n;

	FUZZ_ASSERT(node == node_of(list_next(m, NULL, -1)));
	for (n = 0; node; n++) {
		FUZZ_ASSERT(n < m->n);
		node = sxt_lpm_next(t, &node->key, node->len);
	}
	FUZZ_ASSERT(n == m->n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	struct sxt_lpm t = { NULL };
	static struct model m;

	m.n = 0;
	m.nodes = 0;
	while (in.left) {
		u8 op = fuzz_u8(&in), len;
		struct sxt_lpm_key key;
		struct entry *e;

		get_key(&in, &key, &len);
		e = list_find(&m, &key, len);
		if (op & 1)
			insert(&t, &m, &key, len);
		else if (e && op & 2)
			remove_entry(&t, &m, e);
		else if (op & 4)
			walk(&t, &m);
		else
			lookup(&t, &m, &key, len);
	}
	walk(&t, &m);
	while (m.n)
		remove_entry(&t, &m, &m.entries[m.n - 1]);
	FUZZ_ASSERT(!t.root);
	return 0;
}
