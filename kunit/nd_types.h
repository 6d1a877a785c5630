/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the suites of neighbour discovery, behind the pure file that names the
 * types: a case for each type of message.
 */
#ifndef SEXTANT_KUNIT_ND_TYPES_H
#define SEXTANT_KUNIT_ND_TYPES_H

#include <kunit/test.h>

static const struct type_param {
	const char *desc;
	u8 type;
} type_params[] = {
	{ "router solicitation", RS },
	{ "router advertisement", RA },
	{ "neighbour solicitation", NS },
	{ "neighbour advertisement", NA },
	{ "redirect", REDIRECT },
};

KUNIT_ARRAY_PARAM_DESC(type, type_params, desc);

#endif /* SEXTANT_KUNIT_ND_TYPES_H */
