// SPDX-License-Identifier: GPL-2.0-only
/*
 * setsockopt() at level IPPROTO_IPV6 (RFC 3493 5, 3542, 4584, 5014, and what
 * Linux has beside them). Groups are in sockopt_mcast.c, answers in
 * sockopt_get.c.
 */
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include "raw.h"
#include "sock_int.h"

/* All options whose value is one int. */
static bool opt_is_int(int optname)
{
	switch (optname) {
	case IPV6_UNICAST_HOPS ... IPV6_MULTICAST_LOOP:
	case IPV6_ROUTER_ALERT ... IPV6_V6ONLY:
	case IPV6_MULTICAST_ALL ... IPV6_RECVERR_RFC4884:
	case IPV6_2292PKTINFO ... IPV6_2292RTHDR:
	case IPV6_2292HOPLIMIT:
	case IPV6_FLOWINFO:
	case IPV6_FLOWINFO_SEND:
	case IPV6_RECVPKTINFO:
	case IPV6_RECVHOPLIMIT:
	case IPV6_RECVHOPOPTS:
	case IPV6_RECVRTHDR:
	case IPV6_RECVDSTOPTS:
	case IPV6_RECVPATHMTU:
	case IPV6_DONTFRAG:
	case IPV6_USE_MIN_MTU:
	case IPV6_RECVTCLASS:
	case IPV6_TCLASS:
	case IPV6_AUTOFLOWLABEL:
	case IPV6_ADDR_PREFERENCES ... IPV6_FREEBIND:
		return true;
	}
	return false;
}

static int opt_range(int val, int min, int max)
{
	return val < min || val > max ? -EINVAL : 0;
}

/**
 * sxt_sockopt_int() - a value that is an int
 * @optval: the value
 * @optlen: its length; what is behind the int is ignored
 * @val: out
 *
 * Context: process.
 * Return: 0, -EINVAL: too short, -EFAULT.
 */
int sxt_sockopt_int(sockptr_t optval, unsigned int optlen, int *val)
{
	if (optlen < sizeof(*val))
		return -EINVAL;
	return copy_from_sockptr(val, optval, sizeof(*val)) ? -EFAULT : 0;
}

/* What a flag is: the bit in inet_sock.inet_flags; -1: no such option. */
static int opt_flag(int optname)
{
	switch (optname) {
	case IPV6_MULTICAST_LOOP:
		return INET_FLAGS_MC6_LOOP;
	case IPV6_MULTICAST_ALL:
		return INET_FLAGS_MC6_ALL;
	case IPV6_RECVERR:
		return INET_FLAGS_RECVERR6;
	case IPV6_RECVERR_RFC4884:
		return INET_FLAGS_RECVERR6_RFC4884;
	case IPV6_DONTFRAG:
		return INET_FLAGS_DONTFRAG;
	case IPV6_FLOWINFO_SEND:
		return INET_FLAGS_SNDFLOW;
	case IPV6_AUTOFLOWLABEL:
		return INET_FLAGS_AUTOFLOWLABEL;
	case IPV6_ROUTER_ALERT_ISOLATE:
		return INET_FLAGS_RTALERT_ISOLATE;
	case IPV6_FREEBIND:
		return INET_FLAGS_FREEBIND;
	case IPV6_TRANSPARENT:
		return INET_FLAGS_TRANSPARENT;
	}
	return -1;
}

static int opt_set_flag(struct sock *sk, int optname, int val)
{
	struct user_namespace *ns = sock_net(sk)->user_ns;

	switch (optname) {
	case IPV6_MULTICAST_LOOP:
	case IPV6_RECVERR_RFC4884:
		if (opt_range(val, 0, 1))
			return -EINVAL;
		break;
	case IPV6_TRANSPARENT:
		if (val && !sockopt_ns_capable(ns, CAP_NET_RAW) &&
		    !sockopt_ns_capable(ns, CAP_NET_ADMIN))
			return -EPERM;
		break;
	case IPV6_RECVERR:
		if (!val)
			skb_errqueue_purge(&sk->sk_error_queue);
		break;
	case IPV6_AUTOFLOWLABEL:
		inet6_set_bit(AUTOFLOWLABEL_SET, sk);
		break;
	}
	assign_bit(opt_flag(optname), &inet_sk(sk)->inet_flags, val);
	return 0;
}

/* What is to be told of packets that come in. The socket is locked. */
static int opt_set_recv(struct sock *sk, int optname, bool on)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	switch (optname) {
	case IPV6_RECVPKTINFO:
		np->rxopt.bits.rxinfo = on;
		return 0;
	case IPV6_RECVHOPLIMIT:
		np->rxopt.bits.rxhlim = on;
		return 0;
	case IPV6_RECVRTHDR:
		np->rxopt.bits.srcrt = on;
		return 0;
	case IPV6_RECVHOPOPTS:
		np->rxopt.bits.hopopts = on;
		return 0;
	case IPV6_RECVDSTOPTS:
		np->rxopt.bits.dstopts = on;
		return 0;
	case IPV6_RECVTCLASS:
		np->rxopt.bits.rxtclass = on;
		return 0;
	case IPV6_FLOWINFO:
		np->rxopt.bits.rxflow = on;
		return 0;
	case IPV6_RECVPATHMTU:
		np->rxopt.bits.rxpmtu = on;
		return 0;
	case IPV6_RECVORIGDSTADDR:
		np->rxopt.bits.rxorigdstaddr = on;
		return 0;
	case IPV6_RECVFRAGSIZE:
		np->rxopt.bits.recvfragsize = on;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* The same in the words of RFC 2292. */
static int opt_set_recv_2292(struct sock *sk, int optname, bool on)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	switch (optname) {
	case IPV6_2292PKTINFO:
		np->rxopt.bits.rxoinfo = on;
		return 0;
	case IPV6_2292HOPLIMIT:
		np->rxopt.bits.rxohlim = on;
		return 0;
	case IPV6_2292RTHDR:
		np->rxopt.bits.osrcrt = on;
		return 0;
	case IPV6_2292HOPOPTS:
		np->rxopt.bits.ohopopts = on;
		return 0;
	case IPV6_2292DSTOPTS:
		np->rxopt.bits.odstopts = on;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* One number, for which nobody needs to wait. */
static int opt_set_number(struct sock *sk, int optname, int val)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	switch (optname) {
	case IPV6_UNICAST_HOPS:
		if (opt_range(val, -1, 255))
			return -EINVAL;
		WRITE_ONCE(np->hop_limit, val);
		return 0;
	case IPV6_MULTICAST_HOPS:
		if (sk->sk_type == SOCK_STREAM)
			return -ENOPROTOOPT;
		if (opt_range(val, -1, 255))
			return -EINVAL;
		WRITE_ONCE(np->mcast_hops,
			   val < 0 ? IPV6_DEFAULT_MCASTHOPS : val);
		return 0;
	case IPV6_MINHOPCOUNT:
		if (opt_range(val, 0, 255))
			return -EINVAL;
		WRITE_ONCE(np->min_hopcount, val);
		return 0;
	case IPV6_MTU:
		if (val && opt_range(val, IPV6_MIN_MTU, INT_MAX))
			return -EINVAL;
		WRITE_ONCE(np->frag_size, val);
		return 0;
	case IPV6_MTU_DISCOVER:
		if (opt_range(val, IPV6_PMTUDISC_DONT, IPV6_PMTUDISC_OMIT))
			return -EINVAL;
		WRITE_ONCE(np->pmtudisc, val);
		return 0;
	case IPV6_ADDR_PREFERENCES:
		return ip6_sock_set_addr_preferences(sk, val);
	}
	return -ENOPROTOOPT;
}

static int opt_set_tclass(struct sock *sk, int val)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	if (opt_range(val, -1, 255))
		return -EINVAL;
	/* RFC 3542 6.5: -1 is the usual value. */
	np->tclass = max(val, 0);
	sk_dst_reset(sk);
	return 0;
}

static int opt_set_v6only(struct sock *sk, bool on)
{
	/* Who has a port has his place in the tables. */
	if (sk->sk_type != SOCK_RAW && inet_sk(sk)->inet_num)
		return -EINVAL;
	sk->sk_ipv6only = on;
	return 0;
}

/* IPV6_MULTICAST_IF, IPV6_UNICAST_IF; 0: let the route choose. */
static int opt_set_oif(struct sock *sk, int optname, int ifindex)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct net_device *dev;
	bool fits = true;

	if (ifindex) {
		rcu_read_lock();
		dev = dev_get_by_index_rcu(sock_net(sk), ifindex);
		if (dev)
			fits = sk_dev_equal_l3scope(sk, ifindex);
		rcu_read_unlock();
		if (!dev)
			return optname == IPV6_UNICAST_IF ? -EADDRNOTAVAIL :
							    -ENODEV;
		if (!fits)
			return -EINVAL;
	}
	if (optname == IPV6_UNICAST_IF)
		WRITE_ONCE(np->ucast_oif, ifindex);
	else
		WRITE_ONCE(np->mcast_oif, ifindex);
	sk_dst_reset(sk);
	return 0;
}

/* RFC 2711, for daemons that speak RSVP or MLD as routers. */
static int opt_set_alert(struct sock *sk, int val)
{
	if (sk->sk_type != SOCK_RAW || inet_sk(sk)->inet_num != IPPROTO_RAW)
		return -ENOPROTOOPT;
	if (val > 0xffff)
		return -EINVAL;
	WRITE_ONCE(sxt_raw_sk(sk)->alert, val);
	inet6_assign_bit(RTALERT, sk, val >= 0);
	return 0;
}

/* What is kept beside the socket (txopt.c); the socket is locked. */
static int opt_install(struct sock *sk, struct ipv6_txoptions *opt)
{
	if (IS_ERR(opt))
		return PTR_ERR(opt);
	sxt_txopt_replace(sk, opt);
	sk_dst_reset(sk);
	return 0;
}

static int opt_set_locked(struct sock *sk, int optname, int val)
{
	int err;

	switch (optname) {
	case IPV6_V6ONLY:
		return opt_set_v6only(sk, val);
	case IPV6_TCLASS:
		return opt_set_tclass(sk, val);
	case IPV6_MULTICAST_IF:
		if (sk->sk_type == SOCK_STREAM)
			return -ENOPROTOOPT;
		return opt_set_oif(sk, optname, val);
	case IPV6_ROUTER_ALERT:
		return opt_set_alert(sk, val);
	case IPV6_USE_MIN_MTU:
		if (opt_range(val, -1, 1))
			return -EINVAL;
		return opt_install(sk, sxt_txopt_with(sk, optname, &val));
	}
	err = opt_set_recv(sk, optname, val);
	if (err == -ENOPROTOOPT)
		err = opt_set_recv_2292(sk, optname, val);
	return err;
}

/* All that is one int. */
static int opt_set_int(struct sock *sk, int optname, int val)
{
	int err;

	if (opt_flag(optname) >= 0)
		return opt_set_flag(sk, optname, val);
	err = opt_set_number(sk, optname, val);
	if (err != -ENOPROTOOPT)
		return err;
	sockopt_lock_sock(sk);
	err = opt_set_locked(sk, optname, val);
	sockopt_release_sock(sk);
	return err;
}

/* RFC 3542 6: for all packets; without a value, no longer. */
static int opt_set_pktinfo(struct sock *sk, sockptr_t optval,
			   unsigned int optlen)
{
	struct in6_pktinfo info = {};
	struct flowi6 fl6 = {};
	int err;

	if (optlen) {
		if (optlen < sizeof(info) || sockptr_is_null(optval))
			return -EINVAL;
		if (copy_from_sockptr(&info, optval, sizeof(info)))
			return -EFAULT;
	}
	sockopt_lock_sock(sk);
	fl6.flowi6_oif = sk->sk_bound_dev_if;
	err = sxt_cmsg_pktinfo(sk, &info, &fl6);
	if (!err) {
		inet6_sk(sk)->sticky_pktinfo = info;
		sk_dst_reset(sk);
	}
	sockopt_release_sock(sk);
	return err;
}

static int opt_check_ext(const struct sock *sk, int optname,
			 const struct ipv6_opt_hdr *hdr, unsigned int len)
{
	if (ipv6_optlen(hdr) > len)
		return -EINVAL;
	if (optname == IPV6_RTHDR)
		return sxt_txopt_rthdr_ok((const struct ipv6_rt_hdr *)hdr,
					  ipv6_optlen(hdr)) ? 0 : -EINVAL;
	/* RFC 3542 22: options are for the privileged. */
	if (!sockopt_ns_capable(sock_net(sk)->user_ns, CAP_NET_RAW))
		return -EPERM;
	return 0;
}

/* RFC 3542 8, 9: an extension header for all packets; length 0 removes it. */
static int opt_set_ext(struct sock *sk, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	struct ipv6_opt_hdr *hdr = NULL;
	int err = 0;

	if (optlen) {
		if (sockptr_is_null(optval) || optlen % 8 ||
		    optlen > SXT_EXT_HDR_MAX)
			return -EINVAL;
		hdr = memdup_sockptr(optval, optlen);
		if (IS_ERR(hdr))
			return PTR_ERR(hdr);
		err = opt_check_ext(sk, optname, hdr, optlen);
	}
	if (!err) {
		sockopt_lock_sock(sk);
		err = opt_install(sk, sxt_txopt_with(sk, optname, hdr));
		sockopt_release_sock(sk);
	}
	kfree(hdr);
	return err;
}

/*
 * RFC 3542 6.4: a next hop for all packets; length 0 removes it. Who may send
 * what he likes to any neighbour by a packet socket may do it by this, too.
 */
static int opt_set_next_hop(struct sock *sk, sockptr_t optval,
			    unsigned int optlen)
{
	struct sockaddr_in6 via = {};
	int err;

	if (optlen) {
		if (sockptr_is_null(optval))
			return -EINVAL;
		if (copy_from_sockptr(&via, optval,
				      min_t(u32, optlen, sizeof(via))))
			return -EFAULT;
		err = sxt_next_hop_check(&via, optlen);
		if (err)
			return err;
		if (!sockopt_ns_capable(sock_net(sk)->user_ns, CAP_NET_RAW))
			return -EPERM;
	}
	sockopt_lock_sock(sk);
	err = opt_install(sk, sxt_txopt_with(sk, IPV6_NEXTHOP,
					     optlen ? &via : NULL));
	sockopt_release_sock(sk);
	return err;
}

/* RFC 2292 8: all of it at once, as ancillary data would say it. */
static int opt_set_2292(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct sxt_txopt space = {};
	struct ipcm6_cookie ipc6 = { .opt = &space.opt };
	struct msghdr msg = {};
	struct flowi6 fl6 = {};
	void *buf = NULL;
	int err = 0;

	/* The socket's option memory will not hold more anyway. */
	if (optlen > 64 * 1024)
		return -EINVAL;
	if (optlen) {
		buf = memdup_sockptr(optval, optlen);
		if (IS_ERR(buf))
			return PTR_ERR(buf);
		msg.msg_control = buf;
		msg.msg_controllen = optlen;
	}
	sockopt_lock_sock(sk);
	fl6.flowi6_oif = sk->sk_bound_dev_if;
	err = sxt_cmsg_parse(sock_net(sk), sk, &msg, &fl6, &ipc6);
	if (!err)
		err = opt_install(sk, sxt_txopt_dup(sk, &space.opt));
	sockopt_release_sock(sk);
	kfree(buf);
	return err;
}

/* In no RFC: as groups are joined and left. */
static int opt_set_anycast(struct sock *sk, int optname, sockptr_t optval,
			   unsigned int optlen)
{
	struct ipv6_mreq req;

	if (optlen < sizeof(req))
		return -EINVAL;
	if (inet_test_bit(IS_ICSK, sk))
		return -EPROTO;
	if (copy_from_sockptr(&req, optval, sizeof(req)))
		return -EFAULT;
	if (optname == IPV6_LEAVE_ANYCAST)
		return sxt_anycast_sock_leave(sk, req.ipv6mr_ifindex,
					      &req.ipv6mr_acaddr);
	if (!sockopt_ns_capable(sock_net(sk)->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	return sxt_anycast_sock_join(sk, req.ipv6mr_ifindex,
				     &req.ipv6mr_acaddr);
}

static int opt_set(struct sock *sk, int optname, sockptr_t optval,
		   unsigned int optlen)
{
	int val, err;

	switch (optname) {
	case IPV6_PKTINFO:
		return opt_set_pktinfo(sk, optval, optlen);
	case IPV6_HOPOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_RTHDR:
	case IPV6_DSTOPTS:
		return opt_set_ext(sk, optname, optval, optlen);
	case IPV6_NEXTHOP:
		return opt_set_next_hop(sk, optval, optlen);
	case IPV6_2292PKTOPTIONS:
		return opt_set_2292(sk, optval, optlen);
	case IPV6_FLOWLABEL_MGR:
		return sxt_flowlabel_opt(sk, optval, optlen);
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
	case MCAST_MSFILTER:
		return sxt_sockopt_set_mcast(sk, optname, optval, optlen);
	case IPV6_JOIN_ANYCAST:
	case IPV6_LEAVE_ANYCAST:
		return opt_set_anycast(sk, optname, optval, optlen);
	}
	if (!opt_is_int(optname))
		return -ENOPROTOOPT;
	err = sxt_sockopt_int(optval, optlen, &val);
	if (err)
		return err;
	if (optname == IPV6_UNICAST_IF) {
		/* In network order, as IP_UNICAST_IF has it. */
		if (optlen != sizeof(val))
			return -EINVAL;
		val = ntohl((__force __be32)val);
		sockopt_lock_sock(sk);
		val = opt_set_oif(sk, optname, val);
		sockopt_release_sock(sk);
		return val;
	}
	return opt_set_int(sk, optname, val);
}

/**
 * sxt_sockopt_set() - setsockopt(2) on a socket of AF_INET6
 * @sk: the socket, not locked (unless a BPF program asks)
 * @level: IPPROTO_IPV6; IPPROTO_IP where a socket speaks that as well
 * @optname: IPV6_*, MCAST_*
 * @optval: the value
 * @optlen: its length
 *
 * What we don't know is asked of netfilter. IPV6_ADDRFORM (not in RFC 3493 any
 * more), IPsec policies of XFRM: -ENOPROTOOPT.
 *
 * Context: process.
 * Return: 0; -EINVAL: out of range or too short; -ENOPROTOOPT: no such option
 *	for this socket; -EPERM; -EFAULT; -ENODEV; -ENOBUFS; -EAFNOSUPPORT.
 */
int sxt_sockopt_set(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	int err = -ENOPROTOOPT;

	if (level != SOL_IPV6) {
		if (level == SOL_IP && sk->sk_type != SOCK_RAW)
			err = ip_setsockopt(sk, level, optname, optval, optlen);
		return err;
	}
	err = opt_set(sk, optname, optval, optlen);
	if (err == -ENOPROTOOPT && !opt_is_int(optname))
		err = nf_setsockopt(sk, PF_INET6, optname, optval, optlen);
	return err;
}
