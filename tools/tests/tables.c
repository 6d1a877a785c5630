// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the tables of desc.c, one attribute or value a line, for a test that
 * compares them with uapi/sextant.yaml; "tables grammar" those of cmd.c, as far
 * as files may have it, for one that looks for it in sextant.conf(5).
 */
#include "desc.h"

#include <stdio.h>

#include "cmd.h"

static void show_set(const struct sxt_set *s, const char *name)
{
	unsigned int i;

	for (i = 1; i <= s->max; i++)
		printf("set %s %u %s\n", name, i, s->attr[i].name);
}

static void show_enum(const struct sxt_name *n, const char *name)
{
	for (; n->name; n++)
		printf("enum %s %u %s\n", name, n->value, n->name);
}

static void show_grammar(void)
{
	const struct sxt_cmd *cmd;
	const struct sxt_word *w;

	for (cmd = sxt_cmds; cmd->object; cmd++) {
		if (cmd->kind != SXT_KIND_CHANGE)
			continue;
		printf("command %s %s\n", cmd->object, cmd->verb);
		for (w = cmd->words; w->name; w = sxt_word_next(w))
			printf("%s %s\n",
			       w->flags & SXT_WORD_FILE ? "file" : "word",
			       w->name);
	}
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		show_grammar();
		return 0;
	}
	show_set(sxt_set_sa.attr[26].set, "selector");
	show_set(sxt_set_policy.attr[7].set, "transform");
	show_set(sxt_set_stats.attr[1].set, "count");
	show_set(&sxt_set_sa, "sa");
	show_set(&sxt_set_policy, "policy");
	show_set(&sxt_set_stats, "stats");
	show_set(&sxt_set_transaction, "transaction");
	show_enum(sxt_names_protocol, "protocol");
	show_enum(sxt_names_mode, "mode");
	show_enum(sxt_names_direction, "direction");
	show_enum(sxt_names_action, "action");
	show_enum(sxt_names_family, "family");
	show_enum(sxt_names_df, "df");
	show_enum(sxt_names_limit, "limit");
	show_enum(sxt_names_drop, "drop");
	return 0;
}
