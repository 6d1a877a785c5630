// SPDX-License-Identifier: GPL-2.0-only
/*
 * The input pipeline (RFC 4301 5.2): SPI, SA, window, transform, window again,
 * then the inner packet, the policy's say, and on into the stack. Bytes of
 * ESP and AH are the transforms', policies the engine's.
 */
#include <linux/export.h>
#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <sextant/selector.h>
#include <sextant/parse.h>
#include "key.h"

static int input_replay_verdict(enum sxt_replay_verdict verdict)
{
	switch (verdict) {
	case SXT_REPLAY_OK:
		return SXT_PASS;
	case SXT_REPLAY_OLD:
		return SEXTANT_DROP_REPLAY_OLD;
	case SXT_REPLAY_DUP:
		return SEXTANT_DROP_REPLAY_DUPLICATE;
	case SXT_REPLAY_ZERO:
		return SEXTANT_DROP_REPLAY_ZERO;
	case SXT_REPLAY_BELOW:
	case SXT_REPLAY_WRAP:
		break;
	}
	return SEXTANT_DROP_REPLAY_WRAP;
}

/* RFC 4303 3.4.3: the window moves only once the ICV has proved good. */
static int input_commit(struct sxt_pkt *p)
{
	struct sxt_sa *sa = p->sa;
	int verdict;

	spin_lock(&sa->lock);
	if (unlikely(sxt_sa_refuses(sa, p->async))) {
		verdict = sa->expired ? SEXTANT_DROP_SA_EXPIRED :
					SEXTANT_DROP_SA_GONE;
	} else {
		verdict = input_replay_verdict(sxt_replay_recheck(&sa->replay,
								  p->seq));
		if (!verdict && !sxt_limits_charge(sa, p->payload_len))
			verdict = SEXTANT_DROP_SA_EXPIRED;
		if (!verdict)
			sxt_replay_advance(&sa->replay, p->seq);
	}
	spin_unlock(&sa->lock);
	return verdict;
}

/* RFC 4301 5.2 step 4: the inner packet against the SA's own selectors. */
static int input_selector(struct sk_buff *skb, u8 family,
			  const struct sxt_sa *sa)
{
	struct sxt_hdr_info info;
	struct sxt_tuple tuple;
	int verdict;

	if (!sa->sel)
		return SXT_PASS;
	verdict = sxt_tuple_skb(skb, family, skb->dev->ifindex, &tuple,
				&info);
	if (verdict)
		return verdict;
	if (!sxt_selector_match(sa->sel, &tuple))
		return SEXTANT_DROP_INNER_SELECTOR;
	return SXT_PASS;
}

/*
 * The SAs before this one, from the mark, and this one. An SA that is gone
 * since then vouches for nothing.
 */
static int input_chain(struct sxt_pkt *p, struct sxt_sa **chain)
{
	int count = sxt_mark_get(p->skb, p->net, chain);

	if (count < 0)
		return -SEXTANT_DROP_SA_GONE;
	if (count == SXT_CHAIN_MAX)
		return -SEXTANT_DROP_NESTING;
	chain[count] = p->sa;
	return count + 1;
}

/* Has the policy engine a say, and what does it say? */
static int input_policy(struct sxt_pkt *p, u8 family, struct sxt_sa **chain,
			int count, enum sxt_way way)
{
	const struct sxt_policy_ops *ops = rcu_dereference(sxt_policy_ops);
	int verdict;

	verdict = input_selector(p->skb, family, p->sa);
	if (!verdict && ops)
		verdict = ops->input(p->net, p->skb, family, chain, count,
				     way);
	if (verdict)
		return verdict;
	/* Without policies too: the mark is what limits tunnels in tunnels. */
	if (way != SXT_WAY_DELIVERED &&
	    sxt_mark_set(p->skb, p->net, chain, count))
		return SEXTANT_DROP_NO_MEMORY;
	return SXT_PASS;
}

/* Take the security header out from between the IP header and the payload. */
static void input_close_gap(struct sxt_pkt *p)
{
	struct sk_buff *skb = p->skb;
	int hdr_len = -skb_network_offset(skb);
	u8 *network = skb_network_header(skb);
	u8 head_len = p->sa->head_len;

	memmove(network + head_len, network, hdr_len);
	__skb_pull(skb, head_len);
	skb_reset_transport_header(skb);
	skb_set_network_header(skb, -hdr_len);
	if (p->family == AF_INET) {
		struct iphdr *iph = ip_hdr(skb);

		iph->protocol = p->next_header;
		iph->tot_len = htons(hdr_len + skb->len);
		ip_send_check(iph);
	} else {
		skb_network_header(skb)[IP6CB(skb)->nhoff] = p->next_header;
		ipv6_hdr(skb)->payload_len =
			htons(hdr_len - sizeof(struct ipv6hdr) + skb->len);
	}
	skb->ip_summed = CHECKSUM_NONE;
}

/* Returns the next header to go on with, or minus a reason. */
static int input_transport(struct sxt_pkt *p)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	struct sk_buff *skb = p->skb;
	int count, verdict;

	/* RFC 8200 4.1: hop-by-hop options lie in front of all, or nowhere. */
	if (p->next_header == IPPROTO_HOPOPTS)
		return -SEXTANT_DROP_MODE_MISMATCH;
	/* RFC 4303 3.3.4: only whole datagrams are sent in transport mode. */
	if (p->next_header == IPPROTO_FRAGMENT && p->family == AF_INET6)
		return -SEXTANT_DROP_INNER_FRAGMENT;
	count = input_chain(p, chain);
	if (count < 0)
		return count;
	input_close_gap(p);
	if (p->next_header == IPPROTO_ESP || p->next_header == IPPROTO_AH) {
		if (!sxt_transform_present(p->next_header))
			return -SEXTANT_DROP_SA_UNKNOWN;
		verdict = input_selector(skb, p->family, p->sa);
		if (verdict)
			return -verdict;
		/* The last SA of the bundle asks the policy, for all. */
		if (sxt_mark_set(skb, p->net, chain, count))
			return -SEXTANT_DROP_NO_MEMORY;
		return p->next_header;
	}
	verdict = input_policy(p, p->family, chain, count, p->async ?
			       SXT_WAY_LOCAL_IN : SXT_WAY_DELIVERED);
	if (verdict)
		return -verdict;
	if (!p->async && count > 1)
		sxt_mark_clear(skb);
	return p->next_header;
}

/* A tap is to see a whole frame: bring the link header to the inner packet. */
static void input_move_link_header(struct sk_buff *skb)
{
	unsigned int mac_len = skb->mac_len;
	const u8 *mac = skb_mac_header(skb);

	if (!skb_mac_header_was_set(skb) || skb_headroom(skb) < mac_len)
		mac_len = 0;
	if (mac_len)
		memmove(skb->data - mac_len, mac, mac_len);
	skb_set_mac_header(skb, -(int)mac_len);
	if (mac_len == ETH_HLEN)
		eth_hdr(skb)->h_proto = skb->protocol;
}

static int input_inner_verdict(enum sxt_tunnel_verdict verdict)
{
	switch (verdict) {
	case SXT_TUNNEL_OK:
		return SXT_PASS;
	case SXT_TUNNEL_PROTO:
		return SEXTANT_DROP_MODE_MISMATCH;
	case SXT_TUNNEL_VERSION:
		return SEXTANT_DROP_INNER_VERSION;
	case SXT_TUNNEL_ECN:
		return SEXTANT_DROP_INNER_ECN;
	case SXT_TUNNEL_SHORT:
	case SXT_TUNNEL_HDR_LEN:
	case SXT_TUNNEL_TOTAL:
		break;
	}
	return SEXTANT_DROP_INNER_SHORT;
}

static u8 input_outer_tos(const struct sxt_pkt *p)
{
	const u8 *network = skb_network_header(p->skb);

	if (p->family == AF_INET)
		return network[1];
	return get_unaligned_be16(network) >> 4;
}

/* RFC 4301 5.1.2: the outer header goes, what it says of ECN stays. */
static int input_decapsulate(struct sxt_pkt *p, u8 *family)
{
	struct sk_buff *skb = p->skb;
	u8 outer_tos = input_outer_tos(p);
	struct sxt_tunnel_inner inner;
	struct sxt_tunnel_tos tos;
	int verdict;

	__skb_pull(skb, p->sa->head_len);
	verdict = input_inner_verdict(sxt_tunnel_read(skb->data, skb->len,
						      p->next_header, &inner));
	if (verdict)
		return verdict;
	verdict = input_inner_verdict(sxt_tunnel_decap_tos(&p->sa->tunnel,
							   inner.tos,
							   outer_tos, &tos));
	if (verdict)
		return verdict;
	/* What lies behind the inner packet is RFC 4303 2.7's padding. */
	skb_trim(skb, inner.total_len);
	if (tos.tos != inner.tos)
		sxt_tunnel_put_tos(skb->data, tos.tos);
	*family = inner.version == 4 ? AF_INET : AF_INET6;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, inner.header_len);
	skb->protocol = htons(inner.version == 4 ? ETH_P_IP : ETH_P_IPV6);
	return SXT_PASS;
}

/* Returns 0 or minus a reason; the packet has gone into the stack on 0. */
static int input_tunnel(struct sxt_pkt *p)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	struct sk_buff *skb = p->skb;
	int count, verdict;
	u8 family;

	count = input_chain(p, chain);
	if (count < 0)
		return count;
	verdict = input_decapsulate(p, &family);
	if (verdict)
		return -verdict;
	input_move_link_header(skb);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb_clear_hash(skb);
	skb_dst_drop(skb);
	skb_scrub_packet(skb, false);
	verdict = input_policy(p, family, chain, count, SXT_WAY_ROUTED);
	if (verdict)
		return -verdict;
	/* Nested tunnels would eat the stack: only the first goes straight. */
	if (count == 1)
		netif_receive_skb(skb);
	else
		netif_rx(skb);
	return 0;
}

/*
 * The ICV is right, and so the window moves, whatever @found says is wrong
 * inside. Returns as sxt_input().
 */
static int input_finish(struct sxt_pkt *p, int found)
{
	int verdict = input_commit(p);
	int next;

	if (!verdict)
		verdict = found;
	if (!verdict && p->next_header == IPPROTO_NONE)
		verdict = SEXTANT_DROP_DUMMY;
	if (verdict)
		goto drop;
	if (p->sa->mode == SEXTANT_MODE_TUNNEL)
		next = input_tunnel(p);
	else
		next = input_transport(p);
	if (next >= 0) {
		/* What a later hook refuses is among the drops as well. */
		this_cpu_inc(sxt_key_net(p->net)->tally->in_packets);
		return next;
	}
	verdict = -next;
drop:
	sxt_drop(p->net, p->skb, verdict, p->sa);
	return 0;
}

/*
 * An asynchronous cipher is through. A transport mode packet can't go back to
 * the handler that waited for it: it is delivered once more, marked.
 */
static void input_done(struct sxt_pkt *p, int verdict)
{
	struct sk_buff *skb = p->skb;
	struct net_device *dev = skb->dev;
	struct sxt_sa *sa = p->sa;

	p->async = true;
	rcu_read_lock();
	if (p->kept)
		sxt_recover_settle(p, verdict);
	if (!p->authentic) {
		if (verdict == SEXTANT_DROP_ICV_BAD)
			sxt_recover_failed(p);
		sxt_drop(p->net, skb, verdict, sa);
	} else if (input_finish(p, verdict) > 0) {
		__skb_push(skb, -skb_network_offset(skb));
		dst_input(skb);
	}
	rcu_read_unlock();
	dev_put(dev);
	sxt_sa_put(sa);
}

static void input_ident(const struct sk_buff *skb, u8 family, u8 proto,
			__be32 spi, struct sxt_sa_ident *ident)
{
	memset(ident, 0, sizeof(*ident));
	if (family == AF_INET)
		ident->dst.v4 = ip_hdr(skb)->daddr;
	else
		ident->dst.v6 = ipv6_hdr(skb)->daddr;
	ident->spi = spi;
	ident->proto = proto;
	ident->dir = SEXTANT_DIRECTION_IN;
	ident->family = family;
}

/**
 * sxt_input() - an AH or ESP packet has arrived
 * @skb: the packet, data at the security header, network header set; it comes
 *	here for good unless a next header is returned
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @spi: SPI out of the header
 * @seq: sequence number out of the header, host order
 *
 * Context: softirq, under rcu_read_lock().
 * Return: the protocol to go on with, data at its header; or 0, the packet is
 * dropped, delivered, or waits for a cipher.
 */
int sxt_input(struct sk_buff *skb, u8 family, u8 proto, __be32 spi, u32 seq)
{
	struct sxt_pkt p = {
		.skb = skb,
		.net = dev_net(skb->dev),
		.family = family,
		.done = input_done,
	};
	struct sxt_sa_ident ident;
	int verdict;

	input_ident(skb, family, proto, spi, &ident);
	p.sa = sxt_sa_lookup(p.net, &ident);
	if (unlikely(!p.sa)) {
		verdict = SEXTANT_DROP_SA_UNKNOWN;
		goto drop;
	}
	if (unlikely(READ_ONCE(p.sa->expired))) {
		verdict = SEXTANT_DROP_SA_EXPIRED;
		goto drop;
	}
	verdict = input_replay_verdict(sxt_replay_check(&p.sa->replay, seq,
							&p.seq));
	if (unlikely(verdict))
		goto drop;
	if (likely(!READ_ONCE(p.sa->recover)))
		verdict = p.sa->xf->verify(&p);
	else
		verdict = sxt_recover_verify(&p);
	if (likely(p.authentic))
		return input_finish(&p, verdict);
	if (verdict == SXT_STOLEN)
		return 0;
	if (verdict == SEXTANT_DROP_ICV_BAD)
		sxt_recover_failed(&p);
drop:
	sxt_drop(p.net, skb, verdict, p.sa);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sxt_input, SEXTANT);
