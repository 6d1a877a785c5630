// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding a socket to an address and a port (RFC 3493 3.7, 5.3): zones of
 * link-local addresses, IPv4-mapped addresses, addresses that aren't there
 * (yet), and the hooks of BPF.
 */
#include <linux/bpf-cgroup.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/transp_v6.h>
#include "iface.h"
#include "sock_int.h"

/* An IPv4 address in IPv6 clothes: what an IPv4 socket could bind to. */
static int bind_where_mapped(struct sock *sk, __be32 v4,
			     struct sxt_bind_to *to)
{
	struct net *net = sock_net(sk);
	struct net_device *dev = NULL;
	int type;

	if (ipv6_only_sock(sk))
		return -EINVAL;
	if (to->oif) {
		dev = dev_get_by_index_rcu(net, to->oif);
		if (!dev)
			return -ENODEV;
	}
	type = inet_addr_type_dev_table(net, dev, v4);
	if (!inet_addr_valid_or_nonlocal(net, inet_sk(sk), v4, type))
		return -EADDRNOTAVAIL;
	to->v4 = v4;
	to->mapped = true;
	to->group = type == RTN_MULTICAST || type == RTN_BROADCAST;
	return 0;
}

/* Addresses of one link name it: by the zone, or the socket has it already. */
static int bind_zone(const struct sockaddr_in6 *addr, int addr_len,
		     struct sxt_bind_to *to)
{
	if (addr_len >= (int)sizeof(*addr) && addr->sin6_scope_id)
		to->oif = addr->sin6_scope_id;
	return to->oif ? 0 : -EINVAL;
}

static int bind_where_v6(struct sock *sk, const struct sockaddr_in6 *addr,
			 int addr_len, int type, struct sxt_bind_to *to)
{
	bool zoned = __ipv6_addr_needs_scope_id(type);
	struct net *net = sock_net(sk);
	struct net_device *dev = NULL;
	int err;

	to->v4 = LOOPBACK4_IPV6;
	to->group = type & IPV6_ADDR_MULTICAST;
	if (zoned) {
		err = bind_zone(addr, addr_len, to);
		if (err)
			return err;
	}
	if (to->oif) {
		dev = dev_get_by_index_rcu(net, to->oif);
		if (!dev)
			return -ENODEV;
	}
	if (to->group || ipv6_can_nonlocal_bind(net, inet_sk(sk)))
		return 0;
	if (!sxt_ifa_serves(net, &addr->sin6_addr, dev, IFA_F_TENTATIVE))
		return -EADDRNOTAVAIL;
	return 0;
}

/**
 * sxt_sock_bind_where() - may a socket be bound to this address?
 * @sk: the socket
 * @addr: the address
 * @addr_len: its length, at least up to sin6_addr
 * @to: filled in
 *
 * Context: process; the socket is locked.
 * Return: 0; -EINVAL: a link-local address without zone, or a mapped one on a
 *	socket for IPv6 only; -ENODEV: no such interface; -EADDRNOTAVAIL: not an
 *	address of this node.
 */
int sxt_sock_bind_where(struct sock *sk, const struct sockaddr_in6 *addr,
			int addr_len, struct sxt_bind_to *to)
{
	int type = ipv6_addr_type(&addr->sin6_addr);
	int err = 0;

	*to = (struct sxt_bind_to){ .oif = sk->sk_bound_dev_if };
	rcu_read_lock();
	if (type == IPV6_ADDR_MAPPED)
		err = bind_where_mapped(sk, addr->sin6_addr.s6_addr32[3], to);
	else if (type != IPV6_ADDR_ANY)
		err = bind_where_v6(sk, addr, addr_len, type, to);
	rcu_read_unlock();
	return err;
}

/**
 * sxt_sock_bind_set() - a socket's local address from now on
 * @sk: the socket
 * @addr: the address
 * @to: what sxt_sock_bind_where() found
 *
 * Context: process; the socket is locked.
 */
void sxt_sock_bind_set(struct sock *sk, const struct in6_addr *addr,
		       const struct sxt_bind_to *to)
{
	struct inet_sock *inet = inet_sk(sk);

	WRITE_ONCE(sk->sk_bound_dev_if, to->oif);
	inet->inet_rcv_saddr = to->v4;
	inet->inet_saddr = to->group && to->mapped ? 0 : to->v4;
	sk->sk_v6_rcv_saddr = *addr;
	/* IPv4's wildcard and groups are no source, but IPv4's all the same. */
	if (!to->group || to->mapped)
		inet6_sk(sk)->saddr = *addr;
}

/* The port, and what a BPF program says of the whole. */
static int bind_port(struct sock *sk, unsigned short port, u32 flags)
{
	int err;

	if (!port && (inet_test_bit(BIND_ADDRESS_NO_PORT, sk) ||
		      (flags & BIND_FORCE_ADDRESS_NO_PORT)))
		return 0;
	err = sk->sk_prot->get_port(sk, port);
	if (err || (flags & BIND_FROM_BPF))
		return err;
	err = BPF_CGROUP_RUN_PROG_INET6_POST_BIND(sk);
	if (err && sk->sk_prot->put_port)
		sk->sk_prot->put_port(sk);
	return err;
}

static bool bind_port_allowed(struct net *net, unsigned short port)
{
	return !port || !inet_port_requires_bind_service(net, port) ||
	       ns_capable(net->user_ns, CAP_NET_BIND_SERVICE);
}

static int bind_locked(struct sock *sk, const struct sockaddr_in6 *addr,
		       int addr_len, u32 flags)
{
	bool any = ipv6_addr_any(&addr->sin6_addr);
	struct inet_sock *inet = inet_sk(sk);
	bool was_only = sk->sk_ipv6only;
	int was_oif = sk->sk_bound_dev_if;
	struct sxt_bind_to to;
	int err;

	if (sk->sk_state != TCP_CLOSE || inet->inet_num)
		return -EINVAL;
	err = sxt_sock_bind_where(sk, addr, addr_len, &to);
	if (err)
		return err;
	sxt_sock_bind_set(sk, &addr->sin6_addr, &to);
	/* A real IPv6 address never meets an IPv4 socket's. */
	if (!any && !to.mapped)
		sk->sk_ipv6only = 1;
	err = bind_port(sk, ntohs(addr->sin6_port), flags);
	if (err) {
		sk->sk_ipv6only = was_only;
		WRITE_ONCE(sk->sk_bound_dev_if, was_oif);
		inet_reset_saddr(sk);
		return err;
	}
	inet->inet_daddr = 0;
	inet->inet_dport = 0;
	inet->inet_sport = htons(inet->inet_num);
	if (addr->sin6_port)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	if (!any)
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	sk_dst_reset(sk);
	return 0;
}

/**
 * sxt_sock_bind_addr() - binds a socket to an address and a port
 * @sk: the socket
 * @uaddr: struct sockaddr_in6, readable up to sin6_addr at least
 * @addr_len: its length
 * @flags: BIND_*
 *
 * Also for BPF programs (ipv6_bpf_stub).
 *
 * Context: process, or with BIND_WITH_LOCK not given: the socket is locked.
 * Return: 0; -EAFNOSUPPORT; -EACCES: the port is a privileged one; -EINVAL:
 *	bound already; -EADDRINUSE; what sxt_sock_bind_where() says.
 */
int sxt_sock_bind_addr(struct sock *sk, struct sockaddr *uaddr, int addr_len,
		       u32 flags)
{
	const struct sockaddr_in6 *addr = (const struct sockaddr_in6 *)uaddr;
	int err;

	if (addr->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	if (sk->sk_type == SOCK_STREAM &&
	    ipv6_addr_is_multicast(&addr->sin6_addr))
		return -EINVAL;
	if (!(flags & BIND_NO_CAP_NET_BIND_SERVICE) &&
	    !bind_port_allowed(sock_net(sk), ntohs(addr->sin6_port)))
		return -EACCES;

	if (flags & BIND_WITH_LOCK)
		lock_sock(sk);
	err = bind_locked(sk, addr, addr_len, flags);
	if (flags & BIND_WITH_LOCK)
		release_sock(sk);
	return err;
}

/**
 * sxt_sock_bind() - bind(2)
 * @sock: the socket
 * @addr: the address
 * @addr_len: its length
 *
 * Context: process.
 * Return: 0 or what sxt_sock_bind_addr() or the protocol's own bind says.
 */
int sxt_sock_bind(struct socket *sock, struct sockaddr *addr, int addr_len)
{
	struct sock *sk = sock->sk;
	u32 flags = BIND_WITH_LOCK;
	const struct proto *prot;
	int err;

	/* IPV6_ADDRFORM may change it at any time. */
	prot = READ_ONCE(sk->sk_prot);
	if (prot->bind)
		return prot->bind(sk, addr, addr_len);
	if (addr_len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	err = BPF_CGROUP_RUN_PROG_INET_BIND_LOCK(sk, addr, &addr_len,
						 CGROUP_INET6_BIND, &flags);
	if (err)
		return err;
	return sxt_sock_bind_addr(sk, addr, addr_len, flags);
}
