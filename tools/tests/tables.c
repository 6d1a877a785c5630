// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the tables of desc.c, one attribute or value a line, for a test that
 * compares them with uapi/sextant.yaml.
 */
#include "desc.h"

#include <stdio.h>

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

int main(void)
{
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
