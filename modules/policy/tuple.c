// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the headers of a packet into a tuple: IPv4 with options and fragments,
 * the chain of IPv6 extension headers, the first bytes of the upper layer. The
 * usual packets are read in tuple.h and don't come here.
 */
#include <sextant/tuple.h>

#define IPV4_MF		0x2000
#define IPV4_OFFSET	0x1fff
#define IPV6_MF		0x0001
#define IPV6_OFFSET	0xfff8

static enum sxt_tuple_verdict pull(struct sxt_hdr_info *info, u32 need)
{
	info->need = (u16)need;
	return SXT_TUPLE_PULL;
}

/* Which flag the upper layer's selectors go by, 0 if it has none. */
static u8 upper_kind(u8 family, u8 proto)
{
	switch (proto) {
	case SXT_PROTO_TCP:
	case SXT_PROTO_UDP:
	case SXT_PROTO_DCCP:
	case SXT_PROTO_SCTP:
	case SXT_PROTO_UDPLITE:
		return SXT_TUPLE_PORTS;
	case SXT_PROTO_ICMP:
		return family == SXT_IPV4 ? SXT_TUPLE_ICMP : 0;
	case SXT_PROTO_ICMPV6:
		return family == SXT_IPV6 ? SXT_TUPLE_ICMP : 0;
	default:
		return 0;
	}
}

/* @off <= @end, where the packet ends; @len bytes are linear. */
static enum sxt_tuple_verdict read_upper(const u8 *pkt, u32 len, u32 off,
					 u32 end, struct sxt_tuple *t,
					 struct sxt_hdr_info *info)
{
	u8 kind = upper_kind(t->family, t->proto);
	u32 size = kind == SXT_TUPLE_PORTS ? 4 : 2;

	if (!kind)
		return SXT_TUPLE_OK;
	if (end - off < size) {
		t->flags |= SXT_TUPLE_STUB;
		return SXT_TUPLE_OK;
	}
	if (len < off + size)
		return pull(info, off + size);
	t->flags |= kind;
	t->sport = get_unaligned_be16(pkt + off);
	if (kind == SXT_TUPLE_PORTS)
		t->dport = get_unaligned_be16(pkt + off + 2);
	return SXT_TUPLE_OK;
}

static void clear(struct sxt_tuple *t, struct sxt_hdr_info *info)
{
	memset(t, 0, sizeof(*t));
	memset(info, 0, sizeof(*info));
}

/**
 * sxt_tuple_ipv4_any() - read an IPv4 packet of any kind
 * @pkt: its first byte, at any alignment
 * @len: how many bytes can be read there
 * @total: length of the whole packet
 * @t: the tuple; complete only on SXT_TUPLE_OK
 * @info: where things are
 *
 * A packet of more than 65535 bytes, which only segmentation offload makes, may
 * have a total length of 0.
 *
 * Context: any.
 * Return: SXT_TUPLE_OK, _PULL, or why the packet can't be read.
 */
enum sxt_tuple_verdict sxt_tuple_ipv4_any(const u8 *pkt, u32 len, u32 total,
					  struct sxt_tuple *t,
					  struct sxt_hdr_info *info)
{
	u32 end, off;
	u16 frag;

	clear(t, info);
	if (total < SXT_IPV4_HDR)
		return SXT_TUPLE_SHORT;
	if (len < SXT_IPV4_HDR)
		return pull(info, SXT_IPV4_HDR);
	off = (pkt[0] & 0x0fu) * 4;
	end = get_unaligned_be16(pkt + 2);
	if (!end && total > 0xffff)
		end = total;
	if (pkt[0] >> 4 != 4 || off < SXT_IPV4_HDR || end < off)
		return SXT_TUPLE_HEADER;
	if (end > total)
		return SXT_TUPLE_SHORT;

	sxt_tuple_put_ipv4(&t->src, pkt + 12);
	sxt_tuple_put_ipv4(&t->dst, pkt + 16);
	t->family = SXT_IPV4;
	t->proto = pkt[9];
	t->flags = SXT_TUPLE_PROTO;
	info->upper = (u16)off;
	info->insert = (u16)off;
	info->next = 9;

	frag = get_unaligned_be16(pkt + 6);
	if (frag & IPV4_OFFSET) {
		t->flags |= SXT_TUPLE_FRAGMENT;
		return SXT_TUPLE_OK;
	}
	if (frag & IPV4_MF)
		t->flags |= SXT_TUPLE_FIRST;
	return read_upper(pkt, len, off, end, t, info);
}

/* RFC 4301 4.4.1.1: what is skipped when looking for the next layer. */
static bool skipped(u8 proto)
{
	return proto == SXT_PROTO_HOPOPT || proto == SXT_PROTO_ROUTING ||
	       proto == SXT_PROTO_FRAGMENT || proto == SXT_PROTO_DSTOPTS;
}

/*
 * One extension header at info->upper, of kind t->proto: moves both on. With
 * SXT_TUPLE_OK it lies between the IPv6 header and @end.
 */
static enum sxt_tuple_verdict read_header(const u8 *pkt, u32 len, u32 end,
					  struct sxt_tuple *t,
					  struct sxt_hdr_info *info)
{
	u8 kind = t->proto;
	u32 off = info->upper;
	u32 size = 8;

	/* RFC 8200 4.1: hop-by-hop options come first or not at all. */
	if (kind == SXT_PROTO_HOPOPT && off != SXT_IPV6_HDR)
		return SXT_TUPLE_CHAIN;
	if (end - off < 8)
		return SXT_TUPLE_CHAIN;
	if (len < off + 8)
		return pull(info, off + 8);
	if (kind != SXT_PROTO_FRAGMENT)
		size += pkt[off + 1] * 8u;
	if (size > end - off)
		return SXT_TUPLE_CHAIN;
	if (off + size > SXT_IPV6_HDR + SXT_CHAIN_BYTES)
		return SXT_TUPLE_LIMIT;

	if (kind == SXT_PROTO_FRAGMENT) {
		u16 frag = get_unaligned_be16(pkt + off + 2);

		if (frag & IPV6_OFFSET)
			t->flags |= SXT_TUPLE_FRAGMENT;
		else if (frag & IPV6_MF)
			t->flags |= SXT_TUPLE_FIRST;
	}
	info->upper = (u16)(off + size);
	t->proto = pkt[off];
	if (kind != SXT_PROTO_DSTOPTS) {
		info->insert = info->upper;
		info->next = (u16)off;
	}
	return SXT_TUPLE_OK;
}

/**
 * sxt_tuple_ipv6_any() - read an IPv6 packet of any kind
 * @pkt: its first byte, at any alignment
 * @len: how many bytes can be read there
 * @total: length of the whole packet
 * @t: the tuple; complete only on SXT_TUPLE_OK
 * @info: where things are
 *
 * Mobility, HIP and shim6 headers count as next layers: they are not in RFC
 * 4301's list of what is skipped. A packet of more than 65575 bytes may have a
 * payload length of 0 (a jumbogram; only segmentation offload makes them).
 *
 * Context: any.
 * Return: SXT_TUPLE_OK, _PULL, or why the packet can't be read.
 */
enum sxt_tuple_verdict sxt_tuple_ipv6_any(const u8 *pkt, u32 len, u32 total,
					  struct sxt_tuple *t,
					  struct sxt_hdr_info *info)
{
	enum sxt_tuple_verdict verdict;
	unsigned int headers;
	u32 end;

	clear(t, info);
	if (total < SXT_IPV6_HDR)
		return SXT_TUPLE_SHORT;
	if (len < SXT_IPV6_HDR)
		return pull(info, SXT_IPV6_HDR);
	if (pkt[0] >> 4 != 6)
		return SXT_TUPLE_HEADER;
	end = SXT_IPV6_HDR + get_unaligned_be16(pkt + 4);
	if (end == SXT_IPV6_HDR && total > SXT_IPV6_HDR + 0xffff)
		end = total;
	if (end > total)
		return SXT_TUPLE_SHORT;

	memcpy(t->src.b, pkt + 8, 16);
	memcpy(t->dst.b, pkt + 24, 16);
	t->family = SXT_IPV6;
	t->proto = pkt[6];
	info->upper = SXT_IPV6_HDR;
	info->insert = SXT_IPV6_HDR;
	info->next = 6;

	for (headers = 0; skipped(t->proto); headers++) {
		if (t->flags & SXT_TUPLE_FRAGMENT) {
			/* What follows is in the middle of something. */
			t->proto = 0;
			return SXT_TUPLE_OK;
		}
		if (headers == SXT_CHAIN_HEADERS)
			return SXT_TUPLE_LIMIT;
		verdict = read_header(pkt, len, end, t, info);
		if (verdict != SXT_TUPLE_OK)
			return verdict;
	}
	t->flags |= SXT_TUPLE_PROTO;
	if (t->flags & SXT_TUPLE_FRAGMENT) {
		t->flags |= SXT_TUPLE_CLAIMED;
		return SXT_TUPLE_OK;
	}
	return read_upper(pkt, len, info->upper, end, t, info);
}
