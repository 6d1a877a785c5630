// SPDX-License-Identifier: GPL-2.0-only
/*
 * ICMPv6 errors about what UDP and UDP-Lite sockets have sent (RFC 8085 5.2).
 * Routing learns a path MTU of them; of redirects it has learnt before.
 */
#include <linux/icmpv6.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/udplite.h>
#include "udp_int.h"

/**
 * struct udp_err - an error
 * @skb: the error, data at the quoted packet's IPv6 header
 * @uh: the quoted packet's UDP header
 * @offset: of it, in bytes from the quoted IPv6 header
 * @table: of UDP, or of UDP-Lite
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @info: the 32 bits of the ICMPv6 header, host order
 */
struct udp_err {
	struct sk_buff *skb;
	const struct udphdr *uh;
	int offset;
	struct udp_table *table;
	u8 type;
	u8 code;
	u32 info;
};

/*
 * Is the quoted packet one that this tunnel has sent? Tunnels look at it as if
 * it came in: from its network header.
 */
static bool err_is_of_tunnel(const struct udp_err *e, struct sock *sk)
{
	int (*lookup)(struct sock *sk, struct sk_buff *skb);
	struct sk_buff *skb = e->skb;
	int network, transport;
	bool is;

	lookup = READ_ONCE(udp_sk(sk)->encap_err_lookup);
	if (!lookup)
		return false;
	network = skb_network_offset(skb);
	transport = skb_transport_offset(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, e->offset);
	is = !lookup(sk, skb);
	skb_set_transport_header(skb, transport);
	skb_set_network_header(skb, network);
	return is;
}

static struct sock *err_lookup(const struct udp_err *e, __be16 local,
			       __be16 remote)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)e->skb->data;

	/* The quoted packet went out: its source is here. */
	return sxt_udp_lookup(dev_net(e->skb->dev), &hdr->daddr, remote,
			      &hdr->saddr, local, inet6_iif(e->skb),
			      inet6_sdif(e->skb), e->table, NULL);
}

/*
 * A tunnel sends from any port to the one that it listens on itself, so it is
 * looked for by the destination port, too.
 */
static struct sock *err_tunnel(const struct udp_err *e, struct sock *sk)
{
	if (!static_branch_unlikely(&udpv6_encap_needed_key))
		return NULL;
	if (sk) {
		/* One that doesn't look is content with its own port. */
		if (!READ_ONCE(udp_sk(sk)->encap_err_lookup) ||
		    err_is_of_tunnel(e, sk))
			return sk;
		return NULL;
	}
	sk = err_lookup(e, e->uh->dest, e->uh->source);
	return sk && err_is_of_tunnel(e, sk) ? sk : NULL;
}

static void err_tell_tunnel(const struct udp_err *e, struct sock *sk, int err)
{
	void (*rcv)(struct sock *sk, struct sk_buff *skb, int err, __be16 port,
		    u32 info, u8 *payload);

	rcv = READ_ONCE(udp_sk(sk)->encap_err_rcv);
	if (rcv)
		rcv(sk, e->skb, err, e->uh->dest, e->info,
		    (u8 *)(e->uh + 1));
}

static void err_tell_socket(const struct udp_err *e, struct sock *sk, int err,
			    bool hard)
{
	if (inet6_test_bit(RECVERR6, sk))
		sxt_sk_icmp_error(sk, e->skb, err, e->uh->dest, e->info,
				  (u8 *)(e->uh + 1));
	else if (!hard || sk->sk_state != TCP_ESTABLISHED)
		return;
	sk->sk_err = err;
	sk_error_report(sk);
}

/* RFC 3542 11.3 */
static void err_tell_mtu(const struct udp_err *e, struct sock *sk)
{
	const struct ipv6hdr *hdr = (const struct ipv6hdr *)e->skb->data;
	struct flowi6 fl6 = {
		.daddr = hdr->daddr,
		.flowi6_oif = inet6_iif(e->skb),
	};

	sxt_sk_pmtu_told(sk, &fl6, e->info);
}

static int err_handle(const struct udp_err *e)
{
	bool tunnel = false, hard;
	struct sock *sk;
	int err;

	sk = err_lookup(e, e->uh->source, e->uh->dest);
	if (!sk || READ_ONCE(udp_sk(sk)->encap_type)) {
		sk = err_tunnel(e, sk);
		if (!sk)
			return -ENOENT;
		tunnel = true;
	}
	/* Of a redirect routing has heard. */
	if (e->type == NDISC_REDIRECT)
		return 0;
	hard = sxt_icmp_err_convert(e->type, e->code, &err);
	if (e->type == ICMPV6_PKT_TOOBIG) {
		if (!ip6_sk_accept_pmtu(sk))
			return 0;
		sxt_icmp_too_big(e->skb, e->info);
		hard = READ_ONCE(inet6_sk(sk)->pmtudisc) !=
		       IPV6_PMTUDISC_DONT;
		if (!tunnel)
			err_tell_mtu(e, sk);
	}
	if (tunnel)
		err_tell_tunnel(e, sk, err);
	else
		err_tell_socket(e, sk, err, hard);
	return 0;
}

static int err_rcv(struct sk_buff *skb, struct udp_table *table, u8 type,
		   u8 code, int offset, __be32 info)
{
	const struct udp_err e = {
		.skb = skb,
		.uh = (const struct udphdr *)(skb->data + offset),
		.offset = offset,
		.table = table,
		.type = type,
		.code = code,
		.info = ntohl(info),
	};

	return err_handle(&e);
}

/**
 * sxt_udp_err() - an ICMPv6 error about a UDP packet
 * @skb: the error, data at the quoted packet's IPv6 header; the UDP header is
 *	linear. Stays the caller's
 * @parm: unused
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @offset: from the quoted IPv6 header to the UDP header
 * @info: the 32 bits of the ICMPv6 header
 *
 * Context: softirq, under RCU.
 * Return: 0, or -ENOENT: no socket has sent that.
 */
int sxt_udp_err(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type,
		u8 code, int offset, __be32 info)
{
	return err_rcv(skb, dev_net(skb->dev)->ipv4.udp_table, type, code,
		       offset, info);
}

/**
 * sxt_udplite_err() - an ICMPv6 error about a UDP-Lite packet
 * @skb: as sxt_udp_err()
 * @parm: unused
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @offset: from the quoted IPv6 header to the UDP-Lite header
 * @info: the 32 bits of the ICMPv6 header
 *
 * Context: as sxt_udp_err().
 * Return: as there.
 */
int sxt_udplite_err(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type,
		    u8 code, int offset, __be32 info)
{
	return err_rcv(skb, &udplite_table, type, code, offset, info);
}
