// SPDX-License-Identifier: GPL-2.0-only
/*
 * sextant_key: loading, unloading, and what each network namespace has. The
 * SAD itself is in sad.c, the packet paths are in input.c and output.c.
 */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>
#include "key.h"

unsigned int sxt_key_net_id;

const struct sxt_policy_ops __rcu *sxt_policy_ops;
const struct sxt_event_ops __rcu *sxt_event_ops;

static DEFINE_MUTEX(ops_lock);

/**
 * sxt_policy_ops_set() - join or leave as the policy engine
 * @ops: the engine's functions, or NULL to leave
 *
 * Context: process; returns after a grace period, so that nobody is inside of
 * the functions of an engine that has left.
 */
void sxt_policy_ops_set(const struct sxt_policy_ops *ops)
{
	mutex_lock(&ops_lock);
	rcu_assign_pointer(sxt_policy_ops, ops);
	mutex_unlock(&ops_lock);
	synchronize_net();
}
EXPORT_SYMBOL_NS_GPL(sxt_policy_ops_set, SEXTANT);

/**
 * sxt_event_ops_set() - join or leave as the listener to events of SAs
 * @ops: the listener's functions, or NULL to leave
 *
 * Context: process; returns after a grace period.
 */
void sxt_event_ops_set(const struct sxt_event_ops *ops)
{
	mutex_lock(&ops_lock);
	rcu_assign_pointer(sxt_event_ops, ops);
	mutex_unlock(&ops_lock);
	synchronize_net();
}
EXPORT_SYMBOL_NS_GPL(sxt_event_ops_set, SEXTANT);

/**
 * sxt_config_lock() - begin a change of SAs and policies of a namespace
 * @net: the namespace
 *
 * Context: process; sleeps. Outermost of the suite's locks.
 */
void sxt_config_lock(struct net *net)
{
	mutex_lock(&sxt_key_net(net)->config);
}
EXPORT_SYMBOL_NS_GPL(sxt_config_lock, SEXTANT);

/**
 * sxt_config_unlock() - end it
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_config_unlock(struct net *net)
{
	mutex_unlock(&sxt_key_net(net)->config);
}
EXPORT_SYMBOL_NS_GPL(sxt_config_unlock, SEXTANT);

/**
 * sxt_config_locked() - for lockdep conditions
 * @net: the namespace
 *
 * Context: any.
 * Return: true if the configuration mutex is held, as far as is known.
 */
bool sxt_config_locked(struct net *net)
{
#ifdef CONFIG_LOCKDEP
	return lockdep_is_held(&sxt_key_net(net)->config);
#else
	return true;
#endif
}
EXPORT_SYMBOL_NS_GPL(sxt_config_locked, SEXTANT);

/**
 * sxt_generation() - the present generation of SAs and policies
 * @net: the namespace
 *
 * What is looked up after this call is at least as new as what is returned,
 * so a result that is kept may be used as long as this number stays.
 *
 * Context: any.
 * Return: the number; it only grows.
 */
u64 sxt_generation(struct net *net)
{
	/* What is found after this is no older than the number. */
	return smp_load_acquire(&sxt_key_net(net)->generation);
}
EXPORT_SYMBOL_NS_GPL(sxt_generation, SEXTANT);

/**
 * sxt_generation_of() - where the generation is
 * @net: the namespace
 *
 * For who asks for each packet; to be read with smp_load_acquire().
 *
 * Context: any.
 * Return: the place; it lives as long as the namespace.
 */
const u64 *sxt_generation_of(struct net *net)
{
	return &sxt_key_net(net)->generation;
}
EXPORT_SYMBOL_NS_GPL(sxt_generation_of, SEXTANT);

/**
 * sxt_generation_next() - make all kept look-up results void
 * @net: the namespace
 *
 * Called after objects were linked or unlinked, before they are freed.
 *
 * Context: configuration mutex held.
 */
void sxt_generation_next(struct net *net)
{
	struct sxt_key_net *kn = sxt_key_net(net);

	lockdep_assert_held(&kn->config);
	/* Who sees the number sees what was linked and unlinked before. */
	smp_store_release(&kn->generation, kn->generation + 1);
}
EXPORT_SYMBOL_NS_GPL(sxt_generation_next, SEXTANT);

static int __net_init key_net_init(struct net *net)
{
	struct sxt_key_net *kn = sxt_key_net(net);
	int err;

	kn->net = net;
	kn->generation = 1;
	mutex_init(&kn->config);
	sxt_sa_routes_init(kn);
	kn->tally = alloc_percpu(struct sxt_tally);
	if (!kn->tally)
		return -ENOMEM;
	err = sxt_sa_tables_init(kn);
	if (err)
		free_percpu(kn->tally);
	return err;
}

static void __net_exit key_net_pre_exit(struct net *net)
{
	sxt_sa_routes_leave(sxt_key_net(net));
}

static void __net_exit key_net_exit(struct net *net)
{
	struct sxt_key_net *kn = sxt_key_net(net);

	sxt_sa_tables_fini(kn);
	sxt_sa_routes_exit(kn);
	free_percpu(kn->tally);
}

static struct pernet_operations key_net_ops = {
	.init = key_net_init,
	.pre_exit = key_net_pre_exit,
	.exit = key_net_exit,
	.id = &sxt_key_net_id,
	.size = sizeof(struct sxt_key_net),
};

static int __init sxt_key_init(void)
{
	int err;

	err = sxt_mark_setup();
	if (err)
		return err;
	err = sxt_sa_setup();
	if (err)
		goto err_mark;
	err = sxt_recover_setup();
	if (err)
		goto err_sa;
	err = register_pernet_subsys(&key_net_ops);
	if (err)
		goto err_recover;
	err = sxt_sa_routes_setup();
	if (err)
		goto err_net;
	return 0;

err_net:
	unregister_pernet_subsys(&key_net_ops);
err_recover:
	sxt_recover_teardown();
err_sa:
	sxt_sa_teardown();
err_mark:
	sxt_mark_teardown();
	return err;
}

static void __exit sxt_key_exit(void)
{
	sxt_sa_routes_teardown();
	unregister_pernet_subsys(&key_net_ops);
	sxt_recover_teardown();
	sxt_sa_teardown();
	sxt_mark_teardown();
}

module_init(sxt_key_init);
module_exit(sxt_key_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: security associations and their packet pipelines");
