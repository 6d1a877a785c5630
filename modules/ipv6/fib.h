/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the routing code (fib.c, fib_add.c, fib_event.c, route*.c, rules.c,
 * rtnl_route.c, proc_route.c): what a forwarding table is, and how it is
 * walked.
 */
#ifndef SXT_FIB_H
#define SXT_FIB_H

#include "lpm.h"
#include "route.h"

/**
 * struct sxt_fib_table - one forwarding table
 * @lpm: destination prefixes; the value of each is its first struct sxt_route.
 *	Those of one prefix are in order: longer source prefix first, then by
 *	source, then by metric, then as they came
 * @rcu: for its end
 * @net: the namespace
 * @id: number
 * @count: routes in it; an empty one other than local and main goes
 */
struct sxt_fib_table {
	struct sxt_lpm lpm;
	struct rcu_head rcu;
	struct net *net;
	u32 id;
	unsigned int count;
};

/**
 * struct sxt_fib_pos - where a walk through a table is
 * @key: the prefix that was last given
 * @len: its length
 * @begun: there is one
 */
struct sxt_fib_pos {
	struct sxt_lpm_key key;
	u8 len;
	bool begun;
};

/* flowi6_flags, beside the kernel's and SXT_FLOWI_BACK: a link without carrier
 * will do
 */
#define SXT_FLOWI_LINKDOWN	BIT(7)

/**
 * struct sxt_fib_result - what a lookup found
 * @rt: the dst, never NULL
 * @hop: where from, NULL: no route, @rt is the namespace's dead end
 */
struct sxt_fib_result {
	struct rt6_info *rt;
	const struct sxt_hop *hop;
};

/* fib.c; under RCU or the RTNL: */
struct sxt_fib_table *sxt_fib_table_find(struct net *net, u32 id);
struct sxt_route *sxt_fib_next(const struct sxt_fib_table *table,
			       struct sxt_fib_pos *pos);
struct sxt_fib_table *sxt_fib_table_after(struct net *net, u32 id);
const struct net_device *sxt_hop_dev(const struct sxt_hop *hop);
u8 sxt_hop_state(const struct sxt_hop *hop);
/* fib.c, RTNL: */
struct sxt_fib_table *sxt_fib_table_get(struct net *net, u32 id);
void sxt_fib_table_put(struct sxt_fib_table *table);
int sxt_route_link(struct sxt_route *route, struct sxt_route *before);
void sxt_route_swap(struct sxt_route *old, struct sxt_route *route);
void sxt_route_unlink(struct sxt_route *route);
void sxt_route_free(struct sxt_route *route, const struct sxt_route *heir);
void sxt_route_balance(struct sxt_route *route);
void sxt_route_remove_for(struct sxt_route *route,
			  const struct nl_info *asker);
int sxt_route_cmp(const struct sxt_route_cfg *a,
		  const struct sxt_route_cfg *b);
struct sxt_route *sxt_route_alloc(const struct sxt_route_cfg *cfg,
				  unsigned int hops);
struct sxt_route *sxt_route_first(const struct sxt_fib_table *table,
				  const struct sxt_route_cfg *cfg);
/* fib_add.c, RTNL: */
int sxt_hop_check(struct net *net, u32 table, u8 type, struct sxt_hop_cfg *hop,
		  struct netlink_ext_ack *extack);
struct sxt_route *sxt_route_make(struct net *net,
				 const struct sxt_route_cfg *cfg,
				 struct netlink_ext_ack *extack);
/* nhobj.c, RTNL: */
int sxt_nh_hops(struct net *net, struct sxt_route_cfg *cfg,
		struct sxt_hop_cfg *hops, struct netlink_ext_ack *extack);
int sxt_nh_attach(struct sxt_route *route, struct nexthop *nh);
void sxt_nh_detach(struct sxt_route *route);
void sxt_nh_move(struct sxt_route *from, struct sxt_route *to);
/* fib_event.c, RTNL: */
void sxt_route_disable(struct sxt_route *route);
u8 sxt_hop_dev_flags(u8 type, const struct net_device *dev);
void sxt_route_drop_hops(struct sxt_route *route,
			 const struct net_device *dev,
			 const struct in6_addr *gateway,
			 const struct nl_info *asker);
void sxt_route_watch(struct sxt_route *route);
void sxt_route_expire(struct work_struct *work);

/* dst.c: */
struct rt6_info *sxt_rt_make(struct net *net, const struct sxt_route_cfg *cfg,
			     const struct sxt_hop_cfg *hop);
void sxt_rt_retire(struct rt6_info *rt);
void sxt_rt_dev_gone(struct net *net, const struct net_device *dev);
int sxt_route_error(u8 type);

/**
 * sxt_rt_uses() - does a dst hold a device?
 * @rt: the dst
 * @dev: the device
 *
 * An own address's is of one and leads to another.
 *
 * Context: where its devices can't be exchanged: under the lock of what holds
 * it, pmtu_lock or uncached_lock.
 * Return: true: it does.
 */
static inline bool sxt_rt_uses(const struct rt6_info *rt,
			       const struct net_device *dev)
{
	return rt->dst.dev == dev || (rt->rt6i_idev && rt->rt6i_idev->dev == dev);
}

/**
 * sxt_route_gen() - which state of the routes a lookup sees
 * @net: namespace
 *
 * Taken before the lookup: a change during it makes the result stale, not good.
 *
 * Context: any.
 * Return: route_gen.
 */
static inline unsigned long sxt_route_gen(const struct net *net)
{
	/* pairs with sxt_route_changed() */
	return smp_load_acquire(&sxt_ip6_net(net)->route_gen);
}

/* So often is it looked again for a route that others may have moved. */
#define SXT_LOOK_AGAIN	3

/**
 * sxt_route_moved() - has a lookup that found no way missed a change?
 * @net: namespace
 * @gen: sxt_route_gen() before it; as it is now, for the next
 *
 * Context: any.
 * Return: true: it may have.
 */
static inline bool sxt_route_moved(const struct net *net, unsigned long *gen)
{
	unsigned long old = *gen;

	/* Who saw a route gone sees the number of what came before that. */
	smp_rmb();
	*gen = sxt_route_gen(net);
	return *gen != old;
}

/* route_hash.c, under RCU */
u32 sxt_flow_hash(const struct net *net, const struct flowi6 *fl6,
		  const struct sk_buff *skb);
/* route_pick.c, under RCU; -EAGAIN: no route in this table, try the next */
bool sxt_route_gave_source(const struct rt6_info *rt,
			   const struct flowi6 *fl6);
int sxt_fib_lookup(const struct sxt_fib_table *table,
		   const struct flowi6 *fl6, const struct sk_buff *skb,
		   int oif, bool strict, struct sxt_fib_result *res);
/* route.c, under RCU: */
void sxt_route_resolve(struct net *net, const struct flowi6 *fl6,
		       const struct sk_buff *skb, int strict_dev,
		       struct sxt_fib_result *res);

/* rules.c, under RCU: as sxt_fib_lookup(), through the rules */
int sxt_rules_lookup(struct net *net, const struct flowi6 *fl6,
		     const struct sk_buff *skb, int oif, bool strict,
		     struct sxt_fib_result *res);

/**
 * struct sxt_pmtu_pos - where a walk through what was learned is
 * @bucket: of the hash
 * @skip: entries of it that are done with
 */
struct sxt_pmtu_pos {
	unsigned int bucket;
	unsigned int skip;
};

/* pmtu.c: a destination's own dst; a message says its MTU or a better hop */
int sxt_pmtu_walk(struct net *net, struct sxt_pmtu_pos *pos,
		  int (*visit)(const struct in6_addr *daddr, int link,
			       void *arg), void *arg);
bool sxt_pmtu_drop(struct net *net, const struct in6_addr *daddr, int ifindex);
bool sxt_pmtu_valid(const struct rt6_info *rt);
void sxt_pmtu_forget(const struct rt6_info *rt);
void sxt_redirect_forget(const struct rt6_info *rt);

#endif /* SXT_FIB_H */
