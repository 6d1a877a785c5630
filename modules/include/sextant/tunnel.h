/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tunnel mode: which fields of the outer IP header come from the inner one and
 * back, for IPv4 and IPv6 in either (RFC 4301 5.1.2, ECN after RFC 6040).
 * Addresses, lengths, identification, extension headers and the decrement of
 * TTL or hop limit, which is the forwarder's work, are not its business.
 */
#ifndef SEXTANT_TUNNEL_H
#define SEXTANT_TUNNEL_H

#include <sextant/pure.h>

#define SXT_TUNNEL_V4_HDR	20	/* IPv4 header without options */
#define SXT_TUNNEL_V6_HDR	40
#define SXT_TUNNEL_NH_V4	4	/* next header: an IPv4 packet */
#define SXT_TUNNEL_NH_V6	41	/* next header: an IPv6 packet */
#define SXT_TUNNEL_FLOW_MAX	0xfffffu

/* The ECN field: the low two bits of the traffic class (RFC 3168 5). */
enum sxt_ecn {
	SXT_ECN_NOT_ECT,
	SXT_ECN_ECT_1,
	SXT_ECN_ECT_0,
	SXT_ECN_CE,
};

/**
 * enum sxt_tunnel_from - where a field of the outer header comes from
 * @SXT_TUNNEL_COPY: the inner header
 * @SXT_TUNNEL_SET: the value in the options
 */
enum sxt_tunnel_from {
	SXT_TUNNEL_COPY,
	SXT_TUNNEL_SET,
};

/**
 * enum sxt_tunnel_df - the outer header's DF bit, RFC 4301 5.1.2.1 (4)
 * @SXT_TUNNEL_DF_COPY: as in the inner header; set for an inner IPv6 packet,
 *	which no router may fragment
 * @SXT_TUNNEL_DF_CLEAR: never set
 * @SXT_TUNNEL_DF_SET: always set
 */
enum sxt_tunnel_df {
	SXT_TUNNEL_DF_COPY,
	SXT_TUNNEL_DF_CLEAR,
	SXT_TUNNEL_DF_SET,
};

/**
 * struct sxt_tunnel_opts - how an SA builds outer headers
 * @dscp_from: DSCP: copied, or @dscp
 * @dscp: 0 to 63
 * @df: DF bit of an outer IPv4 header
 * @flow_from: flow label of an outer IPv6 header: @flow, or copied, which is
 *	for end systems only (RFC 4301 5.1.2.2 (8))
 * @ttl: TTL or hop limit; 0: the route's
 * @ecn_compat: RFC 6040 4.1 compatibility mode, for a peer that ignores ECN
 * @dscp_back: at the far end the outer DSCP overwrites the inner one, which
 *	lets strangers choose it (RFC 4301 5.1.2.2 (9))
 * @flow: 20 bits
 */
struct sxt_tunnel_opts {
	u8 dscp_from;
	u8 dscp;
	u8 df;
	u8 flow_from;
	u8 ttl;
	bool ecn_compat;
	bool dscp_back;
	u32 flow;
};

/**
 * struct sxt_tunnel_inner - what an inner packet's header says
 * @version: 4 or 6
 * @tos: type of service or traffic class: DSCP and ECN
 * @ttl: TTL or hop limit
 * @df: DF bit; true for IPv6
 * @flow: flow label; 0 for IPv4
 * @header_len: bytes of header: IPv4 with options, IPv6 without extensions
 * @total_len: bytes of the packet; what lies beyond is padding (RFC 4303 2.7)
 */
struct sxt_tunnel_inner {
	u8 version;
	u8 tos;
	u8 ttl;
	bool df;
	u32 flow;
	u32 header_len;
	u32 total_len;
};

/**
 * struct sxt_tunnel_outer - fields of the outer header to build
 * @tos: type of service or traffic class
 * @ttl: TTL or hop limit; 0: the route's
 * @df: DF bit, for IPv4
 * @flow: flow label, for IPv6
 */
struct sxt_tunnel_outer {
	u8 tos;
	u8 ttl;
	bool df;
	u32 flow;
};

/**
 * enum sxt_tunnel_verdict - what is wrong with an inner packet
 * @SXT_TUNNEL_OK: nothing
 * @SXT_TUNNEL_PROTO: the ESP trailer announced something else than IP
 * @SXT_TUNNEL_SHORT: there are fewer bytes than the header has
 * @SXT_TUNNEL_VERSION: its version is not the one that was announced
 * @SXT_TUNNEL_HDR_LEN: IPv4: the header length is below 20
 * @SXT_TUNNEL_TOTAL: the length it claims is below its header's or beyond
 *	what there is
 * @SXT_TUNNEL_ECN: congestion marked on a packet that can't carry the mark
 *	(RFC 6040 4.2: MUST drop)
 */
enum sxt_tunnel_verdict {
	SXT_TUNNEL_OK,
	SXT_TUNNEL_PROTO,
	SXT_TUNNEL_SHORT,
	SXT_TUNNEL_VERSION,
	SXT_TUNNEL_HDR_LEN,
	SXT_TUNNEL_TOTAL,
	SXT_TUNNEL_ECN,
};

/**
 * enum sxt_ecn_alarm - is this pair of ECN fields one that is in use?
 * @SXT_ECN_USED: yes
 * @SXT_ECN_SUSPECT: no, and possibly dangerous: "(!)" in RFC 6040 figure 4
 * @SXT_ECN_DANGER: no, and always potentially dangerous: "(!!!)"
 */
enum sxt_ecn_alarm {
	SXT_ECN_USED,
	SXT_ECN_SUSPECT,
	SXT_ECN_DANGER,
};

/**
 * struct sxt_tunnel_tos - the inner header's DSCP and ECN after decapsulation
 * @tos: what to write; the field as it was when the packet is dropped
 * @alarm: worth a line in the log, whatever the verdict (RFC 6040 4.2)
 */
struct sxt_tunnel_tos {
	u8 tos;
	enum sxt_ecn_alarm alarm;
};

int __must_check sxt_tunnel_opts_check(const struct sxt_tunnel_opts *o);
enum sxt_tunnel_verdict __must_check
sxt_tunnel_read(const u8 *p, u32 len, u8 next_header,
		struct sxt_tunnel_inner *in);
void sxt_tunnel_encap(const struct sxt_tunnel_opts *o,
		      const struct sxt_tunnel_inner *in,
		      struct sxt_tunnel_outer *out);
enum sxt_tunnel_verdict __must_check
sxt_tunnel_decap_tos(const struct sxt_tunnel_opts *o, u8 inner_tos,
		     u8 outer_tos, struct sxt_tunnel_tos *res);
void sxt_tunnel_put_tos(u8 *p, u8 tos);

/**
 * sxt_tunnel_v6_word() - the first four bytes of an outer IPv6 header
 * @out: fields by sxt_tunnel_encap()
 *
 * Return: version, traffic class and flow label, in host order.
 */
static inline u32 sxt_tunnel_v6_word(const struct sxt_tunnel_outer *out)
{
	return (u32)6 << 28 | (u32)out->tos << 20 | out->flow;
}

#endif /* SEXTANT_TUNNEL_H */
