// SPDX-License-Identifier: GPL-2.0-only
/*
 * Anycast addresses: those of a router for its subnets (RFC 4291 2.6.1), and
 * those that sockets ask for. One is there as long as somebody wants it, and
 * delivers packets while its interface is up.
 */
#include <linux/rtnetlink.h>
#include "ifa_int.h"
#include "mcast.h"
#include "sock_int.h"

/**
 * struct anycast_member - a socket that asked for an anycast address
 * @acl: what ipv6_pinfo's list consists of: address and interface; it is first
 * @list: in @any.members
 * @any: the address; NULL: its interface has gone
 */
struct anycast_member {
	struct ipv6_ac_socklist acl;
	struct list_head list;
	struct sxt_ifa *any;
};

static struct sxt_ifa *anycast_find(const struct sxt_idev *idev,
				    const struct in6_addr *addr)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->anycasts, if_list)
		if (ipv6_addr_equal(&ifa->addr, addr))
			return container_of(ifa, struct sxt_ifa, ifa);
	return NULL;
}

/* It may be there already. Nobody wants it yet, and it delivers nothing. */
static struct sxt_ifa *anycast_make(struct sxt_idev *idev,
				    const struct in6_addr *addr)
{
	const struct sxt_ifa_cfg cfg = {
		.addr = *addr,
		.plen = 128,
		.flags = IFA_F_PERMANENT,
		.valid = INFINITY_LIFE_TIME,
		.preferred = INFINITY_LIFE_TIME,
	};
	struct sxt_ifa *any = anycast_find(idev, addr);

	if (any)
		return any;
	any = sxt_ifa_alloc(idev, &cfg);
	if (!any)
		return NULL;
	any->anycast = true;
	any->ifa.state = INET6_IFADDR_STATE_POSTDAD;
	list_add_tail_rcu(&any->ifa.if_list, &idev->anycasts);
	return any;
}

/* Packets are delivered from now on. Short of memory: with the next start. */
static void anycast_start(struct sxt_ifa *any)
{
	struct in6_addr group;

	if (any->routed || sxt_ifa_local_add(any))
		return;
	sxt_ifa_hash_add(any);
	addrconf_addr_solict_mult(&any->ifa.addr, &group);
	any->joined = !sxt_mcast_join(sxt_idev(any->ifa.idev), &group);
}

static void anycast_stop(struct sxt_ifa *any)
{
	struct in6_addr group;

	if (!any->routed)
		return;
	sxt_ifa_hash_del(any);
	sxt_ifa_local_del(any);
	addrconf_addr_solict_mult(&any->ifa.addr, &group);
	if (any->joined)
		sxt_mcast_leave(sxt_idev(any->ifa.idev), &group);
	any->joined = false;
}

/* It goes, unless somebody wants it. */
static void anycast_release(struct sxt_ifa *any)
{
	if (any->subnet || !list_empty(&any->members))
		return;
	anycast_stop(any);
	any->ifa.state = INET6_IFADDR_STATE_DEAD;
	list_del_rcu(&any->ifa.if_list);
	sxt_ifa_put(any);
}

/* RFC 6164: the two addresses of a /127 belong to two routers. */
static bool has_anycast(const struct inet6_ifaddr *ifa, u8 plen)
{
	return plen && plen < 127 && !(ifa->scope & IFA_HOST);
}

/* The subnets of 2001:db8::1/64 and 2001:db8::2/48 have one address. */
static bool wants_subnet(const struct inet6_ifaddr *ifa,
			 const struct in6_addr *subnet)
{
	struct in6_addr own;

	if (!has_anycast(ifa, ifa->prefix_len) ||
	    !container_of(ifa, struct sxt_ifa, ifa)->routed)
		return false;
	ipv6_addr_prefix(&own, &ifa->addr, ifa->prefix_len);
	return ipv6_addr_equal(&own, subnet);
}

/**
 * sxt_anycast_join() - a router answers for its subnet
 * @ifa: its address in that subnet
 *
 * Context: RTNL.
 */
void sxt_anycast_join(struct sxt_ifa *ifa)
{
	struct in6_addr subnet;
	struct sxt_ifa *any;

	if (!has_anycast(&ifa->ifa, ifa->ifa.prefix_len))
		return;
	ipv6_addr_prefix(&subnet, &ifa->ifa.addr, ifa->ifa.prefix_len);
	any = anycast_make(sxt_idev(ifa->ifa.idev), &subnet);
	if (!any)
		return;
	any->subnet = true;
	anycast_start(any);
}

/* The subnet that it had by this length stays if another has it, or @self. */
static void subnet_leave(struct sxt_ifa *ifa, u8 plen, bool self)
{
	struct sxt_idev *idev = sxt_idev(ifa->ifa.idev);
	const struct inet6_ifaddr *other;
	struct in6_addr subnet;
	struct sxt_ifa *any;

	ipv6_addr_prefix(&subnet, &ifa->ifa.addr, plen);
	any = has_anycast(&ifa->ifa, plen) ? anycast_find(idev, &subnet) : NULL;
	if (!any)
		return;
	list_for_each_entry(other, &idev->in6.addr_list, if_list)
		if ((self || other != &ifa->ifa) &&
		    wants_subnet(other, &subnet))
			return;
	any->subnet = false;
	anycast_release(any);
}

/**
 * sxt_anycast_leave() - an address goes, and its subnet perhaps with it
 * @ifa: the address
 *
 * The anycast address stays as long as another usable address of the
 * interface is in the subnet.
 *
 * Context: RTNL.
 */
void sxt_anycast_leave(struct sxt_ifa *ifa)
{
	subnet_leave(ifa, ifa->ifa.prefix_len, false);
}

/**
 * sxt_anycast_left() - an address is of another subnet now
 * @ifa: the address, which has joined that
 * @plen: the length of its prefix before
 *
 * Both may have one address, which stays.
 *
 * Context: RTNL.
 */
void sxt_anycast_left(struct sxt_ifa *ifa, u8 plen)
{
	subnet_leave(ifa, plen, true);
}

/**
 * sxt_anycast_host() - an interface is a router's no more
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_anycast_host(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa, *next;

	list_for_each_entry_safe(ifa, next, &idev->anycasts, if_list) {
		struct sxt_ifa *any = container_of(ifa, struct sxt_ifa, ifa);

		any->subnet = false;
		anycast_release(any);
	}
}

/**
 * sxt_anycast_up() - an interface comes up: what sockets wait for starts
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_anycast_up(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->anycasts, if_list)
		anycast_start(container_of(ifa, struct sxt_ifa, ifa));
}

/* The sockets keep their records, which name an address no more. */
static void forget_members(struct sxt_ifa *any)
{
	struct anycast_member *m, *next;

	list_for_each_entry_safe(m, next, &any->members, list) {
		list_del_init(&m->list);
		m->any = NULL;
	}
}

/**
 * sxt_anycast_down() - an interface goes down or away
 * @idev: the interface; if it is dead, sockets lose what they have there
 *
 * Context: RTNL.
 */
void sxt_anycast_down(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa, *next;

	list_for_each_entry_safe(ifa, next, &idev->anycasts, if_list) {
		struct sxt_ifa *any = container_of(ifa, struct sxt_ifa, ifa);

		anycast_stop(any);
		if (idev->in6.dead)
			forget_members(any);
		any->subnet = false;
		anycast_release(any);
	}
}

/* A host answers only for what the routers lead to its link. */
static bool may_join(const struct sxt_idev *idev, const struct in6_addr *addr)
{
	const struct inet6_ifaddr *ifa;

	if (sxt_idev_is_router(idev))
		return true;
	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		if (ifa->prefix_len && !sxt_ifa_is_group(ifa) &&
		    ipv6_prefix_equal(&ifa->addr, addr, ifa->prefix_len))
			return true;
	return false;
}

/* RTNL. */
static int member_add(struct sock *sk, struct sxt_idev *idev,
		      const struct in6_addr *addr)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct anycast_member *m;

	m = sock_kmalloc(sk, sizeof(*m), GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	m->any = anycast_make(idev, addr);
	if (!m->any) {
		sock_kfree_s(sk, m, sizeof(*m));
		return -ENOMEM;
	}
	list_add(&m->list, &m->any->members);
	if (idev->in6.if_flags & IF_READY)
		anycast_start(m->any);
	m->acl.acl_addr = *addr;
	m->acl.acl_ifindex = idev->in6.dev->ifindex;
	m->acl.acl_next = np->ipv6_ac_list;
	np->ipv6_ac_list = &m->acl;
	return 0;
}

/* RTNL. @at is what points to the socket's record. */
static void member_del(struct sock *sk, struct ipv6_ac_socklist **at)
{
	struct anycast_member *m = container_of(*at, struct anycast_member,
						acl);

	*at = m->acl.acl_next;
	list_del(&m->list);
	if (m->any)
		anycast_release(m->any);
	sock_kfree_s(sk, m, sizeof(*m));
}

/* RTNL. The route to one that is held already leads to ourselves. */
static struct net_device *choose_dev(struct net *net, int ifindex,
				     const struct in6_addr *addr)
{
	struct sxt_ifa *ifa = ifindex ? NULL : sxt_ifa_find(net, addr, NULL);

	if (ifa && ifa->anycast)
		return ifa->ifa.idev->dev;
	return sxt_mcast_sock_dev(net, ifindex, addr);
}

static int sock_join(struct sock *sk, int ifindex, const struct in6_addr *addr)
{
	struct net_device *dev = choose_dev(sock_net(sk), ifindex, addr);
	struct net *net = sock_net(sk);
	struct sxt_idev *idev = NULL;

	if (sxt_ifa_is_ours(net, addr, ifindex ? dev : NULL,
			    IFA_F_TENTATIVE))
		return -EINVAL;
	if (dev)
		idev = sxt_idev_get_rcu(dev);
	if (!idev || idev->in6.dead)
		return ifindex ? -ENODEV : -EADDRNOTAVAIL;
	if (!may_join(idev, addr))
		return -EADDRNOTAVAIL;
	return member_add(sk, idev, addr);
}

/**
 * sxt_anycast_sock_join() - a socket asks for an anycast address
 * @sk: the socket
 * @ifindex: the interface; 0: by the route to the address
 * @addr: the address
 *
 * Context: process; takes the RTNL.
 * Return: 0; -EINVAL: a group, or an address of this node; -ENODEV: no such
 * interface, or no IPv6 there; -EADDRNOTAVAIL: ::, or a host, and the address
 * is not of the link; -ENOMEM.
 */
int sxt_anycast_sock_join(struct sock *sk, int ifindex,
			  const struct in6_addr *addr)
{
	int err;

	if (ipv6_addr_any(addr))
		return -EADDRNOTAVAIL;
	if (ipv6_addr_is_multicast(addr) || ipv6_addr_v4mapped(addr))
		return -EINVAL;
	rtnl_lock();
	err = sock_join(sk, ifindex, addr);
	rtnl_unlock();
	return err;
}

/**
 * sxt_anycast_sock_leave() - a socket wants an anycast address no more
 * @sk: the socket
 * @ifindex: the interface; 0: the one on which it asked last
 * @addr: the address
 *
 * Context: process; takes the RTNL.
 * Return: 0; -ENOENT: it had not asked.
 */
int sxt_anycast_sock_leave(struct sock *sk, int ifindex,
			   const struct in6_addr *addr)
{
	struct ipv6_ac_socklist **at;
	int err = -ENOENT;

	rtnl_lock();
	for (at = &inet6_sk(sk)->ipv6_ac_list; *at; at = &(*at)->acl_next) {
		if ((ifindex && (*at)->acl_ifindex != ifindex) ||
		    !ipv6_addr_equal(&(*at)->acl_addr, addr))
			continue;
		member_del(sk, at);
		err = 0;
		break;
	}
	rtnl_unlock();
	return err;
}

/**
 * sxt_anycast_sock_close() - a socket wants nothing any more
 * @sk: the socket, which nobody else uses any more
 *
 * Context: process; takes the RTNL if there is anything.
 */
void sxt_anycast_sock_close(struct sock *sk)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	if (!np || !np->ipv6_ac_list)
		return;
	rtnl_lock();
	while (np->ipv6_ac_list)
		member_del(sk, &np->ipv6_ac_list);
	rtnl_unlock();
}
