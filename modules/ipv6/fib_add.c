// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes are asked for: checks of what is asked, and what adding, replacing,
 * appending and deleting mean when there is one already.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include "fib.h"
#include "iface.h"

static bool type_has_hops(u8 type)
{
	return type == RTN_UNICAST || type == RTN_LOCAL ||
	       type == RTN_ANYCAST || type == RTN_MULTICAST;
}

static bool type_known(u8 type)
{
	return type_has_hops(type) || type == RTN_BLACKHOLE ||
	       type == RTN_UNREACHABLE || type == RTN_PROHIBIT ||
	       type == RTN_THROW;
}

static int cfg_check(const struct sxt_route_cfg *cfg,
		     struct netlink_ext_ack *extack)
{
	if (cfg->dst_len > 128 || cfg->src_len > 128) {
		NL_SET_ERR_MSG(extack, "a prefix has at most 128 bits");
		return -EINVAL;
	}
	if (!type_known(cfg->type)) {
		NL_SET_ERR_MSG(extack, "no such type of route");
		return -EINVAL;
	}
	if (type_has_hops(cfg->type) && !cfg->hop_count) {
		NL_SET_ERR_MSG(extack,
			       "a route of this type needs a device or a gateway");
		return -ENODEV;
	}
	if (cfg->hop_count > SXT_HOPS_MAX) {
		NL_SET_ERR_MSG(extack, "a route has at most 64 next hops");
		return -EINVAL;
	}
	if (cfg->hop_count > 1 && cfg->type != RTN_UNICAST) {
		NL_SET_ERR_MSG(extack,
			       "only unicast routes have several next hops");
		return -EINVAL;
	}
	return 0;
}

/* The interface @dev, NULL: of a dead end, gives packets this source. */
static int prefsrc_check(struct net *net, const struct sxt_route_cfg *cfg,
			 const struct net_device *dev,
			 struct netlink_ext_ack *extack)
{
	bool ours;

	if (ipv6_addr_any(&cfg->prefsrc))
		return 0;
	rcu_read_lock();
	ours = dev ? sxt_ifa_serves(net, &cfg->prefsrc, dev, 0) :
		     sxt_ifa_is_ours(net, &cfg->prefsrc, NULL, 0);
	rcu_read_unlock();
	if (ours)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "the preferred source is no address of this host");
	return -EINVAL;
}

static bool leads_to_link(const struct sxt_fib_result *res)
{
	return res->hop && !res->rt->dst.error &&
	       !(res->rt->rt6i_flags & RTF_GATEWAY);
}

/* Under RCU: the table that the route is for is asked first, then all. */
static void gateway_lookup(struct net *net, u32 id,
			   const struct sxt_hop_cfg *hop,
			   struct sxt_fib_result *res)
{
	const struct flowi6 fl6 = {
		.flowi6_oif = hop->dev ? hop->dev->ifindex : 0,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_flags = SXT_FLOWI_LINKDOWN,
		.daddr = hop->gateway,
	};
	struct sxt_fib_table *table = sxt_fib_table_find(net, id);

	if (table && !sxt_fib_lookup(table, &fl6, NULL, fl6.flowi6_oif, true,
				     res) && leads_to_link(res))
		return;
	sxt_route_resolve(net, &fl6, NULL, fl6.flowi6_oif, res);
}

/* On which link is the gateway? */
static int gateway_find(struct net *net, u32 table, struct sxt_hop_cfg *hop,
			struct netlink_ext_ack *extack)
{
	struct sxt_fib_result res;
	int err = -EHOSTUNREACH;

	rcu_read_lock();
	gateway_lookup(net, table, hop, &res);
	if (res.rt->dst.error || !res.hop) {
		NL_SET_ERR_MSG(extack, "the gateway is not reachable");
	} else if (res.rt->rt6i_flags & RTF_GATEWAY) {
		NL_SET_ERR_MSG(extack, "the gateway is not on a link");
	} else if (res.rt->rt6i_flags & RTF_LOCAL) {
		NL_SET_ERR_MSG(extack, "the gateway is an own address");
		err = -EINVAL;
	} else {
		if (!hop->dev)
			hop->dev = res.rt->dst.dev;
		err = 0;
	}
	rcu_read_unlock();
	return err;
}

/*
 * "onlink": the gateway is there, whatever the tables say. A VRF has no
 * addresses but its own, so one that is on another link of it is a mistake.
 */
static int gateway_onlink(struct net *net, const struct sxt_hop_cfg *hop,
			  struct netlink_ext_ack *extack)
{
	const struct flowi6 fl6 = { .daddr = hop->gateway };
	const struct sxt_fib_table *table;
	struct sxt_fib_result res;
	int err = 0;
	u32 vrf;

	rcu_read_lock();
	vrf = l3mdev_fib_table_rcu(hop->dev);
	table = vrf ? sxt_fib_table_find(net, vrf) : NULL;
	if (table && !sxt_fib_lookup(table, &fl6, NULL, 0, false, &res) &&
	    leads_to_link(&res) && res.hop->route->cfg.dst_len &&
	    sxt_hop_dev(res.hop) != hop->dev)
		err = -EINVAL;
	rcu_read_unlock();
	if (err)
		NL_SET_ERR_MSG(extack,
			       "the gateway is on another link of this VRF");
	return err;
}

static int gateway_not_own(struct net *net, const struct sxt_hop_cfg *hop,
			   struct netlink_ext_ack *extack)
{
	bool own;

	rcu_read_lock();
	own = sxt_ifa_serves(net, &hop->gateway, hop->dev, 0);
	rcu_read_unlock();
	if (!own)
		return 0;
	NL_SET_ERR_MSG(extack, "the gateway is an own address");
	return -EINVAL;
}

static int gateway_check(struct net *net, u32 table, struct sxt_hop_cfg *hop,
			 struct netlink_ext_ack *extack)
{
	int type = ipv6_addr_type(&hop->gateway);
	int err = 0;

	if (type == IPV6_ADDR_ANY)
		return 0;
	if (!(type & (IPV6_ADDR_UNICAST | IPV6_ADDR_MAPPED)) ||
	    type & IPV6_ADDR_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "the gateway is no unicast address");
		return -EINVAL;
	}
	if (!hop->dev && (type & IPV6_ADDR_LINKLOCAL ||
			  hop->flags & RTNH_F_ONLINK)) {
		NL_SET_ERR_MSG(extack,
			       "a gateway that is link-local or onlink needs a device");
		return -EINVAL;
	}
	if (hop->flags & RTNH_F_ONLINK)
		err = gateway_onlink(net, hop, extack);
	else if (!(type & IPV6_ADDR_LINKLOCAL))
		err = gateway_find(net, table, hop, extack);
	return err ? err : gateway_not_own(net, hop, extack);
}

/**
 * sxt_hop_check() - can a route go this way?
 * @net: namespace
 * @table: number of the table that the route is for
 * @type: of the route
 * @hop: the way; a device that it doesn't name is found
 * @extack: where the reason of a refusal goes, may be NULL
 *
 * Context: RTNL.
 * Return: 0, -EINVAL, -EHOSTUNREACH, -ENODEV or -ENETDOWN.
 */
int sxt_hop_check(struct net *net, u32 table, u8 type, struct sxt_hop_cfg *hop,
		  struct netlink_ext_ack *extack)
{
	int err = gateway_check(net, table, hop, extack);

	if (err)
		return err;
	if (!hop->dev) {
		NL_SET_ERR_MSG(extack, "the route needs a device");
		return -ENODEV;
	}
	if (!__in6_dev_get(hop->dev)) {
		NL_SET_ERR_MSG(extack, "IPv6 is disabled on the device");
		return -ENODEV;
	}
	if (!(hop->dev->flags & IFF_UP) && type == RTN_UNICAST) {
		NL_SET_ERR_MSG(extack, "the device is down");
		return -ENETDOWN;
	}
	if (!hop->weight)
		hop->weight = 1;
	return 0;
}

static int hop_make(struct net *net, struct sxt_route *route, unsigned int i,
		    const struct sxt_route_cfg *cfg,
		    const struct sxt_hop_cfg *hop)
{
	struct rt6_info *rt = sxt_rt_make(net, cfg, hop);

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	route->hops[i].rt = rt;
	route->hops[i].weight = hop->weight;
	route->hops[i].flags = hop->flags;
	route->hops[i].nh_id = hop->nh_id;
	if (hop->dev)
		route->hops[i].flags |= RTNH_F_LINKDOWN &
			sxt_hop_dev_flags(cfg->type, hop->dev);
	return 0;
}

/**
 * sxt_route_make() - a complete route that is in no table
 * @net: namespace
 * @cfg: what it is
 * @extack: where the reason of a refusal goes, may be NULL
 *
 * Context: RTNL.
 * Return: the route or an error, as sxt_route_add().
 */
struct sxt_route *sxt_route_make(struct net *net,
				 const struct sxt_route_cfg *cfg,
				 struct netlink_ext_ack *extack)
{
	bool has_hops = type_has_hops(cfg->type);
	unsigned int i, count = has_hops ? cfg->hop_count : 1;
	struct sxt_hop_cfg hop = { .weight = 1 };
	struct sxt_route *route;
	int err = 0;

	route = sxt_route_alloc(cfg, count);
	if (!route)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < count && !err; i++) {
		if (has_hops) {
			hop = cfg->hops[i];
			if (!cfg->nh)
				err = sxt_hop_check(net, cfg->table, cfg->type,
						    &hop, extack);
		}
		if (!err)
			err = prefsrc_check(net, cfg, hop.dev, extack);
		if (!err)
			err = hop_make(net, route, i, cfg, &hop);
	}
	if (err) {
		sxt_route_free(route, NULL);
		return ERR_PTR(err);
	}
	sxt_route_balance(route);
	return route;
}

static bool hops_equal(const struct sxt_hop *a, const struct sxt_hop *b)
{
	return sxt_hop_dev(a) == sxt_hop_dev(b) &&
	       ipv6_addr_equal(&a->rt->rt6i_gateway, &b->rt->rt6i_gateway) &&
	       !lwtunnel_cmp_encap(a->rt->dst.lwtstate, b->rt->dst.lwtstate);
}

static bool hops_overlap(const struct sxt_route *a, const struct sxt_route *b)
{
	unsigned int i, k;

	for (i = 0; i < a->hop_count; i++)
		for (k = 0; k < b->hop_count; k++)
			if (hops_equal(&a->hops[i], &b->hops[k]))
				return true;
	return false;
}

/* Can its ways become ways of one multipath route? Those of routers can't. */
static bool can_merge(const struct sxt_route *route)
{
	return route->cfg.type == RTN_UNICAST && !route->nh &&
	       !(route->cfg.flags & RTF_ADDRCONF) &&
	       route->hops[0].rt->rt6i_flags & RTF_GATEWAY;
}

/* @old and the new @add become one; @add is gone if this succeeds. */
static struct sxt_route *route_merge(struct sxt_route *old,
				     struct sxt_route *add,
				     struct netlink_ext_ack *extack)
{
	unsigned int i, count = old->hop_count + add->hop_count;
	struct sxt_route *route;

	if (count > SXT_HOPS_MAX) {
		NL_SET_ERR_MSG(extack, "a route has at most 64 next hops");
		return ERR_PTR(-EINVAL);
	}
	route = sxt_route_alloc(&old->cfg, count);
	if (!route)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < count; i++) {
		route->hops[i] = i < old->hop_count ? old->hops[i] :
				 add->hops[i - old->hop_count];
		route->hops[i].route = route;
	}
	route->prefsrc = old->prefsrc;
	sxt_route_balance(route);
	sxt_route_swap(old, route);
	sxt_route_free(old, route);
	sxt_route_free(add, route);
	return route;
}

/* The first route that differs in its hops only, or NULL. */
static struct sxt_route *route_equal(const struct sxt_fib_table *table,
				     const struct sxt_route_cfg *cfg)
{
	struct sxt_route *r = sxt_route_first(table, cfg);

	for (; r; r = rtnl_dereference(r->next))
		if (!sxt_route_cmp(&r->cfg, cfg))
			return r;
	return NULL;
}

/* Among routes of the same metric; NULL: add it as another route. */
static struct sxt_route *route_join(struct sxt_route *equal,
				    struct sxt_route *route, u16 nl_flags,
				    struct netlink_ext_ack *extack)
{
	struct sxt_route *r, *merge = NULL;

	if (nl_flags & NLM_F_EXCL) {
		NL_SET_ERR_MSG(extack, "a route of this metric exists");
		return ERR_PTR(-EEXIST);
	}
	if (nl_flags & NLM_F_REPLACE) {
		sxt_route_swap(equal, route);
		sxt_route_free(equal, NULL);
		return route;
	}
	for (r = equal; r && !sxt_route_cmp(&r->cfg, &route->cfg);
	     r = rtnl_dereference(r->next)) {
		if (hops_overlap(r, route)) {
			NL_SET_ERR_MSG(extack, "the route exists");
			return ERR_PTR(-EEXIST);
		}
		if (!merge && can_merge(r))
			merge = r;
	}
	if (merge && can_merge(route))
		return route_merge(merge, route, extack);
	return NULL;
}

static struct sxt_route *route_insert(struct sxt_fib_table *table,
				      struct sxt_route *route,
				      const struct sxt_route_cfg *cfg,
				      struct netlink_ext_ack *extack)
{
	struct sxt_route *equal = route_equal(table, &route->cfg);
	u16 told = NLM_F_CREATE, nl_flags = cfg->nl_flags;
	struct sxt_route *joined;
	int err;

	route->table = table;
	if (!equal && nl_flags & NLM_F_REPLACE && !(nl_flags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "no such route to replace");
		return ERR_PTR(-ENOENT);
	}
	joined = equal ? route_join(equal, route, nl_flags, extack) : NULL;
	if (IS_ERR(joined))
		return joined;
	if (joined) {
		told = nl_flags & NLM_F_REPLACE ? NLM_F_REPLACE :
						  NLM_F_APPEND;
		route = joined;
	} else {
		err = sxt_route_link(route, NULL);
		if (err)
			return ERR_PTR(err);
	}
	sxt_rtnl_route_notify(table->net, RTM_NEWROUTE, route, told,
			      cfg->asker);
	return route;
}

/*
 * An own address comes before its prefix, which is as long if it has no link;
 * in a VRF, both are in one table.
 */
static bool cfg_is_own(const struct sxt_route_cfg *cfg)
{
	return cfg->proto == RTPROT_KERNEL &&
	       (cfg->type == RTN_LOCAL || cfg->type == RTN_ANYCAST);
}

/* Host bits behind a prefix mean nothing; 0 stands for the usual values. */
static void cfg_normalise(struct sxt_route_cfg *to,
			  const struct sxt_route_cfg *cfg)
{
	*to = *cfg;
	ipv6_addr_prefix(&to->dst, &cfg->dst, cfg->dst_len);
	ipv6_addr_prefix(&to->src, &cfg->src, cfg->src_len);
	if (!to->table)
		to->table = RT_TABLE_MAIN;
	if (!to->metric && !cfg_is_own(to))
		to->metric = IP6_RT_PRIO_USER;
	if (to->expires)
		to->flags |= RTF_EXPIRES;
	else
		to->flags &= ~RTF_EXPIRES;
}

/**
 * sxt_route_add() - add, replace or append a route
 * @net: namespace
 * @cfg: the route; its nl_flags say what to do if there is one already
 * @extack: where the reason of a refusal goes, may be NULL
 *
 * Context: RTNL.
 * Return: the route, valid until it is removed; or an error: -EINVAL, -ENODEV,
 * -ENETDOWN, -EHOSTUNREACH (gateway), -EEXIST, -ENOENT, -ENOMEM.
 */
struct sxt_route *sxt_route_add(struct net *net,
				const struct sxt_route_cfg *cfg,
				struct netlink_ext_ack *extack)
{
	struct sxt_fib_table *table;
	struct sxt_route *route, *in;
	struct sxt_route_cfg c;
	int err;

	err = cfg_check(cfg, extack);
	if (err)
		return ERR_PTR(err);
	cfg_normalise(&c, cfg);
	route = sxt_route_make(net, &c, extack);
	if (IS_ERR(route))
		return route;
	err = c.nh ? sxt_nh_attach(route, c.nh) : 0;
	if (err) {
		sxt_route_free(route, NULL);
		return ERR_PTR(err);
	}
	table = sxt_fib_table_get(net, c.table);
	in = table ? route_insert(table, route, &c, extack) :
		     ERR_PTR(-ENOMEM);
	if (IS_ERR(in)) {
		sxt_route_free(route, NULL);
		if (table)
			sxt_fib_table_put(table);
	}
	return in;
}

/**
 * sxt_route_exchange() - another route in the place of one, in one step
 * @old: in a table; gone afterwards
 * @cfg: the other, of the same prefix, source and metric
 *
 * Listeners are told that it replaces what was there.
 *
 * Context: RTNL.
 * Return: 0; or a negative errno, as sxt_route_add(): @old stays.
 */
int sxt_route_exchange(struct sxt_route *old, const struct sxt_route_cfg *cfg)
{
	struct net *net = old->table->net;
	struct sxt_route *route;
	struct sxt_route_cfg c;

	cfg_normalise(&c, cfg);
	route = sxt_route_make(net, &c, NULL);
	if (IS_ERR(route))
		return PTR_ERR(route);
	sxt_route_swap(old, route);
	sxt_route_free(old, NULL);
	sxt_rtnl_route_notify(net, RTM_NEWROUTE, route, NLM_F_REPLACE, NULL);
	return 0;
}

static bool hop_matches(const struct sxt_hop *hop,
			const struct sxt_hop_cfg *cfg)
{
	if (cfg->dev && sxt_hop_dev(hop) != cfg->dev)
		return false;
	return ipv6_addr_any(&cfg->gateway) ||
	       ipv6_addr_equal(&cfg->gateway, &hop->rt->rt6i_gateway);
}

static bool any_hop_matches(const struct sxt_route *route,
			    const struct sxt_hop_cfg *cfg)
{
	unsigned int i;

	for (i = 0; i < route->hop_count; i++)
		if (hop_matches(&route->hops[i], cfg))
			return true;
	return false;
}

/* What is 0 in @cfg matches anything, but for prefix and source. */
static bool route_matches(const struct sxt_route *route,
			  const struct sxt_route_cfg *cfg)
{
	unsigned int i;

	if (route->cfg.src_len != cfg->src_len ||
	    !ipv6_prefix_equal(&route->cfg.src, &cfg->src, cfg->src_len))
		return false;
	if (cfg->metric && route->cfg.metric != cfg->metric)
		return false;
	if (cfg->proto && route->cfg.proto != cfg->proto)
		return false;
	if (cfg->type && route->cfg.type != cfg->type)
		return false;
	if (cfg->nh_id && cfg->nh_id != route->cfg.nh_id)
		return false;
	for (i = 0; i < cfg->hop_count; i++)
		if (!any_hop_matches(route, &cfg->hops[i]))
			return false;
	return true;
}

/**
 * sxt_route_find() - a route as it was asked for
 * @net: namespace
 * @cfg: destination and source prefix exactly, the rest where it is not 0
 *
 * Context: RTNL.
 * Return: the first that matches, or NULL.
 */
struct sxt_route *sxt_route_find(struct net *net,
				 const struct sxt_route_cfg *cfg)
{
	struct sxt_fib_table *table;
	struct sxt_route *route;

	if (cfg->dst_len > 128 || cfg->src_len > 128)
		return NULL;
	table = sxt_fib_table_find(net, cfg->table ?: RT_TABLE_MAIN);
	route = table ? sxt_route_first(table, cfg) : NULL;
	for (; route; route = rtnl_dereference(route->next))
		if (route_matches(route, cfg))
			return route;
	return NULL;
}

/**
 * sxt_route_del() - delete a route, or one way of a multipath route
 * @net: namespace
 * @cfg: as for sxt_route_find()
 * @extack: where the reason of a refusal goes, may be NULL
 *
 * Context: RTNL.
 * Return: 0 or -ESRCH.
 */
int sxt_route_del(struct net *net, const struct sxt_route_cfg *cfg,
		  struct netlink_ext_ack *extack)
{
	struct sxt_route *route = sxt_route_find(net, cfg);
	const struct sxt_hop_cfg *hop = cfg->hops;

	if (!route) {
		NL_SET_ERR_MSG(extack, "no such route");
		return -ESRCH;
	}
	/* `ip route del PREFIX via GATEWAY` means one way of several */
	if (cfg->hop_count == 1 && route->hop_count > 1 &&
	    !ipv6_addr_any(&hop->gateway))
		sxt_route_drop_hops(route, hop->dev, &hop->gateway,
				    cfg->asker);
	else
		sxt_route_remove_for(route, cfg->asker);
	return 0;
}
