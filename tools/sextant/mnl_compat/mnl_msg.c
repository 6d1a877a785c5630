// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmnl's messages, for targets that have no libmnl: headers, batches, and the
 * dispatch of replies with its errors.  What is in a message is not known here.
 */
#include <libmnl/libmnl.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct mnl_nlmsg_batch - messages that go to the kernel in one piece
 * @buf: the caller's; has room for one message more than @limit
 * @limit: bytes that a batch may have
 * @used: bytes of complete messages from the beginning of @buf
 * @pending: the message at @used did not fit and waits for the next batch
 */
struct mnl_nlmsg_batch {
	char *buf;
	size_t limit;
	size_t used;
	bool pending;
};

/* Sets errno and returns -1: how most of this interface refuses. */
static int refuse(int err)
{
	errno = err;
	return -1;
}

/**
 * mnl_nlmsg_size - length of a message with a payload of that length
 * @len: of the payload
 *
 * Return: the length with the header, not padded.
 */
size_t mnl_nlmsg_size(size_t len)
{
	return MNL_NLMSG_HDRLEN + len;
}

/**
 * mnl_nlmsg_get_payload_len - length of what follows the header
 * @nlh: a message that mnl_nlmsg_ok() took, or one that is being built
 *
 * Return: the length.
 */
size_t mnl_nlmsg_get_payload_len(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len - MNL_NLMSG_HDRLEN;
}

/**
 * mnl_nlmsg_put_header - begin a message
 * @buf: where; has room for the header
 *
 * Return: the header, zero but for the length.
 */
struct nlmsghdr *mnl_nlmsg_put_header(void *buf)
{
	struct nlmsghdr *nlh = buf;

	memset(buf, 0, MNL_NLMSG_HDRLEN);
	nlh->nlmsg_len = MNL_NLMSG_HDRLEN;
	return nlh;
}

/**
 * mnl_nlmsg_put_extra_header - add the header of a family to a message
 * @nlh: the message
 * @size: of the header; the room for it, padded, is zeroed
 *
 * Return: the header.
 */
void *mnl_nlmsg_put_extra_header(struct nlmsghdr *nlh, size_t size)
{
	void *header = (char *)nlh + nlh->nlmsg_len;

	size = MNL_ALIGN(size);
	memset(header, 0, size);
	nlh->nlmsg_len += size;
	return header;
}

/**
 * mnl_nlmsg_ok - whether a complete message is there
 * @nlh: where it should begin
 * @len: bytes that are left; may be negative
 *
 * Return: true if its header and all that its length names lies within.
 */
bool mnl_nlmsg_ok(const struct nlmsghdr *nlh, int len)
{
	if (len < (int)sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh))
		return false;
	return nlh->nlmsg_len <= (unsigned int)len;
}

/**
 * mnl_nlmsg_next - where the next message should begin
 * @nlh: a message that mnl_nlmsg_ok() took
 * @len: bytes left, less this message afterwards; below 0 if it was the last
 *	and its padding is missing
 *
 * Return: the place, for mnl_nlmsg_ok() to judge.
 */
struct nlmsghdr *mnl_nlmsg_next(const struct nlmsghdr *nlh, int *len)
{
	*len -= MNL_ALIGN(nlh->nlmsg_len);
	return mnl_nlmsg_get_payload_tail(nlh);
}

/**
 * mnl_nlmsg_seq_ok - whether a message answers a request
 * @nlh: the message; its number is 0 if the kernel sent it unasked
 * @seq: number of the request, or 0 to take any
 *
 * Return: false if there are two numbers and they differ.
 */
bool mnl_nlmsg_seq_ok(const struct nlmsghdr *nlh, unsigned int seq)
{
	return !seq || !nlh->nlmsg_seq || nlh->nlmsg_seq == seq;
}

/**
 * mnl_nlmsg_portid_ok - whether a message answers a request of that socket
 * @nlh: the message; its port is 0 if the kernel sent it unasked
 * @portid: the socket's, or 0 to take any
 *
 * Return: false if there are two ports and they differ.
 */
bool mnl_nlmsg_portid_ok(const struct nlmsghdr *nlh, unsigned int portid)
{
	return !portid || !nlh->nlmsg_pid || nlh->nlmsg_pid == portid;
}

/**
 * mnl_nlmsg_get_payload - what follows the header
 * @nlh: the message
 *
 * Return: its beginning.
 */
void *mnl_nlmsg_get_payload(const struct nlmsghdr *nlh)
{
	return (char *)nlh + MNL_NLMSG_HDRLEN;
}

/**
 * mnl_nlmsg_get_payload_offset - what follows the header of the family
 * @nlh: the message
 * @offset: length of that header, padded here
 *
 * Return: its beginning.
 */
void *mnl_nlmsg_get_payload_offset(const struct nlmsghdr *nlh, size_t offset)
{
	return (char *)mnl_nlmsg_get_payload(nlh) + MNL_ALIGN(offset);
}

/**
 * mnl_nlmsg_get_payload_tail - where a message ends
 * @nlh: the message
 *
 * Return: the first byte behind its padding.
 */
void *mnl_nlmsg_get_payload_tail(const struct nlmsghdr *nlh)
{
	return (char *)nlh + MNL_ALIGN(nlh->nlmsg_len);
}

/**
 * mnl_nlmsg_batch_start - begin a batch of messages
 * @buf: where they are built; has room for @bufsiz and one message more
 * @bufsiz: bytes that may be sent in one piece
 *
 * Return: the batch, or NULL with errno set.
 */
struct mnl_nlmsg_batch *mnl_nlmsg_batch_start(void *buf, size_t bufsiz)
{
	struct mnl_nlmsg_batch *b = calloc(1, sizeof(*b));

	if (b) {
		b->buf = buf;
		b->limit = bufsiz;
	}
	return b;
}

/**
 * mnl_nlmsg_batch_stop - free a batch, but not its buffer
 * @b: the batch
 */
void mnl_nlmsg_batch_stop(struct mnl_nlmsg_batch *b)
{
	free(b);
}

/**
 * mnl_nlmsg_batch_next - take in the message built at mnl_nlmsg_batch_current()
 * @b: the batch
 *
 * Return: false if it does not fit: send the batch, then call
 * mnl_nlmsg_batch_reset(), which makes it the first of the next.
 */
bool mnl_nlmsg_batch_next(struct mnl_nlmsg_batch *b)
{
	const struct nlmsghdr *nlh = mnl_nlmsg_batch_current(b);

	if (b->used + nlh->nlmsg_len > b->limit) {
		b->pending = true;
		return false;
	}
	b->used += nlh->nlmsg_len;
	return true;
}

/**
 * mnl_nlmsg_batch_reset - begin the next batch in the same buffer
 * @b: the batch; afterwards it holds the message that did not fit, if any
 */
void mnl_nlmsg_batch_reset(struct mnl_nlmsg_batch *b)
{
	const struct nlmsghdr *nlh = mnl_nlmsg_batch_current(b);
	size_t kept = 0;

	if (b->pending) {
		kept = nlh->nlmsg_len;
		memmove(b->buf, nlh, kept);
	}
	b->used = kept;
	b->pending = false;
}

/**
 * mnl_nlmsg_batch_size - bytes to send
 * @b: the batch
 *
 * Return: the length of all messages that were taken in.
 */
size_t mnl_nlmsg_batch_size(struct mnl_nlmsg_batch *b)
{
	return b->used;
}

/**
 * mnl_nlmsg_batch_head - what to send
 * @b: the batch
 *
 * Return: the beginning of the buffer.
 */
void *mnl_nlmsg_batch_head(struct mnl_nlmsg_batch *b)
{
	return b->buf;
}

/**
 * mnl_nlmsg_batch_current - where to build the next message
 * @b: the batch
 *
 * Return: the place.
 */
void *mnl_nlmsg_batch_current(struct mnl_nlmsg_batch *b)
{
	return b->buf + b->used;
}

/**
 * mnl_nlmsg_batch_is_empty - whether there is nothing to send
 * @b: the batch
 *
 * Return: true if no message was taken in.
 */
bool mnl_nlmsg_batch_is_empty(struct mnl_nlmsg_batch *b)
{
	return !b->used;
}

/* An acknowledgment: stops if it brings no error, else gives it in errno. */
static int take_error(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *reply = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*reply)))
		return refuse(EBADMSG);
	/* Some families forget the sign. */
	errno = abs(reply->error);
	return reply->error ? MNL_CB_ERROR : MNL_CB_STOP;
}

/* What becomes of a control message that the caller leaves to the library. */
static int take_control(const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		return take_error(nlh);
	case NLMSG_DONE:
		return MNL_CB_STOP;
	default:
		return MNL_CB_OK;
	}
}

/**
 * mnl_cb_run2 - show the messages of a reply to callbacks
 * @buf: what was received
 * @numbytes: length of it
 * @seq: number of the request, or 0
 * @portid: of the socket, or 0
 * @cb_data: called for each message of a family; may be NULL
 * @data: for the callbacks
 * @cb_ctl_array: callbacks for control messages, by type; those below
 *	@cb_ctl_array_len without a callback are passed over
 * @cb_ctl_array_len: entries there
 *
 * Return: MNL_CB_OK if more may come, MNL_CB_STOP at the end of a dump, after
 * an acknowledgment or when a callback said so, MNL_CB_ERROR with errno set:
 * the kernel's error, or ESRCH (another socket's message), EPROTO (the answer
 * to another request), EINTR (the dump is not consistent: ask again), EBADMSG.
 */
int mnl_cb_run2(const void *buf, size_t numbytes, unsigned int seq,
		unsigned int portid, mnl_cb_t cb_data, void *data,
		mnl_cb_t *cb_ctl_array, unsigned int cb_ctl_array_len)
{
	const struct nlmsghdr *nlh = buf;
	int len = numbytes;
	int ret = MNL_CB_OK;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		mnl_cb_t cb = cb_data;

		if (!mnl_nlmsg_portid_ok(nlh, portid))
			return refuse(ESRCH);
		if (!mnl_nlmsg_seq_ok(nlh, seq))
			return refuse(EPROTO);
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			return refuse(EINTR);
		if (nlh->nlmsg_type < NLMSG_MIN_TYPE) {
			if (nlh->nlmsg_type >= cb_ctl_array_len) {
				ret = take_control(nlh);
				if (ret <= MNL_CB_STOP)
					return ret;
				continue;
			}
			cb = cb_ctl_array ? cb_ctl_array[nlh->nlmsg_type] :
					    NULL;
		}
		if (cb) {
			ret = cb(nlh, data);
			if (ret <= MNL_CB_STOP)
				return ret;
		}
	}
	return ret;
}

/**
 * mnl_cb_run - show the messages of a reply to a callback
 * @buf: what was received
 * @numbytes: length of it
 * @seq: number of the request, or 0
 * @portid: of the socket, or 0
 * @cb_data: called for each message of a family; may be NULL
 * @data: for @cb_data
 *
 * Return: as mnl_cb_run2().
 */
int mnl_cb_run(const void *buf, size_t numbytes, unsigned int seq,
	       unsigned int portid, mnl_cb_t cb_data, void *data)
{
	return mnl_cb_run2(buf, numbytes, seq, portid, cb_data, data, NULL, 0);
}
