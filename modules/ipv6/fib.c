// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forwarding tables: their numbers, the routes in them, and the order of the
 * routes of one prefix. Requests are in fib_add.c, what happens to interfaces
 * and by time in fib_event.c.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include "fib.h"
#include "iface.h"

/**
 * sxt_fib_table_find() - a table by its number
 * @net: namespace
 * @id: RT_TABLE_*
 *
 * Context: under RCU or the RTNL.
 * Return: the table or NULL.
 */
struct sxt_fib_table *sxt_fib_table_find(struct net *net, u32 id)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	if (id == RT_TABLE_MAIN)
		return n->table_main;
	if (id == RT_TABLE_LOCAL)
		return n->table_local;
	return xa_load(&n->tables, id);
}

/**
 * sxt_fib_table_after() - the tables in the order of their numbers
 * @net: namespace
 * @id: number of the one before, 0 to begin
 *
 * Context: under RCU or the RTNL.
 * Return: the next, or NULL.
 */
struct sxt_fib_table *sxt_fib_table_after(struct net *net, u32 id)
{
	unsigned long index = id;

	return xa_find_after(&sxt_ip6_net(net)->tables, &index, U32_MAX,
			     XA_PRESENT);
}

static struct sxt_fib_table *table_new(struct net *net, u32 id)
{
	struct sxt_fib_table *table = kzalloc(sizeof(*table),
					      GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	table->net = net;
	table->id = id;
	if (xa_err(xa_store(&sxt_ip6_net(net)->tables, id, table,
			    GFP_KERNEL_ACCOUNT))) {
		kfree(table);
		return NULL;
	}
	return table;
}

/**
 * sxt_fib_table_get() - a table by its number, made if it is not there
 * @net: namespace
 * @id: not RT_TABLE_UNSPEC
 *
 * Context: RTNL. A table stays as long as it has routes: sxt_fib_table_put()
 * after an attempt that brought none.
 * Return: the table, or NULL: no memory.
 */
struct sxt_fib_table *sxt_fib_table_get(struct net *net, u32 id)
{
	struct sxt_fib_table *table = sxt_fib_table_find(net, id);

	return table ?: table_new(net, id);
}

/**
 * sxt_fib_table_put() - take a table away if nothing is in it
 * @table: the table; local and main stay
 *
 * Context: RTNL.
 */
void sxt_fib_table_put(struct sxt_fib_table *table)
{
	struct sxt_ip6_net *n = sxt_ip6_net(table->net);

	if (table->count || table == n->table_main || table == n->table_local)
		return;
	xa_erase(&n->tables, table->id);
	kfree_rcu(table, rcu);
}

/**
 * sxt_fib_next() - the routes of the next prefix of a table
 * @table: the table
 * @pos: where the walk is; all zero at first
 *
 * Context: under RCU or the RTNL. The table may change between calls.
 * Return: the first route of the prefix, NULL at the end.
 */
struct sxt_route *sxt_fib_next(const struct sxt_fib_table *table,
			       struct sxt_fib_pos *pos)
{
	struct sxt_lpm_node *node;
	struct sxt_route *route;

	do {
		if (pos->begun)
			node = sxt_lpm_next(&table->lpm, &pos->key, pos->len);
		else
			node = sxt_lpm_first(&table->lpm);
		if (!node)
			return NULL;
		pos->key = node->key;
		pos->len = node->len;
		pos->begun = true;
		route = sxt_lpm_value(node);
	} while (!route);
	return route;
}

/**
 * sxt_hop_dev() - the interface that a hop belongs to
 * @hop: hop of a route
 *
 * The dst of an own address leads to the loopback device; the address belongs
 * to another.
 *
 * Context: under RCU or the RTNL.
 * Return: the device, not NULL.
 */
const struct net_device *sxt_hop_dev(const struct sxt_hop *hop)
{
	const struct inet6_dev *idev = READ_ONCE(hop->rt->rt6i_idev);

	return idev ? idev->dev : hop->rt->dst.dev;
}

/**
 * sxt_route_cmp() - order of the routes of one destination prefix
 * @a: one
 * @b: other
 *
 * Context: any.
 * Return: below 0: @a is asked first; 0: they differ in their hops only.
 */
int sxt_route_cmp(const struct sxt_route_cfg *a, const struct sxt_route_cfg *b)
{
	int diff;

	if (a->src_len != b->src_len)
		return b->src_len - a->src_len;
	diff = a->src_len ? memcmp(&a->src, &b->src, sizeof(a->src)) : 0;
	if (diff)
		return diff;
	if (a->metric != b->metric)
		return a->metric < b->metric ? -1 : 1;
	return 0;
}

/**
 * sxt_route_alloc() - a route that is in no table
 * @cfg: what it is
 * @hops: how many there will be; their dsts are NULL
 *
 * Context: process, may sleep.
 * Return: the route, or NULL: no memory.
 */
struct sxt_route *sxt_route_alloc(const struct sxt_route_cfg *cfg,
				  unsigned int hops)
{
	struct sxt_route *route;
	unsigned int i;

	route = kzalloc(struct_size(route, hops, hops), GFP_KERNEL_ACCOUNT);
	if (!route)
		return NULL;
	route->hop_count = hops;
	route->cfg = *cfg;
	route->cfg.hops = NULL;
	route->cfg.metrics = NULL;
	route->cfg.nh = NULL;
	route->cfg.asker = NULL;
	route->cfg.hop_count = hops;
	route->prefsrc = !ipv6_addr_any(&cfg->prefsrc);
	INIT_LIST_HEAD(&route->expiring);
	for (i = 0; i < hops; i++)
		route->hops[i].route = route;
	return route;
}

static bool has_rt(const struct sxt_route *route, const struct rt6_info *rt)
{
	unsigned int i;

	for (i = 0; i < route->hop_count; i++)
		if (route->hops[i].rt == rt)
			return true;
	return false;
}

/**
 * sxt_route_free() - the end of a route that is in no table (any more)
 * @route: the route, complete or not
 * @heir: another route that has taken over some of its dsts, or NULL
 *
 * Context: RTNL. Packets under RCU may still see it.
 */
void sxt_route_free(struct sxt_route *route, const struct sxt_route *heir)
{
	unsigned int i;

	sxt_nh_detach(route);
	for (i = 0; i < route->hop_count; i++) {
		struct rt6_info *rt = route->hops[i].rt;

		if (rt && !(heir && has_rt(heir, rt)))
			sxt_rt_retire(rt);
	}
	kfree_rcu(route, rcu);
}

/**
 * sxt_hop_state() - flags of a hop as its interface's settings have them
 * @hop: hop of a route
 *
 * Context: under RCU or the RTNL.
 * Return: RTNH_F_*; with RTNH_F_DEAD nothing goes this way now.
 */
u8 sxt_hop_state(const struct sxt_hop *hop)
{
	const struct inet6_dev *idev = READ_ONCE(hop->rt->rt6i_idev);
	u8 flags = READ_ONCE(hop->flags);

	if (unlikely(flags & RTNH_F_LINKDOWN) && idev &&
	    READ_ONCE(idev->cnf.ignore_routes_with_linkdown))
		flags |= RTNH_F_DEAD;
	return flags;
}

/**
 * sxt_route_balance() - shares of the hops of a multipath route by weight
 * @route: after a change of hops or of their flags
 *
 * Context: RTNL; packets may look at the hops.
 */
void sxt_route_balance(struct sxt_route *route)
{
	u64 total = 0, sum = 0;
	unsigned int i;

	if (route->hop_count < 2)
		return;
	for (i = 0; i < route->hop_count; i++)
		if (!(sxt_hop_state(&route->hops[i]) & RTNH_F_DEAD))
			total += route->hops[i].weight;
	for (i = 0; i < route->hop_count; i++) {
		struct sxt_hop *hop = &route->hops[i];
		u32 bound = 0;

		if (!(sxt_hop_state(hop) & RTNH_F_DEAD)) {
			sum += hop->weight;
			bound = (u32)div64_u64(sum << 31, total) - 1;
		}
		WRITE_ONCE(hop->bound, bound);
	}
}

static struct sxt_lpm_node *node_of(const struct sxt_fib_table *table,
				    const struct sxt_route_cfg *cfg)
{
	struct sxt_lpm_key key = sxt_lpm_key(cfg->dst.s6_addr);

	return sxt_lpm_find(&table->lpm, &key, cfg->dst_len);
}

/**
 * sxt_route_first() - the first route of a destination prefix
 * @table: table
 * @cfg: says the prefix
 *
 * Context: under RCU or the RTNL.
 * Return: the route or NULL.
 */
struct sxt_route *sxt_route_first(const struct sxt_fib_table *table,
				  const struct sxt_route_cfg *cfg)
{
	struct sxt_lpm_node *node = node_of(table, cfg);

	return node ? sxt_lpm_value(node) : NULL;
}

static int prefix_add(struct sxt_route *route)
{
	struct sxt_lpm_key key = sxt_lpm_key(route->cfg.dst.s6_addr);
	struct sxt_lpm_node *spare[2];

	spare[0] = kmalloc(sizeof(*spare[0]), GFP_KERNEL_ACCOUNT);
	spare[1] = kmalloc(sizeof(*spare[1]), GFP_KERNEL_ACCOUNT);
	if (spare[0] && spare[1])
		sxt_lpm_insert(&route->table->lpm, &key, route->cfg.dst_len,
			       route, spare);
	else
		route = NULL;
	kfree(spare[0]);
	kfree(spare[1]);
	return route ? 0 : -ENOMEM;
}

static void prefix_del(struct sxt_fib_table *table, struct sxt_lpm_node *node)
{
	struct sxt_lpm_node *gone[2];

	sxt_lpm_remove(&table->lpm, node, gone);
	if (gone[0])
		kfree_rcu_mightsleep(gone[0]);
	if (gone[1])
		kfree_rcu_mightsleep(gone[1]);
}

static struct sxt_route *prev_of(struct sxt_route *first,
				 const struct sxt_route *route)
{
	struct sxt_route *prev = NULL;

	for (; first && first != route; first = rtnl_dereference(first->next))
		prev = first;
	return prev;
}

/* Let what leads to a route lead to another one. */
static void point(struct sxt_lpm_node *node, struct sxt_route *prev,
		  struct sxt_route *route)
{
	if (prev)
		rcu_assign_pointer(prev->next, route);
	else
		sxt_lpm_set(node, route);
}

/* Lists and counters of a route that has come into a table. */
static void route_in(struct sxt_route *route)
{
	struct sxt_ip6_net *n = sxt_ip6_net(route->table->net);

	route->table->count++;
	if (route->cfg.src_len)
		WRITE_ONCE(n->src_routes, n->src_routes + 1);
	n->prefsrc_routes += route->prefsrc;
	sxt_route_watch(route);
	sxt_route_changed(route->table->net);
}

static void route_out(struct sxt_route *route)
{
	struct sxt_ip6_net *n = sxt_ip6_net(route->table->net);

	route->dead = true;
	route->table->count--;
	if (route->cfg.src_len)
		WRITE_ONCE(n->src_routes, n->src_routes - 1);
	n->prefsrc_routes -= route->prefsrc;
	list_del_init(&route->expiring);
	sxt_route_changed(route->table->net);
}

/**
 * sxt_route_link() - put a route into its table
 * @route: complete, @route->table set
 * @before: the route that is to follow, NULL: behind those that are equal
 *
 * Context: RTNL.
 * Return: 0 or -ENOMEM.
 */
int sxt_route_link(struct sxt_route *route, struct sxt_route *before)
{
	struct sxt_lpm_node *node = node_of(route->table, &route->cfg);
	struct sxt_route *prev = NULL, *next;
	int err;

	if (!node) {
		err = prefix_add(route);
		if (!err)
			route_in(route);
		return err;
	}
	for (next = sxt_lpm_value(node); next && next != before &&
	     sxt_route_cmp(&next->cfg, &route->cfg) <= 0;
	     next = rtnl_dereference(next->next))
		prev = next;
	RCU_INIT_POINTER(route->next, next);
	point(node, prev, route);
	route_in(route);
	return 0;
}

/**
 * sxt_route_swap() - one route for another in one step
 * @old: in the table; out of it afterwards, the caller frees it
 * @route: of the same prefix, source and metric
 *
 * Context: RTNL.
 */
void sxt_route_swap(struct sxt_route *old, struct sxt_route *route)
{
	struct sxt_lpm_node *node = node_of(old->table, &old->cfg);

	route->table = old->table;
	RCU_INIT_POINTER(route->next, rtnl_dereference(old->next));
	point(node, prev_of(sxt_lpm_value(node), old), route);
	route_in(route);
	route_out(old);
}

/**
 * sxt_route_unlink() - take a route out of its table
 * @route: in it; the caller frees it. Its table may be gone afterwards
 *
 * Context: RTNL.
 */
void sxt_route_unlink(struct sxt_route *route)
{
	struct sxt_lpm_node *node = node_of(route->table, &route->cfg);
	struct sxt_route *next = rtnl_dereference(route->next);
	struct sxt_route *prev = prev_of(sxt_lpm_value(node), route);

	if (prev || next)
		point(node, prev, next);
	else
		prefix_del(route->table, node);
	route_out(route);
	sxt_fib_table_put(route->table);
}

/**
 * sxt_route_remove_for() - take a route away, with notification
 * @route: in a table
 * @asker: whose request it is, or NULL
 *
 * Context: RTNL.
 */
void sxt_route_remove_for(struct sxt_route *route,
			  const struct nl_info *asker)
{
	sxt_rtnl_route_notify(route->table->net, RTM_DELROUTE, route, 0,
			      asker);
	sxt_route_unlink(route);
	sxt_route_free(route, NULL);
}

/**
 * sxt_route_remove() - take a route away that nobody asked to be gone
 * @route: in a table
 *
 * Context: RTNL.
 */
void sxt_route_remove(struct sxt_route *route)
{
	sxt_route_remove_for(route, NULL);
}

static int table_walk(struct sxt_fib_table *table,
		      int (*visit)(struct sxt_route *route, void *arg),
		      void *arg)
{
	struct sxt_fib_pos pos = {};
	struct sxt_route *route, *next;
	int err;

	/* Its last route takes the table away: count it as used. */
	table->count++;
	for (err = 0; !err && (route = sxt_fib_next(table, &pos));) {
		for (; !err && route; route = next) {
			next = rtnl_dereference(route->next);
			err = visit(route, arg);
		}
	}
	table->count--;
	sxt_fib_table_put(table);
	return err;
}

/**
 * sxt_route_walk() - all routes, in order
 * @net: namespace
 * @table: number, 0: all tables
 * @visit: called with each; may remove it or swap it for another, and no
 *	other. A value other than 0 ends the walk
 * @arg: for @visit
 *
 * Context: RTNL.
 * Return: what the last @visit returned, 0 if there was none.
 */
int sxt_route_walk(struct net *net, u32 table,
		   int (*visit)(struct sxt_route *route, void *arg), void *arg)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_fib_table *t;
	unsigned long id;
	int err = 0;

	if (table) {
		t = sxt_fib_table_find(net, table);
		return t ? table_walk(t, visit, arg) : 0;
	}
	xa_for_each(&n->tables, id, t) {
		err = table_walk(t, visit, arg);
		if (err)
			break;
	}
	return err;
}

/**
 * sxt_fib_net_init() - the tables of a namespace
 * @net: namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_fib_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	int err;

	xa_init(&n->tables);
	INIT_LIST_HEAD(&n->expiring);
	INIT_DELAYED_WORK(&n->expire_work, sxt_route_expire);
	n->src_routes = 0;
	n->prefsrc_routes = 0;
	err = sxt_ways_in_net_init(n);
	if (err)
		return err;
	n->table_local = table_new(net, RT_TABLE_LOCAL);
	n->table_main = table_new(net, RT_TABLE_MAIN);
	if (n->table_local && n->table_main)
		return 0;
	kfree(n->table_local);
	kfree(n->table_main);
	xa_destroy(&n->tables);
	sxt_ways_in_net_exit(n);
	return -ENOMEM;
}

static int route_end(struct sxt_route *route, void *arg)
{
	sxt_route_unlink(route);
	sxt_route_free(route, NULL);
	return 0;
}

/**
 * sxt_fib_net_exit() - no routes any more
 * @net: namespace; no packets, nobody asks for routes
 *
 * Context: may sleep, without the RTNL.
 */
void sxt_fib_net_exit(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	rtnl_lock();
	sxt_route_walk(net, 0, route_end, NULL);
	rtnl_unlock();
	/* it takes the RTNL; without routes it does not start again */
	cancel_delayed_work_sync(&n->expire_work);
	kfree_rcu(n->table_local, rcu);
	kfree_rcu(n->table_main, rcu);
	n->table_local = NULL;
	n->table_main = NULL;
	xa_destroy(&n->tables);
	sxt_ways_in_net_exit(n);
}
