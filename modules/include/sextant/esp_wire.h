/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ESP on the wire (RFC 4303 section 2): where each field of a packet lies, how
 * long each is, and how header and trailer are written and read. Lengths and
 * bytes only: it neither encrypts nor knows which SA a packet belongs to.
 *
 *	SPI, sequence number | IV | payload, TFC padding, padding, pad length,
 *	next header | ICV
 *
 * What lies between IV and ICV is the text: clear before encryption, cipher
 * text after it, of the same length.
 */
#ifndef SEXTANT_ESP_WIRE_H
#define SEXTANT_ESP_WIRE_H

#include <sextant/pure.h>
#include <sextant/esp_wire_spec.h>

#define SXT_ESP_HDR_LEN		8	/* SPI and sequence number */
#define SXT_ESP_TAIL_LEN	2	/* pad length and next header */
#define SXT_ESP_IV_MAX		32
#define SXT_ESP_ICV_MAX		64
#define SXT_ESP_ALIGN_MAX	64
#define SXT_ESP_LEN_MAX		65535	/* no IP packet is longer */
#define SXT_ESP_NH_DUMMY	59	/* RFC 4303 2.6: to be thrown away */

/**
 * struct sxt_esp_geom - the lengths that the algorithms of an SA lay down
 * @head_len: header and IV
 * @icv_len: ICV
 * @align: the text's length is a multiple of this, a power of two, 4 or more
 */
struct sxt_esp_geom {
	u8 head_len;
	u8 icv_len;
	u8 align;
};

/**
 * struct sxt_esp_out - the plan of one packet to send
 * @tfc_len: bytes of traffic flow padding behind the payload
 * @pad_len: bytes of padding behind that, 0 to 255
 * @text_len: bytes to encrypt: payload, both paddings, pad length, next header
 * @tail_len: bytes to add behind the payload, ICV included
 * @total_len: the whole, from the SPI to the end of the ICV
 */
struct sxt_esp_out {
	u32 tfc_len;
	u32 pad_len;
	u32 text_len;
	u32 tail_len;
	u32 total_len;
};

/**
 * enum sxt_esp_verdict - what is wrong with a packet received
 * @SXT_ESP_OK: nothing
 * @SXT_ESP_SHORT: too short to hold header, IV, trailer and ICV
 * @SXT_ESP_LONG: longer than an IP packet can be
 * @SXT_ESP_ALIGN: the text is no multiple of the cipher's block or of 4
 * @SXT_ESP_PAD_LEN: the pad length reaches beyond the text
 * @SXT_ESP_PAD_BYTES: the padding is not 1, 2, 3, ...
 */
enum sxt_esp_verdict {
	SXT_ESP_OK,
	SXT_ESP_SHORT,
	SXT_ESP_LONG,
	SXT_ESP_ALIGN,
	SXT_ESP_PAD_LEN,
	SXT_ESP_PAD_BYTES,
};

/**
 * struct sxt_esp_in - where the parts of a received packet lie
 * @text_off: first byte of the text, counted from the SPI
 * @text_len: bytes of text
 * @icv_off: first byte of the ICV
 */
struct sxt_esp_in {
	u32 text_off;
	u32 text_len;
	u32 icv_off;
};

/**
 * struct sxt_esp_tail - what the decrypted trailer says
 * @payload_len: bytes of payload, traffic flow padding included
 * @pad_len: bytes of padding behind it
 * @next_header: protocol of the payload
 */
struct sxt_esp_tail {
	u32 payload_len;
	u8 pad_len;
	u8 next_header;
};

/* Contracts in ACSL begin with an @; scripts/proofs/run proves them. */

/*@
 * predicate geom_ok{L}(struct sxt_esp_geom *g) =
 *	\valid_read(g) && esp_align(g->align) &&
 *	SXT_ESP_HDR_LEN <= g->head_len <= SXT_ESP_HDR_LEN + SXT_ESP_IV_MAX &&
 *	g->head_len % 4 == 0 && g->icv_len <= SXT_ESP_ICV_MAX;
 *
 * logic integer esp_fixed{L}(struct sxt_esp_geom *g) =
 *	g->head_len + g->icv_len;
 */

int __must_check sxt_esp_geom_init(struct sxt_esp_geom *g, u32 iv_len,
				   u32 icv_len, u32 block);
int __must_check sxt_esp_plan(const struct sxt_esp_geom *g, u32 payload_len,
			      u32 tfc_len, u32 room, struct sxt_esp_out *out);
void sxt_esp_put_header(u8 *p, u32 spi, u32 seq_lo);
void sxt_esp_put_trailer(u8 *p, const struct sxt_esp_out *out, u8 next_header);
int __must_check sxt_esp_payload_mtu(const struct sxt_esp_geom *g, u32 mtu,
				     u32 outer_len, u32 *payload_len);

enum sxt_esp_verdict __must_check
sxt_esp_split(const struct sxt_esp_geom *g, u32 len, struct sxt_esp_in *in);
enum sxt_esp_verdict __must_check
sxt_esp_read_trailer(const u8 *p, u32 text_len, struct sxt_esp_tail *tail);
enum sxt_esp_verdict __must_check sxt_esp_check_pad(const u8 *pad, u8 pad_len);

/*@
 * requires geom_ok(g);
 * assigns \nothing;
 * ensures \result == g->head_len - SXT_ESP_HDR_LEN;
 */

/**
 * sxt_esp_iv_len() - the length of the IV in the packet
 * @g: lengths of the SA
 *
 * Return: 0 to SXT_ESP_IV_MAX.
 */
static inline u32 sxt_esp_iv_len(const struct sxt_esp_geom *g)
{
	return g->head_len - SXT_ESP_HDR_LEN;
}

/*@
 * requires geom_ok(g);
 * assigns \nothing;
 * ensures \result == SXT_ESP_TAIL_LEN + g->align - 1 + g->icv_len;
 */

/**
 * sxt_esp_tailroom() - the most bytes that go behind any payload
 * @g: lengths of the SA
 *
 * Without traffic flow padding. The bytes in front are @g->head_len.
 *
 * Return: that many.
 */
static inline u32 sxt_esp_tailroom(const struct sxt_esp_geom *g)
{
	return SXT_ESP_TAIL_LEN + (u32)g->align - 1 + g->icv_len;
}

/*@
 * requires \valid_read(p + (0 .. 3));
 * assigns \nothing;
 * ensures \result == p[0] * 0x1000000 + p[1] * 0x10000 + p[2] * 0x100 + p[3];
 */

/**
 * sxt_esp_spi() - read the SPI
 * @p: first byte of an ESP header, 8 bytes or more
 *
 * Return: the SPI in host order.
 */
static inline u32 sxt_esp_spi(const u8 *p)
{
	return get_unaligned_be32(p);
}

/*@
 * requires \valid_read(p + (4 .. 7));
 * assigns \nothing;
 * ensures \result == p[4] * 0x1000000 + p[5] * 0x10000 + p[6] * 0x100 + p[7];
 */

/**
 * sxt_esp_seq() - read the low half of the sequence number
 * @p: first byte of an ESP header, 8 bytes or more
 *
 * Return: it in host order.
 */
static inline u32 sxt_esp_seq(const u8 *p)
{
	return get_unaligned_be32(p + 4);
}

#endif /* SEXTANT_ESP_WIRE_H */
