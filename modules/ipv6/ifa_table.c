// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address table: which addresses a namespace's interfaces have, and whether
 * one is among them, for whom. What is in the table is ifa.c's to say.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include <net/l3mdev.h>
#include "ifa_int.h"

static u32 hash_seed __read_mostly;

static struct hlist_head *hash_bucket(struct net *net,
				      const struct in6_addr *addr)
{
	u32 hash = __ipv6_addr_jhash(addr, hash_seed ^ net_hash_mix(net));

	return &sxt_ip6_net(net)->ifa_hash[hash_32(hash, SXT_IFA_HASH_BITS)];
}

/**
 * sxt_ifa_find() - an address of this node
 * @net: namespace
 * @addr: its bits
 * @dev: interface that has it, NULL: any
 *
 * Tentative ones and anycast addresses too: see their flags, and @anycast. Of
 * several a unicast address is given.
 *
 * Context: under RCU or the RTNL; no reference is taken.
 * Return: the address or NULL.
 */
struct sxt_ifa *sxt_ifa_find(struct net *net, const struct in6_addr *addr,
			     const struct net_device *dev)
{
	struct sxt_ifa *found = NULL;
	struct sxt_ifa *ifa;

	hlist_for_each_entry_rcu(ifa, hash_bucket(net, addr), hash,
				 lockdep_rtnl_is_held()) {
		if (!ipv6_addr_equal(&ifa->ifa.addr, addr) ||
		    (dev && ifa->ifa.idev->dev != dev))
			continue;
		if (!ifa->anycast)
			return ifa;
		found = ifa;
	}
	return found;
}

static bool is_unicast_of(const struct sxt_ifa *ifa,
			  const struct in6_addr *addr, u32 banned_flags)
{
	u32 flags = READ_ONCE(ifa->ifa.flags);

	if (flags & IFA_F_OPTIMISTIC)
		flags &= ~IFA_F_TENTATIVE;
	return !ifa->anycast && !(flags & (banned_flags | IFA_F_MCAUTOJOIN)) &&
	       ipv6_addr_equal(&ifa->ifa.addr, addr);
}

/* An interface has its own addresses; a VRF, those of its interfaces too. */
static bool belongs(const struct sxt_ifa *ifa, const struct net_device *dev)
{
	struct net_device *own = ifa->ifa.idev->dev;

	return !dev || own == dev ||
	       (netif_is_l3_master(dev) && l3mdev_master_dev_rcu(own) == dev);
}

/**
 * sxt_ifa_is_ours() - is this a unicast address of this node?
 * @net: namespace
 * @addr: its bits
 * @dev: interface or VRF that has to have it, NULL: any
 * @banned_flags: IFA_F_* that it must not have. An optimistic address (RFC
 *	4429) doesn't count as tentative
 *
 * Context: under RCU.
 * Return: true: it is.
 */
bool sxt_ifa_is_ours(struct net *net, const struct in6_addr *addr,
		     const struct net_device *dev, u32 banned_flags)
{
	const struct sxt_ifa *ifa;

	hlist_for_each_entry_rcu(ifa, hash_bucket(net, addr), hash,
				 lockdep_rtnl_is_held())
		if (is_unicast_of(ifa, addr, banned_flags) &&
		    belongs(ifa, dev))
			return true;
	return false;
}

/**
 * sxt_ifa_serves() - may what is tied to an interface use this address?
 * @net: namespace
 * @addr: its bits
 * @dev: interface or VRF that a socket, a packet or a route is tied to, NULL:
 *	none
 * @banned_flags: as for sxt_ifa_is_ours()
 *
 * Addresses of any interface serve all of the same VRF, and of none; those of
 * one link serve the interface that has them.
 *
 * Context: under RCU.
 * Return: true: it may.
 */
bool sxt_ifa_serves(struct net *net, const struct in6_addr *addr,
		    const struct net_device *dev, u32 banned_flags)
{
	int vrf = dev ? l3mdev_master_ifindex_rcu(dev) : 0;
	const struct sxt_ifa *ifa;

	hlist_for_each_entry_rcu(ifa, hash_bucket(net, addr), hash,
				 lockdep_rtnl_is_held()) {
		const struct net_device *own = ifa->ifa.idev->dev;

		if (!is_unicast_of(ifa, addr, banned_flags) ||
		    l3mdev_master_ifindex_rcu(own) != vrf)
			continue;
		if (!dev || own == dev ||
		    !(ifa->ifa.scope & (IFA_LINK | IFA_HOST)))
			return true;
	}
	return false;
}

/**
 * sxt_ifa_is_ours_from() - is this an address of this node, seen from there?
 * @net: namespace
 * @dev: interface that it is seen from, NULL: any
 * @addr: its bits
 * @strict: @dev itself has to have it. Else only if it is link-local; others
 *	may be any interface's, or any's of the VRF that @dev is in
 * @banned_flags: IFA_F_* that it must not have
 *
 * Context: any.
 * Return: true: it is.
 */
bool sxt_ifa_is_ours_from(struct net *net, const struct net_device *dev,
			  const struct in6_addr *addr, bool strict,
			  u32 banned_flags)
{
	bool ours;

	rcu_read_lock();
	if (!strict && !(ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL))
		dev = l3mdev_master_dev_rcu(dev);
	ours = sxt_ifa_is_ours(net, addr, dev, banned_flags);
	rcu_read_unlock();
	return ours;
}
EXPORT_SYMBOL_NS_GPL(sxt_ifa_is_ours_from, SEXTANT_IPV6);

/**
 * sxt_ifa_link_local() - an interface's link-local address
 * @dev: the interface
 * @addr: the address
 * @banned_flags: IFA_F_* that it must not have
 *
 * Context: under RCU or the RTNL.
 * Return: 0 or -EADDRNOTAVAIL.
 */
int sxt_ifa_link_local(struct net_device *dev, struct in6_addr *addr,
		       u32 banned_flags)
{
	const struct sxt_idev *idev = sxt_idev_get_rcu(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return -EADDRNOTAVAIL;
	list_for_each_entry_rcu(ifa, &idev->in6.addr_list, if_list,
				lockdep_rtnl_is_held()) {
		if (ifa->scope == IFA_LINK && !sxt_ifa_is_group(ifa) &&
		    !(READ_ONCE(ifa->flags) & banned_flags)) {
			*addr = ifa->addr;
			return 0;
		}
	}
	return -EADDRNOTAVAIL;
}

/**
 * sxt_ifa_same_subnet() - could it be a neighbour's address?
 * @in6: the interface
 * @addr: the address
 *
 * Context: under RCU.
 * Return: an address of the interface has a prefix that it is in, too.
 */
bool sxt_ifa_same_subnet(const struct inet6_dev *in6,
			 const struct in6_addr *addr)
{
	const struct inet6_ifaddr *ifa;

	list_for_each_entry_rcu(ifa, &in6->addr_list, if_list)
		if (!sxt_ifa_is_group(ifa) &&
		    ipv6_prefix_equal(&ifa->addr, addr, ifa->prefix_len))
			return true;
	return false;
}

/**
 * sxt_ifa_of() - a unicast address of one interface, or a group like one
 * @idev: the interface
 * @addr: its bits
 *
 * Context: RTNL.
 * Return: the address or NULL.
 */
struct sxt_ifa *sxt_ifa_of(const struct sxt_idev *idev,
			   const struct in6_addr *addr)
{
	struct sxt_ifa *ifa = sxt_ifa_find(dev_net(idev->in6.dev), addr,
					   idev->in6.dev);

	return ifa && !ifa->anycast ? ifa : NULL;
}

/**
 * sxt_ifa_twin() - the anycast address with a unicast one's bits, or vice versa
 * @ifa: an address, of which the table need not know any more
 *
 * Context: RTNL.
 * Return: the other one of the same interface, if packets are delivered to it;
 * or NULL.
 */
struct sxt_ifa *sxt_ifa_twin(const struct sxt_ifa *ifa)
{
	const struct net_device *dev = ifa->ifa.idev->dev;
	struct sxt_ifa *other;

	hlist_for_each_entry(other, hash_bucket(dev_net(dev), &ifa->ifa.addr),
			     hash)
		if (other->anycast != ifa->anycast && other->routed &&
		    other->ifa.idev->dev == dev &&
		    ipv6_addr_equal(&other->ifa.addr, &ifa->ifa.addr))
			return other;
	return NULL;
}

/**
 * sxt_ifa_hash_add() - lets packets find an address
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_ifa_hash_add(struct sxt_ifa *ifa)
{
	struct net *net = dev_net(ifa->ifa.idev->dev);

	hlist_add_head_rcu(&ifa->hash, hash_bucket(net, &ifa->ifa.addr));
	atomic_inc(&net->ipv6.dev_addr_genid);
}

/**
 * sxt_ifa_hash_del() - packets find an address no more
 * @ifa: the address
 *
 * Context: RTNL.
 */
void sxt_ifa_hash_del(struct sxt_ifa *ifa)
{
	hlist_del_init_rcu(&ifa->hash);
	atomic_inc(&dev_net(ifa->ifa.idev->dev)->ipv6.dev_addr_genid);
}

/**
 * sxt_ifa_table_init() - nobody outside knows where an address is in it
 *
 * Context: process, once.
 */
void sxt_ifa_table_init(void)
{
	hash_seed = get_random_u32();
}

/**
 * sxt_ifa_table_net_init() - an empty table
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_ifa_table_net_init(struct net *net)
{
	hash_init(sxt_ip6_net(net)->ifa_hash);
}
