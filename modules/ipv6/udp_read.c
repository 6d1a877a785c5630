// SPDX-License-Identifier: GPL-2.0-only
/*
 * recvmsg(2) of UDP and UDP-Lite sockets: packets of both families, checksums
 * that are verified while the data is copied.
 */
#include <linux/bpf-cgroup.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include "udp_int.h"

/* A packet of IPv4 that an IPv6 socket got is IPv4's in the statistics. */
static void udp_count(const struct sock *sk, const struct sk_buff *skb,
		      int field)
{
	struct net *net = sock_net(sk);

	if (likely(skb->protocol == htons(ETH_P_IPV6)))
		UDP6_INC_STATS(net, field, IS_UDPLITE(sk));
	else
		UDP_INC_STATS(net, field, IS_UDPLITE(sk));
}

/*
 * Copies @len bytes from @off on. The checksum is verified on the way if all is
 * copied; else before, as that of one that stays in the queue. -EINVAL: it is
 * wrong.
 */
static int udp_copy(struct sk_buff *skb, struct msghdr *msg, int off, int len,
		    bool peek)
{
	bool good = udp_skb_csum_unnecessary(skb);

	if (!good && (len < udp_skb_len(skb) || peek ||
		      UDP_SKB_CB(skb)->partial_cov)) {
		if (__udp_lib_checksum_complete(skb))
			return -EINVAL;
		good = true;
	}
	if (!good)
		return skb_copy_and_csum_datagram_msg(skb, off, msg);
	if (likely(udp_skb_is_linear(skb)))
		return copy_linear_skb(skb, len, off, &msg->msg_iter);
	return skb_copy_datagram_msg(skb, off, msg, len);
}

static void udp_put_name(struct sock *sk, struct msghdr *msg,
			 const struct sk_buff *skb, int *addr_len)
{
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);

	if (!sin)
		return;
	sin->sin6_family = AF_INET6;
	sin->sin6_port = udp_hdr(skb)->source;
	sin->sin6_flowinfo = 0;
	if (likely(skb->protocol == htons(ETH_P_IPV6))) {
		sin->sin6_addr = ipv6_hdr(skb)->saddr;
		sin->sin6_scope_id = ipv6_iface_scope_id(&sin->sin6_addr,
							 inet6_iif(skb));
	} else {
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &sin->sin6_addr);
		sin->sin6_scope_id = 0;
	}
	*addr_len = sizeof(*sin);
	BPF_CGROUP_RUN_PROG_UDP6_RECVMSG_LOCK(sk, (struct sockaddr *)sin,
					      addr_len);
}

static void udp_put_cmsgs(struct sock *sk, struct msghdr *msg,
			  struct sk_buff *skb, int off)
{
	u16 wanted = sxt_np(sk)->rxopt.all;

	sock_recv_cmsgs(msg, sk, skb);
	if (udp_test_bit(GRO_ENABLED, sk))
		udp_cmsg_recv(msg, sk, skb);
	if (likely(skb->protocol == htons(ETH_P_IPV6))) {
		if (wanted)
			sxt_cmsg_put(sk, msg, skb);
		return;
	}
	if (wanted)
		sxt_cmsg_put_common(sk, msg, skb);
	if (inet_cmsg_flags(inet_sk(sk)))
		ip_cmsg_recv_offset(msg, sk, skb, sizeof(struct udphdr), off);
}

/* A wrong checksum: it counts once, whoever of several readers drops it. */
static noinline void udp_read_bad(struct sock *sk, struct sk_buff *skb,
				  int flags)
{
	if (!__sk_queue_drop_skb(sk, &udp_sk(sk)->reader_queue, skb, flags,
				 udp_skb_destructor)) {
		udp_count(sk, skb, UDP_MIB_CSUMERRORS);
		udp_count(sk, skb, UDP_MIB_INERRORS);
		if (skb->protocol == htons(ETH_P_IPV6))
			sxt_ip6_refuse(sock_net(sk), SXT_WHY_UDP_CHECKSUM);
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_UDP_CSUM);
	cond_resched();
}

/* The program's memory is bad: the datagram is lost, unless it was a peek. */
static noinline int udp_read_failed(struct sock *sk, struct sk_buff *skb,
				    bool peek, int err)
{
	if (!peek) {
		atomic_inc(&sk->sk_drops);
		udp_count(sk, skb, UDP_MIB_INERRORS);
		if (skb->protocol == htons(ETH_P_IPV6))
			sxt_ip6_refuse(sock_net(sk), SXT_WHY_READ_FAULT);
	}
	kfree_skb_reason(skb, SKB_DROP_REASON_SKB_UCOPY_FAULT);
	return err;
}

/* One packet of the queue. @bad: its checksum was wrong, and it is gone. */
static int udp_read_one(struct sock *sk, struct msghdr *msg, size_t len,
			int flags, int *addr_len, bool *bad)
{
	bool peek = flags & MSG_PEEK;
	int off, size, copied, err;
	struct sk_buff *skb;

	off = sk_peek_offset(sk, flags);
	skb = __skb_recv_udp(sk, flags, &off, &err);
	if (!skb)
		return err;
	size = udp_skb_len(skb);
	copied = min_t(size_t, len, size - off);
	if (copied < size - off)
		msg->msg_flags |= MSG_TRUNC;
	err = udp_copy(skb, msg, off, copied, peek);
	if (unlikely(err)) {
		*bad = err == -EINVAL;
		if (!*bad)
			return udp_read_failed(sk, skb, peek, err);
		udp_read_bad(sk, skb, flags);
		return err;
	}
	if (!peek)
		udp_count(sk, skb, UDP_MIB_INDATAGRAMS);
	udp_put_name(sk, msg, skb, addr_len);
	udp_put_cmsgs(sk, msg, skb, off);
	err = flags & MSG_TRUNC ? size : copied;
	skb_consume_udp(sk, skb, peek ? -err : err);
	return err;
}

/**
 * sxt_udp_recvmsg() - a program reads a datagram
 * @sk: the socket
 * @msg: where it goes
 * @len: room
 * @flags: MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_ERRQUEUE
 * @addr_len: length of the address, out
 *
 * Context: process.
 * Return: bytes; with MSG_TRUNC the length of the datagram; or -errno.
 */
int sxt_udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags,
		    int *addr_len)
{
	const struct ipv6_pinfo *np = sxt_np(sk);
	bool bad;
	int ret;

	if (unlikely(flags & MSG_ERRQUEUE))
		return sxt_sk_recv_error(sk, msg, len, addr_len);
	/* Behind the data that are there (RFC 3542 11.3). */
	if (unlikely(np->rxopt.bits.rxpmtu && READ_ONCE(np->rxpmtu)) &&
	    skb_queue_empty_lockless(&udp_sk(sk)->reader_queue) &&
	    skb_queue_empty_lockless(&sk->sk_receive_queue))
		return sxt_sk_recv_pmtu(sk, msg, len, addr_len);
	do {
		bad = false;
		ret = udp_read_one(sk, msg, len, flags, addr_len, &bad);
		if (unlikely(bad))
			msg->msg_flags &= ~MSG_TRUNC;
	} while (unlikely(bad));
	return ret;
}
