// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of errors (IPV6_RECVERR), and path MTUs.
 */
#include "sock6.h"

#include "../progs.h"

#include <err.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SPORT 4000
#define DPORT 7000

/* B says it about a datagram of A to B2, of 80 bytes. */
static void tell_udp(unsigned int type, unsigned int code, __u32 word,
		     const void *extension, size_t len)
{
	static const unsigned char bytes[80];
	struct packet quoted, packet;

	packet_begin(&quoted, 6U << 28, A, B2, IPPROTO_UDP, 64);
	packet_udp(&quoted, SPORT, DPORT, bytes, sizeof(bytes));
	quoted.bytes[5] = quoted.len - 40;
	packet_add(&quoted, extension, len);
	packet_begin(&packet, 6U << 28, B, A, IPPROTO_ICMPV6, 64);
	packet_icmp(&packet, type, code, word, quoted.bytes, quoted.len);
	packet_send("b", &packet);
}

static void errors(void)
{
	static const struct {
		const char *what;
		unsigned int type;
		unsigned int code;
		__u32 word;
	} all[] = {
		{ "no route", ICMP6_DST_UNREACH, 0, 0 },
		{ "prohibited", ICMP6_DST_UNREACH, 1, 0 },
		{ "beyond scope", ICMP6_DST_UNREACH, 2, 0 },
		{ "address", ICMP6_DST_UNREACH, 3, 0 },
		{ "port", ICMP6_DST_UNREACH, 4, 0 },
		{ "policy", ICMP6_DST_UNREACH, 5, 0 },
		{ "reject", ICMP6_DST_UNREACH, 6, 0 },
		{ "hop limit", ICMP6_TIME_EXCEEDED, 0, 0 },
		{ "header", ICMP6_PARAM_PROB, 1, 0x01020306 },
		{ "too big", ICMP6_PACKET_TOO_BIG, 0, 1400 },
	};
	int fd = sock("a", SOCK_DGRAM, 0, A, SPORT);
	size_t i;

	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	if (connect_to(fd, B2, DPORT, 0))
		err(PROG_SETUP, "connect");
	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		tell_udp(all[i].type, all[i].code, all[i].word, NULL, 0);
		queued(all[i].what, fd);
	}
	printf("MTU %d\n", get(fd, IPPROTO_IPV6, IPV6_MTU));
}

/* RFC 4884: where in an error its extensions are. */
static void error_extension(void)
{
	static unsigned char extension[] = {
		0x20, 0, 0x05, 0x13, 0, 8, 1, 1, 'm', 'p', 'l', 's'
	};
	int fd = sock("a", SOCK_DGRAM, 0, A, SPORT);

	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	set(fd, IPPROTO_IPV6, IPV6_RECVERR_RFC4884, 1);
	if (connect_to(fd, B2, DPORT, 0))
		err(PROG_SETUP, "connect");
	tell_udp(ICMP6_DST_UNREACH, 0, 128 / 8 << 24, extension,
		 sizeof(extension));
	queued("no route", fd);
	tell_udp(ICMP6_DST_UNREACH, 0, 0, extension, sizeof(extension));
	queued("without a length", fd);
	extension[11] = 'S';
	tell_udp(ICMP6_DST_UNREACH, 0, 128 / 8 << 24, extension,
		 sizeof(extension));
	queued("its sum is wrong", fd);
}

static void error_met(void)
{
	static char text[1454];
	int fd = sock("a", SOCK_DGRAM, 0, A, SPORT), closed;

	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
	say_to(fd, "closed", B, DPORT);
	queued("closed port", fd);
	closed = get(fd, SOL_SOCKET, SO_ERROR);
	printf("SO_ERROR %s\n", closed ? strerrorname_np(closed) : "none");
	memset(text, 'x', sizeof(text) - 1);
	tried("1453 bytes", say_with(fd, text, B, DPORT, NULL));
	queued("of this host", fd);
}

static void error_raw(void)
{
	int fd = sock("a", SOCK_RAW, 253, A, 0);
	struct packet quoted, packet;

	set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	packet_begin(&quoted, 6U << 28, A, B2, 253, 64);
	packet_add(&quoted, "some data", 9);
	quoted.bytes[5] = 9;
	packet_begin(&packet, 6U << 28, B, A, IPPROTO_ICMPV6, 64);
	packet_icmp(&packet, ICMP6_PARAM_PROB, 1, 0x28, quoted.bytes,
		    quoted.len);
	packet_send("b", &packet);
	queued("header", fd);
}

static void path_mtu(void)
{
	static char text[1454];
	int fd = sock("a", SOCK_DGRAM, 0, A, SPORT);
	struct ip6_mtuinfo info;
	socklen_t len = sizeof(info);

	tried("not connected", getsockopt(fd, IPPROTO_IPV6, IPV6_PATHMTU,
					  &info, &len));
	if (connect_to(fd, B, DPORT, 0))
		err(PROG_SETUP, "connect");
	len = sizeof(info);
	if (getsockopt(fd, IPPROTO_IPV6, IPV6_PATHMTU, &info, &len))
		err(PROG_LOST, "IPV6_PATHMTU");
	printf("connected: %u bytes, MTU %u\n", len, info.ip6m_mtu);
	printf("IPV6_MTU %d\n", get(fd, IPPROTO_IPV6, IPV6_MTU));
	set(fd, IPPROTO_IPV6, IPV6_RECVPATHMTU, 1);
	set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
	memset(text, 'x', sizeof(text) - 1);
	tried("1453 bytes", say_with(fd, text, NULL, 0, NULL));
	heard("told", fd);
	text[1452] = '\0';
	tried("1452 bytes", say_with(fd, text, NULL, 0, NULL));
}

/* IPV6_MTU of a socket: what it sends is cut to that. */
static void own_mtu(void)
{
	static char text[1501];
	int there = sock("b", SOCK_DGRAM, 0, B, DPORT);
	int fd = sock("a", SOCK_DGRAM, 0, A, SPORT), small = 1279;

	memset(text, 'x', sizeof(text) - 1);
	set(there, IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1);
	set(fd, IPPROTO_IPV6, IPV6_MTU, 1280);
	say_to(fd, text, B, DPORT);
	heard("1280", there);
	tried("1279", setsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &small,
				 sizeof(small)));
}

const struct subject error_subjects[] = {
	{ "errors", errors },
	{ "error-extension", error_extension },
	{ "error-met", error_met },
	{ "error-raw", error_raw },
	{ "path-mtu", path_mtu },
	{ "own-mtu", own_mtu },
	{ 0 }
};
