// SPDX-License-Identifier: GPL-2.0-only
/*
 * The socket family AF_INET6: which protocols it has, how a socket of it comes
 * and goes, and what its ends are called. Binding is in sock_bind.c, requests
 * by ioctl() in sock_ioctl.c.
 */
#include <linux/bpf-cgroup.h>
#include <linux/compat.h>
#include <linux/module.h>
#include <net/transp_v6.h>
#include <net/udp.h>
#include "mcast.h"
#include "sock_int.h"
#include "socket.h"

/**
 * struct sock_kind - what socket(2) may ask for
 * @type: SOCK_*
 * @protocol: IPPROTO_*, IPPROTO_IP: any but zero
 * @reuse: addresses are shared from the start
 * @prot: the protocol
 * @ops: what system calls do
 */
struct sock_kind {
	int type;
	int protocol;
	bool reuse;
	struct proto *prot;
	const struct proto_ops *ops;
};

/*
 * The first of a type is what protocol 0 means. SOCK_STREAM has no line yet:
 * that is TCP's place.
 */
static const struct sock_kind sock_kinds[] = {
	{ SOCK_DGRAM, IPPROTO_UDP, false, &sxt_udp_prot, &sxt_dgram_ops },
	{ SOCK_DGRAM, IPPROTO_UDPLITE, false, &sxt_udplite_prot,
	  &sxt_dgram_ops },
	{ SOCK_DGRAM, IPPROTO_ICMPV6, true, &sxt_ping_prot, &sxt_raw_ops },
	{ SOCK_RAW, IPPROTO_IP, true, &sxt_raw_prot, &sxt_raw_ops },
};

static const struct sock_kind *sock_kind_find(int type, int *protocol)
{
	const struct sock_kind *kind;
	int err = -ESOCKTNOSUPPORT;

	for (kind = sock_kinds; kind < sock_kinds + ARRAY_SIZE(sock_kinds);
	     kind++) {
		if (kind->type != type)
			continue;
		err = -EPROTONOSUPPORT;
		if (!*protocol)
			*protocol = kind->protocol;
		if (!*protocol)
			break;
		if (kind->protocol == IPPROTO_IP || kind->protocol == *protocol)
			return kind;
	}
	return ERR_PTR(err);
}

/* What the parts of the kernel that serve both families look at. */
static void sock_init_inet(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct net *net = sock_net(sk);

	inet->uc_ttl = -1;
	inet->mc_ttl = 1;
	inet_set_bit(MC_LOOP, sk);
	inet_set_bit(MC_ALL, sk);
	inet->pmtudisc = READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc) ?
			 IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	sk->sk_txrehash = READ_ONCE(net->core.sysctl_txrehash);
}

static void sock_init_inet6(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct ipv6_pinfo *np;

	np = (void *)sk + sk->sk_prot->ipv6_pinfo_offset;
	inet_sk(sk)->pinet6 = np;
	np->hop_limit = -1;
	np->mcast_hops = IPV6_DEFAULT_MCASTHOPS;
	np->pmtudisc = IPV6_PMTUDISC_WANT;
	inet6_set_bit(MC6_LOOP, sk);
	inet6_set_bit(MC6_ALL, sk);
	inet6_assign_bit(REPFLOW, sk, net->ipv6.sysctl.flowlabel_reflect &
				      FLOWLABEL_REFLECT_ESTABLISHED);
	sk->sk_ipv6only = net->ipv6.sysctl.bindv6only;
}

/* A raw socket's number is its protocol: it receives from now on. */
static int sock_start(struct sock *sk, bool kern)
{
	struct inet_sock *inet = inet_sk(sk);
	int err = 0;

	if (sk->sk_type == SOCK_RAW) {
		inet->inet_num = sk->sk_protocol;
		inet->inet_sport = htons(inet->inet_num);
		inet_assign_bit(HDRINCL, sk, sk->sk_protocol == IPPROTO_RAW);
	}
	if (sk->sk_prot->init)
		err = sk->sk_prot->init(sk);
	if (!err && inet->inet_num)
		err = sk->sk_prot->hash(sk);
	if (!err && !kern)
		err = BPF_CGROUP_RUN_PROG_INET_SOCK(sk);
	return err;
}

static int sock_create6(struct net *net, struct socket *sock, int protocol,
			int kern)
{
	const struct sock_kind *kind;
	struct sock *sk;
	int err;

	if (protocol < 0 || protocol >= IPPROTO_MAX)
		return -EINVAL;
	kind = sock_kind_find(sock->type, &protocol);
	if (IS_ERR(kind))
		return PTR_ERR(kind);
	if (sock->type == SOCK_RAW && !kern &&
	    !ns_capable(net->user_ns, CAP_NET_RAW))
		return -EPERM;

	sk = sk_alloc(net, PF_INET6, GFP_KERNEL, kind->prot, kern);
	if (!sk)
		return -ENOBUFS;
	sock->state = SS_UNCONNECTED;
	sock->ops = kind->ops;
	sock_init_data(sock, sk);
	sk->sk_protocol = protocol;
	sk->sk_destruct = sxt_sock_destruct;
	sk->sk_backlog_rcv = kind->prot->backlog_rcv;
	if (kind->reuse)
		sk->sk_reuse = SK_CAN_REUSE;
	sock_init_inet(sk);
	sock_init_inet6(sk);

	err = sock_start(sk, kern);
	if (err) {
		sk_common_release(sk);
		sock->sk = NULL;
	}
	return err;
}

static int sock_release6(struct socket *sock)
{
	if (sock->sk) {
		sxt_mcast_sock_close(sock->sk);
		sxt_anycast_sock_close(sock->sk);
	}
	return inet_release(sock);
}

/**
 * sxt_sock_destroy() - a socket's IPv6 part ends
 * @sk: the socket; nobody else uses it any more
 *
 * Sticky options, flow labels, what was kept of received options and path MTU.
 * Groups have gone before, when the socket was closed: they want a process.
 *
 * Context: any but hard interrupt.
 */
void sxt_sock_destroy(struct sock *sk)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	if (!np)
		return;
	kfree_skb(xchg(&np->pktoptions, NULL));
	kfree_skb(xchg(&np->rxpmtu, NULL));
	sxt_flowlabel_release(sk);
	sxt_txopt_replace(sk, NULL);
}

/**
 * sxt_sock_destruct() - a socket ends
 * @sk: the socket
 *
 * sk->sk_destruct() of all protocols that have nothing to add.
 *
 * Context: any but hard interrupt; the module is still held by the socket.
 */
void sxt_sock_destruct(struct sock *sk)
{
	sxt_sock_destroy(sk);
	inet_sock_destruct(sk);
}

static struct sockaddr_in6 sock_peer(const struct sock *sk)
{
	bool flow = inet6_test_bit(SNDFLOW, sk);

	return (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_addr = sk->sk_v6_daddr,
		.sin6_port = inet_sk(sk)->inet_dport,
		.sin6_flowinfo = flow ? inet6_sk(sk)->flow_label : 0,
	};
}

static struct sockaddr_in6 sock_own(const struct sock *sk)
{
	bool open = ipv6_addr_any(&sk->sk_v6_rcv_saddr);

	return (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_addr = open ? inet6_sk(sk)->saddr : sk->sk_v6_rcv_saddr,
		.sin6_port = inet_sk(sk)->inet_sport,
	};
}

static int sock_getname6(struct socket *sock, struct sockaddr *addr, int peer)
{
	struct sockaddr_in6 *sin = (struct sockaddr_in6 *)addr;
	struct sock *sk = sock->sk;
	int len = sizeof(*sin);

	lock_sock(sk);
	if (!peer) {
		*sin = sock_own(sk);
		BPF_CGROUP_RUN_SA_PROG(sk, addr, &len,
				       CGROUP_INET6_GETSOCKNAME);
	} else if (sk->sk_state != TCP_CLOSE && inet_sk(sk)->inet_dport) {
		*sin = sock_peer(sk);
		BPF_CGROUP_RUN_SA_PROG(sk, addr, &len,
				       CGROUP_INET6_GETPEERNAME);
	} else {
		len = -ENOTCONN;
	}
	if (len > 0)
		sin->sin6_scope_id = ipv6_iface_scope_id(&sin->sin6_addr,
							 sk->sk_bound_dev_if);
	release_sock(sk);
	return len;
}

#ifdef CONFIG_COMPAT
#define SOCK_COMPAT_OPS	.compat_ioctl = sxt_sock_compat_ioctl,
#else
#define SOCK_COMPAT_OPS
#endif

/* All that sockets without a connection have in common. */
#define SOCK_OPS							\
	SOCK_COMPAT_OPS							\
	.owner		= THIS_MODULE,					\
	.family		= PF_INET6,					\
	.bind		= sxt_sock_bind,				\
	.connect	= inet_dgram_connect,				\
	.getname	= sock_getname6,				\
	.sendmsg	= inet_sendmsg,					\
	.setsockopt	= sock_common_setsockopt,			\
	.ioctl		= sxt_sock_ioctl,				\
	.getsockopt	= sock_common_getsockopt,			\
	.gettstamp	= sock_gettstamp,				\
	.shutdown	= inet_shutdown,				\
	.release	= sock_release6,				\
	.accept		= sock_no_accept,				\
	.mmap		= sock_no_mmap,					\
	.socketpair	= sock_no_socketpair,				\
	.listen		= sock_no_listen

const struct proto_ops sxt_dgram_ops = {
	SOCK_OPS,
	.recvmsg	= inet_recvmsg,
	.poll		= udp_poll,
	.read_skb	= udp_read_skb,
	.splice_eof	= inet_splice_eof,
	.set_peek_off	= udp_set_peek_off,
};

const struct proto_ops sxt_raw_ops = {
	SOCK_OPS,
	.recvmsg	= sock_common_recvmsg,
	.poll		= datagram_poll,
};

static const struct net_proto_family sock_family = {
	.family		= PF_INET6,
	.create		= sock_create6,
	.owner		= THIS_MODULE,
};

/**
 * sxt_sock_init() - programs can make sockets from now on
 *
 * The protocols are registered before.
 *
 * Context: process; module load.
 * Return: 0, or -EEXIST: somebody else has the family.
 */
int sxt_sock_init(void)
{
	return sock_register(&sock_family);
}

/**
 * sxt_sock_exit() - no new sockets
 *
 * Context: process; module unload. None is open: each holds the module.
 */
void sxt_sock_exit(void)
{
	sock_unregister(PF_INET6);
}
