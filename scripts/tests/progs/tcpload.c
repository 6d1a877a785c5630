// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers a pseudo-random stream over one TCP connection between two network
 * namespaces and compares every byte and the total.  One process holds both
 * ends, non-blocking, so that a stall of either is seen as such.  Knows nothing
 * of IPsec.
 */
#include "progs.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

static const char usage[] =
"usage: tcpload [options] NS-A ADDRESS-A NS-B ADDRESS-B\n"
"A connects to B and sends.\n"
"  -n BYTES   length of the stream (default 10485760)\n"
"  -s SEED    of the stream (default 1)\n"
"  -r         B, which accepted the connection, sends\n"
"  -p PORT    that B listens on (default 40002)\n"
"  -t MS      wait so long while nothing moves (default 5000)\n"
"NS is a name in /run/netns, a path, or - for this one.\n"
"exit: 0 all arrived, 1 set-up, 2 refused or stalled, 3 wrong content\n";

/**
 * struct sender - the end that sends
 * @fd: its socket
 * @stream: what it sends
 * @buf: bytes of @stream that the socket has not taken all of
 * @used: how many of @buf it has taken
 * @filled: how many there are
 * @todo: bytes of the stream that are not yet in @buf
 * @sent: bytes that the socket took
 * @done: the end of the stream was sent
 */
struct sender {
	int fd;
	struct byte_stream stream;
	unsigned char buf[CHUNK];
	size_t used;
	size_t filled;
	unsigned long todo;
	unsigned long sent;
	bool done;
};

/**
 * struct receiver - the end that compares
 * @fd: its socket
 * @stream: what should come
 * @expected: as much of it as came at once
 * @buf: what came
 * @received: bytes that came and were right
 * @done: the end of the stream came
 */
struct receiver {
	int fd;
	struct byte_stream stream;
	unsigned char expected[CHUNK];
	unsigned char buf[CHUNK];
	unsigned long received;
	bool done;
};

static enum prog_exit failed(const char *what, int error)
{
	warnx("%s: %s", what, strerror(error));
	return PROG_LOST;
}

static bool must_wait(int error)
{
	return error == EAGAIN || error == EINTR;
}

static enum prog_exit send_some(struct sender *tx)
{
	ssize_t n;

	if (tx->used == tx->filled) {
		tx->filled = tx->todo < CHUNK ? tx->todo : CHUNK;
		tx->used = 0;
		tx->todo -= tx->filled;
		stream_fill(&tx->stream, tx->buf, tx->filled);
	}
	if (!tx->filled) {
		if (shutdown(tx->fd, SHUT_WR))
			return failed("shutdown", errno);
		tx->done = true;
		return PROG_OK;
	}
	n = send(tx->fd, tx->buf + tx->used, tx->filled - tx->used,
		 MSG_NOSIGNAL);
	if (n < 0)
		return must_wait(errno) ? PROG_OK : failed("send", errno);
	tx->used += n;
	tx->sent += n;
	return PROG_OK;
}

static enum prog_exit receive_some(struct receiver *rx)
{
	ssize_t n = recv(rx->fd, rx->buf, sizeof(rx->buf), 0);
	ssize_t i = 0;

	if (n < 0)
		return must_wait(errno) ? PROG_OK : failed("receive", errno);
	if (!n) {
		rx->done = true;
		return PROG_OK;
	}
	stream_fill(&rx->stream, rx->expected, n);
	if (memcmp(rx->buf, rx->expected, n)) {
		while (rx->buf[i] == rx->expected[i])
			i++;
		warnx("byte %lu is not as sent", rx->received + i);
		return PROG_WRONG;
	}
	rx->received += n;
	return PROG_OK;
}

static enum prog_exit transfer(struct sender *tx, struct receiver *rx,
			       int wait_ms)
{
	enum prog_exit result = PROG_OK;

	while (result == PROG_OK && !rx->done) {
		struct pollfd fds[2] = {
			{ .fd = rx->fd, .events = POLLIN },
			{ .fd = tx->done ? -1 : tx->fd, .events = POLLOUT },
		};
		int n = poll(fds, 2, wait_ms);

		if (n < 0 && errno != EINTR)
			return failed("poll", errno);
		if (!n)
			return failed("stalled", ETIMEDOUT);
		if (n < 0)
			continue;
		if (fds[0].revents)
			result = receive_some(rx);
		if (result == PROG_OK && fds[1].revents)
			result = send_some(tx);
	}
	return result;
}

static int listen_at(const char *ns, struct net_addr *addr)
{
	int fd = netns_socket(ns, addr->u.sa.sa_family,
			      SOCK_STREAM | SOCK_NONBLOCK, 0);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, &addr->u.sa, addr->len) || listen(fd, 1))
		err(PROG_SETUP, "listen in %s", ns);
	return fd;
}

/* Waits for one event; false if the time ran out. */
static bool wait_for(int fd, short event, int wait_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = event };
	int n;

	do
		n = poll(&pollfd, 1, wait_ms);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static enum prog_exit connect_ends(int a, int listener, struct net_addr *dest,
				   int wait_ms, int *b)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (connect(a, &dest->u.sa, dest->len) && errno != EINPROGRESS)
		return failed("connect", errno);
	if (!wait_for(a, POLLOUT, wait_ms))
		return failed("connect", ETIMEDOUT);
	if (getsockopt(a, SOL_SOCKET, SO_ERROR, &error, &len))
		error = errno;
	if (error)
		return failed("connect", error);
	if (!wait_for(listener, POLLIN, wait_ms))
		return failed("accept", ETIMEDOUT);
	*b = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	return *b < 0 ? failed("accept", errno) : PROG_OK;
}

/**
 * struct options - the command line
 * @bytes: length of the stream
 * @seed: of the stream
 * @reverse: B sends
 * @port: that B listens on
 * @wait_ms: longest time in which nothing moves
 */
struct options {
	unsigned long bytes;
	unsigned long seed;
	bool reverse;
	unsigned int port;
	unsigned long wait_ms;
};

static void parse_options(struct options *options, int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "n:s:rp:t:")) != -1) {
		switch (opt) {
		case 'n':
			options->bytes = parse_number("length", optarg, 0,
						      1UL << 40);
			break;
		case 's':
			options->seed = parse_number("seed", optarg, 0, ~0UL);
			break;
		case 'r':
			options->reverse = true;
			break;
		case 'p':
			options->port = parse_number("port", optarg, 1, 65535);
			break;
		case 't':
			options->wait_ms = parse_number("wait", optarg, 1,
							3600000);
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
}

/* Opens the two sockets: a listening one at B, an unconnected one at A. */
static void open_ends(char **where, unsigned int port, struct net_addr *dest,
		      int *a, int *listener)
{
	struct net_addr source;

	addr_parse(&source, where[0], where[1], 0);
	addr_parse(dest, where[2], where[3], port);
	if (source.u.sa.sa_family != dest->u.sa.sa_family)
		errx(PROG_SETUP, "the addresses are of two families");
	*listener = listen_at(where[2], dest);
	*a = netns_socket(where[0], source.u.sa.sa_family,
			  SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (bind(*a, &source.u.sa, source.len))
		err(PROG_SETUP, "bind in %s", where[0]);
	/* A link-local destination is reached by A's interface, not B's. */
	if (dest->u.sa.sa_family == AF_INET6)
		dest->u.in6.sin6_scope_id = source.u.in6.sin6_scope_id;
}

int main(int argc, char **argv)
{
	struct options options = {
		.bytes = 10 << 20, .seed = 1, .port = 40002, .wait_ms = 5000,
	};
	static struct receiver rx;
	static struct sender tx;
	enum prog_exit result;
	struct net_addr dest;
	int listener, a, b = -1;
	unsigned long long start;

	parse_options(&options, argc, argv);
	open_ends(argv + optind, options.port, &dest, &a, &listener);
	start = clock_ns();
	result = connect_ends(a, listener, &dest, options.wait_ms, &b);
	if (result == PROG_OK) {
		tx.fd = options.reverse ? b : a;
		rx.fd = options.reverse ? a : b;
		tx.todo = options.bytes;
		tx.stream.state = options.seed;
		rx.stream.state = options.seed;
		result = transfer(&tx, &rx, options.wait_ms);
	}
	if (result == PROG_OK && rx.received != options.bytes) {
		warnx("the stream ended too early");
		result = PROG_LOST;
	}
	printf("family %d bytes %lu sent %lu received %lu elapsed_ns %llu\n",
	       dest.u.sa.sa_family == AF_INET ? 4 : 6, options.bytes, tx.sent,
	       rx.received, (clock_ns() - start));
	return result;
}
