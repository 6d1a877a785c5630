// SPDX-License-Identifier: GPL-2.0-only
/* Addresses, selectors and counts between netlink attributes and structures. */
#include "netlink.h"

/**
 * sxt_addr_parse() - read an address
 * @attr: 4 or 16 bytes
 * @addr: filled
 * @family: 0 on the first of several addresses that must agree; set to AF_*
 * @extack: gets the sentence
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int sxt_addr_parse(const struct nlattr *attr, struct sxt_addr *addr,
		   u8 *family, struct netlink_ext_ack *extack)
{
	int len = nla_len(attr);
	u8 f = len == 4 ? AF_INET : AF_INET6;

	if (len != 4 && len != 16) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	if (*family && *family != f) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "addresses of two families");
		return -EINVAL;
	}
	*family = f;
	memset(addr, 0, sizeof(*addr));
	memcpy(addr->b, nla_data(attr), len);
	return 0;
}

/**
 * sxt_addr_fill() - write an address
 * @skb: where to
 * @attr: attribute type
 * @addr: the address
 * @family: AF_INET or AF_INET6
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_addr_fill(struct sk_buff *skb, int attr, const struct sxt_addr *addr,
		  u8 family)
{
	return nla_put(skb, attr, family == AF_INET ? 4 : 16, addr->b);
}

static int parse_range(struct nlattr **tb, int first_attr, int last_attr,
		       struct sxt_addr *first, struct sxt_addr *last,
		       u8 *family, struct netlink_ext_ack *extack)
{
	int err;

	if (!tb[first_attr] != !tb[last_attr]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[first_attr] ? tb[first_attr] :
				    tb[last_attr],
				    "selector: a range has a first and a last address");
		return -EINVAL;
	}
	if (!tb[first_attr])
		return 0;
	err = sxt_addr_parse(tb[first_attr], first, family, extack);
	if (err)
		return err;
	return sxt_addr_parse(tb[last_attr], last, family, extack);
}

static void parse_u16_range(struct nlattr **tb, int first_attr, int last_attr,
			    u16 *first, u16 *last)
{
	if (tb[first_attr])
		*first = nla_get_u32(tb[first_attr]);
	if (tb[last_attr])
		*last = nla_get_u32(tb[last_attr]);
	else if (tb[first_attr])
		*last = *first;
}

static void parse_icmp(struct nlattr **tb, struct sxt_selector *sel)
{
	u16 type_first = 0, type_last = 255, code_first = 0, code_last = 255;

	parse_u16_range(tb, SEXTANT_A_SELECTOR_ICMP_TYPE_FIRST,
			SEXTANT_A_SELECTOR_ICMP_TYPE_LAST, &type_first,
			&type_last);
	parse_u16_range(tb, SEXTANT_A_SELECTOR_ICMP_CODE_FIRST,
			SEXTANT_A_SELECTOR_ICMP_CODE_LAST, &code_first,
			&code_last);
	sel->icmp_first = SXT_ICMP(type_first, code_first);
	sel->icmp_last = SXT_ICMP(type_last, code_last);
}

static int parse_family(struct nlattr **tb, u8 *family,
			struct netlink_ext_ack *extack)
{
	struct nlattr *attr = tb[SEXTANT_A_SELECTOR_FAMILY];
	u32 value;

	if (!attr)
		return 0;
	value = nla_get_u32(attr);
	if (value != AF_INET && value != AF_INET6) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "selector: family is 2 (IPv4) or 10 (IPv6)");
		return -EINVAL;
	}
	*family = value;
	return 0;
}

static int parse_addresses(struct nlattr **tb, struct sxt_selector *sel,
			   struct netlink_ext_ack *extack)
{
	struct sxt_selector got = {};
	u8 family = 0;
	int err;

	err = parse_family(tb, &family, extack);
	if (err)
		return err;
	err = parse_range(tb, SEXTANT_A_SELECTOR_SRC_FIRST,
			  SEXTANT_A_SELECTOR_SRC_LAST, &got.src_first,
			  &got.src_last, &family, extack);
	if (err)
		return err;
	err = parse_range(tb, SEXTANT_A_SELECTOR_DST_FIRST,
			  SEXTANT_A_SELECTOR_DST_LAST, &got.dst_first,
			  &got.dst_last, &family, extack);
	if (err)
		return err;
	sxt_selector_any_of(sel, family);
	if (tb[SEXTANT_A_SELECTOR_SRC_FIRST]) {
		sel->src_first = got.src_first;
		sel->src_last = got.src_last;
	}
	if (tb[SEXTANT_A_SELECTOR_DST_FIRST]) {
		sel->dst_first = got.dst_first;
		sel->dst_last = got.dst_last;
	}
	return 0;
}

/**
 * sxt_selector_parse() - read and check a selector
 * @nest: attribute set "selector"; NULL, all packets
 * @sel: filled, valid
 * @extack: gets the sentence
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int sxt_selector_parse(struct nlattr *nest, struct sxt_selector *sel,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SEXTANT_A_SELECTOR_MAX + 1] = {};
	enum sxt_selector_fault fault;
	int err;

	if (nest) {
		err = nla_parse_nested(tb, SEXTANT_A_SELECTOR_IFINDEX, nest,
				       sextant_selector_nl_policy, extack);
		if (err)
			return err;
	}
	err = parse_addresses(tb, sel, extack);
	if (err)
		return err;
	if (tb[SEXTANT_A_SELECTOR_PROTO]) {
		sel->proto = nla_get_u32(tb[SEXTANT_A_SELECTOR_PROTO]);
		sel->proto_set = 1;
	}
	parse_u16_range(tb, SEXTANT_A_SELECTOR_SPORT_FIRST,
			SEXTANT_A_SELECTOR_SPORT_LAST, &sel->sport_first,
			&sel->sport_last);
	parse_u16_range(tb, SEXTANT_A_SELECTOR_DPORT_FIRST,
			SEXTANT_A_SELECTOR_DPORT_LAST, &sel->dport_first,
			&sel->dport_last);
	parse_icmp(tb, sel);
	if (tb[SEXTANT_A_SELECTOR_IFINDEX])
		sel->ifindex = nla_get_u32(tb[SEXTANT_A_SELECTOR_IFINDEX]);
	err = sxt_selector_validate(sel, &fault);
	if (err) {
		NL_SET_BAD_ATTR(extack, nest);
		sxt_refuse(extack, sxt_selector_fault_text(fault));
	}
	return err;
}

static int fill_addresses(struct sk_buff *skb, const struct sxt_selector *sel)
{
	struct sxt_selector any;

	if (!sel->family)
		return 0;
	sxt_selector_any_of(&any, sel->family);
	if (nla_put_u32(skb, SEXTANT_A_SELECTOR_FAMILY, sel->family))
		return -EMSGSIZE;
	if (!sxt_addr_equal(&sel->src_first, &any.src_first) ||
	    !sxt_addr_equal(&sel->src_last, &any.src_last))
		if (sxt_addr_fill(skb, SEXTANT_A_SELECTOR_SRC_FIRST,
				  &sel->src_first, sel->family) ||
		    sxt_addr_fill(skb, SEXTANT_A_SELECTOR_SRC_LAST,
				  &sel->src_last, sel->family))
			return -EMSGSIZE;
	if (!sxt_addr_equal(&sel->dst_first, &any.dst_first) ||
	    !sxt_addr_equal(&sel->dst_last, &any.dst_last))
		if (sxt_addr_fill(skb, SEXTANT_A_SELECTOR_DST_FIRST,
				  &sel->dst_first, sel->family) ||
		    sxt_addr_fill(skb, SEXTANT_A_SELECTOR_DST_LAST,
				  &sel->dst_last, sel->family))
			return -EMSGSIZE;
	return 0;
}

static int fill_range(struct sk_buff *skb, int first_attr, int last_attr,
		      u32 first, u32 last, u32 max)
{
	if (!first && last == max)
		return 0;
	if (nla_put_u32(skb, first_attr, first) ||
	    nla_put_u32(skb, last_attr, last))
		return -EMSGSIZE;
	return 0;
}

static int fill_upper(struct sk_buff *skb, const struct sxt_selector *sel)
{
	if (!sel->proto_set)
		return 0;
	if (nla_put_u32(skb, SEXTANT_A_SELECTOR_PROTO, sel->proto))
		return -EMSGSIZE;
	if (fill_range(skb, SEXTANT_A_SELECTOR_SPORT_FIRST,
		       SEXTANT_A_SELECTOR_SPORT_LAST, sel->sport_first,
		       sel->sport_last, 65535) ||
	    fill_range(skb, SEXTANT_A_SELECTOR_DPORT_FIRST,
		       SEXTANT_A_SELECTOR_DPORT_LAST, sel->dport_first,
		       sel->dport_last, 65535) ||
	    fill_range(skb, SEXTANT_A_SELECTOR_ICMP_TYPE_FIRST,
		       SEXTANT_A_SELECTOR_ICMP_TYPE_LAST, sel->icmp_first >> 8,
		       sel->icmp_last >> 8, 255) ||
	    fill_range(skb, SEXTANT_A_SELECTOR_ICMP_CODE_FIRST,
		       SEXTANT_A_SELECTOR_ICMP_CODE_LAST,
		       sel->icmp_first & 255, sel->icmp_last & 255, 255))
		return -EMSGSIZE;
	return 0;
}

/**
 * sxt_selector_fill() - write a selector; what is ANY is left out
 * @skb: where to
 * @attr: attribute type of the nest
 * @sel: the selector
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_selector_fill(struct sk_buff *skb, int attr,
		      const struct sxt_selector *sel)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (fill_addresses(skb, sel) || fill_upper(skb, sel) ||
	    (sel->ifindex && nla_put_u32(skb, SEXTANT_A_SELECTOR_IFINDEX,
					 sel->ifindex))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * sxt_drops_fill() - write one count of dropped packets; 0 is left out
 * @skb: where to
 * @attr: attribute type of the nest
 * @reason: enum sextant_drop
 * @packets: how many
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_drops_fill(struct sk_buff *skb, int attr, u32 reason, u64 packets)
{
	struct nlattr *nest;

	if (!packets)
		return 0;
	nest = nla_nest_start(skb, attr);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, SEXTANT_A_COUNT_DROP, reason) ||
	    nla_put_uint(skb, SEXTANT_A_COUNT_PACKETS, packets)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
