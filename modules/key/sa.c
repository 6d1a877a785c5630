// SPDX-License-Identifier: GPL-2.0-only
/*
 * An SA: what may be asked of one, making it, freeing it. The tables are sad.c's,
 * keys secret.c's, lifetimes limits.c's.
 */
#include <linux/module.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <sextant/selector.h>
#include <sextant/refuse.h>
#include <sextant/secret.h>
#include "key.h"

static LLIST_HEAD(sa_reap_list);
static struct workqueue_struct *sa_wq;

/**
 * sxt_sa_unpin() - an SA holds the module of its transform no longer
 * @sa: the SA
 *
 * SAs in the tables don't hold it: unregistering it removes them. One that waits
 * in an open transaction is in no table, so until it is committed it holds the
 * module, and rmmod says so instead of waiting.
 *
 * Context: process or a work item. Twice is harmless.
 */
void sxt_sa_unpin(struct sxt_sa *sa)
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
		sxt_sa_unpin(sa);
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

	llist_for_each_entry_safe(sa, next, batch, reap) {
		sa_free(sa);
		cond_resched();
	}
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
	if (spi && spi < SXT_SPI_FIRST)
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
	if (p->window > SXT_REPLAY_MAX)
		return sa_refuse(p, SXT_SA_FIELD_WINDOW, extack,
				 "window: 1 to 4096, or off");
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
