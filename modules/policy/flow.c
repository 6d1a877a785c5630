// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decisions, and the cache of them. Each CPU keeps what it decided about the
 * last packets; a decision is good as long as the namespace's generation
 * stays, so nothing is ever flushed and nothing needs a reference: an SA or a
 * policy is freed a grace period after the generation moved on, and all this
 * runs under RCU.
 */
#include <linux/slab.h>
#include "policy.h"

/* Direct mapped; an evicted flow costs a look-up, nothing else. */
#define FLOW_BITS	8
#define FLOW_SLOTS	BIT(FLOW_BITS)

/**
 * sxt_flow_init() - the cache of a new namespace
 * @pn: its SPD
 *
 * The slots themselves are made when hooks are first registered.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_flow_init(struct sxt_policy_net *pn)
{
	pn->flows = alloc_percpu(struct sxt_flow *);
	return pn->flows ? 0 : -ENOMEM;
}

/**
 * sxt_flow_fill() - make the slots
 * @pn: the SPD
 *
 * Whoever meets a hook that is registered behind this sees them.
 *
 * Context: configuration mutex held, no hook registered; sleeps.
 * Return: 0 or -ENOMEM.
 */
int sxt_flow_fill(struct sxt_policy_net *pn)
{
	bool made = false;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct sxt_flow **slots = per_cpu_ptr(pn->flows, cpu);

		if (*slots)
			continue;
		*slots = kvcalloc(FLOW_SLOTS, sizeof(**slots),
				  GFP_KERNEL_ACCOUNT);
		if (!*slots)
			return -ENOMEM;
		made = true;
	}
	if (made)
		synchronize_rcu_expedited();
	return 0;
}

/**
 * sxt_flow_fini() - free the cache
 * @pn: the SPD of a namespace that no packet passes any more
 *
 * Context: process.
 */
void sxt_flow_fini(struct sxt_policy_net *pn)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(*per_cpu_ptr(pn->flows, cpu));
	free_percpu(pn->flows);
}

/* Multiply and fold: whoever finds collisions gains a slower look-up. */
static u32 flow_slot(const struct sxt_tuple *t, u64 seed)
{
	u64 h = seed;

	h ^= t->src.q[0] ^ (t->src.q[1] * 3);
	h *= 0x9e3779b97f4a7c15ULL;
	h ^= t->dst.q[0] ^ (t->dst.q[1] * 5) ^ (t->where << 7);
	h *= 0x9e3779b97f4a7c15ULL;
	h ^= t->ports;
	h *= 0x9e3779b97f4a7c15ULL;
	return h >> (64 - FLOW_BITS);
}

/* One that is named by its SPI is to be what the entry asks for, no less. */
static bool flow_suits(const struct sxt_policy_transform *t,
		       const struct sxt_sa *sa, const struct sxt_sa_peer *ends)
{
	return sa->mode == t->mode && sa->group == t->group &&
	       sxt_addr_equal(&sa->src, &ends->src);
}

/* The SA that one layer asks for; @ends is the packet's so far. */
static struct sxt_sa *flow_pick_sa(struct net *net,
				   const struct sxt_policy_transform *t,
				   struct sxt_sa_peer *ends)
{
	struct sxt_sa *sa;

	if (t->mode == SEXTANT_MODE_TUNNEL) {
		ends->src = t->src;
		ends->dst = t->dst;
		ends->family = t->family;
	}
	ends->group = t->group;
	ends->proto = t->proto;
	ends->mode = t->mode;
	if (t->spi) {
		struct sxt_sa_ident ident = {
			.dst = ends->dst,
			.spi = t->spi,
			.proto = t->proto,
			.dir = SEXTANT_DIRECTION_OUT,
			.family = ends->family,
		};

		sa = sxt_sa_lookup(net, &ident);
		return sa && !READ_ONCE(sa->expired) &&
		       flow_suits(t, sa, ends) ? sa : NULL;
	}
	return sxt_sa_pick(net, ends);
}

/* What a packet shows once it is in an SA; @ends are that SA's. */
static void flow_wrap(struct sxt_tuple *tuple, const struct sxt_sa_peer *ends)
{
	tuple->src = ends->src;
	tuple->dst = ends->dst;
	tuple->ports = 0;
	tuple->family = ends->family;
	tuple->proto = ends->proto;
	tuple->flags = SXT_TUPLE_PROTO;
}

static int flow_resolve_chain(struct net *net, struct sxt_flow *flow)
{
	const struct sxt_policy *policy = flow->policy;
	struct sxt_sa_peer ends = {
		.src = flow->key.src,
		.dst = flow->key.dst,
		.family = flow->key.family,
		.dir = SEXTANT_DIRECTION_OUT,
	};
	struct sxt_tuple shown = flow->key;
	u8 i;

	for (i = 0; i < policy->count; i++) {
		const struct sxt_policy_transform *t = &policy->transforms[i];
		struct sxt_sa *sa = flow_pick_sa(net, t, &ends);

		if (!sa)
			return SEXTANT_DROP_SA_MISSING;
		if (sa->sel && !sxt_selector_match(sa->sel, &shown))
			return SEXTANT_DROP_INNER_SELECTOR;
		flow_wrap(&shown, &ends);
		flow->chain[i] = sa;
		flow->overhead += sa->head_len + sa->tail_max;
		if (sa->mode == SEXTANT_MODE_TUNNEL)
			flow->overhead += sa->ident.family == AF_INET ?
				SXT_IPV4_HDR : SXT_IPV6_HDR;
	}
	flow->count = policy->count;
	return SXT_PASS;
}

/*
 * RFC 4301 7: what a fragment hides may be what a policy asks for. It is
 * refused if it could belong to one that is asked before the one that it shows
 * to belong to, and that would not let it pass.
 */
static bool flow_hides(const struct sxt_spd *spd, const struct sxt_flow *flow,
		       const struct sxt_rule *rule)
{
	u64 below = rule ? rule->rank : SXT_RANK_NONE;

	return sxt_tuple_opaque(&flow->key) &&
	       sxt_classifier_may(spd->classifier, &flow->key, below, NULL);
}

static void flow_decide(struct net *net, struct sxt_flow *flow, u8 dir)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	const struct sxt_spd *spd = rcu_dereference(pn->spd[dir]);
	const struct sxt_rule *rule;

	flow->policy = NULL;
	flow->count = 0;
	flow->overhead = 0;
	flow->verdict = SXT_PASS;
	if (!spd)
		return;
	rule = sxt_classifier_lookup(spd->classifier, &flow->key,
				     SXT_RANK_NONE, NULL);
	if (rule)
		flow->policy = rule->owner;
	if (flow_hides(spd, flow, rule))
		flow->verdict = SEXTANT_DROP_FRAGMENT_CLEAR;
	else if (!flow->policy)
		return;
	else if (flow->policy->action == SEXTANT_ACTION_DISCARD)
		flow->verdict = SEXTANT_DROP_POLICY_DISCARD;
	else if (flow->policy->action == SEXTANT_ACTION_PROTECT &&
		 dir == SEXTANT_DIRECTION_OUT)
		flow->verdict = flow_resolve_chain(net, flow);
}

/* Out of the way of the packets that are like the last ones. */
static noinline void flow_renew(struct net *net, struct sxt_flow *flow,
				const struct sxt_tuple *tuple, u64 generation)
{
	flow->key = *tuple;
	/* The classifier compares the interface, not the direction. */
	flow->key.pad2 = 0;
	flow_decide(net, flow, tuple->pad2);
	flow->key.pad2 = tuple->pad2;
	flow->generation = generation;
}

/**
 * sxt_flow_get() - what is decided about packets that look like this one
 * @net: the namespace
 * @tuple: how the packet looks; its pad2 is filled in
 * @dir: enum sextant_direction
 *
 * Context: softirq off, under rcu_read_lock(); hooks registered.
 * Return: the decision; this CPU's, until softirqs are on again.
 */
struct sxt_flow *sxt_flow_get(struct net *net, struct sxt_tuple *tuple, u8 dir)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	struct sxt_flow *flow;
	u64 generation;

	tuple->pad2 = dir;
	/* What is found after this is no older than the number. */
	generation = smp_load_acquire(pn->generation);
	flow = *this_cpu_ptr(pn->flows) + flow_slot(tuple, pn->seed);
	if (unlikely(flow->generation != generation ||
		     !sxt_tuple_equal(&flow->key, tuple)))
		flow_renew(net, flow, tuple, generation);
	return flow;
}
