/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ipv6_stub asks of routes in the form of ipv6.ko's tables (stub_fib.c).
 */
#ifndef SXT_STUB_H
#define SXT_STUB_H

#include "ipv6.h"

struct fib6_table *sxt_stub_fib_get_table(struct net *net, u32 id);
int sxt_stub_fib_table_lookup(struct net *net, struct fib6_table *handle,
			      int oif, struct flowi6 *fl6,
			      struct fib6_result *res, int flags);
int sxt_stub_fib_lookup(struct net *net, int oif, struct flowi6 *fl6,
			struct fib6_result *res, int flags);
void sxt_stub_fib_select(const struct net *net, struct fib6_result *res,
			 struct flowi6 *fl6, int oif, bool oif_match,
			 const struct sk_buff *skb, int strict);
u32 sxt_stub_fib_mtu(const struct fib6_result *res,
		     const struct in6_addr *daddr, const struct in6_addr *saddr);

#endif /* SXT_STUB_H */
