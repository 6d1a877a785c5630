// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtnetlink: the few settings that `ip -6 netconf` shows, and word of their
 * changes. They are set through sysctl.
 */
#include <linux/netconf.h>
#include "ifa_int.h"
#include "rtnl_msg.h"

/* Settings that are told, and where they are. */
static const struct netconf_item {
	int type;
	size_t offset;
} items[] = {
	{ NETCONFA_FORWARDING, offsetof(struct ipv6_devconf, forwarding) },
	{ NETCONFA_PROXY_NEIGH, offsetof(struct ipv6_devconf, proxy_ndp) },
	{ NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN,
	  offsetof(struct ipv6_devconf, ignore_routes_with_linkdown) },
};

static size_t msg_size(void)
{
	return NLMSG_ALIGN(sizeof(struct netconfmsg)) +
	       nla_total_size(sizeof(s32)) * (1 + ARRAY_SIZE(items));
}

static int put_items(struct sk_buff *skb, int type, int ifindex,
		     const struct ipv6_devconf *cnf)
{
	size_t i;

	if (nla_put_s32(skb, NETCONFA_IFINDEX, ifindex))
		return -EMSGSIZE;
	for (i = 0; cnf && i < ARRAY_SIZE(items); i++) {
		const s32 *value = (const void *)cnf + items[i].offset;

		if (type != NETCONFA_ALL && type != items[i].type)
			continue;
		if (nla_put_s32(skb, items[i].type, READ_ONCE(*value)))
			return -EMSGSIZE;
	}
	return 0;
}

/* @cnf NULL: only the number of what has gone */
static int put_msg(struct sk_buff *skb, u32 portid, u32 seq, int event,
		   unsigned int flags, int type, int ifindex,
		   const struct ipv6_devconf *cnf)
{
	struct netconfmsg *ncm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, seq, event, sizeof(*ncm), flags);
	if (!nlh)
		return -EMSGSIZE;
	ncm = nlmsg_data(nlh);
	ncm->ncm_family = AF_INET6;
	return sxt_msg_close(skb, nlh, put_items(skb, type, ifindex, cnf));
}

/**
 * sxt_netconf_notify() - tells listeners of a changed setting
 * @net: namespace
 * @event: RTM_NEWNETCONF or RTM_DELNETCONF
 * @type: NETCONFA_*, NETCONFA_ALL: all of them
 * @ifindex: of the interface, or NETCONFA_IFINDEX_ALL or _DEFAULT
 * @cnf: its settings
 *
 * Context: RTNL.
 */
void sxt_netconf_notify(struct net *net, int event, int type, int ifindex,
			const struct ipv6_devconf *cnf)
{
	struct sk_buff *skb = nlmsg_new(msg_size(), GFP_KERNEL);
	int err = -ENOBUFS;

	if (skb)
		err = put_msg(skb, 0, 0, event, 0, type, ifindex,
			      event == RTM_DELNETCONF ? NULL : cnf);
	if (err) {
		kfree_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV6_NETCONF, err);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_IPV6_NETCONF, NULL, GFP_KERNEL);
}

static const struct nla_policy policy[NETCONFA_MAX + 1] = {
	[NETCONFA_IFINDEX] = { .type = NLA_S32 },
};

static const struct ipv6_devconf *conf_of(struct net *net, int ifindex)
{
	const struct sxt_idev *idev;
	struct net_device *dev;

	if (ifindex == NETCONFA_IFINDEX_ALL)
		return net->ipv6.devconf_all;
	if (ifindex == NETCONFA_IFINDEX_DEFAULT)
		return net->ipv6.devconf_dflt;
	dev = __dev_get_by_index(net, ifindex);
	idev = dev ? sxt_idev_get_rcu(dev) : NULL;
	return idev ? &idev->in6.cnf : NULL;
}

static int getnetconf_parse(struct sk_buff *skb, const struct nlmsghdr *nlh,
			    struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	const size_t size = sizeof(struct netconfmsg);
	bool strict = netlink_strict_get_check(skb);
	int err;

	if (!sxt_msg_header(nlh, size, extack))
		return -EINVAL;
	err = strict ? nlmsg_parse_deprecated_strict(nlh, size, tb,
						     NETCONFA_MAX, policy,
						     extack) :
		       nlmsg_parse_deprecated(nlh, size, tb, NETCONFA_MAX,
					      policy, extack);
	if (err || !strict)
		return err;
	return sxt_msg_only(tb, NETCONFA_MAX, BIT(NETCONFA_IFINDEX), extack);
}

static int rtnl_getnetconf(struct sk_buff *skb, struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NETCONFA_MAX + 1];
	struct net *net = sock_net(skb->sk);
	const struct ipv6_devconf *cnf;
	struct sk_buff *reply;
	int ifindex, err;

	err = getnetconf_parse(skb, nlh, tb, extack);
	if (err)
		return err;
	if (!tb[NETCONFA_IFINDEX]) {
		NL_SET_ERR_MSG(extack, "no interface given");
		return -EINVAL;
	}
	ifindex = nla_get_s32(tb[NETCONFA_IFINDEX]);
	cnf = conf_of(net, ifindex);
	if (!cnf) {
		NL_SET_ERR_MSG(extack,
			       "no interface with IPv6 has this number");
		return -EINVAL;
	}
	reply = nlmsg_new(msg_size(), GFP_KERNEL);
	if (!reply)
		return -ENOBUFS;
	err = put_msg(reply, NETLINK_CB(skb).portid, nlh->nlmsg_seq,
		      RTM_NEWNETCONF, 0, NETCONFA_ALL, ifindex, cnf);
	if (err) {
		kfree_skb(reply);
		return err;
	}
	return rtnl_unicast(reply, net, NETLINK_CB(skb).portid);
}

/* Where the list goes on: all and default come behind the interfaces. */
struct netconf_pos {
	unsigned long ifindex;
	unsigned int extra;
};

static int dump_put(struct sk_buff *skb, struct netlink_callback *cb,
		    int ifindex, const struct ipv6_devconf *cnf)
{
	return put_msg(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
		       RTM_NEWNETCONF, NLM_F_MULTI, NETCONFA_ALL, ifindex,
		       cnf);
}

static int dump_netconf(struct sk_buff *skb, struct netlink_callback *cb)
{
	static const int extra[] = {
		NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT
	};
	struct netconf_pos *pos = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	int err = 0;

	if (cb->strict_check &&
	    (nlmsg_len(cb->nlh) < (int)sizeof(struct netconfmsg) ||
	     nlmsg_attrlen(cb->nlh, sizeof(struct netconfmsg)) > 0)) {
		NL_SET_ERR_MSG(cb->extack,
			       "a list is asked for by a header and nothing else");
		return -EINVAL;
	}
	cb->seq = READ_ONCE(net->dev_base_seq);
	for_each_netdev_dump(net, dev, pos->ifindex) {
		const struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (idev)
			err = dump_put(skb, cb, dev->ifindex, &idev->in6.cnf);
		if (err)
			break;
	}
	while (!err && pos->extra < ARRAY_SIZE(extra)) {
		err = dump_put(skb, cb, extra[pos->extra],
			       conf_of(net, extra[pos->extra]));
		pos->extra += !err;
	}
	return sxt_msg_part(skb, cb, err);
}

/**
 * sxt_netconf_init() - requests for settings are answered
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_netconf_init(void)
{
	return rtnl_register_module(THIS_MODULE, PF_INET6, RTM_GETNETCONF,
				    rtnl_getnetconf, dump_netconf, 0);
}

/**
 * sxt_netconf_exit() - they are not any more
 *
 * Context: process, without the RTNL.
 */
void sxt_netconf_exit(void)
{
	rtnl_unregister(PF_INET6, RTM_GETNETCONF);
}
