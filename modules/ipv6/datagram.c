// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the datagrams of a socket go: connect() (RFC 3493 3.2, 3.3, 3.7), the
 * destination of a single one, the interface it leaves through.
 */
#include <linux/security.h>
#include <net/ip.h>
#include <net/sock_reuseport.h>
#include <net/transp_v6.h>
#include <net/udp.h>
#include "sock_int.h"

/**
 * sxt_dgram_copy() - a datagram's bytes out of a message
 * @from: struct msghdr
 * @to: where they go
 * @offset: unused, the message knows where it is
 * @bytes: how many
 * @odd: unused, no checksum is made
 * @skb: unused
 *
 * Context: process.
 * Return: 0 or -EFAULT.
 */
int sxt_dgram_copy(void *from, char *to, int offset, int bytes, int odd,
		   struct sk_buff *skb)
{
	struct msghdr *msg = from;

	return copy_from_iter_full(to, bytes, &msg->msg_iter) ? 0 : -EFAULT;
}

/* A label that somebody has leased for himself is refused to others. */
static int dgram_label_check(struct sock *sk, __be32 flowinfo)
{
	struct ip6_flowlabel *label;

	if (!(flowinfo & IPV6_FLOWLABEL_MASK))
		return 0;
	label = sxt_flowlabel_find(sk, flowinfo & IPV6_FLOWLABEL_MASK);
	if (IS_ERR(label))
		return -EINVAL;
	fl6_sock_release(label);
	return 0;
}

/**
 * sxt_dgram_dst() - where a datagram goes
 * @sk: the socket
 * @sin: the address that came with it, NULL: the connected one
 * @len: its length
 * @fl6: gets daddr, flowlabel, and flowi6_oif if the address names its zone
 *
 * Context: process; the socket need not be locked.
 * Return: 0; -EDESTADDRREQ; -EAFNOSUPPORT; -EINVAL: too short, a zone other
 *	than the socket's, or a flow label that is somebody else's.
 */
int sxt_dgram_dst(struct sock *sk, const struct sockaddr_in6 *sin, int len,
		  struct flowi6 *fl6)
{
	int type;

	if (!sin) {
		if (sk->sk_state != TCP_ESTABLISHED)
			return -EDESTADDRREQ;
		fl6->daddr = sk->sk_v6_daddr;
		fl6->flowlabel = inet6_sk(sk)->flow_label;
		return dgram_label_check(sk, fl6->flowlabel);
	}
	if (len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	if (sin->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	fl6->daddr = sin->sin6_addr;
	type = ipv6_addr_type(&fl6->daddr);
	if (len >= (int)sizeof(*sin) && sin->sin6_scope_id &&
	    __ipv6_addr_needs_scope_id(type)) {
		if (!sk_dev_equal_l3scope(sk, sin->sin6_scope_id))
			return -EINVAL;
		fl6->flowi6_oif = sin->sin6_scope_id;
	}
	if (!inet6_test_bit(SNDFLOW, sk))
		return 0;
	fl6->flowlabel = sin->sin6_flowinfo & IPV6_FLOWINFO_MASK;
	return dgram_label_check(sk, fl6->flowlabel);
}

/**
 * sxt_dgram_oif() - the interface that a socket's options name
 * @sk: the socket
 * @fl6: daddr is set; flowi6_oif is set unless it is already
 *
 * The order of RFC 3542 6.7: ancillary data and zone before this function; the
 * interface that the socket is tied to, IPV6_PKTINFO of the socket,
 * IPV6_MULTICAST_IF or IPV6_UNICAST_IF.
 *
 * Context: any.
 */
void sxt_dgram_oif(const struct sock *sk, struct flowi6 *fl6)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	int usual = ipv6_addr_is_multicast(&fl6->daddr) ?
		    READ_ONCE(np->mcast_oif) : READ_ONCE(np->ucast_oif);

	if (!fl6->flowi6_oif)
		fl6->flowi6_oif = READ_ONCE(sk->sk_bound_dev_if) ?:
				  np->sticky_pktinfo.ipi6_ifindex ?: usual;
}

/* The flow of a connected socket. */
static void dgram_flow(struct sock *sk, struct flowi6 *fl6)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	const struct inet_sock *inet = inet_sk(sk);

	*fl6 = (struct flowi6){
		.flowi6_proto = sk->sk_protocol,
		.flowi6_mark = READ_ONCE(sk->sk_mark),
		.flowi6_uid = sk->sk_uid,
		.flowlabel = ip6_make_flowinfo(np->tclass, np->flow_label),
		.daddr = sk->sk_v6_daddr,
		.saddr = np->saddr,
		.fl6_sport = inet->inet_sport,
		.fl6_dport = inet->inet_dport,
	};
	if (ipv6_addr_any(&fl6->saddr))
		fl6->saddr = np->sticky_pktinfo.ipi6_addr;
	security_sk_classify_flow(sk, flowi6_to_flowi_common(fl6));
}

/*
 * Looks the way to the connected address up and leaves it in the socket. The
 * source address comes with it: @fl6->saddr.
 */
static int dgram_route(struct sock *sk, struct flowi6 *fl6)
{
	struct ipv6_txoptions *opt, *held = NULL;
	struct in6_addr *final_dst, final;
	const struct sockaddr_in6 *via;
	struct sxt_txopt space;
	struct dst_entry *dst;
	int err;

	dgram_flow(sk, fl6);
	opt = sxt_txopt_choose(sk, &fl6->daddr, NULL, &space, &held);
	via = opt ? sxt_txopt(opt)->via : NULL;
	sk_dst_reset(sk);
	err = sxt_next_hop_oif(sk, fl6, via);
	if (err)
		goto out;
	sxt_dgram_oif(sk, fl6);
	final_dst = sxt_exthdr_final_dst(fl6, opt, &final);
	if (via)
		dst = sxt_next_hop_dst(sk, fl6, final_dst, via, true);
	else
		dst = sxt_sk_dst_flow(sk, fl6, final_dst, true);
	if (IS_ERR(dst))
		err = PTR_ERR(dst);
	else
		dst_release(dst);
out:
	txopt_put(held);
	return err;
}

/* The local address moves: in the tables, too. */
static void dgram_rehash(struct sock *sk, const struct in6_addr *addr,
			 __be32 v4)
{
	sxt_udp_move_begin(sk);
	sk->sk_v6_rcv_saddr = *addr;
	inet_sk(sk)->inet_rcv_saddr = v4;
	if (sk->sk_prot->rehash)
		sk->sk_prot->rehash(sk);
	sxt_udp_move_end(sk);
}

/* A source address that was open until now is what the route gave. */
static void dgram_name(struct sock *sk, const struct in6_addr *saddr)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	if (ipv6_addr_any(&np->saddr))
		np->saddr = *saddr;
	if (ipv6_addr_any(&sk->sk_v6_rcv_saddr))
		dgram_rehash(sk, saddr, LOOPBACK4_IPV6);
}

/* The same for a socket that is connected by IPv4. */
static void dgram_name_mapped(struct sock *sk)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(inet->inet_daddr, &sk->sk_v6_daddr);
	if (ipv6_addr_any(&np->saddr) || ipv6_addr_v4mapped(&np->saddr))
		ipv6_addr_set_v4mapped(inet->inet_saddr, &np->saddr);
	if (!ipv6_addr_any(&sk->sk_v6_rcv_saddr) &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return;
	ipv6_addr_set_v4mapped(inet->inet_rcv_saddr, &mapped);
	dgram_rehash(sk, &mapped, inet->inet_rcv_saddr);
}

static int connect_v4(struct sock *sk, struct sockaddr *addr, int addr_len)
{
	struct inet_cork_full *cork = &inet_sk(sk)->cork;
	const struct dst_entry *dst = cork->base.dst;
	const struct flowi was = cork->fl;
	int err = __ip4_datagram_connect(sk, addr, addr_len);

	/* By it goes what IPv4 sends to its peer, and what waits in parts. */
	if (err || (dst && dst->ops->family == AF_INET6))
		cork->fl = was;
	if (!err)
		dgram_name_mapped(sk);
	return err;
}

static int connect_mapped(struct sock *sk, const struct in6_addr *daddr,
			  __be16 port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = daddr->s6_addr32[3],
		.sin_port = port,
	};

	if (ipv6_only_sock(sk))
		return -ENETUNREACH;
	return connect_v4(sk, (struct sockaddr *)&sin, sizeof(sin));
}

/* An address of one link ties the socket to the interface. */
static int connect_zone(struct sock *sk, const struct sockaddr_in6 *sin,
			int addr_len, int type)
{
	int zone = 0;

	if (!__ipv6_addr_needs_scope_id(type))
		return 0;
	if (addr_len >= (int)sizeof(*sin))
		zone = sin->sin6_scope_id;
	if (zone && !sk_dev_equal_l3scope(sk, zone))
		return -EINVAL;
	if (!zone)
		zone = sk->sk_bound_dev_if;
	if (!zone && (type & IPV6_ADDR_MULTICAST))
		zone = READ_ONCE(inet6_sk(sk)->mcast_oif);
	if (!zone)
		return -EINVAL;
	WRITE_ONCE(sk->sk_bound_dev_if, zone);
	return 0;
}

/* If there is no way, the socket stays what it was. */
static int connect_v6(struct sock *sk, const struct in6_addr *daddr,
		      __be16 port, __be32 label)
{
	const struct in6_addr was_daddr = sk->sk_v6_daddr;
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct inet_sock *inet = inet_sk(sk);
	__be16 was_port = inet->inet_dport;
	__be32 was_label = np->flow_label;
	struct flowi6 fl6;
	int err;

	sk->sk_v6_daddr = *daddr;
	inet->inet_dport = port;
	np->flow_label = label;
	err = dgram_route(sk, &fl6);
	if (err) {
		sk->sk_v6_daddr = was_daddr;
		inet->inet_dport = was_port;
		np->flow_label = was_label;
		return err;
	}
	dgram_name(sk, &fl6.saddr);
	reuseport_has_conns_set(sk);
	sk->sk_state = TCP_ESTABLISHED;
	sk_set_txhash(sk);
	return 0;
}

/**
 * sxt_dgram_connect_locked() - connects a datagram socket
 * @sk: the socket
 * @addr: struct sockaddr_in6, or struct sockaddr_in on a socket for both
 * @addr_len: its length
 *
 * Context: process; the socket is locked.
 * Return: 0; -EINVAL: too short, a link-local address without zone or with
 *	one that isn't the socket's; -EAFNOSUPPORT; what the route lookup says.
 */
int sxt_dgram_connect_locked(struct sock *sk, struct sockaddr *addr,
			     int addr_len)
{
	const struct sockaddr_in6 *sin = (const struct sockaddr_in6 *)addr;
	const int was_oif = sk->sk_bound_dev_if;
	struct in6_addr daddr;
	__be32 label = 0;
	int err;

	if (addr_len < (int)sizeof(addr->sa_family))
		return -EINVAL;
	if (addr->sa_family == AF_INET)
		return ipv6_only_sock(sk) ? -EAFNOSUPPORT :
					    connect_v4(sk, addr, addr_len);
	if (addr_len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	if (sin->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	if (inet6_test_bit(SNDFLOW, sk)) {
		label = sin->sin6_flowinfo & IPV6_FLOWINFO_MASK;
		err = dgram_label_check(sk, label);
		if (err)
			return err;
	}

	daddr = sin->sin6_addr;
	/* To nowhere is to this node, as in BSD. */
	if (ipv6_addr_any(&daddr)) {
		if (ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
			ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &daddr);
		else
			daddr = in6addr_loopback;
	}
	if (ipv6_addr_v4mapped(&daddr))
		return connect_mapped(sk, &daddr, sin->sin6_port);
	err = connect_zone(sk, sin, addr_len, ipv6_addr_type(&daddr));
	if (err)
		return err;
	err = connect_v6(sk, &daddr, sin->sin6_port, label);
	if (err)
		WRITE_ONCE(sk->sk_bound_dev_if, was_oif);
	return err;
}

/**
 * sxt_dgram_connect() - as sxt_dgram_connect_locked(), and locks
 * @sk: the socket
 * @addr: the address
 * @addr_len: its length
 *
 * Context: process.
 * Return: as there.
 */
int sxt_dgram_connect(struct sock *sk, struct sockaddr *addr, int addr_len)
{
	int err;

	lock_sock(sk);
	err = sxt_dgram_connect_locked(sk, addr, addr_len);
	release_sock(sk);
	return err;
}

/**
 * sxt_dgram_connect_only() - as sxt_dgram_connect(), without IPv4
 * @sk: the socket, of a protocol that has IPv6 only: raw, ping
 * @addr: the address
 * @addr_len: its length
 *
 * Context: process.
 * Return: as there; -EAFNOSUPPORT for struct sockaddr_in; -ENETUNREACH for an
 *	IPv4-mapped address.
 */
int sxt_dgram_connect_only(struct sock *sk, struct sockaddr *addr,
			   int addr_len)
{
	const struct sockaddr_in6 *sin = (const struct sockaddr_in6 *)addr;

	if (addr_len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	if (sin->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	if (ipv6_addr_v4mapped(&sin->sin6_addr))
		return -ENETUNREACH;
	return sxt_dgram_connect(sk, addr, addr_len);
}

/**
 * sxt_dgram_disconnect() - connect() to AF_UNSPEC: no peer any more
 * @sk: the socket
 * @flags: unused
 *
 * Context: process; locks the socket.
 * Return: 0.
 */
int sxt_dgram_disconnect(struct sock *sk, int flags)
{
	lock_sock(sk);
	sxt_udp_move_begin(sk);
	__udp_disconnect(sk, flags);
	sxt_udp_move_end(sk);
	sk->sk_v6_daddr = in6addr_any;
	inet6_sk(sk)->flow_label = 0;
	release_sock(sk);
	return 0;
}

/**
 * sxt_dgram_release_cb() - the socket's lock is let go
 * @sk: the socket
 *
 * A route that has ceased while the lock was held is replaced, so that who asks
 * for the path's MTU gets the new one.
 *
 * Context: process or softirq, bottom halves off; the socket's spinlock is
 * held.
 */
void sxt_dgram_release_cb(struct sock *sk)
{
	struct dst_entry *dst;
	struct flowi6 fl6;
	bool stale;

	if (sk->sk_state != TCP_ESTABLISHED)
		return;
	if (ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		ip4_datagram_release_cb(sk);
		return;
	}
	rcu_read_lock();
	dst = __sk_dst_get(sk);
	stale = dst && READ_ONCE(dst->obsolete) &&
		!dst->ops->check(dst, inet6_sk(sk)->dst_cookie);
	if (stale)
		dgram_route(sk, &fl6);
	rcu_read_unlock();
}
