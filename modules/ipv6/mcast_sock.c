// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of a socket (RFC 3493 5.2) and their source filters (RFC 3678): joins
 * for all sources and for one, filters as a whole, and whether a packet passes.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/transp_v6.h>
#include "group.h"
#include "route.h"

int sxt_mld_max_msf __read_mostly = 64;

/**
 * struct sxt_sock_group - a group that a socket joined
 * @ml: what ipv6_pinfo's list consists of: group and interface; its filter is
 *	not used. It is first
 * @member: the socket's part in the interface's group, with the filter
 */
struct sxt_sock_group {
	struct ipv6_mc_socklist ml;
	struct sxt_member member;
};

static struct sxt_sock_group *sock_group(struct ipv6_mc_socklist *ml)
{
	return container_of(ml, struct sxt_sock_group, ml);
}

/* Option memory of a socket is limited; lists of sources are a part of it. */
static bool charge(struct sock *sk, unsigned int count)
{
	int size = struct_size_t(struct sxt_sources, addr, count);
	int limit = READ_ONCE(sock_net(sk)->core.sysctl_optmem_max);

	if (size > limit || atomic_read(&sk->sk_omem_alloc) > limit - size)
		return false;
	atomic_add(size, &sk->sk_omem_alloc);
	return true;
}

static void uncharge(struct sock *sk, const struct sxt_sources *sources)
{
	if (sources)
		atomic_sub(struct_size(sources, addr, sources->count),
			   &sk->sk_omem_alloc);
}

static const struct sxt_sources *sources_of(const struct sxt_sock_group *g)
{
	return rtnl_dereference(g->member.sources);
}

/* RTNL. @ifindex 0: the first interface on which the group was joined. */
static struct sxt_sock_group *find(const struct sock *sk, int ifindex,
				   const struct in6_addr *group)
{
	struct ipv6_mc_socklist *ml;

	for (ml = rtnl_dereference(inet6_sk(sk)->ipv6_mc_list); ml;
	     ml = rtnl_dereference(ml->next))
		if ((!ifindex || ml->ifindex == ifindex) &&
		    ipv6_addr_equal(&ml->addr, group))
			return sock_group(ml);
	return NULL;
}

/**
 * sxt_mcast_sock_dev() - the interface that a socket joins on
 * @net: the namespace
 * @ifindex: the one asked for; 0: the one by which @addr would be reached
 * @addr: what it joins
 *
 * Context: RTNL.
 * Return: the interface, or NULL.
 */
struct net_device *sxt_mcast_sock_dev(struct net *net, int ifindex,
				      const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr };
	struct net_device *dev;
	struct rt6_info *rt;

	if (ifindex)
		return __dev_get_by_index(net, ifindex);
	rcu_read_lock();
	rt = sxt_route_lookup(net, &fl6, NULL, 0);
	dev = rt && !rt->dst.error ? rt->dst.dev : NULL;
	rcu_read_unlock();
	return dev;
}

/* RTNL. @sources becomes the record's, or is freed; it is charged already. */
static int join(struct sock *sk, int ifindex, const struct in6_addr *group,
		struct sxt_sources *sources)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct sxt_idev *idev = NULL;
	struct sxt_sock_group *g;
	struct net_device *dev;
	int err = -ENODEV;

	dev = sxt_mcast_sock_dev(sock_net(sk), ifindex, group);
	if (!dev)
		goto fail;
	idev = sxt_idev_get_rcu(dev);
	err = -EINVAL;
	if (!idev || idev->in6.dead)
		goto fail;
	err = -ENOMEM;
	g = sock_kmalloc(sk, sizeof(*g), GFP_KERNEL);
	if (!g)
		goto fail;
	memset(g, 0, sizeof(*g));
	g->ml.addr = *group;
	g->ml.ifindex = dev->ifindex;
	g->ml.sfmode = sxt_sources_mode(sources);
	INIT_LIST_HEAD(&g->member.list);
	err = sxt_member_add(&g->member, idev, group, sources);
	if (err) {
		sock_kfree_s(sk, g, sizeof(*g));
		goto fail;
	}
	g->ml.next = np->ipv6_mc_list;
	rcu_assign_pointer(np->ipv6_mc_list, &g->ml);
	return 0;
fail:
	uncharge(sk, sources);
	kvfree(sources);
	return err;
}

/* RTNL. The record leaves the socket's list, the socket leaves the group. */
static void leave(struct sock *sk, struct sxt_sock_group *g)
{
	struct ipv6_mc_socklist __rcu **at = &inet6_sk(sk)->ipv6_mc_list;
	struct ipv6_mc_socklist *ml;

	while ((ml = rtnl_dereference(*at)) && ml != &g->ml)
		at = &ml->next;
	if (!ml)
		return;
	rcu_assign_pointer(*at, rtnl_dereference(g->ml.next));
	uncharge(sk, sources_of(g));
	sxt_member_del(&g->member);
	atomic_sub(sizeof(*g), &sk->sk_omem_alloc);
	kfree_rcu(g, ml.rcu);
}

/* RTNL. @sources is charged; it becomes the record's, or is freed. */
static int set_sources(struct sock *sk, struct sxt_sock_group *g,
		       struct sxt_sources *sources)
{
	unsigned int before = sxt_sources_count(sources_of(g));
	bool had = sources_of(g);
	int err;

	err = sxt_member_set(&g->member, sources);
	if (err) {
		uncharge(sk, sources);
		kvfree_rcu(sources, rcu);
		return err;
	}
	g->ml.sfmode = sxt_sources_mode(sources);
	if (had)
		atomic_sub(struct_size_t(struct sxt_sources, addr, before),
			   &sk->sk_omem_alloc);
	return 0;
}

/**
 * sxt_mcast_sock_join_any() - a socket joins a group, for all sources
 * @sk: the socket
 * @ifindex: the interface; 0: by the route to the group
 * @group: the group
 *
 * Context: RTNL.
 * Return: 0; -EINVAL: no group, or no IPv6 there; -ENODEV; -EADDRINUSE: it has
 * joined; -ENOMEM.
 */
int sxt_mcast_sock_join_any(struct sock *sk, int ifindex,
			    const struct in6_addr *group)
{
	if (!ipv6_addr_is_multicast(group))
		return -EINVAL;
	if (find(sk, ifindex, group))
		return -EADDRINUSE;
	return join(sk, ifindex, group, NULL);
}

/**
 * sxt_mcast_sock_join() - as sxt_mcast_sock_join_any(), and takes the RTNL
 * @sk: the socket
 * @ifindex: the interface; 0: by the route to the group
 * @group: the group
 *
 * Context: process; takes the RTNL.
 * Return: as there.
 */
int sxt_mcast_sock_join(struct sock *sk, int ifindex,
			const struct in6_addr *group)
{
	int err;

	rtnl_lock();
	err = sxt_mcast_sock_join_any(sk, ifindex, group);
	rtnl_unlock();
	return err;
}

/**
 * sxt_mcast_sock_leave_any() - a socket leaves a group, whatever its filter
 * @sk: the socket
 * @ifindex: the interface; 0: the first on which it joined
 * @group: the group
 *
 * Context: RTNL.
 * Return: 0; -EINVAL: no group; -EADDRNOTAVAIL: it had not joined.
 */
int sxt_mcast_sock_leave_any(struct sock *sk, int ifindex,
			     const struct in6_addr *group)
{
	struct sxt_sock_group *g;

	if (!ipv6_addr_is_multicast(group))
		return -EINVAL;
	g = find(sk, ifindex, group);
	if (!g)
		return -EADDRNOTAVAIL;
	leave(sk, g);
	return 0;
}

/**
 * sxt_mcast_sock_leave() - as sxt_mcast_sock_leave_any(), and takes the RTNL
 * @sk: the socket
 * @ifindex: the interface; 0: the first on which it joined
 * @group: the group
 *
 * Context: process; takes the RTNL.
 * Return: as there.
 */
int sxt_mcast_sock_leave(struct sock *sk, int ifindex,
			 const struct in6_addr *group)
{
	int err;

	rtnl_lock();
	err = sxt_mcast_sock_leave_any(sk, ifindex, group);
	rtnl_unlock();
	return err;
}

/* What an operation needs: the mode it is for, and whether it adds. */
static bool op_is_include(int op)
{
	return op == MCAST_JOIN_SOURCE_GROUP || op == MCAST_LEAVE_SOURCE_GROUP;
}

static bool op_adds(int op)
{
	return op == MCAST_JOIN_SOURCE_GROUP || op == MCAST_BLOCK_SOURCE;
}

/* RTNL. A list with @source more; it is charged. */
static int add_source(struct sock *sk, int op, int ifindex,
		      const struct in6_addr *group, struct sxt_sock_group *g,
		      const struct in6_addr *source)
{
	const struct sxt_sources *old = g ? sources_of(g) : NULL;
	const struct sxt_sources empty = {
		.mode = op_is_include(op) ? MCAST_INCLUDE : MCAST_EXCLUDE,
	};
	struct sxt_sources *new;

	if (sxt_sources_has(old, source))
		return -EADDRNOTAVAIL;
	if (sxt_sources_count(old) >= READ_ONCE(sxt_mld_max_msf) ||
	    !charge(sk, sxt_sources_count(old) + 1))
		return -ENOBUFS;
	new = sxt_sources_with(old ? old : &empty, source);
	if (!new) {
		atomic_sub(struct_size(old, addr, sxt_sources_count(old) + 1),
			   &sk->sk_omem_alloc);
		return -ENOMEM;
	}
	return g ? set_sources(sk, g, new) : join(sk, ifindex, group, new);
}

/* RTNL. A list with @source less; an INCLUDE list that gets empty: out. */
static int remove_source(struct sock *sk, int op, struct sxt_sock_group *g,
			 const struct in6_addr *source)
{
	const struct sxt_sources *old = sources_of(g);
	struct sxt_sources *new;

	if (!sxt_sources_has(old, source))
		return -EADDRNOTAVAIL;
	if (old->count == 1 && op_is_include(op)) {
		leave(sk, g);
		return 0;
	}
	if (!charge(sk, old->count - 1))
		return -ENOBUFS;
	new = sxt_sources_without(old, source);
	if (!new) {
		atomic_sub(struct_size(old, addr, old->count - 1),
			   &sk->sk_omem_alloc);
		return -ENOMEM;
	}
	return set_sources(sk, g, new);
}

static int source_op(struct sock *sk, int op, int ifindex,
		     const struct in6_addr *group,
		     const struct in6_addr *source)
{
	struct sxt_sock_group *g = find(sk, ifindex, group);

	if (!g && op != MCAST_JOIN_SOURCE_GROUP)
		return -EINVAL;
	/*
	 * A filter without sources is of any mode, as with ipv6.ko: who has
	 * joined a group may go on to single sources of it.
	 */
	if (g && sources_of(g) && op_is_include(op) !=
	    (sources_of(g)->mode == MCAST_INCLUDE))
		return -EINVAL;
	if (op_adds(op))
		return add_source(sk, op, ifindex, group, g, source);
	return remove_source(sk, op, g, source);
}

/**
 * sxt_mcast_sock_source() - one source of a socket's group (RFC 3678 4.1)
 * @sk: the socket
 * @op: MCAST_JOIN_SOURCE_GROUP, _LEAVE_SOURCE_GROUP, _BLOCK_SOURCE,
 *	_UNBLOCK_SOURCE
 * @ifindex: the interface; 0: the first on which it joined, or by the route
 * @group: the group
 * @source: the source
 *
 * Context: process; takes the RTNL.
 * Return: 0; -EINVAL: no group, no unicast source, or the filter has sources
 * and is of the other mode; -EADDRNOTAVAIL: the source is there already, or is
 * not;
 * -ENOBUFS: more sources than net.ipv6.mld_max_msf or the socket's option
 * memory; -ENODEV; -ENOMEM.
 */
int sxt_mcast_sock_source(struct sock *sk, int op, int ifindex,
			  const struct in6_addr *group,
			  const struct in6_addr *source)
{
	int err;

	if (op != MCAST_LEAVE_SOURCE_GROUP && op != MCAST_UNBLOCK_SOURCE &&
	    !op_adds(op))
		return -EINVAL;
	if (!ipv6_addr_is_multicast(group) || ipv6_addr_is_multicast(source) ||
	    ipv6_addr_any(source))
		return -EINVAL;
	rtnl_lock();
	err = source_op(sk, op, ifindex, group, source);
	rtnl_unlock();
	return err;
}

static int filter_set(struct sock *sk, int ifindex,
		      const struct in6_addr *group, unsigned int mode,
		      const struct in6_addr *sources, unsigned int count)
{
	struct sxt_sock_group *g = find(sk, ifindex, group);
	struct sxt_sources *new;

	if (!g)
		return -EINVAL;
	if (!count && mode == MCAST_INCLUDE) {
		leave(sk, g);
		return 0;
	}
	if (!count)
		return set_sources(sk, g, NULL);
	if (!charge(sk, count))
		return -ENOBUFS;
	new = sxt_sources_make(mode, sources, count, GFP_KERNEL);
	if (!new) {
		atomic_sub(struct_size(new, addr, count), &sk->sk_omem_alloc);
		return -ENOMEM;
	}
	/* The list may be shorter than it was told: none is there twice. */
	atomic_sub((count - new->count) * sizeof(*sources), &sk->sk_omem_alloc);
	return set_sources(sk, g, new);
}

/**
 * sxt_mcast_sock_filter_set() - the filter of a socket's group (RFC 3678 4.2)
 * @sk: the socket
 * @ifindex: the interface; 0: the first on which it joined
 * @group: the group
 * @mode: MCAST_INCLUDE or MCAST_EXCLUDE
 * @sources: the sources, in any order
 * @count: of them; none with MCAST_INCLUDE: the socket leaves the group
 *
 * Context: process; takes the RTNL.
 * Return: 0; -EINVAL: no group, not joined, no such mode; -ENOBUFS: more than
 * net.ipv6.mld_max_msf or the socket's option memory; -ENOMEM.
 */
int sxt_mcast_sock_filter_set(struct sock *sk, int ifindex,
			      const struct in6_addr *group, unsigned int mode,
			      const struct in6_addr *sources,
			      unsigned int count)
{
	int err;

	if (!ipv6_addr_is_multicast(group) ||
	    (mode != MCAST_INCLUDE && mode != MCAST_EXCLUDE))
		return -EINVAL;
	if (count > READ_ONCE(sxt_mld_max_msf))
		return -ENOBUFS;
	rtnl_lock();
	err = filter_set(sk, ifindex, group, mode, sources, count);
	rtnl_unlock();
	return err;
}

/**
 * sxt_mcast_sock_filter_get() - tells the filter of a socket's group
 * @sk: the socket
 * @ifindex: the interface; 0: the first on which it joined
 * @group: the group
 * @mode: is set to the mode
 * @sources: the first of them are put here
 * @count: the room of @sources; is set to the number of all
 *
 * Context: process; takes the RTNL.
 * Return: 0; -EINVAL: no group; -EADDRNOTAVAIL: not joined.
 */
int sxt_mcast_sock_filter_get(struct sock *sk, int ifindex,
			      const struct in6_addr *group, unsigned int *mode,
			      struct in6_addr *sources, unsigned int *count)
{
	const struct sxt_sources *s;
	struct sxt_sock_group *g;
	int err = -EADDRNOTAVAIL;

	if (!ipv6_addr_is_multicast(group))
		return -EINVAL;
	rtnl_lock();
	g = find(sk, ifindex, group);
	if (g) {
		s = sources_of(g);
		if (s)
			memcpy(sources, s->addr,
			       min(*count, s->count) * sizeof(*sources));
		*mode = sxt_sources_mode(s);
		*count = sxt_sources_count(s);
		err = 0;
	}
	rtnl_unlock();
	return err;
}

/**
 * sxt_mcast_sock_close() - a socket leaves all its groups
 * @sk: the socket, which nobody else uses any more
 *
 * Context: process; takes the RTNL if there are any.
 */
void sxt_mcast_sock_close(struct sock *sk)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct ipv6_mc_socklist *ml;

	if (!np || !rcu_access_pointer(np->ipv6_mc_list))
		return;
	rtnl_lock();
	while ((ml = rtnl_dereference(np->ipv6_mc_list)))
		leave(sk, sock_group(ml));
	rtnl_unlock();
}

/**
 * sxt_mcast_sock_wants() - does a socket want a multicast packet?
 * @sk: the socket
 * @group: where the packet goes
 * @source: where it is from
 * @ifindex: the interface that it came by; of a VRF the slave, whose groups
 *	sockets join
 *
 * A socket that did not join there wants it by IPV6_MULTICAST_ALL.
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool sxt_mcast_sock_wants(const struct sock *sk, const struct in6_addr *group,
			  const struct in6_addr *source, int ifindex)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	const struct ipv6_mc_socklist *ml;

	for (ml = rcu_dereference(np->ipv6_mc_list); ml;
	     ml = rcu_dereference(ml->next)) {
		const struct sxt_sock_group *g;

		if (ml->ifindex != ifindex ||
		    !ipv6_addr_equal(&ml->addr, group))
			continue;
		g = container_of(ml, struct sxt_sock_group, ml);
		return sxt_sources_wants(rcu_dereference(g->member.sources),
					 source);
	}
	return inet6_test_bit(MC6_ALL, sk);
}
