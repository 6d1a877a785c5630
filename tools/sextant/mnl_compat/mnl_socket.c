// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmnl's sockets, for targets that have no libmnl: open, bind, send, receive.
 * What is sent and received is not looked at here.
 */
#include <libmnl/libmnl.h>

#include <errno.h>
#include <stdlib.h>

/**
 * struct mnl_socket - a netlink socket
 * @fd: the descriptor
 * @portid: its address, known once it is bound
 */
struct mnl_socket {
	int fd;
	unsigned int portid;
};

/* Sets errno and returns -1: how most of this interface refuses. */
static int refuse(int err)
{
	errno = err;
	return -1;
}

/**
 * mnl_socket_open2 - open a netlink socket
 * @bus: NETLINK_GENERIC or another bus
 * @flags: SOCK_CLOEXEC, SOCK_NONBLOCK or 0
 *
 * Return: the socket, or NULL with errno set.
 */
struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return NULL;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | flags, bus);
	if (nl->fd >= 0)
		return nl;
	err = errno;
	free(nl);
	errno = err;
	return NULL;
}

/**
 * mnl_socket_open - open a netlink socket
 * @bus: NETLINK_GENERIC or another bus
 *
 * Return: the socket, or NULL with errno set.
 */
struct mnl_socket *mnl_socket_open(int bus)
{
	return mnl_socket_open2(bus, 0);
}

/* Reads the socket's own address; an unbound socket's port is 0. */
static int learn_portid(struct mnl_socket *nl)
{
	struct sockaddr_nl own;
	socklen_t len = sizeof(own);

	if (getsockname(nl->fd, (struct sockaddr *)&own, &len))
		return -1;
	if (len != sizeof(own) || own.nl_family != AF_NETLINK)
		return refuse(EINVAL);
	nl->portid = own.nl_pid;
	return 0;
}

/**
 * mnl_socket_fdopen - take over an open netlink socket
 * @fd: its descriptor; mnl_socket_close() closes it
 *
 * Return: the socket, or NULL with errno set.
 */
struct mnl_socket *mnl_socket_fdopen(int fd)
{
	struct sockaddr_nl own;
	socklen_t len = sizeof(own);
	struct mnl_socket *nl;

	if (getsockname(fd, (struct sockaddr *)&own, &len))
		return NULL;
	nl = calloc(1, sizeof(*nl));
	if (!nl)
		return NULL;
	nl->fd = fd;
	if (own.nl_family == AF_NETLINK)
		nl->portid = own.nl_pid;
	return nl;
}

/**
 * mnl_socket_bind - give a socket its address
 * @nl: the socket
 * @groups: mask of the multicast groups 1 to 32 to join
 * @pid: port to have, or MNL_SOCKET_AUTOPID to let the kernel choose
 *
 * Return: 0, or -1 with errno set.
 */
int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	struct sockaddr_nl own = {
		.nl_family = AF_NETLINK,
		.nl_groups = groups,
		.nl_pid = pid,
	};

	if (bind(nl->fd, (struct sockaddr *)&own, sizeof(own)) < 0)
		return -1;
	return learn_portid(nl);
}

/**
 * mnl_socket_close - close a socket and free it
 * @nl: the socket
 *
 * Return: as close().
 */
int mnl_socket_close(struct mnl_socket *nl)
{
	int ret = close(nl->fd);

	free(nl);
	return ret;
}

/**
 * mnl_socket_get_fd - the descriptor, to wait for
 * @nl: the socket
 *
 * Return: the descriptor.
 */
int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return nl->fd;
}

/**
 * mnl_socket_get_portid - the address that replies come to
 * @nl: the socket
 *
 * Return: the port, 0 if the socket is not bound.
 */
unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	return nl->portid;
}

/**
 * mnl_socket_sendto - send to the kernel
 * @nl: the socket
 * @req: one message or several
 * @siz: bytes of it
 *
 * Return: as sendto().
 */
ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
			  size_t siz)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sendto(nl->fd, req, siz, 0, (const struct sockaddr *)&kernel,
		      sizeof(kernel));
}

/**
 * mnl_socket_recvfrom - receive what comes next
 * @nl: the socket
 * @buf: where it goes
 * @siz: room there
 *
 * Return: bytes received, or -1 with errno set: ENOSPC if it did not fit and
 * part of it is lost, EINVAL if it has no netlink address.
 */
ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t siz)
{
	struct sockaddr_nl from;
	struct iovec iov = { .iov_base = buf, .iov_len = siz };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n = recvmsg(nl->fd, &msg, 0);

	if (n < 0)
		return n;
	if (msg.msg_flags & MSG_TRUNC)
		return refuse(ENOSPC);
	if (msg.msg_namelen != sizeof(from))
		return refuse(EINVAL);
	return n;
}

/**
 * mnl_socket_setsockopt - set a netlink socket option
 * @nl: the socket
 * @type: NETLINK_EXT_ACK or another option
 * @buf: its value
 * @len: length of the value
 *
 * Return: as setsockopt().
 */
int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	return setsockopt(nl->fd, SOL_NETLINK, type, buf, len);
}

/**
 * mnl_socket_getsockopt - read a netlink socket option
 * @nl: the socket
 * @type: NETLINK_EXT_ACK or another option
 * @buf: where its value goes
 * @len: room there, then length of the value
 *
 * Return: as getsockopt().
 */
int mnl_socket_getsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t *len)
{
	return getsockopt(nl->fd, SOL_NETLINK, type, buf, len);
}
