/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the contracts in replay.h are said with: the arithmetic of a ring of
 * bits. For the prover only; a compiler sees nothing here. Lemmas are proved
 * with the code; axioms, which are about the bits of numbers, are checked by
 * scripts/proofs/axioms.smt2 under the same names. What stands between
 * SXT_LEMMAS helps to prove lemmas and would only distract from the code.
 */
#ifndef SEXTANT_REPLAY_SPEC_H
#define SEXTANT_REPLAY_SPEC_H

/*@
 * predicate bit(integer word, integer i) = (word & (1 << i)) != 0;
 *
 * predicate ring_len(integer n) =
 *	n == 32 || n == 64 || n == 128 || n == 256 || n == 512 ||
 *	n == 1024 || n == 2048 || n == 4096;
 *
 * axiomatic ring {
 *	logic integer ring_pos(integer s, integer m) = s % (m + 1);
 *	axiom ring_mask: \forall integer a, m;
 *		0 <= a <= 0xffffffffffffffff && ring_len(m + 1) ==>
 *		(a & m) == ring_pos(a, m);
 *	axiom ring_ones: \forall integer i; 0 <= i < 32 ==>
 *		bit(0xffffffff, i);
 * }
 *
 * predicate marked{L}(u32 *map, integer m, integer s) =
 *	bit(map[ring_pos(s, m) / 32], s % 32);
 */

#ifdef SXT_LEMMAS
/*@
 * lemma low_32: \forall integer s; 0 <= s ==> s % 32 % 32 == s % 32 &&
 *	(s - s % 32) % 32 == s % 32 - s % 32;
 * lemma low_64: \forall integer s; 0 <= s ==> s % 64 % 32 == s % 32 &&
 *	(s - s % 32) % 64 == s % 64 - s % 32;
 * lemma low_128: \forall integer s; 0 <= s ==> s % 128 % 32 == s % 32 &&
 *	(s - s % 32) % 128 == s % 128 - s % 32;
 * lemma low_256: \forall integer s; 0 <= s ==> s % 256 % 32 == s % 32 &&
 *	(s - s % 32) % 256 == s % 256 - s % 32;
 * lemma low_512: \forall integer s; 0 <= s ==> s % 512 % 32 == s % 32 &&
 *	(s - s % 32) % 512 == s % 512 - s % 32;
 * lemma low_1024: \forall integer s; 0 <= s ==> s % 1024 % 32 == s % 32 &&
 *	(s - s % 32) % 1024 == s % 1024 - s % 32;
 * lemma low_2048: \forall integer s; 0 <= s ==> s % 2048 % 32 == s % 32 &&
 *	(s - s % 32) % 2048 == s % 2048 - s % 32;
 * lemma low_4096: \forall integer s; 0 <= s ==> s % 4096 % 32 == s % 32 &&
 *	(s - s % 32) % 4096 == s % 4096 - s % 32;
 *
 * lemma ring_split: \forall integer s, m;
 *	ring_len(m + 1) && 0 <= s ==>
 *	ring_pos(s, m) == ring_pos(s, m) / 32 * 32 + s % 32;
 *
 * lemma ring_floor: \forall integer s, m;
 *	ring_len(m + 1) && 0 <= s ==>
 *	ring_pos(s - s % 32, m) == ring_pos(s, m) / 32 * 32;
 *
 * lemma ring_near: \forall integer s, t, m;
 *	ring_len(m + 1) && 0 <= s && 0 <= t && -(m + 1) < s - t < m + 1 &&
 *	ring_pos(s, m) == ring_pos(t, m) ==> s == t;
 *
 * lemma ring_back: \forall integer s, t, m;
 *	ring_len(m + 1) && 0 <= s && 0 <= t && t % 32 == 0 &&
 *	31 - (m + 1) < s - t < m + 1 &&
 *	ring_pos(s, m) / 32 == ring_pos(t, m) / 32 ==> s - s % 32 == t;
 *
 * lemma ring_on: \forall integer s, t, m;
 *	ring_len(m + 1) && 0 <= s && 0 <= t && t % 32 == 0 &&
 *	s - s % 32 == t ==> ring_pos(s, m) / 32 == ring_pos(t, m) / 32;
 *
 * lemma block: \forall integer s, t; 0 <= s && 0 <= t && t % 32 == 0 ==>
 *	(s - s % 32 == t <==> t <= s < t + 32);
 */
#endif

/*@
 * lemma ring_apart: \forall integer s, t, m;
 *	ring_len(m + 1) && 0 <= s && 0 <= t && -(m + 1) < s - t < m + 1 &&
 *	ring_pos(s, m) / 32 == ring_pos(t, m) / 32 && s % 32 == t % 32 ==>
 *	s == t;
 *
 * lemma ring_word: \forall integer s, t, m;
 *	ring_len(m + 1) && 0 <= s && 0 <= t && t % 32 == 0 &&
 *	31 - (m + 1) < s - t < m + 1 ==>
 *	(ring_pos(s, m) / 32 == ring_pos(t, m) / 32 <==> t <= s < t + 32);
 *
 * lemma ring_inside: \forall integer s, m;
 *	ring_len(m + 1) && 0 <= s ==> 0 <= ring_pos(s, m) / 32 <= m / 32;
 *
 * lemma esn_unique: \forall integer b, lo, n, k;
 *	b <= n < b + 0x100000000 && b <= k < b + 0x100000000 &&
 *	(n - lo) % 0x100000000 == 0 && (k - lo) % 0x100000000 == 0 ==>
 *	n == k;
 */

#endif /* SEXTANT_REPLAY_SPEC_H */
