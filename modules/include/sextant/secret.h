/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys on their way from a request to the crypto API. They live in this object
 * and nowhere else, are never printed or dumped, and are wiped when it goes.
 */
#ifndef SEXTANT_SECRET_H
#define SEXTANT_SECRET_H

#include <linux/types.h>
#include <uapi/linux/sextant.h>

/**
 * struct sxt_secret - the keys of one SA
 * @key_len: bytes of the cipher key, salt included
 * @auth_len: bytes of the integrity key
 * @key: cipher key
 * @auth: integrity key
 */
struct sxt_secret {
	u32 key_len;
	u32 auth_len;
	u8 key[SEXTANT_KEY_MAX];
	u8 auth[SEXTANT_KEY_MAX];
};

struct sxt_secret *sxt_secret_new(const void *key, size_t key_len,
				  const void *auth, size_t auth_len);
void sxt_secret_free(struct sxt_secret *secret);
void sxt_secret_fingerprint(const struct sxt_secret *secret, u8 out[8]);

#endif /* SEXTANT_SECRET_H */
