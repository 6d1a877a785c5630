// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets of namespaces, their options, and what they send.  What fails here
 * ends the program, but where the caller gets the result.
 */
#include "sock6.h"

#include "../progs.h"

#include <err.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

/**
 * name6 - a socket address
 * @address: numeric, of IPv6
 * @port: in host order
 *
 * Return: the address, without a zone.
 */
struct sockaddr_in6 name6(const char *address, unsigned int port)
{
	struct net_addr addr;

	addr_parse(&addr, "-", address, port);
	return addr.u.in6;
}

/**
 * proc_net - open a file of /proc/net
 * @ns: the namespace that it is about
 * @name: its name there
 *
 * Return: the file, to be read.
 */
FILE *proc_net(const char *ns, const char *name)
{
	int previous = netns_enter(ns);
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/thread-self/net/%s", name);
	file = fopen(path, "r");
	netns_leave(previous);
	if (!file)
		err(PROG_SETUP, "%s", path);
	return file;
}

/**
 * sock - a socket that does not wait for ever
 * @ns: its namespace
 * @type: as for socket()
 * @protocol: as for socket()
 * @address: what it is bound to, or NULL
 * @port: likewise
 *
 * Return: the socket.
 */
int sock(const char *ns, int type, int protocol, const char *address,
	 unsigned int port)
{
	struct timeval limit = { .tv_sec = 10 };
	int fd = netns_socket(ns, AF_INET6, type, protocol);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(PROG_SETUP, "SO_RCVTIMEO");
	if (address && bind_to(fd, address, port, 0))
		err(PROG_SETUP, "bind %s", address);
	return fd;
}

/**
 * set - set an option that is a number
 * @fd: socket
 * @level: as for setsockopt()
 * @option: likewise
 * @value: the number
 */
void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		err(PROG_LOST, "option %d of level %d", option, level);
}

/**
 * set_all - set options of IPv6 that are numbers
 * @fd: socket
 * @options: they, and 0 behind them
 * @value: the number
 */
void set_all(int fd, const int *options, int value)
{
	for (; *options; options++)
		set(fd, IPPROTO_IPV6, *options, value);
}

/**
 * get - get an option that is a number
 * @fd: socket
 * @level: as for getsockopt()
 * @option: likewise
 *
 * Return: the number.
 */
int get(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, option, &value, &len))
		err(PROG_LOST, "option %d of level %d", option, level);
	if (len != sizeof(value))
		errx(PROG_LOST, "option %d has %u bytes", option, len);
	return value;
}

/**
 * index_of - the number of an interface
 * @fd: a socket of its namespace
 * @interface: its name
 *
 * Return: the number.
 */
unsigned int index_of(int fd, const char *interface)
{
	struct ifreq req = { 0 };

	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", interface);
	if (ioctl(fd, SIOCGIFINDEX, &req))
		err(PROG_SETUP, "%s", interface);
	return req.ifr_ifindex;
}

/**
 * join - join a group
 * @fd: socket
 * @interface: where
 * @group: its address
 */
void join(int fd, const char *interface, const char *group)
{
	struct group_req req = { .gr_interface = index_of(fd, interface) };
	struct sockaddr_in6 name = name6(group, 0);

	memcpy(&req.gr_group, &name, sizeof(name));
	if (setsockopt(fd, IPPROTO_IPV6, MCAST_JOIN_GROUP, &req, sizeof(req)))
		err(PROG_LOST, "no member of %s", group);
}

/**
 * bind_to - bind a socket
 * @fd: socket
 * @address: numeric, of IPv6
 * @port: in host order
 * @zone: number of an interface, or 0
 *
 * Return: what bind() does.
 */
int bind_to(int fd, const char *address, unsigned int port, unsigned int zone)
{
	struct sockaddr_in6 name = name6(address, port);

	name.sin6_scope_id = zone;
	return bind(fd, (struct sockaddr *)&name, sizeof(name));
}

/**
 * connect_to - connect a socket
 * @fd: socket
 * @address: numeric, of IPv6
 * @port: in host order
 * @zone: number of an interface, or 0
 *
 * Return: what connect() does.
 */
int connect_to(int fd, const char *address, unsigned int port,
	       unsigned int zone)
{
	struct sockaddr_in6 name = name6(address, port);

	name.sin6_scope_id = zone;
	return connect(fd, (struct sockaddr *)&name, sizeof(name));
}

/**
 * say_to - send a text as a datagram
 * @fd: socket
 * @text: the text
 * @address: where to, or NULL if it is connected
 * @port: likewise
 */
void say_to(int fd, const char *text, const char *address, unsigned int port)
{
	if (say_with(fd, text, address, port, NULL))
		err(PROG_LOST, "send '%s'", text);
}

/**
 * control_add - one piece of ancillary data more
 * @control: all of it
 * @level: as for sendmsg()
 * @type: likewise
 * @data: the piece
 * @len: bytes of it
 */
void control_add(struct control *control, int level, int type,
		 const void *data, size_t len)
{
	unsigned char *at = control->u.bytes + control->len;
	struct cmsghdr head = {
		.cmsg_len = CMSG_LEN(len),
		.cmsg_level = level,
		.cmsg_type = type,
	};

	if (control->len + CMSG_SPACE(len) > sizeof(control->u))
		errx(PROG_SETUP, "too much ancillary data");
	memset(at, 0, CMSG_SPACE(len));
	memcpy(at, &head, sizeof(head));
	memcpy(at + CMSG_LEN(0), data, len);
	control->len += CMSG_SPACE(len);
}

/**
 * say_with - send a text and ancillary data
 * @fd: socket
 * @text: the text
 * @address: where to, or NULL if it is connected
 * @port: likewise
 * @control: the ancillary data, or NULL; empty afterwards
 *
 * Return: 0, or -1 with an errno.
 */
int say_with(int fd, const char *text, const char *address, unsigned int port,
	     struct control *control)
{
	struct iovec iov = { (void *)text, strlen(text) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sockaddr_in6 name;
	ssize_t sent;

	if (address) {
		name = name6(address, port);
		msg.msg_name = &name;
		msg.msg_namelen = sizeof(name);
	}
	if (control) {
		msg.msg_control = control->u.bytes;
		msg.msg_controllen = control->len;
		control->len = 0;
	}
	sent = sendmsg(fd, &msg, 0);
	if (sent >= 0 && (size_t)sent != iov.iov_len)
		errx(PROG_LOST, "only %zd bytes of '%s' were sent", sent, text);
	return sent < 0 ? -1 : 0;
}
