// SPDX-License-Identifier: GPL-2.0-only
/*
 * sextant_ipv6: loading and unloading, and what each network namespace gets.
 * Every part comes up in the order of the two tables and goes in the opposite
 * one, so a part may use what stands above it.
 */
#include <linux/module.h>
#include <net/ipv6_stubs.h>
#include "ipv6.h"

unsigned int sxt_ip6_net_id;

struct sxt_net_part {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
};

static const struct sxt_net_part net_parts[] = {
	{ sxt_drop_net_init, sxt_drop_net_exit },
	{ sxt_snmp_net_init, sxt_snmp_net_exit },
	{ sxt_idev_net_init, sxt_idev_net_exit },
	{ sxt_addrlabel_net_init, sxt_addrlabel_net_exit },
	{ sxt_route_net_init, sxt_route_net_exit },
	{ sxt_fib_net_init, sxt_fib_net_exit },
	{ sxt_nh_net_init, sxt_nh_net_exit },
	{ sxt_pmtu_net_init, sxt_pmtu_net_exit },
	{ sxt_rules_net_init, sxt_rules_net_exit },
	{ sxt_proc_route_net_init, sxt_proc_route_net_exit },
	{ sxt_ifa_net_init, sxt_ifa_net_exit },
	{ sxt_icmp_net_init, sxt_icmp_net_exit },
	{ sxt_frag_in_net_init, sxt_frag_in_net_exit },
	{ sxt_sockstat_net_init, sxt_sockstat_net_exit },
	{ sxt_mcast_net_init, sxt_mcast_net_exit },
	{ sxt_nd_net_init, sxt_nd_net_exit },
	{ sxt_flowlabel_net_init, sxt_flowlabel_net_exit },
	{ sxt_raw_net_init, sxt_raw_net_exit },
	{ sxt_ping_net_init, sxt_ping_net_exit },
	{ sxt_udp_net_init, sxt_udp_net_exit },
	{ sxt_sysctl_net_init, sxt_sysctl_net_exit },
};

static void net_down(struct net *net, size_t count)
{
	while (count--)
		net_parts[count].exit(net);
}

static int __net_init ip6_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	size_t i;

	n->net = net;
	n->route_gen = 1;
	for (i = 0; i < ARRAY_SIZE(net_parts); i++) {
		int err = net_parts[i].init(net);

		if (err) {
			net_down(net, i);
			return err;
		}
	}
	return 0;
}

static void __net_exit ip6_net_exit(struct net *net)
{
	net_down(net, ARRAY_SIZE(net_parts));
}

static struct pernet_operations ip6_net_ops = {
	.id = &sxt_ip6_net_id,
	.size = sizeof(struct sxt_ip6_net),
	.init = ip6_net_init,
	.pre_exit = sxt_frag_in_net_pre_exit,
	.exit = ip6_net_exit,
};

static int net_ops_init(void)
{
	return register_pernet_subsys(&ip6_net_ops);
}

static void net_ops_exit(void)
{
	unregister_pernet_subsys(&ip6_net_ops);
}

static int stub_init(void)
{
	sxt_stub_init();
	return 0;
}

struct sxt_part {
	int (*init)(void);
	void (*exit)(void);
};

static const struct sxt_part parts[] = {
	{ sxt_neigh_init, sxt_neigh_exit },
	{ sxt_route_init, sxt_route_exit },
	{ sxt_mld_init, sxt_mld_exit },
	{ sxt_frag_in_init, sxt_frag_in_exit },
	{ sxt_ifa_init, sxt_ifa_exit },
	{ net_ops_init, net_ops_exit },
	{ sxt_icmp_init, sxt_icmp_exit },
	{ sxt_exthdr_init, sxt_exthdr_exit },
	{ sxt_raw_init, sxt_raw_exit },
	{ sxt_ping_init, sxt_ping_exit },
	{ sxt_udp_init, sxt_udp_exit },
	{ sxt_addrlabel_init, sxt_addrlabel_exit },
	{ sxt_rtnl_addr_init, sxt_rtnl_addr_exit },
	{ sxt_rtnl_link_init, sxt_rtnl_link_exit },
	{ sxt_rtnl_route_init, sxt_rtnl_route_exit },
	{ stub_init, sxt_stub_exit },
	{ sxt_sock_init, sxt_sock_exit },
	{ sxt_input_init, sxt_input_exit },
	{ sxt_idev_init, sxt_idev_exit },
	{ sxt_stub_flow_start, sxt_stub_flow_stop },
};

static void parts_down(size_t count)
{
	while (count--)
		parts[count].exit();
}

static int __init sxt_ip6_init(void)
{
	size_t i;

	/* Nobody has filled it in unless an IPv6 stack is there. */
	if (ipv6_stub->nd_tbl) {
		pr_err("sextant_ipv6: this kernel has IPv6 already (ipv6.ko or built in); it can have only one\n");
		return -EEXIST;
	}
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		int err = parts[i].init();

		if (err) {
			parts_down(i);
			rcu_barrier();
			return err;
		}
	}
	return 0;
}

static void __exit sxt_ip6_exit(void)
{
	parts_down(ARRAY_SIZE(parts));
	rcu_barrier();
}

module_init(sxt_ip6_init);
module_exit(sxt_ip6_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: IPv6");
MODULE_ALIAS_NETPROTO(PF_INET6);
