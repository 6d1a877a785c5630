// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a sender says beside the data, as it is on the wire: ancillary data,
 * sticky headers, flow labels, interfaces, segments.
 */
#include "sock6.h"

#include "../progs.h"

#include <arpa/inet.h>
#include <err.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 5000
#define BEYOND "fd00:77::1"	/* b has it, by either wire */

static const unsigned char hop_options[] = { 0, 0, 0x1e, 4, 'h', 'h', 'h', 'h' };
static const unsigned char dest_options[] = { 0, 0, 0x1e, 4, 'd', 'd', 'd', 'd' };
static const unsigned char first_options[] = { 0, 0, 0x1e, 4, 'r', 'r', 'r', 'r' };

static void add(struct control *control, int type, const void *data, size_t len)
{
	control_add(control, IPPROTO_IPV6, type, data, len);
}

static void add_number(struct control *control, int type, int number)
{
	add(control, type, &number, sizeof(number));
}

static void add_source(struct control *control, int fd, const char *address,
		       const char *interface)
{
	struct in6_pktinfo info = { 0 };

	info.ipi6_addr = name6(address, 0).sin6_addr;
	if (interface)
		info.ipi6_ifindex = index_of(fd, interface);
	add(control, IPV6_PKTINFO, &info, sizeof(info));
}

static void sent(void)
{
	int wire = watch("b", "vb"), fd = sock("a", SOCK_DGRAM, 0, "::", 4000);
	int raw = sock("a", SOCK_RAW, 253, A, 0);
	struct control control = { 0 };

	say_to(fd, "usual", B, PORT);
	on_wire("usual", wire, "usual");
	add(&control, IPV6_DSTOPTS, dest_options, sizeof(dest_options));
	add(&control, IPV6_HOPOPTS, hop_options, sizeof(hop_options));
	add_number(&control, IPV6_TCLASS, 0x54);
	add_number(&control, IPV6_HOPLIMIT, 7);
	add_source(&control, fd, A2, "va");
	tried("all of a datagram", say_with(fd, "all", B, PORT, &control));
	on_wire("all", wire, "all");
	add(&control, IPV6_RTHDRDSTOPTS, first_options, sizeof(first_options));
	tried("no routing header", say_with(fd, "none", B, PORT, &control));
	on_wire("none", wire, "none");
	add_number(&control, IPV6_TCLASS, 0x54);
	add_number(&control, IPV6_HOPLIMIT, 7);
	add(&control, IPV6_HOPOPTS, hop_options, sizeof(hop_options));
	tried("raw", say_with(raw, "raw", B, 0, &control));
	on_wire("raw", wire, "raw");
}

static void sent_refused(void)
{
	int fd = sock("a", SOCK_DGRAM, 0, A, 4000);
	struct control control = { 0 };
	unsigned char longer[16] = { 0, 2, 1, 12 };

	add_number(&control, IPV6_HOPLIMIT, 256);
	tried("hop limit 256", say_with(fd, "x", B, PORT, &control));
	add_number(&control, IPV6_TCLASS, 256);
	tried("class 256", say_with(fd, "x", B, PORT, &control));
	add(&control, IPV6_HOPLIMIT, "", 1);
	tried("hop limit of a byte", say_with(fd, "x", B, PORT, &control));
	add_number(&control, IPV6_PKTINFO, 0);
	tried("source of 4 bytes", say_with(fd, "x", B, PORT, &control));
	add_source(&control, fd, "fd00:1::99", NULL);
	tried("source of nobody", say_with(fd, "x", B, PORT, &control));
	add(&control, IPV6_DSTOPTS, longer, sizeof(longer));
	tried("header cut", say_with(fd, "x", B, PORT, &control));
	add_number(&control, 250, 0);
	tried("unknown", say_with(fd, "x", B, PORT, &control));
}

static void put(int fd, int option, const void *value, size_t len)
{
	if (setsockopt(fd, IPPROTO_IPV6, option, value, len))
		err(PROG_LOST, "set option %d", option);
}

/* By the names of RFC 2292. */
static void sent_2292(void)
{
	int wire = watch("b", "vb"), fd = sock("a", SOCK_DGRAM, 0, "::", 4000);
	struct control control = { 0 };
	struct in6_pktinfo info = { .ipi6_addr = name6(A2, 0).sin6_addr };

	add(&control, IPV6_2292DSTOPTS, dest_options, sizeof(dest_options));
	add(&control, IPV6_2292HOPOPTS, hop_options, sizeof(hop_options));
	add_number(&control, IPV6_2292HOPLIMIT, 9);
	add(&control, IPV6_2292PKTINFO, &info, sizeof(info));
	tried("all of a datagram", say_with(fd, "old", B, PORT, &control));
	on_wire("all", wire, "old");
}

static void sticky(void)
{
	int wire = watch("b", "vb"), fd = sock("a", SOCK_DGRAM, 0, A, 4000);
	int there = sock("b", SOCK_DGRAM, 0, B, PORT);

	put(fd, IPV6_DSTOPTS, dest_options, sizeof(dest_options));
	put(fd, IPV6_HOPOPTS, hop_options, sizeof(hop_options));
	set(fd, IPPROTO_IPV6, IPV6_TCLASS, 0x48);
	set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33);
	tell_option("HOPOPTS", fd, IPPROTO_IPV6, IPV6_HOPOPTS);
	tell_option("DSTOPTS", fd, IPPROTO_IPV6, IPV6_DSTOPTS);
	tell_option("RTHDR", fd, IPPROTO_IPV6, IPV6_RTHDR);
	say_to(fd, "sticky", B, PORT);
	on_wire("not connected", wire, "sticky");
	if (connect_to(fd, B, PORT, 0))
		err(PROG_SETUP, "connect");
	say_to(fd, "connected", NULL, 0);
	on_wire("connected", wire, "connected");
	put(fd, IPV6_HOPOPTS, NULL, 0);
	say_to(fd, "without", NULL, 0);
	on_wire("without", wire, "without");
	close(there);
}

/* A request about a label; it is leased for packets to B. */
static int manage(int fd, unsigned int action, unsigned int label,
		  unsigned int share, unsigned int flags)
{
	struct in6_flowlabel_req req = {
		.flr_dst = name6(B, 0).sin6_addr,
		.flr_label = htonl(label),
		.flr_action = action,
		.flr_share = share,
		.flr_flags = flags,
	};

	return setsockopt(fd, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR, &req,
			  sizeof(req));
}

static int say_flow(int fd, const char *text, unsigned int flow)
{
	struct sockaddr_in6 name = name6(B, PORT);

	name.sin6_flowinfo = htonl(flow);
	return sendto(fd, text, strlen(text), 0, (struct sockaddr *)&name,
		      sizeof(name));
}

/* Labels, shares, users and destinations; the rest is of the process. */
static void tell_labels(const char *what)
{
	char line[256], label[16], share[8], users[8], dest[64];
	FILE *file = proc_net("a", "ip6_flowlabel");

	printf("%s:", what);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%15s %7s %*s %7s %*s %*s %63s", label, share,
			   users, dest) == 4)
			printf(" %s %s %s %s,", label, share, users, dest);
	putchar('\n');
	fclose(file);
}

static void flow_labels(void)
{
	int wire = watch("b", "vb"), fd = sock("a", SOCK_DGRAM, 0, A, 4000);
	int other = sock("a", SOCK_DGRAM, 0, A, 4001);
	__u32 word = htonl(0x00023456);
	struct control control = { 0 };

	set(fd, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
	set(other, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
	control_add(&control, IPPROTO_IPV6, IPV6_FLOWINFO, &word, sizeof(word));
	tried("ancillary", say_with(fd, "ancillary", B, PORT, &control));
	on_wire("ancillary", wire, "ancillary");
	tried("lease", manage(fd, IPV6_FL_A_GET, 0x12345, IPV6_FL_S_EXCL,
			      IPV6_FL_F_CREATE));
	tried("again", manage(other, IPV6_FL_A_GET, 0x12345, IPV6_FL_S_EXCL,
			      IPV6_FL_F_CREATE));
	tried("beyond 20 bits", manage(fd, IPV6_FL_A_GET, 0x112345,
				       IPV6_FL_S_EXCL, IPV6_FL_F_CREATE));
	tell_labels("leased");
	tried("send", say_flow(fd, "leased", 0x12345));
	on_wire("with it", wire, "leased");
	tried("another's", say_flow(other, "x", 0x12345));
	tried("nobody's", say_flow(fd, "x", 0x12346));
	tried("renew", manage(fd, IPV6_FL_A_RENEW, 0x12345, 0, 0));
	tried("give back", manage(fd, IPV6_FL_A_PUT, 0x12345, 0, 0));
	tried("twice", manage(fd, IPV6_FL_A_PUT, 0x12345, 0, 0));
}

static void unicast_interface(void)
{
	static const int info[] = { IPV6_RECVPKTINFO, 0 };
	int fd = sock("a", SOCK_DGRAM, 0, "::", 4000);
	int there = sock("b", SOCK_DGRAM, 0, BEYOND, PORT);
	unsigned int number = htonl(index_of(fd, "wa"));

	set_all(there, info, 1);
	say_to(fd, "route", BEYOND, PORT);
	heard("by the route", there);
	set(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, number);
	say_to(fd, "wa", BEYOND, PORT);
	heard("by wa", there);
	tell_option("option", fd, IPPROTO_IPV6, IPV6_UNICAST_IF);
	number = htonl(9999);
	tried("none of this number", setsockopt(fd, IPPROTO_IPV6,
						IPV6_UNICAST_IF, &number,
						sizeof(number)));
}

/* 2500 bytes in segments of 1000, by the socket's option or the datagram's. */
static void send_segments(int fd, const char *dest, bool of_datagram)
{
	static char text[2501];
	struct control control = { 0 };
	__u16 size = 1000;

	memset(text, 'x', sizeof(text) - 1);
	set(fd, IPPROTO_UDP, UDP_SEGMENT, of_datagram ? 0 : size);
	if (of_datagram)
		control_add(&control, IPPROTO_UDP, UDP_SEGMENT, &size,
			    sizeof(size));
	if (say_with(fd, text, dest, PORT, &control))
		err(PROG_LOST, "send segments");
}

static void hear_segments(const char *what, int fd)
{
	int i;

	for (i = 0; i < 3; i++)
		heard(what, fd);
}

/* The wire wa-wb takes them whole, va-vb does not. */
static void segments(void)
{
	int fd = sock("a", SOCK_DGRAM, 0, "::", 4000);
	int there = sock("b", SOCK_DGRAM, 0, "::", PORT);
	__u16 odd = 1000;

	send_segments(fd, "fd00:2::2", false);
	hear_segments("socket's", there);
	printf("UDP_SEGMENT %d\n", get(fd, IPPROTO_UDP, UDP_SEGMENT));
	send_segments(fd, B, true);
	hear_segments("datagram's", there);
	set(there, IPPROTO_UDP, UDP_GRO, 1);
	printf("UDP_GRO %d\n", get(there, IPPROTO_UDP, UDP_GRO));
	send_segments(fd, "fd00:2::2", true);
	heard("with UDP_GRO", there);
	tried("size of two bytes", setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT,
					      &odd, sizeof(odd)));
}

const struct subject sent_subjects[] = {
	{ "sent", sent },
	{ "sent-refused", sent_refused },
	{ "sent-2292", sent_2292 },
	{ "sticky", sticky },
	{ "flow-labels", flow_labels },
	{ "unicast-interface", unicast_interface },
	{ "segments", segments },
	{ 0 }
};
