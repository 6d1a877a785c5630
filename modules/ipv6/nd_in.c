// SPDX-License-Identifier: GPL-2.0-only
/*
 * Neighbour discovery messages in (RFC 4861 7.2, 7.2.8; RFC 4862 5.4; RFC 9131).
 * Solicitations are answered and neighbours learned here, under RCU. What
 * routers say changes configuration: it is queued for nd_work.c.
 */
#include <net/l3mdev.h>
#include "nd_int.h"
#include "packet.h"

#define NS_LEARN_FLAGS	(NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_WEAK_OVERRIDE)

/* What an NS or NA is handled with. */
struct nd_rx {
	struct sk_buff *skb;
	struct net_device *dev;
	const struct inet6_dev *in6;
	const struct sxt_nd_msg *msg;
	struct in6_addr saddr;
	struct in6_addr daddr;
	struct in6_addr target;
	bool again;	/* it comes from the proxy queue */
};

static bool is_silent(const struct neighbour *n)
{
	return READ_ONCE(n->nud_state) & (NUD_INCOMPLETE | NUD_FAILED);
}

/* A router that was passed over may be the better way: look again. */
static void router_speaks(const struct neighbour *n, bool was_silent)
{
	if (was_silent && !is_silent(n) && READ_ONCE(n->flags) & NTF_ROUTER)
		sxt_route_changed(dev_net(n->dev));
}

/**
 * sxt_nd_learn() - what a message says of a neighbour's link-layer address
 * @dev: the interface
 * @addr: the neighbour
 * @lladdr: its link-layer address, or NULL: not said
 * @flags: NEIGH_UPDATE_F_*
 *
 * An entry is made only for an address that was said, or on links that have
 * none. It is stale until it proves good (RFC 4861 7.2.3, 6.3.4, 8.3).
 *
 * Context: softirq or process.
 */
void sxt_nd_learn(struct net_device *dev, const struct in6_addr *addr,
		  const u8 *lladdr, u32 flags)
{
	struct neighbour *n;
	bool silent;

	n = __neigh_lookup(&sxt_nd_tbl, addr, dev, lladdr || !dev->addr_len);
	if (!n)
		return;
	silent = is_silent(n);
	neigh_update(n, lladdr, NUD_STALE, flags, 0);
	router_speaks(n, silent);
	neigh_release(n);
}

/* What may be one of ours (RFC 7527 4.1), or 0. */
static u64 nonce_of(const struct sxt_nd_msg *msg)
{
	if (!msg->nonce || msg->nonce_len != SXT_ND_NONCE_LEN)
		return 0;
	return get_unaligned_be48(msg->nonce);
}

/* The addresses of a VRF's master are answered for by its slaves too. */
static struct sxt_ifa *own_target(const struct nd_rx *rx)
{
	struct net *net = dev_net(rx->dev);
	struct net_device *master;
	struct sxt_ifa *ifa;

	ifa = sxt_ifa_find(net, &rx->target, rx->dev);
	if (ifa || !netif_is_l3_slave(rx->dev))
		return ifa;
	master = l3mdev_master_dev_rcu(rx->dev);
	return master ? sxt_ifa_find(net, &rx->target, master) : NULL;
}

/* Say where the target is, and learn where the asker is (RFC 4861 7.2.3). */
static void answer_ns(const struct nd_rx *rx, bool router, bool override)
{
	bool opt = ipv6_addr_is_multicast(&rx->daddr) ||
		   READ_ONCE(rx->in6->cnf.force_tllao);

	if (ipv6_addr_any(&rx->saddr)) {
		sxt_nd_send_na(rx->dev, &in6addr_linklocal_allnodes,
			       &rx->target, router, false, override, true);
		return;
	}
	sxt_nd_learn(rx->dev, &rx->saddr, rx->msg->slla, NS_LEARN_FLAGS);
	sxt_nd_send_na(rx->dev, &rx->saddr, &rx->target, router, true, override,
		       opt);
}

/*
 * RFC 4862 5.4.3: an address in doubt is not answered for; if the asker is in
 * doubt too, both are wrong. RFC 4429 3.3: an optimistic one answers who uses
 * it, without overriding.
 */
static enum sxt_why ns_for_us(const struct nd_rx *rx, struct sxt_ifa *ifa)
{
	bool router = READ_ONCE(rx->in6->cnf.forwarding);
	u32 flags = READ_ONCE(ifa->ifa.flags);
	bool dad = ipv6_addr_any(&rx->saddr);

	if (flags & IFA_F_DADFAILED)
		return SXT_WHY_NOT;
	if (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) {
		if (dad) {
			if (sxt_dad_own_probe(ifa, nonce_of(rx->msg)))
				return SXT_WHY_ND_OWN_PROBE;
			sxt_dad_conflict(ifa);
			return SXT_WHY_NOT;
		}
		if (!(flags & IFA_F_OPTIMISTIC))
			return SXT_WHY_NOT;
	}
	answer_ns(rx, router, !ifa->anycast && !(flags & IFA_F_OPTIMISTIC));
	return SXT_WHY_NOT;
}

static bool proxy_on(const struct inet6_dev *in6)
{
	const struct ipv6_devconf *all = dev_net(in6->dev)->ipv6.devconf_all;

	return READ_ONCE(in6->cnf.forwarding) &&
	       (READ_ONCE(in6->cnf.proxy_ndp) || READ_ONCE(all->proxy_ndp));
}

/* Is it one that we answer for there? @router: is that one a router? */
static bool proxied(const struct inet6_dev *in6, const struct in6_addr *addr,
		    bool *router)
{
	struct pneigh_entry *p;

	if (!proxy_on(in6))
		return false;
	read_lock_bh(&sxt_nd_tbl.lock);
	p = __pneigh_lookup(&sxt_nd_tbl, dev_net(in6->dev), addr, in6->dev);
	if (p && router)
		*router = READ_ONCE(p->flags) & NTF_ROUTER;
	read_unlock_bh(&sxt_nd_tbl.lock);
	return p;
}

static bool proxy_target(const struct nd_rx *rx, bool *router)
{
	return proxied(rx->in6, &rx->target, router);
}

/**
 * sxt_nd_asks_proxy() - is it a solicitation for one that we answer for?
 * @skb: a packet that is for another, data at the IPv6 header
 *
 * Who took our advertisement asks by unicast, from time to time, whether its
 * neighbour is still there (RFC 4861 7.2.8, 7.3.3).
 *
 * Context: softirq, under rcu_read_lock().
 * Return: it is, by its type; sxt_nd_rcv() looks at the rest.
 */
bool sxt_nd_asks_proxy(const struct sk_buff *skb)
{
	const struct inet6_dev *in6 = __in6_dev_get(skb->dev);
	const u8 *type;
	u8 room;

	type = skb_header_pointer(skb, skb_network_offset(skb) +
				  sizeof(struct ipv6hdr), 1, &room);
	return type && *type == NDISC_NEIGHBOUR_SOLICITATION && in6 &&
	       proxied(in6, &ipv6_hdr(skb)->daddr, NULL);
}

/* Answered after a random time of up to proxy_delay; so many wait at most. */
static enum sxt_why ns_later(const struct nd_rx *rx)
{
	struct neigh_parms *parms = rx->in6->nd_parms;
	struct sk_buff *later;

	/* By the same measure pneigh_enqueue() would drop it, uncounted. */
	if (READ_ONCE(parms->qlen) > NEIGH_VAR(parms, PROXY_QLEN))
		return SXT_WHY_ND_PROXY_QUEUE;
	later = skb_clone(rx->skb, GFP_ATOMIC);
	if (!later)
		return SXT_WHY_NO_MEMORY;
	memset(NEIGH_CB(later), 0, sizeof(struct neighbour_cb));
	pneigh_enqueue(&sxt_nd_tbl, parms, later);
	return SXT_WHY_NOT;
}

/*
 * RFC 4861 7.2.8: proxies wait a random time before they answer a group, so
 * that the target comes first, and don't override.
 */
static enum sxt_why ns_for_proxy(const struct nd_rx *rx)
{
	bool router = false;

	if (!proxy_target(rx, &router))
		return SXT_WHY_ND_OTHERS;
	if (rx->again || rx->skb->pkt_type == PACKET_HOST ||
	    !NEIGH_VAR(rx->in6->nd_parms, PROXY_DELAY)) {
		answer_ns(rx, router, false);
		return SXT_WHY_NOT;
	}
	return ns_later(rx);
}

static enum sxt_why rcv_ns(const struct nd_rx *rx)
{
	struct sxt_ifa *ifa = own_target(rx);

	if (!ifa)
		return ns_for_proxy(rx);
	/* RFC 4861 7.2.7: others have the anycast address as well. */
	if (ifa->anycast && !rx->again &&
	    NEIGH_VAR(rx->in6->nd_parms, PROXY_DELAY))
		return ns_later(rx);
	return ns_for_us(rx, ifa);
}

/*
 * RFC 4862 5.4.4. Of an address that we are sure of somebody else may be, too;
 * our own advertisement may come back.
 */
static void na_for_us(const struct nd_rx *rx, struct sxt_ifa *ifa)
{
	if (READ_ONCE(ifa->ifa.flags) & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) {
		sxt_dad_conflict(ifa);
		return;
	}
	if (rx->skb->pkt_type != PACKET_LOOPBACK && !ifa->anycast)
		net_warn_ratelimited("%s: another node advertises our address %pI6c\n",
				     rx->dev->name, &rx->target);
}

/* RFC 9131 6.1: a router may learn who is there from those who say so. */
static bool accept_untracked(const struct nd_rx *rx)
{
	const struct ipv6_devconf *all = dev_net(rx->dev)->ipv6.devconf_all;
	int how = max(READ_ONCE(rx->in6->cnf.accept_untracked_na),
		      READ_ONCE(all->accept_untracked_na));

	if (!rx->msg->tlla || !READ_ONCE(rx->in6->cnf.forwarding))
		return false;
	return how == 1 ||
	       (how == 2 && sxt_ifa_same_subnet(rx->in6, &rx->saddr));
}

/* RFC 4861 7.2.5; the rules about overriding are the core's too. */
static enum sxt_why update_na(const struct nd_rx *rx, struct neighbour *n)
{
	u32 flags = NEIGH_UPDATE_F_WEAK_OVERRIDE |
		    NEIGH_UPDATE_F_OVERRIDE_ISROUTER;
	bool silent = is_silent(n);

	if (rx->msg->override)
		flags |= NEIGH_UPDATE_F_OVERRIDE;
	if (rx->msg->router)
		flags |= NEIGH_UPDATE_F_ISROUTER;
	neigh_update(n, rx->msg->tlla,
		     rx->msg->solicited ? NUD_REACHABLE : NUD_STALE, flags, 0);
	router_speaks(n, silent);
	/*
	 * Its routes go, as nobody would forward what is sent there. Anybody
	 * may say that he is a router and take it back, as often as he likes;
	 * whose word nothing hangs on costs nothing. Whether the neighbour was
	 * a router before is not asked: the message that said so first may
	 * have met a full queue.
	 */
	if (!rx->msg->router && !(READ_ONCE(n->flags) & NTF_ROUTER) &&
	    sxt_router_told(rx->in6, &rx->target))
		return sxt_nd_queue(rx->skb);
	return SXT_WHY_NOT;
}

static enum sxt_why rcv_na(const struct nd_rx *rx)
{
	const struct ipv6_devconf *all = dev_net(rx->dev)->ipv6.devconf_all;
	enum sxt_why why = SXT_WHY_NOT;
	struct sxt_ifa *ifa;
	struct neighbour *n;

	if (!rx->msg->solicited &&
	    (READ_ONCE(rx->in6->cnf.drop_unsolicited_na) ||
	     READ_ONCE(all->drop_unsolicited_na)))
		return SXT_WHY_ND_UNSOLICITED;
	ifa = sxt_ifa_find(dev_net(rx->dev), &rx->target, rx->dev);
	if (ifa) {
		na_for_us(rx, ifa);
		return SXT_WHY_NOT;
	}
	n = neigh_lookup(&sxt_nd_tbl, &rx->target, rx->dev);
	if (!n) {
		if (accept_untracked(rx))
			sxt_nd_learn(rx->dev, &rx->target, rx->msg->tlla,
				     NS_LEARN_FLAGS);
		return SXT_WHY_NOT;
	}
	/* Nobody waits for it, or it is our own proxy answer. */
	if (!(READ_ONCE(n->nud_state) & NUD_FAILED) && !proxy_target(rx, NULL))
		why = update_na(rx, n);
	neigh_release(n);
	return why;
}

/*
 * RFC 4861 6.2.6; the answer is a daemon's. Who looks for routers is none, if
 * it is new; of a known one nothing is said (6.2.6 last paragraph).
 */
static enum sxt_why rcv_rs(const struct nd_rx *rx)
{
	if (READ_ONCE(rx->in6->cnf.forwarding) && !ipv6_addr_any(&rx->saddr))
		sxt_nd_learn(rx->dev, &rx->saddr, rx->msg->slla,
			     NS_LEARN_FLAGS | NEIGH_UPDATE_F_OVERRIDE_ISROUTER);
	return SXT_WHY_NOT;
}

/*
 * Only hosts listen to routers, or who is told to. What is of no use goes; what
 * is too much as well, and is counted.
 */
static enum sxt_why rcv_from_router(const struct nd_rx *rx)
{
	struct sxt_idev *idev = sxt_idev((struct inet6_dev *)rx->in6);
	bool ra = rx->msg->type == NDISC_ROUTER_ADVERTISEMENT;

	if (ra && !sxt_router_accept(idev))
		return SXT_WHY_NOT;
	if (!ra && (READ_ONCE(rx->in6->cnf.forwarding) ||
		    !READ_ONCE(rx->in6->cnf.accept_redirects)))
		return SXT_WHY_NOT;
	if (ra && !sxt_router_may_speak(idev, &ipv6_hdr(rx->skb)->saddr))
		return SXT_WHY_ND_RA_RATE;
	if (!ra && !__ratelimit(&idev->redirects))
		return SXT_WHY_ND_REDIRECT_RATE;
	return sxt_nd_queue(rx->skb);
}

/**
 * sxt_nd_read() - check a message and say what is in it
 * @skb: in one piece from skb->data, the ICMPv6 header, on
 * @m: filled in, with pointers into @skb
 *
 * Context: any, the device is there.
 * Return: SXT_ND_OK or why it is not valid.
 */
enum sxt_nd_verdict sxt_nd_read(struct sk_buff *skb, struct sxt_nd_msg *m)
{
	const u8 *ip6 = skb_network_header(skb);
	const struct sxt_nd_packet packet = {
		.src = ip6 + offsetof(struct ipv6hdr, saddr),
		.dst = ip6 + offsetof(struct ipv6hdr, daddr),
		.msg = skb->data,
		.len = skb->len,
		.hop_limit = ip6[offsetof(struct ipv6hdr, hop_limit)],
		.link_len = skb->dev->addr_len,
		.link_pad = ndisc_addr_option_pad(skb->dev->type),
	};

	return sxt_nd_msg_read(&packet, m);
}

static void rx_init(struct nd_rx *rx, struct sk_buff *skb,
		    const struct inet6_dev *in6, const struct sxt_nd_msg *msg)
{
	const u8 *ip6 = skb_network_header(skb);

	rx->skb = skb;
	rx->dev = skb->dev;
	rx->in6 = in6;
	rx->msg = msg;
	rx->saddr = sxt_nd_addr(ip6 + offsetof(struct ipv6hdr, saddr));
	rx->daddr = sxt_nd_addr(ip6 + offsetof(struct ipv6hdr, daddr));
	rx->target = msg->target ? sxt_nd_addr(msg->target) : in6addr_any;
	rx->again = false;
}

static enum sxt_why nd_dispatch(const struct nd_rx *rx)
{
	switch (rx->msg->type) {
	case NDISC_NEIGHBOUR_SOLICITATION:
		return rcv_ns(rx);
	case NDISC_NEIGHBOUR_ADVERTISEMENT:
		return rcv_na(rx);
	case NDISC_ROUTER_SOLICITATION:
		return rcv_rs(rx);
	default:
		return rcv_from_router(rx);
	}
}

static enum sxt_why nd_why(enum sxt_nd_verdict verdict)
{
	switch (verdict) {
	case SXT_ND_HEADER:
		return SXT_WHY_ND_FRAGMENT;
	case SXT_ND_HOP_LIMIT:
		return SXT_WHY_ND_HOP_LIMIT;
	case SXT_ND_CODE:
		return SXT_WHY_ND_CODE;
	case SXT_ND_SOURCE:
		return SXT_WHY_ND_SOURCE;
	case SXT_ND_DESTINATION:
		return SXT_WHY_ND_DESTINATION;
	case SXT_ND_TARGET:
		return SXT_WHY_ND_TARGET;
	case SXT_ND_SOLICITED:
		return SXT_WHY_ND_SOLICITED;
	case SXT_ND_OPTION:
		return SXT_WHY_ND_OPTION;
	case SXT_ND_OPTION_SOURCE:
		return SXT_WHY_ND_OPTION_SOURCE;
	default:
		/* Version, type and checksum were right before. */
		return SXT_WHY_ND_SHORT;
	}
}

/* RFC 6980 5: not even in one fragment. The knob lets old nodes speak. */
static bool nd_fragment(const struct sk_buff *skb, const struct inet6_dev *in6)
{
	return (IP6CB(skb)->flags & IP6SKB_FRAGMENTED) &&
	       READ_ONCE(in6->cnf.suppress_frag_ndisc);
}

/*
 * Asking for another node, or a setting that says no, is no error; that a probe
 * came back dad.c has counted.
 */
static bool nd_is_error(enum sxt_why why)
{
	return why && why != SXT_WHY_ND_UNSOLICITED &&
	       why != SXT_WHY_ND_OTHERS && why != SXT_WHY_ND_OWN_PROBE;
}

/*
 * What this node sent to a group that it is in itself tells it nothing, but for
 * advertisements of a daemon, which sxt_router_advertised() looks at.
 */
static bool nd_own(const struct sk_buff *skb, u8 type)
{
	return skb->pkt_type == PACKET_LOOPBACK &&
	       type != NDISC_ROUTER_ADVERTISEMENT;
}

/* @again: it has waited for its answer. */
static enum sxt_why nd_look(struct sk_buff *skb, const struct inet6_dev *in6,
			    bool again)
{
	enum sxt_nd_verdict verdict;
	struct sxt_nd_msg msg;
	struct nd_rx rx;

	verdict = sxt_nd_read(skb, &msg);
	if (verdict != SXT_ND_OK)
		return nd_why(verdict);
	if (nd_own(skb, msg.type))
		return SXT_WHY_NOT;
	rx_init(&rx, skb, in6, &msg);
	rx.again = again;
	return nd_dispatch(&rx);
}

static void count_error(struct inet6_dev *in6, enum sxt_why why)
{
	if (nd_is_error(why))
		ICMP6_INC_STATS(dev_net(in6->dev), in6, ICMP6_MIB_INERRORS);
}

/**
 * sxt_nd_rcv() - a neighbour discovery message came in
 * @skb: at the ICMPv6 header, checksum good; stays the caller's
 *
 * Context: softirq, under rcu_read_lock().
 * Return: SXT_WHY_NOT, or why it was of no use; then it is counted.
 */
enum sxt_why sxt_nd_rcv(struct sk_buff *skb)
{
	struct inet6_dev *in6 = __in6_dev_get(skb->dev);
	enum sxt_why why;

	if (!in6)
		return SXT_WHY_DISABLED;
	if (nd_fragment(skb, in6))
		why = SXT_WHY_ND_FRAGMENT;
	else if (!pskb_may_pull(skb, skb->len))
		why = SXT_WHY_NO_MEMORY;
	else
		why = nd_look(skb, in6, false);
	count_error(in6, why);
	return why;
}

/**
 * sxt_nd_proxy_redo() - answer for another, or for many, after having waited
 * @skb: a solicitation; consumed, and counted if nobody here is asked any more
 *
 * Context: the neighbour table's timer, under rcu_read_lock().
 */
void sxt_nd_proxy_redo(struct sk_buff *skb)
{
	struct inet6_dev *in6 = __in6_dev_get(skb->dev);
	enum sxt_why why = SXT_WHY_DISABLED;

	if (in6) {
		why = nd_look(skb, in6, true);
		count_error(in6, why);
	}
	if (why)
		kfree_skb_reason(skb, sxt_ip6_refuse(dev_net(skb->dev), why));
	else
		consume_skb(skb);
}
