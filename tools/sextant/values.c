// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsers of single values: numbers, ranges of numbers, addresses, prefixes
 * and ranges of addresses, hexadecimal keys, names. Pure: text in, value or
 * sentence out. What a value means is for the kernel to judge.
 */
#include "values.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "utf8.h"

/*
 * The value of each hexadecimal digit, and one more so that 0 says that it is
 * none: a table, since files with thousands of keys are read by it.
 */
static const uint8_t digits[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int digit(char c)
{
	return digits[(unsigned char)c] - 1;
}

/*
 * @s, or what is said instead if so many decimal digits in a row are in it, or
 * so many hexadecimal ones with a letter among them.
 */
static const char *quoted(const char *s, unsigned int decimal,
			  unsigned int hex)
{
	unsigned int row = 0;
	bool letter = false;
	const char *p;

	for (p = s; *p; p++) {
		if (digit(*p) < 0) {
			row = 0;
			letter = false;
			continue;
		}
		row++;
		letter |= digit(*p) > 9;
		if (row >= (letter ? hex : decimal))
			return "(may be a key)";
	}
	return s;
}

/**
 * sxt_quote_word() - what a message may say of a word that is not understood
 * @s: word that stands where one of the grammar's should
 *
 * Messages end up in logs, and keys by mistake in any place: behind a word
 * that was forgotten, or in pieces, as od(1) writes them. No word of the
 * grammar has eight hexadecimal digits in a row.
 *
 * Return: @s, or words that stand for it.
 */
const char *sxt_quote_word(const char *s)
{
	return quoted(s, 8, 8);
}

/**
 * sxt_quote_value() - what a message may say of a value that is refused
 * @s: value
 *
 * Like sxt_quote_word(), but numbers of 64 bits, which have up to 20 digits,
 * and names of interfaces, which have up to 15 bytes, are shown.
 *
 * Return: @s, or words that stand for it.
 */
const char *sxt_quote_value(const char *s)
{
	return quoted(s, 21, 16);
}

/**
 * sxt_quote_path() - what a message may say of the name of a file
 * @s: name
 *
 * A key may stand in its place by mistake; none has a slash.
 *
 * Return: @s, or words that stand for it.
 */
const char *sxt_quote_path(const char *s)
{
	return strchr(s, '/') ? s : sxt_quote_value(s);
}

static int usage(struct sxt_err *err, const char *s, const char *what)
{
	return sxt_err_set(err, SXT_EXIT_USAGE, "'%.64s' %s",
			   sxt_quote_value(s), what);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/**
 * sxt_val_number() - decimal, or hexadecimal behind 0x
 * @s: text
 * @max: highest value allowed
 * @val: result
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_val_number(const char *s, uint64_t max, uint64_t *val,
		   struct sxt_err *err)
{
	uint64_t base = 10, v = 0;
	const char *p = s;
	int d;

	if (p[0] == '0' && p[1] == 'x') {
		base = 16;
		p += 2;
	}
	if (!*p)
		return usage(err, s, "is not a number");
	for (; *p; p++) {
		d = digit(*p);
		if (d < 0 || (uint64_t)d >= base)
			return usage(err, s, "is not a number");
		if ((uint64_t)d > max || v > (max - d) / base)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "'%.64s' is more than %llu",
					   sxt_quote_value(s),
					   (unsigned long long)max);
		v = v * base + d;
	}
	*val = v;
	return 0;
}

/**
 * sxt_val_pair() - a number, or two joined by a hyphen, the lower one first
 * @s: text
 * @max: highest value allowed
 * @pair: first and last; the same if there is only one
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_val_pair(const char *s, uint32_t max, uint32_t pair[2],
		 struct sxt_err *err)
{
	const char *dash = strchr(s, '-');
	size_t n = dash ? (size_t)(dash - s) : strlen(s);
	char first[32];
	uint64_t v;

	if (!n || n >= sizeof(first) || (dash && !dash[1]))
		return usage(err, s, "is not a number or a range");
	memcpy(first, s, n);
	first[n] = '\0';
	if (sxt_val_number(first, max, &v, err))
		return -1;
	pair[0] = v;
	if (dash && sxt_val_number(dash + 1, max, &v, err))
		return -1;
	pair[1] = v;
	if (pair[1] < pair[0])
		return usage(err, s, "is a range with the higher end first");
	return 0;
}

/**
 * sxt_val_addr() - an IPv4 or IPv6 address
 * @s: text
 * @addr: result
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_val_addr(const char *s, struct sxt_addr *addr, struct sxt_err *err)
{
	if (strchr(s, ':')) {
		addr->len = 16;
		if (inet_pton(AF_INET6, s, addr->b) == 1)
			return 0;
	} else {
		addr->len = 4;
		if (inet_pton(AF_INET, s, addr->b) == 1)
			return 0;
	}
	return usage(err, s, "is not an address");
}

/* Sets all bits behind the first @bits to 0 or 1; true if one was not so. */
static bool fill_host(struct sxt_addr *addr, unsigned int bits, bool ones)
{
	unsigned int i, keep;
	bool changed = false;
	uint8_t mask, b;

	for (i = bits / 8; i < addr->len; i++) {
		keep = i == bits / 8 ? bits % 8 : 0;
		mask = 0xff >> keep;
		b = ones ? addr->b[i] | mask : addr->b[i] & ~mask;
		changed |= b != addr->b[i];
		addr->b[i] = b;
	}
	return changed;
}

static int val_prefix(const char *s, const char *bits,
		      struct sxt_range *range, struct sxt_err *err)
{
	uint64_t n;

	/* No 0x here, and no more digits than a length can have. */
	if (!*bits || strlen(bits) > 3 || bits[strspn(bits, "0123456789")])
		return usage(err, bits, "is not a prefix length");
	if (sxt_val_number(bits, range->first.len * 8u, &n, err))
		return -1;
	range->last = range->first;
	if (fill_host(&range->first, n, false))
		return usage(err, s, "has bits set behind the prefix");
	fill_host(&range->last, n, true);
	return 0;
}

/**
 * sxt_val_range() - an address, a prefix, a range of addresses, or any
 * @s: text
 * @range: result
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_val_range(const char *s, struct sxt_range *range, struct sxt_err *err)
{
	size_t n = strcspn(s, "/-");
	char first[INET6_ADDRSTRLEN + 1];

	if (!strcmp(s, "any")) {
		range->first.len = 0;
		range->last.len = 0;
		return 0;
	}
	if (!n || n >= sizeof(first) || (s[n] && !s[n + 1]))
		return usage(err, s, "is not an address, a prefix or a range");
	memcpy(first, s, n);
	first[n] = '\0';
	if (sxt_val_addr(first, &range->first, err))
		return -1;
	if (s[n] == '/')
		return val_prefix(s, s + n + 1, range, err);
	if (!s[n]) {
		range->last = range->first;
		return 0;
	}
	if (sxt_val_addr(s + n + 1, &range->last, err))
		return -1;
	if (range->first.len != range->last.len)
		return usage(err, s, "is a range of two families");
	if (memcmp(range->first.b, range->last.b, range->first.len) > 0)
		return usage(err, s, "is a range with the higher end first");
	return 0;
}

/**
 * sxt_val_hex() - a key in hexadecimal digits
 * @s: text; white space is skipped, 0x in front allowed
 * @n: its length
 * @key: result
 * @max: room there
 * @len: length of the key in bytes
 * @err: why not; never quotes what was given
 *
 * Return: 0, or -1.
 */
int sxt_val_hex(const char *s, size_t n, uint8_t *key, size_t max,
		size_t *len, struct sxt_err *err)
{
	int d, high = -1;
	size_t i = 0;

	*len = 0;
	while (i < n && is_blank(s[i]))
		i++;
	if (n - i >= 2 && s[i] == '0' && s[i + 1] == 'x')
		i += 2;
	for (; i < n; i++) {
		d = digit(s[i]);
		if (d < 0 && is_blank(s[i]))
			continue;
		if (d < 0)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "not a hexadecimal digit at byte %zu",
					   i + 1);
		if (*len == max)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "more than %zu bytes", max);
		if (high < 0) {
			high = d;
			continue;
		}
		key[(*len)++] = high << 4 | d;
		high = -1;
	}
	if (high >= 0)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "odd number of hexadecimal digits");
	if (!*len)
		return sxt_err_set(err, SXT_EXIT_USAGE, "no key there");
	return 0;
}

/**
 * sxt_val_name() - a name of an SA, a policy or an algorithm
 * @s: text
 * @max: longest allowed
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_val_name(const char *s, size_t max, struct sxt_err *err)
{
	size_t len = strlen(s), n;

	if (!len)
		return sxt_err_set(err, SXT_EXIT_USAGE, "empty");
	if (len > max)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "'%.64s' is longer than %zu bytes",
				   sxt_quote_value(s), max);
	for (; *s; s += n) {
		n = sxt_utf8_shown(s);
		if (!n)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "has a control character, or is not UTF-8");
	}
	return 0;
}
