// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups: joined with sources and without, filters, and what is delivered by
 * them (RFC 3678); what /proc/net says of them.
 */
#include "sock6.h"

#include "../progs.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP "ff15::1234"
#define PORT 5000

static void put_name(struct sockaddr_storage *at, const char *address)
{
	struct sockaddr_in6 name = name6(address, 0);

	memset(at, 0, sizeof(*at));
	memcpy(at, &name, sizeof(name));
}

static int with_source(int fd, int option, const char *source)
{
	struct group_source_req req = { .gsr_interface = index_of(fd, "vb") };

	put_name(&req.gsr_group, GROUP);
	put_name(&req.gsr_source, source);
	return setsockopt(fd, IPPROTO_IPV6, option, &req, sizeof(req));
}

/* A source or two for the whole filter. */
static int put_filter(int fd, unsigned int mode, unsigned int count,
		      const char *one, const char *two)
{
	size_t len = GROUP_FILTER_SIZE(2);
	struct group_filter *filter = calloc(1, len);
	int result;

	if (!filter)
		err(PROG_SETUP, "memory");
	filter->gf_interface = index_of(fd, "vb");
	filter->gf_fmode = mode;
	filter->gf_numsrc = count;
	put_name(&filter->gf_group, GROUP);
	put_name(&filter->gf_slist[0], one);
	put_name(&filter->gf_slist[1], two);
	result = setsockopt(fd, IPPROTO_IPV6, MCAST_MSFILTER, filter,
			    GROUP_FILTER_SIZE(count));
	free(filter);
	return result;
}

/* The C library asks by MCAST_MSFILTER. */
static void tell_filter(const char *what, int fd)
{
	struct sockaddr_in6 group = name6(GROUP, 0);
	struct sockaddr_storage sources[4];
	__u32 mode, count = 4, i;

	if (getsourcefilter(fd, index_of(fd, "vb"), (struct sockaddr *)&group,
			    sizeof(group), &mode, &count, sources)) {
		tried(what, -1);
		return;
	}
	printf("%s: %s %u:", what, mode == MCAST_INCLUDE ? "include" :
	       mode == MCAST_EXCLUDE ? "exclude" : "neither", count);
	for (i = 0; i < count && i < 4; i++) {
		putchar(' ');
		tell_name(fd, (struct sockaddr_in6 *)&sources[i]);
	}
	putchar('\n');
}

/* "one" from A and "two" from A2 to the group, and "end" to the host. */
static void talk(void)
{
	static const char * const sources[] = { A, A2 };
	static const char * const words[] = { "one", "two" };
	int fd, i;

	for (i = 0; i < 2; i++) {
		fd = sock("a", SOCK_DGRAM, 0, sources[i], 4000);
		set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index_of(fd, "va"));
		say_to(fd, words[i], GROUP, PORT);
		if (i)
			say_to(fd, "end", B, PORT);
		close(fd);
	}
}

static void tell_heard(const char *what, int fd)
{
	char word[10];
	ssize_t len;

	talk();
	printf("%s: heard", what);
	do {
		len = recv(fd, word, sizeof(word) - 1, 0);
		if (len < 0)
			err(PROG_LOST, "no end");
		word[len] = '\0';
		printf(" %s", word);
	} while (strcmp(word, "end"));
	putchar('\n');
}

/* What a file of /proc/net in b has of the group, from its second word on. */
static void tell_file(const char *name, int words)
{
	static const char blanks[] = { ' ', '\n', '\0' };
	static const char digits[] = "ff150000000000000000000000001234";
	FILE *file = proc_net("b", name);
	char line[256], *word;
	int i;

	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, digits))
			continue;
		printf("%s:", name);
		word = strtok(line, blanks);
		for (i = 0; word && i <= words; i++) {
			if (i)
				printf(" %s", word);
			word = strtok(NULL, blanks);
		}
		putchar('\n');
	}
	fclose(file);
}

static void joined(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, "::", PORT);

	set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
	tell_heard("nobody", fd);
	join(fd, "vb", GROUP);
	tell_heard("joined", fd);
	tell_filter("joined", fd);
	tell_file("igmp6", 4);
	tried("A2 blocked", with_source(fd, MCAST_BLOCK_SOURCE, A2));
	tell_heard("A2 blocked", fd);
	tell_filter("A2 blocked", fd);
	tell_file("mcfilter6", 5);
	tried("A2 let", with_source(fd, MCAST_UNBLOCK_SOURCE, A2));
	tell_heard("A2 let", fd);
}

static void of_sources(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, "::", PORT);

	tried("A2", with_source(fd, MCAST_JOIN_SOURCE_GROUP, A2));
	tell_heard("A2", fd);
	tell_filter("A2", fd);
	tell_file("mcfilter6", 5);
	tried("A", with_source(fd, MCAST_JOIN_SOURCE_GROUP, A));
	tell_heard("both", fd);
	tried("A2 left", with_source(fd, MCAST_LEAVE_SOURCE_GROUP, A2));
	tell_heard("A", fd);
	tried("A2 twice", with_source(fd, MCAST_LEAVE_SOURCE_GROUP, A2));
}

static void filtered(void)
{
	int fd = sock("b", SOCK_DGRAM, 0, "::", PORT);

	tried("not joined", put_filter(fd, MCAST_INCLUDE, 1, A, A2));
	join(fd, "vb", GROUP);
	tried("include A2", put_filter(fd, MCAST_INCLUDE, 1, A2, A));
	tell_heard("include A2", fd);
	tell_filter("include A2", fd);
	tried("exclude both", put_filter(fd, MCAST_EXCLUDE, 2, A, A2));
	tell_heard("exclude both", fd);
	tell_filter("exclude both", fd);
	tried("neither", put_filter(fd, 2, 1, A, A2));
	tried("include both", put_filter(fd, MCAST_INCLUDE, 2, A, A2));
	tell_heard("include both", fd);
}

/* RFC 3493's own: struct ipv6_mreq. */
static void interfaces(void)
{
	static const int info[] = { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, 0 };
	int fd = sock("b", SOCK_DGRAM, 0, "::", PORT);
	int peer = sock("a", SOCK_DGRAM, 0, "::", 4000);
	struct ipv6_mreq req = {
		.ipv6mr_multiaddr = name6(GROUP, 0).sin6_addr,
		.ipv6mr_interface = index_of(fd, "wb"),
	};

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &req, sizeof(req)))
		err(PROG_LOST, "IPV6_JOIN_GROUP");
	set_all(fd, info, 1);
	set(peer, IPPROTO_IPV6, IPV6_MULTICAST_IF, index_of(peer, "wa"));
	set(peer, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 9);
	printf("IPV6_MULTICAST_IF %s\n",
	       get(peer, IPPROTO_IPV6, IPV6_MULTICAST_IF) ==
	       (int)index_of(peer, "wa") ? "wa" : "wrong");
	say_to(peer, "by wa", GROUP, PORT);
	heard("by wa", fd);
	tried("leave", setsockopt(fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &req,
				  sizeof(req)));
	tried("twice", setsockopt(fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &req,
				  sizeof(req)));
}

const struct subject group_subjects[] = {
	{ "group", joined },
	{ "group-sources", of_sources },
	{ "group-filter", filtered },
	{ "group-interface", interfaces },
	{ 0 }
};
