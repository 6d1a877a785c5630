/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Security policies (RFC 4301 4.4.1): the object and the SPD of a namespace.
 *
 * Lock letters: I set before it is published, never changed; C the namespace's
 * configuration mutex.
 *
 * A policy is the SPD's. The data path uses it under RCU without a reference;
 * it is freed a grace period after it was unlinked.
 */
#ifndef SEXTANT_POLICY_H
#define SEXTANT_POLICY_H

#include <linux/list.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>
#include <sextant/drop.h>
#include <sextant/selector.h>
#include <uapi/linux/sextant.h>

#define SXT_DIRECTIONS	(SEXTANT_DIRECTION_FORWARD + 1)

/**
 * struct sxt_policy_transform - one layer of the protection that is demanded
 * @src: source end of the tunnel
 * @dst: destination end of the tunnel
 * @group: group number that the SA must have
 * @spi: SPI that the SA must have, or 0
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @mode: enum sextant_mode
 * @family: of the ends; 0 in transport mode
 */
struct sxt_policy_transform {
	struct sxt_addr src;
	struct sxt_addr dst;
	u32 group;
	__be32 spi;
	u8 proto;
	u8 mode;
	u8 family;
};

/**
 * struct sxt_policy_count - what one CPU has seen of a policy
 * @packets: packets that it decided about, each once, in the direction that it
 *	takes; the refused ones are among them
 * @bytes: their bytes, IP header included; clear, without what SAs add
 * @dropped: those of them that were refused, by reason
 */
struct sxt_policy_count {
	u64 packets;
	u64 bytes;
	u64 dropped[SXT_DROPS];
};

/**
 * struct sxt_policy - one entry of the SPD
 * @node: [C] in the list of its direction, in order of rank
 * @by_rank: [C] likewise, to find its place
 * @by_id: [C] among all of the namespace
 * @sel: [I] which packets it is for
 * @rank: [C] priority, then order of arrival; the lowest wins
 * @id: [C] number, never used twice in a namespace
 * @generation: [C] the namespace's generation that it came with
 * @priority: [I] the user's number
 * @dir: [I] enum sextant_direction
 * @action: [I] enum sextant_action
 * @count: [I] transforms in @transforms
 * @transforms: [I] innermost first
 * @counters: [I] per CPU
 * @name: [I] the user's name for it, or NULL
 * @net: [I] its namespace, which outlives it
 * @rcu: for freeing
 */
struct sxt_policy {
	struct list_head node;
	struct rb_node by_rank;
	struct rb_node by_id;
	struct sxt_selector sel;
	u64 rank;
	u64 id;
	u64 generation;
	u32 priority;
	u8 dir;
	u8 action;
	u8 count;
	struct sxt_policy_transform transforms[SEXTANT_TRANSFORMS_MAX];
	struct sxt_policy_count __percpu *counters;
	const char *name;
	struct net *net;
	struct rcu_head rcu;
};

/* The parameter that a refusal is about. */
enum sxt_policy_field {
	SXT_POLICY_FIELD_NONE,
	SXT_POLICY_FIELD_DIRECTION,
	SXT_POLICY_FIELD_ACTION,
	SXT_POLICY_FIELD_SELECTOR,
	SXT_POLICY_FIELD_TRANSFORM,
};

/**
 * struct sxt_policy_params - what a new policy is made from
 * @sel: which packets, validated
 * @priority: the lowest is asked first
 * @dir: enum sextant_direction
 * @action: enum sextant_action
 * @count: transforms in @transforms
 * @transforms: innermost first
 * @name: the user's name for it, or NULL
 * @bad: out: the parameter that was refused
 */
struct sxt_policy_params {
	struct sxt_selector sel;
	u32 priority;
	u8 dir;
	u8 action;
	u8 count;
	struct sxt_policy_transform transforms[SEXTANT_TRANSFORMS_MAX];
	const char *name;
	enum sxt_policy_field bad;
};

struct sxt_policy *sxt_policy_new(struct net *net,
				  struct sxt_policy_params *params,
				  struct netlink_ext_ack *extack);
void sxt_policy_free(struct sxt_policy *policy);
void sxt_policy_link(struct sxt_policy *policy);
void sxt_policy_unlink(struct sxt_policy *policy);
void sxt_policy_relink(struct sxt_policy *policy);
void sxt_policy_free_later(struct sxt_policy *policy);
int sxt_policy_prepare(struct net *net);
int sxt_policy_try(struct net *net);
void sxt_policy_publish(struct net *net);
struct sxt_policy *sxt_policy_by_id(struct net *net, u64 id);
struct sxt_policy *sxt_policy_next(struct net *net, u8 dir,
				   struct sxt_policy *after);
struct sxt_policy *sxt_policy_from(struct net *net, u8 dir, u64 rank);
u32 sxt_policy_total(struct net *net);
bool sxt_policy_nd_enabled(struct net *net);
void sxt_policy_nd_set(struct net *net, bool on);
void sxt_policy_sum(const struct sxt_policy *policy,
		    struct sxt_policy_count *sum);

#endif /* SEXTANT_POLICY_H */
