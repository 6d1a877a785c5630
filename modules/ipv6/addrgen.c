// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interface identifiers and lifetimes of addresses. Pure: reads no clock, and
 * has no random numbers of its own.
 */
#include "addrgen.h"

/**
 * sxt_addrgen_iid_eui48() - identifier from a 48-bit hardware address
 * @mac: the address
 * @dev_id: tells interfaces apart that share @mac, 0 if none does
 * @iid: the identifier
 *
 * RFC 4291 appendix A: FF-FE in the middle, universal/local bit inverted. With
 * a @dev_id that stands in the middle and the bit stays: then the identifier
 * is not unique by @mac alone, so not universal.
 *
 * Context: any.
 */
void sxt_addrgen_iid_eui48(const u8 mac[6], u16 dev_id, u8 iid[8])
{
	memcpy(iid, mac, 3);
	put_unaligned_be16(dev_id ? dev_id : 0xfffe, iid + 3);
	memcpy(iid + 5, mac + 3, 3);
	if (!dev_id)
		iid[0] ^= 0x02;
}

/**
 * sxt_addrgen_iid_eui64() - identifier from a 64-bit hardware address
 * @eui: the address
 * @iid: the identifier
 *
 * RFC 4291 appendix A.
 *
 * Context: any.
 */
void sxt_addrgen_iid_eui64(const u8 eui[8], u8 iid[8])
{
	memcpy(iid, eui, 8);
	iid[0] ^= 0x02;
}

/* Set aside for private use or not to be seen on the internet: not unique. */
static bool v4_is_local(const u8 v4[4])
{
	switch (v4[0]) {
	case 0:
	case 10:
	case 127:
		return true;
	case 169:
		return v4[1] == 254;
	case 172:
		return v4[1] / 16 == 1;
	case 192:
		return v4[1] == 168;
	}
	return v4[0] >= 224;
}

/**
 * sxt_addrgen_iid_ipv4() - identifier from the IPv4 address of a tunnel
 * @v4: the address
 * @iid: the identifier
 *
 * RFC 5214 6.1: 00-00-5E-FE and the address; the universal bit tells that the
 * IPv4 address is a global one.
 *
 * Context: any.
 */
void sxt_addrgen_iid_ipv4(const u8 v4[4], u8 iid[8])
{
	iid[0] = v4_is_local(v4) ? 0 : 0x02;
	iid[1] = 0;
	iid[2] = 0x5e;
	iid[3] = 0xfe;
	memcpy(iid + 4, v4, 4);
}

/**
 * sxt_addrgen_iid_reserved() - may no node have this identifier?
 * @iid: the identifier
 *
 * Context: any.
 * Return: true for those of IANA's registry (RFC 5453): subnet-router anycast,
 * the 128 of RFC 2526, and those by EUI-64 of IANA's Ethernet block, that of
 * RFC 6543 among them.
 */
bool sxt_addrgen_iid_reserved(const u8 iid[8])
{
	u32 high = get_unaligned_be32(iid);
	u32 low = get_unaligned_be32(iid + 4);

	if (!high)
		return !low;
	if (high == 0x02005eff)
		return low >> 24 == 0xfe;
	return high == 0xfdffffff && low >= 0xffffff80;
}

/**
 * sxt_addrgen_iid_stable() - identifier that is stable within one subnet
 * @in: what it depends on
 * @hash: keyed pseudorandom function
 * @key: its secret
 * @iid: the identifier
 *
 * RFC 7217 5. The parameters go into one message, each where only it can be,
 * so that no two sets of them make the same one. A reserved identifier counts
 * as taken: the next one in the row is made.
 *
 * Context: any.
 * Return: false: @in is not well-formed, or only reserved ones came out.
 */
bool sxt_addrgen_iid_stable(const struct sxt_addrgen_stable *in,
			    sxt_addrgen_hash hash, const void *key, u8 iid[8])
{
	u8 msg[8 + 1 + 1 + SXT_ADDRGEN_IFACE_MAX];
	u32 tries;

	if (!in->iface_len || in->iface_len > SXT_ADDRGEN_IFACE_MAX)
		return false;
	memcpy(msg, in->prefix, 8);
	msg[9] = (u8)in->iface_len;
	memcpy(msg + 10, in->iface, in->iface_len);
	for (tries = 0; tries <= SXT_ADDRGEN_TRIES; tries++) {
		msg[8] = (u8)(in->dad_count + tries);
		hash(key, msg, 10 + in->iface_len, iid);
		if (!sxt_addrgen_iid_reserved(iid))
			return true;
	}
	return false;
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/**
 * sxt_addrgen_left() - what is left of a lifetime
 * @lifetime: seconds it was set to
 * @age: seconds since then
 *
 * Context: any.
 * Return: seconds, 0: it is over, SXT_ADDRGEN_FOREVER: it has no end.
 */
u32 sxt_addrgen_left(u32 lifetime, u64 age)
{
	if (lifetime == SXT_ADDRGEN_FOREVER)
		return lifetime;
	return age < lifetime ? lifetime - (u32)age : 0;
}

/**
 * sxt_addrgen_two_hours() - valid lifetime after a router said something
 * @told: valid lifetime in the router's prefix option
 * @left: what the address has left
 *
 * RFC 4862 5.5.3 e: a message that nobody signed can't take an address away
 * sooner than in two hours.
 *
 * Context: any.
 * Return: the valid lifetime from now on.
 */
u32 sxt_addrgen_two_hours(u32 told, u32 left)
{
	if (told > SXT_ADDRGEN_TWO_HOURS || told > left)
		return told;
	return least(left, SXT_ADDRGEN_TWO_HOURS);
}

/**
 * sxt_addrgen_temp_advance() - how long before its end a successor is made
 * @base: seconds that it takes at least
 * @tries: TEMP_IDGEN_RETRIES, more than 255 are taken for 255
 * @transmits: probes for each address
 * @retrans_ms: milliseconds between them
 *
 * RFC 8981 3.8.
 *
 * Context: any.
 * Return: REGEN_ADVANCE, seconds.
 */
u32 sxt_addrgen_temp_advance(u32 base, u32 tries, u32 transmits,
			     u32 retrans_ms)
{
	const u64 most = (SXT_ADDRGEN_FOREVER - 1) * 1000ull;
	u64 time = (u64)retrans_ms * transmits;

	/* Most is reached long before anything wraps. */
	if (time > most)
		time = most;
	time = time * least(tries, 255) / 1000 + base;
	return time < SXT_ADDRGEN_FOREVER ? (u32)time :
					    SXT_ADDRGEN_FOREVER - 1;
}

/**
 * sxt_addrgen_temp_desync() - how much earlier one address ends than it could
 * @max: MAX_DESYNC_FACTOR, seconds
 * @limits: @limits->preferred and @limits->advance are read
 * @random: a random number
 *
 * RFC 8981 3.8: random up to @max, and less than what leaves an address to be
 * preferred for any time at all.
 *
 * Context: any.
 * Return: DESYNC_FACTOR, seconds.
 */
u32 sxt_addrgen_temp_desync(u32 max, const struct sxt_addrgen_temp *limits,
			    u32 random)
{
	u32 room = 0;

	if (limits->preferred > limits->advance)
		room = limits->preferred - limits->advance - 1;
	max = least(max, room);
	return max == SXT_ADDRGEN_FOREVER ? random : random % (max + 1);
}

/* How long a temporary address may be preferred, counted from its creation. */
static u32 preferred_limit(const struct sxt_addrgen_temp *limits)
{
	return limits->preferred > limits->desync ?
	       limits->preferred - limits->desync : 0;
}

/**
 * sxt_addrgen_temp_new() - lifetimes of a new temporary address
 * @limits: the interface's settings
 * @prefix: lifetimes that its prefix has left
 * @lft: lifetimes of the address
 *
 * RFC 8981 3.4, steps 4 and 5.
 *
 * Context: any.
 * Return: false: it would be deprecated so soon that it is not to be made.
 */
bool sxt_addrgen_temp_new(const struct sxt_addrgen_temp *limits,
			  const struct sxt_addrgen_lft *prefix,
			  struct sxt_addrgen_lft *lft)
{
	lft->valid = least(prefix->valid, limits->valid);
	lft->preferred = least(prefix->preferred, preferred_limit(limits));
	lft->preferred = least(lft->preferred, lft->valid);
	return lft->preferred > limits->advance;
}

/**
 * sxt_addrgen_temp_told() - lifetimes of a temporary address after a router
 *	said something
 * @limits: the interface's settings
 * @prefix: lifetimes that the prefix has from now on, the two-hour rule
 *	already applied
 * @age: seconds since the address was made
 * @lft: lifetimes of the address from now on
 *
 * RFC 8981 3.4, steps 1 and 2: what the prefix has, but never past what the
 * address may have since its creation.
 *
 * Context: any.
 */
void sxt_addrgen_temp_told(const struct sxt_addrgen_temp *limits,
			   const struct sxt_addrgen_lft *prefix, u64 age,
			   struct sxt_addrgen_lft *lft)
{
	lft->valid = least(prefix->valid, sxt_addrgen_left(limits->valid, age));
	lft->preferred = least(prefix->preferred,
			       sxt_addrgen_left(preferred_limit(limits), age));
	lft->preferred = least(lft->preferred, lft->valid);
}
