/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of UDP and UDP-Lite have among themselves (udp*.c).
 */
#ifndef SXT_UDP_INT_H
#define SXT_UDP_INT_H

#include <linux/udp.h>
#include <net/udp.h>
#include "dgram.h"

#define UDP_HDR		((u32)sizeof(struct udphdr))

/* udp_out.c: */
int sxt_udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);
int sxt_udp_seal(struct sk_buff *skb, const struct sock *sk,
		 const struct flowi6 *fl6, u32 gso_size, u32 headers, u32 mtu);
struct sk_buff *sxt_udp_make(const struct sxt_dgram_plan *plan,
			     struct sock *sk, struct msghdr *msg, size_t len,
			     struct flowi6 *fl6,
			     const struct ipcm6_cookie *ipc6);
int sxt_udp_sent(struct sock *sk, int err);
int sxt_udp_result(struct sock *sk, size_t len, int err);

/* udp_way.c: */
int sxt_udp_send_way(struct sock *sk, struct msghdr *msg, size_t len);
int sxt_udp_push(struct sock *sk);	/* the socket is locked */
void sxt_udp_flush(struct sock *sk);	/* the socket is locked */

/* udp_in.c: */
int sxt_udp_rcv(struct sk_buff *skb);
int sxt_udplite_rcv(struct sk_buff *skb);

/* udp_read.c: */
int sxt_udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags,
		    int *addr_len);

/* udp_err.c: */
int sxt_udp_err(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type,
		u8 code, int offset, __be32 info);
int sxt_udplite_err(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type,
		    u8 code, int offset, __be32 info);

/* A walk along a chain of sockets that has strayed begins anew so often. */
#define SXT_UDP_WALKS	3

/**
 * sxt_udp_strayed() - has a walk by port and address ended in another chain?
 * @last: the socket that it ended with, NULL: there was none
 * @slot: the chain that it began in
 * @table: of both
 *
 * Who stands on a socket that moves goes on behind it where it is now, and
 * misses the rest.
 *
 * Context: under RCU.
 * Return: true if so.
 */
static inline bool sxt_udp_strayed(const struct sock *last,
				   const struct udp_hslot *slot,
				   struct udp_table *table)
{
	if (!last)
		return false;
	/* Its hash is older than the way on from it: udp_lib_rehash(). */
	smp_rmb();
	return udp_hashslot2(table, READ_ONCE(udp_sk(last)->udp_portaddr_hash))
		!= slot;
}

/* udp_lookup.c: */
int sxt_udp_get_port(struct sock *sk, unsigned short port);
void sxt_udp_rehash(struct sock *sk);
u32 sxt_udp_ehashfn(const struct net *net, const struct in6_addr *ours,
		    const u16 lport, const struct in6_addr *theirs,
		    const __be16 fport);

/* udp_gso.c: */
int sxt_udp_gso_init(void);
void sxt_udp_gso_exit(void);

#endif /* SXT_UDP_INT_H */
