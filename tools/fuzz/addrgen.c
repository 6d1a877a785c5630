// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes how addresses are made and how long they live. What must hold: no
 * identifier is reserved, and what it depends on goes into the hash so that no
 * two sets look alike; no lifetime wraps, outlives the prefix's or is preferred
 * for longer than it is valid; nobody takes more than all but two hours.
 */
#include "../../modules/ipv6/addrgen.c"
#include "fuzz.h"

/* Near to the limits, or any. */
static u32 seconds(struct fuzz_in *in)
{
	u8 op = fuzz_u8(in);

	switch (op >> 6) {
	case 0:
		return op & 63;
	case 1:
		return SXT_ADDRGEN_TWO_HOURS - 32 + (op & 63);
	case 2:
		return SXT_ADDRGEN_FOREVER - (op & 63);
	default:
		return fuzz_u32(in);
	}
}

static u32 min_of(u32 a, u32 b)
{
	return a < b ? a : b;
}

#define ROUNDS	4

/**
 * struct seen - what was asked of the hash
 * @msg: the messages
 * @len: their lengths
 * @n: how many
 * @reserved: as many of the answers are reserved
 */
struct seen {
	u8 msg[2 * ROUNDS][64];
	u32 len[2 * ROUNDS];
	u32 n;
	u32 reserved;
};

static struct seen seen;

static void remember(const void *key, const u8 *msg, u32 len, u8 out[8])
{
	static const u8 ours[8] = { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	FUZZ_ASSERT(key == &seen && len <= 64 && seen.n < 2 * ROUNDS);
	memcpy(seen.msg[seen.n], msg, len);
	seen.len[seen.n] = len;
	memset(out, 0x11, 8);
	if (seen.n < seen.reserved) {
		memcpy(out, ours, 8);
		out[7] = (u8)(0x80 + seen.n);
	}
	seen.n++;
}

static bool asked_twice(u32 i, u32 j)
{
	return seen.len[i] == seen.len[j] &&
	       !memcmp(seen.msg[i], seen.msg[j], seen.len[i]);
}

static void stable_of(struct fuzz_in *in, struct sxt_addrgen_stable *s,
		      u8 iface[64])
{
	u32 i;

	s->iface_len = (fuzz_u8(in) + 1u) % 36;
	s->dad_count = fuzz_u8(in) & 7;
	memset(s->prefix, 0x20, 8);
	s->prefix[fuzz_u8(in) % 8] ^= fuzz_u8(in) & 1;
	for (i = 0; i < 64; i++)
		iface[i] = 0x66;
	iface[fuzz_u8(in) % 36] ^= fuzz_u8(in) & 1;
}

/* Two sets of parameters: alike if and only if the messages are. */
static void stable(struct fuzz_in *in)
{
	struct sxt_addrgen_stable s[2];
	u8 iface[2][64], iid[8], *copy;
	u32 i, first = 0;
	bool alike, ok;

	memset(&seen, 0, sizeof(seen));
	for (i = 0; i < 2; i++) {
		stable_of(in, &s[i], iface[i]);
		copy = fuzz_copy(iface[i], s[i].iface_len);
		s[i].iface = copy;
		seen.reserved = seen.n + fuzz_u8(in) % (ROUNDS + 1);
		first = seen.n;
		ok = sxt_addrgen_iid_stable(&s[i], remember, &seen, iid);
		fuzz_free(copy, s[i].iface_len);
		if (!ok) {
			FUZZ_ASSERT(seen.n - first == ROUNDS ||
				    !s[i].iface_len || s[i].iface_len > 32);
			return;
		}
		FUZZ_ASSERT(!sxt_addrgen_iid_reserved(iid));
		FUZZ_ASSERT(seen.n == seen.reserved + 1);
	}
	alike = !memcmp(s[0].prefix, s[1].prefix, 8) &&
		s[0].dad_count == s[1].dad_count &&
		s[0].iface_len == s[1].iface_len &&
		!memcmp(iface[0], iface[1], s[0].iface_len);
	FUZZ_ASSERT(asked_twice(0, first) == alike);
	for (i = 1; i < first; i++)
		FUZZ_ASSERT(!asked_twice(0, i));
}

static bool in_rfc5453(const u8 iid[8])
{
	static const u8 high[7] = { 0xfd, 255, 255, 255, 255, 255, 255 };
	static const u8 zero[8];

	return !memcmp(iid, zero, 8) ||
	       (!memcmp(iid, high, 7) && iid[7] >= 0x80);
}

static void identifiers(struct fuzz_in *in)
{
	u8 hw[8], iid[8], other[8];
	u16 id;
	u32 i;

	for (i = 0; i < 8; i++)
		hw[i] = fuzz_u8(in);
	/* Near to those of RFC 2526 */
	if (hw[0] & 1) {
		memset(hw + 1, 0xff, 6);
		hw[0] |= 0xfc;
	}
	id = (u16)fuzz_u32(in);
	FUZZ_ASSERT(sxt_addrgen_iid_reserved(hw) == in_rfc5453(hw));
	sxt_addrgen_iid_eui48(hw, id, iid);
	FUZZ_ASSERT(!memcmp(iid + 1, hw + 1, 2) && !memcmp(iid + 5, hw + 3, 3));
	FUZZ_ASSERT((iid[0] ^ hw[0]) == (id ? 0 : 2));
	FUZZ_ASSERT(get_unaligned_be16(iid + 3) == (id ? id : 0xfffe));
	/* The same as by way of EUI-64. */
	if (!id) {
		memcpy(other, hw, 3);
		other[3] = 0xff;
		other[4] = 0xfe;
		memcpy(other + 5, hw + 3, 3);
		sxt_addrgen_iid_eui64(other, other);
		FUZZ_ASSERT(!memcmp(iid, other, 8));
	}
	sxt_addrgen_iid_ipv4(hw, iid);
	FUZZ_ASSERT(!memcmp(iid + 4, hw, 4) && !(iid[0] & ~2));
	FUZZ_ASSERT(!sxt_addrgen_iid_reserved(iid));
}

static void lifetimes(struct fuzz_in *in)
{
	u32 life = seconds(in), told = seconds(in), left, now;
	u64 age = fuzz_u64(in) >> fuzz_u8(in) % 64;

	left = sxt_addrgen_left(life, age);
	if (life == SXT_ADDRGEN_FOREVER)
		FUZZ_ASSERT(left == life);
	else
		FUZZ_ASSERT(age + left == life || (!left && age >= life));
	/* RFC 4862 5.5.3 e, its three cases. */
	now = sxt_addrgen_two_hours(told, left);
	if (told > 7200 || told > left)
		FUZZ_ASSERT(now == told);
	else
		FUZZ_ASSERT(now == (left <= 7200 ? left : 7200));
	FUZZ_ASSERT(now >= min_of(left, 7200));
}

/* Is what is left at that age over when @limit is? */
static bool ends_by(u32 left, u64 age, u32 limit)
{
	return limit == SXT_ADDRGEN_FOREVER || !left ||
	       (age <= limit && left <= limit - age);
}

static void temporary(struct fuzz_in *in)
{
	struct sxt_addrgen_temp t = { seconds(in), seconds(in), 0,
				      seconds(in) };
	struct sxt_addrgen_lft prefix = { seconds(in), seconds(in) }, lft;
	u32 max = seconds(in), base = seconds(in), tries, transmits, ms;
	u64 age = fuzz_u64(in) >> fuzz_u8(in) % 64;
	u64 want;
	bool made;

	tries = seconds(in);
	transmits = seconds(in);
	ms = seconds(in);
	want = (u64)transmits * ms;
	if (want > 4294967294000ull)
		want = 4294967294000ull;
	want = want * min_of(tries, 255) / 1000 + base;
	FUZZ_ASSERT(sxt_addrgen_temp_advance(base, tries, transmits, ms) ==
		    (want < 0xfffffffe ? (u32)want : 0xfffffffe));

	t.desync = sxt_addrgen_temp_desync(max, &t, fuzz_u32(in));
	FUZZ_ASSERT(t.desync <= max);
	FUZZ_ASSERT(!t.desync || t.preferred - t.desync > t.advance);

	made = sxt_addrgen_temp_new(&t, &prefix, &lft);
	FUZZ_ASSERT(lft.preferred <= lft.valid && lft.valid <= prefix.valid);
	FUZZ_ASSERT(lft.valid <= t.valid && lft.preferred <= prefix.preferred);
	FUZZ_ASSERT(lft.preferred <= t.preferred - t.desync);
	FUZZ_ASSERT(made == (lft.preferred > t.advance));

	sxt_addrgen_temp_told(&t, &prefix, age, &lft);
	FUZZ_ASSERT(lft.preferred <= lft.valid && lft.valid <= prefix.valid);
	FUZZ_ASSERT(lft.preferred <= prefix.preferred);
	/* RFC 8981 3.4: however often the router says so. */
	FUZZ_ASSERT(ends_by(lft.valid, age, t.valid));
	FUZZ_ASSERT(ends_by(lft.preferred, age, t.preferred - t.desync));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };

	switch (fuzz_u8(&in) % 4) {
	case 0:
		stable(&in);
		break;
	case 1:
		identifiers(&in);
		break;
	case 2:
		lifetimes(&in);
		break;
	default:
		temporary(&in);
	}
	return 0;
}
