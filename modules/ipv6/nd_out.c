// SPDX-License-Identifier: GPL-2.0-only
/*
 * Neighbour discovery messages out (RFC 4861 4, 7.2, 8.2): built here, sent
 * onto the link straight, past the forwarding tables.
 */
#include <linux/netfilter.h>
#include <net/inetpeer.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/l3mdev.h>
#include "nd_int.h"
#include "packet.h"

#define NA_FLAG_ROUTER		0x80
#define NA_FLAG_SOLICITED	0x40
#define NA_FLAG_OVERRIDE	0x20

/* A host is told of a better way this often, if it doesn't listen. */
#define REDIRECT_INTERVAL	HZ

/**
 * sxt_nd_alloc() - room for an ICMPv6 message of this node
 * @dev: the interface it leaves by
 * @len: bytes from the ICMPv6 header on; there is room for them behind
 *	skb->data, and for IPv6 and link header before it
 *
 * Context: softirq or process.
 * Return: the packet, still empty, or NULL.
 */
struct sk_buff *sxt_nd_alloc(struct net_device *dev, unsigned int len)
{
	unsigned int head = LL_RESERVED_SPACE(dev) + sizeof(struct ipv6hdr);
	struct sk_buff *skb;

	skb = alloc_skb(head + len + dev->needed_tailroom,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IPV6);
	skb->priority = TC_PRIO_CONTROL;
	skb_reserve(skb, head);
	return skb;
}

static void put_ipv6_header(struct sk_buff *skb, const struct inet6_dev *in6,
			    const struct in6_addr *daddr,
			    const struct in6_addr *saddr)
{
	unsigned int len = skb->len;
	struct ipv6hdr *hdr;

	skb_reset_transport_header(skb);
	hdr = skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, READ_ONCE(in6->cnf.ndisc_tclass), 0);
	hdr->payload_len = htons(len);
	hdr->nexthdr = IPPROTO_ICMPV6;
	hdr->hop_limit = 255;
	hdr->saddr = *saddr;
	hdr->daddr = *daddr;
}

/**
 * sxt_nd_send() - send an ICMPv6 message of this node onto a link
 * @skb: of sxt_nd_alloc(), from the ICMPv6 header on, checksum 0; consumed
 * @dev: the interface
 * @daddr: a neighbour or a group on that link
 * @saddr: source, or in6addr_any
 *
 * The hop limit is 255: only neighbours see it.
 *
 * Context: softirq or process.
 */
void sxt_nd_send(struct sk_buff *skb, struct net_device *dev,
		 const struct in6_addr *daddr, const struct in6_addr *saddr)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)skb->data;
	struct net *net = dev_net(dev);
	u8 type = icmp->icmp6_type;
	struct inet6_dev *in6;
	struct rt6_info *rt;

	icmp->icmp6_cksum = csum_ipv6_magic(saddr, daddr, skb->len,
					    IPPROTO_ICMPV6,
					    csum_partial(icmp, skb->len, 0));
	rcu_read_lock();
	in6 = __in6_dev_get(dev);
	rt = in6 ? sxt_dst_to_link(dev, daddr) : NULL;
	if (IS_ERR_OR_NULL(rt)) {
		ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTERRORS);
		kfree_skb_reason(skb, sxt_ip6_refuse(net, in6 ?
						     SXT_WHY_NO_MEMORY :
						     SXT_WHY_DISABLED));
		goto out;
	}
	put_ipv6_header(skb, in6, daddr, saddr);
	skb_dst_set(skb, &rt->dst);
	IP6_INC_STATS(net, in6, IPSTATS_MIB_OUTREQUESTS);
	if (!NF_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, NULL, skb, NULL,
		     dev, dst_output)) {
		ICMP6MSGOUT_INC_STATS(net, in6, type);
		ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTMSGS);
	}
out:
	rcu_read_unlock();
}
EXPORT_SYMBOL_NS_GPL(sxt_nd_send, SEXTANT_IPV6);

/* Bytes of an option with a link-layer address of @dev, 0: it has none. */
static unsigned int link_option_len(const struct net_device *dev)
{
	if (!dev->addr_len)
		return 0;
	return sxt_nd_link_option_len(dev->addr_len,
				      ndisc_addr_option_pad(dev->type));
}

static void put_link_option(struct sk_buff *skb, u8 type, const u8 *lladdr)
{
	unsigned int len = link_option_len(skb->dev);
	u8 *opt = skb_put_zero(skb, len);

	opt[0] = type;
	opt[1] = len / 8;
	memcpy(opt + 2 + ndisc_addr_option_pad(skb->dev->type), lladdr,
	       skb->dev->addr_len);
}

/* RFC 7527 4.1, in the form of RFC 3971 5.3.2 */
static void put_nonce(struct sk_buff *skb, u64 nonce)
{
	u8 *opt = skb_put(skb, 2 + SXT_ND_NONCE_LEN);

	opt[0] = SXT_ND_OPT_NONCE;
	opt[1] = (2 + SXT_ND_NONCE_LEN) / 8;
	put_unaligned_be48(nonce, opt + 2);
}

/**
 * sxt_nd_make_ns() - a solicitation, for sxt_nd_send()
 * @dev: the interface
 * @target: whom to solicit
 * @saddr: source address; in6addr_any to detect duplicates
 * @nonce: to know the message again if it comes back, in its lower 48 bits
 *	(RFC 7527); 0: none
 *
 * RFC 4861 4.3. Context: softirq or process.
 * Return: the packet, or NULL.
 */
struct sk_buff *sxt_nd_make_ns(struct net_device *dev,
			       const struct in6_addr *target,
			       const struct in6_addr *saddr, u64 nonce)
{
	unsigned int opt = ipv6_addr_any(saddr) ? 0 : link_option_len(dev);
	unsigned int len = sizeof(struct nd_msg);
	struct nd_msg *msg;
	struct sk_buff *skb;

	skb = sxt_nd_alloc(dev, len + opt + 2 + SXT_ND_NONCE_LEN);
	if (!skb)
		return NULL;
	msg = skb_put_zero(skb, len);
	msg->icmph.icmp6_type = NDISC_NEIGHBOUR_SOLICITATION;
	msg->target = *target;
	if (opt)
		put_link_option(skb, SXT_ND_OPT_SLLA, dev->dev_addr);
	if (nonce)
		put_nonce(skb, nonce);
	return skb;
}
EXPORT_SYMBOL_NS_GPL(sxt_nd_make_ns, SEXTANT_IPV6);

/**
 * sxt_nd_send_ns() - solicit a neighbour, or look for a duplicate address
 * @dev: the interface
 * @target: whom to solicit
 * @daddr: @target, or its solicited-node group
 * @saddr: source address; in6addr_any to detect duplicates; NULL: the link-
 *	local address
 * @nonce: as sxt_nd_make_ns()
 *
 * Context: softirq or process.
 */
void sxt_nd_send_ns(struct net_device *dev, const struct in6_addr *target,
		    const struct in6_addr *daddr, const struct in6_addr *saddr,
		    u64 nonce)
{
	struct in6_addr link_local;
	struct sk_buff *skb;

	if (!saddr) {
		if (sxt_ifa_link_local(dev, &link_local, IFA_F_TENTATIVE |
				       IFA_F_OPTIMISTIC))
			return;
		saddr = &link_local;
	}
	skb = sxt_nd_make_ns(dev, target, saddr, nonce);
	if (skb)
		sxt_nd_send(skb, dev, daddr, saddr);
}

/*
 * RFC 4861 7.2.4: from the target itself, if it can speak. Nobody else's
 * address does, nor does an anycast one (RFC 4291 2.6). Says false if there is
 * no source at all.
 */
static bool advert_source(struct net_device *dev, const struct in6_addr *target,
			  const struct in6_addr *daddr, u8 *flags,
			  struct in6_addr *saddr)
{
	struct sxt_ifa *ifa = sxt_ifa_find(dev_net(dev), target, dev);

	if (ifa && (READ_ONCE(ifa->ifa.flags) & IFA_F_OPTIMISTIC))
		*flags &= ~NA_FLAG_OVERRIDE;	/* RFC 4429 3.3 */
	if (ifa && !ifa->anycast) {
		*saddr = *target;
		return true;
	}
	return !sxt_saddr_get(dev_net(dev), dev, daddr, 0, saddr);
}

/**
 * sxt_nd_send_na() - tell where an address is
 * @dev: the interface
 * @daddr: who asked, or all nodes
 * @target: the address
 * @router: this node is a router
 * @solicited: it was asked for
 * @override: what is known is to be replaced; not done by an optimistic address
 * @inc_opt: say the link-layer address
 *
 * RFC 4861 4.4. Context: softirq or process.
 */
void sxt_nd_send_na(struct net_device *dev, const struct in6_addr *daddr,
		    const struct in6_addr *target, bool router, bool solicited,
		    bool override, bool inc_opt)
{
	struct in6_addr saddr;
	struct nd_msg *msg;
	struct sk_buff *skb;
	unsigned int opt;
	u8 flags = 0;

	if (router)
		flags |= NA_FLAG_ROUTER;
	if (solicited)
		flags |= NA_FLAG_SOLICITED;
	if (override)
		flags |= NA_FLAG_OVERRIDE;
	opt = inc_opt ? link_option_len(dev) : 0;
	skb = sxt_nd_alloc(dev, sizeof(*msg) + opt);
	if (!skb)
		return;
	rcu_read_lock();
	if (!advert_source(dev, target, daddr, &flags, &saddr)) {
		rcu_read_unlock();
		/* Nothing was in it yet. */
		consume_skb(skb);
		return;
	}
	rcu_read_unlock();
	msg = skb_put_zero(skb, sizeof(*msg));
	msg->icmph.icmp6_type = NDISC_NEIGHBOUR_ADVERTISEMENT;
	msg->icmph.icmp6_datagram_len = flags;	/* the byte behind the sum */
	msg->target = *target;
	if (opt)
		put_link_option(skb, SXT_ND_OPT_TLLA, dev->dev_addr);
	sxt_nd_send(skb, dev, daddr, &saddr);
}

/**
 * sxt_nd_announce() - tell all nodes where the addresses of an interface are
 * @dev: the interface, whose link-layer address is another than before
 * @asked: whoever manages the device wants it; else ndisc_notify decides
 *
 * RFC 4861 7.2.6. Context: RTNL.
 */
void sxt_nd_announce(struct net_device *dev, bool asked)
{
	const struct ipv6_devconf *all = dev_net(dev)->ipv6.devconf_all;
	struct inet6_dev *in6 = __in6_dev_get(dev);
	struct inet6_ifaddr *ifa;
	bool router;

	if (!in6 || (!asked && !READ_ONCE(in6->cnf.ndisc_notify) &&
		     !READ_ONCE(all->ndisc_notify)))
		return;
	router = READ_ONCE(in6->cnf.forwarding);
	list_for_each_entry(ifa, &in6->addr_list, if_list) {
		u32 flags = READ_ONCE(ifa->flags);

		if (sxt_ifa_is_group(ifa) ||
		    ((flags & IFA_F_TENTATIVE) && !(flags & IFA_F_OPTIMISTIC)))
			continue;
		sxt_nd_send_na(dev, &in6addr_linklocal_allnodes, &ifa->addr,
			       router, false, true, true);
	}
}

/**
 * sxt_nd_send_rs() - ask for routers
 * @dev: the interface
 * @saddr: source, or in6addr_any
 * @daddr: all routers
 *
 * RFC 4861 4.1. Context: softirq or process.
 */
void sxt_nd_send_rs(struct net_device *dev, const struct in6_addr *saddr,
		    const struct in6_addr *daddr)
{
	unsigned int opt = ipv6_addr_any(saddr) ? 0 : link_option_len(dev);
	struct rs_msg *msg;
	struct sk_buff *skb;

	skb = sxt_nd_alloc(dev, sizeof(*msg) + opt);
	if (!skb)
		return;
	msg = skb_put_zero(skb, sizeof(*msg));
	msg->icmph.icmp6_type = NDISC_ROUTER_SOLICITATION;
	if (opt)
		put_link_option(skb, SXT_ND_OPT_SLLA, dev->dev_addr);
	sxt_nd_send(skb, dev, daddr, saddr);
}

/*
 * RFC 4861 8.2: only a neighbour is redirected. Others, who are behind another
 * router of this link, would each get an entry in the neighbour table.
 */
static bool is_neighbour(struct net_device *dev, const struct in6_addr *host)
{
	const struct flowi6 fl6 = {
		.flowi6_iif = LOOPBACK_IFINDEX,
		.flowi6_oif = dev->ifindex,
		.daddr = *host,
	};
	const struct rt6_info *rt;

	rt = sxt_route_lookup(dev_net(dev), &fl6, NULL, dev->ifindex);
	return !rt->dst.error && rt->dst.dev == dev &&
	       !(rt->rt6i_flags & RTF_GATEWAY);
}

/* RFC 4861 8.2: "MUST limit the rate": a host at a time, where we know them. */
static bool redirect_allowed(struct net *net, const struct in6_addr *host)
{
	if (!net->ipv6.peers)
		return icmp_global_allow(net);
	return inet_peer_xrlim_allow(inet_getpeer_v6(net->ipv6.peers, host),
				     REDIRECT_INTERVAL);
}

/* Where the target is, if that is known. */
static bool redirect_lladdr(struct net_device *dev,
			    const struct in6_addr *target, u8 *lladdr)
{
	struct neighbour *n = sxt_neigh_find(dev, target);

	if (!dev->addr_len || !n || !(READ_ONCE(n->nud_state) & NUD_VALID))
		return false;
	neigh_ha_snapshot(lladdr, n, dev);
	return true;
}

/*
 * RFC 4861 4.6.3: as much of the packet as the least MTU takes. What it lies in
 * counts units of 8 bytes.
 */
static void put_redirected(struct sk_buff *skb, struct sk_buff *about,
			   unsigned int len)
{
	u8 *opt = skb_put_zero(skb, 8 + len);

	opt[0] = SXT_ND_OPT_REDIRECTED;
	opt[1] = (8 + len) / 8;
	if (skb_copy_bits(about, skb_network_offset(about), opt + 8, len))
		memset(opt + 8, 0, len);
}

static void redirect_build(struct sk_buff *about, struct net_device *dev,
			   const struct in6_addr *target,
			   const struct in6_addr *saddr)
{
	unsigned int len = sizeof(struct rd_msg), quote, opt = 0;
	const struct ipv6hdr *hdr = ipv6_hdr(about);
	u8 lladdr[MAX_ADDR_LEN];
	struct rd_msg *msg;
	struct sk_buff *skb;

	if (redirect_lladdr(dev, target, lladdr))
		opt = link_option_len(dev);
	quote = IPV6_MIN_MTU - sizeof(*hdr) - len - opt - 8;
	quote = min(quote, about->len - skb_network_offset(about)) & ~7;
	skb = sxt_nd_alloc(dev, len + opt + 8 + quote);
	if (!skb)
		return;
	msg = skb_put_zero(skb, len);
	msg->icmph.icmp6_type = NDISC_REDIRECT;
	msg->target = *target;
	memcpy(&msg->dest, &hdr->daddr, sizeof(msg->dest));
	if (opt)
		put_link_option(skb, SXT_ND_OPT_TLLA, lladdr);
	put_redirected(skb, about, quote);
	sxt_nd_send(skb, dev, &hdr->saddr, saddr);
}

/**
 * sxt_nd_send_redirect() - tell a host of a better first hop
 * @skb: the packet that this node is about to forward back onto the link that
 *	it came from; stays the caller's
 * @dev: that link; in a VRF it is a slave, and not skb->dev
 * @target: the better hop's link-local address, or the packet's destination if
 *	that is a neighbour
 *
 * RFC 4861 8.2. Context: under rcu_read_lock(); softirq.
 */
void sxt_nd_send_redirect(struct sk_buff *skb, struct net_device *dev,
			  const struct in6_addr *target)
{
	struct in6_addr daddr = ipv6_hdr(skb)->daddr;
	struct in6_addr host = ipv6_hdr(skb)->saddr;
	struct in6_addr saddr;

	if (!(ipv6_addr_type(&host) & IPV6_ADDR_UNICAST) ||
	    ipv6_addr_is_multicast(&daddr))
		return;
	if (!(ipv6_addr_type(target) & IPV6_ADDR_LINKLOCAL) &&
	    !ipv6_addr_equal(target, &daddr))
		return;
	if (!is_neighbour(dev, &host) ||
	    sxt_ifa_link_local(dev, &saddr, IFA_F_TENTATIVE))
		return;
	if (redirect_allowed(dev_net(dev), &host))
		redirect_build(skb, dev, target, &saddr);
}
