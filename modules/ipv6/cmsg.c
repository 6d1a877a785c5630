// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ancillary data of IPv6 sockets (RFC 3542; RFC 2292 for old programs): what a
 * program says of a packet that it sends, and hears of one that it receives.
 */
#include <linux/bits.h>
#include <net/ip.h>
#include <net/transp_v6.h>
#include "iface.h"
#include "sock_int.h"

/* RFC 3542 6.2, 6.6: interface and source address. Under RCU. */
static int pktinfo_rcu(struct net *net, struct sock *sk,
		       const struct in6_pktinfo *info, struct flowi6 *fl6)
{
	int type = __ipv6_addr_type(&info->ipi6_addr);
	struct net_device *dev = NULL;
	bool ours;

	if (info->ipi6_ifindex) {
		if (!sxt_oif_fits(sk, fl6->flowi6_oif, info->ipi6_ifindex))
			return -EINVAL;
		fl6->flowi6_oif = info->ipi6_ifindex;
	}
	if (fl6->flowi6_oif) {
		dev = dev_get_by_index_rcu(net, fl6->flowi6_oif);
		if (!dev)
			return -ENODEV;
	} else if (type & IPV6_ADDR_LINKLOCAL) {
		return -EINVAL;
	}
	if ((type & 0xffff) == IPV6_ADDR_ANY)
		return 0;
	if (type & IPV6_ADDR_MULTICAST)
		return -EINVAL;
	ours = sxt_ifa_serves(net, &info->ipi6_addr, dev, IFA_F_TENTATIVE);
	if (!ours && !ipv6_can_nonlocal_bind(net, inet_sk(sk)))
		return -EINVAL;
	fl6->saddr = info->ipi6_addr;
	return 0;
}

/**
 * sxt_cmsg_pktinfo() - interface and source address, if the socket may have them
 * @sk: the socket
 * @info: what the program says
 * @fl6: gets it; flowi6_oif: what was said before
 *
 * Context: process.
 * Return: 0; -EINVAL: contradicts what was said, or the address is none of
 *	this node's; -ENODEV.
 */
int sxt_cmsg_pktinfo(struct sock *sk, const struct in6_pktinfo *info,
		     struct flowi6 *fl6)
{
	int err;

	rcu_read_lock();
	err = pktinfo_rcu(sock_net(sk), sk, info, fl6);
	rcu_read_unlock();
	return err;
}

static int cmsg_flowinfo(struct sock *sk, __be32 flowinfo, struct flowi6 *fl6)
{
	struct ip6_flowlabel *label;

	flowinfo &= IPV6_FLOWINFO_MASK;
	/* Said twice, it must be the same. */
	if ((fl6->flowlabel & IPV6_FLOWINFO_MASK) &&
	    (fl6->flowlabel & IPV6_FLOWINFO_MASK) != flowinfo)
		return -EINVAL;
	if (flowinfo & IPV6_FLOWLABEL_MASK) {
		label = sxt_flowlabel_find(sk, flowinfo & IPV6_FLOWLABEL_MASK);
		if (IS_ERR(label))
			return -EINVAL;
		fl6_sock_release(label);
	}
	fl6->flowlabel = flowinfo;
	return 0;
}

/* An int between -1 (the usual value) and max. */
static int cmsg_int(const struct cmsghdr *cmsg, int min, int max, int *val)
{
	if (cmsg->cmsg_len != CMSG_LEN(sizeof(*val)))
		return -EINVAL;
	*val = *(int *)CMSG_DATA(cmsg);
	return *val < min || *val > max ? -EINVAL : 0;
}

/* Length of the extension header in there. */
static int cmsg_ext_len(const struct cmsghdr *cmsg)
{
	const struct ipv6_opt_hdr *hdr;
	int len;

	if (cmsg->cmsg_len < CMSG_LEN(sizeof(*hdr)))
		return -EINVAL;
	hdr = (const struct ipv6_opt_hdr *)CMSG_DATA(cmsg);
	len = ipv6_optlen(hdr);
	return cmsg->cmsg_len < CMSG_LEN(len) ? -EINVAL : len;
}

static int cmsg_ext(struct net *net, struct cmsghdr *cmsg,
		    struct ipv6_txoptions *opt)
{
	struct ipv6_opt_hdr *hdr = (struct ipv6_opt_hdr *)CMSG_DATA(cmsg);
	struct ipv6_opt_hdr **slot = &opt->dst1opt;
	__u16 *total = &opt->opt_nflen;
	int len;

	if (cmsg->cmsg_type == IPV6_HOPOPTS ||
	    cmsg->cmsg_type == IPV6_2292HOPOPTS)
		slot = &opt->hopopt;
	else if (cmsg->cmsg_type == IPV6_RTHDRDSTOPTS)
		slot = &opt->dst0opt;
	else
		total = &opt->opt_flen;
	if (*slot)
		return -EINVAL;
	len = cmsg_ext_len(cmsg);
	if (len < 0)
		return len;
	/* RFC 3542 22: options are for the privileged. */
	if (!ns_capable(net->user_ns, CAP_NET_RAW))
		return -EPERM;
	*slot = hdr;
	*total += len;
	return 0;
}

static int cmsg_rthdr(struct cmsghdr *cmsg, struct ipv6_txoptions *opt)
{
	struct ipv6_rt_hdr *hdr = (struct ipv6_rt_hdr *)CMSG_DATA(cmsg);
	int len = cmsg_ext_len(cmsg);

	if (len < 0)
		return len;
	if (opt->srcrt || !sxt_txopt_rthdr_ok(hdr, len))
		return -EINVAL;
	opt->srcrt = hdr;
	opt->opt_nflen += len;
	/* What RFC 2292 programs put in front of it is for each hop. */
	if (cmsg->cmsg_type == IPV6_2292RTHDR && opt->dst1opt) {
		len = ipv6_optlen(opt->dst1opt);
		if (opt->dst0opt)
			return -EINVAL;
		opt->dst0opt = opt->dst1opt;
		opt->dst1opt = NULL;
		opt->opt_flen -= len;
		opt->opt_nflen += len;
	}
	return 0;
}

/*
 * RFC 3542 6.4; what it is for this datagram is found out later. Length 0 is
 * for one that has none, whatever the socket has (section 4).
 */
static int cmsg_next_hop(struct net *net, struct cmsghdr *cmsg,
			 struct sxt_txopt *space)
{
	int err;

	if (space->any_via)
		return -EINVAL;
	space->any_via = true;
	if (cmsg->cmsg_len == CMSG_LEN(0))
		return 0;
	err = sxt_next_hop_check(CMSG_DATA(cmsg),
				 cmsg->cmsg_len - CMSG_LEN(0));
	if (err)
		return err;
	if (!ns_capable(net->user_ns, CAP_NET_RAW))
		return -EPERM;
	space->via = CMSG_DATA(cmsg);
	return 0;
}

/* RFC 3542 11.1 */
static int cmsg_min_mtu(const struct cmsghdr *cmsg, struct sxt_txopt *space)
{
	int val, err;

	err = cmsg_int(cmsg, -1, 1, &val);
	if (err)
		return err;
	space->min_mtu = val;
	space->any_min_mtu = true;
	return 0;
}

static int cmsg_one_opt(struct net *net, struct cmsghdr *cmsg,
			struct ipv6_txoptions *opt)
{
	if (!opt)
		return -EINVAL;
	sxt_txopt(opt)->any = true;
	switch (cmsg->cmsg_type) {
	case IPV6_NEXTHOP:
		return cmsg_next_hop(net, cmsg, sxt_txopt(opt));
	case IPV6_USE_MIN_MTU:
		return cmsg_min_mtu(cmsg, sxt_txopt(opt));
	case IPV6_RTHDR:
	case IPV6_2292RTHDR:
		return cmsg_rthdr(cmsg, opt);
	}
	return cmsg_ext(net, cmsg, opt);
}

static int cmsg_one(struct net *net, struct sock *sk, struct cmsghdr *cmsg,
		    struct flowi6 *fl6, struct ipcm6_cookie *ipc6)
{
	int val, err;

	switch (cmsg->cmsg_type) {
	case IPV6_PKTINFO:
	case IPV6_2292PKTINFO:
		if (cmsg->cmsg_len < CMSG_LEN(sizeof(struct in6_pktinfo)))
			return -EINVAL;
		return sxt_cmsg_pktinfo(sk, CMSG_DATA(cmsg), fl6);
	case IPV6_FLOWINFO:
		if (cmsg->cmsg_len < CMSG_LEN(sizeof(__be32)))
			return -EINVAL;
		return cmsg_flowinfo(sk, *(__be32 *)CMSG_DATA(cmsg), fl6);
	case IPV6_HOPLIMIT:
	case IPV6_2292HOPLIMIT:
		err = cmsg_int(cmsg, -1, 255, &val);
		if (!err)
			ipc6->hlimit = val;
		return err;
	case IPV6_TCLASS:
		err = cmsg_int(cmsg, -1, 255, &val);
		if (!err)
			ipc6->tclass = val < 0 ? inet6_sk(sk)->tclass : val;
		return err;
	case IPV6_DONTFRAG:
		err = cmsg_int(cmsg, 0, 1, &val);
		if (!err)
			ipc6->dontfrag = val;
		return err;
	case IPV6_HOPOPTS:
	case IPV6_2292HOPOPTS:
	case IPV6_DSTOPTS:
	case IPV6_2292DSTOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_RTHDR:
	case IPV6_2292RTHDR:
	case IPV6_NEXTHOP:
	case IPV6_USE_MIN_MTU:
		return cmsg_one_opt(net, cmsg, ipc6->opt);
	}
	return -EINVAL;
}

/**
 * sxt_cmsg_parse() - what a program says of a packet that it sends
 * @net: namespace
 * @sk: the socket
 * @msg: with the ancillary data, already in the kernel
 * @fl6: gets interface, source address, flow label
 * @ipc6: gets the rest; @ipc6->opt, if not NULL, is of an empty struct
 *	sxt_txopt, which gets extension headers and next hop: they stay in @msg
 *
 * Context: process; the socket need not be locked.
 * Return: 0; -EINVAL: too short, out of range, unknown, or contradicts itself;
 *	-EPERM: options and next hops want CAP_NET_RAW; -ENODEV;
 *	-EAFNOSUPPORT: a next hop of another family.
 */
int sxt_cmsg_parse(struct net *net, struct sock *sk, struct msghdr *msg,
		   struct flowi6 *fl6, struct ipcm6_cookie *ipc6)
{
	struct ipv6_txoptions *opt = ipc6->opt;
	struct cmsghdr *cmsg;
	int err;

	for_each_cmsghdr(cmsg, msg) {
		if (!CMSG_OK(msg, cmsg))
			return -EINVAL;
		if (cmsg->cmsg_level == SOL_SOCKET)
			err = __sock_cmsg_send(sk, cmsg, &ipc6->sockc);
		else if (cmsg->cmsg_level == SOL_IPV6)
			err = cmsg_one(net, sk, cmsg, fl6, ipc6);
		else
			continue;
		if (err)
			return err;
	}
	/* RFC 3542 9.2: without a routing header nothing stands before it. */
	if (opt && opt->dst0opt && !opt->srcrt) {
		opt->opt_nflen -= ipv6_optlen(opt->dst0opt);
		opt->dst0opt = NULL;
	}
	return 0;
}

/**
 * sxt_cmsg_put_common() - ancillary data of a packet of either family
 * @sk: the socket
 * @msg: gets it
 * @skb: the packet
 *
 * Context: process.
 */
void sxt_cmsg_put_common(struct sock *sk, struct msghdr *msg,
			 struct sk_buff *skb)
{
	struct in6_pktinfo info;

	if (!inet6_sk(sk)->rxopt.bits.rxinfo)
		return;
	if (skb->protocol == htons(ETH_P_IPV6)) {
		info.ipi6_ifindex = IP6CB(skb)->iif;
		info.ipi6_addr = ipv6_hdr(skb)->daddr;
	} else {
		info.ipi6_ifindex = PKTINFO_SKB_CB(skb)->ipi_ifindex;
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &info.ipi6_addr);
	}
	if (info.ipi6_ifindex >= 0)
		put_cmsg(msg, SOL_IPV6, IPV6_PKTINFO, sizeof(info), &info);
}

/* An extension header as it stands in the packet. */
static void cmsg_put_ext(struct msghdr *msg, const struct sk_buff *skb,
			 unsigned int offset, int type)
{
	const u8 *hdr = skb_network_header(skb) + offset;
	int room = skb_tail_pointer(skb) - hdr;

	if (room >= 2 && room >= (hdr[1] + 1) * 8)
		put_cmsg(msg, SOL_IPV6, type, (hdr[1] + 1) * 8, (void *)hdr);
}

/*
 * RFC 3542 6.3: one item a header, in the order of the packet. Input has read
 * the chain up to lastopt: it is whole and in the linear part.
 */
static void cmsg_put_chain(const struct ipv6_pinfo *np, struct msghdr *msg,
			   const struct sk_buff *skb)
{
	const struct inet6_skb_parm *parm = IP6CB(skb);
	const u8 *nh = skb_network_header(skb);
	u32 end = skb_tail_pointer(skb) - nh;
	u32 off = sizeof(struct ipv6hdr);
	u8 type = ipv6_hdr(skb)->nexthdr;

	while (off <= parm->lastopt && off + 2 <= end) {
		u32 len = (nh[off + 1] + 1) * 8;

		switch (type) {
		case IPPROTO_DSTOPTS:
			if (np->rxopt.bits.dstopts)
				cmsg_put_ext(msg, skb, off, IPV6_DSTOPTS);
			break;
		case IPPROTO_ROUTING:
			if (np->rxopt.bits.srcrt)
				cmsg_put_ext(msg, skb, off, IPV6_RTHDR);
			break;
		case IPPROTO_HOPOPTS:
			break;
		case IPPROTO_FRAGMENT:
			len = sizeof(struct frag_hdr);
			break;
		case IPPROTO_AH:
			len = (nh[off + 1] + 2) * 4;
			break;
		default:
			return;
		}
		type = nh[off];
		off += len;
	}
}

/* Of programs older than RFC 3542. */
static void cmsg_put_2292(const struct ipv6_pinfo *np, struct msghdr *msg,
			  const struct sk_buff *skb)
{
	const struct inet6_skb_parm *parm = IP6CB(skb);

	if (np->rxopt.bits.rxoinfo) {
		struct in6_pktinfo info = {
			.ipi6_addr = ipv6_hdr(skb)->daddr,
			.ipi6_ifindex = parm->iif,
		};

		put_cmsg(msg, SOL_IPV6, IPV6_2292PKTINFO, sizeof(info), &info);
	}
	if (np->rxopt.bits.rxohlim) {
		int hops = ipv6_hdr(skb)->hop_limit;

		put_cmsg(msg, SOL_IPV6, IPV6_2292HOPLIMIT, sizeof(hops), &hops);
	}
	if (np->rxopt.bits.ohopopts && (parm->flags & IP6SKB_HOPBYHOP))
		cmsg_put_ext(msg, skb, sizeof(struct ipv6hdr),
			     IPV6_2292HOPOPTS);
	if (np->rxopt.bits.odstopts && parm->dst0)
		cmsg_put_ext(msg, skb, parm->dst0, IPV6_2292DSTOPTS);
	if (np->rxopt.bits.osrcrt && parm->srcrt)
		cmsg_put_ext(msg, skb, parm->srcrt, IPV6_2292RTHDR);
	if (np->rxopt.bits.odstopts && parm->dst1)
		cmsg_put_ext(msg, skb, parm->dst1, IPV6_2292DSTOPTS);
}

/* For transparent proxies: where the packet was going. */
static void cmsg_put_origdst(struct msghdr *msg, const struct sk_buff *skb)
{
	struct sockaddr_in6 sin = {
		.sin6_family = AF_INET6,
		.sin6_addr = ipv6_hdr(skb)->daddr,
	};
	const u8 *ports = skb_transport_header(skb);

	if (ports + 4 > skb_tail_pointer(skb))
		return;
	sin.sin6_port = get_unaligned((__be16 *)(ports + 2));
	sin.sin6_scope_id = ipv6_iface_scope_id(&sin.sin6_addr,
						IP6CB(skb)->iif);
	put_cmsg(msg, SOL_IPV6, IPV6_ORIGDSTADDR, sizeof(sin), &sin);
}

/**
 * sxt_cmsg_put_specific() - ancillary data of an IPv6 packet
 * @sk: the socket
 * @msg: gets it
 * @skb: the packet; its network header is there, before skb->data
 *
 * Context: process.
 */
void sxt_cmsg_put_specific(struct sock *sk, struct msghdr *msg,
			   struct sk_buff *skb)
{
	const struct inet6_skb_parm *parm = IP6CB(skb);
	const struct ipv6_pinfo *np = inet6_sk(sk);
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	int val;

	if (np->rxopt.bits.rxhlim) {
		val = hdr->hop_limit;
		put_cmsg(msg, SOL_IPV6, IPV6_HOPLIMIT, sizeof(val), &val);
	}
	if (np->rxopt.bits.rxtclass) {
		val = ipv6_get_dsfield(hdr);
		put_cmsg(msg, SOL_IPV6, IPV6_TCLASS, sizeof(val), &val);
	}
	if (np->rxopt.bits.rxflow && ip6_flowinfo(hdr)) {
		__be32 flowinfo = ip6_flowinfo(hdr);

		put_cmsg(msg, SOL_IPV6, IPV6_FLOWINFO, sizeof(flowinfo),
			 &flowinfo);
	}
	if (np->rxopt.bits.hopopts && (parm->flags & IP6SKB_HOPBYHOP))
		cmsg_put_ext(msg, skb, sizeof(*hdr), IPV6_HOPOPTS);
	if (parm->lastopt && (np->rxopt.bits.dstopts || np->rxopt.bits.srcrt))
		cmsg_put_chain(np, msg, skb);
	cmsg_put_2292(np, msg, skb);
	if (np->rxopt.bits.rxorigdstaddr)
		cmsg_put_origdst(msg, skb);
	if (np->rxopt.bits.recvfragsize && parm->frag_max_size) {
		val = parm->frag_max_size;
		put_cmsg(msg, SOL_IPV6, IPV6_RECVFRAGSIZE, sizeof(val), &val);
	}
}

/**
 * sxt_cmsg_put() - all ancillary data that a socket wants of a packet
 * @sk: the socket
 * @msg: gets it
 * @skb: an IPv6 packet
 *
 * Context: process. The caller has looked that rxopt.all is not zero.
 */
void sxt_cmsg_put(struct sock *sk, struct msghdr *msg, struct sk_buff *skb)
{
	sxt_cmsg_put_common(sk, msg, skb);
	sxt_cmsg_put_specific(sk, msg, skb);
}
