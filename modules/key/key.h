/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of sextant_key share among themselves. */
#ifndef SXT_KEY_PRIVATE_H
#define SXT_KEY_PRIVATE_H

#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <sextant/key.h>
#include <sextant/resync.h>

/**
 * struct sxt_key_net - the SAD of one network namespace
 * @generation: one more at each change of SAs or policies
 * @config: serializes changes of SAs and policies of the namespace
 * @sas: inbound and outbound SAs by ident
 * @pairs: SAs by their ends
 * @ids: SAs by id
 * @last_id: the id given last
 * @count: number of SAs in the tables
 * @alive: number of SAs not freed yet
 * @tally: counters
 * @expire_work: removes SAs whose hard limit ran out
 * @forget_work: has tunnel SAs let go of their IPv6 routes
 * @leaving: the namespace goes: none is kept any more
 * @net: the namespace
 */
struct sxt_key_net {
	u64 generation;
	struct mutex config;	/* changes come one at a time */
	struct rhashtable sas;
	struct rhashtable pairs;
	struct xarray ids;
	unsigned long last_id;
	u32 count;
	atomic_t alive;
	struct sxt_tally __percpu *tally;
	struct work_struct expire_work;
	struct work_struct forget_work;
	bool leaving;
	struct net *net;
};

extern unsigned int sxt_key_net_id;
extern const struct sxt_policy_ops __rcu *sxt_policy_ops;
extern const struct sxt_event_ops __rcu *sxt_event_ops;

/**
 * sxt_sa_refuses() - is it over with this SA, for a packet that has found it?
 * @sa: the SA
 * @waited: the packet has waited for a cipher since
 *
 * One that has found it when the SA is deleted, to be replaced perhaps,
 * has come before that; one that waits could be anywhere.
 *
 * Context: sa->lock held.
 * Return: true: it is to be dropped.
 */
static inline bool sxt_sa_refuses(const struct sxt_sa *sa, bool waited)
{
	return !sa->alive && (sa->expired || waited);
}

/**
 * sxt_key_net() - the SAD of a namespace
 * @net: the namespace
 *
 * Context: any.
 * Return: the SAD; it lives as long as the namespace.
 */
static inline struct sxt_key_net *sxt_key_net(const struct net *net)
{
	return net_generic(net, sxt_key_net_id);
}

/* sa.c */
void sxt_sa_unpin(struct sxt_sa *sa);
int sxt_sa_setup(void);
void sxt_sa_teardown(void);

/* sad.c */
int sxt_sa_tables_init(struct sxt_key_net *kn);
void sxt_sa_tables_fini(struct sxt_key_net *kn);
void sxt_sa_flush_proto(struct net *net, u8 proto);
struct sxt_sa *sxt_sa_vouching(struct net *net, u64 id);

/* limits.c */
int sxt_limits_new(struct sxt_sa *sa, const struct sxt_life *life);
void sxt_limits_start(struct sxt_sa *sa);
void sxt_limits_stop(struct sxt_sa *sa);
bool sxt_limits_charge(struct sxt_sa *sa, u32 len);

/* recover.c */
int sxt_recover_setup(void);
void sxt_recover_teardown(void);
int sxt_recover_verify(struct sxt_pkt *p);
void sxt_recover_settle(struct sxt_pkt *p, int verdict);
void sxt_recover_failed(struct sxt_pkt *p);

/* transform.c */
const struct sxt_transform *sxt_transform_get(u8 proto);
void sxt_transform_put(u8 proto);

/* mark.c */
int sxt_mark_setup(void);
void sxt_mark_teardown(void);

/* encap.c */
int sxt_encap(struct sxt_pkt *p);

/* route.c */
void sxt_sa_route_free(struct sxt_sa *sa);
void sxt_sa_routes_init(struct sxt_key_net *kn);
void sxt_sa_routes_leave(struct sxt_key_net *kn);
void sxt_sa_routes_exit(struct sxt_key_net *kn);
int sxt_sa_routes_setup(void);
void sxt_sa_routes_teardown(void);

#endif /* SXT_KEY_PRIVATE_H */
