// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lookups: which dst a packet or a socket gets. Under RCU, no lock, and no
 * reference unless the caller keeps the dst. He can take one without asking
 * whether it is alive: whatever has the dst keeps its own for a grace period
 * after it was taken out (sxt_rt_retire()).
 */
#include <net/inet_sock.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include "fib.h"
#include "iface.h"

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

static void resolve_once(struct net *net, const struct flowi6 *fl6,
			 const struct sk_buff *skb, int strict_dev,
			 struct sxt_fib_result *res)
{
	int oif = strict_dev;
	int err;

	if (!oif && likely(!(fl6->flowi6_flags & SXT_FLOWI_BACK)))
		oif = fl6->flowi6_oif;
	err = tables_lookup(net, fl6, skb, oif, strict_dev, res);
	if (unlikely(err == -EAGAIN && oif && !strict_dev))
		err = tables_lookup(net, fl6, skb, 0, false, res);
	if (likely(!err))
		return;
	res->hop = NULL;
	res->rt = sxt_ip6_net(net)->dead_end[0];
}

/**
 * sxt_route_resolve() - a route, through the rules or without any
 * @net: namespace
 * @fl6: flow; flowi6_oif is preferred to other interfaces, with SXT_FLOWI_BACK
 *	only among equal ways
 * @skb: packet that the flow is of, or NULL
 * @strict_dev: the only interface that will do, 0: any
 * @res: filled; a dead end without a hop if there is no route
 *
 * Prefixes, tables and hops are asked one after the other. A route that came
 * where was looked already, and for which another went where was not looked
 * yet, is no reason to say that there is none: then all is asked again.
 *
 * Context: under RCU.
 */
void sxt_route_resolve(struct net *net, const struct flowi6 *fl6,
		       const struct sk_buff *skb, int strict_dev,
		       struct sxt_fib_result *res)
{
	unsigned long gen = sxt_route_gen(net);
	unsigned int again = 0;

	do {
		resolve_once(net, fl6, skb, strict_dev, res);
	} while (unlikely(res->rt->dst.error) && again++ < SXT_LOOK_AGAIN &&
		 sxt_route_moved(net, &gen));
}

/* The first lookup that sees a number: who looked before is soon done. */
static void gen_see(struct sxt_ip6_net *n, unsigned long gen)
{
	spin_lock_bh(&n->seen_lock);
	/* one that began before still another change is too late */
	if ((long)(gen - n->seen_gen) > 0) {
		WRITE_ONCE(n->seen_gp, start_poll_synchronize_rcu());
		/* pairs with cookie_renew(): it finds this grace period */
		smp_store_release(&n->seen_gen, gen);
	}
	spin_unlock_bh(&n->seen_lock);
}

/*
 * A dst is shared, and so is the cookie in it. Who looked it up before a change
 * would take that of one who did so afterwards, and keep for good what he does
 * not find any more. So a new number comes into it a grace period after it was
 * first seen, when nobody is between the two; who keeps the dst until then asks
 * again. A socket has a cookie of its own (socket_keep()).
 */
static noinline void cookie_renew(struct sxt_ip6_net *n, struct rt6_info *rt,
				  unsigned long gen)
{
	struct sxt_rt *own = container_of(rt, struct sxt_rt, rt);

	if (READ_ONCE(own->given) != (int)gen)
		WRITE_ONCE(own->given, (int)gen);
	/* pairs with gen_see() */
	if (unlikely(smp_load_acquire(&n->seen_gen) != gen))
		gen_see(n, gen);
	else if (poll_state_synchronize_rcu(READ_ONCE(n->seen_gp)))
		WRITE_ONCE(rt->sernum, (int)gen);
}

/* What is kept beside the tables, and what others may compare later. */
static struct rt6_info *finish(struct net *net, struct rt6_info *rt,
			       const struct in6_addr *daddr,
			       unsigned long gen)
{
	if (unlikely(READ_ONCE(sxt_ip6_net(net)->pmtu_count)) &&
	    !rt->dst.error)
		rt = sxt_pmtu_lookup(net, rt, daddr);
	if (unlikely(READ_ONCE(rt->sernum) != (int)gen))
		cookie_renew(sxt_ip6_net(net), rt, gen);
	return rt;
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
	unsigned long gen = sxt_route_gen(net);
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
	unsigned int again = 0;
	struct rt6_info *rt;
	unsigned long gen;

	rcu_read_lock();
	gen = sxt_route_gen(net);
	do {
		table = sxt_fib_table_find(net, id);
		if (!table ||
		    sxt_fib_lookup(table, fl6, skb, oif, oif, &res))
			res.rt = sxt_ip6_net(net)->dead_end[0];
	} while (unlikely(res.rt->dst.error) && again++ < SXT_LOOK_AGAIN &&
		 sxt_route_moved(net, &gen));
	rt = finish(net, res.rt, &fl6->daddr, gen);
	dst_hold(&rt->dst);
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
	rt = sxt_route_lookup(net, fl6, skb, strict_dev);
	dst_hold(&rt->dst);
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
 * Route, then source, then, where routes, rules or routers ask for sources, the
 * route for that source: each prefix leaves by its own router (RFC 8028 section 3).
 */
static int flow_resolve(struct net *net, const struct sock *sk,
			struct flowi6 *fl6, struct sxt_fib_result *res)
{
	int strict = strict_dev_of(sk, fl6);
	const struct sxt_ip6_net *n = sxt_ip6_net(net);
	bool by_source = READ_ONCE(n->src_routes);
	int err;

	sxt_route_resolve(net, fl6, NULL, strict, res);
	/* Rules may know a way for packets of an own address only. */
	if (unlikely(res->rt->dst.error))
		by_source |= READ_ONCE(n->own_rules);
	if (ipv6_addr_any(&fl6->saddr) && (!res->rt->dst.error || by_source)) {
		err = source_choose(net, sk, fl6, res);
		if (err)
			return res->rt->dst.error ?: err;
		if (by_source || (READ_ONCE(n->sources_told) &&
				  !sxt_route_gave_source(res->rt, fl6)))
			sxt_route_resolve(net, fl6, NULL, strict, res);
	}
	if (res->rt->dst.error)
		return res->rt->dst.error;
	if (unlikely(ipv6_addr_v4mapped(&fl6->saddr) &&
		     !ipv6_addr_v4mapped(&fl6->daddr)))
		return -EAFNOSUPPORT;
	return 0;
}

/* sxt_dst_flow(); @gen: the state of the routes that the answer is of */
static struct dst_entry *dst_flow(struct net *net, const struct sock *sk,
				  struct flowi6 *fl6,
				  const struct in6_addr *final_dst,
				  unsigned long *gen)
{
	struct sxt_fib_result res;
	struct rt6_info *rt;
	int err;

	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	rcu_read_lock();
	*gen = sxt_route_gen(net);
	err = flow_resolve(net, sk, fl6, &res);
	if (!err) {
		rt = finish(net, res.rt, &fl6->daddr, *gen);
		dst_hold(&rt->dst);
	}
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
	unsigned long gen;

	return dst_flow(net, sk, fl6, final_dst, &gen);
}
EXPORT_SYMBOL_NS_GPL(sxt_dst_flow, SEXTANT_IPV6);

/*
 * The socket keeps a dst, and takes over the reference. The cookie is of the
 * lookup, not the dst's: others share that, and may have looked it up since.
 */
static void socket_keep(struct sock *sk, struct dst_entry *dst,
			unsigned long gen)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	WRITE_ONCE(np->dst_cookie, (u32)gen);
	sk_setup_caps(sk, dst);
	np->daddr_cache = &sk->sk_v6_daddr;
	/* Another thread's cookie may be another's dst, and look valid. */
	if (READ_ONCE(np->dst_cookie) != (u32)gen)
		sk_dst_reset(sk);
}

/*
 * Does what the socket keeps lead where this flow goes? It was looked up with
 * the source that connect() gave, the socket's mark and its traffic class;
 * ancillary data may say another one of each.
 */
static bool cached_fits(const struct sock *sk, const struct dst_entry *dst,
			const struct flowi6 *fl6)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	const struct inet6_dev *idev;
	bool fits;

	if (!np->daddr_cache ||
	    !ipv6_addr_equal(&fl6->daddr, np->daddr_cache) ||
	    ipv6_addr_any(&fl6->saddr) ||
	    !ipv6_addr_equal(&fl6->saddr, &np->saddr) ||
	    fl6->flowi6_mark != READ_ONCE(sk->sk_mark))
		return false;
	if ((fl6->flowlabel ^ ip6_make_flowinfo(np->tclass, np->flow_label)) &
	    IPV6_TCLASS_MASK)
		return false;
	if (!fl6->flowi6_oif)
		return true;
	/* The dst is held, not its device. */
	rcu_read_lock();
	idev = ip6_dst_idev(dst);
	fits = dst_dev_rcu((struct dst_entry *)dst)->ifindex == fl6->flowi6_oif ||
	       (idev && idev->dev->ifindex == fl6->flowi6_oif);
	rcu_read_unlock();
	return fits;
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
	unsigned long gen;

	dst = sk_dst_check(sk, inet6_sk(sk)->dst_cookie);
	if (dst) {
		if (likely(cached_fits(sk, dst, fl6))) {
			if (final_dst)
				fl6->daddr = *final_dst;
			return dst;
		}
		dst_release(dst);
	}
	dst = dst_flow(sock_net(sk), sk, fl6, final_dst, &gen);
	if (!connected || IS_ERR(dst) || final_dst ||
	    !ipv6_addr_equal(&fl6->daddr, &sk->sk_v6_daddr))
		return dst;
	socket_keep(sk, dst_clone(dst), gen);
	return dst;
}
