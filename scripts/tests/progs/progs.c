// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared part of the test programs; progs.h says what it is for.
 * Everything here ends the program when it fails: these are failures of the
 * test's set-up, never a result of it.
 */
#include "progs.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/**
 * parse_number - read a number of the command line
 * @what: what it means, for the message
 * @text: decimal, octal or hexadecimal as in C
 * @min: smallest value taken
 * @max: largest value taken
 *
 * Return: the number; ends the program if @text is none or out of range.
 */
unsigned long parse_number(const char *what, const char *text,
			   unsigned long min, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end || *text == '-' ||
	    value < min || value > max)
		errx(PROG_SETUP, "%s: '%s' is no number from %lu to %lu", what,
		     text, min, max);
	return value;
}

/**
 * netns_enter - move this process into a network namespace
 * @name: a name in /run/netns, a path if it has a slash, or "-" to stay
 *
 * Return: what netns_leave() needs to go back.
 */
int netns_enter(const char *name)
{
	int previous, next;
	char path[4096];

	if (!strcmp(name, "-"))
		return -1;
	previous = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (previous < 0)
		err(PROG_SETUP, "/proc/self/ns/net");
	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	next = open(path, O_RDONLY | O_CLOEXEC);
	if (next < 0)
		err(PROG_SETUP, "%s", path);
	if (setns(next, CLONE_NEWNET))
		err(PROG_SETUP, "enter %s", path);
	close(next);
	return previous;
}

/**
 * netns_leave - go back to the network namespace before netns_enter()
 * @previous: what netns_enter() returned
 */
void netns_leave(int previous)
{
	if (previous < 0)
		return;
	if (setns(previous, CLONE_NEWNET))
		err(PROG_SETUP, "leave a network namespace");
	close(previous);
}

/**
 * netns_socket - open a socket that belongs to a network namespace
 * @ns: as for netns_enter()
 * @domain: as for socket()
 * @type: as for socket()
 * @protocol: as for socket()
 *
 * Return: the socket; it stays in its namespace, the process does not.
 */
int netns_socket(const char *ns, int domain, int type, int protocol)
{
	int previous = netns_enter(ns);
	int fd = socket(domain, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		err(PROG_SETUP, "socket in %s", ns);
	netns_leave(previous);
	return fd;
}

/**
 * addr_parse - read a numeric address of either family
 * @addr: result
 * @ns: namespace that the interface of a link-local address is in
 * @text: an IPv4 address, or an IPv6 address with "%interface" if need be
 * @port: in host order
 */
void addr_parse(struct net_addr *addr, const char *ns, const char *text,
		unsigned int port)
{
	char copy[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
	char *scope;
	int previous;

	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, &addr->u.in.sin_addr) == 1) {
		addr->u.in.sin_family = AF_INET;
		addr->u.in.sin_port = htons(port);
		addr->len = sizeof(addr->u.in);
		return;
	}
	if (strlen(text) >= sizeof(copy))
		errx(PROG_SETUP, "'%s' is no address", text);
	memcpy(copy, text, strlen(text) + 1);
	scope = strchr(copy, '%');
	if (scope)
		*scope++ = '\0';
	if (inet_pton(AF_INET6, copy, &addr->u.in6.sin6_addr) != 1)
		errx(PROG_SETUP, "'%s' is no address", text);
	addr->u.in6.sin6_family = AF_INET6;
	addr->u.in6.sin6_port = htons(port);
	addr->len = sizeof(addr->u.in6);
	if (!scope)
		return;
	previous = netns_enter(ns);
	addr->u.in6.sin6_scope_id = if_nametoindex(scope);
	netns_leave(previous);
	if (!addr->u.in6.sin6_scope_id)
		errx(PROG_SETUP, "no interface '%s' in %s", scope, ns);
}

/**
 * clock_ns - the monotonic clock
 *
 * Return: nanoseconds; instructions, if QEMU runs with -icount shift=0.
 */
unsigned long long clock_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now))
		err(PROG_SETUP, "clock");
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The splitmix64 generator: every seed gives a different, even stream. */
static unsigned long long stream_next(struct byte_stream *stream)
{
	unsigned long long z = stream->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/**
 * stream_fill - take the next bytes of a stream
 * @stream: advanced by @len bytes, however they are divided among calls
 * @buf: where the bytes go, at any alignment
 * @len: how many
 */
void stream_fill(struct byte_stream *stream, void *buf, size_t len)
{
	unsigned char *p = buf;

	while (len--) {
		if (!stream->left) {
			stream->word = stream_next(stream);
			stream->left = 8;
		}
		*p++ = stream->word;
		stream->word >>= 8;
		stream->left--;
	}
}

/**
 * print_hex - print bytes as one line of hexadecimal digits, at once
 * @p: the bytes
 * @len: their number
 */
void print_hex(const unsigned char *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	while (len--) {
		putchar_unlocked(digits[*p >> 4]);
		putchar_unlocked(digits[*p++ & 15]);
	}
	putchar_unlocked('\n');
	if (fflush(stdout))
		err(PROG_SETUP, "standard output");
}
