// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is listened to, in the files that ip(8) and netstat(8) read:
 * /proc/net/igmp6, /proc/net/mcfilter6, /proc/net/anycast6.
 */
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include "group.h"

#define FLAG_PENDING	0x01	/* an answer to a query is to be sent */
#define FLAG_REPORTER	0x02	/* MLDv1: reported last by this node */
#define FLAG_LOADED	0x04	/* the device's filter has it */
#define FLAG_SILENT	0x08	/* never reported */

static unsigned int group_flags(const struct sxt_group *group)
{
	unsigned int flags = 0;

	if (READ_ONCE(group->pending))
		flags |= FLAG_PENDING;
	if (READ_ONCE(group->reporter))
		flags |= FLAG_REPORTER;
	if (group->loaded)
		flags |= FLAG_LOADED;
	if (IPV6_ADDR_MC_SCOPE(&group->addr) < IPV6_ADDR_SCOPE_LINKLOCAL ||
	    ipv6_addr_is_ll_all_nodes(&group->addr))
		flags |= FLAG_SILENT;
	return flags;
}

static void igmp6_group(struct seq_file *seq, const struct net_device *dev,
			const struct sxt_group *group)
{
	long left = READ_ONCE(group->pending) ?
		    (long)(READ_ONCE(group->due) - jiffies) : 0;

	seq_printf(seq, "%-4d %-15s %pi6 %5u %08X %ld\n", dev->ifindex,
		   dev->name, &group->addr,
		   READ_ONCE(group->users) + READ_ONCE(group->member_count),
		   group_flags(group), (long)jiffies_to_clock_t(max(left, 0L)));
}

static int igmp6_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;
	const struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);
		const struct sxt_group *group;

		if (!idev)
			continue;
		list_for_each_entry_rcu(group, &idev->groups, list)
			igmp6_group(seq, dev, group);
	}
	rcu_read_unlock();
	return 0;
}

/* A group of an interface, as its sources are written down. */
struct filter_lines {
	struct seq_file *seq;
	const struct net_device *dev;
	const struct sxt_group *group;
};

static void filter_line(void *arg, const struct in6_addr *source,
			unsigned int included, unsigned int excluded)
{
	const struct filter_lines *lines = arg;

	seq_printf(lines->seq, "%3d %6.6s %pi6 %pi6 %6u %6u\n",
		   lines->dev->ifindex, lines->dev->name, &lines->group->addr,
		   source, included, excluded);
}

/* RTNL. What does not fit is asked for again, with more room: no use going on. */
static int mcfilter6_dev(struct seq_file *seq, const struct net_device *dev)
{
	struct filter_lines lines = { .seq = seq, .dev = dev };
	struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	int err = 0;

	if (!idev)
		return 0;
	list_for_each_entry(lines.group, &idev->groups, list) {
		if (err || seq_has_overflowed(seq))
			break;
		err = sxt_sources_show(lines.group, filter_line, &lines);
	}
	return err;
}

static int mcfilter6_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;
	const struct net_device *dev;
	int err = 0;

	seq_printf(seq, "%3s %6s %32s %32s %6s %6s\n", "Idx", "Device",
		   "Multicast Address", "Source Address", "INC", "EXC");
	rtnl_lock();
	for_each_netdev(net, dev) {
		if (err || seq_has_overflowed(seq))
			break;
		err = mcfilter6_dev(seq, dev);
	}
	rtnl_unlock();
	return err;
}

static int anycast6_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;
	const struct net_device *dev;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);
		const struct inet6_ifaddr *ifa;

		if (!idev)
			continue;
		list_for_each_entry_rcu(ifa, &idev->anycasts, if_list)
			seq_printf(seq, "%-4d %-15s %pi6 %5d\n", dev->ifindex,
				   dev->name, &ifa->addr, 1);
	}
	rcu_read_unlock();
	return 0;
}

/**
 * sxt_mcast_net_init() - the files of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_mcast_net_init(struct net *net)
{
	if (!proc_create_net_single("igmp6", 0444, net->proc_net, igmp6_show,
				    NULL))
		return -ENOMEM;
	if (!proc_create_net_single("mcfilter6", 0444, net->proc_net,
				    mcfilter6_show, NULL))
		goto no_filter;
	if (proc_create_net_single("anycast6", 0444, net->proc_net,
				   anycast6_show, NULL))
		return 0;
	remove_proc_entry("mcfilter6", net->proc_net);
no_filter:
	remove_proc_entry("igmp6", net->proc_net);
	return -ENOMEM;
}

/**
 * sxt_mcast_net_exit() - undoes sxt_mcast_net_init()
 * @net: the namespace
 *
 * Context: process, without the RTNL; waits for readers of the files.
 */
void sxt_mcast_net_exit(struct net *net)
{
	remove_proc_entry("anycast6", net->proc_net);
	remove_proc_entry("mcfilter6", net->proc_net);
	remove_proc_entry("igmp6", net->proc_net);
}
