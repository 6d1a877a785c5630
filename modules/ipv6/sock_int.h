/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the socket family have among themselves (sock*.c, cmsg.c,
 * datagram.c, flowlabel.c, txopt.c, raw.c, ping.c).
 */
#ifndef SXT_SOCK_INT_H
#define SXT_SOCK_INT_H

#include "socket.h"

/* The shortest sockaddr_in6: RFC 2133 had no zone. */
#define SXT_SIN6_MIN	offsetofend(struct sockaddr_in6, sin6_addr)

/* The longest extension header: a length byte of 255 (RFC 8200 4.3). */
#define SXT_EXT_HDR_MAX	(256 * 8)

/* RFC 3542 11.1; the kernel's header keeps the number for it ("not yet"). */
#ifndef IPV6_USE_MIN_MTU
#define IPV6_USE_MIN_MTU	63
#endif

/**
 * struct sxt_txopt - what a program says of packets beyond their data
 * @opt: the kernel's part: extension headers. First. Of a socket, all else is
 *	in the same memory
 * @via: IPV6_NEXTHOP, or NULL
 * @min_mtu: IPV6_USE_MIN_MTU: -1, 0, 1; of a datagram 0 or 1
 * @any: of a message: it says something of all this
 * @any_min_mtu: of a message: it says @min_mtu
 * @any_via: of a message: it says @via, or that there is none
 *
 * Each struct ipv6_txoptions of our sockets and of what they send is one.
 */
struct sxt_txopt {
	struct ipv6_txoptions opt;
	const struct sockaddr_in6 *via;
	s8 min_mtu;
	bool any;
	bool any_min_mtu;
	bool any_via;
};

/**
 * sxt_txopt() - all of it, by the kernel's part
 * @opt: that part
 *
 * Context: any.
 * Return: what it is in.
 */
static inline struct sxt_txopt *sxt_txopt(const struct ipv6_txoptions *opt)
{
	return (struct sxt_txopt *)container_of(opt, struct sxt_txopt, opt);
}

/**
 * struct sxt_bind_to - where bind() puts a socket
 * @v4: the IPv4 address of a mapped one, LOOPBACK4_IPV6 for a real IPv6 one,
 *	0 for the wildcard
 * @oif: what sk_bound_dev_if is to become
 * @mapped: it is an IPv4 address
 * @group: a multicast group, or of IPv4 the wildcard or a broadcast address: to
 *	receive from, not to send from
 */
struct sxt_bind_to {
	__be32 v4;
	int oif;
	bool mapped;
	bool group;
};

/* sock_bind.c; the socket is locked: */
int sxt_sock_bind_where(struct sock *sk, const struct sockaddr_in6 *addr,
			int addr_len, struct sxt_bind_to *to);
void sxt_sock_bind_set(struct sock *sk, const struct in6_addr *addr,
		       const struct sxt_bind_to *to);

/* sock_ioctl.c: */
int sxt_sock_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
int sxt_sock_compat_ioctl(struct socket *sock, unsigned int cmd,
			  unsigned long arg);

/* udp_lookup.c: around a change of sk_v6_rcv_saddr, and what rehashes for it */
void sxt_udp_move_begin(const struct sock *sk);
void sxt_udp_move_end(const struct sock *sk);

/* datagram.c: the destination that a caller gave, or the connected one */
int sxt_dgram_dst(struct sock *sk, const struct sockaddr_in6 *sin, int len,
		  struct flowi6 *fl6);
void sxt_dgram_oif(const struct sock *sk, struct flowi6 *fl6);
int sxt_dgram_copy(void *from, char *to, int offset, int len, int odd,
		   struct sk_buff *skb);

/**
 * struct sxt_send - one sendmsg() of a raw or ping socket
 * @sk: the socket
 * @msg: the message
 * @len: its length
 * @flags: MSG_*
 * @zoned: a link-local destination without an interface is refused
 * @only_probe: MSG_PROBE without data: there is nothing to send
 * @fl6: where it goes
 * @ipc6: how; ipc6.opt is the extension headers and what else, or NULL
 * @space: the caller's, not filled in: for what the message has
 * @held: what the socket has, with a reference, or NULL
 * @dst: the way, with a reference
 */
struct sxt_send {
	struct sock *sk;
	struct msghdr *msg;
	size_t len;
	unsigned int flags;
	bool zoned;
	bool only_probe;
	struct flowi6 fl6;
	struct ipcm6_cookie ipc6;
	struct sxt_txopt *space;
	struct ipv6_txoptions *held;
	struct dst_entry *dst;
};

/**
 * sxt_np() - inet6_sk(), for who knows that it is a whole socket of AF_INET6
 * @sk: the socket
 *
 * Context: any.
 * Return: its IPv6 part.
 */
static inline struct ipv6_pinfo *sxt_np(const struct sock *sk)
{
	return inet_sk(sk)->pinet6;
}

/**
 * sxt_oif_fits() - may a packet leave by an interface that is named for it?
 * @sk: the socket; if a VRF's, it may name one of the VRF's slaves
 * @oif: what was said before, 0: nothing
 * @ifindex: the interface
 *
 * Context: under RCU.
 * Return: true: it may.
 */
static inline bool sxt_oif_fits(struct sock *sk, int oif, int ifindex)
{
	return !oif || oif == ifindex ||
	       (oif == READ_ONCE(sk->sk_bound_dev_if) &&
		sk_dev_equal_l3scope(sk, ifindex));
}

/* send_way.c: */
int sxt_send_begin(struct sxt_send *send, struct sockaddr_in6 *sin);
int sxt_send_end(struct sxt_send *send, int err);

/* txopt.c: struct ipv6_txoptions */
bool sxt_txopt_rthdr_ok(const struct ipv6_rt_hdr *hdr, u32 len);
struct ipv6_txoptions *sxt_txopt_with(struct sock *sk, int type,
				      const void *value);
struct ipv6_txoptions *sxt_txopt_dup(struct sock *sk,
				     const struct ipv6_txoptions *opt);
void sxt_txopt_replace(struct sock *sk, struct ipv6_txoptions *opt);
struct ipv6_txoptions *sxt_txopt_merge(const struct sock *sk,
				       const struct in6_addr *daddr,
				       struct ipv6_txoptions *said,
				       struct sxt_txopt *space,
				       struct ipv6_txoptions **held);

/**
 * sxt_txopt_choose() - the options of one datagram
 * @sk: the socket
 * @daddr: where it goes
 * @said: &space->opt if there are ancillary data, else NULL
 * @space: what they say; if @said is NULL it need not be filled in
 * @held: NULL is there; options of the socket, with a reference for txopt_put()
 *
 * Context: any.
 * Return: as sxt_txopt_merge(); most datagrams have none.
 */
static inline struct ipv6_txoptions *
sxt_txopt_choose(const struct sock *sk, const struct in6_addr *daddr,
		 struct ipv6_txoptions *said, struct sxt_txopt *space,
		 struct ipv6_txoptions **held)
{
	if (likely(!rcu_access_pointer(sxt_np(sk)->opt) &&
		   (!said || !sxt_txopt(said)->any)))
		return NULL;
	return sxt_txopt_merge(sk, daddr, said, space, held);
}

/* next_hop.c: IPV6_NEXTHOP */
int sxt_next_hop_check(const struct sockaddr_in6 *via, size_t len);
int sxt_next_hop_oif(struct sock *sk, struct flowi6 *fl6,
		     const struct sockaddr_in6 *via);
struct dst_entry *sxt_next_hop_dst(struct sock *sk, struct flowi6 *fl6,
				   const struct in6_addr *final_dst,
				   const struct sockaddr_in6 *via,
				   bool connected);

/* flowlabel.c: */
void sxt_flowlabel_visit(const struct net *net, unsigned int bucket,
			 void (*visit)(const struct ip6_flowlabel *fl,
				       void *arg), void *arg);
void sxt_flowlabel_forget(struct net *net);
void sxt_flowlabel_release(struct sock *sk);
int sxt_flowlabel_opt(struct sock *sk, sockptr_t optval, unsigned int optlen);
int sxt_flowlabel_opt_get(struct sock *sk, struct in6_flowlabel_req *req,
			  int flags);

/* cmsg.c: */
int sxt_cmsg_pktinfo(struct sock *sk, const struct in6_pktinfo *info,
		     struct flowi6 *fl6);

/* sockopt.c: */
int sxt_sockopt_int(sockptr_t optval, unsigned int optlen, int *val);

/* anycast.c; process context, take the RTNL: */
int sxt_anycast_sock_join(struct sock *sk, int ifindex,
			  const struct in6_addr *addr);
int sxt_anycast_sock_leave(struct sock *sk, int ifindex,
			   const struct in6_addr *addr);
void sxt_anycast_sock_close(struct sock *sk);

/* sockopt_mcast.c: */
int sxt_sockopt_set_mcast(struct sock *sk, int optname, sockptr_t optval,
			  unsigned int optlen);
int sxt_sockopt_get_filter(struct sock *sk, sockptr_t optval,
			   sockptr_t optlen, int len);

#endif /* SXT_SOCK_INT_H */
