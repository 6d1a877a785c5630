// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counting: each packet that this stack refuses, under one reason of why.h, for
 * its namespace. /proc/net/drops6 shows them by name. What the kernel's own
 * parts drop (netfilter, queues of devices and neighbours, fragments whose time
 * is over) they count themselves.
 */
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include "ipv6.h"

struct sxt_why_name {
	const char *name;
	enum skb_drop_reason traced;
};

/* The last is what the kernel calls it, or the nearest that it has a word for. */
#define WHY(why, called, reason)					\
	[SXT_WHY_##why] = {						\
		.name = called,						\
		.traced = SKB_DROP_REASON_##reason,			\
	}

static const struct sxt_why_name whys[SXT_WHYS] = {
	/* Frames and the IPv6 header */
	WHY(FRAME_OTHERHOST, "frame-otherhost", OTHERHOST),
	WHY(FRAME_TO_MANY, "frame-to-many", UNICAST_IN_L2_MULTICAST),
	WHY(DISABLED, "disabled", IPV6DISABLED),
	WHY(NO_MEMORY, "no-memory", NOMEM),
	WHY(HEADER_CUT, "header-cut", PKT_TOO_SMALL),
	WHY(VERSION, "version", UNHANDLED_PROTO),
	WHY(SOURCE, "source", IP_INADDRERRORS),
	WHY(DESTINATION, "destination", IP_INADDRERRORS),
	WHY(STRONG_HOST, "strong-host", IP_INADDRERRORS),
	WHY(TRUNCATED, "truncated", PKT_TOO_SMALL),
	WHY(LENGTH_ZERO, "length-zero", IP_INHDR),
	WHY(GROUP_NOT_JOINED, "group-not-joined", OTHERHOST),
	WHY(GROUP_SOURCE, "group-source", OTHERHOST),
	WHY(UNKNOWN_PROTOCOL, "unknown-protocol", IP_NOPROTO),
	WHY(INNER_HEADER, "inner-header", IP_INHDR),
	WHY(POLICY, "policy", XFRM_POLICY),
	/* Extension headers and options */
	WHY(HEADERS_TOO_MANY, "headers-too-many", IPV6_BAD_EXTHDR),
	WHY(HEADERS_LONG, "headers-long", IPV6_BAD_EXTHDR),
	WHY(EXT_CUT, "ext-cut", IPV6_BAD_EXTHDR),
	WHY(EXT_PAST_END, "ext-past-end", IPV6_BAD_EXTHDR),
	WHY(EXT_LONG, "ext-long", IPV6_BAD_EXTHDR),
	WHY(OPTION_PAST_END, "option-past-end", IPV6_BAD_EXTHDR),
	WHY(OPTION_LENGTH, "option-length", IPV6_BAD_EXTHDR),
	WHY(OPTION_TWICE, "option-twice", IPV6_BAD_EXTHDR),
	WHY(OPTION_UNKNOWN, "option-unknown", IPV6_BAD_EXTHDR),
	WHY(OPTIONS_TOO_MANY, "options-too-many", IPV6_BAD_EXTHDR),
	WHY(PADDING_LONG, "padding-long", IPV6_BAD_EXTHDR),
	WHY(PADDING_DATA, "padding-data", IPV6_BAD_EXTHDR),
	WHY(ROUTING_SEGMENTS, "routing-segments", IPV6_BAD_EXTHDR),
	/* Fragments */
	WHY(FRAGMENT_INSIDE, "fragment-inside", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_CUT, "fragment-cut", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_JUMBO, "fragment-jumbo", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_CHAIN, "fragment-chain", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_ODD, "fragment-odd", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_LONG, "fragment-long", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_EMPTY, "fragment-empty", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_ENDS, "fragment-ends", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_OVERLAP, "fragment-overlap", IPV6_BAD_EXTHDR),
	WHY(FRAGMENT_TWICE, "fragment-twice", DUP_FRAG),
	WHY(FRAGMENT_LATE, "fragment-late", DUP_FRAG),
	WHY(FRAGMENT_MEMORY, "fragment-memory", PROTO_MEM),
	WHY(FRAGMENT_ECN, "fragment-ecn", IP_INHDR),
	/* Packets for others, and routes */
	WHY(NOT_A_ROUTER, "not-a-router", IP_INADDRERRORS),
	WHY(FORWARD_FRAME, "forward-frame", UNICAST_IN_L2_MULTICAST),
	WHY(FORWARD_SOCKET, "forward-socket", NOT_SPECIFIED),
	WHY(FORWARD_LRO, "forward-lro", SKB_BAD_GSO),
	WHY(FORWARD_ADDRESS, "forward-address", IP_INADDRERRORS),
	WHY(FORWARD_SOURCE, "forward-source", IP_INADDRERRORS),
	WHY(FORWARD_DESTINATION, "forward-destination", IP_INADDRERRORS),
	WHY(FORWARD_BACK, "forward-back", IP_INADDRERRORS),
	WHY(FORWARD_TOO_BIG, "forward-too-big", PKT_TOO_BIG),
	WHY(HOP_LIMIT, "hop-limit", IP_INHDR),
	WHY(IN_NO_ROUTE, "in-no-route", IP_INNOROUTES),
	WHY(IN_UNREACHABLE, "in-unreachable", IP_INNOROUTES),
	WHY(IN_PROHIBITED, "in-prohibited", IP_INNOROUTES),
	WHY(IN_BLACKHOLE, "in-blackhole", IP_INNOROUTES),
	WHY(OUT_NO_ROUTE, "out-no-route", IP_OUTNOROUTES),
	WHY(OUT_UNREACHABLE, "out-unreachable", IP_OUTNOROUTES),
	WHY(OUT_PROHIBITED, "out-prohibited", IP_OUTNOROUTES),
	WHY(OUT_BLACKHOLE, "out-blackhole", IP_OUTNOROUTES),
	/* On the way out */
	WHY(NEIGHBOUR_NONE, "neighbour-none", NEIGH_CREATEFAIL),
	WHY(NEIGHBOUR_FAILED, "neighbour-failed", NEIGH_FAILED),
	WHY(OUT_TOO_BIG, "out-too-big", PKT_TOO_BIG),
	WHY(OUT_CHAIN, "out-chain", PKT_TOO_BIG),
	WHY(FRAGMENT_REFUSED, "fragment-refused", QDISC_DROP),
	WHY(SEGMENTATION, "segmentation", SKB_GSO_SEG),
	WHY(CGROUP_EGRESS, "cgroup-egress", BPF_CGROUP_EGRESS),
	WHY(BRIDGE_FRAGMENT, "bridge-fragment", NOT_SPECIFIED),
	WHY(SEND_FAULT, "send-fault", SKB_UCOPY_FAULT),
	WHY(SEND_INVALID, "send-invalid", NOT_SPECIFIED),
	WHY(SEND_FLUSHED, "send-flushed", NOT_SPECIFIED),
	/* ICMPv6 */
	WHY(ICMP_CUT, "icmp-cut", HDR_TRUNC),
	WHY(ICMP_CHECKSUM, "icmp-checksum", ICMP_CSUM),
	WHY(ICMP_TYPE, "icmp-type", UNHANDLED_PROTO),
	WHY(ECHO_IGNORED, "echo-ignored", NOT_SPECIFIED),
	WHY(ECHO_SOURCE, "echo-source", IP_INADDRERRORS),
	WHY(ECHO_RATE, "echo-rate", NOT_SPECIFIED),
	WHY(ECHO_NO_ROUTE, "echo-no-route", IP_OUTNOROUTES),
	WHY(ECHO_REPLY, "echo-reply", NO_SOCKET),
	WHY(ERROR_CUT, "error-cut", HDR_TRUNC),
	WHY(ERROR_MTU, "error-mtu", INVALID_PROTO),
	WHY(ERROR_SOURCE, "error-source", NO_SOCKET),
	WHY(ERROR_NOBODYS, "error-nobodys", NO_SOCKET),
	/* Neighbour discovery (RFC 4861) */
	WHY(ND_SHORT, "nd-short", PKT_TOO_SMALL),
	WHY(ND_FRAGMENT, "nd-fragment", IPV6_NDISC_FRAG),
	WHY(ND_HOP_LIMIT, "nd-hop-limit", IPV6_NDISC_HOP_LIMIT),
	WHY(ND_CODE, "nd-code", IPV6_NDISC_BAD_CODE),
	WHY(ND_SOURCE, "nd-source", IP_INADDRERRORS),
	WHY(ND_DESTINATION, "nd-destination", IP_INADDRERRORS),
	WHY(ND_TARGET, "nd-target", IP_INADDRERRORS),
	WHY(ND_SOLICITED, "nd-solicited", INVALID_PROTO),
	WHY(ND_OPTION, "nd-option", IPV6_NDISC_BAD_OPTIONS),
	WHY(ND_OPTION_SOURCE, "nd-option-source", IPV6_NDISC_BAD_OPTIONS),
	WHY(ND_OTHERS, "nd-others", IPV6_NDISC_NS_OTHERHOST),
	WHY(ND_OWN_PROBE, "nd-own-probe", LOCAL_MAC),
	WHY(ND_UNSOLICITED, "nd-unsolicited", NOT_SPECIFIED),
	WHY(ND_PROXY_QUEUE, "nd-proxy-queue", NEIGH_QUEUEFULL),
	WHY(ND_QUEUE, "nd-queue", NEIGH_QUEUEFULL),
	WHY(ND_RA_RATE, "nd-ra-rate", NEIGH_QUEUEFULL),
	WHY(ND_REDIRECT_RATE, "nd-redirect-rate", NEIGH_QUEUEFULL),
	/* Listener protocol (RFC 3810) */
	WHY(MLD_SHORT, "mld-short", PKT_TOO_SMALL),
	WHY(MLD_SOURCE, "mld-source", IP_INADDRERRORS),
	WHY(MLD_HOP_LIMIT, "mld-hop-limit", IP_INHDR),
	WHY(MLD_ALERT, "mld-alert", INVALID_PROTO),
	WHY(MLD_GROUP, "mld-group", INVALID_PROTO),
	WHY(MLD_SOURCES, "mld-sources", INVALID_PROTO),
	WHY(MLD_RATE, "mld-rate", NEIGH_QUEUEFULL),
	WHY(MLD_QUEUE, "mld-queue", NEIGH_QUEUEFULL),
	/* UDP and sockets */
	WHY(NO_SOCKET, "no-socket", NO_SOCKET),
	WHY(UDP_LENGTH, "udp-length", PKT_TOO_SMALL),
	WHY(UDP_COVERAGE, "udp-coverage", UDP_CSUM),
	WHY(UDP_LITTLE_COVERED, "udp-little-covered", NOT_SPECIFIED),
	WHY(UDP_NO_CHECKSUM, "udp-no-checksum", UDP_CSUM),
	WHY(UDP_CHECKSUM, "udp-checksum", UDP_CSUM),
	WHY(RAW_CHECKSUM, "raw-checksum", SKB_CSUM),
	WHY(SOCKET_FILTER, "socket-filter", SOCKET_FILTER),
	WHY(SOCKET_BUFFER, "socket-buffer", SOCKET_RCVBUFF),
	WHY(SOCKET_MEMORY, "socket-memory", PROTO_MEM),
	WHY(READ_FAULT, "read-fault", SKB_UCOPY_FAULT),
};

/**
 * sxt_ip6_refuse() - count a packet that is refused
 * @net: the namespace
 * @why: the reason, not SXT_WHY_NOT
 *
 * All that is refused passes here once. The caller frees the packet, so that a
 * tracer sees where.
 *
 * Context: any.
 * Return: the kernel's nearest reason, for kfree_skb_reason().
 */
enum skb_drop_reason sxt_ip6_refuse(struct net *net, enum sxt_why why)
{
	this_cpu_inc(sxt_ip6_net(net)->refused[why]);
	return whys[why].traced;
}

static unsigned long refused(const struct sxt_ip6_net *n, enum sxt_why why)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(n->refused, cpu)[why]);
	return sum;
}

static int drops6_show(struct seq_file *seq, void *v)
{
	const struct sxt_ip6_net *n = sxt_ip6_net(seq->private);
	enum sxt_why why;

	for (why = SXT_WHY_NOT + 1; why < SXT_WHYS; why++)
		seq_printf(seq, "%-32s\t%lu\n", whys[why].name,
			   refused(n, why));
	return 0;
}

/**
 * sxt_drop_net_init() - a namespace's counters, and the file that shows them
 * @net: the namespace
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_drop_net_init(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	n->refused = __alloc_percpu(SXT_WHYS * sizeof(*n->refused),
				    __alignof__(*n->refused));
	if (!n->refused)
		return -ENOMEM;
	if (proc_create_net_single("drops6", 0444, net->proc_net, drops6_show,
				   NULL))
		return 0;
	free_percpu(n->refused);
	return -ENOMEM;
}

/**
 * sxt_drop_net_exit() - undoes sxt_drop_net_init()
 * @net: the namespace; nothing is refused there any more
 *
 * Context: process; waits for readers of the file.
 */
void sxt_drop_net_exit(struct net *net)
{
	remove_proc_entry("drops6", net->proc_net);
	free_percpu(sxt_ip6_net(net)->refused);
}
