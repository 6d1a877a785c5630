/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which IPv6 packets are neighbour discovery that passes its own validity
 * checks (RFC 4861 6.1.1, 6.1.2, 7.1.1, 7.1.2, 8.1), and so may pass in clear
 * under the built-in rule 0. These are ICMPv6 types 133 to 137, right behind
 * the IPv6 header, from a neighbour, and nothing else: no echo, no errors, no
 * multicast listener messages (130 to 132 and 143). Those may come from a
 * router or carry data, so they need a policy of their own to pass in clear.
 *
 * Says what the message is, not what it does: the stack checks it again with
 * what only the stack knows (own addresses, the router a redirect must come
 * from, the form of each option).
 */
#ifndef SEXTANT_ND_H
#define SEXTANT_ND_H

#include <sextant/pure.h>

/**
 * enum sxt_nd_verdict - why a packet is not neighbour discovery, or that it is
 * @SXT_ND_OK: it is, and valid
 * @SXT_ND_SHORT: shorter than its headers or its type demand
 * @SXT_ND_VERSION: not IPv6
 * @SXT_ND_HEADER: something other than ICMPv6 follows the IPv6 header: another
 *	protocol, or an extension header, a fragment header among them (RFC
 *	6980 forbids fragments; the other headers have no use here)
 * @SXT_ND_TYPE: ICMPv6 of another type
 * @SXT_ND_HOP_LIMIT: hop limit not 255: a router may have forwarded it
 * @SXT_ND_CODE: ICMP code not 0
 * @SXT_ND_CHECKSUM: the caller found the ICMP checksum wrong
 * @SXT_ND_SOURCE: source address that this type may not have
 * @SXT_ND_DESTINATION: destination address that this message may not have
 * @SXT_ND_TARGET: multicast target, or one that a redirect may not have
 * @SXT_ND_SOLICITED: advertisement to a multicast group with the solicited flag
 * @SXT_ND_OPTION: option of length 0, or past the end
 * @SXT_ND_OPTION_SOURCE: source link-layer address option from the unspecified
 *	address
 */
enum sxt_nd_verdict {
	SXT_ND_OK,
	SXT_ND_SHORT,
	SXT_ND_VERSION,
	SXT_ND_HEADER,
	SXT_ND_TYPE,
	SXT_ND_HOP_LIMIT,
	SXT_ND_CODE,
	SXT_ND_CHECKSUM,
	SXT_ND_SOURCE,
	SXT_ND_DESTINATION,
	SXT_ND_TARGET,
	SXT_ND_SOLICITED,
	SXT_ND_OPTION,
	SXT_ND_OPTION_SOURCE,
};

/*@
 * assigns \nothing;
 * ensures \result <==> next_header == 58 && hop_limit == 255;
 */

/**
 * sxt_nd_possible() - quick look: could this be neighbour discovery?
 * @next_header: of the IPv6 header
 * @hop_limit: of the same
 *
 * For the data path, before it makes the whole packet linear.
 *
 * Return: false for nearly all packets.
 */
static inline bool sxt_nd_possible(u8 next_header, u8 hop_limit)
{
	return next_header == 58 && hop_limit == 255;
}

enum sxt_nd_verdict sxt_nd_check(const u8 *pkt, u32 len, bool checksum_ok);

#endif /* SEXTANT_ND_H */
