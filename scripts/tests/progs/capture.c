// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the frames that pass interfaces in network namespaces, one line of
 * hexadecimal each.  Says "ready" first, when no later frame can be missed.
 * Interprets no more of a frame than its filters need, and changes nothing.
 */
#include "progs.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define MAX_FRAME (65535 + ETH_HLEN + 4)
#define MAX_INTERFACES 8

static const char usage[] =
"usage: capture [options] NS INTERFACE [NS INTERFACE...]\n"
"  -e ETHERTYPE  only frames of that type, such as 0x86dd\n"
"  -p PROTOCOL   only IPv4 and IPv6 packets that carry that protocol, such as\n"
"                50, whatever IPv6 extension headers come before it\n"
"  -d in|out     only frames that came in, or that were sent\n"
"  -n COUNT      end after so many frames\n"
"  -t MS         end when so long has passed\n"
"  -w FILE       frames go there; standard output is closed behind \"ready\"\n"
"SIGTERM and SIGINT end it too.\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 0 done, 1 set-up, 2 fewer than COUNT came, 3 the kernel lost some\n";

/**
 * struct filter - which frames are printed
 * @ethertype: or -1
 * @protocol: or -1
 * @in: those that came in
 * @out: those that were sent
 */
struct filter {
	int ethertype;
	int protocol;
	bool in;
	bool out;
};

/*
 * Whether an IPv6 packet's chain of headers names the protocol.  RFC 8200
 * section 4: hop-by-hop options, routing header and destination options give
 * their length in 8-byte units, not counting the first; the fragment header is
 * 8 bytes long.
 */
static bool ipv6_carries(const unsigned char *p, size_t len, int protocol)
{
	unsigned int next;
	size_t at = 40;

	if (len < at)
		return false;
	next = p[6];
	for (;;) {
		bool fragment = next == IPPROTO_FRAGMENT;

		if (next == (unsigned int)protocol)
			return true;
		if (!fragment && next != IPPROTO_HOPOPTS &&
		    next != IPPROTO_ROUTING && next != IPPROTO_DSTOPTS)
			return false;
		if (len < at + 8)
			return false;
		next = p[at];
		at += fragment ? 8 : 8 * (1 + p[at + 1]);
	}
}

static bool matches(const struct filter *filter, const unsigned char *frame,
		    size_t len, unsigned char packet_type)
{
	bool sent = packet_type == PACKET_OUTGOING;
	int ethertype;

	if (sent ? !filter->out : !filter->in)
		return false;
	if (len < ETH_HLEN)
		return filter->ethertype < 0 && filter->protocol < 0;
	ethertype = frame[12] << 8 | frame[13];
	if (filter->ethertype >= 0 && ethertype != filter->ethertype)
		return false;
	if (filter->protocol < 0)
		return true;
	frame += ETH_HLEN;
	len -= ETH_HLEN;
	if (ethertype == ETHERTYPE_IP)
		return len >= 20 && frame[9] == filter->protocol;
	return ethertype == ETHERTYPE_IPV6 &&
	       ipv6_carries(frame, len, filter->protocol);
}

/*
 * Protocol 0 until the socket is bound: no frame of another interface gets in
 * before.
 */
static int capture_open(const char *ns, const char *interface)
{
	struct sockaddr_ll link = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int fd = netns_socket(ns, AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	int previous = netns_enter(ns);
	int buffer = 64 << 20;

	link.sll_ifindex = if_nametoindex(interface);
	netns_leave(previous);
	if (!link.sll_ifindex)
		errx(PROG_SETUP, "no interface '%s' in %s", interface, ns);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer,
		       sizeof(buffer)))
		err(PROG_SETUP, "SO_RCVBUFFORCE");
	if (bind(fd, (struct sockaddr *)&link, sizeof(link)))
		err(PROG_SETUP, "bind to %s", interface);
	return fd;
}

/* Prints what is in the socket, up to @limit frames; returns how many. */
static unsigned long drain(int fd, const struct filter *filter,
			   unsigned long limit)
{
	static unsigned char frame[MAX_FRAME];
	unsigned long printed = 0;

	while (printed < limit) {
		struct sockaddr_ll from;
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, frame, sizeof(frame), MSG_TRUNC,
				     (struct sockaddr *)&from, &from_len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return printed;
		/* An interface that goes down says so once, and may come up. */
		if (n < 0 && errno == ENETDOWN)
			continue;
		if (n < 0)
			err(PROG_SETUP, "receive");
		if ((size_t)n > sizeof(frame))
			errx(PROG_SETUP, "a frame of %zd bytes", n);
		if (!matches(filter, frame, n, from.sll_pkttype))
			continue;
		print_hex(frame, n);
		printed++;
	}
	return printed;
}

/* How long poll() may wait: -1 without an end, 0 once it has passed. */
static int wait_left(unsigned long long end)
{
	unsigned long long now = clock_ns();

	if (!end)
		return -1;
	/* Rounded up, so that the last wait does not end too early. */
	return now < end ? (end - now + 999999) / 1000000 : 0;
}

/*
 * Of @fds the first @sockets are those to read, and behind them is what signals
 * come from.  Returns the number of frames printed.
 */
static unsigned long capture(struct pollfd *fds, unsigned int sockets,
			     const struct filter *filter, unsigned long limit,
			     unsigned long wait_ms)
{
	unsigned long long end = 0;
	unsigned long printed = 0;
	bool stopped = false;
	unsigned int i;

	if (wait_ms)
		end = clock_ns() + wait_ms * 1000000ULL;
	while (!stopped && printed < limit) {
		int n = poll(fds, sockets + 1, wait_left(end));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(PROG_SETUP, "poll");
		stopped = !n || fds[sockets].revents;
		/* What came before the end is printed all the same. */
		for (i = 0; i < sockets; i++)
			printed += drain(fds[i].fd, filter, limit - printed);
	}
	return printed;
}

/*
 * Whoever started this waits for the word, or for the end of the output; the
 * file, if there is one, is empty by then.
 */
static void say_ready(const char *file)
{
	int fd = -1;

	if (file) {
		fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (fd < 0)
			err(PROG_SETUP, "%s", file);
	}
	puts("ready");
	if (fflush(stdout))
		err(PROG_SETUP, "standard output");
	if (file && dup2(fd, STDOUT_FILENO) < 0)
		err(PROG_SETUP, "%s", file);
}

/* How many frames the kernel had no room for. */
static unsigned int lost_frames(int fd)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		err(PROG_SETUP, "statistics");
	return stats.tp_drops;
}

/* The signals that end the capture become something to poll for. */
static int signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		err(PROG_SETUP, "signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		err(PROG_SETUP, "signals");
	return fd;
}

int main(int argc, char **argv)
{
	struct filter filter = {
		.ethertype = -1, .protocol = -1, .in = true, .out = true,
	};
	struct pollfd fds[MAX_INTERFACES + 1] = { 0 };
	unsigned long limit = 0, wait_ms = 0, printed;
	unsigned int sockets = 0, lost = 0, i;
	const char *file = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "e:p:d:n:t:w:")) != -1) {
		switch (opt) {
		case 'e':
			filter.ethertype = parse_number("EtherType", optarg, 0,
							0xffff);
			break;
		case 'p':
			filter.protocol = parse_number("protocol", optarg, 0,
						       255);
			break;
		case 'd':
			filter.in = !strcmp(optarg, "in");
			filter.out = !strcmp(optarg, "out");
			if (filter.in == filter.out)
				errx(PROG_SETUP, "no direction '%s'", optarg);
			break;
		case 'n':
			limit = parse_number("count", optarg, 1, 1UL << 30);
			break;
		case 't':
			wait_ms = parse_number("time", optarg, 1, 3600000);
			break;
		case 'w':
			file = optarg;
			break;
		default:
			fputs(usage, stderr);
			return PROG_SETUP;
		}
	}
	argc -= optind;
	argv += optind;
	if (argc < 2 || argc % 2 || argc > 2 * MAX_INTERFACES) {
		fputs(usage, stderr);
		return PROG_SETUP;
	}
	fds[argc / 2].fd = signals_open();
	for (; argc; argc -= 2, argv += 2)
		fds[sockets++].fd = capture_open(argv[0], argv[1]);
	for (i = 0; i <= sockets; i++)
		fds[i].events = POLLIN;
	say_ready(file);
	printed = capture(fds, sockets, &filter, limit ? limit : ~0UL, wait_ms);
	for (i = 0; i < sockets; i++)
		lost += lost_frames(fds[i].fd);
	fprintf(stderr, "captured %lu lost %u\n", printed, lost);
	if (lost)
		return PROG_WRONG;
	return printed < limit ? PROG_LOST : PROG_OK;
}
