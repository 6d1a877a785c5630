// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blanks, comments, quotes and continued lines of sextant.conf(5). Pure: works
 * in place on the text that it is given.
 */
#include "lines.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * How a character outside of quotes is to be taken. Blanks end a word, the
 * special ones need a look, those refused are control characters.
 */
enum { PLAIN, BLANK, SPECIAL, REFUSED };

static const unsigned char classes[256] = {
	[0 ... 8] = REFUSED, [11 ... 31] = REFUSED, [127] = REFUSED,
	[' '] = BLANK, ['\t'] = BLANK,
	['\n'] = SPECIAL, ['"'] = SPECIAL, ['\\'] = SPECIAL,
};

static unsigned int class_of(char c)
{
	return classes[(unsigned char)c];
}

static int refuse(const char *p, struct sxt_err *err)
{
	return sxt_err_set(err, SXT_EXIT_USAGE, "control character 0x%02x",
			   (unsigned char)*p);
}

/* Skips blanks and continued lines. */
static void skip_blanks(struct sxt_lines *l)
{
	for (; l->pos < l->end; l->pos++) {
		if (*l->pos == ' ' || *l->pos == '\t')
			continue;
		if (*l->pos != '\\' || l->end - l->pos < 2 ||
		    l->pos[1] != '\n')
			break;
		l->pos++;
		l->line++;
	}
}

/* Copies what stands in quotes to @to; the opening one is at @l->pos. */
static int unquote(struct sxt_lines *l, char **to, struct sxt_err *err)
{
	char *p;

	for (p = l->pos + 1; p < l->end && *p != '\n'; p++) {
		if (*p == '"') {
			l->pos = p + 1;
			return 0;
		}
		if (*p == '\\') {
			p++;
			if (p == l->end || (*p != '"' && *p != '\\'))
				return sxt_err_set(err, SXT_EXIT_USAGE,
						   "in quotes only '\\\"' and '\\\\' may follow a backslash");
		} else if (*p != '\t' && class_of(*p) == REFUSED) {
			return refuse(p, err);
		}
		*(*to)++ = *p;
	}
	return sxt_err_set(err, SXT_EXIT_USAGE, "quote without end");
}

static char *skip_plain(struct sxt_lines *l)
{
	char *p = l->pos, *end = l->end;

	while (p < end && class_of(*p) == PLAIN)
		p++;
	l->pos = p;
	return p;
}

/*
 * Cuts one word off. It ends at a blank or at the end of the line; that
 * character is looked at before the word is ended over it. 1: the line ends.
 */
static int cut_word(struct sxt_lines *l, struct sxt_err *err)
{
	bool line_ends;
	char *to;

	/* Most words are plain, and stay where they are. */
	to = skip_plain(l);
	while (l->pos < l->end) {
		switch (class_of(*l->pos)) {
		case PLAIN:
			*to++ = *l->pos++;
			continue;
		case BLANK:
			break;
		case SPECIAL:
			if (*l->pos == '"') {
				if (unquote(l, &to, err))
					return -1;
				continue;
			}
			if (*l->pos == '\n')
				break;
			if (l->end - l->pos >= 2 && l->pos[1] == '\n')
				break;
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "backslash within a line");
		case REFUSED:
			return refuse(l->pos, err);
		}
		break;
	}
	line_ends = l->pos == l->end || *l->pos == '\n';
	if (line_ends) {
		l->line++;
	} else if (*l->pos == '\\') {
		l->pos++;
		l->line++;
	}
	if (l->pos < l->end)
		l->pos++;
	*to = '\0';
	return line_ends;
}

static void skip_comment(struct sxt_lines *l)
{
	while (l->pos < l->end && *l->pos != '\n')
		l->pos++;
}

/**
 * sxt_lines_next() - cut off the next command
 * @lines: text; errors end it
 * @line: result; its words are NUL-terminated and stand within the text
 * @err: why not
 *
 * Return: 1, 0 at the end of the text, or -1 with @line->line set.
 */
int sxt_lines_next(struct sxt_lines *lines, struct sxt_line *line,
		   struct sxt_err *err)
{
	int ret;

	line->words = 0;
	line->line = lines->line;
	while (lines->pos < lines->end) {
		skip_blanks(lines);
		if (lines->pos < lines->end && *lines->pos == '#')
			skip_comment(lines);
		if (lines->pos == lines->end)
			break;
		if (*lines->pos == '\n') {
			lines->pos++;
			lines->line++;
			if (line->words)
				return 1;
			continue;
		}
		if (!line->words)
			line->line = lines->line;
		if (line->words == SXT_LINE_WORDS)
			return sxt_err_set(err, SXT_EXIT_USAGE,
					   "more than %d words",
					   SXT_LINE_WORDS);
		line->word[line->words++] = lines->pos;
		ret = cut_word(lines, err);
		if (ret)
			return ret;
	}
	return line->words > 0;
}
