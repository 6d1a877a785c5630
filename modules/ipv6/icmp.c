// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMPv6 in (RFC 4443): the checksum, echo, errors on their way to whom they
 * concern. Neighbour discovery and the listener protocol get theirs from here.
 */
#include <linux/once.h>
#include <linux/siphash.h>
#include <net/inet_common.h>
#include <net/inetpeer.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/ping.h>
#include <net/protocol.h>
#include <net/xfrm.h>
#include "icmp_out.h"
#include "icmp_rule.h"
#include "iface.h"
#include "packet.h"

/**
 * sxt_icmp_err_convert() - what a received error means to a program
 * @type: of the error
 * @code: of the error
 * @err: the positive errno is put here
 *
 * Context: any.
 * Return: 1: it won't get better by itself; 0.
 */
int sxt_icmp_err_convert(u8 type, u8 code, int *err)
{
	return sxt_icmp_errno(type, code, err);
}

/* How a request reached us decides whether it is answered, and from where. */
enum echo_way {
	ECHO_UNICAST,
	ECHO_MULTICAST,
	ECHO_ANYCAST,
};

static enum echo_way echo_way(struct net *net, const struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	const struct sxt_ifa *ifa;

	if (ipv6_addr_is_multicast(daddr))
		return ECHO_MULTICAST;
	ifa = sxt_ifa_find(net, daddr, NULL);
	return ifa && ifa->anycast ? ECHO_ANYCAST : ECHO_UNICAST;
}

static bool echo_is_ignored(const struct net *net, enum echo_way way)
{
	const struct netns_sysctl_ipv6 *ctl = &net->ipv6.sysctl;

	return READ_ONCE(ctl->icmpv6_echo_ignore_all) ||
	       (way == ECHO_MULTICAST &&
		READ_ONCE(ctl->icmpv6_echo_ignore_multicast)) ||
	       (way == ECHO_ANYCAST &&
		READ_ONCE(ctl->icmpv6_echo_ignore_anycast));
}

/*
 * RFC 4443 4.2: what was sent to many is answered from an address of the
 * interface that it came by. One without any address has none to offer: then as
 * for any packet.
 */
static void echo_source(struct net *net, const struct sk_buff *skb,
			enum echo_way way, struct in6_addr *saddr)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	const struct net_device *dev;

	if (way == ECHO_UNICAST ||
	    (way == ECHO_ANYCAST &&
	     READ_ONCE(net->ipv6.sysctl.anycast_src_echo_reply))) {
		*saddr = hdr->daddr;
		return;
	}
	/* In a VRF this is the slave. */
	dev = dev_get_by_index_rcu(net, IP6CB(skb)->iif);
	if (dev)
		sxt_saddr_of(net, dev, &hdr->saddr, saddr);
}

static void echo_flow(struct net *net, struct sk_buff *skb, enum echo_way way,
		      struct flowi6 *fl6)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = IPPROTO_ICMPV6;
	fl6->fl6_icmp_type = ICMPV6_ECHO_REPLY;
	fl6->daddr = hdr->saddr;
	echo_source(net, skb, way, &fl6->saddr);
	fl6->flowi6_oif = sxt_icmp_oif(skb, IP6CB(skb)->iif, &fl6->daddr);
	/* Another way's provider may let no packet from this address pass. */
	if (way == ECHO_UNICAST && !rt6_need_strict(&fl6->daddr)) {
		fl6->flowi6_oif = IP6CB(skb)->iif;
		fl6->flowi6_flags = SXT_FLOWI_BACK;
	}
	fl6->flowi6_mark = IP6_REPLY_MARK(net, skb->mark);
	fl6->flowi6_uid = sock_net_uid(net, NULL);
	if (READ_ONCE(net->ipv6.sysctl.flowlabel_reflect) &
	    FLOWLABEL_REFLECT_ICMPV6_ECHO_REPLIES)
		fl6->flowlabel = ip6_flowlabel(hdr);
}

/*
 * The request becomes the reply: its bytes stay where they are. All that the
 * packet has of the way that it came by goes. False: no memory.
 */
static bool echo_recycle(struct sk_buff *skb, const struct net_device *out)
{
	/* Guests may say that it is many segments; it is one request. */
	if (unlikely(skb_is_gso(skb))) {
		if (skb_unclone(skb, GFP_ATOMIC))
			return false;
		skb_gso_reset(skb);
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return false;
	if (skb_orphan_frags(skb, GFP_ATOMIC) ||
	    skb_cow_head(skb, LL_RESERVED_SPACE(out) + sizeof(struct ipv6hdr)))
		return false;
	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_clear_hash(skb);
	skb_reset_redirect(skb);
	skb_set_queue_mapping(skb, 0);
	__vlan_hwaccel_clear_tag(skb);
	skb->priority = 0;
	skb->encapsulation = 0;
	skb->ip_summed = CHECKSUM_NONE;
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	return true;
}

/*
 * The sum was right, so it is right again once what changed is counted: type
 * and code; and our address, if the request had gone to many. That the two
 * addresses change their places does not change it.
 */
static void echo_rewrite(struct sk_buff *skb, const struct in6_addr *asked,
			 const struct in6_addr *saddr)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)skb->data;
	__be16 was = htons(icmp->icmp6_type << 8 | icmp->icmp6_code);

	icmp->icmp6_type = ICMPV6_ECHO_REPLY;
	icmp->icmp6_code = 0;
	csum_replace2(&icmp->icmp6_cksum, was, htons(ICMPV6_ECHO_REPLY << 8));
	if (!ipv6_addr_equal(asked, saddr))
		inet_proto_csum_replace16(&icmp->icmp6_cksum, skb,
					  asked->s6_addr32, saddr->s6_addr32,
					  true);
}

/*
 * Nobody here waits for the fate of an echo reply. So that a Packet Too Big
 * about one can be told from a forged one, there is a slot for whom a long
 * reply went to: hash and seconds.
 */
#define ECHO_LONG_LEN	(IPV6_MIN_MTU - sizeof(struct ipv6hdr))
#define ECHO_LONG_TIME	30

static u32 echo_seconds(void)
{
	return (unsigned long)jiffies / HZ;
}

static u64 *echo_long_slot(struct net *net, const struct in6_addr *daddr,
			   u32 *tag)
{
	static siphash_key_t key __read_mostly;
	u64 hash;

	net_get_random_once(&key, sizeof(key));
	hash = siphash(daddr, sizeof(*daddr), &key);
	*tag = hash >> 32;
	return &sxt_ip6_net(net)->echo_long[hash % SXT_ECHO_LONG];
}

static void echo_long_note(struct net *net, const struct in6_addr *daddr)
{
	u32 tag;
	u64 *slot = echo_long_slot(net, daddr, &tag);
	u64 word = (u64)tag << 32 | echo_seconds();

	if (READ_ONCE(*slot) != word)
		WRITE_ONCE(*slot, word);
}

static bool echo_was_long(struct net *net, const struct in6_addr *daddr)
{
	u32 tag;
	u64 word = READ_ONCE(*echo_long_slot(net, daddr, &tag));

	return word >> 32 == tag &&
	       echo_seconds() - (u32)word <= ECHO_LONG_TIME;
}

/* RFC 4443 4.2. The request is consumed. */
static void echo_request(struct net *net, struct sk_buff *skb)
{
	struct inet6_dev *in6 = __in6_dev_get(skb->dev);
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	enum echo_way way = echo_way(net, skb);
	unsigned int tclass = ipv6_get_dsfield(hdr);
	struct in6_addr asked = hdr->daddr;
	struct dst_entry *dst;
	struct flowi6 fl6;
	enum sxt_why why;

	if (echo_is_ignored(net, way)) {
		__IP6_INC_STATS(net, in6, IPSTATS_MIB_INDISCARDS);
		why = SXT_WHY_ECHO_IGNORED;
		goto drop;
	}
	/* A group as source did not get that far. */
	if (ipv6_addr_any(&hdr->saddr)) {
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_INERRORS);
		why = SXT_WHY_ECHO_SOURCE;
		goto drop;
	}
	why = SXT_WHY_ECHO_RATE;
	if (!sxt_icmp_early_allow(net, skb->dev, ICMPV6_ECHO_REPLY))
		goto drop;
	echo_flow(net, skb, way, &fl6);
	dst = sxt_dst_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst)) {
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTERRORS);
		why = SXT_WHY_ECHO_NO_ROUTE;
		goto drop;
	}
	if (!sxt_icmp_allow(net, dst, ICMPV6_ECHO_REPLY, &fl6.daddr))
		goto drop_route;
	if (!echo_recycle(skb, dst->dev)) {
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTERRORS);
		why = SXT_WHY_NO_MEMORY;
		goto drop_route;
	}
	if (skb->len > ECHO_LONG_LEN)
		echo_long_note(net, &fl6.daddr);
	echo_rewrite(skb, &asked, &fl6.saddr);
	sxt_icmp_out(net, skb, dst, &fl6, tclass);
	return;
drop_route:
	dst_release(dst);
drop:
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
}

/*
 * May this node have sent the quoted packet at all (RFC 8201 4, 6)? Data at it,
 * its IPv6 header is there. Whether somebody here did, his protocol knows.
 */
static enum sxt_why too_big_wrong(struct net *net, struct sk_buff *skb, u32 mtu)
{
	const struct ipv6hdr *quoted = (const struct ipv6hdr *)skb->data;

	if (mtu < IPV6_MIN_MTU)
		return SXT_WHY_ERROR_MTU;
	return sxt_ifa_is_ours(net, &quoted->saddr, NULL, IFA_F_TENTATIVE) ?
		SXT_WHY_NOT : SXT_WHY_ERROR_SOURCE;
}

/**
 * sxt_icmp_too_big() - somebody here has sent what was too big for its path
 * @skb: the Packet Too Big, data at the quoted packet's IPv6 header
 * @mtu: what would have fitted
 *
 * Context: under RCU, softirq.
 */
void sxt_icmp_too_big(struct sk_buff *skb, u32 mtu)
{
	const struct ipv6hdr *quoted = (const struct ipv6hdr *)skb->data;
	int oif = sxt_icmp_oif(skb, IP6CB(skb)->iif, &quoted->daddr);

	sxt_pmtu_learn(dev_net(skb->dev), &quoted->daddr, oif, mtu);
}

/**
 * sxt_icmp_notify() - tells an error to whom the quoted packet belonged
 * @skb: data at the quoted packet's IPv6 header, transport header at the
 *	message's; stays the caller's
 * @type: of the error
 * @code: of the error
 * @info: the message's second word
 *
 * RFC 4443 2.4 (d): without the upper layer's header nobody can be told. Who
 * finds that the packet was his learns the path MTU by sxt_icmp_too_big(); an
 * error that is nobody's is counted and has no effect.
 *
 * Context: under RCU, softirq.
 * Return: why it had no effect, which the MIB has counted, or SXT_WHY_NOT.
 */
enum sxt_why sxt_icmp_notify(struct sk_buff *skb, u8 type, u8 code,
			     __be32 info)
{
	enum sxt_why why = SXT_WHY_ERROR_CUT;
	const struct inet6_protocol *upper;
	int offset = sizeof(struct ipv6hdr);
	__be16 frag_off = 0;
	bool told;
	u8 nexthdr;

	if (!pskb_may_pull(skb, offset))
		goto refused;
	nexthdr = ((const struct ipv6hdr *)skb->data)->nexthdr;
	if (ipv6_ext_hdr(nexthdr)) {
		offset = ipv6_skip_exthdr(skb, offset, &nexthdr, &frag_off);
		/* It stops at the fragment header of a later fragment. */
		if (offset < 0 || nexthdr == NEXTHDR_FRAGMENT)
			goto refused;
	}
	/* Ports, or what stands in their place */
	if (!pskb_may_pull(skb, offset + 8))
		goto refused;
	told = sxt_raw_icmp_error(skb, nexthdr, type, code, offset, info);
	upper = rcu_dereference(inet6_protos[nexthdr]);
	if (upper && upper->err_handler &&
	    !upper->err_handler(skb, IP6CB(skb), type, code, offset, info))
		told = true;
	/* A redirect says nothing wrong if nobody is left to hear it. */
	if (told || type >= SXT_ICMP_INFO)
		return SXT_WHY_NOT;
	why = SXT_WHY_ERROR_NOBODYS;
refused:
	__ICMP6_INC_STATS(dev_net(skb->dev), __in6_dev_get(skb->dev),
			  ICMP6_MIB_INERRORS);
	return why;
}

/* RFC 4443 3, and errors of unknown type (2.4 (a)). Data at the header. */
static enum sxt_why error_rcv(struct net *net, struct sk_buff *skb)
{
	const struct icmp6hdr *icmp = icmp6_hdr(skb);
	enum sxt_why why = SXT_WHY_NOT;
	__be32 info = icmp->icmp6_pointer;
	u8 type = icmp->icmp6_type;
	u8 code = icmp->icmp6_code;

	__skb_pull(skb, sizeof(*icmp));
	if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)))
		why = SXT_WHY_ERROR_CUT;
	else if (type == ICMPV6_PKT_TOOBIG)
		why = too_big_wrong(net, skb, ntohl(info));
	if (!why)
		return sxt_icmp_notify(skb, type, code, info);
	__ICMP6_INC_STATS(net, __in6_dev_get(skb->dev), ICMP6_MIB_INERRORS);
	return why;
}

/*
 * Why it was of no use, SXT_WHY_NOT if it was. A type that nobody here knows is
 * silently discarded (RFC 4443 2.4 (b)).
 */
static enum sxt_why information_rcv(struct sk_buff *skb, u8 type)
{
	switch (type) {
	case ICMPV6_ECHO_REPLY:
		return sxt_ping_rcv(skb) ? SXT_WHY_NOT : SXT_WHY_ECHO_REPLY;
	case NDISC_ROUTER_SOLICITATION:
	case NDISC_ROUTER_ADVERTISEMENT:
	case NDISC_NEIGHBOUR_SOLICITATION:
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
	case NDISC_REDIRECT:
		return sxt_nd_rcv(skb);
	case ICMPV6_MGM_QUERY:
	case ICMPV6_MGM_REPORT:
	case ICMPV6_MGM_REDUCTION:
	case ICMPV6_MLD2_REPORT:
		return sxt_mld_rcv(skb);
	}
	return SXT_WHY_ICMP_TYPE;
}

/* Header there and sum right (RFC 4443 2.3)? If not: why. */
static enum sxt_why icmp_check(struct net *net, struct sk_buff *skb)
{
	struct inet6_dev *in6 = __in6_dev_get(skb->dev);

	__ICMP6_INC_STATS(net, in6, ICMP6_MIB_INMSGS);
	if (!pskb_may_pull(skb, sizeof(struct icmp6hdr))) {
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_INERRORS);
		return SXT_WHY_ICMP_CUT;
	}
	if (skb_checksum_validate(skb, IPPROTO_ICMPV6, ip6_compute_pseudo)) {
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_CSUMERRORS);
		__ICMP6_INC_STATS(net, in6, ICMP6_MIB_INERRORS);
		return SXT_WHY_ICMP_CHECKSUM;
	}
	ICMP6MSGIN_INC_STATS(net, in6, icmp6_hdr(skb)->icmp6_type);
	return SXT_WHY_NOT;
}

/* Under RCU; data at the message's header, which is the transport header. */
static int message_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	enum sxt_why why = SXT_WHY_POLICY;
	u8 type;

	if (unlikely(!xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb))) {
		__IP6_INC_STATS(net, __in6_dev_get(skb->dev),
				IPSTATS_MIB_INDISCARDS);
		goto drop;
	}
	why = icmp_check(net, skb);
	if (why)
		goto drop;
	type = icmp6_hdr(skb)->icmp6_type;
	if (type == ICMPV6_ECHO_REQUEST) {
		echo_request(net, skb);
		return 0;
	}
	if (type < SXT_ICMP_INFO)
		why = error_rcv(net, skb);
	else
		why = information_rcv(skb, type);
	if (!why) {
		consume_skb(skb);
		return 0;
	}
drop:
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return 0;
}

/*
 * An error about an ICMPv6 message of ours: the socket that pinged gets it.
 * Other messages of ours but long echo replies fit through any path.
 */
static int own_message_err(struct sk_buff *skb, struct inet6_skb_parm *opt,
			   u8 type, u8 code, int offset, __be32 info)
{
	const struct icmp6hdr *quoted = (void *)(skb->data + offset);
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)skb->data;
	bool big = type == ICMPV6_PKT_TOOBIG, ours = false;

	if (type < SXT_ICMP_INFO && quoted->icmp6_type == ICMPV6_ECHO_REQUEST)
		ours = sxt_ping_err(skb, offset, ntohl(info));
	else if (big && quoted->icmp6_type == ICMPV6_ECHO_REPLY)
		ours = echo_was_long(dev_net(skb->dev), &hdr->daddr);
	if (big && ours)
		sxt_icmp_too_big(skb, ntohl(info));
	return ours ? 0 : -ENOENT;
}

static const struct inet6_protocol icmp_protocol = {
	.handler = message_rcv,
	.err_handler = own_message_err,
	.flags = INET6_PROTO_NOPOLICY | INET6_PROTO_FINAL,
};

/**
 * sxt_icmp_init() - ICMPv6 is there from now on, in and out
 *
 * Context: process.
 * Return: 0, or -EBUSY: somebody else has it.
 */
int sxt_icmp_init(void)
{
	int err = inet6_register_icmp_sender(sxt_icmp_send);

	if (err)
		return err;
	err = inet6_add_protocol(&icmp_protocol, IPPROTO_ICMPV6);
	if (!err)
		return 0;
	inet6_unregister_icmp_sender(sxt_icmp_send);
	return -EBUSY;
}

/**
 * sxt_icmp_exit() - undoes sxt_icmp_init(); nobody is in it afterwards
 *
 * Context: process; waits for a grace period.
 */
void sxt_icmp_exit(void)
{
	inet6_del_protocol(&icmp_protocol, IPPROTO_ICMPV6);
	inet6_unregister_icmp_sender(sxt_icmp_send);
}

/**
 * sxt_icmp_net_init() - rate limits of a namespace, and its knobs' defaults
 * @net: the namespace
 *
 * One error a second to a destination with a burst of six; none by destination
 * for Packet Too Big, without which nothing gets through.
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_icmp_net_init(struct net *net)
{
	struct netns_sysctl_ipv6 *ctl = &net->ipv6.sysctl;
	struct inet_peer_base *peers = kmalloc(sizeof(*peers), GFP_KERNEL);

	if (!peers)
		return -ENOMEM;
	inet_peer_base_init(peers);
	net->ipv6.peers = peers;
	ctl->icmpv6_time = HZ;
	bitmap_zero(ctl->icmpv6_ratemask, ICMPV6_MSG_MAX + 1);
	bitmap_set(ctl->icmpv6_ratemask, 0, SXT_ICMP_INFO);
	__clear_bit(ICMPV6_PKT_TOOBIG, ctl->icmpv6_ratemask);
	ctl->icmpv6_ratemask_ptr = ctl->icmpv6_ratemask;
	return 0;
}

/**
 * sxt_icmp_net_exit() - undoes sxt_icmp_net_init()
 * @net: the namespace; no packet is on its way there
 *
 * Context: process.
 */
void sxt_icmp_net_exit(struct net *net)
{
	struct inet_peer_base *peers = net->ipv6.peers;

	net->ipv6.peers = NULL;
	inetpeer_invalidate_tree(peers);
	kfree(peers);
}
