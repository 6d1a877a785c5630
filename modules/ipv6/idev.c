// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPv6 on interfaces: it comes with the interface, follows its link, its MTU,
 * its name and its VRF, and goes with it. An interface whose MTU is below what
 * RFC 8200 5 demands has no IPv6.
 */
#include <linux/if_arp.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <net/l3mdev.h>
#include <net/sch_generic.h>
#include "ifa_int.h"
#include "mcast.h"
#include "nd.h"
#include "route.h"

/**
 * sxt_idev_is_router() - does an interface forward packets?
 * @idev: the interface
 *
 * Context: any.
 * Return: true if so (net.ipv6.conf.DEV.forwarding).
 */
bool sxt_idev_is_router(const struct sxt_idev *idev)
{
	return READ_ONCE(idev->in6.cnf.forwarding);
}

static bool mtu_is_enough(const struct net_device *dev)
{
	return dev->mtu >= IPV6_MIN_MTU;
}

/* Frames can be sent: the link is up, and so is the queue. */
static bool link_ready(const struct net_device *dev)
{
	return netif_oper_up(dev) && !qdisc_tx_is_noop(dev);
}

/* No hardware address to make identifiers from. */
static bool is_nameless(const struct net_device *dev)
{
	return dev->type == ARPHRD_NONE || dev->type == ARPHRD_RAWIP ||
	       dev->type == ARPHRD_TUNNEL6 || dev->type == ARPHRD_IP6GRE;
}

/* What the kind of interface makes of the namespace's settings. */
static void settle_conf(struct sxt_idev *idev)
{
	const struct net_device *dev = idev->in6.dev;
	struct ipv6_devconf *cnf = &idev->in6.cnf;

	*cnf = *dev_net(dev)->ipv6.devconf_dflt;
	cnf->sysctl_header = NULL;
	cnf->mtu6 = dev->mtu;
	/* The namespace's secret is looked up there; this is for its own. */
	if (cnf->stable_secret.initialized)
		cnf->addr_gen_mode = IN6_ADDR_GEN_MODE_STABLE_PRIVACY;
	cnf->stable_secret.initialized = false;
	memzero_explicit(&cnf->stable_secret.secret,
			 sizeof(cnf->stable_secret.secret));
	if (is_nameless(dev) && cnf->addr_gen_mode == IN6_ADDR_GEN_MODE_EUI64)
		cnf->addr_gen_mode = IN6_ADDR_GEN_MODE_RANDOM;
	if (dev->flags & (IFF_NOARP | IFF_LOOPBACK))
		cnf->accept_dad = -1;
	if (dev->flags & IFF_LOOPBACK || is_nameless(dev) ||
	    dev->type == ARPHRD_TUNNEL)
		cnf->use_tempaddr = -1;
}

static struct sxt_idev *idev_alloc(struct net_device *dev)
{
	struct sxt_idev *idev = kzalloc(sizeof(*idev), GFP_KERNEL_ACCOUNT);

	if (!idev)
		return NULL;
	rwlock_init(&idev->in6.lock);
	refcount_set(&idev->in6.refcnt, 1);
	idev->in6.dev = dev;
	idev->in6.tstamp = jiffies;
	INIT_LIST_HEAD(&idev->in6.addr_list);
	INIT_LIST_HEAD(&idev->in6.tempaddr_list);
	INIT_LIST_HEAD(&idev->groups);
	INIT_LIST_HEAD(&idev->routers);
	INIT_LIST_HEAD(&idev->anycasts);
	netdev_hold(dev, &idev->in6.dev_tracker, GFP_KERNEL);
	settle_conf(idev);
	idev->strong_host = READ_ONCE(sxt_ip6_net(dev_net(dev))->strong_default);
	return idev;
}

/* RFC 4291 2.8: groups that each node is in */
static int join_all_nodes(struct sxt_idev *idev)
{
	int err = sxt_mcast_join(idev, &in6addr_interfacelocal_allnodes);

	if (!err)
		err = sxt_mcast_join(idev, &in6addr_linklocal_allnodes);
	return err;
}

/* Nobody can find it any more, or yet. The last reference frees it. */
static void idev_release(struct sxt_idev *idev)
{
	idev->in6.dead = 1;
	sxt_sysctl_idev_del(idev);
	sxt_mcast_destroy(idev);
	sxt_neigh_idev_del(idev);
	sxt_snmp_idev_del(idev);
	in6_dev_put(&idev->in6);
}

static void netconf_tell(struct sxt_idev *idev, int event)
{
	struct net_device *dev = idev->in6.dev;

	sxt_netconf_notify(dev_net(dev), event, NETCONFA_ALL, dev->ifindex,
			   &idev->in6.cnf);
}

/**
 * sxt_idev_add() - IPv6 on an interface
 * @dev: the interface, which has none yet
 *
 * Context: RTNL, may sleep.
 * Return: its state. -EINVAL: its MTU is below 1280, or its name is one that
 * the sysctl tree can't have; -ENOMEM.
 */
struct sxt_idev *sxt_idev_add(struct net_device *dev)
{
	struct sxt_idev *idev;
	int err;

	ASSERT_RTNL();
	if (!mtu_is_enough(dev))
		return ERR_PTR(-EINVAL);
	idev = idev_alloc(dev);
	if (!idev)
		return ERR_PTR(-ENOMEM);
	err = sxt_neigh_idev_add(idev);
	if (!err)
		err = sxt_snmp_idev_add(idev);
	if (!err)
		err = sxt_sysctl_idev_add(idev);
	if (!err)
		err = join_all_nodes(idev);
	if (err) {
		idev_release(idev);
		return ERR_PTR(err);
	}
	rcu_assign_pointer(dev->ip6_ptr, &idev->in6);
	sxt_idev_set_router(idev);
	netconf_tell(idev, RTM_NEWNETCONF);
	return idev;
}

/* Takes IPv6 off an interface. */
static void idev_del(struct sxt_idev *idev)
{
	struct net_device *dev = idev->in6.dev;

	idev->in6.dead = 1;
	RCU_INIT_POINTER(dev->ip6_ptr, NULL);
	sxt_idev_stop(idev);
	netconf_tell(idev, RTM_DELNETCONF);
	idev_release(idev);
}

/*
 * A link came back. It may be another one now: its switches are to know our
 * groups, and its routers to be asked for (RFC 4861 6.3.7).
 */
static void link_back(struct sxt_idev *idev)
{
	sxt_mcast_again(idev);
	sxt_idev_link_back(idev);
	sxt_router_solicit_start(idev);
}

/*
 * The link of an interface is up, or something about it has changed. Slaves of
 * a bond or a team have groups but no addresses.
 */
static void link_changed(struct sxt_idev *idev)
{
	struct net_device *dev = idev->in6.dev;
	bool was = idev->linked;

	if (idev->in6.cnf.disable_ipv6 || !(dev->flags & IFF_UP) ||
	    !mtu_is_enough(dev))
		return;
	if (dev->priv_flags & IFF_NO_ADDRCONF) {
		sxt_mcast_up(idev);
		return;
	}
	if (!(idev->in6.if_flags & IF_READY)) {
		if (link_ready(dev))
			sxt_idev_start(idev);
		else
			sxt_idev_wait(idev);
		return;
	}
	sxt_route_dev_change(dev);
	idev->linked = link_ready(dev);
	if (!idev->linked) {
		sxt_idev_link_lost(idev);
		return;
	}
	sxt_mcast_up(idev);
	if (!was)
		link_back(idev);
}

/**
 * sxt_idev_set_disabled() - turn IPv6 on an interface off or on
 * @idev: the interface
 * @disabled: true: no packet passes, and all of its addresses go
 *
 * Context: RTNL.
 */
void sxt_idev_set_disabled(struct sxt_idev *idev, bool disabled)
{
	if (!idev->in6.cnf.disable_ipv6 == !disabled)
		return;
	WRITE_ONCE(idev->in6.cnf.disable_ipv6, disabled);
	if (disabled)
		sxt_idev_stop(idev);
	else
		link_changed(idev);
}

static int dev_registered(struct net_device *dev)
{
	struct sxt_idev *idev;

	if (sxt_idev_get_rcu(dev) || !mtu_is_enough(dev))
		return 0;
	idev = sxt_idev_add(dev);
	return PTR_ERR_OR_ZERO(idev);
}

static void dev_mtu_changed(struct net_device *dev)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	u32 old;

	if (!mtu_is_enough(dev)) {
		/* Routes that lead nowhere refer to the loopback interface. */
		if (idev && dev->flags & IFF_LOOPBACK)
			sxt_idev_stop(idev);
		else if (idev)
			idev_del(idev);
		return;
	}
	if (idev) {
		old = idev->in6.cnf.mtu6;
		WRITE_ONCE(idev->in6.cnf.mtu6, dev->mtu);
		sxt_route_dev_mtu(dev, old);
		link_changed(idev);
		return;
	}
	idev = sxt_idev_add(dev);
	if (!IS_ERR(idev))
		link_changed(idev);
}

/* Its settings are told as well: some listeners know them by its name. */
static void dev_renamed(struct sxt_idev *idev)
{
	int err;

	netconf_tell(idev, RTM_DELNETCONF);
	sxt_sysctl_idev_del(idev);
	sxt_snmp_idev_del(idev);
	err = sxt_snmp_idev_add(idev);
	if (!err)
		err = sxt_sysctl_idev_add(idev);
	if (err)
		net_warn_ratelimited("%s: no files under the new name in /proc: %d\n",
				     idev->in6.dev->name, err);
	netconf_tell(idev, RTM_NEWNETCONF);
}

/* Its hardware address, and all that hangs on that, is of another kind now. */
static int dev_type_changed(struct net_device *dev)
{
	struct sxt_idev *idev;
	int err = dev_registered(dev);

	idev = sxt_idev_get_rcu(dev);
	if (!err && idev)
		link_changed(idev);
	return err;
}

/* It joins or leaves a VRF, whose tables are others. */
static void dev_upper_changed(struct sxt_idev *idev,
			      const struct netdev_notifier_changeupper_info *info)
{
	if (!info->upper_dev || !netif_is_l3_master(info->upper_dev))
		return;
	sxt_idev_stop(idev);
	link_changed(idev);
}

static int idev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);

	switch (event) {
	case NETDEV_REGISTER:
		return notifier_from_errno(dev_registered(dev));
	case NETDEV_POST_TYPE_CHANGE:
		return notifier_from_errno(dev_type_changed(dev));
	case NETDEV_CHANGEMTU:
		dev_mtu_changed(dev);
		return NOTIFY_OK;
	case NETDEV_UP:
		/* Drivers change it without a word while the device is down. */
		if (idev && READ_ONCE(idev->in6.cnf.mtu6) == dev->mtu)
			break;
		dev_mtu_changed(dev);
		return NOTIFY_OK;
	case NETDEV_UNREGISTER:
		sxt_nh_dev_gone(dev);
		break;
	}
	if (!idev)
		return NOTIFY_OK;
	switch (event) {
	case NETDEV_UP:
	case NETDEV_CHANGE:
		link_changed(idev);
		break;
	case NETDEV_RESEND_IGMP:
		sxt_mcast_again(idev);
		break;
	case NETDEV_DOWN:
		sxt_idev_stop(idev);
		break;
	case NETDEV_CHANGENAME:
		dev_renamed(idev);
		break;
	case NETDEV_CHANGEUPPER:
		dev_upper_changed(idev, ptr);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
	case NETDEV_UNREGISTER:
		idev_del(idev);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block idev_notifier = {
	.notifier_call = idev_event,
	.priority = ADDRCONF_NOTIFY_PRIORITY,
};

/**
 * sxt_idev_init() - IPv6 on all interfaces that are there, and will be
 *
 * Context: process, without the RTNL; all else of the stack is ready.
 * Return: 0 or a negative errno.
 */
int sxt_idev_init(void)
{
	return register_netdevice_notifier(&idev_notifier);
}

/**
 * sxt_idev_exit() - takes IPv6 off all interfaces
 *
 * Context: process, without the RTNL.
 */
void sxt_idev_exit(void)
{
	/* Each interface goes down and away in the eyes of this one. */
	unregister_netdevice_notifier(&idev_notifier);
	flush_workqueue(sxt_ifa_wq);
}
