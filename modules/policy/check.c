// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inbound check (RFC 4301 5.2): was this packet protected as the policy
 * for it demands, by the right SAs, all of them and no others?
 */
#include <sextant/parse.h>
#include "policy.h"

/* One SA of the chain against one layer of the policy; it is from @src. */
static bool check_layer(const struct sxt_policy_transform *t,
			const struct sxt_sa *sa, const struct sxt_addr *src)
{
	if (sa->ident.proto != t->proto || sa->mode != t->mode ||
	    sa->group != t->group)
		return false;
	if (t->spi && sa->ident.spi != t->spi)
		return false;
	if (t->mode == SEXTANT_MODE_TUNNEL)
		return sa->ident.family == t->family &&
		       sxt_addr_equal(&sa->src, src) &&
		       sxt_addr_equal(&sa->ident.dst, &t->dst);
	return sxt_addr_equal(&sa->src, src);
}

static bool check_chain(const struct sxt_policy *policy,
			const struct sxt_tuple *tuple,
			struct sxt_sa *const *chain, u8 count)
{
	const struct sxt_addr *src = &tuple->src;
	u8 i;

	if (count != policy->count)
		return false;
	/* The chain begins outside, the policy's list inside. */
	for (i = 0; i < count; i++) {
		const struct sxt_policy_transform *t = &policy->transforms[i];

		/* What is around a tunnel has the tunnel's ends. */
		if (t->mode == SEXTANT_MODE_TUNNEL)
			src = &t->src;
		if (!check_layer(t, chain[count - 1 - i], src))
			return false;
	}
	return true;
}

static bool check_same_chain(const struct sxt_flow *flow,
			     struct sxt_sa *const *chain, u8 count)
{
	u8 i;

	if (flow->count != count)
		return false;
	for (i = 0; i < count; i++)
		if (flow->chain[i] != chain[i])
			return false;
	return true;
}

static bool check_alive(struct sxt_sa *const *chain, u8 count)
{
	u8 i;

	for (i = 0; i < count; i++)
		if (!READ_ONCE(chain[i]->alive))
			return false;
	return true;
}

/*
 * Came protected, and no policy asks for it: a transport SA vouches for what
 * the packet is anyway; a tunnel SA could carry anything, so its own selectors
 * must have let it pass.
 */
static bool check_unasked(struct sxt_sa *const *chain, u8 count)
{
	u8 i;

	for (i = 0; i < count; i++)
		if (chain[i]->mode == SEXTANT_MODE_TUNNEL && !chain[i]->sel)
			return false;
	return true;
}

static int check_flow(struct sxt_flow *flow, struct sxt_sa *const *chain,
		      u8 count)
{
	const struct sxt_policy *policy = flow->policy;

	if (flow->verdict)
		return flow->verdict;
	if (!policy || policy->action == SEXTANT_ACTION_BYPASS)
		return check_unasked(chain, count) ?
			SXT_PASS : SEXTANT_DROP_POLICY_MISMATCH;
	if (!count)
		return SEXTANT_DROP_POLICY_CLEAR;
	if (likely(check_same_chain(flow, chain, count)))
		return SXT_PASS;
	if (!check_chain(policy, &flow->key, chain, count))
		return SEXTANT_DROP_POLICY_MISMATCH;
	/*
	 * Kept by their addresses, for as long as the generation is what the
	 * flow was found in. One that had gone before might leave its place in
	 * memory to another, of which nothing was asked.
	 */
	if (likely(check_alive(chain, count))) {
		memcpy(flow->chain, chain, count * sizeof(*chain));
		flow->count = count;
	}
	return SXT_PASS;
}

/* The verdict of a direction, and the policy that it is of, or NULL. */
static int check_ask(const struct sxt_arrival *p, u8 dir,
		     const struct sxt_policy **policy)
{
	struct sxt_hdr_info info;
	struct sxt_tuple tuple;
	struct sxt_flow *flow;
	int verdict;

	*policy = NULL;
	/* The first policies are about to come, or the last have just gone. */
	if (unlikely(!rcu_access_pointer(sxt_policy_net(p->net)->spd[dir])))
		return SXT_PASS;
	verdict = sxt_tuple_skb(p->skb, p->family, p->ifindex, &tuple, &info);
	if (verdict)
		return verdict;
	if (!p->count)
		sxt_tuple_distrust(&tuple);
	/*
	 * AH and ESP for this host, out of a tunnel as well: what they carry
	 * will be asked, with all SAs that it came through. Where nobody will
	 * look into them there is no SA for them (RFC 4301 5.2, step 3a).
	 */
	if (dir == SEXTANT_DIRECTION_IN &&
	    !(tuple.flags & SXT_TUPLE_CLAIMED) &&
	    (tuple.proto == IPPROTO_ESP || tuple.proto == IPPROTO_AH))
		return sxt_transform_present(tuple.proto) ?
			SXT_PASS : SEXTANT_DROP_SA_UNKNOWN;
	if (!p->count) {
		if (p->family == AF_INET6 && dir == SEXTANT_DIRECTION_IN &&
		    sxt_nd_passes(p->net, p->skb))
			return SXT_PASS;
	} else if (unlikely(tuple.flags & (SXT_TUPLE_FRAGMENT |
					   SXT_TUPLE_FIRST)) &&
		   p->chain[p->count - 1]->mode == SEXTANT_MODE_TRANSPORT) {
		/* RFC 4303 3.3.4, and options may hide the fragment header. */
		return SEXTANT_DROP_INNER_FRAGMENT;
	}
	flow = sxt_flow_get(p->net, &tuple, dir);
	*policy = flow->policy;
	return check_flow(flow, p->chain, p->count);
}

/* Each packet comes here once, when it is known what becomes of it. */
static void check_count(const struct sxt_policy *policy,
			const struct sk_buff *skb, int verdict)
{
	if (!policy)
		return;
	sxt_policy_hit(policy, skb);
	if (verdict)
		this_cpu_inc(policy->counters->dropped[verdict]);
}

/**
 * sxt_check() - may this packet come in?
 * @p: the packet
 * @dir: SEXTANT_DIRECTION_IN or _FORWARD
 *
 * The mark of a packet that may be delivered here has served and is taken off.
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict; the packet stays the caller's.
 */
int sxt_check(const struct sxt_arrival *p, u8 dir)
{
	const struct sxt_policy *policy;
	int verdict;

	verdict = check_ask(p, dir, &policy);
	check_count(policy, p->skb, verdict);
	/* Nobody asks behind LOCAL_IN, and XFRM looks up what has a mark. */
	if (!verdict && p->count && dir == SEXTANT_DIRECTION_IN)
		sxt_mark_clear(p->skb);
	return verdict;
}

/**
 * sxt_check_alert() - may a socket take this packet before a hook sees it?
 * @p: the packet
 * @dir: SEXTANT_DIRECTION_IN or _FORWARD
 *
 * If none does, it meets the hook, and is counted there.
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict; the packet stays the caller's.
 */
int sxt_check_alert(const struct sxt_arrival *p, u8 dir)
{
	const struct sxt_policy *policy;
	int verdict = check_ask(p, dir, &policy);

	if (verdict)
		check_count(policy, p->skb, verdict);
	return verdict;
}

/**
 * sxt_check_input() - a packet has come out of its last SA
 * @net: the namespace
 * @skb: the inner packet, network header set
 * @family: its family
 * @chain: the SAs, outermost first
 * @count: how many
 * @way: what becomes of it if it passes. One that is yet to be routed must
 *	suit one of the two directions before anyone sees it
 *
 * In a namespace without policies it passes. A packet that passes here and
 * meets a hook is counted there. One that suits neither direction takes none:
 * it is counted under the in policy that it matches, or else under the forward
 * policy.
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict.
 */
int sxt_check_input(struct net *net, struct sk_buff *skb, u8 family,
		    struct sxt_sa *const *chain, u8 count, enum sxt_way way)
{
	struct sxt_arrival p = {
		.net = net,
		.skb = skb,
		.chain = chain,
		.ifindex = skb->dev->ifindex,
		.family = family,
		.count = count,
	};
	const struct sxt_policy *policy, *forward;
	int verdict, other;

	if (!READ_ONCE(sxt_policy_net(net)->hooked))
		return SXT_PASS;
	verdict = check_ask(&p, SEXTANT_DIRECTION_IN, &policy);
	if (verdict && way == SXT_WAY_ROUTED) {
		other = check_ask(&p, SEXTANT_DIRECTION_FORWARD, &forward);
		if (!other)
			return SXT_PASS;
		if (!policy && forward) {
			policy = forward;
			verdict = other;
		}
	}
	if (verdict || way == SXT_WAY_DELIVERED)
		check_count(policy, skb, verdict);
	return verdict;
}
