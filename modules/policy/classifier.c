// SPDX-License-Identifier: GPL-2.0-only
/*
 * A compiled set of rules, see classifier.h for the idea and the costs. Built
 * once, then only read. Its memory: the head, the spaces, two tables of chains,
 * the entries.
 */
#include <sextant/classifier.h>

#define WORDS		SXT_TUPLE_WORDS
#define ADDR_WORDS	4	/* the first words of a tuple are addresses */
#define PORTS_WORD	4
#define WHERE_WORD	5
#define NO_ENTRY	((u32)-1)

/*
 * Keys of the hash: two for each word, two for the space, one to start with.
 * Multilinear hashing over pairs (Lemire and Kaser, "Strongly universal string
 * hashing is fast", 2014): whoever doesn't know the keys can't choose words
 * that collide more often than by chance.
 */
#define KEYS		(2 * WORDS + 3)

/**
 * struct entry - one rule in compiled form
 * @value: what a tuple's words must be, where @mask has ones
 * @mask: which bits matter
 * @rule: the rule
 * @next: next in its chain or in the remainder, by rank, or NO_ENTRY
 * @next_open: next in the chain keyed by address only, or NO_ENTRY
 * @space: index of its space, NO_ENTRY in the remainder. While building: how
 *	many rules share its masks, or which entry counts them
 * @full: the masks don't say all, compare with the selector too
 */
struct entry {
	u64 value[WORDS];
	u64 mask[WORDS];
	struct sxt_rule rule;
	u32 next;
	u32 next_open;
	u32 space;
	u32 full;
};

/**
 * struct space - rules with the same masks
 * @mask: the masks
 * @rank: the lowest rank among them
 * @salt: start of the hash, so that spaces don't share their collisions
 * @hides: its rules ask for something that a tuple may hide
 * @words: how many words have a mask at all
 * @word: which
 */
struct space {
	u64 mask[WORDS];
	u64 rank;
	u64 salt;
	u8 hides;
	u8 words;
	u8 word[WORDS];
};

/**
 * struct sxt_classifier - a set of rules
 * @key: keys of the hash
 * @hidable: bits of the ports word that are hidden from a tuple without ports
 * @hidable_proto: the same for a tuple without a protocol
 * @n: number of rules
 * @n_spaces: number of spaces
 * @bucket_mask: number of chains in a table, less one
 * @rest: first of the remainder, by rank
 * @chains: first entries of the chains keyed by all masked words
 * @open: first entries of the chains keyed by masked addresses
 * @spaces: the spaces, by @rank
 * @entries: the rules, by rank
 */
struct sxt_classifier {
	u64 key[KEYS];
	u64 hidable;
	u64 hidable_proto;
	u32 n;
	u32 n_spaces;
	u32 bucket_mask;
	u32 rest;
	u32 *chains;
	u32 *open;
	struct space *spaces;
	struct entry *entries;
};

/* The entries follow it. */
static_assert(sizeof(struct sxt_classifier) % sizeof(u64) == 0,
	      "the entries would not be aligned");

static u32 bucket_count(u32 n)
{
	u32 count = 8;

	while (count < n)
		count *= 2;
	return count;
}

/* Each space has at least SXT_SPACE_MIN rules. */
static u32 space_room(u32 n)
{
	return n / SXT_SPACE_MIN;
}

/**
 * sxt_classifier_size() - how much memory a set takes
 * @n: number of rules
 *
 * Return: bytes, about 170 a rule; 0 if there are too many rules.
 */
size_t sxt_classifier_size(u32 n)
{
	if (n > SXT_CLASSIFIER_MAX)
		return 0;
	return sizeof(struct sxt_classifier) +
	       (size_t)n * sizeof(struct entry) +
	       (size_t)space_room(n) * sizeof(struct space) +
	       (size_t)bucket_count(n) * 2 * sizeof(u32);
}

/* splitmix64 (Steele, Lea, Flood 2014): many keys from one seed. */
static u64 next_key(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static inline u64 hash_word(const u64 *key, u64 word)
{
	return (key[0] + (u32)word) * (key[1] + (word >> 32));
}

/* Over the first @words of the masked words. */
static inline u32 hash_masked(const struct sxt_classifier *c,
			      const struct space *s, const u64 *w,
			      unsigned int words)
{
	u64 sum = s->salt;
	unsigned int i;

	for (i = 0; i < words; i++) {
		unsigned int k = s->word[i];

		sum += hash_word(&c->key[2 * k], w[k] & s->mask[k]);
	}
	return (u32)(sum >> 32) & c->bucket_mask;
}

static inline u32 hash_chain(const struct sxt_classifier *c,
			     const struct space *s, const u64 *w)
{
	return hash_masked(c, s, w, s->words);
}

/* Over the addresses only, for tuples that hide the rest. */
static u32 hash_open(const struct sxt_classifier *c, const struct space *s,
		     const u64 *w)
{
	unsigned int words = 0;

	while (words < s->words && s->word[words] < ADDR_WORDS)
		words++;
	return hash_masked(c, s, w, words);
}

/* The most leading bits that the ends of a range share. */
static u64 common_mask(u64 first, u64 last)
{
	u64 differ = first ^ last;

	differ |= differ >> 1;
	differ |= differ >> 2;
	differ |= differ >> 4;
	differ |= differ >> 8;
	differ |= differ >> 16;
	differ |= differ >> 32;
	return ~differ;
}

/* The common prefix of a range as masks; true if the range is just that. */
static bool compile_addr(const struct sxt_addr *first,
			 const struct sxt_addr *last, u64 *value, u64 *mask)
{
	u64 low = 0, high = common_mask(sxt_addr_half(first, 0),
					sxt_addr_half(last, 0));

	if (high == (u64)-1)
		low = common_mask(sxt_addr_half(first, 1),
				  sxt_addr_half(last, 1));
	mask[0] = sxt_network64(high);
	mask[1] = sxt_network64(low);
	value[0] = first->q[0] & mask[0];
	value[1] = first->q[1] & mask[1];
	return !((sxt_addr_half(first, 0) & ~high) |
		 (sxt_addr_half(first, 1) & ~low)) &&
	       (sxt_addr_half(last, 0) | high) == (u64)-1 &&
	       (sxt_addr_half(last, 1) | low) == (u64)-1;
}

/* Everything but the addresses; true if the masks say all there is. */
static bool compile_rest(const struct sxt_selector *sel, struct sxt_tuple *v,
			 struct sxt_tuple *m)
{
	bool whole = true;

	if (sel->family) {
		v->family = sel->family;
		m->family = 0xff;
	}
	if (sel->need & SXT_TUPLE_PROTO) {
		v->proto = sel->proto;
		m->proto = 0xff;
	}
	v->flags = sel->need;
	m->flags = sel->need;
	if (sel->sport_first == sel->sport_last) {
		v->sport = sel->sport_first;
		m->sport = 0xffff;
	} else if (sel->icmp_first == sel->icmp_last) {
		v->icmp = sel->icmp_first;
		m->icmp = 0xffff;
	} else {
		whole = sxt_any16(sel->sport_first, sel->sport_last) &&
			sxt_any16(sel->icmp_first, sel->icmp_last);
	}
	if (sel->dport_first == sel->dport_last) {
		v->dport = sel->dport_first;
		m->dport = 0xffff;
	} else if (!sxt_any16(sel->dport_first, sel->dport_last)) {
		whole = false;
	}
	if (sel->ifindex) {
		v->ifindex = sel->ifindex;
		m->ifindex = 0xffffffff;
	}
	return whole;
}

/* IPv4 addresses have zeros behind, which an IPv4 tuple has as well. */
static bool compile_ipv4(const struct sxt_addr *first,
			 const struct sxt_addr *last, u64 *value, u64 *mask)
{
	struct sxt_addr end = *last;

	memset(end.b + 4, 0xff, 12);
	return compile_addr(first, &end, value, mask);
}

static void compile(struct entry *e, const struct sxt_rule *rule)
{
	const struct sxt_selector *sel = rule->sel;
	struct sxt_tuple value, mask;
	bool whole;

	memset(&value, 0, sizeof(value));
	memset(&mask, 0, sizeof(mask));
	whole = compile_rest(sel, &value, &mask);
	if (sel->family == SXT_IPV4) {
		whole &= compile_ipv4(&sel->src_first, &sel->src_last,
				      value.src.q, mask.src.q);
		whole &= compile_ipv4(&sel->dst_first, &sel->dst_last,
				      value.dst.q, mask.dst.q);
	} else {
		whole &= compile_addr(&sel->src_first, &sel->src_last,
				      value.src.q, mask.src.q);
		whole &= compile_addr(&sel->dst_first, &sel->dst_last,
				      value.dst.q, mask.dst.q);
	}
	memcpy(e->value, value.w, sizeof(e->value));
	memcpy(e->mask, mask.w, sizeof(e->mask));
	e->rule = *rule;
	e->full = !whole;
	e->next = NO_ENTRY;
	e->next_open = NO_ENTRY;
	e->space = NO_ENTRY;
}

static void set_hidable(struct sxt_classifier *c)
{
	struct sxt_tuple bits;

	memset(&bits, 0, sizeof(bits));
	bits.sport = 0xffff;
	bits.dport = 0xffff;
	bits.flags = SXT_TUPLE_PORTS | SXT_TUPLE_ICMP;
	c->hidable = bits.ports;
	bits.proto = 0xff;
	bits.flags |= SXT_TUPLE_PROTO;
	c->hidable_proto = bits.ports;
}

static u32 hash_masks(const struct sxt_classifier *c, const struct entry *e)
{
	u64 sum = c->key[KEYS - 1];
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		sum += hash_word(&c->key[2 * i], e->mask[i]);
	return (u32)(sum >> 32) & c->bucket_mask;
}

static bool same_masks(const u64 *a, const u64 *b)
{
	u64 differ = 0;
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		differ |= a[i] ^ b[i];
	return !differ;
}

static void empty_chains(u32 *chains, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		chains[i] = NO_ENTRY;
}

/*
 * For each entry, find the first one with its masks, the leader. The leader's
 * ->next_open counts them, the others' ->space names the leader.
 */
static void count_masks(struct sxt_classifier *c)
{
	u32 i;

	empty_chains(c->chains, c->bucket_mask + 1);
	for (i = 0; i < c->n; i++) {
		struct entry *e = &c->entries[i];
		u32 *chain = &c->chains[hash_masks(c, e)];
		u32 leader = *chain;

		while (leader != NO_ENTRY &&
		       !same_masks(c->entries[leader].mask, e->mask))
			leader = c->entries[leader].next;
		if (leader == NO_ENTRY) {
			leader = i;
			e->next = *chain;
			e->next_open = 0;
			*chain = i;
		}
		e->space = leader;
		c->entries[leader].next_open++;
	}
}

static void make_space(struct sxt_classifier *c, u32 leader)
{
	const struct entry *e = &c->entries[leader];
	struct space *s = &c->spaces[c->n_spaces++];
	unsigned int i;

	memset(s, 0, sizeof(*s));
	memcpy(s->mask, e->mask, sizeof(s->mask));
	s->rank = e->rule.rank;
	s->salt = c->key[KEYS - 1] + hash_word(&c->key[2 * WORDS], c->n_spaces);
	s->hides = !!(s->mask[PORTS_WORD] & c->hidable_proto);
	for (i = 0; i < WORDS; i++) {
		if (s->mask[i])
			s->word[s->words++] = (u8)i;
	}
}

/* Turns leaders into spaces, in order of rank; the others learn their space. */
static void make_spaces(struct sxt_classifier *c)
{
	u32 i;

	for (i = 0; i < c->n; i++) {
		struct entry *e = &c->entries[i];
		u32 leader = e->space;

		if (leader != i) {
			/* The leader came before and has its number by now. */
			e->space = c->entries[leader].space;
			continue;
		}
		e->space = NO_ENTRY;
		if (e->next_open >= SXT_SPACE_MIN) {
			e->space = c->n_spaces;
			make_space(c, i);
		}
	}
}

/* From the last rule to the first, so that each chain is in order of rank. */
static void make_chains(struct sxt_classifier *c)
{
	u32 i = c->n;

	empty_chains(c->chains, c->bucket_mask + 1);
	empty_chains(c->open, c->bucket_mask + 1);
	c->rest = NO_ENTRY;
	while (i--) {
		struct entry *e = &c->entries[i];
		const struct space *s;
		u32 *head = &c->rest;

		e->next_open = NO_ENTRY;
		if (e->space != NO_ENTRY) {
			s = &c->spaces[e->space];
			head = &c->chains[hash_chain(c, s, e->value)];
			if (s->hides) {
				u32 *open = &c->open[hash_open(c, s, e->value)];

				e->next_open = *open;
				*open = i;
			}
		}
		e->next = *head;
		*head = i;
	}
}

/**
 * sxt_classifier_build() - make a set of rules
 * @c: memory for it, aligned for u64
 * @size: how much that is, at least sxt_classifier_size(@n)
 * @rules: the rules, each rank higher than the one before; not needed later
 * @n: how many
 * @seed: a secret random number: who knows it can make lookups slow
 *
 * Takes time in proportion to @n.
 *
 * Return: 0, or -EINVAL: too little memory, too many rules, wrong order.
 */
int sxt_classifier_build(struct sxt_classifier *c, size_t size,
			 const struct sxt_rule *rules, u32 n, u64 seed)
{
	u32 i;

	if (n > SXT_CLASSIFIER_MAX || size < sxt_classifier_size(n))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (rules[i].rank == SXT_RANK_NONE ||
		    (i && rules[i].rank <= rules[i - 1].rank))
			return -EINVAL;
	}
	memset(c, 0, sizeof(*c));
	for (i = 0; i < KEYS; i++)
		c->key[i] = next_key(&seed);
	c->n = n;
	c->bucket_mask = bucket_count(n) - 1;
	c->entries = (struct entry *)(c + 1);
	c->spaces = (struct space *)(c->entries + n);
	c->chains = (u32 *)(c->spaces + space_room(n));
	c->open = c->chains + c->bucket_mask + 1;
	set_hidable(c);
	for (i = 0; i < n; i++)
		compile(&c->entries[i], &rules[i]);
	count_masks(c);
	make_spaces(c);
	make_chains(c);
	return 0;
}

/*
 * @seen: ones for the bits of the ports word that count. The destination first:
 * it is where rules differ most.
 */
static __always_inline bool
entry_matches(const struct entry *e, const struct sxt_tuple *t, u64 seen)
{
	const u64 *v = e->value;
	const u64 *m = e->mask;
	const u64 *w = t->w;

	if (((w[2] ^ v[2]) & m[2]) | ((w[0] ^ v[0]) & m[0]))
		return false;
	if (((w[3] ^ v[3]) & m[3]) | ((w[1] ^ v[1]) & m[1]) |
	    ((w[PORTS_WORD] ^ v[PORTS_WORD]) & m[PORTS_WORD] & seen) |
	    ((w[WHERE_WORD] ^ v[WHERE_WORD]) & m[WHERE_WORD]))
		return false;
	/* Whether hidden fields count has been settled above. */
	return !e->full || sxt_selector_may_match(e->rule.sel, t);
}

static noinline void note(struct sxt_classifier_log *log,
			  const struct entry *e, const struct sxt_tuple *t)
{
	if (log->count < log->max) {
		log->notes[log->count].rule = &e->rule;
		log->notes[log->count].misses =
			sxt_selector_misses(e->rule.sel, t);
	}
	log->count++;
}

/* First of a chain in order of rank that matches and lies below @below. */
static __always_inline const struct entry *
walk_chain(const struct sxt_classifier *c, u32 i, bool open, bool may,
	   const struct sxt_tuple *t, u64 seen, u64 below,
	   struct sxt_classifier_log *log)
{
	while (i != NO_ENTRY) {
		const struct entry *e = &c->entries[i];

		if (e->rule.rank >= below)
			return NULL;
		if (log)
			note(log, e, t);
		if (entry_matches(e, t, seen) && !(may && e->rule.harmless))
			return e;
		i = open ? e->next_open : e->next;
	}
	return NULL;
}

/* The chain of a space in which a tuple's rules are, if it has any. */
static __always_inline const struct entry *
walk_space(const struct sxt_classifier *c, const struct space *s, bool may,
	   const struct sxt_tuple *t, u64 seen, u64 below,
	   struct sxt_classifier_log *log)
{
	if (log)
		log->spaces++;
	if (s->mask[PORTS_WORD] & ~seen)
		return walk_chain(c, c->open[hash_open(c, s, t->w)], true, may,
				  t, seen, below, log);
	return walk_chain(c, c->chains[hash_chain(c, s, t->w)], false, may, t,
			  seen, below, log);
}

static __always_inline const struct sxt_rule *
lookup_in(const struct sxt_classifier *c, bool may, const struct sxt_tuple *t,
	  u64 seen, u64 below, struct sxt_classifier_log *log)
{
	const struct entry *best = NULL;
	const struct entry *e;
	u32 i;

	for (i = 0; i < c->n_spaces; i++) {
		const struct space *s = &c->spaces[i];

		if (s->rank >= below)
			break;
		e = walk_space(c, s, may, t, seen, below, log);
		if (e) {
			best = e;
			below = e->rule.rank;
		}
	}
	e = walk_chain(c, c->rest, false, may, t, seen, below, log);
	if (e)
		best = e;
	return best ? &best->rule : NULL;
}

/*
 * One source, compiled several times: without a log, without spaces, without
 * hidden fields less is to be kept at hand, and half of the instructions go.
 */
static noinline const struct sxt_rule *
lookup_logged(const struct sxt_classifier *c, bool may,
	      const struct sxt_tuple *t, u64 seen, u64 below,
	      struct sxt_classifier_log *log)
{
	return lookup_in(c, may, t, seen, below, log);
}

static noinline const struct sxt_rule *
lookup_seen(const struct sxt_classifier *c, const struct sxt_tuple *t,
	    u64 below)
{
	return lookup_in(c, false, t, (u64)-1, below, NULL);
}

static noinline const struct sxt_rule *
lookup_may(const struct sxt_classifier *c, const struct sxt_tuple *t, u64 seen,
	   u64 below)
{
	return lookup_in(c, true, t, seen, below, NULL);
}

/**
 * sxt_classifier_lookup() - find the rule for a packet
 * @c: the set
 * @t: what the packet shows
 * @below: only rules of lower rank count; SXT_RANK_NONE for all
 * @log: notes what is compared, or NULL; changes nothing else
 *
 * What the packet hides matches ANY only.
 *
 * Context: any.
 * Return: of the rules that match, the one of lowest rank, or NULL.
 */
const struct sxt_rule *
sxt_classifier_lookup(const struct sxt_classifier *c,
		      const struct sxt_tuple *t, u64 below,
		      struct sxt_classifier_log *log)
{
	const struct entry *e;

	if (log)
		return lookup_logged(c, false, t, (u64)-1, below, log);
	if (c->n_spaces)
		return lookup_seen(c, t, below);
	e = walk_chain(c, c->rest, false, false, t, (u64)-1, below, NULL);
	return e ? &e->rule : NULL;
}

/**
 * sxt_classifier_may() - find a rule that forbids to let a packet pass unseen
 * @c: the set
 * @t: what the packet shows
 * @below: only rules of lower rank count: the rank of the rule that
 *	sxt_classifier_lookup() gave, or SXT_RANK_NONE if it gave none
 * @log: notes what is compared, or NULL; changes nothing else
 *
 * As sxt_selector_may_match() says, what the packet hides matches anything.
 * Passes over harmless rules, since a rule that is not may stand behind them.
 *
 * Context: any.
 * Return: of the rules that match or could and are not harmless, the one of
 * lowest rank, or NULL.
 */
const struct sxt_rule *
sxt_classifier_may(const struct sxt_classifier *c, const struct sxt_tuple *t,
		   u64 below, struct sxt_classifier_log *log)
{
	u64 seen = (u64)-1;

	if (!(t->flags & SXT_TUPLE_PROTO))
		seen = ~c->hidable_proto;
	else if (!(t->flags & (SXT_TUPLE_PORTS | SXT_TUPLE_ICMP)))
		seen = ~c->hidable;
	if (log)
		return lookup_logged(c, true, t, seen, below, log);
	return lookup_may(c, t, seen, below);
}
