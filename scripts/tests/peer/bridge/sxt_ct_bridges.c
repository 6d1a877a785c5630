// SPDX-License-Identifier: GPL-2.0
/*
 * Demands connection tracking of bridges in all namespaces, as a rule of an nft
 * table of the family bridge does in its own. For
 * scripts/tests/74-ipv6-bridge.sh; no part of the suite.
 */
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>

static int __net_init bridges_net_init(struct net *net)
{
	return nf_ct_netns_get(net, NFPROTO_BRIDGE);
}

static void __net_exit bridges_net_exit(struct net *net)
{
	nf_ct_netns_put(net, NFPROTO_BRIDGE);
}

static struct pernet_operations bridges_ops = {
	.init = bridges_net_init,
	.exit = bridges_net_exit,
};

static int __init bridges_init(void)
{
	return register_pernet_subsys(&bridges_ops);
}

static void __exit bridges_exit(void)
{
	unregister_pernet_subsys(&bridges_ops);
}

module_init(bridges_init);
module_exit(bridges_exit);
MODULE_DESCRIPTION("Connection tracking of bridges, in all namespaces");
MODULE_LICENSE("GPL");
