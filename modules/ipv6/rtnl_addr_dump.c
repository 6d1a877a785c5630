// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtnetlink: the message about an address, and the lists of all unicast,
 * multicast and anycast addresses.
 */
#include <linux/rtnetlink.h>
#include "group.h"
#include "rtnl_ifa.h"
#include "rtnl_msg.h"

static u8 scope_of(u16 scope)
{
	if (scope & IFA_HOST)
		return RT_SCOPE_HOST;
	if (scope & IFA_LINK)
		return RT_SCOPE_LINK;
	if (scope & IFA_SITE)
		return RT_SCOPE_SITE;
	return RT_SCOPE_UNIVERSE;
}

/* In hundredths of a second since the machine came up. */
static u32 stamp(unsigned long when)
{
	return div_u64((u64)(when - INITIAL_JIFFIES) * 100, HZ);
}

static int put_cacheinfo(struct sk_buff *skb, unsigned long created,
			 unsigned long updated, u32 preferred, u32 valid)
{
	const struct ifa_cacheinfo ci = {
		.cstamp = stamp(created),
		.tstamp = stamp(updated),
		.ifa_prefered = preferred,
		.ifa_valid = valid,
	};

	return nla_put(skb, IFA_CACHEINFO, sizeof(ci), &ci);
}

/* Up to and with the header; NULL: no room. */
static struct nlmsghdr *msg_begin(struct sk_buff *skb,
				  const struct sxt_ifa_msg *msg, int ifindex,
				  u8 plen, u8 flags, u8 scope)
{
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, msg->portid, msg->seq, msg->event, sizeof(*ifm),
			msg->flags);
	if (!nlh)
		return NULL;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = AF_INET6;
	ifm->ifa_prefixlen = plen;
	ifm->ifa_flags = flags;
	ifm->ifa_scope = scope;
	ifm->ifa_index = ifindex;
	if (msg->netnsid >= 0 &&
	    nla_put_s32(skb, IFA_TARGET_NETNSID, msg->netnsid)) {
		nlmsg_cancel(skb, nlh);
		return NULL;
	}
	return nlh;
}

static int put_addresses(struct sk_buff *skb, const struct inet6_ifaddr *ifa)
{
	if (ipv6_addr_any(&ifa->peer_addr))
		return nla_put_in6_addr(skb, IFA_ADDRESS, &ifa->addr);
	return nla_put_in6_addr(skb, IFA_LOCAL, &ifa->addr) ?:
	       nla_put_in6_addr(skb, IFA_ADDRESS, &ifa->peer_addr);
}

static int put_rest(struct sk_buff *skb, const struct sxt_ifa *ifa, u32 flags)
{
	u32 metric = READ_ONCE(ifa->ifa.rt_priority);
	u8 proto = READ_ONCE(ifa->ifa.ifa_proto);
	u32 preferred;
	u32 valid;

	sxt_ifa_life_left(ifa, &valid, &preferred);
	if (metric && nla_put_u32(skb, IFA_RT_PRIORITY, metric))
		return -EMSGSIZE;
	if (put_cacheinfo(skb, ifa->ifa.cstamp, READ_ONCE(ifa->ifa.tstamp),
			  preferred, valid) ||
	    nla_put_u32(skb, IFA_FLAGS, flags))
		return -EMSGSIZE;
	return proto ? nla_put_u8(skb, IFA_PROTO, proto) : 0;
}

/**
 * sxt_ifa_msg_put() - a message about a unicast address
 * @skb: where it goes
 * @ifa: the address
 * @msg: whom it is for
 *
 * Context: under RCU or the RTNL.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_ifa_msg_put(struct sk_buff *skb, const struct sxt_ifa *ifa,
		    const struct sxt_ifa_msg *msg)
{
	u32 flags = READ_ONCE(ifa->ifa.flags);
	struct nlmsghdr *nlh;

	nlh = msg_begin(skb, msg, ifa->ifa.idev->dev->ifindex,
			READ_ONCE(ifa->ifa.prefix_len), flags,
			scope_of(ifa->ifa.scope));
	if (!nlh)
		return -EMSGSIZE;
	return sxt_msg_close(skb, nlh, put_addresses(skb, &ifa->ifa) ||
				       put_rest(skb, ifa, flags));
}

/**
 * sxt_ifa_msg_size() - room that a message about an address takes at most
 *
 * Context: any.
 * Return: bytes.
 */
size_t sxt_ifa_msg_size(void)
{
	return NLMSG_ALIGN(sizeof(struct ifaddrmsg)) +
	       nla_total_size(sizeof(struct in6_addr)) * 2 +
	       nla_total_size(sizeof(struct ifa_cacheinfo)) +
	       nla_total_size(sizeof(u32)) * 2 +
	       nla_total_size(sizeof(s32)) +
	       nla_total_size(sizeof(u8));
}

/* A group or an anycast address: it has no lifetimes of its own. */
static int put_plain(struct sk_buff *skb, const struct net_device *dev,
		     const struct in6_addr *addr, int attr,
		     const struct sxt_ifa_msg *msg, unsigned long since)
{
	u8 scope = ipv6_addr_scope(addr) & IFA_SITE ? RT_SCOPE_SITE :
						      RT_SCOPE_UNIVERSE;
	struct nlmsghdr *nlh;

	nlh = msg_begin(skb, msg, dev->ifindex, 128, IFA_F_PERMANENT, scope);
	if (!nlh)
		return -EMSGSIZE;
	return sxt_msg_close(skb, nlh,
			     nla_put_in6_addr(skb, attr, addr) ||
			     put_cacheinfo(skb, since, since,
					   INFINITY_LIFE_TIME,
					   INFINITY_LIFE_TIME));
}

/* Where a list goes on: kept by the core between two parts of it. */
struct ifa_dump_pos {
	unsigned long ifindex;
	unsigned int place;
};

/* What is asked for, and the message that each answer begins with. */
struct ifa_dump {
	struct sxt_ifa_msg msg;
	struct net *net;	/* a reference is held if msg.netnsid >= 0 */
	int ifindex;
};

static int dump_unicast(struct sk_buff *skb, const struct sxt_idev *idev,
			const struct sxt_ifa_msg *msg, unsigned int *place)
{
	const struct inet6_ifaddr *ifa;
	unsigned int i = 0;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		if (i++ < *place)
			continue;
		if (sxt_ifa_msg_put(skb, container_of(ifa, struct sxt_ifa, ifa),
				    msg))
			return -EMSGSIZE;
		*place = i;
	}
	return 0;
}

static int dump_multicast(struct sk_buff *skb, const struct sxt_idev *idev,
			  const struct sxt_ifa_msg *msg, unsigned int *place)
{
	const struct sxt_group *group;
	unsigned int i = 0;

	list_for_each_entry(group, &idev->groups, list) {
		if (i++ < *place)
			continue;
		if (put_plain(skb, idev->in6.dev, &group->addr, IFA_MULTICAST,
			      msg, idev->in6.tstamp))
			return -EMSGSIZE;
		*place = i;
	}
	return 0;
}

static int dump_anycast(struct sk_buff *skb, const struct sxt_idev *idev,
			const struct sxt_ifa_msg *msg, unsigned int *place)
{
	const struct inet6_ifaddr *any;
	unsigned int i = 0;

	list_for_each_entry(any, &idev->anycasts, if_list) {
		if (i++ < *place)
			continue;
		if (put_plain(skb, idev->in6.dev, &any->addr, IFA_ANYCAST,
			      msg, any->cstamp))
			return -EMSGSIZE;
		*place = i;
	}
	return 0;
}

static int dump_target(struct ifa_dump *dump, const struct nlattr *attr,
		       struct netlink_callback *cb)
{
	struct net *net;

	dump->msg.netnsid = nla_get_s32(attr);
	net = rtnl_get_net_ns_capable(NETLINK_CB(cb->skb).sk,
				      dump->msg.netnsid);
	if (!IS_ERR(net)) {
		dump->net = net;
		return 0;
	}
	dump->msg.netnsid = -1;
	NL_SET_ERR_MSG(cb->extack,
		       "no namespace with this number, or not allowed to look into it");
	return PTR_ERR(net);
}

/**
 * sxt_ifa_strict() - reads a strict request for addresses
 * @nlh: the request
 * @tb: its attributes are put here
 * @known: bits of those that it may have
 * @extack: what is wrong with it
 *
 * Return: its header, in which nothing but the interface's number is set; or
 * an error pointer.
 */
const struct ifaddrmsg *sxt_ifa_strict(const struct nlmsghdr *nlh,
				       struct nlattr *tb[], u32 known,
				       struct netlink_ext_ack *extack)
{
	const struct ifaddrmsg *head = sxt_msg_header(nlh, sizeof(*head),
						      extack);
	int err;

	if (!head)
		return ERR_PTR(-EINVAL);
	if (head->ifa_scope || head->ifa_flags || head->ifa_prefixlen) {
		NL_SET_ERR_MSG(extack,
			       "prefix length, flags and scope must be 0 in this request");
		return ERR_PTR(-EINVAL);
	}
	err = nlmsg_parse_deprecated_strict(nlh, sizeof(*head), tb, IFA_MAX,
					    sxt_ifa_policy, extack);
	if (!err)
		err = sxt_msg_only(tb, IFA_MAX, known, extack);
	return err ? ERR_PTR(err) : head;
}

/* A strict request says what it wants; of any other nothing is believed. */
static int dump_filter(struct ifa_dump *dump, struct netlink_callback *cb)
{
	struct nlattr *tb[IFA_MAX + 1];
	const struct ifaddrmsg *head;

	if (!cb->strict_check)
		return 0;
	head = sxt_ifa_strict(cb->nlh, tb, BIT(IFA_TARGET_NETNSID),
			      cb->extack);
	if (IS_ERR(head))
		return PTR_ERR(head);
	dump->ifindex = head->ifa_index;
	if (dump->ifindex) {
		cb->answer_flags |= NLM_F_DUMP_FILTERED;
		dump->msg.flags |= NLM_F_DUMP_FILTERED;
	}
	if (!tb[IFA_TARGET_NETNSID])
		return 0;
	return dump_target(dump, tb[IFA_TARGET_NETNSID], cb);
}

typedef int ifa_dump_idev(struct sk_buff *skb, const struct sxt_idev *idev,
			  const struct sxt_ifa_msg *msg, unsigned int *place);

static int dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			const struct ifa_dump *dump, ifa_dump_idev *each)
{
	struct ifa_dump_pos *pos = (void *)cb->ctx;
	struct net_device *dev;
	int err;

	for_each_netdev_dump(dump->net, dev, pos->ifindex) {
		const struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (dump->ifindex && dev->ifindex != dump->ifindex)
			continue;
		err = idev ? each(skb, idev, &dump->msg, &pos->place) : 0;
		if (err)
			return err;
		pos->place = 0;
	}
	return 0;
}

static int dump_all(struct sk_buff *skb, struct netlink_callback *cb, int event,
		    ifa_dump_idev *each)
{
	struct ifa_dump dump = {
		.msg = {
			.event = event,
			.flags = NLM_F_MULTI,
			.seq = cb->nlh->nlmsg_seq,
			.portid = NETLINK_CB(cb->skb).portid,
			.netnsid = -1,
		},
		.net = sock_net(skb->sk),
	};
	int err;

	err = dump_filter(&dump, cb);
	if (!err && dump.ifindex &&
	    !__dev_get_by_index(dump.net, dump.ifindex)) {
		NL_SET_ERR_MSG(cb->extack, "no interface has this number");
		err = -ENODEV;
	}
	if (!err) {
		cb->seq = atomic_read(&dump.net->ipv6.dev_addr_genid) ^
			  READ_ONCE(dump.net->dev_base_seq);
		err = sxt_msg_part(skb, cb,
				   dump_devices(skb, cb, &dump, each));
	}
	if (dump.msg.netnsid >= 0)
		put_net(dump.net);
	return err;
}

/**
 * sxt_ifa_dump() - RTM_GETADDR: the list of unicast addresses
 * @skb: the part that is being filled
 * @cb: where the list is
 *
 * Context: RTNL.
 * Return: above 0: there is more; 0: that was all; or a negative errno.
 */
int sxt_ifa_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, RTM_NEWADDR, dump_unicast);
}

/**
 * sxt_ifa_dump_multicast() - RTM_GETMULTICAST: the list of groups
 * @skb: the part that is being filled
 * @cb: where the list is
 *
 * Context: RTNL.
 * Return: as sxt_ifa_dump().
 */
int sxt_ifa_dump_multicast(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, RTM_GETMULTICAST, dump_multicast);
}

/**
 * sxt_ifa_dump_anycast() - RTM_GETANYCAST: the list of anycast addresses
 * @skb: the part that is being filled
 * @cb: where the list is
 *
 * Context: RTNL.
 * Return: as sxt_ifa_dump().
 */
int sxt_ifa_dump_anycast(struct sk_buff *skb, struct netlink_callback *cb)
{
	return dump_all(skb, cb, RTM_GETANYCAST, dump_anycast);
}
