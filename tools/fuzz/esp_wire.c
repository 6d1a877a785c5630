// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target of the ESP wire format: any lengths to the planner, any bytes as
 * a decrypted packet, and what was planned and written read back.
 */
#include "../../modules/esp/esp_wire.c"
#include "fuzz.h"

static void plan(const struct sxt_esp_geom *g, u32 payload, u32 tfc, u32 room)
{
	struct sxt_esp_out out;
	struct sxt_esp_tail tail;
	struct sxt_esp_in in;
	u8 *p;

	if (sxt_esp_plan(g, payload, tfc, room, &out)) {
		u64 least = (u64)payload + tfc + 2;

		least += (g->align - least % g->align) % g->align;
		FUZZ_ASSERT(least + g->head_len + g->icv_len > room ||
			    room > 65535);
		return;
	}
	FUZZ_ASSERT(out.total_len <= room && room <= 65535);
	FUZZ_ASSERT(out.text_len % g->align == 0);
	FUZZ_ASSERT(out.pad_len < g->align && out.tfc_len == tfc);
	FUZZ_ASSERT(out.text_len == payload + tfc + out.pad_len + 2);
	FUZZ_ASSERT(out.tail_len + payload + g->head_len == out.total_len);
	FUZZ_ASSERT(out.tail_len <= tfc + sxt_esp_tailroom(g));

	p = malloc(out.total_len);
	if (!p)
		abort();
	sxt_esp_put_header(p, payload, tfc);
	FUZZ_ASSERT(sxt_esp_spi(p) == payload && sxt_esp_seq(p) == tfc);
	sxt_esp_put_trailer(p + g->head_len + payload, &out, 59);
	FUZZ_ASSERT(sxt_esp_split(g, out.total_len, &in) == SXT_ESP_OK);
	FUZZ_ASSERT(in.text_len == out.text_len);
	FUZZ_ASSERT(sxt_esp_read_trailer(p + in.icv_off - 2, in.text_len,
					 &tail) == SXT_ESP_OK);
	FUZZ_ASSERT(tail.payload_len == payload + tfc);
	FUZZ_ASSERT(tail.next_header == 59);
	FUZZ_ASSERT(sxt_esp_check_pad(p + in.text_off + tail.payload_len,
				      tail.pad_len) == SXT_ESP_OK);
	free(p);
}

static void mtu(const struct sxt_esp_geom *g, u32 path, u32 outer)
{
	struct sxt_esp_out out;
	u32 room = path > outer ? path - outer : 0;
	u32 payload;

	if (room > 65535)
		room = 65535;
	if (sxt_esp_payload_mtu(g, path, outer, &payload)) {
		FUZZ_ASSERT(sxt_esp_plan(g, 0, 0, room, &out));
		return;
	}
	FUZZ_ASSERT(!sxt_esp_plan(g, payload, 0, room, &out));
	FUZZ_ASSERT(sxt_esp_plan(g, payload + 1, 0, room, &out));
}

/* A packet from a stranger, after decryption: the bytes are the text. */
static void receive(const struct sxt_esp_geom *g, struct fuzz_in *f)
{
	u8 *p = fuzz_copy(f->p, f->left);
	u32 len = (u32)f->left;
	struct sxt_esp_tail tail;
	struct sxt_esp_in in;
	u32 i;

	if (sxt_esp_split(g, len, &in) == SXT_ESP_OK) {
		FUZZ_ASSERT(in.text_off + in.text_len + g->icv_len == len);
		FUZZ_ASSERT(in.icv_off + g->icv_len == len);
		if (sxt_esp_read_trailer(p + in.icv_off - 2, in.text_len,
					 &tail) == SXT_ESP_OK) {
			u8 *pad = p + in.text_off + tail.payload_len;
			bool good = true;

			FUZZ_ASSERT(tail.payload_len + tail.pad_len + 2 ==
				    in.text_len);
			for (i = 0; i < tail.pad_len; i++)
				good &= pad[i] == i + 1;
			FUZZ_ASSERT((sxt_esp_check_pad(pad, tail.pad_len) ==
				     SXT_ESP_OK) == good);
		} else {
			FUZZ_ASSERT(p[in.icv_off - 2] + 2u > in.text_len);
		}
	}
	fuzz_free(p, f->left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };
	struct sxt_esp_geom g;
	u32 iv = fuzz_u8(&in) % 40;
	u32 icv = fuzz_u8(&in) % 72;
	u32 block = 1u << fuzz_u8(&in) % 9;
	u8 op = fuzz_u8(&in);
	u32 a, b;

	if (op & 8)
		block = fuzz_u32(&in);
	if (sxt_esp_geom_init(&g, iv, icv, block)) {
		FUZZ_ASSERT(iv > 32 || iv % 4 || icv > 64 || !block ||
			    block > 64 || (block & (block - 1)));
		return 0;
	}
	FUZZ_ASSERT(g.align % block == 0 && g.align % 4 == 0);
	switch (op & 3) {
	case 0:
		a = fuzz_u32(&in);
		b = fuzz_u32(&in);
		plan(&g, a, b, fuzz_u32(&in));
		break;
	case 1:
		a = fuzz_u32(&in) % 70000;
		b = fuzz_u32(&in) % (op & 4 ? 70000 : 2);
		plan(&g, a, b, 65535);
		break;
	case 2:
		a = fuzz_u32(&in);
		mtu(&g, op & 4 ? a : a % 70000, fuzz_u32(&in) % 200);
		break;
	default:
		receive(&g, &in);
	}
	return 0;
}
