// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of a table's routes, and which of its hops, a flow takes: the longest
 * prefix, the source, the router, the way of a multipath route. Under RCU.
 */
#include <net/ip6_route.h>
#include <net/netns/hash.h>
#include <net/nexthop.h>
#include "fib.h"
#include "nd.h"

static bool hop_usable(const struct sxt_hop *hop, const struct flowi6 *fl6,
		       int oif)
{
	u8 flags = READ_ONCE(hop->flags);

	if (unlikely(flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN))) {
		if (!(fl6->flowi6_flags & SXT_FLOWI_LINKDOWN))
			flags = sxt_hop_state(hop);
		if (flags & RTNH_F_DEAD)
			return false;
	}
	return !oif || sxt_hop_dev(hop)->ifindex == oif;
}

static bool hop_is_silent(const struct sxt_hop *hop)
{
	const struct neighbour *neigh;

	if (!(hop->rt->rt6i_flags & RTF_GATEWAY))
		return false;
	neigh = sxt_neigh_find(hop->rt->dst.dev, &hop->rt->rt6i_gateway);
	return neigh && READ_ONCE(neigh->nud_state) & NUD_FAILED;
}

/* The way that the flow's hash says, of those through this interface. */
static const struct sxt_hop *pick_by_hash(const struct sxt_route *route,
					  u32 hash, const struct flowi6 *fl6,
					  int oif)
{
	const struct sxt_hop *chosen = NULL, *hop;
	unsigned int i;

	for (i = 0; i < route->hop_count; i++) {
		hop = &route->hops[i];
		if (!hop_usable(hop, fl6, oif))
			continue;
		chosen = hop;
		if (hash <= READ_ONCE(hop->bound))
			break;
	}
	return chosen;
}

/*
 * A resilient group keeps flows where they are: each is of a bucket, which is
 * busy now, and whose nexthop changes while it is idle only. NULL: that can't
 * be used. A nexthop that has just come has buckets before the kernel tells of
 * it, route by route: until then any way will do.
 */
static const struct sxt_hop *pick_bucket(const struct sxt_route *route,
					 u32 hash, const struct flowi6 *fl6,
					 int oif)
{
	u32 id = nexthop_select_path(route->resilient, hash)->id;
	unsigned int i;

	for (i = 0; i < route->hop_count; i++) {
		const struct sxt_hop *hop = &route->hops[i];

		if (hop->nh_id == id)
			return hop_usable(hop, fl6, oif) ? hop : NULL;
	}
	return pick_by_hash(route, hash, fl6, oif);
}

/*
 * Answers go back where they were asked for; others where their hash says. If
 * that gateway does not answer, any that does.
 */
static const struct sxt_hop *pick_multipath(const struct sxt_route *route,
					    const struct flowi6 *fl6,
					    const struct sk_buff *skb, int oif)
{
	u32 hash = sxt_flow_hash(route->table->net, fl6, skb);
	const struct sxt_hop *chosen, *hop;
	unsigned int i;

	/* It alone knows its members: one that left is among the hops still. */
	if (unlikely(route->resilient))
		return pick_bucket(route, hash, fl6, oif);
	if (unlikely(fl6->flowi6_flags & SXT_FLOWI_BACK)) {
		hop = pick_by_hash(route, hash, fl6, fl6->flowi6_oif);
		if (hop && !hop_is_silent(hop))
			return hop;
	}
	chosen = pick_by_hash(route, hash, fl6, oif);
	if (!chosen || likely(!hop_is_silent(chosen)))
		return chosen;
	for (i = 0; i < route->hop_count; i++) {
		hop = &route->hops[i];
		if (hop_usable(hop, fl6, oif) && !hop_is_silent(hop))
			return hop;
	}
	return chosen;
}

static const struct sxt_hop *pick_hop(const struct sxt_route *route,
				      const struct flowi6 *fl6,
				      const struct sk_buff *skb, int oif)
{
	const struct sxt_hop *hop = &route->hops[0];

	if (unlikely(route->hop_count > 1 || route->resilient))
		return pick_multipath(route, fl6, skb, oif);
	return hop_usable(hop, fl6, oif) ? hop : NULL;
}

/* The way that the flow answers by, if it is an answer. */
static bool hop_is_back(const struct sxt_hop *hop, const struct flowi6 *fl6)
{
	return unlikely(fl6->flowi6_flags & SXT_FLOWI_BACK) &&
	       sxt_hop_dev(hop)->ifindex == fl6->flowi6_oif;
}

#define ROUTER_BACK		1
#define ROUTER_PREF		2
#define ROUTER_GAVE		8
#define ROUTER_REACHABLE	16

/**
 * sxt_route_gave_source() - does a route lead to who gave the source address?
 * @rt: dst of the route
 * @fl6: flow
 *
 * RFC 8028 3.1: a packet goes to the router that gave its source address.
 *
 * Context: under RCU.
 * Return: it is a default route, and its router told the source's prefix.
 */
bool sxt_route_gave_source(const struct rt6_info *rt,
			   const struct flowi6 *fl6)
{
	return rt->rt6i_flags & RTF_DEFAULT &&
	       sxt_router_gave(rt->dst.dev, &rt->rt6i_gateway, &fl6->saddr);
}

/*
 * RFC 4861 6.3.6: a router of which nothing bad is known before one that does
 * not answer; RFC 8028 3.2: among those, that of the source before what RFC
 * 4191 3.2 says, the preferred; and of equal ones that which is answered by.
 */
static unsigned int router_score(const struct sxt_hop *hop,
				 const struct flowi6 *fl6)
{
	u8 pref = READ_ONCE(hop->route->cfg.pref);
	const struct rt6_info *rt = hop->rt;
	const struct neighbour *neigh;
	unsigned int score = ROUTER_PREF;

	if (pref == ICMPV6_ROUTER_PREF_HIGH)
		score = 2 * ROUTER_PREF;
	else if (pref == ICMPV6_ROUTER_PREF_LOW)
		score = 0;
	if (hop_is_back(hop, fl6))
		score += ROUTER_BACK;
	if (!(rt->rt6i_flags & RTF_GATEWAY))
		return score + ROUTER_REACHABLE;
	if (sxt_route_gave_source(rt, fl6))
		score += ROUTER_GAVE;
	neigh = sxt_neigh_find(rt->dst.dev, &rt->rt6i_gateway);
	if (!neigh || !(READ_ONCE(neigh->nud_state) &
			(NUD_INCOMPLETE | NUD_FAILED)))
		score += ROUTER_REACHABLE;
	return score;
}

/*
 * A destination's number at a router: of equal ones it goes to that of the
 * highest, whoever else comes or goes.
 */
static u32 router_share(const struct sxt_hop *hop, const struct flowi6 *fl6)
{
	u32 seed = net_hash_mix(hop->route->table->net);

	return __ipv6_addr_jhash(&fl6->daddr,
				 __ipv6_addr_jhash(&hop->rt->rt6i_gateway,
						   seed));
}

/*
 * Is @hop, of this score, taken rather than @first, which stands before it?
 * RFC 4311: equal routers of a link share the destinations. Not the source of
 * a packet: it may be chosen by the router. Of equal links the first counts.
 */
static bool router_is_before(const struct sxt_hop *hop, unsigned int score,
			     const struct sxt_hop *first, unsigned int top,
			     const struct flowi6 *fl6)
{
	const struct rt6_info *rt = hop->rt;

	if (score != top)
		return score > top;
	return rt->rt6i_flags & first->rt->rt6i_flags & RTF_GATEWAY &&
	       rt->dst.dev == first->rt->dst.dev &&
	       router_share(hop, fl6) > router_share(first, fl6);
}

/*
 * RFC 4191 3.5: are those back that would have been taken instead of @best, of
 * score @top?
 */
static void probe_better(const struct sxt_route *first,
			 const struct sxt_hop *best, unsigned int top,
			 const struct flowi6 *fl6, const struct sk_buff *skb,
			 int oif)
{
	const struct sxt_route *route;
	bool behind = false, taken;
	const struct sxt_hop *hop;
	unsigned int score;

	for (route = first; route && !sxt_route_cmp(&route->cfg, &first->cfg);
	     route = rcu_dereference_rtnl(route->next)) {
		hop = pick_hop(route, fl6, skb, oif);
		if (!hop)
			continue;
		behind |= hop == best;
		score = router_score(hop, fl6);
		if (score >= ROUTER_REACHABLE)
			continue;
		score += ROUTER_REACHABLE;
		taken = behind ? router_is_before(hop, score, best, top, fl6) :
				 !router_is_before(best, top, hop, score, fl6);
		if (taken)
			sxt_router_probe(hop->rt);
	}
}

/*
 * Several routes of one metric: routers that were heard of. If none of them
 * answers, another one has its turn each second (RFC 4861 6.3.6).
 */
static const struct sxt_hop *pick_router(const struct sxt_route *first,
					 const struct flowi6 *fl6,
					 const struct sk_buff *skb, int oif)
{
	const struct sxt_hop *best = NULL, *hop;
	const struct sxt_route *route;
	unsigned int score, top = 0, count = 0, silent = 0, turn;

	for (route = first; route && !sxt_route_cmp(&route->cfg, &first->cfg);
	     route = rcu_dereference_rtnl(route->next)) {
		hop = pick_hop(route, fl6, skb, oif);
		if (!hop)
			continue;
		score = router_score(hop, fl6);
		if (!best || router_is_before(hop, score, best, top, fl6)) {
			best = hop;
			top = score;
		}
		count++;
		silent += score < ROUTER_REACHABLE;
	}
	if (unlikely(silent && silent < count))
		probe_better(first, best, top, fl6, skb, oif);
	if (silent < count || count < 2)
		return best;
	turn = (unsigned int)(jiffies / HZ) % count;
	for (route = first; route && !sxt_route_cmp(&route->cfg, &first->cfg);
	     route = rcu_dereference_rtnl(route->next)) {
		hop = pick_hop(route, fl6, skb, oif);
		if (hop && !turn--)
			return hop;
	}
	return best;
}

static bool source_fits(const struct sxt_route *route,
			const struct flowi6 *fl6)
{
	return likely(!route->cfg.src_len) ||
	       ipv6_prefix_equal(&fl6->saddr, &route->cfg.src,
				 route->cfg.src_len);
}

/*
 * Whoever wishes for an interface does not get past what leads nowhere; who is
 * tied to one does.
 */
static const struct sxt_hop *pick_dead_end(const struct sxt_route *route,
					   bool strict)
{
	const struct sxt_hop *hop = &route->hops[0];

	return !strict && hop->rt->dst.error ? hop : NULL;
}

/* Behind those of the same metric, all of which were looked at. */
static const struct sxt_route *skip_metric(const struct sxt_route *route)
{
	const struct sxt_route *next = route;

	while (next && !sxt_route_cmp(&next->cfg, &route->cfg))
		next = rcu_dereference_rtnl(next->next);
	return next;
}

/* The first usable hop of the routes of one prefix. */
static const struct sxt_hop *pick(const struct sxt_route *route,
				  const struct flowi6 *fl6,
				  const struct sk_buff *skb, int oif,
				  bool strict)
{
	const struct sxt_route *next;
	const struct sxt_hop *hop;

	for (; route; route = next) {
		next = rcu_dereference_rtnl(route->next);
		if (!source_fits(route, fl6))
			continue;
		if (likely(!next) || sxt_route_cmp(&next->cfg, &route->cfg)) {
			hop = pick_hop(route, fl6, skb, oif);
		} else {
			hop = pick_router(route, fl6, skb, oif);
			if (unlikely(!hop))
				next = skip_metric(route);
		}
		if (unlikely(!hop))
			hop = pick_dead_end(route, strict);
		if (hop)
			return hop;
	}
	return NULL;
}

/**
 * sxt_fib_lookup() - a route in one table
 * @table: table
 * @fl6: destination, source (:: if none is chosen yet) and flow
 * @skb: packet that the flow is of, or NULL
 * @oif: only routes through this interface, 0: any
 * @strict: also own addresses must be of this interface, and dead ends, which
 *	are of none, are passed by
 * @res: filled if there is a route
 *
 * The longest destination prefix that has a route for this source through this
 * interface.
 *
 * Context: under RCU.
 * Return: 0, or -EAGAIN: go on with the next table.
 */
int sxt_fib_lookup(const struct sxt_fib_table *table,
		   const struct flowi6 *fl6, const struct sk_buff *skb,
		   int oif, bool strict, struct sxt_fib_result *res)
{
	const struct sxt_lpm_key key = sxt_lpm_key(fl6->daddr.s6_addr);
	const struct sxt_lpm_node *node;

	if (table->id == RT_TABLE_LOCAL && !strict)
		oif = 0;
	for (node = sxt_lpm_match(&table->lpm, &key); node;
	     node = sxt_lpm_shorter(node)) {
		const struct sxt_hop *hop = pick(sxt_lpm_value(node), fl6, skb,
						 oif, strict);

		if (!hop)
			continue;
		if (unlikely(hop->rt->dst.error == -EAGAIN))
			return -EAGAIN;
		res->hop = hop;
		res->rt = hop->rt;
		return 0;
	}
	return -EAGAIN;
}
