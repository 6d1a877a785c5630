// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says to Sextant over generic netlink what it is told to, and prints what is
 * answered, in the words of bad/nllib.py: it is for where there is no Python.
 * The attributes of requests come as bytes, in this machine's order. Judges
 * nothing.
 */
#include "progs.h"

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/sextant.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "nltalk/genl.h"

static const char usage[] =
"usage: nltalk [-i] NS < lines\n"
"  open S                  open socket S, a small number\n"
"  close S                 close it\n"
"  request S CMD FLAGS HEX a request, whatever follows its header\n"
"  batch S CMD HEX...      several in one buffer\n"
"  state S                 SAs, policies and counters: a line if they are not\n"
"                          what they were last\n"
"  moved S                 each counter that is not what it was: its attribute's\n"
"                          number, or of reason R, with R added to the last of\n"
"                          them; and by how much\n"
"  from S                  what moved said last is what they were\n"
"  remember S              SAs, but for what they drop\n"
"  unchanged S             are they as remembered\n"
"  join S GROUP            hear its events\n"
"  drain S                 read the events that lie there\n"
"  uncapped S              errors come with all of the request from now on\n"
"  wiped S AT LENGTH       are these bytes of the last request back, as zeroes\n"
"  hears HEX               have eight bytes of it in a row come\n"
"  child ... end           what is between, by a process of its own\n"
"  nobody                  be nobody\n"
"  unshare FLAGS           as the system call\n"
"  report NAME             print just that\n"
"-i does each line when it has come, and knows no child.\n"
"HEX may be - for nothing. NS is a name in /run/netns, a path, or -.\n"
"exit: 0, 1 set-up or a line that can't be read\n";

#define SOCKETS		32
#define STATES		64
#define REASONS		255
#define NOBODY		65534

/**
 * struct program - the lines
 * @lines: them, without their ends
 * @count: how many
 * @at: the one that is next
 */
struct program {
	char **lines;
	size_t count;
	size_t at;
};

static struct talk talks[SOCKETS];
static struct bytes states[STATES];
static size_t state_count, state_last;
static struct bytes remembered;

/* The next word of a line; ends the program if there is none. */
static char *word(char **line)
{
	char *one;

	do
		one = strsep(line, " ");
	while (one && !*one);
	if (!one)
		errx(PROG_SETUP, "a line ends too soon");
	return one;
}

static unsigned long number(char **line)
{
	return parse_number("a word", word(line), 0, UINT_MAX);
}

static unsigned int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c) : NULL;

	if (!found)
		errx(PROG_SETUP, "'%c' is not hexadecimal", c);
	return found - digits;
}

static struct bytes from_hex(const char *hex)
{
	struct bytes out = {};

	if (!strcmp(hex, "-"))
		return out;
	for (; *hex; hex += 2) {
		unsigned char byte = hex_digit(hex[0]) << 4 | hex_digit(hex[1]);

		bytes_add(&out, &byte, 1);
	}
	return out;
}

static void print_uint(const struct nlattr *attr)
{
	unsigned long long value;

	if (attr_uint(attr, &value))
		printf(" %llu", value);
	else
		fputs(" -", stdout);
}

/* Numbers are not the same on all architectures. */
static const char *error_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "0";

	if (!name)
		errx(PROG_SETUP, "there is no error %d", error);
	return name;
}

/* errno, where, what is missing, the number of what is told of, a sentence. */
static void do_request(struct talk *talk, char **line)
{
	unsigned char cmd = number(line);
	unsigned short flags = number(line);
	struct bytes first;

	talk_ask(talk, cmd, flags, from_hex(word(line)));
	first = answer.messages;
	first.len = answer.first;
	fputs(error_name(answer.error), stdout);
	print_uint(answer.offset);
	print_uint(answer.missing);
	/* SAs and policies have their number in the attribute 1. */
	print_uint(attr_find(&first, SEXTANT_A_SA_ID));
	if (answer.sentence)
		printf(" %s", (const char *)attr_data(answer.sentence));
	putchar('\n');
}

static void do_batch(struct talk *talk, char *line)
{
	unsigned int first = talk->seq + 1;
	static const char zero[NLMSG_ALIGNTO];
	struct bytes requests = {};

	while (line) {
		unsigned char cmd = number(&line);

		talk_put(&requests, talk, cmd, 0, from_hex(word(&line)));
		bytes_add(&requests, zero,
			  NLMSG_ALIGN(requests.len) - requests.len);
	}
	talk_send(talk, &requests);
	free(requests.data);
	fputs("batch", stdout);
	for (; first <= talk->seq; first++) {
		talk_receive(talk, first);
		printf(" %s", error_name(answer.error));
	}
	putchar('\n');
}

/* What moves by itself is left out of a state. */
static bool moves(const struct nlattr *attr)
{
	switch (attr->nla_type & NLA_TYPE_MASK) {
	case SEXTANT_A_SA_AGE:
	case SEXTANT_A_SA_IDLE:
	case SEXTANT_A_SA_MEMORY:
		return true;
	default:
		return false;
	}
}

static void state_add(struct bytes *state, struct talk *talk, unsigned char cmd,
		      unsigned short flags)
{
	const struct nlattr *attr = NULL;

	talk_ask(talk, cmd, flags, (struct bytes){});
	if (answer.error)
		errx(PROG_SETUP, "state: error %d", answer.error);
	while ((attr = attr_next(&answer.messages, attr)))
		if (cmd != SEXTANT_CMD_SA_GET || !moves(attr))
			bytes_add(state, attr, NLA_ALIGN(attr->nla_len));
}

static unsigned long long count(int type)
{
	unsigned long long value = 0;

	if (!attr_uint(attr_find(&answer.messages, type), &value))
		errx(PROG_SETUP, "counter %d is not there", type);
	return value;
}

static void do_state(struct talk *talk)
{
	struct bytes *state = &states[state_count];
	size_t i = 0;

	state->len = 0;
	state_add(state, talk, SEXTANT_CMD_SA_GET, NLM_F_DUMP);
	state_add(state, talk, SEXTANT_CMD_POLICY_GET, NLM_F_DUMP);
	state_add(state, talk, SEXTANT_CMD_STATS_GET, 0);
	while (states[i].len != state->len ||
	       memcmp(states[i].data, state->data, state->len))
		i++;
	if (i == state_count && ++state_count == STATES)
		errx(PROG_SETUP, "too many states");
	if (i + 1 == state_last)
		return;
	state_last = i + 1;
	printf("state %zu generation %llu sas %llu policies %llu\n", state_last,
	       count(SEXTANT_A_STATS_GENERATION), count(SEXTANT_A_STATS_SAS),
	       count(SEXTANT_A_STATS_POLICIES));
}

/* Those with an attribute of their own, and behind them the reasons. */
static unsigned long long counts[SEXTANT_A_STATS_MAX + 1 + REASONS];
static unsigned long long counts_from[SEXTANT_A_STATS_MAX + 1 + REASONS];

static void count_reason(const struct nlattr *attr)
{
	struct bytes pair = {};
	unsigned long long reason, packets;

	bytes_add(&pair, attr_data(attr), attr->nla_len - NLA_HDRLEN);
	if (!attr_uint(attr_find(&pair, SEXTANT_A_COUNT_DROP), &reason) ||
	    !attr_uint(attr_find(&pair, SEXTANT_A_COUNT_PACKETS), &packets) ||
	    reason > REASONS)
		errx(PROG_SETUP, "a count of drops that can't be read");
	counts[SEXTANT_A_STATS_MAX + reason] = packets;
	free(pair.data);
}

static void do_moved(struct talk *talk)
{
	const struct nlattr *attr = NULL;
	size_t i;

	talk_ask(talk, SEXTANT_CMD_STATS_GET, 0, (struct bytes){});
	if (answer.error)
		errx(PROG_SETUP, "counters: error %d", answer.error);
	memset(counts, 0, sizeof(counts));
	while ((attr = attr_next(&answer.messages, attr))) {
		size_t type = attr->nla_type & NLA_TYPE_MASK;

		if (type == SEXTANT_A_STATS_DROPS)
			count_reason(attr);
		else if (type > SEXTANT_A_STATS_MAX ||
			 !attr_uint(attr, &counts[type]))
			errx(PROG_SETUP, "counter %zu can't be read", type);
	}
	fputs("moved", stdout);
	for (i = 0; i <= SEXTANT_A_STATS_MAX + REASONS; i++)
		if (counts[i] != counts_from[i])
			printf(" %zu=%lld", i,
			       (long long)(counts[i] - counts_from[i]));
	putchar('\n');
}

static void sas_add(struct bytes *sas, struct talk *talk)
{
	const struct nlattr *attr = NULL;

	sas->len = 0;
	talk_ask(talk, SEXTANT_CMD_SA_GET, NLM_F_DUMP, (struct bytes){});
	if (answer.error)
		errx(PROG_SETUP, "SAs: error %d", answer.error);
	while ((attr = attr_next(&answer.messages, attr)))
		if (!moves(attr) &&
		    (attr->nla_type & NLA_TYPE_MASK) != SEXTANT_A_SA_DROPS)
			bytes_add(sas, attr, NLA_ALIGN(attr->nla_len));
}

static void do_remember(struct talk *talk)
{
	sas_add(&remembered, talk);
	puts("remembered");
}

static void do_unchanged(struct talk *talk)
{
	static struct bytes now;

	sas_add(&now, talk);
	puts(now.len == remembered.len &&
	     !memcmp(now.data, remembered.data, now.len) ? "unchanged" :
	     "changed");
}

static void do_join(struct talk *talk, const char *name)
{
	unsigned int group = talk_group(talk, name);
	int error = 0;

	if (setsockopt(talk->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		error = errno;
	printf("join %s %s\n", name, error_name(error));
}

static void do_wiped(char **line)
{
	unsigned long at = number(line), len = number(line);
	const char *wiped = "True";

	if (at + len > answer.echo.len)
		wiped = "None";
	else
		while (len--)
			if (answer.echo.data[at + len])
				wiped = "False";
	printf("wiped %s\n", wiped);
}

static void do_hears(const char *hex)
{
	struct bytes what = from_hex(hex);
	bool found = false;
	size_t at;

	for (at = 0; at + 8 <= what.len; at++)
		found |= !!memmem(heard.data, heard.len, what.data + at, 8);
	printf("heard %s\n", found ? "True" : "False");
	free(what.data);
}

static void do_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(PROG_SETUP, "nobody");
}

/* What is about one socket; false: no such word. */
static bool of_talk(const char *what, char *line)
{
	struct talk *talk = &talks[parse_number("socket", word(&line), 0,
						SOCKETS - 1)];

	if (!strcmp(what, "open"))
		talk_open(talk);
	else if (!strcmp(what, "close"))
		close(talk->fd);
	else if (!strcmp(what, "request"))
		do_request(talk, &line);
	else if (!strcmp(what, "batch"))
		do_batch(talk, line);
	else if (!strcmp(what, "state"))
		do_state(talk);
	else if (!strcmp(what, "moved"))
		do_moved(talk);
	else if (!strcmp(what, "from"))
		memcpy(counts_from, counts, sizeof(counts));
	else if (!strcmp(what, "remember"))
		do_remember(talk);
	else if (!strcmp(what, "unchanged"))
		do_unchanged(talk);
	else if (!strcmp(what, "join"))
		do_join(talk, word(&line));
	else if (!strcmp(what, "drain"))
		talk_drain(talk);
	else if (!strcmp(what, "uncapped"))
		talk_option(talk, NETLINK_CAP_ACK, 0);
	else
		return false;
	return true;
}

static void do_unshare(char **line)
{
	if (unshare(number(line)))
		err(PROG_SETUP, "unshare");
}

static void one_line(char *line)
{
	const char *what = word(&line);

	if (!strcmp(what, "report"))
		printf("report %s\n", word(&line));
	else if (!strcmp(what, "nobody"))
		do_nobody();
	else if (!strcmp(what, "unshare"))
		do_unshare(&line);
	else if (!strcmp(what, "wiped"))
		do_wiped(&line);
	else if (!strcmp(what, "hears"))
		do_hears(word(&line));
	else if (!of_talk(what, line))
		errx(PROG_SETUP, "'%s' is no word", what);
}

/* Up to the line "end", or the last one. */
static void all_lines(struct program *program)
{
	while (program->at < program->count) {
		char *line = program->lines[program->at++];
		int status;
		pid_t pid;

		if (!strcmp(line, "end"))
			return;
		if (strcmp(line, "child")) {
			one_line(line);
			continue;
		}
		fflush(stdout);
		pid = fork();
		if (pid < 0)
			err(PROG_SETUP, "fork");
		if (!pid) {
			all_lines(program);
			exit(PROG_OK);
		}
		if (waitpid(pid, &status, 0) != pid || status)
			errx(PROG_SETUP, "a child failed");
		do
			line = program->lines[program->at++];
		while (strcmp(line, "end"));
	}
}

/* The next line of standard input, without its end; false where there is none. */
static bool next_line(char **line, size_t *room)
{
	ssize_t n = getline(line, room, stdin);

	if (n > 0 && (*line)[n - 1] == '\n')
		(*line)[n - 1] = '\0';
	return n > 0;
}

static void read_lines(struct program *program)
{
	char *line = NULL;
	size_t room = 0;

	while (next_line(&line, &room)) {
		program->lines = reallocarray(program->lines,
					      program->count + 1,
					      sizeof(*program->lines));
		if (!program->lines)
			err(PROG_SETUP, "memory");
		program->lines[program->count++] = line;
		line = NULL;
		room = 0;
	}
	free(line);
}

static void as_they_come(void)
{
	char *line = NULL;
	size_t room = 0;

	while (next_line(&line, &room)) {
		one_line(line);
		if (fflush(stdout))
			err(PROG_SETUP, "standard output");
	}
	free(line);
}

int main(int argc, char **argv)
{
	bool come = argc == 3 && !strcmp(argv[1], "-i");
	struct program program = {};

	if (argc != 2 + come) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	netns_enter(argv[1 + come]);
	if (come) {
		as_they_come();
		return PROG_OK;
	}
	read_lines(&program);
	all_lines(&program);
	return PROG_OK;
}
