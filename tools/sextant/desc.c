// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of desc.h: names of numbers, attributes of the sets. Names are
 * those of uapi/sextant.yaml; a test compares the two. Only data.
 */
#include "desc.h"

#include <linux/sextant.h>
#include <netinet/in.h>
#include <stddef.h>

const struct sxt_name sxt_names_protocol[] = {
	{ "esp", SEXTANT_PROTOCOL_ESP },
	{ "ah", SEXTANT_PROTOCOL_AH },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_mode[] = {
	{ "transport", SEXTANT_MODE_TRANSPORT },
	{ "tunnel", SEXTANT_MODE_TUNNEL },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_direction[] = {
	{ "in", SEXTANT_DIRECTION_IN },
	{ "out", SEXTANT_DIRECTION_OUT },
	{ "forward", SEXTANT_DIRECTION_FORWARD },
	{ NULL, 0 }
};

/* An SA knows no forward. */
const struct sxt_name sxt_names_sa_direction[] = {
	{ "in", SEXTANT_DIRECTION_IN },
	{ "out", SEXTANT_DIRECTION_OUT },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_action[] = {
	{ "bypass", SEXTANT_ACTION_BYPASS },
	{ "discard", SEXTANT_ACTION_DISCARD },
	{ "protect", SEXTANT_ACTION_PROTECT },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_family[] = {
	{ "ipv4", SEXTANT_FAMILY_IPV4 },
	{ "ipv6", SEXTANT_FAMILY_IPV6 },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_df[] = {
	{ "copy", SEXTANT_DF_COPY },
	{ "set", SEXTANT_DF_SET },
	{ "clear", SEXTANT_DF_CLEAR },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_limit[] = {
	{ "soft", SEXTANT_LIMIT_SOFT },
	{ "hard", SEXTANT_LIMIT_HARD },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_drop[] = {
	{ "none", SEXTANT_DROP_NONE },
	{ "header-short", SEXTANT_DROP_HEADER_SHORT },
	{ "header-chain", SEXTANT_DROP_HEADER_CHAIN },
	{ "esp-short", SEXTANT_DROP_ESP_SHORT },
	{ "esp-length", SEXTANT_DROP_ESP_LENGTH },
	{ "sa-unknown", SEXTANT_DROP_SA_UNKNOWN },
	{ "sa-expired", SEXTANT_DROP_SA_EXPIRED },
	{ "replay-old", SEXTANT_DROP_REPLAY_OLD },
	{ "replay-duplicate", SEXTANT_DROP_REPLAY_DUPLICATE },
	{ "replay-zero", SEXTANT_DROP_REPLAY_ZERO },
	{ "replay-wrap", SEXTANT_DROP_REPLAY_WRAP },
	{ "icv-bad", SEXTANT_DROP_ICV_BAD },
	{ "cipher-error", SEXTANT_DROP_CIPHER_ERROR },
	{ "cipher-busy", SEXTANT_DROP_CIPHER_BUSY },
	{ "pad-length", SEXTANT_DROP_PAD_LENGTH },
	{ "pad-content", SEXTANT_DROP_PAD_CONTENT },
	{ "dummy", SEXTANT_DROP_DUMMY },
	{ "mode-mismatch", SEXTANT_DROP_MODE_MISMATCH },
	{ "inner-short", SEXTANT_DROP_INNER_SHORT },
	{ "inner-version", SEXTANT_DROP_INNER_VERSION },
	{ "inner-ecn", SEXTANT_DROP_INNER_ECN },
	{ "inner-selector", SEXTANT_DROP_INNER_SELECTOR },
	{ "inner-fragment", SEXTANT_DROP_INNER_FRAGMENT },
	{ "nesting", SEXTANT_DROP_NESTING },
	{ "policy-discard", SEXTANT_DROP_POLICY_DISCARD },
	{ "policy-clear", SEXTANT_DROP_POLICY_CLEAR },
	{ "policy-mismatch", SEXTANT_DROP_POLICY_MISMATCH },
	{ "fragment-clear", SEXTANT_DROP_FRAGMENT_CLEAR },
	{ "fragment-bad", SEXTANT_DROP_FRAGMENT_BAD },
	{ "sa-missing", SEXTANT_DROP_SA_MISSING },
	{ "sequence-exhausted", SEXTANT_DROP_SEQUENCE_EXHAUSTED },
	{ "too-big", SEXTANT_DROP_TOO_BIG },
	{ "no-route", SEXTANT_DROP_NO_ROUTE },
	{ "no-memory", SEXTANT_DROP_NO_MEMORY },
	{ "checksum", SEXTANT_DROP_CHECKSUM },
	{ "segment", SEXTANT_DROP_SEGMENT },
	{ "family-missing", SEXTANT_DROP_FAMILY_MISSING },
	{ "sa-gone", SEXTANT_DROP_SA_GONE },
	{ "header-bad", SEXTANT_DROP_HEADER_BAD },
	{ "header-limit", SEXTANT_DROP_HEADER_LIMIT },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_upper[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmp", IPPROTO_ICMP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ NULL, 0 }
};

const struct sxt_name sxt_names_switch[] = {
	{ "off", 0 },
	{ "on", 1 },
	{ NULL, 0 }
};

static const struct sxt_attr attrs_selector[] = {
	[SEXTANT_A_SELECTOR_FAMILY] = {
		"family", "family", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_family,
	},
	[SEXTANT_A_SELECTOR_SRC_FIRST] = {
		"src-first", "src", SXT_T_RANGE, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_SRC_LAST] = {
		"src-last", "src", SXT_T_ADDR, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_DST_FIRST] = {
		"dst-first", "dst", SXT_T_RANGE, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_DST_LAST] = {
		"dst-last", "dst", SXT_T_ADDR, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_PROTO] = {
		"proto", "proto", SXT_T_NAMED, SXT_W_CONFIG,
		.names = sxt_names_upper,
	},
	[SEXTANT_A_SELECTOR_SPORT_FIRST] = {
		"sport-first", "sport", SXT_T_PAIR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_SPORT_LAST] = {
		"sport-last", "sport", SXT_T_U32, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_DPORT_FIRST] = {
		"dport-first", "dport", SXT_T_PAIR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_DPORT_LAST] = {
		"dport-last", "dport", SXT_T_U32, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_ICMP_TYPE_FIRST] = {
		"icmp-type-first", "icmp-type", SXT_T_PAIR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_ICMP_TYPE_LAST] = {
		"icmp-type-last", "icmp-type", SXT_T_U32, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_ICMP_CODE_FIRST] = {
		"icmp-code-first", "icmp-code", SXT_T_PAIR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SELECTOR_ICMP_CODE_LAST] = {
		"icmp-code-last", "icmp-code", SXT_T_U32, SXT_W_NOT,
	},
	[SEXTANT_A_SELECTOR_IFINDEX] = {
		"ifindex", "dev", SXT_T_IFINDEX, SXT_W_CONFIG,
	},
};

static const struct sxt_set set_selector = {
	"selector", SEXTANT_A_SELECTOR_MAX, attrs_selector, NULL
};

static const struct sxt_attr attrs_transform[] = {
	[SEXTANT_A_TRANSFORM_PROTOCOL] = {
		"protocol", NULL, SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_protocol,
	},
	[SEXTANT_A_TRANSFORM_MODE] = {
		"mode", NULL, SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_mode,
	},
	[SEXTANT_A_TRANSFORM_SRC] = {
		"src", NULL, SXT_T_ADDR, SXT_W_CONFIG,
	},
	[SEXTANT_A_TRANSFORM_DST] = {
		"dst", NULL, SXT_T_ADDR, SXT_W_CONFIG,
	},
	[SEXTANT_A_TRANSFORM_GROUP] = {
		"group", "group", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_TRANSFORM_SPI] = {
		"spi", "spi", SXT_T_SPI, SXT_W_CONFIG,
	},
};

static const struct sxt_set set_transform = {
	"transform", SEXTANT_A_TRANSFORM_MAX, attrs_transform, NULL
};

static const struct sxt_attr attrs_count[] = {
	[SEXTANT_A_COUNT_DROP] = {
		"drop", NULL, SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_drop,
	},
	[SEXTANT_A_COUNT_PACKETS] = {
		"packets", NULL, SXT_T_UINT, SXT_W_CONFIG,
	},
};

static const struct sxt_set set_count = {
	"count", SEXTANT_A_COUNT_MAX, attrs_count, NULL
};

static const struct sxt_attr attrs_sa[] = {
	[SEXTANT_A_SA_ID] = {
		"id", "id", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_NAME] = {
		"name", "name", SXT_T_STRING, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_DIRECTION] = {
		"direction", "dir", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_direction,
	},
	[SEXTANT_A_SA_PROTOCOL] = {
		"protocol", "proto", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_protocol,
	},
	[SEXTANT_A_SA_SPI] = {
		"spi", "spi", SXT_T_SPI, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_SRC] = {
		"src", "src", SXT_T_ADDR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_DST] = {
		"dst", "dst", SXT_T_ADDR, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_MODE] = {
		"mode", "mode", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_mode,
	},
	[SEXTANT_A_SA_GROUP] = {
		"group", "group", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_ALG] = {
		"alg", "alg", SXT_T_STRING, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_KEY] = {
		"key", "key", SXT_T_NONE, SXT_W_NOT,
	},
	[SEXTANT_A_SA_AUTH_KEY] = {
		"auth-key", "auth-key", SXT_T_NONE, SXT_W_NOT,
	},
	[SEXTANT_A_SA_FINGERPRINT] = {
		"fingerprint", "fingerprint", SXT_T_HEX, SXT_W_STATE,
	},
	[SEXTANT_A_SA_WINDOW] = {
		"window", "window", SXT_T_WINDOW, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_ESN] = {
		"esn", "esn", SXT_T_FLAG, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_SOFT_BYTES] = {
		"soft-bytes", "soft-bytes", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_HARD_BYTES] = {
		"hard-bytes", "hard-bytes", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_SOFT_PACKETS] = {
		"soft-packets", "soft-packets", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_HARD_PACKETS] = {
		"hard-packets", "hard-packets", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_SOFT_SECONDS] = {
		"soft-seconds", "soft-time", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_HARD_SECONDS] = {
		"hard-seconds", "hard-time", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_DSCP_CLEAR] = {
		"dscp-clear", "dscp clear", SXT_T_FLAG, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_ECN_OFF] = {
		"ecn-off", "ecn off", SXT_T_FLAG, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_DF] = {
		"df", "df", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_df,
	},
	[SEXTANT_A_SA_TTL] = {
		"ttl", "ttl", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_SELECTOR] = {
		"selector", "sel", SXT_T_NEST, SXT_W_LAST,
		.set = &set_selector,
	},
	[SEXTANT_A_SA_PACKETS] = {
		"packets", "packets", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_BYTES] = {
		"bytes", "bytes", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_SEQUENCE] = {
		"sequence", "sequence", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_AGE] = {
		"age", "age", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_IDLE] = {
		"idle", "idle", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_MEMORY] = {
		"memory", "memory", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_SA_DROPS] = {
		"drops", "drops", SXT_T_MULTI, SXT_W_DROPS,
		.set = &set_count,
	},
	[SEXTANT_A_SA_WINDOW_OFF] = {
		"window-off", "window off", SXT_T_FLAG, SXT_W_CONFIG,
	},
	[SEXTANT_A_SA_LIMIT] = {
		"limit", "limit", SXT_T_ENUM, SXT_W_STATE,
		.names = sxt_names_limit,
	},
	[SEXTANT_A_SA_GENERATION] = {
		"generation", "generation", SXT_T_UINT, SXT_W_STATE,
	},
};

const struct sxt_set sxt_set_sa = {
	"sa", SEXTANT_A_SA_MAX, attrs_sa, NULL
};

static const struct sxt_attr attrs_policy[] = {
	[SEXTANT_A_POLICY_ID] = {
		"id", "id", SXT_T_UINT, SXT_W_CONFIG,
	},
	[SEXTANT_A_POLICY_NAME] = {
		"name", "name", SXT_T_STRING, SXT_W_CONFIG,
	},
	[SEXTANT_A_POLICY_DIRECTION] = {
		"direction", "dir", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_direction,
	},
	[SEXTANT_A_POLICY_PRIORITY] = {
		"priority", "prio", SXT_T_U32, SXT_W_CONFIG,
	},
	[SEXTANT_A_POLICY_ACTION] = {
		"action", "action", SXT_T_ENUM, SXT_W_CONFIG,
		.names = sxt_names_action,
	},
	[SEXTANT_A_POLICY_SELECTOR] = {
		"selector", NULL, SXT_T_NEST, SXT_W_CONFIG,
		.set = &set_selector,
	},
	[SEXTANT_A_POLICY_TRANSFORM] = {
		"transform", NULL, SXT_T_MULTI, SXT_W_CONFIG,
		.set = &set_transform,
	},
	[SEXTANT_A_POLICY_PACKETS] = {
		"packets", "packets", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_POLICY_BYTES] = {
		"bytes", "bytes", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_POLICY_DROPS] = {
		"drops", "drops", SXT_T_MULTI, SXT_W_DROPS,
		.set = &set_count,
	},
	[SEXTANT_A_POLICY_BUILTIN] = {
		"builtin", "builtin", SXT_T_FLAG, SXT_W_STATE,
	},
	[SEXTANT_A_POLICY_ENABLED] = {
		"enabled", "enabled", SXT_T_NAMED, SXT_W_CONFIG,
		.names = sxt_names_switch,
	},
	[SEXTANT_A_POLICY_GENERATION] = {
		"generation", "generation", SXT_T_UINT, SXT_W_STATE,
	},
};

/* As the words of "policy add": the selector before the action. */
static const uint8_t order_policy[] = {
	SEXTANT_A_POLICY_ID,
	SEXTANT_A_POLICY_NAME,
	SEXTANT_A_POLICY_DIRECTION,
	SEXTANT_A_POLICY_PRIORITY,
	SEXTANT_A_POLICY_SELECTOR,
	SEXTANT_A_POLICY_ACTION,
	SEXTANT_A_POLICY_TRANSFORM,
	SEXTANT_A_POLICY_ENABLED,
	SEXTANT_A_POLICY_BUILTIN,
	SEXTANT_A_POLICY_PACKETS,
	SEXTANT_A_POLICY_BYTES,
	SEXTANT_A_POLICY_GENERATION,
	SEXTANT_A_POLICY_DROPS,
	0
};

const struct sxt_set sxt_set_policy = {
	"policy", SEXTANT_A_POLICY_MAX, attrs_policy, order_policy
};

static const struct sxt_attr attrs_stats[] = {
	[SEXTANT_A_STATS_DROPS] = {
		"drops", "drops", SXT_T_MULTI, SXT_W_DROPS,
		.set = &set_count,
	},
	[SEXTANT_A_STATS_IN_PACKETS] = {
		"in-packets", "in-packets", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_STATS_OUT_PACKETS] = {
		"out-packets", "out-packets", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_STATS_SAS] = {
		"sas", "sas", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_STATS_POLICIES] = {
		"policies", "policies", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_STATS_GENERATION] = {
		"generation", "generation", SXT_T_UINT, SXT_W_STATE,
	},
	[SEXTANT_A_STATS_BYPASSED_ND] = {
		"bypassed-nd", "bypassed-nd", SXT_T_UINT, SXT_W_STATE,
	},
};

const struct sxt_set sxt_set_stats = {
	"stats", SEXTANT_A_STATS_MAX, attrs_stats, NULL
};

static const struct sxt_attr attrs_transaction[] = {
	[SEXTANT_A_TRANSACTION_DRY_RUN] = {
		"dry-run", "dry-run", SXT_T_FLAG, SXT_W_CONFIG,
	},
	[SEXTANT_A_TRANSACTION_GENERATION] = {
		"generation", "generation", SXT_T_UINT, SXT_W_STATE,
	},
};

const struct sxt_set sxt_set_transaction = {
	"transaction", SEXTANT_A_TRANSACTION_MAX, attrs_transaction, NULL
};
