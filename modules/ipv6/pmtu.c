// SPDX-License-Identifier: GPL-2.0-only
/*
 * What messages tell of single destinations: the path MTU (RFC 8201), which for
 * a group is the least of all its paths, and a better first hop (RFC 4861
 * section 8). It is kept beside the tables: no request for routes shows it or
 * loses it.
 *
 * Of each destination there is one entry with the facts, and one for each
 * route (mostly one) that packets to it have taken since, with the dst that
 * they use instead of the route's (pmtu_dst.c). Entries don't change but for
 * their time, and for the MTU where a link of this node has another; new facts
 * make new entries. All of them age, and are bounded in number: the oldest goes
 * first.
 */
#include <linux/jhash.h>
#include <linux/once.h>
#include <linux/ratelimit.h>
#include <net/ip6_route.h>
#include "iface.h"
#include "pmtu_int.h"

#define PMTU_MAX	4096

/*
 * News a second: each makes all sockets of the namespace look up anew. Who was
 * not heard is heard with the next packet that is too big.
 */
#define PMTU_NEWS	128

/**
 * sxt_pmtu_chain() - where entries of a destination are
 * @n: namespace
 * @daddr: destination
 *
 * Context: any.
 * Return: the chain; others' are in it, too.
 */
struct hlist_head *sxt_pmtu_chain(struct sxt_ip6_net *n,
				  const struct in6_addr *daddr)
{
	static u32 seed;

	net_get_random_once(&seed, sizeof(seed));
	return &n->pmtu_hash[hash_32(__ipv6_addr_jhash(daddr, seed),
				     SXT_PMTU_HASH_BITS)];
}

/**
 * sxt_pmtu_find() - what was learned of a destination
 * @n: namespace
 * @daddr: destination
 * @ifindex: interface, which counts for a link-local one
 *
 * Context: under pmtu_lock.
 * Return: the facts, or NULL.
 */
struct sxt_pmtu *sxt_pmtu_find(struct sxt_ip6_net *n,
			       const struct in6_addr *daddr, int ifindex)
{
	struct sxt_pmtu *e;

	hlist_for_each_entry(e, sxt_pmtu_chain(n, daddr), hash)
		if (!e->base && sxt_pmtu_is(e, daddr, ifindex) && !sxt_pmtu_old(e))
			return e;
	return NULL;
}

/* Under pmtu_lock: the end of one that is in no chain any more. */
static void entry_free(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	list_del(&e->age);
	WRITE_ONCE(n->pmtu_count, n->pmtu_count - 1);
	if (e->rt)
		sxt_rt_retire(e->rt);
	if (e->base)
		dst_release(&e->base->dst);
	kfree_rcu(e, rcu);
}

/* Under pmtu_lock. */
static void entry_del(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	hlist_del_rcu(&e->hash);
	entry_free(n, e);
}

/* Under pmtu_lock, after one was added. What its time is over for goes, too. */
static void make_room(struct sxt_ip6_net *n)
{
	struct sxt_pmtu *oldest;

	while (!list_empty(&n->pmtu_age)) {
		oldest = list_first_entry(&n->pmtu_age, struct sxt_pmtu, age);
		if (!sxt_pmtu_old(oldest) && n->pmtu_count <= PMTU_MAX)
			break;
		entry_del(n, oldest);
	}
}

/**
 * sxt_pmtu_new() - an entry that is in no chain yet
 * @facts: what is known; of it, not of a dst
 *
 * Context: any.
 * Return: the entry, or NULL: no memory.
 */
struct sxt_pmtu *sxt_pmtu_new(const struct sxt_pmtu *facts)
{
	struct sxt_pmtu *e = kmemdup(facts, sizeof(*facts), GFP_ATOMIC);

	if (!e)
		return NULL;
	e->base = NULL;
	e->rt = NULL;
	return e;
}

/* Under pmtu_lock. */
static void entry_count(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	list_add_tail(&e->age, &n->pmtu_age);
	WRITE_ONCE(n->pmtu_count, n->pmtu_count + 1);
}

/**
 * sxt_pmtu_add() - from now on it is found; the oldest make room for it
 * @n: namespace
 * @e: an entry of sxt_pmtu_new()
 *
 * Context: under pmtu_lock, and RCU: if its time is over already it goes, too.
 */
void sxt_pmtu_add(struct sxt_ip6_net *n, struct sxt_pmtu *e)
{
	hlist_add_head_rcu(&e->hash, sxt_pmtu_chain(n, &e->daddr));
	entry_count(n, e);
	make_room(n);
}

/* Under pmtu_lock: all of a destination goes, but @stays. */
static void forget_others(struct sxt_ip6_net *n, const struct in6_addr *daddr,
			  int ifindex, const struct sxt_pmtu *stays)
{
	struct hlist_node *tmp;
	struct sxt_pmtu *e;

	hlist_for_each_entry_safe(e, tmp, sxt_pmtu_chain(n, daddr), hash)
		if (e != stays &&
		    (ifindex ? sxt_pmtu_is(e, daddr, ifindex) :
			       ipv6_addr_equal(&e->daddr, daddr)))
			entry_del(n, e);
}

/**
 * sxt_pmtu_forget_all() - out with all of a destination
 * @n: namespace
 * @daddr: destination
 * @ifindex: the interface of a link-local one, 0: any
 *
 * Context: under pmtu_lock.
 */
void sxt_pmtu_forget_all(struct sxt_ip6_net *n, const struct in6_addr *daddr,
			 int ifindex)
{
	forget_others(n, daddr, ifindex, NULL);
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
	sxt_pmtu_forget_all(n, daddr, ifindex);
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
			if (e->base || i++ < pos->skip || sxt_pmtu_old(e))
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

/*
 * Under pmtu_lock. @facts take the place of @old, NULL: there were none. Who
 * walks the chain meanwhile finds one of both; and without memory what was
 * known stays, as the next message says the same.
 */
static void facts_learn(struct net *net, struct sxt_pmtu *old,
			const struct sxt_pmtu *facts)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu *e = NULL;

	if (facts->mtu || facts->via) {
		e = sxt_pmtu_new(facts);
		if (!e)
			return;
		entry_count(n, e);
	}
	if (e && old) {
		hlist_replace_rcu(&old->hash, &e->hash);
		entry_free(n, old);
	} else if (e) {
		hlist_add_head_rcu(&e->hash, sxt_pmtu_chain(n, &e->daddr));
	}
	/* The dsts that were made of the old. */
	forget_others(n, &facts->daddr, facts->link, e);
	make_room(n);
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

	hlist_for_each_entry(e, sxt_pmtu_chain(n, &facts->daddr), hash) {
		if (!sxt_pmtu_is(e, &facts->daddr, facts->link))
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
	e = sxt_pmtu_find(n, daddr, oif);
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
		facts_learn(net, e, &facts);
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
 * Context: under RCU.
 * Return: bytes of a packet, 0: nothing.
 */
u32 sxt_pmtu_known(struct net *net, const struct in6_addr *daddr, int ifindex)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	const struct sxt_pmtu *e;

	if (!READ_ONCE(n->pmtu_count))
		return 0;
	hlist_for_each_entry_rcu(e, sxt_pmtu_chain(n, daddr), hash)
		if (!e->base && sxt_pmtu_is(e, daddr, ifindex) && !sxt_pmtu_old(e))
			return READ_ONCE(e->mtu);
	return 0;
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
	e = sxt_pmtu_find(n, daddr, dev->ifindex);
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
	facts_learn(net, e, &facts);
	spin_unlock_bh(&n->pmtu_lock);
}

/**
 * sxt_redirect_forget() - nobody answers where a redirect leads
 * @rt: the destination's own dst that leads there
 *
 * What is known of the path's MTU stays.
 *
 * Context: any.
 */
void sxt_redirect_forget(const struct rt6_info *rt)
{
	struct net *net = container_of(rt->dst.ops, struct net,
				       ipv6.ip6_dst_ops);
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_pmtu *e, facts;

	spin_lock_bh(&n->pmtu_lock);
	e = sxt_pmtu_find(n, &rt->rt6i_dst.addr, rt->dst.dev->ifindex);
	/* The next packet of the neighbour's queue finds it gone. */
	if (e && e->via && ipv6_addr_equal(&e->gateway, &rt->rt6i_gateway)) {
		facts = *e;
		facts.via = 0;
		facts_learn(net, e, &facts);
	}
	spin_unlock_bh(&n->pmtu_lock);
}

static bool entry_of_dev(const struct sxt_pmtu *e,
			 const struct net_device *dev)
{
	if (!dev || e->link == dev->ifindex || e->via == dev->ifindex)
		return true;
	return e->rt && sxt_rt_uses(e->rt, dev);
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
		if (!entry_of_dev(e, dev) && !sxt_pmtu_old(e))
			continue;
		facts = e->base ? sxt_pmtu_find(n, &e->daddr, e->link) : NULL;
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
		if (e->rt ? !sxt_rt_uses(e->rt, dev) : e->link != dev->ifindex)
			continue;
		facts = e->base ? sxt_pmtu_find(n, &e->daddr, dev->ifindex) : e;
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
