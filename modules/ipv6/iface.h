/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interfaces and their addresses: what an interface is to IPv6 (idev.c), the
 * address table (ifa_table.c, ifa.c), duplicate address detection (dad.c),
 * which source address a packet gets (saddr.c).
 */
#ifndef SXT_IFACE_H
#define SXT_IFACE_H

#include <linux/ratelimit_types.h>
#include "ipv6.h"

/**
 * struct sxt_idev - IPv6 on one interface
 * @in6: what the rest of the kernel knows of it, reached by dev->ip6_ptr. It
 *	is first: the kernel frees the whole by its address
 * @rs_work: router solicitations (router.c)
 * @probe_work: a router that does not answer is solicited (router.c)
 * @probed: that router, while bit 0 of @probing is set
 * @probing: see @probed
 * @temp_work: temporary addresses are renewed in time (temp.c)
 * @groups: memberships (mcast.c), struct sxt_group; readers RCU, writers RTNL
 * @mld: state of the listener protocol, NULL where none is spoken (mld.c)
 * @routers: what routers told: routes, prefixes (told.c); readers RCU, writers
 *	RTNL
 * @strangers: how often routers that are not known may speak
 * @redirects: how often anybody may redirect
 * @anycasts: anycast addresses, by struct sxt_ifa.ifa.if_list; readers RCU,
 *	writers RTNL. Unicast addresses are in @in6.addr_list, and groups that
 *	came like one: sxt_ifa_is_group()
 * @router: it is a router's, and has joined what routers join
 * @router_joined: which of their groups, a bit each
 * @strong_host: own addresses of other interfaces are not heard here (strong.c)
 * @linked: its link was there when that was last asked
 *
 * Lives as long as its interface has IPv6, referenced like any inet6_dev:
 * in6_dev_hold(), in6_dev_put().
 */
struct sxt_idev {
	struct inet6_dev in6;
	struct delayed_work rs_work;
	struct delayed_work probe_work;
	struct in6_addr probed;
	unsigned long probing;
	struct delayed_work temp_work;
	struct list_head groups;
	struct sxt_mld *mld;
	struct list_head routers;
	struct ratelimit_state strangers;
	struct ratelimit_state redirects;
	struct list_head anycasts;
	bool router;
	u8 router_joined;
	int strong_host;
	bool linked;
};

/**
 * sxt_idev() - the stack's view of an interface
 * @in6: what dev->ip6_ptr points to, not NULL
 *
 * Return: the same object.
 */
static inline struct sxt_idev *sxt_idev(struct inet6_dev *in6)
{
	return container_of(in6, struct sxt_idev, in6);
}

/**
 * sxt_idev_get_rcu() - IPv6 on an interface, for a packet
 * @dev: the interface
 *
 * Context: under rcu_read_lock() or the RTNL.
 * Return: the interface's state, or NULL: it has no IPv6.
 */
static inline struct sxt_idev *sxt_idev_get_rcu(const struct net_device *dev)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);

	return in6 ? sxt_idev(in6) : NULL;
}

/* idev.c, RTNL: */
struct sxt_idev *sxt_idev_add(struct net_device *dev);
bool sxt_idev_is_router(const struct sxt_idev *idev);

/* So many probes of an address are known again if they come back. */
#define SXT_DAD_NONCES	8u

/**
 * enum sxt_ifa_origin - who made an address, which is more than IFA_PROTO: that
 *	user space says as it likes
 * @SXT_IFA_USER: whoever asked for it
 * @SXT_IFA_LINK_LOCAL: the interface, when its link came
 * @SXT_IFA_RA: a router told its prefix (slaac.c, temp.c). It has no prefix
 *	route: what is on the link is something else that routers say. Who makes
 *	it permanent has it for himself
 */
enum sxt_ifa_origin {
	SXT_IFA_USER,
	SXT_IFA_LINK_LOCAL,
	SXT_IFA_RA,
};

/**
 * struct sxt_ifa - an address of an interface
 * @ifa: what the rest of the kernel knows of it; flags, lifetimes, state and
 *	prefix length are kept there. It is first. @ifa.rt is not used
 * @hash: in sxt_ip6_net.ifa_hash, by the address
 * @conflict: in sxt_ip6_net.dad_conflicts, or empty
 * @members: sockets that asked for an anycast address, RTNL
 * @anycast: it is an anycast address (anycast.c)
 * @subnet: that of a router for its subnet
 * @routed: it has its route in table local: packets to it are delivered
 * @joined: the interface is in its solicited-node group for it
 * @origin: who made it
 * @nonces: of its last probes (RFC 7527)
 * @desync: DESYNC_FACTOR of a temporary one, in seconds (RFC 8981 3.8)
 * @nonce_at: where in @nonces that of the next probe goes
 * @looped: one of its probes came back
 *
 * Referenced by @ifa.refcnt: sxt_ifa_hold(), sxt_ifa_put(). The table holds
 * one, running work one.
 */
struct sxt_ifa {
	struct inet6_ifaddr ifa;
	struct hlist_node hash;
	struct list_head conflict;
	struct list_head members;
	bool anycast;
	bool subnet;
	bool routed;
	bool joined;
	enum sxt_ifa_origin origin;
	u64 nonces[SXT_DAD_NONCES];
	u32 desync;
	u8 nonce_at;
	bool looped;
};

/**
 * struct sxt_ifa_cfg - an address to be added or changed
 * @addr: the address
 * @peer: of a point-to-point link, or in6addr_any
 * @plen: prefix length, of @peer if there is one
 * @flags: IFA_F_*
 * @valid: seconds, INFINITY_LIFE_TIME for ever
 * @preferred: seconds, not more than @valid
 * @metric: of the prefix route, 0 for the usual one
 * @proto: IFAPROT_*, for user space
 * @origin: of a new address: who makes it
 * @scope: RT_SCOPE_*, 0: by the address
 * @wait: of a new address: jiffies before the first probe for it
 */
struct sxt_ifa_cfg {
	struct in6_addr addr;
	struct in6_addr peer;
	u8 plen;
	u32 flags;
	u32 valid;
	u32 preferred;
	u32 metric;
	u8 proto;
	enum sxt_ifa_origin origin;
	u8 scope;
	unsigned long wait;
};

static inline void sxt_ifa_hold(struct sxt_ifa *ifa)
{
	refcount_inc(&ifa->ifa.refcnt);
}

/**
 * sxt_ifa_is_group() - is it a group that is joined as long as it is there?
 * @ifa: what is among the addresses of an interface
 *
 * IFA_F_MCAUTOJOIN: users see it beside the addresses, and give it lifetimes. It
 * is none: no source (RFC 4291 2.7), not probed for, without routes.
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool sxt_ifa_is_group(const struct inet6_ifaddr *ifa)
{
	return READ_ONCE(ifa->flags) & IFA_F_MCAUTOJOIN;
}

/* ifa_table.c; under RCU, no reference taken: */
struct sxt_ifa *sxt_ifa_find(struct net *net, const struct in6_addr *addr,
			     const struct net_device *dev);
bool sxt_ifa_is_ours(struct net *net, const struct in6_addr *addr,
		     const struct net_device *dev, u32 banned_flags);
bool sxt_ifa_serves(struct net *net, const struct in6_addr *addr,
		    const struct net_device *dev, u32 banned_flags);
/* any context: */
bool sxt_ifa_is_ours_from(struct net *net, const struct net_device *dev,
			  const struct in6_addr *addr, bool strict,
			  u32 banned_flags);
/* under RCU: */
int sxt_ifa_link_local(struct net_device *dev, struct in6_addr *addr,
		       u32 banned_flags);
bool sxt_ifa_same_subnet(const struct inet6_dev *in6,
			 const struct in6_addr *addr);

/* ifa.c; any context: */
void sxt_ifa_put(struct sxt_ifa *ifa);
/* RTNL: */
struct sxt_ifa *sxt_ifa_add(struct sxt_idev *idev,
			    const struct sxt_ifa_cfg *cfg,
			    struct netlink_ext_ack *extack);
int sxt_ifa_change(struct sxt_ifa *ifa, const struct sxt_ifa_cfg *cfg,
		   struct netlink_ext_ack *extack);
void sxt_ifa_del(struct sxt_ifa *ifa);
void sxt_ifa_flush(struct sxt_idev *idev, bool keep_permanent);

/* dad.c, RTNL: */
void sxt_dad_start(struct sxt_ifa *ifa, unsigned long wait);
void sxt_dad_stop(struct sxt_ifa *ifa);
/* softirq: another node has the address, or tries to get it: */
void sxt_dad_conflict(struct sxt_ifa *ifa);
/* softirq: did we send it ourselves? */
bool sxt_dad_own_probe(struct sxt_ifa *ifa, u64 nonce);

/* rtnl_addr.c, RTNL: tell listeners; event RTM_NEWADDR or RTM_DELADDR */
void sxt_rtnl_addr_notify(int event, struct sxt_ifa *ifa);
/* rtnl_link.c, RTNL: RTM_NEWLINK with IFLA_INET6_*, as after an RA */
void sxt_rtnl_link_notify(struct sxt_idev *idev);

/* sysctl.c, RTNL: net.ipv6.conf.DEV, net.ipv6.neigh.DEV */
int sxt_sysctl_idev_add(struct sxt_idev *idev);
void sxt_sysctl_idev_del(struct sxt_idev *idev);

/* snmp.c, RTNL */
int sxt_snmp_idev_add(struct sxt_idev *idev);
void sxt_snmp_idev_del(struct sxt_idev *idev);

/* saddr.c, under RCU (RFC 6724 section 5): */
int sxt_saddr_by(struct net *net, const struct net_device *dev,
		 const struct in6_addr *via, const struct in6_addr *daddr,
		 unsigned int prefs, struct in6_addr *saddr);
int sxt_saddr_of(struct net *net, const struct net_device *dev,
		 const struct in6_addr *daddr, struct in6_addr *saddr);
int sxt_saddr_get(struct net *net, const struct net_device *dev,
		  const struct in6_addr *daddr, unsigned int prefs,
		  struct in6_addr *saddr);

/* addrlabel.c, under RCU (RFC 6724 section 2.1): */
u32 sxt_addrlabel_get(struct net *net, const struct in6_addr *addr,
		      int ifindex);

#endif /* SXT_IFACE_H */
