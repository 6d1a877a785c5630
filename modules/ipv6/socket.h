/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets of AF_INET6 (RFC 3493, 3542): the family (sock.c), options
 * (sockopt.c), ancillary data (cmsg.c), connect and the error queue
 * (datagram.c), building datagrams (dgram_out.c), and the protocols raw.c,
 * ping.c, udp.c. TCP's place: sock.c's table and tcp.c, not there yet.
 */
#ifndef SXT_SOCKET_H
#define SXT_SOCKET_H

#include <net/inet_common.h>
#include <net/protocol.h>
#include <net/sock.h>
#include "packet.h"

extern const struct proto_ops sxt_dgram_ops;	/* UDP */
extern const struct proto_ops sxt_raw_ops;	/* raw and ping */
extern struct proto sxt_udp_prot;
extern struct proto sxt_udplite_prot;
extern struct proto sxt_raw_prot;
extern struct proto sxt_ping_prot;

/* sock.c: */
int sxt_sock_bind(struct socket *sock, struct sockaddr *addr, int addr_len);
int sxt_sock_bind_addr(struct sock *sk, struct sockaddr *addr, int addr_len,
		       u32 flags);
void sxt_sock_destroy(struct sock *sk);	/* options, flow labels */
void sxt_sock_destruct(struct sock *sk); /* that and inet_sock_destruct() */

/* sockopt.c: */
int sxt_sockopt_set(struct sock *sk, int level, int name, sockptr_t optval,
		    unsigned int optlen);
int sxt_sockopt_get(struct sock *sk, int level, int name,
		    char __user *optval, int __user *optlen);
int sxt_sockopt_get_ptr(struct sock *sk, int level, int name,
			sockptr_t optval, sockptr_t optlen);	/* for BPF */

/* udp_lookup.c, under RCU: */
struct sock *sxt_udp_lookup(const struct net *net,
			    const struct in6_addr *from, __be16 sport,
			    const struct in6_addr *to, __be16 dport,
			    int dif, int sdif, struct udp_table *table,
			    struct sk_buff *skb);

/* cmsg.c: */
int sxt_cmsg_parse(struct net *net, struct sock *sk, struct msghdr *msg,
		   struct flowi6 *fl6, struct ipcm6_cookie *ipc6);
void sxt_cmsg_put(struct sock *sk, struct msghdr *msg, struct sk_buff *skb);
void sxt_cmsg_put_common(struct sock *sk, struct msghdr *msg,
			 struct sk_buff *skb);
void sxt_cmsg_put_specific(struct sock *sk, struct msghdr *msg,
			   struct sk_buff *skb);

/* datagram.c: proto.connect, they lock the socket; _only: no IPv4 */
int sxt_dgram_connect(struct sock *sk, struct sockaddr *addr, int addr_len);
int sxt_dgram_connect_only(struct sock *sk, struct sockaddr *addr,
			   int addr_len);
int sxt_dgram_disconnect(struct sock *sk, int flags);
/* the socket is locked: */
int sxt_dgram_connect_locked(struct sock *sk, struct sockaddr *addr,
			     int addr_len);
void sxt_dgram_release_cb(struct sock *sk);
/* errors to sockets (RFC 3542 3, IPV6_RECVERR): */
void sxt_sk_icmp_error(struct sock *sk, struct sk_buff *skb, int err,
		       __be16 port, u32 info, u8 *data);
void sxt_sk_local_error(struct sock *sk, int err, struct flowi6 *fl6,
			u32 info);
void sxt_sk_pmtu_told(struct sock *sk, struct flowi6 *fl6, u32 mtu);
int sxt_sk_recv_error(struct sock *sk, struct msghdr *msg, int len,
		      int *addr_len);
int sxt_sk_recv_pmtu(struct sock *sk, struct msghdr *msg, int len,
		     int *addr_len);

/* dgram_out.c; the socket is locked for what has a cork, not for the rest: */
typedef int sxt_getfrag_t(void *from, char *to, int offset, int len, int odd,
			  struct sk_buff *skb);
struct sk_buff *sxt_dgram_build(struct sock *sk, sxt_getfrag_t *getfrag,
				void *from, size_t length,
				unsigned int transport_hdr_len,
				struct ipcm6_cookie *ipc6,
				struct rt6_info *rt, const struct flowi6 *fl6,
				unsigned int flags);
int sxt_dgram_append(struct sock *sk, sxt_getfrag_t *getfrag, void *from,
		     size_t length, unsigned int transport_hdr_len,
		     struct ipcm6_cookie *ipc6, struct flowi6 *fl6,
		     struct rt6_info *rt, unsigned int flags);
struct sk_buff *sxt_dgram_finish(struct sock *sk);
void sxt_dgram_flush(struct sock *sk);
int sxt_dgram_send(struct sk_buff *skb);

/* flowlabel.c (RFC 6437, IPV6_FLOWLABEL_MGR): */
struct ip6_flowlabel *sxt_flowlabel_find(struct sock *sk, __be32 label);
bool sxt_flowlabel_is_auto(const struct net *net, const struct sock *sk);
__be32 sxt_flowlabel_auto(const struct net *net, struct sk_buff *skb,
			  __be32 label, bool auto_label, struct flowi6 *fl6);

/* proc_dgram.c: a line of /proc/net/{raw6,icmp6,udp6,udplite6} */
void sxt_proc_dgram_line(struct seq_file *seq, struct sock *sk, u16 srcp,
			 u16 destp, int rqueue, int bucket);

#endif /* SXT_SOCKET_H */
