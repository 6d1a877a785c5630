// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard FILE...: every beginning of each file is read as a file of commands,
 * with its end just before a page that cannot be touched, where "sextant load"
 * has room for one byte more; and the words of every whole command are put into
 * messages of every size, with their ends there. A parser that reads or writes
 * too far stops the test at once. Of what is read no more is asked than that it
 * is understood or refused with a sentence, all of it understood, and nothing
 * behind it.
 */
#include "cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lines.h"

/* Longest file. */
#define TEXT_MAX	4096

static void fail(const char *name, unsigned int at, const char *why)
{
	fprintf(stderr, "%s:%u: %s\n", name, at, why);
	exit(1);
}

/* Ends with the last byte that can be touched. */
static char *guard_page(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t size = (TEXT_MAX + page) / page * page;
	char *area = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || mprotect(area + size, page, PROT_NONE))
		fail("guard page", 0, strerror(errno));
	return area + size;
}

/* A command in a message of @room bytes. */
static int parse(struct sxt_line *line, char *guard, size_t room,
		 size_t *len, struct sxt_err *error)
{
	struct sxt_parse p = {
		.nlh = (void *)(guard - room),
		.room = room,
		.arg = line->word,
		.args = line->words,
		.file = true,
	};
	const struct sxt_cmd *cmd = sxt_cmd_find(&p.arg, &p.args, error);

	if (!cmd || sxt_cmd_parse(cmd, &p, error))
		return -1;
	*len = p.nlh->nlmsg_len;
	return 0;
}

/* The least room that it takes, found from below. */
static void every_room(const char *name, struct sxt_line *line, char *guard)
{
	struct sxt_err error = { 0 };
	size_t room, len = 0;
	int ret = -1;

	for (room = NLMSG_HDRLEN + GENL_HDRLEN; ret && room <= SXT_MSG_MAX;
	     room += NLMSG_ALIGNTO)
		ret = parse(line, guard, room, &len, &error);
	if (ret)
		fail(name, line->line, error.text);
	if (len > room - NLMSG_ALIGNTO)
		fail(name, line->line, "longer than its room");
}

/* What has come of a text. */
struct outcome {
	int ret;
	size_t bytes;
	struct sxt_err error;
};

/* @name: the text is all of this file, or NULL. */
static void read_all(const char *name, struct sxt_lines lines, char *guard,
		     struct outcome *o)
{
	struct sxt_line line;
	size_t len;

	memset(o, 0, sizeof(*o));
	while ((o->ret = sxt_lines_next(&lines, &line, &o->error)) > 0) {
		o->ret = parse(&line, guard, SXT_MSG_MAX, &len, &o->error);
		if (o->ret)
			break;
		o->bytes += len;
		if (name)
			every_room(name, &line, guard);
	}
	if (o->ret && !o->error.text[0])
		fail("refused", line.line, "and not said why");
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->ret == b->ret && a->bytes == b->bytes &&
	       !strcmp(a->error.text, b->error.text);
}

/* What stands behind the end means nothing, whatever it is. */
static void every_length(const char *name, const char *text, size_t len,
			 char *text_guard, char *guard)
{
	static const char behind[] = "x\n \"\\";
	struct outcome o, other;
	const char *c;
	char *begin;
	size_t n;

	for (n = 0; n <= len; n++) {
		begin = text_guard - n - 1;
		for (c = behind; *c; c++) {
			memcpy(begin, text, n);
			text_guard[-1] = *c;
			read_all(n == len && c == behind ? name : NULL,
				 (struct sxt_lines){ begin, begin + n, 1 },
				 guard, &other);
			if (c == behind)
				o = other;
			else if (!same(&o, &other))
				fail(name, n, "reads behind the end");
		}
	}
	if (o.ret)
		fail(name, 0, o.error.text);
}

int main(int argc, char **argv)
{
	char *text_guard = guard_page(), *guard = guard_page();
	static char text[TEXT_MAX];
	ssize_t len;
	int i, fd;

	for (i = 1; i < argc; i++) {
		fd = open(argv[i], O_RDONLY);
		len = fd < 0 ? -1 : read(fd, text, sizeof(text));
		if (len <= 0 || len == sizeof(text))
			fail(argv[i], 0, "not read");
		close(fd);
		every_length(argv[i], text, len, text_guard, guard);
	}
	return 0;
}
