// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and prints messages by the tables of desc.h: as JSON, as the words of
 * the command, and as the path to one attribute. Keys are in no table as
 * something to print, and so are never printed.
 */
#include "desc.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

/**
 * sxt_span_in() - the attributes in a nest
 * @attr: nest
 *
 * Return: where they are.
 */
struct sxt_span sxt_span_in(const struct nlattr *attr)
{
	return (struct sxt_span){ mnl_attr_get_payload(attr),
				  mnl_attr_get_payload_len(attr) };
}

/**
 * sxt_span_next() - the attributes of a span in turn
 * @span: attributes
 * @attr: the one before; NULL for the first
 *
 * Return: the next, or NULL if there is none that fits.
 */
const struct nlattr *sxt_span_next(struct sxt_span span,
				   const struct nlattr *attr)
{
	const char *end = (const char *)span.at + span.len;

	attr = attr ? mnl_attr_next(attr) : span.at;
	return mnl_attr_ok(attr, end - (const char *)attr) ? attr : NULL;
}

static const struct sxt_attr *described(const struct sxt_set *set,
					unsigned int type)
{
	return type && type <= set->max ? &set->attr[type] : NULL;
}

/**
 * sxt_name_of() - the word for a number
 * @names: table
 * @value: number
 *
 * Return: the word, or NULL.
 */
const char *sxt_name_of(const struct sxt_name *names, uint32_t value)
{
	for (; names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}

/**
 * sxt_span_of() - the attributes of a generic netlink message
 * @nlh: message
 *
 * Return: where they are.
 */
struct sxt_span sxt_span_of(const struct nlmsghdr *nlh)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh);

	if (len < GENL_HDRLEN)
		return (struct sxt_span){ "", 0 };
	return (struct sxt_span){
		(const char *)mnl_nlmsg_get_payload(nlh) + GENL_HDRLEN,
		len - GENL_HDRLEN
	};
}

/**
 * sxt_desc_find() - the first attribute of a type
 * @span: where to look
 * @type: which
 *
 * Return: the attribute, or NULL.
 */
const struct nlattr *sxt_desc_find(struct sxt_span span, unsigned int type)
{
	const struct nlattr *attr = NULL;

	while ((attr = sxt_span_next(span, attr)))
		if (mnl_attr_get_type(attr) == type)
			break;
	return attr;
}

static bool fits(const struct nlattr *attr, enum sxt_type type)
{
	const char *s = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	switch (type) {
	case SXT_T_UINT:
		return len == 4 || len == 8;
	case SXT_T_U32:
	case SXT_T_ENUM:
	case SXT_T_SPI:
	case SXT_T_PAIR:
	case SXT_T_NAMED:
	case SXT_T_IFINDEX:
	case SXT_T_WINDOW:
		return len == 4;
	case SXT_T_ADDR:
	case SXT_T_RANGE:
		return len == 4 || len == 16;
	case SXT_T_STRING:
		return len && !s[len - 1];
	case SXT_T_HEX:
		return len <= 64;
	case SXT_T_FLAG:
	case SXT_T_NEST:
	case SXT_T_MULTI:
	case SXT_T_NONE:
		return true;
	}
	return false;
}

/**
 * sxt_desc_check() - are all attributes of the lengths that their types have?
 * @span: attributes
 * @set: what they are
 *
 * Attributes that are not known are those of a newer kernel, and skipped.
 *
 * Return: true if so; the other functions here take that for granted.
 */
bool sxt_desc_check(struct sxt_span span, const struct sxt_set *set)
{
	const struct nlattr *attr = NULL;
	const struct sxt_attr *desc;

	while ((attr = sxt_span_next(span, attr))) {
		desc = described(set, mnl_attr_get_type(attr));
		if (!desc)
			continue;
		if (!fits(attr, desc->type))
			return false;
		if (desc->set && !sxt_desc_check(sxt_span_in(attr), desc->set))
			return false;
	}
	return true;
}

static uint32_t get_u32(const struct nlattr *attr)
{
	uint32_t v;

	memcpy(&v, mnl_attr_get_payload(attr), sizeof(v));
	return v;
}

/**
 * sxt_desc_uint() - a number of 4 or 8 bytes
 * @attr: attribute
 *
 * Return: its value.
 */
uint64_t sxt_desc_uint(const struct nlattr *attr)
{
	uint64_t v;

	if (mnl_attr_get_payload_len(attr) != sizeof(v))
		return get_u32(attr);
	memcpy(&v, mnl_attr_get_payload(attr), sizeof(v));
	return v;
}

static const char *addr_text(const struct nlattr *attr, char *buf)
{
	int family = mnl_attr_get_payload_len(attr) == 4 ? AF_INET : AF_INET6;

	inet_ntop(family, mnl_attr_get_payload(attr), buf, INET6_ADDRSTRLEN);
	return buf;
}

static const char *hex_text(const struct nlattr *attr, char *buf)
{
	const uint8_t *b = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr), i;

	for (i = 0; i < len; i++)
		sprintf(buf + 2 * i, "%02x", b[i]);
	buf[2 * len] = '\0';
	return buf;
}

static void json_enum(struct sxt_out *out, const struct nlattr *attr,
		      const struct sxt_attr *desc)
{
	const char *name = sxt_name_of(desc->names, get_u32(attr));

	if (name)
		sxt_json_str(out, name);
	else
		sxt_json_num(out, get_u32(attr));
}

static void json_value(struct sxt_out *out, const struct nlattr *attr,
		       const struct sxt_attr *desc)
{
	char buf[129];

	switch (desc->type) {
	case SXT_T_ENUM:
		json_enum(out, attr, desc);
		break;
	case SXT_T_SPI:
		sxt_json_num(out, ntohl(get_u32(attr)));
		break;
	case SXT_T_ADDR:
	case SXT_T_RANGE:
		sxt_json_str(out, addr_text(attr, buf));
		break;
	case SXT_T_STRING:
		sxt_json_str(out, mnl_attr_get_payload(attr));
		break;
	case SXT_T_HEX:
		sxt_json_str(out, hex_text(attr, buf));
		break;
	case SXT_T_FLAG:
		sxt_json_bool(out, true);
		break;
	case SXT_T_NEST:
	case SXT_T_MULTI:
		sxt_desc_json(out, sxt_span_in(attr), desc->set);
		break;
	default:
		sxt_json_num(out, sxt_desc_uint(attr));
	}
}

static void json_multi(struct sxt_out *out, struct sxt_span span,
		       unsigned int type, const struct sxt_attr *desc)
{
	const struct nlattr *attr = NULL;

	sxt_json_open(out, '[');
	while ((attr = sxt_span_next(span, attr)))
		if (mnl_attr_get_type(attr) == type)
			json_value(out, attr, desc);
	sxt_json_close(out, ']');
}

/**
 * sxt_desc_json() - attributes as a JSON object
 * @out: output
 * @span: attributes, checked
 * @set: what they are
 */
void sxt_desc_json(struct sxt_out *out, struct sxt_span span,
		   const struct sxt_set *set)
{
	const struct sxt_attr *desc;
	const struct nlattr *attr;
	unsigned int type;

	sxt_json_open(out, '{');
	for (type = 1; type <= set->max; type++) {
		desc = &set->attr[type];
		attr = sxt_desc_find(span, type);
		if (!attr || desc->type == SXT_T_NONE)
			continue;
		sxt_json_key(out, desc->name);
		if (desc->type == SXT_T_MULTI)
			json_multi(out, span, type, desc);
		else
			json_value(out, attr, desc);
	}
	sxt_json_close(out, '}');
}

/* The length of the prefix that is @first to @last, or -1. */
static int prefix_length(const uint8_t *first, const uint8_t *last, size_t len)
{
	unsigned int bits = 0, i, f, l;
	bool host = false;

	for (i = 0; i < len * 8; i++) {
		f = first[i / 8] >> (7 - i % 8) & 1;
		l = last[i / 8] >> (7 - i % 8) & 1;
		if (!host && f == l) {
			bits++;
			continue;
		}
		if (f || !l)
			return -1;
		host = true;
	}
	return bits;
}

static void text_range(struct sxt_out *out, const struct nlattr *first,
		       const struct nlattr *last)
{
	size_t len = mnl_attr_get_payload_len(first);
	char buf[INET6_ADDRSTRLEN];
	int bits;

	sxt_out_word(out, addr_text(first, buf));
	if (!last || mnl_attr_get_payload_len(last) != len)
		return;
	bits = prefix_length(mnl_attr_get_payload(first),
			     mnl_attr_get_payload(last), len);
	if (bits < 0)
		sxt_out_text(out, "-%s", addr_text(last, buf));
	else if (bits < (int)len * 8)
		sxt_out_text(out, "/%d", bits);
}

static void text_ifindex(struct sxt_out *out, uint32_t index)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(index, name)) {
		sxt_out_name(out, name);
	} else {
		/* No longer there, so that it has no name. */
		sxt_out_word(out, "");
		sxt_out_text(out, "index-%u", index);
	}
}

static void text_number(struct sxt_out *out, const struct nlattr *attr,
			const struct sxt_attr *desc, const struct nlattr *next)
{
	uint64_t v = sxt_desc_uint(attr);
	const char *name = NULL;

	if (desc->names)
		name = sxt_name_of(desc->names, v);
	if (desc->type == SXT_T_WINDOW && !v)
		name = "off";
	if (name) {
		sxt_out_word(out, name);
		return;
	}
	sxt_out_word(out, "");
	sxt_out_text(out, "%llu", (unsigned long long)v);
	if (desc->type == SXT_T_PAIR && next && get_u32(next) != v)
		sxt_out_text(out, "-%u", get_u32(next));
}

static void text_value(struct sxt_out *out, const struct nlattr *attr,
		       const struct sxt_attr *desc, const struct nlattr *next)
{
	char buf[129];

	switch (desc->type) {
	case SXT_T_SPI:
		sxt_out_word(out, "");
		sxt_out_text(out, "0x%08x", ntohl(get_u32(attr)));
		break;
	case SXT_T_ADDR:
		sxt_out_word(out, addr_text(attr, buf));
		break;
	case SXT_T_RANGE:
		text_range(out, attr, next);
		break;
	case SXT_T_STRING:
		sxt_out_name(out, mnl_attr_get_payload(attr));
		break;
	case SXT_T_HEX:
		sxt_out_word(out, hex_text(attr, buf));
		break;
	case SXT_T_FLAG:
	case SXT_T_NONE:
		break;
	case SXT_T_IFINDEX:
		text_ifindex(out, get_u32(attr));
		break;
	case SXT_T_NEST:
	case SXT_T_MULTI:
		/* An empty selector: it has to be said with some word. */
		if (desc->word && !mnl_attr_get_payload_len(attr))
			sxt_out_word(out, "src any");
		sxt_desc_text(out, sxt_span_in(attr), desc->set, SXT_W_CONFIG);
		break;
	default:
		text_number(out, attr, desc, next);
	}
}

static void text_attr(struct sxt_out *out, struct sxt_span span,
		      unsigned int type, const struct sxt_attr *desc)
{
	const struct nlattr *attr = sxt_desc_find(span, type);
	const struct nlattr *next = NULL;

	if (!attr)
		return;
	if (desc->word)
		sxt_out_word(out, desc->word);
	if (desc->type == SXT_T_RANGE || desc->type == SXT_T_PAIR)
		next = sxt_desc_find(span, type + 1);
	if (desc->type != SXT_T_MULTI) {
		text_value(out, attr, desc, next);
		return;
	}
	for (; attr; attr = sxt_span_next(span, attr))
		if (mnl_attr_get_type(attr) == type)
			text_value(out, attr, desc, NULL);
}

/**
 * sxt_desc_text() - attributes as words
 * @out: output
 * @span: attributes, checked
 * @set: what they are
 * @where: which of them
 */
void sxt_desc_text(struct sxt_out *out, struct sxt_span span,
		   const struct sxt_set *set, enum sxt_where where)
{
	unsigned int i, type;

	for (i = 0; i < set->max; i++) {
		type = set->order ? set->order[i] : i + 1;
		if (!type)
			break;
		if (set->attr[type].where == where)
			text_attr(out, span, type, &set->attr[type]);
	}
}

/**
 * sxt_desc_path() - the words for the attribute that the kernel points at
 * @nlh: message that the kernel got
 * @offset: offset in it, of the attribute or of something within it
 * @set: what its attributes are
 * @path: result; empty if there is no such attribute
 * @room: room there
 */
void sxt_desc_path(const struct nlmsghdr *nlh, size_t offset,
		   const struct sxt_set *set, char *path, size_t room)
{
	const char *target = (const char *)nlh + offset;
	struct sxt_span span = sxt_span_of(nlh);
	const struct sxt_attr *desc;
	const struct nlattr *attr;
	const char *word;
	size_t len = 0;

	path[0] = '\0';
	while (set) {
		attr = NULL;
		while ((attr = sxt_span_next(span, attr)))
			if (target >= (const char *)attr &&
			    target < (const char *)mnl_attr_next(attr))
				break;
		if (!attr)
			return;
		desc = described(set, mnl_attr_get_type(attr));
		if (!desc)
			return;
		set = target == (const char *)attr ? NULL : desc->set;
		word = desc->word ? desc->word : set ? "" : desc->name;
		if (len + 1 < room)
			len += snprintf(path + len, room - len, "%s%s",
					len && *word ? " " : "", word);
		span = sxt_span_in(attr);
	}
}
