// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source address selection, pure: see srcsel.h.
 */
#include "srcsel.h"

static bool is_loopback(const u8 *addr)
{
	u32 i;

	for (i = 0; i < 15; i++)
		if (addr[i])
			return false;
	return addr[15] == 1;
}

u8 sxt_srcsel_scope(const u8 *addr)
{
	if (addr[0] == 0xff)
		return addr[1] & 0x0f;
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80)
		return SXT_SCOPE_LINK;
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0xc0)
		return SXT_SCOPE_SITE;
	/* RFC 6724 3.1: the loopback address is as good as link-local. */
	if (is_loopback(addr))
		return SXT_SCOPE_LINK;
	return SXT_SCOPE_GLOBAL;
}

u32 sxt_srcsel_common(const u8 *a, const u8 *b, u32 plen)
{
	u32 bits = 0;
	u8 diff;

	while (bits < plen && bits < 128 && a[bits / 8] == b[bits / 8])
		bits += 8;
	if (bits < plen && bits < 128) {
		diff = a[bits / 8] ^ b[bits / 8];
		while (!(diff & 0x80)) {
			diff = (u8)(diff << 1);
			bits++;
		}
	}
	return bits < plen ? bits : plen;
}

static bool same(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, 16);
}

/*
 * Each rule gives a mark; of two addresses the one with the higher mark by the
 * first rule that tells them apart is better. Rule 2 can't be done so: it is
 * about the two scopes, and about that of the destination.
 */
static int by_scope(u8 want, u8 a, u8 b)
{
	if (a == b)
		return 0;
	if (a < b)
		return a < want ? -1 : 1;
	return b < want ? 1 : -1;
}

static int mark(bool a, bool b)
{
	return (int)a - (int)b;
}

int sxt_srcsel_place(const struct sxt_src_want *want,
		     const struct sxt_src_cand *a,
		     const struct sxt_src_cand *b)
{
	int d = mark(same(a->addr, want->addr), same(b->addr, want->addr));

	if (!d)
		d = by_scope(want->scope, a->scope, b->scope);
	if (!d)
		d = mark(!a->deprecated, !b->deprecated);
	if (!d)
		d = mark(!a->optimistic, !b->optimistic);
	if (!d)
		d = mark(a->home != want->care_of, b->home != want->care_of);
	if (!d)
		d = mark(a->outgoing, b->outgoing);
	if (!d)
		d = mark(a->next_hop, b->next_hop);
	return d;
}

bool sxt_srcsel_better(const struct sxt_src_want *want,
		       const struct sxt_src_cand *a,
		       const struct sxt_src_cand *b)
{
	int d = sxt_srcsel_place(want, a, b);

	if (!d)
		d = mark(a->label == want->label, b->label == want->label);
	if (!d)
		d = mark(a->temporary == want->temporary,
			 b->temporary == want->temporary);
	if (!d)
		d = (int)sxt_srcsel_common(a->addr, want->addr, a->plen) -
		    (int)sxt_srcsel_common(b->addr, want->addr, b->plen);
	return d > 0;
}

bool sxt_srcsel_unbeaten(const struct sxt_src_want *want,
			 const struct sxt_src_cand *a)
{
	if (same(a->addr, want->addr))
		return true;
	return a->scope == want->scope && !a->deprecated && !a->optimistic &&
	       a->home != want->care_of && a->outgoing;
}
