// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extension headers that a socket asked for (RFC 3542 sections 6 to 9), in the
 * order of RFC 8200 4.1, into packets that are built from their end.
 */
#include <linux/icmpv6.h>
#include "packet.h"

#define RTHDR_TYPE_MOBILE	2	/* RFC 6275 6.4 */

/*
 * The only routing header that changes where a packet goes first: of type 2,
 * with one address. Whatever other has no say in that: type 0 is not to be
 * used (RFC 5095). Returns the address, or NULL.
 */
static struct in6_addr *first_stop(const struct ipv6_txoptions *opt)
{
	struct rt2_hdr *hdr = (struct rt2_hdr *)opt->srcrt;

	if (!hdr || hdr->rt_hdr.type != RTHDR_TYPE_MOBILE ||
	    hdr->rt_hdr.hdrlen != 2 || hdr->rt_hdr.segments_left != 1)
		return NULL;
	return &hdr->addr;
}

/* A copy of @hdr in front of the packet. */
static void *push_header(struct sk_buff *skb, const struct ipv6_opt_hdr *hdr,
			 u8 type, u8 *proto)
{
	unsigned int len = ipv6_optlen(hdr);
	struct ipv6_opt_hdr *to = skb_push(skb, len);

	memcpy(to, hdr, len);
	to->nexthdr = *proto;
	*proto = type;
	return to;
}

/**
 * sxt_exthdr_push() - headers of the unfragmentable part
 * @skb: the packet, from what comes behind them on; has opt->opt_nflen bytes of
 *	headroom
 * @opt: the headers
 * @proto: the type of what comes behind; becomes that of the first of these
 * @daddr: the final destination; becomes the first stop, which is in @opt
 *
 * Options that precede a routing header are for those that it names: without
 * one they are left out (RFC 3542 section 9).
 *
 * Context: any.
 */
void sxt_exthdr_push(struct sk_buff *skb, const struct ipv6_txoptions *opt,
		     u8 *proto, struct in6_addr **daddr)
{
	if (opt->srcrt) {
		struct in6_addr *stop = first_stop(opt);
		struct rt2_hdr *hdr;

		hdr = push_header(skb, (struct ipv6_opt_hdr *)opt->srcrt,
				  NEXTHDR_ROUTING, proto);
		if (stop) {
			hdr->addr = **daddr;
			*daddr = stop;
		}
		if (opt->dst0opt)
			push_header(skb, opt->dst0opt, NEXTHDR_DEST, proto);
	}
	if (opt->hopopt)
		push_header(skb, opt->hopopt, NEXTHDR_HOP, proto);
}

/**
 * sxt_exthdr_push_frag() - headers of the fragmentable part
 * @skb: the packet, from the upper-layer header on; has opt->opt_flen bytes of
 *	headroom
 * @opt: the headers
 * @proto: the upper-layer protocol; becomes the type of the first of these
 *
 * Context: any.
 */
void sxt_exthdr_push_frag(struct sk_buff *skb,
			  const struct ipv6_txoptions *opt, u8 *proto)
{
	if (opt->dst1opt)
		push_header(skb, opt->dst1opt, NEXTHDR_DEST, proto);
}
EXPORT_SYMBOL_NS_GPL(sxt_exthdr_push_frag, SEXTANT_IPV6);

/**
 * sxt_exthdr_final_dst() - route to the first stop of a routing header
 * @fl6: the flow; its destination becomes the first stop
 * @opt: headers of the packet, or NULL
 * @orig: room for the destination that it had
 *
 * Context: any; under rcu_read_lock() if @opt is a socket's.
 * Return: @orig, or NULL: no routing header changes the way, and neither @fl6
 * nor @orig was touched.
 */
struct in6_addr *sxt_exthdr_final_dst(struct flowi6 *fl6,
				      const struct ipv6_txoptions *opt,
				      struct in6_addr *orig)
{
	struct in6_addr *stop = opt ? first_stop(opt) : NULL;

	if (!stop)
		return NULL;
	*orig = fl6->daddr;
	fl6->daddr = *stop;
	return orig;
}
