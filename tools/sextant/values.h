/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsers of single values, each strict and each a function of its own: the
 * whole text has to be the value. No netlink, no tables of words.
 */
#ifndef SXT_VALUES_H
#define SXT_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/**
 * struct sxt_addr - an address of either family
 * @len: 4 or 16; 0 for none
 * @b: address in network order
 */
struct sxt_addr {
	uint8_t len;
	uint8_t b[16];
};

/**
 * struct sxt_range - addresses from @first to @last, of one family
 * @first: lowest; a length of 0 means any address
 * @last: highest
 */
struct sxt_range {
	struct sxt_addr first;
	struct sxt_addr last;
};

const char *sxt_quote_word(const char *s);
const char *sxt_quote_value(const char *s);
const char *sxt_quote_path(const char *s);

int sxt_val_number(const char *s, uint64_t max, uint64_t *val,
		   struct sxt_err *err);
int sxt_val_pair(const char *s, uint32_t max, uint32_t pair[2],
		 struct sxt_err *err);
int sxt_val_addr(const char *s, struct sxt_addr *addr, struct sxt_err *err);
int sxt_val_range(const char *s, struct sxt_range *range, struct sxt_err *err);
int sxt_val_hex(const char *s, size_t n, uint8_t *key, size_t max,
		size_t *len, struct sxt_err *err);
int sxt_val_name(const char *s, size_t max, struct sxt_err *err);

#endif
