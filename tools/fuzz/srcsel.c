// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes source address selection. Input: what is wanted and three candidates.
 * What must hold: the comparison is an order, with addresses that are alike in
 * one place of it; whom nobody can beat nobody beats; scopes and common bits are
 * what a telling bit by bit says.
 */
#include "../../modules/ipv6/srcsel.c"
#include "fuzz.h"

#define CANDIDATES	3

/* Addresses of each scope, near to each other or to the destination. */
static void address(struct fuzz_in *in, u8 *addr, const u8 *near)
{
	static const u8 heads[8][2] = {
		{ 0x20, 0x01 }, { 0xfe, 0x80 }, { 0xfe, 0xc0 }, { 0xfd, 0x00 },
		{ 0x00, 0x00 }, { 0xff, 0x02 }, { 0xff, 0x0e }, { 0xfe, 0xbf },
	};
	u8 op = fuzz_u8(in);

	memset(addr, 0, 16);
	memcpy(addr, heads[op & 7], 2);
	addr[15] = op >> 4 & 3;
	if (near && op & 0x80) {
		u8 at = fuzz_u8(in) & 127;

		memcpy(addr, near, 16);
		addr[at / 8] ^= (u8)(fuzz_u8(in) & 0x80 >> at % 8);
	} else if (op & 0x40) {
		addr[2 + fuzz_u8(in) % 13] = fuzz_u8(in);
	}
}

static u8 scope_of(const u8 *addr)
{
	static const u8 loopback[16] = { [15] = 1 };

	if (addr[0] == 0xff)
		return addr[1] % 16;
	if ((get_unaligned_be16(addr) & 0xffc0) == 0xfe80 ||
	    !memcmp(addr, loopback, 16))
		return 2;
	return (get_unaligned_be16(addr) & 0xffc0) == 0xfec0 ? 5 : 14;
}

static u32 common_bits(const u8 *a, const u8 *b, u32 plen)
{
	u32 n = 0;

	while (n < plen && n < 128 &&
	       !((a[n / 8] ^ b[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

static void candidate(struct fuzz_in *in, struct sxt_src_cand *c, u8 *addr,
		      const u8 *near)
{
	u8 flags;

	address(in, addr, near);
	flags = fuzz_u8(in);
	*c = (struct sxt_src_cand){
		.addr = addr,
		.scope = sxt_srcsel_scope(addr),
		.plen = flags & 0x80 ? 64 : fuzz_u8(in) % 129,
		.label = flags & 0x40,
		.deprecated = flags & 1,
		.optimistic = flags & 2,
		.home = flags & 4,
		.outgoing = flags & 8,
		.next_hop = flags & 16,
		.temporary = flags & 32,
	};
}

static int sign(int d)
{
	return (d > 0) - (d < 0);
}

static void pair(const struct sxt_src_want *want, const struct sxt_src_cand *a,
		 const struct sxt_src_cand *b)
{
	int ab = sign(sxt_srcsel_place(want, a, b));
	u32 same = sxt_srcsel_common(a->addr, b->addr, a->plen);

	FUZZ_ASSERT(ab == -sign(sxt_srcsel_place(want, b, a)));
	FUZZ_ASSERT(!(sxt_srcsel_better(want, a, b) &&
		      sxt_srcsel_better(want, b, a)));
	/* Labels and what follows decide where the place doesn't. */
	if (ab)
		FUZZ_ASSERT(sxt_srcsel_better(want, a, b) == (ab > 0));
	FUZZ_ASSERT(same == common_bits(a->addr, b->addr, a->plen));
	FUZZ_ASSERT(same == sxt_srcsel_common(b->addr, a->addr, a->plen));
	if (sxt_srcsel_unbeaten(want, a) && !b->outgoing &&
	    memcmp(b->addr, want->addr, 16))
		FUZZ_ASSERT(!sxt_srcsel_better(want, b, a));
}

static void triple(const struct sxt_src_want *want,
		   const struct sxt_src_cand *a, const struct sxt_src_cand *b,
		   const struct sxt_src_cand *c)
{
	bool ab = sxt_srcsel_better(want, a, b);
	bool bc = sxt_srcsel_better(want, b, c);

	if (ab && bc)
		FUZZ_ASSERT(sxt_srcsel_better(want, a, c));
	/* Alike is transitive, too. */
	if (!ab && !bc)
		FUZZ_ASSERT(!sxt_srcsel_better(want, a, c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sxt_src_cand cands[CANDIDATES];
	u8 addrs[CANDIDATES][16], dest[16];
	struct fuzz_in in = { data, size };
	struct sxt_src_want want;
	u32 i, j, k;
	u8 flags;

	address(&in, dest, NULL);
	flags = fuzz_u8(&in);
	want = (struct sxt_src_want){
		.addr = dest,
		.scope = sxt_srcsel_scope(dest),
		.label = flags & 0x40,
		.care_of = flags & 1,
		.temporary = flags & 2,
	};
	FUZZ_ASSERT(want.scope == scope_of(dest));
	for (i = 0; i < CANDIDATES; i++) {
		candidate(&in, &cands[i], addrs[i], dest);
		FUZZ_ASSERT(cands[i].scope == scope_of(addrs[i]));
		FUZZ_ASSERT(!sxt_srcsel_better(&want, &cands[i], &cands[i]));
		/* No address has more than 128, whatever is asked. */
		FUZZ_ASSERT(sxt_srcsel_common(dest, addrs[i], flags) ==
			    common_bits(dest, addrs[i], flags));
	}
	for (i = 0; i < CANDIDATES; i++)
		for (j = 0; j < CANDIDATES; j++) {
			pair(&want, &cands[i], &cands[j]);
			for (k = 0; k < CANDIDATES; k++)
				triple(&want, &cands[i], &cands[j], &cands[k]);
		}
	return 0;
}
