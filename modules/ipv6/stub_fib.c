// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes as BPF programs ask for them (bpf_fib_lookup()), through ipv6_stub.
 * The answer has the form of ipv6.ko's tables: a copy of what such a program
 * reads of a route, good until the next question of the same processor.
 */
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include "fib.h"
#include "stub.h"

/**
 * struct fib_answer - a route as ipv6.ko would have it
 * @f6i: metric and preferred source
 * @nh: device and gateway
 */
struct fib_answer {
	struct fib6_info f6i;
	struct fib6_nh nh;
};

/* Whoever asks has softirqs off, and is done before they are on again. */
static DEFINE_PER_CPU(struct fib_answer, fib_answers);

static void answer_nh(struct fib6_nh *nh, const struct rt6_info *rt)
{
	memset(nh, 0, sizeof(*nh));
	nh->fib_nh_dev = rt->dst.dev;
	nh->fib_nh_oif = rt->dst.dev->ifindex;
	nh->fib_nh_family = AF_INET6;
	nh->fib_nh_lws = rt->dst.lwtstate;
	if (rt->rt6i_flags & RTF_GATEWAY) {
		nh->fib_nh_gw_family = AF_INET6;
		nh->fib_nh_gw6 = rt->rt6i_gateway;
	}
}

/* The hop, or the store's own for this destination: a redirect, an MTU. */
static void answer_fill(const struct sxt_route *route, struct rt6_info *rt,
			struct fib6_result *res)
{
	const struct in6_addr *prefsrc = sxt_route_prefsrc(route);
	const struct sxt_route_cfg *cfg = &route->cfg;
	struct fib_answer *answer = this_cpu_ptr(&fib_answers);

	answer_nh(&answer->nh, rt);
	memset(&answer->f6i, 0, sizeof(answer->f6i));
	answer->f6i.fib6_metric = cfg->metric;
	answer->f6i.fib6_protocol = cfg->proto;
	answer->f6i.fib6_type = cfg->type;
	answer->f6i.fib6_flags = rt->rt6i_flags;
	answer->f6i.fib6_dst.addr = cfg->dst;
	answer->f6i.fib6_dst.plen = cfg->dst_len;
	if (prefsrc) {
		answer->f6i.fib6_prefsrc.addr = *prefsrc;
		answer->f6i.fib6_prefsrc.plen = 128;
	}
	res->nh = &answer->nh;
	res->f6i = &answer->f6i;
	res->fib6_flags = rt->rt6i_flags;
	res->fib6_type = cfg->type;
	res->rt6 = rt;
}

static int answer(struct net *net, const struct sxt_fib_result *found,
		  const struct in6_addr *daddr, struct fib6_result *res)
{
	struct rt6_info *rt = found->rt;

	if (!found->hop)
		return -ENETUNREACH;
	if (READ_ONCE(sxt_ip6_net(net)->pmtu_count) && !rt->dst.error)
		rt = sxt_pmtu_lookup(net, rt, daddr);
	answer_fill(found->hop->route, rt, res);
	return 0;
}

/**
 * sxt_stub_fib_get_table() - fib6_get_table: a table, to be handed back
 * @net: namespace
 * @id: number
 *
 * Context: under RCU.
 * Return: the table, or NULL: there is none. Only we look into it.
 */
struct fib6_table *sxt_stub_fib_get_table(struct net *net, u32 id)
{
	return (struct fib6_table *)sxt_fib_table_find(net, id);
}

/**
 * sxt_stub_fib_table_lookup() - fib6_table_lookup: a route in one table
 * @net: namespace
 * @handle: of sxt_stub_fib_get_table()
 * @oif: interface, if the flow names it as the outgoing one
 * @fl6: flow
 * @res: filled if there is a route
 * @flags: RT6_LOOKUP_F_*
 *
 * Context: under RCU, softirqs off.
 * Return: 0 or -ENETUNREACH.
 */
int sxt_stub_fib_table_lookup(struct net *net, struct fib6_table *handle,
			      int oif, struct flowi6 *fl6,
			      struct fib6_result *res, int flags)
{
	unsigned long gen = sxt_route_gen(net);
	struct sxt_fib_result found = {};
	unsigned int again = 0;
	int err;

	do {
		err = sxt_fib_lookup((const struct sxt_fib_table *)handle, fl6,
				     NULL, fl6->flowi6_oif, false, &found);
	} while (unlikely(err || found.rt->dst.error) &&
		 again++ < SXT_LOOK_AGAIN && sxt_route_moved(net, &gen));
	if (err)
		return -ENETUNREACH;
	return answer(net, &found, &fl6->daddr, res);
}

/**
 * sxt_stub_fib_lookup() - fib6_lookup: a route, by the rules
 * @net: namespace
 * @oif: interface, if the flow names it as the outgoing one
 * @fl6: flow
 * @res: filled if there is a route
 * @flags: RT6_LOOKUP_F_*
 *
 * Context: under RCU, softirqs off.
 * Return: 0 or -ENETUNREACH.
 */
int sxt_stub_fib_lookup(struct net *net, int oif, struct flowi6 *fl6,
			struct fib6_result *res, int flags)
{
	struct sxt_fib_result found;

	sxt_route_resolve(net, fl6, NULL, 0, &found);
	return answer(net, &found, &fl6->daddr, res);
}

/**
 * sxt_stub_fib_select() - fib6_select_path: one way of several
 * @net: namespace
 * @res: of a lookup, which has chosen already
 * @fl6: flow
 * @oif: interface
 * @oif_match: @oif is a must
 * @skb: packet or NULL
 * @strict: RT6_LOOKUP_F_*
 *
 * Context: as the lookup.
 */
void sxt_stub_fib_select(const struct net *net, struct fib6_result *res,
			 struct flowi6 *fl6, int oif, bool oif_match,
			 const struct sk_buff *skb, int strict)
{
}

/**
 * sxt_stub_fib_mtu() - ip6_mtu_from_fib6: the path's MTU
 * @res: of a lookup
 * @daddr: destination
 * @saddr: source
 *
 * Context: as the lookup.
 * Return: bytes.
 */
u32 sxt_stub_fib_mtu(const struct fib6_result *res,
		     const struct in6_addr *daddr, const struct in6_addr *saddr)
{
	return sxt_rt_mtu(&res->rt6->dst);
}
