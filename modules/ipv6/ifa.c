// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses come, change and go. An address is in the table (ifa_table.c) from
 * the moment that it is asked for; it is usable (has a route in table local)
 * once duplicate address detection is over.
 */
#include <linux/rtnetlink.h>
#include "ifa_int.h"
#include "mcast.h"
#include "nd.h"
#include "route.h"

/* Flags that an address keeps when it is changed. */
#define IFA_F_OWN	(IFA_F_TEMPORARY | IFA_F_OPTIMISTIC | \
			 IFA_F_DADFAILED | IFA_F_TENTATIVE | \
			 IFA_F_STABLE_PRIVACY | IFA_F_MCAUTOJOIN)

struct workqueue_struct *sxt_ifa_wq;

/**
 * sxt_ifa_put() - give a reference back
 * @ifa: the address; gone after a grace period with the last reference
 *
 * Context: any.
 */
void sxt_ifa_put(struct sxt_ifa *ifa)
{
	if (!refcount_dec_and_test(&ifa->ifa.refcnt))
		return;
	in6_dev_put(ifa->ifa.idev);
	kfree_rcu(ifa, ifa.rcu);
}

/**
 * sxt_ifa_alloc() - an address that is in no table yet
 * @idev: the interface that it is for
 * @cfg: what it is; flags as they are
 *
 * Context: RTNL, may sleep.
 * Return: the address, with one reference, or NULL.
 */
struct sxt_ifa *sxt_ifa_alloc(struct sxt_idev *idev,
			      const struct sxt_ifa_cfg *cfg)
{
	struct sxt_ifa *ifa = kzalloc(sizeof(*ifa), GFP_KERNEL_ACCOUNT);

	if (!ifa)
		return NULL;
	ifa->ifa.addr = cfg->addr;
	ifa->ifa.peer_addr = cfg->peer;
	ifa->ifa.prefix_len = cfg->plen;
	ifa->ifa.flags = cfg->flags;
	ifa->ifa.valid_lft = cfg->valid;
	ifa->ifa.prefered_lft = cfg->preferred;
	ifa->ifa.rt_priority = cfg->metric;
	ifa->ifa.ifa_proto = cfg->proto;
	ifa->origin = cfg->origin;
	ifa->ifa.scope = ipv6_addr_scope(&cfg->addr);
	if (cfg->scope == RT_SCOPE_HOST)
		ifa->ifa.scope = IFA_HOST;
	ifa->ifa.cstamp = jiffies;
	ifa->ifa.tstamp = ifa->ifa.cstamp;
	ifa->ifa.state = INET6_IFADDR_STATE_PREDAD;
	refcount_set(&ifa->ifa.refcnt, 1);
	spin_lock_init(&ifa->ifa.lock);
	INIT_LIST_HEAD(&ifa->ifa.if_list);
	INIT_LIST_HEAD(&ifa->ifa.tmp_list);
	INIT_LIST_HEAD(&ifa->conflict);
	INIT_LIST_HEAD(&ifa->members);
	INIT_HLIST_NODE(&ifa->hash);
	INIT_DELAYED_WORK(&ifa->ifa.dad_work, sxt_dad_work);
	in6_dev_hold(&idev->in6);
	ifa->ifa.idev = &idev->in6;
	return ifa;
}

/* The widest scope first, and among equals the youngest. */
static void list_insert(struct sxt_ifa *ifa)
{
	struct inet6_dev *in6 = ifa->ifa.idev;
	int scope = ipv6_addr_src_scope(&ifa->ifa.addr);
	struct list_head *next = &in6->addr_list;
	struct inet6_ifaddr *other;

	list_for_each_entry(other, &in6->addr_list, if_list) {
		if (ipv6_addr_src_scope(&other->addr) <= scope) {
			next = &other->if_list;
			break;
		}
	}
	write_lock_bh(&in6->lock);
	list_add_tail_rcu(&ifa->ifa.if_list, next);
	write_unlock_bh(&in6->lock);
}

static void list_remove(struct sxt_ifa *ifa)
{
	struct inet6_dev *in6 = ifa->ifa.idev;

	write_lock_bh(&in6->lock);
	list_del_rcu(&ifa->ifa.if_list);
	write_unlock_bh(&in6->lock);
}

static int address_allowed(const struct sxt_idev *idev,
			   const struct sxt_ifa_cfg *cfg,
			   struct netlink_ext_ack *extack)
{
	const struct net_device *dev = idev->in6.dev;
	int type = ipv6_addr_type(&cfg->addr);

	if (type == IPV6_ADDR_ANY || (type & IPV6_ADDR_MULTICAST &&
				      !(cfg->flags & IFA_F_MCAUTOJOIN))) {
		NL_SET_ERR_MSG(extack,
			       "an interface can't have the unspecified or a multicast address; autojoin joins a group");
		return -EADDRNOTAVAIL;
	}
	if (type & IPV6_ADDR_LOOPBACK && !(dev->flags & IFF_LOOPBACK) &&
	    !netif_is_l3_master(dev)) {
		NL_SET_ERR_MSG(extack,
			       "only a loopback interface can have the loopback address");
		return -EADDRNOTAVAIL;
	}
	if (cfg->plen > 128) {
		NL_SET_ERR_MSG(extack, "prefix length is 128 at most");
		return -EINVAL;
	}
	return 0;
}

static int add_allowed(struct sxt_idev *idev, const struct sxt_ifa_cfg *cfg,
		       struct netlink_ext_ack *extack)
{
	struct in6_validator_info info = {
		.i6vi_addr = cfg->addr,
		.i6vi_dev = &idev->in6,
		.extack = extack,
	};
	int err = address_allowed(idev, cfg, extack);

	if (err)
		return err;
	if (idev->in6.dead)
		return -ENODEV;
	if (idev->in6.cnf.disable_ipv6) {
		NL_SET_ERR_MSG(extack, "IPv6 is disabled on the interface");
		return -EACCES;
	}
	if (sxt_ifa_of(idev, &cfg->addr)) {
		NL_SET_ERR_MSG(extack,
			       "the interface has this address already");
		return -EEXIST;
	}
	err = inet6addr_validator_notifier_call_chain(NETDEV_UP, &info);
	return notifier_to_errno(err);
}

/*
 * RFC 4429 3.1: for addresses that nobody typed, unless he says so, on a node
 * that is no router; 3.2, 3.3: only if a router's link-layer address is known,
 * as nobody may be asked for it.
 */
static bool optimistic(const struct sxt_idev *idev,
		       const struct sxt_ifa_cfg *cfg)
{
	const struct net *net = dev_net(idev->in6.dev);
	bool wanted = cfg->flags & IFA_F_OPTIMISTIC;

	if (cfg->origin != SXT_IFA_USER)
		wanted = idev->in6.cnf.optimistic_dad ||
			 net->ipv6.devconf_all->optimistic_dad;
	if (!wanted || idev->in6.cnf.forwarding)
		return false;
	rcu_read_lock();
	wanted = sxt_optimistic_router(idev->in6.dev, &cfg->addr);
	rcu_read_unlock();
	return wanted;
}

/**
 * sxt_ifa_add() - a new unicast address of an interface, or a group like one
 * @idev: the interface
 * @cfg: what is asked for. IFA_F_PERMANENT is the caller's to set
 * @extack: why it can't be
 *
 * Duplicate address detection begins, if it is wanted and the link is up, and its
 * result comes later. Listeners are told.
 *
 * Context: RTNL, may sleep.
 * Return: the address; no reference is given, it is in the table until
 * sxt_ifa_del(), a lifetime or the interface's end. -EEXIST: the interface
 * has it already; -EADDRNOTAVAIL, -EACCES, -EINVAL, -ENODEV, -ENOMEM, or what
 * a listener of the kernel's validator chain objects.
 */
struct sxt_ifa *sxt_ifa_add(struct sxt_idev *idev,
			    const struct sxt_ifa_cfg *cfg,
			    struct netlink_ext_ack *extack)
{
	struct sxt_ifa *ifa;
	int err;

	ASSERT_RTNL();
	err = add_allowed(idev, cfg, extack);
	if (err)
		return ERR_PTR(err);
	ifa = sxt_ifa_alloc(idev, cfg);
	if (!ifa)
		return ERR_PTR(-ENOMEM);
	ifa->ifa.flags &= ~IFA_F_OPTIMISTIC;
	if (sxt_dad_wanted(idev, ifa->ifa.flags)) {
		ifa->ifa.flags |= IFA_F_TENTATIVE;
		if (optimistic(idev, cfg))
			ifa->ifa.flags |= IFA_F_OPTIMISTIC;
	}
	if (cfg->valid && !cfg->preferred)
		ifa->ifa.flags |= IFA_F_DEPRECATED;
	sxt_ifa_hash_add(ifa);
	list_insert(ifa);
	inet6addr_notifier_call_chain(NETDEV_UP, &ifa->ifa);
	sxt_ifa_prefix_add(ifa);
	sxt_ifa_life_changed(ifa);
	if (ifa->ifa.flags & IFA_F_TENTATIVE)
		sxt_rtnl_addr_notify(RTM_NEWADDR, ifa);
	sxt_dad_start(ifa, cfg->wait);
	return ifa;
}

/**
 * sxt_ifa_usable() - duplicate address detection is over: packets may come
 * @ifa: the address, which is tentative no more, or optimistic
 *
 * Context: RTNL. Does nothing the second time.
 */
void sxt_ifa_usable(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = sxt_idev(ifa->ifa.idev);
	int err;

	if (ifa->routed || sxt_ifa_is_group(&ifa->ifa))
		return;
	err = sxt_ifa_local_add(ifa);
	if (err) {
		net_warn_ratelimited("%s: no route to own address %pI6c: %d\n",
				     idev->in6.dev->name, &ifa->ifa.addr, err);
		return;
	}
	if (sxt_idev_is_router(idev))
		sxt_anycast_join(ifa);
}

/**
 * sxt_ifa_unusable() - takes back sxt_ifa_usable()
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_ifa_unusable(struct sxt_ifa *ifa)
{
	if (!ifa->routed)
		return;
	sxt_anycast_leave(ifa);
	sxt_ifa_local_del(ifa);
}

/* The address of the new subnet comes, and that of the old one goes. */
static void change_length(struct sxt_ifa *ifa, u8 plen)
{
	u8 before = ifa->ifa.prefix_len;

	if (before == plen)
		return;
	WRITE_ONCE(ifa->ifa.prefix_len, plen);
	if (!ifa->routed || !sxt_idev_is_router(sxt_idev(ifa->ifa.idev)))
		return;
	sxt_anycast_join(ifa);
	sxt_anycast_left(ifa, before);
}

/**
 * sxt_ifa_change() - lifetimes, flags, peer and metric of an address
 * @ifa: the address
 * @cfg: what it is to be; @cfg->addr is not read
 * @extack: why it can't be
 *
 * Lifetimes count from now. Listeners are told.
 *
 * Context: RTNL, may sleep.
 * Return: 0 or -EINVAL.
 */
int sxt_ifa_change(struct sxt_ifa *ifa, const struct sxt_ifa_cfg *cfg,
		   struct netlink_ext_ack *extack)
{
	u32 flags = ifa->ifa.flags & IFA_F_OWN;
	struct sxt_ifa_prefixes before;

	ASSERT_RTNL();
	if (cfg->plen > 128) {
		NL_SET_ERR_MSG(extack, "prefix length is 128 at most");
		return -EINVAL;
	}
	if (ifa->ifa.state == INET6_IFADDR_STATE_DEAD)
		return -EINVAL;
	flags |= cfg->flags & ~IFA_F_OWN & ~IFA_F_DEPRECATED;
	if (!cfg->preferred)
		flags |= IFA_F_DEPRECATED;
	sxt_ifa_prefix_note(ifa, &before);
	ifa->ifa.peer_addr = cfg->peer;
	change_length(ifa, cfg->plen);
	WRITE_ONCE(ifa->ifa.rt_priority, cfg->metric);
	/* No router has a say in it any more: its prefix comes with it. */
	if (flags & IFA_F_PERMANENT && ifa->origin == SXT_IFA_RA)
		ifa->origin = SXT_IFA_USER;
	WRITE_ONCE(ifa->ifa.valid_lft, cfg->valid);
	WRITE_ONCE(ifa->ifa.prefered_lft, cfg->preferred);
	WRITE_ONCE(ifa->ifa.tstamp, jiffies);
	WRITE_ONCE(ifa->ifa.ifa_proto, cfg->proto);
	WRITE_ONCE(ifa->ifa.flags, flags);
	/* No packet is without a route, whatever has changed of it. */
	sxt_ifa_prefix_add(ifa);
	sxt_ifa_prefix_left(ifa, &before);
	sxt_ifa_life_changed(ifa);
	sxt_rtnl_addr_notify(RTM_NEWADDR, ifa);
	return 0;
}

/* Its prefix's route is the caller's. */
static void take_away(struct sxt_ifa *ifa)
{
	WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_DEAD);
	sxt_dad_stop(ifa);
	sxt_ifa_hash_del(ifa);
	list_remove(ifa);
	sxt_ifa_unusable(ifa);
	sxt_rtnl_addr_notify(RTM_DELADDR, ifa);
	inet6addr_notifier_call_chain(NETDEV_DOWN, &ifa->ifa);
	sxt_ifa_put(ifa);
}

/**
 * sxt_ifa_del() - takes a unicast address away
 * @ifa: the address; the table's reference is given back. An anycast address
 *	goes with who wants it only: nothing happens
 *
 * Context: RTNL.
 */
void sxt_ifa_del(struct sxt_ifa *ifa)
{
	struct net *net = dev_net(ifa->ifa.idev->dev);
	const struct in6_addr addr = ifa->ifa.addr;

	ASSERT_RTNL();
	if (ifa->anycast || ifa->ifa.state == INET6_IFADDR_STATE_DEAD)
		return;
	sxt_ifa_prefix_del(ifa);
	take_away(ifa);
	sxt_route_addr_gone(net, &addr);
}

/* It stays in the table, and starts anew once the interface is up. */
static void suspend(struct sxt_ifa *ifa)
{
	sxt_dad_stop(ifa);
	sxt_ifa_unusable(ifa);
	WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_PREDAD);
	if (sxt_dad_wanted(sxt_idev(ifa->ifa.idev), ifa->ifa.flags))
		WRITE_ONCE(ifa->ifa.flags, (ifa->ifa.flags | IFA_F_TENTATIVE) &
			   ~IFA_F_DADFAILED);
}

/**
 * sxt_ifa_flush() - an interface went down or away
 * @idev: the interface
 * @keep_permanent: permanent addresses but the link-local ones stay
 *
 * The routes to their prefixes go with all others of the interface:
 * sxt_route_dev_down() follows.
 *
 * Routes that prefer one of them as a source do so again when it is back.
 *
 * Context: RTNL.
 */
void sxt_ifa_flush(struct sxt_idev *idev, bool keep_permanent)
{
	struct inet6_ifaddr *ifa;
	struct inet6_ifaddr *next;

	sxt_anycast_down(idev);
	list_for_each_entry_safe(ifa, next, &idev->in6.addr_list, if_list) {
		struct sxt_ifa *own = container_of(ifa, struct sxt_ifa, ifa);

		if (keep_permanent && ifa->flags & IFA_F_PERMANENT &&
		    !(ifa->scope & (IFA_LINK | IFA_HOST)))
			suspend(own);
		else
			take_away(own);
	}
}

/**
 * sxt_ifa_init() - what all namespaces share
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_ifa_init(void)
{
	sxt_ifa_table_init();
	sxt_ifa_wq = alloc_workqueue("sextant_addr", WQ_UNBOUND, 0);
	return sxt_ifa_wq ? 0 : -ENOMEM;
}

/**
 * sxt_ifa_exit() - waits for all work of addresses
 *
 * Context: process, without the RTNL.
 */
void sxt_ifa_exit(void)
{
	destroy_workqueue(sxt_ifa_wq);
}

/**
 * sxt_ifa_net_init() - an empty table
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_ifa_net_init(struct net *net)
{
	sxt_ifa_table_net_init(net);
	sxt_ifa_life_net_init(net);
	sxt_dad_net_init(net);
	return sxt_proc_ifaddr_net_init(net);
}

/**
 * sxt_ifa_net_exit() - the namespace goes, its interfaces have gone
 * @net: the namespace
 *
 * Context: process, without the RTNL.
 */
void sxt_ifa_net_exit(struct net *net)
{
	sxt_proc_ifaddr_net_exit(net);
	sxt_ifa_life_net_exit(net);
	sxt_dad_net_exit(net);
}
