// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtnetlink: addresses are added, changed, deleted and asked for, as
 * `ip -6 address` does it.
 */
#include <linux/rtnetlink.h>
#include "nd.h"
#include "rtnl_ifa.h"

/* What user space may ask for; the rest of the flags is ours to set. */
#define IFA_F_SETTABLE	(IFA_F_NODAD | IFA_F_HOMEADDRESS | \
			 IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | \
			 IFA_F_OPTIMISTIC | IFA_F_MCAUTOJOIN)

const struct nla_policy sxt_ifa_policy[IFA_MAX + 1] = {
	[IFA_LOCAL]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[IFA_ADDRESS]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[IFA_PROTO]		= { .type = NLA_U8 },
	[IFA_FLAGS]		= { .type = NLA_U32 },
	[IFA_RT_PRIORITY]	= { .type = NLA_U32 },
	[IFA_CACHEINFO]		= { .len = sizeof(struct ifa_cacheinfo) },
	[IFA_TARGET_NETNSID]	= { .type = NLA_S32 },
};

/*
 * IFA_LOCAL is the address; beside it, IFA_ADDRESS is the other end of the
 * link. Alone, either of them is the address.
 */
static int get_addresses(struct nlattr *tb[], struct in6_addr *addr,
			 struct in6_addr *peer, struct netlink_ext_ack *extack)
{
	*peer = in6addr_any;
	if (!tb[IFA_LOCAL] && !tb[IFA_ADDRESS]) {
		NL_SET_ERR_MSG(extack, "no address given");
		return -EINVAL;
	}
	if (!tb[IFA_LOCAL]) {
		*addr = nla_get_in6_addr(tb[IFA_ADDRESS]);
		return 0;
	}
	*addr = nla_get_in6_addr(tb[IFA_LOCAL]);
	if (tb[IFA_ADDRESS])
		*peer = nla_get_in6_addr(tb[IFA_ADDRESS]);
	if (ipv6_addr_equal(peer, addr))
		*peer = in6addr_any;
	return 0;
}

static int get_lifetimes(const struct nlattr *attr, struct sxt_ifa_cfg *cfg,
			 struct netlink_ext_ack *extack)
{
	const struct ifa_cacheinfo *ci;

	cfg->valid = INFINITY_LIFE_TIME;
	cfg->preferred = INFINITY_LIFE_TIME;
	if (attr) {
		ci = nla_data(attr);
		cfg->valid = ci->ifa_valid;
		cfg->preferred = ci->ifa_prefered;
	}
	if (!cfg->valid) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "valid lifetime is 0");
		return -EINVAL;
	}
	if (cfg->preferred > cfg->valid) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "preferred lifetime is longer than valid lifetime");
		return -EINVAL;
	}
	if (cfg->valid == INFINITY_LIFE_TIME)
		cfg->flags |= IFA_F_PERMANENT;
	return 0;
}

static int get_flags(struct nlattr *tb[], const struct ifaddrmsg *ifm,
		     struct sxt_ifa_cfg *cfg, struct netlink_ext_ack *extack)
{
	u32 flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) :
				    ifm->ifa_flags;
	bool group = ipv6_addr_is_multicast(&cfg->addr);

	if (flags & IFA_F_MCAUTOJOIN && !group) {
		NL_SET_ERR_MSG(extack, "only a group can be joined (autojoin)");
		return -EINVAL;
	}
	if (flags & IFA_F_NODAD && flags & IFA_F_OPTIMISTIC) {
		NL_SET_ERR_MSG(extack,
			       "an address can't be both optimistic and nodad");
		return -EINVAL;
	}
	if (flags & IFA_F_MANAGETEMPADDR && (cfg->plen != 64 || group)) {
		NL_SET_ERR_MSG(extack,
			       "temporary addresses need a prefix length of 64, and no group");
		return -EINVAL;
	}
	cfg->flags = flags & IFA_F_SETTABLE;
	return 0;
}

static int get_cfg(struct nlattr *tb[], const struct ifaddrmsg *ifm,
		   struct sxt_ifa_cfg *cfg, struct netlink_ext_ack *extack)
{
	int err;

	memset(cfg, 0, sizeof(*cfg));
	err = get_addresses(tb, &cfg->addr, &cfg->peer, extack);
	if (err)
		return err;
	if (ifm->ifa_prefixlen > 128) {
		NL_SET_ERR_MSG(extack, "prefix length is 128 at most");
		return -EINVAL;
	}
	cfg->plen = ifm->ifa_prefixlen;
	err = get_flags(tb, ifm, cfg, extack);
	if (!err)
		err = get_lifetimes(tb[IFA_CACHEINFO], cfg, extack);
	if (tb[IFA_RT_PRIORITY])
		cfg->metric = nla_get_u32(tb[IFA_RT_PRIORITY]);
	if (tb[IFA_PROTO])
		cfg->proto = nla_get_u8(tb[IFA_PROTO]);
	return err;
}

static int parse(const struct nlmsghdr *nlh, struct nlattr *tb[],
		 struct netlink_ext_ack *extack)
{
	return nlmsg_parse_deprecated(nlh, sizeof(struct ifaddrmsg), tb,
				      IFA_MAX, sxt_ifa_policy, extack);
}

static struct net_device *get_dev(struct net *net, u32 ifindex,
				  struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_index(net, ifindex);

	if (!dev)
		NL_SET_ERR_MSG(extack, "no interface has this number");
	return dev;
}

static int replace(struct sxt_ifa *ifa, const struct sxt_ifa_cfg *cfg,
		   const struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	bool managed;
	int err;

	if (nlh->nlmsg_flags & NLM_F_EXCL ||
	    !(nlh->nlmsg_flags & NLM_F_REPLACE)) {
		NL_SET_ERR_MSG(extack,
			       "the interface has this address already");
		return -EEXIST;
	}
	if (ifa->ifa.flags & IFA_F_TEMPORARY &&
	    cfg->flags & IFA_F_MANAGETEMPADDR) {
		NL_SET_ERR_MSG(extack,
			       "a temporary address can't have temporary ones");
		return -EINVAL;
	}
	managed = ifa->ifa.flags & IFA_F_MANAGETEMPADDR;
	err = sxt_ifa_change(ifa, cfg, extack);
	if (!err && managed && !(cfg->flags & IFA_F_MANAGETEMPADDR))
		sxt_temp_del(sxt_idev(ifa->ifa.idev), ifa);
	return err;
}

/* RFC 8981: whoever asks for an address may ask for temporary ones as well. */
static int newaddr_temp(struct sxt_idev *idev, struct sxt_ifa *ifa)
{
	if (IS_ERR(ifa))
		return PTR_ERR(ifa);
	if (ifa->ifa.flags & IFA_F_MANAGETEMPADDR)
		sxt_temp_told(idev, ifa);
	return 0;
}

static int rtnl_newaddr(struct sk_buff *skb, struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	struct nlattr *tb[IFA_MAX + 1];
	struct sxt_ifa_cfg cfg;
	struct net_device *dev;
	struct sxt_idev *idev;
	struct sxt_ifa *ifa;
	int err;

	err = parse(nlh, tb, extack);
	if (!err)
		err = get_cfg(tb, nlmsg_data(nlh), &cfg, extack);
	if (err)
		return err;
	dev = get_dev(net, ((struct ifaddrmsg *)nlmsg_data(nlh))->ifa_index,
		      extack);
	if (!dev)
		return -ENODEV;
	idev = sxt_idev_get_rcu(dev);
	if (!idev) {
		NL_SET_ERR_MSG(extack,
			       "the interface has no IPv6: that needs an MTU of 1280 at least");
		return -EINVAL;
	}
	ifa = sxt_ifa_of(idev, &cfg.addr);
	if (!ifa)
		return newaddr_temp(idev, sxt_ifa_add(idev, &cfg, extack));
	/* Not said is "as it is". */
	if (!cfg.metric)
		cfg.metric = ifa->ifa.rt_priority;
	err = replace(ifa, &cfg, nlh, extack);
	return err ? err : newaddr_temp(idev, ifa);
}

static int rtnl_deladdr(struct sk_buff *skb, struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	const struct ifaddrmsg *ifm = nlmsg_data(nlh);
	struct net *net = sock_net(skb->sk);
	struct nlattr *tb[IFA_MAX + 1];
	struct in6_addr addr, peer;
	struct net_device *dev;
	struct sxt_ifa *ifa;
	int err;

	err = parse(nlh, tb, extack);
	if (!err)
		err = get_addresses(tb, &addr, &peer, extack);
	if (err)
		return err;
	dev = get_dev(net, ifm->ifa_index, extack);
	if (!dev)
		return -ENODEV;
	ifa = sxt_ifa_find(net, &addr, dev);
	if (!ifa || ifa->anycast ||
	    (ifm->ifa_prefixlen && ifm->ifa_prefixlen != ifa->ifa.prefix_len)) {
		NL_SET_ERR_MSG(extack,
			       "the interface has no such address of this prefix length");
		return -EADDRNOTAVAIL;
	}
	if (ifa->ifa.flags & IFA_F_MANAGETEMPADDR)
		sxt_temp_del(sxt_idev(ifa->ifa.idev), ifa);
	sxt_ifa_del(ifa);
	return 0;
}

/* A single one: only what says which is taken, as strict requests demand. */
static int getaddr_parse(struct sk_buff *skb, const struct nlmsghdr *nlh,
			 struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	const u32 known = BIT(IFA_TARGET_NETNSID) | BIT(IFA_ADDRESS) |
			  BIT(IFA_LOCAL);

	if (!netlink_strict_get_check(skb))
		return parse(nlh, tb, extack);
	return PTR_ERR_OR_ZERO(sxt_ifa_strict(nlh, tb, known, extack));
}

/* The namespace that is asked about, with a reference. */
static struct net *getaddr_net(struct sk_buff *skb, const struct nlattr *attr,
			       struct sxt_ifa_msg *msg,
			       struct netlink_ext_ack *extack)
{
	struct net *net;

	if (!attr)
		return get_net(sock_net(skb->sk));
	msg->netnsid = nla_get_s32(attr);
	net = rtnl_get_net_ns_capable(NETLINK_CB(skb).sk, msg->netnsid);
	if (IS_ERR(net))
		NL_SET_ERR_MSG(extack,
			       "no namespace with this number, or not allowed to look into it");
	return net;
}

static struct sk_buff *getaddr_reply(struct net *net,
				     const struct in6_addr *addr, int ifindex,
				     const struct sxt_ifa_msg *msg,
				     struct netlink_ext_ack *extack)
{
	const struct net_device *dev = NULL;
	const struct sxt_ifa *ifa;
	struct sk_buff *reply;
	int err;

	if (ifindex) {
		dev = get_dev(net, ifindex, extack);
		if (!dev)
			return ERR_PTR(-ENODEV);
	}
	ifa = sxt_ifa_find(net, addr, dev);
	if (!ifa || ifa->anycast) {
		NL_SET_ERR_MSG(extack, "no interface has this address");
		return ERR_PTR(-EADDRNOTAVAIL);
	}
	reply = nlmsg_new(sxt_ifa_msg_size(), GFP_KERNEL);
	if (!reply)
		return ERR_PTR(-ENOBUFS);
	err = sxt_ifa_msg_put(reply, ifa, msg);
	if (!err)
		return reply;
	kfree_skb(reply);
	return ERR_PTR(err);
}

static int rtnl_getaddr(struct sk_buff *skb, struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	const struct ifaddrmsg *ifm = nlmsg_data(nlh);
	struct sxt_ifa_msg msg = {
		.portid = NETLINK_CB(skb).portid,
		.seq = nlh->nlmsg_seq,
		.event = RTM_NEWADDR,
		.netnsid = -1,
	};
	struct nlattr *tb[IFA_MAX + 1];
	struct in6_addr addr, peer;
	struct sk_buff *reply;
	struct net *net;
	int err;

	err = getaddr_parse(skb, nlh, tb, extack);
	if (!err)
		err = get_addresses(tb, &addr, &peer, extack);
	if (err)
		return err;
	net = getaddr_net(skb, tb[IFA_TARGET_NETNSID], &msg, extack);
	if (IS_ERR(net))
		return PTR_ERR(net);
	reply = getaddr_reply(net, &addr, ifm->ifa_index, &msg, extack);
	put_net(net);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return rtnl_unicast(reply, sock_net(skb->sk), msg.portid);
}

/**
 * sxt_rtnl_addr_notify() - tells listeners of an address
 * @event: RTM_NEWADDR or RTM_DELADDR
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_rtnl_addr_notify(int event, struct sxt_ifa *ifa)
{
	const struct sxt_ifa_msg msg = { .event = event, .netnsid = -1 };
	struct net *net = dev_net(ifa->ifa.idev->dev);
	struct sk_buff *skb;
	int err = -ENOBUFS;

	skb = nlmsg_new(sxt_ifa_msg_size(), GFP_KERNEL);
	if (skb)
		err = sxt_ifa_msg_put(skb, ifa, &msg);
	if (err) {
		kfree_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV6_IFADDR, err);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_IPV6_IFADDR, NULL, GFP_KERNEL);
}

static const struct rtnl_msg_handler handlers[] = {
	{ THIS_MODULE, PF_INET6, RTM_NEWADDR, rtnl_newaddr, NULL, 0 },
	{ THIS_MODULE, PF_INET6, RTM_DELADDR, rtnl_deladdr, NULL, 0 },
	{ THIS_MODULE, PF_INET6, RTM_GETADDR, rtnl_getaddr, sxt_ifa_dump, 0 },
	{ THIS_MODULE, PF_INET6, RTM_GETMULTICAST, NULL,
	  sxt_ifa_dump_multicast, 0 },
	{ THIS_MODULE, PF_INET6, RTM_GETANYCAST, NULL,
	  sxt_ifa_dump_anycast, 0 },
};

/**
 * sxt_rtnl_addr_init() - requests about addresses are answered
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_rtnl_addr_init(void)
{
	return rtnl_register_many(handlers);
}

/**
 * sxt_rtnl_addr_exit() - they are not any more
 *
 * Context: process, without the RTNL. A request that runs, or a list that is
 * half read, keeps the module in.
 */
void sxt_rtnl_addr_exit(void)
{
	rtnl_unregister_many(handlers);
}
