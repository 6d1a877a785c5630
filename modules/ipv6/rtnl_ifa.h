/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses in rtnetlink: requests (rtnl_addr.c), and lists and messages
 * (rtnl_addr_dump.c).
 */
#ifndef SXT_RTNL_IFA_H
#define SXT_RTNL_IFA_H

#include <net/rtnetlink.h>
#include "ifa_int.h"

/**
 * struct sxt_ifa_msg - whom a message about addresses is for
 * @portid: of the request, 0: nobody asked
 * @seq: of the request
 * @event: RTM_*
 * @flags: NLM_F_*
 * @netnsid: of the namespace that the address is in, if it is another one
 *	than the listener's; -1: it is not
 */
struct sxt_ifa_msg {
	u32 portid;
	u32 seq;
	int event;
	unsigned int flags;
	int netnsid;
};

extern const struct nla_policy sxt_ifa_policy[IFA_MAX + 1];

/* under RCU or the RTNL; 0 or -EMSGSIZE: */
int sxt_ifa_msg_put(struct sk_buff *skb, const struct sxt_ifa *ifa,
		    const struct sxt_ifa_msg *msg);
size_t sxt_ifa_msg_size(void);

const struct ifaddrmsg *sxt_ifa_strict(const struct nlmsghdr *nlh,
				       struct nlattr *tb[], u32 known,
				       struct netlink_ext_ack *extack);

int sxt_ifa_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sxt_ifa_dump_multicast(struct sk_buff *skb, struct netlink_callback *cb);
int sxt_ifa_dump_anycast(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* SXT_RTNL_IFA_H */
