// SPDX-License-Identifier: GPL-2.0
/*
 * Demands connection tracking of bridges in all namespaces, as a rule of an nft
 * table of the family bridge does in its own. For
 * scripts/tests/74-ipv6-bridge.sh; no part of the suite.
 */
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>

MODULE_DESCRIPTION("Connection tracking of bridges, in all namespaces");
MODULE_LICENSE("GPL");

static void __net_exit bridges_net_exit(struct net *net)
{
	nf_ct_netns_put(net, NFPROTO_BRIDGE);
}

static int __net_init bridges_net_init(struct net *net)
{
	int err = nf_ct_netns_get(net, NFPROTO_BRIDGE);

	if (err)
		pr_err("no connection tracking of bridges: %d\n", err);
	return err;
}

static struct pernet_operations bridges_ops = {
	.exit = bridges_net_exit,
	.init = bridges_net_init,
};

static void __exit bridges_exit(void)
{
	unregister_pernet_subsys(&bridges_ops);
}
module_exit(bridges_exit);

static int __init bridges_init(void)
{
	return register_pernet_subsys(&bridges_ops);
}
module_init(bridges_init);
