// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes with a change of a setting in net.ipv6.conf: the rest of the node
 * is made to fit it, at once.
 */
#include <linux/inet.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include "route.h"
#include "sysctl_int.h"

static int netconf_index(const struct sxt_conf_dir *dir)
{
	if (dir->idev)
		return dir->idev->in6.dev->ifindex;
	return sxt_conf_is_all(dir) ? NETCONFA_IFINDEX_ALL :
				      NETCONFA_IFINDEX_DEFAULT;
}

static void tell(const struct sxt_conf_dir *dir, int type)
{
	sxt_netconf_notify(dir->net, RTM_NEWNETCONF, type, netconf_index(dir),
			   dir->cnf);
}

static void forwarding_everywhere(struct net *net, s32 value)
{
	struct ipv6_devconf *dflt = net->ipv6.devconf_dflt;
	struct net_device *dev;

	if (dflt->forwarding != value) {
		WRITE_ONCE(dflt->forwarding, value);
		sxt_netconf_notify(net, RTM_NEWNETCONF, NETCONFA_FORWARDING,
				   NETCONFA_IFINDEX_DEFAULT, dflt);
	}
	for_each_netdev(net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (!idev || idev->in6.cnf.forwarding == value)
			continue;
		WRITE_ONCE(idev->in6.cnf.forwarding, value);
		sxt_idev_set_router(idev);
		sxt_netconf_notify(net, RTM_NEWNETCONF, NETCONFA_FORWARDING,
				   dev->ifindex, &idev->in6.cnf);
	}
}

/**
 * sxt_effect_forwarding() - interfaces become routers' or hosts'
 * @dir: whose setting; "all" is for each interface, and new ones
 * @to: the setting
 * @value: its new value
 *
 * Context: RTNL.
 * Return: 0.
 */
int sxt_effect_forwarding(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	bool changed = *to != value;

	WRITE_ONCE(*to, value);
	if (sxt_conf_is_all(dir))
		forwarding_everywhere(dir->net, value);
	else if (dir->idev)
		sxt_idev_set_router(dir->idev);
	if (changed)
		tell(dir, NETCONFA_FORWARDING);
	sxt_route_changed(dir->net);
	return 0;
}

/**
 * sxt_effect_disable() - IPv6 is turned off or on
 * @dir: whose setting; "all" is for each interface, and new ones
 * @to: the setting
 * @value: its new value
 *
 * Context: RTNL.
 * Return: 0.
 */
int sxt_effect_disable(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	struct net_device *dev;

	if (dir->idev) {
		sxt_idev_set_disabled(dir->idev, value);
		return 0;
	}
	WRITE_ONCE(*to, value);
	if (!sxt_conf_is_all(dir))
		return 0;
	WRITE_ONCE(dir->net->ipv6.devconf_dflt->disable_ipv6, value);
	for_each_netdev(dir->net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (idev)
			sxt_idev_set_disabled(idev, value);
	}
	return 0;
}

/**
 * sxt_effect_mtu() - IPv6's MTU of an interface
 * @dir: whose setting
 * @to: the setting
 * @value: its new value, 1280 at least
 *
 * Context: RTNL.
 * Return: 0; -EINVAL: more than the interface's.
 */
int sxt_effect_mtu(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	s32 old;

	if (dir->idev && value > (s32)min_t(u32, dir->idev->in6.dev->mtu,
					    S32_MAX))
		return -EINVAL;
	old = *to;
	WRITE_ONCE(*to, value);
	if (dir->idev)
		sxt_route_dev_mtu(dir->idev->in6.dev, old);
	return 0;
}

static void gen_mode_set(struct sxt_idev *idev, u32 mode)
{
	if (idev->in6.cnf.addr_gen_mode == mode)
		return;
	WRITE_ONCE(idev->in6.cnf.addr_gen_mode, mode);
	if (idev->in6.if_flags & IF_READY)
		sxt_idev_link_local(idev);
}

static bool has_secret(const struct sxt_conf_dir *dir)
{
	return dir->cnf->stable_secret.initialized ||
	       dir->net->ipv6.devconf_dflt->stable_secret.initialized;
}

/**
 * sxt_effect_gen_mode() - how an interface makes its addresses
 * @dir: whose setting; "all" is for each interface, and new ones
 * @to: the setting
 * @value: its new value
 *
 * Those that it has stay; a link-local address is made at once.
 *
 * Context: RTNL.
 * Return: 0; -EINVAL: stable-privacy without a secret.
 */
int sxt_effect_gen_mode(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	struct net_device *dev;

	if (value == IN6_ADDR_GEN_MODE_STABLE_PRIVACY && !has_secret(dir))
		return -EINVAL;
	if (dir->idev) {
		gen_mode_set(dir->idev, value);
		return 0;
	}
	WRITE_ONCE(*to, value);
	if (!sxt_conf_is_all(dir))
		return 0;
	WRITE_ONCE(dir->net->ipv6.devconf_dflt->addr_gen_mode, value);
	for_each_netdev(dir->net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (idev)
			gen_mode_set(idev, value);
	}
	return 0;
}

/**
 * sxt_effect_proxy() - answers for other nodes on a link, or not
 * @dir: whose setting
 * @to: the setting
 * @value: its new value
 *
 * Context: RTNL.
 * Return: 0.
 */
int sxt_effect_proxy(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	bool changed = *to != value;

	WRITE_ONCE(*to, value);
	if (changed)
		tell(dir, NETCONFA_PROXY_NEIGH);
	return 0;
}

static void linkdown_set(struct net *net, int ifindex,
			 struct ipv6_devconf *cnf, s32 value)
{
	if (cnf->ignore_routes_with_linkdown == value)
		return;
	WRITE_ONCE(cnf->ignore_routes_with_linkdown, value);
	sxt_netconf_notify(net, RTM_NEWNETCONF,
			   NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, ifindex, cnf);
}

/**
 * sxt_effect_linkdown() - routes through a link without carrier count, or not
 * @dir: whose setting; "all" is for each interface, and new ones
 * @to: the setting
 * @value: its new value
 *
 * Context: RTNL.
 * Return: 0.
 */
int sxt_effect_linkdown(const struct sxt_conf_dir *dir, s32 *to, s32 value)
{
	struct net *net = dir->net;
	struct net_device *dev;

	if (sxt_conf_is_all(dir)) {
		linkdown_set(net, NETCONFA_IFINDEX_DEFAULT,
			     net->ipv6.devconf_dflt, value);
		for_each_netdev(net, dev) {
			struct sxt_idev *idev = sxt_idev_get_rcu(dev);

			if (idev)
				linkdown_set(net, dev->ifindex,
					     &idev->in6.cnf, value);
		}
	}
	linkdown_set(net, netconf_index(dir), dir->cnf, value);
	sxt_route_linkdown(net);
	return 0;
}

static int secret_show(const struct ipv6_stable_secret *secret, void *buffer,
		       size_t *lenp, loff_t *ppos)
{
	char text[sizeof("xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx")];
	struct ctl_table line = { .data = text, .maxlen = sizeof(text) };

	if (!secret->initialized)
		return -EIO;
	snprintf(text, sizeof(text), "%pI6", &secret->secret);
	return proc_dostring(&line, 0, buffer, lenp, ppos);
}

/* Whoever sets a secret wants it to be used. */
static void secret_set(const struct sxt_conf_dir *dir,
		       const struct in6_addr *secret)
{
	struct net_device *dev;

	dir->cnf->stable_secret.secret = *secret;
	dir->cnf->stable_secret.initialized = true;
	if (dir->idev) {
		gen_mode_set(dir->idev, IN6_ADDR_GEN_MODE_STABLE_PRIVACY);
		return;
	}
	WRITE_ONCE(dir->cnf->addr_gen_mode, IN6_ADDR_GEN_MODE_STABLE_PRIVACY);
	for_each_netdev(dir->net, dev) {
		struct sxt_idev *idev = sxt_idev_get_rcu(dev);

		if (idev)
			gen_mode_set(idev, IN6_ADDR_GEN_MODE_STABLE_PRIVACY);
	}
}

/**
 * sxt_secret_handler() - stable_secret: 128 bits, written like an address
 * @ctl: the file
 * @write: or read
 * @buffer: the text
 * @lenp: its length
 * @ppos: place in the file
 *
 * RFC 7217 5. "all" has none: it would be nobody's.
 *
 * Context: process.
 * Return: 0; -EIO: none is set, or no text of an address; -EPERM: of "all".
 */
int sxt_secret_handler(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos)
{
	const struct sxt_conf_dir *dir = ctl->extra1;
	char text[sizeof("xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:255.255.255.255")] = {};
	struct ctl_table line = { .data = text, .maxlen = sizeof(text) };
	struct in6_addr secret;
	int err;

	if (sxt_conf_is_all(dir))
		return -EPERM;
	if (!rtnl_trylock())
		return restart_syscall();
	if (!write) {
		err = secret_show(&dir->cnf->stable_secret, buffer, lenp, ppos);
		goto out;
	}
	err = proc_dostring(&line, 1, buffer, lenp, ppos);
	if (err)
		goto out;
	if (in6_pton(strim(text), -1, secret.s6_addr, -1, NULL) == 1)
		secret_set(dir, &secret);
	else
		err = -EIO;
	memzero_explicit(&secret, sizeof(secret));
out:
	rtnl_unlock();
	memzero_explicit(text, sizeof(text));
	return err;
}
