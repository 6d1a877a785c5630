// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.ipv6.neigh.{default,DEV}: the times that routers tell as well (RFC 4861
 * 6.3.4). The other files are the neighbour tables' own.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "nd.h"

static int times_file(const struct ctl_table *ctl, int write, void *buffer,
		      size_t *lenp, loff_t *ppos)
{
	/* The one in units of the kernel's own: so it was, before the _ms. */
	if (!strcmp(ctl->procname, "retrans_time"))
		return neigh_proc_dointvec(ctl, write, buffer, lenp, ppos);
	if (!strcmp(ctl->procname, "base_reachable_time"))
		return neigh_proc_dointvec_jiffies(ctl, write, buffer, lenp,
						   ppos);
	return neigh_proc_dointvec_ms_jiffies(ctl, write, buffer, lenp, ppos);
}

/* What is random of it is drawn anew, now. */
static void times_changed(struct net_device *dev, struct neigh_parms *parms)
{
	struct sxt_idev *idev = dev ? sxt_idev_get_rcu(dev) : NULL;

	parms->reachable_time =
		neigh_rand_reach_time(NEIGH_VAR(parms, BASE_REACHABLE_TIME));
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
	int err;

	if (!write)
		return times_file(ctl, write, buffer, lenp, ppos);
	if (!rtnl_trylock())
		return restart_syscall();
	err = times_file(ctl, write, buffer, lenp, ppos);
	if (!err)
		times_changed(ctl->extra1, ctl->extra2);
	rtnl_unlock();
	return err;
}
