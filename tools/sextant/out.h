/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where output is put together, as text or as JSON. It is kept back until
 * sxt_out_flush(), so that a dump that was interrupted can be thrown away.
 */
#ifndef SXT_OUT_H
#define SXT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/**
 * struct sxt_out - output that is being put together
 * @buf: bytes so far
 * @len: how many
 * @cap: room there
 * @depth: open brackets
 * @json: JSON, not text
 * @pretty: indented JSON
 * @comma: a value came before on this level
 * @key: a key was written, its value is next
 * @no_memory: something is missing
 */
struct sxt_out {
	char *buf;
	size_t len;
	size_t cap;
	unsigned int depth;
	bool json;
	bool pretty;
	bool comma;
	bool key;
	bool no_memory;
};

void sxt_out_clear(struct sxt_out *out);
int sxt_out_flush(struct sxt_out *out, struct sxt_err *err);
void sxt_out_free(struct sxt_out *out);

void sxt_out_drop(struct sxt_out *out, size_t len);
void sxt_out_put(struct sxt_out *out, const char *s, size_t len);
void sxt_out_text(struct sxt_out *out, const char *fmt, ...)
	__printf(2, 3);
void sxt_out_word(struct sxt_out *out, const char *s);
void sxt_out_name(struct sxt_out *out, const char *s);

void sxt_json_open(struct sxt_out *out, char bracket);
void sxt_json_close(struct sxt_out *out, char bracket);
void sxt_json_key(struct sxt_out *out, const char *key);
void sxt_json_str(struct sxt_out *out, const char *s);
void sxt_json_num(struct sxt_out *out, uint64_t val);
void sxt_json_bool(struct sxt_out *out, bool val);
void sxt_json_end(struct sxt_out *out);

#endif
