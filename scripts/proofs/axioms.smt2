; SPDX-License-Identifier: GPL-2.0-only
; The axioms of the contracts, each proved here over bit vectors, since the
; provers that Frama-C drives know little of the bits of a number. After each
; "; axiom NAME" the negation is asserted for every length that the axiom is
; about, and "unsat" is the proof. The argument has 64 bits, as wide as any
; number in the code.
(set-logic QF_BV)
(declare-const a (_ BitVec 64))
(define-fun rest ((m (_ BitVec 64))) (_ BitVec 64)
  (bvurem a (bvadd m #x0000000000000001)))
(define-fun masks ((m (_ BitVec 64))) Bool (= (bvand a m) (rest m)))
(define-fun masks_too ((m (_ BitVec 64))) Bool (= (bvand m a) (rest m)))

; axiom ring_mask
(push)
(assert (not (and
  (masks #x000000000000001f) (masks #x000000000000003f)
  (masks #x000000000000007f) (masks #x00000000000000ff)
  (masks #x00000000000001ff) (masks #x00000000000003ff)
  (masks #x00000000000007ff) (masks #x0000000000000fff))))
(check-sat)
(pop)

; axiom ring_ones
(push)
(assert (not (=> (bvult a #x0000000000000020) (not (=
  (bvand #x00000000ffffffff (bvshl #x0000000000000001 a))
  #x0000000000000000)))))
(check-sat)
(pop)

; axiom align_mask
(push)
(assert (not (and
  (masks #x0000000000000003) (masks #x0000000000000007)
  (masks #x000000000000000f) (masks #x000000000000001f)
  (masks #x000000000000003f))))
(check-sat)
(pop)

; axiom align_mask_too
(push)
(assert (not (and
  (masks_too #x0000000000000003) (masks_too #x0000000000000007)
  (masks_too #x000000000000000f) (masks_too #x000000000000001f)
  (masks_too #x000000000000003f))))
(check-sat)
(pop)
