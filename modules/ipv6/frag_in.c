// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts fragments together (RFC 8200 4.5, RFC 5722, 6946, 7112, 8021). Where a
 * fragment goes is decided in ext.c; the queues, their memory limit and their
 * timers are the kernel's (net/ipv4/inet_fragment.c).
 */
#include <linux/icmpv6.h>
#include <linux/sysctl.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/inet_frag.h>
#include <net/ipv6_frag.h>
#include <net/protocol.h>
#include "ext.h"
#include "packet.h"

/**
 * struct frag_in - a fragment on its way into its queue
 * @frag: its header
 * @before: bytes of headers between the IPv6 and the fragment header
 * @len: bytes of data
 * @ecn: of its IPv6 header, IPFRAG_ECN_*
 * @refs: of the queue, to be given back when it is unlocked
 * @problem: what its sender is told, if @told
 * @told: @problem is set
 */
struct frag_in {
	struct sxt_frag frag;
	u32 before;
	u32 len;
	u8 ecn;
	int refs;
	struct sxt_ext_problem problem;
	bool told;
};

/**
 * struct frag_dgram - what has come of a datagram
 * @fq: the kernel's queue. First: it is allocated and freed by its address
 * @bounds: of the fragments in it
 */
struct frag_dgram {
	struct frag_queue fq;
	struct sxt_frag_bounds bounds;
};

static struct sxt_frag_bounds *bounds_of(struct frag_queue *fq)
{
	return &container_of(fq, struct frag_dgram, fq)->bounds;
}

static struct inet_frags frags_in;

/* The fragment ends here. */
static int frag_drop(struct sk_buff *skb, int field, enum sxt_why why)
{
	struct net *net = dev_net(skb->dev);

	__IP6_INC_STATS(net, __in6_dev_get(skb->dev), field);
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return -1;
}

static int frag_refuse(struct sk_buff *skb, u8 code, u32 pos, enum sxt_why why)
{
	sxt_icmp_param_prob(skb, code, pos);
	return frag_drop(skb, IPSTATS_MIB_INHDRERRORS, why);
}

/*
 * The datagram can't become whole: it goes, with what has come of it, when the
 * queue is given up. @skb is the caller's; its device may be overwritten.
 */
static void queue_abandon(struct frag_queue *fq, struct net_device *dev,
			  struct frag_in *in)
{
	fq->q.flags |= INET_FRAG_DROP;
	inet_frag_kill(&fq->q, &in->refs);
	__IP6_INC_STATS(fq->q.fqdir->net, __in6_dev_get(dev),
			IPSTATS_MIB_REASMFAILS);
}

/* Take the fragment header out of a packet, whose headers are its own. */
static void frag_header_remove(struct sk_buff *skb, u32 nhoff)
{
	u8 *hdr = skb_transport_header(skb);
	u8 *from;

	skb_network_header(skb)[nhoff] = hdr[0];
	if (skb_mac_header_was_set(skb)) {
		from = skb_mac_header(skb);
		skb->mac_header += SXT_FRAG_HDR;
	} else {
		from = skb_network_header(skb);
	}
	memmove(from + SXT_FRAG_HDR, from, hdr - from);
	skb->network_header += SXT_FRAG_HDR;
	skb->transport_header += SXT_FRAG_HDR;
}

/*
 * All fragments are there; @skb came last and becomes the datagram, from the
 * network header on; else @skb is still the caller's, and the reason returned.
 */
static enum sxt_why queue_assemble(struct frag_queue *fq, struct sk_buff *skb,
				   struct sk_buff *tail, struct net_device *dev,
				   struct frag_in *in)
{
	struct inet6_skb_parm *cb = IP6CB(skb);
	u8 ecn = ip_frag_ecn_table[fq->ecn];
	struct ipv6hdr *hdr;
	void *state;
	u32 len;

	if (unlikely(ecn == 0xff))
		return SXT_WHY_FRAGMENT_ECN;
	inet_frag_kill(&fq->q, &in->refs);
	/* From here on @skb has the first fragment's headers. */
	state = inet_frag_reasm_prepare(&fq->q, skb, tail);
	if (!state)
		return SXT_WHY_NO_MEMORY;

	len = skb_network_header_len(skb) - sizeof(struct ipv6hdr) + fq->q.len;
	if (len > IPV6_MAXPLEN)
		return SXT_WHY_FRAGMENT_LONG;
	frag_header_remove(skb, fq->nhoffset);
	inet_frag_reasm_finish(&fq->q, skb, state, true);

	skb->dev = dev;
	hdr = ipv6_hdr(skb);
	hdr->payload_len = htons(len);
	ipv6_change_dsfield(hdr, 0xff, ecn);
	cb->nhoff = fq->nhoffset;
	cb->frag_max_size = fq->q.max_size;
	cb->flags |= IP6SKB_FRAGMENTED;
	/* The sum was over the data alone. */
	skb_postpush_rcsum(skb, hdr, skb_network_header_len(skb));
	return SXT_WHY_NOT;
}

/* What the fragment says of its datagram fits, or the fragment ends here. */
static enum sxt_why queue_place(struct frag_queue *fq, struct net_device *dev,
				struct frag_in *in)
{
	struct sxt_frag_extent extent = {
		.end = fq->q.len,
		.last = fq->q.flags & INET_FRAG_LAST_IN,
	};

	switch (sxt_frag_place(&extent, &in->frag, in->before, in->len)) {
	case SXT_FRAG_TAKE:
		break;
	case SXT_FRAG_ODD:
		in->problem.code = SXT_PROBLEM_FIELD;
		in->problem.pos = offsetof(struct ipv6hdr, payload_len);
		in->told = true;
		return SXT_WHY_FRAGMENT_ODD;
	case SXT_FRAG_LONG:
		in->problem.code = SXT_PROBLEM_FIELD;
		in->problem.pos = sizeof(struct ipv6hdr) + in->before +
				  offsetof(struct frag_hdr, frag_off);
		in->told = true;
		return SXT_WHY_FRAGMENT_LONG;
	case SXT_FRAG_CLASH:
		queue_abandon(fq, dev, in);
		return SXT_WHY_FRAGMENT_ENDS;
	case SXT_FRAG_EMPTY:
		__IP6_INC_STATS(fq->q.fqdir->net, __in6_dev_get(dev),
				IPSTATS_MIB_INHDRERRORS);
		return SXT_WHY_FRAGMENT_EMPTY;
	}
	fq->q.len = extent.end;
	if (extent.last)
		fq->q.flags |= INET_FRAG_LAST_IN;
	return SXT_WHY_NOT;
}

/* What the queue remembers of a fragment that it has taken. */
static void queue_note(struct frag_queue *fq, struct sk_buff *skb,
		       struct net_device *dev, const struct frag_in *in)
{
	u32 size = skb_network_header_len(skb) + SXT_FRAG_HDR + in->len;
	struct inet_frag_queue *q = &fq->q;

	add_frag_mem_limit(q->fqdir, skb->truesize);
	q->meat += in->len;
	q->max_size = max_t(u32, q->max_size, size);
	q->tstamp_type = skb->tstamp_type;
	q->stamp = skb->tstamp;
	fq->ecn |= in->ecn;
	fq->iif = dev->ifindex;
	sxt_frag_note(bounds_of(fq), in->frag.offset, in->len);
	if (!in->frag.offset) {
		fq->nhoffset = IP6CB(skb)->nhoff;
		q->flags |= INET_FRAG_FIRST_IN;
	}
}

/* Nothing overlaps: so much data as the datagram is long is all of it. */
static bool queue_complete(const struct inet_frag_queue *q)
{
	return q->flags & INET_FRAG_FIRST_IN && q->flags & INET_FRAG_LAST_IN &&
	       q->meat == q->len;
}

/*
 * Puts it where it belongs. RFC 8200 4.5, RFC 5722: nobody's datagram has
 * overlapping fragments, but the network may double one.
 */
static enum sxt_why queue_sort(struct frag_queue *fq, struct sk_buff *skb,
			       struct net_device *dev, struct frag_in *in)
{
	u32 offset = in->frag.offset;
	int fits;

	/* The tree's node takes the place of skb->dev. */
	fits = inet_frag_queue_insert(&fq->q, skb, offset, offset + in->len);
	if (fits == IPFRAG_OK)
		return SXT_WHY_NOT;
	/* To the kernel all that brings nothing new is a double. */
	if (fits == IPFRAG_DUP &&
	    sxt_frag_same(bounds_of(fq), offset, in->len))
		return SXT_WHY_FRAGMENT_TWICE;
	__IP6_INC_STATS(fq->q.fqdir->net, __in6_dev_get(dev),
			IPSTATS_MIB_REASM_OVERLAPS);
	queue_abandon(fq, dev, in);
	return SXT_WHY_FRAGMENT_OVERLAP;
}

/*
 * @skb has its data alone, and its headers in front. It becomes the datagram if
 * @done; else it is in the queue, or still the caller's if a reason to drop it
 * is returned.
 */
static enum sxt_why queue_insert(struct frag_queue *fq, struct sk_buff *skb,
				 struct frag_in *in, bool *done)
{
	struct sk_buff *tail = fq->q.fragments_tail;
	struct net_device *dev = skb->dev;
	unsigned long refdst;
	enum sxt_why why;

	if (fq->q.flags & INET_FRAG_COMPLETE)
		return SXT_WHY_FRAGMENT_LATE;
	why = queue_place(fq, dev, in);
	if (why)
		return why;
	why = queue_sort(fq, skb, dev, in);
	if (why)
		return why;
	queue_note(fq, skb, dev, in);

	if (queue_complete(&fq->q)) {
		/* The route is this packet's, not the first fragment's. */
		refdst = skb->_skb_refdst;
		skb->_skb_refdst = 0UL;
		why = queue_assemble(fq, skb, tail, dev, in);
		skb->_skb_refdst = refdst;
		*done = !why;
		if (*done)
			return SXT_WHY_NOT;
		/* It goes with the queue that it is in. */
		sxt_ip6_refuse(fq->q.fqdir->net, why);
		queue_abandon(fq, dev, in);
	}
	/* In the queue it waits without a route, which nobody holds. */
	skb_dst_drop(skb);
	skb_orphan(skb);
	return SXT_WHY_NOT;
}

/*
 * The datagram's queue. Zones have their own (RFC 4007 6): links, also those of
 * one VRF, for addresses that mean nothing without; VRFs.
 */
static struct frag_queue *queue_find(struct net *net, const struct sk_buff *skb,
				     u32 id)
{
	const struct ipv6hdr *hdr = ipv6_hdr(skb);
	struct frag_v6_compare_key key = {
		.saddr = hdr->saddr,
		.daddr = hdr->daddr,
		.user = IP6_DEFRAG_LOCAL_DELIVER,
		.id = cpu_to_be32(id),
	};
	struct inet_frag_queue *q;

	if (ipv6_addr_type(&hdr->daddr) &
	    (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL))
		key.iif = IP6CB(skb)->iif;
	else if (ipv6_l3mdev_skb(IP6CB(skb)->flags))
		key.iif = skb->dev->ifindex;
	q = inet_frag_find(net->ipv6.fqdir, &key);
	return q ? container_of(q, struct frag_queue, q) : NULL;
}

/*
 * RFC 6946, RFC 8021: the only fragment of its datagram needs no others, and
 * waits for none, whatever is in queues.
 */
static int frag_atomic(struct sk_buff *skb, struct net *net)
{
	struct inet6_skb_parm *cb = IP6CB(skb);

	__IP6_INC_STATS(net, __in6_dev_get(skb->dev), IPSTATS_MIB_REASMOKS);
	cb->nhoff = skb_network_header_len(skb);
	cb->flags |= IP6SKB_FRAGMENTED;
	cb->frag_max_size = min(cb->nhoff + skb->len, 0xffffu);
	skb->transport_header += SXT_FRAG_HDR;
	return 1;
}

/* RFC 7112: a first fragment has all headers. */
static bool frag_shows_chain(struct sk_buff *skb, u8 next)
{
	enum sxt_chain_verdict verdict;
	u32 need = 0;

	do {
		verdict = sxt_ext_chain(skb->data, skb_headlen(skb), skb->len,
					SXT_FRAG_HDR, next, &need);
	} while (verdict == SXT_CHAIN_PULL && pskb_may_pull(skb, need));
	return verdict == SXT_CHAIN_WHOLE;
}

/* One fragment of several, its headers checked, into its queue. */
static int frag_collect(struct sk_buff *skb, struct net *net,
			struct frag_in *in)
{
	struct frag_queue *fq;
	enum sxt_why why;
	bool done = false;

	fq = queue_find(net, skb, in->frag.id);
	if (!fq)
		return frag_drop(skb, IPSTATS_MIB_REASMFAILS,
				 SXT_WHY_FRAGMENT_MEMORY);
	/* The sum and the data from here on are without the headers. */
	skb_postpull_rcsum(skb, skb_network_header(skb),
			   skb_network_header_len(skb) + SXT_FRAG_HDR);
	__skb_pull(skb, SXT_FRAG_HDR);

	spin_lock(&fq->q.lock);
	why = queue_insert(fq, skb, in, &done);
	spin_unlock(&fq->q.lock);
	inet_frag_putn(&fq->q, in->refs);

	if (done) {
		__IP6_INC_STATS(net, __in6_dev_get(skb->dev),
				IPSTATS_MIB_REASMOKS);
		return 1;
	}
	if (!why)
		return -1;
	if (in->told)
		return frag_refuse(skb, in->problem.code, in->problem.pos, why);
	if (why == SXT_WHY_FRAGMENT_TWICE || why == SXT_WHY_FRAGMENT_LATE)
		return frag_drop(skb, IPSTATS_MIB_INDISCARDS, why);
	/* queue_insert() has counted the others for the MIB. */
	kfree_skb_reason(skb, sxt_ip6_refuse(net, why));
	return -1;
}

static int frag_rcv(struct sk_buff *skb)
{
	u32 off = skb_network_header_len(skb);
	struct net *net = dev_net(skb->dev);
	struct frag_in in = { };

	__IP6_INC_STATS(net, __in6_dev_get(skb->dev), IPSTATS_MIB_REASMREQDS);
	/* Not to be processed, which is told (RFC 4443 3.4) */
	if (IP6CB(skb)->flags & IP6SKB_FRAGMENTED)
		return frag_refuse(skb, SXT_PROBLEM_FIELD, off,
				   SXT_WHY_FRAGMENT_INSIDE);
	if (!pskb_may_pull(skb, SXT_FRAG_HDR))
		return frag_drop(skb, IPSTATS_MIB_INHDRERRORS,
				 SXT_WHY_FRAGMENT_CUT);
	/* In a jumbogram (RFC 2675 section 3) */
	if (!ipv6_hdr(skb)->payload_len)
		return frag_refuse(skb, SXT_PROBLEM_FIELD, off,
				   SXT_WHY_FRAGMENT_JUMBO);

	sxt_frag_read(skb->data, &in.frag);
	if (!in.frag.offset && !in.frag.more)
		return frag_atomic(skb, net);
	if (!in.frag.offset && !frag_shows_chain(skb, in.frag.next))
		return frag_refuse(skb, SXT_PROBLEM_CHAIN_CUT, 0,
				   SXT_WHY_FRAGMENT_CHAIN);
	in.before = off - sizeof(struct ipv6hdr);
	in.len = skb->len - SXT_FRAG_HDR;
	in.ecn = 1 << (ipv6_get_dsfield(ipv6_hdr(skb)) & INET_ECN_MASK);
	return frag_collect(skb, net, &in);
}

/* RFC 8200 4.5: 60 seconds after the first to come, the datagram is late. */
static void frag_expire(struct timer_list *timer)
{
	struct inet_frag_queue *q = from_timer(q, timer, timer);
	struct frag_queue *fq = container_of(q, struct frag_queue, q);

	ip6frag_expire_frag_queue(q->fqdir->net, fq);
}

static struct inet_frags frags_in = {
	.frags_cache_name = "sextant_ip6_frags",
	.qsize = sizeof(struct frag_dgram),
	.constructor = ip6frag_init,
	.frag_expire = frag_expire,
	.rhash_params = {
		.automatic_shrinking = true,
		.head_offset = offsetof(struct inet_frag_queue, node),
		.obj_cmpfn = ip6frag_obj_cmpfn,
		.obj_hashfn = ip6frag_obj_hashfn,
		.hashfn = ip6frag_key_hashfn,
	},
};

static const struct inet6_protocol frag_protocol = {
	.handler = frag_rcv,
	.flags = INET6_PROTO_NOPOLICY,
};

enum frag_knob {
	FRAG_KNOB_HIGH,
	FRAG_KNOB_LOW,
	FRAG_KNOB_TIME,
	FRAG_KNOBS
};

/* net.ipv6.ip6frag_*: memory of the machine, so not for any container. */
static void frag_knobs_set(struct ctl_table *knobs, struct net *net,
			   struct fqdir *fqdir)
{
	umode_t mode = net->user_ns == &init_user_ns ? 0644 : 0444;

	knobs[FRAG_KNOB_HIGH] = (struct ctl_table) {
		.procname = "ip6frag_high_thresh", .mode = mode,
		.data = &fqdir->high_thresh, .maxlen = sizeof(long),
		.extra1 = &fqdir->low_thresh,
		.proc_handler = proc_doulongvec_minmax,
	};
	knobs[FRAG_KNOB_LOW] = (struct ctl_table) {
		.procname = "ip6frag_low_thresh", .mode = mode,
		.data = &fqdir->low_thresh, .maxlen = sizeof(long),
		.extra2 = &fqdir->high_thresh,
		.proc_handler = proc_doulongvec_minmax,
	};
	knobs[FRAG_KNOB_TIME] = (struct ctl_table) {
		.procname = "ip6frag_time", .mode = mode,
		.data = &fqdir->timeout, .maxlen = sizeof(int),
		.proc_handler = proc_dointvec_jiffies,
	};
}

static int frag_sysctl_add(struct net *net, struct fqdir *fqdir)
{
	struct ctl_table_header *header;
	struct ctl_table *knobs;

	knobs = kcalloc(FRAG_KNOBS, sizeof(*knobs), GFP_KERNEL);
	if (!knobs)
		return -ENOMEM;
	frag_knobs_set(knobs, net, fqdir);
	header = register_net_sysctl_sz(net, "net/ipv6", knobs, FRAG_KNOBS);
	if (!header) {
		kfree(knobs);
		return -ENOMEM;
	}
	net->ipv6.sysctl.frags_hdr = header;
	return 0;
}

/**
 * sxt_frag_in_net_init() - fragment queues of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_frag_in_net_init(struct net *net)
{
	struct fqdir *fqdir;
	int err;

	err = fqdir_init(&fqdir, &frags_in, net);
	if (err)
		return err;
	fqdir->high_thresh = IPV6_FRAG_HIGH_THRESH;
	fqdir->low_thresh = IPV6_FRAG_LOW_THRESH;
	fqdir->timeout = IPV6_FRAG_TIMEOUT;
	err = frag_sysctl_add(net, fqdir);
	if (err) {
		fqdir_exit(fqdir);
		return err;
	}
	net->ipv6.fqdir = fqdir;
	return 0;
}

/**
 * sxt_frag_in_net_pre_exit() - take no more fragments, forget those there are
 * @net: the namespace
 *
 * Before the grace period at a namespace's end, so that no timer is left that
 * still looks for it.
 *
 * Context: process.
 */
void sxt_frag_in_net_pre_exit(struct net *net)
{
	fqdir_pre_exit(net->ipv6.fqdir);
}

/**
 * sxt_frag_in_net_exit() - end of the fragment queues of a namespace
 * @net: the namespace
 *
 * What is left is freed by work of the kernel's; sxt_frag_in_exit() waits.
 *
 * Context: process.
 */
void sxt_frag_in_net_exit(struct net *net)
{
	const struct ctl_table *table =
		net->ipv6.sysctl.frags_hdr->ctl_table_arg;
	struct fqdir *fqdir = net->ipv6.fqdir;

	unregister_net_sysctl_table(net->ipv6.sysctl.frags_hdr);
	net->ipv6.sysctl.frags_hdr = NULL;
	kfree(table);
	net->ipv6.fqdir = NULL;
	fqdir_exit(fqdir);
}

/**
 * sxt_frag_in_init() - take fragments from now on
 *
 * Context: process. Before the namespaces' part.
 * Return: 0, -ENOMEM, or -EBUSY: somebody else does.
 */
int sxt_frag_in_init(void)
{
	int err;

	err = inet_frags_init(&frags_in);
	if (err)
		return err;
	if (inet6_add_protocol(&frag_protocol, IPPROTO_FRAGMENT)) {
		inet_frags_fini(&frags_in);
		return -EBUSY;
	}
	return 0;
}

/**
 * sxt_frag_in_exit() - take none any more
 *
 * Waits for the queues of all namespaces, whose timers run code of this module.
 *
 * Context: process, may sleep. Behind the namespaces' part.
 */
void sxt_frag_in_exit(void)
{
	inet6_del_protocol(&frag_protocol, IPPROTO_FRAGMENT);
	inet_frags_fini(&frags_in);
}
