// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions of a socket: changes are set aside in one, and made only when
 * all of it can be made; a request outside of a transaction is a transaction
 * of one.
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
	u64 generation = 0;
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
		err = sxt_changes_commit(genl_info_net(info), &alone,
					 &generation, false, info->extack);
		if (!err && id)
			*id = change->id;
		sxt_changes_free(&alone);
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
	sxt_changes_free(&txn->changes);
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
	u64 generation;
	int err;

	if (IS_ERR(txn))
		return PTR_ERR(txn);
	generation = txn->generation;
	reply = sxt_reply_new(info);
	if (!reply) {
		err = -ENOMEM;
	} else if (txn->failed) {
		sxt_refuse(info->extack, "a change of the transaction was refused");
		err = -ECANCELED;
	} else {
		err = sxt_changes_commit(txn->net, &txn->changes,
					 &generation,
					 info->attrs[SEXTANT_A_TRANSACTION_DRY_RUN],
					 info->extack);
	}
	transaction_free(txn);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	nla_put_uint(reply, SEXTANT_A_TRANSACTION_GENERATION, generation);
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
