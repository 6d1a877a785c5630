// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of the listener protocol on their way out: the packet around them
 * (RFC 3810 5), how records are spread over packets (5.2.15).
 */
#include <linux/icmpv6.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include "mld_int.h"
#include "route.h"

#define HOP_LEN		8
#define HEADS		(sizeof(struct ipv6hdr) + HOP_LEN)
#define REPORT_MAX	4096	/* more goes into another packet */

static const struct in6_addr all_v2_routers = {
	{ { [0] = 0xff, [1] = 0x02, [15] = 0x16 } }
};

/* Hop-by-hop options: router alert for this protocol (RFC 2711), padding. */
static const u8 hop_options[HOP_LEN] = {
	IPPROTO_ICMPV6, 0, IPV6_TLV_ROUTERALERT, 2, 0, 0, IPV6_TLV_PADN, 0
};

static struct sk_buff *packet(const struct sxt_mld *mld, u32 len)
{
	const struct net_device *dev = mld->idev->in6.dev;
	u32 head = LL_RESERVED_SPACE(dev) + HEADS;
	struct sk_buff *skb;

	skb = alloc_skb(head + len + dev->needed_tailroom, GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, head);
	skb->priority = TC_PRIO_CONTROL;
	return skb;
}

/* RFC 3810 5.2.13: without a link-local address yet, the unspecified one. */
static void choose_source(struct sxt_mld *mld, struct in6_addr *saddr)
{
	if (!sxt_ifa_link_local(mld->idev->in6.dev, saddr, IFA_F_TENTATIVE))
		return;
	*saddr = in6addr_any;
	mld->unspecified = true;
}

static void put_headers(struct sk_buff *skb, const struct in6_addr *saddr,
			const struct in6_addr *daddr)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)skb->data;
	struct ipv6hdr *hdr;

	icmp->icmp6_cksum = csum_ipv6_magic(saddr, daddr, skb->len,
					    IPPROTO_ICMPV6,
					    csum_partial(icmp, skb->len, 0));
	skb_reset_transport_header(skb);
	memcpy(__skb_push(skb, HOP_LEN), hop_options, HOP_LEN);
	hdr = __skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, 0, 0);
	hdr->nexthdr = NEXTHDR_HOP;
	hdr->hop_limit = 1;
	hdr->saddr = *saddr;
	hdr->daddr = *daddr;
	skb->protocol = htons(ETH_P_IPV6);
}

/* From the ICMPv6 header on, its checksum zero; consumed. */
static void transmit(struct sxt_mld *mld, struct sk_buff *skb,
		     const struct in6_addr *daddr)
{
	struct inet6_dev *in6 = &mld->idev->in6;
	struct net *net = dev_net(in6->dev);
	u8 type = skb->data[0];
	struct in6_addr saddr;
	struct rt6_info *rt;

	rcu_read_lock();
	choose_source(mld, &saddr);
	rt = sxt_dst_to_link(in6->dev, daddr);
	if (!rt) {
		ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTERRORS);
		kfree_skb_reason(skb, sxt_ip6_refuse(net, SXT_WHY_NO_MEMORY));
		goto out;
	}
	put_headers(skb, &saddr, daddr);
	skb->dev = in6->dev;
	skb_dst_set(skb, &rt->dst);
	IP6_INC_STATS(net, in6, IPSTATS_MIB_OUTREQUESTS);
	ICMP6MSGOUT_INC_STATS(net, in6, type);
	ICMP6_INC_STATS(net, in6, ICMP6_MIB_OUTMSGS);
	ip6_local_out(net, NULL, skb);
out:
	rcu_read_unlock();
}

/**
 * sxt_mld_batch_send() - sends what a batch has
 * @batch: empty afterwards
 *
 * Context: RTNL.
 */
void sxt_mld_batch_send(struct sxt_mld_batch *batch)
{
	struct sk_buff *skb = batch->skb;

	batch->skb = NULL;
	batch->record = 0;
	if (!skb)
		return;
	if (!batch->report.records) {
		/* Nothing is in it. */
		consume_skb(skb);
		return;
	}
	skb_put(skb, batch->report.len);
	transmit(batch->mld, skb, &all_v2_routers);
}

static bool batch_has_packet(struct sxt_mld_batch *batch)
{
	u32 mtu = READ_ONCE(batch->mld->idev->in6.cnf.mtu6);
	u32 room = min_t(u32, max_t(u32, mtu, IPV6_MIN_MTU) - HEADS,
			 REPORT_MAX);

	if (batch->skb)
		return true;
	batch->skb = packet(batch->mld, room);
	if (!batch->skb)
		return false;
	sxt_mld_report_begin(&batch->report, batch->skb->data, room);
	return true;
}

/* Begins the present record, in another packet if this one is full. */
static bool record_begin(struct sxt_mld_batch *batch, u32 sources)
{
	u32 tries;

	for (tries = 0; tries < 2 && !batch->record; tries++) {
		if (!batch_has_packet(batch))
			return false;
		batch->record = sxt_mld_record_open(&batch->report, batch->type,
						    batch->group->s6_addr,
						    sources);
		if (!batch->record)
			sxt_mld_batch_send(batch);
	}
	return batch->record;
}

/**
 * sxt_mld_batch_record() - the next record of a batch
 * @batch: the batch
 * @type: SXT_MLD_IS_INCLUDE…
 * @group: of the record; as long as the record is being made
 * @empty_too: it says something even without a source
 *
 * Context: RTNL.
 */
void sxt_mld_batch_record(struct sxt_mld_batch *batch, u8 type,
			  const struct in6_addr *group, bool empty_too)
{
	batch->type = type;
	batch->group = group;
	batch->record = 0;
	batch->full = false;
	if (empty_too)
		record_begin(batch, 0);
}

/**
 * sxt_mld_batch_source() - one source more in the present record
 * @batch: the batch
 * @source: the source
 *
 * Context: RTNL. Without memory the source is left out: reports are repeated.
 */
void sxt_mld_batch_source(struct sxt_mld_batch *batch,
			  const struct in6_addr *source)
{
	if (batch->full || !record_begin(batch, 1))
		return;
	if (sxt_mld_record_source(&batch->report, batch->record,
				  source->s6_addr))
		return;
	if (!sxt_mld_may_split(batch->type)) {
		batch->full = true;
		return;
	}
	sxt_mld_batch_send(batch);
	if (record_begin(batch, 1))
		sxt_mld_record_source(&batch->report, batch->record,
				      source->s6_addr);
}

/**
 * sxt_mld_batch_filter() - a record of a whole filter
 * @batch: the batch
 * @type: SXT_MLD_IS_INCLUDE to SXT_MLD_TO_EXCLUDE
 * @group: the group
 * @filter: its filter; NULL: all sources
 *
 * Context: RTNL.
 */
void sxt_mld_batch_filter(struct sxt_mld_batch *batch, u8 type,
			  const struct in6_addr *group,
			  const struct sxt_sources *filter)
{
	unsigned int i, count = sxt_sources_count(filter);

	/* A list without end that excludes is cut: it needs room to begin. */
	if (count && !sxt_mld_may_split(type) && batch->skb &&
	    batch->report.room - batch->report.len <
	    SXT_MLD_RECORD_LEN + count * sizeof(*group))
		sxt_mld_batch_send(batch);
	sxt_mld_batch_record(batch, type, group, !count);
	for (i = 0; i < count; i++)
		sxt_mld_batch_source(batch, &filter->addr[i]);
}

/**
 * sxt_mld_send_v1() - a message of version 1 (RFC 2710)
 * @mld: of the interface
 * @type: SXT_MLD_V1_REPORT or SXT_MLD_V1_DONE
 * @group: the group
 *
 * Context: RTNL.
 */
void sxt_mld_send_v1(struct sxt_mld *mld, u8 type,
		     const struct in6_addr *group)
{
	struct sk_buff *skb = packet(mld, SXT_MLD_V1_LEN);

	if (!skb)
		return;
	sxt_mld_v1_build(skb_put(skb, SXT_MLD_V1_LEN), type, group->s6_addr);
	transmit(mld, skb, type == SXT_MLD_V1_DONE ?
		 &in6addr_linklocal_allrouters : group);
}
