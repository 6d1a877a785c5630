// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dst entries of IPv6: how one is made for a hop of a route, what the rest
 * of the kernel asks of it, the dead ends, and how the last one goes before
 * the module does.
 */
#include <linux/icmpv6.h>
#include <linux/tcp.h>
#include <linux/wait_bit.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include "fib.h"
#include "iface.h"
#include "nd.h"
#include "packet.h"

static struct kmem_cache *dst_cache;

static struct net *net_of(const struct dst_entry *dst)
{
	return container_of(dst->ops, struct net, ipv6.ip6_dst_ops);
}

/**
 * sxt_rt_check() - dst_ops.check: is a dst that was kept good?
 * @dst: the dst
 * @cookie: lower 32 bits of route_gen when it was looked up
 *
 * It is as long as nothing in the tables has changed.
 *
 * Context: any.
 * Return: @dst or NULL.
 */
struct dst_entry *sxt_rt_check(struct dst_entry *dst, u32 cookie)
{
	const struct rt6_info *rt = dst_rt6_info(dst);

	if (unlikely(READ_ONCE(dst->obsolete) != DST_OBSOLETE_FORCE_CHK))
		return NULL;
	if (cookie != (u32)READ_ONCE(sxt_ip6_net(net_of(dst))->route_gen))
		return NULL;
	if (unlikely(rt->rt6i_flags & RTF_CACHE) && !sxt_pmtu_valid(rt))
		return NULL;
	return dst;
}

/**
 * sxt_rt_mtu() - dst_ops.mtu
 * @dst: the dst
 *
 * Context: any.
 * Return: bytes of a packet: what the route says, but never more than the link
 * takes (RFC 8201 section 5.2) and, of the route, no less than 1280.
 */
unsigned int sxt_rt_mtu(const struct dst_entry *dst)
{
	const struct inet6_dev *idev;
	u32 mtu = dst_metric_raw(dst, RTAX_MTU);
	u32 link = IPV6_MIN_MTU;

	rcu_read_lock();
	idev = __in6_dev_get(dst_dev_rcu((struct dst_entry *)dst));
	if (likely(idev))
		link = READ_ONCE(idev->cnf.mtu6);
	rcu_read_unlock();
	if (unlikely(mtu && mtu < link))
		link = max_t(u32, mtu, IPV6_MIN_MTU);
	link = min_t(u32, link, IP6_MAX_MTU);
	return link - lwtunnel_headroom(dst->lwtstate, link);
}

static unsigned int op_default_advmss(const struct dst_entry *dst)
{
	struct net *net = net_of(dst);
	unsigned int mss = sxt_rt_mtu(dst) - sizeof(struct ipv6hdr) -
			   sizeof(struct tcphdr);
	unsigned int least = READ_ONCE(net->ipv6.sysctl.ip6_rt_min_advmss);

	if (mss < least)
		mss = least;
	/* RFC 2675 section 5.1: no jumbograms, so "infinity" is this. */
	return min_t(unsigned int, mss,
		     IPV6_MAXPLEN - sizeof(struct tcphdr));
}

static void op_destroy(struct dst_entry *dst)
{
	struct rt6_info *rt = dst_rt6_info(dst);
	struct sxt_ip6_net *n = sxt_ip6_net(net_of(dst));
	struct inet6_dev *idev;

	dst_destroy_metrics_generic(dst);
	if (dst->rt_uncached_list) {
		spin_lock_bh(&n->uncached_lock);
		list_del(&dst->rt_uncached);
		spin_unlock_bh(&n->uncached_lock);
	}
	/* not before: sxt_rt_dev_gone() exchanges it */
	idev = rt->rt6i_idev;
	rt->rt6i_idev = NULL;
	if (idev)
		in6_dev_put(idev);
	if (atomic_dec_and_test(&n->dst_count))
		wake_up_var(&n->dst_count);
}

/*
 * The device leaves: keep nothing of it, packets may still look. Nor of another
 * one: who keeps the dst may do so until the namespace has lost all of them.
 */
static void op_ifdown(struct dst_entry *dst, struct net_device *dev)
{
	struct rt6_info *rt = dst_rt6_info(dst);
	struct inet6_dev *old = rt->rt6i_idev;

	if (!old)
		return;
	WRITE_ONCE(rt->rt6i_idev, NULL);
	in6_dev_put(old);
}

static void op_negative_advice(struct sock *sk, struct dst_entry *dst)
{
	const struct rt6_info *rt = dst_rt6_info(dst);

	if (!(rt->rt6i_flags & RTF_CACHE))
		return;
	sxt_pmtu_forget(rt);
	sk_dst_reset(sk);
}

static void op_link_failure(struct sk_buff *skb)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));

	sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0, NULL,
		      IP6CB(skb));
	if (!rt)
		return;
	/* a redirect to where nobody answers (RFC 4861 8.3) */
	if (rt->rt6i_flags & RTF_CACHE && rt->rt6i_flags & RTF_DYNAMIC)
		sxt_redirect_forget(rt);
	/*
	 * Whoever keeps this way may have another (RFC 4861 7.3.3); after the
	 * first of a neighbour's queue nobody does.
	 */
	else if (rt->rt6i_flags & RTF_GATEWAY &&
		 READ_ONCE(container_of(rt, struct sxt_rt, rt)->given) ==
		 (int)sxt_route_gen(net_of(&rt->dst)))
		sxt_route_changed(net_of(&rt->dst));
}

static void op_confirm_neigh(const struct dst_entry *dst, const void *daddr)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	struct neighbour *neigh;

	daddr = rt6_nexthop(rt, daddr);
	if (!daddr || ipv6_addr_is_multicast(daddr))
		return;
	rcu_read_lock();
	neigh = sxt_neigh_find(dst_dev_rcu((struct dst_entry *)dst), daddr);
	if (neigh)
		neigh_confirm(neigh);
	rcu_read_unlock();
}

static void op_update_pmtu(struct dst_entry *dst, struct sock *sk,
			   struct sk_buff *skb, u32 mtu, bool confirm_neigh)
{
	const struct in6_addr *daddr;

	if (skb && skb->protocol == htons(ETH_P_IPV6))
		daddr = &ipv6_hdr(skb)->daddr;
	else if (!skb && sk && sk->sk_family == AF_INET6)
		daddr = &sk->sk_v6_daddr;
	else
		return;
	if (confirm_neigh)
		op_confirm_neigh(dst, daddr);
	if (mtu < sxt_rt_mtu(dst))
		sxt_pmtu_learn(net_of(dst), daddr, dst->dev->ifindex, mtu);
}

static const struct dst_ops ops_template = {
	.family = AF_INET6,
	.gc_thresh = 1024,
	.check = sxt_rt_check,
	.default_advmss = op_default_advmss,
	.mtu = sxt_rt_mtu,
	.cow_metrics = dst_cow_metrics_generic,
	.destroy = op_destroy,
	.ifdown = op_ifdown,
	.negative_advice = op_negative_advice,
	.link_failure = op_link_failure,
	.update_pmtu = op_update_pmtu,
	/* nd_in.c learns redirects, for all sockets at once */
	.redirect = dst_blackhole_redirect,
	.local_out = __ip6_local_out,
	.neigh_lookup = sxt_neigh_lookup,
	.confirm_neigh = op_confirm_neigh,
};

/**
 * sxt_rt_alloc() - a dst
 * @net: namespace
 * @dev: device, referenced
 * @flags: DST_*
 *
 * Context: any. The caller sets rt6i_idev, with a reference, and the rest.
 * Return: the dst with one reference, or NULL.
 */
struct rt6_info *sxt_rt_alloc(struct net *net, struct net_device *dev,
			      unsigned short flags)
{
	struct rt6_info *rt;

	rt = dst_alloc(&net->ipv6.ip6_dst_ops, dev, DST_OBSOLETE_FORCE_CHK,
		       flags);
	if (!rt)
		return NULL;
	memset_after(rt, 0, dst);
	container_of(rt, struct sxt_rt, rt)->given = 0;
	atomic_inc(&sxt_ip6_net(net)->dst_count);
	return rt;
}
EXPORT_SYMBOL_NS_GPL(sxt_rt_alloc, SEXTANT_IPV6);

static void dead_end_count(const struct rt6_info *rt, struct sk_buff *skb,
			   bool in)
{
	struct inet6_dev *idev = in ? __in6_dev_get(skb->dev) : NULL;

	if (in)
		IP6_INC_STATS(net_of(&rt->dst), idev,
			      IPSTATS_MIB_INNOROUTES);
	else
		IP6_INC_STATS(net_of(&rt->dst), idev,
			      IPSTATS_MIB_OUTNOROUTES);
}

/* The errno of a dead end (sxt_route_error()) as a reason. */
static enum sxt_why dead_end_why(int err, bool in)
{
	switch (err) {
	case -EINVAL:
		return in ? SXT_WHY_IN_BLACKHOLE : SXT_WHY_OUT_BLACKHOLE;
	case -EACCES:
		return in ? SXT_WHY_IN_PROHIBITED : SXT_WHY_OUT_PROHIBITED;
	case -EHOSTUNREACH:
		return in ? SXT_WHY_IN_UNREACHABLE : SXT_WHY_OUT_UNREACHABLE;
	default:
		return in ? SXT_WHY_IN_NO_ROUTE : SXT_WHY_OUT_NO_ROUTE;
	}
}

/**
 * sxt_route_why() - why a packet of this node has no way out
 * @err: the errno of its route, or of sxt_dst_flow()
 *
 * Context: any.
 * Return: a SXT_WHY_OUT_*.
 */
enum sxt_why sxt_route_why(int err)
{
	return dead_end_why(err, false);
}

static u8 dead_end_code(int err)
{
	return err == -EACCES ? ICMPV6_ADM_PROHIBITED : ICMPV6_NOROUTE;
}

/*
 * RFC 4443 3.1: routers say so. A host that got a packet for another says no
 * more of it than where there is a route (forward.c).
 */
static int dead_end_in(struct sk_buff *skb)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));
	struct net *net = net_of(&rt->dst);
	int err = rt->dst.error;

	dead_end_count(rt, skb, true);
	if (err != -EINVAL && READ_ONCE(net->ipv6.devconf_all->forwarding))
		sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, dead_end_code(err), 0,
			      NULL, IP6CB(skb));
	kfree_skb_reason(skb, sxt_ip6_refuse(net, dead_end_why(err, true)));
	return 0;
}

static int dead_end_out(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct rt6_info *rt = dst_rt6_info(skb_dst(skb));
	/* The packet may hold the last reference to the route. */
	int err = rt->dst.error;

	dead_end_count(rt, skb, false);
	if (err != -EINVAL)
		sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, dead_end_code(err), 0,
			      NULL, IP6CB(skb));
	kfree_skb_reason(skb, sxt_ip6_refuse(net, sxt_route_why(err)));
	return err;
}

/**
 * sxt_route_error() - what a sender sees of a route that leads nowhere
 * @type: RTN_*
 *
 * Context: any.
 * Return: a negative errno, as ip-route(8) says; 0 for other types.
 */
int sxt_route_error(u8 type)
{
	switch (type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_THROW:
		return -EAGAIN;
	default:
		return 0;
	}
}

static void rt_set_type(struct rt6_info *rt, u8 type)
{
	rt->dst.output = sxt_ip6_output;
	switch (type) {
	case RTN_LOCAL:
		rt->rt6i_flags |= RTF_LOCAL;
		rt->dst.input = sxt_ip6_input;
		break;
	case RTN_ANYCAST:
		rt->rt6i_flags |= RTF_ANYCAST;
		rt->dst.input = sxt_ip6_input;
		break;
	case RTN_MULTICAST:
		rt->dst.input = sxt_ip6_mc_input;
		break;
	case RTN_UNICAST:
		rt->dst.input = sxt_ip6_forward;
		break;
	default:
		rt->rt6i_flags |= RTF_REJECT;
		rt->dst.error = (short)sxt_route_error(type);
		rt->dst.input = dead_end_in;
		rt->dst.output = dead_end_out;
	}
}

static int rt_set_metrics(struct rt6_info *rt, const struct sxt_route_cfg *cfg)
{
	u32 *metrics;

	if (!cfg->metrics && !cfg->mtu && !cfg->hoplimit)
		return 0;
	metrics = dst_metrics_write_ptr(&rt->dst);
	if (!metrics)
		return -ENOMEM;
	if (cfg->metrics)
		memcpy(metrics, cfg->metrics, RTAX_MAX * sizeof(*metrics));
	if (cfg->mtu)
		metrics[RTAX_MTU - 1] = cfg->mtu;
	if (cfg->hoplimit)
		metrics[RTAX_HOPLIMIT - 1] = cfg->hoplimit;
	return 0;
}

/* A new namespace has no loopback device yet when its dead ends are made. */
static struct net_device *lo_of(const struct net *net)
{
	return net->loopback_dev ?: blackhole_netdev;
}

/* Packets to an own address don't leave: they go by lo or by the VRF. */
static struct net_device *out_dev(struct net *net, u8 type,
				  struct net_device *dev)
{
	if (type != RTN_LOCAL && type != RTN_ANYCAST)
		return dev;
	if (netif_is_l3_master(dev))
		return dev;
	if (netif_is_l3_slave(dev))
		return netdev_master_upper_dev_get(dev) ?: dev;
	return net->loopback_dev;
}

/**
 * sxt_rt_make() - the dst of one hop of a route
 * @net: namespace
 * @cfg: the route
 * @hop: the hop; its device is NULL for a dead end
 *
 * Context: RTNL.
 * Return: the dst with one reference, or -ENOMEM, -ENODEV.
 */
struct rt6_info *sxt_rt_make(struct net *net, const struct sxt_route_cfg *cfg,
			     const struct sxt_hop_cfg *hop)
{
	struct net_device *dev = hop->dev ?: lo_of(net);
	struct inet6_dev *idev = NULL;
	struct rt6_info *rt;

	if (hop->dev) {
		idev = in6_dev_get(hop->dev);
		if (!idev)
			return ERR_PTR(-ENODEV);
	}
	rt = sxt_rt_alloc(net, out_dev(net, cfg->type, dev), 0);
	if (!rt) {
		if (idev)
			in6_dev_put(idev);
		return ERR_PTR(-ENOMEM);
	}
	rt->rt6i_idev = idev;
	rt->rt6i_dst.addr = cfg->dst;
	rt->rt6i_dst.plen = cfg->dst_len;
	rt->rt6i_src.addr = cfg->src;
	rt->rt6i_src.plen = cfg->src_len;
	rt->rt6i_flags = cfg->flags | RTF_UP | RTF_PREF((u32)cfg->pref);
	if (!ipv6_addr_any(&hop->gateway)) {
		rt->rt6i_gateway = hop->gateway;
		rt->rt6i_flags |= RTF_GATEWAY;
	}
	rt_set_type(rt, cfg->type);
	if (hop->lwt) {
		rt->dst.lwtstate = lwtstate_get(hop->lwt);
		lwtunnel_set_redirect(&rt->dst);
		if (lwtunnel_xmit_redirect(hop->lwt))
			rt->rt6i_flags |= SXT_RTF_XMIT;
	}
	if (rt_set_metrics(rt, cfg)) {
		sxt_rt_retire(rt);
		return ERR_PTR(-ENOMEM);
	}
	return rt;
}

/* Has sxt_rt_dev_gone() of one of its devices been here, or is it about to? */
static bool rt_dev_left(const struct rt6_info *rt)
{
	const struct inet6_dev *idev = rt->rt6i_idev;

	return !rcu_access_pointer(rt->dst.dev->ip6_ptr) ||
	       (idev && READ_ONCE(idev->dead));
}

/* In no table: a device that leaves finds it here, unless it has left. */
static void uncached_add(struct rt6_info *rt)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net_of(&rt->dst));

	spin_lock_bh(&n->uncached_lock);
	if (unlikely(rt_dev_left(rt))) {
		dst_dev_put(&rt->dst);
	} else {
		/* not NULL: in a list. Which one is known. */
		rt->dst.rt_uncached_list = (struct uncached_list *)&n->uncached;
		list_add_tail(&rt->dst.rt_uncached, &n->uncached);
	}
	spin_unlock_bh(&n->uncached_lock);
}

static void release_rcu(struct rcu_head *head)
{
	dst_release(container_of(head, struct dst_entry, rcu_head));
}

/**
 * sxt_rt_retire() - a dst that no lookup gives any more
 * @rt: the caller's reference goes
 *
 * Who keeps it finds it dead, and looks anew. A packet that is on its way by it
 * goes on, and may still take a reference if it waits somewhere: what was right
 * when it was looked up is not lost for a change since. Only when the device
 * leaves does it become a black hole.
 *
 * Context: any.
 */
void sxt_rt_retire(struct rt6_info *rt)
{
	WRITE_ONCE(rt->dst.obsolete, DST_OBSOLETE_DEAD);
	uncached_add(rt);
	call_rcu_hurry(&rt->dst.rcu_head, release_rcu);
}

/**
 * sxt_dst_via() - a dst for one message to a neighbour
 * @dev: device
 * @daddr: destination
 * @via: the neighbour; @daddr itself, if that is on the link
 *
 * To who keeps it, it is never good; and if the neighbour fails, that changes
 * nothing for others (no lookup gives it).
 *
 * Context: any.
 * Return: the dst with a reference, or NULL: no IPv6 there, no memory.
 */
struct rt6_info *sxt_dst_via(struct net_device *dev,
			     const struct in6_addr *daddr,
			     const struct in6_addr *via)
{
	struct inet6_dev *idev;
	struct rt6_info *rt;

	rcu_read_lock();
	idev = __in6_dev_get(dev);
	/* It may be losing IPv6 at this moment, and its last reference. */
	if (idev && !refcount_inc_not_zero(&idev->refcnt))
		idev = NULL;
	rcu_read_unlock();
	if (!idev)
		return NULL;
	rt = sxt_rt_alloc(dev_net(dev), dev, 0);
	if (!rt) {
		in6_dev_put(idev);
		return NULL;
	}
	rt->rt6i_idev = idev;
	rt->rt6i_dst.addr = *daddr;
	rt->rt6i_dst.plen = 128;
	rt->rt6i_gateway = *via;
	rt->rt6i_flags = RTF_UP;
	if (!ipv6_addr_equal(daddr, via))
		rt->rt6i_flags |= RTF_GATEWAY;
	rt_set_type(rt, ipv6_addr_is_multicast(daddr) ? RTN_MULTICAST :
							RTN_UNICAST);
	/* a packet of ours that comes back is for us, not to be forwarded */
	if (rt->dst.input == sxt_ip6_forward)
		rt->dst.input = sxt_ip6_input;
	rt->dst.obsolete = DST_OBSOLETE_KILL;
	uncached_add(rt);
	return rt;
}

/**
 * sxt_dst_to_link() - a dst for one message straight onto a link
 * @dev: device
 * @daddr: next hop and destination
 *
 * Context: any.
 * Return: the dst with a reference, or NULL: no IPv6 there, no memory.
 */
struct rt6_info *sxt_dst_to_link(struct net_device *dev,
				 const struct in6_addr *daddr)
{
	return sxt_dst_via(dev, daddr, daddr);
}

/**
 * sxt_rt_dev_gone() - what is in no table lets go of a device
 * @net: namespace
 * @dev: device that leaves
 *
 * Messages on their way, and dsts of routes that are gone, for whoever keeps
 * those; and the dead ends, once the namespace's loopback device goes, which it
 * does before sxt_route_net_exit().
 *
 * Context: RTNL.
 */
void sxt_rt_dev_gone(struct net *net, const struct net_device *dev)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct dst_entry *dst;
	unsigned int i;

	spin_lock_bh(&n->uncached_lock);
	list_for_each_entry(dst, &n->uncached, rt_uncached)
		if (sxt_rt_uses(dst_rt6_info(dst), dev))
			dst_dev_put(dst);
	spin_unlock_bh(&n->uncached_lock);
	if (dev->reg_state == NETREG_REGISTERED)
		return;
	for (i = 0; i < ARRAY_SIZE(n->dead_end); i++)
		if (n->dead_end[i]->dst.dev == dev)
			dst_dev_put(&n->dead_end[i]->dst);
}

static void dead_ends_free(struct sxt_ip6_net *n)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(n->dead_end); i++) {
		if (n->dead_end[i])
			sxt_rt_retire(n->dead_end[i]);
		n->dead_end[i] = NULL;
	}
}

static int dead_ends_make(struct net *net, struct sxt_ip6_net *n)
{
	static const u8 types[] = {
		RTN_UNREACHABLE, RTN_PROHIBIT, RTN_BLACKHOLE
	};
	const struct sxt_hop_cfg hop = {};
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(types) != ARRAY_SIZE(n->dead_end));
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		const struct sxt_route_cfg cfg = { .type = types[i] };
		struct rt6_info *rt = sxt_rt_make(net, &cfg, &hop);

		if (IS_ERR(rt))
			return PTR_ERR(rt);
		n->dead_end[i] = rt;
	}
	/* Found by no route, which is not the same as a route that says so. */
	n->dead_end[0]->dst.error = -ENETUNREACH;
	return 0;
}

/* Waits until nobody holds a dst of this namespace. */
static void dsts_wait(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	while (!wait_var_event_timeout(&n->dst_count,
				       !atomic_read(&n->dst_count), 10 * HZ))
		pr_warn("sextant_ipv6: waiting for packets or others that hold %d routes\n",
			atomic_read(&n->dst_count));
	/* the last destroy callback has returned */
	rcu_barrier();
}

/**
 * sxt_route_net_init() - dst operations and dead ends of a namespace
 * @net: namespace; its loopback device may be there or come later
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_route_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct dst_ops *ops = &net->ipv6.ip6_dst_ops;
	int err;

	INIT_LIST_HEAD(&n->uncached);
	spin_lock_init(&n->uncached_lock);
	spin_lock_init(&n->seen_lock);
	atomic_set(&n->dst_count, 0);
	memcpy(ops, &ops_template, offsetof(struct dst_ops, pcpuc_entries));
	ops->kmem_cachep = dst_cache;
	err = dst_entries_init(ops);
	if (err)
		return err;
	err = dead_ends_make(net, n);
	if (!err)
		return 0;
	dead_ends_free(n);
	dsts_wait(net);
	dst_entries_destroy(ops);
	return err;
}

/**
 * sxt_route_net_exit() - the last dst of a namespace
 * @net: namespace; no routes, sockets or neighbours of IPv6 any more
 *
 * Context: may sleep, without the RTNL: packets in queues of devices hold dsts.
 */
void sxt_route_net_exit(struct net *net)
{
	dead_ends_free(sxt_ip6_net(net));
	dsts_wait(net);
	dst_entries_destroy(&net->ipv6.ip6_dst_ops);
	memset(&net->ipv6.ip6_dst_ops, 0,
	       offsetof(struct dst_ops, pcpuc_entries));
}

/**
 * sxt_route_init() - once, before the first namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_route_init(void)
{
	dst_cache = kmem_cache_create("sextant_ip6_dst",
				      sizeof(struct sxt_rt), 0,
				      SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT, NULL);
	return dst_cache ? 0 : -ENOMEM;
}

/**
 * sxt_route_exit() - once, after the last namespace
 *
 * Context: may sleep.
 */
void sxt_route_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(dst_cache);
}
