// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decisions of RFC 4303 appendix A3: when an SA has failed so often that
 * its place among the 64 bit numbers may be lost, which packet is to show it,
 * and which numbers to try. No packet, no cipher, no clock.
 */
#include <sextant/resync.h>

/* Contracts in ACSL begin with an @; scripts/proofs/run proves them. */

/*@
 * requires valid: \valid(r) && r->failures <= SXT_RESYNC_TRIGGER;
 * assigns *r;
 * ensures kept: r->failures <= SXT_RESYNC_TRIGGER &&
 *	r->accepted == accepted && r->not_before == \old(r->not_before);
 * ensures counted: r->failures ==
 *	\min(SXT_RESYNC_TRIGGER, (ahead > 0 ? 1 : 0) +
 *	(\old(r->accepted) == accepted ? \old(r->failures) : 0));
 * ensures due: \result <==> ahead > 0 &&
 *	r->failures == SXT_RESYNC_TRIGGER && now >= r->not_before;
 */

/**
 * sxt_resync_fail() - a packet has failed its ICV
 * @r: what is remembered of the SA; the caller serializes
 * @ahead: how far its number is above the window's top, 0 if it is not
 * @accepted: packets that the SA has accepted so far
 * @now: time in milliseconds, of a clock that never goes back
 *
 * RFC 4303 A3.1: consecutive failures count, and a valid packet ends them. That
 * it came is seen by the SA's count of accepted packets, so that good packets
 * have nothing to do here. A number inside the window says nothing about what
 * was lost: a lost sender is beyond it.
 *
 * Return: true if the next packet that fails is to be tried with other numbers.
 */
bool sxt_resync_fail(struct sxt_resync *r, u64 ahead, u64 accepted, u64 now)
{
	if (r->accepted != accepted) {
		r->accepted = accepted;
		r->failures = 0;
	}
	if (!ahead)
		return false;
	if (r->failures < SXT_RESYNC_TRIGGER)
		r->failures++;
	return r->failures >= SXT_RESYNC_TRIGGER && now >= r->not_before;
}

/*@
 * requires valid: \valid(r) && now <= 0xffffffffffffffff - SXT_RESYNC_PAUSE;
 * assigns r->failures, r->not_before;
 * ensures count: r->failures == (found ? 0 : \old(r->failures));
 * ensures pause: r->not_before == now + SXT_RESYNC_PAUSE;
 */

/**
 * sxt_resync_end() - an attempt is over
 * @r: what is remembered of the SA; the caller serializes
 * @found: it has found the number
 * @now: time in milliseconds
 *
 * RFC 4303 A3.2: success resets the count. The pause begins here, not where the
 * attempt began, so that a slow cipher is not at work all the time.
 */
void sxt_resync_end(struct sxt_resync *r, bool found, u64 now)
{
	if (found)
		r->failures = 0;
	r->not_before = now + SXT_RESYNC_PAUSE;
}

/*@
 * assigns \nothing;
 * ensures \result <==> seq > top && len <= SXT_RESYNC_LEN_MAX &&
 *	seq + 0x100000000 <= 0xffffffffffffffff;
 */

/**
 * sxt_resync_suits() - may a packet be kept, to be tried if its ICV is bad?
 * @seq: its number, as the window infers it
 * @top: the window's top
 * @len: bytes from the SPI on
 *
 * Return: true if it may: it is ahead, not too long, and there are numbers to
 * try.
 */
bool sxt_resync_suits(u64 seq, u64 top, u32 len)
{
	u64 candidate;

	return seq > top && len <= SXT_RESYNC_LEN_MAX &&
	       sxt_resync_try(seq, 1, &candidate);
}

/*@
 * requires \valid(candidate);
 * assigns *candidate;
 * ensures tried: \result ==> *candidate == seq + n * 0x100000000;
 * ensures refused: !\result ==> *candidate == \old(*candidate);
 * ensures why: \result <==> n <= SXT_RESYNC_TRIES &&
 *	seq + n * 0x100000000 <= 0xffffffffffffffff;
 */

/**
 * sxt_resync_try() - the number to try
 * @seq: the packet's number, as the window infers it
 * @n: which try, from 1
 * @candidate: out: the number
 *
 * RFC 4303 A3.2: the high half goes up by one at each try. So no number is
 * tried that the SA may have received: the first is 2^32 above one that is
 * ahead.
 *
 * Return: false if there is nothing to be tried any more.
 */
bool sxt_resync_try(u64 seq, u32 n, u64 *candidate)
{
	u64 up = n * 0x100000000ull;

	if (n > SXT_RESYNC_TRIES || seq > (u64)-1 - up)
		return false;
	*candidate = seq + up;
	return true;
}
