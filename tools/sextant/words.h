/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parser of commands: tables of words, each with the attribute that it
 * makes and the function that reads its value. The tables of the single
 * commands are with these; the values' syntax is in values.h.
 */
#ifndef SXT_WORDS_H
#define SXT_WORDS_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "desc.h"
#include "err.h"

struct sxt_parse;
struct sxt_word;

typedef int (*sxt_word_fn)(struct sxt_parse *p, const struct sxt_word *w,
			   const char *value, struct sxt_err *err);

/* Flags of a word. */
#define SXT_WORD_NEEDED		1	/* the command makes no sense without */
#define SXT_WORD_BARE		2	/* has no value */
#define SXT_WORD_SELECTOR	4	/* its attribute belongs to the selector */
#define SXT_WORD_FILE		8	/* in files only: keys */

/**
 * struct sxt_word - one word of a command
 * @name: word; NULL ends a table, unless @more goes on with another
 * @attr: attribute that it makes; two words with the same exclude each other
 * @flags: SXT_WORD_*
 * @parse: reads the value and puts the attribute
 * @names: words that the value may be
 * @value: what the value is, for people
 * @max: highest number, or longest name
 * @more: in the last entry: table whose words are allowed too
 */
struct sxt_word {
	const char *name;
	uint8_t attr;
	uint8_t flags;
	sxt_word_fn parse;
	const struct sxt_name *names;
	const char *value;
	uint64_t max;
	const struct sxt_word *more;
};

/* The words of a table in turn; the name of the last is NULL. */
static inline const struct sxt_word *sxt_word_next(const struct sxt_word *w)
{
	w++;
	return !w->name && w->more ? w->more : w;
}

extern const struct sxt_word sxt_selector_words[];

/**
 * struct sxt_parse - a command on its way to a message
 * @nlh: message
 * @room: bytes that it may have
 * @sel: attributes of the selector, on their own until all words are read
 * @arg: words left
 * @args: how many
 * @seen: attributes that are there, of the message and of the selector
 * @file: the command stands in a file
 * @private: why there may be no keys in that file; NULL if there may
 * @secret: there is a key in the message
 * @stdin_used: standard input was read
 * @count: a number that is no attribute
 * @key_file: where the keys came from: cipher, HMAC; NULL if not from a file
 */
struct sxt_parse {
	struct nlmsghdr *nlh;
	size_t room;
	struct nlmsghdr *sel;
	char **arg;
	unsigned int args;
	uint64_t seen[2];
	bool file;
	const char *private;
	bool secret;
	bool stdin_used;
	uint64_t count;
	const char *key_file[2];
};

int sxt_words_parse(struct sxt_parse *p, const struct sxt_word *words,
		    unsigned int sel_attr, struct sxt_err *err);
int sxt_words_more(struct sxt_parse *p, const struct sxt_word *words,
		   struct sxt_err *err);
int sxt_words_put(struct sxt_parse *p, bool sel, unsigned int attr, size_t len,
		  const void *data, struct sxt_err *err);

int sxt_word_name(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_enum(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_u32(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err);
int sxt_word_uint(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_spi(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err);
int sxt_word_addr(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_range(struct sxt_parse *p, const struct sxt_word *w,
		   const char *value, struct sxt_err *err);
int sxt_word_pair(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_proto(struct sxt_parse *p, const struct sxt_word *w,
		   const char *value, struct sxt_err *err);
int sxt_word_dev(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err);
int sxt_word_flag(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_bare(struct sxt_parse *p, const struct sxt_word *w,
		  const char *value, struct sxt_err *err);
int sxt_word_window(struct sxt_parse *p, const struct sxt_word *w,
		    const char *value, struct sxt_err *err);
int sxt_word_key(struct sxt_parse *p, const struct sxt_word *w,
		 const char *value, struct sxt_err *err);
int sxt_word_key_file(struct sxt_parse *p, const struct sxt_word *w,
		      const char *value, struct sxt_err *err);

#endif
