// SPDX-License-Identifier: GPL-2.0-only
/*
 * A socket of generic netlink that speaks to Sextant: requests out, answers in,
 * and their attributes. It does so without libmnl, as what it sends has to be
 * wrong byte for byte, and what it is told is to be seen byte for byte.
 */
#include "genl.h"

#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/sextant.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "../progs.h"

#define BUFFER		262144
#define WAIT_SECONDS	20

struct answer answer;
struct bytes heard;
/* As many bytes, where messages lie as they should. */
static union {
	unsigned char bytes[BUFFER];
	struct nlmsghdr head;
} buffer;
static unsigned short family = GENL_ID_CTRL;

void bytes_add(struct bytes *to, const void *from, size_t len)
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

static size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* The attribute behind @attr, or the first if that is NULL; NULL: no more. */
const struct nlattr *attr_next(const struct bytes *in,
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

const struct nlattr *attr_find(const struct bytes *in, int type)
{
	const struct nlattr *attr = NULL;

	while ((attr = attr_next(in, attr)))
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

/* An integer of 4 or 8 bytes. */
bool attr_uint(const struct nlattr *attr, unsigned long long *value)
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

/* The attributes in a nest. */
static struct bytes attr_nest(const struct nlattr *nest)
{
	struct bytes none = {};

	if (!nest)
		return none;
	return (struct bytes){
		.data = (unsigned char *)attr_data(nest),
		.len = attr_len(nest),
	};
}

/* Puts a request behind what is in @to; @data is freed. */
void talk_put(struct bytes *to, struct talk *talk, unsigned char cmd,
	      unsigned short flags, struct bytes data)
{
	struct nlmsghdr head = {
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + data.len,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags,
		.nlmsg_seq = ++talk->seq,
	};
	struct genlmsghdr genl = { .cmd = cmd, .version = 1 };

	bytes_add(to, &head, sizeof(head));
	bytes_add(to, &genl, sizeof(genl));
	bytes_add(to, data.data, data.len);
	free(data.data);
}

void talk_send(struct talk *talk, struct bytes *what)
{
	if (send(talk->fd, what->data, what->len, 0) != (ssize_t)what->len)
		err(PROG_SETUP, "send");
	what->len = 0;
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
			bytes_add(&answer.echo, tlvs.data + GENL_HDRLEN,
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
	bytes_add(&answer.messages, data + GENL_HDRLEN,
		  msg->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN);
	if (!answer.first)
		answer.first = answer.messages.len;
	return false;
}

/* Reads until the answer to that request is there, in @answer. */
void talk_receive(struct talk *talk, unsigned int seq)
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
		bytes_add(&heard, buffer.bytes, n);
		while (n - at >= NLMSG_HDRLEN) {
			const struct nlmsghdr *msg =
				(const void *)(buffer.bytes + at);

			done |= answer_take(msg, seq);
			at += NLMSG_ALIGN(msg->nlmsg_len);
		}
	}
}

void talk_ask(struct talk *talk, unsigned char cmd, unsigned short flags,
	      struct bytes data)
{
	struct bytes request = {};

	talk_put(&request, talk, cmd, flags, data);
	talk_send(talk, &request);
	free(request.data);
	talk_receive(talk, talk->seq);
}

/* Asks for the family; the answer has its number and its groups. */
static void talk_ask_family(struct talk *talk)
{
	static const char name[] = SEXTANT_FAMILY_NAME;
	struct nlattr attr = {
		.nla_len = NLA_HDRLEN + sizeof(name),
		.nla_type = CTRL_ATTR_FAMILY_NAME,
	};
	unsigned short before = family;
	struct bytes data = {};

	bytes_add(&data, &attr, sizeof(attr));
	bytes_add(&data, name, sizeof(name));
	family = GENL_ID_CTRL;
	talk_ask(talk, CTRL_CMD_GETFAMILY, 0, data);
	family = before;
	if (answer.error)
		errx(PROG_SETUP, "no family %s", name);
}

unsigned int talk_group(struct talk *talk, const char *name)
{
	const struct nlattr *attr = NULL;
	struct bytes groups;

	talk_ask_family(talk);
	groups = attr_nest(attr_find(&answer.messages, CTRL_ATTR_MCAST_GROUPS));
	while ((attr = attr_next(&groups, attr))) {
		struct bytes group = attr_nest(attr);
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

void talk_option(struct talk *talk, int name, int value)
{
	if (setsockopt(talk->fd, SOL_NETLINK, name, &value, sizeof(value)))
		err(PROG_SETUP, "option %d", name);
}

void talk_open(struct talk *talk)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };
	const struct nlattr *attr;
	int room = 1 << 20;

	talk->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (talk->fd < 0)
		err(PROG_SETUP, "socket");
	talk_option(talk, NETLINK_CAP_ACK, 1);
	talk_option(talk, NETLINK_EXT_ACK, 1);
	if (setsockopt(talk->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    setsockopt(talk->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		err(PROG_SETUP, "socket");
	talk_ask_family(talk);
	attr = attr_find(&answer.messages, CTRL_ATTR_FAMILY_ID);
	if (!attr)
		errx(PROG_SETUP, "the family has no number");
	memcpy(&family, attr_data(attr), sizeof(family));
}

void talk_drain(struct talk *talk)
{
	ssize_t n;

	while ((n = recv(talk->fd, &buffer, sizeof(buffer), MSG_DONTWAIT)) >= 0)
		bytes_add(&heard, buffer.bytes, n);
	if (errno != EAGAIN)
		err(PROG_SETUP, "drain");
}
