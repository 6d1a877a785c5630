// SPDX-License-Identifier: GPL-2.0-only
/*
 * Optimistic addresses (RFC 4429): which packets are from one, and the router
 * that takes them as long as no neighbour may be solicited for them.
 */
#include <net/ip6_route.h>
#include "nd_int.h"

/**
 * sxt_optimistic_packet() - is a packet's source an optimistic address?
 * @net: the namespace
 * @skb: the packet, data at its IPv6 header, or of another protocol
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool sxt_optimistic_packet(struct net *net, const struct sk_buff *skb)
{
	const struct sxt_ifa *ifa;

	if (skb->protocol != htons(ETH_P_IPV6))
		return false;
	ifa = sxt_ifa_find(net, &ipv6_hdr(skb)->saddr, NULL);
	return ifa && READ_ONCE(ifa->ifa.flags) & IFA_F_OPTIMISTIC;
}

/**
 * sxt_optimistic_router() - a default router whose link-layer address is known
 * @dev: the link
 * @source: the address that it is to serve
 *
 * Context: under RCU.
 * Return: its neighbour entry, no reference taken, or NULL: there is none.
 */
struct neighbour *sxt_optimistic_router(struct net_device *dev,
					const struct in6_addr *source)
{
	/* No destination is as far off as ::, so it has the default route. */
	const struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = dev->ifindex,
		.saddr = *source,
	};
	const struct rt6_info *rt;
	struct neighbour *n;

	rt = sxt_route_lookup(dev_net(dev), &fl6, NULL, dev->ifindex);
	if (rt->dst.error || rt->dst.dev != dev ||
	    !(rt->rt6i_flags & RTF_GATEWAY))
		return NULL;
	n = sxt_neigh_find(dev, &rt->rt6i_gateway);
	return n && READ_ONCE(n->nud_state) & NUD_VALID ? n : NULL;
}
