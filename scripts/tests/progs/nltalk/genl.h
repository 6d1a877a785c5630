/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A socket of generic netlink that speaks to Sextant, and what it is answered.
 * Whatever goes wrong that is not an answer ends the program.
 */
#ifndef SXT_TEST_GENL_H
#define SXT_TEST_GENL_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

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

/* The last answer; what it points to holds until the next request. */
extern struct answer answer;
/* All that was ever read. */
extern struct bytes heard;

void bytes_add(struct bytes *to, const void *from, size_t len);
const void *attr_data(const struct nlattr *attr);
const struct nlattr *attr_next(const struct bytes *in,
			       const struct nlattr *attr);
const struct nlattr *attr_find(const struct bytes *in, int type);
bool attr_uint(const struct nlattr *attr, unsigned long long *value);
void talk_open(struct talk *talk);
void talk_option(struct talk *talk, int name, int value);
void talk_put(struct bytes *to, struct talk *talk, unsigned char cmd,
	      unsigned short flags, struct bytes data);
void talk_send(struct talk *talk, struct bytes *what);
void talk_receive(struct talk *talk, unsigned int seq);
void talk_ask(struct talk *talk, unsigned char cmd, unsigned short flags,
	      struct bytes data);
unsigned int talk_group(struct talk *talk, const char *name);
void talk_drain(struct talk *talk);

#endif /* SXT_TEST_GENL_H */
