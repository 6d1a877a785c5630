// SPDX-License-Identifier: GPL-2.0-only
/*
 * The neighbour table (RFC 4861 5.1, 7.2, 7.3): one of the kernel's own kind,
 * whose core keeps the states, the queues, the timers, `ip -6 neigh` and the
 * limits. Here is what it asks of a protocol: what an entry is on a device, how
 * a neighbour is solicited, what becomes of packets for one that is not there.
 */
#include <linux/delay.h>
#include <net/ip6_route.h>
#include <net/netevent.h>
#include <net/sock.h>
#include "mcast.h"
#include "nd_int.h"

/* RFC 4861 10; DELAY_FIRST_PROBE_TIME is 5 s. */
#define REACHABLE_TIME		(30 * HZ)
#define RETRANS_TIMER		HZ
#define PROBES			3
#define DELAY_FIRST_PROBE	(5 * HZ)

/* Entries: below the first none is collected, above the last none is made. */
#define GC_FEW			128
#define GC_MANY			512
#define GC_MOST			1024

struct workqueue_struct *sxt_nd_wq;

static u32 nd_tbl_hash(const void *key, const struct net_device *dev,
		       __u32 *seed)
{
	return ndisc_hashfn(key, dev, seed);
}

static bool nd_tbl_key_eq(const struct neighbour *n, const void *key)
{
	return neigh_key_eq128(n, key);
}

static int nd_tbl_is_multicast(const void *key)
{
	return ipv6_addr_is_multicast(key);
}

static bool nd_tbl_allow_add(const struct net_device *dev,
			     struct netlink_ext_ack *extack)
{
	const struct inet6_dev *in6 = __in6_dev_get(dev);

	if (in6 && !READ_ONCE(in6->cnf.disable_ipv6))
		return true;
	NL_SET_ERR_MSG(extack, "IPv6 is disabled on this device");
	return false;
}

/*
 * RFC 4861 7.2.2: the source of the packet that waits, if it is ours, so that
 * the answer is likely to be needed; else the link-local address. An address
 * in doubt is not used (RFC 4429 3.2).
 */
static bool solicit_source(struct net_device *dev, struct sk_buff *skb,
			   struct in6_addr *saddr)
{
	const u32 doubt = IFA_F_TENTATIVE | IFA_F_OPTIMISTIC;

	if (skb && skb->protocol == htons(ETH_P_IPV6)) {
		*saddr = ipv6_hdr(skb)->saddr;
		if (sxt_ifa_is_ours(dev_net(dev), saddr, dev, doubt))
			return true;
	}
	return !sxt_ifa_link_local(dev, saddr, doubt);
}

/*
 * RFC 4429 3.2: nobody is solicited for an optimistic address. The packet waits
 * until it is none any more; what was not sent was no try.
 */
static bool solicit_later(struct neighbour *n, const struct sk_buff *skb)
{
	bool later;

	if (!skb)
		return false;
	rcu_read_lock();
	later = sxt_optimistic_packet(dev_net(n->dev), skb);
	rcu_read_unlock();
	if (later)
		atomic_dec(&n->probes);
	return later;
}

/* Probes: first to the neighbour itself, then by user space, then to all. */
static void nd_solicit(struct neighbour *n, struct sk_buff *skb)
{
	struct in6_addr target = *(struct in6_addr *)n->primary_key;
	int probes = atomic_read(&n->probes);
	struct in6_addr saddr, group;

	if (unlikely(solicit_later(n, skb)))
		return;
	probes -= NEIGH_VAR(n->parms, UCAST_PROBES);
	if (probes >= 0 && probes < NEIGH_VAR(n->parms, APP_PROBES)) {
		neigh_app_ns(n);
		return;
	}
	rcu_read_lock();
	if (solicit_source(n->dev, skb, &saddr)) {
		addrconf_addr_solict_mult(&target, &group);
		sxt_nd_send_ns(n->dev, &target, probes < 0 ? &target : &group,
			       &saddr, 0);
	}
	rcu_read_unlock();
}

/* RFC 4861 7.2.2: an ICMP error for each packet that waited in vain. */
static void nd_error_report(struct neighbour *n, struct sk_buff *skb)
{
	dst_link_failure(skb);
	kfree_skb_reason(skb, sxt_ip6_refuse(dev_net(n->dev),
					     SXT_WHY_NEIGHBOUR_FAILED));
}

/*
 * RFC 4429 3.2: to a neighbour that is not known a packet from an optimistic
 * address goes by a default router, which will say if it is on the link.
 */
static int nd_output(struct neighbour *n, struct sk_buff *skb)
{
	struct neighbour *router = NULL;
	int err;

	rcu_read_lock();
	if (!(READ_ONCE(n->nud_state) & NUD_VALID) &&
	    sxt_optimistic_packet(dev_net(n->dev), skb))
		router = sxt_optimistic_router(n->dev, &ipv6_hdr(skb)->saddr);
	err = neigh_resolve_output(router ? router : n, skb);
	rcu_read_unlock();
	return err;
}

static const struct neigh_ops nd_ops_cached_header = {
	.family			= AF_INET6,
	.solicit		= nd_solicit,
	.error_report		= nd_error_report,
	.output			= nd_output,
	/* It keeps the header and makes no new one while it is good. */
	.connected_output	= neigh_resolve_output,
};

static const struct neigh_ops nd_ops_header = {
	.family			= AF_INET6,
	.solicit		= nd_solicit,
	.error_report		= nd_error_report,
	.output			= nd_output,
	.connected_output	= neigh_connected_output,
};

static const struct neigh_ops nd_ops_no_header = {
	.family			= AF_INET6,
	.output			= neigh_direct_output,
	.connected_output	= neigh_direct_output,
};

/* RFC 2464 7 and its like; a device of an unknown kind broadcasts. */
static void map_group(struct neighbour *n, const struct in6_addr *group)
{
	struct net_device *dev = n->dev;

	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_IEEE802:
	case ARPHRD_FDDI:
		ipv6_eth_mc_map(group, n->ha);
		return;
	case ARPHRD_ARCNET:
		ipv6_arcnet_mc_map(group, n->ha);
		return;
	case ARPHRD_INFINIBAND:
		ipv6_ib_mc_map(group, dev->broadcast, n->ha);
		return;
	case ARPHRD_IPGRE:
		if (!ipv6_ipgre_mc_map(group, dev->broadcast, n->ha))
			return;
		break;
	}
	memcpy(n->ha, dev->broadcast, dev->addr_len);
}

/* Entries whose link-layer address nobody needs to be asked for. */
static void settle_address(struct neighbour *n)
{
	const struct in6_addr *addr = (struct in6_addr *)n->primary_key;
	struct net_device *dev = n->dev;

	if (n->type == RTN_MULTICAST)
		map_group(n, addr);
	else if (dev->flags & (IFF_LOOPBACK | IFF_NOARP))
		memcpy(n->ha, dev->dev_addr, dev->addr_len);
	else if (dev->flags & IFF_POINTOPOINT)
		memcpy(n->ha, dev->broadcast, dev->addr_len);
	else
		return;
	n->nud_state = NUD_NOARP;
}

static int take_parms(struct neighbour *n)
{
	struct neigh_parms *parms;

	rcu_read_lock();
	parms = __in6_dev_nd_parms_get_rcu(n->dev);
	if (parms) {
		__neigh_parms_put(n->parms);
		n->parms = neigh_parms_clone(parms);
	}
	rcu_read_unlock();
	return parms ? 0 : -EINVAL;
}

static int nd_tbl_constructor(struct neighbour *n)
{
	const struct header_ops *header = n->dev->header_ops;
	int err = take_parms(n);

	if (err)
		return err;
	n->type = ipv6_addr_is_multicast((struct in6_addr *)n->primary_key) ?
		RTN_MULTICAST : RTN_UNICAST;
	if (!header) {
		n->nud_state = NUD_NOARP;
		n->ops = &nd_ops_no_header;
		n->output = n->ops->output;
		return 0;
	}
	settle_address(n);
	n->ops = header->cache ? &nd_ops_cached_header : &nd_ops_header;
	n->output = n->nud_state & NUD_VALID ? n->ops->connected_output :
		n->ops->output;
	return 0;
}

/* RFC 4861 7.2.8: who answers for another listens for what the other would. */
static int nd_tbl_proxy_add(struct pneigh_entry *p)
{
	struct in6_addr target, group;
	struct inet6_dev *in6;

	ASSERT_RTNL();
	in6 = p->dev ? __in6_dev_get(p->dev) : NULL;
	if (!in6)
		return -EINVAL;
	memcpy(&target, p->key, sizeof(target));
	addrconf_addr_solict_mult(&target, &group);
	return sxt_mcast_join(sxt_idev(in6), &group);
}

static void nd_tbl_proxy_del(struct pneigh_entry *p)
{
	struct in6_addr target, group;
	struct inet6_dev *in6;

	ASSERT_RTNL();
	in6 = p->dev ? __in6_dev_get(p->dev) : NULL;
	if (!in6)
		return;
	memcpy(&target, p->key, sizeof(target));
	addrconf_addr_solict_mult(&target, &group);
	sxt_mcast_leave(sxt_idev(in6), &group);
}

struct neigh_table sxt_nd_tbl = {
	.family		= AF_INET6,
	.key_len	= sizeof(struct in6_addr),
	.protocol	= cpu_to_be16(ETH_P_IPV6),
	.id		= "ndisc_cache",
	.hash		= nd_tbl_hash,
	.key_eq		= nd_tbl_key_eq,
	.constructor	= nd_tbl_constructor,
	.pconstructor	= nd_tbl_proxy_add,
	.pdestructor	= nd_tbl_proxy_del,
	.proxy_redo	= sxt_nd_proxy_redo,
	.is_multicast	= nd_tbl_is_multicast,
	.allow_add	= nd_tbl_allow_add,
	.gc_interval	= 30 * HZ,
	.gc_thresh1	= GC_FEW,
	.gc_thresh2	= GC_MANY,
	.gc_thresh3	= GC_MOST,
	.parms		= {
		.tbl		= &sxt_nd_tbl,
		.reachable_time	= REACHABLE_TIME,
		.data		= {
			[NEIGH_VAR_BASE_REACHABLE_TIME]	= REACHABLE_TIME,
			[NEIGH_VAR_RETRANS_TIME]	= RETRANS_TIMER,
			[NEIGH_VAR_MCAST_PROBES]	= PROBES,
			[NEIGH_VAR_UCAST_PROBES]	= PROBES,
			[NEIGH_VAR_DELAY_PROBE_TIME]	= DELAY_FIRST_PROBE,
			[NEIGH_VAR_INTERVAL_PROBE_TIME_MS] = 5 * HZ,
			[NEIGH_VAR_GC_STALETIME]	= 60 * HZ,
			[NEIGH_VAR_QUEUE_LEN_BYTES]	= SK_WMEM_MAX,
			[NEIGH_VAR_PROXY_QLEN]		= 64,
			/* RFC 4861 10: MAX_ANYCAST_DELAY_TIME */
			[NEIGH_VAR_ANYCAST_DELAY]	= HZ,
			[NEIGH_VAR_PROXY_DELAY]		= HZ * 8 / 10,
		},
	},
};
EXPORT_SYMBOL_NS_GPL(sxt_nd_tbl, SEXTANT_IPV6);

/**
 * sxt_neigh_find() - the entry of a neighbour, if there is one
 * @dev: the interface
 * @addr: the neighbour's address
 *
 * Context: under rcu_read_lock(), until which the entry is good.
 * Return: the entry, no reference taken, or NULL.
 */
struct neighbour *sxt_neigh_find(struct net_device *dev,
				 const struct in6_addr *addr)
{
	return ___neigh_lookup_noref(&sxt_nd_tbl, neigh_key_eq128,
				     ndisc_hashfn, addr, dev);
}

/**
 * sxt_neigh_get() - the entry of a neighbour, made if there is none
 * @dev: the interface
 * @addr: the neighbour's address
 *
 * Context: under rcu_read_lock(), until which the entry is good.
 * Return: the entry, no reference taken, or an error pointer, never NULL.
 */
struct neighbour *sxt_neigh_get(struct net_device *dev,
				const struct in6_addr *addr)
{
	struct neighbour *n = sxt_neigh_find(dev, addr);

	return likely(n) ? n : __neigh_create(&sxt_nd_tbl, addr, dev, false);
}

/**
 * sxt_neigh_lookup() - dst_ops.neigh_lookup
 * @dst: a route of this stack
 * @skb: a packet that takes it, or NULL
 * @daddr: its destination, or NULL: that of @skb
 *
 * Context: any but hard interrupt.
 * Return: the entry of the next hop with a reference, or an error pointer.
 */
struct neighbour *sxt_neigh_lookup(const struct dst_entry *dst,
				   struct sk_buff *skb, const void *daddr)
{
	const struct rt6_info *rt = dst_rt6_info(dst);
	const struct in6_addr *hop = daddr;
	struct neighbour *n;

	if (!ipv6_addr_any(&rt->rt6i_gateway))
		hop = &rt->rt6i_gateway;
	else if (!hop && skb)
		hop = &ipv6_hdr(skb)->daddr;
	if (!hop)
		return ERR_PTR(-EINVAL);
	n = neigh_lookup(&sxt_nd_tbl, hop, dst->dev);
	return n ? n : neigh_create(&sxt_nd_tbl, hop, dst->dev);
}

/**
 * sxt_neigh_idev_add() - neighbours on a new interface
 * @idev: the interface, which nobody can find yet
 *
 * Context: RTNL.
 * Return: 0 or -ENOMEM.
 */
int sxt_neigh_idev_add(struct sxt_idev *idev)
{
	sxt_router_idev_add(idev);
	sxt_temp_idev_add(idev);
	idev->in6.nd_parms = neigh_parms_alloc(idev->in6.dev, &sxt_nd_tbl);
	return idev->in6.nd_parms ? 0 : -ENOMEM;
}

/**
 * sxt_neigh_idev_del() - an interface loses IPv6
 * @idev: the interface, which nobody can find any more
 *
 * Context: RTNL. Works that are running end by themselves.
 */
void sxt_neigh_idev_del(struct sxt_idev *idev)
{
	sxt_temp_idev_del(idev);
	sxt_router_idev_del(idev);
	neigh_parms_release(&sxt_nd_tbl, idev->in6.nd_parms);
	neigh_ifdown(&sxt_nd_tbl, idev->in6.dev);
}

/* Who is behind a device that lost its carrier may be others when it's back. */
static void neigh_device_changed(struct net_device *dev, unsigned int flags)
{
	const struct inet6_dev *in6 = __in6_dev_get(dev);
	const struct ipv6_devconf *all = dev_net(dev)->ipv6.devconf_all;

	if (flags & IFF_NOARP)
		neigh_changeaddr(&sxt_nd_tbl, dev);
	if (netif_carrier_ok(dev))
		return;
	if (!in6 || (READ_ONCE(in6->cnf.ndisc_evict_nocarrier) &&
		     READ_ONCE(all->ndisc_evict_nocarrier)))
		neigh_carrier_down(&sxt_nd_tbl, dev);
}

static int neigh_netdev_event(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct netdev_notifier_change_info *change = ptr;

	switch (event) {
	case NETDEV_CHANGEADDR:
		neigh_changeaddr(&sxt_nd_tbl, dev);
		sxt_nd_announce(dev, false);
		break;
	case NETDEV_CHANGE:
		neigh_device_changed(dev, change->flags_changed);
		break;
	case NETDEV_NOTIFY_PEERS:
		sxt_nd_announce(dev, true);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block neigh_netdev_notifier = {
	.notifier_call	= neigh_netdev_event,
	/* The addresses first (idev.c), then what is known of others. */
	.priority	= ADDRCONF_NOTIFY_PRIORITY - 5,
};

/*
 * A router does not answer any more: whoever keeps a way by it looks for
 * another. Neighbours that are none may fail by the thousand.
 */
static int neigh_state_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	const struct neighbour *n = ptr;

	if (event == NETEVENT_NEIGH_UPDATE && n->tbl == &sxt_nd_tbl &&
	    READ_ONCE(n->nud_state) & NUD_FAILED &&
	    READ_ONCE(n->flags) & NTF_ROUTER)
		sxt_route_changed(dev_net(n->dev));
	return NOTIFY_DONE;
}

static struct notifier_block neigh_state_notifier = {
	.notifier_call	= neigh_state_event,
};

/**
 * sxt_neigh_init() - the neighbour table comes
 *
 * Context: module load, before any interface has IPv6.
 * Return: 0 or an errno.
 */
int sxt_neigh_init(void)
{
	int err;

	sxt_nd_wq = alloc_workqueue("sextant_nd", WQ_UNBOUND, 0);
	if (!sxt_nd_wq)
		return -ENOMEM;
	neigh_table_init(NEIGH_ND_TABLE, &sxt_nd_tbl);
	err = neigh_sysctl_register(NULL, &sxt_nd_tbl.parms,
				    sxt_neigh_times_handler);
	if (err)
		goto err_table;
	err = register_netdevice_notifier(&neigh_netdev_notifier);
	if (err)
		goto err_sysctl;
	/* It never fails. */
	register_netevent_notifier(&neigh_state_notifier);
	return 0;

err_sysctl:
	neigh_sysctl_unregister(&sxt_nd_tbl.parms);
err_table:
	rtnl_lock();
	neigh_table_clear(NEIGH_ND_TABLE, &sxt_nd_tbl);
	rtnl_unlock();
	destroy_workqueue(sxt_nd_wq);
	return err;
}

/*
 * The core counts an entry until its last reference is gone, and looks into
 * the table to do so: the table waits for all. No new one comes: no interface
 * has IPv6 any more, so the constructor refuses.
 */
static void neigh_wait_empty(void)
{
	unsigned int rounds = 0;

	while (atomic_read(&sxt_nd_tbl.entries)) {
		msleep(20);
		if (++rounds % 500 == 0)
			pr_warn("sextant_ipv6: waiting for %d neighbours that are still in use\n",
				atomic_read(&sxt_nd_tbl.entries));
	}
}

/**
 * sxt_neigh_exit() - the neighbour table goes
 *
 * Context: module unload, after the last interface and namespace.
 */
void sxt_neigh_exit(void)
{
	unregister_netevent_notifier(&neigh_state_notifier);
	unregister_netdevice_notifier(&neigh_netdev_notifier);
	neigh_sysctl_unregister(&sxt_nd_tbl.parms);
	destroy_workqueue(sxt_nd_wq);
	rtnl_lock();
	neigh_ifdown(&sxt_nd_tbl, NULL);
	rtnl_unlock();
	neigh_wait_empty();
	/* Requests of user space that found the table hold the RTNL. */
	rtnl_lock();
	neigh_table_clear(NEIGH_ND_TABLE, &sxt_nd_tbl);
	rtnl_unlock();
	/* Who looked at an entry without a reference may be in our functions. */
	synchronize_rcu();
}
