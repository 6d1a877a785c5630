// SPDX-License-Identifier: GPL-2.0-only
/*
 * What sockets are bound and connected to: both families, zones; and how
 * /proc/net tells it.
 */
#include "sock6.h"

#include "../progs.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 5000
#define A4 "::ffff:10.1.0.1"
#define B4 "::ffff:10.1.0.2"
#define LOCAL_B "fe80::b"

static void tell_ends(const char *what, int fd)
{
	struct sockaddr_in6 name;
	socklen_t len = sizeof(name);

	printf("%s: ", what);
	if (getsockname(fd, (struct sockaddr *)&name, &len))
		err(PROG_SETUP, "getsockname");
	tell_name(fd, &name);
	len = sizeof(name);
	if (!getpeername(fd, (struct sockaddr *)&name, &len)) {
		printf(" to ");
		tell_name(fd, &name);
	}
	putchar('\n');
}

static void bind4(const char *ns)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
				   .sin_port = htons(PORT) };
	int fd = netns_socket(ns, AF_INET, SOCK_DGRAM, 0);

	tried("IPv4's wildcard", bind(fd, (struct sockaddr *)&any,
				      sizeof(any)));
	close(fd);
}

static void v6_only(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, NULL, 0), off = 0;

	set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	tried("bind", bind_to(fd, "::", PORT, 0));
	bind4("b");
	tried("off again", setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
				      sizeof(off)));
	tried("to IPv4", say_with(fd, "x", A4, PORT, NULL));
	close(fd);
	fd = sock("b", SOCK_DGRAM, 0, "::", PORT);
	bind4("b");
}

static void mapped(void)
{
	static const int info[] = {
		IPV6_RECVPKTINFO, IPV6_RECVORIGDSTADDR, 0
	};
	int fd = sock("b", SOCK_DGRAM, 0, "::", PORT);
	int peer = sock("a", SOCK_DGRAM, 0, "::", 4000);

	set_all(fd, info, 1);
	say_to(peer, "over IPv4", B4, PORT);
	heard("mapped", fd);
	say_to(fd, "back", A4, 4000);
	heard("answer", peer);
	tried("connect", connect_to(peer, B4, PORT, 0));
	tell_ends("connected", peer);
	say_to(peer, "connected", NULL, 0);
	heard("connected", fd);
	close(peer);
	peer = sock("a", SOCK_DGRAM, 0, A4, 4000);
	tell_ends("bound", peer);
	tried("to IPv6", say_with(peer, "x", B, PORT, NULL));
}

static void zones(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, NULL, 0), again;
	int peer = sock("a", SOCK_DGRAM, 0, "::", 4000);
	unsigned int va = index_of(peer, "va"), vb = index_of(fd, "vb");

	tried("bind without", bind_to(fd, LOCAL_B, PORT, 0));
	tried("on the other link", bind_to(fd, LOCAL_B, PORT,
					   index_of(fd, "wb")));
	tried("on the link", bind_to(fd, LOCAL_B, PORT, vb));
	tell_ends("bound", fd);
	tried("connect without", connect_to(peer, LOCAL_B, PORT, 0));
	tried("connect", connect_to(peer, LOCAL_B, PORT, va));
	tell_ends("connected", peer);
	say_to(peer, "local", NULL, 0);
	heard("local", fd);
	again = sock("b", SOCK_DGRAM, 0, NULL, 0);
	tried("zone of a global one", bind_to(again, B, PORT, vb));
	tell_ends("no zone", again);
}

/* The words of an address as /proc/net has them: numbers of the host. */
static void tell_words(const char *word)
{
	__u32 words[4];
	unsigned int port;
	struct sockaddr_in6 name = { .sin6_family = AF_INET6 };

	if (sscanf(word, "%8x%8x%8x%8x:%4X", &words[0], &words[1], &words[2],
		   &words[3], &port) != 5)
		errx(PROG_LOST, "'%s' is no address", word);
	memcpy(&name.sin6_addr, words, sizeof(words));
	name.sin6_port = htons(port);
	printf(" ");
	tell_name(-1, &name);
}

static void tell_sockets(const char *name)
{
	char line[512], one[64], two[64], state[16];
	FILE *file = proc_net("b", name);

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %*d: %63s %63s %15s", one, two, state) == 3) {
			printf("%s:", name);
			tell_words(one);
			tell_words(two);
			printf(" state %s\n", state);
		}
	fclose(file);
}

/* The line of an address of b. */
static void tell_own(const char *digits)
{
	FILE *file = proc_net("b", "if_inet6");
	char line[256];

	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, digits, strlen(digits)))
			fputs(line, stdout);
	fclose(file);
}

static void files(void)
{
	int udp = sock("b", SOCK_DGRAM, 0, B, PORT);
	int raw = sock("b", SOCK_RAW, 253, B, 0);

	if (connect_to(udp, A, 0x1234, 0))
		err(PROG_SETUP, "connect");
	tell_sockets("udp6");
	tell_sockets("raw6");
	tell_own("fd000001000000000000000000000002 ");
	tell_own("fe80000000000000000000000000000b ");
	close(raw);
}

const struct subject name_subjects[] = {
	{ "v6-only", v6_only },
	{ "mapped", mapped },
	{ "zones", zones },
	{ "proc-files", files },
	{ 0 }
};
