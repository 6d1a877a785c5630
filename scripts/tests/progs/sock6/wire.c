// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets byte by byte: made here and sent as they are, or seen on a wire.
 */
#include "sock6.h"

#include "../progs.h"

#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HEADER 40
#define DEST_AT 24

/**
 * sum - the Internet checksum, before it is inverted
 * @p: bytes
 * @len: how many
 * @start: the sum of what is before them
 *
 * Return: the sum, of 16 bits, in host order.
 */
unsigned int sum(const unsigned char *p, size_t len, unsigned int start)
{
	__u32 total = start;
	size_t i;

	for (i = 0; i < len; i++)
		total += i % 2 ? p[i] : p[i] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

/**
 * pseudo_sum - the sum over the upper layer and its pseudo-header
 * @packet: the packet
 * @at: where the upper layer begins
 * @protocol: its number
 *
 * Return: the sum as sum() has it: 0xffff if a checksum is there and right.
 */
unsigned int pseudo_sum(const struct packet *packet, size_t at,
			unsigned int protocol)
{
	size_t len = packet->len - at;
	unsigned int total = sum(packet->bytes + 8, 32, len + protocol);

	return sum(packet->bytes + at, len, total);
}

static void put16(unsigned char *p, unsigned int value)
{
	p[0] = value >> 8;
	p[1] = value;
}

/**
 * packet_begin - an IPv6 header; its length comes when it is sent
 * @packet: the packet
 * @first_word: version, traffic class, flow label
 * @src: source
 * @dest: destination
 * @next_header: what follows
 * @hops: hop limit
 */
void packet_begin(struct packet *packet, __u32 first_word, const char *src,
		  const char *dest, unsigned int next_header, unsigned int hops)
{
	struct sockaddr_in6 from = name6(src, 0), to = name6(dest, 0);
	unsigned char rest[4] = { 0, 0, next_header, hops };
	__u32 word = htonl(first_word);

	packet->len = 0;
	packet_add(packet, &word, sizeof(word));
	packet_add(packet, rest, sizeof(rest));
	packet_add(packet, &from.sin6_addr, sizeof(from.sin6_addr));
	packet_add(packet, &to.sin6_addr, sizeof(to.sin6_addr));
}

/**
 * packet_add - bytes at the end of a packet
 * @packet: the packet
 * @data: the bytes
 * @len: how many
 */
void packet_add(struct packet *packet, const void *data, size_t len)
{
	if (packet->len + len > sizeof(packet->bytes))
		errx(PROG_SETUP, "the packet is too long");
	memcpy(packet->bytes + packet->len, data, len);
	packet->len += len;
}

/**
 * packet_option - a header with an option that is skipped, by RFC 8200 4.2
 * @packet: the packet
 * @following: what follows
 * @letter: the option's data, four times
 */
void packet_option(struct packet *packet, unsigned int following, char letter)
{
	unsigned char header[8] = { following, 0, 0x1e, 4 };

	memset(header + 4, letter, 4);
	packet_add(packet, header, sizeof(header));
}

/**
 * packet_udp - a datagram at the end of a packet
 * @packet: the packet
 * @src: port
 * @dest: port
 * @data: what is in it
 * @len: bytes of that
 */
void packet_udp(struct packet *packet, unsigned int src, unsigned int dest,
		const void *data, size_t len)
{
	unsigned char header[8] = { 0 };
	size_t at = packet->len;

	put16(header, src);
	put16(header + 2, dest);
	put16(header + 4, sizeof(header) + len);
	packet_add(packet, header, sizeof(header));
	packet_add(packet, data, len);
	put16(packet->bytes + at + 6, ~pseudo_sum(packet, at, IPPROTO_UDP));
}

/**
 * packet_icmp - an ICMPv6 message at the end of a packet
 * @packet: the packet
 * @type: type
 * @code: code
 * @word: what is behind the checksum
 * @data: the rest
 * @len: bytes of that
 */
void packet_icmp(struct packet *packet, unsigned int type, unsigned int code,
		 __u32 word, const void *data, size_t len)
{
	unsigned char header[4] = { type, code };
	size_t at = packet->len;

	word = htonl(word);
	packet_add(packet, header, sizeof(header));
	packet_add(packet, &word, sizeof(word));
	packet_add(packet, data, len);
	put16(packet->bytes + at + 2, ~pseudo_sum(packet, at, IPPROTO_ICMPV6));
}

/**
 * packet_send - send a packet as it is
 * @ns: from there
 * @packet: the packet; gets its length
 */
void packet_send(const char *ns, struct packet *packet)
{
	int fd = sock(ns, SOCK_RAW, IPPROTO_RAW, NULL, 0);
	struct sockaddr_in6 dest = { .sin6_family = AF_INET6 };

	put16(packet->bytes + 4, packet->len - HEADER);
	memcpy(&dest.sin6_addr, packet->bytes + DEST_AT, 16);
	if (sendto(fd, packet->bytes, packet->len, 0, (struct sockaddr *)&dest,
		   sizeof(dest)) != (ssize_t)packet->len)
		err(PROG_LOST, "send a packet");
	close(fd);
}

/**
 * watch - listen to a wire
 * @ns: namespace of one end
 * @interface: its name
 *
 * Return: a socket that gets all packets of IPv6 there.
 */
int watch(const char *ns, const char *interface)
{
	struct timeval limit = { .tv_sec = 10 };
	struct sockaddr_ll link = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
	};
	int fd = netns_socket(ns, AF_PACKET, SOCK_DGRAM, 0);

	link.sll_ifindex = index_of(fd, interface);
	if (bind(fd, (struct sockaddr *)&link, sizeof(link)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(PROG_SETUP, "%s", interface);
	return fd;
}

/**
 * on_wire - print the packet that ends with a text: two words, the addresses,
 *	what is behind the header
 * @what: what it should be
 * @fd: what watch() returned
 * @text: the text
 */
void on_wire(const char *what, int fd, const char *text)
{
	struct packet packet;
	size_t tail = strlen(text);
	ssize_t len;

	do {
		len = recv(fd, packet.bytes, sizeof(packet.bytes), 0);
		if (len < 0)
			err(PROG_LOST, "%s: '%s' was not on the wire", what,
			    text);
	} while ((size_t)len < tail ||
		 memcmp(packet.bytes + len - tail, text, tail));
	if (len < HEADER)
		errx(PROG_LOST, "%s: %zd bytes", what, len);
	printf("%s: ", what);
	tell_bytes(packet.bytes, 8);
	printf("\n  ");
	tell_bytes(packet.bytes + 8, 16);
	printf("\n  ");
	tell_bytes(packet.bytes + DEST_AT, 16);
	printf("\n  ");
	tell_bytes(packet.bytes + HEADER, len - HEADER);
	putchar('\n');
}
