// SPDX-License-Identifier: GPL-2.0-only
/*
 * A growing buffer and what is written into it: words of text, and JSON. Knows
 * nothing of what the words mean.
 */
#include "out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "utf8.h"

/* Room for @len more bytes and a NUL, or NULL. */
static char *grow(struct sxt_out *out, size_t len)
{
	size_t cap = out->cap ? out->cap : 4096;
	char *buf;

	if (out->cap - out->len > len)
		return out->buf + out->len;
	while (cap - out->len <= len)
		cap *= 2;
	buf = realloc(out->buf, cap);
	if (!buf) {
		out->no_memory = true;
		return NULL;
	}
	out->buf = buf;
	out->cap = cap;
	return buf + out->len;
}

/**
 * sxt_out_clear() - forget what was put together
 * @out: output
 */
void sxt_out_clear(struct sxt_out *out)
{
	out->len = 0;
	out->depth = 0;
	out->comma = false;
	out->key = false;
}

/**
 * sxt_out_free() - give the memory back
 * @out: output
 */
void sxt_out_free(struct sxt_out *out)
{
	free(out->buf);
	out->buf = NULL;
	out->cap = 0;
	out->len = 0;
}

/**
 * sxt_out_flush() - write all to standard output
 * @out: output
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_out_flush(struct sxt_out *out, struct sxt_err *err)
{
	size_t done = 0;
	ssize_t n;

	if (out->no_memory)
		return sxt_err_set(err, SXT_EXIT_OUTPUT,
				   "output: out of memory");
	while (done < out->len) {
		n = write(STDOUT_FILENO, out->buf + done, out->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sxt_err_set(err, SXT_EXIT_OUTPUT, "output: %s",
					   strerror(errno));
		done += n;
	}
	sxt_out_clear(out);
	return 0;
}

/**
 * sxt_out_drop() - take back what was put last
 * @out: output
 * @len: how many bytes
 */
void sxt_out_drop(struct sxt_out *out, size_t len)
{
	out->len -= len < out->len ? len : out->len;
}

/**
 * sxt_out_put() - bytes as they are
 * @out: output
 * @s: bytes
 * @len: how many
 */
void sxt_out_put(struct sxt_out *out, const char *s, size_t len)
{
	char *p = grow(out, len);

	if (!p)
		return;
	memcpy(p, s, len);
	out->len += len;
}

/**
 * sxt_out_text() - formatted text of up to 255 bytes
 * @out: output
 * @fmt: as for printf()
 */
void sxt_out_text(struct sxt_out *out, const char *fmt, ...)
{
	char *p = grow(out, 256);
	va_list ap;
	int n;

	if (!p)
		return;
	va_start(ap, fmt);
	n = vsnprintf(p, 256, fmt, ap);
	va_end(ap);
	if (n > 0)
		out->len += n < 256 ? n : 255;
}

/**
 * sxt_out_word() - a word of text, with a blank before it within a line
 * @out: output
 * @s: word
 */
void sxt_out_word(struct sxt_out *out, const char *s)
{
	char last = out->len ? out->buf[out->len - 1] : '\n';

	if (last != ' ' && last != '\n' && last != '\t')
		sxt_out_put(out, " ", 1);
	sxt_out_put(out, s, strlen(s));
}

/**
 * sxt_out_name() - a name as a word, in the quotes of sextant.conf(5) if needed
 * @out: output
 * @s: name; what could act on a terminal becomes a question mark
 */
void sxt_out_name(struct sxt_out *out, const char *s)
{
	bool quote = !*s || s[strcspn(s, " \t#\"\\")];
	size_t n;

	sxt_out_word(out, quote ? "\"" : "");
	for (; *s; s += n ? n : 1) {
		if (*s == '"' || *s == '\\')
			sxt_out_put(out, "\\", 1);
		n = sxt_utf8_shown(s);
		sxt_out_put(out, n ? s : "?", n ? n : 1);
	}
	if (quote)
		sxt_out_put(out, "\"", 1);
}

static void json_indent(struct sxt_out *out)
{
	unsigned int i;

	if (!out->pretty)
		return;
	sxt_out_put(out, "\n", 1);
	for (i = 0; i < out->depth; i++)
		sxt_out_put(out, "    ", 4);
}

/* What separates a value or a key from what is before it. */
static void json_next(struct sxt_out *out)
{
	if (out->key) {
		out->key = false;
		return;
	}
	if (out->comma)
		sxt_out_put(out, ",", 1);
	if (out->depth)
		json_indent(out);
	out->comma = true;
}

/**
 * sxt_json_open() - begin an object or an array
 * @out: output
 * @bracket: { or [
 */
void sxt_json_open(struct sxt_out *out, char bracket)
{
	json_next(out);
	sxt_out_put(out, &bracket, 1);
	out->depth++;
	out->comma = false;
}

/**
 * sxt_json_close() - end an object or an array
 * @out: output
 * @bracket: } or ]
 */
void sxt_json_close(struct sxt_out *out, char bracket)
{
	out->depth--;
	if (out->comma)
		json_indent(out);
	sxt_out_put(out, &bracket, 1);
	out->comma = true;
}

static void json_quoted(struct sxt_out *out, const char *s)
{
	size_t n;

	sxt_out_put(out, "\"", 1);
	for (; *s; s += n ? n : 1) {
		n = sxt_utf8_shown(s);
		if (*s == '"' || *s == '\\')
			sxt_out_text(out, "\\%c", *s);
		else if (n)
			sxt_out_put(out, s, n);
		else if (*s > 0)
			sxt_out_text(out, "\\u%04x", *s);
		else
			sxt_out_text(out, "\\ufffd");
	}
	sxt_out_put(out, "\"", 1);
}

/**
 * sxt_json_key() - name of the value that comes next
 * @out: output
 * @key: name
 */
void sxt_json_key(struct sxt_out *out, const char *key)
{
	json_next(out);
	json_quoted(out, key);
	sxt_out_put(out, ": ", out->pretty ? 2 : 1);
	out->key = true;
}

/**
 * sxt_json_str() - a string
 * @out: output
 * @s: string
 */
void sxt_json_str(struct sxt_out *out, const char *s)
{
	json_next(out);
	json_quoted(out, s);
}

/**
 * sxt_json_num() - a number
 * @out: output
 * @val: number
 */
void sxt_json_num(struct sxt_out *out, uint64_t val)
{
	json_next(out);
	sxt_out_text(out, "%llu", (unsigned long long)val);
}

/**
 * sxt_json_bool() - true or false
 * @out: output
 * @val: which
 */
void sxt_json_bool(struct sxt_out *out, bool val)
{
	json_next(out);
	sxt_out_text(out, "%s", val ? "true" : "false");
}

/**
 * sxt_json_end() - end one whole document with a newline
 * @out: output
 */
void sxt_json_end(struct sxt_out *out)
{
	sxt_out_put(out, "\n", 1);
	out->comma = false;
}
