// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tunnel mode: fields of the outer header from the inner one, and DSCP and ECN
 * of the inner one at the far end. Reads and writes header bytes; never the
 * payload, and knows nothing of SAs.
 */
#include <sextant/tunnel.h>

#define ECN_MASK	3

/* RFC 6040 4.2, figure 4: row is the inner field, column the outer one. */
static const u8 ecn_out[4][4] = {
	[SXT_ECN_NOT_ECT] = {
		[SXT_ECN_NOT_ECT] = SXT_ECN_NOT_ECT,
		[SXT_ECN_ECT_0] = SXT_ECN_NOT_ECT,
		[SXT_ECN_ECT_1] = SXT_ECN_NOT_ECT,
		[SXT_ECN_CE] = SXT_ECN_NOT_ECT,	/* dropped */
	},
	[SXT_ECN_ECT_0] = {
		[SXT_ECN_NOT_ECT] = SXT_ECN_ECT_0,
		[SXT_ECN_ECT_0] = SXT_ECN_ECT_0,
		[SXT_ECN_ECT_1] = SXT_ECN_ECT_1,
		[SXT_ECN_CE] = SXT_ECN_CE,
	},
	[SXT_ECN_ECT_1] = {
		[SXT_ECN_NOT_ECT] = SXT_ECN_ECT_1,
		[SXT_ECN_ECT_0] = SXT_ECN_ECT_1,
		[SXT_ECN_ECT_1] = SXT_ECN_ECT_1,
		[SXT_ECN_CE] = SXT_ECN_CE,
	},
	[SXT_ECN_CE] = {
		[SXT_ECN_NOT_ECT] = SXT_ECN_CE,
		[SXT_ECN_ECT_0] = SXT_ECN_CE,
		[SXT_ECN_ECT_1] = SXT_ECN_CE,
		[SXT_ECN_CE] = SXT_ECN_CE,
	},
};

static enum sxt_ecn_alarm ecn_alarm(u8 inner, u8 outer)
{
	if (inner == SXT_ECN_NOT_ECT && outer != SXT_ECN_NOT_ECT)
		return SXT_ECN_DANGER;
	if (inner == SXT_ECN_CE && outer == SXT_ECN_ECT_1)
		return SXT_ECN_DANGER;
	if (inner == SXT_ECN_ECT_1 && outer == SXT_ECN_ECT_0)
		return SXT_ECN_SUSPECT;
	return SXT_ECN_USED;
}

/**
 * sxt_tunnel_opts_check() - are these options possible?
 * @o: options
 *
 * Return: 0 or -EINVAL.
 */
int sxt_tunnel_opts_check(const struct sxt_tunnel_opts *o)
{
	if (o->dscp_from > SXT_TUNNEL_SET || o->dscp > 63)
		return -EINVAL;
	if (o->df > SXT_TUNNEL_DF_SET)
		return -EINVAL;
	if (o->flow_from > SXT_TUNNEL_SET || o->flow > SXT_TUNNEL_FLOW_MAX)
		return -EINVAL;
	return 0;
}

static enum sxt_tunnel_verdict read_v4(const u8 *p, u32 len,
				       struct sxt_tunnel_inner *in)
{
	u32 header_len;
	u32 total_len;

	if (len < SXT_TUNNEL_V4_HDR)
		return SXT_TUNNEL_SHORT;
	header_len = (u32)(p[0] & 15) * 4;
	if (header_len < SXT_TUNNEL_V4_HDR)
		return SXT_TUNNEL_HDR_LEN;
	if (header_len > len)
		return SXT_TUNNEL_SHORT;
	total_len = get_unaligned_be16(p + 2);
	if (total_len < header_len || total_len > len)
		return SXT_TUNNEL_TOTAL;
	in->version = 4;
	in->tos = p[1];
	in->ttl = p[8];
	in->df = p[6] & 0x40;
	in->flow = 0;
	in->header_len = header_len;
	in->total_len = total_len;
	return SXT_TUNNEL_OK;
}

static enum sxt_tunnel_verdict read_v6(const u8 *p, u32 len,
				       struct sxt_tunnel_inner *in)
{
	u32 payload_len;
	u32 word;

	if (len < SXT_TUNNEL_V6_HDR)
		return SXT_TUNNEL_SHORT;
	payload_len = get_unaligned_be16(p + 4);
	if (payload_len > len - SXT_TUNNEL_V6_HDR)
		return SXT_TUNNEL_TOTAL;
	word = get_unaligned_be32(p);
	in->version = 6;
	in->tos = (u8)(word >> 20 & 0xff);
	in->ttl = p[7];
	in->df = true;
	in->flow = word & SXT_TUNNEL_FLOW_MAX;
	in->header_len = SXT_TUNNEL_V6_HDR;
	in->total_len = SXT_TUNNEL_V6_HDR + payload_len;
	return SXT_TUNNEL_OK;
}

/**
 * sxt_tunnel_read() - read the header of an inner packet
 * @p: its first byte
 * @len: bytes of it that may be read; at least the header must be among them,
 *	and the packet must not claim more
 * @next_header: what the ESP trailer said; on output, what it will say
 * @in: what the header says; written only when all is well
 *
 * Return: SXT_TUNNEL_OK, or what is wrong.
 */
enum sxt_tunnel_verdict sxt_tunnel_read(const u8 *p, u32 len, u8 next_header,
					struct sxt_tunnel_inner *in)
{
	u8 version;

	if (next_header != SXT_TUNNEL_NH_V4 && next_header != SXT_TUNNEL_NH_V6)
		return SXT_TUNNEL_PROTO;
	if (!len)
		return SXT_TUNNEL_SHORT;
	version = p[0] >> 4;
	if (version != (next_header == SXT_TUNNEL_NH_V4 ? 4 : 6))
		return SXT_TUNNEL_VERSION;
	return version == 4 ? read_v4(p, len, in) : read_v6(p, len, in);
}

/**
 * sxt_tunnel_encap() - fields of the outer header
 * @o: options of the SA
 * @in: inner header
 * @out: the fields; all are set, an IPv4 header has no use for the flow label
 *	nor an IPv6 header for DF
 */
void sxt_tunnel_encap(const struct sxt_tunnel_opts *o,
		      const struct sxt_tunnel_inner *in,
		      struct sxt_tunnel_outer *out)
{
	/* RFC 6040 4.1: copied, or Not-ECT in compatibility mode. */
	u8 ecn = o->ecn_compat ? SXT_ECN_NOT_ECT : in->tos & ECN_MASK;
	u8 dscp = o->dscp_from == SXT_TUNNEL_SET ? o->dscp : in->tos >> 2;

	out->tos = (u8)(dscp << 2 | ecn);
	out->ttl = o->ttl;
	if (o->df == SXT_TUNNEL_DF_COPY)
		out->df = in->version == 6 || in->df;
	else
		out->df = o->df == SXT_TUNNEL_DF_SET;
	out->flow = o->flow_from == SXT_TUNNEL_SET ? o->flow : in->flow;
}

/**
 * sxt_tunnel_decap_tos() - DSCP and ECN of the inner header at the far end
 * @o: options of the SA
 * @inner_tos: type of service or traffic class as it is in the inner header
 * @outer_tos: the same of the outer header
 * @res: what it becomes, and whether the pair is worth an alarm
 *
 * Return: SXT_TUNNEL_OK, or SXT_TUNNEL_ECN for a packet to drop.
 */
enum sxt_tunnel_verdict
sxt_tunnel_decap_tos(const struct sxt_tunnel_opts *o, u8 inner_tos,
		     u8 outer_tos, struct sxt_tunnel_tos *res)
{
	u8 dscp = (o->dscp_back ? outer_tos : inner_tos) & (u8)~ECN_MASK;
	u8 inner = inner_tos & ECN_MASK;
	u8 outer = outer_tos & ECN_MASK;

	res->alarm = ecn_alarm(inner, outer);
	if (inner == SXT_ECN_NOT_ECT && outer == SXT_ECN_CE) {
		res->tos = inner_tos;
		return SXT_TUNNEL_ECN;
	}
	res->tos = dscp | ecn_out[inner][outer];
	return SXT_TUNNEL_OK;
}

/* RFC 1624 (eqn. 3): HC' = ~(~HC + ~m + m'), in one's complement. */
static void put_tos_v4(u8 *p, u8 tos)
{
	u16 old = get_unaligned_be16(p);
	u16 new = (u16)((old & 0xff00) | tos);
	u32 sum;

	sum = (u16)~get_unaligned_be16(p + 10);
	sum += (u16)~old;
	sum += new;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put_unaligned_be16((u16)~sum, p + 10);
	p[1] = tos;
}

/**
 * sxt_tunnel_put_tos() - write DSCP and ECN into an inner header
 * @p: a header that sxt_tunnel_read() found good
 * @tos: type of service or traffic class
 *
 * The checksum of an IPv4 header changes with it: right stays right, and wrong
 * stays wrong.
 */
void sxt_tunnel_put_tos(u8 *p, u8 tos)
{
	if (p[0] >> 4 == 4) {
		put_tos_v4(p, tos);
		return;
	}
	p[0] = (u8)((p[0] & 0xf0) | tos >> 4);
	p[1] = (u8)((p[1] & 0x0f) | tos << 4);
}
