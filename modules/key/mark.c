// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mark "came protected, through these SAs" that a packet carries from
 * decapsulation to the policy's check. It lives in the packet's security path
 * extension: the kernel frees it with the packet, drops it when the packet
 * goes to another namespace, and nothing on the wire can make one. XFRM uses
 * the same extension for its own and looks at each it meets; so ours has one
 * state, of our own, which says nothing and which XFRM lets pass as transport
 * mode. `meta ipsec exists` of nftables sees both, up to LOCAL_IN, where the
 * mark has served and is taken off.
 */
#include <linux/export.h>
#include <net/xfrm.h>
#include "key.h"

/**
 * struct sxt_mark - lies where XFRM keeps its second and further states, and
 *	what offload says, of which there is none
 * @cookie: of the namespace; ipvlan in mode l3s carries it into another one
 * @ids: numbers of the SAs, outermost first; 0 behind the last
 * @generation: as long as the namespace has this one, @first is where it was
 * @first: the outermost SA, or NULL
 */
struct sxt_mark {
	u64 cookie;
	u64 ids[SXT_CHAIN_MAX];
	u64 generation;
	struct sxt_sa *first;
};

static_assert(offsetof(struct sec_path, xvec[1]) + sizeof(struct sxt_mark) <=
	      sizeof(struct sec_path));

/*
 * What tells our marks from XFRM's. A packet with a mark has a reference, which
 * the kernel takes and puts by itself, so it may outlive this module.
 */
static struct xfrm_state *mark_state;

/**
 * sxt_mark_setup() - at module load
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_mark_setup(void)
{
	mark_state = xfrm_state_alloc(&init_net);
	if (!mark_state)
		return -ENOMEM;
	/* In no table, so whoever puts it last just frees it. */
	mark_state->km.state = XFRM_STATE_DEAD;
	return 0;
}

/**
 * sxt_mark_teardown() - at module unload
 *
 * Context: process; nobody marks any more.
 */
void sxt_mark_teardown(void)
{
	xfrm_state_put(mark_state);
}

static struct sxt_mark *mark_of(struct sec_path *sp)
{
	return (struct sxt_mark *)&sp->xvec[1];
}

/* The packet's mark, or NULL. */
static struct sxt_mark *mark_find(const struct sk_buff *skb)
{
	struct sec_path *sp = skb_sec_path(skb);

	if (!sp || sp->len != 1 || sp->xvec[0] != mark_state)
		return NULL;
	return mark_of(sp);
}

/**
 * sxt_mark_set() - mark a packet
 * @skb: the packet
 * @net: its namespace
 * @chain: the SAs that it came through, outermost first
 * @count: how many
 *
 * Context: any but hard interrupt.
 * Return: 0 or -ENOMEM.
 */
int sxt_mark_set(struct sk_buff *skb, struct net *net,
		 struct sxt_sa *const *chain, u8 count)
{
	struct sxt_mark *mark;
	struct sec_path *sp;
	u8 i;

	secpath_reset(skb);
	sp = skb_ext_add(skb, SKB_EXT_SEC_PATH);
	if (!sp)
		return -ENOMEM;
	xfrm_state_hold(mark_state);
	sp->xvec[0] = mark_state;
	sp->len = 1;
	sp->olen = 0;
	sp->verified_cnt = 0;
	mark = mark_of(sp);
	mark->cookie = net->net_cookie;
	for (i = 0; i < SXT_CHAIN_MAX; i++)
		mark->ids[i] = i < count ? chain[i]->id : 0;
	mark->generation = sxt_generation(net);
	/* One that has gone before is in no generation's keeping. */
	mark->first = count && READ_ONCE(chain[0]->alive) ? chain[0] : NULL;
	return 0;
}
EXPORT_SYMBOL_NS_GPL(sxt_mark_set, SEXTANT);

/* An SA is freed a grace period after the generation has moved on. */
static struct sxt_sa *mark_sa(struct net *net, const struct sxt_mark *mark,
			      int i)
{
	if (!i && likely(mark->first && mark->generation == sxt_generation(net)))
		return mark->first;
	return sxt_sa_vouching(net, mark->ids[i]);
}

/**
 * sxt_mark_get() - read a packet's mark
 * @skb: the packet
 * @net: its namespace
 * @chain: filled with up to SXT_CHAIN_MAX SAs, outermost first, no references
 *
 * Context: under rcu_read_lock().
 * Return: number of SAs; 0 if it has no mark; -ESTALE if an SA is gone.
 */
int sxt_mark_get(const struct sk_buff *skb, struct net *net,
		 struct sxt_sa **chain)
{
	const struct sxt_mark *mark = mark_find(skb);
	int i;

	if (!mark || mark->cookie != net->net_cookie)
		return 0;
	for (i = 0; i < SXT_CHAIN_MAX && mark->ids[i]; i++) {
		chain[i] = mark_sa(net, mark, i);
		if (!chain[i])
			return -ESTALE;
	}
	return i;
}
EXPORT_SYMBOL_NS_GPL(sxt_mark_get, SEXTANT);

/**
 * sxt_mark_clear() - the check is done, the mark has served
 * @skb: the packet
 *
 * Context: any.
 */
void sxt_mark_clear(struct sk_buff *skb)
{
	if (mark_find(skb))
		secpath_reset(skb);
}
EXPORT_SYMBOL_NS_GPL(sxt_mark_clear, SEXTANT);
