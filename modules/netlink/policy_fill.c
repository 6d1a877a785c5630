// SPDX-License-Identifier: GPL-2.0-only
/* A policy as netlink shows it. */
#include "netlink.h"

static int fill_transform(struct sk_buff *skb,
			  const struct sxt_policy_transform *t)
{
	struct nlattr *nest = nla_nest_start(skb, SEXTANT_A_POLICY_TRANSFORM);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, SEXTANT_A_TRANSFORM_PROTOCOL, t->proto) ||
	    nla_put_u32(skb, SEXTANT_A_TRANSFORM_MODE, t->mode) ||
	    nla_put_u32(skb, SEXTANT_A_TRANSFORM_GROUP, t->group) ||
	    (t->spi && nla_put_be32(skb, SEXTANT_A_TRANSFORM_SPI, t->spi)) ||
	    (t->family &&
	     (sxt_addr_fill(skb, SEXTANT_A_TRANSFORM_SRC, &t->src,
			    t->family) ||
	      sxt_addr_fill(skb, SEXTANT_A_TRANSFORM_DST, &t->dst,
			    t->family)))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_counts(struct sk_buff *skb, const struct sxt_policy *policy)
{
	struct sxt_policy_count sum;
	u32 reason;

	sxt_policy_sum(policy, &sum);
	if (nla_put_uint(skb, SEXTANT_A_POLICY_PACKETS, sum.packets) ||
	    nla_put_uint(skb, SEXTANT_A_POLICY_BYTES, sum.bytes))
		return -EMSGSIZE;
	for (reason = 0; reason < ARRAY_SIZE(sum.dropped); reason++)
		if (sxt_drops_fill(skb, SEXTANT_A_POLICY_DROPS, reason,
				   sum.dropped[reason]))
			return -EMSGSIZE;
	return 0;
}

/**
 * sxt_policy_fill() - write a policy
 * @skb: where to
 * @policy: the policy
 *
 * Context: configuration mutex held.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_policy_fill(struct sk_buff *skb, const struct sxt_policy *policy)
{
	u8 i;

	if (nla_put_uint(skb, SEXTANT_A_POLICY_ID, policy->id) ||
	    (policy->name &&
	     nla_put_string(skb, SEXTANT_A_POLICY_NAME, policy->name)) ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_DIRECTION, policy->dir) ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_PRIORITY, policy->priority) ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_ACTION, policy->action) ||
	    sxt_selector_fill(skb, SEXTANT_A_POLICY_SELECTOR, &policy->sel))
		return -EMSGSIZE;
	for (i = 0; i < policy->count; i++)
		if (fill_transform(skb, &policy->transforms[i]))
			return -EMSGSIZE;
	if (fill_counts(skb, policy) ||
	    nla_put_uint(skb, SEXTANT_A_POLICY_GENERATION, policy->generation))
		return -EMSGSIZE;
	return 0;
}

/**
 * sxt_policy_fill_nd() - write rule 0
 * @skb: where to
 * @net: the namespace
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_policy_fill_nd(struct sk_buff *skb, struct net *net)
{
	struct sxt_tally sum;

	sxt_tally_sum(net, &sum);
	if (nla_put_uint(skb, SEXTANT_A_POLICY_ID, 0) ||
	    nla_put_string(skb, SEXTANT_A_POLICY_NAME, "neighbour-discovery") ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_PRIORITY, 0) ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_ACTION, SEXTANT_ACTION_BYPASS) ||
	    nla_put_uint(skb, SEXTANT_A_POLICY_PACKETS, sum.nd_bypassed) ||
	    nla_put_flag(skb, SEXTANT_A_POLICY_BUILTIN) ||
	    nla_put_u32(skb, SEXTANT_A_POLICY_ENABLED,
			sxt_policy_nd_enabled(net)))
		return -EMSGSIZE;
	return 0;
}
