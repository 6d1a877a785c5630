// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names come from whoever may configure the kernel, and are shown on terminals
 * and in JSON: only well-formed UTF-8 without control characters is let
 * through, nor those that turn the direction of writing, by which a line shows
 * what does not stand in it.
 */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

/* The first byte of a sequence: its length, its bits, the least code point. */
static size_t lead(unsigned char c, uint32_t *code, uint32_t *least)
{
	if ((c & 0xe0) == 0xc0) {
		*code = c & 0x1f;
		*least = 0xa0;	/* those up to 0x9f are control characters */
		return 2;
	}
	if ((c & 0xf0) == 0xe0) {
		*code = c & 0x0f;
		*least = 0x800;
		return 3;
	}
	if ((c & 0xf8) == 0xf0) {
		*code = c & 0x07;
		*least = 0x10000;
		return 4;
	}
	return 0;
}

/*
 * Marks, embeddings, overrides and isolates of the bidirectional algorithm.
 * Letters that are written from the right need none of them.
 */
static bool is_direction(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/**
 * sxt_utf8_shown() - how many bytes the next character has
 * @s: text, not at its end
 *
 * Return: 1 to 4; 0 if it is a control character, one that turns the
 * direction, or no character at all.
 */
size_t sxt_utf8_shown(const char *s)
{
	uint32_t code, least;
	unsigned char c = *s;
	size_t len, i;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	len = lead(c, &code, &least);
	for (i = 1; i < len; i++) {
		c = s[i];
		if ((c & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c & 0x3f);
	}
	if (!len || code < least || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff) || is_direction(code))
		return 0;
	return len;
}
