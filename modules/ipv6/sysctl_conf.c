// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.ipv6.conf.{all,default,DEV}: one file a setting, with the limits that
 * make sense for it. What has no effect has no file.
 *
 * Removing a directory waits for who reads or writes one of its files, with
 * the RTNL held; so those may only try for it.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "nd.h"
#include "sysctl_int.h"

#define KNOB(NAME, FIELD, KIND, LEAST, MOST) \
	{ .name = NAME, .offset = offsetof(struct ipv6_devconf, FIELD), \
	  .kind = SXT_KNOB_##KIND, .least = LEAST, .most = MOST }
#define KNOB_EFFECT(NAME, FIELD, LEAST, MOST, EFFECT) \
	{ .name = NAME, .offset = offsetof(struct ipv6_devconf, FIELD), \
	  .kind = SXT_KNOB_INT, .least = LEAST, .most = MOST, \
	  .effect = EFFECT }

static const struct sxt_knob knobs[] = {
	KNOB_EFFECT("forwarding", forwarding, 0, 2, sxt_effect_forwarding),
	KNOB_EFFECT("disable_ipv6", disable_ipv6, 0, 1, sxt_effect_disable),
	KNOB_EFFECT("mtu", mtu6, IPV6_MIN_MTU, INT_MAX, sxt_effect_mtu),
	KNOB_EFFECT("addr_gen_mode", addr_gen_mode, 0,
		    IN6_ADDR_GEN_MODE_RANDOM, sxt_effect_gen_mode),
	KNOB_EFFECT("proxy_ndp", proxy_ndp, 0, 1, sxt_effect_proxy),
	KNOB_EFFECT("ignore_routes_with_linkdown",
		    ignore_routes_with_linkdown, 0, 1, sxt_effect_linkdown),
	KNOB("hop_limit", hop_limit, INT, 1, 255),
	KNOB("accept_ra", accept_ra, INT, 0, 2),
	KNOB("accept_ra_defrtr", accept_ra_defrtr, INT, 0, 1),
	KNOB("ra_defrtr_metric", ra_defrtr_metric, INT, 1, INT_MAX),
	KNOB("accept_ra_from_local", accept_ra_from_local, INT, 0, 1),
	KNOB("accept_ra_min_hop_limit", accept_ra_min_hop_limit, INT, 0, 255),
	KNOB("accept_ra_min_lft", accept_ra_min_lft, INT, 0, 65535),
	KNOB("accept_ra_pinfo", accept_ra_pinfo, INT, 0, 1),
	KNOB("accept_ra_rtr_pref", accept_ra_rtr_pref, INT, 0, 1),
	KNOB("accept_ra_rt_info_min_plen", accept_ra_rt_info_min_plen, INT,
	     0, 128),
	KNOB("accept_ra_rt_info_max_plen", accept_ra_rt_info_max_plen, INT,
	     0, 128),
	KNOB("accept_ra_mtu", accept_ra_mtu, INT, 0, 1),
	KNOB("ra_honor_pio_life", ra_honor_pio_life, U8, 0, 1),
	KNOB("ra_honor_pio_pflag", ra_honor_pio_pflag, U8, 0, 1),
	KNOB("accept_redirects", accept_redirects, INT, 0, 1),
	/* None is accepted: for who makes sure of it, and checks. */
	KNOB("accept_source_route", accept_source_route, INT, -1, 0),
	KNOB("autoconf", autoconf, INT, 0, 1),
	KNOB("dad_transmits", dad_transmits, INT, 0, 255),
	KNOB("accept_dad", accept_dad, INT, -1, 2),
	KNOB("enhanced_dad", enhanced_dad, INT, 0, 1),
	KNOB("optimistic_dad", optimistic_dad, INT, 0, 1),
	KNOB("use_optimistic", use_optimistic, INT, 0, 1),
	/* They are counted up to there (rs_probes). */
	KNOB("router_solicitations", rtr_solicits, INT, -1, U8_MAX),
	KNOB("router_solicitation_interval", rtr_solicit_interval, SECONDS,
	     0, 86400),
	KNOB("router_solicitation_max_interval", rtr_solicit_max_interval,
	     SECONDS, 0, 86400),
	KNOB("router_solicitation_delay", rtr_solicit_delay, SECONDS,
	     0, 86400),
	KNOB("router_probe_interval", rtr_probe_interval, SECONDS, 1, 86400),
	KNOB("force_mld_version", force_mld_version, INT, 0, 2),
	KNOB("mldv1_unsolicited_report_interval",
	     mldv1_unsolicited_report_interval, MS, 0, 86400000),
	KNOB("mldv2_unsolicited_report_interval",
	     mldv2_unsolicited_report_interval, MS, 0, 86400000),
	KNOB("use_tempaddr", use_tempaddr, INT, -1, 2),
	KNOB("temp_valid_lft", temp_valid_lft, INT, 0, INT_MAX),
	KNOB("temp_prefered_lft", temp_prefered_lft, INT, 0, INT_MAX),
	KNOB("regen_min_advance", regen_min_advance, INT, 0, INT_MAX),
	KNOB("regen_max_retry", regen_max_retry, INT, 0, 255),
	KNOB("max_desync_factor", max_desync_factor, INT, 0, INT_MAX),
	KNOB("max_addresses", max_addresses, INT, 0, INT_MAX),
	KNOB("drop_unicast_in_l2_multicast", drop_unicast_in_l2_multicast,
	     INT, 0, 1),
	KNOB("drop_unsolicited_na", drop_unsolicited_na, INT, 0, 1),
	KNOB("accept_untracked_na", accept_untracked_na, INT, 0, 2),
	KNOB("force_tllao", force_tllao, INT, 0, 1),
	KNOB("ndisc_notify", ndisc_notify, INT, 0, 1),
	KNOB("ndisc_tclass", ndisc_tclass, INT, 0, 255),
	KNOB("ndisc_evict_nocarrier", ndisc_evict_nocarrier, U8, 0, 1),
	KNOB("suppress_frag_ndisc", suppress_frag_ndisc, INT, 0, 1),
	KNOB("use_oif_addrs_only", use_oif_addrs_only, INT, 0, 1),
	KNOB("keep_addr_on_down", keep_addr_on_down, INT, -1, 1),
	{ .name = "strong_host", .special = sxt_strong_handler },
	{ .name = "stable_secret", .special = sxt_secret_handler,
	  .mode = 0600 },
};

static int knob_get(const struct sxt_knob *knob, const void *from)
{
	switch (knob->kind) {
	case SXT_KNOB_U8:
		return READ_ONCE(*(const u8 *)from);
	case SXT_KNOB_SECONDS:
		return READ_ONCE(*(const s32 *)from) / HZ;
	case SXT_KNOB_MS:
		return jiffies_to_msecs(READ_ONCE(*(const s32 *)from));
	default:
		return READ_ONCE(*(const s32 *)from);
	}
}

static int knob_set(const struct sxt_knob *knob, const struct sxt_conf_dir *dir,
		    void *to, int value)
{
	int err;

	switch (knob->kind) {
	case SXT_KNOB_U8:
		WRITE_ONCE(*(u8 *)to, value);
		return 0;
	case SXT_KNOB_SECONDS:
		value *= HZ;
		break;
	case SXT_KNOB_MS:
		value = msecs_to_jiffies(value);
		break;
	default:
		break;
	}
	if (!knob->effect) {
		WRITE_ONCE(*(s32 *)to, value);
		return 0;
	}
	if (!rtnl_trylock())
		return restart_syscall();
	err = knob->effect(dir, to, value);
	rtnl_unlock();
	return err;
}

static int knob_handler(const struct ctl_table *ctl, int write, void *buffer,
			size_t *lenp, loff_t *ppos)
{
	const struct sxt_conf_dir *dir = ctl->extra1;
	const struct sxt_knob *knob = ctl->extra2;
	void *field = (void *)dir->cnf + knob->offset;
	int least = knob->least, most = knob->most;
	loff_t start = *ppos;
	int value = knob_get(knob, field);
	struct ctl_table one = {
		.data = &value,
		.maxlen = sizeof(value),
		.extra1 = &least,
		.extra2 = &most,
	};
	int err;

	err = proc_dointvec_minmax(&one, write, buffer, lenp, ppos);
	if (!err && write)
		err = knob_set(knob, dir, field, value);
	if (err)
		*ppos = start;
	return err;
}

static void dir_free(struct sxt_conf_dir *dir)
{
	kfree(dir->table);
	kfree(dir);
}

static struct sxt_conf_dir *dir_alloc(struct net *net,
				      struct ipv6_devconf *cnf,
				      struct sxt_idev *idev)
{
	struct sxt_conf_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL_ACCOUNT);
	size_t i;

	if (!dir)
		return NULL;
	*dir = (struct sxt_conf_dir) { .net = net, .cnf = cnf, .idev = idev };
	dir->table = kcalloc(ARRAY_SIZE(knobs), sizeof(*dir->table),
			     GFP_KERNEL_ACCOUNT);
	if (!dir->table) {
		kfree(dir);
		return NULL;
	}
	for (i = 0; i < ARRAY_SIZE(knobs); i++)
		dir->table[i] = (struct ctl_table) {
			.procname = knobs[i].name,
			.mode = knobs[i].mode ? knobs[i].mode : 0644,
			.proc_handler = knobs[i].special ? knobs[i].special :
							   knob_handler,
			.extra1 = dir,
			.extra2 = (void *)&knobs[i],
		};
	return dir;
}

static int dir_register(struct net *net, const char *name,
			struct ipv6_devconf *cnf, struct sxt_idev *idev)
{
	char path[sizeof("net/ipv6/conf/") + IFNAMSIZ];
	struct sxt_conf_dir *dir;

	dir = dir_alloc(net, cnf, idev);
	if (!dir)
		return -ENOMEM;
	snprintf(path, sizeof(path), "net/ipv6/conf/%s", name);
	cnf->sysctl_header = register_net_sysctl_sz(net, path, dir->table,
						    ARRAY_SIZE(knobs));
	if (cnf->sysctl_header)
		return 0;
	dir_free(dir);
	return -ENOBUFS;
}

static void dir_unregister(struct ipv6_devconf *cnf)
{
	struct ctl_table_header *header = cnf->sysctl_header;
	struct sxt_conf_dir *dir;

	if (!header)
		return;
	dir = header->ctl_table_arg->extra1;
	cnf->sysctl_header = NULL;
	unregister_net_sysctl_table(header);
	dir_free(dir);
}

/* Two directories are there already. */
static bool name_is_taken(const char *name)
{
	return !strcmp(name, "all") || !strcmp(name, "default");
}

/**
 * sxt_sysctl_idev_add() - settings of an interface, and of its neighbours
 * @idev: the interface, under its present name
 *
 * Context: RTNL, may sleep.
 * Return: 0; -EINVAL: the interface is called "all" or "default"; -ENOMEM,
 * -ENOBUFS.
 */
int sxt_sysctl_idev_add(struct sxt_idev *idev)
{
	struct net_device *dev = idev->in6.dev;
	int err;

	if (name_is_taken(dev->name)) {
		net_warn_ratelimited("%s: IPv6's settings can't have this name\n",
				     dev->name);
		return -EINVAL;
	}
	err = neigh_sysctl_register(dev, idev->in6.nd_parms,
				    sxt_neigh_times_handler);
	if (err)
		return err;
	err = dir_register(dev_net(dev), dev->name, &idev->in6.cnf, idev);
	if (err)
		neigh_sysctl_unregister(idev->in6.nd_parms);
	return err;
}

/**
 * sxt_sysctl_idev_del() - takes them away
 * @idev: the interface
 *
 * Context: RTNL; waits for who is in one of the files.
 */
void sxt_sysctl_idev_del(struct sxt_idev *idev)
{
	dir_unregister(&idev->in6.cnf);
	if (idev->in6.nd_parms)
		neigh_sysctl_unregister(idev->in6.nd_parms);
}

/**
 * sxt_sysctl_conf_net_init() - net.ipv6.conf.all and .default
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int sxt_sysctl_conf_net_init(struct net *net)
{
	int err;

	err = dir_register(net, "all", net->ipv6.devconf_all, NULL);
	if (err)
		return err;
	err = dir_register(net, "default", net->ipv6.devconf_dflt, NULL);
	if (err)
		dir_unregister(net->ipv6.devconf_all);
	return err;
}

/**
 * sxt_sysctl_conf_net_exit() - takes them away
 * @net: the namespace
 *
 * Context: process, without the RTNL.
 */
void sxt_sysctl_conf_net_exit(struct net *net)
{
	dir_unregister(net->ipv6.devconf_dflt);
	dir_unregister(net->ipv6.devconf_all);
}
