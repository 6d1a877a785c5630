// SPDX-License-Identifier: GPL-2.0-only
/*
 * Neighbour discovery messages, read from their bytes alone. See nd_msg.h.
 */
/* Built in, the policy engine's is in the same kernel. */
#define sxt_nd_check sxt_nd_msg_check
#include "nd_msg.h"

/* The checks that the IPsec side makes too; both modules are complete. */
#include "../policy/nd.c"

#define NA_ROUTER	0x80
#define NA_OVERRIDE	0x20
#define RA_MANAGED	0x80
#define RA_OTHER	0x40
#define PREFIX_ON_LINK	0x80
#define PREFIX_AUTOCONF	0x40
#define PREFIX_DELEGATE	0x10
#define PREF_RESERVED	2	/* RFC 4191 2.1 */

/**
 * sxt_nd_link_option_len() - size of a link-layer address option
 * @link_len: bytes of an address
 * @link_pad: bytes in front of it (RFC 4391 9.3: 2 on InfiniBand)
 *
 * Context: any.
 * Return: bytes, a multiple of 8 (RFC 4861 4.6.1).
 */
u32 sxt_nd_link_option_len(u8 link_len, u8 link_pad)
{
	return (2u + link_pad + link_len + 7u) & ~7u;
}

/*
 * The first one counts. One that is of another link's size tells that the
 * sender is confused about where it is: nothing of the message is believed.
 */
static enum sxt_nd_verdict read_link(const struct sxt_nd_packet *p,
				     const u8 *opt, const u8 **where)
{
	if (!p->link_len || *where)
		return SXT_ND_OK;
	if (sxt_nd_option_len(opt) !=
	    sxt_nd_link_option_len(p->link_len, p->link_pad))
		return SXT_ND_OPTION;
	*where = opt + 2 + p->link_pad;
	return SXT_ND_OK;
}

/* Options that occur once. Of a size that they can't have, they are ignored. */
static enum sxt_nd_verdict read_option(const struct sxt_nd_packet *p,
				       const u8 *opt, struct sxt_nd_msg *m)
{
	u32 len = sxt_nd_option_len(opt);

	switch (opt[0]) {
	case SXT_ND_OPT_SLLA:
		if (m->type == NA || m->type == REDIRECT)
			return SXT_ND_OK;
		return read_link(p, opt, &m->slla);
	case SXT_ND_OPT_TLLA:
		if (m->type != NA && m->type != REDIRECT)
			return SXT_ND_OK;
		return read_link(p, opt, &m->tlla);
	case SXT_ND_OPT_MTU:
		if (m->type == RA && len == 8 && !m->mtu)
			m->mtu = get_unaligned_be32(opt + 4);
		return SXT_ND_OK;
	case SXT_ND_OPT_NONCE:
		if (!m->nonce) {
			m->nonce = opt + 2;
			m->nonce_len = len - 2;
		}
		return SXT_ND_OK;
	default:
		return SXT_ND_OK;
	}
}

/* RFC 4861 4.2, RFC 4191 2.2 */
static void read_advertisement(const u8 *msg, struct sxt_nd_msg *m)
{
	m->hop_limit = msg[4];
	m->managed = msg[5] & RA_MANAGED;
	m->other = msg[5] & RA_OTHER;
	m->lifetime = get_unaligned_be16(msg + 6);
	m->reachable = get_unaligned_be32(msg + 8);
	m->retrans = get_unaligned_be32(msg + 12);
	m->pref = msg[5] >> 3 & 3;
	if (!m->lifetime || m->pref == PREF_RESERVED)
		m->pref = 0;
}

static void read_fixed(const u8 *msg, struct sxt_nd_msg *m)
{
	switch (m->type) {
	case RA:
		read_advertisement(msg, m);
		break;
	case NA:
		m->router = msg[4] & NA_ROUTER;
		m->solicited = msg[4] & NA_SOLICITED;
		m->override = msg[4] & NA_OVERRIDE;
		m->target = msg + 8;
		break;
	case REDIRECT:
		m->dest = msg + 24;
		m->target = msg + 8;
		break;
	case NS:
		m->target = msg + 8;
		break;
	default:
		break;
	}
}

/**
 * sxt_nd_msg_read() - check a message and say what is in it
 * @p: the message; its checksum is good
 * @m: filled in if the message is valid
 *
 * Context: any.
 * Return: SXT_ND_OK, or the first reason why not: those of sxt_nd_check(), and
 * SXT_ND_HEADER for a fragment (RFC 6980 5).
 */
enum sxt_nd_verdict sxt_nd_msg_read(const struct sxt_nd_packet *p,
				    struct sxt_nd_msg *m)
{
	enum sxt_nd_verdict verdict;
	const u8 *opt = NULL;

	if (p->fragment)
		return SXT_ND_HEADER;
	if (p->len < 8)
		return SXT_ND_SHORT;
	if (!fixed_len(p->msg[0]))
		return SXT_ND_TYPE;
	if (p->hop_limit != 255)
		return SXT_ND_HOP_LIMIT;
	if (p->msg[1])
		return SXT_ND_CODE;
	verdict = check_message(p->src, p->dst, p->msg, p->len);
	if (verdict != SXT_ND_OK)
		return verdict;

	memset(m, 0, sizeof(*m));
	m->type = p->msg[0];
	m->opts = p->msg + fixed_len(m->type);
	m->opts_len = p->len - fixed_len(m->type);
	read_fixed(p->msg, m);
	while ((opt = sxt_nd_option_next(m, opt))) {
		verdict = read_option(p, opt, m);
		if (verdict != SXT_ND_OK)
			return verdict;
	}
	return SXT_ND_OK;
}

/**
 * sxt_nd_option_next() - go through the options of a message
 * @m: a valid message
 * @prev: the option before, or NULL to begin
 *
 * Context: any.
 * Return: the next option, all of which can be read, or NULL.
 */
const u8 *sxt_nd_option_next(const struct sxt_nd_msg *m, const u8 *prev)
{
	const u8 *opt = prev ? prev + sxt_nd_option_len(prev) : m->opts;

	return opt < m->opts + m->opts_len ? opt : NULL;
}

/* The first @plen bits of a prefix of which @have bytes came. */
static void copy_prefix(u8 *to, const u8 *from, u32 have, u8 plen)
{
	u32 bytes = plen / 8u, bits = plen % 8u;

	memset(to, 0, 16);
	memcpy(to, from, bytes);
	if (bits && bytes < have)
		to[bytes] = from[bytes] & (u8)(0xff00u >> bits);
}

/**
 * sxt_nd_prefix_read() - read a prefix information option
 * @opt: the option
 * @len: bytes that can be read
 * @p: filled in
 *
 * Context: any.
 * Return: false: its size or prefix length can't be (RFC 4861 4.6.2).
 */
bool sxt_nd_prefix_read(const u8 *opt, u32 len, struct sxt_nd_prefix *p)
{
	if (len != 32 || opt[2] > 128)
		return false;
	p->plen = opt[2];
	p->flags = opt[3];
	p->on_link = p->flags & PREFIX_ON_LINK;
	p->autoconf = p->flags & PREFIX_AUTOCONF;
	p->delegate = p->flags & PREFIX_DELEGATE;
	p->valid = get_unaligned_be32(opt + 4);
	p->preferred = get_unaligned_be32(opt + 8);
	copy_prefix(p->prefix, opt + 16, 16, p->plen);
	return true;
}

/**
 * sxt_nd_route_read() - read a route information option
 * @opt: the option
 * @len: bytes that can be read
 * @r: filled in
 *
 * Context: any.
 * Return: false: ignore it: size and prefix length don't fit, or the preference
 * is reserved (RFC 4191 2.3).
 */
bool sxt_nd_route_read(const u8 *opt, u32 len, struct sxt_nd_route *r)
{
	u32 have;

	if (len != 8 && len != 16 && len != 24)
		return false;
	have = len - 8;
	r->plen = opt[2];
	r->pref = opt[3] >> 3 & 3;
	if (r->plen > 128 || (r->plen > 64 && have < 16) ||
	    (r->plen && !have) || r->pref == PREF_RESERVED)
		return false;
	r->lifetime = get_unaligned_be32(opt + 4);
	copy_prefix(r->prefix, opt + 8, have, r->plen);
	return true;
}

/**
 * sxt_nd_option_for_user() - is an option of an RA handled in user space?
 * @opt: an option of a valid message
 *
 * Context: any.
 * Return: true for the types that rtnetlink's listeners know, if their size is
 * one that they can have.
 */
bool sxt_nd_option_for_user(const u8 *opt)
{
	u8 units = opt[1];

	switch (opt[0]) {
	case SXT_ND_OPT_PREFIX:
		return units == 4;
	case SXT_ND_OPT_RDNSS:
		return units >= 3 && units % 2;
	case SXT_ND_OPT_DNSSL:
	case SXT_ND_OPT_PREF64:
		return units >= 2;
	case SXT_ND_OPT_6CO:
		return units == 2 || units == 3;
	case SXT_ND_OPT_PORTAL:
		return true;
	default:
		return false;
	}
}
