// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/sextant.yaml */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl.h"

#include <uapi/linux/sextant.h>
#include <sextant/nl_sock.h>

/* Integer value ranges */
static const struct netlink_range_validation sextant_a_selector_sport_first_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation sextant_a_selector_sport_last_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation sextant_a_selector_dport_first_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation sextant_a_selector_dport_last_range = {
	.max	= 65535ULL,
};

static const struct netlink_range_validation sextant_a_selector_ifindex_range = {
	.max	= 2147483647ULL,
};

/* Common nested types */
const struct nla_policy sextant_selector_nl_policy[SEXTANT_A_SELECTOR_IFINDEX + 1] = {
	[SEXTANT_A_SELECTOR_FAMILY] = NLA_POLICY_MAX(NLA_U32, 10),
	[SEXTANT_A_SELECTOR_SRC_FIRST] = { .type = NLA_BINARY, },
	[SEXTANT_A_SELECTOR_SRC_LAST] = { .type = NLA_BINARY, },
	[SEXTANT_A_SELECTOR_DST_FIRST] = { .type = NLA_BINARY, },
	[SEXTANT_A_SELECTOR_DST_LAST] = { .type = NLA_BINARY, },
	[SEXTANT_A_SELECTOR_PROTO] = NLA_POLICY_MAX(NLA_U32, 255),
	[SEXTANT_A_SELECTOR_SPORT_FIRST] = NLA_POLICY_FULL_RANGE(NLA_U32, &sextant_a_selector_sport_first_range),
	[SEXTANT_A_SELECTOR_SPORT_LAST] = NLA_POLICY_FULL_RANGE(NLA_U32, &sextant_a_selector_sport_last_range),
	[SEXTANT_A_SELECTOR_DPORT_FIRST] = NLA_POLICY_FULL_RANGE(NLA_U32, &sextant_a_selector_dport_first_range),
	[SEXTANT_A_SELECTOR_DPORT_LAST] = NLA_POLICY_FULL_RANGE(NLA_U32, &sextant_a_selector_dport_last_range),
	[SEXTANT_A_SELECTOR_ICMP_TYPE_FIRST] = NLA_POLICY_MAX(NLA_U32, 255),
	[SEXTANT_A_SELECTOR_ICMP_TYPE_LAST] = NLA_POLICY_MAX(NLA_U32, 255),
	[SEXTANT_A_SELECTOR_ICMP_CODE_FIRST] = NLA_POLICY_MAX(NLA_U32, 255),
	[SEXTANT_A_SELECTOR_ICMP_CODE_LAST] = NLA_POLICY_MAX(NLA_U32, 255),
	[SEXTANT_A_SELECTOR_IFINDEX] = NLA_POLICY_FULL_RANGE(NLA_U32, &sextant_a_selector_ifindex_range),
};

const struct nla_policy sextant_transform_nl_policy[SEXTANT_A_TRANSFORM_SPI + 1] = {
	[SEXTANT_A_TRANSFORM_PROTOCOL] = NLA_POLICY_RANGE(NLA_U32, 50, 51),
	[SEXTANT_A_TRANSFORM_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SEXTANT_A_TRANSFORM_SRC] = { .type = NLA_BINARY, },
	[SEXTANT_A_TRANSFORM_DST] = { .type = NLA_BINARY, },
	[SEXTANT_A_TRANSFORM_GROUP] = { .type = NLA_U32, },
	[SEXTANT_A_TRANSFORM_SPI] = { .type = NLA_U32, },
};

/* SEXTANT_CMD_SA_NEW - do */
static const struct nla_policy sextant_sa_new_nl_policy[SEXTANT_A_SA_WINDOW_OFF + 1] = {
	[SEXTANT_A_SA_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SEXTANT_A_SA_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 1),
	[SEXTANT_A_SA_PROTOCOL] = NLA_POLICY_RANGE(NLA_U32, 50, 51),
	[SEXTANT_A_SA_SPI] = { .type = NLA_U32, },
	[SEXTANT_A_SA_SRC] = { .type = NLA_BINARY, },
	[SEXTANT_A_SA_DST] = { .type = NLA_BINARY, },
	[SEXTANT_A_SA_MODE] = NLA_POLICY_MAX(NLA_U32, 1),
	[SEXTANT_A_SA_GROUP] = { .type = NLA_U32, },
	[SEXTANT_A_SA_ALG] = { .type = NLA_NUL_STRING, .len = 31, },
	[SEXTANT_A_SA_KEY] = { .type = NLA_BINARY, },
	[SEXTANT_A_SA_AUTH_KEY] = { .type = NLA_BINARY, },
	[SEXTANT_A_SA_WINDOW] = NLA_POLICY_MAX(NLA_U32, SEXTANT_WINDOW_MAX),
	[SEXTANT_A_SA_ESN] = { .type = NLA_FLAG, },
	[SEXTANT_A_SA_SOFT_BYTES] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_HARD_BYTES] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_SOFT_PACKETS] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_HARD_PACKETS] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_SOFT_SECONDS] = { .type = NLA_U32, },
	[SEXTANT_A_SA_HARD_SECONDS] = { .type = NLA_U32, },
	[SEXTANT_A_SA_DSCP_CLEAR] = { .type = NLA_FLAG, },
	[SEXTANT_A_SA_ECN_OFF] = { .type = NLA_FLAG, },
	[SEXTANT_A_SA_DF] = NLA_POLICY_MAX(NLA_U32, 2),
	[SEXTANT_A_SA_TTL] = NLA_POLICY_RANGE(NLA_U32, 1, 255),
	[SEXTANT_A_SA_SELECTOR] = NLA_POLICY_NESTED(sextant_selector_nl_policy),
	[SEXTANT_A_SA_SEQUENCE] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_WINDOW_OFF] = { .type = NLA_FLAG, },
};

/* SEXTANT_CMD_SA_GET - do */
static const struct nla_policy sextant_sa_get_nl_policy[SEXTANT_A_SA_DST + 1] = {
	[SEXTANT_A_SA_ID] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 1),
	[SEXTANT_A_SA_PROTOCOL] = NLA_POLICY_RANGE(NLA_U32, 50, 51),
	[SEXTANT_A_SA_SPI] = { .type = NLA_U32, },
	[SEXTANT_A_SA_DST] = { .type = NLA_BINARY, },
};

/* SEXTANT_CMD_SA_DEL - do */
static const struct nla_policy sextant_sa_del_nl_policy[SEXTANT_A_SA_DST + 1] = {
	[SEXTANT_A_SA_ID] = { .type = NLA_UINT, },
	[SEXTANT_A_SA_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 1),
	[SEXTANT_A_SA_PROTOCOL] = NLA_POLICY_RANGE(NLA_U32, 50, 51),
	[SEXTANT_A_SA_SPI] = { .type = NLA_U32, },
	[SEXTANT_A_SA_DST] = { .type = NLA_BINARY, },
};

/* SEXTANT_CMD_SA_FLUSH - do */
static const struct nla_policy sextant_sa_flush_nl_policy[SEXTANT_A_SA_DIRECTION + 1] = {
	[SEXTANT_A_SA_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SEXTANT_CMD_POLICY_NEW - do */
static const struct nla_policy sextant_policy_new_nl_policy[SEXTANT_A_POLICY_TRANSFORM + 1] = {
	[SEXTANT_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[SEXTANT_A_POLICY_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 2),
	[SEXTANT_A_POLICY_PRIORITY] = { .type = NLA_U32, },
	[SEXTANT_A_POLICY_ACTION] = NLA_POLICY_MAX(NLA_U32, 2),
	[SEXTANT_A_POLICY_SELECTOR] = NLA_POLICY_NESTED(sextant_selector_nl_policy),
	[SEXTANT_A_POLICY_TRANSFORM] = NLA_POLICY_NESTED(sextant_transform_nl_policy),
};

/* SEXTANT_CMD_POLICY_GET - do */
static const struct nla_policy sextant_policy_get_nl_policy[SEXTANT_A_POLICY_ID + 1] = {
	[SEXTANT_A_POLICY_ID] = { .type = NLA_UINT, },
};

/* SEXTANT_CMD_POLICY_SET - do */
static const struct nla_policy sextant_policy_set_nl_policy[SEXTANT_A_POLICY_ENABLED + 1] = {
	[SEXTANT_A_POLICY_ID] = { .type = NLA_UINT, },
	[SEXTANT_A_POLICY_ENABLED] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* SEXTANT_CMD_POLICY_DEL - do */
static const struct nla_policy sextant_policy_del_nl_policy[SEXTANT_A_POLICY_ID + 1] = {
	[SEXTANT_A_POLICY_ID] = { .type = NLA_UINT, },
};

/* SEXTANT_CMD_POLICY_FLUSH - do */
static const struct nla_policy sextant_policy_flush_nl_policy[SEXTANT_A_POLICY_DIRECTION + 1] = {
	[SEXTANT_A_POLICY_DIRECTION] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* SEXTANT_CMD_TRANSACTION_BEGIN - do */
static const struct nla_policy sextant_transaction_begin_nl_policy[SEXTANT_A_TRANSACTION_GENERATION + 1] = {
	[SEXTANT_A_TRANSACTION_GENERATION] = { .type = NLA_UINT, },
};

/* SEXTANT_CMD_TRANSACTION_COMMIT - do */
static const struct nla_policy sextant_transaction_commit_nl_policy[SEXTANT_A_TRANSACTION_DRY_RUN + 1] = {
	[SEXTANT_A_TRANSACTION_DRY_RUN] = { .type = NLA_FLAG, },
};

/* Ops table for sextant */
static const struct genl_split_ops sextant_nl_ops[] = {
	{
		.cmd		= SEXTANT_CMD_SA_NEW,
		.doit		= sextant_nl_sa_new_doit,
		.policy		= sextant_sa_new_nl_policy,
		.maxattr	= SEXTANT_A_SA_WINDOW_OFF,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_SA_GET,
		.doit		= sextant_nl_sa_get_doit,
		.policy		= sextant_sa_get_nl_policy,
		.maxattr	= SEXTANT_A_SA_DST,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SEXTANT_CMD_SA_GET,
		.dumpit	= sextant_nl_sa_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SEXTANT_CMD_SA_DEL,
		.doit		= sextant_nl_sa_del_doit,
		.policy		= sextant_sa_del_nl_policy,
		.maxattr	= SEXTANT_A_SA_DST,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_SA_FLUSH,
		.doit		= sextant_nl_sa_flush_doit,
		.policy		= sextant_sa_flush_nl_policy,
		.maxattr	= SEXTANT_A_SA_DIRECTION,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_POLICY_NEW,
		.doit		= sextant_nl_policy_new_doit,
		.policy		= sextant_policy_new_nl_policy,
		.maxattr	= SEXTANT_A_POLICY_TRANSFORM,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_POLICY_GET,
		.doit		= sextant_nl_policy_get_doit,
		.policy		= sextant_policy_get_nl_policy,
		.maxattr	= SEXTANT_A_POLICY_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SEXTANT_CMD_POLICY_GET,
		.dumpit	= sextant_nl_policy_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SEXTANT_CMD_POLICY_SET,
		.doit		= sextant_nl_policy_set_doit,
		.policy		= sextant_policy_set_nl_policy,
		.maxattr	= SEXTANT_A_POLICY_ENABLED,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_POLICY_DEL,
		.doit		= sextant_nl_policy_del_doit,
		.policy		= sextant_policy_del_nl_policy,
		.maxattr	= SEXTANT_A_POLICY_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_POLICY_FLUSH,
		.doit		= sextant_nl_policy_flush_doit,
		.policy		= sextant_policy_flush_nl_policy,
		.maxattr	= SEXTANT_A_POLICY_DIRECTION,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SEXTANT_CMD_STATS_GET,
		.doit	= sextant_nl_stats_get_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_TRANSACTION_BEGIN,
		.doit		= sextant_nl_transaction_begin_doit,
		.policy		= sextant_transaction_begin_nl_policy,
		.maxattr	= SEXTANT_A_TRANSACTION_GENERATION,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= SEXTANT_CMD_TRANSACTION_COMMIT,
		.doit		= sextant_nl_transaction_commit_doit,
		.policy		= sextant_transaction_commit_nl_policy,
		.maxattr	= SEXTANT_A_TRANSACTION_DRY_RUN,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SEXTANT_CMD_TRANSACTION_ABORT,
		.doit	= sextant_nl_transaction_abort_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group sextant_nl_mcgrps[] = {
	[SEXTANT_NLGRP_SA] = { "sa", },
	[SEXTANT_NLGRP_POLICY] = { "policy", },
};

static void __sextant_nl_sock_priv_init(void *priv)
{
	sextant_nl_sock_priv_init(priv);
}

static void __sextant_nl_sock_priv_destroy(void *priv)
{
	sextant_nl_sock_priv_destroy(priv);
}

struct genl_family sextant_nl_family __ro_after_init = {
	.name		= SEXTANT_FAMILY_NAME,
	.version	= SEXTANT_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= sextant_nl_ops,
	.n_split_ops	= ARRAY_SIZE(sextant_nl_ops),
	.mcgrps		= sextant_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(sextant_nl_mcgrps),
	.sock_priv_size	= sizeof(struct sxt_nl_sock),
	.sock_priv_init	= __sextant_nl_sock_priv_init,
	.sock_priv_destroy = __sextant_nl_sock_priv_destroy,
};
