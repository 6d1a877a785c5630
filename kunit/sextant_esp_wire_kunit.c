// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit suite of the ESP wire format: layout of packets to send against a
 * search by brute force, every length of packet received, header and trailer
 * byte by byte, at every alignment and in front of a guard page.
 */
#include <kunit/test.h>

#include "../modules/esp/esp_wire.c"
#include "guard.h"

/* The lengths of real algorithms, and the least and most that are allowed. */
static const struct geom_param {
	const char *desc;
	u32 iv_len;
	u32 icv_len;
	u32 block;
	u32 align;
} geom_params[] = {
	{ "aes-gcm, chacha20-poly1305", 8, 16, 1, 4 },
	{ "aes-gcm with 8 bytes of icv", 8, 8, 1, 4 },
	{ "aes-cbc and hmac-sha2-256-128", 16, 16, 16, 16 },
	{ "aes-cbc and hmac-sha2-512-256", 16, 32, 16, 16 },
	{ "null and hmac-sha2-256-128", 0, 16, 1, 4 },
	{ "null and hmac-sha1-96", 0, 12, 1, 4 },
	{ "block of 8", 8, 12, 8, 8 },
	{ "block of 2", 4, 12, 2, 4 },
	{ "most of all", 32, 64, 64, 64 },
	{ "least of all", 0, 0, 4, 4 },
};

KUNIT_ARRAY_PARAM_DESC(geom, geom_params, desc);

static struct sxt_esp_geom geom_of(struct kunit *test)
{
	const struct geom_param *p = test->param_value;
	struct sxt_esp_geom g = { 0 };

	KUNIT_EXPECT_EQ(test, 0, sxt_esp_geom_init(&g, p->iv_len, p->icv_len,
						   p->block));
	return g;
}

static void geom_holds_what_it_was_given(struct kunit *test)
{
	const struct geom_param *p = test->param_value;
	struct sxt_esp_geom g = geom_of(test);

	KUNIT_EXPECT_EQ(test, g.head_len, 8 + p->iv_len);
	KUNIT_EXPECT_EQ(test, g.icv_len, p->icv_len);
	KUNIT_EXPECT_EQ(test, g.align, p->align);
	KUNIT_EXPECT_EQ(test, sxt_esp_iv_len(&g), p->iv_len);
}

static const struct bad_geom_param {
	const char *desc;
	u32 iv_len;
	u32 icv_len;
	u32 block;
} bad_geom_params[] = {
	{ "iv of 1", 1, 16, 16 },
	{ "iv of 10", 10, 16, 16 },
	{ "iv of 36", 36, 16, 16 },
	{ "iv of 2^32 - 4", 0xfffffffcu, 16, 16 },
	{ "icv of 65", 8, 65, 16 },
	{ "icv of 256", 8, 256, 16 },
	{ "icv of 2^32 - 1", 8, 0xffffffffu, 16 },
	{ "block of 0", 8, 16, 0 },
	{ "block of 3", 8, 16, 3 },
	{ "block of 12", 8, 16, 12 },
	{ "block of 65", 8, 16, 65 },
	{ "block of 128", 8, 16, 128 },
	{ "block of 256", 8, 16, 256 },
	{ "block of 2^31", 8, 16, 0x80000000u },
};

KUNIT_ARRAY_PARAM_DESC(bad_geom, bad_geom_params, desc);

static void geom_refuses_lengths_of_no_algorithm(struct kunit *test)
{
	const struct bad_geom_param *p = test->param_value;
	struct sxt_esp_geom g = { 1, 2, 3 };

	KUNIT_EXPECT_EQ(test, sxt_esp_geom_init(&g, p->iv_len, p->icv_len,
						p->block), -EINVAL);
	KUNIT_EXPECT_EQ(test, g.head_len, 1);
	KUNIT_EXPECT_EQ(test, g.icv_len, 2);
	KUNIT_EXPECT_EQ(test, g.align, 3);
}

/* RFC 4303 2.4, both alignments, found by trying. */
static u32 least_pad(const struct geom_param *p, u32 carried)
{
	u32 pad = 0;

	while ((carried + pad + 2) % p->block ||
	       (p->iv_len + carried + pad + 2) % 4)
		pad++;
	return pad;
}

static void plan_pads_as_little_as_the_rfc_allows(struct kunit *test)
{
	const struct geom_param *p = test->param_value;
	struct sxt_esp_geom g = geom_of(test);
	struct sxt_esp_out out;
	u32 len, tfc;

	for (tfc = 0; tfc <= 70; tfc += 7) {
		for (len = 0; len <= 300; len++) {
			u32 pad = least_pad(p, len + tfc);
			u32 text = len + tfc + pad + 2;

			KUNIT_ASSERT_EQ(test, 0,
					sxt_esp_plan(&g, len, tfc, 65535,
						     &out));
			KUNIT_ASSERT_EQ(test, out.tfc_len, tfc);
			KUNIT_ASSERT_EQ(test, out.pad_len, pad);
			KUNIT_ASSERT_EQ(test, out.text_len, text);
			KUNIT_ASSERT_EQ(test, out.tail_len,
					text - len + p->icv_len);
			KUNIT_ASSERT_EQ(test, out.total_len,
					8 + p->iv_len + text + p->icv_len);
			KUNIT_ASSERT_LE(test, out.tail_len - tfc,
					sxt_esp_tailroom(&g));
		}
	}
}

static void plan_refuses_what_does_not_fit(struct kunit *test)
{
	static const u32 huge[] = { 65534, 65535, 65536, 0x7fffffffu,
				    0xffffff00u, 0xfffffffdu, 0xfffffffeu,
				    0xffffffffu };
	struct sxt_esp_out before, out;
	struct sxt_esp_geom g = geom_of(test);
	u32 len;
	size_t i;

	memset(&out, 0x5a, sizeof(out));
	memcpy(&before, &out, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(huge); i++) {
		KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, huge[i], 0, 65535,
						   &out), -EMSGSIZE);
		KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, 0, huge[i], 65535,
						   &out), -EMSGSIZE);
		KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, huge[i], huge[i],
						   65535, &out), -EMSGSIZE);
	}
	KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, 0, 0, 65536, &out), -EMSGSIZE);
	KUNIT_EXPECT_MEMEQ(test, &out, &before, sizeof(out));
	/* To the byte: as long as the room is, and one less. */
	for (len = 0; len < 200; len++) {
		u32 total;

		KUNIT_ASSERT_EQ(test, 0, sxt_esp_plan(&g, len, 0, 65535,
						      &out));
		total = out.total_len;
		KUNIT_ASSERT_EQ(test, 0, sxt_esp_plan(&g, len, 0, total,
						      &out));
		KUNIT_ASSERT_EQ(test, sxt_esp_plan(&g, len, 0, total - 1,
						   &out), -EMSGSIZE);
	}
}

/* The largest payload, found by trying all of them. */
static void payload_mtu_is_the_largest_that_fits(struct kunit *test)
{
	static const u32 mtus[] = { 68, 576, 1280, 1400, 1499, 1500, 9000 };
	static const u32 outers[] = { 0, 20, 24, 40, 60 };
	struct sxt_esp_geom g = geom_of(test);
	struct sxt_esp_out out;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(mtus) * ARRAY_SIZE(outers); i++) {
		u32 mtu = mtus[i / ARRAY_SIZE(outers)];
		u32 room = mtu - outers[i % ARRAY_SIZE(outers)];
		u32 got = 99;
		int err = sxt_esp_payload_mtu(&g, mtu, mtu - room, &got);

		for (j = mtu; j && sxt_esp_plan(&g, j, 0, room, &out); j--)
			;
		if (sxt_esp_plan(&g, j, 0, room, &out)) {
			KUNIT_EXPECT_EQ(test, err, -EMSGSIZE);
			KUNIT_EXPECT_EQ(test, got, 99);
		} else {
			KUNIT_EXPECT_EQ(test, err, 0);
			KUNIT_EXPECT_EQ_MSG(test, got, j, "mtu %u room %u",
					    mtu, room);
		}
	}
}

static void payload_mtu_survives_absurd_mtus(struct kunit *test)
{
	struct sxt_esp_geom g = geom_of(test);
	struct sxt_esp_out out;
	u32 fixed = (u32)g.head_len + g.icv_len;
	u32 got = 99;

	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, 0, 0, &got), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, 0, 40, &got), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, 40, 41, &got),
			-EMSGSIZE);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, fixed + g.align - 1, 0,
						  &got), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, 68, 0xffffffffu, &got),
			-EMSGSIZE);
	KUNIT_EXPECT_EQ(test, got, 99);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, fixed + g.align, 0,
						  &got), 0);
	KUNIT_EXPECT_EQ(test, got, g.align - 2);
	KUNIT_EXPECT_EQ(test, sxt_esp_payload_mtu(&g, 0xffffffffu, 0, &got),
			0);
	KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, got, 0, 65535, &out), 0);
	KUNIT_EXPECT_EQ(test, sxt_esp_plan(&g, got + 1, 0, 65535, &out),
			-EMSGSIZE);
}

static void header_is_big_endian_at_any_alignment(struct kunit *test)
{
	static const u8 wire[8] = { 0x12, 0x34, 0x56, 0x78,
				    0x9a, 0xbc, 0xde, 0xf0 };
	u8 buf[24];
	int at;

	for (at = 0; at < 8; at++) {
		memset(buf, 0xee, sizeof(buf));
		sxt_esp_put_header(buf + at, 0x12345678u, 0x9abcdef0u);
		KUNIT_EXPECT_MEMEQ(test, buf + at, wire, 8);
		KUNIT_EXPECT_EQ(test, buf[at + 8], 0xee);
		KUNIT_EXPECT_EQ(test, sxt_esp_spi(buf + at), 0x12345678u);
		KUNIT_EXPECT_EQ(test, sxt_esp_seq(buf + at), 0x9abcdef0u);
	}
}

/* Every trailer that a plan can ask for, its end at the guard page. */
static void trailer_is_written_byte_by_byte(struct kunit *test)
{
	struct sxt_esp_geom g = geom_of(test);
	u8 *end = guard_page(test);
	struct sxt_esp_out out;
	u32 len, i;

	for (len = 0; len < 300; len++) {
		u32 tfc = len % 3 ? 0 : len;
		u32 tail;
		u8 *p;

		KUNIT_ASSERT_EQ(test, 0, sxt_esp_plan(&g, len, tfc, 65535,
						      &out));
		/* Without the ICV, which this does not write. */
		tail = out.tail_len - g.icv_len;
		p = end - tail;
		memset(p - 1, 0xee, tail + 1);
		sxt_esp_put_trailer(p, &out, 41);
		KUNIT_ASSERT_EQ(test, p[-1], 0xee);
		for (i = 0; i < tfc; i++)
			KUNIT_ASSERT_EQ(test, p[i], 0);
		for (i = 1; i <= out.pad_len; i++)
			KUNIT_ASSERT_EQ(test, p[tfc + i - 1], i);
		KUNIT_ASSERT_EQ(test, end[-2], out.pad_len);
		KUNIT_ASSERT_EQ(test, end[-1], 41);
	}
}

/* What is written is what is read, from the plan to the payload. */
static void packet_sent_is_the_packet_received(struct kunit *test)
{
	struct sxt_esp_geom g = geom_of(test);
	u8 *end = guard_page(test);
	struct sxt_esp_tail tail;
	struct sxt_esp_out out;
	struct sxt_esp_in in;
	u32 len;

	for (len = 0; len < 300; len++) {
		u8 *p;

		KUNIT_ASSERT_EQ(test, 0, sxt_esp_plan(&g, len, len % 5, 65535,
						      &out));
		p = end - out.total_len;
		sxt_esp_put_header(p, 256, len);
		sxt_esp_put_trailer(p + g.head_len + len, &out, 17);
		KUNIT_ASSERT_EQ(test, sxt_esp_split(&g, out.total_len, &in),
				SXT_ESP_OK);
		KUNIT_ASSERT_EQ(test, in.text_off, g.head_len);
		KUNIT_ASSERT_EQ(test, in.text_len, out.text_len);
		KUNIT_ASSERT_EQ(test, in.icv_off + g.icv_len, out.total_len);
		KUNIT_ASSERT_EQ(test, SXT_ESP_OK,
				sxt_esp_read_trailer(p + in.icv_off - 2,
						     in.text_len, &tail));
		KUNIT_ASSERT_EQ(test, tail.payload_len, len + len % 5);
		KUNIT_ASSERT_EQ(test, tail.pad_len, out.pad_len);
		KUNIT_ASSERT_EQ(test, tail.next_header, 17);
		KUNIT_ASSERT_EQ(test, SXT_ESP_OK,
				sxt_esp_check_pad(p + in.text_off +
						  tail.payload_len,
						  tail.pad_len));
	}
}

/* Each length from nothing to 200 bytes, then those round the limit. */
static void split_judges_every_length(struct kunit *test)
{
	const struct geom_param *p = test->param_value;
	struct sxt_esp_geom g = geom_of(test);
	u32 least = 8 + p->iv_len + p->icv_len + 2;
	u32 len;

	for (len = 0; len <= 65800; len += len == 200 ? 65000 : 1) {
		enum sxt_esp_verdict expected = SXT_ESP_OK;
		struct sxt_esp_in in = { 7, 8, 9 };

		if (len > 65535)
			expected = SXT_ESP_LONG;
		else if (len < least)
			expected = SXT_ESP_SHORT;
		else if ((len - least + 2) % p->block ||
			 (len - p->icv_len) % 4)
			expected = SXT_ESP_ALIGN;
		KUNIT_ASSERT_EQ_MSG(test, sxt_esp_split(&g, len, &in),
				    expected, "length %u", len);
		if (expected == SXT_ESP_OK) {
			KUNIT_ASSERT_EQ(test, in.text_off, 8 + p->iv_len);
			KUNIT_ASSERT_EQ(test, in.text_len, len - least + 2);
			KUNIT_ASSERT_EQ(test, in.icv_off, len - p->icv_len);
		} else {
			KUNIT_ASSERT_EQ(test, in.text_off, 7);
			KUNIT_ASSERT_EQ(test, in.text_len, 8);
			KUNIT_ASSERT_EQ(test, in.icv_off, 9);
		}
	}
}

/* Every pad length against every length of text, at the guard page. */
static void trailer_is_judged_for_every_length(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 text, pad;

	for (text = 0; text <= 300; text++) {
		for (pad = 0; pad < 256; pad++) {
			struct sxt_esp_tail tail = { 77, 78, 79 };
			bool fits = pad + 2 <= text;
			u32 payload = fits ? text - pad - 2 : 77;

			end[-2] = (u8)pad;
			end[-1] = 50;
			KUNIT_ASSERT_EQ(test,
					sxt_esp_read_trailer(end - 2, text,
							     &tail),
					fits ? SXT_ESP_OK :
					text < 2 ? SXT_ESP_SHORT :
					SXT_ESP_PAD_LEN);
			KUNIT_ASSERT_EQ(test, tail.payload_len, payload);
			KUNIT_ASSERT_EQ(test, tail.pad_len, fits ? pad : 78);
			KUNIT_ASSERT_EQ(test, tail.next_header,
					fits ? 50 : 79);
		}
	}
	/* A text of no or one byte: not even those that are there are read. */
	for (text = 0; text < 2; text++) {
		struct sxt_esp_tail tail;

		KUNIT_EXPECT_EQ(test, sxt_esp_read_trailer(end, text, &tail),
				SXT_ESP_SHORT);
	}
}

/* Each length of padding is good, and bad with any one byte changed. */
static void padding_is_checked_byte_by_byte(struct kunit *test)
{
	u8 *end = guard_page(test);
	u32 len, i;

	for (len = 0; len < 256; len++) {
		u8 *pad = end - len;

		for (i = 0; i < len; i++)
			pad[i] = (u8)(i + 1);
		KUNIT_ASSERT_EQ(test, sxt_esp_check_pad(pad, (u8)len),
				SXT_ESP_OK);
		for (i = 0; i < len; i++) {
			pad[i] ^= (u8)(1u << i % 8);
			KUNIT_ASSERT_EQ(test, sxt_esp_check_pad(pad, (u8)len),
					SXT_ESP_PAD_BYTES);
			pad[i] ^= (u8)(1u << i % 8);
		}
	}
}

static struct kunit_case esp_wire_cases[] = {
	KUNIT_CASE_PARAM(geom_holds_what_it_was_given, geom_gen_params),
	KUNIT_CASE_PARAM(geom_refuses_lengths_of_no_algorithm,
			 bad_geom_gen_params),
	KUNIT_CASE_PARAM(plan_pads_as_little_as_the_rfc_allows,
			 geom_gen_params),
	KUNIT_CASE_PARAM(plan_refuses_what_does_not_fit, geom_gen_params),
	KUNIT_CASE_PARAM(payload_mtu_is_the_largest_that_fits,
			 geom_gen_params),
	KUNIT_CASE_PARAM(payload_mtu_survives_absurd_mtus, geom_gen_params),
	KUNIT_CASE(header_is_big_endian_at_any_alignment),
	KUNIT_CASE_PARAM(trailer_is_written_byte_by_byte, geom_gen_params),
	KUNIT_CASE_PARAM(packet_sent_is_the_packet_received, geom_gen_params),
	KUNIT_CASE_PARAM(split_judges_every_length, geom_gen_params),
	KUNIT_CASE(trailer_is_judged_for_every_length),
	KUNIT_CASE(padding_is_checked_byte_by_byte),
	{}
};

static struct kunit_suite esp_wire_suite = {
	.name = "sextant_esp_wire",
	.test_cases = esp_wire_cases,
};

kunit_test_suite(esp_wire_suite);

MODULE_DESCRIPTION("KUnit suite of Sextant's ESP wire format");
MODULE_LICENSE("GPL");
