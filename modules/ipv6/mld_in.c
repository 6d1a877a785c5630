// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of the listener protocol that come in: whether they are valid
 * (RFC 3810 6.2), and a bounded queue of them for the work.
 */
#include <linux/icmpv6.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include "mld_int.h"
#include "packet.h"

/**
 * sxt_mld_heard_take() - the messages that wait
 * @mld: of the interface
 * @list: they are put here; the caller frees them by kfree()
 *
 * Context: process.
 */
void sxt_mld_heard_take(struct sxt_mld *mld, struct list_head *list)
{
	spin_lock_bh(&mld->lock);
	list_splice_tail_init(&mld->heard, list);
	mld->heard_count = 0;
	spin_unlock_bh(&mld->lock);
}

/**
 * sxt_mld_heard_drop() - frees the messages that wait
 * @mld: of the interface
 *
 * Context: process.
 */
void sxt_mld_heard_drop(struct sxt_mld *mld)
{
	struct sxt_mld_heard *h, *next;
	LIST_HEAD(list);

	sxt_mld_heard_take(mld, &list);
	list_for_each_entry_safe(h, next, &list, list)
		kfree(h);
}

/* No message that the RFCs know. */
static enum sxt_why invalid(struct sxt_idev *idev, const struct sk_buff *skb,
			    enum sxt_why why)
{
	__ICMP6_INC_STATS(dev_net(skb->dev), &idev->in6, ICMP6_MIB_INERRORS);
	return why;
}

/* One more than this node wants to look at. */
static enum sxt_why too_many(struct sxt_idev *idev, const struct sk_buff *skb,
			     enum sxt_why why)
{
	__IP6_INC_STATS(dev_net(skb->dev), &idev->in6, IPSTATS_MIB_INDISCARDS);
	return why;
}

/* Softirq, under RCU. A copy for the work; @sources from the skb's @at on. */
static enum sxt_why hear(struct sxt_idev *idev, struct sxt_mld *mld,
			 const struct sk_buff *skb,
			 const struct sxt_mld_heard *what, u32 at)
{
	enum sxt_why why = SXT_WHY_MLD_QUEUE;
	struct sxt_mld_heard *h = NULL;

	spin_lock_bh(&mld->lock);
	if (mld->heard_count < SXT_MLD_HEARD_MAX) {
		why = SXT_WHY_NO_MEMORY;
		h = kmalloc(struct_size(h, sources, what->count), GFP_ATOMIC);
	}
	if (h) {
		*h = *what;
		if (skb_copy_bits(skb, at, h->sources,
				  what->count * sizeof(h->sources[0])))
			h->count = 0;
		list_add_tail(&h->list, &mld->heard);
		mld->heard_count++;
	}
	spin_unlock_bh(&mld->lock);
	if (!h)
		return too_many(idev, skb, why);
	sxt_mld_kick(mld);
	return SXT_WHY_NOT;
}

/* RFC 3810 6.2: from a neighbour, and not through a router. */
static enum sxt_why query_header(const struct sk_buff *skb)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);

	if (!(__ipv6_addr_type(&hdr->saddr) & IPV6_ADDR_LINKLOCAL))
		return SXT_WHY_MLD_SOURCE;
	if (hdr->hop_limit != 1)
		return SXT_WHY_MLD_HOP_LIMIT;
	if (!(IP6CB(skb)->flags & IP6SKB_ROUTERALERT) ||
	    IP6CB(skb)->ra != htons(IPV6_OPT_ROUTERALERT_MLD))
		return SXT_WHY_MLD_ALERT;
	return SXT_WHY_NOT;
}

/*
 * Each that is of use costs the RTNL and a report, and anybody on the link can
 * send them: so there is a measure. A flood that uses it up is answered as far
 * as that goes, so that it hides no group from the querier.
 */
static enum sxt_why query_rcv(struct sxt_idev *idev, struct sxt_mld *mld,
			      struct sk_buff *skb)
{
	struct sxt_mld_query query;
	struct sxt_mld_heard what = {};
	enum sxt_why why = query_header(skb);

	if (!why && !pskb_may_pull(skb, min(skb->len, SXT_MLD_QUERY_LEN)))
		why = SXT_WHY_NO_MEMORY;
	if (!why)
		why = sxt_mld_query_parse(skb->data, skb->len, &query);
	if (why)
		return invalid(idev, skb, why);
	what.v1 = query.v1;
	what.general = query.general;
	what.robustness = query.robustness;
	what.interval = query.interval;
	what.delay = query.delay;
	memcpy(&what.group, query.group, sizeof(what.group));
	/* Of more sources than are kept, the whole group is answered. */
	if (query.source_count <= SXT_MLD_SOURCES_MAX)
		what.count = query.source_count;
	/* RFC 3810 8.2.1: any query of version 1 says who is there. */
	if (!what.general && !what.v1 && !sxt_group_find(idev, &what.group))
		return SXT_WHY_NOT;
	if (!__ratelimit(&mld->queries))
		return too_many(idev, skb, SXT_WHY_MLD_RATE);
	return hear(idev, mld, skb, &what, SXT_MLD_QUERY_LEN);
}

/*
 * RFC 2710 4. Who has no address yet reports from :: (RFC 3590 4): routers
 * ignore that, and so do we. Our own, looped back, silences nobody.
 */
static enum sxt_why report_rcv(struct sxt_idev *idev, struct sxt_mld *mld,
			       struct sk_buff *skb)
{
	/* A copy: the header moves if more of the packet is made linear. */
	const struct in6_addr saddr = ipv6_hdr(skb)->saddr;
	struct sxt_mld_heard what = { .report = true };
	const struct sxt_group *group;
	const u8 *bytes;

	if (ipv6_addr_any(&saddr))
		return SXT_WHY_NOT;
	if (!(__ipv6_addr_type(&saddr) & IPV6_ADDR_LINKLOCAL))
		return invalid(idev, skb, SXT_WHY_MLD_SOURCE);
	if (!pskb_may_pull(skb, SXT_MLD_V1_LEN))
		return invalid(idev, skb, SXT_WHY_MLD_SHORT);
	bytes = sxt_mld_v1_parse(skb->data, skb->len);
	if (!bytes)
		return invalid(idev, skb, SXT_WHY_MLD_GROUP);
	memcpy(&what.group, bytes, sizeof(what.group));
	if (!sxt_mld_is_v1_rcu(idev, mld) || skb->pkt_type == PACKET_LOOPBACK ||
	    sxt_ifa_is_ours(dev_net(skb->dev), &saddr, idev->in6.dev, 0))
		return SXT_WHY_NOT;
	group = sxt_group_find(idev, &what.group);
	if (!group || !(READ_ONCE(group->pending) ||
			READ_ONCE(group->reporter)))
		return SXT_WHY_NOT;
	return hear(idev, mld, skb, &what, 0);
}

/**
 * sxt_mld_rcv() - a message of the listener protocol
 * @skb: data at the ICMPv6 header, its checksum good; stays the caller's
 *
 * Queries are for us, reports of version 1 may spare us ours; others are for
 * routers. In a VRF it is the slaves that listen. What can't be queued is
 * dropped and counted: queriers repeat it.
 *
 * Context: under RCU, softirq.
 * Return: why it was no valid message or one too many, and is counted; else
 * SXT_WHY_NOT.
 */
enum sxt_why sxt_mld_rcv(struct sk_buff *skb)
{
	struct sxt_idev *idev = sxt_idev_get_rcu(sxt_ip6_dev_in(skb));
	/* Pairs with the release when the protocol starts. */
	struct sxt_mld *mld = idev ? smp_load_acquire(&idev->mld) : NULL;

	if (!mld)
		return SXT_WHY_NOT;
	switch (icmp6_hdr(skb)->icmp6_type) {
	case ICMPV6_MGM_QUERY:
		return query_rcv(idev, mld, skb);
	case ICMPV6_MGM_REPORT:
		return report_rcv(idev, mld, skb);
	}
	return SXT_WHY_NOT;
}
