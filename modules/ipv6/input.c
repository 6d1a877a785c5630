// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that come in (RFC 8200 section 3, RFC 4291 section 2): from the
 * device to the route, and those for this node on to the protocol that their
 * last header names. Extension headers are read in exthdr.c and frag_in.c.
 */
#include <linux/if_arp.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/l3mdev.h>
#include <net/protocol.h>
#include <net/xfrm.h>
#include "ext.h"
#include "mcast.h"
#include "packet.h"

/* The packet ends here; its device's IPv6 may be gone. */
static noinline void rcv_drop(struct net *net, struct inet6_dev *in6,
			      struct sk_buff *skb, int field, enum sxt_why why)
{
	__IP6_INC_STATS(net, in6, field);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
}

/* Neither multicast nor in ::/64: nothing is forbidden of such an address. */
static bool addr_is_plain(const struct in6_addr *addr)
{
	return addr->s6_addr[0] != 0xff &&
	       (addr->s6_addr32[0] | addr->s6_addr32[1]);
}

/*
 * RFC 4291 2.5.2, 2.5.3, 2.7: where no address of its kind may be. A packet
 * that this node sends to itself is looped back or comes from a loopback
 * device, and may have what one from the wire must not.
 */
static noinline enum sxt_why addrs_wrong(const struct sk_buff *skb,
					 const struct net_device *dev,
					 const struct ipv6hdr *hdr)
{
	if (ipv6_addr_is_multicast(&hdr->saddr))
		return SXT_WHY_SOURCE;
	if (ipv6_addr_any(&hdr->daddr) ||
	    (ipv6_addr_is_multicast(&hdr->daddr) &&
	     !IPV6_ADDR_MC_SCOPE(&hdr->daddr)))
		return SXT_WHY_DESTINATION;
	if (dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev))
		return SXT_WHY_NOT;
	if (ipv6_addr_loopback(&hdr->saddr) || ipv6_addr_v4mapped(&hdr->saddr))
		return SXT_WHY_SOURCE;
	if (ipv6_addr_loopback(&hdr->daddr))
		return SXT_WHY_DESTINATION;
	if (ipv6_addr_is_multicast(&hdr->daddr) &&
	    skb->pkt_type != PACKET_LOOPBACK &&
	    IPV6_ADDR_MC_SCOPE(&hdr->daddr) == IPV6_ADDR_SCOPE_NODELOCAL)
		return SXT_WHY_DESTINATION;
	return SXT_WHY_NOT;
}

/*
 * A frame that everybody got, with a packet for one node, makes it answer on
 * behalf of a group; hosts may refuse that (RFC 1122 3.3.6, for IPv4).
 */
static bool frame_allowed(const struct sk_buff *skb,
			  const struct inet6_dev *in6,
			  const struct ipv6hdr *hdr)
{
	if (likely(skb->pkt_type != PACKET_BROADCAST &&
		   skb->pkt_type != PACKET_MULTICAST))
		return true;
	return !READ_ONCE(in6->cnf.drop_unicast_in_l2_multicast) ||
	       ipv6_addr_is_multicast(&hdr->daddr);
}

/*
 * The payload length says less than the frame: there is padding behind; more:
 * the rest is missing. 0 is right in what receive offload has put together, and
 * may be that of a jumbogram: its hop-by-hop options are asked.
 */
static noinline int fit_length(struct sk_buff *skb, unsigned int len)
{
	if (len == sizeof(struct ipv6hdr) &&
	    (ipv6_hdr(skb)->nexthdr == NEXTHDR_HOP ||
	     (skb_is_gso(skb) && skb_is_gso_tcp(skb))))
		return -1;
	if (len > skb->len)
		return IPSTATS_MIB_INTRUNCATEDPKTS;
	return pskb_trim_rcsum(skb, len) ? IPSTATS_MIB_INDISCARDS : -1;
}

/* A packet back from this node was sent by the interface it is meant for. */
static int rcv_iif(const struct sk_buff *skb, const struct net_device *dev)
{
	const struct inet6_dev *in6;

	if (likely(!skb_valid_dst(skb)))
		return dev->ifindex;
	in6 = ip6_dst_idev(skb_dst(skb));
	return in6 ? in6->dev->ifindex : dev->ifindex;
}

/* Length and addresses; the header is linear. True: the packet goes on. */
static bool rcv_header(struct sk_buff *skb, struct net_device *dev,
		       struct net *net, struct inet6_dev *in6)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	enum sxt_why why = SXT_WHY_NOT;
	unsigned int len, segs;
	int field = -1;
	u8 ecn;

	if (unlikely(hdr->version != 6)) {
		why = SXT_WHY_VERSION;
		field = IPSTATS_MIB_INHDRERRORS;
		goto drop;
	}
	/* By the congestion bits; one that was put together counts as many. */
	ecn = ipv6_get_dsfield(hdr) & INET_ECN_MASK;
	segs = skb_shinfo(skb)->gso_segs;
	__IP6_ADD_STATS(net, in6, IPSTATS_MIB_NOECTPKTS + ecn, segs ?: 1);

	if (unlikely(!addr_is_plain(&hdr->saddr) ||
		     !addr_is_plain(&hdr->daddr)))
		why = addrs_wrong(skb, dev, hdr);
	if (unlikely(why)) {
		field = IPSTATS_MIB_INADDRERRORS;
		goto drop;
	}
	if (unlikely(!frame_allowed(skb, in6, hdr))) {
		why = SXT_WHY_FRAME_TO_MANY;
		field = IPSTATS_MIB_INDISCARDS;
		goto drop;
	}
	len = ntohs(hdr->payload_len) + sizeof(*hdr);
	if (unlikely(len != skb->len)) {
		why = len > skb->len ? SXT_WHY_TRUNCATED : SXT_WHY_NO_MEMORY;
		field = fit_length(skb, len);
		if (field >= 0)
			goto drop;
	}
	return true;

drop:
	rcv_drop(net, in6, skb, field, why);
	return false;
}

/* All that is looked at before the first hook. NULL: the packet is gone. */
static struct sk_buff *rcv_check(struct sk_buff *skb, struct net_device *dev,
				 struct net *net)
{
	struct inet6_dev *in6 = __in6_dev_get(dev);

	if (unlikely(skb->pkt_type == PACKET_OTHERHOST)) {
		dev_core_stats_rx_otherhost_dropped_inc(dev);
		kfree_skb_reason(skb, sxt_ip6_refuse(net,
						     SXT_WHY_FRAME_OTHERHOST));
		return NULL;
	}
	__IP6_UPD_PO_STATS(net, in6, IPSTATS_MIB_IN, skb->len);

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb)) {
		__IP6_INC_STATS(net, in6, IPSTATS_MIB_INDISCARDS);
		sxt_ip6_refuse(net, SXT_WHY_NO_MEMORY);
		return NULL;
	}
	if (unlikely(!in6 || READ_ONCE(in6->cnf.disable_ipv6))) {
		rcv_drop(net, in6, skb, IPSTATS_MIB_INDISCARDS,
			 SXT_WHY_DISABLED);
		return NULL;
	}
	*IP6CB(skb) = (struct inet6_skb_parm) {
		.iif = rcv_iif(skb, dev),
		.nhoff = offsetof(struct ipv6hdr, nexthdr),
	};
	if (unlikely(!pskb_may_pull(skb, sizeof(struct ipv6hdr)))) {
		rcv_drop(net, in6, skb, IPSTATS_MIB_INHDRERRORS,
			 SXT_WHY_HEADER_CUT);
		return NULL;
	}
	if (unlikely(!rcv_header(skb, dev, net, in6)))
		return NULL;

	skb->transport_header = skb->network_header + sizeof(struct ipv6hdr);
	if (unlikely(ipv6_hdr(skb)->nexthdr == NEXTHDR_HOP) &&
	    !sxt_exthdr_hop_by_hop(skb))
		return NULL;
	/* Who sent it must not be found by the hooks, as its socket's. */
	if (!skb_sk_is_prefetched(skb))
		skb_orphan(skb);
	return skb;
}

/* Behind the first hook: where does it go? */
static int rcv_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	int (*input)(struct sk_buff *skb);

	/* A VRF device may take it, or show it to its own hooks. */
	skb = l3mdev_ip6_rcv(skb);
	if (unlikely(!skb))
		return NET_RX_SUCCESS;

	if (likely(!skb_valid_dst(skb)) && unlikely(!sxt_route_rcv(skb))) {
		rcv_drop(net, __in6_dev_get(skb->dev), skb,
			 IPSTATS_MIB_INADDRERRORS, SXT_WHY_STRONG_HOST);
		return NET_RX_DROP;
	}
	input = READ_ONCE(skb_dst(skb)->input);
	if (likely(input == sxt_ip6_input))
		return sxt_ip6_input(skb);
	if (input == sxt_ip6_forward)
		return sxt_ip6_forward(skb);
	return input(skb);
}

static int rcv_one(struct sk_buff *skb, struct net_device *dev,
		   struct packet_type *type, struct net_device *real_dev)
{
	struct net *net = dev_net(dev);

	skb = rcv_check(skb, dev, net);
	if (unlikely(!skb))
		return NET_RX_DROP;
	return NF_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, net, NULL, skb, dev,
		       NULL, rcv_finish);
}

/* Packets of one device and namespace, checked already. */
static void rcv_sublist(struct list_head *list, struct net_device *dev,
			struct net *net)
{
	struct sk_buff *skb, *next;

	NF_HOOK_LIST(NFPROTO_IPV6, NF_INET_PRE_ROUTING, net, NULL, list, dev,
		     NULL, rcv_finish);
	list_for_each_entry_safe(skb, next, list, list) {
		skb_list_del_init(skb);
		rcv_finish(net, NULL, skb);
	}
}

static void rcv_list(struct list_head *packets, struct packet_type *type,
		     struct net_device *real_dev)
{
	struct net_device *same = NULL, *dev;
	struct sk_buff *skb, *next;
	LIST_HEAD(sublist);

	list_for_each_entry_safe(skb, next, packets, list) {
		dev = skb->dev;
		skb_list_del_init(skb);
		skb = rcv_check(skb, dev, dev_net(dev));
		if (!skb)
			continue;
		if (dev != same && same) {
			rcv_sublist(&sublist, same, dev_net(same));
			INIT_LIST_HEAD(&sublist);
		}
		same = dev;
		list_add_tail(&skb->list, &sublist);
	}
	if (same)
		rcv_sublist(&sublist, same, dev_net(same));
}

/* The header names a protocol that this node doesn't speak. */
static void deliver_unknown(struct net *net, struct inet6_dev *in6,
			    struct sk_buff *skb, bool raw)
{
	if (raw) {
		__IP6_INC_STATS(net, in6, IPSTATS_MIB_INDELIVERS);
		consume_skb(skb);
		return;
	}
	if (!xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb)) {
		rcv_drop(net, in6, skb, IPSTATS_MIB_INDISCARDS,
			 SXT_WHY_POLICY);
		return;
	}
	/* RFC 8200 section 4: code 1, at the value */
	sxt_icmp_param_prob(skb, ICMPV6_UNK_NEXTHDR, IP6CB(skb)->nhoff);
	rcv_drop(net, in6, skb, IPSTATS_MIB_INUNKNOWNPROTOS,
		 SXT_WHY_UNKNOWN_PROTOCOL);
}

/*
 * RFC 8883 2.4: code 7, at the first byte beyond the limit, if the extension
 * headers that were read have more together. Each had its own faults told
 * first (4.1). True: no; else the packet is gone.
 */
static noinline bool chain_allowed(struct net *net, struct inet6_dev *in6,
				   struct sk_buff *skb)
{
	u32 len = skb_network_header_len(skb) - sizeof(struct ipv6hdr);
	u32 most = READ_ONCE(sxt_ip6_net(net)->chain_max);

	if (likely(len <= most))
		return true;
	sxt_icmp_param_prob(skb, SXT_PROBLEM_CHAIN_LONG,
			    sizeof(struct ipv6hdr) + most);
	rcv_drop(net, in6, skb, IPSTATS_MIB_INHDRERRORS,
		 SXT_WHY_HEADERS_LONG);
	return false;
}

/*
 * May @prot be asked? @headers counts those that are not the last. True: yes.
 * Else the packet is gone.
 */
static bool deliver_allowed(struct net *net, struct inet6_dev *in6,
			    struct sk_buff *skb,
			    const struct inet6_protocol *prot,
			    unsigned int *headers)
{
	if (!(prot->flags & INET6_PROTO_FINAL) &&
	    ++*headers > SXT_EXT_HEADERS_MAX) {
		/* RFC 8883 2.5: code 8, at the header that is one too many */
		sxt_icmp_param_prob(skb, SXT_PROBLEM_HEADERS,
				    skb_network_header_len(skb));
		rcv_drop(net, in6, skb, IPSTATS_MIB_INHDRERRORS,
			 SXT_WHY_HEADERS_TOO_MANY);
		return false;
	}
	if (!(prot->flags & INET6_PROTO_NOPOLICY) &&
	    !xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb)) {
		rcv_drop(net, in6, skb, IPSTATS_MIB_INDISCARDS,
			 SXT_WHY_POLICY);
		return false;
	}
	return true;
}

/**
 * sxt_ip6_deliver() - give a packet for this node to its protocol
 * @net: the namespace
 * @skb: the packet, from the header to be read on, which the transport header
 *	points at
 * @nexthdr: its type, if @have_final; else IP6CB(skb)->nhoff says where from
 *	the network header the type is
 * @have_final: a protocol that has no other behind it had the packet, and found
 *	another inside, as UDP encapsulation does
 *
 * One header after another: a handler that returns more than 0 wants the
 * packet to go on. An extension header has then moved transport header and
 * nhoff; one with INET6_PROTO_FINAL returns the type itself. Raw sockets get a
 * copy at each step.
 *
 * Context: under rcu_read_lock(), bottom halves off. The packet is gone.
 */
void sxt_ip6_deliver(struct net *net, struct sk_buff *skb, int nexthdr,
		     bool have_final)
{
	unsigned int headers = !!(IP6CB(skb)->flags & IP6SKB_HOPBYHOP);
	struct inet6_dev *in6 = __in6_dev_get(skb->dev);
	const struct inet6_protocol *prot;
	enum sxt_why why;
	bool raw, final;
	int ret;

	do {
		if (!have_final) {
			/* Who read the last header had it linear. */
			why = SXT_WHY_NO_MEMORY;
			if (!pskb_pull(skb, skb_transport_offset(skb)))
				goto drop;
			nexthdr = skb_network_header(skb)[IP6CB(skb)->nhoff];
		}
		raw = sxt_raw_deliver(skb, nexthdr);
		prot = rcu_dereference(inet6_protos[nexthdr]);
		if (unlikely(!prot)) {
			deliver_unknown(net, in6, skb, raw);
			return;
		}
		if (unlikely(headers) && !have_final &&
		    !chain_allowed(net, in6, skb))
			return;
		final = prot->flags & INET6_PROTO_FINAL;
		why = SXT_WHY_INNER_HEADER;
		if (unlikely(have_final && !final))
			goto drop;
		if (final && !have_final) {
			/* From here on the checksum is the protocol's. */
			have_final = true;
			nf_reset_ct(skb);
			skb_postpull_rcsum(skb, skb_network_header(skb),
					   skb_network_header_len(skb));
		}
		if (!deliver_allowed(net, in6, skb, prot, &headers))
			return;
		ret = prot->handler(skb);
		if (final)
			nexthdr = ret & 0xff;
	} while (ret > 0);

	if (!ret)
		__IP6_INC_STATS(net, in6, IPSTATS_MIB_INDELIVERS);
	return;

drop:
	rcv_drop(net, in6, skb, IPSTATS_MIB_INDISCARDS, why);
}

/*
 * Conntrack has put it together, and left the transport header behind headers
 * that were before the fragment header and that nobody has read yet. As
 * rcv_check() had it: behind the one that nhoff lies in, which may be a
 * fragment header, if it came whole. All of them are linear.
 */
static void input_rewind(struct sk_buff *skb)
{
	u32 nhoff = IP6CB(skb)->nhoff, off = sizeof(struct ipv6hdr);
	const u8 *at, *hdr = skb_network_header(skb);
	u8 type = ipv6_hdr(skb)->nexthdr;

	while (off <= nhoff) {
		at = hdr + off;
		off += sxt_ext_len(type, at[1]);
		type = at[0];
	}
	skb_set_transport_header(skb, skb_network_offset(skb) + off);
}

static int input_finish(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	rcu_read_lock();
	skb_clear_delivery_time(skb);
	if (unlikely(IP6CB(skb)->flags & IP6SKB_FRAGMENTED))
		input_rewind(skb);
	/* A sender's pages that a socket of this node would hold on to. */
	if (unlikely(skb_orphan_frags_rx(skb, GFP_ATOMIC)))
		rcv_drop(net, __in6_dev_get(skb->dev), skb,
			 IPSTATS_MIB_INDISCARDS, SXT_WHY_NO_MEMORY);
	else
		sxt_ip6_deliver(net, skb, 0, false);
	rcu_read_unlock();
	return 0;
}

/**
 * sxt_ip6_input() - a packet for this node
 * @skb: the packet; its route says that
 *
 * dst.input of the routes of own addresses and of groups.
 *
 * Context: under rcu_read_lock(), bottom halves off. The packet is gone.
 * Return: 0, or what a hook said.
 */
int sxt_ip6_input(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;

	return NF_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_IN, dev_net(dev), NULL, skb,
		       dev, NULL, input_finish);
}

/*
 * Which sources' packets an interface takes has no say about queriers, who ask
 * for a group at its own address (RFC 3810 5.1.15).
 */
static bool is_mld(const struct sk_buff *skb)
{
	return IP6CB(skb)->flags & IP6SKB_ROUTERALERT &&
	       IP6CB(skb)->ra == htons(IPV6_OPT_ROUTERALERT_MLD);
}

/**
 * sxt_ip6_mc_input() - a packet to a group
 * @skb: the packet
 *
 * dst.input of multicast routes. It is for this node if the interface that it
 * came in by is a member and its source is one that is listened to. Groups are
 * not forwarded.
 *
 * Context: under rcu_read_lock(), bottom halves off. The packet is gone.
 * Return: 0, or what a hook said.
 */
int sxt_ip6_mc_input(struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	/* In a VRF the members are the slaves. */
	struct net_device *dev = sxt_ip6_dev_in(skb);
	struct net *net = dev_net(dev);
	bool joined;

	__IP6_UPD_PO_STATS(net, __in6_dev_get(skb->dev), IPSTATS_MIB_INMCAST,
			   skb->len);
	if (likely(sxt_mcast_member(dev, &hdr->daddr,
				    is_mld(skb) ? NULL : &hdr->saddr)))
		return sxt_ip6_input(skb);
	joined = sxt_mcast_member(dev, &hdr->daddr, NULL);
	rcv_drop(net, __in6_dev_get(dev), skb, IPSTATS_MIB_INADDRERRORS,
		 joined ? SXT_WHY_GROUP_SOURCE : SXT_WHY_GROUP_NOT_JOINED);
	return NET_RX_DROP;
}

static struct packet_type input_packet_type __read_mostly = {
	.type = cpu_to_be16(ETH_P_IPV6),
	.func = rcv_one,
	.list_func = rcv_list,
};

/**
 * sxt_input_init() - take IPv6 packets from devices
 *
 * The last thing at load: all that packets use is there before.
 *
 * Context: process.
 * Return: 0.
 */
int sxt_input_init(void)
{
	dev_add_pack(&input_packet_type);
	return 0;
}

/*
 * Packets in netfilter's queues to user space (NFQUEUE) come back to
 * rcv_finish() whenever a program likes, and before their route they hold
 * nothing of this module. Where they would go is on its way out: they are
 * dropped, with IPv4's beside them, as when a chain of nftables goes.
 */
static void queued_drop(void)
{
	struct net *net;

	if (!IS_ENABLED(CONFIG_NETFILTER))
		return;
	down_read(&net_rwsem);
	for_each_net(net)
		nf_queue_nf_hook_drop(net);
	up_read(&net_rwsem);
	/* Those that a program has answered for are let go under RCU. */
	synchronize_net();
}

/**
 * sxt_input_exit() - take no more
 *
 * The first thing at unload; afterwards no packet is in this file or in what it
 * calls. (One of a namespace that is going has gone with its device, once
 * unregister_pernet_subsys() is through.)
 *
 * Context: process, may sleep.
 */
void sxt_input_exit(void)
{
	int i;

	dev_remove_pack(&input_packet_type);
	/*
	 * What was let go may have come to the rule of another queue, or to the
	 * same once more: not so often while nobody looks.
	 */
	for (i = 0; i < 8; i++)
		queued_drop();
}
