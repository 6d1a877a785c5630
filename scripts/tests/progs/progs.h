/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the small programs of the end-to-end tests share: sockets inside named
 * network namespaces, addresses, the clock, and a byte stream that both ends
 * can compute.  Each program is one process that stands in several namespaces
 * at once, so that nothing has to be started in step.
 */
#ifndef SXT_TEST_PROGS_H
#define SXT_TEST_PROGS_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/**
 * enum prog_exit - the exit codes of all these programs
 * @PROG_OK: everything came, as it was sent
 * @PROG_SETUP: usage, or the set-up of sockets failed; nothing was shown
 * @PROG_LOST: something did not arrive in time, or was refused when sent
 * @PROG_WRONG: something arrived that was not what had been sent
 */
enum prog_exit {
	PROG_OK,
	PROG_SETUP,
	PROG_LOST,
	PROG_WRONG,
};

/**
 * struct net_addr - a socket address of either family
 * @len: length of the part of @u that the family uses
 * @u: the address; all views begin with the family
 */
struct net_addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u;
};

/**
 * struct byte_stream - pseudo-random bytes, the same on every architecture
 * @state: of the generator; begins as the seed
 * @word: the bytes not handed out yet, the next one lowest
 * @left: number of bytes in @word
 */
struct byte_stream {
	unsigned long long state;
	unsigned long long word;
	unsigned int left;
};

unsigned long parse_number(const char *what, const char *text,
			   unsigned long min, unsigned long max);
int netns_enter(const char *name);
void netns_leave(int previous);
int netns_socket(const char *ns, int domain, int type, int protocol);
void addr_parse(struct net_addr *addr, const char *ns, const char *text,
		unsigned int port);
unsigned long long clock_ns(void);
void stream_fill(struct byte_stream *stream, void *buf, size_t len);
void print_hex(const unsigned char *p, size_t len);

#endif
