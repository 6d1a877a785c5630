// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the words of one command by its table and puts the attributes into a
 * message. Syntax only: whether the values make sense together is for the
 * kernel to say.
 */
#include "words.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/sextant.h>
#include <net/if.h>
#include <string.h>

#include "key.h"
#include "values.h"

/* All attributes of a selector fit in. */
#define SELECTOR_MAX	512

#define SELECTOR	SXT_WORD_SELECTOR
#define A(name)		SEXTANT_A_SELECTOR_##name

const struct sxt_word sxt_selector_words[] = {
	{ "src", A(SRC_FIRST), SELECTOR, sxt_word_range, .value = "PREFIX" },
	{ "dst", A(DST_FIRST), SELECTOR, sxt_word_range, .value = "PREFIX" },
	{ "proto", A(PROTO), SELECTOR, sxt_word_proto, sxt_names_upper,
	  "NUMBER", 255 },
	{ "sport", A(SPORT_FIRST), SELECTOR, sxt_word_pair, .value = "PORTS",
	  .max = 65535 },
	{ "dport", A(DPORT_FIRST), SELECTOR, sxt_word_pair, .value = "PORTS",
	  .max = 65535 },
	{ "icmp-type", A(ICMP_TYPE_FIRST), SELECTOR, sxt_word_pair,
	  .value = "NUMBERS", .max = 255 },
	{ "icmp-code", A(ICMP_CODE_FIRST), SELECTOR, sxt_word_pair,
	  .value = "NUMBERS", .max = 255 },
	{ "family", A(FAMILY), SELECTOR, sxt_word_enum, sxt_names_family },
	{ "dev", A(IFINDEX), SELECTOR, sxt_word_dev, .value = "INTERFACE" },
	{ }
};

static const struct sxt_word *find(const struct sxt_word *words,
				   const char *name)
{
	const struct sxt_word *w;

	for (w = words; w->name; w = sxt_word_next(w))
		if (w->name[0] == name[0] && !strcmp(w->name, name))
			return w;
	return NULL;
}

static uint64_t *seen_in(struct sxt_parse *p, const struct sxt_word *w)
{
	return &p->seen[!!(w->flags & SXT_WORD_SELECTOR)];
}

/* Says why the attribute of @w is there already. */
static int given_before(const struct sxt_word *words, const struct sxt_word *w,
			struct sxt_err *err)
{
	const struct sxt_word *o;

	for (o = words; o->name; o = sxt_word_next(o))
		if (o != w && o->attr == w->attr &&
		    !((o->flags ^ w->flags) & SXT_WORD_SELECTOR))
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "given twice, or together with '%s'",
					   o->name);
	return sxt_err_set(err, SXT_EXIT_USAGE, "given twice");
}

static int read_value(struct sxt_parse *p, const struct sxt_word *words,
		      const struct sxt_word *w, struct sxt_err *err)
{
	uint64_t *seen = seen_in(p, w);
	const char *value = NULL;

	if (*seen & 1ull << w->attr)
		return given_before(words, w, err);
	*seen |= 1ull << w->attr;
	if (!(w->flags & SXT_WORD_BARE)) {
		if (!p->args)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "value missing");
		value = *p->arg++;
		p->args--;
	}
	return w->parse(p, w, value, err);
}

/**
 * sxt_words_more() - read all words that are left
 * @p: command
 * @words: table
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_words_more(struct sxt_parse *p, const struct sxt_word *words,
		   struct sxt_err *err)
{
	const struct sxt_word *w;
	const char *name;

	while (p->args) {
		name = *p->arg++;
		p->args--;
		w = find(words, name);
		if (!w)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "unknown word '%.64s'",
					   sxt_quote_word(name));
		if (read_value(p, words, w, err)) {
			sxt_err_prefix(err, "%s", w->name);
			return -1;
		}
	}
	for (w = words; w->name; w = sxt_word_next(w))
		if (w->flags & SXT_WORD_NEEDED &&
		    !(*seen_in(p, w) & 1ull << w->attr))
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "'%s' is missing", w->name);
	return 0;
}

/**
 * sxt_words_parse() - read a command into its message
 * @p: command; @nlh, @room, @arg, @args, @file and @private are set
 * @words: table
 * @sel_attr: attribute that holds the selector; 0 if there is none
 * @err: why not
 *
 * Return: 0, or -1; the caller wipes the message if @secret is set.
 */
int sxt_words_parse(struct sxt_parse *p, const struct sxt_word *words,
		    unsigned int sel_attr, struct sxt_err *err)
{
	uint64_t buf[SELECTOR_MAX / sizeof(uint64_t)];

	p->sel = mnl_nlmsg_put_header(buf);
	if (sxt_words_more(p, words, err))
		return -1;
	/* One whose words all say "any" is a selector, and an empty one. */
	if (!p->seen[1])
		return 0;
	return sxt_words_put(p, false, NLA_F_NESTED | sel_attr,
			     mnl_nlmsg_get_payload_len(p->sel),
			     mnl_nlmsg_get_payload(p->sel), err);
}

/**
 * sxt_words_put() - add an attribute
 * @p: command
 * @sel: to the selector, not to the message
 * @attr: attribute
 * @len: length of its value
 * @data: value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_words_put(struct sxt_parse *p, bool sel, unsigned int attr, size_t len,
		  const void *data, struct sxt_err *err)
{
	if (mnl_attr_put_check(sel ? p->sel : p->nlh,
			       sel ? SELECTOR_MAX : p->room, attr, len, data))
		return 0;
	return sxt_err_set(err, SXT_EXIT_USAGE, "too much for one command");
}

static int put(struct sxt_parse *p, const struct sxt_word *w, size_t len,
	       const void *data, struct sxt_err *err)
{
	return sxt_words_put(p, w->flags & SXT_WORD_SELECTOR, w->attr, len,
			     data, err);
}

/* Two attributes, the first and the last of a range. */
static int put_two(struct sxt_parse *p, const struct sxt_word *w, size_t len,
		   const void *first, const void *last, struct sxt_err *err)
{
	bool sel = w->flags & SXT_WORD_SELECTOR;

	if (sxt_words_put(p, sel, w->attr, len, first, err))
		return -1;
	return sxt_words_put(p, sel, w->attr + 1, len, last, err);
}

static int put_u32(struct sxt_parse *p, const struct sxt_word *w, uint32_t v,
		   struct sxt_err *err)
{
	return put(p, w, sizeof(v), &v, err);
}

/**
 * sxt_word_name() - a name of up to @max bytes
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1; so with all the functions below.
 */
int sxt_word_name(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	if (sxt_val_name(value, w->max, err))
		return -1;
	return put(p, w, strlen(value) + 1, value, err);
}

static int not_one_of(const struct sxt_name *names, const char *value,
		      struct sxt_err *err)
{
	sxt_err_set(err, SXT_EXIT_USAGE, "'%.64s' is not %s%s%s%s%s%s",
		    sxt_quote_word(value),
		    names[0].name,
		    names[1].name ? (names[2].name ? ", " : " or ") : "",
		    names[1].name ? names[1].name : "",
		    names[1].name && names[2].name ? " or " : "",
		    names[1].name && names[2].name ? names[2].name : "", "");
	return -1;
}

/**
 * sxt_word_enum() - one of up to three words
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_enum(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	const struct sxt_name *n;

	for (n = w->names; n->name; n++)
		if (!strcmp(n->name, value))
			return put_u32(p, w, n->value, err);
	return not_one_of(w->names, value, err);
}

/**
 * sxt_word_u32() - a number
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_u32(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err)
{
	uint64_t v;

	if (sxt_val_number(value, w->max, &v, err))
		return -1;
	return put_u32(p, w, v, err);
}

/**
 * sxt_word_uint() - a number of up to 64 bits
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_uint(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	uint64_t v;

	if (sxt_val_number(value, UINT64_MAX, &v, err))
		return -1;
	if (v <= UINT32_MAX)
		return put_u32(p, w, v, err);
	return put(p, w, sizeof(v), &v, err);
}

/**
 * sxt_word_spi() - an SPI, or auto for none
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_spi(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err)
{
	uint64_t v;

	if (w->names && !strcmp(value, w->names->name))
		return 0;
	if (sxt_val_number(value, UINT32_MAX, &v, err))
		return -1;
	return put_u32(p, w, htonl(v), err);
}

/**
 * sxt_word_addr() - an address
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_addr(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	struct sxt_addr addr;

	if (sxt_val_addr(value, &addr, err))
		return -1;
	return put(p, w, addr.len, addr.b, err);
}

/**
 * sxt_word_range() - addresses
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_range(struct sxt_parse *p, const struct sxt_word *w,
		   const char *value, struct sxt_err *err)
{
	struct sxt_range range;

	if (sxt_val_range(value, &range, err))
		return -1;
	if (!range.first.len)
		return 0;
	return put_two(p, w, range.first.len, range.first.b, range.last.b, err);
}

/**
 * sxt_word_pair() - numbers
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_pair(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	uint32_t pair[2];

	if (sxt_val_pair(value, w->max, pair, err))
		return -1;
	return put_two(p, w, sizeof(pair[0]), &pair[0], &pair[1], err);
}

/**
 * sxt_word_proto() - an upper layer protocol
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_proto(struct sxt_parse *p, const struct sxt_word *w,
		   const char *value, struct sxt_err *err)
{
	const struct sxt_name *n;

	if (!strcmp(value, "any"))
		return 0;
	for (n = w->names; n->name; n++)
		if (!strcmp(n->name, value))
			return put_u32(p, w, n->value, err);
	if (*value < '0' || *value > '9')
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "'%.64s' is not tcp, udp, icmp, icmpv6, any or a number",
				   sxt_quote_word(value));
	return sxt_word_u32(p, w, value, err);
}

/**
 * sxt_word_dev() - an interface of the namespace
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_dev(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err)
{
	unsigned int index = if_nametoindex(value);

	if (!index)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "no interface '%.64s' here",
				   sxt_quote_value(value));
	return put_u32(p, w, index, err);
}

/**
 * sxt_word_flag() - a word without a value, or with the only value it can have
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_flag(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	if (value && strcmp(value, w->names->name))
		return not_one_of(w->names, value, err);
	return put(p, w, 0, NULL, err);
}

/**
 * sxt_word_bare() - a word that only has to be there; it puts nothing
 * @p: command
 * @w: word
 * @value: its value; there is none
 * @err: why not
 *
 * Return: 0.
 */
int sxt_word_bare(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err)
{
	(void)p;
	(void)w;
	(void)value;
	(void)err;
	return 0;
}

/**
 * sxt_word_window() - a window size, or off
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_window(struct sxt_parse *p, const struct sxt_word *w,
		    const char *value, struct sxt_err *err)
{
	uint64_t v;

	if (!strcmp(value, "off"))
		return sxt_words_put(p, false, SEXTANT_A_SA_WINDOW_OFF, 0, NULL,
				     err);
	if (sxt_val_number(value, w->max, &v, err))
		return -1;
	if (!v)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "0 is no window; say off to accept replayed packets");
	return put_u32(p, w, v, err);
}

/**
 * sxt_word_key() - a key in the line itself, in files only
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_key(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err)
{
	uint8_t key[SEXTANT_KEY_MAX];
	size_t len;
	int ret;

	if (!p->file)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "not accepted on the command line, where others can see it: use %s-file",
				   w->name);
	if (p->private)
		return sxt_err_set(err, SXT_EXIT_USAGE, "%s", p->private);
	p->secret = true;
	ret = sxt_val_hex(value, strlen(value), key, sizeof(key), &len, err);
	if (!ret)
		ret = put(p, w, len, key, err);
	explicit_bzero(key, sizeof(key));
	return ret;
}

/**
 * sxt_word_key_file() - a key in a file of its own
 * @p: command
 * @w: word
 * @value: its value
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_word_key_file(struct sxt_parse *p, const struct sxt_word *w,
		      const char *value, struct sxt_err *err)
{
	uint8_t key[SEXTANT_KEY_MAX];
	size_t len;
	int ret;

	if (!strcmp(value, "-")) {
		if (p->file)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "standard input is for the command line");
		if (p->stdin_used)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "standard input has one key only");
		p->stdin_used = true;
	}
	p->secret = true;
	p->key_file[w->attr == SEXTANT_A_SA_AUTH_KEY] = value;
	ret = sxt_key_read(value, key, sizeof(key), &len, err);
	if (!ret)
		ret = put(p, w, len, key, err);
	explicit_bzero(key, sizeof(key));
	return ret;
}
