/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Source address selection (RFC 6724 5): which of two addresses is the better
 * source for a destination. Pure: all that the rules ask about is passed in.
 */
#ifndef SXT_SRCSEL_H
#define SXT_SRCSEL_H

#include <sextant/pure.h>

/* Scopes as in multicast addresses (RFC 4291 2.7), so that they compare. */
#define SXT_SCOPE_NODE		1
#define SXT_SCOPE_LINK		2
#define SXT_SCOPE_SITE		5
#define SXT_SCOPE_GLOBAL	14

/**
 * struct sxt_src_want - what is looked for
 * @addr: the destination, 16 bytes
 * @scope: its scope, SXT_SCOPE_* or that of a multicast address
 * @label: its label in the policy table
 * @care_of: the program wants care-of addresses rather than home addresses
 * @temporary: temporary addresses rather than public ones
 */
struct sxt_src_want {
	const u8 *addr;
	u8 scope;
	u32 label;
	bool care_of;
	bool temporary;
};

/**
 * struct sxt_src_cand - an address that may become the source
 * @addr: the address, 16 bytes
 * @scope: its scope, SXT_SCOPE_*
 * @plen: length of its prefix
 * @label: its label in the policy table
 * @deprecated: its preferred lifetime is over (RFC 4862 5.5.4)
 * @optimistic: duplicate address detection is not through (RFC 4429 3.3)
 * @home: it is a home address
 * @outgoing: it is on the interface by which the packet goes
 * @next_hop: the next hop advertised its prefix
 * @temporary: it is a temporary address (RFC 8981)
 */
struct sxt_src_cand {
	const u8 *addr;
	u8 scope;
	u8 plen;
	u32 label;
	bool deprecated;
	bool optimistic;
	bool home;
	bool outgoing;
	bool next_hop;
	bool temporary;
};

/**
 * sxt_srcsel_scope() - the scope of an address
 * @addr: 16 bytes; unicast or multicast
 *
 * RFC 4291 2.7 and RFC 6724 3.1. Unique local addresses are global (RFC 4193).
 *
 * Context: any.
 * Return: 0 to 15.
 */
u8 sxt_srcsel_scope(const u8 *addr);

/**
 * sxt_srcsel_common() - how many leading bits two addresses share
 * @a: 16 bytes
 * @b: 16 bytes
 * @plen: bits behind this are not looked at
 *
 * Context: any.
 * Return: 0 to @plen (RFC 6724 2.2).
 */
u32 sxt_srcsel_common(const u8 *a, const u8 *b, u32 plen);

/**
 * sxt_srcsel_place() - compares two addresses by the rules before the labels
 * @want: what is looked for; @want->label and @want->temporary aren't used
 * @a: one; neither is its label
 * @b: the other; neither is its label
 *
 * Rules 1 to 5.5 of RFC 6724 5; an optimistic address counts as deprecated
 * after those that really are (RFC 4429 3.3). They mostly decide, and the
 * caller need not look labels up.
 *
 * Context: any.
 * Return: above 0: @a is the better one; below 0: @b is; 0: neither.
 */
int sxt_srcsel_place(const struct sxt_src_want *want,
		     const struct sxt_src_cand *a,
		     const struct sxt_src_cand *b);

/**
 * sxt_srcsel_better() - is one address a better source than another?
 * @want: what is looked for
 * @a: one
 * @b: the other
 *
 * Rules 1 to 8 of RFC 6724 5 in their order: sxt_srcsel_place(), then labels,
 * temporary addresses, and the longest matching prefix.
 *
 * Context: any.
 * Return: true if @a is the better one; false if @b is, or none.
 */
bool sxt_srcsel_better(const struct sxt_src_want *want,
		       const struct sxt_src_cand *a,
		       const struct sxt_src_cand *b);

/**
 * sxt_srcsel_unbeaten() - can no address of another interface be better?
 * @want: what is looked for
 * @a: the best of the outgoing interface
 *
 * Spares looking at all other interfaces: rules 1 to 5 can't prefer another one
 * to an address of the right scope that is preferred and on the outgoing
 * interface, unless the destination is an address of this node itself.
 *
 * Context: any.
 * Return: true if so.
 */
bool sxt_srcsel_unbeaten(const struct sxt_src_want *want,
			 const struct sxt_src_cand *a);

#endif /* SXT_SRCSEL_H */
