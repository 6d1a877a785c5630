// SPDX-License-Identifier: GPL-2.0-only
/*
 * The output pipeline: one packet through the SAs of its chain, innermost
 * first. Who chose them is the policy engine's; the bytes of ESP and AH are
 * the transforms'; outer headers are encap.c's.
 */
#include <linux/export.h>
#include <linux/ipv6.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <sextant/parse.h>
#include "key.h"

/*
 * Sequence number, lifetimes, counters: one turn under the lock. A packet that
 * gets no number is not charged, and one that is not charged uses none up.
 */
static int output_number(struct sxt_pkt *p)
{
	struct sxt_sa *sa = p->sa;
	int verdict = SXT_PASS;
	u64 seq;

	spin_lock(&sa->lock);
	seq = sa->seq;
	if (unlikely(sxt_sa_refuses(sa, p->async)))
		verdict = sa->expired ? SEXTANT_DROP_SA_EXPIRED :
					SEXTANT_DROP_SA_GONE;
	else if (sxt_seq_next(&seq, sa->esn, &p->seq))
		verdict = SEXTANT_DROP_SEQUENCE_EXHAUSTED;
	else if (!sxt_limits_charge(sa, p->payload_len + p->tail_len -
				    sa->icv_len))
		verdict = SEXTANT_DROP_SA_EXPIRED;
	else
		sa->seq = seq;
	spin_unlock(&sa->lock);
	return verdict;
}

/* Open a gap for the security header at @insert, @next names it now. */
static void output_open_gap(struct sxt_pkt *p, u16 insert, u16 next)
{
	u8 head_len = p->sa->head_len;
	struct sk_buff *skb = p->skb;
	u8 *network;

	network = skb_push(skb, head_len);
	memmove(network, network + head_len, insert);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, insert);
	p->head = insert;
	p->next_header = network[next];
	network[next] = p->sa->ident.proto;
}

static void output_set_length(struct sxt_pkt *p)
{
	u32 len = p->skb->len + p->tail_len;

	if (p->family == AF_INET) {
		struct iphdr *iph = ip_hdr(p->skb);

		iph->tot_len = htons(len);
		ip_send_check(iph);
	} else {
		ipv6_hdr(p->skb)->payload_len =
			htons(len - sizeof(struct ipv6hdr));
	}
}

/* Plan the trailer, get the room. @outer: bytes of a new IP header. */
static int output_room(struct sxt_pkt *p, unsigned int outer)
{
	const struct net_device *dev = skb_dst(p->skb)->dev;
	unsigned int max = U16_MAX;
	struct sxt_sa *sa = p->sa;
	unsigned int head;
	int tail;

	tail = sa->xf->plan(sa, p->payload_len);
	if (tail < 0)
		return SEXTANT_DROP_TOO_BIG;
	/* The length field of IPv6 leaves its own header out. */
	if (sa->ident.family == AF_INET6)
		max += sizeof(struct ipv6hdr);
	if (p->skb->len + sa->head_len + outer + tail > max)
		return SEXTANT_DROP_TOO_BIG;
	p->tail_len = tail;
	head = sa->head_len + outer + LL_RESERVED_SPACE(dev);
	if (sxt_writable(p->skb, head, tail))
		return SEXTANT_DROP_NO_MEMORY;
	return SXT_PASS;
}

/* Where does the header go? The hook that has just parsed the packet says. */
static int output_parse(struct sxt_pkt *p)
{
	struct sxt_hdr_info info;
	struct sxt_tuple tuple;
	int verdict;

	if (likely(p->insert))
		return SXT_PASS;
	verdict = sxt_tuple_skb(p->skb, p->family, 0, &tuple, &info);
	if (verdict)
		return verdict;
	if (tuple.flags & (SXT_TUPLE_FRAGMENT | SXT_TUPLE_FIRST))
		return SEXTANT_DROP_INNER_FRAGMENT;
	p->insert = info.insert;
	p->next = info.next;
	return SXT_PASS;
}

static int output_transport(struct sxt_pkt *p)
{
	int verdict;

	if (p->family != p->sa->ident.family)
		return SEXTANT_DROP_FAMILY_MISSING;
	verdict = output_parse(p);
	if (verdict)
		return verdict;
	p->payload_len = p->skb->len - p->insert;
	verdict = output_room(p, 0);
	if (verdict)
		return verdict;
	verdict = output_number(p);
	if (verdict)
		return verdict;
	output_open_gap(p, p->insert, p->next);
	p->insert = 0;
	output_set_length(p);
	return SXT_PASS;
}

static int output_tunnel(struct sxt_pkt *p)
{
	unsigned int outer = p->sa->ident.family == AF_INET ?
		sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	int verdict;

	p->payload_len = p->skb->len;
	verdict = output_room(p, outer);
	if (verdict)
		return verdict;
	verdict = output_number(p);
	if (verdict)
		return verdict;
	verdict = sxt_encap(p);
	if (verdict)
		return verdict;
	p->insert = 0;
	output_set_length(p);
	return SXT_PASS;
}

/* One SA. SXT_PASS: go on with the next; SXT_STOLEN: output_done() will. */
static int output_one(struct sxt_pkt *p)
{
	int verdict;

	p->sa = p->out.chain[p->out.at];
	if (p->sa->mode == SEXTANT_MODE_TUNNEL)
		verdict = output_tunnel(p);
	else
		verdict = output_transport(p);
	if (verdict)
		return verdict;
	return p->sa->xf->protect(p);
}

static void output_mark_protected(struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		IPCB(skb)->flags |= IPSKB_XFRM_TRANSFORMED;
	else
		IP6CB(skb)->flags |= IP6SKB_XFRM_TRANSFORMED;
}

/**
 * sxt_output_protected() - has this packet been through its chain?
 * @skb: a packet at POST_ROUTING
 * @family: AF_INET or AF_INET6
 *
 * The flag lives in the control block, which is wiped when a packet arrives,
 * so nothing from outside can have it.
 *
 * Context: any.
 * Return: true if the output pipeline has made it.
 */
bool sxt_output_protected(const struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		return IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED;
	return IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED;
}
EXPORT_SYMBOL_NS_GPL(sxt_output_protected, SEXTANT);

/* All SAs are done: a tunnel's packet starts anew, with its new addresses. */
static int output_send(struct sxt_pkt *p)
{
	struct sk_buff *skb = p->skb;

	this_cpu_inc(sxt_key_net(p->net)->tally->out_packets);
	output_mark_protected(skb, p->family);
	if (!p->out.routed)
		return SXT_PASS;
	if (p->family == AF_INET)
		ip_local_out(p->net, p->out.sk, skb);
	else
		ip6_local_out(p->net, p->out.sk, skb);
	return SXT_STOLEN;
}

static int output_chain(struct sxt_pkt *p)
{
	for (; p->out.at < p->out.count; p->out.at++) {
		int verdict = output_one(p);

		if (verdict)
			return verdict;
	}
	return output_send(p);
}

/* An asynchronous cipher is through: on with the chain, then to the stack. */
static void output_done(struct sxt_pkt *p, int verdict)
{
	struct net_device *dev = p->skb->dev;
	struct sxt_sa *held = p->sa;

	rcu_read_lock();
	p->async = true;
	/* Whoever began has put it. */
	p->out.dst = NULL;
	/* The packet keeps its own socket alive, and no other. */
	p->out.sk = p->skb->sk;
	if (!verdict) {
		u8 i;

		p->out.at++;
		/* The others were found under an RCU section that is over. */
		for (i = p->out.at; i < p->out.count && !verdict; i++) {
			p->out.chain[i] = sxt_sa_by_id(p->net, p->out.ids[i]);
			if (!p->out.chain[i])
				verdict = SEXTANT_DROP_SA_GONE;
		}
	}
	if (!verdict)
		verdict = output_chain(p);
	if (verdict == SXT_PASS)
		p->out.okfn(p->net, p->out.sk, p->skb);
	else if (verdict != SXT_STOLEN)
		sxt_drop(p->net, p->skb, verdict, held);
	rcu_read_unlock();
	dev_put(dev);
	sxt_sa_put(held);
}

/*
 * Behind the cipher no device can fill in a checksum any more. A datagram that
 * a socket of this host has just made lies in one piece that is its own; what
 * the kernel's helper does for all the others is not needed then.
 */
static int output_checksum(struct sk_buff *skb)
{
	unsigned int start, field;
	__wsum sum;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return SXT_PASS;
	start = skb_checksum_start_offset(skb);
	field = start + skb->csum_offset;
	if (skb_is_nonlinear(skb) || skb_cloned(skb) ||
	    skb_csum_is_sctp(skb) || (int)start < 0 ||
	    field + sizeof(__sum16) > skb->len)
		return skb_csum_hwoffload_help(skb, 0) ?
			SEXTANT_DROP_CHECKSUM : SXT_PASS;
	sum = csum_partial(skb->data + start, skb->len - start, 0);
	put_unaligned((__force u16)(csum_fold(sum) ?: CSUM_MANGLED_0),
		      (u16 *)(skb->data + field));
	skb->ip_summed = CHECKSUM_NONE;
	return SXT_PASS;
}

/* Segments are packets of their own, each with its number (RFC 4303 3.3.4). */
static int output_segments(struct sxt_pkt *p)
{
	struct sk_buff *segs, *seg, *next;

	/*
	 * Fragments are not what the hook has parsed, nor are segments of one
	 * that is too long for IPv6: its jumbo option is in none of them.
	 */
	if (skb_shinfo(p->skb)->gso_type & SKB_GSO_UDP ||
	    ipv6_has_hopopt_jumbo(p->skb))
		p->insert = 0;
	segs = skb_gso_segment(p->skb, 0);
	if (IS_ERR_OR_NULL(segs))
		return SEXTANT_DROP_SEGMENT;
	consume_skb(p->skb);
	skb_list_walk_safe(segs, seg, next) {
		struct sxt_pkt one = *p;
		int verdict;

		skb_mark_not_on_list(seg);
		one.skb = seg;
		one.out.dst = NULL;
		verdict = output_chain(&one);
		if (verdict == SXT_PASS)
			p->out.okfn(p->net, p->out.sk, seg);
		else if (verdict != SXT_STOLEN)
			sxt_drop(p->net, seg, verdict, one.sa);
	}
	return SXT_STOLEN;
}

/**
 * sxt_output() - protect a packet
 * @p: the packet with data at its network header and a route, its namespace
 *	and family, and of @p->out the socket, the function, the chain and its
 *	length; the route of a tunnel, if there is one, stays the caller's to
 *	put, if it is still there afterwards
 *
 * A segmentation offload packet is segmented first.
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: SXT_PASS, the packet is protected and goes its way; SXT_STOLEN, it
 * is on another way or waits for a cipher; or a reason, it stays the caller's.
 */
int sxt_output(struct sxt_pkt *p)
{
	int verdict;
	u8 i;

	p->out.at = 0;
	p->out.routed = false;
	p->async = false;
	p->done = output_done;
	/* Those that a packet which waits for the first has to find again. */
	for (i = 1; i < p->out.count; i++)
		p->out.ids[i] = p->out.chain[i]->id;
	if (skb_is_gso(p->skb))
		return output_segments(p);
	verdict = output_checksum(p->skb);
	if (verdict)
		return verdict;
	return output_chain(p);
}
EXPORT_SYMBOL_NS_GPL(sxt_output, SEXTANT);
