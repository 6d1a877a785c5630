// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.ipv6.neigh.{default,DEV}: the times that routers tell as well (RFC 4861
 * 6.3.4). The other files are the neighbour tables' own.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "nd.h"

/* The files, and who of the core reads and writes each. */
static const struct times_file {
	const char *name;
	proc_handler *proc;
	bool reachable;		/* what is random of it is drawn anew */
} times_files[] = {
	{ "base_reachable_time", neigh_proc_dointvec_jiffies, true },
	{ "base_reachable_time_ms", neigh_proc_dointvec_ms_jiffies, true },
	/* The one in units of the kernel's own: so it was, before the _ms. */
	{ "retrans_time", neigh_proc_dointvec, false },
	{ "retrans_time_ms", neigh_proc_dointvec_ms_jiffies, false },
};

static const struct times_file *times_file_of(const struct ctl_table *ctl)
{
	for (size_t i = 0; i < ARRAY_SIZE(times_files); i++)
		if (!strcmp(ctl->procname, times_files[i].name))
			return &times_files[i];
	return NULL;
}

static void reachable_redraw(struct neigh_parms *parms)
{
	parms->reachable_time =
		neigh_rand_reach_time(NEIGH_VAR(parms, BASE_REACHABLE_TIME));
}

static void times_tell(struct net_device *dev)
{
	struct sxt_idev *idev = dev ? sxt_idev_get_rcu(dev) : NULL;

	if (!idev)
		return;
	WRITE_ONCE(idev->in6.tstamp, jiffies);
	sxt_rtnl_link_notify(idev);
}

/**
 * sxt_neigh_times_handler() - retrans_time, base_reachable_time, either's _ms
 * @ctl: the file; extra1 is the interface, NULL: "default"; extra2 its
 *	parameters of neighbours
 * @write: is it written?
 * @buffer: text
 * @lenp: its length, and what was read or written of it
 * @ppos: where in the file
 *
 * Listeners of RTNLGRP_IPV6_IFINFO are told of a change.
 *
 * Context: may sleep; only tries for the RTNL, as whoever removes the file
 * waits with it held.
 * Return: 0 or an errno.
 */
int sxt_neigh_times_handler(const struct ctl_table *ctl, int write,
			    void *buffer, size_t *lenp, loff_t *ppos)
{
	const struct times_file *file = times_file_of(ctl);
	int err;

	if (WARN_ON_ONCE(!file))
		return -EINVAL;
	if (!write)
		return file->proc(ctl, write, buffer, lenp, ppos);
	if (!rtnl_trylock())
		return restart_syscall();
	err = file->proc(ctl, write, buffer, lenp, ppos);
	if (!err) {
		if (file->reachable)
			reachable_redraw(ctl->extra2);
		times_tell(ctl->extra1);
	}
	rtnl_unlock();
	return err;
}
