/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What rtnetlink messages of all kinds need.
 */
#ifndef SXT_RTNL_MSG_H
#define SXT_RTNL_MSG_H

#include <net/rtnetlink.h>

/**
 * sxt_msg_close() - a message is complete, or has no room
 * @skb: where it is
 * @nlh: its beginning
 * @full: there was no room for all of it: it is taken back
 *
 * Return: 0 or -EMSGSIZE.
 */
static inline int sxt_msg_close(struct sk_buff *skb, struct nlmsghdr *nlh,
				bool full)
{
	if (!full) {
		nlmsg_end(skb, nlh);
		return 0;
	}
	nlmsg_cancel(skb, nlh);
	return -EMSGSIZE;
}

/**
 * sxt_msg_part() - a part of a list is as full as it gets
 * @skb: the part
 * @cb: where the list is; its @seq is what the list depends on, now
 * @err: 0: that was all; else the next message had no room
 *
 * The part says if @seq is another than it was for the part before.
 *
 * Return: what a dump returns: above 0: there is more; 0: that was all; or @err.
 */
static inline int sxt_msg_part(struct sk_buff *skb, struct netlink_callback *cb,
			       int err)
{
	if (!skb->len)
		return err;
	nl_dump_check_consistent(cb, nlmsg_hdr(skb));
	return err ? skb->len : 0;
}

/**
 * sxt_msg_header() - is the fixed part of a request there?
 * @nlh: the request
 * @size: of the fixed part
 * @extack: says if it is not
 *
 * Return: the fixed part, or NULL.
 */
static inline const void *sxt_msg_header(const struct nlmsghdr *nlh,
					 size_t size,
					 struct netlink_ext_ack *extack)
{
	if (nlmsg_len(nlh) >= (int)size)
		return nlmsg_data(nlh);
	NL_SET_ERR_MSG(extack, "request is shorter than its header");
	return NULL;
}

/**
 * sxt_msg_only() - does a request have attributes that mean nothing in it?
 * @tb: its attributes
 * @max: highest type
 * @known: bits of the types that it may have
 * @extack: says which one is too much
 *
 * Return: 0 or -EINVAL.
 */
static inline int sxt_msg_only(struct nlattr *const tb[], int max, u32 known,
			       struct netlink_ext_ack *extack)
{
	int type;

	for (type = 0; type <= max; type++) {
		if (!tb[type] || known & BIT(type))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, tb[type],
				    "this attribute has no meaning here");
		return -EINVAL;
	}
	return 0;
}

#endif /* SXT_RTNL_MSG_H */
