// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes that stand because routers told them: default routes (RFC 4861 6.3.4),
 * routes to prefixes (RFC 4191), prefixes on the link (RFC 4861 6.3.4). They are
 * in the forwarding table like others; here is a list of them an interface, so
 * that strangers can't fill that table: of each kind there is a limit.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include "nd_int.h"

/* RFC 4861 5.1 wants two routers at least, RFC 4191 seventeen routes. */
static const unsigned int told_max[SXT_TOLD_KINDS] = {
	[SXT_TOLD_ROUTER]	= 16,
	[SXT_TOLD_ROUTE]	= 64,
	[SXT_TOLD_PREFIX]	= 64,
	[SXT_TOLD_SOURCE]	= 32,
};

/*
 * RFC 4861 6.2.6: to all nodes a router speaks every three seconds at most; and
 * it answers each solicitation.
 */
#define ROUTER_SPEAKS	8	/* a second */

static const u32 told_flags[SXT_TOLD_KINDS] = {
	[SXT_TOLD_ROUTER]	= RTF_ADDRCONF | RTF_DEFAULT,
	[SXT_TOLD_ROUTE]	= RTF_ADDRCONF | RTF_ROUTEINFO,
	[SXT_TOLD_PREFIX]	= RTF_ADDRCONF | RTF_PREFIX_RT,
};

static bool told_over(const struct sxt_told *t)
{
	unsigned long until = READ_ONCE(t->until);

	return until && time_after_eq(jiffies, until);
}

/* A jiffy of 0 is "never": the one after will do. */
static unsigned long told_until(u32 lifetime)
{
	unsigned long until;

	if (lifetime == INFINITY_LIFE_TIME)
		return 0;
	lifetime = min_t(unsigned long, lifetime, MAX_JIFFY_OFFSET / HZ);
	until = jiffies + (unsigned long)lifetime * HZ;
	return until ? until : 1;
}

static void told_cfg(const struct sxt_idev *idev, const struct sxt_told *t,
		     struct sxt_route_cfg *cfg, struct sxt_hop_cfg *hop)
{
	u32 vrf = l3mdev_fib_table(idev->in6.dev);

	*hop = (struct sxt_hop_cfg) {
		.dev = idev->in6.dev,
		.gateway = t->router,
		.weight = 1,
	};
	*cfg = (struct sxt_route_cfg) {
		.dst = t->prefix,
		.dst_len = t->plen,
		.table = vrf ? vrf : RT_TABLE_MAIN,
		.metric = t->metric,
		.proto = t->kind == SXT_TOLD_PREFIX ? RTPROT_KERNEL : RTPROT_RA,
		.type = RTN_UNICAST,
		.flags = told_flags[t->kind],
		.pref = t->pref,
		.expires = t->until,
		.hops = hop,
		.hop_count = 1,
		.nl_flags = NLM_F_CREATE | NLM_F_APPEND,
	};
}

/* The route in the table, unless it was deleted there. */
static struct sxt_route *told_route(struct sxt_idev *idev,
				    const struct sxt_told *t)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;
	struct sxt_route *r;

	if (t->kind == SXT_TOLD_SOURCE)
		return NULL;
	told_cfg(idev, t, &cfg, &hop);
	r = sxt_route_find(dev_net(idev->in6.dev), &cfg);
	for (; r; r = rtnl_dereference(r->next)) {
		const struct rt6_info *rt = r->hops[0].rt;

		if ((r->cfg.flags & cfg.flags) == cfg.flags &&
		    r->cfg.metric == t->metric && r->hop_count == 1 &&
		    rt->dst.dev == idev->in6.dev && !r->cfg.src_len &&
		    ipv6_addr_equal(&rt->rt6i_gateway, &t->router))
			return r;
	}
	return NULL;
}

static void told_route_del(struct sxt_idev *idev, const struct sxt_told *t)
{
	struct sxt_route *route = told_route(idev, t);

	if (route)
		sxt_route_remove(route);
}

/* If a route that somebody else made is in the way, that one stands. */
static void told_route_add(struct sxt_idev *idev, const struct sxt_told *t)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;

	told_cfg(idev, t, &cfg, &hop);
	sxt_route_add(dev_net(idev->in6.dev), &cfg, NULL);
}

/* Lookups ask for the source's router only if there is any such. */
static void told_count(struct sxt_idev *idev, const struct sxt_told *t, int by)
{
	struct net *net = dev_net(idev->in6.dev);
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	if (t->kind != SXT_TOLD_SOURCE)
		return;
	WRITE_ONCE(n->sources_told, n->sources_told + by);
	sxt_route_changed(net);
}

/*
 * The route of what is told, by another preference or metric than before if
 * @now says so. There is one all the time: a preference changes in its place,
 * and of two metrics the new one comes before the old one goes.
 */
static void told_route_set(struct sxt_idev *idev, struct sxt_told *t,
			   const struct sxt_told *now)
{
	struct sxt_route *route = told_route(idev, t);
	struct sxt_route *old = NULL;

	t->pref = now->pref;
	if (t->metric != now->metric) {
		old = route;
		t->metric = now->metric;
		route = told_route(idev, t);
	}
	if (!route) {
		told_route_add(idev, t);
	} else {
		sxt_route_set_expires(route, t->until);
		if (route->cfg.pref != t->pref)
			sxt_route_set_pref(route, t->pref);
	}
	if (old)
		sxt_route_remove(old);
}

/**
 * sxt_told_again() - addresses need the route of a prefix no more
 * @idev: the interface
 * @prefix: the prefix
 * @plen: its length
 * @route: the route that was theirs, NULL: it is gone already
 *
 * What a router told of it still stands (RFC 4861 6.3.5), until when it said.
 * If @route is of the metric that it said, that is the one from now on; if not,
 * the other is there before @route goes.
 *
 * Context: RTNL.
 * Return: true: @route stays.
 */
bool sxt_told_again(struct sxt_idev *idev, const struct in6_addr *prefix,
		    unsigned int plen, struct sxt_route *route)
{
	const struct sxt_told *t;
	bool stays = false;

	list_for_each_entry(t, &idev->routers, list) {
		const struct sxt_route *there;

		if (t->kind != SXT_TOLD_PREFIX || t->plen != plen ||
		    !ipv6_addr_equal(&t->prefix, prefix) || told_over(t))
			continue;
		there = told_route(idev, t);
		if (!there && route && route->cfg.metric == t->metric) {
			WRITE_ONCE(route->cfg.flags, route->cfg.flags |
				   told_flags[SXT_TOLD_PREFIX]);
			sxt_route_set_expires(route, t->until);
			there = route;
		}
		if (!there)
			told_route_add(idev, t);
		else if (there == route)
			stays = true;
	}
	return stays;
}

static void told_free(struct sxt_idev *idev, struct sxt_told *t)
{
	list_del_rcu(&t->list);
	told_count(idev, t, -1);
	kfree_rcu(t, rcu);
}

static struct sxt_told *told_find(struct sxt_idev *idev,
				  const struct sxt_told *told)
{
	struct sxt_told *t;

	list_for_each_entry(t, &idev->routers, list)
		if (t->kind == told->kind && t->plen == told->plen &&
		    ipv6_addr_equal(&t->router, &told->router) &&
		    ipv6_addr_equal(&t->prefix, &told->prefix))
			return t;
	return NULL;
}

/* RFC 4191 2.1: the two bits are a signed number. */
static int pref_rank(u8 pref)
{
	return pref == ICMPV6_ROUTER_PREF_HIGH ? 1 :
		pref == ICMPV6_ROUTER_PREF_LOW ? -1 : 0;
}

/*
 * Is there room for one more? What is over goes. At the limit the least
 * preferred makes room for one that is preferred to it, else nobody does: who
 * came first stays.
 */
static bool told_room(struct sxt_idev *idev, const struct sxt_told *told)
{
	struct sxt_told *t, *next, *least = NULL;
	unsigned int count = 0;

	list_for_each_entry_safe(t, next, &idev->routers, list) {
		if (told_over(t)) {
			told_free(idev, t);
			continue;
		}
		if (t->kind != told->kind)
			continue;
		count++;
		if (pref_rank(t->pref) < pref_rank(told->pref) &&
		    (!least || pref_rank(t->pref) < pref_rank(least->pref)))
			least = t;
	}
	if (count < told_max[told->kind])
		return true;
	if (!least)
		return false;
	told_route_del(idev, least);
	told_free(idev, least);
	return true;
}

static struct sxt_told *told_add(struct sxt_idev *idev,
				 const struct sxt_told *told, u32 lifetime)
{
	struct inet6_dev *in6 = &idev->in6;
	struct sxt_told *t = NULL;

	if (told_room(idev, told))
		t = kmemdup(told, sizeof(*told), GFP_KERNEL_ACCOUNT);
	if (!t) {
		ICMP6_INC_STATS(dev_net(in6->dev), in6, ICMP6_MIB_INERRORS);
		net_info_ratelimited("%s: routers tell too much, %pI6c/%u from %pI6c is ignored\n",
				     in6->dev->name, &told->prefix, told->plen,
				     &told->router);
		return NULL;
	}
	sxt_nd_limit_init(&t->heard, HZ, ROUTER_SPEAKS);
	t->until = told_until(lifetime);
	list_add_tail_rcu(&t->list, &idev->routers);
	told_count(idev, t, 1);
	return t;
}

/**
 * sxt_told_set() - a router tells a route, for how long
 * @idev: the interface it tells it on
 * @told: what it tells; @told->list and @told->until are not read
 * @lifetime: seconds; 0: it stands no more, INFINITY_LIFE_TIME: for ever
 *
 * Context: RTNL, may sleep.
 */
void sxt_told_set(struct sxt_idev *idev, const struct sxt_told *told,
		  u32 lifetime)
{
	struct sxt_told *t = told_find(idev, told);

	if (!lifetime) {
		if (t) {
			told_route_del(idev, t);
			told_free(idev, t);
		}
		return;
	}
	if (!t)
		t = told_add(idev, told, lifetime);
	if (!t)
		return;
	WRITE_ONCE(t->until, told_until(lifetime));
	if (t->kind != SXT_TOLD_SOURCE)
		told_route_set(idev, t, told);
}

/**
 * sxt_router_may_speak() - is a router advertisement to be looked at?
 * @idev: where it came in
 * @from: its sender
 *
 * Each costs work under the RTNL. Who is a default router has a measure of his
 * own; all others have one together, so that they can't silence him. There are
 * only so many of him.
 *
 * Context: under RCU, softirq.
 * Return: false: there were too many.
 */
bool sxt_router_may_speak(struct sxt_idev *idev, const struct in6_addr *from)
{
	struct sxt_told *t;

	list_for_each_entry_rcu(t, &idev->routers, list)
		if (t->kind == SXT_TOLD_ROUTER &&
		    ipv6_addr_equal(&t->router, from))
			return __ratelimit(&t->heard);
	return __ratelimit(&idev->strangers);
}

/**
 * sxt_router_told() - does a router's word stand?
 * @in6: the interface, of this stack
 * @router: its link-local address
 *
 * Context: under RCU.
 * Return: true if it has told routes or prefixes of its own, and they are not
 * taken back: whether it goes on forwarding matters.
 */
bool sxt_router_told(const struct inet6_dev *in6, const struct in6_addr *router)
{
	const struct sxt_idev *idev = container_of_const(in6, struct sxt_idev,
							 in6);
	const struct sxt_told *t;

	list_for_each_entry_rcu(t, &idev->routers, list)
		if (t->kind != SXT_TOLD_PREFIX &&
		    ipv6_addr_equal(&t->router, router))
			return true;
	return false;
}

/**
 * sxt_router_gave() - is an address one of those that a router told of?
 * @dev: the link
 * @router: the router's link-local address
 * @addr: the address
 *
 * Context: under RCU.
 * Return: true if it is of a prefix that the router has told as valid.
 */
bool sxt_router_gave(const struct net_device *dev,
		     const struct in6_addr *router,
		     const struct in6_addr *addr)
{
	const struct sxt_ip6_net *n = sxt_ip6_net(dev_net(dev));
	const struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	const struct sxt_told *t;

	if (!READ_ONCE(n->sources_told) || !idev || ipv6_addr_any(addr))
		return false;
	list_for_each_entry_rcu(t, &idev->routers, list)
		if (t->kind == SXT_TOLD_SOURCE &&
		    ipv6_addr_equal(&t->router, router) &&
		    ipv6_prefix_equal(&t->prefix, addr, t->plen) &&
		    !told_over(t))
			return true;
	return false;
}

static void told_drop(struct sxt_idev *idev, const struct in6_addr *router)
{
	struct sxt_told *t, *next;

	list_for_each_entry_safe(t, next, &idev->routers, list) {
		if (t->kind == SXT_TOLD_PREFIX ||
		    (router && !ipv6_addr_equal(&t->router, router)))
			continue;
		told_route_del(idev, t);
		told_free(idev, t);
	}
}

/**
 * sxt_router_gone() - a router is none any more (RFC 4861 7.2.5)
 * @idev: the interface
 * @router: its link-local address
 *
 * Context: RTNL.
 */
void sxt_router_gone(struct sxt_idev *idev, const struct in6_addr *router)
{
	told_drop(idev, router);
}

/**
 * sxt_router_forget() - this node is a router itself from now on, or the
 *	interface is down: nothing goes by other routers
 * @idev: the interface; what is on its link stays known
 *
 * Context: RTNL.
 */
void sxt_router_forget(struct sxt_idev *idev)
{
	told_drop(idev, NULL);
}

/**
 * sxt_told_free() - an interface's link goes, or it loses IPv6
 * @idev: the interface; its routes go with it (fib_event.c)
 *
 * Context: RTNL.
 */
void sxt_told_free(struct sxt_idev *idev)
{
	struct sxt_told *t, *next;

	list_for_each_entry_safe(t, next, &idev->routers, list)
		told_free(idev, t);
}
