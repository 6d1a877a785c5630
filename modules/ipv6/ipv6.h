/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all of sextant_ipv6 shares: the state of a network namespace, and the
 * order in which its parts come and go (main.c).
 *
 * Two rules hold everywhere. Configuration (addresses, routes, interfaces,
 * group memberships, what a router advertisement changes) is written under the
 * RTNL and in process context only; a packet that asks for a change queues
 * work. Packets read under RCU and take no lock but those of the kernel's
 * neighbour tables, fragment queues and sockets.
 */
#ifndef SXT_IPV6_H
#define SXT_IPV6_H

#include <linux/hashtable.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/ratelimit_types.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "why.h"

#define SXT_IFA_HASH_BITS	8
#define SXT_PMTU_HASH_BITS	8
#define SXT_ECHO_LONG		64
#define SXT_FLOWLABEL_BUCKETS	256

struct ctl_table_header;
struct fib_rules_ops;
struct sxt_fib_table;
struct sxt_label_table;
struct sxt_way_in;

/**
 * struct sxt_ip6_net - the stack's own state of a namespace
 * @net: the namespace
 * @ifa_hash: all addresses by their bits (ifa_table.c); readers RCU, writers RTNL
 * @ifa_work: deprecates and takes away addresses whose lifetimes are over
 * @ifa_next: jiffies when @ifa_work runs next, if it is pending; RTNL
 * @dad_lock: @dad_conflicts
 * @dad_conflicts: addresses that another node has, struct sxt_ifa.conflict
 * @dad_work: handles them under the RTNL
 * @tables: forwarding tables by number (fib.c); readers RCU, writers RTNL
 * @table_local: table 255: own addresses and groups
 * @table_main: table 254
 * @route_gen: moves on with each change of routes or rules: what a socket
 *	cached before that is looked up anew. Its lower 32 bits, a socket's
 *	cookie, are never 0
 * @seen_gen: the newest @route_gen that a lookup has seen
 * @seen_gp: at the end of this grace period nobody has what was looked up before
 * @seen_lock: writers of @seen_gen and @seen_gp
 * @ways_in: routes of own addresses that each processor knows (route_in.c)
 * @nexthops: hears of nexthop objects (nhobj.c)
 * @expire_work: takes away routes whose lifetime is over
 * @expiring: routes that have a lifetime, by sxt_route.expiring; RTNL
 * @src_routes: how many routes have a source prefix: most hosts have none
 * @sources_told: how many prefixes routers told as theirs (told.c)
 * @prefsrc_routes: how many have a preferred source; RTNL
 * @routes_quiet: listeners do not hear of routes that go: their interface does,
 *	and they don't want to (skip_notify_on_dev_down); RTNL
 * @rules: which table for which packet (rules.c)
 * @own_rules: there are others than local before main
 * @rules_dissect: rules that ask for ports of packets that come in
 * @uncached: dsts that no table has: of one packet, or of a route that is gone.
 *	They let go of a device that leaves
 * @uncached_lock: of @uncached
 * @pmtu_hash: what was learned of single destinations, beside the tables
 * @pmtu_lock: writers of @pmtu_hash, and @pmtu_count
 * @pmtu_count: entries in @pmtu_hash; readers look only if there are any
 * @pmtu_age: the same entries, the oldest first, under @pmtu_lock
 * @pmtu_news: bounds how many are new in a second
 * @echo_long: who was sent a long echo reply lately (icmp.c)
 * @dead_end: the routes for "no route", one a kind: unreachable, prohibit,
 *	blackhole
 * @nd_queue: RA and redirect messages that wait for @nd_work
 * @nd_work: handles them under the RTNL
 * @labels: RFC 6724 policy table (addrlabel.c)
 * @flow_labels: leases of flow labels (flowlabel.c); readers RCU
 * @label_lock: writers of @flow_labels and of what sockets hold, @label_count
 * @label_count: leases in @flow_labels
 * @strong_all: strong_host of all interfaces (strong.c)
 * @strong_default: that of interfaces to come
 * @chain_max: bytes that the extension headers of a packet for this node may
 *	have together
 * @sysctl_hdr: files of what is set here (sysctl.c)
 * @udp_moving: how many UDP sockets are just getting another address
 * @udp_moved: how many have, counted before @udp_moving goes down
 * @dst_count: dst entries of ours that live in this namespace
 * @refused: packets by enum sxt_why (drop.c)
 */
struct sxt_ip6_net {
	struct net *net;

	DECLARE_HASHTABLE(ifa_hash, SXT_IFA_HASH_BITS);
	struct delayed_work ifa_work;
	unsigned long ifa_next;
	spinlock_t dad_lock;	/* see above */
	struct list_head dad_conflicts;
	struct work_struct dad_work;

	struct xarray tables;
	struct sxt_fib_table *table_local;
	struct sxt_fib_table *table_main;
	unsigned long route_gen;
	unsigned long seen_gen;
	unsigned long seen_gp;
	spinlock_t seen_lock;	/* see above */
	struct sxt_way_in __percpu *ways_in;
	struct notifier_block nexthops;
	struct delayed_work expire_work;
	struct list_head expiring;
	unsigned int src_routes;
	unsigned int sources_told;
	unsigned int prefsrc_routes;
	bool routes_quiet;
	struct fib_rules_ops *rules;
	bool own_rules;
	unsigned int rules_dissect;

	struct list_head uncached;
	spinlock_t uncached_lock;	/* see above */

	DECLARE_HASHTABLE(pmtu_hash, SXT_PMTU_HASH_BITS);
	spinlock_t pmtu_lock;	/* see above */
	unsigned int pmtu_count;
	struct list_head pmtu_age;
	struct ratelimit_state pmtu_news;
	u64 echo_long[SXT_ECHO_LONG];

	struct rt6_info *dead_end[3];

	struct sk_buff_head nd_queue;
	struct work_struct nd_work;

	struct sxt_label_table __rcu *labels;
	struct ip6_flowlabel __rcu *flow_labels[SXT_FLOWLABEL_BUCKETS];
	spinlock_t label_lock;	/* see above */
	unsigned int label_count;
	int strong_all;
	int strong_default;
	int chain_max;
	struct ctl_table_header *sysctl_hdr;
	atomic_t udp_moving;
	atomic_t udp_moved;
	atomic_t dst_count;
	unsigned long __percpu *refused;
};

extern unsigned int sxt_ip6_net_id;

/**
 * sxt_ip6_net() - the stack's own state of a namespace
 * @net: the namespace
 *
 * Context: any; valid as long as @net is.
 * Return: the state.
 */
static inline struct sxt_ip6_net *sxt_ip6_net(const struct net *net)
{
	return net_generic(net, sxt_ip6_net_id);
}

/*
 * Each part: sxt_PART_init() and _exit() once a module load,
 * sxt_PART_net_init() and _net_exit() once a namespace. An init that fails has
 * undone what it did. main.c has them in order and goes back in the opposite
 * one.
 */

/* idev.c: init registers for events of interfaces, exit takes IPv6 off all */
int sxt_idev_init(void);
void sxt_idev_exit(void);
int sxt_idev_net_init(struct net *net);
void sxt_idev_net_exit(struct net *net);
/* ifa.c */
int sxt_ifa_init(void);
void sxt_ifa_exit(void);
int sxt_ifa_net_init(struct net *net);
void sxt_ifa_net_exit(struct net *net);
/* rtnl_addr.c, rtnl_link.c, rtnl_route.c, addrlabel.c */
int sxt_rtnl_addr_init(void);
void sxt_rtnl_addr_exit(void);
int sxt_rtnl_link_init(void);
void sxt_rtnl_link_exit(void);
int sxt_rtnl_route_init(void);
void sxt_rtnl_route_exit(void);
int sxt_addrlabel_init(void);
void sxt_addrlabel_exit(void);
int sxt_addrlabel_net_init(struct net *net);
void sxt_addrlabel_net_exit(struct net *net);
/* route.c: dst operations, dead ends; fib.c; pmtu.c; rules.c */
int sxt_route_init(void);
void sxt_route_exit(void);
int sxt_rules_net_init(struct net *net);
void sxt_rules_net_exit(struct net *net);
/* proc_route.c */
int sxt_proc_route_net_init(struct net *net);
void sxt_proc_route_net_exit(struct net *net);
int sxt_route_net_init(struct net *net);
void sxt_route_net_exit(struct net *net);
int sxt_nh_net_init(struct net *net);
void sxt_nh_net_exit(struct net *net);
int sxt_fib_net_init(struct net *net);
void sxt_fib_net_exit(struct net *net);
int sxt_pmtu_net_init(struct net *net);
void sxt_pmtu_net_exit(struct net *net);
/* neigh.c, nd_work.c */
int sxt_neigh_init(void);
void sxt_neigh_exit(void);
int sxt_nd_net_init(struct net *net);
void sxt_nd_net_exit(struct net *net);
/* drop.c: packets that are refused; before all that refuses any */
int sxt_drop_net_init(struct net *net);
void sxt_drop_net_exit(struct net *net);
enum skb_drop_reason sxt_ip6_refuse(struct net *net, enum sxt_why why);
/* snmp.c: counters and /proc/net/{snmp6,dev_snmp6}; sysctl.c */
int sxt_snmp_net_init(struct net *net);
void sxt_snmp_net_exit(struct net *net);
/* after frag_in.c: shows its queues */
int sxt_sockstat_net_init(struct net *net);
void sxt_sockstat_net_exit(struct net *net);
int sxt_sysctl_net_init(struct net *net);
void sxt_sysctl_net_exit(struct net *net);
/* icmp.c, frag_in.c, input.c */
int sxt_icmp_init(void);
void sxt_icmp_exit(void);
int sxt_icmp_net_init(struct net *net);
void sxt_icmp_net_exit(struct net *net);
int sxt_frag_in_init(void);
void sxt_frag_in_exit(void);
int sxt_frag_in_net_init(struct net *net);
void sxt_frag_in_net_pre_exit(struct net *net);
void sxt_frag_in_net_exit(struct net *net);
int sxt_exthdr_init(void);
void sxt_exthdr_exit(void);
int sxt_input_init(void);
void sxt_input_exit(void);
/* mcast.c, mld.c */
int sxt_mld_init(void);
void sxt_mld_exit(void);
int sxt_mcast_net_init(struct net *net);
void sxt_mcast_net_exit(struct net *net);
/* proc_flowlabel.c */
int sxt_flowlabel_net_init(struct net *net);
void sxt_flowlabel_net_exit(struct net *net);
/* sock.c, raw.c, ping.c, udp.c */
int sxt_sock_init(void);
void sxt_sock_exit(void);
int sxt_raw_init(void);
void sxt_raw_exit(void);
int sxt_raw_net_init(struct net *net);
void sxt_raw_net_exit(struct net *net);
int sxt_ping_init(void);
void sxt_ping_exit(void);
int sxt_ping_net_init(struct net *net);
void sxt_ping_net_exit(struct net *net);
int sxt_udp_init(void);
void sxt_udp_exit(void);
int sxt_udp_net_init(struct net *net);
void sxt_udp_net_exit(struct net *net);
/* stub.c: ipv6_stub, ipv6_bpf_stub, nf_ipv6_ops, pingv6_ops */
void sxt_stub_init(void);
int sxt_stub_flow_start(void);
void sxt_stub_flow_stop(void);
void sxt_stub_exit(void);

#endif /* SXT_IPV6_H */
