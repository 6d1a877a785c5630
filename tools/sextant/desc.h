/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attributes of the netlink specification as tables: their names, their
 * types, the words of the command that stand for them; and the two ways to
 * print a message that the tables allow, JSON and text.
 */
#ifndef SXT_DESC_H
#define SXT_DESC_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "out.h"

/**
 * struct sxt_name - a word and the number that it stands for
 * @name: word; NULL ends a table
 * @value: number
 */
struct sxt_name {
	const char *name;
	uint32_t value;
};

/* How the bytes of an attribute are to be read. */
enum sxt_type {
	SXT_T_NONE,	/* never in a message that is printed: keys */
	SXT_T_UINT,	/* 4 or 8 bytes */
	SXT_T_U32,
	SXT_T_ENUM,	/* u32 with names */
	SXT_T_SPI,	/* u32 in network order */
	SXT_T_STRING,
	SXT_T_ADDR,
	SXT_T_HEX,
	SXT_T_FLAG,
	SXT_T_NEST,
	SXT_T_MULTI,	/* nest, as many as there are */
	/* As above, but special in text. */
	SXT_T_RANGE,	/* address; the next attribute is the last one */
	SXT_T_PAIR,	/* u32; the next attribute is the last one */
	SXT_T_NAMED,	/* u32; some values have names */
	SXT_T_IFINDEX,	/* u32 */
	SXT_T_WINDOW,	/* u32; 0 is "off" */
};

/* Where in the text of an object an attribute stands. */
enum sxt_where {
	SXT_W_NOT,	/* part of the one before it, or not at all */
	SXT_W_CONFIG,	/* the words that made the object */
	SXT_W_LAST,	/* such words that have to come behind all others */
	SXT_W_STATE,	/* what became of it; in a request, what it goes on from */
	SXT_W_DROPS,
};

struct sxt_set;

/**
 * struct sxt_attr - one attribute
 * @name: its name in the specification
 * @word: the word of the command; NULL if its value stands for itself
 * @type: how to read it
 * @where: place in the text
 * @names: names of its values, for SXT_T_ENUM and SXT_T_NAMED
 * @set: what is in it, for nests
 */
struct sxt_attr {
	const char *name;
	const char *word;
	enum sxt_type type;
	enum sxt_where where;
	const struct sxt_name *names;
	const struct sxt_set *set;
};

/**
 * struct sxt_set - one attribute set
 * @name: its name in the specification
 * @max: highest attribute
 * @attr: the attributes by number; number 0 is not used
 * @order: numbers in the order of the text, 0 at the end; NULL if ascending
 */
struct sxt_set {
	const char *name;
	unsigned int max;
	const struct sxt_attr *attr;
	const uint8_t *order;
};

/**
 * struct sxt_span - attributes that stand one behind the other
 * @at: the first
 * @len: bytes
 */
struct sxt_span {
	const void *at;
	size_t len;
};

extern const struct sxt_set sxt_set_sa, sxt_set_policy, sxt_set_stats;
extern const struct sxt_set sxt_set_transaction;
extern const struct sxt_name sxt_names_protocol[], sxt_names_mode[];
extern const struct sxt_name sxt_names_direction[], sxt_names_sa_direction[];
extern const struct sxt_name sxt_names_action[], sxt_names_family[];
extern const struct sxt_name sxt_names_df[], sxt_names_limit[];
extern const struct sxt_name sxt_names_drop[], sxt_names_upper[];
extern const struct sxt_name sxt_names_switch[];

const char *sxt_name_of(const struct sxt_name *names, uint32_t value);
struct sxt_span sxt_span_of(const struct nlmsghdr *nlh);
struct sxt_span sxt_span_in(const struct nlattr *attr);
const struct nlattr *sxt_span_next(struct sxt_span span,
				   const struct nlattr *attr);
const struct nlattr *sxt_desc_find(struct sxt_span span, unsigned int type);
bool sxt_desc_check(struct sxt_span span, const struct sxt_set *set);
uint64_t sxt_desc_uint(const struct nlattr *attr);
void sxt_desc_json(struct sxt_out *out, struct sxt_span span,
		   const struct sxt_set *set);
void sxt_desc_text(struct sxt_out *out, struct sxt_span span,
		   const struct sxt_set *set, enum sxt_where where);
void sxt_desc_path(const struct nlmsghdr *nlh, size_t offset,
		   const struct sxt_set *set, char *path, size_t room);

#endif
