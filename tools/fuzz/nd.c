// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the neighbour discovery exemption. Input: one byte of choices, then
 * the packet; as much of its fixed part as the choices say is made right first,
 * so that the fuzzer gets past it. What must hold: nothing is read past the
 * end; a plain telling of RFC 4861's lists of checks agrees on valid or not.
 */
#include "fuzz.h"

#include "../../modules/policy/nd.c"

static bool zeros(const u8 *p, u32 n)
{
	while (n--) {
		if (*p++)
			return false;
	}
	return true;
}

/* All checks that every type has, and what the options say. */
static bool common(const u8 *p, u32 n, u32 least, bool *source_option)
{
	u32 end, at;

	if (n < 40 || p[0] / 16 != 6)
		return false;
	end = 40 + p[4] * 256u + p[5];
	if (end > n || end < 40 + least)
		return false;
	if (p[6] != 58 || p[7] != 255 || p[41] != 0 || p[8] == 0xff)
		return false;
	*source_option = false;
	for (at = 40 + least; at < end; at += p[at + 1] * 8u) {
		if (end - at < 8 || !p[at + 1] || p[at + 1] * 8u > end - at)
			return false;
		*source_option |= p[at] == 1;
	}
	return true;
}

static bool valid(const u8 *p, u32 n)
{
	static const u32 least[] = { 8, 16, 24, 24, 40 };
	static const u8 solicited[13] = { 0xff, 2, [11] = 1, [12] = 0xff };
	bool source_option, nowhere, group, local;

	if (n < 41 || p[40] < 133 || p[40] > 137)
		return false;
	if (!common(p, n, least[p[40] - 133], &source_option))
		return false;
	nowhere = zeros(p + 8, 16);
	group = p[24] == 0xff;
	local = p[8] == 0xfe && p[9] / 64 == 2;
	if (zeros(p + 24, 16) || (group && p[25] % 16 != 2))
		return false;
	switch (p[40]) {
	case 133:
		return !nowhere || !source_option;
	case 134:
		return local;
	case 135:
		if (nowhere && (source_option || memcmp(p + 24, solicited, 13)))
			return false;
		return p[48] != 0xff;
	case 136:
		if (nowhere || (group && p[44] / 64 % 2))
			return false;
		return p[48] != 0xff;
	default:
		if (!local || p[64] == 0xff)
			return false;
		return (p[48] == 0xfe && p[49] / 64 == 2) ||
		       !memcmp(p + 48, p + 64, 16);
	}
}

static void help(u8 *p, u32 n, u8 choice)
{
	static const u8 types[] = { 133, 134, 135, 136, 137, 143, 128, 130 };

	if (n < 48)
		return;
	p[0] = 0x60;
	p[4] = (u8)((n - 40) >> 8);
	p[5] = (u8)(n - 40);
	p[6] = 58;
	p[7] = 255;
	p[40] = types[choice & 7];
	p[41] = 0;
	if (choice & 0x10) {
		p[8] = 0xfe;
		p[9] = 0x80;
	}
	if (choice & 0x20)
		memset(p + 8, 0, 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum sxt_nd_verdict verdict;
	u8 *copy;
	u32 n;

	if (!size || size > 70000)
		return 0;
	n = (u32)size - 1;
	copy = malloc(n + !n);
	FUZZ_ASSERT(copy);
	memcpy(copy, data + 1, n);
	if (data[0] & 0x80)
		help(copy, n, data[0]);
	verdict = sxt_nd_check(copy, n, true);
	FUZZ_ASSERT((verdict == SXT_ND_OK) == valid(copy, n));
	FUZZ_ASSERT(sxt_nd_check(copy, n, false) != SXT_ND_OK);
	if (verdict == SXT_ND_OK)
		FUZZ_ASSERT(sxt_nd_possible(copy[6], copy[7]));
	free(copy);
	return 0;
}
