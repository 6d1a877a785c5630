// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading tuples out of packets whose headers are not all in the linear part.
 * The parsers themselves are pure (tuple.c).
 */
#include <linux/export.h>
#include <sextant/parse.h>
#include <sextant/selector.h>

/* Each turn makes more bytes linear, and no chain is longer than the limit. */
#define PULL_TURNS	16

static int parse_reason(enum sxt_tuple_verdict verdict)
{
	switch (verdict) {
	case SXT_TUPLE_CHAIN:
		return SEXTANT_DROP_HEADER_CHAIN;
	case SXT_TUPLE_LIMIT:
		return SEXTANT_DROP_HEADER_LIMIT;
	case SXT_TUPLE_HEADER:
		return SEXTANT_DROP_HEADER_BAD;
	default:
		return SEXTANT_DROP_HEADER_SHORT;
	}
}

/**
 * sxt_tuple_skb_pull() - the general case of sxt_tuple_skb()
 * @skb: the packet, network header set
 * @family: AF_INET or AF_INET6
 * @tuple: filled
 * @info: filled
 *
 * Context: any but hard interrupt.
 * Return: a verdict: SXT_PASS or a reason.
 */
int sxt_tuple_skb_pull(struct sk_buff *skb, u8 family, struct sxt_tuple *tuple,
		       struct sxt_hdr_info *info)
{
	int turns;

	for (turns = 0; turns < PULL_TURNS; turns++) {
		const u8 *network = skb_network_header(skb);
		u32 linear = skb_tail_pointer(skb) - network;
		u32 total = linear + skb->data_len;
		enum sxt_tuple_verdict verdict;

		if (family == SXT_IPV4)
			verdict = sxt_tuple_ipv4(network, linear, total, tuple,
						 info);
		else
			verdict = sxt_tuple_ipv6(network, linear, total, tuple,
						 info);
		if (verdict == SXT_TUPLE_OK)
			return SXT_PASS;
		if (verdict != SXT_TUPLE_PULL)
			return parse_reason(verdict);
		/* The parser asks for nothing that the packet doesn't have. */
		if (!pskb_may_pull(skb, info->need + skb_network_offset(skb)))
			return SEXTANT_DROP_NO_MEMORY;
	}
	return SEXTANT_DROP_HEADER_LIMIT;
}
EXPORT_SYMBOL_NS_GPL(sxt_tuple_skb_pull, SEXTANT);
