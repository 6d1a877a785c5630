// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules: which table is asked for which packet (`ip -6 rule`), over the
 * kernel's rule lists. Until a rule is added or taken away, tables local and
 * main are asked without them (route.c).
 */
#include <net/fib_rules.h>
#include <net/inet_dscp.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "fib.h"

/**
 * struct sxt_rule - a rule of IPv6
 * @common: what rules of all families have
 * @src: source prefix
 * @src_len: its length
 * @dst: destination prefix
 * @dst_len: its length
 * @tclass: DSCP in the place that it has in the traffic class; 0: any
 * @dscp_only: asked for by FRA_DSCP, so that 0 is meant
 */
struct sxt_rule {
	struct fib_rule common;
	struct in6_addr src;
	struct in6_addr dst;
	u8 src_len;
	u8 dst_len;
	u8 tclass;
	bool dscp_only;
};

/* What a lookup carries through the rules. */
struct rule_query {
	const struct sk_buff *skb;
	struct sxt_fib_result *res;
	int oif;
	bool strict;
};

static struct sxt_rule *sxt_rule(struct fib_rule *rule)
{
	return container_of(rule, struct sxt_rule, common);
}

static int rule_action(struct fib_rule *rule, struct flowi *flp, int flags,
		       struct fib_lookup_arg *arg)
{
	const struct rule_query *q = arg->lookup_data;
	const struct sxt_fib_table *table;

	switch (rule->action) {
	case FR_ACT_TO_TBL:
		table = sxt_fib_table_find(rule->fr_net,
					   fib_rule_get_table(rule, arg));
		return table ? sxt_fib_lookup(table, &flp->u.ip6, q->skb,
					      q->oif, q->strict, q->res) :
			       -EAGAIN;
	case FR_ACT_UNREACHABLE:
		return -ENETUNREACH;
	case FR_ACT_PROHIBIT:
		return -EACCES;
	default:
		return -EINVAL;
	}
}

/* "suppress_prefixlength N": a route that short does not count. */
static bool rule_suppress(struct fib_rule *rule, int flags,
			  struct fib_lookup_arg *arg)
{
	const struct rule_query *q = arg->lookup_data;
	const struct sxt_hop *hop = q->res->hop;

	if (!hop)
		return false;
	if (hop->route->cfg.dst_len <= rule->suppress_prefixlen)
		return true;
	return rule->suppress_ifgroup != -1 &&
	       sxt_hop_dev(hop)->group == rule->suppress_ifgroup;
}

static bool ports_match(const struct fib_rule *rule, const struct flowi6 *fl6)
{
	if (rule->ip_proto && rule->ip_proto != fl6->flowi6_proto)
		return false;
	if (fib_rule_port_range_set(&rule->sport_range) &&
	    !fib_rule_port_inrange(&rule->sport_range, fl6->fl6_sport))
		return false;
	return !fib_rule_port_range_set(&rule->dport_range) ||
	       fib_rule_port_inrange(&rule->dport_range, fl6->fl6_dport);
}

/* The bits of ECN (RFC 3168) say nothing of where a packet is to go. */
static bool tclass_matches(const struct sxt_rule *r, u8 tclass)
{
	return (!r->tclass && !r->dscp_only) ||
	       r->tclass == (tclass & INET_DSCP_MASK);
}

static int rule_match(struct fib_rule *rule, struct flowi *fl, int flags)
{
	const struct sxt_rule *r = sxt_rule(rule);
	const struct flowi6 *fl6 = &fl->u.ip6;

	if (!ipv6_prefix_equal(&fl6->daddr, &r->dst, r->dst_len))
		return 0;
	/* A source that is still to be chosen matches no rule for sources. */
	if (r->src_len && (ipv6_addr_any(&fl6->saddr) ||
			   !ipv6_prefix_equal(&fl6->saddr, &r->src,
					      r->src_len)))
		return 0;
	if (!tclass_matches(r, ip6_tclass(fl6->flowlabel)))
		return 0;
	return ports_match(rule, fl6);
}

static int tclass_get(struct sxt_rule *r, u8 tos, const struct nlattr *dscp,
		      struct netlink_ext_ack *extack)
{
	if (tos & ~INET_DSCP_MASK) {
		NL_SET_ERR_MSG(extack, "a rule can't ask for bits of ECN");
		return -EINVAL;
	}
	if (tos && dscp) {
		NL_SET_ERR_MSG_ATTR(extack, dscp,
				    "traffic class and DSCP can't both be asked for");
		return -EINVAL;
	}
	r->tclass = dscp ? nla_get_u8(dscp) << 2 : tos;
	r->dscp_only = dscp;
	return 0;
}

static int rule_configure(struct fib_rule *rule, struct sk_buff *skb,
			  struct fib_rule_hdr *frh, struct nlattr **tb,
			  struct netlink_ext_ack *extack)
{
	struct net *net = rule->fr_net;
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct sxt_rule *r = sxt_rule(rule);
	int err;

	if (rule->action == FR_ACT_TO_TBL && !rule->l3mdev &&
	    rule->table == RT_TABLE_UNSPEC) {
		NL_SET_ERR_MSG(extack, "the rule needs a table");
		return -EINVAL;
	}
	if (frh->src_len > 128 || frh->dst_len > 128) {
		NL_SET_ERR_MSG(extack, "a prefix has at most 128 bits");
		return -EINVAL;
	}
	if (frh->src_len)
		r->src = nla_get_in6_addr(tb[FRA_SRC]);
	if (frh->dst_len)
		r->dst = nla_get_in6_addr(tb[FRA_DST]);
	r->src_len = frh->src_len;
	r->dst_len = frh->dst_len;
	err = tclass_get(r, frh->tos, tb[FRA_DSCP], extack);
	if (err)
		return err;
	if (fib_rule_requires_fldissect(rule))
		WRITE_ONCE(n->rules_dissect, n->rules_dissect + 1);
	WRITE_ONCE(n->own_rules, true);
	return 0;
}

static int rule_delete(struct fib_rule *rule)
{
	struct sxt_ip6_net *n = sxt_ip6_net(rule->fr_net);

	if (n->rules_dissect && fib_rule_requires_fldissect(rule))
		WRITE_ONCE(n->rules_dissect, n->rules_dissect - 1);
	WRITE_ONCE(n->own_rules, true);
	return 0;
}

static int rule_compare(struct fib_rule *rule, struct fib_rule_hdr *frh,
			struct nlattr **tb)
{
	const struct sxt_rule *r = sxt_rule(rule);

	if (frh->src_len && (r->src_len != frh->src_len || !tb[FRA_SRC] ||
			     nla_memcmp(tb[FRA_SRC], &r->src, sizeof(r->src))))
		return 0;
	if (frh->dst_len && (r->dst_len != frh->dst_len || !tb[FRA_DST] ||
			     nla_memcmp(tb[FRA_DST], &r->dst, sizeof(r->dst))))
		return 0;
	if (frh->tos && (r->dscp_only || r->tclass != frh->tos))
		return 0;
	return !tb[FRA_DSCP] ||
	       (r->dscp_only && r->tclass == nla_get_u8(tb[FRA_DSCP]) << 2);
}

static int rule_fill(struct fib_rule *rule, struct sk_buff *skb,
		     struct fib_rule_hdr *frh)
{
	const struct sxt_rule *r = sxt_rule(rule);

	frh->dst_len = r->dst_len;
	frh->src_len = r->src_len;
	if (!r->dscp_only)
		frh->tos = r->tclass;
	else if (nla_put_u8(skb, FRA_DSCP, r->tclass >> 2))
		return -ENOBUFS;
	if (r->dst_len && nla_put_in6_addr(skb, FRA_DST, &r->dst))
		return -ENOBUFS;
	if (r->src_len && nla_put_in6_addr(skb, FRA_SRC, &r->src))
		return -ENOBUFS;
	return 0;
}

static size_t rule_payload(struct fib_rule *rule)
{
	return 2 * nla_total_size(sizeof(struct in6_addr)) +
	       nla_total_size(sizeof(u8));	/* DSCP */
}

static void rule_flush(struct fib_rules_ops *ops)
{
	sxt_route_changed(ops->fro_net);
}

static const struct fib_rules_ops rules_template = {
	.family = AF_INET6,
	.rule_size = sizeof(struct sxt_rule),
	.addr_size = sizeof(struct in6_addr),
	.action = rule_action,
	.suppress = rule_suppress,
	.match = rule_match,
	.configure = rule_configure,
	.delete = rule_delete,
	.compare = rule_compare,
	.fill = rule_fill,
	.nlmsg_payload = rule_payload,
	.flush_cache = rule_flush,
	.nlgroup = RTNLGRP_IPV6_RULE,
	.owner = THIS_MODULE,
};

/* Ports of a packet that comes in, if a rule asks for them. */
static void dissect(struct net *net, struct flowi6 *fl6,
		    const struct sk_buff *skb)
{
	struct flow_keys keys;

	if (!skb || !READ_ONCE(sxt_ip6_net(net)->rules_dissect))
		return;
	memset(&keys, 0, sizeof(keys));
	if (!skb_flow_dissect_flow_keys(skb, &keys,
					FLOW_DISSECTOR_F_STOP_AT_ENCAP))
		return;
	fl6->flowi6_proto = keys.basic.ip_proto;
	fl6->fl6_sport = keys.ports.src;
	fl6->fl6_dport = keys.ports.dst;
}

static struct rt6_info *dead_end_of(const struct sxt_ip6_net *n, int err)
{
	switch (err) {
	case -EACCES:
		return n->dead_end[1];
	case -EINVAL:
		return n->dead_end[2];
	default:
		return n->dead_end[0];
	}
}

/**
 * sxt_rules_lookup() - a route, through the rules
 * @net: namespace
 * @fl6: flow
 * @skb: packet that the flow is of, or NULL
 * @oif: only routes through this interface, 0: any
 * @strict: also own addresses must be of this interface
 * @res: filled if there is a route, or a rule that says there is none
 *
 * Context: under RCU.
 * Return: 0, or -EAGAIN: no rule led to a route.
 */
int sxt_rules_lookup(struct net *net, const struct flowi6 *fl6,
		     const struct sk_buff *skb, int oif, bool strict,
		     struct sxt_fib_result *res)
{
	const struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct flowi6 flow = *fl6;
	struct rule_query q = {
		.skb = skb, .res = res, .oif = oif, .strict = strict,
	};
	struct fib_lookup_arg arg = {
		.lookup_data = &q,
		.flags = FIB_LOOKUP_NOREF,
	};
	int err;

	/* a master device as output means any of its slaves */
	l3mdev_update_flow(net, flowi6_to_flowi(&flow));
	if (oif && !flow.flowi6_oif && flow.flowi6_l3mdev == oif)
		q.oif = 0;
	dissect(net, &flow, skb);
	res->hop = NULL;
	err = fib_rules_lookup(n->rules, flowi6_to_flowi(&flow), 0, &arg);
	if (!err)
		return 0;
	if (err == -EAGAIN || err == -ESRCH)
		return -EAGAIN;
	res->hop = NULL;
	res->rt = dead_end_of(n, err);
	return 0;
}

/**
 * sxt_rules_net_init() - the rules of a namespace: local, then main
 * @net: namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_rules_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct fib_rules_ops *ops;
	int err;

	ops = fib_rules_register(&rules_template, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	err = fib_default_rule_add(ops, 0, RT_TABLE_LOCAL);
	if (!err)
		err = fib_default_rule_add(ops, 0x7ffe, RT_TABLE_MAIN);
	if (err) {
		fib_rules_unregister(ops);
		return err;
	}
	n->rules = ops;
	n->own_rules = false;
	n->rules_dissect = 0;
	return 0;
}

/**
 * sxt_rules_net_exit() - no rules any more
 * @net: namespace, no packets any more
 *
 * Context: process, without the RTNL.
 */
void sxt_rules_net_exit(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	rtnl_lock();
	fib_rules_unregister(n->rules);
	rtnl_unlock();
	n->rules = NULL;
	n->own_rules = false;
}
