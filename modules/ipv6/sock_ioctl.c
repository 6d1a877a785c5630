// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests by ioctl() on AF_INET6 sockets: the old way to add addresses and
 * routes, which ifconfig and route of net-tools still go.
 */
#include <linux/compat.h>
#include <linux/ipv6_route.h>
#include <linux/rtnetlink.h>
#include "iface.h"
#include "route.h"
#include "sock_int.h"

/* Under the RTNL. */
static int ioctl_addr_add(struct net *net, const struct in6_ifreq *req)
{
	const struct sxt_ifa_cfg cfg = {
		.addr = req->ifr6_addr,
		.plen = req->ifr6_prefixlen,
		.flags = IFA_F_PERMANENT,
		.valid = INFINITY_LIFE_TIME,
		.preferred = INFINITY_LIFE_TIME,
	};
	struct net_device *dev;
	struct sxt_idev *idev;
	struct sxt_ifa *ifa;

	dev = __dev_get_by_index(net, req->ifr6_ifindex);
	if (!dev)
		return -ENODEV;
	idev = sxt_idev_get_rcu(dev);
	if (!idev)
		return -EOPNOTSUPP;
	ifa = sxt_ifa_add(idev, &cfg, NULL);
	return PTR_ERR_OR_ZERO(ifa);
}

static int ioctl_addr_del(struct net *net, const struct in6_ifreq *req)
{
	struct net_device *dev;
	struct sxt_ifa *ifa;

	dev = __dev_get_by_index(net, req->ifr6_ifindex);
	if (!dev)
		return -ENODEV;
	rcu_read_lock();
	ifa = sxt_ifa_find(net, &req->ifr6_addr, dev);
	if (ifa && (ifa->anycast || ifa->ifa.prefix_len != req->ifr6_prefixlen))
		ifa = NULL;
	rcu_read_unlock();
	/* The RTNL keeps it where it is. */
	if (!ifa)
		return -EADDRNOTAVAIL;
	sxt_ifa_del(ifa);
	return 0;
}

static int ioctl_addr(struct net *net, unsigned int cmd, void __user *arg)
{
	struct in6_ifreq req;
	int err;

	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (req.ifr6_prefixlen > 128)
		return -EINVAL;
	rtnl_lock();
	if (cmd == SIOCSIFADDR)
		err = ioctl_addr_add(net, &req);
	else
		err = ioctl_addr_del(net, &req);
	rtnl_unlock();
	return err;
}

/* Under the RTNL. */
static int ioctl_route_do(struct net *net, unsigned int cmd,
			  const struct in6_rtmsg *msg)
{
	struct sxt_hop_cfg hop = { .gateway = msg->rtmsg_gateway, .weight = 1 };
	struct sxt_route_cfg cfg = {
		.dst = msg->rtmsg_dst,
		.dst_len = msg->rtmsg_dst_len,
		.src = msg->rtmsg_src,
		.src_len = msg->rtmsg_src_len,
		.table = RT_TABLE_MAIN,
		.metric = msg->rtmsg_metric ?: IP6_RT_PRIO_USER,
		.proto = RTPROT_BOOT,
		.type = RTN_UNICAST,
		.hops = &hop,
		.hop_count = 1,
		.nl_flags = NLM_F_CREATE,
	};

	if (!(msg->rtmsg_flags & RTF_GATEWAY))
		hop.gateway = in6addr_any;
	if (msg->rtmsg_ifindex) {
		hop.dev = __dev_get_by_index(net, msg->rtmsg_ifindex);
		if (!hop.dev)
			return -ENODEV;
	}
	if (msg->rtmsg_flags & RTF_REJECT) {
		cfg.type = RTN_UNREACHABLE;
		cfg.hops = NULL;
		cfg.hop_count = 0;
	}
	if (cmd == SIOCADDRT)
		return PTR_ERR_OR_ZERO(sxt_route_add(net, &cfg, NULL));
	/* A metric of zero deletes the first that fits. */
	cfg.metric = msg->rtmsg_metric;
	cfg.proto = RTPROT_UNSPEC;
	return sxt_route_del(net, &cfg, NULL);
}

static int ioctl_route(struct net *net, unsigned int cmd,
		       const struct in6_rtmsg *msg)
{
	int err;

	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (msg->rtmsg_dst_len > 128 || msg->rtmsg_src_len > 128)
		return -EINVAL;
	rtnl_lock();
	err = ioctl_route_do(net, cmd, msg);
	rtnl_unlock();
	return err;
}

/**
 * sxt_sock_ioctl() - ioctl(2) on a socket of AF_INET6
 * @sock: the socket
 * @cmd: SIOC*
 * @arg: a user pointer
 *
 * SIOCSIFDSTADDR made tunnels of sit once; netlink does that now.
 *
 * Context: process.
 * Return: what the request says; -ENOIOCTLCMD: the device layer is to be asked.
 */
int sxt_sock_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	void __user *argp = (void __user *)arg;
	const struct proto *prot;
	struct in6_rtmsg msg;

	switch (cmd) {
	case SIOCADDRT:
	case SIOCDELRT:
		if (copy_from_user(&msg, argp, sizeof(msg)))
			return -EFAULT;
		return ioctl_route(sock_net(sk), cmd, &msg);
	case SIOCSIFADDR:
	case SIOCDIFADDR:
		return ioctl_addr(sock_net(sk), cmd, argp);
	case SIOCSIFDSTADDR:
		return -EOPNOTSUPP;
	}
	prot = READ_ONCE(sk->sk_prot);
	return prot->ioctl ? sk_ioctl(sk, cmd, argp) : -ENOIOCTLCMD;
}

#ifdef CONFIG_COMPAT
/* struct in6_rtmsg as 32-bit programs have it: rtmsg_info is shorter. */
struct ioctl_rtmsg32 {
	struct in6_addr dst, src, gateway;
	u32 type;
	u16 dst_len, src_len;
	u32 metric;
	u32 info;
	u32 flags;
	s32 ifindex;
};

/**
 * sxt_sock_compat_ioctl() - ioctl(2) of a 32-bit program
 * @sock: the socket
 * @cmd: SIOC*
 * @arg: a user pointer
 *
 * Context: process.
 * Return: as sxt_sock_ioctl(); -ENOIOCTLCMD: @arg has the same form in both.
 */
int sxt_sock_compat_ioctl(struct socket *sock, unsigned int cmd,
			  unsigned long arg)
{
	struct ioctl_rtmsg32 old;
	struct in6_rtmsg msg;

	if (cmd != SIOCADDRT && cmd != SIOCDELRT)
		return -ENOIOCTLCMD;
	if (copy_from_user(&old, compat_ptr(arg), sizeof(old)))
		return -EFAULT;
	msg = (struct in6_rtmsg){
		.rtmsg_dst = old.dst,
		.rtmsg_src = old.src,
		.rtmsg_gateway = old.gateway,
		.rtmsg_type = old.type,
		.rtmsg_dst_len = old.dst_len,
		.rtmsg_src_len = old.src_len,
		.rtmsg_metric = old.metric,
		.rtmsg_info = old.info,
		.rtmsg_flags = old.flags,
		.rtmsg_ifindex = old.ifindex,
	};
	return ioctl_route(sock_net(sock->sk), cmd, &msg);
}
#endif
