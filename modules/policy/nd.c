// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validity of neighbour discovery messages, from the bytes of the packet alone.
 * See nd.h for what is exempt and what is not.
 */
#include <sextant/nd.h>

#define IPV6_HDR	40u
#define NH_ICMPV6	58

#define RS		133	/* router solicitation, RFC 4861 4.1 */
#define RA		134	/* router advertisement, 4.2 */
#define NS		135	/* neighbour solicitation, 4.3 */
#define NA		136	/* neighbour advertisement, 4.4 */
#define REDIRECT	137	/* 4.5 */

#define NA_SOLICITED	0x40
#define OPT_SOURCE	1	/* source link-layer address, RFC 4861 4.6.1 */

/*@
 * requires \valid_read(a + (0 .. 15));
 * assigns \nothing;
 * ensures \result <==> (\forall integer i; 0 <= i < 16 ==> a[i] == 0);
 */
static bool addr_unspecified(const u8 *a)
{
	return !get_unaligned_be32(a) && !get_unaligned_be32(a + 4) &&
	       !get_unaligned_be32(a + 8) && !get_unaligned_be32(a + 12);
}

/*@
 * requires \valid_read(a + (0 .. 15));
 * assigns \nothing;
 * ensures \result <==> a[0] == 0xff;
 */
static bool addr_multicast(const u8 *a)
{
	return a[0] == 0xff;
}

/*@
 * requires \valid_read(a + (0 .. 15));
 * assigns \nothing;
 * ensures \result ==> a[0] == 0xfe;
 */
/* fe80::/10, RFC 4291 2.4 */
static bool addr_link_local(const u8 *a)
{
	return a[0] == 0xfe && (a[1] & 0xc0) == 0x80;
}

/*@
 * requires \valid_read(a + (0 .. 15));
 * assigns \nothing;
 * ensures \result <==> a[0] == 0xff && a[1] == 2 && a[11] == 1 &&
 *	a[12] == 0xff && (\forall integer i; 2 <= i < 11 ==> a[i] == 0);
 */
/* ff02::1:ff00:0/104, RFC 4291 2.7.1 */
static bool addr_solicited_node(const u8 *a)
{
	return get_unaligned_be32(a) == 0xff020000 &&
	       get_unaligned_be32(a + 4) == 0 &&
	       get_unaligned_be32(a + 8) == 1 && a[12] == 0xff;
}

/*@
 * requires \valid_read(a + (0 .. 15));
 * requires \valid_read(b + (0 .. 15));
 * assigns \nothing;
 * ensures \result <==> (\forall integer i; 0 <= i < 16 ==> a[i] == b[i]);
 */
static bool addr_same(const u8 *a, const u8 *b)
{
	u32 i;

	/*@
	 * loop invariant 0 <= i <= 16;
	 * loop invariant \forall integer k; 0 <= k < i ==> a[k] == b[k];
	 * loop assigns i;
	 * loop variant 16 - i;
	 */
	for (i = 0; i < 16; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

/*@
 * assigns \nothing;
 * ensures \result == 0 || 8 <= \result <= 40;
 * ensures \result != 0 <==> RS <= type <= REDIRECT;
 * ensures \result >= 24 <==> type == NS || type == NA || type == REDIRECT;
 * ensures \result == 40 <==> type == REDIRECT;
 */
/* Where the options begin, which is the least length; 0 for other types. */
static u32 fixed_len(u8 type)
{
	switch (type) {
	case RS:
		return 8;
	case RA:
		return 16;
	case NS:
	case NA:
		return 24;
	case REDIRECT:
		return 40;
	default:
		return 0;
	}
}

/*@
 * requires \valid_read(src + (0 .. 15));
 * assigns \nothing;
 * ensures \result ==> src[0] != 0xff;
 * ensures \result && (type == RA || type == REDIRECT) ==> src[0] == 0xfe;
 */
/*
 * Routers use their link-local address (6.1.2, 8.1). Only those who have no
 * address yet solicit from the unspecified one (4.1, 4.3). No packet comes from
 * a group (RFC 4291 2.7).
 */
static bool source_allowed(u8 type, const u8 *src)
{
	if (type == RA || type == REDIRECT)
		return addr_link_local(src);
	if (type == NA && addr_unspecified(src))
		return false;
	return !addr_multicast(src);
}

/*@
 * requires \valid_read(src + (0 .. 15));
 * requires \valid_read(dst + (0 .. 15));
 * assigns \nothing;
 */
/*
 * All groups that discovery uses (RFC 4861 2.3) have link-local scope; 7.1.1
 * narrows it further for those who have no address yet.
 */
static bool destination_allowed(u8 type, const u8 *src, const u8 *dst)
{
	if (type == NS && addr_unspecified(src))
		return addr_solicited_node(dst);
	if (addr_multicast(dst))
		return (dst[1] & 0x0f) == 2;
	return !addr_unspecified(dst);
}

/*@
 * requires type == NS || type == NA ==> \valid_read(msg + (0 .. 23));
 * requires type == REDIRECT ==> \valid_read(msg + (0 .. 39));
 * assigns \nothing;
 * ensures \result && (type == NS || type == NA) ==> msg[8] != 0xff;
 * ensures \result && type == REDIRECT ==> msg[24] != 0xff;
 */
/* @msg has fixed_len(@type) bytes. */
static bool target_allowed(u8 type, const u8 *msg)
{
	if (type == NS || type == NA)
		return !addr_multicast(msg + 8);
	if (type == REDIRECT)
		return !addr_multicast(msg + 24) &&
		       (addr_link_local(msg + 8) ||
			addr_same(msg + 8, msg + 24));
	return true;
}

/*@
 * requires left > 0 ==> \valid_read(opt + (0 .. left - 1));
 * assigns \nothing;
 * ensures \result == SXT_ND_OK || \result == SXT_ND_OPTION ||
 *	\result == SXT_ND_OPTION_SOURCE;
 */
static enum sxt_nd_verdict check_options(const u8 *opt, u32 left,
					 bool no_source)
{
	/*@
	 * loop invariant 0 <= left <= \at(left, Pre);
	 * loop invariant opt == \at(opt, Pre) + (\at(left, Pre) - left);
	 * loop assigns opt, left;
	 * loop variant left;
	 */
	while (left) {
		u32 size;

		if (left < 2)
			return SXT_ND_OPTION;
		size = opt[1] * 8u;
		if (!size || size > left)
			return SXT_ND_OPTION;
		if (no_source && opt[0] == OPT_SOURCE)
			return SXT_ND_OPTION_SOURCE;
		opt += size;
		left -= size;
	}
	return SXT_ND_OK;
}

/*@
 * requires \valid_read(src + (0 .. 15));
 * requires \valid_read(dst + (0 .. 15));
 * requires len >= 8 && \valid_read(msg + (0 .. len - 1));
 * requires RS <= msg[0] <= REDIRECT;
 * assigns \nothing;
 * ensures \result == SXT_ND_OK ==> src[0] != 0xff;
 * ensures \result == SXT_ND_OK && (msg[0] == RA || msg[0] == REDIRECT) ==>
 *	src[0] == 0xfe;
 * ensures \result == SXT_ND_OK && (msg[0] == NS || msg[0] == NA) ==>
 *	len >= 24 && msg[8] != 0xff;
 */
static enum sxt_nd_verdict check_message(const u8 *src, const u8 *dst,
					 const u8 *msg, u32 len)
{
	u8 type = msg[0];
	u32 fixed = fixed_len(type);

	if (len < fixed)
		return SXT_ND_SHORT;
	if (!source_allowed(type, src))
		return SXT_ND_SOURCE;
	if (!destination_allowed(type, src, dst))
		return SXT_ND_DESTINATION;
	if (!target_allowed(type, msg))
		return SXT_ND_TARGET;
	if (type == NA && (msg[4] & NA_SOLICITED) && addr_multicast(dst))
		return SXT_ND_SOLICITED;
	return check_options(msg + fixed, len - fixed, addr_unspecified(src));
}

/*@
 * requires len > 0 ==> \valid_read(pkt + (0 .. len - 1));
 * assigns \nothing;
 * ensures exempt: \result == SXT_ND_OK ==>
 *	len >= 48 && checksum_ok && pkt[6] == NH_ICMPV6 && pkt[7] == 255 &&
 *	RS <= pkt[40] <= REDIRECT && pkt[41] == 0;
 * ensures source: \result == SXT_ND_OK ==> pkt[8] != 0xff;
 * ensures router: \result == SXT_ND_OK &&
 *	(pkt[40] == RA || pkt[40] == REDIRECT) ==> pkt[8] == 0xfe;
 */

/**
 * sxt_nd_check() - tell whether a packet is valid neighbour discovery
 * @pkt: the IPv6 header, at any alignment
 * @len: length of the packet, all of which can be read; what lies behind the
 *	payload length is ignored
 * @checksum_ok: the ICMP checksum has been verified, or is made by hardware on
 *	the way out
 *
 * Context: any.
 * Return: SXT_ND_OK, or the first reason why not.
 */
enum sxt_nd_verdict sxt_nd_check(const u8 *pkt, u32 len, bool checksum_ok)
{
	const u8 *msg;
	u32 msg_len;

	if (len < IPV6_HDR)
		return SXT_ND_SHORT;
	if (pkt[0] >> 4 != 6)
		return SXT_ND_VERSION;
	if (pkt[6] != NH_ICMPV6)
		return SXT_ND_HEADER;
	msg_len = get_unaligned_be16(pkt + 4);
	if (msg_len > len - IPV6_HDR || msg_len < 8)
		return SXT_ND_SHORT;
	msg = pkt + IPV6_HDR;
	if (!fixed_len(msg[0]))
		return SXT_ND_TYPE;
	if (pkt[7] != 255)
		return SXT_ND_HOP_LIMIT;
	if (msg[1])
		return SXT_ND_CODE;
	if (!checksum_ok)
		return SXT_ND_CHECKSUM;
	return check_message(pkt + 8, pkt + 24, msg, msg_len);
}
