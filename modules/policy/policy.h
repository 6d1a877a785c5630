/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of sextant_policy share among themselves. */
#ifndef SXT_POLICY_PRIVATE_H
#define SXT_POLICY_PRIVATE_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/netns/generic.h>
#include <sextant/classifier.h>
#include <sextant/key.h>
#include <sextant/policy.h>

/**
 * struct sxt_spd - the policies of one direction as the data path sees them
 * @rcu: for freeing
 * @classifier: finds the policy of a tuple
 *
 * Immutable; a change makes a new one. The selectors that it points to are the
 * policies' own.
 */
struct sxt_spd {
	struct rcu_head rcu;
	struct sxt_classifier *classifier;
};

/**
 * struct sxt_flow - what was decided about packets that look like this one
 * @key: how they look; pad2 holds the direction
 * @generation: as long as the namespace has this one, the rest is valid
 * @policy: the policy, or NULL if none matches
 * @chain: out: the SAs to pass, innermost first; else those that satisfied the
 *	policy last
 * @verdict: out: SXT_PASS or a reason
 * @count: SAs in @chain
 * @overhead: out: most bytes that the SAs add
 */
struct sxt_flow {
	struct sxt_tuple key;
	u64 generation;
	const struct sxt_policy *policy;
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	s16 verdict;
	u8 count;
	u16 overhead;
} ____cacheline_aligned;

/* Bundles whose fragments can be gathered at the same time. */
#define SXT_BUNDLES	64

/**
 * struct sxt_bundle - SAs that fragments came through, one after the other
 * @ids: their numbers, outermost first; 0 behind the last
 * @number: of the queue that they are gathered in
 */
struct sxt_bundle {
	u64 ids[SXT_CHAIN_MAX];
	u32 number;
};

/**
 * struct sxt_policy_net - the SPD of one network namespace
 * @spd: by direction
 * @flows: decisions kept by each CPU
 * @generation: of SAs and policies, see sxt_generation()
 * @seed: for hashing
 * @bundles_lock: of the next two; nothing is taken inside
 * @bundles: those seen last, in a ring
 * @bundles_last: how many there have been
 * @policies: [C] by direction, in order of rank
 * @ranks: [C] likewise, to look them up
 * @ids: [C] all of them, to look them up
 * @fresh: [C] by direction, what is about to be published
 * @last_id: [C] the id given last
 * @total: [C] number of policies
 * @hooked: [C] the hooks are registered
 * @nd_off: rule 0 is off
 */
struct sxt_policy_net {
	struct sxt_spd __rcu *spd[SXT_DIRECTIONS];
	struct sxt_flow * __percpu *flows;
	const u64 *generation;
	u64 seed;
	spinlock_t bundles_lock;	/* fragments come on any CPU */
	struct sxt_bundle bundles[SXT_BUNDLES];
	u32 bundles_last;
	struct list_head policies[SXT_DIRECTIONS];
	struct rb_root ranks[SXT_DIRECTIONS];
	struct rb_root ids;
	struct sxt_spd *fresh[SXT_DIRECTIONS];
	u64 last_id;
	u32 total;
	bool hooked;
	bool nd_off;
};

extern unsigned int sxt_policy_net_id;

/**
 * sxt_policy_net() - the SPD of a namespace
 * @net: the namespace
 *
 * Context: any.
 * Return: the SPD; it lives as long as the namespace.
 */
static inline struct sxt_policy_net *sxt_policy_net(const struct net *net)
{
	return net_generic(net, sxt_policy_net_id);
}

/* spd.c */
int sxt_spd_init(struct net *net);
void sxt_spd_fini(struct net *net);

/* flow.c */
int sxt_flow_init(struct sxt_policy_net *pn);
int sxt_flow_fill(struct sxt_policy_net *pn);
void sxt_flow_fini(struct sxt_policy_net *pn);
struct sxt_flow *sxt_flow_get(struct net *net, struct sxt_tuple *tuple, u8 dir);

/**
 * struct sxt_arrival - a packet that is asked about
 * @net: the namespace
 * @skb: the packet, network header set
 * @chain: the SAs that it came through, outermost first
 * @ifindex: interface that it came in by
 * @family: AF_INET or AF_INET6
 * @count: SAs in @chain; 0, it came in clear
 */
struct sxt_arrival {
	struct net *net;
	struct sk_buff *skb;
	struct sxt_sa *const *chain;
	u32 ifindex;
	u8 family;
	u8 count;
};

/* check.c */
int sxt_check_input(struct net *net, struct sk_buff *skb, u8 family,
		    struct sxt_sa *const *chain, u8 count, enum sxt_way way);
int sxt_check(const struct sxt_arrival *p, u8 dir);
int sxt_check_alert(const struct sxt_arrival *p, u8 dir);

/* nd_pass.c */
bool sxt_nd_passes(struct net *net, struct sk_buff *skb);

/* hook.c */
int sxt_hooks_add(struct net *net);
void sxt_hooks_del(struct net *net);

/* gather.c */
void sxt_gather_init(void);
void sxt_gather_get(void);
void sxt_gather_put(void);
unsigned int sxt_gather4(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state);
unsigned int sxt_gather6(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state);

/* alert.c */
unsigned int sxt_alert4(struct sk_buff *skb, const struct nf_hook_state *state);
unsigned int sxt_alert6(struct sk_buff *skb, const struct nf_hook_state *state);

/* mtu.c */
int sxt_mtu_check(struct sxt_pkt *p, const struct sxt_flow *flow);

/**
 * sxt_policy_hit() - count a packet that a policy decided about
 * @policy: the policy
 * @skb: the packet, network header set; data there or behind it
 *
 * Context: softirq off.
 */
static inline void sxt_policy_hit(const struct sxt_policy *policy,
				  const struct sk_buff *skb)
{
	struct sxt_policy_count *count = this_cpu_ptr(policy->counters);

	count->packets++;
	count->bytes += skb->len - skb_network_offset(skb);
}

#endif /* SXT_POLICY_PRIVATE_H */
