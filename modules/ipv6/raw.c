// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw sockets (RFC 3542 3): packets of any protocol as they came, checksums
 * that the kernel makes, filters of ICMPv6 types. What they send is in
 * raw_out.c.
 */
#include <linux/icmpv6.h>
#include <linux/proc_fs.h>
#include <asm/ioctls.h>
#include <net/inet_common.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/raw.h>
#include <net/transp_v6.h>
#include <net/xfrm.h>
#include "mcast.h"
#include "raw.h"

struct raw_hashinfo sxt_raw_hash;
EXPORT_SYMBOL_NS_GPL(sxt_raw_hash, SEXTANT_IPV6);

/**
 * struct raw_ends - what decides about a packet's sockets
 * @net: namespace
 * @here: the address of this node, or the group
 * @there: the peer's
 * @dif: interface
 * @sdif: the VRF's slave it came through, or 0
 * @num: protocol
 */
struct raw_ends {
	struct net *net;
	const struct in6_addr *here;
	const struct in6_addr *there;
	int dif;
	int sdif;
	int num;
};

static bool raw_match(const struct sock *sk, const struct raw_ends *ends)
{
	const struct in6_addr *bound = &sk->sk_v6_rcv_saddr;
	const struct in6_addr *peer = &sk->sk_v6_daddr;

	if (sock_net(sk) != ends->net || inet_sk(sk)->inet_num != ends->num)
		return false;
	if (!ipv6_addr_equal(peer, ends->there) && !ipv6_addr_any(peer))
		return false;
	if (!raw_sk_bound_dev_eq(ends->net, READ_ONCE(sk->sk_bound_dev_if),
				 ends->dif, ends->sdif))
		return false;
	if (ipv6_addr_equal(bound, ends->here) || ipv6_addr_any(bound))
		return true;
	return ipv6_addr_is_multicast(ends->here) &&
	       sxt_mcast_sock_wants(sk, ends->here, ends->there,
				    ends->sdif ?: ends->dif);
}

/**
 * sxt_raw_match() - is a raw socket one for these ends?
 * @net: namespace
 * @sk: socket
 * @num: protocol
 * @here: the address of this node, or the group
 * @there: the peer's
 * @dif: interface
 * @sdif: the VRF's slave, or 0
 *
 * Context: under RCU.
 * Return: true: it is.
 */
bool sxt_raw_match(struct net *net, const struct sock *sk, unsigned short num,
		   const struct in6_addr *here, const struct in6_addr *there,
		   int dif, int sdif)
{
	const struct raw_ends ends = {
		.net = net, .here = here, .there = there,
		.dif = dif, .sdif = sdif, .num = num,
	};

	return raw_match(sk, &ends);
}
EXPORT_SYMBOL_NS_GPL(sxt_raw_match, SEXTANT_IPV6);

/* RFC 3542 3.2: a bit that is set blocks its type. */
static bool raw_icmp_blocked(const struct sock *sk, const struct sk_buff *skb)
{
	const u32 *bits = &raw6_sk(sk)->filter.data[0];
	const u8 *type;
	u8 room;

	type = skb_header_pointer(skb, skb_transport_offset(skb), 1, &room);
	return !type || (bits[*type / 32] & BIT(*type % 32));
}

/*
 * Without IPV6_CHECKSUM nobody looks at the sum. With it, it is verified when
 * the program reads; skb->csum begins with the pseudo header.
 */
static void raw_csum_init(const struct sock *sk, struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	if (!raw6_sk(sk)->checksum) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return;
	}
	if (skb_csum_unnecessary(skb))
		return;
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum = ~csum_unfold(csum_ipv6_magic(&hdr->saddr, &hdr->daddr,
						 skb->len,
						 inet_sk(sk)->inet_num, 0));
}

/* A filter program, and who wants good sums, get none that is bad. */
static bool raw_csum_bad(struct sock *sk, struct sk_buff *skb)
{
	bool looks = rcu_access_pointer(sk->sk_filter) || raw6_sk(sk)->checksum;

	return looks && skb_checksum_complete(skb);
}

/* Why the kernel did not queue it, if it didn't. */
static enum sxt_why raw_why(enum skb_drop_reason reason)
{
	switch (reason) {
	case SKB_DROP_REASON_SOCKET_RCVBUFF:
		return SXT_WHY_SOCKET_BUFFER;
	case SKB_DROP_REASON_PROTO_MEM:
		return SXT_WHY_SOCKET_MEMORY;
	default:
		return SXT_WHY_SOCKET_FILTER;
	}
}

/* proto.backlog_rcv; the packet is the socket's. */
static int raw_queue(struct sock *sk, struct sk_buff *skb)
{
	enum sxt_why why = SXT_WHY_RAW_CHECKSUM;
	enum skb_drop_reason reason;
	int err = -EINVAL;

	if (raw_csum_bad(sk, skb)) {
		atomic_inc(&sk->sk_drops);
	} else {
		skb_dst_drop(skb);
		err = sock_queue_rcv_skb_reason(sk, skb, &reason);
		why = raw_why(reason);
	}
	if (!err)
		return NET_RX_SUCCESS;
	sk_skb_reason_drop(sk, skb, sxt_ip6_refuse(sock_net(sk), why));
	return NET_RX_DROP;
}

static void raw_give(struct sock *sk, struct sk_buff *skb)
{
	enum sxt_why why = SXT_WHY_NO_MEMORY;
	struct sk_buff *copy = NULL;

	/* It would be copied for nothing. */
	if (sk_rmem_alloc_get(sk) >= READ_ONCE(sk->sk_rcvbuf))
		why = SXT_WHY_SOCKET_BUFFER;
	else
		copy = skb_clone(skb, GFP_ATOMIC);
	if (!copy) {
		sxt_ip6_refuse(sock_net(sk), why);
		atomic_inc(&sk->sk_drops);
		return;
	}
	if (!xfrm6_policy_check(sk, XFRM_POLICY_IN, copy)) {
		atomic_inc(&sk->sk_drops);
		sk_skb_reason_drop(sk, copy, sxt_ip6_refuse(sock_net(sk),
							    SXT_WHY_POLICY));
		return;
	}
	nf_reset_ct(copy);
	raw_csum_init(sk, copy);
	raw_queue(sk, copy);
}

/**
 * sxt_raw_deliver() - a packet for all raw sockets that want it
 * @skb: data at the header @nexthdr; stays the caller's
 * @nexthdr: protocol
 *
 * Context: softirq, under RCU.
 * Return: true: there is such a socket, so the protocol is not unknown.
 */
bool sxt_raw_deliver(struct sk_buff *skb, int nexthdr)
{
	struct net *net = dev_net_rcu(skb->dev);
	struct hlist_head *head;
	struct raw_ends ends;
	bool found = false;
	struct sock *sk;

	head = &sxt_raw_hash.ht[raw_hashfunc(net, nexthdr)];
	/* Most packets meet nobody here. */
	if (hlist_empty(head))
		return false;
	ends = (struct raw_ends){
		.net = net,
		.here = &ipv6_hdr(skb)->daddr,
		.there = &ipv6_hdr(skb)->saddr,
		.dif = inet6_iif(skb),
		.sdif = inet6_sdif(skb),
		.num = nexthdr,
	};
	sk_for_each_rcu(sk, head) {
		if (!raw_match(sk, &ends))
			continue;
		found = true;
		if (nexthdr != IPPROTO_ICMPV6 || !raw_icmp_blocked(sk, skb))
			raw_give(sk, skb);
	}
	return found;
}

/**
 * sxt_raw_router_alert() - a packet with a router alert (RFC 2711)
 * @skb: the packet, data at the IPv6 header; stays the caller's
 * @value: of the option
 *
 * Context: softirq, under RCU.
 * Return: true: sockets with IPV6_ROUTER_ALERT got it, and it goes no further.
 */
bool sxt_raw_router_alert(struct sk_buff *skb, u16 value)
{
	struct net *net = dev_net_rcu(skb->dev);
	bool found = false;
	struct sock *sk;

	sk_for_each_rcu(sk, &sxt_raw_hash.ht[raw_hashfunc(net, IPPROTO_RAW)]) {
		if (!inet6_test_bit(RTALERT, sk) ||
		    sxt_raw_sk(sk)->alert != value ||
		    !net_eq(sock_net(sk), net) ||
		    !raw_sk_bound_dev_eq(net, READ_ONCE(sk->sk_bound_dev_if),
					 inet6_iif(skb), inet6_sdif(skb)))
			continue;
		found = true;
		raw_give(sk, skb);
	}
	return found;
}

static void raw_err_one(struct sock *sk, struct sk_buff *skb, u8 type, u8 code,
			int inner_offset, u32 info)
{
	bool recverr = inet6_test_bit(RECVERR6, sk);
	int err, hard;

	if (type == NDISC_REDIRECT)
		return;
	/* Without the queue only who has one peer can make sense of it. */
	if (!recverr && sk->sk_state != TCP_ESTABLISHED)
		return;
	hard = sxt_icmp_err_convert(type, code, &err);
	if (type == ICMPV6_PKT_TOOBIG)
		hard = inet6_sk(sk)->pmtudisc == IPV6_PMTUDISC_DO;
	/* Who makes the IPv6 header gets it back. */
	if (inet_test_bit(HDRINCL, sk))
		inner_offset = 0;
	if (recverr)
		sxt_sk_icmp_error(sk, skb, err, 0, info,
				  skb->data + inner_offset);
	if (recverr || hard) {
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
	}
}

/*
 * Of ICMPv6 sockets only those that ping: many daemons have one, and no other
 * message of theirs may be too big.
 */
static bool raw_may_have_sent(const struct sock *sk, int nexthdr, u8 first)
{
	const u32 *bits = &raw6_sk(sk)->filter.data[0];
	const u8 reply = ICMPV6_ECHO_REPLY;

	return nexthdr != IPPROTO_ICMPV6 ||
	       (first == ICMPV6_ECHO_REQUEST &&
		!(bits[reply / 32] & BIT(reply % 32)));
}

/* RFC 3542 11.3: also of packets that others here have sent. */
static void raw_tell_mtu(struct sock *sk, const struct ipv6hdr *quoted, u8 type,
			 int ifindex, __be32 info)
{
	struct flowi6 fl6 = {
		.daddr = quoted->daddr,
		.flowi6_oif = ifindex,
	};

	if (type == ICMPV6_PKT_TOOBIG)
		sxt_sk_pmtu_told(sk, &fl6, ntohl(info));
}

/**
 * sxt_raw_icmp_error() - an ICMPv6 error, for raw sockets
 * @skb: the error; data at the quoted packet's IPv6 header
 * @nexthdr: protocol of the quoted packet
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @inner_offset: from the quoted IPv6 header to its payload
 * @info: the 32 bits of the ICMPv6 header
 *
 * Context: softirq, under RCU.
 * Return: true: there is a socket that may have sent the quoted packet.
 */
bool sxt_raw_icmp_error(struct sk_buff *skb, int nexthdr, u8 type, u8 code,
			int inner_offset, __be32 info)
{
	const struct ipv6hdr *quoted = (const struct ipv6hdr *)skb->data;
	const struct raw_ends ends = {
		.net = dev_net_rcu(skb->dev),
		.here = &quoted->saddr,
		.there = &quoted->daddr,
		.dif = inet6_iif(skb),
		.sdif = inet6_sdif(skb),
		.num = nexthdr,
	};
	bool ours = false, learn = false;
	struct sock *sk;

	sk_for_each_rcu(sk, &sxt_raw_hash.ht[raw_hashfunc(ends.net,
							  nexthdr)]) {
		if (!raw_match(sk, &ends))
			continue;
		if (raw_may_have_sent(sk, nexthdr, skb->data[inner_offset])) {
			ours = true;
			if (ip6_sk_accept_pmtu(sk)) {
				learn = true;
				raw_tell_mtu(sk, quoted, type, ends.dif, info);
			}
		}
		raw_err_one(sk, skb, type, code, inner_offset, ntohl(info));
	}
	if (learn && type == ICMPV6_PKT_TOOBIG)
		sxt_icmp_too_big(skb, ntohl(info));
	return ours;
}

/* Copies what the program has room for, and verifies the sum as it must. */
static int raw_copy(struct sk_buff *skb, struct msghdr *msg, int copied)
{
	if (skb_csum_unnecessary(skb))
		return skb_copy_datagram_msg(skb, 0, msg, copied);
	if (copied == skb->len)
		return skb_copy_and_csum_datagram_msg(skb, 0, msg);
	if (__skb_checksum_complete(skb))
		return -EINVAL;
	return skb_copy_datagram_msg(skb, 0, msg, copied);
}

static void raw_put_name(const struct sk_buff *skb, struct msghdr *msg,
			 int *addr_len)
{
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);

	if (!sin)
		return;
	memset(sin, 0, sizeof(*sin));
	sin->sin6_family = AF_INET6;
	sin->sin6_addr = ipv6_hdr(skb)->saddr;
	sin->sin6_scope_id = ipv6_iface_scope_id(&sin->sin6_addr,
						 inet6_iif(skb));
	*addr_len = sizeof(*sin);
}

static int raw_recvmsg(struct sock *sk, struct msghdr *msg, size_t room,
		       int flags, int *addr_len)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	int copied, err = -EOPNOTSUPP;
	struct sk_buff *skb;

	if (flags & MSG_ERRQUEUE)
		return sxt_sk_recv_error(sk, msg, room, addr_len);
	/* Behind the data that are there (RFC 3542 11.3). */
	if (READ_ONCE(np->rxpmtu) && np->rxopt.bits.rxpmtu &&
	    skb_queue_empty_lockless(&sk->sk_receive_queue))
		return sxt_sk_recv_pmtu(sk, msg, room, addr_len);

	skb = flags & MSG_OOB ? NULL : skb_recv_datagram(sk, flags, &err);
	if (!skb)
		return err;
	copied = min_t(size_t, skb->len, room);
	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = raw_copy(skb, msg, copied);
	if (err == -EINVAL) {
		/* Gone, and to poll() it never was. */
		skb_kill_datagram(sk, skb, flags);
		return flags & MSG_DONTWAIT ? -EAGAIN : -EHOSTUNREACH;
	}
	if (err)
		goto out;
	raw_put_name(skb, msg, addr_len);
	sock_recv_cmsgs(msg, sk, skb);
	if (np->rxopt.all)
		sxt_cmsg_put(sk, msg, skb);
	err = flags & MSG_TRUNC ? skb->len : copied;
out:
	skb_free_datagram(sk, skb);
	return err;
}

static int raw_bind(struct sock *sk, struct sockaddr *uaddr, int addr_len)
{
	const struct sockaddr_in6 *addr = (const struct sockaddr_in6 *)uaddr;
	struct sxt_bind_to to;
	int err = -EINVAL;

	if (addr_len < (int)SXT_SIN6_MIN || addr->sin6_family != AF_INET6)
		return -EINVAL;
	if (ipv6_addr_v4mapped(&addr->sin6_addr))
		return -EADDRNOTAVAIL;
	lock_sock(sk);
	if (sk->sk_state != TCP_CLOSE)
		goto out;
	err = sxt_sock_bind_where(sk, addr, addr_len, &to);
	if (err)
		goto out;
	sxt_sock_bind_set(sk, &addr->sin6_addr, &to);
	if (!ipv6_addr_any(&addr->sin6_addr))
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	sk_dst_reset(sk);
out:
	release_sock(sk);
	return err;
}

static int raw_init_sock(struct sock *sk)
{
	struct raw6_sock *rp = raw6_sk(sk);

	/* Its port is the protocol: it keeps that when it is disconnected. */
	sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	/* RFC 3542 3.1: of ICMPv6 the kernel makes the sum, always. */
	if (sk->sk_protocol == IPPROTO_ICMPV6)
		rp->offset = offsetof(struct icmp6hdr, icmp6_cksum);
	else if (sk->sk_protocol == IPPROTO_MH)
		rp->offset = 4;
	rp->checksum = !!rp->offset;
	return 0;
}

static void raw_close(struct sock *sk, long timeout)
{
	sk_common_release(sk);
}

static void raw_destroy(struct sock *sk)
{
	lock_sock(sk);
	sxt_dgram_flush(sk);
	release_sock(sk);
}

static int raw_ioctl(struct sock *sk, int cmd, int *karg)
{
	struct sk_buff *skb;

	switch (cmd) {
	case SIOCOUTQ:
		*karg = sk_wmem_alloc_get(sk);
		return 0;
	case SIOCINQ:
		spin_lock_bh(&sk->sk_receive_queue.lock);
		skb = skb_peek(&sk->sk_receive_queue);
		*karg = skb ? skb->len : 0;
		spin_unlock_bh(&sk->sk_receive_queue.lock);
		return 0;
	}
	return -ENOIOCTLCMD;
}

struct proto sxt_raw_prot = {
	.name			= "RAWv6",
	.owner			= THIS_MODULE,
	.close			= raw_close,
	.destroy		= raw_destroy,
	.connect		= sxt_dgram_connect_only,
	.disconnect		= sxt_dgram_disconnect,
	.ioctl			= raw_ioctl,
	.init			= raw_init_sock,
	.setsockopt		= sxt_raw_setsockopt,
	.getsockopt		= sxt_raw_getsockopt,
	.sendmsg		= sxt_raw_sendmsg,
	.recvmsg		= raw_recvmsg,
	.bind			= raw_bind,
	.backlog_rcv		= raw_queue,
	.release_cb		= sxt_dgram_release_cb,
	.hash			= raw_hash_sk,
	.unhash			= raw_unhash_sk,
	.obj_size		= sizeof(struct sxt_raw_sock),
	.ipv6_pinfo_offset	= offsetof(struct sxt_raw_sock, raw.inet6),
	.useroffset		= offsetof(struct sxt_raw_sock, raw.filter),
	.usersize		= sizeof_field(struct sxt_raw_sock, raw.filter),
	.h.raw_hash		= &sxt_raw_hash,
	.diag_destroy		= raw_abort,
};

/**
 * sxt_raw_init() - raw sockets can be made
 *
 * Context: process; module load.
 * Return: 0 or -ENOMEM.
 */
int sxt_raw_init(void)
{
	raw_hashinfo_init(&sxt_raw_hash);
	return proto_register(&sxt_raw_prot, 1);
}

/**
 * sxt_raw_exit() - no raw sockets any more
 *
 * Context: process; module unload, none is left.
 */
void sxt_raw_exit(void)
{
	proto_unregister(&sxt_raw_prot);
}

/* /proc/net/raw6 */

static int raw_seq_show(struct seq_file *seq, void *v)
{
	struct sock *sk = v;

	if (v == SEQ_START_TOKEN)
		seq_puts(seq, IPV6_SEQ_DGRAM_HEADER);
	else
		sxt_proc_dgram_line(seq, sk, inet_sk(sk)->inet_num, 0,
				    sk_rmem_alloc_get(sk),
				    raw_seq_private(seq)->bucket);
	return 0;
}

static const struct seq_operations raw_seq_ops = {
	.start	= raw_seq_start,
	.next	= raw_seq_next,
	.stop	= raw_seq_stop,
	.show	= raw_seq_show,
};

/**
 * sxt_raw_net_init() - /proc/net/raw6 of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_raw_net_init(struct net *net)
{
	if (!proc_create_net_data("raw6", 0444, net->proc_net, &raw_seq_ops,
				  sizeof(struct raw_iter_state), &sxt_raw_hash))
		return -ENOMEM;
	return 0;
}

/**
 * sxt_raw_net_exit() - the namespace goes
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_raw_net_exit(struct net *net)
{
	remove_proc_entry("raw6", net->proc_net);
}
