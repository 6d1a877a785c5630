/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anti-replay: the receive window of an SA (RFC 4303 3.4.3, RFC 4302 3.4.3),
 * the high half of an extended sequence number (RFC 4303 appendix A), and the
 * sender's counter. Numbers in, verdict out. Holds no lock and counts no
 * drops: the caller does both.
 *
 * The window is a ring of bits, a power of two long, and never shifted (the
 * idea of RFC 6479): sequence number s owns bit s modulo the ring's length.
 * Bits that the window moves over are cleared one by one or word by word, so
 * no spare word is needed: a window of 1024 takes 128 bytes.
 */
#ifndef SEXTANT_REPLAY_H
#define SEXTANT_REPLAY_H

#include <sextant/pure.h>
#include <sextant/replay_spec.h>

/*
 * The comments that begin with an @ are contracts in ACSL: scripts/proofs/run
 * proves that the code keeps them, for all windows, tops and numbers.
 */

#define SXT_REPLAY_MIN		1
#define SXT_REPLAY_MAX		4096
#define SXT_REPLAY_OFF		0
#define SXT_REPLAY_DEFAULT	1024

/**
 * enum sxt_replay_verdict - what the window says of one sequence number
 * @SXT_REPLAY_OK: not seen yet, inside the window or to the right of it
 * @SXT_REPLAY_OLD: to the left of the window
 * @SXT_REPLAY_DUP: inside the window and seen before
 * @SXT_REPLAY_ZERO: number 0, which no sender uses (RFC 4303 3.3.3)
 * @SXT_REPLAY_BELOW: ESN: the number that fits would lie below 0
 * @SXT_REPLAY_WRAP: ESN: the number that fits would lie past 2^64 - 1
 */
enum sxt_replay_verdict {
	SXT_REPLAY_OK,
	SXT_REPLAY_OLD,
	SXT_REPLAY_DUP,
	SXT_REPLAY_ZERO,
	SXT_REPLAY_BELOW,
	SXT_REPLAY_WRAP,
};

/**
 * struct sxt_replay - the receive window of one SA
 * @top: highest sequence number authenticated so far (T in appendix A)
 * @map: the ring of bits, sxt_replay_map_words() words, owned by the caller;
 *	NULL when the window is off
 * @window: how many numbers up to and with @top are remembered (W); any
 *	number from SXT_REPLAY_MIN to SXT_REPLAY_MAX, or SXT_REPLAY_OFF
 * @reach: ESN: how far below @top a number is still taken for a late one:
 *	W - 1, or 2^31 - 1 when the window is off
 * @mask: number of bits in the ring, less one
 * @esn: sequence numbers have 64 bits, of which the packet carries 32
 */
struct sxt_replay {
	u64 top;
	u32 *map;
	u32 window;
	u32 reach;
	u32 mask;
	bool esn;
};

/*@
 * predicate window_on{L}(struct sxt_replay *r) =
 *	SXT_REPLAY_MIN <= r->window <= SXT_REPLAY_MAX &&
 *	ring_len(r->mask + 1) && r->window <= r->mask + 1 &&
 *	r->reach == r->window - 1 &&
 *	\valid_read(r->map + (0 .. r->mask / 32));
 *
 * predicate window_ok{L}(struct sxt_replay *r) =
 *	\valid_read(r) &&
 *	(r->window == SXT_REPLAY_OFF ? r->reach == 0x7fffffff : window_on(r));
 *
 * predicate writable{L}(struct sxt_replay *r) =
 *	\valid(r) &&
 *	(r->window != SXT_REPLAY_OFF ==>
 *	 \valid(r->map + (0 .. r->mask / 32)) &&
 *	 \separated(r, r->map + (0 .. r->mask / 32)));
 *
 * predicate seen{L}(struct sxt_replay *r, integer s) =
 *	marked(r->map, r->mask, s);
 *
 * predicate judged{L}(struct sxt_replay *r, integer s, integer verdict) =
 *	(s > r->top || r->window == SXT_REPLAY_OFF ?
 *	 verdict == SXT_REPLAY_OK :
 *	 s == 0 ? verdict == SXT_REPLAY_ZERO :
 *	 s <= r->top - r->window ? verdict == SXT_REPLAY_OLD :
 *	 seen(r, s) ? verdict == SXT_REPLAY_DUP :
 *	 verdict == SXT_REPLAY_OK);
 */

size_t sxt_replay_map_words(u32 window);
int __must_check sxt_replay_init(struct sxt_replay *r, u32 *map, u32 window,
				 bool esn);
void sxt_replay_resume(struct sxt_replay *r, u64 top);
void sxt_ring_clear(u32 *map, u32 mask, u64 top, u64 seq);

/*@
 * requires len: ring_len(mask + 1);
 * assigns \nothing;
 * ensures place: \result == ring_pos(seq, mask) / 32;
 * ensures inside: \result <= mask / 32;
 */

/**
 * sxt_ring_word() - the place of a sequence number's bit in the ring
 * @mask: number of bits in the ring, less one
 * @seq: the number
 *
 * Return: index of the word; the bit in it is @seq modulo 32.
 */
static inline u32 sxt_ring_word(u32 mask, u64 seq)
{
	return (u32)(seq & mask) / 32;
}

/*@
 * requires len: ring_len(mask + 1) && \valid_read(map + (0 .. mask / 32));
 * assigns \nothing;
 * ensures \result <==> marked(map, mask, seq);
 */

/**
 * sxt_ring_test() - read the bit of a sequence number
 * @map: the ring
 * @mask: number of bits in the ring, less one
 * @seq: the number
 *
 * Return: whether the bit is set.
 */
static inline bool sxt_ring_test(const u32 *map, u32 mask, u64 seq)
{
	u32 word = READ_ONCE(map[sxt_ring_word(mask, seq)]);

	return (word >> seq % 32) & 1;
}

/*@
 * requires len: ring_len(mask + 1) && \valid(map + (0 .. mask / 32));
 * assigns map[0 .. mask / 32];
 * ensures set: marked(map, mask, seq);
 * ensures others: \forall integer s; 0 <= s &&
 *	-(mask + 1) < s - seq < mask + 1 && s != seq ==>
 *	(marked(map, mask, s) <==> \old(marked(map, mask, s)));
 */

/**
 * sxt_ring_set() - set the bit of a sequence number
 * @map: the ring
 * @mask: number of bits in the ring, less one
 * @seq: the number
 */
static inline void sxt_ring_set(u32 *map, u32 mask, u64 seq)
{
	u32 i = sxt_ring_word(mask, seq);
	u32 word = map[i] | (u32)1 << seq % 32;

	/*@ assert bits: \forall integer k; 0 <= k < 32 ==>
	 *	(bit(word, k) <==> k == seq % 32 || bit(map[i], k));
	 */
	WRITE_ONCE(map[i], word);
}

/*@
 * requires ok: window_ok(r);
 * assigns \nothing;
 * ensures verdict: judged(r, seq, \result);
 */

/**
 * sxt_replay_recheck() - judge a full sequence number
 * @r: window
 * @seq: the number that sxt_replay_check() gave
 *
 * The second look, after the ICV was found good and under the lock of the SA:
 * the same packet may have come in on another CPU meanwhile.
 *
 * Return: SXT_REPLAY_OK, or SXT_REPLAY_ZERO, _OLD or _DUP.
 */
static inline enum sxt_replay_verdict
sxt_replay_recheck(const struct sxt_replay *r, u64 seq)
{
	u64 top = READ_ONCE(r->top);

	if (seq > top || !r->window)
		return SXT_REPLAY_OK;
	if (!seq)
		return SXT_REPLAY_ZERO;
	if (top - seq >= r->window)
		return SXT_REPLAY_OLD;
	if (sxt_ring_test(r->map, r->mask, seq))
		return SXT_REPLAY_DUP;
	return SXT_REPLAY_OK;
}

/*@
 * requires ok: window_ok(r) && \valid(seq);
 * requires apart: \separated(seq, r);
 * requires apart_map: r->window != SXT_REPLAY_OFF ==>
 *	\separated(seq, r->map + (0 .. r->mask / 32));
 * assigns *seq;
 * ensures number: \forall integer n;
 *	r->top - r->reach <= n < r->top - r->reach + 0x100000000 &&
 *	(n - seq_lo) % 0x100000000 == 0 ==>
 *	(0 <= n <= 0xffffffffffffffff ?
 *	 *seq == n && judged(r, n, \result) :
 *	 *seq == seq_lo &&
 *	 (r->window == SXT_REPLAY_OFF ? \result == SXT_REPLAY_OK :
 *	  n < 0 ? \result == SXT_REPLAY_BELOW :
 *	  \result == SXT_REPLAY_WRAP));
 * ensures case_a: r->window != SXT_REPLAY_OFF &&
 *	r->top % 0x100000000 >= r->window - 1 &&
 *	\result != SXT_REPLAY_WRAP ==>
 *	*seq % 0x100000000 == seq_lo && *seq / 0x100000000 ==
 *	(seq_lo >= r->top % 0x100000000 - r->window + 1 ?
 *	 r->top / 0x100000000 : r->top / 0x100000000 + 1);
 * ensures case_b: r->window != SXT_REPLAY_OFF &&
 *	r->top % 0x100000000 < r->window - 1 &&
 *	\result != SXT_REPLAY_BELOW && \result != SXT_REPLAY_WRAP ==>
 *	*seq % 0x100000000 == seq_lo && *seq / 0x100000000 ==
 *	(seq_lo >= r->top % 0x100000000 - r->window + 1 + 0x100000000 ?
 *	 r->top / 0x100000000 - 1 : r->top / 0x100000000);
 */

/**
 * sxt_replay_check_esn() - judge the low half of an extended number
 * @r: window of an SA with ESN
 * @seq_lo: the 32 bits that the packet carries
 * @seq: where the full number goes
 *
 * RFC 4303 A2.2: of all numbers with this low half, the packet's is the one
 * in [B, B + 2^32 - 1] with B = T - W + 1; both of A2.2's cases are this one
 * rule. Near either end of the 64 bits no such number may exist. No step of
 * the arithmetic wraps.
 *
 * Return: SXT_REPLAY_OK, or why the packet must be dropped.
 */
static inline enum sxt_replay_verdict
sxt_replay_check_esn(const struct sxt_replay *r, u32 seq_lo, u64 *seq)
{
	const u64 subspace = 0x100000000ull;
	u64 top = READ_ONCE(r->top);
	u64 reach = r->reach;
	/* How far up from B: the number is B + above. */
	u64 above = (seq_lo + subspace - top % subspace + reach) % subspace;

	/*@ assert above: above == seq_lo - top % 0x100000000 + reach ||
	 *	above == seq_lo - top % 0x100000000 + reach + 0x100000000 ||
	 *	above == seq_lo - top % 0x100000000 + reach - 0x100000000;
	 */
	/*@ assert congruent:
	 *	(top - reach + above - seq_lo) % 0x100000000 == 0;
	 */
	*seq = seq_lo;
	if (above > reach) {
		if (above - reach > (u64)-1 - top)
			return r->window ? SXT_REPLAY_WRAP : SXT_REPLAY_OK;
		*seq = top + (above - reach);
		return SXT_REPLAY_OK;
	}
	/* Without a window nothing is late: it is of the first subspace. */
	if (reach - above > top)
		return r->window ? SXT_REPLAY_BELOW : SXT_REPLAY_OK;
	*seq = top - (reach - above);
	return sxt_replay_recheck(r, *seq);
}

/*@
 * requires ok: window_ok(r) && \valid(seq);
 * requires apart: \separated(seq, r);
 * requires apart_map: r->window != SXT_REPLAY_OFF ==>
 *	\separated(seq, r->map + (0 .. r->mask / 32));
 * assigns *seq;
 * ensures plain: !r->esn ==>
 *	*seq == seq_lo && judged(r, seq_lo, \result);
 * ensures number: r->esn ==> \forall integer n;
 *	r->top - r->reach <= n < r->top - r->reach + 0x100000000 &&
 *	(n - seq_lo) % 0x100000000 == 0 ==>
 *	(0 <= n <= 0xffffffffffffffff ?
 *	 *seq == n && judged(r, n, \result) :
 *	 *seq == seq_lo &&
 *	 (r->window == SXT_REPLAY_OFF ? \result == SXT_REPLAY_OK :
 *	  n < 0 ? \result == SXT_REPLAY_BELOW :
 *	  \result == SXT_REPLAY_WRAP));
 * ensures case_a: r->esn && r->window != SXT_REPLAY_OFF &&
 *	r->top % 0x100000000 >= r->window - 1 &&
 *	\result != SXT_REPLAY_WRAP ==>
 *	*seq % 0x100000000 == seq_lo && *seq / 0x100000000 ==
 *	(seq_lo >= r->top % 0x100000000 - r->window + 1 ?
 *	 r->top / 0x100000000 : r->top / 0x100000000 + 1);
 * ensures case_b: r->esn && r->window != SXT_REPLAY_OFF &&
 *	r->top % 0x100000000 < r->window - 1 &&
 *	\result != SXT_REPLAY_BELOW && \result != SXT_REPLAY_WRAP ==>
 *	*seq % 0x100000000 == seq_lo && *seq / 0x100000000 ==
 *	(seq_lo >= r->top % 0x100000000 - r->window + 1 + 0x100000000 ?
 *	 r->top / 0x100000000 - 1 : r->top / 0x100000000);
 */

/**
 * sxt_replay_check() - judge the sequence number of a packet
 * @r: window
 * @seq_lo: the 32 bits that the packet carries
 * @seq: where the full number goes; with ESN its high half enters the ICV
 *
 * The first look, before the ICV. May run without the lock of the SA: a stale
 * answer is put right by sxt_replay_commit(). @seq is set in any case.
 *
 * Return: SXT_REPLAY_OK, or why the packet must be dropped.
 */
static inline enum sxt_replay_verdict
sxt_replay_check(const struct sxt_replay *r, u32 seq_lo, u64 *seq)
{
	if (r->esn)
		return sxt_replay_check_esn(r, seq_lo, seq);
	*seq = seq_lo;
	return sxt_replay_recheck(r, seq_lo);
}

/*@
 * requires ok: window_ok(r) && writable(r);
 * requires judged(r, seq, SXT_REPLAY_OK);
 * assigns r->top, r->map[0 .. r->mask / 32];
 * ensures top: r->top == \max(seq, \old(r->top));
 * ensures marked: r->window != SXT_REPLAY_OFF ==> seen(r, seq);
 * ensures marks: r->window != SXT_REPLAY_OFF ==>
 *	\forall integer s; 0 <= s &&
 *	r->top - (r->mask + 1) < s <= r->top ==>
 *	(seen(r, s) <==>
 *	 s == seq || (s <= \old(r->top) && \old(seen(r, s))));
 */

/**
 * sxt_replay_advance() - mark a number as seen and move the window up to it
 * @r: window; the caller holds the lock of the SA
 * @seq: a number that sxt_replay_recheck() found good under the same lock
 */
static inline void sxt_replay_advance(struct sxt_replay *r, u64 seq)
{
	if (seq > r->top) {
		if (seq - r->top > 1 && r->window)
			sxt_ring_clear(r->map, r->mask, r->top, seq);
		WRITE_ONCE(r->top, seq);
	}
	if (r->window)
		sxt_ring_set(r->map, r->mask, seq);
}

/*@
 * requires ok: window_ok(r) && writable(r);
 * assigns r->top, r->map[0 .. r->mask / 32];
 * ensures verdict: \old(judged(r, seq, \result));
 * ensures top: r->top == (\result == SXT_REPLAY_OK ?
 *	\max(seq, \old(r->top)) : \old(r->top));
 * ensures refused: \result != SXT_REPLAY_OK ==>
 *	\forall integer s; 0 <= s ==> (seen(r, s) <==> \old(seen(r, s)));
 * ensures marks: r->window != SXT_REPLAY_OFF &&
 *	\result == SXT_REPLAY_OK ==>
 *	\forall integer s; 0 <= s &&
 *	r->top - (r->mask + 1) < s <= r->top ==>
 *	(seen(r, s) <==>
 *	 s == seq || (s <= \old(r->top) && \old(seen(r, s))));
 * ensures once: r->window != SXT_REPLAY_OFF ==>
 *	!judged(r, seq, SXT_REPLAY_OK);
 * ensures forever: r->window != SXT_REPLAY_OFF ==>
 *	\forall integer s; 0 <= s <= \old(r->top) &&
 *	!\old(judged(r, s, SXT_REPLAY_OK)) ==>
 *	!judged(r, s, SXT_REPLAY_OK);
 */

/**
 * sxt_replay_commit() - second look and mark, once the ICV was found good
 * @r: window; the caller holds the lock of the SA
 * @seq: the number that sxt_replay_check() gave
 *
 * RFC 4303 3.4.3: the window is updated only if the integrity check succeeds.
 *
 * Return: SXT_REPLAY_OK; else the packet must be dropped, and nothing changed.
 */
static inline enum sxt_replay_verdict __must_check
sxt_replay_commit(struct sxt_replay *r, u64 seq)
{
	enum sxt_replay_verdict verdict = sxt_replay_recheck(r, seq);

	if (verdict == SXT_REPLAY_OK)
		sxt_replay_advance(r, seq);
	return verdict;
}

/*@
 * assigns \nothing;
 * ensures seq + \result == (esn ? 0xffffffffffffffff : 0xffffffff) ||
 *	(\result == 0 && seq > (esn ? 0xffffffffffffffff : 0xffffffff));
 */

/**
 * sxt_seq_left() - how many numbers a sender may still use
 * @seq: the last number used, 0 before the first
 * @esn: the SA has extended numbers
 *
 * Return: that many; 0 when the SA can send no more.
 */
static inline u64 sxt_seq_left(u64 seq, bool esn)
{
	u64 last = esn ? (u64)-1 : (u32)-1;

	return seq < last ? last - seq : 0;
}

/*@
 * assigns \nothing;
 * ensures \result <==>
 *	seq <= (esn ? 0xffffffffffffffff : 0xffffffff);
 */

/**
 * sxt_seq_valid() - can an SA be at this number?
 * @seq: the number
 * @esn: the SA has extended numbers
 *
 * Return: whether a sender can have sent it, or 0, for none sent yet.
 */
static inline bool sxt_seq_valid(u64 seq, bool esn)
{
	return esn || seq <= (u32)-1;
}

/*@
 * requires \valid(seq) && \valid(out) && \separated(seq, out);
 * assigns *seq, *out;
 * ensures next: \result == 0 ==>
 *	*seq == \old(*seq) + 1 && *out == *seq &&
 *	(esn || *seq <= 0xffffffff);
 * ensures spent: \result != 0 ==>
 *	\result == -EOVERFLOW && *seq == \old(*seq) &&
 *	*out == \old(*out);
 * ensures only_then: \result != 0 ==>
 *	\old(*seq) >= (esn ? 0xffffffffffffffff : 0xffffffff);
 */

/**
 * sxt_seq_next() - the number for the next packet sent
 * @seq: the sender's counter, the last number used; the caller serializes
 * @esn: the SA has extended numbers
 * @out: where the number goes
 *
 * RFC 4303 3.3.3: the first number is 1, and the counter must never cycle.
 *
 * Return: 0, or -EOVERFLOW with nothing changed when all are used up.
 */
static inline int __must_check sxt_seq_next(u64 *seq, bool esn, u64 *out)
{
	if (!sxt_seq_left(*seq, esn))
		return -EOVERFLOW;
	*out = ++*seq;
	return 0;
}

#endif /* SEXTANT_REPLAY_H */
