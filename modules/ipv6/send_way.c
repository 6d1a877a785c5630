// SPDX-License-Identifier: GPL-2.0-only
/*
 * One sendmsg() of a raw or ping socket, up to the route: what socket, address
 * and ancillary data say together.
 */
#include <linux/security.h>
#include <net/transp_v6.h>
#include "sock_int.h"

static int send_told(struct sxt_send *send, struct sockaddr_in6 *sin)
{
	struct msghdr *msg = send->msg;
	struct sock *sk = send->sk;
	int err;

	send->fl6.flowi6_uid = sk->sk_uid;
	ipcm6_init_sk(&send->ipc6, sk);
	send->ipc6.sockc.tsflags = READ_ONCE(sk->sk_tsflags);
	send->ipc6.sockc.mark = READ_ONCE(sk->sk_mark);
	err = sxt_dgram_dst(sk, sin, msg->msg_namelen, &send->fl6);
	if (err || !msg->msg_controllen)
		return err;
	if (!send->fl6.flowi6_oif)
		send->fl6.flowi6_oif = READ_ONCE(sk->sk_bound_dev_if);
	*send->space = (struct sxt_txopt){};
	send->ipc6.opt = &send->space->opt;
	return sxt_cmsg_parse(sock_net(sk), sk, msg, &send->fl6, &send->ipc6);
}

static int send_route(struct sxt_send *send)
{
	struct ipv6_pinfo *np = inet6_sk(send->sk);
	const struct sockaddr_in6 *via = NULL;
	struct flowi6 *fl6 = &send->fl6;
	struct in6_addr final, *final_dst = NULL;
	int err;

	if (ipv6_addr_any(&fl6->daddr))
		fl6->daddr = in6addr_loopback;
	if (ipv6_addr_any(&fl6->saddr))
		fl6->saddr = np->saddr;
	if (ipv6_addr_any(&fl6->saddr))
		fl6->saddr = np->sticky_pktinfo.ipi6_addr;
	if (unlikely(send->ipc6.opt)) {
		via = sxt_txopt(send->ipc6.opt)->via;
		err = sxt_next_hop_oif(send->sk, fl6, via);
		if (err)
			return err;
	}
	sxt_dgram_oif(send->sk, fl6);
	if (!fl6->flowi6_oif && send->zoned &&
	    __ipv6_addr_needs_scope_id(ipv6_addr_type(&fl6->daddr)))
		return -EINVAL;
	fl6->flowi6_mark = send->ipc6.sockc.mark;
	fl6->flowlabel = ip6_make_flowinfo(send->ipc6.tclass, fl6->flowlabel);
	if (unlikely(send->ipc6.opt))
		final_dst = sxt_exthdr_final_dst(fl6, send->ipc6.opt, &final);
	security_sk_classify_flow(send->sk, flowi6_to_flowi_common(fl6));
	if (unlikely(via))
		send->dst = sxt_next_hop_dst(send->sk, fl6, final_dst, via,
					     false);
	else
		send->dst = sxt_dst_flow(sock_net(send->sk), send->sk, fl6,
					 final_dst);
	if (IS_ERR(send->dst))
		return PTR_ERR(send->dst);
	if (send->ipc6.hlimit < 0)
		send->ipc6.hlimit = ip6_sk_dst_hoplimit(np, fl6, send->dst);
	return 0;
}

/**
 * sxt_send_begin() - finds out where a datagram goes, and how
 * @send: zero but for sk, msg, len, flags, zoned, space and what the protocol
 *	has put into fl6
 * @sin: the address that came with it, or NULL
 *
 * Context: process; the socket is not locked.
 * Return: 0: sxt_send_end() is due; else an errno, and it is not.
 */
int sxt_send_begin(struct sxt_send *send, struct sockaddr_in6 *sin)
{
	int err = send_told(send, sin);

	if (err)
		return err;
	send->ipc6.opt = sxt_txopt_choose(send->sk, &send->fl6.daddr,
					  send->ipc6.opt, send->space,
					  &send->held);
	err = send_route(send);
	if (err) {
		txopt_put(send->held);
		return err;
	}
	/* The peer is alive, says the program; perhaps it says no more. */
	if ((send->flags & MSG_CONFIRM) && (send->flags & MSG_PROBE)) {
		dst_confirm_neigh(send->dst, &send->fl6.daddr);
		send->only_probe = !send->len;
	}
	return 0;
}

/**
 * sxt_send_end() - the datagram is gone
 * @send: as sxt_send_begin() had it
 * @err: what became of it
 *
 * Context: process.
 * Return: what sendmsg() says: the length, or an errno. A full queue is no
 *	error unless the program wants to know (IPV6_RECVERR).
 */
int sxt_send_end(struct sxt_send *send, int err)
{
	dst_release(send->dst);
	txopt_put(send->held);
	if (err == -ENOBUFS && !inet6_test_bit(RECVERR6, send->sk))
		err = 0;
	return err ? err : send->len;
}
