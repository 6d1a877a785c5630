// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way to the far end of a tunnel SA: looked up at its first packet and kept.
 * An IPv6 one is let go when IPv6 may be about to leave, as a module or with
 * the namespace: it waits for all its routes.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/dst_cache.h>
#include <net/if_inet6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include "key.h"

/**
 * struct sa_route - what a tunnel SA keeps of its way
 * @cache: the routes, one a CPU
 * @rcu: for freeing
 */
struct sa_route {
	struct dst_cache cache;
	struct rcu_head rcu;
};

static void route_free(struct sa_route *route)
{
	dst_cache_destroy(&route->cache);
	kfree(route);
}

static void route_free_rcu(struct rcu_head *rcu)
{
	route_free(container_of(rcu, struct sa_route, rcu));
}

/* One cache a tunnel SA, made when the first packet leaves. */
static struct dst_cache *route_cache(struct sxt_sa *sa)
{
	struct dst_cache *cache = READ_ONCE(sa->route);
	struct sa_route *route;

	if (likely(cache))
		return cache;
	route = kzalloc(sizeof(*route), GFP_ATOMIC | __GFP_NOWARN);
	if (!route)
		return NULL;
	if (dst_cache_init(&route->cache, GFP_ATOMIC | __GFP_NOWARN)) {
		kfree(route);
		return NULL;
	}
	cache = cmpxchg(&sa->route, NULL, &route->cache);
	if (!cache)
		return &route->cache;
	route_free(route);
	return cache;
}

static struct dst_entry *route_ipv4(struct net *net, struct sxt_sa *sa,
				    struct dst_cache *cache)
{
	struct flowi4 fl4 = {
		.saddr = sa->src.v4,
		.daddr = sa->ident.dst.v4,
		.flowi4_proto = sa->ident.proto,
	};
	struct rtable *rt;

	rt = ip_route_output_flow(net, &fl4, NULL);
	if (IS_ERR(rt))
		return NULL;
	if (cache)
		dst_cache_set_ip4(cache, &rt->dst, fl4.saddr);
	return &rt->dst;
}

static struct dst_entry *route_ipv6(struct net *net, struct sxt_sa *sa,
				    struct dst_cache *cache)
{
	struct flowi6 fl6 = {
		.saddr = sa->src.v6,
		.daddr = sa->ident.dst.v6,
		.flowi6_proto = sa->ident.proto,
	};
	struct dst_entry *dst;

	dst = ipv6_stub->ipv6_dst_lookup_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return NULL;
#if IS_ENABLED(CONFIG_IPV6)
	if (cache && !READ_ONCE(sxt_key_net(net)->leaving))
		dst_cache_set_ip6(cache, dst, &fl6.saddr);
#endif
	return dst;
}

/**
 * sxt_sa_route() - the route to the far end
 * @net: the namespace
 * @sa: a tunnel SA
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: the route with a reference, or NULL.
 */
struct dst_entry *sxt_sa_route(struct net *net, struct sxt_sa *sa)
{
	struct dst_cache *cache = route_cache(sa);
	struct dst_entry *dst = cache ? dst_cache_get(cache) : NULL;

	if (likely(dst))
		return dst;
	if (sa->ident.family == AF_INET)
		return route_ipv4(net, sa, cache);
	return route_ipv6(net, sa, cache);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_route, SEXTANT);

/**
 * sxt_sa_route_free() - let go of an SA's route
 * @sa: the SA; no packet is in it any more, and none comes
 *
 * Context: process.
 */
void sxt_sa_route_free(struct sxt_sa *sa)
{
	if (sa->route)
		route_free(container_of(sa->route, struct sa_route, cache));
}

/* SAs of IPv6 tunnels start anew; packets may be inside. */
static void route_forget_work(struct work_struct *work)
{
	struct sxt_key_net *kn = container_of(work, struct sxt_key_net,
					      forget_work);
	struct dst_cache *cache;
	struct sxt_sa *sa;
	u64 id = 0;

	/* Who has not seen that IPv6 leaves has kept its route by then. */
	synchronize_net();
	do {
		cache = NULL;
		rcu_read_lock();
		sa = sxt_sa_next(kn->net, &id);
		if (sa && sa->ident.family == AF_INET6)
			cache = xchg(&sa->route, NULL);
		rcu_read_unlock();
		if (cache)
			call_rcu(&container_of(cache, struct sa_route,
					       cache)->rcu,
				 route_free_rcu);
		id++;
		cond_resched();
	} while (sa);
}

/**
 * sxt_sa_routes_init() - a namespace without routes kept
 * @kn: its SAD
 *
 * Context: process.
 */
void sxt_sa_routes_init(struct sxt_key_net *kn)
{
	INIT_WORK(&kn->forget_work, route_forget_work);
}

/**
 * sxt_sa_routes_leave() - a namespace goes: keep no route from here on
 * @kn: its SAD
 *
 * IPv6's part of the namespace may go before the SAD's.
 *
 * Context: process.
 */
void sxt_sa_routes_leave(struct sxt_key_net *kn)
{
	WRITE_ONCE(kn->leaving, true);
	schedule_work(&kn->forget_work);
}

/**
 * sxt_sa_routes_exit() - the last of a namespace
 * @kn: its SAD, without SAs, so that no more is to forget
 *
 * Context: process; sleeps.
 */
void sxt_sa_routes_exit(struct sxt_key_net *kn)
{
	cancel_work_sync(&kn->forget_work);
}

#if IS_ENABLED(CONFIG_IPV6)
/* An IPv6 that is unloaded takes each address away, and waits. */
static int route_address_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct net *net = dev_net(ifa->idev->dev);

	if (event == NETDEV_DOWN && sxt_sa_count(net))
		schedule_work(&sxt_key_net(net)->forget_work);
	return NOTIFY_DONE;
}

static struct notifier_block route_notifier = {
	.notifier_call = route_address_event,
};

/**
 * sxt_sa_routes_setup() - hear of IPv6 addresses that go
 *
 * Context: process, at load; namespaces are there.
 * Return: 0 or -errno.
 */
int sxt_sa_routes_setup(void)
{
	return register_inet6addr_notifier(&route_notifier);
}

/**
 * sxt_sa_routes_teardown() - hear no more
 *
 * Context: process, at unload, before namespaces go.
 */
void sxt_sa_routes_teardown(void)
{
	unregister_inet6addr_notifier(&route_notifier);
}
#else
int sxt_sa_routes_setup(void)
{
	return 0;
}

void sxt_sa_routes_teardown(void)
{
}
#endif
