// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends packets that are given in hexadecimal on standard input, one a line,
 * exactly as they are, from an interface or a raw IP socket in a network
 * namespace.  Builds and completes nothing by itself.
 */
#include "progs.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PACKET (65535 + ETH_HLEN)

static const char usage[] =
"usage: rawsend [-m MODE] [-i INTERFACE] [-d MAC] NS < packets\n"
"  -m eth    each line is an Ethernet frame; needs -i (default)\n"
"  -m link   each line is an IP packet, sent to MAC; needs -i and -d;\n"
"            may be malformed in any way\n"
"  -m ip     each line is an IP packet for a raw socket, which routes it; the\n"
"            kernel fills in an IPv4 header's length and checksum\n"
"Blanks within a line are ignored, and so is what follows a #. A line that\n"
"is a dot says at once how many were sent since the last dot; one that begins\n"
"with @ is the name of a file of lines.\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 0 all sent, 1 usage, set-up or bad hexadecimal, 2 refused\n";

enum mode {
	MODE_ETH,
	MODE_LINK,
	MODE_IP,
};

/**
 * struct raw - where packets go
 * @ns: network namespace
 * @mode: what a line holds
 * @interface: name, or NULL
 * @link: address for the packet socket; its protocol is set for each packet
 * @packet_fd: packet socket of the first two modes
 * @ipv4_fd: raw socket, opened when first needed
 * @ipv6_fd: raw socket, opened when first needed
 */
struct raw {
	const char *ns;
	enum mode mode;
	const char *interface;
	struct sockaddr_ll link;
	int packet_fd;
	int ipv4_fd;
	int ipv6_fd;
};

static void parse_mac(const char *text, unsigned char mac[ETH_ALEN])
{
	unsigned int b[ETH_ALEN], i;
	int end = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2],
		   &b[3], &b[4], &b[5], &end) != 6 || text[end])
		errx(PROG_SETUP, "'%s' is no MAC address", text);
	for (i = 0; i < ETH_ALEN; i++)
		mac[i] = b[i];
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Returns the number of bytes in the line; ends the program if it is bad. */
static size_t parse_line(const char *line, unsigned long number,
			 unsigned char *packet)
{
	size_t digits = 0;

	for (; *line && *line != '#'; line++) {
		int digit;

		if (isspace((unsigned char)*line))
			continue;
		digit = hex_digit(*line);
		if (digit < 0)
			errx(PROG_SETUP, "line %lu: '%c' is no hexadecimal digit",
			     number, *line);
		if (digits == 2 * MAX_PACKET)
			errx(PROG_SETUP, "line %lu: more than %d bytes", number,
			     MAX_PACKET);
		if (digits % 2)
			packet[digits / 2] |= digit;
		else
			packet[digits / 2] = digit << 4;
		digits++;
	}
	if (digits % 2)
		errx(PROG_SETUP, "line %lu: an odd number of digits", number);
	return digits / 2;
}

static void packet_open(struct raw *raw)
{
	int type = raw->mode == MODE_ETH ? SOCK_RAW : SOCK_DGRAM;
	int previous = netns_enter(raw->ns);

	raw->link.sll_family = AF_PACKET;
	raw->link.sll_halen = ETH_ALEN;
	raw->link.sll_ifindex = if_nametoindex(raw->interface);
	netns_leave(previous);
	if (!raw->link.sll_ifindex)
		errx(PROG_SETUP, "no interface '%s' in %s", raw->interface,
		     raw->ns);
	/* Protocol 0: this socket receives nothing. */
	raw->packet_fd = netns_socket(raw->ns, AF_PACKET, type, 0);
}

static int ip_open(struct raw *raw, int family)
{
	int fd = netns_socket(raw->ns, family, SOCK_RAW, IPPROTO_RAW);

	if (raw->interface &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, raw->interface,
		       strlen(raw->interface)))
		err(PROG_SETUP, "interface %s", raw->interface);
	return fd;
}

static ssize_t send_ip(struct raw *raw, unsigned long number,
		       const unsigned char *packet, size_t len)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in to4 = { .sin_family = AF_INET };

	if (len >= 20 && packet[0] >> 4 == 4) {
		memcpy(&to4.sin_addr, packet + 16, 4);
		if (raw->ipv4_fd < 0)
			raw->ipv4_fd = ip_open(raw, AF_INET);
		return sendto(raw->ipv4_fd, packet, len, 0,
			      (struct sockaddr *)&to4, sizeof(to4));
	}
	if (len >= 40 && packet[0] >> 4 == 6) {
		memcpy(&to6.sin6_addr, packet + 24, 16);
		/* A link-local destination names its link by the interface. */
		if (raw->interface) {
			int previous = netns_enter(raw->ns);

			to6.sin6_scope_id = if_nametoindex(raw->interface);
			netns_leave(previous);
		}
		if (raw->ipv6_fd < 0)
			raw->ipv6_fd = ip_open(raw, AF_INET6);
		return sendto(raw->ipv6_fd, packet, len, 0,
			      (struct sockaddr *)&to6, sizeof(to6));
	}
	errx(PROG_SETUP, "line %lu: no IP header to route by; try -m link",
	     number);
}

static ssize_t send_packet(struct raw *raw, unsigned long number,
			   const unsigned char *packet, size_t len)
{
	if (raw->mode == MODE_IP)
		return send_ip(raw, number, packet, len);
	if (raw->mode == MODE_ETH) {
		if (len < ETH_HLEN)
			errx(PROG_SETUP,
			     "line %lu: shorter than an Ethernet header",
			     number);
		memcpy(&raw->link.sll_protocol, packet + 12, 2);
		memcpy(raw->link.sll_addr, packet, ETH_ALEN);
	} else {
		raw->link.sll_protocol = htons(packet[0] >> 4 == 6 ?
					       ETHERTYPE_IPV6 : ETHERTYPE_IP);
	}
	return sendto(raw->packet_fd, packet, len, 0,
		      (struct sockaddr *)&raw->link, sizeof(raw->link));
}

/**
 * struct sums - what became of packets
 * @number: of the line
 * @sent: since they were printed last
 * @refused: likewise
 * @status: of all of them
 */
struct sums {
	unsigned long number;
	unsigned long sent;
	unsigned long refused;
	enum prog_exit status;
};

static void print_sums(struct sums *sums)
{
	printf("sent %lu refused %lu\n", sums->sent, sums->refused);
	if (fflush(stdout))
		err(PROG_SETUP, "standard output");
	sums->sent = 0;
	sums->refused = 0;
}

static void send_line(struct raw *raw, const char *line, struct sums *sums)
{
	static unsigned char packet[MAX_PACKET];
	size_t len = parse_line(line, sums->number, packet);
	ssize_t n;

	if (!len)
		return;
	do
		n = send_packet(raw, sums->number, packet, len);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		warn("line %lu", sums->number);
		sums->refused++;
		sums->status = PROG_LOST;
	} else {
		sums->sent++;
	}
}

static void send_file(struct raw *raw, const char *name, struct sums *sums)
{
	FILE *file = fopen(name, "r");
	char *line = NULL;
	size_t room = 0;

	if (!file)
		err(PROG_SETUP, "%s", name);
	for (sums->number = 1; getline(&line, &room, file) >= 0; sums->number++)
		send_line(raw, line, sums);
	free(line);
	fclose(file);
}

static enum prog_exit send_lines(struct raw *raw)
{
	struct sums sums = {};
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) >= 0) {
		sums.number = ++number;
		if (!strcmp(line, ".\n"))
			print_sums(&sums);
		else if (line[0] == '@')
			send_file(raw, strtok(line + 1, "\n"), &sums);
		else
			send_line(raw, line, &sums);
	}
	free(line);
	print_sums(&sums);
	return sums.status;
}

int main(int argc, char **argv)
{
	struct raw raw = { .packet_fd = -1, .ipv4_fd = -1, .ipv6_fd = -1 };
	bool have_mac = false, to_mac;
	int opt;

	while ((opt = getopt(argc, argv, "m:i:d:")) != -1) {
		switch (opt) {
		case 'm':
			if (!strcmp(optarg, "eth"))
				raw.mode = MODE_ETH;
			else if (!strcmp(optarg, "link"))
				raw.mode = MODE_LINK;
			else if (!strcmp(optarg, "ip"))
				raw.mode = MODE_IP;
			else
				errx(PROG_SETUP, "no mode '%s'", optarg);
			break;
		case 'i':
			raw.interface = optarg;
			break;
		case 'd':
			parse_mac(optarg, raw.link.sll_addr);
			have_mac = true;
			break;
		default:
			fputs(usage, stderr);
			return PROG_SETUP;
		}
	}
	to_mac = raw.mode == MODE_LINK;
	if (argc - optind != 1 || (raw.mode != MODE_IP && !raw.interface) ||
	    to_mac != have_mac) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	raw.ns = argv[optind];
	if (raw.mode != MODE_IP)
		packet_open(&raw);
	return send_lines(&raw);
}
