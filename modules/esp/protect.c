// SPDX-License-Identifier: GPL-2.0-only
/* ESP on the way out (RFC 4303 3.3): trailer, IV, header, cipher. */
#include <linux/random.h>
#include "esp.h"

/**
 * sxt_esp_tail() - bytes that ESP adds behind a payload
 * @sa: the SA
 * @payload_len: bytes of payload
 *
 * Context: any.
 * Return: the bytes, ICV included, or -EMSGSIZE.
 */
int sxt_esp_tail(const struct sxt_sa *sa, u32 payload_len)
{
	const struct sxt_esp_ctx *ctx = sa->priv;
	struct sxt_esp_out plan;
	int err;

	err = sxt_esp_plan(&ctx->geom, payload_len, 0, SXT_ESP_LEN_MAX, &plan);
	return err ? err : (int)plan.tail_len;
}

static void protect_put_iv(const struct sxt_esp_ctx *ctx, u64 seq, u8 *iv)
{
	switch ((enum sxt_esp_iv)ctx->iv) {
	case SXT_ESP_IV_NONE:
		break;
	case SXT_ESP_IV_COUNTER:
		put_unaligned_be64(seq ^ ctx->iv_mask, iv);
		break;
	case SXT_ESP_IV_RANDOM:
		get_random_bytes(iv, ctx->iv_len);
		break;
	}
}

static void protect_done(void *data, int err)
{
	struct sxt_esp_op *op = data;

	if (err == -EINPROGRESS)
		return;
	op->pkt.done(&op->pkt, sxt_esp_op_verdict(err));
	sxt_esp_op_put(op);
}

/**
 * sxt_esp_protect() - make a packet an ESP packet
 * @p: the packet with gaps of the right size at @p->head and behind
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict.
 */
int sxt_esp_protect(struct sxt_pkt *p)
{
	const struct sxt_esp_ctx *ctx = p->sa->priv;
	struct sk_buff *skb = p->skb;
	struct sxt_esp_out plan;
	struct sxt_esp_op *op;
	u8 *head, *tail;
	int verdict;

	/* The inverse of sxt_esp_tail(), which planned without TFC padding. */
	plan.tfc_len = 0;
	plan.tail_len = p->tail_len;
	plan.text_len = p->payload_len + p->tail_len - ctx->geom.icv_len;
	plan.pad_len = p->tail_len - ctx->geom.icv_len - SXT_ESP_TAIL_LEN;
	plan.total_len = p->payload_len + p->tail_len + ctx->geom.head_len;
	op = sxt_esp_op_get(ctx);
	if (unlikely(!op))
		return SEXTANT_DROP_NO_MEMORY;
	tail = skb_put(skb, plan.tail_len);
	sxt_esp_put_trailer(tail, &plan, p->next_header);
	head = skb->data + p->head;
	sxt_esp_put_header(head, be32_to_cpu(p->sa->ident.spi), p->seq);
	protect_put_iv(ctx, p->seq, head + SXT_ESP_HDR_LEN);

	sxt_esp_op_aim(op, ctx, p, head, plan.text_len, plan.text_len);
	verdict = sxt_esp_op_run(op, ctx, p, crypto_aead_encrypt, protect_done);
	if (verdict != SXT_STOLEN)
		sxt_esp_op_put(op);
	return verdict;
}
