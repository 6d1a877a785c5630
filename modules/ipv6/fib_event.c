// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to routes without a request: interfaces go down, come back and
 * leave, lifetimes end.
 */
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include "fib.h"
#include "iface.h"

static void expire_at(struct sxt_ip6_net *n, unsigned long when)
{
	unsigned long now = jiffies;
	unsigned long wait = time_after(when, now) ? when - now : 0;

	if (!delayed_work_pending(&n->expire_work) ||
	    time_before(when, n->expire_work.timer.expires))
		mod_delayed_work(system_power_efficient_wq, &n->expire_work,
				 wait);
}

/**
 * sxt_route_watch() - see to it that a route goes when its time is over
 * @route: in a table, or one without a lifetime
 *
 * Context: RTNL.
 */
void sxt_route_watch(struct sxt_route *route)
{
	struct sxt_ip6_net *n = sxt_ip6_net(route->table->net);

	list_del_init(&route->expiring);
	if (!route->cfg.expires)
		return;
	list_add_tail(&route->expiring, &n->expiring);
	expire_at(n, route->cfg.expires);
}

/**
 * sxt_route_set_expires() - another lifetime
 * @route: in a table
 * @expires: jiffies, 0: for ever
 *
 * Context: RTNL.
 */
void sxt_route_set_expires(struct sxt_route *route, unsigned long expires)
{
	WRITE_ONCE(route->cfg.expires, expires);
	if (expires)
		route->cfg.flags |= RTF_EXPIRES;
	else
		route->cfg.flags &= ~RTF_EXPIRES;
	sxt_route_watch(route);
}

/**
 * sxt_route_set_pref() - another preference of a router; listeners are told
 * @route: in a table
 * @pref: ICMPV6_ROUTER_PREF_*
 *
 * Context: RTNL.
 */
void sxt_route_set_pref(struct sxt_route *route, u8 pref)
{
	struct net *net = route->table->net;

	WRITE_ONCE(route->cfg.pref, pref);
	sxt_route_changed(net);
	sxt_rtnl_route_notify(net, RTM_NEWROUTE, route, NLM_F_REPLACE, NULL);
}

/**
 * sxt_route_expire() - take away routes whose time is over
 * @work: sxt_ip6_net.expire_work
 *
 * Context: a work queue.
 */
void sxt_route_expire(struct work_struct *work)
{
	struct sxt_ip6_net *n = container_of(to_delayed_work(work),
					     struct sxt_ip6_net, expire_work);
	unsigned long now, next = 0;
	struct sxt_route *route, *tmp;
	bool again = false;

	rtnl_lock();
	now = jiffies;
	list_for_each_entry_safe(route, tmp, &n->expiring, expiring) {
		if (time_after_eq(now, route->cfg.expires)) {
			sxt_route_remove(route);
			continue;
		}
		if (!again || time_before(route->cfg.expires, next))
			next = route->cfg.expires;
		again = true;
	}
	if (again)
		expire_at(n, next);
	rtnl_unlock();
}

static bool hop_leads(const struct sxt_hop *hop, const struct net_device *dev,
		      const struct in6_addr *gateway)
{
	if (dev && sxt_hop_dev(hop) != dev && hop->rt->dst.dev != dev)
		return false;
	return !gateway ||
	       ipv6_addr_equal(&hop->rt->rt6i_gateway, gateway);
}

/* Listeners hear of a way that goes as of a route with this way alone. */
static void hop_gone_tell(const struct sxt_route *route,
			  const struct sxt_hop *hop,
			  const struct nl_info *asker)
{
	struct sxt_route *one = sxt_route_alloc(&route->cfg, 1);
	struct net *net = route->table->net;

	if (!one) {
		rtnl_set_sk_err(net, RTNLGRP_IPV6_ROUTE, -ENOBUFS);
		return;
	}
	one->table = route->table;
	one->prefsrc = route->prefsrc;
	one->hops[0] = *hop;
	sxt_rtnl_route_notify(net, RTM_DELROUTE, one, 0, asker);
	kfree(one);
}

/**
 * sxt_route_drop_hops() - a route loses ways
 * @route: in a table; gone afterwards, another one may be in its place
 * @dev: the ways through this device, NULL: any
 * @gateway: to this next hop, NULL: any
 * @asker: whose request it is, or NULL
 *
 * Context: RTNL. Without memory the whole route goes.
 */
void sxt_route_drop_hops(struct sxt_route *route,
			 const struct net_device *dev,
			 const struct in6_addr *gateway,
			 const struct nl_info *asker)
{
	struct net *net = route->table->net;
	unsigned int i, left = 0, to = 0;
	struct sxt_route *rest;

	for (i = 0; i < route->hop_count; i++)
		left += !hop_leads(&route->hops[i], dev, gateway);
	rest = left ? sxt_route_alloc(&route->cfg, left) : NULL;
	if (!rest) {
		sxt_route_remove_for(route, asker);
		return;
	}
	for (i = 0; i < route->hop_count; i++) {
		struct sxt_hop *hop = &route->hops[i];

		if (hop_leads(hop, dev, gateway)) {
			if (!route->cfg.nh_id)
				hop_gone_tell(route, hop, asker);
			continue;
		}
		rest->hops[to] = *hop;
		rest->hops[to++].route = rest;
	}
	rest->prefsrc = route->prefsrc;
	rest->disabled = route->disabled;
	sxt_nh_move(route, rest);
	sxt_route_balance(rest);
	sxt_route_swap(route, rest);
	sxt_route_free(route, rest);
	/* A nexthop object's ways are told as the route has them now. */
	if (rest->cfg.nh_id)
		sxt_rtnl_route_notify(net, RTM_NEWROUTE, rest, NLM_F_REPLACE,
				      asker);
}

/* A source that some hop of the route could not use is none for the route. */
static int prefsrc_gone(struct sxt_route *route, void *arg)
{
	struct net *net = route->table->net;
	const struct in6_addr *addr = arg;
	bool stays = true;
	unsigned int i;

	if (!route->prefsrc || !ipv6_addr_equal(&route->cfg.prefsrc, addr))
		return 0;
	rcu_read_lock();
	for (i = 0; i < route->hop_count && stays; i++)
		stays = sxt_ifa_serves(net, addr,
				       sxt_hop_dev(&route->hops[i]), 0);
	rcu_read_unlock();
	if (stays)
		return 0;
	WRITE_ONCE(route->prefsrc, false);
	sxt_ip6_net(net)->prefsrc_routes--;
	return 0;
}

/**
 * sxt_route_addr_gone() - an address was taken from an interface
 * @net: namespace
 * @addr: the address
 *
 * Routes that gave it to packets as their source leave the choice to RFC 6724
 * from now on, unless another interface still has it.
 *
 * Context: RTNL.
 */
void sxt_route_addr_gone(struct net *net, const struct in6_addr *addr)
{
	if (!sxt_ip6_net(net)->prefsrc_routes)
		return;
	sxt_route_walk(net, 0, prefsrc_gone, (void *)addr);
	sxt_route_changed(net);
}

/* Does a route have a way left without a device? */
static bool route_survives(const struct sxt_route *route,
			   const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < route->hop_count; i++)
		if (!(route->hops[i].flags & RTNH_F_DEAD) &&
		    sxt_hop_dev(&route->hops[i]) != dev)
			return true;
	return false;
}

/* @set to the hops through a device, and @clear from them. */
static bool route_flag(struct sxt_route *route, const struct net_device *dev,
		       u8 set, u8 clear)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < route->hop_count; i++) {
		struct sxt_hop *hop = &route->hops[i];
		u8 flags = (hop->flags & ~clear) | set;

		if (sxt_hop_dev(hop) != dev || flags == hop->flags)
			continue;
		WRITE_ONCE(hop->flags, flags);
		changed = true;
	}
	if (changed)
		sxt_route_balance(route);
	return changed;
}

/**
 * sxt_route_disable() - no packet takes a route any more
 * @route: in a table, and stays there
 *
 * Context: RTNL.
 */
void sxt_route_disable(struct sxt_route *route)
{
	unsigned int i;

	route->disabled = true;
	for (i = 0; i < route->hop_count; i++)
		WRITE_ONCE(route->hops[i].flags,
			   route->hops[i].flags | RTNH_F_DEAD);
	sxt_route_changed(route->table->net);
}

static bool route_uses(const struct sxt_route *route,
		       const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < route->hop_count; i++)
		if (hop_leads(&route->hops[i], dev, NULL))
			return true;
	return false;
}

struct dev_event {
	struct net_device *dev;
	bool leaves;
};

/*
 * A device that is down takes routes with it. A multipath route stays as long
 * as one of its ways does, and waits for the device unless that leaves.
 */
static int route_down(struct sxt_route *route, void *arg)
{
	const struct dev_event *e = arg;

	if (!route_uses(route, e->dev))
		return 0;
	if (e->leaves) {
		sxt_route_drop_hops(route, e->dev, NULL, NULL);
		return 0;
	}
	if (sxt_hop_dev(&route->hops[0]) != e->dev && route->hop_count == 1)
		return 0;	/* an own address of another device, by lo */
	if (route_survives(route, e->dev))
		route_flag(route, e->dev, RTNH_F_DEAD | RTNH_F_LINKDOWN, 0);
	else
		sxt_route_remove(route);
	return 0;
}

/**
 * sxt_route_dev_down() - a device is down, or leaves, or loses IPv6
 * @dev: the device
 *
 * Nothing of routes refers to a device that leaves, afterwards.
 *
 * Context: RTNL.
 */
void sxt_route_dev_down(struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	struct net *net = dev_net(dev);
	struct dev_event e = {
		.dev = dev,
		.leaves = dev->reg_state != NETREG_REGISTERED || !idev ||
			  idev->dead,
	};

	sxt_route_walk(net, 0, route_down, &e);
	sxt_pmtu_flush(net, dev);
	if (e.leaves)
		sxt_rt_dev_gone(net, dev);
	sxt_route_changed(net);
}

/**
 * sxt_hop_dev_flags() - what a hop through a device is like
 * @type: of its route
 * @dev: the device
 *
 * Own addresses are reached without a carrier.
 *
 * Context: RTNL.
 * Return: RTNH_F_DEAD, RTNH_F_LINKDOWN, both or none.
 */
u8 sxt_hop_dev_flags(u8 type, const struct net_device *dev)
{
	u8 flags = 0;

	if (!(dev->flags & IFF_UP))
		flags |= RTNH_F_DEAD;
	if (!netif_carrier_ok(dev) && type != RTN_LOCAL && type != RTN_ANYCAST)
		flags |= RTNH_F_LINKDOWN;
	return flags;
}

static int route_sync(struct sxt_route *route, void *arg)
{
	struct net_device *dev = arg;

	if (route->disabled)
		return 0;
	route_flag(route, dev, sxt_hop_dev_flags(route->cfg.type, dev),
		   RTNH_F_DEAD | RTNH_F_LINKDOWN);
	return 0;
}

/**
 * sxt_route_dev_change() - a device is up, or its carrier came or went
 * @dev: the device
 *
 * Context: RTNL.
 */
void sxt_route_dev_change(struct net_device *dev)
{
	sxt_route_walk(dev_net(dev), 0, route_sync, dev);
	sxt_route_changed(dev_net(dev));
}

static int route_shares(struct sxt_route *route, void *arg)
{
	sxt_route_balance(route);
	return 0;
}

/**
 * sxt_route_linkdown() - whether ways without a carrier count has changed
 * @net: namespace
 *
 * Context: RTNL.
 */
void sxt_route_linkdown(struct net *net)
{
	sxt_route_walk(net, 0, route_shares, NULL);
	sxt_route_changed(net);
}

/**
 * sxt_route_dev_mtu() - an interface has another MTU of IPv6
 * @dev: the device; its settings have the new one
 * @old: the MTU until now
 *
 * Context: RTNL.
 */
void sxt_route_dev_mtu(struct net_device *dev, u32 old)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);

	sxt_pmtu_link_mtu(dev_net(dev), dev, old, idev->cnf.mtu6);
	sxt_route_changed(dev_net(dev));
}
