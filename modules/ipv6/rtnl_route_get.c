// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about routes: RTM_GETROUTE, which way a packet would go (`ip -6
 * route get`), and dumps (`ip -6 route show`).
 */
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include "iface.h"
#include "rtnl_msg.h"
#include "rtnl_route.h"

static int get_addr(struct in6_addr *to, const struct nlattr *attr)
{
	if (!attr)
		return 0;
	if (nla_len(attr) != sizeof(*to))
		return -EINVAL;
	*to = nla_get_in6_addr(attr);
	return 0;
}

static int get_flow(struct flowi6 *fl6, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	if (get_addr(&fl6->daddr, tb[RTA_DST]) ||
	    get_addr(&fl6->saddr, tb[RTA_SRC])) {
		NL_SET_ERR_MSG(extack, "an address has 16 bytes");
		return -EINVAL;
	}
	fl6->flowi6_iif = tb[RTA_IIF] ? (int)nla_get_u32(tb[RTA_IIF]) : 0;
	fl6->flowi6_oif = tb[RTA_OIF] ? (int)nla_get_u32(tb[RTA_OIF]) : 0;
	fl6->flowi6_mark = tb[RTA_MARK] ? nla_get_u32(tb[RTA_MARK]) : 0;
	fl6->flowi6_uid = tb[RTA_UID] ?
			  make_kuid(current_user_ns(),
				    nla_get_u32(tb[RTA_UID])) : current_uid();
	if (tb[RTA_SPORT])
		fl6->fl6_sport = nla_get_be16(tb[RTA_SPORT]);
	if (tb[RTA_DPORT])
		fl6->fl6_dport = nla_get_be16(tb[RTA_DPORT]);
	if (tb[RTA_IP_PROTO])
		fl6->flowi6_proto = nla_get_u8(tb[RTA_IP_PROTO]);
	return 0;
}

/* As a packet would be asked for: one that comes in, or one from here. */
static int get_strict_dev(struct net *net, struct flowi6 *fl6)
{
	bool strict = rt6_need_strict(&fl6->daddr);

	if (!fl6->flowi6_iif) {
		fl6->flowi6_iif = LOOPBACK_IFINDEX;
		return strict || ipv6_addr_any(&fl6->saddr) ?
		       fl6->flowi6_oif : 0;
	}
	if (!dev_get_by_index_rcu(net, fl6->flowi6_iif))
		return -ENODEV;
	return strict ? fl6->flowi6_iif : 0;
}

/* Under RCU. */
static int get_answer(struct net *net, struct sk_buff *reply,
		      const struct sxt_rtm *m, struct flowi6 *fl6,
		      u32 flags, struct netlink_ext_ack *extack)
{
	struct sxt_rtm_answer answer = {
		.daddr = &fl6->daddr,
		.from = &fl6->saddr,
	};
	int iif = fl6->flowi6_iif;
	const struct in6_addr *prefsrc;
	struct sxt_fib_result res;
	struct in6_addr saddr;
	int strict;

	strict = get_strict_dev(net, fl6);
	if (strict < 0) {
		NL_SET_ERR_MSG(extack, "no such device to come in by");
		return strict;
	}
	sxt_route_resolve(net, fl6, NULL, strict, &res);
	if (res.rt->dst.error || !res.hop)
		return res.rt->dst.error ?: -ENETUNREACH;
	if (flags & RTM_F_FIB_MATCH)
		return sxt_rtm_fill(reply, m, res.hop->route, NULL);
	answer.rt = sxt_pmtu_lookup(net, res.rt, &fl6->daddr);
	answer.iif = iif;
	saddr = fl6->saddr;
	prefsrc = sxt_route_prefsrc(res.hop->route);
	if (ipv6_addr_any(&saddr) && prefsrc)
		saddr = *prefsrc;
	if (!ipv6_addr_any(&saddr) ||
	    !sxt_saddr_by(net, sxt_hop_dev(res.hop), &res.rt->rt6i_gateway,
			  &fl6->daddr, 0, &saddr))
		answer.saddr = &saddr;
	return sxt_rtm_fill(reply, m, res.hop->route, &answer);
}

/* NETLINK_GET_STRICT_CHK: what says nothing of a destination is refused. */
static int get_strict(const struct nlmsghdr *nlh, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	static const u32 known = BIT(RTA_SRC) | BIT(RTA_DST) | BIT(RTA_IIF) |
		BIT(RTA_OIF) | BIT(RTA_MARK) | BIT(RTA_UID) |
		BIT(RTA_SPORT) | BIT(RTA_DPORT) | BIT(RTA_IP_PROTO);
	const struct rtmsg *rtm;
	int err;

	rtm = sxt_msg_header(nlh, sizeof(*rtm), extack);
	if (!rtm)
		return -EINVAL;
	if ((rtm->rtm_src_len && rtm->rtm_src_len != 128) ||
	    (rtm->rtm_dst_len && rtm->rtm_dst_len != 128) ||
	    rtm->rtm_table || rtm->rtm_protocol || rtm->rtm_scope ||
	    rtm->rtm_type || rtm->rtm_flags & ~RTM_F_FIB_MATCH) {
		NL_SET_ERR_MSG(extack,
			       "a request for one destination says only addresses");
		return -EINVAL;
	}
	err = nlmsg_parse_deprecated_strict(nlh, sizeof(*rtm), tb, RTA_MAX,
					    sxt_route_policy, extack);
	if (err)
		return err;
	if ((tb[RTA_SRC] && !rtm->rtm_src_len) ||
	    (tb[RTA_DST] && !rtm->rtm_dst_len)) {
		NL_SET_ERR_MSG(extack, "an address has a prefix length of 128");
		return -EINVAL;
	}
	return sxt_msg_only(tb, RTA_MAX, known, extack);
}

static int get_parse(const struct sk_buff *skb, const struct nlmsghdr *nlh,
		     struct nlattr **tb, struct netlink_ext_ack *extack)
{
	if (netlink_strict_get_check((struct sk_buff *)skb))
		return get_strict(nlh, tb, extack);
	return nlmsg_parse_deprecated(nlh, sizeof(struct rtmsg), tb, RTA_MAX,
				      sxt_route_policy, extack);
}

/**
 * sxt_rtm_get() - RTM_GETROUTE of one destination
 * @skb: request
 * @nlh: its header
 * @extack: where the reason of a refusal goes
 *
 * Context: RTNL.
 * Return: 0 or a negative errno; that of the route if it leads nowhere.
 */
int sxt_rtm_get(struct sk_buff *skb, struct nlmsghdr *nlh,
		struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	const struct sxt_rtm m = {
		.portid = NETLINK_CB(skb).portid,
		.seq = nlh->nlmsg_seq,
		.event = RTM_NEWROUTE,
	};
	struct nlattr *tb[RTA_MAX + 1];
	struct flowi6 fl6 = {};
	struct sk_buff *reply;
	struct rtmsg *rtm;
	int err;

	err = get_parse(skb, nlh, tb, extack);
	if (err)
		return err;
	rtm = nlmsg_data(nlh);
	fl6.flowlabel = ip6_make_flowinfo(rtm->rtm_tos, 0);
	err = get_flow(&fl6, tb, extack);
	if (err)
		return err;
	/* a multipath route can be the answer: RTM_F_FIB_MATCH */
	reply = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	rcu_read_lock();
	err = get_answer(net, reply, &m, &fl6, rtm->rtm_flags, extack);
	rcu_read_unlock();
	if (err) {
		kfree_skb(reply);
		return err;
	}
	return rtnl_unicast(reply, net, m.portid);
}

/**
 * struct dump_state - where a dump goes on, in netlink_callback.ctx
 * @pos: the last prefix that was done with
 * @learned: where it is in what was learned, if that is what was asked for
 * @table: number of the table, 0: not begun
 * @skip: routes of the next prefix that were shown
 * @done: all is
 */
struct dump_state {
	struct sxt_fib_pos pos;
	struct sxt_pmtu_pos learned;
	u32 table;
	u32 skip;
	bool done;
};

static bool dump_wants(const struct sxt_route *route,
		       const struct fib_dump_filter *filter)
{
	unsigned int i;

	if (filter->rt_type && filter->rt_type != route->cfg.type)
		return false;
	if (filter->protocol && filter->protocol != route->cfg.proto)
		return false;
	if (filter->flags & RTM_F_PREFIX &&
	    !(route->cfg.flags & RTF_PREFIX_RT))
		return false;
	if (!filter->dev)
		return true;
	for (i = 0; i < route->hop_count; i++)
		if (sxt_hop_dev(&route->hops[i]) == filter->dev)
			return true;
	return false;
}

static struct sxt_rtm dump_message(const struct netlink_callback *cb)
{
	return (struct sxt_rtm){
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.event = RTM_NEWROUTE,
		.nl_flags = NLM_F_MULTI | cb->answer_flags,
	};
}

static int dump_table(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct fib_dump_filter *filter,
		      const struct sxt_fib_table *table,
		      struct dump_state *state)
{
	const struct sxt_rtm m = dump_message(cb);
	struct sxt_fib_pos pos = state->pos;
	struct sxt_route *route;
	u32 i;

	while ((route = sxt_fib_next(table, &pos))) {
		for (i = 0; route; i++, route = rtnl_dereference(route->next)) {
			if (i < state->skip || !dump_wants(route, filter))
				continue;
			if (sxt_rtm_fill(skb, &m, route, NULL)) {
				state->skip = i;
				return -EMSGSIZE;
			}
		}
		state->pos = pos;
		state->skip = 0;
	}
	return 0;
}

static int dump_learned(struct sk_buff *skb, struct netlink_callback *cb,
			struct dump_state *state)
{
	const struct sxt_rtm m = dump_message(cb);

	return sxt_rtm_dump_cache(skb, &m, &state->learned);
}

static int dump_filter(struct net *net, struct netlink_callback *cb,
		       struct fib_dump_filter *filter)
{
	const struct nlmsghdr *nlh = cb->nlh;
	const struct rtmsg *rtm = nlmsg_data(nlh);

	if (cb->strict_check)
		return ip_valid_fib_dump_req(net, nlh, filter, cb);
	/* old programs: what is behind the family is not to be relied on */
	if (nlmsg_len(nlh) >= (int)sizeof(*rtm)) {
		filter->flags = rtm->rtm_flags &
				(RTM_F_PREFIX | RTM_F_CLONED);
		filter->dump_routes = !(filter->flags & RTM_F_CLONED);
	}
	return 0;
}

/**
 * sxt_rtm_dump() - RTM_GETROUTE of all routes, or of those of a filter
 * @skb: filled
 * @cb: where the dump is
 *
 * What was learned of destinations is in no table, and shown if nothing else is
 * asked for.
 *
 * Context: RTNL.
 * Return: bytes in @skb, 0 at the end, or a negative errno.
 */
int sxt_rtm_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct fib_dump_filter filter = {
		.dump_routes = true, .dump_exceptions = true,
		.rtnl_held = true,
	};
	struct dump_state *state = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct sxt_fib_table *table;
	int err;

	NL_ASSERT_DUMP_CTX_FITS(struct dump_state);
	err = dump_filter(net, cb, &filter);
	if (err || state->done)
		return err;
	if (!filter.dump_routes) {
		err = dump_learned(skb, cb, state);
		state->done = !err;
		return skb->len ?: err;
	}
	if (filter.table_id) {
		/* one without routes is none, and no error: `flush` asks again */
		table = sxt_fib_table_find(net, filter.table_id);
		if (table)
			err = dump_table(skb, cb, &filter, table, state);
		state->done = !err;
		return skb->len ?: err;
	}
	/* the table of a dump that goes on may be gone, its number is not */
	table = state->table ? sxt_fib_table_find(net, state->table) : NULL;
	for (; !err; table = NULL) {
		if (!table) {
			table = sxt_fib_table_after(net, state->table);
			if (!table)
				break;
			memset(&state->pos, 0, sizeof(state->pos));
			state->skip = 0;
			state->table = table->id;
		}
		err = dump_table(skb, cb, &filter, table, state);
		cond_resched();
	}
	state->done = !err;
	/* A route that not even an empty buffer takes must not end it quietly. */
	return skb->len ?: err;
}
