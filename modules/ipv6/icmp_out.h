/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What echo replies and errors have in common on their way out (icmp_out.c).
 */
#ifndef SXT_ICMP_OUT_H
#define SXT_ICMP_OUT_H

#include "packet.h"

/* Under RCU: */
int sxt_icmp_oif(const struct sk_buff *skb, int iif,
		 const struct in6_addr *peer);
bool sxt_icmp_early_allow(struct net *net, const struct net_device *dev,
			  u8 type);
bool sxt_icmp_allow(struct net *net, const struct dst_entry *dst, u8 type,
		    const struct in6_addr *daddr);
void sxt_icmp_out(struct net *net, struct sk_buff *skb, struct dst_entry *dst,
		  const struct flowi6 *fl6, unsigned int tclass);

#endif /* SXT_ICMP_OUT_H */
