// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of "sextant policy". How values are read is in words.c, how
 * policies are printed in show.c.
 */
#include "cmd.h"

#include <libmnl/libmnl.h>
#include <linux/sextant.h>
#include <string.h>

#include "values.h"

/* The largest transform: protocol, mode, two addresses, group, SPI. */
#define TRANSFORM_MAX	128

static char *next_word(struct sxt_parse *p)
{
	if (!p->args)
		return NULL;
	p->args--;
	return *p->arg++;
}

static int put_addr(struct sxt_parse *p, unsigned int attr, const char *what,
		    struct sxt_err *err)
{
	const char *value = next_word(p);
	struct sxt_addr addr;

	if (!value)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "tunnel: %s address missing", what);
	if (sxt_val_addr(value, &addr, err)) {
		sxt_err_prefix(err, "tunnel");
		return -1;
	}
	mnl_attr_put(p->nlh, attr, addr.len, addr.b);
	return 0;
}

static int transform_mode(struct sxt_parse *p, struct sxt_err *err)
{
	const char *mode = next_word(p);

	if (mode && !strcmp(mode, "transport")) {
		mnl_attr_put_u32(p->nlh, SEXTANT_A_TRANSFORM_MODE,
				 SEXTANT_MODE_TRANSPORT);
		return 0;
	}
	if (!mode)
		return sxt_err_set(err, SXT_EXIT_USAGE, "mode missing");
	if (strcmp(mode, "tunnel"))
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "'%.64s' is not transport or tunnel",
				   sxt_quote_word(mode));
	mnl_attr_put_u32(p->nlh, SEXTANT_A_TRANSFORM_MODE, SEXTANT_MODE_TUNNEL);
	if (put_addr(p, SEXTANT_A_TRANSFORM_SRC, "source", err))
		return -1;
	return put_addr(p, SEXTANT_A_TRANSFORM_DST, "destination", err);
}

static const struct sxt_word transform_words[] = {
	{ "group", SEXTANT_A_TRANSFORM_GROUP, 0, sxt_word_u32,
	  .value = "NUMBER", .max = UINT32_MAX },
	{ "spi", SEXTANT_A_TRANSFORM_SPI, 0, sxt_word_spi, .value = "NUMBER" },
	{ }
};

static bool is_protocol(const char *word)
{
	return !strcmp(word, "esp") || !strcmp(word, "ah");
}

/* The words up to the next protocol are those of this transform. */
static int transform_options(struct sxt_parse *p, struct sxt_err *err)
{
	struct sxt_parse sub = *p;

	sub.seen[0] = 0;
	sub.seen[1] = 0;
	for (sub.args = 0; sub.args < p->args; sub.args++)
		if (is_protocol(sub.arg[sub.args]))
			break;
	p->arg += sub.args;
	p->args -= sub.args;
	return sxt_words_more(&sub, transform_words, err);
}

static int transform(struct sxt_parse *p, struct sxt_err *err)
{
	const char *proto = next_word(p);
	struct nlattr *nest;
	uint32_t number;

	if (!is_protocol(proto))
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "'%.64s' is not esp or ah",
				   sxt_quote_word(proto));
	if (p->nlh->nlmsg_len + TRANSFORM_MAX > p->room)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "too much for one command");
	number = strcmp(proto, "ah") ? SEXTANT_PROTOCOL_ESP :
				       SEXTANT_PROTOCOL_AH;
	nest = mnl_attr_nest_start(p->nlh, SEXTANT_A_POLICY_TRANSFORM);
	mnl_attr_put_u32(p->nlh, SEXTANT_A_TRANSFORM_PROTOCOL, number);
	if (transform_mode(p, err) || transform_options(p, err)) {
		sxt_err_prefix(err, "%s", proto);
		return -1;
	}
	mnl_attr_nest_end(p->nlh, nest);
	return 0;
}

/* Behind "protect" all that is left are transforms. */
static int word_action(struct sxt_parse *p, const struct sxt_word *w,
		       const char *value, struct sxt_err *err)
{
	if (sxt_word_enum(p, w, value, err))
		return -1;
	if (strcmp(value, "protect"))
		return 0;
	if (!p->args)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "protect: transform missing");
	while (p->args)
		if (transform(p, err)) {
			sxt_err_prefix(err, "protect");
			return -1;
		}
	return 0;
}

#define NEEDED SXT_WORD_NEEDED
#define A(name) SEXTANT_A_POLICY_##name

const struct sxt_word sxt_policy_add_words[] = {
	{ "dir", A(DIRECTION), NEEDED, sxt_word_enum, sxt_names_direction },
	{ "prio", A(PRIORITY), NEEDED, sxt_word_u32,
	  .value = "NUMBER", .max = UINT32_MAX },
	{ "action", A(ACTION), NEEDED, word_action, sxt_names_action },
	{ "name", A(NAME), 0, sxt_word_name,
	  .value = "NAME", .max = SEXTANT_NAME_MAX },
	{ .more = sxt_selector_words }
};

const struct sxt_word sxt_policy_which_words[] = {
	{ "id", A(ID), NEEDED, sxt_word_uint, .value = "NUMBER" },
	{ }
};

const struct sxt_word sxt_policy_set_words[] = {
	{ "id", A(ID), NEEDED, sxt_word_uint, .value = "NUMBER" },
	{ "enabled", A(ENABLED), NEEDED, sxt_word_enum, sxt_names_switch },
	{ }
};

const struct sxt_word sxt_policy_flush_words[] = {
	{ "dir", A(DIRECTION), 0, sxt_word_enum, sxt_names_direction },
	{ }
};
