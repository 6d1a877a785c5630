/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of neighbour discovery and router discovery share among
 * themselves. For the rest of the stack: nd.h.
 */
#ifndef SXT_ND_INT_H
#define SXT_ND_INT_H

#include <linux/if_arp.h>
#include <linux/ratelimit.h>
#include <linux/workqueue.h>
#include <net/ndisc.h>
#include "nd.h"
#include "nd_msg.h"
#include "route.h"

/* neigh.c: runs all that this folder's files defer; they may take the RTNL. */
extern struct workqueue_struct *sxt_nd_wq;

/* nd_work.c, softirq: false if the queue is full */
enum sxt_why sxt_nd_queue(struct sk_buff *skb);

/* nd_in.c: reads a message that lies in one piece behind skb->data */
enum sxt_nd_verdict sxt_nd_read(struct sk_buff *skb, struct sxt_nd_msg *m);
/* nd_in.c, the neighbour table's timer: a solicitation that was put off */
void sxt_nd_proxy_redo(struct sk_buff *skb);
/* nd_in.c: the sender's, or a target's, link-layer address is learned */
void sxt_nd_learn(struct net_device *dev, const struct in6_addr *addr,
		  const u8 *lladdr, u32 flags);

/* nd_out.c, RTNL: tell all nodes the addresses of @dev; @asked: not only if
 * ndisc_notify is set
 */
void sxt_nd_announce(struct net_device *dev, bool asked);

/* nd_work.c, RTNL */
void sxt_nd_redirected(struct sxt_idev *idev, struct sk_buff *skb);

/**
 * enum sxt_told_kind - what a router told
 * @SXT_TOLD_ROUTER: it is a default router
 * @SXT_TOLD_ROUTE: it is the way to a prefix (RFC 4191)
 * @SXT_TOLD_PREFIX: a prefix is on the link
 * @SXT_TOLD_SOURCE: addresses of a prefix are from this router, and packets
 *	from them are for it (RFC 8028); that is no route
 * @SXT_TOLD_KINDS: how many there are
 */
enum sxt_told_kind {
	SXT_TOLD_ROUTER,
	SXT_TOLD_ROUTE,
	SXT_TOLD_PREFIX,
	SXT_TOLD_SOURCE,
	SXT_TOLD_KINDS
};

/**
 * struct sxt_told - a route that stands because a router told it
 * @list: in sxt_idev.routers; readers RCU, writers RTNL
 * @rcu: for its end
 * @kind: what it is
 * @router: the next hop; in6addr_any of a prefix, which anybody may tell
 * @prefix: where it leads; ::/0 of a default router
 * @plen: its length
 * @pref: preference, 0, 1 or 3
 * @metric: of the route
 * @until: jiffies when it ends, 0: never
 * @heard: of a default router: how often it may speak
 */
struct sxt_told {
	struct list_head list;
	struct rcu_head rcu;
	enum sxt_told_kind kind;
	struct in6_addr router;
	struct in6_addr prefix;
	u8 plen;
	u8 pref;
	u32 metric;
	unsigned long until;
	struct ratelimit_state heard;
};

/* told.c, RTNL: */
void sxt_told_set(struct sxt_idev *idev, const struct sxt_told *told,
		  u32 lifetime);
void sxt_router_gone(struct sxt_idev *idev, const struct in6_addr *router);
/* told.c, under RCU */
bool sxt_router_may_speak(struct sxt_idev *idev, const struct in6_addr *from);
bool sxt_router_told(const struct inet6_dev *in6,
		     const struct in6_addr *router);

/* router.c, RTNL; sxt_router_accept() under RCU as well: */
void sxt_router_idev_add(struct sxt_idev *idev);
void sxt_router_idev_del(struct sxt_idev *idev);
bool sxt_router_accept(struct sxt_idev *idev);

/* slaac.c, RTNL */
struct sxt_addrgen_lft;
bool sxt_slaac_room(const struct sxt_idev *idev);
void sxt_slaac_left(const struct sxt_ifa *ifa, struct sxt_addrgen_lft *lft);
void sxt_slaac_set(struct sxt_ifa *ifa, const struct sxt_addrgen_lft *lft);

/* temp.c, RTNL */
void sxt_temp_idev_add(struct sxt_idev *idev);
void sxt_temp_idev_del(struct sxt_idev *idev);

/**
 * sxt_lifetime_short() - is a lifetime one that accept_ra_min_lft lets ignore?
 * @idev: the interface
 * @lifetime: seconds that a router told; 0 is never ignored
 *
 * Return: true if so.
 */
static inline bool sxt_lifetime_short(const struct sxt_idev *idev,
				      u32 lifetime)
{
	return lifetime &&
	       lifetime < (u32)max(idev->in6.cnf.accept_ra_min_lft, 0);
}

/**
 * sxt_nd_addr() - an address out of a message
 * @p: its bytes, at any alignment
 *
 * Return: the address.
 */
static inline struct in6_addr sxt_nd_addr(const u8 *p)
{
	struct in6_addr addr;

	memcpy(&addr, p, sizeof(addr));
	return addr;
}

/**
 * sxt_nd_limit_init() - so many in a time, without a word in the log
 * @limit: for __ratelimit()
 * @time: jiffies
 * @most: how many
 */
static inline void sxt_nd_limit_init(struct ratelimit_state *limit, int time,
				     int most)
{
	ratelimit_state_init(limit, time, most);
	ratelimit_set_flags(limit, RATELIMIT_MSG_ON_RELEASE);
}

/**
 * sxt_nd_work_arm() - run a work of an interface after a while
 * @idev: the interface, kept until the work has run
 * @work: one of its works, which ends with in6_dev_put()
 * @delay: jiffies; a time set before counts no more
 *
 * Context: RTNL.
 */
static inline void sxt_nd_work_arm(struct sxt_idev *idev,
				   struct delayed_work *work,
				   unsigned long delay)
{
	if (!mod_delayed_work(sxt_nd_wq, work, delay))
		in6_dev_hold(&idev->in6);
}

/**
 * sxt_nd_work_stop() - the opposite of sxt_nd_work_arm()
 * @idev: the interface
 * @work: the work, which may be running still, waiting for the RTNL
 *
 * Context: RTNL.
 */
static inline void sxt_nd_work_stop(struct sxt_idev *idev,
				    struct delayed_work *work)
{
	if (cancel_delayed_work(work))
		in6_dev_put(&idev->in6);
}

#endif /* SXT_ND_INT_H */
