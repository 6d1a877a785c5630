// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes of SAs and policies, one or many at once: how each is made and
 * undone, and how all of a list are made, or none. A change is parsed and
 * checked before (an SA has its cipher set up by then). Who may, and when, is
 * asked in transaction.c.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "netlink.h"

/**
 * sxt_change_new() - memory for a change
 * @kind: what it does
 *
 * Context: process.
 * Return: the change, or NULL.
 */
struct sxt_change *sxt_change_new(enum sxt_change_kind kind)
{
	struct sxt_change *change;

	change = kzalloc(sizeof(*change), GFP_KERNEL_ACCOUNT);
	if (change) {
		change->kind = kind;
		INIT_LIST_HEAD(&change->gone);
	}
	return change;
}

/**
 * sxt_change_free() - free a change, with what it would have added
 * @change: the change
 *
 * Context: process.
 */
void sxt_change_free(struct sxt_change *change)
{
	if (change->kind == SXT_CHANGE_SA_ADD && change->sa)
		sxt_sa_put(change->sa);
	if (change->kind == SXT_CHANGE_POLICY_ADD && change->policy)
		sxt_policy_free(change->policy);
	kfree(change);
}

/**
 * sxt_changes_free() - free all changes of a list
 * @changes: the list; it is empty then
 *
 * Context: process.
 */
void sxt_changes_free(struct list_head *changes)
{
	struct sxt_change *change, *next;

	list_for_each_entry_safe(change, next, changes, node) {
		list_del(&change->node);
		sxt_change_free(change);
		cond_resched();
	}
}

static bool change_wants(const struct sxt_change *change, u8 dir)
{
	return change->any_dir || change->dir == dir;
}

static struct sxt_sa *change_find_sa(struct net *net,
				     const struct sxt_change *change)
{
	struct sxt_sa *sa;

	rcu_read_lock();
	if (change->id)
		sa = sxt_sa_by_id(net, change->id);
	else
		sa = sxt_sa_find(net, &change->ident);
	rcu_read_unlock();
	/* It stays: only holders of the configuration mutex remove SAs. */
	return sa && !sa->doomed ? sa : NULL;
}

static int make_sa_add(struct sxt_change *change,
		       struct netlink_ext_ack *extack)
{
	struct sxt_sa_params params = {};

	return sxt_sa_insert(change->sa, &params, extack);
}

static void make_sa_doomed(struct sxt_change *change, struct sxt_sa *sa)
{
	sa->doomed = true;
	list_add_tail(&sa->gone, &change->gone);
}

static int make_sa_del(struct net *net, struct sxt_change *change,
		       struct netlink_ext_ack *extack)
{
	struct sxt_sa *sa = change_find_sa(net, change);

	if (!sa) {
		sxt_refuse(extack, "no such SA");
		return -ENOENT;
	}
	make_sa_doomed(change, sa);
	return 0;
}

static u8 flush_dirs(const struct sxt_change *flush)
{
	return flush->any_dir ? BIT(SEXTANT_DIRECTION_IN) |
				BIT(SEXTANT_DIRECTION_OUT) : BIT(flush->dir);
}

/*
 * Those that the same transaction has added in front of the flush, and behind
 * the one before it of that direction.
 */
static void flush_added(struct list_head *changes, struct sxt_change *flush)
{
	struct sxt_change *change = flush;
	u8 dirs = flush_dirs(flush);
	struct sxt_sa *sa;

	list_for_each_entry_continue_reverse(change, changes, node) {
		if (change->kind == SXT_CHANGE_SA_FLUSH)
			dirs &= ~flush_dirs(change);
		if (!dirs)
			return;
		sa = change->kind == SXT_CHANGE_SA_ADD ? change->sa : NULL;
		if (sa && !sa->doomed && dirs & BIT(sa->ident.dir))
			make_sa_doomed(flush, sa);
		cond_resched();
	}
}

/*
 * Of those that were there before the transaction, a second time finds none,
 * and does not look: a walk for each of a million would take hours.
 */
static void make_sa_flush(struct net *net, struct list_head *changes,
			  struct sxt_change *change, u8 *flushed)
{
	u8 dirs = flush_dirs(change);
	struct sxt_sa *sa;
	u64 id = 0;

	flush_added(changes, change);
	if (!(dirs & ~*flushed))
		return;
	*flushed |= dirs;
	for (; (sa = sxt_sa_next(net, &id)); id++) {
		if (!sa->pinned && !sa->doomed &&
		    change_wants(change, sa->ident.dir))
			make_sa_doomed(change, sa);
		cond_resched();
	}
}

static int make_policy_del(struct net *net, struct sxt_change *change,
			   struct netlink_ext_ack *extack)
{
	change->policy = sxt_policy_by_id(net, change->id);
	if (!change->policy) {
		sxt_refuse(extack, change->id ? "no such policy" :
			   "rule 0 can't be deleted, only turned off");
		return -ENOENT;
	}
	sxt_policy_unlink(change->policy);
	return 0;
}

static void make_policy_flush(struct net *net, struct sxt_change *change)
{
	struct sxt_policy *policy;
	u8 dir;

	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		if (!change_wants(change, dir))
			continue;
		while ((policy = sxt_policy_next(net, dir, NULL))) {
			sxt_policy_unlink(policy);
			list_add_tail(&policy->node, &change->gone);
			cond_resched();
		}
	}
}

/* @flushed: directions whose SAs this transaction has flushed. */
static int change_make(struct net *net, struct list_head *changes,
		       struct sxt_change *change, u8 *flushed,
		       struct netlink_ext_ack *extack)
{
	switch (change->kind) {
	case SXT_CHANGE_SA_ADD:
		return make_sa_add(change, extack);
	case SXT_CHANGE_SA_DEL:
		return make_sa_del(net, change, extack);
	case SXT_CHANGE_SA_FLUSH:
		make_sa_flush(net, changes, change, flushed);
		return 0;
	case SXT_CHANGE_POLICY_ADD:
		sxt_policy_link(change->policy);
		change->id = change->policy->id;
		return 0;
	case SXT_CHANGE_POLICY_DEL:
		return make_policy_del(net, change, extack);
	case SXT_CHANGE_POLICY_FLUSH:
		make_policy_flush(net, change);
		return 0;
	case SXT_CHANGE_ND_SET:
		return 0;
	}
	return -EINVAL;
}

static void undo_sas_doomed(struct sxt_change *change)
{
	struct sxt_sa *sa, *next;

	list_for_each_entry_safe(sa, next, &change->gone, gone) {
		list_del(&sa->gone);
		sa->doomed = false;
		cond_resched();
	}
}

static void undo_policy_flush(struct sxt_change *change)
{
	struct sxt_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &change->gone, node) {
		list_del_init(&policy->node);
		sxt_policy_relink(policy);
		cond_resched();
	}
}

/* The reverse of change_make(); what was to be added stays the change's. */
static void change_undo(struct net *net, struct sxt_change *change)
{
	switch (change->kind) {
	case SXT_CHANGE_SA_ADD:
		sxt_sa_uninsert(change->sa);
		change->sa = NULL;
		break;
	case SXT_CHANGE_SA_DEL:
	case SXT_CHANGE_SA_FLUSH:
		undo_sas_doomed(change);
		break;
	case SXT_CHANGE_POLICY_ADD:
		sxt_policy_unlink(change->policy);
		break;
	case SXT_CHANGE_POLICY_DEL:
		sxt_policy_relink(change->policy);
		break;
	case SXT_CHANGE_POLICY_FLUSH:
		undo_policy_flush(change);
		break;
	case SXT_CHANGE_ND_SET:
		break;
	}
	change->made = false;
}

static void changes_undo(struct net *net, struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry_reverse(change, changes, node)
		if (change->made) {
			change_undo(net, change);
			cond_resched();
		}
}

static bool changes_touch_policies(struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry(change, changes, node)
		if (change->kind == SXT_CHANGE_POLICY_ADD ||
		    change->kind == SXT_CHANGE_POLICY_DEL ||
		    change->kind == SXT_CHANGE_POLICY_FLUSH)
			return true;
	return false;
}

static bool change_removes_sas(const struct sxt_change *change)
{
	return change->kind == SXT_CHANGE_SA_DEL ||
	       change->kind == SXT_CHANGE_SA_FLUSH;
}

/* The doomed are held: one of them may have to be told of as new before. */
static void commit_removals(struct list_head *changes)
{
	struct sxt_change *change;
	struct sxt_sa *sa;

	list_for_each_entry(change, changes, node) {
		if (!change_removes_sas(change))
			continue;
		list_for_each_entry(sa, &change->gone, gone) {
			refcount_inc(&sa->ref);
			sxt_sa_remove(sa);
			cond_resched();
		}
	}
}

static void commit_new_sas(struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry(change, changes, node)
		if (change->kind == SXT_CHANGE_SA_ADD) {
			sxt_sa_commit(change->sa);
			cond_resched();
		}
}

/* Rule 0 turns with the policies. */
static void commit_nd(struct net *net, struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry(change, changes, node)
		if (change->kind == SXT_CHANGE_ND_SET)
			sxt_policy_nd_set(net, change->on);
}

static void finish_sas_gone(struct sxt_change *change)
{
	struct sxt_sa *sa, *next;

	list_for_each_entry_safe(sa, next, &change->gone, gone) {
		list_del(&sa->gone);
		sxt_notify_sa(sa, SEXTANT_CMD_SA_DEL_NTF, GFP_KERNEL);
		sxt_sa_put(sa);
		cond_resched();
	}
}

static void finish_policies_gone(struct net *net, struct sxt_change *change)
{
	struct sxt_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &change->gone, node) {
		list_del_init(&policy->node);
		sxt_notify_policy(net, policy, SEXTANT_CMD_POLICY_DEL_NTF);
		sxt_policy_free_later(policy);
		cond_resched();
	}
}

/*
 * What went is freed, what came is the tables'; listeners are told, in the
 * order of the changes, also of what came and went in one transaction.
 */
static void commit_finish(struct net *net, struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry(change, changes, node) {
		switch (change->kind) {
		case SXT_CHANGE_SA_ADD:
			sxt_notify_sa(change->sa, SEXTANT_CMD_SA_NEW_NTF,
				      GFP_KERNEL);
			sxt_limits_announce(change->sa);
			change->sa = NULL;
			break;
		case SXT_CHANGE_POLICY_ADD:
			sxt_notify_policy(net, change->policy,
					  SEXTANT_CMD_POLICY_NEW_NTF);
			change->policy = NULL;
			break;
		case SXT_CHANGE_POLICY_DEL:
			sxt_notify_policy(net, change->policy,
					  SEXTANT_CMD_POLICY_DEL_NTF);
			sxt_policy_free_later(change->policy);
			break;
		case SXT_CHANGE_POLICY_FLUSH:
			finish_policies_gone(net, change);
			break;
		case SXT_CHANGE_ND_SET:
			sxt_notify_policy(net, NULL,
					  SEXTANT_CMD_POLICY_NEW_NTF);
			break;
		case SXT_CHANGE_SA_DEL:
		case SXT_CHANGE_SA_FLUSH:
			finish_sas_gone(change);
			break;
		}
		cond_resched();
	}
}

static int changes_make(struct net *net, struct list_head *changes,
			struct netlink_ext_ack *extack)
{
	struct sxt_change *change;
	u8 flushed = 0;
	int err;

	list_for_each_entry(change, changes, node) {
		if (fatal_signal_pending(current))
			return -EINTR;
		err = change_make(net, changes, change, &flushed, extack);
		if (err) {
			/* Of many changes, which one is to blame? */
			nl_set_extack_cookie_u64(extack, change->seq);
			return err;
		}
		change->made = true;
		cond_resched();
	}
	return 0;
}

/*
 * No way back from here. New SAs come alive before the policies that ask for
 * them are seen, old ones go after the policies that asked for them are gone.
 */
static void changes_seal(struct net *net, struct list_head *changes)
{
	commit_new_sas(changes);
	if (changes_touch_policies(changes))
		sxt_policy_publish(net);
	commit_nd(net, changes);
	commit_removals(changes);
	sxt_generation_next(net);
	commit_finish(net, changes);
}

/**
 * sxt_changes_commit() - make all changes of a list, in its order, or none
 * @net: the namespace
 * @changes: the changes; they stay the caller's to free
 * @generation: what the namespace must still have; 0: any. Set to the one that
 *	the changes have made
 * @dry_run: only try: in the end none is made
 * @extack: for the sentence, and the number of the request that is to blame
 *
 * What can fail is done before the first packet sees any of it.
 *
 * Context: process; takes the configuration mutex.
 * Return: 0 or -errno: -ESTALE for another generation, -EINTR if the process
 * is killed, or why one of them can't be made.
 */
int sxt_changes_commit(struct net *net, struct list_head *changes,
		       u64 *generation, bool dry_run,
		       struct netlink_ext_ack *extack)
{
	int err;

	sxt_config_lock(net);
	if (*generation && *generation != sxt_generation(net)) {
		sxt_refuse(extack, "generation: SAs or policies have changed since");
		err = -ESTALE;
		goto out;
	}
	err = changes_make(net, changes, extack);
	if (!err && changes_touch_policies(changes))
		err = dry_run ? sxt_policy_try(net) : sxt_policy_prepare(net);
	if (err || dry_run)
		goto undo;
	changes_seal(net, changes);
	goto out;
undo:
	changes_undo(net, changes);
out:
	/* Behind the mutex it may be another's. */
	*generation = sxt_generation(net);
	sxt_config_unlock(net);
	return err;
}
