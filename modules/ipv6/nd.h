/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Neighbour discovery (RFC 4861) and what routers tell (RFC 4862, 4191): the
 * neighbour table (neigh.c), messages in (nd_in.c) and out (nd_out.c), default
 * routers (router.c), prefixes (slaac.c). What a message says, and whether it
 * is valid, is pure: nd_msg.h.
 */
#ifndef SXT_ND_H
#define SXT_ND_H

#include <linux/sysctl.h>
#include <net/neighbour.h>
#include "iface.h"

extern struct neigh_table sxt_nd_tbl;

/* neigh.c, RTNL; the parameters are in6.nd_parms. @rs_work, @probe_work, @temp_work and
 * @routers of the interface are set up and ended here too:
 */
int sxt_neigh_idev_add(struct sxt_idev *idev);
void sxt_neigh_idev_del(struct sxt_idev *idev);

/* neigh.c, under RCU, no reference: */
struct neighbour *sxt_neigh_find(struct net_device *dev,
				 const struct in6_addr *addr);
struct neighbour *sxt_neigh_get(struct net_device *dev,
				const struct in6_addr *addr);
/* with a reference, for dst_ops: */
struct neighbour *sxt_neigh_lookup(const struct dst_entry *dst,
				   struct sk_buff *skb, const void *daddr);

/* sysctl_neigh.c: */
int sxt_neigh_times_handler(const struct ctl_table *ctl, int write,
			    void *buffer, size_t *lenp, loff_t *ppos);

/* optimistic.c, under RCU (RFC 4429): */
bool sxt_optimistic_packet(struct net *net, const struct sk_buff *skb);
/* no reference: */
struct neighbour *sxt_optimistic_router(struct net_device *dev,
					const struct in6_addr *source);

/* nd_out.c; softirq or process: */
void sxt_nd_send_ns(struct net_device *dev, const struct in6_addr *target,
		    const struct in6_addr *daddr, const struct in6_addr *saddr,
		    u64 nonce);
struct sk_buff *sxt_nd_make_ns(struct net_device *dev,
			       const struct in6_addr *target,
			       const struct in6_addr *saddr, u64 nonce);
void sxt_nd_send_na(struct net_device *dev, const struct in6_addr *daddr,
		    const struct in6_addr *target, bool router, bool solicited,
		    bool override, bool inc_opt);
void sxt_nd_send_rs(struct net_device *dev, const struct in6_addr *saddr,
		    const struct in6_addr *daddr);
void sxt_nd_send_redirect(struct sk_buff *skb, struct net_device *dev,
			  const struct in6_addr *target);
/* any ICMPv6 message of this node: checksum, dst and counters are done here;
 * the skb is consumed.
 */
void sxt_nd_send(struct sk_buff *skb, struct net_device *dev,
		 const struct in6_addr *daddr, const struct in6_addr *saddr);
struct sk_buff *sxt_nd_alloc(struct net_device *dev, unsigned int len);

/* router.c; sxt_router_forget() and sxt_told_*() in told.c; RTNL: */
struct sxt_nd_ra;
void sxt_router_advertised(struct sxt_idev *idev, struct sk_buff *skb);
void sxt_router_solicit_start(struct sxt_idev *idev);
void sxt_router_solicit_stop(struct sxt_idev *idev);
void sxt_router_forget(struct sxt_idev *idev);
void sxt_told_free(struct sxt_idev *idev);
struct sxt_route;
bool sxt_told_again(struct sxt_idev *idev, const struct in6_addr *prefix,
		    unsigned int plen, struct sxt_route *route);
/* router.c, under RCU: packets would take this router, but it is silent */
void sxt_router_probe(const struct rt6_info *rt);
/* told.c, under RCU: did the router tell the prefix of this address? */
bool sxt_router_gave(const struct net_device *dev,
		     const struct in6_addr *router,
		     const struct in6_addr *addr);
/* slaac.c, RTNL: one prefix information option (RFC 4862 5.5.3) */
void sxt_slaac_prefix(struct sxt_idev *idev, const u8 *option, u32 len,
		      const struct in6_addr *from);
/* temp.c, RTNL: the lifetimes of @of are new, or it has IFA_F_MANAGETEMPADDR now:
 * its temporary addresses follow (RFC 8981 3.4)
 */
void sxt_temp_told(struct sxt_idev *idev, struct sxt_ifa *of);
/* temp.c, RTNL: another node has a temporary address, there is to be another one */
void sxt_temp_taken(struct sxt_idev *idev);
/* temp.c, RTNL: @of goes, or has IFA_F_MANAGETEMPADDR no more */
void sxt_temp_del(struct sxt_idev *idev, struct sxt_ifa *of);

/* idev.c, RTNL: interface identifier by the interface's addr_gen_mode */
bool sxt_addrgen_iid(struct sxt_idev *idev, const struct in6_addr *prefix,
		     u8 dad_count, u8 iid[8]);

#endif /* SXT_ND_H */
