/* SPDX-License-Identifier: GPL-2.0-only */
/* From a packet to what selectors see of it: tuple.h for an sk_buff. */
#ifndef SEXTANT_PARSE_H
#define SEXTANT_PARSE_H

#include <linux/skbuff.h>
#include <sextant/drop.h>
#include <sextant/tuple.h>

int sxt_tuple_skb_pull(struct sk_buff *skb, u8 family, struct sxt_tuple *tuple,
		       struct sxt_hdr_info *info);

/**
 * sxt_tuple_skb() - read what selectors see of a packet
 * @skb: the packet, network header set
 * @family: AF_INET or AF_INET6
 * @ifindex: interface it came by or leaves through
 * @tuple: filled
 * @info: filled with the places of the headers, from the network header
 *
 * May pull headers into the linear part: pointers into the packet are void.
 *
 * Context: any but hard interrupt.
 * Return: a verdict: SXT_PASS or a reason.
 */
static inline int sxt_tuple_skb(struct sk_buff *skb, u8 family, u32 ifindex,
				struct sxt_tuple *tuple,
				struct sxt_hdr_info *info)
{
	const u8 *network = skb_network_header(skb);
	u32 linear = skb_tail_pointer(skb) - network;
	u32 total = linear + skb->data_len;
	enum sxt_tuple_verdict verdict;

	if (family == SXT_IPV4)
		verdict = sxt_tuple_ipv4(network, linear, total, tuple, info);
	else
		verdict = sxt_tuple_ipv6(network, linear, total, tuple, info);
	if (unlikely(verdict != SXT_TUPLE_OK)) {
		int err = sxt_tuple_skb_pull(skb, family, tuple, info);

		if (err)
			return err;
	}
	tuple->ifindex = ifindex;
	return SXT_PASS;
}

#endif /* SEXTANT_PARSE_H */
