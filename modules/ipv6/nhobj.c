// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nexthop objects (`ip nexthop`): the kernel keeps them, for IPv4 and IPv6
 * alike, and asks us about next hops of IPv6 through ipv6_stub; so do IPv4
 * routes by way of an IPv6 neighbour (RFC 8950). Routes that name an object
 * have hops as any other route, made anew when the object changes.
 */
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/lwtunnel.h>
#include <net/nexthop.h>
#include "fib.h"
#include "iface.h"

/**
 * struct sxt_nh_user - a route that names a nexthop object
 * @link: what the object's list of routes consists of; nothing in it is used
 *	but its place, @link.nh and a source prefix of ::
 * @route: the route; another one after a change
 */
struct sxt_nh_user {
	struct fib6_info link;
	struct sxt_route *route;
};

static struct sxt_nh_user *user_of(struct fib6_info *link)
{
	return container_of(link, struct sxt_nh_user, link);
}

static int nh_dev(struct net *net, const struct fib6_config *cfg,
		  struct sxt_hop_cfg *hop, struct netlink_ext_ack *extack)
{
	if (!cfg->fc_ifindex)
		return 0;
	hop->dev = __dev_get_by_index(net, cfg->fc_ifindex);
	if (hop->dev)
		return 0;
	NL_SET_ERR_MSG(extack, "no such device");
	return -ENODEV;
}

static int nh_fill(struct net *net, struct fib6_nh *nh,
		   struct fib6_config *cfg, gfp_t gfp,
		   struct netlink_ext_ack *extack)
{
	struct sxt_hop_cfg hop = {
		.gateway = cfg->fc_gateway,
		.flags = cfg->fc_flags & RTNH_F_ONLINK,
	};
	int err;

	if (!ipv6_addr_any(&hop.gateway)) {
		nh->fib_nh_gw6 = hop.gateway;
		nh->fib_nh_gw_family = AF_INET6;
	}
	/* of a switch's table of stations: an address, no way */
	if (cfg->fc_is_fdb)
		return 0;
	err = nh_dev(net, cfg, &hop, extack);
	if (!err)
		err = sxt_hop_check(net, cfg->fc_table, RTN_UNICAST, &hop,
				    extack);
	if (!err)
		err = fib_nh_common_init(net, &nh->nh_common, cfg->fc_encap,
					 cfg->fc_encap_type, cfg, gfp, extack);
	if (err)
		return err;
	nh->fib_nh_flags = hop.flags;
	if (!netif_carrier_ok(hop.dev))
		nh->fib_nh_flags |= RTNH_F_LINKDOWN;
	nh->fib_nh_weight = 1;
	nh->fib_nh_oif = hop.dev->ifindex;
	nh->fib_nh_dev = hop.dev;
	netdev_hold(hop.dev, &nh->fib_nh_dev_tracker, gfp);
	return 0;
}

/**
 * struct nh_pin - a device by which IPv4 routes may reach IPv6 neighbours
 * @list: in nh_pins; RTNL
 * @dev: the device; no reference, the pin goes with it
 */
struct nh_pin {
	struct list_head list;
	const struct net_device *dev;
};

static LIST_HEAD(nh_pins);

/*
 * An IPv4 route copies the next hop and gives it back at once. From then on its
 * packets need our neighbour table, and nobody says until when; but the route
 * doesn't outlive its device. Until that leaves, the module is held.
 */
static int nh_pin(const struct net_device *dev)
{
	struct nh_pin *pin;

	list_for_each_entry(pin, &nh_pins, list)
		if (pin->dev == dev)
			return 0;
	pin = kmalloc(sizeof(*pin), GFP_KERNEL);
	if (!pin)
		return -ENOMEM;
	if (!try_module_get(THIS_MODULE)) {
		kfree(pin);
		return -ENODEV;
	}
	pin->dev = dev;
	list_add(&pin->list, &nh_pins);
	return 0;
}

/**
 * sxt_nh_dev_gone() - a device leaves, and all IPv4 routes through it
 * @dev: the device
 *
 * Context: RTNL.
 */
void sxt_nh_dev_gone(const struct net_device *dev)
{
	struct nh_pin *pin, *next;

	list_for_each_entry_safe(pin, next, &nh_pins, list) {
		if (pin->dev != dev)
			continue;
		list_del(&pin->list);
		kfree(pin);
		module_put(THIS_MODULE);
	}
}

static bool nh_is_copied(const struct fib6_config *cfg)
{
	return !cfg->fc_nlinfo.nl_net;
}

/**
 * sxt_nh_release() - ipv6_stub.fib6_nh_release
 * @nh: what sxt_nh_init() was called for
 *
 * Context: any; for nexthop objects after a grace period, so that main.c's
 * last rcu_barrier() waits for the end of this function.
 */
void sxt_nh_release(struct fib6_nh *nh)
{
	bool held = nh->fib_nh_family;

	fib_nh_common_release(&nh->nh_common);
	if (held)
		module_put(THIS_MODULE);
}

/**
 * sxt_nh_init() - ipv6_stub.fib6_nh_init
 * @net: namespace
 * @nh: filled in; zero
 * @cfg: what is asked for
 * @gfp: how to allocate
 * @extack: where the reason of a refusal goes, may be NULL
 *
 * A nexthop object holds the module; while that unloads there are no new ones,
 * though ipv6_stub still leads here.
 *
 * Context: RTNL.
 * Return: 0 or a negative errno.
 */
int sxt_nh_init(struct net *net, struct fib6_nh *nh, struct fib6_config *cfg,
		gfp_t gfp, struct netlink_ext_ack *extack)
{
	int err;

	/* as if it had gone already: the caller releases nothing then */
	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "IPv6 is being unloaded");
		return -EAFNOSUPPORT;
	}
	/* lightweight tunnels look at it; and it says that @nh is good */
	nh->fib_nh_family = AF_INET6;
	err = nh_fill(net, nh, cfg, gfp, extack);
	if (err) {
		nh->fib_nh_family = 0;
		module_put(THIS_MODULE);
		return err;
	}
	if (!nh_is_copied(cfg))
		return 0;
	err = nh_pin(nh->fib_nh_dev);
	if (err)
		sxt_nh_release(nh);
	return err;
}

/**
 * sxt_nh_release_dsts() - ipv6_stub.fib6_nh_release_dsts
 * @nh: a next hop that has left a group
 *
 * The dsts are those of routes, which were made anew: there is none in @nh.
 *
 * Context: RTNL.
 */
void sxt_nh_release_dsts(struct fib6_nh *nh)
{
}

/*
 * The ways of an object, as those of a route; none of a blackhole. Of each
 * hops[].lwt a reference is given.
 */
static void hops_of(const struct nexthop *nh, struct sxt_route_cfg *cfg,
		    struct sxt_hop_cfg *hops)
{
	const struct nh_group *group;
	unsigned int i;

	cfg->hop_count = 0;
	cfg->hops = hops;
	if (nexthop_is_blackhole(nh)) {
		cfg->type = RTN_BLACKHOLE;
		return;
	}
	cfg->type = RTN_UNICAST;
	cfg->hop_count = nexthop_num_path(nh);
	group = nh->is_group ? rtnl_dereference(nh->nh_grp) : NULL;
	for (i = 0; i < cfg->hop_count; i++) {
		const struct nexthop *one = group ? group->nh_entries[i].nh :
						    nh;
		const struct nh_info *info = rtnl_dereference(one->nh_info);

		hops[i] = (struct sxt_hop_cfg) {
			.dev = info->fib6_nh.fib_nh_dev,
			.gateway = info->fib6_nh.fib_nh_gw6,
			.weight = group ? group->nh_entries[i].weight : 1,
			.flags = info->fib6_nh.fib_nh_flags & RTNH_F_ONLINK,
			.lwt = lwtstate_get(info->fib6_nh.fib_nh_lws),
			.nh_id = one->id,
		};
	}
}

/**
 * sxt_nh_hops() - the ways of a route that names a nexthop object
 * @net: namespace
 * @cfg: the route: type, hops and @cfg->nh are filled in by @cfg->nh_id
 * @hops: room for SXT_HOPS_MAX; what the request itself says of the first
 * @extack: where the reason of a refusal goes
 *
 * Context: RTNL.
 * Return: 0 or -EINVAL.
 */
int sxt_nh_hops(struct net *net, struct sxt_route_cfg *cfg,
		struct sxt_hop_cfg *hops, struct netlink_ext_ack *extack)
{
	struct nexthop *nh = nexthop_find_by_id(net, cfg->nh_id);

	if (cfg->hop_count || hops[0].lwt || cfg->type != RTN_UNICAST) {
		NL_SET_ERR_MSG(extack,
			       "a nexthop object says all of where a route goes");
		return -EINVAL;
	}
	if (!nh) {
		NL_SET_ERR_MSG(extack, "no such nexthop object");
		return -EINVAL;
	}
	if (cfg->src_len) {
		NL_SET_ERR_MSG(extack,
			       "a route with a source prefix can't use a nexthop object");
		return -EINVAL;
	}
	if (fib6_check_nexthop(nh, NULL, extack))
		return -EINVAL;
	if (nexthop_num_path(nh) > SXT_HOPS_MAX) {
		NL_SET_ERR_MSG(extack, "a route has at most 64 next hops");
		return -EINVAL;
	}
	hops_of(nh, cfg, hops);
	cfg->nh = nh;
	return 0;
}

static bool is_resilient(const struct nexthop *nh)
{
	return nh->is_group && rtnl_dereference(nh->nh_grp)->resilient;
}

/**
 * sxt_nh_attach() - a route hears of changes of its nexthop object
 * @route: the route
 * @nh: the object
 *
 * Context: RTNL.
 * Return: 0: sxt_nh_detach() is due; or -ENOMEM.
 */
int sxt_nh_attach(struct sxt_route *route, struct nexthop *nh)
{
	struct sxt_nh_user *user = kzalloc(sizeof(*user), GFP_KERNEL);

	if (!user)
		return -ENOMEM;
	if (!nexthop_get(nh)) {
		kfree(user);
		return -ENOMEM;
	}
	/* the kernel takes a reference before sxt_nh_del_route(); it is moot */
	refcount_set(&user->link.fib6_ref, 1);
	user->link.nh = nh;
	list_add(&user->link.nh_list, &nh->f6i_list);
	user->route = route;
	route->nh = user;
	route->resilient = is_resilient(nh) ? nh : NULL;
	return 0;
}

/**
 * sxt_nh_detach() - the end of sxt_nh_attach()
 * @route: a route, with an object or without
 *
 * Context: RTNL.
 */
void sxt_nh_detach(struct sxt_route *route)
{
	struct sxt_nh_user *user = route->nh;

	if (!user)
		return;
	route->nh = NULL;
	list_del(&user->link.nh_list);
	nexthop_put(user->link.nh);
	kfree(user);
}

/**
 * sxt_nh_move() - another route takes the place of one
 * @from: the one, with an object or without
 * @to: the other
 *
 * Context: RTNL.
 */
void sxt_nh_move(struct sxt_route *from, struct sxt_route *to)
{
	to->nh = from->nh;
	to->resilient = from->resilient;
	from->nh = NULL;
	if (to->nh)
		to->nh->route = to;
}

/*
 * A preferred source that is not ours any more, or that the new way can't have,
 * as it leads into another VRF, is no reason to stay away.
 */
static struct sxt_route *remake(struct net *net, struct sxt_route_cfg *cfg,
				bool prefsrc)
{
	struct sxt_route *route = ERR_PTR(-EINVAL);

	if (prefsrc)
		route = sxt_route_make(net, cfg, NULL);
	if (PTR_ERR(route) != -EINVAL)
		return route;
	cfg->prefsrc = in6addr_any;
	return sxt_route_make(net, cfg, NULL);
}

/**
 * sxt_nh_changed() - ipv6_stub.fib6_update_sernum: an object is another now
 * @net: namespace
 * @link: of one of its routes
 *
 * Context: RTNL. The route stays; without memory no packet takes it.
 */
void sxt_nh_changed(struct net *net, struct fib6_info *link)
{
	struct sxt_route *old = user_of(link)->route, *route;
	struct sxt_route_cfg cfg = old->cfg;
	struct sxt_hop_cfg *hops;
	unsigned int i;

	hops = kcalloc(SXT_HOPS_MAX, sizeof(*hops), GFP_KERNEL);
	route = ERR_PTR(-ENOMEM);
	if (hops && nexthop_num_path(link->nh) <= SXT_HOPS_MAX) {
		hops_of(link->nh, &cfg, hops);
		cfg.nh = link->nh;
		cfg.metrics = dst_metrics_ptr(&old->hops[0].rt->dst);
		route = remake(net, &cfg, old->prefsrc);
	}
	for (i = 0; hops && i < SXT_HOPS_MAX; i++)
		lwtstate_put(hops[i].lwt);
	kfree(hops);
	if (IS_ERR(route)) {
		net_warn_ratelimited("sextant_ipv6: no way by nexthop %u: %ld\n",
				     link->nh->id, PTR_ERR(route));
		sxt_route_disable(old);
		return;
	}
	sxt_nh_move(old, route);
	sxt_route_swap(old, route);
	sxt_route_free(old, NULL);
}

/*
 * An object that goes leaves its groups, and they lose no word to ipv6_stub
 * about it. Of other changes this tells too, too early: then the routes are
 * made as they were.
 */
static int nh_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct nh_notifier_info *info = ptr;
	struct fib6_info *link;
	struct nexthop *nh;

	if (event != NEXTHOP_EVENT_REPLACE)
		return NOTIFY_DONE;
	nh = nexthop_find_by_id(info->net, info->id);
	if (!nh || !nh->is_group)
		return NOTIFY_DONE;
	list_for_each_entry(link, &nh->f6i_list, nh_list)
		sxt_nh_changed(info->net, link);
	return NOTIFY_DONE;
}

/**
 * sxt_nh_net_init() - hears of a namespace's nexthop objects
 * @net: the namespace
 *
 * Context: process; takes the RTNL.
 * Return: 0 or a negative errno.
 */
int sxt_nh_net_init(struct net *net)
{
	struct notifier_block *nb = &sxt_ip6_net(net)->nexthops;

	nb->notifier_call = nh_event;
	return register_nexthop_notifier(net, nb, NULL);
}

/**
 * sxt_nh_net_exit() - the end of sxt_nh_net_init()
 * @net: the namespace
 *
 * Context: process; takes the RTNL.
 */
void sxt_nh_net_exit(struct net *net)
{
	unregister_nexthop_notifier(net, &sxt_ip6_net(net)->nexthops);
}

/**
 * sxt_nh_tell() - ipv6_stub.fib6_rt_update: tell listeners of a route again
 * @net: namespace
 * @link: of the route
 * @info: who asked for the change
 *
 * Context: RTNL.
 */
void sxt_nh_tell(struct net *net, struct fib6_info *link, struct nl_info *info)
{
	sxt_rtnl_route_notify(net, RTM_NEWROUTE, user_of(link)->route,
			      NLM_F_REPLACE, info);
}

/**
 * sxt_nh_del_route() - ipv6_stub.ip6_del_rt: an object goes, its routes too
 * @net: namespace
 * @link: of the route; gone afterwards
 * @quiet: listeners hear of the object only
 *
 * Context: RTNL.
 * Return: 0.
 */
int sxt_nh_del_route(struct net *net, struct fib6_info *link, bool quiet)
{
	struct sxt_route *route = user_of(link)->route;

	if (!quiet)
		sxt_rtnl_route_notify(net, RTM_DELROUTE, route, 0, NULL);
	sxt_route_unlink(route);
	sxt_route_free(route, NULL);
	return 0;
}
