// SPDX-License-Identifier: GPL-2.0-only
/*
 * What messages tell of single destinations: the path MTU (RFC 8201), which for
 * a group is the least of all its paths, and a better first hop (RFC 4861
 * section 8). It is kept beside the tables: no
 * request for routes shows it or loses it.
 *
 * Of each destination there is one entry with the facts, and one for each
 * route (mostly one) that packets to it have taken since, with the dst that
 * they use instead of the route's. Entries don't change but for their time, and
 * for the MTU where a link of this node has another; new facts make new
 * entries. All of them age, and are bounded in number: the oldest goes first.
 */
#include <linux/jhash.h>
#include <linux/once.h>
#include <linux/ratelimit.h>
#include <net/lwtunnel.h>
#include <net/ip6_route.h>
#include "fib.h"
#include "iface.h"

#define PMTU_MAX	4096

/*
 * News a second: each makes all sockets of the namespace look up anew. Who was
 * not heard is heard with the next packet that is too big.
 */
#define PMTU_NEWS	128

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

static struct hlist_head *chain_of(struct sxt_ip6_net *n,
				   const struct in6_addr *daddr)
{
	static u32 seed;

	net_get_random_once(&seed, sizeof(seed));
	return &n->pmtu_hash[hash_32(__ipv6_addr_jhash(daddr, seed),
				     SXT_PMTU_HASH_BITS)];
}

static bool entry_is(const struct sxt_pmtu *e, const struct in6_addr *daddr,
		     int ifindex)
{
	return ipv6_addr_equal(&e->daddr, daddr) &&
	       (!e->link || e->link == ifindex);
}

static bool entry_old(const struct sxt_pmtu *e)
{
	return time_after_eq(jiffies, READ_ONCE(e->expires));
}

/* Under pmtu_lock. */
static struct sxt_pmtu *facts_find(struct sxt_ip6_net *n,
				   const struct in6_addr *daddr, int ifindex)
{
	struct sxt_pmtu *e;

	hlist_for_each_entry(e, chain_of(n, daddr), hash)
		if (!e->base && entry_is(e, daddr, ifindex) && !entry_old(e))
			return e;
	return NULL;
}

/* Under pmtu_lock. */
static void entry_del(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	hlist_del_rcu(&e->hash);
	list_del(&e->age);
	WRITE_ONCE(n->pmtu_count, n->pmtu_count - 1);
	if (e->rt)
		sxt_rt_retire(e->rt);
	if (e->base)
		dst_release(&e->base->dst);
	kfree_rcu(e, rcu);
}

/* Under pmtu_lock; makes room first. */
static struct sxt_pmtu *entry_new(struct sxt_ip6_net *n,
				  const struct sxt_pmtu *facts)
{
	struct sxt_pmtu *e, *oldest;

	while (!list_empty(&n->pmtu_age)) {
		oldest = list_first_entry(&n->pmtu_age, struct sxt_pmtu, age);
		if (!entry_old(oldest) && n->pmtu_count < PMTU_MAX)
			break;
		entry_del(n, oldest);
	}
	e = kmemdup(facts, sizeof(*facts), GFP_ATOMIC);
	if (!e)
		return NULL;
	e->base = NULL;
	e->rt = NULL;
	return e;
}

static void entry_add(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	hlist_add_head_rcu(&e->hash, chain_of(n, &e->daddr));
	list_add_tail(&e->age, &n->pmtu_age);
	WRITE_ONCE(n->pmtu_count, n->pmtu_count + 1);
}

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
	struct sxt_pmtu *e;

	hlist_for_each_entry(e, chain_of(n, &facts->daddr), hash)
		if (e->base == base && entry_is(e, &facts->daddr, facts->link))
			return e->rt;	/* another CPU was faster */
	if (READ_ONCE(base->dst.obsolete) != DST_OBSOLETE_FORCE_CHK)
		return NULL;
	e = entry_new(n, facts);
	if (!e)
		return NULL;
	if (!dst_hold_safe(&base->dst)) {
		kfree(e);
		return NULL;
	}
	e->base = base;
	e->rt = own_make(net, base, e);
	if (!e->rt) {
		dst_release(&base->dst);
		kfree(e);
		return NULL;
	}
	entry_add(n, e);
	return e->rt;
}

/* What was found without the lock may be gone, or no longer be true. */
static struct rt6_info *derive(struct net *net, struct rt6_info *base,
			       const struct in6_addr *daddr)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct rt6_info *rt = NULL;
	struct sxt_pmtu *found;

	spin_lock_bh(&n->pmtu_lock);
	found = facts_find(n, daddr, base->dst.dev->ifindex);
	if (found) {
		/* making room may take it away */
		const struct sxt_pmtu facts = *found;

		rt = derive_locked(net, base, &facts);
	}
	spin_unlock_bh(&n->pmtu_lock);
	return rt ?: base;
}

/* Under pmtu_lock: out with all of a destination but @keep. */
static void forget_all(struct sxt_ip6_net *n, const struct in6_addr *daddr,
		       int ifindex)
{
	struct hlist_node *tmp;
	struct sxt_pmtu *e;

	hlist_for_each_entry_safe(e, tmp, chain_of(n, daddr), hash)
		if (entry_is(e, daddr, ifindex))
			entry_del(n, e);
}

static void forget(struct net *net, const struct in6_addr *daddr, int ifindex)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	spin_lock_bh(&n->pmtu_lock);
	forget_all(n, daddr, ifindex);
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

	hlist_for_each_entry_rcu(e, chain_of(n, daddr), hash) {
		if (!entry_is(e, daddr, ifindex) || entry_old(e))
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
	hlist_for_each_entry(e, chain_of(n, daddr), hash) {
		if (!entry_is(e, daddr, ifindex) || entry_old(e))
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

/**
 * sxt_pmtu_forget() - a destination's own dst proved to be no good
 * @rt: it, with RTF_CACHE
 *
 * Context: any.
 */
void sxt_pmtu_forget(const struct rt6_info *rt)
{
	struct net *net = container_of(rt->dst.ops, struct net,
				       ipv6.ip6_dst_ops);

	/* Nothing changes for the next packet of a neighbour's queue. */
	sxt_pmtu_drop(net, &rt->rt6i_dst.addr, rt->dst.dev->ifindex);
}

/**
 * sxt_pmtu_drop() - forget what was learned of a destination
 * @net: namespace
 * @daddr: destination
 * @ifindex: the interface of a link-local one, 0: any
 *
 * Context: any.
 * Return: false: there was nothing.
 */
bool sxt_pmtu_drop(struct net *net, const struct in6_addr *daddr, int ifindex)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned int before;
	bool any;

	spin_lock_bh(&n->pmtu_lock);
	before = n->pmtu_count;
	forget_all(n, daddr, ifindex);
	any = n->pmtu_count != before;
	spin_unlock_bh(&n->pmtu_lock);
	if (any)
		sxt_route_changed(net);
	return any;
}

/**
 * sxt_pmtu_walk() - all destinations of which something was learned
 * @net: namespace
 * @pos: where to begin, and where it ended; all zero at first
 * @visit: called under RCU with each, and with the interface of a link-local
 *	one, else 0; a value other than 0 ends the walk before this one
 * @arg: for @visit
 *
 * What comes or goes between two parts of a walk may be left out, or come
 * twice.
 *
 * Context: any.
 * Return: what the last @visit returned, 0 at the end.
 */
int sxt_pmtu_walk(struct net *net, struct sxt_pmtu_pos *pos,
		  int (*visit)(const struct in6_addr *daddr, int link,
			       void *arg), void *arg)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	const struct sxt_pmtu *e;
	unsigned int i;
	int err = 0;

	rcu_read_lock();
	for (; pos->bucket < HASH_SIZE(n->pmtu_hash); pos->bucket++) {
		i = 0;
		hlist_for_each_entry_rcu(e, &n->pmtu_hash[pos->bucket], hash) {
			if (e->base || i++ < pos->skip || entry_old(e))
				continue;
			err = visit(&e->daddr, e->link, arg);
			if (err) {
				pos->skip = i - 1;
				goto out;
			}
		}
		pos->skip = 0;
	}
out:
	rcu_read_unlock();
	return err;
}

static void facts_learn(struct net *net, const struct sxt_pmtu *facts)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu *e;

	forget_all(n, &facts->daddr, facts->link);
	e = entry_new(n, facts);
	if (e)
		entry_add(n, e);
	sxt_route_changed(net);
}

static unsigned long lifetime_end(const struct net *net)
{
	return jiffies + READ_ONCE(net->ipv6.sysctl.ip6_rt_mtu_expires);
}

/* The same again: it only lives longer. */
static void facts_refresh(struct sxt_ip6_net *n, const struct sxt_pmtu *facts,
			  unsigned long expires)
{
	struct sxt_pmtu *e;

	hlist_for_each_entry(e, chain_of(n, &facts->daddr), hash) {
		if (!entry_is(e, &facts->daddr, facts->link))
			continue;
		WRITE_ONCE(e->expires, expires);
		if (e->rt)
			WRITE_ONCE(e->rt->dst.expires, expires);
		list_move_tail(&e->age, &n->pmtu_age);
	}
}

/**
 * sxt_pmtu_learn() - a packet was too big for the path to a destination
 * @net: namespace
 * @daddr: destination
 * @oif: interface it left by, which counts for a link-local one
 * @mtu: what would have fitted; below 1280 it is ignored, and an estimate is
 *	never raised by it (RFC 8201 section 4)
 *
 * Context: any. The caller has made sure that somebody here sends to @daddr.
 */
void sxt_pmtu_learn(struct net *net, const struct in6_addr *daddr, int oif,
		    u32 mtu)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	bool local = ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL;
	unsigned long expires = lifetime_end(net);
	struct sxt_pmtu facts = {};
	struct sxt_pmtu *e;

	if (mtu < IPV6_MIN_MTU || mtu > IP6_MAX_MTU || ipv6_addr_any(daddr))
		return;
	spin_lock_bh(&n->pmtu_lock);
	e = facts_find(n, daddr, oif);
	if (e && e->mtu == mtu) {
		facts_refresh(n, e, expires);
	} else if ((!e || !e->mtu || mtu < e->mtu) &&
		   __ratelimit(&n->pmtu_news)) {
		if (e)
			facts = *e;
		facts.daddr = *daddr;
		facts.link = local ? oif : 0;
		facts.mtu = mtu;
		facts.expires = expires;
		facts_learn(net, &facts);
	}
	spin_unlock_bh(&n->pmtu_lock);
}
EXPORT_SYMBOL_NS_GPL(sxt_pmtu_learn, SEXTANT_IPV6);

/**
 * sxt_pmtu_known() - what was learned of the path to a destination
 * @net: namespace
 * @daddr: destination
 * @ifindex: interface, which counts for a link-local one
 *
 * For a way that is no route's.
 *
 * Context: any.
 * Return: bytes of a packet, 0: nothing.
 */
u32 sxt_pmtu_known(struct net *net, const struct in6_addr *daddr, int ifindex)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	const struct sxt_pmtu *e;
	u32 mtu = 0;

	if (!READ_ONCE(n->pmtu_count))
		return 0;
	spin_lock_bh(&n->pmtu_lock);
	e = facts_find(n, daddr, ifindex);
	if (e)
		mtu = e->mtu;
	spin_unlock_bh(&n->pmtu_lock);
	return mtu;
}

/**
 * sxt_redirect_learn() - a router knows a better first hop
 * @dev: interface the redirect came in by
 * @daddr: destination
 * @gateway: next hop for it
 * @on_link: the destination is on the link itself, @gateway is the same
 * @from: the router that says so
 *
 * Context: any. The redirect is valid and comes from the router that packets
 * to @daddr go to (RFC 4861 8.1).
 */
void sxt_redirect_learn(struct net_device *dev, const struct in6_addr *daddr,
			const struct in6_addr *gateway, bool on_link,
			const struct in6_addr *from)
{
	struct net *net = dev_net(dev);
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu facts = {};
	struct sxt_pmtu *e;

	if (ipv6_addr_any(daddr) || ipv6_addr_is_multicast(daddr))
		return;
	spin_lock_bh(&n->pmtu_lock);
	e = facts_find(n, daddr, dev->ifindex);
	if (e)
		facts = *e;
	/* One that was redirected to redirects on: the route is the same. */
	if (facts.via != dev->ifindex ||
	    !ipv6_addr_equal(&facts.gateway, from))
		facts.from = *from;
	facts.daddr = *daddr;
	if (ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL)
		facts.link = dev->ifindex;
	facts.via = dev->ifindex;
	facts.gateway = on_link ? in6addr_any : *gateway;
	facts.expires = lifetime_end(net);
	facts_learn(net, &facts);
	spin_unlock_bh(&n->pmtu_lock);
}

static bool rt_uses(const struct rt6_info *rt, const struct net_device *dev)
{
	return rt->dst.dev == dev || (rt->rt6i_idev && rt->rt6i_idev->dev == dev);
}

static bool entry_of_dev(const struct sxt_pmtu *e,
			 const struct net_device *dev)
{
	if (!dev || e->link == dev->ifindex || e->via == dev->ifindex)
		return true;
	return e->rt && rt_uses(e->rt, dev);
}

/**
 * sxt_pmtu_flush() - forget what was learned
 * @net: namespace
 * @dev: through this interface, NULL: everything
 *
 * Facts about destinations that are not of one link go too if a route through
 * @dev was used for them.
 *
 * Context: RTNL.
 */
void sxt_pmtu_flush(struct net *net, const struct net_device *dev)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu *e, *tmp, *facts;
	bool any = false;

	spin_lock_bh(&n->pmtu_lock);
	/* facts are older than what was made of them: the other way round */
	list_for_each_entry_safe_reverse(e, tmp, &n->pmtu_age, age) {
		if (!entry_of_dev(e, dev) && !entry_old(e))
			continue;
		facts = e->base ? facts_find(n, &e->daddr, e->link) : NULL;
		if (facts)
			WRITE_ONCE(facts->expires, jiffies);
		entry_del(n, e);
		any = true;
	}
	spin_unlock_bh(&n->pmtu_lock);
	if (any)
		sxt_route_changed(net);
}

/**
 * sxt_pmtu_link_mtu() - an interface takes packets of another length
 * @net: namespace
 * @dev: the interface
 * @old: bytes that it took
 * @mtu: bytes that it takes now
 *
 * RFC 8201 section 4: no path through it takes more. Where it was itself what
 * bounded a path, nobody knows of a bound any more: it is tried with packets as
 * long as the link takes. What is known of other links of a path stays.
 *
 * Context: RTNL.
 */
void sxt_pmtu_link_mtu(struct net *net, const struct net_device *dev, u32 old,
		       u32 mtu)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu *e, *tmp, *facts;

	spin_lock_bh(&n->pmtu_lock);
	list_for_each_entry_safe(e, tmp, &n->pmtu_age, age) {
		if (e->rt ? !rt_uses(e->rt, dev) : e->link != dev->ifindex)
			continue;
		facts = e->base ? facts_find(n, &e->daddr, dev->ifindex) : e;
		if (facts && facts->mtu &&
		    (facts->mtu > mtu || facts->mtu == old))
			WRITE_ONCE(facts->mtu, mtu);
		/* The next packet makes another of the facts. */
		if (e->base)
			entry_del(n, e);
	}
	spin_unlock_bh(&n->pmtu_lock);
}

/**
 * sxt_pmtu_net_init() - the store of a namespace
 * @net: namespace
 *
 * Context: process.
 * Return: 0.
 */
int sxt_pmtu_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	hash_init(n->pmtu_hash);
	INIT_LIST_HEAD(&n->pmtu_age);
	spin_lock_init(&n->pmtu_lock);
	n->pmtu_count = 0;
	ratelimit_state_init(&n->pmtu_news, HZ, PMTU_NEWS);
	/* it says nothing to the log */
	ratelimit_set_flags(&n->pmtu_news, RATELIMIT_MSG_ON_RELEASE);
	if (!net->ipv6.sysctl.ip6_rt_mtu_expires)
		net->ipv6.sysctl.ip6_rt_mtu_expires = 10 * 60 * HZ;
	return 0;
}

/**
 * sxt_pmtu_net_exit() - forget everything
 * @net: namespace, no packets any more
 *
 * Context: process.
 */
void sxt_pmtu_net_exit(struct net *net)
{
	sxt_pmtu_flush(net, NULL);
}
