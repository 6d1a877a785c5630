/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the contracts in esp_wire.h are said with: alignments and rounding. For
 * the prover only; a compiler sees nothing here. Lemmas are proved with the
 * code; axioms, which are about the bits of numbers, are checked by
 * scripts/proofs/axioms.smt2 under the same names. What stands between
 * SXT_LEMMAS helps to prove lemmas and would only distract from the code.
 */
#ifndef SEXTANT_ESP_WIRE_SPEC_H
#define SEXTANT_ESP_WIRE_SPEC_H

/*@
 * predicate esp_align(integer n) =
 *	n == 4 || n == 8 || n == 16 || n == 32 || n == 64;
 *
 * axiomatic esp_align {
 *	logic integer esp_over(integer a, integer m) = a % (m + 1);
 *	axiom align_mask: \forall integer a, m;
 *		0 <= a <= 0xffffffffffffffff && esp_align(m + 1) ==>
 *		(a & m) == esp_over(a, m);
 *	axiom align_mask_too: \forall integer x, m;
 *		0 <= x <= 0xffffffffffffffff && esp_align(m + 1) ==>
 *		(m & x) == esp_over(x, m);
 * }
 */

#ifdef SXT_LEMMAS
/*@
 * lemma whole: \forall integer q, k; k > 0 ==> (q * k) % k == 0;
 *
 * lemma split: \forall integer n, k; 0 <= n && k > 0 ==>
 *	n == n / k * k + n % k;
 */
#endif

/*@
 * lemma round_down: \forall integer n, m; 0 <= n && 0 <= m ==>
 *	(n - n % (m + 1)) % (m + 1) == 0;
 *
 * lemma fours: \forall integer n, k; 0 <= n && esp_align(k) &&
 *	n % k == 0 ==> n % 4 == 0;
 *
 * lemma round_up: \forall integer n, m; 1 <= n && 0 <= m ==>
 *	(n + m - (n - 1) % (m + 1)) % (m + 1) == 0;
 */

#endif /* SEXTANT_ESP_WIRE_SPEC_H */
