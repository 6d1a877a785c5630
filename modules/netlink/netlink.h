/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of sextant_netlink share among themselves. */
#ifndef SXT_NETLINK_PRIVATE_H
#define SXT_NETLINK_PRIVATE_H

#include <linux/list.h>
#include <net/genetlink.h>
#include <sextant/key.h>
#include <sextant/policy.h>
#include <sextant/refuse.h>
#include "genl.h"

/* What a change does. */
enum sxt_change_kind {
	SXT_CHANGE_SA_ADD,
	SXT_CHANGE_SA_DEL,
	SXT_CHANGE_SA_FLUSH,
	SXT_CHANGE_POLICY_ADD,
	SXT_CHANGE_POLICY_DEL,
	SXT_CHANGE_POLICY_FLUSH,
	SXT_CHANGE_ND_SET,
};

/**
 * struct sxt_change - one change of SAs or policies, checked, not made yet
 * @node: in its transaction
 * @kind: what it does
 * @any_dir: flush: of all directions, not of @dir
 * @dir: flush: enum sextant_direction
 * @on: ND_SET: the new setting
 * @made: it was made, and is undone if a later one fails
 * @seq: sequence number of its request
 * @sa: SA_ADD: the new SA; after the commit it is the tables'
 * @policy: POLICY_ADD: the new policy; POLICY_DEL: the one unlinked
 * @id: DEL: number of the one to be deleted, or 0; POLICY_ADD: out: its number
 * @ident: SA_DEL: its name, if @id is 0
 * @gone: SA_DEL, SA_FLUSH: SAs doomed; POLICY_FLUSH: policies unlinked
 */
struct sxt_change {
	struct list_head node;
	enum sxt_change_kind kind;
	bool any_dir;
	u8 dir;
	bool on;
	bool made;
	u32 seq;
	struct sxt_sa *sa;
	struct sxt_policy *policy;
	u64 id;
	struct sxt_sa_ident ident;
	struct list_head gone;
};

/* change.c */
struct sxt_change *sxt_change_new(enum sxt_change_kind kind);
void sxt_change_free(struct sxt_change *change);
void sxt_changes_free(struct list_head *changes);
int sxt_changes_commit(struct net *net, struct list_head *changes,
		       u64 *generation, bool dry_run,
		       struct netlink_ext_ack *extack);

/* transaction.c */
int sxt_change_submit(struct sk_buff *skb, struct genl_info *info,
		      struct sxt_change *change, bool *staged, u64 *id);
int sxt_change_flush(struct sk_buff *skb, struct genl_info *info,
		     enum sxt_change_kind kind, const struct nlattr *dir);
void sxt_change_refused(struct sk_buff *skb);
struct sk_buff *sxt_reply_new(struct genl_info *info);
void sxt_reply_send(struct sk_buff *msg, struct genl_info *info);

/* form.c */
int sxt_form_setup(void);
void sxt_form_teardown(void);

/* selector.c */
int sxt_selector_parse(struct nlattr *nest, struct sxt_selector *sel,
		       struct netlink_ext_ack *extack);
int sxt_selector_fill(struct sk_buff *skb, int attr,
		      const struct sxt_selector *sel);
int sxt_addr_parse(const struct nlattr *attr, struct sxt_addr *addr,
		   u8 *family, struct netlink_ext_ack *extack);
int sxt_addr_fill(struct sk_buff *skb, int attr, const struct sxt_addr *addr,
		  u8 family);
int sxt_drops_fill(struct sk_buff *skb, int attr, u32 reason, u64 packets);

/**
 * sxt_dump_seq() - what tells one state of SAs and policies from the next
 * @net: the namespace
 *
 * Context: configuration mutex held.
 * Return: for netlink_callback.seq, which must not be 0.
 */
static inline u32 sxt_dump_seq(struct net *net)
{
	return (u32)sxt_generation(net) << 1 | 1;
}

/* sa_fill.c, policy_fill.c */
int sxt_sa_fill(struct sk_buff *skb, struct sxt_sa *sa);
int sxt_policy_fill(struct sk_buff *skb, const struct sxt_policy *policy);
int sxt_policy_fill_nd(struct sk_buff *skb, struct net *net);

/* notify.c */
void sxt_notify_sa(struct sxt_sa *sa, u8 cmd, gfp_t gfp);
void sxt_notify_policy(struct net *net, const struct sxt_policy *policy,
		       u8 cmd);
extern const struct sxt_event_ops sxt_notify_ops;

#endif /* SXT_NETLINK_PRIVATE_H */
