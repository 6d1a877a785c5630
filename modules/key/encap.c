// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tunnel mode, the outer header: RFC 4301 5.1.2 and RFC 6040 say what is in
 * it (pure, tunnel.c), here it is built and given a route (route.c).
 */
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "key.h"

static void encap_ipv4(struct sxt_pkt *p, const struct sxt_tunnel_outer *outer)
{
	struct iphdr *iph = skb_push(p->skb, sizeof(*iph));

	*iph = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*iph) / 4,
		.tos = outer->tos,
		.frag_off = outer->df ? htons(IP_DF) : 0,
		.ttl = outer->ttl,
		.protocol = p->sa->ident.proto,
		.saddr = p->sa->src.v4,
		.daddr = p->sa->ident.dst.v4,
	};
	memset(IPCB(p->skb), 0, sizeof(struct inet_skb_parm));
	p->skb->protocol = htons(ETH_P_IP);
	p->family = AF_INET;
}

static void encap_ipv6(struct sxt_pkt *p, const struct sxt_tunnel_outer *outer)
{
	struct ipv6hdr *ip6h = skb_push(p->skb, sizeof(*ip6h));

	put_unaligned_be32(sxt_tunnel_v6_word(outer), ip6h);
	ip6h->nexthdr = p->sa->ident.proto;
	ip6h->hop_limit = outer->ttl;
	ip6h->saddr = p->sa->src.v6;
	ip6h->daddr = p->sa->ident.dst.v6;
	memset(IP6CB(p->skb), 0, sizeof(struct inet6_skb_parm));
	p->skb->protocol = htons(ETH_P_IPV6);
	p->family = AF_INET6;
}

/* An RTAX_HOPLIMIT of the route, or what its namespace or device has now. */
static u8 encap_route_ttl(struct dst_entry *dst, u8 family)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (family == AF_INET6)
		return ip6_dst_hoplimit(dst);
#endif
	return ip4_dst_hoplimit(dst);
}

/* The route that the policy's check has asked already, or the SA's own. */
static struct dst_entry *encap_route(struct sxt_pkt *p)
{
	struct dst_entry *dst = p->out.dst;

	if (!dst || p->out.at != p->out.dst_at)
		return sxt_sa_route(p->net, p->sa);
	p->out.dst = NULL;
	return dst;
}

/*
 * RFC 6864 4.1: one that nobody may fragment needs no number. Making numbers
 * costs, and tells strangers how many packets there are.
 */
static void encap_number(struct net *net, struct sk_buff *skb)
{
	struct iphdr *iph = ip_hdr(skb);

	if (!(iph->frag_off & htons(IP_DF)) || skb->ignore_df)
		__ip_select_ident(net, iph, 1);
}

/**
 * sxt_encap() - put the outer header in front, with a gap for the security one
 * @p: the packet with room for both; its family and route are the outer's
 *	afterwards
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict.
 */
int sxt_encap(struct sxt_pkt *p)
{
	u8 nh = p->family == AF_INET ? IPPROTO_IPIP : IPPROTO_IPV6;
	struct sk_buff *skb = p->skb;
	struct sxt_tunnel_outer outer;
	struct sxt_tunnel_inner inner;
	struct dst_entry *dst;

	if (sxt_tunnel_read(skb->data, skb->len, nh, &inner))
		return SEXTANT_DROP_HEADER_SHORT;
	dst = encap_route(p);
	if (!dst)
		return SEXTANT_DROP_NO_ROUTE;
	sxt_tunnel_encap(&p->sa->tunnel, &inner, &outer);
	if (!outer.ttl)
		outer.ttl = encap_route_ttl(dst, p->sa->ident.family);

	skb_push(skb, p->sa->head_len);
	skb_reset_transport_header(skb);
	if (p->sa->ident.family == AF_INET)
		encap_ipv4(p, &outer);
	else
		encap_ipv6(p, &outer);
	skb_reset_network_header(skb);
	if (p->family == AF_INET)
		encap_number(p->net, skb);
	p->head = skb_transport_offset(skb);
	p->next_header = nh;
	p->out.routed = true;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	return SXT_PASS;
}
