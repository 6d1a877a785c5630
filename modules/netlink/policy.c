// SPDX-License-Identifier: GPL-2.0-only
/* Requests about policies: new, get, set, delete, flush. */
#include <net/sock.h>
#include "netlink.h"

static int transform_parse_ends(struct nlattr **tb,
				struct sxt_policy_transform *t,
				struct netlink_ext_ack *extack)
{
	int err;

	if (tb[SEXTANT_A_TRANSFORM_SRC]) {
		err = sxt_addr_parse(tb[SEXTANT_A_TRANSFORM_SRC], &t->src,
				     &t->family, extack);
		if (err)
			return err;
	}
	if (!tb[SEXTANT_A_TRANSFORM_DST])
		return 0;
	return sxt_addr_parse(tb[SEXTANT_A_TRANSFORM_DST], &t->dst, &t->family,
			      extack);
}

/* 0 would mean what no SPI at all means, that any SA will do. */
static int transform_parse_spi(const struct nlattr *attr,
			       struct sxt_policy_transform *t,
			       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	t->spi = nla_get_be32(attr);
	if (t->spi)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "spi: 0 is never sent (RFC 4303 section 2.1)");
	return -EINVAL;
}

static int transform_parse(struct nlattr *nest, struct sxt_policy_transform *t,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SEXTANT_A_TRANSFORM_MAX + 1];
	int err;

	err = nla_parse_nested(tb, SEXTANT_A_TRANSFORM_SPI, nest,
			       sextant_transform_nl_policy, extack);
	if (err)
		return err;
	if (!tb[SEXTANT_A_TRANSFORM_MODE]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "transform: mode is needed");
		return -EINVAL;
	}
	t->mode = nla_get_u32(tb[SEXTANT_A_TRANSFORM_MODE]);
	t->proto = tb[SEXTANT_A_TRANSFORM_PROTOCOL] ?
		nla_get_u32(tb[SEXTANT_A_TRANSFORM_PROTOCOL]) : IPPROTO_ESP;
	if (tb[SEXTANT_A_TRANSFORM_GROUP])
		t->group = nla_get_u32(tb[SEXTANT_A_TRANSFORM_GROUP]);
	err = transform_parse_spi(tb[SEXTANT_A_TRANSFORM_SPI], t, extack);
	if (err)
		return err;
	return transform_parse_ends(tb, t, extack);
}

static int transforms_parse(struct genl_info *info,
			    struct sxt_policy_params *params)
{
	struct nlattr *attr;
	int rem, err;

	nla_for_each_attr_type(attr, SEXTANT_A_POLICY_TRANSFORM,
			       genlmsg_data(info->genlhdr),
			       genlmsg_len(info->genlhdr), rem) {
		if (params->count == SEXTANT_TRANSFORMS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "transform: no more than 4");
			return -EINVAL;
		}
		err = transform_parse(attr, &params->transforms[params->count],
				      info->extack);
		if (err)
			return err;
		params->count++;
	}
	return 0;
}

static int policy_parse(struct genl_info *info,
			struct sxt_policy_params *params)
{
	struct nlattr **a = info->attrs;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_DIRECTION) ||
	    GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_ACTION) ||
	    GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_PRIORITY)) {
		sxt_refuse(info->extack,
			   "direction, action and priority are needed");
		return -EINVAL;
	}
	params->dir = nla_get_u32(a[SEXTANT_A_POLICY_DIRECTION]);
	params->action = nla_get_u32(a[SEXTANT_A_POLICY_ACTION]);
	params->priority = nla_get_u32(a[SEXTANT_A_POLICY_PRIORITY]);
	if (a[SEXTANT_A_POLICY_NAME])
		params->name = nla_data(a[SEXTANT_A_POLICY_NAME]);
	err = sxt_selector_parse(a[SEXTANT_A_POLICY_SELECTOR], &params->sel,
				 info->extack);
	if (err)
		return err;
	return transforms_parse(info, params);
}

static struct sxt_change *policy_new_change(struct genl_info *info)
{
	struct sxt_policy_params params = {};
	struct sxt_change *change;
	int err;

	err = policy_parse(info, &params);
	if (err)
		return ERR_PTR(err);
	change = sxt_change_new(SXT_CHANGE_POLICY_ADD);
	if (!change)
		return ERR_PTR(-ENOMEM);
	change->policy = sxt_policy_new(genl_info_net(info), &params,
					info->extack);
	if (IS_ERR(change->policy)) {
		err = PTR_ERR(change->policy);
		change->policy = NULL;
		sxt_change_free(change);
		if (params.bad == SXT_POLICY_FIELD_TRANSFORM)
			NL_SET_BAD_ATTR(info->extack,
					info->attrs[SEXTANT_A_POLICY_TRANSFORM]);
		return ERR_PTR(err);
	}
	return change;
}

/**
 * sextant_nl_policy_new_doit() - add a policy
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sxt_change *change = policy_new_change(info);
	struct sk_buff *reply;
	bool staged;
	u64 id = 0;
	int err;

	if (IS_ERR(change)) {
		sxt_change_refused(skb);
		return PTR_ERR(change);
	}
	reply = sxt_reply_new(info);
	if (!reply) {
		sxt_change_free(change);
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	err = sxt_change_submit(skb, info, change, &staged, &id);
	if (err || staged) {
		nlmsg_free(reply);
		return err;
	}
	nla_put_uint(reply, SEXTANT_A_POLICY_ID, id);
	sxt_reply_send(reply, info);
	return 0;
}

static int policy_fill_by_id(struct sk_buff *msg, struct net *net, u64 id)
{
	const struct sxt_policy *policy;
	int err;

	if (!id)
		return sxt_policy_fill_nd(msg, net);
	sxt_config_lock(net);
	policy = sxt_policy_by_id(net, id);
	err = policy ? sxt_policy_fill(msg, policy) : -ENOENT;
	sxt_config_unlock(net);
	return err;
}

/**
 * sextant_nl_policy_get_doit() - show one policy
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_ID)) {
		sxt_refuse(info->extack, "id is needed");
		return -EINVAL;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_iput(msg, info);
	err = hdr ? policy_fill_by_id(msg, genl_info_net(info),
				      nla_get_uint(info->attrs[SEXTANT_A_POLICY_ID])) :
		    -EMSGSIZE;
	if (err) {
		if (err == -ENOENT)
			sxt_refuse(info->extack, "no such policy");
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * struct policy_dump - where a dump is
 * @began: rule 0 is out
 * @dir: direction that is at work
 * @rank: the next policy has this rank or a greater one
 */
struct policy_dump {
	bool began;
	u8 dir;
	u64 rank;
};

static int policy_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			   struct net *net, const struct sxt_policy *policy)
{
	void *hdr = genlmsg_iput(skb, genl_info_dump(cb));
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = policy ? sxt_policy_fill(skb, policy) :
		       sxt_policy_fill_nd(skb, net);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

static int policy_dump_dir(struct sk_buff *skb, struct netlink_callback *cb,
			   struct net *net, struct policy_dump *at)
{
	struct sxt_policy *policy;
	int err;

	for (policy = sxt_policy_from(net, at->dir, at->rank); policy;
	     policy = sxt_policy_next(net, at->dir, policy)) {
		err = policy_dump_one(skb, cb, net, policy);
		if (err)
			return err;
		at->rank = policy->rank + 1;
	}
	return 0;
}

/**
 * sextant_nl_policy_get_dumpit() - show all policies, in the order of asking
 * @skb: the reply
 * @cb: where we are
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sextant_nl_policy_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct policy_dump *at = (struct policy_dump *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	int err = 0;

	BUILD_BUG_ON(sizeof(*at) > sizeof(cb->ctx));
	sxt_config_lock(net);
	cb->seq = sxt_dump_seq(net);
	if (!at->began)
		err = policy_dump_one(skb, cb, net, NULL);
	if (!err)
		at->began = true;
	for (; !err && at->dir < SXT_DIRECTIONS; at->dir++, at->rank = 0) {
		err = policy_dump_dir(skb, cb, net, at);
		if (err)
			break;
	}
	sxt_config_unlock(net);
	return err;
}

/**
 * sextant_nl_policy_set_doit() - turn rule 0 on or off
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sxt_change *change;
	bool staged;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_ID) ||
	    GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_ENABLED)) {
		sxt_refuse(info->extack, "id and enabled are needed");
		sxt_change_refused(skb);
		return -EINVAL;
	}
	if (nla_get_uint(info->attrs[SEXTANT_A_POLICY_ID])) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[SEXTANT_A_POLICY_ID],
				    "only rule 0 can be turned on and off");
		sxt_change_refused(skb);
		return -EOPNOTSUPP;
	}
	change = sxt_change_new(SXT_CHANGE_ND_SET);
	if (!change) {
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	change->on = nla_get_u32(info->attrs[SEXTANT_A_POLICY_ENABLED]);
	return sxt_change_submit(skb, info, change, &staged, NULL);
}

/**
 * sextant_nl_policy_del_doit() - delete one policy
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sxt_change *change;
	bool staged;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_POLICY_ID)) {
		sxt_refuse(info->extack, "id is needed");
		sxt_change_refused(skb);
		return -EINVAL;
	}
	change = sxt_change_new(SXT_CHANGE_POLICY_DEL);
	if (!change) {
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	change->id = nla_get_uint(info->attrs[SEXTANT_A_POLICY_ID]);
	return sxt_change_submit(skb, info, change, &staged, NULL);
}

/**
 * sextant_nl_policy_flush_doit() - delete all policies, or of a direction
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sextant_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sxt_change_flush(skb, info, SXT_CHANGE_POLICY_FLUSH,
				info->attrs[SEXTANT_A_POLICY_DIRECTION]);
}
