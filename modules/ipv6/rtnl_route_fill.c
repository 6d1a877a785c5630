// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes as rtnetlink messages, and those that are sent without a question.
 */
#include <net/ip6_route.h>
#include <net/lwtunnel.h>
#include <net/tcp.h>
#include "rtnl_route.h"

/**
 * sxt_rtm_size() - room that a message needs
 * @route: route or NULL
 *
 * Context: under RCU or the RTNL.
 * Return: bytes, enough.
 */
size_t sxt_rtm_size(const struct sxt_route *route)
{
	size_t hops = route ? route->hop_count : 1, encap = 0, i;

	/* RTA_ENCAP, RTA_ENCAP_TYPE */
	for (i = 0; route && i < hops; i++)
		encap += lwtunnel_get_encap_size(route->hops[i].rt->dst.lwtstate) +
			 nla_total_size(sizeof(u16));

	return NLMSG_ALIGN(sizeof(struct rtmsg)) +
	       /* DST, SRC, PREFSRC, GATEWAY */
	       4 * nla_total_size(sizeof(struct in6_addr)) +
	       /* TABLE, IIF, OIF, PRIORITY, PREF, NH_ID */
	       6 * nla_total_size(sizeof(u32)) +
	       nla_total_size(RTAX_MAX * nla_total_size(sizeof(u32))) +
	       nla_total_size(TCP_CA_NAME_MAX) +
	       nla_total_size(sizeof(struct rta_cacheinfo)) +
	       nla_total_size(hops * (sizeof(struct rtnexthop) +
				nla_total_size(sizeof(struct in6_addr))) +
			      encap);
}

static int put_encap(struct sk_buff *skb, const struct rt6_info *rt)
{
	return lwtunnel_fill_encap(skb, rt->dst.lwtstate, RTA_ENCAP,
				   RTA_ENCAP_TYPE) < 0 ? -EMSGSIZE : 0;
}

static int put_multipath(struct sk_buff *skb, const struct sxt_route *route)
{
	struct nlattr *nest;
	unsigned int i;

	nest = nla_nest_start_noflag(skb, RTA_MULTIPATH);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < route->hop_count; i++) {
		const struct sxt_hop *hop = &route->hops[i];
		struct rtnexthop *rtnh = nla_reserve_nohdr(skb, sizeof(*rtnh));

		if (!rtnh)
			return -EMSGSIZE;
		rtnh->rtnh_flags = sxt_hop_state(hop);
		rtnh->rtnh_hops = (u8)(hop->weight - 1);
		rtnh->rtnh_ifindex = sxt_hop_dev(hop)->ifindex;
		if (hop->rt->rt6i_flags & RTF_GATEWAY &&
		    nla_put_in6_addr(skb, RTA_GATEWAY,
				     &hop->rt->rt6i_gateway))
			return -EMSGSIZE;
		if (put_encap(skb, hop->rt))
			return -EMSGSIZE;
		rtnh->rtnh_len = (u8 *)skb_tail_pointer(skb) - (u8 *)rtnh;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_hop(struct sk_buff *skb, struct rtmsg *rtm,
		   const struct rt6_info *rt, const struct net_device *dev)
{
	if (rt->rt6i_flags & RTF_GATEWAY &&
	    nla_put_in6_addr(skb, RTA_GATEWAY, &rt->rt6i_gateway))
		return -EMSGSIZE;
	if (put_encap(skb, rt))
		return -EMSGSIZE;
	return nla_put_u32(skb, RTA_OIF, dev->ifindex);
}

/* A group of nexthop objects is one with a single member, too. */
static bool is_multipath(const struct sxt_route *route)
{
	u32 first = route->hops[0].nh_id;

	return route->hop_count > 1 || (first && first != route->cfg.nh_id);
}

static int put_ways(struct sk_buff *skb, struct rtmsg *rtm,
		    const struct sxt_route *route,
		    const struct sxt_rtm_answer *answer)
{
	const struct sxt_hop *hop = &route->hops[0];

	if (answer) {
		rtm->rtm_flags |= answer->rt->rt6i_flags & RTF_CACHE ?
				  RTM_F_CLONED : 0;
		return put_hop(skb, rtm, answer->rt, answer->rt->dst.dev);
	}
	if (route->cfg.nh_id &&
	    nla_put_u32(skb, RTA_NH_ID, route->cfg.nh_id))
		return -EMSGSIZE;
	/* whoever knows of nexthop objects asks for them */
	if (route->cfg.nh_id &&
	    !READ_ONCE(route->table->net->ipv4.sysctl_nexthop_compat_mode))
		return 0;
	if (is_multipath(route))
		return put_multipath(skb, route);
	rtm->rtm_flags |= sxt_hop_state(hop);
	return put_hop(skb, rtm, hop->rt, sxt_hop_dev(hop));
}

static int put_prefixes(struct sk_buff *skb, struct rtmsg *rtm,
			const struct sxt_route *route,
			const struct sxt_rtm_answer *answer)
{
	const struct sxt_route_cfg *cfg = &route->cfg;
	const struct in6_addr *prefsrc;

	rtm->rtm_dst_len = answer ? 128 : cfg->dst_len;
	if (answer)
		rtm->rtm_src_len = answer->from ? 128 : 0;
	else
		rtm->rtm_src_len = cfg->src_len;
	if (rtm->rtm_dst_len &&
	    nla_put_in6_addr(skb, RTA_DST, answer ? answer->daddr : &cfg->dst))
		return -EMSGSIZE;
	if (rtm->rtm_src_len &&
	    nla_put_in6_addr(skb, RTA_SRC, answer ? answer->from : &cfg->src))
		return -EMSGSIZE;
	if (answer && answer->iif)
		return nla_put_u32(skb, RTA_IIF, answer->iif);
	if (answer && answer->saddr)
		return nla_put_in6_addr(skb, RTA_PREFSRC, answer->saddr);
	prefsrc = sxt_route_prefsrc(route);
	return prefsrc ? nla_put_in6_addr(skb, RTA_PREFSRC, prefsrc) : 0;
}

/* A route that goes has no time left to tell. */
static int put_life(struct sk_buff *skb, int event,
		    const struct sxt_route *route,
		    const struct sxt_rtm_answer *answer)
{
	struct rt6_info *rt = answer ? answer->rt : route->hops[0].rt;
	unsigned long at = READ_ONCE(route->cfg.expires);
	long expires = 0;

	if (answer && rt->rt6i_flags & RTF_CACHE)
		at = READ_ONCE(rt->dst.expires);
	/* 0 would mean "for ever" */
	if (at && event != RTM_DELROUTE)
		expires = (long)(at - jiffies) ?: -1;
	return rtnl_put_cacheinfo(skb, answer ? &rt->dst : NULL, 0, expires,
				  answer ? rt->dst.error : 0);
}

static int put_all(struct sk_buff *skb, int event, struct rtmsg *rtm,
		   const struct sxt_route *route,
		   const struct sxt_rtm_answer *answer)
{
	const struct sxt_route_cfg *cfg = &route->cfg;
	struct rt6_info *rt = answer ? answer->rt : route->hops[0].rt;

	if (put_prefixes(skb, rtm, route, answer) ||
	    nla_put_u32(skb, RTA_TABLE, cfg->table) ||
	    rtnetlink_put_metrics(skb, dst_metrics_ptr(&rt->dst)) < 0 ||
	    nla_put_u32(skb, RTA_PRIORITY, cfg->metric) ||
	    put_ways(skb, rtm, route, answer) ||
	    put_life(skb, event, route, answer) ||
	    nla_put_u8(skb, RTA_PREF, cfg->pref))
		return -EMSGSIZE;
	return 0;
}

/**
 * sxt_rtm_fill() - one message about a route
 * @skb: it is put at the end of this
 * @m: header
 * @route: route
 * @answer: what `ip route get` is told, NULL: the route as it was asked for
 *
 * Context: under RCU or the RTNL.
 * Return: 0, or -EMSGSIZE: no room, @skb is as it was.
 */
int sxt_rtm_fill(struct sk_buff *skb, const struct sxt_rtm *m,
		 const struct sxt_route *route,
		 const struct sxt_rtm_answer *answer)
{
	const struct sxt_route_cfg *cfg = &route->cfg;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nlmsg_put(skb, m->portid, m->seq, m->event, sizeof(*rtm),
			m->nl_flags);
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = AF_INET6;
	rtm->rtm_table = cfg->table < 256 ? cfg->table : RT_TABLE_COMPAT;
	rtm->rtm_protocol = cfg->proto;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = cfg->type;
	if (put_all(skb, m->event, rtm, route, answer)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * sxt_rtnl_route_notify() - tell listeners of a change, and who asked for it
 * @net: namespace
 * @event: RTM_NEWROUTE or RTM_DELROUTE
 * @route: the route
 * @nl_flags: NLM_F_CREATE, _REPLACE or _APPEND
 * @asker: whose request it is: its number and sender are in the message, and
 *	with NLM_F_ECHO he gets it, too; NULL: nobody's
 *
 * Context: RTNL, process context.
 */
void sxt_rtnl_route_notify(struct net *net, int event,
			   const struct sxt_route *route, u16 nl_flags,
			   const struct nl_info *asker)
{
	const struct nlmsghdr *request = asker ? asker->nlh : NULL;
	const struct sxt_rtm m = {
		.portid = asker ? asker->portid : 0,
		.seq = request ? request->nlmsg_seq : 0,
		.event = event,
		.nl_flags = nl_flags,
	};
	struct sk_buff *skb;

	if (!rtnl_has_listeners(net, RTNLGRP_IPV6_ROUTE) &&
	    !nlmsg_report(request))
		return;
	if (event == RTM_DELROUTE && sxt_ip6_net(net)->routes_quiet)
		return;
	skb = nlmsg_new(sxt_rtm_size(route), GFP_KERNEL);
	if (!skb) {
		rtnl_set_sk_err(net, RTNLGRP_IPV6_ROUTE, -ENOBUFS);
		return;
	}
	if (sxt_rtm_fill(skb, &m, route, NULL)) {
		/* sxt_rtm_size() is wrong */
		WARN_ON_ONCE(1);
		kfree_skb(skb);
		return;
	}
	rtnl_notify(skb, net, m.portid, RTNLGRP_IPV6_ROUTE, request,
		    GFP_KERNEL);
}
