// SPDX-License-Identifier: GPL-2.0-only
/*
 * Duplicate address detection (RFC 4862 5.4; enhanced, RFC 7527; optimistic,
 * RFC 4429): from a tentative address to one that is used, or to one that
 * another node has. Which messages tell of another node is nd_in.c's to say.
 */
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include "addrgen.h"
#include "ifa_int.h"
#include "mcast.h"
#include "nd.h"
#include "packet.h"

/* RFC 4861 10: MAX_MULTICAST_SOLICIT */
#define LOOPED_PROBES	3

static struct sxt_idev *idev_of(const struct sxt_ifa *ifa)
{
	return sxt_idev(ifa->ifa.idev);
}

static const struct ipv6_devconf *conf_all(const struct sxt_idev *idev)
{
	return dev_net(idev->in6.dev)->ipv6.devconf_all;
}

/**
 * sxt_dad_wanted() - is an address to be probed for before it is used?
 * @idev: its interface
 * @flags: IFA_F_* of the address
 *
 * Context: RTNL.
 * Return: true if so.
 */
bool sxt_dad_wanted(const struct sxt_idev *idev, u32 flags)
{
	const struct ipv6_devconf *cnf = &idev->in6.cnf;

	if (flags & (IFA_F_NODAD | IFA_F_MCAUTOJOIN) ||
	    cnf->dad_transmits <= 0 ||
	    idev->in6.dev->flags & (IFF_NOARP | IFF_LOOPBACK))
		return false;
	return max(READ_ONCE(cnf->accept_dad),
		   READ_ONCE(conf_all(idev)->accept_dad)) > 0;
}

/* What an address joins: its solicited-node group; a group, itself. */
static void group_of(const struct sxt_ifa *ifa, struct in6_addr *group)
{
	if (sxt_ifa_is_group(&ifa->ifa))
		*group = ifa->ifa.addr;
	else
		addrconf_addr_solict_mult(&ifa->ifa.addr, group);
}

/* Listened to at once, told when the first probe goes out (RFC 4862 5.4.2). */
static void group_join(struct sxt_ifa *ifa, unsigned long wait)
{
	struct in6_addr group;

	if (ifa->joined)
		return;
	group_of(ifa, &group);
	ifa->joined = !sxt_mcast_join_quietly(idev_of(ifa), &group, wait);
}

static void group_leave(struct sxt_ifa *ifa)
{
	struct in6_addr group;

	if (!ifa->joined)
		return;
	group_of(ifa, &group);
	sxt_mcast_leave(idev_of(ifa), &group);
	ifa->joined = false;
}

/* Running work holds a reference to its address. */
static void arm(struct sxt_ifa *ifa, unsigned long delay)
{
	if (!mod_delayed_work(sxt_ifa_wq, &ifa->ifa.dad_work, delay))
		sxt_ifa_hold(ifa);
}

/*
 * With ndisc_notify neighbours learn of a new address before they need it. As
 * long as it is optimistic only routers are told, and nobody is overridden (RFC
 * 9131 6.1.2); then all nodes are, whoever may have had it before.
 */
static void announce(struct sxt_ifa *ifa)
{
	const struct sxt_idev *idev = idev_of(ifa);
	bool sure = !(ifa->ifa.flags & IFA_F_OPTIMISTIC);

	if (!READ_ONCE(idev->in6.cnf.ndisc_notify) &&
	    !READ_ONCE(conf_all(idev)->ndisc_notify))
		return;
	sxt_nd_send_na(idev->in6.dev, sure ? &in6addr_linklocal_allnodes :
		       &in6addr_linklocal_allrouters, &ifa->ifa.addr,
		       sxt_idev_is_router(idev), false, sure, true);
}

/* The first link-local address opens the way to routers (RFC 4861 6.3.7). */
static void link_local_ready(struct sxt_idev *idev)
{
	/* Reports of groups went out from :: so far (RFC 3590). */
	sxt_mld_address_ready(idev);
	sxt_router_solicit_start(idev);
}

/**
 * sxt_dad_link_ready() - what a usable address opens once its link is there
 * @ifa: the address
 *
 * Context: RTNL. While the link is not there nothing happens.
 */
void sxt_dad_link_ready(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = idev_of(ifa);

	if (ifa->ifa.scope == IFA_LINK && !sxt_ifa_is_group(&ifa->ifa) &&
	    idev->in6.if_flags & IF_READY)
		link_local_ready(idev);
}

static void succeed(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = idev_of(ifa);
	bool probed = ifa->ifa.flags & IFA_F_TENTATIVE;

	WRITE_ONCE(ifa->ifa.flags, ifa->ifa.flags &
		   ~(IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED));
	WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_POSTDAD);
	sxt_ifa_usable(ifa);
	/* Sockets that chose another source may choose this one now. */
	sxt_route_changed(dev_net(idev->in6.dev));
	sxt_rtnl_addr_notify(RTM_NEWADDR, ifa);
	if (probed)
		announce(ifa);
	sxt_dad_link_ready(ifa);
}

/**
 * sxt_dad_start() - an address is to come into use
 * @ifa: the address. If it is tentative it is probed for first, once its link
 *	is there; if not, it is usable at once
 * @wait: jiffies before anything is sent
 *
 * RFC 4862 5.4.2: the first message of an interface waits for a random time, and
 * so do those of addresses that many nodes make at once.
 *
 * Context: RTNL.
 */
void sxt_dad_start(struct sxt_ifa *ifa, unsigned long wait)
{
	struct sxt_idev *idev = idev_of(ifa);
	int delay = READ_ONCE(idev->in6.cnf.rtr_solicit_delay);
	bool wanted = ifa->ifa.flags & IFA_F_TENTATIVE &&
		      sxt_dad_wanted(idev, ifa->ifa.flags);

	if (ifa->ifa.state == INET6_IFADDR_STATE_DEAD ||
	    (wanted && !(idev->in6.if_flags & IF_READY && idev->linked)))
		return;
	if (!wanted) {
		group_join(ifa, 0);
		succeed(ifa);
		return;
	}
	if (delay > 0 && !(ifa->ifa.flags & IFA_F_OPTIMISTIC))
		wait += get_random_u32_below(delay);
	group_join(ifa, wait);
	WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_DAD);
	WRITE_ONCE(ifa->looped, false);
	ifa->ifa.dad_probes = min(idev->in6.cnf.dad_transmits, U8_MAX);
	if (ifa->ifa.flags & IFA_F_OPTIMISTIC) {
		sxt_ifa_usable(ifa);
		announce(ifa);
	}
	arm(ifa, wait);
}

/**
 * sxt_dad_stop() - an address goes, or its link does
 * @ifa: the address, which also leaves the group that it joined
 *
 * Context: RTNL. Work that waits for the RTNL sees that it came too late.
 */
void sxt_dad_stop(struct sxt_ifa *ifa)
{
	if (ifa->ifa.state == INET6_IFADDR_STATE_DAD)
		WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_PREDAD);
	if (cancel_delayed_work(&ifa->ifa.dad_work))
		sxt_ifa_put(ifa);
	group_leave(ifa);
}

/* RFC 7527 4.1: 48 bits, as RFC 3971 wants them at least, and not 0. */
static u64 nonce_make(const struct sxt_idev *idev)
{
	u64 nonce;

	if (!READ_ONCE(idev->in6.cnf.enhanced_dad) &&
	    !READ_ONCE(conf_all(idev)->enhanced_dad))
		return 0;
	do {
		nonce = get_random_u64() >> 16;
	} while (!nonce);
	return nonce;
}

/*
 * RFC 7527 4.1: while probes come back, which say nothing of other nodes, more
 * are sent; the address is used once none of a round did.
 */
static void probe(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = idev_of(ifa);
	struct in6_addr group;
	int retrans;
	u64 nonce;

	if (!ifa->ifa.dad_probes) {
		if (!READ_ONCE(ifa->looped)) {
			succeed(ifa);
			return;
		}
		WRITE_ONCE(ifa->looped, false);
		ifa->ifa.dad_probes = LOOPED_PROBES;
	}
	ifa->ifa.dad_probes--;
	nonce = nonce_make(idev);
	WRITE_ONCE(ifa->nonces[ifa->nonce_at++ % SXT_DAD_NONCES], nonce);
	retrans = NEIGH_VAR(idev->in6.nd_parms, RETRANS_TIME);
	arm(ifa, max(retrans, HZ / 100));
	addrconf_addr_solict_mult(&ifa->ifa.addr, &group);
	/* Switches have to know who listens before anybody can answer. */
	sxt_mld_tell_due(idev);
	sxt_nd_send_ns(idev->in6.dev, &ifa->ifa.addr, &group, &in6addr_any,
		       nonce);
}

/**
 * sxt_dad_work() - the next probe, or the end of probing
 * @work: an address's dad_work
 *
 * Context: the work queue; gives the work's reference back.
 */
void sxt_dad_work(struct work_struct *work)
{
	struct sxt_ifa *ifa = container_of(to_delayed_work(work),
					   struct sxt_ifa, ifa.dad_work);

	rtnl_lock();
	if (ifa->ifa.state == INET6_IFADDR_STATE_DAD)
		probe(ifa);
	rtnl_unlock();
	sxt_ifa_put(ifa);
}

/* RFC 7527 4.2: probes that came back, and those of other nodes */
static void count(const struct sxt_ifa *ifa)
{
	struct inet6_dev *in6 = ifa->ifa.idev;

	ICMP6_INC_STATS(dev_net(in6->dev), in6, ICMP6_MIB_INERRORS);
}

/**
 * sxt_dad_own_probe() - has a probe for an address come back to its sender?
 * @ifa: the address, which is in doubt
 * @nonce: the probe's, 0: it has none of our kind
 *
 * RFC 7527 4.2: then it is counted and logged, and says nothing of duplicates.
 * A link may well keep a probe until the next one is out.
 *
 * Context: softirq, under RCU.
 * Return: true if so.
 */
bool sxt_dad_own_probe(struct sxt_ifa *ifa, u64 nonce)
{
	unsigned int i = 0;

	while (i < SXT_DAD_NONCES && READ_ONCE(ifa->nonces[i]) != nonce)
		i++;
	if (!nonce || i == SXT_DAD_NONCES)
		return false;
	WRITE_ONCE(ifa->looped, true);
	count(ifa);
	net_info_ratelimited("%s: the link loops, a probe for %pI6c came back\n",
			     ifa->ifa.idev->dev->name, &ifa->ifa.addr);
	return true;
}

/**
 * sxt_dad_conflict() - another node has an address that is tentative here, or
 *	tries to get it
 * @ifa: the address
 *
 * Each address waits at most once, so the queue is no longer than the list of
 * addresses.
 *
 * Context: softirq, under RCU. What is to be done is done by a work.
 */
void sxt_dad_conflict(struct sxt_ifa *ifa)
{
	struct sxt_ip6_net *n = sxt_ip6_net(dev_net(ifa->ifa.idev->dev));

	if (READ_ONCE(ifa->ifa.state) != INET6_IFADDR_STATE_DAD)
		return;
	count(ifa);
	spin_lock_bh(&n->dad_lock);
	if (list_empty(&ifa->conflict) &&
	    refcount_inc_not_zero(&ifa->ifa.refcnt)) {
		list_add_tail(&ifa->conflict, &n->dad_conflicts);
		queue_work(sxt_ifa_wq, &n->dad_work);
	}
	spin_unlock_bh(&n->dad_lock);
}

/* RFC 4862 5.4.5: whoever has our hardware address is a danger to the link. */
static bool is_hardware_address(const struct sxt_ifa *ifa)
{
	return ifa->ifa.scope == IFA_LINK &&
	       ifa->origin == SXT_IFA_LINK_LOCAL &&
	       !(ifa->ifa.flags & IFA_F_STABLE_PRIVACY);
}

/* RFC 7217 6: not all whose addresses are alike at the same time */
static unsigned long next_wait(const struct netns_sysctl_ipv6 *sysctl)
{
	return get_random_u32_below(READ_ONCE(sysctl->idgen_delay) + 1u);
}

/* RFC 7217 6: the next identifier in the row, a while later. */
static bool try_next(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = idev_of(ifa);
	const struct netns_sysctl_ipv6 *sysctl;
	u8 count = ifa->ifa.stable_privacy_retry + 1;
	struct sxt_ifa_cfg cfg = {
		.addr = ifa->ifa.addr,
		.plen = ifa->ifa.prefix_len,
		.flags = ifa->ifa.flags & (IFA_F_PERMANENT |
					   IFA_F_MANAGETEMPADDR |
					   IFA_F_NOPREFIXROUTE |
					   IFA_F_STABLE_PRIVACY |
					   IFA_F_NODAD),
		.metric = ifa->ifa.rt_priority,
		.proto = ifa->ifa.ifa_proto,
		.origin = ifa->origin,
	};
	struct sxt_ifa *next;

	sysctl = &dev_net(idev->in6.dev)->ipv6.sysctl;
	if (!(ifa->ifa.flags & IFA_F_STABLE_PRIVACY) || cfg.plen != 64 ||
	    count > min(READ_ONCE(sysctl->idgen_retries), U8_MAX))
		return false;
	cfg.wait = next_wait(sysctl);
	sxt_ifa_life_left(ifa, &cfg.valid, &cfg.preferred);
	if (!cfg.valid || !sxt_addrgen_iid(idev, &cfg.addr, count,
					   cfg.addr.s6_addr + 8))
		return false;
	next = sxt_ifa_add(idev, &cfg, NULL);
	if (IS_ERR(next))
		return false;
	next->ifa.stable_privacy_retry = count;
	return true;
}

/* It stays, to be seen by who asked for it, but is not used. */
static void mark_failed(struct sxt_ifa *ifa)
{
	sxt_dad_stop(ifa);
	sxt_ifa_unusable(ifa);
	WRITE_ONCE(ifa->ifa.flags, (ifa->ifa.flags | IFA_F_DADFAILED |
				    IFA_F_TENTATIVE) & ~IFA_F_OPTIMISTIC);
	WRITE_ONCE(ifa->ifa.state, INET6_IFADDR_STATE_ERRDAD);
	sxt_rtnl_addr_notify(RTM_NEWADDR, ifa);
}

/*
 * Without an heir, one that a router's prefix made stays, so that it is not made
 * anew with each advertisement (RFC 7217 6: "MUST limit the number").
 */
static bool stays(const struct sxt_ifa *ifa)
{
	if (ifa->ifa.flags & IFA_F_TEMPORARY)
		return false;
	return ifa->ifa.flags & IFA_F_PERMANENT || ifa->origin == SXT_IFA_RA;
}

static void fail(struct sxt_ifa *ifa)
{
	struct sxt_idev *idev = idev_of(ifa);
	bool disable = is_hardware_address(ifa) &&
		       max(READ_ONCE(idev->in6.cnf.accept_dad),
			   READ_ONCE(conf_all(idev)->accept_dad)) > 1;

	if (ifa->ifa.state != INET6_IFADDR_STATE_DAD)
		return;
	net_info_ratelimited("%s: another node has the address %pI6c\n",
			     idev->in6.dev->name, &ifa->ifa.addr);
	mark_failed(ifa);
	if (disable) {
		net_warn_ratelimited("%s: and it may be one with this hardware address: IPv6 is disabled\n",
				     idev->in6.dev->name);
		sxt_idev_set_disabled(idev, true);
		return;
	}
	if (try_next(ifa) || !stays(ifa))
		sxt_ifa_del(ifa);
	if (ifa->ifa.flags & IFA_F_TEMPORARY)
		sxt_temp_taken(idev);
}

static struct sxt_ifa *conflict_next(struct sxt_ip6_net *n)
{
	struct sxt_ifa *ifa;

	spin_lock_bh(&n->dad_lock);
	ifa = list_first_entry_or_null(&n->dad_conflicts, struct sxt_ifa,
				       conflict);
	if (ifa)
		list_del_init(&ifa->conflict);
	spin_unlock_bh(&n->dad_lock);
	return ifa;
}

static void conflict_work(struct work_struct *work)
{
	struct sxt_ip6_net *n = container_of(work, struct sxt_ip6_net,
					     dad_work);
	struct sxt_ifa *ifa;

	while ((ifa = conflict_next(n))) {
		rtnl_lock();
		fail(ifa);
		rtnl_unlock();
		sxt_ifa_put(ifa);
	}
}

/**
 * sxt_dad_net_init() - no conflicts yet
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_dad_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	spin_lock_init(&n->dad_lock);
	INIT_LIST_HEAD(&n->dad_conflicts);
	INIT_WORK(&n->dad_work, conflict_work);
}

/**
 * sxt_dad_net_exit() - waits for the work
 * @net: the namespace, into which no packet comes any more
 *
 * Context: process, without the RTNL.
 */
void sxt_dad_net_exit(struct net *net)
{
	flush_work(&sxt_ip6_net(net)->dad_work);
}
