// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one file that handles key bytes: made from a request, given to the
 * crypto API by the transforms, wiped. Nothing here prints.
 */
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <sextant/secret.h>

/**
 * sxt_secret_new() - copy keys out of a request
 * @key: cipher key
 * @key_len: its length in bytes
 * @auth: integrity key, or NULL
 * @auth_len: its length in bytes
 *
 * The caller wipes the request.
 *
 * Context: process; may sleep.
 * Return: the secret, to be given to sxt_secret_free(); -EINVAL if a key is
 * longer than SEXTANT_KEY_MAX, -ENOMEM.
 */
struct sxt_secret *sxt_secret_new(const void *key, size_t key_len,
				  const void *auth, size_t auth_len)
{
	struct sxt_secret *secret;

	if (key_len > sizeof(secret->key) || auth_len > sizeof(secret->auth))
		return ERR_PTR(-EINVAL);
	secret = kzalloc(sizeof(*secret), GFP_KERNEL);
	if (!secret)
		return ERR_PTR(-ENOMEM);
	secret->key_len = key_len;
	secret->auth_len = auth_len;
	if (key_len)
		memcpy(secret->key, key, key_len);
	if (auth_len)
		memcpy(secret->auth, auth, auth_len);
	return secret;
}
EXPORT_SYMBOL_NS_GPL(sxt_secret_new, SEXTANT);

/**
 * sxt_secret_free() - wipe and free
 * @secret: the secret, NULL or an ERR_PTR
 *
 * Context: any.
 */
void sxt_secret_free(struct sxt_secret *secret)
{
	if (!IS_ERR(secret))
		kfree_sensitive(secret);
}
EXPORT_SYMBOL_NS_GPL(sxt_secret_free, SEXTANT);

/**
 * sxt_secret_fingerprint() - a number that tells keys apart, not what they are
 * @secret: the keys
 * @out: first 8 bytes of SHA-256 over lengths and keys, the same at both ends
 *
 * Context: any.
 */
void sxt_secret_fingerprint(const struct sxt_secret *secret, u8 out[8])
{
	u8 digest[SHA256_DIGEST_SIZE];
	struct sha256_state ctx;
	u8 len[2] = { secret->key_len, secret->auth_len };

	sha256_init(&ctx);
	sha256_update(&ctx, len, sizeof(len));
	sha256_update(&ctx, secret->key, secret->key_len);
	sha256_update(&ctx, secret->auth, secret->auth_len);
	sha256_final(&ctx, digest);
	memcpy(out, digest, 8);
	memzero_explicit(digest, sizeof(digest));
	memzero_explicit(&ctx, sizeof(ctx));
}
