// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the rest of the kernel calls of an IPv6 stack that is a module: the
 * stubs of the routing and socket code (ipv6_stub), of BPF, of netfilter, of
 * IPsec, whose first policy is news for whoever keeps routes. What was there
 * before is kept and put back, and what we don't offer stays with it: those
 * functions refuse.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_queue.h>
#include <net/udp.h>
#include "mcast.h"
#include "nd.h"
#include "route.h"
#include "socket.h"
#include "stub.h"

static const struct ipv6_stub *stub_before;
static struct ipv6_stub stub_ours;

static void stub_udp_encap_enable(void)
{
	static_branch_inc(&udpv6_encap_needed_key);
}

/* Under RCU. The interface of ours that has the address; @dev alone if given. */
static struct net_device *stub_dev_find(struct net *net,
					const struct in6_addr *addr,
					struct net_device *dev)
{
	struct sxt_ifa *ifa = sxt_ifa_find(net, addr, dev);

	return ifa ? ifa->ifa.idev->dev : NULL;
}

static void stub_fill(void)
{
	stub_ours = *stub_before;
	stub_ours.ipv6_sock_mc_join = sxt_mcast_sock_join_any;
	stub_ours.ipv6_sock_mc_drop = sxt_mcast_sock_leave_any;
	stub_ours.ipv6_route_input = sxt_route_input;
	stub_ours.fib6_nh_init = sxt_nh_init;
	stub_ours.fib6_nh_release = sxt_nh_release;
	stub_ours.fib6_nh_release_dsts = sxt_nh_release_dsts;
	stub_ours.fib6_update_sernum = sxt_nh_changed;
	stub_ours.fib6_rt_update = sxt_nh_tell;
	stub_ours.ip6_del_rt = sxt_nh_del_route;
	stub_ours.fib6_get_table = sxt_stub_fib_get_table;
	stub_ours.fib6_lookup = sxt_stub_fib_lookup;
	stub_ours.fib6_table_lookup = sxt_stub_fib_table_lookup;
	stub_ours.fib6_select_path = sxt_stub_fib_select;
	stub_ours.ip6_mtu_from_fib6 = sxt_stub_fib_mtu;
	stub_ours.udpv6_encap_enable = stub_udp_encap_enable;
	stub_ours.ndisc_send_na = sxt_nd_send_na;
	stub_ours.nd_tbl = &sxt_nd_tbl;
	stub_ours.ipv6_fragment = sxt_ip6_fragment;
	stub_ours.ipv6_dev_find = stub_dev_find;
	stub_ours.ip6_xmit = sxt_ip6_xmit;
}

static const struct ipv6_bpf_stub bpf_ours = {
	.inet6_bind = sxt_sock_bind_addr,
	.udp6_lib_lookup = sxt_udp_lookup,
	.ipv6_setsockopt = sxt_sockopt_set,
	.ipv6_getsockopt = sxt_sockopt_get_ptr,
	.ipv6_dev_get_saddr = sxt_saddr_get,
};

static const struct ipv6_bpf_stub *bpf_before;

static void (*flush_before)(struct net *net);

/* rt_genid_bump_ipv6(): nobody goes on by what he keeps of routes. */
static void stub_flush(struct net *net)
{
	sxt_route_changed(net);
}

static int filter_chk_addr(struct net *net, const struct in6_addr *addr,
			   const struct net_device *dev, int strict)
{
	return sxt_ifa_is_ours_from(net, dev, addr, strict, IFA_F_TENTATIVE);
}

static void filter_flow(struct net *net, const struct sock *sk,
			const struct sk_buff *skb, struct flowi6 *fl6)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	fl6->flowi6_oif = sk ? READ_ONCE(sk->sk_bound_dev_if) : 0;
	/* Of a link stays on it; for ::1 it may have become (redirect). */
	if (!fl6->flowi6_oif &&
	    ipv6_addr_type(&hdr->daddr) & (IPV6_ADDR_MULTICAST |
					   IPV6_ADDR_LINKLOCAL))
		fl6->flowi6_oif = skb_dst(skb)->dev->ifindex;
	/* In the VRF where it was, whatever else has changed. */
	fl6->flowi6_l3mdev = l3mdev_master_ifindex(skb_dst(skb)->dev);
	fl6->flowi6_mark = skb->mark;
	fl6->flowi6_uid = sock_net_uid(net, sk);
	fl6->daddr = hdr->daddr;
	fl6->saddr = hdr->saddr;
	fl6->flowlabel = ip6_flowinfo(hdr);
}

/*
 * A rule has changed what the route hangs on: it is looked up once more. An
 * interface that the flow has is a must.
 */
static int filter_reroute_now(struct net *net, struct sock *sk_partial,
			      struct sk_buff *skb)
{
	const struct sock *sk = sk_to_full_sk(sk_partial);
	struct dst_entry *dst;
	unsigned int room;
	struct flowi6 fl6;

	filter_flow(net, sk, skb, &fl6);
	dst = &sxt_route_hold(net, &fl6, skb, fl6.flowi6_oif)->dst;
	if (dst->error) {
		int err = dst->error;

		dst_release(dst);
		return err;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	room = LL_RESERVED_SPACE(dst->dev);
	if (skb_headroom(skb) < room &&
	    pskb_expand_head(skb, HH_DATA_ALIGN(room - skb_headroom(skb)), 0,
			     GFP_ATOMIC))
		return -ENOMEM;
	return 0;
}

/* Also for packets that are only asked about: which way would they go? */
static int filter_route(struct net *net, struct dst_entry **dst, struct flowi *fl,
			bool strict)
{
	struct flowi6 *fl6 = &fl->u.ip6;
	struct rt6_info *rt;
	int dev = 0, err;

	/* Strictly by this interface; else it is only preferred. */
	if (strict || rt6_need_strict(&fl6->daddr) ||
	    ipv6_addr_any(&fl6->saddr))
		dev = fl6->flowi6_oif;
	fl6->flowi6_iif = LOOPBACK_IFINDEX;
	rt = sxt_route_hold(net, fl6, NULL, dev);
	err = rt->dst.error;
	if (err)
		dst_release(&rt->dst);
	else
		*dst = &rt->dst;
	return err;
}

/* SYN cookies come with TCP: none is made (it is 0), and none is good. */
static u32 filter_cookie_init(const struct ipv6hdr *iph, const struct tcphdr *th,
			      u16 *mssp)
{
	*mssp = 0;
	return 0;
}

static int filter_cookie_check(const struct ipv6hdr *iph, const struct tcphdr *th)
{
	return 0;
}

static void filter_route_input(struct sk_buff *skb)
{
	sxt_route_input(skb);
}

static int filter_reroute(struct sk_buff *skb, const struct nf_queue_entry *entry)
{
	const struct ip6_rt_info *was = nf_queue_entry_reroute(entry);
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	if (entry->state.hook != NF_INET_LOCAL_OUT)
		return 0;
	if (ipv6_addr_equal(&hdr->daddr, &was->daddr) &&
	    ipv6_addr_equal(&hdr->saddr, &was->saddr) &&
	    skb->mark == was->mark)
		return 0;
	return filter_reroute_now(entry->state.net, entry->state.sk, skb);
}

static const struct nf_ipv6_ops filter_ours = {
	.chk_addr = filter_chk_addr,
	.route_me_harder = filter_reroute_now,
	.dev_get_saddr = sxt_saddr_get,
	.route = filter_route,
	.cookie_init_sequence = filter_cookie_init,
	.cookie_v6_check = filter_cookie_check,
	.route_input = filter_route_input,
	.fragment = sxt_ip6_fragment,
	.reroute = filter_reroute,
	.br_fragment = sxt_ip6_fragment_bridge,
};

/**
 * sxt_stub_init() - let the rest of the kernel find this stack
 *
 * Context: process, at load; all that the stubs call is up.
 */
void sxt_stub_init(void)
{
	stub_before = ipv6_stub;
	bpf_before = ipv6_bpf_stub;
	flush_before = __fib6_flush_trees;
	stub_fill();
	/* Filled before it is seen. */
	smp_store_release(&ipv6_stub, (const struct ipv6_stub *)&stub_ours);
	WRITE_ONCE(ipv6_bpf_stub, &bpf_ours);
	WRITE_ONCE(__fib6_flush_trees, stub_flush);
	rcu_assign_pointer(nf_ipv6_ops, &filter_ours);
}

/**
 * sxt_stub_flow_start() - give routes to those who may keep them
 *
 * Context: process, at load.
 * Return: 0.
 */
int sxt_stub_flow_start(void)
{
	WRITE_ONCE(stub_ours.ipv6_dst_lookup_flow, sxt_dst_flow);
	return 0;
}

/**
 * sxt_stub_flow_stop() - give none any more
 *
 * Tunnels outside of this stack keep routes. They let go when they hear that
 * addresses go, and must not come again for others then.
 *
 * Context: process, at unload, while addresses and routes are there; sleeps.
 */
void sxt_stub_flow_stop(void)
{
	WRITE_ONCE(stub_ours.ipv6_dst_lookup_flow,
		   stub_before->ipv6_dst_lookup_flow);
	synchronize_net();
}

/**
 * sxt_stub_exit() - put back what was there
 *
 * A request for a nexthop object that began with ours ends with ours: the
 * RTNL is around both of its calls.
 *
 * Context: process, at unload, without the RTNL; sleeps until no caller is
 * inside.
 */
void sxt_stub_exit(void)
{
	RCU_INIT_POINTER(nf_ipv6_ops, NULL);
	WRITE_ONCE(ipv6_bpf_stub, bpf_before);
	WRITE_ONCE(__fib6_flush_trees, flush_before);
	rtnl_lock();
	WRITE_ONCE(ipv6_stub, stub_before);
	rtnl_unlock();
	synchronize_net();
}
