// SPDX-License-Identifier: GPL-2.0-only
/*
 * The listener protocol of an interface (RFC 3810, and RFC 2710 where the
 * querier speaks that): when queries are answered, and its life. One work an
 * interface does it all, under the RTNL; messages come from mld_in.c.
 */
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "mld_int.h"

#define ROBUSTNESS	2	/* RFC 3810 9.1 */
#define INTERVAL	125	/* seconds, 9.2 */
#define RESPONSE	10000	/* milliseconds, 9.3 */

int sxt_mld_qrv __read_mostly = ROBUSTNESS;

static struct workqueue_struct *mld_queue;

/**
 * sxt_mld_is_v1_rcu() - is version 1 spoken?
 * @idev: the interface
 * @mld: of the interface
 *
 * By the knob force_mld_version; else as long as an older querier was heard
 * (RFC 3810 8.2.1).
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool sxt_mld_is_v1_rcu(const struct sxt_idev *idev, const struct sxt_mld *mld)
{
	const struct net *net = dev_net(idev->in6.dev);
	int forced = READ_ONCE(net->ipv6.devconf_all->force_mld_version);

	if (!forced)
		forced = READ_ONCE(idev->in6.cnf.force_mld_version);
	if (forced)
		return forced == 1;
	return READ_ONCE(mld->v1) &&
	       time_before(jiffies, READ_ONCE(mld->v1_until));
}

/**
 * sxt_mld_is_v1() - the same, where the interface can't go
 * @mld: of the interface
 *
 * Context: RTNL.
 * Return: as sxt_mld_is_v1_rcu().
 */
bool sxt_mld_is_v1(const struct sxt_mld *mld)
{
	return sxt_mld_is_v1_rcu(mld->idev, mld);
}

/**
 * sxt_mld_reports() - is a group reported?
 * @group: the group
 *
 * RFC 3810 6: never all nodes of the link, nor what does not leave the node.
 *
 * Context: any.
 * Return: true if so.
 */
bool sxt_mld_reports(const struct in6_addr *group)
{
	return IPV6_ADDR_MC_SCOPE(group) >= IPV6_ADDR_SCOPE_LINKLOCAL &&
	       !ipv6_addr_is_ll_all_nodes(group);
}

/**
 * sxt_mld_kick() - the work looks at once what is due
 * @mld: of the interface
 *
 * Context: any in which @mld is valid.
 */
void sxt_mld_kick(struct sxt_mld *mld)
{
	mod_delayed_work(mld_queue, &mld->work, 0);
}

static void group_cancel(struct sxt_group *group)
{
	group->pending = false;
	kvfree(group->asked);
	group->asked = NULL;
}

/**
 * sxt_mld_forget() - a group goes: nothing is answered for it any more
 * @group: the group
 *
 * Context: RTNL.
 */
void sxt_mld_forget(struct sxt_group *group)
{
	group_cancel(group);
}

static void cancel_all(struct sxt_mld *mld)
{
	struct sxt_group *group;

	mld->general = false;
	sxt_mld_drop_changes(mld);
	list_for_each_entry(group, &mld->idev->groups, list)
		group_cancel(group);
}

/**
 * sxt_mld_follow_version() - is another version spoken than before?
 * @mld: of the interface
 *
 * RFC 3810 8.2.1: then nothing that is pending is told any more. A querier, the
 * time or a knob may have changed it: so this is asked before anything becomes
 * pending, and before any of it is told.
 *
 * Context: RTNL.
 */
void sxt_mld_follow_version(struct sxt_mld *mld)
{
	bool v1 = sxt_mld_is_v1(mld);

	if (v1 == mld->spoken_v1)
		return;
	mld->spoken_v1 = v1;
	cancel_all(mld);
}

/* RFC 3810 6.2: at a random time in (0, the delay that the query allows]. */
static unsigned long answer_time(const struct sxt_mld_heard *q)
{
	return jiffies + 1 +
	       get_random_u32_below(max(msecs_to_jiffies(q->delay), 1ul));
}

/* What the querier says of itself; a query of version 1 changes the version. */
static void learn_querier(struct sxt_mld *mld, const struct sxt_mld_heard *q)
{
	unsigned long wait;

	if (q->v1) {
		wait = mld->robustness * mld->interval * HZ +
		       msecs_to_jiffies(mld->response);
		WRITE_ONCE(mld->v1_until, jiffies + wait);
		WRITE_ONCE(mld->v1, true);
	} else {
		mld->robustness = q->robustness ?:
				  clamp(READ_ONCE(sxt_mld_qrv), 1, 7);
		mld->interval = q->interval ?: INTERVAL;
		/* 9.3 is of general queries. */
		if (q->general)
			mld->response = q->delay;
	}
	sxt_mld_follow_version(mld);
}

/* RFC 3810 6.2, rule 5: the sources of both queries. NULL: the whole group. */
static struct sxt_sources *both(const struct sxt_sources *old,
				const struct sxt_mld_heard *q)
{
	struct sxt_sources *sum = NULL;
	struct in6_addr *all;

	if (old->count + q->count > SXT_MLD_SOURCES_MAX)
		return NULL;
	all = kmalloc_array(old->count + q->count, sizeof(*all), GFP_KERNEL);
	if (!all)
		return NULL;
	memcpy(all, old->addr, old->count * sizeof(*all));
	memcpy(all + old->count, q->sources, q->count * sizeof(*all));
	sum = sxt_sources_make(MCAST_INCLUDE, all, old->count + q->count,
			       GFP_KERNEL);
	kfree(all);
	return sum;
}

/* RFC 3810 6.2, rules 3 to 5. */
static void query_group(struct sxt_group *group, const struct sxt_mld_heard *q,
			unsigned long due)
{
	struct sxt_sources *asked = NULL;

	if (!group->pending || time_before(due, group->due))
		group->due = due;
	if (q->count && !group->pending)
		asked = sxt_sources_make(MCAST_INCLUDE, q->sources, q->count,
					 GFP_KERNEL);
	else if (q->count && group->asked)
		asked = both(group->asked, q);
	kvfree(group->asked);
	group->asked = asked;
	group->pending = true;
}

/* RFC 2710 4: each group has its own time. */
static void query_all_v1(struct sxt_mld *mld, const struct sxt_mld_heard *q)
{
	struct sxt_group *group;

	list_for_each_entry(group, &mld->idev->groups, list)
		if (sxt_mld_reports(&group->addr))
			query_group(group, q, answer_time(q));
}

static void handle_query(struct sxt_mld *mld, const struct sxt_mld_heard *q)
{
	unsigned long due = answer_time(q);
	struct sxt_group *group;

	learn_querier(mld, q);
	if (mld->general && time_before(mld->general_due, due))
		return;
	if (q->general && sxt_mld_is_v1(mld)) {
		query_all_v1(mld, q);
		return;
	}
	if (q->general) {
		mld->general = true;
		mld->general_due = due;
		return;
	}
	group = sxt_group_find(mld->idev, &q->group);
	if (group && sxt_mld_reports(&group->addr))
		query_group(group, q, due);
}

/* RFC 2710 4: another node has reported the group, that is enough. */
static void handle_report(struct sxt_mld *mld, const struct sxt_mld_heard *r)
{
	struct sxt_group *group = sxt_group_find(mld->idev, &r->group);

	if (!group || !sxt_mld_is_v1(mld) ||
	    (!sxt_mld_spare(group) && !group->pending))
		return;
	group_cancel(group);
	group->reporter = false;
}

static void handle_heard(struct sxt_mld *mld)
{
	struct sxt_mld_heard *h, *next;
	LIST_HEAD(list);

	sxt_mld_heard_take(mld, &list);
	list_for_each_entry_safe(h, next, &list, list) {
		if (h->report)
			handle_report(mld, h);
		else
			handle_query(mld, h);
		kfree(h);
	}
}

static void answer_filter(struct sxt_mld_batch *batch,
			  const struct sxt_group *group)
{
	const struct sxt_sources *filter = sxt_group_filter(group);

	/* Sockets that joined for single sources, and have none yet. */
	if (sxt_sources_mode(filter) == MCAST_INCLUDE &&
	    !sxt_sources_count(filter))
		return;
	sxt_mld_batch_filter(batch, sxt_sources_mode(filter) == MCAST_INCLUDE ?
			     SXT_MLD_IS_INCLUDE : SXT_MLD_IS_EXCLUDE,
			     &group->addr, filter);
}

/* RFC 3810 6.3, the table: of the sources asked about those that we want. */
static void answer_sources(struct sxt_mld_batch *batch,
			   const struct sxt_group *group)
{
	const struct sxt_sources *filter = sxt_group_filter(group);
	unsigned int i;

	sxt_mld_batch_record(batch, SXT_MLD_IS_INCLUDE, &group->addr, false);
	for (i = 0; i < group->asked->count; i++)
		if (sxt_sources_wants(filter, &group->asked->addr[i]))
			sxt_mld_batch_source(batch, &group->asked->addr[i]);
}

static void answer_group(struct sxt_mld_batch *batch, struct sxt_group *group)
{
	if (sxt_mld_is_v1(batch->mld)) {
		sxt_mld_send_v1(batch->mld, SXT_MLD_V1_REPORT, &group->addr);
		group->reporter = true;
	} else if (group->asked) {
		answer_sources(batch, group);
	} else {
		answer_filter(batch, group);
	}
	group_cancel(group);
}

/* RFC 3810 6.3, 1: the answer to a general query tells all, once. */
static void answer_all(struct sxt_mld_batch *batch)
{
	struct sxt_group *group;

	batch->mld->general = false;
	list_for_each_entry(group, &batch->mld->idev->groups, list)
		if (sxt_mld_reports(&group->addr))
			answer_filter(batch, group);
}

static void do_what_is_due(struct sxt_mld *mld)
{
	struct sxt_mld_batch batch = { .mld = mld };
	struct sxt_group *group;

	if (mld->general && sxt_mld_is_due(mld->general_due))
		answer_all(&batch);
	list_for_each_entry(group, &mld->idev->groups, list)
		if (group->pending && sxt_mld_is_due(group->due))
			answer_group(&batch, group);
	sxt_mld_batch_send(&batch);
	sxt_mld_tell_changes(mld);
}

static void sooner(unsigned long due, unsigned long *next, bool *any)
{
	if (!*any || time_before(due, *next))
		*next = due;
	*any = true;
}

/* Sleeps until the next is due. What comes in between kicks the work. */
static void schedule_next(struct sxt_mld *mld)
{
	const struct sxt_group *group;
	unsigned long next = 0;
	bool any = sxt_mld_changes_next(mld, &next);

	if (mld->general)
		sooner(mld->general_due, &next, &any);
	list_for_each_entry(group, &mld->idev->groups, list)
		if (group->pending)
			sooner(group->due, &next, &any);
	if (any)
		queue_delayed_work(mld_queue, &mld->work,
				   sxt_mld_is_due(next) ? 0 : next - jiffies);
}

static void mld_work(struct work_struct *work)
{
	struct sxt_mld *mld = container_of(to_delayed_work(work),
					   struct sxt_mld, work);

	rtnl_lock();
	if (mld->idev && mld->running) {
		sxt_mld_follow_version(mld);
		handle_heard(mld);
		do_what_is_due(mld);
		schedule_next(mld);
	} else {
		sxt_mld_heard_drop(mld);
	}
	rtnl_unlock();
}

/* After a grace period: no packet kicks the work any more. */
static void mld_end(struct work_struct *work)
{
	struct sxt_mld *mld = container_of(to_rcu_work(work), struct sxt_mld,
					   end);

	cancel_delayed_work_sync(&mld->work);
	sxt_mld_heard_drop(mld);
	kfree(mld);
}

static struct sxt_mld *mld_alloc(struct sxt_idev *idev)
{
	struct sxt_mld *mld = kzalloc(sizeof(*mld), GFP_KERNEL);

	if (!mld)
		return NULL;
	mld->idev = idev;
	INIT_DELAYED_WORK(&mld->work, mld_work);
	INIT_RCU_WORK(&mld->end, mld_end);
	spin_lock_init(&mld->lock);
	ratelimit_state_init(&mld->queries, HZ, SXT_MLD_QUERIES_MAX);
	/* it says nothing to the log */
	ratelimit_set_flags(&mld->queries, RATELIMIT_MSG_ON_RELEASE);
	INIT_LIST_HEAD(&mld->heard);
	INIT_LIST_HEAD(&mld->changes);
	return mld;
}

/**
 * sxt_mld_start() - an interface came up
 * @idev: the interface
 *
 * Nothing is spoken on loopback interfaces, nor where there is no multicast.
 *
 * Context: RTNL. Twice is harmless.
 */
void sxt_mld_start(struct sxt_idev *idev)
{
	const struct net_device *dev = idev->in6.dev;
	struct sxt_mld *mld = idev->mld;

	if (dev->flags & IFF_LOOPBACK || !(dev->flags & IFF_MULTICAST) ||
	    (mld && mld->running))
		return;
	if (!mld) {
		mld = mld_alloc(idev);
		if (!mld)
			return;
		/* Packets that find it find it whole: sxt_mld_rcv(). */
		smp_store_release(&idev->mld, mld);
	}
	mld->running = true;
	mld->unspecified = false;
	WRITE_ONCE(mld->v1, false);
	mld->spoken_v1 = sxt_mld_is_v1(mld);
	mld->robustness = clamp(READ_ONCE(sxt_mld_qrv), 1, 7);
	mld->interval = INTERVAL;
	mld->response = RESPONSE;
	sxt_mld_announce(mld);
}

/**
 * sxt_mld_again() - all that is listened to is reported anew
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_mld_again(struct sxt_idev *idev)
{
	struct sxt_mld *mld = idev->mld;

	if (mld && mld->running)
		sxt_mld_announce(mld);
}

/**
 * sxt_mld_stop() - an interface went down: nothing is said any more
 * @idev: the interface
 *
 * Context: RTNL. Twice is harmless.
 */
void sxt_mld_stop(struct sxt_idev *idev)
{
	struct sxt_mld *mld = idev->mld;

	if (!mld || !mld->running)
		return;
	cancel_all(mld);
	sxt_mld_heard_drop(mld);
	mld->running = false;
}

/**
 * sxt_mld_destroy() - an interface loses IPv6
 * @idev: the interface
 *
 * Context: RTNL. What runs in the work sees that the interface has gone.
 */
void sxt_mld_destroy(struct sxt_idev *idev)
{
	struct sxt_mld *mld = idev->mld;

	if (!mld)
		return;
	sxt_mld_stop(idev);
	WRITE_ONCE(idev->mld, NULL);
	mld->idev = NULL;
	queue_rcu_work(mld_queue, &mld->end);
}

/**
 * sxt_mld_address_ready() - an interface has a usable link-local address
 * @idev: the interface
 *
 * RFC 3590 4: routers ignore what was reported from ::.
 *
 * Context: RTNL.
 */
void sxt_mld_address_ready(struct sxt_idev *idev)
{
	struct sxt_mld *mld = idev->mld;

	if (!mld || !mld->running || !mld->unspecified)
		return;
	mld->unspecified = false;
	sxt_mld_announce(mld);
}

/**
 * sxt_mld_tell_due() - changes whose time has come are told before what follows
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_mld_tell_due(struct sxt_idev *idev)
{
	struct sxt_mld *mld = idev->mld;

	if (!mld || !mld->running)
		return;
	sxt_mld_follow_version(mld);
	sxt_mld_tell_changes(mld);
}

/**
 * sxt_mld_init() - what the listener protocol needs before any interface
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_mld_init(void)
{
	mld_queue = alloc_workqueue("sextant_mld", WQ_UNBOUND, 0);
	return mld_queue ? 0 : -ENOMEM;
}

/**
 * sxt_mld_exit() - waits for all that interfaces left behind
 *
 * Context: process, without the RTNL; no interface has IPv6 any more.
 */
void sxt_mld_exit(void)
{
	rcu_barrier();
	destroy_workqueue(mld_queue);
}
