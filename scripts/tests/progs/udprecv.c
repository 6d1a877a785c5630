// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints each UDP datagram that comes to a port of a network namespace, over
 * IPv4 or IPv6, as one line of hexadecimal digits; an empty one is an empty
 * line.  Answers and judges nothing.
 */
#include "progs.h"

#include <err.h>
#include <stdio.h>
#include <sys/socket.h>

static const char usage[] =
"usage: udprecv NS PORT\n"
"Prints \"ready\" first, and ends when it is killed.\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 1 set-up\n";

int main(int argc, char **argv)
{
	static unsigned char datagram[65536];
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	int buffer = 64 << 20, both = 0, fd;

	if (argc != 3) {
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
