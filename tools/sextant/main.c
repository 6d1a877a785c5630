// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program: its options, the network namespace, the exit status. What the
 * commands do is in the files of their names.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "values.h"

static int enter_netns(const char *name, struct sxt_err *err)
{
	char path[512];
	int fd, n;

	if (strchr(name, '/'))
		n = snprintf(path, sizeof(path), "%s", name);
	else
		n = snprintf(path, sizeof(path), "/run/netns/%s", name);
	if (!*name || n >= (int)sizeof(path))
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "network namespace: not a name");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return sxt_err_set(err, errno == EACCES || errno == EPERM ?
					SXT_EXIT_MISSING : SXT_EXIT_USAGE,
				   "network namespace '%.300s': %s",
				   sxt_quote_path(name), strerror(errno));
	n = setns(fd, CLONE_NEWNET);
	if (n)
		sxt_err_set(err, errno == EPERM ? SXT_EXIT_MISSING :
						  SXT_EXIT_USAGE,
			    "network namespace '%.300s': %s",
			    sxt_quote_path(name),
			    errno == EINVAL ? "not a network namespace" :
					      strerror(errno));
	close(fd);
	return n;
}

/* The options, by their letters and their names. */
static const struct option {
	char letter;
	const char *name;
} options[] = {
	{ 'j', "json" }, { 'p', "pretty" }, { 'n', "dry-run" }, { 'N', "netns" },
};

static char letter_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!strcmp(options[i].name, name))
			return options[i].letter;
	return 0;
}

/* One option; true if it is one that stands alone. */
static bool set_option(struct sxt_ctx *ctx, char letter)
{
	switch (letter) {
	case 'j':
		ctx->out.json = true;
		return true;
	case 'p':
		ctx->out.pretty = true;
		return true;
	case 'n':
		ctx->dry_run = true;
		return true;
	}
	return false;
}

/* The letters of one word, -N as the last with its value behind it. */
static int read_letters(struct sxt_ctx *ctx, const char *word, char **next,
			const char **netns, struct sxt_err *err)
{
	const char *p;

	for (p = word + 1; *p; p++) {
		if (set_option(ctx, *p))
			continue;
		if (*p != 'N')
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "unknown option in '%.64s'",
					   sxt_quote_word(word));
		*netns = p[1] ? p + 1 : *next;
		if (!*netns)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "option -N needs a value");
		return !p[1];
	}
	return 0;
}

static int read_name(struct sxt_ctx *ctx, const char *word, char **next,
		     const char **netns, struct sxt_err *err)
{
	char letter = letter_of(word + 2);

	if (set_option(ctx, letter))
		return 0;
	if (!strncmp(word, "--netns=", 8)) {
		*netns = word + 8;
		return 0;
	}
	if (letter != 'N')
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "unknown option '%.64s'",
				   sxt_quote_word(word));
	*netns = *next;
	if (!*netns)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "option --netns needs a value");
	return 1;
}

/*
 * Reads the options; the index of the first word behind them, or -1. Not by
 * getopt_long(), which takes abbreviations.
 */
static int read_options(struct sxt_ctx *ctx, int argc, char **argv,
			const char **netns, struct sxt_err *err)
{
	int i, used;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (argv[i][1] != '-')
			used = read_letters(ctx, argv[i], argv + i + 1, netns,
					    err);
		else
			used = read_name(ctx, argv[i], argv + i + 1, netns,
					 err);
		if (used < 0)
			return -1;
		i += used;
	}
	return i < argc ? i : argc;
}

static int run(struct sxt_ctx *ctx, int argc, char **argv, struct sxt_err *err)
{
	const char *netns = NULL;
	int at = read_options(ctx, argc, argv, &netns, err);
	const struct sxt_cmd *cmd;
	unsigned int args;
	char **arg;

	if (at < 0)
		return -1;
	arg = argv + at;
	args = argc - at;
	cmd = sxt_cmd_find(&arg, &args, err);
	if (!cmd || (netns && enter_netns(netns, err)))
		return -1;
	return sxt_cmd_run(ctx, cmd, arg, args, err);
}

/*
 * A standard descriptor that is closed would be the next file's or socket's,
 * and output would go there. What stands in for it fails as it would.
 */
static int hold_standard(struct sxt_err *err)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
							   O_RDONLY) != fd)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "/dev/null: %s", strerror(errno));
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct sxt_ctx ctx;
	struct sxt_err err;
	int ret = hold_standard(&err);

	if (!ret)
		ret = run(&ctx, argc, argv, &err);
	if (ret)
		sxt_err_print(&err);
	sxt_nl_close(&ctx.nl);
	sxt_out_free(&ctx.out);
	return ret ? err.code : SXT_EXIT_OK;
}
