// SPDX-License-Identifier: GPL-2.0-only
/*
 * sextant_ipv6_names: what modules of the kernel's tree link to of an IPv6
 * that is a module, by the names that ipv6.ko gives it. Each name leads to a
 * function or an object of sextant_ipv6, or to a short one here that asks it.
 *
 * It is a module of its own: the loader refuses a name that is there already
 * in words of its own, and sextant_ipv6, which loads first, in a sentence.
 * Whoever links to a name keeps this module, and that keeps sextant_ipv6.
 */
#include <linux/export-internal.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/module.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/rawv6.h>
#include <net/udp.h>
#include "iface.h"
#include "mcast.h"
#include "nd.h"
#include "packet.h"
#include "raw.h"
#include "route.h"
#include "socket.h"

/* There is no way to load this stack and to have it turned off. */
static __used bool name_mod_enabled(void)
{
	return true;
}

static __used int name_chk_addr(struct net *net, const struct in6_addr *addr,
				const struct net_device *dev, int strict)
{
	return sxt_ifa_is_ours_from(net, dev, addr, strict, IFA_F_TENTATIVE);
}

static __used int name_chk_addr_flags(struct net *net,
				      const struct in6_addr *addr,
				      const struct net_device *dev, bool any_dev,
				      int strict, u32 banned)
{
	return sxt_ifa_is_ours_from(net, any_dev ? NULL : dev, addr, strict,
				    banned);
}

/* The interface that a caller names is a must if it says so. */
static int strict_dev(const struct flowi6 *fl6, int flags)
{
	return flags & RT6_LOOKUP_F_IFACE ? fl6->flowi6_oif : 0;
}

static __used struct dst_entry *name_output(struct net *net,
					    const struct sock *sk,
					    struct flowi6 *fl6, int flags)
{
	int dev = strict_dev(fl6, flags);

	if (!dev)
		return sxt_route_output(net, sk, fl6);
	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	return &sxt_route_hold(net, fl6, NULL, dev)->dst;
}

static __used struct rt6_info *name_lookup(struct net *net,
					   const struct in6_addr *daddr,
					   const struct in6_addr *saddr,
					   int oif, const struct sk_buff *skb,
					   int flags)
{
	const struct flowi6 fl6 = {
		.flowi6_oif = oif,
		.flowi6_iif = LOOPBACK_IFINDEX,
		.daddr = *daddr,
		.saddr = saddr ? *saddr : in6addr_any,
	};
	struct rt6_info *rt;

	rt = sxt_route_hold(net, &fl6, skb, strict_dev(&fl6, flags));
	if (!rt->dst.error)
		return rt;
	dst_release(&rt->dst);
	return NULL;
}

/* Which way would this go, and where does that come in from? By rules, too. */
static __used struct dst_entry *name_route(struct net *net, struct flowi6 *fl6,
					   const struct sk_buff *skb, int flags)
{
	return &sxt_route_hold(net, fl6, skb, strict_dev(fl6, flags))->dst;
}

static __used struct dst_entry *name_route_input(struct net *net,
						 struct net_device *from,
						 struct flowi6 *fl6,
						 const struct sk_buff *skb,
						 int flags)
{
	int strict = rt6_need_strict(&fl6->daddr) ? from->ifindex : 0;

	return &sxt_route_hold(net, fl6, skb, strict)->dst;
}

static __used int name_reroute(struct net *net, struct sock *sk,
			       struct sk_buff *skb)
{
	return nf_ip6_route_me_harder(net, sk, skb);
}

/* Under RCU; the caller gets a reference. */
static __used struct sock *name_udp_lookup(const struct net *net,
					   const struct in6_addr *saddr,
					   __be16 sport,
					   const struct in6_addr *daddr,
					   __be16 dport, int dif)
{
	struct sock *sk = sxt_udp_lookup(net, saddr, sport, daddr, dport, dif,
					 0, net->ipv4.udp_table, NULL);

	return sk && refcount_inc_not_zero(&sk->sk_refcnt) ? sk : NULL;
}

/* Under the RTNL: what the owner of an interface wants to hear. */
static __used int name_mc_inc(struct net_device *dev,
			      const struct in6_addr *group)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);

	return in6 ? sxt_mcast_join(sxt_idev(in6), group) : -EINVAL;
}

static __used int name_mc_dec(struct net_device *dev,
			      const struct in6_addr *group)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);

	return in6 ? sxt_mcast_leave(sxt_idev(in6), group) : -ENODEV;
}

/* @any: broadcast will do where the link has no groups. */
static __used int name_mc_map(const struct in6_addr *group, char *mac,
			      struct net_device *dev, int any)
{
	int err = sxt_mcast_map(dev, group, (u8 *)mac);

	if (!err || !any)
		return err;
	memcpy(mac, dev->broadcast, dev->addr_len);
	return 0;
}

/* Solicitations of a bond's own, which may put a VLAN into them meanwhile. */
static __used struct sk_buff *name_ns_create(struct net_device *dev,
					     const struct in6_addr *target,
					     const struct in6_addr *saddr,
					     u64 nonce)
{
	return saddr ? sxt_nd_make_ns(dev, target, saddr, nonce) : NULL;
}

static __used void name_nd_send(struct sk_buff *skb,
				const struct in6_addr *daddr,
				const struct in6_addr *saddr)
{
	sxt_nd_send(skb, skb->dev, daddr, saddr);
}

/* VRFs: their table is asked for and handed back; it is only a number here. */
static __used struct fib6_table *name_new_table(struct net *net, u32 id)
{
	return (struct fib6_table *)(unsigned long)id;
}

static __used struct rt6_info *name_table_route(struct net *net,
						struct fib6_table *table,
						int ifindex, struct flowi6 *fl6,
						const struct sk_buff *skb,
						int flags)
{
	int oif = flags & RT6_LOOKUP_F_IFACE ? ifindex : 0;

	return sxt_route_hold_table(net, (u32)(unsigned long)table, fl6, skb,
				    oif);
}

static __used struct rt6_info *name_dst_alloc(struct net *net,
					      struct net_device *dev, int flags)
{
	return sxt_rt_alloc(net, dev, (unsigned short)flags);
}

/* Data at the quoted packet's IPv6 header. */
static __used void name_update_pmtu(struct sk_buff *skb, struct net *net,
				    __be32 mtu, int oif, u32 mark, kuid_t uid)
{
	const struct ipv6hdr *quoted = (const struct ipv6hdr *)skb->data;

	sxt_pmtu_learn(net, &quoted->daddr, oif, ntohl(mtu));
}

/* A redirect is no protocol's: it was learned as it came (nd_work.c). */
static __used void name_redirect(struct sk_buff *skb, struct net *net, int oif,
				 u32 mark, kuid_t uid)
{
}

static __used u8 name_push_frag(struct sk_buff *skb, struct ipv6_txoptions *opt,
				u8 proto)
{
	sxt_exthdr_push_frag(skb, opt, &proto);
	return proto;
}

/* Is an address of the interface in that prefix? OWN_LENGTH: in its own one? */
#define OWN_LENGTH	129
static bool dev_has_prefix(struct net_device *dev, const struct in6_addr *addr,
			   unsigned int length)
{
	const struct inet6_ifaddr *ifa;
	const struct inet6_dev *in6;
	bool found = false;

	rcu_read_lock();
	in6 = __in6_dev_get(dev);
	if (in6)
		list_for_each_entry_rcu(ifa, &in6->addr_list, if_list)
			if (!sxt_ifa_is_group(ifa) &&
			    ipv6_prefix_equal(addr, &ifa->addr,
					      length == OWN_LENGTH ?
					      ifa->prefix_len : length)) {
				found = true;
				break;
			}
	rcu_read_unlock();
	return found;
}

static __used int name_chk_prefix(const struct in6_addr *addr,
				  struct net_device *dev)
{
	return dev_has_prefix(dev, addr, OWN_LENGTH);
}

static __used bool name_chk_custom_prefix(const struct in6_addr *addr,
					  const unsigned int length,
					  struct net_device *dev)
{
	return length <= 128 && dev_has_prefix(dev, addr, length);
}

/* Whole enough to be answered; what follows it is no part of it (RFC 4884). */
static bool trim_quoted(struct sk_buff *skb, int outer, unsigned int length)
{
	if (length > outer && length < skb->len && pskb_trim(skb, length))
		return false;
	if (!pskb_may_pull(skb, outer + sizeof(struct ipv6hdr)))
		return false;
	skb_pull(skb, outer);
	skb_reset_network_header(skb);
	return ipv6_hdr(skb)->version == 6;
}

/*
 * A router on the IPv4 way of a tunnel says that a packet did not arrive. So
 * hears who sent what was in it (RFC 4213 3.4). Data at the quoted IPv4
 * header; @outer: from there to the IPv6 header. Returns 0 if it could be told.
 */
static __used int name_tunnel_error(struct sk_buff *skb, int outer, int type,
				    unsigned int length)
{
	const struct inet6_skb_parm parm = { .iif = skb->dev->ifindex };
	struct sk_buff *quoted = skb_clone(skb, GFP_ATOMIC);
	bool good = quoted && trim_quoted(quoted, outer, length);

	if (good) {
		skb_dst_drop(quoted);
		if (type == ICMP_TIME_EXCEEDED)
			__icmpv6_send(quoted, ICMPV6_TIME_EXCEED,
				      ICMPV6_EXC_HOPLIMIT, 0, &parm);
		else
			__icmpv6_send(quoted, ICMPV6_DEST_UNREACH,
				      ICMPV6_ADDR_UNREACH, 0, &parm);
	}
	kfree_skb(quoted);
	return good ? 0 : -EINVAL;
}

/*
 * What EXPORT_SYMBOL_GPL() makes of a name, but with an object behind it that
 * has another one: so a name can be of data, which no function can stand for,
 * and none of ipv6.ko's is defined twice in a kernel tree that has both. The
 * types are compared, since no compiler sees the other side.
 */
#define SXT_NAME(name, ours)						\
	static_assert(__same_type(&(name), &(ours)));			\
	__KSYMTAB(name, ours, "_gpl", "")

SXT_NAME(__udp6_lib_lookup, sxt_udp_lookup);
SXT_NAME(fib6_new_table, name_new_table);
SXT_NAME(ip6_dst_alloc, name_dst_alloc);
SXT_NAME(ip6_dst_lookup_flow, sxt_dst_flow);
SXT_NAME(ip6_err_gen_icmpv6_unreach, name_tunnel_error);
SXT_NAME(ip6_pol_route, name_table_route);
SXT_NAME(ip6_redirect, name_redirect);
SXT_NAME(ip6_route_input_lookup, name_route_input);
SXT_NAME(ip6_route_lookup, name_route);
SXT_NAME(ip6_route_me_harder, name_reroute);
SXT_NAME(ip6_route_output_flags, name_output);
SXT_NAME(ip6_update_pmtu, name_update_pmtu);
SXT_NAME(ipv6_chk_addr, name_chk_addr);
SXT_NAME(ipv6_chk_addr_and_flags, name_chk_addr_flags);
SXT_NAME(ipv6_chk_custom_prefix, name_chk_custom_prefix);
SXT_NAME(ipv6_chk_prefix, name_chk_prefix);
SXT_NAME(ipv6_dev_get_saddr, sxt_saddr_get);
SXT_NAME(ipv6_dev_mc_dec, name_mc_dec);
SXT_NAME(ipv6_dev_mc_inc, name_mc_inc);
SXT_NAME(ipv6_mod_enabled, name_mod_enabled);
SXT_NAME(ipv6_push_frag_opts, name_push_frag);
SXT_NAME(nd_tbl, sxt_nd_tbl);
SXT_NAME(ndisc_mc_map, name_mc_map);
SXT_NAME(ndisc_ns_create, name_ns_create);
SXT_NAME(ndisc_send_skb, name_nd_send);
SXT_NAME(raw_v6_hashinfo, sxt_raw_hash);
SXT_NAME(raw_v6_match, sxt_raw_match);
SXT_NAME(rt6_lookup, name_lookup);
SXT_NAME(udp6_lib_lookup, name_udp_lookup);

static int __init sxt_names_init(void)
{
	return 0;
}

static void __exit sxt_names_exit(void)
{
}

module_init(sxt_names_init);
module_exit(sxt_names_exit);
MODULE_IMPORT_NS(SEXTANT_IPV6);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: IPv6, by the names that in-tree modules link to");
