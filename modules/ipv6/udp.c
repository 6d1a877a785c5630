// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP and UDP-Lite sockets of AF_INET6: the protocols, and what is theirs of a
 * socket's life and options. Sockets of both families are in the same tables,
 * which are the kernel's.
 */
#include <linux/bpf-cgroup.h>
#include <net/inet_common.h>
#include <net/udp_tunnel.h>
#include <net/transp_v6.h>
#include <net/udplite.h>
#include "udp_int.h"

static void udp_destruct(struct sock *sk)
{
	udp_destruct_common(sk);
	sxt_sock_destruct(sk);
}

static int udp_open(struct sock *sk)
{
	udp_lib_init_sock(sk);
	sk->sk_destruct = udp_destruct;
	set_bit(SOCK_SUPPORT_ZC, &sk->sk_socket->flags);
	return 0;
}

/* A tunnel's socket lets go of it, and of the switch that it has turned on. */
static void udp_destroy_encap(struct sock *sk)
{
	const struct udp_sock *up = udp_sk(sk);
	void (*destroy)(struct sock *sk) = READ_ONCE(up->encap_destroy);

	if (destroy && up->encap_type)
		destroy(sk);
	if (udp_test_bit(ENCAP_ENABLED, sk)) {
		udp_encap_disable();
		static_branch_dec(&udpv6_encap_needed_key);
	}
}

static void udp_destroy(struct sock *sk)
{
	lock_sock(sk);
	/* udp_abort() comes too late from here on. */
	sock_set_flag(sk, SOCK_DEAD);
	sxt_udp_flush(sk);
	release_sock(sk);
	if (static_branch_unlikely(&udpv6_encap_needed_key))
		udp_destroy_encap(sk);
}

/* A BPF program sees no more than the caller has given. */
static int udp_before_connect(struct sock *sk, struct sockaddr *addr,
			      int addr_len)
{
	if (addr_len < (int)sizeof(addr->sa_family))
		return -EINVAL;
	if (addr->sa_family == AF_INET)
		return ipv6_only_sock(sk) ? -EAFNOSUPPORT :
					    udp_pre_connect(sk, addr, addr_len);
	if (addr_len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	return BPF_CGROUP_RUN_PROG_INET6_CONNECT_LOCK(sk, addr, &addr_len);
}

static bool udp_has_level(int level)
{
	return level == SOL_UDP || level == SOL_UDPLITE;
}

static int udp_setopt(struct sock *sk, int level, int name,
		      sockptr_t optval, unsigned int optlen)
{
	if (udp_has_level(level) || level == SOL_SOCKET)
		return udp_lib_setsockopt(sk, level, name, optval, optlen,
					  sxt_udp_push);
	return sxt_sockopt_set(sk, level, name, optval, optlen);
}

static int udp_getopt(struct sock *sk, int level, int name,
		      char __user *value, int __user *len)
{
	if (udp_has_level(level))
		return udp_lib_getsockopt(sk, level, name, value, len);
	return sxt_sockopt_get(sk, level, name, value, len);
}

/* sendfile(2) comes to its end: what it has sent so far is a datagram. */
static void udp_splice_end(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct udp_sock *up = udp_sk(sk);

	if (!READ_ONCE(up->pending) || udp_test_bit(CORK, sk))
		return;
	lock_sock(sk);
	if (up->pending && !udp_test_bit(CORK, sk))
		sxt_udp_push(sk);
	release_sock(sk);
}

/* All that the two protocols have in common. */
#define UDP_PROTO							\
	.owner			= THIS_MODULE,				\
	.obj_size		= sizeof(struct udp6_sock),		\
	.ipv6_pinfo_offset	= offsetof(struct udp6_sock, inet6),	\
	.init			= udp_open,				\
	.close			= udp_lib_close,			\
	.destroy		= udp_destroy,				\
	.get_port		= sxt_udp_get_port,			\
	.put_port		= udp_lib_unhash,			\
	.hash			= udp_lib_hash,				\
	.rehash			= sxt_udp_rehash,			\
	.unhash			= udp_lib_unhash,			\
	.pre_connect		= udp_before_connect,			\
	.connect		= sxt_dgram_connect,			\
	.disconnect		= sxt_dgram_disconnect,			\
	.release_cb		= sxt_dgram_release_cb,			\
	.recvmsg		= sxt_udp_recvmsg,			\
	.sendmsg		= sxt_udp_sendmsg,			\
	.getsockopt		= udp_getopt,				\
	.setsockopt		= udp_setopt,				\
	.ioctl			= udp_ioctl,				\
	.sysctl_mem		= sysctl_udp_mem,			\
	.sysctl_rmem_offset	= offsetof(struct net,			\
					   ipv4.sysctl_udp_rmem_min),	\
	.sysctl_wmem_offset	= offsetof(struct net,			\
					   ipv4.sysctl_udp_wmem_min),	\
	.per_cpu_fw_alloc	= &udp_memory_per_cpu_fw_alloc,		\
	.memory_allocated	= &udp_memory_allocated

struct proto sxt_udp_prot = {
	UDP_PROTO,
	.name			= "UDPv6",
	.splice_eof		= udp_splice_end,
	.diag_destroy		= udp_abort,
};

struct proto sxt_udplite_prot = {
	UDP_PROTO,
	.name			= "UDPLITEv6",
	.h.udp_table		= &udplite_table,
};

static const struct inet6_protocol udp_protocol = {
	.flags		= INET6_PROTO_FINAL | INET6_PROTO_NOPOLICY,
	.err_handler	= sxt_udp_err,
	.handler	= sxt_udp_rcv,
};

static const struct inet6_protocol udplite_protocol = {
	.flags		= INET6_PROTO_FINAL | INET6_PROTO_NOPOLICY,
	.err_handler	= sxt_udplite_err,
	.handler	= sxt_udplite_rcv,
};

static int udp_register(void)
{
	int err = proto_register(&sxt_udp_prot, 1);

	if (err)
		return err;
	err = proto_register(&sxt_udplite_prot, 1);
	if (err)
		proto_unregister(&sxt_udp_prot);
	return err;
}

static void udp_unregister(void)
{
	proto_unregister(&sxt_udplite_prot);
	proto_unregister(&sxt_udp_prot);
}

/**
 * sxt_udp_init() - UDP sockets can be made, and packets for them come in
 *
 * Context: process; module load.
 * Return: 0; -ENOMEM; -EAGAIN: somebody else has the protocol.
 */
int sxt_udp_init(void)
{
	int err = udp_register();

	if (err)
		return err;
	err = -EAGAIN;
	if (inet6_add_protocol(&udp_protocol, IPPROTO_UDP))
		goto unregister;
	if (inet6_add_protocol(&udplite_protocol, IPPROTO_UDPLITE))
		goto del_udp;
	err = sxt_udp_gso_init();
	if (!err)
		return 0;
	inet6_del_protocol(&udplite_protocol, IPPROTO_UDPLITE);
del_udp:
	inet6_del_protocol(&udp_protocol, IPPROTO_UDP);
unregister:
	udp_unregister();
	return err;
}

/**
 * sxt_udp_exit() - no UDP any more
 *
 * Context: process; module unload, no socket is left. Sleeps until no packet
 * is in here.
 */
void sxt_udp_exit(void)
{
	sxt_udp_gso_exit();
	inet6_del_protocol(&udplite_protocol, IPPROTO_UDPLITE);
	inet6_del_protocol(&udp_protocol, IPPROTO_UDP);
	udp_unregister();
}
