// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rule 0: neighbour discovery passes in clear, in and out, as nothing could be
 * protected before it. What is valid neighbour discovery is nd.c's (pure).
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>
#include <sextant/nd.h>
#include "policy.h"

static bool nd_checksum_right(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	int off = skb_network_offset(skb) + sizeof(*ip6h);
	int len = skb->len - off;

	if (len < 0 || skb_csum_unnecessary(skb) ||
	    skb->ip_summed == CHECKSUM_PARTIAL)
		return len >= 0;
	return !csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, IPPROTO_ICMPV6,
				skb_checksum(skb, off, len, 0));
}

/**
 * sxt_nd_passes() - is this neighbour discovery that rule 0 lets pass?
 * @net: the namespace
 * @skb: an IPv6 packet, network header set
 *
 * Context: any but hard interrupt; makes the packet linear if it looks so.
 * Return: true if rule 0 is on and the packet valid; it is counted then.
 */
bool sxt_nd_passes(struct net *net, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (likely(!sxt_nd_possible(ip6h->nexthdr, ip6h->hop_limit)))
		return false;
	/* RFC 6980 5; what was put together shows no fragment header. */
	if (IP6CB(skb)->flags & IP6SKB_FRAGMENTED)
		return false;
	if (!sxt_policy_nd_enabled(net) || skb_linearize(skb))
		return false;
	if (sxt_nd_check(skb_network_header(skb),
			 skb->len - skb_network_offset(skb),
			 nd_checksum_right(skb)) != SXT_ND_OK)
		return false;
	sxt_count_nd(net);
	return true;
}
