// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/ipv6_route and /proc/net/rt6_stats, in the form that programs know:
 * a line a hop, all numbers in hexadecimal.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/ip6_route.h>
#include "fib.h"

/**
 * struct route_iter - where a reader is
 * @p: namespace
 * @pos: the prefix before the present one
 * @table: number of the table
 * @index: route of the present prefix
 * @hop: hop of that
 * @at: number of the line
 */
struct route_iter {
	struct seq_net_private p;
	struct sxt_fib_pos pos;
	u32 table;
	u32 index;
	u32 hop;
	loff_t at;
};

static const struct sxt_hop *hop_at(const struct sxt_route *route, u32 index,
				    u32 hop, bool *prefix_over)
{
	for (; route && index; index--)
		route = rcu_dereference(route->next);
	*prefix_over = !route;
	return route && hop < route->hop_count ? &route->hops[hop] : NULL;
}

/* The hop where the reader is, or the first one behind. */
static const struct sxt_hop *iter_find(struct net *net, struct route_iter *it)
{
	struct sxt_fib_table *table = NULL;
	const struct sxt_hop *hop;
	bool prefix_over;

	if (it->table)
		table = sxt_fib_table_find(net, it->table);
	for (;;) {
		struct sxt_fib_pos pos = it->pos;
		struct sxt_route *route;

		route = table ? sxt_fib_next(table, &pos) : NULL;
		if (!route) {
			table = sxt_fib_table_after(net, it->table);
			if (!table)
				return NULL;
			it->table = table->id;
			memset(&it->pos, 0, sizeof(it->pos));
			it->index = 0;
			it->hop = 0;
			continue;
		}
		hop = hop_at(route, it->index, it->hop, &prefix_over);
		if (hop)
			return hop;
		it->hop = 0;
		it->index++;
		if (prefix_over) {
			it->pos = pos;
			it->index = 0;
		}
	}
}

static void *route_seq_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct net *net = seq_file_net(seq);
	struct route_iter *it = seq->private;
	const struct sxt_hop *hop;

	rcu_read_lock();
	if (*pos != it->at) {
		/* sought to another place: count from the beginning */
		memset(&it->pos, 0, sizeof(it->pos));
		it->table = 0;
		it->index = 0;
		it->hop = 0;
		it->at = 0;
	}
	for (hop = iter_find(net, it); hop && it->at < *pos; it->at++) {
		it->hop++;
		hop = iter_find(net, it);
	}
	return (void *)hop;
}

static void *route_seq_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct route_iter *it = seq->private;

	++*pos;
	it->at++;
	it->hop++;
	return (void *)iter_find(seq_file_net(seq), it);
}

static void route_seq_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static int route_seq_show(struct seq_file *seq, void *v)
{
	const struct sxt_hop *hop = v;
	const struct sxt_route_cfg *cfg = &hop->route->cfg;
	const struct rt6_info *rt = hop->rt;
	u32 flags = rt->rt6i_flags & ~(u32)(RTF_EXPIRES | SXT_RTF_XMIT);

	if (READ_ONCE(cfg->expires))
		flags |= RTF_EXPIRES;
	seq_printf(seq, "%pi6 %02x %pi6 %02x %pi6 %08x %08x %08x %08x %8s\n",
		   &cfg->dst, cfg->dst_len, &cfg->src, cfg->src_len,
		   &rt->rt6i_gateway, cfg->metric,
		   (u32)rcuref_read(&((struct rt6_info *)rt)->dst.__rcuref),
		   0, flags, sxt_hop_dev(hop)->name);
	return 0;
}

static const struct seq_operations route_seq_ops = {
	.start = route_seq_start,
	.next = route_seq_next,
	.stop = route_seq_stop,
	.show = route_seq_show,
};

/* nodes, route nodes, dsts made, routes, learned, dsts, discarded */
static int stats_show(struct seq_file *seq, void *v)
{
	struct net *net = seq_file_single_net(seq);
	const struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned int routes = 0, tables = 0;
	const struct sxt_fib_table *table;
	u32 id = 0;

	rcu_read_lock();
	while ((table = sxt_fib_table_after(net, id))) {
		id = table->id;
		routes += READ_ONCE(table->count);
		tables++;
	}
	rcu_read_unlock();
	seq_printf(seq, "%04x %04x %04x %04x %04x %04x %04x\n",
		   tables, routes, atomic_read(&n->dst_count), routes,
		   READ_ONCE(n->pmtu_count),
		   dst_entries_get_slow(&net->ipv6.ip6_dst_ops), 0);
	return 0;
}

/**
 * sxt_proc_route_net_init() - the files of a namespace
 * @net: namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_proc_route_net_init(struct net *net)
{
	if (!proc_create_net("ipv6_route", 0444, net->proc_net,
			     &route_seq_ops, sizeof(struct route_iter)))
		return -ENOMEM;
	if (proc_create_net_single("rt6_stats", 0444, net->proc_net,
				   stats_show, NULL))
		return 0;
	remove_proc_entry("ipv6_route", net->proc_net);
	return -ENOMEM;
}

/**
 * sxt_proc_route_net_exit() - no files any more
 * @net: namespace
 *
 * Context: may sleep; waits for readers.
 */
void sxt_proc_route_net_exit(struct net *net)
{
	remove_proc_entry("rt6_stats", net->proc_net);
	remove_proc_entry("ipv6_route", net->proc_net);
}
