// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that go out: the last hook, a size that the link takes, the next hop's
 * link-layer address. And the header of what a connected protocol sends.
 */
#include <linux/bpf-cgroup.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <net/gso.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include "mcast.h"
#include "nd.h"
#include "packet.h"
#include "socket.h"

static noinline int output_drop(struct net *net, struct inet6_dev *in6,
				struct sk_buff *skb, int field,
				enum sxt_why why, int err)
{
	IP6_INC_STATS(net, in6, field);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return err;
}

/*
 * A copy to this node's own listeners, if they and the sender want that. What
 * has no socket is the stack's own: neighbour discovery must not hear itself.
 * The copy has passed the last hook with the packet. True: the packet goes out
 * too, else it is gone.
 */
static bool mcast_out(struct net *net, struct sock *sk, struct sk_buff *skb,
		      struct net_device *dev, struct inet6_dev *in6)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	struct sk_buff *copy;

	IP6_UPD_PO_STATS(net, in6, IPSTATS_MIB_OUTMCAST, skb->len);
	if (dev->flags & IFF_LOOPBACK)
		return true;
	if (sk && sk_mc_loop(sk) &&
	    sxt_mcast_member(dev, &hdr->daddr, &hdr->saddr)) {
		copy = skb_clone(skb, GFP_ATOMIC);
		if (copy)
			dev_loopback_xmit(net, sk, copy);
	}
	/*
	 * RFC 4291 2.7.1: interface-local never leaves the node; RFC 3493 5.2:
	 * neither does a hop limit of 0.
	 */
	if (likely(IPV6_ADDR_MC_SCOPE(&hdr->daddr) >
		   IPV6_ADDR_SCOPE_NODELOCAL && hdr->hop_limit))
		return true;
	consume_skb(skb);
	return false;
}

/* The neighbour's entry, made if there is none; no reference. */
static struct neighbour *next_hop(const struct rt6_info *rt,
				  struct net_device *dev,
				  const struct ipv6hdr *hdr)
{
	const struct in6_addr *addr = &hdr->daddr;
	struct neighbour *neigh;

	if (rt->rt6i_flags & RTF_GATEWAY)
		addr = &rt->rt6i_gateway;
	neigh = sxt_neigh_find(dev, addr);
	if (unlikely(!neigh))
		neigh = sxt_neigh_get(dev, addr);
	return neigh;
}

/**
 * sxt_ip6_finish_output2() - put a packet on the link
 * @net: the namespace
 * @sk: who sends it, or NULL
 * @skb: the packet, of a size that the link takes
 *
 * Context: any but hard interrupt. The packet is gone.
 * Return: 0, NET_XMIT_*, or -errno.
 */
int sxt_ip6_finish_output2(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	const struct rt6_info *rt;
	struct neighbour *neigh;
	struct net_device *dev;
	struct inet6_dev *in6;
	unsigned int room;
	int ret = 0;

	rcu_read_lock();
	rt = dst_rt6_info(skb_dst(skb));
	dev = dst_dev_rcu(&rt->dst);
	in6 = __in6_dev_get(dev);

	room = LL_RESERVED_SPACE(dev);
	if (unlikely(skb_headroom(skb) < room) && dev->header_ops) {
		/* The route may go with the packet, if that fails. */
		skb = skb_expand_head(skb, room);
		if (!skb) {
			IP6_INC_STATS(net, in6, IPSTATS_MIB_OUTDISCARDS);
			sxt_ip6_refuse(net, SXT_WHY_NO_MEMORY);
			ret = -ENOMEM;
			goto unlock;
		}
	}
	if (unlikely(ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr)) &&
	    !mcast_out(net, sk, skb, dev, in6))
		goto unlock;

	IP6_UPD_PO_STATS(net, in6, IPSTATS_MIB_OUT, skb->len);
	if (unlikely(rt->rt6i_flags & SXT_RTF_XMIT)) {
		ret = lwtunnel_xmit(skb);
		if (ret != LWTUNNEL_XMIT_CONTINUE)
			goto unlock;
	}
	neigh = next_hop(rt, dev, ipv6_hdr(skb));
	if (IS_ERR_OR_NULL(neigh)) {
		ret = output_drop(net, in6, skb, IPSTATS_MIB_OUTNOROUTES,
				  SXT_WHY_NEIGHBOUR_NONE, -EINVAL);
		goto unlock;
	}
	sock_confirm_neigh(skb, neigh);
	ret = neigh_output(neigh, skb, false);
unlock:
	rcu_read_unlock();
	return ret;
}

/*
 * The device could cut this into segments, but into ones that are too long for
 * the path: they are cut here, and those that need it made fragments.
 */
static noinline int output_segments(struct net *net, struct sock *sk,
				    struct sk_buff *skb, unsigned int mtu)
{
	netdev_features_t features = netif_skb_features(skb);
	struct sk_buff *segs, *seg, *next;
	int ret = 0;

	segs = skb_gso_segment(skb, features & ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segs))
		return output_drop(net, __in6_dev_get(skb->dev), skb,
				   IPSTATS_MIB_OUTDISCARDS,
				   SXT_WHY_SEGMENTATION, -ENOMEM);
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		int err;

		skb_mark_not_on_list(seg);
		/* The last may be short; it needs no fragment header. */
		if (seg->len > mtu)
			err = sxt_ip6_fragment(net, sk, seg,
					       sxt_ip6_finish_output2);
		else
			err = sxt_ip6_finish_output2(net, sk, seg);
		if (err && !ret)
			ret = err;
	}
	return ret;
}

/* What a socket that set IPV6_MTU wants is kept to as well. */
static unsigned int output_mtu(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	const struct ipv6_pinfo *np;
	unsigned int own, mtu;

	np = skb->sk && !dev_recursion_level() ? inet6_sk(skb->sk) : NULL;
	if (!np)
		return sxt_dst_mtu(dst);
	/* Such a socket does not believe what is said of paths. */
	if (unlikely(READ_ONCE(np->pmtudisc) >= IPV6_PMTUDISC_PROBE))
		mtu = READ_ONCE(dst_dev_rcu(dst)->mtu);
	else
		mtu = sxt_dst_mtu(dst);
	own = READ_ONCE(np->frag_size);
	return unlikely(own) ? min(own, mtu) : mtu;
}

static noinline int output_gso(struct net *net, struct sock *sk,
			       struct sk_buff *skb, unsigned int mtu)
{
	if (!(IP6CB(skb)->flags & IP6SKB_FAKEJUMBO) &&
	    !skb_gso_validate_network_len(skb, mtu))
		return output_segments(net, sk, skb, mtu);
	return sxt_ip6_finish_output2(net, sk, skb);
}

/* Longer than what each link takes. */
static int output_long(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	unsigned int came = IP6CB(skb)->frag_max_size;
	unsigned int mtu = output_mtu(skb);

	if (skb_is_gso(skb))
		return output_gso(net, sk, skb, mtu);
	/*
	 * What came in fragments for others goes on in such; so does what a
	 * sender here wants so (IPV6_USE_MIN_MTU).
	 */
	if (unlikely(skb->len > mtu ||
		     (came && skb->len > max(came, IPV6_MIN_MTU))))
		return sxt_ip6_fragment(net, sk, skb, sxt_ip6_finish_output2);
	return sxt_ip6_finish_output2(net, sk, skb);
}

/* Behind the last hook. */
static int finish_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	int bpf = BPF_CGROUP_RUN_PROG_INET_EGRESS(sk, skb);
	int ret;

	if (unlikely(bpf != NET_XMIT_SUCCESS && bpf != NET_XMIT_CN)) {
		kfree_skb_reason(skb, sxt_ip6_refuse(net,
						     SXT_WHY_CGROUP_EGRESS));
		return bpf;
	}
	/* RFC 8200 section 5: each link takes that, and no path less. */
	if (likely(skb->len <= IPV6_MIN_MTU))
		ret = sxt_ip6_finish_output2(net, sk, skb);
	else
		ret = output_long(net, sk, skb);
	return ret ? ret : bpf;
}

/**
 * sxt_ip6_output() - send a packet by its route
 * @net: the namespace
 * @sk: who sends it, or NULL
 * @skb: the packet, complete from the IPv6 header on
 *
 * dst.output of all routes that lead to an interface.
 *
 * Context: any but hard interrupt. The packet is gone.
 * Return: 0, NET_XMIT_*, or -errno.
 */
int sxt_ip6_output(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct net_device *from = skb->dev;
	struct net_device *dev;
	struct inet6_dev *in6;
	int ret;

	/*
	 * Out of a tunnel of another namespace's: what its error queue keeps
	 * would keep our dst, and this namespace could not end.
	 */
	if (unlikely(skb->sk != sk) && skb->sk &&
	    !net_eq(sock_net(skb->sk), net))
		skb_orphan(skb);
	rcu_read_lock();
	dev = dst_dev_rcu(skb_dst(skb));
	in6 = __in6_dev_get(dev);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;

	if (unlikely(!in6 || READ_ONCE(in6->cnf.disable_ipv6)))
		ret = output_drop(net, in6, skb, IPSTATS_MIB_OUTDISCARDS,
				  SXT_WHY_DISABLED, 0);
	else
		ret = NF_HOOK_COND(NFPROTO_IPV6, NF_INET_POST_ROUTING, net, sk,
				   skb, from, dev, finish_output,
				   !(IP6CB(skb)->flags & IP6SKB_REROUTED));
	rcu_read_unlock();
	return ret;
}

/* Room for all headers in front, and the options in it. NULL: gone. */
static struct sk_buff *xmit_options(struct sk_buff *skb,
				    const struct ipv6_txoptions *opt,
				    struct in6_addr **daddr, u8 *proto)
{
	unsigned int room = sizeof(struct ipv6hdr) +
			    LL_RESERVED_SPACE(skb_dst_dev(skb));

	if (opt)
		room += opt->opt_nflen + opt->opt_flen;
	if (unlikely(skb_headroom(skb) < room)) {
		skb = skb_expand_head(skb, room);
		if (!skb)
			return NULL;
	}
	if (opt && opt->opt_flen)
		sxt_exthdr_push_frag(skb, opt, proto);
	if (opt && opt->opt_nflen)
		sxt_exthdr_push(skb, opt, proto, daddr);
	return skb;
}

/* As sxt_ip6_xmit(), under rcu_read_lock(). */
static int xmit_rcu(const struct sock *sk, struct sk_buff *skb,
		    struct flowi6 *fl6, __u32 mark,
		    const struct ipv6_txoptions *opt, int tclass, u32 priority)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	struct dst_entry *dst = skb_dst(skb);
	struct in6_addr *daddr = &fl6->daddr;
	struct net *net = sock_net(sk);
	u8 proto = fl6->flowi6_proto;
	struct inet6_dev *in6;
	struct ipv6hdr *hdr;
	int hop_limit = -1;
	bool label;
	u32 mtu;

	in6 = __in6_dev_get(dst_dev_rcu(dst));
	skb = xmit_options(skb, opt, &daddr, &proto);
	if (unlikely(!skb)) {
		IP6_INC_STATS(net, in6, IPSTATS_MIB_OUTDISCARDS);
		sxt_ip6_refuse(net, SXT_WHY_NO_MEMORY);
		return -ENOBUFS;
	}
	if (np)
		hop_limit = READ_ONCE(np->hop_limit);
	if (hop_limit < 0)
		hop_limit = ip6_dst_hoplimit(dst);
	label = np && inet6_test_bit(AUTOFLOWLABEL_SET, sk) ?
		inet6_test_bit(AUTOFLOWLABEL, sk) :
		ip6_default_np_autolabel(net);

	hdr = skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, tclass,
		     sxt_flowlabel_auto(net, skb, fl6->flowlabel, label, fl6));
	hdr->nexthdr = proto;
	hdr->hop_limit = hop_limit;
	hdr->saddr = fl6->saddr;
	hdr->daddr = *daddr;

	skb->mark = mark;
	skb->priority = priority;

	mtu = dst_mtu(dst);
	if (likely(skb->len <= mtu || skb->ignore_df || skb_is_gso(skb))) {
		IP6_INC_STATS(net, in6, IPSTATS_MIB_OUTREQUESTS);
		return ip6_local_out(net, (struct sock *)sk, skb);
	}
	skb->dev = dst_dev_rcu(dst);
	if (np)
		sxt_sk_local_error((struct sock *)sk, EMSGSIZE, fl6, mtu);
	return output_drop(net, in6, skb, IPSTATS_MIB_FRAGFAILS,
			   SXT_WHY_OUT_TOO_BIG, -EMSGSIZE);
}

/**
 * sxt_ip6_xmit() - send what a connected protocol has built
 * @sk: the socket
 * @skb: the packet, from the upper-layer header on; its dst is set
 * @fl6: the flow: addresses, protocol, flow label
 * @mark: for the packet
 * @opt: extension headers, or NULL
 * @tclass: traffic class
 * @priority: for the packet
 *
 * Context: any but hard interrupt. The packet is gone.
 * Return: 0, NET_XMIT_*, or -errno; -EMSGSIZE: longer than the path takes.
 */
int sxt_ip6_xmit(const struct sock *sk, struct sk_buff *skb,
		 struct flowi6 *fl6, __u32 mark, struct ipv6_txoptions *opt,
		 int tclass, u32 priority)
{
	int ret;

	rcu_read_lock();
	ret = xmit_rcu(sk, skb, fl6, mark, opt, tclass, priority);
	rcu_read_unlock();
	return ret;
}
