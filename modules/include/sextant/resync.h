/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding an extended sequence number again after 2^32 packets in a row were
 * lost (RFC 4303 appendix A3): when to try it, with which packet, and which
 * numbers. Counters and time are passed in; who keeps the packet and asks the
 * cipher is elsewhere.
 *
 * RFC 4303 A3 wants no new way to deny service, and whoever can send can make
 * an ICV fail. So a stranger gets this much work out of a receiver and no more:
 * SXT_RESYNC_TRIES runs of the cipher over one packet of SXT_RESYNC_LEN_MAX
 * bytes a SXT_RESYNC_PAUSE, and only as long as no true packet comes.
 */
#ifndef SEXTANT_RESYNC_H
#define SEXTANT_RESYNC_H

#include <sextant/pure.h>

/*
 * So many bad ones in a row are no noise; that many of their packets more are
 * lost to hosts that have lost 2^32 already.
 */
#define SXT_RESYNC_TRIGGER	32
/* High halves that are tried: up to 2^38 packets lost. */
#define SXT_RESYNC_TRIES	64
#define SXT_RESYNC_PAUSE	1000	/* milliseconds from one attempt to the next */
/* A packet of a link with jumbo frames; a longer one is not kept. */
#define SXT_RESYNC_LEN_MAX	9216

/**
 * struct sxt_resync - what is remembered of an SA's bad packets
 * @accepted: packets that the SA had accepted at the last bad one
 * @not_before: time of the next attempt at the earliest
 * @failures: bad ones since the last good one, SXT_RESYNC_TRIGGER at most
 */
struct sxt_resync {
	u64 accepted;
	u64 not_before;
	u32 failures;
};

bool sxt_resync_fail(struct sxt_resync *r, u64 ahead, u64 accepted, u64 now);
void sxt_resync_end(struct sxt_resync *r, bool found, u64 now);
bool sxt_resync_suits(u64 seq, u64 top, u32 len);
bool sxt_resync_try(u64 seq, u32 n, u64 *candidate);

#endif /* SEXTANT_RESYNC_H */
