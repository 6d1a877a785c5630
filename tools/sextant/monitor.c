// SPDX-License-Identifier: GPL-2.0-only
/*
 * "sextant monitor": a line for each event, written at once.
 */
#include "cmd.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sextant.h>
#include <stddef.h>
#include <string.h>

#include "values.h"

/* The options of monitor; they are no attributes, and put none. */
enum { OPT_SA = 1, OPT_POLICY, OPT_COUNT };

static int word_count(struct sxt_parse *p, const struct sxt_word *w,
		      const char *value, struct sxt_err *err)
{
	if (sxt_val_number(value, w->max, &p->count, err))
		return -1;
	if (!p->count)
		return sxt_err_set(err, SXT_EXIT_USAGE, "at least 1");
	return 0;
}

const struct sxt_word sxt_monitor_words[] = {
	{ "sa", OPT_SA, SXT_WORD_BARE, sxt_word_bare },
	{ "policy", OPT_POLICY, SXT_WORD_BARE, sxt_word_bare },
	{ "count", OPT_COUNT, 0, word_count,
	  .value = "NUMBER", .max = UINT64_MAX },
	{ }
};

/* The events, by the names of the specification and in words. */
static const struct event {
	uint8_t cmd;
	const char *name;
	const char *words;
	const struct sxt_set *set;
} events[] = {
	{ SEXTANT_CMD_SA_NEW_NTF, "sa-new-ntf", "sa added", &sxt_set_sa },
	{ SEXTANT_CMD_SA_DEL_NTF, "sa-del-ntf", "sa gone", &sxt_set_sa },
	{ SEXTANT_CMD_SA_EXPIRE_NTF, "sa-expire-ntf", "sa expired",
	  &sxt_set_sa },
	{ SEXTANT_CMD_POLICY_NEW_NTF, "policy-new-ntf", "policy added",
	  &sxt_set_policy },
	{ SEXTANT_CMD_POLICY_DEL_NTF, "policy-del-ntf", "policy gone",
	  &sxt_set_policy },
};

static const struct event *event_of(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	unsigned int i;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return NULL;
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i].cmd == genl->cmd)
			return &events[i];
	return NULL;
}

/* Where events go, and how many are still wanted; 0 is no end. */
struct monitor {
	struct sxt_out *out;
	uint64_t left;
};

static int print_event(const struct nlmsghdr *nlh, void *arg,
		       struct sxt_err *err)
{
	const struct event *event = event_of(nlh);
	struct sxt_span span = sxt_span_of(nlh);
	struct monitor *monitor = arg;
	struct sxt_out *out = monitor->out;

	if (!event || !sxt_desc_check(span, event->set))
		return 0;
	if (out->json) {
		sxt_json_open(out, '{');
		sxt_json_key(out, "event");
		sxt_json_str(out, event->name);
		sxt_json_key(out, event->set->name);
		sxt_desc_json(out, span, event->set);
		sxt_json_close(out, '}');
	} else {
		sxt_out_word(out, event->words);
		sxt_desc_text(out, span, event->set, SXT_W_CONFIG);
		sxt_desc_text(out, span, event->set, SXT_W_LAST);
		if (event->cmd == SEXTANT_CMD_SA_EXPIRE_NTF)
			sxt_desc_text(out, span, event->set, SXT_W_STATE);
	}
	sxt_json_end(out);
	if (sxt_out_flush(out, err))
		return -1;
	return monitor->left && !--monitor->left;
}

static int print_lost(struct sxt_out *out, struct sxt_err *err)
{
	if (out->json) {
		sxt_json_open(out, '{');
		sxt_json_key(out, "event");
		sxt_json_str(out, "lost");
		sxt_json_close(out, '}');
	} else {
		sxt_out_text(out, "events were lost");
	}
	sxt_json_end(out);
	return sxt_out_flush(out, err);
}

static bool wants(uint64_t seen, int option)
{
	return seen & 1 << option ||
	       !(seen & (1 << OPT_SA | 1 << OPT_POLICY));
}

/* The command as it was understood. */
static void show_command(const struct monitor *monitor, uint64_t seen)
{
	struct sxt_out *out = monitor->out;

	if (out->json) {
		sxt_json_open(out, '{');
		sxt_json_key(out, "object");
		sxt_json_str(out, "monitor");
		sxt_json_key(out, "sa");
		sxt_json_bool(out, wants(seen, OPT_SA));
		sxt_json_key(out, "policy");
		sxt_json_bool(out, wants(seen, OPT_POLICY));
		if (monitor->left) {
			sxt_json_key(out, "count");
			sxt_json_num(out, monitor->left);
		}
		sxt_json_close(out, '}');
		sxt_json_end(out);
		return;
	}
	sxt_out_text(out, "monitor%s%s", seen & 1 << OPT_SA ? " sa" : "",
		     seen & 1 << OPT_POLICY ? " policy" : "");
	if (monitor->left)
		sxt_out_text(out, " count %llu",
			     (unsigned long long)monitor->left);
	sxt_out_text(out, "\n");
}

static int join(struct sxt_nl *nl, uint64_t seen, struct sxt_err *err)
{
	/* Of nlctrl, whose group's number is fixed: it tells when modules go. */
	if (sxt_nl_join(nl, GENL_ID_CTRL, err))
		return -1;
	if (wants(seen, OPT_SA) &&
	    sxt_nl_join(nl, nl->group_sa, err))
		return -1;
	if (wants(seen, OPT_POLICY) &&
	    sxt_nl_join(nl, nl->group_policy, err))
		return -1;
	return 0;
}

/**
 * sxt_monitor_run() - carry out "sextant monitor"
 * @ctx: program
 * @cmd: command
 * @arg: words
 * @args: how many
 * @err: why not
 *
 * Return: 0 once enough events were printed, or -1.
 */
int sxt_monitor_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
		    char **arg, unsigned int args, struct sxt_err *err)
{
	struct sxt_parse p = {
		.nlh = (void *)ctx->msg,
		.room = sizeof(ctx->msg),
		.arg = arg,
		.args = args,
	};
	struct monitor monitor = { .out = &ctx->out };
	bool lost;
	int ret;

	if (sxt_cmd_parse(cmd, &p, err))
		return -1;
	monitor.left = p.count;
	ctx->out.pretty = false;
	if (ctx->dry_run) {
		show_command(&monitor, p.seen[0]);
		return 0;
	}
	if (sxt_nl_open(&ctx->nl, err) || join(&ctx->nl, p.seen[0], err))
		return -1;
	do {
		ret = sxt_nl_events(&ctx->nl, print_event, &monitor, &lost,
				    err);
		if (!ret && lost)
			ret = print_lost(&ctx->out, err);
	} while (!ret);
	return ret < 0 ? -1 : 0;
}
