// SPDX-License-Identifier: GPL-2.0-only
/* An SA as netlink shows it: all of it but its keys. */
#include <linux/timekeeping.h>
#include "netlink.h"

/* What changes while we look, read in one turn under the lock. */
struct sa_now {
	u64 packets;
	u64 bytes;
	u64 sequence;
	u32 used;
	u64 drops[SXT_DROPS];
};

static void sa_read_now(struct sxt_sa *sa, struct sa_now *now)
{
	const u64 *drops = READ_ONCE(sa->drops);

	spin_lock_bh(&sa->lock);
	now->packets = sa->packets;
	now->bytes = sa->bytes;
	now->sequence = sxt_sa_inbound(sa) ? sa->replay.top : sa->seq;
	now->used = sa->used;
	if (drops)
		memcpy(now->drops, drops, sizeof(now->drops));
	spin_unlock_bh(&sa->lock);
	if (!drops)
		memset(now->drops, 0, sizeof(now->drops));
}

static int fill_identity(struct sk_buff *skb, const struct sxt_sa *sa)
{
	u8 family = sa->ident.family;

	if (nla_put_uint(skb, SEXTANT_A_SA_ID, sa->id) ||
	    (sa->name && nla_put_string(skb, SEXTANT_A_SA_NAME, sa->name)) ||
	    nla_put_u32(skb, SEXTANT_A_SA_DIRECTION, sa->ident.dir) ||
	    nla_put_u32(skb, SEXTANT_A_SA_PROTOCOL, sa->ident.proto) ||
	    nla_put_be32(skb, SEXTANT_A_SA_SPI, sa->ident.spi) ||
	    sxt_addr_fill(skb, SEXTANT_A_SA_SRC, &sa->src, family) ||
	    sxt_addr_fill(skb, SEXTANT_A_SA_DST, &sa->ident.dst, family))
		return -EMSGSIZE;
	return 0;
}

static int fill_limit(struct sk_buff *skb, int attr, u64 limit)
{
	return limit == SXT_LIFE_NONE ? 0 : nla_put_uint(skb, attr, limit);
}

static int fill_limits(struct sk_buff *skb, const struct sxt_sa *sa)
{
	const struct sxt_life *life;

	if (!sa->limits)
		return 0;
	life = &sa->limits->life;
	if (fill_limit(skb, SEXTANT_A_SA_SOFT_BYTES, life->soft.bytes) ||
	    fill_limit(skb, SEXTANT_A_SA_HARD_BYTES, life->hard.bytes) ||
	    fill_limit(skb, SEXTANT_A_SA_SOFT_PACKETS, life->soft.packets) ||
	    fill_limit(skb, SEXTANT_A_SA_HARD_PACKETS, life->hard.packets))
		return -EMSGSIZE;
	if (life->soft.add != SXT_LIFE_NONE &&
	    nla_put_u32(skb, SEXTANT_A_SA_SOFT_SECONDS, life->soft.add))
		return -EMSGSIZE;
	if (life->hard.add != SXT_LIFE_NONE &&
	    nla_put_u32(skb, SEXTANT_A_SA_HARD_SECONDS, life->hard.add))
		return -EMSGSIZE;
	return 0;
}

static u32 fill_df_value(u8 df)
{
	switch ((enum sxt_tunnel_df)df) {
	case SXT_TUNNEL_DF_COPY:
		return SEXTANT_DF_COPY;
	case SXT_TUNNEL_DF_SET:
		return SEXTANT_DF_SET;
	case SXT_TUNNEL_DF_CLEAR:
		break;
	}
	return SEXTANT_DF_CLEAR;
}

static int fill_tunnel(struct sk_buff *skb, const struct sxt_sa *sa)
{
	const struct sxt_tunnel_opts *opts = &sa->tunnel;

	if (sa->mode != SEXTANT_MODE_TUNNEL)
		return 0;
	if ((opts->dscp_from == SXT_TUNNEL_SET &&
	     nla_put_flag(skb, SEXTANT_A_SA_DSCP_CLEAR)) ||
	    (opts->ecn_compat && nla_put_flag(skb, SEXTANT_A_SA_ECN_OFF)) ||
	    nla_put_u32(skb, SEXTANT_A_SA_DF, fill_df_value(opts->df)) ||
	    (opts->ttl && nla_put_u32(skb, SEXTANT_A_SA_TTL, opts->ttl)))
		return -EMSGSIZE;
	return 0;
}

static int fill_config(struct sk_buff *skb, const struct sxt_sa *sa)
{
	if (nla_put_u32(skb, SEXTANT_A_SA_MODE, sa->mode) ||
	    nla_put_u32(skb, SEXTANT_A_SA_GROUP, sa->group) ||
	    nla_put_string(skb, SEXTANT_A_SA_ALG, sa->alg) ||
	    nla_put(skb, SEXTANT_A_SA_FINGERPRINT, sizeof(sa->fingerprint),
		    sa->fingerprint) ||
	    (sxt_sa_inbound(sa) &&
	     nla_put_u32(skb, SEXTANT_A_SA_WINDOW, sa->replay.window)) ||
	    (sa->esn && nla_put_flag(skb, SEXTANT_A_SA_ESN)) ||
	    fill_limits(skb, sa) || fill_tunnel(skb, sa) ||
	    (sa->sel && sxt_selector_fill(skb, SEXTANT_A_SA_SELECTOR, sa->sel)))
		return -EMSGSIZE;
	return 0;
}

static int fill_now(struct sk_buff *skb, struct sxt_sa *sa)
{
	u64 age = ktime_get_boottime_seconds() - sa->added;
	struct sa_now now;
	u32 reason;

	sa_read_now(sa, &now);
	if (nla_put_uint(skb, SEXTANT_A_SA_PACKETS, now.packets) ||
	    nla_put_uint(skb, SEXTANT_A_SA_BYTES, now.bytes) ||
	    nla_put_uint(skb, SEXTANT_A_SA_SEQUENCE, now.sequence) ||
	    nla_put_uint(skb, SEXTANT_A_SA_AGE, age) ||
	    (now.packets &&
	     nla_put_uint(skb, SEXTANT_A_SA_IDLE,
			  sxt_sa_clock() - now.used)) ||
	    nla_put_uint(skb, SEXTANT_A_SA_MEMORY,
			 sa->memory + sa->xf->memory(sa)) ||
	    nla_put_uint(skb, SEXTANT_A_SA_GENERATION, sa->generation))
		return -EMSGSIZE;
	for (reason = 0; reason < SXT_DROPS; reason++)
		if (sxt_drops_fill(skb, SEXTANT_A_SA_DROPS, reason,
				   now.drops[reason]))
			return -EMSGSIZE;
	return 0;
}

/**
 * sxt_sa_fill() - write an SA
 * @skb: where to
 * @sa: the SA
 *
 * Context: under rcu_read_lock() or with the configuration mutex held.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_sa_fill(struct sk_buff *skb, struct sxt_sa *sa)
{
	if (fill_identity(skb, sa) || fill_config(skb, sa) ||
	    fill_now(skb, sa))
		return -EMSGSIZE;
	return 0;
}
