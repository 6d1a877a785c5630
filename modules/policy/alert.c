// SPDX-License-Identifier: GPL-2.0-only
/*
 * Router alerts (RFC 2113, RFC 2711): sockets of this host may take packets
 * that have one and are for others, and those of a multicast router IGMP, in
 * the middle of forwarding, where no hook has seen them. So they are asked
 * about at PRE_ROUTING, by the addresses that they came with.
 */
#include <linux/inetdevice.h>
#include <linux/ipv6.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include "policy.h"

static unsigned int alert_ask(struct sk_buff *skb, u8 family, u8 dir,
			      const struct nf_hook_state *state)
{
	struct sxt_sa *chain[SXT_CHAIN_MAX];
	int count = sxt_mark_get(skb, state->net, chain);
	const struct sxt_arrival arrival = {
		.net = state->net,
		.skb = skb,
		.chain = chain,
		.ifindex = state->in->ifindex,
		.family = family,
		.count = count,
	};
	int verdict = SEXTANT_DROP_SA_GONE;

	if (likely(count >= 0))
		verdict = sxt_check_alert(&arrival, dir);
	if (!verdict)
		return NF_ACCEPT;
	sxt_drop(state->net, skb, verdict, count > 0 ? chain[0] : NULL);
	return NF_STOLEN;
}

/* Is it for a group that is routed, on a link of a multicast router? */
static bool alert_multicast(const struct net_device *dev, __be32 group)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);

	return in_dev && IN_DEV_MFORWARD(in_dev) &&
	       !ipv4_is_local_multicast(group);
}

/**
 * sxt_alert4() - may a socket take this packet on its way?
 * @skb: an IPv4 packet with options, or of IGMP
 * @state: where we are
 *
 * What is for this host meets LOCAL_IN. What is to be forwarded must suit the
 * forward policies, and what a multicast router listens to the in policies.
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: NF_ACCEPT or NF_STOLEN.
 */
unsigned int sxt_alert4(struct sk_buff *skb, const struct nf_hook_state *state)
{
	__be32 daddr = ip_hdr(skb)->daddr;

	switch (inet_addr_type_dev_table(state->net, state->in, daddr)) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
		return NF_ACCEPT;
	case RTN_MULTICAST:
		if (!alert_multicast(state->in, daddr))
			return NF_ACCEPT;
		return alert_ask(skb, AF_INET, SEXTANT_DIRECTION_IN, state);
	default:
		return alert_ask(skb, AF_INET, SEXTANT_DIRECTION_FORWARD,
				 state);
	}
}

static bool alert_is_ours(const struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif = state->in->ifindex,
		.flowi6_mark = skb->mark,
		.saddr = ip6h->saddr,
		.daddr = ip6h->daddr,
	};
	struct fib6_result res = {};

	return !ipv6_stub->fib6_lookup(state->net, 0, &fl6, &res, 0) &&
	       (res.fib6_type == RTN_LOCAL || res.fib6_type == RTN_ANYCAST);
}

/**
 * sxt_alert6() - may a socket take this packet on its way?
 * @skb: an IPv6 packet with a router alert
 * @state: where we are
 *
 * None takes multicast packets; the rest is as in sxt_alert4().
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: NF_ACCEPT or NF_STOLEN.
 */
unsigned int sxt_alert6(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr) ||
	    alert_is_ours(skb, state))
		return NF_ACCEPT;
	return alert_ask(skb, AF_INET6, SEXTANT_DIRECTION_FORWARD, state);
}
