// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ping sockets: ICMPv6 echo without privilege. The sockets themselves and
 * their numbers are the kernel's, which calls back through pingv6_ops; sending is here.
 */
#include <linux/bpf-cgroup.h>
#include <linux/icmpv6.h>
#include <linux/proc_fs.h>
#include <net/ip6_checksum.h>
#include <net/ping.h>
#include <net/transp_v6.h>
#include "iface.h"
#include "sock_int.h"

/**
 * sxt_ping_rcv() - an echo reply, for the socket that asked
 * @skb: the transport header is the ICMPv6 header; stays the caller's
 *
 * Context: softirq, under RCU.
 * Return: true: a socket has got a copy.
 */
bool sxt_ping_rcv(struct sk_buff *skb)
{
	return ping_rcv(skb) == SKB_NOT_DROPPED_YET;
}

/* Set by the kernel's ping_err() by way of ping_err_convert(). */
static DEFINE_PER_CPU(bool, ping_err_found);

/* ping_err() asks for this only if it has found a socket. */
static int ping_err_convert(u8 type, u8 code, int *no)
{
	__this_cpu_write(ping_err_found, true);
	return sxt_icmp_err_convert(type, code, no);
}

/**
 * sxt_ping_err() - an error, for the socket whose echo request it quotes
 * @skb: the error, data at the quoted packet's IPv6 header; stays the caller's
 * @offset: from there to the quoted echo request
 * @info: the 32 bits of the ICMPv6 header, host order
 *
 * Context: softirq, under RCU.
 * Return: true: there is such a socket, and it was told if it wants to be.
 */
bool sxt_ping_err(struct sk_buff *skb, int offset, u32 info)
{
	__this_cpu_write(ping_err_found, false);
	ping_err(skb, offset, info);
	return __this_cpu_read(ping_err_found);
}

/* The identifier is the socket's port, the rest of the header the program's. */
static int ping_launch(const struct sxt_send *send, const struct icmp6hdr *told,
		       struct sk_buff *skb)
{
	u32 start = skb_transport_offset(skb);
	struct icmp6hdr *hdr = icmp6_hdr(skb);
	u32 len = skb->len - start;

	hdr->icmp6_type = told->icmp6_type;
	hdr->icmp6_code = told->icmp6_code;
	hdr->icmp6_cksum = 0;
	hdr->icmp6_identifier = inet_sk(send->sk)->inet_sport;
	hdr->icmp6_sequence = told->icmp6_sequence;
	hdr->icmp6_cksum = csum_ipv6_magic(&send->fl6.saddr, &send->fl6.daddr,
					   len, IPPROTO_ICMPV6,
					   skb_checksum(skb, start, len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	return sxt_dgram_send(skb);
}

static int ping_send(struct sxt_send *send, const struct icmp6hdr *told)
{
	struct sk_buff *skb;

	skb = sxt_dgram_build(send->sk, sxt_dgram_copy, send->msg, send->len,
			      sizeof(*told), &send->ipc6,
			      dst_rt6_info(send->dst), &send->fl6, send->flags);
	if (IS_ERR_OR_NULL(skb))
		return PTR_ERR_OR_ZERO(skb);
	return ping_launch(send, told, skb);
}

static int ping_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	DECLARE_SOCKADDR(struct sockaddr_in6 *, sin, msg->msg_name);
	struct sxt_txopt space __uninitialized;
	struct sxt_send send = {
		.sk = sk, .msg = msg, .len = len, .space = &space, .zoned = true,
		.flags = msg->msg_flags & ~(MSG_SPLICE_PAGES | MSG_MORE),
	};
	struct icmp6hdr told;
	int err;

	err = ping_common_sendmsg(AF_INET6, msg, len, &told, sizeof(told));
	if (err)
		return err;
	if (sin && msg->msg_namelen >= (int)SXT_SIN6_MIN &&
	    ipv6_addr_v4mapped(&sin->sin6_addr))
		return -EINVAL;
	send.fl6.flowi6_proto = IPPROTO_ICMPV6;
	send.fl6.fl6_icmp_type = told.icmp6_type;
	send.fl6.fl6_icmp_code = told.icmp6_code;
	err = sxt_send_begin(&send, sin);
	if (err)
		return err;
	return sxt_send_end(&send, ping_send(&send, &told));
}

static int ping_pre_connect(struct sock *sk, struct sockaddr *addr,
			    int addr_len)
{
	/* A BPF program sees no more than the caller has given. */
	if (addr_len < (int)SXT_SIN6_MIN)
		return -EINVAL;
	return BPF_CGROUP_RUN_PROG_INET6_CONNECT_LOCK(sk, addr, &addr_len);
}

struct proto sxt_ping_prot = {
	.owner			= THIS_MODULE,
	.name			= "PINGv6",
	.obj_size		= sizeof(struct raw6_sock),
	.ipv6_pinfo_offset	= offsetof(struct raw6_sock, inet6),
	.init			= ping_init_sock,
	.bind			= ping_bind,
	.pre_connect		= ping_pre_connect,
	.connect		= sxt_dgram_connect_only,
	.disconnect		= sxt_dgram_disconnect,
	.sendmsg		= ping_sendmsg,
	.recvmsg		= ping_recvmsg,
	.backlog_rcv		= ping_queue_rcv_skb,
	.setsockopt		= sxt_sockopt_set,
	.getsockopt		= sxt_sockopt_get,
	.release_cb		= sxt_dgram_release_cb,
	.get_port		= ping_get_port,
	.put_port		= ping_unhash,
	.hash			= ping_hash,
	.unhash			= ping_unhash,
	.close			= ping_close,
};

static int ping_chk_addr(struct net *net, const struct in6_addr *addr,
			 const struct net_device *dev, int strict)
{
	return sxt_ifa_serves(net, addr, dev, IFA_F_TENTATIVE);
}

static struct pingv6_ops ping_before;

/**
 * sxt_ping_init() - ping sockets can be made
 *
 * Context: process; module load.
 * Return: 0 or -ENOMEM.
 */
int sxt_ping_init(void)
{
	int err = proto_register(&sxt_ping_prot, 1);

	if (err)
		return err;
	ping_before = pingv6_ops;
	pingv6_ops = (struct pingv6_ops){
		.ipv6_recv_error = sxt_sk_recv_error,
		.ip6_datagram_recv_common_ctl = sxt_cmsg_put_common,
		.ip6_datagram_recv_specific_ctl = sxt_cmsg_put_specific,
		.icmpv6_err_convert = ping_err_convert,
		.ipv6_icmp_error = sxt_sk_icmp_error,
		.ipv6_chk_addr = ping_chk_addr,
	};
	return 0;
}

/**
 * sxt_ping_exit() - no ping sockets any more
 *
 * Context: process; module unload, none is left.
 */
void sxt_ping_exit(void)
{
	pingv6_ops = ping_before;
	proto_unregister(&sxt_ping_prot);
}

/* /proc/net/icmp6 */

static void *ping_start(struct seq_file *seq, loff_t *pos)
{
	return ping_seq_start(seq, pos, AF_INET6);
}

static int ping_show(struct seq_file *seq, void *v)
{
	const struct ping_iter_state *state = seq->private;
	struct sock *sk = v;

	if (v == SEQ_START_TOKEN)
		seq_puts(seq, IPV6_SEQ_DGRAM_HEADER);
	else
		sxt_proc_dgram_line(seq, sk, ntohs(inet_sk(sk)->inet_sport),
				    ntohs(inet_sk(sk)->inet_dport),
				    sk_rmem_alloc_get(sk), state->bucket);
	return 0;
}

static const struct seq_operations ping_seq_ops = {
	.start	= ping_start,
	.next	= ping_seq_next,
	.stop	= ping_seq_stop,
	.show	= ping_show,
};

/**
 * sxt_ping_net_init() - /proc/net/icmp6 of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_ping_net_init(struct net *net)
{
	if (!proc_create_net("icmp6", 0444, net->proc_net, &ping_seq_ops,
			     sizeof(struct ping_iter_state)))
		return -ENOMEM;
	return 0;
}

/**
 * sxt_ping_net_exit() - the namespace goes
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_ping_net_exit(struct net *net)
{
	remove_proc_entry("icmp6", net->proc_net);
}
