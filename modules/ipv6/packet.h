/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The packet paths: in (input.c, exthdr.c, frag_in.c), through (forward.c),
 * out (output.c, frag_out.c), and ICMPv6 (icmp.c, icmp_err.c).
 */
#ifndef SXT_PACKET_H
#define SXT_PACKET_H

#include <net/dst_metadata.h>
#include "route.h"

struct nf_bridge_frag_data;

/**
 * sxt_ip6_dev_in() - the interface that a packet came by
 * @skb: the packet
 *
 * In a VRF that is its slave, and skb->dev the VRF.
 *
 * Context: under RCU.
 * Return: the interface; skb->dev if the slave has gone.
 */
static inline struct net_device *sxt_ip6_dev_in(const struct sk_buff *skb)
{
	struct net_device *dev = NULL;

	if (unlikely(ipv6_l3mdev_skb(IP6CB(skb)->flags)))
		dev = dev_get_by_index_rcu(dev_net(skb->dev), IP6CB(skb)->iif);
	return dev ?: skb->dev;
}

/* strong.c: */
bool sxt_strong_refuses(const struct sk_buff *skb);

/* output.c: */
int sxt_ip6_xmit(const struct sock *sk, struct sk_buff *skb,
		 struct flowi6 *flow, u32 mark, struct ipv6_txoptions *options,
		 int tclass, u32 priority);
int sxt_ip6_finish_output2(struct net *net, struct sock *sk,
			   struct sk_buff *skb);

/* What takes a packet on, and gives it up whatever it returns. */
typedef int sxt_output_t(struct net *net, struct sock *sk,
			 struct sk_buff *skb);

/* The same of a bridge's, which has given @data along. */
typedef int sxt_bridge_output_t(struct net *net, struct sock *sk,
				const struct nf_bridge_frag_data *data,
				struct sk_buff *skb);

/* frag_out.c (RFC 8200 4.5): */
int sxt_ip6_fragment(struct net *net, struct sock *sk, struct sk_buff *skb,
		     sxt_output_t *output);
int sxt_ip6_fragment_bridge(struct net *net, struct sock *sk,
			    struct sk_buff *skb,
			    struct nf_bridge_frag_data *data,
			    sxt_bridge_output_t *output);

/* input.c: a packet for this node, extension headers in front of nexthdr read;
 * also for what a tunnel or reassembly gives back. Under RCU.
 */
void sxt_ip6_deliver(struct net *net, struct sk_buff *skb, int nexthdr,
		     bool have_final);

/* The kernel exports it, but keeps the prototype to itself, in
 * net/netfilter/nf_internals.h: a namespace's packets that wait for a word of
 * user space are dropped. Any context.
 */
void nf_queue_nf_hook_drop(struct net *net);

/* exthdr.c: hop-by-hop options of a packet that came in; RCU. The packet is
 * gone if it returns false.
 */
bool sxt_exthdr_hop_by_hop(struct sk_buff *skb);

/* exthdr_out.c: extension headers that a socket asked for, into a packet that
 * is being built; as the kernel's ipv6_push_nfrag_opts() of the peer.
 */
void sxt_exthdr_push(struct sk_buff *skb, const struct ipv6_txoptions *opt,
		     u8 *proto, struct in6_addr **daddr);
void sxt_exthdr_push_frag(struct sk_buff *skb,
			  const struct ipv6_txoptions *opt, u8 *proto);
struct in6_addr *sxt_exthdr_final_dst(struct flowi6 *fl6,
				      const struct ipv6_txoptions *opt,
				      struct in6_addr *orig);

/* icmp_err.c (RFC 4443 2.4): an error about a packet; the packet stays the
 * caller's. Any context but hard interrupt.
 */
void sxt_icmp_send(struct sk_buff *skb, u8 type, u8 code, u32 info,
		   const struct in6_addr *saddr,
		   const struct inet6_skb_parm *parm);
void sxt_icmp_param_prob(struct sk_buff *skb, u8 code, u32 pos);
/* icmp.c: */
int sxt_icmp_err_convert(u8 type, u8 code, int *err);
enum sxt_why sxt_icmp_notify(struct sk_buff *skb, u8 type, u8 code,
			     __be32 info);
void sxt_icmp_too_big(struct sk_buff *skb, u32 mtu);

/* nd_in.c: ICMPv6 types 133 to 137; data at the ICMPv6 header, checksum good.
 * Under RCU. The caller frees, with the reason that it returns:
 * SXT_WHY_NOT if the message was of use.
 */
enum sxt_why sxt_nd_rcv(struct sk_buff *skb);
bool sxt_nd_asks_proxy(const struct sk_buff *skb);
/* mld_in.c: types 130, 131, 132, 143, as above */
enum sxt_why sxt_mld_rcv(struct sk_buff *skb);
/* ping.c: type 129 to ping sockets; raw.c: to all raw sockets, a clone each */
bool sxt_ping_rcv(struct sk_buff *skb);
/* true: a socket has sent the quoted echo request */
bool sxt_ping_err(struct sk_buff *skb, int offset, u32 info);
bool sxt_raw_deliver(struct sk_buff *skb, int nexthdr);
/* forward.c: with a router alert; true: a socket took a clone, so drop it */
bool sxt_raw_router_alert(struct sk_buff *skb, u16 value);
/* true: there is a socket that may have sent the quoted packet */
bool sxt_raw_icmp_error(struct sk_buff *skb, int nexthdr, u8 type, u8 code,
			int inner_offset, __be32 info);

#endif /* SXT_PACKET_H */
