/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the multicast part: a group of an interface, who wants it, from
 * which sources, and what the listener protocol has in mind for it.
 */
#ifndef SXT_GROUP_H
#define SXT_GROUP_H

#include <linux/in.h>
#include "mcast.h"

/**
 * struct sxt_sources - a filter mode and its sources (RFC 3810 4)
 * @rcu: for its end
 * @mode: MCAST_INCLUDE or MCAST_EXCLUDE
 * @count: number of @addr
 * @addr: the sources, in ascending order, none twice
 *
 * Never changed once it is seen by others. A NULL pointer to one stands for
 * EXCLUDE with no source, "all that is sent to the group", by far the most.
 */
struct sxt_sources {
	struct rcu_head rcu;
	unsigned int mode;
	unsigned int count;
	struct in6_addr addr[] __counted_by(count);
};

/* INCLUDE with no source: the state of a group that nobody listens to */
extern const struct sxt_sources sxt_sources_none;

/**
 * struct sxt_member - a socket's part in a group
 * @list: in sxt_group.members, RTNL
 * @group: the group, or NULL: the interface has gone
 * @sources: what the socket wants; readers RCU, writers RTNL
 */
struct sxt_member {
	struct list_head list;
	struct sxt_group *group;
	struct sxt_sources __rcu *sources;
};

/**
 * struct sxt_group - a multicast group that an interface listens to
 * @list: in sxt_idev.groups; readers RCU, writers RTNL
 * @rcu: for its end
 * @addr: the group
 * @idev: the interface
 * @users: how often it was joined by sxt_mcast_join()
 * @members: sockets that joined it, struct sxt_member, RTNL
 * @member_count: of them
 * @filter: what all of them want together; readers RCU, writers RTNL
 * @loaded: the device's filter has the group's hardware address
 * @pending: an answer to a query is to be sent at @due (jiffies)
 * @reporter: MLDv1: we were the last who reported it, or are about to
 * @due: see @pending
 * @quiet_until: nobody is told of it before (jiffies), 0: it is told at once
 * @asked: sources that the query asked about; NULL: about the group
 */
struct sxt_group {
	struct list_head list;
	struct rcu_head rcu;
	struct in6_addr addr;
	struct sxt_idev *idev;
	unsigned int users;
	struct list_head members;
	unsigned int member_count;
	struct sxt_sources __rcu *filter;
	bool loaded;
	bool pending;
	bool reporter;
	unsigned long due;
	unsigned long quiet_until;
	struct sxt_sources *asked;
};

/**
 * sxt_group_filter() - what an interface wants of a group
 * @group: the group
 *
 * Context: RTNL.
 * Return: the filter; NULL: all sources.
 */
static inline const struct sxt_sources *
sxt_group_filter(const struct sxt_group *group)
{
	return rtnl_dereference(group->filter);
}

/**
 * sxt_sources_mode() - the filter mode
 * @sources: a filter, or NULL
 *
 * Return: MCAST_INCLUDE or MCAST_EXCLUDE.
 */
static inline unsigned int sxt_sources_mode(const struct sxt_sources *sources)
{
	return sources ? sources->mode : MCAST_EXCLUDE;
}

/**
 * sxt_sources_count() - how many sources a filter names
 * @sources: a filter, or NULL
 *
 * Return: the number.
 */
static inline unsigned int sxt_sources_count(const struct sxt_sources *sources)
{
	return sources ? sources->count : 0;
}

/* mcast_filter.c: */
struct sxt_sources *sxt_sources_alloc(unsigned int mode, unsigned int count,
				      gfp_t gfp);
struct sxt_sources *sxt_sources_make(unsigned int mode,
				     const struct in6_addr *addr,
				     unsigned int count, gfp_t gfp);
struct sxt_sources *sxt_sources_with(const struct sxt_sources *old,
				     const struct in6_addr *addr);
struct sxt_sources *sxt_sources_without(const struct sxt_sources *old,
					const struct in6_addr *addr);
bool sxt_sources_has(const struct sxt_sources *sources,
		     const struct in6_addr *addr);
bool sxt_sources_wants(const struct sxt_sources *sources,
		       const struct in6_addr *addr);
int sxt_sources_merge(const struct sxt_group *group,
		      struct sxt_sources **merged);
typedef void (*sxt_sources_show_fn)(void *arg, const struct in6_addr *source,
				    unsigned int included,
				    unsigned int excluded);
int sxt_sources_show(const struct sxt_group *group, sxt_sources_show_fn show,
		     void *arg);

/* mcast.c, RTNL: */
struct sxt_group *sxt_group_find(const struct sxt_idev *idev,
				 const struct in6_addr *addr);
int sxt_member_add(struct sxt_member *member, struct sxt_idev *idev,
		   const struct in6_addr *addr, struct sxt_sources *sources);
int sxt_member_set(struct sxt_member *member, struct sxt_sources *sources);
void sxt_member_del(struct sxt_member *member);

/* mld.c, RTNL: */
void sxt_mld_start(struct sxt_idev *idev);
void sxt_mld_again(struct sxt_idev *idev);
void sxt_mld_stop(struct sxt_idev *idev);
void sxt_mld_destroy(struct sxt_idev *idev);
void sxt_mld_changed(struct sxt_group *group, const struct sxt_sources *before,
		     const struct sxt_sources *after);
void sxt_mld_forget(struct sxt_group *group);

/**
 * sxt_group_quiet() - is a group not to be told of yet?
 * @group: the group
 *
 * Context: RTNL.
 * Return: true if so.
 */
static inline bool sxt_group_quiet(const struct sxt_group *group)
{
	return group->quiet_until && time_before(jiffies, group->quiet_until);
}

#endif /* SXT_GROUP_H */
