/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes: forwarding tables (fib.c, over the pure trie of lpm.c), the lookup
 * that packets and sockets make (route.c), what was learned of single
 * destinations beside the tables (pmtu.c), and requests of user space
 * (rtnl_route.c).
 *
 * The kernel's dst of IPv6 is struct rt6_info. Each hop of a route has one,
 * made with the route and shared by all packets; a destination with a path MTU
 * or a redirect of its own has another, in the store beside the tables.
 */
#ifndef SXT_ROUTE_H
#define SXT_ROUTE_H

#include <linux/indirect_call_wrapper.h>
#include <net/flow.h>
#include "ipv6.h"

/**
 * struct sxt_hop_cfg - one way that a route may go
 * @dev: interface, NULL for a type that has none
 * @gateway: next hop, or in6addr_any: the destination is on the link
 * @weight: 1 to 256
 * @flags: RTNH_F_ONLINK
 * @lwt: what packets are wrapped into on this way, or NULL
 * @nh_id: the nexthop object that it is of, or 0
 */
struct sxt_hop_cfg {
	struct net_device *dev;
	struct in6_addr gateway;
	u16 weight;
	u8 flags;
	struct lwtunnel_state *lwt;
	u32 nh_id;
};

/* flowi6_flags: an answer, which leaves by flowi6_oif if one of several equal
 * ways does; other ways are as good if none does
 */
#define SXT_FLOWI_BACK		BIT(6)

struct fib6_config;
struct fib6_info;
struct fib6_nh;
struct nexthop;
struct lwtunnel_state;
struct nl_info;
struct sxt_nh_user;

#define SXT_HOPS_MAX	64

/* rt6i_flags, shown to nobody: what leaves is encapsulated by dst.lwtstate. */
#define SXT_RTF_XMIT	RTF_PCPU

/**
 * struct sxt_route_cfg - a route as it is asked for
 * @dst: destination prefix; bits behind @dst_len are ignored
 * @dst_len: its length
 * @src: source prefix (source-specific route)
 * @src_len: its length, 0: any source
 * @prefsrc: preferred source address, or in6addr_any
 * @table: number; 0: main
 * @metric: 0: IP6_RT_PRIO_USER
 * @proto: RTPROT_*
 * @type: RTN_UNICAST, _LOCAL, _MULTICAST, _ANYCAST, _BLACKHOLE, _UNREACHABLE,
 *	_PROHIBIT
 * @flags: RTF_* that user space and /proc know (RTF_ADDRCONF, RTF_DEFAULT…)
 * @pref: router preference, ICMPV6_ROUTER_PREF_*
 * @expires: jiffies when it goes, 0: never
 * @mtu: RTAX_MTU, 0: the interface's
 * @hoplimit: RTAX_HOPLIMIT, 0: the interface's
 * @metrics: RTAX_MAX values, index RTAX_* - 1, or NULL; @mtu and @hoplimit are
 *	added to them
 * @hops: the ways
 * @hop_count: how many; 1 for all but multipath, 0 for dead ends
 * @nh_id: number of the nexthop object that says the ways, 0: none
 * @nh: that object; its ways are in @hops, and not checked again
 * @nl_flags: NLM_F_CREATE, _EXCL, _REPLACE, _APPEND as `ip route` sets them
 * @asker: whose request it is: listeners are told, and he is if he wants it;
 *	NULL: nobody's
 */
struct sxt_route_cfg {
	struct in6_addr dst;
	u8 dst_len;
	struct in6_addr src;
	u8 src_len;
	struct in6_addr prefsrc;
	u32 table;
	u32 metric;
	u8 proto;
	u8 type;
	u32 flags;
	u8 pref;
	unsigned long expires;
	u32 mtu;
	u32 hoplimit;
	const u32 *metrics;
	const struct sxt_hop_cfg *hops;
	unsigned int hop_count;
	u32 nh_id;
	struct nexthop *nh;
	u16 nl_flags;
	const struct nl_info *asker;
};

/**
 * struct sxt_hop - one way of a route that is in a table
 * @rt: its dst; @rt->dst.dev, @rt->rt6i_gateway, @rt->rt6i_flags say the rest
 * @route: the route, for what finds the hop by @rt
 * @weight: 1 to 256
 * @bound: multipath: hashes up to this (31 bits) take this hop
 * @nh_id: the nexthop object that it is of, or 0
 * @flags: RTNH_F_*
 */
struct sxt_hop {
	struct rt6_info *rt;
	struct sxt_route *route;
	u16 weight;
	u8 flags;
	u32 bound;
	u32 nh_id;
};

/**
 * struct sxt_route - a route in a table
 * @next: the next of the same destination prefix, by metric; RCU
 * @rcu: for its end
 * @expiring: in sxt_ip6_net.expiring if it has a lifetime
 * @cfg: what was asked for; @cfg.hops, @cfg.metrics, @cfg.nh and @cfg.asker are
 *	NULL: devices and metrics are in the hops
 * @table: it is in
 * @nh: NULL, or what ties it to a nexthop object; RTNL
 * @resilient: NULL, or that object if it is a resilient group; the object
 *	outlives what sees the route under RCU
 * @dead: out of the table
 * @prefsrc: @cfg.prefsrc is in force; not any more once no interface that
 *	could use it has it
 * @disabled: it has lost its ways, and waits for another nexthop object's
 * @hop_count: number of @hops; a dead end has one too, with dst.error set
 * @hops: the ways
 */
struct sxt_route {
	struct sxt_route __rcu *next;
	struct rcu_head rcu;
	struct list_head expiring;
	struct sxt_route_cfg cfg;
	struct sxt_fib_table *table;
	struct sxt_nh_user *nh;
	struct nexthop *resilient;
	bool dead;
	bool prefsrc;
	bool disabled;
	unsigned int hop_count;
	struct sxt_hop hops[] __counted_by(hop_count);
};

/**
 * sxt_route_prefsrc() - the source that a route gives packets of this node
 * @route: the route
 *
 * Context: under RCU or the RTNL.
 * Return: the address, NULL: none.
 */
static inline const struct in6_addr *
sxt_route_prefsrc(const struct sxt_route *route)
{
	return READ_ONCE(route->prefsrc) ? &route->cfg.prefsrc : NULL;
}

/* fib.c, RTNL; they move route_gen on and tell rtnetlink's listeners: */
struct sxt_route *sxt_route_add(struct net *net,
				const struct sxt_route_cfg *cfg,
				struct netlink_ext_ack *extack);
int sxt_route_del(struct net *net, const struct sxt_route_cfg *cfg,
		  struct netlink_ext_ack *extack);
int sxt_route_exchange(struct sxt_route *old, const struct sxt_route_cfg *cfg);
void sxt_route_remove(struct sxt_route *route);
void sxt_route_set_expires(struct sxt_route *route, unsigned long expires);
void sxt_route_set_pref(struct sxt_route *route, u8 pref);
struct sxt_route *sxt_route_find(struct net *net,
				 const struct sxt_route_cfg *cfg);
void sxt_route_addr_gone(struct net *net, const struct in6_addr *addr);
void sxt_route_dev_down(struct net_device *dev);
/* NETDEV_UP and NETDEV_CHANGE: dead and linkdown flags of multipath hops */
void sxt_route_dev_change(struct net_device *dev);
void sxt_route_dev_mtu(struct net_device *dev, u32 old);
void sxt_route_linkdown(struct net *net);
int sxt_route_walk(struct net *net, u32 table,
		   int (*visit)(struct sxt_route *route, void *arg), void *arg);

/* route.c, under RCU: */
struct rt6_info *sxt_route_lookup(struct net *net, const struct flowi6 *fl6,
				  const struct sk_buff *skb, int strict_dev);
/* a reference is given: */
struct rt6_info *sxt_route_hold(struct net *net, const struct flowi6 *fl6,
				const struct sk_buff *skb, int strict_dev);
struct rt6_info *sxt_route_hold_table(struct net *net, u32 id,
				      const struct flowi6 *fl6,
				      const struct sk_buff *skb, int oif);
struct dst_entry *sxt_route_output(struct net *net, const struct sock *sk,
				   struct flowi6 *fl6);
struct dst_entry *sxt_dst_flow(struct net *net, const struct sock *sk,
			       struct flowi6 *fl6,
			       const struct in6_addr *final_dst);
struct dst_entry *sxt_sk_dst_flow(struct sock *sk, struct flowi6 *fl6,
				  const struct in6_addr *final_dst,
				  bool connected);
/* dst.c: */
struct rt6_info *sxt_dst_to_link(struct net_device *dev,
				 const struct in6_addr *daddr);
struct rt6_info *sxt_dst_via(struct net_device *dev,
			     const struct in6_addr *daddr,
			     const struct in6_addr *via);
enum sxt_why sxt_route_why(int err);
/* route_in.c, under RCU; the packet's dst is set, without a reference: */
int sxt_route_input(struct sk_buff *skb);
/* the same, for packets from devices; bottom halves off */
bool sxt_route_rcv(struct sk_buff *skb);
int sxt_ways_in_net_init(struct sxt_ip6_net *n);
void sxt_ways_in_net_exit(struct sxt_ip6_net *n);

/**
 * sxt_route_changed() - cached dsts of a namespace are to be looked up anew
 * @net: the namespace
 *
 * Context: any.
 */
static inline void sxt_route_changed(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned long old, gen;

	/* ordered behind the change: who sees the number sees the change */
	do {
		old = READ_ONCE(n->route_gen);
		gen = old + 1;
		if (unlikely(!(u32)gen))
			gen++;
	} while (cmpxchg(&n->route_gen, old, gen) != old);
}

/* pmtu.c; any context: */
void sxt_pmtu_learn(struct net *net, const struct in6_addr *daddr, int oif,
		    u32 mtu);
u32 sxt_pmtu_known(struct net *net, const struct in6_addr *daddr, int ifindex);
void sxt_redirect_learn(struct net_device *dev, const struct in6_addr *daddr,
			const struct in6_addr *gateway, bool on_link,
			const struct in6_addr *from);
/* under RCU; @rt is what the tables gave; returns @rt or the destination's own */
struct rt6_info *sxt_pmtu_lookup(struct net *net, struct rt6_info *rt,
				 const struct in6_addr *daddr);
struct rt6_info *sxt_pmtu_show(struct net *net, struct rt6_info *base,
			       const struct in6_addr *daddr);
/* RTNL: all of an interface, or with NULL all */
void sxt_pmtu_flush(struct net *net, const struct net_device *dev);
void sxt_pmtu_link_mtu(struct net *net, const struct net_device *dev, u32 old,
		       u32 mtu);

/* nhobj.c, RTNL: nexthop objects, next hops of IPv4 routes */
int sxt_nh_init(struct net *net, struct fib6_nh *nh, struct fib6_config *cfg,
		gfp_t gfp, struct netlink_ext_ack *extack);
void sxt_nh_release(struct fib6_nh *nh);
void sxt_nh_release_dsts(struct fib6_nh *nh);
void sxt_nh_dev_gone(const struct net_device *dev);
void sxt_nh_changed(struct net *net, struct fib6_info *link);
void sxt_nh_tell(struct net *net, struct fib6_info *link,
		 struct nl_info *info);
int sxt_nh_del_route(struct net *net, struct fib6_info *link, bool quiet);

/* rtnl_route.c, RTNL: tell listeners; event RTM_NEWROUTE or RTM_DELROUTE */
void sxt_rtnl_route_notify(struct net *net, int event,
			   const struct sxt_route *route, u16 nl_flags,
			   const struct nl_info *asker);

/* dst.c: dst_ops.mtu and .check, for who calls them directly */
unsigned int sxt_rt_mtu(const struct dst_entry *dst);
struct dst_entry *sxt_rt_check(struct dst_entry *dst, u32 cookie);

/**
 * sxt_dst_mtu() - dst_mtu(), by a direct call if the dst is one of ours
 * @dst: dst of a packet that goes out
 *
 * Context: any.
 * Return: bytes.
 */
static inline u32 sxt_dst_mtu(const struct dst_entry *dst)
{
	return INDIRECT_CALL_1(dst->ops->mtu, sxt_rt_mtu, dst);
}

/**
 * struct sxt_rt - a dst of ours
 * @rt: what the rest of the kernel knows of it; it is first. Its sernum is the
 *	cookie of who keeps it, but a socket
 * @given: lower 32 bits of route_gen when it was last looked up, 0: never
 */
struct sxt_rt {
	struct rt6_info rt;
	int given;
};

/* dst life (dst.c): */
struct rt6_info *sxt_rt_alloc(struct net *net, struct net_device *dev,
			      unsigned short flags);
/* route.c calls these of input.c, output.c and forward.c: */
int sxt_ip6_input(struct sk_buff *skb);
int sxt_ip6_mc_input(struct sk_buff *skb);
int sxt_ip6_forward(struct sk_buff *skb);
int sxt_ip6_output(struct net *net, struct sock *sk, struct sk_buff *skb);

#endif /* SXT_ROUTE_H */
