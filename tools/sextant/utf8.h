/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bytes of a text can be shown as they are.
 */
#ifndef SXT_UTF8_H
#define SXT_UTF8_H

#include <stddef.h>

size_t sxt_utf8_shown(const char *s);

#endif
