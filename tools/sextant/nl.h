/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netlink socket: the family, requests and their answers, dumps, batches,
 * and what the kernel says when it refuses. Knows the attribute names only to
 * say which one was refused.
 */
#ifndef SXT_NL_H
#define SXT_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* The largest request, and what the largest answer needs. */
#define SXT_MSG_MAX	4096
#define SXT_RX_MAX	65536

/**
 * struct sxt_nl - an open socket
 * @sock: socket; NULL if not open
 * @portid: its address
 * @seq: sequence number of the last request
 * @family: number of the family "sextant"
 * @group_sa: multicast group of SA events; 0 if there is none
 * @group_policy: multicast group of policy events
 * @unsure: the family may have gone, and the socket was not told
 * @rx: what was received
 */
struct sxt_nl {
	struct mnl_socket *sock;
	unsigned int portid;
	uint32_t seq;
	uint16_t family;
	uint32_t group_sa;
	uint32_t group_policy;
	bool unsure;
	uint64_t rx[SXT_RX_MAX / sizeof(uint64_t)];
};

/* Called for each answer that has data; -1 with @err ends the request. */
typedef int (*sxt_nl_fn)(const struct nlmsghdr *nlh, void *arg,
			 struct sxt_err *err);

/**
 * struct sxt_nl_refusal - which message of a batch was refused
 * @index: its number in the batch, from 0; UINT_MAX if none was
 */
struct sxt_nl_refusal {
	unsigned int index;
};

struct nlmsghdr *sxt_nl_start(void *buf, uint8_t cmd);
int sxt_nl_open(struct sxt_nl *nl, struct sxt_err *err);
void sxt_nl_close(struct sxt_nl *nl);
int sxt_nl_ask(struct sxt_nl *nl, struct nlmsghdr *nlh, sxt_nl_fn fn,
	       void *arg, struct sxt_err *err);
int sxt_nl_dump(struct sxt_nl *nl, struct nlmsghdr *nlh, sxt_nl_fn fn,
		void *arg, bool *again, struct sxt_err *err);
int sxt_nl_batch(struct sxt_nl *nl, void *buf, size_t len,
		 struct sxt_nl_refusal *refusal, struct sxt_err *err);
int sxt_nl_join(struct sxt_nl *nl, uint32_t group, struct sxt_err *err);
int sxt_nl_events(struct sxt_nl *nl, sxt_nl_fn fn, void *arg, bool *lost,
		  struct sxt_err *err);

#endif
