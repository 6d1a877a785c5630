// SPDX-License-Identifier: GPL-2.0-only
/*
 * "sextant load": the commands of a file as one transaction. They go to the
 * kernel in batches, since a system call and an answer for each would
 * cost more than the command itself.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sextant.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key.h"
#include "lines.h"
#include "values.h"

/*
 * Messages of one batch: if each is refused, the refusals must fit into the
 * socket's receive buffer.
 */
#define BATCH_MESSAGES	128
#define BATCH_MAX	(64 * 1024)

/**
 * struct change - a command of the file
 * @cmd: what it is
 * @line: where it stands
 */
struct change {
	const struct sxt_cmd *cmd;
	unsigned int line;
};

/**
 * struct load - a file that is being loaded
 * @ctx: program
 * @name: file, for messages
 * @text: its bytes
 * @kept: those from here on the kernel may not have yet
 * @len: how many
 * @private: why there may be no keys in it
 * @unsafe: text of @private
 * @begun: the transaction was begun
 * @first: sequence number of the first change
 * @change: the changes, to say later which one the kernel refused
 * @changes: how many there are
 * @room: how many there is room for
 * @used: bytes of the batch
 * @count: messages of the batch, the last of the changes
 * @batch: the batch
 */
struct load {
	struct sxt_ctx *ctx;
	const char *name;
	char *text;
	char *kept;
	size_t len;
	const char *private;
	struct sxt_err unsafe;
	bool begun;
	uint32_t first;
	struct change *change;
	unsigned int changes;
	unsigned int room;
	size_t used;
	unsigned int count;
	uint64_t batch[BATCH_MAX / sizeof(uint64_t)];
};

/* Moves the text to a place twice as large, and leaves no copy. */
static int grow(struct load *load, size_t *cap, struct sxt_err *err)
{
	char *text = malloc(*cap * 2 + 1);

	if (!text)
		return sxt_err_set(err, SXT_EXIT_USAGE, "out of memory");
	memcpy(text, load->text, load->len);
	explicit_bzero(load->text, load->len);
	free(load->text);
	load->text = text;
	*cap *= 2;
	return 0;
}

static int read_text(struct load *load, int fd, size_t cap,
		     struct sxt_err *err)
{
	ssize_t n;

	load->text = malloc(cap + 1);
	if (!load->text)
		return sxt_err_set(err, SXT_EXIT_USAGE, "out of memory");
	for (;;) {
		n = read(fd, load->text + load->len, cap - load->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sxt_err_set(err, SXT_EXIT_USAGE, "%s",
					   strerror(errno));
		if (!n)
			return 0;
		load->len += n;
		if (load->len == cap && grow(load, &cap, err))
			return -1;
	}
}

static void look_who_reads(struct load *load, int fd)
{
	if (!sxt_key_private(fd, &load->unsafe))
		return;
	sxt_err_prefix(&load->unsafe, "keys may not stand in this file");
	load->private = load->unsafe.text;
}

static int read_file(struct load *load, struct sxt_err *err)
{
	struct stat st;
	int fd, ret;

	if (!strcmp(load->name, "-")) {
		load->name = "standard input";
		look_who_reads(load, STDIN_FILENO);
		return read_text(load, STDIN_FILENO, BATCH_MAX, err);
	}
	fd = open(load->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st)) {
		sxt_err_set(err, SXT_EXIT_USAGE, "%s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	look_who_reads(load, fd);
	/* One byte more, to see the end of the file without growing. */
	ret = read_text(load, fd, st.st_size > 0 ? st.st_size + 1 : BATCH_MAX,
			err);
	close(fd);
	return ret;
}

static int begin(struct load *load, struct sxt_err *err)
{
	struct sxt_ctx *ctx = load->ctx;
	struct nlmsghdr *nlh;

	if (load->begun)
		return 0;
	if (sxt_nl_open(&ctx->nl, err))
		return -1;
	nlh = sxt_nl_start(ctx->msg, SEXTANT_CMD_TRANSACTION_BEGIN);
	if (sxt_nl_ask(&ctx->nl, nlh, NULL, NULL, err)) {
		sxt_err_prefix(err, "start of the transaction");
		return -1;
	}
	load->begun = true;
	load->first = ctx->nl.seq + 1;
	return 0;
}

/* Says which line change @index, counted from 0, is; if there is that one. */
static bool name_change(const struct load *load, unsigned int index,
			struct sxt_err *err)
{
	if (index >= load->changes)
		return false;
	sxt_cmd_prefix(load->change[index].cmd, err);
	sxt_err_prefix(err, "%s:%u", load->name, load->change[index].line);
	return true;
}

/*
 * Sends the batch, of the lines in front of @end; the keys in it, and in them,
 * are wiped as soon as the kernel has it. 0, 1 if it refused one of the lines,
 * or -1.
 */
static int flush(struct load *load, char *end, struct sxt_err *err)
{
	struct sxt_nl_refusal refusal = { UINT_MAX };
	int ret = begin(load, err);

	if (!ret)
		ret = sxt_nl_batch(&load->ctx->nl, load->batch, load->used,
				   &refusal, err);
	if (ret && refusal.index < load->count &&
	    name_change(load, load->changes - load->count + refusal.index, err))
		ret = 1;
	else if (ret)
		sxt_err_prefix(err, "%s", load->name);
	explicit_bzero(load->batch, load->used);
	explicit_bzero(load->kept, end - load->kept);
	load->kept = end;
	load->used = 0;
	load->count = 0;
	return ret;
}

static int note_change(struct load *load, const struct sxt_cmd *cmd,
		       unsigned int line, struct sxt_err *err)
{
	unsigned int room = load->room ? 2 * load->room : 256;
	struct change *change = load->change;

	if (load->changes == load->room) {
		change = reallocarray(change, room, sizeof(*change));
		if (!change)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "out of memory");
		load->change = change;
		load->room = room;
	}
	change[load->changes++] = (struct change){ cmd, line };
	return 0;
}

static int add_command(struct load *load, struct sxt_line *line,
		       struct sxt_err *err)
{
	struct sxt_parse p = {
		.nlh = (void *)((char *)load->batch + load->used),
		.room = SXT_MSG_MAX,
		.arg = line->word,
		.args = line->words,
		.file = true,
		.private = load->private,
	};
	const struct sxt_cmd *cmd = sxt_cmd_find(&p.arg, &p.args, err);
	int ret;

	if (!cmd)
		return -1;
	if (cmd->kind == SXT_KIND_CHANGE)
		ret = sxt_cmd_parse(cmd, &p, err);
	else
		ret = sxt_err_set(err, SXT_EXIT_USAGE,
				  "has no place in a file");
	if (ret) {
		sxt_cmd_prefix(cmd, err);
		return -1;
	}
	if (note_change(load, cmd, line->line, err))
		return -1;
	load->used += MNL_ALIGN(p.nlh->nlmsg_len);
	load->count++;
	return 0;
}

/*
 * The line in front of @end is refused by @err. If the kernel refuses one that
 * it has not seen yet, that comes first; without a kernel that could say so,
 * this one does.
 */
static int find_earlier(struct load *load, char *end, struct sxt_err *err)
{
	struct sxt_err earlier;

	if (load->count && flush(load, end, &earlier) > 0)
		*err = earlier;
	return -1;
}

static int send_lines(struct load *load, struct sxt_err *err)
{
	struct sxt_lines lines = { load->text, load->text + load->len, 1 };
	struct sxt_line line;
	int ret;

	load->kept = load->text;
	for (;;) {
		ret = sxt_lines_next(&lines, &line, err);
		if (!ret)
			break;
		if (ret < 0 || add_command(load, &line, err)) {
			sxt_err_prefix(err, "%s:%u", load->name, line.line);
			return find_earlier(load, lines.pos, err);
		}
		if ((load->count == BATCH_MESSAGES ||
		     load->used > BATCH_MAX - SXT_MSG_MAX) &&
		    flush(load, lines.pos, err))
			return -1;
	}
	return flush(load, lines.end, err) ? -1 : 0;
}

static int save_generation(const struct nlmsghdr *nlh, void *arg,
			   struct sxt_err *err)
{
	struct sxt_span span = sxt_span_of(nlh);
	const struct nlattr *attr;

	if (!sxt_desc_check(span, &sxt_set_transaction))
		return sxt_err_set(err, SXT_EXIT_REFUSED,
				   "malformed answer of the kernel");
	attr = sxt_desc_find(span, SEXTANT_A_TRANSACTION_GENERATION);
	if (attr)
		*(uint64_t *)arg = sxt_desc_uint(attr);
	return 0;
}

static int commit(struct load *load, struct sxt_err *err)
{
	struct sxt_ctx *ctx = load->ctx;
	struct sxt_out *out = &ctx->out;
	struct nlmsghdr *nlh;
	uint64_t generation = 0;

	nlh = sxt_nl_start(ctx->msg, SEXTANT_CMD_TRANSACTION_COMMIT);
	if (ctx->dry_run)
		mnl_attr_put(nlh, SEXTANT_A_TRANSACTION_DRY_RUN, 0, NULL);
	if (sxt_nl_ask(&ctx->nl, nlh, save_generation, &generation, err)) {
		if (!err->culprit ||
		    !name_change(load, err->culprit - load->first, err))
			sxt_err_prefix(err, "%s: end of the transaction",
				       load->name);
		return -1;
	}
	if (!out->json) {
		sxt_out_text(out, "%s %u change%s, generation %llu\n",
			     ctx->dry_run ? "checked" : "loaded",
			     load->changes, load->changes == 1 ? "" : "s",
			     (unsigned long long)generation);
		return 0;
	}
	sxt_json_open(out, '{');
	sxt_json_key(out, "dry-run");
	sxt_json_bool(out, ctx->dry_run);
	sxt_json_key(out, "changes");
	sxt_json_num(out, load->changes);
	sxt_json_key(out, "generation");
	sxt_json_num(out, generation);
	sxt_json_close(out, '}');
	sxt_json_end(out);
	return 0;
}

/**
 * sxt_load_run() - carry out "sextant load"
 * @ctx: program
 * @cmd: command
 * @arg: the file
 * @args: 1
 * @err: why not
 *
 * Return: 0, or -1; then the transaction ends with the socket, and nothing
 * was changed.
 */
int sxt_load_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		 unsigned int args, struct sxt_err *err)
{
	static struct load load;
	int ret;

	(void)cmd;
	(void)args;
	load.ctx = ctx;
	load.name = arg[0];
	ret = read_file(&load, err);
	load.name = sxt_quote_path(load.name);
	if (ret)
		sxt_err_prefix(err, "%s", load.name);
	else
		ret = send_lines(&load, err);
	if (!ret)
		ret = commit(&load, err);
	explicit_bzero(load.batch, sizeof(load.batch));
	if (load.text)
		explicit_bzero(load.text, load.len);
	free(load.text);
	free(load.change);
	return ret;
}
