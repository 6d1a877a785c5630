// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes, one or many at once. A change is parsed and checked first (an SA
 * has its cipher set up by then), and made only when all of its transaction
 * can be made; a request outside of a transaction is a transaction of one.
 */
#include <linux/slab.h>
#include "netlink.h"

/* One transaction; the memory of its changes is the user's by accounting. */
#define CHANGES_MAX	BIT(20)

/**
 * struct sxt_transaction - changes set aside
 * @net: the namespace
 * @changes: in the order they came
 * @count: how many
 * @generation: the namespace must still have it; 0, any
 * @failed: a change was refused: nothing more but its end
 */
struct sxt_transaction {
	struct net *net;
	struct list_head changes;
	u32 count;
	u64 generation;
	bool failed;
};

/*
 * The place of a socket, made when it is first used. Netlink keeps it in the
 * family's table and frees it when the socket is closed; only its function
 * for looking there is not exported to modules.
 */
static struct sxt_nl_sock *transaction_sock(struct sk_buff *skb)
{
	struct xarray *table = sextant_nl_family.sock_privs;
	unsigned long sk = (unsigned long)NETLINK_CB(skb).sk;
	struct sxt_nl_sock *sock = xa_load(table, sk), *other;

	if (sock)
		return sock;
	sock = kzalloc(sizeof(*sock), GFP_KERNEL_ACCOUNT);
	if (!sock)
		return ERR_PTR(-ENOMEM);
	sextant_nl_sock_priv_init(sock);
	other = xa_cmpxchg(table, sk, NULL, sock, GFP_KERNEL_ACCOUNT);
	if (!other)
		return sock;
	kfree(sock);
	return xa_is_err(other) ? ERR_PTR(xa_err(other)) : other;
}

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

static void changes_free(struct list_head *changes)
{
	struct sxt_change *change, *next;

	list_for_each_entry_safe(change, next, changes, node) {
		list_del(&change->node);
		sxt_change_free(change);
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
	int err;

	err = sxt_sa_insert(change->sa, &params, extack);
	change->field = params.bad;
	return err;
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

/* Those that the same transaction added stay: they came after. */
static void make_sa_flush(struct net *net, struct sxt_change *change)
{
	struct sxt_sa *sa;
	u64 id = 0;

	for (; (sa = sxt_sa_next(net, &id)); id++)
		if (sa->alive && !sa->doomed &&
		    change_wants(change, sa->ident.dir))
			make_sa_doomed(change, sa);
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
		}
	}
}

static int change_make(struct net *net, struct sxt_change *change,
		       struct netlink_ext_ack *extack)
{
	switch (change->kind) {
	case SXT_CHANGE_SA_ADD:
		return make_sa_add(change, extack);
	case SXT_CHANGE_SA_DEL:
		return make_sa_del(net, change, extack);
	case SXT_CHANGE_SA_FLUSH:
		make_sa_flush(net, change);
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
		change->was_on = sxt_policy_nd_enabled(net);
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
	}
}

static void undo_policy_flush(struct sxt_change *change)
{
	struct sxt_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &change->gone, node) {
		list_del_init(&policy->node);
		sxt_policy_relink(policy);
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
		if (change->made)
			change_undo(net, change);
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
		}
	}
}

static void commit_new_sas(struct list_head *changes)
{
	struct sxt_change *change;

	list_for_each_entry(change, changes, node)
		if (change->kind == SXT_CHANGE_SA_ADD)
			sxt_sa_commit(change->sa);
}

static void finish_sas_gone(struct sxt_change *change)
{
	struct sxt_sa *sa, *next;

	list_for_each_entry_safe(sa, next, &change->gone, gone) {
		list_del(&sa->gone);
		sxt_notify_sa(sa, SEXTANT_CMD_SA_DEL_NTF, GFP_KERNEL);
		sxt_sa_put(sa);
	}
}

static void finish_policies_gone(struct net *net, struct sxt_change *change)
{
	struct sxt_policy *policy, *next;

	list_for_each_entry_safe(policy, next, &change->gone, node) {
		list_del_init(&policy->node);
		sxt_notify_policy(net, policy, SEXTANT_CMD_POLICY_DEL_NTF);
		sxt_policy_free_later(policy);
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
			sxt_policy_nd_set(net, change->on);
			sxt_notify_policy(net, NULL,
					  SEXTANT_CMD_POLICY_NEW_NTF);
			break;
		case SXT_CHANGE_SA_DEL:
		case SXT_CHANGE_SA_FLUSH:
			finish_sas_gone(change);
			break;
		}
	}
}

static int changes_make(struct net *net, struct list_head *changes,
			struct netlink_ext_ack *extack)
{
	struct sxt_change *change;
	int err;

	list_for_each_entry(change, changes, node) {
		err = change_make(net, change, extack);
		if (err) {
			/* Of many changes, which one is to blame? */
			nl_set_extack_cookie_u64(extack, change->seq);
			return err;
		}
		change->made = true;
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
	commit_removals(changes);
	sxt_generation_next(net);
	commit_finish(net, changes);
}

/* All or nothing: what can fail is done before the first packet sees any. */
static int changes_commit(struct net *net, struct list_head *changes,
			  u64 generation, bool dry_run,
			  struct netlink_ext_ack *extack)
{
	int err;

	sxt_config_lock(net);
	if (generation && generation != sxt_generation(net)) {
		sxt_refuse(extack, "generation: SAs or policies have changed since");
		err = -ESTALE;
		goto out;
	}
	err = changes_make(net, changes, extack);
	if (err || dry_run)
		goto undo;
	if (changes_touch_policies(changes))
		err = sxt_policy_prepare(net);
	if (err)
		goto undo;
	changes_seal(net, changes);
	goto out;
undo:
	changes_undo(net, changes);
out:
	sxt_config_unlock(net);
	return err;
}

static int change_stage(struct sxt_transaction *txn, struct sxt_change *change,
			struct genl_info *info)
{
	if (txn->net != genl_info_net(info)) {
		sxt_refuse(info->extack, "the transaction is another namespace's");
		return -EXDEV;
	}
	if (txn->failed) {
		sxt_refuse(info->extack, "the transaction has failed; abort it");
		return -ECANCELED;
	}
	if (txn->count == CHANGES_MAX) {
		sxt_refuse(info->extack, "the transaction is too long");
		return -E2BIG;
	}
	list_add_tail(&change->node, &txn->changes);
	txn->count++;
	return 0;
}

/**
 * sxt_change_submit() - make a change, or set it aside in a transaction
 * @skb: the request
 * @info: the same, parsed
 * @change: the change; it is freed here, or later
 * @staged: out: it was set aside
 * @id: out, if not NULL: number of the policy added, unless set aside
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sxt_change_submit(struct sk_buff *skb, struct genl_info *info,
		      struct sxt_change *change, bool *staged, u64 *id)
{
	struct sxt_nl_sock *sock = transaction_sock(skb);
	LIST_HEAD(alone);
	int err;

	*staged = false;
	if (IS_ERR(sock)) {
		sxt_change_free(change);
		return PTR_ERR(sock);
	}
	change->seq = info->snd_seq;
	mutex_lock(&sock->lock);
	if (sock->transaction) {
		err = change_stage(sock->transaction, change, info);
		if (err) {
			sock->transaction->failed = true;
			sxt_change_free(change);
		}
		*staged = true;
	} else {
		list_add(&change->node, &alone);
		err = changes_commit(genl_info_net(info), &alone, 0, false,
				     info->extack);
		if (!err && id)
			*id = change->id;
		changes_free(&alone);
	}
	mutex_unlock(&sock->lock);
	return err;
}

/**
 * sxt_reply_new() - begin the reply to a change, before it is made
 * @info: the request, parsed
 *
 * A change that could not be told of is better not made.
 *
 * Context: process.
 * Return: the message with room for a few attributes, or NULL.
 */
struct sk_buff *sxt_reply_new(struct genl_info *info)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (msg && !genlmsg_iput(msg, info)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/**
 * sxt_reply_send() - send the reply: the change is made
 * @msg: by sxt_reply_new()
 * @info: the request, parsed
 *
 * If it does not fit into the socket any more, the change is made all the same:
 * that is no error of the request. The socket says that something is lost.
 *
 * Context: process.
 */
void sxt_reply_send(struct sk_buff *msg, struct genl_info *info)
{
	nlmsg_end(msg, nlmsg_hdr(msg));
	genlmsg_reply(msg, info);
}

/**
 * sxt_change_flush() - delete all SAs or policies, or those of a direction
 * @skb: the request
 * @info: the same, parsed
 * @kind: SXT_CHANGE_SA_FLUSH or SXT_CHANGE_POLICY_FLUSH
 * @dir: attribute of the direction, or NULL: all
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sxt_change_flush(struct sk_buff *skb, struct genl_info *info,
		     enum sxt_change_kind kind, const struct nlattr *dir)
{
	struct sxt_change *change = sxt_change_new(kind);
	bool staged;

	if (!change) {
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	change->any_dir = !dir;
	change->dir = dir ? nla_get_u32(dir) : 0;
	return sxt_change_submit(skb, info, change, &staged, NULL);
}

/**
 * sxt_change_refused() - a change did not even get to be submitted
 * @skb: the request
 *
 * If it belonged to a transaction, that has failed.
 *
 * Context: process.
 */
void sxt_change_refused(struct sk_buff *skb)
{
	struct sxt_nl_sock *sock = transaction_sock(skb);

	if (IS_ERR(sock))
		return;
	mutex_lock(&sock->lock);
	if (sock->transaction)
		sock->transaction->failed = true;
	mutex_unlock(&sock->lock);
}

static void transaction_free(struct sxt_transaction *txn)
{
	if (!txn)
		return;
	changes_free(&txn->changes);
	kfree(txn);
}

/**
 * sextant_nl_sock_priv_init() - a socket uses the family for the first time
 * @sock: its place
 *
 * Context: process.
 */
void sextant_nl_sock_priv_init(struct sxt_nl_sock *sock)
{
	mutex_init(&sock->lock);
}

/**
 * sextant_nl_sock_priv_destroy() - a socket is closed, or the family goes
 * @sock: its place
 *
 * Context: process.
 */
void sextant_nl_sock_priv_destroy(struct sxt_nl_sock *sock)
{
	transaction_free(sock->transaction);
	sock->transaction = NULL;
}

/**
 * sextant_nl_transaction_begin_doit() - set changes aside from now on
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0; -EBUSY if the socket has begun one already; -ENOMEM.
 */
int sextant_nl_transaction_begin_doit(struct sk_buff *skb,
				      struct genl_info *info)
{
	struct nlattr *generation = info->attrs[SEXTANT_A_TRANSACTION_GENERATION];
	struct sxt_transaction *txn;
	struct sxt_nl_sock *sock;
	int err = 0;

	sock = transaction_sock(skb);
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	txn = kzalloc(sizeof(*txn), GFP_KERNEL_ACCOUNT);
	if (!txn)
		return -ENOMEM;
	INIT_LIST_HEAD(&txn->changes);
	txn->net = genl_info_net(info);
	txn->generation = generation ? nla_get_uint(generation) : 0;
	mutex_lock(&sock->lock);
	if (sock->transaction && !sock->transaction->failed) {
		sxt_refuse(info->extack, "a transaction is under way on this socket");
		err = -EBUSY;
	} else {
		swap(txn, sock->transaction);
	}
	mutex_unlock(&sock->lock);
	transaction_free(txn);
	return err;
}

/* The socket has none any more; its changes are the caller's to free. */
static struct sxt_transaction *transaction_take(struct sk_buff *skb,
						struct genl_info *info)
{
	struct sxt_nl_sock *sock = transaction_sock(skb);
	struct sxt_transaction *txn = NULL;

	if (IS_ERR(sock))
		return ERR_CAST(sock);
	mutex_lock(&sock->lock);
	swap(txn, sock->transaction);
	mutex_unlock(&sock->lock);
	if (txn)
		return txn;
	sxt_refuse(info->extack, "no transaction is under way on this socket");
	return ERR_PTR(-EINVAL);
}

/**
 * sextant_nl_transaction_commit_doit() - make all changes set aside, or none
 * @skb: the request
 * @info: the same, parsed
 *
 * The transaction is over in any case.
 *
 * Context: process.
 * Return: 0 or -errno with the sentence of the change that can't be made.
 */
int sextant_nl_transaction_commit_doit(struct sk_buff *skb,
				       struct genl_info *info)
{
	struct sxt_transaction *txn = transaction_take(skb, info);
	struct sk_buff *reply;
	int err;

	if (IS_ERR(txn))
		return PTR_ERR(txn);
	reply = sxt_reply_new(info);
	if (!reply) {
		err = -ENOMEM;
	} else if (txn->failed) {
		sxt_refuse(info->extack, "a change of the transaction was refused");
		err = -ECANCELED;
	} else {
		err = changes_commit(txn->net, &txn->changes, txn->generation,
				     info->attrs[SEXTANT_A_TRANSACTION_DRY_RUN],
				     info->extack);
	}
	transaction_free(txn);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	nla_put_uint(reply, SEXTANT_A_TRANSACTION_GENERATION,
		     sxt_generation(genl_info_net(info)));
	sxt_reply_send(reply, info);
	return 0;
}

/**
 * sextant_nl_transaction_abort_doit() - forget the changes set aside
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0, or -EINVAL if there is no transaction.
 */
int sextant_nl_transaction_abort_doit(struct sk_buff *skb,
				      struct genl_info *info)
{
	struct sxt_transaction *txn = transaction_take(skb, info);

	if (IS_ERR(txn))
		return PTR_ERR(txn);
	transaction_free(txn);
	return 0;
}
