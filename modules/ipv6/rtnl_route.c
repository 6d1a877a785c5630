// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests for routes: RTM_NEWROUTE and RTM_DELROUTE as `ip -6 route` sends
 * them become struct sxt_route_cfg.
 */
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>
#include <net/rtnh.h>
#include "rtnl_route.h"

const struct nla_policy sxt_route_policy[RTA_MAX + 1] = {
	[RTA_GATEWAY]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[RTA_PREFSRC]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[RTA_MULTIPATH]		= { .len = sizeof(struct rtnexthop) },
	[RTA_UNSPEC]		= { .strict_start_type = RTA_DPORT + 1 },
	[RTA_DST]		= { .type = NLA_BINARY,
				    .len = sizeof(struct in6_addr) },
	[RTA_SRC]		= { .type = NLA_BINARY,
				    .len = sizeof(struct in6_addr) },
	[RTA_ENCAP]		= { .type = NLA_NESTED },
	[RTA_METRICS]		= { .type = NLA_NESTED },
	[RTA_DPORT]		= { .type = NLA_U16 },
	[RTA_ENCAP_TYPE]	= { .type = NLA_U16 },
	[RTA_SPORT]		= { .type = NLA_U16 },
	[RTA_EXPIRES]		= { .type = NLA_U32 },
	[RTA_IIF]		= { .type = NLA_U32 },
	[RTA_MARK]		= { .type = NLA_U32 },
	[RTA_NH_ID]		= { .type = NLA_U32 },
	[RTA_OIF]		= { .type = NLA_U32 },
	[RTA_PRIORITY]		= { .type = NLA_U32 },
	[RTA_TABLE]		= { .type = NLA_U32 },
	[RTA_UID]		= { .type = NLA_U32 },
	[RTA_IP_PROTO]		= { .type = NLA_U8 },
	[RTA_PREF]		= { .type = NLA_U8 },
	[RTA_TTL_PROPAGATE]	= { .type = NLA_U8 },
};

/**
 * struct route_request - a request on its way to be a route
 * @cfg: the route; its pointers lead to the rest
 * @metrics: all metrics
 * @hops: hops
 */
struct route_request {
	struct sxt_route_cfg cfg;
	u32 metrics[RTAX_MAX];
	struct sxt_hop_cfg hops[SXT_HOPS_MAX];
};

/* What this stack has no use for is refused, not ignored. */
static int unsupported(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	if (tb[RTA_VIA]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTA_VIA],
				    "a gateway of another family is not supported");
		return -EINVAL;
	}
	if (tb[RTA_TTL_PROPAGATE]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[RTA_TTL_PROPAGATE],
				    "ttl propagation is not supported");
		return -EOPNOTSUPP;
	}
	return 0;
}

static int prefix_get(struct in6_addr *to, const struct nlattr *attr, u8 len,
		      struct netlink_ext_ack *extack)
{
	unsigned int bytes = DIV_ROUND_UP(len, 8);

	if (len > 128) {
		NL_SET_ERR_MSG(extack, "a prefix has at most 128 bits");
		return -EINVAL;
	}
	if (!attr && !len)
		return 0;
	if (!attr || (unsigned int)nla_len(attr) < bytes) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the prefix is longer than the address given");
		return -EINVAL;
	}
	nla_memcpy(to, attr, (int)bytes);
	return 0;
}

static int hop_dev(struct net *net, struct sxt_hop_cfg *hop, int ifindex,
		   struct netlink_ext_ack *extack)
{
	if (!ifindex)
		return 0;
	hop->dev = __dev_get_by_index(net, ifindex);
	if (hop->dev)
		return 0;
	NL_SET_ERR_MSG(extack, "no such device");
	return -ENODEV;
}

static int hop_flags(struct sxt_hop_cfg *hop, unsigned int flags,
		     struct netlink_ext_ack *extack)
{
	if (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) {
		NL_SET_ERR_MSG(extack,
			       "dead and linkdown can't be asked for");
		return -EINVAL;
	}
	hop->flags = flags & RTNH_F_ONLINK;
	return 0;
}

/* What the way wraps packets into; it is held until request_free(). */
static int hop_encap(struct net *net, struct sxt_hop_cfg *hop,
		     struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct fib6_config cfg = {};
	u16 type;
	int err;

	if (!tb[RTA_ENCAP] && !tb[RTA_ENCAP_TYPE])
		return 0;
	if (!tb[RTA_ENCAP] || !tb[RTA_ENCAP_TYPE]) {
		NL_SET_ERR_MSG(extack,
			       "an encapsulation needs its type, and a type its encapsulation");
		return -EINVAL;
	}
	type = nla_get_u16(tb[RTA_ENCAP_TYPE]);
	err = lwtunnel_build_state(net, type, tb[RTA_ENCAP], AF_INET6, &cfg,
				   &hop->lwt, extack);
	/* It comes without a reference. */
	if (!err)
		lwtstate_get(hop->lwt);
	return err;
}

static int hop_get(struct net *net, struct sxt_hop_cfg *hop,
		   const struct rtnexthop *rtnh, unsigned int route_flags,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RTA_MAX + 1];
	int err;

	err = nla_parse_deprecated(tb, RTA_MAX, rtnh_attrs(rtnh),
				   rtnh_attrlen(rtnh), sxt_route_policy,
				   extack);
	if (!err)
		err = unsupported(tb, extack);
	if (!err)
		err = hop_dev(net, hop, rtnh->rtnh_ifindex, extack);
	if (!err)
		err = hop_flags(hop, rtnh->rtnh_flags | route_flags, extack);
	if (!err)
		err = hop_encap(net, hop, tb, extack);
	if (err)
		return err;
	if (tb[RTA_GATEWAY])
		hop->gateway = nla_get_in6_addr(tb[RTA_GATEWAY]);
	hop->weight = rtnh->rtnh_hops + 1;
	return 0;
}

static int multipath_get(struct net *net, struct route_request *q,
			 const struct nlattr *attr, unsigned int flags,
			 struct netlink_ext_ack *extack)
{
	const struct rtnexthop *rtnh = nla_data(attr);
	int left = nla_len(attr), err;

	while (rtnh_ok(rtnh, left)) {
		if (q->cfg.hop_count == SXT_HOPS_MAX) {
			NL_SET_ERR_MSG(extack,
				       "a route has at most 64 next hops");
			return -EINVAL;
		}
		err = hop_get(net, &q->hops[q->cfg.hop_count++], rtnh, flags,
			      extack);
		if (err)
			return err;
		rtnh = rtnh_next(rtnh, &left);
	}
	if (left > 0 || !q->cfg.hop_count) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the list of next hops is cut off");
		return -EINVAL;
	}
	return 0;
}

static int single_get(struct net *net, struct route_request *q,
		      struct nlattr **tb, unsigned int flags,
		      struct netlink_ext_ack *extack)
{
	struct sxt_hop_cfg *hop = &q->hops[0];
	int err;

	hop->weight = 1;
	err = hop_flags(hop, flags, extack);
	if (!err && tb[RTA_OIF])
		err = hop_dev(net, hop, (int)nla_get_u32(tb[RTA_OIF]), extack);
	if (!err)
		err = hop_encap(net, hop, tb, extack);
	if (err)
		return err;
	if (tb[RTA_GATEWAY])
		hop->gateway = nla_get_in6_addr(tb[RTA_GATEWAY]);
	if (hop->dev || tb[RTA_GATEWAY])
		q->cfg.hop_count = 1;
	return 0;
}

static int metrics_get(struct route_request *q, struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	struct dst_metrics *m;

	m = ip_fib_metrics_init(nla_data(attr), nla_len(attr), extack);
	if (IS_ERR(m))
		return PTR_ERR(m);
	memcpy(q->metrics, m->metrics, sizeof(q->metrics));
	ip_fib_metrics_put(m);
	q->cfg.metrics = q->metrics;
	return 0;
}

static void expires_get(struct sxt_route_cfg *cfg, const struct nlattr *attr)
{
	unsigned long timeout = addrconf_timeout_fixup(nla_get_u32(attr), HZ);

	if (addrconf_finite_timeout(timeout))
		cfg->expires = (jiffies + timeout * HZ) ?: 1;
}

static int header_get(struct sxt_route_cfg *cfg, const struct nlmsghdr *nlh,
		      struct nlattr **tb, struct netlink_ext_ack *extack)
{
	const struct rtmsg *rtm = nlmsg_data(nlh);
	int err;

	if (rtm->rtm_tos) {
		NL_SET_ERR_MSG(extack,
			       "routes by traffic class need a rule (tos)");
		return -EINVAL;
	}
	if (rtm->rtm_flags & RTM_F_CLONED &&
	    nlh->nlmsg_type != RTM_DELROUTE) {
		NL_SET_ERR_MSG(extack,
			       "what was learned of destinations is in no table");
		return -EINVAL;
	}
	err = prefix_get(&cfg->dst, tb[RTA_DST], rtm->rtm_dst_len, extack);
	if (!err)
		err = prefix_get(&cfg->src, tb[RTA_SRC], rtm->rtm_src_len,
				 extack);
	cfg->dst_len = rtm->rtm_dst_len;
	cfg->src_len = rtm->rtm_src_len;
	cfg->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) :
				     rtm->rtm_table;
	cfg->proto = rtm->rtm_protocol;
	cfg->type = rtm->rtm_type;
	cfg->nl_flags = nlh->nlmsg_flags;
	return err;
}

static void options_get(struct sxt_route_cfg *cfg, struct nlattr **tb)
{
	cfg->pref = ICMPV6_ROUTER_PREF_MEDIUM;
	if (tb[RTA_PREF]) {
		u8 pref = nla_get_u8(tb[RTA_PREF]);

		if (pref == ICMPV6_ROUTER_PREF_LOW ||
		    pref == ICMPV6_ROUTER_PREF_HIGH)
			cfg->pref = pref;
	}
	if (tb[RTA_PREFSRC])
		cfg->prefsrc = nla_get_in6_addr(tb[RTA_PREFSRC]);
	if (tb[RTA_PRIORITY])
		cfg->metric = nla_get_u32(tb[RTA_PRIORITY]);
	if (tb[RTA_NH_ID])
		cfg->nh_id = nla_get_u32(tb[RTA_NH_ID]);
	if (tb[RTA_EXPIRES])
		expires_get(cfg, tb[RTA_EXPIRES]);
}

/*
 * Loads the module of an encapsulation, for which it lets go of the RTNL: no
 * interface may be in anybody's hand yet.
 */
static int encap_types(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	int err = 0;

	if (tb[RTA_MULTIPATH])
		/* The list of hops, not the attribute that it is in. */
		err = lwtunnel_valid_encap_type_attr(nla_data(tb[RTA_MULTIPATH]),
						     nla_len(tb[RTA_MULTIPATH]),
						     extack);
	else if (tb[RTA_ENCAP_TYPE])
		err = lwtunnel_valid_encap_type(nla_get_u16(tb[RTA_ENCAP_TYPE]),
						extack);
	return err;
}

static int request_get(struct net *net, const struct nlmsghdr *nlh,
		       struct route_request *q, struct netlink_ext_ack *extack)
{
	const struct rtmsg *rtm;
	struct nlattr *tb[RTA_MAX + 1];
	int err;

	err = nlmsg_parse_deprecated(nlh, sizeof(*rtm), tb, RTA_MAX,
				     sxt_route_policy, extack);
	if (err)
		return err;
	rtm = nlmsg_data(nlh);
	err = unsupported(tb, extack);
	if (!err)
		err = encap_types(tb, extack);
	if (!err)
		err = header_get(&q->cfg, nlh, tb, extack);
	if (err)
		return err;
	options_get(&q->cfg, tb);
	if (tb[RTA_METRICS])
		err = metrics_get(q, tb[RTA_METRICS], extack);
	if (err)
		return err;
	q->cfg.hops = q->hops;
	if (tb[RTA_MULTIPATH])
		return multipath_get(net, q, tb[RTA_MULTIPATH],
				     rtm->rtm_flags & RTNH_F_ONLINK, extack);
	return single_get(net, q, tb, rtm->rtm_flags, extack);
}

static void request_free(struct route_request *q)
{
	unsigned int i;

	for (i = 0; i < SXT_HOPS_MAX; i++)
		lwtstate_put(q->hops[i].lwt);
	kfree(q);
}

static int rtm_new(struct sk_buff *skb, struct nlmsghdr *nlh,
		   struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	const struct nl_info asker = {
		.nlh = nlh,
		.nl_net = net,
		.portid = NETLINK_CB(skb).portid,
	};
	struct route_request *q;
	struct sxt_route *route;
	int err;

	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return -ENOMEM;
	err = request_get(net, nlh, q, extack);
	if (!err) {
		q->cfg.asker = &asker;
		if (q->cfg.type == RTN_UNSPEC)
			q->cfg.type = RTN_UNICAST;
		if (q->cfg.nh_id)
			err = sxt_nh_hops(net, &q->cfg, q->hops, extack);
	}
	if (!err) {
		route = sxt_route_add(net, &q->cfg, extack);
		err = PTR_ERR_OR_ZERO(route);
	}
	request_free(q);
	return err;
}

/* Several ways at once: each is taken out of the route. */
static int del_each(struct net *net, struct route_request *q,
		    struct netlink_ext_ack *extack)
{
	struct sxt_route_cfg one = q->cfg;
	unsigned int i;
	int err = 0;

	one.hop_count = 1;
	for (i = 0; i < q->cfg.hop_count && !err; i++) {
		one.hops = &q->hops[i];
		err = sxt_route_del(net, &one, extack);
	}
	return err;
}

static int rtm_del(struct sk_buff *skb, struct nlmsghdr *nlh,
		   struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	const struct nl_info asker = {
		.nlh = nlh,
		.nl_net = net,
		.portid = NETLINK_CB(skb).portid,
	};
	const struct rtmsg *rtm;
	struct route_request *q;
	int err;

	q = kzalloc(sizeof(*q), GFP_KERNEL);
	if (!q)
		return -ENOMEM;
	err = request_get(net, nlh, q, extack);
	q->cfg.asker = &asker;
	rtm = nlmsg_data(nlh);
	if (!err && rtm->rtm_flags & RTM_F_CLONED)
		err = sxt_rtm_del_cache(net, &q->cfg, extack);
	else if (!err && q->cfg.hop_count > 1)
		err = del_each(net, q, extack);
	else if (!err)
		err = sxt_route_del(net, &q->cfg, extack);
	request_free(q);
	return err;
}

static const struct rtnl_msg_handler handlers[] = {
	{ .owner = THIS_MODULE, .protocol = PF_INET6,
	  .msgtype = RTM_NEWROUTE, .doit = rtm_new },
	{ .owner = THIS_MODULE, .protocol = PF_INET6,
	  .msgtype = RTM_DELROUTE, .doit = rtm_del },
	{ .owner = THIS_MODULE, .protocol = PF_INET6,
	  .msgtype = RTM_GETROUTE, .doit = sxt_rtm_get,
	  .dumpit = sxt_rtm_dump },
};

/**
 * sxt_rtnl_route_init() - requests for routes are answered from now on
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sxt_rtnl_route_init(void)
{
	return rtnl_register_many(handlers);
}

/**
 * sxt_rtnl_route_exit() - and no more
 *
 * Context: may sleep; waits for requests that are being answered.
 */
void sxt_rtnl_route_exit(void)
{
	rtnl_unregister_many(handlers);
}
