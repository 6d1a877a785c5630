// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/if_inet6: one line an address: the address, number of the
 * interface, prefix length, scope and flags in hexadecimal, and the name.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include "ifa_int.h"

/* Where a reader is; the table may change between two reads. */
struct ifaddr_pos {
	struct seq_net_private net;	/* the core's, first */
	unsigned int bucket;
	unsigned int place;		/* in the bucket */
};

/* The address at the position, or the first in a bucket behind it. */
static struct sxt_ifa *at_pos(struct sxt_ip6_net *n, struct ifaddr_pos *pos)
{
	for (; pos->bucket < HASH_SIZE(n->ifa_hash); pos->bucket++) {
		unsigned int place = 0;
		struct sxt_ifa *ifa;

		hlist_for_each_entry_rcu(ifa, &n->ifa_hash[pos->bucket],
					 hash) {
			if (ifa->anycast)
				continue;
			if (place++ == pos->place)
				return ifa;
		}
		pos->place = 0;
	}
	return NULL;
}

static void *ifaddr_start(struct seq_file *seq, loff_t *off)
	__acquires(RCU)
{
	struct ifaddr_pos *pos = seq->private;

	rcu_read_lock();
	if (!*off) {
		pos->bucket = 0;
		pos->place = 0;
	}
	return at_pos(sxt_ip6_net(seq_file_net(seq)), pos);
}

static void *ifaddr_next(struct seq_file *seq, void *v, loff_t *off)
{
	struct ifaddr_pos *pos = seq->private;

	++*off;
	pos->place++;
	return at_pos(sxt_ip6_net(seq_file_net(seq)), pos);
}

static void ifaddr_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int ifaddr_show(struct seq_file *seq, void *v)
{
	const struct sxt_ifa *ifa = v;
	const struct net_device *dev = ifa->ifa.idev->dev;

	seq_printf(seq, "%pi6 %02x %02x %02x %02x %8s\n", &ifa->ifa.addr,
		   dev->ifindex, READ_ONCE(ifa->ifa.prefix_len),
		   ifa->ifa.scope, READ_ONCE(ifa->ifa.flags) & 0xff,
		   dev->name);
	return 0;
}

static const struct seq_operations ifaddr_ops = {
	.start = ifaddr_start,
	.next = ifaddr_next,
	.stop = ifaddr_stop,
	.show = ifaddr_show,
};

/**
 * sxt_proc_ifaddr_net_init() - the file of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_proc_ifaddr_net_init(struct net *net)
{
	return proc_create_net("if_inet6", 0444, net->proc_net, &ifaddr_ops,
			       sizeof(struct ifaddr_pos)) ? 0 : -ENOMEM;
}

/**
 * sxt_proc_ifaddr_net_exit() - takes the file away; waits for its readers
 * @net: the namespace
 *
 * Context: process, may sleep.
 */
void sxt_proc_ifaddr_net_exit(struct net *net)
{
	remove_proc_entry("if_inet6", net->proc_net);
}
