// SPDX-License-Identifier: GPL-2.0-only
/*
 * The algorithms of ESP (RFC 8221) and the cipher context of an SA. One
 * interface for all: the crypto API's AEADs, plain ones and combinations.
 */
#include <crypto/authenc.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <sextant/refuse.h>
#include <sextant/secret.h>
#include "esp.h"

static const struct sxt_esp_alg esp_algs[] = {
	{
		.name = "aes-gcm",	/* RFC 4106, ICV of 16 bytes */
		.aead = "rfc4106(gcm(aes))",
		.aead_esn = "rfc4106(gcm(aes))",
		.key_lens = { 20, 36 },
		.iv_len = 8,
		.icv_len = 16,
		.block = 1,
		.iv = SXT_ESP_IV_COUNTER,
	}, {
		.name = "chacha20-poly1305",	/* RFC 7634 */
		.aead = "rfc7539esp(chacha20,poly1305)",
		.aead_esn = "rfc7539esp(chacha20,poly1305)",
		.key_lens = { 36 },
		.iv_len = 8,
		.icv_len = 16,
		.block = 1,
		.iv = SXT_ESP_IV_COUNTER,
	}, {
		.name = "aes-cbc-hmac-sha256",	/* RFC 3602, RFC 4868 */
		.aead = "authenc(hmac(sha256),cbc(aes))",
		.aead_esn = "authencesn(hmac(sha256),cbc(aes))",
		.key_lens = { 16, 32 },
		.auth_len = 32,
		.iv_len = 16,
		.icv_len = 16,
		.block = 16,
		.iv = SXT_ESP_IV_RANDOM,
	}, {
		.name = "null-hmac-sha256",	/* RFC 2410, RFC 4868 */
		.aead = "authenc(hmac(sha256),ecb(cipher_null))",
		.aead_esn = "authencesn(hmac(sha256),ecb(cipher_null))",
		.key_lens = { 0 },
		.auth_len = 32,
		.iv_len = 0,
		.icv_len = 16,
		.block = 1,
		.iv = SXT_ESP_IV_NONE,
	},
};

/* Names that users may try, and why they can't have them (RFC 8221 5, 6). */
static const struct {
	const char *part;
	const char *sentence;
} esp_forbidden[] = {
	{ "3des", "alg: 3DES is too weak (RFC 8221: SHOULD NOT), and not built" },
	{ "des", "alg: DES is broken and forbidden (RFC 8221: MUST NOT)" },
	{ "md5", "alg: MD5 is broken and forbidden (RFC 8221: MUST NOT)" },
	{ "blowfish", "alg: Blowfish is forbidden (RFC 8221: MUST NOT)" },
};

/*
 * A copy, of 79 bytes: when it is sent nothing holds this module any more, as
 * there is no SA.
 */
static void esp_refuse(struct netlink_ext_ack *extack, const char *sentence)
{
	NL_SET_ERR_MSG_FMT(extack, "%s", sentence);
}

static const struct sxt_esp_alg *
esp_alg_find(const char *name, struct netlink_ext_ack *extack)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(esp_algs); i++)
		if (!strcmp(esp_algs[i].name, name))
			return &esp_algs[i];
	for (i = 0; i < ARRAY_SIZE(esp_forbidden); i++) {
		if (strstr(name, esp_forbidden[i].part)) {
			esp_refuse(extack, esp_forbidden[i].sentence);
			return NULL;
		}
	}
	if (!strncmp(name, "null", 4))
		esp_refuse(extack,
			   "alg: NULL without integrity is forbidden (RFC 8221); null-hmac-sha256 has it");
	else
		esp_refuse(extack,
			   "alg: unknown; known: aes-gcm, chacha20-poly1305, {aes-cbc,null}-hmac-sha256");
	return NULL;
}

static int esp_check_lens(const struct sxt_esp_alg *alg,
			  struct sxt_sa_params *params,
			  struct netlink_ext_ack *extack)
{
	const struct sxt_secret *secret = params->secret;
	const u8 *lens = alg->key_lens;

	if (secret->key_len != lens[0] &&
	    (!lens[1] || secret->key_len != lens[1])) {
		params->bad = SXT_SA_FIELD_KEY;
		if (!lens[0])
			NL_SET_ERR_MSG_FMT(extack, "key: %s has no cipher key",
					   alg->name);
		else if (!lens[1])
			NL_SET_ERR_MSG_FMT(extack, "key: %s needs %u bytes, got %u",
					   alg->name, lens[0], secret->key_len);
		else
			NL_SET_ERR_MSG_FMT(extack, "key: %s needs %u or %u bytes, got %u",
					   alg->name, lens[0], lens[1],
					   secret->key_len);
		return -EINVAL;
	}
	if (secret->auth_len != alg->auth_len) {
		params->bad = SXT_SA_FIELD_AUTH_KEY;
		if (!alg->auth_len)
			NL_SET_ERR_MSG_FMT(extack, "auth-key: %s takes none",
					   alg->name);
		else
			NL_SET_ERR_MSG_FMT(extack, "auth-key: %s needs %u bytes, got %u",
					   alg->name, alg->auth_len,
					   secret->auth_len);
		return -EINVAL;
	}
	return 0;
}

/* A combination takes both keys in one, behind a header of its own. */
static int esp_setkey_combined(struct crypto_aead *tfm,
			       const struct sxt_secret *secret)
{
	unsigned int head = RTA_SPACE(sizeof(struct crypto_authenc_key_param));
	unsigned int len = head + secret->auth_len + secret->key_len;
	struct crypto_authenc_key_param *param;
	struct rtattr *rta;
	int err;
	u8 *buf;

	buf = kzalloc(len, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	rta = (struct rtattr *)buf;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(secret->key_len);
	memcpy(buf + head, secret->auth, secret->auth_len);
	memcpy(buf + head + secret->auth_len, secret->key, secret->key_len);
	err = crypto_aead_setkey(tfm, buf, len);
	kfree_sensitive(buf);
	return err;
}

static int esp_setkey(struct crypto_aead *tfm, const struct sxt_esp_alg *alg,
		      const struct sxt_secret *secret)
{
	int err;

	if (alg->auth_len)
		err = esp_setkey_combined(tfm, secret);
	else
		err = crypto_aead_setkey(tfm, secret->key, secret->key_len);
	if (err)
		return err;
	return crypto_aead_setauthsize(tfm, alg->icv_len);
}

static void esp_ctx_fill(struct sxt_esp_ctx *ctx, const struct sxt_esp_alg *alg)
{
	ctx->iv_len = alg->iv_len;
	ctx->iv = alg->iv;
	ctx->async = crypto_aead_tfm(ctx->tfm)->__crt_alg->cra_flags &
		     CRYPTO_ALG_ASYNC;
	ctx->op_size = sizeof(struct sxt_esp_op) +
		       crypto_aead_reqsize(ctx->tfm);
	get_random_bytes(&ctx->iv_mask, sizeof(ctx->iv_mask));
}

/**
 * sxt_esp_init() - the cipher context of a new SA
 * @sa: the SA
 * @params: names the algorithm and has the keys
 * @extack: gets the sentence
 *
 * Context: process; may load cipher modules.
 * Return: 0 or -errno.
 */
int sxt_esp_init(struct sxt_sa *sa, struct sxt_sa_params *params,
		 struct netlink_ext_ack *extack)
{
	const struct sxt_esp_alg *alg;
	struct sxt_esp_ctx *ctx;
	int err;

	alg = esp_alg_find(params->alg, extack);
	if (!alg) {
		params->bad = SXT_SA_FIELD_ALG;
		return -EOPNOTSUPP;
	}
	err = esp_check_lens(alg, params, extack);
	if (err)
		return err;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);
	if (!ctx)
		return -ENOMEM;
	ctx->tfm = crypto_alloc_aead(sa->esn ? alg->aead_esn : alg->aead, 0, 0);
	if (IS_ERR(ctx->tfm)) {
		err = PTR_ERR(ctx->tfm);
		params->bad = SXT_SA_FIELD_ALG;
		if (err == -ENOENT || err == -ELIBBAD)
			NL_SET_ERR_MSG_FMT(extack, "alg: this kernel has no %s",
					   sa->esn ? alg->aead_esn : alg->aead);
		goto err_free;
	}
	err = esp_setkey(ctx->tfm, alg, params->secret);
	if (err) {
		params->bad = SXT_SA_FIELD_KEY;
		if (err == -EINVAL)
			esp_refuse(extack, "key: the cipher refuses it");
		goto err_tfm;
	}
	err = sxt_esp_geom_init(&ctx->geom, alg->iv_len, alg->icv_len,
				alg->block);
	if (err)
		goto err_tfm;
	esp_ctx_fill(ctx, alg);
	sa->priv = ctx;
	sa->alg = alg->name;
	sa->head_len = ctx->geom.head_len;
	sa->tail_max = sxt_esp_tailroom(&ctx->geom);
	sa->icv_len = ctx->geom.icv_len;
	return 0;

err_tfm:
	crypto_free_aead(ctx->tfm);
err_free:
	kfree(ctx);
	return err;
}

/**
 * sxt_esp_fini() - the end of a cipher context; the crypto API wipes its keys
 * @sa: the SA, which no packet uses any more
 *
 * Context: process.
 */
void sxt_esp_fini(struct sxt_sa *sa)
{
	struct sxt_esp_ctx *ctx = sa->priv;

	crypto_free_aead(ctx->tfm);
	kfree_sensitive(ctx);
}

/**
 * sxt_esp_memory() - bytes that a cipher context takes
 * @sa: the SA
 *
 * What the crypto API allocates behind its back, such as a child cipher's
 * context, is not known here.
 *
 * Context: any.
 * Return: the bytes known.
 */
size_t sxt_esp_memory(const struct sxt_sa *sa)
{
	const struct sxt_esp_ctx *ctx = sa->priv;
	struct crypto_tfm *tfm = crypto_aead_tfm(ctx->tfm);

	return ksize(ctx) + sizeof(struct crypto_aead) +
	       tfm->__crt_alg->cra_ctxsize;
}
