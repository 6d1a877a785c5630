// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy table of RFC 6724 2.1: a label for each prefix, as `ip addrlabel`
 * edits it. (Precedence is for sorting destinations, which programs do.) The
 * table is small, read often, and replaced as a whole when it changes.
 */
#include <linux/if_addrlabel.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include "iface.h"
#include "rtnl_msg.h"

#define LABELS_MAX	1024	/* a namespace; each lookup walks them */
#define LABEL_NONE	0xffffffffU

/**
 * struct sxt_label - an entry
 * @prefix: the prefix, bits behind @plen zero
 * @plen: its length
 * @ifindex: interface that it is about, 0: any
 * @label: the label
 */
struct sxt_label {
	struct in6_addr prefix;
	u8 plen;
	int ifindex;
	u32 label;
};

/**
 * struct sxt_label_table - the policy table of a namespace
 * @rcu: for its end
 * @seq: moves on with each change
 * @count: number of @label
 * @label: the entries, the most specific first
 */
struct sxt_label_table {
	struct rcu_head rcu;
	u32 seq;
	unsigned int count;
	struct sxt_label label[] __counted_by(count);
};

/* RFC 6724 2.1, the longest prefixes first */
static const struct sxt_label defaults[] = {
	{ { { { [15] = 1 } } }, 128, 0, 0 },
	{ { { { [10] = 0xff, [11] = 0xff } } }, 96, 0, 4 },
	{ { { { } } }, 96, 0, 3 },
	{ { { { 0x20, 0x01 } } }, 32, 0, 5 },
	{ { { { 0x20, 0x02 } } }, 16, 0, 2 },
	{ { { { 0x3f, 0xfe } } }, 16, 0, 12 },
	{ { { { 0xfe, 0xc0 } } }, 10, 0, 11 },
	{ { { { 0xfc } } }, 7, 0, 13 },
	{ { { { } } }, 0, 0, 1 },
};

static struct sxt_label_table *table_rtnl(struct net *net)
{
	return rtnl_dereference(sxt_ip6_net(net)->labels);
}

static const struct sxt_label *lookup(const struct sxt_label_table *table,
				      const struct in6_addr *addr, int ifindex)
{
	unsigned int i;

	for (i = 0; i < table->count; i++) {
		const struct sxt_label *l = &table->label[i];

		if ((!l->ifindex || l->ifindex == ifindex) &&
		    ipv6_prefix_equal(addr, &l->prefix, l->plen))
			return l;
	}
	return NULL;
}

/**
 * sxt_addrlabel_get() - the label of an address (RFC 6724 2.1)
 * @net: the namespace
 * @addr: the address
 * @ifindex: the interface that it belongs to, 0: none
 *
 * Context: under RCU.
 * Return: the label; 0xffffffff: no entry fits.
 */
u32 sxt_addrlabel_get(struct net *net, const struct in6_addr *addr,
		      int ifindex)
{
	const struct sxt_label *l;

	l = lookup(rcu_dereference_rtnl(sxt_ip6_net(net)->labels), addr,
		   ifindex);
	return l ? l->label : LABEL_NONE;
}

static struct sxt_label_table *table_alloc(unsigned int count, u32 seq)
{
	struct sxt_label_table *table;

	table = kzalloc(struct_size(table, label, count), GFP_KERNEL);
	if (!table)
		return NULL;
	table->count = count;
	table->seq = seq;
	return table;
}

static void table_publish(struct net *net, struct sxt_label_table *table)
{
	struct sxt_label_table *old = table_rtnl(net);

	rcu_assign_pointer(sxt_ip6_net(net)->labels, table);
	kfree_rcu(old, rcu);
}

static bool same_key(const struct sxt_label *a, const struct sxt_label *b)
{
	return a->plen == b->plen && a->ifindex == b->ifindex &&
	       ipv6_addr_equal(&a->prefix, &b->prefix);
}

/* Longer prefixes first, and of one length those for one interface. */
static bool goes_before(const struct sxt_label *a, const struct sxt_label *b)
{
	if (a->plen != b->plen)
		return a->plen > b->plen;
	return a->ifindex && !b->ifindex;
}

/* RTNL. Where an entry of this key is; @table->count: nowhere. */
static unsigned int find(const struct sxt_label_table *table,
			 const struct sxt_label *key)
{
	unsigned int i = 0;

	while (i < table->count && !same_key(&table->label[i], key))
		i++;
	return i;
}

static int label_replace(struct net *net, unsigned int at, u32 label)
{
	const struct sxt_label_table *old = table_rtnl(net);
	struct sxt_label_table *table = table_alloc(old->count, old->seq + 1);

	if (!table)
		return -ENOMEM;
	memcpy(table->label, old->label, old->count * sizeof(old->label[0]));
	table->label[at].label = label;
	table_publish(net, table);
	return 0;
}

static int label_add(struct net *net, const struct sxt_label *new)
{
	const struct sxt_label_table *old = table_rtnl(net);
	struct sxt_label_table *table;
	unsigned int at = 0;

	table = table_alloc(old->count + 1, old->seq + 1);
	if (!table)
		return -ENOMEM;
	while (at < old->count && !goes_before(new, &old->label[at]))
		at++;
	memcpy(table->label, old->label, at * sizeof(*new));
	table->label[at] = *new;
	memcpy(table->label + at + 1, old->label + at,
	       (old->count - at) * sizeof(*new));
	table_publish(net, table);
	return 0;
}

static int label_del(struct net *net, unsigned int at)
{
	const struct sxt_label_table *old = table_rtnl(net);
	struct sxt_label_table *table;

	table = table_alloc(old->count - 1, old->seq + 1);
	if (!table)
		return -ENOMEM;
	memcpy(table->label, old->label, at * sizeof(old->label[0]));
	memcpy(table->label + at, old->label + at + 1,
	       (old->count - at - 1) * sizeof(old->label[0]));
	table_publish(net, table);
	return 0;
}

static const struct nla_policy label_policy[IFAL_MAX + 1] = {
	[IFAL_ADDRESS] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[IFAL_LABEL] = { .type = NLA_U32 },
};

/* What a request to add or delete says; to delete, the prefix is enough. */
static int parse(const struct nlmsghdr *nlh, struct sxt_label *label,
		 struct netlink_ext_ack *extack)
{
	const struct ifaddrlblmsg *msg = nlmsg_data(nlh);
	struct nlattr *tb[IFAL_MAX + 1];
	struct in6_addr addr;
	int err;

	err = nlmsg_parse_deprecated(nlh, sizeof(*msg), tb, IFAL_MAX,
				     label_policy, extack);
	if (err)
		return err;
	if (msg->ifal_family != AF_INET6 || msg->ifal_prefixlen > 128) {
		NL_SET_ERR_MSG(extack, "prefix is not an IPv6 one of at most 128 bits");
		return -EINVAL;
	}
	if (!tb[IFAL_ADDRESS] ||
	    (!tb[IFAL_LABEL] && nlh->nlmsg_type == RTM_NEWADDRLABEL)) {
		NL_SET_ERR_MSG(extack, "prefix or label is missing");
		return -EINVAL;
	}
	memset(label, 0, sizeof(*label));
	addr = nla_get_in6_addr(tb[IFAL_ADDRESS]);
	ipv6_addr_prefix(&label->prefix, &addr, msg->ifal_prefixlen);
	label->plen = msg->ifal_prefixlen;
	label->ifindex = msg->ifal_index;
	label->label = tb[IFAL_LABEL] ? nla_get_u32(tb[IFAL_LABEL]) : 0;
	if (label->label == LABEL_NONE) {
		NL_SET_ERR_MSG(extack, "label 4294967295 stands for no label");
		return -EINVAL;
	}
	return 0;
}

static int newlabel(struct sk_buff *skb, struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	const struct sxt_label_table *table = table_rtnl(net);
	struct sxt_label label;
	unsigned int at;
	int err;

	err = parse(nlh, &label, extack);
	if (err)
		return err;
	if (label.ifindex && !__dev_get_by_index(net, label.ifindex)) {
		NL_SET_ERR_MSG(extack, "no such interface");
		return -EINVAL;
	}
	at = find(table, &label);
	if (at < table->count) {
		if (nlh->nlmsg_flags & NLM_F_REPLACE)
			return label_replace(net, at, label.label);
		NL_SET_ERR_MSG(extack, "the prefix has a label already");
		return -EEXIST;
	}
	if (!(nlh->nlmsg_flags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "the prefix has no label yet");
		return -ENOENT;
	}
	if (table->count >= LABELS_MAX) {
		NL_SET_ERR_MSG(extack, "at most 1024 labels in a namespace");
		return -ENOSPC;
	}
	return label_add(net, &label);
}

static int dellabel(struct sk_buff *skb, struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(skb->sk);
	const struct sxt_label_table *table = table_rtnl(net);
	struct sxt_label label;
	unsigned int at;
	int err;

	err = parse(nlh, &label, extack);
	if (err)
		return err;
	at = find(table, &label);
	if (at < table->count)
		return label_del(net, at);
	NL_SET_ERR_MSG(extack, "the prefix has no label");
	return -ESRCH;
}

static int fill(struct sk_buff *skb, const struct sxt_label *label, u32 seq,
		u32 portid, u32 nlseq, unsigned int flags)
{
	struct ifaddrlblmsg *msg;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, portid, nlseq, RTM_NEWADDRLABEL, sizeof(*msg),
			flags);
	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	memset(msg, 0, sizeof(*msg));
	msg->ifal_family = AF_INET6;
	msg->ifal_prefixlen = label->plen;
	msg->ifal_index = label->ifindex;
	msg->ifal_seq = seq;
	if (nla_put_in6_addr(skb, IFAL_ADDRESS, &label->prefix) ||
	    nla_put_u32(skb, IFAL_LABEL, label->label)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

static int dump_labels(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct sxt_label_table *table = table_rtnl(sock_net(skb->sk));
	const struct ifaddrlblmsg *msg = nlmsg_data(cb->nlh);
	int err;

	if (cb->strict_check &&
	    (nlmsg_len(cb->nlh) != sizeof(*msg) || msg->__ifal_reserved ||
	     msg->ifal_prefixlen || msg->ifal_flags || msg->ifal_index ||
	     msg->ifal_seq)) {
		NL_SET_ERR_MSG(cb->extack, "a dump of labels takes no filter");
		return -EINVAL;
	}
	cb->seq = table->seq;
	for (; cb->args[0] < table->count; cb->args[0]++) {
		err = fill(skb, &table->label[cb->args[0]], table->seq,
			   NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   NLM_F_MULTI);
		if (err)
			return skb->len ?: err;
		nl_dump_check_consistent(cb, nlmsg_hdr(skb));
	}
	return skb->len;
}

/* A strict request says of the header only what the answer depends on. */
static int getlabel_parse(struct sk_buff *in, const struct nlmsghdr *nlh,
			  struct nlattr *tb[], struct netlink_ext_ack *extack)
{
	const struct ifaddrlblmsg *msg = sxt_msg_header(nlh, sizeof(*msg),
							extack);
	int err;

	if (!msg)
		return -EINVAL;
	if (!netlink_strict_get_check(in))
		return nlmsg_parse_deprecated(nlh, sizeof(*msg), tb, IFAL_MAX,
					      label_policy, extack);
	if (msg->__ifal_reserved || msg->ifal_flags || msg->ifal_seq) {
		NL_SET_ERR_MSG(extack,
			       "flags and sequence number must be 0 in this request");
		return -EINVAL;
	}
	err = nlmsg_parse_deprecated_strict(nlh, sizeof(*msg), tb, IFAL_MAX,
					    label_policy, extack);
	return err ? err : sxt_msg_only(tb, IFAL_MAX, BIT(IFAL_ADDRESS),
					extack);
}

/* The entry that gives an address its label. */
static int getlabel(struct sk_buff *in, struct nlmsghdr *nlh,
		    struct netlink_ext_ack *extack)
{
	struct net *net = sock_net(in->sk);
	const struct sxt_label_table *table = table_rtnl(net);
	const struct ifaddrlblmsg *msg = nlmsg_data(nlh);
	struct nlattr *tb[IFAL_MAX + 1];
	const struct sxt_label *label;
	struct in6_addr addr;
	struct sk_buff *skb;
	int err;

	err = getlabel_parse(in, nlh, tb, extack);
	if (err)
		return err;
	if (msg->ifal_family != AF_INET6 || msg->ifal_prefixlen != 128 ||
	    !tb[IFAL_ADDRESS]) {
		NL_SET_ERR_MSG(extack, "one address of 128 bits is to be given");
		return -EINVAL;
	}
	if (msg->ifal_index && !__dev_get_by_index(net, msg->ifal_index)) {
		NL_SET_ERR_MSG(extack, "no such interface");
		return -EINVAL;
	}
	addr = nla_get_in6_addr(tb[IFAL_ADDRESS]);
	label = lookup(table, &addr, msg->ifal_index);
	if (!label) {
		NL_SET_ERR_MSG(extack, "the address has no label");
		return -ESRCH;
	}
	skb = nlmsg_new(NLMSG_ALIGN(sizeof(*msg)) +
			nla_total_size(sizeof(addr)) + nla_total_size(4),
			GFP_KERNEL);
	if (!skb)
		return -ENOBUFS;
	err = fill(skb, label, table->seq, NETLINK_CB(in).portid,
		   nlh->nlmsg_seq, 0);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	return rtnl_unicast(skb, net, NETLINK_CB(in).portid);
}

static const struct rtnl_msg_handler handlers[] = {
	{ THIS_MODULE, PF_INET6, RTM_NEWADDRLABEL, newlabel, NULL, 0 },
	{ THIS_MODULE, PF_INET6, RTM_DELADDRLABEL, dellabel, NULL, 0 },
	{ THIS_MODULE, PF_INET6, RTM_GETADDRLABEL, getlabel, dump_labels, 0 },
};

/**
 * sxt_addrlabel_init() - rtnetlink's requests about labels
 *
 * Context: process.
 * Return: 0, or a negative errno.
 */
int sxt_addrlabel_init(void)
{
	return rtnl_register_many(handlers);
}

/**
 * sxt_addrlabel_exit() - undoes sxt_addrlabel_init()
 *
 * Context: process; takes the RTNL.
 */
void sxt_addrlabel_exit(void)
{
	rtnl_unregister_many(handlers);
}

/**
 * sxt_addrlabel_net_init() - the default table of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_addrlabel_net_init(struct net *net)
{
	struct sxt_label_table *table = table_alloc(ARRAY_SIZE(defaults), 1);

	if (!table)
		return -ENOMEM;
	memcpy(table->label, defaults, sizeof(defaults));
	RCU_INIT_POINTER(sxt_ip6_net(net)->labels, table);
	return 0;
}

/**
 * sxt_addrlabel_net_exit() - undoes sxt_addrlabel_net_init()
 * @net: the namespace; no packet is on its way there
 *
 * Context: process.
 */
void sxt_addrlabel_net_exit(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	kfree(rcu_replace_pointer(n->labels, NULL, true));
}
