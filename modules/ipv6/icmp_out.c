// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMPv6 messages of this node on their way out: by which interface, how often
 * (RFC 4443 2.4 (f)), the IPv6 header, the counters. Neighbour discovery and
 * the listener protocol send on their own.
 */
#include <net/inetpeer.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include "icmp_out.h"
#include "route.h"

/**
 * sxt_icmp_oif() - the interface that an answer is bound to
 * @skb: what is answered
 * @iif: index of the interface that it came by, in a VRF of the slave
 * @peer: who gets the answer
 *
 * An address with a zone is answered into that zone; else the routing table
 * decides, that of the VRF if the packet came through one.
 *
 * Context: under RCU.
 * Return: an index, or 0: any.
 */
int sxt_icmp_oif(const struct sk_buff *skb, int iif,
		 const struct in6_addr *peer)
{
	if (__ipv6_addr_needs_scope_id(__ipv6_addr_type(peer)))
		return iif;
	return l3mdev_master_ifindex_rcu(skb->dev);
}

static bool is_limited(const struct net *net, u8 type)
{
	return test_bit(type, net->ipv6.sysctl.icmpv6_ratemask);
}

/*
 * RFC 4443 2.4 (f): whatever the mask says, Packet Too Big has a share in the
 * namespace's budget. It has no limit by destination: a host behind a small MTU
 * needs one for each of its peers.
 */
static bool is_budgeted(const struct net *net, u8 type)
{
	return is_limited(net, type) || type == ICMPV6_PKT_TOOBIG;
}

static void count_limited(struct net *net, const struct net_device *dev)
{
	ICMP6_INC_STATS(net, __in6_dev_get(dev), ICMP6_MIB_RATELIMITHOST);
}

/**
 * sxt_icmp_early_allow() - is there any room for an answer?
 * @net: the namespace
 * @dev: the interface that the packet came by
 * @type: of the answer
 *
 * Asked before a route is looked up: a flood of packets that would each get an
 * answer costs little once the namespace's budget is used up.
 *
 * Context: under RCU.
 * Return: false: counted, no answer.
 */
bool sxt_icmp_early_allow(struct net *net, const struct net_device *dev,
			  u8 type)
{
	if (!is_budgeted(net, type) || dev->flags & IFF_LOOPBACK ||
	    icmp_global_allow(net))
		return true;
	count_limited(net, dev);
	return false;
}

static bool peer_allows(struct net *net, const struct in6_addr *daddr)
{
	struct inet_peer *peer = inet_getpeer_v6(net->ipv6.peers, daddr);

	return inet_peer_xrlim_allow(peer,
				     READ_ONCE(net->ipv6.sysctl.icmpv6_time));
}

/**
 * sxt_icmp_allow() - may this answer be sent now?
 * @net: the namespace
 * @dst: by which it goes
 * @type: of the answer
 * @daddr: who gets it
 *
 * A token bucket for each destination, of net.ipv6.icmp.ratelimit, for the
 * types in net.ipv6.icmp.ratemask; and takes from the namespace's budget, as
 * does Packet Too Big.
 *
 * Context: under RCU.
 * Return: false: counted, no answer.
 */
bool sxt_icmp_allow(struct net *net, const struct dst_entry *dst, u8 type,
		    const struct in6_addr *daddr)
{
	if (!is_budgeted(net, type) || dst->dev->flags & IFF_LOOPBACK)
		return true;
	if (is_limited(net, type) && !peer_allows(net, daddr)) {
		count_limited(net, dst->dev);
		return false;
	}
	icmp_global_consume(net);
	return true;
}

/**
 * sxt_icmp_out() - an IPv6 header in front of an ICMPv6 message, and out
 * @net: the namespace
 * @skb: from the message's header on, its checksum right, room in front;
 *	consumed
 * @dst: by which it goes; the reference is taken over
 * @fl6: addresses, flow label and mark
 * @tclass: traffic class
 *
 * Context: under RCU, any but hard interrupt.
 */
void sxt_icmp_out(struct net *net, struct sk_buff *skb, struct dst_entry *dst,
		  const struct flowi6 *fl6, unsigned int tclass)
{
	struct inet6_dev *idev = ip6_dst_idev(dst);
	u8 type = ((struct icmp6hdr *)skb->data)->icmp6_type;
	struct ipv6hdr *hdr;

	skb_reset_transport_header(skb);
	hdr = __skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, tclass, fl6->flowlabel);
	hdr->nexthdr = IPPROTO_ICMPV6;
	hdr->hop_limit = ip6_dst_hoplimit(dst);
	hdr->saddr = fl6->saddr;
	hdr->daddr = fl6->daddr;
	skb->protocol = htons(ETH_P_IPV6);
	/* A node cuts what it sends itself, if need be (RFC 8200 section 5). */
	skb->ignore_df = 1;
	skb->mark = fl6->flowi6_mark;
	skb_dst_set(skb, dst);

	IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTREQUESTS);
	ICMP6MSGOUT_INC_STATS(net, idev, type);
	ICMP6_INC_STATS(net, idev, ICMP6_MIB_OUTMSGS);
	ip6_local_out(net, NULL, skb);
}
