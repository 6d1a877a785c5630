// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cuts packets into fragments (RFC 8200 4.5): this node's own, and those that
 * came in fragments and were put together for a hook, of the node or of a
 * bridge.
 */
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <net/ip6_route.h>
#include "ext.h"
#include "packet.h"

/**
 * struct frag_to - who takes the fragments
 * @output: a function of the stack's, or NULL
 * @bridge: a bridge's, then
 * @data: what that one wants to have with each of them
 */
struct frag_to {
	sxt_output_t *output;
	sxt_bridge_output_t *bridge;
	const struct nf_bridge_frag_data *data;
};

/**
 * struct frag_plan - how a packet is cut
 * @dev: the device that they leave by
 * @came: size of the largest fragment that it came in, or what a sender here
 *	wants none to exceed (IPV6_USE_MIN_MTU); 0: neither
 * @mtu: what a fragment may have
 * @before: bytes of the unfragmentable part, which all fragments begin with
 * @next: offset of the byte in it that names what comes behind
 * @type: that byte
 * @room: bytes of data in a fragment, but the last
 * @keep: or as many as it came with: it still is in the pieces that came
 * @id: what all have in common
 */
struct frag_plan {
	struct net_device *dev;
	u32 came;
	u32 mtu;
	u32 before;
	u32 next;
	u8 type;
	u32 room;
	bool keep;
	__be32 id;
};

/*
 * May it be cut, and to what size? 0, or -EMSGSIZE: its sender doesn't want
 * that, or is another node (RFC 8200 4.5: only sources fragment).
 */
static int plan_mtu(struct frag_plan *plan, const struct sk_buff *skb)
{
	const struct ipv6_pinfo *np = NULL;
	u32 own;

	if (skb->sk && !dev_recursion_level())
		np = inet6_sk(skb->sk);
	plan->mtu = ip6_skb_dst_mtu(skb);
	plan->came = IP6CB(skb)->frag_max_size;
	if (plan->came) {
		/*
		 * Fragments of another: none larger than the largest. Or a
		 * sender here that wants no larger ones (IPV6_USE_MIN_MTU).
		 */
		if (plan->came > plan->mtu)
			return -EMSGSIZE;
		plan->mtu = max(plan->came, IPV6_MIN_MTU);
	} else if (!skb->ignore_df && skb->len > plan->mtu) {
		return -EMSGSIZE;
	}
	own = np ? READ_ONCE(np->frag_size) : 0;
	if (own && own < plan->mtu)
		plan->mtu = own;
	return 0;
}

/* Of another node, in fragments; a sender here has a socket. */
static bool is_of_another(const struct frag_plan *plan,
			  const struct sk_buff *skb)
{
	return plan->came && !skb->sk;
}

/*
 * RFC 7112 5, RFC 8200 4.5: the first fragment has all headers, that of the
 * upper layer included. What another node has sent is not ours to judge.
 */
static bool plan_shows_chain(const struct frag_plan *plan, struct sk_buff *skb)
{
	u32 first = min(skb->len, plan->before + plan->room);
	enum sxt_chain_verdict verdict;
	u32 need = 0;

	if (is_of_another(plan, skb))
		return true;
	do {
		verdict = sxt_ext_chain(skb_network_header(skb),
					min(skb_headlen(skb), first), first,
					plan->before, plan->type, &need);
	} while (verdict == SXT_CHAIN_PULL && need <= first &&
		 pskb_may_pull(skb, need));
	return verdict == SXT_CHAIN_WHOLE;
}

/*
 * Is a packet that came in fragments still in those pieces, each of which can
 * be one again? Whoever has changed its length may have moved their bounds.
 */
static bool plan_keeps(const struct frag_plan *plan, const struct sk_buff *skb)
{
	u32 most = plan->mtu - plan->before - SXT_FRAG_HDR;
	u32 first = skb_pagelen(skb) - plan->before;
	const struct sk_buff *piece;

	if (!is_of_another(plan, skb) || !skb_has_frag_list(skb) ||
	    skb_pagelen(skb) <= plan->before || first > most || first % 8)
		return false;
	skb_walk_frags(skb, piece)
		if (!piece->len || piece->len > most ||
		    (piece->next && piece->len % 8))
			return false;
	return true;
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
		ret = skb_checksum_help(skb);
	else
		ret = 0;
	plan->keep = plan_keeps(plan, skb);
	return ret;
}

/* What hooks, queues and the link want to know of a fragment. */
static void fragment_inherit(struct sk_buff *frag, struct sk_buff *skb)
{
	frag->pkt_type = skb->pkt_type;
	frag->priority = skb->priority;
	frag->protocol = skb->protocol;
	frag->mark = skb->mark;
	frag->dev = skb->dev;
	/* A bridge has another use for it. */
	memcpy(frag->cb, skb->cb, sizeof(frag->cb));
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
				      const struct frag_plan *plan,
				      const struct sk_buff *piece, u32 off,
				      u32 len, bool more)
{
	const struct sk_buff *from = piece ?: skb;
	u32 at = piece ? 0 : plan->before + off;
	/* Read once: the device may want more at any time. */
	u32 room = LL_RESERVED_SPACE(plan->dev);
	u32 headers = plan->before + SXT_FRAG_HDR;
	struct frag_hdr *fh;
	struct sk_buff *frag;
	u8 *to;

	frag = alloc_skb(room + headers + len + plan->dev->needed_tailroom,
			 GFP_ATOMIC);
	if (!frag)
		return NULL;
	skb_reserve(frag, room);
	skb_reset_network_header(frag);
	to = skb_put(frag, headers + len);
	memcpy(to, skb_network_header(skb), plan->before);
	to[plan->next] = NEXTHDR_FRAGMENT;
	frag->transport_header = frag->network_header + plan->before;
	if (skb_copy_bits(from, at, to + headers, len)) {
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

/*
 * How much data the fragment at @off has. @piece: the one before, if they are
 * what came.
 */
static u32 fragment_len(const struct sk_buff *skb, const struct frag_plan *plan,
			u32 off, const struct sk_buff **piece)
{
	if (!plan->keep)
		return min(skb->len - plan->before - off, plan->room);
	if (!off)
		return skb_pagelen(skb) - plan->before;
	*piece = *piece ? (*piece)->next : skb_shinfo(skb)->frag_list;
	return (*piece)->len;
}

static int fragment_give(struct net *net, struct sock *sk, struct sk_buff *frag,
			 const struct frag_to *to)
{
	if (to->output)
		return to->output(net, sk, frag);
	return to->bridge(net, sk, to->data, frag);
}

/* All of them, in order. The packet stays the caller's. */
static int fragment_all(struct net *net, struct sock *sk, struct sk_buff *skb,
			const struct frag_plan *plan, const struct frag_to *to)
{
	struct inet6_dev *in6 = __in6_dev_get(plan->dev);
	u32 total = skb->len - plan->before;
	const struct sk_buff *piece = NULL;
	struct sk_buff *frag;
	u32 off, len;
	int err;

	for (off = 0; off < total; off += len) {
		len = fragment_len(skb, plan, off, &piece);
		frag = fragment_build(skb, plan, piece, off, len,
				      off + len < total);
		if (!frag)
			return -ENOMEM;
		err = fragment_give(net, sk, frag, to);
		if (err)
			return err;
		IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGCREATES);
	}
	return 0;
}

/* Cut, and all of it given away. 0; or -errno, and why. The packet is there. */
static int fragment_plan(struct net *net, struct sock *sk, struct sk_buff *skb,
			 struct frag_plan *plan, const struct frag_to *to,
			 enum sxt_why *why)
{
	int err = plan_cuts(plan, net, skb);

	if (err) {
		*why = err == -ENOMEM ? SXT_WHY_NO_MEMORY : SXT_WHY_OUT_CHAIN;
		return err;
	}
	err = fragment_all(net, sk, skb, plan, to);
	*why = err == -ENOMEM ? SXT_WHY_NO_MEMORY : SXT_WHY_FRAGMENT_REFUSED;
	return err;
}

/* The packet is gone, and counted. */
static int fragment_end(struct net *net, struct inet6_dev *in6,
			struct sk_buff *skb, int err, enum sxt_why why)
{
	if (!err) {
		IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGOKS);
		consume_skb(skb);
		return 0;
	}
	IP6_INC_STATS(net, in6, IPSTATS_MIB_FRAGFAILS);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return err;
}

/* As sxt_ip6_fragment(), under rcu_read_lock(). */
static int fragment_rcu(struct net *net, struct sock *sk, struct sk_buff *skb,
			sxt_output_t *output)
{
	const struct frag_to to = { .output = output };
	struct frag_plan plan = { .dev = skb_dst_dev_rcu(skb) };
	enum sxt_why why = SXT_WHY_OUT_TOO_BIG;
	int err;

	err = plan_mtu(&plan, skb);
	if (err) {
		/* A bridge's packet has the port, and its dst the bridge. */
		skb->dev = plan.dev;
		sxt_icmp_send(skb, ICMPV6_PKT_TOOBIG, 0, plan.mtu, NULL,
			      IP6CB(skb));
	} else {
		err = fragment_plan(net, sk, skb, &plan, &to, &why);
	}
	return fragment_end(net, __in6_dev_get(plan.dev), skb, err, why);
}

/**
 * sxt_ip6_fragment() - send a packet in fragments
 * @net: the namespace
 * @sk: who sends it, or NULL
 * @skb: the packet, from the IPv6 header on; its dst is set; the unfragmentable
 *	part is linear
 * @output: takes each fragment, and gives it up, whatever it returns
 *
 * What came in fragments leaves in the same, as far as that is still to be
 * seen, or in none that are larger. A packet that is too long and must not be
 * cut is told to its sender, with the MTU that it should have kept to; for one
 * of this node's own, its socket learns that as of any other.
 *
 * The dst's device is the one that counts: a bridge's packet has the bridge's
 * there, and in skb->dev the port that its fragments are for.
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

/*
 * How a bridge's control block begins (struct br_input_skb_cb of
 * net/bridge/br_private.h, which is for those in the kernel's tree alone).
 */
struct bridge_cb {
	struct net_device *dev;
	u16 frag_max_size;
};

/**
 * sxt_ip6_fragment_bridge() - fragments of what a bridge has put together
 * @net: the namespace
 * @sk: who sends it, or NULL
 * @skb: the packet, from the IPv6 header on, with the bridge's control block;
 *	its device is the port that it leaves by, and it need have no dst
 * @data: for @output
 * @output: takes each fragment, and gives it up, whatever it returns
 *
 * For conntrack of bridges (nf_conntrack_bridge). They leave as they came. A
 * bridge tells nobody that they don't fit.
 *
 * Context: under RCU, any but hard interrupt. The packet is gone.
 * Return: as sxt_ip6_fragment().
 */
int sxt_ip6_fragment_bridge(struct net *net, struct sock *sk,
			    struct sk_buff *skb,
			    struct nf_bridge_frag_data *data,
			    sxt_bridge_output_t *output)
{
	const struct frag_to to = { .bridge = output, .data = data };
	struct frag_plan plan = {
		.dev = skb->dev,
		.came = ((const struct bridge_cb *)skb->cb)->frag_max_size,
	};
	enum sxt_why why = SXT_WHY_BRIDGE_FRAGMENT;
	int err = -EMSGSIZE;

	plan.mtu = plan.came;
	if (plan.came <= READ_ONCE(plan.dev->mtu))
		err = fragment_plan(net, sk, skb, &plan, &to, &why);
	return fragment_end(net, __in6_dev_get(plan.dev), skb, err, why);
}
