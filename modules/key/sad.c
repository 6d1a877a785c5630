// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SAD (RFC 4301 4.4.2): the tables of SAs, looking them up, putting them in,
 * taking them out. An SA itself is sa.c's; what happens to packets is in input.c
 * and output.c.
 */
#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <sextant/refuse.h>
#include "key.h"

/* Random tries for a free SPI; with half of all taken they miss 2^-64 times. */
#define SPI_TRIES	64

/**
 * struct sxt_sa_pair - all SAs between the same ends
 * @node: in the table of pairs
 * @peer: the ends, hashed and compared as bytes
 * @users: [C] SAs that have it, committed or not
 * @sas: [R] those that are committed, newest first
 * @rcu: for freeing
 */
struct sxt_sa_pair {
	struct rhash_head node;
	struct sxt_sa_peer peer;
	u32 users;
	struct list_head sas;
	struct rcu_head rcu;
};

static u32 hash_fold(u64 half)
{
	return half ^ half >> 32;
}

/* SPIs are their receivers' choice: many may have chosen the same. */
static u32 ident_hash(const void *data, u32 len, u32 seed)
{
	const struct sxt_sa_ident *ident = data;

	if (ident->family == AF_INET)
		return jhash_2words((__force u32)ident->spi,
				    (__force u32)ident->dst.v4, seed);
	return jhash_3words((__force u32)ident->spi,
			    hash_fold(ident->dst.q[0]),
			    hash_fold(ident->dst.q[1]), seed);
}

/* All of it, as three words. */
static int ident_compare(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sxt_sa *sa = obj;
	const u64 *a = arg->key, *b = (const u64 *)&sa->ident;

	static_assert(sizeof(sa->ident) == 3 * sizeof(u64));
	return !!((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]));
}

static const struct rhashtable_params sa_table_params = {
	.head_offset = offsetof(struct sxt_sa, node),
	.key_offset = offsetof(struct sxt_sa, ident),
	.key_len = sizeof(struct sxt_sa_ident),
	.hashfn = ident_hash,
	.obj_cmpfn = ident_compare,
	.automatic_shrinking = true,
};

static const struct rhashtable_params pair_table_params = {
	.head_offset = offsetof(struct sxt_sa_pair, node),
	.key_offset = offsetof(struct sxt_sa_pair, peer),
	.key_len = sizeof(struct sxt_sa_peer),
	.automatic_shrinking = true,
};

/**
 * sxt_sa_find() - look an SA up by what names it, committed or not
 * @net: the namespace
 * @ident: direction, protocol, SPI, destination (RFC 4301 4.1)
 *
 * Context: under rcu_read_lock().
 * Return: the SA without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_find(struct net *net, const struct sxt_sa_ident *ident)
{
	return rhashtable_lookup(&sxt_key_net(net)->sas, ident,
				 sa_table_params);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_find, SEXTANT);

/**
 * sxt_sa_named() - the SA that packets of this name belong to
 * @sa: what sxt_sa_find() has found
 *
 * An SA that is to take the place of another one stands in the table before it
 * is committed, and may never be; the name is the other's until then. Nobody
 * asks whether it is alive: to be deleted after it was found is to be deleted
 * after the packet came, and one that took its place is not to be looked for.
 *
 * Context: under the rcu_read_lock() that @sa was found under.
 * Return: the SA, without a reference, which may have expired; or NULL.
 */
struct sxt_sa *sxt_sa_named(struct sxt_sa *sa)
{
	struct sxt_sa *other;

	/* What is behind one that is committed is seen: sxt_sa_commit(). */
	if (likely(smp_load_acquire(&sa->committed)))
		return sa;
	/* It is gone only once the SA is committed. */
	other = smp_load_acquire(&sa->stand_in);
	if (other)
		return other;
	/* Between the questions it may have been committed. */
	return smp_load_acquire(&sa->committed) ? sa : NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_named, SEXTANT);

/**
 * sxt_sa_lookup() - the SA that a packet names
 * @net: the namespace
 * @ident: direction, protocol, SPI, destination (RFC 4301 4.1)
 *
 * Context: under rcu_read_lock().
 * Return: as sxt_sa_named().
 */
struct sxt_sa *sxt_sa_lookup(struct net *net, const struct sxt_sa_ident *ident)
{
	struct sxt_sa *sa = sxt_sa_find(net, ident);

	return sa ? sxt_sa_named(sa) : NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_lookup, SEXTANT);

/**
 * sxt_sa_by_id() - look an SA up by its number
 * @net: the namespace
 * @id: the number
 *
 * Context: under rcu_read_lock().
 * Return: the SA without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_by_id(struct net *net, u64 id)
{
	struct sxt_sa *sa = sxt_sa_vouching(net, id);

	return sa && !READ_ONCE(sa->removed) ? sa : NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_by_id, SEXTANT);

/**
 * sxt_sa_vouching() - the SA that a packet came through, by its number
 * @net: the namespace
 * @id: the number
 *
 * Who came through an SA may find it deleted when he is asked for it; for as
 * long as he may be the one who was on his way meanwhile, it is there.
 *
 * Context: under rcu_read_lock().
 * Return: the SA without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_vouching(struct net *net, u64 id)
{
	if (id > ULONG_MAX)
		return NULL;
	return xa_load(&sxt_key_net(net)->ids, id);
}

/**
 * sxt_sa_next() - walk the SAs in the order they were added
 * @net: the namespace
 * @id: where to begin; set to the number of the SA found
 *
 * Context: under rcu_read_lock() or with the configuration mutex held.
 * Return: the first SA with this number or a greater one, without a
 * reference, or NULL.
 */
struct sxt_sa *sxt_sa_next(struct net *net, u64 *id)
{
	struct xarray *ids = &sxt_key_net(net)->ids;
	unsigned long index = *id;
	struct sxt_sa *sa;

	if (*id > ULONG_MAX)
		return NULL;
	sa = xa_find(ids, &index, ULONG_MAX, XA_PRESENT);
	while (sa && READ_ONCE(sa->removed))
		sa = xa_find_after(ids, &index, ULONG_MAX, XA_PRESENT);
	*id = index;
	return sa;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_next, SEXTANT);

/**
 * sxt_sa_pick() - the SA that an outbound packet is to use
 * @net: the namespace
 * @peer: the ends, protocol, mode and group asked for; no byte of it undefined
 *
 * Context: under rcu_read_lock().
 * Return: the newest SA that packets may pass, without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_pick(struct net *net, const struct sxt_sa_peer *peer)
{
	struct sxt_sa_pair *pair;
	struct sxt_sa *sa;

	pair = rhashtable_lookup(&sxt_key_net(net)->pairs, peer,
				 pair_table_params);
	if (!pair)
		return NULL;
	/* All of them are committed; as for sxt_sa_named(), one may be gone. */
	list_for_each_entry_rcu(sa, &pair->sas, pair_node) {
		if (!READ_ONCE(sa->expired))
			return sa;
	}
	return NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_pick, SEXTANT);

/**
 * sxt_sa_count() - number of SAs
 * @net: the namespace
 *
 * Context: any.
 * Return: the number.
 */
u32 sxt_sa_count(struct net *net)
{
	return READ_ONCE(sxt_key_net(net)->count);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_count, SEXTANT);

static struct sxt_sa_pair *pair_get(struct sxt_key_net *kn,
				    const struct sxt_sa *sa)
{
	struct sxt_sa_peer peer = {
		.src = sa->src,
		.dst = sa->ident.dst,
		.group = sa->group,
		.family = sa->ident.family,
		.proto = sa->ident.proto,
		.mode = sa->mode,
		.dir = sa->ident.dir,
	};
	struct sxt_sa_pair *pair;
	int err;

	pair = rhashtable_lookup_fast(&kn->pairs, &peer, pair_table_params);
	if (pair) {
		pair->users++;
		return pair;
	}
	pair = kzalloc(sizeof(*pair), GFP_KERNEL_ACCOUNT);
	if (!pair)
		return ERR_PTR(-ENOMEM);
	pair->peer = peer;
	pair->users = 1;
	INIT_LIST_HEAD(&pair->sas);
	err = rhashtable_insert_fast(&kn->pairs, &pair->node,
				     pair_table_params);
	if (err) {
		kfree(pair);
		return ERR_PTR(err);
	}
	return pair;
}

static void pair_put(struct sxt_key_net *kn, struct sxt_sa_pair *pair)
{
	if (--pair->users)
		return;
	rhashtable_remove_fast(&kn->pairs, &pair->node, pair_table_params);
	kfree_rcu(pair, rcu);
}

/* RFC 4301 4.1: SPIs are the receiver's to choose; random, and free. */
static int sa_insert_any_spi(struct sxt_key_net *kn, struct sxt_sa *sa)
{
	int tries;

	for (tries = 0; tries < SPI_TRIES; tries++) {
		u32 spi = get_random_u32();
		int err;

		if (spi < SXT_SPI_FIRST)
			continue;
		sa->ident.spi = cpu_to_be32(spi);
		err = rhashtable_lookup_insert_fast(&kn->sas, &sa->node,
						    sa_table_params);
		if (err != -EEXIST)
			return err;
	}
	return -ENOSPC;
}

/*
 * The name is taken. If the holder goes in the same transaction, one swap in
 * the table hands it over, and no packet finds the place empty.
 */
static int sa_insert_instead(struct sxt_key_net *kn, struct sxt_sa *sa,
			     struct sxt_sa_params *params,
			     struct netlink_ext_ack *extack)
{
	struct sxt_sa *other;
	int err = -EEXIST;

	rcu_read_lock();
	other = sxt_sa_find(kn->net, &sa->ident);
	if (other && other->doomed) {
		/* One that came and goes in this transaction has its own. */
		sa->stand_in = other->committed ? other : other->stand_in;
		err = rhashtable_replace_fast(&kn->sas, &other->node, &sa->node,
					      sa_table_params);
	}
	if (!err) {
		other->replaced = true;
		sa->replaces = other;
	} else {
		params->bad = SXT_SA_FIELD_SPI;
		NL_SET_ERR_MSG_FMT(extack, "spi: SA %llu has it for this destination",
				   other ? other->id : 0);
	}
	rcu_read_unlock();
	return err;
}

static int sa_insert_ident(struct sxt_key_net *kn, struct sxt_sa *sa,
			   struct sxt_sa_params *params,
			   struct netlink_ext_ack *extack)
{
	int err;

	if (!sa->ident.spi)
		return sa_insert_any_spi(kn, sa);
	err = rhashtable_lookup_insert_fast(&kn->sas, &sa->node,
					    sa_table_params);
	if (err == -EEXIST)
		err = sa_insert_instead(kn, sa, params, extack);
	return err;
}

/**
 * sxt_sa_insert() - put an SA into the tables, not alive yet
 * @sa: the SA; its reference goes to the tables on success
 * @params: what it was made from; @params->bad is set if it is refused
 * @extack: gets the sentence
 *
 * An inbound SA without an SPI gets one that no other has, by construction:
 * insertion into the table fails if it is taken. Packets pass the SA once
 * sxt_sa_commit() was called; sxt_sa_uninsert() takes all of it back.
 *
 * Context: configuration mutex held.
 * Return: 0; -EEXIST if the SPI is taken, -ENOSPC if none was found, -ENOMEM;
 * the SA stays the caller's then.
 */
int sxt_sa_insert(struct sxt_sa *sa, struct sxt_sa_params *params,
		  struct netlink_ext_ack *extack)
{
	struct sxt_key_net *kn = sxt_key_net(sa->net);
	struct sxt_sa_pair *pair;
	int err;

	lockdep_assert_held(&kn->config);
	pair = pair_get(kn, sa);
	if (IS_ERR(pair))
		return PTR_ERR(pair);
	sa->id = kn->last_id + 1;
	sa->generation = kn->generation + 1;
	sa->added = ktime_get_boottime_seconds();
	err = xa_err(xa_store_bh(&kn->ids, sa->id, sa, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_pair;
	err = sa_insert_ident(kn, sa, params, extack);
	if (err)
		goto err_id;
	kn->last_id++;
	sa->pair = pair;
	WRITE_ONCE(kn->count, kn->count + 1);
	return 0;

err_id:
	xa_erase_bh(&kn->ids, sa->id);
err_pair:
	pair_put(kn, pair);
	return err;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_insert, SEXTANT);

/**
 * sxt_sa_commit() - packets may pass this SA
 * @sa: an SA that was inserted
 *
 * There is no way back: sxt_sa_uninsert() can't have it any more. One that the
 * same transaction deletes again is no packet's to pass.
 *
 * Context: configuration mutex held. The caller moves the generation on.
 */
void sxt_sa_commit(struct sxt_sa *sa)
{
	sa->replaces = NULL;
	sxt_sa_unpin(sa);
	if (sa->doomed)
		return;
	WRITE_ONCE(sa->alive, true);
	/* What it is, then that it may be passed: sxt_sa_named(). */
	smp_store_release(&sa->committed, true);
	/* Who finds nobody to stand in asks again, and finds it committed. */
	smp_store_release(&sa->stand_in, NULL);
	list_add_rcu(&sa->pair_node, &sa->pair->sas);
	sxt_limits_start(sa);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_commit, SEXTANT);

static void sa_tables_put(struct rcu_head *rcu)
{
	struct sxt_sa *sa = container_of(rcu, struct sxt_sa, rcu);

	xa_erase_bh(&sxt_key_net(sa->net)->ids, sa->id);
	sxt_sa_put(sa);
}

/*
 * Who has found it may yet take a reference, for a cipher that makes a packet
 * wait: the tables' own is kept as long.
 */
static void sa_leave_tables(struct sxt_key_net *kn, struct sxt_sa *sa)
{
	WRITE_ONCE(sa->removed, true);
	pair_put(kn, sa->pair);
	WRITE_ONCE(kn->count, kn->count - 1);
	call_rcu(&sa->rcu, sa_tables_put);
}

/**
 * sxt_sa_uninsert() - take an SA out again that was never committed
 * @sa: the SA; the tables' reference is given back
 *
 * Context: configuration mutex held.
 */
void sxt_sa_uninsert(struct sxt_sa *sa)
{
	struct sxt_key_net *kn = sxt_key_net(sa->net);

	lockdep_assert_held(&kn->config);
	WARN_ON_ONCE(sa->committed);
	if (sa->replaces) {
		rhashtable_replace_fast(&kn->sas, &sa->node,
					&sa->replaces->node, sa_table_params);
		sa->replaces->replaced = false;
	} else {
		rhashtable_remove_fast(&kn->sas, &sa->node, sa_table_params);
	}
	sa_leave_tables(kn, sa);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_uninsert, SEXTANT);

/**
 * sxt_sa_remove() - take an SA out of the tables
 * @sa: the SA; the tables' reference is given back
 *
 * Context: configuration mutex held. The caller holds a reference until it has
 * moved the generation on, in the same critical section.
 */
void sxt_sa_remove(struct sxt_sa *sa)
{
	struct sxt_key_net *kn = sxt_key_net(sa->net);

	lockdep_assert_held(&kn->config);
	WRITE_ONCE(sa->alive, false);
	sxt_limits_stop(sa);
	list_del_rcu(&sa->pair_node);
	if (!sa->replaced)
		rhashtable_remove_fast(&kn->sas, &sa->node, sa_table_params);
	sa_leave_tables(kn, sa);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_remove, SEXTANT);

/*
 * Nobody has asked for it: listeners have to be told. One after the other, as a
 * grace period may end before all are gone: nobody may find one in what he has
 * kept then.
 */
static void sa_remove_unasked(struct sxt_sa *sa)
{
	const struct sxt_event_ops *ops;

	refcount_inc(&sa->ref);
	sxt_sa_remove(sa);
	sxt_generation_next(sa->net);
	rcu_read_lock();
	ops = rcu_dereference(sxt_event_ops);
	if (ops)
		ops->removed(sa);
	rcu_read_unlock();
	sxt_sa_put(sa);
}

/**
 * sxt_sa_flush_proto() - remove all SAs of one protocol
 * @net: the namespace
 * @proto: IPPROTO_ESP or IPPROTO_AH, or 0 for both
 *
 * Context: process; takes the configuration mutex.
 */
void sxt_sa_flush_proto(struct net *net, u8 proto)
{
	struct sxt_sa *sa;
	u64 id = 0;

	sxt_config_lock(net);
	while ((sa = sxt_sa_next(net, &id))) {
		if (!proto || sa->ident.proto == proto)
			sa_remove_unasked(sa);
		id++;
		cond_resched();
	}
	sxt_config_unlock(net);
}

/* Hard limits found on the packet path or by a timer end here. */
static void sa_expire_work(struct work_struct *work)
{
	struct sxt_key_net *kn = container_of(work, struct sxt_key_net,
					      expire_work);
	struct sxt_sa *sa;
	u64 id = 0;

	sxt_config_lock(kn->net);
	while ((sa = sxt_sa_next(kn->net, &id))) {
		id++;
		cond_resched();
		if (READ_ONCE(sa->alive))
			continue;
		sa_remove_unasked(sa);
	}
	sxt_config_unlock(kn->net);
}

/**
 * sxt_sa_tables_init() - the tables of a new namespace
 * @kn: its SAD
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sxt_sa_tables_init(struct sxt_key_net *kn)
{
	int err;

	xa_init_flags(&kn->ids, XA_FLAGS_LOCK_BH);
	INIT_WORK(&kn->expire_work, sa_expire_work);
	err = rhashtable_init(&kn->sas, &sa_table_params);
	if (err)
		return err;
	err = rhashtable_init(&kn->pairs, &pair_table_params);
	if (err)
		rhashtable_destroy(&kn->sas);
	return err;
}

/**
 * sxt_sa_tables_fini() - remove all SAs and the tables
 * @kn: the SAD of a namespace that no packet passes any more
 *
 * Context: process.
 */
void sxt_sa_tables_fini(struct sxt_key_net *kn)
{
	sxt_sa_flush_proto(kn->net, 0);
	/* Packets inside of an asynchronous cipher still know the namespace. */
	wait_var_event(&kn->alive, !atomic_read(&kn->alive));
	cancel_work_sync(&kn->expire_work);
	rhashtable_destroy(&kn->pairs);
	rhashtable_destroy(&kn->sas);
	xa_destroy(&kn->ids);
}
