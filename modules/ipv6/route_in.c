// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a packet goes that came in. Under RCU, no lock, no reference; routes of
 * own addresses are remembered.
 */
#include <net/dst_metadata.h>
#include <net/ip6_route.h>
#include "fib.h"
#include "packet.h"

/* The number that a tunnel gave the packet (VNI, key), for rules. */
static __be64 tunnel_id(const struct sk_buff *skb)
{
	const struct ip_tunnel_info *info = skb_tunnel_info(skb);

	return info && !(info->mode & IP_TUNNEL_INFO_TX) ? info->key.tun_id : 0;
}

/**
 * sxt_route_input() - where does a packet that came in go?
 * @skb: packet, data at the IPv6 header; its dst is set, without a reference
 *
 * Context: under RCU, until the packet is done with or its dst is forced.
 * Return: 0; a packet that goes nowhere has a dst that says so.
 */
int sxt_route_input(struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	struct net_device *dev = skb->dev;
	const struct flowi6 fl6 = {
		.flowi6_iif = dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = hdr->nexthdr,
		.flowi6_tun_key.tun_id = tunnel_id(skb),
		.daddr = hdr->daddr,
		.saddr = hdr->saddr,
		.flowlabel = ip6_flowinfo(hdr),
	};
	struct rt6_info *rt;

	rt = sxt_route_lookup(dev_net(dev), &fl6, skb,
			      rt6_need_strict(&hdr->daddr) ? dev->ifindex : 0);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &rt->dst);
	return 0;
}

/* So many own addresses does a processor know the routes of at a time. */
#define WAYS_IN		4

/**
 * struct sxt_way_in - the route of an own address, as it was looked up
 * @daddr: the address
 * @iif: interface that packets came in by
 * @gen: route_gen before the lookup; 0: there was none
 * @rt: the dst; no reference: it is not looked at unless @gen is still right
 *
 * A dst goes a grace period after route_gen has moved on, and a reader that
 * saw the old number is in that period. The number has as many bits as a
 * pointer so that it does not come round.
 */
struct sxt_way_in {
	struct in6_addr daddr;
	int iif;
	unsigned long gen;
	struct rt6_info *rt;
};

/*
 * Routes that depend on nothing but destination and interface. A VRF has rules,
 * so which of its slaves a packet came by is asked each time.
 */
static bool way_in_keeps(const struct sxt_ip6_net *n)
{
	return !READ_ONCE(n->own_rules) && !READ_ONCE(n->src_routes);
}

/* Looked up; remembered if it is an own address and nothing else matters. */
static noinline bool way_in_find(struct sk_buff *skb, struct sxt_way_in *way,
				 unsigned long gen)
{
	struct rt6_info *rt;

	sxt_route_input(skb);
	rt = dst_rt6_info(skb_dst(skb));
	if (!(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST)))
		return true;
	if (unlikely(sxt_strong_refuses(skb)))
		return false;
	if (way_in_keeps(sxt_ip6_net(dev_net(skb->dev))))
		*way = (struct sxt_way_in) {
			.daddr = ipv6_hdr(skb)->daddr,
			.iif = skb->dev->ifindex,
			.gen = gen,
			.rt = rt,
		};
	return true;
}

/**
 * sxt_route_rcv() - sxt_route_input() for what comes from devices
 * @skb: packet, data at the IPv6 header; its dst is set, without a reference
 *
 * Most packets of a host are to the same few addresses of its own.
 *
 * Context: under RCU, bottom halves off.
 * Return: false: an own address that is not heard on this interface.
 */
bool sxt_route_rcv(struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	struct net *net = dev_net(skb->dev);
	unsigned long gen = sxt_route_gen(net);
	struct sxt_way_in *way;

	way = this_cpu_ptr(sxt_ip6_net(net)->ways_in) +
	      daddr->s6_addr[15] % WAYS_IN;
	if (unlikely(way->gen != gen || way->iif != skb->dev->ifindex ||
		     !ipv6_addr_equal(&way->daddr, daddr)))
		return way_in_find(skb, way, gen);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &way->rt->dst);
	return true;
}

/**
 * sxt_ways_in_net_init() - room for what sxt_route_rcv() keeps
 * @n: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_ways_in_net_init(struct sxt_ip6_net *n)
{
	n->ways_in = __alloc_percpu(WAYS_IN * sizeof(*n->ways_in),
				    __alignof__(*n->ways_in));
	return n->ways_in ? 0 : -ENOMEM;
}

/**
 * sxt_ways_in_net_exit() - the end of that
 * @n: the namespace; no packets come in any more
 *
 * Context: process.
 */
void sxt_ways_in_net_exit(struct sxt_ip6_net *n)
{
	free_percpu(n->ways_in);
	n->ways_in = NULL;
}
