/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the address table share among themselves:
 * ifa_table.c (which there are), ifa.c (they come, change and go), ifa_route.c
 * (routes that come with an address), anycast.c, ifa_life.c (lifetimes), dad.c;
 * and idev.c.
 */
#ifndef SXT_IFA_INT_H
#define SXT_IFA_INT_H

#include <linux/workqueue.h>
#include "iface.h"

/* All delayed work of addresses; drained when the module goes. */
extern struct workqueue_struct *sxt_ifa_wq;

/* ifa_table.c */
void sxt_ifa_table_init(void);
void sxt_ifa_table_net_init(struct net *net);
/* RTNL: */
void sxt_ifa_hash_add(struct sxt_ifa *ifa);
void sxt_ifa_hash_del(struct sxt_ifa *ifa);
struct sxt_ifa *sxt_ifa_of(const struct sxt_idev *idev,
			   const struct in6_addr *addr);
struct sxt_ifa *sxt_ifa_twin(const struct sxt_ifa *ifa);

/* ifa.c, RTNL: */
struct sxt_ifa *sxt_ifa_alloc(struct sxt_idev *idev,
			      const struct sxt_ifa_cfg *cfg);
void sxt_ifa_usable(struct sxt_ifa *ifa);
void sxt_ifa_unusable(struct sxt_ifa *ifa);

/**
 * struct sxt_ifa_prefixes - what an address has put on the link
 * @dst: its prefix, and its peer
 * @len: their lengths
 * @metric: of both routes
 * @count: 0: it has none, as it is one that wants no such route; 1; or 2
 */
struct sxt_ifa_prefixes {
	struct in6_addr dst[2];
	u8 len[2];
	u32 metric;
	unsigned int count;
};

/* ifa_route.c, RTNL: */
int sxt_ifa_local_add(struct sxt_ifa *ifa);
void sxt_ifa_local_del(struct sxt_ifa *ifa);
void sxt_ifa_prefix_add(struct sxt_ifa *ifa);
void sxt_ifa_prefix_del(struct sxt_ifa *ifa);
void sxt_ifa_prefix_note(const struct sxt_ifa *ifa,
			 struct sxt_ifa_prefixes *old);
void sxt_ifa_prefix_left(const struct sxt_ifa *ifa,
			 const struct sxt_ifa_prefixes *old);
void sxt_ifa_mroute_add(struct sxt_idev *idev);

/* anycast.c, RTNL: */
void sxt_anycast_join(struct sxt_ifa *ifa);
void sxt_anycast_leave(struct sxt_ifa *ifa);
void sxt_anycast_left(struct sxt_ifa *ifa, u8 plen);
void sxt_anycast_host(struct sxt_idev *idev);
void sxt_anycast_up(struct sxt_idev *idev);
void sxt_anycast_down(struct sxt_idev *idev);

/* ifa_life.c: */
void sxt_ifa_life_changed(struct sxt_ifa *ifa);
void sxt_ifa_life_net_init(struct net *net);
void sxt_ifa_life_net_exit(struct net *net);
/* seconds left, for user space; RTNL or RCU: */
void sxt_ifa_life_left(const struct sxt_ifa *ifa, u32 *valid, u32 *preferred);

/* dad.c: */
void sxt_dad_link_ready(struct sxt_ifa *ifa);
bool sxt_dad_wanted(const struct sxt_idev *idev, u32 flags);
void sxt_dad_work(struct work_struct *work);
void sxt_dad_net_init(struct net *net);
void sxt_dad_net_exit(struct net *net);

/* idev.c, RTNL: */
void sxt_idev_wait(struct sxt_idev *idev);
void sxt_idev_link_lost(struct sxt_idev *idev);
void sxt_idev_link_back(struct sxt_idev *idev);
void sxt_idev_start(struct sxt_idev *idev);
void sxt_idev_stop(struct sxt_idev *idev);
void sxt_idev_set_disabled(struct sxt_idev *idev, bool disabled);
void sxt_idev_set_router(struct sxt_idev *idev);
void sxt_idev_link_local(struct sxt_idev *idev);

/* proc_ifaddr.c: */
int sxt_proc_ifaddr_net_init(struct net *net);
void sxt_proc_ifaddr_net_exit(struct net *net);

/* netconf.c: tell listeners of a changed setting, NETCONFA_* or all; RTNL */
void sxt_netconf_notify(struct net *net, int event, int type, int ifindex,
			const struct ipv6_devconf *cnf);
int sxt_netconf_init(void);
void sxt_netconf_exit(void);

#endif /* SXT_IFA_INT_H */
