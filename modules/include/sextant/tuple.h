/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a packet shows to selectors (RFC 4301 4.4.1.1), read from its headers:
 * addresses, next layer protocol, ports or ICMP type and code. Says also where
 * a transport mode security header goes. Checks no more of the headers than it
 * needs to read them; checksums, options and routing are the stack's business.
 */
#ifndef SEXTANT_TUPLE_H
#define SEXTANT_TUPLE_H

#include <sextant/addr.h>

/* The values of AF_INET, AF_INET6 and enum sextant_family. */
#define SXT_IPV4	2
#define SXT_IPV6	10

#define SXT_PROTO_HOPOPT	0
#define SXT_PROTO_ICMP		1
#define SXT_PROTO_TCP		6
#define SXT_PROTO_UDP		17
#define SXT_PROTO_DCCP		33
#define SXT_PROTO_ROUTING	43
#define SXT_PROTO_FRAGMENT	44
#define SXT_PROTO_ESP		50
#define SXT_PROTO_AH		51
#define SXT_PROTO_ICMPV6	58
#define SXT_PROTO_NONE		59
#define SXT_PROTO_DSTOPTS	60
#define SXT_PROTO_SCTP		132
#define SXT_PROTO_UDPLITE	136

#define SXT_TUPLE_WORDS	6
#define SXT_IPV4_HDR	20	/* without options */
#define SXT_IPV6_HDR	40

/*
 * RFC 8200 4.1 lets a chain of extension headers be of any length, RFC 8504
 * 5.3 lets a host limit it. Past either of these a packet is refused.
 */
#define SXT_CHAIN_HEADERS	8
#define SXT_CHAIN_BYTES		2048

/* An ICMP type and code as RFC 4301 4.4.1.1 compares them. */
#define SXT_ICMP(type, code)	((u16)((type) << 8 | (code)))

/**
 * enum sxt_tuple_flag - what is known of the upper layer
 * @SXT_TUPLE_PROTO: the next layer protocol
 * @SXT_TUPLE_PORTS: @sport and @dport are the packet's
 * @SXT_TUPLE_ICMP: @icmp is the packet's
 * @SXT_TUPLE_FRAGMENT: a fragment that is not the first: ports and ICMP type
 *	are OPAQUE (RFC 4301 4.4.1)
 * @SXT_TUPLE_FIRST: the first of several fragments
 * @SXT_TUPLE_CLAIMED: the protocol is what an IPv6 fragment that is not the
 *	first says. Reassembly ignores it (RFC 8200 4.5), so a stranger may
 *	write anything there; see sxt_tuple_distrust()
 * @SXT_TUPLE_STUB: has ports or an ICMP type by its protocol, and is too short
 *	for them: as good as OPAQUE
 */
enum sxt_tuple_flag {
	SXT_TUPLE_PROTO = 0x01,
	SXT_TUPLE_PORTS = 0x02,
	SXT_TUPLE_ICMP = 0x04,
	SXT_TUPLE_FRAGMENT = 0x08,
	SXT_TUPLE_FIRST = 0x10,
	SXT_TUPLE_CLAIMED = 0x20,
	SXT_TUPLE_STUB = 0x40,
};

/**
 * struct sxt_tuple - what a packet shows to selectors
 * @src: source address
 * @dst: destination address as the header has it now; with a routing header,
 *	the next stop
 * @sport: source port, host order; 0 without SXT_TUPLE_PORTS or _ICMP
 * @icmp: in its place: SXT_ICMP(type, code)
 * @dport: destination port, host order; else 0
 * @family: SXT_IPV4 or SXT_IPV6
 * @proto: next layer protocol; 0 without SXT_TUPLE_PROTO. AH and ESP count as
 *	protocols (RFC 4301 4.4.1.1)
 * @flags: enum sxt_tuple_flag
 * @pad: zero
 * @ports: @sport to @pad as one word
 * @ifindex: interface; the parsers leave it 0, the caller fills it in
 * @pad2: zero
 * @where: @ifindex and @pad2 as one word
 * @w: all of it as words
 *
 * No hole and no stale byte: equal tuples are equal as six words.
 */
struct sxt_tuple {
	union {
		struct {
			struct sxt_addr src;
			struct sxt_addr dst;
			union {
				struct {
					union {
						u16 sport;
						u16 icmp;
					};
					u16 dport;
					u8 family;
					u8 proto;
					u8 flags;
					u8 pad;
				};
				u64 ports;
			};
			union {
				struct {
					u32 ifindex;
					u32 pad2;
				};
				u64 where;
			};
		};
		u64 w[SXT_TUPLE_WORDS];
	};
};

static_assert(sizeof(struct sxt_tuple) == SXT_TUPLE_WORDS * sizeof(u64),
	      "a tuple has a hole");

/**
 * struct sxt_hdr_info - where things are in the packet, offsets in bytes
 * @upper: the next layer header, or AH or ESP; in a fragment that is not the
 *	first, what follows the fragment header
 * @insert: where a transport mode AH or ESP header goes: behind hop-by-hop
 *	options, routing and fragment headers, before destination options that
 *	follow them (RFC 4303 3.1.1, RFC 4302 3.1.1)
 * @next: the byte that names the header at @insert, and is to be patched
 * @need: after SXT_TUPLE_PULL: this many bytes must be linear
 */
struct sxt_hdr_info {
	u16 upper;
	u16 insert;
	u16 next;
	u16 need;
};

/**
 * enum sxt_tuple_verdict - how reading a packet's headers went
 * @SXT_TUPLE_OK: tuple and info are complete
 * @SXT_TUPLE_PULL: the packet has the bytes, but they are not linear; make
 *	info->need bytes so and ask again
 * @SXT_TUPLE_SHORT: the packet is shorter than its headers say
 * @SXT_TUPLE_HEADER: version or length in the IP header is impossible
 * @SXT_TUPLE_CHAIN: extension headers malformed, or not all in the first
 *	fragment (RFC 7112)
 * @SXT_TUPLE_LIMIT: too many extension headers, or too many bytes of them
 */
enum sxt_tuple_verdict {
	SXT_TUPLE_OK,
	SXT_TUPLE_PULL,
	SXT_TUPLE_SHORT,
	SXT_TUPLE_HEADER,
	SXT_TUPLE_CHAIN,
	SXT_TUPLE_LIMIT,
};

enum sxt_tuple_verdict __must_check
sxt_tuple_ipv4_any(const u8 *pkt, u32 len, u32 total, struct sxt_tuple *t,
		   struct sxt_hdr_info *info);
enum sxt_tuple_verdict __must_check
sxt_tuple_ipv6_any(const u8 *pkt, u32 len, u32 total, struct sxt_tuple *t,
		   struct sxt_hdr_info *info);

/**
 * sxt_tuple_put_ipv4() - fill an address from four bytes of a packet
 * @a: the address
 * @p: the bytes, at any alignment
 */
static inline void sxt_tuple_put_ipv4(struct sxt_addr *a, const u8 *p)
{
	a->q[0] = 0;
	a->q[1] = 0;
	memcpy(a->b, p, 4);
}

/**
 * sxt_tuple_ipv4() - read an IPv4 packet
 * @pkt: its first byte, at any alignment
 * @len: how many bytes can be read there
 * @total: length of the whole packet, at least @len
 * @t: the tuple; complete only on SXT_TUPLE_OK
 * @info: where things are
 *
 * The usual packet, UDP or TCP, no options, no fragment, is read here; all
 * others by sxt_tuple_ipv4_any(), which gives the same answer for this one.
 *
 * Context: any.
 * Return: SXT_TUPLE_OK, _PULL, or why the packet can't be read.
 */
static inline enum sxt_tuple_verdict __must_check
sxt_tuple_ipv4(const u8 *pkt, u32 len, u32 total, struct sxt_tuple *t,
	       struct sxt_hdr_info *info)
{
	u32 claimed;
	u8 proto;

	if (len < SXT_IPV4_HDR + 4 || pkt[0] != 0x45)
		goto any;
	proto = pkt[9];
	claimed = get_unaligned_be16(pkt + 2);
	if ((proto != SXT_PROTO_UDP && proto != SXT_PROTO_TCP) ||
	    (get_unaligned_be16(pkt + 6) & 0x3fff) ||
	    claimed < SXT_IPV4_HDR + 4 || claimed > total)
		goto any;
	sxt_tuple_put_ipv4(&t->src, pkt + 12);
	sxt_tuple_put_ipv4(&t->dst, pkt + 16);
	t->sport = get_unaligned_be16(pkt + SXT_IPV4_HDR);
	t->dport = get_unaligned_be16(pkt + SXT_IPV4_HDR + 2);
	t->family = SXT_IPV4;
	t->proto = proto;
	t->flags = SXT_TUPLE_PROTO | SXT_TUPLE_PORTS;
	t->pad = 0;
	t->where = 0;
	info->upper = SXT_IPV4_HDR;
	info->insert = SXT_IPV4_HDR;
	info->next = 9;
	info->need = 0;
	return SXT_TUPLE_OK;
any:
	return sxt_tuple_ipv4_any(pkt, len, total, t, info);
}

/**
 * sxt_tuple_ipv6() - read an IPv6 packet
 * @pkt: its first byte, at any alignment
 * @len: how many bytes can be read there
 * @total: length of the whole packet, at least @len
 * @t: the tuple; complete only on SXT_TUPLE_OK
 * @info: where things are
 *
 * UDP or TCP right behind the IPv6 header is read here; all other packets by
 * sxt_tuple_ipv6_any(), which gives the same answer for these.
 *
 * Context: any.
 * Return: SXT_TUPLE_OK, _PULL, or why the packet can't be read.
 */
static inline enum sxt_tuple_verdict __must_check
sxt_tuple_ipv6(const u8 *pkt, u32 len, u32 total, struct sxt_tuple *t,
	       struct sxt_hdr_info *info)
{
	u32 payload;
	u8 proto;

	if (len < SXT_IPV6_HDR + 4 || (pkt[0] & 0xf0) != 0x60)
		goto any;
	proto = pkt[6];
	payload = get_unaligned_be16(pkt + 4);
	if ((proto != SXT_PROTO_UDP && proto != SXT_PROTO_TCP) ||
	    payload < 4 || SXT_IPV6_HDR + payload > total)
		goto any;
	memcpy(t->src.b, pkt + 8, 16);
	memcpy(t->dst.b, pkt + 24, 16);
	t->sport = get_unaligned_be16(pkt + SXT_IPV6_HDR);
	t->dport = get_unaligned_be16(pkt + SXT_IPV6_HDR + 2);
	t->family = SXT_IPV6;
	t->proto = proto;
	t->flags = SXT_TUPLE_PROTO | SXT_TUPLE_PORTS;
	t->pad = 0;
	t->where = 0;
	info->upper = SXT_IPV6_HDR;
	info->insert = SXT_IPV6_HDR;
	info->next = 6;
	info->need = 0;
	return SXT_TUPLE_OK;
any:
	return sxt_tuple_ipv6_any(pkt, len, total, t, info);
}

/**
 * sxt_tuple_equal() - compare two tuples, interface and flags included
 * @a: one
 * @b: the other
 *
 * Return: true if every field is the same.
 */
static inline bool sxt_tuple_equal(const struct sxt_tuple *a,
				   const struct sxt_tuple *b)
{
	return !((a->src.q[0] ^ b->src.q[0]) | (a->src.q[1] ^ b->src.q[1]) |
		 (a->dst.q[0] ^ b->dst.q[0]) | (a->dst.q[1] ^ b->dst.q[1]) |
		 (a->ports ^ b->ports) | (a->where ^ b->where));
}

/**
 * sxt_tuple_opaque() - tell whether something that selectors ask is hidden
 * @t: the tuple
 *
 * Such a packet may belong to a policy that it doesn't show to belong to; see
 * sxt_selector_may_match().
 *
 * Return: true for fragments that are not the first, and stubs.
 */
static inline bool sxt_tuple_opaque(const struct sxt_tuple *t)
{
	return t->flags & (SXT_TUPLE_FRAGMENT | SXT_TUPLE_STUB);
}

/**
 * sxt_tuple_distrust() - forget a protocol that is only claimed
 * @t: tuple of a packet that came in clear
 *
 * A fragment that came in clear could claim a protocol that may pass in clear
 * and be put together with fragments that came protected (RFC 4301 7.4). What
 * came through an SA or is sent from here is believed, so that an SA for one
 * protocol carries its fragments as RFC 4301 7.1 demands.
 */
static inline void sxt_tuple_distrust(struct sxt_tuple *t)
{
	if (t->flags & SXT_TUPLE_CLAIMED) {
		t->flags &= (u8)~(SXT_TUPLE_CLAIMED | SXT_TUPLE_PROTO);
		t->proto = 0;
	}
}

/**
 * sxt_tuple_reverse() - the tuple of the answer to a packet
 * @t: the packet's
 * @r: the answer's; addresses and ports swapped. An ICMP type stays, as both
 *	sides of an SPD entry have the same (RFC 4301 4.4.1)
 */
static inline void sxt_tuple_reverse(const struct sxt_tuple *t,
				     struct sxt_tuple *r)
{
	*r = *t;
	r->src = t->dst;
	r->dst = t->src;
	if (t->flags & SXT_TUPLE_PORTS) {
		r->sport = t->dport;
		r->dport = t->sport;
	}
}

#endif /* SEXTANT_TUPLE_H */
