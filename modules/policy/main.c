// SPDX-License-Identifier: GPL-2.0-only
/* sextant_policy: loading, unloading, and what each network namespace has. */
#include <linux/module.h>
#include <linux/random.h>
#include "policy.h"

unsigned int sxt_policy_net_id;

static const struct sxt_policy_ops policy_ops = {
	.input = sxt_check_input,
};

static int __net_init policy_net_init(struct net *net)
{
	struct sxt_policy_net *pn = sxt_policy_net(net);
	int err;

	pn->seed = get_random_u64();
	pn->generation = sxt_generation_of(net);
	spin_lock_init(&pn->bundles_lock);
	err = sxt_flow_init(pn);
	if (err)
		return err;
	err = sxt_spd_init(net);
	if (err)
		sxt_flow_fini(pn);
	return err;
}

/*
 * Hooks stand until the namespace has no interface: it forwards as long as it
 * has, and would do so in clear. They go before the tables that they use.
 */
static void __net_exit policy_net_exit_batch(struct list_head *nets)
{
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		sxt_config_lock(net);
		sxt_hooks_del(net);
		sxt_config_unlock(net);
	}
	synchronize_net();
	list_for_each_entry(net, nets, exit_list) {
		sxt_spd_fini(net);
		sxt_flow_fini(sxt_policy_net(net));
	}
}

static struct pernet_operations policy_net_ops = {
	.id = &sxt_policy_net_id,
	.size = sizeof(struct sxt_policy_net),
	.init = policy_net_init,
	.exit_batch = policy_net_exit_batch,
};

static int __init sxt_policy_init(void)
{
	int err;

	sxt_gather_init();
	err = register_pernet_subsys(&policy_net_ops);
	if (err)
		return err;
	sxt_policy_ops_set(&policy_ops);
	return 0;
}

static void __exit sxt_policy_exit(void)
{
	sxt_policy_ops_set(NULL);
	unregister_pernet_subsys(&policy_net_ops);
	rcu_barrier();
}

module_init(sxt_policy_init);
module_exit(sxt_policy_exit);
MODULE_IMPORT_NS(SEXTANT);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: security policies");
