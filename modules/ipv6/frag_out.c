// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts packets into fragments (RFC 8200 4.5): this node's own, and those that
 * came in fragments and were put together for a hook.
 */
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <net/ip6_route.h>
#include "ext.h"
#include "packet.h"

/**
 * struct frag_plan - how a packet is cut
 * @mtu: what a fragment may have
 * @before: bytes of the unfragmentable part, which all fragments begin with
 * @next: offset of the byte in it that names what comes behind
 * @type: that byte
 * @room: bytes of data in a fragment, but the last
 * @id: what all have in common
 */
struct frag_plan {
	u32 mtu;
	u32 before;
	u32 next;
	u8 type;
	u32 room;
	__be32 id;
};

/*
 * May it be cut, and to what size? 0, or -EMSGSIZE: its sender doesn't want
 * that, or is another node (RFC 8200 4.5: only sources fragment).
 */
static int plan_mtu(struct frag_plan *plan, const struct sk_buff *skb)
{
	unsigned int came = IP6CB(skb)->frag_max_size;
	const struct ipv6_pinfo *np = NULL;
	u32 own;

	if (skb->sk && !dev_recursion_level())
		np = inet6_sk(skb->sk);
	plan->mtu = ip6_skb_dst_mtu(skb);
	if (came) {
		/*
		 * Fragments of another: none larger than the largest. Or a
		 * sender here that wants no larger ones (IPV6_USE_MIN_MTU).
		 */
		if (came > plan->mtu)
			return -EMSGSIZE;
		plan->mtu = max(came, IPV6_MIN_MTU);
	} else if (!skb->ignore_df && skb->len > plan->mtu) {
		return -EMSGSIZE;
	}
	own = np ? READ_ONCE(np->frag_size) : 0;
	if (own && own < plan->mtu)
		plan->mtu = own;
	return 0;
}

/*
 * RFC 7112 5, RFC 8200 4.5: the first fragment has all headers, that of the
 * upper layer included. What another node has sent, which no socket here has,
 * is not ours to judge.
 */
static bool plan_shows_chain(const struct frag_plan *plan, struct sk_buff *skb)
{
	u32 first = min(skb->len, plan->before + plan->room);
	enum sxt_chain_verdict verdict;
	u32 need = 0;

	if (IP6CB(skb)->frag_max_size && !skb->sk)
		return true;
	do {
		verdict = sxt_ext_chain(skb_network_header(skb),
					min(skb_headlen(skb), first), first,
					plan->before, plan->type, &need);
	} while (verdict == SXT_CHAIN_PULL && need <= first &&
		 pskb_may_pull(skb, need));
	return verdict == SXT_CHAIN_WHOLE;
}

/* Where to cut. 0 or -errno. */
static int plan_cuts(struct frag_plan *plan, struct net *net,
		     struct sk_buff *skb)
{
	const struct ipv6hdr *hdr;
	u8 *next;
	int ret;

	ret = ip6_find_1stfragopt(skb, &next);
	if (ret < 0)
		return ret;
	plan->before = ret;
	plan->next = next - skb_network_header(skb);
	plan->type = *next;
	plan->room = sxt_frag_room(plan->mtu, plan->before);
	/* 13 bits of offset in units of 8 bytes */
	if (!plan->room || skb->len - plan->before > SXT_FRAG_PAYLOAD_MAX ||
	    !plan_shows_chain(plan, skb))
		return -EMSGSIZE;
	hdr = ipv6_hdr(skb);
	plan->id = ipv6_select_ident(net, &hdr->daddr, &hdr->saddr);
	/* Whatever moves the header comes last: @next was in it. */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return skb_checksum_help(skb);
	return 0;
}

/* What hooks, queues and the link want to know of a fragment. */
static void fragment_inherit(struct sk_buff *frag, struct sk_buff *skb)
{
	frag->pkt_type = skb->pkt_type;
	frag->priority = skb->priority;
	frag->protocol = skb->protocol;
	frag->mark = skb->mark;
	frag->dev = skb->dev;
	memcpy(frag->cb, skb->cb, sizeof(struct inet6_skb_parm));
	skb_dst_copy(frag, skb);
	skb_copy_hash(frag, skb);
	skb_copy_queue_mapping(frag, skb);
	skb_set_delivery_time(frag, skb->tstamp, skb->tstamp_type);
	nf_copy(frag, skb);
	skb_ext_copy(frag, skb);
	skb_copy_secmark(frag, skb);
	/* Its sender pays for what is queued. */
	if (skb->sk)
		skb_set_owner_w(frag, skb->sk);
}

/* The fragment of @len bytes at @off of the fragmentable part, or NULL. */
static struct sk_buff *fragment_build(struct sk_buff *skb,
				      const struct frag_plan *plan, u32 off,
				      u32 len, bool more)
{
	/* Read once: the device may want more at any time. */
	u32 room = LL_RESERVED_SPACE(skb->dev);
	u32 headers = plan->before + SXT_FRAG_HDR;
	struct frag_hdr *fh;
	struct sk_buff *frag;
	u8 *to;

	frag = alloc_skb(room + headers + len + skb->dev->needed_tailroom,
			 GFP_ATOMIC);
	if (!frag)
		return NULL;
	skb_reserve(frag, room);
	skb_reset_network_header(frag);
	to = skb_put(frag, headers + len);
	memcpy(to, skb_network_header(skb), plan->before);
	to[plan->next] = NEXTHDR_FRAGMENT;
	frag->transport_header = frag->network_header + plan->before;
	if (skb_copy_bits(skb, plan->before + off, to + headers, len)) {
		/* What is refused is the packet. */
		consume_skb(frag);
		return NULL;
	}

	fh = (struct frag_hdr *)(to + plan->before);
	fh->nexthdr = plan->type;
	fh->reserved = 0;
	fh->frag_off = htons(off | more);
	fh->identification = plan->id;
	ipv6_hdr(frag)->payload_len = htons(headers + len -
					    sizeof(struct ipv6hdr));
	fragment_inherit(frag, skb);
	return frag;
}

/* All of them, in order. The packet stays the caller's. */
static int fragment_all(struct net *net, struct sock *sk, struct sk_buff *skb,
			const struct frag_plan *plan, sxt_output_t *output)
{
	struct inet6_dev *in6 = __in6_dev_get(skb_dst_dev_rcu(skb));
	u32 total = skb->len - plan->before;
	struct sk_buff *frag;
	u32 off, len;
	int err;

	for (off = 0; off < total; off += len) {
		len = min(total - off, plan->room);
		frag = fragment_build(skb, plan, off, len, off + len < total);
		if (!frag)
			return -ENOMEM;
		err = output(net, sk, frag);
		if (err)
			return err;
		IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGCREATES);
	}
	return 0;
}

/* As sxt_ip6_fragment(), under rcu_read_lock(). */
static int fragment_rcu(struct net *net, struct sock *sk, struct sk_buff *skb,
			sxt_output_t *output)
{
	struct net_device *dev = skb_dst_dev_rcu(skb);
	struct inet6_dev *in6 = __in6_dev_get(dev);
	struct frag_plan plan;
	enum sxt_why why;
	int err;

	why = SXT_WHY_OUT_TOO_BIG;
	err = plan_mtu(&plan, skb);
	if (err) {
		/* A bridge's packet has the port, and its dst the bridge. */
		skb->dev = dev;
		sxt_icmp_send(skb, ICMPV6_PKT_TOOBIG, 0, plan.mtu, NULL,
			      IP6CB(skb));
		goto drop;
	}
	err = plan_cuts(&plan, net, skb);
	why = err == -ENOMEM ? SXT_WHY_NO_MEMORY : SXT_WHY_OUT_CHAIN;
	if (err)
		goto drop;
	err = fragment_all(net, sk, skb, &plan, output);
	why = err == -ENOMEM ? SXT_WHY_NO_MEMORY : SXT_WHY_FRAGMENT_REFUSED;
	if (err)
		goto drop;
	IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGOKS);
	consume_skb(skb);
	return 0;

drop:
	IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGFAILS);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return err;
}

/**
 * sxt_ip6_fragment() - send a packet in fragments
 * @net: the namespace
 * @sk: who sends it, or NULL
 * @skb: the packet, from the IPv6 header on; dst and dev are set; the
 *	unfragmentable part is linear
 * @output: takes each fragment, and gives it up, whatever it returns
 *
 * A packet that is too long and must not be cut is told to its sender, with the
 * MTU that it should have kept to; for one of this node's own, its socket
 * learns that as of any other.
 *
 * Context: any but hard interrupt. The packet is gone.
 * Return: 0; -EMSGSIZE: not to be cut; other -errno, or what @output said of
 * the first fragment that it didn't take.
 */
int sxt_ip6_fragment(struct net *net, struct sock *sk, struct sk_buff *skb,
		     sxt_output_t *output)
{
	int err;

	rcu_read_lock();
	err = fragment_rcu(net, sk, skb, output);
	rcu_read_unlock();
	return err;
}
