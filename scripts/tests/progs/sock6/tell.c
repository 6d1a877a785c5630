// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets tell, in words: addresses, interfaces by their names, numbers,
 * ancillary data.  A value of a length that its kind does not have is said so.
 */
#include "sock6.h"

#include "../progs.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/udp.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define WAIT_MS 10000

/**
 * tried - say what became of a call
 * @what: what it was about
 * @result: what it returned; errno is still its own
 */
void tried(const char *what, int result)
{
	printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "ok");
}

static const char *interface_name(int fd, unsigned int number)
{
	static struct ifreq req;

	req.ifr_ifindex = number;
	if (!number)
		return "-";
	return ioctl(fd, SIOCGIFNAME, &req) ? "nowhere" : req.ifr_name;
}

static void tell_address(const void *address)
{
	char text[INET6_ADDRSTRLEN];

	fputs(inet_ntop(AF_INET6, address, text, sizeof(text)), stdout);
}

/**
 * tell_name - print a socket address
 * @fd: a socket of its namespace
 * @name: the address
 */
void tell_name(int fd, const struct sockaddr_in6 *name)
{
	if (name->sin6_family != AF_INET6) {
		printf("(family %d)", name->sin6_family);
		return;
	}
	tell_address(&name->sin6_addr);
	if (name->sin6_scope_id)
		printf("%%%s", interface_name(fd, name->sin6_scope_id));
	printf(" port %u", ntohs(name->sin6_port));
	if (name->sin6_flowinfo)
		printf(" flow %08x", ntohl(name->sin6_flowinfo));
}

/**
 * tell_bytes - print bytes, four in a word
 * @p: the bytes
 * @len: how many
 */
void tell_bytes(const unsigned char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		printf("%s%02x", i && i % 4 == 0 ? " " : "", p[i]);
}

/**
 * tell_option - print an option that is bytes
 * @what: its name
 * @fd: socket
 * @level: as for getsockopt()
 * @option: likewise
 */
void tell_option(const char *what, int fd, int level, int option)
{
	unsigned char value[256];
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, option, value, &len)) {
		tried(what, -1);
		return;
	}
	printf("%s:%s", what, len ? " " : "");
	tell_bytes(value, len);
	putchar('\n');
}

static void tell_pktinfo(int fd, const void *data)
{
	struct in6_pktinfo info;

	memcpy(&info, data, sizeof(info));
	tell_address(&info.ipi6_addr);
	printf(" %s", interface_name(fd, info.ipi6_ifindex));
}

static void tell_number(int fd, const void *data)
{
	int number;

	(void)fd;
	memcpy(&number, data, sizeof(number));
	printf("%d", number);
}

static void tell_flow(int fd, const void *data)
{
	__u32 word;

	(void)fd;
	memcpy(&word, data, sizeof(word));
	printf("%08x", ntohl(word));
}

static void tell_dest(int fd, const void *data)
{
	struct sockaddr_in6 name;

	memcpy(&name, data, sizeof(name));
	tell_name(fd, &name);
}

/* The family is not always there: the interface is the address's. */
static void tell_mtu(int fd, const void *data)
{
	struct ip6_mtuinfo info;

	(void)fd;
	memcpy(&info, data, sizeof(info));
	tell_address(&info.ip6m_addr.sin6_addr);
	printf(" %u", info.ip6m_mtu);
}

static void tell_error(int fd, const void *data)
{
	struct {
		struct sock_extended_err error;
		struct sockaddr_in6 by;
	} told;
	struct sock_ee_data_rfc4884 extension;

	memcpy(&told, data, sizeof(told));
	memcpy(&extension, &told.error.ee_data, sizeof(extension));
	printf("%s origin %u type %u code %u pad %u info %u",
	       strerrorname_np(told.error.ee_errno), told.error.ee_origin,
	       told.error.ee_type, told.error.ee_code, told.error.ee_pad,
	       told.error.ee_info);
	printf(" extension at %u flags %u", extension.len, extension.flags);
	if (told.by.sin6_family == AF_UNSPEC)
		return;
	printf(" by ");
	tell_name(fd, &told.by);
}

/* A stamp is right if it is of the last minute. */
static void tell_stamp(long long seconds, long part, long parts)
{
	long long now = time(NULL);

	printf("%s, %s", seconds > now - 60 && seconds <= now ? "now" : "wrong",
	       part >= 0 && part < parts ? "and a part of a second" : "wrong");
}

static void tell_timeval(int fd, const void *data)
{
	struct timeval stamp;

	(void)fd;
	memcpy(&stamp, data, sizeof(stamp));
	tell_stamp(stamp.tv_sec, stamp.tv_usec, 1000000);
}

static void tell_timespec(int fd, const void *data)
{
	struct timespec stamp;

	(void)fd;
	memcpy(&stamp, data, sizeof(stamp));
	tell_stamp(stamp.tv_sec, stamp.tv_nsec, 1000000000);
}

/*
 * struct kind - a kind of ancillary data
 * @level, @type: as recvmsg() says
 * @name: in words
 * @len: bytes, or 0 for bytes of any number
 * @tell: prints the value, if it is more than bytes
 */
static const struct kind {
	int level;
	int type;
	const char *name;
	size_t len;
	void (*tell)(int fd, const void *data);
} kinds[] = {
	{ IPPROTO_IPV6, IPV6_PKTINFO, "PKTINFO", 20, tell_pktinfo },
	{ IPPROTO_IPV6, IPV6_HOPLIMIT, "HOPLIMIT", 4, tell_number },
	{ IPPROTO_IPV6, IPV6_TCLASS, "TCLASS", 4, tell_number },
	{ IPPROTO_IPV6, IPV6_FLOWINFO, "FLOWINFO", 4, tell_flow },
	{ IPPROTO_IPV6, IPV6_HOPOPTS, "HOPOPTS", 0, NULL },
	{ IPPROTO_IPV6, IPV6_DSTOPTS, "DSTOPTS", 0, NULL },
	{ IPPROTO_IPV6, IPV6_RTHDR, "RTHDR", 0, NULL },
	{ IPPROTO_IPV6, IPV6_2292PKTINFO, "2292PKTINFO", 20, tell_pktinfo },
	{ IPPROTO_IPV6, IPV6_2292HOPLIMIT, "2292HOPLIMIT", 4, tell_number },
	{ IPPROTO_IPV6, IPV6_2292HOPOPTS, "2292HOPOPTS", 0, NULL },
	{ IPPROTO_IPV6, IPV6_2292DSTOPTS, "2292DSTOPTS", 0, NULL },
	{ IPPROTO_IPV6, IPV6_2292RTHDR, "2292RTHDR", 0, NULL },
	{ IPPROTO_IPV6, IPV6_ORIGDSTADDR, "ORIGDSTADDR", 28, tell_dest },
	{ IPPROTO_IPV6, IPV6_RECVFRAGSIZE, "RECVFRAGSIZE", 4, tell_number },
	{ IPPROTO_IPV6, IPV6_PATHMTU, "PATHMTU", 32, tell_mtu },
	{ IPPROTO_IPV6, IPV6_RECVERR, "RECVERR", 44, tell_error },
	{ IPPROTO_UDP, UDP_GRO, "UDP_GRO", 4, tell_number },
	{ SOL_SOCKET, SO_TIMESTAMP, "TIMESTAMP", 16, tell_timeval },
	{ SOL_SOCKET, SO_TIMESTAMPNS, "TIMESTAMPNS", 16, tell_timespec },
};

static void tell_control(int fd, const struct cmsghdr *control)
{
	const unsigned char *data = CMSG_DATA(control);
	size_t len = control->cmsg_len - CMSG_LEN(0), i;
	const struct kind *kind = NULL;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].level == control->cmsg_level &&
		    kinds[i].type == control->cmsg_type)
			kind = &kinds[i];
	if (kind)
		printf("  %s ", kind->name);
	else
		printf("  level %d type %d ", control->cmsg_level,
		       control->cmsg_type);
	if (kind && kind->tell && kind->len == len) {
		kind->tell(fd, data);
	} else {
		if (kind && kind->len)
			printf("of %zu bytes, not %zu: ", len, kind->len);
		tell_bytes(data, len);
	}
	putchar('\n');
}

/* A text as such, other bytes in hexadecimal, if they are not many. */
static void tell_data(const unsigned char *data, size_t len)
{
	size_t i;

	if (!len || len > 40) {
		printf("%zu bytes", len);
		return;
	}
	for (i = 0; i < len && isprint(data[i]); i++)
		;
	if (i == len)
		printf("'%.*s'", (int)len, (const char *)data);
	else
		tell_bytes(data, len);
}

/* What one recvmsg() gives. */
static void tell_message(const char *what, int fd, int flags)
{
	static unsigned char data[65536];
	union {
		struct cmsghdr first;
		unsigned char bytes[1024];
	} control;
	struct sockaddr_in6 name = { 0 };
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, flags);
	struct cmsghdr *one;

	if (len < 0) {
		tried(what, -1);
		return;
	}
	printf("%s: ", what);
	tell_data(data, len);
	if (msg.msg_namelen == sizeof(name)) {
		printf(flags & MSG_ERRQUEUE ? " to " : " from ");
		tell_name(fd, &name);
	}
	if (msg.msg_flags & ~MSG_ERRQUEUE)
		printf(" flags %x", msg.msg_flags & ~MSG_ERRQUEUE);
	putchar('\n');
	for (one = CMSG_FIRSTHDR(&msg); one; one = CMSG_NXTHDR(&msg, one))
		tell_control(fd, one);
}

/**
 * heard - say what a socket hears next
 * @what: what it should be
 * @fd: socket
 */
void heard(const char *what, int fd)
{
	tell_message(what, fd, 0);
}

/**
 * queued - say what a socket's queue of errors has next
 * @what: what it should be
 * @fd: socket
 */
void queued(const char *what, int fd)
{
	struct pollfd poll_fd = { .fd = fd };

	poll(&poll_fd, 1, WAIT_MS);
	tell_message(what, fd, MSG_ERRQUEUE);
}
