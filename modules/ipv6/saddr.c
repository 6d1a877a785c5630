// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which source address a packet gets: the candidates of RFC 6724 4 and their
 * properties. The rules themselves are pure: srcsel.c.
 */
#include <net/l3mdev.h>
#include "iface.h"
#include "nd.h"
#include "srcsel.h"

/**
 * struct search - a search for a source address
 * @net: the namespace
 * @want: the destination, and what the program prefers
 * @dev: the outgoing interface, or NULL
 * @via: the next hop, if it may have given us addresses, or NULL
 * @prefs: IPV6_PREFER_SRC_* of the program
 * @best: the best one so far
 * @found: the address of @best; valid under RCU, NULL: none yet
 * @labelled: the labels of @want and @best have been looked up
 */
struct search {
	struct net *net;
	struct sxt_src_want want;
	const struct net_device *dev;
	const struct in6_addr *via;
	unsigned int prefs;
	struct sxt_src_cand best;
	const struct sxt_ifa *found;
	bool labelled;
};

/* RFC 4429 3.3: a program may be offered optimistic addresses. */
static bool may_use_optimistic(const struct search *s,
			       const struct sxt_idev *idev)
{
	return READ_ONCE(s->net->ipv6.devconf_all->use_optimistic) ||
	       READ_ONCE(idev->in6.cnf.use_optimistic);
}

static bool is_candidate(const struct search *s, const struct sxt_idev *idev,
			 const struct sxt_ifa *ifa)
{
	u32 flags = READ_ONCE(ifa->ifa.flags);

	/* One that was kept while its interface is down gets no answers. */
	if (ifa->anycast || !READ_ONCE(ifa->routed) ||
	    flags & IFA_F_DADFAILED)
		return false;
	if (!(flags & IFA_F_TENTATIVE))
		return true;
	return flags & IFA_F_OPTIMISTIC && may_use_optimistic(s, idev);
}

/* use_tempaddr above 1 prefers them; a program may say otherwise (RFC 5014). */
static bool prefers_temporary(const struct search *s,
			      const struct sxt_idev *idev)
{
	if (s->prefs & IPV6_PREFER_SRC_PUBLIC)
		return false;
	return s->prefs & IPV6_PREFER_SRC_TMP ||
	       READ_ONCE(idev->in6.cnf.use_tempaddr) > 1;
}

static u32 label_of(const struct search *s, const struct sxt_ifa *ifa)
{
	return sxt_addrlabel_get(s->net, &ifa->ifa.addr,
				 ifa->ifa.idev->dev->ifindex);
}

/* Labels are looked up once two addresses are alike by the rules before. */
static bool is_better(struct search *s, struct sxt_src_cand *cand,
		      const struct sxt_ifa *ifa)
{
	int d = sxt_srcsel_place(&s->want, cand, &s->best);

	if (d)
		return d > 0;
	if (!s->labelled) {
		const struct in6_addr *daddr = (const void *)s->want.addr;

		s->want.label = sxt_addrlabel_get(s->net, daddr, s->dev ?
						  s->dev->ifindex : 0);
		s->best.label = label_of(s, s->found);
		s->labelled = true;
	}
	cand->label = label_of(s, ifa);
	return sxt_srcsel_better(&s->want, cand, &s->best);
}

static void consider(struct search *s, const struct sxt_idev *idev,
		     const struct sxt_ifa *ifa)
{
	const u8 *addr = ifa->ifa.addr.s6_addr;
	u32 flags = READ_ONCE(ifa->ifa.flags);
	struct sxt_src_cand cand = {
		.addr = addr,
		.scope = sxt_srcsel_scope(addr),
		.plen = ifa->ifa.prefix_len,
		.deprecated = flags & IFA_F_DEPRECATED,
		.optimistic = flags & IFA_F_OPTIMISTIC,
		/* Without Mobile IPv6 all are, and rule 4 has no say. */
		.home = true,
		.outgoing = idev->in6.dev == s->dev,
		.temporary = flags & IFA_F_TEMPORARY,
	};

	/* Rule 5.5 */
	if (s->via && cand.outgoing)
		cand.next_hop = sxt_router_gave(s->dev, s->via,
						&ifa->ifa.addr);

	s->want.temporary = prefers_temporary(s, idev);
	if (!s->found || is_better(s, &cand, ifa)) {
		/* A winner by the first rules comes without its label. */
		if (s->labelled)
			cand.label = label_of(s, ifa);
		s->best = cand;
		s->found = ifa;
	}
}

/* Under RCU: writers add and take addresses with the RCU list functions. */
static void consider_interface(struct search *s, const struct net_device *dev)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return;
	list_for_each_entry_rcu(ifa, &idev->in6.addr_list, if_list) {
		const struct sxt_ifa *a = container_of(ifa, struct sxt_ifa,
						       ifa);

		if (is_candidate(s, idev, a))
			consider(s, idev, a);
	}
}

/*
 * RFC 6724 4: a destination of the link, and a group, need an address of the
 * outgoing interface; others may get one of another interface, of the same VRF.
 */
static bool only_outgoing(const struct search *s)
{
	const struct sxt_idev *idev;

	if (!s->dev)
		return false;
	if (s->want.addr[0] == 0xff || s->want.scope <= SXT_SCOPE_LINK)
		return true;
	idev = sxt_idev_get_rcu(s->dev);
	return READ_ONCE(s->net->ipv6.devconf_all->use_oif_addrs_only) ||
	       (idev && READ_ONCE(idev->in6.cnf.use_oif_addrs_only));
}

static void consider_others(struct search *s)
{
	int vrf = s->dev ? l3mdev_master_ifindex_rcu(s->dev) : 0;
	const struct net_device *dev;

	for_each_netdev_rcu(s->net, dev)
		if (dev != s->dev && l3mdev_master_ifindex_rcu(dev) == vrf)
			consider_interface(s, dev);
}

/* Rule 1. Packets to this node itself leave through the loopback interface. */
static bool is_own(const struct search *s, const struct in6_addr *daddr)
{
	const struct sxt_ifa *ifa;

	if (!s->dev || !(s->dev->flags & IFF_LOOPBACK))
		return false;
	ifa = sxt_ifa_find(s->net, daddr, NULL);
	return ifa && is_candidate(s, sxt_idev(ifa->ifa.idev), ifa);
}

static bool is_done(const struct search *s)
{
	return s->found && !(s->dev->flags & IFF_LOOPBACK) &&
	       sxt_srcsel_unbeaten(&s->want, &s->best);
}

static int search(struct search *s, struct in6_addr *saddr)
{
	if (s->dev)
		consider_interface(s, s->dev);
	if (!only_outgoing(s) && !(s->dev && is_done(s)))
		consider_others(s);
	if (!s->found)
		return -EADDRNOTAVAIL;
	*saddr = s->found->ifa.addr;
	return 0;
}

/**
 * sxt_saddr_by() - the source address for a destination, by a next hop
 * @net: the namespace
 * @dev: the interface by which packets go there; NULL: not known
 * @via: the router on it that they go to; NULL: none, or not known
 * @daddr: the destination
 * @prefs: IPV6_PREFER_SRC_* of the program (RFC 5014)
 * @saddr: the address is put here
 *
 * RFC 6724 5. Looks at the outgoing interface first and mostly at no other:
 * sxt_srcsel_unbeaten().
 *
 * Context: any but hard interrupt.
 * Return: 0, or -EADDRNOTAVAIL: there is none.
 */
int sxt_saddr_by(struct net *net, const struct net_device *dev,
		 const struct in6_addr *via, const struct in6_addr *daddr,
		 unsigned int prefs, struct in6_addr *saddr)
{
	struct search s = {
		.net = net,
		.dev = dev,
		.via = READ_ONCE(sxt_ip6_net(net)->sources_told) ? via : NULL,
		.prefs = prefs,
		.want.addr = daddr->s6_addr,
		.want.scope = sxt_srcsel_scope(daddr->s6_addr),
	};
	int err = 0;

	rcu_read_lock();
	if (is_own(&s, daddr))
		*saddr = *daddr;
	else
		err = search(&s, saddr);
	rcu_read_unlock();
	return err;
}

/**
 * sxt_saddr_of() - the source address for a destination, of one interface
 * @net: the namespace
 * @dev: the interface, whichever way packets leave by
 * @daddr: the destination
 * @saddr: the address is put here
 *
 * Context: any but hard interrupt.
 * Return: 0, or -EADDRNOTAVAIL: it has none.
 */
int sxt_saddr_of(struct net *net, const struct net_device *dev,
		 const struct in6_addr *daddr, struct in6_addr *saddr)
{
	struct search s = {
		.net = net,
		.dev = dev,
		.want.addr = daddr->s6_addr,
		.want.scope = sxt_srcsel_scope(daddr->s6_addr),
	};
	int err = -EADDRNOTAVAIL;

	rcu_read_lock();
	consider_interface(&s, dev);
	if (s.found) {
		*saddr = s.found->ifa.addr;
		err = 0;
	}
	rcu_read_unlock();
	return err;
}

/**
 * sxt_saddr_get() - as sxt_saddr_by(), whatever the next hop is
 * @net: the namespace
 * @dev: the interface by which packets go there; NULL: not known
 * @daddr: the destination
 * @prefs: IPV6_PREFER_SRC_* of the program (RFC 5014)
 * @saddr: the address is put here
 *
 * Context: any but hard interrupt.
 * Return: as sxt_saddr_by().
 */
int sxt_saddr_get(struct net *net, const struct net_device *dev,
		  const struct in6_addr *daddr, unsigned int prefs,
		  struct in6_addr *saddr)
{
	return sxt_saddr_by(net, dev, NULL, daddr, prefs, saddr);
}
EXPORT_SYMBOL_NS_GPL(sxt_saddr_get, SEXTANT_IPV6);
