/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What went wrong, in words, and the exit status that it means. Holds one
 * error, the first; prints nothing by itself.
 */
#ifndef SXT_ERR_H
#define SXT_ERR_H

#include <stdint.h>

/* The kernel's name for it, which the C library does not have. */
#define SXT_FORMAT		format
#define __printf(fmt, args)	__attribute__((SXT_FORMAT(printf, fmt, args)))

/* Exit statuses, see EXIT STATUS in sextant(8). */
enum sxt_exit {
	SXT_EXIT_OK,
	SXT_EXIT_USAGE,
	SXT_EXIT_REFUSED,
	SXT_EXIT_MISSING,
	SXT_EXIT_OUTPUT,
};

/**
 * struct sxt_err - an error on its way to the user
 * @code: exit status
 * @text: sentence, without the name of the program
 * @culprit: sequence number of an earlier request, if the kernel blames that
 *	one; else 0
 */
struct sxt_err {
	enum sxt_exit code;
	char text[512];
	uint32_t culprit;
};

int sxt_err_set(struct sxt_err *err, enum sxt_exit code, const char *fmt, ...)
	__printf(3, 4);
void sxt_err_prefix(struct sxt_err *err, const char *fmt, ...)
	__printf(2, 3);
void sxt_err_print(const struct sxt_err *err);

#endif
