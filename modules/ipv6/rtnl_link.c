// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtnetlink: IPv6's part of messages about interfaces (IFLA_AF_SPEC), and
 * messages of its own about them (RTM_GETLINK of PF_INET6, RTM_NEWLINK to
 * RTNLGRP_IPV6_IFINFO).
 */
#include <linux/rtnetlink.h>
#include "nd.h"
#include "rtnl_ifinfo.h"
#include "rtnl_msg.h"

static int af_fill(struct sk_buff *skb, const struct net_device *dev,
		   u32 ext_filter_mask)
{
	const struct sxt_idev *idev = sxt_idev_get_rcu(dev);

	if (!idev)
		return -ENODATA;
	return sxt_ifinfo_put(skb, idev, ext_filter_mask) ? -EMSGSIZE : 0;
}

static size_t af_size(const struct net_device *dev, u32 ext_filter_mask)
{
	return sxt_idev_get_rcu(dev) ? sxt_ifinfo_size(ext_filter_mask) : 0;
}

static const struct nla_policy af_policy[] = {
	[IFLA_INET6_RA_MTU] = {
		.type = NLA_REJECT,
		.reject_message = "the router's MTU is not ours to set",
	},
	[IFLA_INET6_TOKEN] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[IFLA_INET6_ADDR_GEN_MODE] = { .type = NLA_U8 },
};

/* What may be set: address generation mode and token, each NULL if not given */
struct af_request {
	const struct nlattr *mode;
	const struct nlattr *token;
};

static int af_read(struct af_request *req, const struct nlattr *attr,
		   struct netlink_ext_ack *extack)
{
	const int max = ARRAY_SIZE(af_policy) - 1;
	struct nlattr *found[ARRAY_SIZE(af_policy)];
	int err = nla_parse_nested_deprecated(found, max, attr, af_policy,
					      extack);

	if (err)
		return err;
	req->mode = found[IFLA_INET6_ADDR_GEN_MODE];
	req->token = found[IFLA_INET6_TOKEN];
	if (req->mode && nla_get_u8(req->mode) > IN6_ADDR_GEN_MODE_RANDOM) {
		NL_SET_ERR_MSG_ATTR(extack, req->mode,
				    "no such address generation mode");
		return -EINVAL;
	}
	if (req->mode || req->token)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "token and address generation mode are all that can be set");
	return -EINVAL;
}

static int check_mode(const struct sxt_idev *idev, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	const struct ipv6_devconf *dflt;

	if (nla_get_u8(attr) != IN6_ADDR_GEN_MODE_STABLE_PRIVACY)
		return 0;
	dflt = dev_net(idev->in6.dev)->ipv6.devconf_dflt;
	if (idev->in6.cnf.stable_secret.initialized ||
	    dflt->stable_secret.initialized)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "stable-privacy mode needs a stable_secret first");
	return -EINVAL;
}

/* @dev is NULL if it is yet to be made. */
static int af_validate(const struct net_device *dev, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	struct af_request req;

	if (dev && !sxt_idev_get_rcu(dev)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the interface has no IPv6");
		return -EAFNOSUPPORT;
	}
	return af_read(&req, attr, extack);
}

static const char *token_refused(const struct sxt_idev *idev)
{
	const struct ipv6_devconf *cnf = &idev->in6.cnf;

	if (idev->in6.dev->flags & IFF_LOOPBACK)
		return "a loopback interface has no token";
	if (idev->in6.dev->flags & IFF_NOARP)
		return "a token needs neighbour discovery on the interface";
	if (cnf->accept_ra <= 0 || (cnf->forwarding && cnf->accept_ra < 2))
		return "a token needs router advertisements (accept_ra)";
	if (!cnf->rtr_solicits)
		return "a token needs router solicitations";
	return NULL;
}

/* Addresses by the old token go; the next advertisement brings new ones. */
static int set_token(struct sxt_idev *idev, const struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	struct in6_addr token = nla_get_in6_addr(attr);
	const char *refused = token_refused(idev);
	struct inet6_ifaddr *ifa, *next;

	if (refused) {
		NL_SET_ERR_MSG_FMT(extack, "%s", refused);
		return -EINVAL;
	}
	/* Only its last 64 bits count. */
	token.s6_addr32[0] = 0;
	token.s6_addr32[1] = 0;
	write_lock_bh(&idev->in6.lock);
	idev->in6.token = token;
	write_unlock_bh(&idev->in6.lock);
	list_for_each_entry_safe(ifa, next, &idev->in6.addr_list, if_list)
		if (ifa->tokenized)
			sxt_ifa_del(container_of(ifa, struct sxt_ifa, ifa));
	if (idev->in6.if_flags & IF_READY)
		sxt_router_solicit_start(idev);
	sxt_rtnl_link_notify(idev);
	return 0;
}

static int af_set(struct net_device *dev, const struct nlattr *attr,
		  struct netlink_ext_ack *extack)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	struct af_request req;
	int err;

	if (!idev)
		return -EAFNOSUPPORT;
	err = af_read(&req, attr, extack);
	if (!err && req.mode)
		err = check_mode(idev, req.mode, extack);
	if (!err && req.token)
		err = set_token(idev, req.token, extack);
	if (!err && req.mode)
		WRITE_ONCE(idev->in6.cnf.addr_gen_mode, nla_get_u8(req.mode));
	return err;
}

static struct rtnl_af_ops af_ops = {
	.family = AF_INET6,
	.fill_link_af = af_fill,
	.get_link_af_size = af_size,
	.validate_link_af = af_validate,
	.set_link_af = af_set,
};

static int put_basics(struct sk_buff *skb, const struct net_device *dev)
{
	u8 state = IF_OPER_DOWN;
	int link = dev_get_iflink(dev);
	int err;

	if (netif_running(dev))
		state = READ_ONCE(dev->operstate);
	err = nla_put_u8(skb, IFLA_OPERSTATE, state);
	if (!err)
		err = nla_put_string(skb, IFLA_IFNAME, dev->name);
	if (!err)
		err = nla_put_u32(skb, IFLA_MTU, READ_ONCE(dev->mtu));
	if (!err && link != dev->ifindex)
		err = nla_put_u32(skb, IFLA_LINK, link);
	if (err || !dev->addr_len)
		return err;
	return nla_put(skb, IFLA_ADDRESS, dev->addr_len, dev->dev_addr);
}

static int put_protinfo(struct sk_buff *skb, const struct sxt_idev *idev)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, IFLA_PROTINFO);

	if (!nest || sxt_ifinfo_put(skb, idev, 0))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_msg(struct sk_buff *skb, const struct sxt_idev *idev,
		   u32 portid, u32 seq, unsigned int flags)
{
	const struct net_device *dev = idev->in6.dev;
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, seq, RTM_NEWLINK, sizeof(*ifi), flags);
	if (!nlh)
		return -EMSGSIZE;
	ifi = nlmsg_data(nlh);
	*ifi = (struct ifinfomsg) {
		.ifi_family = AF_INET6,
		.ifi_type = dev->type,
		.ifi_index = dev->ifindex,
		.ifi_flags = dev_get_flags(dev),
	};
	return sxt_msg_close(skb, nlh, put_basics(skb, dev) ||
				       put_protinfo(skb, idev));
}

static size_t msg_size(void)
{
	const size_t basics = nla_total_size(sizeof(u8)) +
			      nla_total_size(sizeof(u32)) * 2 +
			      nla_total_size(MAX_ADDR_LEN) +
			      nla_total_size(IFNAMSIZ);

	return NLMSG_ALIGN(sizeof(struct ifinfomsg)) + basics +
	       nla_total_size(sxt_ifinfo_size(0));
}

/**
 * sxt_rtnl_link_notify() - tells listeners of a change of IPv6 on an interface
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_rtnl_link_notify(struct sxt_idev *idev)
{
	struct net *net = dev_net(idev->in6.dev);
	struct sk_buff *skb = nlmsg_new(msg_size(), GFP_KERNEL);
	int err = -ENOBUFS;

	if (skb)
		err = put_msg(skb, idev, 0, 0, 0);
	if (err) {
		kfree_skb(skb);
		rtnl_set_sk_err(net, RTNLGRP_IPV6_IFINFO, err);
		return;
	}
	rtnl_notify(skb, net, 0, RTNLGRP_IPV6_IFINFO, NULL, GFP_KERNEL);
}

static int dump_check(struct netlink_callback *cb)
{
	const struct ifinfomsg *ifi;

	if (!cb->strict_check)
		return 0;
	ifi = sxt_msg_header(cb->nlh, sizeof(*ifi), cb->extack);
	if (!ifi)
		return -EINVAL;
	if (memchr_inv(&ifi->__ifi_pad, 0, sizeof(*ifi) -
		       offsetof(struct ifinfomsg, __ifi_pad)) ||
	    nlmsg_attrlen(cb->nlh, sizeof(*ifi))) {
		NL_SET_ERR_MSG(cb->extack,
			       "this list takes no filter: all of the header but the family must be 0");
		return -EINVAL;
	}
	return 0;
}

/* Where the list goes on. */
struct link_pos {
	unsigned long ifindex;
};

static int dump_links(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct link_pos *pos = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	int err;

	err = dump_check(cb);
	if (err)
		return err;
	cb->seq = READ_ONCE(net->dev_base_seq);
	for_each_netdev_dump(net, dev, pos->ifindex) {
		const struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (idev)
			err = put_msg(skb, idev, NETLINK_CB(cb->skb).portid,
				      cb->nlh->nlmsg_seq, NLM_F_MULTI);
		if (err)
			break;
	}
	return sxt_msg_part(skb, cb, err);
}

/**
 * sxt_rtnl_link_init() - interfaces show IPv6 in rtnetlink
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_rtnl_link_init(void)
{
	int err;

	err = rtnl_register_module(THIS_MODULE, PF_INET6, RTM_GETLINK, NULL,
				   dump_links, 0);
	if (err)
		return err;
	err = sxt_netconf_init();
	if (err) {
		rtnl_unregister(PF_INET6, RTM_GETLINK);
		return err;
	}
	rtnl_af_register(&af_ops);
	return 0;
}

/**
 * sxt_rtnl_link_exit() - they don't any more
 *
 * Context: process, without the RTNL. Messages that are being filled are
 * waited for; whoever sets something has the RTNL meanwhile.
 */
void sxt_rtnl_link_exit(void)
{
	rtnl_af_unregister(&af_ops);
	sxt_netconf_exit();
	rtnl_unregister(PF_INET6, RTM_GETLINK);
}
