// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes quoted ESP packets. Input: one byte of choices, the offset that is
 * claimed, then the quote; as much of its fixed part as the choices say is made
 * right first. What must hold: nothing is read past the end; a second telling,
 * which collects the headers first and judges them then, agrees; what is read
 * is what stands there.
 */
#include "../../modules/esp/esp_quote.c"
#include "fuzz.h"

static bool ipv4_shows(const u8 *p, u32 n)
{
	u32 header;

	if (n < 28)
		return false;
	header = (p[0] & 15) * 4u;
	return p[0] >> 4 == 4 && header >= 20 && header + 8 <= n &&
	       p[9] == 50 && !(get_unaligned_be16(p + 6) & 0x1fff);
}

/* Where the ESP header is, 0 if the extension headers lead to none. */
static u32 ipv6_esp(const u8 *p, u32 n)
{
	u32 at = 40, next = 6, size;

	if (n < 48 || p[0] >> 4 != 6)
		return 0;
	while (p[next] != 50) {
		if (n - at < 16)
			return 0;
		switch (p[next]) {
		case 44:
			if (get_unaligned_be16(p + at + 2) >> 3)
				return 0;
			size = 8;
			break;
		case 51:
			size = (p[at + 1] + 2u) * 4;
			break;
		case 0:
		case 43:
		case 60:
			size = (p[at + 1] + 1u) * 8;
			break;
		default:
			return 0;
		}
		if (size > n - at - 8)
			return 0;
		next = at;
		at += size;
	}
	return at;
}

static void help(u8 *p, u32 n, u8 choice)
{
	if (!n)
		return;
	p[0] = choice & 2 ? 0x60 : (u8)(0x40 | p[0] % 16);
	if (n > 9 && !(choice & 2)) {
		p[6] = choice & 4 ? p[6] : 0x40;
		p[7] = choice & 4 ? p[7] : 0;
		p[9] = 50;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sxt_esp_quote q = { NULL, NULL, 0x5a5a5a5a };
	struct fuzz_in in = { data, size };
	u8 choice = fuzz_u8(&in);
	u32 off = fuzz_u8(&in) * 4u;
	u32 n, true_off;
	u8 *p;

	if (choice & 8)
		off = fuzz_u32(&in);
	n = (u32)in.left;
	p = fuzz_copy(in.p, n);
	if (choice & 1)
		help(p, n, choice);
	if (sxt_esp_quote_ipv4(p, n, &q)) {
		FUZZ_ASSERT(ipv4_shows(p, n));
		FUZZ_ASSERT(q.src == p + 12 && q.dst == p + 16);
		FUZZ_ASSERT(q.spi == get_unaligned_be32(p + (p[0] & 15) * 4u));
	} else {
		FUZZ_ASSERT(!ipv4_shows(p, n));
		FUZZ_ASSERT(!q.src && !q.dst && q.spi == 0x5a5a5a5a);
	}
	q = (struct sxt_esp_quote){ NULL, NULL, 0x5a5a5a5a };
	true_off = ipv6_esp(p, n);
	/* The one who claims it knows it, mostly. */
	if (choice & 16)
		off = true_off;
	if (sxt_esp_quote_ipv6(p, n, off, &q)) {
		FUZZ_ASSERT(true_off && off == true_off && off + 8 <= n);
		FUZZ_ASSERT(q.src == p + 8 && q.dst == p + 24);
		FUZZ_ASSERT(q.spi == get_unaligned_be32(p + off));
	} else {
		FUZZ_ASSERT(!true_off || off != true_off || off > 65535);
		FUZZ_ASSERT(!q.src && !q.dst && q.spi == 0x5a5a5a5a);
	}
	fuzz_free(p, n);
	return 0;
}
