// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz target of tunnel mode: any bytes as an inner packet, any options; what
 * is read lies within the packet, and writing the class back keeps the rest.
 */
#include "../../modules/key/tunnel.c"
#include "fuzz.h"

static u32 sum16(const u8 *p, u32 len)
{
	u32 sum = 0;
	u32 i;

	for (i = 0; i < len; i += 2)
		sum += get_unaligned_be16(p + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void change(u8 *p, const struct sxt_tunnel_inner *in, u8 tos)
{
	struct sxt_tunnel_inner after;
	bool good = in->version == 4 && sum16(p, in->header_len) == 0xffff;
	u8 nh = in->version == 4 ? 4 : 41;

	sxt_tunnel_put_tos(p, tos);
	FUZZ_ASSERT(sxt_tunnel_read(p, in->total_len, nh, &after) ==
		    SXT_TUNNEL_OK);
	FUZZ_ASSERT(after.tos == tos && after.ttl == in->ttl);
	FUZZ_ASSERT(after.flow == in->flow && after.df == in->df);
	FUZZ_ASSERT(after.total_len == in->total_len);
	if (in->version == 4)
		FUZZ_ASSERT(good == (sum16(p, in->header_len) == 0xffff));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in f = { data, size };
	struct sxt_tunnel_opts o = {
		.dscp_from = fuzz_u8(&f) % 3, .dscp = fuzz_u8(&f) % 80,
		.df = fuzz_u8(&f) % 4, .flow_from = fuzz_u8(&f) % 3,
		.ttl = fuzz_u8(&f), .ecn_compat = fuzz_u8(&f) & 1,
		.dscp_back = fuzz_u8(&f) & 1, .flow = fuzz_u32(&f) % 0x180000,
	};
	struct sxt_tunnel_outer out;
	struct sxt_tunnel_inner in;
	struct sxt_tunnel_tos res;
	u8 outer_tos = fuzz_u8(&f);
	u8 nh = fuzz_u8(&f);
	u8 *p = fuzz_copy(f.p, f.left);
	u32 len = (u32)f.left;
	bool drop;

	if (nh & 1)
		nh = len && p[0] >> 4 == 6 ? 41 : 4;
	if (sxt_tunnel_opts_check(&o) ||
	    sxt_tunnel_read(p, len, nh, &in) != SXT_TUNNEL_OK)
		goto out;
	FUZZ_ASSERT(nh == 4 || nh == 41);
	FUZZ_ASSERT(in.version == (nh == 4 ? 4 : 6) && p[0] >> 4 == in.version);
	FUZZ_ASSERT(in.header_len <= in.total_len && in.total_len <= len);
	FUZZ_ASSERT(in.header_len >= (in.version == 4 ? 20 : 40));
	FUZZ_ASSERT(in.flow <= 0xfffff);

	sxt_tunnel_encap(&o, &in, &out);
	FUZZ_ASSERT(out.ttl == o.ttl && out.flow <= 0xfffff);
	FUZZ_ASSERT((out.tos & 3) == (o.ecn_compat ? 0 : in.tos & 3));
	FUZZ_ASSERT(out.tos >> 2 == (o.dscp_from ? o.dscp : in.tos >> 2));
	FUZZ_ASSERT(sxt_tunnel_v6_word(&out) >> 28 == 6);

	drop = sxt_tunnel_decap_tos(&o, in.tos, outer_tos, &res) !=
		SXT_TUNNEL_OK;
	FUZZ_ASSERT(drop == (!(in.tos & 3) && (outer_tos & 3) == 3));
	FUZZ_ASSERT(res.tos >> 2 == in.tos >> 2 || (o.dscp_back && !drop));
	/* Never less severe than it was inside, and Not-ECT stays so. */
	FUZZ_ASSERT(!(in.tos & 3) == !(res.tos & 3));
	FUZZ_ASSERT((in.tos & 3) != 3 || (res.tos & 3) == 3);
	if (!drop)
		change(p, &in, res.tos);
out:
	fuzz_free(p, f.left);
	return 0;
}
