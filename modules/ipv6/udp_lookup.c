// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the UDP socket that a packet is for, in the tables that both families
 * share: by port, and by port and local address.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/jhash.h>
#include <linux/once.h>
#include <net/inet6_hashtables.h>
#include <net/sock_reuseport.h>
#include "udp_int.h"

/**
 * struct udp_query - a packet, as sockets see it
 * @net: namespace
 * @saddr: its source
 * @daddr: its destination
 * @sport: source port
 * @dport: destination port, host order
 * @dif: the interface that it came in by
 * @sdif: the slave of a VRF that it came in by, or 0
 */
struct udp_query {
	const struct net *net;
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	__be16 sport;
	u16 dport;
	int dif;
	int sdif;
};

/**
 * sxt_udp_ehashfn() - which of a group of sockets serves a flow
 * @net: namespace
 * @ours: local address
 * @lport: local port, host order
 * @theirs: remote address
 * @fport: remote port
 *
 * Context: any.
 * Return: a hash that strangers can't foresee.
 */
u32 sxt_udp_ehashfn(const struct net *net, const struct in6_addr *ours,
		    const u16 lport, const struct in6_addr *theirs,
		    const __be16 fport)
{
	static u32 udp_secret __read_mostly;
	u32 ports = (u32)lport << 16 | (__force u16)fport;
	u32 hash;

	net_get_random_once(&udp_secret, sizeof(udp_secret));
	hash = jhash2((__force const u32 *)theirs->s6_addr32, 4, udp_secret);
	return jhash_3words((__force u32)ours->s6_addr32[3], hash, ports,
			    udp_secret + net_hash_mix(net));
}

/*
 * How well does a socket fit that has @local as address? -1: not at all. What
 * a socket has said (its peer, its interface) counts the same; the CPU that it
 * wants decides between equals.
 */
static int udp_score(const struct sock *sk, const struct udp_query *q,
		     const struct in6_addr *local)
{
	const struct inet_sock *inet = inet_sk(sk);
	int score = 0;
	int bound;

	if (udp_sk(sk)->udp_port_hash != q->dport ||
	    sk->sk_family != PF_INET6 || !net_eq(sock_net(sk), q->net) ||
	    !ipv6_addr_equal(&sk->sk_v6_rcv_saddr, local))
		return -1;
	if (!ipv6_addr_any(&sk->sk_v6_daddr)) {
		if (!ipv6_addr_equal(q->saddr, &sk->sk_v6_daddr))
			return -1;
		score += 2;
	}
	if (inet->inet_dport) {
		if (q->sport != inet->inet_dport)
			return -1;
		score += 2;
	}
	bound = READ_ONCE(sk->sk_bound_dev_if);
	if (!udp_sk_bound_dev_eq(q->net, bound, q->dif, q->sdif))
		return -1;
	if (bound)
		score += 2;
	if (READ_ONCE(sk->sk_incoming_cpu) == raw_smp_processor_id())
		score++;
	return score;
}

/*
 * The best in a chain of sockets by port and address. Of sockets that share
 * (SO_REUSEPORT) the group says which; unless one of it is connected, in which
 * case that may fit better than what the group says. NULL, or an error: the
 * group's program wants nobody to get it.
 */
static struct sock *udp_best(const struct udp_query *q,
			     const struct in6_addr *local,
			     struct udp_table *table, struct sk_buff *skb)
{
	unsigned int hash = ipv6_portaddr_hash(q->net, local, q->dport);
	struct udp_hslot *slot = udp_hashslot2(table, hash);
	struct sock *sk, *one, *best, *last;
	unsigned int walks = 0;
	int most;

again:
	best = NULL;
	last = NULL;
	most = -1;
	udp_portaddr_for_each_entry_rcu(sk, &slot->head) {
		int score = udp_score(sk, q, local);

		last = sk;
		if (score <= most)
			continue;
		most = score;
		best = sk;
		if (sk->sk_state == TCP_ESTABLISHED || !sk->sk_reuseport)
			continue;
		one = inet6_lookup_reuseport(q->net, sk, skb,
					     sizeof(struct udphdr), q->saddr,
					     q->sport, q->daddr, q->dport,
					     sxt_udp_ehashfn);
		if (!one)
			continue;
		best = one;
		if (!reuseport_has_conns(sk))
			return one;
		if (!IS_ERR(one))
			most = max(most, udp_score(one, q, local));
	}
	if (unlikely(sxt_udp_strayed(last, slot, table)) &&
	    ++walks < SXT_UDP_WALKS)
		goto again;
	return best;
}

/* All sockets of a port, whose chain may be long. */
static struct sock *udp_by_port(const struct udp_query *q,
				struct udp_table *table)
{
	struct udp_hslot *slot = udp_hashslot(table, q->net, q->dport);
	struct sock *sk, *best = NULL;
	int score, most = -1;

	sk_for_each_rcu(sk, &slot->head) {
		score = max(udp_score(sk, q, q->daddr),
			    udp_score(sk, q, &in6addr_any));
		if (score > most) {
			most = score;
			best = sk;
		}
	}
	return best;
}

/*
 * A socket that is just getting another address is in no chain by address for
 * a moment; by port it is always found. Strangers ask for ports and addresses
 * that nobody has, so that long way is not for each of them: by address once
 * more, and if no socket moved meanwhile, there is none.
 */
static noinline struct sock *udp_find_moving(const struct udp_query *q,
					     struct udp_table *table,
					     struct sk_buff *skb)
{
	struct sxt_ip6_net *n = sxt_ip6_net(q->net);
	int moved = atomic_read_acquire(&n->udp_moved);
	struct sock *sk;

	sk = udp_best(q, q->daddr, table, skb);
	if (!sk)
		sk = udp_best(q, &in6addr_any, table, skb);
	if (sk)
		return sk;
	/* pairs with sxt_udp_move_begin(), then with sxt_udp_move_end() */
	smp_rmb();
	if (!atomic_read_acquire(&n->udp_moving) &&
	    atomic_read(&n->udp_moved) == moved)
		return NULL;
	return udp_by_port(q, table);
}

static struct sock *udp_find(const struct udp_query *q,
			     struct udp_table *table, struct sk_buff *skb)
{
	struct sock *sk, *own;

	own = udp_best(q, q->daddr, table, skb);
	if (!IS_ERR_OR_NULL(own) && own->sk_state == TCP_ESTABLISHED)
		return own;
	/* A program may choose any socket, but not before a connected one. */
	if (static_branch_unlikely(&bpf_sk_lookup_enabled) &&
	    table == q->net->ipv4.udp_table) {
		sk = inet6_lookup_run_sk_lookup(q->net, IPPROTO_UDP, skb,
						sizeof(struct udphdr), q->saddr,
						q->sport, q->daddr, q->dport,
						q->dif, sxt_udp_ehashfn);
		if (sk)
			return sk;
	}
	if (own)
		return own;
	sk = udp_best(q, &in6addr_any, table, skb);
	return sk ?: udp_find_moving(q, table, skb);
}

/**
 * sxt_udp_lookup() - the socket that a packet is for
 * @net: namespace
 * @from: source of the packet
 * @sport: its source port
 * @to: its destination
 * @dport: its destination port
 * @dif: the interface that it came in by
 * @sdif: the slave of a VRF that it came in by, or 0
 * @table: of UDP, or of UDP-Lite
 * @skb: the packet, for programs that choose; or NULL
 *
 * Context: under RCU.
 * Return: the socket, without a reference, or NULL.
 */
struct sock *sxt_udp_lookup(const struct net *net,
			    const struct in6_addr *from, __be16 sport,
			    const struct in6_addr *to, __be16 dport,
			    int dif, int sdif, struct udp_table *table,
			    struct sk_buff *skb)
{
	const struct udp_query q = {
		.net = net, .saddr = from, .daddr = to, .sport = sport,
		.dport = ntohs(dport), .dif = dif, .sdif = sdif,
	};
	struct sock *sk = udp_find(&q, table, skb);

	return IS_ERR(sk) ? NULL : sk;
}
EXPORT_SYMBOL_NS_GPL(sxt_udp_lookup, SEXTANT_IPV6);

/**
 * sxt_udp_get_port() - a socket gets its port
 * @sk: the socket
 * @port: the port, 0: any that is free
 *
 * Context: process; the socket is locked.
 * Return: 0, or not: the port is taken.
 */
int sxt_udp_get_port(struct sock *sk, unsigned short port)
{
	const struct net *net = sock_net(sk);

	/* The rest of the hash comes with the port. */
	udp_sk(sk)->udp_portaddr_hash =
		ipv6_portaddr_hash(net, &sk->sk_v6_rcv_saddr, 0);
	return udp_lib_get_port(sk, port,
				ipv6_portaddr_hash(net, &in6addr_any, port));
}

/**
 * sxt_udp_move_begin() - a socket gets another address; lookups beware
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 */
void sxt_udp_move_begin(const struct sock *sk)
{
	atomic_inc(&sxt_ip6_net(sock_net(sk))->udp_moving);
	/* a lookup that misses it in the tables sees that it moves */
	smp_mb__after_atomic();
}

/**
 * sxt_udp_move_end() - it is in the tables by its new address
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 */
void sxt_udp_move_end(const struct sock *sk)
{
	struct sxt_ip6_net *n = sxt_ip6_net(sock_net(sk));

	/* who sees that it has moved finds it */
	smp_mb__before_atomic();
	atomic_inc(&n->udp_moved);
	/* who sees that none moves any more sees that one has */
	smp_mb__after_atomic();
	atomic_dec(&n->udp_moving);
}

/**
 * sxt_udp_rehash() - a socket has another address
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 */
void sxt_udp_rehash(struct sock *sk)
{
	udp_lib_rehash(sk, ipv6_portaddr_hash(sock_net(sk),
					      &sk->sk_v6_rcv_saddr,
					      inet_sk(sk)->inet_num));
}
