// SPDX-License-Identifier: GPL-2.0-only
/*
 * getsockopt() at level IPPROTO_IPV6: what sockopt.c has set, and what the
 * route of a connected socket knows.
 */
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include "sock_int.h"

/* No more than there is room for; the length is told. */
static int get_put(sockptr_t optval, sockptr_t optlen, int room,
		   const void *val, int len)
{
	len = min(len, room);
	if (copy_to_sockptr(optlen, &len, sizeof(len)) ||
	    copy_to_sockptr(optval, val, len))
		return -EFAULT;
	return 0;
}

/* The path's MTU, or -ENOTCONN without a path. */
static int get_mtu(struct sock *sk)
{
	struct dst_entry *dst;
	int mtu = 0;

	/* What was learned since is what counts: sxt_dgram_release_cb(). */
	sockopt_lock_sock(sk);
	sockopt_release_sock(sk);
	rcu_read_lock();
	dst = __sk_dst_get(sk);
	if (dst)
		mtu = dst_mtu(dst);
	rcu_read_unlock();
	return mtu ? mtu : -ENOTCONN;
}

static int get_hops(struct sock *sk, int hops)
{
	struct dst_entry *dst;

	if (hops >= 0)
		return hops;
	rcu_read_lock();
	dst = __sk_dst_get(sk);
	if (dst)
		hops = ip6_dst_hoplimit(dst);
	rcu_read_unlock();
	if (hops < 0)
		hops = READ_ONCE(sock_net(sk)->ipv6.devconf_all->hop_limit);
	return hops;
}

/* RFC 5014 5 */
static int get_preferences(const struct ipv6_pinfo *np)
{
	unsigned int prefs = READ_ONCE(np->srcprefs);
	int val = IPV6_PREFER_SRC_PUBTMP_DEFAULT;

	if (prefs & IPV6_PREFER_SRC_TMP)
		val = IPV6_PREFER_SRC_TMP;
	else if (prefs & IPV6_PREFER_SRC_PUBLIC)
		val = IPV6_PREFER_SRC_PUBLIC;
	return val | (prefs & IPV6_PREFER_SRC_COA ? IPV6_PREFER_SRC_COA :
						    IPV6_PREFER_SRC_HOME);
}

static int get_flag(struct sock *sk, int optname)
{
	switch (optname) {
	case IPV6_MULTICAST_LOOP:
		return inet6_test_bit(MC6_LOOP, sk);
	case IPV6_MULTICAST_ALL:
		return inet6_test_bit(MC6_ALL, sk);
	case IPV6_RECVERR:
		return inet6_test_bit(RECVERR6, sk);
	case IPV6_RECVERR_RFC4884:
		return inet6_test_bit(RECVERR6_RFC4884, sk);
	case IPV6_DONTFRAG:
		return inet6_test_bit(DONTFRAG, sk);
	case IPV6_FLOWINFO_SEND:
		return inet6_test_bit(SNDFLOW, sk);
	case IPV6_AUTOFLOWLABEL:
		return sxt_flowlabel_is_auto(sock_net(sk), sk);
	case IPV6_ROUTER_ALERT:
		return inet6_test_bit(RTALERT, sk);
	case IPV6_ROUTER_ALERT_ISOLATE:
		return inet6_test_bit(RTALERT_ISOLATE, sk);
	case IPV6_FREEBIND:
		return inet_test_bit(FREEBIND, sk);
	case IPV6_TRANSPARENT:
		return inet_test_bit(TRANSPARENT, sk);
	case IPV6_V6ONLY:
		return sk->sk_ipv6only;
	}
	return -ENOPROTOOPT;
}

static int get_recv(const struct ipv6_pinfo *np, int optname)
{
	switch (optname) {
	case IPV6_RECVPKTINFO:
		return np->rxopt.bits.rxinfo;
	case IPV6_RECVHOPLIMIT:
		return np->rxopt.bits.rxhlim;
	case IPV6_RECVRTHDR:
		return np->rxopt.bits.srcrt;
	case IPV6_RECVHOPOPTS:
		return np->rxopt.bits.hopopts;
	case IPV6_RECVDSTOPTS:
		return np->rxopt.bits.dstopts;
	case IPV6_RECVTCLASS:
		return np->rxopt.bits.rxtclass;
	case IPV6_FLOWINFO:
		return np->rxopt.bits.rxflow;
	case IPV6_RECVPATHMTU:
		return np->rxopt.bits.rxpmtu;
	case IPV6_RECVORIGDSTADDR:
		return np->rxopt.bits.rxorigdstaddr;
	case IPV6_RECVFRAGSIZE:
		return np->rxopt.bits.recvfragsize;
	case IPV6_2292PKTINFO:
		return np->rxopt.bits.rxoinfo;
	case IPV6_2292HOPLIMIT:
		return np->rxopt.bits.rxohlim;
	case IPV6_2292RTHDR:
		return np->rxopt.bits.osrcrt;
	case IPV6_2292HOPOPTS:
		return np->rxopt.bits.ohopopts;
	case IPV6_2292DSTOPTS:
		return np->rxopt.bits.odstopts;
	}
	return -ENOPROTOOPT;
}

/* All that is one int, and never a negative one. */
static int get_int(struct sock *sk, int optname)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	int val;

	switch (optname) {
	case IPV6_ADDRFORM:
		return sk->sk_family;
	case IPV6_MTU:
		return get_mtu(sk);
	case IPV6_MTU_DISCOVER:
		return READ_ONCE(np->pmtudisc);
	case IPV6_UNICAST_HOPS:
		return get_hops(sk, READ_ONCE(np->hop_limit));
	case IPV6_MULTICAST_HOPS:
		return READ_ONCE(np->mcast_hops);
	case IPV6_MULTICAST_IF:
		return READ_ONCE(np->mcast_oif);
	case IPV6_MINHOPCOUNT:
		return READ_ONCE(np->min_hopcount);
	case IPV6_TCLASS:
		return np->tclass;
	case IPV6_ADDR_PREFERENCES:
		return get_preferences(np);
	}
	val = get_flag(sk, optname);
	return val == -ENOPROTOOPT ? get_recv(np, optname) : val;
}

/* The sticky header or next hop; length 0 if there is none (RFC 3542 22). */
static int get_ext(struct sock *sk, int optname, sockptr_t optval,
		   sockptr_t optlen, int room)
{
	const struct ipv6_txoptions *opt;
	const void *hdr = NULL;
	int len = 0, err;

	sockopt_lock_sock(sk);
	opt = rcu_dereference_protected(inet6_sk(sk)->opt,
					lockdep_sock_is_held(sk));
	if (opt && optname == IPV6_HOPOPTS)
		hdr = opt->hopopt;
	else if (opt && optname == IPV6_RTHDRDSTOPTS)
		hdr = opt->dst0opt;
	else if (opt && optname == IPV6_RTHDR)
		hdr = opt->srcrt;
	else if (opt && optname == IPV6_NEXTHOP)
		hdr = sxt_txopt(opt)->via;
	else if (opt)
		hdr = opt->dst1opt;
	if (hdr && optname == IPV6_NEXTHOP)
		len = sizeof(struct sockaddr_in6);
	else if (hdr)
		len = ipv6_optlen((const struct ipv6_opt_hdr *)hdr);
	err = get_put(optval, optlen, room, hdr, len);
	sockopt_release_sock(sk);
	return err;
}

/* RFC 3542 11.1; the default is 0 (README.md). */
static int get_min_mtu(const struct ipv6_pinfo *np)
{
	const struct ipv6_txoptions *opt;
	int val;

	rcu_read_lock();
	opt = rcu_dereference(np->opt);
	val = opt ? sxt_txopt(opt)->min_mtu : 0;
	rcu_read_unlock();
	return val;
}

/* RFC 3542 11.4 */
static int get_pathmtu(struct sock *sk, sockptr_t optval, sockptr_t optlen,
		       int room)
{
	struct ip6_mtuinfo info = {};
	int mtu = get_mtu(sk);

	if (room < (int)sizeof(info))
		return -EINVAL;
	if (mtu < 0)
		return mtu;
	info.ip6m_addr.sin6_family = AF_INET6;
	info.ip6m_addr.sin6_addr = sk->sk_v6_daddr;
	info.ip6m_mtu = mtu;
	return get_put(optval, optlen, room, &info, sizeof(info));
}

static int get_label(struct sock *sk, sockptr_t optval, sockptr_t optlen,
		     int room)
{
	struct in6_flowlabel_req req;
	int err;

	if (room < (int)sizeof(req))
		return -EINVAL;
	if (copy_from_sockptr(&req, optval, sizeof(req)))
		return -EFAULT;
	if (req.flr_action != IPV6_FL_A_GET)
		return -EINVAL;
	err = sxt_flowlabel_opt_get(sk, &req, req.flr_flags);
	return err ? err : get_put(optval, optlen, room, &req, sizeof(req));
}

static int opt_get(struct sock *sk, int optname, sockptr_t optval,
		   sockptr_t optlen, int room)
{
	struct in6_pktinfo info;
	int val;

	switch (optname) {
	case MCAST_MSFILTER:
		return sxt_sockopt_get_filter(sk, optval, optlen, room);
	case IPV6_HOPOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_RTHDR:
	case IPV6_DSTOPTS:
	case IPV6_NEXTHOP:
		return get_ext(sk, optname, optval, optlen, room);
	case IPV6_PATHMTU:
		return get_pathmtu(sk, optval, optlen, room);
	case IPV6_PKTINFO:
		/* A copy: nothing inside of a socket may go to user space. */
		sockopt_lock_sock(sk);
		info = inet6_sk(sk)->sticky_pktinfo;
		sockopt_release_sock(sk);
		return get_put(optval, optlen, room, &info, sizeof(info));
	case IPV6_FLOWLABEL_MGR:
		return get_label(sk, optval, optlen, room);
	case IPV6_USE_MIN_MTU:
		val = get_min_mtu(inet6_sk(sk));
		break;
	case IPV6_UNICAST_IF:
		val = (__force int)htonl(READ_ONCE(inet6_sk(sk)->ucast_oif));
		break;
	default:
		val = get_int(sk, optname);
		if (val < 0)
			return val;
	}
	return get_put(optval, optlen, room, &val, sizeof(val));
}

/**
 * sxt_sockopt_get_ptr() - getsockopt() for programs in the kernel, too (BPF)
 * @sk: the socket
 * @level: IPPROTO_IPV6
 * @optname: IPV6_*, MCAST_MSFILTER
 * @optval: out
 * @optlen: an int: room, then length
 *
 * Context: process; the socket is not locked unless a BPF program asks.
 * Return: 0; -EINVAL; -ENOPROTOOPT; -ENOTCONN: no path, so no MTU; -EFAULT.
 */
int sxt_sockopt_get_ptr(struct sock *sk, int level, int optname,
			sockptr_t optval, sockptr_t optlen)
{
	int room;

	if (level != SOL_IPV6)
		return -ENOPROTOOPT;
	if (copy_from_sockptr(&room, optlen, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	return opt_get(sk, optname, optval, optlen, room);
}

/**
 * sxt_sockopt_get() - getsockopt(2) on a socket of AF_INET6
 * @sk: the socket
 * @level: IPPROTO_IPV6; IPPROTO_IP where a socket speaks that as well
 * @optname: IPV6_*, MCAST_MSFILTER
 * @optval: out
 * @optlen: room, then length
 *
 * What we don't know is asked of netfilter.
 *
 * Context: process.
 * Return: as sxt_sockopt_get_ptr().
 */
int sxt_sockopt_get(struct sock *sk, int level, int optname,
		    char __user *optval, int __user *optlen)
{
	bool v4 = level == SOL_IP && sk->sk_type != SOCK_RAW;
	int err, len;

	if (v4)
		return ip_getsockopt(sk, level, optname, optval, optlen);
	err = sxt_sockopt_get_ptr(sk, level, optname, USER_SOCKPTR(optval),
				  USER_SOCKPTR(optlen));
	if (err != -ENOPROTOOPT || level != SOL_IPV6)
		return err;
	err = get_user(len, optlen);
	if (!err)
		err = nf_getsockopt(sk, PF_INET6, optname, optval, &len);
	return err < 0 ? err : put_user(len, optlen);
}
