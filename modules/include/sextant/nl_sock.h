/* SPDX-License-Identifier: GPL-2.0-only */
/* What sextant_netlink keeps for each netlink socket that uses it. */
#ifndef SEXTANT_NL_SOCK_H
#define SEXTANT_NL_SOCK_H

#include <linux/mutex.h>

struct sxt_transaction;

/**
 * struct sxt_nl_sock - one netlink socket
 * @lock: two threads may use one socket
 * @transaction: what was begun on it and not ended, or NULL
 */
struct sxt_nl_sock {
	struct mutex lock;	/* two threads may use one socket */
	struct sxt_transaction *transaction;
};

#endif /* SEXTANT_NL_SOCK_H */
