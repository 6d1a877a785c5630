// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds the datagrams that sockets send. One that is written at once is one
 * packet, however long: who sends it cuts it (sxt_ip6_fragment(), or GSO). One
 * that is written in parts (MSG_MORE, UDP_CORK) waits in the socket.
 */
#include <linux/icmpv6.h>
#include <net/ip6_route.h>
#include "dgram.h"

/* In a packet of pieces: payload that stands with the headers. */
#define DGRAM_LINEAR	256U
/* A part that is written gets room for others to come. */
#define DGRAM_CORK_MIN	1024U
#define DGRAM_CORK_MAX	(SKB_MAX_ALLOC - 512U)

/**
 * sxt_dgram_plan() - what a datagram by a route must be fit for
 * @plan: filled in
 * @sk: the socket
 * @dst: the route
 * @ipc6: extension headers, IPV6_USE_MIN_MTU
 *
 * Context: under RCU, or with a reference to @dst; any.
 * Return: 0; -EINVAL: the link is none for IPv6 (RFC 8200 section 5).
 */
int sxt_dgram_plan(struct sxt_dgram_plan *plan, const struct sock *sk,
		   const struct dst_entry *dst, const struct ipcm6_cookie *ipc6)
{
	const struct ipv6_pinfo *np = sxt_np(sk);
	u32 own = READ_ONCE(np->frag_size);
	const struct net_device *dev;

	/* A reference is to the dst, and not to its device. */
	rcu_read_lock();
	dev = dst_dev_rcu((struct dst_entry *)dst);
	plan->link = LL_RESERVED_SPACE(dev);
	plan->tail = dev->needed_tailroom;
	plan->scatter = dev->features & NETIF_F_SG;
	plan->offload = dev->features & (NETIF_F_IPV6_CSUM | NETIF_F_HW_CSUM);
	plan->mtu = READ_ONCE(np->pmtudisc) >= IPV6_PMTUDISC_PROBE ?
		    READ_ONCE(dev->mtu) : sxt_dst_mtu(dst);
	rcu_read_unlock();
	if (own && own < plan->mtu)
		plan->mtu = own;
	if (unlikely(plan->mtu < IPV6_MIN_MTU))
		return -EINVAL;
	plan->headers = sizeof(struct ipv6hdr);
	if (unlikely(ipc6->opt)) {
		plan->headers += ipc6->opt->opt_nflen + ipc6->opt->opt_flen;
		if (sxt_txopt(ipc6->opt)->min_mtu)
			plan->mtu = IPV6_MIN_MTU;
		/* A device may not find the way through extension headers. */
		plan->offload = plan->offload &&
				plan->headers == sizeof(struct ipv6hdr);
	}
	return 0;
}

/* As if there were no extension headers: what a program reckons with. */
static u32 dgram_room(u32 mtu, u32 headers)
{
	return (mtu > headers ? mtu - headers : 0) + sizeof(struct ipv6hdr);
}

static noinline int dgram_too_long(struct sock *sk, struct flowi6 *fl6, u32 mtu,
				   u32 headers)
{
	sxt_sk_local_error(sk, EMSGSIZE, fl6, dgram_room(mtu, headers));
	return -EMSGSIZE;
}

/**
 * sxt_dgram_fits() - may a datagram have this length?
 * @plan: by sxt_dgram_plan()
 * @sk: the socket; its error queue and IPV6_RECVPATHMTU hear of a no
 * @fl6: where it goes
 * @ipc6: IPV6_DONTFRAG, UDP_SEGMENT
 * @length: bytes behind the extension headers
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_dgram_fits(const struct sxt_dgram_plan *plan, struct sock *sk,
		   struct flowi6 *fl6, const struct ipcm6_cookie *ipc6,
		   size_t length)
{
	u32 mtu = ipc6->gso_size ? IP6_MAX_MTU : plan->mtu;
	u32 most = mtu;

	if (likely(length + plan->headers <= mtu))
		return 0;
	if (ipc6->dontfrag) {
		/* RFC 3542 11.2, 11.3 */
		sxt_sk_pmtu_told(sk, fl6, dgram_room(mtu, plan->headers));
		return dgram_too_long(sk, fl6, mtu, plan->headers);
	}
	if (ip6_sk_ignore_df(sk))
		most = IP6_MAX_MTU;
	if (length + plan->headers > most)
		return dgram_too_long(sk, fl6, mtu, plan->headers);
	return 0;
}

/*
 * Room for @head bytes and @pages more, on the socket's account. An error that
 * waits in the socket is the answer; but where no transport header is made
 * (@transport 0) the socket is a raw one, which sends on whatever became of
 * its packets: programs that trace a path have many under way, and read what
 * came of them later.
 */
static struct sk_buff *dgram_alloc(struct sock *sk, u32 head, u32 pages,
				   u32 transport, unsigned int flags, int *err)
{
	struct sk_buff *skb;

	if (likely(transport) || READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN ||
	    sk_wmem_alloc_get(sk) >= READ_ONCE(sk->sk_sndbuf))
		return sock_alloc_send_pskb(sk, head, pages,
					    flags & MSG_DONTWAIT, err,
					    PAGE_ALLOC_COSTLY_ORDER);
	skb = alloc_skb_with_frags(head, pages, PAGE_ALLOC_COSTLY_ORDER, err,
				   sk->sk_allocation);
	if (skb)
		skb_set_owner_w(skb, sk);
	return skb;
}

/* Long data in pages: no allocation of a high order. */
static noinline struct sk_buff *fill_pages(const struct sxt_dgram_plan *plan,
					   struct sock *sk,
					   sxt_getfrag_t *getfrag, void *from,
					   u32 length, u32 transport,
					   unsigned int flags, bool partial)
{
	u32 head = plan->link + plan->headers;
	u32 linear = transport + DGRAM_LINEAR;
	struct sk_buff *skb;
	int i, err;
	u32 off;

	skb = dgram_alloc(sk, head + linear + plan->tail, length - linear,
			  transport, flags, &err);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, head);
	skb_put(skb, linear);
	skb->data_len = length - linear;
	skb->len += skb->data_len;
	skb->ip_summed = partial ? CHECKSUM_PARTIAL : CHECKSUM_NONE;

	off = DGRAM_LINEAR;
	err = getfrag(from, skb->data + transport, 0, off, 0, skb);
	for (i = 0; i < skb_shinfo(skb)->nr_frags && err >= 0; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		err = getfrag(from, skb_frag_address(frag), off,
			      skb_frag_size(frag), off, skb);
		off += skb_frag_size(frag);
	}
	if (err >= 0)
		return skb;
	kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
					     SXT_WHY_SEND_FAULT));
	return ERR_PTR(-EFAULT);
}

static struct sk_buff *fill_linear(const struct sxt_dgram_plan *plan,
				   struct sock *sk, sxt_getfrag_t *getfrag,
				   void *from, u32 length, u32 transport,
				   unsigned int flags, bool partial)
{
	u32 head = plan->link + plan->headers;
	struct sk_buff *skb;
	int err;

	skb = dgram_alloc(sk, head + length + plan->tail, 0, transport, flags,
			  &err);
	if (unlikely(!skb))
		return ERR_PTR(err);
	skb_reserve(skb, head);
	skb_put(skb, length);
	skb->ip_summed = partial ? CHECKSUM_PARTIAL : CHECKSUM_NONE;
	if (length > transport &&
	    unlikely(getfrag(from, skb->data + transport, 0,
			     length - transport, 0, skb) < 0)) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_SEND_FAULT));
		return ERR_PTR(-EFAULT);
	}
	return skb;
}

/* MSG_ZEROCOPY: who asks is told that it was copied. */
static noinline struct sk_buff *fill_told(struct sk_buff *skb, struct sock *sk,
					  u32 length)
{
	struct ubuf_info *uarg;

	if (IS_ERR(skb) || !sock_flag(sk, SOCK_ZEROCOPY))
		return skb;
	uarg = msg_zerocopy_realloc(sk, length, NULL);
	if (!uarg) {
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_NO_MEMORY));
		return ERR_PTR(-ENOBUFS);
	}
	uarg_to_msgzc(uarg)->zerocopy = 0;
	skb_zcopy_set(skb, uarg, NULL);
	net_zcopy_put(uarg);
	return skb;
}

/**
 * sxt_dgram_fill() - a packet with the data of a datagram
 * @plan: by sxt_dgram_plan(); sxt_dgram_fits() has said yes
 * @sk: the socket, which is charged
 * @getfrag: where the data comes from
 * @from: its argument
 * @length: bytes from the transport header on
 * @transport: of these, the transport header; it is not filled in
 * @flags: MSG_DONTWAIT: don't wait for room in the send buffer; MSG_ZEROCOPY
 * @partial: nobody needs a checksum of the data: it is not made while copying.
 *	Else it is in skb->csum, if @getfrag makes one
 *
 * Context: process, may sleep; not under RCU.
 * Return: the packet, data at the transport header, with room in front for all
 *	headers; or -EAGAIN, -ENOBUFS, -EFAULT, -EPIPE…
 */
struct sk_buff *sxt_dgram_fill(const struct sxt_dgram_plan *plan,
			       struct sock *sk, sxt_getfrag_t *getfrag,
			       void *from, u32 length, u32 transport,
			       unsigned int flags, bool partial)
{
	struct sk_buff *skb;

	if (unlikely(length > SKB_MAX_ALLOC - 512 && plan->scatter))
		skb = fill_pages(plan, sk, getfrag, from, length, transport,
				 flags, partial);
	else
		skb = fill_linear(plan, sk, getfrag, from, length, transport,
				  flags, partial);
	if (unlikely(flags & MSG_ZEROCOPY))
		skb = fill_told(skb, sk, length);
	if (!IS_ERR(skb))
		skb_reset_transport_header(skb);
	return skb;
}

/* What queues, filters and the link want to know. */
static void dgram_meta(struct sk_buff *skb, const struct sock *sk,
		       const struct ipcm6_cookie *ipc6, unsigned int flags)
{
	u8 pmtudisc = READ_ONCE(sxt_np(sk)->pmtudisc);

	skb->priority = READ_ONCE(sk->sk_priority);
	skb->mark = ipc6->sockc.mark;
	/* as ip6_sk_ignore_df() */
	skb->ignore_df = pmtudisc < IPV6_PMTUDISC_DO ||
			 pmtudisc == IPV6_PMTUDISC_OMIT;
	skb_set_delivery_type_by_clockid(skb, ipc6->sockc.transmit_time,
					 sk->sk_clockid);
	skb_setup_tx_timestamp(skb, ipc6->sockc.tsflags);
	if (unlikely(flags & MSG_CONFIRM))
		skb_set_dst_pending_confirm(skb, 1);
}

/**
 * sxt_dgram_head() - a datagram's extension and IPv6 headers
 * @skb: the packet, from the transport header on
 * @sk: the socket
 * @fl6: addresses (the destination is the last one), protocol, flow label
 * @ipc6: hop limit, traffic class, extension headers, IPV6_USE_MIN_MTU
 * @flags: MSG_CONFIRM
 *
 * Context: any; under RCU if the options are a socket's without a reference.
 */
void sxt_dgram_head(struct sk_buff *skb, const struct sock *sk,
		    struct flowi6 *fl6, const struct ipcm6_cookie *ipc6,
		    unsigned int flags)
{
	const struct ipv6_txoptions *opt = ipc6->opt;
	struct in6_addr *daddr = &fl6->daddr;
	struct net *net = sock_net(sk);
	u8 proto = fl6->flowi6_proto;
	struct ipv6hdr *hdr;

	if (unlikely(opt)) {
		if (opt->opt_flen)
			sxt_exthdr_push_frag(skb, opt, &proto);
		if (opt->opt_nflen)
			sxt_exthdr_push(skb, opt, &proto, &daddr);
		/* As if it had come in such fragments: output cuts it so. */
		if (sxt_txopt(opt)->min_mtu)
			IP6CB(skb)->frag_max_size = IPV6_MIN_MTU;
	}
	hdr = skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, ipc6->tclass,
		     sxt_flowlabel_auto(net, skb, fl6->flowlabel,
					sxt_flowlabel_is_auto(net, sk), fl6));
	hdr->nexthdr = proto;
	hdr->hop_limit = ipc6->hlimit;
	hdr->saddr = fl6->saddr;
	hdr->daddr = *daddr;
	dgram_meta(skb, sk, ipc6, flags);
}

/**
 * sxt_dgram_build() - a datagram that is written at once
 * @sk: the socket
 * @getfrag: where the data comes from
 * @from: its argument
 * @length: bytes from the transport header on
 * @transport_hdr_len: of these, the transport header; the caller fills it in
 * @ipc6: how; ipc6->hlimit is set
 * @rt: the route; the packet gets a reference of its own
 * @fl6: where it goes
 * @flags: MSG_DONTWAIT, MSG_CONFIRM, MSG_ZEROCOPY; with MSG_PROBE there is none
 *
 * Context: process, may sleep; the socket need not be locked.
 * Return: the packet from the IPv6 header on, for sxt_dgram_send(); NULL, or an
 *	errno: -EMSGSIZE, and what sxt_dgram_fill() says.
 */
struct sk_buff *sxt_dgram_build(struct sock *sk, sxt_getfrag_t *getfrag,
				void *from, size_t length,
				unsigned int transport_hdr_len,
				struct ipcm6_cookie *ipc6,
				struct rt6_info *rt, const struct flowi6 *fl6,
				unsigned int flags)
{
	struct sxt_dgram_plan plan;
	struct flowi6 flow = *fl6;
	struct sk_buff *skb;
	int err;

	if (flags & MSG_PROBE)
		return NULL;
	err = sxt_dgram_plan(&plan, sk, &rt->dst, ipc6);
	if (!err)
		err = sxt_dgram_fits(&plan, sk, &flow, ipc6, length);
	if (err)
		return ERR_PTR(err);
	skb = sxt_dgram_fill(&plan, sk, getfrag, from, length,
			     transport_hdr_len, flags, false);
	if (IS_ERR(skb))
		return skb;
	sxt_dgram_head(skb, sk, &flow, ipc6, flags);
	skb_dst_set(skb, dst_clone(&rt->dst));
	return skb;
}

/* RFC 4293, RFC 2466: by type, so the header must be complete. */
static noinline void send_count_icmp(struct net *net, struct inet6_dev *idev,
				     const struct sk_buff *skb)
{
	const u8 *type;
	u8 room;

	type = skb_header_pointer(skb, skb_transport_offset(skb), 1, &room);
	if (!type)
		return;
	ICMP6MSGOUT_INC_STATS(net, idev, *type);
	ICMP6_INC_STATS(net, idev, ICMP6_MIB_OUTMSGS);
}

/**
 * sxt_dgram_send() - sends a datagram
 * @skb: the packet from the IPv6 header on, all of it filled in; its socket and
 *	route are set
 *
 * Context: any but hard interrupt. The packet is gone.
 * Return: 0 or -errno; -ENOBUFS: a queue was full.
 */
int sxt_dgram_send(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct net *net = sock_net(sk);
	struct inet6_dev *idev;
	int err;

	rcu_read_lock();
	idev = ip6_dst_idev(skb_dst(skb));
	IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTREQUESTS);
	if (unlikely(sk->sk_protocol == IPPROTO_ICMPV6))
		send_count_icmp(net, idev, skb);
	err = ip6_local_out(net, sk, skb);
	if (unlikely(err)) {
		if (err > 0)
			err = net_xmit_errno(err);
		if (err)
			IP6_INC_STATS(net, idev, IPSTATS_MIB_OUTDISCARDS);
	}
	rcu_read_unlock();
	return err;
}

/* Datagrams in parts. */

/* IPv4 sends by the same flow, to whom it has connected the socket. */
static void cork_flow_back(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;

	if (!ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		return;
	fl4->saddr = inet->inet_saddr;
	fl4->daddr = inet->inet_daddr;
	fl4->fl4_dport = inet->inet_dport;
}

static void cork_release(struct sock *sk)
{
	struct inet_cork *base = &inet_sk(sk)->cork.base;
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct ipv6_txoptions *opt = np->cork.opt;

	np->cork.opt = NULL;
	if (opt) {
		atomic_sub(opt->tot_len, &sk->sk_omem_alloc);
		txopt_put(opt);
	}
	dst_release(base->dst);
	memset(base, 0, sizeof(*base));
	cork_flow_back(sk);
}

/* What the first part says holds for all. */
static int cork_begin(struct sock *sk, const struct ipcm6_cookie *ipc6,
		      const struct flowi6 *fl6, struct rt6_info *rt)
{
	struct inet_cork_full *cork = &inet_sk(sk)->cork;
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct sxt_dgram_plan plan;
	int err;

	err = sxt_dgram_plan(&plan, sk, &rt->dst, ipc6);
	if (err)
		return err;
	cork_release(sk);
	if (ipc6->opt) {
		struct ipv6_txoptions *opt = sxt_txopt_dup(sk, ipc6->opt);

		if (IS_ERR(opt))
			return PTR_ERR(opt);
		np->cork.opt = opt;
	}
	np->cork.hop_limit = ipc6->hlimit;
	np->cork.tclass = ipc6->tclass;
	np->cork.dontfrag = ipc6->dontfrag > 0;
	cork->fl.u.ip6 = *fl6;
	cork->base.flags = ipc6->sockc.tsflags;
	cork->base.fragsize = plan.mtu;
	cork->base.gso_size = ipc6->gso_size;
	cork->base.mark = ipc6->sockc.mark;
	cork->base.transmit_time = ipc6->sockc.transmit_time;
	cork->base.dst = dst_clone(&rt->dst);
	return 0;
}

static void cork_told(const struct sock *sk, struct ipcm6_cookie *ipc6)
{
	const struct inet_cork *base = &inet_sk(sk)->cork.base;
	const struct ipv6_pinfo *np = inet6_sk(sk);

	*ipc6 = (struct ipcm6_cookie){
		.hlimit = np->cork.hop_limit,
		.tclass = np->cork.tclass,
		.dontfrag = np->cork.dontfrag,
		.gso_size = base->gso_size,
		.opt = np->cork.opt,
		.sockc = {
			.tsflags = base->flags,
			.mark = base->mark,
			.transmit_time = base->transmit_time,
		},
	};
}

/*
 * Only the first waits for room in the send buffer: the others' room is taken
 * by what is already here, and would never be free.
 */
static struct sk_buff *cork_skb(struct sock *sk, u32 headers, u32 transport,
				u32 length, unsigned int flags)
{
	u32 room = clamp(length, DGRAM_CORK_MIN, DGRAM_CORK_MAX);
	const struct net_device *dev;
	struct sk_buff *skb;
	int err = -ENOBUFS;
	u32 head, tail;

	if (headers) {
		rcu_read_lock();
		dev = dst_dev_rcu(inet_sk(sk)->cork.base.dst);
		head = LL_RESERVED_SPACE(dev) + headers;
		tail = dev->needed_tailroom;
		rcu_read_unlock();
		skb = dgram_alloc(sk, head + room + tail, 0, transport, flags,
				  &err);
		if (skb)
			skb_reserve(skb, head);
	} else {
		if (refcount_read(&sk->sk_wmem_alloc) >
		    2 * READ_ONCE(sk->sk_sndbuf))
			return ERR_PTR(-ENOBUFS);
		skb = sock_wmalloc(sk, room, 1, sk->sk_allocation);
	}
	if (!skb)
		return ERR_PTR(err);
	__skb_queue_tail(&sk->sk_write_queue, skb);
	return skb;
}

static int cork_add(struct sock *sk, sxt_getfrag_t *getfrag, void *from,
		    u32 length)
{
	struct sk_buff *skb;
	u32 off, part;
	u32 odd;

	for (off = 0; off < length; off += part) {
		skb = skb_peek_tail(&sk->sk_write_queue);
		if (!skb_tailroom(skb))
			skb = cork_skb(sk, 0, 0, length - off, 0);
		if (IS_ERR(skb))
			return PTR_ERR(skb);
		part = min_t(u32, length - off, skb_tailroom(skb));
		odd = skb->len;
		if (getfrag(from, skb_put(skb, part), off, part, odd, skb) < 0)
			return -EFAULT;
	}
	inet_sk(sk)->cork.base.length += length;
	return 0;
}

/*
 * MSG_ZEROCOPY of a part, as fill_told(): all parts that say so are told at
 * once, by what hangs on the first packet.
 */
static int cork_tell(struct sock *sk, u32 length)
{
	struct sk_buff *skb = skb_peek(&sk->sk_write_queue);
	struct ubuf_info *had = skb_zcopy(skb), *uarg;

	if (!sock_flag(sk, SOCK_ZEROCOPY))
		return 0;
	uarg = msg_zerocopy_realloc(sk, length, had);
	if (!uarg)
		return -ENOBUFS;
	if (uarg == had)
		return 0;
	uarg_to_msgzc(uarg)->zerocopy = 0;
	skb_zcopy_set(skb, uarg, NULL);
	net_zcopy_put(uarg);
	return 0;
}

/**
 * sxt_dgram_append() - a part of a datagram
 * @sk: the socket
 * @getfrag: where the data comes from
 * @from: its argument
 * @length: bytes; with the transport header if it is the first part
 * @transport_hdr_len: of the first part: the transport header, filled in later
 * @ipc6: of the first part: how; ipc6->hlimit is set
 * @fl6: of the first part: where it goes
 * @rt: of the first part: the route; a reference is taken
 * @flags: MSG_DONTWAIT, MSG_ZEROCOPY; with MSG_PROBE nothing happens
 *
 * Context: process; the socket is locked.
 * Return: 0; or an errno, and the caller drops the parts by sxt_dgram_flush():
 *	-EMSGSIZE: too long with this part, -EFAULT, -ENOBUFS, -EAGAIN.
 */
int sxt_dgram_append(struct sock *sk, sxt_getfrag_t *getfrag, void *from,
		     size_t length, unsigned int transport_hdr_len,
		     struct ipcm6_cookie *ipc6, struct flowi6 *fl6,
		     struct rt6_info *rt, unsigned int flags)
{
	struct inet_cork_full *cork = &inet_sk(sk)->cork;
	bool first = skb_queue_empty(&sk->sk_write_queue);
	struct sxt_dgram_plan plan = {};
	struct ipcm6_cookie told;
	struct sk_buff *skb;
	int err;

	if (flags & MSG_PROBE)
		return 0;
	if (first) {
		err = cork_begin(sk, ipc6, fl6, rt);
		if (err)
			return err;
	}
	cork_told(sk, &told);
	plan.mtu = cork->base.fragsize;
	plan.headers = sizeof(struct ipv6hdr);
	if (told.opt)
		plan.headers += told.opt->opt_nflen + told.opt->opt_flen;
	err = sxt_dgram_fits(&plan, sk, &cork->fl.u.ip6, &told,
			     cork->base.length + length);
	if (err)
		return err;
	if (first) {
		skb = cork_skb(sk, plan.headers, transport_hdr_len, length,
			       flags);
		if (IS_ERR(skb))
			return PTR_ERR(skb);
		skb_put_zero(skb, transport_hdr_len);
		cork->base.length = transport_hdr_len;
		length -= transport_hdr_len;
	}
	if (unlikely(flags & MSG_ZEROCOPY) && length) {
		err = cork_tell(sk, length);
		if (err)
			return err;
	}
	return cork_add(sk, getfrag, from, length);
}

/* All parts in one packet: those behind the first hang on it. */
static void cork_join(struct sk_buff *skb, struct sk_buff_head *parts)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list;
	struct sk_buff *part;

	while ((part = __skb_dequeue(parts))) {
		skb->csum = csum_block_add(skb->csum, part->csum, skb->len);
		skb->len += part->len;
		skb->data_len += part->len;
		skb->truesize += part->truesize;
		/* The first has all their bytes on its account. */
		part->destructor = NULL;
		part->sk = NULL;
		*next = part;
		next = &part->next;
	}
}

/**
 * sxt_dgram_finish() - the parts of a datagram are complete
 * @sk: the socket
 *
 * Context: process; the socket is locked.
 * Return: the packet from the IPv6 header on, as sxt_dgram_build(), the
 *	checksum of the parts in skb->csum; NULL: there were none.
 */
struct sk_buff *sxt_dgram_finish(struct sock *sk)
{
	struct inet_cork_full *cork = &inet_sk(sk)->cork;
	struct sk_buff *skb = __skb_dequeue(&sk->sk_write_queue);
	struct ipcm6_cookie ipc6;

	if (!skb)
		return NULL;
	cork_join(skb, &sk->sk_write_queue);
	cork_told(sk, &ipc6);
	skb_reset_transport_header(skb);
	sxt_dgram_head(skb, sk, &cork->fl.u.ip6, &ipc6, 0);
	skb_dst_set(skb, cork->base.dst);
	cork->base.dst = NULL;
	cork_release(sk);
	return skb;
}

/**
 * sxt_dgram_flush() - drops the parts of a datagram
 * @sk: the socket
 *
 * Context: process; the socket is locked, or nobody has it any more.
 */
void sxt_dgram_flush(struct sock *sk)
{
	struct sk_buff *skb;

	rcu_read_lock();
	while ((skb = __skb_dequeue_tail(&sk->sk_write_queue))) {
		if (inet_sk(sk)->cork.base.dst)
			IP6_INC_STATS(sock_net(sk),
				      ip6_dst_idev(inet_sk(sk)->cork.base.dst),
				      IPSTATS_MIB_OUTDISCARDS);
		kfree_skb_reason(skb, sxt_ip6_refuse(sock_net(sk),
						     SXT_WHY_SEND_FLUSHED));
	}
	rcu_read_unlock();
	cork_release(sk);
}
