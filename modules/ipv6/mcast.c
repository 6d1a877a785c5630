// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of an interface: who joined them, the device's own filter, what the
 * listener protocol is to be told. Written under the RTNL, read by packets
 * under RCU.
 */
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "group.h"

/**
 * sxt_mcast_map() - the link layer's address for a group
 * @dev: the interface
 * @group: the group
 * @mac: the address is put here, @dev->addr_len bytes of it
 *
 * RFC 2464 7 and its like for other links.
 *
 * Context: any.
 * Return: 0, or -EINVAL: the link has no such address.
 */
int sxt_mcast_map(const struct net_device *dev, const struct in6_addr *group,
		  u8 mac[MAX_ADDR_LEN])
{
	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_IEEE802:
	case ARPHRD_FDDI:
		ipv6_eth_mc_map(group, mac);
		return 0;
	case ARPHRD_ARCNET:
		ipv6_arcnet_mc_map(group, mac);
		return 0;
	case ARPHRD_INFINIBAND:
		ipv6_ib_mc_map(group, dev->broadcast, mac);
		return 0;
	case ARPHRD_IPGRE:
		return ipv6_ipgre_mc_map(group, dev->broadcast, mac);
	}
	return -EINVAL;
}
EXPORT_SYMBOL_NS_GPL(sxt_mcast_map, SEXTANT_IPV6);

/* Interface-local groups never come from a link. */
static void group_load(struct sxt_group *group)
{
	struct net_device *dev = group->idev->in6.dev;
	u8 mac[MAX_ADDR_LEN] = {};

	if (IPV6_ADDR_MC_SCOPE(&group->addr) < IPV6_ADDR_SCOPE_LINKLOCAL)
		return;
	if (!sxt_mcast_map(dev, &group->addr, mac))
		group->loaded = !dev_mc_add(dev, mac);
}

static void group_unload(struct sxt_group *group)
{
	struct net_device *dev = group->idev->in6.dev;
	u8 mac[MAX_ADDR_LEN] = {};

	if (group->loaded && !sxt_mcast_map(dev, &group->addr, mac))
		dev_mc_del(dev, mac);
	group->loaded = false;
}

/**
 * sxt_group_find() - a group of an interface
 * @idev: the interface
 * @addr: the group
 *
 * Context: RTNL or RCU.
 * Return: the group, or NULL: nobody joined it.
 */
struct sxt_group *sxt_group_find(const struct sxt_idev *idev,
				 const struct in6_addr *addr)
{
	struct sxt_group *group;

	list_for_each_entry_rcu(group, &idev->groups, list,
				lockdep_rtnl_is_held())
		if (ipv6_addr_equal(&group->addr, addr))
			return group;
	return NULL;
}

static struct sxt_group *group_get(struct sxt_idev *idev,
				   const struct in6_addr *addr)
{
	struct sxt_group *group = sxt_group_find(idev, addr);

	if (group)
		return group;
	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return NULL;
	group->addr = *addr;
	group->idev = idev;
	INIT_LIST_HEAD(&group->members);
	RCU_INIT_POINTER(group->filter,
			 (struct sxt_sources *)&sxt_sources_none);
	group_load(group);
	list_add_tail_rcu(&group->list, &idev->groups);
	return group;
}

static void sources_free(struct sxt_sources *sources)
{
	if (sources && sources != &sxt_sources_none)
		kvfree_rcu(sources, rcu);
}

/* Whoever joined has gone already. */
static void group_free(struct sxt_group *group)
{
	sxt_mld_forget(group);
	group_unload(group);
	list_del_rcu(&group->list);
	sources_free(rtnl_dereference(group->filter));
	kfree_rcu(group, rcu);
}

static bool sources_equal(const struct sxt_sources *a,
			  const struct sxt_sources *b)
{
	unsigned int count = sxt_sources_count(a);

	return sxt_sources_mode(a) == sxt_sources_mode(b) &&
	       count == sxt_sources_count(b) &&
	       (!count || !memcmp(a->addr, b->addr, count * sizeof(a->addr[0])));
}

static void group_set_filter(struct sxt_group *group, struct sxt_sources *new)
{
	struct sxt_sources *old = rtnl_dereference(group->filter);

	if (sources_equal(old, new)) {
		kvfree(new);
		return;
	}
	rcu_assign_pointer(group->filter, new);
	sxt_mld_changed(group, old, new);
	sources_free(old);
}

static bool group_is_wanted(const struct sxt_group *group)
{
	return group->users || !list_empty(&group->members);
}

/* After a change of who wants what: -ENOMEM leaves the filter as it was. */
static int group_refresh(struct sxt_group *group)
{
	struct sxt_sources *merged;
	int err;

	if (!group_is_wanted(group)) {
		sxt_mld_changed(group, sxt_group_filter(group),
				&sxt_sources_none);
		group_free(group);
		return 0;
	}
	err = sxt_sources_merge(group, &merged);
	if (!err)
		group_set_filter(group, merged);
	return err;
}

/*
 * After somebody left, which can't be refused. Without memory for the exact
 * filter the interface takes all; sockets look at their own filters anyway.
 */
static void group_refresh_or_all(struct sxt_group *group)
{
	if (group_refresh(group))
		group_set_filter(group, NULL);
}

/**
 * sxt_member_add() - a socket joins a group
 * @member: its part; not in a group
 * @idev: the interface
 * @addr: the group
 * @sources: what it wants, owned by @member from then on; NULL: all
 *
 * Context: RTNL.
 * Return: 0; -ENOMEM: nothing was changed, @sources is the caller's.
 */
int sxt_member_add(struct sxt_member *member, struct sxt_idev *idev,
		   const struct in6_addr *addr, struct sxt_sources *sources)
{
	struct sxt_group *group = group_get(idev, addr);
	int err;

	if (!group)
		return -ENOMEM;
	RCU_INIT_POINTER(member->sources, sources);
	member->group = group;
	list_add_tail(&member->list, &group->members);
	group->member_count++;
	err = group_refresh(group);
	if (!err)
		return 0;
	list_del_init(&member->list);
	group->member_count--;
	member->group = NULL;
	RCU_INIT_POINTER(member->sources, NULL);
	if (!group_is_wanted(group))
		group_refresh(group);
	return err;
}

/**
 * sxt_member_set() - a socket wants other sources of its group
 * @member: its part
 * @sources: what it wants, owned by @member from then on; NULL: all
 *
 * Context: RTNL.
 * Return: 0; -ENOMEM: nothing was changed, @sources is the caller's, who frees
 * it after a grace period.
 */
int sxt_member_set(struct sxt_member *member, struct sxt_sources *sources)
{
	struct sxt_sources *old = rtnl_dereference(member->sources);
	int err = 0;

	rcu_assign_pointer(member->sources, sources);
	if (member->group)
		err = group_refresh(member->group);
	if (err)
		rcu_assign_pointer(member->sources, old);
	else
		sources_free(old);
	return err;
}

/**
 * sxt_member_del() - a socket leaves its group
 * @member: its part, which nobody finds any more, and which is not to be used
 *	again; its sources are freed after a grace period, as it has to be
 *
 * Context: RTNL.
 */
void sxt_member_del(struct sxt_member *member)
{
	struct sxt_group *group = member->group;

	/* It stays for who has found @member: NULL would be all sources. */
	sources_free(rtnl_dereference(member->sources));
	if (!group)
		return;
	list_del_init(&member->list);
	group->member_count--;
	member->group = NULL;
	group_refresh_or_all(group);
}

/**
 * sxt_mcast_join() - the stack itself joins a group, for all sources
 * @idev: the interface
 * @group: the group
 *
 * Context: RTNL. Each join needs its sxt_mcast_leave().
 * Return: 0, or -ENOMEM.
 */
int sxt_mcast_join(struct sxt_idev *idev, const struct in6_addr *group)
{
	return sxt_mcast_join_quietly(idev, group, 0);
}
EXPORT_SYMBOL_NS_GPL(sxt_mcast_join, SEXTANT_IPV6);

/**
 * sxt_mcast_join_quietly() - the same; nobody is told of it for some time
 * @idev: the interface
 * @group: the group
 * @time: jiffies
 *
 * It is listened to at once.
 *
 * Context: RTNL. Each join needs its sxt_mcast_leave().
 * Return: 0, or -ENOMEM.
 */
int sxt_mcast_join_quietly(struct sxt_idev *idev, const struct in6_addr *group,
			   unsigned long time)
{
	struct sxt_group *g = group_get(idev, group);

	if (!g)
		return -ENOMEM;
	/* A jiffy of 0 is "at once": the one after will do. */
	if (!group_is_wanted(g))
		g->quiet_until = time ? (jiffies + time) ?: 1 : 0;
	g->users++;
	/* Somebody wants all sources: that takes no memory. */
	return group_refresh(g);
}

/**
 * sxt_mcast_leave() - undoes one sxt_mcast_join()
 * @idev: the interface
 * @group: the group
 *
 * Context: RTNL.
 * Return: 0; -ENOENT: it was not joined.
 */
int sxt_mcast_leave(struct sxt_idev *idev, const struct in6_addr *group)
{
	struct sxt_group *g = sxt_group_find(idev, group);

	if (!g || !g->users)
		return -ENOENT;
	g->users--;
	group_refresh_or_all(g);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sxt_mcast_leave, SEXTANT_IPV6);

/**
 * sxt_mcast_up() - an interface came up: listeners are reported from now on
 * @idev: the interface
 *
 * Context: RTNL. Twice is harmless.
 */
void sxt_mcast_up(struct sxt_idev *idev)
{
	sxt_mld_start(idev);
}

/**
 * sxt_mcast_again() - an interface may have come to another link
 * @idev: the interface; all that it listens to is reported anew
 *
 * Context: RTNL.
 */
void sxt_mcast_again(struct sxt_idev *idev)
{
	sxt_mld_again(idev);
}

/**
 * sxt_mcast_down() - an interface went down: nothing is reported any more
 * @idev: the interface; its groups stay
 *
 * Context: RTNL. Twice is harmless.
 */
void sxt_mcast_down(struct sxt_idev *idev)
{
	sxt_mld_stop(idev);
}

/**
 * sxt_mcast_destroy() - an interface loses IPv6: all groups go
 * @idev: the interface, still with its device
 *
 * Sockets that joined keep their record, for a group that hears nothing more.
 *
 * Context: RTNL.
 */
void sxt_mcast_destroy(struct sxt_idev *idev)
{
	struct sxt_group *group, *next;

	sxt_mld_destroy(idev);
	list_for_each_entry_safe(group, next, &idev->groups, list) {
		struct sxt_member *m, *after;

		list_for_each_entry_safe(m, after, &group->members, list) {
			list_del_init(&m->list);
			m->group = NULL;
		}
		group_free(group);
	}
}

/**
 * sxt_mcast_member() - does an interface listen to a group, from a source?
 * @dev: the interface
 * @group: the group
 * @source: the source; NULL or in6addr_any: any
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool sxt_mcast_member(const struct net_device *dev,
		      const struct in6_addr *group,
		      const struct in6_addr *source)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	const struct sxt_sources *filter;
	const struct sxt_group *g;

	if (!idev)
		return false;
	g = sxt_group_find(idev, group);
	if (!g)
		return false;
	filter = rcu_dereference_rtnl(g->filter);
	return !filter || !source || ipv6_addr_any(source) ||
	       sxt_sources_wants(filter, source);
}
