/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts of the packet path and the one function that every refused packet
 * goes through. The reasons are enum sextant_drop of the netlink interface.
 */
#ifndef SEXTANT_DROP_H
#define SEXTANT_DROP_H

#include <linux/skbuff.h>
#include <uapi/linux/sextant.h>

struct sxt_sa;

/*
 * A verdict is an int: SXT_PASS, SXT_STOLEN, or a reason of enum sextant_drop,
 * which is greater than 0. Whoever gets a reason still owns the packet and
 * hands it to sxt_drop(); after SXT_STOLEN nobody may touch it.
 */
#define SXT_PASS	0
#define SXT_STOLEN	(-1)

/* One more than the last reason, for arrays of counters. */
#define SXT_DROPS	(SEXTANT_DROP_MAX + 1)

/**
 * struct sxt_tally - counters of one CPU in one namespace
 * @drops: packets refused, one counter a reason
 * @in_packets: packets verified and accepted
 * @out_packets: packets protected
 * @nd_bypassed: neighbour discovery that rule 0 let pass in clear
 */
struct sxt_tally {
	u64 drops[SXT_DROPS];
	u64 in_packets;
	u64 out_packets;
	u64 nd_bypassed;
};

/**
 * sxt_drop() - count and free a refused packet
 * @net: the namespace it is counted in
 * @skb: the packet; its ownership comes here
 * @reason: why
 * @sa: the SA it belongs to, or NULL; counted there too
 *
 * Context: any but hard interrupt; takes no reference.
 */
void sxt_drop(struct net *net, struct sk_buff *skb, enum sextant_drop reason,
	      struct sxt_sa *sa);

/**
 * sxt_drop_count() - count a refusal of a packet that somebody else frees
 * @net: the namespace it is counted in
 * @reason: why
 * @sa: the SA it belongs to, or NULL
 *
 * Context: any but hard interrupt.
 */
void sxt_drop_count(struct net *net, enum sextant_drop reason,
		    struct sxt_sa *sa);

/**
 * sxt_tally_sum() - add up the counters of all CPUs
 * @net: the namespace
 * @sum: filled with the sums
 *
 * Context: process.
 */
void sxt_tally_sum(struct net *net, struct sxt_tally *sum);

#endif /* SEXTANT_DROP_H */
