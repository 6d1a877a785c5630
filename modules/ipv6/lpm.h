/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Longest prefix match over 128-bit keys: a binary trie without chains
 * (Patricia), read without a lock while one writer changes it.
 *
 * A lookup walks down by single bits, comparing nothing, until there is no
 * child; the one comparison with that node's key then says up to which length
 * nodes on the way match, and the longest of those is found upwards, mostly
 * at once. On x86-64 that is 40 instructions and 10 a level, and one cache line
 * a level. Measured with random prefixes of 32 to 48 bits: in a trie of one 50
 * instructions, of a thousand (11 levels) 153, of a million (21 levels) 253. No
 * trie is deeper than 129 levels.
 *
 * Memory: a prefix takes one node, and mostly one more where it branches off
 * from another; never more than two. A node has 56 bytes on 64-bit machines,
 * 64 with what the allocator adds.
 *
 * Pure: the caller brings spare nodes and frees what it gets back after a
 * grace period. Writers exclude each other; readers hold the RCU read lock.
 */
#ifndef SXT_LPM_H
#define SXT_LPM_H

#include <sextant/pure.h>

#define SXT_LPM_BITS	128

/**
 * struct sxt_lpm_key - an address as two numbers
 * @w: the first bit on the wire is the highest of @w[0]
 */
struct sxt_lpm_key {
	u64 w[2];
};

/**
 * struct sxt_lpm_node - a prefix, or a branching between prefixes
 * @child: towards keys whose bit @len is 0 and 1
 * @parent: shorter prefix or branching, NULL: this is the root
 * @value: the caller's, NULL: a branching, which always has two children
 * @key: the prefix, bits from @len on are 0
 * @len: its length
 */
struct sxt_lpm_node {
	struct sxt_lpm_node *child[2];
	struct sxt_lpm_node *parent;
	void *value;
	struct sxt_lpm_key key;
	u8 len;
};

/**
 * struct sxt_lpm - a trie
 * @root: its top, NULL: empty
 */
struct sxt_lpm {
	struct sxt_lpm_node *root;
};

/**
 * sxt_lpm_key() - 16 bytes in network order as a key
 * @p: the address, of any alignment
 *
 * Return: the key.
 */
static inline struct sxt_lpm_key sxt_lpm_key(const u8 *p)
{
	struct sxt_lpm_key key = {
		.w = { get_unaligned_be64(p), get_unaligned_be64(p + 8) },
	};

	return key;
}

/* lookups; under RCU: */
struct sxt_lpm_node *sxt_lpm_match(const struct sxt_lpm *t,
				   const struct sxt_lpm_key *key);
struct sxt_lpm_node *sxt_lpm_shorter(const struct sxt_lpm_node *node);
struct sxt_lpm_node *sxt_lpm_find(const struct sxt_lpm *t,
				  const struct sxt_lpm_key *key, u8 len);
struct sxt_lpm_node *sxt_lpm_next(const struct sxt_lpm *t,
				  const struct sxt_lpm_key *key, u8 len);
struct sxt_lpm_node *sxt_lpm_first(const struct sxt_lpm *t);

/* changes; one at a time: */
struct sxt_lpm_node *sxt_lpm_insert(struct sxt_lpm *t,
				    const struct sxt_lpm_key *key, u8 len,
				    void *value,
				    struct sxt_lpm_node *spare[2]);
void sxt_lpm_remove(struct sxt_lpm *t, struct sxt_lpm_node *node,
		    struct sxt_lpm_node *gone[2]);

/**
 * sxt_lpm_value() - what the caller keeps at a prefix
 * @node: from a lookup
 *
 * Return: its value; NULL if it was taken away in the meantime.
 */
static inline void *sxt_lpm_value(const struct sxt_lpm_node *node)
{
	return READ_ONCE(node->value);
}

/**
 * sxt_lpm_set() - keep something else at a prefix that is there
 * @node: the prefix
 * @value: not NULL; what it points to is complete
 */
static inline void sxt_lpm_set(struct sxt_lpm_node *node, void *value)
{
	/* pairs with the dependent reads behind sxt_lpm_value() */
	smp_store_release(&node->value, value);
}

#endif /* SXT_LPM_H */
