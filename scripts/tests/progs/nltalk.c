// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says to Sextant over generic netlink what it is told to, and prints what is
 * answered, in the words of bad/badlib.py: it is for where there is no Python.
 * The attributes of requests come as bytes, in this machine's order. Judges
 * nothing.
 */
#include "progs.h"

#include <err.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sextant.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: nltalk NS < lines\n"
"  open S                  open socket S, a small number\n"
"  close S                 close it\n"
"  request S CMD FLAGS HEX a request, whatever follows its header\n"
"  batch S CMD HEX...      several in one buffer\n"
"  state S                 SAs, policies and counters: a line if they are not\n"
"                          what they were last\n"
"  join S GROUP            hear its events\n"
"  drain S                 read the events that lie there\n"
"  uncapped S              errors come with all of the request from now on\n"
"  wiped S AT LENGTH       are these bytes of the last request back, as zeroes\n"
"  hears HEX               have eight bytes of it in a row come\n"
"  child ... end           what is between, by a process of its own\n"
"  nobody                  be nobody\n"
"  unshare FLAGS           as the system call\n"
"  report NAME             print just that\n"
"HEX may be - for nothing. NS is a name in /run/netns, a path, or -.\n"
"exit: 0, 1 set-up or a line that can't be read\n";

#define SOCKETS		32
#define BUFFER		262144
#define WAIT_SECONDS	20
#define STATES		64
#define NOBODY		65534

/**
 * struct bytes - bytes that grow
 * @data: them
 * @len: how many
 * @room: how many there is memory for
 */
struct bytes {
	unsigned char *data;
	size_t len;
	size_t room;
};

/**
 * struct talk - one socket
 * @fd: it, from the line "open" to the line "close"
 * @seq: number of the last request
 */
struct talk {
	int fd;
	unsigned int seq;
};

/**
 * struct answer - what came for a request
 * @error: errno, 0 if it was done
 * @messages: attributes of all messages before that, one behind the other
 * @first: length of those of the first one
 * @echo: attributes of the request, if the error came with them
 * @offset: where the attribute at fault is, or NULL
 * @missing: number of the one that is missing, or NULL
 * @sentence: what the kernel says, or NULL
 */
struct answer {
	int error;
	struct bytes messages;
	size_t first;
	struct bytes echo;
	const struct nlattr *offset;
	const struct nlattr *missing;
	const struct nlattr *sentence;
};

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
static struct answer answer;
/* As many bytes, where messages lie as they should. */
static union {
	unsigned char bytes[BUFFER];
	struct nlmsghdr head;
} buffer;
static struct bytes heard;
static struct bytes states[STATES];
static size_t state_count, state_last;
static unsigned short family = GENL_ID_CTRL;

static void append(struct bytes *to, const void *from, size_t len)
{
	if (to->len + len > to->room) {
		to->room = 2 * (to->len + len);
		to->data = realloc(to->data, to->room);
		if (!to->data)
			err(PROG_SETUP, "memory");
	}
	if (len)
		memcpy(to->data + to->len, from, len);
	to->len += len;
}

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

		append(&out, &byte, 1);
	}
	return out;
}

/* Puts a request behind what is in @to; @data is freed. */
static void append_request(struct bytes *to, struct talk *talk, unsigned char cmd,
			   unsigned short flags, struct bytes data)
{
	struct nlmsghdr head = {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + data.len,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		.nlmsg_seq = ++talk->seq,
	};
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };

	append(to, &head, sizeof(head));
	append(to, &genl, sizeof(genl));
	append(to, data.data, data.len);
	free(data.data);
}

static void send_all(struct talk *talk, struct bytes *what)
{
	if (send(talk->fd, what->data, what->len, 0) != (ssize_t)what->len)
		err(PROG_SETUP, "send");
	what->len = 0;
}

static size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* The attribute behind @attr, or the first if that is NULL; NULL: no more. */
static const struct nlattr *attr_next(const struct bytes *in,
				      const struct nlattr *attr)
{
	size_t at = 0;

	if (attr)
		at = (const unsigned char *)attr - in->data +
		     NLA_ALIGN(attr->nla_len);
	if (at + NLA_HDRLEN > in->len)
		return NULL;
	attr = (const struct nlattr *)(const void *)(in->data + at);
	return attr->nla_len < NLA_HDRLEN || attr->nla_len > in->len - at ?
		NULL : attr;
}

static const struct nlattr *attr_find(const struct bytes *in, int type)
{
	const struct nlattr *attr = NULL;

	while ((attr = attr_next(in, attr)))
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

/* An integer of 4 or 8 bytes. */
static bool attr_uint(const struct nlattr *attr, unsigned long long *value)
{
	unsigned int small;

	if (!attr)
		return false;
	if (attr_len(attr) == sizeof(small)) {
		memcpy(&small, attr_data(attr), sizeof(small));
		*value = small;
		return true;
	}
	if (attr_len(attr) != sizeof(*value))
		return false;
	memcpy(value, attr_data(attr), sizeof(*value));
	return true;
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

/* The message that ends an answer. */
static void answer_end(const struct nlmsghdr *msg)
{
	const unsigned char *data = (const unsigned char *)msg + NLMSG_HDRLEN;
	/* These lie in the buffer, which holds until the next request. */
	struct bytes tlvs = { .data = (unsigned char *)data + 4 };
	struct nlmsghdr head;

	memcpy(&answer.error, data, sizeof(answer.error));
	answer.error = -answer.error;
	if (msg->nlmsg_type == NLMSG_ERROR) {
		tlvs.data += sizeof(head);
		memcpy(&head, data + 4, sizeof(head));
		if (!(msg->nlmsg_flags & NLM_F_CAPPED)) {
			append(&answer.echo, tlvs.data + GENL_HDRLEN,
			       head.nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
			tlvs.data += NLMSG_ALIGN(head.nlmsg_len) - NLMSG_HDRLEN;
		}
	}
	if (!(msg->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	tlvs.len = (const unsigned char *)msg + msg->nlmsg_len - tlvs.data;
	answer.offset = attr_find(&tlvs, NLMSGERR_ATTR_OFFS);
	answer.missing = attr_find(&tlvs, NLMSGERR_ATTR_MISS_TYPE);
	answer.sentence = attr_find(&tlvs, NLMSGERR_ATTR_MSG);
}

/* One message of the kernel; true if it is the last one of this answer. */
static bool answer_take(const struct nlmsghdr *msg, unsigned int seq)
{
	const unsigned char *data = (const unsigned char *)msg + NLMSG_HDRLEN;

	if (msg->nlmsg_seq != seq)
		return false;
	if (msg->nlmsg_type == NLMSG_ERROR || msg->nlmsg_type == NLMSG_DONE) {
		answer_end(msg);
		return true;
	}
	append(&answer.messages, data + GENL_HDRLEN,
	       msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
	if (!answer.first)
		answer.first = answer.messages.len;
	return false;
}

/* Reads until the answer to that request is there, in @answer. */
static void receive(struct talk *talk, unsigned int seq)
{
	bool done = false;

	answer.messages.len = 0;
	answer.first = 0;
	answer.echo.len = 0;
	answer.offset = NULL;
	answer.missing = NULL;
	answer.sentence = NULL;
	while (!done) {
		ssize_t n = recv(talk->fd, &buffer, sizeof(buffer), 0), at = 0;

		if (n < 0)
			err(PROG_SETUP, "no answer");
		append(&heard, buffer.bytes, n);
		while (n - at >= NLMSG_HDRLEN) {
			const struct nlmsghdr *msg =
				(const void *)(buffer.bytes + at);

			done |= answer_take(msg, seq);
			at += NLMSG_ALIGN(msg->nlmsg_len);
		}
	}
}

static void ask(struct talk *talk, unsigned char cmd, unsigned short flags,
		struct bytes data)
{
	struct bytes request = {};

	append_request(&request, talk, cmd, flags, data);
	send_all(talk, &request);
	free(request.data);
	receive(talk, talk->seq);
}

/* errno, where, what is missing, the number of what is told of, a sentence. */
static void do_request(struct talk *talk, char **line)
{
	unsigned char cmd = number(line);
	unsigned short flags = number(line);
	struct bytes first;

	ask(talk, cmd, flags, from_hex(word(line)));
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

		append_request(&requests, talk, cmd, 0, from_hex(word(&line)));
		append(&requests, zero,
		       NLMSG_ALIGN(requests.len) - requests.len);
	}
	send_all(talk, &requests);
	free(requests.data);
	fputs("batch", stdout);
	for (; first <= talk->seq; first++) {
		receive(talk, first);
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

	ask(talk, cmd, flags, (struct bytes){});
	if (answer.error)
		errx(PROG_SETUP, "state: error %d", answer.error);
	while ((attr = attr_next(&answer.messages, attr)))
		if (cmd != SEXTANT_CMD_SA_GET || !moves(attr))
			append(state, attr, NLA_ALIGN(attr->nla_len));
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

/* Asks for the family; the answer has its number and its groups. */
static void ask_family(struct talk *talk)
{
	static const char name[] = SEXTANT_FAMILY_NAME;
	struct nlattr attr = {
		.nla_len = NLA_HDRLEN + sizeof(name),
		.nla_type = CTRL_ATTR_FAMILY_NAME,
	};
	unsigned short before = family;
	struct bytes data = {};

	append(&data, &attr, sizeof(attr));
	append(&data, name, sizeof(name));
	family = GENL_ID_CTRL;
	ask(talk, CTRL_CMD_GETFAMILY, 0, data);
	family = before;
	if (answer.error)
		errx(PROG_SETUP, "no family %s", name);
}

/* The attributes in a nest. */
static struct bytes inside(const struct nlattr *nest)
{
	struct bytes none = {};

	if (!nest)
		return none;
	return (struct bytes){
		.data = (unsigned char *)attr_data(nest),
		.len = attr_len(nest),
	};
}

static unsigned int group_of(struct talk *talk, const char *name)
{
	const struct nlattr *attr = NULL;
	struct bytes groups;

	ask_family(talk);
	groups = inside(attr_find(&answer.messages, CTRL_ATTR_MCAST_GROUPS));
	while ((attr = attr_next(&groups, attr))) {
		struct bytes group = inside(attr);
		const struct nlattr *its =
			attr_find(&group, CTRL_ATTR_MCAST_GRP_NAME);
		unsigned long long number;

		if (its && !strcmp(attr_data(its), name) &&
		    attr_uint(attr_find(&group, CTRL_ATTR_MCAST_GRP_ID),
			      &number))
			return number;
	}
	errx(PROG_SETUP, "no group %s", name);
}

static void set_option(struct talk *talk, int name, int value)
{
	if (setsockopt(talk->fd, SOL_NETLINK, name, &value, sizeof(value)))
		err(PROG_SETUP, "option %d", name);
}

static void do_open(struct talk *talk)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };
	const struct nlattr *attr;
	int room = 1 << 20;

	talk->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (talk->fd < 0)
		err(PROG_SETUP, "socket");
	set_option(talk, NETLINK_CAP_ACK, 1);
	set_option(talk, NETLINK_EXT_ACK, 1);
	if (setsockopt(talk->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    setsockopt(talk->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		err(PROG_SETUP, "socket");
	ask_family(talk);
	attr = attr_find(&answer.messages, CTRL_ATTR_FAMILY_ID);
	if (!attr)
		errx(PROG_SETUP, "the family has no number");
	memcpy(&family, attr_data(attr), sizeof(family));
}

static void do_join(struct talk *talk, const char *name)
{
	unsigned int group = group_of(talk, name);
	int error = 0;

	if (setsockopt(talk->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		error = errno;
	printf("join %s %s\n", name, error_name(error));
}

static void do_drain(struct talk *talk)
{
	ssize_t n;

	while ((n = recv(talk->fd, &buffer, sizeof(buffer), MSG_DONTWAIT)) >= 0)
		append(&heard, buffer.bytes, n);
	if (errno != EAGAIN)
		err(PROG_SETUP, "drain");
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
		do_open(talk);
	else if (!strcmp(what, "close"))
		close(talk->fd);
	else if (!strcmp(what, "request"))
		do_request(talk, &line);
	else if (!strcmp(what, "batch"))
		do_batch(talk, line);
	else if (!strcmp(what, "state"))
		do_state(talk);
	else if (!strcmp(what, "join"))
		do_join(talk, word(&line));
	else if (!strcmp(what, "drain"))
		do_drain(talk);
	else if (!strcmp(what, "uncapped"))
		set_option(talk, NETLINK_CAP_ACK, 0);
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

static void read_lines(struct program *program)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
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

int main(int argc, char **argv)
{
	struct program program = {};

	if (argc != 2) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	netns_enter(argv[1]);
	read_lines(&program);
	all_lines(&program);
	return PROG_OK;
}
