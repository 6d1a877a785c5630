/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites of SAD and SPD: SAs of the first network namespace, from
 * 192.0.2.1 to 192.0.2.2, in the tables and out of them again.
 */
#ifndef SEXTANT_KUNIT_SA_MAKE_H
#define SEXTANT_KUNIT_SA_MAKE_H

#include <linux/err.h>
#include <net/net_namespace.h>
#include <sextant/key.h>
#include <sextant/secret.h>

#define SA_SRC	cpu_to_be32(0xc0000201)
#define SA_DST	cpu_to_be32(0xc0000202)

/**
 * sa_params() - an inbound SA that only signs
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @spi: SPI, host order
 * @mode: enum sextant_mode
 *
 * Return: what it is made from.
 */
static inline struct sxt_sa_params sa_params(u8 proto, u32 spi, u8 mode)
{
	static const struct sxt_secret secret = { .auth_len = 32 };
	struct sxt_sa_params params = {
		.ident.dst.v4 = SA_DST,
		.ident.spi = cpu_to_be32(spi),
		.ident.proto = proto,
		.ident.dir = SEXTANT_DIRECTION_IN,
		.ident.family = AF_INET,
		.src.v4 = SA_SRC,
		.mode = mode,
		.window = 32,
		.alg = "null-hmac-sha256",
		.secret = &secret,
	};

	sxt_life_unlimited(&params.life);
	return params;
}

/**
 * sa_insert() - an SA that is in the tables, not committed
 * @params: by sa_params()
 *
 * Return: the SA, whose reference is the tables', or why there is none.
 */
static inline struct sxt_sa *sa_insert(struct sxt_sa_params *params)
{
	struct netlink_ext_ack extack = {};
	struct sxt_sa *sa;
	int err;

	sa = sxt_sa_new(&init_net, params, &extack);
	if (IS_ERR(sa))
		return sa;
	sxt_config_lock(&init_net);
	err = sxt_sa_insert(sa, params, &extack);
	sxt_config_unlock(&init_net);
	if (!err)
		return sa;
	sxt_sa_put(sa);
	return ERR_PTR(err);
}

/**
 * sa_commit() - packets may pass it
 * @sa: the SA
 */
static inline void sa_commit(struct sxt_sa *sa)
{
	sxt_config_lock(&init_net);
	sxt_sa_commit(sa);
	sxt_generation_next(&init_net);
	sxt_config_unlock(&init_net);
}

/**
 * sa_take_out() - it is deleted, if it is still there
 * @sa: the SA
 */
static inline void sa_take_out(struct sxt_sa *sa)
{
	sxt_config_lock(&init_net);
	if (sxt_sa_hold(sa)) {
		sxt_sa_remove(sa);
		sxt_generation_next(&init_net);
		sxt_sa_put(sa);
	}
	sxt_config_unlock(&init_net);
}

#endif /* SEXTANT_KUNIT_SA_MAKE_H */
