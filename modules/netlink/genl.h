/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/sextant.yaml */

#ifndef _LINUX_SEXTANT_GEN_H
#define _LINUX_SEXTANT_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/sextant.h>
#include <sextant/nl_sock.h>

/* Common nested types */
extern const struct nla_policy sextant_selector_nl_policy[SEXTANT_A_SELECTOR_IFINDEX + 1];
extern const struct nla_policy sextant_transform_nl_policy[SEXTANT_A_TRANSFORM_SPI + 1];

int sextant_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int sextant_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_policy_new_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_policy_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int sextant_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int sextant_nl_transaction_begin_doit(struct sk_buff *skb,
				      struct genl_info *info);
int sextant_nl_transaction_commit_doit(struct sk_buff *skb,
				       struct genl_info *info);
int sextant_nl_transaction_abort_doit(struct sk_buff *skb,
				      struct genl_info *info);

enum {
	SEXTANT_NLGRP_SA,
	SEXTANT_NLGRP_POLICY,
};

extern struct genl_family sextant_nl_family;

void sextant_nl_sock_priv_init(struct sxt_nl_sock *priv);
void sextant_nl_sock_priv_destroy(struct sxt_nl_sock *priv);

#endif /* _LINUX_SEXTANT_GEN_H */
