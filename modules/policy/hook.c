// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where packets meet the policy engine: POST_ROUTING, last, for all that
 * leaves; LOCAL_IN and FORWARD, first, for all that arrives. Before that, at
 * PRE_ROUTING, fragments are put together (gather.c). A namespace without
 * policies has no hooks, and pays nothing.
 */
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>
#include <sextant/parse.h>
#include "policy.h"

/* What a sender on this host is told; counters and monitor tell more. */
static int hook_errno(int reason)
{
	switch (reason) {
	case SEXTANT_DROP_SA_MISSING:
	case SEXTANT_DROP_SA_GONE:
		return -ENOKEY;
	case SEXTANT_DROP_SA_EXPIRED:
	case SEXTANT_DROP_SEQUENCE_EXHAUSTED:
		return -EKEYEXPIRED;
	case SEXTANT_DROP_TOO_BIG:
		return -EMSGSIZE;
	case SEXTANT_DROP_NO_MEMORY:
	case SEXTANT_DROP_CIPHER_BUSY:
		return -ENOBUFS;
	case SEXTANT_DROP_NO_ROUTE:
		return -EHOSTUNREACH;
	default:
		return -EPERM;
	}
}

/* The packet is netfilter's to free; it hands the errno to the sender. */
static unsigned int hook_drop(struct net *net, int reason, struct sxt_sa *sa)
{
	sxt_drop_count(net, reason, sa);
	return NF_DROP_ERR(hook_errno(reason));
}

static int hook_protect(struct sk_buff *skb, u8 family,
			const struct sxt_flow *flow,
			const struct sxt_hdr_info *info,
			const struct nf_hook_state *state, struct sxt_sa **sa)
{
	bool fragment = flow->key.flags & (SXT_TUPLE_FRAGMENT |
					   SXT_TUPLE_FIRST);
	struct sxt_pkt p = {
		.skb = skb,
		.net = state->net,
		.sa = flow->chain[0],
		.family = family,
		.insert = fragment ? 0 : info->insert,
		.next = info->next,
		.out.sk = state->sk,
		.out.okfn = state->okfn,
		.out.count = flow->count,
	};
	int verdict;

	memcpy(p.out.chain, flow->chain, sizeof(p.out.chain));
	verdict = sxt_mtu_check(&p, flow);
	if (!verdict)
		verdict = sxt_output(&p);
	dst_release(p.out.dst);
	*sa = p.sa;
	return verdict;
}

/*
 * Connection tracking confirms a new connection at the priority that we have,
 * so it may come behind us, where the packet is not what it was.
 */
static unsigned int hook_confirm(struct sk_buff *skb)
{
	unsigned int verdict = NF_ACCEPT;
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	const struct nf_ct_hook *ct_hook = rcu_dereference(nf_ct_hook);
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);

	if (ct && ct_hook && !nf_ct_is_confirmed(ct))
		verdict = ct_hook->confirm(skb);
#endif
	if (verdict == NF_ACCEPT)
		nf_reset_ct(skb);
	return verdict;
}

static unsigned int hook_out_decide(struct net *net, struct sk_buff *skb,
				    u8 family,
				    const struct nf_hook_state *state)
{
	struct sxt_sa *sa = NULL;
	const struct sxt_policy *policy;
	struct sxt_hdr_info info;
	struct sxt_tuple tuple;
	struct sxt_flow *flow;
	int verdict;

	verdict = sxt_tuple_skb(skb, family, state->out->ifindex, &tuple,
				&info);
	if (verdict)
		return hook_drop(net, verdict, NULL);
	if (family == AF_INET6 && tuple.proto == IPPROTO_ICMPV6 &&
	    sxt_nd_passes(net, skb))
		return NF_ACCEPT;
	flow = sxt_flow_get(net, &tuple, SEXTANT_DIRECTION_OUT);
	policy = flow->policy;
	if (policy)
		sxt_policy_hit(policy, skb);
	verdict = flow->verdict;
	if (!verdict && flow->count) {
		unsigned int ct = hook_confirm(skb);

		if (unlikely(ct != NF_ACCEPT))
			return ct;
		verdict = hook_protect(skb, family, flow, &info, state, &sa);
	}
	if (verdict == SXT_PASS)
		return NF_ACCEPT;
	if (verdict == SXT_STOLEN)
		return NF_STOLEN;
	if (policy)
		this_cpu_inc(policy->counters->dropped[verdict]);
	return hook_drop(net, verdict, sa);
}

/* What comes from a device has softirqs off; to turn them on costs. */
static bool hook_softirqs_off(void)
{
	if (softirq_count())
		return false;
	local_bh_disable();
	return true;
}

/*
 * A frame from one port of a bridge to another, which br_netfilter shows to
 * hooks of IP. It has no IP output of this host before it nor behind it: its
 * Ethernet header stands, and policies have no part in it.
 */
static bool hook_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct net_device *port = nf_bridge_get_physoutdev(skb);

	return port && port == skb->dev;
#else
	return false;
#endif
}

static unsigned int hook_out(struct sk_buff *skb, u8 family,
			     const struct nf_hook_state *state)
{
	unsigned int verdict;
	bool were_on;

	if (sxt_output_protected(skb, family) ||
	    state->out->flags & IFF_LOOPBACK || hook_bridged(skb))
		return NF_ACCEPT;
	/* What leaves a VRF comes by once more, with its real interface. */
	if (unlikely(netif_is_l3_master(state->out)))
		return NF_ACCEPT;
	were_on = hook_softirqs_off();
	verdict = hook_out_decide(state->net, skb, family, state);
	if (were_on)
		local_bh_enable();
	return verdict;
}

/*
 * AH and ESP right behind the IP header, for this host: what they carry is
 * asked when it comes out. Behind extension headers sxt_check() finds them, and
 * it refuses those that will not come out.
 */
static bool hook_carries_security(const struct sk_buff *skb, u8 family)
{
	u8 next = family == AF_INET ? ip_hdr(skb)->protocol :
				      ipv6_hdr(skb)->nexthdr;

	return (next == IPPROTO_ESP || next == IPPROTO_AH) &&
	       sxt_transform_present(next);
}

static unsigned int hook_in(struct sk_buff *skb, u8 family, u8 dir,
			    const struct nf_hook_state *state)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	struct net *net = state->net;
	struct sxt_arrival arrival;
	int count, verdict;
	bool were_on;

	if (state->in->flags & IFF_LOOPBACK)
		return NF_ACCEPT;
	if (dir == SEXTANT_DIRECTION_IN && hook_carries_security(skb, family))
		return NF_ACCEPT;
	count = sxt_mark_get(skb, net, chain);
	if (unlikely(count < 0))
		return hook_drop(net, SEXTANT_DROP_SA_GONE, NULL);
	arrival = (struct sxt_arrival){
		.net = net,
		.skb = skb,
		.chain = chain,
		.ifindex = state->in->ifindex,
		.family = family,
		.count = count,
	};
	were_on = hook_softirqs_off();
	verdict = sxt_check(&arrival, dir);
	if (were_on)
		local_bh_enable();
	if (verdict)
		return hook_drop(net, verdict, count ? chain[0] : NULL);
	return NF_ACCEPT;
}

static unsigned int hook_out4(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, AF_INET, state);
}

static unsigned int hook_out6(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	return hook_out(skb, AF_INET6, state);
}

static unsigned int hook_in4(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, AF_INET, SEXTANT_DIRECTION_IN, state);
}

static unsigned int hook_in6(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	return hook_in(skb, AF_INET6, SEXTANT_DIRECTION_IN, state);
}

/*
 * A flowtable of nftables takes over connections that are forwarded, and sends
 * them past all hooks. It leaves those alone that have a security path, so one
 * that says nothing keeps each packet of a connection where policies see it.
 */
static unsigned int hook_forward(struct sk_buff *skb, u8 family,
				 const struct nf_hook_state *state)
{
	unsigned int verdict = NF_ACCEPT;

	if (!hook_bridged(skb))
		verdict = hook_in(skb, family, SEXTANT_DIRECTION_FORWARD,
				  state);
	if (verdict == NF_ACCEPT && skb_nfct(skb) && !skb_sec_path(skb) &&
	    sxt_mark_set(skb, state->net, NULL, 0))
		return hook_drop(state->net, SEXTANT_DROP_NO_MEMORY, NULL);
	return verdict;
}

static unsigned int hook_forward4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return hook_forward(skb, AF_INET, state);
}

static unsigned int hook_forward6(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return hook_forward(skb, AF_INET6, state);
}

static const struct nf_hook_ops hook_ops[] = {
	{
		.hook = sxt_gather4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG - 1,
	}, {
		.hook = sxt_gather6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_CONNTRACK_DEFRAG - 1,
	}, {
		.hook = hook_out4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP_PRI_LAST,
	}, {
		.hook = hook_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST + 1,
	}, {
		.hook = hook_forward4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FIRST + 1,
	}, {
		.hook = hook_out6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = NF_IP6_PRI_LAST,
	}, {
		.hook = hook_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST + 1,
	}, {
		.hook = hook_forward6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FIRST + 1,
	},
};

/**
 * sxt_hooks_add() - have packets of a namespace meet the policies
 * @net: the namespace
 *
 * Context: configuration mutex held; sleeps. Nothing happens if it is so.
 * Return: 0 or -errno.
 */
int sxt_hooks_add(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int err;

	if (pn->hooked)
		return 0;
	err = sxt_flow_fill(pn);
	if (err)
		return err;
	sxt_gather_get();
	err = nf_register_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
	if (err) {
		sxt_gather_put();
		return err;
	}
	WRITE_ONCE(pn->hooked, true);
	/*
	 * What flowtables have taken over until now, they give back; who is
	 * inside and has not met our hooks may yet hand them a connection. An
	 * IPv6 stack that is a module waits for who is inside.
	 */
	synchronize_rcu_expedited();
	rcu_read_lock();
	rt_genid_bump_all(net);
	rcu_read_unlock();
	return 0;
}

/**
 * sxt_hooks_del() - leave the packets of a namespace alone
 * @net: the namespace
 *
 * Context: configuration mutex held; sleeps. Nothing happens if it is so.
 */
void sxt_hooks_del(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);

	if (!pn->hooked)
		return;
	WRITE_ONCE(pn->hooked, false);
	nf_unregister_net_hooks(net, hook_ops, ARRAY_SIZE(hook_ops));
	sxt_gather_put();
}
