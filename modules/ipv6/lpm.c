// SPDX-License-Identifier: GPL-2.0-only
/*
 * Longest prefix match (lpm.h). Pure.
 *
 * What readers rely on: a node's key and length never change once it is in the
 * trie; a node that is taken out keeps its pointers, so that a reader in it
 * goes on to nodes that were there when it came; a branching never lacks a
 * child, so that a walk down ends at a prefix (or at what was one a moment
 * ago), and every node above has a prefix of its key.
 */
#include "lpm.h"

/* Pairs with the dependent reads of readers: they find complete nodes. */
#define publish(p, v)	smp_store_release(p, v)

static struct sxt_lpm_key mask(const struct sxt_lpm_key *key, u32 len)
{
	struct sxt_lpm_key out = { .w = { 0, 0 } };

	if (len >= 64) {
		out.w[0] = key->w[0];
		if (len > 64)
			out.w[1] = key->w[1] & ~0ull << (SXT_LPM_BITS - len);
	} else if (len) {
		out.w[0] = key->w[0] & ~0ull << (64 - len);
	}
	return out;
}

/* How many bits two keys have in common at their beginning. */
static u32 common(const struct sxt_lpm_key *a, const struct sxt_lpm_key *b)
{
	u64 differ = a->w[0] ^ b->w[0];

	if (differ)
		return (u32)__builtin_clzll(differ);
	differ = a->w[1] ^ b->w[1];
	return differ ? 64 + (u32)__builtin_clzll(differ) : SXT_LPM_BITS;
}

static u32 bit_of(const struct sxt_lpm_key *key, u32 i)
{
	return (u32)(key->w[i / 64] << i % 64 >> 63);
}

/* The last node on the way down; not NULL unless the trie is empty. */
static struct sxt_lpm_node *descend(const struct sxt_lpm *t,
				    const struct sxt_lpm_key *key)
{
	struct sxt_lpm_node *next = READ_ONCE(t->root);
	struct sxt_lpm_node *node = NULL;
	const u64 high = key->w[0];
	const u64 low = key->w[1];

	while (next && next->len < 64) {
		node = next;
		next = READ_ONCE(node->child[high << node->len >> 63]);
	}
	/* bit 128 is taken for bit 64: what has that length has no child */
	while (next) {
		node = next;
		next = READ_ONCE(node->child[low << node->len % 64 >> 63]);
	}
	return node;
}

/**
 * sxt_lpm_match() - the longest prefix that a key has
 * @t: trie
 * @key: full key
 *
 * Context: under RCU, or where no writer is.
 * Return: its node, with a value when it was looked at, or NULL.
 */
struct sxt_lpm_node *sxt_lpm_match(const struct sxt_lpm *t,
				   const struct sxt_lpm_key *key)
{
	struct sxt_lpm_node *node = descend(t, key);
	u32 len;

	if (!node)
		return NULL;
	len = common(&node->key, key);
	while (node && (node->len > len || !sxt_lpm_value(node)))
		node = READ_ONCE(node->parent);
	return node;
}

/**
 * sxt_lpm_shorter() - the next shorter prefix that a key has
 * @node: what sxt_lpm_match() or this function gave
 *
 * Context: under RCU, or where no writer is.
 * Return: its node or NULL.
 */
struct sxt_lpm_node *sxt_lpm_shorter(const struct sxt_lpm_node *node)
{
	struct sxt_lpm_node *up = READ_ONCE(node->parent);

	while (up && !sxt_lpm_value(up))
		up = READ_ONCE(up->parent);
	return up;
}

/**
 * sxt_lpm_find() - one prefix, exactly
 * @t: trie
 * @key: bits from @len on are ignored
 * @len: 0 to 128
 *
 * Context: under RCU, or where no writer is.
 * Return: its node or NULL.
 */
struct sxt_lpm_node *sxt_lpm_find(const struct sxt_lpm *t,
				  const struct sxt_lpm_key *key, u8 len)
{
	struct sxt_lpm_node *node = READ_ONCE(t->root);

	while (node && node->len < len)
		node = READ_ONCE(node->child[bit_of(key, node->len)]);
	if (!node || node->len != len || !sxt_lpm_value(node) ||
	    common(&node->key, key) < len)
		return NULL;
	return node;
}

/* The first prefix of a subtree: shorter ones come first. */
static struct sxt_lpm_node *first(struct sxt_lpm_node *node)
{
	while (node && !sxt_lpm_value(node))
		node = READ_ONCE(node->child[0]);
	return node;
}

/**
 * sxt_lpm_first() - the first prefix of a walk in order
 * @t: trie
 *
 * Context: under RCU, or where no writer is.
 * Return: its node, or NULL: the trie is empty.
 */
struct sxt_lpm_node *sxt_lpm_first(const struct sxt_lpm *t)
{
	return first(READ_ONCE(t->root));
}

/**
 * sxt_lpm_next() - the prefix that follows another in a walk in order
 * @t: trie
 * @key: where the walk is; needs not be in the trie (any more). Bits from
 *	@len on are 0
 * @len: its length
 *
 * The order is by bits, a prefix before what is inside it.
 *
 * Context: under RCU, or where no writer is.
 * Return: the node that follows, or NULL: there is none.
 */
struct sxt_lpm_node *sxt_lpm_next(const struct sxt_lpm *t,
				  const struct sxt_lpm_key *key, u8 len)
{
	struct sxt_lpm_node *node = READ_ONCE(t->root);
	struct sxt_lpm_node *later = NULL, *child;

	while (node) {
		u32 same = common(&node->key, key);

		/* Another branch: all of it comes later, or none. */
		if (same < node->len)
			return first(bit_of(key, same) ? later : node);
		if (node->len >= len)
			break;
		child = READ_ONCE(node->child[1]);
		if (bit_of(key, node->len)) {
			node = child;
		} else {
			if (child)
				later = child;
			node = READ_ONCE(node->child[0]);
		}
	}
	if (!node)
		return first(later);
	if (node->len > len)
		return first(node);
	child = READ_ONCE(node->child[0]);
	if (!child)
		child = READ_ONCE(node->child[1]);
	return first(child ? child : later);
}

static struct sxt_lpm_node *make(struct sxt_lpm_node **spare,
				 const struct sxt_lpm_key *key, u32 len,
				 void *value, struct sxt_lpm_node *parent)
{
	struct sxt_lpm_node *node = *spare;

	*spare = NULL;
	node->key = mask(key, len);
	node->len = (u8)len;
	node->value = value;
	node->child[0] = NULL;
	node->child[1] = NULL;
	node->parent = parent;
	return node;
}

/* The pointer that leads from @parent towards @key. */
static struct sxt_lpm_node **link_of(struct sxt_lpm *t,
				     struct sxt_lpm_node *parent,
				     const struct sxt_lpm_key *key)
{
	return parent ? &parent->child[bit_of(key, parent->len)] : &t->root;
}

/**
 * sxt_lpm_insert() - add a prefix
 * @t: trie
 * @key: bits from @len on are ignored
 * @len: 0 to 128; sxt_lpm_find() does not have this prefix
 * @value: not NULL; what it points to is complete
 * @spare: two nodes; those that are used become NULL here
 *
 * Context: one writer at a time.
 * Return: the prefix's node.
 */
struct sxt_lpm_node *sxt_lpm_insert(struct sxt_lpm *t,
				    const struct sxt_lpm_key *key, u8 len,
				    void *value,
				    struct sxt_lpm_node *spare[2])
{
	struct sxt_lpm_node *below = descend(t, key);
	struct sxt_lpm_node *above = below, *node, *fork;
	struct sxt_lpm_node **link;
	u32 same = 0;

	if (below) {
		same = common(&below->key, key);
		if (same > len)
			same = len;
	}
	/* The new prefix has its place between these two. */
	for (below = NULL; above && above->len >= same; above = above->parent)
		below = above;
	if (below && below->len == same && same == len) {
		/* a branching becomes a prefix */
		sxt_lpm_set(below, value);
		return below;
	}
	if (below && below->len == same) {
		/* an existing node that has no child in this direction */
		above = below;
		below = NULL;
	}
	link = link_of(t, above, key);
	if (below && same < len) {
		fork = make(&spare[1], key, same, NULL, above);
		node = make(&spare[0], key, len, value, fork);
		fork->child[bit_of(key, same)] = node;
		fork->child[!bit_of(key, same)] = below;
		publish(link, fork);
		publish(&below->parent, fork);
		return node;
	}
	node = make(&spare[0], key, len, value, above);
	if (below)
		node->child[bit_of(&below->key, len)] = below;
	publish(link, node);
	if (below)
		publish(&below->parent, node);
	return node;
}

/* Let what leads to a node lead to @child, which may be NULL. */
static void bypass(struct sxt_lpm *t, struct sxt_lpm_node *node,
		   struct sxt_lpm_node *child)
{
	publish(link_of(t, node->parent, &node->key), child);
	if (child)
		publish(&child->parent, node->parent);
}

/**
 * sxt_lpm_remove() - take a prefix away
 * @t: trie
 * @node: its node
 * @gone: set to the nodes, none to two, that are out of the trie; they are to
 *	be freed a grace period later, unchanged until then
 *
 * Context: one writer at a time.
 */
void sxt_lpm_remove(struct sxt_lpm *t, struct sxt_lpm_node *node,
		    struct sxt_lpm_node *gone[2])
{
	struct sxt_lpm_node *parent = node->parent;

	gone[0] = NULL;
	gone[1] = NULL;
	if (node->child[0] && node->child[1]) {
		publish(&node->value, NULL);
		return;
	}
	gone[0] = node;
	if (node->child[0] || node->child[1]) {
		bypass(t, node, node->child[0] ? node->child[0] :
						 node->child[1]);
		return;
	}
	if (parent && !parent->value) {
		/* its branching has one way left, and goes too */
		bypass(t, parent, parent->child[parent->child[0] == node]);
		gone[1] = parent;
		return;
	}
	bypass(t, node, NULL);
}
