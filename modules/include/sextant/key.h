/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pipelines of sextant_key: how packets pass through SAs, and what the
 * other modules hook into them.
 */
#ifndef SEXTANT_KEY_H
#define SEXTANT_KEY_H

#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <sextant/drop.h>
#include <sextant/sa.h>

/* RFC 4301 4.4.2.1: nesting is local choice; no packet passes more SAs. */
#define SXT_CHAIN_MAX	SEXTANT_TRANSFORMS_MAX

/**
 * struct sxt_pkt - a packet on its way through SAs
 * @skb: the packet
 * @net: its namespace
 * @sa: the SA that works on it now
 * @done: called when an asynchronous cipher is through, with the verdict of
 *	protect or verify; owns the packet and the SA's reference then
 * @seq: its sequence number
 * @head: offset of the security header from skb->data
 * @insert: out: where a transport mode header goes, from the network header,
 *	if that is known; else 0
 * @next: out: then, the byte that names the header there
 * @next_header: protocol of the payload
 * @family: AF_INET or AF_INET6, of the (outer) header
 * @async: it has waited for a cipher and is no longer in its handler or hook
 * @authentic: in: its ICV has proved right
 * @kept: in: recover.c has a copy of it
 * @tail_len: out: bytes that the transform adds behind the payload
 * @payload_len: out: bytes that are protected; in: those that the algorithm
 *	was applied to, padding included
 * @out: out: what goes on after this SA: the socket; the function that takes
 *	the packet on; the route of a tunnel, with a reference, or NULL, if its
 *	SA has to look it up; the chain of SAs, innermost first, their numbers,
 *	how many, which is at work, which has that route; whether the packet
 *	left its route for a tunnel's
 */
struct sxt_pkt {
	struct sk_buff *skb;
	struct net *net;
	struct sxt_sa *sa;
	void (*done)(struct sxt_pkt *p, int verdict);
	u64 seq;
	u16 head;
	u16 insert;
	u16 next;
	u8 next_header;
	u8 family;
	bool async;
	bool authentic;
	bool kept;
	u32 tail_len;
	u32 payload_len;
	struct {
		struct sock *sk;
		int (*okfn)(struct net *net, struct sock *sk,
			    struct sk_buff *skb);
		struct dst_entry *dst;
		struct sxt_sa *chain[SXT_CHAIN_MAX];
		u64 ids[SXT_CHAIN_MAX];
		u8 count;
		u8 at;
		u8 dst_at;
		bool routed;
	} out;
};

/**
 * enum sxt_way - what becomes of a packet that has come out of its last SA
 * @SXT_WAY_DELIVERED: it is delivered here at once, and meets no hook
 * @SXT_WAY_LOCAL_IN: it is for this host, and meets the hook that says so
 * @SXT_WAY_ROUTED: it meets the hook of the direction that its route takes
 */
enum sxt_way {
	SXT_WAY_DELIVERED,
	SXT_WAY_LOCAL_IN,
	SXT_WAY_ROUTED,
};

/**
 * struct sxt_policy_ops - what sextant_policy does for the pipelines
 * @input: the inner packet in @skb (network header set) came through the
 *	@count SAs of @chain, outermost first, and takes that @way; a verdict
 */
struct sxt_policy_ops {
	int (*input)(struct net *net, struct sk_buff *skb, u8 family,
		     struct sxt_sa *const *chain, u8 count, enum sxt_way way);
};

/**
 * struct sxt_event_ops - what sextant_netlink wants to be told
 * @expired: a lifetime ran out; softirq or process context
 * @removed: an SA left the tables by itself; process context, configuration
 *	mutex held
 */
struct sxt_event_ops {
	void (*expired)(struct sxt_sa *sa, enum sextant_limit limit);
	void (*removed)(struct sxt_sa *sa);
};

int sxt_transform_register(const struct sxt_transform *xf);
void sxt_transform_unregister(const struct sxt_transform *xf);
bool sxt_transform_present(u8 proto);
void sxt_policy_ops_set(const struct sxt_policy_ops *ops);
void sxt_event_ops_set(const struct sxt_event_ops *ops);

void sxt_config_lock(struct net *net);
void sxt_config_unlock(struct net *net);
bool sxt_config_locked(struct net *net);
u64 sxt_generation(struct net *net);
const u64 *sxt_generation_of(struct net *net);
void sxt_generation_next(struct net *net);

int sxt_input(struct sk_buff *skb, u8 family, u8 proto, __be32 spi, u32 seq);
int sxt_output(struct sxt_pkt *p);
bool sxt_output_protected(const struct sk_buff *skb, u8 family);

int sxt_writable(struct sk_buff *skb, unsigned int head, unsigned int tail);

int sxt_mark_set(struct sk_buff *skb, struct net *net,
		 struct sxt_sa *const *chain, u8 count);
int sxt_mark_get(const struct sk_buff *skb, struct net *net,
		 struct sxt_sa **chain);
void sxt_mark_clear(struct sk_buff *skb);

void sxt_count_nd(struct net *net);

#endif /* SEXTANT_KEY_H */
