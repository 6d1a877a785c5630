// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of how addresses are made and how long they live: the examples
 * of RFC 4291 and 5214, each limit of RFC 5453, the table of RFC 4862 5.5.3 e,
 * and the life of temporary addresses second by second.
 */
#include <kunit/test.h>

#include "../modules/ipv6/addrgen.c"
#include "guard.h"

#define EVER	SXT_ADDRGEN_FOREVER

/* RFC 4291 appendix A: 34-56-78-9A-BC-DE; and one that is local already */
static void eui48_gets_fffe_and_its_bit(struct kunit *test)
{
	static const u8 mac[6] = { 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde };
	static const u8 local[6] = { 0x02, 0, 0, 0, 0, 1 };
	static const u8 want[8] = { 0x36, 0x56, 0x78, 0xff, 0xfe, 0x9a, 0xbc,
				    0xde };
	static const u8 want_local[8] = { 0, 0, 0, 0xff, 0xfe, 0, 0, 1 };
	u8 iid[8];

	sxt_addrgen_iid_eui48(mac, 0, iid);
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid, want, 8));
	sxt_addrgen_iid_eui48(local, 0, iid);
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid, want_local, 8));
}

static void eui48_shared_is_not_universal(struct kunit *test)
{
	static const u8 mac[6] = { 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde };
	static const u8 want[8] = { 0x34, 0x56, 0x78, 0x12, 0x05, 0x9a, 0xbc,
				    0xde };
	u8 iid[8];

	sxt_addrgen_iid_eui48(mac, 0x1205, iid);
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid, want, 8));
}

static void eui64_flips_its_bit_only(struct kunit *test)
{
	u8 eui[8] = { 0x34, 0x56, 0x78, 0xff, 0xfe, 0x9a, 0xbc, 0xde };
	u8 iid[8];

	sxt_addrgen_iid_eui64(eui, iid);
	eui[0] = 0x36;
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid, eui, 8));
}

/* Neither reads nor writes past the end. */
static void iids_stay_in_their_buffers(struct kunit *test)
{
	u8 *mac = guard_page(test) - 6;
	u8 *v4 = guard_page(test) - 4;
	u8 *eui = guard_page(test) - 8;
	u8 *iid = guard_page(test) - 8;

	memset(mac, 1, 6);
	memset(v4, 1, 4);
	memset(eui, 1, 8);
	sxt_addrgen_iid_eui48(mac, 0, iid);
	sxt_addrgen_iid_eui64(eui, iid);
	sxt_addrgen_iid_ipv4(v4, iid);
	KUNIT_EXPECT_FALSE(test, sxt_addrgen_iid_reserved(iid));
}

static const struct v4_param {
	const char *desc;
	u8 v4[4];
	u8 first;
} v4_params[] = {
	{ "global", { 192, 0, 2, 1 }, 0x02 },
	{ "10/8", { 10, 1, 2, 3 }, 0 },
	{ "172.15 is global", { 172, 15, 255, 255 }, 0x02 },
	{ "172.16/12 begins", { 172, 16, 0, 0 }, 0 },
	{ "172.16/12 ends", { 172, 31, 255, 255 }, 0 },
	{ "172.32 is global", { 172, 32, 0, 0 }, 0x02 },
	{ "192.168/16", { 192, 168, 9, 9 }, 0 },
	{ "192.169 is global", { 192, 169, 0, 0 }, 0x02 },
	{ "169.254/16", { 169, 254, 1, 1 }, 0 },
	{ "169.253 is global", { 169, 253, 1, 1 }, 0x02 },
	{ "loopback", { 127, 0, 0, 1 }, 0 },
	{ "this network", { 0, 0, 0, 1 }, 0 },
	{ "multicast", { 224, 0, 0, 1 }, 0 },
	{ "broadcast", { 255, 255, 255, 255 }, 0 },
};

KUNIT_ARRAY_PARAM_DESC(v4, v4_params, desc);

static void ipv4_says_whether_it_is_global(struct kunit *test)
{
	const struct v4_param *p = test->param_value;
	static const u8 middle[3] = { 0, 0x5e, 0xfe };
	u8 iid[8];

	sxt_addrgen_iid_ipv4(p->v4, iid);
	KUNIT_EXPECT_EQ(test, p->first, iid[0]);
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid + 1, middle, 3));
	KUNIT_EXPECT_EQ(test, 0, memcmp(iid + 4, p->v4, 4));
}

static const struct reserved_param {
	const char *desc;
	u8 iid[8];
	bool reserved;
} reserved_params[] = {
	{ "all zeros", { 0 }, true },
	{ "one", { [7] = 1 }, false },
	{ "a one at the front", { [0] = 1 }, false },
	{ "one in the middle", { [3] = 1 }, false },
	{ "before RFC 2526's", { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				 0x7f }, false },
	{ "first of RFC 2526", { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				 0x80 }, true },
	{ "last of RFC 2526", { 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff }, true },
	{ "behind them", { 0xfe, 0, 0, 0, 0, 0, 0, 0 }, false },
	{ "of another front", { 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff }, false },
	{ "before IANA's block", { 0x02, 0, 0x5e, 0xff, 0xfd, 0xff, 0xff,
				   0xff }, false },
	{ "first of IANA's block", { 0x02, 0, 0x5e, 0xff, 0xfe, 0, 0, 0 },
	  true },
	{ "RFC 6543's", { 0x02, 0, 0x5e, 0xff, 0xfe, 0, 0x52, 0x13 }, true },
	{ "last of IANA's block", { 0x02, 0, 0x5e, 0xff, 0xfe, 0xff, 0xff,
				    0xff }, true },
	{ "behind IANA's block", { 0x02, 0, 0x5e, 0xff, 0xff, 0, 0, 0 },
	  false },
	{ "another owner's", { 0x02, 0, 0x5f, 0xff, 0xfe, 0, 0, 0 }, false },
	{ "IANA's, not universal", { 0, 0, 0x5e, 0xff, 0xfe, 0, 0, 0 },
	  false },
	{ "all ones", { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	  false },
};

KUNIT_ARRAY_PARAM_DESC(reserved, reserved_params, desc);

static void reserved_are_those_of_rfc5453(struct kunit *test)
{
	const struct reserved_param *p = test->param_value;

	KUNIT_EXPECT_EQ(test, p->reserved, sxt_addrgen_iid_reserved(p->iid));
}

/* Remembers the last message; its answer is reserved for @key more calls. */
static u8 hashed[128];
static u32 hashed_len;

static void fake_hash(const void *key, const u8 *msg, u32 len, u8 out[8])
{
	u32 *reserved = (u32 *)key;

	memcpy(hashed, msg, len);
	hashed_len = len;
	memset(out, 0, 8);
	if (*reserved) {
		--*reserved;
		return;
	}
	out[0] = msg[8] + 1;
	out[7] = 1;
}

static struct sxt_addrgen_stable stable(const char *iface, u32 len, u8 count)
{
	return (struct sxt_addrgen_stable) {
		.prefix = { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4 },
		.iface = (const u8 *)iface,
		.iface_len = len,
		.dad_count = count,
	};
}

static void stable_hashes_all_that_counts(struct kunit *test)
{
	static const u8 want[] = { 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 7, 4,
				   'e', 't', 'h', '0' };
	struct sxt_addrgen_stable in = stable("eth0", 4, 7);
	u32 reserved = 0;
	u8 iid[8];

	KUNIT_ASSERT_TRUE(test, sxt_addrgen_iid_stable(&in, fake_hash,
						       &reserved, iid));
	KUNIT_EXPECT_EQ(test, (u32)sizeof(want), hashed_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(hashed, want, sizeof(want)));
	KUNIT_EXPECT_EQ(test, 8, iid[0]);
}

static void stable_skips_reserved(struct kunit *test)
{
	struct sxt_addrgen_stable in = stable("eth0", 4, 255);
	u32 reserved;
	u8 iid[8];
	u32 i;

	for (i = 0; i <= SXT_ADDRGEN_TRIES; i++) {
		reserved = i;
		KUNIT_ASSERT_TRUE(test, sxt_addrgen_iid_stable(&in, fake_hash,
							       &reserved,
							       iid));
		KUNIT_EXPECT_EQ(test, (u8)(255 + i), hashed[8]);
	}
	reserved = SXT_ADDRGEN_TRIES + 1;
	KUNIT_EXPECT_FALSE(test, sxt_addrgen_iid_stable(&in, fake_hash,
							&reserved, iid));
}

static void stable_wants_a_name_that_fits(struct kunit *test)
{
	static const char name[] = "0123456789abcdef0123456789abcdefX";
	struct sxt_addrgen_stable in = stable(name, 0, 0);
	u32 reserved = 0;
	u8 iid[8];

	KUNIT_EXPECT_FALSE(test, sxt_addrgen_iid_stable(&in, fake_hash,
							&reserved, iid));
	in.iface_len = SXT_ADDRGEN_IFACE_MAX;
	KUNIT_EXPECT_TRUE(test, sxt_addrgen_iid_stable(&in, fake_hash,
						       &reserved, iid));
	in.iface_len = SXT_ADDRGEN_IFACE_MAX + 1;
	KUNIT_EXPECT_FALSE(test, sxt_addrgen_iid_stable(&in, fake_hash,
							&reserved, iid));
}

static void left_runs_out_and_forever_does_not(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 100u, sxt_addrgen_left(100, 0));
	KUNIT_EXPECT_EQ(test, 1u, sxt_addrgen_left(100, 99));
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_left(100, 100));
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_left(100, ~0ull));
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_left(0, 0));
	KUNIT_EXPECT_EQ(test, EVER, sxt_addrgen_left(EVER, ~0ull));
	KUNIT_EXPECT_EQ(test, 1u, sxt_addrgen_left(EVER - 1, EVER - 2));
}

static const struct two_hours_param {
	const char *desc;
	u32 told;
	u32 left;
	u32 want;
} two_hours_params[] = {
	{ "above two hours", 7201, 100000, 7201 },
	{ "two hours exactly, much left", 7200, 100000, 7200 },
	{ "zero, much left", 0, 100000, 7200 },
	{ "zero, for ever left", 0, EVER, 7200 },
	{ "zero, a second above", 0, 7201, 7200 },
	{ "zero, two hours left", 0, 7200, 7200 },
	{ "zero, little left", 0, 50, 50 },
	{ "less than left", 40, 50, 50 },
	{ "as much as left", 50, 50, 50 },
	{ "more than left", 51, 50, 51 },
	{ "more than nothing", 1, 0, 1 },
	{ "nothing for nothing", 0, 0, 0 },
	{ "for ever", EVER, 50, EVER },
};

KUNIT_ARRAY_PARAM_DESC(two_hours, two_hours_params, desc);

static void two_hours_are_left_to_it(struct kunit *test)
{
	const struct two_hours_param *p = test->param_value;

	KUNIT_EXPECT_EQ(test, p->want, sxt_addrgen_two_hours(p->told, p->left));
}

/* RFC 8981 3.8: 2 + 3 * 1 * 1000 / 1000 */
static void temp_advance_is_the_rfcs(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 5u, sxt_addrgen_temp_advance(2, 3, 1, 1000));
	KUNIT_EXPECT_EQ(test, 2u, sxt_addrgen_temp_advance(2, 0, 1, 1000));
	KUNIT_EXPECT_EQ(test, 3u, sxt_addrgen_temp_advance(2, 3, 1, 500));
	KUNIT_EXPECT_EQ(test, EVER - 1,
			sxt_addrgen_temp_advance(EVER, EVER, EVER, EVER));
}

static void temp_desync_leaves_time(struct kunit *test)
{
	struct sxt_addrgen_temp limits = { .preferred = 86400, .advance = 5 };
	u64 state = 1;
	u32 i;

	for (i = 0; i < 1000; i++) {
		u32 random = guard_random(&state);
		u32 max = i % 2 ? 34560 : EVER;
		u32 d = sxt_addrgen_temp_desync(max, &limits, random);

		KUNIT_ASSERT_LE(test, d, max);
		KUNIT_ASSERT_LE(test, d, 86400u - 6);
	}
	limits.preferred = 5;
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_temp_desync(600, &limits, 9));
	limits.preferred = 6;
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_temp_desync(600, &limits, 9));
	limits.preferred = 0;
	KUNIT_EXPECT_EQ(test, 0u, sxt_addrgen_temp_desync(EVER, &limits, 9));
	limits = (struct sxt_addrgen_temp) { .preferred = EVER };
	KUNIT_EXPECT_EQ(test, 9u, sxt_addrgen_temp_desync(EVER, &limits, 9));
}

static const struct temp_new_param {
	const char *desc;
	struct sxt_addrgen_lft prefix;
	struct sxt_addrgen_lft want;
	bool made;
} temp_new_params[] = {
	/* limits: valid 1000, preferred 500, desync 100, advance 5 */
	{ "prefix lives longer", { 9000, 8000 }, { 1000, 400 }, true },
	{ "prefix for ever", { EVER, EVER }, { 1000, 400 }, true },
	{ "prefix shorter", { 300, 200 }, { 300, 200 }, true },
	{ "preferred above valid", { 100, 200 }, { 100, 100 }, true },
	{ "just long enough", { 100, 6 }, { 100, 6 }, true },
	{ "just too short", { 100, 5 }, { 100, 5 }, false },
	{ "deprecated", { 100, 0 }, { 100, 0 }, false },
	{ "over", { 0, 0 }, { 0, 0 }, false },
};

KUNIT_ARRAY_PARAM_DESC(temp_new, temp_new_params, desc);

static void temp_new_takes_the_shorter(struct kunit *test)
{
	const struct sxt_addrgen_temp limits = { 1000, 500, 100, 5 };
	const struct temp_new_param *p = test->param_value;
	struct sxt_addrgen_lft lft;

	KUNIT_EXPECT_EQ(test, p->made,
			sxt_addrgen_temp_new(&limits, &p->prefix, &lft));
	KUNIT_EXPECT_EQ(test, p->want.valid, lft.valid);
	KUNIT_EXPECT_EQ(test, p->want.preferred, lft.preferred);
}

/* A router that says "for ever" each second never makes it live longer. */
static void temp_told_ends_in_time(struct kunit *test)
{
	const struct sxt_addrgen_temp limits = { 1000, 500, 100, 5 };
	const struct sxt_addrgen_lft prefix = { EVER, EVER };
	struct sxt_addrgen_lft lft;
	u64 age;

	for (age = 0; age < 1100; age++) {
		sxt_addrgen_temp_told(&limits, &prefix, age, &lft);
		KUNIT_ASSERT_EQ(test, age < 1000 ? 1000 - (u32)age : 0,
				lft.valid);
		KUNIT_ASSERT_EQ(test, age < 400 ? 400 - (u32)age : 0,
				lft.preferred);
	}
}

static void temp_told_follows_the_prefix(struct kunit *test)
{
	const struct sxt_addrgen_temp limits = { 1000, 500, 600, 5 };
	const struct sxt_addrgen_lft prefix = { 50, 70 };
	struct sxt_addrgen_lft lft;

	sxt_addrgen_temp_told(&limits, &prefix, 10, &lft);
	KUNIT_EXPECT_EQ(test, 50u, lft.valid);
	/* Its desync is more than its preferred lifetime ever was. */
	KUNIT_EXPECT_EQ(test, 0u, lft.preferred);
}

static struct kunit_case addrgen_cases[] = {
	KUNIT_CASE(eui48_gets_fffe_and_its_bit),
	KUNIT_CASE(eui48_shared_is_not_universal),
	KUNIT_CASE(eui64_flips_its_bit_only),
	KUNIT_CASE(iids_stay_in_their_buffers),
	KUNIT_CASE_PARAM(ipv4_says_whether_it_is_global, v4_gen_params),
	KUNIT_CASE_PARAM(reserved_are_those_of_rfc5453, reserved_gen_params),
	KUNIT_CASE(stable_hashes_all_that_counts),
	KUNIT_CASE(stable_skips_reserved),
	KUNIT_CASE(stable_wants_a_name_that_fits),
	KUNIT_CASE(left_runs_out_and_forever_does_not),
	KUNIT_CASE_PARAM(two_hours_are_left_to_it, two_hours_gen_params),
	KUNIT_CASE(temp_advance_is_the_rfcs),
	KUNIT_CASE(temp_desync_leaves_time),
	KUNIT_CASE_PARAM(temp_new_takes_the_shorter, temp_new_gen_params),
	KUNIT_CASE(temp_told_ends_in_time),
	KUNIT_CASE(temp_told_follows_the_prefix),
	{}
};

static struct kunit_suite addrgen_suite = {
	.name = "sextant_addrgen",
	.test_cases = addrgen_cases,
};

kunit_test_suite(addrgen_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's address generation");
MODULE_LICENSE("GPL");
