// SPDX-License-Identifier: GPL-2.0-only
/*
 * "sextant stats": the counters of a network namespace.
 */
#include "cmd.h"

#include <libmnl/libmnl.h>
#include <linux/sextant.h>
#include <string.h>

/* More than the reasons there are, so that those of a newer kernel fit. */
#define REASONS_MAX	256

/* Number 1 of the options is no attribute. */
const struct sxt_word sxt_stats_words[] = {
	{ "all", 1, SXT_WORD_BARE, sxt_word_bare },
	{ }
};

/* What stats-get answered. */
struct stats {
	struct sxt_out *out;
	bool all;
	bool answered;
};

static void count_drops(struct sxt_span span, uint64_t *count)
{
	const struct nlattr *attr = NULL, *drop, *packets;
	struct sxt_span nest;
	uint64_t reason;

	while ((attr = sxt_span_next(span, attr))) {
		if (mnl_attr_get_type(attr) != SEXTANT_A_STATS_DROPS)
			continue;
		nest = sxt_span_in(attr);
		drop = sxt_desc_find(nest, SEXTANT_A_COUNT_DROP);
		packets = sxt_desc_find(nest, SEXTANT_A_COUNT_PACKETS);
		if (!drop || !packets)
			continue;
		reason = sxt_desc_uint(drop);
		if (reason < REASONS_MAX)
			count[reason] += sxt_desc_uint(packets);
	}
}

static void show_drop(struct sxt_out *out, unsigned int reason, uint64_t count)
{
	const char *name = sxt_name_of(sxt_names_drop, reason);

	if (!out->json) {
		sxt_out_text(out, "drops ");
		if (name)
			sxt_out_word(out, name);
		else
			sxt_out_text(out, "%u", reason);
		sxt_out_text(out, " %llu\n", (unsigned long long)count);
		return;
	}
	sxt_json_open(out, '{');
	sxt_json_key(out, "drop");
	if (name)
		sxt_json_str(out, name);
	else
		sxt_json_num(out, reason);
	sxt_json_key(out, "packets");
	sxt_json_num(out, count);
	sxt_json_close(out, '}');
}

static void show_drops(const struct stats *stats, struct sxt_span span)
{
	uint64_t count[REASONS_MAX] = { 0 };
	unsigned int i;
	bool show;

	count_drops(span, count);
	for (i = 0; i < REASONS_MAX; i++) {
		show = count[i];
		if (stats->all && i != SEXTANT_DROP_NONE)
			show |= !!sxt_name_of(sxt_names_drop, i);
		if (show)
			show_drop(stats->out, i, count[i]);
	}
}

static void show_counters(struct sxt_out *out, struct sxt_span span)
{
	const struct nlattr *attr;
	unsigned int type;
	const char *name;

	for (type = 1; type <= sxt_set_stats.max; type++) {
		attr = sxt_desc_find(span, type);
		if (!attr || type == SEXTANT_A_STATS_DROPS)
			continue;
		name = sxt_set_stats.attr[type].name;
		if (out->json) {
			sxt_json_key(out, name);
			sxt_json_num(out, sxt_desc_uint(attr));
		} else {
			sxt_out_text(out, "%s %llu\n", name,
				     (unsigned long long)sxt_desc_uint(attr));
		}
	}
}

static int print_stats(const struct nlmsghdr *nlh, void *arg,
		       struct sxt_err *err)
{
	struct sxt_span span = sxt_span_of(nlh);
	struct stats *stats = arg;
	struct sxt_out *out = stats->out;

	if (!sxt_desc_check(span, &sxt_set_stats))
		return sxt_err_set(err, SXT_EXIT_REFUSED,
				   "malformed answer of the kernel");
	stats->answered = true;
	if (!out->json) {
		show_counters(out, span);
		show_drops(stats, span);
		return 0;
	}
	sxt_json_open(out, '{');
	show_counters(out, span);
	sxt_json_key(out, "drops");
	sxt_json_open(out, '[');
	show_drops(stats, span);
	sxt_json_close(out, ']');
	sxt_json_close(out, '}');
	sxt_json_end(out);
	return 0;
}

static void show_command(const struct stats *stats)
{
	struct sxt_out *out = stats->out;

	if (out->json) {
		sxt_json_open(out, '{');
		sxt_json_key(out, "object");
		sxt_json_str(out, "stats");
		sxt_json_key(out, "all");
		sxt_json_bool(out, stats->all);
		sxt_json_close(out, '}');
		sxt_json_end(out);
	} else {
		sxt_out_text(out, "stats%s\n", stats->all ? " all" : "");
	}
}

/**
 * sxt_stats_run() - carry out "sextant stats"
 * @ctx: program
 * @cmd: command
 * @arg: words
 * @args: how many
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_stats_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		  unsigned int args, struct sxt_err *err)
{
	struct sxt_parse p = {
		.nlh = (void *)ctx->msg,
		.room = sizeof(ctx->msg),
		.arg = arg,
		.args = args,
	};
	struct stats stats = { .out = &ctx->out };

	if (sxt_cmd_parse(cmd, &p, err))
		return -1;
	stats.all = p.seen[0];
	if (ctx->dry_run) {
		show_command(&stats);
		return 0;
	}
	if (sxt_nl_open(&ctx->nl, err) ||
	    sxt_nl_ask(&ctx->nl, p.nlh, print_stats, &stats, err))
		return -1;
	if (!stats.answered)
		return sxt_err_set(err, SXT_EXIT_REFUSED,
				   "no answer of the kernel");
	return 0;
}
