// SPDX-License-Identifier: GPL-2.0-only
/*
 * Group membership by socket options: RFC 3493 5.2, and the options with
 * sources of RFC 3678 in the form of either word size.
 */
#include <linux/compat.h>
#include <net/compat.h>
#include "mcast.h"
#include "sock_int.h"

/* As much of a value as a structure has; what is behind it is left alone. */
static int mcast_copy(void *to, size_t size, sockptr_t optval,
		      unsigned int optlen)
{
	if (optlen < size)
		return -EINVAL;
	return copy_from_sockptr(to, optval, size) ? -EFAULT : 0;
}

static int mcast_old(struct sock *sk, int optname, sockptr_t optval,
		     unsigned int optlen)
{
	struct ipv6_mreq req;
	int err = mcast_copy(&req, sizeof(req), optval, optlen);

	if (err)
		return err;
	if (optname == IPV6_ADD_MEMBERSHIP)
		return sxt_mcast_sock_join(sk, req.ipv6mr_ifindex,
					   &req.ipv6mr_multiaddr);
	return sxt_mcast_sock_leave(sk, req.ipv6mr_ifindex,
				    &req.ipv6mr_multiaddr);
}

/* The address in a sockaddr_storage, or NULL: of another family. */
static const struct in6_addr *
mcast_addr(const struct __kernel_sockaddr_storage *ss)
{
	const struct sockaddr_in6 *sin = (const struct sockaddr_in6 *)ss;

	return sin->sin6_family == AF_INET6 ? &sin->sin6_addr : NULL;
}

static int mcast_get_group(struct group_req *req, sockptr_t optval,
			   unsigned int optlen)
{
	struct compat_group_req req32;
	int err;

	if (!in_compat_syscall())
		return mcast_copy(req, sizeof(*req), optval, optlen);
	err = mcast_copy(&req32, sizeof(req32), optval, optlen);
	if (err)
		return err;
	req->gr_interface = req32.gr_interface;
	req->gr_group = req32.gr_group;
	return 0;
}

static int mcast_group(struct sock *sk, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	const struct in6_addr *group;
	struct group_req req;
	int err = mcast_get_group(&req, optval, optlen);

	if (err)
		return err;
	group = mcast_addr(&req.gr_group);
	if (!group)
		return -EADDRNOTAVAIL;
	if (optname == MCAST_JOIN_GROUP)
		return sxt_mcast_sock_join(sk, req.gr_interface, group);
	return sxt_mcast_sock_leave(sk, req.gr_interface, group);
}

static int mcast_get_source(struct group_source_req *req, sockptr_t optval,
			    unsigned int optlen)
{
	struct compat_group_source_req req32;
	int err;

	if (!in_compat_syscall())
		return mcast_copy(req, sizeof(*req), optval, optlen);
	err = mcast_copy(&req32, sizeof(req32), optval, optlen);
	if (err)
		return err;
	req->gsr_interface = req32.gsr_interface;
	req->gsr_group = req32.gsr_group;
	req->gsr_source = req32.gsr_source;
	return 0;
}

static int mcast_source(struct sock *sk, int optname, sockptr_t optval,
			unsigned int optlen)
{
	const struct in6_addr *group, *source;
	struct group_source_req req;
	int err = mcast_get_source(&req, optval, optlen);

	if (err)
		return err;
	group = mcast_addr(&req.gsr_group);
	source = mcast_addr(&req.gsr_source);
	if (!group || !source)
		return -EADDRNOTAVAIL;
	return sxt_mcast_sock_source(sk, optname, req.gsr_interface, group,
				     source);
}

/**
 * struct mcast_filter - a group_filter of either word size
 * @head: bytes in front of the list of sources
 * @ifindex: gf_interface
 * @group: gf_group
 * @mode: gf_fmode
 * @count: gf_numsrc
 */
struct mcast_filter {
	unsigned int head;
	int ifindex;
	struct in6_addr group;
	u32 mode;
	u32 count;
};

/* The fixed part. */
static int mcast_get_filter(struct mcast_filter *f, sockptr_t optval,
			    unsigned int optlen)
{
	union {
		struct group_filter native;
		struct compat_group_filter compat;
	} in;
	struct __kernel_sockaddr_storage ss;
	const struct in6_addr *group;
	int err;

	f->head = in_compat_syscall() ?
		  offsetof(struct compat_group_filter, gf_slist_flex) :
		  offsetof(struct group_filter, gf_slist_flex);
	err = mcast_copy(&in, f->head, optval, optlen);
	if (err)
		return err;
	if (in_compat_syscall()) {
		f->ifindex = in.compat.gf_interface;
		ss = in.compat.gf_group;
		f->mode = in.compat.gf_fmode;
		f->count = in.compat.gf_numsrc;
	} else {
		f->ifindex = in.native.gf_interface;
		ss = in.native.gf_group;
		f->mode = in.native.gf_fmode;
		f->count = in.native.gf_numsrc;
	}
	group = mcast_addr(&ss);
	if (!group)
		return -EADDRNOTAVAIL;
	f->group = *group;
	/* net.ipv6.mld_max_msf may be any int, but memory is bounded here. */
	if (f->count > U16_MAX)
		return -ENOBUFS;
	return 0;
}

static int mcast_get_sources(const struct mcast_filter *f, sockptr_t optval,
			     struct in6_addr *sources)
{
	struct __kernel_sockaddr_storage ss;
	u32 i;

	for (i = 0; i < f->count; i++) {
		const struct in6_addr *addr;

		if (copy_from_sockptr_offset(&ss, optval,
					     f->head + i * sizeof(ss),
					     sizeof(ss)))
			return -EFAULT;
		addr = mcast_addr(&ss);
		if (!addr)
			return -EADDRNOTAVAIL;
		sources[i] = *addr;
	}
	return 0;
}

static int mcast_set_filter(struct sock *sk, sockptr_t optval,
			    unsigned int optlen)
{
	struct in6_addr *sources;
	struct mcast_filter f;
	int err;

	err = mcast_get_filter(&f, optval, optlen);
	if (err)
		return err;
	if (f.count > READ_ONCE(sxt_mld_max_msf))
		return -ENOBUFS;
	if ((optlen - f.head) / sizeof(struct __kernel_sockaddr_storage) <
	    f.count)
		return -EINVAL;
	sources = kvmalloc_array(f.count, sizeof(*sources), GFP_KERNEL);
	if (!sources)
		return -ENOBUFS;
	err = mcast_get_sources(&f, optval, sources);
	if (!err)
		err = sxt_mcast_sock_filter_set(sk, f.ifindex, &f.group,
						f.mode, sources, f.count);
	kvfree(sources);
	return err;
}

/**
 * sxt_sockopt_set_mcast() - options about groups
 * @sk: the socket, not locked: the RTNL comes first
 * @optname: IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP, MCAST_*
 * @optval: the value
 * @optlen: its length
 *
 * Context: process; takes the RTNL.
 * Return: 0; -EINVAL: too short; -EADDRNOTAVAIL: not an IPv6 address; -EPROTO:
 *	a stream has no groups; -ENOBUFS: too many sources; what mcast_sock.c
 *	says.
 */
int sxt_sockopt_set_mcast(struct sock *sk, int optname, sockptr_t optval,
			  unsigned int optlen)
{
	if (inet_test_bit(IS_ICSK, sk))
		return -EPROTO;
	switch (optname) {
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
		return mcast_old(sk, optname, optval, optlen);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return mcast_group(sk, optname, optval, optlen);
	case MCAST_MSFILTER:
		return mcast_set_filter(sk, optval, optlen);
	}
	return mcast_source(sk, optname, optval, optlen);
}

static int mcast_put_sources(const struct mcast_filter *f, sockptr_t optval,
			     const struct in6_addr *sources, u32 count)
{
	struct sockaddr_in6 *sin;
	struct __kernel_sockaddr_storage ss = {};
	u32 i;

	sin = (struct sockaddr_in6 *)&ss;
	sin->sin6_family = AF_INET6;
	for (i = 0; i < count; i++) {
		sin->sin6_addr = sources[i];
		if (copy_to_sockptr_offset(optval, f->head + i * sizeof(ss),
					   &ss, sizeof(ss)))
			return -EFAULT;
	}
	return 0;
}

/* The mode and the number of sources stand just in front of the list. */
static int mcast_put_filter(const struct mcast_filter *f, sockptr_t optval,
			    sockptr_t optlen, const struct in6_addr *sources,
			    u32 room)
{
	u32 told[2] = { f->mode, f->count };
	u32 count = min(room, f->count);
	int len, err;

	BUILD_BUG_ON(offsetof(struct group_filter, gf_slist_flex) -
		     offsetof(struct group_filter, gf_fmode) != sizeof(told));
	BUILD_BUG_ON(offsetof(struct compat_group_filter, gf_slist_flex) -
		     offsetof(struct compat_group_filter, gf_fmode) !=
		     sizeof(told));
	if (copy_to_sockptr_offset(optval, f->head - sizeof(told), told,
				   sizeof(told)))
		return -EFAULT;
	err = mcast_put_sources(f, optval, sources, count);
	if (err)
		return err;
	len = f->head + count * sizeof(struct __kernel_sockaddr_storage);
	return copy_to_sockptr(optlen, &len, sizeof(len)) ? -EFAULT : 0;
}

/**
 * sxt_sockopt_get_filter() - getsockopt(MCAST_MSFILTER)
 * @sk: the socket, not locked
 * @optval: in and out, a group_filter
 * @optlen: its length, in and out
 * @len: the length as it was given
 *
 * Context: process; takes the RTNL.
 * Return: 0, -EINVAL, -EFAULT, -EADDRNOTAVAIL, -ENOBUFS.
 */
int sxt_sockopt_get_filter(struct sock *sk, sockptr_t optval,
			   sockptr_t optlen, int len)
{
	struct in6_addr *sources;
	struct mcast_filter f;
	u32 room;
	int err;

	err = mcast_get_filter(&f, optval, len);
	if (err)
		return err;
	room = min_t(u32, f.count, (len - f.head) /
		     sizeof(struct __kernel_sockaddr_storage));
	sources = kvmalloc_array(room, sizeof(*sources), GFP_KERNEL);
	if (!sources)
		return -ENOBUFS;
	f.count = room;
	err = sxt_mcast_sock_filter_get(sk, f.ifindex, &f.group, &f.mode,
					sources, &f.count);
	if (!err)
		err = mcast_put_filter(&f, optval, optlen, sources, room);
	kvfree(sources);
	return err;
}
