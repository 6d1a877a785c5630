// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talks to the generic netlink family "sextant". What is in the messages is
 * the business of others.
 */
#include "nl.h"

#include <errno.h>
#include <limits.h>
#include <linux/genetlink.h>
#include <linux/sextant.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "desc.h"

/**
 * sxt_nl_start() - begin a request
 * @buf: room of at least SXT_MSG_MAX, 4 byte aligned
 * @cmd: command of the family
 *
 * Family and sequence number are filled in when it is sent, so that a request
 * can be made without a socket.
 *
 * Return: the request.
 */
struct nlmsghdr *sxt_nl_start(void *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = SEXTANT_FAMILY_VERSION;
	return nlh;
}

static const struct sxt_set *set_of(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return NULL;
	switch (genl->cmd) {
	case SEXTANT_CMD_SA_NEW:
	case SEXTANT_CMD_SA_GET:
	case SEXTANT_CMD_SA_DEL:
	case SEXTANT_CMD_SA_FLUSH:
		return &sxt_set_sa;
	case SEXTANT_CMD_POLICY_NEW:
	case SEXTANT_CMD_POLICY_GET:
	case SEXTANT_CMD_POLICY_SET:
	case SEXTANT_CMD_POLICY_DEL:
	case SEXTANT_CMD_POLICY_FLUSH:
		return &sxt_set_policy;
	case SEXTANT_CMD_STATS_GET:
		return &sxt_set_stats;
	default:
		return &sxt_set_transaction;
	}
}

/* What an error message says besides its number. */
struct extack {
	const char *sentence;
	uint32_t offset;
	uint32_t missing;
	uint32_t culprit;
};

/* A number, if the attribute is one; else what it was before. */
static void get_number(const struct nlattr *attr, uint32_t *number)
{
	if (mnl_attr_get_payload_len(attr) == sizeof(*number))
		memcpy(number, mnl_attr_get_payload(attr), sizeof(*number));
}

static void parse_extack(const struct nlmsghdr *nlh, struct extack *ext)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(*e), len = mnl_nlmsg_get_payload_len(nlh);
	const char *end = (const char *)nlh + nlh->nlmsg_len, *s;
	const struct nlattr *attr;

	memset(ext, 0, sizeof(*ext));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* Without NLM_F_CAPPED the request stands before the attributes. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len > sizeof(e->msg))
		skip += MNL_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
	if (skip > len)
		return;
	for (attr = (const void *)((const char *)e + skip);
	     mnl_attr_ok(attr, end - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		len = mnl_attr_get_payload_len(attr);
		s = mnl_attr_get_payload(attr);
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			if (len && !s[len - 1])
				ext->sentence = s;
			break;
		case NLMSGERR_ATTR_OFFS:
			get_number(attr, &ext->offset);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			get_number(attr, &ext->missing);
			break;
		case NLMSGERR_ATTR_COOKIE:
			/* Of a commit: the change that it failed by. */
			if (len == 4 || len == 8)
				ext->culprit = sxt_desc_uint(attr);
			break;
		}
	}
}

/* The word that the sentence is about, unless it begins with one already. */
static void name_attr(const struct nlmsghdr *request, const struct extack *ext,
		      const char *sentence, struct sxt_err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
	const struct sxt_set *set = set_of(request);
	const struct sxt_attr *desc;
	char path[128] = "";

	if (ext->offset && ext->offset < request->nlmsg_len)
		sxt_desc_path(request, ext->offset, set, path, sizeof(path));
	if (!path[0] && set && ext->missing && ext->missing <= set->max) {
		desc = &set->attr[ext->missing];
		snprintf(path, sizeof(path), "%s",
			 desc->word ? desc->word : desc->name);
		if (!ext->sentence)
			sentence = "missing";
	}
	sxt_err_set(err, SXT_EXIT_REFUSED, "%s", sentence);
	if (path[0] && sentence[strspn(sentence, letters)] != ':')
		sxt_err_prefix(err, "%s", path);
}

static int no_permission(struct sxt_err *err)
{
	return sxt_err_set(err, SXT_EXIT_MISSING,
			   "no permission: needs CAP_NET_ADMIN in the namespace");
}

/* Turns the error message @nlh, the answer to @request, into words. */
static int refused(const struct nlmsghdr *nlh, const struct nlmsghdr *request,
		   struct sxt_err *err)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	struct extack ext;

	parse_extack(nlh, &ext);
	if (e->error == -EPERM && !ext.sentence)
		return no_permission(err);
	name_attr(request, &ext,
		  ext.sentence ? ext.sentence : strerror(-e->error), err);
	err->culprit = ext.culprit;
	return -1;
}

/* True if @nlh is one of NLMSG_ERROR, whole, with an error or without. */
static bool is_ack(const struct nlmsghdr *nlh, int *error)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != NLMSG_ERROR ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return false;
	*error = e->error;
	return true;
}

static int io_error(const char *what, struct sxt_err *err)
{
	int error = errno;

	sxt_err_set(err, SXT_EXIT_REFUSED, "%s: %s", what, strerror(error));
	errno = error;
	return -1;
}

static int receive(struct sxt_nl *nl, ssize_t *len, struct sxt_err *err)
{
	do {
		*len = mnl_socket_recvfrom(nl->sock, nl->rx, sizeof(nl->rx));
	} while (*len < 0 && errno == EINTR);
	return *len < 0 ? io_error("netlink", err) : 0;
}

static int send_request(struct sxt_nl *nl, struct nlmsghdr *nlh,
			struct sxt_err *err)
{
	if (!nlh->nlmsg_type)
		nlh->nlmsg_type = nl->family;
	nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return io_error("netlink", err);
	return 0;
}

/* A dump ends with 0 or an error. */
static int dump_end(const struct nlmsghdr *nlh, struct sxt_err *err)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (error < 0)
		return sxt_err_set(err, SXT_EXIT_REFUSED, "%s",
				   strerror(-error));
	return 1;
}

/* One message of an answer: 1 at the end, 0 to go on, -1. */
static int answer(const struct nlmsghdr *nlh, const struct nlmsghdr *request,
		  sxt_nl_fn fn, void *arg, struct sxt_err *err)
{
	int error;

	if (nlh->nlmsg_seq != request->nlmsg_seq)
		return 0;
	if (is_ack(nlh, &error))
		return error ? refused(nlh, request, err) : 1;
	if (nlh->nlmsg_type == NLMSG_DONE)
		return dump_end(nlh, err);
	if (nlh->nlmsg_type < NLMSG_MIN_TYPE || !fn)
		return 0;
	return fn(nlh, arg, err);
}

/* Until the end of the answer to @request; @again: a dump was interrupted. */
static int answers(struct sxt_nl *nl, const struct nlmsghdr *request,
		   sxt_nl_fn fn, void *arg, bool *again, struct sxt_err *err)
{
	const struct nlmsghdr *nlh;
	ssize_t size;
	int left, ret;

	for (;;) {
		if (receive(nl, &size, err))
			return -1;
		left = size;
		for (nlh = (const void *)nl->rx; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (again && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				*again = true;
			ret = answer(nlh, request, fn, arg, err);
			if (ret)
				return ret < 0 ? -1 : 0;
		}
	}
}

/**
 * sxt_nl_ask() - send one request and wait for the end of its answer
 * @nl: socket
 * @nlh: request
 * @fn: called for each message of data; may be NULL
 * @arg: for @fn
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_nl_ask(struct sxt_nl *nl, struct nlmsghdr *nlh, sxt_nl_fn fn,
	       void *arg, struct sxt_err *err)
{
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (send_request(nl, nlh, err))
		return -1;
	return answers(nl, nlh, fn, arg, NULL, err);
}

/**
 * sxt_nl_dump() - ask for all objects once
 * @nl: socket
 * @nlh: request
 * @fn: called for each object
 * @arg: for @fn
 * @again: set if the objects changed meanwhile, so that what @fn saw may be
 *	inconsistent
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_nl_dump(struct sxt_nl *nl, struct nlmsghdr *nlh, sxt_nl_fn fn,
		void *arg, bool *again, struct sxt_err *err)
{
	*again = false;
	nlh->nlmsg_flags |= NLM_F_DUMP;
	if (send_request(nl, nlh, err))
		return -1;
	return answers(nl, nlh, fn, arg, again, err);
}

/*
 * The kernel asks for the next message of a batch only once it is done with
 * the one before, but goes on after a refusal: of several the first counts.
 */
static int batch_message(const struct nlmsghdr *nlh, const char *buf,
			 uint32_t first, uint32_t last,
			 struct sxt_nl_refusal *refusal, struct sxt_err *err)
{
	uint32_t index = nlh->nlmsg_seq - first, i;
	const struct nlmsghdr *request;
	int error;

	if (index > last - first || !is_ack(nlh, &error))
		return 0;
	if (error && index < refusal->index) {
		request = (const void *)buf;
		for (i = 0; i < index; i++) {
			buf += MNL_ALIGN(request->nlmsg_len);
			request = (const void *)buf;
		}
		refused(nlh, request, err);
		refusal->index = index;
	}
	return nlh->nlmsg_seq == last;
}

/**
 * sxt_nl_batch() - send requests together and wait until all are done
 * @nl: socket
 * @buf: requests, one behind the other
 * @len: bytes
 * @refusal: the first that was refused
 * @err: why it was
 *
 * Only the last is to be acknowledged: the kernel reports errors in any case.
 *
 * Return: 0, or -1.
 */
int sxt_nl_batch(struct sxt_nl *nl, void *buf, size_t len,
		 struct sxt_nl_refusal *refusal, struct sxt_err *err)
{
	uint32_t first = nl->seq + 1;
	struct nlmsghdr *nlh = NULL;
	bool done = false;
	ssize_t size;
	size_t at;
	int left;

	refusal->index = UINT_MAX;
	for (at = 0; at < len; at += MNL_ALIGN(nlh->nlmsg_len)) {
		nlh = (void *)((char *)buf + at);
		nlh->nlmsg_type = nl->family;
		nlh->nlmsg_seq = ++nl->seq;
	}
	if (!nlh)
		return 0;
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, buf, len) < 0)
		return io_error("netlink", err);
	while (!done) {
		if (receive(nl, &size, err))
			return -1;
		left = size;
		for (nlh = (void *)nl->rx; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			if (batch_message(nlh, buf, first, nl->seq, refusal,
					  err))
				done = true;
	}
	return refusal->index == UINT_MAX ? 0 : -1;
}

static void family_group(struct sxt_nl *nl, const struct nlattr *group)
{
	const struct nlattr *attr;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_MCAST_GRP_ID:
			id = mnl_attr_get_u32(attr);
			break;
		case CTRL_ATTR_MCAST_GRP_NAME:
			name = mnl_attr_get_str(attr);
			break;
		}
	}
	if (!strcmp(name, SEXTANT_MCGRP_SA))
		nl->group_sa = id;
	else if (!strcmp(name, SEXTANT_MCGRP_POLICY))
		nl->group_policy = id;
}

static int family_reply(const struct nlmsghdr *nlh, void *arg,
			struct sxt_err *err)
{
	const struct nlattr *attr, *group;
	struct sxt_nl *nl = arg;

	(void)err;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			nl->family = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			mnl_attr_for_each_nested(group, attr)
				family_group(nl, group);
			break;
		}
	}
	return 0;
}

static int find_family(struct sxt_nl *nl, struct sxt_err *err)
{
	uint64_t buf[16];
	struct nlmsghdr *nlh = sxt_nl_start(buf, CTRL_CMD_GETFAMILY);

	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SEXTANT_FAMILY_NAME);
	if (!sxt_nl_ask(nl, nlh, family_reply, nl, err) && nl->family)
		return 0;
	return sxt_err_set(err, SXT_EXIT_MISSING,
			   "the Sextant modules are not loaded");
}

static int open_socket(struct sxt_nl *nl, struct sxt_err *err)
{
	int one = 1;

	nl->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->sock)
		return sxt_err_set(err, SXT_EXIT_MISSING,
				   "no generic netlink: %s", strerror(errno));
	/* A refused request, key included, must not come back whole. */
	if (mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one,
				  sizeof(one)) ||
	    mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one,
				  sizeof(one)) ||
	    mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID)) {
		sxt_err_set(err, SXT_EXIT_MISSING, "netlink socket: %s",
			    strerror(errno));
		sxt_nl_close(nl);
		return -1;
	}
	nl->portid = mnl_socket_get_portid(nl->sock);
	return 0;
}

/**
 * sxt_nl_open() - open the socket and find the family
 * @nl: socket; nothing to do if it is open
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_nl_open(struct sxt_nl *nl, struct sxt_err *err)
{
	if (nl->sock)
		return 0;
	if (open_socket(nl, err))
		return -1;
	if (!find_family(nl, err))
		return 0;
	sxt_nl_close(nl);
	return -1;
}

/**
 * sxt_nl_close() - close the socket, which ends its transaction too
 * @nl: socket; nothing to do if it is not open
 */
void sxt_nl_close(struct sxt_nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

/* Does the family go? Its memberships go along, and no other will come. */
static bool family_gone(const struct sxt_nl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl) ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_payload_len(attr) >= sizeof(uint16_t))
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

static int modules_gone(struct sxt_err *err)
{
	return sxt_err_set(err, SXT_EXIT_MISSING,
			   "the Sextant modules were unloaded");
}

/*
 * Is the family still what it was? Asked by a socket of its own: the answer
 * would not come to one whose buffer has run over, and on this one the events
 * before it would be passed over.
 */
static int check_family(const struct sxt_nl *nl, struct sxt_err *err)
{
	static struct sxt_nl now;

	if (open_socket(&now, err))
		return -1;
	now.family = 0;
	find_family(&now, err);
	sxt_nl_close(&now);
	return now.family == nl->family ? 0 : modules_gone(err);
}

/*
 * A file of a thousand SAs is a thousand events at once, each some kilobytes of
 * the socket's buffer. Without it more of them are lost, and that is told.
 */
static void ask_for_room(const struct sxt_nl *nl)
{
	int room = 8 << 20;

	(void)setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET,
			 SO_RCVBUFFORCE, &room, sizeof(room));
}

/**
 * sxt_nl_join() - ask for the events of a multicast group
 * @nl: socket
 * @group: group
 * @err: why not
 *
 * Return: 0, or -1.
 */
int sxt_nl_join(struct sxt_nl *nl, uint32_t group, struct sxt_err *err)
{
	/* A family that went meanwhile has left a number that nobody uses. */
	nl->unsure = true;
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group))) {
		ask_for_room(nl);
		return 0;
	}
	if (errno == EPERM)
		return no_permission(err);
	return io_error("netlink", err);
}

/* Has the socket something to read, events or that some were lost? */
static bool waiting(const struct sxt_nl *nl)
{
	struct pollfd fd = {
		.fd = mnl_socket_get_fd(nl->sock),
		.events = POLLIN,
	};

	return poll(&fd, 1, 0) > 0;
}

/**
 * sxt_nl_events() - wait for events and hand them on
 * @nl: socket
 * @fn: called for each; 1 says that it was the last one wanted
 * @arg: for @fn
 * @lost: set if the kernel threw events away, since they came too fast
 * @err: why not
 *
 * Return: 0, 1 as soon as @fn returned it, or -1, also when the kernel's side of
 * the socket goes, of which a member of nlctrl's group is told. After events
 * were lost this one may be among them, and more are lost until all that came
 * before was read: then the family is looked up once more.
 */
int sxt_nl_events(struct sxt_nl *nl, sxt_nl_fn fn, void *arg, bool *lost,
		  struct sxt_err *err)
{
	const struct nlmsghdr *nlh;
	int left, ret = 0;
	ssize_t size;

	*lost = false;
	if (nl->unsure && !waiting(nl)) {
		if (check_family(nl, err))
			return -1;
		nl->unsure = false;
	}
	if (receive(nl, &size, err)) {
		*lost = errno == ENOBUFS;
		nl->unsure |= *lost;
		return *lost ? 0 : -1;
	}
	left = size;
	for (nlh = (const void *)nl->rx; mnl_nlmsg_ok(nlh, left) && !ret;
	     nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_type == nl->family)
			ret = fn(nlh, arg, err);
		else if (family_gone(nl, nlh))
			ret = modules_gone(err);
	return ret;
}
