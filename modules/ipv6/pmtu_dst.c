// SPDX-License-Identifier: GPL-2.0-only
/*
 * A destination's own dst: what packets to it take instead of their route's
 * when a path MTU or a redirect was learned of it (pmtu.c). The first packet
 * that takes a route to there derives one for that route.
 */
#include <net/ip6_route.h>
#include <net/lwtunnel.h>
#include "pmtu_int.h"

/* RFC 4861 8.1: a router has no say about what others forward. */
static bool redirects(const struct sxt_pmtu *facts, const struct rt6_info *rt)
{
	return facts->via && facts->via == rt->dst.dev->ifindex &&
	       ipv6_addr_equal(&facts->from, &rt->rt6i_gateway);
}

/*
 * Is there anything to say of them for this route? An MTU that is the link's
 * changes nothing, but is still what was learned.
 */
static bool matters(const struct sxt_pmtu *facts, const struct rt6_info *base)
{
	u32 mtu = READ_ONCE(facts->mtu);

	if (base->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT))
		return false;
	if (redirects(facts, base))
		return true;
	return mtu && mtu <= dst_mtu(&base->dst) &&
	       !dst_metric_locked(&base->dst, RTAX_MTU);
}

static void own_set(struct rt6_info *rt, const struct rt6_info *base,
		    const struct sxt_pmtu *facts)
{
	rt->dst.input = base->dst.input;
	rt->dst.output = base->dst.output;
	rt->dst.lwtstate = lwtstate_get(base->dst.lwtstate);
	rt->dst.expires = facts->expires;
	rt->rt6i_dst.addr = facts->daddr;
	rt->rt6i_dst.plen = 128;
	rt->rt6i_gateway = base->rt6i_gateway;
	rt->rt6i_flags = base->rt6i_flags | RTF_CACHE | RTF_EXPIRES;
	if (!dst_metrics_read_only(&base->dst))
		dst_copy_metrics(&rt->dst, &base->dst);
	if (facts->mtu && !dst_metric_locked(&base->dst, RTAX_MTU))
		dst_metric_set(&rt->dst, RTAX_MTU, facts->mtu);
	if (!redirects(facts, base))
		return;
	rt->rt6i_gateway = facts->gateway;
	rt->rt6i_flags |= RTF_DYNAMIC | RTF_MODIFIED;
	if (ipv6_addr_any(&facts->gateway))
		rt->rt6i_flags &= ~RTF_GATEWAY;
	else
		rt->rt6i_flags |= RTF_GATEWAY;
}

/* A destination's own dst for the way that a route takes. */
static struct rt6_info *own_make(struct net *net, struct rt6_info *base,
				 const struct sxt_pmtu *facts)
{
	struct inet6_dev *idev = base->rt6i_idev;
	struct rt6_info *rt;

	if (!idev || !refcount_inc_not_zero(&idev->refcnt))
		return NULL;
	rt = sxt_rt_alloc(net, base->dst.dev, 0);
	if (!rt) {
		in6_dev_put(idev);
		return NULL;
	}
	rt->rt6i_idev = idev;
	own_set(rt, base, facts);
	return rt;
}

/*
 * Under pmtu_lock. A route that is dead here may be one whose device leaves,
 * and sxt_pmtu_flush(), which takes the lock too, may be over.
 */
static struct rt6_info *derive_locked(struct net *net, struct rt6_info *base,
				      const struct sxt_pmtu *facts)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct rt6_info *rt;
	struct sxt_pmtu *e;

	hlist_for_each_entry(e, sxt_pmtu_chain(n, &facts->daddr), hash)
		if (e->base == base && sxt_pmtu_is(e, &facts->daddr, facts->link))
			return e->rt;	/* another CPU was faster */
	if (READ_ONCE(base->dst.obsolete) != DST_OBSOLETE_FORCE_CHK)
		return NULL;
	e = sxt_pmtu_new(facts);
	if (!e)
		return NULL;
	if (!dst_hold_safe(&base->dst)) {
		kfree(e);
		return NULL;
	}
	e->base = base;
	rt = own_make(net, base, e);
	if (!rt) {
		dst_release(&base->dst);
		kfree(e);
		return NULL;
	}
	e->rt = rt;
	sxt_pmtu_add(n, e);
	return rt;
}

/* What was found without the lock may be gone, or no longer be true. */
static struct rt6_info *derive(struct net *net, struct rt6_info *base,
			       const struct in6_addr *daddr)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct rt6_info *rt = NULL;
	struct sxt_pmtu *facts;

	spin_lock_bh(&n->pmtu_lock);
	facts = sxt_pmtu_find(n, daddr, base->dst.dev->ifindex);
	if (facts)
		rt = derive_locked(net, base, facts);
	spin_unlock_bh(&n->pmtu_lock);
	return rt ?: base;
}

static void forget(struct net *net, const struct in6_addr *daddr, int ifindex)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	spin_lock_bh(&n->pmtu_lock);
	sxt_pmtu_forget_all(n, daddr, ifindex);
	spin_unlock_bh(&n->pmtu_lock);
}

/* Is the route gone that packets to the destination took? */
static bool base_gone(const struct sxt_pmtu *e)
{
	return e->base &&
	       READ_ONCE(e->base->dst.obsolete) != DST_OBSOLETE_FORCE_CHK;
}

/**
 * sxt_pmtu_lookup() - a destination's own dst, if it has one
 * @net: namespace
 * @rt: what the tables gave
 * @daddr: destination
 *
 * What was learned of the way by a route that is gone says nothing of the way
 * by another, and is forgotten.
 *
 * Context: under RCU. The first packet after a change takes a lock.
 * Return: the destination's own, or @rt; no reference.
 */
struct rt6_info *sxt_pmtu_lookup(struct net *net, struct rt6_info *rt,
				 const struct in6_addr *daddr)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	const struct sxt_pmtu *e, *facts = NULL;
	int ifindex = rt->dst.dev->ifindex;
	bool gone = false;

	hlist_for_each_entry_rcu(e, sxt_pmtu_chain(n, daddr), hash) {
		if (!sxt_pmtu_is(e, daddr, ifindex) || sxt_pmtu_old(e))
			continue;
		if (e->base == rt)
			return e->rt;
		if (!e->base)
			facts = e;
		else if (base_gone(e))
			gone = true;
	}
	if (gone) {
		forget(net, daddr, ifindex);
		return rt;
	}
	if (!facts || !matters(facts, rt))
		return rt;
	return derive(net, rt, daddr);
}

/**
 * sxt_pmtu_show() - what packets to a destination get, for who only looks
 * @net: namespace
 * @base: what the tables gave
 * @daddr: destination
 *
 * Unlike sxt_pmtu_lookup() it keeps nothing, for which the oldest would have to
 * make room.
 *
 * Context: under RCU.
 * Return: a dst that is nobody else's, for sxt_rt_retire(); NULL: there is
 * nothing to say.
 */
struct rt6_info *sxt_pmtu_show(struct net *net, struct rt6_info *base,
			       const struct in6_addr *daddr)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	const struct sxt_pmtu *e, *facts = NULL;
	int ifindex = base->dst.dev->ifindex;
	bool gone = false, taken = false;
	struct rt6_info *rt = NULL;

	spin_lock_bh(&n->pmtu_lock);
	hlist_for_each_entry(e, sxt_pmtu_chain(n, daddr), hash) {
		if (!sxt_pmtu_is(e, daddr, ifindex) || sxt_pmtu_old(e))
			continue;
		if (!e->base)
			facts = e;
		else if (e->base == base)
			taken = true;
		else
			gone |= base_gone(e);
	}
	if (facts && (taken || !gone) && matters(facts, base) &&
	    READ_ONCE(base->dst.obsolete) == DST_OBSOLETE_FORCE_CHK)
		rt = own_make(net, base, facts);
	spin_unlock_bh(&n->pmtu_lock);
	return rt;
}

/**
 * sxt_pmtu_valid() - is a destination's own dst still good?
 * @rt: it, with RTF_CACHE
 *
 * Context: any.
 * Return: false if its time is over.
 */
bool sxt_pmtu_valid(const struct rt6_info *rt)
{
	return time_before(jiffies, READ_ONCE(rt->dst.expires));
}
