// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds an anycast address: joins it by IPV6_JOIN_ANYCAST, says so, and keeps
 * the socket until its input ends, or leaves it before that.
 */
#include "progs.h"

#include <err.h>
#include <errno.h>
#include <linux/in6.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
"usage: anycast NS INTERFACE ADDRESS [leave]\n"
"INTERFACE may be -: the one that the route to the address has.\n"
"Prints \"joined\" and waits for the end of its input; with \"leave\" it leaves\n"
"by the option and prints \"left\" first.\n"
"exit: 0 all done, 1 set-up, 2 refused (with the error on stdout)\n";

static void change(int fd, int option, const struct ipv6_mreq *req,
		   const char *done)
{
	if (setsockopt(fd, IPPROTO_IPV6, option, req, sizeof(*req))) {
		printf("%s\n", strerrorname_np(errno));
		exit(PROG_LOST);
	}
	puts(done);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct ipv6_mreq req = { 0 };
	struct net_addr addr;
	char byte;
	int fd, previous;

	if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "leave"))) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	fd = netns_socket(argv[1], AF_INET6, SOCK_DGRAM, 0);
	addr_parse(&addr, argv[1], argv[3], 0);
	req.ipv6mr_multiaddr = addr.u.in6.sin6_addr;
	if (strcmp(argv[2], "-")) {
		previous = netns_enter(argv[1]);
		req.ipv6mr_interface = if_nametoindex(argv[2]);
		netns_leave(previous);
		if (!req.ipv6mr_interface)
			err(PROG_SETUP, "%s", argv[2]);
	}
	change(fd, IPV6_JOIN_ANYCAST, &req, "joined");
	if (argc == 5)
		change(fd, IPV6_LEAVE_ANYCAST, &req, "left");
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return PROG_OK;
}
