// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extension headers of packets that come in (RFC 8200 section 4): hop-by-hop
 * and destination options, routing, no next header. What they say is read in
 * ext.c; here it becomes a packet that goes on, or an error and a drop.
 */
#include <linux/icmpv6.h>
#include <net/protocol.h>
#include "ext.h"
#include "packet.h"

/* The packet ends here. @problem counts from the header that is being read. */
static void ext_refuse(struct sk_buff *skb, enum sxt_ext_verdict verdict,
		       const struct sxt_ext_problem *problem)
{
	struct net *net = dev_net(skb->dev);

	if (verdict == SXT_EXT_TELL ||
	    (verdict == SXT_EXT_TELL_UNICAST &&
	     !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr)))
		sxt_icmp_param_prob(skb, problem->code,
				    skb_network_header_len(skb) +
				    problem->pos);
	__IP6_INC_STATS(net, __in6_dev_get(skb->dev), IPSTATS_MIB_INHDRERRORS);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, problem->why));
}

/*
 * Make the header that the transport header points at linear. Returns its
 * length; 0: the packet was too short for it, and is gone.
 */
static u32 ext_pull(struct sk_buff *skb, u8 type)
{
	static const struct sxt_ext_problem cut = {
		.why = SXT_WHY_EXT_CUT,
	};
	static const struct sxt_ext_problem bad_len = {
		.code = SXT_PROBLEM_FIELD,
		.pos = 1,
		.why = SXT_WHY_EXT_PAST_END,
	};
	u32 off = skb_transport_offset(skb);
	u32 len;

	if (!pskb_may_pull(skb, off + 8)) {
		ext_refuse(skb, SXT_EXT_DROP, &cut);
		return 0;
	}
	len = sxt_ext_len(type, skb_transport_header(skb)[1]);
	if (!pskb_may_pull(skb, off + len)) {
		ext_refuse(skb, SXT_EXT_TELL, &bad_len);
		return 0;
	}
	return len;
}

/* A knob below zero: so many options, and only those that are known. */
static void ext_limits(struct sxt_ext_limits *limits, int options, int bytes)
{
	limits->known_only = options < 0;
	limits->options = options < 0 ? -(u32)options : options;
	limits->bytes = max(bytes, 0);
}

/*
 * Makes a header of options linear and reads it. Returns its length; 0: the
 * packet is gone.
 */
static u32 ext_options(struct sk_buff *skb, u8 type,
		       const struct sxt_ext_limits *limits,
		       struct sxt_ext_found *found)
{
	struct sxt_ext_problem problem;
	enum sxt_ext_verdict verdict;
	u32 len = ext_pull(skb, type);

	if (!len)
		return 0;
	verdict = sxt_ext_options(skb_transport_header(skb), len, limits,
				  found, &problem);
	if (unlikely(verdict != SXT_EXT_OK)) {
		ext_refuse(skb, verdict, &problem);
		return 0;
	}
	return len;
}

/* The packet goes on behind the header, whose first byte names the next. */
static void ext_advance(struct sk_buff *skb, u32 len)
{
	IP6CB(skb)->nhoff = skb_network_header_len(skb);
	skb->transport_header += len;
}

/**
 * sxt_exthdr_hop_by_hop() - read the hop-by-hop options of a packet
 * @skb: the packet, from the IPv6 header on, which is linear; the transport
 *	header points behind it
 *
 * RFC 8200 4.3. A router alert is noted in IP6CB(skb): IP6SKB_ROUTERALERT, and
 * its value in ra. Jumbograms (RFC 2675) are not for this node, so that the
 * option counts as unknown; but receive offload writes it into what it has put
 * together of many packets.
 *
 * Context: under rcu_read_lock(), bottom halves off.
 * Return: true: transport header and nhoff were moved on; false: the packet is
 * gone.
 */
bool sxt_exthdr_hop_by_hop(struct sk_buff *skb)
{
	/* RFC 2675 section 3: where is the length then? */
	static const struct sxt_ext_problem no_length = {
		.why = SXT_WHY_LENGTH_ZERO,
	};
	const struct netns_sysctl_ipv6 *sysctl =
		&dev_net(skb->dev)->ipv6.sysctl;
	struct sxt_ext_limits limits = {
		.hop = true,
		.jumbo = skb_is_gso(skb) && skb_is_gso_tcp(skb),
	};
	struct sxt_ext_found found;
	u32 len;

	ext_limits(&limits, READ_ONCE(sysctl->max_hbh_opts_cnt),
		   READ_ONCE(sysctl->max_hbh_opts_len));
	len = ext_options(skb, NEXTHDR_HOP, &limits, &found);
	if (!len)
		return false;
	if (unlikely(!ipv6_hdr(skb)->payload_len && !found.jumbo)) {
		sxt_icmp_param_prob(skb, SXT_PROBLEM_FIELD,
				    offsetof(struct ipv6hdr, payload_len));
		ext_refuse(skb, SXT_EXT_DROP, &no_length);
		return false;
	}
	IP6CB(skb)->flags |= IP6SKB_HOPBYHOP;
	if (found.alert) {
		IP6CB(skb)->flags |= IP6SKB_ROUTERALERT;
		IP6CB(skb)->ra = htons(found.alert_value);
	}
	ext_advance(skb, len);
	return true;
}

static int dest_rcv(struct sk_buff *skb)
{
	const struct netns_sysctl_ipv6 *sysctl =
		&dev_net(skb->dev)->ipv6.sysctl;
	struct inet6_skb_parm *cb = IP6CB(skb);
	struct sxt_ext_limits limits = { };
	struct sxt_ext_found found;
	u32 len;

	ext_limits(&limits, READ_ONCE(sysctl->max_dst_opts_cnt),
		   READ_ONCE(sysctl->max_dst_opts_len));
	len = ext_options(skb, NEXTHDR_DEST, &limits, &found);
	if (!len)
		return -1;
	/* For sockets that want to see it (RFC 3542 section 4). */
	cb->dst1 = skb_network_header_len(skb);
	cb->lastopt = cb->dst1;
	ext_advance(skb, len);
	return 1;
}

static int routing_rcv(struct sk_buff *skb)
{
	struct inet6_skb_parm *cb = IP6CB(skb);
	struct sxt_ext_problem problem;
	enum sxt_ext_verdict verdict;
	u32 len;

	len = ext_pull(skb, NEXTHDR_ROUTING);
	if (!len)
		return -1;
	verdict = sxt_ext_routing(skb_transport_header(skb), &problem);
	if (unlikely(verdict != SXT_EXT_OK)) {
		ext_refuse(skb, verdict, &problem);
		return -1;
	}
	/* Destination options so far stood before a routing header. */
	cb->srcrt = skb_network_header_len(skb);
	cb->lastopt = cb->srcrt;
	cb->dst0 = cb->dst1;
	cb->dst1 = 0;
	ext_advance(skb, len);
	return 1;
}

/* RFC 8200 4.7: what follows no next header is ignored. */
static int none_rcv(struct sk_buff *skb)
{
	consume_skb(skb);
	return 0;
}

static const struct inet6_protocol dest_protocol = {
	.handler = dest_rcv,
	.flags = INET6_PROTO_NOPOLICY,
};

static const struct inet6_protocol routing_protocol = {
	.handler = routing_rcv,
	.flags = INET6_PROTO_NOPOLICY,
};

static const struct inet6_protocol none_protocol = {
	.handler = none_rcv,
	.flags = INET6_PROTO_NOPOLICY,
};

/**
 * sxt_exthdr_init() - read the extension headers of packets from now on
 *
 * Context: process.
 * Return: 0, or -EBUSY: somebody else does.
 */
int sxt_exthdr_init(void)
{
	if (inet6_add_protocol(&routing_protocol, IPPROTO_ROUTING))
		return -EBUSY;
	if (inet6_add_protocol(&dest_protocol, IPPROTO_DSTOPTS))
		goto del_routing;
	if (inet6_add_protocol(&none_protocol, IPPROTO_NONE))
		goto del_dest;
	return 0;

del_dest:
	inet6_del_protocol(&dest_protocol, IPPROTO_DSTOPTS);
del_routing:
	inet6_del_protocol(&routing_protocol, IPPROTO_ROUTING);
	return -EBUSY;
}

/**
 * sxt_exthdr_exit() - read them no more
 *
 * Context: process, may sleep.
 */
void sxt_exthdr_exit(void)
{
	inet6_del_protocol(&none_protocol, IPPROTO_NONE);
	inet6_del_protocol(&dest_protocol, IPPROTO_DSTOPTS);
	inet6_del_protocol(&routing_protocol, IPPROTO_ROUTING);
}
