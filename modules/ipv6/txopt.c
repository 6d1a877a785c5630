// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extension headers that all packets of a socket carry (RFC 3542 6, 8, 9):
 * struct ipv6_txoptions and its headers in one piece of memory, which is
 * replaced as a whole and counts against the socket's option memory. And which
 * headers one datagram carries.
 */
#include <net/ipv6.h>
#include "sock_int.h"

/* In the order of RFC 8200 4.1. */
enum { PART_HOP, PART_DST0, PART_ROUTING, PART_DST1, PARTS };

static u32 part_len(const void *hdr)
{
	const struct ipv6_opt_hdr *ext = hdr;

	return hdr ? ipv6_optlen(ext) : 0;
}

static void parts_of(const struct ipv6_txoptions *opt, const void *parts[PARTS])
{
	parts[PART_HOP] = opt->hopopt;
	parts[PART_DST0] = opt->dst0opt;
	parts[PART_ROUTING] = opt->srcrt;
	parts[PART_DST1] = opt->dst1opt;
}

static void *part_put(void **to, const void *hdr)
{
	void *at = *to;

	if (!hdr)
		return NULL;
	memcpy(at, hdr, part_len(hdr));
	*to += part_len(hdr);
	return at;
}

/* NULL: there is nothing to carry. */
static struct ipv6_txoptions *txopt_make(struct sock *sk,
					 const void *parts[PARTS])
{
	struct ipv6_txoptions *opt;
	u32 total = 0;
	void *to;
	int i;

	for (i = 0; i < PARTS; i++)
		total += part_len(parts[i]);
	if (!total)
		return NULL;
	total += sizeof(*opt);
	opt = sock_kmalloc(sk, total, GFP_KERNEL);
	if (!opt)
		return ERR_PTR(-ENOBUFS);
	memset(opt, 0, sizeof(*opt));
	refcount_set(&opt->refcnt, 1);
	opt->tot_len = total;
	to = opt + 1;
	opt->hopopt = part_put(&to, parts[PART_HOP]);
	opt->dst0opt = part_put(&to, parts[PART_DST0]);
	opt->srcrt = part_put(&to, parts[PART_ROUTING]);
	opt->dst1opt = part_put(&to, parts[PART_DST1]);
	opt->opt_nflen = part_len(opt->hopopt) + part_len(opt->srcrt);
	/* RFC 3542 9.2: kept, but sent only before a routing header. */
	if (opt->srcrt)
		opt->opt_nflen += part_len(opt->dst0opt);
	opt->opt_flen = part_len(opt->dst1opt);
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
 * sxt_txopt_with() - a socket's extension headers with one of them another
 * @sk: the socket
 * @type: IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_RTHDR, IPV6_DSTOPTS
 * @hdr: the header, whole, or NULL: without
 *
 * Context: process; the socket is locked.
 * Return: the new ones, NULL if none are left, -ENOBUFS.
 */
struct ipv6_txoptions *sxt_txopt_with(struct sock *sk, int type,
				      const void *hdr)
{
	const struct ipv6_txoptions *old;
	const void *parts[PARTS] = {};

	old = rcu_dereference_protected(inet6_sk(sk)->opt,
					lockdep_sock_is_held(sk));
	if (old)
		parts_of(old, parts);
	switch (type) {
	case IPV6_HOPOPTS:
		parts[PART_HOP] = hdr;
		break;
	case IPV6_RTHDRDSTOPTS:
		parts[PART_DST0] = hdr;
		break;
	case IPV6_RTHDR:
		parts[PART_ROUTING] = hdr;
		break;
	case IPV6_DSTOPTS:
		parts[PART_DST1] = hdr;
		break;
	}
	return txopt_make(sk, parts);
}

/**
 * sxt_txopt_dup() - extension headers for a socket to keep
 * @sk: the socket
 * @opt: the headers, anywhere
 *
 * Context: process; the socket is locked.
 * Return: a copy, NULL if there are none, -ENOBUFS.
 */
struct ipv6_txoptions *sxt_txopt_dup(struct sock *sk,
				     const struct ipv6_txoptions *opt)
{
	const void *parts[PARTS];

	parts_of(opt, parts);
	return txopt_make(sk, parts);
}

/**
 * sxt_txopt_replace() - a socket's extension headers from now on
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

/**
 * sxt_txopt_choose() - the extension headers of one datagram
 * @sk: the socket
 * @space: those of the message, if it has any
 * @held: out: those of the socket, with a reference for txopt_put(), or NULL
 *
 * Those of the message take the place of all that the socket has.
 *
 * Context: any.
 * Return: @space or @held, or NULL: none.
 */
struct ipv6_txoptions *sxt_txopt_choose(const struct sock *sk,
					struct ipv6_txoptions *space,
					struct ipv6_txoptions **held)
{
	*held = NULL;
	if (space->opt_nflen || space->opt_flen)
		return space;
	*held = txopt_get(inet6_sk(sk));
	return *held;
}
