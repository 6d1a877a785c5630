/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes as rtnetlink messages, between what reads requests (rtnl_route.c),
 * what writes messages (rtnl_route_fill.c) and what answers questions
 * (rtnl_route_get.c).
 */
#ifndef SXT_RTNL_ROUTE_H
#define SXT_RTNL_ROUTE_H

#include <net/rtnetlink.h>
#include "fib.h"

/**
 * struct sxt_rtm - the header of a message
 * @portid: to whom
 * @seq: answer to which request
 * @event: RTM_NEWROUTE or RTM_DELROUTE
 * @nl_flags: NLM_F_*
 */
struct sxt_rtm {
	u32 portid;
	u32 seq;
	int event;
	u16 nl_flags;
};

/**
 * struct sxt_rtm_answer - what `ip route get` is told beyond the route
 * @rt: the dst that packets get
 * @daddr: destination
 * @from: source that was asked for, :: for none; NULL: nobody asked
 * @saddr: source that would be used, NULL: not shown
 * @iif: interface that the packet would come in by, 0: from here
 */
struct sxt_rtm_answer {
	struct rt6_info *rt;
	const struct in6_addr *daddr;
	const struct in6_addr *from;
	const struct in6_addr *saddr;
	int iif;
};

extern const struct nla_policy sxt_route_policy[RTA_MAX + 1];

/* rtnl_route_fill.c, under RCU or the RTNL: */
size_t sxt_rtm_size(const struct sxt_route *route);
int sxt_rtm_fill(struct sk_buff *skb, const struct sxt_rtm *m,
		 const struct sxt_route *route,
		 const struct sxt_rtm_answer *answer);
/* rtnl_route_get.c: */
int sxt_rtm_get(struct sk_buff *skb, struct nlmsghdr *nlh,
		struct netlink_ext_ack *extack);
int sxt_rtm_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* rtnl_route_cache.c: */
int sxt_rtm_dump_cache(struct sk_buff *skb, const struct sxt_rtm *m,
		       struct sxt_pmtu_pos *pos);
int sxt_rtm_del_cache(struct net *net, const struct sxt_route_cfg *cfg,
		      struct netlink_ext_ack *extack);

#endif /* SXT_RTNL_ROUTE_H */
