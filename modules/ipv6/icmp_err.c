// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMPv6 errors out (RFC 4443 2.4, 3): whether one is sent is in icmp_rule.c;
 * here is what the packet looks like, and the message.
 */
#include <net/ip6_checksum.h>
#include "icmp_out.h"
#include "icmp_rule.h"
#include "iface.h"
#include "packet.h"

/* The upper layer's header, as far as it is there, without touching the skb. */
static void about_upper(const struct sk_buff *skb,
			struct sxt_icmp_about *about)
{
	int at = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	__be16 frag_off = 0;
	const u8 *p;
	u8 byte;

	at = ipv6_skip_exthdr(skb, at, &nexthdr, &frag_off);
	/* Headers before skb->data have offsets below 0, multiples of 8. */
	if (at == -1)
		return;
	about->chain_known = true;
	about->upper = nexthdr;
	if (nexthdr == NEXTHDR_FRAGMENT) {
		/* A later one: the walk ends at its fragment header. */
		about->later_fragment = true;
		p = skb_header_pointer(skb, at, sizeof(byte), &byte);
		about->upper = p ? *p : IPPROTO_ICMPV6;
		return;
	}
	if (nexthdr != IPPROTO_ICMPV6)
		return;
	p = skb_header_pointer(skb, at, sizeof(byte), &byte);
	about->inner_known = p;
	about->inner_type = p ? *p : 0;
}

static bool is_anycast(struct net *net, const struct in6_addr *addr)
{
	const struct sxt_ifa *ifa;

	if (READ_ONCE(net->ipv6.sysctl.icmpv6_error_anycast_as_unicast))
		return false;
	ifa = sxt_ifa_find(net, addr, NULL);
	return ifa && ifa->anycast;
}

static bool may_answer(struct net *net, const struct sk_buff *skb, u8 type,
		       u8 code)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	struct sxt_icmp_about about = {
		.src = hdr->saddr.s6_addr,
		.dst = hdr->daddr.s6_addr,
		.link_multicast = skb->pkt_type == PACKET_BROADCAST ||
				  skb->pkt_type == PACKET_MULTICAST,
	};

	if (skb->pkt_type == PACKET_OTHERHOST)
		return false;
	about.src_anycast = is_anycast(net, &hdr->saddr);
	about_upper(skb, &about);
	return sxt_icmp_may_answer(&about, type, code) == SXT_ICMP_MAY;
}

/*
 * RFC 4443 2.2: the address that the packet was sent to if it is one of ours
 * and of us alone; else what source selection gives for the way back.
 */
static void choose_source(struct net *net, const struct sk_buff *skb,
			  const struct in6_addr *force, struct in6_addr *saddr)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	const struct net_device *zone = NULL;
	const struct sxt_ifa *ifa;

	if (force) {
		*saddr = *force;
		return;
	}
	if (ipv6_addr_is_multicast(daddr))
		return;
	if (__ipv6_addr_needs_scope_id(__ipv6_addr_type(daddr)))
		zone = skb->dev;
	ifa = sxt_ifa_find(net, daddr, zone);
	if (ifa && !ifa->anycast && !(ifa->ifa.flags & IFA_F_TENTATIVE))
		*saddr = *daddr;
}

static struct dst_entry *route_back(struct net *net, struct sk_buff *skb,
				    u8 type, u8 code,
				    const struct in6_addr *force,
				    const struct inet6_skb_parm *parm,
				    struct flowi6 *fl6)
{
	int iif = parm && parm->iif ? parm->iif : skb->dev->ifindex;

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = IPPROTO_ICMPV6;
	fl6->fl6_icmp_type = type;
	fl6->fl6_icmp_code = code;
	fl6->daddr = ipv6_hdr(skb)->saddr;
	choose_source(net, skb, force, &fl6->saddr);
	fl6->flowi6_oif = sxt_icmp_oif(skb, iif, &fl6->daddr);
	fl6->flowi6_mark = IP6_REPLY_MARK(net, skb->mark);
	fl6->flowi6_uid = sock_net_uid(net, NULL);
	return sxt_dst_flow(net, NULL, fl6, NULL);
}

/* The message: header and quote, with its checksum. */
static struct sk_buff *message(const struct sk_buff *about, u8 type, u8 code,
			       u32 info, const struct dst_entry *dst,
			       const struct flowi6 *fl6)
{
	int from = skb_network_offset(about);
	u32 quote = sxt_icmp_quote_len(about->len - from);
	u32 room = LL_RESERVED_SPACE(dst->dev) + sizeof(struct ipv6hdr);
	struct icmp6hdr *icmp;
	struct sk_buff *skb;
	__wsum sum;

	skb = alloc_skb(room + sizeof(*icmp) + quote +
			dst->dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	icmp = skb_put(skb, sizeof(*icmp));
	icmp->icmp6_type = type;
	icmp->icmp6_code = code;
	icmp->icmp6_cksum = 0;
	icmp->icmp6_pointer = htonl(info);
	sum = skb_copy_and_csum_bits(about, from, skb_put(skb, quote), quote);
	sum = csum_partial(icmp, sizeof(*icmp), sum);
	icmp->icmp6_cksum = csum_ipv6_magic(&fl6->saddr, &fl6->daddr, skb->len,
					    IPPROTO_ICMPV6, sum);
	return skb;
}

static void send_error(struct net *net, struct sk_buff *skb, u8 type, u8 code,
		       u32 info, const struct in6_addr *force,
		       const struct inet6_skb_parm *parm)
{
	struct sk_buff *error;
	struct dst_entry *dst;
	struct flowi6 fl6;

	if (!may_answer(net, skb, type, code) ||
	    !sxt_icmp_early_allow(net, skb->dev, type))
		return;
	dst = route_back(net, skb, type, code, force, parm, &fl6);
	if (IS_ERR(dst)) {
		ICMP6_INC_STATS(net, __in6_dev_get(skb->dev),
				ICMP6_MIB_OUTERRORS);
		return;
	}
	if (!sxt_icmp_allow(net, dst, type, &fl6.daddr))
		goto release;
	error = message(skb, type, code, info, dst, &fl6);
	if (!error) {
		ICMP6_INC_STATS(net, __in6_dev_get(skb->dev),
				ICMP6_MIB_OUTERRORS);
		goto release;
	}
	sxt_icmp_out(net, error, dst, &fl6, 0);
	return;
release:
	dst_release(dst);
}

/**
 * sxt_icmp_send() - an error about a packet (RFC 4443 2.4)
 * @skb: the packet, from its network header on; stays the caller's
 * @type: of the error
 * @code: of the error
 * @info: second word of the message, host byte order: MTU or pointer
 * @force_saddr: the error's source, or NULL: chosen here
 * @parm: what the packet's control block says; NULL: skb->dev is all we know
 *
 * Sends none where the RFC forbids it, and not more than the limits allow.
 *
 * Context: any but hard interrupt.
 */
void sxt_icmp_send(struct sk_buff *skb, u8 type, u8 code, __u32 info,
		   const struct in6_addr *force_saddr,
		   const struct inet6_skb_parm *parm)
{
	const u8 *hdr = skb_network_header(skb);

	if (!skb->dev || hdr < skb->head ||
	    hdr + sizeof(struct ipv6hdr) > skb_tail_pointer(skb))
		return;
	rcu_read_lock();
	send_error(dev_net(skb->dev), skb, type, code, info, force_saddr,
		   parm);
	rcu_read_unlock();
}

/**
 * sxt_icmp_param_prob() - a Parameter Problem about a packet (RFC 4443 3.4)
 * @skb: the packet; stays the caller's
 * @code: of the error
 * @pos: where the problem is, in bytes from the IPv6 header
 *
 * Context: any but hard interrupt.
 */
void sxt_icmp_param_prob(struct sk_buff *skb, u8 code, u32 pos)
{
	sxt_icmp_send(skb, ICMPV6_PARAMPROB, code, pos, NULL, IP6CB(skb));
}
