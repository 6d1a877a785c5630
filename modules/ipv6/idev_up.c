// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an interface does when its link comes and goes: its own addresses
 * (loopback, link-local), its groups, its routes; and what changes when it
 * becomes a router or a host.
 */
#include <linux/if_arp.h>
#include <linux/if_infiniband.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <net/firewire.h>
#include <net/l3mdev.h>
#include "addrgen.h"
#include "ifa_int.h"
#include "mcast.h"
#include "nd.h"
#include "route.h"

static const struct in6_addr link_local_prefix = {
	.s6_addr = { 0xfe, 0x80 }
};

/* RFC 4291 2.8: groups that each router is in */
static const struct in6_addr router_groups[] = {
	{ .s6_addr = { 0xff, 0x01, [15] = 2 } },
	{ .s6_addr = { 0xff, 0x02, [15] = 2 } },
	{ .s6_addr = { 0xff, 0x05, [15] = 2 } },
};

/* Does this kind of device make a link-local address of its own? */
static bool has_link_local(const struct net_device *dev)
{
	if (netif_is_l3_master(dev) || dev->priv_flags & IFF_NO_ADDRCONF)
		return false;
	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_FDDI:
	case ARPHRD_INFINIBAND:
	case ARPHRD_IEEE1394:
	case ARPHRD_6LOWPAN:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
		return true;
	}
	return false;
}

static bool iid_from_hardware(const struct net_device *dev, u8 iid[8])
{
	switch (dev->type) {
	case ARPHRD_ETHER:
	case ARPHRD_FDDI:
		if (dev->addr_len != ETH_ALEN)
			return false;
		sxt_addrgen_iid_eui48(dev->dev_addr, dev->dev_id, iid);
		return true;
	case ARPHRD_INFINIBAND:
		if (dev->addr_len != INFINIBAND_ALEN)
			return false;
		/* RFC 4391 8: the bit may be set already, and then stays */
		memcpy(iid, dev->dev_addr + 12, 8);
		iid[0] |= 0x02;
		return true;
	case ARPHRD_IEEE1394:
		if (dev->addr_len != FWNET_ALEN)
			return false;
		sxt_addrgen_iid_eui64(dev->dev_addr, iid);
		return true;
	case ARPHRD_6LOWPAN:
		if (dev->addr_len != 8)
			return false;
		sxt_addrgen_iid_eui64(dev->dev_addr, iid);
		return true;
	case ARPHRD_TUNNEL:
	case ARPHRD_IPGRE:
		if (dev->addr_len != 4 || !memchr_inv(dev->dev_addr, 0, 4))
			return false;
		sxt_addrgen_iid_ipv4(dev->dev_addr, iid);
		return true;
	case ARPHRD_SIT:
		/* RFC 4213 3.7 */
		if (dev->addr_len != 4 || !memchr_inv(dev->dev_addr, 0, 4))
			return false;
		memset(iid, 0, 4);
		memcpy(iid + 4, dev->dev_addr, 4);
		return true;
	}
	return false;
}

static void iid_hash(const void *key, const u8 *msg, u32 len, u8 out[8])
{
	put_unaligned_le64(siphash(msg, len, key), out);
}

/* The same bytes make the same key on any machine. */
static void key_from_secret(const struct in6_addr *secret, siphash_key_t *key)
{
	key->key[0] = get_unaligned_le64(secret->s6_addr);
	key->key[1] = get_unaligned_le64(secret->s6_addr + 8);
}

static bool iid_stable(struct sxt_idev *idev, const struct in6_addr *prefix,
		       u8 dad_count, u8 iid[8])
{
	const struct net_device *dev = idev->in6.dev;
	const struct ipv6_stable_secret *secret;
	struct sxt_addrgen_stable in = {
		.iface = dev->perm_addr,
		.iface_len = min_t(u32, dev->addr_len, SXT_ADDRGEN_IFACE_MAX),
		.dad_count = dad_count,
	};
	siphash_key_t key;

	secret = &idev->in6.cnf.stable_secret;
	if (!secret->initialized)
		secret = &dev_net(dev)->ipv6.devconf_dflt->stable_secret;
	if (!secret->initialized)
		return false;
	if (!memchr_inv(dev->perm_addr, 0, in.iface_len)) {
		in.iface = dev->name;
		in.iface_len = strlen(dev->name);
	}
	memcpy(in.prefix, prefix, sizeof(in.prefix));
	key_from_secret(&secret->secret, &key);
	return sxt_addrgen_iid_stable(&in, iid_hash, &key, iid);
}

/* The interface's own secret, which nobody has seen, and none remembers. */
static void secret_random(struct sxt_idev *idev)
{
	struct ipv6_stable_secret *secret = &idev->in6.cnf.stable_secret;

	if (secret->initialized)
		return;
	get_random_bytes(&secret->secret, sizeof(secret->secret));
	secret->initialized = true;
}

/**
 * sxt_addrgen_iid() - interface identifier by the interface's addr_gen_mode
 * @idev: the interface
 * @prefix: the first 64 bits of the address
 * @dad_count: how many addresses of this prefix turned out to be taken
 * @iid: the identifier
 *
 * A token that the administrator set stands for all but link-local addresses.
 * Mode "none" is about link-local addresses only: others get one by EUI-64.
 *
 * Context: RTNL.
 * Return: false: there is none: the kind of device has no address of its own,
 * or no secret is set.
 */
bool sxt_addrgen_iid(struct sxt_idev *idev, const struct in6_addr *prefix,
		     u8 dad_count, u8 iid[8])
{
	const struct in6_addr *token = &idev->in6.token;
	bool local = ipv6_addr_type(prefix) & IPV6_ADDR_LINKLOCAL;

	if (!local && !ipv6_addr_any(token)) {
		memcpy(iid, token->s6_addr + 8, 8);
		return true;
	}
	switch (idev->in6.cnf.addr_gen_mode) {
	case IN6_ADDR_GEN_MODE_NONE:
		if (local)
			return false;
		break;
	case IN6_ADDR_GEN_MODE_RANDOM:
		secret_random(idev);
		fallthrough;
	case IN6_ADDR_GEN_MODE_STABLE_PRIVACY:
		return iid_stable(idev, prefix, dad_count, iid);
	}
	return iid_from_hardware(idev->in6.dev, iid);
}

/**
 * sxt_idev_link_local() - makes the interface's link-local address
 * @idev: the interface, which is up
 *
 * RFC 4862 5.3. Does nothing if its settings or its kind say so.
 *
 * Context: RTNL.
 */
void sxt_idev_link_local(struct sxt_idev *idev)
{
	struct sxt_ifa_cfg cfg = {
		.addr = link_local_prefix,
		.plen = 64,
		.flags = IFA_F_PERMANENT,
		.valid = INFINITY_LIFE_TIME,
		.preferred = INFINITY_LIFE_TIME,
		.proto = IFAPROT_KERNEL_LL,
		.origin = SXT_IFA_LINK_LOCAL,
	};
	u32 mode = idev->in6.cnf.addr_gen_mode;
	struct sxt_ifa *ifa;

	if (!has_link_local(idev->in6.dev) ||
	    !sxt_addrgen_iid(idev, &link_local_prefix, 0,
			     cfg.addr.s6_addr + 8))
		return;
	if (mode == IN6_ADDR_GEN_MODE_STABLE_PRIVACY ||
	    mode == IN6_ADDR_GEN_MODE_RANDOM)
		cfg.flags |= IFA_F_STABLE_PRIVACY;
	ifa = sxt_ifa_add(idev, &cfg, NULL);
	if (IS_ERR(ifa) && PTR_ERR(ifa) != -EEXIST)
		net_warn_ratelimited("%s: no link-local address: %ld\n",
				     idev->in6.dev->name, PTR_ERR(ifa));
}

static void loopback_address(struct sxt_idev *idev)
{
	const struct sxt_ifa_cfg cfg = {
		.addr = IN6ADDR_LOOPBACK_INIT,
		.plen = 128,
		.flags = IFA_F_PERMANENT,
		.valid = INFINITY_LIFE_TIME,
		.preferred = INFINITY_LIFE_TIME,
		.proto = IFAPROT_KERNEL_LO,
		.scope = RT_SCOPE_HOST,
	};

	sxt_ifa_add(idev, &cfg, NULL);
}

/* One that is not probed for is usable without a link, but for its prefix. */
static bool waits_for_link(const struct inet6_ifaddr *ifa)
{
	return ifa->state == INET6_IFADDR_STATE_PREDAD ||
	       ifa->state == INET6_IFADDR_STATE_POSTDAD;
}

/* Addresses that were given while it was down, or kept since it was up. */
static void resume_addresses(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		struct sxt_ifa *own = container_of(ifa, struct sxt_ifa, ifa);

		if (!waits_for_link(ifa))
			continue;
		sxt_ifa_prefix_add(own);
		if (ifa->state == INET6_IFADDR_STATE_PREDAD)
			sxt_dad_start(own, 0);
		else
			sxt_dad_link_ready(own);
	}
}

/**
 * sxt_idev_wait() - an interface is up, but its link has not come yet
 * @idev: the interface, which is enabled and up
 *
 * What is on the link can be routed to: others' routes may name a gateway there.
 *
 * Context: RTNL. More than once is harmless.
 */
void sxt_idev_wait(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		if (waits_for_link(ifa))
			sxt_ifa_prefix_add(container_of(ifa, struct sxt_ifa,
							ifa));
}

/**
 * sxt_idev_start() - the link of an interface has come
 * @idev: the interface, which is enabled and up
 *
 * Context: RTNL.
 */
void sxt_idev_start(struct sxt_idev *idev)
{
	struct net_device *dev = idev->in6.dev;

	idev->in6.if_flags |= IF_READY;
	idev->linked = true;
	WRITE_ONCE(idev->in6.tstamp, jiffies);
	sxt_route_dev_change(dev);
	sxt_mcast_up(idev);
	if (dev->flags & IFF_LOOPBACK) {
		loopback_address(idev);
	} else {
		if (!netif_is_l3_master(dev))
			sxt_ifa_mroute_add(idev);
		sxt_idev_link_local(idev);
	}
	resume_addresses(idev);
	/* Kept addresses that want temporary ones: those were not kept. */
	sxt_temp_taken(idev);
	sxt_anycast_up(idev);
	sxt_rtnl_link_notify(idev);
}

/**
 * sxt_idev_link_lost() - the link of an interface that is up has gone
 * @idev: the interface
 *
 * RFC 4862 5.4: a probe that nobody can hear proves nothing. Addresses that are
 * being probed for wait until the link is back.
 *
 * Context: RTNL. More than once is harmless.
 */
void sxt_idev_link_lost(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		if (ifa->state == INET6_IFADDR_STATE_DAD)
			sxt_dad_stop(container_of(ifa, struct sxt_ifa, ifa));
}

/**
 * sxt_idev_link_back() - the link of an interface that is up has come back
 * @idev: the interface
 *
 * Context: RTNL.
 */
void sxt_idev_link_back(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;

	list_for_each_entry(ifa, &idev->in6.addr_list, if_list)
		if (ifa->state == INET6_IFADDR_STATE_PREDAD)
			sxt_dad_start(container_of(ifa, struct sxt_ifa, ifa), 0);
}

/*
 * The interface keeps it, or all of the namespace do; -1 here overrules. Where
 * IPv6 is off, or gone, nothing is kept.
 */
static bool keeps_addresses(const struct sxt_idev *idev)
{
	const struct net *net = dev_net(idev->in6.dev);
	int keep = READ_ONCE(idev->in6.cnf.keep_addr_on_down);

	if (!keep)
		keep = READ_ONCE(net->ipv6.devconf_all->keep_addr_on_down);
	return keep > 0 && !idev->in6.dead && !idev->in6.cnf.disable_ipv6;
}

/**
 * sxt_idev_stop() - an interface goes down, is disabled, or loses IPv6
 * @idev: the interface; dead if IPv6 leaves it for good
 *
 * Context: RTNL. Twice is harmless.
 */
void sxt_idev_stop(struct sxt_idev *idev)
{
	struct net_device *dev = idev->in6.dev;
	struct net *net = dev_net(dev);
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	idev->in6.if_flags &= ~(IF_READY | IF_RS_SENT | IF_RA_RCVD |
				IF_RA_MANAGED | IF_RA_OTHERCONF);
	idev->in6.ra_mtu = 0;
	WRITE_ONCE(idev->in6.tstamp, jiffies);
	sxt_router_solicit_stop(idev);
	n->routes_quiet = READ_ONCE(net->ipv6.sysctl.skip_notify_on_dev_down);
	sxt_router_forget(idev);
	/* The next link has other prefixes; the routes go with the device's. */
	sxt_told_free(idev);
	sxt_ifa_flush(idev, keeps_addresses(idev));
	sxt_route_dev_down(dev);
	n->routes_quiet = false;
	sxt_mcast_down(idev);
	neigh_ifdown(&sxt_nd_tbl, dev);
}

static void router_join(struct sxt_idev *idev)
{
	struct inet6_ifaddr *ifa;
	size_t i;

	dev_disable_lro(idev->in6.dev);
	if (idev->in6.dev->flags & IFF_MULTICAST)
		for (i = 0; i < ARRAY_SIZE(router_groups); i++)
			if (!sxt_mcast_join(idev, &router_groups[i]))
				idev->router_joined |= BIT(i);
	list_for_each_entry(ifa, &idev->in6.addr_list, if_list) {
		struct sxt_ifa *own = container_of(ifa, struct sxt_ifa, ifa);

		if (own->routed)
			sxt_anycast_join(own);
	}
}

static void router_leave(struct sxt_idev *idev)
{
	size_t i;

	/* The same groups may be there for others, who have joined them. */
	for (i = 0; i < ARRAY_SIZE(router_groups); i++)
		if (idev->router_joined & BIT(i))
			sxt_mcast_leave(idev, &router_groups[i]);
	idev->router_joined = 0;
	sxt_anycast_host(idev);
}

/**
 * sxt_idev_set_router() - cnf.forwarding of an interface has changed, perhaps
 * @idev: the interface
 *
 * RFC 4861 6.2.5 and 6.3: a router listens to other groups than a host, and
 * has no default routers of its own unless told so (accept_ra 2).
 *
 * Context: RTNL.
 */
void sxt_idev_set_router(struct sxt_idev *idev)
{
	bool router = sxt_idev_is_router(idev);

	if (idev->router == router)
		return;
	idev->router = router;
	if (router) {
		router_join(idev);
		if (READ_ONCE(idev->in6.cnf.accept_ra) < 2) {
			sxt_router_solicit_stop(idev);
			sxt_router_forget(idev);
		}
	} else {
		router_leave(idev);
		if (idev->in6.if_flags & IF_READY)
			sxt_router_solicit_start(idev);
	}
}
