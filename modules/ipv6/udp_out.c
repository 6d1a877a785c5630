// SPDX-License-Identifier: GPL-2.0-only
/*
 * What UDP (RFC 768, RFC 8200 8.1) and UDP-Lite (RFC 3828) sockets send. A
 * connected socket that says nothing of a single datagram has a short way: the
 * route is looked at before the data is copied and again behind that, and no
 * reference to it is taken. All else is in udp_way.c.
 */
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/udplite.h>
#include "udp_int.h"

/* UDP_SEGMENT: true if there is more than one segment. Or an errno. */
static int seal_segments(struct sk_buff *skb, const struct sock *sk, u32 data,
			 u32 gso_size, u32 headers, u32 mtu)
{
	struct skb_shared_info *info;

	if (headers + UDP_HDR + min(data, gso_size) > mtu)
		return -EMSGSIZE;
	if (data > gso_size * UDP_MAX_SEGMENTS || udp_get_no_check6_tx(sk))
		return -EINVAL;
	if (IS_UDPLITE(sk))
		return -EIO;
	if (data <= gso_size)
		return false;
	/* Parts that hang on the packet can't be cut. */
	if (skb_has_frag_list(skb) && skb_linearize(skb))
		return -ENOBUFS;
	info = skb_shinfo(skb);
	info->gso_size = gso_size;
	info->gso_type = SKB_GSO_UDP_L4;
	info->gso_segs = DIV_ROUND_UP(data, gso_size);
	return true;
}

static void seal_sum_offload(struct sk_buff *skb, const struct flowi6 *fl6,
			     u32 len)
{
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	udp_hdr(skb)->check = ~csum_ipv6_magic(&fl6->saddr, &fl6->daddr, len,
					       IPPROTO_UDP, 0);
}

/* Here, or of UDP-Lite the part that the program wants to be covered. */
static void seal_sum(struct sk_buff *skb, const struct sock *sk,
		     const struct flowi6 *fl6, u32 len)
{
	struct udphdr *uh = udp_hdr(skb);
	__wsum sum;

	if (IS_UDPLITE(sk))
		sum = udplite_csum(skb);
	else
		sum = csum_partial(uh, UDP_HDR, skb->csum);
	uh->check = csum_ipv6_magic(&fl6->saddr, &fl6->daddr, len,
				    sk->sk_protocol, sum);
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

/**
 * sxt_udp_seal() - the UDP header, and what belongs to it
 * @skb: the packet; UDP header and data are there
 * @sk: the socket
 * @fl6: where it goes
 * @gso_size: UDP_SEGMENT, or 0
 * @headers: bytes in front of the UDP header, when they are there
 * @mtu: bytes of a packet
 *
 * Context: process.
 * Return: 0; -EMSGSIZE, -EINVAL, -EIO: can't be cut like that; -ENOBUFS.
 */
int sxt_udp_seal(struct sk_buff *skb, const struct sock *sk,
		 const struct flowi6 *fl6, u32 gso_size, u32 headers, u32 mtu)
{
	u32 len = skb->len - skb_transport_offset(skb);
	struct udphdr *uh = udp_hdr(skb);
	int segments = false;

	uh->source = inet_sk(sk)->inet_sport;
	uh->dest = fl6->fl6_dport;
	uh->len = htons(len);
	uh->check = 0;
	if (unlikely(gso_size)) {
		segments = seal_segments(skb, sk, len - UDP_HDR, gso_size,
					 headers, mtu);
		if (segments < 0)
			return segments;
	}
	if (unlikely(udp_get_no_check6_tx(sk)) && !IS_UDPLITE(sk))
		skb->ip_summed = CHECKSUM_NONE;
	else if (skb->ip_summed == CHECKSUM_PARTIAL || segments)
		seal_sum_offload(skb, fl6, len);
	else
		seal_sum(skb, sk, fl6, len);
	return 0;
}

/**
 * sxt_udp_make() - a packet with UDP header and data
 * @plan: by sxt_dgram_plan()
 * @sk: the socket
 * @msg: the data
 * @len: its length
 * @fl6: where it goes
 * @ipc6: how
 *
 * Context: process, may sleep.
 * Return: the packet from the UDP header on, or what sxt_dgram_fits(),
 *	sxt_dgram_fill() and sxt_udp_seal() say.
 */
struct sk_buff *sxt_udp_make(const struct sxt_dgram_plan *plan,
			     struct sock *sk, struct msghdr *msg, size_t len,
			     struct flowi6 *fl6,
			     const struct ipcm6_cookie *ipc6)
{
	unsigned int flags = msg->msg_flags;
	sxt_getfrag_t *getfrag = ip_generic_getfrag;
	struct sk_buff *skb;
	bool partial;
	int err;

	err = sxt_dgram_fits(plan, sk, fl6, ipc6, len + UDP_HDR);
	if (unlikely(err))
		return ERR_PTR(err);
	partial = udp_get_no_check6_tx(sk) || ipc6->gso_size ||
		  (plan->offload && len + UDP_HDR + plan->headers <= plan->mtu);
	if (unlikely(IS_UDPLITE(sk))) {
		getfrag = udplite_getfrag;
		partial = false;
	} else if (unlikely(ipc6->gso_size && len <= ipc6->gso_size)) {
		partial = plan->offload;
	}
	/* io_uring has its own way to tell, and tells by itself. */
	if (msg->msg_ubuf)
		flags &= ~MSG_ZEROCOPY;
	skb = sxt_dgram_fill(plan, sk, getfrag, msg, len + UDP_HDR, UDP_HDR,
			     flags, partial);
	if (IS_ERR(skb))
		return skb;
	err = sxt_udp_seal(skb, sk, fl6, ipc6->gso_size, plan->headers, plan->mtu);
	if (unlikely(err)) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_SEND_INVALID));
		return ERR_PTR(err);
	}
	return skb;
}

/**
 * sxt_udp_sent() - counts what became of a packet
 * @sk: the socket
 * @err: what sxt_dgram_send() said
 *
 * Context: any.
 * Return: @err, but a full queue is no error unless the program asks for it
 *	(IPV6_RECVERR).
 */
int sxt_udp_sent(struct sock *sk, int err)
{
	struct net *net = sock_net(sk);

	if (likely(!err)) {
		UDP6_INC_STATS(net, UDP_MIB_OUTDATAGRAMS, IS_UDPLITE(sk));
	} else if (err == -ENOBUFS && !inet6_test_bit(RECVERR6, sk)) {
		UDP6_INC_STATS(net, UDP_MIB_SNDBUFERRORS, IS_UDPLITE(sk));
		err = 0;
	}
	return err;
}

/**
 * sxt_udp_result() - what sendmsg(2) says
 * @sk: the socket
 * @len: bytes that were to be sent
 * @err: 0, or an errno, which is counted if there was no room
 *
 * Context: process.
 * Return: @len or @err.
 */
int sxt_udp_result(struct sock *sk, size_t len, int err)
{
	if (likely(!err))
		return len;
	if (err == -ENOBUFS || test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		UDP6_INC_STATS(sock_net(sk), UDP_MIB_SNDBUFERRORS,
			       IS_UDPLITE(sk));
	return err;
}

/*
 * The route that a connected socket keeps, if it is good. Under RCU, no
 * reference. Someone may connect it to an IPv4 address meanwhile.
 */
static struct dst_entry *udp_kept(const struct sock *sk)
{
	const struct ipv6_pinfo *np = sxt_np(sk);
	const struct inet6_dev *idev;
	struct dst_entry *dst;
	int oif;

	dst = rcu_dereference(sk->sk_dst_cache);
	if (!dst || dst->ops->family != AF_INET6 ||
	    np->daddr_cache != &sk->sk_v6_daddr)
		return NULL;
	if (READ_ONCE(dst->obsolete) &&
	    !INDIRECT_CALL_1(dst->ops->check, sxt_rt_check, dst,
			     READ_ONCE(np->dst_cookie)))
		return NULL;
	oif = READ_ONCE(sk->sk_bound_dev_if) ?:
	      np->sticky_pktinfo.ipi6_ifindex;
	if (!oif)
		oif = ipv6_addr_is_multicast(&sk->sk_v6_daddr) ?
		      READ_ONCE(np->mcast_oif) : READ_ONCE(np->ucast_oif);
	if (!oif || oif == dst_dev(dst)->ifindex)
		return dst;
	/* To this node itself: the route is the loopback device's. */
	idev = ip6_dst_idev(dst);
	return idev && idev->dev->ifindex == oif ? dst : NULL;
}

/* Whatever is asked for beyond bytes to the peer needs the long way. */
static bool udp_is_plain(const struct sock *sk, const struct msghdr *msg)
{
	const struct ipv6_pinfo *np = sxt_np(sk);
	const struct udp_sock *up = udp_sk(sk);

	if (sk->sk_state != TCP_ESTABLISHED || msg->msg_name ||
	    msg->msg_controllen)
		return false;
	if (msg->msg_flags & (MSG_MORE | MSG_OOB | MSG_PROBE | MSG_CONFIRM))
		return false;
	return !READ_ONCE(up->pending) && !udp_test_bit(CORK, sk) &&
	       !rcu_access_pointer(np->opt) && !np->flow_label;
}

/* The packet is complete but for its IPv6 header, and the route. */
static int udp_launch_kept(struct sock *sk, struct sk_buff *skb,
			   struct flowi6 *fl6, struct ipcm6_cookie *ipc6)
{
	struct dst_entry *dst;
	int err;

	rcu_read_lock();
	dst = udp_kept(sk);
	if (likely(dst)) {
		skb_dst_set_noref(skb, dst);
	} else {
		/* Gone while the data was copied. */
		rcu_read_unlock();
		sxt_dgram_oif(sk, fl6);
		dst = sxt_sk_dst_flow(sk, fl6, NULL, true);
		if (IS_ERR(dst)) {
			err = PTR_ERR(dst);
			kfree_skb_reason(skb,
					 sxt_ip6_refuse(sock_net(sk),
							sxt_route_why(err)));
			return err;
		}
		rcu_read_lock();
		skb_dst_set(skb, dst);
	}
	ipc6->hlimit = ip6_sk_dst_hoplimit(sxt_np(sk), fl6, dst);
	sxt_dgram_head(skb, sk, fl6, ipc6, 0);
	err = sxt_udp_sent(sk, sxt_dgram_send(skb));
	rcu_read_unlock();
	return err;
}

/* The short way. False: it isn't open, and nothing has happened. */
static bool udp_send_plain(struct sock *sk, struct msghdr *msg, size_t len,
			   int *result)
{
	struct flowi6 fl6 = {
		.flowi6_proto = sk->sk_protocol,
		.flowi6_uid = sk->sk_uid,
		.daddr = sk->sk_v6_daddr,
		.saddr = sxt_np(sk)->saddr,
		.fl6_sport = inet_sk(sk)->inet_sport,
		.fl6_dport = inet_sk(sk)->inet_dport,
	};
	struct sxt_dgram_plan plan;
	struct ipcm6_cookie ipc6;
	struct dst_entry *dst;
	struct sk_buff *skb;
	int err = 0;

	ipcm6_init_sk(&ipc6, sk);
	ipc6.gso_size = READ_ONCE(udp_sk(sk)->gso_size);
	ipc6.sockc.tsflags = READ_ONCE(sk->sk_tsflags);
	ipc6.sockc.mark = READ_ONCE(sk->sk_mark);
	rcu_read_lock();
	dst = udp_kept(sk);
	if (likely(dst))
		err = sxt_dgram_plan(&plan, sk, dst, &ipc6);
	rcu_read_unlock();
	if (unlikely(!dst))
		return false;

	fl6.flowi6_mark = ipc6.sockc.mark;
	fl6.flowlabel = ip6_make_flowinfo(ipc6.tclass, 0);
	if (likely(!err)) {
		skb = sxt_udp_make(&plan, sk, msg, len, &fl6, &ipc6);
		err = IS_ERR(skb) ? PTR_ERR(skb) :
				    udp_launch_kept(sk, skb, &fl6, &ipc6);
	}
	*result = sxt_udp_result(sk, len, err);
	return true;
}

/**
 * sxt_udp_sendmsg() - a UDP socket sends a datagram, or a part of one
 * @sk: the socket
 * @msg: the message
 * @len: its length
 *
 * Context: process.
 * Return: @len, or -EDESTADDRREQ, -EMSGSIZE, -EINVAL, -EOPNOTSUPP…
 */
int sxt_udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	int ret;

	if (unlikely(len > INT_MAX - sizeof(struct udphdr)))
		return -EMSGSIZE;
	if (likely(udp_is_plain(sk, msg)) &&
	    likely(udp_send_plain(sk, msg, len, &ret)))
		return ret;
	return sxt_udp_send_way(sk, msg, len);
}
