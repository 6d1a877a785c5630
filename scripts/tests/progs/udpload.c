// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends UDP datagrams from one network namespace to another, one at a time,
 * receives each before the next is sent, and compares every byte.  Prints what
 * came and what a packet cost on the monotonic clock; the clock is read only
 * before the first and after the last packet, so that it is no part of the
 * cost.  Knows nothing of IPsec.
 */
#include "progs.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MAX_DATAGRAM 65507
#define MAX_SIZES 16

static const char usage[] =
"usage: udpload [options] NS-A ADDRESS-A NS-B ADDRESS-B\n"
"  -m oneway|pingpong  from A to B only, or answered by B (default oneway)\n"
"  -s BYTES[,BYTES...] payload of each datagram (default 64); of several sizes\n"
"                      there are as many packets of -n each, one after the other\n"
"  -n COUNT            packets measured, or pairs of packets (default 1)\n"
"  -w COUNT            packets or pairs sent before that (default 0)\n"
"  -g COUNT            A hands so many over in one call, as UDP_SEGMENT has it;\n"
"                      a packet of -n, -w and -i is all of them\n"
"  -c                  connected sockets\n"
"  -p PORT-A,PORT-B    (default 40000,40001)\n"
"  -t MS               wait so long for each packet (default 1000)\n"
"  -i MS               pause before each packet or pair (default 0)\n"
"  -k                  keep on after a packet was lost or refused\n"
"  -M do|dont          A's packets may not, or may, be fragmented; DF\n"
"  -M interface|omit   A takes no word of path MTUs; with omit, its packets may\n"
"                      be fragmented\n"
"  -Q TOS              ToS or traffic class of A's packets\n"
"  -T HOPS             TTL or hop limit of A's packets\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 0 all arrived, 1 set-up, 2 lost or refused, 3 wrong content\n";

/**
 * struct end - one of the two sockets
 * @fd: the socket
 * @ns: its network namespace
 * @addr: its address
 * @peer: the other socket's address, as it is named from here
 */
struct end {
	int fd;
	const char *ns;
	struct net_addr addr;
	struct net_addr peer;
};

/**
 * struct load - one run
 * @a: sends first
 * @b: receives first
 * @pingpong: B answers each packet
 * @connected: the sockets are connected
 * @keep: go on after a loss
 * @size: of each payload
 * @batch: datagrams of a call
 * @pause_ms: before each packet or pair
 * @out: the payloads; the first bytes of each number it
 * @in: what was received, with room for one byte too many
 * @seq: number of the next packet
 * @sent: packets that a socket took
 * @received: packets that arrived and were right
 * @refused: packets that a socket did not take
 * @lost: packets that did not arrive in time
 * @wrong: packets that arrived changed
 */
struct load {
	struct end a;
	struct end b;
	bool pingpong;
	bool connected;
	bool keep;
	size_t size;
	unsigned long batch;
	unsigned long pause_ms;
	unsigned char out[MAX_DATAGRAM];
	unsigned char in[MAX_DATAGRAM + 1];
	unsigned long long seq;
	unsigned long sent;
	unsigned long received;
	unsigned long refused;
	unsigned long lost;
	unsigned long wrong;
};

static void end_open(struct end *end, unsigned long wait_ms)
{
	struct timeval wait = {
		.tv_sec = wait_ms / 1000,
		.tv_usec = wait_ms % 1000 * 1000,
	};
	int buffer = 4 << 20;

	end->fd = netns_socket(end->ns, end->addr.u.sa.sa_family, SOCK_DGRAM,
			       0);
	if (setsockopt(end->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		err(PROG_SETUP, "SO_RCVTIMEO");
	/* More than the limit is cut silently, and one packet always fits. */
	setsockopt(end->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (bind(end->fd, &end->addr.u.sa, end->addr.len))
		err(PROG_SETUP, "bind in %s", end->ns);
}

static void set_number(const struct end *end, int level, int name, int value,
		       const char *what)
{
	if (setsockopt(end->fd, level, name, &value, sizeof(value)))
		err(PROG_SETUP, "%s in %s", what, end->ns);
}

/**
 * struct header - what the packets of a socket have in their IP header
 * @discover: IP_PMTUDISC_..., the same numbers for IPv6; -1 for the default
 * @tos: ToS or traffic class, -1 for the default
 * @hops: TTL or hop limit, -1 for the default
 */
struct header {
	int discover;
	int tos;
	int hops;
};

static void end_set_header(const struct end *end, const struct header *header)
{
	bool six = end->addr.u.sa.sa_family == AF_INET6;
	int level = six ? IPPROTO_IPV6 : IPPROTO_IP;

	if (header->discover >= 0)
		set_number(end, level, six ? IPV6_MTU_DISCOVER :
			   IP_MTU_DISCOVER, header->discover, "DF");
	if (header->tos >= 0)
		set_number(end, level, six ? IPV6_TCLASS : IP_TOS, header->tos,
			   "ToS");
	if (header->hops >= 0)
		set_number(end, level, six ? IPV6_UNICAST_HOPS : IP_TTL,
			   header->hops, "TTL");
}

/* A link-local address is reached by this end's interface, not the peer's. */
static void end_set_peer(struct end *end, const struct end *peer,
			 bool connected)
{
	end->peer = peer->addr;
	if (end->peer.u.sa.sa_family == AF_INET6)
		end->peer.u.in6.sin6_scope_id = end->addr.u.in6.sin6_scope_id;
	if (connected && connect(end->fd, &end->peer.u.sa, end->peer.len))
		err(PROG_SETUP, "connect in %s", end->ns);
}

/* The number makes each packet differ from all others of the run. */
static void number_packet(struct load *load, unsigned char *out)
{
	unsigned long long seq = ++load->seq;
	size_t i;

	for (i = 0; i < 8 && i < load->size; i++, seq >>= 8)
		out[i] = seq;
}

/* A late packet from before is passed over; the wait then starts anew. */
static bool receive_one(struct load *load, struct end *to,
			const unsigned char *out)
{
	ssize_t n;

	for (;;) {
		n = recv(to->fd, load->in, sizeof(load->in), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (!load->lost)
				warn("packet %llu: receive", load->seq);
			load->lost++;
			return false;
		}
		if ((size_t)n == load->size &&
		    !memcmp(load->in, out, load->size)) {
			load->received++;
			return true;
		}
		if (load->lost && load->size >= 8 &&
		    (size_t)n == load->size &&
		    !memcmp(load->in + 8, out + 8, load->size - 8))
			continue;
		warnx("packet %llu: %zd bytes, not as sent", load->seq, n);
		load->wrong++;
		return false;
	}
}

static bool pass_one(struct load *load, struct end *from, struct end *to)
{
	const struct sockaddr *dest = load->connected ? NULL : &from->peer.u.sa;
	socklen_t dest_len = load->connected ? 0 : from->peer.len;
	unsigned long i;
	ssize_t n;

	for (i = 0; i < load->batch; i++)
		number_packet(load, load->out + i * load->size);
	do
		n = sendto(from->fd, load->out, load->batch * load->size, 0,
			   dest, dest_len);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		if (!load->refused)
			warn("packet %llu: send", load->seq);
		load->refused++;
		return false;
	}
	load->sent += load->batch;
	for (i = 0; i < load->batch; i++) {
		if (!receive_one(load, to, load->out + i * load->size))
			return false;
	}
	return true;
}

static void pause_ms(unsigned long ms)
{
	struct timespec left = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/* Returns whether the run may go on. */
static bool pass_packets(struct load *load, unsigned long count)
{
	while (count--) {
		bool ok;

		if (load->pause_ms)
			pause_ms(load->pause_ms);
		ok = pass_one(load, &load->a, &load->b);
		if (ok && load->pingpong)
			ok = pass_one(load, &load->b, &load->a);
		if (!ok && !load->keep)
			return false;
	}
	return true;
}

static void parse_ports(const char *text, unsigned int *a, unsigned int *b)
{
	char *copy = strdup(text);
	char *comma = copy ? strchr(copy, ',') : NULL;

	if (!comma)
		errx(PROG_SETUP, "ports: '%s' is no PORT-A,PORT-B", text);
	*comma = '\0';
	*a = parse_number("port A", copy, 1, 65535);
	*b = parse_number("port B", comma + 1, 1, 65535);
	free(copy);
}

static int parse_discover(const char *text)
{
	if (!strcmp(text, "do"))
		return IP_PMTUDISC_DO;
	if (!strcmp(text, "dont"))
		return IP_PMTUDISC_DONT;
	if (!strcmp(text, "interface"))
		return IP_PMTUDISC_INTERFACE;
	if (!strcmp(text, "omit"))
		return IP_PMTUDISC_OMIT;
	errx(PROG_SETUP, "-M is do, dont, interface or omit, not '%s'", text);
}

static void report(const struct load *load, unsigned long packets,
		   unsigned long long elapsed)
{
	printf("mode %s family %d size %zu %s sent %lu received %lu",
	       load->pingpong ? "pingpong" : "oneway",
	       load->a.addr.u.sa.sa_family == AF_INET ? 4 : 6, load->size,
	       load->connected ? "connected" : "unconnected", load->sent,
	       load->received);
	printf(" refused %lu lost %lu wrong %lu", load->refused, load->lost,
	       load->wrong);
	printf(" measured %lu elapsed_ns %llu per_packet_ns %.2f\n", packets,
	       elapsed,
	       packets ? (double)elapsed / packets : 0);
}

/**
 * struct options - what of the command line is not in struct load
 * @sizes: of the payloads, one after the other
 * @size_count: how many
 * @count: packets or pairs measured, of each size
 * @warmup: packets or pairs before
 * @wait_ms: for each packet
 * @port_a: of A
 * @port_b: of B
 * @header: of A's packets
 */
struct options {
	size_t sizes[MAX_SIZES];
	unsigned int size_count;
	unsigned long count;
	unsigned long warmup;
	unsigned long wait_ms;
	unsigned int port_a;
	unsigned int port_b;
	struct header header;
};

/* The largest is left in @load: there is room for all. */
static void parse_sizes(struct options *options, struct load *load,
			char *text)
{
	char *size;

	options->size_count = 0;
	load->size = 0;
	for (size = strtok(text, ","); size; size = strtok(NULL, ",")) {
		unsigned long n = parse_number("size", size, 0, MAX_DATAGRAM);

		if (options->size_count == MAX_SIZES)
			errx(PROG_SETUP, "more than %d sizes", MAX_SIZES);
		options->sizes[options->size_count++] = n;
		if (n > load->size)
			load->size = n;
	}
	if (!options->size_count)
		errx(PROG_SETUP, "no size");
}

static void parse_options(struct options *options, struct load *load, int argc,
			  char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "m:s:n:w:g:cp:t:i:kM:Q:T:")) != -1) {
		switch (opt) {
		case 'm':
			load->pingpong = !strcmp(optarg, "pingpong");
			if (!load->pingpong && strcmp(optarg, "oneway"))
				errx(PROG_SETUP, "no mode '%s'", optarg);
			break;
		case 's':
			parse_sizes(options, load, optarg);
			break;
		case 'n':
			options->count = parse_number("count", optarg, 1,
						      1UL << 30);
			break;
		case 'w':
			options->warmup = parse_number("warm-up", optarg, 0,
						       1UL << 30);
			break;
		case 'g':
			load->batch = parse_number("datagrams of a call",
						   optarg, 1, 64);
			break;
		case 'c':
			load->connected = true;
			break;
		case 'p':
			parse_ports(optarg, &options->port_a,
				    &options->port_b);
			break;
		case 't':
			options->wait_ms = parse_number("wait", optarg, 1,
							3600000);
			break;
		case 'i':
			load->pause_ms = parse_number("pause", optarg, 0,
						      3600000);
			break;
		case 'k':
			load->keep = true;
			break;
		case 'M':
			options->header.discover = parse_discover(optarg);
			break;
		case 'Q':
			options->header.tos = parse_number("ToS", optarg, 0,
							   255);
			break;
		case 'T':
			options->header.hops = parse_number("TTL", optarg, 1,
							    255);
			break;
		default:
			fputs(usage, stderr);
			exit(PROG_SETUP);
		}
	}
	if (argc - optind != 4) {
		fputs(usage, stderr);
		exit(PROG_SETUP);
	}
	if (load->batch > 1 && options->size_count > 1)
		errx(PROG_SETUP, "-g: one size");
	if (load->batch > 1 &&
	    (load->pingpong || load->batch * load->size > MAX_DATAGRAM))
		errx(PROG_SETUP, "-g: one way, of at most %d bytes in all",
		     MAX_DATAGRAM);
}

static void open_ends(struct load *load, const struct options *options,
		      char **where)
{
	load->a.ns = where[0];
	addr_parse(&load->a.addr, where[0], where[1], options->port_a);
	load->b.ns = where[2];
	addr_parse(&load->b.addr, where[2], where[3], options->port_b);
	if (load->a.addr.u.sa.sa_family != load->b.addr.u.sa.sa_family)
		errx(PROG_SETUP, "the addresses are of two families");
	end_open(&load->a, options->wait_ms);
	end_open(&load->b, options->wait_ms);
	end_set_header(&load->a, &options->header);
	if (load->batch > 1)
		set_number(&load->a, SOL_UDP, UDP_SEGMENT, load->size,
			   "UDP_SEGMENT");
	end_set_peer(&load->a, &load->b, load->connected);
	end_set_peer(&load->b, &load->a, load->connected);
}

int main(int argc, char **argv)
{
	struct options options = {
		.sizes = { 64 }, .size_count = 1, .count = 1, .wait_ms = 1000,
		.port_a = 40000, .port_b = 40001,
		.header = { .discover = -1, .tos = -1, .hops = -1 },
	};
	struct byte_stream stream = { .state = 1 };
	static struct load load = { .size = 64, .batch = 1 };
	unsigned long long start, elapsed = 0;
	unsigned long before = 0;
	unsigned int i;

	parse_options(&options, &load, argc, argv);
	open_ends(&load, &options, argv + optind);
	stream_fill(&stream, load.out, load.batch * load.size);

	if (pass_packets(&load, options.warmup)) {
		before = load.received;
		start = clock_ns();
		for (i = 0; i < options.size_count; i++) {
			load.size = options.sizes[i];
			if (!pass_packets(&load, options.count))
				break;
		}
		elapsed = clock_ns() - start;
	}
	report(&load, load.received - before, elapsed);
	if (load.wrong)
		return PROG_WRONG;
	return load.lost || load.refused ? PROG_LOST : PROG_OK;
}
