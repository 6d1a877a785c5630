// SPDX-License-Identifier: GPL-2.0-only
/*
 * What raw sockets send: a payload that gets its IPv6 header and, if wanted,
 * its checksum here (RFC 3542 3.1), or a whole packet (IPV6_HDRINCL).
 */
#include <linux/netfilter.h>
#include <net/ip6_checksum.h>
#include <net/l3mdev.h>
#include <net/transp_v6.h>
#include "raw.h"

/*
 * Writes the checksum to where IPV6_CHECKSUM says. The pseudo header has the
 * last destination, whatever the routing header does (RFC 8200 8.1).
 */
static int raw_put_csum(const struct sxt_send *send, struct sk_buff *skb)
{
	const struct raw6_sock *rp = raw6_sk(send->sk);
	u32 start = skb_transport_offset(skb);
	u32 len = skb->len - start;
	u32 offset = READ_ONCE(rp->offset);
	__sum16 sum = 0;

	if (!rp->checksum)
		return 0;
	if (offset + sizeof(sum) > len)
		return -EINVAL;
	if (skb_store_bits(skb, start + offset, &sum, sizeof(sum)))
		return -EFAULT;
	sum = csum_ipv6_magic(&send->fl6.saddr, &send->fl6.daddr, len,
			      send->fl6.flowi6_proto,
			      skb_checksum(skb, start, len, 0));
	if (!sum && send->fl6.flowi6_proto == IPPROTO_UDP)
		sum = CSUM_MANGLED_0;
	skb->ip_summed = CHECKSUM_NONE;
	return skb_store_bits(skb, start + offset, &sum, sizeof(sum));
}

static int raw_launch(const struct sxt_send *send, struct sk_buff *skb)
{
	int err;

	if (IS_ERR_OR_NULL(skb))
		return PTR_ERR_OR_ZERO(skb);
	err = raw_put_csum(send, skb);
	if (err) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(send->sk),
						     SXT_WHY_SEND_INVALID));
		return err;
	}
	return sxt_dgram_send(skb);
}

/* In parts (MSG_MORE), the packet grows in the socket. */
static int raw_send_corked(struct sxt_send *send)
{
	struct sock *sk = send->sk;
	int err;

	lock_sock(sk);
	err = sxt_dgram_append(sk, sxt_dgram_copy, send->msg, send->len, 0,
			       &send->ipc6, &send->fl6, dst_rt6_info(send->dst),
			       send->flags);
	if (err)
		sxt_dgram_flush(sk);
	if (!err && !(send->flags & MSG_MORE)) {
		/* What the first part said holds for the checksum, too. */
		send->fl6 = inet_sk(sk)->cork.fl.u.ip6;
		err = raw_launch(send, sxt_dgram_finish(sk));
	}
	release_sock(sk);
	return err;
}

static int raw_send_payload(struct sxt_send *send)
{
	struct sk_buff *skb;

	if ((send->flags & MSG_MORE) ||
	    !skb_queue_empty_lockless(&send->sk->sk_write_queue))
		return raw_send_corked(send);
	skb = sxt_dgram_build(send->sk, sxt_dgram_copy, send->msg, send->len, 0,
			      &send->ipc6, dst_rt6_info(send->dst), &send->fl6,
			      send->flags);
	return raw_launch(send, skb);
}

static struct sk_buff *raw_whole_alloc(struct sxt_send *send)
{
	const struct net_device *dev;
	struct sock *sk = send->sk;
	struct sk_buff *skb;
	u32 head, tail;
	int err;

	/* The device may want more at any time, and go while this sleeps. */
	rcu_read_lock();
	dev = dst_dev_rcu(send->dst);
	head = LL_RESERVED_SPACE(dev);
	tail = dev->needed_tailroom;
	rcu_read_unlock();
	skb = sock_alloc_send_skb(sk, send->len + head + tail,
				  send->flags & MSG_DONTWAIT, &err);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, head);
	skb->mark = send->ipc6.sockc.mark;
	skb->priority = READ_ONCE(sk->sk_priority);
	skb->protocol = htons(ETH_P_IPV6);
	skb_set_delivery_type_by_clockid(skb, send->ipc6.sockc.transmit_time,
					 sk->sk_clockid);
	skb_put(skb, send->len);
	skb_reset_network_header(skb);
	skb->ip_summed = CHECKSUM_NONE;
	skb_setup_tx_timestamp(skb, send->ipc6.sockc.tsflags);
	if (send->flags & MSG_CONFIRM)
		skb_set_dst_pending_confirm(skb, 1);
	skb->transport_header = skb->network_header;
	err = sxt_dgram_copy(send->msg, (char *)skb->data, 0, send->len, 0, skb);
	if (err) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_SEND_FAULT));
		return ERR_PTR(err);
	}
	skb_dst_set(skb, dst_clone(send->dst));
	return skb;
}

static int raw_whole_out(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return dst_output(net, sk, skb);
}

/* The program's own IPv6 header: it goes as it is, or not at all. */
static int raw_send_whole(struct sxt_send *send)
{
	struct sock *sk = send->sk;
	struct net *net = sock_net(sk);
	struct inet6_dev *idev;
	struct sk_buff *skb;
	u32 mtu;
	int err;

	rcu_read_lock();
	mtu = READ_ONCE(dst_dev_rcu(send->dst)->mtu);
	rcu_read_unlock();
	if (send->len > mtu) {
		sxt_sk_local_error(sk, EMSGSIZE, &send->fl6, mtu);
		return -EMSGSIZE;
	}
	if (send->len < sizeof(struct ipv6hdr))
		return -EINVAL;
	if (send->flags & MSG_PROBE)
		return 0;
	skb = raw_whole_alloc(send);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	skb = l3mdev_ip6_out(sk, skb);
	if (!skb)
		return 0;
	rcu_read_lock();
	idev = ip6_dst_idev(skb_dst(skb));
	IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTREQUESTS);
	err = NF_HOOK(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, sk, skb, NULL,
		      skb_dst(skb)->dev, raw_whole_out);
	if (err > 0)
		err = net_xmit_errno(err);
	if (err)
		IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTDISCARDS);
	rcu_read_unlock();
	return err;
}

/*
 * The protocol: the socket's, but a socket of IPPROTO_RAW may say another for
 * each packet, as port. A family of 0 stands for AF_INET6 with old programs.
 */
static int raw_proto(const struct sock *sk, struct sockaddr_in6 *sin, int len)
{
	u16 num = inet_sk(sk)->inet_num;
	u16 proto;

	if (!sin)
		return num;
	if (len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	if (sin->sin6_family == AF_UNSPEC)
		sin->sin6_family = AF_INET6;
	proto = ntohs(sin->sin6_port);
	if (!proto)
		return num;
	if ((proto != num && num != IPPROTO_RAW) || proto > 255)
		return -EINVAL;
	return proto;
}

/**
 * sxt_raw_sendmsg() - a raw socket sends
 * @sk: the socket
 * @msg: the message
 * @len: its length
 *
 * Context: process.
 * Return: @len, or an errno.
 */
int sxt_raw_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);
	struct sxt_txopt space __uninitialized;
	struct sxt_send send = {
		.sk = sk, .msg = msg, .len = len, .space = &space,
		/* The sum is written into the data: never other's pages. */
		.flags = msg->msg_flags & ~MSG_SPLICE_PAGES,
	};
	int proto, err;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (len > INT_MAX)
		return -EMSGSIZE;
	proto = raw_proto(sk, sin, msg->msg_namelen);
	if (proto < 0)
		return proto;
	send.fl6.flowi6_proto = proto;
	err = sxt_send_begin(&send, sin);
	if (err)
		return err;
	if (send.only_probe)
		err = 0;
	else if (inet_test_bit(HDRINCL, sk))
		err = raw_send_whole(&send);
	else
		err = raw_send_payload(&send);
	return sxt_send_end(&send, err);
}
