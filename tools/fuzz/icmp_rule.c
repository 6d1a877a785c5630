// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the rules for ICMPv6 errors. Input: what is known of a packet, and an
 * error. What must hold: RFC 4443 2.4 (e), told in the RFC's order, says the
 * same; an error is never larger than 1280 bytes and quotes all that it can; each
 * error means something to a program.
 */
#include "../../modules/ipv6/icmp_rule.c"
#include "fuzz.h"

static bool all_zero(const u8 *addr)
{
	static const u8 zero[16];

	return !memcmp(addr, zero, 16);
}

/* May the packet be, or belong to, an error or a redirect? */
static enum sxt_icmp_may told_of_type(const struct sxt_icmp_about *a)
{
	if (!a->chain_known || a->upper != 58)
		return SXT_ICMP_MAY;
	if (a->later_fragment || !a->inner_known || !(a->inner_type & 0x80))
		return SXT_ICMP_NOT_ERROR;
	return a->inner_type == 137 ? SXT_ICMP_NOT_REDIRECT : SXT_ICMP_MAY;
}

static enum sxt_icmp_may told(const struct sxt_icmp_about *a, u8 type, u8 code)
{
	bool excepted = type == 2 || (type == 4 && code == 2);
	enum sxt_icmp_may may = told_of_type(a);

	if (may != SXT_ICMP_MAY)
		return may;
	if (!excepted && (a->dst[0] == 255 || a->link_multicast))
		return SXT_ICMP_NOT_MULTICAST;
	if (all_zero(a->src) || a->src[0] == 255 || a->src_anycast)
		return SXT_ICMP_NOT_SOURCE;
	return SXT_ICMP_MAY;
}

static u8 *address(struct fuzz_in *in, u8 op)
{
	u8 addr[16] = { 0x20, 0x01, [15] = 1 };

	if (op & 1)
		addr[0] = 0xff;
	if (op & 2)
		memset(addr, 0, 16);
	if (op & 4)
		addr[fuzz_u8(in) % 16] = fuzz_u8(in);
	return fuzz_copy(addr, 16);
}

static void about(struct fuzz_in *in)
{
	u8 flags = fuzz_u8(in), op = fuzz_u8(in);
	u8 *src = address(in, op), *dst = address(in, op >> 4);
	struct sxt_icmp_about a = {
		.src = src,
		.dst = dst,
		.src_anycast = flags & 1,
		.link_multicast = flags & 2,
		.chain_known = flags & 4,
		.upper = flags & 8 ? fuzz_u8(in) : 58,
		.later_fragment = flags & 16,
		.inner_known = flags & 32,
		.inner_type = flags & 64 ? fuzz_u8(in) : 137,
	};
	u8 type = fuzz_u8(in) % (flags & 128 ? 5 : 256), code = fuzz_u8(in) % 8;

	FUZZ_ASSERT(sxt_icmp_may_answer(&a, type, code) ==
		    told(&a, type, code));
	fuzz_free(src, 16);
	fuzz_free(dst, 16);
}

static void meaning(u8 type, u8 code)
{
	int err = -1;
	bool hard = sxt_icmp_errno(type, code, &err);

	FUZZ_ASSERT(err > 0 && err < 4096);
	/* What time and other ways may mend ends no connection. */
	if (type == 2 || type == 3 || (type == 1 && (code == 0 || code == 3)))
		FUZZ_ASSERT(!hard);
	if (hard)
		FUZZ_ASSERT(type == 1 || type == 4);
	FUZZ_ASSERT((err == EMSGSIZE) == (type == 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	u32 len, quote;
	u8 type;

	about(&in);
	type = fuzz_u8(&in);
	meaning(type, fuzz_u8(&in));
	len = fuzz_u32(&in);
	if (type & 1)
		len %= 1400;
	quote = sxt_icmp_quote_len(len);
	FUZZ_ASSERT(quote <= len && 40 + 8 + quote <= 1280);
	FUZZ_ASSERT(quote == len || 40 + 8 + quote == 1280);
	return 0;
}
