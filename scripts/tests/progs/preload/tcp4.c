// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into a program that wants a TCP connection over IPv6 beside the
 * datagrams it is run for: that connection goes over IPv4 in its stead, as
 * sextant_ipv6 has no TCP yet. Everything that is not TCP is left alone.
 *
 * An address fd00:N::M stands for 10.N.0.M, and :: for 0.0.0.0.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define NEXT(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))

static bool is_replaced(int fd)
{
	int domain, type;
	socklen_t len = sizeof(int);
	int (*get)(int fd, int level, int name, void *val, socklen_t *size);

	get = NEXT(getsockopt);
	return !get(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == AF_INET &&
	       !get(fd, SOL_SOCKET, SO_TYPE, &type, &len) &&
	       type == SOCK_STREAM;
}

/* The IPv4 address for @addr, if @fd is a socket that was replaced; else false. */
static bool stand_in(int fd, const struct sockaddr *addr, socklen_t len,
		     struct sockaddr_in *in)
{
	struct sockaddr_in6 in6;
	const unsigned char *a = in6.sin6_addr.s6_addr;

	if (len < sizeof(in6) || addr->sa_family != AF_INET6 || !is_replaced(fd))
		return false;
	memcpy(&in6, addr, sizeof(in6));
	memset(in, 0, sizeof(*in));
	in->sin_family = AF_INET;
	in->sin_port = in6.sin6_port;
	if (!IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr))
		in->sin_addr.s_addr = htonl(10U << 24 | a[3] << 16 | a[15]);
	return true;
}

int socket(int domain, int type, int protocol)
{
	if (domain == AF_INET6 && (type & 0xf) == SOCK_STREAM)
		domain = AF_INET;
	return NEXT(socket)(domain, type, protocol);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_in in;

	if (stand_in(fd, addr, len, &in))
		return NEXT(bind)(fd, (struct sockaddr *)&in, sizeof(in));
	return NEXT(bind)(fd, addr, len);
}

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_in in;

	if (stand_in(fd, addr, len, &in))
		return NEXT(connect)(fd, (struct sockaddr *)&in, sizeof(in));
	return NEXT(connect)(fd, addr, len);
}

/* Options of IPv6 mean nothing to the socket that stands in for one. */
int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (level == IPPROTO_IPV6 && is_replaced(fd))
		return 0;
	return NEXT(setsockopt)(fd, level, name, value, len);
}

/* Of a replaced socket the port alone is told, with the unspecified address. */
int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in;
	socklen_t size = sizeof(in);

	if (!is_replaced(fd) || *len < sizeof(in6))
		return NEXT(getsockname)(fd, addr, len);
	if (NEXT(getsockname)(fd, (struct sockaddr *)&in, &size))
		return -1;
	in6.sin6_port = in.sin_port;
	memcpy(addr, &in6, sizeof(in6));
	*len = sizeof(in6);
	return 0;
}
