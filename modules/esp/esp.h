/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of sextant_esp share among themselves. */
#ifndef SXT_ESP_PRIVATE_H
#define SXT_ESP_PRIVATE_H

#include <crypto/aead.h>
#include <linux/scatterlist.h>
#include <sextant/esp_wire.h>
#include <sextant/key.h>

#define SXT_ESP_IV_LEN_MAX	16
/* SPI, sequence number of 8 bytes, IV */
#define SXT_ESP_AAD_MAX		(12 + SXT_ESP_IV_LEN_MAX)

/**
 * enum sxt_esp_iv - how the IV of a packet is made
 * @SXT_ESP_IV_NONE: the algorithm has none
 * @SXT_ESP_IV_COUNTER: never the same twice under a key: the sequence number,
 *	masked (RFC 4106 3.1, RFC 7634 2)
 * @SXT_ESP_IV_RANDOM: not to be foretold (RFC 3602 3)
 */
enum sxt_esp_iv {
	SXT_ESP_IV_NONE,
	SXT_ESP_IV_COUNTER,
	SXT_ESP_IV_RANDOM,
};

/**
 * struct sxt_esp_alg - an algorithm, or a combination, by its user's name
 * @name: the name
 * @aead: its name in the crypto API
 * @aead_esn: the same for extended sequence numbers
 * @key_lens: cipher key lengths in bytes, salt included; 0 ends the list
 * @auth_len: length of the integrity key; 0 if it is of the cipher
 * @iv_len: bytes of the IV on the wire
 * @icv_len: bytes of the ICV
 * @block: the ciphertext is a multiple of it
 * @iv: how the IV is made
 */
struct sxt_esp_alg {
	const char *name;
	const char *aead;
	const char *aead_esn;
	u8 key_lens[4];
	u8 auth_len;
	u8 iv_len;
	u8 icv_len;
	u8 block;
	enum sxt_esp_iv iv;
};

/**
 * struct sxt_esp_ctx - the cipher context of one SA
 * @tfm: the keyed cipher
 * @geom: lengths of its packets
 * @iv_len: bytes of the IV
 * @iv: how the IV is made
 * @async: the cipher may finish later
 * @op_size: bytes that an operation takes
 * @iv_mask: hides the sequence number in a counter IV
 */
struct sxt_esp_ctx {
	struct crypto_aead *tfm;
	struct sxt_esp_geom geom;
	u8 iv_len;
	u8 iv;
	bool async;
	u32 op_size;
	u64 iv_mask;
};

/**
 * struct sxt_esp_op - one packet in the cipher
 * @pkt: the packet's context, a copy if the cipher is asynchronous
 * @size: bytes of this object, request context included
 * @text_len: bytes of ciphertext, ICV not included
 * @sg: where header and text are
 * @sg_esn: likewise, if they are authenticated otherwise than they are sent
 * @iv: the cipher's working copy of the IV
 * @aad: the header as it is authenticated, if not as it is sent
 * @req: the request, its context behind it
 */
struct sxt_esp_op {
	struct sxt_pkt pkt;
	u32 size;
	u32 text_len;
	struct scatterlist sg[1];
	struct scatterlist sg_esn[2];
	u8 iv[SXT_ESP_IV_LEN_MAX] __aligned(8);
	u8 aad[SXT_ESP_AAD_MAX] __aligned(4);
	struct aead_request req;
};

/* alg.c */
int sxt_esp_init(struct sxt_sa *sa, struct sxt_sa_params *params,
		 struct netlink_ext_ack *extack);
void sxt_esp_fini(struct sxt_sa *sa);
size_t sxt_esp_memory(const struct sxt_sa *sa);

/* op.c */
struct sxt_esp_op *sxt_esp_op_new(u32 size, gfp_t gfp);
struct sxt_esp_op *sxt_esp_op_get(const struct sxt_esp_ctx *ctx);
void sxt_esp_op_put(struct sxt_esp_op *op);
void sxt_esp_op_aim(struct sxt_esp_op *op, const struct sxt_esp_ctx *ctx,
		    const struct sxt_pkt *p, u8 *head, u32 text_len,
		    u32 crypt_len);
int sxt_esp_op_run(struct sxt_esp_op *op, const struct sxt_esp_ctx *ctx,
		   struct sxt_pkt *p, int (*crypt)(struct aead_request *req),
		   crypto_completion_t done);
int sxt_esp_op_verdict(int err);
void sxt_esp_op_drain(void);

/* protect.c, verify.c */
int sxt_esp_tail(const struct sxt_sa *sa, u32 payload_len);
int sxt_esp_protect(struct sxt_pkt *p);
int sxt_esp_verify(struct sxt_pkt *p);
int sxt_esp_probe(struct sxt_sa *sa, u8 *packet, u32 len, u64 seq);

#endif /* SXT_ESP_PRIVATE_H */
