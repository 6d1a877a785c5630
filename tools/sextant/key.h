/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where keys come from: files that nobody else can read or write, or a pipe or
 * terminal as standard input. Keeps no copy.
 */
#ifndef SXT_KEY_H
#define SXT_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

int sxt_key_private(int fd, struct sxt_err *err);
int sxt_key_read(const char *path, uint8_t *key, size_t max, size_t *len,
		 struct sxt_err *err);

#endif
