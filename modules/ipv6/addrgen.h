/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an address is made, and how long it lives: interface identifiers (RFC
 * 4291 appendix A, RFC 7217, RFC 5453), the two-hour rule for what a router
 * says (RFC 4862 5.5.3 e), lifetimes of temporary addresses (RFC 8981 3.4).
 * Times are in seconds and passed in, as are random numbers and the keyed hash.
 */
#ifndef SXT_ADDRGEN_H
#define SXT_ADDRGEN_H

#include <sextant/pure.h>

#define SXT_ADDRGEN_FOREVER	0xffffffffu	/* a lifetime without end */
#define SXT_ADDRGEN_TWO_HOURS	7200u
#define SXT_ADDRGEN_IFACE_MAX	32u	/* bytes that name an interface */
#define SXT_ADDRGEN_TRIES	3u	/* RFC 7217 6: IDGEN_RETRIES */

/**
 * struct sxt_addrgen_lft - how long an address or prefix lives, in seconds
 * @valid: SXT_ADDRGEN_FOREVER: without end
 * @preferred: the same
 */
struct sxt_addrgen_lft {
	u32 valid;
	u32 preferred;
};

/**
 * struct sxt_addrgen_stable - what a stable identifier depends on
 * @prefix: the first 64 bits of the address
 * @iface: what the interface is called for this: its permanent hardware
 *	address, or its name if it has none
 * @iface_len: bytes of @iface, 1 to SXT_ADDRGEN_IFACE_MAX
 * @dad_count: how many identifiers before this one were taken
 */
struct sxt_addrgen_stable {
	u8 prefix[8];
	const u8 *iface;
	u32 iface_len;
	u8 dad_count;
};

/**
 * typedef sxt_addrgen_hash - a keyed pseudorandom function
 * @key: the secret, as the caller has it
 * @msg: what to hash
 * @len: its length
 * @out: 64 bits
 */
typedef void (*sxt_addrgen_hash)(const void *key, const u8 *msg, u32 len,
				 u8 out[8]);

/**
 * struct sxt_addrgen_temp - limits of temporary addresses, in seconds
 * @valid: TEMP_VALID_LIFETIME
 * @preferred: TEMP_PREFERRED_LIFETIME
 * @desync: the DESYNC_FACTOR that this address has
 * @advance: REGEN_ADVANCE
 */
struct sxt_addrgen_temp {
	u32 valid;
	u32 preferred;
	u32 desync;
	u32 advance;
};

void sxt_addrgen_iid_eui48(const u8 mac[6], u16 dev_id, u8 iid[8]);
void sxt_addrgen_iid_eui64(const u8 eui[8], u8 iid[8]);
void sxt_addrgen_iid_ipv4(const u8 v4[4], u8 iid[8]);
bool sxt_addrgen_iid_reserved(const u8 iid[8]);
bool __must_check sxt_addrgen_iid_stable(const struct sxt_addrgen_stable *in,
					 sxt_addrgen_hash hash,
					 const void *key, u8 iid[8]);

u32 sxt_addrgen_left(u32 lifetime, u64 age);
u32 sxt_addrgen_two_hours(u32 told, u32 left);
u32 sxt_addrgen_temp_advance(u32 base, u32 tries, u32 transmits,
			     u32 retrans_ms);
u32 sxt_addrgen_temp_desync(u32 max, const struct sxt_addrgen_temp *limits,
			    u32 random);
bool __must_check sxt_addrgen_temp_new(const struct sxt_addrgen_temp *limits,
				       const struct sxt_addrgen_lft *prefix,
				       struct sxt_addrgen_lft *lft);
void sxt_addrgen_temp_told(const struct sxt_addrgen_temp *limits,
			   const struct sxt_addrgen_lft *prefix, u64 age,
			   struct sxt_addrgen_lft *lft);

#endif /* SXT_ADDRGEN_H */
