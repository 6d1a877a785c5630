// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes that routers tell (RFC 4862 5.5.3): what is on the link, addresses
 * made of them, their lifetimes, and who listens for RTM_NEWPREFIX. Temporary
 * addresses are temp.c's.
 */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include "addrgen.h"
#include "nd_int.h"

/* Flags are told as they came, also those that mean nothing here. */
static int prefix_fill(struct sk_buff *skb, const struct sxt_idev *idev,
		       const struct sxt_nd_prefix *p)
{
	const struct prefix_cacheinfo info = {
		.preferred_time = p->preferred,
		.valid_time = p->valid,
	};
	const struct in6_addr prefix = sxt_nd_addr(p->prefix);
	struct prefixmsg *pm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, 0, 0, RTM_NEWPREFIX, sizeof(*pm), 0);
	if (!nlh)
		return -EMSGSIZE;
	pm = nlmsg_data(nlh);
	*pm = (struct prefixmsg) {
		.prefix_family = AF_INET6,
		.prefix_ifindex = idev->in6.dev->ifindex,
		.prefix_type = SXT_ND_OPT_PREFIX,
		.prefix_len = p->plen,
		.prefix_flags = p->flags,
	};
	if (nla_put_in6_addr(skb, PREFIX_ADDRESS, &prefix) ||
	    nla_put(skb, PREFIX_CACHEINFO, sizeof(info), &info))
		return -EMSGSIZE;
	nlmsg_end(skb, nlh);
	return 0;
}

static void prefix_notify(const struct sxt_idev *idev,
			  const struct sxt_nd_prefix *p)
{
	struct net *net = dev_net(idev->in6.dev);
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_IPV6_PREFIX))
		return;
	skb = nlmsg_new(NLMSG_ALIGN(sizeof(struct prefixmsg)) +
			nla_total_size(sizeof(struct in6_addr)) +
			nla_total_size(sizeof(struct prefix_cacheinfo)),
			GFP_KERNEL);
	if (skb && !prefix_fill(skb, idev, p)) {
		rtnl_notify(skb, net, 0, RTNLGRP_IPV6_PREFIX, NULL, GFP_KERNEL);
		return;
	}
	kfree_skb(skb);
	rtnl_set_sk_err(net, RTNLGRP_IPV6_PREFIX, -ENOBUFS);
}

/* The address that was made of a prefix before, or NULL. */
static struct sxt_ifa *slaac_find(const struct sxt_idev *idev,
				  const struct in6_addr *prefix)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		struct sxt_ifa *own = container_of(ifa, struct sxt_ifa, ifa);

		if (own->origin == SXT_IFA_RA &&
		    !(ifa->flags & (IFA_F_TEMPORARY | IFA_F_PERMANENT)) &&
		    ifa->prefix_len == 64 &&
		    ipv6_prefix_equal(&ifa->addr, prefix, 64))
			return own;
	}
	return NULL;
}

/**
 * sxt_slaac_room() - may an interface have one more address of routers?
 * @idev: the interface
 *
 * Context: RTNL.
 * Return: false: it has max_addresses. 0 stands for no limit.
 */
bool sxt_slaac_room(const struct sxt_idev *idev)
{
	int most = idev->in6.cnf.max_addresses;
	const struct inet6_ifaddr *ifa;
	int count = 0;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		count += !sxt_ifa_is_group(ifa);
	return most <= 0 || count < most;
}

static struct sxt_ifa *slaac_add(struct sxt_idev *idev,
				 const struct in6_addr *prefix,
				 const struct sxt_nd_prefix *p)
{
	u32 mode = idev->in6.cnf.addr_gen_mode;
	struct sxt_ifa_cfg cfg = {
		.addr = *prefix,
		.plen = 64,
		.flags = IFA_F_MANAGETEMPADDR,
		.valid = p->valid,
		.preferred = p->preferred,
		.proto = IFAPROT_KERNEL_RA,
		.origin = SXT_IFA_RA,
	};
	bool token = !ipv6_addr_any(&idev->in6.token);
	struct sxt_ifa *ifa;

	if (!p->valid || !sxt_slaac_room(idev) ||
	    !sxt_addrgen_iid(idev, prefix, 0, cfg.addr.s6_addr + 8))
		return NULL;
	if (!token && (mode == IN6_ADDR_GEN_MODE_STABLE_PRIVACY ||
		       mode == IN6_ADDR_GEN_MODE_RANDOM))
		cfg.flags |= IFA_F_STABLE_PRIVACY;
	ifa = sxt_ifa_add(idev, &cfg, NULL);
	if (IS_ERR(ifa))
		return NULL;
	ifa->ifa.tokenized = token;
	return ifa;
}

/* RFC 4862 5.5.3 e */
static void slaac_update(struct sxt_idev *idev, struct sxt_ifa *ifa,
			 const struct sxt_nd_prefix *p)
{
	struct sxt_addrgen_lft lft;

	sxt_slaac_left(ifa, &lft);
	if (idev->in6.cnf.ra_honor_pio_life)
		lft.valid = p->valid;
	else
		lft.valid = sxt_addrgen_two_hours(p->valid, lft.valid);
	lft.preferred = min(p->preferred, lft.valid);
	sxt_slaac_set(ifa, &lft);
}

/*
 * RFC 4862 5.5.3 d: prefix and identifier are 128 bits together, and an
 * identifier has 64 (RFC 4291 2.5.1).
 */
static void slaac_autoconf(struct sxt_idev *idev,
			   const struct in6_addr *prefix,
			   const struct sxt_nd_prefix *p)
{
	struct sxt_ifa *ifa;

	if (p->plen != 64)
		return;
	ifa = slaac_find(idev, prefix);
	if (ifa)
		slaac_update(idev, ifa, p);
	else
		ifa = slaac_add(idev, prefix, p);
	if (ifa)
		sxt_temp_told(idev, ifa);
}

static void slaac_on_link(struct sxt_idev *idev, const struct in6_addr *prefix,
			  const struct sxt_nd_prefix *p)
{
	const struct sxt_told told = {
		.kind = SXT_TOLD_PREFIX,
		.prefix = *prefix,
		.plen = p->plen,
		.metric = IP6_RT_PRIO_ADDRCONF,
	};

	sxt_told_set(idev, &told, p->valid);
}

/* RFC 8028 3: whose prefix it is, whether or not it is on the link */
static void slaac_source(struct sxt_idev *idev, const struct in6_addr *prefix,
			 const struct sxt_nd_prefix *p,
			 const struct in6_addr *from)
{
	struct sxt_told told = {
		.kind = SXT_TOLD_SOURCE,
		.router = *from,
		.plen = p->plen,
	};

	ipv6_addr_prefix(&told.prefix, prefix, p->plen);
	sxt_told_set(idev, &told, p->valid);
}

/**
 * sxt_slaac_left() - what an address's lifetimes are by now
 * @ifa: the address
 * @lft: seconds left
 *
 * Context: RTNL.
 */
void sxt_slaac_left(const struct sxt_ifa *ifa, struct sxt_addrgen_lft *lft)
{
	u64 age = (jiffies - ifa->ifa.tstamp) / HZ;

	lft->valid = sxt_addrgen_left(ifa->ifa.valid_lft, age);
	lft->preferred = sxt_addrgen_left(ifa->ifa.prefered_lft, age);
}

/**
 * sxt_slaac_set() - give an address other lifetimes, nothing else
 * @ifa: the address
 * @lft: seconds from now on
 *
 * Context: RTNL, may sleep.
 */
void sxt_slaac_set(struct sxt_ifa *ifa, const struct sxt_addrgen_lft *lft)
{
	const struct sxt_ifa_cfg cfg = {
		.addr = ifa->ifa.addr,
		.peer = ifa->ifa.peer_addr,
		.plen = ifa->ifa.prefix_len,
		.flags = ifa->ifa.flags,
		.valid = lft->valid,
		.preferred = lft->preferred,
		.metric = ifa->ifa.rt_priority,
		.proto = ifa->ifa.ifa_proto,
	};

	sxt_ifa_change(ifa, &cfg, NULL);
}

/**
 * sxt_slaac_prefix() - a router tells a prefix (RFC 4862 5.5.3)
 * @idev: the interface
 * @option: a prefix information option
 * @len: its length
 * @from: the router
 *
 * Context: RTNL, may sleep.
 */
void sxt_slaac_prefix(struct sxt_idev *idev, const u8 *option, u32 len,
		      const struct in6_addr *from)
{
	const struct ipv6_devconf *cnf = &idev->in6.cnf;
	struct sxt_nd_prefix p;
	struct in6_addr prefix;

	if (!sxt_nd_prefix_read(option, len, &p))
		return;
	prefix = sxt_nd_addr(p.prefix);
	/* 5.5.3 b and c, for what is on the link as well */
	if (ipv6_addr_is_multicast(&prefix) || p.preferred > p.valid ||
	    (ipv6_addr_type(&prefix) & IPV6_ADDR_LINKLOCAL) ||
	    sxt_lifetime_short(idev, p.valid))
		return;
	slaac_source(idev, &prefix, &p, from);
	if (p.on_link)
		slaac_on_link(idev, &prefix, &p);
	if (p.autoconf && cnf->autoconf &&
	    !(p.delegate && cnf->ra_honor_pio_pflag))
		slaac_autoconf(idev, &prefix, &p);
	prefix_notify(idev, &p);
}
