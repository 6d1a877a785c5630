// SPDX-License-Identifier: GPL-2.0-only
/*
 * What went wrong with a socket's packets, and how it hears of it: the error
 * queue (IPV6_RECVERR) and the path MTU (IPV6_RECVPATHMTU, RFC 3542 11.3).
 */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include "sock_int.h"

/* RFC 4884: where the part of the offending packet ends; in 8-byte words. */
static void err_rfc4884(const struct sk_buff *skb,
			struct sock_ee_data_rfc4884 *out)
{
	const struct icmp6hdr *hdr = icmp6_hdr(skb);

	if (hdr->icmp6_type == ICMPV6_DEST_UNREACH ||
	    hdr->icmp6_type == ICMPV6_TIME_EXCEED)
		ip_icmp_error_rfc4884(skb, out, sizeof(*hdr),
				      hdr->icmp6_datagram_len * 8);
}

/**
 * sxt_sk_icmp_error() - an ICMPv6 error about a socket's packet
 * @sk: the socket
 * @quote: the error; the transport header is the ICMPv6 header, and behind it
 *	is the quoted packet's IPv6 header. Stays the caller's
 * @no: the errno of it
 * @port: destination port of the quoted packet, 0: none
 * @info: the 32 bits of the ICMPv6 header, host order
 * @payload: in @quote: the quoted packet's first byte that the program knows
 *
 * Nothing happens unless the socket has IPV6_RECVERR.
 *
 * Context: softirq, under RCU.
 */
void sxt_sk_icmp_error(struct sock *sk, struct sk_buff *quote, int no,
		       __be16 port, u32 info, u8 *payload)
{
	const struct icmp6hdr *hdr = icmp6_hdr(quote);
	int offset = payload - quote->data;
	struct sock_exterr_skb *serr;
	struct sk_buff *skb = NULL;

	if (inet6_test_bit(RECVERR6, sk))
		skb = skb_clone(quote, GFP_ATOMIC);
	if (!skb)
		return;
	/* It may wait for long: it must not hold a route. */
	skb_dst_drop(skb);
	serr = SKB_EXT_ERR(skb);
	skb->protocol = htons(ETH_P_IPV6);
	serr->ee = (struct sock_extended_err){
		.ee_errno = no,
		.ee_origin = SO_EE_ORIGIN_ICMP6,
		.ee_type = hdr->icmp6_type,
		.ee_code = hdr->icmp6_code,
		.ee_info = info,
	};
	serr->port = port;
	serr->opt_stats = 0;
	serr->addr_offset = (u8 *)(hdr + 1) - skb_network_header(skb) +
			    offsetof(struct ipv6hdr, daddr);
	if (offset < 0 || !pskb_may_pull(skb, offset))
		goto drop;
	__skb_pull(skb, offset);
	if (inet6_test_bit(RECVERR6_RFC4884, sk))
		err_rfc4884(skb, &serr->ee.ee_rfc4884);
	skb_reset_transport_header(skb);
	if (!sock_queue_err_skb(sk, skb))
		return;
drop:
	kfree_skb(skb);
}

/* A packet of nothing but an IPv6 header, to carry a destination. */
static struct sk_buff *err_skb(const struct flowi6 *fl6)
{
	struct sk_buff *skb = alloc_skb(sizeof(struct ipv6hdr), GFP_ATOMIC);
	struct ipv6hdr *hdr;

	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	hdr = skb_put_zero(skb, sizeof(*hdr));
	hdr->daddr = fl6->daddr;
	skb->protocol = htons(ETH_P_IPV6);
	/* There is no payload. */
	__skb_pull(skb, sizeof(*hdr));
	skb_reset_transport_header(skb);
	return skb;
}

/**
 * sxt_sk_local_error() - a packet of a socket could not even be sent
 * @sk: the socket
 * @no: errno
 * @fl6: where it should have gone
 * @info: for EMSGSIZE the MTU
 *
 * Context: any but hard interrupt.
 */
void sxt_sk_local_error(struct sock *sk, int no, struct flowi6 *fl6, u32 info)
{
	struct sock_exterr_skb *serr;
	struct sk_buff *skb = NULL;

	if (inet6_test_bit(RECVERR6, sk))
		skb = err_skb(fl6);
	if (!skb)
		return;
	serr = SKB_EXT_ERR(skb);
	serr->ee = (struct sock_extended_err){
		.ee_errno = no,
		.ee_origin = SO_EE_ORIGIN_LOCAL,
		.ee_info = info,
	};
	serr->opt_stats = 0;
	serr->addr_offset = offsetof(struct ipv6hdr, daddr);
	serr->port = fl6->fl6_dport;
	if (sock_queue_err_skb(sk, skb))
		kfree_skb(skb);
}

/**
 * sxt_sk_pmtu_told() - the path's MTU for a socket that wants to know
 * @sk: the socket
 * @fl6: the destination
 * @mtu: bytes
 *
 * Kept until it is read; a newer one takes its place.
 *
 * Context: any but hard interrupt.
 */
void sxt_sk_pmtu_told(struct sock *sk, struct flowi6 *fl6, u32 mtu)
{
	bool wanted = inet6_sk(sk)->rxopt.bits.rxpmtu;
	struct sk_buff *skb = wanted ? err_skb(fl6) : NULL;

	if (!skb)
		return;
	*IP6CBMTU(skb) = (struct ip6_mtuinfo){
		.ip6m_addr = {
			.sin6_family = AF_INET6,
			.sin6_addr = fl6->daddr,
			.sin6_scope_id = ipv6_iface_scope_id(&fl6->daddr,
							     fl6->flowi6_oif),
		},
		.ip6m_mtu = mtu,
	};
	kfree_skb(xchg(&inet6_sk(sk)->rxpmtu, skb));
}

/**
 * sxt_sk_recv_pmtu() - recvmsg(2) finds a path MTU to be told
 * @sk: the socket
 * @msg: gets IPV6_PATHMTU and the destination
 * @len: room for data, of which there is none
 * @addr_len: length of the address, out
 *
 * Context: process.
 * Return: 0 bytes, or -EAGAIN: another thread has it.
 */
int sxt_sk_recv_pmtu(struct sock *sk, struct msghdr *msg, int len,
		     int *addr_len)
{
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);
	struct sk_buff *skb = xchg(&inet6_sk(sk)->rxpmtu, NULL);
	struct ip6_mtuinfo info;

	if (!skb)
		return -EAGAIN;
	info = *IP6CBMTU(skb);
	sock_recv_timestamp(msg, sk, skb);
	consume_skb(skb);
	if (sin) {
		*sin = info.ip6m_addr;
		*addr_len = sizeof(*sin);
	}
	put_cmsg(msg, SOL_IPV6, IPV6_PATHMTU, sizeof(info), &info);
	return 0;
}

/* The destination of the packet that the error is about. */
static void err_dst(const struct sock *sk, const struct sk_buff *skb,
		    struct sockaddr_in6 *sin)
{
	const struct sock_exterr_skb *serr = SKB_EXT_ERR(skb);
	const u8 *addr = skb_network_header(skb) + serr->addr_offset;

	memset(sin, 0, sizeof(*sin));
	sin->sin6_family = AF_INET6;
	sin->sin6_port = serr->port;
	if (skb->protocol != htons(ETH_P_IPV6)) {
		ipv6_addr_set_v4mapped(get_unaligned((__be32 *)addr),
				       &sin->sin6_addr);
		return;
	}
	memcpy(&sin->sin6_addr, addr, sizeof(sin->sin6_addr));
	if (inet6_test_bit(SNDFLOW, sk))
		sin->sin6_flowinfo = IPV6_FLOWINFO_MASK &
			get_unaligned((__be32 *)(addr -
				offsetof(struct ipv6hdr, daddr)));
	sin->sin6_scope_id = ipv6_iface_scope_id(&sin->sin6_addr,
						 IP6CB(skb)->iif);
}

/* Who says so; with what ancillary data his packet brings. */
static void err_offender(struct sock *sk, struct msghdr *msg,
			 struct sk_buff *skb, struct sockaddr_in6 *sin)
{
	u16 wanted = inet6_sk(sk)->rxopt.all;

	sin->sin6_family = AF_INET6;
	if (wanted)
		sxt_cmsg_put_common(sk, msg, skb);
	if (skb->protocol == htons(ETH_P_IPV6)) {
		memcpy(&sin->sin6_addr, &ipv6_hdr(skb)->saddr,
		       sizeof(sin->sin6_addr));
		sin->sin6_scope_id = ipv6_iface_scope_id(&sin->sin6_addr,
							 IP6CB(skb)->iif);
		if (wanted)
			sxt_cmsg_put_specific(sk, msg, skb);
		return;
	}
	if (inet_cmsg_flags(inet_sk(sk)))
		ip_cmsg_recv(msg, skb);
	ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &sin->sin6_addr);
}

static bool err_from_packet(u8 origin)
{
	return origin == SO_EE_ORIGIN_ICMP6 || origin == SO_EE_ORIGIN_ICMP;
}

/**
 * sxt_sk_recv_error() - recvmsg(2) with MSG_ERRQUEUE
 * @sk: the socket
 * @msg: gets the offending packet, its destination, and IPV6_RECVERR
 * @len: room for the packet
 * @addr_len: length of the address, out
 *
 * Timestamps of packets that were sent come this way, too.
 *
 * Context: process.
 * Return: bytes, or -EAGAIN: nothing is there, -EFAULT.
 */
int sxt_sk_recv_error(struct sock *sk, struct msghdr *msg, int len,
		      int *addr_len)
{
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in6 offender;
	} told = {};
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);
	struct sk_buff *skb;
	int copied, err;
	u8 origin;

	skb = sock_dequeue_err_skb(sk);
	if (!skb)
		return -EAGAIN;
	copied = min_t(int, skb->len, len);
	msg->msg_flags |= skb->len > copied ? MSG_TRUNC : 0;
	err = skb_copy_datagram_msg(skb, 0, msg, copied);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	sock_recv_timestamp(msg, sk, skb);

	told.ee = SKB_EXT_ERR(skb)->ee;
	origin = told.ee.ee_origin;
	if (sin && (err_from_packet(origin) || SKB_EXT_ERR(skb)->port ||
		    origin == SO_EE_ORIGIN_LOCAL)) {
		err_dst(sk, skb, sin);
		*addr_len = sizeof(*sin);
	}
	if (err_from_packet(origin) ||
	    (origin != SO_EE_ORIGIN_LOCAL && IP6CB(skb)->iif))
		err_offender(sk, msg, skb, &told.offender);
	put_cmsg(msg, SOL_IPV6, IPV6_RECVERR, sizeof(told), &told);
	msg->msg_flags |= MSG_ERRQUEUE;
	consume_skb(skb);
	return copied;
}
