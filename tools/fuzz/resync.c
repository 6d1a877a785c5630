// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the decisions about lost sequence numbers: a history of bad and good
 * packets, attempts and time against a telling that keeps all of the history;
 * and of what is proposed for a packet, that it is what the window, as replay.c
 * has it, has never seen.
 */
#include "../../modules/key/replay.c"
#include "../../modules/key/resync.c"
#include "fuzz.h"

#define EVENTS	400

/**
 * struct event - a bad packet
 * @accepted: packets that the SA had accepted
 * @ahead: how far its number was above the window's top
 */
struct event {
	u64 accepted;
	u64 ahead;
};

/* RFC 4303 A3.1: bad ones that are ahead, in a row, with no good one between. */
static u32 in_a_row(const struct event *events, u32 n)
{
	u32 i, count = 0;

	for (i = n; i-- && events[i].accepted == events[n - 1].accepted;)
		count += events[i].ahead != 0;
	return count;
}

/**
 * struct history - an SA's, as it goes on
 * @r: what is under test
 * @events: bad packets since the last number that was found
 * @n: how many
 * @accepted: packets accepted
 * @now: the time
 * @pause_end: when the next attempt may be made
 */
struct history {
	struct sxt_resync r;
	struct event events[EVENTS];
	u32 n;
	u64 accepted;
	u64 now;
	u64 pause_end;
};

static void bad_packet(struct history *h, u64 ahead, bool found)
{
	bool due, want;

	h->events[h->n].accepted = h->accepted;
	h->events[h->n++].ahead = ahead;
	want = ahead && h->now >= h->pause_end &&
	       in_a_row(h->events, h->n) >= SXT_RESYNC_TRIGGER;
	due = sxt_resync_fail(&h->r, ahead, h->accepted, h->now);
	FUZZ_ASSERT(due == want);
	FUZZ_ASSERT(h->r.failures <= SXT_RESYNC_TRIGGER);
	if (!due)
		return;
	sxt_resync_end(&h->r, found, h->now);
	h->pause_end = h->now + 1000;
	if (found) {
		h->n = 0;
		FUZZ_ASSERT(!h->r.failures);
	}
}

/* What is due when, and for how long not. */
static void history(struct fuzz_in *in)
{
	static struct history h;

	memset(&h, 0, sizeof(h));
	h.now = fuzz_u32(in);
	while (in->left && h.n < EVENTS - 64) {
		u8 op = fuzz_u8(in), arg = op & 63, i;

		switch (op >> 6) {
		case 0:
			for (i = 0; i <= arg; i++)
				bad_packet(&h, 1 + i, false);
			break;
		case 1:
			bad_packet(&h, arg >> 1, arg & 1);
			break;
		case 2:
			h.accepted += arg & 3;
			break;
		default:
			/* Any time, or to the end of the pause. */
			if (arg & 1 && h.now < h.pause_end)
				h.now = h.pause_end - (arg >> 1 & 1);
			else
				h.now += arg * 32u;
		}
	}
}

/* All that is tried for a packet is ahead, new, and has its low half. */
static void proposals(struct fuzz_in *in)
{
	u32 window = 32 + fuzz_u32(in) % 4065;
	u32 *map = malloc(sxt_replay_map_words(window) * sizeof(*map));
	u64 start = fuzz_u64(in), seq, candidate, before;
	u32 lo = fuzz_u32(in), len = fuzz_u32(in) % 10000, n;
	struct sxt_replay r;

	FUZZ_ASSERT(map && !sxt_replay_init(&r, map, window, true));
	if (start)
		FUZZ_ASSERT(sxt_replay_commit(&r, start) == SXT_REPLAY_OK);
	if (sxt_replay_check(&r, lo, &seq) != SXT_REPLAY_OK)
		seq = start;
	if (!sxt_resync_suits(seq, r.top, len)) {
		FUZZ_ASSERT(seq <= r.top || len > SXT_RESYNC_LEN_MAX ||
			    seq > (u64)-1 - 0x100000000ull);
		free(map);
		return;
	}
	FUZZ_ASSERT(seq > r.top && len <= SXT_RESYNC_LEN_MAX);
	before = seq;
	for (n = 1; sxt_resync_try(seq, n, &candidate); n++) {
		FUZZ_ASSERT(n <= SXT_RESYNC_TRIES);
		FUZZ_ASSERT(candidate > r.top && candidate > before);
		FUZZ_ASSERT(candidate - before == 0x100000000ull);
		FUZZ_ASSERT((u32)candidate == lo);
		FUZZ_ASSERT(sxt_replay_recheck(&r, candidate) == SXT_REPLAY_OK);
		before = candidate;
	}
	FUZZ_ASSERT(n == SXT_RESYNC_TRIES + 1 ||
		    before > (u64)-1 - 0x100000000ull);
	FUZZ_ASSERT(n > 1 && candidate == before);
	free(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = { data, size };

	if (fuzz_u8(&in) & 1)
		history(&in);
	else
		proposals(&in);
	return 0;
}
