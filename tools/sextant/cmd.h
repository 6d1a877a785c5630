/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands: one table for the command line, for files and for help. What
 * is in the files of the single objects is declared here too.
 */
#ifndef SXT_CMD_H
#define SXT_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "desc.h"
#include "err.h"
#include "nl.h"
#include "out.h"
#include "words.h"

/**
 * struct sxt_ctx - one run of the program
 * @nl: socket, opened when it is needed
 * @out: output
 * @dry_run: change nothing
 * @msg: the request
 */
struct sxt_ctx {
	struct sxt_nl nl;
	struct sxt_out out;
	bool dry_run;
	uint64_t msg[SXT_MSG_MAX / sizeof(uint64_t)];
};

/* What a command does. */
enum sxt_kind {
	SXT_KIND_CHANGE,	/* one request; allowed in files */
	SXT_KIND_GET,		/* one object is printed */
	SXT_KIND_LIST,		/* all objects are printed */
	SXT_KIND_OTHER,		/* has a function of its own */
};

/**
 * struct sxt_cmd - one command
 * @object: first word
 * @verb: second word; NULL if there is none
 * @help: what it does
 * @kind: see above
 * @request: command of the netlink family
 * @set: attributes of request and answer
 * @words: its words; NULL if it takes none
 * @sel: attribute that holds the selector; 0 if it has none
 * @operand: one word that stands for itself and must be there; NULL if none
 * @check: are the words enough? may be NULL
 * @run: for SXT_KIND_OTHER
 */
struct sxt_cmd {
	const char *object;
	const char *verb;
	const char *help;
	enum sxt_kind kind;
	uint8_t request;
	const struct sxt_set *set;
	const struct sxt_word *words;
	uint8_t sel;
	const char *operand;
	int (*check)(struct sxt_parse *p, struct sxt_err *err);
	int (*run)(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		   unsigned int args, struct sxt_err *err);
};

extern const struct sxt_cmd sxt_cmds[];

const struct sxt_cmd *sxt_cmd_find(char ***arg, unsigned int *args,
				   struct sxt_err *err);
void sxt_cmd_prefix(const struct sxt_cmd *cmd, struct sxt_err *err);
int sxt_cmd_parse(const struct sxt_cmd *cmd, struct sxt_parse *p,
		  struct sxt_err *err);
int sxt_cmd_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		unsigned int args, struct sxt_err *err);

/* sa.c */
extern const struct sxt_word sxt_sa_add_words[], sxt_sa_which_words[];
extern const struct sxt_word sxt_sa_flush_words[];
int sxt_sa_which_check(struct sxt_parse *p, struct sxt_err *err);

/* policy.c */
extern const struct sxt_word sxt_policy_add_words[], sxt_policy_which_words[];
extern const struct sxt_word sxt_policy_set_words[], sxt_policy_flush_words[];

/* stats.c, load.c, monitor.c, help.c */
extern const struct sxt_word sxt_stats_words[], sxt_monitor_words[];
int sxt_stats_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		  unsigned int args, struct sxt_err *err);
int sxt_load_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		 unsigned int args, struct sxt_err *err);
int sxt_monitor_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
		    char **arg, unsigned int args, struct sxt_err *err);
int sxt_help_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd, char **arg,
		 unsigned int args, struct sxt_err *err);
int sxt_version_run(struct sxt_ctx *ctx, const struct sxt_cmd *cmd,
		    char **arg, unsigned int args, struct sxt_err *err);

#endif
