// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of commands, and what all commands have in common that are one
 * request and its answer.
 */
#include "cmd.h"

#include <linux/netlink.h>
#include <linux/sextant.h>
#include <stdio.h>
#include <string.h>

#include "values.h"

/* How often a list is read anew if it changed meanwhile. */
#define DUMP_RETRIES	3

const struct sxt_cmd sxt_cmds[] = {
	{ "sa", "add", "add an SA", SXT_KIND_CHANGE,
	  SEXTANT_CMD_SA_NEW, &sxt_set_sa,
	  .words = sxt_sa_add_words,
	  .sel = SEXTANT_A_SA_SELECTOR },
	{ "sa", "get", "show one SA", SXT_KIND_GET,
	  SEXTANT_CMD_SA_GET, &sxt_set_sa,
	  .words = sxt_sa_which_words,
	  .check = sxt_sa_which_check },
	{ "sa", "del", "delete an SA", SXT_KIND_CHANGE,
	  SEXTANT_CMD_SA_DEL, &sxt_set_sa,
	  .words = sxt_sa_which_words,
	  .check = sxt_sa_which_check },
	{ "sa", "list", "show all SAs", SXT_KIND_LIST,
	  SEXTANT_CMD_SA_GET, &sxt_set_sa },
	{ "sa", "flush", "delete all SAs, or those of one direction",
	  SXT_KIND_CHANGE, SEXTANT_CMD_SA_FLUSH, &sxt_set_sa,
	  .words = sxt_sa_flush_words },
	{ "policy", "add", "add a policy", SXT_KIND_CHANGE,
	  SEXTANT_CMD_POLICY_NEW, &sxt_set_policy,
	  .words = sxt_policy_add_words,
	  .sel = SEXTANT_A_POLICY_SELECTOR },
	{ "policy", "get", "show one policy", SXT_KIND_GET,
	  SEXTANT_CMD_POLICY_GET, &sxt_set_policy,
	  .words = sxt_policy_which_words },
	{ "policy", "set", "turn policy 0 on and off", SXT_KIND_CHANGE,
	  SEXTANT_CMD_POLICY_SET, &sxt_set_policy,
	  .words = sxt_policy_set_words },
	{ "policy", "del", "delete a policy", SXT_KIND_CHANGE,
	  SEXTANT_CMD_POLICY_DEL, &sxt_set_policy,
	  .words = sxt_policy_which_words },
	{ "policy", "list", "show all policies", SXT_KIND_LIST,
	  SEXTANT_CMD_POLICY_GET, &sxt_set_policy },
	{ "policy", "flush", "delete all policies, or those of one direction",
	  SXT_KIND_CHANGE, SEXTANT_CMD_POLICY_FLUSH, &sxt_set_policy,
	  .words = sxt_policy_flush_words },
	{ "stats", NULL, "show the counters", SXT_KIND_OTHER,
	  SEXTANT_CMD_STATS_GET, &sxt_set_stats,
	  .words = sxt_stats_words,
	  .run = sxt_stats_run },
	{ "load", NULL, "carry out the commands of a file, all or none",
	  SXT_KIND_OTHER, .operand = "FILE", .run = sxt_load_run },
	{ "monitor", NULL, "show events as they happen", SXT_KIND_OTHER,
	  .words = sxt_monitor_words, .run = sxt_monitor_run },
	{ "help", NULL, "show this", SXT_KIND_OTHER, .run = sxt_help_run },
	{ "version", NULL, "show the version", SXT_KIND_OTHER,
	  .run = sxt_version_run },
	{ }
};

static void verbs_of(const char *object, char *buf, size_t room)
{
	const struct sxt_cmd *cmd;
	size_t len = 0;

	for (cmd = sxt_cmds; cmd->object; cmd++)
		if (!strcmp(cmd->object, object) && len + 1 < room)
			len += snprintf(buf + len, room - len, "%s%s",
					len ? ", " : "", cmd->verb);
}

/**
 * sxt_cmd_find() - the command that some words begin with
 * @arg: words; moved behind those of the command
 * @args: how many
 * @err: why not
 *
 * Return: the command, or NULL.
 */
const struct sxt_cmd *sxt_cmd_find(char ***arg, unsigned int *args,
				   struct sxt_err *err)
{
	const struct sxt_cmd *cmd;
	bool object = false;
	unsigned int n;
	char verbs[64];

	if (!*args) {
		sxt_err_set(err, SXT_EXIT_USAGE,
			    "what? \"sextant help\" shows the commands");
		return NULL;
	}
	for (cmd = sxt_cmds; cmd->object; cmd++) {
		if (strcmp(cmd->object, **arg))
			continue;
		object = true;
		n = cmd->verb ? 2 : 1;
		if (n == 2 && (*args < 2 || strcmp(cmd->verb, (*arg)[1])))
			continue;
		*arg += n;
		*args -= n;
		return cmd;
	}
	if (!object) {
		sxt_err_set(err, SXT_EXIT_USAGE,
			    "unknown object '%.64s'; \"sextant help\" shows what there is",
			    sxt_quote_word(**arg));
		return NULL;
	}
	verbs_of(**arg, verbs, sizeof(verbs));
	if (*args < 2)
		sxt_err_set(err, SXT_EXIT_USAGE, "%s: verb missing: %s",
			    **arg, verbs);
	else
		sxt_err_set(err, SXT_EXIT_USAGE,
			    "%s: unknown verb '%.64s', there are %s", **arg,
			    sxt_quote_word((*arg)[1]), verbs);
	return NULL;
}

/**
 * sxt_cmd_prefix() - say which command went wrong
 * @cmd: command
 * @err: error that has a sentence
 */
void sxt_cmd_prefix(const struct sxt_cmd *cmd, struct sxt_err *err)
{
	sxt_err_prefix(err, "%s%s%s", cmd->object, cmd->verb ? " " : "",
		       cmd->verb ? cmd->verb : "");
}

/**
 * sxt_cmd_parse() - make the message of a command
 * @cmd: command
 * @p: its words, and room for the message; see sxt_words_parse()
 * @err: why not
 *
 * Return: 0, or -1; the caller wipes the message if @p->secret is set.
 */
int sxt_cmd_parse(const struct sxt_cmd *cmd, struct sxt_parse *p,
		  struct sxt_err *err)
{
	static const struct sxt_word none[] = { { } };

	p->nlh = sxt_nl_start(p->nlh, cmd->request);
	if (sxt_words_parse(p, cmd->words ? cmd->words : none, cmd->sel, err))
		return -1;
	return cmd->check ? cmd->check(p, err) : 0;
}

/* An object on one line, as the words that make it. */
static void show_words(struct sxt_out *out, struct sxt_span span,
		       const struct sxt_set *set)
{
	sxt_desc_text(out, span, set, SXT_W_CONFIG);
	sxt_desc_text(out, span, set, SXT_W_LAST);
}

/* A line of its own for what became of an object, if there is anything. */
static void show_line(struct sxt_out *out, struct sxt_span span,
		      const struct sxt_set *set, enum sxt_where where)
{
	size_t before;

	sxt_out_put(out, "\t", 1);
	before = out->len;
	sxt_desc_text(out, span, set, where);
	if (out->len > before)
		sxt_out_put(out, "\n", 1);
	else
		sxt_out_drop(out, 1);
}

static void show_object(struct sxt_out *out, struct sxt_span span,
			const struct sxt_set *set)
{
	sxt_out_word(out, set->name);
	show_words(out, span, set);
	sxt_out_put(out, "\n", 1);
	show_line(out, span, set, SXT_W_STATE);
	show_line(out, span, set, SXT_W_DROPS);
}

/* The command and the output that its answers go to. */
struct answer {
	const struct sxt_cmd *cmd;
	struct sxt_out *out;
};

static int print_answer(const struct nlmsghdr *nlh, void *arg,
			struct sxt_err *err)
{
	struct sxt_span span = sxt_span_of(nlh);
	const struct answer *answer = arg;
	const struct sxt_set *set = answer->cmd->set;
	struct sxt_out *out = answer->out;

	if (!sxt_desc_check(span, set))
		return sxt_err_set(err, SXT_EXIT_REFUSED,
				   "malformed answer of the kernel");
	if (out->json) {
		sxt_desc_json(out, span, set);
		if (answer->cmd->kind != SXT_KIND_LIST)
			sxt_json_end(out);
	} else if (answer->cmd->kind == SXT_KIND_CHANGE) {
		show_words(out, span, set);
		sxt_out_put(out, "\n", 1);
	} else {
		show_object(out, span, set);
	}
	return 0;
}

static int list(struct sxt_ctx *ctx, struct nlmsghdr *nlh,
		struct answer *answer, struct sxt_err *err)
{
	bool again = true;
	int i;

	for (i = 0; again && i <= DUMP_RETRIES; i++) {
		sxt_out_clear(answer->out);
		if (answer->out->json)
			sxt_json_open(answer->out, '[');
		if (sxt_nl_dump(&ctx->nl, nlh, print_answer, answer, &again,
				err))
			return -1;
	}
	if (again)
		return sxt_err_set(err, SXT_EXIT_REFUSED,
				   "changed while it was read, %d times",
				   DUMP_RETRIES + 1);
	if (answer->out->json) {
		sxt_json_close(answer->out, ']');
		sxt_json_end(answer->out);
	}
	return 0;
}

static int send_request(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
			struct nlmsghdr *nlh, struct sxt_err *err)
{
	struct answer answer = { cmd, &ctx->out };

	if (sxt_nl_open(&ctx->nl, err))
		return -1;
	if (cmd->kind == SXT_KIND_LIST)
		return list(ctx, nlh, &answer, err);
	return sxt_nl_ask(&ctx->nl, nlh, print_answer, &answer, err);
}

/* The command in its canonical form; keys by the file they came from. */
static void show_command(struct sxt_out *out, const struct sxt_cmd *cmd,
			 const struct sxt_parse *p)
{
	static const char *const word[] = { "key-file", "auth-key-file" };
	struct sxt_span span = sxt_span_of(p->nlh);
	int i;

	if (out->json) {
		sxt_json_open(out, '{');
		sxt_json_key(out, "object");
		sxt_json_str(out, cmd->object);
		sxt_json_key(out, "verb");
		sxt_json_str(out, cmd->verb);
		sxt_json_key(out, cmd->set->name);
		sxt_desc_json(out, span, cmd->set);
		for (i = 0; i < 2; i++) {
			if (!p->key_file[i])
				continue;
			sxt_json_key(out, word[i]);
			sxt_json_str(out, p->key_file[i]);
		}
		sxt_json_close(out, '}');
		sxt_json_end(out);
		return;
	}
	sxt_out_word(out, cmd->object);
	sxt_out_word(out, cmd->verb);
	sxt_desc_text(out, span, cmd->set, SXT_W_CONFIG);
	if (cmd->request == SEXTANT_CMD_SA_NEW &&
	    !sxt_desc_find(span, SEXTANT_A_SA_SPI)) {
		sxt_out_word(out, "spi");
		sxt_out_word(out, "auto");
	}
	/* The state that the object is to begin with. */
	sxt_desc_text(out, span, cmd->set, SXT_W_STATE);
	for (i = 0; i < 2; i++) {
		if (!p->key_file[i])
			continue;
		sxt_out_word(out, word[i]);
		sxt_out_name(out, p->key_file[i]);
	}
	sxt_desc_text(out, span, cmd->set, SXT_W_LAST);
	sxt_out_put(out, "\n", 1);
}

static int run_request(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
		       char **arg, unsigned int args, struct sxt_err *err)
{
	struct sxt_parse p = {
		.nlh = (void *)ctx->msg,
		.room = sizeof(ctx->msg),
		.arg = arg,
		.args = args,
	};
	int ret = sxt_cmd_parse(cmd, &p, err);

	if (!ret && ctx->dry_run)
		show_command(&ctx->out, cmd, &p);
	else if (!ret)
		ret = send_request(ctx, cmd, p.nlh, err);
	if (p.secret)
		explicit_bzero(ctx->msg, sizeof(ctx->msg));
	return ret;
}

/* Does success mean that something is not as it was? */
static bool changes(const struct sxt_ctx *ctx, const struct sxt_cmd *cmd)
{
	return !ctx->dry_run && (cmd->kind == SXT_KIND_CHANGE ||
				 cmd->run == sxt_load_run);
}

/**
 * sxt_cmd_run() - carry out a command of the command line
 * @ctx: program
 * @cmd: command
 * @arg: its words
 * @args: how many
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_cmd_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		unsigned int args, struct sxt_err *err)
{
	int ret;

	if (cmd->operand && !args)
		ret = sxt_err_set(err, SXT_EXIT_USAGE, "%s missing",
				  cmd->operand);
	else if (cmd->operand ? args > 1 : args && !cmd->words)
		ret = sxt_err_set(err, SXT_EXIT_USAGE,
				  "unknown word '%.64s'",
				  sxt_quote_word(arg[cmd->operand ? 1 : 0]));
	else if (cmd->run)
		ret = cmd->run(ctx, cmd, arg, args, err);
	else
		ret = run_request(ctx, cmd, arg, args, err);
	if (!ret) {
		ret = sxt_out_flush(&ctx->out, err);
		if (ret && changes(ctx, cmd))
			sxt_err_prefix(err, "done, but not shown");
	}
	if (ret)
		sxt_cmd_prefix(cmd, err);
	return ret;
}
