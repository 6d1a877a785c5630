// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the ESP packet that an ICMP error quotes: addresses and SPI. A quote
 * that doesn't show them for certain is refused: one that ends before the ESP
 * header does, and a fragment that is not the first, which has none.
 */
#include <sextant/esp_quote.h>

#define PROTO_HOPOPT	0
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_ESP	50
#define PROTO_AH	51
#define PROTO_DSTOPTS	60

#define IPV4_HDR	20	/* without options */
#define IPV6_HDR	40
#define OFF_MAX		65535	/* of an upper layer's header in any packet */

/*@
 * requires \valid_read(p + (0 .. len - 1)) && \valid(q);
 * requires \separated(p + (0 .. len - 1), q);
 * assigns *q;
 * ensures read: \result == true ==>
 *	(p[0] % 16) * 4 + SXT_ESP_HDR_LEN <= len &&
 *	q->src == p + 12 && q->dst == p + 16;
 * ensures spi: \result == true ==> \let off = (p[0] % 16) * 4;
 *	q->spi == p[off] * 0x1000000 + p[off + 1] * 0x10000 +
 *		  p[off + 2] * 0x100 + p[off + 3];
 * ensures refused: \result == false ==> *q == \old(*q);
 * ensures why: \result == true <==>
 *	len >= IPV4_HDR && p[0] / 16 == 4 && p[0] % 16 >= 5 &&
 *	p[6] % 32 == 0 && p[7] == 0 && p[9] == PROTO_ESP &&
 *	(p[0] % 16) * 4 + SXT_ESP_HDR_LEN <= len;
 */

/**
 * sxt_esp_quote_ipv4() - read a quoted IPv4 packet
 * @p: its first byte, at any alignment
 * @len: how many bytes there are
 * @q: what it shows; written only if it is well
 *
 * Return: whether it shows an ESP header, of 8 bytes.
 */
bool sxt_esp_quote_ipv4(const u8 *p, u32 len, struct sxt_esp_quote *q)
{
	u32 off;

	if (len < IPV4_HDR || p[0] / 16 != 4 || p[9] != PROTO_ESP)
		return false;
	/* The fragment offset, without the flags in front of it. */
	if (p[6] % 32 || p[7])
		return false;
	off = p[0] % 16 * 4u;
	if (off < IPV4_HDR || len < off + SXT_ESP_HDR_LEN)
		return false;
	q->src = p + 12;
	q->dst = p + 16;
	q->spi = sxt_esp_spi(p + off);
	return true;
}

/*@
 * requires \valid_read(p + (0 .. 7));
 * assigns \nothing;
 * ensures \result == 0 || 8 <= \result <= 2048;
 * ensures options: kind == PROTO_HOPOPT || kind == PROTO_ROUTING ||
 *	kind == PROTO_DSTOPTS ==> \result == p[1] * 8 + 8;
 * ensures ah: kind == PROTO_AH ==> \result == p[1] * 4 + 8;
 * ensures fragment: kind == PROTO_FRAGMENT ==>
 *	\result == (p[2] != 0 || p[3] / 8 != 0 ? 0 : 8);
 * ensures other: kind != PROTO_HOPOPT && kind != PROTO_ROUTING &&
 *	kind != PROTO_DSTOPTS && kind != PROTO_AH && kind != PROTO_FRAGMENT ==>
 *	\result == 0;
 */
/* Bytes of an extension header, 0 if no ESP header can be found behind it. */
static u32 header_size(u8 kind, const u8 *p)
{
	switch (kind) {
	case PROTO_HOPOPT:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
		return p[1] * 8u + 8;
	case PROTO_AH:
		return p[1] * 4u + 8;
	case PROTO_FRAGMENT:
		return p[2] || p[3] / 8 ? 0 : 8;
	default:
		return 0;
	}
}

/*@
 * requires \valid_read(p + (0 .. off + SXT_ESP_HDR_LEN - 1));
 * requires off <= OFF_MAX;
 * assigns \nothing;
 * ensures straight: off == IPV6_HDR ==>
 *	(\result == true <==> p[6] == PROTO_ESP);
 * ensures reached: \result == true ==> off >= IPV6_HDR;
 */
/* Do the headers of an IPv6 packet lead to ESP at @off? */
static bool chain_leads_to(const u8 *p, u32 off)
{
	u32 at = IPV6_HDR;
	u8 kind = p[6];

	/*@
	 * loop invariant IPV6_HDR <= at <= OFF_MAX + 2048;
	 * loop invariant at == IPV6_HDR ==> kind == p[6];
	 * loop invariant off == IPV6_HDR ==> at == IPV6_HDR;
	 * loop assigns at, kind;
	 * loop variant off - at;
	 */
	while (at < off) {
		u32 size = header_size(kind, p + at);

		if (!size)
			return false;
		kind = p[at];
		at += size;
	}
	return at == off && kind == PROTO_ESP;
}

/*@
 * requires \valid_read(p + (0 .. len - 1)) && \valid(q);
 * requires \separated(p + (0 .. len - 1), q);
 * assigns *q;
 * ensures read: \result == true ==>
 *	IPV6_HDR <= off && off + SXT_ESP_HDR_LEN <= len && p[0] / 16 == 6 &&
 *	q->src == p + 8 && q->dst == p + 24;
 * ensures spi: \result == true ==>
 *	q->spi == p[off] * 0x1000000 + p[off + 1] * 0x10000 +
 *		  p[off + 2] * 0x100 + p[off + 3];
 * ensures refused: \result == false ==> *q == \old(*q);
 * ensures straight: off == IPV6_HDR ==> (\result == true <==>
 *	len >= IPV6_HDR + SXT_ESP_HDR_LEN && p[0] / 16 == 6 &&
 *	p[6] == PROTO_ESP);
 */

/**
 * sxt_esp_quote_ipv6() - read a quoted IPv6 packet
 * @p: its first byte, at any alignment
 * @len: how many bytes there are
 * @off: where somebody has found its ESP header; believed only if its
 *	extension headers lead there
 * @q: what it shows; written only if it is well
 *
 * The destination is that of the IPv6 header: with a routing header, the next
 * stop.
 *
 * Return: whether it shows an ESP header, of 8 bytes.
 */
bool sxt_esp_quote_ipv6(const u8 *p, u32 len, u32 off, struct sxt_esp_quote *q)
{
	if (off < IPV6_HDR || off > OFF_MAX || len < off + SXT_ESP_HDR_LEN)
		return false;
	if (p[0] / 16 != 6 || !chain_leads_to(p, off))
		return false;
	q->src = p + 8;
	q->dst = p + 24;
	q->spi = sxt_esp_spi(p + off);
	return true;
}
