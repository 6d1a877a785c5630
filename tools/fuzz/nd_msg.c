// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes neighbour discovery messages. Input: choices, then an IPv6 packet, as
 * much of which the choices say is made right first. What must hold: nothing is
 * read past the end; a message is valid if the check on the IPsec side finds the
 * packet so; everything that is told lies in the message; the options are gone
 * through once, to the end; prefixes are the bits that were sent, and no more.
 */
#include "../../modules/ipv6/nd_msg.c"
#include "fuzz.h"

static bool within(const struct sxt_nd_packet *p, const u8 *what, u32 len)
{
	return !what || (what >= p->msg && what <= p->msg + p->len &&
			 len <= (u32)(p->msg + p->len - what));
}

static bool prefix_is(const u8 *got, const u8 *sent, u32 have, u32 plen)
{
	u32 i;

	for (i = 0; i < 128; i++) {
		u8 bit = got[i / 8] >> (7 - i % 8) & 1;
		u8 want = 0;

		if (i < plen && i / 8 < have)
			want = sent[i / 8] >> (7 - i % 8) & 1;
		if (bit != want)
			return false;
	}
	return true;
}

/* An option alone, so that nothing behind it may be read. */
static void look_at_option(const u8 *opt, u32 len)
{
	u8 *copy = fuzz_copy(opt, len);
	struct sxt_nd_prefix prefix;
	struct sxt_nd_route route;
	u8 pref = copy[3] / 8 % 4;
	bool fits;

	FUZZ_ASSERT(sxt_nd_prefix_read(copy, len, &prefix) ==
		    (len == 32 && copy[2] <= 128));
	if (len == 32 && copy[2] <= 128) {
		FUZZ_ASSERT(prefix.plen == copy[2]);
		FUZZ_ASSERT(prefix_is(prefix.prefix, copy + 16, 16, copy[2]));
		FUZZ_ASSERT(prefix.valid == get_unaligned_be32(copy + 4));
		FUZZ_ASSERT(prefix.preferred == get_unaligned_be32(copy + 8));
		FUZZ_ASSERT(prefix.on_link == copy[3] / 128);
		FUZZ_ASSERT(prefix.autoconf == copy[3] / 64 % 2);
	}
	/* RFC 4191 2.3: by length 1, 2 and 3. */
	fits = len == 24 ? copy[2] <= 128 : len == 16 ? copy[2] <= 64 :
	       len == 8 && !copy[2];
	FUZZ_ASSERT(sxt_nd_route_read(copy, len, &route) == (fits && pref != 2));
	if (fits && pref != 2) {
		FUZZ_ASSERT(route.plen == copy[2] && route.pref == pref);
		FUZZ_ASSERT(prefix_is(route.prefix, copy + 8, len - 8, copy[2]));
		FUZZ_ASSERT(route.lifetime == get_unaligned_be32(copy + 4));
	}
	if (sxt_nd_option_for_user(copy))
		FUZZ_ASSERT(strchr("\x03\x19\x1f\x22\x25\x26", copy[0]));
	fuzz_free(copy, len);
}

static void look_at_options(const struct sxt_nd_packet *p,
			    const struct sxt_nd_msg *m)
{
	u32 n = 0, link = sxt_nd_link_option_len(p->link_len, p->link_pad);
	const u8 *opt = NULL, *end = m->opts, *first[256] = { NULL };
	bool source = m->type != 136 && m->type != 137;
	const u8 *addr;

	FUZZ_ASSERT(link % 8 == 0 && link >= p->link_len + p->link_pad + 2u);
	FUZZ_ASSERT(m->opts + m->opts_len == p->msg + p->len);
	while ((opt = sxt_nd_option_next(m, opt))) {
		u32 len = sxt_nd_option_len(opt);

		FUZZ_ASSERT(opt == end && len && len % 8 == 0);
		FUZZ_ASSERT(within(p, opt, len) && ++n <= p->len / 8);
		end = opt + len;
		look_at_option(opt, len);
		if (!first[opt[0]])
			first[opt[0]] = opt;
	}
	FUZZ_ASSERT(end == p->msg + p->len);
	/* The first of its kind is the one that counts. */
	FUZZ_ASSERT(m->nonce == (first[14] ? first[14] + 2 : NULL));
	FUZZ_ASSERT(!m->nonce ||
		    m->nonce_len == sxt_nd_option_len(first[14]) - 2);
	opt = first[source ? 1 : 2];
	addr = opt && p->link_len ? opt + 2 + p->link_pad : NULL;
	FUZZ_ASSERT((source ? m->slla : m->tlla) == addr);
	FUZZ_ASSERT(!(source ? m->tlla : m->slla));
	FUZZ_ASSERT(!addr || sxt_nd_option_len(opt) == link);
}

static void look_at_fields(const struct sxt_nd_packet *p,
			   const struct sxt_nd_msg *m)
{
	bool target = m->type == 135 || m->type == 136 || m->type == 137;

	FUZZ_ASSERT(m->type == p->msg[0]);
	FUZZ_ASSERT(within(p, m->target, 16) && within(p, m->dest, 16));
	FUZZ_ASSERT(within(p, m->slla, p->link_len));
	FUZZ_ASSERT(within(p, m->tlla, p->link_len));
	FUZZ_ASSERT(within(p, m->nonce, m->nonce_len));
	FUZZ_ASSERT(!m->target == !target && !m->dest == (m->type != 137));
	FUZZ_ASSERT(m->pref != 2 && m->pref <= 3);
	FUZZ_ASSERT(!m->pref || (m->type == 134 && m->lifetime));
	FUZZ_ASSERT(!m->mtu || m->type == 134);
}

/* Options that follow each other to the end, some of them known ones. */
static void help_options(u8 *p, u32 at, u32 n)
{
	static const u8 known[] = { 1, 2, 3, 5, 14, 24, 25, 1 };

	while (at + 8 <= n) {
		if (p[at] < 0xc0)
			p[at] = known[p[at] % 8];
		p[at + 1] %= 5;
		if (!p[at + 1] || p[at + 1] * 8u > n - at)
			p[at + 1] = 1;
		at += p[at + 1] * 8u;
	}
}

static void help(u8 *p, u32 n, u8 choice, u8 more)
{
	if (n < 48)
		return;
	p[0] = 0x60;
	p[4] = (u8)((n - 40) >> 8);
	p[5] = (u8)(n - 40);
	p[6] = 58;
	p[7] = more & 16 ? 254 : 255;
	p[40] = (u8)(133 + choice % 5);
	p[41] = 0;
	p[8] = 0xfe;
	p[9] = 0x80;
	p[24] = choice & 8 ? 0x20 : 0xfe;
	p[25] = choice & 8 ? 0x01 : 0x80;
	if (choice & 16)
		help_options(p, 40 + fixed_len(p[40]), n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u8 link_lens[] = { 0, 6, 6, 8, 20, 2, 14, 255 };
	struct fuzz_in in = { data, size };
	u8 choice = fuzz_u8(&in), more = fuzz_u8(&in), *copy;
	enum sxt_nd_verdict whole, got;
	struct sxt_nd_packet p;
	struct sxt_nd_msg m;
	u32 n = (u32)in.left;

	if (n < 40 || n > 65575)
		return 0;
	/* Mostly of a length that a message can have */
	if (choice & 0x40)
		n &= ~7u;
	copy = fuzz_copy(in.p, n);
	if (choice & 0x80)
		help(copy, n, choice, more);
	/* What is of the IPv6 header is right, so that the messages differ. */
	copy[0] = 0x60;
	copy[4] = (u8)((n - 40) >> 8);
	copy[5] = (u8)(n - 40);
	copy[6] = 58;
	p = (struct sxt_nd_packet){
		.src = copy + 8,
		.dst = copy + 24,
		.msg = copy + 40,
		.len = n - 40,
		.hop_limit = copy[7],
		.link_len = link_lens[more % 8],
		.link_pad = more & 8 ? 2 : 0,
	};
	whole = sxt_nd_check(copy, n, true);
	got = sxt_nd_msg_read(&p, &m);
	/* The size of a link-layer address is what only this side knows. */
	if (got != SXT_ND_OK)
		FUZZ_ASSERT(whole != SXT_ND_OK ||
			    (p.link_len && got == SXT_ND_OPTION));
	else
		FUZZ_ASSERT(whole == SXT_ND_OK);
	if (got == SXT_ND_OK) {
		look_at_fields(&p, &m);
		look_at_options(&p, &m);
	}
	p.fragment = true;
	FUZZ_ASSERT(sxt_nd_msg_read(&p, &m) != SXT_ND_OK);
	fuzz_free(copy, n);
	return 0;
}
