// SPDX-License-Identifier: GPL-2.0-only
/* ESP on the way in (RFC 4303 3.4): lengths, cipher and ICV, trailer. */
#include <linux/slab.h>
#include "esp.h"

static int verify_reason(enum sxt_esp_verdict verdict)
{
	switch (verdict) {
	case SXT_ESP_OK:
		return SXT_PASS;
	case SXT_ESP_ALIGN:
		return SEXTANT_DROP_ESP_LENGTH;
	case SXT_ESP_PAD_LEN:
		return SEXTANT_DROP_PAD_LENGTH;
	case SXT_ESP_PAD_BYTES:
		return SEXTANT_DROP_PAD_CONTENT;
	case SXT_ESP_SHORT:
	case SXT_ESP_LONG:
		break;
	}
	return SEXTANT_DROP_ESP_SHORT;
}

/* The text is plain now: find its end. */
static int verify_trailer(struct sxt_pkt *p, u32 text_len)
{
	const struct sxt_esp_ctx *ctx = p->sa->priv;
	u8 *text = p->skb->data + ctx->geom.head_len;
	struct sxt_esp_tail tail;
	int verdict;

	p->authentic = true;
	p->payload_len = text_len;
	verdict = verify_reason(sxt_esp_read_trailer(text + text_len -
						     SXT_ESP_TAIL_LEN,
						     text_len, &tail));
	if (verdict)
		return verdict;
	verdict = verify_reason(sxt_esp_check_pad(text + tail.payload_len,
						  tail.pad_len));
	if (verdict)
		return verdict;
	p->next_header = tail.next_header;
	skb_trim(p->skb, ctx->geom.head_len + tail.payload_len);
	return SXT_PASS;
}

static void verify_done(void *data, int err)
{
	struct sxt_esp_op *op = data;
	int verdict;

	if (err == -EINPROGRESS)
		return;
	verdict = sxt_esp_op_verdict(err);
	if (!verdict)
		verdict = verify_trailer(&op->pkt, op->text_len);
	op->pkt.done(&op->pkt, verdict);
	sxt_esp_op_put(op);
}

/**
 * sxt_esp_verify() - check and decrypt
 * @p: the packet, data at the ESP header, its sequence number inferred
 *
 * Context: softirq, under rcu_read_lock().
 * Return: a verdict; on SXT_PASS the payload lies behind header and IV.
 */
int sxt_esp_verify(struct sxt_pkt *p)
{
	const struct sxt_esp_ctx *ctx = p->sa->priv;
	struct sxt_esp_op *op;
	struct sxt_esp_in in;
	int verdict;

	verdict = verify_reason(sxt_esp_split(&ctx->geom, p->skb->len, &in));
	if (verdict)
		return verdict;
	if (sxt_writable(p->skb, 0, 0))
		return SEXTANT_DROP_NO_MEMORY;
	op = sxt_esp_op_get(ctx);
	if (unlikely(!op))
		return SEXTANT_DROP_NO_MEMORY;
	sxt_esp_op_aim(op, ctx, p, p->skb->data, in.text_len,
		       in.text_len + ctx->geom.icv_len);
	verdict = sxt_esp_op_run(op, ctx, p, crypto_aead_decrypt, verify_done);
	if (likely(verdict == SXT_PASS))
		verdict = verify_trailer(p, op->text_len);
	if (verdict != SXT_STOLEN)
		sxt_esp_op_put(op);
	return verdict;
}

/**
 * sxt_esp_probe() - does a packet's ICV fit another sequence number?
 * @sa: the SA; a reference is held
 * @packet: the packet, from the SPI on; spoiled
 * @len: bytes of it
 * @seq: the number
 *
 * The trailer isn't looked at: only who has the key can have sent this number.
 *
 * Context: process; sleeps.
 * Return: 0 if it fits, -EBADMSG if not, or -errno.
 */
int sxt_esp_probe(struct sxt_sa *sa, u8 *packet, u32 len, u64 seq)
{
	const struct sxt_esp_ctx *ctx = sa->priv;
	struct sxt_pkt p = { .sa = sa, .seq = seq };
	DECLARE_CRYPTO_WAIT(wait);
	struct sxt_esp_op *op;
	struct sxt_esp_in in;
	int err;

	if (sxt_esp_split(&ctx->geom, len, &in) != SXT_ESP_OK)
		return -EINVAL;
	op = sxt_esp_op_new(ctx->op_size, GFP_KERNEL);
	if (!op)
		return -ENOMEM;
	sxt_esp_op_aim(op, ctx, &p, packet, in.text_len,
		       in.text_len + ctx->geom.icv_len);
	aead_request_set_callback(&op->req, CRYPTO_TFM_REQ_MAY_SLEEP |
				  CRYPTO_TFM_REQ_MAY_BACKLOG,
				  crypto_req_done, &wait);
	err = crypto_wait_req(crypto_aead_decrypt(&op->req), &wait);
	kfree_sensitive(op);
	return err;
}
