// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups: which dst a packet or a socket gets. Under RCU, no lock, and no
 * reference unless the caller keeps the dst.
 */
#include <linux/jhash.h>
#include <net/flow_dissector.h>
#include <net/inet_sock.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include "fib.h"
#include "iface.h"
#include "nd.h"

/* The lower 31 bits tell the ways of a multipath route apart. */
static u32 flow_hash(struct net *net, const struct flowi6 *fl6,
		     const struct sk_buff *skb)
{
	struct flow_keys keys;

	if (fl6->mp_hash)
		return fl6->mp_hash >> 1;
	memset(&keys, 0, sizeof(keys));
	keys.control.addr_type = FLOW_DISSECTOR_KEY_IPV6_ADDRS;
	keys.addrs.v6addrs.src = fl6->saddr;
	keys.addrs.v6addrs.dst = fl6->daddr;
	keys.basic.ip_proto = fl6->flowi6_proto;
	if (READ_ONCE(net->ipv6.sysctl.multipath_hash_policy) != 1) {
		keys.tags.flow_label = ntohl(fl6->flowlabel &
					     IPV6_FLOWLABEL_MASK);
	} else if (skb) {
		return skb_get_hash_raw(skb) ? skb_get_hash_raw(skb) >> 1 :
			__skb_get_hash_symmetric(skb) >> 1;
	} else {
		keys.ports.src = fl6->fl6_sport;
		keys.ports.dst = fl6->fl6_dport;
	}
	return flow_hash_from_keys(&keys) >> 1;
}

static bool hop_usable(const struct sxt_hop *hop, const struct flowi6 *fl6,
		       int oif)
{
	u8 flags = READ_ONCE(hop->flags);

	if (unlikely(flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN))) {
		const struct inet6_dev *idev = READ_ONCE(hop->rt->rt6i_idev);

		if (flags & RTNH_F_DEAD)
			return false;
		if (idev && !(fl6->flowi6_flags & SXT_FLOWI_LINKDOWN) &&
		    READ_ONCE(idev->cnf.ignore_routes_with_linkdown))
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

/* The way that the flow's hash says, unless its gateway does not answer. */
static const struct sxt_hop *pick_multipath(const struct sxt_route *route,
					    const struct flowi6 *fl6,
					    const struct sk_buff *skb, int oif)
{
	u32 hash = flow_hash(route->table->net, fl6, skb);
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

	if (unlikely(route->hop_count > 1))
		return pick_multipath(route, fl6, skb, oif);
	return hop_usable(hop, fl6, oif) ? hop : NULL;
}

#define ROUTER_GAVE		4
#define ROUTER_REACHABLE	8

/* RFC 8028 3.1: a packet goes to the router that gave its source address. */
static bool gave_source(const struct rt6_info *rt, const struct flowi6 *fl6)
{
	return rt->rt6i_flags & RTF_DEFAULT &&
	       sxt_router_gave(rt->dst.dev, &rt->rt6i_gateway, &fl6->saddr);
}

/*
 * RFC 4861 6.3.6: a router of which nothing bad is known before one that does
 * not answer; RFC 8028 3.2: among those, that of the source before what RFC
 * 4191 3.2 says, the preferred.
 */
static unsigned int router_score(const struct sxt_hop *hop,
				 const struct flowi6 *fl6)
{
	u8 pref = READ_ONCE(hop->route->cfg.pref);
	const struct rt6_info *rt = hop->rt;
	const struct neighbour *neigh;
	unsigned int score = 1;

	if (pref == ICMPV6_ROUTER_PREF_HIGH)
		score = 2;
	else if (pref == ICMPV6_ROUTER_PREF_LOW)
		score = 0;
	if (!(rt->rt6i_flags & RTF_GATEWAY))
		return score + ROUTER_REACHABLE;
	if (gave_source(rt, fl6))
		score += ROUTER_GAVE;
	neigh = sxt_neigh_find(rt->dst.dev, &rt->rt6i_gateway);
	if (!neigh || !(READ_ONCE(neigh->nud_state) &
			(NUD_INCOMPLETE | NUD_FAILED)))
		score += ROUTER_REACHABLE;
	return score;
}

/*
 * Several routes of one metric: routers that were heard of. If none of them
 * answers, another one has its turn each second.
 */
static const struct sxt_hop *pick_router(const struct sxt_route *first,
					 const struct flowi6 *fl6,
					 const struct sk_buff *skb, int oif)
{
	const struct sxt_hop *best = NULL, *hop;
	const struct sxt_route *route;
	unsigned int score, top = 0, silent = 0, turn;

	for (route = first; route && !sxt_route_cmp(&route->cfg, &first->cfg);
	     route = rcu_dereference_rtnl(route->next)) {
		hop = pick_hop(route, fl6, skb, oif);
		if (!hop)
			continue;
		score = router_score(hop, fl6);
		if (!best || score > top) {
			best = hop;
			top = score;
		}
		silent++;
	}
	if (top >= ROUTER_REACHABLE || silent < 2)
		return best;
	turn = (unsigned int)(jiffies / HZ) % silent;
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

/* The first usable hop of the routes of one prefix. */
static const struct sxt_hop *pick(const struct sxt_route *route,
				  const struct flowi6 *fl6,
				  const struct sk_buff *skb, int oif)
{
	const struct sxt_route *next;
	const struct sxt_hop *hop;

	for (; route; route = next) {
		next = rcu_dereference_rtnl(route->next);
		if (!source_fits(route, fl6))
			continue;
		if (likely(!next) || sxt_route_cmp(&next->cfg, &route->cfg))
			hop = pick_hop(route, fl6, skb, oif);
		else
			hop = pick_router(route, fl6, skb, oif);
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
 * @strict: also own addresses must be of this interface
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
						 oif);

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

static int tables_lookup(struct net *net, const struct flowi6 *fl6,
			 const struct sk_buff *skb, int oif, bool strict,
			 struct sxt_fib_result *res)
{
	const struct sxt_ip6_net *n = sxt_ip6_net(net);

	if (unlikely(READ_ONCE(n->own_rules)))
		return sxt_rules_lookup(net, fl6, skb, oif, strict, res);
	if (!sxt_fib_lookup(n->table_local, fl6, skb, oif, strict, res))
		return 0;
	return sxt_fib_lookup(n->table_main, fl6, skb, oif, strict, res);
}

/**
 * sxt_route_resolve() - a route, through the rules or without any
 * @net: namespace
 * @fl6: flow; flowi6_oif is preferred to other interfaces
 * @skb: packet that the flow is of, or NULL
 * @strict_dev: the only interface that will do, 0: any
 * @res: filled; a dead end without a hop if there is no route
 *
 * Context: under RCU.
 */
void sxt_route_resolve(struct net *net, const struct flowi6 *fl6,
		       const struct sk_buff *skb, int strict_dev,
		       struct sxt_fib_result *res)
{
	int oif = strict_dev ?: fl6->flowi6_oif;
	int err;

	err = tables_lookup(net, fl6, skb, oif, strict_dev, res);
	if (unlikely(err == -EAGAIN && oif && !strict_dev))
		err = tables_lookup(net, fl6, skb, 0, false, res);
	if (likely(!err))
		return;
	res->hop = NULL;
	res->rt = sxt_ip6_net(net)->dead_end[0];
}

/* What is kept beside the tables, and what a socket may compare later. */
static struct rt6_info *finish(struct net *net, struct rt6_info *rt,
			       const struct in6_addr *daddr,
			       unsigned long gen)
{
	if (unlikely(READ_ONCE(sxt_ip6_net(net)->pmtu_count)) &&
	    !rt->dst.error)
		rt = sxt_pmtu_lookup(net, rt, daddr);
	if (unlikely(READ_ONCE(rt->sernum) != (int)gen))
		WRITE_ONCE(rt->sernum, (int)gen);
	return rt;
}

/* Before the lookup: a change during it makes the result stale, not good. */
static unsigned long gen_of(const struct net *net)
{
	/* pairs with sxt_route_changed() */
	return smp_load_acquire(&sxt_ip6_net(net)->route_gen);
}

/**
 * sxt_route_lookup() - the dst of a flow, without a reference
 * @net: namespace
 * @fl6: flow; flowi6_oif is preferred to other interfaces
 * @skb: packet that the flow is of, or NULL
 * @strict_dev: the only interface that will do, 0: any
 *
 * Context: under RCU.
 * Return: the dst, never NULL; dst.error is set if it leads nowhere.
 */
struct rt6_info *sxt_route_lookup(struct net *net, const struct flowi6 *fl6,
				  const struct sk_buff *skb, int strict_dev)
{
	unsigned long gen = gen_of(net);
	struct sxt_fib_result res;

	sxt_route_resolve(net, fl6, skb, strict_dev, &res);
	return finish(net, res.rt, &fl6->daddr, gen);
}

/**
 * sxt_route_hold_table() - the dst of a flow by one table alone, as a VRF asks
 * @net: namespace
 * @id: number of the table
 * @fl6: flow
 * @skb: packet that the flow is of, or NULL
 * @oif: the only interface that will do, 0: any
 *
 * Context: any.
 * Return: the dst, never NULL, with a reference; dst.error is set if it leads
 * nowhere.
 */
struct rt6_info *sxt_route_hold_table(struct net *net, u32 id,
				      const struct flowi6 *fl6,
				      const struct sk_buff *skb, int oif)
{
	const struct sxt_fib_table *table;
	struct sxt_fib_result res;
	struct rt6_info *rt;
	unsigned long gen;

	rcu_read_lock();
	do {
		gen = gen_of(net);
		table = sxt_fib_table_find(net, id);
		if (!table || sxt_fib_lookup(table, fl6, skb, oif, oif, &res))
			res.rt = sxt_ip6_net(net)->dead_end[0];
		rt = finish(net, res.rt, &fl6->daddr, gen);
	} while (unlikely(!dst_hold_safe(&rt->dst)));
	rcu_read_unlock();
	return rt;
}
EXPORT_SYMBOL_NS_GPL(sxt_route_hold_table, SEXTANT_IPV6);

/*
 * Which interface is a must? That of a socket bound to it, that of a
 * destination which means nothing without, and the one a caller named who
 * left the source address to us (RFC 6724 section 4).
 */
static int strict_dev_of(const struct sock *sk, const struct flowi6 *fl6)
{
	if (!fl6->flowi6_oif)
		return 0;
	if ((sk && READ_ONCE(sk->sk_bound_dev_if)) ||
	    rt6_need_strict(&fl6->daddr) || ipv6_addr_any(&fl6->saddr))
		return fl6->flowi6_oif;
	return 0;
}

/**
 * sxt_route_hold() - sxt_route_lookup(), with a reference
 * @net: namespace
 * @fl6: flow
 * @skb: packet that the flow is of, or NULL
 * @strict_dev: the only interface that will do, 0: any
 *
 * Context: any.
 * Return: the dst, never NULL; dst.error is set if it leads nowhere.
 */
struct rt6_info *sxt_route_hold(struct net *net, const struct flowi6 *fl6,
				const struct sk_buff *skb, int strict_dev)
{
	struct rt6_info *rt;

	rcu_read_lock();
	/* One that died since is in no table any more. */
	do {
		rt = sxt_route_lookup(net, fl6, skb, strict_dev);
	} while (unlikely(!dst_hold_safe(&rt->dst)));
	rcu_read_unlock();
	return rt;
}
EXPORT_SYMBOL_NS_GPL(sxt_route_hold, SEXTANT_IPV6);

/**
 * sxt_route_output() - the dst of a flow from this node
 * @net: namespace
 * @sk: socket or NULL
 * @fl6: flow; a source address that is not there is not chosen
 *
 * Context: any.
 * Return: the dst with a reference, never NULL; its error is set if it leads
 * nowhere.
 */
struct dst_entry *sxt_route_output(struct net *net, const struct sock *sk,
				   struct flowi6 *fl6)
{
	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	return &sxt_route_hold(net, fl6, NULL, strict_dev_of(sk, fl6))->dst;
}
EXPORT_SYMBOL_NS_GPL(sxt_route_output, SEXTANT_IPV6);

static unsigned int source_prefs(const struct sock *sk)
{
	if (!sk || !sk_fullsock(sk) || sk->sk_family != AF_INET6)
		return 0;
	return READ_ONCE(inet6_sk(sk)->srcprefs);
}

/*
 * A route may lead out of the VRF that the flow is tied to. The answer has to
 * find its way back into it, so the source is one of that VRF.
 */
static const struct net_device *source_dev(struct net *net,
					   const struct flowi6 *fl6,
					   const struct net_device *dev)
{
	const struct net_device *vrf;

	if (likely(!fl6->flowi6_oif))
		return dev;
	vrf = l3mdev_master_dev_rcu(dev_get_by_index_rcu(net,
							 fl6->flowi6_oif));
	return vrf && vrf != l3mdev_master_dev_rcu(dev) ? vrf : dev;
}

static int source_choose(struct net *net, const struct sock *sk,
			 struct flowi6 *fl6, const struct sxt_fib_result *res)
{
	const struct in6_addr *via = NULL;
	const struct net_device *dev = NULL;

	if (res->hop && !res->rt->dst.error) {
		const struct in6_addr *prefsrc;

		prefsrc = sxt_route_prefsrc(res->hop->route);
		/* It may be in doubt, or its interface down. */
		if (prefsrc &&
		    sxt_ifa_is_ours(net, prefsrc, NULL, IFA_F_TENTATIVE)) {
			fl6->saddr = *prefsrc;
			return 0;
		}
		dev = source_dev(net, fl6, sxt_hop_dev(res->hop));
		if (res->rt->rt6i_flags & RTF_GATEWAY)
			via = &res->rt->rt6i_gateway;
	}
	return sxt_saddr_by(net, dev, via, &fl6->daddr, source_prefs(sk),
			    &fl6->saddr);
}

/*
 * Route, then source, then, where routes or routers ask for sources, the route
 * for that source: each prefix leaves by its own router (RFC 8028 section 3).
 */
static int flow_resolve(struct net *net, const struct sock *sk,
			struct flowi6 *fl6, struct sxt_fib_result *res)
{
	int strict = strict_dev_of(sk, fl6);
	const struct sxt_ip6_net *n = sxt_ip6_net(net);
	bool by_source = READ_ONCE(n->src_routes);
	int err;

	sxt_route_resolve(net, fl6, NULL, strict, res);
	if (ipv6_addr_any(&fl6->saddr) && (!res->rt->dst.error || by_source)) {
		err = source_choose(net, sk, fl6, res);
		if (err)
			return res->rt->dst.error ?: err;
		if (by_source || (READ_ONCE(n->sources_told) &&
				  !gave_source(res->rt, fl6)))
			sxt_route_resolve(net, fl6, NULL, strict, res);
	}
	if (res->rt->dst.error)
		return res->rt->dst.error;
	if (unlikely(ipv6_addr_v4mapped(&fl6->saddr) &&
		     !ipv6_addr_v4mapped(&fl6->daddr)))
		return -EAFNOSUPPORT;
	return 0;
}

/**
 * sxt_dst_flow() - dst and source address of a flow from this node
 * @net: namespace
 * @sk: socket or NULL
 * @fl6: flow; saddr is set if it was ::, daddr becomes @final_dst
 * @final_dst: behind a routing header, or NULL
 *
 * Context: any.
 * Return: the dst with a reference, or an error: -ENETUNREACH, -EHOSTUNREACH,
 * -EACCES, -EINVAL, -EADDRNOTAVAIL, -EAFNOSUPPORT.
 */
struct dst_entry *sxt_dst_flow(struct net *net, const struct sock *sk,
			       struct flowi6 *fl6,
			       const struct in6_addr *final_dst)
{
	struct sxt_fib_result res;
	struct rt6_info *rt;
	unsigned long gen;
	int err;

	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	rcu_read_lock();
	do {
		gen = gen_of(net);
		err = flow_resolve(net, sk, fl6, &res);
		if (err)
			break;
		rt = finish(net, res.rt, &fl6->daddr, gen);
	} while (unlikely(!dst_hold_safe(&rt->dst)));
	rcu_read_unlock();
	if (err) {
		if (err == -ENETUNREACH)
			IP6_INC_STATS(net, NULL, IPSTATS_MIB_OUTNOROUTES);
		return ERR_PTR(err);
	}
	if (final_dst)
		fl6->daddr = *final_dst;
	return &rt->dst;
}
EXPORT_SYMBOL_NS_GPL(sxt_dst_flow, SEXTANT_IPV6);

/* Does what the socket keeps lead where this flow goes? */
static bool cached_fits(const struct sock *sk, const struct dst_entry *dst,
			const struct flowi6 *fl6)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	const struct inet6_dev *idev;

	if (!np->daddr_cache ||
	    !ipv6_addr_equal(&fl6->daddr, np->daddr_cache) ||
	    ipv6_addr_any(&fl6->saddr))
		return false;
	if (!fl6->flowi6_oif || dst->dev->ifindex == fl6->flowi6_oif)
		return true;
	idev = ip6_dst_idev(dst);
	return idev && idev->dev->ifindex == fl6->flowi6_oif;
}

/**
 * sxt_sk_dst_flow() - sxt_dst_flow(), by what the socket keeps if that is good
 * @sk: socket
 * @fl6: flow
 * @final_dst: behind a routing header, or NULL
 * @connected: the socket is connected to this destination, and may keep the dst
 *
 * Context: process.
 * Return: as sxt_dst_flow().
 */
struct dst_entry *sxt_sk_dst_flow(struct sock *sk, struct flowi6 *fl6,
				  const struct in6_addr *final_dst,
				  bool connected)
{
	struct dst_entry *dst;

	dst = sk_dst_check(sk, inet6_sk(sk)->dst_cookie);
	if (dst) {
		if (likely(cached_fits(sk, dst, fl6))) {
			if (final_dst)
				fl6->daddr = *final_dst;
			return dst;
		}
		dst_release(dst);
	}
	dst = sxt_dst_flow(sock_net(sk), sk, fl6, final_dst);
	if (!connected || IS_ERR(dst) || final_dst ||
	    !ipv6_addr_equal(&fl6->daddr, &sk->sk_v6_daddr))
		return dst;
	ip6_dst_store(sk, dst_clone(dst), &sk->sk_v6_daddr, true);
	return dst;
}

/**
 * sxt_route_input() - where does a packet that came in go?
 * @skb: packet, data at the IPv6 header; its dst is set, without a reference
 *
 * Context: under RCU, until the packet is done with or its dst is forced.
 * Return: 0; a packet that goes nowhere has a dst that says so.
 */
int sxt_route_input(struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	struct net_device *dev = skb->dev;
	const struct flowi6 fl6 = {
		.flowi6_iif = dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = hdr->nexthdr,
		.daddr = hdr->daddr,
		.saddr = hdr->saddr,
		.flowlabel = ip6_flowinfo(hdr),
	};
	struct rt6_info *rt;

	rt = sxt_route_lookup(dev_net(dev), &fl6, skb,
			      rt6_need_strict(&hdr->daddr) ? dev->ifindex : 0);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &rt->dst);
	return 0;
}

/* So many own addresses does a processor know the routes of at a time. */
#define WAYS_IN		4

/**
 * struct sxt_way_in - the route of an own address, as it was looked up
 * @daddr: the address
 * @iif: interface that packets came in by
 * @gen: route_gen before the lookup; 0: there was none
 * @rt: the dst; no reference: it is not looked at unless @gen is still right
 *
 * A dst goes a grace period after route_gen has moved on, and a reader that
 * saw the old number is in that period. The number has as many bits as a
 * pointer so that it does not come round.
 */
struct sxt_way_in {
	struct in6_addr daddr;
	int iif;
	unsigned long gen;
	struct rt6_info *rt;
};

/* Routes that depend on nothing but destination and interface. */
static bool way_in_keeps(const struct sxt_ip6_net *n, const struct rt6_info *rt)
{
	return rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) &&
	       !READ_ONCE(n->own_rules) && !READ_ONCE(n->src_routes);
}

/**
 * sxt_route_rcv() - sxt_route_input() for what comes from devices
 * @skb: packet, data at the IPv6 header; its dst is set, without a reference
 *
 * Most packets of a host are to the same few addresses of its own.
 *
 * Context: under RCU, bottom halves off.
 */
void sxt_route_rcv(struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	int iif = skb->dev->ifindex;
	struct net *net = dev_net(skb->dev);
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned long gen = gen_of(net);
	struct sxt_way_in *way;
	struct rt6_info *rt;

	way = this_cpu_ptr(n->ways_in) + daddr->s6_addr[15] % WAYS_IN;
	if (likely(way->gen == gen && way->iif == iif &&
		   ipv6_addr_equal(&way->daddr, daddr))) {
		skb_dst_drop(skb);
		skb_dst_set_noref(skb, &way->rt->dst);
		return;
	}
	sxt_route_input(skb);
	rt = dst_rt6_info(skb_dst(skb));
	if (way_in_keeps(n, rt))
		*way = (struct sxt_way_in) {
			.daddr = *daddr, .iif = iif, .gen = gen, .rt = rt,
		};
}

/**
 * sxt_ways_in_net_init() - room for what sxt_route_rcv() keeps
 * @n: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_ways_in_net_init(struct sxt_ip6_net *n)
{
	n->ways_in = __alloc_percpu(WAYS_IN * sizeof(*n->ways_in),
				    __alignof__(*n->ways_in));
	return n->ways_in ? 0 : -ENOMEM;
}

/**
 * sxt_ways_in_net_exit() - the end of that
 * @n: the namespace; no packets come in any more
 *
 * Context: process.
 */
void sxt_ways_in_net_exit(struct sxt_ip6_net *n)
{
	free_percpu(n->ways_in);
	n->ways_in = NULL;
}
