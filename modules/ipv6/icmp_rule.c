// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of RFC 4443 for errors, pure: see icmp_rule.h.
 */
#include "icmp_rule.h"

static bool is_multicast(const u8 *addr)
{
	return addr[0] == 0xff;
}

static bool is_unspecified(const u8 *addr)
{
	u8 any = 0;
	u32 i;

	for (i = 0; i < 16; i++)
		any |= addr[i];
	return !any;
}

/* The two errors that a packet to many may have (RFC 4443 2.4 e.3). */
static bool may_be_about_multicast(u8 type, u8 code)
{
	return type == SXT_ICMP_TOO_BIG ||
	       (type == SXT_ICMP_PARAM && code == SXT_ICMP_PARAM_OPTION);
}

enum sxt_icmp_may sxt_icmp_may_answer(const struct sxt_icmp_about *about,
				      u8 type, u8 code)
{
	if (about->chain_known && about->upper == SXT_ICMP_NEXTHDR) {
		/* What can't be read may be an error. */
		if (about->later_fragment || !about->inner_known ||
		    about->inner_type < SXT_ICMP_INFO)
			return SXT_ICMP_NOT_ERROR;
		if (about->inner_type == SXT_ICMP_REDIRECT)
			return SXT_ICMP_NOT_REDIRECT;
	}
	if ((is_multicast(about->dst) || about->link_multicast) &&
	    !may_be_about_multicast(type, code))
		return SXT_ICMP_NOT_MULTICAST;
	if (is_multicast(about->src) || is_unspecified(about->src) ||
	    about->src_anycast)
		return SXT_ICMP_NOT_SOURCE;
	return SXT_ICMP_MAY;
}

u32 sxt_icmp_quote_len(u32 packet_len)
{
	const u32 room = SXT_ICMP_MTU_MIN - SXT_ICMP_V6_HDR - SXT_ICMP_HDR;

	return packet_len < room ? packet_len : room;
}

static bool unreach_errno(u8 code, int *err)
{
	switch (code) {
	case 0: /* no route */
		*err = ENETUNREACH;
		return false;
	case 1: /* administratively prohibited */
	case 5: /* source address failed a policy */
	case 6: /* route says reject */
		*err = EACCES;
		return true;
	case 2: /* beyond the scope of the source */
	case 3: /* address unreachable */
		*err = EHOSTUNREACH;
		return false;
	case 4: /* port unreachable */
		*err = ECONNREFUSED;
		return true;
	}
	*err = EPROTO;
	return false;
}

bool sxt_icmp_errno(u8 type, u8 code, int *err)
{
	switch (type) {
	case SXT_ICMP_UNREACH:
		return unreach_errno(code, err);
	case SXT_ICMP_TOO_BIG:
		*err = EMSGSIZE;
		return false;
	case SXT_ICMP_TIME:
		*err = EHOSTUNREACH;
		return false;
	case SXT_ICMP_PARAM:
		*err = EPROTO;
		return true;
	}
	*err = EPROTO;
	return false;
}
