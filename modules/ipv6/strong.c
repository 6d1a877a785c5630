// SPDX-License-Identifier: GPL-2.0-only
/*
 * The strong host model for what comes in (RFC 1122 3.3.4.2): with
 * net.ipv6.conf.NAME.strong_host an own address is only heard on the interface
 * that has it. As it is with what is sent, use_oif_addrs_only says.
 *
 * Asked where an own address is not yet among the remembered ones (route_in.c),
 * so most packets don't come here.
 */
#include <net/l3mdev.h>
#include "packet.h"
#include "sysctl_int.h"

/* What is looped back came from no link. */
static bool is_of_this_node(const struct net_device *dev)
{
	return dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev);
}

static bool is_strong(const struct sxt_ip6_net *n, const struct net_device *dev)
{
	const struct sxt_idev *idev = sxt_idev_get_rcu(dev);

	return READ_ONCE(n->strong_all) ||
	       (idev && READ_ONCE(idev->strong_host));
}

/**
 * sxt_strong_refuses() - does a packet come in by the wrong interface?
 * @skb: packet to an own address, not to a group
 *
 * In a VRF the interface is the slave that it came in by; addresses of the VRF
 * itself are as those of a loopback, none of a link.
 *
 * Context: under RCU.
 * Return: true: the interface wants to hear its own addresses alone, and this is
 * none of them.
 */
bool sxt_strong_refuses(const struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	const struct net_device *dev = sxt_ip6_dev_in(skb);

	return is_strong(sxt_ip6_net(net), dev) && !is_of_this_node(dev) &&
	       !sxt_ifa_find(net, &ipv6_hdr(skb)->daddr, dev);
}

static int *strong_of(const struct sxt_conf_dir *dir)
{
	struct sxt_ip6_net *n = sxt_ip6_net(dir->net);

	if (dir->idev)
		return &dir->idev->strong_host;
	return sxt_conf_is_all(dir) ? &n->strong_all : &n->strong_default;
}

/**
 * sxt_strong_handler() - the file strong_host
 * @ctl: the file
 * @write: or read
 * @buffer: the text
 * @lenp: its length
 * @ppos: place in the file
 *
 * Context: process.
 * Return: 0, or -EINVAL: neither 0 nor 1.
 */
int sxt_strong_handler(const struct ctl_table *ctl, int write, void *buffer,
		       size_t *lenp, loff_t *ppos)
{
	const struct sxt_conf_dir *dir = ctl->extra1;
	int *strong = strong_of(dir), before = READ_ONCE(*strong);
	struct ctl_table one = {
		.data = strong,
		.maxlen = sizeof(*strong),
		.extra1 = SYSCTL_ZERO,
		.extra2 = SYSCTL_ONE,
	};
	int err;

	err = proc_dointvec_minmax(&one, write, buffer, lenp, ppos);
	/* What is remembered was heard before. */
	if (!err && READ_ONCE(*strong) != before)
		sxt_route_changed(dir->net);
	return err;
}
