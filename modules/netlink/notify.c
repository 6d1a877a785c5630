// SPDX-License-Identifier: GPL-2.0-only
/* Telling listeners what has changed. Nothing is built if nobody listens. */
#include <linux/capability.h>
#include <net/sock.h>
#include "netlink.h"

/* As when a listener's buffer is full: what it has heard is not all. */
static void notify_lost(struct net *net, unsigned int group)
{
	genl_set_err(&sextant_nl_family, net, 0, group, -ENOBUFS);
}

/* NULL, too, if nobody listens. */
static struct sk_buff *notify_new(struct net *net, unsigned int group, u8 cmd,
				  gfp_t gfp, void **hdr)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&sextant_nl_family, net, group))
		return NULL;
	msg = genlmsg_new(NLMSG_GOODSIZE, gfp);
	*hdr = msg ? genlmsg_put(msg, 0, 0, &sextant_nl_family, 0, cmd) : NULL;
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	notify_lost(net, group);
	return NULL;
}

/*
 * The group's flag is asked when somebody joins, and any number can be joined
 * that no family has yet: these are asked here. Skips where it is not 0.
 */
static int notify_denied(struct sock *sk, struct sk_buff *skb, void *net)
{
	const struct net *owner = net;

	return !sk->sk_socket || !sk->sk_socket->file ||
	       !file_ns_capable(sk->sk_socket->file, owner->user_ns,
				CAP_NET_ADMIN);
}

static void notify_send(struct net *net, struct sk_buff *msg, void *hdr,
			unsigned int group, int err, gfp_t gfp)
{
	if (err) {
		nlmsg_free(msg);
		notify_lost(net, group);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns_filtered(&sextant_nl_family, net, msg, 0,
					 group, gfp, notify_denied, net);
}

/**
 * sxt_notify_sa() - tell that an SA came or went
 * @sa: the SA
 * @cmd: SEXTANT_CMD_SA_NEW_NTF or _DEL_NTF
 * @gfp: how to allocate
 *
 * Context: configuration mutex held or under rcu_read_lock().
 */
void sxt_notify_sa(struct sxt_sa *sa, u8 cmd, gfp_t gfp)
{
	struct sk_buff *msg;
	void *hdr;

	msg = notify_new(sa->net, SEXTANT_NLGRP_SA, cmd, gfp, &hdr);
	if (msg)
		notify_send(sa->net, msg, hdr, SEXTANT_NLGRP_SA,
			    sxt_sa_fill(msg, sa), gfp);
}

/**
 * sxt_notify_policy() - tell that a policy came or went
 * @net: the namespace
 * @policy: the policy; NULL for rule 0
 * @cmd: SEXTANT_CMD_POLICY_NEW_NTF or _DEL_NTF
 *
 * Context: process, configuration mutex held.
 */
void sxt_notify_policy(struct net *net, const struct sxt_policy *policy,
		       u8 cmd)
{
	struct sk_buff *msg;
	void *hdr;

	msg = notify_new(net, SEXTANT_NLGRP_POLICY, cmd, GFP_KERNEL, &hdr);
	if (msg)
		notify_send(net, msg, hdr, SEXTANT_NLGRP_POLICY,
			    policy ? sxt_policy_fill(msg, policy) :
				     sxt_policy_fill_nd(msg, net),
			    GFP_KERNEL);
}

/* The SA's lock may be held: only what never changes is read. */
static int notify_fill_expired(struct sk_buff *msg, const struct sxt_sa *sa,
			       enum sextant_limit limit)
{
	u8 family = sa->ident.family;

	if (nla_put_uint(msg, SEXTANT_A_SA_ID, sa->id) ||
	    (sa->name && nla_put_string(msg, SEXTANT_A_SA_NAME, sa->name)) ||
	    nla_put_u32(msg, SEXTANT_A_SA_DIRECTION, sa->ident.dir) ||
	    nla_put_u32(msg, SEXTANT_A_SA_PROTOCOL, sa->ident.proto) ||
	    nla_put_be32(msg, SEXTANT_A_SA_SPI, sa->ident.spi) ||
	    sxt_addr_fill(msg, SEXTANT_A_SA_SRC, &sa->src, family) ||
	    sxt_addr_fill(msg, SEXTANT_A_SA_DST, &sa->ident.dst, family) ||
	    nla_put_u32(msg, SEXTANT_A_SA_LIMIT, limit))
		return -EMSGSIZE;
	return 0;
}

static void notify_expired(struct sxt_sa *sa, enum sextant_limit limit)
{
	struct sk_buff *msg;
	void *hdr;

	msg = notify_new(sa->net, SEXTANT_NLGRP_SA, SEXTANT_CMD_SA_EXPIRE_NTF,
			 GFP_ATOMIC, &hdr);
	if (msg)
		notify_send(sa->net, msg, hdr, SEXTANT_NLGRP_SA,
			    notify_fill_expired(msg, sa, limit), GFP_ATOMIC);
}

static void notify_removed(struct sxt_sa *sa)
{
	sxt_notify_sa(sa, SEXTANT_CMD_SA_DEL_NTF, GFP_ATOMIC);
}

const struct sxt_event_ops sxt_notify_ops = {
	.expired = notify_expired,
	.removed = notify_removed,
};
