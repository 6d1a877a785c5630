/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cuts the text of a file, as sextant.conf(5) has it, into commands and words.
 * What the words mean is not known here.
 */
#ifndef SXT_LINES_H
#define SXT_LINES_H

#include "err.h"

/* Most words of one command. */
#define SXT_LINE_WORDS	128

/**
 * struct sxt_lines - a text that is being cut up, in place
 * @pos: what is left
 * @end: its end; one byte there is written to
 * @line: number of the line at @pos, from 1
 */
struct sxt_lines {
	char *pos;
	char *end;
	unsigned int line;
};

/**
 * struct sxt_line - one command
 * @line: number of the line where it begins
 * @words: how many words it has
 * @word: the words
 */
struct sxt_line {
	unsigned int line;
	unsigned int words;
	char *word[SXT_LINE_WORDS];
};

int sxt_lines_next(struct sxt_lines *lines, struct sxt_line *line,
		   struct sxt_err *err);

#endif
