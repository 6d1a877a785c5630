/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPv6 extension headers and fragments as bytes: how long a header is, what
 * its options ask for, whether a first fragment shows all headers, where a
 * fragment goes and how large one may be (RFC 8200 section 4, RFC 5095, 5722,
 * 7112, 8504 section 5.3, 8883). Pure.
 */
#ifndef SXT_EXT_H
#define SXT_EXT_H

#include <sextant/pure.h>
#include "why.h"

/* Next Header values that these functions tell apart. */
#define SXT_NH_HOP	0
#define SXT_NH_TCP	6
#define SXT_NH_UDP	17
#define SXT_NH_DCCP	33
#define SXT_NH_IPV6	41
#define SXT_NH_ROUTING	43
#define SXT_NH_FRAGMENT	44
#define SXT_NH_ESP	50
#define SXT_NH_AUTH	51
#define SXT_NH_ICMP	58
#define SXT_NH_NONE	59
#define SXT_NH_DEST	60
#define SXT_NH_SCTP	132
#define SXT_NH_UDPLITE	136

#define SXT_OPT_PAD1	0x00
#define SXT_OPT_PADN	0x01
#define SXT_OPT_ALERT	0x05	/* RFC 2711 */
#define SXT_OPT_JUMBO	0xc2	/* RFC 2675 */

/* Codes of an ICMPv6 parameter problem (RFC 4443, 7112, 8883). */
#define SXT_PROBLEM_FIELD	0
#define SXT_PROBLEM_NEXT_HEADER	1
#define SXT_PROBLEM_OPTION	2
#define SXT_PROBLEM_CHAIN_CUT	3
#define SXT_PROBLEM_HEADER_BIG	6
#define SXT_PROBLEM_CHAIN_LONG	7
#define SXT_PROBLEM_HEADERS	8
#define SXT_PROBLEM_OPTIONS	9
#define SXT_PROBLEM_OPTION_BIG	10

/*
 * Limits of this node (RFC 8504 5.3 lets it have some, RFC 8883 says how it
 * tells): headers in one packet, and bytes of padding in a row. A header has at
 * most 2048 bytes, so these limit the chain's length as well, unless the
 * administrator has a lower limit (max_ext_chain_length).
 */
#define SXT_EXT_HEADERS_MAX	8
#define SXT_EXT_PAD_MAX		7

#define SXT_FRAG_HDR		8
#define SXT_FRAG_PAYLOAD_MAX	65535

/**
 * enum sxt_ext_verdict - what is to be done with a packet
 * @SXT_EXT_OK: go on
 * @SXT_EXT_DROP: discard it and say nothing
 * @SXT_EXT_TELL: discard it, and send a parameter problem
 * @SXT_EXT_TELL_UNICAST: as SXT_EXT_TELL if its destination is no multicast
 *	address, else as SXT_EXT_DROP
 */
enum sxt_ext_verdict {
	SXT_EXT_OK,
	SXT_EXT_DROP,
	SXT_EXT_TELL,
	SXT_EXT_TELL_UNICAST,
};

/**
 * struct sxt_ext_problem - what is wrong with a header
 * @pos: what a parameter problem is to say: offset of the offending byte from
 *	the start of the header
 * @code: the same: SXT_PROBLEM_*
 * @why: what is counted, whether the sender is told or not
 */
struct sxt_ext_problem {
	u32 pos;
	u8 code;
	enum sxt_why why;
};

/**
 * struct sxt_ext_limits - what an options header may have
 * @bytes: its length
 * @options: how many, padding not counted
 * @known_only: an option that this node doesn't know is refused
 * @hop: it is a hop-by-hop header: router alert is known
 * @jumbo: a jumbo payload option is known: the packet is one that receive
 *	offload made of several, and wrote it in
 */
struct sxt_ext_limits {
	u32 bytes;
	u32 options;
	bool known_only;
	bool hop;
	bool jumbo;
};

/**
 * struct sxt_ext_found - what options said
 * @alert: offset of the router alert option in the header, 0: there is none
 * @alert_value: its value, in host order
 * @jumbo: offset of the jumbo payload option, 0: there is none
 */
struct sxt_ext_found {
	u32 alert;
	u16 alert_value;
	u32 jumbo;
};

/**
 * struct sxt_frag - a fragment header
 * @offset: of the data in the fragmentable part, bytes
 * @id: identification
 * @more: other data follows
 * @next: next header; counts in the first fragment only (RFC 8200 4.5)
 */
struct sxt_frag {
	u32 offset;
	u32 id;
	bool more;
	u8 next;
};

/**
 * struct sxt_frag_extent - what is known of a datagram's length
 * @end: where the data ends, as far as seen; bytes of the fragmentable part
 * @last: the last fragment has come: @end is final
 */
struct sxt_frag_extent {
	u32 end;
	bool last;
};

/* Ends that a datagram's fragments may have, in units of 8 bytes from 0 on. */
#define SXT_FRAG_UNITS		(SXT_FRAG_PAYLOAD_MAX / 8 + 2)

/**
 * struct sxt_frag_bounds - where the fragments of a datagram begin and end
 * @words: a bit for each unit of 8 bytes; what is not a multiple of 8, the end
 *	of the last fragment, counts as the next
 */
struct sxt_frag_bounds {
	u32 words[(SXT_FRAG_UNITS + 31) / 32];
};

/**
 * enum sxt_frag_verdict - whether a fragment fits
 * @SXT_FRAG_TAKE: it does; the extent was moved on
 * @SXT_FRAG_EMPTY: it has no data; nothing is to be done but drop it
 * @SXT_FRAG_ODD: not the last, and not a multiple of 8 bytes: parameter
 *	problem, code 0, at the payload length
 * @SXT_FRAG_LONG: the datagram would be longer than 65535 bytes: parameter
 *	problem, code 0, at the fragment offset
 * @SXT_FRAG_CLASH: it says of the datagram's end what another fragment has
 *	denied: the whole datagram goes
 */
enum sxt_frag_verdict {
	SXT_FRAG_TAKE,
	SXT_FRAG_EMPTY,
	SXT_FRAG_ODD,
	SXT_FRAG_LONG,
	SXT_FRAG_CLASH,
};

/**
 * enum sxt_chain_verdict - whether a fragment shows all headers
 * @SXT_CHAIN_WHOLE: it does, the upper-layer header included
 * @SXT_CHAIN_CUT: it ends before they do
 * @SXT_CHAIN_PULL: it has the bytes, but they are not linear
 */
enum sxt_chain_verdict {
	SXT_CHAIN_WHOLE,
	SXT_CHAIN_CUT,
	SXT_CHAIN_PULL,
};

/**
 * sxt_ext_len() - length of an extension header
 * @next: its type; any but that of a fragment or authentication header counts
 *	in units of 8 bytes without the first
 * @field: its second byte
 *
 * Context: any.
 * Return: bytes, 8 to 2048.
 */
static inline u32 sxt_ext_len(u8 next, u8 field)
{
	if (next == SXT_NH_FRAGMENT)
		return SXT_FRAG_HDR;
	if (next == SXT_NH_AUTH)
		return (field + 2u) * 4;
	return (field + 1u) * 8;
}

/**
 * sxt_frag_read() - read a fragment header
 * @hdr: its eight bytes, at any alignment
 * @frag: gets what it says; reserved bits are ignored (RFC 8200 4.5)
 *
 * Context: any.
 */
static inline void sxt_frag_read(const u8 *hdr, struct sxt_frag *frag)
{
	u16 field = get_unaligned_be16(hdr + 2);

	frag->next = hdr[0];
	frag->offset = field & 0xfff8u;
	frag->more = field & 1;
	frag->id = get_unaligned_be32(hdr + 4);
}

enum sxt_ext_verdict __must_check
sxt_ext_options(const u8 *hdr, u32 len, const struct sxt_ext_limits *limits,
		struct sxt_ext_found *found, struct sxt_ext_problem *problem);
enum sxt_ext_verdict __must_check
sxt_ext_routing(const u8 *hdr, struct sxt_ext_problem *problem);
enum sxt_chain_verdict __must_check
sxt_ext_chain(const u8 *pkt, u32 linear, u32 total, u32 off, u8 next,
	      u32 *need);
enum sxt_frag_verdict __must_check
sxt_frag_place(struct sxt_frag_extent *extent, const struct sxt_frag *frag,
	       u32 before, u32 len);
void sxt_frag_note(struct sxt_frag_bounds *bounds, u32 offset, u32 len);
bool __must_check sxt_frag_same(const struct sxt_frag_bounds *bounds,
				u32 offset, u32 len);
u32 sxt_frag_room(u32 mtu, u32 before);

#endif /* SXT_EXT_H */
