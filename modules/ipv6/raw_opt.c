// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options that only raw sockets have: where the checksum is (RFC 3542 3.1),
 * which ICMPv6 types come (3.2), and who makes the IPv6 header.
 */
#include <linux/icmpv6.h>
#include "raw.h"

/* All of SOL_RAW, and two that RFC 3542 has at the level of IPv6. */
static bool raw_is_own(int level, int optname)
{
	return level == SOL_RAW ||
	       (level == SOL_IPV6 &&
		(optname == IPV6_CHECKSUM || optname == IPV6_HDRINCL));
}

static bool raw_is_icmp(const struct sock *sk)
{
	return inet_sk(sk)->inet_num == IPPROTO_ICMPV6;
}

/* IPV6_CHECKSUM: an even offset, or -1 for none. */
static int raw_set_csum(struct sock *sk, int level, int val)
{
	struct raw6_sock *rp = raw6_sk(sk);

	/* RFC 3542 3.1: with ICMPv6 the kernel knows better. */
	if (level == SOL_IPV6 && raw_is_icmp(sk))
		return -EINVAL;
	if (val >= 0 && (val & 1))
		return -EINVAL;
	rp->checksum = val >= 0;
	if (val >= 0)
		rp->offset = val;
	return 0;
}

static int raw_set(struct sock *sk, int level, int optname, sockptr_t optval,
		   unsigned int optlen)
{
	int val, err;

	if (optname != IPV6_HDRINCL && optname != IPV6_CHECKSUM)
		return -ENOPROTOOPT;
	err = sxt_sockopt_int(optval, optlen, &val);
	if (err)
		return err;
	if (optname == IPV6_HDRINCL) {
		inet_assign_bit(HDRINCL, sk, val);
		return 0;
	}
	lock_sock(sk);
	err = raw_set_csum(sk, level, val);
	release_sock(sk);
	return err;
}

static int raw_set_filter(struct sock *sk, int optname, sockptr_t optval,
			  unsigned int optlen)
{
	struct icmp6_filter filter = raw6_sk(sk)->filter;

	if (optname != ICMPV6_FILTER)
		return -ENOPROTOOPT;
	/* A shorter one leaves the rest as it was. */
	optlen = min_t(unsigned int, optlen, sizeof(filter));
	if (copy_from_sockptr(&filter, optval, optlen))
		return -EFAULT;
	lock_sock(sk);
	raw6_sk(sk)->filter = filter;
	release_sock(sk);
	return 0;
}

/**
 * sxt_raw_setsockopt() - setsockopt(2) on a raw socket
 * @sk: the socket
 * @level: SOL_RAW, IPPROTO_ICMPV6, IPPROTO_IPV6
 * @optname: the option
 * @optval: the value
 * @optlen: its length
 *
 * Context: process.
 * Return: 0 or an errno; -EOPNOTSUPP: ICMPv6's, on a socket of another
 *	protocol.
 */
int sxt_raw_setsockopt(struct sock *sk, int level, int optname,
		       sockptr_t optval, unsigned int optlen)
{
	if (raw_is_own(level, optname))
		return raw_set(sk, level, optname, optval, optlen);
	if (level == SOL_ICMPV6)
		return raw_is_icmp(sk) ?
		       raw_set_filter(sk, optname, optval, optlen) :
		       -EOPNOTSUPP;
	return sxt_sockopt_set(sk, level, optname, optval, optlen);
}

static int raw_put(char __user *optval, int __user *optlen, const void *val,
		   int len)
{
	int room;

	if (get_user(room, optlen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	len = min(len, room);
	if (put_user(len, optlen) || copy_to_user(optval, val, len))
		return -EFAULT;
	return 0;
}

static int raw_get(struct sock *sk, int optname, char __user *optval,
		   int __user *optlen)
{
	const struct raw6_sock *rp = raw6_sk(sk);
	int val;

	switch (optname) {
	case IPV6_HDRINCL:
		val = inet_test_bit(HDRINCL, sk);
		break;
	case IPV6_CHECKSUM:
		val = rp->checksum ? rp->offset : -1;
		break;
	default:
		return -ENOPROTOOPT;
	}
	return raw_put(optval, optlen, &val, sizeof(val));
}

static int raw_get_filter(struct sock *sk, int optname, char __user *optval,
			  int __user *optlen)
{
	if (optname != ICMPV6_FILTER)
		return -ENOPROTOOPT;
	return raw_put(optval, optlen, &raw6_sk(sk)->filter,
		       sizeof(struct icmp6_filter));
}

/**
 * sxt_raw_getsockopt() - getsockopt(2) on a raw socket
 * @sk: the socket
 * @level: SOL_RAW, IPPROTO_ICMPV6, IPPROTO_IPV6
 * @optname: the option
 * @optval: out
 * @optlen: room, then length
 *
 * Context: process.
 * Return: as sxt_raw_setsockopt().
 */
int sxt_raw_getsockopt(struct sock *sk, int level, int optname,
		       char __user *optval, int __user *optlen)
{
	if (raw_is_own(level, optname))
		return raw_get(sk, optname, optval, optlen);
	if (level == SOL_ICMPV6)
		return raw_is_icmp(sk) ?
		       raw_get_filter(sk, optname, optval, optlen) :
		       -EOPNOTSUPP;
	return sxt_sockopt_get(sk, level, optname, optval, optlen);
}
