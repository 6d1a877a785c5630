// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the anti-replay window that are not on every packet's way:
 * its size, its start, and the clearing of the bits that it moves over. The
 * rest is inline in the header. No lock, no allocation, no counters.
 */
#include <sextant/replay.h>

/* With the window off, late and early are told apart at half the subspace. */
#define REACH_OFF	0x7fffffffu

/*@
 * assigns \nothing;
 * ensures none: \result == 0 <==>
 *	!(SXT_REPLAY_MIN <= window <= SXT_REPLAY_MAX);
 * ensures fits: \result != 0 ==>
 *	ring_len(\result * 32) && window <= \result * 32;
 * ensures least: \result > 1 ==> \result * 16 < window;
 */

/**
 * sxt_replay_map_words() - how much memory a window needs
 * @window: its size, or SXT_REPLAY_OFF
 *
 * Return: the number of 32-bit words, a power of two; 0 when the window is
 * off or the size is not allowed.
 */
size_t sxt_replay_map_words(u32 window)
{
	size_t words = 1;

	if (window < SXT_REPLAY_MIN || window > SXT_REPLAY_MAX)
		return 0;
	/*@
	 * loop invariant ring_len(words * 32);
	 * loop invariant words > 1 ==> words * 16 < window;
	 * loop assigns words;
	 * loop variant window - words;
	 */
	while (words * 32 < window)
		words *= 2;
	return words;
}

/*@
 * requires \valid(r);
 * requires map != NULL && SXT_REPLAY_MIN <= window <= SXT_REPLAY_MAX ==>
 *	\exists integer n; ring_len(n) && window <= n &&
 *	(n > 32 ==> n < 2 * window) && \valid(map + (0 .. (n - 1) / 32)) &&
 *	\separated(r, map + (0 .. (n - 1) / 32));
 * assigns *r, map[0 .. 127];
 * ensures refused: \result != 0 ==>
 *	\result == -EINVAL && *r == \old(*r) &&
 *	(window == SXT_REPLAY_OFF ==> \false);
 * ensures ready: \result == 0 ==>
 *	window_ok(r) && writable(r) && r->top == 0 &&
 *	r->window == window && r->esn == esn;
 * ensures fresh: \result == 0 && window != SXT_REPLAY_OFF ==>
 *	\forall integer s; 0 <= s ==> !seen(r, s);
 */

/**
 * sxt_replay_init() - start a window: nothing received yet
 * @r: window to set up
 * @map: sxt_replay_map_words() words that live as long as @r; NULL when off
 * @window: its size, SXT_REPLAY_MIN to SXT_REPLAY_MAX, or SXT_REPLAY_OFF
 * @esn: the SA has extended sequence numbers
 *
 * Return: 0, or -EINVAL with nothing changed for a size that is not allowed.
 */
int sxt_replay_init(struct sxt_replay *r, u32 *map, u32 window, bool esn)
{
	size_t words = sxt_replay_map_words(window);
	size_t i;

	if (window != SXT_REPLAY_OFF && (!words || !map))
		return -EINVAL;
	r->top = 0;
	r->map = words ? map : NULL;
	r->window = window;
	r->reach = words ? window - 1 : REACH_OFF;
	r->mask = words ? (u32)words * 32 - 1 : 0;
	r->esn = esn;
	/*@
	 * loop invariant 0 <= i <= words;
	 * loop invariant zero: \forall integer k; 0 <= k < i ==> map[k] == 0;
	 * loop assigns i, map[0 .. words - 1];
	 * loop variant words - i;
	 */
	for (i = 0; i < words; i++)
		map[i] = 0;
	return 0;
}

/*@
 * requires ok: window_ok(r) && writable(r);
 * assigns r->top, r->map[0 .. r->mask / 32];
 * ensures kept: window_ok(r) && writable(r);
 * ensures top: r->top == top;
 * ensures all: r->window != SXT_REPLAY_OFF ==>
 *	\forall integer s; 0 <= s ==> seen(r, s);
 * ensures none_again: r->window != SXT_REPLAY_OFF ==>
 *	\forall integer s; 0 <= s <= top ==>
 *	!judged(r, s, SXT_REPLAY_OK);
 * ensures above: \forall integer s; s > top ==>
 *	judged(r, s, SXT_REPLAY_OK);
 */

/**
 * sxt_replay_resume() - take a window over from another host
 * @r: a window that no packet has passed yet
 * @top: the highest number that was received there, 0 for none
 *
 * Which of the numbers below @top were received there is not known, so all of
 * them count as received: none of them passes any more, and no packet of the
 * other host's passes twice.
 */
void sxt_replay_resume(struct sxt_replay *r, u64 top)
{
	u32 words = r->window ? r->mask / 32 + 1 : 0;
	u32 i;

	r->top = top;
	/*@
	 * loop invariant 0 <= i <= words;
	 * loop invariant ones: \forall integer k; 0 <= k < i ==>
	 *	r->map[k] == 0xffffffff;
	 * loop assigns i, r->map[0 .. words - 1];
	 * loop variant words - i;
	 */
	for (i = 0; i < words; i++)
		r->map[i] = 0xffffffff;
}

/*@
 * requires len: ring_len(mask + 1) && \valid(map + (0 .. mask / 32));
 * requires up: seq > top;
 * assigns map[0 .. mask / 32];
 * ensures cleared: \forall integer s; 0 <= s &&
 *	seq - (mask + 1) < s <= seq ==>
 *	(marked(map, mask, s) <==>
 *	 s <= top && \old(marked(map, mask, s)));
 */

/**
 * sxt_ring_clear() - forget the bits that the window is about to move over
 * @map: the ring
 * @mask: number of bits in the ring, less one
 * @top: the highest number so far
 * @seq: the new one, above it
 *
 * RFC 4303 A2.1: the new bits up to the new top say "not received". Exactly
 * those are cleared: their neighbours in the same word may belong to the
 * bottom of the window.
 */
void sxt_ring_clear(u32 *map, u32 mask, u64 top, u64 seq)
{
	u64 done = top;

	if (seq - done > mask)
		done = seq - mask - 1;
	/*@
	 * loop invariant bounds: top <= done <= seq &&
	 *	seq - (mask + 1) <= done;
	 * loop invariant cleared: \forall integer s; 0 <= s &&
	 *	seq - (mask + 1) < s <= seq ==>
	 *	(marked(map, mask, s) <==>
	 *	 (s <= top || s > done) && \at(marked(map, mask, s), Pre));
	 * loop assigns done, map[0 .. mask / 32];
	 * loop variant seq - done;
	 */
	while (done < seq) {
		u64 next = done + 1;
		u32 i = sxt_ring_word(mask, next);

		if (next % 32 == 0 && seq - done >= 32) {
			WRITE_ONCE(map[i], 0);
			done += 32;
		} else {
			u32 word = map[i] & ~((u32)1 << next % 32);

			/*@ assert bits: \forall integer k; 0 <= k < 32 ==>
			 *	(bit(word, k) <==>
			 *	 k != next % 32 && bit(map[i], k));
			 */
			WRITE_ONCE(map[i], word);
			done = next;
		}
	}
}
