// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host side of router discovery: what an advertisement changes (RFC 4861
 * 6.3.4, RFC 4191 3; RFC 8106 and others for user space), and asking for one
 * (RFC 4861 6.3.7, RFC 7559). Prefixes are slaac.c's, routes told.c's.
 */
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include "nd_int.h"

/* RFC 4861 6.2.1: the most that AdvReachableTime can be, milliseconds. */
#define REACHABLE_MAX_MS	3600000u
/* No RFC bounds RetransTimer: probes of duplicate address detection wait. */
#define RETRANS_MAX_MS	60000u
/* Options of one message that user space is told of. */
#define USER_OPTS_MAX	64u
/* Messages that are heard in four seconds, enough for many routers at once */
#define STRANGERS_SPEAK	32
#define REDIRECTS	256

/* What an RA is handled with. */
struct ra {
	struct sxt_idev *idev;
	struct sxt_nd_msg msg;
	struct in6_addr from;
	bool changed;	/* user space is to be told of the interface */
};

/**
 * sxt_router_accept() - does this node listen to routers?
 * @idev: the interface
 *
 * Context: RTNL or RCU.
 * Return: accept_ra says so: 1: unless it is a router itself, 2: always.
 */
bool sxt_router_accept(struct sxt_idev *idev)
{
	int accept = READ_ONCE(idev->in6.cnf.accept_ra);

	return accept == 2 || (accept && !READ_ONCE(idev->in6.cnf.forwarding));
}

static void ra_flags(struct ra *ra)
{
	u32 flags = ra->idev->in6.if_flags;

	flags &= ~(IF_RA_MANAGED | IF_RA_OTHERCONF);
	flags |= IF_RA_RCVD;
	if (ra->msg.managed)
		flags |= IF_RA_MANAGED;
	if (ra->msg.other)
		flags |= IF_RA_OTHERCONF;
	if (flags != ra->idev->in6.if_flags)
		ra->changed = true;
	WRITE_ONCE(ra->idev->in6.if_flags, flags);
}

/*
 * RFC 4191 3.1: an option for ::/0 says more of the sender as a default router
 * than the RA's header: preference and lifetime. Known before, the route need
 * not go and come with each message.
 */
static bool ra_default_option(const struct ra *ra, struct sxt_nd_route *route)
{
	const struct ipv6_devconf *cnf = &ra->idev->in6.cnf;
	const u8 *opt = NULL;

	if (!cnf->accept_ra_rtr_pref || cnf->accept_ra_rt_info_min_plen > 0)
		return false;
	while ((opt = sxt_nd_option_next(&ra->msg, opt)))
		if (opt[0] == SXT_ND_OPT_ROUTE &&
		    sxt_nd_route_read(opt, sxt_nd_option_len(opt), route) &&
		    !route->plen)
			return true;
	return false;
}

static void ra_default_router(struct ra *ra)
{
	const struct ipv6_devconf *cnf = &ra->idev->in6.cnf;
	struct sxt_told told = {
		.kind = SXT_TOLD_ROUTER,
		.router = ra->from,
		.pref = cnf->accept_ra_rtr_pref ? ra->msg.pref : 0,
		.metric = cnf->ra_defrtr_metric ? : IP6_RT_PRIO_USER,
	};
	u32 lifetime = ra->msg.lifetime;
	struct sxt_nd_route route;

	if (ra_default_option(ra, &route)) {
		told.pref = route.pref;
		lifetime = route.lifetime;
	}
	if (sxt_lifetime_short(ra->idev, lifetime))
		return;
	/*
	 * RFC 7559 2.1: now there is nothing more to ask for; nor is there
	 * where nobody wants the route, who would wait for it for ever.
	 */
	if (lifetime)
		sxt_router_solicit_stop(ra->idev);
	if (cnf->accept_ra_defrtr)
		sxt_told_set(ra->idev, &told, lifetime);
}

/* Attackers say 1 to cut a node off: the administrator sets a floor. */
static void ra_hop_limit(struct ra *ra)
{
	struct ipv6_devconf *cnf = &ra->idev->in6.cnf;

	if (!ra->msg.hop_limit ||
	    ra->msg.hop_limit < cnf->accept_ra_min_hop_limit)
		return;
	WRITE_ONCE(cnf->hop_limit, ra->msg.hop_limit);
}

/*
 * Times out of all reason would stop neighbour unreachability detection, keep
 * new addresses tentative for as long, or flood the link.
 */
static void ra_times(struct ra *ra)
{
	struct neigh_parms *parms = ra->idev->in6.nd_parms;
	int t;

	if (ra->msg.retrans && ra->msg.retrans <= RETRANS_MAX_MS) {
		t = max_t(int, msecs_to_jiffies(ra->msg.retrans), HZ / 100);
		if (t != NEIGH_VAR(parms, RETRANS_TIME)) {
			NEIGH_VAR_SET(parms, RETRANS_TIME, t);
			ra->changed = true;
		}
	}
	if (ra->msg.reachable && ra->msg.reachable <= REACHABLE_MAX_MS) {
		t = max_t(int, msecs_to_jiffies(ra->msg.reachable), HZ / 10);
		if (t != NEIGH_VAR(parms, BASE_REACHABLE_TIME)) {
			NEIGH_VAR_SET(parms, BASE_REACHABLE_TIME, t);
			NEIGH_VAR_SET(parms, GC_STALETIME, 3 * t);
			parms->reachable_time = neigh_rand_reach_time(t);
			ra->changed = true;
		}
	}
}

static void ra_mtu(struct ra *ra)
{
	struct inet6_dev *in6 = &ra->idev->in6;
	u32 mtu = ra->msg.mtu, old;

	if (!mtu || !in6->cnf.accept_ra_mtu)
		return;
	if (mtu < IPV6_MIN_MTU || mtu > READ_ONCE(in6->dev->mtu)) {
		net_info_ratelimited("%s: a router says MTU %u, which is not between %u and %u\n",
				     in6->dev->name, mtu, IPV6_MIN_MTU,
				     in6->dev->mtu);
		return;
	}
	if (in6->ra_mtu != mtu) {
		in6->ra_mtu = mtu;
		ra->changed = true;
	}
	old = in6->cnf.mtu6;
	if (old != mtu) {
		WRITE_ONCE(in6->cnf.mtu6, mtu);
		sxt_route_dev_mtu(in6->dev, old);
	}
}

/* RFC 4191 3.1. A route to ::/0 says more of a default router than the RA. */
static void ra_route(struct ra *ra, const u8 *opt)
{
	const struct ipv6_devconf *cnf = &ra->idev->in6.cnf;
	struct sxt_told told = {
		.kind = SXT_TOLD_ROUTE,
		.router = ra->from,
		.metric = IP6_RT_PRIO_USER,
	};
	struct sxt_nd_route route;

	if (!cnf->accept_ra_rtr_pref ||
	    !sxt_nd_route_read(opt, sxt_nd_option_len(opt), &route) ||
	    sxt_lifetime_short(ra->idev, route.lifetime) ||
	    route.plen < cnf->accept_ra_rt_info_min_plen ||
	    route.plen > cnf->accept_ra_rt_info_max_plen)
		return;
	if (!route.plen) {
		if (!cnf->accept_ra_defrtr)
			return;
		told.kind = SXT_TOLD_ROUTER;
		told.metric = cnf->ra_defrtr_metric ? : IP6_RT_PRIO_USER;
	}
	told.prefix = sxt_nd_addr(route.prefix);
	if (ipv6_addr_is_multicast(&told.prefix) ||
	    (ipv6_addr_type(&told.prefix) & IPV6_ADDR_LINKLOCAL))
		return;
	told.plen = route.plen;
	told.pref = route.pref;
	sxt_told_set(ra->idev, &told, route.lifetime);
}

/* An option as it came, for who has asked rtnetlink for such. */
static void ra_tell_user(struct ra *ra, const u8 *opt)
{
	const size_t head = sizeof(struct nduseroptmsg);
	u32 len = sxt_nd_option_len(opt);
	struct net_device *dev = ra->idev->in6.dev;
	struct net *net = dev_net(dev);
	struct nduseroptmsg *ndmsg;
	struct nlmsghdr *nlh;
	struct sk_buff *skb;

	skb = nlmsg_new(head + len + nla_total_size(sizeof(ra->from)),
			GFP_KERNEL);
	if (!skb)
		goto lost;
	nlh = nlmsg_put(skb, 0, 0, RTM_NEWNDUSEROPT, head + len, 0);
	if (!nlh)
		goto lost;
	ndmsg = nlmsg_data(nlh);
	*ndmsg = (struct nduseroptmsg) {
		.nduseropt_family = AF_INET6,
		.nduseropt_ifindex = dev->ifindex,
		.nduseropt_icmp_type = NDISC_ROUTER_ADVERTISEMENT,
		.nduseropt_opts_len = len,
	};
	memcpy(ndmsg + 1, opt, len);
	if (nla_put_in6_addr(skb, NDUSEROPT_SRCADDR, &ra->from))
		goto lost;
	nlmsg_end(skb, nlh);
	rtnl_notify(skb, net, 0, RTNLGRP_ND_USEROPT, NULL, GFP_KERNEL);
	return;
lost:
	kfree_skb(skb);
	rtnl_set_sk_err(net, RTNLGRP_ND_USEROPT, -ENOBUFS);
}

static void ra_options(struct ra *ra)
{
	struct net *net = dev_net(ra->idev->in6.dev);
	unsigned int told = USER_OPTS_MAX;
	const u8 *opt = NULL;

	if (!rtnl_has_listeners(net, RTNLGRP_ND_USEROPT))
		told = 0;
	while ((opt = sxt_nd_option_next(&ra->msg, opt))) {
		if (opt[0] == SXT_ND_OPT_ROUTE)
			ra_route(ra, opt);
		else if (opt[0] == SXT_ND_OPT_PREFIX &&
			 ra->idev->in6.cnf.accept_ra_pinfo)
			sxt_slaac_prefix(ra->idev, opt, sxt_nd_option_len(opt),
					 &ra->from);
		if (told && sxt_nd_option_for_user(opt)) {
			ra_tell_user(ra, opt);
			told--;
		}
	}
}

/* Is the sender this node itself, by a daemon of its own? */
static bool ra_from_self(const struct ra *ra)
{
	struct net_device *dev = ra->idev->in6.dev;
	bool ours;

	rcu_read_lock();
	ours = sxt_ifa_is_ours(dev_net(dev), &ra->from, dev, 0);
	rcu_read_unlock();
	return ours;
}

/**
 * sxt_router_advertised() - a router advertisement came (RFC 4861 6.3.4)
 * @idev: where
 * @skb: the message, valid when it was queued
 *
 * Context: RTNL, may sleep.
 */
void sxt_router_advertised(struct sxt_idev *idev, struct sk_buff *skb)
{
	struct ra ra = { .idev = idev };

	if (!sxt_router_accept(idev) || idev->in6.cnf.disable_ipv6 ||
	    !(idev->in6.dev->flags & IFF_UP) ||
	    sxt_nd_read(skb, &ra.msg) != SXT_ND_OK)
		return;
	ra.from = sxt_nd_addr(skb_network_header(skb) +
			      offsetof(struct ipv6hdr, saddr));
	if (!idev->in6.cnf.accept_ra_from_local && ra_from_self(&ra))
		return;
	ra_flags(&ra);
	/* The neighbour first: its routes are taken only if it is one. */
	sxt_nd_learn(idev->in6.dev, &ra.from, ra.msg.slla,
		     NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_WEAK_OVERRIDE |
		     NEIGH_UPDATE_F_OVERRIDE_ISROUTER |
		     NEIGH_UPDATE_F_ISROUTER);
	ra_default_router(&ra);
	ra_hop_limit(&ra);
	ra_times(&ra);
	ra_mtu(&ra);
	ra_options(&ra);
	if (ra.changed) {
		WRITE_ONCE(idev->in6.tstamp, jiffies);
		sxt_rtnl_link_notify(idev);
	}
}

/* RFC 8415 15: a tenth more or less, so that nodes don't speak in unison. */
static unsigned long about(unsigned long t)
{
	return t - t / 10 + get_random_u32_below(t / 5 + 1);
}

/* RFC 7559 2: twice as long as before, up to a limit. */
static unsigned long rs_next(struct sxt_idev *idev)
{
	unsigned long most = max(idev->in6.cnf.rtr_solicit_max_interval, HZ);
	unsigned long first = max(idev->in6.cnf.rtr_solicit_interval, HZ / 10);
	unsigned long last = idev->in6.rs_interval;

	if (!last)
		last = about(first);
	else
		last += about(last);
	if (last > most)
		last = about(most);
	idev->in6.rs_interval = min_t(unsigned long, last, INT_MAX / 4);
	return idev->in6.rs_interval;
}

static bool rs_wanted(struct sxt_idev *idev)
{
	const struct inet6_dev *in6 = &idev->in6;
	int tries = in6->cnf.rtr_solicits;

	return !in6->dead && !in6->cnf.disable_ipv6 &&
	       (in6->dev->flags & IFF_UP) && sxt_router_accept(idev) &&
	       (tries < 0 || in6->rs_probes < tries);
}

static void rs_work(struct work_struct *work)
{
	struct sxt_idev *idev = container_of(to_delayed_work(work),
					     struct sxt_idev, rs_work);
	struct inet6_dev *in6 = &idev->in6;
	struct in6_addr saddr;

	rtnl_lock();
	if (rs_wanted(idev)) {
		if (sxt_ifa_link_local(in6->dev, &saddr, IFA_F_TENTATIVE |
				       IFA_F_OPTIMISTIC))
			saddr = in6addr_any;
		sxt_nd_send_rs(in6->dev, &saddr, &in6addr_linklocal_allrouters);
		WRITE_ONCE(in6->if_flags, in6->if_flags | IF_RS_SENT);
		if (in6->rs_probes < U8_MAX)
			in6->rs_probes++;
		if (rs_wanted(idev))
			sxt_nd_work_arm(idev, &idev->rs_work, rs_next(idev));
	}
	rtnl_unlock();
	in6_dev_put(in6);
}

/**
 * sxt_router_solicit_start() - ask for routers until one answers
 * @idev: the interface, whose link-local address is good from now on
 *
 * RFC 4861 6.3.7: the first after a random time, unless duplicate address
 * detection had one already.
 *
 * Context: RTNL.
 */
void sxt_router_solicit_start(struct sxt_idev *idev)
{
	struct inet6_dev *in6 = &idev->in6;
	unsigned long delay = 0;

	if ((in6->dev->flags & IFF_LOOPBACK) ||
	    in6->dev->type == ARPHRD_TUNNEL)
		return;
	in6->rs_probes = 0;
	in6->rs_interval = 0;
	WRITE_ONCE(in6->if_flags, in6->if_flags & ~(IF_RS_SENT | IF_RA_RCVD));
	if (!rs_wanted(idev))
		return;
	if (!in6->cnf.dad_transmits && in6->cnf.rtr_solicit_delay > 0)
		delay = get_random_u32_below(in6->cnf.rtr_solicit_delay);
	sxt_nd_work_arm(idev, &idev->rs_work, delay);
}

/**
 * sxt_router_solicit_stop() - ask no more
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_router_solicit_stop(struct sxt_idev *idev)
{
	sxt_nd_work_stop(idev, &idev->rs_work);
}

static void probe_work(struct work_struct *work)
{
	struct sxt_idev *idev = container_of(to_delayed_work(work),
					     struct sxt_idev, probe_work);
	struct in6_addr target = idev->probed, group;

	clear_bit_unlock(0, &idev->probing);
	addrconf_addr_solict_mult(&target, &group);
	rtnl_lock();
	if (!idev->in6.dead)
		sxt_nd_send_ns(idev->in6.dev, &target, &group, NULL, 0);
	rtnl_unlock();
	in6_dev_put(&idev->in6);
}

/* Its neighbour waits for one answer from now on. False: it is not failed. */
static bool probe_begin(struct neighbour *n)
{
	bool failed;

	write_lock_bh(&n->lock);
	failed = n->nud_state & NUD_FAILED && !n->dead;
	if (failed)
		__neigh_set_probe_once(n);
	write_unlock_bh(&n->lock);
	return failed;
}

/**
 * sxt_router_probe() - a packet would take a router that does not answer
 * @rt: the way by it
 *
 * RFC 4191 3.5: it takes another one, and the router is solicited once, to see
 * whether it is back; and again after net.ipv6.conf.DEV.router_probe_interval.
 * One at a time of an interface.
 *
 * Context: under RCU.
 */
void sxt_router_probe(const struct rt6_info *rt)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(rt->dst.dev);
	struct neighbour *n = sxt_neigh_find(rt->dst.dev, &rt->rt6i_gateway);

	if (!idev || idev->in6.dead || READ_ONCE(idev->in6.cnf.forwarding) ||
	    !n || !(READ_ONCE(n->nud_state) & NUD_FAILED) ||
	    time_before(jiffies, READ_ONCE(n->updated) +
			READ_ONCE(idev->in6.cnf.rtr_probe_interval)) ||
	    test_and_set_bit_lock(0, &idev->probing))
		return;
	/* It may be losing IPv6 at this moment, and its last reference. */
	if (!probe_begin(n) || !refcount_inc_not_zero(&idev->in6.refcnt)) {
		clear_bit_unlock(0, &idev->probing);
		return;
	}
	idev->probed = rt->rt6i_gateway;
	if (!queue_delayed_work(sxt_nd_wq, &idev->probe_work, 0))
		in6_dev_put(&idev->in6);
}

/**
 * sxt_router_idev_add() - router discovery on a new interface
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_router_idev_add(struct sxt_idev *idev)
{
	INIT_LIST_HEAD(&idev->routers);
	sxt_nd_limit_init(&idev->strangers, 4 * HZ, STRANGERS_SPEAK);
	sxt_nd_limit_init(&idev->redirects, 4 * HZ, REDIRECTS);
	INIT_DELAYED_WORK(&idev->rs_work, rs_work);
	INIT_DELAYED_WORK(&idev->probe_work, probe_work);
}

/**
 * sxt_router_idev_del() - an interface loses IPv6
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_router_idev_del(struct sxt_idev *idev)
{
	sxt_router_solicit_stop(idev);
	sxt_nd_work_stop(idev, &idev->probe_work);
	sxt_told_free(idev);
}
