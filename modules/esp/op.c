// SPDX-License-Identifier: GPL-2.0-only
/*
 * One packet in the cipher. A synchronous cipher gives the operation's memory
 * back before the next packet, so each CPU keeps one and no packet allocates;
 * only where a cipher went asynchronous the next packet finds the place empty.
 */
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <net/dst.h>
#include "esp.h"

/* Enough for the request contexts of the ciphers of alg.c. */
#define OP_KEPT_SIZE	1536
/* Packets that may wait in asynchronous ciphers, all CPUs together. */
#define OP_PENDING_MAX	4096

static DEFINE_PER_CPU(struct sxt_esp_op *, op_kept);
static atomic_t op_pending;

/**
 * sxt_esp_op_new() - make an operation
 * @size: bytes, the request's context included
 * @gfp: how to allocate
 *
 * Its scatterlists are made here, once: what they point at is all that changes.
 *
 * Context: as @gfp says. To be freed with kfree_sensitive().
 * Return: the operation, or NULL.
 */
struct sxt_esp_op *sxt_esp_op_new(u32 size, gfp_t gfp)
{
	struct sxt_esp_op *op = kmalloc(size, gfp | __GFP_NOWARN);

	if (!op)
		return NULL;
	op->size = size;
	sg_init_table(op->sg, ARRAY_SIZE(op->sg));
	sg_init_table(op->sg_esn, ARRAY_SIZE(op->sg_esn));
	return op;
}

/**
 * sxt_esp_op_get() - memory for one operation
 * @ctx: the cipher that it is for
 *
 * Context: softirq off.
 * Return: the operation, or NULL.
 */
struct sxt_esp_op *sxt_esp_op_get(const struct sxt_esp_ctx *ctx)
{
	struct sxt_esp_op *op = __this_cpu_read(op_kept);

	if (likely(op && op->size >= ctx->op_size)) {
		__this_cpu_write(op_kept, NULL);
		return op;
	}
	return sxt_esp_op_new(max_t(u32, ctx->op_size, OP_KEPT_SIZE),
			      GFP_ATOMIC);
}

/**
 * sxt_esp_op_put() - give it back
 * @op: the operation
 *
 * Context: softirq off.
 */
void sxt_esp_op_put(struct sxt_esp_op *op)
{
	if (likely(!__this_cpu_read(op_kept)))
		__this_cpu_write(op_kept, op);
	else
		kfree_sensitive(op);
}

/**
 * sxt_esp_op_drain() - free what the CPUs keep
 *
 * Context: process; no SA is left, so nobody puts any more.
 */
void sxt_esp_op_drain(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree_sensitive(per_cpu(op_kept, cpu));
		per_cpu(op_kept, cpu) = NULL;
	}
}

/*
 * RFC 4303 2.2.1: with extended sequence numbers the high half is
 * authenticated and not sent, between SPI and low half; what is authenticated
 * is put together aside then.
 */
static void op_aim_esn(struct sxt_esp_op *op, u64 seq, u8 *head, u8 head_len,
		       u32 crypt_len)
{
	u8 aad_len = head_len + 4;

	memcpy(op->aad, head, 4);
	put_unaligned_be32(seq >> 32, op->aad + 4);
	memcpy(op->aad + 8, head + 4, head_len - 4);
	sg_set_buf(&op->sg_esn[0], op->aad, aad_len);
	sg_set_buf(&op->sg_esn[1], head + head_len, crypt_len);
	aead_request_set_ad(&op->req, aad_len);
}

/**
 * sxt_esp_op_aim() - point an operation at a packet
 * @op: the operation
 * @ctx: the cipher
 * @p: the packet, its sequence number known
 * @head: the ESP header, all behind it linear
 * @text_len: bytes of text behind header and IV
 * @crypt_len: bytes that the cipher is to work on, ICV included on input
 *
 * Context: any.
 */
void sxt_esp_op_aim(struct sxt_esp_op *op, const struct sxt_esp_ctx *ctx,
		    const struct sxt_pkt *p, u8 *head, u32 text_len,
		    u32 crypt_len)
{
	struct scatterlist *sg = p->sa->esn ? op->sg_esn : op->sg;
	u8 head_len = ctx->geom.head_len;

	op->text_len = text_len;
	if (ctx->iv_len)
		memcpy(op->iv, head + SXT_ESP_HDR_LEN, ctx->iv_len);
	aead_request_set_tfm(&op->req, ctx->tfm);
	if (p->sa->esn) {
		op_aim_esn(op, p->seq, head, head_len,
			   text_len + ctx->geom.icv_len);
	} else {
		sg_set_buf(op->sg, head,
			   head_len + text_len + ctx->geom.icv_len);
		aead_request_set_ad(&op->req, head_len);
	}
	aead_request_set_crypt(&op->req, sg, sg, crypt_len, op->iv);
}

/**
 * sxt_esp_op_run() - have the cipher work
 * @op: the operation, aimed; it stays the caller's but on SXT_STOLEN
 * @ctx: the cipher
 * @p: the packet
 * @crypt: crypto_aead_encrypt or crypto_aead_decrypt
 * @done: called with @op when an asynchronous cipher is through; it then has
 *	a reference to the SA and one to the packet's device
 *
 * Context: softirq off, under rcu_read_lock().
 * Return: a verdict.
 */
int sxt_esp_op_run(struct sxt_esp_op *op, const struct sxt_esp_ctx *ctx,
		   struct sxt_pkt *p, int (*crypt)(struct aead_request *req),
		   crypto_completion_t done)
{
	struct net_device *dev = p->skb->dev;
	int err;

	if (ctx->async) {
		if (atomic_read(&op_pending) >= OP_PENDING_MAX)
			return SEXTANT_DROP_CIPHER_BUSY;
		if (!skb_dst_force(p->skb))
			return SEXTANT_DROP_NO_ROUTE;
		if (!sxt_sa_hold(p->sa))
			return SEXTANT_DROP_SA_GONE;
		dev_hold(dev);
		op->pkt = *p;
	}
	aead_request_set_callback(&op->req, 0, done, op);
	err = crypt(&op->req);
	if (err == -EINPROGRESS) {
		atomic_inc(&op_pending);
		return SXT_STOLEN;
	}
	if (ctx->async) {
		dev_put(dev);
		sxt_sa_put(p->sa);
	}
	if (likely(!err))
		return SXT_PASS;
	if (err == -EBADMSG)
		return SEXTANT_DROP_ICV_BAD;
	return err == -ENOSPC ? SEXTANT_DROP_CIPHER_BUSY :
				SEXTANT_DROP_CIPHER_ERROR;
}

/**
 * sxt_esp_op_verdict() - an asynchronous operation has come back
 * @err: as the crypto API says
 *
 * Context: softirq off.
 * Return: a verdict.
 */
int sxt_esp_op_verdict(int err)
{
	atomic_dec(&op_pending);
	if (!err)
		return SXT_PASS;
	return err == -EBADMSG ? SEXTANT_DROP_ICV_BAD :
				 SEXTANT_DROP_CIPHER_ERROR;
}
