// SPDX-License-Identifier: GPL-2.0-only
/*
 * libmnl's attributes, for targets that have no libmnl: get, put, nest, validate,
 * parse.  Which attributes a family has, and what they mean, is not known here.
 */
#include <libmnl/libmnl.h>

#include <errno.h>
#include <string.h>

/* Sets errno and returns -1: how most of this interface refuses. */
static int refuse(int err)
{
	errno = err;
	return -1;
}

/**
 * mnl_attr_get_type - type of an attribute, without its flags
 * @attr: the attribute
 *
 * Return: the type.
 */
uint16_t mnl_attr_get_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

/**
 * mnl_attr_get_len - length of an attribute with its header
 * @attr: the attribute
 *
 * Return: the length, not padded.
 */
uint16_t mnl_attr_get_len(const struct nlattr *attr)
{
	return attr->nla_len;
}

/**
 * mnl_attr_get_payload_len - length of an attribute's value
 * @attr: an attribute that mnl_attr_ok() took
 *
 * Return: the length.
 */
uint16_t mnl_attr_get_payload_len(const struct nlattr *attr)
{
	return attr->nla_len - MNL_ATTR_HDRLEN;
}

/**
 * mnl_attr_get_payload - value of an attribute
 * @attr: the attribute
 *
 * Return: its beginning, which is aligned to 4 bytes and no more.
 */
void *mnl_attr_get_payload(const struct nlattr *attr)
{
	return (char *)attr + MNL_ATTR_HDRLEN;
}

/**
 * mnl_attr_get_u8 - value of an attribute of one byte
 * @attr: an attribute with a value at least that long
 *
 * Return: the value.
 */
uint8_t mnl_attr_get_u8(const struct nlattr *attr)
{
	return *(uint8_t *)mnl_attr_get_payload(attr);
}

/**
 * mnl_attr_get_u16 - value of an attribute of two bytes
 * @attr: an attribute with a value at least that long
 *
 * Return: the value, in the byte order that it has in the message.
 */
uint16_t mnl_attr_get_u16(const struct nlattr *attr)
{
	uint16_t value;

	memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return value;
}

/**
 * mnl_attr_get_u32 - value of an attribute of four bytes
 * @attr: an attribute with a value at least that long
 *
 * Return: the value, in the byte order that it has in the message.
 */
uint32_t mnl_attr_get_u32(const struct nlattr *attr)
{
	uint32_t value;

	memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return value;
}

/**
 * mnl_attr_get_u64 - value of an attribute of eight bytes
 * @attr: an attribute with a value at least that long, at any alignment
 *
 * Return: the value, in the byte order that it has in the message.
 */
uint64_t mnl_attr_get_u64(const struct nlattr *attr)
{
	uint64_t value;

	memcpy(&value, mnl_attr_get_payload(attr), sizeof(value));
	return value;
}

/**
 * mnl_attr_get_str - value of an attribute that is a string
 * @attr: an attribute that was validated as MNL_TYPE_NUL_STRING
 *
 * Return: the string.
 */
const char *mnl_attr_get_str(const struct nlattr *attr)
{
	return mnl_attr_get_payload(attr);
}

/**
 * mnl_attr_put - add an attribute to a message
 * @nlh: the message; the room for the attribute, padded, is there
 * @type: of the attribute
 * @len: of its value
 * @data: the value; the padding behind it is zeroed
 */
void mnl_attr_put(struct nlmsghdr *nlh, uint16_t type, size_t len,
		  const void *data)
{
	struct nlattr *attr = mnl_nlmsg_get_payload_tail(nlh);
	char *value = mnl_attr_get_payload(attr);

	attr->nla_type = type;
	attr->nla_len = MNL_ATTR_HDRLEN + len;
	if (len)
		memcpy(value, data, len);
	memset(value + len, 0, MNL_ALIGN(len) - len);
	nlh->nlmsg_len += MNL_ATTR_HDRLEN + MNL_ALIGN(len);
}

/**
 * mnl_attr_put_u8 - add an attribute of one byte
 * @nlh: the message
 * @type: of the attribute
 * @data: its value
 */
void mnl_attr_put_u8(struct nlmsghdr *nlh, uint16_t type, uint8_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u16 - add an attribute of two bytes
 * @nlh: the message
 * @type: of the attribute
 * @data: its value, in the byte order that it is to have there
 */
void mnl_attr_put_u16(struct nlmsghdr *nlh, uint16_t type, uint16_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u32 - add an attribute of four bytes
 * @nlh: the message
 * @type: of the attribute
 * @data: its value, in the byte order that it is to have there
 */
void mnl_attr_put_u32(struct nlmsghdr *nlh, uint16_t type, uint32_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u64 - add an attribute of eight bytes
 * @nlh: the message
 * @type: of the attribute
 * @data: its value, in the byte order that it is to have there
 */
void mnl_attr_put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t data)
{
	mnl_attr_put(nlh, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_str - add a string without its end
 * @nlh: the message
 * @type: of the attribute
 * @data: the string
 */
void mnl_attr_put_str(struct nlmsghdr *nlh, uint16_t type, const char *data)
{
	mnl_attr_put(nlh, type, strlen(data), data);
}

/**
 * mnl_attr_put_strz - add a string with the zero byte at its end
 * @nlh: the message
 * @type: of the attribute
 * @data: the string
 */
void mnl_attr_put_strz(struct nlmsghdr *nlh, uint16_t type, const char *data)
{
	mnl_attr_put(nlh, type, strlen(data) + 1, data);
}

/**
 * mnl_attr_put_check - add an attribute if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @len: of its value
 * @data: the value
 *
 * Return: false, with nothing changed, if the padded attribute does not fit.
 */
bool mnl_attr_put_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			size_t len, const void *data)
{
	if (nlh->nlmsg_len + MNL_ATTR_HDRLEN + MNL_ALIGN(len) > buflen)
		return false;
	mnl_attr_put(nlh, type, len, data);
	return true;
}

/**
 * mnl_attr_put_u8_check - add an attribute of one byte if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: its value
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_u8_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			   uint8_t data)
{
	return mnl_attr_put_check(nlh, buflen, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u16_check - add an attribute of two bytes if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: its value
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_u16_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			    uint16_t data)
{
	return mnl_attr_put_check(nlh, buflen, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u32_check - add an attribute of four bytes if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: its value
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_u32_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			    uint32_t data)
{
	return mnl_attr_put_check(nlh, buflen, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_u64_check - add an attribute of eight bytes if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: its value
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_u64_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			    uint64_t data)
{
	return mnl_attr_put_check(nlh, buflen, type, sizeof(data), &data);
}

/**
 * mnl_attr_put_str_check - add a string without its end if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: the string
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_str_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			    const char *data)
{
	return mnl_attr_put_check(nlh, buflen, type, strlen(data), data);
}

/**
 * mnl_attr_put_strz_check - add a string with its end if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 * @data: the string
 *
 * Return: as mnl_attr_put_check().
 */
bool mnl_attr_put_strz_check(struct nlmsghdr *nlh, size_t buflen, uint16_t type,
			     const char *data)
{
	return mnl_attr_put_check(nlh, buflen, type, strlen(data) + 1, data);
}

/**
 * mnl_attr_nest_start - begin an attribute that holds attributes
 * @nlh: the message; those that are added from now on go into it
 * @type: of the attribute
 *
 * Return: the attribute, for mnl_attr_nest_end() or mnl_attr_nest_cancel().
 */
struct nlattr *mnl_attr_nest_start(struct nlmsghdr *nlh, uint16_t type)
{
	struct nlattr *nest = mnl_nlmsg_get_payload_tail(nlh);

	/* Its length is not known before mnl_attr_nest_end(). */
	nest->nla_type = type | NLA_F_NESTED;
	nlh->nlmsg_len += MNL_ATTR_HDRLEN;
	return nest;
}

/**
 * mnl_attr_nest_start_check - begin an attribute of attributes if there is room
 * @nlh: the message
 * @buflen: length of the buffer that @nlh begins
 * @type: of the attribute
 *
 * Return: as mnl_attr_nest_start(), or NULL if its header does not fit.
 */
struct nlattr *mnl_attr_nest_start_check(struct nlmsghdr *nlh, size_t buflen,
					 uint16_t type)
{
	if (nlh->nlmsg_len + MNL_ATTR_HDRLEN > buflen)
		return NULL;
	return mnl_attr_nest_start(nlh, type);
}

/**
 * mnl_attr_nest_end - end an attribute that holds attributes
 * @nlh: the message
 * @start: the attribute
 */
void mnl_attr_nest_end(struct nlmsghdr *nlh, struct nlattr *start)
{
	start->nla_len = (char *)mnl_nlmsg_get_payload_tail(nlh) -
			 (char *)start;
}

/**
 * mnl_attr_nest_cancel - take an attribute and all in it out again
 * @nlh: the message
 * @start: the attribute
 */
void mnl_attr_nest_cancel(struct nlmsghdr *nlh, struct nlattr *start)
{
	nlh->nlmsg_len -= (char *)mnl_nlmsg_get_payload_tail(nlh) -
			  (char *)start;
}

/**
 * mnl_attr_type_valid - whether the type of an attribute is known
 * @attr: the attribute
 * @maxtype: highest type known
 *
 * Return: 1, or -1 with errno EOPNOTSUPP.
 */
int mnl_attr_type_valid(const struct nlattr *attr, uint16_t maxtype)
{
	if (mnl_attr_get_type(attr) > maxtype)
		return refuse(EOPNOTSUPP);
	return 1;
}

/* Checks what every data type asks for, and the exact length if not 0. */
static int check_value(const struct nlattr *attr, enum mnl_attr_data_type type,
		       size_t exact)
{
	const char *value = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	if (len < exact)
		return refuse(ERANGE);
	switch (type) {
	case MNL_TYPE_FLAG:
		if (len)
			return refuse(ERANGE);
		break;
	case MNL_TYPE_STRING:
		if (!len)
			return refuse(ERANGE);
		break;
	case MNL_TYPE_NUL_STRING:
		if (!len)
			return refuse(ERANGE);
		if (value[len - 1])
			return refuse(EINVAL);
		break;
	case MNL_TYPE_NESTED:
		/* Empty, or room for one attribute at least. */
		if (len && len < MNL_ATTR_HDRLEN)
			return refuse(ERANGE);
		break;
	default:
		break;
	}
	if (exact && len > exact)
		return refuse(ERANGE);
	return 0;
}

/**
 * mnl_attr_validate - whether a value has the form of its data type
 * @attr: an attribute that mnl_attr_ok() took
 * @type: what it should be
 *
 * Return: 0, or -1 with errno set: ERANGE for a wrong length, EINVAL for a
 * string without an end or for no such type.
 */
int mnl_attr_validate(const struct nlattr *attr, enum mnl_attr_data_type type)
{
	static const size_t exact[MNL_TYPE_MAX] = {
		[MNL_TYPE_U8] = sizeof(uint8_t),
		[MNL_TYPE_U16] = sizeof(uint16_t),
		[MNL_TYPE_U32] = sizeof(uint32_t),
		[MNL_TYPE_U64] = sizeof(uint64_t),
		[MNL_TYPE_MSECS] = sizeof(uint64_t),
	};

	if ((unsigned int)type >= MNL_TYPE_MAX)
		return refuse(EINVAL);
	return check_value(attr, type, exact[type]);
}

/**
 * mnl_attr_validate2 - whether a value has a form and a length
 * @attr: an attribute that mnl_attr_ok() took
 * @type: what it should be
 * @len: length that it should have, or 0 for any
 *
 * Return: as mnl_attr_validate().
 */
int mnl_attr_validate2(const struct nlattr *attr, enum mnl_attr_data_type type,
		       size_t len)
{
	if ((unsigned int)type >= MNL_TYPE_MAX)
		return refuse(EINVAL);
	return check_value(attr, type, len);
}

/**
 * mnl_attr_ok - whether a complete attribute is there
 * @attr: where it should begin
 * @len: bytes that are left; may be negative
 *
 * Return: true if its header and all that its length names lies within.
 */
bool mnl_attr_ok(const struct nlattr *attr, int len)
{
	if (len < (int)sizeof(*attr) || attr->nla_len < sizeof(*attr))
		return false;
	return attr->nla_len <= len;
}

/**
 * mnl_attr_next - where the next attribute should begin
 * @attr: an attribute that mnl_attr_ok() took
 *
 * Return: the place, for mnl_attr_ok() to judge.
 */
struct nlattr *mnl_attr_next(const struct nlattr *attr)
{
	return (void *)((char *)attr + MNL_ALIGN(attr->nla_len));
}

/* Shows the attributes between two places to a callback. */
static int parse_between(const void *start, const char *end, mnl_attr_cb_t cb,
			 void *data)
{
	const struct nlattr *attr = start;

	for (; mnl_attr_ok(attr, end - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		int ret = cb(attr, data);

		if (ret <= MNL_CB_STOP)
			return ret;
	}
	return MNL_CB_OK;
}

/**
 * mnl_attr_parse - show the attributes of a message to a callback
 * @nlh: the message
 * @offset: length of the family's header
 * @cb: called for each, until it returns MNL_CB_STOP or MNL_CB_ERROR
 * @data: for @cb
 *
 * Return: what @cb returned last if that ended it, else MNL_CB_OK.
 */
int mnl_attr_parse(const struct nlmsghdr *nlh, unsigned int offset,
		   mnl_attr_cb_t cb, void *data)
{
	return parse_between(mnl_nlmsg_get_payload_offset(nlh, offset),
			     mnl_nlmsg_get_payload_tail(nlh), cb, data);
}

/**
 * mnl_attr_parse_nested - show the attributes in an attribute to a callback
 * @attr: the attribute that holds them
 * @cb: called for each, until it returns MNL_CB_STOP or MNL_CB_ERROR
 * @data: for @cb
 *
 * Return: as mnl_attr_parse().
 */
int mnl_attr_parse_nested(const struct nlattr *attr, mnl_attr_cb_t cb,
			  void *data)
{
	return mnl_attr_parse_payload(mnl_attr_get_payload(attr),
				      mnl_attr_get_payload_len(attr), cb, data);
}

/**
 * mnl_attr_parse_payload - show attributes without a message to a callback
 * @payload: where the first begins
 * @payload_len: bytes of all
 * @cb: called for each, until it returns MNL_CB_STOP or MNL_CB_ERROR
 * @data: for @cb
 *
 * Return: as mnl_attr_parse().
 */
int mnl_attr_parse_payload(const void *payload, size_t payload_len,
			   mnl_attr_cb_t cb, void *data)
{
	return parse_between(payload, (const char *)payload + payload_len, cb,
			     data);
}
