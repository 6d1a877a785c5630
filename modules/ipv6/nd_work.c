// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a neighbour discovery message changes in this node's configuration, in
 * process context: router advertisements, redirects, routers that became hosts.
 * The queue of a namespace is short: who sends faster than it is worked off
 * loses messages, which are counted, and no memory is lost to him.
 */
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include "fib.h"
#include "nd_int.h"

#define ND_QUEUE_MAX	64u

/**
 * sxt_nd_queue() - have a message handled in process context
 * @skb: a valid message, at its ICMPv6 header; stays the caller's
 *
 * Context: softirq.
 * Return: SXT_WHY_NOT; SXT_WHY_ND_QUEUE: it is full; SXT_WHY_NO_MEMORY.
 */
enum sxt_why sxt_nd_queue(struct sk_buff *skb)
{
	struct sxt_ip6_net *n = sxt_ip6_net(dev_net(skb->dev));
	struct sk_buff *later;

	if (skb_queue_len_lockless(&n->nd_queue) >= ND_QUEUE_MAX)
		return SXT_WHY_ND_QUEUE;
	later = skb_clone(skb, GFP_ATOMIC | __GFP_NOWARN);
	if (!later)
		return SXT_WHY_NO_MEMORY;
	skb_dst_drop(later);
	/* Until the work has run, which a device that leaves waits for. */
	dev_hold(later->dev);
	skb_queue_tail(&n->nd_queue, later);
	queue_work(sxt_nd_wq, &n->nd_work);
	return SXT_WHY_NOT;
}

/* RFC 4861 7.2.5: it forwards no more. */
static void router_became_host(struct sxt_idev *idev, struct sk_buff *skb)
{
	struct in6_addr router;
	struct sxt_nd_msg msg;

	if (sxt_nd_read(skb, &msg) != SXT_ND_OK)
		return;
	router = sxt_nd_addr(msg.target);
	sxt_router_gone(idev, &router);
	sxt_route_changed(dev_net(idev->in6.dev));
}

/* Which way of a route with several a packet takes, its ports may decide. */
static bool redirect_from_way(struct net *net, const struct flowi6 *fl6,
			      const struct in6_addr *from)
{
	const struct sxt_route *route;
	struct sxt_fib_result res;
	unsigned int i;

	sxt_route_resolve(net, fl6, NULL, fl6->flowi6_oif, &res);
	route = res.hop ? res.hop->route : NULL;
	if (!route || route->hop_count < 2)
		return false;
	for (i = 0; i < route->hop_count; i++)
		if (sxt_hop_dev(&route->hops[i])->ifindex == fl6->flowi6_oif &&
		    ipv6_addr_equal(&route->hops[i].rt->rt6i_gateway, from))
			return true;
	return false;
}

/*
 * RFC 4861 8.1: only the router that packets from that source to the
 * destination go to now may redirect them. What rules ask of packets beside
 * these two is not known here: a router that is the way for a mark alone is not
 * heard.
 */
static bool redirect_from_hop(struct net_device *dev,
			      const struct in6_addr *from,
			      const struct in6_addr *dest,
			      const struct in6_addr *saddr)
{
	struct net *net = dev_net(dev);
	struct flowi6 fl6 = {
		.flowi6_oif = dev->ifindex,
		.daddr = *dest,
		.saddr = *saddr,
	};
	struct rt6_info *rt;
	bool ok = false;

	rcu_read_lock();
	rt = sxt_route_lookup(net, &fl6, NULL, dev->ifindex);
	if (!rt->dst.error && rt->dst.dev == dev &&
	    (rt->rt6i_flags & RTF_GATEWAY))
		ok = ipv6_addr_equal(&rt->rt6i_gateway, from) ||
		     redirect_from_way(net, &fl6, from);
	rcu_read_unlock();
	return ok;
}

/**
 * sxt_nd_redirected() - a better first hop is told (RFC 4861 8.3)
 * @idev: where the message came in
 * @skb: the message
 *
 * Context: RTNL.
 */
void sxt_nd_redirected(struct sxt_idev *idev, struct sk_buff *skb)
{
	u32 flags = NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_WEAK_OVERRIDE;
	const u8 *ip6 = skb_network_header(skb);
	struct in6_addr from, saddr, target, dest;
	struct sxt_nd_msg msg;
	bool on_link;

	if (idev->in6.cnf.forwarding || !idev->in6.cnf.accept_redirects ||
	    sxt_nd_read(skb, &msg) != SXT_ND_OK)
		return;
	from = sxt_nd_addr(ip6 + offsetof(struct ipv6hdr, saddr));
	/* What it is about was sent by us, so from where the message went. */
	saddr = sxt_nd_addr(ip6 + offsetof(struct ipv6hdr, daddr));
	target = sxt_nd_addr(msg.target);
	dest = sxt_nd_addr(msg.dest);
	if (ipv6_addr_is_multicast(&saddr) ||
	    !redirect_from_hop(idev->in6.dev, &from, &dest, &saddr))
		return;
	on_link = ipv6_addr_equal(&target, &dest);
	/* Another target than the destination is a router. */
	if (!on_link)
		flags |= NEIGH_UPDATE_F_OVERRIDE_ISROUTER |
			 NEIGH_UPDATE_F_ISROUTER;
	sxt_nd_learn(idev->in6.dev, &target, msg.tlla, flags);
	sxt_redirect_learn(idev->in6.dev, &dest, &target, on_link, &from);
}

static void nd_handle(struct sxt_idev *idev, struct sk_buff *skb)
{
	switch (skb->data[0]) {
	case NDISC_ROUTER_ADVERTISEMENT:
		sxt_router_advertised(idev, skb);
		break;
	case NDISC_REDIRECT:
		sxt_nd_redirected(idev, skb);
		break;
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
		router_became_host(idev, skb);
		break;
	}
}

static void nd_work(struct work_struct *work)
{
	struct sxt_ip6_net *n = container_of(work, struct sxt_ip6_net, nd_work);
	struct sxt_idev *idev;
	struct net_device *dev;
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&n->nd_queue))) {
		dev = skb->dev;
		rtnl_lock();
		idev = sxt_idev_get_rcu(dev);
		/* It may have left for another namespace meanwhile. */
		if (idev && !idev->in6.dead && net_eq(dev_net(dev), n->net))
			nd_handle(idev, skb);
		rtnl_unlock();
		dev_put(dev);
		consume_skb(skb);
		cond_resched();
	}
}

/**
 * sxt_nd_net_init() - the queue of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0.
 */
int sxt_nd_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	skb_queue_head_init(&n->nd_queue);
	INIT_WORK(&n->nd_work, nd_work);
	return 0;
}

/**
 * sxt_nd_net_exit() - nothing waits in a namespace any more
 * @net: the namespace, which has no device left
 *
 * Context: process, without the RTNL.
 */
void sxt_nd_net_exit(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sk_buff *skb;

	cancel_work_sync(&n->nd_work);
	while ((skb = skb_dequeue(&n->nd_queue))) {
		dev_put(skb->dev);
		kfree_skb_reason(skb, SKB_DROP_REASON_QUEUE_PURGE);
	}
}
