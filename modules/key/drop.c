// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting: each refused packet ends in sxt_drop(), under one reason.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include "key.h"

/* A per-SA array is made when its first packet is refused, at most once. */
static void drop_count_sa(struct sxt_sa *sa, enum sextant_drop reason)
{
	u64 *drops = READ_ONCE(sa->drops);

	if (!drops) {
		u64 *fresh = kcalloc(SXT_DROPS, sizeof(*fresh),
				     GFP_ATOMIC | __GFP_NOWARN);

		if (!fresh)
			return;
		drops = cmpxchg(&sa->drops, NULL, fresh);
		if (drops)
			kfree(fresh);
		else
			drops = fresh;
	}
	spin_lock_bh(&sa->lock);
	drops[reason]++;
	spin_unlock_bh(&sa->lock);
}

void sxt_drop_count(struct net *net, enum sextant_drop reason,
		    struct sxt_sa *sa)
{
	this_cpu_inc(sxt_key_net(net)->tally->drops[reason]);
	if (sa)
		drop_count_sa(sa, reason);
}
EXPORT_SYMBOL_NS_GPL(sxt_drop_count, SEXTANT);

void sxt_drop(struct net *net, struct sk_buff *skb, enum sextant_drop reason,
	      struct sxt_sa *sa)
{
	sxt_drop_count(net, reason, sa);
	kfree_skb(skb);
}
EXPORT_SYMBOL_NS_GPL(sxt_drop, SEXTANT);

void sxt_tally_sum(struct net *net, struct sxt_tally *sum)
{
	const size_t words = sizeof(*sum) / sizeof(u64);
	int cpu;

	BUILD_BUG_ON(sizeof(*sum) % sizeof(u64));
	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		u64 *from = (u64 *)per_cpu_ptr(sxt_key_net(net)->tally, cpu);
		size_t i;

		for (i = 0; i < words; i++)
			((u64 *)sum)[i] += READ_ONCE(from[i]);
	}
}
EXPORT_SYMBOL_NS_GPL(sxt_tally_sum, SEXTANT);

/**
 * sxt_count_nd() - count a neighbour discovery packet passed by rule 0
 * @net: the namespace
 *
 * Context: any.
 */
void sxt_count_nd(struct net *net)
{
	this_cpu_inc(sxt_key_net(net)->tally->nd_bypassed);
}
EXPORT_SYMBOL_NS_GPL(sxt_count_nd, SEXTANT);
