// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP on the wire: length arithmetic, header and trailer. Every sum is checked
 * against a bound before it is made, so none can wrap. Does not touch the text
 * between IV and trailer, and knows no algorithm by name.
 */
#include <sextant/esp_wire.h>

/*@
 * assigns \nothing;
 * ensures \result == 0 || esp_align(\result);
 * ensures \result != 0 <==>
 *	block == 1 || block == 2 || esp_align(block);
 * ensures esp_align(block) ==> \result == block;
 * ensures block == 1 || block == 2 ==> \result == 4;
 */
static u32 align_of(u32 block)
{
	switch (block) {
	case 1:
	case 2:
		return 4;
	case 4:
	case 8:
	case 16:
	case 32:
	case 64:
		return block;
	default:
		return 0;
	}
}

/*@
 * requires esp_align(mask + 1);
 * assigns \nothing;
 * ensures rest: \result == esp_over(n, mask);
 * ensures small: 0 <= \result <= mask;
 */
/* The remainder, without a division: @mask is no constant. */
static u32 over(u32 n, u32 mask)
{
	/*@ assert rest: (n & mask) == esp_over(n, mask); */
	/*@ assert small: 0 <= n % (mask + 1) <= mask; */
	return n & mask;
}

/*@
 * requires \valid(g);
 * assigns *g;
 * ensures taken: \result == 0 ==>
 *	geom_ok(g) && g->head_len == SXT_ESP_HDR_LEN + iv_len &&
 *	g->icv_len == icv_len && g->align % block == 0;
 * ensures refused: \result != 0 ==>
 *	\result == -EINVAL && *g == \old(*g);
 * ensures why: \result != 0 <==>
 *	iv_len > SXT_ESP_IV_MAX || iv_len % 4 != 0 ||
 *	icv_len > SXT_ESP_ICV_MAX ||
 *	!(block == 1 || block == 2 || esp_align(block));
 */

/**
 * sxt_esp_geom_init() - take over the lengths of an SA's algorithms
 * @g: where they go
 * @iv_len: bytes of IV in each packet, a multiple of 4
 * @icv_len: bytes of ICV in each packet
 * @block: the cipher's block size; 1 for a stream cipher or none
 *
 * RFC 4303 2.4 has two alignments: the text to the cipher's block, not counting
 * the IV, and the end of the text to 4 bytes, counting it. With an IV that is a
 * multiple of 4 both are met when the text is a multiple of the larger.
 *
 * Return: 0, or -EINVAL for lengths that no algorithm has.
 */
int sxt_esp_geom_init(struct sxt_esp_geom *g, u32 iv_len, u32 icv_len,
		      u32 block)
{
	u32 align = align_of(block);

	if (iv_len > SXT_ESP_IV_MAX || iv_len % 4)
		return -EINVAL;
	if (icv_len > SXT_ESP_ICV_MAX || !align)
		return -EINVAL;
	g->head_len = (u8)(SXT_ESP_HDR_LEN + iv_len);
	g->icv_len = (u8)icv_len;
	g->align = (u8)align;
	return 0;
}

/*@
 * requires geom_ok(g) && \valid(out);
 * assigns *out;
 * ensures exact: \result == 0 ==>
 *	out->tfc_len == tfc_len &&
 *	out->text_len == payload_len + tfc_len + out->pad_len +
 *		SXT_ESP_TAIL_LEN &&
 *	out->tail_len == out->text_len - payload_len + g->icv_len &&
 *	out->total_len == g->head_len + out->text_len + g->icv_len;
 * ensures fits: \result == 0 ==>
 *	out->total_len <= room && room <= SXT_ESP_LEN_MAX;
 * ensures aligned: \result == 0 ==>
 *	out->text_len % g->align == 0;
 * ensures aligned_icv: \result == 0 ==>
 *	(g->head_len + out->text_len) % 4 == 0;
 * ensures least: \result == 0 ==>
 *	out->pad_len < g->align && out->pad_len <= 255;
 * ensures refused: \result != 0 ==>
 *	\result == -EMSGSIZE && *out == \old(*out);
 * ensures why: \result != 0 ==>
 *	room > SXT_ESP_LEN_MAX || \forall integer pad; 0 <= pad &&
 *	(payload_len + tfc_len + pad + SXT_ESP_TAIL_LEN) % g->align == 0 ==>
 *	esp_fixed(g) + payload_len + tfc_len + pad + SXT_ESP_TAIL_LEN > room;
 */

/**
 * sxt_esp_plan() - lay out a packet to send
 * @g: lengths of the SA
 * @payload_len: bytes to carry
 * @tfc_len: bytes of traffic flow padding wanted (RFC 4303 2.7), mostly 0
 * @room: how long the packet may become, from the SPI on: what the IP header
 *	in front leaves of 65535
 * @out: the layout
 *
 * Return: 0, or -EMSGSIZE when it would be longer than @room.
 */
int sxt_esp_plan(const struct sxt_esp_geom *g, u32 payload_len, u32 tfc_len,
		 u32 room, struct sxt_esp_out *out)
{
	u32 mask = (u32)g->align - 1;
	u32 carried;
	u32 fixed;
	u32 pad;

	if (payload_len > SXT_ESP_LEN_MAX || tfc_len > SXT_ESP_LEN_MAX ||
	    room > SXT_ESP_LEN_MAX)
		return -EMSGSIZE;
	carried = payload_len + tfc_len + SXT_ESP_TAIL_LEN;
	pad = mask - over(carried - 1, mask);
	/*@ assert multiple: (carried + pad) % g->align == 0; */
	fixed = (u32)g->head_len + g->icv_len;
	if (carried + pad + fixed > room)
		return -EMSGSIZE;
	out->tfc_len = tfc_len;
	out->pad_len = pad;
	out->text_len = carried + pad;
	out->tail_len = out->text_len - payload_len + g->icv_len;
	out->total_len = out->text_len + fixed;
	return 0;
}

/*@
 * requires \valid(p + (0 .. SXT_ESP_HDR_LEN - 1));
 * assigns p[0 .. SXT_ESP_HDR_LEN - 1];
 * ensures spi == p[0] * 0x1000000 + p[1] * 0x10000 + p[2] * 0x100 + p[3];
 * ensures seq_lo == p[4] * 0x1000000 + p[5] * 0x10000 + p[6] * 0x100 + p[7];
 */

/**
 * sxt_esp_put_header() - write SPI and sequence number
 * @p: 8 bytes
 * @spi: SPI in host order
 * @seq_lo: low half of the sequence number in host order
 */
void sxt_esp_put_header(u8 *p, u32 spi, u32 seq_lo)
{
	put_unaligned_be32(spi, p);
	put_unaligned_be32(seq_lo, p + 4);
}

/*@
 * requires n <= 255 && at <= SXT_ESP_LEN_MAX;
 * requires \valid(p + (at .. at + n - 1));
 * assigns p[at .. at + n - 1];
 * ensures \forall integer k; at <= k < at + n ==> p[k] == k - at + 1;
 */
static void put_pad(u8 *p, u32 at, u32 n)
{
	u32 i;

	/*@
	 * loop invariant at <= i <= at + n;
	 * loop invariant \forall integer k;
	 *	at <= k < i ==> p[k] == k - at + 1;
	 * loop assigns i, p[at .. at + n - 1];
	 * loop variant at + n - i;
	 */
	for (i = at; i < at + n; i++)
		p[i] = (u8)(i - at + 1);
}

/*@
 * requires \valid_read(out) && out->pad_len <= 255 &&
 *	out->tfc_len <= SXT_ESP_LEN_MAX;
 * requires \valid(p + (0 .. out->tfc_len + out->pad_len + 1));
 * assigns p[0 .. out->tfc_len + out->pad_len + 1];
 * ensures tfc: \forall integer k; 0 <= k < out->tfc_len ==> p[k] == 0;
 * ensures pad: \forall integer k;
 *	out->tfc_len <= k < out->tfc_len + out->pad_len ==>
 *	p[k] == k - out->tfc_len + 1;
 * ensures end: p[out->tfc_len + out->pad_len] == out->pad_len &&
 *	p[out->tfc_len + out->pad_len + 1] == next_header;
 */

/**
 * sxt_esp_put_trailer() - write all between payload and ICV
 * @p: the byte behind the payload; @out->tail_len bytes, of which those of the
 *	ICV are left alone
 * @out: layout by sxt_esp_plan()
 * @next_header: protocol of the payload
 *
 * RFC 4303 2.4: the padding is 1, 2, 3, ...; RFC 4303 2.7 leaves the bytes of
 * traffic flow padding open: zeros.
 */
void sxt_esp_put_trailer(u8 *p, const struct sxt_esp_out *out, u8 next_header)
{
	u32 i;

	/*@
	 * loop invariant 0 <= i <= out->tfc_len;
	 * loop invariant \forall integer k; 0 <= k < i ==> p[k] == 0;
	 * loop assigns i, p[0 .. out->tfc_len - 1];
	 * loop variant out->tfc_len - i;
	 */
	for (i = 0; i < out->tfc_len; i++)
		p[i] = 0;
	put_pad(p, out->tfc_len, out->pad_len);
	i = out->tfc_len + out->pad_len;
	p[i] = (u8)out->pad_len;
	p[i + 1] = next_header;
}

/*@
 * requires geom_ok(g) && \valid(payload_len);
 * assigns *payload_len;
 * ensures fits: \result == 0 ==>
 *	outer_len + esp_fixed(g) + *payload_len + SXT_ESP_TAIL_LEN <= mtu &&
 *	esp_fixed(g) + *payload_len + SXT_ESP_TAIL_LEN <= SXT_ESP_LEN_MAX &&
 *	(*payload_len + SXT_ESP_TAIL_LEN) % g->align == 0;
 * ensures largest: \result == 0 ==> \forall integer larger;
 *	larger > *payload_len &&
 *	(larger + SXT_ESP_TAIL_LEN) % g->align == 0 ==>
 *	outer_len + esp_fixed(g) + larger + SXT_ESP_TAIL_LEN > mtu ||
 *	esp_fixed(g) + larger + SXT_ESP_TAIL_LEN > SXT_ESP_LEN_MAX;
 * ensures refused: \result != 0 ==>
 *	\result == -EMSGSIZE && *payload_len == \old(*payload_len) &&
 *	outer_len + esp_fixed(g) + g->align > mtu;
 */

/**
 * sxt_esp_payload_mtu() - the largest payload that fits a path
 * @g: lengths of the SA
 * @mtu: MTU of the path that the protected packet takes
 * @outer_len: bytes in front of the SPI: IP header, options, extension headers
 * @payload_len: where the answer goes: the inner packet in tunnel mode, what
 *	follows the IP header in transport mode
 *
 * Return: 0, or -EMSGSIZE when not even an empty payload fits.
 */
int sxt_esp_payload_mtu(const struct sxt_esp_geom *g, u32 mtu, u32 outer_len,
			u32 *payload_len)
{
	u32 fixed = (u32)g->head_len + g->icv_len;
	u32 text;

	if (mtu < outer_len || mtu - outer_len < fixed)
		return -EMSGSIZE;
	text = mtu - outer_len;
	if (text > SXT_ESP_LEN_MAX)
		text = SXT_ESP_LEN_MAX;
	text -= fixed;
	text -= over(text, (u32)g->align - 1);
	/*@ assert multiple: text % g->align == 0; */
	if (text < SXT_ESP_TAIL_LEN)
		return -EMSGSIZE;
	*payload_len = text - SXT_ESP_TAIL_LEN;
	return 0;
}

/*@
 * requires geom_ok(g) && \valid(in);
 * assigns *in;
 * ensures split: \result == SXT_ESP_OK ==>
 *	in->text_off == g->head_len &&
 *	in->text_off + in->text_len == in->icv_off &&
 *	in->icv_off + g->icv_len == len &&
 *	in->text_len >= SXT_ESP_TAIL_LEN && in->text_len % g->align == 0;
 * ensures refused: \result != SXT_ESP_OK ==> *in == \old(*in);
 * ensures why: \result ==
 *	(len > SXT_ESP_LEN_MAX ? SXT_ESP_LONG :
 *	 len < esp_fixed(g) + SXT_ESP_TAIL_LEN ? SXT_ESP_SHORT :
 *	 (len - esp_fixed(g)) % g->align != 0 ? SXT_ESP_ALIGN : SXT_ESP_OK);
 */

/**
 * sxt_esp_split() - find the parts of a received packet
 * @g: lengths of the SA
 * @len: bytes from the SPI to the end of the packet
 * @in: where the parts lie; written only when all is well
 *
 * Return: SXT_ESP_OK, _SHORT, _LONG or _ALIGN.
 */
enum sxt_esp_verdict sxt_esp_split(const struct sxt_esp_geom *g, u32 len,
				   struct sxt_esp_in *in)
{
	u32 fixed = (u32)g->head_len + g->icv_len;
	u32 text;

	if (len > SXT_ESP_LEN_MAX)
		return SXT_ESP_LONG;
	if (len < fixed + SXT_ESP_TAIL_LEN)
		return SXT_ESP_SHORT;
	text = len - fixed;
	if (over(text, (u32)g->align - 1))
		return SXT_ESP_ALIGN;
	in->text_off = g->head_len;
	in->text_len = text;
	in->icv_off = g->head_len + text;
	return SXT_ESP_OK;
}

/*@
 * requires \valid(tail);
 * requires text_len >= SXT_ESP_TAIL_LEN ==> \valid_read(p + (0 .. 1));
 * requires \separated(p + (0 .. 1), tail);
 * assigns *tail;
 * ensures read: \result == SXT_ESP_OK ==>
 *	tail->pad_len == p[0] && tail->next_header == p[1] &&
 *	tail->payload_len + tail->pad_len + SXT_ESP_TAIL_LEN == text_len;
 * ensures refused: \result != SXT_ESP_OK ==> *tail == \old(*tail);
 * ensures why: \result ==
 *	(text_len < SXT_ESP_TAIL_LEN ? SXT_ESP_SHORT :
 *	 \old(p[0]) + SXT_ESP_TAIL_LEN > text_len ? SXT_ESP_PAD_LEN :
 *	 SXT_ESP_OK);
 */

/**
 * sxt_esp_read_trailer() - read pad length and next header
 * @p: the last two bytes of the decrypted text
 * @text_len: bytes of text, from sxt_esp_split()
 * @tail: what they say; written only when all is well
 *
 * Return: SXT_ESP_OK, SXT_ESP_SHORT for a text that has no two bytes, or
 * SXT_ESP_PAD_LEN.
 */
enum sxt_esp_verdict sxt_esp_read_trailer(const u8 *p, u32 text_len,
					  struct sxt_esp_tail *tail)
{
	u8 pad_len;

	if (text_len < SXT_ESP_TAIL_LEN)
		return SXT_ESP_SHORT;
	pad_len = p[0];
	if (pad_len > text_len - SXT_ESP_TAIL_LEN)
		return SXT_ESP_PAD_LEN;
	tail->payload_len = text_len - SXT_ESP_TAIL_LEN - pad_len;
	tail->pad_len = pad_len;
	tail->next_header = p[1];
	return SXT_ESP_OK;
}

/*@
 * requires \valid_read(pad + (0 .. pad_len - 1));
 * assigns \nothing;
 * ensures \result == SXT_ESP_OK || \result == SXT_ESP_PAD_BYTES;
 * ensures \result == SXT_ESP_OK <==>
 *	\forall integer k; 0 <= k < pad_len ==> pad[k] == k + 1;
 */

/**
 * sxt_esp_check_pad() - inspect the padding
 * @pad: the first byte of padding; @pad_len bytes
 * @pad_len: how many, from sxt_esp_read_trailer()
 *
 * RFC 4303 2.4: the receiver SHOULD inspect it.
 *
 * Return: SXT_ESP_OK or SXT_ESP_PAD_BYTES.
 */
enum sxt_esp_verdict sxt_esp_check_pad(const u8 *pad, u8 pad_len)
{
	u32 i;

	/*@
	 * loop invariant 0 <= i <= pad_len;
	 * loop invariant \forall integer k; 0 <= k < i ==> pad[k] == k + 1;
	 * loop assigns i;
	 * loop variant pad_len - i;
	 */
	for (i = 0; i < pad_len; i++)
		if (pad[i] != i + 1)
			return SXT_ESP_PAD_BYTES;
	return SXT_ESP_OK;
}
