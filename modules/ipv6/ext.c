// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads extension headers and places fragments: bytes and numbers in, verdict
 * out. What becomes of the packet is decided in exthdr.c, frag_in.c and
 * frag_out.c.
 */
#include "ext.h"

static enum sxt_ext_verdict tell(struct sxt_ext_problem *problem,
				 enum sxt_why why, u8 code, u32 pos)
{
	problem->why = why;
	problem->code = code;
	problem->pos = pos;
	return SXT_EXT_TELL;
}

/*
 * RFC 8504 5.3, RFC 8883 2.7: padding is for alignment to at most 8 bytes, and
 * its bytes are zero (RFC 8200 4.2); more of it is a covert channel or a way to
 * keep the node busy. @run counts what stands in a row.
 */
static enum sxt_ext_verdict opt_padding(const u8 *hdr, u32 off, u32 size,
					u32 *run,
					struct sxt_ext_problem *problem)
{
	u32 i;

	*run += size;
	if (*run > SXT_EXT_PAD_MAX)
		return tell(problem, SXT_WHY_PADDING_LONG,
			    SXT_PROBLEM_OPTION_BIG, off);
	for (i = 2; i < size; i++)
		if (hdr[off + i])
			return tell(problem, SXT_WHY_PADDING_DATA,
				    SXT_PROBLEM_FIELD, off + i);
	return SXT_EXT_OK;
}

/* RFC 8200 4.2: the two highest bits say what to do. */
static enum sxt_ext_verdict opt_unknown(u8 type, u32 off,
					const struct sxt_ext_limits *limits,
					struct sxt_ext_problem *problem)
{
	problem->why = SXT_WHY_OPTION_UNKNOWN;
	if (limits->known_only)
		return SXT_EXT_DROP;
	problem->code = SXT_PROBLEM_OPTION;
	problem->pos = off;
	switch (type >> 6) {
	case 0:
		return SXT_EXT_OK;
	case 1:
		return SXT_EXT_DROP;
	case 2:
		return SXT_EXT_TELL;
	default:
		return SXT_EXT_TELL_UNICAST;
	}
}

static enum sxt_ext_verdict opt_read(const u8 *hdr, u32 off, u32 size,
				     const struct sxt_ext_limits *limits,
				     struct sxt_ext_found *found,
				     struct sxt_ext_problem *problem)
{
	u8 type = hdr[off];

	if (type == SXT_OPT_ALERT && limits->hop) {
		/* RFC 2711 2.1: two bytes of value, and one such option */
		if (size != 4)
			return tell(problem, SXT_WHY_OPTION_LENGTH,
				    SXT_PROBLEM_FIELD, off + 1);
		if (found->alert)
			return tell(problem, SXT_WHY_OPTION_TWICE,
				    SXT_PROBLEM_FIELD, off);
		found->alert = off;
		found->alert_value = get_unaligned_be16(hdr + off + 2);
		return SXT_EXT_OK;
	}
	if (type == SXT_OPT_JUMBO && limits->hop && limits->jumbo) {
		if (size != 6)
			return tell(problem, SXT_WHY_OPTION_LENGTH,
				    SXT_PROBLEM_FIELD, off + 1);
		found->jumbo = off;
		return SXT_EXT_OK;
	}
	return opt_unknown(type, off, limits, problem);
}

/**
 * sxt_ext_options() - read a hop-by-hop or destination options header
 * @hdr: its first byte, at any alignment
 * @len: its length by sxt_ext_len(); so many bytes can be read
 * @limits: what it may have
 * @found: gets what the options said; complete only on SXT_EXT_OK
 * @problem: gets the reason, unless all is well; and what to tell, on
 *	SXT_EXT_TELL and SXT_EXT_TELL_UNICAST
 *
 * RFC 8200 4.2: options in their order, those that are not known by the
 * highest bits of their type. A length that leads out of the header is an
 * erroneous field (RFC 4443 3.4). Limits are told with the codes of RFC 8883.
 *
 * Context: any.
 * Return: what is to be done with the packet.
 */
enum sxt_ext_verdict
sxt_ext_options(const u8 *hdr, u32 len, const struct sxt_ext_limits *limits,
		struct sxt_ext_found *found, struct sxt_ext_problem *problem)
{
	u32 off, size, run = 0, count = 0;
	enum sxt_ext_verdict verdict;

	memset(found, 0, sizeof(*found));
	if (len > limits->bytes)
		return tell(problem, SXT_WHY_EXT_LONG, SXT_PROBLEM_HEADER_BIG,
			    0);
	for (off = 2; off < len; off += size) {
		size = 1;
		if (hdr[off] != SXT_OPT_PAD1) {
			if (len - off < 2)
				return tell(problem, SXT_WHY_OPTION_PAST_END,
					    SXT_PROBLEM_FIELD, off);
			size = 2u + hdr[off + 1];
			if (size > len - off)
				return tell(problem, SXT_WHY_OPTION_PAST_END,
					    SXT_PROBLEM_FIELD, off + 1);
		}
		if (hdr[off] <= SXT_OPT_PADN) {
			verdict = opt_padding(hdr, off, size, &run, problem);
		} else {
			run = 0;
			if (++count > limits->options)
				return tell(problem, SXT_WHY_OPTIONS_TOO_MANY,
					    SXT_PROBLEM_OPTIONS, off);
			verdict = opt_read(hdr, off, size, limits, found,
					   problem);
		}
		if (verdict != SXT_EXT_OK)
			return verdict;
	}
	return SXT_EXT_OK;
}

/**
 * sxt_ext_routing() - read a routing header
 * @hdr: its first byte; four bytes can be read
 * @problem: gets the reason and what to tell, on SXT_EXT_TELL
 *
 * This node takes part in no kind of source routing: type 0 is not to be
 * processed by anybody (RFC 5095 section 3), the others are of use to nodes
 * set up for them only. RFC 8200 4.4: with no segment left the header is
 * ignored, else the routing type is a problem.
 *
 * Context: any.
 * Return: SXT_EXT_OK or SXT_EXT_TELL.
 */
enum sxt_ext_verdict sxt_ext_routing(const u8 *hdr,
				     struct sxt_ext_problem *problem)
{
	if (!hdr[3])
		return SXT_EXT_OK;
	return tell(problem, SXT_WHY_ROUTING_SEGMENTS, SXT_PROBLEM_FIELD, 2);
}

/* The least that is the header of an upper layer. */
static u32 upper_len(u8 next)
{
	switch (next) {
	case SXT_NH_NONE:
		return 0;
	case SXT_NH_UDP:
	case SXT_NH_UDPLITE:
	case SXT_NH_ESP:
	case SXT_NH_ICMP:
		return 8;
	case SXT_NH_DCCP:
	case SXT_NH_SCTP:
		return 12;
	case SXT_NH_TCP:
		return 20;
	case SXT_NH_IPV6:
		return 40;
	default:
		return 1;
	}
}

static bool is_extension(u8 next)
{
	return next == SXT_NH_HOP || next == SXT_NH_ROUTING ||
	       next == SXT_NH_FRAGMENT || next == SXT_NH_AUTH ||
	       next == SXT_NH_DEST;
}

/**
 * sxt_ext_chain() - does a first fragment show all headers?
 * @pkt: the packet, from any point before @off
 * @linear: how many bytes can be read there
 * @total: how many the packet has from there
 * @off: of the header to begin with, the one behind the fragment header
 * @next: its type
 * @need: on SXT_CHAIN_PULL: this many bytes must be linear
 *
 * RFC 7112 section 5. What comes behind SXT_EXT_HEADERS_MAX headers is not
 * looked at: the packet won't get that far.
 *
 * Context: any.
 * Return: whether it does, or that more bytes must be made readable.
 */
enum sxt_chain_verdict sxt_ext_chain(const u8 *pkt, u32 linear, u32 total,
				     u32 off, u8 next, u32 *need)
{
	unsigned int headers;
	u32 size;

	for (headers = 0; headers < SXT_EXT_HEADERS_MAX; headers++) {
		if (!is_extension(next)) {
			if (off > total || total - off < upper_len(next))
				return SXT_CHAIN_CUT;
			return SXT_CHAIN_WHOLE;
		}
		if (off > total || total - off < 8)
			return SXT_CHAIN_CUT;
		*need = off + 8;
		if (linear < *need)
			return SXT_CHAIN_PULL;
		size = sxt_ext_len(next, pkt[off + 1]);
		/* A fragment of a fragment: its chain is elsewhere. */
		if (next == SXT_NH_FRAGMENT &&
		    get_unaligned_be16(pkt + off + 2) & 0xfff8)
			return SXT_CHAIN_WHOLE;
		next = pkt[off];
		off += size;
	}
	return SXT_CHAIN_WHOLE;
}

/**
 * sxt_frag_place() - does a fragment fit what is known of its datagram?
 * @extent: what is known; moved on by SXT_FRAG_TAKE, else left alone
 * @frag: the fragment's header
 * @before: bytes of headers between the IPv6 and the fragment header
 * @len: bytes of data behind the fragment header
 *
 * RFC 8200 4.5. Whether the data overlaps with that of another fragment (RFC
 * 5722) is for the queue to find, which has them in order.
 *
 * Context: any; the caller has the datagram's queue locked.
 * Return: what to do with it.
 */
enum sxt_frag_verdict sxt_frag_place(struct sxt_frag_extent *extent,
				     const struct sxt_frag *frag, u32 before,
				     u32 len)
{
	u32 end;

	if (!len)
		return SXT_FRAG_EMPTY;
	if (frag->more && len % 8)
		return SXT_FRAG_ODD;
	if (len > SXT_FRAG_PAYLOAD_MAX || before > SXT_FRAG_PAYLOAD_MAX ||
	    before + frag->offset + len > SXT_FRAG_PAYLOAD_MAX)
		return SXT_FRAG_LONG;
	end = frag->offset + len;

	if (frag->more) {
		if (extent->last && end >= extent->end)
			return SXT_FRAG_CLASH;
		if (end > extent->end)
			extent->end = end;
		return SXT_FRAG_TAKE;
	}
	if (end < extent->end || (extent->last && end != extent->end))
		return SXT_FRAG_CLASH;
	/* RFC 8200 4.5: others have said that something comes behind this. */
	if (!extent->last && end == extent->end)
		return SXT_FRAG_CLASH;
	extent->end = end;
	extent->last = true;
	return SXT_FRAG_TAKE;
}

static bool bound_at(const struct sxt_frag_bounds *bounds, u32 unit)
{
	return bounds->words[unit / 32] >> unit % 32 & 1;
}

static void bound_set(struct sxt_frag_bounds *bounds, u32 unit)
{
	bounds->words[unit / 32] |= (u32)1 << unit % 32;
}

/**
 * sxt_frag_note() - a fragment is one of its datagram's
 * @bounds: of the datagram
 * @offset: of the fragment, as sxt_frag_place() has taken it
 * @len: bytes of its data
 *
 * Context: any; the caller has the datagram's queue locked.
 */
void sxt_frag_note(struct sxt_frag_bounds *bounds, u32 offset, u32 len)
{
	bound_set(bounds, offset / 8);
	bound_set(bounds, (offset + len + 7) / 8);
}

/**
 * sxt_frag_same() - is a fragment one that has come already?
 * @bounds: of the datagram
 * @offset: of the fragment, as sxt_frag_place() has taken it
 * @len: bytes of its data, all of which others have brought
 *
 * RFC 8200 4.5: one that begins and ends where one of those did, and not only
 * lies within one of them or over several.
 *
 * Context: any; the caller has the datagram's queue locked.
 * Return: true: it is, and may be ignored; else the datagram is no good.
 */
bool sxt_frag_same(const struct sxt_frag_bounds *bounds, u32 offset, u32 len)
{
	u32 unit = offset / 8, end = (offset + len + 7) / 8;

	if (!bound_at(bounds, unit) || !bound_at(bounds, end))
		return false;
	while (++unit < end)
		if (bound_at(bounds, unit))
			return false;
	return true;
}

/**
 * sxt_frag_room() - how much data fits in a fragment
 * @mtu: bytes that a packet may have
 * @before: bytes of the IPv6 header and the others of the unfragmentable part
 *
 * Context: any.
 * Return: a multiple of 8, or 0: not even 8 bytes fit.
 */
u32 sxt_frag_room(u32 mtu, u32 before)
{
	if (before > mtu || mtu - before < SXT_FRAG_HDR + 8)
		return 0;
	return (mtu - before - SXT_FRAG_HDR) & ~7u;
}
