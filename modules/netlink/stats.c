// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a namespace. */
#include "netlink.h"

static int stats_fill_counts(struct sk_buff *msg, struct net *net)
{
	if (nla_put_uint(msg, SEXTANT_A_STATS_SAS, sxt_sa_count(net)) ||
	    nla_put_uint(msg, SEXTANT_A_STATS_POLICIES,
			 sxt_policy_total(net)) ||
	    nla_put_uint(msg, SEXTANT_A_STATS_GENERATION,
			 sxt_generation(net)))
		return -EMSGSIZE;
	return 0;
}

static int stats_fill(struct sk_buff *msg, struct net *net)
{
	struct sxt_tally sum;
	u32 reason;
	int err;

	sxt_tally_sum(net, &sum);
	for (reason = 0; reason < SXT_DROPS; reason++)
		if (sxt_drops_fill(msg, SEXTANT_A_STATS_DROPS, reason,
				   sum.drops[reason]))
			return -EMSGSIZE;
	/* Not of a transaction that is under way. */
	sxt_config_lock(net);
	err = stats_fill_counts(msg, net);
	sxt_config_unlock(net);
	if (err ||
	    nla_put_uint(msg, SEXTANT_A_STATS_IN_PACKETS, sum.in_packets) ||
	    nla_put_uint(msg, SEXTANT_A_STATS_OUT_PACKETS, sum.out_packets) ||
	    nla_put_uint(msg, SEXTANT_A_STATS_BYPASSED_ND, sum.nd_bypassed))
		return -EMSGSIZE;
	return 0;
}

/**
 * sextant_nl_stats_get_doit() - show the counters
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sextant_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_iput(msg, info);
	if (!hdr || stats_fill(msg, genl_info_net(info))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
