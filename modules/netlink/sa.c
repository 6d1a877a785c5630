// SPDX-License-Identifier: GPL-2.0-only
/* Requests about SAs: new, get, delete, flush. */
#include <net/sock.h>
#include <sextant/secret.h>
#include "netlink.h"

static const int sa_field_attr[] = {
	[SXT_SA_FIELD_NAME] = SEXTANT_A_SA_NAME,
	[SXT_SA_FIELD_DIRECTION] = SEXTANT_A_SA_DIRECTION,
	[SXT_SA_FIELD_PROTOCOL] = SEXTANT_A_SA_PROTOCOL,
	[SXT_SA_FIELD_SPI] = SEXTANT_A_SA_SPI,
	[SXT_SA_FIELD_SRC] = SEXTANT_A_SA_SRC,
	[SXT_SA_FIELD_DST] = SEXTANT_A_SA_DST,
	[SXT_SA_FIELD_MODE] = SEXTANT_A_SA_MODE,
	[SXT_SA_FIELD_ALG] = SEXTANT_A_SA_ALG,
	[SXT_SA_FIELD_KEY] = SEXTANT_A_SA_KEY,
	[SXT_SA_FIELD_AUTH_KEY] = SEXTANT_A_SA_AUTH_KEY,
	[SXT_SA_FIELD_WINDOW] = SEXTANT_A_SA_WINDOW,
	[SXT_SA_FIELD_SEQUENCE] = SEXTANT_A_SA_SEQUENCE,
	[SXT_SA_FIELD_SELECTOR] = SEXTANT_A_SA_SELECTOR,
};

/* The sentence names the attribute; this points at it. */
static void sa_point_at(struct genl_info *info, enum sxt_sa_field field)
{
	int attr;

	if (field >= ARRAY_SIZE(sa_field_attr))
		return;
	attr = sa_field_attr[field];
	if (attr && info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
}

static int sa_parse_ident(struct genl_info *info, struct sxt_sa_ident *ident)
{
	struct nlattr **a = info->attrs;
	u8 family = 0;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_DIRECTION) ||
	    GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_DST)) {
		sxt_refuse(info->extack, "direction and dst are needed");
		return -EINVAL;
	}
	memset(ident, 0, sizeof(*ident));
	err = sxt_addr_parse(a[SEXTANT_A_SA_DST], &ident->dst, &family,
			     info->extack);
	if (err)
		return err;
	ident->family = family;
	ident->dir = nla_get_u32(a[SEXTANT_A_SA_DIRECTION]);
	ident->proto = a[SEXTANT_A_SA_PROTOCOL] ?
		nla_get_u32(a[SEXTANT_A_SA_PROTOCOL]) : IPPROTO_ESP;
	if (a[SEXTANT_A_SA_SPI]) {
		ident->spi = nla_get_be32(a[SEXTANT_A_SA_SPI]);
		if (!ident->spi) {
			NL_SET_ERR_MSG_ATTR(info->extack, a[SEXTANT_A_SA_SPI],
					    "spi: 0 is never sent (RFC 4303 section 2.1)");
			return -EINVAL;
		}
	}
	return 0;
}

static u64 sa_limit(const struct nlattr *attr)
{
	return attr ? nla_get_uint(attr) : SXT_LIFE_NONE;
}

static u64 sa_limit_seconds(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : SXT_LIFE_NONE;
}

static void sa_parse_life(struct nlattr **a, struct sxt_life *life)
{
	sxt_life_unlimited(life);
	life->soft.bytes = sa_limit(a[SEXTANT_A_SA_SOFT_BYTES]);
	life->hard.bytes = sa_limit(a[SEXTANT_A_SA_HARD_BYTES]);
	life->soft.packets = sa_limit(a[SEXTANT_A_SA_SOFT_PACKETS]);
	life->hard.packets = sa_limit(a[SEXTANT_A_SA_HARD_PACKETS]);
	life->soft.add = sa_limit_seconds(a[SEXTANT_A_SA_SOFT_SECONDS]);
	life->hard.add = sa_limit_seconds(a[SEXTANT_A_SA_HARD_SECONDS]);
}

static void sa_parse_tunnel(struct nlattr **a, struct sxt_tunnel_opts *opts)
{
	static const u8 df[] = {
		[SEXTANT_DF_COPY] = SXT_TUNNEL_DF_COPY,
		[SEXTANT_DF_SET] = SXT_TUNNEL_DF_SET,
		[SEXTANT_DF_CLEAR] = SXT_TUNNEL_DF_CLEAR,
	};

	memset(opts, 0, sizeof(*opts));
	opts->dscp_from = a[SEXTANT_A_SA_DSCP_CLEAR] ?
		SXT_TUNNEL_SET : SXT_TUNNEL_COPY;
	opts->ecn_compat = a[SEXTANT_A_SA_ECN_OFF];
	opts->df = a[SEXTANT_A_SA_DF] ?
		df[nla_get_u32(a[SEXTANT_A_SA_DF])] : SXT_TUNNEL_DF_COPY;
	opts->flow_from = SXT_TUNNEL_SET;
	opts->ttl = a[SEXTANT_A_SA_TTL] ? nla_get_u32(a[SEXTANT_A_SA_TTL]) : 0;
}

static int sa_check_tunnel_attrs(struct genl_info *info, u8 mode)
{
	static const int only_tunnel[] = {
		SEXTANT_A_SA_DSCP_CLEAR, SEXTANT_A_SA_ECN_OFF,
		SEXTANT_A_SA_DF, SEXTANT_A_SA_TTL,
	};
	size_t i;

	if (mode == SEXTANT_MODE_TUNNEL)
		return 0;
	for (i = 0; i < ARRAY_SIZE(only_tunnel); i++) {
		struct nlattr *attr = info->attrs[only_tunnel[i]];

		if (attr) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "only tunnel mode has an outer header");
			return -EINVAL;
		}
	}
	return 0;
}

/* A number that nobody has filled in must not turn anti-replay off. */
static int sa_parse_window(struct genl_info *info,
			   struct sxt_sa_params *params)
{
	struct nlattr *window = info->attrs[SEXTANT_A_SA_WINDOW];
	struct nlattr *off = info->attrs[SEXTANT_A_SA_WINDOW_OFF];

	if ((window || off) && params->ident.dir == SEXTANT_DIRECTION_OUT) {
		NL_SET_ERR_MSG_ATTR(info->extack, window ?: off,
				    "window: only inbound SAs have one");
		return -EINVAL;
	}
	if (window && off) {
		NL_SET_ERR_MSG_ATTR(info->extack, off,
				    "window: a number, or window-off");
		return -EINVAL;
	}
	if (window && !nla_get_u32(window)) {
		NL_SET_ERR_MSG_ATTR(info->extack, window,
				    "window: 0 is none; window-off says so");
		return -EINVAL;
	}
	if (off)
		params->window = 0;
	else
		params->window = window ? nla_get_u32(window) :
					  SEXTANT_WINDOW_DEFAULT;
	return 0;
}

static int sa_parse_rest(struct genl_info *info, struct sxt_sa_params *params,
			 struct sxt_selector *sel)
{
	struct nlattr **a = info->attrs;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_ALG) ||
	    GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_MODE)) {
		sxt_refuse(info->extack, "alg and mode are needed");
		return -EINVAL;
	}
	params->alg = nla_data(a[SEXTANT_A_SA_ALG]);
	params->mode = nla_get_u32(a[SEXTANT_A_SA_MODE]);
	params->group = a[SEXTANT_A_SA_GROUP] ?
		nla_get_u32(a[SEXTANT_A_SA_GROUP]) : 0;
	params->esn = a[SEXTANT_A_SA_ESN];
	params->name = a[SEXTANT_A_SA_NAME] ? nla_data(a[SEXTANT_A_SA_NAME]) :
		NULL;
	err = sa_parse_window(info, params);
	if (err)
		return err;
	params->sequence = a[SEXTANT_A_SA_SEQUENCE] ?
		nla_get_uint(a[SEXTANT_A_SA_SEQUENCE]) : 0;
	sa_parse_life(a, &params->life);
	err = sa_check_tunnel_attrs(info, params->mode);
	if (err)
		return err;
	sa_parse_tunnel(a, &params->tunnel);
	if (!a[SEXTANT_A_SA_SELECTOR])
		return 0;
	params->sel = sel;
	return sxt_selector_parse(a[SEXTANT_A_SA_SELECTOR], sel, info->extack);
}

static int sa_parse(struct genl_info *info, struct sxt_sa_params *params,
		    struct sxt_selector *sel)
{
	u8 family;
	int err;

	err = sa_parse_ident(info, &params->ident);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_SRC)) {
		sxt_refuse(info->extack, "src is needed");
		return -EINVAL;
	}
	family = params->ident.family;
	err = sxt_addr_parse(info->attrs[SEXTANT_A_SA_SRC], &params->src,
			     &family, info->extack);
	if (err)
		return err;
	return sa_parse_rest(info, params, sel);
}

static struct sxt_secret *sa_parse_secret(struct genl_info *info)
{
	struct nlattr *key = info->attrs[SEXTANT_A_SA_KEY];
	struct nlattr *auth = info->attrs[SEXTANT_A_SA_AUTH_KEY];
	struct sxt_secret *secret;

	secret = sxt_secret_new(key ? nla_data(key) : NULL,
				key ? nla_len(key) : 0,
				auth ? nla_data(auth) : NULL,
				auth ? nla_len(auth) : 0);
	if (PTR_ERR(secret) == -EINVAL) {
		NL_SET_BAD_ATTR(info->extack,
				key && nla_len(key) > SEXTANT_KEY_MAX ? key :
				auth);
		sxt_refuse(info->extack, "key: no algorithm takes more than 128 bytes");
	}
	return secret;
}

static struct sxt_change *sa_new_change(struct genl_info *info)
{
	struct sxt_sa_params params = {};
	struct sxt_secret *secret;
	struct sxt_change *change;
	struct sxt_selector sel;
	int err;

	err = sa_parse(info, &params, &sel);
	if (err)
		return ERR_PTR(err);
	secret = sa_parse_secret(info);
	if (IS_ERR(secret))
		return ERR_CAST(secret);
	params.secret = secret;
	change = sxt_change_new(SXT_CHANGE_SA_ADD);
	if (!change) {
		sxt_secret_free(secret);
		return ERR_PTR(-ENOMEM);
	}
	change->sa = sxt_sa_new(genl_info_net(info), &params, info->extack);
	sxt_secret_free(secret);
	if (IS_ERR(change->sa)) {
		err = PTR_ERR(change->sa);
		change->sa = NULL;
		sa_point_at(info, params.bad);
		sxt_change_free(change);
		return ERR_PTR(err);
	}
	return change;
}

static int sa_add(struct sk_buff *skb, struct genl_info *info,
		  struct sxt_change *change, struct sk_buff *reply)
{
	struct sxt_sa *sa = change->sa;
	bool staged;
	int err;

	/* The reference lets us tell its number after others may delete it. */
	refcount_inc(&sa->ref);
	err = sxt_change_submit(skb, info, change, &staged, NULL);
	if (err == -EEXIST)
		sa_point_at(info, SXT_SA_FIELD_SPI);
	if (err || staged) {
		nlmsg_free(reply);
	} else {
		nla_put_uint(reply, SEXTANT_A_SA_ID, sa->id);
		nla_put_be32(reply, SEXTANT_A_SA_SPI, sa->ident.spi);
		sxt_reply_send(reply, info);
	}
	sxt_sa_put(sa);
	return err;
}

/**
 * sextant_nl_sa_new_doit() - add an SA
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_sa_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sxt_change *change = sa_new_change(info);
	struct sk_buff *reply;

	if (IS_ERR(change)) {
		sxt_change_refused(skb);
		return PTR_ERR(change);
	}
	reply = sxt_reply_new(info);
	if (!reply) {
		sxt_change_free(change);
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	return sa_add(skb, info, change, reply);
}

static int sa_parse_which(struct genl_info *info, u64 *id,
			  struct sxt_sa_ident *ident)
{
	*id = 0;
	if (info->attrs[SEXTANT_A_SA_ID]) {
		*id = nla_get_uint(info->attrs[SEXTANT_A_SA_ID]);
		if (!*id) {
			NL_SET_ERR_MSG_ATTR(info->extack,
					    info->attrs[SEXTANT_A_SA_ID],
					    "id: numbers begin with 1");
			return -EINVAL;
		}
		return 0;
	}
	if (GENL_REQ_ATTR_CHECK(info, SEXTANT_A_SA_SPI)) {
		sxt_refuse(info->extack, "id, or direction, spi and dst are needed");
		return -EINVAL;
	}
	return sa_parse_ident(info, ident);
}

/**
 * sextant_nl_sa_get_doit() - show one SA
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct sxt_sa_ident ident;
	struct sk_buff *msg;
	struct sxt_sa *sa;
	void *hdr;
	int err;
	u64 id;

	err = sa_parse_which(info, &id, &ident);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_iput(msg, info);
	sxt_config_lock(net);
	rcu_read_lock();
	sa = id ? sxt_sa_by_id(net, id) : sxt_sa_find(net, &ident);
	if (!sa) {
		sxt_refuse(info->extack, "no such SA");
		err = -ENOENT;
	} else {
		err = hdr ? sxt_sa_fill(msg, sa) : -EMSGSIZE;
	}
	rcu_read_unlock();
	sxt_config_unlock(net);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/**
 * sextant_nl_sa_get_dumpit() - show all SAs, in the order they were added
 * @skb: the reply
 * @cb: where we are: the next number, and the generation it began with
 *
 * Context: process.
 * Return: length, or -errno.
 */
int sextant_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct net *net = sock_net(skb->sk);
	u64 *id = (u64 *)cb->ctx;
	struct sxt_sa *sa;
	int err = 0;

	BUILD_BUG_ON(sizeof(*id) > sizeof(cb->ctx));
	/* What a transaction tries, or is about to make, is nobody's to see. */
	sxt_config_lock(net);
	cb->seq = sxt_dump_seq(net);
	for (; (sa = sxt_sa_next(net, id)); (*id)++) {
		void *hdr = genlmsg_iput(skb, info);

		err = hdr ? sxt_sa_fill(skb, sa) : -EMSGSIZE;
		if (err) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			break;
		}
		genl_dump_check_consistent(cb, hdr);
		genlmsg_end(skb, hdr);
	}
	sxt_config_unlock(net);
	return err;
}

/**
 * sextant_nl_sa_del_doit() - delete one SA
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno with a sentence.
 */
int sextant_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sxt_change *change = sxt_change_new(SXT_CHANGE_SA_DEL);
	bool staged;
	int err;

	if (!change) {
		sxt_change_refused(skb);
		return -ENOMEM;
	}
	err = sa_parse_which(info, &change->id, &change->ident);
	if (err) {
		sxt_change_free(change);
		sxt_change_refused(skb);
		return err;
	}
	return sxt_change_submit(skb, info, change, &staged, NULL);
}

/**
 * sextant_nl_sa_flush_doit() - delete all SAs, or those of a direction
 * @skb: the request
 * @info: the same, parsed
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int sextant_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	return sxt_change_flush(skb, info, SXT_CHANGE_SA_FLUSH,
				info->attrs[SEXTANT_A_SA_DIRECTION]);
}
