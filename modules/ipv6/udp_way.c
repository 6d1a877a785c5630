// SPDX-License-Identifier: GPL-2.0-only
/*
 * What UDP and UDP-Lite sockets send, the long way: addresses, ancillary data,
 * options, IPv4-mapped destinations, and datagrams in parts.
 */
#include <linux/bpf-cgroup.h>
#include <linux/security.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include <net/udplite.h>
#include "udp_int.h"

/**
 * struct udp_way - how a datagram goes that has no short way
 * @sk: the socket
 * @msg: the message
 * @len: bytes of data
 * @flags: MSG_*
 * @connected: to the socket's peer, and the message has nothing to say
 * @fl6: where it goes
 * @ipc6: how
 * @space: not filled in: for what the message says beyond addresses
 * @held: what the socket says of it, with a reference, or NULL
 * @dst: the route, with a reference, or NULL: the packet has it
 */
struct udp_way {
	struct sock *sk;
	struct msghdr *msg;
	size_t len;
	unsigned int flags;
	bool connected;
	struct flowi6 fl6;
	struct ipcm6_cookie ipc6;
	struct sxt_txopt *space;
	struct ipv6_txoptions *held;
	struct dst_entry *dst;
};

/* Addresses, ports, ancillary data. */
static int way_told(struct udp_way *way, const struct sockaddr_in6 *sin)
{
	struct msghdr *msg = way->msg;
	struct sock *sk = way->sk;
	int err;

	way->fl6.flowi6_proto = sk->sk_protocol;
	way->fl6.flowi6_uid = sk->sk_uid;
	ipcm6_init_sk(&way->ipc6, sk);
	way->ipc6.gso_size = READ_ONCE(udp_sk(sk)->gso_size);
	way->ipc6.sockc.tsflags = READ_ONCE(sk->sk_tsflags);
	way->ipc6.sockc.mark = READ_ONCE(sk->sk_mark);
	err = sxt_dgram_dst(sk, sin, msg->msg_namelen, &way->fl6);
	if (err)
		return err;
	way->fl6.fl6_sport = inet_sk(sk)->inet_sport;
	way->fl6.fl6_dport = sin ? sin->sin6_port : inet_sk(sk)->inet_dport;
	if (!way->fl6.fl6_dport)
		return -EINVAL;
	way->connected = !sin;
	if (!msg->msg_controllen)
		return 0;

	err = udp_cmsg_send(sk, msg, &way->ipc6.gso_size);
	if (err <= 0)
		return err;
	way->connected = false;
	if (!way->fl6.flowi6_oif)
		way->fl6.flowi6_oif = READ_ONCE(sk->sk_bound_dev_if);
	*way->space = (struct sxt_txopt){};
	way->ipc6.opt = &way->space->opt;
	return sxt_cmsg_parse(sock_net(sk), sk, msg, &way->fl6, &way->ipc6);
}

/* The source that the socket wants, if the message says none. */
static void way_source(struct udp_way *way)
{
	const struct ipv6_pinfo *np = inet6_sk(way->sk);
	struct in6_addr *saddr = &way->fl6.saddr;

	if (ipv6_addr_any(saddr))
		*saddr = np->saddr;
	if (ipv6_addr_any(saddr))
		*saddr = np->sticky_pktinfo.ipi6_addr;
}

/* A program of the cgroup may send it elsewhere, and from elsewhere. */
static int way_bpf(struct udp_way *way, struct sockaddr_in6 *sin)
{
	int err;

	if (!cgroup_bpf_enabled(CGROUP_UDP6_SENDMSG) || way->connected)
		return 0;
	err = BPF_CGROUP_RUN_PROG_UDP6_SENDMSG_LOCK(way->sk,
						    (struct sockaddr *)sin,
						    &way->msg->msg_namelen,
						    &way->fl6.saddr);
	if (err || !sin)
		return err;
	/* Too late for the other family. */
	if (ipv6_addr_v4mapped(&sin->sin6_addr))
		return -ENOTSUPP;
	if (!sin->sin6_port)
		return -EINVAL;
	way->fl6.fl6_dport = sin->sin6_port;
	way->fl6.daddr = sin->sin6_addr;
	return 0;
}

static int way_route(struct udp_way *way)
{
	struct ipv6_pinfo *np = inet6_sk(way->sk);
	const struct sockaddr_in6 *via = NULL;
	struct flowi6 *fl6 = &way->fl6;
	struct in6_addr final, *final_dst = NULL;
	struct dst_entry *dst;
	int err;

	if (ipv6_addr_any(&fl6->daddr))
		fl6->daddr = in6addr_loopback;
	if (unlikely(way->ipc6.opt)) {
		via = sxt_txopt(way->ipc6.opt)->via;
		err = sxt_next_hop_oif(way->sk, fl6, via);
		if (err)
			return err;
		final_dst = sxt_exthdr_final_dst(fl6, way->ipc6.opt, &final);
		if (final_dst)
			way->connected = false;
	}
	sxt_dgram_oif(way->sk, fl6);
	fl6->flowi6_mark = way->ipc6.sockc.mark;
	fl6->flowlabel = ip6_make_flowinfo(way->ipc6.tclass, fl6->flowlabel);
	security_sk_classify_flow(way->sk, flowi6_to_flowi_common(fl6));
	if (unlikely(via))
		dst = sxt_next_hop_dst(way->sk, fl6, final_dst, via,
				       way->connected);
	else
		dst = sxt_sk_dst_flow(way->sk, fl6, final_dst, way->connected);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	way->dst = dst;
	if (way->ipc6.hlimit < 0)
		way->ipc6.hlimit = ip6_sk_dst_hoplimit(np, fl6, dst);
	return 0;
}

static int way_send_whole(struct udp_way *way)
{
	struct sxt_dgram_plan plan;
	struct sock *sk = way->sk;
	struct sk_buff *skb;
	int err;

	err = sxt_dgram_plan(&plan, sk, way->dst, &way->ipc6);
	if (err)
		return err;
	if (way->flags & MSG_PROBE)
		return 0;
	skb = sxt_udp_make(&plan, sk, way->msg, way->len, &way->fl6, &way->ipc6);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	sxt_dgram_head(skb, sk, &way->fl6, &way->ipc6, way->flags);
	skb_dst_set(skb, way->dst);
	way->dst = NULL;
	return sxt_udp_sent(sk, sxt_dgram_send(skb));
}

static sxt_getfrag_t *udp_getfrag(const struct sock *sk)
{
	return IS_UDPLITE(sk) ? udplite_getfrag : ip_generic_getfrag;
}

/* The socket is locked; the first part is in it, or @way is of the first. */
static int udp_append(struct sock *sk, struct msghdr *msg, u32 len, bool cork,
		      struct udp_way *way)
{
	struct udp_sock *up = udp_sk(sk);
	u32 transport = way ? UDP_HDR : 0;
	unsigned int flags = msg->msg_flags;
	int err;

	up->len += len + transport;
	/* as in sxt_udp_make() */
	if (msg->msg_ubuf)
		flags &= ~MSG_ZEROCOPY;
	err = sxt_dgram_append(sk, udp_getfrag(sk), msg, len + transport,
			       transport, way ? &way->ipc6 : NULL,
			       way ? &way->fl6 : NULL,
			       way ? dst_rt6_info(way->dst) : NULL,
			       flags);
	if (err)
		sxt_udp_flush(sk);
	else if (!cork)
		err = sxt_udp_push(sk);
	else if (skb_queue_empty(&sk->sk_write_queue))
		WRITE_ONCE(up->pending, 0);
	return err;
}

static int way_send_part(struct udp_way *way)
{
	struct udp_sock *up = udp_sk(way->sk);
	int err = -EINVAL;

	lock_sock(way->sk);
	/* Someone else has begun a datagram meanwhile. */
	if (!up->pending) {
		WRITE_ONCE(up->pending, AF_INET6);
		err = udp_append(way->sk, way->msg, way->len, true, way);
	}
	release_sock(way->sk);
	return err;
}

/* The long way. */
static int udp_send_way(struct sock *sk, struct msghdr *msg, size_t len,
			struct sockaddr_in6 *sin)
{
	struct sxt_txopt space __uninitialized;
	struct udp_way way = {
		.sk = sk, .msg = msg, .len = len, .flags = msg->msg_flags,
		.space = &space,
	};
	int err;

	err = way_told(&way, sin);
	if (err)
		return err;
	way_source(&way);
	err = way_bpf(&way, sin);
	if (err)
		return sxt_udp_result(sk, len, err);
	way.ipc6.opt = sxt_txopt_choose(sk, &way.fl6.daddr, way.ipc6.opt,
					&space, &way.held);
	err = way_route(&way);
	if (err)
		goto out;
	if ((way.flags & MSG_CONFIRM) && (way.flags & MSG_PROBE)) {
		dst_confirm_neigh(way.dst, &way.fl6.daddr);
		if (!len)
			goto out;
	}
	if ((way.flags & MSG_MORE) || udp_test_bit(CORK, sk))
		err = way_send_part(&way);
	else
		err = way_send_whole(&way);
out:
	dst_release(way.dst);
	txopt_put(way.held);
	return sxt_udp_result(sk, len, err);
}

/* A part of a datagram, if one has been begun. False: none has. */
static bool udp_send_more(struct sock *sk, struct msghdr *msg, size_t len,
			  int *result)
{
	bool cork = udp_test_bit(CORK, sk) || msg->msg_flags & MSG_MORE;
	struct udp_sock *up = udp_sk(sk);
	bool begun;
	int err;

	lock_sock(sk);
	begun = up->pending;
	err = -EINVAL;
	if (up->pending == AF_INET6)
		err = udp_append(sk, msg, len, cork, NULL);
	release_sock(sk);
	if (begun)
		*result = sxt_udp_result(sk, len, err);
	return begun;
}

/* An IPv4-mapped destination: IPv4's UDP sends it (RFC 3493 3.7). */
static int udp_send_mapped(struct sock *sk, struct msghdr *msg, size_t len,
			   struct sockaddr_in6 *sin6)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = sin6->sin6_addr.s6_addr32[3],
		.sin_port = sin6->sin6_port,
	};
	int namelen = msg->msg_namelen;
	int ret;

	if (ipv6_only_sock(sk))
		return -ENETUNREACH;
	msg->msg_name = &sin;
	msg->msg_namelen = sizeof(sin);
	ret = udp_sendmsg(sk, msg, len);
	/* sendmmsg() looks at it once more. */
	msg->msg_name = sin6;
	msg->msg_namelen = namelen;
	return ret;
}

static int udp_send_v4(struct sock *sk, struct msghdr *msg, size_t len)
{
	return ipv6_only_sock(sk) ? -ENETUNREACH : udp_sendmsg(sk, msg, len);
}

/*
 * What isn't for IPv6, by the address that came with it: false, and the result.
 * AF_UNSPEC is as if there were none, for programs that clear it.
 */
static bool udp_send_is_v6(struct sock *sk, struct msghdr *msg, size_t len,
			   struct sockaddr_in6 *sin, int *result)
{
	*result = -EINVAL;
	if (sin) {
		if (msg->msg_namelen < (int)sizeof(sin->sin6_family))
			return false;
		if (sin->sin6_family == AF_INET6) {
			if (msg->msg_namelen < (int)SXT_SIN6_MIN)
				return false;
			/* To nowhere is to this node, as in connect(). */
			if (ipv6_addr_any(&sin->sin6_addr) &&
			    ipv6_addr_v4mapped(&inet6_sk(sk)->saddr))
				ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK),
						       &sin->sin6_addr);
			if (!ipv6_addr_v4mapped(&sin->sin6_addr))
				return true;
			*result = udp_send_mapped(sk, msg, len, sin);
			return false;
		}
		if (sin->sin6_family == AF_INET) {
			*result = udp_send_v4(sk, msg, len);
			return false;
		}
		if (sin->sin6_family != AF_UNSPEC)
			return false;
		msg->msg_name = NULL;
		msg->msg_namelen = 0;
	}
	if (READ_ONCE(udp_sk(sk)->pending) != AF_INET &&
	    (sk->sk_state != TCP_ESTABLISHED ||
	     !ipv6_addr_v4mapped(&sk->sk_v6_daddr)))
		return true;
	*result = udp_send_v4(sk, msg, len);
	return false;
}

/**
 * sxt_udp_send_way() - sendmsg(2), for all that has no short way
 * @sk: the socket
 * @msg: the message
 * @len: its length
 *
 * Context: process.
 * Return: @len, or -EDESTADDRREQ, -EMSGSIZE, -EINVAL, -EOPNOTSUPP…
 */
int sxt_udp_send_way(struct sock *sk, struct msghdr *msg, size_t len)
{
	int ret;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (!udp_send_is_v6(sk, msg, len, msg->msg_name, &ret))
		return ret;
	if (READ_ONCE(udp_sk(sk)->pending) &&
	    udp_send_more(sk, msg, len, &ret))
		return ret;
	return udp_send_way(sk, msg, len, msg->msg_name);
}

/**
 * sxt_udp_push() - sends the datagram that a socket has in parts
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 * Return: 0 or -errno.
 */
int sxt_udp_push(struct sock *sk)
{
	struct inet_cork_full *cork = &inet_sk(sk)->cork;
	/* It is IPv4's again, once the parts have left. */
	const struct flowi6 fl6 = cork->fl.u.ip6;
	u32 gso_size = cork->base.gso_size;
	struct udp_sock *up = udp_sk(sk);
	u32 mtu = cork->base.fragsize;
	struct sk_buff *skb;
	int err = 0;

	if (up->pending == AF_INET)
		return udp_push_pending_frames(sk);
	skb = sxt_dgram_finish(sk);
	up->len = 0;
	WRITE_ONCE(up->pending, 0);
	if (!skb)
		return 0;
	err = sxt_udp_seal(skb, sk, &fl6, gso_size, skb_network_header_len(skb),
			   mtu);
	if (err) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_SEND_INVALID));
		return err;
	}
	return sxt_udp_sent(sk, sxt_dgram_send(skb));
}

/**
 * sxt_udp_flush() - drops the datagram that a socket has in parts
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 */
void sxt_udp_flush(struct sock *sk)
{
	struct udp_sock *up = udp_sk(sk);

	if (up->pending == AF_INET) {
		udp_flush_pending_frames(sk);
		return;
	}
	if (!up->pending)
		return;
	up->len = 0;
	WRITE_ONCE(up->pending, 0);
	sxt_dgram_flush(sk);
}
