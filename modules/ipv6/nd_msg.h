/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a neighbour discovery message says: the checks that RFC 4861 6.1.1,
 * 6.1.2, 7.1.1, 7.1.2, 8.1 and RFC 6980 demand, then the fields and options of
 * RFC 4861 4, RFC 4191 2, RFC 7527 and RFC 8106. What a field means to this
 * node, and whether the sender may say it, the callers know.
 *
 * The checks are those of <sextant/nd.h>: what may pass in clear and what the
 * stack believes is the same. They are built in here once more, so that the
 * stack knows nothing of IPsec.
 */
#ifndef SXT_ND_MSG_H
#define SXT_ND_MSG_H

#include <sextant/nd.h>

/* Options, RFC 4861 4.6 and the registry of IANA. */
#define SXT_ND_OPT_SLLA		1
#define SXT_ND_OPT_TLLA		2
#define SXT_ND_OPT_PREFIX	3
#define SXT_ND_OPT_REDIRECTED	4
#define SXT_ND_OPT_MTU		5
#define SXT_ND_OPT_NONCE	14	/* RFC 3971 5.3.2, RFC 7527 */
#define SXT_ND_OPT_ROUTE	24	/* RFC 4191 2.3 */
#define SXT_ND_OPT_RDNSS	25	/* RFC 8106 5.1 */
#define SXT_ND_OPT_DNSSL	31	/* RFC 8106 5.2 */
#define SXT_ND_OPT_6CO		34	/* RFC 6775 4.2 */
#define SXT_ND_OPT_PORTAL	37	/* RFC 8910 2.3 */
#define SXT_ND_OPT_PREF64	38	/* RFC 8781 4 */

#define SXT_ND_NONCE_LEN	6u	/* the nonce that this node sends */

/**
 * struct sxt_nd_packet - a message as it came
 * @src: source address, at any alignment, as all pointers here
 * @dst: destination address
 * @msg: the ICMPv6 header
 * @len: length of the message from there
 * @hop_limit: of the IPv6 header
 * @fragment: it came in a fragment header (RFC 6980)
 * @link_len: bytes of a link-layer address on this link, 0: it has none
 * @link_pad: bytes between the head of an option and such an address
 */
struct sxt_nd_packet {
	const u8 *src;
	const u8 *dst;
	const u8 *msg;
	u32 len;
	u8 hop_limit;
	bool fragment;
	u8 link_len;
	u8 link_pad;
};

/**
 * struct sxt_nd_msg - a valid message
 * @type: 133 to 137
 * @router: NA: the sender is a router
 * @solicited: NA: it answers
 * @override: NA: it is to replace what is known
 * @managed: RA: addresses are to be had by DHCPv6
 * @other: RA: other things are
 * @pref: RA: preference as a default router, 0, 1 or 3; what is reserved, and
 *	that of a router that is no default router, is 0 (RFC 4191 2.2)
 * @hop_limit: RA: for packets sent, 0: not said
 * @lifetime: RA: seconds as a default router
 * @reachable: RA: milliseconds, 0: not said
 * @retrans: RA: milliseconds, 0: not said
 * @mtu: of the first valid MTU option, 0: none
 * @target: NS, NA, redirect: 16 bytes
 * @dest: redirect: 16 bytes
 * @slla: source link-layer address, link_len bytes, or NULL
 * @tlla: target link-layer address, or NULL
 * @nonce: or NULL
 * @nonce_len: bytes of @nonce
 * @opts: the options
 * @opts_len: bytes of @opts
 *
 * Pointers are into the message.
 */
struct sxt_nd_msg {
	u8 type;
	bool router;
	bool solicited;
	bool override;
	bool managed;
	bool other;
	u8 pref;
	u8 hop_limit;
	u16 lifetime;
	u32 reachable;
	u32 retrans;
	u32 mtu;
	const u8 *target;
	const u8 *dest;
	const u8 *slla;
	const u8 *tlla;
	const u8 *nonce;
	u32 nonce_len;
	const u8 *opts;
	u32 opts_len;
};

/**
 * struct sxt_nd_prefix - a prefix information option (RFC 4861 4.6.2)
 * @prefix: bits behind @plen are 0
 * @plen: 0 to 128
 * @on_link: addresses of the prefix are neighbours
 * @autoconf: addresses may be made of it (RFC 4862)
 * @delegate: DHCPv6 gives a prefix to each client (RFC 9762)
 * @flags: all flags as they came
 * @valid: seconds, 0xffffffff: without end
 * @preferred: seconds, the same
 */
struct sxt_nd_prefix {
	u8 prefix[16];
	u8 plen;
	bool on_link;
	bool autoconf;
	bool delegate;
	u8 flags;
	u32 valid;
	u32 preferred;
};

/**
 * struct sxt_nd_route - a route information option (RFC 4191 2.3)
 * @prefix: bits behind @plen are 0
 * @plen: 0 to 128
 * @pref: 0, 1 or 3
 * @lifetime: seconds, 0xffffffff: without end
 */
struct sxt_nd_route {
	u8 prefix[16];
	u8 plen;
	u8 pref;
	u32 lifetime;
};

enum sxt_nd_verdict sxt_nd_msg_read(const struct sxt_nd_packet *p,
				    struct sxt_nd_msg *m);
const u8 *sxt_nd_option_next(const struct sxt_nd_msg *m, const u8 *prev);
bool __must_check sxt_nd_prefix_read(const u8 *opt, u32 len,
				     struct sxt_nd_prefix *p);
bool __must_check sxt_nd_route_read(const u8 *opt, u32 len,
				    struct sxt_nd_route *r);
bool sxt_nd_option_for_user(const u8 *opt);
u32 sxt_nd_link_option_len(u8 link_len, u8 link_pad);

/**
 * sxt_nd_option_len() - bytes of an option, its head included
 * @opt: an option of a valid message
 *
 * Context: any.
 * Return: the length, a multiple of 8, not 0.
 */
static inline u32 sxt_nd_option_len(const u8 *opt)
{
	return opt[1] * 8u;
}

#endif /* SXT_ND_MSG_H */
