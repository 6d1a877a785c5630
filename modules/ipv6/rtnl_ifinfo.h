/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What rtnetlink says of IPv6 on an interface (rtnl_ifinfo.c), within messages
 * about all of the interface and in messages of its own (rtnl_link.c).
 */
#ifndef SXT_RTNL_IFINFO_H
#define SXT_RTNL_IFINFO_H

#include <net/rtnetlink.h>
#include "ifa_int.h"

/* under RCU or the RTNL: */
int sxt_ifinfo_put(struct sk_buff *skb, const struct sxt_idev *idev,
		   u32 ext_filter_mask);
size_t sxt_ifinfo_size(u32 ext_filter_mask);

#endif /* SXT_RTNL_IFINFO_H */
