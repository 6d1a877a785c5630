// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds and prints error sentences. Knows no netlink and no grammar.
 */
#include "err.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

/* Of the words in front, so that two paths leave room for the sentence. */
#define PREFIX_MAX	160

/**
 * sxt_err_set() - say what went wrong
 * @err: error to fill
 * @code: exit status
 * @fmt: sentence, as for printf()
 *
 * Return: -1, for the caller to return.
 */
int sxt_err_set(struct sxt_err *err, enum sxt_exit code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->culprit = 0;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

/**
 * sxt_err_prefix() - say where it went wrong, before the sentence
 * @err: error that has a sentence
 * @fmt: words to put in front, ": " follows them; of many only the end is
 *	shown, where a path has its name and the number of the line
 */
void sxt_err_prefix(struct sxt_err *err, const char *fmt, ...)
{
	char text[sizeof(err->text)];
	char prefix[PATH_MAX + 64];
	size_t len, cut = 0;
	va_list ap;

	memcpy(text, err->text, sizeof(text));
	va_start(ap, fmt);
	vsnprintf(prefix, sizeof(prefix), fmt, ap);
	va_end(ap);
	len = strlen(prefix);
	if (len > PREFIX_MAX)
		cut = len - PREFIX_MAX;
	/* Not within a character. */
	while (cut && (prefix[cut] & 0xc0) == 0x80)
		cut++;
	len = snprintf(err->text, sizeof(err->text), "%s%s: ",
		       cut ? "..." : "", prefix + cut);
	snprintf(err->text + len, sizeof(err->text) - len, "%.*s",
		 (int)(sizeof(err->text) - len), text);
}

/**
 * sxt_err_print() - write the sentence to standard error
 * @err: error that has a sentence
 *
 * Words of the user are quoted in it, so that what could act on a terminal is
 * made harmless here.
 */
void sxt_err_print(const struct sxt_err *err)
{
	char text[sizeof(err->text)];
	size_t n;
	char *p;

	memcpy(text, err->text, sizeof(text));
	for (p = text; *p; p += n) {
		n = sxt_utf8_shown(p);
		if (!n) {
			*p = '?';
			n = 1;
		}
	}
	fprintf(stderr, "sextant: %s\n", text);
}
