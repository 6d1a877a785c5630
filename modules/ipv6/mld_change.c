// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of what an interface listens to, told at once and again until enough
 * reports have gone out that one will have got through (RFC 3810 6.1).
 */
#include <linux/random.h>
#include <linux/slab.h>
#include "mld_int.h"

/* A source whose coming or going is still to be told @left times. */
struct told_source {
	struct in6_addr addr;
	u8 left;
};

/**
 * struct sxt_mld_change - a group whose change is being told
 * @list: in sxt_mld.changes
 * @group: the group, which may be left already
 * @mode_left: reports that are still to have its whole filter
 * @reporter: MLDv1: we had reported it last, so we tell that we are done
 * @due: the next report of it (jiffies)
 * @count: number of @sources
 * @sources: those that came or went
 */
struct sxt_mld_change {
	struct list_head list;
	struct in6_addr group;
	u8 mode_left;
	bool reporter;
	unsigned long due;
	unsigned int count;
	struct told_source *sources;
};

static void change_free(struct sxt_mld *mld, struct sxt_mld_change *c)
{
	list_del(&c->list);
	mld->change_count--;
	kfree(c->sources);
	kfree(c);
}

/**
 * sxt_mld_drop_changes() - nothing more is told of what changed until now
 * @mld: of the interface
 *
 * Context: RTNL.
 */
void sxt_mld_drop_changes(struct sxt_mld *mld)
{
	struct sxt_mld_change *c, *next;

	mld->announce = 0;
	list_for_each_entry_safe(c, next, &mld->changes, list)
		change_free(mld, c);
}

/* RFC 2710 4: a report; or once that we are done, if nobody else reported. */
static void tell_v1(struct sxt_mld *mld, struct sxt_mld_change *c)
{
	struct sxt_group *group = sxt_group_find(mld->idev, &c->group);

	c->count = 0;
	if (group) {
		sxt_mld_send_v1(mld, SXT_MLD_V1_REPORT, &c->group);
		group->reporter = true;
		if (c->mode_left)
			c->mode_left--;
		return;
	}
	if (c->reporter)
		sxt_mld_send_v1(mld, SXT_MLD_V1_DONE, &c->group);
	c->mode_left = 0;
}

/* The sources that came, or those that went, by the filter of now. */
static void tell_sources(struct sxt_mld_batch *batch,
			 const struct sxt_mld_change *c,
			 const struct sxt_sources *filter, bool wanted)
{
	unsigned int i;

	sxt_mld_batch_record(batch, wanted ? SXT_MLD_ALLOW : SXT_MLD_BLOCK,
			     &c->group, false);
	for (i = 0; i < c->count; i++)
		if (sxt_sources_wants(filter, &c->sources[i].addr) == wanted)
			sxt_mld_batch_source(batch, &c->sources[i].addr);
}

/* One report's worth: what was told often enough goes. */
static void count_down(struct sxt_mld_change *c)
{
	unsigned int i, n = 0;

	if (c->mode_left)
		c->mode_left--;
	for (i = 0; i < c->count; i++)
		if (--c->sources[i].left)
			c->sources[n++] = c->sources[i];
	c->count = n;
}

static void tell_v2(struct sxt_mld_batch *batch, struct sxt_mld_change *c)
{
	const struct sxt_group *group = sxt_group_find(batch->mld->idev,
						       &c->group);
	const struct sxt_sources *filter = &sxt_sources_none;

	if (group)
		filter = sxt_group_filter(group);
	if (c->mode_left) {
		sxt_mld_batch_filter(batch, sxt_sources_mode(filter) ==
				     MCAST_INCLUDE ? SXT_MLD_TO_INCLUDE :
				     SXT_MLD_TO_EXCLUDE, &c->group, filter);
	} else {
		tell_sources(batch, c, filter, true);
		tell_sources(batch, c, filter, false);
	}
	count_down(c);
}

static void tell(struct sxt_mld_batch *batch, struct sxt_mld_change *c)
{
	if (sxt_mld_is_v1(batch->mld))
		tell_v1(batch->mld, c);
	else
		tell_v2(batch, c);
}

/* As if all groups had been joined just now. */
static void tell_all(struct sxt_mld_batch *batch)
{
	struct sxt_group *group;

	list_for_each_entry(group, &batch->mld->idev->groups, list) {
		const struct sxt_sources *filter = sxt_group_filter(group);

		if (!sxt_mld_reports(&group->addr) || sxt_group_quiet(group))
			continue;
		if (sxt_mld_is_v1(batch->mld)) {
			if (group->reporter)
				sxt_mld_send_v1(batch->mld, SXT_MLD_V1_REPORT,
						&group->addr);
		} else if (sxt_sources_mode(filter) == MCAST_EXCLUDE) {
			sxt_mld_batch_filter(batch, SXT_MLD_TO_EXCLUDE,
					     &group->addr, filter);
		} else if (filter->count) {
			sxt_mld_batch_filter(batch, SXT_MLD_ALLOW,
					     &group->addr, filter);
		}
	}
}

/**
 * sxt_mld_announce() - all groups are told, as often as a change is
 * @mld: of the interface
 *
 * Context: RTNL.
 */
void sxt_mld_announce(struct sxt_mld *mld)
{
	struct sxt_group *group;

	sxt_mld_follow_version(mld);
	/* Version 1: each is ours to report until sxt_mld_spare(). */
	list_for_each_entry(group, &mld->idev->groups, list)
		group->reporter = sxt_mld_is_v1(mld) &&
				  sxt_mld_reports(&group->addr);
	mld->announce = mld->robustness;
	mld->announce_due = jiffies;
	sxt_mld_kick(mld);
}

/* Jiffies until the next report: above 0, at most the unsolicited interval. */
static unsigned long next_interval(const struct sxt_mld *mld)
{
	const struct ipv6_devconf *cnf = &mld->idev->in6.cnf;
	int interval = sxt_mld_is_v1(mld) ?
		       READ_ONCE(cnf->mldv1_unsolicited_report_interval) :
		       READ_ONCE(cnf->mldv2_unsolicited_report_interval);

	return 1 + get_random_u32_below(max(interval, 1));
}

/*
 * The oldest makes room: it is told once more, if the first time or the last.
 * That what is joined is told often enough is seen to by telling all.
 */
static void change_drop_oldest(struct sxt_mld *mld)
{
	struct sxt_mld_batch batch = { .mld = mld };
	struct sxt_mld_change *oldest;

	oldest = list_first_entry(&mld->changes, struct sxt_mld_change, list);
	tell(&batch, oldest);
	sxt_mld_batch_send(&batch);
	change_free(mld, oldest);
	if (!mld->announce)
		mld->announce_due = jiffies + next_interval(mld);
	mld->announce = mld->robustness;
}

static struct sxt_mld_change *change_find(const struct sxt_mld *mld,
					  const struct in6_addr *group)
{
	struct sxt_mld_change *c;

	list_for_each_entry(c, &mld->changes, list)
		if (ipv6_addr_equal(&c->group, group))
			return c;
	return NULL;
}

static struct sxt_mld_change *change_get(struct sxt_mld *mld,
					 const struct in6_addr *group)
{
	struct sxt_mld_change *c = change_find(mld, group);

	if (c)
		return c;
	if (mld->change_count >= SXT_MLD_CHANGES_MAX)
		change_drop_oldest(mld);
	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return NULL;
	c->group = *group;
	list_add_tail(&c->list, &mld->changes);
	mld->change_count++;
	return c;
}

/* Where single sources can't be kept, the whole filter is told. */
static void note_source(struct sxt_mld_change *c, const struct in6_addr *addr,
			u8 robustness)
{
	struct told_source *more;
	unsigned int i;

	for (i = 0; i < c->count; i++)
		if (ipv6_addr_equal(&c->sources[i].addr, addr)) {
			c->sources[i].left = robustness;
			return;
		}
	more = c->count < SXT_MLD_SOURCES_MAX ?
	       krealloc_array(c->sources, c->count + 1, sizeof(*more),
			      GFP_KERNEL) : NULL;
	if (!more) {
		c->mode_left = robustness;
		return;
	}
	c->sources = more;
	more[c->count].addr = *addr;
	more[c->count++].left = robustness;
}

/* The sources that are in one of two lists alone. */
static void note_difference(struct sxt_mld_change *c,
			    const struct sxt_sources *a,
			    const struct sxt_sources *b, u8 robustness)
{
	unsigned int na = sxt_sources_count(a), nb = sxt_sources_count(b);
	unsigned int i = 0, j = 0;

	while (i < na || j < nb) {
		int order;

		if (i == na || j == nb)
			order = i == na ? 1 : -1;
		else
			order = memcmp(&a->addr[i], &b->addr[j],
				       sizeof(a->addr[i]));
		if (!order) {
			i++;
			j++;
			continue;
		}
		note_source(c, order < 0 ? &a->addr[i] : &b->addr[j],
			    robustness);
		if (order < 0)
			i++;
		else
			j++;
	}
}

static bool is_nobody(const struct sxt_sources *filter)
{
	return filter && filter->mode == MCAST_INCLUDE && !filter->count;
}

/**
 * sxt_mld_changed() - what an interface wants of a group has changed
 * @group: the group; its filter may be the old or the new one
 * @before: the old filter
 * @after: the new one; &sxt_sources_none: the group is left
 *
 * Version 1 knows only joins and leaves.
 *
 * Context: RTNL.
 */
void sxt_mld_changed(struct sxt_group *group, const struct sxt_sources *before,
		     const struct sxt_sources *after)
{
	struct sxt_mld *mld = group->idev->mld;
	struct sxt_mld_change *c;

	if (!mld || !mld->running || !sxt_mld_reports(&group->addr) ||
	    (is_nobody(before) && is_nobody(after)))
		return;
	sxt_mld_follow_version(mld);
	if (sxt_mld_is_v1(mld) && is_nobody(before) == is_nobody(after))
		return;
	c = change_get(mld, &group->addr);
	if (!c)
		return;
	c->reporter = group->reporter;
	if (sxt_mld_is_v1(mld) ||
	    sxt_sources_mode(before) != sxt_sources_mode(after))
		c->mode_left = mld->robustness;
	else
		note_difference(c, before, after, mld->robustness);
	c->due = sxt_group_quiet(group) ? group->quiet_until : jiffies;
	sxt_mld_kick(mld);
}

/**
 * sxt_mld_spare() - another node has reported a group: ours is not told again
 * @group: the group
 *
 * RFC 2710 5: the first report of a group that is joined starts the timer of
 * the next one, and another node's stops it.
 *
 * Context: RTNL; version 1 is spoken.
 * Return: true if it was to be told again; false also where it is to be told
 * for the first time, and still is.
 */
bool sxt_mld_spare(const struct sxt_group *group)
{
	struct sxt_mld *mld = group->idev->mld;
	struct sxt_mld_change *c = change_find(mld, &group->addr);

	if (!group->reporter || (!c && !mld->announce))
		return false;
	if (c)
		change_free(mld, c);
	return true;
}

/**
 * sxt_mld_tell_changes() - sends a report of the changes that are due
 * @mld: of the interface
 *
 * RFC 3810 6.1: each is told at once, and again after a random time of its
 * own: those that were told together have it in common.
 *
 * Context: RTNL.
 */
void sxt_mld_tell_changes(struct sxt_mld *mld)
{
	unsigned long again = jiffies + next_interval(mld);
	struct sxt_mld_batch batch = { .mld = mld };
	struct sxt_mld_change *c, *next;

	if (mld->announce && sxt_mld_is_due(mld->announce_due)) {
		tell_all(&batch);
		mld->announce--;
		mld->announce_due = again;
	}
	list_for_each_entry_safe(c, next, &mld->changes, list) {
		if (!sxt_mld_is_due(c->due))
			continue;
		tell(&batch, c);
		c->due = again;
		if (!c->mode_left && !c->count)
			change_free(mld, c);
	}
	sxt_mld_batch_send(&batch);
}

/**
 * sxt_mld_changes_next() - when is sxt_mld_tell_changes() to be called?
 * @mld: of the interface
 * @due: gets the time (jiffies)
 *
 * Context: RTNL.
 * Return: false: nothing is being told.
 */
bool sxt_mld_changes_next(const struct sxt_mld *mld, unsigned long *due)
{
	const struct sxt_mld_change *c;
	bool any = mld->announce;

	*due = mld->announce_due;
	list_for_each_entry(c, &mld->changes, list) {
		if (!any || time_before(c->due, *due))
			*due = c->due;
		any = true;
	}
	return any;
}
