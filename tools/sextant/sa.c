// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of "sextant sa". How values are read is in words.c, how SAs are
 * printed in show.c.
 */
#include "cmd.h"

#include <linux/sextant.h>

static const struct sxt_name only_auto[] = { { "auto", 0 }, { NULL, 0 } };
static const struct sxt_name only_off[] = { { "off", 0 }, { NULL, 0 } };
static const struct sxt_name only_clear[] = { { "clear", 0 }, { NULL, 0 } };

/* All that is left is the selector; its attributes are put at the end. */
static int word_sel(struct sxt_parse *p, const struct sxt_word *w,
		    const char *value, struct sxt_err *err)
{
	(void)w;
	(void)value;
	if (!p->args)
		return sxt_err_set(err, SXT_EXIT_USAGE, "selector missing");
	return sxt_words_more(p, sxt_selector_words, err);
}

#define NEEDED SXT_WORD_NEEDED
#define A(name) SEXTANT_A_SA_##name

const struct sxt_word sxt_sa_add_words[] = {
	{ "dir", A(DIRECTION), NEEDED, sxt_word_enum,
	  sxt_names_sa_direction },
	{ "proto", A(PROTOCOL), NEEDED, sxt_word_enum,
	  sxt_names_protocol },
	{ "spi", A(SPI), NEEDED, sxt_word_spi, only_auto, "NUMBER" },
	{ "src", A(SRC), NEEDED, sxt_word_addr, .value = "ADDRESS" },
	{ "dst", A(DST), NEEDED, sxt_word_addr, .value = "ADDRESS" },
	{ "mode", A(MODE), NEEDED, sxt_word_enum, sxt_names_mode },
	{ "alg", A(ALG), NEEDED, sxt_word_name,
	  .value = "ALGORITHM", .max = 31 },
	{ "key-file", A(KEY), 0, sxt_word_key_file, .value = "FILE" },
	{ "auth-key-file", A(AUTH_KEY), 0, sxt_word_key_file, .value = "FILE" },
	{ "key", A(KEY), SXT_WORD_FILE, sxt_word_key, .value = "HEX" },
	{ "auth-key", A(AUTH_KEY), SXT_WORD_FILE, sxt_word_key,
	  .value = "HEX" },
	{ "name", A(NAME), 0, sxt_word_name,
	  .value = "NAME", .max = SEXTANT_NAME_MAX },
	{ "group", A(GROUP), 0, sxt_word_u32,
	  .value = "NUMBER", .max = UINT32_MAX },
	{ "window", A(WINDOW), 0, sxt_word_window, only_off, "NUMBER",
	  UINT32_MAX },
	{ "esn", A(ESN), SXT_WORD_BARE, sxt_word_flag },
	{ "sequence", A(SEQUENCE), 0, sxt_word_uint, .value = "NUMBER" },
	{ "soft-bytes", A(SOFT_BYTES), 0, sxt_word_uint, .value = "NUMBER" },
	{ "hard-bytes", A(HARD_BYTES), 0, sxt_word_uint, .value = "NUMBER" },
	{ "soft-packets", A(SOFT_PACKETS), 0, sxt_word_uint,
	  .value = "NUMBER" },
	{ "hard-packets", A(HARD_PACKETS), 0, sxt_word_uint,
	  .value = "NUMBER" },
	{ "soft-time", A(SOFT_SECONDS), 0, sxt_word_u32,
	  .value = "SECONDS", .max = UINT32_MAX },
	{ "hard-time", A(HARD_SECONDS), 0, sxt_word_u32,
	  .value = "SECONDS", .max = UINT32_MAX },
	{ "dscp", A(DSCP_CLEAR), 0, sxt_word_flag, only_clear },
	{ "ecn", A(ECN_OFF), 0, sxt_word_flag, only_off },
	{ "df", A(DF), 0, sxt_word_enum, sxt_names_df },
	{ "ttl", A(TTL), 0, sxt_word_u32,
	  .value = "NUMBER", .max = UINT32_MAX },
	{ "sel", A(SELECTOR), SXT_WORD_BARE, word_sel, .value = "SELECTOR" },
	{ }
};

const struct sxt_word sxt_sa_which_words[] = {
	{ "id", A(ID), 0, sxt_word_uint, .value = "NUMBER" },
	{ "dir", A(DIRECTION), 0, sxt_word_enum, sxt_names_sa_direction },
	{ "proto", A(PROTOCOL), 0, sxt_word_enum, sxt_names_protocol },
	{ "spi", A(SPI), 0, sxt_word_spi, .value = "NUMBER" },
	{ "dst", A(DST), 0, sxt_word_addr, .value = "ADDRESS" },
	{ }
};

const struct sxt_word sxt_sa_flush_words[] = {
	{ "dir", A(DIRECTION), 0, sxt_word_enum, sxt_names_sa_direction },
	{ }
};

/**
 * sxt_sa_which_check() - one SA is meant: by its id, or by all of the rest
 * @p: command
 * @err: why not
 *
 * The protocol is put if it was not given: there is no other yet that an SPI
 * is commonly said without.
 *
 * Return: 0, or -1.
 */
int sxt_sa_which_check(struct sxt_parse *p, struct sxt_err *err)
{
	const uint64_t rest = 1 << A(DIRECTION) | 1 << A(SPI) | 1 << A(DST);
	const uint64_t proto = 1 << A(PROTOCOL);
	uint32_t esp = SEXTANT_PROTOCOL_ESP;

	if (p->seen[0] == 1 << A(ID))
		return 0;
	if (p->seen[0] & 1 << A(ID) || (p->seen[0] & rest) != rest)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "needs 'id', or 'dir', 'spi' and 'dst'");
	if (p->seen[0] & proto)
		return 0;
	return sxt_words_put(p, false, A(PROTOCOL),
			     sizeof(esp), &esp, err);
}
