// SPDX-License-Identifier: GPL-2.0-only
/*
 * The routes that come with an address: the one that delivers packets to it,
 * and the one to its prefix.
 *
 * Users may delete these routes, so none is remembered here: each is found by
 * what it is.
 */
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include "ifa_int.h"
#include "nd.h"
#include "route.h"

/* One interface, no gateway; a VRF has a table of its own for all. */
static void route_cfg(struct sxt_route_cfg *cfg, struct sxt_hop_cfg *hop,
		      struct net_device *dev, u8 type, u32 table)
{
	u32 vrf = l3mdev_fib_table(dev);

	*hop = (struct sxt_hop_cfg) { .dev = dev, .weight = 1 };
	*cfg = (struct sxt_route_cfg) {
		.table = vrf ? vrf : table,
		.proto = RTPROT_KERNEL,
		.type = type,
		.hops = hop,
		.hop_count = 1,
		.nl_flags = NLM_F_CREATE | NLM_F_APPEND,
	};
}

static void local_cfg(struct sxt_route_cfg *cfg, struct sxt_hop_cfg *hop,
		      const struct sxt_ifa *ifa)
{
	route_cfg(cfg, hop, ifa->ifa.idev->dev,
		  ifa->anycast ? RTN_ANYCAST : RTN_LOCAL, RT6_TABLE_LOCAL);
	cfg->dst = ifa->ifa.addr;
	cfg->dst_len = 128;
}

/**
 * sxt_ifa_local_add() - packets to an address are delivered from now on
 * @ifa: the address
 *
 * Of a unicast and an anycast address with the same bits one has the route, as
 * long as it is there.
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int sxt_ifa_local_add(struct sxt_ifa *ifa)
{
	struct sxt_route_cfg cfg;
	struct sxt_route *route;
	struct sxt_hop_cfg hop;

	local_cfg(&cfg, &hop, ifa);
	route = sxt_route_add(dev_net(hop.dev), &cfg, NULL);
	if (IS_ERR(route) && PTR_ERR(route) != -EEXIST)
		return PTR_ERR(route);
	WRITE_ONCE(ifa->routed, true);
	return 0;
}

/*
 * It got on with the route of the one that goes, unless it has one: then there
 * is no @route.
 */
static int twin_takes(struct sxt_ifa *twin, struct sxt_route *route)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;
	int err;

	local_cfg(&cfg, &hop, twin);
	err = route ? sxt_route_exchange(route, &cfg) : sxt_ifa_local_add(twin);
	if (err)
		net_warn_ratelimited("%s: no route to own address %pI6c: %d\n",
				     hop.dev->name, &cfg.dst, err);
	return err;
}

/**
 * sxt_ifa_local_del() - packets to an address are not for this node any more
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_ifa_local_del(struct sxt_ifa *ifa)
{
	struct sxt_route_cfg cfg;
	struct sxt_route *route;
	struct sxt_hop_cfg hop;
	struct sxt_ifa *twin;

	local_cfg(&cfg, &hop, ifa);
	/* There is none if it went with its interface, or by hand. */
	route = sxt_route_find(dev_net(hop.dev), &cfg);
	WRITE_ONCE(ifa->routed, false);
	twin = ifa->ifa.idev->dead ? NULL : sxt_ifa_twin(ifa);
	if (twin && !twin_takes(twin, route))
		return;
	if (route)
		sxt_route_remove(route);
}

static bool wants_prefix_route(const struct inet6_ifaddr *ifa)
{
	return !(ifa->flags & IFA_F_NOPREFIXROUTE) && !sxt_ifa_is_group(ifa) &&
	       container_of(ifa, struct sxt_ifa, ifa)->origin != SXT_IFA_RA;
}

static bool has_prefix_route(const struct inet6_ifaddr *ifa)
{
	return wants_prefix_route(ifa) &&
	       ifa->state != INET6_IFADDR_STATE_DEAD;
}

static bool has_peer(const struct inet6_ifaddr *ifa)
{
	return !ipv6_addr_any(&ifa->peer_addr);
}

/* An address is on the link with its prefix, and so is its peer, alone. */
static void prefix_cfg(struct sxt_route_cfg *cfg, struct sxt_hop_cfg *hop,
		       const struct inet6_ifaddr *ifa, bool peer)
{
	route_cfg(cfg, hop, ifa->idev->dev, RTN_UNICAST, RT6_TABLE_MAIN);
	cfg->dst_len = peer ? 128 : ifa->prefix_len;
	ipv6_addr_prefix(&cfg->dst, peer ? &ifa->peer_addr : &ifa->addr,
			 cfg->dst_len);
	cfg->metric = ifa->rt_priority ? ifa->rt_priority :
					 IP6_RT_PRIO_ADDRCONF;
}

/* When an address is gone, in jiffies, 0: never. A jiffy of 0 is made 1. */
static unsigned long valid_until(const struct inet6_ifaddr *ifa)
{
	unsigned long left = addrconf_timeout_fixup(ifa->valid_lft, HZ);
	unsigned long end;

	if (!addrconf_finite_timeout(left))
		return 0;
	end = ifa->tstamp + left * HZ;
	return end ? end : 1;
}

static bool has_same_route(const struct inet6_ifaddr *ifa,
			   const struct sxt_route_cfg *cfg, bool peer)
{
	struct sxt_route_cfg theirs;
	struct sxt_hop_cfg hop;

	prefix_cfg(&theirs, &hop, ifa, peer);
	return theirs.dst_len == cfg->dst_len &&
	       theirs.metric == cfg->metric &&
	       ipv6_addr_equal(&theirs.dst, &cfg->dst);
}

/* All addresses of the prefix share one route: the last to end counts. */
static bool prefix_shared(const struct inet6_ifaddr *ifa,
			  const struct sxt_route_cfg *cfg, bool self,
			  unsigned long *expires)
{
	const struct inet6_ifaddr *other;
	bool found = false;

	*expires = 0;
	list_for_each_entry(other, &ifa->idev->addr_list, if_list) {
		unsigned long end;

		if ((other == ifa && !self) || !has_prefix_route(other))
			continue;
		if (!has_same_route(other, cfg, false) &&
		    !(has_peer(other) && has_same_route(other, cfg, true)))
			continue;
		end = valid_until(other);
		if (!end || (found && !*expires))
			*expires = 0;
		else if (!found || time_after(end, *expires))
			*expires = end;
		found = true;
	}
	return found;
}

static void prefix_add(const struct inet6_ifaddr *ifa, bool peer)
{
	struct sxt_route_cfg cfg;
	struct sxt_route *route;
	struct sxt_hop_cfg hop;
	struct net *net;

	prefix_cfg(&cfg, &hop, ifa, peer);
	prefix_shared(ifa, &cfg, true, &cfg.expires);
	net = dev_net(hop.dev);
	route = sxt_route_find(net, &cfg);
	if (route) {
		/* If a router told it, it is the address's from now on. */
		WRITE_ONCE(route->cfg.flags, route->cfg.flags &
			   ~(RTF_ADDRCONF | RTF_PREFIX_RT));
		sxt_route_set_expires(route, cfg.expires);
		return;
	}
	route = sxt_route_add(net, &cfg, NULL);
	if (IS_ERR(route) && PTR_ERR(route) != -EEXIST)
		net_warn_ratelimited("%s: no route to own prefix %pI6c/%u: %ld\n",
				     hop.dev->name, &cfg.dst, cfg.dst_len,
				     PTR_ERR(route));
}

/**
 * sxt_ifa_prefix_add() - the route to an address's prefix, or its new lifetime
 * @ifa: the address, which is in its interface's list
 *
 * And that to its peer, if it has one.
 *
 * Context: RTNL.
 */
void sxt_ifa_prefix_add(struct sxt_ifa *ifa)
{
	/* On an interface that is down it would not last: it comes with "up". */
	if (!has_prefix_route(&ifa->ifa) ||
	    !(ifa->ifa.idev->dev->flags & IFF_UP))
		return;
	prefix_add(&ifa->ifa, false);
	if (has_peer(&ifa->ifa))
		prefix_add(&ifa->ifa, true);
}

/*
 * The route goes, unless another address has it, with @self this one, or a
 * router's word on the prefix stands.
 */
static void prefix_del(const struct inet6_ifaddr *ifa,
		       const struct sxt_route_cfg *cfg, bool self)
{
	struct sxt_idev *idev = sxt_idev(ifa->idev);
	struct sxt_route *route;
	unsigned long expires;

	route = sxt_route_find(dev_net(idev->in6.dev), cfg);
	if (prefix_shared(ifa, cfg, self, &expires)) {
		if (route)
			sxt_route_set_expires(route, expires);
		return;
	}
	if (!sxt_told_again(idev, &cfg->dst, cfg->dst_len, route) && route)
		sxt_route_remove(route);
}

/**
 * sxt_ifa_prefix_del() - an address needs its prefix route no more
 * @ifa: the address
 *
 * The route stays as long as another address of the interface has it.
 *
 * Context: RTNL.
 */
void sxt_ifa_prefix_del(struct sxt_ifa *ifa)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;

	if (!wants_prefix_route(&ifa->ifa))
		return;
	prefix_cfg(&cfg, &hop, &ifa->ifa, false);
	prefix_del(&ifa->ifa, &cfg, false);
	if (!has_peer(&ifa->ifa))
		return;
	prefix_cfg(&cfg, &hop, &ifa->ifa, true);
	prefix_del(&ifa->ifa, &cfg, false);
}

/**
 * sxt_ifa_prefix_note() - what an address has put on the link
 * @ifa: the address, before it changes
 * @old: its prefix, and its peer
 *
 * Context: RTNL.
 */
void sxt_ifa_prefix_note(const struct sxt_ifa *ifa,
			 struct sxt_ifa_prefixes *old)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;
	unsigned int i;

	old->count = 0;
	if (wants_prefix_route(&ifa->ifa))
		old->count = has_peer(&ifa->ifa) ? 2 : 1;
	for (i = 0; i < old->count; i++) {
		prefix_cfg(&cfg, &hop, &ifa->ifa, i);
		old->dst[i] = cfg.dst;
		old->len[i] = cfg.dst_len;
		old->metric = cfg.metric;
	}
}

/**
 * sxt_ifa_prefix_left() - routes go that an address doesn't have any more
 * @ifa: the address, which has what it has now: sxt_ifa_prefix_add()
 * @old: by sxt_ifa_prefix_note()
 *
 * Context: RTNL.
 */
void sxt_ifa_prefix_left(const struct sxt_ifa *ifa,
			 const struct sxt_ifa_prefixes *old)
{
	struct sxt_route_cfg cfg;
	struct sxt_hop_cfg hop;
	unsigned int i;

	for (i = 0; i < old->count; i++) {
		route_cfg(&cfg, &hop, ifa->ifa.idev->dev, RTN_UNICAST,
			  RT6_TABLE_MAIN);
		cfg.dst = old->dst[i];
		cfg.dst_len = old->len[i];
		cfg.metric = old->metric;
		prefix_del(&ifa->ifa, &cfg, true);
	}
}

/**
 * sxt_ifa_mroute_add() - multicast packets may go out on an interface
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_ifa_mroute_add(struct sxt_idev *idev)
{
	struct sxt_route_cfg cfg;
	struct sxt_route *route;
	struct sxt_hop_cfg hop;
	struct net *net;

	route_cfg(&cfg, &hop, idev->in6.dev, RTN_MULTICAST, RT6_TABLE_LOCAL);
	ipv6_addr_set(&cfg.dst, htonl(0xff000000), 0, 0, 0);
	cfg.dst_len = 8;
	cfg.metric = IP6_RT_PRIO_ADDRCONF;
	net = dev_net(hop.dev);
	if (sxt_route_find(net, &cfg))
		return;
	route = sxt_route_add(net, &cfg, NULL);
	if (IS_ERR(route) && PTR_ERR(route) != -EEXIST)
		net_warn_ratelimited("%s: no multicast route: %ld\n",
				     hop.dev->name, PTR_ERR(route));
}
