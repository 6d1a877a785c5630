// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tunnel mode, the outer header: RFC 4301 5.1.2 and RFC 6040 say what is in
 * it (pure, tunnel.c), here it is built and given a route.
 */
#include <linux/slab.h>
#include <net/dst_cache.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include "key.h"

/* One cache a tunnel SA, made when the first packet leaves. */
static struct dst_cache *encap_cache(struct sxt_sa *sa)
{
	struct dst_cache *cache = READ_ONCE(sa->route), *other;

	if (likely(cache))
		return cache;
	cache = kzalloc(sizeof(*cache), GFP_ATOMIC | __GFP_NOWARN);
	if (!cache)
		return NULL;
	if (dst_cache_init(cache, GFP_ATOMIC | __GFP_NOWARN)) {
		kfree(cache);
		return NULL;
	}
	other = cmpxchg(&sa->route, NULL, cache);
	if (!other)
		return cache;
	dst_cache_destroy(cache);
	kfree(cache);
	return other;
}

static struct dst_entry *encap_route_ipv4(struct net *net, struct sxt_sa *sa,
					  struct dst_cache *cache)
{
	struct flowi4 fl4 = {
		.saddr = sa->src.v4,
		.daddr = sa->ident.dst.v4,
		.flowi4_proto = sa->ident.proto,
	};
	struct rtable *rt;

	rt = ip_route_output_flow(net, &fl4, NULL);
	if (IS_ERR(rt))
		return NULL;
	if (cache)
		dst_cache_set_ip4(cache, &rt->dst, fl4.saddr);
	return &rt->dst;
}

static struct dst_entry *encap_route_ipv6(struct net *net, struct sxt_sa *sa,
					  struct dst_cache *cache)
{
	struct flowi6 fl6 = {
		.saddr = sa->src.v6,
		.daddr = sa->ident.dst.v6,
		.flowi6_proto = sa->ident.proto,
	};
	struct dst_entry *dst;

	dst = ipv6_stub->ipv6_dst_lookup_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return NULL;
#if IS_ENABLED(CONFIG_IPV6)
	if (cache)
		dst_cache_set_ip6(cache, dst, &fl6.saddr);
#endif
	return dst;
}

static struct dst_entry *encap_route(struct net *net, struct sxt_sa *sa)
{
	struct dst_cache *cache = encap_cache(sa);
	struct dst_entry *dst = cache ? dst_cache_get(cache) : NULL;

	if (likely(dst))
		return dst;
	if (sa->ident.family == AF_INET)
		return encap_route_ipv4(net, sa, cache);
	return encap_route_ipv6(net, sa, cache);
}

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
	dst = encap_route(p->net, p->sa);
	if (!dst)
		return SEXTANT_DROP_NO_ROUTE;
	sxt_tunnel_encap(&p->sa->tunnel, &inner, &outer);

	skb_push(skb, p->sa->head_len);
	skb_reset_transport_header(skb);
	if (p->sa->ident.family == AF_INET)
		encap_ipv4(p, &outer);
	else
		encap_ipv6(p, &outer);
	skb_reset_network_header(skb);
	if (p->family == AF_INET)
		__ip_select_ident(p->net, ip_hdr(skb), 1);
	p->head = skb_transport_offset(skb);
	p->next_header = nh;
	p->out.routed = true;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	nf_reset_ct(skb);
	return SXT_PASS;
}
