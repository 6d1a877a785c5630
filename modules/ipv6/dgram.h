/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps that a datagram is built in (dgram_out.c), for who takes them one
 * by one: UDP looks at the route only before and after it copies the data, and
 * needs no reference to it.
 */
#ifndef SXT_DGRAM_H
#define SXT_DGRAM_H

#include "sock_int.h"

/**
 * struct sxt_dgram_plan - what a datagram must be fit for
 * @mtu: bytes of a packet, IPV6_MTU considered
 * @link: bytes that the link layer wants in front
 * @tail: bytes that it wants behind
 * @headers: IPv6 header and extension headers
 * @scatter: the device takes data that is in pieces
 * @offload: the device makes the checksum
 */
struct sxt_dgram_plan {
	u32 mtu;
	u32 link;
	u32 tail;
	u32 headers;
	bool scatter;
	bool offload;
};

int sxt_dgram_plan(struct sxt_dgram_plan *plan, const struct sock *sk,
		   const struct dst_entry *dst, const struct ipcm6_cookie *ipc6);
int sxt_dgram_fits(const struct sxt_dgram_plan *plan, struct sock *sk,
		   struct flowi6 *fl6, const struct ipcm6_cookie *ipc6,
		   size_t length);
struct sk_buff *sxt_dgram_fill(const struct sxt_dgram_plan *plan,
			       struct sock *sk, sxt_getfrag_t *getfrag,
			       void *from, u32 length, u32 transport,
			       unsigned int flags, bool partial);
void sxt_dgram_head(struct sk_buff *skb, const struct sock *sk,
		    struct flowi6 *fl6, const struct ipcm6_cookie *ipc6,
		    unsigned int flags);

#endif /* SXT_DGRAM_H */
