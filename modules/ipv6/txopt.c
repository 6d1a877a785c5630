// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all packets of a socket carry or heed (RFC 3542 6.4, 8, 9, 11.1):
 * struct sxt_txopt, its extension headers and next hop in one piece of memory,
 * which is replaced as a whole and counts against the socket's option memory. A
 * socket that says nothing of it has none. And what holds of one datagram.
 */
#include <net/ipv6.h>
#include "sock_int.h"

/* In the order of RFC 8200 4.1; what is no header comes last. */
enum { PART_HOP, PART_DST0, PART_ROUTING, PART_DST1, PART_VIA, PARTS };

static u32 part_len(const void *parts[PARTS], int i)
{
	const struct ipv6_opt_hdr *ext = parts[i];

	if (!ext)
		return 0;
	return i == PART_VIA ? sizeof(struct sockaddr_in6) : ipv6_optlen(ext);
}

static void parts_of(const struct ipv6_txoptions *opt, const void *parts[PARTS])
{
	parts[PART_HOP] = opt->hopopt;
	parts[PART_DST0] = opt->dst0opt;
	parts[PART_ROUTING] = opt->srcrt;
	parts[PART_DST1] = opt->dst1opt;
	parts[PART_VIA] = sxt_txopt(opt)->via;
}

static void *part_put(void **to, const void *parts[PARTS], int i)
{
	u32 len = part_len(parts, i);
	void *at = *to;

	if (!len)
		return NULL;
	memcpy(at, parts[i], len);
	*to += len;
	return at;
}

/* NULL: there is nothing to say. */
static struct ipv6_txoptions *txopt_make(struct sock *sk,
					 const void *parts[PARTS], s8 min_mtu)
{
	struct ipv6_txoptions *opt;
	struct sxt_txopt *whole;
	u32 total = 0;
	void *to;
	int i;

	for (i = 0; i < PARTS; i++)
		total += part_len(parts, i);
	if (!total && !min_mtu)
		return NULL;
	total += sizeof(*whole);
	whole = sock_kmalloc(sk, total, GFP_KERNEL);
	if (!whole)
		return ERR_PTR(-ENOBUFS);
	memset(whole, 0, sizeof(*whole));
	opt = &whole->opt;
	refcount_set(&opt->refcnt, 1);
	opt->tot_len = total;
	to = whole + 1;
	opt->hopopt = part_put(&to, parts, PART_HOP);
	opt->dst0opt = part_put(&to, parts, PART_DST0);
	opt->srcrt = part_put(&to, parts, PART_ROUTING);
	opt->dst1opt = part_put(&to, parts, PART_DST1);
	whole->via = part_put(&to, parts, PART_VIA);
	whole->min_mtu = min_mtu;
	opt->opt_nflen = part_len(parts, PART_HOP) +
			 part_len(parts, PART_ROUTING);
	/* RFC 3542 9.2: kept, but sent only before a routing header. */
	if (opt->srcrt)
		opt->opt_nflen += part_len(parts, PART_DST0);
	opt->opt_flen = part_len(parts, PART_DST1);
	return opt;
}

/**
 * sxt_txopt_rthdr_ok() - is this a routing header that we send?
 * @hdr: the header
 * @len: its length, at least that of the fixed part
 *
 * Type 2 with one address (RFC 6275 6.4). Type 0 is dead (RFC 5095).
 *
 * Context: any.
 * Return: true: it is.
 */
bool sxt_txopt_rthdr_ok(const struct ipv6_rt_hdr *hdr, u32 len)
{
	return hdr->type == IPV6_SRCRT_TYPE_2 && hdr->hdrlen == 2 &&
	       hdr->segments_left == 1 && len == sizeof(struct rt2_hdr);
}

/**
 * sxt_txopt_with() - what a socket says, with one thing another
 * @sk: the socket
 * @type: IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_RTHDR, IPV6_DSTOPTS,
 *	IPV6_NEXTHOP, IPV6_USE_MIN_MTU
 * @value: the header, whole, struct sockaddr_in6, or NULL: without; of
 *	IPV6_USE_MIN_MTU an int
 *
 * Context: process; the socket is locked.
 * Return: the new options, NULL if none are left, -ENOBUFS.
 */
struct ipv6_txoptions *sxt_txopt_with(struct sock *sk, int type,
				      const void *value)
{
	const struct ipv6_txoptions *old;
	const void *parts[PARTS] = {};
	s8 min_mtu = 0;

	old = rcu_dereference_protected(inet6_sk(sk)->opt,
					lockdep_sock_is_held(sk));
	if (old) {
		parts_of(old, parts);
		min_mtu = sxt_txopt(old)->min_mtu;
	}
	switch (type) {
	case IPV6_HOPOPTS:
		parts[PART_HOP] = value;
		break;
	case IPV6_RTHDRDSTOPTS:
		parts[PART_DST0] = value;
		break;
	case IPV6_RTHDR:
		parts[PART_ROUTING] = value;
		break;
	case IPV6_DSTOPTS:
		parts[PART_DST1] = value;
		break;
	case IPV6_NEXTHOP:
		parts[PART_VIA] = value;
		break;
	case IPV6_USE_MIN_MTU:
		min_mtu = *(const int *)value;
		break;
	}
	return txopt_make(sk, parts, min_mtu);
}

/**
 * sxt_txopt_dup() - options for a socket to keep
 * @sk: the socket
 * @opt: the options, of a struct sxt_txopt anywhere
 *
 * Context: process; the socket is locked.
 * Return: a copy, NULL if there are none, -ENOBUFS.
 */
struct ipv6_txoptions *sxt_txopt_dup(struct sock *sk,
				     const struct ipv6_txoptions *opt)
{
	const void *parts[PARTS];

	parts_of(opt, parts);
	return txopt_make(sk, parts, sxt_txopt(opt)->min_mtu);
}

/**
 * sxt_txopt_replace() - a socket's options from now on
 * @sk: the socket
 * @opt: of sxt_txopt_with() or sxt_txopt_dup(), or NULL
 *
 * Packets that are being built keep the old ones.
 *
 * Context: the socket is locked, or nobody has it any more.
 */
void sxt_txopt_replace(struct sock *sk, struct ipv6_txoptions *opt)
{
	struct ipv6_pinfo *np = inet6_sk(sk);

	opt = unrcu_pointer(xchg(&np->opt, RCU_INITIALIZER(opt)));
	if (!opt)
		return;
	atomic_sub(opt->tot_len, &sk->sk_omem_alloc);
	txopt_put(opt);
}

/* What the message leaves open is as the socket has it. */
static void merge_own(struct sxt_txopt *space,
		      const struct ipv6_txoptions *own)
{
	struct ipv6_txoptions *opt = &space->opt;

	/* One header of the message takes the place of all of the socket. */
	if (!opt->opt_nflen && !opt->opt_flen) {
		opt->hopopt = own->hopopt;
		opt->dst0opt = own->dst0opt;
		opt->srcrt = own->srcrt;
		opt->dst1opt = own->dst1opt;
		opt->opt_nflen = own->opt_nflen;
		opt->opt_flen = own->opt_flen;
	}
	if (!space->any_via)
		space->via = sxt_txopt(own)->via;
	if (!space->any_min_mtu)
		space->min_mtu = sxt_txopt(own)->min_mtu;
}

/**
 * sxt_txopt_merge() - the options of one datagram, of message and socket
 * @sk: the socket
 * @daddr: where it goes
 * @said: as in sxt_txopt_choose()
 * @space: as there
 * @held: as there
 *
 * Extension headers of the message take the place of all that the socket has;
 * the next hop and IPV6_USE_MIN_MTU do so each for itself. What that comes to
 * for @daddr is decided here: a group has no next hop (RFC 3542 6.4), nor has
 * ::1, which :: is for.
 *
 * Context: any.
 * Return: &space->opt or @held, or NULL: none.
 */
struct ipv6_txoptions *sxt_txopt_merge(const struct sock *sk,
				       const struct in6_addr *daddr,
				       struct ipv6_txoptions *said,
				       struct sxt_txopt *space,
				       struct ipv6_txoptions **held)
{
	struct ipv6_txoptions *own = txopt_get(sxt_np(sk));
	bool group = ipv6_addr_is_multicast(daddr);

	*held = own;
	if (!said) {
		if (!own || (!sxt_txopt(own)->via && !sxt_txopt(own)->min_mtu))
			return own;
		*space = (struct sxt_txopt){};
	}
	if (own)
		merge_own(space, own);
	if (group || ipv6_addr_any(daddr) || ipv6_addr_loopback(daddr))
		space->via = NULL;
	if (space->min_mtu < 0)
		space->min_mtu = group;
	return &space->opt;
}
