/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of RFC 4443 for errors, as bytes and numbers: which packet may be
 * answered by one, how much of it is quoted, what a received one means to a
 * program. No side effects, no allocation; pure.
 */
#ifndef SXT_ICMP_RULE_H
#define SXT_ICMP_RULE_H

#include <sextant/pure.h>

#define SXT_ICMP_HDR		8u
#define SXT_ICMP_V6_HDR		40u
#define SXT_ICMP_MTU_MIN	1280u

#define SXT_ICMP_UNREACH	1
#define SXT_ICMP_TOO_BIG	2
#define SXT_ICMP_TIME		3
#define SXT_ICMP_PARAM		4
#define SXT_ICMP_INFO		128	/* from here on no errors */
#define SXT_ICMP_REDIRECT	137
#define SXT_ICMP_NEXTHDR	58

#define SXT_ICMP_PARAM_OPTION	2	/* code: unrecognized IPv6 option */

/**
 * struct sxt_icmp_about - a packet that an error would be about
 * @src: its source address
 * @dst: its destination address
 * @src_anycast: the source is known to be an anycast address
 * @link_multicast: it came as a link-layer multicast or broadcast
 * @chain_known: the headers up to the upper layer's could be walked
 * @upper: next header number of the upper layer; only if @chain_known
 * @later_fragment: a fragment other than the first: there is no upper header
 * @inner_known: @upper is ICMPv6 and its type was there to be read
 * @inner_type: the type
 */
struct sxt_icmp_about {
	const u8 *src;
	const u8 *dst;
	bool src_anycast;
	bool link_multicast;
	bool chain_known;
	u8 upper;
	bool later_fragment;
	bool inner_known;
	u8 inner_type;
};

/**
 * enum sxt_icmp_may - may an error be sent?
 * @SXT_ICMP_MAY: yes
 * @SXT_ICMP_NOT_ERROR: it is an error itself, or may be (e.1)
 * @SXT_ICMP_NOT_REDIRECT: it is a redirect (e.2)
 * @SXT_ICMP_NOT_MULTICAST: it was sent to many (e.3, e.4, e.5)
 * @SXT_ICMP_NOT_SOURCE: its source is not one node (e.6)
 */
enum sxt_icmp_may {
	SXT_ICMP_MAY,
	SXT_ICMP_NOT_ERROR,
	SXT_ICMP_NOT_REDIRECT,
	SXT_ICMP_NOT_MULTICAST,
	SXT_ICMP_NOT_SOURCE,
};

/**
 * sxt_icmp_may_answer() - may a packet be answered by an error?
 * @about: the packet
 * @type: of the error
 * @code: of the error
 *
 * RFC 4443 2.4 (e), in the order in which they are listed. A later fragment of
 * an ICMPv6 message may belong to an error: it is not answered. A packet whose
 * headers end early is no ICMPv6 message and may be.
 *
 * Context: any.
 * Return: the verdict.
 */
enum sxt_icmp_may sxt_icmp_may_answer(const struct sxt_icmp_about *about,
				      u8 type, u8 code);

/**
 * sxt_icmp_quote_len() - how much of a packet goes into an error
 * @packet_len: length of the packet from its IPv6 header on, in bytes
 *
 * As much as possible without the error growing over the minimum MTU
 * (RFC 4443 2.4 (c)).
 *
 * Context: any.
 * Return: bytes.
 */
u32 sxt_icmp_quote_len(u32 packet_len);

/**
 * sxt_icmp_errno() - what a received error means to a program
 * @type: of the error
 * @code: of the error
 * @err: the positive errno is put here
 *
 * The numbers that Linux programs expect; which are hard goes by RFC 1122
 * 4.2.3.9 carried over: what an administrator or the peer itself said.
 *
 * Context: any.
 * Return: true: it won't get better by itself, a connection is to be told.
 */
bool sxt_icmp_errno(u8 type, u8 code, int *err);

#endif /* SXT_ICMP_RULE_H */
