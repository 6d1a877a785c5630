/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the store of what is known of single destinations: the facts (pmtu.c)
 * and the dsts made of them (pmtu_dst.c).
 */
#ifndef SXT_PMTU_INT_H
#define SXT_PMTU_INT_H

#include "fib.h"

/**
 * struct sxt_pmtu - what is known of a destination
 * @hash: in sxt_ip6_net.pmtu_hash
 * @age: in sxt_ip6_net.pmtu_age
 * @rcu: for its end
 * @daddr: destination
 * @gateway: better next hop, :: if the destination itself is on the link
 * @link: interface for a link-local @daddr, else 0
 * @from: the next hop that packets take without the redirect
 * @via: interface on which @gateway holds, 0: there is no redirect
 * @mtu: 0: not known
 * @expires: jiffies
 * @base: the route's dst that @rt is for, referenced; NULL: facts only
 * @rt: the destination's own dst, referenced
 */
struct sxt_pmtu {
	struct hlist_node hash;
	struct list_head age;
	struct rcu_head rcu;
	struct in6_addr daddr;
	struct in6_addr gateway;
	struct in6_addr from;
	int link;
	int via;
	u32 mtu;
	unsigned long expires;
	struct rt6_info *base;
	struct rt6_info *rt;
};

/**
 * sxt_pmtu_is() - is an entry about that destination?
 * @e: the entry
 * @daddr: destination
 * @ifindex: interface, which counts for a link-local one
 *
 * Context: any.
 * Return: true: it is.
 */
static inline bool sxt_pmtu_is(const struct sxt_pmtu *e,
			       const struct in6_addr *daddr, int ifindex)
{
	return ipv6_addr_equal(&e->daddr, daddr) &&
	       (!e->link || e->link == ifindex);
}

/**
 * sxt_pmtu_old() - is the time of an entry over?
 * @e: the entry
 *
 * Context: any.
 * Return: true: it is.
 */
static inline bool sxt_pmtu_old(const struct sxt_pmtu *e)
{
	return time_after_eq(jiffies, READ_ONCE(e->expires));
}

/* pmtu.c; but for the chain, which RCU readers walk, under pmtu_lock: */
struct hlist_head *sxt_pmtu_chain(struct sxt_ip6_net *n,
				  const struct in6_addr *daddr);
struct sxt_pmtu *sxt_pmtu_find(struct sxt_ip6_net *n,
			       const struct in6_addr *daddr, int ifindex);
struct sxt_pmtu *sxt_pmtu_new(const struct sxt_pmtu *facts);
void sxt_pmtu_add(struct sxt_ip6_net *n, struct sxt_pmtu *e);
void sxt_pmtu_forget_all(struct sxt_ip6_net *n, const struct in6_addr *daddr,
			 int ifindex);

#endif /* SXT_PMTU_INT_H */
