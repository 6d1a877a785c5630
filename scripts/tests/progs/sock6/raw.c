// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw sockets and ping sockets: filters, checksums, identifiers.
 */
#include "sock6.h"

#include "../progs.h"

#include <err.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* The filter's words, as numbers. */
static void tell_filter(const char *what, int fd)
{
	struct icmp6_filter filter;
	socklen_t len = sizeof(filter);
	int i;

	if (getsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, &len))
		err(PROG_LOST, "ICMP6_FILTER");
	printf("%s:", what);
	for (i = 0; i < 8; i++)
		printf(" %08x", filter.icmp6_filt[i]);
	putchar('\n');
}

/* Messages of these types, one after the other. */
static void send_types(int fd, const char *types)
{
	struct sockaddr_in6 name = name6(B, 0);
	unsigned char message[8] = { 0 };

	for (; *types; types++) {
		message[0] = *types;
		if (sendto(fd, message, sizeof(message), 0,
			   (struct sockaddr *)&name, sizeof(name)) < 0)
			err(PROG_LOST, "send type %u", message[0]);
	}
}

/* The next message of the types that this test makes up. */
static void hear_type(const char *what, int fd)
{
	unsigned char message[100];

	do {
		if (recv(fd, message, sizeof(message), 0) < 0)
			err(PROG_LOST, "%s", what);
	} while (message[0] < 160 || message[0] > 254);
	printf("%s: type %u\n", what, message[0]);
}

static void set_filter(int fd, const struct icmp6_filter *filter)
{
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, filter,
		       sizeof(*filter)))
		err(PROG_LOST, "ICMP6_FILTER");
}

static void icmp_filter(void)
{
	int fd = sock("b", SOCK_RAW, IPPROTO_ICMPV6, NULL, 0);
	int peer = sock("a", SOCK_RAW, IPPROTO_ICMPV6, A, 0);
	struct icmp6_filter filter;

	tell_filter("at first", fd);
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(201, &filter);
	set_filter(fd, &filter);
	tell_filter("only 201", fd);
	send_types(peer, "\xc8\xca\xc0\xde\xc9");
	hear_type("only 201", fd);
	ICMP6_FILTER_SETPASSALL(&filter);
	ICMP6_FILTER_SETBLOCK(200, &filter);
	set_filter(fd, &filter);
	tell_filter("all but 200", fd);
	send_types(peer, "\xc8\xd0");
	hear_type("all but 200", fd);
}

static void checksum(void)
{
	int fd = sock("b", SOCK_RAW, 253, NULL, 0), wire = watch("b", "vb");
	int peer = sock("a", SOCK_RAW, 253, A, 0), odd = 3;
	struct packet packet;
	unsigned int right;

	set(peer, IPPROTO_IPV6, IPV6_CHECKSUM, 2);
	set(fd, IPPROTO_IPV6, IPV6_CHECKSUM, 2);
	printf("offset %d\n", get(peer, IPPROTO_IPV6, IPV6_CHECKSUM));
	tried("an odd one", setsockopt(peer, IPPROTO_IPV6, IPV6_CHECKSUM, &odd,
				       sizeof(odd)));
	say_to(peer, "abcdefgh", B, 0);
	on_wire("made", wire, "efgh");
	heard("made", fd);
	packet_begin(&packet, 6U << 28, A, B, 253, 64);
	packet_add(&packet, "abcdwrong", 9);
	packet_send("a", &packet);
	packet_begin(&packet, 6U << 28, A, B, 253, 64);
	packet_add(&packet, "ok\0\0right", 9);
	right = ~pseudo_sum(&packet, 40, 253);
	packet.bytes[42] = right >> 8;
	packet.bytes[43] = right;
	packet_send("a", &packet);
	heard("right", fd);
}

static void checksum_icmp(void)
{
	int fd = sock("a", SOCK_RAW, IPPROTO_ICMPV6, A, 0);
	int wire = watch("b", "vb"), off = -1;

	printf("offset %d\n", get(fd, IPPROTO_IPV6, IPV6_CHECKSUM));
	tried("off", setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &off,
				sizeof(off)));
	say_to(fd, "\xc9-abcdefgh", B, 0);
	on_wire("made", wire, "defgh");
}

static void ping(void)
{
	static const unsigned char echo[] = {
		ICMP6_ECHO_REQUEST, 0, 0, 0, 0xff, 0xff, 0x12, 0x34, 'e', 'c',
		'h', 'o'
	};
	int fd = sock("a", SOCK_DGRAM, IPPROTO_ICMPV6, A, 0x4567);
	struct sockaddr_in6 name = name6(B, 0);
	socklen_t len = sizeof(name);
	unsigned char answer[100];
	ssize_t got;

	if (sendto(fd, echo, sizeof(echo), 0, (struct sockaddr *)&name,
		   sizeof(name)) < 0)
		err(PROG_LOST, "send echo");
	got = recv(fd, answer, sizeof(answer), 0);
	if (got < 0)
		err(PROG_LOST, "no answer");
	printf("answer: ");
	tell_bytes(answer, got);
	if (getsockname(fd, (struct sockaddr *)&name, &len))
		err(PROG_SETUP, "getsockname");
	printf("\nsocket: ");
	tell_name(fd, &name);
	putchar('\n');
}

const struct subject raw_subjects[] = {
	{ "icmp-filter", icmp_filter },
	{ "checksum", checksum },
	{ "checksum-icmp", checksum_icmp },
	{ "ping-socket", ping },
	{ 0 }
};
