/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the sysctl part: settings of interfaces (sysctl_conf.c), what comes
 * with a change of one (sysctl_effect.c), the rest (sysctl.c).
 */
#ifndef SXT_SYSCTL_INT_H
#define SXT_SYSCTL_INT_H

#include <linux/sysctl.h>
#include "ifa_int.h"

struct sxt_knob;

/**
 * struct sxt_conf_dir - the directory net.ipv6.conf.NAME
 * @net: namespace
 * @cnf: the settings behind it
 * @idev: the interface; NULL: "all" or "default"
 * @table: the files; extra1 of each is this directory, extra2 its knob
 */
struct sxt_conf_dir {
	struct net *net;
	struct ipv6_devconf *cnf;
	struct sxt_idev *idev;
	struct ctl_table *table;
};

/**
 * sxt_conf_is_all() - is this net.ipv6.conf.all?
 * @dir: the directory
 *
 * Context: any.
 * Return: true: it is.
 */
static inline bool sxt_conf_is_all(const struct sxt_conf_dir *dir)
{
	return dir->cnf == dir->net->ipv6.devconf_all;
}

/**
 * enum sxt_knob_kind - how a setting is kept and shown
 * @SXT_KNOB_INT: s32 or u32, as it is
 * @SXT_KNOB_U8: u8
 * @SXT_KNOB_SECONDS: s32 jiffies, shown in seconds
 * @SXT_KNOB_MS: s32 jiffies, shown in milliseconds
 */
enum sxt_knob_kind {
	SXT_KNOB_INT,
	SXT_KNOB_U8,
	SXT_KNOB_SECONDS,
	SXT_KNOB_MS,
};

/**
 * struct sxt_knob - a setting of interfaces
 * @name: of the file
 * @offset: in struct ipv6_devconf
 * @kind: see there
 * @least: smallest value that may be written, in what is shown
 * @most: largest
 * @effect: writes the value and does what comes with it, RTNL; NULL: nothing
 *	comes with it
 * @special: another handler than the usual one, or NULL
 * @mode: of the file, 0: 0644
 */
struct sxt_knob {
	const char *name;
	size_t offset;
	enum sxt_knob_kind kind;
	int least;
	int most;
	int (*effect)(const struct sxt_conf_dir *dir, s32 *to, s32 value);
	proc_handler *special;
	umode_t mode;
};

/* sysctl_effect.c, RTNL: */
int sxt_effect_forwarding(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_effect_disable(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_effect_mtu(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_effect_gen_mode(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_effect_proxy(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_effect_linkdown(const struct sxt_conf_dir *dir, s32 *to, s32 value);
int sxt_secret_handler(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos);

/* strong.c: */
int sxt_strong_handler(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos);

/* sysctl_conf.c: */
int sxt_sysctl_conf_net_init(struct net *net);
void sxt_sysctl_conf_net_exit(struct net *net);

#endif /* SXT_SYSCTL_INT_H */
