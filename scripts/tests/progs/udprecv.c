// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints each UDP datagram that comes to a port of a network namespace, over
 * IPv4 or IPv6, as one line of hexadecimal digits; an empty one is an empty
 * line.  It may join a group first, for all sources or for one.  Answers and
 * judges nothing.
 */
#include "progs.h"

#include <err.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char usage[] =
"usage: udprecv NS PORT [INTERFACE GROUP [SOURCE]]\n"
"Prints \"ready\" first, and ends when it is killed.\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 1 set-up\n";

static void put_address(struct sockaddr_storage *at, const char *ns,
			const char *text)
{
	struct net_addr addr;

	addr_parse(&addr, ns, text, 0);
	memcpy(at, &addr.u, addr.len);
}

/* words: interface, group and, unless it is NULL, source */
static void join(int fd, const char *ns, char **words)
{
	struct group_source_req req = { 0 };
	int previous = netns_enter(ns);

	req.gsr_interface = if_nametoindex(words[0]);
	netns_leave(previous);
	if (!req.gsr_interface)
		err(PROG_SETUP, "%s", words[0]);
	put_address(&req.gsr_group, ns, words[1]);
	if (words[2])
		put_address(&req.gsr_source, ns, words[2]);
	/* The request for all sources is the beginning of that for one. */
	if (setsockopt(fd, IPPROTO_IPV6,
		       words[2] ? MCAST_JOIN_SOURCE_GROUP : MCAST_JOIN_GROUP,
		       &req, sizeof(req)))
		err(PROG_SETUP, "%s", words[1]);
}

int main(int argc, char **argv)
{
	static unsigned char datagram[65536];
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int buffer = 64 << 20, both = 0, fd;

	if (argc != 3 && argc != 5 && argc != 6) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	any.sin6_port = htons(parse_number("port", argv[2], 1, 65535));
	fd = netns_socket(argv[1], AF_INET6, SOCK_DGRAM, 0);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof(both)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)))
		err(PROG_SETUP, "setsockopt");
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)))
		err(PROG_SETUP, "bind");
	if (argc > 3)
		join(fd, argv[1], argv + 3);
	puts("ready");
	if (fflush(stdout))
		err(PROG_SETUP, "standard output");
	for (;;) {
		ssize_t n = recv(fd, datagram, sizeof(datagram), 0);

		if (n < 0)
			err(PROG_SETUP, "recv");
		print_hex(datagram, n);
	}
}
