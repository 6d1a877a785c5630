// SPDX-License-Identifier: GPL-2.0-only
/*
 * "sextant help" and "sextant version". All that help says comes from the
 * tables that the parser uses.
 */
#include "cmd.h"

#include <string.h>

static void json_word(struct sxt_out *out, const struct sxt_word *w)
{
	const struct sxt_name *n;

	sxt_json_open(out, '{');
	sxt_json_key(out, "word");
	sxt_json_str(out, w->name);
	sxt_json_key(out, "needed");
	sxt_json_bool(out, w->flags & SXT_WORD_NEEDED);
	sxt_json_key(out, "has-value");
	sxt_json_bool(out, !(w->flags & SXT_WORD_BARE));
	sxt_json_key(out, "values");
	sxt_json_open(out, '[');
	for (n = w->names; n && n->name; n++)
		sxt_json_str(out, n->name);
	sxt_json_close(out, ']');
	if (w->value) {
		sxt_json_key(out, "value");
		sxt_json_str(out, w->value);
	}
	sxt_json_close(out, '}');
}

static void json_command(struct sxt_out *out, const struct sxt_cmd *cmd)
{
	const struct sxt_word *w;

	sxt_json_open(out, '{');
	sxt_json_key(out, "object");
	sxt_json_str(out, cmd->object);
	if (cmd->verb) {
		sxt_json_key(out, "verb");
		sxt_json_str(out, cmd->verb);
	}
	sxt_json_key(out, "help");
	sxt_json_str(out, cmd->help);
	if (cmd->operand) {
		sxt_json_key(out, "operand");
		sxt_json_str(out, cmd->operand);
	}
	sxt_json_key(out, "words");
	sxt_json_open(out, '[');
	for (w = cmd->words; w && w->name; w = sxt_word_next(w))
		if (!(w->flags & SXT_WORD_FILE))
			json_word(out, w);
	sxt_json_close(out, ']');
	sxt_json_close(out, '}');
}

static void help_json(struct sxt_out *out)
{
	static const char *const options[] = {
		"--json", "--pretty", "--dry-run", "--netns",
	};
	const struct sxt_cmd *cmd;
	size_t i;

	sxt_json_open(out, '{');
	sxt_json_key(out, "options");
	sxt_json_open(out, '[');
	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		sxt_json_str(out, options[i]);
	sxt_json_close(out, ']');
	sxt_json_key(out, "commands");
	sxt_json_open(out, '[');
	for (cmd = sxt_cmds; cmd->object; cmd++)
		json_command(out, cmd);
	sxt_json_close(out, ']');
	sxt_json_close(out, '}');
	sxt_json_end(out);
}

/**
 * sxt_help_run() - carry out "sextant help"
 * @ctx: program
 * @cmd: command
 * @arg: not used
 * @args: 0
 * @err: why not
 *
 * Return: 0.
 */
int sxt_help_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		 unsigned int args, struct sxt_err *err)
{
	struct sxt_out *out = &ctx->out;

	(void)arg;
	(void)args;
	(void)err;
	if (out->json) {
		help_json(out);
		return 0;
	}
	sxt_out_text(out,
		     "usage: sextant [-jpn] [-N NAMESPACE] OBJECT VERB [WORD VALUE]...\n\n");
	for (cmd = sxt_cmds; cmd->object; cmd++)
		sxt_out_text(out, "  %-7s %-7s%s\n", cmd->object,
			     cmd->verb ? cmd->verb :
			     cmd->operand ? cmd->operand : "", cmd->help);
	sxt_out_text(out, "\nThe words of each are in sextant(8).\n");
	return 0;
}

/**
 * sxt_version_run() - carry out "sextant version"
 * @ctx: program
 * @cmd: command
 * @arg: not used
 * @args: 0
 * @err: why not
 *
 * Return: 0.
 */
int sxt_version_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
		    char **arg, unsigned int args, struct sxt_err *err)
{
	struct sxt_out *out = &ctx->out;

	(void)cmd;
	(void)arg;
	(void)args;
	(void)err;
	if (!out->json) {
		sxt_out_text(out, "sextant " SXT_VERSION "\n");
		return 0;
	}
	sxt_json_open(out, '{');
	sxt_json_key(out, "version");
	sxt_json_str(out, SXT_VERSION);
	sxt_json_close(out, '}');
	sxt_json_end(out);
	return 0;
}
