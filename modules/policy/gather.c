// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments (RFC 4301 section 7): in a namespace with policies they are put
 * together before any policy is asked, so that each datagram is judged whole.
 * Fragments that came in clear and fragments that came through SAs, or through
 * different SAs, never meet in one queue: that all of a datagram came the same
 * way is so by construction. The queues are the kernel's own, and each way has
 * a number for them that is no other way's.
 */
#include <linux/ipv6.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <sextant/parse.h>
#include "policy.h"

/* Numbers of queues; the kernel's own users have small ones. */
#define GATHER_CLEAR		0x53580000u
#define GATHER_SA		0x80000000u
#define GATHER_BUNDLE		0xc0000000u
#define GATHER_NUMBERS		BIT(30)

static DEFINE_MUTEX(gather_lock);
static unsigned int gather_users;
static int (*gather_ipv6)(struct net *net, struct sk_buff *skb, u32 user);

/**
 * sxt_gather_init() - have the queues of IPv6 loaded, a module of their own
 *
 * Not at the first policy: a request of generic netlink must not wait for a
 * module that may bring a family itself.
 *
 * Context: process; sleeps.
 */
void sxt_gather_init(void)
{
	request_module("nf_defrag_ipv6");
}

/**
 * sxt_gather_get() - a namespace is about to gather fragments
 *
 * Without the queues of IPv6 its fragments are judged one by one, and refused
 * where a policy may demand protection.
 *
 * Context: process; sleeps.
 */
void sxt_gather_get(void)
{
	mutex_lock(&gather_lock);
	if (!gather_users++)
		WRITE_ONCE(gather_ipv6, symbol_get(nf_ct_frag6_gather));
	mutex_unlock(&gather_lock);
}

/**
 * sxt_gather_put() - a namespace has stopped
 *
 * Context: process; no hook of ours runs in that namespace any more.
 */
void sxt_gather_put(void)
{
	mutex_lock(&gather_lock);
	if (!--gather_users && gather_ipv6) {
		WRITE_ONCE(gather_ipv6, NULL);
		synchronize_net();
		symbol_put(nf_ct_frag6_gather);
	}
	mutex_unlock(&gather_lock);
}

/*
 * The number of a bundle of SAs. Only the last bundles are known: one that comes
 * again later has another number, and what lies in its old queue is lost in
 * time. The kernel keeps fragments for a minute at most, so that none are left
 * when the numbers begin anew.
 */
static u32 gather_bundle(struct sxt_policy_net *pn, const u64 *ids)
{
	struct sxt_bundle *bundle;
	u32 number;
	int i;

	spin_lock_bh(&pn->bundles_lock);
	for (i = 0; i < SXT_BUNDLES; i++) {
		bundle = &pn->bundles[i];
		if (!memcmp(bundle->ids, ids, sizeof(bundle->ids)))
			goto found;
	}
	number = pn->bundles_last++;
	bundle = &pn->bundles[number % SXT_BUNDLES];
	memcpy(bundle->ids, ids, sizeof(bundle->ids));
	bundle->number = number % GATHER_NUMBERS;
found:
	number = bundle->number;
	spin_unlock_bh(&pn->bundles_lock);
	return GATHER_BUNDLE | number;
}

/* The queue that fragments with this packet's history go into. */
static int gather_queue(const struct sk_buff *skb, struct net *net, u32 *user)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	int count = sxt_mark_get(skb, net, chain);
	u64 ids[SXT_CHAIN_MAX] = {};
	int i;

	if (count < 0)
		return SEXTANT_DROP_SA_GONE;
	for (i = 0; i < count; i++)
		ids[i] = chain[i]->id;
	if (!count)
		*user = GATHER_CLEAR;
	else if (likely(count == 1 && ids[0] < GATHER_NUMBERS))
		*user = GATHER_SA | (u32)ids[0];
	else
		*user = gather_bundle(sxt_policy_net(net), ids);
	return SXT_PASS;
}

/* What ip_defrag() and IPv6's have against a fragment. */
static int gather_reason(int err)
{
	return err == -ENOMEM ? SEXTANT_DROP_NO_MEMORY :
				SEXTANT_DROP_FRAGMENT_BAD;
}

static unsigned int gather_fragment4(struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	int reason, err;
	u32 user;

	reason = gather_queue(skb, state->net, &user);
	if (reason) {
		sxt_drop(state->net, skb, reason, NULL);
		return NF_STOLEN;
	}
	local_bh_disable();
	err = ip_defrag(state->net, skb, user);
	local_bh_enable();
	if (err) {
		/* The packet is gone in either case. */
		if (err != -EINPROGRESS)
			sxt_drop_count(state->net, gather_reason(err), NULL);
		return NF_STOLEN;
	}
	skb->ignore_df = 1;
	return NF_ACCEPT;
}

/* May a socket take it before a hook sees it? */
static bool gather_alert4(const struct iphdr *iph)
{
	return iph->ihl != sizeof(*iph) / 4 || iph->protocol == IPPROTO_IGMP;
}

static noinline unsigned int gather_rest4(struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	unsigned int verdict = NF_ACCEPT;

	if (ip_is_fragment(ip_hdr(skb)))
		verdict = gather_fragment4(skb, state);
	if (verdict == NF_ACCEPT && gather_alert4(ip_hdr(skb))) {
		local_bh_disable();
		verdict = sxt_alert4(skb, state);
		local_bh_enable();
	}
	return verdict;
}

/**
 * sxt_gather4() - PRE_ROUTING hook: put an IPv4 datagram together
 * @priv: nothing
 * @skb: the packet
 * @state: where we are
 *
 * Context: softirq, under rcu_read_lock().
 * Return: NF_ACCEPT for whole packets, NF_STOLEN for fragments and for what no
 * socket may take.
 */
unsigned int sxt_gather4(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (likely(!ip_is_fragment(iph) && !gather_alert4(iph)) ||
	    state->in->flags & IFF_LOOPBACK)
		return NF_ACCEPT;
	return gather_rest4(skb, state);
}

/* The chain of headers may have anything in it. */
static unsigned int gather_chain6(struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	int (*gather)(struct net *net, struct sk_buff *skb, u32 user);
	struct sxt_hdr_info info;
	struct sxt_tuple tuple;
	int reason, err;
	u32 user;

	if (sxt_tuple_skb(skb, AF_INET6, 0, &tuple, &info) ||
	    !(tuple.flags & (SXT_TUPLE_FRAGMENT | SXT_TUPLE_FIRST)))
		return NF_ACCEPT;
	gather = READ_ONCE(gather_ipv6);
	if (!gather)
		return NF_ACCEPT;
	reason = gather_queue(skb, state->net, &user);
	if (reason) {
		sxt_drop(state->net, skb, reason, NULL);
		return NF_STOLEN;
	}
	err = gather(state->net, skb, user);
	if (err == -EINPROGRESS)
		return NF_STOLEN;
	if (!err)
		return NF_ACCEPT;
	sxt_drop(state->net, skb, gather_reason(err), NULL);
	return NF_STOLEN;
}

static noinline unsigned int gather_rest6(struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	unsigned int verdict = gather_chain6(skb, state);

	if (verdict == NF_ACCEPT && IP6CB(skb)->flags & IP6SKB_ROUTERALERT) {
		local_bh_disable();
		verdict = sxt_alert6(skb, state);
		local_bh_enable();
	}
	return verdict;
}

/**
 * sxt_gather6() - PRE_ROUTING hook: put an IPv6 datagram together
 * @priv: nothing
 * @skb: the packet
 * @state: where we are
 *
 * Context: softirq, under rcu_read_lock().
 * Return: NF_ACCEPT for whole packets, NF_STOLEN for fragments and for what no
 * socket may take.
 */
unsigned int sxt_gather6(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	u8 next = ipv6_hdr(skb)->nexthdr;

	if (likely(next == IPPROTO_TCP || next == IPPROTO_UDP ||
		   next == IPPROTO_ESP || next == IPPROTO_ICMPV6) ||
	    state->in->flags & IFF_LOOPBACK)
		return NF_ACCEPT;
	return gather_rest6(skb, state);
}
