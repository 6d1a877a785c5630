// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive and send offload of UDP: what is of IPv6 in it. The cutting and the
 * putting together are the kernel's, the same for both families.
 */
#include <net/gro.h>
#include <net/gso.h>
#include <net/ip6_checksum.h>
#include "udp_int.h"

/*
 * UFO: a guest wants a packet to be cut into fragments, which would have to be
 * done in here. Packets of this kind go to devices that can; others are refused
 * as if the packet were malformed.
 */
static struct sk_buff *gso_segment(struct sk_buff *skb,
				   netdev_features_t features)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (skb->encapsulation &&
	    (type & (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM)))
		return skb_udp_tunnel_segment(skb, features, true);
	if (!(type & SKB_GSO_UDP_L4) ||
	    !pskb_may_pull(skb, sizeof(struct udphdr)))
		return ERR_PTR(-EINVAL);
	return __udp_gso_segment(skb, features, true);
}

static struct sock *gro_socket(const struct sk_buff *skb,
			       const struct ipv6hdr *hdr, __be16 sport,
			       __be16 dport)
{
	const struct net *net = dev_net(skb->dev);
	int sdif, iif;

	inet6_get_iif_sdif(skb, &iif, &sdif);
	return sxt_udp_lookup(net, &hdr->saddr, sport, &hdr->daddr, dport, iif,
			      sdif, net->ipv4.udp_table, NULL);
}

static struct sk_buff *gro_receive(struct list_head *head, struct sk_buff *skb)
{
	struct udphdr *uh = udp_gro_udphdr(skb);
	struct sock *sk = NULL;

	if (unlikely(!uh))
		goto flush;
	/* Of what is given up anyway nobody makes the sum. */
	if (!NAPI_GRO_CB(skb)->flush) {
		if (skb_gro_checksum_validate_zero_check(skb, IPPROTO_UDP,
							 uh->check,
							 ip6_gro_compute_pseudo))
			goto flush;
		if (uh->check)
			skb_gro_checksum_try_convert(skb, IPPROTO_UDP,
						     ip6_gro_compute_pseudo);
	}
	NAPI_GRO_CB(skb)->is_ipv6 = 1;
	if (static_branch_unlikely(&udpv6_encap_needed_key))
		sk = gro_socket(skb, skb_gro_network_header(skb), uh->source,
				uh->dest);
	return udp_gro_receive(head, skb, uh, sk);

flush:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/* The header that is being completed: the outer one, or that in a tunnel. */
static const struct ipv6hdr *gro_ipv6_hdr(const struct sk_buff *skb)
{
	u16 at = NAPI_GRO_CB(skb)->network_offsets[skb->encapsulation];

	return (const struct ipv6hdr *)(skb->data + at);
}

static struct sock *gro_complete_socket(const struct sk_buff *skb,
					__be16 sport, __be16 dport)
{
	return gro_socket(skb, gro_ipv6_hdr(skb), sport, dport);
}

/* Packets that hang on the first, whole, for who forwards them. */
static void gro_complete_list(struct sk_buff *skb, struct udphdr *uh, int nhoff)
{
	struct skb_shared_info *info = skb_shinfo(skb);

	uh->len = htons(skb->len - nhoff);
	info->gso_type |= SKB_GSO_FRAGLIST | SKB_GSO_UDP_L4;
	info->gso_segs = NAPI_GRO_CB(skb)->count;
	__skb_incr_checksum_unnecessary(skb);
}

static int gro_complete(struct sk_buff *skb, int nhoff)
{
	struct udphdr *uh = (struct udphdr *)(skb->data + nhoff);
	const struct ipv6hdr *hdr = gro_ipv6_hdr(skb);

	if (NAPI_GRO_CB(skb)->is_flist && !NAPI_GRO_CB(skb)->encap_mark) {
		gro_complete_list(skb, uh, nhoff);
		return 0;
	}
	if (uh->check)
		uh->check = ~csum_ipv6_magic(&hdr->saddr, &hdr->daddr,
					     skb->len - nhoff, IPPROTO_UDP, 0);
	return udp_gro_complete(skb, nhoff, gro_complete_socket);
}

static const struct net_offload udp_offload = {
	.callbacks = {
		.gso_segment	= gso_segment,
		.gro_receive	= gro_receive,
		.gro_complete	= gro_complete,
	},
};

/**
 * sxt_udp_gso_init() - offload of UDP over IPv6 from now on
 *
 * Context: process; module load.
 * Return: 0, or -EAGAIN: somebody else has it.
 */
int sxt_udp_gso_init(void)
{
	return inet6_add_offload(&udp_offload, IPPROTO_UDP) ? -EAGAIN : 0;
}

/**
 * sxt_udp_gso_exit() - no offload any more
 *
 * Context: process; module unload. Sleeps until no packet is in here.
 */
void sxt_udp_gso_exit(void)
{
	inet6_del_offload(&udp_offload, IPPROTO_UDP);
}
