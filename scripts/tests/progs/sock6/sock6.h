/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of sock6: sockets of the namespaces a and b, what they are told in
 * words that are the same on every architecture, and packets as they are on
 * the wire.
 */
#ifndef SXT_TEST_SOCK6_H
#define SXT_TEST_SOCK6_H

#include <netinet/in.h>
#include <linux/in6.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What some headers of the kernel hide from who has libc's. */
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif
#ifndef IPV6_FLOWLABEL_MGR
#define IPV6_FLOWLABEL_MGR 32
#define IPV6_FLOWINFO_SEND 33
#endif

/* Addresses that the test has given a and b, on the wire va-vb. */
#define A "fd00:1::1"
#define A2 "fd00:1::11"
#define B "fd00:1::2"
#define B2 "fd00:1::12"

/**
 * struct subject - what one run shows
 * @name: as the command line has it; NULL ends a list
 * @show: prints it
 */
struct subject {
	const char *name;
	void (*show)(void);
};

/**
 * struct control - ancillary data to be sent
 * @len: bytes in @u
 * @u: the messages
 */
struct control {
	size_t len;
	union {
		struct cmsghdr first;
		unsigned char bytes[512];
	} u;
};

/**
 * struct packet - an IPv6 packet
 * @len: bytes in @bytes
 * @bytes: from the IPv6 header on
 */
struct packet {
	size_t len;
	unsigned char bytes[4096];
};

extern const struct subject ancillary_subjects[];
extern const struct subject sent_subjects[];
extern const struct subject error_subjects[];
extern const struct subject raw_subjects[];
extern const struct subject group_subjects[];
extern const struct subject name_subjects[];

/* sockets.c: */
struct sockaddr_in6 name6(const char *address, unsigned int port);
int sock(const char *ns, int type, int protocol, const char *address,
	 unsigned int port);
void set(int fd, int level, int option, int value);
void set_all(int fd, const int *options, int value);
int get(int fd, int level, int option);
FILE *proc_net(const char *ns, const char *name);
unsigned int index_of(int fd, const char *interface);
void join(int fd, const char *interface, const char *group);
int bind_to(int fd, const char *address, unsigned int port,
	    unsigned int zone);
int connect_to(int fd, const char *address, unsigned int port,
	       unsigned int zone);
void say_to(int fd, const char *text, const char *address, unsigned int port);
void control_add(struct control *control, int level, int type,
		 const void *data, size_t len);
int say_with(int fd, const char *text, const char *address, unsigned int port,
	     struct control *control);

/* tell.c: */
void tried(const char *what, int result);
void tell_name(int fd, const struct sockaddr_in6 *name);
void tell_bytes(const unsigned char *p, size_t len);
void tell_option(const char *what, int fd, int level, int option);
void heard(const char *what, int fd);
void queued(const char *what, int fd);

/* wire.c: */
unsigned int sum(const unsigned char *p, size_t len, unsigned int start);
unsigned int pseudo_sum(const struct packet *packet, size_t at,
			unsigned int protocol);
void packet_begin(struct packet *packet, __u32 first_word, const char *src,
		  const char *dest, unsigned int next_header,
		  unsigned int hops);
void packet_add(struct packet *packet, const void *data, size_t len);
void packet_option(struct packet *packet, unsigned int following, char letter);
void packet_udp(struct packet *packet, unsigned int src, unsigned int dest,
		const void *data, size_t len);
void packet_icmp(struct packet *packet, unsigned int type, unsigned int code,
		 __u32 word, const void *data, size_t len);
void packet_send(const char *ns, struct packet *packet);
int watch(const char *ns, const char *interface);
void on_wire(const char *what, int fd, const char *text);

#endif
