// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes IFLA_INET6_*: flags, settings and counters of IPv6 on an
 * interface.
 */
#include <linux/unaligned.h>
#include <net/ip.h>
#include "rtnl_ifinfo.h"

/* How a setting is told: as it is, or as milliseconds instead of jiffies. */
static const struct conf_item {
	int index;
	size_t offset;
	bool time;
} conf_items[] = {
#define PLAIN(INDEX, FIELD) \
	{ DEVCONF_##INDEX, offsetof(struct ipv6_devconf, FIELD), false }
#define TIME(INDEX, FIELD) \
	{ DEVCONF_##INDEX, offsetof(struct ipv6_devconf, FIELD), true }
	PLAIN(FORWARDING, forwarding),
	PLAIN(HOPLIMIT, hop_limit),
	PLAIN(MTU6, mtu6),
	PLAIN(ACCEPT_RA, accept_ra),
	PLAIN(ACCEPT_REDIRECTS, accept_redirects),
	PLAIN(AUTOCONF, autoconf),
	PLAIN(DAD_TRANSMITS, dad_transmits),
	PLAIN(RTR_SOLICITS, rtr_solicits),
	TIME(RTR_SOLICIT_INTERVAL, rtr_solicit_interval),
	TIME(RTR_SOLICIT_MAX_INTERVAL, rtr_solicit_max_interval),
	TIME(RTR_SOLICIT_DELAY, rtr_solicit_delay),
	PLAIN(USE_TEMPADDR, use_tempaddr),
	PLAIN(TEMP_VALID_LFT, temp_valid_lft),
	PLAIN(TEMP_PREFERED_LFT, temp_prefered_lft),
	PLAIN(REGEN_MAX_RETRY, regen_max_retry),
	PLAIN(MAX_DESYNC_FACTOR, max_desync_factor),
	PLAIN(MAX_ADDRESSES, max_addresses),
	PLAIN(FORCE_MLD_VERSION, force_mld_version),
	PLAIN(ACCEPT_RA_DEFRTR, accept_ra_defrtr),
	PLAIN(RA_DEFRTR_METRIC, ra_defrtr_metric),
	PLAIN(ACCEPT_RA_PINFO, accept_ra_pinfo),
	PLAIN(ACCEPT_RA_RTR_PREF, accept_ra_rtr_pref),
	TIME(RTR_PROBE_INTERVAL, rtr_probe_interval),
	PLAIN(ACCEPT_RA_RT_INFO_MIN_PLEN, accept_ra_rt_info_min_plen),
	PLAIN(ACCEPT_RA_RT_INFO_MAX_PLEN, accept_ra_rt_info_max_plen),
	PLAIN(PROXY_NDP, proxy_ndp),
	PLAIN(ACCEPT_SOURCE_ROUTE, accept_source_route),
	PLAIN(OPTIMISTIC_DAD, optimistic_dad),
	PLAIN(USE_OPTIMISTIC, use_optimistic),
	PLAIN(DISABLE_IPV6, disable_ipv6),
	PLAIN(ACCEPT_DAD, accept_dad),
	PLAIN(FORCE_TLLAO, force_tllao),
	PLAIN(NDISC_NOTIFY, ndisc_notify),
	PLAIN(SUPPRESS_FRAG_NDISC, suppress_frag_ndisc),
	TIME(MLDV1_UNSOLICITED_REPORT_INTERVAL,
	     mldv1_unsolicited_report_interval),
	TIME(MLDV2_UNSOLICITED_REPORT_INTERVAL,
	     mldv2_unsolicited_report_interval),
	PLAIN(ACCEPT_RA_FROM_LOCAL, accept_ra_from_local),
	PLAIN(ACCEPT_RA_MTU, accept_ra_mtu),
	PLAIN(USE_OIF_ADDRS_ONLY, use_oif_addrs_only),
	PLAIN(ACCEPT_RA_MIN_HOP_LIMIT, accept_ra_min_hop_limit),
	PLAIN(ACCEPT_RA_MIN_LFT, accept_ra_min_lft),
	PLAIN(IGNORE_ROUTES_WITH_LINKDOWN, ignore_routes_with_linkdown),
	PLAIN(DROP_UNICAST_IN_L2_MULTICAST, drop_unicast_in_l2_multicast),
	PLAIN(DROP_UNSOLICITED_NA, drop_unsolicited_na),
	PLAIN(ACCEPT_UNTRACKED_NA, accept_untracked_na),
	PLAIN(KEEP_ADDR_ON_DOWN, keep_addr_on_down),
	PLAIN(ENHANCED_DAD, enhanced_dad),
	PLAIN(ADDR_GEN_MODE, addr_gen_mode),
	PLAIN(NDISC_TCLASS, ndisc_tclass),
#undef PLAIN
#undef TIME
};

static int put_conf(struct sk_buff *skb, const struct ipv6_devconf *cnf)
{
	struct nlattr *attr = nla_reserve(skb, IFLA_INET6_CONF,
					  DEVCONF_MAX * sizeof(s32));
	size_t i;
	s32 *to;

	if (!attr)
		return -EMSGSIZE;
	to = nla_data(attr);
	memset(to, 0, DEVCONF_MAX * sizeof(s32));
	for (i = 0; i < ARRAY_SIZE(conf_items); i++) {
		const struct conf_item *item = &conf_items[i];
		s32 value = READ_ONCE(*(const s32 *)((const void *)cnf +
						     item->offset));

		to[item->index] = item->time ? (s32)jiffies_to_msecs(value) :
					       value;
	}
	to[DEVCONF_NDISC_EVICT_NOCARRIER] =
		READ_ONCE(cnf->ndisc_evict_nocarrier);
	return 0;
}

/* The first number says how many there are, itself among them. */
static void set_count(void *to, u64 value, unsigned int i)
{
	put_unaligned(value, (u64 *)to + i);
}

static int put_ip_stats(struct sk_buff *skb, const struct ipv6_devstat *stats)
{
	struct nlattr *attr = nla_reserve(skb, IFLA_INET6_STATS,
					  IPSTATS_MIB_MAX * sizeof(u64));
	unsigned int i;

	if (!attr)
		return -EMSGSIZE;
	set_count(nla_data(attr), IPSTATS_MIB_MAX, 0);
	for (i = 1; i < IPSTATS_MIB_MAX; i++)
		set_count(nla_data(attr),
			  snmp_fold_field64(stats->ipv6, i,
					    offsetof(struct ipstats_mib,
						     syncp)), i);
	return 0;
}

static int put_icmp_stats(struct sk_buff *skb,
			  const struct ipv6_devstat *stats)
{
	struct nlattr *attr = nla_reserve(skb, IFLA_INET6_ICMP6STATS,
					  ICMP6_MIB_MAX * sizeof(u64));
	unsigned int i;

	if (!attr)
		return -EMSGSIZE;
	set_count(nla_data(attr), ICMP6_MIB_MAX, 0);
	for (i = 1; i < ICMP6_MIB_MAX; i++)
		set_count(nla_data(attr),
			  atomic_long_read(&stats->icmpv6dev->mibs[i]), i);
	return 0;
}

static int put_cacheinfo(struct sk_buff *skb, const struct sxt_idev *idev)
{
	const struct neigh_parms *parms = idev->in6.nd_parms;
	unsigned long up = READ_ONCE(idev->in6.tstamp) - INITIAL_JIFFIES;
	const struct ifla_cacheinfo ci = {
		.max_reasm_len = IPV6_MAXPLEN,
		.tstamp = div_u64((u64)up * 100, HZ),
		.reachable_time = jiffies_to_msecs(parms->reachable_time),
		.retrans_time = jiffies_to_msecs(NEIGH_VAR(parms,
							   RETRANS_TIME)),
	};

	return nla_put(skb, IFLA_INET6_CACHEINFO, sizeof(ci), &ci);
}

/**
 * sxt_ifinfo_put() - what there is to say of IPv6 on an interface
 * @skb: where it goes, within an attribute that the caller opened and, if this
 *	fails, takes back
 * @idev: the interface
 * @ext_filter_mask: RTEXT_FILTER_SKIP_STATS: no counters
 *
 * Context: under RCU or the RTNL.
 * Return: 0 or -EMSGSIZE.
 */
int sxt_ifinfo_put(struct sk_buff *skb, const struct sxt_idev *idev,
		   u32 ext_filter_mask)
{
	const struct inet6_dev *in6 = &idev->in6;
	u32 ra_mtu = READ_ONCE(in6->ra_mtu);

	if (nla_put_u32(skb, IFLA_INET6_FLAGS, READ_ONCE(in6->if_flags)) ||
	    put_cacheinfo(skb, idev) || put_conf(skb, &in6->cnf))
		return -EMSGSIZE;
	if (!(ext_filter_mask & RTEXT_FILTER_SKIP_STATS) &&
	    (put_ip_stats(skb, &in6->stats) ||
	     put_icmp_stats(skb, &in6->stats)))
		return -EMSGSIZE;
	if (nla_put_in6_addr(skb, IFLA_INET6_TOKEN, &in6->token) ||
	    nla_put_u8(skb, IFLA_INET6_ADDR_GEN_MODE,
		       READ_ONCE(in6->cnf.addr_gen_mode)))
		return -EMSGSIZE;
	return ra_mtu ? nla_put_u32(skb, IFLA_INET6_RA_MTU, ra_mtu) : 0;
}

/**
 * sxt_ifinfo_size() - room that sxt_ifinfo_put() takes at most
 * @ext_filter_mask: as there
 *
 * Context: any.
 * Return: bytes.
 */
size_t sxt_ifinfo_size(u32 ext_filter_mask)
{
	size_t size = nla_total_size(sizeof(u32)) * 2 +
		      nla_total_size(sizeof(struct ifla_cacheinfo)) +
		      nla_total_size(DEVCONF_MAX * sizeof(s32)) +
		      nla_total_size(sizeof(struct in6_addr)) +
		      nla_total_size(sizeof(u8));

	if (!(ext_filter_mask & RTEXT_FILTER_SKIP_STATS))
		size += nla_total_size(IPSTATS_MIB_MAX * sizeof(u64)) +
			nla_total_size(ICMP6_MIB_MAX * sizeof(u64));
	return size;
}
