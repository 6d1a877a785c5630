// SPDX-License-Identifier: GPL-2.0-only
/*
 * The form of requests that change something. Generic netlink would check it
 * before any function of ours, so that a transaction would not hear of a
 * change refused for its form; it is checked here, by the same policies. What
 * the generator has no words for is set here too, and keys are wiped when all
 * is done. What requests say is the handlers' to check.
 *
 * Generic netlink checks the header of new commands, too. It is told that those
 * of SAs and policies are old (resv_start_op), and that is done here as well.
 */
#include <linux/slab.h>
#include "netlink.h"

/* As generated; form_ops is the copy that is registered. */
static const struct genl_split_ops *form_spec;
static struct genl_split_ops *form_ops;
static struct genl_multicast_group form_groups[SEXTANT_NLGRP_POLICY + 1];

/*
 * Where the specification has no attributes, none is taken: without a policy,
 * generic netlink would let any pass, and garbage behind them.
 */
static const struct nla_policy form_nothing[] = {
	{ .type = NLA_REJECT },
	{ .type = NLA_REJECT },
};

static bool form_is_change(const struct genl_split_ops *op)
{
	switch (op->cmd) {
	case SEXTANT_CMD_SA_NEW:
	case SEXTANT_CMD_SA_DEL:
	case SEXTANT_CMD_SA_FLUSH:
	case SEXTANT_CMD_POLICY_NEW:
	case SEXTANT_CMD_POLICY_SET:
	case SEXTANT_CMD_POLICY_DEL:
	case SEXTANT_CMD_POLICY_FLUSH:
		return true;
	default:
		return false;
	}
}

/* Requests about SAs, whatever they ask for: somebody may have put a key in. */
static bool form_may_have_keys(u8 cmd)
{
	return cmd == SEXTANT_CMD_SA_NEW || cmd == SEXTANT_CMD_SA_DEL ||
	       cmd == SEXTANT_CMD_SA_FLUSH;
}

/* Bytes and flags that mean nothing are for later. */
static int form_check_header(const struct nlmsghdr *nlh,
			     struct netlink_ext_ack *extack)
{
	const struct genlmsghdr *genlhdr = nlmsg_data(nlh);
	u16 known = NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;

	if ((nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		known |= NLM_F_DUMP;
	if (genlhdr->reserved)
		sxt_refuse(extack, "header: reserved bytes are not 0");
	else if (nlh->nlmsg_flags & ~known)
		sxt_refuse(extack, "header: flags that mean nothing here");
	else
		return 0;
	return -EINVAL;
}

static int form_pre_doit(const struct genl_split_ops *op, struct sk_buff *skb,
			 struct genl_info *info)
{
	return form_check_header(info->nlhdr, info->extack);
}

static int form_start(struct netlink_callback *cb)
{
	return form_check_header(cb->nlh, cb->extack);
}

/*
 * A refused request goes back to its sender, and its memory to the allocator
 * with other people's data. Of a form that is wrong nobody knows where its keys
 * are, so all of it is wiped. What generic netlink itself refuses, for its
 * sender, does not come here.
 */
static void form_wipe_keys(const struct genl_info *info, bool well_formed)
{
	void *data = genlmsg_data(info->genlhdr);
	int rem, len = genlmsg_len(info->genlhdr);
	struct nlattr *attr;

	if (!well_formed) {
		memzero_explicit(data, len);
		return;
	}
	/* One that comes twice counts once, and is twice in there. */
	nla_for_each_attr(attr, data, len, rem)
		if (nla_type(attr) == SEXTANT_A_SA_KEY ||
		    nla_type(attr) == SEXTANT_A_SA_AUTH_KEY)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

static int form_parse(struct genl_info *info, const struct genl_split_ops *op,
		      struct nlattr **attrs)
{
	int err;

	if (!attrs)
		return -ENOMEM;
	err = form_check_header(info->nlhdr, info->extack);
	return err ?: genlmsg_parse(info->nlhdr, &sextant_nl_family, attrs,
				    op->maxattr, op->policy, info->extack);
}

static int form_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct genl_split_ops *op = form_spec;
	struct nlattr **attrs;
	bool well_formed;
	int err;

	/* It is there, or this would not have been called. */
	while (op->cmd != info->genlhdr->cmd)
		op++;
	attrs = kmalloc_array(op->maxattr + 1, sizeof(*attrs), GFP_KERNEL);
	err = form_parse(info, op, attrs);
	well_formed = !err;
	if (err) {
		sxt_change_refused(skb);
	} else {
		info->attrs = attrs;
		err = op->doit(skb, info);
		info->attrs = NULL;
	}
	kfree(attrs);
	if (form_may_have_keys(op->cmd))
		form_wipe_keys(info, well_formed);
	return err;
}

static void form_set_up(struct genl_split_ops *op)
{
	if (form_is_change(op)) {
		op->doit = form_doit;
		op->policy = NULL;
		op->maxattr = 0;
		return;
	}
	if (op->flags & GENL_CMD_CAP_DUMP)
		op->start = form_start;
	else
		op->pre_doit = form_pre_doit;
	if (!op->policy) {
		op->policy = form_nothing;
		op->maxattr = ARRAY_SIZE(form_nothing) - 1;
	}
}

/**
 * sxt_form_setup() - before the family is registered
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_form_setup(void)
{
	u32 i, count = sextant_nl_family.n_split_ops;

	form_spec = sextant_nl_family.split_ops;
	form_ops = kmemdup(form_spec, count * sizeof(*form_ops), GFP_KERNEL);
	if (!form_ops)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		form_set_up(&form_ops[i]);
	sextant_nl_family.split_ops = form_ops;
	sextant_nl_family.resv_start_op = SEXTANT_CMD_MAX + 1;

	memcpy(form_groups, sextant_nl_family.mcgrps, sizeof(form_groups));
	/* Events tell what sa-get and policy-get tell: to the same people. */
	for (i = 0; i < ARRAY_SIZE(form_groups); i++)
		form_groups[i].flags = GENL_MCAST_CAP_NET_ADMIN;
	sextant_nl_family.mcgrps = form_groups;
	return 0;
}

/**
 * sxt_form_teardown() - after the family is gone
 *
 * Context: process.
 */
void sxt_form_teardown(void)
{
	kfree(form_ops);
}
