// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings of interfaces that a namespace starts with: "all" and "default" of
 * net.ipv6.conf.
 */
#include <linux/ipv6.h>
#include <linux/nsproxy.h>
#include <net/ip6_route.h>
#include "iface.h"

#define DAY	86400

/* RFC 8981 3.8, RFC 4861 6.3.2 and 10, RFC 3810 9.11, RFC 7559 */
static const struct ipv6_devconf devconf_usual = {
	/* the interface and its packets */
	.mtu6			= IPV6_MIN_MTU,
	.hop_limit		= IPV6_DEFAULT_HOPLIMIT,
	/* what routers say, and asking them */
	.accept_redirects	= 1,
	.accept_ra		= 1,
	.accept_ra_defrtr	= 1,
	.accept_ra_rtr_pref	= 1,
	.accept_ra_pinfo	= 1,
	.accept_ra_mtu		= 1,
	.accept_ra_min_hop_limit = 1,
	.ra_defrtr_metric	= IP6_RT_PRIO_USER,
	.rtr_solicits		= MAX_RTR_SOLICITATIONS,
	.rtr_solicit_delay	= HZ,
	.rtr_solicit_interval	= RTR_SOLICITATION_INTERVAL,
	.rtr_solicit_max_interval = RTR_SOLICITATION_MAX_INTERVAL,
	.rtr_probe_interval	= 60 * HZ,
	/* addresses */
	.autoconf		= 1,
	.addr_gen_mode		= IN6_ADDR_GEN_MODE_EUI64,
	.max_addresses		= IPV6_MAX_ADDRESSES,
	.dad_transmits		= 1,
	.enhanced_dad		= 1,
	.temp_prefered_lft	= DAY,
	.temp_valid_lft		= 2 * DAY,
	.max_desync_factor	= DAY * 4 / 10,
	.regen_min_advance	= 2,
	.regen_max_retry	= 3,
	/* neighbours and groups */
	.suppress_frag_ndisc	= 1,
	.ndisc_evict_nocarrier	= 1,
	.mldv1_unsolicited_report_interval = 10 * HZ,
	.mldv2_unsolicited_report_interval = HZ,
};

/*
 * What a new namespace starts with, by net.core.devconf_inherit_init_net: the
 * usual values, or those of another namespace. The first one is its own model.
 */
static const struct net *model_of(const struct net *net)
{
	switch (net_inherit_devconf()) {
	case 1:
		return &init_net;
	case 3:
		return current->nsproxy->net_ns;
	default:
		return net;
	}
}

static struct ipv6_devconf *devconf_make(const struct ipv6_devconf *model)
{
	struct ipv6_devconf *cnf = kmemdup(model, sizeof(*model),
					   GFP_KERNEL_ACCOUNT);

	if (!cnf)
		return NULL;
	cnf->sysctl_header = NULL;
	cnf->stable_secret.initialized = false;
	return cnf;
}

/**
 * sxt_idev_net_init() - settings for a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_idev_net_init(struct net *net)
{
	const struct net *model = model_of(net);
	const struct ipv6_devconf *all = model->ipv6.devconf_all;
	const struct ipv6_devconf *dflt = model->ipv6.devconf_dflt;
	bool inherit = model != net && all && dflt;

	net->ipv6.devconf_all = devconf_make(inherit ? all : &devconf_usual);
	net->ipv6.devconf_dflt = devconf_make(inherit ? dflt : &devconf_usual);
	if (!net->ipv6.devconf_all || !net->ipv6.devconf_dflt) {
		sxt_idev_net_exit(net);
		return -ENOMEM;
	}
	/* The stricter of "all" and the interface's own counts. */
	if (!inherit)
		net->ipv6.devconf_dflt->accept_dad = 1;
	return 0;
}

/**
 * sxt_idev_net_exit() - takes the settings of a namespace away
 * @net: the namespace, which has no interface with IPv6 left
 *
 * Context: process.
 */
void sxt_idev_net_exit(struct net *net)
{
	kfree(net->ipv6.devconf_all);
	net->ipv6.devconf_all = NULL;
	kfree(net->ipv6.devconf_dflt);
	net->ipv6.devconf_dflt = NULL;
}
