// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SAD: making an SA, its tables, taking it out, freeing it. What happens
 * to packets is in input.c and output.c; keys are secret.c's, lifetimes
 * limits.c's.
 */
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ipv6.h>
#include <sextant/selector.h>
#include <sextant/refuse.h>
#include <sextant/secret.h>
#include "key.h"

/* RFC 4303 2.1: 1 to 255 are reserved, 0 is never sent. */
#define SPI_FIRST	256
/* Random tries for a free SPI; with half of all taken they miss 2^-64 times. */
#define SPI_TRIES	64

/**
 * struct sxt_sa_pair - all SAs between the same ends
 * @node: in the table of pairs
 * @peer: the ends, hashed and compared as bytes
 * @sas: [R] the SAs, newest first
 * @rcu: for freeing
 */
struct sxt_sa_pair {
	struct rhash_head node;
	struct sxt_sa_peer peer;
	struct list_head sas;
	struct rcu_head rcu;
};

static LLIST_HEAD(sa_reap_list);
static struct workqueue_struct *sa_wq;

/* SPIs are their receivers' choice: many may have chosen the same. */
static u32 ident_hash(const void *data, u32 len, u32 seed)
{
	const struct sxt_sa_ident *ident = data;

	if (ident->family == AF_INET)
		return jhash_2words((__force u32)ident->spi,
				    (__force u32)ident->dst.v4, seed);
	return jhash2((__force const u32 *)ident->dst.v6.s6_addr32, 4,
		      (__force u32)ident->spi ^ seed);
}

static const struct rhashtable_params sa_table_params = {
	.head_offset = offsetof(struct sxt_sa, node),
	.key_offset = offsetof(struct sxt_sa, ident),
	.key_len = sizeof(struct sxt_sa_ident),
	.hashfn = ident_hash,
	.automatic_shrinking = true,
};

static const struct rhashtable_params pair_table_params = {
	.head_offset = offsetof(struct sxt_sa_pair, node),
	.key_offset = offsetof(struct sxt_sa_pair, peer),
	.key_len = sizeof(struct sxt_sa_peer),
	.automatic_shrinking = true,
};

/**
 * sxt_sa_find() - look an SA up by what names it
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
 * sxt_sa_live() - the SA that packets of this name pass now
 * @sa: what sxt_sa_find() has found
 *
 * An SA that is to take the place of another one stands in the table before it
 * is committed, and may never be; packets pass the other until then.
 *
 * Context: under the rcu_read_lock() that @sa was found under.
 * Return: the SA that is alive, without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_live(struct sxt_sa *sa)
{
	struct sxt_sa *other;

	/* What is behind an SA that is alive is seen: sxt_sa_commit(). */
	if (likely(smp_load_acquire(&sa->alive)))
		return sa;
	/* It is gone only once the SA is alive, and the other one, too. */
	other = smp_load_acquire(&sa->stand_in);
	/* Pairs with sxt_sa_remove(). */
	if (other && smp_load_acquire(&other->alive))
		return other;
	/* Between the questions it may have been committed. */
	return smp_load_acquire(&sa->alive) ? sa : NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_live, SEXTANT);

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
	if (id > ULONG_MAX)
		return NULL;
	return xa_load(&sxt_key_net(net)->ids, id);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_by_id, SEXTANT);

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
	unsigned long index = *id;
	struct sxt_sa *sa;

	if (*id > ULONG_MAX)
		return NULL;
	sa = xa_find(&sxt_key_net(net)->ids, &index, ULONG_MAX, XA_PRESENT);
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
 * Return: the newest SA that is alive, without a reference, or NULL.
 */
struct sxt_sa *sxt_sa_pick(struct net *net, const struct sxt_sa_peer *peer)
{
	struct sxt_sa_pair *pair;
	struct sxt_sa *sa;

	pair = rhashtable_lookup(&sxt_key_net(net)->pairs, peer,
				 pair_table_params);
	if (!pair)
		return NULL;
	list_for_each_entry_rcu(sa, &pair->sas, pair_node) {
		if (READ_ONCE(sa->alive))
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

/*
 * SAs in the tables don't hold the module of their transform: unregistering it
 * removes them. One that waits in an open transaction is in no table, so until
 * it is committed it holds the module, and rmmod says so instead of waiting.
 */
static void sa_unpin(struct sxt_sa *sa)
{
	if (sa->pinned)
		module_put(sa->xf->owner);
	sa->pinned = false;
}

static void sa_free(struct sxt_sa *sa)
{
	struct sxt_key_net *kn = sxt_key_net(sa->net);

	if (sa->xf) {
		if (sa->priv)
			sa->xf->fini(sa);
		sa_unpin(sa);
		sxt_transform_put(sa->ident.proto);
	}
	sxt_sa_route_free(sa);
	kfree(sa->limits);
	kfree(sa->recover);
	kfree(sa->drops);
	kfree(sa->sel);
	kfree(sa->name);
	/* The namespace may go at once: only the address is used behind it. */
	if (atomic_dec_and_test(&kn->alive))
		wake_up_var(&kn->alive);
	kfree(sa);
}

/* Cipher contexts may have to sleep to go. */
static void sa_reap(struct work_struct *work)
{
	struct llist_node *batch = llist_del_all(&sa_reap_list);
	struct sxt_sa *sa, *next;

	llist_for_each_entry_safe(sa, next, batch, reap)
		sa_free(sa);
}

static DECLARE_WORK(sa_reap_work, sa_reap);

static void sa_release_rcu(struct rcu_head *rcu)
{
	struct sxt_sa *sa = container_of(rcu, struct sxt_sa, rcu);

	if (llist_add(&sa->reap, &sa_reap_list))
		queue_work(sa_wq, &sa_reap_work);
}

/**
 * sxt_sa_put() - give a reference back
 * @sa: the SA
 *
 * Context: any. The last one frees the SA after a grace period.
 */
void sxt_sa_put(struct sxt_sa *sa)
{
	if (refcount_dec_and_test(&sa->ref))
		call_rcu(&sa->rcu, sa_release_rcu);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_put, SEXTANT);

static int sa_refuse(struct sxt_sa_params *params, enum sxt_sa_field field,
		     struct netlink_ext_ack *extack, const char *sentence)
{
	params->bad = field;
	sxt_refuse(extack, sentence);
	return -EINVAL;
}

static bool addr_usable_src(const struct sxt_addr *a, u8 family)
{
	if (sxt_addr_zero(a))
		return false;
	if (family == AF_INET)
		return !ipv4_is_multicast(a->v4) && !ipv4_is_lbcast(a->v4);
	return !ipv6_addr_is_multicast(&a->v6);
}

/* All rules that need no more than the parameters themselves. */
static int sa_precheck(struct sxt_sa_params *p, struct netlink_ext_ack *extack)
{
	u32 spi = be32_to_cpu(p->ident.spi);

	if (p->ident.family != AF_INET && p->ident.family != AF_INET6)
		return sa_refuse(p, SXT_SA_FIELD_DST, extack,
				 "dst: an IPv4 or IPv6 address is needed");
	if (spi && spi < SPI_FIRST)
		return sa_refuse(p, SXT_SA_FIELD_SPI, extack,
				 "spi: 1 to 255 are reserved (RFC 4303 section 2.1)");
	if (!spi && p->ident.dir == SEXTANT_DIRECTION_OUT)
		return sa_refuse(p, SXT_SA_FIELD_SPI, extack,
				 "spi: an outbound SA needs the SPI that its receiver chose");
	if (sxt_addr_zero(&p->ident.dst))
		return sa_refuse(p, SXT_SA_FIELD_DST, extack,
				 "dst: the unspecified address receives nothing");
	if (!addr_usable_src(&p->src, p->ident.family))
		return sa_refuse(p, SXT_SA_FIELD_SRC, extack,
				 "src: a unicast address is needed");
	if (p->window && (p->window < SXT_REPLAY_MIN || p->window > SXT_REPLAY_MAX))
		return sa_refuse(p, SXT_SA_FIELD_WINDOW, extack,
				 "window: 32 to 4096, or off");
	if (!sxt_seq_valid(p->sequence, p->esn))
		return sa_refuse(p, SXT_SA_FIELD_SEQUENCE, extack,
				 "sequence: without esn at most 4294967295");
	if (sxt_life_validate(&p->life))
		return sa_refuse(p, SXT_SA_FIELD_LIMITS, extack,
				 "limits: none may be 0, no soft one above its hard one");
	if (sxt_tunnel_opts_check(&p->tunnel))
		return sa_refuse(p, SXT_SA_FIELD_TUNNEL, extack,
				 "tunnel: header options out of range");
	return 0;
}

static struct sxt_sa *sa_alloc(const struct sxt_sa_params *p)
{
	bool in = p->ident.dir == SEXTANT_DIRECTION_IN;
	size_t map = in ? sxt_replay_map_words(p->window) * sizeof(u32) : 0;
	size_t size = sizeof(struct sxt_sa) + map;
	struct sxt_sa *sa = kzalloc(size, GFP_KERNEL_ACCOUNT);

	if (!sa)
		return NULL;
	sa->memory = ksize(sa);
	spin_lock_init(&sa->lock);
	refcount_set(&sa->ref, 1);
	INIT_LIST_HEAD(&sa->pair_node);
	sa->ident = p->ident;
	sa->src = p->src;
	sa->mode = p->mode;
	sa->group = p->group;
	sa->esn = p->esn;
	sa->tunnel = p->tunnel;
	if (in && sxt_replay_init(&sa->replay, (u32 *)(sa + 1), p->window,
				  p->esn)) {
		kfree(sa);
		return NULL;
	}
	if (in)
		sxt_replay_resume(&sa->replay, p->sequence);
	else
		sa->seq = p->sequence;
	return sa;
}

static int sa_copy_optional(struct sxt_sa *sa, const struct sxt_sa_params *p)
{
	if (p->name) {
		sa->name = kstrdup(p->name, GFP_KERNEL_ACCOUNT);
		if (!sa->name)
			return -ENOMEM;
	}
	if (p->sel) {
		sa->sel = kmemdup(p->sel, sizeof(*p->sel), GFP_KERNEL_ACCOUNT);
		if (!sa->sel)
			return -ENOMEM;
	}
	return sxt_limits_new(sa, &p->life);
}

/**
 * sxt_sa_new() - make an SA, in no table yet
 * @net: the namespace
 * @params: what it is to be; @params->bad is set if it is refused
 * @extack: gets the sentence
 *
 * Context: process; sleeps (loads cipher modules, sets keys).
 * Return: the SA with one reference, or an ERR_PTR.
 */
struct sxt_sa *sxt_sa_new(struct net *net, struct sxt_sa_params *params,
			  struct netlink_ext_ack *extack)
{
	struct sxt_sa *sa;
	int err;

	err = sa_precheck(params, extack);
	if (err)
		return ERR_PTR(err);
	sa = sa_alloc(params);
	if (!sa)
		return ERR_PTR(-ENOMEM);
	sa->net = net;
	atomic_inc(&sxt_key_net(net)->alive);
	err = sa_copy_optional(sa, params);
	if (err)
		goto err_free;
	sxt_secret_fingerprint(params->secret, sa->fingerprint);

	sa->xf = sxt_transform_get(sa->ident.proto);
	sa->pinned = sa->xf && try_module_get(sa->xf->owner);
	if (!sa->pinned) {
		params->bad = SXT_SA_FIELD_PROTOCOL;
		NL_SET_ERR_MSG(extack, "protocol: its module is not loaded");
		err = -EPROTONOSUPPORT;
		goto err_free;
	}
	err = sa->xf->init(sa, params, extack);
	if (err)
		goto err_free;
	return sa;

err_free:
	sa_free(sa);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_new, SEXTANT);

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

	BUILD_BUG_ON(sizeof(peer) != 40);
	pair = rhashtable_lookup_fast(&kn->pairs, &peer, pair_table_params);
	if (pair)
		return pair;
	pair = kzalloc(sizeof(*pair), GFP_KERNEL_ACCOUNT);
	if (!pair)
		return ERR_PTR(-ENOMEM);
	pair->peer = peer;
	INIT_LIST_HEAD(&pair->sas);
	err = rhashtable_insert_fast(&kn->pairs, &pair->node,
				     pair_table_params);
	if (err) {
		kfree(pair);
		return ERR_PTR(err);
	}
	return pair;
}

static void pair_drop_if_empty(struct sxt_key_net *kn,
			       struct sxt_sa_pair *pair)
{
	if (!list_empty(&pair->sas))
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

		if (spi < SPI_FIRST)
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
		sa->stand_in = other->alive ? other : other->stand_in;
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
	err = xa_err(xa_store(&kn->ids, sa->id, sa, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_pair;
	err = sa_insert_ident(kn, sa, params, extack);
	if (err)
		goto err_id;
	kn->last_id++;
	sa->pair = pair;
	list_add_rcu(&sa->pair_node, &pair->sas);
	WRITE_ONCE(kn->count, kn->count + 1);
	return 0;

err_id:
	xa_erase(&kn->ids, sa->id);
err_pair:
	pair_drop_if_empty(kn, pair);
	return err;
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_insert, SEXTANT);

/**
 * sxt_sa_commit() - packets may pass this SA
 * @sa: an SA that was inserted
 *
 * There is no way back: sxt_sa_uninsert() can't have it any more.
 *
 * Context: configuration mutex held. The caller moves the generation on.
 */
void sxt_sa_commit(struct sxt_sa *sa)
{
	sa->replaces = NULL;
	sa_unpin(sa);
	/* In the opposite order to that of sxt_sa_live(). */
	smp_store_release(&sa->alive, true);
	/* Likewise. */
	smp_store_release(&sa->stand_in, NULL);
	sxt_limits_start(sa);
}
EXPORT_SYMBOL_NS_GPL(sxt_sa_commit, SEXTANT);

static void sa_tables_put(struct rcu_head *rcu)
{
	sxt_sa_put(container_of(rcu, struct sxt_sa, rcu));
}

/*
 * Who has found it may yet take a reference, for a cipher that makes a packet
 * wait: the tables' own is kept as long.
 */
static void sa_leave_tables(struct sxt_key_net *kn, struct sxt_sa *sa)
{
	xa_erase(&kn->ids, sa->id);
	list_del_rcu(&sa->pair_node);
	pair_drop_if_empty(kn, sa->pair);
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
	WARN_ON_ONCE(sa->alive);
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
	/* Who sees this sees the one that took its place alive. */
	smp_store_release(&sa->alive, false);
	sxt_limits_stop(sa);
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
	struct net *net = sa->net;

	rcu_read_lock();
	ops = rcu_dereference(sxt_event_ops);
	if (ops)
		ops->removed(sa);
	rcu_read_unlock();
	refcount_inc(&sa->ref);
	sxt_sa_remove(sa);
	sxt_generation_next(net);
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

	xa_init(&kn->ids);
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

/**
 * sxt_sa_setup() - once a module
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_sa_setup(void)
{
	sa_wq = alloc_workqueue("sextant_sa", WQ_MEM_RECLAIM, 0);
	return sa_wq ? 0 : -ENOMEM;
}

/**
 * sxt_sa_teardown() - wait until the last SA is freed
 *
 * Context: process; all namespaces have given up their SAs.
 */
void sxt_sa_teardown(void)
{
	rcu_barrier();
	destroy_workqueue(sa_wq);
}
