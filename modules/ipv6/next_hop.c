// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPV6_NEXTHOP (RFC 3542 6.4): a datagram goes to a neighbour that the program
 * names, whatever the routes say of its destination. What they say of the
 * neighbour counts: on which link it is.
 *
 * Each datagram has a dst of its own, which no table knows. A socket may keep
 * one to tell of its MTU, but no packet goes by what is kept.
 */
#include "fib.h"
#include "iface.h"
#include "sock_int.h"

/**
 * sxt_next_hop_check() - is this an address that a neighbour may have?
 * @via: what the program gave
 * @len: its length
 *
 * Context: any.
 * Return: 0; -EINVAL: too short, or none; -EAFNOSUPPORT: of another family.
 */
int sxt_next_hop_check(const struct sockaddr_in6 *via, size_t len)
{
	int type;

	if (len < sizeof(*via))
		return -EINVAL;
	if (via->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	type = ipv6_addr_type(&via->sin6_addr);
	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED)) ? 0 : -EINVAL;
}

/* Straight onto a link, to a node that is not this one. */
static bool next_hop_is_near(const struct sxt_fib_result *res)
{
	const struct rt6_info *rt = res->rt;

	if (!res->hop || rt->dst.error || rt->dst.lwtstate ||
	    rt->rt6i_flags & (RTF_GATEWAY | RTF_LOCAL | RTF_ANYCAST))
		return false;
	return !(dst_dev_rcu((struct dst_entry *)&rt->dst)->flags &
		 IFF_LOOPBACK);
}

/* Under RCU. */
static int next_hop_oif(struct sock *sk, struct flowi6 *fl6,
			const struct sockaddr_in6 *via)
{
	bool zoned = ipv6_addr_type(&via->sin6_addr) & IPV6_ADDR_LINKLOCAL;
	struct flowi6 hop = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = fl6->flowi6_oif,
		.flowi6_uid = fl6->flowi6_uid,
		.daddr = via->sin6_addr,
	};
	struct net *net = sock_net(sk);
	struct sxt_fib_result res;

	if (!hop.flowi6_oif)
		hop.flowi6_oif = READ_ONCE(sk->sk_bound_dev_if) ?:
				 sxt_np(sk)->sticky_pktinfo.ipi6_ifindex;
	if (zoned && via->sin6_scope_id) {
		if (!sxt_oif_fits(sk, hop.flowi6_oif, via->sin6_scope_id))
			return -EINVAL;
		hop.flowi6_oif = via->sin6_scope_id;
	}
	if (zoned && !hop.flowi6_oif)
		return -EINVAL;
	if (hop.flowi6_oif && !dev_get_by_index_rcu(net, hop.flowi6_oif))
		return -ENODEV;
	sxt_route_resolve(net, &hop, NULL, hop.flowi6_oif, &res);
	if (!next_hop_is_near(&res))
		return -EHOSTUNREACH;
	fl6->flowi6_oif = dst_dev_rcu(&res.rt->dst)->ifindex;
	return 0;
}

/**
 * sxt_next_hop_oif() - the interface to a next hop
 * @sk: the socket
 * @fl6: flowi6_oif: what was said of it before; becomes the interface
 * @via: the next hop, or NULL: there is none, and nothing happens
 *
 * The order of RFC 3542 6.7: IPV6_PKTINFO first, and what else ties packet or
 * socket to an interface; the next hop must be there. It is before what merely
 * wishes for one (IPV6_UNICAST_IF). Marks, which rules send to tables of their
 * own, say nothing of where a neighbour is.
 *
 * Context: process.
 * Return: 0; -EINVAL: a link-local one without its link, or of another than was
 *	said; -ENODEV; -EHOSTUNREACH: no neighbour (there).
 */
int sxt_next_hop_oif(struct sock *sk, struct flowi6 *fl6,
		     const struct sockaddr_in6 *via)
{
	int err;

	if (!via)
		return 0;
	rcu_read_lock();
	err = next_hop_oif(sk, fl6, via);
	rcu_read_unlock();
	return err;
}

/* Under RCU. The source is one that the next hop's link gives. */
static struct rt6_info *next_hop_dst(struct sock *sk, struct flowi6 *fl6,
				     const struct sockaddr_in6 *via)
{
	struct net *net = sock_net(sk);
	struct net_device *dev;
	struct rt6_info *rt;
	int err;

	dev = dev_get_by_index_rcu(net, fl6->flowi6_oif);
	if (!dev)
		return ERR_PTR(-ENODEV);
	if (ipv6_addr_any(&fl6->saddr)) {
		err = sxt_saddr_by(net, dev, &via->sin6_addr, &fl6->daddr,
				   READ_ONCE(sxt_np(sk)->srcprefs),
				   &fl6->saddr);
		if (err)
			return ERR_PTR(err);
	}
	/* No link has it (RFC 4291 2.5.3). */
	if (ipv6_addr_loopback(&fl6->saddr))
		return ERR_PTR(-EINVAL);
	if (ipv6_addr_v4mapped(&fl6->saddr) &&
	    !ipv6_addr_v4mapped(&fl6->daddr))
		return ERR_PTR(-EAFNOSUPPORT);
	rt = sxt_dst_via(dev, &fl6->daddr, &via->sin6_addr);
	return rt ?: ERR_PTR(-ENOBUFS);
}

/**
 * sxt_next_hop_dst() - dst and source address of a flow by a next hop
 * @sk: the socket
 * @fl6: flow, flowi6_oif by sxt_next_hop_oif(); saddr is set if it was ::,
 *	daddr becomes @final_dst
 * @final_dst: behind a routing header, or NULL
 * @via: the next hop
 * @connected: the socket is connected to this destination, and keeps the dst:
 *	good for IPV6_PATHMTU, and for no packet
 *
 * What was learned of the path to the destination holds by this way, too.
 *
 * Context: any.
 * Return: the dst with a reference, or an error: -ENODEV, -EADDRNOTAVAIL,
 *	-EINVAL: the source is ::1; -EAFNOSUPPORT, -ENOBUFS.
 */
struct dst_entry *sxt_next_hop_dst(struct sock *sk, struct flowi6 *fl6,
				   const struct in6_addr *final_dst,
				   const struct sockaddr_in6 *via,
				   bool connected)
{
	struct rt6_info *rt;
	u32 mtu;

	rcu_read_lock();
	rt = next_hop_dst(sk, fl6, via);
	mtu = sxt_pmtu_known(sock_net(sk), &fl6->daddr, fl6->flowi6_oif);
	rcu_read_unlock();
	if (IS_ERR(rt))
		return ERR_CAST(rt);
	if (mtu)
		dst_metric_set(&rt->dst, RTAX_MTU, mtu);
	if (connected)
		sk_dst_set(sk, dst_clone(&rt->dst));
	if (final_dst)
		fl6->daddr = *final_dst;
	return &rt->dst;
}
