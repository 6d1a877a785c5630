// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number by which a flow keeps to one of several ways. What goes into it
 * is net.ipv6.fib_multipath_hash_policy's choice; source and destination can
 * change places. Under RCU.
 */
#include <linux/icmpv6.h>
#include <net/flow_dissector.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include "fib.h"

enum hash_policy { BY_L3, BY_L4, BY_INNER_L3, BY_FIELDS };

#define FIELD(NAME)	FIB_MULTIPATH_HASH_FIELD_##NAME
#define ADDRS		(FIELD(SRC_IP) | FIELD(DST_IP) | FIELD(IP_PROTO))
#define L3_FIELDS	(ADDRS | FIELD(FLOWLABEL))
#define L4_FIELDS	(ADDRS | FIELD(SRC_PORT) | FIELD(DST_PORT))
/* A field of what a tunnel carries is so many bits above that outside. */
#define INNER_SHIFT	6

static u32 hash_fields(const struct net *net, const struct flow_keys *known,
		       u32 fields)
{
	struct flow_keys keys;

	memset(&keys, 0, sizeof(keys));
	keys.control.addr_type = known->control.addr_type;
	if (keys.control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS) {
		if (fields & FIELD(SRC_IP))
			keys.addrs.v4addrs.src = known->addrs.v4addrs.src;
		if (fields & FIELD(DST_IP))
			keys.addrs.v4addrs.dst = known->addrs.v4addrs.dst;
	} else if (keys.control.addr_type == FLOW_DISSECTOR_KEY_IPV6_ADDRS) {
		if (fields & FIELD(SRC_IP))
			keys.addrs.v6addrs.src = known->addrs.v6addrs.src;
		if (fields & FIELD(DST_IP))
			keys.addrs.v6addrs.dst = known->addrs.v6addrs.dst;
	}
	if (fields & FIELD(IP_PROTO))
		keys.basic.ip_proto = known->basic.ip_proto;
	if (fields & FIELD(FLOWLABEL))
		keys.tags.flow_label = known->tags.flow_label;
	if (fields & FIELD(SRC_PORT))
		keys.ports.src = known->ports.src;
	if (fields & FIELD(DST_PORT))
		keys.ports.dst = known->ports.dst;
	return fib_multipath_hash_from_keys(net, &keys);
}

static void keys_of_flow(const struct flowi6 *fl6, struct flow_keys *keys)
{
	memset(keys, 0, sizeof(*keys));
	keys->control.addr_type = FLOW_DISSECTOR_KEY_IPV6_ADDRS;
	keys->addrs.v6addrs.src = fl6->saddr;
	keys->addrs.v6addrs.dst = fl6->daddr;
	keys->basic.ip_proto = fl6->flowi6_proto;
	keys->tags.flow_label = ntohl(fl6->flowlabel & IPV6_FLOWLABEL_MASK);
	keys->ports.src = fl6->fl6_sport;
	keys->ports.dst = fl6->fl6_dport;
}

/*
 * An error goes the way of the packet that it is about, so that of several
 * hosts with one address the right one hears of a path MTU.
 */
static void keys_of_quoted(const struct sk_buff *skb, struct flow_keys *keys)
{
	int at = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *quoted;
	struct icmp6hdr icmp_room;
	struct ipv6hdr room;

	icmp = skb_header_pointer(skb, at, sizeof(icmp_room), &icmp_room);
	if (!icmp || icmp->icmp6_type & ICMPV6_INFOMSG_MASK)
		return;
	quoted = skb_header_pointer(skb, at + sizeof(*icmp), sizeof(room),
				    &room);
	if (!quoted)
		return;
	keys->addrs.v6addrs.src = quoted->saddr;
	keys->addrs.v6addrs.dst = quoted->daddr;
	keys->basic.ip_proto = quoted->nexthdr;
	keys->tags.flow_label = ntohl(ip6_flowlabel(quoted));
}

/* What is inside a tunnel, if it is one. */
static bool keys_inside(const struct sk_buff *skb, struct flow_keys *keys)
{
	return skb && skb_flow_dissect_flow_keys(skb, keys, 0) &&
	       keys->control.flags & FLOW_DIS_ENCAPSULATION;
}

static void keys_outside(const struct flowi6 *fl6, const struct sk_buff *skb,
			 struct flow_keys *keys)
{
	if (!skb || !skb_flow_dissect_flow_keys(skb, keys,
						FLOW_DISSECTOR_F_STOP_AT_ENCAP))
		keys_of_flow(fl6, keys);
}

static u32 hash_l3(const struct net *net, const struct flowi6 *fl6,
		   const struct sk_buff *skb)
{
	struct flow_keys keys;

	keys_of_flow(fl6, &keys);
	if (skb && fl6->flowi6_proto == IPPROTO_ICMPV6)
		keys_of_quoted(skb, &keys);
	return hash_fields(net, &keys, L3_FIELDS);
}

static u32 hash_l4(const struct net *net, const struct flowi6 *fl6,
		   const struct sk_buff *skb)
{
	struct flow_keys keys;

	if (skb && skb->l4_hash)
		return skb_get_hash_raw(skb);
	keys_outside(fl6, skb, &keys);
	return hash_fields(net, &keys, L4_FIELDS);
}

static u32 hash_inner_l3(const struct net *net, const struct flowi6 *fl6,
			 const struct sk_buff *skb)
{
	struct flow_keys keys;

	if (keys_inside(skb, &keys))
		return hash_fields(net, &keys, L3_FIELDS);
	return hash_l3(net, fl6, skb);
}

static u32 hash_chosen(const struct net *net, const struct flowi6 *fl6,
		       const struct sk_buff *skb)
{
	u32 fields = ip6_multipath_hash_fields(net);
	struct flow_keys keys;
	u32 hash = 0;

	if (fields & FIELD(OUTER_MASK)) {
		keys_outside(fl6, skb, &keys);
		hash = hash_fields(net, &keys, fields);
	}
	if (fields & FIELD(INNER_MASK) && keys_inside(skb, &keys))
		hash = jhash_2words(hash, hash_fields(net, &keys,
						      fields >> INNER_SHIFT),
				    0);
	return hash;
}

/**
 * sxt_flow_hash() - which of several ways does a flow take?
 * @net: namespace
 * @fl6: the flow; its mp_hash, if any, is the answer
 * @skb: the packet, its network header set; NULL: there is none yet
 *
 * Documentation/networking/ip-sysctl.rst, fib_multipath_hash_policy.
 *
 * Context: under RCU.
 * Return: 31 bits.
 */
u32 sxt_flow_hash(const struct net *net, const struct flowi6 *fl6,
		  const struct sk_buff *skb)
{
	if (fl6->mp_hash)
		return fl6->mp_hash >> 1;
	switch (ip6_multipath_hash_policy(net)) {
	case BY_L4:
		return hash_l4(net, fl6, skb) >> 1;
	case BY_INNER_L3:
		return hash_inner_l3(net, fl6, skb) >> 1;
	case BY_FIELDS:
		return hash_chosen(net, fl6, skb) >> 1;
	}
	return hash_l3(net, fl6, skb) >> 1;
}
