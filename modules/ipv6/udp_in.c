// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP and UDP-Lite packets that come in: length, checksum, the socket, and its
 * queue (RFC 768, RFC 8200 8.1, RFC 3828). Reading them is in udp_read.c.
 */
#include <linux/filter.h>
#include <linux/icmpv6.h>
#include <net/busy_poll.h>
#include <net/inet6_hashtables.h>
#include <net/ip6_checksum.h>
#include <net/udplite.h>
#include <net/xfrm.h>
#include "mcast.h"
#include "udp_int.h"

/* From so many sockets on a port on, those with the address are looked for. */
#define UDP_CHAIN_MAX	10

/* Sockets of a chain that are found before any of them gets a copy. */
#define UDP_TAKERS	16

static bool udp_is_lite(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_UDPLITE;
}

static noinline void udp_drop(struct sock *sk, struct sk_buff *skb,
			      enum sxt_why why)
{
	struct net *net = sock_net(sk);
	bool lite = udp_is_lite(sk);

	if (why == SXT_WHY_UDP_CHECKSUM)
		__UDP6_INC_STATS(net, UDP_MIB_CSUMERRORS, lite);
	__UDP6_INC_STATS(net, UDP_MIB_INERRORS, lite);
	atomic_inc(&sk->sk_drops);
	sk_skb_reason_drop(sk, skb, sxt_ip6_refuse(net, why));
}

static noinline void udp_enqueue_failed(struct sock *sk, struct sk_buff *skb,
					int err)
{
	struct net *net = sock_net(sk);
	bool lite = udp_is_lite(sk);
	enum sxt_why why;

	/* The socket has counted it in sk_drops. */
	if (err == -ENOMEM) {
		__UDP6_INC_STATS(net, UDP_MIB_RCVBUFERRORS, lite);
		why = SXT_WHY_SOCKET_BUFFER;
	} else {
		__UDP6_INC_STATS(net, UDP_MIB_MEMERRORS, lite);
		why = SXT_WHY_SOCKET_MEMORY;
	}
	__UDP6_INC_STATS(net, UDP_MIB_INERRORS, lite);
	sk_skb_reason_drop(sk, skb, sxt_ip6_refuse(net, why));
}

/*
 * A tunnel's socket. 0: it has the packet; > 0: it is UDP's after all; < 0: it
 * goes on as this protocol, negated.
 */
static int udp_encap(struct sock *sk, struct sk_buff *skb)
{
	int (*encap_rcv)(struct sock *sk, struct sk_buff *skb);
	int ret;

	encap_rcv = READ_ONCE(udp_sk(sk)->encap_rcv);
	if (!encap_rcv)
		return 1;
	if (udp_lib_checksum_complete(skb)) {
		udp_drop(sk, skb, SXT_WHY_UDP_CHECKSUM);
		return 0;
	}
	ret = encap_rcv(sk, skb);
	if (ret <= 0)
		__UDP6_INC_STATS(sock_net(sk), UDP_MIB_INDATAGRAMS,
				 udp_is_lite(sk));
	return ret;
}

/* RFC 3828 3.3: a program may want more to be covered than is. */
static bool udp_lite_covered(const struct sock *sk, const struct sk_buff *skb)
{
	u16 least = READ_ONCE(udp_sk(sk)->pcrlen);

	if (!udp_test_bit(UDPLITE_RECV_CC, sk) || !UDP_SKB_CB(skb)->partial_cov)
		return true;
	return least && UDP_SKB_CB(skb)->cscov >= least;
}

/*
 * A packet for this socket, in one piece. 0: it is gone; > 0: it goes on as
 * this protocol.
 */
static int udp_queue_one(struct sock *sk, struct sk_buff *skb)
{
	int ret;

	if (unlikely(!xfrm6_policy_check(sk, XFRM_POLICY_IN, skb))) {
		udp_drop(sk, skb, SXT_WHY_POLICY);
		return 0;
	}
	nf_reset_ct(skb);
	if (static_branch_unlikely(&udpv6_encap_needed_key) &&
	    READ_ONCE(udp_sk(sk)->encap_type)) {
		ret = udp_encap(sk, skb);
		if (ret <= 0)
			return -ret;
	}
	if (unlikely(!udp_lite_covered(sk, skb))) {
		udp_drop(sk, skb, SXT_WHY_UDP_LITTLE_COVERED);
		return 0;
	}
	prefetch(&sk->sk_rmem_alloc);
	/* Programs see good packets only; others are found when they are read. */
	if (rcu_access_pointer(sk->sk_filter) &&
	    udp_lib_checksum_complete(skb)) {
		udp_drop(sk, skb, SXT_WHY_UDP_CHECKSUM);
		return 0;
	}
	if (unlikely(sk_filter_trim_cap(sk, skb, sizeof(struct udphdr)))) {
		udp_drop(sk, skb, SXT_WHY_SOCKET_FILTER);
		return 0;
	}
	udp_csum_pull_header(skb);
	skb_dst_drop(skb);

	if (ipv6_addr_any(&sk->sk_v6_daddr)) {
		sk_mark_napi_id_once(sk, skb);
	} else {
		sock_rps_save_rxhash(sk, skb);
		sk_mark_napi_id(sk, skb);
		sk_incoming_cpu_update(sk);
	}
	ret = __udp_enqueue_schedule_skb(sk, skb);
	if (unlikely(ret < 0))
		udp_enqueue_failed(sk, skb, ret);
	return 0;
}

/* Receive offload has put it together, and the socket doesn't want that. */
static noinline void udp_queue_segments(struct sock *sk, struct sk_buff *skb)
{
	struct net *net = sock_net(sk);
	struct sk_buff *segs, *next;
	int proto;

	__skb_push(skb, -skb_mac_offset(skb));
	segs = udp_rcv_segment(sk, skb, false);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		__skb_pull(skb, skb_transport_offset(skb));
		udp_post_segment_fix_csum(skb);
		proto = udp_queue_one(sk, skb);
		if (proto > 0)
			sxt_ip6_deliver(net, skb, proto, true);
	}
}

static int udp_queue(struct sock *sk, struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct udp_skb_cb) > SKB_GSO_CB_OFFSET);
	if (likely(!udp_unexpected_gso(sk, skb)))
		return udp_queue_one(sk, skb);
	udp_queue_segments(sk, skb);
	return 0;
}

/* Does a packet to a group go to this socket? */
static bool udp_wants(const struct sock *sk, const struct net *net,
		      const struct udphdr *uh, const struct ipv6hdr *hdr,
		      int dif, int sdif)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (udp_sk(sk)->udp_port_hash != ntohs(uh->dest) ||
	    sk->sk_family != PF_INET6 || !net_eq(sock_net(sk), net))
		return false;
	if (inet->inet_dport && inet->inet_dport != uh->source)
		return false;
	if (!ipv6_addr_any(&sk->sk_v6_daddr) &&
	    !ipv6_addr_equal(&sk->sk_v6_daddr, &hdr->saddr))
		return false;
	if (!udp_sk_bound_dev_eq(net, READ_ONCE(sk->sk_bound_dev_if), dif,
				 sdif))
		return false;
	if (!ipv6_addr_any(&sk->sk_v6_rcv_saddr) &&
	    !ipv6_addr_equal(&sk->sk_v6_rcv_saddr, &hdr->daddr))
		return false;
	/* RFC 6935: no checksum, only by request. */
	if (!uh->check && !udp_get_no_check6_rx(sk))
		return false;
	return sxt_mcast_sock_wants(sk, &hdr->daddr, &hdr->saddr, sdif ?: dif);
}

/* A clone for a socket; the tunnel behind it can't have the packet go on. */
static void udp_give_copy(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (unlikely(!copy)) {
		sxt_ip6_refuse(sock_net(sk), SXT_WHY_NO_MEMORY);
		atomic_inc(&sk->sk_drops);
		__UDP6_INC_STATS(sock_net(sk), UDP_MIB_RCVBUFERRORS,
				 udp_is_lite(sk));
		__UDP6_INC_STATS(sock_net(sk), UDP_MIB_INERRORS,
				 udp_is_lite(sk));
		return;
	}
	if (udp_queue(sk, copy) > 0)
		consume_skb(copy);
}

/**
 * struct udp_takers - sockets that a packet to a group goes to
 * @first: gets the packet itself, in the end; or NULL
 * @count: of @sk
 * @sk: others, which have got no copy yet
 */
struct udp_takers {
	struct sock *first;
	unsigned int count;
	struct sock *sk[UDP_TAKERS];
};

static void udp_give_copies(struct udp_takers *to, struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < to->count; i++)
		udp_give_copy(to->sk[i], skb);
	to->count = 0;
}

/*
 * Those in one chain of sockets; the links are @offset bytes into each. False:
 * so many that some have got their copies.
 */
static bool udp_take_chain(struct udp_hslot *slot, unsigned int offset,
			   struct sk_buff *skb, const struct net *net,
			   struct udp_takers *to, struct sock **last)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	const struct udphdr *uh = udp_hdr(skb);
	int sdif = inet6_sdif(skb);
	int dif = inet6_iif(skb);
	struct hlist_node *node;
	bool all = true;
	struct sock *sk;

	*last = NULL;
	sk_for_each_entry_offset_rcu(sk, node, &slot->head, offset) {
		*last = sk;
		if (!udp_wants(sk, net, uh, hdr, dif, sdif))
			continue;
		if (!to->first) {
			to->first = sk;
			continue;
		}
		if (to->count == UDP_TAKERS) {
			udp_give_copies(to, skb);
			all = false;
		}
		to->sk[to->count++] = sk;
	}
	return all;
}

/* Those in a chain by port and address. */
static void udp_give_chain(struct udp_hslot *slot, struct udp_table *table,
			   struct sk_buff *skb, const struct net *net,
			   struct udp_takers *to)
{
	const unsigned int at = offsetof(struct sock,
					 __sk_common.skc_portaddr_node);
	struct sock *first = to->first, *last;
	unsigned int walks = 0;

	while (udp_take_chain(slot, at, skb, net, to, &last) &&
	       unlikely(sxt_udp_strayed(last, slot, table)) &&
	       ++walks < SXT_UDP_WALKS) {
		to->first = first;
		to->count = 0;
	}
	udp_give_copies(to, skb);
}

/* RFC 3493 5.2: each socket that wants it gets it. */
static void udp_rcv_group(struct net *net, struct sk_buff *skb,
			  struct udp_table *table, int proto)
{
	const struct in6_addr *group = &ipv6_hdr(skb)->daddr;
	u16 port = ntohs(udp_hdr(skb)->dest);
	struct udp_hslot *slot = udp_hashslot(table, net, port);
	struct udp_takers to;
	struct sock *last;

	to.first = NULL;
	to.count = 0;
	if (slot->count > UDP_CHAIN_MAX) {
		struct udp_hslot *any;

		slot = udp_hashslot2(table,
				     ipv6_portaddr_hash(net, group, port));
		any = udp_hashslot2(table, ipv6_portaddr_hash(net, &in6addr_any,
							      port));
		udp_give_chain(slot, table, skb, net, &to);
		if (any != slot)
			udp_give_chain(any, table, skb, net, &to);
	} else {
		udp_take_chain(slot, offsetof(struct sock, sk_node), skb, net,
			       &to, &last);
		udp_give_copies(&to, skb);
	}
	if (!to.first) {
		__UDP6_INC_STATS(net, UDP_MIB_IGNOREDMULTI,
				 proto == IPPROTO_UDPLITE);
		consume_skb(skb);
		return;
	}
	if (udp_queue(to.first, skb) > 0)
		consume_skb(skb);
}

/* The packet ends; nobody hears of it. */
static noinline int udp_bad(struct net *net, struct sk_buff *skb, int proto,
			    enum sxt_why why)
{
	bool lite = proto == IPPROTO_UDPLITE;

	if (why == SXT_WHY_UDP_CHECKSUM || why == SXT_WHY_UDP_NO_CHECKSUM ||
	    why == SXT_WHY_UDP_COVERAGE)
		__UDP6_INC_STATS(net, UDP_MIB_CSUMERRORS, lite);
	__UDP6_INC_STATS(net, UDP_MIB_INERRORS, lite);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return 0;
}

/*
 * RFC 4443 3.1: port unreachable. Without a checksum (RFC 8200 8.1) nobody
 * knows whether it is for that port, or for this node.
 */
static noinline int udp_no_socket(struct net *net, struct sk_buff *skb,
				  int proto)
{
	if (!xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb))
		return udp_bad(net, skb, proto, SXT_WHY_POLICY);
	nf_reset_ct(skb);
	if (!udp_hdr(skb)->check)
		return udp_bad(net, skb, proto, SXT_WHY_UDP_NO_CHECKSUM);
	if (udp_lib_checksum_complete(skb))
		return udp_bad(net, skb, proto, SXT_WHY_UDP_CHECKSUM);
	__UDP6_INC_STATS(net, UDP_MIB_NOPORTS, proto == IPPROTO_UDPLITE);
	sxt_icmp_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0, NULL,
		      IP6CB(skb));
	kfree_skb_reason(skb, sxt_ip6_refuse(net, SXT_WHY_NO_SOCKET));
	return 0;
}

static int udp_rcv_socket(struct net *net, struct sock *sk,
			  struct sk_buff *skb, int proto)
{
	/* RFC 8200 8.1, RFC 6936: 0 is no checksum, and not for everybody. */
	if (unlikely(!udp_hdr(skb)->check)) {
		if (!udp_get_no_check6_rx(sk))
			return udp_bad(net, skb, proto,
				       SXT_WHY_UDP_NO_CHECKSUM);
	} else if (unlikely(inet_get_convert_csum(sk)) && !udp_is_lite(sk)) {
		skb_checksum_try_convert(skb, IPPROTO_UDP, ip6_compute_pseudo);
	}
	return udp_queue(sk, skb);
}

/* Header and length. The header stays valid only until the packet is cut. */
static bool udp_rcv_length(struct sk_buff *skb, int proto)
{
	u32 len;

	if (!pskb_may_pull(skb, sizeof(struct udphdr)))
		return false;
	if (proto == IPPROTO_UDPLITE)
		return true;	/* the field is the coverage, looked at later */
	len = ntohs(udp_hdr(skb)->len);
	/* RFC 2675 4: in a jumbogram it is 0. */
	if (unlikely(!len))
		len = skb->len;
	if (likely(len == skb->len))
		return true;
	return len >= sizeof(struct udphdr) && len < skb->len &&
	       !pskb_trim_rcsum(skb, len);
}

/*
 * The kernel says no more than that. Short packets it verifies at once; of
 * UDP-Lite it looks at the rest of the header, too (RFC 3828 3.1).
 */
static enum sxt_why udp_sum_wrong(const struct sk_buff *skb, int proto)
{
	const struct udphdr *uh = udp_hdr(skb);
	u32 covered = ntohs(uh->len);

	if (proto != IPPROTO_UDPLITE)
		return SXT_WHY_UDP_CHECKSUM;
	if (!uh->check)
		return SXT_WHY_UDP_NO_CHECKSUM;
	if (covered && (covered < sizeof(*uh) || covered > skb->len))
		return SXT_WHY_UDP_COVERAGE;
	return SXT_WHY_UDP_CHECKSUM;
}

static __always_inline int rcv_proto(struct sk_buff *skb,
				     struct udp_table *table, int proto)
{
	struct net *net = dev_net(skb->dev);
	const struct ipv6hdr *hdr;
	bool counted = false;
	struct udphdr *uh;
	struct sock *sk;
	int ret;

	if (unlikely(!udp_rcv_length(skb, proto)))
		return udp_bad(net, skb, proto, SXT_WHY_UDP_LENGTH);
	uh = udp_hdr(skb);
	hdr = ipv6_hdr(skb);
	if (unlikely(udp6_csum_init(skb, uh, proto)))
		return udp_bad(net, skb, proto, udp_sum_wrong(skb, proto));

	if (unlikely(skb->sk)) {
		/* A program has chosen. */
		sk = inet6_steal_sock(net, skb, sizeof(*uh), &hdr->saddr,
				      uh->source, &hdr->daddr, uh->dest,
				      &counted, sxt_udp_ehashfn);
		if (IS_ERR(sk))
			return udp_no_socket(net, skb, proto);
		if (sk) {
			ret = udp_rcv_socket(net, sk, skb, proto);
			if (counted)
				sock_put(sk);
			return ret;
		}
	}
	if (unlikely(ipv6_addr_is_multicast(&hdr->daddr))) {
		udp_rcv_group(net, skb, table, proto);
		return 0;
	}
	sk = sxt_udp_lookup(net, &hdr->saddr, uh->source, &hdr->daddr,
			    uh->dest, inet6_iif(skb), inet6_sdif(skb), table,
			    skb);
	if (unlikely(!sk))
		return udp_no_socket(net, skb, proto);
	return udp_rcv_socket(net, sk, skb, proto);
}

/**
 * sxt_udp_rcv() - a UDP packet for this node
 * @skb: the packet, data and transport header at the UDP header
 *
 * Context: under RCU, bottom halves off. The packet is gone, unless it goes on.
 * Return: 0; > 0: it goes on as this protocol.
 */
int sxt_udp_rcv(struct sk_buff *skb)
{
	return rcv_proto(skb, dev_net(skb->dev)->ipv4.udp_table, IPPROTO_UDP);
}

/**
 * sxt_udplite_rcv() - a UDP-Lite packet for this node
 * @skb: the packet, data and transport header at the UDP-Lite header
 *
 * Context: as sxt_udp_rcv().
 * Return: as there.
 */
int sxt_udplite_rcv(struct sk_buff *skb)
{
	return rcv_proto(skb, &udplite_table, IPPROTO_UDPLITE);
}
