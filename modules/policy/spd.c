// SPDX-License-Identifier: GPL-2.0-only
/*
 * The SPD: policies, their order, and the classifiers made of them. Deciding
 * about packets is flow.c's and check.c's.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <sextant/refuse.h>
#include "policy.h"

static int policy_refuse(struct sxt_policy_params *params,
			 enum sxt_policy_field field,
			 struct netlink_ext_ack *extack, const char *sentence)
{
	params->bad = field;
	sxt_refuse(extack, sentence);
	return -EINVAL;
}

static int transform_precheck(struct sxt_policy_params *params,
			      const struct sxt_policy_transform *t,
			      struct netlink_ext_ack *extack)
{
	bool ends = !sxt_addr_zero(&t->src) && !sxt_addr_zero(&t->dst);

	if (t->mode == SEXTANT_MODE_TUNNEL && (!t->family || !ends))
		return policy_refuse(params, SXT_POLICY_FIELD_TRANSFORM, extack,
				     "transform: tunnel mode needs both ends, of one family");
	if (t->mode == SEXTANT_MODE_TRANSPORT && t->family)
		return policy_refuse(params, SXT_POLICY_FIELD_TRANSFORM, extack,
				     "transform: transport mode has no ends of its own");
	if (t->spi && ntohl(t->spi) < SXT_SPI_FIRST)
		return policy_refuse(params, SXT_POLICY_FIELD_TRANSFORM, extack,
				     "transform: SPIs 1 to 255 are reserved (RFC 4303 section 2.1)");
	return 0;
}

static int policy_precheck(struct sxt_policy_params *params,
			   struct netlink_ext_ack *extack)
{
	bool protect = params->action == SEXTANT_ACTION_PROTECT;
	int i, err;

	if (protect && !params->count)
		return policy_refuse(params, SXT_POLICY_FIELD_TRANSFORM, extack,
				     "transform: protect needs at least one");
	if (!protect && params->count)
		return policy_refuse(params, SXT_POLICY_FIELD_TRANSFORM, extack,
				     "transform: only protect has transforms");
	for (i = 0; i < params->count; i++) {
		err = transform_precheck(params, &params->transforms[i],
					 extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * sxt_policy_new() - make a policy, not in the SPD yet
 * @net: its namespace
 * @params: what it is to be; @params->bad is set if it is refused
 * @extack: gets the sentence
 *
 * Context: process; sleeps.
 * Return: the policy or an ERR_PTR.
 */
struct sxt_policy *sxt_policy_new(struct net *net,
				  struct sxt_policy_params *params,
				  struct netlink_ext_ack *extack)
{
	struct sxt_policy *policy;
	int err;

	err = policy_precheck(params, extack);
	if (err)
		return ERR_PTR(err);
	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&policy->node);
	policy->net = net;
	policy->sel = params->sel;
	policy->priority = params->priority;
	policy->dir = params->dir;
	policy->action = params->action;
	policy->count = params->count;
	memcpy(policy->transforms, params->transforms,
	       sizeof(policy->transforms));
	policy->counters = alloc_percpu_gfp(struct sxt_policy_count,
					    GFP_KERNEL_ACCOUNT);
	if (!policy->counters)
		goto err_free;
	if (params->name) {
		policy->name = kstrdup(params->name, GFP_KERNEL_ACCOUNT);
		if (!policy->name)
			goto err_free;
	}
	return policy;

err_free:
	sxt_policy_free(policy);
	return ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_new, SEXTANT);

/**
 * sxt_policy_free() - free a policy that the data path does not know
 * @policy: the policy
 *
 * Context: any but hard interrupt.
 */
void sxt_policy_free(struct sxt_policy *policy)
{
	free_percpu(policy->counters);
	kfree(policy->name);
	kfree(policy);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_free, SEXTANT);

static void policy_free_rcu(struct rcu_head *rcu)
{
	sxt_policy_free(container_of(rcu, struct sxt_policy, rcu));
}

/**
 * sxt_policy_free_later() - free a policy that was unlinked and published so
 * @policy: the policy
 *
 * Context: any.
 */
void sxt_policy_free_later(struct sxt_policy *policy)
{
	call_rcu(&policy->rcu, policy_free_rcu);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_free_later, SEXTANT);

static bool rank_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sxt_policy, by_rank)->rank <
	       rb_entry(b, struct sxt_policy, by_rank)->rank;
}

static bool id_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct sxt_policy, by_id)->id <
	       rb_entry(b, struct sxt_policy, by_id)->id;
}

static int id_compare(const void *id, const struct rb_node *node)
{
	u64 other = rb_entry(node, struct sxt_policy, by_id)->id;

	return *(const u64 *)id < other ? -1 : *(const u64 *)id > other;
}

static void policy_put_in_order(struct sxt_policy *policy)
{
	struct sxt_policy_net *pn = sxt_policy_net(policy->net);
	struct list_head *before = &pn->policies[policy->dir];
	struct rb_node *prev;

	rb_add(&policy->by_id, &pn->ids, id_less);
	rb_add(&policy->by_rank, &pn->ranks[policy->dir], rank_less);
	prev = rb_prev(&policy->by_rank);
	if (prev)
		before = &rb_entry(prev, struct sxt_policy, by_rank)->node;
	list_add(&policy->node, before);
	pn->total++;
}

/**
 * sxt_policy_link() - put a new policy into the SPD, not published yet
 * @policy: the policy, the SPD's from now on; it gets its id
 *
 * Context: configuration mutex held.
 */
void sxt_policy_link(struct sxt_policy *policy)
{
	struct sxt_policy_net *pn = sxt_policy_net(policy->net);

	policy->id = ++pn->last_id;
	policy->generation = sxt_generation(policy->net) + 1;
	policy->rank = (u64)policy->priority << 32 | (u32)policy->id;
	policy_put_in_order(policy);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_link, SEXTANT);

/**
 * sxt_policy_relink() - put a policy back that was unlinked, where it was
 * @policy: the policy
 *
 * Context: configuration mutex held.
 */
void sxt_policy_relink(struct sxt_policy *policy)
{
	policy_put_in_order(policy);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_relink, SEXTANT);

/**
 * sxt_policy_unlink() - take a policy out of the SPD, not published yet
 * @policy: the policy, the caller's from now on
 *
 * Context: configuration mutex held.
 */
void sxt_policy_unlink(struct sxt_policy *policy)
{
	struct sxt_policy_net *pn = sxt_policy_net(policy->net);

	list_del_init(&policy->node);
	rb_erase(&policy->by_rank, &pn->ranks[policy->dir]);
	rb_erase(&policy->by_id, &pn->ids);
	pn->total--;
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_unlink, SEXTANT);

static void spd_free(struct sxt_spd *spd)
{
	if (!spd)
		return;
	kvfree(spd->classifier);
	kfree(spd);
}

static void spd_free_rcu(struct rcu_head *rcu)
{
	spd_free(container_of(rcu, struct sxt_spd, rcu));
}

static int spd_fill(struct sxt_spd *spd, struct list_head *policies, u32 n,
		    u64 seed)
{
	size_t size = sxt_classifier_size(n);
	struct sxt_policy *policy;
	struct sxt_rule *rules;
	u32 i = 0;
	int err;

	if (!size)
		return -E2BIG;
	spd->classifier = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	rules = kvmalloc_array(n ? n : 1, sizeof(*rules), GFP_KERNEL);
	if (!spd->classifier || !rules) {
		kvfree(rules);
		return -ENOMEM;
	}
	list_for_each_entry(policy, policies, node)
		rules[i++] = (struct sxt_rule){
			.sel = &policy->sel,
			.rank = policy->rank,
			.owner = policy,
			.harmless = policy->action == SEXTANT_ACTION_BYPASS,
		};
	err = sxt_classifier_build(spd->classifier, size, rules, n, seed);
	kvfree(rules);
	return err;
}

static struct sxt_spd *spd_build(struct list_head *policies, u64 seed)
{
	u32 n = list_count_nodes(policies);
	struct sxt_spd *spd;
	int err;

	spd = kzalloc(sizeof(*spd), GFP_KERNEL_ACCOUNT);
	if (!spd)
		return ERR_PTR(-ENOMEM);
	err = spd_fill(spd, policies, n, seed);
	if (err) {
		spd_free(spd);
		return ERR_PTR(err);
	}
	return spd;
}

static void spd_free_fresh(struct sxt_policy_net *pn)
{
	int dir;

	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		spd_free(pn->fresh[dir]);
		pn->fresh[dir] = NULL;
	}
}

static int spd_build_all(struct sxt_policy_net *pn)
{
	int dir;

	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		struct sxt_spd *spd = spd_build(&pn->policies[dir], pn->seed);

		if (IS_ERR(spd)) {
			spd_free_fresh(pn);
			return PTR_ERR(spd);
		}
		pn->fresh[dir] = spd;
	}
	return 0;
}

/**
 * sxt_policy_prepare() - make what packets are to see of the SPD
 * @net: the namespace
 *
 * All that can fail is here. Hooks come before the first policy. Packets go on
 * seeing what they saw until sxt_policy_publish(), which has to follow.
 *
 * Context: configuration mutex held; sleeps.
 * Return: 0 or -errno; on error the caller links and unlinks back, and doesn't
 * publish.
 */
int sxt_policy_prepare(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int err;

	/* None at all is to be as it was before there was any. */
	if (!pn->total)
		return 0;
	err = spd_build_all(pn);
	if (err)
		return err;
	err = sxt_hooks_add(net);
	if (err)
		spd_free_fresh(pn);
	return err;
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_prepare, SEXTANT);

/**
 * sxt_policy_try() - see whether what packets are to see of the SPD can be made
 * @net: the namespace
 *
 * Nothing is kept, and no packet sees any of it.
 *
 * Context: configuration mutex held; sleeps.
 * Return: 0 or -errno.
 */
int sxt_policy_try(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int err = spd_build_all(pn);

	spd_free_fresh(pn);
	return err;
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_try, SEXTANT);

/**
 * sxt_policy_publish() - let packets see what was prepared
 * @net: the namespace
 *
 * Hooks go behind the last policy. The caller moves the generation on, then
 * frees what it unlinked.
 *
 * Context: configuration mutex held, ever since sxt_policy_prepare(); sleeps.
 */
void sxt_policy_publish(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int dir;

	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		struct sxt_spd *old;

		old = rcu_replace_pointer(pn->spd[dir], pn->fresh[dir],
					  sxt_config_locked(net));
		pn->fresh[dir] = NULL;
		if (old)
			call_rcu(&old->rcu, spd_free_rcu);
	}
	if (!pn->total)
		sxt_hooks_del(net);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_publish, SEXTANT);

/**
 * sxt_policy_next() - walk the policies of a direction in order of rank
 * @net: the namespace
 * @dir: enum sextant_direction
 * @after: the one before, or NULL to begin
 *
 * Context: configuration mutex held.
 * Return: the policy or NULL.
 */
struct sxt_policy *sxt_policy_next(struct net *net, u8 dir,
				   struct sxt_policy *after)
{
	struct list_head *list = &sxt_policy_net(net)->policies[dir];
	struct list_head *next = after ? after->node.next : list->next;

	return next == list ? NULL : list_entry(next, struct sxt_policy, node);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_next, SEXTANT);

/**
 * sxt_policy_from() - where to go on with a walk that was left
 * @net: the namespace
 * @dir: enum sextant_direction
 * @rank: where to begin
 *
 * Context: configuration mutex held.
 * Return: the first policy of the direction with this rank or a greater one, or
 * NULL.
 */
struct sxt_policy *sxt_policy_from(struct net *net, u8 dir, u64 rank)
{
	struct rb_node *node = sxt_policy_net(net)->ranks[dir].rb_node;
	struct sxt_policy *policy, *first = NULL;

	while (node) {
		policy = rb_entry(node, struct sxt_policy, by_rank);
		if (policy->rank >= rank) {
			first = policy;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return first;
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_from, SEXTANT);

/**
 * sxt_policy_by_id() - look a policy up by its number
 * @net: the namespace
 * @id: the number
 *
 * Context: configuration mutex held.
 * Return: the policy or NULL.
 */
struct sxt_policy *sxt_policy_by_id(struct net *net, u64 id)
{
	struct rb_node *node = rb_find(&id, &sxt_policy_net(net)->ids,
				       id_compare);

	return node ? rb_entry(node, struct sxt_policy, by_id) : NULL;
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_by_id, SEXTANT);

/**
 * sxt_policy_total() - number of policies, rule 0 not counted
 * @net: the namespace
 *
 * Context: any.
 * Return: the number.
 */
u32 sxt_policy_total(struct net *net)
{
	return READ_ONCE(sxt_policy_net(net)->total);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_total, SEXTANT);

/**
 * sxt_policy_nd_enabled() - is rule 0 on?
 * @net: the namespace
 *
 * Context: any.
 * Return: true if valid neighbour discovery passes in clear.
 */
bool sxt_policy_nd_enabled(struct net *net)
{
	return !READ_ONCE(sxt_policy_net(net)->nd_off);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_nd_enabled, SEXTANT);

/**
 * sxt_policy_nd_set() - turn rule 0 on or off
 * @net: the namespace
 * @on: whether valid neighbour discovery may pass in clear
 *
 * Context: any.
 */
void sxt_policy_nd_set(struct net *net, bool on)
{
	WRITE_ONCE(sxt_policy_net(net)->nd_off, !on);
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_nd_set, SEXTANT);

/**
 * sxt_policy_sum() - add up a policy's counters of all CPUs
 * @policy: the policy
 * @sum: filled with the sums
 *
 * Context: process.
 */
void sxt_policy_sum(const struct sxt_policy *policy,
		    struct sxt_policy_count *sum)
{
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct sxt_policy_count *from =
			per_cpu_ptr(policy->counters, cpu);

		sum->packets += READ_ONCE(from->packets);
		sum->bytes += READ_ONCE(from->bytes);
		for (i = 0; i < ARRAY_SIZE(sum->dropped); i++)
			sum->dropped[i] += READ_ONCE(from->dropped[i]);
	}
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_sum, SEXTANT);

/**
 * sxt_spd_init() - the SPD of a new namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_spd_init(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int dir;

	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		INIT_LIST_HEAD(&pn->policies[dir]);
		pn->ranks[dir] = RB_ROOT;
	}
	pn->ids = RB_ROOT;
	return 0;
}

/**
 * sxt_spd_fini() - free all policies of a namespace
 * @net: the namespace; no packet passes it any more, its hooks are gone
 *
 * Context: process.
 */
void sxt_spd_fini(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	struct sxt_policy *policy, *next;
	int dir;

	sxt_config_lock(net);
	for (dir = 0; dir < SXT_DIRECTIONS; dir++) {
		struct sxt_spd *old;

		old = rcu_replace_pointer(pn->spd[dir], NULL,
					  sxt_config_locked(net));
		if (old)
			call_rcu(&old->rcu, spd_free_rcu);
		list_for_each_entry_safe(policy, next, &pn->policies[dir],
					 node) {
			sxt_policy_unlink(policy);
			sxt_policy_free_later(policy);
		}
	}
	sxt_generation_next(net);
	sxt_config_unlock(net);
}
