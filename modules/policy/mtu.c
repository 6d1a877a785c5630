// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU of protected flows (RFC 4301 8.2). What SAs add comes off what a
 * flow may send, and only that flow learns it: TCP by its segment size, others
 * by the usual error. No route changes.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/inet_connection_sock.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/tcp.h>
#include "policy.h"

static struct sock *mtu_tcp_sock(const struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (!sk || !sk_fullsock(sk) || sk->sk_protocol != IPPROTO_TCP ||
	    sk->sk_type != SOCK_STREAM || sk->sk_state == TCP_LISTEN)
		return NULL;
	return sk;
}

static u16 mtu_options_len(const struct sock *sk)
{
	const struct ipv6_txoptions *opt6;
	const struct ip_options_rcu *opt4;

	if (sk->sk_family == AF_INET6 && inet6_sk(sk)) {
		opt6 = rcu_dereference(inet6_sk(sk)->opt);
		return opt6 ? opt6->opt_flen + opt6->opt_nflen : 0;
	}
	opt4 = rcu_dereference(inet_sk(sk)->inet_opt);
	return opt4 ? opt4->opt.optlen : 0;
}

/*
 * TCP has a place for bytes between it and the link. A socket sends under its
 * own lock, so this is it; from the next segment on all of them fit. TCP knows
 * the path that the packet seems to take: what a tunnel's takes less is as if
 * it were added.
 */
static void mtu_teach_tcp(struct sock *sk, const struct sk_buff *skb, u32 mtu,
			  u16 overhead)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 seems = dst_mtu(skb_dst(skb));
	u16 want = mtu_options_len(sk) + overhead;

	if (mtu < seems)
		want += seems - mtu;
	if (likely(icsk->icsk_ext_hdr_len == want))
		return;
	icsk->icsk_ext_hdr_len = want;
	if (icsk->icsk_pmtu_cookie)
		tcp_sync_mss(sk, icsk->icsk_pmtu_cookie);
}

/*
 * Does the sender on this host want to be told rather than fragmented? Those
 * that take no word of path MTUs (IP_PMTUDISC_INTERFACE, _OMIT) send without
 * DF; in IPv6 the first of them has nothing fragmented.
 */
static bool mtu_sender_insists(const struct sock *sk, u8 family)
{
	if (!sk || !sk_fullsock(sk))
		return false;
	if (family == AF_INET6 && sk->sk_family == AF_INET6)
		return !ip6_sk_ignore_df(sk) || inet6_test_bit(DONTFRAG, sk);
	return !ip_sk_ignore_df(sk) && ip_sk_accept_pmtu(sk);
}

static int mtu_tell(struct net *net, struct sk_buff *skb, u8 family, u32 mtu)
{
	if (family == AF_INET)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			  htonl(mtu));
	else
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	return SEXTANT_DROP_TOO_BIG;
}

/* A datagram that was put together here: did its fragments suit the path? */
static bool mtu_fragments_fit(const struct sk_buff *skb, u8 family, u32 mtu)
{
	u32 longest = family == AF_INET ? IPCB(skb)->frag_max_size :
					  IP6CB(skb)->frag_max_size;

	return longest && longest <= mtu;
}

static bool mtu_fits(const struct sk_buff *skb, u32 mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) :
				 likely(skb->len <= mtu);
}

/* May it be fragmented? If not, the sender is told. */
static int mtu_ask(struct net *net, struct sk_buff *skb, u8 family, u32 mtu)
{
	bool local = skb->sk || !skb->skb_iif;

	/* What every IPv6 link takes is never too big (RFC 2473 7.1). */
	if (family == AF_INET6) {
		mtu = max_t(u32, mtu, IPV6_MIN_MTU);
		if (mtu_fits(skb, mtu))
			return SXT_PASS;
	}
	/* The errno tells it; ICMP would change the route, for everybody. */
	if (local && mtu_sender_insists(skb->sk, family) &&
	    !mtu_tcp_sock(skb))
		return SEXTANT_DROP_TOO_BIG;
	if (!local && (family == AF_INET6 ||
		       ip_hdr(skb)->frag_off & htons(IP_DF)) &&
	    !mtu_fragments_fit(skb, family, mtu))
		return mtu_tell(net, skb, family, mtu);
	return SXT_PASS;
}

/* The protected packet is larger than the path: fragment it, or refuse. */
static int mtu_exceeded(struct net *net, struct sk_buff *skb, u8 family,
			u32 mtu)
{
	int verdict = mtu_ask(net, skb, family, mtu);

	if (verdict)
		return verdict;
	skb->ignore_df = 1;
	if (family == AF_INET && ip_hdr(skb)->frag_off & htons(IP_DF)) {
		if (skb_ensure_writable(skb, sizeof(struct iphdr)))
			return SEXTANT_DROP_NO_MEMORY;
		ip_hdr(skb)->frag_off &= ~htons(IP_DF);
		ip_send_check(ip_hdr(skb));
	}
	return SXT_PASS;
}

/* The path is the outermost tunnel's, which the packet takes with it. */
static u32 mtu_of_path(struct sxt_pkt *p, const struct sxt_flow *flow)
{
	struct dst_entry *dst = NULL;
	u8 i = flow->count;

	while (i && !dst) {
		if (flow->chain[--i]->mode == SEXTANT_MODE_TUNNEL)
			dst = sxt_sa_route(p->net, flow->chain[i]);
	}
	p->out.dst = dst;
	p->out.dst_at = i;
	return dst_mtu(dst ?: skb_dst(p->skb));
}

/**
 * sxt_mtu_check() - will the packet fit once it is protected?
 * @p: the packet, not protected yet, with its namespace and family. Gets the
 *	route of its outermost tunnel, with a reference
 * @flow: what is decided about it: it goes through at least one SA
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: SXT_PASS, it fits or may be fragmented; else a reason, the sender
 * has been told.
 */
int sxt_mtu_check(struct sxt_pkt *p, const struct sxt_flow *flow)
{
	u32 mtu = mtu_of_path(p, flow);
	struct sk_buff *skb = p->skb;
	struct sock *tcp = NULL;

	/* In a tunnel of the kernel's it is another's segment: no lock. */
	if (flow->key.proto == IPPROTO_TCP)
		tcp = mtu_tcp_sock(skb);
	if (tcp)
		mtu_teach_tcp(tcp, skb, mtu, flow->overhead);
	if (unlikely(mtu <= flow->overhead))
		return SEXTANT_DROP_TOO_BIG;
	mtu -= flow->overhead;
	if (mtu_fits(skb, mtu)) {
		/* Nobody has to fragment it, and so nobody may. */
		skb->ignore_df = 0;
		return SXT_PASS;
	}
	return mtu_exceeded(p->net, skb, p->family, mtu);
}
