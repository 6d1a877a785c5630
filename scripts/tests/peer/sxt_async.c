// SPDX-License-Identifier: GPL-2.0
/*
 * Makes ciphers of ESP asynchronous as long as it is loaded: an instance of
 * cryptd around each has a higher priority than the cipher itself, so that
 * whoever asks for the cipher by its name gets that. On x86 AES is not among
 * them: it says that it is asynchronous already, and cryptd takes no such cipher.
 * For scripts/tests/14-async.sh; no part of the suite.
 */
#include <crypto/aead.h>
#include <linux/err.h>
#include <linux/module.h>

static const char *const names[] = {
	"rfc7539esp(chacha20,poly1305)",
	"authenc(hmac(sha256),ecb(cipher_null))",
	"authencesn(hmac(sha256),ecb(cipher_null))",
#ifndef CONFIG_X86
	"rfc4106(gcm(aes))",
	"authenc(hmac(sha256),cbc(aes))",
	"authencesn(hmac(sha256),cbc(aes))",
#endif
};

static struct crypto_aead *tfms[ARRAY_SIZE(names)];

static void async_release(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tfms); i++)
		crypto_free_aead(tfms[i]);
}

/* An instance is found by the name of the very driver that it is around. */
static struct crypto_aead *async_alloc(const char *name)
{
	struct crypto_aead *tfm = crypto_alloc_aead(name, 0, 0);
	char instance[CRYPTO_MAX_ALG_NAME];
	int len;

	if (IS_ERR(tfm))
		return tfm;
	len = snprintf(instance, sizeof(instance), "cryptd(%s)",
		       crypto_tfm_alg_driver_name(crypto_aead_tfm(tfm)));
	crypto_free_aead(tfm);
	if (len >= sizeof(instance))
		return ERR_PTR(-ENAMETOOLONG);
	return crypto_alloc_aead(instance, 0, 0);
}

static int __init async_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct crypto_aead *tfm = async_alloc(names[i]);

		if (IS_ERR(tfm)) {
			pr_err("sxt_async: %s: error %ld\n", names[i],
			       PTR_ERR(tfm));
			async_release();
			return PTR_ERR(tfm);
		}
		tfms[i] = tfm;
	}
	return 0;
}

static void __exit async_exit(void)
{
	async_release();
}

module_init(async_init);
module_exit(async_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Asynchronous ciphers for a test");
