/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Multicast: groups of an interface (mcast.c), of a socket (mcast_sock.c), and
 * the listener protocol (mld.c; RFC 3810, RFC 2710).
 */
#ifndef SXT_MCAST_H
#define SXT_MCAST_H

#include "iface.h"

/* mcast.c, RTNL; each join needs its leave: */
int sxt_mcast_join(struct sxt_idev *idev, const struct in6_addr *group);
int sxt_mcast_join_quietly(struct sxt_idev *idev, const struct in6_addr *group,
			   unsigned long time);
int sxt_mcast_leave(struct sxt_idev *idev, const struct in6_addr *group);
void sxt_mcast_up(struct sxt_idev *idev);
void sxt_mcast_again(struct sxt_idev *idev);
void sxt_mcast_down(struct sxt_idev *idev);
void sxt_mcast_destroy(struct sxt_idev *idev);
/* any context: the link layer's address for a group; -EINVAL: there is none */
int sxt_mcast_map(const struct net_device *dev, const struct in6_addr *group,
		  u8 mac[MAX_ADDR_LEN]);
/* under RCU: */
bool sxt_mcast_member(const struct net_device *dev,
		      const struct in6_addr *group,
		      const struct in6_addr *source);

/* mcast_sock.c; process context, take the RTNL themselves; the caller does not
 * hold the socket's lock (it comes after the RTNL); mode is MCAST_EXCLUDE:
 */
int sxt_mcast_sock_join(struct sock *sk, int ifindex,
			const struct in6_addr *group);
int sxt_mcast_sock_leave(struct sock *sk, int ifindex,
			 const struct in6_addr *group);
int sxt_mcast_sock_source(struct sock *sk, int op, int ifindex,
			  const struct in6_addr *group,
			  const struct in6_addr *source);
/* MCAST_MSFILTER (RFC 3678): the whole filter; *count is the room of sources
 * before and the number that there are after; errors as above
 */
int sxt_mcast_sock_filter_set(struct sock *sk, int ifindex,
			      const struct in6_addr *group, unsigned int mode,
			      const struct in6_addr *sources,
			      unsigned int count);
int sxt_mcast_sock_filter_get(struct sock *sk, int ifindex,
			      const struct in6_addr *group, unsigned int *mode,
			      struct in6_addr *sources, unsigned int *count);
void sxt_mcast_sock_close(struct sock *sk);
/* mcast_sock.c; for ipv6_stub, the caller holds the RTNL and the socket: */
int sxt_mcast_sock_join_any(struct sock *sk, int ifindex,
			    const struct in6_addr *group);
int sxt_mcast_sock_leave_any(struct sock *sk, int ifindex,
			     const struct in6_addr *group);
struct net_device *sxt_mcast_sock_dev(struct net *net, int ifindex,
				      const struct in6_addr *addr);
/* under RCU: does the socket want this packet? */
bool sxt_mcast_sock_wants(const struct sock *sk, const struct in6_addr *group,
			  const struct in6_addr *source, int ifindex);

/* mld.c, RTNL: the interface has a usable link-local address from now on: what
 * was reported from :: during duplicate address detection is said again
 * (RFC 3590 4); for dad.c
 */
void sxt_mld_address_ready(struct sxt_idev *idev);
void sxt_mld_tell_due(struct sxt_idev *idev);
/* net.ipv6.mld_qrv (1 to 7) and mld_max_msf (sources of a socket's filter) */
extern int sxt_mld_qrv;
extern int sxt_mld_max_msf;

#endif /* SXT_MCAST_H */
