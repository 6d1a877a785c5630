/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw sockets: what raw.c, raw_out.c and raw_opt.c share.
 */
#ifndef SXT_RAW_H
#define SXT_RAW_H

#include "sock_int.h"

/**
 * struct sxt_raw_sock - a raw socket
 * @raw: what the kernel knows of it. First
 * @alert: value of the router alerts that it wants, if it has
 *	INET_FLAGS_RTALERT
 */
struct sxt_raw_sock {
	struct raw6_sock raw;
	int alert;
};

static inline struct sxt_raw_sock *sxt_raw_sk(struct sock *sk)
{
	return container_of(raw6_sk(sk), struct sxt_raw_sock, raw);
}

/* raw.c: */
extern struct raw_hashinfo sxt_raw_hash;
bool sxt_raw_match(struct net *net, const struct sock *sk, unsigned short num,
		   const struct in6_addr *here, const struct in6_addr *there,
		   int dif, int sdif);

/* raw_out.c: */
int sxt_raw_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);

/* raw_opt.c: */
int sxt_raw_setsockopt(struct sock *sk, int level, int optname,
		       sockptr_t optval, unsigned int optlen);
int sxt_raw_getsockopt(struct sock *sk, int level, int optname,
		       char __user *optval, int __user *optlen);

#endif /* SXT_RAW_H */
