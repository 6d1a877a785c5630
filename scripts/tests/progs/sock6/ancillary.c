// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a receiver gets beside the data (RFC 3542, RFC 2292), and what numbers
 * options are.
 */
#include "sock6.h"

#include <stdio.h>
#include <sys/socket.h>

#define PORT 5000

static const int asked[] = {
	IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_FLOWINFO,
	IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS, IPV6_RECVRTHDR,
	IPV6_RECVORIGDSTADDR, 0
};

static const int asked_2292[] = {
	IPV6_2292PKTINFO, IPV6_2292HOPLIMIT, IPV6_2292HOPOPTS,
	IPV6_2292DSTOPTS, IPV6_2292RTHDR, 0
};

/* From A: every header that an application may see, in front of data. */
static void send_headers(unsigned int protocol)
{
	static const unsigned char routing[] = {
		IPPROTO_DSTOPTS, 0, 253, 0, 'r', 'o', 'u', 't'
	};
	struct packet packet;

	packet_begin(&packet, 0x65412345, A, B, IPPROTO_HOPOPTS, 33);
	packet_option(&packet, IPPROTO_DSTOPTS, 'h');
	packet_option(&packet, IPPROTO_ROUTING, 'd');
	packet_add(&packet, routing, sizeof(routing));
	packet_option(&packet, protocol, 'e');
	if (protocol == IPPROTO_UDP)
		packet_udp(&packet, 4000, PORT, "data", 4);
	else
		packet_add(&packet, "data", 4);
	packet_send("a", &packet);
}

/* What is told while all @options are set, and then no more. */
static void told_while_asked(int fd, const int *options)
{
	set_all(fd, options, 1);
	send_headers(IPPROTO_UDP);
	heard("all asked", fd);
	set_all(fd, options, 0);
	send_headers(IPPROTO_UDP);
	heard("not any more", fd);
}

static void received(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, B, PORT);

	send_headers(IPPROTO_UDP);
	heard("nothing asked", fd);
	told_while_asked(fd, asked);
}

static void received_2292(void)
{
	told_while_asked(sock("b", SOCK_DGRAM, 0, B, PORT), asked_2292);
}

static void received_raw(void)
{
	int fd = sock("b", SOCK_RAW, 253, NULL, 0);

	set_all(fd, asked, 1);
	send_headers(253);
	heard("all asked", fd);
}

static void fragment_size(void)
{
	static const unsigned char bytes[600];
	static const struct {
		size_t from;
		size_t to;
		unsigned char more;
	} parts[] = {
		{ 0, 400, 1 }, { 400, 608, 0 }
	};
	struct packet whole, part;
	int fd = sock("b", SOCK_DGRAM, 0, B, PORT);
	size_t i;

	set(fd, IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1);
	packet_begin(&whole, 6U << 28, A, B, IPPROTO_UDP, 64);
	packet_udp(&whole, 4000, PORT, bytes, sizeof(bytes));
	for (i = 0; i < 2; i++) {
		unsigned char header[8] = {
			IPPROTO_UDP, 0, parts[i].from >> 8,
			parts[i].from | parts[i].more, 0, 0, 0, 77
		};

		packet_begin(&part, 6U << 28, A, B, IPPROTO_FRAGMENT, 64);
		packet_add(&part, header, sizeof(header));
		packet_add(&part, whole.bytes + 40 + parts[i].from,
			   parts[i].to - parts[i].from);
		packet_send("a", &part);
	}
	heard("in fragments", fd);
	packet_send("a", &whole);
	heard("whole", fd);
}

static void stamps(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, B, PORT);
	int peer = sock("a", SOCK_DGRAM, 0, A, 4000);

	set(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
	say_to(peer, "time", B, PORT);
	heard("SO_TIMESTAMP", fd);
	set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	say_to(peer, "time", B, PORT);
	heard("SO_TIMESTAMPNS", fd);
}

#define OPTION(name, value) { #name, IPV6_ ## name, value }

static const struct {
	const char *name;
	int option;
	int value;
} options[] = {
	OPTION(TCLASS, 0x54),
	OPTION(UNICAST_HOPS, 33),
	OPTION(MULTICAST_HOPS, 9),
	OPTION(MULTICAST_LOOP, 0),
	OPTION(MULTICAST_ALL, 0),
	OPTION(MTU_DISCOVER, IPV6_PMTUDISC_PROBE),
	OPTION(DONTFRAG, 1),
	OPTION(RECVERR, 1),
	OPTION(V6ONLY, 1),
	OPTION(RECVPKTINFO, 1),
	OPTION(RECVHOPLIMIT, 1),
	OPTION(RECVTCLASS, 1),
	OPTION(RECVHOPOPTS, 1),
	OPTION(RECVDSTOPTS, 1),
	OPTION(RECVRTHDR, 1),
	OPTION(RECVPATHMTU, 1),
	OPTION(RECVFRAGSIZE, 1),
	OPTION(RECVORIGDSTADDR, 1),
	OPTION(2292PKTINFO, 1),
	OPTION(2292HOPLIMIT, 1),
	OPTION(FLOWINFO, 1),
	OPTION(FLOWINFO_SEND, 1),
	OPTION(AUTOFLOWLABEL, 0),
	OPTION(ADDR_PREFERENCES, IPV6_PREFER_SRC_TMP),
	OPTION(MINHOPCOUNT, 7),
	OPTION(FREEBIND, 1),
	OPTION(TRANSPARENT, 1),
	OPTION(ROUTER_ALERT_ISOLATE, 1),
	OPTION(RECVERR_RFC4884, 1),
};

static void numbers(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, NULL, 0);
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		int before = get(fd, IPPROTO_IPV6, options[i].option);

		set(fd, IPPROTO_IPV6, options[i].option, options[i].value);
		printf("%s %d %d\n", options[i].name, before,
		       get(fd, IPPROTO_IPV6, options[i].option));
	}
}

const struct subject ancillary_subjects[] = {
	{ "received", received },
	{ "received-2292", received_2292 },
	{ "received-raw", received_raw },
	{ "fragment-size", fragment_size },
	{ "time-stamps", stamps },
	{ "numbers", numbers },
	{ 0 }
};
