// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was learned of single destinations (pmtu.c), for those who ask for
 * nothing else: `ip -6 route show cache` and `ip -6 route flush cache`. Routes
 * are neither shown nor touched by it.
 */
#include <net/ip6_route.h>
#include "rtnl_route.h"

struct cache_dump {
	struct sk_buff *skb;
	const struct sxt_rtm *m;
	struct net *net;
};

/* Under RCU. Nothing is said of what changes nothing for packets from here. */
static int cache_show(const struct in6_addr *daddr, int link, void *arg)
{
	const struct flowi6 fl6 = {
		.flowi6_oif = link,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.daddr = *daddr,
	};
	struct sxt_rtm_answer answer = { .daddr = daddr };
	const struct cache_dump *d = arg;
	struct sxt_fib_result res;
	int err;

	sxt_route_resolve(d->net, &fl6, NULL, link, &res);
	if (!res.hop || res.rt->dst.error)
		return 0;
	answer.rt = sxt_pmtu_show(d->net, res.rt, daddr);
	if (!answer.rt)
		return 0;
	err = sxt_rtm_fill(d->skb, d->m, res.hop->route, &answer);
	sxt_rt_retire(answer.rt);
	return err;
}

/**
 * sxt_rtm_dump_cache() - RTM_GETROUTE of all with RTM_F_CLONED
 * @skb: filled
 * @m: header of the messages
 * @pos: where the dump is; all zero at first
 *
 * Context: process.
 * Return: 0 at the end, or -EMSGSIZE: go on at @pos.
 */
int sxt_rtm_dump_cache(struct sk_buff *skb, const struct sxt_rtm *m,
		       struct sxt_pmtu_pos *pos)
{
	struct cache_dump d = {
		.skb = skb, .m = m, .net = sock_net(skb->sk),
	};

	return sxt_pmtu_walk(d.net, pos, cache_show, &d);
}

/**
 * sxt_rtm_del_cache() - RTM_DELROUTE with RTM_F_CLONED
 * @net: namespace
 * @cfg: the destination, and the interface if it names one
 * @extack: where the reason of a refusal goes
 *
 * Context: RTNL.
 * Return: 0, -EINVAL or -ESRCH.
 */
int sxt_rtm_del_cache(struct net *net, const struct sxt_route_cfg *cfg,
		      struct netlink_ext_ack *extack)
{
	const struct net_device *dev = cfg->hop_count ? cfg->hops[0].dev : NULL;

	if (cfg->dst_len != 128 || cfg->src_len || cfg->hop_count > 1) {
		NL_SET_ERR_MSG(extack,
			       "what was learned is of single destinations");
		return -EINVAL;
	}
	if (sxt_pmtu_drop(net, &cfg->dst, dev ? dev->ifindex : 0))
		return 0;
	NL_SET_ERR_MSG(extack, "nothing was learned of this destination");
	return -ESRCH;
}
