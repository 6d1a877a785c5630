// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that are for others (RFC 8200, RFC 4443, RFC 4861 section 8.2): may
 * they go on, what are their senders told, and out.
 */
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <net/gso.h>
#include <net/ip6_route.h>
#include <net/xfrm.h>
#include "nd.h"
#include "packet.h"

static noinline int forward_drop(struct sk_buff *skb, int field,
				 enum sxt_why why)
{
	struct net *net = dev_net(skb->dev);

	__IP6_INC_STATS(net, __in6_dev_get(skb->dev), field);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return NET_RX_DROP;
}

/*
 * Is the node a router, and the frame one for it alone, in one piece, of no
 * socket? 0: go on; else the packet is gone.
 */
static int forward_wanted(const struct net *net, struct sk_buff *skb)
{
	/* Not an address of this host (RFC 4293) */
	if (unlikely(!READ_ONCE(net->ipv6.devconf_all->forwarding)))
		return forward_drop(skb, IPSTATS_MIB_INADDRERRORS,
				    SXT_WHY_NOT_A_ROUTER);
	if (unlikely(skb->pkt_type != PACKET_HOST))
		return forward_drop(skb, IPSTATS_MIB_INDISCARDS,
				    SXT_WHY_FORWARD_FRAME);
	if (unlikely(skb->sk))
		return forward_drop(skb, IPSTATS_MIB_INDISCARDS,
				    SXT_WHY_FORWARD_SOCKET);
	if (unlikely(skb_warn_if_lro(skb)))
		return forward_drop(skb, IPSTATS_MIB_INDISCARDS,
				    SXT_WHY_FORWARD_LRO);
	return 0;
}

/* Can a packet of this length leave by that route as it is? */
static bool forward_fits(const struct sk_buff *skb, unsigned int mtu)
{
	/* What came in fragments leaves in such, if each fits. */
	if (IP6CB(skb)->frag_max_size)
		return IP6CB(skb)->frag_max_size <= mtu;
	return skb->len <= mtu || skb->ignore_df ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/*
 * RFC 4291 2.5.2, 2.5.3, 2.5.6, 2.7: addresses whose packets stay on the link,
 * or are no packets at all. 0: go on; else the packet is gone.
 */
static noinline int forward_scope(struct sk_buff *skb,
				  const struct net_device *dev)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	int source = ipv6_addr_type(&hdr->saddr);
	int dest = ipv6_addr_type(&hdr->daddr);

	if (source == IPV6_ADDR_ANY || dest == IPV6_ADDR_ANY ||
	    source & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK) ||
	    dest & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK))
		return forward_drop(skb, IPSTATS_MIB_INADDRERRORS,
				    SXT_WHY_FORWARD_ADDRESS);
	if (dev == skb->dev)
		return 0;
	if (source & IPV6_ADDR_LINKLOCAL) {
		/* RFC 4443 3.1: beyond scope of source address */
		sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR,
			      0, NULL, IP6CB(skb));
		return forward_drop(skb, IPSTATS_MIB_INADDRERRORS,
				    SXT_WHY_FORWARD_SOURCE);
	}
	if (dest & IPV6_ADDR_LINKLOCAL)
		return forward_drop(skb, IPSTATS_MIB_INADDRERRORS,
				    SXT_WHY_FORWARD_DESTINATION);
	return 0;
}

/* First byte neither 0, fe nor ff: none of the special prefixes. */
static bool addr_is_global(const struct in6_addr *addr)
{
	return (u8)(addr->s6_addr[0] - 1) < 0xfd;
}

/*
 * RFC 4861 8.2: the sender is on the link that the packet goes back to, and
 * could have sent it there itself. Not if the packet came in a tunnel of IPsec:
 * the sender is not where that came from, and the quote of what both sides
 * protect would be on the link in clear.
 */
static void forward_redirect(struct sk_buff *skb, const struct rt6_info *rt,
			     struct net_device *dev)
{
	const struct in6_addr *target = &ipv6_hdr(skb)->daddr;

	if (skb_sec_path(skb))
		return;
	if (rt->rt6i_flags & RTF_GATEWAY)
		target = &rt->rt6i_gateway;
	sxt_nd_send_redirect(skb, dev, target);
}

/*
 * One node is at the other end, and would send the packet here again. Not so
 * behind links of no type, as tun's and WireGuard's: many may be there, and who
 * hands the packets on knows whom each is for.
 */
static bool link_is_pair(const struct net_device *dev)
{
	if (!(READ_ONCE(dev->flags) & IFF_POINTOPOINT))
		return false;
	switch (dev->type) {
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		return true;
	}
	return false;
}

/* Back onto the link that it came from. 0: go on; else the packet is gone. */
static noinline int forward_back(struct sk_buff *skb, const struct rt6_info *rt,
				 struct net_device *dev)
{
	const struct inet6_dev *in6 = __in6_dev_get(dev);

	if (!(rt->rt6i_flags & RTF_GATEWAY) && link_is_pair(dev) && in6 &&
	    sxt_ifa_same_subnet(in6, &ipv6_hdr(skb)->daddr)) {
		/* RFC 4443 3.1 */
		sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0,
			      NULL, IP6CB(skb));
		return forward_drop(skb, IPSTATS_MIB_INADDRERRORS,
				    SXT_WHY_FORWARD_BACK);
	}
	forward_redirect(skb, rt, dev);
	return 0;
}

static int forward_finish(struct net *net, struct sock *sk,
			  struct sk_buff *skb)
{
	skb_clear_tstamp(skb);
	if (likely(READ_ONCE(skb_dst(skb)->output) == sxt_ip6_output))
		return sxt_ip6_output(net, sk, skb);
	return dst_output(net, sk, skb);
}

/*
 * RFC 2711: routers look closer at what has an alert. True: a socket of this
 * node has taken it in place of the next one.
 */
static noinline bool forward_alert(struct sk_buff *skb)
{
	if (!sxt_raw_router_alert(skb, ntohs(IP6CB(skb)->ra)))
		return false;
	consume_skb(skb);
	return true;
}

/* Neighbour discovery that was not forwarded yet (RFC 4861 7.1). */
static bool forward_is_nd(const struct ipv6hdr *hdr)
{
	return hdr->nexthdr == IPPROTO_ICMPV6 && hdr->hop_limit == 255;
}

/* What the sender is told if the packet can't go on. 0: it can. */
static int forward_check(struct sk_buff *skb, const struct rt6_info *rt,
			 const struct net_device *dev)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	unsigned int mtu;
	int err;

	if (unlikely(hdr->hop_limit <= 1)) {
		/* RFC 4443 3.3 */
		sxt_icmp_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0,
			      NULL, IP6CB(skb));
		return forward_drop(skb, IPSTATS_MIB_INHDRERRORS,
				    SXT_WHY_HOP_LIMIT);
	}
	if (unlikely(!addr_is_global(&hdr->saddr) ||
		     !addr_is_global(&hdr->daddr))) {
		err = forward_scope(skb, dev);
		if (err)
			return err;
	}
	mtu = max(ip6_dst_mtu_maybe_forward(&rt->dst, true), IPV6_MIN_MTU);
	if (unlikely(!forward_fits(skb, mtu))) {
		/* RFC 4443 3.2 */
		sxt_icmp_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu, NULL,
			      IP6CB(skb));
		__IP6_INC_STATS(dev_net(skb->dev), __in6_dev_get(skb->dev),
				IPSTATS_MIB_INTOOBIGERRORS);
		return forward_drop(skb, IPSTATS_MIB_FRAGFAILS,
				    SXT_WHY_FORWARD_TOO_BIG);
	}
	return 0;
}

/**
 * sxt_ip6_forward() - send on a packet that is for another
 * @skb: the packet
 *
 * dst.input of routes that lead to others. A node forwards if forwarding is set
 * under net.ipv6.conf.all, whatever an interface's own knob says: that one is
 * about what the node is to its link (Documentation/networking/ip-sysctl.rst).
 *
 * Context: under rcu_read_lock(), bottom halves off. The packet is gone.
 * Return: 0, or NET_RX_DROP, NET_XMIT_* or -errno.
 */
int sxt_ip6_forward(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct net_device *from = skb->dev;
	const struct rt6_info *rt;
	struct net_device *dev;
	int err;

	err = forward_wanted(net, skb);
	if (unlikely(err))
		return err;
	if (unlikely(!xfrm6_policy_check(NULL, XFRM_POLICY_FWD, skb) ||
		     !xfrm6_route_forward(skb)))
		return forward_drop(skb, IPSTATS_MIB_INDISCARDS,
				    SXT_WHY_POLICY);
	skb_forward_csum(skb);
	if (unlikely(IP6CB(skb)->flags & IP6SKB_ROUTERALERT) &&
	    forward_alert(skb))
		return NET_RX_SUCCESS;

	if (unlikely(forward_is_nd(ipv6_hdr(skb))) && sxt_nd_asks_proxy(skb))
		return sxt_ip6_input(skb);

	rt = dst_rt6_info(skb_dst(skb));
	dev = dst_dev_rcu(&rt->dst);
	err = forward_check(skb, rt, dev);
	if (unlikely(err))
		return err;
	if (unlikely(dev == sxt_ip6_dev_in(skb))) {
		err = forward_back(skb, rt, dev);
		if (err)
			return err;
	}

	/* Others may have the header, as packet sockets do. */
	if (unlikely(skb_cow(skb, LL_RESERVED_SPACE(dev))))
		return forward_drop(skb, IPSTATS_MIB_OUTDISCARDS,
				    SXT_WHY_NO_MEMORY);
	ipv6_hdr(skb)->hop_limit--;
	IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	__IP6_INC_STATS(net, __in6_dev_get(dev), IPSTATS_MIB_OUTFORWDATAGRAMS);
	return NF_HOOK(NFPROTO_IPV6, NF_INET_FORWARD, net, NULL, skb, from, dev,
		       forward_finish);
}
