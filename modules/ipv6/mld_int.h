/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the listener protocol: its state on an interface (mld.c), messages
 * that came in (mld_in.c), changes that are being told (mld_change.c), reports
 * on their way out (mld_send.c).
 */
#ifndef SXT_MLD_INT_H
#define SXT_MLD_INT_H

#include <linux/ratelimit_types.h>
#include <linux/workqueue.h>
#include "group.h"
#include "mld_msg.h"

#define SXT_MLD_HEARD_MAX	16	/* messages that wait for the work */
#define SXT_MLD_QUERIES_MAX	32	/* queries that are looked at in a second */
#define SXT_MLD_SOURCES_MAX	512	/* sources kept of a query, a change */
#define SXT_MLD_CHANGES_MAX	256	/* groups whose change is being told */

/**
 * struct sxt_mld - the listener protocol on an interface (RFC 3810)
 * @idev: the interface; NULL: it has gone. RTNL
 * @work: does all that is due, under the RTNL
 * @end: frees this once no packet can see it
 * @lock: @heard and @heard_count
 * @heard: messages that wait for @work
 * @heard_count: of them
 * @queries: how often anybody may ask
 * @running: the interface is up. RTNL, and so is all that follows
 * @unspecified: something was reported from ::
 * @v1: an older querier is present, until @v1_until (jiffies)
 * @v1_until: see @v1; read by packets
 * @spoken_v1: version 1 was spoken when this was last looked at
 * @robustness: the querier's (RFC 3810 9.1)
 * @interval: the querier's, seconds (9.2)
 * @response: its maximum response delay, milliseconds (9.3)
 * @general: an answer to a general query is to be sent at @general_due
 * @general_due: jiffies
 * @announce: reports that are still to have all groups, as after coming up
 * @announce_due: the next of them (jiffies)
 * @changes: struct sxt_mld_change, what is being told; the oldest first
 * @change_count: of them
 */
struct sxt_mld {
	struct sxt_idev *idev;
	struct delayed_work work;
	struct rcu_work end;
	spinlock_t lock; /* of the two that follow */
	struct list_head heard;
	unsigned int heard_count;
	struct ratelimit_state queries;
	bool running;
	bool unspecified;
	bool v1;
	unsigned long v1_until;
	bool spoken_v1;
	u8 robustness;
	u32 interval;
	u32 response;
	bool general;
	unsigned long general_due;
	u8 announce;
	unsigned long announce_due;
	struct list_head changes;
	unsigned int change_count;
};

/**
 * struct sxt_mld_heard - a message that waits for the work
 * @list: in sxt_mld.heard
 * @report: it is a report of version 1 by another node, about @group
 * @v1: a query of version 1
 * @general: a query of all groups
 * @robustness: what a query says, 0: nothing
 * @interval: as @robustness, seconds
 * @delay: within which it is to be answered, milliseconds
 * @group: that it is about
 * @count: number of @sources
 * @sources: that it asks about, of @group
 */
struct sxt_mld_heard {
	struct list_head list;
	bool report;
	bool v1;
	bool general;
	u8 robustness;
	u32 interval;
	u32 delay;
	struct in6_addr group;
	unsigned int count;
	struct in6_addr sources[] __counted_by(count);
};

/* mld_in.c, RTNL: */
void sxt_mld_heard_take(struct sxt_mld *mld, struct list_head *list);
void sxt_mld_heard_drop(struct sxt_mld *mld);
/* mld.c, RTNL: */
bool sxt_mld_is_v1(const struct sxt_mld *mld);
void sxt_mld_follow_version(struct sxt_mld *mld);
/* mld.c, under RCU: */
bool sxt_mld_is_v1_rcu(const struct sxt_idev *idev, const struct sxt_mld *mld);
/* mld.c, RTNL: */
bool sxt_mld_reports(const struct in6_addr *group);
void sxt_mld_kick(struct sxt_mld *mld);
/* mld_change.c, RTNL: */
void sxt_mld_announce(struct sxt_mld *mld);
bool sxt_mld_spare(const struct sxt_group *group);
void sxt_mld_tell_changes(struct sxt_mld *mld);
void sxt_mld_drop_changes(struct sxt_mld *mld);
bool sxt_mld_changes_next(const struct sxt_mld *mld, unsigned long *due);

static inline bool sxt_mld_is_due(unsigned long due)
{
	return time_after_eq(jiffies, due);
}

/**
 * struct sxt_mld_batch - records on their way out, as many as fit into a packet
 * @mld: of the interface
 * @skb: the packet that is being filled, NULL: none
 * @report: in it
 * @type: of the present record
 * @group: of the present record
 * @record: where it is in @report, 0: not begun
 * @full: it may not go on in another packet
 */
struct sxt_mld_batch {
	struct sxt_mld *mld;
	struct sk_buff *skb;
	struct sxt_mld_report report;
	u8 type;
	const struct in6_addr *group;
	u32 record;
	bool full;
};

/* mld_send.c, RTNL: */
void sxt_mld_batch_record(struct sxt_mld_batch *batch, u8 type,
			  const struct in6_addr *group, bool empty_too);
void sxt_mld_batch_source(struct sxt_mld_batch *batch,
			  const struct in6_addr *source);
void sxt_mld_batch_filter(struct sxt_mld_batch *batch, u8 type,
			  const struct in6_addr *group,
			  const struct sxt_sources *filter);
void sxt_mld_batch_send(struct sxt_mld_batch *batch);
void sxt_mld_send_v1(struct sxt_mld *mld, u8 type,
		     const struct in6_addr *group);

#endif /* SXT_MLD_INT_H */
