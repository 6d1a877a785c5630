// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/ip6_flowlabel: leases of flow labels. A step of the walk is a
 * bucket of the table.
 */
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include "sock_int.h"

static void *label_start(struct seq_file *seq, loff_t *pos)
{
	return *pos <= SXT_FLOWLABEL_BUCKETS ? pos : NULL;
}

static void *label_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return label_start(seq, pos);
}

static void label_stop(struct seq_file *seq, void *v)
{
}

static void label_line(const struct ip6_flowlabel *fl, void *arg)
{
	long left = (long)(fl->expires - jiffies) / HZ;
	struct seq_file *seq = arg;
	unsigned int owner = 0;

	if (fl->share == IPV6_FL_S_PROCESS)
		owner = pid_nr_ns(fl->owner.pid,
				  proc_pid_ns(file_inode(seq->file)->i_sb));
	else if (fl->share == IPV6_FL_S_USER)
		owner = from_kuid_munged(seq_user_ns(seq), fl->owner.uid);
	seq_printf(seq, "%05X %-1d %-6u %-6d %-6ld %-8ld %pi6 %-4d\n",
		   ntohl(fl->label), fl->share, owner, atomic_read(&fl->users),
		   fl->linger / HZ, left, &fl->dst, 0);
}

static int label_show(struct seq_file *seq, void *v)
{
	loff_t at = *(loff_t *)v;

	if (!at)
		seq_printf(seq, "%-5s %-1s %-6s %-6s %-6s %-8s %-32s %s\n",
			   "Label", "S", "Owner", "Users", "Linger", "Expires",
			   "Dst", "Opt");
	else
		sxt_flowlabel_visit(seq_file_net(seq), at - 1, label_line, seq);
	return 0;
}

static const struct seq_operations label_seq_ops = {
	.start	= label_start,
	.next	= label_next,
	.stop	= label_stop,
	.show	= label_show,
};

/**
 * sxt_flowlabel_net_init() - flow labels of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_flowlabel_net_init(struct net *net)
{
	spin_lock_init(&sxt_ip6_net(net)->label_lock);
	if (!proc_create_net("ip6_flowlabel", 0444, net->proc_net,
			     &label_seq_ops, sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

/**
 * sxt_flowlabel_net_exit() - the namespace goes
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_flowlabel_net_exit(struct net *net)
{
	remove_proc_entry("ip6_flowlabel", net->proc_net);
	sxt_flowlabel_forget(net);
	net->ipv6.flowlabel_has_excl = 0;
}
